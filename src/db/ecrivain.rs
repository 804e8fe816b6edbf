//! The one writer of a SQLite file.
//!
//! SQLite admits one writing transaction at a time, and each commit waits for the disk. So one
//! thread holds the writing connection, takes every use case that waits, runs each under its own
//! savepoint and commits them together: a refusal rolls back its own savepoint only, and nobody is
//! answered before the common commit has reached the disk. This is group commit; a burst of
//! registrations costs one wait for the disk instead of one each.

use super::{
    DbConn,
    conn::Reserve,
    transaction::{Isolation, Transactions, commencer},
};
use crate::kernel::{Erreur, Panne, Resultat};
use diesel::connection::TransactionManager;
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::mpsc::{Receiver, Sender, channel},
    time::{Duration, Instant},
};
use tokio::sync::oneshot;

/// The most use cases one commit carries.
const GROUPE: usize = 128;
/// How long a group may keep growing before it is committed.
const DUREE: Duration = Duration::from_millis(20);

/// Handle on the writer's thread.
#[derive(Clone)]
pub(super) struct Ecrivain {
    file: Sender<Box<dyn Travail>>,
}

/// A use case that waits for its turn.
trait Travail: Send {
    /// Runs it; true keeps what it wrote.
    fn executer(&mut self, conn: &mut DbConn) -> bool;
    /// Tells its caller, once the fate of the common transaction is known.
    fn repondre(self: Box<Self>, commit: Result<(), String>);
}

struct Tache<T, F> {
    f: F,
    issue: Option<Resultat<T>>,
    reponse: oneshot::Sender<Resultat<T>>,
}

impl<T: Send, F: FnMut(&mut DbConn) -> Resultat<T> + Send> Travail for Tache<T, F> {
    fn executer(&mut self, conn: &mut DbConn) -> bool {
        let issue = catch_unwind(AssertUnwindSafe(|| (self.f)(conn)))
            .unwrap_or_else(|_| Err(Panne::dire("un cas d'usage s'est interrompu brutalement").into()));
        let garder = issue.is_ok();
        self.issue = Some(issue);
        garder
    }

    fn repondre(self: Box<Self>, commit: Result<(), String>) {
        let issue = match (self.issue, commit) {
            (Some(Ok(valeur)), Ok(())) => Ok(valeur),
            (Some(Ok(_)), Err(cause)) => Err(Panne::dire(format!("validation de la transaction : {cause}")).into()),
            (Some(Err(erreur)), _) => Err(erreur),
            (None, cause) => Err(Panne::dire(format!("écriture non tentée : {cause:?}")).into()),
        };
        // The caller may have gone away (a closed connection): what it asked for is done all the same.
        drop(self.reponse.send(issue));
    }
}

impl Ecrivain {
    /// Starts the writer's thread on a pool of one connection.
    pub(super) fn demarrer(reserve: Reserve) -> Result<Self, Panne> {
        let (file, travaux) = channel();
        std::thread::Builder::new()
            .name("dcc-ecrivain".to_owned())
            .spawn(move || ecrire_sans_fin(&reserve, &travaux))
            .map_err(|e| Panne::new("démarrage de l'écrivain", e))?;
        Ok(Self { file })
    }

    /// Hands a use case over and waits for its fate.
    pub(super) async fn confier<T, F>(&self, f: F) -> Resultat<T>
    where
        T: Send + 'static,
        F: FnMut(&mut DbConn) -> Resultat<T> + Send + 'static,
    {
        self.deposer(f)?.await.map_err(|_| arrete())?
    }

    /// The same, blocking the calling thread.
    pub(super) fn confier_et_attendre<T, F>(&self, f: F) -> Resultat<T>
    where
        T: Send + 'static,
        F: FnMut(&mut DbConn) -> Resultat<T> + Send + 'static,
    {
        self.deposer(f)?.blocking_recv().map_err(|_| arrete())?
    }

    fn deposer<T, F>(&self, f: F) -> Resultat<oneshot::Receiver<Resultat<T>>>
    where
        T: Send + 'static,
        F: FnMut(&mut DbConn) -> Resultat<T> + Send + 'static,
    {
        let (reponse, attente) = oneshot::channel();
        self.file.send(Box::new(Tache { f, issue: None, reponse })).map_err(|_| arrete())?;
        Ok(attente)
    }
}

fn arrete() -> Erreur {
    Panne::dire("l'écrivain de la base est arrêté").into()
}

fn ecrire_sans_fin(reserve: &Reserve, travaux: &Receiver<Box<dyn Travail>>) {
    while let Ok(premier) = travaux.recv() {
        let mut groupe = Vec::with_capacity(GROUPE);
        let commit = ecrire_un_groupe(reserve, premier, travaux, &mut groupe);
        for travail in groupe {
            travail.repondre(commit.clone());
        }
    }
}

/// Runs the first use case and all that came meanwhile, then commits once.
fn ecrire_un_groupe(
    reserve: &Reserve,
    premier: Box<dyn Travail>,
    travaux: &Receiver<Box<dyn Travail>>,
    groupe: &mut Vec<Box<dyn Travail>>,
) -> Result<(), String> {
    let mut conn = match reserve.get() {
        Ok(conn) => conn,
        Err(e) => {
            groupe.push(premier);
            return Err(e.to_string());
        }
    };
    if let Err(panne) = commencer(&mut conn, Isolation::Serialisable) {
        groupe.push(premier);
        return Err(panne.to_string());
    }
    let debut = Instant::now();
    let mut suivant = Some(premier);
    let mut sain = Ok(());
    while let Some(mut travail) = suivant.take() {
        sain = sous_point_de_reprise(&mut conn, travail.as_mut());
        groupe.push(travail);
        if sain.is_ok() && groupe.len() < GROUPE && debut.elapsed() < DUREE {
            suivant = travaux.try_recv().ok();
        }
    }
    let fin = match sain {
        Ok(()) => <Transactions as TransactionManager<DbConn>>::commit_transaction(&mut conn),
        Err(ref _cause) => <Transactions as TransactionManager<DbConn>>::rollback_transaction(&mut conn),
    };
    metrics::histogram!("dcc_ecritures_par_groupe").record(u32::try_from(groupe.len()).unwrap_or(u32::MAX));
    sain.and(fin).map_err(|e| e.to_string())
}

fn sous_point_de_reprise(conn: &mut DbConn, travail: &mut dyn Travail) -> Result<(), diesel::result::Error> {
    <Transactions as TransactionManager<DbConn>>::begin_transaction(conn)?;
    if travail.executer(conn) {
        <Transactions as TransactionManager<DbConn>>::commit_transaction(conn)
    } else {
        <Transactions as TransactionManager<DbConn>>::rollback_transaction(conn)
    }
}
