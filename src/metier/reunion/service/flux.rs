//! Use cases on calendar feeds.

use super::super::{
    calendrier,
    model::{Flux, FluxCree, FluxSaisi, ReunionError, jeton_bien_forme},
    store::{self, FiltreReunions},
};
use crate::{
    db::{Evenement, Op},
    kernel::{
        Action, Resultat,
        erreur::ErreurCommune,
        ids::{CompteId, FluxIcalId},
        texte::sha256,
    },
    metier::rcp,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::Duration;

/// How far back a feed shows meetings.
const PASSE: Duration = Duration::days(62);
/// How far ahead a feed shows meetings.
const AVENIR: Duration = Duration::days(400);
/// The most meetings that a feed shows.
const REUNIONS_MAX: i64 = 1000;

/// Opens a feed: the meetings of an RCP, or those that the person attends. Its address, under
/// `racine`, is given this once.
pub fn ouvrir_flux(op: &mut Op<'_>, saisi: &FluxSaisi, racine: &str) -> Resultat<FluxCree> {
    op.exiger(Action::LireReunion)?;
    let compte = titulaire(op)?;
    let praticien_id = match saisi.rcp_id {
        Some(rcp) => {
            rcp::service::lire(op, rcp)?;
            None
        }
        None => Some(op.acteur.praticien.ok_or(ReunionError::SansPraticien)?),
    };
    let jeton = URL_SAFE_NO_PAD.encode(op.chance.secret());
    let flux = Flux { id: op.id(), libelle: saisi.libelle.clone(), praticien_id, rcp_id: saisi.rcp_id, cree_le: op.maintenant };
    store::flux::inserer(op, compte, &flux, &sha256(jeton.as_bytes()))?;
    op.tracer(Evenement::sur("creer", "flux_ical", flux.id.uuid()))?;
    Ok(FluxCree { flux, url: format!("{}/ical/{jeton}.ics", racine.trim_end_matches('/')) })
}

/// The feeds that the person has opened and not revoked.
pub fn flux(op: &mut Op<'_>) -> Resultat<Vec<Flux>> {
    op.exiger(Action::LireReunion)?;
    let compte = titulaire(op)?;
    store::flux::du_compte(op, compte)
}

/// Revokes a feed of the person: its address no longer gives anything.
pub fn revoquer_flux(op: &mut Op<'_>, id: FluxIcalId) -> Resultat<()> {
    let compte = titulaire(op)?;
    if store::flux::revoquer(op, compte, id)? == 0 {
        return Err(ReunionError::FluxIntrouvable.into());
    }
    op.tracer(Evenement::sur("revoquer", "flux_ical", id.uuid()))
}

/// The text of the feed that a secret opens. Holding the secret is the right.
pub fn publier(op: &mut Op<'_>, jeton: &str) -> Resultat<String> {
    if !jeton_bien_forme(jeton) {
        return Err(ReunionError::FluxIntrouvable.into());
    }
    let flux = store::flux::par_empreinte(op, &sha256(jeton.as_bytes()))?.ok_or(ReunionError::FluxIntrouvable)?;
    let filtre = FiltreReunions {
        rcp: flux.rcp_id,
        praticien: flux.praticien_id,
        du: Some(op.maintenant - PASSE),
        avant: Some(op.maintenant + AVENIR),
        etat: None,
    };
    let reunions = store::lister(op, &filtre, None, REUNIONS_MAX)?;
    Ok(calendrier::flux(&flux.libelle, &reunions))
}

fn titulaire(op: &Op<'_>) -> Resultat<CompteId> {
    op.acteur.compte.ok_or_else(|| ErreurCommune::Interdit.into())
}
