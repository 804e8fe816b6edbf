//! Drafts, publications, withdrawals.

pub mod essai;

use crate::{
    kernel::{
        ErreurMetier, Faute, Instant, Nature,
        ids::{BrouillonId, CompteId, RcpId, RetraitId},
        lecture::echapper,
    },
    metier::{
        fiche::model::SOCLE,
        referentiel::{composition::Reference, model::Genre},
    },
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use validator::Validate;

/// The version under which a draft that says none is tried.
const VERSION_D_ESSAI: &str = "brouillon";
/// The longest code or version.
const LONGUEUR_MAXIMALE: usize = 60;

/// A draft of reference data.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Brouillon {
    /// Identifier.
    pub id: BrouillonId,
    /// What it is a draft of.
    pub genre: Genre,
    /// Code of the model, of the rule or of the block, which its content says.
    #[schema(example = "prostate")]
    pub code: String,
    /// The file.
    #[schema(value_type = Object)]
    pub contenu: Value,
    /// What the author says of it.
    pub note: Option<String>,
    /// Version of the draft, not of what it will be published as.
    pub version: i64,
    /// Account of the author.
    pub auteur_id: Option<CompteId>,
    /// Name of the author.
    pub auteur_nom: String,
    /// Creation.
    pub cree_le: DateTime<Utc>,
    /// Last change.
    pub modifie_le: DateTime<Utc>,
    /// Its publication, after which it no longer changes.
    pub publication: Option<Publication>,
}

/// The publication of a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Publication {
    /// The version that it became.
    #[schema(example = "2026-12")]
    pub version: String,
    /// When.
    pub le: DateTime<Utc>,
    /// Name of the person who published it.
    pub par: String,
}

/// A draft and what prevents it from being published.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct BrouillonLu {
    /// The draft.
    #[serde(flatten)]
    pub brouillon: Brouillon,
    /// The defects, by pointer into the content.
    pub defauts: Vec<Faute>,
}

/// A draft in a list, without its content.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct BrouillonResume {
    /// Identifier.
    pub id: BrouillonId,
    /// What it is a draft of.
    pub genre: Genre,
    /// Code of the model, of the rule or of the block.
    pub code: String,
    /// What the author says of it.
    pub note: Option<String>,
    /// Version of the draft.
    pub version: i64,
    /// Name of the author.
    pub auteur_nom: String,
    /// Last change.
    pub modifie_le: DateTime<Utc>,
    /// Its publication.
    pub publication: Option<Publication>,
}

impl Brouillon {
    /// The same draft with another content, at its next version.
    pub fn modifier(self, contenu: Value, note: Option<String>, maintenant: Instant) -> Result<Self, AtelierError> {
        self.exiger_non_publie()?;
        let code = code(&contenu)?;
        Ok(Self { code, contenu, note, version: self.version + 1, modifie_le: maintenant, ..self })
    }

    /// The same draft, published with that content.
    pub fn publier(self, contenu: Value, publication: Publication) -> Result<Self, AtelierError> {
        self.exiger_non_publie()?;
        Ok(Self { contenu, version: self.version + 1, modifie_le: publication.le, publication: Some(publication), ..self })
    }

    /// Refuses to touch a draft that was published.
    pub fn exiger_non_publie(&self) -> Result<(), AtelierError> {
        if self.publication.is_none() { Ok(()) } else { Err(AtelierError::DejaPublie) }
    }

    /// The content as it is tried before its publication: from that day on where it says none.
    #[must_use]
    pub fn a_l_essai(&self, jour: NaiveDate) -> Value {
        self.completer(VERSION_D_ESSAI, jour, |membres, champ, valeur| {
            membres.entry(champ).or_insert(valeur);
        })
    }

    /// The content as it is published, whatever version and day it said.
    #[must_use]
    pub fn a_publier(&self, version: &str, jour: NaiveDate) -> Value {
        self.completer(version, jour, |membres, champ, valeur| {
            membres.insert(champ.to_owned(), valeur);
        })
    }

    fn completer(&self, version: &str, jour: NaiveDate, poser: impl Fn(&mut Map<String, Value>, &str, Value)) -> Value {
        let mut contenu = self.contenu.clone();
        if let Some(membres) = contenu.as_object_mut() {
            poser(membres, "version", json!(version));
            if self.genre != Genre::Bloc {
                poser(membres, "valable_du", json!(jour));
            }
        }
        contenu
    }
}

/// The code that a content says.
pub fn code(contenu: &Value) -> Result<String, AtelierError> {
    let code = contenu.get("code").and_then(Value::as_str).unwrap_or_default();
    let permis = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if code.is_empty() || code.len() > LONGUEUR_MAXIMALE || !code.chars().all(permis) {
        return Err(AtelierError::Contenu(Faute::new(
            "/contenu/code",
            "format-invalide",
            "De 1 à 60 minuscules sans accent, chiffres ou tirets.",
        )));
    }
    Ok(code.to_owned())
}

/// The zero byte: PostgreSQL holds none, and no keyboard writes one.
pub fn sans_caractere_nul(valeur: &Value, ici: &str) -> Result<(), AtelierError> {
    match valeur {
        Value::String(texte) if texte.contains('\0') => {
            Err(AtelierError::Contenu(Faute::new(ici, "caractere-interdit", "Ce texte contient un caractère nul.")))
        }
        Value::Array(elements) => elements.iter().enumerate().try_for_each(|(rang, e)| sans_caractere_nul(e, &format!("{ici}/{rang}"))),
        Value::Object(membres) => membres.iter().try_for_each(|(nom, membre)| {
            sans_caractere_nul(&json!(nom), ici)?;
            sans_caractere_nul(membre, &format!("{ici}/{}", echapper(nom)))
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(()),
    }
}

/// A text that may stand in a path and in a reference `code@version`.
fn texte_de_version(texte: &str) -> Result<(), validator::ValidationError> {
    let permis = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    if !texte.is_empty() && texte.len() <= LONGUEUR_MAXIMALE && texte.chars().all(permis) {
        return Ok(());
    }
    Err(validator::ValidationError::new("format-invalide")
        .with_message("De 1 à 60 lettres sans accent, chiffres, points ou tirets.".into()))
}

fn sans_nul(texte: &str) -> Result<(), validator::ValidationError> {
    if texte.contains('\0') {
        return Err(validator::ValidationError::new("caractere-interdit").with_message("Ce texte contient un caractère nul.".into()));
    }
    Ok(())
}

/// What is asked of a new draft: a content, or a published version to start from.
#[derive(Debug, Clone, PartialEq, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NouveauBrouillon {
    /// What it is a draft of.
    pub genre: Genre,
    /// The file: what an export gives, as it is.
    #[schema(value_type = Option<Object>)]
    pub contenu: Option<Map<String, Value>>,
    /// A published version to start from.
    #[schema(value_type = Option<String>, example = "prostate@2026-01")]
    pub depuis: Option<Reference>,
    /// What the author says of it.
    #[validate(length(max = 1000, message = "Au plus 1000 caractères."), custom(function = sans_nul))]
    pub note: Option<String>,
}

/// The other content of a draft.
#[derive(Debug, Clone, PartialEq, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BrouillonSaisi {
    /// The file.
    #[schema(value_type = Object)]
    pub contenu: Map<String, Value>,
    /// What the author says of it.
    #[validate(length(max = 1000, message = "Au plus 1000 caractères."), custom(function = sans_nul))]
    pub note: Option<String>,
}

/// What is asked of a publication.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublicationDemandee {
    /// The version that the draft becomes.
    #[validate(custom(function = texte_de_version))]
    #[schema(example = "2026-12")]
    pub version: String,
    /// First day in force, today at the earliest; none for a block.
    pub valable_du: Option<NaiveDate>,
}

impl PublicationDemandee {
    /// The first day in force; a block, which has none, takes today.
    pub fn jour(&self, genre: Genre, aujourd_hui: NaiveDate) -> Result<NaiveDate, AtelierError> {
        match (genre, self.valable_du) {
            (Genre::Bloc, None) => Ok(aujourd_hui),
            (Genre::Bloc, Some(_)) => Err(AtelierError::Contenu(Faute::new("/valable_du", "champ-de-trop", "Un bloc n'a pas de dates."))),
            (Genre::ModeleFiche | Genre::RegleAlerte | Genre::RegleQuorum, None) => {
                Err(AtelierError::Contenu(Faute::new("/valable_du", "obligatoire", "Ce champ est obligatoire.")))
            }
            (Genre::ModeleFiche | Genre::RegleAlerte | Genre::RegleQuorum, Some(jour)) if jour < aujourd_hui => Err(AtelierError::Contenu(
                Faute::new("/valable_du", "date-passee", "Une version entre en vigueur aujourd'hui au plus tôt."),
            )),
            (Genre::ModeleFiche | Genre::RegleAlerte | Genre::RegleQuorum, Some(jour)) => Ok(jour),
        }
    }
}

/// What is asked of a withdrawal.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RetraitDemande {
    /// Last day in force, yesterday at the earliest.
    pub valable_au: NaiveDate,
    /// Why.
    #[validate(length(min = 3, max = 1000, message = "De 3 à 1000 caractères."), custom(function = sans_nul))]
    pub motif: String,
}

/// The withdrawal of a published version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Retrait {
    /// Identifier.
    pub id: RetraitId,
    /// What was withdrawn.
    pub genre: Genre,
    /// Its code.
    pub code: String,
    /// Its version.
    pub version: String,
    /// Its last day in force.
    pub valable_au: NaiveDate,
    /// Why.
    pub motif: String,
    /// Account of the person who withdrew it.
    pub auteur_id: Option<CompteId>,
    /// Name of that person.
    pub auteur_nom: String,
    /// When.
    pub cree_le: DateTime<Utc>,
}

/// Who would be left without a rule or a model.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Usages {
    /// The RCP that name it.
    pub rcp: Vec<RcpNommee>,
    /// The quorum rules that call for it as an add-on.
    pub regles: Vec<String>,
    /// True when it serves everybody: the model of the fiches for which no other is asked, the groups
    /// of specialties.
    pub par_defaut: bool,
}

/// An RCP by its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RcpNommee {
    /// Identifier.
    pub id: RcpId,
    /// Name.
    pub nom: String,
}

impl Usages {
    /// True when nobody needs it.
    #[must_use]
    pub fn aucun(&self) -> bool {
        self.rcp.is_empty() && self.regles.is_empty() && !self.par_defaut
    }
}

/// True when a model serves the fiches for which no other is asked.
#[must_use]
pub fn modele_par_defaut(code: &str) -> bool {
    code == SOCLE
}

/// Why the workshop refuses.
#[derive(Debug, thiserror::Error)]
pub enum AtelierError {
    /// No such draft.
    #[error("Ce brouillon n'existe pas.")]
    Introuvable,
    /// A draft that was published.
    #[error("Ce brouillon est publié : il ne change plus. Ouvrez-en un autre à partir de la version publiée.")]
    DejaPublie,
    /// A content or a demand that breaks a rule.
    #[error("Le contenu envoyé ne respecte pas les règles du champ.")]
    Contenu(Faute),
    /// A draft with defects is neither tried nor published.
    #[error("Ce brouillon a des défauts : corrigez-les d'abord. Leurs pointeurs désignent le contenu du brouillon.")]
    Defectueux(Vec<Faute>),
    /// A version never changes.
    #[error("La version {0} est déjà publiée : une version ne change jamais. Publiez sous un autre nom de version.")]
    VersionPubliee(Reference),
    /// A block is tried in a model.
    #[error("Un bloc s'essaie dans un modèle qui le cite ou qui le contient.")]
    BlocSansEssai,
    /// A block has no dates.
    #[error("Un bloc n'a pas de dates : il cesse de servir quand aucun modèle en vigueur ne le cite.")]
    BlocSansRetrait,
    /// Something would be left without a rule or a model.
    #[error("Plus rien ne serait en vigueur le {jour}, et ce code sert encore. Publiez d'abord la version qui prend la suite.")]
    EncoreUtile {
        /// The first day without a version.
        jour: NaiveDate,
        /// Who needs it.
        usages: Usages,
    },
}

impl ErreurMetier for AtelierError {
    fn nature(&self) -> Nature {
        match self {
            Self::Introuvable => Nature::Introuvable,
            Self::DejaPublie | Self::VersionPubliee(_) | Self::BlocSansEssai | Self::BlocSansRetrait | Self::EncoreUtile { .. } => {
                Nature::Conflit
            }
            Self::Contenu(_) | Self::Defectueux(_) => Nature::Invalide,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Introuvable => "brouillon-introuvable",
            Self::DejaPublie => "brouillon-publie",
            Self::Contenu(_) => "contenu-invalide",
            Self::Defectueux(_) => "brouillon-defectueux",
            Self::VersionPubliee(_) => "version-publiee",
            Self::BlocSansEssai => "bloc-sans-essai",
            Self::BlocSansRetrait => "bloc-sans-retrait",
            Self::EncoreUtile { .. } => "version-encore-utile",
        }
    }

    fn fautes(&self) -> Vec<Faute> {
        match self {
            Self::Contenu(faute) => vec![faute.clone()],
            Self::Defectueux(defauts) => defauts.clone(),
            Self::Introuvable
            | Self::DejaPublie
            | Self::VersionPubliee(_)
            | Self::BlocSansEssai
            | Self::BlocSansRetrait
            | Self::EncoreUtile { .. } => Vec::new(),
        }
    }

    fn precisions(&self) -> Map<String, Value> {
        match self {
            Self::EncoreUtile { jour, usages } => {
                Map::from_iter([("decouvert_le".to_owned(), json!(jour)), ("usages".to_owned(), json!(usages))])
            }
            Self::Introuvable
            | Self::DejaPublie
            | Self::Contenu(_)
            | Self::Defectueux(_)
            | Self::VersionPubliee(_)
            | Self::BlocSansEssai
            | Self::BlocSansRetrait => Map::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jour(texte: &str) -> NaiveDate {
        texte.parse().unwrap()
    }

    fn brouillon(genre: Genre, contenu: Value) -> Brouillon {
        let instant: Instant = "2026-03-01T10:00:00Z".parse().unwrap();
        Brouillon {
            id: BrouillonId::new(uuid::Uuid::nil()),
            genre,
            code: "essai".to_owned(),
            contenu,
            note: None,
            version: 1,
            auteur_id: None,
            auteur_nom: "essai".to_owned(),
            cree_le: instant,
            modifie_le: instant,
            publication: None,
        }
    }

    #[test]
    fn la_version_et_le_jour_de_la_publication_l_emportent_sur_ceux_du_brouillon() {
        let regle = brouillon(Genre::RegleAlerte, json!({ "code": "essai", "version": "1" }));
        let lu = regle.a_l_essai(jour("2026-03-02"));
        assert_eq!(lu, json!({ "code": "essai", "version": "1", "valable_du": "2026-03-02" }));
        assert_eq!(regle.a_publier("2", jour("2026-03-02"))["version"], "2");
        let bloc = brouillon(Genre::Bloc, json!({ "code": "essai" }));
        assert_eq!(bloc.a_publier("2", jour("2026-03-02")), json!({ "code": "essai", "version": "2" }));
    }

    #[test]
    fn une_version_entre_en_vigueur_aujourd_hui_au_plus_tot() {
        let publier = |valable_du: Option<&str>, genre| {
            PublicationDemandee { version: "2".to_owned(), valable_du: valable_du.map(jour) }.jour(genre, jour("2026-03-02"))
        };
        assert!(publier(Some("2026-03-02"), Genre::ModeleFiche).is_ok());
        assert!(publier(Some("2026-03-01"), Genre::RegleQuorum).is_err());
        assert!(publier(None, Genre::RegleAlerte).is_err());
        assert!(publier(None, Genre::Bloc).is_ok());
        assert!(publier(Some("2026-03-02"), Genre::Bloc).is_err());
    }

    #[test]
    fn un_brouillon_publie_ne_change_plus() {
        let instant: Instant = "2026-03-01T10:00:00Z".parse().unwrap();
        let publication = Publication { version: "2".to_owned(), le: instant, par: "essai".to_owned() };
        let contenu = json!({ "code": "essai" });
        let publie = brouillon(Genre::Bloc, contenu.clone()).publier(contenu.clone(), publication.clone()).unwrap();
        assert_eq!(publie.version, 2);
        assert!(matches!(publie.clone().modifier(contenu.clone(), None, instant), Err(AtelierError::DejaPublie)));
        assert!(matches!(publie.publier(contenu, publication), Err(AtelierError::DejaPublie)));
    }

    #[test]
    fn un_contenu_dit_son_code_et_ne_cache_pas_de_caractere_nul() {
        assert_eq!(code(&json!({ "code": "tabac-2" })).unwrap(), "tabac-2");
        for fautif in [json!({}), json!({ "code": "Tabac" }), json!({ "code": "a/b" }), json!({ "code": 3 }), json!([])] {
            assert!(code(&fautif).is_err(), "{fautif}");
        }
        assert!(sans_caractere_nul(&json!({ "a": ["b", { "c": "d" }] }), "").is_ok());
        for cache in [json!({ "a": ["\0"] }), json!({ "a\0": 1 })] {
            assert!(sans_caractere_nul(&cache, "").is_err(), "{cache}");
        }
    }
}
