//! What a validator finds, told in French. The value that was sent is never repeated: it is health
//! data.

use crate::kernel::{Faute, lecture::echapper};
use jsonschema::{
    JsonType, ValidationError,
    error::{TypeKind, ValidationErrorKind as Genre},
};
use serde_json::Value;

/// The faults that an error stands for.
#[must_use]
pub(super) fn traduire(schema: &Value, erreur: &ValidationError<'_>) -> Vec<Faute> {
    let ici = erreur.instance_path().as_str().to_owned();
    let membre = |nom: &str| format!("{ici}/{}", echapper(nom));
    match erreur.kind() {
        Genre::Required { property } => {
            vec![Faute::new(membre(property.as_str().unwrap_or_default()), "obligatoire", "Cet élément est obligatoire.")]
        }
        Genre::AdditionalProperties { unexpected } | Genre::UnevaluatedProperties { unexpected } => {
            unexpected.iter().map(|nom| Faute::new(membre(nom), "champ-inconnu", "Ce champ n'existe pas.")).collect()
        }
        Genre::Custom { keyword, message } if keyword == "x-ordre" => {
            vec![Faute::new(membre(message), "dates-inversees", "La fin ne peut pas précéder le début.")]
        }
        genre => {
            let (code, message) = regle(&Lieu::new(schema, erreur), genre);
            vec![Faute::new(ici, code, message)]
        }
    }
}

/// The place of the schema that speaks: the keyword's value, and its neighbours.
struct Lieu<'s> {
    mot_cle: Option<&'s Value>,
    voisins: Option<&'s Value>,
}

impl<'s> Lieu<'s> {
    fn new(schema: &'s Value, erreur: &ValidationError<'_>) -> Self {
        let chemin = erreur.schema_path().as_str();
        let parent = chemin.rsplit_once('/').map_or("", |(parent, _)| parent);
        Self { mot_cle: schema.pointer(chemin), voisins: schema.pointer(parent) }
    }

    fn voisin(&self, cle: &str) -> Option<&'s str> {
        self.voisins?.get(cle)?.as_str()
    }

    /// « 250 cm ».
    fn limite(&self, limite: &Value) -> String {
        let nombre = limite.to_string().replace('.', ",");
        self.voisin("x-unite").map_or_else(|| nombre.clone(), |unite| format!("{nombre} {unite}"))
    }

    /// The sentence that the schema gives for its own rule, or a general one.
    fn message(&self, general: &str) -> String {
        self.voisin("x-message").unwrap_or(general).to_owned()
    }

    /// Values of `enum`, or titles of the `const` of a `oneOf`.
    fn choix(&self) -> String {
        let choix = self.mot_cle.and_then(Value::as_array).into_iter().flatten();
        let noms: Vec<String> = choix.filter_map(|choix| choix.get("const").or(Some(choix))).map(nommer).collect();
        noms.join(", ")
    }
}

fn nommer(valeur: &Value) -> String {
    match valeur {
        Value::Bool(true) => "oui".to_owned(),
        Value::Bool(false) => "non".to_owned(),
        Value::String(texte) => texte.clone(),
        autre => autre.to_string(),
    }
}

fn regle(lieu: &Lieu<'_>, genre: &Genre) -> (&'static str, String) {
    match genre {
        Genre::Type { kind } => ("type-invalide", format!("Valeur attendue : {}.", types(kind))),
        Genre::Enum { .. } | Genre::OneOfNotValid { .. } => {
            ("valeur-inconnue", format!("Valeur hors liste ; valeurs admises : {}.", lieu.choix()))
        }
        Genre::Constant { expected_value } => {
            ("valeur-inconnue", format!("Avec les autres réponses, seule est admise la valeur : {}.", nommer(expected_value)))
        }
        Genre::FalseSchema => ("sans-objet", "Cet élément n'a pas lieu d'être avec les autres réponses.".to_owned()),
        Genre::Custom { keyword, .. } if keyword == "x-jeu" => ("code-inconnu", "Ce code n'appartient pas au jeu de valeurs.".to_owned()),
        Genre::Minimum { limit } => ("hors-bornes", format!("Au moins {}.", lieu.limite(limit))),
        Genre::Maximum { limit } => ("hors-bornes", format!("Au plus {}.", lieu.limite(limit))),
        Genre::ExclusiveMinimum { limit } => ("hors-bornes", format!("Plus de {}.", lieu.limite(limit))),
        Genre::ExclusiveMaximum { limit } => ("hors-bornes", format!("Moins de {}.", lieu.limite(limit))),
        Genre::MultipleOf { multiple_of } => ("hors-bornes", format!("Un multiple de {multiple_of}.")),
        Genre::MinLength { limit } => ("longueur", format!("Au moins {limit} caractères.")),
        Genre::MaxLength { limit } => ("longueur", format!("Au plus {limit} caractères.")),
        Genre::MinItems { limit } => ("nombre", format!("Au moins {limit} élément(s).")),
        Genre::MaxItems { limit } => ("nombre", format!("Au plus {limit} éléments.")),
        Genre::UniqueItems => ("doublon", "Le même élément figure deux fois.".to_owned()),
        Genre::Pattern { .. } => ("format-invalide", lieu.message("Cette valeur n'a pas la forme attendue.")),
        Genre::Format { format } => ("format-invalide", attendu(format).to_owned()),
        Genre::Required { .. }
        | Genre::AdditionalProperties { .. }
        | Genre::UnevaluatedProperties { .. }
        | Genre::Custom { .. }
        | Genre::AdditionalItems { .. }
        | Genre::AnyOf { .. }
        | Genre::BacktrackLimitExceeded { .. }
        | Genre::RegexEngineFailure { .. }
        | Genre::Contains
        | Genre::ContentEncoding { .. }
        | Genre::ContentMediaType { .. }
        | Genre::FromUtf8 { .. }
        | Genre::MaxProperties { .. }
        | Genre::MinProperties { .. }
        | Genre::Not { .. }
        | Genre::OneOfMultipleValid { .. }
        | Genre::PropertyNames { .. }
        | Genre::UnevaluatedItems { .. }
        | Genre::Referencing(_) => ("regle-non-respectee", lieu.message("Cette valeur ne respecte pas la règle du champ.")),
    }
}

fn attendu(format: &str) -> &'static str {
    match format {
        "date" => "Date attendue : AAAA-MM-JJ.",
        "date-partielle" => "Date attendue : AAAA-MM-JJ, ou AAAA-MM si le jour est inconnu.",
        _ => "Cette valeur n'a pas la forme attendue.",
    }
}

fn types(attendus: &TypeKind) -> String {
    match attendus {
        TypeKind::Single(attendu) => nom_du_type(*attendu).to_owned(),
        TypeKind::Multiple(attendus) => attendus.iter().map(nom_du_type).collect::<Vec<_>>().join(" ou "),
    }
}

const fn nom_du_type(attendu: JsonType) -> &'static str {
    match attendu {
        JsonType::Array => "une liste",
        JsonType::Boolean => "oui ou non",
        JsonType::Integer => "un nombre entier",
        JsonType::Null => "rien",
        JsonType::Number => "un nombre",
        JsonType::Object => "un groupe de champs",
        JsonType::String => "un texte",
    }
}
