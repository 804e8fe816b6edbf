//! The database: one binary, SQLite by default, PostgreSQL for a region, every query written once.
//!
//! - [`Db::lire`] runs a closure that only reads and leaves no trace.
//! - [`Db::consulter`] reads a patient's data in one snapshot, and answers once the trace of it is kept.
//! - [`Db::ecrire`] runs a closure in a writing transaction: `BEGIN IMMEDIATE` in one dedicated
//!   writer on SQLite (see `ecrivain.rs`), `SERIALIZABLE` with retry on PostgreSQL. The closure may
//!   run again: it holds no mail, no file, no HTTP.

pub mod chiffrement;
pub mod conn;
mod ecrivain;
mod emission;
mod greffe;
pub mod idempotence;
pub mod migrate;
pub mod parmi;
pub mod perimetre;
mod reglages;
pub mod requete;
pub mod reveil;
pub mod role;
pub mod sauvegarde;
#[allow(missing_docs, clippy::wildcard_imports, reason = "the tables are documented by the slices that own them")]
pub mod schema;
mod trace;
mod transaction;
pub mod types;

pub use conn::{Adresse, DbConn, FichierSqlite, MultiBackend, ou_doublon};
pub use trace::{Evenement, Operation};

use crate::kernel::{
    Acteur, Action, Chance, Erreur, Horloge, Instant, Panne, Resultat, acteur::Rattachement, courriel::DomainesSecurises,
    droit::DroitExerce, erreur::ErreurCommune, ids::PatientId,
};
use conn::{Reserve, Usage};
use diesel::r2d2::{ConnectionManager, PooledConnection};
use emission::{Carnet, Emission};
use greffe::Greffe;
use reglages::ReglagesCourants;
use reveil::Reveil;
use std::{
    cell::Cell,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use trace::LigneTrace;
use transaction::{Isolation, commencer, conclure};
use uuid::Uuid;

/// Attempts at a transaction that PostgreSQL asks to run again.
const ESSAIS: u32 = 40;

/// Rows of one `INSERT` where many are written at once: few enough for the parameters that either base takes.
pub const LIGNES_PAR_ORDRE: usize = 400;

/// Everything a use case needs, for the time of one transaction.
pub struct Op<'a> {
    /// The open connection.
    pub conn: &'a mut DbConn,
    /// Who acts.
    pub acteur: &'a Acteur,
    /// The moment of the act: the same for the whole transaction.
    pub maintenant: Instant,
    /// Source of identifiers.
    pub chance: &'a Chance,
    /// Identifier of the request, repeated in the trace.
    pub requete: Option<&'a str>,
    /// What the region sets and use cases decide on.
    pub reglages: &'a Reglages,
    demande: &'a Demande,
    emission: &'a Emission,
    suite: &'a Suite,
    /// The right by which the act is done, as the last check of a right found it.
    droit: Cell<Option<DroitExerce>>,
    /// The patient whom the last check was about.
    patient_vise: Cell<Option<PatientId>>,
    /// The rows of the trace: a write inserts them when it ends, a read hands them to the clerk.
    traces: Vec<LigneTrace>,
}

/// What a use case leaves to be done once its transaction is over.
#[derive(Default)]
struct Suite {
    /// Background work was put into the queue.
    travail: AtomicBool,
    /// The row of the refusal, which outlives the rollback.
    refus: Mutex<Option<LigneTrace>>,
}

impl Suite {
    fn noter_refus(&self, refus: Option<LigneTrace>) {
        *self.refus.lock().unwrap_or_else(PoisonError::into_inner) = refus;
    }

    fn refus(&self) -> Option<LigneTrace> {
        self.refus.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl<'a> Op<'a> {
    fn nouvelle(
        conn: &'a mut DbConn,
        demande: &'a Demande,
        (maintenant, chance): (Instant, &'a Chance),
        (reglages, emission, suite): (&'a Reglages, &'a Emission, &'a Suite),
    ) -> Self {
        Self {
            conn,
            acteur: &demande.acteur,
            maintenant,
            chance,
            requete: demande.requete.as_deref(),
            reglages,
            demande,
            emission,
            suite,
            droit: Cell::new(None),
            patient_vise: Cell::new(None),
            traces: Vec::new(),
        }
    }

    fn garder_les_traces(&mut self, carnet: &mut Carnet) -> Resultat<()> {
        for mut ligne in std::mem::take(&mut self.traces) {
            ligne.numeroter(carnet);
            ligne.inserer(self.conn)?;
        }
        Ok(())
    }

    /// A new typed identifier.
    #[must_use]
    pub fn id<I: From<Uuid>>(&self) -> I {
        self.chance.id(self.maintenant)
    }

    /// Says that this transaction leaves background work: the worker of this process is woken once
    /// the transaction is committed.
    pub fn annoncer_du_travail(&self) {
        self.suite.travail.store(true, Ordering::Relaxed);
    }

    /// Refuses the act unless some role of the person holds the action.
    pub fn exiger(&self, action: Action) -> Resultat<()> {
        let droit = self.acteur.droit(action);
        if droit.is_none() && !self.acteur.est_systeme() {
            return Err(ErreurCommune::Interdit.into());
        }
        self.droit.set(droit);
        Ok(())
    }

    /// Refuses the act unless a role that holds the action covers where the object belongs.
    pub fn exiger_sur(&self, action: Action, objet: &Rattachement) -> Resultat<()> {
        if self.peut_sur(action, objet) { Ok(()) } else { Err(ErreurCommune::Interdit.into()) }
    }

    /// True when a role that holds the action covers where the object belongs: the act is then done by that right.
    pub fn peut_sur(&self, action: Action, objet: &Rattachement) -> bool {
        let droit = self.acteur.droit_sur(action, objet);
        let peut = droit.is_some() || self.acteur.est_systeme();
        if peut {
            self.droit.set(droit);
        }
        peut
    }

    /// Says for the trace whom the act is about and, when it is allowed, by which right.
    fn viser(&self, patient: PatientId, droit: Option<DroitExerce>) {
        self.patient_vise.set(Some(patient));
        if droit.is_some() {
            self.droit.set(droit);
        }
    }

    /// Refuses the act to anybody but the service itself: what is taken over from elsewhere is under nobody's right.
    pub fn exiger_systeme(&self) -> Resultat<()> {
        if self.acteur.est_systeme() { Ok(()) } else { Err(ErreurCommune::Interdit.into()) }
    }

    /// Refuses the act unless the person proved their identity five minutes ago at most.
    pub fn exiger_authentification_recente(&self) -> Resultat<()> {
        if self.acteur.authentifie_recemment(self.maintenant) { Ok(()) } else { Err(ErreurCommune::ReauthentificationRequise.into()) }
    }

    /// Writes one row of the access trace (see `trace.rs`).
    pub fn tracer(&mut self, evenement: Evenement<'_>) -> Resultat<()> {
        let ligne = LigneTrace::new(self, self.id(), evenement);
        self.traces.push(ligne);
        Ok(())
    }
}

/// Who asks, carried from the request to the transaction.
#[derive(Debug, Clone)]
pub struct Demande {
    /// Who acts.
    pub acteur: Arc<Acteur>,
    /// Identifier of the request.
    pub requete: Option<String>,
    /// The operation that the request asks for.
    pub operation: Option<Operation>,
    /// The network address that the request comes from.
    pub adresse: Option<String>,
}

impl Demande {
    /// The service itself, under the name of the process that acts.
    #[must_use]
    pub fn systeme(nom: &str) -> Self {
        Self::de(Arc::new(Acteur::systeme(nom)))
    }

    /// Somebody, outside any request.
    #[must_use]
    pub fn de(acteur: Arc<Acteur>) -> Self {
        Self { acteur, requete: None, operation: None, adresse: None }
    }
}

/// What the region sets and use cases decide on. Like the clock, a parameter of every use case.
#[derive(Debug, Clone, Default)]
pub struct Reglages {
    /// The trust space: a compte-rendu only ever leaves to an address of these domains.
    pub domaines_securises: DomainesSecurises,
    /// Why nothing may be written now, when the service is in read-only mode.
    pub lecture_seule: Option<String>,
}

/// The database, shared by all who need it.
#[derive(Clone)]
pub struct Db {
    reserve: Reserve,
    /// Connections to a copy of the base that follows it, for what reads much.
    replique: Option<Reserve>,
    ecrivain: Option<ecrivain::Ecrivain>,
    greffe: Greffe,
    emission: Arc<Emission>,
    horloge: Horloge,
    chance: Chance,
    reglages: Arc<ReglagesCourants>,
    reveil: Reveil,
}

impl Db {
    /// Opens the database that the address names, with a pool of `connexions`.
    pub fn ouvrir(adresse: &Adresse, connexions: u32, horloge: Horloge, chance: Chance) -> Result<Self, Panne> {
        let emission = Emission::nouvelle(&chance, horloge.maintenant());
        let carnets = Arc::clone(&emission);
        let (reserve, ecrivain, greffe) = match adresse {
            Adresse::Sqlite(_) => {
                let ecrivain = ecrivain::Ecrivain::demarrer(conn::ouvrir(adresse, 1, Usage::Ecriture)?)?;
                let plume = ecrivain.clone();
                let garder = move |mut lignes: Vec<_>| {
                    let carnets = Arc::clone(&carnets);
                    plume.confier_et_attendre(move |conn| trace::inserer_ensemble(conn, carnets.carnet(), &mut lignes))
                };
                (conn::ouvrir(adresse, connexions, Usage::Lecture)?, Some(ecrivain), Greffe::demarrer(garder)?)
            }
            Adresse::Postgres(_) => {
                let plume = conn::ouvrir(adresse, 1, Usage::Ecriture)?;
                let garder = move |mut lignes: Vec<_>| trace::inserer_ensemble(&mut *prendre(&plume)?, carnets.carnet(), &mut lignes);
                (conn::ouvrir(adresse, connexions, Usage::Ecriture)?, None, Greffe::demarrer(garder)?)
            }
        };
        Ok(Self {
            reserve,
            replique: None,
            ecrivain,
            greffe,
            emission,
            horloge,
            chance,
            reglages: Arc::default(),
            reveil: Reveil::default(),
        })
    }

    /// The same database, under settings of the region that hold until its tables say others.
    #[must_use]
    pub fn avec_reglages(self, reglages: Reglages) -> Self {
        Self { reglages: Arc::new(ReglagesCourants::nouveaux(reglages)), ..self }
    }

    /// The same database, whose long studies read a replica of it.
    pub fn avec_replique(self, adresse: &Adresse, connexions: u32) -> Result<Self, Panne> {
        Ok(Self { replique: Some(conn::ouvrir(adresse, connexions, Usage::Lecture)?), ..self })
    }

    /// The bell that rings when a committed write left background work.
    #[must_use]
    pub fn reveil(&self) -> &Reveil {
        &self.reveil
    }

    /// The clock that transactions are dated by.
    #[must_use]
    pub fn horloge(&self) -> &Horloge {
        &self.horloge
    }

    /// The source of identifiers and secrets.
    #[must_use]
    pub fn chance(&self) -> &Chance {
        &self.chance
    }

    /// Reads, off the async threads.
    pub async fn lire<T, F>(&self, demande: &Demande, f: F) -> Resultat<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Op<'_>) -> Resultat<T> + Send + 'static,
    {
        let (db, demande, suite) = (self.clone(), demande.clone(), Arc::<Suite>::default());
        let signal = Arc::clone(&suite);
        let issue = hors_du_fil(move || db.lire_sur_place(&demande, &signal, f)).await;
        self.achever(issue, &suite).await
    }

    /// Reads a patient's data in one snapshot, off the async threads, and gives it once the trace of it
    /// is kept.
    pub async fn consulter<T, F>(&self, demande: &Demande, f: F) -> Resultat<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Op<'_>) -> Resultat<T> + Send + 'static,
    {
        self.consulter_dans(&self.reserve, demande, f).await
    }

    /// Studies many rows in one snapshot, on the replica where there is one: what is counted may be some moments old, and who works is
    /// not kept waiting. The trace of it is kept in the base itself.
    pub async fn etudier<T, F>(&self, demande: &Demande, f: F) -> Resultat<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Op<'_>) -> Resultat<T> + Send + 'static,
    {
        self.consulter_dans(self.replique.as_ref().unwrap_or(&self.reserve), demande, f).await
    }

    async fn consulter_dans<T, F>(&self, reserve: &Reserve, demande: &Demande, f: F) -> Resultat<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Op<'_>) -> Resultat<T> + Send + 'static,
    {
        let (db, reserve, demande, suite) = (self.clone(), reserve.clone(), demande.clone(), Arc::<Suite>::default());
        let signal = Arc::clone(&suite);
        let issue = hors_du_fil(move || db.consulter_sur_place(&reserve, &demande, &signal, f)).await;
        let (valeur, lignes) = self.achever(issue, &suite).await?;
        self.greffe.deposer(lignes).await?;
        Ok(valeur)
    }

    /// Keeps the row of a refusal before it is answered, and wakes those whom a write gave work.
    async fn achever<T>(&self, issue: Resultat<T>, suite: &Suite) -> Resultat<T> {
        if let Some(refus) = suite.refus() {
            self.greffe.deposer(vec![refus]).await?;
        }
        self.reveiller(&issue, suite);
        issue
    }

    fn consulter_sur_place<T>(
        &self,
        reserve: &Reserve,
        demande: &Demande,
        suite: &Suite,
        f: impl FnOnce(&mut Op<'_>) -> Resultat<T>,
    ) -> Resultat<(T, Vec<LigneTrace>)> {
        let mut conn = prendre(reserve)?;
        commencer(&mut conn, Isolation::Cliche)?;
        let issue = self.essayer(&mut conn, demande, suite, |op| Ok((f(op)?, std::mem::take(&mut op.traces))));
        conclure(&mut conn, issue)
    }

    /// Writes, off the async threads. The closure may run again.
    pub async fn ecrire<T, F>(&self, demande: &Demande, f: F) -> Resultat<T>
    where
        T: Send + 'static,
        F: FnMut(&mut Op<'_>) -> Resultat<T> + Send + 'static,
    {
        self.transaction(demande, Isolation::Serialisable, f).await
    }

    async fn transaction<T, F>(&self, demande: &Demande, isolation: Isolation, mut f: F) -> Resultat<T>
    where
        T: Send + 'static,
        F: FnMut(&mut Op<'_>) -> Resultat<T> + Send + 'static,
    {
        let (db, demande, suite) = (self.clone(), demande.clone(), Arc::<Suite>::default());
        let signal = Arc::clone(&suite);
        let issue = if let Some(ecrivain) = &self.ecrivain {
            ecrivain.confier(move |conn| db.ecrire_sur_place(conn, &demande, &signal, &mut f)).await
        } else {
            hors_du_fil(move || db.transaction_postgres(&demande, isolation, &signal, f)).await
        };
        self.achever(issue, &suite).await
    }

    /// Reads on the calling thread: for the worker, the command line and tests.
    pub fn lire_ici<T>(&self, demande: &Demande, f: impl FnOnce(&mut Op<'_>) -> Resultat<T>) -> Resultat<T> {
        self.lire_sur_place(demande, &Suite::default(), f)
    }

    fn lire_sur_place<T>(&self, demande: &Demande, suite: &Suite, f: impl FnOnce(&mut Op<'_>) -> Resultat<T>) -> Resultat<T> {
        self.ecrire_sur_place(&mut *prendre(&self.reserve)?, demande, suite, f)
    }

    /// Reads in one snapshot on the calling thread, and gives what was read once the trace of it is kept: long readings keep nobody
    /// from writing.
    pub fn consulter_ici<T>(&self, demande: &Demande, f: impl FnOnce(&mut Op<'_>) -> Resultat<T>) -> Resultat<T> {
        let (valeur, lignes) = self.consulter_sur_place(&self.reserve, demande, &Suite::default(), f)?;
        self.greffe.deposer_ici(lignes)?;
        Ok(valeur)
    }

    /// Writes and waits on the calling thread: for the worker, the command line and tests.
    pub fn ecrire_ici<T, F>(&self, demande: &Demande, f: F) -> Resultat<T>
    where
        T: Send + 'static,
        F: FnMut(&mut Op<'_>) -> Resultat<T> + Send + 'static,
    {
        self.transaction_ici(demande, Isolation::Serialisable, f)
    }

    /// Takes from the queue of background work or puts back into it, on the calling thread. The
    /// rows are locked one by one, so that workers neither wait for nor repeat one another.
    pub fn file_ici<T, F>(&self, demande: &Demande, f: F) -> Resultat<T>
    where
        T: Send + 'static,
        F: FnMut(&mut Op<'_>) -> Resultat<T> + Send + 'static,
    {
        self.transaction_ici(demande, Isolation::LignesVerrouillees, f)
    }

    fn transaction_ici<T, F>(&self, demande: &Demande, isolation: Isolation, mut f: F) -> Resultat<T>
    where
        T: Send + 'static,
        F: FnMut(&mut Op<'_>) -> Resultat<T> + Send + 'static,
    {
        let suite = Arc::<Suite>::default();
        let issue = match &self.ecrivain {
            Some(ecrivain) => {
                let (db, demande, suite) = (self.clone(), demande.clone(), Arc::clone(&suite));
                ecrivain.confier_et_attendre(move |conn| db.ecrire_sur_place(conn, &demande, &suite, &mut f))
            }
            None => self.transaction_postgres(demande, isolation, &suite, f),
        };
        self.reveiller(&issue, &suite);
        issue
    }

    fn reveiller<T>(&self, issue: &Resultat<T>, suite: &Suite) {
        if issue.is_ok() && suite.travail.load(Ordering::Relaxed) {
            self.reveil.sonner();
        }
    }

    /// Runs a use case and inserts its rows of the trace, on a transaction that somebody else concludes.
    fn ecrire_sur_place<T>(
        &self,
        conn: &mut DbConn,
        demande: &Demande,
        suite: &Suite,
        f: impl FnOnce(&mut Op<'_>) -> Resultat<T>,
    ) -> Resultat<T> {
        let mut carnet = self.emission.carnet();
        let issue = self.executer(conn, demande, suite, &mut carnet, f);
        if issue.is_ok() {
            carnet.garder();
        }
        issue
    }

    /// Runs a use case and inserts its rows of the trace.
    fn executer<T>(
        &self,
        conn: &mut DbConn,
        demande: &Demande,
        suite: &Suite,
        carnet: &mut Carnet,
        f: impl FnOnce(&mut Op<'_>) -> Resultat<T>,
    ) -> Resultat<T> {
        self.essayer(conn, demande, suite, |op| {
            let valeur = f(op)?;
            op.garder_les_traces(carnet)?;
            Ok(valeur)
        })
    }

    /// Runs a use case under the settings of the moment, and notes its refusal.
    fn essayer<T>(&self, conn: &mut DbConn, demande: &Demande, suite: &Suite, f: impl FnOnce(&mut Op<'_>) -> Resultat<T>) -> Resultat<T> {
        let reglages = self.reglages.au_moment(conn, self.horloge.maintenant())?;
        let mut op = Op::nouvelle(conn, demande, (self.horloge.maintenant(), &self.chance), (&reglages, &self.emission, suite));
        let issue = f(&mut op);
        suite.noter_refus(issue.as_ref().err().and_then(|erreur| LigneTrace::refus(&op, erreur)));
        issue
    }

    fn transaction_postgres<T>(
        &self,
        demande: &Demande,
        isolation: Isolation,
        suite: &Suite,
        mut f: impl FnMut(&mut Op<'_>) -> Resultat<T>,
    ) -> Resultat<T> {
        let mut conn = prendre(&self.reserve)?;
        for essai in 1.. {
            let mut carnet = self.emission.carnet();
            commencer(&mut conn, isolation)?;
            let issue = self.executer(&mut conn, demande, suite, &mut carnet, &mut f);
            let faite = issue.is_ok();
            match conclure(&mut conn, issue) {
                Err(erreur) if erreur.a_rejouer() && essai < ESSAIS => {
                    metrics::counter!("dcc_transactions_rejouees_total").increment(1);
                    std::thread::sleep(Duration::from_millis(u64::from(essai.min(10))));
                }
                issue => {
                    // A commit that failed otherwise may have been done: its numbers do not serve again.
                    if faite && !issue.as_ref().is_err_and(Erreur::a_rejouer) {
                        carnet.garder();
                    }
                    return issue;
                }
            }
        }
        Err(Panne::dire("transaction rejouée sans fin").into())
    }
}

/// A connection of a pool.
fn prendre(reserve: &Reserve) -> Result<PooledConnection<ConnectionManager<DbConn>>, Panne> {
    reserve.get().map_err(|e| Panne::new("réserve de connexions", e))
}

/// Writes on a connection of its own that is closed on return, so that nothing of a SQLite base is
/// left in its journal: for the commands that prepare a base.
pub fn une_fois<T>(adresse: &Adresse, demande: &Demande, f: impl FnOnce(&mut Op<'_>) -> Resultat<T>) -> Resultat<T> {
    let mut conn = migrate::connexion(adresse)?;
    conn::regler(&mut conn)?;
    commencer(&mut conn, Isolation::Serialisable)?;
    let (horloge, chance, reglages, suite) = (Horloge::Systeme, Chance::Systeme, Reglages::default(), Suite::default());
    let emission = Emission::nouvelle(&chance, horloge.maintenant());
    let mut carnet = emission.carnet();
    let mut op = Op::nouvelle(&mut conn, demande, (horloge.maintenant(), &chance), (&reglages, &emission, &suite));
    let issue = f(&mut op).and_then(|valeur| op.garder_les_traces(&mut carnet).map(|()| valeur));
    carnet.garder();
    conclure(&mut conn, issue)
}

async fn hors_du_fil<T: Send + 'static>(f: impl FnOnce() -> Resultat<T> + Send + 'static) -> Resultat<T> {
    tokio::task::spawn_blocking(f).await.map_err(|e| Erreur::from(Panne::new("tâche interrompue", e)))?
}
