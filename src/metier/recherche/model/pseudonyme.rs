//! The pseudonym of a patient in one project.

use crate::kernel::{Panne, ids::PatientId, texte::hexadecimal};
use ring::hmac;

/// Bytes of a secret.
const OCTETS_SECRET: usize = 32;
/// Bytes of the code that are kept: two patients of a region have the same pseudonym once in 2⁹⁰ or so.
const OCTETS_GARDES: usize = 16;

/// The secret of a project. It is never written in clear.
pub struct Secret(hmac::Key);

impl Secret {
    /// Reads the bytes of a secret.
    pub fn lire(octets: &[u8]) -> Result<Self, Panne> {
        if octets.len() == OCTETS_SECRET {
            Ok(Self(hmac::Key::new(hmac::HMAC_SHA256, octets)))
        } else {
            Err(Panne::dire("le secret d'un projet de recherche n'a pas sa longueur"))
        }
    }

    /// `HMAC-SHA-256(secret, patient)`, its first 128 bits in hexadecimal.
    #[must_use]
    pub fn pseudonyme(&self, patient: PatientId) -> String {
        let code = hmac::sign(&self.0, patient.uuid().as_bytes());
        hexadecimal(code.as_ref().get(..OCTETS_GARDES).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn un_patient_a_un_pseudonyme_par_projet() {
        let patient = PatientId::new(Uuid::from_u128(7));
        let (un, deux) = (Secret::lire(&[1; 32]).unwrap(), Secret::lire(&[2; 32]).unwrap());
        assert_eq!(un.pseudonyme(patient), un.pseudonyme(patient));
        assert_ne!(un.pseudonyme(patient), deux.pseudonyme(patient));
        assert_ne!(un.pseudonyme(patient), un.pseudonyme(PatientId::new(Uuid::from_u128(8))));
        assert_eq!(un.pseudonyme(patient).len(), 32);
        assert!(Secret::lire(&[1; 31]).is_err());
    }
}
