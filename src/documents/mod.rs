//! Documents: pure functions from a content to bytes, without database, file, network or clock.
//!
//! The templates of this program are laid out in this process; those of a region, in a process of their
//! own ([`atelier`]).

pub mod atelier;
pub mod cda;
pub mod continuite;
mod datamatrix;
pub mod extrait;
pub mod lot;
mod moteur;
pub mod parquet;
pub mod pdf;
pub mod programme;
pub mod rapport;
pub mod releve;
mod texte;
pub mod xdm;

use crate::{kernel::Panne, metier::gabarit::model::Diagnostic};

/// Why a document could not be made. With a template of this program all are failures of ours: a content
/// that was accepted must be printable.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// The data cannot be handed to the template.
    #[error("données du document : {0}")]
    Donnees(String),
    /// The template is wrong.
    #[error("modèle du document : {}", en_une_ligne(.0))]
    Modele(Vec<Diagnostic>),
    /// The pages cannot be written to the archival standard.
    #[error("norme du document : {}", en_une_ligne(.0))]
    Norme(Vec<Diagnostic>),
    /// A document cannot be taken into a batch.
    #[error("lot de documents : {0}")]
    Lot(String),
    /// A workbook cannot be written.
    #[error("classeur : {0}")]
    Classeur(String),
    /// A CDA document lacks what an archive says of it.
    #[error("archive XDM : {0}")]
    Xdm(String),
}

fn en_une_ligne(diagnostics: &[Diagnostic]) -> String {
    diagnostics.iter().map(|diagnostic| diagnostic.message.as_str()).collect::<Vec<_>>().join(" ; ")
}

impl From<DocumentError> for Panne {
    fn from(erreur: DocumentError) -> Self {
        Self::new("document", erreur)
    }
}
