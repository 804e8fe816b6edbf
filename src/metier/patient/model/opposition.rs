//! What a patient opposes.

use crate::kernel::{
    Faute,
    ids::{CompteId, OppositionId, PatientId},
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

crate::enum_texte! {
    /// What an opposition bears on.
    pub enum ObjetOpposition {
        /// Sharing in the DCC: only the author, the doctor who asked and the referring doctor see the file.
        PartageDcc => "partage_dcc",
        /// Sending to the médecin traitant.
        EnvoiMedecinTraitant => "envoi_medecin_traitant",
        /// Upload to the DMP.
        Dmp => "dmp",
        /// Secondary use, statistics included.
        Reutilisation => "reutilisation",
    }
}

/// An opposition as it is taken down.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OppositionSaisie {
    /// What it bears on.
    pub objet: ObjetOpposition,
    /// When the patient expressed it; today when absent.
    pub exprimee_le: Option<NaiveDate>,
    /// How it was expressed (letter, consultation…).
    #[validate(length(max = 1000, message = "1000 caractères au plus."))]
    pub commentaire: Option<String>,
}

impl OppositionSaisie {
    /// An opposition is not expressed in advance.
    #[must_use]
    pub fn fautes(&self, aujourd_hui: NaiveDate) -> Vec<Faute> {
        let future = self.exprimee_le.is_some_and(|date| date > aujourd_hui);
        future.then(|| Faute::new("/exprimee_le", "date-future", "Une opposition ne s'enregistre pas à l'avance.")).into_iter().collect()
    }
}

/// An opposition. It is never erased: lifting it dates its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Opposition {
    /// Identifier.
    pub id: OppositionId,
    /// Whose it is.
    pub patient_id: PatientId,
    /// What it bears on.
    pub objet: ObjetOpposition,
    /// When the patient expressed it.
    pub exprimee_le: NaiveDate,
    /// Account of the person who took it down.
    pub recueillie_par: Option<CompteId>,
    /// How it was expressed.
    pub commentaire: Option<String>,
    /// When it was taken down.
    pub cree_le: DateTime<Utc>,
    /// When it was lifted.
    pub levee_le: Option<DateTime<Utc>>,
}

impl Opposition {
    /// True until it is lifted.
    #[must_use]
    pub const fn en_vigueur(&self) -> bool {
        self.levee_le.is_none()
    }
}
