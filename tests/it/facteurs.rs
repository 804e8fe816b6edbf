//! Second factors: keys (WebAuthn), more factors than one, what is kept of them.

use crate::support::{
    client::Client,
    compte::{Cle, Local, ORIGINE, PHRASE, activer, ouvrir, porteur},
};
use dcc::{
    db::schema::facteur,
    kernel::Role,
    metier::compte::{
        model::facteur::code_totp,
        portier::coffre_des_facteurs,
        service::cycle::{self, Rescelles},
    },
};
use diesel::prelude::*;
use serde_json::{Value, json};

/// An account whose holder enrolled that key first.
fn avec_une_cle(banc: &crate::support::Banc, cle: &Cle) -> Value {
    let (_, jeton) = ouvrir(banc, "claire", Role::Analyste);
    let defi = activer(banc, &jeton, "porteur");
    let options = banc.anonyme().post("/api/v1/sessions/enrolement/webauthn", json!({ "defi": defi })).est(200).corps;
    assert_eq!(options["publicKey"]["rp"]["id"], "localhost");
    assert_eq!(options["publicKey"]["authenticatorSelection"]["userVerification"], "required");
    let saisie = json!({ "defi": defi, "libelle": "Clé du bureau", "webauthn": cle.enroler(&options) });
    banc.anonyme().post("/api/v1/sessions/enrolement", saisie).est(201).corps
}

/// The password of that account: the challenge and what the browser needs.
fn defier(banc: &crate::support::Banc) -> (Value, Value) {
    let saisie = json!({ "identifiant": "claire", "mot_de_passe": crate::support::compte::PHRASE });
    let etape = banc.anonyme().post("/api/v1/sessions", saisie).est(200).corps;
    assert_eq!(etape["facteurs"], json!(["webauthn"]));
    (etape["defi"].clone(), etape["webauthn"].clone())
}

fn prouver(banc: &crate::support::Banc, defi: &Value, reponse: &Value) -> crate::support::client::Reponse {
    banc.anonyme().post("/api/v1/sessions/second-facteur", json!({ "defi": defi, "webauthn": reponse }))
}

sur_les_deux_bases! {
    fn sec_a06_une_cle_s_enrole_et_ouvre_une_session(banc) {
        let mut cle = Cle::nouvelle(1);
        let ouverte = avec_une_cle(banc, &cle);
        assert_eq!(ouverte["codes_secours"].as_array().unwrap().len(), 10);
        for _ in 0..2 {
            let (defi, options) = defier(banc);
            assert_eq!(options["publicKey"]["userVerification"], "required");
            let reponse = cle.signer(&options);
            prouver(banc, &defi, &reponse).est(201);
            // The same proof serves once, on its own challenge and on another.
            prouver(banc, &defi, &reponse).refuse(401, "defi-perime");
            let (autre, _) = defier(banc);
            prouver(banc, &autre, &reponse).refuse(401, "second-facteur-refuse");
        }
        let jeton = porteur(&ouverte);
        let facteurs = banc.anonyme().envoyer("GET", "/api/v1/moi/facteurs", None, &[("Authorization", &jeton)]).est(200).corps;
        assert_eq!(facteurs["facteurs"][0]["genre"], "webauthn");
        assert_eq!(facteurs["facteurs"][0]["libelle"], "Clé du bureau");
        assert!(facteurs["facteurs"][0]["utilise_le"].is_string());
    }

    fn sec_a06_une_preuve_falsifiee_est_refusee(banc) {
        let mut cle = Cle::nouvelle(1);
        avec_une_cle(banc, &cle);
        // From the page of another site.
        "http://localhost.exemple.fr".clone_into(&mut cle.origine);
        let (defi, options) = defier(banc);
        prouver(banc, &defi, &cle.signer(&options)).refuse(401, "second-facteur-refuse");
        // By a key that did not verify its holder.
        ORIGINE.clone_into(&mut cle.origine);
        cle.verifie_le_porteur = false;
        prouver(banc, &defi, &cle.signer(&options)).refuse(401, "second-facteur-refuse");
        // By another key that takes the same name.
        let mut voleuse = Cle::nouvelle(1);
        voleuse.compteur = 10;
        prouver(banc, &defi, &voleuse.signer(&options)).refuse(401, "second-facteur-refuse");
        // By a copy, whose counter stays behind.
        cle.verifie_le_porteur = true;
        prouver(banc, &defi, &cle.signer(&options)).est(201);
        let (defi, options) = defier(banc);
        cle.reculer();
        prouver(banc, &defi, &cle.signer(&options)).refuse(401, "second-facteur-refuse");
        prouver(banc, &defi, &json!({ "rawId": 3 })).refuse(422, "reponse-webauthn-refusee");
        banc.avancer(60);
        cle.compteur += 5;
        let (defi, options) = defier(banc);
        prouver(banc, &defi, &cle.signer(&options)).est(201);
    }

    fn une_copie_dont_la_ceremonie_a_commence_avant_est_refusee(banc) {
        let mut cle = Cle::nouvelle(1);
        avec_une_cle(banc, &cle);
        let ((premier, options_du_premier), (second, options_du_second)) = (defier(banc), defier(banc));
        prouver(banc, &premier, &cle.signer(&options_du_premier)).est(201);
        cle.reculer();
        prouver(banc, &second, &cle.signer(&options_du_second)).refuse(401, "second-facteur-refuse");
    }

    fn une_cle_ne_s_enrole_pas_deux_fois(banc) {
        let cle = Cle::nouvelle(1);
        avec_une_cle(banc, &cle);
        let paul = Local::nouveau(banc, "paul", Role::Analyste);
        let jeton = porteur(&paul.connecter());
        let entetes = [("Authorization", jeton.as_str())];
        let anonyme = banc.anonyme();
        let defi = anonyme.envoyer("POST", "/api/v1/moi/facteurs/defi", None, &entetes).est(200).corps["defi"].clone();
        let options = anonyme.envoyer("POST", "/api/v1/moi/facteurs/webauthn", Some(json!({ "defi": defi })), &entetes).est(200).corps;
        let saisie = json!({ "defi": defi, "libelle": "Clé", "webauthn": cle.enroler(&options) });
        anonyme.envoyer("POST", "/api/v1/moi/facteurs", Some(saisie), &entetes).refuse(409, "facteur-deja-enrole");
    }

    fn sec_a09_on_ajoute_un_facteur_et_on_retire_l_ancien_jamais_le_dernier(banc) {
        let claire = Local::nouveau(banc, "claire", Role::Analyste);
        let jeton = porteur(&claire.connecter());
        let entetes = [("Authorization", jeton.as_str())];
        let anonyme = banc.anonyme();
        let facteurs = || anonyme.envoyer("GET", "/api/v1/moi/facteurs", None, &entetes).est(200).corps["facteurs"].clone();
        let ancien = facteurs()[0]["id"].as_str().unwrap().to_owned();
        let retirer = |id: &str| anonyme.envoyer("DELETE", &format!("/api/v1/moi/facteurs/{id}"), None, &entetes);
        retirer(&ancien).refuse(409, "dernier-facteur");
        let defi = anonyme.envoyer("POST", "/api/v1/moi/facteurs/defi", None, &entetes).est(200).corps["defi"].clone();
        // The challenge of one person serves nobody else, nor without a session.
        anonyme.post("/api/v1/sessions/enrolement/totp", json!({ "defi": defi })).refuse(401, "defi-perime");
        let paul = porteur(&Local::nouveau(banc, "paul", Role::Analyste).connecter());
        anonyme.envoyer("POST", "/api/v1/moi/facteurs/totp", Some(json!({ "defi": defi })), &[("Authorization", &paul)]).refuse(401, "defi-perime");
        let invitation = anonyme.envoyer("POST", "/api/v1/moi/facteurs/totp", Some(json!({ "defi": defi })), &entetes).est(200).corps;
        let code = code_totp(invitation["secret"].as_str().unwrap(), banc.maintenant()).unwrap();
        let saisie = json!({ "defi": defi, "libelle": "Tablette", "code": code });
        let nouveau = anonyme.envoyer("POST", "/api/v1/moi/facteurs", Some(saisie), &entetes).est(201);
        assert_eq!(facteurs().as_array().unwrap().len(), 2);
        retirer(&ancien).est(204);
        retirer(&ancien).refuse(404, "facteur-introuvable");
        retirer(&nouveau.id()).refuse(409, "dernier-facteur");
        let defi = claire.mot_de_passe("porteur")["defi"].clone();
        anonyme.post("/api/v1/sessions/second-facteur", json!({ "defi": defi, "code": claire.code() })).refuse(401, "second-facteur-refuse");
    }

    fn le_secret_d_une_application_ne_se_lit_pas_dans_la_base(banc) {
        let claire = Local::nouveau(banc, "claire", Role::Analyste);
        let scelles: Vec<Option<String>> = banc.systeme(|op| Ok(facteur::table.select(facteur::secret_scelle).load(op.conn)?));
        assert_eq!(scelles.len(), 1);
        let scelle = scelles[0].as_deref().unwrap();
        assert!(scelle.starts_with("v2.") && !scelle.contains(&claire.secret));
    }

    fn la_cle_des_facteurs_change_sans_que_personne_n_enrole_a_nouveau(banc) {
        let claire = Local::nouveau(banc, "claire", Role::Analyste);
        let ancienne = banc.dossier().join("cle-facteurs-precedente");
        std::fs::write(&ancienne, [0xcd; 32]).unwrap();
        let nouvelle = || Some("ef".repeat(32));
        let se_connecter = |service: &crate::support::services::Service| {
            let personne = Client::nouveau(&service.url, std::sync::Arc::clone(&service.etat), None);
            let saisie = json!({ "identifiant": "claire", "mot_de_passe": PHRASE });
            let defi = personne.post("/api/v1/sessions", saisie).est(200).corps["defi"].clone();
            personne.post("/api/v1/sessions/second-facteur", json!({ "defi": defi, "code": claire.code() })).statut
        };
        let sous_les_deux = banc.autre_service(|config| {
            (config.comptes.cle_facteurs, config.comptes.cle_facteurs_precedente_fichier) = (nouvelle(), Some(ancienne));
        });
        let sous_la_nouvelle = banc.autre_service(|config| config.comptes.cle_facteurs = nouvelle());
        assert_eq!((se_connecter(&sous_les_deux), se_connecter(&sous_la_nouvelle)), (201, 500), "seule l'ancienne clé ouvre encore");

        let resceller = || {
            let coffre = coffre_des_facteurs(&sous_les_deux.etat.config.comptes).unwrap();
            banc.systeme(move |op| cycle::resceller(op, &coffre))
        };
        assert_eq!(resceller(), Rescelles { refaits: 1, a_jour: 0, illisibles: 0 });
        assert_eq!(resceller(), Rescelles { refaits: 0, a_jour: 1, illisibles: 0 });
        assert_eq!((se_connecter(&sous_les_deux), se_connecter(&sous_la_nouvelle)), (201, 201));
        // Under another key, nothing opens and nothing is touched; the command says so.
        let autre = banc.autre_service(|config| config.comptes.cle_facteurs = Some("12".repeat(32)));
        assert!(dcc::commandes::comptes::resceller(&autre.etat.config).is_err());
        assert_eq!(se_connecter(&sous_la_nouvelle), 201);
    }
}
