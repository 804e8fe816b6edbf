//! What can go wrong, said once: a [`Refus`] is the caller's business and is told in French with a
//! stable code; a [`Panne`] is ours, is logged once and answered with an opaque body.
//!
//! Each slice declares its own enum, one French sentence a variant, and implements
//! [`ErreurMetier`]; `?` turns it into an [`Erreur`]. `crate::error` alone knows HTTP statuses.

use serde::Serialize;
use std::error::Error as StdError;

/// The result of a use case.
pub type Resultat<T> = Result<T, Erreur>;

/// The kinds of refusal. `crate::error` maps each to one HTTP status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nature {
    /// The request cannot be read.
    Illisible,
    /// Nobody is signed in, or the session has ended.
    NonAuthentifie,
    /// The person is known and sees the object, but may not do this.
    Interdit,
    /// There is no such thing, or not for this person.
    Introuvable,
    /// It was there, and something else stands for it now.
    Disparu,
    /// The state of the object does not allow the act.
    Conflit,
    /// The version the caller worked on is no longer the current one.
    VersionPerimee,
    /// The caller did not say which version it worked on.
    VersionAbsente,
    /// The content breaks a rule; the faults say where.
    Invalide,
    /// Too many requests.
    TropDeRequetes,
    /// The content is too large.
    TropGrand,
    /// The content type is not understood.
    TypeNonGere,
    /// The service does not do this for now, or one that it depends on does not answer.
    Indisponible,
}

/// One faulty field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Faute {
    /// JSON Pointer (RFC 6901) to the field in the body that was sent.
    #[schema(example = "/date_naissance")]
    pub pointer: String,
    /// Stable code of the rule that is broken.
    #[schema(example = "obligatoire")]
    pub code: String,
    /// The rule, in French.
    pub message: String,
}

impl Faute {
    /// A fault at a pointer.
    pub fn new(pointer: impl Into<String>, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), code: code.into(), message: message.into() }
    }
}

/// What each slice's error enum says of itself. Its `Display` is the French sentence of the problem.
pub trait ErreurMetier: StdError {
    /// The kind of refusal.
    fn nature(&self) -> Nature;
    /// Stable code in kebab-case; it ends the `type` URI of the problem.
    fn code(&self) -> &'static str;
    /// The faulty fields, if any.
    fn fautes(&self) -> Vec<Faute> {
        Vec::new()
    }
    /// More members for the problem document (the current version on a conflict, say).
    fn precisions(&self) -> serde_json::Map<String, serde_json::Value> {
        serde_json::Map::new()
    }
}

/// A refusal, ready to be told.
#[derive(Debug, Clone)]
pub struct Refus {
    /// The kind of refusal.
    pub nature: Nature,
    /// Stable code.
    pub code: &'static str,
    /// The French sentence.
    pub message: String,
    /// The faulty fields.
    pub fautes: Vec<Faute>,
    /// More members of the problem document.
    pub precisions: serde_json::Map<String, serde_json::Value>,
}

impl Refus {
    /// A refusal without faulty fields.
    pub fn new(nature: Nature, code: &'static str, message: impl Into<String>) -> Self {
        Self { nature, code, message: message.into(), fautes: Vec::new(), precisions: serde_json::Map::new() }
    }

    /// The same, with one more member of the problem document.
    #[must_use]
    pub fn precision(mut self, nom: &str, valeur: impl Into<serde_json::Value>) -> Self {
        self.precisions.insert(nom.to_owned(), valeur.into());
        self
    }

    /// A content that breaks rules, with the place of each.
    #[must_use]
    pub fn invalide(fautes: Vec<Faute>) -> Self {
        Self { fautes, ..Self::new(Nature::Invalide, "contenu-invalide", "Le contenu envoyé ne respecte pas les règles du champ.") }
    }
}

impl<E: ErreurMetier> From<E> for Refus {
    fn from(erreur: E) -> Self {
        Self {
            nature: erreur.nature(),
            code: erreur.code(),
            message: erreur.to_string(),
            fautes: erreur.fautes(),
            precisions: erreur.precisions(),
        }
    }
}

/// A failure of ours: the database, a corrupt row, a renderer.
#[derive(Debug)]
pub struct Panne {
    /// Where it happened.
    pub contexte: String,
    /// True when the database asks to run the transaction again.
    pub a_rejouer: bool,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Panne {
    /// A failure with its cause.
    pub fn new(contexte: impl Into<String>, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self { contexte: contexte.into(), a_rejouer: false, source: Some(source.into()) }
    }

    /// A failure that is its own cause.
    pub fn dire(contexte: impl Into<String>) -> Self {
        Self { contexte: contexte.into(), a_rejouer: false, source: None }
    }

    /// Marks a failure after which the transaction may be run again.
    #[must_use]
    pub fn a_rejouer(mut self) -> Self {
        self.a_rejouer = true;
        self
    }
}

impl std::fmt::Display for Panne {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.source {
            Some(source) => write!(f, "{} : {source}", self.contexte),
            None => f.write_str(&self.contexte),
        }
    }
}

impl StdError for Panne {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}

/// What a use case answers when it does not succeed.
#[derive(Debug, thiserror::Error)]
pub enum Erreur {
    /// The caller's business.
    #[error("{}", .0.message)]
    Refus(Box<Refus>),
    /// Ours.
    #[error(transparent)]
    Panne(Panne),
}

impl Erreur {
    /// The stable code of a refusal; `None` for a failure of ours.
    #[must_use]
    pub fn code(&self) -> Option<&'static str> {
        match self {
            Self::Refus(refus) => Some(refus.code),
            Self::Panne(_) => None,
        }
    }

    /// True when the transaction may be run again.
    #[must_use]
    pub fn a_rejouer(&self) -> bool {
        matches!(self, Self::Panne(panne) if panne.a_rejouer)
    }
}

impl<E: ErreurMetier> From<E> for Erreur {
    fn from(erreur: E) -> Self {
        Self::Refus(Box::new(erreur.into()))
    }
}

impl From<Refus> for Erreur {
    fn from(refus: Refus) -> Self {
        Self::Refus(Box::new(refus))
    }
}

impl From<Panne> for Erreur {
    fn from(panne: Panne) -> Self {
        Self::Panne(panne)
    }
}

/// Refusals that every slice can meet.
#[derive(Debug, thiserror::Error)]
pub enum ErreurCommune {
    /// The right is missing on an object that the person sees.
    #[error("Vos habilitations ne permettent pas cette action.")]
    Interdit,
    /// The version sent in `If-Match` is not the current one.
    #[error("L'objet a changé depuis votre lecture (version actuelle : {actuelle}). Relisez-le puis recommencez.")]
    VersionPerimee {
        /// The current version.
        actuelle: i64,
    },
    /// The act asks for an identity proved a moment ago.
    #[error("Cette action demande de prouver à nouveau votre identité, puis de recommencer.")]
    ReauthentificationRequise,
    /// The cursor of a list is unreadable.
    #[error("{0}")]
    Curseur(#[from] super::page::CurseurIllisible),
}

impl ErreurMetier for ErreurCommune {
    fn nature(&self) -> Nature {
        match self {
            Self::Interdit => Nature::Interdit,
            Self::ReauthentificationRequise => Nature::NonAuthentifie,
            Self::VersionPerimee { .. } => Nature::VersionPerimee,
            Self::Curseur(_) => Nature::Illisible,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Interdit => "action-interdite",
            Self::ReauthentificationRequise => "reauthentification-requise",
            Self::VersionPerimee { .. } => "version-perimee",
            Self::Curseur(_) => "curseur-illisible",
        }
    }

    fn precisions(&self) -> serde_json::Map<String, serde_json::Value> {
        let mut precisions = serde_json::Map::new();
        if let Self::VersionPerimee { actuelle } = self {
            precisions.insert("version_actuelle".to_owned(), (*actuelle).into());
        }
        precisions
    }
}
