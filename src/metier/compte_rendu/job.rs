//! The rendering of the document of a version: two short transactions, and the typesetter between them.

use super::service;
use crate::{
    documents::pdf,
    jobs::runner::{Contexte, Issue, Ouvrier},
    kernel::{Panne, Resultat, ids::CompteRenduId},
};
use serde::Deserialize;
use std::time::Instant;

/// Kind of the job that renders the document of one version.
pub const RENDRE_COMPTE_RENDU: &str = "rendre_compte_rendu";

#[derive(Deserialize)]
struct Charge {
    compte_rendu_id: CompteRenduId,
}

/// Gives the worker the rendering of documents.
#[must_use]
pub fn enregistrer(ouvrier: Ouvrier) -> Ouvrier {
    ouvrier.traiter(RENDRE_COMPTE_RENDU, |contexte, charge| match serde_json::from_value(charge) {
        Ok(Charge { compte_rendu_id }) => rendre(contexte, compte_rendu_id).into(),
        Err(_) => Issue::echoue("charge illisible"),
    })
}

fn rendre(contexte: &Contexte, id: CompteRenduId) -> Resultat<Issue> {
    let compte_rendu = contexte.lire(|op| service::trouver(op, id))?;
    let debut = Instant::now();
    let octets = pdf::compte_rendu(&compte_rendu.contenu).map_err(Panne::from)?;
    metrics::histogram!("dcc_documents_duree_secondes").record(debut.elapsed().as_secs_f64());
    contexte.ecrire(move |op| service::garder_pdf(op, id, &octets))?;
    Ok(Issue::Fait)
}
