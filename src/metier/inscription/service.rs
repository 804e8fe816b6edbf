//! Use cases of registrations.

mod agenda;
mod entree;
mod seance;
mod sortie;

pub use agenda::{ordonner, ordre_du_jour};
pub use entree::inscrire;
pub use seance::{aviser, cas_du_quorum, discuter, enregistrer, exiger_juste, pour_le_quorum, proposer, quorum, quorum_compare, reevaluer};
pub use sortie::{Report, reporter, retirer, retirer_du_patient};

use super::{
    model::{ActeInscription, AvisEcrit, Inscription, InscriptionError, Passage},
    store,
};
use crate::{
    db::{Evenement, Op, perimetre},
    kernel::{
        Action, Resultat,
        acteur::Rattachement,
        erreur::ErreurCommune,
        ids::{FicheId, InscriptionId, PatientId, ReunionId},
    },
    metier::{
        alerte,
        reunion::{self, model::Reunion},
    },
};
use serde::Serialize;
use utoipa::ToSchema;

/// One registration, for the use cases of other slices, which authorise and trace.
pub fn trouver(op: &mut Op<'_>, id: InscriptionId) -> Resultat<Inscription> {
    store::trouver(op, id)?.ok_or_else(|| InscriptionError::Introuvable.into())
}

/// Every registration of a meeting in the order of the agenda, postponed and withdrawn ones included,
/// for the use cases of other slices, which authorise and trace.
pub fn de_la_reunion(op: &mut Op<'_>, reunion: ReunionId) -> Resultat<Vec<Inscription>> {
    store::de_la_reunion(op, reunion)
}

/// Every registration of a fiche, oldest first, for the use cases of other slices, which authorise and
/// trace.
pub fn de_la_fiche(op: &mut Op<'_>, fiche: FicheId) -> Resultat<Vec<Inscription>> {
    store::de_la_fiche(op, fiche)
}

/// Every registration of a patient, oldest first, for the use cases of other slices, which authorise and
/// trace.
pub fn du_patient(op: &mut Op<'_>, patient: PatientId) -> Resultat<Vec<Inscription>> {
    store::du_patient(op, patient)
}

/// The passages of a patient that are looked back at.
const PASSAGES: i64 = 100;

/// The registrations of a patient but one, with their meetings, the latest meeting first, for the use
/// cases of other slices, which authorise and trace.
pub fn autres_passages(op: &mut Op<'_>, patient: PatientId, sauf: InscriptionId) -> Resultat<Vec<Passage>> {
    store::autres_passages(op, patient, sauf, PASSAGES)
}

/// The meetings that have registrations and whose comptes-rendus are not validated yet, for the background work.
pub fn reunions_en_cours(op: &mut Op<'_>) -> Resultat<Vec<ReunionId>> {
    store::reunions_en_cours(op)
}

/// The written opinions on a case, oldest first, for the use cases of other slices, which authorise and
/// trace.
pub fn avis(op: &mut Op<'_>, id: InscriptionId) -> Resultat<Vec<AvisEcrit>> {
    store::avis(op, id)
}

/// Takes over registrations and written opinions as they were elsewhere, with the quorum that was evaluated there: no
/// alert is evaluated, nobody is tied to the patients. Only the service itself does, and it traces what it takes over.
pub fn reprendre(op: &mut Op<'_>, inscriptions: &[Inscription], avis: &[AvisEcrit]) -> Resultat<()> {
    op.exiger_systeme()?;
    store::inserer_toutes(op, inscriptions)?;
    avis.iter().try_for_each(|avis| store::inserer_avis(op, avis))
}

/// A registration with its opinions.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct InscriptionLue {
    /// The registration.
    #[serde(flatten)]
    pub inscription: Inscription,
    /// True when the answer may be called the opinion of an RCP.
    pub avis_de_rcp: bool,
    /// The written opinions.
    pub avis: Vec<AvisEcrit>,
}

/// One registration.
pub fn lire(op: &mut Op<'_>, id: InscriptionId) -> Resultat<InscriptionLue> {
    let inscription = visible(op, Action::LireFiche, id)?;
    op.tracer(Evenement::sur("lire", "inscription", id.uuid()).patient(inscription.patient_id).version(inscription.version))?;
    let avis = store::avis(op, id)?;
    Ok(InscriptionLue { avis_de_rcp: inscription.avis_de_rcp(), avis, inscription })
}

/// A registration on whose patient the person may do the action; unknown to who may not read it.
fn visible(op: &mut Op<'_>, action: Action, id: InscriptionId) -> Resultat<Inscription> {
    op.exiger(action)?;
    let inscription = trouver(op, id)?;
    exiger_sur_patient(op, action, inscription.patient_id, InscriptionError::Introuvable)?;
    Ok(inscription)
}

fn exiger_sur_patient(op: &mut Op<'_>, action: Action, patient: PatientId, sinon: InscriptionError) -> Resultat<()> {
    if perimetre::patient_visible(op, action, patient)? {
        return Ok(());
    }
    let lisible = op.acteur.peut(Action::LireFiche) && perimetre::patient_visible(op, Action::LireFiche, patient)?;
    Err(if lisible { ErreurCommune::Interdit.into() } else { sinon.into() })
}

/// A registration of a meeting over which the person holds the action, at a state of the meeting that
/// admits the act.
fn pour(op: &mut Op<'_>, action: Action, acte: ActeInscription, id: InscriptionId) -> Resultat<(Inscription, Reunion, Rattachement)> {
    let inscription = visible(op, action, id)?;
    let reunion = reunion::service::trouver(op, inscription.reunion_id)?;
    let rattachement = reunion::service::rattachement(op, &reunion)?;
    op.exiger_sur(action, &rattachement)?;
    exiger_reunion(&reunion, acte)?;
    Ok((inscription, reunion, rattachement))
}

fn exiger_reunion(reunion: &Reunion, acte: ActeInscription) -> Result<(), InscriptionError> {
    if acte.admis_en(reunion.etat) { Ok(()) } else { Err(InscriptionError::EtatReunion { reunion: reunion.etat, acte }) }
}

/// Keeps a registration that was read at its present version, and traces the act.
fn garder(op: &mut Op<'_>, inscription: Inscription, acte: &str) -> Resultat<Inscription> {
    let lue = inscription.version;
    let apres = Inscription { version: lue + 1, modifie_le: op.maintenant, ..inscription };
    if store::enregistrer(op, &apres, lue)? == 0 {
        return Err(ErreurCommune::VersionPerimee { actuelle: lue }.into());
    }
    op.tracer(Evenement::sur(acte, "inscription", apres.id.uuid()).patient(apres.patient_id).version(apres.version))?;
    apres_changement(op, apres.patient_id)?;
    Ok(apres)
}

/// What hangs on a registration is brought up to date, those of the same patient included: each sees the others in its
/// history.
fn apres_changement(op: &mut Op<'_>, patient: PatientId) -> Resultat<()> {
    alerte::service::evaluer_patient(op, patient)
}
