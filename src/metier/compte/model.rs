//! Accounts and sessions.

pub mod preuve;

pub use preuve::{Moyen, Preuve, Support};

use crate::kernel::{
    ErreurMetier, Instant, Nature, Resultat,
    acteur::Habilitation,
    ids::{CompteId, HabilitationId, PraticienId, SessionId},
};
use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier},
};
use chrono::{Duration, NaiveDate};
use serde::Serialize;

/// How long an access token lives.
pub const DUREE_ACCES: Duration = Duration::minutes(10);
/// Bounds of a password's length, in characters (CNIL deliberation 2022-100: no composition rule
/// when the length is sufficient and attempts are slowed).
pub const MOT_DE_PASSE: std::ops::RangeInclusive<usize> = 12..=128;

/// An account.
#[derive(Debug, Clone)]
pub struct Compte {
    /// Identifier.
    pub id: CompteId,
    /// What the person types to sign in.
    pub identifiant: String,
    /// Argon2id hash of the password; absent for an account that only signs in by another way.
    pub empreinte_mot_de_passe: Option<String>,
    /// Name to show.
    pub nom: String,
    /// Directory entry, for a professional.
    pub praticien_id: Option<PraticienId>,
    /// False when closed.
    pub actif: bool,
    /// Last day of the account, compulsory for interim staff.
    pub fin_le: Option<NaiveDate>,
    /// Version.
    pub version: i64,
    /// Creation.
    pub cree_le: Instant,
    /// Last change.
    pub modifie_le: Instant,
}

impl Compte {
    /// True when the account may act at that date.
    #[must_use]
    pub fn en_vigueur(&self, date: NaiveDate) -> bool {
        self.actif && self.fin_le.is_none_or(|fin| date <= fin)
    }
}

/// A right given to an account.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct HabilitationDonnee {
    /// Identifier.
    pub id: HabilitationId,
    /// Role and perimeter.
    #[serde(flatten)]
    pub habilitation: Habilitation,
    /// First day.
    pub debut: NaiveDate,
    /// Last day, if bounded.
    pub fin: Option<NaiveDate>,
}

/// A session.
#[derive(Debug, Clone)]
pub struct Session {
    /// Identifier.
    pub id: SessionId,
    /// Account.
    pub compte_id: CompteId,
    /// Opening.
    pub cree_le: Instant,
    /// Last refresh.
    pub rafraichie_le: Instant,
    /// Latest end.
    pub expire_le: Instant,
    /// Revocation, if any.
    pub revoquee_le: Option<Instant>,
    /// How the person came in.
    pub moyen: Moyen,
    /// What carries the session.
    pub support: Support,
    /// How long it lives without being used.
    pub inactivite: Duration,
    /// The moment of the last proof of identity.
    pub authentifiee_le: Instant,
}

impl Session {
    /// True when the session still holds at that moment.
    #[must_use]
    pub fn en_vigueur(&self, maintenant: Instant) -> bool {
        self.revoquee_le.is_none() && maintenant < self.expire_le && maintenant < self.rafraichie_le + self.inactivite
    }
}

/// What a sign-in gives.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Jetons {
    /// Access token, for `Authorization: Bearer`.
    pub acces: String,
    /// Seconds until the access token ends.
    pub expire_dans: i64,
    /// Refresh token; it serves once.
    pub rafraichissement: String,
}

/// Why an account or a session is refused.
#[derive(Debug, thiserror::Error)]
pub enum CompteError {
    /// Unknown account, wrong password, closed account: never said which.
    #[error("Identifiant ou mot de passe incorrect.")]
    Identification,
    /// The session is closed or too old.
    #[error("La session est close : connectez-vous de nouveau.")]
    SessionClose,
    /// The access token is wrong or too old.
    #[error("Le jeton d'accès est invalide ou périmé.")]
    JetonInvalide,
    /// Too many attempts.
    #[error("Trop de tentatives de connexion : patientez une minute.")]
    TropDeTentatives,
    /// The identifier is taken.
    #[error("Cet identifiant est déjà pris.")]
    IdentifiantPris,
    /// The password is too short or too long.
    #[error("Le mot de passe doit compter de 12 à 128 caractères.")]
    MotDePasse,
    /// No such account.
    #[error("Ce compte n'existe pas.")]
    Introuvable,
}

impl ErreurMetier for CompteError {
    fn nature(&self) -> Nature {
        match self {
            Self::Identification | Self::SessionClose | Self::JetonInvalide => Nature::NonAuthentifie,
            Self::TropDeTentatives => Nature::TropDeRequetes,
            Self::IdentifiantPris => Nature::Conflit,
            Self::MotDePasse => Nature::Invalide,
            Self::Introuvable => Nature::Introuvable,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Identification => "identification-refusee",
            Self::SessionClose => "session-close",
            Self::JetonInvalide => "jeton-invalide",
            Self::TropDeTentatives => "trop-de-tentatives",
            Self::IdentifiantPris => "identifiant-pris",
            Self::MotDePasse => "mot-de-passe-faible",
            Self::Introuvable => "compte-introuvable",
        }
    }
}

/// Memory in KiB, passes and threads of Argon2id: OWASP's first recommended setting (19 MiB, 2
/// passes), 40 ms on the reference machine.
const ARGON2: (u32, u32, u32) = (19 * 1024, 2, 1);

fn argon2() -> Argon2<'static> {
    let (memoire, passes, fils) = ARGON2;
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(memoire, passes, fils, None).unwrap_or_default())
}

/// The Argon2id hash of a new password, with the salt that is given (16 bytes at least).
pub fn hacher(mot_de_passe: &str, sel: &[u8]) -> Resultat<String> {
    if !MOT_DE_PASSE.contains(&mot_de_passe.chars().count()) {
        return Err(CompteError::MotDePasse.into());
    }
    argon2()
        .hash_password_with_salt(mot_de_passe.as_bytes(), sel)
        .map(|empreinte| empreinte.to_string())
        .map_err(|_| CompteError::MotDePasse.into())
}

/// True when the password is the one that was hashed. Takes the same time when there is no hash, so
/// that an unknown account is not told apart.
#[must_use]
pub fn verifier(mot_de_passe: &str, empreinte: Option<&str>) -> bool {
    const LEURRE: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let connu = empreinte.is_some();
    let juste = argon2().verify_password(mot_de_passe.as_bytes(), empreinte.unwrap_or(LEURRE)).is_ok();
    connu && juste
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn un_mot_de_passe_se_verifie_contre_son_empreinte() {
        let empreinte = hacher("une phrase de passe", b"seize octets ici").unwrap();
        assert!(empreinte.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(verifier("une phrase de passe", Some(&empreinte)));
        assert!(!verifier("une autre phrase", Some(&empreinte)));
        assert!(!verifier("une phrase de passe", None));
        assert!(hacher("trop court", b"seize octets ici").is_err());
    }
}
