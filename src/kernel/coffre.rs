//! Small secrets sealed at rest: ChaCha20-Poly1305 (RFC 8439) under a key that HKDF (RFC 5869) derives from the one
//! that was configured, so that one key file serves one use only.

use super::Panne;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::{
    aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hkdf,
};

/// Bytes of the shortest key that is taken.
const CLE_MINIMALE: usize = 32;
/// Begins what was sealed in this way.
const VERSION: &str = "v1.";

/// Seals and opens secrets.
#[derive(Debug)]
pub struct Coffre(LessSafeKey);

impl Coffre {
    /// The safe of one use of a configured key.
    pub fn deriver(cle: &[u8], usage: &str) -> Result<Self, Panne> {
        if cle.len() < CLE_MINIMALE {
            return Err(Panne::dire(format!("la clé de {usage} doit compter {CLE_MINIMALE} octets au moins")));
        }
        let extraite = hkdf::Salt::new(hkdf::HKDF_SHA256, b"dcc").extract(cle);
        let info = [usage.as_bytes()];
        let derivee = extraite.expand(&info, &CHACHA20_POLY1305).map_err(|_| Panne::dire("dérivation de clé"))?;
        Ok(Self(LessSafeKey::new(UnboundKey::from(derivee))))
    }

    /// Seals a secret for one place (`contexte`), with 12 bytes of chance: what was sealed for one place does not
    /// open in another.
    pub fn sceller(&self, clair: &[u8], contexte: &[u8], alea: [u8; 32]) -> Result<String, Panne> {
        let (nonce, _) = alea.split_at(NONCE_LEN);
        let unique = Nonce::try_assume_unique_for_key(nonce).map_err(|_| Panne::dire("nonce"))?;
        let mut texte = clair.to_vec();
        self.0.seal_in_place_append_tag(unique, Aad::from(contexte), &mut texte).map_err(|_| Panne::dire("scellement d'un secret"))?;
        Ok(format!("{VERSION}{}", URL_SAFE_NO_PAD.encode([nonce, &texte].concat())))
    }

    /// Opens what was sealed for that place under that key.
    pub fn ouvrir(&self, scelle: &str, contexte: &[u8]) -> Result<Vec<u8>, Panne> {
        let illisible = || Panne::dire("un secret scellé ne s'ouvre pas : la clé a-t-elle changé ?");
        let octets = scelle.strip_prefix(VERSION).and_then(|texte| URL_SAFE_NO_PAD.decode(texte).ok()).ok_or_else(illisible)?;
        let (nonce, texte) = octets.split_at_checked(NONCE_LEN).ok_or_else(illisible)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| illisible())?;
        let mut texte = texte.to_vec();
        let clair = self.0.open_in_place(nonce, Aad::from(contexte), &mut texte).map_err(|_| illisible())?;
        Ok(clair.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn un_secret_ne_s_ouvre_qu_a_sa_place_et_sous_sa_cle() {
        let coffre = Coffre::deriver(&[7; 32], "facteurs").unwrap();
        let scelle = coffre.sceller(b"un secret", b"claire", [3; 32]).unwrap();
        assert!(!scelle.contains("secret"));
        assert_eq!(coffre.ouvrir(&scelle, b"claire").unwrap(), b"un secret");
        assert!(coffre.ouvrir(&scelle, b"paul").is_err());
        assert!(Coffre::deriver(&[7; 32], "autre usage").unwrap().ouvrir(&scelle, b"claire").is_err());
        assert!(Coffre::deriver(&[8; 32], "facteurs").unwrap().ouvrir(&scelle, b"claire").is_err());
        for faux in ["", "v1.", "v1.AAAA", "v0.AAAA", &scelle[..scelle.len() - 2]] {
            assert!(coffre.ouvrir(faux, b"claire").is_err(), "{faux}");
        }
        assert!(Coffre::deriver(&[7; 31], "facteurs").is_err());
    }
}
