//! The four tables, written by lots in the way that each database does fastest: `COPY` on PostgreSQL,
//! one prepared insertion on SQLite.

use crate::{
    db::{
        DbConn, Op,
        schema::{annuaire_activite, annuaire_bal, annuaire_savoir_faire, annuaire_structure},
        types::At,
    },
    kernel::Resultat,
    metier::{
        annuaire::model::TypeBal,
        annuaire_national::model::{Activite, Bal, Enregistrement, SavoirFaire, Structure},
    },
};
use diesel::{
    delete,
    dsl::{count_star, max},
    insert_into,
    prelude::*,
    sql_query, update,
};

/// A row that is already there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::metier::annuaire_national) struct Connue {
    pub cle: Vec<u8>,
    pub numero: i64,
    pub empreinte: i64,
    pub disparue: bool,
}

/// What the import asks of each table.
pub(in crate::metier::annuaire_national) trait Table {
    /// What a row says.
    type Contenu: Clone;
    /// The rows of some keys.
    fn connues(op: &mut Op<'_>, cles: Vec<Vec<u8>>) -> Resultat<Vec<Connue>>;
    /// Erases rows that are about to be written again.
    fn effacer(op: &mut Op<'_>, numeros: &[i64]) -> Resultat<()>;
    /// Writes rows, under their numbers.
    fn inserer(op: &mut Op<'_>, import: i64, lignes: Vec<(i64, Enregistrement<Self::Contenu>)>) -> Resultat<()>;
    /// Numbers of rows that have not vanished, after one.
    fn presentes(op: &mut Op<'_>, apres: i64, limite: i64) -> Resultat<Vec<i64>>;
    /// Marks rows as vanished at the moment of the act.
    fn faire_disparaitre(op: &mut Op<'_>, import: i64, numeros: &[i64]) -> Resultat<()>;
    /// The highest number.
    fn dernier_numero(op: &mut Op<'_>) -> Resultat<i64>;
    /// How many rows have not vanished.
    fn compter(op: &mut Op<'_>) -> Resultat<i64>;
}

/// Rows whose numbers or keys one statement names.
const PAR_REQUETE: usize = 1024;

/// Makes PostgreSQL plan each statement of the transaction anew. A plan kept from the first lots, when the table was
/// nearly empty, reads it whole for each lot of the millions that follow.
fn planifier_chaque_fois(conn: &mut DbConn) -> Resultat<()> {
    if let DbConn::Pg(c) = conn {
        sql_query("SET LOCAL plan_cache_mode = force_custom_plan").execute(c)?;
    }
    Ok(())
}

macro_rules! table {
    ($nom:ident, $table:ident, $contenu:ident { $($champ:ident: $genre:ty),+ $(,)? }) => {
        /// The table of these rows.
        pub(in crate::metier::annuaire_national) struct $nom;

        const _: () = {
            #[derive(Insertable)]
            #[diesel(table_name = $table, treat_none_as_default_value = false)]
            struct Ligne {
                numero: i64,
                cle: Vec<u8>,
                empreinte: i64,
                import: i64,
                $($champ: $genre),+
            }

            impl Table for $nom {
                type Contenu = $contenu;

                fn connues(op: &mut Op<'_>, cles: Vec<Vec<u8>>) -> Resultat<Vec<Connue>> {
                    let mut connues = Vec::new();
                    planifier_chaque_fois(op.conn)?;
                    for cles in cles.chunks(PAR_REQUETE) {
                        let colonnes = ($table::cle, $table::numero, $table::empreinte, $table::disparu_le.is_not_null());
                        let lues: Vec<(Vec<u8>, i64, i64, bool)> = match op.conn {
                            DbConn::Pg(c) => $table::table.filter($table::cle.eq_any(cles)).select(colonnes).load(c)?,
                            DbConn::Sqlite(c) => {
                                $table::table.filter(crate::db::parmi::parmi($table::cle, cles.to_vec())).select(colonnes).load(c)?
                            }
                        };
                        connues.extend(lues.into_iter().map(|(cle, numero, empreinte, disparue)| Connue { cle, numero, empreinte, disparue }));
                    }
                    Ok(connues)
                }

                fn effacer(op: &mut Op<'_>, numeros: &[i64]) -> Resultat<()> {
                    for numeros in numeros.chunks(PAR_REQUETE) {
                        delete($table::table.filter($table::numero.eq_any(numeros.to_vec()))).execute(op.conn)?;
                    }
                    Ok(())
                }

                fn inserer(op: &mut Op<'_>, import: i64, lignes: Vec<(i64, Enregistrement<$contenu>)>) -> Resultat<()> {
                    let lignes: Vec<Ligne> = lignes
                        .into_iter()
                        .map(|(numero, e)| {
                            let $contenu { $($champ),+ } = e.contenu;
                            Ligne { numero, cle: e.cle.to_vec(), empreinte: e.empreinte, import, $($champ),+ }
                        })
                        .collect();
                    match op.conn {
                        DbConn::Pg(c) => {
                            diesel::copy_from($table::table).from_insertable(&lignes).execute(c)?;
                        }
                        DbConn::Sqlite(c) => {
                            for ligne in &lignes {
                                insert_into($table::table).values(ligne).execute(c)?;
                            }
                        }
                    }
                    Ok(())
                }

                fn presentes(op: &mut Op<'_>, apres: i64, limite: i64) -> Resultat<Vec<i64>> {
                    Ok($table::table
                        .filter($table::numero.gt(apres))
                        .filter($table::disparu_le.is_null())
                        .order($table::numero)
                        .limit(limite)
                        .select($table::numero)
                        .load(op.conn)?)
                }

                fn faire_disparaitre(op: &mut Op<'_>, import: i64, numeros: &[i64]) -> Resultat<()> {
                    for numeros in numeros.chunks(PAR_REQUETE) {
                        update($table::table.filter($table::numero.eq_any(numeros.to_vec())))
                            .set(($table::disparu_le.eq(Some(At(op.maintenant))), $table::import.eq(import)))
                            .execute(op.conn)?;
                    }
                    Ok(())
                }

                fn dernier_numero(op: &mut Op<'_>) -> Resultat<i64> {
                    let dernier: Option<i64> = $table::table.select(max($table::numero)).first(op.conn)?;
                    Ok(dernier.unwrap_or(0))
                }

                fn compter(op: &mut Op<'_>) -> Resultat<i64> {
                    Ok($table::table.filter($table::disparu_le.is_null()).select(count_star()).first(op.conn)?)
                }
            }
        };
    };
}

table!(Activites, annuaire_activite, Activite {
    identification: String,
    rpps: Option<String>,
    nom: String,
    prenom: String,
    nom_recherche: String,
    prenom_recherche: String,
    civilite: Option<String>,
    titre: Option<String>,
    profession: String,
    categorie: Option<String>,
    savoir_faire_type: Option<String>,
    savoir_faire: Option<String>,
    mode_exercice: Option<String>,
    structure: Option<String>,
    finess: Option<String>,
    siret: Option<String>,
    raison_sociale: Option<String>,
    enseigne: Option<String>,
    adresse: Option<String>,
    code_postal: Option<String>,
    commune: Option<String>,
    commune_recherche: Option<String>,
    departement: Option<String>,
    telephone: Option<String>,
    courriel: Option<String>,
    secteur: Option<String>,
    fonction: Option<String>,
    genre_activite: Option<String>,
});

table!(SavoirFaires, annuaire_savoir_faire, SavoirFaire {
    identification: String,
    profession: String,
    categorie: Option<String>,
    savoir_faire_type: String,
    savoir_faire: String,
    libelle: Option<String>,
});

table!(Bals, annuaire_bal, Bal {
    type_bal: TypeBal,
    adresse: String,
    identification: Option<String>,
    structure: Option<String>,
    service: Option<String>,
    nom: Option<String>,
    prenom: Option<String>,
    profession: Option<String>,
    savoir_faire: Option<String>,
    dematerialisation: Option<String>,
    raison_sociale: Option<String>,
    code_postal: Option<String>,
    departement: Option<String>,
});

table!(Structures, annuaire_structure, Structure {
    finess: String,
    finess_juridique: Option<String>,
    raison_sociale: String,
    adresse: Option<String>,
    code_postal: Option<String>,
    commune: Option<String>,
    departement: Option<String>,
    telephone: Option<String>,
    categorie: Option<String>,
    libelle_categorie: Option<String>,
    siret: Option<String>,
});
