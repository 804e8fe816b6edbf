//! A merge and its undoing.

use super::RapprochementError;
use crate::{
    kernel::{
        identite::StatutIdentite,
        ids::{CompteId, DossierId, OppositionId, PatientId, RapprochementId},
    },
    metier::patient::model::Patient,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use validator::Validate;

/// A merge as it is asked for; `If-Match` carries the version of the patient who is kept.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FusionSaisie {
    /// The patient to be absorbed.
    pub absorbe_id: PatientId,
    /// The version of that patient that was read.
    pub version_absorbe: i64,
    /// What it rests on.
    #[validate(length(min = 3, max = 500, message = "De 3 à 500 caractères."))]
    pub motif: String,
}

/// The undoing of a merge.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SeparationSaisie {
    /// Why.
    #[validate(length(min = 3, max = 500, message = "De 3 à 500 caractères."))]
    pub motif: String,
    /// Dossiers of the patient who was kept that belong to the other: written since, say.
    #[serde(default)]
    #[validate(length(max = 200, message = "200 dossiers au plus."))]
    pub dossiers: Vec<DossierId>,
    /// Oppositions of the patient who was kept that belong to the other.
    #[serde(default)]
    #[validate(length(max = 200, message = "200 oppositions au plus."))]
    pub oppositions: Vec<OppositionId>,
}

/// A merge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Rapprochement {
    /// Identifier.
    pub id: RapprochementId,
    /// The patient who was kept.
    pub conserve_id: PatientId,
    /// The patient who was absorbed.
    pub absorbe_id: PatientId,
    /// What it rests on.
    pub motif: String,
    /// Account of who did it.
    pub fait_par: Option<CompteId>,
    /// Name of that person.
    pub acteur: String,
    /// When.
    pub fait_le: DateTime<Utc>,
    /// Account of who undid it.
    pub defait_par: Option<CompteId>,
    /// When it was undone.
    pub defait_le: Option<DateTime<Utc>>,
    /// Why it was undone.
    pub motif_separation: Option<String>,
    /// How many rows of each kind followed.
    pub deplaces: BTreeMap<String, i64>,
}

/// How far an identity is established.
const fn rang(statut: StatutIdentite) -> u8 {
    match statut {
        StatutIdentite::Provisoire => 0,
        StatutIdentite::Recuperee | StatutIdentite::Validee => 1,
        StatutIdentite::Qualifiee => 2,
    }
}

/// Refuses a merge that would lose or mix an identity.
pub fn exiger_fusion_permise(conserve: &Patient, absorbe: &Patient) -> Result<(), RapprochementError> {
    if conserve.id == absorbe.id {
        return Err(RapprochementError::MemePatient);
    }
    if conserve.ins.is_some() && absorbe.ins.is_some() {
        return Err(RapprochementError::InsDifferents);
    }
    if conserve.attributs.fictive != absorbe.attributs.fictive {
        return Err(RapprochementError::Fictive);
    }
    if rang(conserve.statut_identite) < rang(absorbe.statut_identite) {
        return Err(RapprochementError::Sens);
    }
    Ok(())
}
