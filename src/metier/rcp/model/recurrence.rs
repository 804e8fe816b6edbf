//! The calendar of an RCP: a recurrence rule of RFC 5545, kept in local time.

use super::feries::{JourFerie, jour_ferie};
use crate::kernel::{Faute, Instant};
use chrono::{DateTime, Duration, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Europe::Paris;
use rrule::{Frequency, RRule, RRuleSet, Tz, Unvalidated};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// The most dates that one expansion gives: two years of daily meetings and more.
const OCCURRENCES_MAX: u16 = 1000;

crate::enum_texte! {
    /// The zone whose clock a calendar follows.
    pub enum Fuseau {
        /// Metropolitan France.
        EuropeParis => "Europe/Paris",
    }
}

crate::enum_texte! {
    /// What becomes of a meeting that falls on a public holiday.
    pub enum JoursFeries {
        /// No meeting that day.
        Supprimer => "supprimer",
        /// The meeting is held all the same.
        Maintenir => "maintenir",
    }
}

/// When an RCP meets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Recurrence {
    /// Rule of RFC 5545 without its name; the hour comes from `heure`, so the rule holds neither
    /// `BYHOUR` nor a frequency under a day.
    #[validate(length(min = 1, max = 200, message = "De 1 à 200 caractères."))]
    #[schema(example = "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU")]
    pub rrule: String,
    /// First date, which the rule must itself give: it anchors the interval.
    pub premiere_date: NaiveDate,
    /// Local hour of the beginning.
    #[schema(example = "18:00:00")]
    pub heure: NaiveTime,
    /// Length of a meeting, in minutes.
    #[validate(range(min = 5, max = 720, message = "De 5 minutes à 12 heures."))]
    #[schema(example = 120)]
    pub duree_minutes: i64,
    /// Zone of the hour.
    pub fuseau: Fuseau,
    /// Dates without a meeting (holidays of the team, congresses).
    #[serde(default)]
    #[validate(length(max = 200, message = "200 dates au plus."))]
    pub exceptions: Vec<NaiveDate>,
    /// What becomes of public holidays.
    pub jours_feries: JoursFeries,
}

/// From when to when a meeting is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Creneau {
    /// Beginning.
    pub debut: Instant,
    /// End.
    pub fin: Instant,
}

/// What a rule gives over a period.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Occurrences {
    /// When meetings are held, in order.
    pub creneaux: Vec<Creneau>,
    /// The public holidays on which no meeting is held.
    pub feries: Vec<JourFerie>,
    /// The dates left out because they are listed as exceptions.
    pub exceptions: Vec<NaiveDate>,
}

/// Why a rule cannot be expanded; each says which field is at fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegleInvalide {
    /// Not a rule of RFC 5545.
    #[error("Cette règle n'est pas une RRULE (RFC 5545) : {0}.")]
    Illisible(String),
    /// More often than daily, or with hours of its own.
    #[error(
        "La règle doit être quotidienne, hebdomadaire, mensuelle ou annuelle, sans BYHOUR, BYMINUTE ni BYSECOND : l'heure est dans « heure »."
    )]
    HeureDansLaRegle,
    /// The first date does not exist at that hour (change of hour).
    #[error("Cette heure n'existe pas à la première date, à cause du changement d'heure.")]
    HeureInexistante,
    /// No date follows the rule.
    #[error("Cette règle ne donne aucune date.")]
    Vide,
    /// The first date is not one that the rule gives.
    #[error("La première date ne suit pas la règle : la première réunion serait le {0}.")]
    PremiereHorsRegle(NaiveDate),
}

impl RegleInvalide {
    const fn champ(&self) -> (&'static str, &'static str) {
        match self {
            Self::Illisible(_) | Self::HeureDansLaRegle => ("rrule", "rrule-invalide"),
            Self::HeureInexistante => ("heure", "heure-inexistante"),
            Self::Vide => ("rrule", "rrule-vide"),
            Self::PremiereHorsRegle(_) => ("premiere_date", "premiere-date-hors-regle"),
        }
    }
}

impl Recurrence {
    /// The fault of the rule, if any, under the pointer of the recurrence.
    #[must_use]
    pub fn faute(&self, racine: &str) -> Option<Faute> {
        let invalide = self.verifier().err()?;
        let (champ, code) = invalide.champ();
        Some(Faute::new(format!("{racine}/{champ}"), code, invalide.to_string()))
    }

    fn verifier(&self) -> Result<(), RegleInvalide> {
        let premiere = self.regle()?.all(1).dates.first().copied().ok_or(RegleInvalide::Vide)?;
        let date = premiere.date_naive();
        if date == self.premiere_date { Ok(()) } else { Err(RegleInvalide::PremiereHorsRegle(date)) }
    }

    /// When meetings are held from one day to another, both included. Each begins at the same local
    /// hour whatever the season.
    pub fn occurrences(&self, du: NaiveDate, au: NaiveDate) -> Result<Occurrences, RegleInvalide> {
        let borne = |jour: NaiveDate, heure| zone().from_local_datetime(&jour.and_time(heure)).earliest();
        let mut regle = self.regle()?;
        if let Some(debut) = borne(du, NaiveTime::MIN) {
            regle = regle.after(debut);
        }
        if let Some(fin) = au.succ_opt().and_then(|lendemain| borne(lendemain, NaiveTime::MIN)) {
            regle = regle.before(fin - Duration::microseconds(1));
        }
        let mut trouvees = Occurrences::default();
        for debut in regle.all(OCCURRENCES_MAX).dates {
            self.ranger(debut, &mut trouvees);
        }
        Ok(trouvees)
    }

    fn ranger(&self, debut: DateTime<Tz>, trouvees: &mut Occurrences) {
        let date = debut.date_naive();
        if self.exceptions.contains(&date) {
            trouvees.exceptions.push(date);
            return;
        }
        if let (JoursFeries::Supprimer, Some(ferie)) = (self.jours_feries, jour_ferie(date)) {
            trouvees.feries.push(ferie);
            return;
        }
        let debut = debut.with_timezone(&Utc);
        trouvees.creneaux.push(Creneau { debut, fin: debut + Duration::minutes(self.duree_minutes) });
    }

    fn regle(&self) -> Result<RRuleSet, RegleInvalide> {
        let admis = |c: char| c.is_ascii_alphanumeric() || "=;,+-".contains(c);
        if !self.rrule.chars().all(admis) {
            return Err(RegleInvalide::Illisible("caractère inattendu".to_owned()));
        }
        let regle: RRule<Unvalidated> = self.rrule.parse().map_err(|e| illisible(&e))?;
        let sous_le_jour = matches!(regle.get_freq(), Frequency::Hourly | Frequency::Minutely | Frequency::Secondly);
        if sous_le_jour || !regle.get_by_hour().is_empty() || !regle.get_by_minute().is_empty() || !regle.get_by_second().is_empty() {
            return Err(RegleInvalide::HeureDansLaRegle);
        }
        let premiere = self.premiere_date.and_time(self.heure);
        let premiere = zone().from_local_datetime(&premiere).earliest().ok_or(RegleInvalide::HeureInexistante)?;
        regle.build(premiere).map_err(|e| illisible(&e))
    }
}

/// The only zone there is; `Fuseau` names it in what is exchanged.
const fn zone() -> Tz {
    Tz::Tz(Paris)
}

fn illisible(erreur: &rrule::RRuleError) -> RegleInvalide {
    RegleInvalide::Illisible(erreur.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::Timelike;

    fn date(texte: &str) -> NaiveDate {
        texte.parse().unwrap()
    }

    fn recurrence(rrule: &str, premiere: &str) -> Recurrence {
        Recurrence {
            rrule: rrule.to_owned(),
            premiere_date: date(premiere),
            heure: "18:00".parse().unwrap(),
            duree_minutes: 90,
            fuseau: Fuseau::EuropeParis,
            exceptions: Vec::new(),
            jours_feries: JoursFeries::Supprimer,
        }
    }

    fn debuts(recurrence: &Recurrence, du: &str, au: &str) -> Vec<String> {
        let trouvees = recurrence.occurrences(date(du), date(au)).unwrap();
        trouvees.creneaux.iter().map(|c| c.debut.format("%F %H:%MZ").to_string()).collect()
    }

    #[test]
    fn une_reunion_de_18_heures_reste_a_18_heures_a_travers_les_changements_d_heure() {
        let hebdomadaire = recurrence("FREQ=WEEKLY;BYDAY=SU", "2026-01-04");
        // The last Sundays of March and October 2026 are the 29th and the 25th.
        assert_eq!(debuts(&hebdomadaire, "2026-03-22", "2026-04-04"), ["2026-03-22 17:00Z", "2026-03-29 16:00Z"]);
        assert_eq!(debuts(&hebdomadaire, "2026-10-18", "2026-10-31"), ["2026-10-18 16:00Z", "2026-10-25 17:00Z"]);
        let annee = hebdomadaire.occurrences(date("2026-01-01"), date("2027-12-31")).unwrap();
        assert!(annee.creneaux.iter().all(|c| c.debut.with_timezone(&Paris).hour() == 18));
        assert!(annee.creneaux.iter().all(|c| c.fin - c.debut == Duration::minutes(90)));
        assert_eq!(annee.creneaux.len() + annee.feries.len(), 104);
    }

    #[test]
    fn les_jours_feries_sont_supprimes_ou_maintenus() {
        let mut lundis = recurrence("FREQ=WEEKLY;BYDAY=MO", "2026-01-05");
        let avril = lundis.occurrences(date("2026-04-01"), date("2026-04-30")).unwrap();
        assert_eq!(avril.feries, [JourFerie { date: date("2026-04-06"), nom: "lundi de Pâques" }]);
        assert_eq!(avril.creneaux.len(), 3);
        lundis.jours_feries = JoursFeries::Maintenir;
        let avril = lundis.occurrences(date("2026-04-01"), date("2026-04-30")).unwrap();
        assert_eq!((avril.creneaux.len(), avril.feries.len()), (4, 0));
    }

    #[test]
    fn une_date_d_exception_n_a_pas_de_reunion() {
        let mut mardis = recurrence("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", "2026-01-06");
        mardis.exceptions = vec![date("2026-01-20"), date("2026-01-21")];
        let janvier = mardis.occurrences(date("2026-01-01"), date("2026-02-03")).unwrap();
        assert_eq!(janvier.exceptions, [date("2026-01-20")]);
        assert_eq!(debuts(&mardis, "2026-01-01", "2026-02-03"), ["2026-01-06 17:00Z", "2026-02-03 17:00Z"]);
    }

    #[test]
    fn le_premier_et_le_troisieme_jeudi_du_mois() {
        let jeudis = recurrence("FREQ=MONTHLY;BYDAY=+1TH,+3TH", "2026-01-15");
        assert_eq!(debuts(&jeudis, "2026-01-01", "2026-02-28"), ["2026-01-15 17:00Z", "2026-02-05 17:00Z", "2026-02-19 17:00Z"]);
    }

    #[test]
    fn la_periode_comprend_ses_deux_bornes_et_rien_hors_de_la_regle() {
        let bornee = recurrence("FREQ=WEEKLY;BYDAY=WE;UNTIL=20260128T235959Z", "2026-01-14");
        assert_eq!(debuts(&bornee, "2026-01-14", "2026-01-14"), ["2026-01-14 17:00Z"]);
        assert_eq!(debuts(&bornee, "2025-01-01", "2027-01-01").len(), 3);
        assert_eq!(debuts(&recurrence("FREQ=DAILY;COUNT=2", "2026-02-02"), "2026-01-01", "2026-12-31").len(), 2);
        assert!(debuts(&bornee, "2026-02-01", "2026-01-01").is_empty());
    }

    #[test]
    fn une_regle_fausse_est_dite_avec_son_champ() {
        let faute = |rrule: &str, premiere: &str| recurrence(rrule, premiere).faute("/recurrence").map(|f| (f.pointer, f.code));
        let attendue = |champ: &str, code: &str| Some((format!("/recurrence/{champ}"), code.to_owned()));
        assert_eq!(faute("FREQ=WEEKLY;BYDAY=TU", "2026-01-06"), None);
        assert_eq!(faute("FREQ=WEEKLY;BYDAY=TU", "2026-01-05"), attendue("premiere_date", "premiere-date-hors-regle"));
        assert_eq!(faute("FREQ=HOURLY", "2026-01-06"), attendue("rrule", "rrule-invalide"));
        assert_eq!(faute("FREQ=DAILY;BYHOUR=9,18", "2026-01-06"), attendue("rrule", "rrule-invalide"));
        assert_eq!(faute("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "2026-01-06"), attendue("rrule", "rrule-vide"));
        for illisible in [
            "tous les mardis",
            "",
            "FREQ=",
            "FREQ=WEEKLY;BYDAY=XX",
            "RRULE:FREQ=DAILY",
            "FREQ=DAILY\nEXDATE:20260101",
            "FREQ=DAILY;INTERVAL=-1",
            "FREQ=DAILY;BYMONTHDAY=99",
        ] {
            assert_eq!(faute(illisible, "2026-01-06"), attendue("rrule", "rrule-invalide"), "{illisible}");
        }
        let mut nuit = recurrence("FREQ=DAILY", "2026-03-29");
        nuit.heure = "02:30".parse().unwrap();
        assert_eq!(nuit.faute("").unwrap().pointer, "/heure");
    }
}
