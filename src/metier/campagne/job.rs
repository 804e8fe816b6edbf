//! The making of a report that the region decided to publish: short transactions, and the typesetter between them.

use super::{
    model::AEditer,
    service::{self, AComposer},
};
use crate::{
    documents::rapport::composer,
    jobs::runner::{Contexte, Issue, Ouvrier},
    kernel::{Erreur, Panne, Resultat, ids::CampagneId},
    metier::infocentre::{model::rapport::FormatRapport, service::rapport},
};
use std::time::Instant;

/// Kind of the job that makes a report and publishes it.
pub const PUBLIER_RAPPORT: &str = "publier_rapport";

/// Attempts at a report: two waits of some minutes between them.
const TENTATIVES: i64 = 3;

/// Gives the worker the making of reports. `region` is the name of the region.
#[must_use]
pub fn enregistrer(ouvrier: Ouvrier, region: String) -> Ouvrier {
    ouvrier
        .traiter(PUBLIER_RAPPORT, move |contexte, a_editer: AEditer| traiter(contexte, &a_editer, &region).into())
        .abandonner(PUBLIER_RAPPORT, |contexte, a_editer: AEditer, motif| noter_echec(contexte, a_editer.campagne_id, motif))
}

/// Makes the report. A failure of ours may pass, but the campaign does not wait for days: it is told, and led again.
fn traiter(contexte: &Contexte, a_editer: &AEditer, region: &str) -> Resultat<Issue> {
    match editer(contexte, a_editer, region) {
        Err(Erreur::Panne(panne)) if contexte.tentative >= TENTATIVES => {
            tracing::error!(campagne = %a_editer.campagne_id, contexte = %panne.contexte, cause = %panne, "rapport abandonné");
            let cause = format!("panne : {}", panne.contexte);
            noter_echec(contexte, a_editer.campagne_id, &cause)?;
            Ok(Issue::echoue(cause))
        }
        issue => issue,
    }
}

fn editer(contexte: &Contexte, a_editer: &AEditer, region: &str) -> Resultat<Issue> {
    let Some(AComposer { publication, edition }) = contexte.lire(|op| service::a_composer(op, a_editer, region))? else {
        return Ok(Issue::Fait);
    };
    let debut = Instant::now();
    let rapport = match contexte.lire(|op| rapport::editer(op, a_editer.instantane_id, &edition)) {
        Ok(rapport) => rapport,
        // What was frozen is no longer there, or no longer the same: it will not be so next time either.
        Err(Erreur::Refus(refus)) => {
            tracing::error!(campagne = %a_editer.campagne_id, instantane = %a_editer.instantane_id, cause = %refus.message, "rapport impossible");
            noter_echec(contexte, a_editer.campagne_id, &refus.message)?;
            return Ok(Issue::echoue(refus.message));
        }
        Err(panne) => return Err(panne),
    };
    let mut documents = Vec::with_capacity(FormatRapport::TOUS.len());
    for format in FormatRapport::TOUS {
        let octets = composer(*format, &rapport).map_err(|e| Panne::new("rapport d'activité", e))?;
        documents.push((*format, octets));
    }
    metrics::histogram!("dcc_rapports_duree_secondes").record(debut.elapsed().as_secs_f64());
    contexte.ecrire(move |op| service::paraitre(op, &publication, &documents))?;
    Ok(Issue::Fait)
}

fn noter_echec(contexte: &Contexte, campagne: CampagneId, cause: &str) -> Resultat<()> {
    let cause = cause.to_owned();
    contexte.ecrire(move |op| service::noter_echec(op, campagne, &cause))
}
