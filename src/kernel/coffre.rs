//! Small secrets sealed at rest: ChaCha20-Poly1305 (RFC 8439) under a key that HKDF (RFC 5869) derives from the one
//! that was configured, so that one key file serves one use only.
//!
//! What is sealed bears the number of its key, which HKDF derives too and which tells nothing of it. So a key is changed
//! without losing what the former one sealed: both are given, everything is sealed again, then the former one goes.

use super::{Panne, texte::hexadecimal};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::{
    aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hkdf,
};

/// Bytes of the shortest key that is taken.
const CLE_MINIMALE: usize = 32;
/// Begins what was sealed before keys had numbers: every key is tried.
const SANS_NUMERO: &str = "v1.";
/// Begins what is sealed now; the number of the key and a point follow.
const NUMEROTE: &str = "v2.";
/// Bytes of the number of a key: enough to tell apart the few of one service.
const NUMERO: usize = 4;

/// One key, by its number.
#[derive(Debug)]
struct Cle {
    numero: String,
    cle: LessSafeKey,
}

/// Seals under one key, opens under that one and former ones.
#[derive(Debug)]
pub struct Coffre {
    courante: Cle,
    anciennes: Vec<Cle>,
}

/// How long the number of a key is, as HKDF asks.
struct LongueurDuNumero;

impl hkdf::KeyType for LongueurDuNumero {
    fn len(&self) -> usize {
        NUMERO
    }
}

impl Cle {
    fn deriver(cle: &[u8], usage: &str) -> Result<Self, Panne> {
        if cle.len() < CLE_MINIMALE {
            return Err(Panne::dire(format!("la clé de {usage} doit compter {CLE_MINIMALE} octets au moins")));
        }
        let impossible = |_| Panne::dire("dérivation de clé");
        let extraite = hkdf::Salt::new(hkdf::HKDF_SHA256, b"dcc").extract(cle);
        let derivee = extraite.expand(&[usage.as_bytes()], &CHACHA20_POLY1305).map(UnboundKey::from).map_err(impossible)?;
        let mut numero = [0; NUMERO];
        let info: [&[u8]; 2] = [usage.as_bytes(), b" : numero de cle"];
        extraite.expand(&info, LongueurDuNumero).and_then(|suite| suite.fill(&mut numero)).map_err(impossible)?;
        Ok(Self { numero: hexadecimal(&numero), cle: LessSafeKey::new(derivee) })
    }

    fn ouvrir(&self, texte: &str, contexte: &[u8]) -> Option<Vec<u8>> {
        let octets = URL_SAFE_NO_PAD.decode(texte).ok()?;
        let (nonce, texte) = octets.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut texte = texte.to_vec();
        Some(self.cle.open_in_place(nonce, Aad::from(contexte), &mut texte).ok()?.to_vec())
    }
}

impl Coffre {
    /// The safe of one use of a configured key.
    pub fn deriver(cle: &[u8], usage: &str) -> Result<Self, Panne> {
        Ok(Self { courante: Cle::deriver(cle, usage)?, anciennes: Vec::new() })
    }

    /// The same, which opens besides what a former key sealed.
    pub fn avec_ancienne(mut self, cle: &[u8], usage: &str) -> Result<Self, Panne> {
        self.anciennes.push(Cle::deriver(cle, usage)?);
        Ok(self)
    }

    /// Seals a secret for one place (`contexte`), with 12 bytes of chance: what was sealed for one place does not
    /// open in another.
    pub fn sceller(&self, clair: &[u8], contexte: &[u8], alea: [u8; 32]) -> Result<String, Panne> {
        let (nonce, _) = alea.split_at(NONCE_LEN);
        let unique = Nonce::try_assume_unique_for_key(nonce).map_err(|_| Panne::dire("nonce"))?;
        let mut texte = clair.to_vec();
        let scelle = self.courante.cle.seal_in_place_append_tag(unique, Aad::from(contexte), &mut texte);
        scelle.map_err(|_| Panne::dire("scellement d'un secret"))?;
        Ok(format!("{NUMEROTE}{}.{}", self.courante.numero, URL_SAFE_NO_PAD.encode([nonce, &texte].concat())))
    }

    /// Opens what was sealed for that place under one of the keys.
    pub fn ouvrir(&self, scelle: &str, contexte: &[u8]) -> Result<Vec<u8>, Panne> {
        let mut cles = std::iter::once(&self.courante).chain(&self.anciennes);
        let clair = match scelle.strip_prefix(NUMEROTE).and_then(|suite| suite.split_once('.')) {
            Some((numero, texte)) => cles.filter(|cle| cle.numero == numero).find_map(|cle| cle.ouvrir(texte, contexte)),
            None => scelle.strip_prefix(SANS_NUMERO).and_then(|texte| cles.find_map(|cle| cle.ouvrir(texte, contexte))),
        };
        clair.ok_or_else(|| Panne::dire("un secret scellé ne s'ouvre pas : la clé a-t-elle changé ?"))
    }

    /// True when that was sealed under the key of today, and says so.
    #[must_use]
    pub fn est_a_jour(&self, scelle: &str) -> bool {
        scelle.strip_prefix(NUMEROTE).and_then(|suite| suite.split_once('.')).is_some_and(|(numero, _)| numero == self.courante.numero)
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
        for faux in ["", "v1.", "v1.AAAA", "v0.AAAA", "v2.", "v2.AAAA", "v2.00000000.AAAA", &scelle[..scelle.len() - 2]] {
            assert!(coffre.ouvrir(faux, b"claire").is_err(), "{faux}");
        }
        assert!(Coffre::deriver(&[7; 31], "facteurs").is_err());
    }

    #[test]
    fn un_secret_d_une_ancienne_cle_s_ouvre_et_se_scelle_sous_la_nouvelle() {
        let ancien = Coffre::deriver(&[7; 32], "facteurs").unwrap();
        let scelle = ancien.sceller(b"un secret", b"claire", [3; 32]).unwrap();
        // As it was sealed before keys had numbers.
        let sans_numero = format!("v1.{}", scelle.rsplit('.').next().unwrap());
        let nouveau = Coffre::deriver(&[8; 32], "facteurs").unwrap().avec_ancienne(&[7; 32], "facteurs").unwrap();
        for lu in [&scelle, &sans_numero] {
            assert_eq!(nouveau.ouvrir(lu, b"claire").unwrap(), b"un secret");
            assert_eq!(ancien.ouvrir(lu, b"claire").unwrap(), b"un secret");
            assert!(!nouveau.est_a_jour(lu));
        }
        assert!(ancien.est_a_jour(&scelle) && !ancien.est_a_jour(&sans_numero));
        let rescelle = nouveau.sceller(b"un secret", b"claire", [4; 32]).unwrap();
        assert!(nouveau.est_a_jour(&rescelle) && ancien.ouvrir(&rescelle, b"claire").is_err());
        assert_eq!(Coffre::deriver(&[8; 32], "facteurs").unwrap().ouvrir(&rescelle, b"claire").unwrap(), b"un secret");
    }
}
