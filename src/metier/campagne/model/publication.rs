//! A report that is published.

use super::dit_quelque_chose;
use crate::{
    kernel::{
        Instant,
        ids::{CampagneId, InstantaneId, PublicationId},
    },
    metier::infocentre::model::rapport::FormatRapport,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// How a publication is decided.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = campagne::DemandePublication)]
pub struct DemandePublication {
    /// Why it is published although some 3C have not validated; the report says so.
    #[validate(length(max = 1000, message = "1000 caractères au plus."), custom(function = dit_quelque_chose))]
    pub malgre: Option<String>,
    /// Why it replaces the report that was published before.
    #[validate(length(max = 1000, message = "1000 caractères au plus."), custom(function = dit_quelque_chose))]
    pub motif: Option<String>,
}

/// What the report says when 3C have not validated their page.
#[must_use]
pub fn mention(centres: &[String], malgre: &str) -> String {
    format!("Publié sans la validation de : {}. Motif : {}", centres.join(", "), malgre.trim())
}

/// A published report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = campagne::Publication)]
pub struct Publication {
    /// Identifier.
    pub id: PublicationId,
    /// The campaign.
    pub campagne_id: CampagneId,
    /// The year.
    #[schema(example = 2025)]
    pub annee: i32,
    /// Rank among the reports of the year, from 1.
    pub numero: i64,
    /// The extraction that it is made of.
    pub instantane_id: InstantaneId,
    /// When it was decided: the date of its documents.
    pub publiee_le: DateTime<Utc>,
    /// Why it replaces the former one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub motif: Option<String>,
    /// What it says before anything else: which 3C have not validated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mention: Option<String>,
    /// Its documents.
    pub documents: Vec<DocumentResume>,
}

/// A document of a published report, without its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = campagne::DocumentResume)]
pub struct DocumentResume {
    /// Format.
    pub format: FormatRapport,
    /// Name of the file.
    #[schema(example = "rapport-rcp-2025-v1.pdf")]
    pub nom: String,
    /// Number of bytes.
    pub taille: i64,
    /// SHA-256 of the bytes, 64 hexadecimal digits: its `ETag`.
    pub empreinte: String,
}

/// A document of a published report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentPublie {
    /// Format.
    pub format: FormatRapport,
    /// Name of the file.
    pub nom: String,
    /// SHA-256 of the bytes.
    pub empreinte: String,
    /// The bytes.
    pub octets: Vec<u8>,
}

/// What the job that makes a report is given: all that was decided, so that it always makes the same one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AEditer {
    /// The publication to be.
    pub publication_id: PublicationId,
    /// The campaign.
    pub campagne_id: CampagneId,
    /// The extraction.
    pub instantane_id: InstantaneId,
    /// When it was decided.
    pub decidee_le: Instant,
    /// Why it replaces the former one.
    pub motif: Option<String>,
    /// What it says before anything else.
    pub mention: Option<String>,
}
