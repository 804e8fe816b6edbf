//! Hand-written SQL for the two databases: aggregates that the query builder cannot say.
//!
//! The text names its parameters (`:debut`), which keeps it readable. They are numbered in the order
//! in which they first appear: PostgreSQL reads `$2` as the second value, SQLite as a name that
//! takes the next free place, and this order is the one in which both agree.

use super::{
    DbConn, MultiBackend,
    types::{At, DbInstant, DbUuid, Id},
};
use crate::kernel::{Instant, Panne, Resultat};
use chrono::NaiveDate;
use diesel::{
    deserialize::QueryableByName,
    prelude::*,
    query_builder::{BoxedSqlQuery, SqlQuery},
    sql_query,
    sql_types::{BigInt, Date, Text},
};
use uuid::Uuid;

/// Whole seconds since 1970: a function that a migration gives to PostgreSQL, under another name in SQLite.
const SECONDES: &str = "secondes_de(";

/// A value that travels beside the text, never inside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Valeur {
    /// A number.
    Entier(i64),
    /// A text.
    Texte(String),
    /// A civil date.
    Jour(NaiveDate),
    /// A moment.
    Moment(Instant),
    /// An identifier.
    Identifiant(Uuid),
}

/// A text of SQL and the values of its parameters.
#[derive(Debug, Clone)]
pub struct Requete {
    texte: String,
    parametres: Vec<(String, Vec<Valeur>)>,
}

impl Requete {
    /// A query whose parameters are written `:nom`.
    #[must_use]
    pub fn new(texte: impl Into<String>) -> Self {
        Self { texte: texte.into(), parametres: Vec::new() }
    }

    /// Gives the value of a parameter. A name that the text does not hold is ignored, so that a
    /// query may be written with or without one of its conditions.
    #[must_use]
    pub fn avec(self, nom: impl Into<String>, valeur: Valeur) -> Self {
        self.avec_liste(nom, vec![valeur])
    }

    /// Gives the values of a parameter that stands in `IN (:nom)`; an empty list becomes `NULL`,
    /// to which nothing is equal.
    #[must_use]
    pub fn avec_liste(mut self, nom: impl Into<String>, valeurs: Vec<Valeur>) -> Self {
        self.parametres.push((nom.into(), valeurs));
        self
    }

    /// Runs the query and reads its rows by column name.
    pub fn charger<T: QueryableByName<MultiBackend> + 'static>(&self, conn: &mut DbConn) -> Resultat<Vec<T>> {
        Ok(self.prete(conn)?.load(conn)?)
    }

    /// Runs a statement and gives the number of rows it wrote.
    pub fn executer(&self, conn: &mut DbConn) -> Resultat<usize> {
        Ok(self.prete(conn)?.execute(conn)?)
    }

    fn prete(&self, conn: &DbConn) -> Result<BoxedSqlQuery<'static, MultiBackend, SqlQuery>, Panne> {
        let (mut texte, valeurs) = self.numeroter()?;
        if matches!(conn, DbConn::Sqlite(_)) {
            texte = texte.replace(SECONDES, "unixepoch(");
        }
        let mut requete = sql_query(texte).into_boxed::<MultiBackend>();
        for valeur in valeurs {
            requete = match valeur {
                Valeur::Entier(entier) => requete.bind::<BigInt, _>(entier),
                Valeur::Texte(texte) => requete.bind::<Text, _>(texte),
                Valeur::Jour(jour) => requete.bind::<Date, _>(jour),
                Valeur::Moment(moment) => requete.bind::<DbInstant, _>(At(moment)),
                Valeur::Identifiant(uuid) => requete.bind::<DbUuid, _>(Id(uuid)),
            };
        }
        Ok(requete)
    }

    /// The text with `$1`, `$2`… and the values in that order.
    fn numeroter(&self) -> Result<(String, Vec<Valeur>), Panne> {
        let mut texte = String::with_capacity(self.texte.len());
        let mut places: Vec<(&str, String)> = Vec::new();
        let mut valeurs = Vec::new();
        let mut reste = self.texte.as_str();
        while let Some((avant, apres)) = reste.split_once(':') {
            texte.push_str(avant);
            let fin = apres.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(apres.len());
            let (nom, suite) = apres.split_at(fin);
            reste = suite;
            if let Some((_, place)) = places.iter().find(|(place, _)| *place == nom) {
                texte.push_str(place);
                continue;
            }
            let (_, donnees) = self
                .parametres
                .iter()
                .find(|(parametre, _)| parametre == nom)
                .ok_or_else(|| Panne::dire(format!("requête : le paramètre « {nom} » n'a pas de valeur")))?;
            let place = numeros(valeurs.len(), donnees.len());
            valeurs.extend_from_slice(donnees);
            texte.push_str(&place);
            places.push((nom, place));
        }
        texte.push_str(reste);
        Ok((texte, valeurs))
    }
}

/// `$3, $4` for two values after the first two; `NULL` for none.
fn numeros(deja: usize, nombre: usize) -> String {
    let numeros: Vec<String> = (deja + 1..=deja + nombre).map(|rang| format!("${rang}")).collect();
    if numeros.is_empty() { "NULL".to_owned() } else { numeros.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn les_parametres_sont_numerotes_dans_l_ordre_du_texte() {
        let requete = Requete::new("a > :b AND c IN (:liste) AND d = :b AND e IN (:vide)")
            .avec_liste("liste", vec![Valeur::Entier(7), Valeur::Entier(8)])
            .avec_liste("vide", Vec::new())
            .avec("b", Valeur::Texte("x".to_owned()))
            .avec("inutile", Valeur::Entier(0));
        let (texte, valeurs) = requete.numeroter().unwrap();
        assert_eq!(texte, "a > $1 AND c IN ($2, $3) AND d = $1 AND e IN (NULL)");
        assert_eq!(valeurs, [Valeur::Texte("x".to_owned()), Valeur::Entier(7), Valeur::Entier(8)]);
    }

    #[test]
    fn un_parametre_sans_valeur_est_une_panne() {
        assert!(Requete::new("a = :oubli").numeroter().unwrap_err().contexte.contains("oubli"));
    }
}
