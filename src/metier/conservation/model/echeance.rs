//! The term of the retention of a file.

use crate::kernel::Panne;
use chrono::{Datelike, NaiveDate};
use serde::Deserialize;

const DEFAUT: &str = include_str!("../../../../referentiels/identites/conservation.json");

crate::enum_texte! {
    /// The rule that gives the term (CSP R1112-7).
    pub enum Regle {
        /// So long after the last contact.
        DernierContact => "dernier_contact",
        /// The birthday before which nothing is purged.
        AgeMinimal => "age_minimal",
        /// So long after a death that soon followed the last contact.
        Deces => "deces",
    }
}

/// The numbers of the rules, in years.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReglesConservation {
    /// After the last contact.
    pub apres_dernier_contact_ans: u32,
    /// The birthday before which nothing is purged.
    pub age_minimal_ans: u32,
    /// After a death; also how soon after the last contact that death must be.
    pub apres_deces_ans: u32,
}

/// What is known of a patient that the term depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contacts {
    /// Birth date.
    pub naissance: NaiveDate,
    /// Last contact.
    pub dernier_contact: NaiveDate,
    /// Date of death.
    pub deces: Option<NaiveDate>,
}

/// A term and the rule that gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Echeance {
    /// The day from which the file may be purged.
    pub date: NaiveDate,
    /// The rule.
    pub regle: Regle,
}

/// The anniversary, so many years later; that of a 29 February is on 1 March in common years.
fn ans_plus_tard(date: NaiveDate, ans: u32) -> NaiveDate {
    let annee = date.year().saturating_add(i32::try_from(ans).unwrap_or(i32::MAX));
    date.with_year(annee).or_else(|| NaiveDate::from_ymd_opt(annee, 3, 1)).unwrap_or(NaiveDate::MAX)
}

impl ReglesConservation {
    /// The rules of the program.
    pub fn defaut() -> Result<Self, Panne> {
        serde_json::from_str(DEFAUT).map_err(|e| Panne::new("referentiels/identites/conservation.json", e))
    }

    /// The term of a file.
    #[must_use]
    pub fn echeance(&self, de: &Contacts) -> Echeance {
        if let Some(deces) = de.deces.filter(|deces| *deces < ans_plus_tard(de.dernier_contact, self.apres_deces_ans)) {
            return Echeance { date: ans_plus_tard(deces, self.apres_deces_ans), regle: Regle::Deces };
        }
        let contact = ans_plus_tard(de.dernier_contact, self.apres_dernier_contact_ans);
        let age = ans_plus_tard(de.naissance, self.age_minimal_ans);
        if age > contact {
            Echeance { date: age, regle: Regle::AgeMinimal }
        } else {
            Echeance { date: contact, regle: Regle::DernierContact }
        }
    }

    /// The shortest time, in years, from a last contact to a term: no younger file needs to be looked at.
    #[must_use]
    pub fn plus_court(&self) -> u32 {
        self.apres_dernier_contact_ans.min(self.apres_deces_ans)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn les_echeances_suivent_r1112_7() {
        let regles = ReglesConservation::defaut().unwrap();
        let d = |texte: &str| -> NaiveDate { texte.parse().unwrap() };
        for (naissance, contact, deces, attendue, regle) in [
            // An adult: twenty years.
            ("1950-06-01", "2001-03-10", None, "2021-03-10", Regle::DernierContact),
            // A last contact on 29 February, towards a common year and towards a leap year.
            ("1950-06-01", "2000-02-29", None, "2020-02-29", Regle::DernierContact),
            ("1950-06-01", "2080-02-29", None, "2100-03-01", Regle::DernierContact),
            // Minors: the 28th birthday, where it is later.
            ("2000-06-01", "2001-03-10", None, "2028-06-01", Regle::AgeMinimal),
            ("2000-06-01", "2008-06-01", None, "2028-06-01", Regle::DernierContact),
            ("2000-06-01", "2008-05-31", None, "2028-06-01", Regle::AgeMinimal),
            ("2000-02-29", "2001-01-01", None, "2028-02-29", Regle::AgeMinimal),
            ("2001-02-28", "2001-03-01", None, "2029-02-28", Regle::AgeMinimal),
            // Deaths: soon after the last contact, the day before ten years, on ten years, later.
            ("1950-06-01", "2001-03-10", Some("2001-04-01"), "2011-04-01", Regle::Deces),
            ("1950-06-01", "2001-03-10", Some("2011-03-09"), "2021-03-09", Regle::Deces),
            ("1950-06-01", "2001-03-10", Some("2011-03-10"), "2021-03-10", Regle::DernierContact),
            ("1950-06-01", "2001-03-10", Some("2019-01-01"), "2021-03-10", Regle::DernierContact),
            ("1950-06-01", "2004-02-01", Some("2004-02-29"), "2014-03-01", Regle::Deces),
            // A child who died: ten years, whatever the age.
            ("2000-06-01", "2002-03-10", Some("2002-04-01"), "2012-04-01", Regle::Deces),
        ] {
            let contacts = Contacts { naissance: d(naissance), dernier_contact: d(contact), deces: deces.map(d) };
            assert_eq!(regles.echeance(&contacts), Echeance { date: d(attendue), regle }, "{contacts:?}");
        }
    }

    #[test]
    fn les_durees_sont_des_donnees() {
        let regles = ReglesConservation { apres_dernier_contact_ans: 5, age_minimal_ans: 18, apres_deces_ans: 2 };
        let contacts = Contacts { naissance: "1950-06-01".parse().unwrap(), dernier_contact: "2001-03-10".parse().unwrap(), deces: None };
        assert_eq!(regles.echeance(&contacts).date, "2006-03-10".parse().unwrap());
        assert_eq!(regles.plus_court(), 2);
    }
}
