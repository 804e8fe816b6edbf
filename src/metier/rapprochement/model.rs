//! Pairs, merges, and why they are refused.

mod fusion;
mod phonetique;
mod reglages;
mod score;

pub use fusion::{FusionSaisie, Rapprochement, SeparationSaisie, exiger_fusion_permise};
pub use phonetique::cle_phonetique;
pub use reglages::{PoidsDate, PoidsNom, PoidsTrait, ReglagesDoublons, ReglagesLus};
pub use score::{Accord, Concordances, Profil, Traits, paires};

use crate::{
    kernel::{
        ErreurMetier, Nature,
        ids::{CompteId, DoublonId},
    },
    metier::patient::model::IdentitePatient,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

crate::enum_texte! {
    /// What was made of a pair.
    pub enum EtatDoublon {
        /// Waits for a person.
        AExaminer => "a_examiner",
        /// Two people.
        Distinct => "distinct",
        /// One person.
        Doublon => "doublon",
    }
}

/// A pair, between two patients whose identifiers are in order.
#[derive(Debug, Clone)]
pub struct Doublon {
    /// Identifier.
    pub id: DoublonId,
    /// One patient.
    pub premier_id: crate::kernel::ids::PatientId,
    /// The other.
    pub second_id: crate::kernel::ids::PatientId,
    /// Weight, in tenths of bits.
    pub score: i64,
    /// How far each trait agrees.
    pub concordances: Concordances,
    /// What was made of it.
    pub etat: EtatDoublon,
    /// When it was found.
    pub detecte_le: DateTime<Utc>,
    /// Account of who judged it.
    pub verdict_par: Option<CompteId>,
    /// When it was judged.
    pub verdict_le: Option<DateTime<Utc>>,
    /// What that person said of it.
    pub commentaire: Option<String>,
    /// Version.
    pub version: i64,
}

/// One of the two identities of a pair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct IdentiteComparee {
    /// The identity.
    #[serde(flatten)]
    pub identite: IdentitePatient,
    /// Version of the patient: a merge asks for it.
    pub version: i64,
}

/// A pair as the work list shows it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Doublon)]
pub struct DoublonVu {
    /// Identifier.
    pub id: DoublonId,
    /// One identity.
    pub premier: IdentiteComparee,
    /// The other.
    pub second: IdentiteComparee,
    /// Weight, in tenths of bits: the higher, the likelier.
    pub score: i64,
    /// How far each trait agrees.
    pub concordances: Concordances,
    /// What was made of it.
    pub etat: EtatDoublon,
    /// When it was found.
    pub detecte_le: DateTime<Utc>,
    /// Account of who judged it.
    pub verdict_par: Option<CompteId>,
    /// When it was judged.
    pub verdict_le: Option<DateTime<Utc>>,
    /// What that person said of it.
    pub commentaire: Option<String>,
    /// Version.
    pub version: i64,
}

crate::enum_texte! {
    /// What a person decides of a pair.
    pub enum VerdictDoublon {
        /// Two people.
        Distinct => "distinct",
        /// One person.
        Doublon => "doublon",
    }
}

impl From<VerdictDoublon> for EtatDoublon {
    fn from(verdict: VerdictDoublon) -> Self {
        match verdict {
            VerdictDoublon::Distinct => Self::Distinct,
            VerdictDoublon::Doublon => Self::Doublon,
        }
    }
}

/// A verdict.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = VerdictDoublonSaisi)]
pub struct VerdictSaisi {
    /// What is decided.
    pub verdict: VerdictDoublon,
    /// What it rests on.
    #[validate(length(min = 3, max = 500, message = "De 3 à 500 caractères."))]
    pub commentaire: String,
}

/// Why identities are not brought together.
#[derive(Debug, thiserror::Error)]
pub enum RapprochementError {
    /// No such pair, or not for this person.
    #[error("Cette paire n'existe pas, ou n'entre pas dans votre périmètre.")]
    DoublonIntrouvable,
    /// No such merge, or not for this person.
    #[error("Ce rapprochement n'existe pas, ou n'entre pas dans votre périmètre.")]
    Introuvable,
    /// One patient only.
    #[error("Un patient ne se rapproche pas de lui-même.")]
    MemePatient,
    /// Both have a matricule.
    #[error("Les deux patients portent un matricule INS différent : ce sont deux personnes, ou l'un des deux est à corriger d'abord.")]
    InsDifferents,
    /// The one to be absorbed is the better known.
    #[error("L'identité conservée est celle qui est la mieux établie : rapprochez dans l'autre sens.")]
    Sens,
    /// One is invented, the other is not.
    #[error("Une identité fictive ne se rapproche pas de celle d'une personne.")]
    Fictive,
    /// Both are restricted, each to its own people.
    #[error("L'accès aux deux patients est restreint : levez l'une des deux restrictions d'abord.")]
    DeuxRestrictions,
    /// It was undone already.
    #[error("Ce rapprochement est déjà défait.")]
    DejaDefait,
    /// The patient who was kept was absorbed since.
    #[error("Le patient conservé a lui-même été rapproché d'un autre depuis : défaites d'abord ce dernier rapprochement.")]
    ConserveAbsorbe,
    /// The matricule was given to the patient who was kept.
    #[error("Le matricule INS de l'identité à rétablir a été donné à un autre patient depuis : corrigez-le d'abord.")]
    MatriculeRepris,
    /// A chosen row is not with the patient who was kept.
    #[error("Un des objets choisis n'appartient pas au patient conservé.")]
    ChoixEtranger,
}

impl ErreurMetier for RapprochementError {
    fn nature(&self) -> Nature {
        match self {
            Self::DoublonIntrouvable | Self::Introuvable => Nature::Introuvable,
            Self::MemePatient | Self::ChoixEtranger => Nature::Invalide,
            Self::InsDifferents
            | Self::Sens
            | Self::Fictive
            | Self::DeuxRestrictions
            | Self::DejaDefait
            | Self::ConserveAbsorbe
            | Self::MatriculeRepris => Nature::Conflit,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::DoublonIntrouvable => "doublon-introuvable",
            Self::Introuvable => "rapprochement-introuvable",
            Self::MemePatient => "meme-patient",
            Self::InsDifferents => "ins-differents",
            Self::Sens => "sens-du-rapprochement",
            Self::Fictive => "rapprochement-fictif",
            Self::DeuxRestrictions => "rapprochement-deux-restrictions",
            Self::DejaDefait => "rapprochement-defait",
            Self::ConserveAbsorbe => "conserve-absorbe",
            Self::MatriculeRepris => "matricule-repris",
            Self::ChoixEtranger => "choix-etranger",
        }
    }
}
