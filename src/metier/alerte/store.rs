//! Queries on alerts.

use super::model::{Alerte, EtatAlerte, NiveauAlerte};
use crate::{
    db::{Op, parmi::parmi, schema::alerte, types::At},
    enum_sql,
    kernel::{
        Resultat,
        ids::{AlerteId, CompteId, InscriptionId, PatientId},
    },
};
use diesel::{insert_into, prelude::*, update};

enum_sql!(NiveauAlerte, EtatAlerte);

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = alerte, treat_none_as_null = true, treat_none_as_default_value = false)]
struct LigneAlerte {
    id: AlerteId,
    inscription_id: InscriptionId,
    patient_id: PatientId,
    regle_code: String,
    regle_version: String,
    niveau: NiveauAlerte,
    acquittable: bool,
    message: String,
    action_conseillee: Option<String>,
    contact: Option<String>,
    etat: EtatAlerte,
    motif_acquittement: Option<String>,
    acquittee_par: Option<CompteId>,
    acquittee_le: Option<At>,
    version: i64,
    cree_le: At,
    modifie_le: At,
}

impl From<&Alerte> for LigneAlerte {
    fn from(a: &Alerte) -> Self {
        Self {
            id: a.id,
            inscription_id: a.inscription_id,
            patient_id: a.patient_id,
            regle_code: a.regle_code.clone(),
            regle_version: a.regle_version.clone(),
            niveau: a.niveau,
            acquittable: a.acquittable,
            message: a.message.clone(),
            action_conseillee: a.action_conseillee.clone(),
            contact: a.contact.clone(),
            etat: a.etat,
            motif_acquittement: a.motif_acquittement.clone(),
            acquittee_par: a.acquittee_par,
            acquittee_le: a.acquittee_le.map(At),
            version: a.version,
            cree_le: At(a.cree_le),
            modifie_le: At(a.modifie_le),
        }
    }
}

impl From<LigneAlerte> for Alerte {
    fn from(l: LigneAlerte) -> Self {
        Self {
            id: l.id,
            inscription_id: l.inscription_id,
            patient_id: l.patient_id,
            regle_code: l.regle_code,
            regle_version: l.regle_version,
            niveau: l.niveau,
            acquittable: l.acquittable,
            message: l.message,
            action_conseillee: l.action_conseillee,
            contact: l.contact,
            etat: l.etat,
            motif_acquittement: l.motif_acquittement,
            acquittee_par: l.acquittee_par,
            acquittee_le: l.acquittee_le.map(|at| at.0),
            version: l.version,
            cree_le: l.cree_le.0,
            modifie_le: l.modifie_le.0,
        }
    }
}

pub(super) fn inserer(op: &mut Op<'_>, a: &Alerte) -> Resultat<()> {
    insert_into(alerte::table).values(&LigneAlerte::from(a)).execute(op.conn)?;
    Ok(())
}

/// Zero rows when the version is no longer the one that was read.
pub(super) fn enregistrer(op: &mut Op<'_>, a: &Alerte, lue: i64) -> Resultat<usize> {
    Ok(update(alerte::table.find(a.id).filter(alerte::version.eq(lue))).set(&LigneAlerte::from(a)).execute(op.conn)?)
}

pub(super) fn trouver(op: &mut Op<'_>, id: AlerteId) -> Resultat<Option<Alerte>> {
    let ligne = alerte::table.find(id).select(LigneAlerte::as_select()).first(op.conn).optional()?;
    Ok(ligne.map(Alerte::from))
}

/// Every alert of these registrations, lifted ones included, by rule.
pub(super) fn des_inscriptions(op: &mut Op<'_>, ids: &[InscriptionId]) -> Resultat<Vec<Alerte>> {
    let lignes: Vec<LigneAlerte> = alerte::table
        .filter(parmi(alerte::inscription_id, ids.to_vec()))
        .order((alerte::inscription_id, alerte::regle_code))
        .select(LigneAlerte::as_select())
        .load(op.conn)?;
    Ok(lignes.into_iter().map(Alerte::from).collect())
}
