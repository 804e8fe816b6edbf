//! How far a long work is, and whether it goes on.

/// What a long work says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Avancement {
    /// What it is doing.
    pub etape: &'static str,
    /// How much of the step is done.
    pub fait: usize,
    /// How much there is to do; zero when that is not known.
    pub total: usize,
}

impl Avancement {
    /// A step whose length is not known.
    #[must_use]
    pub const fn etape(etape: &'static str) -> Self {
        Self { etape, fait: 0, total: 0 }
    }
}

/// Whether a long work goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Poursuite {
    /// It does.
    Continuer,
    /// Somebody asked it to stop: it undoes what it left unfinished, and ends.
    Arreter,
}
