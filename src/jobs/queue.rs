//! The queue: table `job`. Claiming a job is the one query that is really different on the two
//! databases: PostgreSQL locks the row and skips those that others hold, SQLite has one writer.

use crate::{
    db::{
        DbConn, Op,
        schema::job,
        types::{At, Json},
    },
    enum_sql,
    jobs::suivi::{Avancement, Poursuite},
    kernel::{Instant, Panne, Resultat, ids::JobId},
};
use chrono::Duration;
use diesel::{delete, dsl::count_star, insert_into, prelude::*, update};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Attempts before a job is given up. With a wait that doubles from one minute to a day this makes
/// four days and a half: longer than a week-end without a mail server.
pub const TENTATIVES_MAX: i64 = 14;

/// Longest reason kept, in characters.
const MOTIF_MAXIMAL: usize = 500;

crate::enum_texte! {
    /// Where a job stands.
    pub enum EtatJob {
        /// Waits for its time and a worker.
        EnAttente => "en_attente",
        /// Held by a worker under a lease.
        EnCours => "en_cours",
        /// Done.
        Fait => "fait",
        /// Given up; the reason says why.
        Echoue => "echoue",
    }
}
enum_sql!(EtatJob);

/// What tells that a worker still holds a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prise {
    /// The job.
    pub id: JobId,
    /// Which attempt this is, from 1.
    pub tentative: i64,
    /// Who holds the lease.
    pub bail_par: String,
}

/// A job that a worker has taken.
#[derive(Debug, Clone)]
pub struct Job {
    /// Identifier.
    pub id: JobId,
    /// Kind of work; chooses the handler.
    pub genre: String,
    /// What the handler is given.
    pub charge: Value,
    /// Which attempt this is, from 1.
    pub tentative: i64,
    /// Attempts allowed.
    pub tentatives_max: i64,
    /// Who holds the lease.
    pub bail_par: String,
}

impl Job {
    /// What tells that it is still held.
    #[must_use]
    pub fn prise(&self) -> Prise {
        Prise { id: self.id, tentative: self.tentative, bail_par: self.bail_par.clone() }
    }

    /// True when no attempt is left after this one.
    #[must_use]
    pub fn derniere_tentative(&self) -> bool {
        self.tentative >= self.tentatives_max
    }

    /// True when every attempt has been used, the last one by a worker that died.
    #[must_use]
    pub fn epuise(&self) -> bool {
        self.tentative > self.tentatives_max
    }
}

/// How an attempt ended.
#[derive(Debug, Clone)]
pub(super) enum Conclusion {
    Fait,
    Reporte { motif: String, pret_le: Instant },
    Echoue { motif: String },
}

/// Puts work into the queue, in the transaction of the caller; it is ready at once.
pub fn enfiler(op: &mut Op<'_>, genre: &str, charge: &impl Serialize) -> Resultat<JobId> {
    let maintenant = op.maintenant;
    enfiler_le(op, genre, charge, maintenant)
}

/// Puts work into the queue, in the transaction of the caller; it is ready from a moment on.
pub fn enfiler_le(op: &mut Op<'_>, genre: &str, charge: &impl Serialize, pret_le: Instant) -> Resultat<JobId> {
    let id: JobId = op.id();
    let charge = serde_json::to_value(charge).map_err(|e| Panne::new(format!("charge du travail {genre}"), e))?;
    insert_into(job::table)
        .values((
            job::id.eq(id),
            job::genre.eq(genre),
            job::charge.eq(Json(charge)),
            job::etat.eq(EtatJob::EnAttente),
            job::tentatives.eq(0_i64),
            job::tentatives_max.eq(TENTATIVES_MAX),
            job::pret_le.eq(At(pret_le)),
            job::cree_le.eq(At(op.maintenant)),
        ))
        .execute(op.conn)?;
    if pret_le <= op.maintenant {
        op.annoncer_du_travail();
    }
    Ok(id)
}

type LignePrise = (JobId, String, Json, i64, i64);

/// The first row of the table that passes a filter, locked against other workers.
macro_rules! premiere_libre {
    ($op:expr, $filtre:expr, $ordre:expr) => {{
        let requete =
            job::table.filter($filtre).order($ordre).select((job::id, job::genre, job::charge, job::tentatives, job::tentatives_max));
        let ligne: Option<LignePrise> = match $op.conn {
            DbConn::Pg(c) => requete.for_update().skip_locked().first(c).optional()?,
            DbConn::Sqlite(c) => requete.first(c).optional()?,
        };
        ligne
    }};
}

/// Takes the next job of those kinds under a lease: one whose lease has expired, else the oldest
/// that is ready.
pub fn prendre(op: &mut Op<'_>, genres: &[&str], par: &str, bail: Duration) -> Resultat<Option<Job>> {
    let maintenant = At(op.maintenant);
    let expire = job::etat.eq(EtatJob::EnCours).and(job::bail_jusqu_a.le(maintenant)).and(job::genre.eq_any(genres));
    let pret = job::etat.eq(EtatJob::EnAttente).and(job::pret_le.le(maintenant)).and(job::genre.eq_any(genres));
    let mut ligne = premiere_libre!(op, expire, job::bail_jusqu_a);
    if ligne.is_none() {
        ligne = premiere_libre!(op, pret, job::pret_le);
    }
    let Some((id, genre, charge, tentatives, tentatives_max)) = ligne else { return Ok(None) };
    update(job::table.find(id))
        .set((
            job::etat.eq(EtatJob::EnCours),
            job::tentatives.eq(tentatives + 1),
            job::bail_jusqu_a.eq(Some(At(op.maintenant + bail))),
            job::bail_par.eq(Some(par)),
        ))
        .execute(op.conn)?;
    Ok(Some(Job { id, genre, charge: charge.0, tentative: tentatives + 1, tentatives_max, bail_par: par.to_owned() }))
}

/// Writes how an attempt ended. False when the lease had been lost meanwhile: another worker has
/// taken the job, and its outcome is the one that counts.
pub(super) fn conclure(op: &mut Op<'_>, pris: &Job, conclusion: &Conclusion) -> Resultat<bool> {
    let (etat, motif, pret_le, termine_le) = match conclusion {
        Conclusion::Fait => (EtatJob::Fait, None, None, Some(At(op.maintenant))),
        Conclusion::Reporte { motif, pret_le } => (EtatJob::EnAttente, Some(tronquer(motif)), Some(At(*pret_le)), None),
        Conclusion::Echoue { motif } => (EtatJob::Echoue, Some(tronquer(motif)), None, Some(At(op.maintenant))),
    };
    let tenu = job::table
        .find(pris.id)
        .filter(job::etat.eq(EtatJob::EnCours))
        .filter(job::bail_par.eq(&pris.bail_par))
        .filter(job::tentatives.eq(pris.tentative));
    let ecrites = update(tenu)
        .set((
            job::etat.eq(etat),
            job::derniere_erreur.eq(motif),
            job::termine_le.eq(termine_le),
            job::bail_jusqu_a.eq(None::<At>),
            job::bail_par.eq(None::<String>),
        ))
        .execute(op.conn)?;
    if let Some(pret_le) = pret_le.filter(|_| ecrites > 0) {
        update(job::table.find(pris.id)).set(job::pret_le.eq(pret_le)).execute(op.conn)?;
    }
    Ok(ecrites > 0)
}

fn tronquer(motif: &str) -> String {
    motif.chars().take(MOTIF_MAXIMAL).collect()
}

/// A job that is still to be done.
#[derive(Debug, Clone)]
pub struct JobVivant {
    /// Identifier.
    pub id: JobId,
    /// Its kind.
    pub genre: String,
    /// What its handler is given.
    pub charge: Value,
    /// When it is ready, or when the lease of who holds it ends.
    pub attendu_le: Instant,
    /// When it was asked for.
    pub cree_le: Instant,
    /// What it is doing, if it said so.
    pub etape: Option<String>,
    /// How much of the step is done.
    pub fait: i64,
    /// How much there is to do; zero when that is not known.
    pub total: i64,
    /// Somebody asked it to stop.
    pub arret_demande: bool,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = job)]
struct LigneVivante {
    id: JobId,
    genre: String,
    charge: Json,
    pret_le: At,
    bail_jusqu_a: Option<At>,
    cree_le: At,
    etape: Option<String>,
    fait: i64,
    total: i64,
    arret_demande: bool,
}

impl From<LigneVivante> for JobVivant {
    fn from(l: LigneVivante) -> Self {
        Self {
            id: l.id,
            genre: l.genre,
            charge: l.charge.0,
            attendu_le: l.bail_jusqu_a.unwrap_or(l.pret_le).0,
            cree_le: l.cree_le.0,
            etape: l.etape,
            fait: l.fait,
            total: l.total,
            arret_demande: l.arret_demande,
        }
    }
}

/// The jobs of a kind that wait or are held.
pub fn vivants(op: &mut Op<'_>, genre: &str) -> Resultat<Vec<JobVivant>> {
    let lignes: Vec<LigneVivante> = job::table
        .filter(job::genre.eq(genre))
        .filter(job::etat.eq_any([EtatJob::EnAttente, EtatJob::EnCours]))
        .order(job::id)
        .select(LigneVivante::as_select())
        .load(op.conn)?;
    Ok(lignes.into_iter().map(JobVivant::from).collect())
}

/// The same, by the object that a member of their charge names.
pub fn vivants_par_objet(op: &mut Op<'_>, genre: &str, membre: &str) -> Resultat<BTreeMap<Uuid, JobVivant>> {
    let objet = |job: JobVivant| Some((job.charge.get(membre)?.as_str()?.parse().ok()?, job));
    Ok(vivants(op, genre)?.into_iter().filter_map(objet).collect())
}

/// Writes how far a job is, and prolongs its lease. A lease that was lost meanwhile is a failure: another worker has the job.
pub(super) fn avancer(op: &mut Op<'_>, pris: &Prise, avancement: Avancement, bail: Duration) -> Resultat<Poursuite> {
    let nombre = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let tenu = job::table
        .find(pris.id)
        .filter(job::etat.eq(EtatJob::EnCours))
        .filter(job::bail_par.eq(&pris.bail_par))
        .filter(job::tentatives.eq(pris.tentative));
    let ecrites = update(tenu)
        .set((
            job::etape.eq(Some(avancement.etape)),
            job::fait.eq(nombre(avancement.fait)),
            job::total.eq(nombre(avancement.total)),
            job::bail_jusqu_a.eq(Some(At(op.maintenant + bail))),
        ))
        .execute(op.conn)?;
    if ecrites == 0 {
        return Err(Panne::dire(format!("travail {} : le bail est perdu", pris.id)).into());
    }
    let arret: bool = job::table.find(pris.id).select(job::arret_demande).first(op.conn)?;
    Ok(if arret { Poursuite::Arreter } else { Poursuite::Continuer })
}

/// What becomes of a job that is asked to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arret {
    /// No worker had taken it: it will not run.
    Immediat,
    /// A worker holds it, and will know at its next step.
    Demande,
}

/// Asks a job that is still to be done to stop; `None` when it is over.
pub fn arreter(op: &mut Op<'_>, id: JobId) -> Resultat<Option<Arret>> {
    let attend = job::table.find(id).filter(job::etat.eq(EtatJob::EnAttente));
    let retires = update(attend)
        .set((job::etat.eq(EtatJob::Fait), job::arret_demande.eq(true), job::termine_le.eq(Some(At(op.maintenant)))))
        .execute(op.conn)?;
    if retires > 0 {
        return Ok(Some(Arret::Immediat));
    }
    let tenu = job::table.find(id).filter(job::etat.eq(EtatJob::EnCours));
    let prevenus = update(tenu).set(job::arret_demande.eq(true)).execute(op.conn)?;
    Ok((prevenus > 0).then_some(Arret::Demande))
}

/// Forgets the jobs done before a moment. Those given up are kept: somebody must look at them.
pub fn purger(op: &mut Op<'_>, avant: Instant) -> Resultat<usize> {
    let faits = job::table.filter(job::etat.eq(EtatJob::Fait)).filter(job::termine_le.lt(At(avant)));
    Ok(delete(faits).execute(op.conn)?)
}

/// How many jobs stand in each state; a state without any is absent.
pub fn compter(op: &mut Op<'_>) -> Resultat<Vec<(EtatJob, i64)>> {
    Ok(job::table.group_by(job::etat).select((job::etat, count_star())).load(op.conn)?)
}
