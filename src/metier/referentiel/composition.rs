//! A fiche model made of a base and of blocks: the national core, and what an organ or a region adds to
//! it. Pure.
//!
//! A block is one member of the content (`cle`), with its schema, its place in the form and its derived
//! values. Blocks are composed into the model once, when the model is loaded or published: a fiche then
//! depends on nothing but the composed version it was made with.

use super::derive::Derive;
use crate::kernel::Faute;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Value, json};
use std::{fmt, str::FromStr};

/// What fiches of a model are made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Corps {
    /// JSON Schema 2020-12 of their content.
    pub schema: Value,
    /// How a form shows it (a JSON Forms UI schema).
    pub presentation: Value,
    /// What is computed from it.
    pub derives: Vec<Derive>,
}

/// A version of something: `sein@2026-01`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reference {
    /// Code.
    pub code: String,
    /// Version.
    pub version: String,
}

impl FromStr for Reference {
    type Err = String;

    fn from_str(texte: &str) -> Result<Self, String> {
        match texte.split_once('@') {
            Some((code, version)) if !code.is_empty() && !version.is_empty() => Ok(Self { code: code.into(), version: version.into() }),
            _ => Err(format!("« {texte} » : une référence s'écrit code@version")),
        }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.code, self.version)
    }
}

impl Serialize for Reference {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Reference {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A block of questions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bloc {
    /// Code.
    pub code: String,
    /// Version.
    pub version: String,
    /// Name, in French.
    pub nom: String,
    /// Where its questions come from.
    pub source: String,
    /// Member of the content that holds its answers.
    pub cle: String,
    /// JSON Schema of that member.
    pub schema: Value,
    /// Its place in the form; scopes start at the block.
    pub presentation: Value,
    /// What is computed from its answers.
    #[serde(default)]
    pub derives: Vec<Derive>,
}

impl Bloc {
    /// Its own body, before it is put in its place.
    #[must_use]
    pub fn corps(&self) -> Corps {
        Corps { schema: self.schema.clone(), presentation: self.presentation.clone(), derives: self.derives.clone() }
    }
}

/// A block of a composed model: one that is loaded on its own, or one that the model brings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum BlocCite {
    /// `sein@2026-01`.
    Reference(Reference),
    /// The block itself.
    EnLigne(Box<Bloc>),
}

/// What a composed model is made of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Composition {
    /// The model that it starts from.
    pub base: Reference,
    /// What it adds, in the order of the form.
    pub blocs: Vec<BlocCite>,
}

impl Corps {
    /// This body with blocks, under the name of the model that they make; or the fault, at the place of
    /// the block in the model.
    pub fn composer(&self, modele: &Reference, nom: &str, blocs: &[Bloc]) -> Result<Self, Faute> {
        let mut corps = self.clone();
        let schema = corps.schema.as_object_mut().ok_or_else(|| Faute::new("/base", "base-invalide", "la base n'a pas de schéma"))?;
        schema.insert("$id".to_owned(), json!(format!("urn:dcc:fiche:{}:{}", modele.code, modele.version)));
        schema.insert("title".to_owned(), json!(nom));
        for (rang, bloc) in blocs.iter().enumerate() {
            let faute = |cause| Faute::new(format!("/blocs/{rang}"), "bloc-impossible", format!("bloc « {} » : {cause}", bloc.code));
            corps.ajouter(bloc).map_err(faute)?;
        }
        Ok(corps)
    }

    fn ajouter(&mut self, bloc: &Bloc) -> Result<(), String> {
        let schema = self.schema.as_object_mut().ok_or("la base n'a pas de schéma")?;
        let proprietes = schema.get_mut("properties").and_then(Value::as_object_mut).ok_or("la base n'a pas de champs")?;
        if proprietes.insert(bloc.cle.clone(), bloc.schema.clone()).is_some() {
            return Err(format!("le champ « {} » existe déjà", bloc.cle));
        }
        let exige = bloc.schema.get("required").and_then(Value::as_array).is_some_and(|requis| !requis.is_empty());
        if exige {
            let requis = schema.entry("required").or_insert_with(|| json!([]));
            requis.as_array_mut().ok_or("« required » n'est pas une liste")?.push(json!(bloc.cle));
        }
        let mut groupe = bloc.presentation.clone();
        placer(&mut groupe, &format!("#/properties/{}/properties/", bloc.cle));
        let elements = self.presentation.get_mut("elements").and_then(Value::as_array_mut).ok_or("la base n'a pas de présentation")?;
        // The last group of the base asks the question to the meeting: it stays last.
        elements.insert(elements.len().saturating_sub(1), groupe);
        self.derives.extend(bloc.derives.iter().cloned());
        Ok(())
    }
}

/// Makes the scopes of a block start at the content; those of the items of a list start at the item and
/// stay as they are.
fn placer(element: &mut Value, prefixe: &str) {
    for chemin in ["/scope", "/rule/condition/scope"] {
        if let Some(scope) = element.pointer_mut(chemin)
            && let Some(suite) = scope.as_str().and_then(|scope| scope.strip_prefix("#/properties/"))
        {
            *scope = json!(format!("{prefixe}{suite}"));
        }
    }
    if let Some(elements) = element.get_mut("elements").and_then(Value::as_array_mut) {
        elements.iter_mut().for_each(|element| placer(element, prefixe));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base() -> Corps {
        Corps {
            schema: json!({ "type": "object", "properties": { "cas": { "type": "string" } }, "required": ["cas"], "additionalProperties": false }),
            presentation: json!({ "type": "VerticalLayout", "elements": [{ "type": "Group", "label": "Terrain" }, { "type": "Group", "label": "Synthèse" }] }),
            derives: vec![],
        }
    }

    fn bloc(exige: bool) -> Bloc {
        Bloc {
            code: "sein".into(),
            version: "1".into(),
            nom: "Sein".into(),
            source: "essai".into(),
            cle: "sein".into(),
            schema: json!({ "type": "object", "properties": { "re": { "type": "integer" } }, "required": if exige { json!(["re"]) } else { json!([]) } }),
            presentation: json!({ "type": "Group", "elements": [{ "type": "Control", "scope": "#/properties/re",
                "rule": { "effect": "SHOW", "condition": { "scope": "#/properties/re" } },
                "options": { "detail": { "elements": [{ "type": "Control", "scope": "#/properties/interne" }] } } }] }),
            derives: vec![],
        }
    }

    #[test]
    fn un_bloc_devient_un_champ_du_modele_et_un_groupe_du_formulaire() {
        let corps = base().composer(&"sein@2".parse().unwrap(), "Fiche sein", &[bloc(true)]).unwrap();
        assert_eq!(corps.schema["$id"], "urn:dcc:fiche:sein:2");
        assert_eq!(corps.schema["properties"]["sein"]["properties"]["re"]["type"], "integer");
        assert_eq!(corps.schema["required"], json!(["cas", "sein"]));
        let groupe = &corps.presentation["elements"][1]["elements"][0];
        assert_eq!(groupe["scope"], "#/properties/sein/properties/re");
        assert_eq!(groupe["rule"]["condition"]["scope"], "#/properties/sein/properties/re");
        assert_eq!(groupe["options"]["detail"]["elements"][0]["scope"], "#/properties/interne");
        assert_eq!(corps.presentation["elements"][2]["label"], "Synthèse");
    }

    #[test]
    fn un_bloc_sans_champ_obligatoire_ne_l_est_pas() {
        let corps = base().composer(&"sein@2".parse().unwrap(), "Fiche sein", &[bloc(false)]).unwrap();
        assert_eq!(corps.schema["required"], json!(["cas"]));
    }

    #[test]
    fn deux_blocs_ne_prennent_pas_la_meme_place() {
        let refus = base().composer(&"sein@2".parse().unwrap(), "Fiche sein", &[bloc(true), bloc(false)]).unwrap_err();
        assert!(refus.message.contains("existe déjà"), "{refus:?}");
        assert_eq!(refus.pointer, "/blocs/1");
        assert!("sein".parse::<Reference>().is_err());
        assert!("@1".parse::<Reference>().is_err());
    }
}
