//! Mails kept in memory: for tests.

use super::{Accuse, Courrier, EchecEnvoi, Expediteur};
use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

/// Keeps what it is given, and fails when told to.
#[derive(Debug, Default)]
pub struct Memoire {
    courriers: Mutex<Vec<Courrier>>,
    echecs: Mutex<VecDeque<EchecEnvoi>>,
}

impl Memoire {
    /// The mails taken so far, in order.
    #[must_use]
    pub fn courriers(&self) -> Vec<Courrier> {
        self.courriers.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Makes the next sending that is not yet spoken for fail so.
    pub fn echouer(&self, echec: EchecEnvoi) {
        self.echecs.lock().unwrap_or_else(PoisonError::into_inner).push_back(echec);
    }
}

impl Expediteur for Memoire {
    fn envoyer(&self, courrier: &Courrier) -> Result<Accuse, EchecEnvoi> {
        super::mime::composer(courrier)?;
        if let Some(echec) = self.echecs.lock().unwrap_or_else(PoisonError::into_inner).pop_front() {
            return Err(echec);
        }
        self.courriers.lock().unwrap_or_else(PoisonError::into_inner).push(courrier.clone());
        Ok(Accuse { detail: "gardé en mémoire".to_owned() })
    }
}
