//! Reads `src/` and proves the import rules of docs/ARCHITECTURE.md, so that a slice cannot grow
//! roots where it should not.

#![expect(clippy::unwrap_used, clippy::items_after_statements, reason = "a test stops where something is wrong")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// A source file: its path below `src/` and the code without comments and unit tests.
struct Fichier {
    chemin: String,
    code: String,
}

fn sources() -> Vec<Fichier> {
    fn parcourir(dossier: &Path, trouves: &mut Vec<PathBuf>) {
        for entree in fs::read_dir(dossier).unwrap().map(Result::unwrap) {
            let chemin = entree.path();
            if chemin.is_dir() {
                parcourir(&chemin, trouves);
            } else if chemin.extension().is_some_and(|e| e == "rs") {
                trouves.push(chemin);
            }
        }
    }
    let racine = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut trouves = Vec::new();
    parcourir(&racine, &mut trouves);
    trouves
        .iter()
        .map(|chemin| {
            let texte = fs::read_to_string(chemin).unwrap();
            let code = texte.split("#[cfg(test)]").next().unwrap();
            Fichier {
                chemin: chemin.strip_prefix(&racine).unwrap().to_str().unwrap().to_owned(),
                code: code.lines().filter(|ligne| !ligne.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n"),
            }
        })
        .collect()
}

impl Fichier {
    /// `metier/<slice>/<role>.rs` gives the slice and the role.
    fn tranche(&self) -> Option<(&str, &str)> {
        let mut parties = self.chemin.strip_prefix("metier/")?.split('/');
        Some((parties.next()?, parties.next()?.trim_end_matches(".rs")))
    }

    /// True when the code names the path as a whole word.
    fn nomme(&self, chemin: &str) -> bool {
        self.code.match_indices(chemin).any(|(debut, _)| {
            let avant = self.code[..debut].chars().next_back();
            let apres = self.code[debut + chemin.len()..].chars().next();
            let lettre = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
            !lettre(avant) && !lettre(apres)
        })
    }

    /// Other slices whose `part` (model, store, service) is imported, in every form `use` takes.
    fn importe_d_autres(&self, tranche: &str, part: &str, tranches: &BTreeSet<String>) -> Vec<String> {
        let plat: String = self.code.split_whitespace().collect();
        tranches
            .iter()
            .filter(|autre| autre.as_str() != tranche)
            .filter(|autre| plat.contains(&format!("{autre}::{part}")) || plat.contains(&format!("{autre}::{{{part}")))
            .cloned()
            .collect()
    }
}

#[track_caller]
fn personne(regle: &str, coupables: Vec<String>) {
    assert!(coupables.is_empty(), "{regle} :\n{}", coupables.join("\n"));
}

#[test]
fn le_noyau_ne_depend_de_rien_de_nous() {
    let coupables = sources().into_iter().filter(|f| f.chemin.starts_with("kernel/"));
    let coupables =
        coupables.filter(|f| ["crate::db", "crate::metier", "crate::http", "crate::app", "diesel", "actix_web"].iter().any(|i| f.nomme(i)));
    personne("kernel -> rien", coupables.map(|f| f.chemin).collect());
}

#[test]
fn un_modele_est_pur() {
    let interdits =
        ["diesel", "actix_web", "crate::db", "crate::http", "crate::jobs", "crate::documents", "crate::messagerie", "use lettre"];
    let mut coupables = Vec::new();
    for fichier in sources() {
        let Some((_, "model")) = fichier.tranche() else { continue };
        coupables.extend(interdits.iter().filter(|i| fichier.nomme(i)).map(|i| format!("{} -> {i}", fichier.chemin)));
    }
    personne("model -> kernel et autres model", coupables);
}

#[test]
fn seuls_les_stores_connaissent_diesel() {
    let admis = |chemin: &str| {
        chemin.starts_with("db/")
            || ["jobs/queue.rs", "charge/plancher.rs"].contains(&chemin)
            || chemin.ends_with("/store.rs")
            || chemin.contains("/store/")
    };
    let coupables = sources().into_iter().filter(|f| f.nomme("diesel") && !admis(&f.chemin)).map(|f| f.chemin);
    personne("diesel hors de db, jobs/queue, store et le plancher des mesures", coupables.collect());
}

#[test]
fn seul_http_connait_actix() {
    let admis = |chemin: &str| {
        chemin.starts_with("http/")
            || chemin.ends_with("/http.rs")
            || chemin.contains("/http/")
            // The logs name what they do not listen to.
            || ["error.rs", "app.rs", "main.rs", "telemetry.rs"].contains(&chemin)
            || chemin.starts_with("charge/")
    };
    let coupables = sources().into_iter().filter(|f| f.nomme("actix_web") && !admis(&f.chemin)).map(|f| f.chemin);
    personne("actix_web hors de http", coupables.collect());
}

#[test]
fn un_store_ne_lit_pas_le_store_d_un_autre() {
    let tranches = tranches();
    let mut coupables = Vec::new();
    for fichier in sources() {
        let Some((tranche, _)) = fichier.tranche() else { continue };
        coupables.extend(
            fichier.importe_d_autres(tranche, "store", &tranches).into_iter().map(|autre| format!("{} -> {autre}::store", fichier.chemin)),
        );
    }
    personne("store -> le sien seulement", coupables);
}

#[test]
fn un_service_ne_rend_ni_n_envoie() {
    let mut coupables = Vec::new();
    for fichier in sources() {
        let Some((_, "service")) = fichier.tranche() else { continue };
        let interdits = ["actix_web", "use lettre", "crate::documents", "crate::messagerie", "crate::http"];
        coupables.extend(interdits.iter().filter(|i| fichier.nomme(i)).map(|i| format!("{} -> {i}", fichier.chemin)));
    }
    personne("service sans HTTP, courrier ni documents", coupables);
}

#[test]
fn les_documents_et_la_messagerie_sont_a_part() {
    let mut coupables = Vec::new();
    for fichier in sources() {
        if fichier.chemin.starts_with("documents/") {
            coupables.extend(
                ["crate::db", "diesel", "actix_web", "::service", "::store"]
                    .iter()
                    .filter(|i| fichier.nomme(i))
                    .map(|i| format!("{} -> {i}", fichier.chemin)),
            );
        }
        if fichier.chemin.starts_with("messagerie/") {
            coupables.extend(
                ["crate::metier", "crate::db", "diesel"].iter().filter(|i| fichier.nomme(i)).map(|i| format!("{} -> {i}", fichier.chemin)),
            );
        }
    }
    personne("documents -> model ; messagerie -> rien de metier", coupables);
}

#[test]
fn l_heure_le_hasard_et_l_environnement_ont_chacun_leur_fichier() {
    let mut coupables = Vec::new();
    for fichier in sources() {
        for (interdit, seul) in [
            ("Utc::now", "kernel/clock.rs"),
            ("Uuid::now_v7", "kernel/clock.rs"),
            ("Uuid::new_v4", "kernel/clock.rs"),
            ("std::env", "config.rs"),
        ] {
            if fichier.chemin != seul && fichier.nomme(interdit) {
                coupables.push(format!("{} -> {interdit}", fichier.chemin));
            }
        }
    }
    personne("un fichier pour l'heure, un pour l'environnement", coupables);
}

#[test]
fn les_modeles_ne_tournent_pas_en_rond() {
    let tranches = tranches();
    let mut aretes: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for fichier in sources() {
        let Some((tranche, "model")) = fichier.tranche() else { continue };
        aretes.entry(tranche.to_owned()).or_default().extend(fichier.importe_d_autres(tranche, "model", &tranches));
    }
    fn visiter(noeud: &str, aretes: &BTreeMap<String, BTreeSet<String>>, chemin: &mut Vec<String>) {
        assert!(!chemin.iter().any(|vu| vu == noeud), "cycle entre modèles : {} -> {noeud}", chemin.join(" -> "));
        chemin.push(noeud.to_owned());
        for suivant in aretes.get(noeud).into_iter().flatten() {
            visiter(suivant, aretes, chemin);
        }
        chemin.pop();
    }
    for tranche in aretes.keys() {
        visiter(tranche, &aretes, &mut Vec::new());
    }
}

/// The API document keeps one schema a name: of two types that bear it, the second would be told by the first.
#[test]
fn un_nom_de_schema_n_est_porte_que_par_un_type() {
    let mut porteurs: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for fichier in sources() {
        let mut attributs = String::new();
        for ligne in fichier.code.lines().map(str::trim) {
            if ligne.starts_with("#[") || ligne.ends_with("enum_texte! {") {
                attributs.push_str(ligne);
                continue;
            }
            let nom = ligne.strip_prefix("pub struct ").or_else(|| ligne.strip_prefix("pub enum "));
            if let Some(nom) =
                nom.filter(|nom| !nom.starts_with('$')).filter(|_| attributs.contains("ToSchema") || attributs.contains("enum_texte!"))
            {
                let choisi = attributs.split_once("schema(as = ").map(|(_, suite)| suite);
                let nom = choisi.unwrap_or(nom).split([' ', '<', '{', '(', ')', ',']).next().unwrap().to_owned();
                porteurs.entry(nom).or_default().push(fichier.chemin.clone());
            }
            attributs.clear();
        }
    }
    assert!(porteurs.len() > 200, "{} schémas vus", porteurs.len());
    porteurs.retain(|_, chemins| chemins.len() > 1);
    personne("un schéma, un type", porteurs.into_iter().map(|(nom, chemins)| format!("{nom} : {}", chemins.join(", "))).collect());
}

#[test]
fn un_fichier_tient_sous_les_yeux() {
    let coupables = sources().into_iter().filter(|f| f.chemin != "db/schema.rs").filter(|f| f.code.lines().count() > 500);
    personne("500 lignes de code au plus", coupables.map(|f| format!("{} : {}", f.chemin, f.code.lines().count())).collect());
}

fn tranches() -> BTreeSet<String> {
    sources().iter().filter_map(|f| f.tranche().map(|(tranche, _)| tranche.to_owned())).filter(|t| !t.ends_with(".rs")).collect()
}
