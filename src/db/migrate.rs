//! Migrations, embedded in the binary: the same names in `migrations/sqlite` and
//! `migrations/postgres`.

use super::{Adresse, DbConn, FichierSqlite};
use crate::kernel::Panne;
use diesel::{
    Connection, ConnectionError, ConnectionResult, QueryableByName, RunQueryDsl, backend::Backend, connection::SimpleConnection,
    migration::MigrationSource, pg::PgConnection, sql_query, sql_types, sqlite::SqliteConnection,
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Opens one connection, outside any pool.
pub fn connexion(adresse: &Adresse) -> Result<DbConn, Panne> {
    let panne = |e| Panne::new("ouverture de la base", e);
    match adresse {
        Adresse::Postgres(url) => PgConnection::establish(url).map(DbConn::Pg).map_err(panne),
        Adresse::Sqlite(fichier) => {
            let mut conn = SqliteConnection::establish(&fichier.chemin).map_err(panne)?;
            lisible(&mut conn, fichier)?;
            patiente(conn).map(DbConn::Sqlite).map_err(panne)
        }
    }
}

/// Gives its key to a connection and reads something: a wrong key, or none where one is needed, is told as such.
fn lisible(conn: &mut SqliteConnection, fichier: &FichierSqlite) -> Result<(), Panne> {
    if let Some(cle) = &fichier.cle {
        cle.ouvrir(conn)?;
    }
    // Reading the header waits for nobody: it is not a transaction that writes.
    conn.batch_execute("PRAGMA busy_timeout = 10000; SELECT count(*) FROM sqlite_master").map_err(|e| {
        let illisible = e.to_string().contains("file is not a database");
        match &fichier.cle {
            Some(_) if illisible => {
                Panne::new("la clé de cle_base_fichier n'ouvre pas la base : autre clé, ou fichier en clair ou abîmé", e)
            }
            None if illisible => Panne::new("le fichier de la base ne se lit pas : il est chiffré (réglez cle_base_fichier) ou abîmé", e),
            Some(_) | None => Panne::new("ouverture de la base", e),
        }
    })
}

/// Looking at the migrations writes, on SQLite: it waits for whoever is writing.
fn patiente(mut conn: SqliteConnection) -> ConnectionResult<SqliteConnection> {
    conn.batch_execute("PRAGMA busy_timeout = 10000").map_err(ConnectionError::CouldntSetupConfiguration)?;
    Ok(conn)
}

/// Brings the database to the schema of this binary; returns the names of the migrations it ran.
pub fn migrer(adresse: &Adresse) -> Result<Vec<String>, Panne> {
    let versions = match connexion(adresse)? {
        DbConn::Sqlite(mut c) => c.run_pending_migrations(SQLITE).map(|v| v.iter().map(ToString::to_string).collect()),
        DbConn::Pg(mut c) => c.run_pending_migrations(POSTGRES).map(|v| v.iter().map(ToString::to_string).collect()),
    };
    versions.map_err(|e| Panne::new("migration de la base", e))
}

/// Takes every migration back; for tests of the `down` side.
pub fn defaire(adresse: &Adresse) -> Result<(), Panne> {
    let defaites = match connexion(adresse)? {
        DbConn::Sqlite(mut c) => c.revert_all_migrations(SQLITE).map(drop),
        DbConn::Pg(mut c) => c.revert_all_migrations(POSTGRES).map(drop),
    };
    defaites.map_err(|e| Panne::new("retour en arrière de la base", e))
}

/// True when the database has the schema of this binary: what readiness tests. It only reads: the role of the service may
/// create nothing, where looking for pending migrations would.
pub fn a_jour(adresse: &Adresse) -> Result<bool, Panne> {
    let mut conn = connexion(adresse)?;
    let attendues = match &conn {
        DbConn::Sqlite(_) => versions::<diesel::sqlite::Sqlite>(&SQLITE)?,
        DbConn::Pg(_) => versions::<diesel::pg::Pg>(&POSTGRES)?,
    };
    let faites = match sql_query("SELECT version FROM __diesel_schema_migrations").load::<Faite>(&mut conn) {
        Ok(faites) => faites,
        // A base that was never migrated has no such table.
        Err(e) if ["no such table", "does not exist"].iter().any(|absence| e.to_string().contains(absence)) => return Ok(false),
        Err(e) => return Err(Panne::new("lecture des migrations", e)),
    };
    Ok(attendues.iter().all(|version| faites.iter().any(|faite| faite.version == *version)))
}

/// A migration that ran.
#[derive(QueryableByName)]
struct Faite {
    #[diesel(sql_type = sql_types::Text)]
    version: String,
}

/// The migrations of this binary.
fn versions<DB: Backend>(source: &EmbeddedMigrations) -> Result<Vec<String>, Panne>
where
    EmbeddedMigrations: MigrationSource<DB>,
{
    let migrations = source.migrations().map_err(|e| Panne::dire(format!("lecture des migrations : {e}")))?;
    Ok(migrations.iter().map(|migration| migration.name().version().to_string()).collect())
}
