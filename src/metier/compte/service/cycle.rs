//! The life of an account: its first password, what is done when everything is lost, the yearly review.

use super::{connexion, exiger_gestion};
use crate::{
    db::{Evenement, Op},
    kernel::{Action, Erreur, Resultat, coffre::Coffre, ids::CompteId},
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

/// What became of the sealed secrets of second factors.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rescelles {
    /// Sealed again under the key of today.
    pub refaits: usize,
    /// Sealed under it already.
    pub a_jour: usize,
    /// That no key opens: their holders enrol again.
    pub illisibles: usize,
}

/// Seals again, under the key of today, the secrets that the former key sealed. May be run again at will. Only the service
/// itself does.
pub fn resceller(op: &mut Op<'_>, coffre: &Coffre) -> Resultat<Rescelles> {
    op.exiger_systeme()?;
    let mut bilan = Rescelles::default();
    for (facteur, compte, scelle) in store_facteur::secrets_scelles(op)? {
        let place = compte.uuid();
        if coffre.est_a_jour(&scelle) {
            bilan.a_jour += 1;
        } else if let Ok(clair) = coffre.ouvrir(&scelle, place.as_bytes()) {
            let rescelle = coffre.sceller(&clair, place.as_bytes(), op.chance.secret())?;
            store_facteur::resceller(op, facteur, &rescelle)?;
            bilan.refaits += 1;
        } else {
            bilan.illisibles += 1;
        }
    }
    op.tracer(Evenement::liste("resceller", "facteur"))?;
    Ok(bilan)
}

/// Erases the challenges and the failures that no longer serve, a day after.
pub fn purger(op: &mut Op<'_>) -> Resultat<()> {
    let avant = op.maintenant - chrono::Duration::days(1);
    store_facteur::purger(op, avant).map(drop)
}
