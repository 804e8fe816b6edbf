//! Second factors: codes of an application (TOTP, RFC 6238), keys (WebAuthn), recovery codes. No mail, no SMS.

use super::preuve::Support;
use crate::kernel::{
    Instant, Panne,
    ids::{CompteId, DefiId, FacteurId},
    texte::sha256,
};
use chrono::Duration;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use totp_rs::{Builder, Secret, Totp};

crate::enum_texte! {
    /// Kinds of second factors.
    pub enum GenreFacteur {
        /// Six digits that an application computes every 30 seconds.
        Totp => "totp",
        /// A security key, a phone or a computer that verifies its holder.
        Webauthn => "webauthn",
    }
}

crate::enum_texte! {
    /// What a challenge is for.
    pub enum Etape {
        /// First or new password, by a link handed by an administrator.
        Activation => "activation",
        /// First factor: the password was right, the account has none.
        Enrolement => "enrolement",
        /// One more factor, by a person signed in.
        Ajout => "ajout",
        /// The password was right, a factor is awaited.
        SecondFacteur => "second_facteur",
        /// A person signed in proves the identity again.
        Reauthentification => "reauthentification",
    }
}

impl Etape {
    /// How long the challenge holds.
    #[must_use]
    pub const fn duree(self) -> Duration {
        match self {
            Self::Activation => Duration::hours(72),
            Self::Enrolement | Self::Ajout => Duration::minutes(15),
            Self::SecondFacteur | Self::Reauthentification => Duration::minutes(5),
        }
    }
}

/// Wrong answers after which a challenge no longer serves.
pub const ECHECS_D_UN_DEFI: i64 = 5;
/// Recovery codes given at a time.
pub const CODES_DE_SECOURS: usize = 10;

/// A second factor of an account.
#[derive(Debug, Clone)]
pub struct Facteur {
    /// Identifier.
    pub id: FacteurId,
    /// Account.
    pub compte_id: CompteId,
    /// How it is checked, and with what.
    pub cle: Cle,
    /// Name that the person gave it.
    pub libelle: String,
    /// Enrolment.
    pub cree_le: Instant,
    /// Last use.
    pub utilise_le: Option<Instant>,
}

/// What a factor is checked with.
#[derive(Debug, Clone)]
pub enum Cle {
    /// A shared secret, sealed, and the last step of 30 seconds whose code served.
    Totp {
        /// The secret, sealed for the account.
        scelle: String,
        /// Steps up to this one serve no more.
        dernier_pas: Option<i64>,
    },
    /// A public key with its counter, as the library of WebAuthn keeps it, and the identifier of the credential.
    Webauthn {
        /// The public key.
        publique: Value,
        /// Identifier of the credential, in base64url.
        identifiant: String,
    },
}

impl Cle {
    /// The kind of factor.
    #[must_use]
    pub const fn genre(&self) -> GenreFacteur {
        match self {
            Self::Totp { .. } => GenreFacteur::Totp,
            Self::Webauthn { .. } => GenreFacteur::Webauthn,
        }
    }
}

/// A step of a sign-in: a secret of short life that serves once.
#[derive(Debug, Clone)]
pub struct Defi {
    /// Identifier.
    pub id: DefiId,
    /// Account.
    pub compte_id: CompteId,
    /// What it is for.
    pub etape: Etape,
    /// What is to carry the session.
    pub support: Support,
    /// What the ceremony in progress must remember.
    pub etat: Option<EtatDefi>,
    /// Wrong answers.
    pub echecs: i64,
    /// Its end.
    pub expire_le: Instant,
    /// When it served.
    pub consomme_le: Option<Instant>,
}

impl Defi {
    /// True when the challenge still serves that purpose.
    #[must_use]
    pub fn sert(&self, etape: Etape, maintenant: Instant) -> bool {
        self.etape == etape && self.consomme_le.is_none() && maintenant < self.expire_le && self.echecs < ECHECS_D_UN_DEFI
    }
}

/// What a ceremony in progress must remember.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EtatDefi {
    /// The secret of an application that is being enrolled, sealed for the account.
    Totp(String),
    /// The state of a WebAuthn ceremony: the library's own.
    Webauthn(Value),
}

/// What a person answers to a challenge.
#[derive(Debug, Clone)]
pub enum ReponseFacteur {
    /// Six digits.
    Code(String),
    /// A recovery code.
    CodeSecours(String),
    /// The answer of a browser to a WebAuthn ceremony.
    Webauthn(Value),
}

fn totp(secret: &[u8], compte: &str) -> Result<Totp, Panne> {
    // SHA-1, six digits, 30 seconds: what every application computes (RFC 6238).
    Builder::new()
        .with_skew(0)
        .with_secret(secret)
        .with_issuer(Some("DCC"))
        .with_account_name(compte.replace(':', "-"))
        .build()
        .map_err(|e| Panne::new("secret d'un second facteur", e.to_string()))
}

fn secondes(instant: Instant) -> u64 {
    u64::try_from(instant.timestamp()).unwrap_or_default()
}

/// What an application needs to enrol: the secret in base32, and the URI that a QR code carries.
pub fn invitation_totp(secret: &[u8], identifiant: &str) -> Result<(String, String), Panne> {
    let totp = totp(secret, identifiant)?;
    let uri = totp.to_url().map_err(|e| Panne::new("URI d'un second facteur", e.to_string()))?;
    Ok((totp.secret().to_base32(), uri))
}

/// How long a step lasts, in seconds.
const PAS: u64 = 30;

/// The step of a right code: that of the moment or the one before, the time to type it (RFC 6238, 5.2), never one to come; and
/// later than the last that served.
pub fn pas_du_code(secret: &[u8], code: &str, dernier_pas: Option<i64>, maintenant: Instant) -> Result<Option<i64>, Panne> {
    let (totp, secondes) = (totp(secret, "compte")?, secondes(maintenant));
    let pas = [secondes, secondes.saturating_sub(PAS)].into_iter().find_map(|moment| totp.check(code, moment));
    let pas = pas.and_then(|pas| i64::try_from(pas).ok());
    Ok(pas.filter(|pas| dernier_pas.is_none_or(|dernier| *pas > dernier)))
}

/// The code that an application shows at a moment, from the secret in base32.
pub fn code_totp(secret_base32: &str, maintenant: Instant) -> Result<String, Panne> {
    let secret = Secret::try_from_base32(secret_base32.trim()).map_err(|e| Panne::new("secret en base32", e.to_string()))?;
    Ok(totp(&secret, "compte")?.generate(secondes(maintenant)).to_string())
}

/// A recovery code from 15 bytes of chance: 120 bits, so that a plain hash keeps it (ASVS 6.5.2), in six groups of four.
#[must_use]
pub fn code_de_secours(alea: [u8; 32]) -> String {
    // 32 signs that are not mistaken for one another.
    const ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    let signes: Vec<char> =
        alea.iter().take(24).filter_map(|octet| ALPHABET.get(usize::from(octet & 31))).map(|signe| char::from(*signe)).collect();
    signes.chunks(4).map(|groupe| groupe.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

/// The hash by which a recovery code is kept, however it was typed.
#[must_use]
pub fn empreinte_de_secours(code: &str) -> String {
    let code: String = code.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
    sha256(format!("secours\n{code}").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B (SHA-1), on six digits.
    #[test]
    fn sec_a06_les_codes_sont_ceux_de_la_rfc_6238() {
        let secret = b"12345678901234567890";
        for (secondes, code) in [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (20_000_000_000, "353130")] {
            let instant = chrono::DateTime::from_timestamp(secondes, 0).unwrap();
            assert_eq!(pas_du_code(secret, code, None, instant).unwrap(), Some(secondes / 30));
        }
    }

    #[test]
    fn sec_a06_un_code_vaut_son_pas_et_le_suivant_et_une_fois() {
        let secret = b"12345678901234567890";
        let instant = |secondes| chrono::DateTime::from_timestamp(secondes, 0).unwrap();
        // The code of the seconds 30 to 59 serves until the second 89, and not before its time.
        for (secondes, sert) in [(29, false), (30, true), (59, true), (60, true), (89, true), (90, false), (119, false), (0, false)] {
            assert_eq!(pas_du_code(secret, "287082", None, instant(secondes)).unwrap().is_some(), sert, "{secondes}");
        }
        assert!(pas_du_code(secret, "287082", Some(1), instant(59)).unwrap().is_none());
        assert!(pas_du_code(secret, "287082", Some(0), instant(59)).unwrap().is_some());
        for faux in ["", "28708", "2870822", "28708a", "２８７０８２"] {
            assert!(pas_du_code(secret, faux, None, instant(59)).unwrap().is_none(), "{faux}");
        }
    }

    #[test]
    fn l_invitation_d_une_application_se_lit_en_qr_code() {
        let (secret, uri) = invitation_totp(b"12345678901234567890", "claire:martin").unwrap();
        assert_eq!(secret, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert!(uri.starts_with("otpauth://totp/DCC:claire-martin?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"), "{uri}");
        let instant = chrono::DateTime::from_timestamp(59, 0).unwrap();
        assert_eq!(code_totp(&secret, instant).unwrap(), "287082");
    }

    #[test]
    fn sec_a06_un_code_de_secours_se_tape_comme_on_veut() {
        let code = code_de_secours(std::array::from_fn(|i| u8::try_from(i * 7).unwrap()));
        assert_eq!(code.len(), 29);
        assert_eq!(empreinte_de_secours(&code), empreinte_de_secours(&code.to_lowercase().replace('-', " ")));
        assert_ne!(empreinte_de_secours(&code), empreinte_de_secours(&code[..28]));
    }
}
