//! Software of établissements: certificates, tokens bound to them, and the professional for whom it writes. Over real TLS.

use crate::support::{
    Banc,
    client::{Client, Reponse},
    region::Region,
    services::{Service, agent, appeler},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use dcc::{
    config::Tls,
    db::schema::trace,
    kernel::{Perimetre, Role},
};
use diesel::prelude::*;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use rcgen::{BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair};
use serde_json::{Value, json};
use std::{fs, path::PathBuf, sync::Arc};
use ureq::{
    Agent, http,
    tls::{Certificate, ClientCert, PrivateKey},
};

const JETON: &str = "/api/v1/oauth2/jeton";
const LEA: &str = r#"{"rpps":"10001045367","nom":"L\u00e9a Martin","profession":"10"}"#;

/// An authority and what it signs.
struct Autorite {
    emetteur: Issuer<'static, KeyPair>,
    pem: String,
}

/// A certificate and its key, in PEM.
struct Paire {
    certificat: String,
    cle: String,
}

impl Autorite {
    fn nouvelle() -> Self {
        let cle = KeyPair::generate().unwrap();
        let mut parametres = CertificateParams::default();
        parametres.distinguished_name.push(DnType::CommonName, "Autorité d'essai");
        parametres.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let pem = parametres.self_signed(&cle).unwrap().pem();
        Self { emetteur: Issuer::new(parametres, cle), pem }
    }

    fn signer(&self, nom: &str, usage: ExtendedKeyUsagePurpose) -> Paire {
        let cle = KeyPair::generate().unwrap();
        let mut parametres = CertificateParams::new(vec![nom.to_owned()]).unwrap();
        parametres.extended_key_usages = vec![usage];
        Paire { certificat: parametres.signed_by(&cle, &self.emetteur).unwrap().pem(), cle: cle.serialize_pem() }
    }
}

impl Paire {
    fn pour_client(&self) -> ClientCert {
        let certificat = Certificate::from_pem(self.certificat.as_bytes()).unwrap();
        ClientCert::new_with_certs(&[certificat], PrivateKey::from_pem(self.cle.as_bytes()).unwrap())
    }
}

/// A service behind TLS that admits machines, and who manages them.
struct Scene {
    service: Service,
    autorite: Autorite,
    fichier_autorite: PathBuf,
    cle: String,
    region: Region,
    admin: Client,
}

impl Scene {
    fn nouvelle(banc: &Banc) -> Self {
        let autorite = Autorite::nouvelle();
        let serveur = autorite.signer("localhost", ExtendedKeyUsagePurpose::ServerAuth);
        let cle = KeyPair::generate().unwrap().serialize_pem();
        let ecrire = |nom: &str, contenu: &str| {
            let chemin = banc.dossier().join(nom);
            fs::write(&chemin, contenu).unwrap();
            chemin
        };
        let fichier_autorite = ecrire("autorite.pem", &autorite.pem);
        let tls = Tls {
            certificat_fichier: ecrire("serveur.pem", &serveur.certificat),
            cle_fichier: ecrire("serveur.cle", &serveur.cle),
            autorites_clients_fichier: Some(fichier_autorite.clone()),
        };
        let cle_fichier = ecrire("jetons.cle", &cle);
        let service = banc.autre_service(|config| {
            config.tls = Some(tls);
            config.cle_machines_fichier = Some(cle_fichier);
            "https://dcc.example".clone_into(&mut config.url_publique);
        });
        let admin = banc.personne("admin", &[(Role::AdministrateurRegional, Perimetre::Region)]);
        Self { service, autorite, fichier_autorite, cle, region: banc.region(1), admin }
    }

    /// A certificate that the authority signs, and an agent that shows it.
    fn certificat(&self, nom: &str) -> (Paire, Agent) {
        let paire = self.autorite.signer(nom, ExtendedKeyUsagePurpose::ClientAuth);
        let agent = agent(&self.fichier_autorite, Some(paire.pour_client()));
        (paire, agent)
    }

    /// A declared client: its path and an agent that shows its certificate.
    fn dpi(&self, nom: &str) -> (String, Agent) {
        let (paire, agent) = self.certificat(nom);
        let declare = self.admin.post("/api/v1/machines", self.saisie(nom, &paire)).est(201);
        (declare.entete("location").to_owned(), agent)
    }

    fn saisie(&self, nom: &str, paire: &Paire) -> Value {
        json!({ "etablissement_id": self.region.etablissement, "nom": nom, "portees": ["dcc.lecture", "dcc.ecriture"], "certificat": paire.certificat })
    }

    fn demander(&self, agent: &Agent, formulaire: &str) -> Reponse {
        let requete =
            http::Request::post(format!("{}{JETON}", self.service.url)).header("Content-Type", "application/x-www-form-urlencoded");
        appeler(agent, requete.body(formulaire.as_bytes().to_vec()).unwrap())
    }

    fn jeton(&self, agent: &Agent) -> String {
        self.demander(agent, "grant_type=client_credentials").est(200).corps["access_token"].as_str().unwrap().to_owned()
    }

    fn appeler(&self, agent: &Agent, jeton: &str, methode: &str, chemin: &str, corps: &Value, au_nom_de: Option<&str>) -> Reponse {
        let mut requete = http::Request::builder().method(methode).uri(format!("{}{chemin}", self.service.url));
        requete = requete.header("Authorization", format!("Bearer {jeton}")).header("Content-Type", "application/json");
        if let Some(nom) = au_nom_de {
            requete = requete.header("DCC-Au-Nom-De", nom);
        }
        let octets = if corps.is_null() { Vec::new() } else { corps.to_string().into_bytes() };
        appeler(agent, requete.body(octets).unwrap())
    }

    fn moi(&self, agent: &Agent, jeton: &str) -> Reponse {
        self.appeler(agent, jeton, "GET", "/api/v1/territoires", &Value::Null, None)
    }
}

/// Who acted and for whom, on acts of a kind.
fn traces(banc: &Banc, acte: &'static str) -> Vec<(String, Option<String>)> {
    banc.systeme(move |op| {
        let lignes = trace::table.filter(trace::action.eq(acte)).order(trace::id).select((trace::acteur, trace::au_nom_de));
        Ok(lignes.load::<(String, Option<String>)>(op.conn)?)
    })
}

/// Signs a token with the service's key or another, under any header.
fn forger(cle: &str, entete: &Value, contenu: &Value) -> String {
    let segment = |v: &Value| URL_SAFE_NO_PAD.encode(v.to_string());
    let texte = format!("{}.{}", segment(entete), segment(contenu));
    let signature =
        jsonwebtoken::crypto::sign(texte.as_bytes(), &EncodingKey::from_ec_pem(cle.as_bytes()).unwrap(), Algorithm::ES256).unwrap();
    format!("{texte}.{signature}")
}

fn lire(jeton: &str, rang: usize) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(jeton.split('.').nth(rang).unwrap()).unwrap()).unwrap()
}

sur_les_deux_bases! {
    fn a15_un_dpi_obtient_par_son_certificat_un_jeton_court_qui_lui_est_lie(banc) {
        let scene = Scene::nouvelle(banc);
        let (chemin, dpi) = scene.dpi("dpi.ch.example");
        let client = chemin.rsplit('/').next().unwrap();
        let reponse = scene.demander(&dpi, &format!("grant_type=client_credentials&client_id={client}&scope=dcc.lecture&inconnu=x")).est(200);
        assert_eq!(reponse.entete("cache-control"), "no-store");
        assert_eq!((reponse.corps["token_type"].as_str(), reponse.corps["expires_in"].as_i64(), reponse.corps["scope"].as_str()), (Some("Bearer"), Some(900), Some("dcc.lecture")));
        let jeton = reponse.corps["access_token"].as_str().unwrap();
        let (entete, contenu) = (lire(jeton, 0), lire(jeton, 1));
        let cles = appeler(&dpi, http::Request::get(format!("{}/.well-known/jwks.json", scene.service.url)).body(Vec::new()).unwrap()).est(200).corps;
        assert_eq!(entete, json!({ "typ": "at+jwt", "alg": "ES256", "kid": cles["keys"][0]["kid"] }));
        assert_eq!((cles["keys"][0]["kty"].as_str(), &cles["keys"][0]["d"]), (Some("EC"), &Value::Null), "la clé publique, et elle seule");
        let empreinte = scene.admin.get(&chemin).est(200).corps["certificats"][0]["empreinte"].clone();
        assert_eq!(contenu["cnf"], json!({ "x5t#S256": empreinte }));
        assert_eq!((contenu["iss"].as_str(), contenu["aud"].as_str(), contenu["sub"].as_str()), (Some("https://dcc.example"), Some("https://dcc.example/api/v1"), Some(client)));
        assert_eq!(contenu["exp"].as_i64().unwrap() - contenu["iat"].as_i64().unwrap(), 900);
        assert!(contenu["jti"].is_string() && contenu["nbf"].is_i64());

        // It acts as an interface on its établissement.
        let moi = scene.appeler(&dpi, jeton, "GET", "/api/v1/moi", &Value::Null, None).est(200).corps;
        assert_eq!(moi["habilitations"], json!([{ "role": "interface", "perimetre": { "type": "etablissement", "id": scene.region.etablissement } }]));
        scene.moi(&dpi, jeton).est(200);
        scene.appeler(&dpi, jeton, "GET", "/api/v1/machines", &Value::Null, None).refuse(403, "action-interdite");
        // The token allows reading only.
        let patient = json!({ "nom_naissance": "Lefèvre", "premier_prenom": "Jeanne", "sexe": "feminin", "date_naissance": "1979-03-14" });
        scene.appeler(&dpi, jeton, "POST", "/api/v1/patients", &patient, Some(LEA)).refuse(403, "portee-insuffisante");
        // Fifteen minutes.
        banc.regler("2026-03-02T09:14:59Z");
        scene.moi(&dpi, jeton).est(200);
        banc.regler("2026-03-02T09:15:00Z");
        scene.moi(&dpi, jeton).refuse(401, "jeton-invalide");
        let metadonnees = appeler(&dpi, http::Request::get(format!("{}/.well-known/oauth-authorization-server", scene.service.url)).body(Vec::new()).unwrap()).est(200).corps;
        assert_eq!(metadonnees["token_endpoint"], "https://dcc.example/api/v1/oauth2/jeton");
    }

    fn a15_une_demande_de_jeton_sans_le_bon_certificat_est_refusee_et_tracee(banc) {
        let scene = Scene::nouvelle(banc);
        let (chemin, dpi) = scene.dpi("dpi.ch.example");
        let (autre, _) = scene.dpi("autre.example");
        let (_, inconnu) = scene.certificat("inconnu.example");
        let sans = agent(&scene.fichier_autorite, None);
        let refuser = |agent: &Agent, formulaire: &str, statut: u16, code: &str, oauth: &str| {
            let reponse = scene.demander(agent, formulaire).refuse(statut, code);
            assert_eq!(reponse.corps["error"], oauth);
        };
        let demande = "grant_type=client_credentials";
        refuser(&sans, demande, 401, "client-refuse", "invalid_client");
        refuser(&inconnu, demande, 401, "client-refuse", "invalid_client");
        refuser(&dpi, &format!("{demande}&client_id={}", autre.rsplit('/').next().unwrap()), 401, "client-refuse", "invalid_client");
        refuser(&dpi, &format!("{demande}&scope=dcc.tout"), 400, "portee-refusee", "invalid_scope");
        refuser(&dpi, "grant_type=password&username=a&password=b", 400, "flux-non-admis", "unsupported_grant_type");
        refuser(&dpi, "scope=dcc.lecture", 400, "demande-de-jeton-illisible", "invalid_request");
        assert_eq!(traces(banc, "refuser_jeton").len(), 4);
        // A header does not stand in for a certificate.
        let requete = http::Request::post(format!("{}{JETON}", scene.service.url)).header("Content-Type", "application/x-www-form-urlencoded");
        let pem = scene.admin.get(&chemin).corps["certificats"][0]["empreinte"].as_str().unwrap().to_owned();
        let requete = requete.header("X-Client-Cert", &pem).header("X-SSL-Client-SHA256", &pem).header("X-Forwarded-Client-Cert", &pem);
        appeler(&sans, requete.body(demande.as_bytes().to_vec()).unwrap()).refuse(401, "client-refuse");
        // A certificate that no authority of the settings signed ends the handshake.
        let ailleurs = Autorite::nouvelle().signer("dpi.ch.example", ExtendedKeyUsagePurpose::ClientAuth);
        let agent = agent(&scene.fichier_autorite, Some(ailleurs.pour_client()));
        let requete = http::Request::post(format!("{}{JETON}", scene.service.url)).body(demande.as_bytes().to_vec()).unwrap();
        assert!(agent.run(requete).is_err());
        // Nor does a service without TLS admit any.
        banc.anonyme().envoyer_octets("POST", JETON, Some(demande.as_bytes().to_vec()), &[("Content-Type", "application/x-www-form-urlencoded")]).refuse(404, "machines-non-admises");
    }

    fn a15_tout_jeton_mal_forme_ou_vole_est_refuse(banc) {
        let scene = Scene::nouvelle(banc);
        let (_, dpi) = scene.dpi("dpi.ch.example");
        let (_, autre) = scene.dpi("autre.example");
        let sans = agent(&scene.fichier_autorite, None);
        let jeton = scene.jeton(&dpi);
        let (entete, contenu) = (lire(&jeton, 0), lire(&jeton, 1));
        // What the table forges from is right: it opens.
        scene.moi(&dpi, &forger(&scene.cle, &entete, &contenu)).est(200);
        let avec = |base: &Value, champ: &str, valeur: Value| {
            let mut change = base.clone();
            if valeur.is_null() { change.as_object_mut().unwrap().remove(champ); } else { change[champ] = valeur; }
            change
        };
        let contenu_avec = |champ: &str, valeur: Value| forger(&scene.cle, &entete, &avec(&contenu, champ, valeur));
        let entete_avec = |champ: &str, valeur: Value| forger(&scene.cle, &avec(&entete, champ, valeur), &contenu);
        let maintenant = banc.maintenant().timestamp();
        let parties: Vec<&str> = jeton.split('.').collect();
        let hs256 = encode(&Header { typ: Some("at+jwt".to_owned()), kid: entete["kid"].as_str().map(str::to_owned), ..Header::new(Algorithm::HS256) },
            &contenu, &EncodingKey::from_secret(scene.cle.as_bytes())).unwrap();
        let cle_publique = scene.service.etat.machines.as_ref().unwrap().cle_publique().clone();
        let table = [
            ("alg none", format!("{}.{}.", URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"at+jwt"}"#), parties[1])),
            ("alg none signé", entete_avec("alg", json!("none"))),
            ("HS256", hs256),
            ("alg RS256", entete_avec("alg", json!("RS256"))),
            ("typ JWT", entete_avec("typ", json!("JWT"))),
            ("typ absent", entete_avec("typ", Value::Null)),
            ("kid inconnu", entete_avec("kid", json!("autre"))),
            ("kid absent", entete_avec("kid", Value::Null)),
            ("jku", entete_avec("jku", json!("https://ailleurs.example/jwks.json"))),
            ("x5u", entete_avec("x5u", json!("https://ailleurs.example/cert.pem"))),
            ("jwk", entete_avec("jwk", serde_json::to_value(cle_publique).unwrap())),
            ("crit", entete_avec("crit", json!(["exp"]))),
            ("autre clé", forger(&KeyPair::generate().unwrap().serialize_pem(), &entete, &contenu)),
            ("contenu changé", format!("{}.{}.{}", parties[0], URL_SAFE_NO_PAD.encode(avec(&contenu, "scope", json!("dcc.ecriture dcc.lecture")).to_string()), parties[2])),
            ("signature tronquée", jeton[..jeton.len() - 4].to_owned()),
            ("iss", contenu_avec("iss", json!("https://ailleurs.example"))),
            ("aud", contenu_avec("aud", json!("https://ailleurs.example/api/v1"))),
            ("aud absent", contenu_avec("aud", Value::Null)),
            ("exp passé", contenu_avec("exp", json!(maintenant))),
            ("exp absent", contenu_avec("exp", Value::Null)),
            ("exp trop loin", contenu_avec("exp", json!(maintenant + 3601))),
            ("nbf à venir", contenu_avec("nbf", json!(maintenant + 60))),
            ("iat à venir", contenu_avec("iat", json!(maintenant + 60))),
            ("jti absent", contenu_avec("jti", Value::Null)),
            ("scope inconnu", contenu_avec("scope", json!("admin"))),
            ("cnf absent", contenu_avec("cnf", Value::Null)),
            ("cnf d'un autre", contenu_avec("cnf", json!({ "x5t#S256": "A".repeat(43) }))),
            ("sub d'un autre", contenu_avec("sub", json!("00000000-0000-7000-8000-000000000000"))),
            ("vide", String::new()),
            ("deux parties", format!("{}.{}", parties[0], parties[1])),
            ("pas un jeton", "bonjour".to_owned()),
        ];
        for (quoi, forge) in &table {
            let reponse = scene.moi(&dpi, forge);
            assert_eq!(reponse.statut, 401, "{quoi} : {}", reponse.corps);
        }
        // The token itself, stolen: with another certificate, with none, on a service without TLS.
        scene.moi(&autre, &jeton).refuse(401, "jeton-invalide");
        scene.moi(&sans, &jeton).refuse(401, "jeton-invalide");
        banc.anonyme().envoyer("GET", "/api/v1/territoires", None, &[("Authorization", &format!("Bearer {jeton}"))]).refuse(401, "jeton-invalide");
        scene.moi(&dpi, &jeton).est(200);
    }

    fn a16_une_ecriture_nomme_le_professionnel_et_la_trace_le_garde(banc) {
        let scene = Scene::nouvelle(banc);
        let (_, dpi) = scene.dpi("dpi.ch.example");
        let jeton = scene.jeton(&dpi);
        let patient = json!({ "nom_naissance": "Lefèvre", "premier_prenom": "Jeanne", "sexe": "feminin", "date_naissance": "1979-03-14" });
        let creer = |au_nom_de: Option<&str>| scene.appeler(&dpi, &jeton, "POST", "/api/v1/patients", &patient, au_nom_de);
        creer(None).refuse(422, "professionnel-absent");
        creer(Some("Léa Martin")).refuse(422, "professionnel-illisible");
        creer(Some(r#"{"nom":"Martin","profession":"10"}"#)).refuse(422, "professionnel-illisible");
        assert!(traces(banc, "creer").iter().all(|(acteur, _)| acteur != "dpi.ch.example"), "rien n'a été écrit");
        let cree = creer(Some(LEA)).est(201);
        let attendu = r#"{"rpps":"10001045367","nom":"Léa Martin","profession":"10"}"#;
        assert!(traces(banc, "creer").contains(&("dpi.ch.example".to_owned(), Some(attendu.to_owned()))));
        // A reading names nobody, and may.
        let chemin = format!("/api/v1/patients/{}", cree.id());
        scene.appeler(&dpi, &jeton, "GET", &chemin, &Value::Null, None).est(200);
        scene.appeler(&dpi, &jeton, "GET", &chemin, &Value::Null, Some(LEA)).est(200);
        let lectures: Vec<_> = traces(banc, "lire").into_iter().map(|(_, pour)| pour).collect();
        assert_eq!(lectures, [None, Some(attendu.to_owned())]);
        // The header means nothing in the mouth of a person.
        let secretaire = banc.personne("claire", &[(Role::Secretaire, Perimetre::Etablissement(scene.region.etablissement))]);
        secretaire.envoyer("GET", &chemin, None, &[("DCC-Au-Nom-De", LEA)]).est(200);
        assert!(traces(banc, "lire").contains(&("claire".to_owned(), None)));
    }

    fn a15_l_administrateur_coupe_un_etablissement_et_le_retablit(banc) {
        let scene = Scene::nouvelle(banc);
        let (_, dpi) = scene.dpi("dpi.ch.example");
        let jeton = scene.jeton(&dpi);
        let coupure = format!("/api/v1/etablissements/{}/interfaces/coupure", scene.region.etablissement);
        let ailleurs = banc.etablissement(7, scene.region.territoire);
        scene.admin.post(&format!("/api/v1/etablissements/{ailleurs}/interfaces/coupure"), json!({ "motif": "essai" })).est(201);
        scene.moi(&dpi, &jeton).est(200);
        scene.admin.post(&coupure, json!({ "motif": "Poste compromis" })).est(201);
        scene.moi(&dpi, &jeton).refuse(401, "client-refuse");
        scene.demander(&dpi, "grant_type=client_credentials").refuse(401, "client-refuse");
        scene.admin.post(&coupure, json!({ "motif": "encore" })).refuse(409, "deja-coupe");
        assert_eq!(scene.admin.get("/api/v1/interfaces/coupures").est(200).corps.as_array().unwrap().len(), 2);
        // A client declared meanwhile is shut out too.
        let (_, nouveau) = scene.dpi("nouveau.example");
        scene.demander(&nouveau, "grant_type=client_credentials").refuse(401, "client-refuse");
        scene.admin.delete(&coupure).est(204);
        scene.admin.delete(&coupure).refuse(409, "non-coupe");
        scene.moi(&dpi, &jeton).est(200);
        assert_eq!(traces(banc, "couper_interfaces").len(), 2);
        assert_eq!(traces(banc, "retablir_interfaces"), [("admin".to_owned(), None)]);
    }

    fn a15_un_client_change_de_certificat_de_portees_ou_se_ferme_et_cela_agit_aussitot(banc) {
        let scene = Scene::nouvelle(banc);
        let (chemin, ancien) = scene.dpi("dpi.ch.example");
        let jeton = scene.jeton(&ancien);
        let (paire, nouveau) = scene.certificat("dpi.ch.example");
        let certificats = format!("{chemin}/certificats");
        scene.admin.post(&certificats, json!({ "certificat": "bonjour" })).refuse(422, "certificat-illisible");
        let lu = scene.admin.post(&certificats, json!({ "certificat": paire.certificat })).est(201).corps;
        scene.admin.post(&certificats, json!({ "certificat": paire.certificat })).refuse(409, "certificat-pris");
        assert_eq!(lu["certificats"].as_array().unwrap().len(), 2);
        // Both open while one takes over, each with its own tokens.
        scene.moi(&ancien, &jeton).est(200);
        scene.moi(&nouveau, &jeton).refuse(401, "jeton-invalide");
        let releve = scene.jeton(&nouveau);
        let premiere = lu["certificats"].as_array().unwrap().iter().map(|c| c["empreinte"].as_str().unwrap())
            .find(|e| Some(*e) == lire(&jeton, 1)["cnf"]["x5t#S256"].as_str()).unwrap();
        scene.admin.delete(&format!("{certificats}/{premiere}")).est(204);
        scene.admin.delete(&format!("{certificats}/{premiere}")).refuse(404, "certificat-inconnu");
        scene.moi(&ancien, &jeton).refuse(401, "client-refuse");
        scene.moi(&nouveau, &releve).est(200);

        let modifie = |version: i64, portees: Value, actif: bool| scene.admin.put(&chemin, version, json!({ "nom": "DPI", "portees": portees, "actif": actif }));
        modifie(1, json!(["dcc.lecture"]), true).est(200);
        modifie(1, json!(["dcc.lecture"]), true).refuse(412, "version-perimee");
        let patient = json!({ "nom_naissance": "Lefèvre", "premier_prenom": "Jeanne", "sexe": "feminin", "date_naissance": "1979-03-14" });
        scene.appeler(&nouveau, &releve, "POST", "/api/v1/patients", &patient, Some(LEA)).refuse(403, "portee-insuffisante");
        modifie(2, json!(["dcc.lecture"]), false).est(200);
        scene.moi(&nouveau, &releve).refuse(401, "client-refuse");
        modifie(3, json!(["dcc.lecture"]), true).est(200);
        scene.moi(&nouveau, &releve).est(200);
        let compte = lu["compte_id"].as_str().unwrap();
        scene.admin.poster(&format!("/api/v1/comptes/{compte}/desactivation")).est(204);
        scene.moi(&nouveau, &releve).refuse(401, "client-refuse");
    }

    fn a15_seul_l_administrateur_regional_gere_les_machines(banc) {
        let scene = Scene::nouvelle(banc);
        let (chemin, _) = scene.dpi("dpi.ch.example");
        let (paire, _) = scene.certificat("autre.example");
        let local = banc.personne("local", &[(Role::AdministrateurLocal, Perimetre::Etablissement(scene.region.etablissement))]);
        local.post("/api/v1/machines", scene.saisie("autre", &paire)).refuse(403, "action-interdite");
        local.get("/api/v1/machines").refuse(403, "action-interdite");
        local.get(&chemin).refuse(403, "action-interdite");
        local.put(&chemin, 1, json!({ "nom": "DPI", "portees": ["dcc.lecture"], "actif": false })).refuse(403, "action-interdite");
        local.post(&format!("{chemin}/certificats"), json!({ "certificat": paire.certificat })).refuse(403, "action-interdite");
        local.post(&format!("/api/v1/etablissements/{}/interfaces/coupure", scene.region.etablissement), json!({ "motif": "x" })).refuse(403, "action-interdite");
        local.get("/api/v1/interfaces/coupures").refuse(403, "action-interdite");
        assert_eq!(scene.admin.get(&format!("/api/v1/machines?etablissement={}", scene.region.etablissement)).est(200).corps.as_array().unwrap().len(), 1);
        scene.admin.get("/api/v1/machines/00000000-0000-7000-8000-000000000000").refuse(404, "client-introuvable");
        let mut inconnu = scene.saisie("autre", &paire);
        inconnu["etablissement_id"] = json!("00000000-0000-7000-8000-000000000000");
        scene.admin.post("/api/v1/machines", inconnu).est(404);
    }

    fn a73_le_service_derriere_son_certificat_sert_aussi_les_navigateurs(banc) {
        let scene = Scene::nouvelle(banc);
        let sans = agent(&scene.fichier_autorite, None);
        appeler(&sans, http::Request::get(format!("{}/sante/vivant", scene.service.url)).body(Vec::new()).unwrap()).est(200);
        let personne = Arc::clone(&scene.service.etat);
        let compte = scene.admin.get("/api/v1/moi").corps["compte"].as_str().unwrap().parse().unwrap();
        let jeton = Client::nouveau(&scene.service.url, personne, Some(compte)).jeton().unwrap();
        scene.moi(&sans, &jeton).est(200);
        // In clear, nothing is answered.
        let clair = scene.service.url.replace("https://", "http://");
        let requete = http::Request::get(format!("{clair}/sante/vivant")).body(()).unwrap();
        assert!(Agent::new_with_defaults().run(requete).is_err());
    }
}
