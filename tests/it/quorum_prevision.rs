//! The forecast of the quorum: answers to the invitation, past attendance, whom to call.

use crate::support::scene::Scene;
use dcc::kernel::{Perimetre, Role, ids::PraticienId};
use serde_json::{Value, json};

const REUNION: &str = "2026-03-05T17:00:00Z";

/// The surgeon and the radiation oncologist are members besides the oncologist who coordinates.
fn equipe(scene: &Scene<'_>) {
    scene.membre(scene.medecins.radiotherapeute, "permanent");
    scene.membre(scene.medecins.chirurgien, "permanent");
}

fn presence(scene: &Scene<'_>, reunion: &str, praticien: PraticienId) -> Value {
    let liste = scene.secretaire.get(&format!("{reunion}/presences")).est(200).corps;
    liste.as_array().unwrap().iter().find(|p| p["praticien_id"] == json!(praticien)).unwrap().clone()
}

/// The secretary notes the answer of somebody.
fn repondre(scene: &Scene<'_>, reunion: &str, praticien: PraticienId, reponse: &str) -> Value {
    let version = presence(scene, reunion, praticien)["version"].as_i64().unwrap();
    let chemin = format!("{reunion}/presences/{praticien}/reponse");
    scene.secretaire.put(&chemin, version, json!({ "reponse": reponse })).est(200).corps
}

fn prevision(scene: &Scene<'_>, reunion: &str) -> Value {
    scene.secretaire.get(&format!("{reunion}/quorum/prevision")).est(200).corps
}

fn appeles(prevision: &Value) -> Vec<(Value, Value)> {
    let appeles = prevision["reparation"]["personnes"].as_array().unwrap();
    appeles.iter().map(|p| (p["praticien_id"].clone(), p["origine"].clone())).collect()
}

sur_les_deux_bases! {
    fn un_membre_repond_a_l_invitation_pour_lui_meme(banc) {
        let scene = Scene::nouvelle(banc);
        equipe(&scene);
        let reunion = scene.reunion(REUNION, None);
        let sienne = format!("{reunion}/presences/{}/reponse", scene.medecins.oncologue);
        let participant = banc.professionnel("oncologue", Some(scene.medecins.oncologue), &[(Role::Participant, Perimetre::Patients)]);
        let refus = participant.put(&sienne, 1, json!({ "reponse": "refuse" })).est(200);
        assert_eq!((&refus.corps["statut"], &refus.corps["reponse"]), (&json!("excuse"), &json!("refuse")));
        assert_eq!(refus.corps["repondu_le"], "2026-03-02T09:00:00Z");
        let accord = participant.put(&sienne, refus.version(), json!({ "reponse": "visio" })).est(200);
        assert_eq!((&accord.corps["statut"], &accord.corps["reponse"]), (&json!("attendu"), &json!("visio")));

        participant.put(&sienne, 1, json!({ "reponse": "accepte" })).refuse(412, "version-perimee");
        participant.envoyer("PUT", &sienne, Some(json!({ "reponse": "accepte" })), &[]).est(428);
        assert_eq!(participant.put(&sienne, 3, json!({ "reponse": "peut-être" })).est(422).fautes(), ["/reponse"]);
        let autrui = format!("{reunion}/presences/{}/reponse", scene.medecins.chirurgien);
        participant.put(&autrui, 1, json!({ "reponse": "accepte" })).est(403);
        let inconnu = format!("{reunion}/presences/{}/reponse", scene.demandeur_id);
        scene.demandeur.put(&inconnu, 1, json!({ "reponse": "accepte" })).refuse(404, "presence-introuvable");
    }

    fn une_reponse_tient_jusqu_a_l_ouverture_ou_au_changement_de_date(banc) {
        let scene = Scene::nouvelle(banc);
        equipe(&scene);
        let reunion = scene.reunion(REUNION, None);
        repondre(&scene, &reunion, scene.medecins.oncologue, "refuse");
        repondre(&scene, &reunion, scene.medecins.chirurgien, "accepte");
        let version = scene.secretaire.get(&reunion).est(200).version();
        scene.secretaire.post_si(&format!("{reunion}/deplacement"), version, json!({ "debut": "2026-03-06T17:00:00Z" })).est(200);
        for praticien in [scene.medecins.oncologue, scene.medecins.chirurgien] {
            let apres = presence(&scene, &reunion, praticien);
            assert_eq!((&apres["statut"], &apres["reponse"], &apres["repondu_le"]), (&json!("attendu"), &json!(null), &json!(null)));
        }
        scene.ouvrir(&reunion);
        let version = presence(&scene, &reunion, scene.medecins.oncologue)["version"].as_i64().unwrap();
        let chemin = format!("{reunion}/presences/{}/reponse", scene.medecins.oncologue);
        scene.secretaire.put(&chemin, version, json!({ "reponse": "accepte" })).refuse(409, "reponses-closes");
    }

    fn la_prevision_suit_les_reponses_et_dit_qui_appeler(banc) {
        let scene = Scene::nouvelle(banc);
        equipe(&scene);
        let remplacant = banc.medecin("Remplacant", "G15_10/SM45", 21);
        scene.membre(remplacant, "suppleant");
        let reunion = scene.reunion(REUNION, None);
        let (onco, radio, chir) = (scene.medecins.oncologue, scene.medecins.radiotherapeute, scene.medecins.chirurgien);

        let sans_reponse = prevision(&scene, &reunion);
        assert_eq!((&sans_reponse["probabilite"], &sans_reponse["a_risque"]), (&json!(0.125), &json!(true)), "une chance sur deux chacun");
        assert_eq!(appeles(&sans_reponse).len(), 3);
        assert_eq!(sans_reponse["reparation"]["probabilite"], json!(0.8574));

        repondre(&scene, &reunion, onco, "accepte");
        repondre(&scene, &reunion, chir, "visio");
        let deux_accords = prevision(&scene, &reunion);
        assert_eq!(deux_accords["probabilite"], json!(0.4513));
        assert_eq!(appeles(&deux_accords), [(json!(radio), json!("membre"))]);
        let clauses: Vec<(&Value, &Value)> =
            deux_accords["clauses"].as_array().unwrap().iter().map(|c| (&c["id"], &c["probabilite"])).collect();
        assert_eq!(clauses, [(&json!("CHIRURGIEN"), &json!(0.95)), (&json!("ONCOLOGUE"), &json!(0.95)), (&json!("RADIOTHERAPEUTE"), &json!(0.5))]);
        let echeances: Vec<_> = deux_accords["echeances"].as_array().unwrap().iter().map(|e| (&e["jours"], &e["passee"], &e["probabilite"])).collect();
        let attendues = [(json!(7), json!(true), json!(0.125)), (json!(2), json!(false), json!(0.4513))];
        assert_eq!(echeances, attendues.iter().map(|(a, b, c)| (a, b, c)).collect::<Vec<_>>(), "à J-7 personne n'avait répondu");

        repondre(&scene, &reunion, radio, "refuse");
        let refus = prevision(&scene, &reunion);
        assert_eq!(refus["probabilite"], json!(0.0));
        assert_eq!(appeles(&refus), [(json!(remplacant), json!("suppleant"))], "qui a refusé n'est pas rappelé");
        scene.presence(&reunion, remplacant, json!({ "statut": "attendu" }));
        repondre(&scene, &reunion, remplacant, "accepte");
        let assuree = prevision(&scene, &reunion);
        assert_eq!((&assuree["probabilite"], &assuree["a_risque"], &assuree["reparation"]), (&json!(0.8574), &json!(false), &json!(null)));
    }

    fn l_habitude_de_venir_se_lit_dans_les_reunions_tenues(banc) {
        let scene = Scene::nouvelle(banc);
        equipe(&scene);
        let tenue = scene.reunion(REUNION, None);
        scene.ouvrir(&tenue);
        scene.presence(&tenue, scene.medecins.oncologue, json!({ "statut": "present" }));
        scene.presence(&tenue, scene.medecins.chirurgien, json!({ "statut": "visio" }));
        scene.clore(&tenue);
        let suivante = prevision(&scene, &scene.reunion("2026-03-12T17:00:00Z", None));
        let attendu = |praticien: PraticienId| {
            let personnes = suivante["personnes"].as_array().unwrap();
            let personne = personnes.iter().find(|p| p["praticien_id"] == json!(praticien)).unwrap();
            (personne["venues"].as_i64().unwrap(), personne["reunions"].as_i64().unwrap(), personne["probabilite"].as_f64().unwrap())
        };
        assert_eq!(attendu(scene.medecins.oncologue), (1, 1, 0.6667));
        assert_eq!(attendu(scene.medecins.chirurgien), (1, 1, 0.6667), "la visioconférence vaut présence");
        assert_eq!(attendu(scene.medecins.radiotherapeute), (0, 1, 0.3333));
        assert_eq!(suivante["probabilite"], json!(0.1481));
        scene.secretaire.get(&format!("{tenue}/quorum/prevision")).refuse(409, "prevision-sans-objet");
    }

    fn le_secretariat_voit_les_reunions_a_risque_de_ses_rcp(banc) {
        let scene = Scene::nouvelle(banc);
        equipe(&scene);
        let (_, ailleurs) = scene.autre_rcp("AUTRE", json!({}));
        let reunion = scene.reunion(REUNION, None);
        let lointaine = scene.reunion("2026-03-19T17:00:00Z", None);
        let liste = || scene.secretaire.get("/api/v1/quorum/a-risque").est(200).corps;
        let a_risque = liste();
        assert_eq!(a_risque.as_array().unwrap().len(), 1, "{lointaine} est à plus de sept jours");
        assert!(reunion.ends_with(a_risque[0]["reunion_id"].as_str().unwrap()));
        assert_eq!((&a_risque[0]["rcp_code"], &a_risque[0]["echeance_jours"]), (&json!("DIG"), &json!(7)));
        assert_eq!(appeles(&a_risque[0]).len(), 3);
        assert_eq!(ailleurs.get("/api/v1/quorum/a-risque").est(200).corps, json!([]));
        ailleurs.get(&format!("{reunion}/quorum/prevision")).est(403);
        scene.demandeur.get("/api/v1/quorum/a-risque").est(403);
        banc.anonyme().get("/api/v1/quorum/a-risque").est(401);

        banc.regler("2026-03-04T09:00:00Z");
        assert_eq!(liste()[0]["echeance_jours"], 2);
        for praticien in [scene.medecins.oncologue, scene.medecins.radiotherapeute, scene.medecins.chirurgien] {
            repondre(&scene, &reunion, praticien, "accepte");
        }
        assert_eq!(liste(), json!([]));
    }
}
