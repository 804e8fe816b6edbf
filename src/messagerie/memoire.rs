//! Mails kept in memory: for tests.

use super::{
    Accuse, Courrier, EchecEnvoi, Expediteur,
    retour::{BoiteDeRetour, Rangement},
};
use crate::kernel::Panne;
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

/// A mailbox of receipts kept in memory: for tests.
#[derive(Debug, Default)]
pub struct BoiteMemoire {
    recus: Mutex<VecDeque<Vec<u8>>>,
    ranges: Mutex<Vec<(Rangement, Vec<u8>)>>,
}

impl BoiteMemoire {
    /// A mail comes in.
    pub fn deposer(&self, octets: impl Into<Vec<u8>>) {
        self.recus.lock().unwrap_or_else(PoisonError::into_inner).push_back(octets.into());
    }

    /// How many wait in the inbox.
    #[must_use]
    pub fn en_attente(&self) -> usize {
        self.recus.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// The mails put there, in order.
    #[must_use]
    pub fn ranges(&self, ou: Rangement) -> Vec<Vec<u8>> {
        let ranges = self.ranges.lock().unwrap_or_else(PoisonError::into_inner);
        ranges.iter().filter(|(rangement, _)| *rangement == ou).map(|(_, octets)| octets.clone()).collect()
    }
}

impl BoiteDeRetour for BoiteMemoire {
    fn relever(&self, traiter: &mut dyn FnMut(&[u8]) -> Result<Rangement, Panne>) -> Result<u64, Panne> {
        let mut recus = self.recus.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut deplaces, mut echec, mut restes) = (0, None, VecDeque::new());
        while let Some(octets) = recus.pop_front() {
            match traiter(&octets) {
                Ok(rangement) => {
                    self.ranges.lock().unwrap_or_else(PoisonError::into_inner).push((rangement, octets));
                    deplaces += 1;
                }
                Err(panne) => {
                    echec = echec.or(Some(panne));
                    restes.push_back(octets);
                }
            }
        }
        *recus = restes;
        echec.map_or(Ok(deplaces), Err)
    }
}
