//! Access tokens of machines: JWT (RFC 9068) signed with ES256 and bound to a certificate (RFC 8705).

use super::model::{MachineError, Portee};
use crate::kernel::{Instant, Panne, ids::ClientMachineId};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::Duration;
use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode,
    jwk::{Jwk, KeyAlgorithm, PublicKeyUse, ThumbprintHash},
};
use serde::{Deserialize, Serialize};

/// How long a token lives.
pub const DUREE: Duration = Duration::minutes(15);
/// The longest life that the requirements allow, which no token of this service exceeds.
const DUREE_MAXIMALE: Duration = Duration::minutes(60);
const TYPE: &str = "at+jwt";

/// The whole header of our tokens: whatever else a header says (`jku`, `jwk`, `x5u`, `crit`…) makes it another's.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entete {
    alg: String,
    typ: String,
    kid: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Contenu {
    iss: String,
    aud: String,
    sub: ClientMachineId,
    client_id: ClientMachineId,
    jti: String,
    iat: i64,
    nbf: i64,
    exp: i64,
    scope: String,
    cnf: Confirmation,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Confirmation {
    #[serde(rename = "x5t#S256")]
    x5t: String,
}

/// What a token that holds says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verifie {
    /// The client.
    pub client: ClientMachineId,
    /// What it allows.
    pub portees: Vec<Portee>,
}

/// Signs and checks the tokens of machines.
pub struct SignataireMachines {
    signature: EncodingKey,
    verification: DecodingKey,
    regles: Validation,
    jwk: Jwk,
    kid: String,
    emetteur: String,
    ressource: String,
}

impl SignataireMachines {
    /// The key is a P-256 one in PKCS#8 PEM; `url_publique` is the issuer.
    pub fn new(pem: &[u8], url_publique: &str) -> Result<Self, Panne> {
        let panne = |e: jsonwebtoken::errors::Error| Panne::new("clé des jetons des machines (P-256, PKCS#8 PEM)", e);
        let signature = EncodingKey::from_ec_pem(pem).map_err(panne)?;
        let mut jwk = Jwk::from_encoding_key(&signature, Algorithm::ES256).map_err(panne)?;
        let kid = jwk.thumbprint(ThumbprintHash::SHA256).map_err(panne)?;
        jwk.common.key_id = Some(kid.clone());
        jwk.common.public_key_use = Some(PublicKeyUse::Signature);
        jwk.common.key_algorithm = Some(KeyAlgorithm::ES256);
        let verification = DecodingKey::from_jwk(&jwk).map_err(panne)?;
        let emetteur = url_publique.trim_end_matches('/').to_owned();
        let ressource = format!("{emetteur}/api/v1");
        let mut regles = Validation::new(Algorithm::ES256);
        regles.set_issuer(&[&emetteur]);
        regles.set_audience(&[&ressource]);
        regles.set_required_spec_claims(&["iss", "aud", "exp", "nbf", "sub"]);
        // The times are checked below against the injected clock.
        (regles.validate_exp, regles.validate_nbf) = (false, false);
        Ok(Self { signature, verification, regles, jwk, kid, emetteur, ressource })
    }

    /// The public key, for whoever verifies.
    #[must_use]
    pub fn cle_publique(&self) -> &Jwk {
        &self.jwk
    }

    /// `iss` of the tokens.
    #[must_use]
    pub fn emetteur(&self) -> &str {
        &self.emetteur
    }

    /// A token for a client, bound to the certificate of that fingerprint.
    pub fn signer(
        &self,
        client: ClientMachineId,
        portees: &[Portee],
        empreinte: &str,
        jti: String,
        maintenant: Instant,
    ) -> Result<String, Panne> {
        let contenu = Contenu {
            iss: self.emetteur.clone(),
            aud: self.ressource.clone(),
            sub: client,
            client_id: client,
            jti,
            iat: maintenant.timestamp(),
            nbf: maintenant.timestamp(),
            exp: (maintenant + DUREE).timestamp(),
            scope: portees.iter().map(|p| p.as_str()).collect::<Vec<_>>().join(" "),
            cnf: Confirmation { x5t: empreinte.to_owned() },
        };
        let entete = Header { typ: Some(TYPE.to_owned()), kid: Some(self.kid.clone()), ..Header::new(Algorithm::ES256) };
        encode(&entete, &contenu, &self.signature).map_err(|e| Panne::new("signature du jeton d'une machine", e))
    }

    /// The client that a token names, if it is ours, holds at that moment and is bound to the certificate shown.
    pub fn verifier(&self, jeton: &str, empreinte: Option<&str>, maintenant: Instant) -> Result<Verifie, MachineError> {
        let entete = entete::<Entete>(jeton).ok_or(MachineError::JetonInvalide)?;
        if entete.alg != "ES256" || entete.typ != TYPE || entete.kid != self.kid {
            return Err(MachineError::JetonInvalide);
        }
        let c = decode::<Contenu>(jeton, &self.verification, &self.regles).map_err(|_| MachineError::JetonInvalide)?.claims;
        let a_temps = c.nbf <= maintenant.timestamp() && maintenant.timestamp() < c.exp && c.iat <= maintenant.timestamp();
        let courte = c.exp.saturating_sub(c.iat) <= DUREE_MAXIMALE.num_seconds();
        if !a_temps || !courte || c.sub != c.client_id || c.jti.is_empty() || empreinte != Some(c.cnf.x5t.as_str()) {
            return Err(MachineError::JetonInvalide);
        }
        let portees: Result<Vec<Portee>, _> = c.scope.split_whitespace().map(str::parse).collect();
        Ok(Verifie { client: c.sub, portees: portees.map_err(|_| MachineError::JetonInvalide)? })
    }
}

/// True when a bearer token says it is not one of a session, which are signed with HS256.
#[must_use]
pub fn est_de_machine(jeton: &str) -> bool {
    #[derive(Deserialize)]
    struct Algorithme {
        alg: String,
    }
    entete::<Algorithme>(jeton).is_some_and(|e| e.alg != "HS256")
}

fn entete<T: for<'e> Deserialize<'e>>(jeton: &str) -> Option<T> {
    let (premier, _) = jeton.split_once('.')?;
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(premier).ok()?).ok()
}
