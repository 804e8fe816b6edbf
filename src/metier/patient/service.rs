//! Use cases of patients and dossiers.

pub mod identite;
mod reprise;

pub use reprise::{registre_vide, reprendre};

use super::{
    model::{
        ActeIdentite, Correspondant, CorrespondantsSaisis, Dossier, DossierSaisi, ObjetOpposition, Opposition, OppositionSaisie, Patient,
        PatientError, PatientSaisi, RecherchePatient, ResultatRecherche,
    },
    store,
};
use crate::{
    db::{
        Evenement, Op,
        perimetre::{self, MotifLien},
    },
    kernel::{
        Action, Faute, Refus, Resultat,
        acteur::Rattachement,
        clock::date_paris,
        erreur::ErreurCommune,
        ids::{DossierId, OppositionId, PatientId, PraticienId},
    },
    metier::{alerte, annuaire, inscription, rapprochement},
};
use uuid::Uuid;

/// One patient, for the use cases of other slices, which authorise and trace.
pub fn trouver(op: &mut Op<'_>, id: PatientId) -> Resultat<Patient> {
    store::trouver(op, id)?.ok_or_else(|| PatientError::Introuvable.into())
}

/// One dossier, for the use cases of other slices, which authorise and trace.
pub fn dossier(op: &mut Op<'_>, id: DossierId) -> Resultat<Dossier> {
    store::dossier(op, id)?.ok_or_else(|| PatientError::DossierIntrouvable.into())
}

/// The patients whose médecin traitant that professional is, for the use cases of other slices.
pub fn suivis_par(op: &mut Op<'_>, medecin: PraticienId) -> Resultat<Vec<PatientId>> {
    store::suivis_par(op, medecin)
}

/// The correspondents of a patient, by capacity, for the use cases of other slices.
pub fn correspondants(op: &mut Op<'_>, id: PatientId) -> Resultat<Vec<Correspondant>> {
    store::correspondants(op, id)
}

/// Every opposition of a patient, those that were lifted included (see [`Opposition::en_vigueur`]),
/// for the use cases of other slices.
pub fn oppositions(op: &mut Op<'_>, id: PatientId) -> Resultat<Vec<Opposition>> {
    store::oppositions(op, id)
}

/// True when the patient opposes that at this moment.
pub fn est_oppose(op: &mut Op<'_>, id: PatientId, objet: ObjetOpposition) -> Resultat<bool> {
    Ok(store::oppositions(op, id)?.iter().any(|opposition| opposition.objet == objet && opposition.en_vigueur()))
}

/// Refuses the act on a patient: as unknown to who may not read the patient, as forbidden to who
/// reads the patient but holds no right to the act.
pub fn exiger_visible(op: &mut Op<'_>, action: Action, id: PatientId) -> Resultat<()> {
    exiger_sur_patient(op, action, id, PatientError::Introuvable)
}

fn exiger_sur_patient(op: &mut Op<'_>, action: Action, id: PatientId, sinon: PatientError) -> Resultat<()> {
    op.exiger(action)?;
    if perimetre::patient_visible(op, action, id)? {
        return Ok(());
    }
    if perimetre::patient_visible(op, Action::LirePatient, id)? {
        return Err(ErreurCommune::Interdit.into());
    }
    // Who sees the patient who was kept is told where the file went; anybody else learns nothing.
    match identite::conserve(op, id)? {
        Some(conserve) if perimetre::patient_visible(op, Action::LirePatient, conserve)? => Err(PatientError::Absorbe { conserve }.into()),
        Some(_) | None => Err(sinon.into()),
    }
}

fn refuser(fautes: Vec<Faute>) -> Resultat<()> {
    if fautes.is_empty() { Ok(()) } else { Err(Refus::invalide(fautes).into()) }
}

fn exiger_version(actuelle: i64, lue: i64) -> Resultat<()> {
    if actuelle == lue { Ok(()) } else { Err(ErreurCommune::VersionPerimee { actuelle }.into()) }
}

/// Registers a patient. Who creates a patient can read the patient.
pub fn creer(op: &mut Op<'_>, saisi: &PatientSaisi) -> Resultat<Patient> {
    op.exiger(Action::GererPatient)?;
    refuser(saisi.fautes(date_paris(op.maintenant), None))?;
    let patient = Patient::nouveau(op.id(), saisi, op.maintenant);
    exiger_references(op, &patient)?;
    if !saisi.confirmer_distinct {
        refuser_doublon(op, &patient)?;
    }
    store::inserer(op, &patient)?;
    rattacher(op, &patient)?;
    rapprochement::service::detecter(op, patient.id)?;
    op.tracer(Evenement::sur("creer", "patient", patient.id.uuid()).patient(patient.id).version(1))?;
    Ok(patient)
}

/// One patient.
pub fn lire(op: &mut Op<'_>, id: PatientId) -> Resultat<Patient> {
    exiger_visible(op, Action::LirePatient, id)?;
    let patient = trouver(op, id)?;
    op.tracer(Evenement::sur("lire", "patient", id.uuid()).patient(id).version(patient.version))?;
    Ok(patient)
}

/// Changes a patient who was read at version `lue`. Ties end with their reason: a former médecin
/// traitant, an établissement whose number is taken away.
pub fn modifier(op: &mut Op<'_>, id: PatientId, lue: i64, saisi: &PatientSaisi) -> Resultat<Patient> {
    exiger_visible(op, Action::GererPatient, id)?;
    let avant = trouver(op, id)?;
    exiger_version(avant.version, lue)?;
    avant.exiger_transition(saisi.statut_identite)?;
    refuser(saisi.fautes(date_paris(op.maintenant), Some(&avant)))?;
    let apres = avant.modifie(saisi, op.maintenant);
    exiger_references(op, &apres)?;
    if avant.change_de_traits(&apres) && !saisi.confirmer_distinct {
        refuser_doublon(op, &apres)?;
    }
    enregistrer(op, &apres, lue)?;
    changer_les_liens(op, id, &liens(&avant), &liens(&apres))?;
    alerte::service::evaluer_patient(op, id)?;
    if avant.change_de_traits(&apres) {
        rapprochement::service::detecter(op, id)?;
    }
    let champs = avant.champs_differents(&apres);
    if !champs.is_empty() {
        store::historique::noter(op, &avant, apres.version, (ActeIdentite::Modifier, &champs, None))?;
    }
    op.tracer(Evenement::sur("modifier", "patient", id.uuid()).patient(id).version(apres.version).champs(&champs))?;
    Ok(apres)
}

fn enregistrer(op: &mut Op<'_>, patient: &Patient, lue: i64) -> Resultat<()> {
    if store::enregistrer(op, patient, lue)? == 0 {
        return Err(ErreurCommune::VersionPerimee { actuelle: trouver(op, patient.id)?.version }.into());
    }
    Ok(())
}

/// The subjects that the identity of a patient ties the patient to.
fn liens(patient: &Patient) -> Vec<(Uuid, MotifLien)> {
    let etablissements = patient.identifiants.iter().map(|i| (i.etablissement_id.uuid(), MotifLien::Etablissement));
    let medecin_traitant = patient.medecin_traitant_id.map(|id| (id.uuid(), MotifLien::MedecinTraitant));
    etablissements.chain(medecin_traitant).collect()
}

fn changer_les_liens(op: &mut Op<'_>, id: PatientId, avant: &[(Uuid, MotifLien)], apres: &[(Uuid, MotifLien)]) -> Resultat<()> {
    // A tie that came with an absorbed identity ends with its reason too.
    let origines = identite::representes(op, id)?;
    for (sujet, motif) in avant.iter().filter(|lien| !apres.contains(lien)) {
        for origine in &origines {
            perimetre::delier_sujet(op, id, *sujet, *motif, origine.uuid())?;
        }
    }
    for (sujet, motif) in apres.iter().filter(|lien| !avant.contains(lien)) {
        perimetre::lier(op, id, *sujet, *motif, id.uuid())?;
    }
    Ok(())
}

/// Ties a new patient to what its identity names and to its author: the professional who creates it, else
/// what the person's rights bear on, else the établissements that know it. When that does not make the
/// patient readable, what the person's rights bear on is tied besides. The author keeps the file of a patient
/// who opposes its sharing. A patient whom nobody could read is refused.
fn rattacher(op: &mut Op<'_>, patient: &Patient) -> Resultat<()> {
    let nommes = liens(patient);
    let sujets = op.acteur.sujets(Action::GererPatient).ids;
    let auteurs = match op.acteur.praticien {
        Some(praticien) => vec![praticien.uuid()],
        None if sujets.is_empty() => patient.identifiants.iter().map(|identifiant| identifiant.etablissement_id.uuid()).collect(),
        None => sujets.clone(),
    };
    let createurs = auteurs.into_iter().map(|auteur| (auteur, MotifLien::Createur));
    let mut liens: Vec<_> = nommes.iter().copied().chain(createurs).collect();
    let lies: Vec<Uuid> = liens.iter().map(|(sujet, _)| *sujet).collect();
    if !op.acteur.sujets(Action::LirePatient).voient(&lies) {
        if sujets.is_empty() && nommes.is_empty() {
            return Err(PatientError::SansRattachement.into());
        }
        liens.extend(sujets.into_iter().map(|sujet| (sujet, MotifLien::Createur)));
    }
    liens.into_iter().try_for_each(|(sujet, motif)| perimetre::lier(op, patient.id, sujet, motif, patient.id.uuid()))
}

/// Refuses traits that another patient has; tells which one only to who may see that one.
fn refuser_doublon(op: &mut Op<'_>, patient: &Patient) -> Resultat<()> {
    let homonymes = store::homonymes(op, patient)?;
    if homonymes.is_empty() {
        return Ok(());
    }
    let mut patients = Vec::new();
    for homonyme in homonymes {
        if perimetre::patient_visible(op, Action::LirePatient, homonyme)? {
            patients.push(homonyme);
        }
    }
    Err(if patients.is_empty() { PatientError::DoublonHorsPerimetre.into() } else { PatientError::Doublon { patients }.into() })
}

/// The établissements and the médecin traitant must be in the directory.
fn exiger_references(op: &mut Op<'_>, patient: &Patient) -> Resultat<()> {
    let mut fautes = Vec::new();
    for (rang, identifiant) in patient.identifiants.iter().enumerate() {
        if let Err(erreur) = annuaire::service::etablissement(op, identifiant.etablissement_id) {
            if erreur.code() != Some("etablissement-introuvable") {
                return Err(erreur);
            }
            let message = "Cet établissement n'existe pas dans l'annuaire.";
            fautes.push(Faute::new(format!("/identifiants/{rang}/etablissement_id"), "etablissement-inconnu", message));
        }
    }
    if let Some(id) = patient.medecin_traitant_id {
        match annuaire::service::praticiens_par_id(op, &[id])?.first() {
            None => fautes.push(praticien_inconnu("/medecin_traitant_id")),
            Some(praticien) if !praticien.est_medecin() => {
                let message = "Le médecin traitant est un médecin.";
                fautes.push(Faute::new("/medecin_traitant_id", "medecin-attendu", message));
            }
            Some(_) => {}
        }
    }
    refuser(fautes)
}

fn praticien_inconnu(pointeur: impl Into<String>) -> Faute {
    Faute::new(pointeur, "praticien-inconnu", "Ce professionnel n'existe pas dans l'annuaire.")
}

/// Finds patients among those that the person may see. The search is traced, and each patient whose
/// identity it shows.
pub fn rechercher(op: &mut Op<'_>, recherche: &RecherchePatient) -> Resultat<ResultatRecherche> {
    op.exiger(Action::RechercherPatient)?;
    trouver_par_traits(op, recherche, false)
}

/// Finds patients of the whole region, by identity only: for the offices that bear on every identity (requests of
/// patients, identitovigilance).
pub fn rechercher_partout(op: &mut Op<'_>, recherche: &RecherchePatient) -> Resultat<ResultatRecherche> {
    let region = Rattachement::default();
    if !op.acteur.peut_sur(Action::RapprocherIdentites, &region) {
        op.exiger_sur(Action::TraiterDroits, &region)?;
    }
    trouver_par_traits(op, recherche, true)
}

fn trouver_par_traits(op: &mut Op<'_>, recherche: &RecherchePatient, partout: bool) -> Resultat<ResultatRecherche> {
    let critere = recherche.critere()?;
    let resultat = ResultatRecherche::depuis(store::rechercher(op, &critere, partout)?);
    op.tracer(Evenement::liste("rechercher", "patient").champs(&critere.champs()))?;
    for patient in &resultat.elements {
        op.tracer(Evenement::sur("rechercher", "patient", patient.id.uuid()).patient(patient.id))?;
    }
    Ok(resultat)
}

/// The correspondents of a patient, with the version of the patient.
pub fn lire_correspondants(op: &mut Op<'_>, id: PatientId) -> Resultat<(Vec<Correspondant>, i64)> {
    exiger_visible(op, Action::LirePatient, id)?;
    let version = trouver(op, id)?.version;
    op.tracer(Evenement::sur("lire", "correspondants", id.uuid()).patient(id).version(version))?;
    Ok((store::correspondants(op, id)?, version))
}

/// Replaces the correspondents of a patient who was read at version `lue`.
pub fn remplacer_correspondants(
    op: &mut Op<'_>,
    id: PatientId,
    lue: i64,
    saisis: &CorrespondantsSaisis,
) -> Resultat<(Vec<Correspondant>, i64)> {
    exiger_visible(op, Action::GererPatient, id)?;
    let avant = trouver(op, id)?;
    exiger_version(avant.version, lue)?;
    refuser(saisis.fautes())?;
    exiger_correspondants_connus(op, &saisis.correspondants)?;
    let sujets = |liste: &[Correspondant]| -> Vec<(Uuid, MotifLien)> {
        liste.iter().map(|c| (c.praticien_id.uuid(), MotifLien::Correspondant)).collect()
    };
    let anciens = sujets(&store::correspondants(op, id)?);
    store::remplacer_correspondants(op, id, &saisis.correspondants)?;
    changer_les_liens(op, id, &anciens, &sujets(&saisis.correspondants))?;
    let apres = Patient { version: lue + 1, modifie_le: op.maintenant, ..avant };
    enregistrer(op, &apres, lue)?;
    op.tracer(Evenement::sur("modifier", "patient", id.uuid()).patient(id).version(apres.version).champs(&["correspondants"]))?;
    Ok((store::correspondants(op, id)?, apres.version))
}

fn exiger_correspondants_connus(op: &mut Op<'_>, correspondants: &[Correspondant]) -> Resultat<()> {
    let ids: Vec<PraticienId> = correspondants.iter().map(|c| c.praticien_id).collect();
    let connus: Vec<PraticienId> = annuaire::service::praticiens_par_id(op, &ids)?.into_iter().map(|p| p.id).collect();
    let inconnus = ids.iter().enumerate().filter(|(_, id)| !connus.contains(id));
    refuser(inconnus.map(|(rang, _)| praticien_inconnu(format!("/correspondants/{rang}/praticien_id"))).collect())
}

/// The oppositions of a patient, oldest first, those that were lifted included.
pub fn lire_oppositions(op: &mut Op<'_>, id: PatientId) -> Resultat<Vec<Opposition>> {
    exiger_visible(op, Action::LirePatient, id)?;
    op.tracer(Evenement::sur("lire", "oppositions", id.uuid()).patient(id))?;
    store::oppositions(op, id)
}

/// Takes an opposition down.
pub fn recueillir_opposition(op: &mut Op<'_>, id: PatientId, saisie: &OppositionSaisie) -> Resultat<Opposition> {
    exiger_visible(op, Action::RecueillirOpposition, id)?;
    trouver(op, id)?;
    let aujourd_hui = date_paris(op.maintenant);
    refuser(saisie.fautes(aujourd_hui))?;
    if est_oppose(op, id, saisie.objet)? {
        return Err(PatientError::OppositionEnVigueur.into());
    }
    let opposition = Opposition {
        id: op.id(),
        patient_id: id,
        objet: saisie.objet,
        exprimee_le: saisie.exprimee_le.unwrap_or(aujourd_hui),
        recueillie_par: op.acteur.compte,
        commentaire: saisie.commentaire.clone(),
        cree_le: op.maintenant,
        levee_le: None,
    };
    store::inserer_opposition(op, &opposition)?;
    match opposition.objet {
        ObjetOpposition::PartageDcc => inscription::service::retirer_du_patient(op, id)?,
        ObjetOpposition::EnvoiMedecinTraitant | ObjetOpposition::Dmp | ObjetOpposition::Reutilisation => {}
    }
    alerte::service::evaluer_patient(op, id)?;
    op.tracer(Evenement::sur("creer", "opposition", opposition.id.uuid()).patient(id))?;
    Ok(opposition)
}

/// Lifts an opposition, from now.
pub fn lever_opposition(op: &mut Op<'_>, id: OppositionId) -> Resultat<Opposition> {
    op.exiger(Action::RecueillirOpposition)?;
    let opposition = store::opposition(op, id)?.ok_or(PatientError::OppositionIntrouvable)?;
    exiger_sur_patient(op, Action::RecueillirOpposition, opposition.patient_id, PatientError::OppositionIntrouvable)?;
    if store::lever_opposition(op, id)? == 0 {
        return Err(PatientError::OppositionLevee.into());
    }
    alerte::service::evaluer_patient(op, opposition.patient_id)?;
    op.tracer(Evenement::sur("lever", "opposition", id.uuid()).patient(opposition.patient_id))?;
    Ok(Opposition { levee_le: Some(op.maintenant), ..opposition })
}

/// Opens a dossier for a patient.
pub fn creer_dossier(op: &mut Op<'_>, patient_id: PatientId, saisi: &DossierSaisi) -> Resultat<Dossier> {
    exiger_visible(op, Action::GererPatient, patient_id)?;
    let patient = trouver(op, patient_id)?;
    exiger_dossier_correct(op, &patient, saisi)?;
    let dossier = Dossier::nouveau(op.id(), patient_id, saisi, op.maintenant);
    store::inserer_dossier(op, &dossier)?;
    if let Some(referent) = dossier.referent_id {
        perimetre::lier(op, patient_id, referent.uuid(), MotifLien::Referent, dossier.id.uuid())?;
    }
    op.tracer(Evenement::sur("creer", "dossier", dossier.id.uuid()).patient(patient_id).version(1))?;
    Ok(dossier)
}

fn exiger_dossier_correct(op: &mut Op<'_>, patient: &Patient, saisi: &DossierSaisi) -> Resultat<()> {
    let mut fautes = saisi.fautes(patient.date_naissance, date_paris(op.maintenant));
    if let Some(id) = saisi.referent_id
        && annuaire::service::praticiens_par_id(op, &[id])?.is_empty()
    {
        fautes.push(praticien_inconnu("/referent_id"));
    }
    refuser(fautes)
}

/// The dossiers of a patient, oldest first.
pub fn dossiers(op: &mut Op<'_>, patient_id: PatientId) -> Resultat<Vec<Dossier>> {
    exiger_visible(op, Action::LirePatient, patient_id)?;
    let dossiers = store::dossiers(op, patient_id)?;
    op.tracer(Evenement::sur("lire", "dossiers", patient_id.uuid()).patient(patient_id))?;
    Ok(dossiers)
}

/// One dossier.
pub fn lire_dossier(op: &mut Op<'_>, id: DossierId) -> Resultat<Dossier> {
    let dossier = dossier_pour(op, Action::LirePatient, id)?;
    op.tracer(Evenement::sur("lire", "dossier", id.uuid()).patient(dossier.patient_id).version(dossier.version))?;
    Ok(dossier)
}

fn dossier_pour(op: &mut Op<'_>, action: Action, id: DossierId) -> Resultat<Dossier> {
    op.exiger(action)?;
    let dossier = dossier(op, id)?;
    exiger_sur_patient(op, action, dossier.patient_id, PatientError::DossierIntrouvable)?;
    Ok(dossier)
}

/// Changes an open dossier that was read at version `lue`.
pub fn modifier_dossier(op: &mut Op<'_>, id: DossierId, lue: i64, saisi: &DossierSaisi) -> Resultat<Dossier> {
    let avant = dossier_pour(op, Action::GererPatient, id)?;
    exiger_version(avant.version, lue)?;
    let patient = trouver(op, avant.patient_id)?;
    exiger_dossier_correct(op, &patient, saisi)?;
    let apres = avant.modifie(saisi, op.maintenant)?;
    if avant.referent_id != apres.referent_id {
        if let Some(ancien) = avant.referent_id {
            perimetre::delier_sujet(op, avant.patient_id, ancien.uuid(), MotifLien::Referent, id.uuid())?;
        }
        if let Some(nouveau) = apres.referent_id {
            perimetre::lier(op, avant.patient_id, nouveau.uuid(), MotifLien::Referent, id.uuid())?;
        }
    }
    enregistrer_dossier(op, Evenement::liste("modifier", "dossier").changements(&avant, &apres), &apres, lue)?;
    alerte::service::evaluer_patient(op, apres.patient_id)?;
    Ok(apres)
}

/// Closes a dossier that was read at version `lue`.
pub fn clore_dossier(op: &mut Op<'_>, id: DossierId, lue: i64) -> Resultat<Dossier> {
    let avant = dossier_pour(op, Action::GererPatient, id)?;
    exiger_version(avant.version, lue)?;
    let apres = avant.clore(op.maintenant)?;
    enregistrer_dossier(op, Evenement::liste("clore", "dossier"), &apres, lue)?;
    Ok(apres)
}

/// Reopens a dossier that was read at version `lue`.
pub fn rouvrir_dossier(op: &mut Op<'_>, id: DossierId, lue: i64) -> Resultat<Dossier> {
    let avant = dossier_pour(op, Action::GererPatient, id)?;
    exiger_version(avant.version, lue)?;
    let apres = avant.rouvrir(op.maintenant)?;
    enregistrer_dossier(op, Evenement::liste("rouvrir", "dossier"), &apres, lue)?;
    Ok(apres)
}

fn enregistrer_dossier(op: &mut Op<'_>, acte: Evenement<'_>, apres: &Dossier, lue: i64) -> Resultat<()> {
    if store::enregistrer_dossier(op, apres, lue)? == 0 {
        return Err(ErreurCommune::VersionPerimee { actuelle: dossier(op, apres.id)?.version }.into());
    }
    op.tracer(Evenement { objet_id: Some(apres.id.uuid()), ..acte }.patient(apres.patient_id).version(apres.version))
}
