//! The role of PostgreSQL under which the service runs: not the owner of the tables, and without the right to change or erase what
//! the access trace says (`deploiement/role-service.sql`).

use super::{Adresse, DbConn, migrate};
use crate::kernel::Panne;
use diesel::{QueryableByName, connection::SimpleConnection, prelude::*, sql_query, sql_types};

/// The rights, as the owner of the tables gives them.
const DROITS: &str = include_str!("../../deploiement/role-service.sql");

#[derive(QueryableByName)]
struct Oui {
    #[diesel(sql_type = sql_types::Bool)]
    oui: bool,
}

/// Gives a role what the service needs and no more. It must exist, and neither rule the server nor own the tables.
pub fn accorder(adresse: &Adresse, role: &str) -> Result<(), Panne> {
    let DbConn::Pg(mut conn) = migrate::connexion(adresse)? else {
        return Err(Panne::dire("une base SQLite n'a pas de rôles : `--role` est pour PostgreSQL"));
    };
    let verifier = |conn: &mut PgConnection, requete: &str| {
        let lu: Option<Oui> = sql_query(requete).bind::<sql_types::Text, _>(role).get_result(conn).optional()?;
        Ok::<_, Panne>(lu.map(|ligne| ligne.oui))
    };
    match verifier(&mut conn, "SELECT rolsuper AS oui FROM pg_roles WHERE rolname = $1")? {
        None => return Err(Panne::dire(format!("le rôle {role} n'existe pas : CREATE ROLE {role} LOGIN PASSWORD '…'"))),
        Some(true) => return Err(Panne::dire(format!("le rôle {role} peut tout sur ce serveur : il ne peut pas être celui du service"))),
        Some(false) => {}
    }
    let proprietaire = "SELECT pg_has_role($1, c.relowner, 'MEMBER') AS oui FROM pg_class c WHERE c.oid = 'trace'::regclass";
    if verifier(&mut conn, proprietaire)? == Some(true) {
        return Err(Panne::dire(format!("le rôle {role} possède les tables : il ne peut pas être celui du service")));
    }
    let cite = format!("\"{}\"", role.replace('"', "\"\""));
    let droits: String = DROITS.lines().filter(|ligne| !ligne.starts_with("--")).map(|ligne| format!("{ligne}\n")).collect();
    let ordres = droits.replace(":\"role\"", &cite);
    conn.batch_execute(&format!("BEGIN;\n{ordres}COMMIT;")).map_err(|e| Panne::new(format!("droits du rôle {role}"), e))
}

/// True when the role of this connection may change or erase the access trace: it then rests on triggers alone.
pub fn peut_toucher_a_la_trace(adresse: &Adresse) -> Result<bool, Panne> {
    let DbConn::Pg(mut conn) = migrate::connexion(adresse)? else { return Ok(false) };
    let requete = "SELECT has_table_privilege('trace', 'UPDATE') OR has_table_privilege('trace', 'DELETE') \
                   OR has_table_privilege('trace', 'TRUNCATE') AS oui";
    Ok(sql_query(requete).get_result::<Oui>(&mut conn)?.oui)
}
