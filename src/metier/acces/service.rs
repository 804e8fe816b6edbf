//! Use cases: see a patient in an emergency, restrict a patient, examine.

use super::{
    job::ALERTER_BRIS,
    model::{
        AccesError, BrisDeGlace, BrisSaisi, DELAI_EXAMEN, DUREE_BRIS, DUREE_DESIGNATION, ExamenSaisi, JetonPatient, PatientDesigne,
        Restriction, RestrictionSaisie, VueRestreinte,
    },
    store,
};
use crate::{
    db::{
        Evenement, Op,
        perimetre::{self, MotifLien},
    },
    jobs::queue,
    kernel::{
        Action, Instant, Refus, Resultat, Role,
        erreur::ErreurCommune,
        ids::{BrisId, CompteId, PatientId, RestrictionId},
        page::{Page, Pagination},
        texte::sha256,
    },
    metier::patient::service as patients,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::json;
use std::collections::BTreeSet;
use uuid::Uuid;

fn titulaire(op: &Op<'_>) -> Resultat<CompteId> {
    op.acteur.compte.ok_or_else(|| ErreurCommune::Interdit.into())
}

/// Names the patient of an emergency by exact traits; gives a token that stands for the patient.
pub fn designer(op: &mut Op<'_>, designe: &PatientDesigne) -> Resultat<JetonPatient> {
    op.exiger(Action::BriserGlace)?;
    let compte = titulaire(op)?;
    op.exiger_authentification_recente()?;
    let designation = designe.designation()?;
    let [patient] = store::designes(op, &designation)?.try_into().map_err(|_| AccesError::PatientIntrouvable)?;
    let jeton = URL_SAFE_NO_PAD.encode(op.chance.secret());
    let expire_le = op.maintenant + DUREE_DESIGNATION;
    store::garder_designation(op, &sha256(jeton.as_bytes()), compte, patient, expire_le)?;
    op.tracer(Evenement::sur("designer", "patient", patient.uuid()).patient(patient))?;
    Ok(JetonPatient { jeton, expire_le })
}

/// Opens the file of the patient of an emergency, read only, for four hours.
pub fn briser(op: &mut Op<'_>, saisi: &BrisSaisi) -> Resultat<BrisDeGlace> {
    op.exiger(Action::BriserGlace)?;
    let compte_id = titulaire(op)?;
    op.exiger_authentification_recente()?;
    let fautes = saisi.fautes();
    if !fautes.is_empty() {
        return Err(Refus::invalide(fautes).into());
    }
    let patient = store::prendre_designation(op, &sha256(saisi.jeton.as_bytes()), compte_id)?.ok_or(AccesError::JetonPerime)?;
    if perimetre::patient_visible(op, Action::LirePatient, patient)? {
        return Err(AccesError::DejaVisible.into());
    }
    let bris = BrisDeGlace {
        id: op.id(),
        patient_id: patient,
        compte_id,
        acteur: op.acteur.nom.clone(),
        motif: saisi.motif,
        explication: saisi.explication.trim().to_owned(),
        debut: op.maintenant,
        fin: op.maintenant + DUREE_BRIS,
        verdict: None,
        commentaire: None,
        examine_par: None,
        examine_le: None,
    };
    store::inserer_bris(op, &bris)?;
    perimetre::lier(op, patient, compte_id.uuid(), MotifLien::BrisDeGlace, bris.id.uuid())?;
    perimetre::delier(op.conn, bris.id.uuid(), bris.fin)?;
    op.tracer(Evenement::sur("briser_glace", "patient", patient.uuid()).patient(patient).champs(&[bris.motif.as_str()]))?;
    queue::enfiler(op, ALERTER_BRIS, &json!({ "bris_id": bris.id }))?;
    Ok(bris)
}

/// The files that a bris de glace opens to the person now.
pub fn en_cours(op: &mut Op<'_>) -> Resultat<Vec<BrisDeGlace>> {
    op.exiger(Action::BriserGlace)?;
    let compte = titulaire(op)?;
    store::en_cours(op, compte)
}

/// Which bris de glace are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attente {
    /// All.
    Tous,
    /// Those that nobody examined.
    AExaminer,
    /// Those that nobody examined after more than seven days.
    EnRetard,
}

/// The bris de glace, for who examines them. The reading is traced, patient by patient.
pub fn lister(op: &mut Op<'_>, attente: Attente, pagination: &Pagination) -> Resultat<Page<BrisDeGlace>> {
    op.exiger(Action::ExaminerAcces)?;
    let avant: Option<Instant> = match attente {
        Attente::Tous => None,
        Attente::AExaminer => Some(op.maintenant),
        Attente::EnRetard => Some(op.maintenant - DELAI_EXAMEN),
    };
    let apres = pagination.apres().map_err(ErreurCommune::from)?;
    let lignes = store::lister(op, avant, apres, pagination.limite() + 1)?;
    for bris in &lignes {
        op.tracer(Evenement::sur("lister", "bris_de_glace", bris.id.uuid()).patient(bris.patient_id))?;
    }
    Ok(Page::depuis(lignes, pagination.limite(), |bris| bris.id))
}

/// Concludes the examination of a bris de glace.
pub fn examiner(op: &mut Op<'_>, id: BrisId, examen: &ExamenSaisi) -> Resultat<BrisDeGlace> {
    op.exiger(Action::ExaminerAcces)?;
    let avant = store::bris(op, id)?.ok_or(AccesError::BrisIntrouvable)?;
    let apres = avant.examiner(examen, op.acteur.compte, op.maintenant)?;
    if store::conclure_bris(op, &apres)? == 0 {
        return Err(AccesError::DejaExamine.into());
    }
    op.tracer(Evenement::sur("examiner", "bris_de_glace", id.uuid()).patient(apres.patient_id).champs(&[examen.verdict.as_str()]))?;
    Ok(apres)
}

/// Who is told of a bris de glace: the 3C that follow the patient and the data protection officers. For the
/// job that tells them.
pub fn a_prevenir(op: &mut Op<'_>, id: BrisId) -> Resultat<Option<(BrisDeGlace, Vec<String>)>> {
    op.exiger(Action::ExaminerAcces)?;
    let Some(bris) = store::bris(op, id)? else { return Ok(None) };
    let mut adresses: BTreeSet<String> = store::courriels_des_centres(op, bris.patient_id)?.into_iter().collect();
    adresses.extend(store::courriels_du_role(op, Role::DelegueProtectionDonnees)?);
    Ok(Some((bris, adresses.into_iter().collect())))
}

/// True for a patient restricted to named people at this moment, for the use cases of other slices.
pub fn est_restreint(op: &mut Op<'_>, id: PatientId) -> Resultat<bool> {
    Ok(store::restriction(op, id)?.is_some())
}

/// The restriction of a patient that the person sees.
pub fn restriction(op: &mut Op<'_>, id: PatientId) -> Resultat<Restriction> {
    patients::exiger_visible(op, Action::LirePatient, id)?;
    let restriction = store::restriction(op, id)?.ok_or(AccesError::RestrictionIntrouvable)?;
    op.tracer(Evenement::sur("lire", "restriction", restriction.id.uuid()).patient(id).version(restriction.version))?;
    Ok(restriction)
}

/// Restricts a patient to named people; who does so is one of them.
pub fn restreindre(op: &mut Op<'_>, id: PatientId, saisie: &RestrictionSaisie) -> Resultat<Restriction> {
    patients::exiger_visible(op, Action::RestreindrePatient, id)?;
    let posee_par = titulaire(op)?;
    if store::restriction(op, id)?.is_some() {
        return Err(AccesError::DejaRestreint.into());
    }
    let restriction = Restriction {
        id: op.id(),
        patient_id: id,
        motif: saisie.motif,
        posee_par,
        posee_le: op.maintenant,
        personnes: personnes(saisie, posee_par),
        version: 1,
    };
    store::inserer_restriction(op, &restriction)?;
    op.tracer(Evenement::sur("restreindre", "restriction", restriction.id.uuid()).patient(id).version(1))?;
    Ok(restriction)
}

fn personnes(saisie: &RestrictionSaisie, posee_par: CompteId) -> Vec<Uuid> {
    let comptes = saisie.comptes.iter().map(|compte| compte.uuid());
    let nommees = saisie.praticiens.iter().map(|praticien| praticien.uuid()).chain(comptes).chain([posee_par.uuid()]);
    nommees.collect::<BTreeSet<Uuid>>().into_iter().collect()
}

/// Names other people, of a restriction that was read at version `lue`.
pub fn modifier_restriction(op: &mut Op<'_>, id: PatientId, lue: i64, saisie: &RestrictionSaisie) -> Resultat<Restriction> {
    patients::exiger_visible(op, Action::RestreindrePatient, id)?;
    let avant = store::restriction(op, id)?.ok_or(AccesError::RestrictionIntrouvable)?;
    if avant.version != lue {
        return Err(ErreurCommune::VersionPerimee { actuelle: avant.version }.into());
    }
    let apres = Restriction { motif: saisie.motif, personnes: personnes(saisie, titulaire(op)?), version: lue + 1, ..avant };
    if store::enregistrer_restriction(op, &apres, lue)? == 0 {
        return Err(ErreurCommune::VersionPerimee { actuelle: lue }.into());
    }
    op.tracer(Evenement::sur("modifier", "restriction", apres.id.uuid()).patient(id).version(apres.version).champs(&["personnes"]))?;
    Ok(apres)
}

/// Ends the restriction of a patient.
pub fn lever_restriction(op: &mut Op<'_>, id: PatientId) -> Resultat<Restriction> {
    patients::exiger_visible(op, Action::RestreindrePatient, id)?;
    let restriction = store::restriction(op, id)?.ok_or(AccesError::RestrictionIntrouvable)?;
    let compte = titulaire(op)?;
    if store::lever_restriction(op, restriction.id, compte)? == 0 {
        return Err(AccesError::RestrictionIntrouvable.into());
    }
    op.tracer(Evenement::sur("lever", "restriction", restriction.id.uuid()).patient(id).version(restriction.version))?;
    Ok(restriction)
}

/// The views of restricted patients that one answer holds.
const VUES: i64 = 500;

/// The views of restricted patients that were not examined yet.
pub fn vues_restreintes(op: &mut Op<'_>) -> Resultat<Vec<VueRestreinte>> {
    op.exiger(Action::ExaminerAcces)?;
    op.tracer(Evenement::liste("lister", "vue_restreinte"))?;
    store::vues(op, VUES)
}

/// Concludes the examination of the views of a restricted patient up to now.
pub fn examiner_restriction(op: &mut Op<'_>, id: RestrictionId, examen: &ExamenSaisi) -> Resultat<()> {
    op.exiger(Action::ExaminerAcces)?;
    let compte = titulaire(op)?;
    if !store::restriction_existe(op, id)? {
        return Err(AccesError::RestrictionIntrouvable.into());
    }
    store::inserer_examen(op, id, examen.verdict, examen.commentaire.as_deref(), compte)?;
    op.tracer(Evenement::sur("examiner", "restriction", id.uuid()).champs(&[examen.verdict.as_str()]))
}
