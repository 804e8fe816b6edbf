//! Signing in, sessions, rights.

use dcc::kernel::{Perimetre, Role};
use serde_json::json;

const PHRASE: &str = "une phrase de passe";

fn ouvrir_compte(banc: &crate::support::Banc) {
    let admin = banc.personne("admin", &[(Role::AdministrateurRegional, Perimetre::Region)]);
    admin
        .post(
            "/api/v1/comptes",
            json!({ "identifiant": "Claire", "mot_de_passe": PHRASE, "nom": "Claire Martin",
                    "habilitations": [{ "role": "analyste", "perimetre": { "type": "region" } }] }),
        )
        .est(201);
}

sur_les_deux_bases! {
    fn une_base_neuve_n_a_aucun_compte(banc) {
        banc.anonyme().post("/api/v1/sessions", json!({ "identifiant": "admin", "mot_de_passe": "admin" })).refuse(401, "identification-refusee");
    }

    fn on_se_connecte_on_se_nomme_on_se_deconnecte(banc) {
        ouvrir_compte(banc);
        let anonyme = banc.anonyme();
        let jetons = anonyme.post("/api/v1/sessions", json!({ "identifiant": "claire", "mot_de_passe": PHRASE })).est(201).corps;
        let porteur = format!("Bearer {}", jetons["acces"].as_str().unwrap());
        let moi = anonyme.envoyer("GET", "/api/v1/moi", None, &[("Authorization", &porteur)]).est(200).corps;
        assert_eq!(moi["nom"], "Claire Martin");
        assert_eq!(moi["habilitations"], json!([{ "role": "analyste", "perimetre": { "type": "region" } }]));
        anonyme.envoyer("DELETE", "/api/v1/sessions/courante", None, &[("Authorization", &porteur)]).est(204);
        anonyme.envoyer("GET", "/api/v1/moi", None, &[("Authorization", &porteur)]).refuse(401, "session-close");
    }

    fn un_compte_inconnu_et_un_mot_de_passe_faux_se_repondent_pareil(banc) {
        ouvrir_compte(banc);
        let faux = banc.anonyme().post("/api/v1/sessions", json!({ "identifiant": "claire", "mot_de_passe": "autre chose" })).est(401);
        let inconnu = banc.anonyme().post("/api/v1/sessions", json!({ "identifiant": "personne", "mot_de_passe": "autre chose" })).est(401);
        assert_eq!(faux.corps, inconnu.corps);
    }

    fn les_tentatives_sont_ralenties(banc) {
        for _ in 0..10 {
            banc.anonyme().post("/api/v1/sessions", json!({ "identifiant": "claire", "mot_de_passe": "x" })).est(401);
        }
        let refus = banc.anonyme().post("/api/v1/sessions", json!({ "identifiant": "claire", "mot_de_passe": "x" })).refuse(429, "trop-de-tentatives");
        assert!(!refus.entete("retry-after").is_empty());
        banc.anonyme().post("/api/v1/sessions", json!({ "identifiant": "paul", "mot_de_passe": "x" })).est(401);
    }

    fn un_jeton_de_rafraichissement_rejoue_ferme_la_session(banc) {
        ouvrir_compte(banc);
        let anonyme = banc.anonyme();
        let premier = anonyme.post("/api/v1/sessions", json!({ "identifiant": "claire", "mot_de_passe": PHRASE })).est(201).corps;
        let ancien = json!({ "rafraichissement": premier["rafraichissement"] });
        let second = anonyme.post("/api/v1/sessions/rafraichissement", ancien.clone()).est(200).corps;
        anonyme.post("/api/v1/sessions/rafraichissement", ancien).refuse(401, "session-close");
        anonyme.post("/api/v1/sessions/rafraichissement", json!({ "rafraichissement": second["rafraichissement"] })).refuse(401, "session-close");
    }

    fn une_session_inactive_se_ferme(banc) {
        ouvrir_compte(banc);
        let jetons = banc.anonyme().post("/api/v1/sessions", json!({ "identifiant": "claire", "mot_de_passe": PHRASE })).est(201).corps;
        banc.regler("2026-03-02T09:31:00Z");
        let jeton = json!({ "rafraichissement": jetons["rafraichissement"] });
        banc.anonyme().post("/api/v1/sessions/rafraichissement", jeton).refuse(401, "session-close");
    }

    fn nul_ne_donne_un_droit_plus_large_que_le_sien(banc) {
        let region = banc.region(1);
        let local = banc.personne("local", &[(Role::AdministrateurLocal, Perimetre::Centre3c(region.centre))]);
        let compte = |perimetre: serde_json::Value| {
            json!({ "identifiant": "nouveau", "mot_de_passe": PHRASE, "nom": "N", "habilitations": [{ "role": "secretaire", "perimetre": perimetre }] })
        };
        local.post("/api/v1/comptes", compte(json!({ "type": "region" }))).refuse(403, "action-interdite");
        local.post("/api/v1/comptes", compte(json!({ "type": "centre_3c", "id": region.centre }))).est(201);
    }

    fn nul_ne_se_donne_de_droits_et_un_administrateur_local_reste_chez_lui(banc) {
        let (region, ailleurs) = (banc.region(1), banc.region(2));
        let moi = banc.medecin("Moi", "G15_10/SM26", 1);
        let admin = banc.professionnel("admin", Some(moi), &[(Role::AdministrateurRegional, Perimetre::Region)]);
        let local = banc.personne("local", &[(Role::AdministrateurLocal, Perimetre::Centre3c(region.centre))]);
        let ici = json!({ "type": "centre_3c", "id": region.centre });
        let compte = |nom: &str, role: &str, perimetre: &serde_json::Value| {
            json!({ "identifiant": nom, "mot_de_passe": PHRASE, "nom": "N", "habilitations": [{ "role": role, "perimetre": perimetre }] })
        };
        let mut second = compte("second", "responsable", &ici);
        second["praticien_id"] = json!(moi);
        admin.post("/api/v1/comptes", second).refuse(403, "droit-pour-soi");
        for role in ["administrateur_regional", "delegue_protection_donnees"] {
            local.post("/api/v1/comptes", compte("promu", role, &ici)).refuse(422, "role-regional");
            local.post("/api/v1/comptes", compte("promu", role, &json!({ "type": "region" }))).refuse(403, "action-interdite");
        }
        let sien = local.post("/api/v1/comptes", compte("sien", "secretaire", &ici)).est(201).id();
        let autre = json!({ "type": "centre_3c", "id": ailleurs.centre });
        let autre = admin.post("/api/v1/comptes", compte("autre", "secretaire", &autre)).est(201).id();
        local.poster(&format!("/api/v1/comptes/{autre}/desactivation")).refuse(404, "compte-introuvable");
        local.poster(&format!("/api/v1/comptes/{sien}/desactivation")).est(204);
    }
}
