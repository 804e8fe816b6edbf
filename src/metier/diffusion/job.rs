//! The sending of a delivery (two short transactions, and the mail or the drop between them), and the
//! reading of what comes back.

use super::{
    model::{ADeposer, AEnvoyer, Arrivee, Depart, ENVOI_LE_PLUS_LONG, EtatRetour, NatureRecue, Qualite, RetourRecu},
    service::{self, ENVOYER_DIFFUSION, retours},
};
use crate::{
    config::Config,
    jobs::runner::{Contexte, Issue, Ouvrier},
    kernel::{Erreur, Panne, Resultat, ids::DiffusionId},
    messagerie::{
        self, Courrier, EchecEnvoi, Expediteur,
        depot_dpi::{AccuseDepot, DossierDpi},
        mssante::EnvoiCompteRendu,
        retour::{self, BoiteDeRetour, NatureRetour, Rangement, Retour},
    },
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};

/// How often the mailbox of receipts and the folders of acknowledgments are looked at.
const RELEVE: Duration = Duration::from_mins(1);

/// What the patient reads in the mail, instead of what a professional does.
const TEXTE_PATIENT: &str = "Bonjour,\n\n\
    Vous avez demandé à recevoir le compte-rendu de la réunion de concertation pluridisciplinaire qui a étudié votre situation : \
    il est joint à ce message. Il est écrit pour des professionnels ; votre médecin vous en explique le contenu et la suite.\n\n\
    Ce message a été envoyé automatiquement. Si vous ne souhaitez plus en recevoir, dites-le au secrétariat de la réunion ou à \
    votre médecin.\n";

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
    depot: Option<DossierDpi>,
}

/// Gives the worker the sending of deliveries.
pub fn enregistrer(ouvrier: Ouvrier, expediteur: Arc<dyn Expediteur>, config: &Config) -> Result<Ouvrier, Panne> {
    let courrier = &config.courrier;
    let domaine = messagerie::domaine_de(&courrier.expediteur)?;
    let depot = config.depots_dpi.as_deref().map(DossierDpi::new);
    let ouvrier = match depot.clone() {
        Some(depot) => relever_les_depots(ouvrier, depot, domaine.clone()),
        None => ouvrier,
    };
    let (de, retour) = (courrier.expediteur.clone(), courrier.adresse_retour.clone());
    let envoi = Envoi { expediteur, de, domaine, retour, depot };
    Ok(ouvrier
        .traiter(ENVOYER_DIFFUSION, move |contexte, charge| match serde_json::from_value(charge) {
            Ok(Charge { diffusion_id }) => match envoi.envoyer(contexte, diffusion_id) {
                // The delivery changed meanwhile: it is looked at again, never forgotten.
                Err(Erreur::Refus(refus)) => Issue::reessayer(refus.code),
                issue => issue.into(),
            },
            Err(_) => Issue::echoue("charge illisible"),
        })
        .abandonner(ENVOYER_DIFFUSION, |contexte, charge: Value, motif| {
            let Ok(Charge { diffusion_id }) = serde_json::from_value(charge) else { return Ok(()) };
            let motif = motif.to_owned();
            contexte.ecrire(move |op| service::abandonner(op, diffusion_id, &motif))
        }))
}

/// Has the worker read the mailbox that receipts come back to.
#[must_use]
pub fn relever_les_retours(ouvrier: Ouvrier, boite: Arc<dyn BoiteDeRetour>) -> Ouvrier {
    ouvrier.chaque("relever_les_retours", RELEVE, move |contexte| {
        let releves = boite.relever(&mut |octets| accueillir(contexte, recu(retour::lire(octets), octets)).map_err(en_panne))?;
        metrics::counter!("dcc_retours_total").increment(releves);
        Ok(())
    })
}

fn accueillir(contexte: &Contexte, recu: RetourRecu) -> Resultat<Rangement> {
    Ok(match contexte.ecrire(move |op| retours::accueillir(op, &recu))? {
        EtatRetour::Rattache | EtatRetour::Examine => Rangement::Traite,
        EtatRetour::AExaminer => Rangement::AExaminer,
    })
}

/// A mailbox knows failures only: a mail that we refuse is one, and stays where it is.
fn en_panne(erreur: Erreur) -> Panne {
    match erreur {
        Erreur::Panne(panne) => panne,
        Erreur::Refus(refus) => Panne::dire(format!("courrier revenu refusé : {}", refus.code)),
    }
}

fn recu(lu: Retour, octets: &[u8]) -> RetourRecu {
    let (nature, code, detail) = match lu.nature {
        NatureRetour::Lu => (NatureRecue::Lu, None, None),
        NatureRetour::Integre => (NatureRecue::Integre, None, None),
        NatureRetour::IntegrationRefusee { code, detail } => (NatureRecue::IntegrationRefusee, code, Some(detail)),
        NatureRetour::Supprime => (NatureRecue::Supprime, None, None),
        NatureRetour::Remis => (NatureRecue::Remis, None, None),
        NatureRetour::Relaye => (NatureRecue::Relaye, None, None),
        NatureRetour::Retarde { code, detail } => (NatureRecue::Retarde, Some(code), Some(detail)),
        NatureRetour::Rejete { code, detail } => (NatureRecue::Rejete, Some(code), Some(detail)),
        NatureRetour::Inconnu => (NatureRecue::Inconnu, None, None),
    };
    RetourRecu { message_id: lu.message_id, originaux: lu.originaux, nature, code, detail, octets: octets.to_vec() }
}

/// Has the worker read what hospital systems answer to the drops.
fn relever_les_depots(ouvrier: Ouvrier, depot: DossierDpi, domaine: String) -> Ouvrier {
    ouvrier.chaque("relever_les_depots", RELEVE, move |contexte| {
        depot.relever(&mut |accuse| {
            let recu = accuse_recu(accuse, &domaine);
            accueillir(contexte, recu).map(drop).map_err(en_panne)
        })?;
        Ok(())
    })
}

fn accuse_recu(accuse: AccuseDepot, domaine: &str) -> RetourRecu {
    RetourRecu {
        message_id: Some(accuse.cle),
        originaux: vec![format!("<{}@{domaine}>", accuse.nom)],
        nature: if accuse.integre { NatureRecue::Integre } else { NatureRecue::IntegrationRefusee },
        code: accuse.code,
        detail: accuse.detail,
        octets: accuse.octets,
    }
}

impl Envoi {
    fn envoyer(&self, contexte: &Contexte, id: DiffusionId) -> Resultat<Issue> {
        let domaine = self.domaine.clone();
        let (tentative, envoi) = match contexte.ecrire(move |op| service::commencer_envoi(op, id, &domaine))? {
            Depart::RienAFaire => return Ok(Issue::Fait),
            Depart::EncoreEnCours => {
                return Ok(Issue::Reessayer { motif: "envoi encore en cours".to_owned(), dans: Some(ENVOI_LE_PLUS_LONG) });
            }
            Depart::DocumentAbsent => return Ok(Issue::reessayer("document absent")),
            Depart::Pret(a_envoyer) => {
                let envoi = self.expediteur.envoyer(&self.courrier(&a_envoyer)).map(|accuse| accuse.detail);
                (a_envoyer.tentative, envoi)
            }
            Depart::ADeposer(a_deposer) => (a_deposer.tentative, self.deposer(&a_deposer)),
        };
        let (arrivee, issue) = match envoi {
            Ok(detail) => (Arrivee::Acceptee(detail), Issue::Fait),
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

    /// Drops the documents and a note that says what they are.
    fn deposer(&self, a: &ADeposer) -> Result<String, EchecEnvoi> {
        let Some(depot) = &self.depot else {
            let detail = "aucun dossier de dépôt n'est configuré pour le service".to_owned();
            return Err(EchecEnvoi::Definitif { code: "depot".to_owned(), detail });
        };
        let note = json!({
            "diffusion": a.diffusion_id, "message_id": a.message_id, "ipp": a.ipp, "set_id": a.set_id, "version": a.numero_version,
            "destination_dmp": a.dmp, "documents": a.documents.iter().map(|(nom, _)| nom).collect::<Vec<_>>(),
        })
        .to_string();
        let mut fichiers: Vec<(&str, &[u8])> = a.documents.iter().map(|(nom, octets)| (nom.as_str(), octets.as_slice())).collect();
        fichiers.push(("depot.json", note.as_bytes()));
        depot.deposer(&a.finess, &a.diffusion_id.to_string(), &fichiers)?;
        Ok("déposé dans le dossier de l'établissement".to_owned())
    }

    fn courrier(&self, a_envoyer: &AEnvoyer) -> Courrier {
        let courrier = EnvoiCompteRendu {
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
        .courrier();
        if a_envoyer.qualite == Qualite::Patient { Courrier { texte: TEXTE_PATIENT.to_owned(), ..courrier } } else { courrier }
    }
}
