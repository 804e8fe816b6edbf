//! What a project asks for.

use super::dictionnaire::Dictionnaire;
use crate::kernel::{Faute, ids::RcpId};
use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

/// The longest period, in days: ten years.
const PERIODE_MAXIMALE: u64 = 3653;

/// A text that explains something is no blank, and can be kept: PostgreSQL holds no NUL.
pub(super) fn dit_quelque_chose(texte: &str) -> Result<(), ValidationError> {
    if texte.contains('\0') {
        return Err(ValidationError::new("illisible").with_message("Le caractère nul n'est pas admis.".into()));
    }
    if texte.trim().chars().count() < 3 {
        return Err(ValidationError::new("trop-court").with_message("Trois caractères au moins.".into()));
    }
    Ok(())
}

/// A project of research, as it is asked for. The texts are what the region answers for; nothing is checked elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = recherche::ProjetSaisi)]
pub struct ProjetSaisi {
    /// Title.
    #[validate(length(max = 200, message = "200 caractères au plus."), custom(function = dit_quelque_chose))]
    #[schema(example = "Délais de prise en charge du cancer du côlon")]
    pub titre: String,
    /// What the data are for.
    #[validate(length(max = 4000, message = "4000 caractères au plus."), custom(function = dit_quelque_chose))]
    pub finalite: String,
    /// The person who answers for the project.
    #[validate(length(max = 200, message = "200 caractères au plus."), custom(function = dit_quelque_chose))]
    pub responsable: String,
    /// The structure that answers for it.
    #[validate(length(max = 200, message = "200 caractères au plus."), custom(function = dit_quelque_chose))]
    pub structure: String,
    /// Its legal ground: commitment to a reference methodology, authorisation of the CNIL after the CESREES…
    #[validate(length(max = 500, message = "500 caractères au plus."), custom(function = dit_quelque_chose))]
    #[schema(example = "MR-004, engagement de conformité n° …")]
    pub cadre: String,
    /// Opinion of an ethics committee, if there is one.
    #[validate(length(max = 500, message = "500 caractères au plus."), custom(function = dit_quelque_chose))]
    pub avis_ethique: Option<String>,
    /// First day of the meetings.
    pub du: NaiveDate,
    /// Last day of the meetings.
    pub au: NaiveDate,
    /// RCP whose comptes-rendus are taken; all those of the perimeter, if none is named.
    #[serde(default)]
    #[validate(length(max = 200, message = "200 RCP au plus."))]
    pub rcp: Vec<RcpId>,
    /// Localisations that are taken, as CIM-10 codes or the beginning of one; all, if none is named.
    #[serde(default)]
    #[validate(length(max = 100, message = "100 localisations au plus."))]
    #[schema(example = json!(["C18", "C19"]))]
    pub localisations: Vec<String>,
    /// Columns of the dictionary that are needed, and no more (`GET /recherche/dictionnaire`).
    #[validate(length(min = 1, max = 100, message = "De 1 à 100 variables."))]
    #[schema(example = json!(["Patient_Gender", "DCC_ClasseAge", "TumorPathologyEvent_TopographyCode"]))]
    pub variables: Vec<String>,
    /// Patients of the smallest class; the smallest that the region admits, if not given.
    #[schema(example = 5)]
    pub k: Option<u32>,
    /// Days that the archive is kept, from its production.
    #[schema(example = 90)]
    pub conservation_jours: u32,
}

impl ProjetSaisi {
    /// What breaks the rules of the region; RCP are looked at elsewhere.
    #[must_use]
    pub fn fautes(&self, dictionnaire: &Dictionnaire, aujourd_hui: NaiveDate) -> Vec<Faute> {
        let mut fautes = Vec::new();
        if self.au < self.du {
            fautes.push(Faute::new("/au", "dates-inversees", "La fin de la période précède son début."));
        }
        if self.au > aujourd_hui {
            fautes.push(Faute::new("/au", "date-future", "La période est passée : son dernier jour est aujourd'hui au plus."));
        }
        if self.du.checked_add_days(Days::new(PERIODE_MAXIMALE)).is_none_or(|terme| terme < self.au) {
            fautes.push(Faute::new("/du", "hors-limites", "La période est de dix ans au plus."));
        }
        for (rang, code) in self.localisations.iter().enumerate() {
            if !est_une_localisation(code) {
                let message = "Code CIM-10 ou début de code attendu, par exemple C18 ou C50.9.";
                fautes.push(Faute::new(format!("/localisations/{rang}"), "code-illisible", message));
            }
        }
        let mut vues = BTreeSet::new();
        for (rang, variable) in self.variables.iter().enumerate() {
            if !dictionnaire.offre(variable) {
                let message = "Cette variable n'est pas au dictionnaire, ou vient d'elle-même.";
                fautes.push(Faute::new(format!("/variables/{rang}"), "variable-inconnue", message));
            } else if !vues.insert(variable) {
                fautes.push(Faute::new(format!("/variables/{rang}"), "doublon", "Cette variable est demandée deux fois."));
            }
        }
        let k_minimal = dictionnaire.k_minimal;
        if self.k.is_some_and(|k| !(k_minimal..=1000).contains(&k)) {
            fautes.push(Faute::new("/k", "hors-limites", format!("Le seuil k est de {k_minimal} au moins et de 1000 au plus.")));
        }
        let maximum = dictionnaire.conservation_maximale_jours;
        if !(1..=maximum).contains(&self.conservation_jours) {
            fautes.push(Faute::new("/conservation_jours", "hors-limites", format!("De 1 à {maximum} jours.")));
        }
        fautes
    }

    /// True when a case of that localisation is of the project.
    #[must_use]
    pub fn retient(&self, topographie: Option<&str>) -> bool {
        self.localisations.is_empty()
            || topographie.is_some_and(|code| self.localisations.iter().any(|debut| code.starts_with(debut.as_str())))
    }
}

/// A letter, two digits, perhaps a dot and two more.
fn est_une_localisation(code: &str) -> bool {
    let (categorie, suite) = code.split_once('.').map_or((code, None), |(categorie, suite)| (categorie, Some(suite)));
    let chiffres = |texte: &str| !texte.is_empty() && texte.bytes().all(|octet| octet.is_ascii_digit());
    let forme = categorie.len() == 3 && categorie.starts_with(|c: char| c.is_ascii_uppercase()) && categorie.get(1..).is_some_and(chiffres);
    forme && suite.is_none_or(|suite| suite.len() <= 2 && chiffres(suite))
}

/// A reason.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = recherche::MotifSaisi)]
pub struct MotifSaisi {
    /// Why.
    #[validate(length(max = 1000, message = "1000 caractères au plus."), custom(function = dit_quelque_chose))]
    pub motif: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn saisi() -> ProjetSaisi {
        ProjetSaisi {
            titre: "Délais".to_owned(),
            finalite: "Mesurer les délais.".to_owned(),
            responsable: "Dr Essai".to_owned(),
            structure: "CHU d'essai".to_owned(),
            cadre: "MR-004".to_owned(),
            avis_ethique: None,
            du: "2025-01-01".parse().unwrap(),
            au: "2025-12-31".parse().unwrap(),
            rcp: vec![],
            localisations: vec!["C18".to_owned()],
            variables: vec!["Patient_Gender".to_owned()],
            k: None,
            conservation_jours: 90,
        }
    }

    fn fautes(saisi: &ProjetSaisi) -> Vec<String> {
        let fautes = saisi.fautes(&Dictionnaire::defaut().unwrap(), "2026-03-02".parse().unwrap());
        fautes.into_iter().map(|faute| format!("{} {}", faute.pointer, faute.code)).collect()
    }

    #[test]
    fn une_demande_dit_tout_ce_qui_ne_va_pas() {
        assert!(fautes(&saisi()).is_empty());
        let fausse = ProjetSaisi {
            du: "2010-01-01".parse().unwrap(),
            au: "2027-01-01".parse().unwrap(),
            localisations: vec!["C18.7".to_owned(), "côlon".to_owned(), "C1".to_owned()],
            variables: vec!["Patient_Gender".to_owned(), "nom_naissance".to_owned(), "Patient_Gender".to_owned()],
            k: Some(4),
            conservation_jours: 0,
            ..saisi()
        };
        assert_eq!(
            fautes(&fausse),
            [
                "/au date-future",
                "/du hors-limites",
                "/localisations/1 code-illisible",
                "/localisations/2 code-illisible",
                "/variables/1 variable-inconnue",
                "/variables/2 doublon",
                "/k hors-limites",
                "/conservation_jours hors-limites"
            ]
        );
    }

    #[test]
    fn une_localisation_se_reconnait_a_son_debut() {
        assert!(saisi().retient(Some("C18.7")) && !saisi().retient(Some("C19")) && !saisi().retient(None));
        assert!(ProjetSaisi { localisations: vec![], ..saisi() }.retient(None));
    }
}
