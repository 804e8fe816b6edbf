//! A fiche model as a FHIR R4 Questionnaire, a value set as a FHIR R4 ValueSet. Pure.
//!
//! - The `linkId` of a field is its JSON Pointer in the content, `*` standing for the rank of an item.
//! - A field that is mandatory to declare the fiche ready is `required`; one that is mandatory with the
//!   very answers that show it is `required` too, since an item that is not enabled asks for nothing.
//! - A short value set is given answer by answer, a long one by reference to its OID and version.
//! - A derived value is a read-only item that says its source. Its rule is in CEL, which is not
//!   FHIRPath: no calculated expression is claimed.
//! - Only extensions of the FHIR specification are used.

use super::{
    correspondance::EntreeCda,
    derive::Derive,
    formulaire::{Champ, Condition, Element, Formulaire, GenreChamp, Groupe, Obligation},
    model::{Concept, ModeleFiche},
};
use chrono::NaiveDate;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// A value set with all that an export says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JeuComplet {
    /// Short name.
    pub code: String,
    /// Version.
    pub version: String,
    /// OID of the publisher.
    pub oid: String,
    /// Name, in French.
    pub nom: String,
    /// Its concepts, in the order of the publisher.
    pub concepts: Vec<Concept>,
}

/// Most concepts that a questionnaire gives answer by answer.
const LISTE_COURTE: usize = 30;
/// Where the extensions of the FHIR specification are.
const EXTENSIONS: &str = "http://hl7.org/fhir/StructureDefinition/";
/// The step that `required` stands for.
const ETAPE: &str = "prete";

/// Units of the models that UCUM has, with their UCUM code.
const UNITES: &[(&str, &str)] = &[
    ("%", "%"),
    ("ans", "a"),
    ("cm", "cm"),
    ("cm²", "cm2"),
    ("cm³", "cm3"),
    ("g/24 h", "g/(24.h)"),
    ("g/dL", "g/dL"),
    ("g/L", "g/L"),
    ("G/L", "10*9/L"),
    ("GBq", "GBq"),
    ("Gy", "Gy"),
    ("h", "h"),
    ("kg", "kg"),
    ("kUI/L", "k[IU]/L"),
    ("M/mL", "10*6/mL"),
    ("m/s", "m/s"),
    ("mg/j", "mg/d"),
    ("mg/L", "mg/L"),
    ("mg/m²", "mg/m2"),
    ("mL", "mL"),
    ("mL/kg/min", "mL/kg/min"),
    ("mL/min", "mL/min"),
    ("mL/min/1,73 m²", "mL/min/{1.73_m2}"),
    ("mm", "mm"),
    ("mm/an", "mm/a"),
    ("mmol/L", "mmol/L"),
    ("mois", "mo"),
    ("mUI/L", "m[IU]/L"),
    ("ng/L", "ng/L"),
    ("ng/mL", "ng/mL"),
    ("pmol/L", "pmol/L"),
    ("s", "s"),
    ("U/mL", "U/mL"),
    ("UI/L", "[IU]/L"),
    ("µm", "um"),
    ("µmol/L", "umol/L"),
];

/// The ValueSet of a value set.
#[must_use]
pub fn jeu(jeu: &JeuComplet) -> Value {
    // In the order of the publisher: a new part each time the code system changes.
    let mut parties: Vec<(&str, Vec<Value>)> = Vec::new();
    for concept in &jeu.concepts {
        let code = json!({ "code": concept.code, "display": concept.libelle });
        match parties.last_mut() {
            Some((systeme, codes)) if *systeme == concept.systeme => codes.push(code),
            _ => parties.push((&concept.systeme, vec![code])),
        }
    }
    let inclus: Vec<Value> = parties.into_iter().map(|(systeme, codes)| json!({ "system": oid(systeme), "concept": codes })).collect();
    json!({
        "resourceType": "ValueSet",
        "language": "fr",
        "url": oid(&jeu.oid),
        "identifier": [{ "system": "urn:ietf:rfc:3986", "value": oid(&jeu.oid) }],
        "version": jeu.version,
        "name": format!("Jeu{}", nom_de_machine(&jeu.code)),
        "title": jeu.nom,
        "status": "active",
        "compose": { "include": inclus },
    })
}

/// The Questionnaire of a model, as it stands at a date, with the value sets that it refers to.
pub fn questionnaire(modele: &ModeleFiche, jeux: &[JeuComplet], aujourd_hui: NaiveDate) -> Result<Value, String> {
    let formulaire = Formulaire::lire(&modele.corps())?;
    let export = Export {
        jeux: jeux.iter().map(|jeu| (jeu.code.as_str(), jeu)).collect(),
        champs: formulaire.champs().into_iter().map(|champ| (champ.pointeur.as_str(), champ)).collect(),
    };
    let mut items = export.elements(&formulaire.elements, "groupe");
    if !modele.derives.is_empty() {
        let derives: Vec<Value> = modele.derives.iter().map(derive).collect();
        items.push(json!({ "linkId": "derives", "text": "Valeurs calculées", "type": "group", "item": derives }));
    }
    let echu = modele.valable_au.is_some_and(|au| au < aujourd_hui);
    let mut periode = json!({ "start": modele.valable_du });
    if let (Some(au), Some(periode)) = (modele.valable_au, periode.as_object_mut()) {
        periode.insert("end".to_owned(), json!(au));
    }
    Ok(json!({
        "resourceType": "Questionnaire",
        "language": "fr",
        "url": format!("urn:dcc:fiche:{}", modele.code),
        "version": modele.version,
        "name": format!("Fiche{}", nom_de_machine(&modele.code)),
        "title": modele.nom,
        "status": if echu { "retired" } else { "active" },
        "subjectType": ["Patient"],
        "date": modele.valable_du,
        "effectivePeriod": periode,
        "item": items,
    }))
}

struct Export<'m> {
    jeux: BTreeMap<&'m str, &'m JeuComplet>,
    champs: BTreeMap<&'m str, &'m Champ>,
}

impl Export<'_> {
    fn elements(&self, elements: &[Element], prefixe: &str) -> Vec<Value> {
        let item = |(rang, element): (usize, &Element)| match element {
            Element::Groupe(groupe) => self.groupe(groupe, &format!("{prefixe}-{rang}")),
            Element::Champ(champ) => self.champ(champ),
        };
        (1..).zip(elements).map(item).collect()
    }

    fn groupe(&self, groupe: &Groupe, lien: &str) -> Value {
        let mut item = membres(json!({ "linkId": lien, "type": "group" }));
        item.extend(groupe.titre.as_ref().map(|titre| ("text".to_owned(), json!(titre))));
        self.montrer(&mut item, groupe.condition.as_ref());
        let age = groupe.age_minimal.map(|age| aide(lien, &format!("À partir de {age} ans.")));
        item.insert("item".to_owned(), age.into_iter().chain(self.elements(&groupe.elements, lien)).collect());
        Value::Object(item)
    }

    fn champ(&self, champ: &Champ) -> Value {
        let mut item = membres(json!({ "linkId": champ.pointeur, "text": champ.titre, "type": genre(champ.genre) }));
        let mut extensions = extensions(champ);
        if let Some(code) = code(champ) {
            item.insert("code".to_owned(), json!([code]));
        }
        self.montrer(&mut item, champ.condition.as_ref());
        item.insert("required".to_owned(), json!(obligatoire(champ)));
        if let Some(repetition) = champ.repetition {
            item.insert("repeats".to_owned(), json!(true));
            extensions
                .extend(repetition.minimum.filter(|n| *n > 1).map(|n| extension("questionnaire-minOccurs", "valueInteger", json!(n))));
            extensions.extend(repetition.maximum.map(|n| extension("questionnaire-maxOccurs", "valueInteger", json!(n))));
        }
        if let (Some(longueur), GenreChamp::Ligne | GenreChamp::Texte) = (champ.longueur, champ.genre) {
            item.insert("maxLength".to_owned(), json!(longueur));
        }
        self.reponses(&mut item, champ);
        if !extensions.is_empty() {
            item.insert("extension".to_owned(), Value::Array(extensions));
        }
        let dedans: Vec<Value> =
            champ.aide.iter().map(|texte| aide(&champ.pointeur, texte)).chain(self.elements(&champ.elements, &champ.pointeur)).collect();
        if !dedans.is_empty() {
            item.insert("item".to_owned(), Value::Array(dedans));
        }
        Value::Object(item)
    }

    /// What may be answered: by reference when the value set is long.
    fn reponses(&self, item: &mut Map<String, Value>, champ: &Champ) {
        let Some(jeu) = champ.jeu.as_deref().and_then(|code| self.jeux.get(code)) else {
            let options: Vec<Value> = champ.choix.iter().map(|choix| json!({ "valueCoding": choisi(champ, &choix.valeur) })).collect();
            if !options.is_empty() {
                item.insert("answerOption".to_owned(), Value::Array(options));
            }
            return;
        };
        if jeu.concepts.len() <= LISTE_COURTE {
            let options = jeu.concepts.iter().map(|concept| json!({ "valueCoding": coding(concept) })).collect();
            item.insert("answerOption".to_owned(), options);
        } else {
            item.insert("answerValueSet".to_owned(), json!(format!("{}|{}", oid(&jeu.oid), jeu.version)));
        }
    }

    fn montrer(&self, item: &mut Map<String, Value>, condition: Option<&Condition>) {
        let Some(condition) = condition else { return };
        let alternatives: Vec<Value> = condition.valeurs.iter().map(|valeur| self.alternative(&condition.champ, valeur)).collect();
        if alternatives.len() > 1 {
            item.insert("enableBehavior".to_owned(), json!("any"));
        }
        item.insert("enableWhen".to_owned(), Value::Array(alternatives));
    }

    fn alternative(&self, pointeur: &str, valeur: &Value) -> Value {
        let mut alternative = membres(json!({ "question": pointeur, "operator": "=" }));
        let champ = self.champs.get(pointeur);
        let concept = champ.and_then(|c| c.jeu.as_deref()).and_then(|code| self.jeux.get(code));
        let concept = concept.and_then(|jeu| jeu.concepts.iter().find(|concept| Some(concept.code.as_str()) == valeur.as_str()));
        let (cle, reponse) = match (concept, champ) {
            (Some(concept), _) => ("answerCoding", coding(concept)),
            (None, Some(champ)) if champ.genre == GenreChamp::Choix => ("answerCoding", choisi(champ, valeur)),
            _ if valeur.is_boolean() => ("answerBoolean", valeur.clone()),
            _ if valeur.is_i64() => ("answerInteger", valeur.clone()),
            _ if valeur.is_number() => ("answerDecimal", valeur.clone()),
            _ => ("answerString", valeur.clone()),
        };
        alternative.insert(cle.to_owned(), reponse);
        Value::Object(alternative)
    }
}

const fn genre(genre: GenreChamp) -> &'static str {
    match genre {
        GenreChamp::Ligne => "string",
        GenreChamp::Texte => "text",
        GenreChamp::Booleen => "boolean",
        GenreChamp::Entier => "integer",
        GenreChamp::Nombre => "decimal",
        // A FHIR date may lack its day.
        GenreChamp::Date | GenreChamp::DatePartielle => "date",
        GenreChamp::Code | GenreChamp::Choix => "choice",
        GenreChamp::Liste => "group",
    }
}

fn obligatoire(champ: &Champ) -> bool {
    let exige = match champ.obligation {
        Obligation::Toujours => true,
        Obligation::SelonReponses => champ.obligatoire_si.contains(&champ.conditions),
        Obligation::Facultatif => false,
    };
    exige && champ.obligatoire_pour.iter().any(|etape| etape == ETAPE)
}

/// What the field observes in the CDA document, when it is the value of a coded entry.
fn code(champ: &Champ) -> Option<Value> {
    let cda = champ.cda.as_ref().filter(|cda| cda.entree != EntreeCda::Commentaire && cda.element.is_none())?;
    Some(json!({ "system": oid(cda.systeme.as_deref()?), "code": cda.code.as_deref()? }))
}

fn coding(concept: &Concept) -> Value {
    json!({ "system": oid(&concept.systeme), "code": concept.code, "display": concept.libelle })
}

/// An answer that the model itself gives to choose; a number among such answers has its value.
fn choisi(champ: &Champ, valeur: &Value) -> Value {
    let code = valeur.as_str().map_or_else(|| valeur.to_string(), str::to_owned);
    let systeme = champ.pointeur.split('/').filter(|partie| !partie.is_empty() && *partie != super::formulaire::RANG);
    let mut coding = membres(json!({ "system": format!("urn:dcc:choix:{}", systeme.collect::<Vec<_>>().join(".")), "code": code }));
    let libelle = champ.choix.iter().find(|choix| choix.valeur == *valeur).map(|choix| choix.libelle.as_str());
    coding.extend(libelle.map(|libelle| ("display".to_owned(), json!(libelle))));
    if valeur.is_number() {
        coding.insert("extension".to_owned(), json!([extension("ordinalValue", "valueDecimal", valeur.clone())]));
    }
    Value::Object(coding)
}

fn extensions(champ: &Champ) -> Vec<Value> {
    let (valeur, decimales) = match champ.genre {
        GenreChamp::Entier => ("valueInteger", None),
        _ => ("valueDecimal", champ.multiple.as_ref().map(decimales)),
    };
    let bornes = [("minValue", &champ.minimum), ("maxValue", &champ.maximum)];
    let bornes = bornes.into_iter().filter_map(|(nom, borne)| Some(extension(nom, valeur, borne.clone()?)));
    let decimales = decimales.map(|n| extension("maxDecimalPlaces", "valueInteger", json!(n)));
    let unite = champ.unite.as_deref().map(|unite| extension("questionnaire-unit", "valueCoding", self::unite(unite)));
    let forme = match champ.genre {
        GenreChamp::Date => Some("AAAA-MM-JJ"),
        GenreChamp::DatePartielle => Some("AAAA-MM-JJ ou AAAA-MM"),
        _ => None,
    };
    let forme = forme.map(|forme| extension("entryFormat", "valueString", json!(forme)));
    let controle = match champ.format.as_deref() {
        Some("radio") => Some("radio-button"),
        Some("liste") => Some("drop-down"),
        Some("cases") => Some("check-box"),
        Some("recherche") => Some("autocomplete"),
        _ => None,
    };
    // The boolean type has its own control everywhere: only a choice may be shown in several ways.
    let controle = controle.filter(|_| genre(champ.genre) == "choice").map(controle_de_saisie);
    bornes.chain(decimales).chain(unite).chain(forme).chain(controle).collect()
}

/// Digits after the point of a step.
fn decimales(multiple: &Value) -> usize {
    multiple.to_string().trim_end_matches(".0").split_once('.').map_or(0, |(_, decimales)| decimales.len())
}

fn unite(unite: &str) -> Value {
    match UNITES.iter().find(|(nom, _)| *nom == unite) {
        Some((_, ucum)) => json!({ "system": "http://unitsofmeasure.org", "code": ucum, "display": unite }),
        None => json!({ "display": unite }),
    }
}

fn controle_de_saisie(code: &str) -> Value {
    let coding = json!([{ "system": "http://hl7.org/fhir/questionnaire-item-control", "code": code }]);
    extension("questionnaire-itemControl", "valueCodeableConcept", json!({ "coding": coding }))
}

fn extension(nom: &str, cle: &str, valeur: Value) -> Value {
    let mut extension = membres(json!({ "url": format!("{EXTENSIONS}{nom}") }));
    extension.insert(cle.to_owned(), valeur);
    Value::Object(extension)
}

/// A text of help, shown beside the item that holds it.
fn aide(lien: &str, texte: &str) -> Value {
    json!({ "linkId": format!("{lien}#aide"), "text": texte, "type": "display", "extension": [controle_de_saisie("help")] })
}

fn derive(derive: &Derive) -> Value {
    let attendus = || derive.essais.iter().map(|essai| &essai.attendu);
    let genre = match () {
        () if attendus().all(Value::is_i64) => "integer",
        () if attendus().all(Value::is_number) => "decimal",
        () if attendus().all(Value::is_boolean) => "boolean",
        () => "string",
    };
    let lien = format!("derives/{}", derive.code);
    let mut item = membres(json!({ "linkId": lien, "text": derive.nom, "type": genre, "readOnly": true }));
    if let Some(unite) = derive.unite.as_deref().filter(|_| matches!(genre, "integer" | "decimal")) {
        item.insert("extension".to_owned(), json!([extension("questionnaire-unit", "valueCoding", self::unite(unite))]));
    }
    item.insert("item".to_owned(), json!([aide(&lien, &format!("Calculé par le service. {}", derive.source))]));
    Value::Object(item)
}

fn oid(oid: &str) -> String {
    format!("urn:oid:{oid}")
}

/// « tumeur-rare » becomes `TumeurRare`: a name that a program may use.
fn nom_de_machine(code: &str) -> String {
    let mot = |mot: &str| {
        let mut lettres = mot.chars();
        lettres.next().map(|premiere| premiere.to_uppercase().chain(lettres).collect::<String>()).unwrap_or_default()
    };
    code.split(|c: char| !c.is_alphanumeric()).map(mot).collect()
}

fn membres(objet: Value) -> Map<String, Value> {
    match objet {
        Value::Object(membres) => membres,
        _ => Map::new(),
    }
}
