//! What a command does beyond calling one use case.

pub mod audit;
pub mod completer;
pub mod comptes;
pub mod exporter;
pub mod infocentre;
pub mod rapport;
pub mod retention;

use crate::kernel::Panne;
use std::io::Write;

/// Says a text to who typed the command, and ends the line.
pub fn dire(texte: &str) -> Result<(), Panne> {
    writeln!(std::io::stdout(), "{texte}").map_err(|e| Panne::new("sortie standard", e))
}
