//! People with a local account, who sign in as people do: a password, then an application of codes or a key.

use super::{Banc, client::Reponse};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use dcc::{
    kernel::{Perimetre, Role},
    metier::compte::model::facteur::code_totp,
};
use ring::{
    digest::{SHA256, digest},
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair},
};
use serde_json::{Value, json};

/// A password that stands the estimation.
pub const PHRASE: &str = "fauteuil girafe tulipe";
/// The origin of the pages of the bench.
pub const ORIGINE: &str = "http://localhost:8080";

/// A local account.
pub struct Local<'a> {
    banc: &'a Banc,
    pub id: String,
    pub identifiant: String,
    /// Secret of the application, in base32.
    pub secret: String,
    pub codes: Vec<String>,
}

/// Opens an account and gives its identifier and the secret of its activation.
pub fn ouvrir(banc: &Banc, identifiant: &str, role: Role) -> (String, String) {
    let admin = banc.personne(&format!("admin-de-{identifiant}"), &[(Role::AdministrateurRegional, Perimetre::Region)]);
    let habilitations = json!([{ "role": role, "perimetre": { "type": "region" } }]);
    let saisie = json!({ "identifiant": identifiant, "nom": "Claire Martin", "habilitations": habilitations });
    let id = admin.post("/api/v1/comptes", saisie).est(201).id();
    let lien = admin.poster(&format!("/api/v1/comptes/{id}/reinitialisation")).est(200).corps;
    (id, lien["jeton"].as_str().unwrap().to_owned())
}

/// Chooses the password of a new account and gives the challenge of its first factor.
pub fn activer(banc: &Banc, jeton: &str, support: &str) -> String {
    let saisie = json!({ "jeton": jeton, "mot_de_passe": PHRASE, "support": support });
    let etape = banc.anonyme().post("/api/v1/sessions/activation", saisie).est(200).corps;
    assert_eq!(etape["etape"], "enrolement");
    etape["defi"].as_str().unwrap().to_owned()
}

impl<'a> Local<'a> {
    /// An account whose holder chose a password and enrolled an application of codes.
    pub fn nouveau(banc: &'a Banc, identifiant: &str, role: Role) -> Self {
        let (id, jeton) = ouvrir(banc, identifiant, role);
        let defi = activer(banc, &jeton, "porteur");
        let invitation = banc.anonyme().post("/api/v1/sessions/enrolement/totp", json!({ "defi": defi })).est(200).corps;
        let secret = invitation["secret"].as_str().unwrap().to_owned();
        assert!(invitation["uri"].as_str().unwrap().starts_with("otpauth://totp/"));
        let code = code_totp(&secret, banc.maintenant()).unwrap();
        let saisie = json!({ "defi": defi, "libelle": "Téléphone", "code": code });
        let ouverte = banc.anonyme().post("/api/v1/sessions/enrolement", saisie).est(201).corps;
        let codes = ouverte["codes_secours"].as_array().unwrap().iter().map(|code| code.as_str().unwrap().to_owned()).collect();
        Self { banc, id, identifiant: identifiant.to_owned(), secret, codes }
    }

    /// What the application shows; a code serves once, so the clock is first moved to the next one.
    pub fn code(&self) -> String {
        self.banc.avancer(30);
        code_totp(&self.secret, self.banc.maintenant()).unwrap()
    }

    /// The first step.
    pub fn mot_de_passe(&self, support: &str) -> Value {
        let saisie = json!({ "identifiant": self.identifiant, "mot_de_passe": PHRASE, "support": support });
        self.banc.anonyme().post("/api/v1/sessions", saisie).est(200).corps
    }

    /// Both steps, with tokens.
    pub fn connecter(&self) -> Value {
        self.second_facteur("porteur").corps
    }

    /// Both steps, in a browser: the secret of the cookie.
    pub fn naviguer(&self) -> String {
        secret_du_cookie(&self.second_facteur("navigateur"))
    }

    fn second_facteur(&self, support: &str) -> Reponse {
        let defi = self.mot_de_passe(support)["defi"].clone();
        let saisie = json!({ "defi": defi, "code": self.code() });
        self.banc.anonyme().post("/api/v1/sessions/second-facteur", saisie).est(201)
    }
}

/// The secret in the cookie that an answer sets.
pub fn secret_du_cookie(reponse: &Reponse) -> String {
    let cookie = reponse.entete("set-cookie").strip_prefix("__Host-dcc=").unwrap();
    cookie.split(';').next().unwrap().to_owned()
}

/// `Authorization` for a session that was opened.
pub fn porteur(ouverte: &Value) -> String {
    format!("Bearer {}", ouverte["acces"].as_str().unwrap())
}

/// A software key: ES256, verifies its holder, counts its signatures.
pub struct Cle {
    paire: EcdsaKeyPair,
    id: [u8; 16],
    pub compteur: u32,
    pub origine: String,
    pub verifie_le_porteur: bool,
}

const PRESENT: u8 = 0x01;
const VERIFIE: u8 = 0x04;
const CLE_JOINTE: u8 = 0x40;

impl Cle {
    pub fn nouvelle(id: u8) -> Self {
        let alea = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &alea).unwrap();
        let paire = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8.as_ref(), &alea).unwrap();
        Self { paire, id: [id; 16], compteur: 0, origine: ORIGINE.to_owned(), verifie_le_porteur: true }
    }

    /// The same key in other hands: a copy of it, with its counter.
    pub fn reculer(&mut self) {
        self.compteur -= 1;
    }

    fn donnees(&self, rp: &str, drapeaux: u8) -> Vec<u8> {
        let verifie = if self.verifie_le_porteur { VERIFIE } else { 0 };
        let mut donnees = digest(&SHA256, rp.as_bytes()).as_ref().to_vec();
        donnees.push(PRESENT | verifie | drapeaux);
        donnees.extend(self.compteur.to_be_bytes());
        donnees
    }

    fn client(&self, genre: &str, defi: &Value) -> Vec<u8> {
        json!({ "type": genre, "challenge": defi, "origin": self.origine, "crossOrigin": false }).to_string().into_bytes()
    }

    /// `navigator.credentials.create`.
    pub fn enroler(&self, options: &Value) -> Value {
        let options = &options["publicKey"];
        let point = self.paire.public_key().as_ref();
        let mut donnees = self.donnees(options["rp"]["id"].as_str().unwrap(), CLE_JOINTE);
        donnees.extend([0; 16]);
        donnees.extend([0, 16]);
        donnees.extend(self.id);
        // COSE_Key: kty EC2, alg ES256, crv P-256, x, y.
        donnees.extend([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]);
        donnees.extend(&point[1..33]);
        donnees.extend([0x22, 0x58, 0x20]);
        donnees.extend(&point[33..65]);
        // { "fmt": "none", "attStmt": {}, "authData": … } in CBOR.
        let mut attestation = vec![0xa3, 0x63];
        attestation.extend(b"fmt\x64none\x67attStmt\xa0\x68authData\x58");
        attestation.push(u8::try_from(donnees.len()).unwrap());
        attestation.extend(donnees);
        self.reponse(json!({
            "attestationObject": URL_SAFE_NO_PAD.encode(attestation),
            "clientDataJSON": URL_SAFE_NO_PAD.encode(self.client("webauthn.create", &options["challenge"])),
        }))
    }

    /// `navigator.credentials.get`.
    pub fn signer(&mut self, options: &Value) -> Value {
        let options = &options["publicKey"];
        self.compteur += 1;
        let donnees = self.donnees(options["rpId"].as_str().unwrap(), 0);
        let client = self.client("webauthn.get", &options["challenge"]);
        let signe = [donnees.as_slice(), digest(&SHA256, &client).as_ref()].concat();
        let signature = self.paire.sign(&SystemRandom::new(), &signe).unwrap();
        self.reponse(json!({
            "authenticatorData": URL_SAFE_NO_PAD.encode(donnees),
            "clientDataJSON": URL_SAFE_NO_PAD.encode(client),
            "signature": URL_SAFE_NO_PAD.encode(signature),
            "userHandle": null,
        }))
    }

    fn reponse(&self, contenu: Value) -> Value {
        let id = URL_SAFE_NO_PAD.encode(self.id);
        json!({ "id": id, "rawId": id, "type": "public-key", "response": contenu, "clientExtensionResults": {} })
    }
}
