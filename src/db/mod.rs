//! The database: one binary, SQLite by default, PostgreSQL for a region, every query written once.
//!
//! - [`Db::lire`] runs a closure that only reads and leaves no trace.
//! - [`Db::consulter`] reads a patient's data in one snapshot, and answers once the trace of it is kept.
//! - [`Db::ecrire`] runs a closure in a writing transaction: `BEGIN IMMEDIATE` in one dedicated
//!   writer on SQLite (see `ecrivain.rs`), `SERIALIZABLE` with retry on PostgreSQL. The closure may
//!   run again: it holds no mail, no file, no HTTP.

pub mod conn;
mod ecrivain;
pub mod idempotence;
pub mod migrate;
pub mod parmi;
pub mod perimetre;
mod reglages;
pub mod requete;
pub mod reveil;
#[allow(missing_docs, clippy::wildcard_imports, reason = "the tables are documented by the slices that own them")]
pub mod schema;
mod trace;
pub mod types;

pub use conn::{Adresse, DbConn, MultiBackend, ou_doublon};
pub use trace::Evenement;

use crate::kernel::{
    Acteur, Action, Chance, Erreur, Horloge, Instant, Panne, Resultat, acteur::Rattachement, courriel::DomainesSecurises,
    erreur::ErreurCommune,
};
use conn::{Reserve, Usage};
use diesel::{
    connection::{AnsiTransactionManager, Connection, TransactionManager},
    r2d2::{ConnectionManager, PooledConnection},
};
use reglages::ReglagesCourants;
use reveil::Reveil;
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use trace::{Greffe, LigneTrace};
use uuid::Uuid;

type Transactions = <DbConn as Connection>::TransactionManager;

/// Attempts at a transaction that PostgreSQL asks to run again.
const ESSAIS: u32 = 40;

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
    travail: &'a AtomicBool,
    /// The rows of a read, for the clerk; a write inserts its own at once.
    traces: Option<Vec<LigneTrace>>,
}

impl Op<'_> {
    /// A new typed identifier.
    #[must_use]
    pub fn id<I: From<Uuid>>(&self) -> I {
        self.chance.id(self.maintenant)
    }

    /// Says that this transaction leaves background work: the worker of this process is woken once
    /// the transaction is committed.
    pub fn annoncer_du_travail(&self) {
        self.travail.store(true, Ordering::Relaxed);
    }

    /// Refuses the act unless some role of the person holds the action.
    pub fn exiger(&self, action: Action) -> Resultat<()> {
        if self.acteur.peut(action) { Ok(()) } else { Err(ErreurCommune::Interdit.into()) }
    }

    /// Refuses the act unless a role that holds the action covers where the object belongs.
    pub fn exiger_sur(&self, action: Action, objet: &Rattachement) -> Resultat<()> {
        if self.acteur.peut_sur(action, objet) { Ok(()) } else { Err(ErreurCommune::Interdit.into()) }
    }

    /// Refuses the act unless the person proved their identity five minutes ago at most.
    pub fn exiger_authentification_recente(&self) -> Resultat<()> {
        if self.acteur.authentifie_recemment(self.maintenant) { Ok(()) } else { Err(ErreurCommune::ReauthentificationRequise.into()) }
    }

    /// Writes one row of the access trace (see `trace.rs`).
    pub fn tracer(&mut self, evenement: Evenement<'_>) -> Resultat<()> {
        let ligne = LigneTrace::new(self, evenement);
        match &mut self.traces {
            None => ligne.inserer(self.conn),
            Some(lignes) => {
                lignes.push(ligne);
                Ok(())
            }
        }
    }
}

/// Who asks, carried from the request to the transaction.
#[derive(Debug, Clone)]
pub struct Demande {
    /// Who acts.
    pub acteur: Arc<Acteur>,
    /// Identifier of the request.
    pub requete: Option<String>,
}

impl Demande {
    /// The service itself, under the name of the process that acts.
    #[must_use]
    pub fn systeme(nom: &str) -> Self {
        Self { acteur: Arc::new(Acteur::systeme(nom)), requete: None }
    }
}

/// What the region sets and use cases decide on. Like the clock, a parameter of every use case.
#[derive(Debug, Clone, Default)]
pub struct Reglages {
    /// The trust space: a compte-rendu only ever leaves to an address of these domains.
    pub domaines_securises: DomainesSecurises,
}

/// The database, shared by all who need it.
#[derive(Clone)]
pub struct Db {
    reserve: Reserve,
    ecrivain: Option<ecrivain::Ecrivain>,
    greffe: Greffe,
    horloge: Horloge,
    chance: Chance,
    reglages: Arc<ReglagesCourants>,
    reveil: Reveil,
}

impl Db {
    /// Opens the database that the address names, with a pool of `connexions`.
    pub fn ouvrir(adresse: &Adresse, connexions: u32, horloge: Horloge, chance: Chance) -> Result<Self, Panne> {
        let (reserve, ecrivain, greffe) = match adresse {
            Adresse::Sqlite(_) => {
                let ecrivain = ecrivain::Ecrivain::demarrer(conn::ouvrir(adresse, 1, Usage::Ecriture)?)?;
                let plume = ecrivain.clone();
                let garder = move |lignes: Vec<_>| plume.confier_et_attendre(move |conn| trace::inserer_ensemble(conn, &lignes));
                (conn::ouvrir(adresse, connexions, Usage::Lecture)?, Some(ecrivain), Greffe::demarrer(garder)?)
            }
            Adresse::Postgres(_) => {
                let plume = conn::ouvrir(adresse, 1, Usage::Ecriture)?;
                let garder = move |lignes: Vec<_>| trace::inserer_ensemble(&mut *prendre(&plume)?, &lignes);
                (conn::ouvrir(adresse, connexions, Usage::Ecriture)?, None, Greffe::demarrer(garder)?)
            }
        };
        Ok(Self { reserve, ecrivain, greffe, horloge, chance, reglages: Arc::default(), reveil: Reveil::default() })
    }

    /// The same database, under settings of the region that hold until its tables say others.
    #[must_use]
    pub fn avec_reglages(self, reglages: Reglages) -> Self {
        Self { reglages: Arc::new(ReglagesCourants::nouveaux(reglages)), ..self }
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
        let (db, demande) = (self.clone(), demande.clone());
        hors_du_fil(move || db.lire_ici(&demande, f)).await
    }

    /// Reads a patient's data in one snapshot, off the async threads, and gives it once the trace of it
    /// is kept.
    pub async fn consulter<T, F>(&self, demande: &Demande, f: F) -> Resultat<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Op<'_>) -> Resultat<T> + Send + 'static,
    {
        let (db, demande) = (self.clone(), demande.clone());
        let (valeur, lignes) = hors_du_fil(move || db.consulter_ici(&demande, f)).await?;
        self.greffe.deposer(lignes).await?;
        Ok(valeur)
    }

    fn consulter_ici<T>(&self, demande: &Demande, f: impl FnOnce(&mut Op<'_>) -> Resultat<T>) -> Resultat<(T, Vec<LigneTrace>)> {
        let mut conn = prendre(&self.reserve)?;
        commencer(&mut conn, Isolation::Cliche)?;
        let travail = AtomicBool::new(false);
        let lus = self.reglages.au_moment(&mut conn, self.horloge.maintenant());
        let mut lignes = Vec::new();
        let issue = lus.map_err(Erreur::from).and_then(|reglages| {
            let mut op = Op { traces: Some(Vec::new()), ..self.op(&mut conn, demande, &travail, &reglages) };
            let issue = f(&mut op);
            lignes = op.traces.unwrap_or_default();
            issue
        });
        Ok((conclure(&mut conn, issue)?, lignes))
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
        let (db, demande) = (self.clone(), demande.clone());
        let travail = Arc::new(AtomicBool::new(false));
        let signal = Arc::clone(&travail);
        let issue = if let Some(ecrivain) = &self.ecrivain {
            ecrivain.confier(move |conn| db.executer(conn, &demande, &signal, &mut f)).await
        } else {
            hors_du_fil(move || db.transaction_postgres(&demande, isolation, &signal, f)).await
        };
        self.reveiller(&issue, &travail);
        issue
    }

    /// Reads on the calling thread: for the worker, the command line and tests.
    pub fn lire_ici<T>(&self, demande: &Demande, f: impl FnOnce(&mut Op<'_>) -> Resultat<T>) -> Resultat<T> {
        let mut conn = prendre(&self.reserve)?;
        self.executer(&mut conn, demande, &AtomicBool::new(false), f)
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
        let travail = Arc::new(AtomicBool::new(false));
        let issue = match &self.ecrivain {
            Some(ecrivain) => {
                let (db, demande, travail) = (self.clone(), demande.clone(), Arc::clone(&travail));
                ecrivain.confier_et_attendre(move |conn| db.executer(conn, &demande, &travail, &mut f))
            }
            None => self.transaction_postgres(demande, isolation, &travail, f),
        };
        self.reveiller(&issue, &travail);
        issue
    }

    fn reveiller<T>(&self, issue: &Resultat<T>, travail: &AtomicBool) {
        if issue.is_ok() && travail.load(Ordering::Relaxed) {
            self.reveil.sonner();
        }
    }

    /// Runs a use case under the settings of the moment.
    fn executer<T>(
        &self,
        conn: &mut DbConn,
        demande: &Demande,
        travail: &AtomicBool,
        f: impl FnOnce(&mut Op<'_>) -> Resultat<T>,
    ) -> Resultat<T> {
        let reglages = self.reglages.au_moment(conn, self.horloge.maintenant())?;
        f(&mut self.op(conn, demande, travail, &reglages))
    }

    fn op<'a>(&'a self, conn: &'a mut DbConn, demande: &'a Demande, travail: &'a AtomicBool, reglages: &'a Reglages) -> Op<'a> {
        Op {
            conn,
            acteur: &demande.acteur,
            maintenant: self.horloge.maintenant(),
            chance: &self.chance,
            requete: demande.requete.as_deref(),
            reglages,
            travail,
            traces: None,
        }
    }

    fn transaction_postgres<T>(
        &self,
        demande: &Demande,
        isolation: Isolation,
        travail: &AtomicBool,
        mut f: impl FnMut(&mut Op<'_>) -> Resultat<T>,
    ) -> Resultat<T> {
        let mut conn = prendre(&self.reserve)?;
        for essai in 1.. {
            commencer(&mut conn, isolation)?;
            let issue = self.executer(&mut conn, demande, travail, &mut f);
            match conclure(&mut conn, issue) {
                Err(erreur) if erreur.a_rejouer() && essai < ESSAIS => {
                    metrics::counter!("dcc_transactions_rejouees_total").increment(1);
                    std::thread::sleep(Duration::from_millis(u64::from(essai.min(10))));
                }
                issue => return issue,
            }
        }
        Err(Panne::dire("transaction rejouée sans fin").into())
    }
}

/// A connection of a pool.
fn prendre(reserve: &Reserve) -> Result<PooledConnection<ConnectionManager<DbConn>>, Panne> {
    reserve.get().map_err(|e| Panne::new("réserve de connexions", e))
}

/// How far a transaction is kept from the others on PostgreSQL.
#[derive(Debug, Clone, Copy)]
enum Isolation {
    /// Reads of one moment; writes are refused.
    Cliche,
    /// A write, decided on what was read.
    Serialisable,
    /// A write that decides on rows it has locked, and on nothing else.
    LignesVerrouillees,
}

/// Writes on a connection of its own that is closed on return, so that nothing of a SQLite base is
/// left in its journal: for the commands that prepare a base.
pub fn une_fois<T>(adresse: &Adresse, demande: &Demande, f: impl FnOnce(&mut Op<'_>) -> Resultat<T>) -> Resultat<T> {
    let mut conn = migrate::connexion(adresse)?;
    conn::regler(&mut conn)?;
    commencer(&mut conn, Isolation::Serialisable)?;
    let issue = f(&mut Op {
        conn: &mut conn,
        acteur: &demande.acteur,
        maintenant: Horloge::Systeme.maintenant(),
        chance: &Chance::Systeme,
        requete: demande.requete.as_deref(),
        reglages: &Reglages::default(),
        travail: &AtomicBool::new(false),
        traces: None,
    });
    conclure(&mut conn, issue)
}

fn commencer(conn: &mut DbConn, isolation: Isolation) -> Result<(), Panne> {
    let ordre = match (&*conn, isolation) {
        (DbConn::Sqlite(_), Isolation::Cliche) => "BEGIN DEFERRED",
        (DbConn::Sqlite(_), Isolation::LignesVerrouillees | Isolation::Serialisable) => "BEGIN IMMEDIATE",
        (DbConn::Pg(_), Isolation::Cliche) => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        (DbConn::Pg(_), Isolation::LignesVerrouillees) => "BEGIN ISOLATION LEVEL READ COMMITTED",
        (DbConn::Pg(_), Isolation::Serialisable) => "BEGIN ISOLATION LEVEL SERIALIZABLE",
    };
    match conn {
        DbConn::Sqlite(c) => AnsiTransactionManager::begin_transaction_sql(c, ordre)?,
        DbConn::Pg(c) => AnsiTransactionManager::begin_transaction_sql(c, ordre)?,
    }
    Ok(())
}

fn conclure<T>(conn: &mut DbConn, issue: Resultat<T>) -> Resultat<T> {
    match issue {
        Ok(valeur) => {
            <Transactions as TransactionManager<DbConn>>::commit_transaction(conn)?;
            Ok(valeur)
        }
        Err(erreur) => {
            <Transactions as TransactionManager<DbConn>>::rollback_transaction(conn)?;
            Err(erreur)
        }
    }
}

async fn hors_du_fil<T: Send + 'static>(f: impl FnOnce() -> Resultat<T> + Send + 'static) -> Resultat<T> {
    tokio::task::spawn_blocking(f).await.map_err(|e| Erreur::from(Panne::new("tâche interrompue", e)))?
}
