//! What is handed to patients who use their rights: the account of the accesses, the archive of the file.

use super::{DocumentError, pdf, texte::preparer, xdm::zipper};
use crate::metier::droits_personne::model::ReleveAcces;
use serde_json::{Value, json};

const RELEVE: &str = include_str!("../../referentiels/modeles/releve_acces.typ");
const LISEZ_MOI: &str = include_str!("../../referentiels/modeles/lisez_moi_dossier.txt");

/// The account as a PDF/A.
pub fn composer(releve: &ReleveAcces) -> Result<Vec<u8>, DocumentError> {
    let mut donnees = serde_json::to_value(releve).map_err(|e| DocumentError::Donnees(e.to_string()))?;
    preparer(&mut donnees);
    pdf::composer_modele(RELEVE, &json!({ "releve": donnees }), &format!("{}\nreleve", releve.patient.id), releve.etabli_le)
}

/// The file of a patient in one archive, with a note that says what is what. The same content gives the same bytes.
pub fn archiver(contenu: &Value, fichiers: Vec<(String, Vec<u8>)>) -> Result<Vec<u8>, DocumentError> {
    let dossier = serde_json::to_vec_pretty(contenu).map_err(|e| DocumentError::Donnees(e.to_string()))?;
    let mut tous = vec![("LISEZ-MOI.txt".to_owned(), LISEZ_MOI.as_bytes().to_vec()), ("dossier.json".to_owned(), dossier)];
    tous.extend(fichiers);
    zipper(&tous).map_err(|e| DocumentError::Lot(e.to_string()))
}
