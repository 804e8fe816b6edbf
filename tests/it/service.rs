//! Health, readiness, metrics, headers, documentation; limits of accounts; what the logs say of refusals.

use crate::support::{
    Banc,
    base::{self, Base, BaseDeTest},
    client::Client,
    scene::Scene,
};
use dcc::{
    app,
    config::Exposition,
    db::{role, schema::trace},
    kernel::{Perimetre, Role},
};
use diesel::{Connection, PgConnection, connection::SimpleConnection, prelude::*};
use serde_json::json;
use std::{fs, sync::Arc};

sur_les_deux_bases! {
    fn le_service_dit_qu_il_vit_et_qu_il_est_pret(banc) {
        let anonyme = banc.anonyme();
        anonyme.get("/sante/vivant").est(200);
        anonyme.get("/sante/pret").est(200);
        anonyme.get("/metrics").est(200);
    }

    fn la_documentation_s_ouvre_sans_reseau(banc) {
        let anonyme = banc.anonyme();
        let page = anonyme.get("/api/docs/").est(200);
        let texte = String::from_utf8(page.octets).unwrap();
        assert!(!texte.contains("https://"), "{texte}");
        assert_eq!(anonyme.get("/api/openapi.json").est(200).corps["openapi"], "3.1.0");
    }

    fn chaque_reponse_porte_les_en_tetes_de_securite(banc) {
        for chemin in ["/sante/vivant", "/api/v1/moi", "/nulle-part", "/api/docs/"] {
            let reponse = banc.anonyme().get(chemin);
            assert!(reponse.entete("content-security-policy").starts_with("default-src 'none'"), "{chemin}");
            assert_eq!(reponse.entete("x-content-type-options"), "nosniff");
            assert_eq!(reponse.entete("cache-control"), "no-store");
            assert_eq!(reponse.entete("strict-transport-security"), "max-age=63072000; includeSubDomains", "{chemin}");
            assert_eq!(reponse.entete("referrer-policy"), "no-referrer", "{chemin}");
            let politique = reponse.entete("content-security-policy");
            for directive in ["base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'", "script-src 'self'"] {
                assert!(politique.split("; ").any(|d| d == directive), "{chemin} : {directive} manque dans {politique}");
            }
            for jamais in ["'unsafe-eval'", "*", "http:"] {
                assert!(!politique.contains(jamais), "{chemin} : {jamais} dans {politique}");
            }
        }
    }

    fn une_adresse_inconnue_repond_par_un_probleme(banc) {
        banc.anonyme().get("/api/v1/inconnu").refuse(404, "ressource-inconnue");
    }
}

/// The public address answers neither metrics nor documentation unless it is set to; the internal one does, and nothing of the API.
#[test]
fn metriques_et_documentation_ne_se_montrent_qu_a_l_adresse_interne() {
    let banc = Banc::regle(base::nouvelle(Base::Sqlite).unwrap(), |config| {
        config.exposition = Exposition::default();
        config.ecoute_interne = Some("127.0.0.1:0".to_owned());
    });
    for chemin in ["/metrics", "/api/docs/", "/api/docs/index.html", "/api/openapi.json", "/"] {
        banc.anonyme().get(chemin).refuse(404, "ressource-inconnue");
    }
    banc.anonyme().get("/sante/vivant").est(200);
    let (donner, recevoir) = std::sync::mpsc::channel();
    let etat = Arc::clone(&banc.etat);
    let fil = std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let (serveur, adresses) = app::serveur_interne(etat, false).unwrap().unwrap();
            donner.send((adresses[0].port(), serveur.handle())).unwrap();
            serveur.await.unwrap();
        });
    });
    let (port, poignee) = recevoir.recv().unwrap();
    let interne = Client::nouveau(&format!("http://127.0.0.1:{port}"), Arc::clone(&banc.etat), None);
    interne.get("/metrics").est(200);
    interne.get("/api/docs/").est(200);
    interne.get("/sante/pret").est(200);
    let document = interne.get("/api/openapi.json").est(200);
    assert_eq!(document.corps["openapi"], "3.1.0");
    assert_eq!(document.entete("x-content-type-options"), "nosniff");
    for chemin in ["/api/v1/moi", "/api/v1/roles", "/api/v1/sessions"] {
        assert_eq!(interne.get(chemin).statut, 404, "{chemin}");
    }
    drop(poignee.stop(false));
    fil.join().unwrap();
}

/// Past what the settings allow an account, an act that costs much answers 429 and says when to come back; others are not slowed.
#[test]
fn un_compte_qui_demande_trop_est_freine_et_lui_seul() {
    let banc = Banc::regle(base::nouvelle(Base::Sqlite).unwrap(), |config| {
        (config.recherches_par_minute, config.documents_par_minute, config.exports_par_heure) = (2, 1, 1);
    });
    let scene = Scene::nouvelle(&banc);
    let reunion = scene.reunion("2026-03-05T17:00:00Z", None);
    let recherche = || scene.secretaire.post("/api/v1/patients/recherches", json!({ "nom": "Au", "date_naissance": "1960-05-20" }));
    let feuille = |client: &Client| client.get(&format!("{reunion}/feuille-presence.pdf"));
    let exporter = |client: &Client| client.get("/api/v1/infocentre/activite.csv?du=2026-01-01&au=2026-12-31");
    recherche().est(200);
    recherche().est(200);
    feuille(&scene.secretaire).est(200);
    exporter(&scene.secretaire).est(200);
    for (refus, code, au_plus) in [
        (recherche(), "trop-de-recherches", 30),
        (feuille(&scene.secretaire), "trop-de-documents", 60),
        (exporter(&scene.secretaire), "trop-d-exports", 3600),
    ] {
        let refus = refus.refuse(429, code);
        let attente: u64 = refus.entete("retry-after").parse().unwrap();
        assert!((1..=au_plus).contains(&attente), "{code} : {attente}");
        assert!(refus.corps["detail"].as_str().unwrap().contains(&format!("réessayez dans {attente} s")), "{}", refus.corps);
    }
    feuille(&scene.responsable).est(200);
    exporter(&scene.responsable).est(200);
    scene.secretaire.get(&reunion).est(200);
}

/// Each refusal leaves a line in the logs: its code, its status, the account and the route, never what was typed.
#[test]
fn un_refus_se_voit_dans_les_journaux_sans_ce_qui_a_ete_tape() {
    let banc = Banc::du_programme(base::nouvelle(Base::Sqlite).unwrap(), Arc::new(|_| {}));
    let scene = Scene::nouvelle(&banc);
    let reunion = scene.reunion("2027-03-05T17:00:00Z", None);
    scene.secretaire.post("/api/v1/reunions", json!({ "rcp_id": "Zqsaisie" })).refuse(422, "contenu-invalide");
    let version = scene.secretaire.get(&reunion).est(200).version();
    scene.secretaire.poster_si(&format!("{reunion}/cloture"), version).est(409);
    scene.secretaire.get("/api/v1/trace/evenements").est(403);
    let compte = scene.secretaire.get("/api/v1/moi").est(200).corps["compte"].as_str().unwrap().to_owned();
    let journaux = fs::read_to_string(banc.dossier().join("journaux")).unwrap();
    let refus = |statut: u16, route: &str| {
        journaux.lines().filter_map(|ligne| serde_json::from_str::<serde_json::Value>(ligne).ok()).any(|ligne| {
            ligne["message"] == "refus"
                && ligne["statut"] == statut
                && ligne["span"]["compte"] == json!(compte)
                && ligne["span"]["route"] == json!(route)
        })
    };
    assert!(refus(422, "/api/v1/reunions"), "422");
    assert!(refus(409, "/api/v1/reunions/{id}/cloture"), "409");
    assert!(refus(403, "/api/v1/trace/evenements"), "403");
    assert!(!journaux.contains("Zqsaisie"));
}

/// The trace notes the address of the client that a proxy of ours names, and believes nobody else.
#[test]
fn la_trace_note_le_client_derriere_un_mandataire_de_confiance() {
    for (mandataires, dit, attendue) in [
        (vec!["127.0.0.1"], "198.51.100.7, 203.0.113.9", "203.0.113.9"),
        (vec!["127.0.0.1", "203.0.113.9"], "198.51.100.7, 203.0.113.9", "198.51.100.7"),
        (vec![], "198.51.100.7, 203.0.113.9", "127.0.0.1"),
    ] {
        let banc = Banc::regle(base::nouvelle(Base::Sqlite).unwrap(), |config| {
            config.comptes.mandataires = mandataires.iter().map(|adresse| adresse.parse().unwrap()).collect();
        });
        let scene = Scene::nouvelle(&banc);
        let fiche = scene.fiche("Aubépine", "1960-05-20", json!({}));
        scene.demandeur.envoyer("GET", &format!("/api/v1/fiches/{fiche}"), None, &[("X-Forwarded-For", dit)]).est(200);
        let adresse: Option<String> = banc.systeme(|op| {
            let lues = trace::table.filter(trace::action.eq("lire")).filter(trace::objet_type.eq("fiche"));
            Ok(lues.order(trace::numero.desc()).select(trace::adresse).first(op.conn)?)
        });
        assert_eq!(adresse.as_deref(), Some(attendue));
    }
}

/// On a real PostgreSQL: the service works under a role that owns nothing, and that role cannot bend the trace.
#[test]
fn le_role_du_service_ne_peut_ni_changer_ni_effacer_la_trace() {
    let Some(base) = base::nouvelle(Base::Postgres) else {
        println!("PostgreSQL absent : cet essai n'a pas tourné");
        return;
    };
    let proprietaire = base.url.clone();
    let nom = format!("service_{}", std::process::id());
    let mut admin = PgConnection::establish(&proprietaire).unwrap();
    admin.batch_execute(&format!("DROP ROLE IF EXISTS {nom}; CREATE ROLE {nom} LOGIN PASSWORD 'essai'")).unwrap();
    let adresse = dcc::db::Adresse::lire(&proprietaire).unwrap();
    assert!(role::accorder(&adresse, "personne_de_ce_nom").unwrap_err().to_string().contains("n'existe pas"));
    role::accorder(&adresse, &nom).unwrap();
    role::accorder(&adresse, &nom).unwrap();
    assert!(role::peut_toucher_a_la_trace(&adresse).unwrap());

    let (avant, apres) = proprietaire.split_once("://").unwrap();
    let url = format!("{avant}://{nom}:essai@{}", apres.split_once('@').unwrap().1);
    assert!(!role::peut_toucher_a_la_trace(&dcc::db::Adresse::lire(&url).unwrap()).unwrap());
    {
        let banc = Banc::regle(BaseDeTest::de(url.clone()), |_| {});
        let scene = Scene::nouvelle(&banc);
        let reunion = scene.reunion("2026-03-05T17:00:00Z", None);
        scene.cas(&reunion, "Aubépine");
        scene.secretaire.get(&format!("{reunion}/ordre-du-jour")).est(200);
        banc.personne("delegue", &[(Role::DelegueProtectionDonnees, Perimetre::Region)]).get("/api/v1/trace/evenements").est(200);
    }
    let mut conn = PgConnection::establish(&url).unwrap();
    for ordre in [
        "UPDATE trace SET acteur = 'autre'",
        "DELETE FROM trace",
        "TRUNCATE trace",
        "UPDATE scellement SET rang = rang + 1",
        "DELETE FROM scellement",
        "TRUNCATE scellement",
        "ALTER TABLE trace DISABLE TRIGGER ALL",
        "DROP TABLE trace",
        "DROP TRIGGER trace_immuable ON trace",
        "CREATE TABLE ailleurs (n int)",
        "DELETE FROM __diesel_schema_migrations",
        "ALTER ROLE CURRENT_USER SUPERUSER",
    ] {
        let refus = conn.batch_execute(ordre).unwrap_err().to_string();
        assert!(
            refus.contains("permission denied") || refus.contains("must be owner") || refus.contains("must be superuser"),
            "{ordre} : {refus}"
        );
    }
    conn.batch_execute("SELECT count(*) FROM trace").unwrap();
    drop(conn);
    drop(base);
    let (chemin, options) = proprietaire.split_once('?').map_or((proprietaire.as_str(), String::new()), |(c, o)| (c, format!("?{o}")));
    let grand = format!("{}/postgres{options}", chemin.rsplit_once('/').unwrap().0);
    let mut admin = PgConnection::establish(&grand).unwrap();
    drop(admin.batch_execute(&format!("DROP ROLE IF EXISTS {nom}")));
}
