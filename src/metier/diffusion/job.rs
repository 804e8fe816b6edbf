//! The sending of a delivery: two short transactions, and the mail between them.

use super::{
    model::{AEnvoyer, Arrivee, Depart, ENVOI_LE_PLUS_LONG},
    service::{self, ENVOYER_DIFFUSION},
};
use crate::{
    config,
    jobs::runner::{Contexte, Issue, Ouvrier},
    kernel::{Panne, Resultat, ids::DiffusionId},
    messagerie::{self, Courrier, EchecEnvoi, Expediteur, mssante::EnvoiCompteRendu},
};
use serde::Deserialize;
use serde_json::Value;
use std::sync::Arc;

#[derive(Deserialize)]
struct Charge {
    diffusion_id: DiffusionId,
}

/// What every sending shares.
struct Envoi {
    expediteur: Arc<dyn Expediteur>,
    de: String,
    domaine: String,
    retour: Option<String>,
}

/// Gives the worker the sending of deliveries.
pub fn enregistrer(ouvrier: Ouvrier, expediteur: Arc<dyn Expediteur>, config: &config::Courrier) -> Result<Ouvrier, Panne> {
    let envoi = Envoi {
        expediteur,
        domaine: messagerie::domaine_de(&config.expediteur)?,
        de: config.expediteur.clone(),
        retour: config.adresse_retour.clone(),
    };
    Ok(ouvrier
        .traiter(ENVOYER_DIFFUSION, move |contexte, charge| match serde_json::from_value(charge) {
            Ok(Charge { diffusion_id }) => envoi.envoyer(contexte, diffusion_id).into(),
            Err(_) => Issue::echoue("charge illisible"),
        })
        .abandonner(ENVOYER_DIFFUSION, |contexte, charge: Value, motif| {
            let Ok(Charge { diffusion_id }) = serde_json::from_value(charge) else { return Ok(()) };
            let motif = motif.to_owned();
            contexte.ecrire(move |op| service::abandonner(op, diffusion_id, &motif))
        }))
}

impl Envoi {
    fn envoyer(&self, contexte: &Contexte, id: DiffusionId) -> Resultat<Issue> {
        let domaine = self.domaine.clone();
        let a_envoyer = match contexte.ecrire(move |op| service::commencer_envoi(op, id, &domaine))? {
            Depart::RienAFaire => return Ok(Issue::Fait),
            Depart::EncoreEnCours => {
                return Ok(Issue::Reessayer { motif: "envoi encore en cours".to_owned(), dans: Some(ENVOI_LE_PLUS_LONG) });
            }
            Depart::DocumentAbsent => return Ok(Issue::reessayer("document absent")),
            Depart::Pret(a_envoyer) => a_envoyer,
        };
        let tentative = a_envoyer.tentative;
        let (arrivee, issue) = match self.expediteur.envoyer(&self.courrier(&a_envoyer)) {
            Ok(accuse) => (Arrivee::Acceptee(accuse.detail), Issue::Fait),
            Err(EchecEnvoi::Temporaire { code, detail }) => {
                let issue = Issue::reessayer(format!("échec passager {code}"));
                (Arrivee::Echouee { code, detail, passager: !contexte.derniere }, issue)
            }
            Err(EchecEnvoi::Definitif { code, detail }) => {
                let issue = Issue::echoue(format!("échec définitif {code}"));
                (Arrivee::Echouee { code, detail, passager: false }, issue)
            }
        };
        metrics::counter!("dcc_courriers_total", "issue" => match &arrivee {
            Arrivee::Acceptee(_) => "accepte",
            Arrivee::Echouee { passager: true, .. } => "echec_temporaire",
            Arrivee::Echouee { passager: false, .. } => "echec_definitif",
        })
        .increment(1);
        contexte.ecrire(move |op| service::conclure_envoi(op, id, tentative, &arrivee))?;
        Ok(issue)
    }

    fn courrier(&self, a_envoyer: &AEnvoyer) -> Courrier {
        EnvoiCompteRendu {
            message_id: &a_envoyer.message_id,
            date: a_envoyer.debut,
            expediteur: &self.de,
            adresse_retour: self.retour.as_deref(),
            destinataire: &a_envoyer.destinataire,
            numero_version: a_envoyer.numero_version,
            anciens_message_id: &a_envoyer.anciens_message_id,
            nom_du_pdf: &a_envoyer.nom_du_pdf,
            pdf: &a_envoyer.pdf,
            lettre: a_envoyer.lettre.as_ref().map(|(nom, octets)| (nom.as_str(), octets.as_slice())),
        }
        .courrier()
    }
}
