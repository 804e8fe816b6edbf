//! Alerts: what is raised on a case, answered for, lifted, and what prevents a validation.

use crate::support::{
    Banc,
    client::Client,
    scene::{Scene, chimiotherapie, complete},
};
use dcc::kernel::{Perimetre, Role};
use serde_json::{Value, json};

/// The day in Paris is the 5th, and the meeting is at 18:00.
const JEUDI: &str = "2026-03-05T17:00:00Z";

/// The alerts of a case: code and text of each.
fn alertes(client: &Client, cas: &str) -> Vec<Value> {
    client.get(&format!("{cas}/alertes")).est(200).corps.as_array().unwrap().clone()
}

fn alerte(client: &Client, cas: &str, code: &str) -> Option<Value> {
    alertes(client, cas).into_iter().find(|alerte| alerte["regle_code"] == code)
}

/// A case on the agenda whose patient was born that day.
fn ne_le(scene: &Scene<'_>, reunion: &str, naissance: &str) -> String {
    scene.inscrire(reunion, &scene.fiche("Aubry", naissance, complete()))
}

fn fiche_de(scene: &Scene<'_>, cas: &str) -> String {
    format!("/api/v1/fiches/{}", scene.secretaire.get(cas).est(200).corps["fiche_id"].as_str().unwrap())
}

/// Changes a part of the fiche of a case.
fn remplir(scene: &Scene<'_>, cas: &str, partie: Value) {
    let fiche = fiche_de(scene, cas);
    let version = scene.demandeur.get(&fiche).est(200).version();
    scene.demandeur.patch(&fiche, version, partie).est(200);
}

fn acquitter(client: &Client, alerte: &Value, motif: &str) -> crate::support::client::Reponse {
    let chemin = format!("/api/v1/alertes/{}/acquittement", alerte["id"].as_str().unwrap());
    client.post_si(&chemin, alerte["version"].as_i64().unwrap(), json!({ "motif": motif }))
}

fn valider(scene: &Scene<'_>, reunion: &str) -> crate::support::client::Reponse {
    let version = scene.responsable.get(reunion).est(200).version();
    scene.responsable.poster_si(&format!("{reunion}/validation"), version)
}

fn reponses_g8(scene: &Scene<'_>, cas: &str, reponses: Value) {
    remplir(scene, cas, json!({ "evaluation": { "g8": reponses } }));
}

/// A closed meeting whose only case was discussed with the quorum.
fn clore(scene: &Scene<'_>, reunion: &str, cas: &str) {
    scene.ouvrir(reunion);
    scene.reunir(reunion);
    scene.secretaire.post(&format!("{cas}/discussion"), json!({ "proposition": chimiotherapie() })).est(200);
    scene.clore(reunion);
}

fn medecin_traitant(banc: &Banc, scene: &Scene<'_>, cas: &str) {
    let patient = scene.secretaire.get(cas).est(200).corps["patient_id"].as_str().unwrap().to_owned();
    let chemin = format!("/api/v1/patients/{patient}");
    let lu = scene.demandeur.get(&chemin).est(200);
    let traitant = banc.medecin("TRAITANT", "G15_10/SM53", 5);
    let saisi = json!({ "nom_naissance": "Aubry", "premier_prenom": "Claude", "sexe": "feminin",
        "date_naissance": lu.corps["date_naissance"], "medecin_traitant_id": traitant });
    scene.demandeur.put(&chemin, lu.version(), saisi).est(200);
}

sur_les_deux_bases! {
    fn adolescent_ou_jeune_adulte_du_quinzieme_anniversaire_a_la_veille_du_vingt_cinquieme(banc) {
        let scene = Scene::nouvelle(banc);
        let reunion = scene.reunion(JEUDI, None);
        for (naissance, attendu) in [("2011-03-06", false), ("2011-03-05", true), ("2001-03-06", true), ("2001-03-05", false)] {
            let cas = ne_le(&scene, &reunion, naissance);
            assert_eq!(alerte(&scene.demandeur, &cas, "aja-15-24").is_some(), attendu, "né le {naissance}");
        }
    }

    fn un_enfant_en_rcp_d_adultes_empeche_la_validation(banc) {
        let scene = Scene::nouvelle(banc);
        let reunion = scene.reunion(JEUDI, None);
        let cas = ne_le(&scene, &reunion, "2008-03-06");
        let enfant = alerte(&scene.demandeur, &cas, "pediatrie-moins-18").unwrap();
        assert_eq!((&enfant["niveau"], &enfant["acquittable"]), (&json!("bloquante"), &json!(false)));
        acquitter(&scene.demandeur, &enfant, "Accord de l'oncopédiatre.").refuse(409, "alerte-bloquante");
        clore(&scene, &reunion, &cas);
        valider(&scene, &reunion).refuse(409, "alertes-bloquantes");

        let majeur = Scene::reunion(&scene, "2026-03-12T17:00:00Z", None);
        let cas = ne_le(&scene, &majeur, "2008-03-12");
        assert_eq!(alerte(&scene.demandeur, &cas, "pediatrie-moins-18"), None, "18 ans le jour de la réunion");
    }

    fn un_acquittement_tient_jusqu_a_ce_que_la_situation_change(banc) {
        let scene = Scene::nouvelle(banc);
        let reunion = scene.reunion(JEUDI, None);
        let cas = ne_le(&scene, &reunion, "1951-03-05");
        let g8 = || alerte(&scene.demandeur, &cas, "g8-a-partir-de-75");
        let non_fait = g8().unwrap();
        assert!(non_fait["message"].as_str().unwrap().starts_with("Patient de 75 ans"), "{non_fait}");
        assert_eq!(acquitter(&scene.demandeur, &non_fait, "  ").refuse(422, "contenu-invalide").fautes(), ["/motif"]);
        let acquittee = acquitter(&scene.demandeur, &non_fait, "Patient non disponible, fait en consultation.").est(200);
        assert_eq!((&acquittee.corps["etat"], acquittee.version()), (&json!("acquittee"), 2));
        acquitter(&scene.demandeur, &non_fait, "Une seconde fois.").refuse(412, "version-perimee");
        acquitter(&scene.demandeur, &acquittee.corps, "Une seconde fois.").refuse(409, "alerte-deja-acquittee");

        remplir(&scene, &cas, json!({ "antecedents": "Aucun." }));
        assert_eq!(g8().unwrap()["etat"], "acquittee", "ce que dit la règle n'a pas changé");
        reponses_g8(&scene, &cas, json!({ "variante": "bellera", "appetit": 0, "perte_poids": 0, "mobilite": 1 }));
        let incomplet = g8().unwrap();
        assert_eq!((&incomplet["etat"], &incomplet["motif_acquittement"]), (&json!("active"), &Value::Null));
        reponses_g8(&scene, &cas, json!({ "neuropsychologique": 2, "imc": 3, "medicaments": 1, "sante_percue": "aussi_bonne" }));
        assert!(g8().unwrap()["message"].as_str().unwrap().contains("score G8 de 10 sur 17"), "{:?}", g8());
        reponses_g8(&scene, &cas, json!({ "appetit": 2, "perte_poids": 3, "mobilite": 2 }));
        assert_eq!(g8(), None, "16 sur 17 : rien à signaler");
    }

    fn le_medecin_traitant_renseigne_leve_l_alerte(banc) {
        let scene = Scene::nouvelle(banc);
        let reunion = scene.reunion(JEUDI, None);
        let cas = ne_le(&scene, &reunion, "1960-05-20");
        assert!(alerte(&scene.demandeur, &cas, "medecin-traitant-absent").is_some());
        medecin_traitant(banc, &scene, &cas);
        assert_eq!(alerte(&scene.demandeur, &cas, "medecin-traitant-absent"), None);
    }

    fn les_alertes_se_voient_et_s_acquittent_dans_le_perimetre(banc) {
        let scene = Scene::nouvelle(banc);
        let reunion = scene.reunion(JEUDI, None);
        let cas = ne_le(&scene, &reunion, "1945-03-05");
        let sienne = alerte(&scene.demandeur, &cas, "g8-a-partir-de-75").unwrap();
        let (_, ailleurs) = scene.autre_rcp("AUTRE", json!({}));
        ailleurs.get(&format!("{cas}/alertes")).refuse(404, "inscription-introuvable");
        acquitter(&ailleurs, &sienne, "Rien à voir.").refuse(404, "alerte-introuvable");
        let analyste = banc.personne("analyste", &[(Role::Analyste, Perimetre::Region)]);
        analyste.get(&format!("{cas}/alertes")).refuse(403, "action-interdite");
    }

    fn les_alertes_d_une_reunion_validee_restent_comme_elles_etaient(banc) {
        let scene = Scene::nouvelle(banc);
        let reunion = scene.reunion(JEUDI, None);
        let cas = ne_le(&scene, &reunion, "1945-03-05");
        clore(&scene, &reunion, &cas);
        valider(&scene, &reunion).est(200);
        let avant = alertes(&scene.demandeur, &cas);
        assert!(avant.iter().any(|a| a["regle_code"] == "medecin-traitant-absent"), "{avant:?}");
        medecin_traitant(banc, &scene, &cas);
        assert_eq!(alertes(&scene.demandeur, &cas), avant);
    }
}
