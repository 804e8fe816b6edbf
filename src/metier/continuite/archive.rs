//! The file of a kit: `age` around a zip archive, written as it is made and never in clear.
//!
//! It opens without this program too: `age -d -i CLE FICHIER > kit.zip`.

use crate::kernel::{
    Panne,
    enveloppe::{self, Chiffre, Destinataire},
};
use std::{
    fs::{self, DirBuilder},
    io::{self, Cursor, Read, Write},
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    time::Duration,
};
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter, write::SimpleFileOptions, write::StreamWriter};

/// Largest kit that is opened, once decrypted.
const TAILLE_MAXIMALE: u64 = 4 * 1024 * 1024 * 1024;
/// How old a file that is still being written may be, before it is held for that of a process that died.
const ABANDON: Duration = Duration::from_mins(30);

/// A kit that is being written, under another name until it is whole.
pub struct Archive {
    zip: ZipWriter<StreamWriter<Chiffre>>,
    provisoire: Provisoire,
    fichier: PathBuf,
}

/// The file that is removed unless it was finished.
struct Provisoire(PathBuf);

impl Drop for Provisoire {
    fn drop(&mut self) {
        drop(fs::remove_file(&self.0));
    }
}

fn panne(fichier: &Path) -> impl Fn(io::Error) -> Panne {
    let quoi = format!("écriture du kit {}", fichier.display());
    move |e| Panne::new(quoi.clone(), e)
}

impl Archive {
    /// Begins a file that must not exist. Nothing when another process is writing the same one.
    pub fn creer(fichier: &Path, pour: &[Destinataire]) -> Result<Option<Self>, Panne> {
        if pour.is_empty() {
            return Err(Panne::dire("aucun destinataire : un kit est toujours chiffré (continuite.destinataires_fichier)"));
        }
        if fichier.exists() {
            return Err(Panne::dire(format!("{} existe déjà", fichier.display())));
        }
        if let Some(dossier) = fichier.parent().filter(|dossier| !dossier.as_os_str().is_empty()) {
            DirBuilder::new().recursive(true).mode(0o700).create(dossier).map_err(panne(fichier))?;
        }
        let chemin = fichier.with_added_extension("partiel");
        if est_abandonne(&chemin) {
            fs::remove_file(&chemin).map_err(panne(fichier))?;
        }
        if chemin.exists() {
            return Ok(None);
        }
        let sortie = enveloppe::creer(&chemin)?;
        let provisoire = Provisoire(chemin);
        let zip = ZipWriter::new_stream(enveloppe::chiffrer(sortie, pour)?);
        Ok(Some(Self { zip, provisoire, fichier: fichier.to_owned() }))
    }

    /// Adds a file.
    pub fn ajouter(&mut self, nom: &str, octets: &[u8]) -> Result<(), Panne> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(DateTime::default())
            .unix_permissions(0o600);
        self.zip.start_file(nom, options).map_err(|e| Panne::new("écriture du kit", e))?;
        self.zip.write_all(octets).map_err(panne(&self.fichier))
    }

    /// Ends the file and gives it its name, once the disk has taken it.
    pub fn finir(self) -> Result<(), Panne> {
        let Self { zip, provisoire, fichier } = self;
        let chiffre = zip.finish().map_err(|e| Panne::new("écriture du kit", e))?.into_inner();
        chiffre.finir().and_then(|()| fs::rename(&provisoire.0, &fichier)).map_err(panne(&fichier))
    }
}

/// True for a file that a process which died left behind.
fn est_abandonne(chemin: &Path) -> bool {
    let age = fs::metadata(chemin).and_then(|etat| etat.modified()).ok().and_then(|le| le.elapsed().ok());
    age.is_some_and(|age| age > ABANDON)
}

/// Opens a kit into a folder that must be new or empty; gives how many files it held. Everything is checked before the
/// first of them is written, and only its owner reads what is.
pub fn ouvrir(fichier: &Path, cle: &Path, dossier: &Path) -> Result<usize, Panne> {
    let illisible = |e: &dyn std::fmt::Display| Panne::dire(format!("ouverture de {} : {e}", fichier.display()));
    let mut clair = Vec::new();
    enveloppe::dechiffrer(fichier, cle)?.take(TAILLE_MAXIMALE + 1).read_to_end(&mut clair).map_err(|e| illisible(&e))?;
    if u64::try_from(clair.len()).unwrap_or(u64::MAX) > TAILLE_MAXIMALE {
        return Err(illisible(&"kit démesuré"));
    }
    let mut zip = ZipArchive::new(Cursor::new(clair)).map_err(|e| illisible(&e))?;
    let mut fichiers = Vec::with_capacity(zip.len());
    for rang in 0..zip.len() {
        let mut entree = zip.by_index(rang).map_err(|e| illisible(&e))?;
        let nom = entree.enclosed_name().ok_or_else(|| illisible(&"un nom sort du dossier"))?;
        let mut octets = Vec::new();
        entree.by_ref().take(TAILLE_MAXIMALE).read_to_end(&mut octets).map_err(|e| illisible(&e))?;
        fichiers.push((nom, octets));
    }
    let ecriture = |e: io::Error| Panne::new(format!("écriture dans {}", dossier.display()), e);
    DirBuilder::new().recursive(true).mode(0o700).create(dossier).map_err(ecriture)?;
    if fs::read_dir(dossier).map_err(ecriture)?.next().is_some() {
        return Err(Panne::dire(format!("{} n'est pas vide : donnez un dossier neuf", dossier.display())));
    }
    for (nom, octets) in &fichiers {
        let chemin = dossier.join(nom);
        if let Some(parent) = chemin.parent() {
            DirBuilder::new().recursive(true).mode(0o700).create(parent).map_err(ecriture)?;
        }
        enveloppe::creer(&chemin)?.write_all(octets).map_err(ecriture)?;
    }
    Ok(fichiers.len())
}
