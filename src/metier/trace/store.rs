//! Queries on the trace, its seals, and the alerts on accesses.

pub(super) mod purge;
pub(super) mod releve;

use super::model::{
    AlerteAcces, Empreinte, FiltreTrace, LigneTrace, Maillon, RegleAcces, TraceError, VerdictAcces,
    detection::{CodeRegle, Constat},
    premier_id_a,
};
use crate::{
    db::{
        Op,
        schema::{alerte_acces, regle_acces, scellement, trace},
        types::{At, Id, Json},
    },
    enum_sql,
    kernel::{
        Instant, Panne, Resultat, Role,
        acte::{IssueActe, MotifActe},
        ids::{AlerteAccesId, CompteId, PatientId, SessionId, TraceId},
    },
    on_either,
};
use chrono::{NaiveDate, TimeDelta};
use diesel::{
    dsl::{count_star, max, min},
    insert_into,
    prelude::*,
    result::{DatabaseErrorKind, Error},
};
use uuid::Uuid;

enum_sql!(CodeRegle, VerdictAcces);

#[derive(Queryable, Selectable)]
#[diesel(table_name = trace)]
struct LigneLue {
    id: TraceId,
    instant: At,
    emetteur: Id,
    numero: i64,
    compte_id: Option<CompteId>,
    acteur: String,
    session_id: Option<SessionId>,
    role: Option<Role>,
    perimetre_type: Option<String>,
    perimetre_id: Option<Id>,
    operation: Option<String>,
    action: String,
    objet_type: String,
    objet_id: Option<Id>,
    objet_version: Option<i64>,
    patient_id: Option<PatientId>,
    champs: Option<Json>,
    motif: Option<MotifActe>,
    resultat: IssueActe,
    code: Option<String>,
    requete_id: Option<String>,
    adresse: Option<String>,
    au_nom_de: Option<String>,
}

impl From<LigneLue> for LigneTrace {
    fn from(l: LigneLue) -> Self {
        Self {
            id: l.id,
            instant: l.instant.0,
            emetteur: l.emetteur.0,
            numero: l.numero,
            compte_id: l.compte_id,
            acteur: l.acteur,
            session_id: l.session_id,
            role: l.role,
            perimetre_type: l.perimetre_type,
            perimetre_id: l.perimetre_id.map(|id| id.0),
            operation: l.operation,
            action: l.action,
            objet_type: l.objet_type,
            objet_id: l.objet_id.map(|id| id.0),
            objet_version: l.objet_version,
            patient_id: l.patient_id,
            champs: l.champs.map(|champs| champs.0),
            motif: l.motif,
            resultat: l.resultat,
            code: l.code,
            requete_id: l.requete_id,
            adresse: l.adresse,
            au_nom_de: l.au_nom_de,
        }
    }
}

pub(super) fn empreinte(octets: Vec<u8>) -> Result<Empreinte, Panne> {
    octets.try_into().map_err(|_| Panne::dire("un sceau de la trace n'a pas 32 octets"))
}

/// The last rank and its seal.
pub(super) fn derniere(op: &mut Op<'_>) -> Resultat<Option<(i64, Empreinte)>> {
    let derniere: Option<(i64, Vec<u8>)> =
        scellement::table.order(scellement::rang.desc()).select((scellement::rang, scellement::empreinte)).first(op.conn).optional()?;
    Ok(derniere.map(|(rang, octets)| empreinte(octets).map(|empreinte| (rang, empreinte))).transpose()?)
}

/// Rows that no seal follows yet, from an identifier on, in the order of their identifiers.
pub(super) fn a_sceller(op: &mut Op<'_>, depuis: TraceId, limite: i64) -> Resultat<Vec<LigneTrace>> {
    let scelles = scellement::table.filter(scellement::trace_id.eq(trace::id));
    let lignes: Vec<LigneLue> = trace::table
        .filter(trace::id.ge(depuis))
        .filter(diesel::dsl::not(diesel::dsl::exists(scelles)))
        .order(trace::id)
        .limit(limite)
        .select(LigneLue::as_select())
        .load(op.conn)?;
    Ok(lignes.into_iter().map(LigneTrace::from).collect())
}

/// Adds seals; refused when another process has just taken the same ranks.
pub(super) fn sceller(op: &mut Op<'_>, sceaux: &[(i64, TraceId, Empreinte)]) -> Resultat<()> {
    let lignes: Vec<_> = sceaux
        .iter()
        .map(|(rang, id, empreinte)| {
            (scellement::rang.eq(rang), scellement::trace_id.eq(id), scellement::empreinte.eq(empreinte.as_slice()))
        })
        .collect();
    match on_either!(op.conn, |c| insert_into(scellement::table).values(&lignes).execute(c)) {
        Ok(_) => Ok(()),
        Err(Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => Err(TraceError::ScellementConcurrent.into()),
        Err(erreur) => Err(erreur.into()),
    }
}

/// The seals that follow a rank, each with its row if that is still there.
pub(super) fn maillons(op: &mut Op<'_>, apres: i64, limite: i64) -> Resultat<Vec<Maillon>> {
    let lus: Vec<(i64, TraceId, Vec<u8>, Option<LigneLue>)> = scellement::table
        .left_join(trace::table.on(trace::id.eq(scellement::trace_id)))
        .filter(scellement::rang.gt(apres))
        .order(scellement::rang)
        .limit(limite)
        .select((scellement::rang, scellement::trace_id, scellement::empreinte, Option::<LigneLue>::as_select()))
        .load(op.conn)?;
    lus.into_iter()
        .map(|(rang, trace_id, octets, ligne)| {
            Ok(Maillon { rang, trace_id, empreinte: empreinte(octets)?, ligne: ligne.map(LigneTrace::from) })
        })
        .collect()
}

/// What a process wrote.
pub(super) struct Emetteur {
    pub(super) id: Uuid,
    pub(super) premier: i64,
    pub(super) dernier: i64,
    pub(super) lignes: i64,
}

/// The processes that wrote what is left of the trace.
pub(super) fn emetteurs(op: &mut Op<'_>) -> Resultat<Vec<Emetteur>> {
    let tous: Vec<(Id, Option<i64>, Option<i64>, i64)> = trace::table
        .group_by(trace::emetteur)
        .select((trace::emetteur, min(trace::numero), max(trace::numero), count_star()))
        .load(op.conn)?;
    let lire = |(id, premier, dernier, lignes): (Id, Option<i64>, Option<i64>, i64)| {
        Some(Emetteur { id: id.0, premier: premier?, dernier: dernier?, lignes })
    };
    Ok(tous.into_iter().filter_map(lire).collect())
}

/// The numbers of a process, after one of them, each with its moment.
pub(super) fn numeros(op: &mut Op<'_>, emetteur: Uuid, apres: i64, limite: i64) -> Resultat<Vec<(i64, Instant)>> {
    let lus: Vec<(i64, At)> = trace::table
        .filter(trace::emetteur.eq(Id(emetteur)))
        .filter(trace::numero.gt(apres))
        .order(trace::numero)
        .limit(limite)
        .select((trace::numero, trace::instant))
        .load(op.conn)?;
    Ok(lus.into_iter().map(|(numero, instant)| (numero, instant.0)).collect())
}

/// How far the identifier of a row may be drawn from the moment of its act.
const MARGE: TimeDelta = TimeDelta::days(1);

/// Rows that match a filter, oldest first.
pub(super) fn lignes(op: &mut Op<'_>, filtre: &FiltreTrace, apres: Option<TraceId>, limite: i64) -> Resultat<Vec<LigneTrace>> {
    let mut requete = trace::table.order(trace::id).limit(limite).select(LigneLue::as_select()).into_boxed();
    if let Some(apres) = apres {
        requete = requete.filter(trace::id.gt(apres));
    }
    // Identifiers follow the moments they were drawn at: they tell the database where to look.
    if let Some(depuis) = filtre.depuis {
        requete = requete.filter(trace::instant.ge(At(depuis))).filter(trace::id.ge(premier_id_a(depuis - MARGE)));
    }
    if let Some(avant) = filtre.avant {
        requete = requete.filter(trace::instant.lt(At(avant))).filter(trace::id.lt(premier_id_a(avant + MARGE)));
    }
    if let Some(compte) = filtre.compte {
        requete = requete.filter(trace::compte_id.eq(compte));
    }
    if let Some(patient) = filtre.patient {
        requete = requete.filter(trace::patient_id.eq(patient));
    }
    if let Some(resultat) = filtre.resultat {
        requete = requete.filter(trace::resultat.eq(resultat));
    }
    let lues: Vec<LigneLue> = requete.load(op.conn)?;
    Ok(lues.into_iter().map(LigneTrace::from).collect())
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = regle_acces)]
struct RegleLue {
    code: CodeRegle,
    libelle: String,
    active: bool,
    seuil: i64,
    parametres: Option<Json>,
    version: i64,
    modifie_le: At,
}

impl From<RegleLue> for RegleAcces {
    fn from(l: RegleLue) -> Self {
        Self {
            code: l.code,
            libelle: l.libelle,
            active: l.active,
            seuil: l.seuil,
            parametres: l.parametres.map(|parametres| parametres.0),
            version: l.version,
            modifie_le: l.modifie_le.0,
        }
    }
}

/// The rules of detection.
pub(super) fn regles(op: &mut Op<'_>) -> Resultat<Vec<RegleAcces>> {
    let lues: Vec<RegleLue> = regle_acces::table.order(regle_acces::code).select(RegleLue::as_select()).load(op.conn)?;
    Ok(lues.into_iter().map(RegleAcces::from).collect())
}

/// Changes a rule that was read at version `lue`; zero when it is no longer that one.
pub(super) fn changer_regle(op: &mut Op<'_>, regle: &RegleAcces, lue: i64) -> Resultat<usize> {
    let cible = regle_acces::table.find(regle.code).filter(regle_acces::version.eq(lue));
    Ok(diesel::update(cible)
        .set((
            regle_acces::active.eq(regle.active),
            regle_acces::seuil.eq(regle.seuil),
            regle_acces::parametres.eq(regle.parametres.clone().map(Json)),
            regle_acces::version.eq(regle.version),
            regle_acces::modifie_le.eq(At(regle.modifie_le)),
        ))
        .execute(op.conn)?)
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = alerte_acces)]
struct AlerteLue {
    id: AlerteAccesId,
    regle: CodeRegle,
    jour: NaiveDate,
    sujet: String,
    compte_id: Option<CompteId>,
    patient_id: Option<PatientId>,
    nombre: i64,
    seuil: i64,
    details: Json,
    verdict: Option<VerdictAcces>,
    commentaire: Option<String>,
    juge_par: Option<CompteId>,
    juge_le: Option<At>,
    version: i64,
    cree_le: At,
}

impl From<AlerteLue> for AlerteAcces {
    fn from(l: AlerteLue) -> Self {
        Self {
            id: l.id,
            regle: l.regle,
            jour: l.jour,
            sujet: l.sujet,
            compte_id: l.compte_id,
            patient_id: l.patient_id,
            nombre: l.nombre,
            seuil: l.seuil,
            details: l.details.0,
            verdict: l.verdict,
            commentaire: l.commentaire,
            juge_par: l.juge_par,
            juge_le: l.juge_le.map(|le| le.0),
            version: l.version,
            cree_le: l.cree_le.0,
        }
    }
}

/// Raises an alert, unless the same one was raised for that day already; true when it is new.
pub(super) fn lever(op: &mut Op<'_>, constat: &Constat, jour: NaiveDate, seuil: i64) -> Resultat<bool> {
    let id: AlerteAccesId = op.id();
    let ligne = (
        alerte_acces::id.eq(id),
        alerte_acces::regle.eq(constat.regle),
        alerte_acces::jour.eq(jour),
        alerte_acces::sujet.eq(&constat.sujet),
        alerte_acces::compte_id.eq(constat.compte),
        alerte_acces::patient_id.eq(constat.patient),
        alerte_acces::nombre.eq(constat.nombre),
        alerte_acces::seuil.eq(seuil),
        alerte_acces::details.eq(Json(constat.details.clone())),
        alerte_acces::version.eq(1_i64),
        alerte_acces::cree_le.eq(At(op.maintenant)),
    );
    Ok(on_either!(op.conn, |c| insert_into(alerte_acces::table).values(ligne).on_conflict_do_nothing().execute(c))? > 0)
}

/// Alerts, oldest first: those that wait, or all.
pub(super) fn alertes(op: &mut Op<'_>, en_attente: bool, apres: Option<AlerteAccesId>, limite: i64) -> Resultat<Vec<AlerteAcces>> {
    let mut requete = alerte_acces::table.order(alerte_acces::id).limit(limite).select(AlerteLue::as_select()).into_boxed();
    if en_attente {
        requete = requete.filter(alerte_acces::verdict.is_null());
    }
    if let Some(apres) = apres {
        requete = requete.filter(alerte_acces::id.gt(apres));
    }
    let lues: Vec<AlerteLue> = requete.load(op.conn)?;
    Ok(lues.into_iter().map(AlerteAcces::from).collect())
}

/// One alert.
pub(super) fn alerte(op: &mut Op<'_>, id: AlerteAccesId) -> Resultat<Option<AlerteAcces>> {
    let lue: Option<AlerteLue> = alerte_acces::table.find(id).select(AlerteLue::as_select()).first(op.conn).optional()?;
    Ok(lue.map(AlerteAcces::from))
}

/// Keeps the verdict of an alert that was read at version `lue`; zero when it is no longer that one.
pub(super) fn juger(op: &mut Op<'_>, alerte: &AlerteAcces, lue: i64) -> Resultat<usize> {
    let cible = alerte_acces::table.find(alerte.id).filter(alerte_acces::version.eq(lue));
    Ok(diesel::update(cible)
        .set((
            alerte_acces::verdict.eq(alerte.verdict),
            alerte_acces::commentaire.eq(&alerte.commentaire),
            alerte_acces::juge_par.eq(alerte.juge_par),
            alerte_acces::juge_le.eq(alerte.juge_le.map(At)),
            alerte_acces::version.eq(alerte.version),
        ))
        .execute(op.conn)?)
}
