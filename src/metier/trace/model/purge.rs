//! The end of the legal period: the beginning of the chain goes, its last seal stays as what the rest follows.

use super::Empreinte;
use crate::kernel::Instant;
use chrono::Months;

/// How long the trace is kept: three years (CNIL, deliberation 2021-122, for internal control).
pub const CONSERVATION: Months = Months::new(36);
/// The least that any region keeps it.
pub const CONSERVATION_MINIMALE: Months = Months::new(6);

/// What was removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purge {
    /// The last rank that was removed.
    pub rang: i64,
    /// Its seal, which the next one follows.
    pub empreinte: Empreinte,
    /// Every removed row was older than that.
    pub avant: Instant,
    /// Rows removed.
    pub lignes: i64,
    /// When.
    pub purge_le: Instant,
}

/// The moment before which rows may go, for a region that keeps them so many months; nothing for a period that is too short.
#[must_use]
pub fn limite(maintenant: Instant, mois: u32) -> Option<Instant> {
    let mois = Months::new(mois);
    if mois < CONSERVATION_MINIMALE { None } else { maintenant.checked_sub_months(mois) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nulle_region_ne_garde_moins_de_six_mois() {
        let maintenant: Instant = "2029-03-02T09:00:00Z".parse().unwrap();
        assert_eq!(limite(maintenant, 5), None);
        assert_eq!(limite(maintenant, 36), Some("2026-03-02T09:00:00Z".parse().unwrap()));
    }
}
