//! Settings of local accounts.

use super::octets_hexadecimaux;
use crate::kernel::Panne;
use serde::{Deserialize, Serialize};
use std::{net::IpAddr, path::PathBuf};

/// How local accounts sign in.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Comptes {
    /// File that holds the key under which the secrets of second factors are sealed, 32 bytes at least. Losing it
    /// means that everybody enrols again.
    pub cle_facteurs_fichier: Option<PathBuf>,
    /// The same key in hexadecimal, if it is not in a file.
    pub cle_facteurs: Option<String>,
    /// File of the former key, while the secrets that it sealed are sealed again under the new one (`dcc compte resceller`).
    pub cle_facteurs_precedente_fichier: Option<PathBuf>,
    /// File of SHA-1 fingerprints of leaked passwords, in order, as Have I Been Pwned publishes it: they are refused.
    pub mots_de_passe_divulgues_fichier: Option<PathBuf>,
    /// What a password costs to check.
    pub mot_de_passe: CoutMotDePasse,
    /// Addresses of the reverse proxies in front of the service: what they say in `X-Forwarded-For` is believed.
    pub mandataires: Vec<IpAddr>,
}

/// Parameters of Argon2id. Weaker ones than 19 MiB and 2 passes (the least that OWASP recommends) stop the start.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CoutMotDePasse {
    /// Memory, in KiB.
    pub memoire_kio: u32,
    /// Passes over the memory.
    pub passes: u32,
    /// Threads.
    pub fils: u32,
    /// Passwords checked at the same time: each takes its memory and a core.
    pub simultanes: usize,
}

impl Default for CoutMotDePasse {
    fn default() -> Self {
        Self { memoire_kio: 64 * 1024, passes: 3, fils: 1, simultanes: 2 }
    }
}

impl Comptes {
    /// The former key, if secrets may still be sealed under it.
    pub fn cle_precedente(&self) -> Result<Option<Vec<u8>>, Panne> {
        let lire = |fichier: &PathBuf| std::fs::read(fichier).map_err(|e| Panne::new("lecture de l'ancienne clé des seconds facteurs", e));
        self.cle_facteurs_precedente_fichier.as_ref().map(lire).transpose()
    }

    /// The key that seals the secrets of second factors.
    pub fn cle(&self) -> Result<Vec<u8>, Panne> {
        match (&self.cle_facteurs_fichier, &self.cle_facteurs) {
            (Some(fichier), _) => std::fs::read(fichier).map_err(|e| Panne::new("lecture de la clé des seconds facteurs", e)),
            (None, Some(texte)) => {
                octets_hexadecimaux(texte).ok_or_else(|| Panne::dire("DCC_COMPTES__CLE_FACTEURS doit être en hexadécimal"))
            }
            (None, None) => Err(Panne::dire(
                "la clé des seconds facteurs manque : donnez DCC_COMPTES__CLE_FACTEURS_FICHIER (32 octets au moins, \
                 `head -c 32 /dev/urandom > cle-facteurs`)",
            )),
        }
    }
}
