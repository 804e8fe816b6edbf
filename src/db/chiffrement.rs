//! The key of a SQLite file that is encrypted (SQLCipher). A build without the feature `sqlcipher` refuses any key: a file that is
//! meant to be encrypted is never written in clear.

use crate::kernel::{
    Panne,
    texte::{hexadecimal, octets_hexadecimaux},
};
use diesel::{connection::SimpleConnection, result::Error, sqlite::SqliteConnection};
use std::{fmt, path::Path};

/// Bytes of a key.
const OCTETS: usize = 32;

/// A key: 32 bytes, given to SQLCipher as they are, without derivation.
#[derive(Clone, PartialEq, Eq)]
pub struct CleBase(String);

impl fmt::Debug for CleBase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CleBase(…)")
    }
}

impl CleBase {
    /// Reads it from its file: 32 bytes, or their 64 hexadecimal digits.
    pub fn lire(fichier: &Path) -> Result<Self, Panne> {
        if !cfg!(feature = "sqlcipher") {
            return Err(Panne::dire(
                "cle_base_fichier est réglé, mais ce programme est construit sans SQLCipher : il écrirait la base en clair et s'arrête \
                 (`cargo build --release --features sqlcipher`)",
            ));
        }
        let octets = std::fs::read(fichier).map_err(|e| Panne::new(format!("lecture de la clé de la base {}", fichier.display()), e))?;
        let texte = std::str::from_utf8(&octets).ok().and_then(|texte| octets_hexadecimaux(texte.trim()));
        let cle = texte.filter(|octets| octets.len() == OCTETS).unwrap_or(octets);
        if cle.len() != OCTETS {
            return Err(Panne::dire(format!(
                "la clé de la base {} doit être de 32 octets (`head -c 32 /dev/urandom`), ou de leurs 64 chiffres hexadécimaux",
                fichier.display()
            )));
        }
        Ok(Self(hexadecimal(&cle)))
    }

    /// Gives the key to a connection, before anything is read.
    pub(super) fn ouvrir(&self, conn: &mut SqliteConnection) -> Result<(), Error> {
        conn.batch_execute(&format!("PRAGMA key = \"x'{}'\"", self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn une_cle_ne_se_lit_pas_dans_un_journal() {
        assert_eq!(format!("{:?}", CleBase("ab".repeat(OCTETS))), "CleBase(…)");
    }
}
