//! What is read once and kept for the life of the program, because it never changes: a version, or
//! something told apart by its fingerprint.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, PoisonError, RwLock},
};

/// Values by key. A key must name one content for ever: nothing is ever forgotten.
#[derive(Debug)]
pub struct Memoire<C, V>(RwLock<HashMap<C, Arc<V>>>);

impl<C, V> Default for Memoire<C, V> {
    fn default() -> Self {
        Self(RwLock::default())
    }
}

impl<C: Eq + Hash, V> Memoire<C, V> {
    /// The value of a key, made the first time. A failure is not kept.
    pub fn obtenir<E>(&self, cle: C, faire: impl FnOnce(&C) -> Result<V, E>) -> Result<Arc<V>, E> {
        if let Some(valeur) = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&cle) {
            return Ok(Arc::clone(valeur));
        }
        // Made outside the lock: of two at the same time, the last is kept, and both are the same.
        let valeur = Arc::new(faire(&cle)?);
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(cle, Arc::clone(&valeur));
        Ok(valeur)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn une_valeur_n_est_faite_qu_une_fois_et_un_echec_n_est_pas_garde() {
        let memoire: Memoire<&str, usize> = Memoire::default();
        assert_eq!(memoire.obtenir("sein", |_| Err("illisible")), Err("illisible"));
        assert_eq!(memoire.obtenir("sein", |cle| Ok::<_, ()>(cle.len())), Ok(Arc::new(4)));
        assert_eq!(memoire.obtenir("sein", |_| Err("déjà faite")), Ok(Arc::new(4)));
    }
}
