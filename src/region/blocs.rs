//! The fiche models, and blocks filled at random that these models accept.
//!
//! A block says what it requires: what lacks is drawn by its schema, again and again until nothing does, then a few answers
//! more that break no rule. A few dozen fillings of each model are made once; a case takes one of them and dates it.

use super::tirage::Des;
use crate::{
    db::Op,
    kernel::{Panne, Resultat},
    metier::{
        compte_rendu::model::fiche::SOCLE,
        fiche::{
            model::Etape,
            service as fiches,
            validation::{ModeleCompile, Niveau},
        },
        referentiel::{
            model::{Codes, ModeleFiche, UsageModele},
            service as referentiels,
        },
    },
};
use chrono::NaiveDate;
use serde_json::{Map, Value, json};
use std::{collections::BTreeMap, sync::Arc};

/// Fillings of each block that are kept.
const VARIANTES: usize = 14;
/// Draws after which a block is given up.
const ESSAIS: usize = 60;
/// Answers that nobody asks for, tried on each filling.
const FACULTATIVES: usize = 4;
/// The date that a filling holds until it is that of a case.
const MARQUE: &str = "2001-01-01";
/// The block that every case fills by itself.
const PARCOURS: &str = "parcours";

/// A fiche model, ready to be filled.
pub(super) struct Modele {
    /// The model.
    pub(super) publie: Arc<ModeleFiche>,
    /// What checks it.
    pub(super) compile: Arc<ModeleCompile>,
    /// True when it asks about the pathway.
    pub(super) parcours: bool,
    blocs: Vec<(String, Vec<Value>)>,
}

/// The models, by code.
pub(super) type Modeles = BTreeMap<String, Modele>;

/// Loads a model in force at a date and fills its blocks beside a content of the national core.
pub(super) fn charger(op: &mut Op<'_>, code: &str, date: NaiveDate, socle: &Map<String, Value>, des: &mut Des) -> Resultat<Modele> {
    let modele = referentiels::modele(op, UsageModele::Fiche, code, date)?;
    let compile = fiches::compiler(op, &modele)?;
    let jeux = referentiels::codes(op, modele.jeux.iter().map(String::as_str).collect())?;
    let cles: Vec<String> = proprietes(&modele.schema).keys().filter(|cle| !SOCLE.contains(&cle.as_str())).cloned().collect();
    let parcours = cles.iter().any(|cle| cle == PARCOURS);
    let remplissage = Remplissage { schema: &modele.schema, compile: &compile, jeux: &jeux, date };
    let mut blocs = Vec::new();
    for cle in cles.into_iter().filter(|cle| cle != PARCOURS) {
        let variantes = remplissage.variantes(&cle, socle, des);
        if variantes.is_empty() {
            return Err(Panne::dire(format!("région : rien ne remplit le bloc {cle} du modèle {code}")).into());
        }
        blocs.push((cle, variantes));
    }
    Ok(Modele { publie: modele, compile, parcours, blocs })
}

impl Modele {
    /// Puts blocks into a content, as of a day and for a patient of so many months.
    pub(super) fn remplir(&self, contenu: &mut Map<String, Value>, (jour, mois): (NaiveDate, i64), des: &mut Des) {
        for (cle, variantes) in &self.blocs {
            if let Some(variante) = des.un(variantes) {
                let mut bloc = variante.clone();
                dater(&mut bloc, &jour.to_string());
                if let Some(age) = bloc.get_mut("age_mois") {
                    *age = json!(mois.clamp(0, 299));
                }
                contenu.insert(cle.clone(), bloc);
            }
        }
    }
}

fn dater(valeur: &mut Value, jour: &str) {
    match valeur {
        Value::String(texte) if texte == MARQUE => jour.clone_into(texte),
        Value::Array(elements) => elements.iter_mut().for_each(|element| dater(element, jour)),
        Value::Object(membres) => membres.values_mut().for_each(|membre| dater(membre, jour)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn proprietes(schema: &Value) -> &Map<String, Value> {
    static AUCUNE: std::sync::LazyLock<Map<String, Value>> = std::sync::LazyLock::new(Map::new);
    schema.get("properties").and_then(Value::as_object).unwrap_or(&AUCUNE)
}

struct Remplissage<'a> {
    schema: &'a Value,
    compile: &'a ModeleCompile,
    jeux: &'a [Arc<Codes>],
    date: NaiveDate,
}

impl Remplissage<'_> {
    fn variantes(&self, cle: &str, socle: &Map<String, Value>, des: &mut Des) -> Vec<Value> {
        let mut variantes = Vec::new();
        for _ in 0..ESSAIS {
            if variantes.len() == VARIANTES {
                break;
            }
            let mut contenu = Value::Object(socle.clone());
            if self.completer(&mut contenu, cle, des) && self.juste(&contenu, cle) {
                self.ajouter(&mut contenu, cle, des);
                variantes.extend(contenu.get(cle).cloned());
            }
        }
        variantes
    }

    /// Draws what the block lacks until it lacks nothing.
    fn completer(&self, contenu: &mut Value, cle: &str, des: &mut Des) -> bool {
        if let Some(membres) = contenu.as_object_mut() {
            membres.insert(cle.to_owned(), json!({}));
        }
        for _ in 0..40 {
            let manquants = self.compile.completude(contenu, Etape::Validation, self.date).manquants;
            let siens: Vec<String> = manquants.into_iter().map(|m| m.pointeur).filter(|pointeur| dans(pointeur, cle)).collect();
            if siens.is_empty() {
                return true;
            }
            for pointeur in siens {
                let Some(schema) = self.schema_de(&pointeur) else { return false };
                let valeur = self.tirer(schema, des);
                if valeur.is_null() || !poser(contenu, &pointeur, valeur) {
                    return false;
                }
            }
        }
        false
    }

    /// A few answers more, each kept if no rule forbids it.
    fn ajouter(&self, contenu: &mut Value, cle: &str, des: &mut Des) {
        let Some(bloc) = self.schema_de(&format!("/{cle}")) else { return };
        let noms: Vec<&String> = proprietes(bloc).keys().collect();
        for _ in 0..FACULTATIVES {
            let Some(nom) = des.un(&noms) else { return };
            let pointeur = format!("/{cle}/{nom}");
            let Some(schema) = self.schema_de(&pointeur).filter(|_| contenu.pointer(&pointeur).is_none()) else { continue };
            let valeur = self.tirer(schema, des);
            let mut essai = contenu.clone();
            if !valeur.is_null() && poser(&mut essai, &pointeur, valeur) && self.juste(&essai, cle) {
                *contenu = essai;
            }
        }
    }

    fn juste(&self, contenu: &Value, cle: &str) -> bool {
        !self.compile.fautes(contenu, Niveau::Exige(Etape::Validation), self.date).iter().any(|faute| dans(&faute.pointer, cle))
    }

    /// The schema of a place of the content.
    fn schema_de(&self, pointeur: &str) -> Option<&Value> {
        let mut schema = self.schema;
        for pas in pointeur.split('/').skip(1) {
            schema = self.resoudre(schema);
            schema = match schema.get("items") {
                Some(element) if pas.bytes().all(|octet| octet.is_ascii_digit()) => element,
                Some(_) | None => schema.get("properties")?.get(pas)?,
            };
        }
        Some(self.resoudre(schema))
    }

    fn resoudre<'s>(&'s self, schema: &'s Value) -> &'s Value {
        let renvoi = schema.get("$ref").and_then(Value::as_str).and_then(|renvoi| renvoi.strip_prefix('#'));
        renvoi.and_then(|renvoi| self.schema.pointer(renvoi)).unwrap_or(schema)
    }

    /// A value that a schema admits; null when it says too little.
    fn tirer(&self, schema: &Value, des: &mut Des) -> Value {
        let schema = self.resoudre(schema);
        if let Some(choix) = schema.get("oneOf").and_then(Value::as_array) {
            return des.un(choix).and_then(|choix| choix.get("const")).cloned().unwrap_or_default();
        }
        if let Some(choix) = schema.get("enum").and_then(Value::as_array) {
            return des.un(choix).cloned().unwrap_or_default();
        }
        if let Some(jeu) = schema.get("x-jeu").and_then(Value::as_str) {
            let codes = self.jeux.iter().find(|codes| codes.jeu == jeu);
            return codes.and_then(|codes| codes.codes.iter().nth(des.rang(codes.codes.len()))).map_or(Value::Null, |code| json!(code));
        }
        match schema.get("type").and_then(Value::as_str) {
            Some("boolean") => json!(des.vrai(0.3)),
            Some("integer" | "number") => json!(entier(schema, des)),
            Some("string") if schema.get("format").is_some() => json!(MARQUE),
            Some("string") if schema.get("pattern").and_then(Value::as_str).is_none_or(|motif| motif == "\\S") => json!("À préciser."),
            Some("object") => json!({}),
            Some("array") => schema.get("items").map_or(Value::Null, |element| {
                let element = self.tirer(element, des);
                if element.is_null() { Value::Null } else { json!([element]) }
            }),
            Some(_) | None => Value::Null,
        }
    }
}

fn entier(schema: &Value, des: &mut Des) -> i64 {
    let borne = |cle: &str| schema.get(cle).and_then(Value::as_f64);
    #[expect(clippy::cast_possible_truncation, reason = "bounds of measures of the field")]
    let entiere = |valeur: f64| valeur as i64;
    let minimum = borne("minimum").map_or(0, |borne| entiere(borne.ceil()));
    let maximum = borne("maximum").map_or(minimum + 20, |borne| entiere(borne.floor()));
    des.entre(minimum, maximum.min(minimum + 60))
}

fn dans(pointeur: &str, cle: &str) -> bool {
    pointeur.strip_prefix('/').and_then(|reste| reste.strip_prefix(cle)).is_some_and(|reste| reste.is_empty() || reste.starts_with('/'))
}

/// Puts a value at a place whose holder is there.
fn poser(contenu: &mut Value, pointeur: &str, valeur: Value) -> bool {
    let Some((porteur, nom)) = pointeur.rsplit_once('/') else { return false };
    match contenu.pointer_mut(porteur) {
        Some(Value::Object(membres)) => {
            membres.insert(nom.to_owned(), valeur);
            true
        }
        Some(Value::Array(elements)) => {
            elements.push(valeur);
            true
        }
        Some(_) | None => false,
    }
}
