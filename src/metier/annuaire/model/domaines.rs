//! The list of the trust space: which domains, since when, until when, from where.

use crate::kernel::{Faute, courriel::DomainesSecurises};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Why a list was not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ListeInvalide {
    /// No domain.
    #[error("La liste ne contient aucun domaine.")]
    Vide,
    /// A CSV without the column.
    #[error("Le fichier CSV n'a pas de colonne « domaine ».")]
    SansColonne,
    /// Not a domain.
    #[error("« {domaine} » (rang {rang}) n'est pas un nom de domaine.")]
    Domaine {
        /// Rank in the list, from 1.
        rang: usize,
        /// What was written.
        domaine: String,
    },
}

impl ListeInvalide {
    /// The same, with its place in the body that was sent.
    #[must_use]
    pub fn faute(&self) -> Faute {
        match self {
            Self::Vide | Self::SansColonne => Faute::new("/domaines", "domaines-vides", self.to_string()),
            Self::Domaine { rang, .. } => {
                Faute::new(format!("/domaines/{}", rang.saturating_sub(1)), "domaine", "Un nom de domaine, en ASCII.")
            }
        }
    }
}

/// A list that replaces the one in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListeDomaines {
    /// Domains, in lower case, each once.
    pub domaines: Vec<String>,
    /// First day in force.
    pub depuis: NaiveDate,
    /// Where it comes from.
    pub source: String,
}

impl ListeDomaines {
    /// Checks domains one by one; a single bad one refuses the whole.
    pub fn nouvelle<S: AsRef<str>>(domaines: &[S], depuis: NaiveDate, source: String) -> Result<Self, ListeInvalide> {
        let mut lus = Vec::with_capacity(domaines.len());
        for (place, domaine) in domaines.iter().enumerate() {
            let domaine = domaine.as_ref().trim().trim_start_matches('@').to_ascii_lowercase();
            if DomainesSecurises::lire(&[&domaine]).is_err() {
                return Err(ListeInvalide::Domaine { rang: place + 1, domaine: domaine.chars().take(80).collect() });
            }
            lus.push(domaine);
        }
        lus.sort_unstable();
        lus.dedup();
        if lus.is_empty() { Err(ListeInvalide::Vide) } else { Ok(Self { domaines: lus, depuis, source }) }
    }

    /// Reads a file: one domain a line, or a CSV whose header has a `domaine` column (separated by `;` or
    /// `,`). Empty lines and those that begin with `#` are nothing.
    pub fn lire(texte: &str, depuis: NaiveDate, source: String) -> Result<Self, ListeInvalide> {
        let texte = texte.strip_prefix('\u{feff}').unwrap_or(texte);
        let mut lignes = texte.lines().map(str::trim).filter(|ligne| !ligne.is_empty() && !ligne.starts_with('#')).peekable();
        let premiere = lignes.peek().copied().unwrap_or_default();
        let separateur = premiere.chars().find(|c| [';', ','].contains(c));
        let entete = separateur.is_some() || premiere.trim_matches('"').eq_ignore_ascii_case("domaine");
        let champs = |ligne: &str| -> Vec<String> {
            ligne.split(|c| separateur == Some(c)).map(|champ| champ.trim().trim_matches('"').to_owned()).collect()
        };
        let mut place = 0;
        if entete {
            place = champs(premiere).iter().position(|nom| nom.eq_ignore_ascii_case("domaine")).ok_or(ListeInvalide::SansColonne)?;
            lignes.next();
        }
        let domaines: Vec<String> = lignes.map(|ligne| champs(ligne).get(place).cloned().unwrap_or_default()).collect();
        Self::nouvelle(&domaines, depuis, source)
    }
}

/// A list as an administrator sends it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, validator::Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DomainesSaisis {
    /// The domains, all of them.
    #[validate(length(min = 1, max = 20_000, message = "De 1 à 20 000 domaines."))]
    #[schema(example = json!(["medecin.mssante.fr"]))]
    pub domaines: Vec<String>,
    /// First day on which the list is in force; today if absent.
    pub depuis: Option<NaiveDate>,
    /// Where the list comes from.
    #[validate(length(min = 1, max = 200, message = "De 1 à 200 caractères."))]
    pub source: String,
}

/// A domain of the trust space, for a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DomaineSecurise {
    /// Domain; those below it belong too.
    pub domaine: String,
    /// First day.
    pub depuis: NaiveDate,
    /// Last day; none for a domain still in force.
    pub jusqu_au: Option<NaiveDate>,
    /// Where it comes from.
    pub source: String,
}

/// The trust space.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct EspaceDeConfiance {
    /// Rank of the last change of the list; 0 while there has been none and the list of the configuration holds.
    pub revision: i64,
    /// The domains that were, are or will be in force, by name.
    pub domaines: Vec<DomaineSecurise>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lire(texte: &str) -> Result<Vec<String>, ListeInvalide> {
        ListeDomaines::lire(texte, NaiveDate::default(), String::new()).map(|liste| liste.domaines)
    }

    #[test]
    fn une_liste_se_lit_ligne_par_ligne_ou_par_sa_colonne() {
        let attendu = Ok(vec!["aphp.mssante.fr".to_owned(), "medecin.mssante.fr".to_owned()]);
        for texte in [
            "medecin.mssante.fr\naphp.mssante.fr\n",
            "# liste\r\n\r\nMEDECIN.mssante.fr\r\n@aphp.mssante.fr\r\nmedecin.mssante.fr",
            "\u{feff}domaine\nmedecin.mssante.fr\naphp.mssante.fr",
            "operateur;Domaine;fin\nX;medecin.mssante.fr;\nY;\"aphp.mssante.fr\";2030",
        ] {
            assert_eq!(lire(texte), attendu, "{texte}");
        }
    }

    #[test]
    fn une_liste_fautive_est_refusee_en_entier() {
        assert_eq!(lire(""), Err(ListeInvalide::Vide));
        assert_eq!(lire("operateur;nom\nX;medecin.mssante.fr"), Err(ListeInvalide::SansColonne));
        assert_eq!(lire("medecin.mssante.fr\nfr"), Err(ListeInvalide::Domaine { rang: 2, domaine: "fr".to_owned() }));
        assert!(matches!(lire("medecin.mssanté.fr"), Err(ListeInvalide::Domaine { rang: 1, .. })));
    }
}
