//! Text put into the one form that searches compare.

use deunicode::deunicode;
use sha2::{Digest, Sha256};

/// Upper case, no accents, every run of other characters than letters and digits folded to one
/// space: « Jean-Noël  d’Œuvre » becomes `JEAN NOEL D OEUVRE`. Stored beside each searchable name,
/// because `LIKE` treats case and accents differently on the two databases.
#[must_use]
pub fn normaliser(texte: &str) -> String {
    deunicode(texte).to_uppercase().split(|c: char| !c.is_ascii_alphanumeric()).filter(|mot| !mot.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Bytes in lower-case hexadecimal.
#[must_use]
pub fn hexadecimal(octets: &[u8]) -> String {
    const CHIFFRES: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    octets.iter().flat_map(|octet| [octet >> 4, octet & 0xf]).filter_map(|moitie| CHIFFRES.get(usize::from(moitie))).collect()
}

/// The bytes that a text says in hexadecimal.
#[must_use]
pub fn octets_hexadecimaux(texte: &str) -> Option<Vec<u8>> {
    let texte = texte.trim();
    if !texte.is_ascii() || !texte.len().is_multiple_of(2) {
        return None;
    }
    (0..texte.len()).step_by(2).map(|i| u8::from_str_radix(texte.get(i..i + 2)?, 16).ok()).collect()
}

/// SHA-256 in hexadecimal.
#[must_use]
pub fn sha256(octets: &[u8]) -> String {
    hexadecimal(&Sha256::digest(octets))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn les_accents_tirets_et_apostrophes_disparaissent() {
        assert_eq!(normaliser("Jean-Noël  d’Œuvre"), "JEAN NOEL D OEUVRE");
        assert_eq!(normaliser("  "), "");
    }

    #[test]
    fn une_empreinte_s_ecrit_en_hexadecimal() {
        assert_eq!(sha256(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
