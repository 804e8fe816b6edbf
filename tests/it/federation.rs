//! Signing in by an identity provider: against a real one, then against one that lies.

use crate::support::{
    Banc,
    client::{Client, Reponse},
    fournisseur::{Cle, Fournisseur},
    glewlwyd::Glewlwyd,
    services::{Service, appeler},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use dcc::{
    config::Federation,
    db::{
        Demande,
        schema::{identite_federee, session, session_federee, trace},
        types::At,
    },
    kernel::{
        Instant, Perimetre, Role,
        ids::{CompteId, PraticienId},
        texte::sha256,
    },
};
use diesel::prelude::*;
use serde_json::{Value, json};
use std::{collections::BTreeMap, sync::Arc};

const RETOUR: &str = "http://localhost:8080/api/v1/federation/psc/retour";

/// RPPS number of the doctor that the benches make at that rank, as Pro Santé Connect says it.
fn identifiant_national(rang: u32) -> String {
    format!("8{}", dcc::kernel::identite::completer_luhn(&format!("100999{rang:04}")))
}

/// What the browser holds and where it is sent.
struct Depart {
    cookie: String,
    adresse: String,
    parametres: BTreeMap<String, String>,
}

fn parametres(adresse: &str) -> BTreeMap<String, String> {
    url::Url::parse(adresse).unwrap().query_pairs().into_owned().collect()
}

fn partir(service: &Service, nom: &str) -> Depart {
    let reponse = service.naviguer(&format!("/api/v1/federation/{nom}/depart"), "").est(302);
    let cookie = reponse.entete("set-cookie");
    assert!(
        cookie.starts_with("__Host-dcc-depart=") && cookie.ends_with("HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=600"),
        "{cookie}"
    );
    let adresse = reponse.entete("location").to_owned();
    Depart { cookie: cookie.split(';').next().unwrap().to_owned(), parametres: parametres(&adresse), adresse }
}

/// Comes back from the provider that lies, with an ID token made from what a right one would say.
fn revenir_avec(banc: &Banc, service: &Service, fournisseur: &Fournisseur, forger: impl FnOnce(Value) -> String) -> Reponse {
    let depart = partir(service, "psc");
    fournisseur.donner(&forger(juste(banc, fournisseur, &depart)));
    revenir(service, &depart, &depart.parametres["state"])
}

fn revenir(service: &Service, depart: &Depart, etat: &str) -> Reponse {
    service.naviguer(&format!("/api/v1/federation/psc/retour?code=un-code&session_state=x&state={etat}"), &depart.cookie)
}

/// What a right token says.
fn juste(banc: &Banc, fournisseur: &Fournisseur, depart: &Depart) -> Value {
    let maintenant = banc.maintenant().timestamp();
    json!({ "iss": fournisseur.emetteur, "sub": "f:uuid:899700000001", "aud": "dcc", "azp": "dcc", "exp": maintenant + 60, "iat": maintenant,
            "auth_time": maintenant - 30, "acr": "eidas1", "nonce": depart.parametres["nonce"], "preferred_username": identifiant_national(1) })
}

/// A doctor with an account, rights, and the number that the provider says.
fn medecin(banc: &Banc, rang: u32) -> PraticienId {
    let region = banc.region(1);
    let praticien = banc.medecin("Martin", "G15_10/SM36", rang);
    banc.professionnel(&format!("dr.martin.{rang}"), Some(praticien), &[(Role::Demandeur, Perimetre::Etablissement(region.etablissement))]);
    praticien
}

fn lire<T: Send + 'static>(banc: &Banc, f: impl FnOnce(&mut dcc::db::Op<'_>) -> QueryResult<T> + Send + 'static) -> T {
    banc.etat.db.lire_ici(&Demande::systeme("essai"), move |op| Ok(f(op)?)).unwrap()
}

/// The reasons of refusal that the trace holds, and who tried.
fn refus(banc: &Banc) -> Vec<(String, Value)> {
    lire(banc, |op| {
        trace::table
            .filter(trace::action.eq("refuser_connexion"))
            .order(trace::id)
            .select((trace::acteur, trace::champs.assume_not_null()))
            .load::<(String, dcc::db::types::Json)>(op.conn)
    })
    .into_iter()
    .map(|(acteur, champs)| (acteur, champs.0))
    .collect()
}

/// Who the cookie of an answer names, at which level, and when the person proved it.
fn personne_de(banc: &Banc, service: &Service, reponse: &Reponse) -> (Value, Option<String>, Instant) {
    let cookies: Vec<&str> = reponse.entetes.get_all("set-cookie").iter().map(|c| c.to_str().unwrap()).collect();
    let cookie = cookies.iter().find(|c| c.starts_with("__Host-dcc=")).unwrap();
    assert!(cookie.ends_with("; HttpOnly; SameSite=Lax; Secure; Path=/"), "{cookie}");
    assert!(cookies.iter().any(|c| c.starts_with("__Host-dcc-depart=;") && c.contains("Max-Age=0")), "{cookies:?}");
    let cookie = cookie.split(';').next().unwrap();
    let moi = service.naviguer("/api/v1/moi", cookie).est(200).corps;
    let empreinte = sha256(cookie.split_once('=').unwrap().1.as_bytes());
    let (acr, le) = lire(banc, move |op| {
        session::table
            .inner_join(session_federee::table.on(session_federee::session_id.eq(session::id)))
            .filter(session::empreinte_jeton.eq(empreinte))
            .select((session_federee::acr, session::authentifiee_le))
            .first::<(Option<String>, At)>(op.conn)
    });
    (moi["praticien"].clone(), acr, le.0)
}

fn psc(banc: &Banc) -> (Fournisseur, Cle, Service) {
    let cle = Cle::nouvelle("cle-1");
    let fournisseur = Fournisseur::demarrer(&cle);
    let reglages = fournisseur.reglages("psc");
    let service = banc.autre_service(|config| config.federation = vec![reglages]);
    (fournisseur, cle, service)
}

/// The cookie of the session that an answer opens.
fn cookie_de(reponse: &Reponse) -> String {
    let cookies = reponse.entetes.get_all("set-cookie").iter().map(|c| c.to_str().unwrap());
    cookies.filter_map(|c| c.split(';').next()).find(|c| c.starts_with("__Host-dcc=")).unwrap().to_owned()
}

/// Signs out of the session of a cookie, as a page does.
fn quitter(service: &Service, cookie: &str) -> Reponse {
    let agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let requete = ureq::http::Request::delete(format!("{}/api/v1/sessions/courante", service.url));
    let requete = requete.header("Cookie", cookie).header("Origin", "http://localhost:8080").header("X-DCC-Client", "essai");
    appeler(&agent, requete.body(Vec::new()).unwrap())
}

/// What a provider posts when it ends a session.
fn pousser_la_fin(service: &Service, jeton: &str) -> Reponse {
    let agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let requete = ureq::http::Request::post(format!("{}/api/v1/federation/psc/fin-de-session", service.url));
    let requete = requete.header("Content-Type", "application/x-www-form-urlencoded");
    appeler(&agent, requete.body(format!("logout_token={jeton}").into_bytes()).unwrap())
}

fn jetons_gardes(banc: &Banc) -> i64 {
    lire(banc, |op| session_federee::table.filter(session_federee::jeton_identite.is_not_null()).count().get_result(op.conn))
}

sur_les_deux_bases! {
    fn sec_v7_6_1_une_session_prend_fin_des_deux_cotes_chez_un_vrai_fournisseur(banc) {
        let Some(glewlwyd) = Glewlwyd::demarrer(RETOUR) else { return };
        banc.regler(&dcc::kernel::Horloge::Systeme.maintenant().to_rfc3339());
        medecin(banc, 1);
        glewlwyd.personne("camille", &identifiant_national(1));
        let service = banc.autre_service(|config| config.federation = vec![glewlwyd.reglages()]);
        let entrer = || {
            let depart = partir(&service, "psc");
            let retour = glewlwyd.autoriser(&depart.adresse, "camille");
            cookie_de(&service.naviguer(retour.strip_prefix("http://localhost:8080").unwrap(), &depart.cookie).est(303))
        };
        let cookie = entrer();
        assert_eq!(jetons_gardes(banc), 1);
        let reponse = quitter(&service, &cookie).est(200);
        assert_eq!(reponse.entete("cache-control"), "no-store");
        service.naviguer("/api/v1/moi", &cookie).refuse(401, "session-close");
        assert_eq!(jetons_gardes(banc), 0, "le jeton ne sert qu'une fois");
        let adresse = reponse.corps["adresse"].as_str().unwrap();
        let demandes = parametres(adresse);
        assert_eq!(demandes["post_logout_redirect_uri"], "http://localhost:8080/api/v1/federation/psc/fin");
        // The provider takes the token and the address, and asks the person to confirm.
        let confirmation = glewlwyd.visiter(adresse, "camille").est(302).entete("location").to_owned();
        assert!(confirmation.contains("prompt=end_session") && confirmation.contains("federation"), "{confirmation}");
        let fin = format!("/api/v1/federation/psc/fin?state={}", demandes["state"]);
        assert_eq!(service.naviguer(&fin, "").est(303).entete("location"), "/?deconnexion=complete");
        assert_eq!(service.naviguer(&fin, "").est(303).entete("location"), "/", "une seule fois");

        // The other way round: the session ends at the provider, which says so.
        glewlwyd.prevenir(RETOUR, &format!("{}/api/v1/federation/psc/fin-de-session", service.url));
        let cookie = entrer();
        service.naviguer("/api/v1/moi", &cookie).est(200);
        let sid = lire(banc, |op| {
            session_federee::table.order(session_federee::session_id.desc()).select(session_federee::sid).first::<Option<String>>(op.conn)
        });
        glewlwyd.finir(&sid.unwrap(), "camille");
        let close = (0..100).any(|_| {
            std::thread::sleep(std::time::Duration::from_millis(100));
            service.naviguer("/api/v1/moi", &cookie).statut == 401
        });
        assert!(close, "la fin de session du fournisseur a été entendue");
    }

    fn sec_v7_6_1_seul_le_fournisseur_ferme_les_sessions_qu_il_a_ouvertes(banc) {
        medecin(banc, 1);
        let (fournisseur, cle, service) = psc(banc);
        let entrer = |sid: &'static str| {
            let forger = |mut contenu: Value| { contenu["sid"] = json!(sid); cle.signer(&contenu) };
            cookie_de(&revenir_avec(banc, &service, &fournisseur, forger).est(303))
        };
        let ouverte = |cookie: &str| service.naviguer("/api/v1/moi", cookie).statut == 200;
        let (a, b, c) = (entrer("a"), entrer("b"), entrer("c"));
        let maintenant = banc.maintenant().timestamp();
        let evenement = json!({ "http://schemas.openid.net/event/backchannel-logout": {} });
        let fin = || json!({ "iss": fournisseur.emetteur, "sub": "f:uuid:899700000001", "aud": "dcc", "iat": maintenant, "exp": maintenant + 120,
                             "jti": "1", "sid": "a", "events": evenement });
        let avec = |champ: &str, valeur: Value| { let mut contenu = fin(); contenu[champ] = valeur; contenu };
        let signer = |contenu: &Value| cle.signer_comme("logout+jwt", contenu);
        let mut sans_evenement = fin();
        sans_evenement.as_object_mut().unwrap().remove("events");
        for (quoi, jeton) in [
            ("emetteur", signer(&avec("iss", json!("https://ailleurs.example")))),
            ("destinataire", signer(&avec("aud", json!("autre")))),
            ("peremption", signer(&avec("exp", json!(maintenant)))),
            ("avenir", signer(&avec("iat", json!(maintenant + 3600)))),
            ("nonce", signer(&avec("nonce", json!("n")))),
            ("evenement", signer(&sans_evenement)),
            ("autre evenement", signer(&avec("events", json!({ "autre": {} })))),
            ("sans terme", signer(&avec("exp", Value::Null))),
            ("sans personne", { let mut c = avec("sid", Value::Null); c["sub"] = Value::Null; signer(&c) }),
            ("autres destinataires", signer(&avec("aud", json!(["dcc", "autre"])))),
            ("cle", Cle::nouvelle("cle-1").signer_comme("logout+jwt", &fin())),
            ("sans signature", sans_signature(&fin())),
            ("secret", par_secret(&fin(), b"dcc")),
            ("type", cle.signer(&fin())),
            ("illisible", "n-est-pas-un-jeton".to_owned()),
        ] {
            assert_eq!(pousser_la_fin(&service, &jeton).statut, 400, "{quoi}");
        }
        // Somebody else, or a session that is not known: nothing is closed, and nothing is told of it.
        pousser_la_fin(&service, &signer(&avec("sub", json!("quelqu-un-d-autre")))).est(200);
        pousser_la_fin(&service, &signer(&avec("sid", json!("z")))).est(200);
        assert!([&a, &b, &c].into_iter().all(|cookie| ouverte(cookie)));
        pousser_la_fin(&service, &signer(&fin())).est(200);
        assert_eq!([ouverte(&a), ouverte(&b), ouverte(&c)], [false, true, true]);
        let mut toutes = fin();
        toutes.as_object_mut().unwrap().remove("sid");
        pousser_la_fin(&service, &signer(&toutes)).est(200);
        assert_eq!([ouverte(&b), ouverte(&c)], [false, false]);
        // What ends a session opens none.
        let detourne = revenir_avec(banc, &service, &fournisseur, |_| signer(&fin()));
        detourne.refuse(401, "identite-refusee");
    }

    fn sec_v7_6_1_se_deconnecter_ne_depend_de_personne(banc) {
        medecin(banc, 1);
        let (fournisseur, cle, service) = psc(banc);
        let entrer = || cookie_de(&revenir_avec(banc, &service, &fournisseur, |contenu| cle.signer(&contenu)).est(303));
        // This provider offers no end of session.
        let cookie = entrer();
        quitter(&service, &cookie).est(204);
        service.naviguer("/api/v1/moi", &cookie).refuse(401, "session-close");
        // This one does, then no longer answers.
        let mut document = fournisseur.document();
        document["end_session_endpoint"] = json!(format!("{}/fin", fournisseur.emetteur));
        fournisseur.repondre("/.well-known/openid-configuration", 200, &document);
        banc.avancer(25 * 3600);
        let (cookie, autre) = (entrer(), entrer());
        let adresse = quitter(&service, &cookie).est(200).corps["adresse"].as_str().unwrap().to_owned();
        assert!(adresse.starts_with(&format!("{}/fin?id_token_hint=eyJ", fournisseur.emetteur)), "{adresse}");
        fournisseur.repondre("/.well-known/openid-configuration", 500, &json!({}));
        let service_neuf = banc.autre_service(|config| config.federation = vec![fournisseur.reglages("psc")]);
        quitter(&service_neuf, &autre).est(204);
        service.naviguer("/api/v1/federation/psc/fin?state=invente", "").est(303);
        assert_eq!(jetons_gardes(banc), 0);
    }

    fn a02_un_professionnel_se_connecte_par_un_vrai_fournisseur_qui_change_de_cle(banc) {
        let Some(glewlwyd) = Glewlwyd::demarrer(RETOUR) else { return };
        // The tokens of a real provider are dated by the machine.
        banc.regler(&dcc::kernel::Horloge::Systeme.maintenant().to_rfc3339());
        let praticien = medecin(banc, 1);
        glewlwyd.personne("camille", &identifiant_national(1));
        glewlwyd.personne("inconnue", &identifiant_national(2));
        let service = banc.autre_service(|config| config.federation = vec![glewlwyd.reglages()]);

        let liste = service.naviguer("/api/v1/federation", "").est(200).corps;
        assert_eq!(liste, json!([{ "nom": "psc", "libelle": "Pro Santé Connect", "depart": "/api/v1/federation/psc/depart" }]));

        let connecter = |personne: &str| {
            let depart = partir(&service, "psc");
            let p = &depart.parametres;
            assert_eq!((p["response_type"].as_str(), p["code_challenge_method"].as_str(), p["scope"].as_str()), ("code", "S256", "openid scope_all"));
            let retour = glewlwyd.autoriser(&depart.adresse, personne);
            let chemin = retour.strip_prefix("http://localhost:8080").unwrap().to_owned();
            (service.naviguer(&chemin, &depart.cookie), chemin, depart.cookie)
        };
        let (reponse, chemin, cookie) = connecter("camille");
        assert_eq!(reponse.statut, 303, "{} {:?}", reponse.corps, refus(banc));
        assert_eq!(reponse.entete("location"), "/");
        assert!(!String::from_utf8_lossy(&reponse.octets).contains("eyJ"), "aucun jeton du fournisseur ne sort");
        assert_eq!(personne_de(banc, &service, &reponse).0, json!(praticien));

        // The code and the state have served.
        service.naviguer(&chemin, &cookie).refuse(401, "connexion-a-recommencer");
        // A04: known there, unknown here.
        let inconnue = connecter("inconnue").0.refuse(403, "acces-a-demander");
        assert_eq!(inconnue.corps["rpps"], identifiant_national(2)[1..]);

        glewlwyd.changer_de_cle();
        banc.regler(&(dcc::kernel::Horloge::Systeme.maintenant() + chrono::Duration::seconds(70)).to_rfc3339());
        assert_eq!(personne_de(banc, &service, &connecter("camille").0.est(303)).0, json!(praticien));
        let identites: i64 = lire(banc, |op| identite_federee::table.count().get_result(op.conn));
        assert_eq!(identites, 1, "la même personne n'est rattachée qu'une fois");

        // It says no `acr`: a service that asks for one refuses its tokens.
        let exigeant = banc.autre_service(|config| config.federation = vec![Federation { acr: vec!["eidas1".to_owned()], ..glewlwyd.reglages() }]);
        let depart = partir(&exigeant, "psc");
        let retour = glewlwyd.autoriser(&depart.adresse, "camille");
        exigeant.naviguer(retour.strip_prefix("http://localhost:8080").unwrap(), &depart.cookie).refuse(401, "identite-refusee");
        assert_eq!(refus(banc).last().unwrap().1, json!(["acr"]));
    }

    fn a02_chaque_jeton_forge_est_refuse_et_trace(banc) {
        let praticien = medecin(banc, 1);
        let (fournisseur, cle, service) = psc(banc);
        let autre_cle = Cle::nouvelle("cle-1");
        let inconnue = Cle::nouvelle("cle-inconnue");
        let avec = |champ: &str, valeur: Value| {
            let (champ, cle) = (champ.to_owned(), cle.clone());
            move |mut contenu: Value| {
                if valeur.is_null() { contenu.as_object_mut().unwrap().remove(&champ); } else { contenu[&champ] = valeur.clone(); }
                cle.signer(&contenu)
            }
        };
        let maintenant = banc.maintenant().timestamp();
        let cas: Vec<(&str, Box<dyn Fn(Value) -> String>)> = vec![
            ("emetteur", Box::new(avec("iss", json!("https://ailleurs.example")))),
            ("emetteur", Box::new(avec("iss", json!(format!("{}/", fournisseur.emetteur))))),
            ("destinataire", Box::new(avec("aud", json!("autre")))),
            ("destinataire", Box::new(avec("aud", json!(["dcc", "autre"])))),
            ("destinataire", Box::new(avec("azp", json!("autre")))),
            ("nonce", Box::new(avec("nonce", json!("autre")))),
            ("nonce", Box::new(avec("nonce", Value::Null))),
            ("peremption", Box::new(avec("exp", json!(maintenant)))),
            ("peremption", Box::new(avec("iat", json!(maintenant + 3600)))),
            ("acr", Box::new(avec("acr", json!("eidas0")))),
            ("acr", Box::new(avec("acr", Value::Null))),
            ("empreinte_jeton", Box::new(avec("at_hash", json!("AAAAAAAAAAAAAAAAAAAAAA")))),
            ("reponse", Box::new(avec("sub", Value::Null))),
            ("signature", Box::new(move |contenu| autre_cle.signer(&contenu))),
            ("signature", Box::new(move |contenu| inconnue.signer(&contenu))),
            ("signature", Box::new(|contenu| sans_signature(&contenu))),
            ("signature", Box::new(|contenu| par_secret(&contenu, b"dcc"))),
            ("signature", { let cle = cle.clone(); Box::new(move |contenu| altere(&cle.signer(&contenu))) }),
            ("reponse", Box::new(|_| "n'est pas un jeton".to_owned())),
        ];
        let attendus: Vec<Value> = cas.iter().map(|(motif, _)| json!([motif])).collect();
        for (motif, forger) in &cas {
            let reponse = revenir_avec(banc, &service, &fournisseur, forger);
            assert_eq!(reponse.statut, 401, "{motif} : {}", reponse.corps);
            let reponse = reponse.refuse(401, "identite-refusee");
            assert!(reponse.entete("set-cookie").is_empty());
            assert!(!reponse.corps.to_string().contains("eyJ"));
        }
        assert_eq!(refus(banc).into_iter().map(|(_, motif)| motif).collect::<Vec<_>>(), attendus);
        assert_eq!(lire(banc, |op| session_federee::table.count().get_result::<i64>(op.conn)), 0);

        // The same one, right: it is what the others were made from.
        let reponse = revenir_avec(banc, &service, &fournisseur, |contenu| cle.signer(&contenu)).est(303);
        let (qui, acr, authentifiee_le) = personne_de(banc, &service, &reponse);
        assert_eq!((qui, acr.as_deref(), authentifiee_le), (json!(praticien), Some("eidas1"), banc.maintenant() - chrono::Duration::seconds(30)));
        assert!(fournisseur.formulaire().contains("code_verifier="));
    }

    fn a02_ce_qui_revient_dans_un_autre_navigateur_ou_deux_fois_est_refuse(banc) {
        medecin(banc, 1);
        let (fournisseur, cle, service) = psc(banc);
        let (mien, autre) = (partir(&service, "psc"), partir(&service, "psc"));
        fournisseur.donner(&cle.signer(&juste(banc, &fournisseur, &autre)));
        let recommencer = "connexion-a-recommencer";
        revenir(&service, &mien, &autre.parametres["state"]).refuse(401, recommencer);
        revenir(&service, &mien, "").refuse(401, recommencer);
        service.naviguer("/api/v1/federation/psc/retour?code=un-code", &mien.cookie).refuse(401, recommencer);
        let sans_cookie = format!("/api/v1/federation/psc/retour?code=un-code&state={}", autre.parametres["state"]);
        service.naviguer(&sans_cookie, "").refuse(401, recommencer);
        assert_eq!(fournisseur.appels("/token"), 0, "aucun code n'a été échangé");

        revenir(&service, &autre, &autre.parametres["state"]).est(303);
        revenir(&service, &autre, &autre.parametres["state"]).refuse(401, recommencer);
        assert_eq!(fournisseur.appels("/token"), 1);

        // RFC 9207: the answer names another issuer than the one asked.
        let melange = format!("/api/v1/federation/psc/retour?code=c&iss=https%3A%2F%2Fautre.example&state={}", mien.parametres["state"]);
        service.naviguer(&melange, &mien.cookie).refuse(401, "identite-refusee");
        let abandon = partir(&service, "psc");
        let chemin = format!("/api/v1/federation/psc/retour?error=access_denied&state={}", abandon.parametres["state"]);
        service.naviguer(&chemin, &abandon.cookie).refuse(401, "connexion-abandonnee");
        let tard = partir(&service, "psc");
        banc.regler("2026-03-02T09:10:01Z");
        revenir(&service, &tard, &tard.parametres["state"]).refuse(401, recommencer);
        let motifs: Vec<Value> = refus(banc).into_iter().map(|(_, motif)| motif[0].clone()).collect();
        assert_eq!(json!(motifs), json!(["etat", "etat", "etat", "etat", "etat", "emetteur", "abandon", "etat"]));
        service.naviguer("/api/v1/federation/inconnu/depart", "").refuse(404, "fournisseur-inconnu");
    }

    fn a03_le_meme_sujet_chez_un_autre_fournisseur_est_quelqu_un_d_autre(banc) {
        let praticien = medecin(banc, 1);
        let (cle, cle_chu) = (Cle::nouvelle("a"), Cle::nouvelle("b"));
        let (fournisseur, chu) = (Fournisseur::demarrer(&cle), Fournisseur::demarrer(&cle_chu));
        // Its RPPS claim is not trusted: nobody verifies it there.
        let reglages_chu = Federation { nom: "chu".to_owned(), libelle: "CHU".to_owned(), revendications_rpps: Vec::new(), ..chu.reglages("chu") };
        let reglages = fournisseur.reglages("psc");
        let service = banc.autre_service(|config| config.federation = vec![reglages, reglages_chu]);
        let revenir_du_chu = || {
            let depart = partir(&service, "chu");
            chu.donner(&cle_chu.signer(&juste(banc, &chu, &depart)));
            service.naviguer(&format!("/api/v1/federation/chu/retour?code=c&state={}", depart.parametres["state"]), &depart.cookie)
        };
        let reponse = revenir_avec(banc, &service, &fournisseur, |contenu| cle.signer(&contenu)).est(303);
        assert_eq!(personne_de(banc, &service, &reponse).0, json!(praticien));
        let refusee = revenir_du_chu().refuse(403, "acces-a-demander");
        assert_eq!(refusee.corps["rpps"], Value::Null);
        // A beginning at one provider does not end at another.
        let depart = partir(&service, "chu");
        revenir(&service, &depart, &depart.parametres["state"]).refuse(401, "connexion-a-recommencer");

        // The administrator ties that person by hand, to another account.
        let admin = banc.personne("admin", &[(Role::AdministrateurRegional, Perimetre::Region)]);
        let region = banc.region(2);
        let autre = banc.professionnel("secretaire", None, &[(Role::Secretaire, Perimetre::Etablissement(region.etablissement))]);
        let compte: CompteId = autre.get("/api/v1/moi").est(200).corps["compte"].as_str().unwrap().parse().unwrap();
        let chemin = format!("/api/v1/comptes/{compte}/identites");
        let saisie = json!({ "fournisseur": "chu", "sujet": "f:uuid:899700000001" });
        let client = client_de(&service, &admin.get("/api/v1/moi").corps);
        autre.post(&chemin, saisie.clone()).refuse(403, "action-interdite");
        assert_eq!(admin.post(&chemin, saisie.clone()).refuse(422, "contenu-invalide").fautes(), ["/fournisseur"]);
        let identite = client.post(&chemin, saisie.clone()).est(201).id();
        client.post(&chemin, saisie.clone()).refuse(409, "identite-deja-rattachee");
        assert_eq!(client.get(&chemin).est(200).corps.as_array().unwrap().len(), 1);
        let reponse = revenir_du_chu().est(303);
        assert_eq!(personne_de(banc, &service, &reponse).0, Value::Null, "la secrétaire n'est pas le médecin");
        client.delete(&format!("{chemin}/{identite}")).est(204);
        client.delete(&format!("{chemin}/{identite}")).refuse(404, "identite-introuvable");
        revenir_du_chu().refuse(403, "acces-a-demander");
        let secretaire = client_de(&service, &autre.get("/api/v1/moi").corps);
        secretaire.get(&chemin).refuse(403, "action-interdite");
        secretaire.post(&chemin, saisie).refuse(403, "action-interdite");
    }

    fn a04_un_professionnel_reconnu_sans_acces_apprend_comment_le_demander(banc) {
        let (fournisseur, cle, service) = psc(banc);
        let sans_acces = |numero: &str| {
            let numero = numero.to_owned();
            let reponse = revenir_avec(banc, &service, &fournisseur, |mut contenu| {
                contenu["preferred_username"] = json!(numero);
                contenu["sub"] = json!(format!("f:{numero}"));
                cle.signer(&contenu)
            });
            reponse.refuse(403, "acces-a-demander")
        };
        // Nobody of that number; a doctor without account; an account without rights; no number at all; two accounts.
        let inconnu = sans_acces(&identifiant_national(9));
        assert_eq!(inconnu.corps["demarche"], "Écrivez à acces@region.example.");
        assert_eq!(inconnu.corps["rpps"], identifiant_national(9)[1..]);
        banc.medecin("Sanscompte", "G15_10/SM36", 2);
        sans_acces(&identifiant_national(2));
        let sans_droit = banc.medecin("Sansdroit", "G15_10/SM36", 3);
        banc.professionnel("sansdroit", Some(sans_droit), &[]);
        sans_acces(&identifiant_national(3));
        fournisseur.repondre("/userinfo", 200, &json!({ "sub": "f:012345678", "SubjectNameID": "012345678" }));
        sans_acces("012345678");
        let double = banc.medecin("Double", "G15_10/SM36", 4);
        banc.professionnel("double1", Some(double), &[(Role::Demandeur, Perimetre::Patients)]);
        banc.professionnel("double2", Some(double), &[(Role::Demandeur, Perimetre::Patients)]);
        sans_acces(&identifiant_national(4));
        let traces = refus(banc);
        assert_eq!(traces.len(), 5);
        assert!(traces.iter().all(|(_, motif)| *motif == json!(["sans_acces"])));
        assert_eq!(traces[0].0, format!("Pro Santé Connect, RPPS {}", &identifiant_national(9)[1..]));
        assert_eq!(lire(banc, |op| session_federee::table.count().get_result::<i64>(op.conn)), 0);
        assert_eq!(lire(banc, |op| identite_federee::table.count().get_result::<i64>(op.conn)), 0, "rien n'est rattaché sans accès");
    }

    fn a03_une_personne_rattachee_ne_change_pas_de_numero_et_un_compte_n_en_a_qu_une(banc) {
        medecin(banc, 1);
        banc.medecin("Autre", "G15_10/SM36", 2);
        let (fournisseur, cle, service) = psc(banc);
        let connecter = |champ: &str, valeur: Value| revenir_avec(banc, &service, &fournisseur, |mut contenu| {
            contenu[champ] = valeur;
            cle.signer(&contenu)
        });
        connecter("acr", json!("eidas1")).est(303);
        connecter("preferred_username", json!(identifiant_national(2))).refuse(401, "identite-refusee");
        // Another person of the same provider who says the same number.
        connecter("sub", json!("usurpatrice")).refuse(403, "acces-a-demander");
        let motifs: Vec<Value> = refus(banc).into_iter().map(|(_, motif)| motif).collect();
        assert_eq!(motifs, [json!(["rpps"]), json!(["sans_acces"])]);
    }

    fn a02_le_numero_se_lit_aussi_dans_les_informations_de_la_personne(banc) {
        let praticien = medecin(banc, 1);
        let (fournisseur, cle, service) = psc(banc);
        let connecter = || revenir_avec(banc, &service, &fournisseur, |mut contenu| {
            contenu.as_object_mut().unwrap().remove("preferred_username");
            cle.signer(&contenu)
        });
        fournisseur.repondre("/userinfo", 200, &json!({ "sub": "quelqu'un d'autre", "SubjectNameID": identifiant_national(1) }));
        connecter().refuse(401, "identite-refusee");
        assert_eq!(refus(banc).last().unwrap().1, json!(["sujet"]));
        fournisseur.repondre("/userinfo", 200, &json!({ "sub": "f:uuid:899700000001", "SubjectNameID": identifiant_national(1), "SubjectRole": ["10^1.2.250.1.213.1.1.5.5"] }));
        assert_eq!(personne_de(banc, &service, &connecter().est(303)).0, json!(praticien));
    }

    fn a67_les_cles_sont_relues_quand_elles_changent_mais_pas_plus_d_une_fois_la_minute(banc) {
        medecin(banc, 1);
        let (fournisseur, cle, service) = psc(banc);
        let seconde = Cle::nouvelle("cle-2");
        let connecter = |cle: &Cle| revenir_avec(banc, &service, &fournisseur, |contenu| cle.signer(&contenu));
        connecter(&cle).est(303);
        assert_eq!((fournisseur.appels("/certs"), fournisseur.appels("/.well-known/openid-configuration")), (1, 1));
        fournisseur.montrer(&[&seconde]);
        connecter(&seconde).refuse(401, "identite-refusee");
        assert_eq!(fournisseur.appels("/certs"), 1, "lues il y a moins d'une minute");
        banc.regler("2026-03-02T09:01:00Z");
        connecter(&seconde).est(303);
        assert_eq!(fournisseur.appels("/certs"), 2);
        connecter(&cle).refuse(401, "identite-refusee");
        for _ in 0..5 {
            connecter(&Cle::nouvelle("forgee")).refuse(401, "identite-refusee");
        }
        assert_eq!(fournisseur.appels("/certs"), 2, "des jetons forgés ne font pas relire les clés");
    }

    fn a67_un_fournisseur_qui_ne_repond_pas_comme_il_doit_n_est_pas_suivi(banc) {
        medecin(banc, 1);
        let (fournisseur, cle, service) = psc(banc);
        let depart = || service.naviguer("/api/v1/federation/psc/depart", "");
        let decouverte = "/.well-known/openid-configuration";
        let juste = fournisseur.document();
        let avec = |champ: &str, valeur: &str| { let mut document = juste.clone(); document[champ] = json!(valeur); document.to_string() };
        let mauvais = [
            (500, juste.to_string()),
            // A redirect is not followed: the fake answers always carry a Location.
            (302, juste.to_string()),
            (200, "<html>".to_owned()),
            (200, avec("issuer", "https://ailleurs.example")),
            (200, avec("jwks_uri", "http://169.254.169.254/latest/meta-data")),
            (200, avec("jwks_uri", "https://ailleurs.example/certs")),
            (200, avec("token_endpoint", "file:///etc/passwd")),
            (200, avec("userinfo_endpoint", "http://10.0.0.1/userinfo")),
            (200, format!("{{\"x\":\"{}\"}}", "a".repeat(300_000))),
        ];
        for (rang, (statut, corps)) in mauvais.into_iter().enumerate() {
            banc.regler(&format!("2026-03-02T09:{rang:02}:30Z"));
            fournisseur.repondre_texte(decouverte, statut, corps);
            depart().refuse(503, "fournisseur-indisponible");
        }
        let appels = fournisseur.appels(decouverte);
        fournisseur.repondre(decouverte, 200, &juste);
        depart().refuse(503, "fournisseur-indisponible");
        assert_eq!(fournisseur.appels(decouverte), appels, "laissé en repos dix secondes");
        banc.regler("2026-03-02T09:20:00Z");
        depart().est(302);

        let echouer = |statut: u16, corps: Value| {
            let depart = partir(&service, "psc");
            fournisseur.repondre("/token", statut, &corps);
            revenir(&service, &depart, &depart.parametres["state"])
        };
        echouer(400, json!({ "error": "invalid_grant" })).refuse(401, "identite-refusee");
        echouer(200, json!({ "access_token": "a", "token_type": "Bearer" })).refuse(401, "identite-refusee");
        echouer(302, json!({})).refuse(401, "identite-refusee");
        let motifs: Vec<Value> = refus(banc).into_iter().map(|(_, motif)| motif[0].clone()).collect();
        assert_eq!(json!(motifs), json!(["code", "reponse", "reponse"]));
        revenir_avec(banc, &service, &fournisseur, |contenu| cle.signer(&contenu)).est(303);
    }
}

/// A client of the second service, for the account of the first.
fn client_de(service: &Service, moi: &Value) -> Client {
    let compte = moi["compte"].as_str().unwrap().parse().unwrap();
    Client::nouveau(&service.url, Arc::clone(&service.etat), Some(compte))
}

fn segment(contenu: &Value) -> String {
    URL_SAFE_NO_PAD.encode(contenu.to_string())
}

fn sans_signature(contenu: &Value) -> String {
    format!("{}.{}.", segment(&json!({ "alg": "none" })), segment(contenu))
}

fn par_secret(contenu: &Value, secret: &[u8]) -> String {
    let entete = jsonwebtoken::Header { kid: Some("cle-1".to_owned()), ..jsonwebtoken::Header::new(jsonwebtoken::Algorithm::HS256) };
    jsonwebtoken::encode(&entete, contenu, &jsonwebtoken::EncodingKey::from_secret(secret)).unwrap()
}

/// The same token whose content has been changed behind its signature.
fn altere(jeton: &str) -> String {
    let parties: Vec<&str> = jeton.split('.').collect();
    let mut contenu: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parties[1]).unwrap()).unwrap();
    contenu["sub"] = json!("quelqu'un d'autre");
    format!("{}.{}.{}", parties[0], segment(&contenu), parties[2])
}
