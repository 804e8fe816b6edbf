//! Use cases of letters: print a batch, then say that it was posted.

use super::super::{
    model::{
        Acte, DemandeImpression, Diffusion, DiffusionError, Ecartee, EtatDiffusion, Impression, ImpressionFaite, LOT_MAXIMAL, MotifEcart,
        Pli,
    },
    store::{self, Cause},
};
use super::{
    FiltreDiffusions, enregistrer,
    envoi::{est_refusee, lettre},
};
use crate::{
    db::{Evenement, Op, perimetre},
    kernel::{
        Action, Resultat,
        ids::{DiffusionId, ImpressionId},
    },
    metier::{
        annuaire::service as annuaire,
        document::{model::GenreDocument, service as documents},
    },
};

/// Marks a selection, or everything of a list, as printed together. What cannot be is left out, with the
/// reason. The one document is then at [`plis`].
pub fn imprimer(op: &mut Op<'_>, demande: &DemandeImpression) -> Resultat<ImpressionFaite> {
    op.exiger(Action::GererDiffusion)?;
    let (mut a_imprimer, mut ecartees) = (Vec::new(), Vec::new());
    for id in choisies(op, demande)? {
        match imprimable(op, id)? {
            Ok(diffusion) => a_imprimer.push(diffusion),
            Err(motif) => ecartees.push(Ecartee { diffusion_id: id, motif }),
        }
    }
    if a_imprimer.is_empty() {
        return Err(DiffusionError::RienAImprimer.into());
    }
    let nombre = i64::try_from(a_imprimer.len()).unwrap_or(i64::MAX);
    let impression = Impression { id: op.id(), nombre, cree_le: op.maintenant, postee_le: None };
    store::impression::inserer(op, &impression)?;
    for avant in a_imprimer {
        let apres = avant.clone().imprimer(impression.id, op.maintenant)?;
        enregistrer(op, &avant, &apres, Acte::Imprimer, Cause::default())?;
    }
    let document = format!("/api/v1/diffusions/impressions/{}/document.pdf", impression.id);
    Ok(ImpressionFaite { impression, document, ecartees })
}

/// The deliveries asked for: those that were chosen, or the whole list.
fn choisies(op: &mut Op<'_>, demande: &DemandeImpression) -> Resultat<Vec<DiffusionId>> {
    if !demande.diffusions.is_empty() {
        let mut choisies = demande.diffusions.clone();
        choisies.sort_unstable();
        choisies.dedup();
        return Ok(choisies);
    }
    let admis = |etat: &EtatDiffusion| *etat == EtatDiffusion::SansAdresse || EtatDiffusion::EN_SOUFFRANCE.contains(etat);
    let etats: Vec<EtatDiffusion> =
        if demande.etats.is_empty() { EtatDiffusion::TOUS } else { &demande.etats }.iter().copied().filter(|etat| admis(etat)).collect();
    if etats.is_empty() {
        return Ok(Vec::new());
    }
    let filtre = FiltreDiffusions { rcp: demande.rcp, etats, courantes: true, ..FiltreDiffusions::default() };
    let liste = store::lister(op, &filtre, None, i64::try_from(LOT_MAXIMAL).unwrap_or(i64::MAX))?;
    Ok(liste.into_iter().map(|(diffusion, _)| diffusion.id).collect())
}

/// A delivery that may be printed now, or why not.
fn imprimable(op: &mut Op<'_>, id: DiffusionId) -> Resultat<Result<Diffusion, MotifEcart>> {
    let Some(diffusion) = store::trouver(op, id)? else { return Ok(Err(MotifEcart::Introuvable)) };
    if !perimetre::patient_visible(op, Action::GererDiffusion, diffusion.patient_id)? {
        return Ok(Err(MotifEcart::Introuvable));
    }
    if diffusion.praticien_id.is_none() {
        return Ok(Err(MotifEcart::SansCourrier));
    }
    if diffusion.etat.apres(Acte::Imprimer).is_none() {
        return Ok(Err(MotifEcart::Etat));
    }
    if !store::version_envoyee(op, diffusion.source)?.courant {
        return Ok(Err(MotifEcart::VersionRemplacee));
    }
    let jours = store::reglages::lire(op)?.non_lue_apres_jours;
    if EtatDiffusion::PARTIES_NON_LUES.contains(&diffusion.etat) && !diffusion.non_lue(jours, op.maintenant) {
        return Ok(Err(MotifEcart::TropTot));
    }
    if !documents::prets(op, diffusion.source)?.contains(&GenreDocument::Pdf) {
        return Ok(Err(MotifEcart::DocumentAbsent));
    }
    if est_refusee(op, &diffusion)? {
        if let Ok(opposee) = diffusion.clone().opposer(op.maintenant) {
            enregistrer(op, &diffusion, &opposee, Acte::Opposer, Cause::default())?;
        }
        return Ok(Err(MotifEcart::Opposition));
    }
    Ok(Ok(diffusion))
}

/// A batch, all of whose letters the person may send, without those that the patient has come to object to.
fn visible(op: &mut Op<'_>, id: ImpressionId) -> Resultat<(Impression, Vec<Diffusion>)> {
    let impression = store::impression::trouver(op, id)?.ok_or(DiffusionError::ImpressionIntrouvable)?;
    let mut plis = Vec::new();
    for pli in store::impression::plis(op, id)? {
        if !est_refusee(op, &pli)? {
            plis.push(pli);
        }
    }
    for pli in &plis {
        if !perimetre::patient_visible(op, Action::GererDiffusion, pli.patient_id)? {
            return Err(DiffusionError::ImpressionIntrouvable.into());
        }
    }
    if plis.is_empty() { Err(DiffusionError::ImpressionIntrouvable.into()) } else { Ok((impression, plis)) }
}

/// A batch and its letters that are still to be posted, or were.
pub fn plis(op: &mut Op<'_>, id: ImpressionId) -> Resultat<(Impression, Vec<Pli>)> {
    op.exiger(Action::GererDiffusion)?;
    let (impression, diffusions) = visible(op, id)?;
    let mut plis = Vec::new();
    for diffusion in diffusions.into_iter().filter(|d| matches!(d.etat, EtatDiffusion::Imprimee | EtatDiffusion::Postee)) {
        plis.push(pli(op, &diffusion)?);
        let evenement = Evenement::sur("telecharger", "diffusion", diffusion.id.uuid());
        op.tracer(evenement.patient(diffusion.patient_id).version(diffusion.version))?;
    }
    if plis.is_empty() { Err(DiffusionError::RienAImprimer.into()) } else { Ok((impression, plis)) }
}

fn pli(op: &mut Op<'_>, diffusion: &Diffusion) -> Resultat<Pli> {
    let praticien = annuaire::praticien(op, diffusion.praticien_id.ok_or(DiffusionError::SansCourrier)?)?;
    let mut adresse = Vec::new();
    if let Some(id) = praticien.saisi.etablissement_id {
        let e = annuaire::etablissement(op, id)?.saisi;
        let ville = [e.code_postal, e.commune].into_iter().flatten().collect::<Vec<_>>().join(" ");
        adresse.extend([Some(e.raison_sociale), e.adresse, Some(ville)].into_iter().flatten().filter(|ligne| !ligne.is_empty()));
    }
    let document = documents::trouver(op, diffusion.source, GenreDocument::Pdf)?.ok_or(DiffusionError::DocumentEnPreparation)?;
    let lettre = lettre(op, diffusion)?.map(|lettre| lettre.octets);
    Ok(Pli { diffusion_id: diffusion.id, destinataire: praticien.nom_complet(), adresse, lettre, document: document.octets })
}

/// Says that a batch was posted: each letter that still waits is. Said twice, it changes nothing.
pub fn poster(op: &mut Op<'_>, id: ImpressionId) -> Resultat<Impression> {
    op.exiger(Action::GererDiffusion)?;
    let (_, plis) = visible(op, id)?;
    for avant in plis.into_iter().filter(|pli| pli.etat == EtatDiffusion::Imprimee) {
        let apres = avant.clone().poster(op.maintenant)?;
        enregistrer(op, &avant, &apres, Acte::Poster, Cause::default())?;
    }
    store::impression::poster(op, id)?;
    store::impression::trouver(op, id)?.ok_or_else(|| DiffusionError::ImpressionIntrouvable.into())
}
