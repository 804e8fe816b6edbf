//! Background work of identities.

use super::service;
use crate::jobs::runner::Ouvrier;
use std::time::Duration;

/// Name of the task that looks for duplicates among all patients.
pub const RECHERCHE_DES_DOUBLONS: &str = "recherche_doublons";

/// Looks for duplicates every day.
#[must_use]
pub fn enregistrer(ouvrier: Ouvrier) -> Ouvrier {
    ouvrier.chaque(RECHERCHE_DES_DOUBLONS, Duration::from_hours(24), |contexte| {
        let bilan = service::detecter_partout(contexte)?;
        tracing::info!(
            patients = bilan.patients,
            paires = bilan.paires,
            nouvelles = bilan.nouvelles,
            blocs_ecartes = bilan.blocs_ecartes,
            "recherche des doublons"
        );
        Ok(())
    })
}
