//! Use cases of programmes: write, hand, replace, read; and what the rendering job calls.

mod redaction;
mod remise;

pub use super::job::RENDRE_PROGRAMME;
pub use crate::metier::fiche::service::Changement;
pub use redaction::{creer, modifier, nouvelle_version, preremplir, supprimer};
pub use remise::remettre;

use super::{
    model::{ContenuProgramme, EtatProgramme, Programme, ProgrammeDetaille, ProgrammeError, ProgrammeResume},
    store::{self, Portee},
};
use crate::{
    db::{Evenement, Op, perimetre},
    kernel::{
        Action, Resultat,
        clock::date_paris,
        erreur::ErreurCommune,
        ids::{DossierId, PatientId, ProgrammeId},
    },
    metier::{
        diffusion,
        document::{
            model::{Document, GenreDocument},
            service::{self as documents, Version},
        },
        fiche::{
            self,
            model::{Etape, Manquant},
            validation::ModeleCompile,
        },
        patient::{
            self,
            model::{Dossier, PatientError},
        },
        referentiel,
    },
};
use std::sync::Arc;

/// One programme, for the use cases of other slices and the job, which authorise and trace.
pub fn trouver(op: &mut Op<'_>, id: ProgrammeId) -> Resultat<Programme> {
    store::trouver(op, id)?.ok_or_else(|| ProgrammeError::Introuvable.into())
}

/// One programme, what it lacks, and which of its documents are ready.
pub fn lire(op: &mut Op<'_>, id: ProgrammeId) -> Resultat<ProgrammeDetaille> {
    op.exiger(Action::LireProgramme)?;
    let programme = visible(op, Action::LireProgramme, id)?;
    op.tracer(evenement("lire", &programme))?;
    detailler(op, programme)
}

/// A dossier on whose patient the person may do that.
fn dossier_visible(op: &mut Op<'_>, action: Action, id: DossierId) -> Resultat<Dossier> {
    let dossier = patient::service::dossier(op, id)?;
    patient::service::exiger_visible(op, action, dossier.patient_id).map_err(|erreur| match erreur.code() {
        // Whoever does not see the patient does not learn that the dossier exists.
        Some("patient-introuvable") => PatientError::DossierIntrouvable.into(),
        _ => erreur,
    })?;
    Ok(dossier)
}

/// The programmes of a dossier, the last begun first.
pub fn du_dossier(op: &mut Op<'_>, id: DossierId) -> Resultat<Vec<ProgrammeResume>> {
    op.exiger(Action::LireProgramme)?;
    let dossier = dossier_visible(op, Action::LireProgramme, id)?;
    lister(op, Portee::Dossier(id), dossier.patient_id)
}

/// The programmes of a patient, the last begun first.
pub fn du_patient(op: &mut Op<'_>, id: PatientId) -> Resultat<Vec<ProgrammeResume>> {
    op.exiger(Action::LireProgramme)?;
    patient::service::exiger_visible(op, Action::LireProgramme, id)?;
    lister(op, Portee::Patient(id), id)
}

fn lister(op: &mut Op<'_>, portee: Portee, patient: PatientId) -> Resultat<Vec<ProgrammeResume>> {
    let lus = store::lister(op, portee)?;
    op.tracer(Evenement::liste("lister", "programme").patient(patient))?;
    Ok(lus.iter().map(Programme::resume).collect())
}

/// A document of a programme that was handed.
pub fn telecharger(op: &mut Op<'_>, id: ProgrammeId, genre: GenreDocument) -> Resultat<Document> {
    op.exiger(Action::LireProgramme)?;
    let programme = visible(op, Action::LireProgramme, id)?;
    match programme.etat {
        EtatProgramme::Brouillon => return Err(ProgrammeError::NonRemis.into()),
        EtatProgramme::Remis | EtatProgramme::Remplace => {}
    }
    let document = documents::trouver(op, id.into(), genre)?.ok_or(ProgrammeError::DocumentEnPreparation)?;
    op.tracer(evenement("telecharger", &programme))?;
    Ok(document)
}

/// What the job that renders a programme starts from: its content, and what is kept already.
pub struct ARendre {
    /// The content.
    pub contenu: ContenuProgramme,
    /// The PDF, once it is kept.
    pub pdf: Option<Vec<u8>>,
    /// The CDA, once it is kept.
    pub cda: Option<Vec<u8>>,
}

/// What is to render of a programme that was handed; nothing when all its documents are kept.
pub fn a_rendre(op: &mut Op<'_>, id: ProgrammeId) -> Resultat<Option<ARendre>> {
    op.exiger(Action::RemettreProgramme)?;
    let remise = trouver(op, id)?.remise.ok_or(ProgrammeError::NonRemis)?;
    if documents::prets(op, id.into())?.contains(&GenreDocument::Xdm) {
        return Ok(None);
    }
    let pdf = documents::trouver(op, id.into(), GenreDocument::Pdf)?.map(|document| document.octets);
    let cda = documents::trouver(op, id.into(), GenreDocument::Cda)?.map(|document| document.octets);
    Ok(Some(ARendre { contenu: remise.contenu, pdf, cda }))
}

/// Keeps documents of a programme, then lets its deliveries leave. Done twice, it keeps the first bytes, which are
/// the same.
pub fn garder_documents(op: &mut Op<'_>, id: ProgrammeId, rendus: &[(GenreDocument, Vec<u8>)]) -> Resultat<()> {
    op.exiger(Action::RemettreProgramme)?;
    let programme = trouver(op, id)?;
    let Some(remise) = &programme.remise else { return Err(ProgrammeError::NonRemis.into()) };
    let version = Version { source: id.into(), patient_id: programme.patient_id, numero: programme.numero_version };
    for (genre, octets) in rendus {
        documents::garder(op, version, *genre, remise.contenu.nom_du_document(*genre), octets)?;
    }
    diffusion::service::document_pret(op, id.into())
}

/// A programme of a patient on whom the person may do that: unknown to who may not read it, forbidden to
/// who reads it but may not do that.
fn visible(op: &mut Op<'_>, action: Action, id: ProgrammeId) -> Resultat<Programme> {
    let programme = trouver(op, id)?;
    if perimetre::patient_visible(op, action, programme.patient_id)? {
        return Ok(programme);
    }
    let lisible = perimetre::patient_visible(op, Action::LireProgramme, programme.patient_id)?;
    Err(if lisible { ErreurCommune::Interdit.into() } else { ProgrammeError::Introuvable.into() })
}

fn enregistrer(op: &mut Op<'_>, acte: &str, apres: &Programme, lue: i64, champs: &[&str]) -> Resultat<()> {
    if store::enregistrer(op, apres, lue)? == 0 {
        return Err(ErreurCommune::VersionPerimee { actuelle: trouver(op, apres.id)?.version }.into());
    }
    let evenement = evenement(acte, apres);
    op.tracer(if champs.is_empty() { evenement } else { evenement.champs(champs) })
}

fn detailler(op: &mut Op<'_>, programme: Programme) -> Resultat<ProgrammeDetaille> {
    let manquants = match programme.etat {
        EtatProgramme::Brouillon => {
            let compile = compiler_pour(op, &programme)?;
            manquants(op, &compile, &programme.saisie)
        }
        EtatProgramme::Remis | EtatProgramme::Remplace => Vec::new(),
    };
    Ok(ProgrammeDetaille { documents: documents::prets(op, programme.id.into())?, manquants, programme })
}

/// What lacks for the programme to be handed, in the order of the form.
fn manquants(op: &Op<'_>, compile: &ModeleCompile, saisie: &serde_json::Value) -> Vec<Manquant> {
    let manquants = compile.completude(saisie, Etape::Validation, date_paris(op.maintenant)).manquants;
    manquants.into_iter().map(|element| Manquant { pointer: element.pointeur, titre: element.titre }).collect()
}

fn compiler_pour(op: &mut Op<'_>, programme: &Programme) -> Resultat<Arc<ModeleCompile>> {
    let modele = referentiel::service::modele_en_memoire(op, &programme.modele_code, &programme.modele_version)?;
    fiche::service::compiler(op, &modele)
}

fn evenement<'a>(acte: &'a str, p: &Programme) -> Evenement<'a> {
    Evenement::sur(acte, "programme", p.id.uuid()).patient(p.patient_id).version(p.version)
}
