//! How far an import has come: a bar on a terminal, a line of the log every ten seconds elsewhere.

use indicatif::{ProgressBar, ProgressStyle};
use std::{
    cell::Cell,
    io::IsTerminal,
    time::{Duration, Instant},
};

/// Between two lines of the log.
const CADENCE: Duration = Duration::from_secs(10);

/// The progress of one file.
pub struct Progres {
    nom: String,
    octets: i64,
    barre: Option<ProgressBar>,
    dernier: Cell<Instant>,
}

impl Progres {
    /// Begins, at the place where the file was left.
    pub fn nouveau(nom: &str, octets: i64, lus: i64) -> Self {
        let barre = std::io::stderr().is_terminal().then(|| {
            let barre = ProgressBar::new(u64::try_from(octets).unwrap_or(0));
            if let Ok(style) = ProgressStyle::with_template("{prefix} [{bar:40}] {bytes}/{total_bytes} {msg} reste {eta}") {
                barre.set_style(style.progress_chars("=> "));
            }
            barre.set_prefix(nom.to_owned());
            barre.set_position(u64::try_from(lus).unwrap_or(0));
            barre.reset_eta();
            barre
        });
        if lus > 0 {
            tracing::info!(fichier = nom, octets_lus = lus, "import repris où il s'était arrêté");
        }
        Self { nom: nom.to_owned(), octets, barre, dernier: Cell::new(Instant::now()) }
    }

    /// Says how far the file has been written.
    pub fn avancer(&self, lus: i64, lignes: i64) {
        if let Some(barre) = &self.barre {
            barre.set_position(u64::try_from(lus).unwrap_or(0));
            barre.set_message(format!("{lignes} lignes"));
        } else if self.dernier.get().elapsed() > CADENCE {
            self.dernier.set(Instant::now());
            tracing::info!(fichier = self.nom, pour_cent = lus * 100 / self.octets.max(1), lignes, "import en cours");
        }
    }

    /// The file is done.
    pub fn finir(&self) {
        if let Some(barre) = &self.barre {
            barre.finish_and_clear();
        }
    }
}
