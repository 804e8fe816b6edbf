//! Use cases of retention.

use super::{
    model::{ConservationError, Contacts, Echeance, EtatPurge, Gel, PierreTombale, Purge, PurgeVue, Regle, ReglesConservation, VisaSaisi},
    store,
};
use crate::{
    db::{Evenement, Op, perimetre},
    jobs::queue,
    kernel::{
        Action, ErreurMetier, Panne, Resultat,
        acteur::Rattachement,
        clock::date_paris,
        erreur::ErreurCommune,
        ids::{GelId, PatientId, PurgeId},
        page::{Page, Pagination},
    },
    metier::patient::{
        model::{Patient, PatientError},
        service as patients,
    },
};
use chrono::{NaiveDate, TimeDelta};
use serde_json::json;

/// Days of a year, rounded down: only to leave aside the files that cannot be due yet.
const ANNEE: i64 = 365;

fn due(regles: &ReglesConservation, contacts: &Contacts, aujourd_hui: NaiveDate) -> Option<Echeance> {
    Some(regles.echeance(contacts)).filter(|echeance| echeance.date <= aujourd_hui)
}

/// Proposes the purge of every file whose term has passed; gives how many are new.
pub fn proposer(op: &mut Op<'_>) -> Resultat<usize> {
    op.exiger(Action::AccorderPurge)?;
    let (regles, aujourd_hui) = (ReglesConservation::defaut()?, date_paris(op.maintenant));
    let avant = op.maintenant - TimeDelta::days(i64::from(regles.plus_court()) * ANNEE);
    let mut proposees = 0;
    for (patient_id, contacts) in store::anciens(op, avant)? {
        let Some(Echeance { date, regle }) = due(&regles, &contacts, aujourd_hui) else { continue };
        let purge = Purge {
            id: op.id(),
            patient_id,
            regle,
            dernier_contact: contacts.dernier_contact,
            echeance: date,
            etat: EtatPurge::Proposee,
            proposee_le: op.maintenant,
            visee_par: None,
            visee_le: None,
            visa_archives: None,
            accordee_par: None,
            accordee_le: None,
            executee_le: None,
            motif_rejet: None,
            version: 1,
        };
        store::proposer(op, &purge)?;
        op.tracer(Evenement::sur("proposer", "purge", purge.id.uuid()).patient(patient_id))?;
        proposees += 1;
    }
    Ok(proposees)
}

/// True when the person signs or grants purges over the whole region.
fn partout(op: &Op<'_>) -> bool {
    let region = Rattachement::default();
    op.acteur.peut_sur(Action::AccorderPurge, &region) || op.acteur.peut_sur(Action::ViserPurge, &region)
}

fn exiger_un_droit(op: &Op<'_>) -> Resultat<()> {
    if op.acteur.peut(Action::ViserPurge) { Ok(()) } else { op.exiger(Action::AccorderPurge) }
}

/// The purges in a state that the person may sign or grant, the oldest term first.
pub fn lister(op: &mut Op<'_>, etat: EtatPurge, pagination: &Pagination) -> Resultat<Page<PurgeVue>> {
    exiger_un_droit(op)?;
    let apres = pagination.apres::<(NaiveDate, PurgeId)>().map_err(ErreurCommune::from)?;
    let partout = partout(op);
    let mut vues = Vec::new();
    for purge in store::lister(op, etat, partout, apres, pagination.limite() + 1)? {
        vues.push(montrer(op, purge)?);
    }
    let page = Page::depuis(vues, pagination.limite(), |vue| (vue.purge.echeance, vue.purge.id));
    for vue in &page.elements {
        op.tracer(Evenement::sur("lire", "purge", vue.purge.id.uuid()).patient(vue.purge.patient_id))?;
    }
    Ok(page)
}

fn montrer(op: &mut Op<'_>, purge: Purge) -> Resultat<PurgeVue> {
    let identifiants = match purge.etat {
        EtatPurge::Executee => Vec::new(),
        EtatPurge::Proposee | EtatPurge::Visee | EtatPurge::Accordee | EtatPurge::Ecartee => {
            patients::trouver(op, purge.patient_id)?.identifiants
        }
    };
    Ok(PurgeVue { purge, identifiants })
}

fn a_changer(op: &mut Op<'_>, id: PurgeId, lue: i64) -> Resultat<Purge> {
    exiger_un_droit(op)?;
    let purge = store::trouver(op, id)?.ok_or(ConservationError::Introuvable)?;
    if !partout(op) && !perimetre::patient_visible(op, Action::ViserPurge, purge.patient_id)? {
        return Err(ConservationError::Introuvable.into());
    }
    if purge.version == lue { Ok(purge) } else { Err(ErreurCommune::VersionPerimee { actuelle: purge.version }.into()) }
}

/// Refuses a purge whose term is not there any more.
fn exiger_due(op: &mut Op<'_>, purge: &Purge) -> Resultat<()> {
    let contacts = store::contacts(op, purge.patient_id)?;
    let (regles, aujourd_hui) = (ReglesConservation::defaut()?, date_paris(op.maintenant));
    match contacts.and_then(|contacts| due(&regles, &contacts, aujourd_hui)) {
        Some(_) => Ok(()),
        None => Err(ConservationError::Caduque.into()),
    }
}

fn enregistrer(op: &mut Op<'_>, acte: &str, apres: Purge, lue: i64) -> Resultat<PurgeVue> {
    if store::enregistrer(op, &apres, lue)? == 0 {
        return Err(ErreurCommune::VersionPerimee { actuelle: lue + 1 }.into());
    }
    op.tracer(Evenement::sur(acte, "purge", apres.id.uuid()).patient(apres.patient_id).version(apres.version))?;
    montrer(op, apres)
}

/// Signs a purge for the établissement.
pub fn viser(op: &mut Op<'_>, id: PurgeId, lue: i64, saisi: &VisaSaisi) -> Resultat<PurgeVue> {
    op.exiger(Action::ViserPurge)?;
    let purge = a_changer(op, id, lue)?;
    exiger_due(op, &purge)?;
    let apres = purge.viser(op.acteur.compte, saisi.visa_archives.clone(), op.maintenant)?;
    enregistrer(op, "viser", apres, lue)
}

/// Grants a purge that another person signed; the work follows.
pub fn accorder(op: &mut Op<'_>, id: PurgeId, lue: i64) -> Resultat<PurgeVue> {
    op.exiger(Action::AccorderPurge)?;
    let purge = a_changer(op, id, lue)?;
    exiger_due(op, &purge)?;
    let apres = purge.accorder(op.acteur.compte, op.maintenant)?;
    queue::enfiler(op, super::job::PURGER_PATIENT, &json!({ "purge_id": id }))?;
    enregistrer(op, "accorder", apres, lue)
}

/// Sets a purge aside.
pub fn ecarter(op: &mut Op<'_>, id: PurgeId, lue: i64, motif: &str) -> Resultat<PurgeVue> {
    let apres = a_changer(op, id, lue)?.ecarter(motif)?;
    enregistrer(op, "ecarter", apres, lue)
}

/// What a granted purge is about to erase: the tombstones to be written first. Nothing when it is no longer to be done.
pub fn preparer(op: &mut Op<'_>, id: PurgeId) -> Resultat<Option<Vec<(Patient, Regle)>>> {
    op.exiger(Action::AccorderPurge)?;
    let purge = store::trouver(op, id)?.ok_or(ConservationError::Introuvable)?;
    if purge.etat != EtatPurge::Accordee {
        return Ok(None);
    }
    match exiger_due(op, &purge) {
        Ok(()) => {}
        Err(erreur) if erreur.code() == Some(ConservationError::Caduque.code()) => return Ok(None),
        Err(erreur) => return Err(erreur),
    }
    let ids = patients::identite::representes(op, purge.patient_id)?;
    let siens: Resultat<Vec<(Patient, Regle)>> = ids.into_iter().map(|id| Ok((patients::trouver(op, id)?, purge.regle))).collect();
    siens.map(Some)
}

/// Carries a granted purge out, once its tombstones are on the disk. The term is looked at a last time.
pub fn executer(op: &mut Op<'_>, id: PurgeId, pierres: &[PierreTombale]) -> Resultat<()> {
    op.exiger(Action::AccorderPurge)?;
    let purge = store::trouver(op, id)?.ok_or(ConservationError::Introuvable)?;
    if purge.etat != EtatPurge::Accordee {
        return Ok(());
    }
    exiger_due(op, &purge)?;
    effacer(op, pierres)?;
    let version = purge.version + 1;
    let apres = Purge { etat: EtatPurge::Executee, executee_le: Some(op.maintenant), version, ..purge };
    store::enregistrer(op, &apres, version - 1)?;
    op.tracer(Evenement::sur("purger", "purge", id.uuid()).patient(apres.patient_id).version(version))
}

/// Sets a granted purge aside because its term moved.
pub fn abandonner(op: &mut Op<'_>, id: PurgeId) -> Resultat<()> {
    op.exiger(Action::AccorderPurge)?;
    let purge = store::trouver(op, id)?.ok_or(ConservationError::Introuvable)?;
    let lue = purge.version;
    match purge.ecarter("le terme a changé depuis l'accord") {
        Ok(apres) => enregistrer(op, "ecarter", apres, lue).map(drop),
        Err(_) => Ok(()),
    }
}

fn effacer(op: &mut Op<'_>, pierres: &[PierreTombale]) -> Resultat<()> {
    store::effacement::inhumer(op, pierres)?;
    let ids: Vec<PatientId> = pierres.iter().map(|pierre| pierre.patient_id).collect();
    store::effacement::effacer(op, &ids)
}

/// What replaying a tombstone did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rejeu {
    /// The patient was back: erased again.
    Efface,
    /// The patient was not there.
    DejaAbsent,
    /// The row under that identifier is of somebody else: left alone.
    AutrePersonne,
}

/// Erases again a patient whom a restored backup brought back.
pub fn rejouer(op: &mut Op<'_>, pierre: &PierreTombale) -> Resultat<Rejeu> {
    op.exiger(Action::AccorderPurge)?;
    let present = match patients::trouver(op, pierre.patient_id) {
        Ok(patient) => Some(patient),
        Err(erreur) if erreur.code() == Some("patient-introuvable") => None,
        Err(erreur) => return Err(erreur),
    };
    let Some(patient) = present else {
        store::effacement::inhumer(op, std::slice::from_ref(pierre))?;
        return Ok(Rejeu::DejaAbsent);
    };
    if !pierre.designe(&patient)? {
        return Ok(Rejeu::AutrePersonne);
    }
    // The patients whom that one absorbed have tombstones of their own, but their rows hold a reference to this one.
    let absorbes = patients::identite::representes(op, patient.id)?;
    let mut pierres = vec![pierre.clone()];
    for id in absorbes.into_iter().filter(|id| *id != patient.id) {
        pierres.push(PierreTombale { patient_id: id, ..pierre.clone() });
    }
    effacer(op, &pierres)?;
    op.tracer(Evenement::sur("purger", "pierre_tombale", patient.id.uuid()).patient(patient.id))?;
    Ok(Rejeu::Efface)
}

/// True when the patient was purged.
pub fn est_purge(op: &mut Op<'_>, id: PatientId) -> Resultat<bool> {
    store::est_purge(op, id)
}

fn exiger_patient(op: &mut Op<'_>, id: PatientId) -> Resultat<()> {
    exiger_un_droit(op)?;
    if !partout(op) && !perimetre::patient_visible(op, Action::ViserPurge, id)? {
        return Err(PatientError::Introuvable.into());
    }
    let patient = patients::trouver(op, id)?;
    patients::identite::exiger_present(op, &patient)
}

/// Suspends the term of a file, for litigation.
pub fn geler(op: &mut Op<'_>, id: PatientId, motif: &str) -> Resultat<Gel> {
    exiger_patient(op, id)?;
    let gel = Gel {
        id: op.id(),
        patient_id: id,
        motif: motif.to_owned(),
        pose_par: op.acteur.compte,
        debut: op.maintenant,
        leve_par: None,
        fin: None,
    };
    store::inserer_gel(op, &gel)?;
    op.tracer(Evenement::sur("creer", "gel_conservation", gel.id.uuid()).patient(id))?;
    Ok(gel)
}

/// The suspensions of a file, those that were lifted included.
pub fn gels(op: &mut Op<'_>, id: PatientId) -> Resultat<Vec<Gel>> {
    exiger_patient(op, id)?;
    op.tracer(Evenement::liste("lister", "gel_conservation").patient(id))?;
    store::gels(op, id)
}

/// Lifts a suspension.
pub fn degeler(op: &mut Op<'_>, id: GelId) -> Resultat<Gel> {
    exiger_un_droit(op)?;
    let gel = store::gel(op, id)?.ok_or(ConservationError::GelIntrouvable)?;
    if !partout(op) && !perimetre::patient_visible(op, Action::ViserPurge, gel.patient_id)? {
        return Err(ConservationError::GelIntrouvable.into());
    }
    if store::lever_gel(op, id)? == 0 {
        return Err(ConservationError::GelLeve.into());
    }
    op.tracer(Evenement::sur("lever", "gel_conservation", id.uuid()).patient(gel.patient_id))?;
    Ok(Gel { leve_par: op.acteur.compte, fin: Some(op.maintenant), ..gel })
}

/// The tombstone of a patient, under a salt drawn for it.
pub fn pierre(op: &Op<'_>, patient: &Patient, regle: Regle) -> Resultat<PierreTombale> {
    let sel = op.chance.secret();
    let sel = sel.get(..16).ok_or_else(|| Panne::dire("sel trop court"))?;
    PierreTombale::nouvelle(patient, regle, op.maintenant, sel)
}
