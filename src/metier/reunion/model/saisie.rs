//! What is typed of meetings.

use super::{Reunion, ReunionError};
use crate::{
    kernel::{
        Faute, Instant,
        ids::{RcpId, ReunionId},
    },
    metier::rcp::model::{feries::JourFerie, recurrence::Creneau},
};
use chrono::{DateTime, Datelike, Duration, NaiveDate, SubsecRound, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// The longest period that is generated at once, in days.
const PERIODE_MAXIMALE: i64 = 731;

/// A meeting to plan.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReunionSaisie {
    /// Its RCP.
    pub rcp_id: RcpId,
    /// Beginning.
    pub debut: DateTime<Utc>,
    /// Length, in minutes.
    #[validate(range(min = 5, max = 720, message = "De 5 minutes à 12 heures."))]
    #[schema(example = 120)]
    pub duree_minutes: i64,
    /// Room, if not that of the RCP.
    #[validate(length(min = 1, max = 200, message = "De 1 à 200 caractères."))]
    pub lieu: Option<String>,
    /// Videoconference, if not that of the RCP.
    #[validate(length(max = 500, message = "500 caractères au plus."), url(message = "Adresse web invalide."))]
    pub lien_visio: Option<String>,
    /// The most dossiers that it takes, if not as the RCP says.
    #[validate(range(min = 1, max = 500, message = "De 1 à 500 dossiers."))]
    pub capacite: Option<i64>,
}

/// Another moment or place for a meeting; what is left out does not change.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Deplacement {
    /// Beginning.
    pub debut: DateTime<Utc>,
    /// Length, in minutes.
    #[validate(range(min = 5, max = 720, message = "De 5 minutes à 12 heures."))]
    pub duree_minutes: Option<i64>,
    /// Room.
    #[validate(length(min = 1, max = 200, message = "De 1 à 200 caractères."))]
    pub lieu: Option<String>,
    /// Videoconference.
    #[validate(length(max = 500, message = "500 caractères au plus."), url(message = "Adresse web invalide."))]
    pub lien_visio: Option<String>,
}

/// When the copy of a meeting begins.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Duplication {
    /// Beginning.
    pub debut: DateTime<Utc>,
}

/// Why a meeting is cancelled; those invited read it.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MotifAnnulation {
    /// The reason, without any health data.
    #[validate(length(min = 3, max = 500, message = "De 3 à 500 caractères."))]
    pub motif: String,
}

/// The days over which meetings are generated, both included.
#[derive(Debug, Clone, Copy, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Periode {
    /// First day.
    pub du: NaiveDate,
    /// Last day.
    pub au: NaiveDate,
}

/// What a generation did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Generation {
    /// The meetings that were planned.
    pub creees: Vec<ReunionId>,
    /// Dates that already had their meeting, whatever it became.
    pub existantes: usize,
    /// Public holidays without a meeting.
    pub feries: Vec<JourFerie>,
    /// Dates left out as exceptions of the calendar.
    pub exceptions: Vec<NaiveDate>,
}

impl Periode {
    /// Refuses a period that ends before it begins or is too long.
    pub fn verifier(&self) -> Result<(), ReunionError> {
        let jours = (self.au - self.du).num_days();
        let message = match jours {
            i64::MIN..0 => "La fin de la période précède son début.",
            PERIODE_MAXIMALE.. => "Une période compte deux ans au plus.",
            _ => return Ok(()),
        };
        Err(ReunionError::Contenu(vec![Faute::new("/au", "periode-invalide", message)]))
    }
}

impl ReunionSaisie {
    /// From when to when the meeting is held.
    pub fn creneau(&self) -> Result<Creneau, ReunionError> {
        lien_en_https(self.lien_visio.as_deref())?;
        creneau(self.debut, Duration::minutes(self.duree_minutes))
    }
}

impl Deplacement {
    /// From when to when the meeting is held from now on.
    pub fn creneau(&self, reunion: &Reunion) -> Result<Creneau, ReunionError> {
        lien_en_https(self.lien_visio.as_deref())?;
        creneau(self.debut, self.duree_minutes.map_or_else(|| reunion.duree(), Duration::minutes))
    }
}

impl Duplication {
    /// From when to when the copy is held.
    pub fn creneau(&self, modele: &Reunion) -> Result<Creneau, ReunionError> {
        creneau(self.debut, modele.duree())
    }
}

/// The time slot that begins at a moment, to the second. A year out of this century is a typing
/// mistake.
fn creneau(debut: Instant, duree: Duration) -> Result<Creneau, ReunionError> {
    if !(2000..2100).contains(&debut.year()) {
        let message = "La date d'une réunion est comprise entre 2000 et 2099.";
        return Err(ReunionError::Contenu(vec![Faute::new("/debut", "date-hors-bornes", message)]));
    }
    let debut = debut.trunc_subsecs(0);
    Ok(Creneau { debut, fin: debut + duree })
}

fn lien_en_https(lien: Option<&str>) -> Result<(), ReunionError> {
    if lien.is_none_or(|lien| lien.starts_with("https://")) {
        return Ok(());
    }
    let message = "Le lien de visioconférence commence par https://.";
    Err(ReunionError::Contenu(vec![Faute::new("/lien_visio", "https-attendu", message)]))
}
