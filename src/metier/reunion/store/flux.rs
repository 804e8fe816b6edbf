//! Queries on calendar feeds.

use super::super::model::Flux;
use crate::{
    db::{
        Op,
        schema::{compte, flux_ical},
        types::At,
    },
    kernel::{
        Resultat,
        clock::date_paris,
        ids::{CompteId, FluxIcalId, PraticienId, RcpId},
    },
};
use diesel::{insert_into, prelude::*, update};

#[derive(Queryable, Selectable)]
#[diesel(table_name = flux_ical)]
struct LigneFlux {
    id: FluxIcalId,
    libelle: String,
    praticien_id: Option<PraticienId>,
    rcp_id: Option<RcpId>,
    cree_le: At,
}

impl From<LigneFlux> for Flux {
    fn from(l: LigneFlux) -> Self {
        Self { id: l.id, libelle: l.libelle, praticien_id: l.praticien_id, rcp_id: l.rcp_id, cree_le: l.cree_le.0 }
    }
}

pub(in crate::metier::reunion) fn inserer(op: &mut Op<'_>, compte: CompteId, f: &Flux, empreinte: &str) -> Resultat<()> {
    insert_into(flux_ical::table)
        .values((
            flux_ical::id.eq(f.id),
            flux_ical::empreinte_jeton.eq(empreinte),
            flux_ical::compte_id.eq(compte),
            flux_ical::praticien_id.eq(f.praticien_id),
            flux_ical::rcp_id.eq(f.rcp_id),
            flux_ical::libelle.eq(&f.libelle),
            flux_ical::cree_le.eq(At(f.cree_le)),
        ))
        .execute(op.conn)?;
    Ok(())
}

/// The feeds of an account that were not revoked, oldest first.
pub(in crate::metier::reunion) fn du_compte(op: &mut Op<'_>, compte: CompteId) -> Resultat<Vec<Flux>> {
    let lignes: Vec<LigneFlux> = flux_ical::table
        .filter(flux_ical::compte_id.eq(compte))
        .filter(flux_ical::revoque_le.is_null())
        .order(flux_ical::id)
        .select(LigneFlux::as_select())
        .load(op.conn)?;
    Ok(lignes.into_iter().map(Flux::from).collect())
}

/// The feed whose secret has that fingerprint, unless it was revoked or its account is closed.
pub(in crate::metier::reunion) fn par_empreinte(op: &mut Op<'_>, empreinte: &str) -> Resultat<Option<Flux>> {
    let aujourd_hui = date_paris(op.maintenant);
    let ligne: Option<LigneFlux> = flux_ical::table
        .inner_join(compte::table.on(compte::id.eq(flux_ical::compte_id)))
        .filter(flux_ical::empreinte_jeton.eq(empreinte))
        .filter(flux_ical::revoque_le.is_null())
        .filter(compte::actif.eq(true))
        .filter(compte::fin_le.is_null().or(compte::fin_le.ge(aujourd_hui)))
        .select(LigneFlux::as_select())
        .first(op.conn)
        .optional()?;
    Ok(ligne.map(Flux::from))
}

/// Zero rows when the account has no such feed.
pub(in crate::metier::reunion) fn revoquer(op: &mut Op<'_>, compte: CompteId, id: FluxIcalId) -> Resultat<usize> {
    Ok(update(flux_ical::table.find(id).filter(flux_ical::compte_id.eq(compte)).filter(flux_ical::revoque_le.is_null()))
        .set(flux_ical::revoque_le.eq(Some(At(op.maintenant))))
        .execute(op.conn)?)
}
