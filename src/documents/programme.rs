//! The PDF that a patient is handed: a programme in plain language.
//!
//! Written to the same standard as the comptes-rendus ([`super::pdf`]): PDF/A-1a, every text tagged.

use super::{DocumentError, pdf, texte::preparer};
use crate::metier::pps::model::{ContenuProgramme, GenreProgramme};
use serde_json::json;

const PPS: &str = include_str!("../../referentiels/modeles/pps.typ");
const PPAC: &str = include_str!("../../referentiels/modeles/ppac.typ");
/// What both templates share; a template sees one file only.
const COMMUN: &str = include_str!("../../referentiels/modeles/programme.typ");

/// The template of a kind of programme.
fn modele(genre: GenreProgramme) -> String {
    let propre = match genre {
        GenreProgramme::Pps => PPS,
        GenreProgramme::Ppac => PPAC,
    };
    format!("{COMMUN}\n{propre}")
}

/// The document of a programme that was handed. The same content gives the same bytes.
pub fn composer(contenu: &ContenuProgramme) -> Result<Vec<u8>, DocumentError> {
    let illisible = |e: crate::kernel::Panne| DocumentError::Donnees(e.to_string());
    let mut valeur = contenu.valeur().map_err(illisible)?;
    preparer(&mut valeur);
    let donnees = json!({ "contenu": valeur, "empreinte": contenu.empreinte().map_err(illisible)? });
    pdf::composer_modele(&modele(contenu.genre()), &donnees, &contenu.document.id.to_string(), contenu.document.etabli_le)
}
