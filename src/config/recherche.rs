//! Settings of the extracts for research.

use super::octets_hexadecimaux;
use crate::kernel::{Panne, coffre::Coffre};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Where the key is that seals the secrets of projects of research. Without it no extract is made.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Recherche {
    /// File that holds the key under which the secret of each project is sealed, 32 bytes at least. Losing it means that the
    /// pseudonyms of no project can be made again.
    pub cle_fichier: Option<PathBuf>,
    /// The same key in hexadecimal, if it is not in a file.
    pub cle: Option<String>,
}

impl Recherche {
    /// The safe of the secrets of projects; nothing when no key is set.
    pub fn coffre(&self) -> Result<Option<Coffre>, Panne> {
        let cle = match (&self.cle_fichier, &self.cle) {
            (Some(fichier), _) => std::fs::read(fichier).map_err(|e| Panne::new("lecture de la clé des pseudonymes de recherche", e))?,
            (None, Some(texte)) => octets_hexadecimaux(texte).ok_or_else(|| Panne::dire("DCC_RECHERCHE__CLE doit être en hexadécimal"))?,
            (None, None) => return Ok(None),
        };
        Coffre::deriver(&cle, "pseudonymes de recherche").map(Some)
    }
}
