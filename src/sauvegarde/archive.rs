//! The file of a backup: `age` around one line of JSON (the manifest) and the compressed copy of the base.
//!
//! It opens without this program too: `age -d -i CLE FICHIER | tail -n +2 | gunzip`.

use crate::{
    db::sauvegarde::Inventaire,
    kernel::{
        Instant, Panne,
        enveloppe::{self, Chiffre, Destinataire},
    },
};
use flate2::{Compression, bufread::GzDecoder, write::GzEncoder};
use serde::{Deserialize, Serialize};
use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read, Write},
    path::Path,
};

/// Layout of the file; another one is refused.
const FORMAT: u32 = 1;
/// Longest manifest.
const MANIFESTE_MAXIMAL: u64 = 1024 * 1024;

/// What a backup says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifeste {
    /// Layout of the file.
    pub format: u32,
    /// Version of the program that wrote it.
    pub logiciel: String,
    /// Which database it was taken from, and can be restored into.
    pub moteur: Moteur,
    /// When it was taken.
    pub pris_le: Instant,
    /// SHA-256 of the SQLite file.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub empreinte: Option<String>,
    /// What the base held.
    pub inventaire: Inventaire,
}

impl Manifeste {
    /// What is said of a base at a moment.
    #[must_use]
    pub fn nouveau(moteur: Moteur, pris_le: Instant, empreinte: Option<String>, inventaire: Inventaire) -> Self {
        Self { format: FORMAT, logiciel: env!("CARGO_PKG_VERSION").to_owned(), moteur, pris_le, empreinte, inventaire }
    }
}

crate::enum_texte! {
    /// The two databases.
    pub enum Moteur {
        /// SQLite.
        Sqlite => "sqlite",
        /// PostgreSQL.
        Postgres => "postgres",
    }
}

/// Writes a backup, whose copy of the base `copier` pours.
pub fn ecrire(
    sortie: File,
    pour: &[Destinataire],
    manifeste: &Manifeste,
    copier: impl FnOnce(&mut dyn Write) -> Result<(), Panne>,
) -> Result<(), Panne> {
    let ecriture = |e: io::Error| Panne::new("écriture de la sauvegarde", e);
    let mut chiffre = enveloppe::chiffrer(sortie, pour)?;
    serde_json::to_writer(&mut chiffre, manifeste).map_err(|e| Panne::new("manifeste de la sauvegarde", e))?;
    chiffre.write_all(b"\n").map_err(ecriture)?;
    let mut compresse = GzEncoder::new(chiffre, Compression::fast());
    copier(&mut compresse)?;
    compresse.finish().and_then(Chiffre::finir).map_err(ecriture)
}

/// Opens a backup: its manifest, and the copy of the base as a stream.
pub fn ouvrir(fichier: &Path, cle: &Path) -> Result<(Manifeste, impl Read + use<>), Panne> {
    let mut clair = BufReader::new(enveloppe::dechiffrer(fichier, cle)?);
    let mut ligne = Vec::new();
    let lecture = |e: io::Error| Panne::new("lecture du manifeste", e);
    clair.by_ref().take(MANIFESTE_MAXIMAL).read_until(b'\n', &mut ligne).map_err(lecture)?;
    let manifeste: Manifeste = serde_json::from_slice(&ligne).map_err(|e| Panne::new("manifeste de la sauvegarde", e))?;
    if manifeste.format != FORMAT {
        return Err(Panne::dire(format!("format de sauvegarde {} : ce programme lit le format {FORMAT}", manifeste.format)));
    }
    Ok((manifeste, GzDecoder::new(clair)))
}
