//! The life of an account: its first password, what is done when everything is lost, the yearly review.

use super::{connexion, exiger_gestion};
use crate::{
    db::{Evenement, Op},
    kernel::{Action, Erreur, Resultat, ids::CompteId},
    metier::compte::{
        model::{Compte, CompteError, REVUE, Support, facteur::Etape},
        store::{self, facteur as store_facteur},
    },
};

/// Prepares the link by which a person chooses a password and enrols a factor; the account is left without either, and
/// without session: for a new account, and for a person who lost everything. Gives the secret of the link, which holds
/// three days and serves once.
pub fn preparer_activation(op: &mut Op<'_>, id: CompteId) -> Resultat<String> {
    op.exiger_authentification_recente()?;
    let compte = exiger_gestion(op, id)?;
    store::changer_mot_de_passe(op, compte.id, None)?;
    store_facteur::retirer_facteurs(op, compte.id, None)?;
    store_facteur::remplacer_codes(op, compte.id, &[])?;
    store_facteur::annuler_les_defis(op, compte.id)?;
    store::revoquer_toutes(op, compte.id, None, "compte_reinitialise")?;
    op.tracer(Evenement::sur("reinitialiser", "compte", compte.id.uuid()))?;
    Ok(connexion::poser_un_defi(op, compte.id, Etape::Activation, Support::Porteur, None)?.jeton)
}

/// The account of an identifier, for the command line.
pub fn par_identifiant(op: &mut Op<'_>, identifiant: &str) -> Resultat<Compte> {
    store::par_identifiant(op, &identifiant.trim().to_lowercase())?.ok_or_else(|| CompteError::Introuvable.into())
}

/// The accounts that the person manages whose rights were not reviewed for 400 days.
pub fn a_revoir(op: &mut Op<'_>) -> Resultat<Vec<Compte>> {
    op.exiger(Action::GererComptes)?;
    let mut geres = Vec::new();
    for compte in store::a_revoir(op, op.maintenant - REVUE)? {
        match exiger_gestion(op, compte.id) {
            Ok(compte) => geres.push(compte),
            Err(Erreur::Refus(_)) => {}
            Err(panne) => return Err(panne),
        }
    }
    Ok(geres)
}

/// Says that the rights of an account were reviewed and still hold.
pub fn revoir(op: &mut Op<'_>, id: CompteId) -> Resultat<()> {
    let compte = exiger_gestion(op, id)?;
    store::noter_revue(op, compte.id)?;
    op.tracer(Evenement::sur("revoir", "compte", compte.id.uuid()))
}

/// Erases the challenges and the failures that no longer serve, a day after.
pub fn purger(op: &mut Op<'_>) -> Resultat<()> {
    let avant = op.maintenant - chrono::Duration::days(1);
    store_facteur::purger(op, avant).map(drop)
}
