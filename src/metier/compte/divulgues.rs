//! Passwords that are known to have leaked: a file of SHA-1 fingerprints on this machine, as Have I Been Pwned publishes it.
//!
//! One fingerprint a line, in hexadecimal and in order, with how often it was seen after a colon (`…:42`), which is not looked
//! at. The file is tens of gigabytes: it is searched on the disk by halves, some forty small reads, and no part of a password
//! ever leaves the service (ASVS V6.2.12). SHA-1 is what the file is made of; nothing is kept under it.

use crate::kernel::{Panne, texte::hexadecimal};
use sha1::{Digest, Sha1};
use std::{
    cmp::Ordering,
    fs::File,
    io::{Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

/// Letters of a fingerprint.
const EMPREINTE: usize = 40;
/// No line is longer: a fingerprint, a colon, a 64-bit number, the end of the line.
const LIGNE_MAXIMALE: u64 = 64;

/// The file of the fingerprints.
#[derive(Debug, Clone)]
pub struct Divulgues(PathBuf);

/// A line of the file: where it begins, where the next one does, its fingerprint.
struct Ligne {
    debut: u64,
    suivante: u64,
    empreinte: String,
}

impl Divulgues {
    /// Refuses a file that is not of this form, or whose ends are not in order: it would let everything through.
    pub fn ouvrir(chemin: &Path) -> Result<Self, Panne> {
        let divulgues = Self(chemin.to_owned());
        let (mut fichier, taille) = divulgues.fichier()?;
        if taille == 0 {
            return Err(divulgues.informe());
        }
        let (premiere, derniere) = (divulgues.ligne(&mut fichier, 0)?, divulgues.ligne(&mut fichier, taille - 1)?);
        if premiere.empreinte <= derniere.empreinte { Ok(divulgues) } else { Err(divulgues.informe()) }
    }

    /// True when the file holds the fingerprint of that password.
    pub fn contient(&self, mot_de_passe: &str) -> Result<bool, Panne> {
        let cherchee = hexadecimal(&Sha1::digest(mot_de_passe.as_bytes())).to_ascii_uppercase();
        let (mut fichier, taille) = self.fichier()?;
        // The line, if there is one, begins between the two.
        let (mut bas, mut haut) = (0, taille);
        while bas < haut {
            let ligne = self.ligne(&mut fichier, bas + (haut - bas) / 2)?;
            match ligne.empreinte.cmp(&cherchee) {
                Ordering::Equal => return Ok(true),
                Ordering::Less => bas = ligne.suivante,
                Ordering::Greater => haut = ligne.debut,
            }
        }
        Ok(false)
    }

    fn fichier(&self) -> Result<(File, u64), Panne> {
        let lire = |e| Panne::new(format!("mots de passe divulgués, {}", self.0.display()), e);
        let fichier = File::open(&self.0).map_err(lire)?;
        let taille = fichier.metadata().map_err(lire)?.len();
        Ok((fichier, taille))
    }

    /// The line that holds the byte at a place.
    fn ligne(&self, fichier: &mut File, place: u64) -> Result<Ligne, Panne> {
        let lire = |e| Panne::new(format!("mots de passe divulgués, {}", self.0.display()), e);
        let origine = place.saturating_sub(LIGNE_MAXIMALE);
        fichier.seek(SeekFrom::Start(origine)).map_err(lire)?;
        let mut octets = Vec::new();
        fichier.take(2 * LIGNE_MAXIMALE).read_to_end(&mut octets).map_err(lire)?;
        let ici = usize::try_from(place - origine).map_err(|_| self.informe())?;
        let avant = octets.get(..ici).and_then(|avant| avant.iter().rposition(|octet| *octet == b'\n'));
        let debut = match avant {
            Some(fin) => fin + 1,
            None if origine == 0 => 0,
            None => return Err(self.informe()),
        };
        let ligne = octets.get(debut..).unwrap_or_default();
        let longueur = ligne.iter().position(|octet| *octet == b'\n').map_or(ligne.len(), |fin| fin + 1);
        let empreinte = ligne.get(..EMPREINTE).and_then(|lettres| std::str::from_utf8(lettres).ok());
        let empreinte = empreinte.filter(|texte| texte.bytes().all(|octet| octet.is_ascii_hexdigit())).ok_or_else(|| self.informe())?;
        let finie = ligne.get(EMPREINTE).is_none_or(|suite| !suite.is_ascii_hexdigit());
        if !finie {
            return Err(self.informe());
        }
        let debut = origine + debut as u64;
        Ok(Ligne { debut, suivante: debut + longueur as u64, empreinte: empreinte.to_ascii_uppercase() })
    }

    fn informe(&self) -> Panne {
        let chemin = self.0.display();
        Panne::dire(format!("{chemin} n'est pas un fichier d'empreintes SHA-1 en ordre (comptes.mots_de_passe_divulgues_fichier)"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fmt::Write, fs};

    fn fichier(mots: &[String], fin: &str) -> (tempfile::TempDir, Divulgues) {
        let mut lignes: Vec<String> = mots.iter().map(|mot| hexadecimal(&Sha1::digest(mot.as_bytes())).to_ascii_uppercase()).collect();
        lignes.sort();
        let texte = lignes.iter().enumerate().fold(String::new(), |mut texte, (rang, ligne)| {
            write!(texte, "{ligne}:{}{fin}", 10_u64.pow(u32::try_from(rang % 12).unwrap())).unwrap();
            texte
        });
        let dossier = tempfile::tempdir().unwrap();
        let chemin = dossier.path().join("empreintes");
        fs::write(&chemin, texte).unwrap();
        let divulgues = Divulgues::ouvrir(&chemin).unwrap();
        (dossier, divulgues)
    }

    #[test]
    fn sec_a05_chaque_mot_de_passe_du_fichier_se_trouve_et_nul_autre() {
        for (nombre, fin) in [(1, "\n"), (2, "\r\n"), (1000, "\r\n"), (1001, "\n")] {
            let mots: Vec<String> = (0..nombre).map(|rang| format!("mot de passe {rang}")).collect();
            let (_dossier, divulgues) = fichier(&mots, fin);
            for mot in &mots {
                assert!(divulgues.contient(mot).unwrap(), "{mot}");
            }
            for rang in 0..200 {
                assert!(!divulgues.contient(&format!("autre mot {rang}")).unwrap(), "{rang}");
            }
        }
    }

    #[test]
    fn sec_a05_un_fichier_d_une_autre_forme_arrete_le_demarrage() {
        let dossier = tempfile::tempdir().unwrap();
        let chemin = dossier.path().join("empreintes");
        assert!(Divulgues::ouvrir(&chemin).is_err(), "absent");
        let (a, b) = ("A".repeat(40), "B".repeat(40));
        for faux in [String::new(), "motdepasse\n".to_owned(), format!("{}:3\n", "A".repeat(32)), "A".repeat(64), format!("{b}:1\n{a}:1\n")]
        {
            fs::write(&chemin, &faux).unwrap();
            assert!(Divulgues::ouvrir(&chemin).is_err(), "{faux}");
        }
        fs::write(&chemin, format!("{a}:1\n{b}:1\n")).unwrap();
        assert!(Divulgues::ouvrir(&chemin).is_ok());
    }
}
