//! `dcc sauvegarde …`: an encrypted copy of the base taken while people work, and its restoration, proved by
//! comparing what the restored base holds with what the copied one held.
//!
//! - SQLite is copied by `VACUUM INTO`, PostgreSQL by `pg_dump` on an exported snapshot, in which the inventory is made
//!   as well: both see one moment, whatever is written meanwhile.
//! - A backup is always encrypted, to recipients whose keys are not on the server. Keys and settings of the service are
//!   files of their own, which a backup does not hold.
//! - A base is restored into an empty place only, and is left in read-only mode: mails that waited when the backup was taken
//!   may have left since. A person looks, then opens it again (`dcc lecture-seule non`). Mails sent twice carry the
//!   same `Message-ID`.

mod archive;
pub mod commande;
mod postgres;

use crate::{
    db::{
        Adresse, FichierSqlite,
        chiffrement::CleBase,
        sauvegarde::{self, ClichePostgres, Inventaire},
    },
    kernel::{
        Instant, Panne,
        enveloppe::{self, Destinataire},
        texte::hexadecimal,
    },
};
pub use archive::{Manifeste, Moteur};
use sha2::{Digest, Sha256};
use std::{
    fs::File,
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

/// Takes a backup of a base into a file that must not exist.
pub fn sauvegarder(
    adresse: &Adresse,
    outils: Option<&Path>,
    pour: &[Destinataire],
    fichier: &Path,
    maintenant: Instant,
) -> Result<Manifeste, Panne> {
    if pour.is_empty() {
        return Err(Panne::dire("aucun destinataire : une sauvegarde est toujours chiffrée (sauvegarde.destinataires_fichier)"));
    }
    let sortie = enveloppe::creer(fichier)?;
    let issue = match adresse {
        Adresse::Sqlite(base) => sauvegarder_sqlite(adresse, base, sortie, pour, fichier, maintenant),
        Adresse::Postgres(url) => {
            let mut cliche = ClichePostgres::prendre(adresse)?;
            let manifeste = Manifeste::nouveau(Moteur::Postgres, maintenant, None, cliche.inventaire()?);
            archive::ecrire(sortie, pour, &manifeste, |vers| postgres::extraire(outils, url, &cliche.nom, vers)).map(|()| manifeste)
        }
    };
    // Half a backup must not pass for one.
    issue.inspect_err(|_| drop(std::fs::remove_file(fichier)))
}

fn sauvegarder_sqlite(
    adresse: &Adresse,
    base: &FichierSqlite,
    sortie: File,
    pour: &[Destinataire],
    fichier: &Path,
    maintenant: Instant,
) -> Result<Manifeste, Panne> {
    let chemin = Path::new(&base.chemin);
    if !chemin.is_file() {
        return Err(Panne::dire(format!("{} n'existe pas", chemin.display())));
    }
    // In clear or under the key of the base, like the base itself, beside it: it needs as much room, and its owner alone reads it.
    let copie = Provisoire::a_cote(chemin, fichier)?;
    sauvegarde::copier_sqlite(adresse, &copie.0)?;
    let inventaire = sauvegarde::inventaire(&copie.adresse(base.cle.clone()))?;
    let manifeste = Manifeste::nouveau(Moteur::Sqlite, maintenant, Some(copie.empreinte()?), inventaire);
    archive::ecrire(sortie, pour, &manifeste, |vers| {
        let mut lu = File::open(&copie.0).map_err(|e| Panne::new("lecture de la copie", e))?;
        io::copy(&mut lu, vers).map_err(|e| Panne::new("écriture de la sauvegarde", e)).map(drop)
    })?;
    Ok(manifeste)
}

/// What a restoration found.
#[derive(Debug, Clone)]
pub struct Restauration {
    /// What the backup says of itself.
    pub manifeste: Manifeste,
    /// What the restored base holds.
    pub inventaire: Inventaire,
    /// Where both differ, and what the database finds wrong; nothing, for a good restoration.
    pub ecarts: Vec<String>,
}

/// Restores a backup into an empty place, and compares. The base is not opened again to writing here.
pub fn restaurer(fichier: &Path, cle: &Path, vers: &Adresse, outils: Option<&Path>) -> Result<Restauration, Panne> {
    let (manifeste, mut copie) = archive::ouvrir(fichier, cle)?;
    let mut ecarts = Vec::new();
    match (vers, manifeste.moteur) {
        (Adresse::Sqlite(base), Moteur::Sqlite) => {
            let lue = ecrire_le_fichier(Path::new(&base.chemin), &mut copie)?;
            if manifeste.empreinte.as_ref() != Some(&lue) {
                ecarts.push("le fichier restauré n'a pas l'empreinte de celui qui a été sauvegardé".to_owned());
            }
            ecarts.extend(sauvegarde::defauts_sqlite(vers)?);
        }
        (Adresse::Postgres(url), Moteur::Postgres) => {
            if !sauvegarde::est_vide(vers)? {
                return Err(Panne::dire("la base de destination a déjà des tables : une sauvegarde se restaure dans une base vide"));
            }
            postgres::verser(outils, url, &mut copie)?;
        }
        (_, moteur) => {
            return Err(Panne::dire(format!("cette sauvegarde est celle d'une base {moteur} : restaurez-la dans une base {moteur}")));
        }
    }
    let inventaire = sauvegarde::inventaire(vers)?;
    ecarts.extend(manifeste.inventaire.ecarts(&inventaire));
    Ok(Restauration { manifeste, inventaire, ecarts })
}

/// Writes a file that must not exist; gives its SHA-256.
fn ecrire_le_fichier(chemin: &Path, copie: &mut impl Read) -> Result<String, Panne> {
    let mut sortie = enveloppe::creer(chemin)?;
    let mut empreinte = Sha256::new();
    let mut tampon = vec![0; 1024 * 1024];
    let lecture = |e: io::Error| Panne::new("lecture de la sauvegarde", e);
    loop {
        let lus = copie.read(&mut tampon).map_err(lecture)?;
        let Some(octets) = tampon.get(..lus).filter(|octets| !octets.is_empty()) else { break };
        empreinte.update(octets);
        sortie.write_all(octets).map_err(|e| Panne::new("écriture de la base", e))?;
    }
    sortie.sync_all().map_err(|e| Panne::new("écriture de la base", e))?;
    Ok(hexadecimal(&empreinte.finalize()))
}

/// A file in clear that does not outlive the backup.
struct Provisoire(PathBuf);

impl Provisoire {
    fn a_cote(base: &Path, sauvegarde: &Path) -> Result<Self, Panne> {
        let nom = sauvegarde.file_name().ok_or_else(|| Panne::dire("le nom de la sauvegarde manque"))?.to_string_lossy().into_owned();
        let provisoire = Self(base.with_file_name(format!("{nom}.copie")));
        // SQLite copies into an empty file that is there, and keeps who may read it.
        drop(enveloppe::creer(&provisoire.0)?);
        Ok(provisoire)
    }

    fn adresse(&self, cle: Option<CleBase>) -> Adresse {
        Adresse::Sqlite(FichierSqlite { chemin: self.0.display().to_string(), cle })
    }

    fn empreinte(&self) -> Result<String, Panne> {
        let mut fichier = File::open(&self.0).map_err(|e| Panne::new("lecture de la copie", e))?;
        let mut empreinte = Sha256::new();
        io::copy(&mut fichier, &mut empreinte).map_err(|e| Panne::new("lecture de la copie", e))?;
        Ok(hexadecimal(&empreinte.finalize()))
    }
}

impl Drop for Provisoire {
    fn drop(&mut self) {
        drop(std::fs::remove_file(&self.0));
    }
}
