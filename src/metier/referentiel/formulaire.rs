//! A fiche model read as a form: its groups and its fields in the order of the layout, what each field
//! takes, when it is shown, for which step it is mandatory, where it goes in the CDA document. Pure.
//!
//! Schema and layout stay the only statements; this reads them together, for who shows a form, writes
//! a document, or exports the model.

use super::{
    composition::Corps,
    correspondance::{PlaceCda, place},
};
use serde::Serialize;
use serde_json::{Map, Value};
use std::borrow::Cow;
use utoipa::ToSchema;

/// The steps that a mandatory field is asked for when it does not say.
const ETAPES: [&str; 2] = ["prete", "validation"];
/// What stands for the rank of an item in the pointer of a field of a list.
pub const RANG: &str = "*";
/// Longest text that is written on one line.
const LIGNE: u64 = 200;

/// A form.
#[derive(Debug, Clone, PartialEq)]
pub struct Formulaire {
    /// Its groups, and the fields outside of any.
    pub elements: Vec<Element>,
}

/// A part of a form.
#[derive(Debug, Clone, PartialEq)]
pub enum Element {
    /// Fields shown together.
    Groupe(Groupe),
    /// One field.
    Champ(Box<Champ>),
}

/// Fields shown together.
#[derive(Debug, Clone, PartialEq)]
pub struct Groupe {
    /// Its title, if it has one.
    pub titre: Option<String>,
    /// Age from which it concerns a patient.
    pub age_minimal: Option<u64>,
    /// When it is shown; always without.
    pub condition: Option<Condition>,
    /// What it holds.
    pub elements: Vec<Element>,
}

crate::enum_texte! {
    /// What a field takes.
    pub enum GenreChamp {
        /// A line of text.
        Ligne => "ligne",
        /// A longer text.
        Texte => "texte",
        /// Yes or no.
        Booleen => "booleen",
        /// A whole number.
        Entier => "entier",
        /// A number.
        Nombre => "nombre",
        /// A day.
        Date => "date",
        /// A day, or a month.
        DatePartielle => "date_partielle",
        /// A code of a value set.
        Code => "code",
        /// One of the answers that the field gives.
        Choix => "choix",
        /// A list of items that have fields of their own.
        Liste => "liste",
    }
}

crate::enum_texte! {
    /// Whether a field must be filled.
    pub enum Obligation {
        /// Always.
        Toujours => "toujours",
        /// With some answers, or as soon as its group is begun.
        SelonReponses => "selon_reponses",
        /// Never.
        Facultatif => "facultatif",
    }
}

/// What another field must hold: one of some values.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = referentiel::Condition)]
pub struct Condition {
    /// Pointer of the field.
    #[schema(example = "/motif/nature")]
    pub champ: String,
    /// The values.
    #[schema(value_type = Vec<Object>)]
    pub valeurs: Vec<Value>,
}

/// An answer that a field gives to choose.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = referentiel::Choix)]
pub struct Choix {
    /// What the content holds.
    #[schema(value_type = Object)]
    pub valeur: Value,
    /// What a person reads.
    pub libelle: String,
}

/// How many answers a field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Repetition {
    /// The fewest.
    pub minimum: Option<u64>,
    /// The most.
    pub maximum: Option<u64>,
}

/// One field of a form.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = referentiel::Champ)]
pub struct Champ {
    /// JSON Pointer in the content; `*` stands for the rank of an item.
    #[schema(example = "/tumeurs/*/topographie")]
    pub pointeur: String,
    /// What is asked.
    pub titre: String,
    /// Titles of the groups that hold it, from the outermost.
    pub sections: Vec<String>,
    /// Help for who answers.
    pub aide: Option<String>,
    /// What it takes.
    pub genre: GenreChamp,
    /// How the form shows it: `radio`, `liste`, `cases`, `recherche`.
    pub format: Option<String>,
    /// Unit.
    pub unite: Option<String>,
    /// Lowest value.
    #[schema(value_type = Option<f64>)]
    pub minimum: Option<Value>,
    /// Highest value.
    #[schema(value_type = Option<f64>)]
    pub maximum: Option<Value>,
    /// Step between values.
    #[schema(value_type = Option<f64>)]
    pub multiple: Option<Value>,
    /// Longest text.
    pub longueur: Option<u64>,
    /// True when it is a date that may not be in the future.
    pub date_passee: bool,
    /// Value set of the codes.
    #[schema(example = "tumeur")]
    pub jeu: Option<String>,
    /// The answers to choose from.
    pub choix: Vec<Choix>,
    /// How many answers it takes, when it may take several.
    pub repetition: Option<Repetition>,
    /// Whether it must be filled.
    pub obligation: Obligation,
    /// The steps that it must be filled for, when it must.
    #[schema(example = json!(["prete", "validation"]))]
    pub obligatoire_pour: Vec<String>,
    /// The answers with which it must be filled: all those of one of these lists.
    pub obligatoire_si: Vec<Vec<Condition>>,
    /// Pointer of the group or list that, once begun, makes it mandatory.
    pub obligatoire_dans: Option<String>,
    /// The answers with which it is shown: all of them.
    pub conditions: Vec<Condition>,
    /// The one of these that is its own, the others being those of its groups.
    #[serde(skip)]
    pub condition: Option<Condition>,
    /// Where it goes in the CDA document.
    pub cda: Option<PlaceCda>,
    /// The form of each item of a list.
    #[serde(skip)]
    pub elements: Vec<Element>,
}

impl Formulaire {
    /// Reads a model; refuses a layout that shows a field which does not exist.
    pub fn lire(corps: &Corps) -> Result<Self, String> {
        let place =
            Place { racine: &corps.schema, niveaux: vec![Cow::Borrowed(&corps.schema)], pointeur: String::new(), demandes: Vec::new() };
        let contexte = Contexte { place: &place, sections: Vec::new(), conditions: Vec::new() };
        Ok(Self { elements: contexte.elements(&corps.presentation)? })
    }

    /// Its fields, in order; those of the items of a list come after the list.
    #[must_use]
    pub fn champs(&self) -> Vec<&Champ> {
        let mut champs = Vec::new();
        recueillir(&self.elements, &mut champs);
        champs
    }
}

fn recueillir<'f>(elements: &'f [Element], champs: &mut Vec<&'f Champ>) {
    for element in elements {
        match element {
            Element::Groupe(groupe) => recueillir(&groupe.elements, champs),
            Element::Champ(champ) => {
                champs.push(champ);
                recueillir(&champ.elements, champs);
            }
        }
    }
}

/// Where a part of the layout stands.
#[derive(Clone)]
struct Contexte<'s> {
    place: &'s Place<'s>,
    sections: Vec<String>,
    conditions: Vec<Condition>,
}

impl Contexte<'_> {
    fn elements(&self, presentation: &Value) -> Result<Vec<Element>, String> {
        let elements = presentation.get("elements").and_then(Value::as_array).into_iter().flatten();
        elements.map(|element| self.element(element)).collect::<Result<Vec<_>, _>>().map(|lus| lus.into_iter().flatten().collect())
    }

    fn element(&self, element: &Value) -> Result<Vec<Element>, String> {
        let condition = self.condition(element)?;
        let mut dedans = self.clone();
        dedans.conditions.extend(condition.clone());
        if let Some(scope) = element.get("scope").and_then(Value::as_str) {
            return Ok(vec![Element::Champ(Box::new(dedans.champ(scope, element.get("options"), condition)?))]);
        }
        let titre = element.get("label").and_then(Value::as_str).map(str::to_owned);
        if titre.is_none() && condition.is_none() {
            return self.elements(element);
        }
        dedans.sections.extend(titre.clone());
        let age_minimal = element.pointer("/options/age_minimal").and_then(Value::as_u64);
        Ok(vec![Element::Groupe(Groupe { titre, age_minimal, condition, elements: dedans.elements(element)? })])
    }

    fn condition(&self, element: &Value) -> Result<Option<Condition>, String> {
        let Some(regle) = element.get("rule") else { return Ok(None) };
        let scope = regle.pointer("/condition/scope").and_then(Value::as_str).ok_or("une règle d'affichage nomme un champ")?;
        let valeurs = regle.pointer("/condition/schema").and_then(valeurs_admises);
        match (regle.get("effect").and_then(Value::as_str), valeurs) {
            (Some("SHOW"), Some(valeurs)) => Ok(Some(Condition { champ: self.place.aller(scope)?.pointeur, valeurs })),
            _ => Err(format!("{scope} : une règle d'affichage est SHOW avec « const » ou « enum »")),
        }
    }

    fn champ(&self, scope: &str, options: Option<&Value>, condition: Option<Condition>) -> Result<Champ, String> {
        let place = self.place.aller(scope)?;
        let schema = place.schema();
        let texte = |cle: &str| schema.get(cle).and_then(Value::as_str).map(str::to_owned);
        let liste = schema.get("items").is_some();
        let interieur = if liste { place.element()? } else { place.clone() };
        let valeur = interieur.schema();
        let groupe = valeur.get("properties").is_some();
        let entier = |schema: &Value, cle: &str| schema.get(cle).and_then(Value::as_u64);
        let cite = |cle: &str| valeur.get(cle).and_then(Value::as_str).map(str::to_owned);
        let dedans = Contexte { place: &interieur, sections: self.sections.clone(), conditions: self.conditions.clone() };
        let detail = options.and_then(|options| options.get("detail"));
        let elements =
            if liste && groupe { detail.map(|detail| dedans.elements(detail)).transpose()?.unwrap_or_default() } else { Vec::new() };
        let exigence = place.exigence();
        Ok(Champ {
            titre: texte("title").ok_or_else(|| format!("{} : pas de titre", place.pointeur))?,
            sections: self.sections.clone(),
            aide: texte("description"),
            genre: genre(valeur, liste && groupe).ok_or_else(|| format!("{} : ce n'est pas un champ", place.pointeur))?,
            format: options.and_then(|o| o.get("format")).and_then(Value::as_str).map(str::to_owned),
            unite: cite("x-unite"),
            minimum: valeur.get("minimum").cloned(),
            maximum: valeur.get("maximum").cloned(),
            multiple: valeur.get("multipleOf").cloned(),
            longueur: entier(valeur, "maxLength"),
            date_passee: valeur.get("x-date-passee").and_then(Value::as_bool).unwrap_or_default(),
            jeu: cite("x-jeu"),
            choix: choix(valeur),
            repetition: liste.then(|| Repetition { minimum: entier(schema, "minItems"), maximum: entier(schema, "maxItems") }),
            obligatoire_pour: match exigence.obligation {
                Obligation::Facultatif => Vec::new(),
                Obligation::Toujours | Obligation::SelonReponses => etapes(schema),
            },
            obligation: exigence.obligation,
            obligatoire_si: exigence.si,
            obligatoire_dans: exigence.dans,
            conditions: self.conditions.clone(),
            condition,
            cda: self::place(interieur.niveaux.iter().map(Cow::as_ref)).map_err(|cause| format!("{} : {cause}", place.pointeur))?,
            pointeur: place.pointeur,
            elements,
        })
    }
}

fn genre(schema: &Value, liste: bool) -> Option<GenreChamp> {
    let texte = |cle: &str| schema.get(cle).and_then(Value::as_str).unwrap_or_default();
    if liste {
        return Some(GenreChamp::Liste);
    }
    if schema.get("x-jeu").is_some() {
        return Some(GenreChamp::Code);
    }
    if schema.get("oneOf").is_some() {
        return Some(GenreChamp::Choix);
    }
    match (texte("type"), texte("format")) {
        ("boolean", _) => Some(GenreChamp::Booleen),
        ("integer", _) => Some(GenreChamp::Entier),
        ("number", _) => Some(GenreChamp::Nombre),
        ("string", "date") => Some(GenreChamp::Date),
        ("string", "date-partielle") => Some(GenreChamp::DatePartielle),
        ("string", _) if schema.get("maxLength").and_then(Value::as_u64).is_some_and(|longueur| longueur <= LIGNE) => {
            Some(GenreChamp::Ligne)
        }
        ("string", _) => Some(GenreChamp::Texte),
        _ => None,
    }
}

fn choix(schema: &Value) -> Vec<Choix> {
    let choix = schema.get("oneOf").and_then(Value::as_array).into_iter().flatten();
    let lire = |choix: &Value| {
        let libelle = choix.get("title").and_then(Value::as_str).unwrap_or_default().to_owned();
        Some(Choix { valeur: choix.get("const")?.clone(), libelle })
    };
    choix.filter_map(lire).collect()
}

fn etapes(schema: &Value) -> Vec<String> {
    let dites = schema.get("x-obligatoire-pour").and_then(Value::as_array);
    let dites = dites.map(|etapes| etapes.iter().filter_map(Value::as_str).map(str::to_owned).collect::<Vec<_>>());
    dites.filter(|etapes| !etapes.is_empty()).unwrap_or_else(|| ETAPES.map(str::to_owned).to_vec())
}

/// The values of `const` or of `enum`.
fn valeurs_admises(schema: &Value) -> Option<Vec<Value>> {
    let seule = schema.get("const").map(|valeur| vec![valeur.clone()]);
    seule.or_else(|| schema.get("enum").and_then(Value::as_array).cloned())
}

/// A place of the schema: all that leads to it.
#[derive(Debug, Clone)]
struct Place<'s> {
    racine: &'s Value,
    /// From the content to the place, references resolved.
    niveaux: Vec<Cow<'s, Value>>,
    pointeur: String,
    /// How each level is asked for, from the outermost.
    demandes: Vec<Demande>,
}

/// How a level is asked for by the one that holds it.
#[derive(Debug, Clone)]
struct Demande {
    pointeur: String,
    toujours: bool,
    si: Vec<Vec<Condition>>,
}

struct Exigence {
    obligation: Obligation,
    si: Vec<Vec<Condition>>,
    dans: Option<String>,
}

impl<'s> Place<'s> {
    fn schema(&self) -> &Value {
        self.niveaux.last().map_or(self.racine, Cow::as_ref)
    }

    /// What the schema of this place holds at a path.
    fn dessous(&self, chemin: &[&str]) -> Option<Cow<'s, Value>> {
        fn descendre<'v>(schema: &'v Value, chemin: &[&str]) -> Option<&'v Value> {
            chemin.iter().try_fold(schema, |schema, partie| schema.get(partie))
        }
        match self.niveaux.last()? {
            Cow::Borrowed(schema) => Some(resoudre(self.racine, descendre(schema, chemin)?)),
            Cow::Owned(schema) => Some(Cow::Owned(resoudre(self.racine, descendre(schema, chemin)?).into_owned())),
        }
    }

    /// The place of a scope (`#/properties/motif/properties/nature`) that starts here.
    fn aller(&self, scope: &str) -> Result<Self, String> {
        let mut place = self.clone();
        let mut parties = scope.strip_prefix("#/").unwrap_or(scope).split('/');
        while let Some(mot_cle) = parties.next() {
            let nom = parties.next().filter(|_| mot_cle == "properties");
            place = nom.and_then(|nom| place.membre(nom)).ok_or_else(|| format!("{scope} : ce champ n'existe pas"))?;
        }
        Ok(place)
    }

    fn membre(&self, nom: &str) -> Option<Self> {
        let schema = self.dessous(&["properties", nom])?;
        let mut place = self.clone();
        place.pointeur = format!("{}/{nom}", self.pointeur);
        place.demandes.push(self.demande(nom));
        place.niveaux.push(schema);
        Some(place)
    }

    /// The place of each item of a list.
    fn element(&self) -> Result<Self, String> {
        let items = self.dessous(&["items"]).ok_or_else(|| format!("{} : ce n'est pas une liste", self.pointeur))?;
        let mut place = self.clone();
        place.pointeur = format!("{}/{RANG}", self.pointeur);
        place.niveaux.push(items);
        Ok(place)
    }

    fn demande(&self, nom: &str) -> Demande {
        let schema = self.schema();
        let cite = |schema: &Value| schema.get("required").and_then(Value::as_array).is_some_and(|r| r.iter().any(|r| r == nom));
        let parties = schema.get("allOf").and_then(Value::as_array).into_iter().flatten();
        let si = std::iter::once(schema).chain(parties).filter(|partie| partie.get("then").is_some_and(cite));
        Demande {
            pointeur: format!("{}/{nom}", self.pointeur),
            toujours: cite(schema),
            si: si.filter_map(|p| self.conditions(p)).collect(),
        }
    }

    /// The conditions of an `if`: some members hold some values.
    fn conditions(&self, partie: &Value) -> Option<Vec<Condition>> {
        let membres = partie.get("if")?.get("properties")?.as_object()?;
        let condition = |(nom, schema): (&String, &Value)| {
            Some(Condition { champ: format!("{}/{nom}", self.pointeur), valeurs: valeurs_admises(schema)? })
        };
        membres.iter().map(condition).collect()
    }

    fn exigence(&self) -> Exigence {
        let facultatif = Exigence { obligation: Obligation::Facultatif, si: Vec::new(), dans: None };
        match self.demandes.last() {
            Some(derniere) if derniere.toujours || !derniere.si.is_empty() => {}
            _ => return facultatif,
        }
        // The deepest level that is not always asked for decides: those above follow from it.
        match self.demandes.iter().rev().find(|demande| !demande.toujours) {
            None => Exigence { obligation: Obligation::Toujours, ..facultatif },
            Some(demande) => {
                let dans = demande.si.is_empty().then(|| demande.pointeur.clone());
                Exigence { obligation: Obligation::SelonReponses, si: demande.si.clone(), dans }
            }
        }
    }
}

/// The schema that a reference stands for, with what stands beside the reference.
fn resoudre<'s>(racine: &'s Value, schema: &'s Value) -> Cow<'s, Value> {
    let vise = schema.get("$ref").and_then(Value::as_str).and_then(|r| r.strip_prefix('#')).and_then(|pointeur| racine.pointer(pointeur));
    let (Some(Value::Object(vise)), Some(propres)) = (vise, schema.as_object()) else { return Cow::Borrowed(schema) };
    let mut membres: Map<String, Value> = vise.clone();
    membres.extend(propres.iter().map(|(cle, valeur)| (cle.clone(), valeur.clone())));
    Cow::Owned(Value::Object(membres))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn corps() -> Corps {
        Corps {
            schema: json!({
                "$defs": { "ligne": { "type": "string", "maxLength": 200 } },
                "properties": {
                    "phase": { "title": "Phase", "required": ["type"], "properties": {
                        "type": { "title": "Type", "oneOf": [{ "const": "a", "title": "A" }, { "const": "b", "title": "B" }],
                            "x-obligatoire-pour": ["validation"] },
                        "lieu": { "title": "Lieu", "description": "Le principal.", "$ref": "#/$defs/ligne" }
                    }, "allOf": [{ "if": { "properties": { "type": { "const": "b" } }, "required": ["type"] }, "then": { "required": ["lieu"] } }] },
                    "lesions": { "title": "Lésions", "type": "array", "maxItems": 3, "items": { "title": "Lésion", "required": ["taille"],
                        "properties": { "taille": { "title": "Taille", "type": "number", "minimum": 0.5, "x-unite": "mm" } } } }
                },
                "required": ["phase"]
            }),
            presentation: json!({ "elements": [{ "type": "Group", "label": "Maladie", "elements": [
                { "type": "HorizontalLayout", "elements": [
                    { "type": "Control", "scope": "#/properties/phase/properties/type", "options": { "format": "radio" } },
                    { "type": "Control", "scope": "#/properties/phase/properties/lieu", "rule": { "effect": "SHOW",
                        "condition": { "scope": "#/properties/phase/properties/type", "schema": { "const": "b" } } } }
                ] },
                { "type": "Control", "scope": "#/properties/lesions", "options": { "detail": { "elements": [
                    { "type": "Control", "scope": "#/properties/taille" }] } } }
            ] }] }),
            derives: vec![],
        }
    }

    #[test]
    fn un_modele_se_lit_comme_un_formulaire() {
        let formulaire = Formulaire::lire(&corps()).unwrap();
        let champs = formulaire.champs();
        let pointeurs: Vec<&str> = champs.iter().map(|champ| champ.pointeur.as_str()).collect();
        assert_eq!(pointeurs, ["/phase/type", "/phase/lieu", "/lesions", "/lesions/*/taille"]);
        let [genre, lieu, lesions, taille] = champs[..] else { panic!() };
        assert_eq!((genre.genre, genre.choix.len(), genre.format.as_deref()), (GenreChamp::Choix, 2, Some("radio")));
        assert_eq!(
            (lieu.genre, lieu.aide.as_deref(), lieu.sections.as_slice()),
            (GenreChamp::Ligne, Some("Le principal."), &["Maladie".to_owned()][..])
        );
        assert_eq!(lieu.conditions, [Condition { champ: "/phase/type".into(), valeurs: vec![json!("b")] }]);
        assert_eq!((lesions.genre, lesions.repetition), (GenreChamp::Liste, Some(Repetition { minimum: None, maximum: Some(3) })));
        assert_eq!((taille.genre, taille.unite.as_deref(), taille.minimum.clone()), (GenreChamp::Nombre, Some("mm"), Some(json!(0.5))));
    }

    #[test]
    fn une_reponse_est_exigee_toujours_ou_selon_les_autres_ou_dans_un_groupe_commence() {
        let formulaire = Formulaire::lire(&corps()).unwrap();
        let [genre, lieu, lesions, taille] = formulaire.champs()[..] else { panic!() };
        assert_eq!((genre.obligation, genre.obligatoire_pour.as_slice()), (Obligation::Toujours, &["validation".to_owned()][..]));
        assert_eq!((lieu.obligation, lieu.obligatoire_pour.len()), (Obligation::SelonReponses, 2));
        assert_eq!(lieu.obligatoire_si, [vec![Condition { champ: "/phase/type".into(), valeurs: vec![json!("b")] }]]);
        assert_eq!((lesions.obligation, lesions.obligatoire_pour.len()), (Obligation::Facultatif, 0));
        assert_eq!((taille.obligation, taille.obligatoire_dans.as_deref()), (Obligation::SelonReponses, Some("/lesions")));
    }

    #[test]
    fn une_presentation_qui_montre_un_champ_absent_est_refusee() {
        let mut fausse = corps();
        fausse.presentation["elements"][0]["elements"][0]["elements"][0]["scope"] = json!("#/properties/phase/properties/absent");
        assert!(Formulaire::lire(&fausse).unwrap_err().contains("n'existe pas"));
    }
}
