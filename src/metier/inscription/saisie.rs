//! What is typed of a registration and of what the meeting makes of it.

use super::{
    etat::{MotifReport, MotifRetrait},
    proposition::{Proposition, ReferentielApplique},
};
use crate::kernel::ids::{FicheId, InscriptionId, PraticienId, ReunionId};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

/// What is typed to register a fiche.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InscriptionSaisie {
    /// The fiche.
    pub fiche_id: FicheId,
    /// The doctor who asks; the person who registers, or the referring doctor of the dossier, when it is
    /// not said.
    pub demandeur_id: Option<PraticienId>,
    /// Who presents the case, when it is not the doctor who asks.
    pub presentateur_id: Option<PraticienId>,
    /// Comment for the meeting.
    #[validate(length(min = 1, max = 2000, message = "De 1 à 2000 caractères."))]
    pub commentaire: Option<String>,
}

/// The new order of an agenda.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrdreSaisi {
    /// Every registration that stands on the agenda, first to last.
    #[validate(length(max = 500, message = "500 inscriptions au plus."))]
    pub ids: Vec<InscriptionId>,
}

/// What is noted of a discussion.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DiscussionSaisie {
    /// Its start; its end when it is not said.
    pub debut: Option<DateTime<Utc>>,
    /// Its end; now when it is not said.
    pub fin: Option<DateTime<Utc>>,
    /// The answer of the meeting.
    #[validate(nested)]
    pub proposition: Proposition,
}

/// What is noted of a case recorded without discussion.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EnregistrementSaisi {
    /// The guideline that the case conforms to.
    #[validate(nested)]
    pub referentiel: ReferentielApplique,
    /// The proposition that the guideline gives.
    #[validate(nested)]
    pub proposition: Proposition,
}

/// Why and where a case is postponed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportSaisi {
    /// Why.
    pub motif: MotifReport,
    /// What the reason does not say; compulsory for `autre`.
    #[validate(length(min = 1, max = 1000, message = "De 1 à 1000 caractères."))]
    pub precision: Option<String>,
    /// The later meeting.
    pub vers_reunion_id: ReunionId,
}

/// Why a case is withdrawn.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RetraitSaisi {
    /// Why.
    pub motif: MotifRetrait,
    /// What the reason does not say; compulsory for `autre`.
    #[validate(length(min = 1, max = 1000, message = "De 1 à 1000 caractères."))]
    pub precision: Option<String>,
}

/// A written opinion.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AvisSaisi {
    /// Who gives it; the person who writes when it is not said. Who leads the meeting may take down the
    /// opinion of somebody else.
    pub praticien_id: Option<PraticienId>,
    /// The opinion.
    #[validate(length(min = 1, max = 8000, message = "De 1 à 8000 caractères."))]
    pub texte: String,
    /// Clause of the quorum rule that it answers for.
    #[validate(length(min = 1, max = 80, message = "De 1 à 80 caractères."))]
    pub clause: Option<String>,
}
