//! The report as canonical JSON (RFC 8785): what is hashed, signed and compared.

use super::verifier;
use crate::{documents::DocumentError, metier::infocentre::model::Rapport};

/// The canonical JSON of a report.
pub fn composer(rapport: &Rapport) -> Result<Vec<u8>, DocumentError> {
    verifier(rapport)?;
    serde_json_canonicalizer::to_vec(rapport).map_err(|e| DocumentError::Donnees(e.to_string()))
}
