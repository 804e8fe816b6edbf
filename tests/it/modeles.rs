//! The fiche models that are shipped: each has a filled sample that is ready, and broken ones whose
//! faults are told where they are. `tests/it/fiches/` holds the samples, one file for each model.

use crate::support::scene::complete;
use chrono::NaiveDate;
use dcc::metier::{
    fiche::model::Etape,
    fiche::validation::{ModeleCompile, Niveau},
    patient::model::Sexe,
    referentiel::{
        composition::Reference,
        defauts,
        derive::EtatDerive,
        lot::{ContenuModele, Lot},
    },
};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::{collections::BTreeMap, fs, path::Path, sync::OnceLock};

/// A sample: what is put on top of a valid core.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Exemple {
    modele: String,
    conforme: Map<String, Value>,
    fautifs: Vec<Fautif>,
}

#[derive(Deserialize)]
struct Fautif {
    nom: String,
    fautes: BTreeMap<String, String>,
    #[serde(flatten)]
    contenu: Map<String, Value>,
}

fn aujourd_hui() -> NaiveDate {
    "2026-11-22".parse().unwrap()
}

fn lot() -> &'static Lot {
    static LOT: OnceLock<Lot> = OnceLock::new();
    LOT.get_or_init(|| Lot::embarque().unwrap())
}

fn composes() -> Vec<Reference> {
    let composes = lot().modeles.iter().filter(|modele| matches!(modele.contenu, ContenuModele::Compose(_)));
    composes.map(|modele| modele.reference.clone()).collect()
}

fn compiler(modele: &Reference) -> ModeleCompile {
    let corps = lot().corps(modele).unwrap();
    ModeleCompile::new(&corps.schema, &corps.derives, &lot().codes()).unwrap_or_else(|cause| panic!("{modele} : {cause}"))
}

fn exemple(modele: &Reference) -> Exemple {
    let chemin = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/it/fiches/{}.json", modele.code));
    let texte = fs::read_to_string(&chemin).unwrap_or_else(|_| panic!("{} : un exemple par modèle livré", chemin.display()));
    let exemple: Exemple = serde_json::from_str(&texte).unwrap_or_else(|e| panic!("{} : {e}", chemin.display()));
    assert_eq!(exemple.modele, modele.code);
    exemple
}

/// A valid core with other members.
fn avec(membres: &Map<String, Value>) -> Value {
    let mut contenu = complete();
    contenu.as_object_mut().unwrap().extend(membres.clone());
    contenu
}

fn fautes(modele: &ModeleCompile, contenu: &Value) -> BTreeMap<String, String> {
    let fautes = modele.fautes(contenu, Niveau::Exige(Etape::Prete), aujourd_hui());
    fautes.into_iter().map(|faute| (faute.pointer, faute.code)).collect()
}

#[test]
fn chaque_modele_livre_a_un_exemple_rempli_qui_est_pret() {
    let modeles = composes();
    assert!(modeles.len() >= 37, "{}", modeles.len());
    let mut refus = Vec::new();
    for reference in &modeles {
        let (modele, contenu) = (compiler(reference), avec(&exemple(reference).conforme));
        let trouvees = fautes(&modele, &contenu);
        if !trouvees.is_empty() {
            refus.push(format!("{reference} : {trouvees:?}"));
        }
        let completude = modele.completude(&contenu, Etape::Prete, aujourd_hui());
        assert_eq!(completude.pourcentage, 100, "{reference} : {:?}", completude.manquants);
    }
    assert!(refus.is_empty(), "{}", refus.join("\n"));
}

#[test]
fn chaque_exemple_fautif_dit_ses_fautes_et_elles_seules() {
    let mut refus = Vec::new();
    for reference in &composes() {
        let modele = compiler(reference);
        let exemple = exemple(reference);
        assert!(exemple.fautifs.len() >= 4, "{reference}");
        for fautif in exemple.fautifs {
            let mut membres = exemple.conforme.clone();
            membres.extend(fautif.contenu);
            let trouvees = fautes(&modele, &avec(&membres));
            if trouvees != fautif.fautes {
                refus.push(format!("{reference}, {} : {trouvees:?} au lieu de {:?}", fautif.nom, fautif.fautes));
            }
        }
    }
    assert!(refus.is_empty(), "{}", refus.join("\n"));
}

#[test]
fn chaque_valeur_calculee_livree_tient_ses_essais() {
    let jeux = lot().jeux.iter().map(|jeu| jeu.code.clone()).collect();
    let mut calculees = 0;
    for reference in &composes() {
        let corps = lot().corps(reference).unwrap();
        assert_eq!(defauts::du_corps(&corps, &jeux), vec![], "{reference}");
        let contenu = avec(&exemple(reference).conforme);
        let valeurs = compiler(reference).calculer(&contenu, 67, Sexe::Feminin);
        assert_eq!(valeurs.len(), corps.derives.len());
        calculees += valeurs.iter().filter(|valeur| valeur.etat == EtatDerive::Calcule).count();
    }
    assert!(calculees > 40, "{calculees} valeurs calculées sur les exemples");
}

#[test]
fn un_brouillon_vide_d_un_modele_compose_se_garde() {
    for reference in &composes() {
        let modele = compiler(reference);
        assert_eq!(modele.fautes(&Value::Object(Map::new()), Niveau::Brouillon, aujourd_hui()), vec![], "{reference}");
    }
}
