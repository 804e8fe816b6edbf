//! What a fiche model asks for, as a tree that is walked along with a content: which items are
//! mandatory here and now, which of them are filled, which dates may not be in the future.
//!
//! The JSON Schema stays the only statement of the rules. `required` makes an item mandatory, `if`
//! makes it conditional, and `x-obligatoire-pour` says from which step on; this module only reads
//! them, where a validator would stop at the first missing object.

use crate::kernel::lecture::echapper;
use chrono::NaiveDate;
use jsonschema::Validator;
use serde_json::{Map, Value};

/// A step that a fiche must be complete for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Etape {
    /// The requester says that the fiche is ready.
    Prete,
    /// The meeting validates its comptes-rendus.
    Validation,
}

impl Etape {
    /// The text that stands for the step in `x-obligatoire-pour`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Prete => "prete",
            Self::Validation => "validation",
        }
    }
}

/// One mandatory item that a walk has met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    /// JSON Pointer in the content.
    pub pointeur: String,
    /// Its title, preceded by those of what holds it.
    pub titre: String,
    /// True when it is filled.
    pub rempli: bool,
    etapes: Vec<String>,
}

impl Element {
    /// True when the item is mandatory for a step.
    #[must_use]
    pub fn obligatoire_pour(&self, etape: Etape) -> bool {
        self.etapes.is_empty() || self.etapes.iter().any(|e| e == etape.as_str())
    }
}

/// What a walk has found.
#[derive(Debug, Clone, Default)]
pub struct Releve {
    /// The mandatory items, in the order of the model.
    pub elements: Vec<Element>,
    /// Pointers of the dates that are in the future and may not be.
    pub dates_a_venir: Vec<String>,
}

/// A place of the model.
#[derive(Debug, Default)]
pub struct Noeud {
    titre: String,
    etapes: Vec<String>,
    date_passee: bool,
    requis: Vec<String>,
    minimum: u64,
    proprietes: Vec<(String, Noeud)>,
    element: Option<Box<Noeud>>,
    toujours: Vec<Noeud>,
    conditions: Vec<Condition>,
}

#[derive(Debug)]
struct Condition {
    si: Validator,
    alors: Noeud,
    sinon: Noeud,
}

impl Noeud {
    /// Reads a model.
    pub fn lire(schema: &Value) -> Result<Self, String> {
        Self::du_schema(schema, schema, 0)
    }

    fn du_schema(schema: &Value, racine: &Value, profondeur: u8) -> Result<Self, String> {
        let Some(membres) = schema.as_object() else { return Ok(Self::default()) };
        if profondeur > PROFONDEUR {
            return Err("le schéma est trop profond, ou se contient lui-même".to_owned());
        }
        let lire = |schema: &Value| Self::du_schema(schema, racine, profondeur + 1);
        let mut toujours = Vec::new();
        if let Some(reference) = membres.get("$ref").and_then(Value::as_str) {
            let pointeur = reference.strip_prefix('#').ok_or_else(|| format!("référence extérieure {reference}"))?;
            toujours.push(lire(racine.pointer(pointeur).ok_or_else(|| format!("référence inconnue {reference}"))?)?);
        }
        for partie in membres.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            toujours.push(lire(partie)?);
        }
        let proprietes = membres.get("properties").and_then(Value::as_object).into_iter().flatten();
        Ok(Self {
            titre: texte(membres, "title"),
            etapes: textes(membres, "x-obligatoire-pour"),
            date_passee: membres.get("x-date-passee").and_then(Value::as_bool).unwrap_or_default(),
            requis: textes(membres, "required"),
            minimum: membres.get("minItems").and_then(Value::as_u64).unwrap_or_default(),
            proprietes: proprietes.map(|(nom, schema)| Ok((nom.clone(), lire(schema)?))).collect::<Result<_, String>>()?,
            element: membres.get("items").map(|schema| lire(schema).map(Box::new)).transpose()?,
            conditions: condition(membres, &lire)?.into_iter().collect(),
            toujours,
        })
    }

    /// Walks a content along with the model.
    #[must_use]
    pub fn relever(&self, contenu: &Value, aujourd_hui: NaiveDate) -> Releve {
        let mut parcours = Parcours { aujourd_hui, releve: Releve::default() };
        parcours.visiter(&[self], Some(contenu), "", "", true);
        parcours.releve
    }

    /// This place and all that holds at it for that value.
    fn actifs<'n>(&'n self, valeur: &Value, actifs: &mut Vec<&'n Self>) {
        actifs.push(self);
        self.toujours.iter().for_each(|noeud| noeud.actifs(valeur, actifs));
        for condition in &self.conditions {
            let branche = if condition.si.is_valid(valeur) { &condition.alors } else { &condition.sinon };
            branche.actifs(valeur, actifs);
        }
    }
}

/// Deepest nesting of a model.
const PROFONDEUR: u8 = 32;

fn texte(membres: &Map<String, Value>, cle: &str) -> String {
    membres.get(cle).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn textes(membres: &Map<String, Value>, cle: &str) -> Vec<String> {
    membres.get(cle).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn condition(membres: &Map<String, Value>, lire: &impl Fn(&Value) -> Result<Noeud, String>) -> Result<Option<Condition>, String> {
    let Some(si) = membres.get("if") else { return Ok(None) };
    let branche = |cle: &str| membres.get(cle).map_or_else(|| Ok(Noeud::default()), lire);
    let si = jsonschema::draft202012::new(si).map_err(|e| format!("condition : {e}"))?;
    Ok(Some(Condition { si, alors: branche("then")?, sinon: branche("else")? }))
}

struct Parcours {
    aujourd_hui: NaiveDate,
    releve: Releve,
}

impl Parcours {
    /// `noeuds` are the places of the model that speak of that value.
    fn visiter(&mut self, noeuds: &[&Noeud], valeur: Option<&Value>, pointeur: &str, chemin: &str, exige: bool) {
        let valeur = valeur.filter(|valeur| !valeur.is_null());
        if valeur.is_none() && !exige {
            return;
        }
        let vide = Value::Object(Map::new());
        let mut actifs = Vec::new();
        noeuds.iter().for_each(|noeud| noeud.actifs(valeur.unwrap_or(&vide), &mut actifs));
        if actifs.iter().any(|noeud| !noeud.proprietes.is_empty()) {
            self.visiter_objet(&actifs, valeur.and_then(Value::as_object), pointeur, chemin);
        } else if actifs.iter().any(|noeud| noeud.element.is_some()) {
            self.visiter_liste(&actifs, valeur, pointeur, chemin, exige);
        } else {
            self.visiter_feuille(&actifs, valeur, pointeur, chemin, exige);
        }
    }

    fn visiter_objet(&mut self, actifs: &[&Noeud], membres: Option<&Map<String, Value>>, pointeur: &str, chemin: &str) {
        let mut vus: Vec<&str> = Vec::new();
        for (nom, _) in actifs.iter().flat_map(|noeud| &noeud.proprietes) {
            if vus.contains(&nom.as_str()) {
                continue;
            }
            vus.push(nom);
            let enfants: Vec<&Noeud> =
                actifs.iter().flat_map(|noeud| &noeud.proprietes).filter(|(autre, _)| autre == nom).map(|(_, enfant)| enfant).collect();
            let exige = actifs.iter().any(|noeud| noeud.requis.contains(nom));
            let valeur = membres.and_then(|membres| membres.get(nom));
            let pointeur = format!("{pointeur}/{}", echapper(nom));
            self.visiter(&enfants, valeur, &pointeur, &titre(chemin, &enfants), exige);
        }
    }

    fn visiter_liste(&mut self, actifs: &[&Noeud], valeur: Option<&Value>, pointeur: &str, chemin: &str, exige: bool) {
        let elements: Vec<&Noeud> = actifs.iter().filter_map(|noeud| noeud.element.as_deref()).collect();
        let valeurs = valeur.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let minimum = actifs.iter().map(|noeud| noeud.minimum).max().unwrap_or_default().max(u64::from(exige));
        if elements.iter().all(|noeud| noeud.proprietes.is_empty()) {
            let rempli = u64::try_from(valeurs.len()).is_ok_and(|n| n >= minimum);
            if exige {
                self.noter(actifs, pointeur, chemin, rempli);
            }
            return;
        }
        // A mandatory list that is empty is told by what its first element would hold.
        let absents = usize::from(valeurs.is_empty() && exige);
        for (rang, element) in valeurs.iter().map(Some).chain((0..absents).map(|_| None)).enumerate() {
            let chemin = titre_element(chemin, &elements, rang, valeurs.len());
            self.visiter(&elements, element, &format!("{pointeur}/{rang}"), &chemin, true);
        }
    }

    fn visiter_feuille(&mut self, actifs: &[&Noeud], valeur: Option<&Value>, pointeur: &str, chemin: &str, exige: bool) {
        let texte = valeur.and_then(Value::as_str);
        if exige {
            let blanc = texte.is_some_and(|texte| texte.trim().is_empty());
            self.noter(actifs, pointeur, chemin, valeur.is_some() && !blanc);
        }
        let a_venir = texte.is_some_and(|texte| est_a_venir(texte, self.aujourd_hui));
        if a_venir && actifs.iter().any(|noeud| noeud.date_passee) {
            self.releve.dates_a_venir.push(pointeur.to_owned());
        }
    }

    fn noter(&mut self, actifs: &[&Noeud], pointeur: &str, chemin: &str, rempli: bool) {
        let etapes = actifs.iter().find(|noeud| !noeud.etapes.is_empty()).map(|noeud| noeud.etapes.clone()).unwrap_or_default();
        self.releve.elements.push(Element { pointeur: pointeur.to_owned(), titre: chemin.to_owned(), rempli, etapes });
    }
}

fn titre(chemin: &str, noeuds: &[&Noeud]) -> String {
    let titre = noeuds.iter().map(|noeud| noeud.titre.as_str()).find(|titre| !titre.is_empty()).unwrap_or_default();
    match (chemin.is_empty(), titre.is_empty()) {
        (true, _) => titre.to_owned(),
        (false, true) => chemin.to_owned(),
        (false, false) => format!("{chemin} › {titre}"),
    }
}

/// « Tumeur 2 » among several, « Tumeur » alone.
fn titre_element(chemin: &str, elements: &[&Noeud], rang: usize, nombre: usize) -> String {
    let titre = elements.iter().map(|noeud| noeud.titre.as_str()).find(|titre| !titre.is_empty()).unwrap_or(chemin);
    if nombre > 1 { format!("{titre} {}", rang + 1) } else { titre.to_owned() }
}

/// True for a day after today, or a month (`AAAA-MM`) after the present one.
fn est_a_venir(texte: &str, aujourd_hui: NaiveDate) -> bool {
    let jour = if texte.len() == "AAAA-MM".len() { format!("{texte}-01") } else { texte.to_owned() };
    jour.parse::<NaiveDate>().is_ok_and(|jour| jour > aujourd_hui)
}
