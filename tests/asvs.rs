//! Holds `docs/ASVS.md` to what it says: a line for each requirement of OWASP ASVS 5.0.0 of levels 1 and 2, tests and
//! files that exist, counts that are right.

#![expect(clippy::unwrap_used, reason = "a test stops where something is wrong")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// Identifier and level of each requirement, as OWASP publishes them.
const EXIGENCES: &str = include_str!("../docs/asvs-5.0.0.csv");
/// The table.
const DOCUMENT: &str = include_str!("../docs/ASVS.md");
/// What may be said of a requirement.
const ETATS: [&str; 4] = ["essai", "à la main", "sans objet", "pas encore"];

/// A line of the table.
struct Ligne {
    exigence: &'static str,
    niveau: &'static str,
    en_bref: &'static str,
    etat: &'static str,
    preuve: &'static str,
}

fn lignes() -> Vec<Ligne> {
    let lire = |texte: &'static str| {
        let cellules: Vec<&str> = texte.trim_matches('|').split('|').map(str::trim).collect();
        let [exigence, niveau, en_bref, etat, preuve]: [&str; 5] = cellules.try_into().unwrap();
        Ligne { exigence, niveau, en_bref, etat, preuve }
    };
    DOCUMENT.lines().filter(|texte| texte.starts_with("| V")).map(lire).collect()
}

/// Identifiers and levels that OWASP publishes.
fn exigences() -> Vec<(&'static str, &'static str)> {
    EXIGENCES.lines().skip(1).map(|ligne| ligne.split_once(',').unwrap()).collect()
}

fn racine() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sources() -> Vec<PathBuf> {
    let mut dossiers = vec![racine().join("src"), racine().join("tests")];
    let mut trouves = Vec::new();
    while let Some(dossier) = dossiers.pop() {
        for chemin in fs::read_dir(dossier).unwrap().map(|entree| entree.unwrap().path()) {
            if chemin.is_dir() {
                dossiers.push(chemin);
            } else if chemin.extension().is_some_and(|extension| extension == "rs") {
                trouves.push(chemin);
            }
        }
    }
    trouves
}

/// The tests of a file: the functions under `#[test]` or `#[tokio::test]`, and those that `sur_les_deux_bases!` makes,
/// which take a bench without saying its type.
fn essais_de(texte: &str) -> BTreeSet<String> {
    let mut noms = BTreeSet::new();
    let mut annonce = false;
    for ligne in texte.lines().map(str::trim_start) {
        annonce |= ligne.starts_with("#[test]") || ligne.starts_with("#[tokio::test");
        let Some(reste) = ligne.strip_prefix("fn ").or_else(|| ligne.strip_prefix("async fn ")) else { continue };
        let nom: String = reste.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        if annonce || reste.trim_start_matches(nom.as_str()).starts_with("(banc)") {
            noms.insert(nom);
        }
        annonce = false;
    }
    noms
}

/// Each test of the repository, with the modules that its files stand in.
fn essais() -> BTreeMap<String, Vec<BTreeSet<String>>> {
    let mut essais: BTreeMap<String, Vec<BTreeSet<String>>> = BTreeMap::new();
    for chemin in sources() {
        let relatif = chemin.strip_prefix(racine()).unwrap().with_extension("");
        let modules: BTreeSet<String> = relatif.iter().map(|partie| partie.to_str().unwrap().to_owned()).collect();
        for nom in essais_de(&fs::read_to_string(&chemin).unwrap()) {
            essais.entry(nom).or_default().push(modules.clone());
        }
    }
    essais
}

/// What stands between backticks.
fn cites(texte: &str) -> impl Iterator<Item = &str> {
    texte.split('`').skip(1).step_by(2)
}

#[track_caller]
fn rien(regle: &str, ecarts: Vec<String>) {
    assert!(ecarts.is_empty(), "docs/ASVS.md, {regle} :\n{}", ecarts.join("\n"));
}

#[test]
fn chaque_exigence_a_une_ligne_et_une_seule() {
    let lignes = lignes();
    let mut ecarts = Vec::new();
    for (exigence, niveau) in exigences() {
        let niveaux: Vec<&str> = lignes.iter().filter(|ligne| ligne.exigence == exigence).map(|ligne| ligne.niveau).collect();
        if niveaux != [niveau] {
            ecarts.push(format!("{exigence} : attendue une fois au niveau {niveau}, trouvée aux niveaux {niveaux:?}"));
        }
    }
    let connues: BTreeSet<&str> = exigences().into_iter().map(|(exigence, _)| exigence).collect();
    ecarts.extend(lignes.iter().filter(|ligne| !connues.contains(ligne.exigence)).map(|ligne| format!("{} n'existe pas", ligne.exigence)));
    rien("une ligne pour chaque exigence de niveau 1 et 2", ecarts);
    assert_eq!(connues.len(), 253, "docs/asvs-5.0.0.csv n'est pas entier");
}

#[test]
fn chaque_ligne_a_un_etat_et_dit_pourquoi() {
    let muettes = lignes().into_iter().filter(|ligne| !ETATS.contains(&ligne.etat) || ligne.en_bref.is_empty() || ligne.preuve.is_empty());
    rien("un des quatre états et ce qui le montre", muettes.map(|ligne| format!("{} : « {} »", ligne.exigence, ligne.etat)).collect());
}

#[test]
fn chaque_essai_cite_existe() {
    let essais = essais();
    let mut ecarts = Vec::new();
    for ligne in lignes().iter().filter(|ligne| ligne.etat == "essai") {
        for nom in ligne.preuve.split(", ") {
            let parties: Option<Vec<&str>> = nom.strip_prefix('`').and_then(|n| n.strip_suffix('`')).map(|n| n.split("::").collect());
            let trouve = parties.as_deref().and_then(<[&str]>::split_last).is_some_and(|(fonction, modules)| {
                let mut fichiers = essais.get(*fonction).into_iter().flatten();
                !modules.is_empty() && fichiers.any(|fichier| modules.iter().all(|module| fichier.contains(*module)))
            });
            if !trouve {
                ecarts.push(format!("{} : {nom}", ligne.exigence));
            }
        }
    }
    rien("des essais qui existent, de la forme `module::fonction`", ecarts);
}

#[test]
fn chaque_fichier_cite_existe() {
    let dossiers = ["src/", "tests/", "docs/", "migrations/", "referentiels/", "api-spec/", "deploiement/"];
    let mut ecarts = Vec::new();
    for ligne in lignes() {
        let fichiers = cites(ligne.preuve).filter(|cite| dossiers.iter().any(|dossier| cite.starts_with(dossier)));
        ecarts.extend(fichiers.filter(|fichier| !racine().join(fichier).exists()).map(|fichier| format!("{} : {fichier}", ligne.exigence)));
    }
    rien("des fichiers qui existent", ecarts);
}

#[test]
fn les_comptes_de_l_en_tete_sont_justes() {
    let lignes = lignes();
    let compte = |etat: Option<&str>, niveau: Option<&str>| {
        lignes.iter().filter(|l| etat.is_none_or(|e| l.etat == e) && niveau.is_none_or(|n| l.niveau == n)).count()
    };
    let rangee = |nom: &str, etat: Option<&str>| {
        format!("| {nom} | {} | {} | {} |", compte(etat, Some("1")), compte(etat, Some("2")), compte(etat, None))
    };
    let attendues = ETATS.into_iter().map(|etat| rangee(etat, Some(etat))).chain([rangee("total", None)]);
    let absentes = attendues.filter(|attendue| !DOCUMENT.lines().any(|ligne| ligne == attendue)).collect();
    rien("des comptes justes, qui devraient être", absentes);
}
