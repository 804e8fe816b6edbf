//! Signing in with a local account.

use crate::support::compte::{Local, PHRASE, activer, ouvrir, porteur};
use dcc::{
    db::schema::{code_secours, compte, defi, trace},
    kernel::{Perimetre, Role},
    metier::compte::model::mot_de_passe::Hachoir,
};
use diesel::prelude::*;
use serde_json::json;

/// The acts of that name in the trace.
fn traces(banc: &crate::support::Banc, action: &'static str) -> i64 {
    banc.systeme(move |op| Ok(trace::table.filter(trace::action.eq(action)).count().get_result(op.conn)?))
}

sur_les_deux_bases! {
    fn sec_a01_un_mot_de_passe_juste_ne_donne_pas_de_session(banc) {
        let claire = Local::nouveau(banc, "claire", Role::Analyste);
        let etape = claire.mot_de_passe("porteur");
        assert_eq!(etape["etape"], "second_facteur");
        assert_eq!(etape["facteurs"], json!(["totp"]));
        assert_eq!(etape["expire_dans"], 300);
        assert!(etape.get("acces").is_none() && etape.get("rafraichissement").is_none());
        let defi = etape["defi"].as_str().unwrap();
        let anonyme = banc.anonyme();
        anonyme.envoyer("GET", "/api/v1/moi", None, &[("Authorization", &format!("Bearer {defi}"))]).refuse(401, "jeton-invalide");
        anonyme.post("/api/v1/sessions/rafraichissement", json!({ "rafraichissement": defi })).refuse(401, "session-close");
        anonyme.envoyer("GET", "/api/v1/moi", None, &[("Cookie", &format!("__Host-dcc={defi}"))]).refuse(401, "session-close");
        // Nor does it add a factor to those of the account.
        anonyme.post("/api/v1/sessions/enrolement/totp", json!({ "defi": defi })).refuse(401, "defi-perime");
        anonyme.post("/api/v1/sessions/second-facteur", json!({ "defi": defi })).refuse(422, "contenu-invalide");
    }

    fn sec_a01_un_compte_neuf_enrole_un_facteur_avant_toute_chose(banc) {
        let (_, jeton) = ouvrir(banc, "claire", Role::Analyste);
        let anonyme = banc.anonyme();
        // Without a password nobody signs in.
        anonyme.post("/api/v1/sessions", json!({ "identifiant": "claire", "mot_de_passe": PHRASE })).refuse(401, "identification-refusee");
        let defi = activer(banc, &jeton, "porteur");
        anonyme.envoyer("GET", "/api/v1/moi", None, &[("Authorization", &format!("Bearer {defi}"))]).refuse(401, "jeton-invalide");
        anonyme.post("/api/v1/sessions/second-facteur", json!({ "defi": defi, "code": "123456" })).refuse(401, "defi-perime");
        // Whoever left before the end comes back by the password, to the same step.
        let etape = anonyme.post("/api/v1/sessions", json!({ "identifiant": "claire", "mot_de_passe": PHRASE })).est(200).corps;
        assert_eq!(etape["etape"], "enrolement");
        anonyme.post("/api/v1/sessions/enrolement", json!({ "defi": etape["defi"], "libelle": "T", "code": "123456" })).refuse(401, "defi-perime");
        anonyme.post("/api/v1/sessions/enrolement/totp", json!({ "defi": etape["defi"] })).est(200);
        anonyme.post("/api/v1/sessions/enrolement", json!({ "defi": etape["defi"], "libelle": "T", "code": "000000" })).refuse(401, "second-facteur-refuse");
    }

    fn sec_a01_un_lien_d_activation_sert_une_fois_en_trois_jours(banc) {
        let (id, jeton) = ouvrir(banc, "claire", Role::Analyste);
        let anonyme = banc.anonyme();
        let saisie = |jeton: &str| json!({ "jeton": jeton, "mot_de_passe": PHRASE });
        activer(banc, &jeton, "porteur");
        anonyme.post("/api/v1/sessions/activation", saisie(&jeton)).refuse(401, "defi-perime");
        let admin = banc.personne("admin", &[(Role::AdministrateurRegional, Perimetre::Region)]);
        let lien = || admin.poster(&format!("/api/v1/comptes/{id}/reinitialisation")).est(200).corps["jeton"].as_str().unwrap().to_owned();
        let (ancien, nouveau) = (lien(), lien());
        anonyme.post("/api/v1/sessions/activation", saisie(&ancien)).refuse(401, "defi-perime");
        banc.avancer(72 * 3600);
        anonyme.post("/api/v1/sessions/activation", saisie(&nouveau)).refuse(401, "defi-perime");
        // Only hashes are kept.
        let cherche = nouveau.clone();
        let gardes = banc.systeme(move |op| {
            let lignes: Vec<String> = defi::table.select(defi::empreinte_jeton).load(op.conn)?;
            Ok(lignes.iter().filter(|e| e.contains(&cherche)).count())
        });
        assert_eq!(gardes, 0);
    }

    fn sec_a05_un_mot_de_passe_devinable_est_refuse_et_dit_pourquoi(banc) {
        let (_, jeton) = ouvrir(banc, "claire.martin", Role::Analyste);
        for (mot_de_passe, code) in [
            ("trop court", "longueur"), ("motdepasse123", "devinable"), ("ClaireMartin1", "devinable"), ("dcc rcp onco dcc", "devinable"),
        ] {
            let refus = banc.anonyme().post("/api/v1/sessions/activation", json!({ "jeton": jeton, "mot_de_passe": mot_de_passe }));
            let refus = refus.refuse(422, "mot-de-passe-faible");
            assert_eq!(refus.fautes(), ["/mot_de_passe"], "{mot_de_passe}");
            assert_eq!(refus.corps["errors"][0]["code"], code, "{mot_de_passe}");
            assert!(!refus.corps.to_string().contains(mot_de_passe));
        }
        activer(banc, &jeton, "porteur");
    }

    fn sec_a05_un_mot_de_passe_divulgue_est_refuse_sans_quitter_la_machine(banc) {
        let mut empreintes: Vec<String> = [PHRASE, "azertyuiop", "motdepasse"]
            .map(|mot| dcc::kernel::texte::hexadecimal(ring::digest::digest(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, mot.as_bytes()).as_ref()).to_uppercase())
            .into();
        empreintes.sort();
        let fichier = banc.dossier().join("empreintes");
        std::fs::write(&fichier, empreintes.iter().map(|e| format!("{e}:7\r\n")).collect::<String>()).unwrap();
        let service = banc.autre_service(|config| config.comptes.mots_de_passe_divulgues_fichier = Some(fichier));
        let personne = crate::support::client::Client::nouveau(&service.url, std::sync::Arc::clone(&service.etat), None);
        let (_, jeton) = ouvrir(banc, "claire", Role::Analyste);
        let activer = |mot_de_passe: &str| personne.post("/api/v1/sessions/activation", json!({ "jeton": jeton, "mot_de_passe": mot_de_passe }));
        let refus = activer(PHRASE).refuse(422, "mot-de-passe-faible");
        assert_eq!(refus.corps["errors"][0]["code"], "divulgue");
        activer("fauteuil girafe tulipes").est(200);
    }

    fn sec_a05_une_empreinte_d_autres_parametres_se_refait_a_la_connexion(banc) {
        let claire = Local::nouveau(banc, "claire", Role::Analyste);
        let ancienne = Hachoir::new(20 * 1024, 2, 1).unwrap().hacher(PHRASE, &[5; 16]).unwrap();
        let lire = || banc.systeme(|op| {
            let empreinte: Option<String> =
                compte::table.filter(compte::identifiant.eq("claire")).select(compte::empreinte_mot_de_passe).first(op.conn)?;
            Ok(empreinte.unwrap())
        });
        banc.systeme(move |op| {
            let ligne = compte::table.filter(compte::identifiant.eq("claire"));
            diesel::update(ligne).set(compte::empreinte_mot_de_passe.eq(Some(&ancienne))).execute(op.conn)?;
            Ok(())
        });
        assert!(lire().contains("m=20480,"));
        claire.connecter();
        assert!(lire().contains("m=19456,t=2,p=1"));
        claire.connecter();
    }

    fn sec_a05_cinquante_connexions_a_la_fois_attendent_leur_tour(banc) {
        let claire = Local::nouveau(banc, "claire", Role::Analyste);
        std::thread::scope(|fils| {
            let connexions: Vec<_> = (0..50).map(|_| fils.spawn(|| claire.mot_de_passe("porteur"))).collect();
            let defis: std::collections::BTreeSet<String> =
                connexions.into_iter().map(|c| c.join().unwrap()["defi"].as_str().unwrap().to_owned()).collect();
            assert_eq!(defis.len(), 50);
        });
    }

    fn sec_a06_un_code_sert_une_fois(banc) {
        let claire = Local::nouveau(banc, "claire", Role::Analyste);
        let code = claire.code();
        let anonyme = banc.anonyme();
        let essayer = |code: &str| {
            let defi = claire.mot_de_passe("porteur")["defi"].clone();
            anonyme.post("/api/v1/sessions/second-facteur", json!({ "defi": defi, "code": code }))
        };
        essayer(&code).est(201);
        essayer(&code).refuse(401, "second-facteur-refuse");
        banc.avancer(30);
        essayer(&code).refuse(401, "second-facteur-refuse");
        essayer(&claire.code()).est(201);
    }

    fn sec_a06_un_defi_sert_une_fois_et_cinq_minutes(banc) {
        let claire = Local::nouveau(banc, "claire", Role::Analyste);
        let anonyme = banc.anonyme();
        let defi = claire.mot_de_passe("porteur")["defi"].clone();
        anonyme.post("/api/v1/sessions/second-facteur", json!({ "defi": defi, "code": claire.code() })).est(201);
        anonyme.post("/api/v1/sessions/second-facteur", json!({ "defi": defi, "code": claire.code() })).refuse(401, "defi-perime");
        let defi = claire.mot_de_passe("porteur")["defi"].clone();
        banc.avancer(300);
        anonyme.post("/api/v1/sessions/second-facteur", json!({ "defi": defi, "code": claire.code() })).refuse(401, "defi-perime");
        anonyme.post("/api/v1/sessions/second-facteur", json!({ "defi": "inconnu", "code": "123456" })).refuse(401, "defi-perime");
    }

    fn sec_a06_un_code_de_secours_sert_une_fois_et_se_compte(banc) {
        let claire = Local::nouveau(banc, "claire", Role::Analyste);
        assert_eq!(claire.codes.len(), 10);
        let anonyme = banc.anonyme();
        let essayer = |code: &str| {
            let defi = claire.mot_de_passe("porteur")["defi"].clone();
            anonyme.post("/api/v1/sessions/second-facteur", json!({ "defi": defi, "code_secours": code }))
        };
        let ouverte = essayer(&claire.codes[0].to_lowercase()).est(201).corps;
        essayer(&claire.codes[0]).refuse(401, "second-facteur-refuse");
        let porteur = porteur(&ouverte);
        let entetes = [("Authorization", porteur.as_str())];
        let restants = || anonyme.envoyer("GET", "/api/v1/moi/facteurs", None, &entetes).est(200).corps["codes_secours_restants"].clone();
        assert_eq!(restants(), 9);
        let nouveaux = anonyme.envoyer("POST", "/api/v1/moi/codes-secours", None, &entetes).est(200).corps;
        assert_eq!(nouveaux["codes_secours"].as_array().unwrap().len(), 10);
        assert_eq!(restants(), 10);
        essayer(&claire.codes[1]).refuse(401, "second-facteur-refuse");
        essayer(nouveaux["codes_secours"][3].as_str().unwrap()).est(201);
        let en_clair = claire.codes[2].replace('-', "");
        let gardes: Vec<String> = banc.systeme(|op| Ok(code_secours::table.select(code_secours::empreinte).load(op.conn)?));
        assert!(gardes.iter().all(|e| e.len() == 64 && !e.contains(&en_clair)));
        assert_eq!(traces(banc, "utiliser_code_secours"), 2);
    }

    fn sec_a07_les_echecs_ralentissent_sans_jamais_verrouiller(banc) {
        Local::nouveau(banc, "claire", Role::Analyste);
        let anonyme = banc.anonyme();
        let essayer = |identifiant: &str, mot_de_passe: &str, adresse: &str| {
            let saisie = json!({ "identifiant": identifiant, "mot_de_passe": mot_de_passe });
            anonyme.envoyer("POST", "/api/v1/sessions", Some(saisie), &[("X-Forwarded-For", adresse)])
        };
        for identifiant in ["claire", "personne"] {
            for _ in 0..5 {
                essayer(identifiant, "faux", "203.0.113.7").refuse(401, "identification-refusee");
            }
            // Refused unheard, even with the right password.
            let refus = essayer(identifiant, PHRASE, "203.0.113.7").refuse(429, "trop-de-tentatives");
            assert_eq!(refus.entete("retry-after"), "60");
            assert_eq!(refus.corps["reessayer_dans"], 60);
        }
        // Another address is not held back, nor does a caller choose its own address.
        essayer("claire", PHRASE, "203.0.113.8").est(200);
        essayer("claire", PHRASE, "203.0.113.8, 203.0.113.7").refuse(429, "trop-de-tentatives");
        for attente in [60, 120, 240, 480, 900, 900] {
            banc.avancer(attente - 1);
            essayer("claire", PHRASE, "203.0.113.7").refuse(429, "trop-de-tentatives");
            banc.avancer(1);
            essayer("claire", "faux", "203.0.113.7").refuse(401, "identification-refusee");
        }
        banc.avancer(900);
        essayer("claire", PHRASE, "203.0.113.7").est(200);
        assert_eq!(traces(banc, "refuser_connexion"), 5 + 5 + 6);
    }

    fn sec_a07_qui_a_le_mot_de_passe_ne_devine_pas_le_code(banc) {
        let claire = Local::nouveau(banc, "claire", Role::Analyste);
        let anonyme = banc.anonyme();
        let essayer = |defi: &serde_json::Value, code: &str, adresse: &str| {
            let saisie = json!({ "defi": defi, "code": code });
            anonyme.envoyer("POST", "/api/v1/sessions/second-facteur", Some(saisie), &[("X-Forwarded-For", adresse)])
        };
        let defi = claire.mot_de_passe("porteur")["defi"].clone();
        for rang in 0..5 {
            essayer(&defi, "000000", &format!("203.0.113.{rang}")).refuse(401, "second-facteur-refuse");
        }
        essayer(&defi, "000000", "203.0.113.9").refuse(401, "defi-perime");
        let defi = claire.mot_de_passe("porteur")["defi"].clone();
        essayer(&defi, &claire.code(), "203.0.113.9").refuse(429, "trop-de-tentatives");
        banc.avancer(60);
        essayer(&defi, &claire.code(), "203.0.113.9").est(201);
        assert_eq!(traces(banc, "refuser_connexion"), 5);
    }

    fn sec_a09_donner_un_droit_demande_une_identite_prouvee_a_l_instant(banc) {
        let claire = Local::nouveau(banc, "claire", Role::AdministrateurRegional);
        let premiere = claire.connecter();
        let anonyme = banc.anonyme();
        let creer = |porteur: &str, identifiant: &str| {
            let saisie = json!({ "identifiant": identifiant, "nom": "N", "habilitations": [] });
            anonyme.envoyer("POST", "/api/v1/comptes", Some(saisie), &[("Authorization", porteur)])
        };
        let jeton = porteur(&premiere);
        let id = creer(&jeton, "premier").est(201).id();
        banc.avancer(301);
        let actes = [
            ("POST", format!("/api/v1/comptes/{id}/reinitialisation"), None),
            ("POST", "/api/v1/moi/facteurs/defi".to_owned(), None),
            ("POST", "/api/v1/moi/codes-secours".to_owned(), None),
            ("DELETE", "/api/v1/sessions".to_owned(), None),
            ("PUT", "/api/v1/moi/mot-de-passe".to_owned(), Some(json!({ "mot_de_passe_actuel": PHRASE, "mot_de_passe": "chaussure horizon pamplemousse" }))),
        ];
        creer(&jeton, "second").refuse(401, "reauthentification-requise");
        for (methode, chemin, corps) in &actes {
            anonyme.envoyer(methode, chemin, corps.clone(), &[("Authorization", &jeton)]).refuse(401, "reauthentification-requise");
        }
        // A read asks for nothing more.
        anonyme.envoyer("GET", "/api/v1/moi", None, &[("Authorization", &jeton)]).est(200);
        let etape = anonyme.envoyer("POST", "/api/v1/sessions/reauthentification/defi", None, &[("Authorization", &jeton)]).est(200).corps;
        assert_eq!(etape["etape"], "reauthentification");
        let prouver = |code: &str| {
            let saisie = json!({ "defi": etape["defi"], "code": code });
            anonyme.envoyer("POST", "/api/v1/sessions/reauthentification", Some(saisie), &[("Authorization", &jeton)])
        };
        prouver("000000").refuse(401, "second-facteur-refuse");
        creer(&jeton, "second").refuse(401, "reauthentification-requise");
        let prouvee = prouver(&claire.code()).est(201).corps;
        assert_eq!(prouvee["session"]["id"], premiere["session"]["id"]);
        // The former refresh token no longer serves.
        anonyme.post("/api/v1/sessions/rafraichissement", json!({ "rafraichissement": premiere["rafraichissement"] })).refuse(401, "session-close");
        creer(&porteur(&prouvee), "second").est(201);
        for (methode, chemin, corps) in actes {
            let reponse = anonyme.envoyer(methode, &chemin, corps, &[("Authorization", &porteur(&prouvee))]);
            match chemin.as_str() {
                // A factor alone does not touch factors.
                "/api/v1/moi/facteurs/defi" | "/api/v1/moi/codes-secours" => drop(reponse.refuse(401, "preuve-entiere-requise")),
                "/api/v1/sessions" => {
                    reponse.est(204);
                    return;
                }
                _ => assert!(reponse.statut < 300, "{chemin}"),
            }
        }
    }

    fn sec_a09_toucher_aux_facteurs_demande_le_mot_de_passe_et_un_facteur(banc) {
        let claire = Local::nouveau(banc, "claire", Role::Analyste);
        let ouverte = claire.connecter();
        let anonyme = banc.anonyme();
        let acte = |jeton: &str, methode: &str, chemin: &str| anonyme.envoyer(methode, chemin, None, &[("Authorization", jeton)]);
        let facteur = acte(&porteur(&ouverte), "GET", "/api/v1/moi/facteurs").est(200).corps["facteurs"][0]["id"].as_str().unwrap().to_owned();
        let retrait = format!("/api/v1/moi/facteurs/{facteur}");
        let actes = [("POST", "/api/v1/moi/facteurs/defi"), ("POST", "/api/v1/moi/codes-secours"), ("DELETE", retrait.as_str())];
        // Both proofs have just been given to sign in.
        acte(&porteur(&ouverte), "POST", "/api/v1/moi/codes-secours").est(200);
        banc.avancer(301);
        let prouver = |jeton: &str, mot_de_passe: Option<&str>| {
            let defi = acte(jeton, "POST", "/api/v1/sessions/reauthentification/defi").est(200).corps["defi"].clone();
            let mut saisie = json!({ "defi": defi, "code": claire.code() });
            if let Some(mot_de_passe) = mot_de_passe {
                saisie["mot_de_passe"] = json!(mot_de_passe);
            }
            anonyme.envoyer("POST", "/api/v1/sessions/reauthentification", Some(saisie), &[("Authorization", jeton)])
        };
        let par_facteur = porteur(&prouver(&porteur(&ouverte), None).est(201).corps);
        for (methode, chemin) in actes {
            acte(&par_facteur, methode, chemin).refuse(401, "preuve-entiere-requise");
        }
        prouver(&par_facteur, Some("autre chose")).refuse(401, "second-facteur-refuse");
        acte(&par_facteur, "POST", "/api/v1/moi/codes-secours").refuse(401, "preuve-entiere-requise");
        let entiere = porteur(&prouver(&par_facteur, Some(PHRASE)).est(201).corps);
        acte(&entiere, "POST", "/api/v1/moi/facteurs/defi").est(200);
        acte(&entiere, "POST", "/api/v1/moi/codes-secours").est(200);
        acte(&entiere, "DELETE", &retrait).refuse(409, "dernier-facteur");
        // Five minutes later a factor keeps the session fresh, not the proof in full.
        banc.avancer(301);
        let fraiche = porteur(&prouver(&entiere, None).est(201).corps);
        acte(&fraiche, "POST", "/api/v1/moi/facteurs/defi").refuse(401, "preuve-entiere-requise");
    }

    fn sec_a09_qui_change_son_mot_de_passe_connait_le_present(banc) {
        let claire = Local::nouveau(banc, "claire", Role::Analyste);
        let jeton = porteur(&claire.connecter());
        let changer = |actuel: &str, nouveau: &str| {
            let saisie = json!({ "mot_de_passe_actuel": actuel, "mot_de_passe": nouveau });
            banc.anonyme().envoyer("PUT", "/api/v1/moi/mot-de-passe", Some(saisie), &[("Authorization", &jeton)])
        };
        banc.anonyme()
            .envoyer("PUT", "/api/v1/moi/mot-de-passe", Some(json!({ "mot_de_passe": "chaussure horizon pamplemousse" })), &[("Authorization", &jeton)])
            .refuse(422, "contenu-invalide");
        for _ in 0..5 {
            let refus = changer("autre chose", "chaussure horizon pamplemousse").refuse(422, "mot-de-passe-actuel-refuse");
            assert_eq!(refus.fautes(), ["/mot_de_passe_actuel"]);
        }
        // Who guesses is slowed, like who guesses a factor.
        let ralenti = changer(PHRASE, "chaussure horizon pamplemousse").refuse(429, "trop-de-tentatives");
        assert_eq!(ralenti.entete("retry-after"), "60");
        banc.avancer(61);
        changer(PHRASE, "chaussure horizon pamplemousse").est(204);
        banc.anonyme().post("/api/v1/sessions", json!({ "identifiant": "claire", "mot_de_passe": PHRASE })).refuse(401, "identification-refusee");
    }

    fn sec_a09_un_mot_de_passe_change_ferme_les_autres_sessions(banc) {
        let claire = Local::nouveau(banc, "claire", Role::Analyste);
        let (autre, ici) = (porteur(&claire.connecter()), porteur(&claire.connecter()));
        let anonyme = banc.anonyme();
        let changer = |mot_de_passe: &str| {
            let saisie = json!({ "mot_de_passe_actuel": PHRASE, "mot_de_passe": mot_de_passe });
            anonyme.envoyer("PUT", "/api/v1/moi/mot-de-passe", Some(saisie), &[("Authorization", &ici)])
        };
        changer("clairemartin").refuse(422, "mot-de-passe-faible");
        changer("chaussure horizon pamplemousse").est(204);
        anonyme.envoyer("GET", "/api/v1/moi", None, &[("Authorization", &autre)]).refuse(401, "session-close");
        anonyme.envoyer("GET", "/api/v1/moi", None, &[("Authorization", &ici)]).est(200);
        anonyme.post("/api/v1/sessions", json!({ "identifiant": "claire", "mot_de_passe": PHRASE })).refuse(401, "identification-refusee");
    }

    fn qui_a_tout_perdu_recommence_par_un_administrateur(banc) {
        let claire = Local::nouveau(banc, "claire", Role::Analyste);
        let jeton = porteur(&claire.connecter());
        let admin = banc.personne("admin", &[(Role::AdministrateurRegional, Perimetre::Region)]);
        let lien = admin.poster(&format!("/api/v1/comptes/{}/reinitialisation", claire.id)).est(200).corps;
        banc.anonyme().envoyer("GET", "/api/v1/moi", None, &[("Authorization", &jeton)]).refuse(401, "session-close");
        banc.anonyme().post("/api/v1/sessions", json!({ "identifiant": "claire", "mot_de_passe": PHRASE })).refuse(401, "identification-refusee");
        let defi = activer(banc, lien["jeton"].as_str().unwrap(), "porteur");
        // The former application and the former codes no longer serve.
        banc.anonyme().post("/api/v1/sessions/second-facteur", json!({ "defi": defi, "code": claire.code() })).refuse(401, "defi-perime");
        let etape = claire.mot_de_passe("porteur");
        assert_eq!(etape["etape"], "enrolement");
        assert_eq!(traces(banc, "reinitialiser"), 2);
    }
}
