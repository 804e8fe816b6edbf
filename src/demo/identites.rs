//! Synthetic people: invented names, coherent dates, matricules of the INS test environment.

use crate::{
    kernel::identite::{Ins, completer_luhn},
    metier::patient::model::Sexe,
};
use chrono::{Datelike, Days, NaiveDate};
use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};

const PRENOMS_F: &[&str] = &[
    "Adélaïde",
    "Bérengère",
    "Célimène",
    "Domitille",
    "Éléonore",
    "Faustine",
    "Guenièvre",
    "Hermine",
    "Isaure",
    "Joséphine",
    "Léopoldine",
    "Mélisande",
    "Ninon",
    "Ombeline",
    "Philippine",
    "Quitterie",
    "Rosemonde",
    "Sidonie",
    "Tiphaine",
    "Violette",
];
const PRENOMS_M: &[&str] = &[
    "Anselme",
    "Barnabé",
    "Côme",
    "Dagobert",
    "Éloi",
    "Fulbert",
    "Gaspard",
    "Hippolyte",
    "Isidore",
    "Jean-Noël",
    "Léandre",
    "Médéric",
    "Népomucène",
    "Octave",
    "Philibert",
    "Roch",
    "Sylvère",
    "Théophile",
    "Ulysse",
    "Zéphyrin",
];
const NOMS: &[&str] = &[
    "Aubépine",
    "Bruyère",
    "Chèvrefeuille",
    "Digitale",
    "Églantier",
    "Fougère",
    "Genêt",
    "Houblon",
    "Iris-Bleu",
    "Jonquille",
    "Lavandin",
    "Mélilot",
    "Nénuphar",
    "Orme-Blanc",
    "Pervenche",
    "Quintefeuille",
    "Romarin",
    "Sureau",
    "Tilleul",
    "Verveine",
    "Bouleau",
    "Charmille",
    "Coquelicot",
    "D'Hêtre",
    "Frênaie",
    "Gentiane",
    "Hysope",
    "Liseron",
    "Mûrier",
    "Noisetier",
];

/// Halves of invented names: put together, they make hundreds of them.
const DEBUTS: &[&str] = &[
    "Aigue", "Beau", "Bel", "Blanc", "Brin", "Chante", "Clair", "Claire", "Courte", "Douce", "Fine", "Fonte", "Franc", "Grand", "Haute",
    "Longue", "Mal", "Mire", "Mont", "Neuve", "Noir", "Passe", "Petit", "Pique", "Rive", "Roche", "Rouge", "Tourne", "Val", "Verte",
];
const FINS: &[&str] = &[
    "bois", "brise", "bruyère", "charme", "clef", "combe", "coudre", "épine", "feuille", "flamme", "fontaine", "fougère", "frêne", "garde",
    "lande", "maison", "mare", "noue", "noyer", "orme", "pierre", "plume", "prairie", "roue", "ruche", "saule", "source", "terre", "val",
    "vigne",
];

/// A reproducible source of people.
#[derive(Clone)]
pub struct Personnes {
    hasard: StdRng,
    rang: u32,
}

/// Traits of an invented patient.
#[derive(Debug, Clone)]
pub struct Traits {
    /// Birth name.
    pub nom: String,
    /// First name.
    pub prenom: String,
    /// Sex.
    pub sexe: Sexe,
    /// Birth date.
    pub naissance: NaiveDate,
    /// COG code of the birthplace.
    pub lieu: String,
    /// Matricule of the test environment (OID 1.2.250.1.213.1.4.10), coherent with the traits.
    pub ins: Ins,
    /// Postal code and town of residence.
    pub residence: (&'static str, &'static str),
}

const RESIDENCES: &[(&str, &str)] = &[
    ("59000", "Lille"),
    ("59300", "Valenciennes"),
    ("59500", "Douai"),
    ("62000", "Arras"),
    ("62300", "Lens"),
    ("80000", "Amiens"),
    ("02100", "Saint-Quentin"),
    ("60000", "Beauvais"),
    ("62200", "Boulogne-sur-Mer"),
    ("59140", "Dunkerque"),
];

impl Personnes {
    /// Same seed, same people.
    #[must_use]
    pub fn nouvelles(graine: u64) -> Self {
        Self { hasard: StdRng::seed_from_u64(graine), rang: 0 }
    }

    /// The source of chance, for other draws of the same story.
    pub fn hasard(&mut self) -> &mut StdRng {
        &mut self.hasard
    }

    /// One of a list; `defaut` when the list is empty.
    pub fn choisir<T: Copy>(&mut self, liste: &[T], defaut: T) -> T {
        liste.choose(&mut self.hasard).copied().unwrap_or(defaut)
    }

    /// A first name and a name.
    pub fn nom(&mut self, sexe: Sexe) -> (String, String) {
        let prenoms = match sexe {
            Sexe::Feminin => PRENOMS_F,
            Sexe::Masculin | Sexe::Indetermine => PRENOMS_M,
        };
        (self.choisir(prenoms, "Camille").to_owned(), self.choisir(NOMS, "Aubépine").to_owned())
    }

    /// The same among many more, for a whole region.
    pub fn nom_rare(&mut self, sexe: Sexe) -> (String, String) {
        let (prenom, simple) = self.nom(sexe);
        let compose = if sexe == Sexe::Feminin { "Marie" } else { "Jean" };
        let prenom = if self.hasard.random_bool(0.15) { format!("{compose}-{prenom}") } else { prenom };
        let nom = format!("{}{}", self.choisir(DEBUTS, "Beau"), self.choisir(FINS, "val"));
        (prenom, if self.hasard.random_bool(0.12) { simple } else { nom })
    }

    /// A patient of about that age at a date.
    pub fn patient(&mut self, sexe: Sexe, age: u32, a_la_date: NaiveDate) -> Option<Traits> {
        self.rang += 1;
        let (prenom, nom) = self.nom(sexe);
        let jours = u64::from(age) * 36525 / 100 + self.hasard.random_range(1..360);
        let naissance = a_la_date.checked_sub_days(Days::new(jours))?;
        let residence = self.choisir(RESIDENCES, ("59000", "Lille"));
        let departement = residence.0.get(..2).unwrap_or("59");
        let commune: u32 = self.hasard.random_range(1..300);
        let code_sexe = if sexe == Sexe::Feminin { 2 } else { 1 };
        let treize =
            format!("{code_sexe}{:02}{:02}{departement}{commune:03}{:03}", naissance.year() % 100, naissance.month(), self.rang % 999 + 1);
        Some(Traits {
            nom,
            prenom,
            sexe,
            naissance,
            lieu: format!("{departement}{commune:03}"),
            ins: Ins::avec_cle(&treize).ok()?,
            residence,
        })
    }

    /// A local number.
    pub fn ipp(&mut self) -> String {
        self.rang += 1;
        format!("8{:07}", self.rang)
    }

    /// An RPPS number with its key.
    pub fn rpps(&mut self) -> String {
        self.rang += 1;
        completer_luhn(&format!("1009{:06}", self.rang))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn la_meme_graine_donne_les_memes_personnes() {
        let date = NaiveDate::from_ymd_opt(2026, 3, 2).unwrap();
        let tirer = || Personnes::nouvelles(7).patient(Sexe::Feminin, 80, date).unwrap();
        assert_eq!(format!("{:?}", tirer()), format!("{:?}", tirer()));
    }

    #[test]
    fn les_matricules_sont_coherents_avec_les_traits() {
        let date = NaiveDate::from_ymd_opt(2026, 3, 2).unwrap();
        let mut personnes = Personnes::nouvelles(1);
        for age in 1..100 {
            let traits = personnes.patient(Sexe::Masculin, age, date).unwrap();
            assert_eq!(traits.ins.as_str()[..5], format!("1{:02}{:02}", traits.naissance.year() % 100, traits.naissance.month()));
            assert!(date.years_since(traits.naissance).unwrap().abs_diff(age) <= 1);
        }
    }
}
