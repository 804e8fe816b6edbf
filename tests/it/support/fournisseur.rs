//! An identity provider that says what a test wants, true or forged, with keys of its own. It counts who asks.

use dcc::config::Federation;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, jwk::Jwk};
use rcgen::KeyPair;
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
};

/// A key that signs tokens.
#[derive(Clone)]
pub struct Cle {
    kid: String,
    signature: EncodingKey,
}

impl Cle {
    pub fn nouvelle(kid: &str) -> Self {
        let paire = KeyPair::generate().unwrap();
        Self { kid: kid.to_owned(), signature: EncodingKey::from_ec_der(&paire.serialize_der()) }
    }

    fn publique(&self) -> Jwk {
        let mut jwk = Jwk::from_encoding_key(&self.signature, Algorithm::ES256).unwrap();
        jwk.common.key_id = Some(self.kid.clone());
        jwk
    }

    /// A signed token.
    pub fn signer(&self, contenu: &Value) -> String {
        self.signer_comme("JWT", contenu)
    }

    /// The same, of that type.
    pub fn signer_comme(&self, genre: &str, contenu: &Value) -> String {
        let entete = Header { kid: Some(self.kid.clone()), typ: Some(genre.to_owned()), ..Header::new(Algorithm::ES256) };
        encode(&entete, contenu, &self.signature).unwrap()
    }
}

/// The provider. Its thread ends with the process.
#[derive(Clone)]
pub struct Fournisseur {
    pub emetteur: String,
    interieur: Arc<Interieur>,
}

#[derive(Default)]
struct Interieur {
    /// What is answered at each path: status and body.
    reponses: Mutex<BTreeMap<String, (u16, String)>>,
    appels: Mutex<BTreeMap<String, usize>>,
    formulaires: Mutex<Vec<String>>,
}

impl Fournisseur {
    /// Starts one that shows that key.
    pub fn demarrer(cle: &Cle) -> Self {
        let ecoute = TcpListener::bind("127.0.0.1:0").unwrap();
        let emetteur = format!("http://{}/realms/essai", ecoute.local_addr().unwrap());
        let fournisseur = Self { emetteur, interieur: Arc::default() };
        fournisseur.repondre("/.well-known/openid-configuration", 200, &fournisseur.document());
        fournisseur.montrer(&[cle]);
        let interieur = Arc::clone(&fournisseur.interieur);
        std::thread::spawn(move || {
            for flux in ecoute.incoming().flatten() {
                let interieur = Arc::clone(&interieur);
                std::thread::spawn(move || drop(interieur.servir(flux)));
            }
        });
        fournisseur
    }

    /// Its discovery document.
    pub fn document(&self) -> Value {
        let a = |chemin: &str| format!("{}{chemin}", self.emetteur);
        json!({
            "issuer": self.emetteur, "authorization_endpoint": a("/auth"), "token_endpoint": a("/token"), "jwks_uri": a("/certs"),
            "userinfo_endpoint": a("/userinfo"), "response_types_supported": ["code"], "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"]
        })
    }

    /// How the service is set to use it, as Pro Santé Connect.
    pub fn reglages(&self, nom: &str) -> Federation {
        Federation {
            nom: nom.to_owned(),
            libelle: "Pro Santé Connect".to_owned(),
            emetteur: self.emetteur.clone(),
            client_id: "dcc".to_owned(),
            portees: vec!["scope_all".to_owned()],
            acr: vec!["eidas1".to_owned()],
            revendications_rpps: vec!["SubjectNameID".to_owned(), "preferred_username".to_owned()],
            demande_acces: Some("Écrivez à acces@region.example.".to_owned()),
            ..Federation::default()
        }
    }

    /// Shows those keys from now on.
    pub fn montrer(&self, cles: &[&Cle]) {
        let cles: Vec<Jwk> = cles.iter().map(|cle| cle.publique()).collect();
        self.repondre("/certs", 200, &json!({ "keys": cles }));
    }

    /// Answers any code with that ID token.
    pub fn donner(&self, id_token: &str) {
        self.repondre(
            "/token",
            200,
            &json!({ "access_token": "un-jeton-d-acces", "token_type": "Bearer", "expires_in": 60, "id_token": id_token }),
        );
    }

    /// Answers that at a path under the issuer.
    pub fn repondre(&self, chemin: &str, statut: u16, corps: &Value) {
        self.repondre_texte(chemin, statut, corps.to_string());
    }

    pub fn repondre_texte(&self, chemin: &str, statut: u16, corps: String) {
        self.interieur.reponses.lock().unwrap().insert(format!("/realms/essai{chemin}"), (statut, corps));
    }

    /// How often a path was asked.
    pub fn appels(&self, chemin: &str) -> usize {
        self.interieur.appels.lock().unwrap().get(&format!("/realms/essai{chemin}")).copied().unwrap_or(0)
    }

    /// The last form that was posted.
    pub fn formulaire(&self) -> String {
        self.interieur.formulaires.lock().unwrap().last().cloned().unwrap()
    }
}

impl Interieur {
    fn servir(&self, mut flux: TcpStream) -> std::io::Result<()> {
        let mut lecteur = BufReader::new(flux.try_clone()?);
        let (mut premiere, mut longueur) = (String::new(), 0);
        lecteur.read_line(&mut premiere)?;
        loop {
            let mut ligne = String::new();
            if lecteur.read_line(&mut ligne)? == 0 || ligne.trim().is_empty() {
                break;
            }
            if let Some(valeur) = ligne.to_lowercase().strip_prefix("content-length:") {
                longueur = valeur.trim().parse().unwrap();
            }
        }
        let mut corps = vec![0; longueur];
        lecteur.read_exact(&mut corps)?;
        let chemin = premiere.split(' ').nth(1).unwrap_or_default().to_owned();
        if longueur > 0 {
            self.formulaires.lock().unwrap().push(String::from_utf8(corps).unwrap());
        }
        *self.appels.lock().unwrap().entry(chemin.clone()).or_default() += 1;
        let (statut, corps) = self.reponses.lock().unwrap().get(&chemin).cloned().unwrap_or((404, "{}".to_owned()));
        write!(
            flux,
            "HTTP/1.1 {statut} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\nLocation: http://169.254.169.254/\r\nConnection: close\r\n\r\n{corps}",
            corps.len()
        )
    }
}
