//! The campaign of a year, the page of each 3C, and what was published.

mod erreur;
mod publication;
mod travail;

pub use erreur::CampagneError;
pub use publication::{AEditer, DemandePublication, DocumentPublie, DocumentResume, Publication, mention};
pub use travail::{AExtraire, EtapeTravail, GenreTravail, Travail};

pub use crate::metier::infocentre::model::rapport::FormatRapport;

use crate::{
    kernel::{
        Instant,
        clock::date_paris,
        ids::{CampagneId, Centre3cId, InstantaneId},
    },
    metier::infocentre::model::{Activite, Comptes, Indicateur, Indicateurs, Mesure, instantane::Instantane},
};
use chrono::{DateTime, Datelike, Utc};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::{Validate, ValidationError};

/// The first year that a report is made of.
const PREMIERE_ANNEE: i32 = 2000;

/// Where a campaign stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Etat {
    /// Nothing is extracted yet.
    Ouverte,
    /// The 3C look at this extraction.
    EnValidation(InstantaneId),
    /// The report of this extraction is published.
    Publiee(InstantaneId),
}

crate::enum_texte! {
    /// Where a campaign stands, by name.
    pub enum EtatCampagne {
        /// Nothing is extracted yet.
        Ouverte => "ouverte",
        /// The 3C look at the extraction.
        EnValidation => "en_validation",
        /// The report is published; a new extraction begins another one.
        Publiee => "publiee",
    }
}

impl Etat {
    /// Its name.
    #[must_use]
    pub const fn nom(self) -> EtatCampagne {
        match self {
            Self::Ouverte => EtatCampagne::Ouverte,
            Self::EnValidation(_) => EtatCampagne::EnValidation,
            Self::Publiee(_) => EtatCampagne::Publiee,
        }
    }

    /// The extraction that holds, once there is one.
    #[must_use]
    pub const fn instantane(self) -> Option<InstantaneId> {
        match self {
            Self::Ouverte => None,
            Self::EnValidation(id) | Self::Publiee(id) => Some(id),
        }
    }

    /// The state that a name and an extraction tell; `None` when they do not agree.
    #[must_use]
    pub const fn lire(nom: EtatCampagne, instantane: Option<InstantaneId>) -> Option<Self> {
        match (nom, instantane) {
            (EtatCampagne::Ouverte, None) => Some(Self::Ouverte),
            (EtatCampagne::EnValidation, Some(id)) => Some(Self::EnValidation(id)),
            (EtatCampagne::Publiee, Some(id)) => Some(Self::Publiee(id)),
            (EtatCampagne::Ouverte, Some(_)) | (EtatCampagne::EnValidation | EtatCampagne::Publiee, None) => None,
        }
    }
}

/// The work on the report of a year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Campagne {
    /// Identifier.
    pub id: CampagneId,
    /// The year.
    pub annee: i32,
    /// Where it stands.
    pub etat: Etat,
    /// When it was opened.
    pub ouverte_le: Instant,
    /// Version.
    pub version: i64,
    /// Last change.
    pub modifie_le: Instant,
}

impl Campagne {
    /// Opens the campaign of a year that is over or under way.
    pub fn ouvrir(id: CampagneId, annee: i32, maintenant: Instant) -> Result<Self, CampagneError> {
        if !(PREMIERE_ANNEE..=date_paris(maintenant).year()).contains(&annee) {
            return Err(CampagneError::AnneeHorsLimites);
        }
        Ok(Self { id, annee, etat: Etat::Ouverte, ouverte_le: maintenant, version: 1, modifie_le: maintenant })
    }

    /// The 3C look at a new extraction, whether it is the first one, a corrected one, or the one of a report that will
    /// replace another.
    #[must_use]
    pub fn extraire(self, instantane: InstantaneId, maintenant: Instant) -> Self {
        Self { etat: Etat::EnValidation(instantane), ..self.changee(maintenant) }
    }

    /// The extraction that 3C look at.
    pub const fn en_validation(&self) -> Result<InstantaneId, CampagneError> {
        match self.etat {
            Etat::Ouverte => Err(CampagneError::SansExtraction),
            Etat::EnValidation(id) => Ok(id),
            Etat::Publiee(_) => Err(CampagneError::DejaPubliee),
        }
    }

    /// The extraction that holds.
    pub fn extraite(&self) -> Result<InstantaneId, CampagneError> {
        self.etat.instantane().ok_or(CampagneError::SansExtraction)
    }

    /// An extraction is asked for: what was read of the campaign no longer holds.
    #[must_use]
    pub fn demander_extraction(self, maintenant: Instant) -> Self {
        self.changee(maintenant)
    }

    /// The publication is asked for: what was read of the campaign no longer holds.
    pub fn demander_publication(self, maintenant: Instant) -> Result<Self, CampagneError> {
        self.en_validation()?;
        Ok(self.changee(maintenant))
    }

    /// The report is published.
    pub fn publier(self, maintenant: Instant) -> Result<Self, CampagneError> {
        let instantane = self.en_validation()?;
        Ok(Self { etat: Etat::Publiee(instantane), ..self.changee(maintenant) })
    }

    fn changee(self, maintenant: Instant) -> Self {
        Self { version: self.version + 1, modifie_le: maintenant, ..self }
    }
}

/// What a 3C decided, and on which extraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    /// The extraction that was read.
    pub instantane: InstantaneId,
    /// When.
    pub le: Instant,
}

/// Where a page stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Validation {
    /// Nobody has decided on these figures.
    AValider,
    /// The 3C asks for a correction.
    ACorriger(Decision),
    /// The 3C answers for these figures.
    Validee(Decision),
}

crate::enum_texte! {
    /// Where a page stands, by name.
    pub enum EtatPage {
        /// Nobody has decided on these figures.
        AValider => "a_valider",
        /// The 3C asks for a correction.
        ACorriger => "a_corriger",
        /// The 3C answers for these figures.
        Validee => "validee",
    }
}

impl Validation {
    /// Its name.
    #[must_use]
    pub const fn nom(self) -> EtatPage {
        match self {
            Self::AValider => EtatPage::AValider,
            Self::ACorriger(_) => EtatPage::ACorriger,
            Self::Validee(_) => EtatPage::Validee,
        }
    }

    /// What was decided.
    #[must_use]
    pub const fn decision(self) -> Option<Decision> {
        match self {
            Self::AValider => None,
            Self::ACorriger(decision) | Self::Validee(decision) => Some(decision),
        }
    }

    /// The state that a name and a decision tell; `None` when they do not agree.
    #[must_use]
    pub const fn lire(nom: EtatPage, decision: Option<Decision>) -> Option<Self> {
        match (nom, decision) {
            (EtatPage::AValider, None) => Some(Self::AValider),
            (EtatPage::ACorriger, Some(decision)) => Some(Self::ACorriger(decision)),
            (EtatPage::Validee, Some(decision)) => Some(Self::Validee(decision)),
            (EtatPage::AValider, Some(_)) | (EtatPage::ACorriger | EtatPage::Validee, None) => None,
        }
    }
}

/// The page of a 3C.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageCampagne {
    /// The campaign.
    pub campagne_id: CampagneId,
    /// The 3C.
    pub centre_3c_id: Centre3cId,
    /// Some activity is counted: the report waits for this page.
    pub active: bool,
    /// Where it stands.
    pub validation: Validation,
    /// Version: it changes with the figures and with what is decided on them.
    pub version: i64,
}

impl PageCampagne {
    /// The page of a 3C that had none.
    #[must_use]
    pub const fn nouvelle(campagne_id: CampagneId, centre_3c_id: Centre3cId, active: bool) -> Self {
        Self { campagne_id, centre_3c_id, active, validation: Validation::AValider, version: 1 }
    }

    /// The same page on figures that are no longer those that were read.
    #[must_use]
    pub const fn remise_a_valider(self, active: bool) -> Self {
        Self { active, validation: Validation::AValider, version: self.version + 1, ..self }
    }

    /// The 3C answers for the figures.
    pub fn valider(self, decision: Decision) -> Result<Self, CampagneError> {
        match self.validation {
            Validation::AValider | Validation::ACorriger(_) => {
                Ok(Self { validation: Validation::Validee(decision), version: self.version + 1, ..self })
            }
            Validation::Validee(_) => Err(CampagneError::PageValidee),
        }
    }

    /// The 3C asks for a correction, even of a page that it had validated.
    #[must_use]
    pub const fn demander_correction(self, decision: Decision) -> Self {
        Self { validation: Validation::ACorriger(decision), version: self.version + 1, ..self }
    }

    /// True when the report waits for it.
    #[must_use]
    pub const fn attendue(&self) -> bool {
        self.active && !matches!(self.validation, Validation::Validee(_))
    }
}

/// A figure that differs between two extractions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = campagne::Ecart)]
pub struct Ecart {
    /// The indicator.
    pub indicateur: Indicateur,
    /// In the former extraction.
    pub avant: Mesure,
    /// In the new one.
    pub apres: Mesure,
}

/// The figures of a 3C that differ between two extractions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = campagne::EcartsCentre)]
pub struct EcartsCentre {
    /// The 3C.
    pub centre_3c_id: Centre3cId,
    /// What differs, in the order of the dictionary.
    pub ecarts: Vec<Ecart>,
}

/// The counts of each 3C in an extraction.
pub type ComptesParCentre = BTreeMap<Centre3cId, Comptes>;

/// What differs between two extractions, 3C by 3C. A 3C that is not there has nothing.
#[must_use]
pub fn comparer(avant: &ComptesParCentre, apres: &ComptesParCentre) -> Vec<EcartsCentre> {
    let centres: BTreeSet<Centre3cId> = avant.keys().chain(apres.keys()).copied().collect();
    let compare = |centre_3c_id| {
        let (vieux, neufs) = (indicateurs(avant, centre_3c_id), indicateurs(apres, centre_3c_id));
        let paires = vieux.mesures().zip(neufs.mesures());
        let ecarts: Vec<Ecart> = paires
            .filter(|((_, avant), (_, apres))| avant != apres)
            .map(|((indicateur, avant), (_, apres))| Ecart { indicateur, avant: avant.clone(), apres: apres.clone() })
            .collect();
        (!ecarts.is_empty()).then_some(EcartsCentre { centre_3c_id, ecarts })
    };
    centres.into_iter().filter_map(compare).collect()
}

fn indicateurs(comptes: &ComptesParCentre, centre: Centre3cId) -> Indicateurs {
    Indicateurs::from(comptes.get(&centre).unwrap_or(&Comptes::default()))
}

/// True when something was done there: a meeting held or cancelled, a compte-rendu, a postponed case.
#[must_use]
pub fn active(comptes: &ComptesParCentre, centre: Centre3cId) -> bool {
    let mesures = indicateurs(comptes, centre);
    [Indicateur::NbReunions, Indicateur::NbReunionsAnnulees, Indicateur::NbCr, Indicateur::NbReportes]
        .into_iter()
        .any(|indicateur| matches!(mesures.mesure(indicateur), Some(Mesure::Nombre(nombre)) if *nombre > 0))
}

crate::enum_texte! {
    /// What is done in a campaign.
    pub enum GenreActe {
        /// It is opened.
        Ouvrir => "ouvrir",
        /// The region asks for the year to be frozen.
        DemanderExtraction => "demander_extraction",
        /// The year is frozen.
        Extraire => "extraire",
        /// Something is said of a page.
        Commenter => "commenter",
        /// A 3C asks for a correction.
        DemanderCorrection => "demander_correction",
        /// A 3C answers for its figures.
        Valider => "valider",
        /// The region decides to publish.
        DemanderPublication => "demander_publication",
        /// The report is made and published.
        Publier => "publier",
        /// The region asks the work under way to stop.
        DemanderArret => "demander_arret",
        /// The work stopped: nothing of it is kept.
        Arreter => "arreter",
        /// The work failed.
        Echouer => "echouer",
    }
}

/// Something that was done, as it is written down once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = campagne::Acte)]
pub struct Acte {
    /// Identifier.
    pub id: Uuid,
    /// What was done.
    pub acte: GenreActe,
    /// The 3C whose page it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub centre_3c_id: Option<Centre3cId>,
    /// The extraction that held.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instantane_id: Option<InstantaneId>,
    /// What was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub texte: Option<String>,
    /// Of an extraction: what differs from the former one, 3C by 3C.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub ecarts: Vec<EcartsCentre>,
    /// Who did it.
    pub nom: String,
    /// When.
    pub moment: DateTime<Utc>,
}

/// The year of a campaign to open.
#[derive(Debug, Clone, Copy, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = campagne::Ouverture)]
pub struct OuvertureCampagne {
    /// The year, over or under way.
    #[schema(example = 2025)]
    pub annee: i32,
}

/// A text that explains something is no blank, and can be kept: PostgreSQL holds no NUL.
fn dit_quelque_chose(texte: &str) -> Result<(), ValidationError> {
    if texte.contains('\0') {
        return Err(ValidationError::new("illisible").with_message("Le caractère nul n'est pas admis.".into()));
    }
    if texte.trim().chars().count() < 3 {
        return Err(ValidationError::new("trop-court").with_message("Trois caractères au moins.".into()));
    }
    Ok(())
}

/// What is said of a page.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = campagne::Commentaire)]
pub struct Commentaire {
    /// The text. It names no patient.
    #[validate(length(max = 4000, message = "4000 caractères au plus."), custom(function = dit_quelque_chose))]
    #[schema(example = "La réunion du 12 mars manque.")]
    pub texte: String,
}

/// A campaign in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = campagne::Resume)]
pub struct CampagneResumee {
    /// Identifier.
    pub id: CampagneId,
    /// The year.
    #[schema(example = 2025)]
    pub annee: i32,
    /// Where it stands.
    pub etat: EtatCampagne,
    /// The extraction that holds, once there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instantane_id: Option<InstantaneId>,
    /// When it was opened.
    pub ouverte_le: DateTime<Utc>,
    /// Version.
    pub version: i64,
    /// Last change.
    pub modifie_le: DateTime<Utc>,
}

impl From<&Campagne> for CampagneResumee {
    fn from(campagne: &Campagne) -> Self {
        let Campagne { id, annee, etat, ouverte_le, version, modifie_le } = *campagne;
        Self { id, annee, etat: etat.nom(), instantane_id: etat.instantane(), ouverte_le, version, modifie_le }
    }
}

/// The page of a 3C in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = campagne::PageResumee)]
pub struct PageResumee {
    /// The 3C.
    pub centre_3c_id: Centre3cId,
    /// Its code.
    pub code: String,
    /// Its name.
    pub nom: String,
    /// Some activity is counted: the report waits for this page.
    pub active: bool,
    /// Where it stands.
    pub etat: EtatPage,
    /// When that was decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decide_le: Option<DateTime<Utc>>,
    /// Version.
    pub version: i64,
}

/// A campaign, as far as the person sees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = campagne::Campagne)]
pub struct CampagneDetaillee {
    /// The campaign.
    #[serde(flatten)]
    pub campagne: CampagneResumee,
    /// The extraction that holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instantane: Option<Instantane>,
    /// What is being made of it: nothing else changes meanwhile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub travail: Option<Travail>,
    /// The pages, by code of the 3C.
    pub pages: Vec<PageResumee>,
    /// What was done, in order.
    pub actes: Vec<Acte>,
    /// What was published, the latest first.
    pub publications: Vec<Publication>,
}

/// The page of a 3C: its figures, and what was said of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = campagne::PageDetaillee)]
pub struct PageDetaillee {
    /// The page.
    #[serde(flatten)]
    pub page: PageResumee,
    /// The extraction that the figures come from.
    pub instantane_id: InstantaneId,
    /// The figures of the 3C.
    pub activite: Activite,
    /// What was done on this page, in order.
    pub actes: Vec<Acte>,
}

#[cfg(test)]
mod tests;
