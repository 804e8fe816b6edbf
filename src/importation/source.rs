//! Where lines come from: a file, or a file of a zip archive.

use crate::{
    kernel::{Panne, texte::hexadecimal},
    metier::annuaire_national::format::LIGNE_MAXIMALE,
};
use sha2::{Digest, Sha256};
use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read},
    path::{Path, PathBuf},
};
use zip::ZipArchive;

/// Bytes read at a time.
const TAMPON: usize = 256 * 1024;

/// What an archive may hold. The largest one that is published (PS_LibreAcces) holds four files and two gigabytes.
#[derive(Debug, Clone, Copy)]
pub struct Bornes {
    /// Files.
    pub fichiers: usize,
    /// Bytes of one file, once decompressed.
    pub octets: u64,
}

/// The bounds of every import.
pub const BORNES: Bornes = Bornes { fichiers: 64, octets: 16 * 1024 * 1024 * 1024 };

/// A file to import.
#[derive(Debug, Clone)]
pub struct Origine {
    chemin: PathBuf,
    /// Rank of the file in the archive.
    rang: Option<usize>,
    nom: String,
    octets: u64,
}

impl Origine {
    /// The file itself, or those of the archive that it is.
    pub fn dans(chemin: &Path) -> Result<Vec<Self>, Panne> {
        Self::dans_les_bornes(chemin, BORNES)
    }

    /// The same, under other bounds.
    pub fn dans_les_bornes(chemin: &Path, bornes: Bornes) -> Result<Vec<Self>, Panne> {
        let nom = chemin.file_name().map(|nom| nom.to_string_lossy().into_owned()).unwrap_or_default();
        let ouvrir = |e: io::Error| Panne::new(format!("lecture de {}", chemin.display()), e);
        let mut debut = [0; 4];
        let mut fichier = File::open(chemin).map_err(ouvrir)?;
        let lus = fichier.read(&mut debut).map_err(ouvrir)?;
        if debut.get(..lus) != Some(b"PK\x03\x04") {
            return Ok(vec![Self { chemin: chemin.to_owned(), rang: None, nom, octets: u64::MAX }]);
        }
        let archive = archive(chemin)?;
        if archive.len() > bornes.fichiers {
            return Err(Panne::dire(format!("{nom} : l'archive contient {} fichiers, {} au plus", archive.len(), bornes.fichiers)));
        }
        let mut origines = Vec::new();
        for rang in 0..archive.len() {
            let Some(Ok(interne)) = archive.name_for_index(rang) else {
                return Err(Panne::dire(format!("{nom} : le nom d'un fichier de l'archive n'est pas lisible")));
            };
            if !interne.is_empty() && !interne.ends_with('/') {
                let interne = interne.rsplit(['/', '\\']).next().unwrap_or_default();
                origines.push(Self { chemin: chemin.to_owned(), rang: Some(rang), nom: format!("{nom}:{interne}"), octets: bornes.octets });
            }
        }
        Ok(origines)
    }

    /// Name without its folder; that of the archive first, if any.
    #[must_use]
    pub fn nom(&self) -> &str {
        &self.nom
    }

    /// Reads the content from its beginning; the second argument is its size, as far as it is known.
    pub fn lire<T>(&self, f: impl FnOnce(&mut dyn BufRead, u64) -> Result<T, Panne>) -> Result<T, Panne> {
        let Some(rang) = self.rang else {
            let fichier = File::open(&self.chemin).map_err(|e| Panne::new(format!("lecture de {}", self.chemin.display()), e))?;
            let taille = fichier.metadata().map_or(0, |m| m.len());
            return f(&mut BufReader::with_capacity(TAMPON, fichier), taille);
        };
        let mut archive = archive(&self.chemin)?;
        let fichier = archive.by_index(rang).map_err(|e| Panne::new(format!("lecture de {}", self.nom), e))?;
        let taille = fichier.size();
        let demesure = || Panne::dire(format!("{} : plus de {} octets une fois décompressé", self.nom, self.octets));
        if taille > self.octets {
            return Err(demesure());
        }
        // What the archive says of its sizes is not believed: it is counted.
        let mut borne = Borne { flux: fichier, reste: self.octets };
        f(&mut BufReader::with_capacity(TAMPON, &mut borne), taille)
    }

    /// SHA-256 of the content, and its size.
    pub fn empreinte(&self) -> Result<(String, i64), Panne> {
        self.lire(|flux, _| {
            let mut condensat = Sha256::new();
            let mut octets = 0;
            loop {
                let lus = flux.fill_buf().map_err(|e| Panne::new(format!("lecture de {}", self.nom), e))?;
                if lus.is_empty() {
                    return Ok((hexadecimal(&condensat.finalize()), octets));
                }
                condensat.update(lus);
                let nombre = lus.len();
                octets += i64::try_from(nombre).unwrap_or(0);
                flux.consume(nombre);
            }
        })
    }
}

/// A reader that fails past so many bytes.
struct Borne<R> {
    flux: R,
    reste: u64,
}

impl<R: Read> Read for Borne<R> {
    fn read(&mut self, tampon: &mut [u8]) -> io::Result<usize> {
        let lus = self.flux.read(tampon)?;
        let compte = u64::try_from(lus).unwrap_or(u64::MAX);
        self.reste = self.reste.checked_sub(compte).ok_or_else(|| io::Error::other("fichier démesuré une fois décompressé"))?;
        Ok(lus)
    }
}

fn archive(chemin: &Path) -> Result<ZipArchive<BufReader<File>>, Panne> {
    let contexte = || format!("lecture de {}", chemin.display());
    let fichier = File::open(chemin).map_err(|e| Panne::new(contexte(), e))?;
    ZipArchive::new(BufReader::new(fichier)).map_err(|e| Panne::new(contexte(), e))
}

/// What came of the next line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ligne {
    /// No more.
    Fin,
    /// A line, its end included.
    Entiere,
    /// A line that no true one is as long as; it has been passed over.
    TropLongue,
}

/// Lines one by one, none of which fills the memory.
pub struct LecteurDeLignes<'f> {
    flux: &'f mut dyn BufRead,
    octets: u64,
}

impl<'f> LecteurDeLignes<'f> {
    /// Reads from the beginning.
    pub fn new(flux: &'f mut dyn BufRead) -> Self {
        Self { flux, octets: 0 }
    }

    /// Bytes read so far.
    pub fn octets(&self) -> i64 {
        i64::try_from(self.octets).unwrap_or(i64::MAX)
    }

    /// Goes to a place that was reached before.
    pub fn sauter(&mut self, octets: i64) -> io::Result<()> {
        let voulus = u64::try_from(octets).unwrap_or(0);
        let sautes = io::copy(&mut Read::by_ref(&mut self.flux).take(voulus), &mut io::sink())?;
        self.octets += sautes;
        if sautes == voulus { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }

    /// Reads the next line into `tampon`.
    pub fn suivante(&mut self, tampon: &mut Vec<u8>) -> io::Result<Ligne> {
        tampon.clear();
        let lus = Read::by_ref(&mut self.flux).take(LIGNE_MAXIMALE as u64).read_until(b'\n', tampon)?;
        self.octets += lus as u64;
        if lus == 0 {
            return Ok(Ligne::Fin);
        }
        if lus < LIGNE_MAXIMALE || tampon.last() == Some(&b'\n') {
            return Ok(Ligne::Entiere);
        }
        loop {
            let reste = self.flux.fill_buf()?;
            let (nombre, fini) = match reste.iter().position(|octet| *octet == b'\n') {
                Some(place) => (place + 1, true),
                None => (reste.len(), reste.is_empty()),
            };
            self.flux.consume(nombre);
            self.octets += nombre as u64;
            if fini {
                return Ok(Ligne::TropLongue);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn une_ligne_demesuree_est_sautee_et_les_suivantes_se_lisent() {
        let mut contenu = b"une\n".to_vec();
        contenu.extend(std::iter::repeat_n(b'x', 3 * LIGNE_MAXIMALE));
        contenu.extend(b"\ndeux");
        let mut flux = BufReader::with_capacity(1000, contenu.as_slice());
        let mut lecteur = LecteurDeLignes::new(&mut flux);
        let mut tampon = Vec::new();
        assert_eq!((lecteur.suivante(&mut tampon).unwrap(), tampon.as_slice()), (Ligne::Entiere, b"une\n".as_slice()));
        assert_eq!(lecteur.suivante(&mut tampon).unwrap(), Ligne::TropLongue);
        assert!(tampon.len() <= LIGNE_MAXIMALE);
        assert_eq!((lecteur.suivante(&mut tampon).unwrap(), tampon.as_slice()), (Ligne::Entiere, b"deux".as_slice()));
        assert_eq!(lecteur.suivante(&mut tampon).unwrap(), Ligne::Fin);
        assert_eq!(lecteur.octets(), i64::try_from(contenu.len()).unwrap());
    }

    /// An archive of files of so many zeros, whose declared sizes may be changed afterwards.
    fn zip(fichiers: &[usize]) -> Vec<u8> {
        use std::io::Write;
        let mut zip = zip::ZipWriter::new(io::Cursor::new(Vec::new()));
        for (rang, taille) in fichiers.iter().enumerate() {
            zip.start_file(format!("f{rang}.txt"), zip::write::SimpleFileOptions::default()).unwrap();
            zip.write_all(&vec![b'0'; *taille]).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    #[test]
    fn une_archive_piegee_est_refusee_avant_de_remplir_la_machine() {
        let dossier = tempfile::tempdir().unwrap();
        let chemin = dossier.path().join("annuaire.zip");
        let bornes = Bornes { fichiers: 2, octets: 100_000 };
        let lire = |octets: &[u8]| {
            std::fs::write(&chemin, octets).unwrap();
            let origines = Origine::dans_les_bornes(&chemin, bornes)?;
            origines.iter().map(|origine| origine.empreinte().map(|(_, octets)| octets)).collect::<Result<Vec<i64>, Panne>>()
        };
        assert_eq!(lire(&zip(&[10, 100_000])).unwrap(), [10, 100_000]);
        assert!(lire(&zip(&[1, 1, 1])).unwrap_err().to_string().contains("3 fichiers, 2 au plus"));
        assert!(lire(&zip(&[100_001])).unwrap_err().to_string().contains("plus de 100000 octets"));
        // A bomb that declares little: both copies of its size (local header and central directory) say 10.
        let mut menteuse = zip(&[5_000_000]);
        let vraie = 5_000_000_u32.to_le_bytes();
        let places: Vec<usize> = menteuse.windows(4).enumerate().filter(|(_, octets)| *octets == vraie).map(|(place, _)| place).collect();
        assert!(places.len() >= 2, "{places:?}");
        for place in places {
            menteuse[place..place + 4].copy_from_slice(&10_u32.to_le_bytes());
        }
        let refus = lire(&menteuse).unwrap_err();
        assert!(!refus.to_string().is_empty());
    }

    #[test]
    fn un_saut_au_dela_de_la_fin_est_une_erreur() {
        let mut flux = b"abc".as_slice();
        assert!(LecteurDeLignes::new(&mut flux).sauter(4).is_err());
    }
}
