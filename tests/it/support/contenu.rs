//! Everything a database holds, as text: to compare two states, or to look for what should be gone.

use super::Banc;
use diesel::{
    Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection, connection::SimpleConnection, sql_query, sql_types::Text,
};
use std::collections::BTreeMap;

#[derive(QueryableByName)]
struct Texte {
    #[diesel(sql_type = Text)]
    texte: String,
}

/// The rows of each table, sorted, without the columns that are named.
pub fn tables(banc: &Banc, sauf: &[&str]) -> BTreeMap<String, Vec<String>> {
    tables_de(&banc.etat.config.base, sauf)
}

/// The same of the base at an address.
pub fn tables_de(url: &str, sauf: &[&str]) -> BTreeMap<String, Vec<String>> {
    match url.strip_prefix("sqlite://") {
        Some(chemin) => {
            let mut conn = SqliteConnection::establish(chemin).unwrap();
            // Whoever has just closed the base may still be tidying its journal.
            conn.batch_execute("PRAGMA busy_timeout = 10000").unwrap();
            sqlite(&mut conn, sauf)
        }
        None => postgres(&mut PgConnection::establish(url).unwrap(), sauf),
    }
}

fn sqlite(conn: &mut SqliteConnection, sauf: &[&str]) -> BTreeMap<String, Vec<String>> {
    let mut lire =
        |requete: &str| -> Vec<String> { sql_query(requete).load::<Texte>(conn).unwrap().into_iter().map(|ligne| ligne.texte).collect() };
    let mut tables = BTreeMap::new();
    for nom in lire("SELECT name AS texte FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'") {
        let colonnes = lire(&format!("SELECT name AS texte FROM pragma_table_info('{nom}')"));
        let gardees: Vec<String> =
            colonnes.iter().filter(|colonne| !sauf.contains(&colonne.as_str())).map(|colonne| format!("quote(\"{colonne}\")")).collect();
        let lignes = lire(&format!("SELECT {} AS texte FROM \"{nom}\" ORDER BY 1", gardees.join(" || ',' || ")));
        tables.insert(nom, lignes);
    }
    tables
}

fn postgres(conn: &mut PgConnection, sauf: &[&str]) -> BTreeMap<String, Vec<String>> {
    let mut lire =
        |requete: &str| -> Vec<String> { sql_query(requete).load::<Texte>(conn).unwrap().into_iter().map(|ligne| ligne.texte).collect() };
    let retirees: String = sauf.iter().map(|colonne| format!(" - '{colonne}'")).collect();
    let mut tables = BTreeMap::new();
    let noms =
        "SELECT table_name::text AS texte FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'";
    for nom in lire(noms) {
        let lignes = lire(&format!("SELECT (to_jsonb(t){retirees})::text AS texte FROM \"{nom}\" t ORDER BY 1"));
        tables.insert(nom, lignes);
    }
    tables
}

/// The tables that hold a text, in clear or as the bytes of a file.
pub fn ou_se_trouve(banc: &Banc, marque: &str) -> Vec<String> {
    let hexa: String = marque.bytes().map(|octet| format!("{octet:02x}")).collect();
    let contient = |ligne: &String| {
        let bas = ligne.to_lowercase();
        bas.contains(&marque.to_lowercase()) || bas.contains(&hexa)
    };
    tables(banc, &[]).into_iter().filter(|(_, lignes)| lignes.iter().any(contient)).map(|(nom, _)| nom).collect()
}
