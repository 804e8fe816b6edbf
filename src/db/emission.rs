//! The numbers of the rows that this process writes in the trace: 1, 2, 3… without a gap, so that a row
//! that vanished before it was sealed leaves a hole.
//!
//! A number is taken when the row is inserted, at the end of its transaction, and given back when that
//! transaction is rolled back: the next row takes it again. A hole is left only by a process that died between
//! the two, or by a commit of which it is not known whether it was done.

use crate::kernel::{Chance, Instant, ids::TraceId};
use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};
use uuid::Uuid;

/// What this process has written under which numbers.
pub(super) struct Emission {
    emetteur: Uuid,
    chance: Chance,
    numeros: Mutex<Numeros>,
}

#[derive(Default)]
struct Numeros {
    dernier: i64,
    rendus: BTreeSet<i64>,
}

impl Emission {
    /// A process that has written nothing yet.
    pub(super) fn nouvelle(chance: &Chance, maintenant: Instant) -> Arc<Self> {
        let chance = chance.a_part();
        Arc::new(Self { emetteur: chance.uuid(maintenant), chance, numeros: Mutex::default() })
    }

    /// The identifier of a row that stands outside the transaction of a use case.
    pub(super) fn id(&self, maintenant: Instant) -> TraceId {
        self.chance.id(maintenant)
    }

    /// Numbers for the rows of one transaction.
    pub(super) fn carnet(self: &Arc<Self>) -> Carnet {
        Carnet { emission: Arc::clone(self), pris: Vec::new() }
    }

    fn prendre(&self) -> i64 {
        let mut numeros = self.numeros.lock().unwrap_or_else(PoisonError::into_inner);
        numeros.rendus.pop_first().unwrap_or_else(|| {
            numeros.dernier += 1;
            numeros.dernier
        })
    }

    fn rendre(&self, pris: &[i64]) {
        self.numeros.lock().unwrap_or_else(PoisonError::into_inner).rendus.extend(pris);
    }
}

/// The numbers that a transaction took. Dropped, it gives them back.
pub(super) struct Carnet {
    emission: Arc<Emission>,
    pris: Vec<i64>,
}

impl Carnet {
    /// The process, and its next number.
    pub(super) fn prendre(&mut self) -> (Uuid, i64) {
        let numero = self.emission.prendre();
        self.pris.push(numero);
        (self.emission.emetteur, numero)
    }

    /// The transaction is committed, or may be.
    pub(super) fn garder(mut self) {
        self.pris.clear();
    }
}

impl Drop for Carnet {
    fn drop(&mut self) {
        if !self.pris.is_empty() {
            self.emission.rendre(&self.pris);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn les_numeros_d_une_transaction_abandonnee_resservent() {
        let emission = Emission::nouvelle(&Chance::semee(1), "2026-03-01T10:00:00Z".parse().unwrap());
        let prendre = |carnet: &mut Carnet| carnet.prendre().1;
        let (mut gardee, mut abandonnee) = (emission.carnet(), emission.carnet());
        assert_eq!(prendre(&mut abandonnee), 1);
        assert_eq!(prendre(&mut gardee), 2);
        assert_eq!(prendre(&mut abandonnee), 3);
        drop(abandonnee);
        gardee.garder();
        let mut suivante = emission.carnet();
        assert_eq!([prendre(&mut suivante), prendre(&mut suivante), prendre(&mut suivante)], [1, 3, 4]);
    }
}
