//! Brings alerts up to date with what changes many cases at once.

use super::service;
use crate::{jobs::runner::Ouvrier, metier::inscription};
use std::time::Duration;

/// How long a change that no case tells of (a rule, the public directory) may go unseen.
const ACTUALISATION: Duration = Duration::from_hours(24);

/// Name of the task.
pub const TACHE: &str = "actualisation_alertes";

/// Gives the worker the task: one transaction for each meeting whose comptes-rendus are not validated.
#[must_use]
pub fn enregistrer(ouvrier: Ouvrier) -> Ouvrier {
    ouvrier.chaque(TACHE, ACTUALISATION, |contexte| {
        for reunion in contexte.lire(inscription::service::reunions_en_cours)? {
            contexte.ecrire(move |op| service::evaluer_reunion(op, reunion))?;
        }
        Ok(())
    })
}
