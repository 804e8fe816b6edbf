//! Reading JSON strictly: what does not fit its place is told in French, with its pointer.

use super::Faute;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Reads a document; a value that does not fit its field is a fault at that field.
pub fn depuis_json<T: DeserializeOwned>(document: &Value) -> Result<T, Faute> {
    serde_path_to_error::deserialize(document).map_err(|erreur| faute(&erreur))
}

/// Turns serde's English sentence into a French fault. The value that was sent is never repeated:
/// it may be health data.
#[must_use]
pub fn faute(erreur: &serde_path_to_error::Error<serde_json::Error>) -> Faute {
    let (pointeur, texte) = (pointeur(erreur.path()), erreur.inner().to_string());
    let entre = |avant: &str| texte.split_once(avant).and_then(|(_, suite)| suite.split('`').next()).unwrap_or_default().to_owned();
    if texte.starts_with("missing field") {
        let champ = entre("missing field `");
        Faute::new(format!("{pointeur}/{champ}"), "obligatoire", "Ce champ est obligatoire.")
    } else if texte.starts_with("unknown field") {
        let champ = entre("unknown field `");
        let pointeur = if pointeur.ends_with(&format!("/{champ}")) { pointeur } else { format!("{pointeur}/{champ}") };
        Faute::new(pointeur, "champ-inconnu", "Ce champ n'existe pas.")
    } else if texte.starts_with("unknown variant") {
        let attendues = texte.split_once("expected ").map_or("", |(_, suite)| suite.split(" at line").next().unwrap_or_default());
        Faute::new(
            pointeur,
            "valeur-inconnue",
            format!("Valeur hors liste ; valeurs admises : {}.", attendues.replace("one of ", "").replace('`', "")),
        )
    } else if texte.starts_with("invalid type") || texte.starts_with("invalid length") {
        Faute::new(pointeur, "type-invalide", "Cette valeur n'est pas du type attendu.")
    } else {
        let regle = texte.split(" at line").next().unwrap_or_default();
        let connue = regle.contains("clé de contrôle") || regle.contains("forme attendue") || regle.contains("n'est pas");
        let message = if connue { format!("Valeur invalide : {regle}.") } else { "Cette valeur n'a pas la forme attendue.".to_owned() };
        Faute::new(pointeur, "format-invalide", message)
    }
}

fn pointeur(chemin: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    chemin
        .iter()
        .filter_map(|segment| match segment {
            Segment::Seq { index } => Some(format!("/{index}")),
            Segment::Map { key } => Some(format!("/{}", echapper(key))),
            Segment::Enum { variant } => Some(format!("/{variant}")),
            Segment::Unknown => None,
        })
        .collect()
}

/// A member as a segment of a JSON Pointer (RFC 6901).
#[must_use]
pub fn echapper(membre: &str) -> String {
    membre.replace('~', "~0").replace('/', "~1")
}
