//! The work under way in a campaign: one at a time, followed and stopped by the region.

use super::{
    super::{
        model::{Acte, Campagne, CampagneDetaillee, CampagneError, EtapeTravail, GenreActe, GenreTravail, Travail},
        store,
    },
    acte, detailler, trouver,
};
use crate::{
    db::{Evenement, Op},
    jobs::queue::{self, Arret, JobVivant},
    kernel::{Action, Panne, Resultat, acteur::Rattachement, ids::CampagneId},
};

/// Kind of the job that freezes the year of a campaign.
pub const EXTRAIRE_ANNEE: &str = "extraire_annee";
/// Kind of the job that makes a report and publishes it.
pub const PUBLIER_RAPPORT: &str = "publier_rapport";

/// The work under way, and its job.
pub(super) fn en_cours(op: &mut Op<'_>, id: CampagneId) -> Resultat<Option<(GenreTravail, JobVivant)>> {
    for (genre, travail) in [(EXTRAIRE_ANNEE, GenreTravail::Extraction), (PUBLIER_RAPPORT, GenreTravail::Publication)] {
        if let Some(job) = queue::vivants_par_objet(op, genre, "campagne_id")?.remove(&id.uuid()) {
            return Ok(Some((travail, job)));
        }
    }
    Ok(None)
}

/// What is said of the work under way.
pub(super) fn lire(op: &mut Op<'_>, id: CampagneId) -> Resultat<Option<Travail>> {
    let Some((genre, job)) = en_cours(op, id)? else { return Ok(None) };
    let etape = job.etape.as_deref().map_or(Ok(EtapeTravail::Attente), str::parse);
    let JobVivant { fait, total, cree_le: demande_le, arret_demande, .. } = job;
    let etape = etape.map_err(|e| Panne::new("étape d'un travail", e))?;
    Ok(Some(Travail { genre, etape, fait, total, demande_le, arret_demande }))
}

/// Asks the work under way to stop. It stops at its next step, unless it is over before.
pub fn arreter(op: &mut Op<'_>, id: CampagneId) -> Resultat<CampagneDetaillee> {
    op.exiger_sur(Action::ExtraireRapport, &Rattachement::default())?;
    let campagne = trouver(op, id)?;
    let (_, job) = en_cours(op, id)?.ok_or(CampagneError::SansTravail)?;
    let arret = queue::arreter(op, job.id)?.ok_or(CampagneError::SansTravail)?;
    noter(op, &campagne, GenreActe::DemanderArret, None)?;
    if arret == Arret::Immediat {
        noter(op, &campagne, GenreActe::Arreter, None)?;
    }
    detailler(op, &campagne)
}

/// The work stopped as it was asked to.
pub fn noter_arret(op: &mut Op<'_>, id: CampagneId) -> Resultat<()> {
    op.exiger(Action::ExtraireRapport)?;
    let campagne = trouver(op, id)?;
    noter(op, &campagne, GenreActe::Arreter, None)
}

/// The work failed: the campaign may be led again.
pub fn noter_echec(op: &mut Op<'_>, id: CampagneId, cause: &str) -> Resultat<()> {
    op.exiger(Action::ExtraireRapport)?;
    let campagne = trouver(op, id)?;
    noter(op, &campagne, GenreActe::Echouer, Some(cause.to_owned()))
}

fn noter(op: &mut Op<'_>, campagne: &Campagne, genre: GenreActe, texte: Option<String>) -> Resultat<()> {
    let fait = Acte { texte, ..acte(op, campagne, genre) };
    store::noter(op, campagne.id, &fait)?;
    op.tracer(Evenement::sur(genre.as_str(), "campagne", campagne.id.uuid()).version(campagne.version))
}
