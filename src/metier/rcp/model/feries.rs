//! The public holidays of metropolitan France (Code du travail, art. L3133-1), computed.
//!
//! Eight have a fixed date and three follow Easter, which the Gregorian computus gives for any year
//! in ten lines. The crate `jours-feries` was looked at: it is a table of the dates of 2003 to 2028,
//! so that a calendar planned for 2029 would silently lose its holidays; the tests below compare
//! with dates that it publishes. The two holidays of Alsace-Moselle are not national.

use chrono::{Datelike, Days, NaiveDate};
use serde::Serialize;
use utoipa::ToSchema;

/// A public holiday.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct JourFerie {
    /// The day.
    pub date: NaiveDate,
    /// Its name in law.
    #[schema(example = "lundi de Pâques")]
    pub nom: &'static str,
}

/// The public holiday that falls on that day, if any.
#[must_use]
pub fn jour_ferie(date: NaiveDate) -> Option<JourFerie> {
    nom(date).map(|nom| JourFerie { date, nom })
}

fn nom(date: NaiveDate) -> Option<&'static str> {
    match (date.month(), date.day()) {
        (1, 1) => Some("jour de l'an"),
        (5, 1) => Some("fête du Travail"),
        (5, 8) => Some("victoire de 1945"),
        (7, 14) => Some("fête nationale"),
        (8, 15) => Some("Assomption"),
        (11, 1) => Some("Toussaint"),
        (11, 11) => Some("armistice de 1918"),
        (12, 25) => Some("Noël"),
        _ => mobile(date),
    }
}

fn mobile(date: NaiveDate) -> Option<&'static str> {
    let paques = paques(date.year())?;
    let apres = |jours| paques.checked_add_days(Days::new(jours));
    if Some(date) == apres(1) {
        Some("lundi de Pâques")
    } else if Some(date) == apres(39) {
        Some("Ascension")
    } else if Some(date) == apres(50) {
        Some("lundi de Pentecôte")
    } else {
        None
    }
}

/// Easter Sunday of a year (Gregorian computus of Meeus, Jones and Butcher: names of variables are
/// those of the published algorithm).
fn paques(annee: i32) -> Option<NaiveDate> {
    let a = annee.rem_euclid(19);
    let (b, c) = (annee.div_euclid(100), annee.rem_euclid(100));
    let (d, e) = (b / 4, b % 4);
    let g = (8 * b + 13) / 25;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let rang = h + l - 7 * m + 114;
    NaiveDate::from_ymd_opt(annee, u32::try_from(rang / 31).ok()?, u32::try_from(rang % 31 + 1).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(texte: &str) -> NaiveDate {
        texte.parse().unwrap()
    }

    #[test]
    fn paques_tombe_aux_dates_connues() {
        for dimanche in ["1818-03-22", "1943-04-25", "2000-04-23", "2008-03-23", "2011-04-24", "2024-03-31", "2026-04-05", "2038-04-25"] {
            let dimanche = date(dimanche);
            assert_eq!(paques(dimanche.year()), Some(dimanche));
        }
    }

    #[test]
    fn une_annee_compte_onze_jours_feries() {
        let feries: Vec<String> = date("2028-01-01")
            .iter_days()
            .take_while(|jour| jour.year() == 2028)
            .filter_map(jour_ferie)
            .map(|ferie| format!("{} {}", ferie.date.format("%m-%d"), ferie.nom))
            .collect();
        assert_eq!(
            feries,
            [
                "01-01 jour de l'an",
                "04-17 lundi de Pâques",
                "05-01 fête du Travail",
                "05-08 victoire de 1945",
                "05-25 Ascension",
                "06-05 lundi de Pentecôte",
                "07-14 fête nationale",
                "08-15 Assomption",
                "11-01 Toussaint",
                "11-11 armistice de 1918",
                "12-25 Noël",
            ]
        );
    }

    #[test]
    fn deux_fetes_peuvent_tomber_le_meme_jour() {
        // In 2008 Ascension day was 1 May: one day off, under the name of the fixed one.
        assert_eq!(jour_ferie(date("2008-05-01")).unwrap().nom, "fête du Travail");
        assert_eq!(jour_ferie(date("2024-05-09")).unwrap().nom, "Ascension");
        assert_eq!(jour_ferie(date("2024-05-10")), None);
    }
}
