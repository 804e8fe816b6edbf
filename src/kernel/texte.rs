//! Text put into the one form that searches compare.

use deunicode::deunicode;

/// Upper case, no accents, every run of other characters than letters and digits folded to one
/// space: « Jean-Noël  d’Œuvre » becomes `JEAN NOEL D OEUVRE`. Stored beside each searchable name,
/// because `LIKE` treats case and accents differently on the two databases.
#[must_use]
pub fn normaliser(texte: &str) -> String {
    deunicode(texte).to_uppercase().split(|c: char| !c.is_ascii_alphanumeric()).filter(|mot| !mot.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn les_accents_tirets_et_apostrophes_disparaissent() {
        assert_eq!(normaliser("Jean-Noël  d’Œuvre"), "JEAN NOEL D OEUVRE");
        assert_eq!(normaliser("  "), "");
    }
}
