//! The rendering of the documents of a programme: short transactions, and the typesetter between them.

use super::{
    model::{DocumentProgramme, ProgrammeError},
    service,
};
use crate::{
    documents::{
        cda::{self, Reglages},
        programme,
    },
    jobs::runner::{Contexte, Issue, Ouvrier},
    kernel::{Panne, Resultat, ids::ProgrammeId},
};
use serde::Deserialize;
use std::time::Instant;

/// Kind of the job that renders the documents of one programme.
pub const RENDRE_PROGRAMME: &str = "rendre_programme";

#[derive(Deserialize)]
struct Charge {
    programme_id: ProgrammeId,
}

/// Gives the worker the rendering of programmes, under what the region tells of its national documents.
#[must_use]
pub fn enregistrer(ouvrier: Ouvrier, reglages: Reglages) -> Ouvrier {
    ouvrier.traiter(RENDRE_PROGRAMME, move |contexte, charge| match serde_json::from_value(charge) {
        Ok(Charge { programme_id }) => rendre(contexte, &reglages, programme_id).into(),
        Err(_) => Issue::echoue("charge illisible"),
    })
}

fn rendre(contexte: &Contexte, reglages: &Reglages, id: ProgrammeId) -> Resultat<Issue> {
    let remise = contexte.lire(|op| service::trouver(op, id))?.remise.ok_or(ProgrammeError::NonRemis)?;
    let debut = Instant::now();
    let pdf = programme::composer(&remise.contenu).map_err(Panne::from)?;
    metrics::histogram!("dcc_documents_duree_secondes").record(debut.elapsed().as_secs_f64());
    let cda = cda::programme::composer(&remise.contenu, reglages, &pdf).map_err(|e| Panne::new("CDA d'un programme", e))?;
    let documents = vec![(DocumentProgramme::Pdf, pdf), (DocumentProgramme::Cda, cda)];
    contexte.ecrire(move |op| service::garder_documents(op, id, &documents))?;
    Ok(Issue::Fait)
}
