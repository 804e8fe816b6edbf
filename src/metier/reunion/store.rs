//! Queries on meetings.

pub(super) mod flux;
pub(super) mod invitation;
pub(super) mod presence;

use super::model::{EtatInvitation, EtatReunion, Methode, ReponseInvitation, Reunion, ReunionError, ReunionResume, StatutPresence};
use crate::{
    db::{
        LIGNES_PAR_ORDRE, Op, ou_doublon,
        schema::{inscription, rcp, reunion},
        types::At,
    },
    enum_sql,
    kernel::{
        Erreur, Instant, Resultat,
        ids::{CompteId, RcpId, ReunionId},
    },
    on_either,
};
use diesel::{dsl::count_star, insert_into, prelude::*, update};
use std::collections::HashMap;

enum_sql!(EtatReunion, StatutPresence, ReponseInvitation, Methode, EtatInvitation);

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = reunion, treat_none_as_null = true, treat_none_as_default_value = false)]
struct LigneReunion {
    id: ReunionId,
    rcp_id: RcpId,
    debut: At,
    fin: At,
    occurrence: Option<At>,
    lieu: Option<String>,
    lien_visio: Option<String>,
    etat: EtatReunion,
    date_limite_inscription: At,
    capacite: Option<i64>,
    motif_annulation: Option<String>,
    dupliquee_de: Option<ReunionId>,
    sequence: i64,
    convoquee_le: Option<At>,
    ouverte_le: Option<At>,
    close_le: Option<At>,
    close_par: Option<CompteId>,
    validee_le: Option<At>,
    validee_par: Option<CompteId>,
    version: i64,
    cree_le: At,
    modifie_le: At,
}

impl From<&Reunion> for LigneReunion {
    fn from(r: &Reunion) -> Self {
        Self {
            id: r.id,
            rcp_id: r.rcp_id,
            debut: At(r.debut),
            fin: At(r.fin),
            occurrence: r.occurrence.map(At),
            lieu: r.lieu.clone(),
            lien_visio: r.lien_visio.clone(),
            etat: r.etat,
            date_limite_inscription: At(r.date_limite_inscription),
            capacite: r.capacite,
            motif_annulation: r.motif_annulation.clone(),
            dupliquee_de: r.dupliquee_de,
            sequence: r.sequence,
            convoquee_le: r.convoquee_le.map(At),
            ouverte_le: r.ouverte_le.map(At),
            close_le: r.close_le.map(At),
            close_par: r.close_par,
            validee_le: r.validee_le.map(At),
            validee_par: r.validee_par,
            version: r.version,
            cree_le: At(r.cree_le),
            modifie_le: At(r.modifie_le),
        }
    }
}

impl From<LigneReunion> for Reunion {
    fn from(l: LigneReunion) -> Self {
        Self {
            id: l.id,
            rcp_id: l.rcp_id,
            debut: l.debut.0,
            fin: l.fin.0,
            occurrence: l.occurrence.map(Instant::from),
            lieu: l.lieu,
            lien_visio: l.lien_visio,
            etat: l.etat,
            date_limite_inscription: l.date_limite_inscription.0,
            capacite: l.capacite,
            motif_annulation: l.motif_annulation,
            dupliquee_de: l.dupliquee_de,
            sequence: l.sequence,
            convoquee_le: l.convoquee_le.map(Instant::from),
            ouverte_le: l.ouverte_le.map(Instant::from),
            close_le: l.close_le.map(Instant::from),
            close_par: l.close_par,
            validee_le: l.validee_le.map(Instant::from),
            validee_par: l.validee_par,
            version: l.version,
            cree_le: l.cree_le.0,
            modifie_le: l.modifie_le.0,
        }
    }
}

fn creneau_pris(erreur: diesel::result::Error) -> Erreur {
    ou_doublon(erreur, "reunion_rcp_id_debut_unique", "reunion.rcp_id, reunion.debut", ReunionError::CreneauPris)
}

pub(super) fn inserer(op: &mut Op<'_>, r: &Reunion) -> Resultat<()> {
    insert_into(reunion::table).values(&LigneReunion::from(r)).execute(op.conn).map_err(creneau_pris)?;
    Ok(())
}

pub(super) fn inserer_toutes(op: &mut Op<'_>, reunions: &[Reunion]) -> Resultat<()> {
    for reunions in reunions.chunks(LIGNES_PAR_ORDRE) {
        let lignes: Vec<LigneReunion> = reunions.iter().map(LigneReunion::from).collect();
        on_either!(op.conn, |c| insert_into(reunion::table).values(&lignes).execute(c)).map_err(creneau_pris)?;
    }
    Ok(())
}

/// Zero rows when the version is no longer the one that was read.
pub(super) fn enregistrer(op: &mut Op<'_>, r: &Reunion, lue: i64) -> Resultat<usize> {
    update(reunion::table.find(r.id).filter(reunion::version.eq(lue))).set(&LigneReunion::from(r)).execute(op.conn).map_err(creneau_pris)
}

/// One more version, whatever the present one.
pub(super) fn toucher(op: &mut Op<'_>, id: ReunionId) -> Resultat<()> {
    update(reunion::table.find(id))
        .set((reunion::version.eq(reunion::version + 1), reunion::modifie_le.eq(At(op.maintenant))))
        .execute(op.conn)?;
    Ok(())
}

pub(super) fn trouver(op: &mut Op<'_>, id: ReunionId) -> Resultat<Option<Reunion>> {
    let ligne = reunion::table.find(id).select(LigneReunion::as_select()).first(op.conn).optional()?;
    Ok(ligne.map(Reunion::from))
}

/// When the meetings of an RCP begin over a period, and the moments that its calendar gave them,
/// wherever they are now.
pub(super) fn moments_pris(op: &mut Op<'_>, rcp_id: RcpId, du: Instant, au: Instant) -> Resultat<Vec<Instant>> {
    let (du, au) = (At(du), At(au));
    let debuts: Vec<At> =
        reunion::table.filter(reunion::rcp_id.eq(rcp_id)).filter(reunion::debut.between(du, au)).select(reunion::debut).load(op.conn)?;
    let occurrences: Vec<Option<At>> = reunion::table
        .filter(reunion::rcp_id.eq(rcp_id))
        .filter(reunion::occurrence.between(du, au))
        .select(reunion::occurrence)
        .load(op.conn)?;
    Ok(debuts.into_iter().chain(occurrences.into_iter().flatten()).map(Instant::from).collect())
}

/// Registrations of a meeting that are still to be decided on.
pub(super) fn inscriptions_indecises(op: &mut Op<'_>, id: ReunionId) -> Resultat<i64> {
    Ok(inscription::table
        .filter(inscription::reunion_id.eq(id))
        .filter(inscription::etat.eq("inscrite"))
        .select(count_star())
        .first(op.conn)?)
}

/// Dossiers that stand on the agenda of each meeting.
fn dossiers(op: &mut Op<'_>, ids: Vec<ReunionId>) -> Resultat<HashMap<ReunionId, i64>> {
    let comptes: Vec<(ReunionId, i64)> = inscription::table
        .filter(inscription::reunion_id.eq_any(ids))
        .filter(inscription::etat.ne_all(vec!["retiree", "reportee"]))
        .group_by(inscription::reunion_id)
        .select((inscription::reunion_id, count_star()))
        .load(op.conn)?;
    Ok(comptes.into_iter().collect())
}

/// What meetings are filtered by.
#[derive(Debug, Clone, Default)]
pub struct FiltreReunions {
    /// Their RCP.
    pub rcp: Option<RcpId>,
    /// Beginning, from that moment on.
    pub du: Option<Instant>,
    /// Beginning, before that moment.
    pub avant: Option<Instant>,
    /// State.
    pub etat: Option<EtatReunion>,
    /// Among those at which that person is expected or noted.
    pub praticien: Option<crate::kernel::ids::PraticienId>,
}

/// Meetings that match a filter, by beginning.
pub(super) fn lister(
    op: &mut Op<'_>,
    filtre: &FiltreReunions,
    apres: Option<(Instant, ReunionId)>,
    limite: i64,
) -> Resultat<Vec<ReunionResume>> {
    let mut requete = reunion::table
        .inner_join(rcp::table.on(rcp::id.eq(reunion::rcp_id)))
        .select((LigneReunion::as_select(), rcp::code, rcp::nom))
        .order((reunion::debut, reunion::id))
        .limit(limite)
        .into_boxed();
    if let Some(rcp) = filtre.rcp {
        requete = requete.filter(reunion::rcp_id.eq(rcp));
    }
    if let Some(du) = filtre.du {
        requete = requete.filter(reunion::debut.ge(At(du)));
    }
    if let Some(avant) = filtre.avant {
        requete = requete.filter(reunion::debut.lt(At(avant)));
    }
    if let Some(etat) = filtre.etat {
        requete = requete.filter(reunion::etat.eq(etat));
    }
    if let Some(praticien) = filtre.praticien {
        requete = requete.filter(reunion::id.eq_any(presence::reunions_de(praticien)));
    }
    if let Some((debut, id)) = apres {
        requete = requete.filter(reunion::debut.gt(At(debut)).or(reunion::debut.eq(At(debut)).and(reunion::id.gt(id))));
    }
    let lignes: Vec<(LigneReunion, String, String)> = requete.load(op.conn)?;
    let comptes = dossiers(op, lignes.iter().map(|(ligne, ..)| ligne.id).collect())?;
    let resumer = |(ligne, rcp_code, rcp_nom): (LigneReunion, String, String)| {
        let dossiers = comptes.get(&ligne.id).copied().unwrap_or_default();
        ReunionResume { reunion: ligne.into(), rcp_code, rcp_nom, dossiers }
    };
    Ok(lignes.into_iter().map(resumer).collect())
}

/// One meeting with what names it.
pub(super) fn resume(op: &mut Op<'_>, id: ReunionId) -> Resultat<Option<ReunionResume>> {
    let Some(reunion) = trouver(op, id)? else { return Ok(None) };
    let (rcp_code, rcp_nom) = rcp::table.find(reunion.rcp_id).select((rcp::code, rcp::nom)).first(op.conn)?;
    let dossiers = dossiers(op, vec![id])?.get(&id).copied().unwrap_or_default();
    Ok(Some(ReunionResume { reunion, rcp_code, rcp_nom, dossiers }))
}
