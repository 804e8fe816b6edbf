//! Data made ready for a template: instants at the time of Paris, and only text that can be drawn.

use super::moteur::dessinable;
use chrono::DateTime;
use chrono_tz::Europe::Paris;
use serde_json::Value;
use std::{
    collections::HashMap,
    sync::{LazyLock, Mutex, PoisonError},
};

/// Longest word that is left whole.
const MOT_MAXIMAL: usize = 30;
/// Characters between two places to break a longer one.
const PAS_DE_COUPURE: usize = 12;
/// Stands for a character that no font of this program can draw.
const INCONNU: char = '\u{FFFD}';
/// A place where a line may be broken.
const COUPURE: char = '\u{200B}';

/// Every text of the data, made ready.
pub(super) fn preparer(valeur: &mut Value) {
    match valeur {
        Value::String(texte) => *texte = a_l_heure_de_paris(texte).unwrap_or_else(|| imprimable(texte)),
        Value::Array(elements) => elements.iter_mut().for_each(preparer),
        Value::Object(membres) => membres.values_mut().for_each(preparer),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// `2026-03-12T17:30:00Z` becomes `2026-03-12T18:30`, the time that the readers of a document live by.
fn a_l_heure_de_paris(texte: &str) -> Option<String> {
    let forme = texte.len() >= 20 && texte.as_bytes().get(10) == Some(&b'T');
    let instant = forme.then(|| DateTime::parse_from_rfc3339(texte).ok()).flatten()?;
    Some(instant.with_timezone(&Paris).format("%Y-%m-%dT%H:%M").to_string())
}

/// The text without what cannot be shown: controls, marks that reverse the direction of reading,
/// characters no font knows (an archival document may hold none). Very long words get places to break.
fn imprimable(texte: &str) -> String {
    let mut propre = String::with_capacity(texte.len());
    for caractere in texte.chars().filter_map(remplacer) {
        if caractere != INCONNU || !propre.ends_with(INCONNU) {
            propre.push(caractere);
        }
    }
    if propre.split_whitespace().any(est_long) { propre.split_inclusive(char::is_whitespace).map(secable).collect() } else { propre }
}

fn est_long(mot: &str) -> bool {
    mot.chars().nth(MOT_MAXIMAL).is_some()
}

fn secable(mot: &str) -> String {
    if !est_long(mot) {
        return mot.to_owned();
    }
    let coupee = |(rang, caractere)| if rang > 0 && rang % PAS_DE_COUPURE == 0 { vec![COUPURE, caractere] } else { vec![caractere] };
    mot.chars().enumerate().flat_map(coupee).collect()
}

fn remplacer(caractere: char) -> Option<char> {
    match caractere {
        '\n' => Some('\n'),
        '\t' | '\u{2028}' | '\u{2029}' => Some(' '),
        // Zero width, joiners, directions, variation selectors, byte order mark, tags.
        '\u{AD}'
        | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}'
        | '\u{FE00}'..='\u{FE0F}'
        | '\u{FEFF}'
        | '\u{FFF9}'..='\u{FFFB}'
        | '\u{E0000}'..='\u{E01EF}' => None,
        autre if autre.is_control() => None,
        autre if autre.is_ascii() => Some(autre),
        '\u{E000}'..='\u{F8FF}' | '\u{F0000}'.. => Some(INCONNU),
        autre if connu(autre) => Some(autre),
        _ => Some(INCONNU),
    }
}

/// Whether a character can be drawn, remembered: fonts are slow to ask.
fn connu(caractere: char) -> bool {
    static CONNUS: LazyLock<Mutex<HashMap<char, bool>>> = LazyLock::new(Mutex::default);
    *CONNUS.lock().unwrap_or_else(PoisonError::into_inner).entry(caractere).or_insert_with(|| dessinable(caractere))
}
