//! Accounts, rights, tokens.

use crate::support::compte::{Local, PHRASE, porteur};
use dcc::{
    kernel::{Perimetre, Role, ids::CompteId},
    metier::compte::{
        model::{Moyen, Preuve, Support},
        service as comptes,
    },
};
use serde_json::json;

sur_les_deux_bases! {
    fn sec_a01_une_base_neuve_n_a_aucun_compte(banc) {
        banc.anonyme().post("/api/v1/sessions", json!({ "identifiant": "admin", "mot_de_passe": "admin" })).refuse(401, "identification-refusee");
    }

    fn on_se_connecte_on_se_nomme_on_se_deconnecte(banc) {
        let claire = Local::nouveau(banc, "claire", Role::Analyste);
        let anonyme = banc.anonyme();
        let porteur = porteur(&claire.connecter());
        let moi = anonyme.envoyer("GET", "/api/v1/moi", None, &[("Authorization", &porteur)]).est(200).corps;
        assert_eq!(moi["nom"], "Claire Martin");
        assert_eq!(moi["habilitations"], json!([{ "role": "analyste", "perimetre": { "type": "region" } }]));
        anonyme.envoyer("DELETE", "/api/v1/sessions/courante", None, &[("Authorization", &porteur)]).est(204);
        anonyme.envoyer("GET", "/api/v1/moi", None, &[("Authorization", &porteur)]).refuse(401, "session-close");
    }

    fn un_compte_inconnu_et_un_mot_de_passe_faux_se_repondent_pareil(banc) {
        Local::nouveau(banc, "claire", Role::Analyste);
        let faux = banc.anonyme().post("/api/v1/sessions", json!({ "identifiant": "claire", "mot_de_passe": "autre chose" })).est(401);
        let inconnu = banc.anonyme().post("/api/v1/sessions", json!({ "identifiant": "personne", "mot_de_passe": "autre chose" })).est(401);
        assert_eq!(faux.corps, inconnu.corps);
    }

    fn un_jeton_de_rafraichissement_rejoue_ferme_la_session(banc) {
        let premier = Local::nouveau(banc, "claire", Role::Analyste).connecter();
        let anonyme = banc.anonyme();
        let ancien = json!({ "rafraichissement": premier["rafraichissement"] });
        let second = anonyme.post("/api/v1/sessions/rafraichissement", ancien.clone()).est(200).corps;
        anonyme.post("/api/v1/sessions/rafraichissement", ancien).refuse(401, "session-close");
        anonyme.post("/api/v1/sessions/rafraichissement", json!({ "rafraichissement": second["rafraichissement"] })).refuse(401, "session-close");
    }

    fn sec_a12_une_session_inactive_se_ferme(banc) {
        let jetons = Local::nouveau(banc, "claire", Role::Analyste).connecter();
        banc.avancer(31 * 60);
        let jeton = json!({ "rafraichissement": jetons["rafraichissement"] });
        banc.anonyme().post("/api/v1/sessions/rafraichissement", jeton).refuse(401, "session-close");
    }

    fn sec_a12_rafraichir_ne_prolonge_aucune_session_au_dela_de_sa_duree(banc) {
        for (moyen, heures) in [(Moyen::MotDePasseEtFacteur, 10), (Moyen::Federation, 4)] {
            let compte: CompteId = Local::nouveau(banc, &format!("claire{heures}"), Role::Analyste).id.parse().unwrap();
            let debut = banc.maintenant();
            let (session, mut secret) = banc.systeme(move |op| {
                let compte = comptes::trouver(op, compte)?;
                comptes::ouvrir_session(op, &compte, Preuve { moyen, instant: op.maintenant, support: Support::Porteur })
            });
            assert_eq!(session.expire_le - debut, chrono::Duration::hours(heures), "{moyen}");
            let rafraichir = |secret: &str| banc.anonyme().post("/api/v1/sessions/rafraichissement", json!({ "rafraichissement": secret }));
            // Refreshed every 29 minutes, it lives to its end and not a second more.
            while banc.maintenant() + chrono::Duration::minutes(29) < session.expire_le {
                banc.avancer(29 * 60);
                rafraichir(&secret).est(200).corps["rafraichissement"].as_str().unwrap().clone_into(&mut secret);
            }
            banc.avancer((session.expire_le - banc.maintenant()).num_seconds() - 1);
            rafraichir(&secret).est(200).corps["rafraichissement"].as_str().unwrap().clone_into(&mut secret);
            banc.avancer(1);
            rafraichir(&secret).refuse(401, "session-close");
        }
    }

    fn nul_ne_donne_un_droit_plus_large_que_le_sien(banc) {
        let region = banc.region(1);
        let local = banc.personne("local", &[(Role::AdministrateurLocal, Perimetre::Centre3c(region.centre))]);
        let compte = |perimetre: serde_json::Value| {
            json!({ "identifiant": "nouveau", "nom": "N", "habilitations": [{ "role": "secretaire", "perimetre": perimetre }] })
        };
        local.post("/api/v1/comptes", compte(json!({ "type": "region" }))).refuse(403, "action-interdite");
        local.post("/api/v1/comptes", compte(json!({ "type": "centre_3c", "id": region.centre }))).est(201);
    }

    fn nul_ne_gere_un_compte_plus_large_que_le_sien(banc) {
        let region = banc.region(1);
        let cible = Local::nouveau(banc, "claire", Role::AdministrateurRegional);
        let local = banc.personne("local", &[(Role::AdministrateurLocal, Perimetre::Centre3c(region.centre))]);
        for acte in ["reinitialisation", "desactivation", "revue"] {
            local.poster(&format!("/api/v1/comptes/{}/{acte}", cible.id)).refuse(404, "compte-introuvable");
        }
        local.delete(&format!("/api/v1/comptes/{}/sessions", cible.id)).refuse(404, "compte-introuvable");
        let saisie = json!({ "identifiant": "voisine", "nom": "V",
            "habilitations": [{ "role": "secretaire", "perimetre": { "type": "centre_3c", "id": region.centre } }] });
        let voisine = local.post("/api/v1/comptes", saisie).est(201).id();
        local.poster(&format!("/api/v1/comptes/{voisine}/reinitialisation")).est(200);
        local.poster(&format!("/api/v1/comptes/{voisine}/desactivation")).est(204);
        banc.personne("secretaire", &[(Role::Secretaire, Perimetre::Region)])
            .poster(&format!("/api/v1/comptes/{voisine}/reinitialisation")).refuse(403, "action-interdite");
    }

    fn sec_a08_un_compte_ferme_perd_ses_sessions_aussitot(banc) {
        let claire = Local::nouveau(banc, "claire", Role::Analyste);
        let porteur = porteur(&claire.connecter());
        banc.anonyme().envoyer("GET", "/api/v1/moi", None, &[("Authorization", &porteur)]).est(200);
        let admin = banc.personne("admin", &[(Role::AdministrateurRegional, Perimetre::Region)]);
        admin.poster(&format!("/api/v1/comptes/{}/desactivation", claire.id)).est(204);
        banc.anonyme().envoyer("GET", "/api/v1/moi", None, &[("Authorization", &porteur)]).refuse(401, "session-close");
        banc.anonyme().post("/api/v1/sessions", json!({ "identifiant": "claire", "mot_de_passe": PHRASE })).refuse(401, "identification-refusee");
    }

    fn sec_a08_les_habilitations_se_revoient_chaque_annee(banc) {
        let claire = Local::nouveau(banc, "claire", Role::Analyste);
        let admin = banc.personne("admin", &[(Role::AdministrateurRegional, Perimetre::Region)]);
        let a_revoir = || {
            let liste = admin.get("/api/v1/comptes/a-revoir").est(200).corps;
            liste.as_array().unwrap().iter().map(|c| c["identifiant"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert!(a_revoir().is_empty());
        banc.avancer(401 * 24 * 3600);
        assert!(a_revoir().contains(&"claire".to_owned()));
        admin.poster(&format!("/api/v1/comptes/{}/revue", claire.id)).est(204);
        assert!(!a_revoir().contains(&"claire".to_owned()));
        assert!(a_revoir().contains(&"admin".to_owned()));
        banc.avancer(401 * 24 * 3600);
        assert!(a_revoir().contains(&"claire".to_owned()));
        banc.personne("analyste", &[(Role::Analyste, Perimetre::Region)]).get("/api/v1/comptes/a-revoir").refuse(403, "action-interdite");
    }

    fn nul_ne_se_donne_de_droits_et_un_administrateur_local_reste_chez_lui(banc) {
        let (region, ailleurs) = (banc.region(1), banc.region(2));
        let moi = banc.medecin("Moi", "G15_10/SM26", 1);
        let admin = banc.professionnel("admin", Some(moi), &[(Role::AdministrateurRegional, Perimetre::Region)]);
        let local = banc.personne("local", &[(Role::AdministrateurLocal, Perimetre::Centre3c(region.centre))]);
        let ici = json!({ "type": "centre_3c", "id": region.centre });
        let compte = |nom: &str, role: &str, perimetre: &serde_json::Value| {
            json!({ "identifiant": nom, "nom": "N", "habilitations": [{ "role": role, "perimetre": perimetre }] })
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
