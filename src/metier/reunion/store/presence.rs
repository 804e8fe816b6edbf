//! Queries on attendance.

use super::super::model::{EtatReunion, Presence, ReponseInvitation, ReunionError, StatutPresence};
use crate::{
    db::{
        Op, ou_doublon,
        schema::{presence, reunion},
        types::At,
    },
    kernel::{
        Instant, Resultat,
        ids::{PraticienId, PresenceId, RcpId, ReunionId},
    },
    on_either,
};
use diesel::{delete, insert_into, prelude::*, update};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = presence, treat_none_as_null = true, treat_none_as_default_value = false)]
struct LignePresence {
    id: PresenceId,
    reunion_id: ReunionId,
    praticien_id: PraticienId,
    clause: Option<String>,
    permanent: bool,
    statut: StatutPresence,
    arrivee: Option<At>,
    depart: Option<At>,
    reponse: Option<ReponseInvitation>,
    repondu_le: Option<At>,
    version: i64,
    modifie_le: At,
}

impl From<&Presence> for LignePresence {
    fn from(p: &Presence) -> Self {
        Self {
            id: p.id,
            reunion_id: p.reunion_id,
            praticien_id: p.praticien_id,
            clause: p.clause.clone(),
            permanent: p.permanent,
            statut: p.statut,
            arrivee: p.arrivee.map(At),
            depart: p.depart.map(At),
            reponse: p.reponse,
            repondu_le: p.repondu_le.map(At),
            version: p.version,
            modifie_le: At(p.modifie_le),
        }
    }
}

impl From<LignePresence> for Presence {
    fn from(l: LignePresence) -> Self {
        Self {
            id: l.id,
            reunion_id: l.reunion_id,
            praticien_id: l.praticien_id,
            clause: l.clause,
            permanent: l.permanent,
            statut: l.statut,
            arrivee: l.arrivee.map(|at| at.0),
            depart: l.depart.map(|at| at.0),
            reponse: l.reponse,
            repondu_le: l.repondu_le.map(|at| at.0),
            version: l.version,
            modifie_le: l.modifie_le.0,
        }
    }
}

pub(in crate::metier::reunion) fn inserer(op: &mut Op<'_>, presences: &[Presence]) -> Resultat<()> {
    let lignes: Vec<LignePresence> = presences.iter().map(LignePresence::from).collect();
    if lignes.is_empty() {
        return Ok(());
    }
    on_either!(op.conn, |c| insert_into(presence::table).values(&lignes).execute(c)).map_err(|e| {
        let colonnes = "presence.reunion_id, presence.praticien_id";
        ou_doublon(e, "presence_reunion_id_praticien_id_unique", colonnes, ReunionError::PresenceExistante)
    })?;
    Ok(())
}

/// Zero rows when the version is no longer the one that was read.
pub(in crate::metier::reunion) fn enregistrer(op: &mut Op<'_>, p: &Presence, lue: i64) -> Resultat<usize> {
    Ok(update(presence::table.find(p.id).filter(presence::version.eq(lue))).set(&LignePresence::from(p)).execute(op.conn)?)
}

/// Zero rows when the version is no longer the one that was read.
pub(in crate::metier::reunion) fn retirer(op: &mut Op<'_>, id: PresenceId, lue: i64) -> Resultat<usize> {
    Ok(delete(presence::table.find(id).filter(presence::version.eq(lue))).execute(op.conn)?)
}

/// The meeting has another date: those who were excused are expected again, and the answers to the
/// former date no longer stand.
pub(in crate::metier::reunion) fn attendre_de_nouveau(op: &mut Op<'_>, reunion: ReunionId) -> Resultat<()> {
    changer(op, reunion, StatutPresence::Excuse, StatutPresence::Attendu)?;
    update(presence::table.filter(presence::reunion_id.eq(reunion)).filter(presence::reponse.is_not_null()))
        .set((
            presence::reponse.eq(None::<ReponseInvitation>),
            presence::repondu_le.eq(None::<At>),
            presence::version.eq(presence::version + 1),
            presence::modifie_le.eq(At(op.maintenant)),
        ))
        .execute(op.conn)?;
    Ok(())
}

/// Those who are still expected were absent.
pub(in crate::metier::reunion) fn absenter_les_attendus(op: &mut Op<'_>, reunion: ReunionId) -> Resultat<()> {
    changer(op, reunion, StatutPresence::Attendu, StatutPresence::Absent)
}

fn changer(op: &mut Op<'_>, reunion: ReunionId, de: StatutPresence, vers: StatutPresence) -> Resultat<()> {
    update(presence::table.filter(presence::reunion_id.eq(reunion)).filter(presence::statut.eq(de)))
        .set((presence::statut.eq(vers), presence::version.eq(presence::version + 1), presence::modifie_le.eq(At(op.maintenant))))
        .execute(op.conn)?;
    Ok(())
}

/// The list of a meeting, members first, in the order in which they were added.
pub(in crate::metier::reunion) fn de_la_reunion(op: &mut Op<'_>, reunion: ReunionId) -> Resultat<Vec<Presence>> {
    let lignes: Vec<LignePresence> = presence::table
        .filter(presence::reunion_id.eq(reunion))
        .order((presence::permanent.desc(), presence::id))
        .select(LignePresence::as_select())
        .load(op.conn)?;
    Ok(lignes.into_iter().map(Presence::from).collect())
}

/// Who was on the list of the last meetings of an RCP held before a moment, and how.
pub(in crate::metier::reunion) fn des_dernieres_tenues(
    op: &mut Op<'_>,
    rcp: RcpId,
    avant: Instant,
    combien: i64,
) -> Resultat<Vec<(PraticienId, StatutPresence)>> {
    let tenues: Vec<ReunionId> = reunion::table
        .filter(reunion::rcp_id.eq(rcp))
        .filter(reunion::debut.lt(At(avant)))
        .filter(reunion::etat.eq_any([EtatReunion::Close, EtatReunion::Validee]))
        .order(reunion::debut.desc())
        .limit(combien)
        .select(reunion::id)
        .load(op.conn)?;
    Ok(presence::table.filter(presence::reunion_id.eq_any(tenues)).select((presence::praticien_id, presence::statut)).load(op.conn)?)
}

/// The meetings at which a person is expected or noted.
#[diesel::dsl::auto_type]
pub(super) fn reunions_de(praticien: PraticienId) -> _ {
    presence::table.filter(presence::praticien_id.eq(praticien)).select(presence::reunion_id)
}
