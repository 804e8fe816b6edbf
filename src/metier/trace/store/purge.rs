//! Queries on the purges of the trace.

use super::empreinte;
use crate::{
    db::{
        Op,
        schema::{alerte_acces, purge_trace, scellement, trace},
        types::At,
    },
    kernel::{Instant, Resultat, clock::date_paris},
    metier::trace::model::{Empreinte, purge::Purge},
};
use diesel::{delete, insert_into, prelude::*};

/// The last purge, which what is left of the chain follows.
pub(in crate::metier::trace) fn derniere(op: &mut Op<'_>) -> Resultat<Option<Purge>> {
    let lue: Option<(i64, Vec<u8>, At, i64, At)> = purge_trace::table.order(purge_trace::rang.desc()).first(op.conn).optional()?;
    let lire = |(rang, octets, avant, lignes, purge_le): (i64, Vec<u8>, At, i64, At)| {
        Ok(Purge { rang, empreinte: empreinte(octets)?, avant: avant.0, lignes, purge_le: purge_le.0 })
    };
    lue.map(lire).transpose()
}

/// The first rank of a row that is not older than that moment.
pub(in crate::metier::trace) fn premier_rang_depuis(op: &mut Op<'_>, avant: Instant) -> Resultat<Option<i64>> {
    let jeunes = scellement::table.inner_join(trace::table.on(trace::id.eq(scellement::trace_id))).filter(trace::instant.ge(At(avant)));
    Ok(jeunes.order(scellement::rang).select(scellement::rang).first(op.conn).optional()?)
}

/// The seal of a rank.
pub(in crate::metier::trace) fn sceau(op: &mut Op<'_>, rang: i64) -> Resultat<Option<Empreinte>> {
    let octets: Option<Vec<u8>> = scellement::table.find(rang).select(scellement::empreinte).first(op.conn).optional()?;
    Ok(octets.map(empreinte).transpose()?)
}

/// Writes a purge down, then removes its rows and their seals.
pub(in crate::metier::trace) fn purger(op: &mut Op<'_>, purge: &Purge) -> Resultat<()> {
    insert_into(purge_trace::table)
        .values((
            purge_trace::rang.eq(purge.rang),
            purge_trace::empreinte.eq(purge.empreinte.as_slice()),
            purge_trace::avant.eq(At(purge.avant)),
            purge_trace::lignes.eq(purge.lignes),
            purge_trace::purge_le.eq(At(purge.purge_le)),
        ))
        .execute(op.conn)?;
    let scelles = scellement::table.filter(scellement::rang.le(purge.rang)).select(scellement::trace_id);
    delete(trace::table.filter(trace::id.eq_any(scelles))).execute(op.conn)?;
    delete(scellement::table.filter(scellement::rang.le(purge.rang))).execute(op.conn)?;
    Ok(())
}

/// Removes the alerts on accesses of before that moment: they live as long as the rows they count.
pub(in crate::metier::trace) fn oublier_les_alertes(op: &mut Op<'_>, avant: Instant) -> Resultat<usize> {
    Ok(delete(alerte_acces::table.filter(alerte_acces::jour.lt(date_paris(avant)))).execute(op.conn)?)
}
