//! Keep and read documents, for the slices of their versions, which authorise and trace what is read.

use super::{
    model::{Document, Famille, GenreDocument, Source},
    store,
};
use crate::{
    db::{Evenement, Op},
    jobs::queue,
    kernel::{
        Action, Resultat,
        ids::{CompteRenduId, PatientId},
        texte::sha256,
    },
    metier::{compte_rendu::service::RENDRE_CDA, pps::service::RENDRE_PROGRAMME},
};
use serde_json::json;
use std::collections::BTreeSet;
use uuid::Uuid;

/// The version whose documents are kept, and whose it is.
#[derive(Debug, Clone, Copy)]
pub struct Version {
    /// The version.
    pub source: Source,
    /// The patient.
    pub patient_id: PatientId,
    /// Rank of the version.
    pub numero: i64,
}

/// Keeps a document under a name, unless the version already has one of that kind.
pub fn garder(op: &mut Op<'_>, version: Version, genre: GenreDocument, nom: String, octets: &[u8]) -> Resultat<()> {
    let document = Document {
        id: op.id(),
        source: version.source,
        genre,
        nom,
        empreinte: sha256(octets),
        octets: octets.to_vec(),
        cree_le: op.maintenant,
    };
    store::garder(op, &document)?;
    op.tracer(Evenement::sur("rendre", "document", document.id.uuid()).patient(version.patient_id).version(version.numero))
}

/// The document of a kind, if the version has one.
pub fn trouver(op: &mut Op<'_>, source: Source, genre: GenreDocument) -> Resultat<Option<Document>> {
    store::trouver(op, source, genre)
}

/// Kinds of the documents that a version has, in their order.
pub fn prets(op: &mut Op<'_>, source: Source) -> Resultat<Vec<GenreDocument>> {
    let prets = store::genres(op, source)?;
    Ok(GenreDocument::TOUS.iter().copied().filter(|genre| prets.contains(genre)).collect())
}

/// Those of the versions of comptes-rendus that have a document of that kind.
pub fn avec(op: &mut Op<'_>, ids: Vec<CompteRenduId>, genre: GenreDocument) -> Resultat<Vec<CompteRenduId>> {
    store::avec(op, ids, genre)
}

/// Versions looked at in one transaction by [`completer`].
const PAR_LOT: i64 = 1_000;

/// The job that makes what a version of a family lacks, the member of its charge that names the version, and the kind
/// of document by which one knows that it lacks something.
const fn travail(famille: Famille) -> (&'static str, &'static str, GenreDocument) {
    match famille {
        Famille::ComptesRendus => (RENDRE_CDA, "compte_rendu_id", GenreDocument::Cda),
        Famille::Programmes => (RENDRE_PROGRAMME, "programme_id", GenreDocument::Xdm),
    }
}

/// The versions whose national documents are asked for already.
pub fn demandes(op: &mut Op<'_>, famille: Famille) -> Resultat<BTreeSet<Uuid>> {
    op.exiger(Action::GererDiffusion)?;
    let (genre, membre, _) = travail(famille);
    Ok(queue::vivants_par_objet(op, genre, membre)?.into_keys().collect())
}

/// One step of [`completer`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Lot {
    /// Versions whose documents are now asked for.
    pub demandes: usize,
    /// Where the next step begins; none after the last.
    pub suite: Option<Uuid>,
}

/// Asks for the national documents of versions that have none: those that were validated or handed before this program
/// made them, or whose making was given up. Those in `deja` are asked for already. Every model of fiche and of programme
/// allows a CDA; a content that breaks a rule of its volet shows among the jobs.
pub fn completer(op: &mut Op<'_>, famille: Famille, apres: Option<Uuid>, deja: &BTreeSet<Uuid>) -> Resultat<Lot> {
    op.exiger(Action::GererDiffusion)?;
    let (genre, membre, manquant) = travail(famille);
    let ids = store::sans(op, famille, manquant, apres, PAR_LOT)?;
    let mut lot = Lot { demandes: 0, suite: ids.last().copied() };
    for id in ids.iter().filter(|id| !deja.contains(id)) {
        queue::enfiler(op, genre, &json!({ membre: id }))?;
        lot.demandes += 1;
    }
    Ok(lot)
}
