//! A content put in words: for the documents and the mails, which know nothing of schemas. Pure.
//!
//! The national core has its own place in the compte-rendu, field by field; what blocks add to it is
//! told in the order and with the titles of their schema.

use crate::metier::referentiel::derive::{EtatDerive, ValeurDerivee};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// What a block says of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = fiche::BlocLu)]
pub struct BlocLu {
    /// Title of the block.
    #[schema(example = "Prostate")]
    pub titre: String,
    /// Its answers, in the order of the block, then what is computed from them.
    pub reponses: Vec<ReponseLue>,
}

/// An answer in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = fiche::ReponseLue)]
pub struct ReponseLue {
    /// What was asked, preceded by the title of the group it belongs to.
    #[schema(example = "PSA au diagnostic")]
    pub titre: String,
    /// What was answered.
    #[schema(example = "12,5 ng/mL")]
    pub valeur: String,
}

/// Gives the label of a code of a value set, if it has one.
pub type Libelles<'l, E> = dyn FnMut(&str, &str) -> Result<Option<String>, E> + 'l;

/// What the blocks of a schema say in a content, `socle` being the members of the national core; then
/// what the model computes from it.
pub fn lire_blocs<E>(
    schema: &Value,
    contenu: &Value,
    socle: &[&str],
    derives: &[ValeurDerivee],
    libelles: &mut Libelles<'_, E>,
) -> Result<Vec<BlocLu>, E> {
    let mut blocs = Vec::new();
    for (cle, bloc) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        let Some(valeur) = contenu.get(cle).filter(|_| !socle.contains(&cle.as_str())) else { continue };
        let mut lecture = Lecture { racine: schema, libelles, reponses: Vec::new() };
        lecture.lire(bloc, valeur, "")?;
        blocs.push(BlocLu { titre: titre(bloc).to_owned(), reponses: lecture.reponses });
    }
    let calculees = derives.iter().filter(|derive| derive.etat == EtatDerive::Calcule);
    let reponses = calculees.filter_map(|derive| {
        let valeur = en_mots(derive.valeur.as_ref()?, derive.unite.as_deref());
        Some(ReponseLue { titre: derive.nom.clone(), valeur })
    });
    blocs.push(BlocLu { titre: "Valeurs calculées".to_owned(), reponses: reponses.collect() });
    blocs.retain(|bloc| !bloc.reponses.is_empty());
    Ok(blocs)
}

struct Lecture<'l, 'm, E> {
    racine: &'l Value,
    libelles: &'l mut Libelles<'m, E>,
    reponses: Vec<ReponseLue>,
}

impl<E> Lecture<'_, '_, E> {
    fn lire(&mut self, schema: &Value, valeur: &Value, chemin: &str) -> Result<(), E> {
        match valeur {
            Value::Object(membres) => self.lire_membres(schema, membres, chemin),
            Value::Array(elements) => self.lire_liste(schema, elements, chemin),
            Value::Null => Ok(()),
            Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                let valeur = self.lire_feuille(schema, valeur)?;
                self.reponses.push(ReponseLue { titre: chemin.to_owned(), valeur });
                Ok(())
            }
        }
    }

    /// In the order of the schema, which is that of the form.
    fn lire_membres(&mut self, schema: &Value, membres: &Map<String, Value>, chemin: &str) -> Result<(), E> {
        for (nom, place) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            if let Some(valeur) = membres.get(nom) {
                self.lire(place, valeur, &sous(chemin, titre(place)))?;
            }
        }
        Ok(())
    }

    fn lire_liste(&mut self, schema: &Value, elements: &[Value], chemin: &str) -> Result<(), E> {
        let place = schema.get("items").unwrap_or(&Value::Null);
        if elements.iter().any(Value::is_object) {
            for (rang, element) in (1..).zip(elements) {
                let nom = if titre(place).is_empty() { titre(schema) } else { titre(place) };
                let chemin = chemin.strip_suffix(titre(schema)).unwrap_or(chemin);
                self.lire(place, element, &format!("{chemin}{nom} {rang}"))?;
            }
            return Ok(());
        }
        let lus = elements.iter().map(|element| self.lire_feuille(place, element)).collect::<Result<Vec<_>, E>>()?;
        self.reponses.push(ReponseLue { titre: chemin.to_owned(), valeur: lus.join(", ") });
        Ok(())
    }

    fn lire_feuille(&mut self, schema: &Value, valeur: &Value) -> Result<String, E> {
        let schema = resoudre(self.racine, schema);
        let choix = schema.get("oneOf").and_then(Value::as_array).into_iter().flatten();
        if let Some(choisi) = choix.into_iter().find(|choix| choix.get("const") == Some(valeur)) {
            return Ok(titre(choisi).to_owned());
        }
        if let (Some(jeu), Some(code)) = (schema.get("x-jeu").and_then(Value::as_str), valeur.as_str()) {
            return Ok((self.libelles)(jeu, code)?.unwrap_or_else(|| code.to_owned()));
        }
        let date = schema.get("format").and_then(Value::as_str).is_some_and(|format| format.starts_with("date"));
        Ok(match valeur.as_str().filter(|_| date) {
            Some(texte) => texte.split('-').rev().collect::<Vec<_>>().join("/"),
            None => en_mots(valeur, schema.get("x-unite").and_then(Value::as_str)),
        })
    }
}

fn resoudre<'s>(racine: &'s Value, schema: &'s Value) -> &'s Value {
    let reference = schema.get("$ref").and_then(Value::as_str).and_then(|r| r.strip_prefix('#'));
    reference.and_then(|pointeur| racine.pointer(pointeur)).unwrap_or(schema)
}

fn titre(schema: &Value) -> &str {
    schema.get("title").and_then(Value::as_str).unwrap_or_default()
}

fn sous(chemin: &str, titre: &str) -> String {
    if chemin.is_empty() { titre.to_owned() } else { format!("{chemin} › {titre}") }
}

/// « 12,5 ng/mL », « oui », a text as it is.
fn en_mots(valeur: &Value, unite: Option<&str>) -> String {
    let mots = match valeur {
        Value::Bool(true) => "oui".to_owned(),
        Value::Bool(false) => "non".to_owned(),
        Value::Number(nombre) => {
            let texte = nombre.to_string();
            texte.strip_suffix(".0").unwrap_or(&texte).replace('.', ",")
        }
        Value::String(texte) => texte.clone(),
        Value::Null | Value::Array(_) | Value::Object(_) => String::new(),
    };
    unite.map_or_else(|| mots.clone(), |unite| format!("{mots} {unite}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn un_bloc_se_lit_dans_l_ordre_du_formulaire() {
        let schema = json!({
            "$defs": { "date": { "type": "string", "format": "date" } },
            "properties": {
                "synthese": { "title": "Synthèse" },
                "os": { "title": "Os", "properties": {
                    "douleur": { "title": "Douleur", "oneOf": [{ "const": 0, "title": "Aucune" }, { "const": 3, "title": "Mécanique" }] },
                    "taille_mm": { "title": "Taille", "type": "number", "x-unite": "mm" },
                    "irm": { "title": "IRM", "properties": { "faite": { "title": "Faite", "type": "boolean" }, "le": { "title": "Date", "$ref": "#/$defs/date" } } },
                    "sites": { "title": "Sites", "items": { "x-jeu": "tumeur" } },
                    "fractures": { "title": "Fractures", "items": { "title": "Fracture", "properties": { "lieu": { "title": "Lieu" } } } }
                } }
            }
        });
        let contenu = json!({ "synthese": "x", "os": {
            "fractures": [{ "lieu": "col" }, { "lieu": "tête" }], "sites": ["C40", "C41"], "irm": { "le": "2026-02-01", "faite": true },
            "taille_mm": 12.50, "douleur": 3
        } });
        let libelle = |_: &str, code: &str| Ok::<_, ()>((code == "C40").then(|| "Os des membres".to_owned()));
        let blocs = lire_blocs(&schema, &contenu, &["synthese"], &[], &mut { libelle }).unwrap();
        assert_eq!(blocs.len(), 1);
        let lues: Vec<(&str, &str)> = blocs[0].reponses.iter().map(|r| (r.titre.as_str(), r.valeur.as_str())).collect();
        assert_eq!(
            lues,
            [
                ("Douleur", "Mécanique"),
                ("Taille", "12,5 mm"),
                ("IRM › Faite", "oui"),
                ("IRM › Date", "01/02/2026"),
                ("Sites", "Os des membres, C41"),
                ("Fracture 1 › Lieu", "col"),
                ("Fracture 2 › Lieu", "tête"),
            ]
        );
    }
}
