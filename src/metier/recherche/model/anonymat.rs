//! k-anonymity of the patients of an extract.
//!
//! The quasi-identifiers are what somebody may know of a patient without being a doctor: sex, age, département, year. The
//! same generalisation holds for every patient (global recoding), so that a column has one meaning; it is the least costly
//! one that leaves out few enough patients. Who still stands in a class of fewer than k is left out.
//!
//! What it does not promise: that the disease itself tells nobody. How varied the localisations of a class are is
//! reported (l-diversity), not imposed.

use crate::metier::infocentre::model::secret::SEUIL;
use serde::{Serialize, Serializer};
use std::collections::{BTreeMap, BTreeSet};

/// What stands for a value that tells nothing any more.
pub const TOUT: &str = "*";

/// What is known of a patient beside the disease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Traits {
    /// Sex, in the code of OSIRIS.
    pub sexe: String,
    /// Age in completed years at the first passage.
    pub age: u32,
    /// Département of residence, empty when it is not known.
    pub departement: String,
    /// Year of the first passage.
    pub annee: i32,
    /// The main localisation, three characters of the CIM-10: what is looked at for diversity.
    pub localisation: String,
}

/// A quasi-identifier, by the column that carries it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Quasi {
    /// Sex.
    Sexe,
    /// Age.
    Age,
    /// Département.
    Departement,
    /// Year.
    Annee,
}

impl Quasi {
    /// All of them, in the order of a class.
    pub const TOUS: [Self; 4] = [Self::Sexe, Self::Age, Self::Departement, Self::Annee];

    /// The column that carries it.
    #[must_use]
    pub const fn colonne(self) -> &'static str {
        match self {
            Self::Sexe => "Patient_Gender",
            Self::Age => "DCC_ClasseAge",
            Self::Departement => "DCC_Departement",
            Self::Annee => "DCC_AnneeReference",
        }
    }

    /// What each level costs, the first being the value as it is and the last telling nothing.
    const fn couts(self) -> &'static [u32] {
        match self {
            Self::Sexe => &[0, 9],
            Self::Age => &[0, 1, 3, 9],
            Self::Departement => &[0, 4],
            Self::Annee => &[0, 1, 2, 5],
        }
    }

    /// What a level is, in words.
    #[must_use]
    pub const fn libelle(self, niveau: usize) -> &'static str {
        match (self, niveau) {
            (Self::Sexe, 0) => "tel quel",
            (Self::Age, 0) => "classes de 5 ans, 85 ans et plus ensemble",
            (Self::Age, 1) => "moins de 15 ans, classes de 10 ans, 85 ans et plus ensemble",
            (Self::Age, 2) => "0-24, 25-44, 45-64, 65 ans et plus",
            (Self::Departement, 0) => "département",
            (Self::Annee, 0) => "année",
            (Self::Annee, 1) => "tranches de 2 ans",
            (Self::Annee, 2) => "tranches de 4 ans",
            (Self::Sexe | Self::Age | Self::Departement | Self::Annee, _) => "supprimé",
        }
    }

    const fn sommet(self) -> usize {
        self.couts().len() - 1
    }

    /// The value of a patient at a level.
    fn valeur(self, traits: &Traits, niveau: usize) -> String {
        if niveau >= self.sommet() {
            return TOUT.to_owned();
        }
        match self {
            Self::Sexe => traits.sexe.clone(),
            Self::Departement => traits.departement.clone(),
            Self::Age => classe_d_age(traits.age, niveau),
            Self::Annee if niveau == 0 => traits.annee.to_string(),
            Self::Annee => {
                let largeur = 1 << niveau;
                let debut = traits.annee.div_euclid(largeur) * largeur;
                format!("{debut}-{}", debut + largeur - 1)
            }
        }
    }
}

/// The class of an age; each level is made of whole classes of the one before.
fn classe_d_age(age: u32, niveau: usize) -> String {
    let (debut, fin) = match (niveau, age) {
        (0 | 1, 85..) => return "85+".to_owned(),
        (0, _) => (age / 5 * 5, age / 5 * 5 + 4),
        (1, 0..=14) => (0, 14),
        (1, _) => ((age - 15) / 10 * 10 + 15, (age - 15) / 10 * 10 + 24),
        (_, 0..=24) => (0, 24),
        (_, 65..) => return "65+".to_owned(),
        _ => ((age - 25) / 20 * 20 + 25, (age - 25) / 20 * 20 + 44),
    };
    format!("{debut}-{fin}")
}

/// A number of patients as it may be told: from 1 to 10 it is not ([`SEUIL`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effectif(pub usize);

impl Serialize for Effectif {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        let petit = i64::try_from(self.0).is_ok_and(|n| (1..SEUIL).contains(&n));
        if petit { s.serialize_str(&format!("< {SEUIL}")) } else { s.serialize_u64(self.0 as u64) }
    }
}

/// What was done of a quasi-identifier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Generalisation {
    /// Its column.
    pub colonne: &'static str,
    /// The level, from 0: as it is.
    pub niveau: usize,
    /// What the level is.
    pub forme: &'static str,
}

/// How varied the localisations are within the classes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Diversite {
    /// The fewest different localisations in a class.
    pub minimum: usize,
    /// Classes where all patients have the same one.
    pub classes_homogenes: usize,
}

/// The report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rapport {
    /// The k that was asked for.
    pub k: u32,
    /// What was done of each quasi-identifier that the project asked for.
    pub quasi_identifiants: Vec<Generalisation>,
    /// Patients in classes of fewer than k before anything was generalised.
    pub patients_sous_k_avant: Effectif,
    /// Patients left out because they still were, after.
    pub patients_supprimes: Effectif,
    /// Patients in the extract.
    pub patients: usize,
    /// Classes in the extract.
    pub classes: usize,
    /// Patients of the smallest one.
    pub plus_petite_classe: usize,
    /// The highest risk that somebody is told by the quasi-identifiers alone.
    pub risque_maximal: String,
    /// Diversity of the localisations (CIM-10, three characters).
    pub diversite_localisation: Diversite,
}

/// Patients that are released, under what they are generalised to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anonymat {
    /// For each patient that was given, in the same order: the values of [`Quasi::TOUS`], or nothing when left out.
    pub classes: Vec<Option<Classe>>,
    /// The report.
    pub rapport: Rapport,
}

/// The values of [`Quasi::TOUS`].
pub type Classe = [String; 4];
type Niveaux = [usize; 4];

fn classe(traits: &Traits, niveaux: Niveaux) -> Classe {
    let [sexe, age, departement, annee] = niveaux;
    [
        Quasi::Sexe.valeur(traits, sexe),
        Quasi::Age.valeur(traits, age),
        Quasi::Departement.valeur(traits, departement),
        Quasi::Annee.valeur(traits, annee),
    ]
}

fn effectifs(patients: &[Traits], niveaux: Niveaux) -> BTreeMap<Classe, usize> {
    let mut effectifs = BTreeMap::new();
    for traits in patients {
        *effectifs.entry(classe(traits, niveaux)).or_default() += 1;
    }
    effectifs
}

fn sous(effectifs: &BTreeMap<Classe, usize>, k: usize) -> usize {
    effectifs.values().filter(|n| **n < k).sum()
}

/// Every choice of levels, the cheapest first. What is not asked for is not released: it tells nothing.
fn treillis(demandes: &BTreeSet<Quasi>) -> Vec<Niveaux> {
    let niveaux = |quasi: Quasi| if demandes.contains(&quasi) { 0..=quasi.sommet() } else { quasi.sommet()..=quasi.sommet() };
    let mut choix: Vec<(u32, Niveaux)> = Vec::new();
    for sexe in niveaux(Quasi::Sexe) {
        for age in niveaux(Quasi::Age) {
            for departement in niveaux(Quasi::Departement) {
                for annee in niveaux(Quasi::Annee) {
                    let tous = [sexe, age, departement, annee];
                    let cout = Quasi::TOUS.iter().zip(tous).filter_map(|(quasi, niveau)| quasi.couts().get(niveau)).sum();
                    choix.push((cout, tous));
                }
            }
        }
    }
    choix.sort_unstable();
    choix.into_iter().map(|(_, niveaux)| niveaux).collect()
}

/// Generalises, then leaves out. Nothing when fewer than k patients are given: no class can be large enough.
///
/// `suppression` is how many patients in a hundred may be left out rather than generalise further.
#[must_use]
pub fn anonymiser(patients: &[Traits], demandes: &BTreeSet<Quasi>, k: u32, suppression: u32) -> Option<Anonymat> {
    let seuil = usize::try_from(k).ok()?.max(2);
    if patients.len() < seuil {
        return None;
    }
    let admis = patients.len() * usize::try_from(suppression).ok()? / 100;
    let choix = treillis(demandes);
    let avant = choix.first().map(|niveaux| sous(&effectifs(patients, *niveaux), seuil))?;
    // The last one tells nothing: all patients are one class.
    let niveaux = choix.into_iter().find(|niveaux| sous(&effectifs(patients, *niveaux), seuil) <= admis)?;
    let comptes = effectifs(patients, niveaux);
    let garder = |traits: &Traits| Some(classe(traits, niveaux)).filter(|classe| comptes.get(classe).is_some_and(|n| *n >= seuil));
    let classes: Vec<Option<Classe>> = patients.iter().map(garder).collect();
    let rapport = rapporter(k, (demandes, niveaux), avant, patients.iter().zip(&classes));
    Some(Anonymat { classes, rapport })
}

fn rapporter<'a>(
    k: u32,
    (demandes, niveaux): (&BTreeSet<Quasi>, Niveaux),
    avant: usize,
    patients: impl Iterator<Item = (&'a Traits, &'a Option<Classe>)>,
) -> Rapport {
    let mut groupes: BTreeMap<&Classe, (usize, BTreeSet<&str>)> = BTreeMap::new();
    let mut supprimes = 0;
    for (traits, classe) in patients {
        match classe {
            Some(classe) => {
                let groupe = groupes.entry(classe).or_default();
                groupe.0 += 1;
                groupe.1.insert(&traits.localisation);
            }
            None => supprimes += 1,
        }
    }
    let plus_petite = groupes.values().map(|(n, _)| *n).min().unwrap_or_default();
    let divers = groupes.values().map(|(_, localisations)| localisations.len());
    Rapport {
        k,
        quasi_identifiants: Quasi::TOUS
            .into_iter()
            .zip(niveaux)
            .filter(|(quasi, _)| demandes.contains(quasi))
            .map(|(quasi, niveau)| Generalisation { colonne: quasi.colonne(), niveau, forme: quasi.libelle(niveau) })
            .collect(),
        patients_sous_k_avant: Effectif(avant),
        patients_supprimes: Effectif(supprimes),
        patients: groupes.values().map(|(n, _)| n).sum(),
        classes: groupes.len(),
        plus_petite_classe: plus_petite,
        risque_maximal: format!("1/{plus_petite}"),
        diversite_localisation: Diversite {
            minimum: divers.clone().min().unwrap_or_default(),
            classes_homogenes: divers.filter(|n| *n == 1).count(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn traits(sexe: &str, age: u32, departement: &str, annee: i32) -> Traits {
        Traits { sexe: sexe.to_owned(), age, departement: departement.to_owned(), annee, localisation: "C50".to_owned() }
    }

    fn tous() -> BTreeSet<Quasi> {
        Quasi::TOUS.into()
    }

    #[test]
    fn les_classes_d_un_niveau_sont_faites_de_classes_entieres_du_precedent() {
        for niveau in 1..3 {
            let mut emboites: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
            for age in 0..120 {
                emboites.entry(classe_d_age(age, niveau - 1)).or_default().insert(classe_d_age(age, niveau));
            }
            assert!(emboites.values().all(|plus_larges| plus_larges.len() == 1), "{emboites:?}");
        }
        assert_eq!([4, 5, 84, 85].map(|age| classe_d_age(age, 0)), ["0-4", "5-9", "80-84", "85+"]);
        assert_eq!([14, 15, 84, 85].map(|age| classe_d_age(age, 1)), ["0-14", "15-24", "75-84", "85+"]);
        assert_eq!([24, 25, 64, 65].map(|age| classe_d_age(age, 2)), ["0-24", "25-44", "45-64", "65+"]);
    }

    #[test]
    fn ce_qui_suffit_n_est_pas_generalise() {
        let patients = vec![traits("HL7:F", 61, "59", 2025); 5];
        let rendu = anonymiser(&patients, &tous(), 5, 0).unwrap();
        assert_eq!(rendu.classes[0].as_ref().unwrap(), &["HL7:F", "60-64", "59", "2025"].map(str::to_owned));
        assert_eq!((rendu.rapport.classes, rendu.rapport.plus_petite_classe), (1, 5));
        assert!(rendu.rapport.quasi_identifiants.iter().all(|g| g.niveau == 0));
        assert_eq!(rendu.rapport.diversite_localisation, Diversite { minimum: 1, classes_homogenes: 1 });
    }

    #[test]
    fn moins_de_k_patients_ne_font_pas_un_extrait() {
        assert_eq!(anonymiser(&vec![traits("HL7:F", 61, "59", 2025); 4], &tous(), 5, 100), None);
    }

    #[test]
    fn un_patient_isole_est_supprime_plutot_que_de_tout_generaliser() {
        let mut patients = vec![traits("HL7:F", 61, "59", 2025); 30];
        patients.push(traits("HL7:M", 12, "2A", 2021));
        let rendu = anonymiser(&patients, &tous(), 5, 10).unwrap();
        assert_eq!(rendu.classes[30], None);
        assert_eq!((rendu.rapport.patients, rendu.rapport.patients_supprimes), (30, Effectif(1)));
        let entier = anonymiser(&patients, &tous(), 5, 0).unwrap();
        assert_eq!(entier.rapport.patients, 31, "sans droit de supprimer, tout se généralise");
        assert_eq!(entier.classes[0].as_ref().unwrap(), &[TOUT; 4].map(str::to_owned));
    }

    #[test]
    fn ce_qui_n_est_pas_demande_ne_sort_pas_et_ne_coute_rien() {
        let patients: Vec<Traits> = (0..10).map(|rang| traits("HL7:F", 61, &format!("{rang:02}"), 2016 + rang)).collect();
        let rendu = anonymiser(&patients, &BTreeSet::from([Quasi::Sexe, Quasi::Age]), 5, 0).unwrap();
        assert_eq!(rendu.classes[0].as_ref().unwrap(), &["HL7:F", "60-64", TOUT, TOUT].map(str::to_owned));
        assert_eq!(rendu.rapport.quasi_identifiants.len(), 2);
    }

    #[test]
    fn un_petit_nombre_de_patients_ne_se_dit_pas() {
        let dits = [0, 1, 10, 11].map(|n| serde_json::to_string(&Effectif(n)).unwrap());
        assert_eq!(dits, ["0", "\"< 11\"", "\"< 11\"", "11"]);
    }

    fn patient() -> impl Strategy<Value = Traits> {
        (
            prop::sample::select(vec!["HL7:M", "HL7:F", "HL7:UN"]),
            0_u32..110,
            prop::sample::select(vec!["59", "62", "02", "2A", ""]),
            2018..2027,
        )
            .prop_map(|(sexe, age, departement, annee)| traits(sexe, age, departement, annee))
    }

    proptest! {
        #[test]
        fn aucune_classe_rendue_ne_compte_moins_de_k_patients(
            patients in prop::collection::vec(patient(), 0..120), k in 2_u32..12, suppression in 0_u32..30, choix in 0_usize..16,
        ) {
            let demandes: BTreeSet<Quasi> =
                Quasi::TOUS.into_iter().enumerate().filter(|(rang, _)| choix >> rang & 1 == 1).map(|(_, quasi)| quasi).collect();
            match anonymiser(&patients, &demandes, k, suppression) {
                None => prop_assert!(patients.len() < k as usize),
                Some(rendu) => {
                    let mut comptes: BTreeMap<&Classe, usize> = BTreeMap::new();
                    rendu.classes.iter().flatten().for_each(|classe| *comptes.entry(classe).or_default() += 1);
                    prop_assert!(comptes.values().all(|n| *n >= k as usize), "{comptes:?}");
                    let supprimes = rendu.classes.iter().filter(|classe| classe.is_none()).count();
                    prop_assert!(supprimes * 100 <= patients.len() * suppression as usize);
                    prop_assert_eq!(rendu.rapport.patients + supprimes, patients.len());
                    prop_assert_eq!(rendu.rapport.plus_petite_classe, *comptes.values().min().unwrap());
                    for (rang, quasi) in Quasi::TOUS.into_iter().enumerate().filter(|(_, quasi)| !demandes.contains(quasi)) {
                        prop_assert!(rendu.classes.iter().flatten().all(|classe| classe[rang] == TOUT), "{:?}", quasi);
                    }
                }
            }
        }
    }
}
