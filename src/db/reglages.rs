//! What the region sets, as every use case finds it in `Op::reglages`: at most one second old, in every
//! process, without a restart.
//!
//! The list of the trust space and the mode of the service are tables. The first transaction of each second reads it again, on the
//! connection that it has anyway; the others share what was read. Until a list of the table is in force,
//! the domains of the configuration are.

use super::{
    DbConn, Reglages,
    schema::{domaine_securise, mode_service},
};
use crate::kernel::{Instant, Panne, clock::date_paris, courriel::DomainesSecurises};
use chrono::NaiveDate;
use diesel::prelude::*;
use std::{
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant as Chronometre},
};

/// How old the settings may be.
const FRAICHEUR: Duration = Duration::from_secs(1);

/// The settings, shared by all transactions of this process.
#[derive(Debug, Default)]
pub(super) struct ReglagesCourants {
    defaut: Reglages,
    lus: RwLock<Option<Lus>>,
}

#[derive(Debug, Clone)]
struct Lus {
    quand: Chronometre,
    jour: NaiveDate,
    reglages: Arc<Reglages>,
}

impl ReglagesCourants {
    pub(super) fn nouveaux(defaut: Reglages) -> Self {
        Self { defaut, lus: RwLock::default() }
    }

    /// The settings at a moment.
    pub(super) fn au_moment(&self, conn: &mut DbConn, maintenant: Instant) -> Result<Arc<Reglages>, Panne> {
        let jour = date_paris(maintenant);
        let lus = self.lus.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(lus) = lus.filter(|lus| lus.jour == jour && lus.quand.elapsed() < FRAICHEUR) {
            return Ok(lus.reglages);
        }
        let quand = Chronometre::now();
        let reglages = Arc::new(self.lire(conn, jour)?);
        *self.lus.write().unwrap_or_else(PoisonError::into_inner) = Some(Lus { quand, jour, reglages: Arc::clone(&reglages) });
        Ok(reglages)
    }

    fn lire(&self, conn: &mut DbConn, jour: NaiveDate) -> Result<Reglages, Panne> {
        use domaine_securise as d;
        let domaines: Vec<String> = d::table
            .filter(d::depuis.le(jour))
            .filter(d::jusqu_au.is_null().or(d::jusqu_au.ge(jour)))
            .order(d::domaine)
            .select(d::domaine)
            .load(conn)?;
        let lecture_seule = mode_service::table
            .filter(mode_service::lecture_seule)
            .select(mode_service::motif)
            .first::<Option<String>>(conn)
            .optional()?
            .flatten();
        if domaines.is_empty() {
            return Ok(Reglages { lecture_seule, ..self.defaut.clone() });
        }
        let domaines_securises = DomainesSecurises::lire(&domaines).map_err(|e| Panne::new("domaines de l'espace de confiance", e))?;
        Ok(Reglages { domaines_securises, lecture_seule })
    }
}
