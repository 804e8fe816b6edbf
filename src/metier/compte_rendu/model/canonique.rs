//! One text and one fingerprint for one content.

use crate::kernel::texte::sha256;
use serde_json::Value;

/// JSON with sorted keys and no spaces: one text for one content, whichever database gave it back.
#[must_use]
pub fn canonique(valeur: &Value) -> String {
    let mut texte = String::new();
    ecrire_canonique(valeur, &mut texte);
    texte
}

fn ecrire_canonique(valeur: &Value, texte: &mut String) {
    match valeur {
        Value::Object(membres) => {
            let mut tries: Vec<_> = membres.iter().collect();
            tries.sort_by(|a, b| a.0.cmp(b.0));
            texte.push('{');
            for (rang, (cle, membre)) in tries.into_iter().enumerate() {
                if rang > 0 {
                    texte.push(',');
                }
                texte.push_str(&Value::from(cle.as_str()).to_string());
                texte.push(':');
                ecrire_canonique(membre, texte);
            }
            texte.push('}');
        }
        Value::Array(elements) => {
            texte.push('[');
            for (rang, element) in elements.iter().enumerate() {
                if rang > 0 {
                    texte.push(',');
                }
                ecrire_canonique(element, texte);
            }
            texte.push(']');
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => texte.push_str(&valeur.to_string()),
    }
}

/// SHA-256 of the canonical JSON of a value, 64 hexadecimal digits.
#[must_use]
pub fn empreinte(valeur: &Value) -> String {
    sha256(canonique(valeur).as_bytes())
}
