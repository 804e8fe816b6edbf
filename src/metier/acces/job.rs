//! Tells of a bris de glace by mail.

use super::{model::BrisDeGlace, service};
use crate::{
    config,
    jobs::runner::{Contexte, Issue, Ouvrier},
    kernel::{Resultat, ids::BrisId, texte::sha256},
    messagerie::{Courrier, EchecEnvoi, Expediteur},
};
use serde::Deserialize;
use serde_json::Value;
use std::sync::Arc;

/// Kind of the job that tells of a bris de glace, `{"bris_id": …}`.
pub const ALERTER_BRIS: &str = "alerter_bris_de_glace";

#[derive(Deserialize)]
struct Charge {
    bris_id: BrisId,
}

/// Gives the worker the alerts.
#[must_use]
pub fn equiper(ouvrier: Ouvrier, reglages: &config::Courrier, expediteur: &Arc<dyn Expediteur>) -> Ouvrier {
    let (expediteur, boite) = (Arc::clone(expediteur), reglages.expediteur.clone());
    ouvrier.traiter(ALERTER_BRIS, move |contexte, charge| alerter(contexte, charge, expediteur.as_ref(), &boite).into())
}

/// One mail for each recipient, under a `Message-ID` of its own: sent again after a failure, mailboxes that
/// hold it already recognise it.
fn alerter(contexte: &Contexte, charge: Value, expediteur: &dyn Expediteur, boite: &str) -> Resultat<Issue> {
    let Ok(Charge { bris_id }) = serde_json::from_value(charge) else { return Ok(Issue::echoue("charge illisible")) };
    let Some((bris, adresses)) = contexte.lire(move |op| service::a_prevenir(op, bris_id))? else { return Ok(Issue::Fait) };
    for adresse in adresses {
        match expediteur.envoyer(&courrier(&bris, &adresse, boite)) {
            Ok(_) => {}
            Err(EchecEnvoi::Temporaire { code, detail }) => return Ok(Issue::reessayer(format!("{code} : {detail}"))),
            Err(EchecEnvoi::Definitif { code, detail }) => {
                tracing::warn!(%code, %detail, "une alerte de bris de glace n'est pas partie");
            }
        }
    }
    Ok(Issue::Fait)
}

/// It names no patient: what it is about is read in the queue of examinations.
fn courrier(bris: &BrisDeGlace, adresse: &str, boite: &str) -> Courrier {
    let domaine = boite.trim_end_matches('>').rsplit_once('@').map_or("dcc", |(_, domaine)| domaine);
    let destinataire: String = sha256(adresse.as_bytes()).chars().take(16).collect();
    Courrier {
        message_id: format!("<{}.{destinataire}@{domaine}>", bris.id),
        date: bris.debut,
        de: boite.to_owned(),
        a: adresse.to_owned(),
        sujet: "Bris de glace à examiner".to_owned(),
        texte: format!(
            "Bonjour,\n\nUn dossier a été ouvert en urgence, hors de l'équipe de soins, pour quatre heures et en lecture seule.\n\n\
             Bris de glace : {}\nMotif déclaré : {}\n\nIl attend un examen dans la file des bris de glace.\n\n\
             Ce message ne nomme aucun patient. N'y répondez jamais avec des données de patients.\n",
            bris.id, bris.motif
        ),
        pieces: Vec::new(),
        entetes: vec![("Auto-Submitted", "auto-generated".to_owned())],
        calendrier: None,
        reponse_a: None,
    }
}
