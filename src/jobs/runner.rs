//! The worker: takes jobs under a lease, runs their handlers outside any transaction, writes the
//! outcome; and runs the tasks that come back at regular intervals.

use super::{
    queue::{self, Conclusion, Job, Prise},
    suivi::{Avancement, Poursuite},
};
use crate::{
    db::{Db, Demande, Op},
    kernel::{Erreur, Instant, Panne, Resultat, ids::JobId},
};
use chrono::TimeDelta;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Condvar, Mutex, PoisonError},
    thread::JoinHandle,
    time::Duration,
};
use uuid::Uuid;

/// How long a worker may hold a job. A handler must be done well before, or another worker takes
/// the job again.
pub const BAIL: TimeDelta = TimeDelta::minutes(5);

/// The first wait before a job is tried again; it then doubles.
const PREMIER_DELAI: TimeDelta = TimeDelta::minutes(1);
/// The longest wait.
const DELAI_MAXIMAL: TimeDelta = TimeDelta::hours(24);

/// What a handler decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Issue {
    /// The work is done, or there was nothing left to do.
    Fait,
    /// To be tried again, after a wait or after [`delai`]. When no attempt is left the job is given
    /// up.
    Reessayer {
        /// Why, in words of ours: never health data nor an identity.
        motif: String,
        /// The wait, if not the usual one.
        dans: Option<TimeDelta>,
    },
    /// Trying again would not help.
    Echoue {
        /// Why, in words of ours: never health data nor an identity.
        motif: String,
    },
}

impl Issue {
    /// To be tried again after the usual wait.
    pub fn reessayer(motif: impl Into<String>) -> Self {
        Self::Reessayer { motif: motif.into(), dans: None }
    }

    /// Given up.
    pub fn echoue(motif: impl Into<String>) -> Self {
        Self::Echoue { motif: motif.into() }
    }
}

/// A failure of ours may pass; a refusal will be the same next time.
impl From<Erreur> for Issue {
    fn from(erreur: Erreur) -> Self {
        match erreur {
            Erreur::Refus(refus) => Self::echoue(refus.code),
            Erreur::Panne(panne) => {
                tracing::error!(contexte = %panne.contexte, cause = %panne, "panne d'un travail");
                Self::reessayer(format!("panne : {}", panne.contexte))
            }
        }
    }
}

impl From<Resultat<Issue>> for Issue {
    fn from(resultat: Resultat<Issue>) -> Self {
        resultat.unwrap_or_else(Self::from)
    }
}

/// The wait before the attempt that follows attempt number `tentative`: one minute, doubling up to
/// a day, lengthened by up to a fifth so that jobs that failed together do not come back together.
/// The lengthening depends on the job and the attempt only.
#[must_use]
pub fn delai(job: JobId, tentative: i64) -> TimeDelta {
    let doublements = u32::try_from(tentative.clamp(1, 20) - 1).unwrap_or_default();
    let base = PREMIER_DELAI.checked_mul(1 << doublements).unwrap_or(DELAI_MAXIMAL).min(DELAI_MAXIMAL);
    let hasard =
        job.uuid().as_bytes().iter().fold(tentative.unsigned_abs(), |h, octet| (h ^ u64::from(*octet)).wrapping_mul(0x0100_0000_01b3));
    let pour_mille = i32::try_from(hasard % 201).unwrap_or_default();
    base + base * pour_mille / 1000
}

/// What a handler works with.
pub struct Contexte {
    /// The job.
    pub job: JobId,
    /// Which attempt this is, from 1.
    pub tentative: i64,
    /// True when no attempt is left after this one.
    pub derniere: bool,
    prise: Prise,
    db: Db,
    demande: Demande,
}

impl Contexte {
    /// That of a task which comes back, and is no job.
    fn periodique(db: &Db, demande: &Demande) -> Self {
        let prise = Prise { id: Uuid::nil().into(), tentative: 1, bail_par: String::new() };
        Self { job: prise.id, tentative: prise.tentative, derniere: false, prise, db: db.clone(), demande: demande.clone() }
    }

    /// The present moment.
    #[must_use]
    pub fn maintenant(&self) -> Instant {
        self.db.horloge().maintenant()
    }

    /// The database, for tasks that go through it page by page.
    #[must_use]
    pub fn db(&self) -> &Db {
        &self.db
    }

    /// Who works: the service itself.
    #[must_use]
    pub fn demande(&self) -> &Demande {
        &self.demande
    }

    /// Says how far the job is, prolongs its lease, and tells whether somebody asked it to stop.
    pub fn avancer(&self, avancement: Avancement) -> Resultat<Poursuite> {
        let prise = self.prise.clone();
        self.db.file_ici(&self.demande, move |op| queue::avancer(op, &prise, avancement, BAIL))
    }

    /// Reads.
    pub fn lire<T>(&self, f: impl FnOnce(&mut Op<'_>) -> Resultat<T>) -> Resultat<T> {
        self.db.lire_ici(&self.demande, f)
    }

    /// Writes, in a transaction of its own. The closure may run again.
    pub fn ecrire<T, F>(&self, f: F) -> Resultat<T>
    where
        T: Send + 'static,
        F: FnMut(&mut Op<'_>) -> Resultat<T> + Send + 'static,
    {
        self.db.ecrire_ici(&self.demande, f)
    }
}

type Faire = Box<dyn Fn(&Contexte, Value) -> Issue + Send + Sync>;
type Abandonner = Box<dyn Fn(&Contexte, Value, &str) -> Resultat<()> + Send + Sync>;
type Passer = Box<dyn Fn(&Contexte) -> Resultat<()> + Send + Sync>;

struct Gestionnaire {
    faire: Faire,
    abandonner: Option<Abandonner>,
}

struct Periodique {
    nom: &'static str,
    periode: Duration,
    passer: Passer,
}

/// Everything a worker can do. Kinds without a handler are left in the queue.
#[derive(Default)]
pub struct Ouvrier {
    gestionnaires: BTreeMap<&'static str, Gestionnaire>,
    periodiques: Vec<Periodique>,
}

impl Ouvrier {
    /// Gives a kind of work to a handler, with the charge that it reads. A charge that cannot be read never will be: the
    /// job is given up.
    #[must_use]
    pub fn traiter<C: DeserializeOwned>(
        mut self,
        genre: &'static str,
        faire: impl Fn(&Contexte, C) -> Issue + Send + Sync + 'static,
    ) -> Self {
        let faire = move |contexte: &Contexte, charge: Value| match serde_json::from_value(charge) {
            Ok(charge) => faire(contexte, charge),
            Err(_) => Issue::echoue("charge illisible"),
        };
        self.gestionnaires.insert(genre, Gestionnaire { faire: Box::new(faire), abandonner: None });
        self
    }

    /// Says what to do when a job of that kind is given up because no attempt is left, even if its
    /// last worker died. Not called when the handler itself answered [`Issue::Echoue`].
    #[must_use]
    pub fn abandonner<C: DeserializeOwned>(
        mut self,
        genre: &'static str,
        abandonner: impl Fn(&Contexte, C, &str) -> Resultat<()> + Send + Sync + 'static,
    ) -> Self {
        let abandonner = move |contexte: &Contexte, charge: Value, motif: &str| match serde_json::from_value(charge) {
            Ok(charge) => abandonner(contexte, charge, motif),
            Err(_) => Ok(()),
        };
        if let Some(gestionnaire) = self.gestionnaires.get_mut(genre) {
            gestionnaire.abandonner = Some(Box::new(abandonner));
        }
        self
    }

    /// Adds a task that comes back at regular intervals, in each process that runs a worker.
    #[must_use]
    pub fn chaque(
        mut self,
        nom: &'static str,
        periode: Duration,
        passer: impl Fn(&Contexte) -> Resultat<()> + Send + Sync + 'static,
    ) -> Self {
        self.periodiques.push(Periodique { nom, periode, passer: Box::new(passer) });
        self
    }

    fn genres(&self) -> Vec<&'static str> {
        self.gestionnaires.keys().copied().collect()
    }

    /// Takes one job, runs it and writes its outcome. False when nothing was ready, or in read-only mode.
    fn un_travail(&self, db: &Db, demande: &Demande, par: &str) -> Resultat<bool> {
        let (genres, qui) = (self.genres(), par.to_owned());
        let prendre = move |op: &mut Op<'_>| match &op.reglages.lecture_seule {
            Some(_) => Ok(None),
            None => queue::prendre(op, &genres, &qui, BAIL),
        };
        let Some(job) = db.file_ici(demande, prendre)? else { return Ok(false) };
        let contexte = Contexte {
            job: job.id,
            tentative: job.tentative,
            derniere: job.derniere_tentative(),
            prise: job.prise(),
            db: db.clone(),
            demande: demande.clone(),
        };
        let conclusion = self.executer(&contexte, &job)?;
        let issue = match &conclusion {
            Conclusion::Fait => "fait",
            Conclusion::Reporte { .. } => "reporte",
            Conclusion::Echoue { .. } => "echoue",
        };
        let pris = job.clone();
        let tenu = db.file_ici(demande, move |op| queue::conclure(op, &pris, &conclusion))?;
        metrics::counter!("dcc_jobs_total", "genre" => job.genre.clone(), "issue" => issue).increment(1);
        tracing::info!(job = %job.id, genre = %job.genre, tentative = job.tentative, issue, bail_tenu = tenu, "travail");
        Ok(true)
    }

    fn executer(&self, contexte: &Contexte, job: &Job) -> Resultat<Conclusion> {
        let Some(gestionnaire) = self.gestionnaires.get(job.genre.as_str()) else {
            return Ok(Conclusion::Echoue { motif: "genre inconnu".to_owned() });
        };
        let issue = if job.epuise() {
            Issue::reessayer("interrompu à chaque tentative")
        } else {
            catch_unwind(AssertUnwindSafe(|| (gestionnaire.faire)(contexte, job.charge.clone())))
                .unwrap_or_else(|_| Issue::reessayer("interrompu brutalement"))
        };
        Ok(match issue {
            Issue::Fait => Conclusion::Fait,
            Issue::Echoue { motif } => Conclusion::Echoue { motif },
            Issue::Reessayer { motif, .. } if job.derniere_tentative() => {
                if let Some(abandonner) = &gestionnaire.abandonner {
                    catch_unwind(AssertUnwindSafe(|| abandonner(contexte, job.charge.clone(), &motif)))
                        .unwrap_or_else(|_| Err(Panne::dire("l'abandon d'un travail s'est interrompu brutalement").into()))?;
                }
                Conclusion::Echoue { motif }
            }
            Issue::Reessayer { motif, dans } => {
                let dans = dans.unwrap_or_else(|| delai(job.id, job.tentative));
                Conclusion::Reporte { motif, pret_le: contexte.maintenant() + dans }
            }
        })
    }
}

/// Runs on the calling thread every job that is ready, and those that they make ready, until none
/// is left; returns how many ran. For tests and for one-off commands.
pub fn vider(db: &Db, ouvrier: &Ouvrier) -> Resultat<u32> {
    let demande = Demande::systeme("travaux");
    let par = signature(db);
    let mut faits = 0;
    while ouvrier.un_travail(db, &demande, &par)? {
        faits += 1;
    }
    Ok(faits)
}

/// Runs once, on the calling thread, the periodic task of that name; false when there is none. For tests and
/// for one-off commands.
pub fn passer_une_fois(db: &Db, ouvrier: &Ouvrier, nom: &str) -> Resultat<bool> {
    let Some(periodique) = ouvrier.periodiques.iter().find(|periodique| periodique.nom == nom) else { return Ok(false) };
    (periodique.passer)(&Contexte::periodique(db, &Demande::systeme("travaux"))).map(|()| true)
}

fn signature(db: &Db) -> String {
    format!("{}-{}", std::process::id(), db.chance().uuid(db.horloge().maintenant()))
}

/// How a worker is set.
#[derive(Debug, Clone, Copy)]
pub struct Cadence {
    /// Threads that run jobs.
    pub fils: usize,
    /// The longest time between two looks at the queue. Work put into the queue by this process is
    /// seen at once, whatever this is.
    pub attente: Duration,
}

impl Default for Cadence {
    fn default() -> Self {
        Self { fils: 2, attente: Duration::from_secs(2) }
    }
}

/// The request to stop, shared by the threads of a worker.
#[derive(Clone, Default)]
struct Arret(Arc<(Mutex<bool>, Condvar)>);

impl Arret {
    fn demander(&self) {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.0.1.notify_all();
    }

    fn demande(&self) -> bool {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits at most `delai`; true when the stop was asked for.
    fn attendre(&self, delai: Duration) -> bool {
        let garde = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        *self.0.1.wait_timeout_while(garde, delai, |arrete| !*arrete).unwrap_or_else(PoisonError::into_inner).0
    }
}

/// A running worker.
#[must_use = "a worker that is dropped without `arreter` goes on until the process ends"]
pub struct Poignee {
    arret: Arret,
    db: Db,
    fils: Vec<JoinHandle<()>>,
}

impl Poignee {
    /// Stops: no job is begun any more, and those that run are waited for.
    pub fn arreter(self) {
        self.arret.demander();
        self.db.reveil().sonner();
        for fil in self.fils {
            if fil.join().is_err() {
                tracing::error!("un fil de travail s'est interrompu brutalement");
            }
        }
    }
}

/// Starts a worker on threads of its own.
pub fn demarrer(db: &Db, ouvrier: Ouvrier, cadence: Cadence) -> Result<Poignee, Panne> {
    let (ouvrier, arret) = (Arc::new(ouvrier), Arret::default());
    let mut fils = Vec::with_capacity(cadence.fils + 1);
    for rang in 0..cadence.fils.max(1) {
        let (db, ouvrier, arret) = (db.clone(), Arc::clone(&ouvrier), arret.clone());
        fils.push(lancer(format!("dcc-travail-{rang}"), move || travailler(&db, &ouvrier, &arret, cadence.attente))?);
    }
    if !ouvrier.periodiques.is_empty() {
        let (db, arret) = (db.clone(), arret.clone());
        fils.push(lancer("dcc-periodique".to_owned(), move || repasser(&db, &ouvrier, &arret))?);
    }
    Ok(Poignee { arret, db: db.clone(), fils })
}

fn lancer(nom: String, f: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, Panne> {
    std::thread::Builder::new().name(nom).spawn(f).map_err(|e| Panne::new("démarrage d'un fil de travail", e))
}

fn travailler(db: &Db, ouvrier: &Ouvrier, arret: &Arret, attente: Duration) {
    let demande = Demande::systeme("travaux");
    let par = signature(db);
    while !arret.demande() {
        let coups = db.reveil().coups();
        match ouvrier.un_travail(db, &demande, &par) {
            Ok(true) => {}
            Ok(false) => db.reveil().attendre(coups, attente),
            Err(erreur) => {
                tracing::error!(cause = %erreur, "panne de la file des travaux");
                arret.attendre(attente);
            }
        }
    }
}

fn passer(periodique: &Periodique, db: &Db, demande: &Demande) {
    let contexte = Contexte::periodique(db, demande);
    let issue = catch_unwind(AssertUnwindSafe(|| (periodique.passer)(&contexte)));
    match issue {
        Ok(Ok(())) => tracing::debug!(tache = periodique.nom, "tâche périodique"),
        Ok(Err(erreur)) => tracing::error!(tache = periodique.nom, cause = %erreur, "panne d'une tâche périodique"),
        Err(_) => tracing::error!(tache = periodique.nom, "tâche périodique interrompue brutalement"),
    }
}

/// Runs each periodic task at the start, then whenever its interval has passed.
fn repasser(db: &Db, ouvrier: &Ouvrier, arret: &Arret) {
    let demande = Demande::systeme("travaux");
    let mut restants: Vec<Duration> = vec![Duration::ZERO; ouvrier.periodiques.len()];
    loop {
        for (restant, periodique) in restants.iter_mut().zip(&ouvrier.periodiques) {
            if restant.is_zero() && !arret.demande() {
                passer(periodique, db, &demande);
                *restant = periodique.periode;
            }
        }
        let pause = restants.iter().copied().min().unwrap_or(Duration::from_mins(1));
        if arret.attendre(pause) {
            return;
        }
        for restant in &mut restants {
            *restant = restant.saturating_sub(pause);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(n: u128) -> JobId {
        Uuid::from_u128(n).into()
    }

    #[test]
    fn l_attente_double_d_une_minute_a_un_jour() {
        for tentative in 1..=30 {
            let attendu = TimeDelta::minutes(1 << (tentative - 1).min(20)).min(TimeDelta::hours(24));
            for n in 0..200 {
                let attente = delai(job(n), tentative);
                assert!(attente >= attendu, "tentative {tentative} : {attente}");
                assert!(attente <= attendu + attendu / 5, "tentative {tentative} : {attente}");
            }
        }
    }

    #[test]
    fn des_travaux_qui_echouent_ensemble_ne_reviennent_pas_ensemble() {
        let distinctes: std::collections::BTreeSet<_> = (0..100).map(|n| delai(job(n), 5)).collect();
        assert!(distinctes.len() > 30, "{}", distinctes.len());
        assert_eq!(delai(job(7), 5), delai(job(7), 5));
        assert_ne!(delai(job(7), 5) * 2, delai(job(7), 6));
    }

    #[test]
    fn une_panne_se_retente_et_un_refus_non() {
        let refus = crate::kernel::Refus::new(crate::kernel::Nature::Introuvable, "diffusion-introuvable", "Inconnue.");
        assert_eq!(Issue::from(Erreur::from(refus)), Issue::echoue("diffusion-introuvable"));
        assert!(matches!(Issue::from(Erreur::from(Panne::dire("disque"))), Issue::Reessayer { .. }));
    }
}
