//! Use cases of the identity itself: its attributes, what it was, who stands for an absorbed patient.

use super::{
    super::{
        model::{ActeIdentite, AttributsSaisis, ChangementIdentite, Patient, PatientError},
        store,
    },
    enregistrer, exiger_version, exiger_visible, trouver,
};
use crate::{
    db::{Evenement, Op},
    kernel::{Action, Resultat, ids::PatientId},
    metier::alerte,
};

/// The longest chain of patients who absorbed one another.
const CHAINE: usize = 20;

/// Who stands for an absorbed patient: the last one of the chain, or nobody if the patient was not absorbed.
pub fn conserve(op: &mut Op<'_>, id: PatientId) -> Resultat<Option<PatientId>> {
    let mut conserve = None;
    for _ in 0..CHAINE {
        match store::historique::absorbe_par(op, conserve.unwrap_or(id))? {
            Some(suivant) => conserve = Some(suivant),
            None => break,
        }
    }
    Ok(conserve)
}

/// Every patient whom that one stands for, at any distance, itself included.
pub fn representes(op: &mut Op<'_>, id: PatientId) -> Resultat<Vec<PatientId>> {
    let mut tous = vec![id];
    let mut rang = 0;
    while let Some(courant) = tous.get(rang).copied() {
        tous.extend(store::historique::absorbes(op, courant)?);
        rang += 1;
    }
    Ok(tous)
}

/// Refuses an absorbed patient, whoever asks.
pub fn exiger_present(op: &mut Op<'_>, patient: &Patient) -> Resultat<()> {
    match conserve(op, patient.id)? {
        Some(conserve) => Err(PatientError::Absorbe { conserve }.into()),
        None => Ok(()),
    }
}

/// Sets the attributes of the identity of a patient who was read at version `lue`.
pub fn attribuer(op: &mut Op<'_>, id: PatientId, lue: i64, saisis: &AttributsSaisis) -> Resultat<Patient> {
    exiger_visible(op, Action::GererPatient, id)?;
    let avant = trouver(op, id)?;
    exiger_version(avant.version, lue)?;
    let apres = avant.attribue(saisis.attributs(), op.maintenant);
    enregistrer(op, &apres, lue)?;
    let champs = avant.champs_differents(&apres);
    store::historique::noter(op, &avant, apres.version, (ActeIdentite::Attribuer, &champs, Some(&saisis.motif)))?;
    alerte::service::evaluer_patient(op, id)?;
    op.tracer(Evenement::sur("modifier", "patient", id.uuid()).patient(id).version(apres.version).champs(&champs))?;
    Ok(apres)
}

/// What the identity was before each change, the latest first, with the identities that were absorbed: for those who
/// may correct it.
pub fn historique(op: &mut Op<'_>, id: PatientId) -> Resultat<Vec<ChangementIdentite>> {
    exiger_visible(op, Action::GererPatient, id)?;
    trouver(op, id)?;
    let ids = representes(op, id)?;
    op.tracer(Evenement::sur("lire", "historique_identite", id.uuid()).patient(id))?;
    let changements = store::historique::lister(op, ids)?;
    Ok(changements.into_iter().map(|c| ChangementIdentite { avant: c.avant.montrable(), ..c }).collect())
}

/// Keeps an identity that a merge or its undoing changed, with its history: for the slice that does them, which
/// authorises and traces.
pub fn changer(op: &mut Op<'_>, avant: &Patient, apres: &Patient, acte: ActeIdentite, motif: &str) -> Resultat<()> {
    enregistrer(op, apres, avant.version)?;
    let champs = avant.champs_differents(apres);
    store::historique::noter(op, avant, apres.version, (acte, &champs, Some(motif)))
}

/// Writes a new version of a patient whose rows elsewhere changed, so that who read it before reads it again.
pub fn toucher(op: &mut Op<'_>, id: PatientId) -> Resultat<()> {
    let avant = trouver(op, id)?;
    let lue = avant.version;
    enregistrer(op, &Patient { version: lue + 1, modifie_le: op.maintenant, ..avant }, lue)
}
