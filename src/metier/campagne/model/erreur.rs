//! Why a campaign refuses.

use crate::kernel::{ErreurMetier, Faute, Nature};
use serde_json::{Map, Value, json};

/// Why a campaign refuses.
#[derive(Debug, thiserror::Error)]
pub enum CampagneError {
    /// No such campaign or page, or not for this person.
    #[error("Cette campagne, ou cette page, n'existe pas.")]
    Introuvable,
    /// No such publication.
    #[error("Ce rapport n'est pas publié.")]
    PublicationIntrouvable,
    /// The year has a campaign already.
    #[error("L'année {0} a déjà sa campagne.")]
    Existante(i32),
    /// No report is made of that year.
    #[error("L'année du rapport est passée ou en cours, et n'est pas antérieure à 2000.")]
    AnneeHorsLimites,
    /// Nothing is extracted.
    #[error("Rien n'est extrait : lancez d'abord l'extraction.")]
    SansExtraction,
    /// The report is published.
    #[error("Le rapport est publié : une nouvelle extraction rouvre la validation, en vue d'un rapport qui le remplace.")]
    DejaPubliee,
    /// The year is being frozen.
    #[error("L'extraction est en cours : attendez qu'elle soit faite, ou arrêtez-la.")]
    ExtractionEnCours,
    /// The report is being made.
    #[error("Le rapport est en cours de publication : attendez qu'il paraisse, ou arrêtez-le.")]
    PublicationEnCours,
    /// Nothing is being made.
    #[error("Rien n'est en cours : il n'y a rien à arrêter.")]
    SansTravail,
    /// The page is validated.
    #[error("Cette page est déjà validée.")]
    PageValidee,
    /// Some 3C have not validated.
    #[error("Ces centres de coordination n'ont pas validé leur page : {}.", .0.join(", "))]
    PagesAValider(Vec<String>),
    /// A report replaces another one without saying why.
    #[error("Ce rapport en remplace un autre : dites pourquoi.")]
    MotifAttendu,
}

impl ErreurMetier for CampagneError {
    fn nature(&self) -> Nature {
        match self {
            Self::Introuvable | Self::PublicationIntrouvable => Nature::Introuvable,
            Self::AnneeHorsLimites | Self::MotifAttendu => Nature::Invalide,
            Self::Existante(_)
            | Self::SansExtraction
            | Self::DejaPubliee
            | Self::ExtractionEnCours
            | Self::PublicationEnCours
            | Self::SansTravail
            | Self::PageValidee
            | Self::PagesAValider(_) => Nature::Conflit,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Introuvable => "campagne-introuvable",
            Self::PublicationIntrouvable => "publication-introuvable",
            Self::Existante(_) => "campagne-existante",
            Self::AnneeHorsLimites | Self::MotifAttendu => "contenu-invalide",
            Self::SansExtraction => "campagne-sans-extraction",
            Self::DejaPubliee => "campagne-publiee",
            Self::ExtractionEnCours => "extraction-en-cours",
            Self::PublicationEnCours => "publication-en-cours",
            Self::SansTravail => "sans-travail",
            Self::PageValidee => "page-validee",
            Self::PagesAValider(_) => "pages-a-valider",
        }
    }

    fn fautes(&self) -> Vec<Faute> {
        match self {
            Self::AnneeHorsLimites => vec![Faute::new("/annee", "hors-limites", self.to_string())],
            Self::MotifAttendu => vec![Faute::new("/motif", "obligatoire", self.to_string())],
            Self::Introuvable
            | Self::PublicationIntrouvable
            | Self::Existante(_)
            | Self::SansExtraction
            | Self::DejaPubliee
            | Self::ExtractionEnCours
            | Self::PublicationEnCours
            | Self::SansTravail
            | Self::PageValidee
            | Self::PagesAValider(_) => Vec::new(),
        }
    }

    fn precisions(&self) -> Map<String, Value> {
        let mut precisions = Map::new();
        if let Self::PagesAValider(centres) = self {
            precisions.insert("centres_3c".to_owned(), json!(centres));
        }
        precisions
    }
}
