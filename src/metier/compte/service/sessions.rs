//! Open sessions: list, end, prove the identity again.

use super::{connexion, empreinte_jeton, exiger_gestion, nouveau_jeton};
use crate::{
    db::{Db, Demande, Evenement, Op},
    kernel::{
        Resultat,
        ids::{CompteId, SessionId},
    },
    metier::compte::{
        model::{
            CompteError, Justificatif, Session,
            facteur::{Etape, ReponseFacteur},
        },
        portier::Portier,
        store::{self, facteur as store_facteur},
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

/// Closes one session of the person who asks.
pub fn fermer(op: &mut Op<'_>, id: SessionId) -> Resultat<()> {
    if !miennes(op)?.iter().any(|s| s.id == id) {
        return Err(CompteError::SessionIntrouvable.into());
    }
    store::revoquer(op, id, "fermee_par_la_personne")?;
    op.tracer(Evenement::sur("fermer", "session", id.uuid()))
}

/// Closes all the sessions of the person who asks, this one too.
pub fn fermer_toutes_les_miennes(op: &mut Op<'_>) -> Resultat<()> {
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

/// Proves the identity again, by a second factor: the session, which gets a new secret, shows that the password was.
pub async fn reauthentifier(
    db: &Db,
    portier: &Arc<Portier>,
    demande: &Demande,
    jeton: String,
    reponse: ReponseFacteur,
) -> Resultat<connexion::Ouverte> {
    let portier = Arc::clone(portier);
    let issue = db.ecrire(demande, move |op| prouver_a_nouveau(op, &portier, &jeton, &reponse)).await?;
    issue.ok_or_else(|| CompteError::FacteurRefuse.into())
}

fn prouver_a_nouveau(op: &mut Op<'_>, portier: &Portier, jeton: &str, reponse: &ReponseFacteur) -> Resultat<Option<connexion::Ouverte>> {
    let session = ma_session(op)?;
    let defi = connexion::defi(op, jeton, Etape::Reauthentification)?;
    if defi.compte_id != session.compte_id {
        return Err(CompteError::DefiPerime.into());
    }
    let compte = connexion::compte_du_defi(op, &defi)?;
    if !connexion::prouver(op, portier, &compte, Some(&defi), reponse)? {
        store_facteur::echec_du_defi(op, defi.id)?;
        return Ok(None);
    }
    store_facteur::consommer(op, defi.id)?;
    renouveler_la_preuve(op, session).map(Some)
}

/// Says that the identity of the person of a session has just been proved again, whichever way that was: the session
/// gets a new secret.
pub fn renouveler_la_preuve(op: &mut Op<'_>, session: Session) -> Resultat<connexion::Ouverte> {
    let secret = nouveau_jeton(op);
    store::reauthentifier(op, session.id, &empreinte_jeton(&secret))?;
    op.tracer(Evenement::sur("reauthentifier", "session", session.id.uuid()))?;
    Ok((Session { rafraichie_le: op.maintenant, authentifiee_le: op.maintenant, ..session }, secret))
}
