//! Deliveries, counted beside those that were expected.

use super::Axe;
use crate::metier::diffusion::model::{CompteDiffusions, LigneDiffusions};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;

/// The deliveries of every version of the comptes-rendus of a period, whatever became of the version. Each
/// row says its `ecart`, which is zero: there are as many deliveries as recipients were expected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ActiviteDiffusions {
    /// First day.
    pub du: NaiveDate,
    /// Last day.
    pub au: NaiveDate,
    /// Axis.
    pub par: Axe,
    /// When it was counted.
    pub compte_le: DateTime<Utc>,
    /// One row a group that has a version.
    pub lignes: Vec<LigneDiffusions>,
    /// Everything together.
    pub total: CompteDiffusions,
}
