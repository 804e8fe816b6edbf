//! Versions of the terms of use, and their acceptance.

use crate::kernel::{
    ErreurMetier, Faute, Nature,
    ids::{CompteId, ConditionsId},
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// Terms to publish.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConditionsSaisies {
    /// Name of the version, as people are shown it.
    #[validate(length(min = 1, max = 40, message = "De 1 à 40 caractères."))]
    #[schema(example = "2027-01")]
    pub version: String,
    /// The terms, as plain text or Markdown.
    #[validate(length(min = 20, max = 100_000, message = "De 20 à 100 000 caractères."))]
    pub texte: String,
    /// The first day they hold, in Paris: today at the earliest.
    #[schema(example = "2099-01-01")]
    pub en_vigueur_le: NaiveDate,
}

impl ConditionsSaisies {
    /// Terms do not hold in the past.
    #[must_use]
    pub fn fautes(&self, aujourd_hui: NaiveDate) -> Vec<Faute> {
        let passees = self.en_vigueur_le < aujourd_hui;
        let faute = || Faute::new("/en_vigueur_le", "date-passee", "Des conditions n'entrent pas en vigueur dans le passé.");
        passees.then(faute).into_iter().collect()
    }
}

/// A version of the terms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Conditions {
    /// Identifier.
    pub id: ConditionsId,
    /// Name of the version.
    pub version: String,
    /// The terms.
    pub texte: String,
    /// The first day they hold.
    pub en_vigueur_le: NaiveDate,
    /// Account of who published them.
    pub publiees_par: Option<CompteId>,
    /// When.
    pub publiees_le: DateTime<Utc>,
}

/// A version of the terms, as the list shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ConditionsResumees {
    /// Name of the version.
    pub version: String,
    /// The first day they hold.
    pub en_vigueur_le: NaiveDate,
    /// When they were published.
    pub publiees_le: DateTime<Utc>,
    /// How many accounts accepted them.
    pub acceptations: i64,
}

/// The terms in force, as a person reads them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ConditionsEnVigueur {
    /// Name of the version.
    pub version: String,
    /// The terms.
    pub texte: String,
    /// The first day they hold.
    pub en_vigueur_le: NaiveDate,
    /// When the person accepted them, if so.
    pub acceptees_le: Option<DateTime<Utc>>,
}

/// The version that a person read and accepts.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptationSaisie {
    /// Name of the version: that in force.
    #[validate(length(min = 1, max = 40, message = "De 1 à 40 caractères."))]
    #[schema(example = "2027-01")]
    pub version: String,
}

/// An acceptance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Acceptation {
    /// Name of the version.
    pub version: String,
    /// When it was accepted, the first time.
    pub acceptees_le: DateTime<Utc>,
}

/// Refusals of this slice.
#[derive(Debug, thiserror::Error)]
pub enum ConditionsError {
    /// Nothing was published, or it does not hold yet.
    #[error("Aucune condition d'utilisation n'est en vigueur : rien n'est à accepter.")]
    Aucune,
    /// Another version is in force.
    #[error("Ces conditions ne sont pas celles qui sont en vigueur (version {en_vigueur}) : relisez-les avant de les accepter.")]
    PasEnVigueur {
        /// The one in force.
        en_vigueur: String,
    },
    /// A version never changes.
    #[error("Cette version, ou cette date d'entrée en vigueur, est déjà prise : une version publiée ne change plus.")]
    DejaPubliee,
}

impl ErreurMetier for ConditionsError {
    fn nature(&self) -> Nature {
        match self {
            Self::Aucune => Nature::Introuvable,
            Self::PasEnVigueur { .. } | Self::DejaPubliee => Nature::Conflit,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Aucune => "sans-conditions",
            Self::PasEnVigueur { .. } => "conditions-perimees",
            Self::DejaPubliee => "conditions-deja-publiees",
        }
    }
}
