//! Time of one call: validation and all the alerts of one fiche beside the parsing of its JSON, and
//! search in the value sets. `cargo bench --bench regles`; docs/MESURES.md keeps what was measured.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a measure stops where something is wrong and prints a table"
)]

use dcc::{
    app,
    db::{Adresse, Demande, une_fois},
    kernel::page::Pagination,
    metier::{
        alerte::regle::{Contexte, ContexteEvaluable, ContexteTumeur, Issue, Regle},
        fiche::{
            model::{Etape, g8},
            validation::{ModeleCompile, Niveau},
        },
        referentiel::{composition::Reference, lot::Lot, service::concepts},
    },
};
use serde_json::{Value, json};
use std::{
    hint::black_box,
    time::{Duration, Instant},
};

const EXEMPLE: &str = include_str!("../tests/it/fiches/colon.json");
/// Time given to each measure.
const DUREE: Duration = Duration::from_secs(2);

/// Microseconds of one call, over as many calls as the time given allows.
fn mesurer<T>(mut appel: impl FnMut() -> T) -> f64 {
    let fin = Instant::now() + DUREE / 10;
    while Instant::now() < fin {
        black_box(appel());
    }
    let (debut, mut appels) = (Instant::now(), 0_u32);
    while debut.elapsed() < DUREE {
        black_box(appel());
        appels += 1;
    }
    debut.elapsed().as_secs_f64() * 1e6 / f64::from(appels)
}

fn main() {
    fiche();
    recherche();
}

/// A filled fiche of the colon, on a complete core.
fn contenu() -> Value {
    let mut contenu = json!({
        "motif": { "nature": "ORG-117", "appareil": "86762007", "organes": ["MED-251"], "recours": false, "pediatrique": false,
            "avis_diagnostique": false, "proposition_traitement": true, "avis_recours": false, "avis_pediatrique": false },
        "decouverte": { "depistage": true },
        "tumeurs": [{ "topographie": "C18.7", "morphologie": "8140/3",
            "tnm": { "applicable": true, "edition": "8", "t": "pT3", "n": "N1", "m": "M0" } }],
        "evaluation": { "oms": { "code": "LA9623-5" }, "poids_kg": 71.5, "taille_cm": 172, "g8": { "variante": "bellera", "appetit": 2,
            "perte_poids": 3, "mobilite": 2, "neuropsychologique": 2, "medicaments": 1, "sante_percue": "aussi_bonne", "imc": 3 } },
        "phase": { "phase": "MED-268", "progression": false },
        "synthese": { "cas": "Patient opéré du côlon.", "question": "Chimiothérapie adjuvante ?" },
        "statut_dossier": { "complet": true }
    });
    let exemple: Value = serde_json::from_str(EXEMPLE).unwrap();
    contenu.as_object_mut().unwrap().extend(exemple["conforme"].as_object().unwrap().clone());
    contenu
}

fn fiche() {
    let lot = Lot::embarque().unwrap();
    let corps = lot.corps(&Reference { code: "colon".to_owned(), version: "2026-01".to_owned() }).unwrap();
    let modele = ModeleCompile::new(&corps.schema, &corps.derives, &lot.codes()).unwrap();
    let regles: Vec<Regle> = lot.alertes.iter().map(|fichier| Regle::lire(&fichier.contenu).unwrap()).collect();
    let champs: Vec<String> = corps.schema["properties"].as_object().unwrap().keys().cloned().collect();
    let contenu = contenu();
    let texte = contenu.to_string();
    let jour = "2026-03-05".parse().unwrap();
    assert!(modele.fautes(&contenu, Niveau::Exige(Etape::Prete), jour).is_empty());

    let contexte = |fiche: &Value| {
        let mut contexte = Contexte::ordinaire();
        contexte.patient.age = 78;
        contexte.modele.champs.clone_from(&champs);
        contexte.tumeurs = ContexteTumeur::lire(fiche);
        g8::evaluer(fiche, 78).as_str().clone_into(&mut contexte.g8.etat);
        contexte.fiche = fiche.clone();
        contexte
    };
    let alertes = |fiche: &Value| {
        let evaluable = ContexteEvaluable::nouveau(&contexte(fiche)).unwrap();
        regles.iter().filter(|regle| regle.evaluer(&evaluable) != Issue::Muette).count()
    };
    let analyse = mesurer(|| serde_json::from_str::<Value>(&texte).unwrap());
    let validation = mesurer(|| modele.fautes(&contenu, Niveau::Exige(Etape::Prete), jour));
    let toutes = mesurer(|| alertes(&contenu));
    println!("fiche du côlon de {} octets, {} règles d'alerte", texte.len(), regles.len());
    println!("{:52} {:>10} {:>10}", "", "µs", "/ analyse");
    for (nom, mesure) in [
        ("analyser le JSON", analyse),
        ("valider", validation),
        ("évaluer toutes les alertes", toutes),
        ("valider et évaluer toutes les alertes", validation + toutes),
    ] {
        println!("{nom:52} {mesure:>10.1} {:>10.1}", mesure / analyse);
    }
}

fn recherche() {
    let dossier = tempfile::tempdir().unwrap();
    let adresse = Adresse::lire(&format!("sqlite://{}", dossier.path().join("mesure.sqlite").display())).unwrap();
    app::preparer(&adresse).unwrap();
    let page = Pagination { limite: Some(20), curseur: None };
    println!("\n{:52} {:>10} {:>10}", "chercher dans un jeu de valeurs (SQLite, 20 lignes)", "µs", "trouvés");
    let issue = une_fois(&adresse, &Demande::systeme("mesure"), |op| {
        for (jeu, mots) in [("tumeur", "sein"), ("tumeur", "C50"), ("tumeur", "quadrant sein"), ("morphologie", "adenocarcinome")] {
            let trouves = concepts(op, jeu, Some(mots), &page)?.elements.len();
            let mesure = mesurer(|| concepts(op, jeu, Some(mots), &page).unwrap());
            println!("{:52} {mesure:>10.1} {trouves:>10}", format!("{jeu} « {mots} »"));
        }
        Ok(())
    });
    issue.unwrap();
}
