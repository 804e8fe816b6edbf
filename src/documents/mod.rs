//! Documents: pure functions from a content to bytes, without database, file, network or clock.

mod moteur;
pub mod pdf;
mod texte;

use crate::kernel::Panne;

/// Why a document could not be made. All are failures of ours: a content that was accepted must be
/// printable.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// The data cannot be handed to the template.
    #[error("données du document : {0}")]
    Donnees(String),
    /// The template is wrong.
    #[error("modèle du document : {0}")]
    Modele(String),
    /// The pages cannot be written to the archival standard.
    #[error("norme du document : {0}")]
    Norme(String),
}

impl From<DocumentError> for Panne {
    fn from(erreur: DocumentError) -> Self {
        Self::new("document", erreur)
    }
}
