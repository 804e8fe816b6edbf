//! Calendar feeds: an address that a calendar program reads, and that can be revoked.

use crate::kernel::ids::{FluxIcalId, PraticienId, RcpId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// A feed to open.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FluxSaisi {
    /// What tells this feed from others: the calendar it is for.
    #[validate(length(min = 1, max = 100, message = "De 1 à 100 caractères."))]
    #[schema(example = "Agenda du téléphone")]
    pub libelle: String,
    /// The meetings of that RCP; without it, those that the person attends.
    pub rcp_id: Option<RcpId>,
}

/// A feed, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Flux {
    /// Identifier.
    pub id: FluxIcalId,
    /// What tells this feed from others.
    pub libelle: String,
    /// The person whose meetings it gives.
    pub praticien_id: Option<PraticienId>,
    /// The RCP whose meetings it gives.
    pub rcp_id: Option<RcpId>,
    /// Creation.
    pub cree_le: DateTime<Utc>,
}

/// A feed that was just opened. The address is given this once: only its fingerprint is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FluxCree {
    /// The feed.
    #[serde(flatten)]
    pub flux: Flux,
    /// The address to give to the calendar program.
    #[schema(example = "https://dcc.example/ical/Q4Xv….ics")]
    pub url: String,
}

/// True for what may be a secret of a feed: 256 bits in base64url. Anything else is not looked up.
#[must_use]
pub fn jeton_bien_forme(jeton: &str) -> bool {
    jeton.len() == 43 && jeton.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}
