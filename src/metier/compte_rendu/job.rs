//! The rendering of the documents of a version: short transactions, and the typesetter between them.

use super::{model::CompteRendu, service};
use crate::{
    config,
    documents::{
        atelier::Atelier,
        cda::{self, Reglages},
        pdf::{self, Matiere},
        xdm,
    },
    jobs::runner::{Contexte, Issue, Ouvrier},
    kernel::{
        Panne, Resultat,
        ids::{CompteRenduId, GabaritId},
    },
    metier::{
        document::model::GenreDocument,
        gabarit::{
            model::{Diagnostic, GenreGabarit},
            service as gabarits,
        },
    },
};
use serde::Deserialize;
use std::{sync::Arc, time::Instant};

/// Kind of the job that renders the documents of one version.
pub const RENDRE_COMPTE_RENDU: &str = "rendre_compte_rendu";
/// Kind of the job that makes the CDA of a version again, after it failed beside the others.
pub const RENDRE_CDA: &str = "rendre_cda";

#[derive(Deserialize)]
struct Charge {
    compte_rendu_id: CompteRenduId,
}

/// What documents are made with.
pub struct Fabrique {
    /// Where the templates of the region are laid out.
    pub atelier: Atelier,
    /// What the CDA say of the region.
    pub reglages: Reglages,
    /// What the archives say of the region.
    pub archives: config::Xdm,
}

/// Gives the worker the rendering of documents.
#[must_use]
pub fn enregistrer(ouvrier: Ouvrier, fabrique: Fabrique) -> Ouvrier {
    let fabrique = Arc::new(fabrique);
    let du_cda = Arc::clone(&fabrique);
    ouvrier
        .traiter(RENDRE_COMPTE_RENDU, move |contexte, Charge { compte_rendu_id }| fabrique.rendre(contexte, compte_rendu_id).into())
        .traiter(RENDRE_CDA, move |contexte, Charge { compte_rendu_id }| du_cda.rendre_cda(contexte, compte_rendu_id).into())
}

impl Fabrique {
    fn rendre(&self, contexte: &Contexte, id: CompteRenduId) -> Resultat<Issue> {
        let compte_rendu = contexte.lire(|op| service::trouver(op, id))?;
        let mut documents = Vec::new();
        for (genre, gabarit) in
            [(GenreDocument::Pdf, GenreGabarit::CompteRendu), (GenreDocument::LettreMedecinTraitant, GenreGabarit::LettreMedecinTraitant)]
        {
            let Some(matiere) = Matiere::de(gabarit, &compte_rendu.contenu).map_err(Panne::from)? else { continue };
            let debut = Instant::now();
            let octets = match compte_rendu.gabarit(genre) {
                Some(id) => avec_gabarit(contexte, &self.atelier, &compte_rendu, id, gabarit, &matiere)?,
                None => pdf::composer(gabarit, &matiere).map_err(Panne::from)?,
            };
            metrics::histogram!("dcc_documents_duree_secondes").record(debut.elapsed().as_secs_f64());
            documents.push((genre, octets));
        }
        let pdf = documents.iter().find(|(genre, _)| *genre == GenreDocument::Pdf).map(|(_, octets)| octets.as_slice());
        if let Some(Ok(nationaux)) = pdf.map(|pdf| self.composer_nationaux(&compte_rendu, pdf)) {
            documents.extend(nationaux);
        }
        contexte.ecrire(move |op| service::garder_documents(op, id, &documents))?;
        Ok(Issue::Fait)
    }

    /// The national documents alone, beside the PDF that is kept. A content that cannot become a CDA is tried again
    /// (a later version of the program may know how) and stays among the jobs until it is given up.
    fn rendre_cda(&self, contexte: &Contexte, id: CompteRenduId) -> Resultat<Issue> {
        let Some(pdf) = contexte.lire(|op| service::pdf_a_joindre(op, id))? else { return Ok(Issue::Fait) };
        let compte_rendu = contexte.lire(|op| service::trouver(op, id))?;
        match self.composer_nationaux(&compte_rendu, &pdf.octets) {
            Ok(documents) => {
                contexte.ecrire(move |op| service::garder_nationaux(op, id, &documents))?;
                Ok(Issue::Fait)
            }
            Err(echec) => Ok(Issue::reessayer(echec.to_string())),
        }
    }

    /// The CDA and its archive. What a failure says names rules and places of the document, nothing of the patient.
    fn composer_nationaux(&self, compte_rendu: &CompteRendu, pdf: &[u8]) -> Result<[(GenreDocument, Vec<u8>); 2], Panne> {
        let debut = Instant::now();
        let composes =
            cda::frcp::composer(&compte_rendu.contenu, &self.reglages, pdf).map_err(|e| Panne::new("document CDA", e)).and_then(|cda| {
                let archive = xdm::archiver(&cda, &self.archives).map_err(Panne::from)?;
                Ok([(GenreDocument::Cda, cda), (GenreDocument::Xdm, archive)])
            });
        metrics::histogram!("dcc_cda_duree_secondes").record(debut.elapsed().as_secs_f64());
        if let Err(echec) = &composes {
            tracing::error!(compte_rendu = %compte_rendu.id, cause = %echec, "documents nationaux impossibles");
            metrics::counter!("dcc_cda_echecs_total").increment(1);
        }
        composes
    }
}

/// The document of a template of the region; should it fail, that of this program, because the report must
/// leave. What the typesetter says may repeat what it was laying out: only its place is kept.
fn avec_gabarit(
    contexte: &Contexte,
    atelier: &Atelier,
    compte_rendu: &CompteRendu,
    gabarit: GabaritId,
    genre: GenreGabarit,
    matiere: &Matiere,
) -> Resultat<Vec<u8>> {
    let source = contexte.lire(|op| gabarits::source(op, gabarit))?;
    let fautes = match atelier.composer(&source, matiere.clone()) {
        Ok(Ok(octets)) => return Ok(octets),
        Ok(Err(fautes)) => fautes,
        Err(panne) if contexte.derniere => {
            tracing::error!(cause = %panne, "panne de l'atelier");
            Vec::new()
        }
        Err(panne) => return Err(panne.into()),
    };
    let premiere = fautes.into_iter().next().unwrap_or_else(|| Diagnostic::general(String::new()));
    tracing::error!(%gabarit, ligne = premiere.ligne, colonne = premiere.colonne, "gabarit en échec, modèle du programme employé");
    metrics::counter!("dcc_gabarits_echecs_total", "genre" => genre.as_str()).increment(1);
    let id = compte_rendu.id;
    contexte.ecrire(move |op| gabarits::noter_echec(op, gabarit, id, &premiere))?;
    Ok(pdf::composer(genre, matiere).map_err(Panne::from)?)
}
