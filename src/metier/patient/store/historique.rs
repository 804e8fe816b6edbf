//! Queries on what an identity was, and on who absorbed whom.

use super::super::model::{ActeIdentite, ChangementIdentite, IdentiteGardee, Patient};
use crate::{
    db::{
        Op,
        parmi::parmi,
        schema::{historique_identite as h, patient},
        types::{At, Id, Json},
    },
    enum_sql,
    kernel::{
        Panne, Resultat,
        ids::{CompteId, PatientId},
    },
};
use diesel::{insert_into, prelude::*};
use uuid::Uuid;

enum_sql!(ActeIdentite);

/// Keeps what an identity was before an act.
pub(in super::super) fn noter(
    op: &mut Op<'_>,
    avant: &Patient,
    version: i64,
    (acte, champs, motif): (ActeIdentite, &[&str], Option<&str>),
) -> Resultat<()> {
    let id: Uuid = op.id();
    let garde = serde_json::to_value(IdentiteGardee::from(avant)).map_err(|e| Panne::new("écriture d'une identité", e))?;
    insert_into(h::table)
        .values((
            h::id.eq(Id(id)),
            h::patient_id.eq(avant.id),
            h::version.eq(version),
            h::acte.eq(acte),
            h::champs.eq(Json(champs.into())),
            h::avant.eq(Json(garde)),
            h::motif.eq(motif),
            h::compte_id.eq(op.acteur.compte),
            h::acteur.eq(&op.acteur.nom),
            h::instant.eq(At(op.maintenant)),
        ))
        .execute(op.conn)?;
    Ok(())
}

type Ligne = (PatientId, i64, ActeIdentite, Json, Json, Option<String>, Option<CompteId>, String, At);

/// The changes of the identity of patients, the latest first.
pub(in super::super) fn lister(op: &mut Op<'_>, ids: Vec<PatientId>) -> Resultat<Vec<ChangementIdentite>> {
    let lignes: Vec<Ligne> = h::table
        .filter(parmi(h::patient_id, ids))
        .order((h::instant.desc(), h::id.desc()))
        .select((h::patient_id, h::version, h::acte, h::champs, h::avant, h::motif, h::compte_id, h::acteur, h::instant))
        .load(op.conn)?;
    lignes.into_iter().map(|ligne| Ok(lire(ligne)?)).collect()
}

fn lire((patient_id, version, acte, champs, avant, motif, compte_id, acteur, instant): Ligne) -> Result<ChangementIdentite, Panne> {
    let illisible = |e: serde_json::Error| Panne::new(format!("historique du patient {patient_id}"), e);
    Ok(ChangementIdentite {
        patient_id,
        version,
        acte,
        champs: serde_json::from_value(champs.0).map_err(illisible)?,
        avant: serde_json::from_value(avant.0).map_err(illisible)?,
        motif,
        compte_id,
        acteur,
        instant: instant.0,
    })
}

/// The patient who absorbed that one.
pub(in super::super) fn absorbe_par(op: &mut Op<'_>, id: PatientId) -> Resultat<Option<PatientId>> {
    Ok(patient::table.find(id).select(patient::absorbe_par_id).first::<Option<PatientId>>(op.conn).optional()?.flatten())
}

/// The patients whom that one absorbed.
pub(in super::super) fn absorbes(op: &mut Op<'_>, id: PatientId) -> Resultat<Vec<PatientId>> {
    Ok(patient::table.filter(patient::absorbe_par_id.eq(id)).order(patient::id).select(patient::id).load(op.conn)?)
}
