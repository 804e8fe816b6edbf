//! The table of rights as clinicians read it: `docs/habilitations.csv` and its profiles.

use super::monde::ROLES;
use std::{collections::BTreeMap, path::Path};

/// What a role may do with an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Droit {
    /// Nothing.
    Non,
    /// Wherever the object stands.
    Oui,
    /// In the perimeter of the right.
    Perimetre,
    /// On what is the person's own.
    Siens,
}

/// A line: an operation and what is expected of it.
#[derive(Debug, Clone)]
pub struct Ligne {
    pub operation: String,
    pub profil: String,
    /// `introuvable`, `interdit`, `refusé` (either) or `sans objet`.
    pub hors: String,
    /// `refusé` or `sans objet`.
    pub clos: String,
    /// `aucune donnée de patient`, `anonyme`, `identité` or `clinique`.
    pub champs: String,
    pub droits: BTreeMap<&'static str, Droit>,
}

fn lignes(fichier: &str) -> Vec<Vec<String>> {
    let chemin = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(fichier);
    let mut lecteur = csv::ReaderBuilder::new().delimiter(b';').has_headers(false).from_path(chemin).unwrap();
    lecteur.records().map(|ligne| ligne.unwrap().iter().map(str::to_owned).collect()).collect()
}

fn profils() -> BTreeMap<String, BTreeMap<&'static str, Droit>> {
    let lignes = lignes("habilitations-profils.csv");
    let (entete, lignes) = lignes.split_first().unwrap();
    assert_eq!(entete[2..], ROLES.map(str::to_owned), "colonnes de habilitations-profils.csv");
    let droit = |texte: &str| match texte {
        "non" => Droit::Non,
        "oui" => Droit::Oui,
        "périmètre" => Droit::Perimetre,
        "siens" => Droit::Siens,
        autre => panic!("habilitations-profils.csv : « {autre} » n'est ni non, ni oui, ni périmètre, ni siens"),
    };
    lignes.iter().map(|l| (l[0].clone(), ROLES.into_iter().zip(l[2..].iter().map(|texte| droit(texte))).collect())).collect()
}

/// Every line of the table, in its order.
pub fn lire() -> Vec<Ligne> {
    let profils = profils();
    let lignes = lignes("habilitations.csv");
    let (entete, lignes) = lignes.split_first().unwrap();
    assert_eq!(entete.join(";"), "operation;intitule;profil;hors_perimetre;etat_clos;champs;remarque");
    lignes
        .iter()
        .map(|l| {
            let (operation, profil) = (l[0].clone(), l[2].clone());
            let admis =
                |valeur: &str, admises: &[&str]| assert!(admises.contains(&valeur), "{operation} : « {valeur} », attendu {admises:?}");
            assert!(l[1].len() > 5, "{operation} n'a pas d'intitulé");
            admis(&l[3], &["introuvable", "interdit", "refusé", "sans objet"]);
            admis(&l[4], &["refusé", "sans objet"]);
            admis(&l[5], &["aucune donnée de patient", "anonyme", "identité", "clinique"]);
            let droits = profils.get(&profil).unwrap_or_else(|| panic!("{operation} : le profil « {profil} » n'existe pas")).clone();
            Ligne { operation, profil, hors: l[3].clone(), clos: l[4].clone(), champs: l[5].clone(), droits }
        })
        .collect()
}
