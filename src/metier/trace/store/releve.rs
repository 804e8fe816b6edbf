//! Queries on the accesses to the data of a patient, with the offices of who had them.

use crate::{
    db::{
        Op,
        parmi::parmi,
        schema::{compte, etablissement, habilitation, praticien, trace},
        types::{At, Id, Json},
    },
    kernel::{
        Resultat,
        acte::{IssueActe, MotifActe},
        clock::date_paris,
        ids::{CompteId, PatientId},
    },
    metier::trace::model::Acces,
};
use chrono::NaiveDate;
use diesel::prelude::*;
use std::collections::BTreeMap;

type LigneLue = (At, Option<CompteId>, String, String, String, Option<Id>, Option<Json>, Option<MotifActe>);

/// The accesses to the data of patients, the oldest first.
pub(in crate::metier::trace) fn acces(op: &mut Op<'_>, ids: Vec<PatientId>) -> Resultat<Vec<Acces>> {
    let lignes: Vec<LigneLue> = trace::table
        .filter(parmi(trace::patient_id.assume_not_null(), ids))
        .filter(trace::resultat.eq(IssueActe::Accepte))
        .order((trace::instant, trace::id))
        .select((
            trace::instant,
            trace::compte_id,
            trace::acteur,
            trace::action,
            trace::objet_type,
            trace::objet_id,
            trace::champs,
            trace::motif,
        ))
        .load(op.conn)?;
    let mut comptes: Vec<CompteId> = lignes.iter().filter_map(|ligne| ligne.1).collect();
    comptes.sort_unstable();
    comptes.dedup();
    let (structures, roles) = (structures(op, comptes.clone())?, roles(op, comptes)?);
    let lire = |(instant, compte, acteur, action, objet, objet_id, champs, motif): LigneLue| {
        let jour = date_paris(instant.0);
        let en_vigueur = |(_, debut, fin): &&Office| *debut <= jour && fin.is_none_or(|fin| fin >= jour);
        let siens = compte.and_then(|compte| roles.get(&compte)).map(Vec::as_slice).unwrap_or_default();
        Acces {
            instant: instant.0,
            acteur,
            roles: siens.iter().filter(en_vigueur).map(|(role, ..)| role.clone()).collect(),
            structure: compte.and_then(|compte| structures.get(&compte).cloned()),
            action,
            objet,
            objet_id: objet_id.map(|id| id.0),
            champs: champs.and_then(|json| serde_json::from_value(json.0).ok()).unwrap_or_default(),
            motif,
        }
    };
    Ok(lignes.into_iter().map(lire).collect())
}

fn structures(op: &mut Op<'_>, comptes: Vec<CompteId>) -> Resultat<BTreeMap<CompteId, String>> {
    let lignes: Vec<(CompteId, String)> = compte::table
        .inner_join(praticien::table.on(praticien::id.nullable().eq(compte::praticien_id)))
        .inner_join(etablissement::table.on(etablissement::id.nullable().eq(praticien::etablissement_id)))
        .filter(parmi(compte::id, comptes))
        .select((compte::id, etablissement::raison_sociale))
        .load(op.conn)?;
    Ok(lignes.into_iter().collect())
}

/// An office and the days it was held.
type Office = (String, NaiveDate, Option<NaiveDate>);

fn roles(op: &mut Op<'_>, comptes: Vec<CompteId>) -> Resultat<BTreeMap<CompteId, Vec<Office>>> {
    let lignes: Vec<(CompteId, String, NaiveDate, Option<NaiveDate>)> = habilitation::table
        .filter(parmi(habilitation::compte_id, comptes))
        .order((habilitation::role, habilitation::debut))
        .select((habilitation::compte_id, habilitation::role, habilitation::debut, habilitation::fin))
        .load(op.conn)?;
    let mut roles: BTreeMap<CompteId, Vec<Office>> = BTreeMap::new();
    for (compte, role, debut, fin) in lignes {
        roles.entry(compte).or_default().push((role, debut, fin));
    }
    Ok(roles)
}
