//! Queries on the terms of use.

use super::model::{Conditions, ConditionsError, ConditionsResumees};
use crate::{
    db::{
        Op, ou_doublon,
        schema::{acceptation_conditions as a, conditions as c},
        types::At,
    },
    kernel::{
        Instant, Resultat,
        ids::{CompteId, ConditionsId},
    },
    on_either,
};
use chrono::NaiveDate;
use diesel::{dsl::count_star, insert_into, prelude::*};
use std::collections::BTreeMap;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = c, treat_none_as_default_value = false)]
struct Ligne {
    id: ConditionsId,
    version: String,
    texte: String,
    en_vigueur_le: NaiveDate,
    publiees_par: Option<CompteId>,
    publiees_le: At,
}

impl From<Ligne> for Conditions {
    fn from(l: Ligne) -> Self {
        Self {
            id: l.id,
            version: l.version,
            texte: l.texte,
            en_vigueur_le: l.en_vigueur_le,
            publiees_par: l.publiees_par,
            publiees_le: l.publiees_le.0,
        }
    }
}

/// Keeps a version, unless its name or its day is taken.
pub(super) fn inserer(op: &mut Op<'_>, conditions: &Conditions) -> Resultat<()> {
    let ligne = Ligne {
        id: conditions.id,
        version: conditions.version.clone(),
        texte: conditions.texte.clone(),
        en_vigueur_le: conditions.en_vigueur_le,
        publiees_par: conditions.publiees_par,
        publiees_le: At(conditions.publiees_le),
    };
    // Two uniquenesses say the same to the caller: both messages name the table.
    insert_into(c::table)
        .values(&ligne)
        .execute(op.conn)
        .map_err(|e| ou_doublon(e, "conditions_version_unique", "conditions", ConditionsError::DejaPubliee))?;
    Ok(())
}

/// The terms in force on a day.
pub(super) fn en_vigueur(op: &mut Op<'_>, jour: NaiveDate) -> Resultat<Option<Conditions>> {
    let ligne: Option<Ligne> =
        c::table.filter(c::en_vigueur_le.le(jour)).order(c::en_vigueur_le.desc()).select(Ligne::as_select()).first(op.conn).optional()?;
    Ok(ligne.map(Conditions::from))
}

/// The same, without their text.
pub(super) fn version_en_vigueur(op: &mut Op<'_>, jour: NaiveDate) -> Resultat<Option<(ConditionsId, String)>> {
    Ok(c::table.filter(c::en_vigueur_le.le(jour)).order(c::en_vigueur_le.desc()).select((c::id, c::version)).first(op.conn).optional()?)
}

/// When an account accepted a version.
pub(super) fn acceptees_le(op: &mut Op<'_>, conditions: ConditionsId, compte: CompteId) -> Resultat<Option<Instant>> {
    let lu: Option<At> = a::table.find((conditions, compte)).select(a::acceptees_le).first(op.conn).optional()?;
    Ok(lu.map(|at| at.0))
}

/// Keeps an acceptance; the first one stays.
pub(super) fn accepter(op: &mut Op<'_>, conditions: ConditionsId, compte: CompteId) -> Resultat<()> {
    let ligne = (a::conditions_id.eq(conditions), a::compte_id.eq(compte), a::acceptees_le.eq(At(op.maintenant)));
    on_either!(op.conn, |conn| insert_into(a::table).values(ligne).on_conflict_do_nothing().execute(conn))?;
    Ok(())
}

/// Every version, the latest in force first, with how many accepted it.
pub(super) fn lister(op: &mut Op<'_>) -> Resultat<Vec<ConditionsResumees>> {
    let comptees: Vec<(ConditionsId, i64)> = a::table.group_by(a::conditions_id).select((a::conditions_id, count_star())).load(op.conn)?;
    let comptees: BTreeMap<ConditionsId, i64> = comptees.into_iter().collect();
    let lues: Vec<(ConditionsId, String, NaiveDate, At)> =
        c::table.order(c::en_vigueur_le.desc()).select((c::id, c::version, c::en_vigueur_le, c::publiees_le)).load(op.conn)?;
    let resumer = |(id, version, en_vigueur_le, publiees_le): (ConditionsId, String, NaiveDate, At)| ConditionsResumees {
        version,
        en_vigueur_le,
        publiees_le: publiees_le.0,
        acceptations: comptees.get(&id).copied().unwrap_or_default(),
    };
    Ok(lues.into_iter().map(resumer).collect())
}
