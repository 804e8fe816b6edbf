//! Use cases: validate a meeting, correct, read, download; and what the rendering job calls.

mod correction;
mod fait;
mod pieces;
mod validation;

pub use super::job::{RENDRE_CDA, RENDRE_COMPTE_RENDU};
pub use correction::{Correction, corriger};
pub use fait::{ControleFaits, controler, reprendre_faits};
pub use validation::valider_reunion;

use super::{
    job,
    model::{CompteRendu, CompteRenduError, CompteRenduResume, fait::FaitPassage},
    store::{self, Portee},
};
use crate::{
    db::{Evenement, Op, perimetre},
    jobs::queue,
    kernel::{
        Action, Resultat,
        ids::{CompteRenduId, PatientId, ReunionId},
    },
    metier::{
        diffusion,
        document::{
            model::{Document, GenreDocument},
            service::{self as documents, Version},
        },
        gabarit::{self, model::GenreGabarit},
        patient::{self, model::ObjetOpposition},
        reunion,
    },
};
use serde_json::json;

/// One version, for the use cases of other slices, which authorise and trace.
pub fn trouver(op: &mut Op<'_>, id: CompteRenduId) -> Resultat<CompteRendu> {
    store::trouver(op, id)?.ok_or_else(|| CompteRenduError::Introuvable.into())
}

/// Takes over versions as they were validated elsewhere, each the first and only one of its set, with its facts: no
/// document is rendered, nothing is sent, no alert is evaluated. Only the service itself does, and it traces what it
/// takes over.
pub fn reprendre(op: &mut Op<'_>, versions: &[(CompteRendu, FaitPassage)]) -> Resultat<()> {
    op.exiger_systeme()?;
    store::inserer_toutes(op, versions.iter().map(|(version, _)| version))?;
    store::fait::inserer_tous(op, versions.iter().map(|(_, fait)| fait))
}

/// A version of a patient on whom the person may do that.
fn visible(op: &mut Op<'_>, action: Action, id: CompteRenduId) -> Resultat<CompteRendu> {
    let compte_rendu = trouver(op, id)?;
    let visible = perimetre::patient_visible(op, action, compte_rendu.patient_id)?;
    if visible { Ok(compte_rendu) } else { Err(CompteRenduError::Introuvable.into()) }
}

/// One version.
pub fn lire(op: &mut Op<'_>, id: CompteRenduId) -> Resultat<CompteRendu> {
    op.exiger(Action::LireCompteRendu)?;
    let compte_rendu = visible(op, Action::LireCompteRendu, id)?;
    op.tracer(evenement("lire", &compte_rendu))?;
    Ok(compte_rendu)
}

/// The comptes-rendus of a meeting that the person may read.
pub fn de_la_reunion(op: &mut Op<'_>, id: ReunionId, toutes: bool) -> Resultat<Vec<CompteRenduResume>> {
    op.exiger(Action::LireCompteRendu)?;
    reunion::service::trouver(op, id)?;
    let mut lus = store::lister(op, Portee::Reunion(id), toutes)?;
    lus.sort_by_key(|c| (c.contenu.cas.rang, c.set_id, c.numero_version));
    for compte_rendu in &lus {
        op.tracer(evenement("lister", compte_rendu))?;
    }
    resumer(op, &lus)
}

/// The comptes-rendus of a patient, the latest meeting first.
pub fn du_patient(op: &mut Op<'_>, id: PatientId, toutes: bool) -> Resultat<Vec<CompteRenduResume>> {
    op.exiger(Action::LireCompteRendu)?;
    patient::service::exiger_visible(op, Action::LireCompteRendu, id)?;
    let lus = store::lister(op, Portee::Patient(id), toutes)?;
    op.tracer(Evenement::liste("lister", "compte_rendu").patient(id))?;
    resumer(op, &lus)
}

/// A document of a version. The documents of a version are kept together: once the compte-rendu is there,
/// a letter that is not will not come.
pub fn telecharger(op: &mut Op<'_>, id: CompteRenduId, genre: GenreDocument) -> Resultat<Document> {
    op.exiger(Action::LireCompteRendu)?;
    let compte_rendu = visible(op, Action::LireCompteRendu, id)?;
    if genre == GenreDocument::LettreMedecinTraitant
        && patient::service::est_oppose(op, compte_rendu.patient_id, ObjetOpposition::EnvoiMedecinTraitant)?
    {
        return Err(CompteRenduError::SansLettre.into());
    }
    let document = match (documents::trouver(op, id.into(), genre)?, genre) {
        (Some(document), _) => document,
        (None, _) if documents::avec(op, vec![id], GenreDocument::Pdf)?.is_empty() => {
            return Err(CompteRenduError::DocumentEnPreparation.into());
        }
        (None, genre) => return Err(absence(genre).into()),
    };
    op.tracer(evenement("telecharger", &compte_rendu))?;
    Ok(document)
}

/// Why a version whose documents are kept lacks one.
const fn absence(genre: GenreDocument) -> CompteRenduError {
    match genre {
        GenreDocument::Pdf | GenreDocument::LettreMedecinTraitant => CompteRenduError::SansLettre,
        GenreDocument::Cda | GenreDocument::Xdm => CompteRenduError::CdaEnAttente,
    }
}

/// A version in force with its documents.
#[derive(Debug)]
pub struct VersionExportee {
    /// The version.
    pub compte_rendu: CompteRendu,
    /// Its documents; none until they have been rendered.
    pub documents: Vec<Document>,
}

/// The versions in force of a meeting with all their documents, in the order of the agenda. Nothing of a
/// patient who opposes the sharing leaves, nor a letter of one who opposes the sending to the médecin traitant.
pub fn exporter(op: &mut Op<'_>, id: ReunionId) -> Resultat<Vec<VersionExportee>> {
    op.exiger(Action::LireCompteRendu)?;
    reunion::service::trouver(op, id)?;
    let mut lus = store::lister(op, Portee::Reunion(id), false)?;
    lus.sort_by_key(|c| (c.contenu.cas.rang, c.set_id));
    let mut versions = Vec::with_capacity(lus.len());
    for compte_rendu in lus {
        if patient::service::est_oppose(op, compte_rendu.patient_id, ObjetOpposition::PartageDcc)? {
            continue;
        }
        let sans_lettre = patient::service::est_oppose(op, compte_rendu.patient_id, ObjetOpposition::EnvoiMedecinTraitant)?;
        let mut documents = Vec::new();
        for genre in GenreDocument::TOUS.iter().filter(|genre| !(sans_lettre && **genre == GenreDocument::LettreMedecinTraitant)) {
            documents.extend(documents::trouver(op, compte_rendu.id.into(), *genre)?);
        }
        op.tracer(evenement("exporter", &compte_rendu))?;
        versions.push(VersionExportee { compte_rendu, documents });
    }
    Ok(versions)
}

/// Keeps the documents of a version, then lets its deliveries leave. Done twice, it keeps the first
/// bytes, which are the same. A CDA that is not among them is asked for again, by a job of its own: it keeps
/// nobody from being told.
pub fn garder_documents(op: &mut Op<'_>, id: CompteRenduId, documents: &[(GenreDocument, Vec<u8>)]) -> Resultat<()> {
    op.exiger(Action::GererDiffusion)?;
    let compte_rendu = trouver(op, id)?;
    if documents::trouver(op, id.into(), GenreDocument::Pdf)?.is_some() {
        return Ok(());
    }
    for (genre, octets) in documents {
        garder(op, &compte_rendu, *genre, octets)?;
    }
    if !documents.iter().any(|(genre, _)| *genre == GenreDocument::Cda) {
        queue::enfiler(op, job::RENDRE_CDA, &json!({ "compte_rendu_id": id }))?;
    }
    diffusion::service::document_pret(op, id.into())
}

/// The PDF of a version, for the job that puts it into the CDA; nothing when the CDA is kept already.
pub fn pdf_a_joindre(op: &mut Op<'_>, id: CompteRenduId) -> Resultat<Option<Document>> {
    op.exiger(Action::GererDiffusion)?;
    if documents::trouver(op, id.into(), GenreDocument::Cda)?.is_some() {
        return Ok(None);
    }
    documents::trouver(op, id.into(), GenreDocument::Pdf)?.map(Some).ok_or_else(|| CompteRenduError::DocumentEnPreparation.into())
}

/// Keeps the national documents of a version whose other documents are kept.
pub fn garder_nationaux(op: &mut Op<'_>, id: CompteRenduId, documents: &[(GenreDocument, Vec<u8>)]) -> Resultat<()> {
    op.exiger(Action::GererDiffusion)?;
    let compte_rendu = trouver(op, id)?;
    if documents::trouver(op, id.into(), GenreDocument::Cda)?.is_some() {
        return Ok(());
    }
    for (genre, octets) in documents {
        garder(op, &compte_rendu, *genre, octets)?;
    }
    Ok(())
}

fn garder(op: &mut Op<'_>, compte_rendu: &CompteRendu, genre: GenreDocument, octets: &[u8]) -> Resultat<()> {
    let CompteRendu { id, patient_id, numero_version: numero, .. } = *compte_rendu;
    let version = Version { source: id.into(), patient_id, numero };
    documents::garder(op, version, genre, compte_rendu.contenu.nom_du_document(genre), octets)
}

fn resumer(op: &mut Op<'_>, lus: &[CompteRendu]) -> Resultat<Vec<CompteRenduResume>> {
    let prets = documents::avec(op, lus.iter().map(|c| c.id).collect(), GenreDocument::Pdf)?;
    Ok(lus.iter().map(|c| CompteRenduResume::de(c, prets.contains(&c.id))).collect())
}

/// Keeps a new version with the templates in force, prepares its deliveries and asks for its documents.
fn publier(op: &mut Op<'_>, acte: &str, compte_rendu: &mut CompteRendu) -> Resultat<()> {
    compte_rendu.gabarit_id = gabarit::service::applicable(op, GenreGabarit::CompteRendu, compte_rendu)?;
    if compte_rendu.contenu.destinataire_de_la_lettre().is_some() {
        compte_rendu.gabarit_lettre_id = gabarit::service::applicable(op, GenreGabarit::LettreMedecinTraitant, compte_rendu)?;
    }
    store::inserer(op, compte_rendu)?;
    fait::noter(op, compte_rendu)?;
    op.tracer(evenement(acte, compte_rendu))?;
    diffusion::service::preparer(op, &(&*compte_rendu).into())?;
    queue::enfiler(op, job::RENDRE_COMPTE_RENDU, &json!({ "compte_rendu_id": compte_rendu.id }))?;
    Ok(())
}

fn evenement<'a>(acte: &'a str, c: &CompteRendu) -> Evenement<'a> {
    Evenement::sur(acte, "compte_rendu", c.id.uuid()).patient(c.patient_id).version(c.numero_version)
}
