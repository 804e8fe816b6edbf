//! Periods and what they are cut into, in the civil dates of metropolitan France.

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
#[schema(as = infocentre::Periode)]
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

    /// The months, quarters or years that it touches, in the order of time.
    #[must_use]
    pub fn tranches(&self, pas: Pas) -> Vec<Tranche> {
        let derniere = Tranche::de(self.au, pas);
        let suivante = |tranche: &Tranche| tranche.suivante().filter(|suivante| suivante.premier <= derniere.premier);
        std::iter::successors(Some(Tranche::de(self.du, pas)), suivante).collect()
    }

    /// The part that lies in a month, a quarter or a year, if any.
    #[must_use]
    pub fn dans(&self, tranche: Tranche) -> Option<Self> {
        let (du, au) = (self.du.max(tranche.premier), self.au.min(tranche.dernier()));
        (du <= au).then_some(Self { du, au })
    }
}

/// Midnight in Paris. Where the clocks skip midnight, the first moment of the day.
fn minuit(jour: NaiveDate) -> Instant {
    let minuit = jour.and_time(NaiveTime::MIN);
    Paris.from_local_datetime(&minuit).earliest().map_or_else(|| minuit.and_utc(), |moment| moment.with_timezone(&Utc))
}

/// What a period is cut into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pas {
    /// Months.
    Mois,
    /// Quarters.
    Trimestre,
    /// Years.
    Annee,
}

impl Pas {
    /// How many months it lasts.
    const fn mois(self) -> u32 {
        match self {
            Self::Mois => 1,
            Self::Trimestre => 3,
            Self::Annee => 12,
        }
    }
}

/// A month, a quarter or a year, known by its first day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tranche {
    premier: NaiveDate,
    pas: Pas,
}

impl Tranche {
    /// The one that a day lies in.
    #[must_use]
    pub fn de(jour: NaiveDate, pas: Pas) -> Self {
        let mois0 = jour.month0() - jour.month0() % pas.mois();
        Self { premier: NaiveDate::from_ymd_opt(jour.year(), mois0 + 1, 1).unwrap_or(jour), pas }
    }

    /// Its length.
    #[must_use]
    pub const fn pas(self) -> Pas {
        self.pas
    }

    /// Its days.
    #[must_use]
    pub fn periode(self) -> Periode {
        Periode { du: self.premier, au: self.dernier() }
    }

    /// « janvier 2026 », « 1er trimestre 2026 », « 2026 ».
    #[must_use]
    pub fn libelle(self) -> String {
        const NOMS: [&str; 12] =
            ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"];
        let annee = self.premier.year();
        match self.pas {
            Pas::Mois => {
                let nom = usize::try_from(self.premier.month0()).ok().and_then(|rang| NOMS.get(rang)).copied().unwrap_or_default();
                format!("{nom} {annee}")
            }
            Pas::Trimestre if self.premier.month0() == 0 => format!("1er trimestre {annee}"),
            Pas::Trimestre => format!("{}e trimestre {annee}", self.rang()),
            Pas::Annee => annee.to_string(),
        }
    }

    fn rang(self) -> u32 {
        self.premier.month0() / self.pas.mois() + 1
    }

    fn suivante(self) -> Option<Self> {
        self.premier.checked_add_months(Months::new(self.pas.mois())).map(|premier| Self { premier, ..self })
    }

    fn dernier(self) -> NaiveDate {
        self.suivante().and_then(|suivante| suivante.premier.pred_opt()).unwrap_or(self.premier)
    }
}

/// `2026-01`, `2026-T1`, `2026`.
impl fmt::Display for Tranche {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.pas {
            Pas::Mois => write!(f, "{}", self.premier.format("%Y-%m")),
            Pas::Trimestre => write!(f, "{}-T{}", self.premier.year(), self.rang()),
            Pas::Annee => write!(f, "{}", self.premier.year()),
        }
    }
}

/// A text that names no month, no quarter and no year.
#[derive(Debug, thiserror::Error)]
#[error("« {0} » n'est ni un mois (2026-01), ni un trimestre (2026-T1), ni une année (2026).")]
pub struct TrancheIllisible(String);

impl FromStr for Tranche {
    type Err = TrancheIllisible;

    fn from_str(texte: &str) -> Result<Self, Self::Err> {
        let illisible = || TrancheIllisible(texte.to_owned());
        let (annee, suite) = texte.split_once('-').map_or((texte, None), |(annee, suite)| (annee, Some(suite)));
        let (mois, pas) = match suite.map(|suite| suite.split_at_checked(1).unwrap_or(("", ""))) {
            None => (1, Pas::Annee),
            Some(("T", rang)) => {
                (rang.parse::<u32>().ok().and_then(|rang| rang.checked_mul(3)?.checked_sub(2)).ok_or_else(illisible)?, Pas::Trimestre)
            }
            Some(_) => (suite.and_then(|mois| mois.parse().ok()).ok_or_else(illisible)?, Pas::Mois),
        };
        let annee = annee.parse().ok().filter(|annee| ANNEES.contains(annee)).ok_or_else(illisible)?;
        let premier = NaiveDate::from_ymd_opt(annee, mois, 1).ok_or_else(illisible)?;
        let tranche = Self { premier, pas };
        if tranche.to_string() == texte { Ok(tranche) } else { Err(illisible()) }
    }
}

impl<'de> Deserialize<'de> for Tranche {
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
    fn les_tranches_d_une_periode_se_suivent_et_la_couvrent() {
        let periode = Periode::lire(jour("2025-11-15"), jour("2026-02-03")).unwrap();
        let attendues: [(Pas, &[&str]); 3] = [
            (Pas::Mois, &["2025-11", "2025-12", "2026-01", "2026-02"]),
            (Pas::Trimestre, &["2025-T4", "2026-T1"]),
            (Pas::Annee, &["2025", "2026"]),
        ];
        for (pas, noms) in attendues {
            let tranches = periode.tranches(pas);
            assert_eq!(tranches.iter().map(ToString::to_string).collect::<Vec<_>>(), noms);
            let jours: i64 = tranches.iter().filter_map(|t| periode.dans(*t)).map(|p| (p.au - p.du).num_days() + 1).sum();
            assert_eq!(jours, 81);
        }
        assert_eq!(periode.dans("2026-03".parse().unwrap()), None);
    }

    #[test]
    fn une_tranche_se_lit_et_se_nomme() {
        let lues = ["2024-02", "2024-T1", "2024-T4", "2024"].map(|texte| {
            let tranche: Tranche = texte.parse().unwrap();
            assert_eq!(tranche.to_string(), texte);
            (tranche.libelle(), tranche.periode().au())
        });
        let attendues = [
            ("février 2024", "2024-02-29"),
            ("1er trimestre 2024", "2024-03-31"),
            ("4e trimestre 2024", "2024-12-31"),
            ("2024", "2024-12-31"),
        ];
        assert_eq!(lues, attendues.map(|(nom, fin)| (nom.to_owned(), jour(fin))));
        for illisible in ["2024-13", "2024-T5", "2024-T0", "2024-1", "février", "", "1", "2024-", "2024-é"] {
            assert!(illisible.parse::<Tranche>().is_err(), "{illisible}");
        }
    }
}
