//! Patients, what is said of them, and why they are refused.

mod dossier;
mod identite;
mod noms;
mod opposition;
mod recherche;
mod saisie;
mod statut;

pub use dossier::{Dossier, DossierSaisi, EtatDossier};
pub use identite::{Avertissement, Patient, PatientVue};
pub use noms::{designe, mots};
pub use opposition::{ObjetOpposition, Opposition, OppositionSaisie};
pub use recherche::{Critere, IdentitePatient, LIGNES_MAXIMALES, Noms, RecherchePatient, ResultatRecherche};
pub use saisie::{CorrespondantsSaisis, PatientSaisi};
pub use statut::{ActeIdentite, Attributs, AttributsSaisis, ChangementIdentite, IdentiteGardee, Justificatif, transition_permise};

use crate::kernel::{
    ErreurMetier, Nature,
    identite::StatutIdentite,
    ids::{EtablissementId, PatientId, PraticienId},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

crate::enum_texte! {
    /// Sex, a strict trait of the INS (`I` of the RNIV is `indetermine`).
    pub enum Sexe {
        /// Male.
        Masculin => "masculin",
        /// Female.
        Feminin => "feminin",
        /// Not determined.
        Indetermine => "indetermine",
    }
}

crate::enum_texte! {
    /// The authority that a matricule INS belongs to.
    pub enum OidIns {
        /// NIR.
        Nir => "1.2.250.1.213.1.4.8",
        /// NIA (waiting number).
        Nia => "1.2.250.1.213.1.4.9",
        /// NIR of the test environment.
        Test => "1.2.250.1.213.1.4.10",
        /// NIR of demonstration.
        Demonstration => "1.2.250.1.213.1.4.11",
    }
}

/// The number by which an établissement knows a patient (IPP).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IdentifiantLocal {
    /// The établissement.
    pub etablissement_id: EtablissementId,
    /// Its number for the patient.
    #[validate(length(min = 1, max = 40, message = "De 1 à 40 caractères."))]
    pub ipp: String,
}

/// A professional who follows the patient and receives the comptes-rendus.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Correspondant {
    /// The professional.
    pub praticien_id: PraticienId,
    /// In what capacity, in the words of the field.
    #[validate(length(min = 1, max = 100, message = "De 1 à 100 caractères."))]
    #[schema(example = "Pneumologue")]
    pub qualite: String,
}

/// Why the patients' register refuses.
#[derive(Debug, thiserror::Error)]
pub enum PatientError {
    /// No such patient, or not for this person.
    #[error("Ce patient n'existe pas, ou n'entre pas dans votre périmètre.")]
    Introuvable,
    /// No such dossier, or not for this person.
    #[error("Ce dossier n'existe pas, ou n'entre pas dans votre périmètre.")]
    DossierIntrouvable,
    /// No such opposition, or not for this person.
    #[error("Cette opposition n'existe pas, ou n'entre pas dans votre périmètre.")]
    OppositionIntrouvable,
    /// A patient that the person sees has the same traits.
    #[error(
        "Un patient a déjà le même nom de naissance, le même prénom, la même date de naissance et le même sexe. \
             Reprenez-le, ou confirmez qu'il s'agit d'une autre personne (`confirmer_distinct`)."
    )]
    Doublon {
        /// The patients with these traits that the person sees.
        patients: Vec<PatientId>,
    },
    /// A patient out of the person's perimeter has the same traits; nothing is told of that patient.
    #[error(
        "Un patient qui n'entre pas dans votre périmètre a déjà ces traits d'identité. \
             Rapprochez-vous du 3C, ou confirmez qu'il s'agit d'une autre personne (`confirmer_distinct`)."
    )]
    DoublonHorsPerimetre,
    /// Another patient has the matricule.
    #[error("Un autre patient porte déjà ce matricule INS. S'il n'entre pas dans votre périmètre, rapprochez-vous du 3C.")]
    InsPris,
    /// The établissement gave the number to another patient.
    #[error(
        "Un autre patient porte déjà cet identifiant dans cet établissement. S'il n'entre pas dans votre périmètre, rapprochez-vous du 3C."
    )]
    IppPris,
    /// Nobody could read the patient.
    #[error(
        "Personne ne pourrait lire ce patient : indiquez un identifiant d'établissement, un médecin traitant, ou créez-le sous \
             une habilitation qui porte sur une RCP, un établissement ou un 3C."
    )]
    SansRattachement,
    /// The patient was absorbed by another, whom the person sees.
    #[error("Ce patient a été rapproché d'un autre : reprenez le patient conservé (`conserve_id`).")]
    Absorbe {
        /// The patient who was kept.
        conserve: PatientId,
    },
    /// One proof is not exchanged for the other in one act.
    #[error(
        "Une identité {de} ne devient pas {vers} en une fois : repassez-la d'abord à provisoire, ou apportez l'autre preuve (qualifiée)."
    )]
    TransitionInterdite {
        /// Present status.
        de: StatutIdentite,
        /// Status asked for.
        vers: StatutIdentite,
    },
    /// The traits are doubted.
    #[error("Cette identité est marquée douteuse : elle reste provisoire tant que le doute n'est pas levé.")]
    IdentiteDouteuse,
    /// The traits are invented.
    #[error("Cette identité est fictive : elle reste provisoire et rien n'en sort.")]
    IdentiteFictive,
    /// The dossier is closed.
    #[error("Ce dossier est clos : rouvrez-le pour le modifier.")]
    DossierClos,
    /// The dossier is open.
    #[error("Ce dossier est déjà ouvert.")]
    DossierOuvert,
    /// The same opposition is in force.
    #[error("Cette opposition est déjà enregistrée et en vigueur.")]
    OppositionEnVigueur,
    /// The opposition has been lifted.
    #[error("Cette opposition est déjà levée.")]
    OppositionLevee,
}

impl ErreurMetier for PatientError {
    fn nature(&self) -> Nature {
        match self {
            Self::Introuvable | Self::DossierIntrouvable | Self::OppositionIntrouvable => Nature::Introuvable,
            Self::Absorbe { .. } => Nature::Disparu,
            Self::SansRattachement => Nature::Invalide,
            Self::Doublon { .. }
            | Self::DoublonHorsPerimetre
            | Self::InsPris
            | Self::IppPris
            | Self::TransitionInterdite { .. }
            | Self::IdentiteDouteuse
            | Self::IdentiteFictive
            | Self::DossierClos
            | Self::DossierOuvert
            | Self::OppositionEnVigueur
            | Self::OppositionLevee => Nature::Conflit,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Introuvable => "patient-introuvable",
            Self::DossierIntrouvable => "dossier-introuvable",
            Self::OppositionIntrouvable => "opposition-introuvable",
            Self::Doublon { .. } | Self::DoublonHorsPerimetre => "patient-en-doublon",
            Self::InsPris => "ins-pris",
            Self::IppPris => "ipp-pris",
            Self::SansRattachement => "patient-sans-rattachement",
            Self::Absorbe { .. } => "patient-absorbe",
            Self::TransitionInterdite { .. } => "transition-identite-interdite",
            Self::IdentiteDouteuse => "identite-douteuse",
            Self::IdentiteFictive => "identite-fictive",
            Self::DossierClos => "dossier-clos",
            Self::DossierOuvert => "dossier-ouvert",
            Self::OppositionEnVigueur => "opposition-en-vigueur",
            Self::OppositionLevee => "opposition-levee",
        }
    }

    fn precisions(&self) -> serde_json::Map<String, serde_json::Value> {
        let mut precisions = serde_json::Map::new();
        if let Self::Doublon { patients } = self {
            precisions.insert("patients".to_owned(), patients.iter().map(|id| serde_json::Value::from(id.to_string())).collect());
        }
        if let Self::Absorbe { conserve } = self {
            precisions.insert("conserve_id".to_owned(), conserve.to_string().into());
        }
        precisions
    }
}
