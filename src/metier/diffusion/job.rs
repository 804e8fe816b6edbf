//! The sending of a delivery (two short transactions, and the mail or the drop between them), and the
//! reading of what comes back.

use super::{
    model::{ADeposer, AEnvoyer, Arrivee, Depart, ENVOI_LE_PLUS_LONG, EtatRetour, NatureDiffusee, NatureRecue, Qualite, RetourRecu},
    service::{self, ENVOYER_DIFFUSION, retours},
};
use crate::{
    config::{Config, Sujet},
    jobs::runner::{Contexte, Issue, Ouvrier},
    kernel::{Erreur, Panne, Resultat, ids::DiffusionId},
    messagerie::{
        self, Courrier, EchecEnvoi, Expediteur,
        antivirus::{Antivirus, Verdict},
        depot_dpi::{AccuseDepot, DossierDpi},
        mssante::{self, Archive, EnvoiDocument},
        retour::{self, BoiteDeRetour, NatureRetour, Rangement, Retour},
    },
};
use serde::Deserialize;
use serde_json::json;
use std::{sync::Arc, time::Duration};

/// Name of the task that reads the mailbox of receipts.
pub const RELEVER_LES_RETOURS: &str = "relever_les_retours";

/// How often the mailbox of receipts and the folders of acknowledgments are looked at.
const RELEVE: Duration = Duration::from_mins(1);

/// What the mail says of what it carries.
struct Propos {
    /// Subject of a mail without archive, or where a region chose one that names nobody.
    intitule: &'static str,
    /// What is enclosed, for a professional.
    objet: &'static str,
    /// The same, for the patient.
    objet_patient: &'static str,
}

const fn propos(nature: NatureDiffusee) -> Propos {
    match nature {
        NatureDiffusee::CompteRendu => Propos {
            intitule: mssante::SUJET,
            objet: "le compte-rendu d'une réunion de concertation pluridisciplinaire en cancérologie concernant l'un de vos patients",
            objet_patient: "le compte-rendu de la réunion de concertation pluridisciplinaire qui a étudié votre situation : il est joint à \
                ce message. Il est écrit pour des professionnels ; votre médecin vous en explique le contenu et la suite.",
        },
        NatureDiffusee::Pps => Propos {
            intitule: "Programme personnalisé de soins",
            objet: "le programme personnalisé de soins en cancérologie remis à l'un de vos patients",
            objet_patient: "vos documents : le programme personnalisé de soins qui vous a été remis est joint à ce message.",
        },
        NatureDiffusee::Ppac => Propos {
            intitule: "Programme personnalisé de l'après-cancer",
            objet: "le programme personnalisé de l'après-cancer remis à l'un de vos patients",
            objet_patient: "vos documents : le programme personnalisé de l'après-cancer qui vous a été remis est joint à ce message.",
        },
    }
}

/// What the patient reads in the mail, instead of what a professional does.
fn texte_patient(objet: &str) -> String {
    format!(
        "Bonjour,\n\nVous avez demandé à recevoir {objet}\n\n\
         Ce message a été envoyé automatiquement. Si vous ne souhaitez plus en recevoir, dites-le au secrétariat de la réunion ou à \
         votre médecin.\n"
    )
}

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
    sujet: Sujet,
    reference_nil: Option<String>,
}

/// Gives the worker the sending of deliveries.
pub fn enregistrer(ouvrier: Ouvrier, expediteur: Arc<dyn Expediteur>, config: &Config) -> Result<Ouvrier, Panne> {
    let courrier = &config.courrier;
    let domaine = messagerie::domaine_de(&courrier.expediteur)?;
    let depot = config.depots_dpi.as_deref().map(DossierDpi::new);
    let ouvrier = match depot.clone() {
        Some(depot) => relever_les_depots(ouvrier, depot, domaine.clone(), courrier.antivirus()?),
        None => ouvrier,
    };
    let (de, retour) = (courrier.expediteur.clone(), courrier.adresse_retour.clone());
    let envoi = Envoi { expediteur, domaine, de, retour, depot, sujet: courrier.sujet, reference_nil: courrier.reference_nil.clone() };
    Ok(ouvrier
        .traiter(ENVOYER_DIFFUSION, move |contexte, Charge { diffusion_id }| match envoi.envoyer(contexte, diffusion_id) {
            // The delivery changed meanwhile: it is looked at again, never forgotten.
            Err(Erreur::Refus(refus)) => Issue::reessayer(refus.code),
            issue => issue.into(),
        })
        .abandonner(ENVOYER_DIFFUSION, |contexte, Charge { diffusion_id }, motif| {
            let motif = motif.to_owned();
            contexte.ecrire(move |op| service::abandonner(op, diffusion_id, &motif))
        }))
}

/// Has the worker read the mailbox that receipts come back to. What an antivirus refuses is kept without its content, to be
/// examined; while it does not answer, mails stay where they are.
#[must_use]
pub fn relever_les_retours(ouvrier: Ouvrier, boite: Arc<dyn BoiteDeRetour>, antivirus: Option<Antivirus>) -> Ouvrier {
    ouvrier.chaque(RELEVER_LES_RETOURS, RELEVE, move |contexte| {
        let releves = boite.relever(&mut |octets| {
            let recu = examiner(antivirus.as_ref(), recu(retour::lire(octets), octets))?;
            accueillir(contexte, recu).map_err(en_panne)
        })?;
        metrics::counter!("dcc_retours_total").increment(releves);
        Ok(())
    })
}

/// Shows what came to the antivirus, if the region has one.
fn examiner(antivirus: Option<&Antivirus>, recu: RetourRecu) -> Result<RetourRecu, Panne> {
    let Some(antivirus) = antivirus else { return Ok(recu) };
    let raison = match antivirus.analyser(&recu.octets)? {
        Verdict::Sain => return Ok(recu),
        Verdict::Infecte(nom) => format!("l'antivirus y reconnaît « {nom} »"),
        Verdict::TropGrand => "trop grand pour l'antivirus".to_owned(),
    };
    tracing::warn!(raison, "ce qui est revenu est gardé sans son contenu");
    metrics::counter!("dcc_retours_retires_total").increment(1);
    Ok(recu.sans_contenu(&raison))
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
fn relever_les_depots(ouvrier: Ouvrier, depot: DossierDpi, domaine: String, antivirus: Option<Antivirus>) -> Ouvrier {
    ouvrier.chaque("relever_les_depots", RELEVE, move |contexte| {
        depot.relever(&mut |accuse| {
            let recu = examiner(antivirus.as_ref(), accuse_recu(accuse, &domaine))?;
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
            "diffusion": a.diffusion_id, "document": a.nature, "message_id": a.message_id, "ipp": a.ipp, "set_id": a.set_id, "version": a.numero_version,
            "destination_dmp": a.dmp, "documents": a.documents.iter().map(|(nom, _)| nom).collect::<Vec<_>>(),
        })
        .to_string();
        let mut fichiers: Vec<(&str, &[u8])> = a.documents.iter().map(|(nom, octets)| (nom.as_str(), octets.as_slice())).collect();
        fichiers.push(("depot.json", note.as_bytes()));
        depot.deposer(&a.finess, &a.diffusion_id.to_string(), &fichiers)?;
        Ok("déposé dans le dossier de l'établissement".to_owned())
    }

    fn courrier(&self, a_envoyer: &AEnvoyer) -> Courrier {
        let (nature, propos) = (a_envoyer.nature, propos(a_envoyer.nature));
        let courrier = EnvoiDocument {
            message_id: &a_envoyer.message_id,
            date: a_envoyer.debut,
            expediteur: &self.de,
            adresse_retour: self.retour.as_deref(),
            destinataire: &a_envoyer.destinataire,
            intitule: propos.intitule,
            objet: propos.objet,
            numero_version: a_envoyer.numero_version,
            anciens_message_id: &a_envoyer.anciens_message_id,
            nom_du_pdf: &a_envoyer.nom_du_pdf,
            pdf: &a_envoyer.pdf,
            lettre: a_envoyer.lettre.as_ref().map(|(nom, octets)| (nom.as_str(), octets.as_slice())),
            archive: a_envoyer.archive.as_ref().map(|archive| Archive {
                octets: &archive.octets,
                code_cda: nature.code_cda(),
                libelle: nature.libelle(),
                nom: &archive.nom,
                prenom: &archive.prenom,
                naissance: archive.naissance,
                ins: archive.ins,
            }),
            sujet: self.sujet,
            reference_nil: self.reference_nil.as_deref(),
        }
        .courrier();
        if a_envoyer.qualite == Qualite::Patient { Courrier { texte: texte_patient(propos.objet_patient), ..courrier } } else { courrier }
    }
}
