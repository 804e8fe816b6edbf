//! How a transaction begins and ends on each of the two databases.

use super::DbConn;
use crate::kernel::{Panne, Resultat};
use diesel::connection::{AnsiTransactionManager, Connection, TransactionManager};

/// What begins and ends the transactions of either database.
pub(super) type Transactions = <DbConn as Connection>::TransactionManager;

/// How far a transaction is kept from the others on PostgreSQL.
#[derive(Debug, Clone, Copy)]
pub(super) enum Isolation {
    /// Reads of one moment; writes are refused.
    Cliche,
    /// A write, decided on what was read.
    Serialisable,
    /// A write that decides on rows it has locked, and on nothing else.
    LignesVerrouillees,
}

/// Begins a transaction.
pub(super) fn commencer(conn: &mut DbConn, isolation: Isolation) -> Result<(), Panne> {
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

/// Commits what succeeded, rolls the rest back.
pub(super) fn conclure<T>(conn: &mut DbConn, issue: Resultat<T>) -> Resultat<T> {
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
