//! Open sessions: list, end, prove the identity again.

use super::{connexion, empreinte_jeton, exiger_gestion, nouveau_jeton};
use crate::{
    db::{Db, Demande, Evenement, Op},
    kernel::{
        Resultat,
        ids::{CompteId, SessionId},
    },
    metier::{
        compte::{
            model::{
                CompteError, Justificatif, Session, delai,
                facteur::{Etape, ReponseFacteur},
            },
            portier::Portier,
            store::{self, facteur as store_facteur},
        },
        federation::{self, Fournisseurs},
    },
};
use std::sync::Arc;

/// The account of the person who asks: the service itself has none.
pub(super) fn mon_compte(op: &Op<'_>) -> Resultat<CompteId> {
    op.acteur.compte.ok_or_else(|| CompteError::SessionClose.into())
}

fn ma_session(op: &mut Op<'_>) -> Resultat<Session> {
    let id = op.acteur.session.ok_or(CompteError::SessionClose)?;
    store::session(op, &Justificatif::Jeton(id))?.filter(|s| s.en_vigueur(op.maintenant)).ok_or_else(|| CompteError::SessionClose.into())
}

/// Refuses an act on what the account is opened by, unless the person proved the identity in full five minutes ago at most:
/// who took a session, or a session and a phone, does not take the account. Gives the account.
pub(super) fn exiger_preuve_entiere(op: &mut Op<'_>) -> Resultat<CompteId> {
    op.exiger_authentification_recente()?;
    let session = ma_session(op)?;
    if session.prouvee_en_entier(op.maintenant) { Ok(session.compte_id) } else { Err(CompteError::PreuveEntiereRequise.into()) }
}

/// Remembers that a session is used.
pub fn noter_activite(op: &mut Op<'_>, id: SessionId) -> Resultat<()> {
    store::noter_activite(op, id)
}

/// The sessions in force of the person who asks.
pub fn miennes(op: &mut Op<'_>) -> Resultat<Vec<Session>> {
    let compte = mon_compte(op)?;
    let mut sessions = store::sessions(op, compte)?;
    sessions.retain(|s| s.en_vigueur(op.maintenant));
    Ok(sessions)
}

/// Closes the session of the person who asks.
pub fn deconnecter(op: &mut Op<'_>) -> Resultat<()> {
    let session = op.acteur.session.ok_or(CompteError::SessionClose)?;
    store::revoquer(op, session, "deconnexion")?;
    op.tracer(Evenement::sur("deconnecter", "session", session.uuid()))
}

/// Where the browser of a session that has just been closed goes, to end it at the identity provider too; nothing otherwise.
pub async fn suite_chez_le_fournisseur(db: &Db, fournisseurs: &Fournisseurs, session: Option<SessionId>) -> Option<String> {
    federation::service::adresse_de_fin(db, fournisseurs, session?).await
}

/// Closes a session that the identity provider of its person says is over.
pub fn fermer_par_le_fournisseur(op: &mut Op<'_>, id: SessionId) -> Resultat<()> {
    op.exiger_systeme()?;
    store::revoquer(op, id, "fermee_par_le_fournisseur")?;
    op.tracer(Evenement::sur("fermer", "session", id.uuid()))
}

/// Closes one session of the person who asks, after a recent proof of identity.
pub fn fermer(op: &mut Op<'_>, id: SessionId) -> Resultat<()> {
    op.exiger_authentification_recente()?;
    if !miennes(op)?.iter().any(|s| s.id == id) {
        return Err(CompteError::SessionIntrouvable.into());
    }
    store::revoquer(op, id, "fermee_par_la_personne")?;
    op.tracer(Evenement::sur("fermer", "session", id.uuid()))
}

/// Closes all the sessions of the person who asks, this one too, after a recent proof of identity.
pub fn fermer_toutes_les_miennes(op: &mut Op<'_>) -> Resultat<()> {
    op.exiger_authentification_recente()?;
    let compte = mon_compte(op)?;
    store::revoquer_toutes(op, compte, None, "fermee_par_la_personne")?;
    op.tracer(Evenement::sur("fermer_les_sessions", "compte", compte.uuid()))
}

/// Closes all the sessions of an account that the person manages.
pub fn fermer_celles_de(op: &mut Op<'_>, compte: CompteId) -> Resultat<()> {
    exiger_gestion(op, compte)?;
    store::revoquer_toutes(op, compte, None, "fermee_par_un_administrateur")?;
    op.tracer(Evenement::sur("fermer_les_sessions", "compte", compte.uuid()))
}

/// Begins a new proof of identity: the factors that serve, and what a browser needs to prove a key.
pub fn demander_reauthentification(op: &mut Op<'_>, portier: &Portier) -> Resultat<connexion::Suite> {
    let session = ma_session(op)?;
    let facteurs = store_facteur::facteurs(op, session.compte_id)?;
    connexion::defier(op, portier, session.compte_id, Etape::Reauthentification, session.support, &facteurs)
}

/// What a person presents to prove the identity again.
#[derive(Debug, Clone)]
pub struct NouvellePreuve {
    /// The challenge.
    pub jeton: String,
    /// The second factor.
    pub reponse: ReponseFacteur,
    /// The password, for the acts that ask for both.
    pub mot_de_passe: Option<String>,
}

/// Proves the identity again, by a second factor and, for a proof in full, the password: the session gets a new secret.
pub async fn reauthentifier(db: &Db, portier: &Arc<Portier>, demande: &Demande, preuve: NouvellePreuve) -> Resultat<connexion::Ouverte> {
    let NouvellePreuve { jeton, reponse, mot_de_passe } = preuve;
    let juste = match mot_de_passe {
        Some(mot_de_passe) => Some(verifier_le_mien(db, portier, demande, mot_de_passe).await?),
        None => None,
    };
    let portier = Arc::clone(portier);
    let issue = db.ecrire(demande, move |op| prouver_a_nouveau(op, &portier, &jeton, &reponse, juste)).await?;
    issue.ok_or_else(|| CompteError::FacteurRefuse.into())
}

/// Checks the password of the person who asks, unless failures slow it. A failure is for the caller to count.
pub(super) async fn verifier_le_mien(db: &Db, portier: &Portier, demande: &Demande, mot_de_passe: String) -> Resultat<bool> {
    let compte = db
        .lire(demande, |op| {
            let compte = mon_compte(op)?;
            connexion::exiger_sans_delai(op, &delai::cle_facteur(compte))?;
            super::trouver(op, compte)
        })
        .await?;
    Ok(portier.verifier(mot_de_passe, compte.empreinte_mot_de_passe, db.chance().secret()).await?.0)
}

/// `None` when a proof is wrong: the failure must be kept, so it is not an error of the transaction.
fn prouver_a_nouveau(
    op: &mut Op<'_>,
    portier: &Portier,
    jeton: &str,
    reponse: &ReponseFacteur,
    mot_de_passe: Option<bool>,
) -> Resultat<Option<connexion::Ouverte>> {
    let session = ma_session(op)?;
    let defi = connexion::defi(op, jeton, Etape::Reauthentification)?;
    if defi.compte_id != session.compte_id {
        return Err(CompteError::DefiPerime.into());
    }
    let compte = connexion::compte_du_defi(op, &defi)?;
    if mot_de_passe == Some(false) {
        connexion::noter_un_echec(op, &delai::cle_facteur(compte.id), Some(compte.id))?;
        store_facteur::echec_du_defi(op, defi.id)?;
        return Ok(None);
    }
    if !connexion::prouver(op, portier, &compte, Some(&defi), reponse)? {
        store_facteur::echec_du_defi(op, defi.id)?;
        return Ok(None);
    }
    store_facteur::consommer(op, defi.id)?;
    renouveler_la_preuve(op, session, mot_de_passe == Some(true)).map(Some)
}

/// Says that the identity of the person of a session has just been proved again, in full or not, whichever way that was: the
/// session gets a new secret.
pub fn renouveler_la_preuve(op: &mut Op<'_>, session: Session, entiere: bool) -> Resultat<connexion::Ouverte> {
    let secret = nouveau_jeton(op);
    let entiere_le = if entiere { Some(op.maintenant) } else { session.entiere_le };
    let session = Session { rafraichie_le: op.maintenant, authentifiee_le: op.maintenant, entiere_le, ..session };
    store::reauthentifier(op, &session, &empreinte_jeton(&secret))?;
    op.tracer(Evenement::sur("reauthentifier", "session", session.id.uuid()))?;
    Ok((session, secret))
}
