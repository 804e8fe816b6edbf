//! How far the region is: a bar on a terminal, a line of the log every ten seconds elsewhere.

use super::tirage::entier_long;
use indicatif::{ProgressBar, ProgressStyle};
use std::{
    cell::Cell,
    io::IsTerminal,
    time::{Duration, Instant},
};

/// Between two lines of the log.
const CADENCE: Duration = Duration::from_secs(10);

/// The progress of the cases.
pub(super) struct Progres {
    total: usize,
    barre: Option<ProgressBar>,
    dernier: Cell<Instant>,
}

impl Progres {
    /// Begins.
    pub(super) fn nouveau(total: usize) -> Self {
        let barre = std::io::stderr().is_terminal().then(|| {
            let barre = ProgressBar::new(entier_long(total));
            if let Ok(style) = ProgressStyle::with_template("région synthétique [{bar:40}] {pos}/{len} comptes-rendus, reste {eta}") {
                barre.set_style(style.progress_chars("=> "));
            }
            barre
        });
        Self { total, barre, dernier: Cell::new(Instant::now()) }
    }

    /// Says how many comptes-rendus are written.
    pub(super) fn avancer(&self, faits: usize) {
        if let Some(barre) = &self.barre {
            barre.set_position(entier_long(faits));
        } else if self.dernier.get().elapsed() > CADENCE {
            self.dernier.set(Instant::now());
            tracing::info!(comptes_rendus = faits, pour_cent = faits * 100 / self.total.max(1), "région synthétique en cours");
        }
    }

    /// Done.
    pub(super) fn finir(&self) {
        if let Some(barre) = &self.barre {
            barre.finish_and_clear();
        }
    }
}
