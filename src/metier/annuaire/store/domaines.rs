//! Queries on the domains of the trust space.

use crate::{
    db::{Op, schema::domaine_securise, types::At},
    kernel::{Resultat, ids::DomaineSecuriseId},
    metier::annuaire::model::{DomaineSecurise, ListeDomaines},
};
use chrono::{Days, NaiveDate};
use diesel::{dsl::max, insert_into, prelude::*, update};
use std::collections::BTreeSet;

/// Every domain, by name.
pub(in crate::metier::annuaire) fn domaines(op: &mut Op<'_>) -> Resultat<Vec<DomaineSecurise>> {
    use domaine_securise as d;
    let lignes: Vec<(String, NaiveDate, Option<NaiveDate>, String)> =
        d::table.order((d::domaine, d::depuis)).select((d::domaine, d::depuis, d::jusqu_au, d::source)).load(op.conn)?;
    Ok(lignes.into_iter().map(|(domaine, depuis, jusqu_au, source)| DomaineSecurise { domaine, depuis, jusqu_au, source }).collect())
}

/// Rank of the last change; 0 for none.
pub(in crate::metier::annuaire) fn revision(op: &mut Op<'_>) -> Resultat<i64> {
    let derniere: Option<i64> = domaine_securise::table.select(max(domaine_securise::revision)).first(op.conn)?;
    Ok(derniere.unwrap_or(0))
}

/// Ends what the list lacks and begins what it adds. A domain that should end before it began stays,
/// with a last day before its first: the row says that it was planned.
pub(in crate::metier::annuaire) fn remplacer_domaines(op: &mut Op<'_>, liste: &ListeDomaines, revision: i64) -> Resultat<()> {
    use domaine_securise as d;
    let ouverts: Vec<(DomaineSecuriseId, String, NaiveDate)> =
        d::table.filter(d::jusqu_au.is_null().or(d::jusqu_au.ge(liste.depuis))).select((d::id, d::domaine, d::depuis)).load(op.conn)?;
    let voulus: BTreeSet<&str> = liste.domaines.iter().map(String::as_str).collect();
    let veille = liste.depuis.checked_sub_days(Days::new(1)).unwrap_or(liste.depuis);
    let mut tenus = BTreeSet::new();
    for (id, domaine, depuis) in &ouverts {
        let tenu = voulus.contains(domaine.as_str()) && *depuis <= liste.depuis;
        if tenu {
            tenus.insert(domaine.as_str());
        }
        let fin = if tenu { None } else { Some(veille) };
        update(d::table.find(id)).set((d::jusqu_au.eq(fin), d::revision.eq(revision))).execute(op.conn)?;
    }
    for domaine in voulus.difference(&tenus) {
        let repris = update(d::table.filter(d::domaine.eq(*domaine)).filter(d::depuis.eq(liste.depuis)))
            .set((d::jusqu_au.eq(None::<NaiveDate>), d::source.eq(&liste.source), d::revision.eq(revision)))
            .execute(op.conn)?;
        if repris == 0 {
            let id: DomaineSecuriseId = op.id();
            insert_into(d::table)
                .values((
                    d::id.eq(id),
                    d::domaine.eq(*domaine),
                    d::depuis.eq(liste.depuis),
                    d::source.eq(&liste.source),
                    d::revision.eq(revision),
                    d::cree_le.eq(At(op.maintenant)),
                ))
                .execute(op.conn)?;
        }
    }
    Ok(())
}
