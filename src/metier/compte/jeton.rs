//! Access tokens: a signed name of a session, for ten minutes.

use super::model::{CompteError, DUREE_ACCES, Justificatif};
use crate::kernel::{
    Acteur, Instant, Panne, Resultat,
    ids::{CompteId, SessionId},
};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde::{Deserialize, Serialize};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

const EMETTEUR: &str = "dcc";
const TYPE: &str = "at+jwt";

#[derive(Debug, Serialize, Deserialize)]
struct Contenu {
    iss: String,
    aud: String,
    sub: CompteId,
    sid: SessionId,
    iat: i64,
    exp: i64,
}

/// Signs and checks access tokens with one secret key.
#[derive(Clone)]
pub struct Signataire {
    signature: EncodingKey,
    verification: DecodingKey,
    regles: Validation,
}

impl Signataire {
    /// The key must be 32 bytes at least.
    pub fn new(cle: &[u8]) -> Result<Self, Panne> {
        if cle.len() < 32 {
            return Err(Panne::dire("la clé des jetons d'accès doit compter 32 octets au moins"));
        }
        let mut regles = Validation::new(Algorithm::HS256);
        regles.set_issuer(&[EMETTEUR]);
        regles.set_audience(&[EMETTEUR]);
        regles.set_required_spec_claims(&["iss", "aud", "exp"]);
        // The end of the token is checked below against the injected clock.
        regles.validate_exp = false;
        Ok(Self { signature: EncodingKey::from_secret(cle), verification: DecodingKey::from_secret(cle), regles })
    }

    /// A token for a session.
    pub fn signer(&self, compte: CompteId, session: SessionId, maintenant: Instant) -> Result<String, Panne> {
        let contenu = Contenu {
            iss: EMETTEUR.to_owned(),
            aud: EMETTEUR.to_owned(),
            sub: compte,
            sid: session,
            iat: maintenant.timestamp(),
            exp: (maintenant + DUREE_ACCES).timestamp(),
        };
        let entete = Header { typ: Some(TYPE.to_owned()), ..Header::new(Algorithm::HS256) };
        encode(&entete, &contenu, &self.signature).map_err(|e| Panne::new("signature du jeton", e))
    }

    /// The session that a token names, if the token is ours and still holds.
    pub fn verifier(&self, jeton: &str, maintenant: Instant) -> Resultat<SessionId> {
        let lu = decode::<Contenu>(jeton, &self.verification, &self.regles).map_err(|_| CompteError::JetonInvalide)?;
        if lu.header.typ.as_deref() != Some(TYPE) || lu.claims.exp <= maintenant.timestamp() {
            return Err(CompteError::JetonInvalide.into());
        }
        Ok(lu.claims.sid)
    }
}

/// How long rights read from the database are held, in milliseconds.
const FRAICHEUR_MS: i64 = 1000;
/// Sessions held before the stale ones are swept.
const BALAYAGE: usize = 10_000;

/// Rights of the sessions that called within the last second: a revocation acts at once in this
/// process and within a second in the others.
#[derive(Debug, Clone, Default)]
pub struct SessionsRecentes(Arc<Mutex<HashMap<Justificatif, Lecture>>>);

/// When the rights of a session were read, and what they are.
type Lecture = (Instant, Arc<Acteur>);

impl SessionsRecentes {
    /// The person of a session, if read less than a second ago.
    #[must_use]
    pub fn lire(&self, presente: &Justificatif, maintenant: Instant) -> Option<Arc<Acteur>> {
        let sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (lu_le, acteur) = sessions.get(presente)?;
        frais(*lu_le, maintenant).then(|| Arc::clone(acteur))
    }

    /// Holds what was just read.
    pub fn garder(&self, presente: Justificatif, acteur: Arc<Acteur>, maintenant: Instant) {
        let mut sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if sessions.len() > BALAYAGE {
            sessions.retain(|_, (lu_le, _)| frais(*lu_le, maintenant));
        }
        sessions.insert(presente, (maintenant, acteur));
    }

    /// Forgets everything: rights have changed.
    pub fn oublier(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

fn frais(lu_le: Instant, maintenant: Instant) -> bool {
    (0..FRAICHEUR_MS).contains(&(maintenant - lu_le).num_milliseconds())
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::Duration;
    use uuid::Uuid;

    fn instant() -> Instant {
        "2026-03-01T10:00:00Z".parse().unwrap()
    }

    #[test]
    fn un_jeton_vaut_dix_minutes() {
        let signataire = Signataire::new(&[7; 32]).unwrap();
        let session = SessionId::new(Uuid::from_u128(2));
        let jeton = signataire.signer(CompteId::new(Uuid::from_u128(1)), session, instant()).unwrap();
        assert_eq!(signataire.verifier(&jeton, instant() + Duration::minutes(9)).unwrap(), session);
        assert!(signataire.verifier(&jeton, instant() + Duration::minutes(10)).is_err());
    }

    #[test]
    fn un_jeton_d_une_autre_cle_ou_altere_est_refuse() {
        let signataire = Signataire::new(&[7; 32]).unwrap();
        let autre = Signataire::new(&[8; 32]).unwrap();
        let jeton = autre.signer(CompteId::new(Uuid::nil()), SessionId::new(Uuid::nil()), instant()).unwrap();
        assert!(signataire.verifier(&jeton, instant()).is_err());
        assert!(signataire.verifier("", instant()).is_err());
        // {"alg":"none","typ":"at+jwt"}
        assert!(signataire.verifier("eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.e30.", instant()).is_err());
        assert!(Signataire::new(&[7; 31]).is_err());
    }
}
