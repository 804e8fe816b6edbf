//! The rendering of the documents of a version: short transactions, and the typesetter between them.

use super::{
    model::{CompteRendu, GenreDocument},
    service,
};
use crate::{
    config,
    documents::{
        atelier::Atelier,
        pdf::{self, Matiere},
        xdm,
    },
    jobs::runner::{Contexte, Issue, Ouvrier},
    kernel::{
        Panne, Resultat,
        ids::{CompteRenduId, GabaritId},
    },
    metier::gabarit::{
        model::{Diagnostic, GenreGabarit},
        service as gabarits,
    },
};
use serde::Deserialize;
use std::time::Instant;

/// Kind of the job that renders the documents of one version.
pub const RENDRE_COMPTE_RENDU: &str = "rendre_compte_rendu";

#[derive(Deserialize)]
struct Charge {
    compte_rendu_id: CompteRenduId,
}

/// Gives the worker the rendering of documents.
#[must_use]
pub fn enregistrer(ouvrier: Ouvrier, atelier: Atelier, archives: config::Xdm) -> Ouvrier {
    ouvrier.traiter(RENDRE_COMPTE_RENDU, move |contexte, charge| match serde_json::from_value(charge) {
        Ok(Charge { compte_rendu_id }) => rendre(contexte, &atelier, &archives, compte_rendu_id).into(),
        Err(_) => Issue::echoue("charge illisible"),
    })
}

fn rendre(contexte: &Contexte, atelier: &Atelier, archives: &config::Xdm, id: CompteRenduId) -> Resultat<Issue> {
    let compte_rendu = contexte.lire(|op| service::trouver(op, id))?;
    let mut documents = Vec::new();
    for (genre, gabarit) in
        [(GenreDocument::Pdf, GenreGabarit::CompteRendu), (GenreDocument::LettreMedecinTraitant, GenreGabarit::LettreMedecinTraitant)]
    {
        let Some(matiere) = Matiere::de(gabarit, &compte_rendu.contenu).map_err(Panne::from)? else { continue };
        let debut = Instant::now();
        let octets = match compte_rendu.gabarit(genre) {
            Some(id) => avec_gabarit(contexte, atelier, &compte_rendu, id, gabarit, &matiere)?,
            None => pdf::composer(gabarit, &matiere).map_err(Panne::from)?,
        };
        metrics::histogram!("dcc_documents_duree_secondes").record(debut.elapsed().as_secs_f64());
        documents.push((genre, octets));
    }
    if let Some((_, cda)) = documents.iter().find(|(genre, _)| *genre == GenreDocument::Cda) {
        documents.push((GenreDocument::Xdm, xdm::archiver(cda, archives).map_err(Panne::from)?));
    }
    contexte.ecrire(move |op| service::garder_documents(op, id, &documents))?;
    Ok(Issue::Fait)
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
