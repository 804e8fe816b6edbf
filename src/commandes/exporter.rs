//! `dcc documents exporter`: every document of a meeting, as files.
//!
//! One folder a case, named by the version, because each holds an `IHE_XDM.zip`; `index.csv` says what each
//! file is and its SHA-256. A file that is there already is left alone if it is the same, and refused if it is
//! not: nothing is then written at all. The names of the files hold the names of the patients, as MSSanté
//! wants them: they are readable by their owner only, and no message repeats them.

use crate::{
    db::{Db, Demande},
    kernel::{Panne, ids::ReunionId},
    metier::{
        compte_rendu::service::{self, VersionExportee},
        document::model::{Document, GenreDocument},
    },
};
use std::{
    fs::{self, DirBuilder, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

/// What was exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bilan {
    /// Comptes-rendus of the meeting.
    pub comptes_rendus: usize,
    /// Files that were written, without the index.
    pub ecrits: usize,
    /// Files that were there already.
    pub deja_la: usize,
    /// Comptes-rendus whose documents are not rendered yet.
    pub en_preparation: usize,
}

/// A file to be.
struct Fichier {
    chemin: PathBuf,
    /// What messages call it.
    appel: String,
    octets: Vec<u8>,
}

/// Writes the documents of a meeting under a folder, which is made if need be.
pub fn exporter(db: &Db, reunion: ReunionId, dossier: &Path) -> Result<Bilan, Panne> {
    let versions = db.ecrire_ici(&Demande::systeme("export"), move |op| service::exporter(op, reunion));
    let versions = versions.map_err(|e| Panne::new("lecture des documents de la réunion", e))?;
    let index = Fichier { chemin: dossier.join("index.csv"), appel: "index.csv".to_owned(), octets: index(&versions)? };
    let fichiers: Vec<Fichier> = versions.iter().flat_map(|version| fichiers(dossier, version)).collect();
    let mut manquants = Vec::new();
    for fichier in fichiers.iter().chain([&index]) {
        if !deja_la(fichier)? {
            manquants.push(fichier);
        }
    }
    for fichier in &manquants {
        ecrire(fichier).map_err(|e| Panne::new(format!("écriture de {}", fichier.appel), e))?;
    }
    let ecrits = manquants.iter().filter(|fichier| fichier.chemin != index.chemin).count();
    Ok(Bilan {
        comptes_rendus: versions.len(),
        ecrits,
        deja_la: fichiers.len() - ecrits,
        en_preparation: versions.iter().filter(|version| version.documents.is_empty()).count(),
    })
}

/// Folder of a case: its rank at the agenda, so that a person finds it, and the version.
fn dossier_de(version: &VersionExportee) -> String {
    format!("{:02}_{}", version.compte_rendu.contenu.cas.rang, version.compte_rendu.id)
}

fn fichiers(dossier: &Path, version: &VersionExportee) -> Vec<Fichier> {
    let nom = dossier_de(version);
    let fichier = |document: &Document| Fichier {
        chemin: dossier.join(&nom).join(nom_de_fichier(document)),
        appel: format!("{nom}/{}", document.genre),
        octets: document.octets.clone(),
    };
    version.documents.iter().map(fichier).collect()
}

/// The name under which the document is sent, which cannot leave its folder.
fn nom_de_fichier(document: &Document) -> String {
    document.nom.replace(['/', '\\', '\0'], "-")
}

fn index(versions: &[VersionExportee]) -> Result<Vec<u8>, Panne> {
    let mut index = csv::Writer::from_writer(Vec::new());
    let panne = |e: csv::Error| Panne::new("écriture de l'index", e);
    index.write_record(["rang", "compte_rendu", "version", "genre", "dossier", "fichier", "octets", "sha256"]).map_err(panne)?;
    for version in versions {
        let (cr, dossier) = (&version.compte_rendu, dossier_de(version));
        for document in &version.documents {
            index
                .write_record([
                    cr.contenu.cas.rang.to_string(),
                    cr.id.to_string(),
                    cr.numero_version.to_string(),
                    GenreDocument::as_str(document.genre).to_owned(),
                    dossier.clone(),
                    nom_de_fichier(document),
                    document.octets.len().to_string(),
                    document.empreinte.clone(),
                ])
                .map_err(panne)?;
        }
    }
    index.into_inner().map_err(|e| Panne::new("écriture de l'index", e.into_error()))
}

/// True when the file is there and the same; another content is refused.
fn deja_la(fichier: &Fichier) -> Result<bool, Panne> {
    match fs::read(&fichier.chemin) {
        Ok(octets) if octets == fichier.octets => Ok(true),
        Ok(_) => Err(Panne::dire(format!("{} existe déjà avec un autre contenu : exportez dans un dossier neuf", fichier.appel))),
        Err(erreur) if erreur.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(erreur) => Err(Panne::new(format!("lecture de {}", fichier.appel), erreur)),
    }
}

fn ecrire(fichier: &Fichier) -> io::Result<()> {
    if let Some(dossier) = fichier.chemin.parent() {
        DirBuilder::new().recursive(true).mode(0o700).create(dossier)?;
    }
    let mut ouvert = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&fichier.chemin)?;
    ouvert.write_all(&fichier.octets)?;
    ouvert.sync_all()
}
