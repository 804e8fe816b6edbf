//! The rendering of the documents of a programme: short transactions, and the typesetter between them.

use super::service::{self, ARendre};
use crate::{
    config,
    documents::{
        cda::{self, Reglages},
        programme, xdm,
    },
    jobs::runner::{Contexte, Issue, Ouvrier},
    kernel::{Panne, Resultat, ids::ProgrammeId},
    metier::document::model::GenreDocument,
};
use serde::Deserialize;
use std::time::Instant;

/// Kind of the job that renders the documents of one programme, or those that it lacks.
pub const RENDRE_PROGRAMME: &str = "rendre_programme";

#[derive(Deserialize)]
struct Charge {
    programme_id: ProgrammeId,
}

/// What the region tells of its national documents and of their archives.
pub struct Fabrique {
    /// What the CDA say of the region.
    pub reglages: Reglages,
    /// What the archives say of the region.
    pub archives: config::Xdm,
}

/// Gives the worker the rendering of programmes.
#[must_use]
pub fn enregistrer(ouvrier: Ouvrier, fabrique: Fabrique) -> Ouvrier {
    ouvrier.traiter(RENDRE_PROGRAMME, move |contexte, Charge { programme_id }| fabrique.rendre(contexte, programme_id).into())
}

impl Fabrique {
    /// The PDF is kept and delivered even if the national documents cannot be made; these are then tried again.
    fn rendre(&self, contexte: &Contexte, id: ProgrammeId) -> Resultat<Issue> {
        let Some(ARendre { contenu, pdf, cda }) = contexte.lire(|op| service::a_rendre(op, id))? else { return Ok(Issue::Fait) };
        let mut rendus = Vec::new();
        let pdf = if let Some(garde) = pdf {
            garde
        } else {
            let debut = Instant::now();
            let compose = programme::composer(&contenu).map_err(Panne::from)?;
            metrics::histogram!("dcc_documents_duree_secondes").record(debut.elapsed().as_secs_f64());
            rendus.push((GenreDocument::Pdf, compose.clone()));
            compose
        };
        let debut = Instant::now();
        let cda = match cda {
            Some(garde) => Ok(garde),
            None => cda::programme::composer(&contenu, &self.reglages, &pdf).map_err(|e| Panne::new("CDA d'un programme", e)),
        };
        let nationaux = cda.and_then(|cda| Ok((xdm::archiver(&cda, &self.archives).map_err(Panne::from)?, cda)));
        metrics::histogram!("dcc_cda_duree_secondes").record(debut.elapsed().as_secs_f64());
        let issue = match nationaux {
            Ok((archive, cda)) => {
                rendus.extend([(GenreDocument::Cda, cda), (GenreDocument::Xdm, archive)]);
                Issue::Fait
            }
            Err(echec) => {
                tracing::error!(programme = %id, cause = %echec, "documents nationaux impossibles");
                metrics::counter!("dcc_cda_echecs_total").increment(1);
                Issue::reessayer(echec.to_string())
            }
        };
        if !rendus.is_empty() {
            contexte.ecrire(move |op| service::garder_documents(op, id, &rendus))?;
        }
        Ok(issue)
    }
}
