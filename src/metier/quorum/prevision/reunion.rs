//! The forecast of a meeting, as it is shown.

use super::Chances;
use crate::{
    kernel::{
        ErreurMetier, Nature,
        ids::{PraticienId, ReunionId},
    },
    metier::{
        quorum::model::Candidat,
        reunion::model::{EtatReunion, ReponseInvitation},
    },
};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

/// A person on the list of a meeting, and how likely the person comes.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PersonneAttendue {
    /// Who.
    pub praticien_id: PraticienId,
    /// « Dr Anne DELTA ».
    pub nom: String,
    /// What the person answered.
    pub reponse: Option<ReponseInvitation>,
    /// Times the person came, out of the past meetings looked at.
    pub venues: u32,
    /// Past meetings at which the person was listed.
    pub reunions: u32,
    /// Probability that the person comes, from 0 to 1.
    pub probabilite: f64,
}

/// The forecast at a number of days before the meeting.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Echeance {
    /// Days before the meeting.
    pub jours: u32,
    /// When.
    pub le: DateTime<Utc>,
    /// True once that moment has come: answers given since are then left out. Before, the figure is the present one.
    pub passee: bool,
    /// Probability of the quorum, from 0 to 1.
    pub probabilite: f64,
}

/// Whom to call to bring the forecast to the threshold.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Reparation {
    /// The smallest set of persons.
    pub personnes: Vec<Candidat>,
    /// Probability of the quorum once they have accepted.
    pub probabilite: f64,
}

/// The forecast of the quorum of a meeting.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Prevision {
    /// The meeting.
    pub reunion_id: ReunionId,
    /// Its beginning.
    pub debut: DateTime<Utc>,
    /// Code of the rule of the RCP.
    pub regle_code: String,
    /// Its version.
    pub regle_version: String,
    /// The present forecast.
    #[serde(flatten)]
    pub chances: Chances,
    /// Probability under which a meeting is at risk.
    pub seuil: f64,
    /// True when the present forecast is under it.
    pub a_risque: bool,
    /// The forecast at each date that the region looks at.
    pub echeances: Vec<Echeance>,
    /// Those on the list.
    pub personnes: Vec<PersonneAttendue>,
    /// Whom to call; absent when the forecast is good enough, or when no few calls would do.
    pub reparation: Option<Reparation>,
}

/// A meeting to come whose quorum is at risk.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ReunionARisque {
    /// Code of the RCP.
    pub rcp_code: String,
    /// Name of the RCP.
    pub rcp_nom: String,
    /// Dossiers on the agenda.
    pub dossiers: i64,
    /// The nearest date reached: 7 from seven days before the meeting on, then 2.
    pub echeance_jours: u32,
    /// The forecast.
    #[serde(flatten)]
    pub prevision: Prevision,
}

/// Why no forecast is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PrevisionError {
    /// The meeting has begun, or will not be held.
    #[error("Le quorum d'une réunion {} ne se prévoit plus.", .0.libelle())]
    SansObjet(EtatReunion),
}

impl ErreurMetier for PrevisionError {
    fn nature(&self) -> Nature {
        match self {
            Self::SansObjet(_) => Nature::Conflit,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::SansObjet(_) => "prevision-sans-objet",
        }
    }
}
