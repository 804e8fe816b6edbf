//! Files that only the holders of a key can read: `age`, encrypted to recipients whose keys are elsewhere.

use super::Panne;
use age::{Decryptor, Encryptor, Identity, Recipient, secrecy::ExposeSecret, stream::StreamWriter, x25519};
use std::{
    fs::{File, OpenOptions},
    io::{self, BufReader, BufWriter, Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

/// Who may open a file.
pub type Destinataire = x25519::Recipient;

/// An encrypted file that is being written.
pub struct Chiffre(StreamWriter<BufWriter<File>>);

/// Makes a key pair: the private key in a file that must not exist, readable by its owner only; gives the
/// recipient to encrypt to.
pub fn nouvelle_cle(fichier: &Path) -> Result<String, Panne> {
    let cle = x25519::Identity::generate();
    let mut sortie = creer(fichier)?;
    writeln!(sortie, "{}", cle.to_string().expose_secret()).map_err(|e| Panne::new("écriture de la clé", e))?;
    Ok(cle.to_public().to_string())
}

/// Reads recipients, one on each line; `#` begins a comment.
pub fn destinataires(texte: &str) -> Result<Vec<Destinataire>, Panne> {
    texte
        .lines()
        .map(str::trim)
        .filter(|ligne| !ligne.is_empty() && !ligne.starts_with('#'))
        .map(|ligne| ligne.parse().map_err(|e: &str| Panne::dire(format!("destinataire {ligne} : {e}"))))
        .collect()
}

/// Reads a file of recipients.
pub fn lire_destinataires(fichier: &Path) -> Result<Vec<Destinataire>, Panne> {
    let texte = std::fs::read_to_string(fichier).map_err(|e| Panne::new(format!("lecture de {}", fichier.display()), e))?;
    destinataires(&texte)
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

/// Begins a file encrypted to those recipients.
pub fn chiffrer(sortie: File, pour: &[Destinataire]) -> Result<Chiffre, Panne> {
    let pour = pour.iter().map(|destinataire| destinataire as &dyn Recipient);
    let chiffreur = Encryptor::with_recipients(pour).map_err(|e| Panne::new("destinataires du fichier chiffré", e))?;
    chiffreur.wrap_output(BufWriter::new(sortie)).map(Chiffre).map_err(|e| Panne::new("écriture du fichier chiffré", e))
}

impl Chiffre {
    /// Ends the file: what the disk has not taken is not written.
    pub fn finir(self) -> io::Result<()> {
        let tampon = self.0.finish()?;
        tampon.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()
    }
}

impl Write for Chiffre {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.0.write(octets)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// What a file says to the holder of the key of that file.
pub fn dechiffrer(fichier: &Path, cle: &Path) -> Result<impl Read + use<>, Panne> {
    let texte = std::fs::read_to_string(cle).map_err(|e| Panne::new(format!("lecture de la clé {}", cle.display()), e))?;
    let secret = texte.lines().map(str::trim).find(|ligne| ligne.starts_with("AGE-SECRET-KEY-"));
    let identite: x25519::Identity = secret
        .ok_or_else(|| Panne::dire(format!("{} ne contient pas de clé", cle.display())))?
        .parse()
        .map_err(|e: &str| Panne::dire(format!("clé de {} : {e}", cle.display())))?;
    let entree = File::open(fichier).map_err(|e| Panne::new(format!("lecture de {}", fichier.display()), e))?;
    let illisible = |e: age::DecryptError| Panne::new(format!("ouverture de {}", fichier.display()), e);
    let chiffre = Decryptor::new_buffered(BufReader::new(entree)).map_err(illisible)?;
    chiffre.decrypt(std::iter::once(&identite as &dyn Identity)).map_err(illisible)
}
