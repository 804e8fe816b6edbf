//! What a kit holds.

use crate::{
    kernel::{
        Instant,
        ids::{FicheId, InscriptionId, ReunionId},
    },
    metier::{
        compte_rendu::model::contenu::PatientRendu,
        fiche::{lecture::BlocLu, model::EtatFiche},
        inscription::model::EtatInscription,
        rcp::model::Secretariat,
        reunion::model::{EtatReunion, FeuillePresence, StatutPresence},
    },
};
use serde::Serialize;
use serde_json::Value;

/// A meeting to come.
#[derive(Debug, Clone, Serialize)]
pub struct Seance {
    /// The meeting.
    pub reunion_id: ReunionId,
    /// Code of its RCP.
    pub rcp_code: String,
    /// Name of its RCP.
    pub rcp: String,
    /// Its 3C.
    pub centre: Centre,
    /// Name of the établissement that organises it.
    pub etablissement: String,
    /// Beginning.
    pub debut: Instant,
    /// Expected end.
    pub fin: Instant,
    /// Room.
    pub lieu: Option<String>,
    /// Videoconference.
    pub lien_visio: Option<String>,
    /// State.
    pub etat: EtatReunion,
    /// How the secretariat is reached.
    pub secretariat: Secretariat,
    /// Those who are expected, and how they are reached.
    pub attendus: Vec<Contact>,
    /// The cases, in the order of the agenda.
    pub ordre_du_jour: Vec<Cas>,
    /// The attendance sheet.
    #[serde(skip)]
    pub feuille: FeuillePresence,
    /// When it was read.
    pub edite_le: Instant,
}

/// The 3C of a meeting.
#[derive(Debug, Clone, Serialize)]
pub struct Centre {
    /// Code.
    pub code: String,
    /// Name.
    pub nom: String,
    /// Telephone.
    pub telephone: Option<String>,
    /// Office mail.
    pub courriel: Option<String>,
}

/// Somebody who is expected at a meeting.
#[derive(Debug, Clone, Serialize)]
pub struct Contact {
    /// « Dr Anne DELTA ».
    pub nom: String,
    /// True for a coordinator of the RCP.
    pub coordonnateur: bool,
    /// Specialty, in French.
    pub specialite: Option<String>,
    /// Établissement.
    pub etablissement: Option<String>,
    /// Telephone.
    pub telephone: Option<String>,
    /// Ordinary mail.
    pub courriel: Option<String>,
    /// Secure mail.
    pub adresse_securisee: Option<String>,
    /// What is known of the coming.
    pub statut: StatutPresence,
}

/// A place on the agenda.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "contenu", rename_all = "snake_case")]
pub enum Cas {
    /// With its fiche.
    Repris(Box<CasRepris>),
    /// Without anything of the patient: the doctor who asked brings the file.
    Omis {
        /// Place on the agenda.
        rang: usize,
        /// The doctor who asked.
        demandeur: String,
    },
}

impl Cas {
    /// Place on the agenda.
    #[must_use]
    pub fn rang(&self) -> usize {
        match self {
            Self::Repris(cas) => cas.rang,
            Self::Omis { rang, .. } => *rang,
        }
    }
}

/// A case with its fiche.
#[derive(Debug, Clone, Serialize)]
pub struct CasRepris {
    /// Place on the agenda.
    pub rang: usize,
    /// The registration.
    pub inscription_id: InscriptionId,
    /// Its state.
    pub etat: EtatInscription,
    /// The patient, as the documents of a meeting name one.
    pub patient: PatientRendu,
    /// Label of the dossier.
    pub dossier: String,
    /// The doctor who asked.
    pub demandeur: String,
    /// Who presents the case, when it is not the doctor who asked.
    pub presentateur: Option<String>,
    /// Comment for the meeting.
    pub commentaire: Option<String>,
    /// Alerts in force, in French.
    pub alertes: Vec<String>,
    /// The fiche.
    pub fiche: FicheReprise,
}

/// A fiche, as typed and in words.
#[derive(Debug, Clone, Serialize)]
pub struct FicheReprise {
    /// Identifier.
    pub id: FicheId,
    /// Its model, `code@version`.
    pub modele: String,
    /// State.
    pub etat: EtatFiche,
    /// How complete it is, in percent.
    pub completude: i64,
    /// Version.
    pub version: i64,
    /// Last change.
    pub modifie_le: Instant,
    /// What it says, in words.
    pub blocs: Vec<BlocLu>,
    /// Its content, to be taken back into a service.
    pub contenu: Value,
}

/// A meeting of a kit, as its index shows it.
#[derive(Debug, Clone, Serialize)]
pub struct SeanceIndexee {
    /// Folder of its files, in the kit.
    pub dossier: String,
    /// Code of its 3C.
    pub centre_code: String,
    /// Its 3C.
    pub centre: String,
    /// Its RCP.
    pub rcp: String,
    /// Beginning.
    pub debut: Instant,
    /// Room.
    pub lieu: Option<String>,
    /// How the secretariat is reached.
    pub secretariat: Secretariat,
    /// Its cases.
    pub cas: Vec<CasIndexe>,
}

/// A case, as the index shows it.
#[derive(Debug, Clone, Serialize)]
pub struct CasIndexe {
    /// Place on the agenda.
    pub rang: usize,
    /// Who it is about; absent for a case that was left out.
    pub patient: Option<String>,
    /// The dossier; absent for a case that was left out.
    pub dossier: Option<String>,
    /// The doctor who asked.
    pub demandeur: String,
    /// Its fiche, as the beginning of a file name in the folder of the meeting.
    pub fichier: Option<String>,
}

impl SeanceIndexee {
    /// A meeting whose files are in that folder.
    #[must_use]
    pub fn de(seance: &Seance, dossier: String) -> Self {
        let cas = seance.ordre_du_jour.iter().map(|cas| match cas {
            Cas::Repris(cas) => {
                let p = &cas.patient;
                let nom = format!("{} {}, {}", p.nom_naissance.to_uppercase(), p.premier_prenom, p.date_naissance.format("%d/%m/%Y"));
                CasIndexe {
                    rang: cas.rang,
                    patient: Some(nom),
                    dossier: Some(cas.dossier.clone()),
                    demandeur: cas.demandeur.clone(),
                    fichier: Some(nom_du_cas(cas.rang)),
                }
            }
            Cas::Omis { rang, demandeur } => {
                CasIndexe { rang: *rang, patient: None, dossier: None, demandeur: demandeur.clone(), fichier: None }
            }
        });
        Self {
            dossier,
            centre_code: seance.centre.code.clone(),
            centre: seance.centre.nom.clone(),
            rcp: seance.rcp.clone(),
            debut: seance.debut,
            lieu: seance.lieu.clone(),
            secretariat: seance.secretariat.clone(),
            cas: cas.collect(),
        }
    }
}

/// The beginning of the names of the files of a case. It names nobody: the index does.
#[must_use]
pub fn nom_du_cas(rang: usize) -> String {
    format!("cas-{rang:02}")
}

/// A code as the name of a folder.
#[must_use]
pub fn en_nom_de_dossier(code: &str) -> String {
    let nom: String = code.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' }).collect();
    if nom.is_empty() { "sans-code".to_owned() } else { nom }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn un_code_ne_designe_aucun_autre_dossier() {
        for (code, attendu) in [("SENO-LILLE", "SENO-LILLE"), ("../../etc", "------etc"), ("3C d'ici", "3C-d-ici"), ("", "sans-code")] {
            assert_eq!(en_nom_de_dossier(code), attendu);
        }
    }
}
