//! Queries on what the region, an établissement and a patient decide.

use super::super::model::{DemandePatient, DemandePatientSaisie, Reglages, ReglagesSaisis};
use crate::{
    db::{
        Op,
        schema::{demande_envoi_patient, depot_dpi, reglage_diffusion},
        types::At,
    },
    kernel::{
        Resultat,
        ids::{EtablissementId, PatientId},
    },
};
use chrono::NaiveDate;
use diesel::{insert_into, prelude::*, update};

/// Key of the one row of settings.
const REGION: &str = "region";

pub(in super::super) fn lire(op: &mut Op<'_>) -> Resultat<Reglages> {
    use reglage_diffusion as r;
    type Ligne = (i64, bool, bool, String, i64, At);
    let (non_lue_apres_jours, envoi_dmp, envoi_patient, domaine_patient, version, modifie_le): Ligne = r::table
        .find(REGION)
        .select((r::non_lue_apres_jours, r::envoi_dmp, r::envoi_patient, r::domaine_patient, r::version, r::modifie_le))
        .first(op.conn)?;
    Ok(Reglages { non_lue_apres_jours, envoi_dmp, envoi_patient, domaine_patient, version, modifie_le: modifie_le.0 })
}

/// Zero rows when the version is no longer the one that was read.
pub(in super::super) fn enregistrer(op: &mut Op<'_>, s: &ReglagesSaisis, lue: i64) -> Resultat<usize> {
    use reglage_diffusion as r;
    Ok(update(r::table.find(REGION).filter(r::version.eq(lue)))
        .set((
            r::non_lue_apres_jours.eq(s.non_lue_apres_jours),
            r::envoi_dmp.eq(s.envoi_dmp),
            r::envoi_patient.eq(s.envoi_patient),
            r::domaine_patient.eq(&s.domaine_patient),
            r::version.eq(lue + 1),
            r::modifie_le.eq(At(op.maintenant)),
        ))
        .execute(op.conn)?)
}

/// Whether an établissement takes documents from its folder, and the version of that decision.
pub(in super::super) fn depot(op: &mut Op<'_>, id: EtablissementId) -> Resultat<Option<(bool, i64)>> {
    use depot_dpi as d;
    Ok(d::table.find(id).select((d::actif, d::version)).first(op.conn).optional()?)
}

/// Those of the établissements that take documents from their folder.
pub(in super::super) fn depots_actifs(op: &mut Op<'_>, parmi: &[EtablissementId]) -> Resultat<Vec<EtablissementId>> {
    use depot_dpi as d;
    let siens = d::table.filter(d::etablissement_id.eq_any(parmi.to_vec())).filter(d::actif);
    Ok(siens.order(d::etablissement_id).select(d::etablissement_id).load(op.conn)?)
}

/// Zero rows when the version is no longer the one that was read.
pub(in super::super) fn decider_depot(op: &mut Op<'_>, id: EtablissementId, actif: bool, lue: i64) -> Resultat<usize> {
    use depot_dpi as d;
    if lue == 0 && depot(op, id)?.is_none() {
        let ligne = (d::etablissement_id.eq(id), d::actif.eq(actif), d::version.eq(1_i64), d::modifie_le.eq(At(op.maintenant)));
        return Ok(insert_into(d::table).values(ligne).execute(op.conn)?);
    }
    Ok(update(d::table.find(id).filter(d::version.eq(lue)))
        .set((d::actif.eq(actif), d::version.eq(lue + 1), d::modifie_le.eq(At(op.maintenant))))
        .execute(op.conn)?)
}

/// What a patient asked for.
pub(in super::super) fn demande(op: &mut Op<'_>, id: PatientId) -> Resultat<Option<DemandePatient>> {
    use demande_envoi_patient as d;
    let ligne: Option<(bool, NaiveDate, i64)> =
        d::table.find(id).select((d::demandee, d::exprimee_le, d::version)).first(op.conn).optional()?;
    Ok(ligne.map(|(demandee, exprimee_le, version)| DemandePatient { demandee, exprimee_le: Some(exprimee_le), version }))
}

/// Zero rows when the version is no longer the one that was read.
pub(in super::super) fn recueillir(
    op: &mut Op<'_>,
    id: PatientId,
    saisie: DemandePatientSaisie,
    le: NaiveDate,
    lue: i64,
) -> Resultat<usize> {
    use demande_envoi_patient as d;
    let valeurs = (
        d::demandee.eq(saisie.demandee),
        d::exprimee_le.eq(le),
        d::recueillie_par.eq(op.acteur.compte),
        d::version.eq(lue + 1),
        d::modifie_le.eq(At(op.maintenant)),
    );
    if lue == 0 && demande(op, id)?.is_none() {
        return Ok(insert_into(d::table).values((d::patient_id.eq(id), valeurs)).execute(op.conn)?);
    }
    Ok(update(d::table.find(id).filter(d::version.eq(lue))).set(valeurs).execute(op.conn)?)
}
