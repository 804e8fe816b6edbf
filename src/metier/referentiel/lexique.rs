//! What a model of programme tells the patient besides its questions: the words it explains (`x-lexique`)
//! and what is done with the data (`x-information`). Pure.
//!
//! A region changes both with the model. Of the lexicon, a programme prints the words that it uses, in the
//! order of the lexicon.

use crate::kernel::{Faute, texte::normaliser};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// A word and what it means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = referentiel::Definition)]
pub struct Definition {
    /// The word.
    #[schema(example = "Radiothérapie")]
    pub terme: String,
    /// What it means, in plain words.
    pub explication: String,
}

/// An entry of the lexicon of a model.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entree {
    terme: String,
    formes: Vec<String>,
    explication: String,
}

/// The lexicon of a schema, or why it cannot be read.
fn lire(schema: &Value) -> Result<Vec<Entree>, String> {
    let lexique = schema.get("x-lexique").cloned().unwrap_or_else(|| Value::Array(Vec::new()));
    serde_json::from_value(lexique).map_err(|e| format!("x-lexique : {e}"))
}

/// What prevents a model from telling the patient: a lexicon that cannot be read, no word on the data.
#[must_use]
pub fn defauts(schema: &Value) -> Vec<Faute> {
    let illisible = lire(schema).err().map(|cause| Faute::new("/schema/x-lexique", "lexique-invalide", cause));
    let muet = information(schema).is_none_or(|texte| texte.trim().is_empty());
    let muet = muet.then(|| {
        let message = "un programme dit au patient ce que deviennent ses données (x-information)";
        Faute::new("/schema/x-information", "information-absente", message)
    });
    illisible.into_iter().chain(muet).collect()
}

/// The entries of the lexicon of a schema that a content uses. A form is found at the beginning of a word,
/// whatever its case and accents: « métastase » is found in « Métastases ».
pub fn employe(schema: &Value, contenu: &Value) -> Result<Vec<Definition>, String> {
    let lexique = lire(schema)?;
    let mut texte = String::new();
    recueillir(contenu, &mut texte);
    let texte = mots(&texte);
    let employee = |entree: &Entree| entree.formes.iter().any(|forme| texte.contains(mots(forme).trim_end()));
    let definition = |entree: Entree| Definition { terme: entree.terme, explication: entree.explication };
    Ok(lexique.into_iter().filter(employee).map(definition).collect())
}

/// What the patient is told of the data, by the schema of the model.
#[must_use]
pub fn information(schema: &Value) -> Option<String> {
    schema.get("x-information").and_then(Value::as_str).map(str::to_owned)
}

/// A word that no form holds, between two texts.
const FIN: &str = " 0 ";

/// The words of a text, each after one space.
fn mots(texte: &str) -> String {
    let normal = normaliser(texte);
    let mots = normal.split(|c: char| !c.is_alphanumeric()).filter(|mot| !mot.is_empty());
    mots.fold(String::new(), |mut texte, mot| {
        texte.push(' ');
        texte.push_str(mot);
        texte
    })
}

fn recueillir(valeur: &Value, texte: &mut String) {
    match valeur {
        Value::String(dit) => {
            texte.push_str(dit);
            texte.push_str(FIN);
        }
        Value::Array(elements) => elements.iter().for_each(|element| recueillir(element, texte)),
        Value::Object(membres) => membres.values().for_each(|membre| recueillir(membre, texte)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn termes(contenu: &Value) -> Vec<String> {
        let schema = json!({ "x-lexique": [
            { "terme": "RCP", "formes": ["RCP", "réunion de concertation"], "explication": "…" },
            { "terme": "IRM", "formes": ["IRM"], "explication": "…" },
            { "terme": "Métastase", "formes": ["métastase"], "explication": "…" }
        ] });
        employe(&schema, contenu).unwrap().into_iter().map(|d| d.terme).collect()
    }

    #[test]
    fn seuls_les_mots_employes_sont_expliques() {
        assert_eq!(termes(&json!({ "a": ["Pas de METASTASES osseuses"], "b": { "c": "après l'IRM." } })), ["IRM", "Métastase"]);
        assert_eq!(termes(&json!("La réunion  de concertation")), ["RCP"]);
    }

    #[test]
    fn un_mot_n_est_pas_cherche_au_milieu_d_un_autre() {
        assert!(termes(&json!("affirmation, confirme")).is_empty());
        assert!(termes(&json!(["réunion", "de concertation"])).is_empty());
    }

    #[test]
    fn un_lexique_mal_ecrit_se_dit() {
        assert!(employe(&json!({ "x-lexique": [{ "mot": "x" }] }), &json!({})).unwrap_err().starts_with("x-lexique"));
        assert!(employe(&json!({}), &json!("RCP")).unwrap().is_empty());
        let codes = |schema: &Value| defauts(schema).into_iter().map(|f| f.code).collect::<Vec<_>>();
        assert_eq!(codes(&json!({ "x-lexique": 1 })), ["lexique-invalide", "information-absente"]);
        assert_eq!(codes(&json!({ "x-information": "…" })), Vec::<String>::new());
    }
}
