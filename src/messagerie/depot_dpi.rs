//! Folders that hospital systems read: another way to hand documents over, where there is no mail.
//!
//! Under one root, a folder for each établissement; in it, a folder for each drop. A drop is made under a
//! hidden name, then renamed: whoever watches the folder sees the whole of it or nothing. The system
//! acknowledges a drop `nom` by a file in `accuses`: `nom.ok` once it has integrated the documents,
//! `nom.ko` when it refuses them, whose first line is a code and a sentence. What has been read is kept
//! under `accuses/traites`.

use super::{EchecEnvoi, nettoyer};
use crate::kernel::Panne;
use std::{
    fs::{self, File},
    io::{self, Read, Write},
    path::{Path, PathBuf},
    time::UNIX_EPOCH,
};

/// The most that is read of an acknowledgment.
const ACCUSE_MAXIMAL: u64 = 64 * 1024;

/// The root of the folders.
#[derive(Debug, Clone)]
pub struct DossierDpi {
    racine: PathBuf,
}

/// What a system answered to a drop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccuseDepot {
    /// Identifies this answer: the same file read twice has the same.
    pub cle: String,
    /// Name of the drop.
    pub nom: String,
    /// True when the documents are integrated.
    pub integre: bool,
    /// Code of a refusal.
    pub code: Option<String>,
    /// Sentence of a refusal, cleaned.
    pub detail: Option<String>,
    /// The file.
    pub octets: Vec<u8>,
}

impl DossierDpi {
    /// Folders under that root.
    #[must_use]
    pub fn new(racine: &Path) -> Self {
        Self { racine: racine.to_owned() }
    }

    /// Makes a drop. Made twice before the system took it, it is one.
    pub fn deposer(&self, dossier: &str, nom: &str, fichiers: &[(&str, &[u8])]) -> Result<(), EchecEnvoi> {
        let echec = |e: io::Error| EchecEnvoi::temporaire("depot", e.to_string());
        let base = self.racine.join(sur(dossier));
        let (brouillon, final_) = (base.join(format!(".{}.partiel", sur(nom))), base.join(sur(nom)));
        if final_.exists() {
            return Ok(());
        }
        if brouillon.exists() {
            fs::remove_dir_all(&brouillon).map_err(echec)?;
        }
        fs::create_dir_all(&brouillon).map_err(echec)?;
        for (fichier, octets) in fichiers {
            let mut ouvert = File::create(brouillon.join(sur(fichier))).map_err(echec)?;
            ouvert.write_all(octets).and_then(|()| ouvert.sync_all()).map_err(echec)?;
        }
        fs::rename(&brouillon, &final_).and_then(|()| File::open(&base)?.sync_all()).map_err(echec)
    }

    /// Hands each acknowledgment to `traiter`, then puts it aside; should the process die between, it is
    /// handed again. Gives how many there were.
    pub fn relever(&self, traiter: &mut dyn FnMut(AccuseDepot) -> Result<(), Panne>) -> Result<u64, Panne> {
        let panne = |e: io::Error| Panne::new("lecture des accusés de dépôt", e);
        let mut lus = 0;
        for dossier in sous_dossiers(&self.racine).map_err(panne)? {
            let accuses = dossier.join("accuses");
            let traites = accuses.join("traites");
            for chemin in fichiers(&accuses).map_err(panne)? {
                let Some(accuse) = lire(&dossier, &chemin).map_err(panne)? else { continue };
                traiter(accuse)?;
                fs::create_dir_all(&traites).map_err(panne)?;
                fs::rename(&chemin, traites.join(chemin.file_name().unwrap_or_default())).map_err(panne)?;
                lus += 1;
            }
        }
        Ok(lus)
    }
}

/// Letters, digits, dots, hyphens and spaces; anything else becomes an underscore, and no name begins with a
/// dot: nothing leaves its folder nor hides in it.
fn sur(nom: &str) -> String {
    let nom: String =
        deunicode::deunicode(nom).chars().map(|c| if c.is_ascii_alphanumeric() || ".- _".contains(c) { c } else { '_' }).collect();
    nom.trim_start_matches('.').to_owned()
}

fn sous_dossiers(racine: &Path) -> io::Result<Vec<PathBuf>> {
    let mut trouves = chemins(racine)?;
    trouves.retain(|chemin| chemin.is_dir());
    Ok(trouves)
}

fn fichiers(dossier: &Path) -> io::Result<Vec<PathBuf>> {
    let mut trouves = chemins(dossier)?;
    trouves.retain(|chemin| chemin.is_file());
    Ok(trouves)
}

/// What a folder holds, in order; nothing when there is no such folder.
fn chemins(dossier: &Path) -> io::Result<Vec<PathBuf>> {
    if !dossier.is_dir() {
        return Ok(Vec::new());
    }
    let mut trouves = fs::read_dir(dossier)?.map(|entree| entree.map(|e| e.path())).collect::<io::Result<Vec<_>>>()?;
    trouves.sort();
    Ok(trouves)
}

/// An acknowledgment; none for a file that is not one.
fn lire(dossier: &Path, chemin: &Path) -> io::Result<Option<AccuseDepot>> {
    let texte = |partie: Option<&std::ffi::OsStr>| partie.and_then(|p| p.to_str()).map(str::to_owned);
    let (Some(nom), Some(suffixe)) = (texte(chemin.file_stem()), texte(chemin.extension())) else { return Ok(None) };
    let integre = match suffixe.as_str() {
        "ok" => true,
        "ko" => false,
        _ => return Ok(None),
    };
    let mut octets = Vec::new();
    let fichier = File::open(chemin)?;
    let ecrit_le = fichier.metadata()?.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default().as_micros();
    fichier.take(ACCUSE_MAXIMAL).read_to_end(&mut octets)?;
    let contenu = String::from_utf8_lossy(&octets).into_owned();
    let premiere = contenu.lines().next().unwrap_or_default().trim();
    let (code, detail) = premiere.split_once(char::is_whitespace).unwrap_or((premiere, ""));
    let garder = |texte: &str| (!integre && !texte.is_empty()).then(|| nettoyer(texte));
    let dossier = texte(dossier.file_name()).unwrap_or_default();
    Ok(Some(AccuseDepot {
        cle: format!("<{nom}.{suffixe}.{ecrit_le}@{dossier}>"),
        nom,
        integre,
        code: garder(code),
        detail: garder(detail),
        octets,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn un_depot_se_voit_entier_ou_pas_du_tout_et_se_refait_sans_dommage() {
        let racine = tempfile::tempdir().unwrap();
        let depot = DossierDpi::new(racine.path());
        // What an interrupted drop left.
        fs::create_dir_all(racine.path().join("590000001/.un.partiel")).unwrap();
        fs::write(racine.path().join("590000001/.un.partiel/ancien.pdf"), b"moitie").unwrap();
        for _ in 0..2 {
            depot.deposer("590000001", "un", &[("20260302_CR_LEFÈVRE.pdf", b"%PDF"), ("../fuite", b"x")]).unwrap();
        }
        let noms = |chemin: &str| {
            let mut noms: Vec<_> =
                fs::read_dir(racine.path().join(chemin)).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
            noms.sort();
            noms
        };
        assert_eq!(noms("590000001"), ["un"]);
        assert_eq!(noms("590000001/un"), ["20260302_CR_LEFEVRE.pdf", "_fuite"]);
    }

    #[test]
    fn un_accuse_est_lu_puis_range_et_un_refus_dit_son_code() {
        let racine = tempfile::tempdir().unwrap();
        let accuses = racine.path().join("590000001/accuses");
        fs::create_dir_all(&accuses).unwrap();
        fs::write(accuses.join("un.ok"), b"").unwrap();
        fs::write(accuses.join("deux.ko"), "905 identité 279035121518989 inconnue\nsuite".as_bytes()).unwrap();
        fs::write(accuses.join("lisez-moi.txt"), b"bonjour").unwrap();
        let depot = DossierDpi::new(racine.path());
        let mut lus = Vec::new();
        let panne = depot.relever(&mut |_| Err(Panne::dire("base arrêtée")));
        assert!(panne.is_err(), "ce qui n'est pas gardé n'est pas rangé");
        assert_eq!(
            depot
                .relever(&mut |accuse| {
                    lus.push(accuse);
                    Ok(())
                })
                .unwrap(),
            2
        );
        assert_eq!((lus[0].nom.as_str(), lus[0].integre, lus[0].code.as_deref()), ("deux", false, Some("905")));
        assert_eq!(lus[0].detail.as_deref(), Some("identité [numéro] inconnue"));
        assert_eq!((lus[1].nom.as_str(), lus[1].integre, &lus[1].code), ("un", true, &None));
        assert_eq!(depot.relever(&mut |_| Ok(())).unwrap(), 0);
        assert!(accuses.join("traites/un.ok").exists() && accuses.join("lisez-moi.txt").exists());
    }
}
