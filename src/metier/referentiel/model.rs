//! Value sets, fiche models, dated rules.

use super::{
    composition::{Composition, Corps, Reference},
    derive::Derive,
};
use crate::kernel::{ErreurMetier, Nature, Panne, ids::ModeleFicheId, texte::sha256};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// The current version of a value set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct JeuDeValeurs {
    /// Short name by which fiche models refer to it.
    #[schema(example = "type-traitement-frcp")]
    pub code: String,
    /// Revision date that the publisher gave.
    #[schema(example = "2025-02-25")]
    pub version: String,
    /// OID of the publisher.
    #[schema(example = "1.2.250.1.213.1.1.5.595")]
    pub oid: String,
    /// Name, in French.
    pub nom: String,
    /// Number of concepts.
    pub nombre: i64,
    /// When it was loaded.
    pub charge_le: DateTime<Utc>,
}

/// A coded concept of a value set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Concept {
    /// Code.
    #[schema(example = "C50.4")]
    pub code: String,
    /// OID of the code system it belongs to.
    #[schema(example = "2.16.840.1.113883.6.3")]
    pub systeme: String,
    /// Label, as the publisher wrote it.
    #[schema(example = "Tumeur maligne du quadrant supéro-externe du sein")]
    pub libelle: String,
}

/// The codes of one version of a value set, kept in memory to check fiches against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Codes {
    /// Short name of the set.
    pub jeu: String,
    /// Version of the set.
    pub version: String,
    /// Fingerprint of its content: two sets of the same fingerprint are the same set.
    pub empreinte: String,
    /// Its codes.
    pub codes: BTreeSet<String>,
}

crate::enum_texte! {
    /// What a model is for, told by `x-usage` at the root of its schema: a model composed of another is for
    /// the same.
    pub enum UsageModele {
        /// The fiche of an RCP; what a model is for when it does not say.
        Fiche => "fiche",
        /// A programme personnalisé de soins.
        Pps => "pps",
        /// A programme personnalisé de l'après-cancer.
        Ppac => "ppac",
    }
}

impl UsageModele {
    /// What a schema says it is for, or the word that says nothing.
    pub fn du_schema(schema: &Value) -> Result<Self, String> {
        match schema.get("x-usage") {
            None => Ok(Self::Fiche),
            Some(dit) => dit.as_str().unwrap_or_default().parse().map_err(|_| dit.to_string()),
        }
    }
}

/// A version of a fiche model, without its content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ModeleResume {
    /// Code.
    #[schema(example = "socle-frcp")]
    pub code: String,
    /// Version.
    #[schema(example = "2025.01")]
    pub version: String,
    /// Name, in French.
    pub nom: String,
    /// What it is for.
    pub usage: UsageModele,
    /// First day in force.
    pub valable_du: NaiveDate,
    /// Last day in force.
    pub valable_au: Option<NaiveDate>,
}

/// A version of a fiche model.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ModeleFiche {
    /// Identifier.
    #[serde(skip)]
    pub id: ModeleFicheId,
    /// Code.
    #[schema(example = "socle-frcp")]
    pub code: String,
    /// Version.
    #[schema(example = "2025.01")]
    pub version: String,
    /// Name, in French.
    pub nom: String,
    /// What it is for.
    pub usage: UsageModele,
    /// JSON Schema 2020-12 of the content of a fiche.
    #[schema(value_type = Object)]
    pub schema: Value,
    /// How a form shows it (a JSON Forms UI schema).
    #[schema(value_type = Object)]
    pub presentation: Value,
    /// First day in force.
    pub valable_du: NaiveDate,
    /// Last day in force.
    pub valable_au: Option<NaiveDate>,
    /// What it computes from the answers.
    pub derives: Vec<Derive>,
    /// What it was composed of, unless it stands alone.
    #[schema(value_type = Option<Object>)]
    pub composition: Option<Composition>,
    /// Fingerprint of schema, presentation and derived values.
    pub empreinte: String,
    /// The value sets that the schema refers to.
    #[serde(skip)]
    pub jeux: BTreeSet<String>,
}

impl ModeleFiche {
    /// Code and version.
    #[must_use]
    pub fn reference(&self) -> Reference {
        Reference { code: self.code.clone(), version: self.version.clone() }
    }

    /// Its body.
    #[must_use]
    pub fn corps(&self) -> Corps {
        Corps { schema: self.schema.clone(), presentation: self.presentation.clone(), derives: self.derives.clone() }
    }
}

crate::enum_texte! {
    /// What a region writes and publishes by itself.
    pub enum Genre {
        /// A block of questions that models cite.
        Bloc => "bloc",
        /// A fiche model.
        ModeleFiche => "modele_fiche",
        /// An alert rule.
        RegleAlerte => "regle_alerte",
        /// A quorum rule.
        RegleQuorum => "regle_quorum",
    }
}

/// A version of a dated rule, without its content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RegleResume {
    /// Code.
    #[schema(example = "g8-a-partir-de-75")]
    pub code: String,
    /// Version.
    #[schema(example = "2026-01")]
    pub version: String,
    /// Name, in French.
    pub nom: String,
    /// First day in force.
    pub valable_du: NaiveDate,
    /// Last day in force.
    pub valable_au: Option<NaiveDate>,
    /// True when it is the version that holds today.
    pub en_vigueur: bool,
}

/// The days during which a version may be in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Validite {
    /// Version.
    pub version: String,
    /// First day.
    pub du: NaiveDate,
    /// Last day.
    pub au: Option<NaiveDate>,
}

/// The first day, from a day on, on which none of these versions is in force.
#[must_use]
pub fn premier_jour_decouvert(versions: &[Validite], depuis: NaiveDate) -> Option<NaiveDate> {
    let couvert = |jour: NaiveDate| versions.iter().any(|v| v.du <= jour && v.au.is_none_or(|au| jour <= au));
    // Nothing ends but the day after an end.
    let lendemains = versions.iter().filter_map(|v| v.au?.succ_opt()).filter(|jour| *jour > depuis);
    std::iter::once(depuis).chain(lendemains).filter(|jour| !couvert(*jour)).min()
}

/// A dated rule that is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegleEnVigueur {
    /// Code.
    pub code: String,
    /// Version.
    pub version: String,
    /// Fingerprint: two rules of the same fingerprint are the same rule.
    pub empreinte: String,
}

/// Code under which the specialty groups are kept among the quorum rules.
pub const SPECIALITES: &str = "specialites";

/// Code under which the region's settings of the quorum are kept among the quorum rules.
pub const REGLAGES_QUORUM: &str = "reglages-quorum";

/// What is kept among the quorum rules without being one.
pub const DOCUMENTS_DU_QUORUM: [&str; 2] = [SPECIALITES, REGLAGES_QUORUM];

/// What a loading did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct RapportChargement {
    /// Value sets that were new.
    pub jeux: usize,
    /// Versions of synonyms that were new.
    pub synonymes: usize,
    /// Blocks that were new.
    pub blocs: usize,
    /// Fiche models that were new.
    pub modeles: usize,
    /// Quorum rules that were new, specialty groups included.
    pub regles_quorum: usize,
    /// Alert rules that were new.
    pub regles_alerte: usize,
    /// Models and rules whose end of validity changed.
    pub echeances: usize,
    /// What was already there.
    pub inchanges: usize,
}

/// Hexadecimal SHA-256 of a document, whatever its layout.
#[must_use]
pub fn empreinte(document: &Value) -> String {
    sha256(document.to_string().as_bytes())
}

/// Fingerprint of the body of a model. Derived values count when there are some, so that a model
/// without any keeps the fingerprint it always had.
#[must_use]
pub fn empreinte_corps(corps: &Corps) -> String {
    let mut parties = vec![corps.schema.clone(), corps.presentation.clone()];
    if !corps.derives.is_empty() {
        parties.push(json!(corps.derives));
    }
    empreinte(&Value::Array(parties))
}

/// The value sets that a schema refers to by `x-jeu`.
#[must_use]
pub fn jeux_cites(schema: &Value) -> BTreeSet<&str> {
    fn parcourir<'s>(noeud: &'s Value, jeux: &mut BTreeSet<&'s str>) {
        match noeud {
            Value::Object(membres) => {
                jeux.extend(membres.get("x-jeu").and_then(Value::as_str));
                membres.values().for_each(|membre| parcourir(membre, jeux));
            }
            Value::Array(elements) => elements.iter().for_each(|element| parcourir(element, jeux)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    let mut jeux = BTreeSet::new();
    parcourir(schema, &mut jeux);
    jeux
}

/// The same code and version with another content.
#[must_use]
pub fn version_modifiee(genre: &str, code: &str, version: &str) -> Panne {
    Panne::dire(format!(
        "{genre} « {code} », version {version} : le contenu diffère de celui déjà chargé. Une version ne change jamais : publiez-en une nouvelle"
    ))
}

/// The version among dated ones that is in force at a date: the last to have begun.
pub fn en_vigueur<T>(versions: Vec<T>, date: NaiveDate, validite: impl Fn(&T) -> (NaiveDate, Option<NaiveDate>)) -> Option<T> {
    versions
        .into_iter()
        .filter(|v| {
            let (du, au) = validite(v);
            du <= date && au.is_none_or(|au| date <= au)
        })
        .max_by_key(|v| validite(v).0)
}

/// For each code the version in force at a date, by code.
pub fn en_vigueur_par_code<T>(
    versions: Vec<T>,
    date: NaiveDate,
    code: impl Fn(&T) -> String,
    validite: impl Fn(&T) -> (NaiveDate, Option<NaiveDate>),
) -> Vec<T> {
    let mut par_code: BTreeMap<String, Vec<T>> = BTreeMap::new();
    for version in versions {
        par_code.entry(code(&version)).or_default().push(version);
    }
    par_code.into_values().filter_map(|versions| en_vigueur(versions, date, &validite)).collect()
}

/// Why a reference is refused.
#[derive(Debug, thiserror::Error)]
pub enum ReferentielError {
    /// No such value set.
    #[error("Ce jeu de valeurs n'existe pas.")]
    JeuIntrouvable,
    /// No such concept in the value set.
    #[error("Ce code n'appartient pas au jeu de valeurs.")]
    ConceptIntrouvable,
    /// No such fiche model, or none in force at the date.
    #[error("Ce modèle de fiche n'existe pas ou n'est pas en vigueur à cette date.")]
    ModeleIntrouvable,
    /// No such version.
    #[error("Aucune version {0} n'est publiée.")]
    VersionIntrouvable(Reference),
    /// No such quorum or alert rule, or none in force at the date.
    #[error("La règle « {0} » n'existe pas ou n'est pas en vigueur à cette date.")]
    RegleIntrouvable(String),
}

impl ErreurMetier for ReferentielError {
    fn nature(&self) -> Nature {
        match self {
            Self::JeuIntrouvable
            | Self::ConceptIntrouvable
            | Self::ModeleIntrouvable
            | Self::VersionIntrouvable(_)
            | Self::RegleIntrouvable(_) => Nature::Introuvable,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::JeuIntrouvable => "jeu-de-valeurs-introuvable",
            Self::ConceptIntrouvable => "concept-introuvable",
            Self::ModeleIntrouvable => "modele-introuvable",
            Self::VersionIntrouvable(_) => "version-introuvable",
            Self::RegleIntrouvable(_) => "regle-introuvable",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jour(texte: &str) -> NaiveDate {
        texte.parse().unwrap()
    }

    #[test]
    fn la_version_en_vigueur_est_la_derniere_commencee_et_non_echue() {
        let versions =
            vec![("a", jour("2020-01-01"), None), ("b", jour("2023-12-01"), Some(jour("2024-12-31"))), ("c", jour("2030-01-01"), None)];
        let a_la_date = |date: &str| en_vigueur(versions.clone(), jour(date), |v| (v.1, v.2)).map(|v| v.0);
        assert_eq!(a_la_date("2019-12-31"), None);
        assert_eq!(a_la_date("2020-01-01"), Some("a"));
        assert_eq!(a_la_date("2024-12-31"), Some("b"));
        assert_eq!(a_la_date("2025-01-01"), Some("a"));
    }

    #[test]
    fn un_jour_sans_version_se_trouve_meme_derriere_une_version_plus_recente() {
        let version = |du: &str, au: Option<&str>| Validite { version: du.to_owned(), du: jour(du), au: au.map(jour) };
        let decouvert = |versions: &[Validite]| premier_jour_decouvert(versions, jour("2026-07-01"));
        assert_eq!(decouvert(&[version("2020-01-01", None)]), None);
        assert_eq!(decouvert(&[version("2020-01-01", Some("2026-06-30"))]), Some(jour("2026-07-01")));
        let relayee = [version("2020-01-01", Some("2026-06-30")), version("2026-01-01", Some("2026-12-31"))];
        assert_eq!(decouvert(&relayee), Some(jour("2027-01-01")));
        assert_eq!(decouvert(&[version("2026-08-01", None)]), Some(jour("2026-07-01")));
        assert_eq!(decouvert(&[version("2020-01-01", Some("2026-07-31")), version("2026-08-01", None)]), None);
        assert_eq!(decouvert(&[]), Some(jour("2026-07-01")));
    }

    #[test]
    fn l_empreinte_ignore_la_mise_en_page_et_voit_le_contenu() {
        let lire = |texte: &str| empreinte(&serde_json::from_str(texte).unwrap());
        assert_eq!(lire("{\"a\":1}"), lire("{ \"a\" : 1 }"));
        assert_ne!(lire("{\"a\":1}"), lire("{\"a\":2}"));
    }
}
