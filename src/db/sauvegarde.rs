//! What a backup asks of the database: a consistent copy taken while people work, and an inventory by which a
//! restored base is compared with the one it was taken from.

use super::{DbConn, conn::Adresse, migrate, schema::document, types::Id};
use crate::kernel::{Panne, texte::sha256};
use diesel::{
    QueryableByName,
    connection::SimpleConnection,
    prelude::*,
    sql_query,
    sql_types::{BigInt, Text},
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, path::Path};
use uuid::Uuid;

/// What a base holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inventaire {
    /// Each table by its name.
    pub tables: BTreeMap<String, Contenu>,
    /// Documents that are kept (PDF, CDA, archives), all of which have the SHA-256 that was written down for them.
    pub documents: u64,
    /// Documents whose bytes no longer have their SHA-256, by their identifiers.
    pub documents_alteres: Vec<Uuid>,
}

/// What a table holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contenu {
    /// Its rows.
    pub lignes: i64,
    /// Sum of the hashes of the texts of its rows, whatever their order (PostgreSQL). A SQLite base is one file,
    /// whose SHA-256 says more.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub somme: Option<String>,
}

impl Inventaire {
    /// Where two inventories differ, one sentence each.
    #[must_use]
    pub fn ecarts(&self, autre: &Self) -> Vec<String> {
        let noms = self.tables.keys().chain(autre.tables.keys().filter(|nom| !self.tables.contains_key(*nom)));
        let mut ecarts: Vec<String> = noms
            .filter_map(|nom| match (self.tables.get(nom), autre.tables.get(nom)) {
                (Some(ici), Some(la)) if ici.lignes != la.lignes => Some(format!("{nom} : {} lignes au lieu de {}", la.lignes, ici.lignes)),
                (Some(ici), Some(la)) if ici.somme != la.somme => Some(format!("{nom} : le contenu des lignes diffère")),
                (Some(_), Some(_)) | (None, None) => None,
                (Some(_), None) => Some(format!("{nom} : la table manque")),
                (None, Some(_)) => Some(format!("{nom} : la table est de trop")),
            })
            .collect();
        if self.documents != autre.documents {
            ecarts.push(format!("{} documents au lieu de {}", autre.documents, self.documents));
        }
        ecarts.extend(
            autre
                .documents_alteres
                .iter()
                .filter(|id| !self.documents_alteres.contains(id))
                .map(|id| format!("document {id} : les octets n'ont pas l'empreinte gardée")),
        );
        ecarts
    }

    /// Rows of all tables.
    #[must_use]
    pub fn lignes(&self) -> i64 {
        self.tables.values().map(|contenu| contenu.lignes).sum()
    }
}

/// A connection that reads one moment of a PostgreSQL base, and lets `pg_dump` read the same.
pub struct ClichePostgres {
    conn: DbConn,
    /// Name under which another process reads the same moment, as long as this value lives.
    pub nom: String,
}

impl ClichePostgres {
    /// Takes the moment.
    pub fn prendre(adresse: &Adresse) -> Result<Self, Panne> {
        let mut conn = migrate::connexion(adresse)?;
        if let DbConn::Pg(c) = &mut conn {
            c.batch_execute("SET timezone TO 'UTC'; SET jit TO off; BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")?;
        }
        let nom = texte(&mut conn, "SELECT pg_export_snapshot()::text AS valeur")?;
        Ok(Self { conn, nom })
    }

    /// What the base holds at that moment.
    pub fn inventaire(&mut self) -> Result<Inventaire, Panne> {
        inventorier(&mut self.conn)
    }
}

/// Copies a SQLite base of one moment into a file that must not exist, while others read and write.
pub fn copier_sqlite(adresse: &Adresse, vers: &Path) -> Result<(), Panne> {
    let mut conn = migrate::connexion(adresse)?;
    let vers = vers.to_str().ok_or_else(|| Panne::dire("le chemin de la copie n'est pas lisible"))?;
    sql_query("VACUUM INTO ?").bind::<Text, _>(vers).execute(&mut conn)?;
    Ok(())
}

/// What a base holds that nobody is writing to.
pub fn inventaire(adresse: &Adresse) -> Result<Inventaire, Panne> {
    inventorier(&mut migrate::connexion(adresse)?)
}

/// True when the base has no table yet: the only one that a backup may be restored into.
pub fn est_vide(adresse: &Adresse) -> Result<bool, Panne> {
    Ok(tables(&mut migrate::connexion(adresse)?)?.is_empty())
}

/// What SQLite finds wrong in a file: damaged pages, references to missing rows.
pub fn defauts_sqlite(adresse: &Adresse) -> Result<Vec<String>, Panne> {
    let mut conn = migrate::connexion(adresse)?;
    let mut defauts = textes(&mut conn, "SELECT integrity_check AS valeur FROM pragma_integrity_check")?;
    defauts.retain(|ligne| ligne != "ok");
    defauts.extend(textes(
        &mut conn,
        "SELECT \"table\" || ' : une ligne désigne une ligne de ' || parent || ' qui manque' AS valeur FROM pragma_foreign_key_check",
    )?);
    Ok(defauts)
}

fn inventorier(conn: &mut DbConn) -> Result<Inventaire, Panne> {
    let mut inventaire = Inventaire::default();
    for nom in tables(conn)? {
        let contenu = contenu(conn, &nom)?;
        inventaire.tables.insert(nom, contenu);
    }
    let mut apres = Id(Uuid::nil());
    loop {
        let lot: Vec<(Id, String, Vec<u8>)> = document::table
            .filter(document::id.gt(apres))
            .order(document::id)
            .limit(DOCUMENTS_PAR_LECTURE)
            .select((document::id, document::empreinte, document::octets))
            .load(conn)?;
        let Some((dernier, _, _)) = lot.last() else { break };
        apres = *dernier;
        for (id, empreinte, octets) in &lot {
            inventaire.documents += 1;
            if sha256(octets) != *empreinte {
                inventaire.documents_alteres.push(id.0);
            }
        }
    }
    Ok(inventaire)
}

/// Documents held at the same time.
const DOCUMENTS_PAR_LECTURE: i64 = 50;

#[derive(QueryableByName)]
struct Valeur {
    #[diesel(sql_type = Text)]
    valeur: String,
}

#[derive(QueryableByName)]
struct Compte {
    #[diesel(sql_type = BigInt)]
    lignes: i64,
    #[diesel(sql_type = Text)]
    somme: String,
}

fn textes(conn: &mut DbConn, requete: &str) -> Result<Vec<String>, Panne> {
    Ok(sql_query(requete).load::<Valeur>(conn)?.into_iter().map(|ligne| ligne.valeur).collect())
}

fn texte(conn: &mut DbConn, requete: &str) -> Result<String, Panne> {
    textes(conn, requete)?.pop().ok_or_else(|| Panne::dire("la base n'a rien répondu"))
}

fn tables(conn: &mut DbConn) -> Result<Vec<String>, Panne> {
    let requete = match conn {
        DbConn::Pg(_) => "SELECT table_name::text AS valeur FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1",
        DbConn::Sqlite(_) => {
            "SELECT name AS valeur FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY 1"
        }
    };
    textes(conn, requete)
}

/// The names come from the catalogue of the base.
fn contenu(conn: &mut DbConn, table: &str) -> Result<Contenu, Panne> {
    let nom = table.replace('"', "\"\"");
    let requete = match conn {
        DbConn::Pg(_) => {
            format!("SELECT count(*) AS lignes, coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text AS somme FROM \"{nom}\" t")
        }
        DbConn::Sqlite(_) => format!("SELECT count(*) AS lignes, '' AS somme FROM \"{nom}\""),
    };
    let compte: Compte = sql_query(requete).get_result(conn)?;
    Ok(Contenu { lignes: compte.lignes, somme: Some(compte.somme).filter(|somme| !somme.is_empty()) })
}
