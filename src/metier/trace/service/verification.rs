//! The verification of the whole chain, page after page: its memory does not grow with the trace.

use super::{super::store, scellement_impossible, sceller};
use crate::{
    db::{Db, Demande},
    kernel::{Instant, Resultat},
    metier::trace::model::controle::{Anomalie, Controle, RETARD_ADMIS, Rapport, TeteAttestee},
};
use uuid::Uuid;

/// Seals read at once.
const PAGE: i64 = 2000;

/// Seals what waits, then goes through the whole chain and compares it with the heads, given in the order of
/// their ranks; looks for numbers that are missing.
pub fn verifier(db: &Db, demande: &Demande, tetes: &[TeteAttestee]) -> Resultat<Rapport> {
    sceller(db, demande, None)?;
    let mut controle = Controle::nouveau(tetes);
    let mut apres = 0;
    loop {
        let page = db.lire_ici(demande, |op| store::maillons(op, apres, PAGE))?;
        let Some(dernier) = page.last() else { break };
        apres = dernier.rang;
        for maillon in page {
            controle.suivre(maillon).map_err(scellement_impossible)?;
        }
    }
    let mut rapport = controle.finir().map_err(scellement_impossible)?;
    let avant = db.horloge().maintenant() - RETARD_ADMIS;
    for emetteur in db.lire_ici(demande, store::emetteurs_troues)? {
        chercher_les_trous(db, demande, (emetteur, avant), &mut rapport)?;
    }
    Ok(rapport)
}

/// Names the numbers of a process that are missing before a row written before `avant`: a younger hole may be
/// an act that is not over.
fn chercher_les_trous(db: &Db, demande: &Demande, (emetteur, avant): (Uuid, Instant), rapport: &mut Rapport) -> Resultat<()> {
    let mut apres = 0;
    loop {
        let numeros = db.lire_ici(demande, |op| store::numeros(op, emetteur, apres, PAGE))?;
        if numeros.is_empty() {
            return Ok(());
        }
        for (numero, instant) in numeros {
            if numero > apres + 1 && instant < avant {
                rapport.signaler(Anomalie::NumerosManquants { emetteur, du: apres + 1, au: numero - 1, avant: instant });
            }
            apres = numero;
        }
    }
}
