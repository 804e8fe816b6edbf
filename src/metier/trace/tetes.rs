//! Signed heads: the last rank of the chain and its seal, signed with Ed25519 and written outside the database.
//!
//! One JSON line a head, in one file a month (`tetes-2026-03.jsonl`) of a folder that a region copies to another
//! machine. What is signed is the canonical JSON (RFC 8785) of the head without its signature. The key never is in
//! the database: who owns the database can rewrite the chain, not the heads.

use super::model::{
    Empreinte,
    controle::{Anomalie, TeteAttestee},
};
use crate::kernel::{
    Instant, Panne,
    texte::{hexadecimal, octets_hexadecimaux},
};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};
use std::{
    fs::{self, File, OpenOptions},
    io::{BufRead, BufReader, ErrorKind, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

/// What is attested.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Attestation {
    rang: i64,
    empreinte: String,
    instant: Instant,
    lignes: i64,
    cle: String,
}

/// A head as it stands in its file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct TeteSignee {
    #[serde(flatten)]
    attestation: Attestation,
    signature: String,
}

impl Attestation {
    fn canonique(&self) -> Result<Vec<u8>, Panne> {
        serde_json_canonicalizer::to_vec(self).map_err(|e| Panne::new("forme canonique d'une tête", e))
    }
}

/// Reads 32 bytes written in hexadecimal.
fn trente_deux_octets(fichier: &Path) -> Result<[u8; 32], Panne> {
    let texte = fs::read_to_string(fichier).map_err(|e| Panne::new(format!("lecture de la clé {}", fichier.display()), e))?;
    let octets = octets_hexadecimaux(&texte).and_then(|octets| octets.try_into().ok());
    octets.ok_or_else(|| Panne::dire(format!("la clé {} doit être de 32 octets en hexadécimal", fichier.display())))
}

/// The key that signs heads.
pub struct Cle(SigningKey);

impl Cle {
    /// Reads it from its file.
    pub fn lire(fichier: &Path) -> Result<Self, Panne> {
        Ok(Self(SigningKey::from_bytes(&trente_deux_octets(fichier)?)))
    }

    /// Makes a key: the secret one in `fichier`, that its owner alone reads, the public one beside it (`.pub`).
    /// A key that is there is never overwritten. Gives the path of the public one.
    pub fn creer(fichier: &Path, secret: [u8; 32]) -> Result<PathBuf, Panne> {
        let cle = SigningKey::from_bytes(&secret);
        let publique = fichier.with_added_extension("pub");
        for (chemin, octets, mode) in [(fichier, &secret, 0o600), (&publique, cle.verifying_key().as_bytes(), 0o644)] {
            OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(mode)
                .open(chemin)
                .and_then(|mut f| writeln!(f, "{}", hexadecimal(octets)).and_then(|()| f.sync_all()))
                .map_err(|e| Panne::new(format!("écriture de la clé {}", chemin.display()), e))?;
        }
        Ok(publique)
    }

    /// The public half.
    #[must_use]
    pub fn publique(&self) -> ClePublique {
        ClePublique(self.0.verifying_key())
    }

    fn signer(&self, rang: i64, empreinte: &Empreinte, instant: Instant) -> Result<TeteSignee, Panne> {
        let cle = hexadecimal(self.0.verifying_key().as_bytes());
        let attestation = Attestation { rang, empreinte: hexadecimal(empreinte), instant, lignes: rang, cle };
        let signature = self.0.sign(&attestation.canonique()?);
        Ok(TeteSignee { attestation, signature: hexadecimal(&signature.to_bytes()) })
    }
}

/// A key that proves a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClePublique(VerifyingKey);

impl ClePublique {
    /// Reads it from its file.
    pub fn lire(fichier: &Path) -> Result<Self, Panne> {
        VerifyingKey::from_bytes(&trente_deux_octets(fichier)?).map(Self).map_err(|e| Panne::new("clé publique de la trace", e))
    }
}

/// Signs a head and adds it to the file of its month. Gives the file.
pub fn ecrire(dossier: &Path, cle: &Cle, rang: i64, empreinte: &Empreinte, instant: Instant) -> Result<PathBuf, Panne> {
    let mut ligne = serde_json::to_vec(&cle.signer(rang, empreinte, instant)?).map_err(|e| Panne::new("écriture d'une tête", e))?;
    ligne.push(b'\n');
    let chemin = dossier.join(format!("tetes-{}.jsonl", instant.format("%Y-%m")));
    let ecrire = || {
        fs::create_dir_all(dossier)?;
        let mut fichier = OpenOptions::new().append(true).create(true).mode(0o640).open(&chemin)?;
        fichier.write_all(&ligne)?;
        fichier.sync_all()
    };
    ecrire().map_err(|e: std::io::Error| Panne::new(format!("écriture de la tête dans {}", chemin.display()), e))?;
    Ok(chemin)
}

/// The heads of a folder in the order of their ranks, and those that cannot be relied on.
pub fn lire(dossier: &Path, cles: &[ClePublique]) -> Result<(Vec<TeteAttestee>, Vec<Anomalie>), Panne> {
    let mut fichiers = Vec::new();
    for entree in fs::read_dir(dossier).map_err(|e| Panne::new(format!("lecture du dossier {}", dossier.display()), e))? {
        let chemin = entree.map_err(|e| Panne::new("lecture du dossier des têtes", e))?.path();
        let nom = chemin.file_name().and_then(|nom| nom.to_str()).unwrap_or_default();
        if nom.starts_with("tetes-") && nom.ends_with(".jsonl") {
            fichiers.push(chemin);
        }
    }
    fichiers.sort();
    let (mut tetes, mut fausses) = (Vec::new(), Vec::new());
    for fichier in fichiers {
        let lecture = File::open(&fichier).map_err(|e| Panne::new(format!("lecture de {}", fichier.display()), e))?;
        for (rang, ligne) in BufReader::new(lecture).lines().enumerate() {
            let tete = match ligne {
                Ok(ligne) => verifier(&ligne, cles),
                Err(e) if e.kind() == ErrorKind::InvalidData => Err("illisible"),
                Err(e) => return Err(Panne::new(format!("lecture de {}", fichier.display()), e)),
            };
            match tete {
                Ok(tete) => tetes.push(tete),
                Err(cause) => fausses.push(Anomalie::TeteFausse { ou: format!("{}, ligne {}", fichier.display(), rang + 1), cause }),
            }
        }
    }
    tetes.sort_by_key(|tete| (tete.rang, tete.instant));
    Ok((tetes, fausses))
}

fn verifier(ligne: &str, cles: &[ClePublique]) -> Result<TeteAttestee, &'static str> {
    let tete: TeteSignee = serde_json::from_str(ligne).map_err(|_| "illisible")?;
    let cle = cles.iter().find(|cle| hexadecimal(cle.0.as_bytes()) == tete.attestation.cle).ok_or("signée d'une clé inconnue")?;
    let signature = octets_hexadecimaux(&tete.signature).and_then(|octets| Signature::from_slice(&octets).ok()).ok_or("illisible")?;
    let signe = tete.attestation.canonique().map_err(|_| "illisible")?;
    cle.0.verify_strict(&signe, &signature).map_err(|_| "la signature est fausse")?;
    let empreinte = octets_hexadecimaux(&tete.attestation.empreinte).and_then(|octets| octets.try_into().ok()).ok_or("illisible")?;
    Ok(TeteAttestee { rang: tete.attestation.rang, empreinte, instant: tete.attestation.instant })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn une_tete_retouchee_ou_d_une_autre_cle_ne_vaut_rien() {
        let dossier = tempfile::tempdir().unwrap();
        let fichier = dossier.path().join("audit.cle");
        let publique = Cle::creer(&fichier, [7; 32]).unwrap();
        assert!(Cle::creer(&fichier, [8; 32]).is_err(), "une clé ne s'écrase pas");
        let cle = Cle::lire(&fichier).unwrap();
        assert_eq!(ClePublique::lire(&publique).unwrap(), cle.publique());
        let instant: Instant = "2026-03-01T09:00:00.123456Z".parse().unwrap();
        let chemin = ecrire(dossier.path(), &cle, 12, &[3; 32], instant).unwrap();
        let (tetes, fausses) = lire(dossier.path(), &[cle.publique()]).unwrap();
        assert_eq!(tetes, [TeteAttestee { rang: 12, empreinte: [3; 32], instant }]);
        assert_eq!(fausses, []);
        let autre = Cle(SigningKey::from_bytes(&[9; 32]));
        assert_eq!(lire(dossier.path(), &[autre.publique()]).unwrap().0, []);
        let texte = fs::read_to_string(&chemin).unwrap().replace("\"rang\":12", "\"rang\":11");
        fs::write(&chemin, texte).unwrap();
        let (tetes, fausses) = lire(dossier.path(), &[cle.publique()]).unwrap();
        assert_eq!(tetes, []);
        assert!(matches!(fausses[..], [Anomalie::TeteFausse { cause: "la signature est fausse", .. }]));
    }
}
