//! Brings alerts up to date with what changes many cases at once.

use super::service::{self, ACTUALISER};
use crate::{
    jobs::runner::{Contexte, Issue, Ouvrier},
    kernel::Resultat,
    metier::inscription,
};
use std::time::Duration;

/// How long a change that nobody tells of (the public directory, reference data loaded by a command) may go unseen.
const ACTUALISATION: Duration = Duration::from_hours(24);

/// Name of the task.
pub const TACHE: &str = "actualisation_alertes";

/// Gives the worker the work: at once when reference data is published or withdrawn, and every day.
#[must_use]
pub fn enregistrer(ouvrier: Ouvrier) -> Ouvrier {
    ouvrier.traiter(ACTUALISER, |contexte, (): ()| actualiser(contexte).map(|()| Issue::Fait).into()).chaque(
        TACHE,
        ACTUALISATION,
        actualiser,
    )
}

/// One transaction for each meeting whose comptes-rendus are not validated.
fn actualiser(contexte: &Contexte) -> Resultat<()> {
    for reunion in contexte.lire(inscription::service::reunions_en_cours)? {
        contexte.ecrire(move |op| service::evaluer_reunion(op, reunion))?;
    }
    Ok(())
}
