//! Where the answers of a fiche go in the CDA document: the section of the volet FRCP 2025.01 and the
//! entry of that section. Pure.
//!
//! A field says it by `x-cda` in the schema. `section` (LOINC) and `modeles` (templateId) hold for
//! everything below; `entree` names the shape of the entry, `code` and `systeme` what the entry
//! observes, `element` which part of the entry holds the answer (its value by default). What has no
//! entry in the volet is told in the narrative text of its section (`"entree": "texte"`), which holds
//! for everything below too: nothing is ever given a code that the volet does not have.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// Member of a schema that says where the answer goes.
const MOT_CLE: &str = "x-cda";

crate::enum_texte! {
    /// Shape of an entry of the volet.
    pub enum EntreeCda {
        /// Narrative text of the section only.
        Texte => "texte",
        /// FR-Simple-Observation.
        Observation => "observation",
        /// FR-Commentaire-ER.
        Commentaire => "commentaire",
        /// FR-Evaluation.
        Evaluation => "evaluation",
        /// FR-Acte.
        Acte => "acte",
        /// FR-Liste-des-problemes-cancer.
        ListeDesProblemes => "liste-des-problemes",
        /// FR-Diagnostic-du-cancer.
        Diagnostic => "diagnostic",
        /// The observation of the TNM stage.
        Stade => "stade",
        /// FR-Observation-sur-la-grossesse.
        Grossesse => "grossesse",
    }
}

/// Place of an answer in the CDA document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PlaceCda {
    /// LOINC code of the section.
    #[schema(example = "42349-1")]
    pub section: String,
    /// `templateId` of the section.
    pub modeles: Vec<String>,
    /// Shape of the entry.
    pub entree: EntreeCda,
    /// Code of the entry, if it has one.
    #[schema(example = "GEN-098")]
    pub code: Option<String>,
    /// OID of the system of that code.
    #[schema(example = "1.2.250.1.213.1.1.4.322")]
    pub systeme: Option<String>,
    /// Part of the entry that holds the answer; its value when nothing is said.
    #[schema(example = "targetSiteCode")]
    pub element: Option<String>,
}

/// What one level of a schema declares.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Declaration {
    section: Option<String>,
    modeles: Vec<String>,
    entree: Option<EntreeCda>,
    code: Option<String>,
    systeme: Option<String>,
    element: Option<String>,
}

/// The place of a field, told by its own level of the schema, which is the last, and by those that
/// hold it; `None` when nothing is said.
pub fn place<'s>(niveaux: impl IntoIterator<Item = &'s Value>) -> Result<Option<PlaceCda>, String> {
    let (mut section, mut entree) = (None, Declaration::default());
    for niveau in niveaux {
        // Only « texte » goes on from a level to those below.
        if entree.entree != Some(EntreeCda::Texte) {
            entree = Declaration::default();
        }
        let Some(declaree) = niveau.get(MOT_CLE) else { continue };
        let declaree: Declaration = serde_json::from_value(declaree.clone()).map_err(|e| format!("{MOT_CLE} : {e}"))?;
        if declaree.code.is_some() != declaree.systeme.is_some() {
            return Err(format!("{MOT_CLE} : un code va avec son système"));
        }
        if let Some(code) = &declaree.section {
            section = Some((code.clone(), declaree.modeles.clone()));
        }
        if declaree.entree.is_some() {
            entree = declaree;
        }
    }
    Ok(section.zip(entree.entree).map(|((section, modeles), forme)| PlaceCda {
        section,
        modeles,
        entree: forme,
        code: entree.code,
        systeme: entree.systeme,
        element: entree.element,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn la_section_vaut_pour_tout_ce_qu_elle_contient_et_l_entree_pour_son_seul_champ() {
        let section = json!({ "x-cda": { "section": "18733-6", "modeles": ["1.2.250.1.213.1.1.2.25"] } });
        let phase = json!({ "x-cda": { "entree": "observation", "code": "MED-243", "systeme": "1.2.250.1.213.1.1.4.322" } });
        let place_phase = place([&section, &phase]).unwrap().unwrap();
        assert_eq!((place_phase.section.as_str(), place_phase.code.as_deref()), ("18733-6", Some("MED-243")));
        assert_eq!(place([&section]).unwrap(), None, "une section seule ne dit pas d'entrée");
        assert_eq!(place([&section, &phase, &json!({})]).unwrap(), None, "l'entrée d'un groupe n'est pas celle de ses champs");
    }

    #[test]
    fn ce_qui_va_au_texte_y_va_en_entier() {
        let bloc = json!({ "x-cda": { "section": "10164-2", "modeles": [], "entree": "texte" } });
        let lue = place([&bloc, &json!({}), &json!({ "title": "Grade" })]).unwrap().unwrap();
        assert_eq!((lue.section.as_str(), lue.entree, lue.code), ("10164-2", EntreeCda::Texte, None));
        assert!(place([&json!({ "x-cda": { "entree": "observation", "code": "GEN-098" } })]).is_err());
        assert!(place([&json!({ "x-cda": { "rubrique": "x" } })]).is_err());
    }
}
