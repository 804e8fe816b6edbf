//! What a command does beyond calling one use case.

pub mod audit;
pub mod completer;
pub mod comptes;
pub mod exporter;
pub mod infocentre;
pub mod rapport;
pub mod retention;

use crate::kernel::Panne;
use std::{fs, io::Write, path::Path};

/// Says a text to who typed the command, and ends the line.
pub fn dire(texte: &str) -> Result<(), Panne> {
    writeln!(std::io::stdout(), "{texte}").map_err(|e| Panne::new("sortie standard", e))
}

/// Writes a file that a command was asked for.
fn ecrire(chemin: &Path, octets: &[u8]) -> Result<(), Panne> {
    fs::write(chemin, octets).map_err(|e| Panne::new(format!("écriture de {}", chemin.display()), e))
}

/// Makes the folder of the files of a command, if need be.
fn faire_le_dossier(dossier: &Path) -> Result<(), Panne> {
    fs::create_dir_all(dossier).map_err(|e| Panne::new(format!("dossier {}", dossier.display()), e))
}
