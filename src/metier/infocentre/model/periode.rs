//! Periods and months, in the civil dates of metropolitan France.

use super::InfocentreError;
use crate::kernel::Instant;
use chrono::{Datelike, Days, Months, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Europe::Paris;
use serde::{Deserialize, Deserializer, Serialize};
use std::{fmt, ops::RangeInclusive, str::FromStr};
use utoipa::ToSchema;

/// The longest period, in days: ten years, leap days included.
pub const JOURS_MAXIMUM: i64 = 3653;
/// The years that a period may touch: both databases and both ways of writing a date agree on them.
const ANNEES: RangeInclusive<i32> = 1900..=2999;

/// Days that follow each other, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "PeriodeLue")]
pub struct Periode {
    /// First day.
    du: NaiveDate,
    /// Last day.
    au: NaiveDate,
}

/// A period as it is written, before it is known to be one.
#[derive(Deserialize)]
struct PeriodeLue {
    du: NaiveDate,
    au: NaiveDate,
}

impl TryFrom<PeriodeLue> for Periode {
    type Error = InfocentreError;

    fn try_from(lue: PeriodeLue) -> Result<Self, Self::Error> {
        Self::lire(lue.du, lue.au)
    }
}

impl Periode {
    /// From a day to another; refused when it goes backwards, lasts more than ten years, or bears
    /// dates that no report has.
    pub fn lire(du: NaiveDate, au: NaiveDate) -> Result<Self, InfocentreError> {
        if !(ANNEES.contains(&du.year()) && ANNEES.contains(&au.year())) {
            return Err(InfocentreError::HorsCalendrier);
        }
        if au < du {
            return Err(InfocentreError::PeriodeInversee);
        }
        if (au - du).num_days() >= JOURS_MAXIMUM {
            return Err(InfocentreError::PeriodeTropLongue);
        }
        Ok(Self { du, au })
    }

    /// First day.
    #[must_use]
    pub const fn du(&self) -> NaiveDate {
        self.du
    }

    /// Last day.
    #[must_use]
    pub const fn au(&self) -> NaiveDate {
        self.au
    }

    /// The first moment of the period, and the first one after it.
    #[must_use]
    pub fn moments(&self) -> (Instant, Instant) {
        (minuit(self.du), minuit(self.au.checked_add_days(Days::new(1)).unwrap_or(self.au)))
    }

    /// The months that it touches, in the order of time.
    #[must_use]
    pub fn mois(&self) -> Vec<Mois> {
        let dernier = Mois::de(self.au);
        std::iter::successors(Some(Mois::de(self.du)), |mois| mois.suivant().filter(|suivant| *suivant <= dernier)).collect()
    }

    /// The part that lies in a month, if any.
    #[must_use]
    pub fn dans(&self, mois: Mois) -> Option<Self> {
        let (du, au) = (self.du.max(mois.0), self.au.min(mois.dernier()));
        (du <= au).then_some(Self { du, au })
    }
}

/// Midnight in Paris. Where the clocks skip midnight, the first moment of the day.
fn minuit(jour: NaiveDate) -> Instant {
    let minuit = jour.and_time(NaiveTime::MIN);
    Paris.from_local_datetime(&minuit).earliest().map_or_else(|| minuit.and_utc(), |moment| moment.with_timezone(&Utc))
}

/// A month of a year, known by its first day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mois(NaiveDate);

impl Mois {
    /// The month that a day lies in.
    #[must_use]
    pub fn de(jour: NaiveDate) -> Self {
        Self(jour.with_day(1).unwrap_or(jour))
    }

    /// The days of the month.
    #[must_use]
    pub fn periode(self) -> Periode {
        Periode { du: self.0, au: self.dernier() }
    }

    /// « janvier 2026 ».
    #[must_use]
    pub fn libelle(self) -> String {
        const NOMS: [&str; 12] =
            ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"];
        let nom = usize::try_from(self.0.month0()).ok().and_then(|rang| NOMS.get(rang)).copied().unwrap_or_default();
        format!("{nom} {}", self.0.year())
    }

    fn suivant(self) -> Option<Self> {
        self.0.checked_add_months(Months::new(1)).map(Self)
    }

    fn dernier(self) -> NaiveDate {
        self.suivant().and_then(|suivant| suivant.0.pred_opt()).unwrap_or(self.0)
    }
}

/// `2026-01`.
impl fmt::Display for Mois {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.format("%Y-%m"))
    }
}

impl FromStr for Mois {
    type Err = chrono::ParseError;

    fn from_str(texte: &str) -> Result<Self, Self::Err> {
        NaiveDate::parse_from_str(&format!("{texte}-01"), "%Y-%m-%d").map(Self)
    }
}

impl<'de> Deserialize<'de> for Mois {
    fn deserialize<D: Deserializer<'de>>(lecteur: D) -> Result<Self, D::Error> {
        String::deserialize(lecteur)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jour(texte: &str) -> NaiveDate {
        texte.parse().unwrap()
    }

    #[test]
    fn une_periode_commence_et_finit_a_minuit_a_paris() {
        let (debut, fin) = Periode::lire(jour("2026-03-28"), jour("2026-03-29")).unwrap().moments();
        assert_eq!(debut.to_rfc3339(), "2026-03-27T23:00:00+00:00");
        assert_eq!(fin.to_rfc3339(), "2026-03-29T22:00:00+00:00", "l'heure d'été commence le 29 mars");
    }

    #[test]
    fn une_periode_ne_recule_pas_et_ne_depasse_pas_dix_ans() {
        assert!(Periode::lire(jour("2026-01-01"), jour("2026-01-01")).is_ok());
        assert!(matches!(Periode::lire(jour("2026-01-02"), jour("2026-01-01")), Err(InfocentreError::PeriodeInversee)));
        assert!(Periode::lire(jour("2016-01-01"), jour("2025-12-31")).is_ok());
        assert!(matches!(Periode::lire(jour("2016-01-01"), jour("2026-01-02")), Err(InfocentreError::PeriodeTropLongue)));
        assert!(matches!(Periode::lire(jour("-4800-01-01"), jour("-4800-01-02")), Err(InfocentreError::HorsCalendrier)));
    }

    #[test]
    fn les_mois_d_une_periode_se_suivent_et_la_couvrent() {
        let periode = Periode::lire(jour("2025-11-15"), jour("2026-02-03")).unwrap();
        let mois = periode.mois();
        assert_eq!(mois.iter().map(ToString::to_string).collect::<Vec<_>>(), ["2025-11", "2025-12", "2026-01", "2026-02"]);
        let jours: i64 = mois.iter().filter_map(|m| periode.dans(*m)).map(|p| (p.au - p.du).num_days() + 1).sum();
        assert_eq!(jours, 81);
        assert_eq!(periode.dans("2026-03".parse().unwrap()), None);
    }

    #[test]
    fn un_mois_se_lit_et_se_nomme() {
        let fevrier: Mois = "2024-02".parse().unwrap();
        assert_eq!((fevrier.to_string(), fevrier.libelle()), ("2024-02".to_owned(), "février 2024".to_owned()));
        assert_eq!(fevrier.periode().au(), jour("2024-02-29"));
        assert!("2024-13".parse::<Mois>().is_err());
        assert!("février".parse::<Mois>().is_err());
    }
}
