//! A real OpenID Connect provider on loopback, one a test: Debian's glewlwyd, over TLS, with PKCE compulsory.
//!
//! Private folder, database and port; it ends with the test, or with its process however that dies. Without the
//! program the tests say so and do nothing, except in CI (`CI=true`) where they fail.

use super::{
    base::variable,
    client::Reponse,
    services::{agent, appeler},
    smtp::Pki,
};
use dcc::config::Federation;
use diesel::{Connection, SqliteConnection, connection::SimpleConnection};
use rcgen::{KeyPair, PublicKeyData};
use serde_json::{Value, json};
use std::{
    fs,
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, ChildStdin, Command, Stdio},
    time::{Duration, Instant},
};
use ureq::{Agent, http};

const PROGRAMME: &str = "/usr/bin/glewlwyd";
const SCHEMA: &str = "/usr/share/doc/glewlwyd/database/init.sqlite3.sql.gz";
const SECRET: &str = "secret-de-client";
const MOT_DE_PASSE: &str = "un mot de passe";

/// The provider.
pub struct Glewlwyd {
    racine: String,
    pki: Pki,
    agent: Agent,
    administrateur: String,
    dossier: tempfile::TempDir,
    // Held open: when this process ends, the pipe closes and the script stops the server.
    _vie: (Child, ChildStdin),
}

impl Glewlwyd {
    /// Starts it, with one client and one signature key; `None` when it is not to be had outside CI.
    pub fn demarrer(retour: &str) -> Option<Self> {
        if !Path::new(PROGRAMME).exists() || !Path::new(SCHEMA).exists() {
            assert!(variable("CI").as_deref() != Some("true"), "en intégration continue glewlwyd est obligatoire");
            println!("glewlwyd absent : cet essai n'a rien essayé");
            return None;
        }
        let dossier = tempfile::Builder::new().prefix("dcc-oidc-").tempdir().unwrap();
        let pki = Pki::nouvelle();
        creer_la_base(&dossier.path().join("base.sqlite"));
        // A port may be taken by another test between its choice and its use.
        let (port, vie) = (0..5).find_map(|_| lancer(dossier.path(), &pki)).unwrap_or_else(|| panic!("glewlwyd n'a pas démarré"));
        let racine = format!("https://localhost:{port}/api");
        let mut glewlwyd = Self { racine, agent: agent(&pki.autorite(), None), pki, administrateur: String::new(), dossier, _vie: vie };
        glewlwyd.administrateur = glewlwyd.entrer("admin", "password");
        glewlwyd.regler(retour);
        Some(glewlwyd)
    }

    fn regler(&self, retour: &str) {
        let mut personnes = self.administrer("GET", "/mod/user/database", &Value::Null).corps;
        personnes["parameters"]["data-format"]["rpps"] = json!({ "multiple": false, "read": true, "write": true });
        self.administrer("PUT", "/mod/user/database", &personnes);
        self.administrer("PUT", "/mod/user/database/reset/", &Value::Null);
        self.administrer(
            "POST",
            "/scope/",
            &json!({ "name": "scope_all", "display_name": "Tout", "password_required": true, "scheme": {} }),
        );
        let mut clients = self.administrer("GET", "/mod/client/database", &Value::Null).corps;
        clients["parameters"]["data-format"]["post_logout_redirect_uris"] = json!({ "multiple": true, "read": true, "write": true });
        clients["parameters"]["data-format"]["backchannel_logout_uri"] = json!({ "multiple": false, "read": true, "write": true });
        self.administrer("PUT", "/mod/client/database", &clients);
        self.administrer("PUT", "/mod/client/database/reset/", &Value::Null);
        self.administrer("POST", "/client/", &client(retour, None));
        self.administrer("POST", "/mod/plugin/", &self.greffon());
    }

    /// The provider proper, with a new key.
    fn greffon(&self) -> Value {
        let cle = KeyPair::generate().unwrap();
        json!({ "module": "oidc", "name": "psc", "display_name": "PSC", "parameters": {
            "iss": self.emetteur(), "jwt-type": "ecdsa", "jwt-key-size": "256", "key": cle.serialize_pem(), "cert": pem_publique(&cle),
            "access-token-duration": 600, "refresh-token-duration": 3600, "code-duration": 60, "refresh-token-rolling": false,
            "allow-non-oidc": false, "auth-type-code-enabled": true, "auth-type-token-enabled": false, "auth-type-implicit-enabled": false,
            "auth-type-password-enabled": false, "auth-type-client-enabled": false, "auth-type-refresh-enabled": false,
            "session-management-allowed": true, "back-channel-logout-allowed": true, "session-cookie-name": "DCC_ESSAI_SID", "session-cookie-expiration": 4, "pkce-allowed": true, "pkce-required": true, "pkce-method-plain-allowed": false, "subject-type": "public", "jwks-show": true,
            "scope": [],
            "claims": [{ "name": "SubjectNameID", "user-property": "rpps", "type": "string", "mandatory": true, "scope": [] }] } })
    }

    fn emetteur(&self) -> String {
        format!("{}/psc", self.racine)
    }

    /// Signs with another key from now on, and shows that one only.
    pub fn changer_de_cle(&self) {
        self.administrer("PUT", "/mod/plugin/psc", &self.greffon());
        self.administrer("PUT", "/mod/plugin/psc/reset/", &Value::Null);
    }

    /// Posts to that address, from now on, when a session ends.
    pub fn prevenir(&self, retour: &str, adresse: &str) {
        self.administrer("PUT", "/client/dcc", &client(retour, Some(adresse)));
    }

    /// What the browser of a person is answered at an address of the provider.
    pub fn visiter(&self, adresse: &str, personne: &str) -> Reponse {
        let session = self.entrer(personne, MOT_DE_PASSE);
        appeler(&self.agent, http::Request::get(adresse).header("Cookie", session).body(Vec::new()).unwrap())
    }

    /// A person ends a session at the provider.
    pub fn finir(&self, sid: &str, personne: &str) {
        let session = self.entrer(personne, MOT_DE_PASSE);
        let reponse = self.appeler("DELETE", &format!("/psc/session/{sid}"), &Value::Null, &session);
        assert_eq!(reponse.statut, 200, "{} {}", reponse.corps, self.journal());
    }

    /// A person, with the national identifier that the provider says.
    pub fn personne(&self, nom: &str, identifiant_national: &str) {
        self.administrer(
            "POST",
            "/user/",
            &json!({ "username": nom, "name": nom, "email": "", "enabled": true, "password": MOT_DE_PASSE, "scope": ["openid", "scope_all"],
                     "rpps": identifiant_national }),
        );
    }

    /// How the service is set to use it.
    pub fn reglages(&self) -> Federation {
        Federation {
            nom: "psc".to_owned(),
            libelle: "Pro Santé Connect".to_owned(),
            emetteur: self.emetteur(),
            client_id: "dcc".to_owned(),
            secret_fichier: Some(self.pki.ecrire("secret", &format!("{SECRET}\n"))),
            portees: vec!["scope_all".to_owned()],
            revendications_rpps: vec!["SubjectNameID".to_owned()],
            autorite_fichier: Some(self.pki.autorite()),
            reseau_prive: true,
            // Its logout tokens are of a draft that asked for neither type nor end.
            fin_ancienne: true,
            ..Federation::default()
        }
    }

    /// What a person does at the provider: signs in, consents. Gives the address the browser is sent back to.
    pub fn autoriser(&self, depart: &str, personne: &str) -> String {
        let session = self.entrer(personne, MOT_DE_PASSE);
        self.appeler("PUT", "/auth/grant/dcc", &json!({ "scope": "openid scope_all" }), &session).est(200);
        let requete = http::Request::get(format!("{depart}&g_continue")).header("Cookie", session).body(Vec::new()).unwrap();
        appeler(&self.agent, requete).est(302).entete("location").to_owned()
    }

    fn entrer(&self, personne: &str, mot_de_passe: &str) -> String {
        let reponse = self.appeler("POST", "/auth/", &json!({ "username": personne, "password": mot_de_passe }), "").est(200);
        reponse.entete("set-cookie").split(';').next().unwrap().to_owned()
    }

    #[track_caller]
    fn administrer(&self, methode: &str, chemin: &str, corps: &Value) -> Reponse {
        let reponse = self.appeler(methode, chemin, corps, &self.administrateur);
        assert_eq!(reponse.statut, 200, "{methode} {chemin} : {}\n{}", reponse.corps, self.journal());
        reponse
    }

    fn appeler(&self, methode: &str, chemin: &str, corps: &Value, cookies: &str) -> Reponse {
        let octets = if corps.is_null() { Vec::new() } else { corps.to_string().into_bytes() };
        let requete = http::Request::builder().method(methode).uri(format!("{}{chemin}", self.racine));
        let requete = requete.header("Cookie", cookies).header("Content-Type", "application/json");
        // A PUT carries a body, be it empty.
        let octets = if octets.is_empty() && methode == "PUT" { b"{}".to_vec() } else { octets };
        appeler(&self.agent, requete.body(octets).unwrap())
    }

    fn journal(&self) -> String {
        fs::read_to_string(self.dossier.path().join("journal")).unwrap_or_default()
    }
}

/// The service, as the provider knows it.
fn client(retour: &str, fin_poussee: Option<&str>) -> Value {
    let mut client = json!({
        "client_id": "dcc", "name": "DCC", "enabled": true, "confidential": true, "client_secret": SECRET, "password": SECRET,
        "redirect_uri": [retour], "authorization_type": ["code"], "scope": [], "token_endpoint_auth_method": ["client_secret_basic"],
        "post_logout_redirect_uris": [retour.replace("/retour", "/fin")]
    });
    if let Some(adresse) = fin_poussee {
        client["backchannel_logout_uri"] = json!(adresse);
    }
    client
}

/// The public half of a key, as SubjectPublicKeyInfo in PEM.
fn pem_publique(cle: &KeyPair) -> String {
    use base64::{Engine, engine::general_purpose::STANDARD};
    let lignes: Vec<String> =
        STANDARD.encode(cle.subject_public_key_info()).as_bytes().chunks(64).map(|l| String::from_utf8_lossy(l).into_owned()).collect();
    format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", lignes.join("\n"))
}

fn creer_la_base(chemin: &Path) {
    let schema = Command::new("zcat").arg(SCHEMA).output().unwrap().stdout;
    let mut conn = SqliteConnection::establish(chemin.to_str().unwrap()).unwrap();
    conn.batch_execute(&String::from_utf8(schema).unwrap()).unwrap();
}

fn lancer(dossier: &Path, pki: &Pki) -> Option<(u16, (Child, ChildStdin))> {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let chemin = |nom: &str| dossier.join(nom).display().to_string();
    let reglages = format!(
        r#"
port={port}
bind_address="127.0.0.1"
external_url="https://localhost:{port}"
login_url="login.html"
api_prefix="api"
cookie_secure=1
session_expiration=3600
session_key="GLEWLWYD2_SESSION_ID"
log_mode="console"
log_level="WARNING"
admin_scope="g_admin"
profile_scope="g_profile"
user_module_path="/usr/lib/glewlwyd/user"
client_module_path="/usr/lib/glewlwyd/client"
user_auth_scheme_module_path="/usr/lib/glewlwyd/scheme"
plugin_module_path="/usr/lib/glewlwyd/plugin"
use_secure_connection=true
secure_connection_key_file="{cle}"
secure_connection_pem_file="{certificat}"
hash_algorithm="SHA512"
database = {{ type = "sqlite3"; path = "{base}"; }};
"#,
        cle = pki.cle_serveur().display(),
        certificat = pki.certificat_serveur().display(),
        base = chemin("base.sqlite"),
    );
    fs::write(chemin("glewlwyd.conf"), reglages).unwrap();
    let script = r#""$0" --config-file="$1/glewlwyd.conf" >"$1/journal" 2>&1 & serveur=$!; cat >/dev/null; kill $serveur; wait $serveur"#;
    let mut fils =
        Command::new("sh").args(["-c", script, PROGRAMME]).arg(dossier).stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    let vie = fils.stdin.take().unwrap();
    let debut = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        if debut.elapsed() > Duration::from_secs(20) {
            println!("{}", fs::read_to_string(chemin("journal")).unwrap_or_default());
            drop(vie);
            fils.wait().unwrap();
            return None;
        }
        std::thread::sleep(Duration::from_millis(30));
    }
    Some((port, (fils, vie)))
}
