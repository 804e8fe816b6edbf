//! The quorum: rules to read, meetings as they fill up.

use crate::support::scene::Scene;
use dcc::kernel::{Perimetre, Role};
use serde_json::json;

const REUNION: &str = "2026-03-05T17:00:00Z";

fn etats(scene: &Scene<'_>, reunion: &str) -> (String, String) {
    let corps = scene.secretaire.get(&format!("{reunion}/quorum")).est(200).corps;
    (corps["has"].as_str().unwrap().to_owned(), corps["composition"].as_str().unwrap().to_owned())
}

fn paire(has: &str, composition: &str) -> (String, String) {
    (has.to_owned(), composition.to_owned())
}

sur_les_deux_bases! {
    fn les_regles_se_lisent_comme_des_donnees(banc) {
        let analyste = banc.personne("analyste", &[(Role::Analyste, Perimetre::Region)]);
        let regles = analyste.get("/api/v1/regles-quorum").est(200).corps;
        let codes: Vec<&str> = regles.as_array().unwrap().iter().map(|regle| regle["code"].as_str().unwrap()).collect();
        assert_eq!(codes.len(), 15);
        assert!(codes.contains(&"standard-hors-hematologie") && codes.contains(&"aja") && !codes.contains(&"specialites"));
        let regle = analyste.get("/api/v1/regles-quorum/standard-hors-hematologie").est(200).corps;
        assert_eq!((&regle["statut"], &regle["global"]["min_specialites_distinctes"]), (&json!("defaut_a_verifier"), &json!(3)));
        assert_eq!(regle["clauses"][0]["source"]["nature"], "texte");
        analyste.get("/api/v1/regles-quorum/absente").refuse(404, "regle-introuvable");
        analyste.get("/api/v1/regles-quorum/specialites").refuse(404, "regle-introuvable");
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

    fn une_reunion_inconnue_n_a_pas_de_quorum(banc) {
        let lecteur = banc.personne("lecteur", &[(Role::Participant, Perimetre::Patients)]);
        lecteur.get(&format!("/api/v1/reunions/{}/quorum", uuid::Uuid::nil())).refuse(404, "reunion-introuvable");
    }
}
