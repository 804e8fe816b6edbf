//! Queries on what came back.

use super::super::model::{Diffusion, EtatRetour, NatureRecue, Rattachement, RetourRecu, RetourResume};
use crate::{
    db::{
        Op,
        schema::{diffusion, retour, tentative},
        types::At,
    },
    enum_sql,
    kernel::{
        Action, Instant, Resultat,
        ids::{DiffusionId, PatientId, RetourId},
    },
    visible,
};
use diesel::{dsl::count_star, insert_into, prelude::*, update};

enum_sql!(NatureRecue, EtatRetour);

/// Whether that mail was kept already, and where its treatment stands.
pub(in super::super) fn deja(op: &mut Op<'_>, cle: &str) -> Resultat<Option<EtatRetour>> {
    Ok(retour::table.filter(retour::cle.eq(cle)).select(retour::etat).first(op.conn).optional()?)
}

/// Keeps a mail whole.
pub(in super::super) fn garder(
    op: &mut Op<'_>,
    id: RetourId,
    recu: &RetourRecu,
    etat: EtatRetour,
    rattachement: Option<&(Rattachement, String)>,
) -> Resultat<()> {
    let original = rattachement.map(|(_, original)| original).or(recu.originaux.first());
    let diffusion = rattachement.map(|(rattachement, _)| rattachement.diffusion());
    insert_into(retour::table)
        .values((
            (retour::id.eq(id), retour::cle.eq(recu.cle()), retour::message_id.eq(&recu.message_id), retour::nature.eq(recu.nature)),
            (retour::code.eq(&recu.code), retour::detail.eq(&recu.detail), retour::original.eq(original)),
            (retour::diffusion_id.eq(diffusion), retour::etat.eq(etat), retour::octets.eq(&recu.octets)),
            retour::recu_le.eq(At(op.maintenant)),
        ))
        .execute(op.conn)?;
    Ok(())
}

/// The delivery that was sent under the first of those `Message-ID` that names one, and that one.
pub(in super::super) fn rattacher(op: &mut Op<'_>, originaux: &[String]) -> Resultat<Option<(Rattachement, String)>> {
    for original in originaux {
        let actuelle = diffusion::table.filter(diffusion::message_id.eq(original)).select(diffusion::id).first(op.conn).optional()?;
        if let Some(id) = actuelle {
            return Ok(Some((Rattachement::Actuel(id), original.clone())));
        }
        let ancienne = tentative::table.filter(tentative::message_id.eq(original)).select(tentative::diffusion_id);
        if let Some(id) = ancienne.first(op.conn).optional()? {
            return Ok(Some((Rattachement::Ancien(id), original.clone())));
        }
    }
    Ok(None)
}

type Ligne = (RetourId, NatureRecue, Option<String>, Option<String>, Option<DiffusionId>, EtatRetour, At, Option<At>);

fn resume((id, nature, code, detail, diffusion_id, etat, recu_le, traite_le): Ligne, patient_id: Option<PatientId>) -> RetourResume {
    RetourResume { id, nature, code, detail, diffusion_id, etat, recu_le: recu_le.0, traite_le: traite_le.map(Instant::from), patient_id }
}

macro_rules! colonnes {
    () => {
        (retour::id, retour::nature, retour::code, retour::detail, retour::diffusion_id, retour::etat, retour::recu_le, retour::traite_le)
    };
}

/// A mail, with the patient of the delivery that it is tied to.
pub(in super::super) fn trouver(op: &mut Op<'_>, id: RetourId) -> Resultat<Option<(RetourResume, Vec<u8>)>> {
    let ligne: Option<(Ligne, Option<PatientId>, Vec<u8>)> = retour::table
        .left_join(diffusion::table.on(retour::diffusion_id.eq(diffusion::id.nullable())))
        .filter(retour::id.eq(id))
        .select((colonnes!(), diffusion::patient_id.nullable(), retour::octets))
        .first(op.conn)
        .optional()?;
    Ok(ligne.map(|(ligne, patient, octets)| (resume(ligne, patient), octets)))
}

/// Mails to examine, oldest first: those tied to a delivery that the person may follow, and those tied to
/// none where the person answers for the whole region.
pub(in super::super) fn a_examiner(op: &mut Op<'_>, sans_lien: bool, apres: Option<RetourId>, limite: i64) -> Resultat<Vec<RetourResume>> {
    let visibles = visible!(op, Action::SuivreDiffusion, diffusion::patient_id);
    let mut requete = retour::table
        .left_join(diffusion::table.on(retour::diffusion_id.eq(diffusion::id.nullable())))
        .filter(retour::etat.eq(EtatRetour::AExaminer))
        .filter(
            (diffusion::id.is_not_null().and(visibles))
                .or(retour::diffusion_id.is_null().and(sans_lien.into_sql::<diesel::sql_types::Bool>())),
        )
        .order(retour::id)
        .limit(limite)
        .select((colonnes!(), diffusion::patient_id.nullable()))
        .into_boxed();
    if let Some(apres) = apres {
        requete = requete.filter(retour::id.gt(apres));
    }
    let lignes: Vec<(Ligne, Option<PatientId>)> = requete.load(op.conn)?;
    Ok(lignes.into_iter().map(|(ligne, patient)| resume(ligne, patient)).collect())
}

/// How many of those there are.
pub(in super::super) fn compter_a_examiner(op: &mut Op<'_>, sans_lien: bool) -> Resultat<i64> {
    let visibles = visible!(op, Action::SuivreDiffusion, diffusion::patient_id);
    let nombre = retour::table
        .left_join(diffusion::table.on(retour::diffusion_id.eq(diffusion::id.nullable())))
        .filter(retour::etat.eq(EtatRetour::AExaminer))
        .filter(
            (diffusion::id.is_not_null().and(visibles))
                .or(retour::diffusion_id.is_null().and(sans_lien.into_sql::<diesel::sql_types::Bool>())),
        )
        .select(count_star())
        .first(op.conn)?;
    Ok(nombre)
}

/// The `Message-ID` of ours that a mail is tied by.
pub(in super::super) fn original(op: &mut Op<'_>, id: RetourId) -> Resultat<Option<String>> {
    Ok(retour::table.find(id).select(retour::original).first(op.conn)?)
}

/// Ties a mail by hand to what a delivery was sent as.
pub(in super::super) fn lier(op: &mut Op<'_>, id: RetourId, diffusion: &Diffusion) -> Resultat<()> {
    update(retour::table.find(id)).set(retour::original.eq(&diffusion.message_id)).execute(op.conn)?;
    traiter(op, id, EtatRetour::Rattache, Some(diffusion.id))
}

/// Writes what somebody decided on a mail.
pub(in super::super) fn traiter(op: &mut Op<'_>, id: RetourId, etat: EtatRetour, diffusion: Option<DiffusionId>) -> Resultat<()> {
    update(retour::table.find(id))
        .set((
            retour::etat.eq(etat),
            retour::diffusion_id.eq(diffusion),
            retour::traite_le.eq(Some(At(op.maintenant))),
            retour::traite_par.eq(op.acteur.compte),
        ))
        .execute(op.conn)?;
    Ok(())
}
