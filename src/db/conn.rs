//! The connection that is one of two, and the pool that opens it.
//!
//! Only `src/db/` knows that there are two databases.

use super::chiffrement::CleBase;
use crate::kernel::{Erreur, ErreurMetier, Nature, Panne, Refus};
use diesel::{
    connection::SimpleConnection,
    r2d2::{ConnectionManager, CustomizeConnection, Pool},
    result::{DatabaseErrorKind, Error},
};

#[expect(missing_docs, reason = "the derive writes public items without documentation")]
mod multi {
    use diesel::{pg::PgConnection, sqlite::SqliteConnection};

    /// An open connection, to whichever database the URL chose.
    #[derive(diesel::MultiConnection)]
    pub enum DbConn {
        /// PostgreSQL.
        Pg(PgConnection),
        /// SQLite.
        Sqlite(SqliteConnection),
    }
}

pub use multi::{DbConn, MultiBackend};

/// Runs one query text on whichever connection is open: for the few things `MultiConnection`
/// cannot say (`on_conflict`, insertion of many rows, `as_returning`).
#[macro_export]
macro_rules! on_either {
    ($conn:expr, |$c:ident| $query:expr) => {
        match $conn {
            $crate::db::DbConn::Pg($c) => $query,
            $crate::db::DbConn::Sqlite($c) => $query,
        }
    };
}

/// Which database a URL names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Adresse {
    /// `sqlite://chemin` or `sqlite:chemin`.
    Sqlite(FichierSqlite),
    /// `postgres://…` or `postgresql://…`.
    Postgres(String),
}

/// A SQLite base.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FichierSqlite {
    /// Its file.
    pub chemin: String,
    /// The key it is encrypted under, if it is.
    pub cle: Option<CleBase>,
}

impl Adresse {
    /// Reads a database URL; any other scheme is refused, so that a typing mistake never becomes a
    /// fresh empty file.
    pub fn lire(url: &str) -> Result<Self, Panne> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Self::Postgres(url.to_owned()));
        }
        match url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:")) {
            Some(chemin) if !chemin.is_empty() && !chemin.starts_with(":memory:") => {
                Ok(Self::Sqlite(FichierSqlite { chemin: chemin.to_owned(), cle: None }))
            }
            _ => Err(Panne::dire(
                "l'adresse de la base doit être sqlite://CHEMIN ou postgres://UTILISATEUR@HÔTE/BASE (la base en mémoire n'est pas admise)",
            )),
        }
    }

    /// The same base, encrypted under that key. PostgreSQL has no such key: its disk is encrypted by who runs it.
    pub fn avec_cle(self, cle: CleBase) -> Result<Self, Panne> {
        match self {
            Self::Sqlite(fichier) => Ok(Self::Sqlite(FichierSqlite { cle: Some(cle), ..fichier })),
            Self::Postgres(_) => Err(Panne::dire("cle_base_fichier est pour une base SQLite : PostgreSQL se chiffre par son disque")),
        }
    }

    /// What is handed to diesel.
    #[must_use]
    pub fn pour_diesel(&self) -> &str {
        match self {
            Self::Sqlite(fichier) => &fichier.chemin,
            Self::Postgres(url) => url,
        }
    }

    /// The key of the file, if it is encrypted.
    #[must_use]
    pub fn cle(&self) -> Option<&CleBase> {
        match self {
            Self::Sqlite(fichier) => fichier.cle.as_ref(),
            Self::Postgres(_) => None,
        }
    }
}

/// Pool of connections.
pub(crate) type Reserve = Pool<ConnectionManager<DbConn>>;

/// What a pool of connections is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Usage {
    /// Reads alone: a write is an error. SQLite writes on a connection of its own.
    Lecture,
    /// Reads and writes.
    Ecriture,
}

/// `busy_timeout` first: the other pragmas may meet a lock. `synchronous=FULL` because an answered
/// write must survive a power loss.
const REGLAGES_SQLITE: &str = "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
     PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -32000;";

/// `jit` off: compiling a query costs more than it saves here (on the activity of a region-year, half
/// of the time).
const REGLAGES_POSTGRES: &str = "SET timezone TO 'UTC'; SET statement_timeout TO '60s'; \
     SET idle_in_transaction_session_timeout TO '60s'; SET jit TO off";

/// How each connection of a pool is made ready.
#[derive(Debug)]
struct Preparation {
    usage: Usage,
    cle: Option<CleBase>,
}

impl CustomizeConnection<DbConn, diesel::r2d2::Error> for Preparation {
    fn on_acquire(&self, conn: &mut DbConn) -> Result<(), diesel::r2d2::Error> {
        deverrouiller(conn, self.cle.as_ref())
            .and_then(|()| regler(conn))
            .and_then(|()| restreindre(conn, self.usage))
            .map_err(diesel::r2d2::Error::QueryError)
    }
}

/// Gives its key to a connection, before anything is asked of it.
pub(super) fn deverrouiller(conn: &mut DbConn, cle: Option<&CleBase>) -> Result<(), Error> {
    match (conn, cle) {
        (DbConn::Sqlite(c), Some(cle)) => cle.ouvrir(c),
        (DbConn::Sqlite(_) | DbConn::Pg(_), _) => Ok(()),
    }
}

fn restreindre(conn: &mut DbConn, usage: Usage) -> Result<(), Error> {
    match (conn, usage) {
        (_, Usage::Ecriture) => Ok(()),
        (DbConn::Sqlite(c), Usage::Lecture) => c.batch_execute("PRAGMA query_only = ON"),
        (DbConn::Pg(c), Usage::Lecture) => c.batch_execute("SET default_transaction_read_only TO on"),
    }
}

/// Settings of every connection.
pub(super) fn regler(conn: &mut DbConn) -> Result<(), Error> {
    match conn {
        DbConn::Sqlite(c) => c.batch_execute(REGLAGES_SQLITE),
        DbConn::Pg(c) => c.batch_execute(REGLAGES_POSTGRES),
    }
}

/// Opens a pool of at most `taille` connections.
pub(crate) fn ouvrir(adresse: &Adresse, taille: u32, usage: Usage) -> Result<Reserve, Panne> {
    Pool::builder()
        .max_size(taille)
        .min_idle(Some(1))
        .test_on_check_out(false)
        .connection_customizer(Box::new(Preparation { usage, cle: adresse.cle().cloned() }))
        .build(ConnectionManager::new(adresse.pour_diesel()))
        .map_err(|e| Panne::new("ouverture de la base", e))
}

impl From<Error> for Panne {
    fn from(erreur: Error) -> Self {
        let conflit = matches!(&erreur, Error::DatabaseError(DatabaseErrorKind::SerializationFailure, _));
        let interblocage = matches!(&erreur, Error::DatabaseError(_, details) if details.message().contains("deadlock detected"));
        let panne = Self::new("base de données", erreur);
        if conflit || interblocage { panne.a_rejouer() } else { panne }
    }
}

impl From<Error> for Erreur {
    fn from(erreur: Error) -> Self {
        if matches!(&erreur, Error::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _)) {
            // The last guard: what a body designates was not looked for by the use case.
            let message = "Un des objets que le contenu désigne n'existe pas.";
            return Refus::new(Nature::Invalide, "reference-inconnue", message).into();
        }
        Self::Panne(erreur.into())
    }
}

/// Turns the breach of a uniqueness into the refusal that tells it, and leaves any other error a
/// failure. PostgreSQL names the constraint, SQLite the columns it is made of.
pub fn ou_doublon(erreur: Error, contrainte: &str, colonnes: &str, refus: impl ErreurMetier) -> Erreur {
    let doublon = match &erreur {
        Error::DatabaseError(DatabaseErrorKind::UniqueViolation, details) => {
            details.constraint_name() == Some(contrainte) || details.message().contains(colonnes)
        }
        _ => false,
    };
    if doublon { refus.into() } else { erreur.into() }
}
