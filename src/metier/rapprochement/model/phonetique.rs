//! What a French name sounds like, roughly: a key for blocking and comparing, never shown.
//!
//! The published algorithms for French (Soundex 2, Phonex) are made for one word in clean spelling; these rules do what
//! registers need: silent letters, spellings of one sound, doubled letters.

use crate::kernel::texte::normaliser;

/// Groups of letters and what they sound like, longest first.
const SONS: &[(&str, &str)] = &[
    ("EAUX", "O"),
    ("EAU", "O"),
    ("OEU", "E"),
    ("SCH", "9"),
    ("AUX", "O"),
    ("CH", "9"),
    ("SH", "9"),
    ("PH", "F"),
    ("TH", "T"),
    ("RH", "R"),
    ("GUE", "GE"),
    ("GUI", "GI"),
    ("QU", "K"),
    ("CK", "K"),
    ("CE", "SE"),
    ("CI", "SI"),
    ("CY", "SI"),
    ("GE", "JE"),
    ("GI", "JI"),
    ("AU", "O"),
    ("OE", "E"),
    ("AI", "E"),
    ("AY", "E"),
    ("EI", "E"),
    ("EY", "E"),
    ("BV", "V"),
    ("EN", "AN"),
    ("EM", "AN"),
    ("AM", "AN"),
    ("MP", "NP"),
    ("MB", "NB"),
    ("C", "K"),
    ("Q", "K"),
    ("Y", "I"),
    ("W", "V"),
    ("Z", "S"),
    ("H", ""),
];

/// Letters that are not heard at the end of a name.
const MUETTES: [char; 8] = ['S', 'T', 'D', 'X', 'P', 'E', 'G', 'Z'];

/// The key of a name. Names that are said alike have the same one, and so do some that are not.
#[must_use]
pub fn cle_phonetique(nom: &str) -> String {
    let lettres: String = normaliser(nom).chars().filter(char::is_ascii_alphabetic).collect();
    let ouverte = lettres.trim_end_matches(MUETTES);
    let ouverte = ouverte.strip_suffix("AUL").map_or_else(|| ouverte.to_owned(), |debut| format!("{debut}AU"));
    let mut reste = if ouverte.len() < 2 { lettres.as_str() } else { ouverte.as_str() };
    let mut cle = String::with_capacity(reste.len());
    while let Some(premiere) = reste.chars().next() {
        let (son, suite) = SONS
            .iter()
            .find_map(|(ecrit, son)| reste.strip_prefix(ecrit).map(|suite| ((*son).to_owned(), suite)))
            .unwrap_or_else(|| (premiere.to_string(), reste.get(premiere.len_utf8()..).unwrap_or_default()));
        for lettre in son.chars() {
            if !cle.ends_with(lettre) {
                cle.push(lettre);
            }
        }
        reste = suite;
    }
    cle
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn les_noms_qui_se_disent_de_meme_ont_la_meme_cle() {
        for (un, autre) in [
            ("Dupont", "Dupond"),
            ("Lefèvre", "Lefebvre"),
            ("Martin", "Marthin"),
            ("Renaud", "Renault"),
            ("Thibaut", "Tibaud"),
            ("Philippe", "Filipe"),
            ("Bernard", "Bernart"),
            ("Nicolas", "Nikola"),
            ("Boileau", "Boilaut"),
            ("Guérin", "Guerrin"),
            ("Schmidt", "Chmid"),
            ("Michel", "Mischel"),
        ] {
            assert_eq!(cle_phonetique(un), cle_phonetique(autre), "{un} / {autre}");
        }
        for (un, autre) in [("Martin", "Marin"), ("Dupont", "Durand"), ("Petit", "Pereira")] {
            assert_ne!(cle_phonetique(un), cle_phonetique(autre), "{un} / {autre}");
        }
        assert_eq!(cle_phonetique(""), "");
        assert_eq!(cle_phonetique("Té"), cle_phonetique("TE"));
    }
}
