//! The quorum: rules to read, meetings as they fill up.

use crate::support::scene::Scene;
use dcc::{
    kernel::{Perimetre, Role},
    metier::referentiel::{lot::Lot, model::REGLAGES_QUORUM, service as referentiel},
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const REUNION: &str = "2026-03-05T17:00:00Z";

fn etats(scene: &Scene<'_>, reunion: &str) -> (String, String) {
    let corps = scene.secretaire.get(&format!("{reunion}/quorum")).est(200).corps;
    (corps["has"].as_str().unwrap().to_owned(), corps["composition"].as_str().unwrap().to_owned())
}

/// Who could fill a missing place, and where the person was found.
fn origines(place: &Value) -> Vec<(Value, Value)> {
    place["candidats"].as_array().unwrap().iter().map(|c| (c["praticien_id"].clone(), c["origine"].clone())).collect()
}

fn paire(has: &str, composition: &str) -> (String, String) {
    (has.to_owned(), composition.to_owned())
}

sur_les_deux_bases! {
    fn les_regles_se_lisent_comme_des_donnees(banc) {
        let analyste = banc.personne("analyste", &[(Role::Analyste, Perimetre::Region)]);
        let regles = analyste.get("/api/v1/regles-quorum").est(200).corps;
        let codes: Vec<&str> = regles.as_array().unwrap().iter().map(|regle| regle["code"].as_str().unwrap()).collect();
        assert_eq!(codes.len(), 17);
        assert!(codes.contains(&"standard-hors-hematologie") && codes.contains(&"aja") && !codes.contains(&"specialites") && !codes.contains(&"reglages-quorum"));
        let region = analyste.get("/api/v1/regles-quorum/dgos-region").est(200).corps;
        assert_eq!((&region["statut"], &region["clauses"][0]["source"]["nature"]), (&json!("regionale"), &json!("region")));
        let regle = analyste.get("/api/v1/regles-quorum/standard-hors-hematologie").est(200).corps;
        assert_eq!((&regle["statut"], &regle["global"]["min_specialites_distinctes"]), (&json!("defaut_a_verifier"), &json!(3)));
        assert_eq!(regle["clauses"][0]["source"]["nature"], "texte");
        analyste.get("/api/v1/regles-quorum/absente").refuse(404, "regle-introuvable");
        analyste.get("/api/v1/regles-quorum/specialites").refuse(404, "regle-introuvable");
        analyste.get("/api/v1/regles-quorum/reglages-quorum").refuse(404, "regle-introuvable");
        banc.anonyme().get("/api/v1/regles-quorum").est(401);
    }

    fn le_quorum_d_une_reunion_suit_les_arrivees_et_les_departs(banc) {
        let scene = Scene::nouvelle(banc);
        let reunion = scene.reunion(REUNION, None);
        assert_eq!(etats(&scene, &reunion), paire("indetermine", "indetermine"));

        banc.regler("2026-03-05T17:05:00Z");
        scene.ouvrir(&reunion);
        assert_eq!(etats(&scene, &reunion), paire("indetermine", "indetermine"), "la feuille de présence n'est pas tenue");
        scene.presence(&reunion, scene.medecins.oncologue, json!({ "statut": "present" }));
        scene.presence(&reunion, scene.medecins.radiotherapeute, json!({ "statut": "visio" }));
        assert_eq!(etats(&scene, &reunion), paire("non_atteint", "non_atteint"));
        scene.presence(&reunion, scene.medecins.chirurgien, json!({ "statut": "present", "arrivee": "2026-03-05T17:30:00Z" }));
        assert_eq!(etats(&scene, &reunion), paire("non_atteint", "non_atteint"), "le chirurgien n'est pas encore arrivé");

        banc.regler("2026-03-05T17:40:00Z");
        assert_eq!(etats(&scene, &reunion), paire("atteint", "atteint"));
        let depart = json!({ "statut": "present", "arrivee": "2026-03-05T17:30:00Z", "depart": "2026-03-05T18:00:00Z" });
        scene.presence(&reunion, scene.medecins.chirurgien, depart);
        assert_eq!(etats(&scene, &reunion), paire("atteint", "atteint"));
        banc.regler("2026-03-05T18:01:00Z");
        let resultat = scene.secretaire.get(&format!("{reunion}/quorum")).est(200).corps;
        assert_eq!(resultat["manquantes"], json!(["Chirurgien de l'organe"]));
    }

    fn trois_specialites_ne_font_pas_la_composition(banc) {
        let scene = Scene::nouvelle(banc);
        let reunion = scene.reunion(REUNION, None);
        scene.ouvrir(&reunion);
        let radiologue = banc.medecin("Radiologue", "G15_10/SM44", 9);
        for praticien in [scene.medecins.oncologue, scene.medecins.radiotherapeute, radiologue] {
            scene.presence(&reunion, praticien, json!({ "statut": "present" }));
        }
        let resultat = scene.secretaire.get(&format!("{reunion}/quorum")).est(200).corps;
        assert_eq!((&resultat["has"], &resultat["composition"]), (&json!("atteint"), &json!("non_atteint")));
        assert_eq!(resultat["groupes_has"], json!(["oncologie_medicale", "radiologie", "radiotherapie"]));
    }

    fn plusieurs_regles_s_evaluent_cote_a_cote_et_nomment_qui_peut_combler(banc) {
        let scene = Scene::nouvelle(banc);
        let voisin = banc.etablissement(2, scene.region.territoire);
        let ailleurs = banc.region(3).etablissement;
        scene.membre(scene.medecins.radiotherapeute, "permanent");
        scene.membre(scene.medecins.chirurgien, "suppleant");
        let sur_place = banc.medecin_de(scene.region.etablissement, "Place", "G15_10/SM14", 11);
        let a_cote = banc.medecin_de(voisin, "Voisin", "G15_10/SM14", 12);
        let _lointain = banc.medecin_de(ailleurs, "Lointain", "G15_10/SM14", 13);
        let radiologue = banc.medecin("Radiologue", "G15_10/SM44", 14);
        let reunion = scene.reunion(REUNION, None);
        scene.ouvrir(&reunion);
        for praticien in [scene.medecins.oncologue, radiologue] {
            scene.presence(&reunion, praticien, json!({ "statut": "present" }));
        }
        let regles = scene.secretaire.get(&format!("{reunion}/quorum/regles")).est(200).corps;
        let dites: Vec<_> = regles.as_array().unwrap().iter().map(|r| (&r["regle_code"], &r["propre"], &r["statut"], &r["etat"])).collect();
        let dite = |code: &str, propre: bool, statut: &str| (json!(code), json!(propre), json!(statut), json!("non_atteint"));
        let attendues = [
            dite("standard-hors-hematologie", true, "defaut_a_verifier"),
            dite("has", false, "validee"),
            dite("dgos-region", false, "regionale"),
        ];
        assert_eq!(dites, attendues.iter().map(|(a, b, c, d)| (a, b, c, d)).collect::<Vec<_>>());

        let places = &regles[0]["places_manquantes"];
        assert_eq!((&places[0]["clause"], &places[0]["nombre"], &places[0]["avis_ecrit_admis"]), (&json!("CHIRURGIEN"), &json!(1), &json!(false)));
        let candidats = [(scene.medecins.chirurgien, "suppleant"), (sur_place, "etablissement"), (a_cote, "territoire")];
        assert_eq!(origines(&places[0]), candidats.map(|(id, origine)| (json!(id), json!(origine))));
        assert_eq!(places[0]["candidats"][0]["courriel"], "medecin3@hopital.example");
        assert_eq!(places[0]["candidats"][0]["nom"], "Dr Camille CHIRURGIEN");
        assert_eq!(origines(&places[1]), [(json!(scene.medecins.radiotherapeute), json!("membre"))]);
        assert_eq!((&places[2]["clause"], &places[2]["nombre"]), (&json!(null), &json!(1)), "deux spécialités sur trois");
        let premier = (json!(scene.medecins.radiotherapeute), json!("membre"));
        assert_eq!(origines(&regles[1]["places_manquantes"][0])[0], premier, "à la HAS il ne manque qu'une autre spécialité");
        assert_eq!(regles[2]["manquantes"], json!(["Chirurgien", "Oncologue radiothérapeute"]));

        for praticien in [scene.medecins.radiotherapeute, scene.medecins.chirurgien] {
            scene.presence(&reunion, praticien, json!({ "statut": "present" }));
        }
        let regles = scene.secretaire.get(&format!("{reunion}/quorum/regles")).est(200).corps;
        assert!(regles.as_array().unwrap().iter().all(|r| r["etat"] == "atteint" && r["places_manquantes"] == json!([])), "{regles:#}");
    }

    fn un_dossier_aussi_se_juge_selon_plusieurs_regles(banc) {
        let scene = Scene::nouvelle(banc);
        let reunion = scene.reunion(REUNION, None);
        let inscription = scene.cas(&reunion, "ALPHA");
        scene.ouvrir(&reunion);
        scene.reunir(&reunion);
        let regles = scene.secretaire.get(&format!("{inscription}/quorum/regles")).est(200).corps;
        let codes: Vec<&str> = regles.as_array().unwrap().iter().map(|r| r["regle_code"].as_str().unwrap()).collect();
        assert_eq!(codes, ["standard-hors-hematologie", "has", "dgos-region"]);
        assert_eq!(regles[0]["etat"], scene.secretaire.get(&format!("{inscription}/quorum")).est(200).corps["composition"]);
        let etranger = banc.personne("etranger", &[(Role::Participant, Perimetre::Patients)]);
        etranger.get(&format!("{inscription}/quorum/regles")).est(404);
    }

    fn la_region_choisit_les_regles_comparees(banc) {
        let scene = Scene::nouvelle(banc);
        let reunion = scene.reunion(REUNION, None);
        let mut reglages = Lot::embarque().unwrap().quorum.into_iter().find(|regle| regle.code == REGLAGES_QUORUM).unwrap().contenu;
        reglages["version"] = json!("2026-12");
        reglages["valable_du"] = json!("2026-01-01");
        reglages["comparaisons"] = json!([{ "regle": "dgos-region" }, { "regle": "disparue" }]);
        let lot = Lot::lire(&BTreeMap::from([("reglages-quorum.json".to_owned(), reglages.to_string())])).unwrap();
        assert_eq!(banc.systeme(move |op| referentiel::charger_lot(op, &lot)).regles_quorum, 1);
        let regles = scene.secretaire.get(&format!("{reunion}/quorum/regles")).est(200).corps;
        let codes: Vec<&str> = regles.as_array().unwrap().iter().map(|r| r["regle_code"].as_str().unwrap()).collect();
        assert_eq!(codes, ["standard-hors-hematologie", "dgos-region"], "une règle qui n'est pas en vigueur est passée");
    }

    fn une_reunion_inconnue_n_a_pas_de_quorum(banc) {
        let lecteur = banc.personne("lecteur", &[(Role::Participant, Perimetre::Patients)]);
        for suite in ["", "/regles", "/prevision"] {
            lecteur.get(&format!("/api/v1/reunions/{}/quorum{suite}", uuid::Uuid::nil())).refuse(404, "reunion-introuvable");
        }
    }
}
