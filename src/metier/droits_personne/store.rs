//! Queries on requests.

use super::model::{DemandeDroit, Demandeur, Droit, EtatDemande};
use crate::{
    db::{Op, parmi::parmi, schema::demande_droit as d, types::At},
    enum_sql,
    kernel::{
        Resultat,
        ids::{CompteId, DemandeDroitId, PatientId},
    },
};
use chrono::NaiveDate;
use diesel::{insert_into, prelude::*, update};

enum_sql!(Droit, Demandeur, EtatDemande);

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = d, treat_none_as_null = true, treat_none_as_default_value = false)]
struct Ligne {
    id: DemandeDroitId,
    patient_id: PatientId,
    droit: Droit,
    demandeur: Demandeur,
    identite_verifiee: Option<String>,
    objet: String,
    recue_le: NaiveDate,
    echeance: NaiveDate,
    motif_prolongation: Option<String>,
    etat: EtatDemande,
    reponse: Option<String>,
    repondue_le: Option<NaiveDate>,
    repondue_par: Option<CompteId>,
    enregistree_par: Option<CompteId>,
    version: i64,
    cree_le: At,
    modifie_le: At,
}

impl From<&DemandeDroit> for Ligne {
    fn from(de: &DemandeDroit) -> Self {
        Self {
            id: de.id,
            patient_id: de.patient_id,
            droit: de.droit,
            demandeur: de.demandeur,
            identite_verifiee: de.identite_verifiee.clone(),
            objet: de.objet.clone(),
            recue_le: de.recue_le,
            echeance: de.echeance,
            motif_prolongation: de.motif_prolongation.clone(),
            etat: de.etat,
            reponse: de.reponse.clone(),
            repondue_le: de.repondue_le,
            repondue_par: de.repondue_par,
            enregistree_par: de.enregistree_par,
            version: de.version,
            cree_le: At(de.cree_le),
            modifie_le: At(de.modifie_le),
        }
    }
}

impl From<Ligne> for DemandeDroit {
    fn from(l: Ligne) -> Self {
        Self {
            id: l.id,
            patient_id: l.patient_id,
            droit: l.droit,
            demandeur: l.demandeur,
            identite_verifiee: l.identite_verifiee,
            objet: l.objet,
            recue_le: l.recue_le,
            echeance: l.echeance,
            motif_prolongation: l.motif_prolongation,
            etat: l.etat,
            reponse: l.reponse,
            repondue_le: l.repondue_le,
            repondue_par: l.repondue_par,
            enregistree_par: l.enregistree_par,
            version: l.version,
            cree_le: l.cree_le.0,
            modifie_le: l.modifie_le.0,
        }
    }
}

pub(super) fn inserer(op: &mut Op<'_>, demande: &DemandeDroit) -> Resultat<()> {
    insert_into(d::table).values(&Ligne::from(demande)).execute(op.conn)?;
    Ok(())
}

/// Zero rows when the version is no longer the one that was read.
pub(super) fn enregistrer(op: &mut Op<'_>, demande: &DemandeDroit, lue: i64) -> Resultat<usize> {
    Ok(update(d::table.find(demande.id).filter(d::version.eq(lue))).set(&Ligne::from(demande)).execute(op.conn)?)
}

pub(super) fn trouver(op: &mut Op<'_>, id: DemandeDroitId) -> Resultat<Option<DemandeDroit>> {
    Ok(d::table.find(id).select(Ligne::as_select()).first::<Ligne>(op.conn).optional()?.map(DemandeDroit::from))
}

/// The requests, open ones or all, the nearest deadline first, after the one that a cursor names.
pub(super) fn lister(
    op: &mut Op<'_>,
    ouvertes: bool,
    apres: Option<(NaiveDate, DemandeDroitId)>,
    limite: i64,
) -> Resultat<Vec<DemandeDroit>> {
    let mut requete = d::table.order((d::echeance, d::id)).limit(limite).select(Ligne::as_select()).into_boxed();
    if ouvertes {
        requete = requete.filter(parmi(d::etat, vec![EtatDemande::Recue, EtatDemande::EnCours]));
    }
    if let Some((echeance, id)) = apres {
        requete = requete.filter(d::echeance.gt(echeance).or(d::echeance.eq(echeance).and(d::id.gt(id))));
    }
    let lignes: Vec<Ligne> = requete.load(op.conn)?;
    Ok(lignes.into_iter().map(DemandeDroit::from).collect())
}

/// The requests of a patient, the oldest first.
pub(super) fn du_patient(op: &mut Op<'_>, id: PatientId) -> Resultat<Vec<DemandeDroit>> {
    let lignes: Vec<Ligne> = d::table.filter(d::patient_id.eq(id)).order((d::recue_le, d::id)).select(Ligne::as_select()).load(op.conn)?;
    Ok(lignes.into_iter().map(DemandeDroit::from).collect())
}
