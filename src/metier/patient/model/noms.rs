//! When a name that is typed designates a name that is recorded.
//!
//! Compared without accents, case, hyphens nor apostrophes, and whatever the spaces: « LEGOFF » finds « Le Goff »,
//! « Almeida » finds « D'Almeida », « Dupont » finds « Martin-Dupont ». What is typed is the beginning of a name.

use crate::kernel::texte::normaliser;

/// The words of a name in the form that is compared; `ST` and `STE` stand for `SAINT` and `SAINTE`.
#[must_use]
pub fn mots(nom: &str) -> Vec<String> {
    let long = |mot: &str| match mot {
        "ST" => "SAINT".to_owned(),
        "STE" => "SAINTE".to_owned(),
        autre => autre.to_owned(),
    };
    normaliser(nom).split(' ').filter(|mot| !mot.is_empty()).map(long).collect()
}

/// The words that are typed, both as they are and with `ST` spelled out: « St » is also how « Stevens » begins.
fn lectures(tape: &str) -> Vec<Vec<String>> {
    let tels: Vec<String> = normaliser(tape).split(' ').filter(|mot| !mot.is_empty()).map(str::to_owned).collect();
    let longs = mots(tape);
    if tels == longs { vec![tels] } else { vec![tels, longs] }
}

/// True when what is typed is the beginning of the name, from its first word or from any of its others, whatever
/// the spaces; or when each typed word begins a word of its own, in any order.
#[must_use]
pub fn designe(tape: &str, nom: &str) -> bool {
    let enregistres = mots(nom);
    lectures(tape).iter().any(|lecture| a_la_suite(lecture, &enregistres) || mot_a_mot(lecture, &enregistres))
}

fn a_la_suite(tapes: &[String], mots: &[String]) -> bool {
    let colle = tapes.concat();
    !colle.is_empty() && (0..mots.len()).any(|debut| mots.get(debut..).is_some_and(|suite| suite.concat().starts_with(&colle)))
}

/// The longest typed word chooses first: a shorter one that could take the same word could take any of its choices.
fn mot_a_mot(tapes: &[String], mots: &[String]) -> bool {
    let mut libres: Vec<&String> = mots.iter().collect();
    let mut tapes: Vec<&String> = tapes.iter().collect();
    tapes.sort_by_key(|tape| std::cmp::Reverse(tape.len()));
    !tapes.is_empty()
        && tapes.iter().all(|tape| match libres.iter().position(|mot| mot.starts_with(tape.as_str())) {
            Some(rang) => {
                libres.swap_remove(rang);
                true
            }
            None => false,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn les_facons_d_ecrire_un_nom_se_retrouvent() {
        for (tape, nom) in [
            ("LEFEVRE", "Lefèvre"),
            ("lefèv", "LEFEVRE"),
            ("LEGOFF", "Le Goff"),
            ("le goff", "LEGOFF"),
            ("Goff", "Le Goff"),
            ("Jean Pierre", "Jean-Pierre"),
            ("JEANPIERRE", "Jean-Pierre"),
            ("J-P", "Jean-Pierre"),
            ("J P", "Jean Pierre Marie"),
            ("Pierre", "Jean-Pierre"),
            ("Pierre Jean", "Jean, Pierre, Marie"),
            ("Marie Jean", "Jean, Pierre, Marie"),
            ("DALMEIDA", "D'Almeida"),
            ("d almeida", "D’ALMEIDA"),
            ("Almeida", "D'Almeida"),
            ("MULLER", "Müller"),
            ("Müller", "MULLER"),
            ("Nunez", "Núñez"),
            ("ÑUÑEZ", "Nunez"),
            ("Oeuvrard", "Œuvrard"),
            ("Œuv", "OEUVRARD"),
            ("Saint Martin", "St-Martin"),
            ("St Martin", "SAINT-MARTIN"),
            ("Ste Marie", "Sainte-Marie"),
            ("Sainte-Marie", "Ste Marie"),
            ("SAINTMARTIN", "St Martin"),
            ("St", "Stevens"),
            ("Dupont", "Martin-Dupont"),
            ("Dupont Martin", "Martin-Dupont"),
            ("Đoković", "Dokovic"),
            ("O'Brien", "OBRIEN"),
            ("Brien", "O'Brien"),
        ] {
            assert!(designe(tape, nom), "{tape} / {nom}");
        }
        for (tape, nom) in [
            ("EFEVRE", "Lefèvre"),
            ("Lefevres", "Lefèvre"),
            ("Jean Jean", "Jean-Pierre"),
            ("Saint", "Stevens"),
            ("Martine", "Martin-Dupont"),
            ("Dupond", "Martin-Dupont"),
            ("-", "Lefèvre"),
            ("", "Lefèvre"),
        ] {
            assert!(!designe(tape, nom), "{tape} / {nom}");
        }
    }
}
