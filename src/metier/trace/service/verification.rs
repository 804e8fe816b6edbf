//! The verification of the whole chain, page after page: its memory does not grow with the trace.

use super::{super::store, scellement_impossible, sceller};
use crate::{
    db::{Db, Demande},
    kernel::{Instant, Resultat},
    metier::trace::model::{
        controle::{Anomalie, Controle, RETARD_ADMIS, Rapport, TeteAttestee},
        instant_du_tirage,
    },
};
use uuid::Uuid;

/// Seals read at once.
const PAGE: i64 = 2000;

/// Seals what waits, then goes through the whole chain and compares it with the heads, given in the order of
/// their ranks; looks for numbers that are missing.
pub fn verifier(db: &Db, demande: &Demande, tetes: &[TeteAttestee]) -> Resultat<Rapport> {
    sceller(db, demande, None)?;
    let purge = db.lire_ici(demande, store::purge::derniere)?;
    let mut controle = Controle::apres(purge.as_ref(), tetes);
    let mut apres = purge.as_ref().map_or(0, |purge| purge.rang);
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
    for emetteur in db.lire_ici(demande, store::emetteurs)? {
        // A process that was there before the purge has lost its first numbers to it.
        let entame = purge.as_ref().is_some_and(|purge| instant_du_tirage(emetteur.id).is_none_or(|debut| debut < purge.avant));
        let avant_le_premier = if entame { emetteur.premier - 1 } else { 0 };
        if emetteur.dernier - avant_le_premier != emetteur.lignes {
            let depuis = purge.as_ref().filter(|_| entame).map(|purge| purge.avant + RETARD_ADMIS);
            chercher_les_trous(db, demande, &Recherche { emetteur: emetteur.id, avant_le_premier, depuis, avant }, &mut rapport)?;
        }
    }
    Ok(rapport)
}

/// Where holes are looked for.
struct Recherche {
    emetteur: Uuid,
    /// The number before the first one that is to be found.
    avant_le_premier: i64,
    /// Before that moment, a hole is one that a purge left: the numbers of acts that took long do not follow the order of their ranks.
    depuis: Option<Instant>,
    /// After that moment, a hole may be an act that is not over.
    avant: Instant,
}

/// Names the numbers of a process that are missing before a row written before `avant`: a younger hole may be
/// an act that is not over.
fn chercher_les_trous(db: &Db, demande: &Demande, recherche: &Recherche, rapport: &mut Rapport) -> Resultat<()> {
    let Recherche { emetteur, avant_le_premier, depuis, avant } = *recherche;
    let mut apres = avant_le_premier;
    loop {
        let numeros = db.lire_ici(demande, |op| store::numeros(op, emetteur, apres, PAGE))?;
        if numeros.is_empty() {
            return Ok(());
        }
        for (numero, instant) in numeros {
            if numero > apres + 1 && instant < avant && depuis.is_none_or(|depuis| instant >= depuis) {
                rapport.signaler(Anomalie::NumerosManquants { emetteur, du: apres + 1, au: numero - 1, avant: instant });
            }
            apres = numero;
        }
    }
}
