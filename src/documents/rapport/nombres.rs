//! Numbers as a French reader expects them.

use crate::metier::infocentre::model::rapport::Cellule;

/// Between thousands, and before a unit.
const FINE: char = '\u{202F}';

/// Printed where there is no value.
pub(super) const RIEN: &str = "–";

/// « 92 888 ».
pub(super) fn entier(nombre: i64) -> String {
    milliers(&nombre.to_string())
}

/// « 1 234,50 », from `1234.50`.
pub(super) fn decimal(nombre: &str) -> String {
    match nombre.split_once('.') {
        Some((entier, fraction)) => format!("{},{fraction}", milliers(entier)),
        None => milliers(nombre),
    }
}

/// A cell as it is printed.
pub(super) fn cellule(cellule: &Cellule) -> String {
    match cellule {
        Cellule::Texte(texte) => texte.clone(),
        Cellule::Entier(nombre) => entier(*nombre),
        Cellule::Quotient(ratio) => ratio.valeur.as_deref().map_or_else(|| RIEN.to_owned(), decimal),
        Cellule::Pourcentage(ratio) => ratio.valeur.as_deref().map_or_else(|| RIEN.to_owned(), |v| format!("{}{FINE}%", decimal(v))),
        Cellule::Date(jour) => jour.format("%d/%m/%Y").to_string(),
        Cellule::Jours(jours) => format!("{}{FINE}j", entier(*jours)),
        Cellule::Masquee(masque) => masque.imprime().replace(' ', "\u{A0}"),
        Cellule::Absente => RIEN.to_owned(),
    }
}

fn milliers(chiffres: &str) -> String {
    let longueur = chiffres.trim_start_matches('-').len();
    let mut ecrit = String::with_capacity(chiffres.len() + longueur / 3 * FINE.len_utf8());
    for (rang, caractere) in chiffres.trim_start_matches('-').chars().enumerate() {
        if rang > 0 && (longueur - rang).is_multiple_of(3) {
            ecrit.push(FINE);
        }
        ecrit.push(caractere);
    }
    if chiffres.starts_with('-') { format!("−{ecrit}") } else { ecrit }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metier::infocentre::model::{Ratio, rapport::Masque};

    #[test]
    fn les_nombres_se_lisent_en_francais() {
        let fines = |textes: &[&str]| textes.iter().map(|texte| texte.replace(' ', "\u{202F}")).collect::<Vec<_>>();
        let entiers = [0, 999, 1_000, 92_888, 1_234_567, -4_500].map(entier);
        assert_eq!(entiers.to_vec(), fines(&["0", "999", "1 000", "92 888", "1 234 567", "−4 500"]));
        assert_eq!(["0.13", "1234.50", "7"].map(decimal).to_vec(), fines(&["0,13", "1 234,50", "7"]));
        for (valeur, attendu) in [
            (Cellule::Pourcentage(Ratio::taux(47_302, 92_888)), "50,92\u{202F}%"),
            (Cellule::Quotient(Ratio::quotient(673, 475, 2)), "1,42"),
            (Cellule::Pourcentage(Ratio::taux(0, 0)), "–"),
            (Cellule::Jours(12), "12\u{202F}j"),
            (Cellule::Date("2024-03-01".parse().unwrap()), "01/03/2024"),
            (Cellule::Masquee(Masque::Petite), "<\u{A0}11"),
            (Cellule::Absente, "–"),
        ] {
            assert_eq!(cellule(&valeur), attendu);
        }
    }
}
