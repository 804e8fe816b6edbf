//! A registration seen from another one of the same patient.

pub use crate::metier::{
    rcp::model::{CategorieRecours, TypeRcp},
    reunion::model::EtatReunion,
};

use super::model::Inscription;
use crate::kernel::Instant;

/// A registration with its meeting and what tells the RCP from others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// The registration.
    pub inscription: Inscription,
    /// Start of the meeting.
    pub debut: Instant,
    /// State of the meeting.
    pub reunion_etat: EtatReunion,
    /// The RCP.
    pub rcp: RcpDuPassage,
}

/// What tells an RCP from others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RcpDuPassage {
    /// Short code.
    pub code: String,
    /// Regulatory type.
    pub type_rcp: TypeRcp,
    /// Category of an RCP de recours.
    pub categorie_recours: Option<CategorieRecours>,
    /// National network, for rare cancers.
    pub reseau_cancer_rare: Option<String>,
    /// Appareil.
    pub appareil: Option<String>,
    /// Treatment or supportive care.
    pub traitement_soins: Option<String>,
    /// Theme.
    pub theme: String,
}
