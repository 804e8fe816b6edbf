//! The logout token, by which a provider says that a session is over there (OpenID Connect Back-Channel Logout 1.0, section 2.6).
//!
//! It is verified on its own rather than as an ID token, which has a nonce and names a person: neither may pass for the other. It
//! must be typed `logout+jwt`, name the event, have no nonce and an end. `federation[].fin_ancienne` excuses from the type and the
//! end a provider of the drafts, whose tokens then hold five minutes.

use super::model::{FinDeSession, Motif};
use crate::{config::Federation, kernel::Instant};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::Duration;
use jsonwebtoken::{
    Algorithm, DecodingKey, Validation, decode, decode_header,
    jwk::{Jwk, PublicKeyUse},
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// What says that a token ends a session.
const EVENEMENT: &str = "http://schemas.openid.net/event/backchannel-logout";
const TYPE: &str = "logout+jwt";
/// How far the clock of the provider may be ahead.
const AVANCE_TOLEREE: Duration = Duration::minutes(2);
/// How long a token without an end holds.
const AGE_MAXIMAL: Duration = Duration::minutes(5);

/// Signatures that nobody but the provider can make, as for its ID tokens.
const ALGORITHMES: [Algorithm; 7] =
    [Algorithm::RS256, Algorithm::RS384, Algorithm::PS256, Algorithm::PS384, Algorithm::ES256, Algorithm::ES384, Algorithm::EdDSA];

/// Why a token ends nothing.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refusee {
    /// No such key is known: those of the provider may have changed.
    CleInconnue,
    /// It does not hold.
    Motif(Motif),
}

impl From<Motif> for Refusee {
    fn from(motif: Motif) -> Self {
        Self::Motif(motif)
    }
}

#[derive(Deserialize)]
struct Entete {
    typ: Option<String>,
    crit: Option<Value>,
}

#[derive(Deserialize)]
struct Contenu {
    aud: Value,
    sub: Option<String>,
    sid: Option<String>,
    iat: i64,
    exp: Option<i64>,
    events: Map<String, Value>,
    nonce: Option<Value>,
}

/// The keys of a JWK set that can be read.
pub(super) fn cles(jeu: &impl serde::Serialize) -> Vec<Jwk> {
    let lu = serde_json::to_value(jeu).unwrap_or_default();
    let cles = lu.get("keys").and_then(Value::as_array).into_iter().flatten();
    cles.filter_map(|cle| serde_json::from_value(cle.clone()).ok()).collect()
}

/// What a logout token ends, once it is verified.
pub(super) fn verifier(jeton: &str, cles: &[Jwk], reglages: &Federation, maintenant: Instant) -> Result<FinDeSession, Refusee> {
    let entete = jeton.split('.').next().and_then(|texte| URL_SAFE_NO_PAD.decode(texte).ok());
    let entete: Option<Entete> = entete.and_then(|octets| serde_json::from_slice(&octets).ok());
    let Entete { typ, crit } = entete.ok_or(Motif::Reponse)?;
    if crit.is_some() || !(reglages.fin_ancienne || typ.is_some_and(|dit| est_de_fin(&dit))) {
        return Err(Motif::Reponse.into());
    }
    let contenu = signe(jeton, cles, reglages)?;
    let client = &reglages.client_id;
    if contenu.aud != json!(client) && contenu.aud != json!([client]) {
        return Err(Motif::Destinataire.into());
    }
    if !contenu.events.contains_key(EVENEMENT) || contenu.nonce.is_some() || (contenu.sub.is_none() && contenu.sid.is_none()) {
        return Err(Motif::Reponse.into());
    }
    let (emis, ici) = (contenu.iat, maintenant.timestamp());
    let tient = match contenu.exp {
        Some(fin) => fin > ici,
        None => reglages.fin_ancienne && ici - emis <= AGE_MAXIMAL.num_seconds(),
    };
    if !tient || emis > ici + AVANCE_TOLEREE.num_seconds() {
        return Err(Motif::Peremption.into());
    }
    Ok(FinDeSession { emetteur: reglages.emetteur.clone(), sujet: contenu.sub, sid: contenu.sid })
}

fn est_de_fin(genre: &str) -> bool {
    let genre = genre.to_ascii_lowercase();
    genre.strip_prefix("application/").unwrap_or(&genre) == TYPE
}

/// The content of a token that a key of the provider signed, for this service.
fn signe(jeton: &str, cles: &[Jwk], reglages: &Federation) -> Result<Contenu, Refusee> {
    let entete = decode_header(jeton).map_err(|_| Motif::Signature)?;
    if !ALGORITHMES.contains(&entete.alg) {
        return Err(Motif::Signature.into());
    }
    let nommee = cles.iter().find(|cle| cle.common.key_id.is_some() && cle.common.key_id == entete.kid);
    let cle = match (&entete.kid, cles) {
        (None, [seule]) => seule,
        _ => nommee.ok_or(Refusee::CleInconnue)?,
    };
    let autre_usage = cle.common.public_key_use.as_ref().is_some_and(|usage| *usage != PublicKeyUse::Signature);
    let autre_algorithme = cle.common.key_algorithm.is_some_and(|dit| dit.to_string().parse::<Algorithm>().ok() != Some(entete.alg));
    if autre_usage || autre_algorithme {
        return Err(Motif::Signature.into());
    }
    let cle = DecodingKey::from_jwk(cle).map_err(|_| Motif::Signature)?;
    let mut regles = Validation::new(entete.alg);
    regles.set_issuer(&[&reglages.emetteur]);
    regles.set_audience(&[&reglages.client_id]);
    regles.set_required_spec_claims(&["iss", "aud"]);
    // The times are checked against the injected clock.
    (regles.validate_exp, regles.validate_nbf) = (false, false);
    decode::<Contenu>(jeton, &cle, &regles).map(|lu| lu.claims).map_err(|erreur| {
        use jsonwebtoken::errors::ErrorKind;
        match erreur.kind() {
            ErrorKind::InvalidIssuer => Motif::Emetteur.into(),
            ErrorKind::InvalidAudience => Motif::Destinataire.into(),
            ErrorKind::InvalidSignature | ErrorKind::InvalidAlgorithm => Motif::Signature.into(),
            _ => Motif::Reponse.into(),
        }
    })
}
