//! The two databases hold the same tables, and `schema.rs` agrees with both.

use crate::support::base::{self, Base};
use dcc::db::{Adresse, migrate};
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query, sql_types};
use std::{collections::BTreeSet, fs, path::Path};

#[derive(QueryableByName, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(clippy::struct_field_names, reason = "as the catalogues name them")]
struct Colonne {
    #[diesel(sql_type = sql_types::Text)]
    tableau: String,
    #[diesel(sql_type = sql_types::Text)]
    colonne: String,
    #[diesel(sql_type = sql_types::Bool)]
    obligatoire: bool,
}

const COLONNES_SQLITE: &str = "SELECT m.name AS tableau, c.name AS colonne, c.\"notnull\" <> 0 AS obligatoire \
    FROM sqlite_master m, pragma_table_info(m.name) c \
    WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name <> '__diesel_schema_migrations'";

const COLONNES_POSTGRES: &str = "SELECT table_name::text AS tableau, column_name::text AS colonne, is_nullable = 'NO' AS obligatoire \
    FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> '__diesel_schema_migrations'";

fn colonnes_sqlite(url: &str) -> BTreeSet<Colonne> {
    let mut conn = SqliteConnection::establish(url.strip_prefix("sqlite://").unwrap()).unwrap();
    sql_query(COLONNES_SQLITE).load(&mut conn).unwrap().into_iter().collect()
}

fn colonnes_postgres(url: &str) -> BTreeSet<Colonne> {
    let mut conn = PgConnection::establish(url).unwrap();
    sql_query(COLONNES_POSTGRES).load(&mut conn).unwrap().into_iter().collect()
}

/// Reads `src/db/schema.rs` as the queries see it.
fn colonnes_de_schema_rs() -> BTreeSet<Colonne> {
    let texte = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/db/schema.rs")).unwrap();
    let mut tableau = String::new();
    let mut colonnes = BTreeSet::new();
    for ligne in texte.lines().map(str::trim) {
        if let Some((nom, _)) = ligne.strip_suffix('{').and_then(|l| l.split_once(" (")) {
            nom.clone_into(&mut tableau);
        } else if let Some((colonne, genre)) = ligne.split_once(" -> ") {
            colonnes.insert(Colonne {
                tableau: tableau.clone(),
                colonne: colonne.to_owned(),
                obligatoire: !genre.starts_with("Nullable<"),
            });
        }
    }
    colonnes
}

#[test]
fn schema_rs_et_sqlite_disent_la_meme_chose() {
    let base = base::nouvelle(Base::Sqlite).unwrap();
    assert_eq!(colonnes_de_schema_rs(), colonnes_sqlite(&base.url));
}

#[test]
fn schema_rs_et_postgres_disent_la_meme_chose() {
    let Some(base) = base::nouvelle(Base::Postgres) else { return };
    assert_eq!(colonnes_de_schema_rs(), colonnes_postgres(&base.url));
}

#[test]
fn les_migrations_portent_les_memes_noms_des_deux_cotes() {
    let noms = |cote: &str| -> BTreeSet<String> {
        let dossier = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(cote);
        fs::read_dir(dossier).unwrap().map(|entree| entree.unwrap().file_name().into_string().unwrap()).collect()
    };
    assert_eq!(noms("sqlite"), noms("postgres"));
}

#[test]
fn une_migration_defaite_ne_laisse_rien_et_se_refait() {
    for base in [Base::Sqlite, Base::Postgres] {
        let Some(de_test) = base::nouvelle(base) else { continue };
        let colonnes = || if base == Base::Sqlite { colonnes_sqlite(&de_test.url) } else { colonnes_postgres(&de_test.url) };
        let adresse = Adresse::lire(&de_test.url).unwrap();
        let avant = colonnes();
        migrate::defaire(&adresse).unwrap();
        assert!(colonnes().is_empty());
        assert!(!migrate::a_jour(&adresse).unwrap());
        migrate::migrer(&adresse).unwrap();
        assert_eq!(colonnes(), avant);
        assert!(migrate::a_jour(&adresse).unwrap());
    }
}

#[test]
fn une_adresse_de_base_inconnue_est_refusee() {
    for url in ["mysql://x", "dcc.sqlite", "sqlite::memory:", "sqlite://", "postgre://x/y"] {
        assert!(Adresse::lire(url).is_err(), "{url}");
    }
}
