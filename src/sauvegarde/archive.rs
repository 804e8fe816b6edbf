//! The file of a backup: `age` around one line of JSON (the manifest) and the compressed copy of the base.
//!
//! It opens without this program too: `age -d -i CLE FICHIER | tail -n +2 | gunzip`.

use crate::{
    db::sauvegarde::Inventaire,
    kernel::{Instant, Panne},
};
use age::{Decryptor, Encryptor, Identity, Recipient, secrecy::ExposeSecret, x25519};
use flate2::{Compression, bufread::GzDecoder, write::GzEncoder};
use serde::{Deserialize, Serialize};
use std::{
    fs::{File, OpenOptions},
    io::{self, BufRead, BufReader, BufWriter, Read, Write},
    os::unix::fs::OpenOptionsExt,
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

/// Makes a key pair: the private key in a file that must not exist, readable by its owner only; gives the
/// recipient to encrypt to.
pub fn nouvelle_cle(fichier: &Path) -> Result<String, Panne> {
    let cle = x25519::Identity::generate();
    let mut sortie = creer(fichier)?;
    writeln!(sortie, "{}", cle.to_string().expose_secret()).map_err(|e| Panne::new("écriture de la clé", e))?;
    Ok(cle.to_public().to_string())
}

/// Reads recipients, one on each line; `#` begins a comment.
pub fn destinataires(texte: &str) -> Result<Vec<x25519::Recipient>, Panne> {
    texte
        .lines()
        .map(str::trim)
        .filter(|ligne| !ligne.is_empty() && !ligne.starts_with('#'))
        .map(|ligne| ligne.parse().map_err(|e: &str| Panne::dire(format!("destinataire de sauvegarde {ligne} : {e}"))))
        .collect()
}

/// Creates a file that must not exist, for its owner only.
pub fn creer(fichier: &Path) -> Result<File, Panne> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(fichier)
        .map_err(|e| Panne::new(format!("création de {}", fichier.display()), e))
}

/// Writes a backup, whose copy of the base `copier` pours.
pub fn ecrire(
    sortie: File,
    pour: &[x25519::Recipient],
    manifeste: &Manifeste,
    copier: impl FnOnce(&mut dyn Write) -> Result<(), Panne>,
) -> Result<(), Panne> {
    let pour = pour.iter().map(|destinataire| destinataire as &dyn Recipient);
    let chiffreur = Encryptor::with_recipients(pour).map_err(|e| Panne::new("destinataires de la sauvegarde", e))?;
    let ecriture = |e: io::Error| Panne::new("écriture de la sauvegarde", e);
    let mut chiffre = chiffreur.wrap_output(BufWriter::new(sortie)).map_err(ecriture)?;
    serde_json::to_writer(&mut chiffre, manifeste).map_err(|e| Panne::new("manifeste de la sauvegarde", e))?;
    chiffre.write_all(b"\n").map_err(ecriture)?;
    let mut compresse = GzEncoder::new(chiffre, Compression::fast());
    copier(&mut compresse)?;
    let tampon = compresse.finish().and_then(age::stream::StreamWriter::finish).map_err(ecriture)?;
    // A backup that the disk has not taken is none.
    tampon.into_inner().map_err(io::IntoInnerError::into_error).and_then(|fichier| fichier.sync_all()).map_err(ecriture)
}

/// Opens a backup: its manifest, and the copy of the base as a stream.
pub fn ouvrir(fichier: &Path, cle: &Path) -> Result<(Manifeste, impl Read + use<>), Panne> {
    let texte = std::fs::read_to_string(cle).map_err(|e| Panne::new(format!("lecture de la clé {}", cle.display()), e))?;
    let secret = texte.lines().map(str::trim).find(|ligne| ligne.starts_with("AGE-SECRET-KEY-"));
    let identite: x25519::Identity = secret
        .ok_or_else(|| Panne::dire(format!("{} ne contient pas de clé", cle.display())))?
        .parse()
        .map_err(|e: &str| Panne::dire(format!("clé de {} : {e}", cle.display())))?;
    let entree = File::open(fichier).map_err(|e| Panne::new(format!("lecture de {}", fichier.display()), e))?;
    let illisible = |e: age::DecryptError| Panne::new(format!("ouverture de {}", fichier.display()), e);
    let chiffre = Decryptor::new_buffered(BufReader::new(entree)).map_err(illisible)?;
    let mut clair = BufReader::new(chiffre.decrypt(std::iter::once(&identite as &dyn Identity)).map_err(illisible)?);
    let mut ligne = Vec::new();
    let lecture = |e: io::Error| Panne::new("lecture du manifeste", e);
    clair.by_ref().take(MANIFESTE_MAXIMAL).read_until(b'\n', &mut ligne).map_err(lecture)?;
    let manifeste: Manifeste = serde_json::from_slice(&ligne).map_err(|e| Panne::new("manifeste de la sauvegarde", e))?;
    if manifeste.format != FORMAT {
        return Err(Panne::dire(format!("format de sauvegarde {} : ce programme lit le format {FORMAT}", manifeste.format)));
    }
    Ok((manifeste, GzDecoder::new(clair)))
}
