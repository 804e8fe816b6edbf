//! Sessions of a browser: cookie, ends, other sites.

use crate::support::{
    client::Reponse,
    compte::{Local, ORIGINE, porteur, secret_du_cookie},
};
use dcc::{
    db::schema::session,
    kernel::{Perimetre, Role},
};
use diesel::prelude::*;
use serde_json::{Value, json};

/// A request with that cookie, from our own pages.
fn demander(banc: &crate::support::Banc, secret: &str, methode: &str, chemin: &str, corps: Option<Value>) -> Reponse {
    let cookie = format!("__Host-dcc={secret}");
    let entetes = [("Cookie", cookie.as_str()), ("Origin", ORIGINE), ("Sec-Fetch-Site", "same-origin"), ("X-DCC-Client", "pages")];
    banc.anonyme().envoyer(methode, chemin, corps, &entetes)
}

fn moi(banc: &crate::support::Banc, secret: &str) -> Reponse {
    demander(banc, secret, "GET", "/api/v1/moi", None)
}

sur_les_deux_bases! {
    fn sec_a11_le_cookie_est_attache_a_ce_service_et_seule_son_empreinte_est_gardee(banc) {
        let claire = Local::nouveau(banc, "claire", Role::Analyste);
        let defi = claire.mot_de_passe("navigateur")["defi"].clone();
        let reponse = banc.anonyme().post("/api/v1/sessions/second-facteur", json!({ "defi": defi, "code": claire.code() })).est(201);
        let cookie = reponse.entete("set-cookie").to_owned();
        let mut attributs: Vec<&str> = cookie.split("; ").skip(1).collect();
        attributs.sort_unstable();
        assert_eq!(attributs, ["HttpOnly", "Path=/", "SameSite=Lax", "Secure"]);
        assert!(reponse.corps.get("acces").is_none() && reponse.corps.get("rafraichissement").is_none());
        assert_eq!(reponse.corps["session"]["support"], "navigateur");
        let secret = secret_du_cookie(&reponse);
        assert_eq!(secret.len(), 43, "256 bits en base64url");
        assert!(!reponse.corps.to_string().contains(&secret));
        moi(banc, &secret).est(200);
        moi(banc, "autre").refuse(401, "session-close");
        // A cookie is no refresh token, and tokens are no cookie.
        banc.anonyme().post("/api/v1/sessions/rafraichissement", json!({ "rafraichissement": secret })).refuse(401, "session-close");
        let jetons = claire.connecter();
        moi(banc, jetons["rafraichissement"].as_str().unwrap()).refuse(401, "session-close");
        let empreintes: Vec<String> = banc.systeme(|op| Ok(session::table.select(session::empreinte_jeton).load(op.conn)?));
        assert!(empreintes.iter().all(|e| e.len() == 64 && !e.contains(&secret)));
    }

    fn sec_a12_une_session_de_navigateur_vit_tant_qu_elle_sert(banc) {
        let secret = Local::nouveau(banc, "claire", Role::Analyste).naviguer();
        for _ in 0..4 {
            banc.avancer(29 * 60);
            moi(banc, &secret).est(200);
        }
        banc.avancer(31 * 60);
        moi(banc, &secret).refuse(401, "session-close");
    }

    fn sec_a12_celle_d_un_administrateur_dort_un_quart_d_heure(banc) {
        let secret = Local::nouveau(banc, "claire", Role::AdministrateurRegional).naviguer();
        banc.avancer(14 * 60);
        moi(banc, &secret).est(200);
        banc.avancer(16 * 60);
        moi(banc, &secret).refuse(401, "session-close");
    }

    fn sec_a12_aucune_session_ne_depasse_dix_heures(banc) {
        let secret = Local::nouveau(banc, "claire", Role::Analyste).naviguer();
        for _ in 0..29 {
            banc.avancer(20 * 60);
            moi(banc, &secret).est(200);
        }
        banc.avancer(20 * 60);
        moi(banc, &secret).refuse(401, "session-close");
    }

    fn sec_a12_la_session_change_de_secret_quand_l_identite_est_prouvee_a_nouveau(banc) {
        let claire = Local::nouveau(banc, "claire", Role::Analyste);
        let (ancien, autre) = (claire.naviguer(), claire.naviguer());
        assert_ne!(ancien, autre);
        let defi = demander(banc, &ancien, "POST", "/api/v1/sessions/reauthentification/defi", None).est(200).corps["defi"].clone();
        let saisie = json!({ "defi": defi, "code": claire.code() });
        let prouvee = demander(banc, &ancien, "POST", "/api/v1/sessions/reauthentification", Some(saisie)).est(201);
        let nouveau = secret_du_cookie(&prouvee);
        assert_ne!(ancien, nouveau);
        moi(banc, &ancien).refuse(401, "session-close");
        moi(banc, &nouveau).est(200);
    }

    fn sec_a13_on_voit_et_on_ferme_ses_sessions(banc) {
        let claire = Local::nouveau(banc, "claire", Role::Analyste);
        let (ici, ailleurs) = (claire.naviguer(), claire.naviguer());
        let sessions = demander(banc, &ici, "GET", "/api/v1/sessions", None).est(200).corps;
        // With the one of the enrolment.
        assert_eq!(sessions.as_array().unwrap().len(), 3);
        assert_eq!(sessions.as_array().unwrap().iter().filter(|s| s["courante"] == true).count(), 1);
        let cible = demander(banc, &ailleurs, "GET", "/api/v1/sessions", None).est(200).corps;
        let cible = cible.as_array().unwrap().iter().find(|s| s["courante"] == true).unwrap()["id"].as_str().unwrap().to_owned();
        let chemin = format!("/api/v1/sessions/{cible}");
        let ici = {
            // Seeing asks for nothing more; closing asks for a proof of these last minutes.
            banc.avancer(301);
            demander(banc, &ici, "GET", "/api/v1/sessions", None).est(200);
            demander(banc, &ici, "DELETE", &chemin, None).refuse(401, "reauthentification-requise");
            demander(banc, &ici, "DELETE", "/api/v1/sessions", None).refuse(401, "reauthentification-requise");
            let defi = demander(banc, &ici, "POST", "/api/v1/sessions/reauthentification/defi", None).est(200).corps["defi"].clone();
            let saisie = json!({ "defi": defi, "code": claire.code() });
            secret_du_cookie(&demander(banc, &ici, "POST", "/api/v1/sessions/reauthentification", Some(saisie)).est(201))
        };
        // Nobody closes the session of another.
        let paul = porteur(&Local::nouveau(banc, "paul", Role::Analyste).connecter());
        banc.anonyme().envoyer("DELETE", &chemin, None, &[("Authorization", &paul)]).refuse(404, "session-introuvable");
        demander(banc, &ici, "DELETE", &chemin, None).est(204);
        moi(banc, &ailleurs).refuse(401, "session-close");
        let adieu = demander(banc, &ici, "DELETE", "/api/v1/sessions/courante", None).est(204);
        assert_eq!(adieu.entete("clear-site-data"), "\"cache\", \"cookies\", \"storage\"");
        assert!(adieu.entete("set-cookie").starts_with("__Host-dcc=;") && adieu.entete("set-cookie").contains("Max-Age=0"));
        moi(banc, &ici).refuse(401, "session-close");
        let (une, deux) = (claire.naviguer(), claire.naviguer());
        demander(banc, &une, "DELETE", "/api/v1/sessions", None).est(204);
        moi(banc, &une).refuse(401, "session-close");
        moi(banc, &deux).refuse(401, "session-close");
    }

    fn sec_a13_un_administrateur_ferme_les_sessions_d_un_compte(banc) {
        let claire = Local::nouveau(banc, "claire", Role::Analyste);
        let secret = claire.naviguer();
        moi(banc, &secret).est(200);
        let admin = banc.personne("admin", &[(Role::AdministrateurRegional, Perimetre::Region)]);
        admin.delete(&format!("/api/v1/comptes/{}/sessions", claire.id)).est(204);
        moi(banc, &secret).refuse(401, "session-close");
    }

    fn sec_a14_un_autre_site_n_agit_pas_par_le_cookie(banc) {
        let claire = Local::nouveau(banc, "claire", Role::Analyste);
        let secret = claire.naviguer();
        let cookie = format!("__Host-dcc={secret}");
        let agir = |entetes: &[(&str, &str)]| {
            let entetes: Vec<_> = [("Cookie", cookie.as_str())].into_iter().chain(entetes.iter().copied()).collect();
            banc.anonyme().envoyer("POST", "/api/v1/sessions/reauthentification/defi", None, &entetes)
        };
        for entetes in [
            &[][..],
            &[("X-DCC-Client", "pages")],
            &[("Origin", ORIGINE)],
            &[("Origin", ORIGINE), ("Sec-Fetch-Site", "same-origin")],
            &[("X-DCC-Client", "pages"), ("Sec-Fetch-Site", "same-origin")],
            &[("X-DCC-Client", "pages"), ("Origin", "https://ailleurs.fr")],
            &[("X-DCC-Client", "pages"), ("Origin", "http://localhost:8081")],
            &[("X-DCC-Client", "pages"), ("Origin", "null")],
            &[("X-DCC-Client", "pages"), ("Origin", ORIGINE), ("Sec-Fetch-Site", "cross-site")],
            &[("X-DCC-Client", "pages"), ("Origin", ORIGINE), ("Sec-Fetch-Site", "same-site")],
            &[("X-DCC-Client", "pages"), ("Origin", ORIGINE), ("Sec-Fetch-Site", "none")],
        ] {
            agir(entetes).refuse(403, "origine-refusee");
        }
        agir(&[("X-DCC-Client", "pages"), ("Origin", ORIGINE)]).est(200);
        // Forms are not heard.
        for genre in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=a"] {
            let entetes = [("Cookie", cookie.as_str()), ("X-DCC-Client", "p"), ("Origin", ORIGINE), ("Content-Type", genre)];
            let corps = json!({ "mot_de_passe": "chaussure horizon pamplemousse" }).to_string().into_bytes();
            banc.anonyme().envoyer_octets("PUT", "/api/v1/moi/mot-de-passe", Some(corps), &entetes).refuse(415, "type-non-gere");
        }
        // A sign-in that the page of another site asks for is refused too.
        let saisie = json!({ "identifiant": "claire", "mot_de_passe": crate::support::compte::PHRASE, "support": "navigateur" });
        let entetes = [("Origin", "https://ailleurs.fr")];
        banc.anonyme().envoyer("POST", "/api/v1/sessions", Some(saisie), &entetes).refuse(403, "origine-refusee");
        // A read needs none of it; tokens neither, since no browser sends them by itself.
        banc.anonyme().envoyer("GET", "/api/v1/moi", None, &[("Cookie", &cookie)]).est(200);
        let jeton = porteur(&claire.connecter());
        banc.anonyme().envoyer("POST", "/api/v1/sessions/reauthentification/defi", None, &[("Authorization", &jeton)]).est(200);
    }
}
