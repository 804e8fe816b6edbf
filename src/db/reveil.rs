//! The bell that a committed write rings when it left background work behind, so that the worker of
//! the same process starts at once instead of at its next look at the queue.

use std::{
    sync::{Arc, Condvar, Mutex, PoisonError},
    time::Duration,
};

/// A bell shared by the writers and the workers of one process.
#[derive(Clone, Default)]
pub struct Reveil(Arc<(Mutex<u64>, Condvar)>);

impl Reveil {
    /// Rings: everybody who waits wakes up.
    pub fn sonner(&self) {
        let (coups, attente) = &*self.0;
        *coups.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        attente.notify_all();
    }

    /// How often the bell has rung; to be read before looking at the queue.
    #[must_use]
    pub fn coups(&self) -> u64 {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until the bell has rung more than `vus` times, for at most `delai`. A ring between the
    /// look at the queue and the wait is not missed.
    pub fn attendre(&self, vus: u64, delai: Duration) {
        let (coups, attente) = &*self.0;
        let garde = coups.lock().unwrap_or_else(PoisonError::into_inner);
        drop(attente.wait_timeout_while(garde, delai, |coups| *coups <= vus));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    #[test]
    fn un_coup_sonne_avant_l_attente_n_est_pas_manque() {
        let reveil = Reveil::default();
        let vus = reveil.coups();
        reveil.sonner();
        let debut = Instant::now();
        reveil.attendre(vus, Duration::from_secs(10));
        assert!(debut.elapsed() < Duration::from_secs(5));
    }
}
