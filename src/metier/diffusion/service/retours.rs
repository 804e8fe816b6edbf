//! Use cases of what comes back: keep it, tie it, weigh it; and what somebody decides on the rest.

use super::super::{
    model::{Acte, Decision, Diffusion, DiffusionError, EtatRetour, Examen, NatureRecue, Rattachement, RetourLu, RetourRecu, RetourResume},
    store::{self, Cause},
};
use super::{enregistrer, suivie, trouver};
use crate::{
    db::{Evenement, Op, perimetre},
    kernel::{
        Action, Faute, Refus, Resultat, acteur,
        erreur::ErreurCommune,
        ids::RetourId,
        page::{Page, Pagination},
    },
};

/// Keeps a mail that came back, whole, and does to the delivery that it speaks of what it says. The same mail
/// handed again changes nothing. Gives where its treatment stands.
pub fn accueillir(op: &mut Op<'_>, recu: &RetourRecu) -> Resultat<EtatRetour> {
    op.exiger(Action::GererDiffusion)?;
    if let Some(etat) = store::retour::deja(op, &recu.cle())? {
        return Ok(etat);
    }
    let id: RetourId = op.id();
    let rattachement = store::retour::rattacher(op, &recu.originaux)?;
    let compris = rattachement.as_ref().map(|(rattachement, _)| *rattachement).zip(recu.nature.acte());
    let etat = if compris.is_some() { EtatRetour::Rattache } else { EtatRetour::AExaminer };
    store::retour::garder(op, id, recu, etat, rattachement.as_ref())?;
    op.tracer(Evenement::sur("recevoir", "retour", id.uuid()))?;
    if let Some((rattachement, acte)) = compris {
        let cause = Cause { retour: Some(id), code: recu.code.as_deref(), detail: recu.detail.as_deref(), ..Cause::default() };
        appliquer(op, rattachement, acte, cause)?;
    }
    Ok(etat)
}

fn appliquer(op: &mut Op<'_>, rattachement: Rattachement, acte: Acte, cause: Cause<'_>) -> Resultat<()> {
    let avant = trouver(op, rattachement.diffusion())?;
    let apres = match rattachement {
        Rattachement::Actuel(_) => avant.clone().revenir(acte, cause.code, cause.detail, op.maintenant)?,
        Rattachement::Ancien(_) => avant.clone().noter(op.maintenant),
    };
    enregistrer(op, &avant, &apres, acte, cause)
}

/// Weighs, once an attempt has been accepted, what came back while it was under way: a report may be
/// faster than the commit of the acceptance.
pub(super) fn peser(op: &mut Op<'_>, acceptee: Diffusion) -> Resultat<()> {
    let transitions = store::transitions(op, acceptee.id)?;
    let depuis = transitions.iter().rposition(|t| matches!(t.acte, Acte::Preparer | Acte::Relancer | Acte::Adresser)).unwrap_or_default();
    let mut actuelle = acceptee;
    for t in transitions.iter().skip(depuis).filter(|t| t.acte.temoigne().is_some()) {
        let Some(retour) = t.retour_id else { continue };
        let de_cette_adresse = store::retour::original(op, retour)? == actuelle.message_id;
        if de_cette_adresse && actuelle.etat.apres(t.acte) != Some(actuelle.etat) {
            let (code, detail) = (t.code.as_deref(), t.detail.as_deref());
            let apres = actuelle.clone().revenir(t.acte, code, detail, op.maintenant)?;
            enregistrer(op, &actuelle, &apres, t.acte, Cause { retour: t.retour_id, code, detail, tentative: None })?;
            actuelle = apres;
        }
    }
    Ok(())
}

/// A mail tied to no delivery may speak of any patient of the region: only who answers for the whole region
/// sees it.
pub(super) fn voit_les_retours_sans_lien(op: &Op<'_>) -> bool {
    op.acteur.peut_sur(Action::GererDiffusion, &acteur::Rattachement::default())
}

/// Mails that somebody must read: not understood, or tied to no delivery.
pub fn a_examiner(op: &mut Op<'_>, pagination: &Pagination) -> Resultat<Page<RetourResume>> {
    op.exiger(Action::SuivreDiffusion)?;
    let apres = pagination.apres().map_err(ErreurCommune::from)?;
    let sans_lien = voit_les_retours_sans_lien(op);
    let lus = store::retour::a_examiner(op, sans_lien, apres, pagination.limite() + 1)?;
    op.tracer(Evenement::liste("lister", "retour"))?;
    Ok(Page::depuis(lus, pagination.limite(), |retour| retour.id))
}

/// A mail that the person may read.
fn visible(op: &mut Op<'_>, id: RetourId) -> Resultat<(RetourResume, Vec<u8>)> {
    let (retour, octets) = store::retour::trouver(op, id)?.ok_or(DiffusionError::RetourIntrouvable)?;
    let visible = match retour.patient_id {
        Some(patient) => perimetre::patient_visible(op, Action::SuivreDiffusion, patient)?,
        None => voit_les_retours_sans_lien(op),
    };
    if visible { Ok((retour, octets)) } else { Err(DiffusionError::RetourIntrouvable.into()) }
}

/// One mail, as it came.
pub fn lire(op: &mut Op<'_>, id: RetourId) -> Resultat<RetourLu> {
    op.exiger(Action::SuivreDiffusion)?;
    let (retour, octets) = visible(op, id)?;
    let evenement = Evenement::sur("lire", "retour", id.uuid());
    op.tracer(match retour.patient_id {
        Some(patient) => evenement.patient(patient),
        None => evenement,
    })?;
    Ok(RetourLu { retour, texte: String::from_utf8_lossy(&octets).into_owned() })
}

/// Ties a mail to a delivery, or files it as read.
pub fn examiner(op: &mut Op<'_>, id: RetourId, examen: &Examen) -> Resultat<RetourResume> {
    op.exiger(Action::GererDiffusion)?;
    let (retour, _) = visible(op, id)?;
    if retour.etat != EtatRetour::AExaminer {
        return Err(DiffusionError::RetourTraite.into());
    }
    match examen.decision {
        Decision::Classer => {
            store::retour::traiter(op, id, EtatRetour::Examine, retour.diffusion_id)?;
            op.tracer(Evenement::sur("classer", "retour", id.uuid()))?;
        }
        Decision::Rattacher => rattacher_a_la_main(op, &retour, examen)?,
    }
    let (apres, _) = store::retour::trouver(op, id)?.ok_or(DiffusionError::RetourIntrouvable)?;
    Ok(apres)
}

fn rattacher_a_la_main(op: &mut Op<'_>, retour: &RetourResume, examen: &Examen) -> Resultat<()> {
    let diffusion = examen.diffusion_id.or(retour.diffusion_id).ok_or_else(|| {
        Refus::invalide(vec![Faute::new("/diffusion_id", "obligatoire", "Indiquez la diffusion dont parle ce courrier.")])
    })?;
    let nature = if retour.nature == NatureRecue::Inconnu { examen.nature.unwrap_or(retour.nature) } else { retour.nature };
    let acte = nature.acte().ok_or_else(|| {
        Refus::invalide(vec![Faute::new("/nature", "obligatoire", "Indiquez ce que dit ce courrier : il n'a pas été compris.")])
    })?;
    let avant = suivie(op, diffusion)?;
    if !perimetre::patient_visible(op, Action::GererDiffusion, avant.patient_id)? {
        return Err(ErreurCommune::Interdit.into());
    }
    store::retour::lier(op, retour.id, &avant)?;
    op.tracer(Evenement::sur("rattacher", "retour", retour.id.uuid()).patient(avant.patient_id))?;
    let cause = Cause { retour: Some(retour.id), code: retour.code.as_deref(), detail: retour.detail.as_deref(), ..Cause::default() };
    appliquer(op, Rattachement::Actuel(diffusion), acte, cause)
}
