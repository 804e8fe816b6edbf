//! The long work of a campaign: done by the worker, followed and stopped by the region.

use crate::kernel::ids::{CampagneId, CompteId, InstantaneId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What the job that freezes a year for its campaign is given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AExtraire {
    /// The campaign.
    pub campagne_id: CampagneId,
    /// The extraction to be.
    pub instantane_id: InstantaneId,
    /// The year.
    pub annee: i32,
    /// Who asked for it.
    pub par: Option<CompteId>,
}

crate::enum_texte! {
    /// What is being made.
    pub enum GenreTravail {
        /// The year is being frozen.
        Extraction => "extraction",
        /// The report is being made.
        Publication => "publication",
    }
}

crate::enum_texte! {
    /// What it is doing.
    pub enum EtapeTravail {
        /// It waits for a worker.
        Attente => "attente",
        /// What is counted is read, in one snapshot.
        Lecture => "lecture",
        /// What was read is written, lot by lot.
        Ecriture => "ecriture",
        /// What was written is sealed and compared with the former extraction.
        Scelle => "scelle",
        /// The report is counted.
        Comptes => "comptes",
        /// Its documents are laid out.
        Documents => "documents",
    }
}

/// Work under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = campagne::Travail)]
pub struct Travail {
    /// What is being made.
    pub genre: GenreTravail,
    /// What it is doing.
    pub etape: EtapeTravail,
    /// How much of the step is done: rows, documents.
    pub fait: i64,
    /// How much there is to do; zero when that is not known.
    pub total: i64,
    /// When it was asked for.
    pub demande_le: DateTime<Utc>,
    /// It was asked to stop, and will.
    pub arret_demande: bool,
}
