//! The weight of a pair, and which pairs are weighed.

use super::{PoidsNom, ReglagesDoublons, cle_phonetique};
use crate::{
    kernel::{identite::Ins, ids::PatientId},
    metier::patient::model::{Sexe, mots},
};
use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use utoipa::ToSchema;

/// The traits that are compared.
#[derive(Debug, Clone)]
pub struct Traits {
    /// The patient.
    pub id: PatientId,
    /// Birth name.
    pub nom_naissance: String,
    /// Name in use.
    pub nom_utilise: Option<String>,
    /// All birth first names.
    pub prenoms: String,
    /// First name in use.
    pub prenom_utilise: Option<String>,
    /// Sex.
    pub sexe: Sexe,
    /// Birth date.
    pub date_naissance: NaiveDate,
    /// INSEE code of the birth place.
    pub lieu_naissance: Option<String>,
    /// Matricule.
    pub ins: Option<Ins>,
}

crate::enum_texte! {
    /// How far a trait agrees.
    pub enum Accord {
        /// The same.
        Identique => "identique",
        /// Close in spelling.
        Proche => "proche",
        /// Said alike.
        Phonetique => "phonetique",
        /// One word of several.
        Partiel => "partiel",
        /// Day and month exchanged.
        Inversee => "inversee",
        /// One digit differs.
        UnChiffre => "un_chiffre",
        /// Another.
        Different => "different",
        /// Not known on one side.
        Inconnu => "inconnu",
    }
}

/// How far each trait of a pair agrees: names of accords, never a trait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Concordances {
    /// Names.
    pub nom: Accord,
    /// First names.
    pub prenom: Accord,
    /// True when the name of one is the first name of the other, and the other way round.
    pub nom_et_prenom_inverses: bool,
    /// Birth date.
    pub date_naissance: Accord,
    /// Sex.
    pub sexe: Accord,
    /// Birth place.
    pub lieu_naissance: Accord,
    /// Matricule.
    pub ins: Accord,
}

/// A form of a name, ready to be compared.
#[derive(Debug, Clone)]
struct Forme {
    colle: String,
    mots: Vec<String>,
    cle: String,
}

impl Forme {
    fn de(nom: &str) -> Option<Self> {
        let mots = mots(nom);
        let colle = mots.concat();
        (!colle.is_empty()).then(|| Self { cle: cle_phonetique(&colle), colle, mots })
    }
}

/// Traits made ready once, since each is compared many times.
#[derive(Debug, Clone)]
pub struct Profil {
    /// The traits.
    pub traits: Traits,
    noms: Vec<Forme>,
    prenoms: Vec<Forme>,
}

impl Profil {
    /// Makes traits ready. The first names count together and the first of them alone.
    #[must_use]
    pub fn de(traits: Traits) -> Self {
        let premier = mots(&traits.prenoms).into_iter().next();
        let prenoms = [premier, Some(traits.prenoms.clone()), traits.prenom_utilise.clone()];
        let noms = [Some(traits.nom_naissance.clone()), traits.nom_utilise.clone()];
        Self {
            noms: noms.into_iter().flatten().filter_map(|nom| Forme::de(&nom)).collect(),
            prenoms: prenoms.into_iter().flatten().filter_map(|nom| Forme::de(&nom)).collect(),
            traits,
        }
    }

    /// How far the traits of two patients agree, and what that weighs.
    #[must_use]
    pub fn comparer(&self, autre: &Self, reglages: &ReglagesDoublons) -> (i64, Concordances) {
        let (a, b) = (&self.traits, &autre.traits);
        let seuil = f64::from(reglages.proximite_pour_mille) / 1000.0;
        let (mut nom, mut prenom) = (meilleur(&self.noms, &autre.noms, seuil), meilleur(&self.prenoms, &autre.prenoms, seuil));
        let (croise, decroise) = (meilleur(&self.noms, &autre.prenoms, seuil), meilleur(&self.prenoms, &autre.noms, seuil));
        let inverses = croise == Accord::Identique && decroise == Accord::Identique && nom != Accord::Identique;
        if inverses {
            (nom, prenom) = (Accord::Identique, Accord::Identique);
        }
        let concordances = Concordances {
            nom,
            prenom,
            nom_et_prenom_inverses: inverses,
            date_naissance: accord_des_dates(a.date_naissance, b.date_naissance),
            sexe: accord(connu(a.sexe), connu(b.sexe)),
            lieu_naissance: accord(a.lieu_naissance.as_ref(), b.lieu_naissance.as_ref()),
            ins: accord(a.ins.as_ref(), b.ins.as_ref()),
        };
        (concordances.poids(reglages), concordances)
    }

    /// The keys under which a patient meets those who may be the same person.
    fn cles(&self) -> Vec<String> {
        let t = &self.traits;
        let mut cles = vec![format!("d{}", t.date_naissance)];
        let (jour, mois) = (t.date_naissance.day(), t.date_naissance.month());
        if jour <= 12 {
            // The same key whichever of the two was exchanged.
            cles.push(format!("i{}-{}-{}", t.date_naissance.year(), jour.min(mois), jour.max(mois)));
        }
        let premier = self.prenoms.first().map(|forme| forme.cle.as_str()).unwrap_or_default();
        for nom in &self.noms {
            cles.push(format!("n{}|{premier}", nom.cle));
            cles.push(format!("p{premier}|{}", nom.cle));
            cles.push(format!("a{}|{}", nom.cle, t.date_naissance.year()));
            // A name and a first name that were exchanged meet under the same key.
            let mut deux = [nom.cle.as_str(), premier];
            deux.sort_unstable();
            cles.push(format!("x{}", deux.join("|")));
        }
        cles.extend(t.ins.as_ref().map(|ins| format!("m{ins}")));
        cles.sort_unstable();
        cles.dedup();
        cles
    }
}

impl Concordances {
    fn poids(self, r: &ReglagesDoublons) -> i64 {
        let trait_simple = |accord, identique, different| match accord {
            Accord::Identique => identique,
            Accord::Different => different,
            Accord::Proche | Accord::Phonetique | Accord::Partiel | Accord::Inversee | Accord::UnChiffre | Accord::Inconnu => 0,
        };
        let date = match self.date_naissance {
            Accord::Inversee => r.date_naissance.inversee,
            Accord::UnChiffre => r.date_naissance.un_chiffre,
            autre => trait_simple(autre, r.date_naissance.identique, r.date_naissance.different),
        };
        poids_du_nom(self.nom, &r.nom)
            + poids_du_nom(self.prenom, &r.prenom)
            + date
            + trait_simple(self.sexe, r.sexe.identique, r.sexe.different)
            + trait_simple(self.lieu_naissance, r.lieu_naissance.identique, r.lieu_naissance.different)
            + trait_simple(self.ins, r.ins.identique, r.ins.different)
    }
}

const fn poids_du_nom(accord: Accord, poids: &PoidsNom) -> i64 {
    match accord {
        Accord::Identique => poids.identique,
        Accord::Proche => poids.proche,
        Accord::Phonetique => poids.phonetique,
        Accord::Partiel => poids.partiel,
        Accord::Different => poids.different,
        Accord::Inversee | Accord::UnChiffre | Accord::Inconnu => 0,
    }
}

const fn connu(sexe: Sexe) -> Option<Sexe> {
    match sexe {
        Sexe::Masculin | Sexe::Feminin => Some(sexe),
        Sexe::Indetermine => None,
    }
}

fn accord<T: PartialEq>(a: Option<T>, b: Option<T>) -> Accord {
    match (a, b) {
        (Some(a), Some(b)) if a == b => Accord::Identique,
        (Some(_), Some(_)) => Accord::Different,
        (Some(_), None) | (None, Some(_) | None) => Accord::Inconnu,
    }
}

/// The best agreement between any form of one and any form of the other.
fn meilleur(a: &[Forme], b: &[Forme], seuil: f64) -> Accord {
    let accords = a.iter().flat_map(|un| b.iter().map(move |autre| accord_des_noms(un, autre, seuil)));
    accords.min().unwrap_or(Accord::Inconnu)
}

fn accord_des_noms(a: &Forme, b: &Forme, seuil: f64) -> Accord {
    if a.colle == b.colle {
        Accord::Identique
    } else if strsim::jaro_winkler(&a.colle, &b.colle) >= seuil {
        Accord::Proche
    } else if a.cle == b.cle {
        Accord::Phonetique
    } else if (a.mots.len() > 1 || b.mots.len() > 1) && a.mots.iter().any(|mot| mot.len() > 2 && b.mots.contains(mot)) {
        Accord::Partiel
    } else {
        Accord::Different
    }
}

fn accord_des_dates(a: NaiveDate, b: NaiveDate) -> Accord {
    if a == b {
        return Accord::Identique;
    }
    if a.year() == b.year() && (a.day(), a.month()) == (b.month(), b.day()) {
        return Accord::Inversee;
    }
    let (a, b) = (a.format("%Y%m%d").to_string(), b.format("%Y%m%d").to_string());
    let ecarts: Vec<usize> = a.bytes().zip(b.bytes()).enumerate().filter(|(_, (x, y))| x != y).map(|(rang, _)| rang).collect();
    let chiffre = |texte: &str, rang: usize| texte.as_bytes().get(rang).copied();
    match ecarts.as_slice() {
        [_] => Accord::UnChiffre,
        [un, deux] if un + 1 == *deux && chiffre(&a, *un) == chiffre(&b, *deux) && chiffre(&a, *deux) == chiffre(&b, *un) => {
            Accord::UnChiffre
        }
        _ => Accord::Different,
    }
}

/// The pairs that weigh the threshold or more, by the ranks of their profiles, and how many blocks were left aside
/// because they were too large.
#[must_use]
pub fn paires(profils: &[Profil], reglages: &ReglagesDoublons) -> (Vec<(usize, usize, i64, Concordances)>, usize) {
    let mut blocs: HashMap<String, Vec<usize>> = HashMap::new();
    for (rang, profil) in profils.iter().enumerate() {
        for cle in profil.cles() {
            blocs.entry(cle).or_default().push(rang);
        }
    }
    let mut vues = HashSet::new();
    let mut trouvees = Vec::new();
    let mut ecartes = 0;
    for bloc in blocs.into_values() {
        if bloc.len() > reglages.bloc_maximal {
            ecartes += 1;
            continue;
        }
        for (position, un) in bloc.iter().enumerate() {
            for autre in bloc.iter().skip(position + 1) {
                if !vues.insert((*un, *autre)) {
                    continue;
                }
                let (Some(a), Some(b)) = (profils.get(*un), profils.get(*autre)) else { continue };
                let (score, concordances) = a.comparer(b, reglages);
                if score >= reglages.seuil {
                    trouvees.push((*un, *autre, score, concordances));
                }
            }
        }
    }
    trouvees.sort_unstable_by_key(|(un, autre, ..)| (*un, *autre));
    (trouvees, ecartes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profil(nom: &str, prenoms: &str, naissance: &str, sexe: Sexe) -> Profil {
        Profil::de(Traits {
            id: PatientId::new(uuid::Uuid::nil()),
            nom_naissance: nom.into(),
            nom_utilise: None,
            prenoms: prenoms.into(),
            prenom_utilise: None,
            sexe,
            date_naissance: naissance.parse().unwrap(),
            lieu_naissance: None,
            ins: None,
        })
    }

    #[test]
    fn une_faute_par_trait_ne_cache_pas_un_doublon_et_un_homonyme_n_en_est_pas_un() {
        let reglages = ReglagesDoublons::defaut().unwrap();
        let reference = profil("Lefèvre", "Jeanne Marie", "1979-03-14", Sexe::Feminin);
        let pese = |nom: &str, prenoms: &str, naissance: &str| {
            reference.comparer(&profil(nom, prenoms, naissance, Sexe::Feminin), &reglages).0 >= reglages.seuil
        };
        for (nom, prenoms, naissance) in [
            ("LEFEVRE", "JEANNE", "1979-03-14"),
            ("Lefebvre", "Jeanne", "1979-03-14"),
            ("Lefevre Dupont", "Jeanne", "1979-03-14"),
            ("Lefèvre", "Marie", "1979-03-14"),
            ("Lefèvre", "Jeannne", "1979-03-15"),
            ("Lefèvre", "Jeanne", "1979-04-13"),
            ("Jeanne", "Lefèvre", "1979-03-14"),
        ] {
            let attendu = naissance != "1979-04-13";
            assert_eq!(pese(nom, prenoms, naissance), attendu, "{nom} {prenoms} {naissance}");
        }
        for (nom, prenoms, naissance) in
            [("Lefèvre", "Jeanne", "1950-11-02"), ("Durand", "Paule", "1979-03-14"), ("Lefèvre", "Claudine", "1979-08-30")]
        {
            assert!(!pese(nom, prenoms, naissance), "{nom} {prenoms} {naissance}");
        }
    }

    #[test]
    fn les_dates_se_comparent_avec_leurs_fautes_de_frappe() {
        let accord = |a: &str, b: &str| accord_des_dates(a.parse().unwrap(), b.parse().unwrap());
        assert_eq!(accord("1979-03-14", "1979-03-14"), Accord::Identique);
        assert_eq!(accord("1979-03-04", "1979-04-03"), Accord::Inversee);
        assert_eq!(accord("1979-03-14", "1979-03-15"), Accord::UnChiffre);
        assert_eq!(accord("1979-03-14", "1997-03-14"), Accord::UnChiffre);
        assert_eq!(accord("1979-03-12", "1979-03-21"), Accord::UnChiffre);
        assert_eq!(accord("1979-03-14", "1978-03-15"), Accord::Different);
    }

    #[test]
    fn un_bloc_trop_grand_est_ecarte_et_compte() {
        let reglages = ReglagesDoublons { bloc_maximal: 3, ..ReglagesDoublons::defaut().unwrap() };
        let jour = |rang: u32| profil("Martin", "Jean", &format!("{}-01-01", 1900 + rang), Sexe::Masculin);
        let (trouvees, ecartes) = paires(&(0..10).map(jour).collect::<Vec<_>>(), &reglages);
        assert!(trouvees.is_empty());
        assert!(ecartes > 0);
        let deux = [jour(1), jour(1)];
        assert_eq!(paires(&deux, &reglages).0.len(), 1);
    }
}
