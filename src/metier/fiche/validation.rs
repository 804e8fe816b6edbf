//! A fiche model made ready to check contents: compiled once a version, kept for the life of the
//! program.
//!
//! There are two levels. A draft may lack anything, but what it holds must be of the right type, in
//! the bounds, and coded by a value set. A fiche that is ready must hold besides all that its model
//! requires, conditions included. The same schema says both: the draft's is the schema without what
//! requires.

use super::{
    messages::traduire,
    structure::{Element, Etape, Noeud},
};
use crate::{
    kernel::{Faute, Panne, memoire::Memoire},
    metier::{
        patient::model::Sexe,
        referentiel::{
            derive::{self, Derive, DeriveCompile, ValeurDerivee},
            model::{Codes, ModeleFiche},
        },
    },
};
use chrono::NaiveDate;
use jsonschema::{Keyword, ValidationError, Validator, error::ValidationErrorKind};
use serde_json::{Map, Value};
use std::{
    collections::HashMap,
    sync::{Arc, LazyLock},
};

/// A fiche model ready to check contents.
#[derive(Debug)]
pub struct ModeleCompile {
    schema: Value,
    brouillon: Validator,
    complet: Validator,
    structure: Noeud,
    derives: Vec<DeriveCompile>,
}

/// How much a content must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Niveau {
    /// What is there must be right.
    Brouillon,
    /// Nothing that the step requires may lack.
    Exige(Etape),
}

/// What a content lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completude {
    /// Mandatory items that are filled, in percent.
    pub pourcentage: u8,
    /// Mandatory items that are not.
    pub manquants: Vec<Element>,
}

/// Fingerprint of a model, and those of the value sets it was compiled with.
type Cle = (String, Vec<(String, String)>);

static MODELES: LazyLock<Memoire<Cle, ModeleCompile>> = LazyLock::new(Memoire::default);

/// The compiled form of a model, with the value sets in force.
pub fn compiler(modele: &ModeleFiche, jeux: &[Arc<Codes>]) -> Result<Arc<ModeleCompile>, Panne> {
    let cle = (modele.empreinte.clone(), jeux.iter().map(|jeu| (jeu.jeu.clone(), jeu.empreinte.clone())).collect());
    let contexte = || format!("modèle de fiche « {} », version {}", modele.code, modele.version);
    MODELES.obtenir(cle, |_| ModeleCompile::new(&modele.schema, &modele.derives, jeux).map_err(|cause| Panne::new(contexte(), cause)))
}

impl ModeleCompile {
    /// Compiles a schema with the value sets that it refers to, and what is computed from the content.
    pub fn new(schema: &Value, derives: &[Derive], jeux: &[Arc<Codes>]) -> Result<Self, String> {
        Ok(Self {
            derives: derives.iter().cloned().map(DeriveCompile::nouveau).collect::<Result<_, _>>().map_err(|faute| faute.message)?,
            brouillon: valideur(&sans_exigences(schema), jeux)?,
            complet: valideur(schema, jeux)?,
            structure: Noeud::lire(schema)?,
            schema: schema.clone(),
        })
    }

    /// The faults of a content, by pointer; at most one for each.
    #[must_use]
    pub fn fautes(&self, contenu: &Value, niveau: Niveau, aujourd_hui: NaiveDate) -> Vec<Faute> {
        let releve = self.structure.relever(contenu, aujourd_hui);
        let mut fautes = Vec::new();
        caracteres_interdits(contenu, "", &mut fautes);
        match niveau {
            Niveau::Brouillon => fautes.extend(self.brouillon.iter_errors(contenu).flat_map(|e| traduire(&self.schema, &e))),
            Niveau::Exige(etape) => {
                let manquants: Vec<&Element> = releve.elements.iter().filter(|element| !element.rempli).collect();
                let detaillee =
                    |erreur: &ValidationError<'_>| absence(erreur).is_some_and(|p| manquants.iter().any(|m| dessous(&m.pointeur, &p)));
                fautes.extend(self.complet.iter_errors(contenu).filter(|e| !detaillee(e)).flat_map(|e| traduire(&self.schema, &e)));
                fautes.extend(manquants.iter().filter(|m| m.obligatoire_pour(etape)).map(|m| obligatoire(m)));
            }
        }
        fautes.extend(releve.dates_a_venir.into_iter().map(|pointeur| Faute::new(pointeur, "date-a-venir", "Cette date est à venir.")));
        fautes.sort_by(|a, b| a.pointer.cmp(&b.pointer));
        fautes.dedup_by(|a, b| a.pointer == b.pointer);
        fautes
    }

    /// The values that the model computes from a content, for a patient of that age and sex.
    #[must_use]
    pub fn calculer(&self, contenu: &Value, age: u32, sexe: Sexe) -> Vec<ValeurDerivee> {
        derive::calculer(&self.derives, contenu, age, sexe.as_str())
    }

    /// How complete a content is for a step.
    #[must_use]
    pub fn completude(&self, contenu: &Value, etape: Etape, aujourd_hui: NaiveDate) -> Completude {
        let mut elements = self.structure.relever(contenu, aujourd_hui).elements;
        elements.retain(|element| element.obligatoire_pour(etape));
        let total = elements.len();
        elements.retain(|element| !element.rempli);
        let remplis = total - elements.len();
        let pourcentage = (100 * remplis).checked_div(total).and_then(|p| u8::try_from(p).ok()).unwrap_or(100);
        Completude { pourcentage, manquants: elements }
    }
}

fn obligatoire(element: &Element) -> Faute {
    Faute::new(element.pointeur.clone(), "obligatoire", format!("« {} » est obligatoire.", element.titre))
}

/// Where something lacks, for the errors that the walk of the model tells in more detail.
fn absence(erreur: &ValidationError<'_>) -> Option<String> {
    let ici = erreur.instance_path().as_str();
    if let ValidationErrorKind::Required { property } = erreur.kind() {
        return Some(format!("{ici}/{}", property.as_str().unwrap_or_default()));
    }
    matches!(erreur.kind(), ValidationErrorKind::MinItems { .. }).then(|| ici.to_owned())
}

fn dessous(pointeur: &str, racine: &str) -> bool {
    pointeur.strip_prefix(racine).is_some_and(|suite| suite.is_empty() || suite.starts_with('/'))
}

/// The zero byte: PostgreSQL holds none, and no keyboard writes one.
fn caracteres_interdits(valeur: &Value, pointeur: &str, fautes: &mut Vec<Faute>) {
    match valeur {
        Value::String(texte) if texte.contains('\0') => {
            fautes.push(Faute::new(pointeur, "caractere-interdit", "Ce texte contient un caractère nul."));
        }
        Value::Array(elements) => {
            elements.iter().enumerate().for_each(|(rang, element)| caracteres_interdits(element, &format!("{pointeur}/{rang}"), fautes));
        }
        Value::Object(membres) => {
            membres.iter().for_each(|(nom, membre)| caracteres_interdits(membre, &format!("{pointeur}/{nom}"), fautes));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The schema without what makes a content mandatory: `required`, minimal counts, and every
/// condition.
fn sans_exigences(schema: &Value) -> Value {
    let Some(membres) = schema.as_object() else { return schema.clone() };
    let alleger = |(cle, valeur): (&String, &Value)| {
        let valeur = match (cle.as_str(), valeur) {
            ("required" | "minItems" | "minProperties" | "dependentRequired" | "if" | "then" | "else", _) => return None,
            ("properties" | "$defs" | "patternProperties", Value::Object(schemas)) => {
                Value::Object(schemas.iter().map(|(nom, schema)| (nom.clone(), sans_exigences(schema))).collect())
            }
            ("allOf", Value::Array(parties)) => Value::Array(parties.iter().map(sans_exigences).collect()),
            ("items" | "additionalProperties", schema) => sans_exigences(schema),
            (_, valeur) => valeur.clone(),
        };
        Some((cle.clone(), valeur))
    };
    Value::Object(membres.iter().filter_map(alleger).collect())
}

fn valideur(schema: &Value, jeux: &[Arc<Codes>]) -> Result<Validator, String> {
    let jeux: HashMap<String, Arc<Codes>> = jeux.iter().map(|jeu| (jeu.jeu.clone(), Arc::clone(jeu))).collect();
    jsonschema::options()
        .with_draft(jsonschema::Draft::Draft202012)
        .should_validate_formats(true)
        .with_format("date", est_une_date)
        .with_format("date-partielle", est_une_date_partielle)
        .with_keyword("x-jeu", move |_, valeur, _| jeu_de_valeurs(&jeux, valeur))
        .with_keyword("x-ordre", |_, valeur, _| ordre(valeur))
        .build(schema)
        .map_err(|erreur| format!("{} : {erreur}", erreur.instance_path()))
}

/// `AAAA-MM-JJ`, from 1900 on.
fn est_une_date(texte: &str) -> bool {
    texte.len() == "AAAA-MM-JJ".len() && texte >= "1900" && texte.parse::<NaiveDate>().is_ok()
}

/// `AAAA-MM` or `AAAA-MM-JJ`.
fn est_une_date_partielle(texte: &str) -> bool {
    est_une_date(texte) || (texte.len() == "AAAA-MM".len() && est_une_date(&format!("{texte}-01")))
}

/// `x-jeu`: the code belongs to the current version of a value set.
struct JeuDeValeurs(Arc<Codes>);

fn jeu_de_valeurs<'a>(jeux: &HashMap<String, Arc<Codes>>, valeur: &'a Value) -> Result<Box<dyn for<'i> Keyword<'i>>, ValidationError<'a>> {
    let code = valeur.as_str().unwrap_or_default();
    match jeux.get(code) {
        Some(jeu) => Ok(Box::new(JeuDeValeurs(Arc::clone(jeu)))),
        None => Err(ValidationError::custom(format!("jeu de valeurs inconnu « {code} »"))),
    }
}

impl<'i> Keyword<'i> for JeuDeValeurs {
    fn validate(&self, instance: &'i Value) -> Result<(), ValidationError<'i>> {
        if self.is_valid(instance) { Ok(()) } else { Err(ValidationError::custom(self.0.jeu.clone())) }
    }

    fn is_valid(&self, instance: &'i Value) -> bool {
        instance.as_str().is_none_or(|code| self.0.codes.contains(code))
    }
}

/// `x-ordre`: of two members that are dates, the second is not before the first. Partial dates are
/// compared as far as both go.
struct Ordre(String, String);

fn ordre(valeur: &Value) -> Result<Box<dyn for<'i> Keyword<'i>>, ValidationError<'_>> {
    let noms: Vec<&str> = valeur.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    match noms.as_slice() {
        [debut, fin] => Ok(Box::new(Ordre((*debut).to_owned(), (*fin).to_owned()))),
        _ => Err(ValidationError::custom("x-ordre attend deux noms de membres")),
    }
}

impl Ordre {
    fn respecte(&self, membres: &Map<String, Value>) -> bool {
        let date = |nom: &str| membres.get(nom).and_then(Value::as_str).filter(|date| date.is_ascii());
        let Some((debut, fin)) = date(&self.0).zip(date(&self.1)) else { return true };
        let commun = debut.len().min(fin.len());
        debut.get(..commun) <= fin.get(..commun)
    }
}

impl<'i> Keyword<'i> for Ordre {
    fn validate(&self, instance: &'i Value) -> Result<(), ValidationError<'i>> {
        if self.is_valid(instance) { Ok(()) } else { Err(ValidationError::custom(self.1.clone())) }
    }

    fn is_valid(&self, instance: &'i Value) -> bool {
        instance.as_object().is_none_or(|membres| self.respecte(membres))
    }
}

#[cfg(test)]
mod tests;
