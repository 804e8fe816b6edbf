//! Programmes: states, versions, refusals.

pub mod contenu;
pub mod reprise;
pub mod saisie;

pub use contenu::ContenuProgramme;

use crate::{
    kernel::{
        ErreurMetier, Faute, Instant, Nature,
        ids::{CompteId, CompteRenduId, DossierId, EtablissementId, PatientId, PraticienId, ProgrammeId},
    },
    metier::{document::model::GenreDocument, fiche::model::Manquant, referentiel::model::UsageModele},
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

crate::enum_texte! {
    /// Kinds of programmes.
    pub enum GenreProgramme {
        /// Programme personnalisé de soins.
        Pps => "pps",
        /// Programme personnalisé de l'après-cancer.
        Ppac => "ppac",
    }
}

impl GenreProgramme {
    /// What its models are for.
    #[must_use]
    pub const fn usage(self) -> UsageModele {
        match self {
            Self::Pps => UsageModele::Pps,
            Self::Ppac => UsageModele::Ppac,
        }
    }

    /// Model of the programmes for which no other is asked.
    #[must_use]
    pub const fn modele(self) -> &'static str {
        self.as_str()
    }
}

crate::enum_texte! {
    /// Where a programme stands.
    pub enum EtatProgramme {
        /// Being written.
        Brouillon => "brouillon",
        /// Handed: the one that holds.
        Remis => "remis",
        /// Handed once, replaced since by another version.
        Remplace => "remplace",
    }
}

crate::enum_texte! {
    /// To whom a programme is handed.
    pub enum Destinataire {
        /// The patient.
        Patient => "patient",
        /// A parent, guardian or other legal representative.
        RepresentantLegal => "representant_legal",
        /// The personne de confiance, at the request of the patient.
        PersonneDeConfiance => "personne_de_confiance",
    }
}

/// Why a version takes the place of the former one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = pps::MotifMiseAJour)]
pub struct MotifMiseAJour {
    /// Code of the value set `motif-mise-a-jour`.
    #[schema(example = "MED-560")]
    pub code: String,
    /// More about it.
    pub precision: Option<String>,
}

/// What happened when a programme was handed.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Remise {
    /// Day.
    pub date: NaiveDate,
    /// The professional who handed it.
    pub professionnel_id: PraticienId,
    /// What was handed.
    pub contenu: ContenuProgramme,
    /// SHA-256 of its canonical form.
    pub empreinte: String,
}

/// One version of a programme.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Programme {
    /// Identifier of the version.
    pub id: ProgrammeId,
    /// Kind.
    pub genre: GenreProgramme,
    /// Dossier.
    pub dossier_id: DossierId,
    /// Patient of the dossier.
    pub patient_id: PatientId,
    /// The compte-rendu whose proposal it carries.
    pub compte_rendu_id: Option<CompteRenduId>,
    /// What all versions share.
    pub set_id: Uuid,
    /// Rank of the version, from 1.
    pub numero_version: i64,
    /// The version that it takes the place of.
    pub remplace_id: Option<ProgrammeId>,
    /// The version that took its place.
    pub remplace_par_id: Option<ProgrammeId>,
    /// Why it takes the place of the former one.
    pub motif: Option<MotifMiseAJour>,
    /// State.
    pub etat: EtatProgramme,
    /// Code of its model.
    #[schema(example = "pps")]
    pub modele_code: String,
    /// Version of its model.
    #[schema(example = "2026-01")]
    pub modele_version: String,
    /// What is written, by the schema of the model.
    #[schema(value_type = Object)]
    pub saisie: Value,
    /// Mandatory items that are filled, in percent.
    #[schema(minimum = 0, maximum = 100)]
    pub completude: i64,
    /// What was handed; absent from a draft.
    pub remise: Option<Remise>,
    /// Account of the person who began the version.
    pub auteur_id: Option<CompteId>,
    /// Name of that person.
    pub auteur_nom: String,
    /// Version of the row, for `If-Match`.
    pub version: i64,
    /// Creation.
    pub cree_le: DateTime<Utc>,
    /// Last change.
    pub modifie_le: DateTime<Utc>,
}

impl Programme {
    /// Refuses a change to what was handed.
    pub const fn exiger_brouillon(&self) -> Result<(), ProgrammeError> {
        match self.etat {
            EtatProgramme::Brouillon => Ok(()),
            EtatProgramme::Remis | EtatProgramme::Remplace => Err(ProgrammeError::Remis),
        }
    }

    /// The same draft with another content.
    pub fn avec(self, saisie: Value, completude: u8, maintenant: Instant) -> Result<Self, ProgrammeError> {
        self.exiger_brouillon()?;
        Ok(Self { saisie, completude: completude.into(), version: self.version + 1, modifie_le: maintenant, ..self })
    }

    /// The draft, handed: it does not change any more.
    pub fn remettre(self, remise: Remise, completude: u8, maintenant: Instant) -> Result<Self, ProgrammeError> {
        self.exiger_brouillon()?;
        Ok(Self {
            etat: EtatProgramme::Remis,
            completude: completude.into(),
            remise: Some(remise),
            version: self.version + 1,
            modifie_le: maintenant,
            ..self
        })
    }

    /// What was handed, once another version has been.
    pub fn remplacer(self, par: ProgrammeId, maintenant: Instant) -> Result<Self, ProgrammeError> {
        match self.etat {
            EtatProgramme::Remis => Ok(Self {
                etat: EtatProgramme::Remplace,
                remplace_par_id: Some(par),
                version: self.version + 1,
                modifie_le: maintenant,
                ..self
            }),
            EtatProgramme::Brouillon | EtatProgramme::Remplace => Err(ProgrammeError::NonEnVigueur),
        }
    }

    /// The draft of the next version, which starts from what was handed.
    pub fn nouvelle_version(
        &self,
        id: ProgrammeId,
        motif: MotifMiseAJour,
        auteur: Auteur,
        maintenant: Instant,
    ) -> Result<Self, ProgrammeError> {
        match self.etat {
            EtatProgramme::Remis => Ok(Self {
                id,
                numero_version: self.numero_version + 1,
                remplace_id: Some(self.id),
                remplace_par_id: None,
                motif: Some(motif),
                etat: EtatProgramme::Brouillon,
                remise: None,
                auteur_id: auteur.compte,
                auteur_nom: auteur.nom,
                version: 1,
                cree_le: maintenant,
                modifie_le: maintenant,
                ..self.clone()
            }),
            EtatProgramme::Brouillon | EtatProgramme::Remplace => Err(ProgrammeError::NonEnVigueur),
        }
    }

    /// What a list shows of it.
    #[must_use]
    pub fn resume(&self) -> ProgrammeResume {
        ProgrammeResume {
            id: self.id,
            genre: self.genre,
            dossier_id: self.dossier_id,
            patient_id: self.patient_id,
            set_id: self.set_id,
            numero_version: self.numero_version,
            etat: self.etat,
            motif: self.motif.clone(),
            completude: self.completude,
            remis_le: self.remise.as_ref().map(|remise| remise.date),
            auteur_nom: self.auteur_nom.clone(),
            version: self.version,
            modifie_le: self.modifie_le,
        }
    }
}

/// Who begins a version.
#[derive(Debug, Clone)]
pub struct Auteur {
    /// Account.
    pub compte: Option<CompteId>,
    /// Name.
    pub nom: String,
}

/// A programme in a list, without what it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProgrammeResume {
    /// Identifier of the version.
    pub id: ProgrammeId,
    /// Kind.
    pub genre: GenreProgramme,
    /// Dossier.
    pub dossier_id: DossierId,
    /// Patient.
    pub patient_id: PatientId,
    /// What all versions share.
    pub set_id: Uuid,
    /// Rank of the version, from 1.
    pub numero_version: i64,
    /// State.
    pub etat: EtatProgramme,
    /// Why it takes the place of the former one.
    pub motif: Option<MotifMiseAJour>,
    /// Mandatory items that are filled, in percent.
    pub completude: i64,
    /// Day it was handed.
    pub remis_le: Option<NaiveDate>,
    /// Name of the person who began it.
    pub auteur_nom: String,
    /// Version of the row.
    pub version: i64,
    /// Last change.
    pub modifie_le: DateTime<Utc>,
}

/// A programme with what it lacks to be handed.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ProgrammeDetaille {
    /// The programme.
    #[serde(flatten)]
    pub programme: Programme,
    /// Mandatory items that are not filled, in the order of the form.
    pub manquants: Vec<Manquant>,
    /// The documents that are ready.
    pub documents: Vec<GenreDocument>,
}

/// What a new programme would start from.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Preremplissage {
    /// The model in force.
    #[schema(example = "pps@2026-01")]
    pub modele: String,
    /// The content, by the schema of the model.
    #[schema(value_type = Object)]
    pub saisie: Value,
    /// Mandatory items that are still to fill, in the order of the form.
    pub manquants: Vec<Manquant>,
}

/// What is asked of a new programme.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct NouveauProgramme {
    /// Kind.
    pub genre: GenreProgramme,
    /// Code of the model; by default that of the kind.
    #[validate(length(min = 1, max = 60, message = "De 1 à 60 caractères."))]
    #[schema(example = "pps")]
    pub modele: Option<String>,
    /// The compte-rendu of the dossier that a PPS starts from. A PPAC starts from the PPS that was handed.
    pub compte_rendu_id: Option<CompteRenduId>,
    /// First content, applied as a merge patch on what the programme starts from.
    #[schema(value_type = Option<Object>)]
    pub saisie: Option<Map<String, Value>>,
}

/// Why a new version is written.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct MiseAJour {
    /// Code of the value set `motif-mise-a-jour`.
    #[schema(example = "MED-560")]
    pub motif: String,
    /// More about it.
    #[validate(length(min = 3, max = 1000, message = "De 3 à 1000 caractères."))]
    pub precision: Option<String>,
    /// The compte-rendu of the dossier that the new version carries; by default that of the former one.
    pub compte_rendu_id: Option<CompteRenduId>,
}

/// How a programme is handed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct RemiseSaisie {
    /// Day; by default today.
    pub date: Option<NaiveDate>,
    /// To whom.
    pub destinataire: Destinataire,
    /// Name of that person, when it is not the patient.
    #[validate(length(min = 1, max = 200, message = "De 1 à 200 caractères."))]
    pub destinataire_nom: Option<String>,
    /// The professional who hands it; by default the person who says so.
    pub professionnel_id: Option<PraticienId>,
    /// The établissement that keeps it; by default that of the RCP, or else that of the professional.
    pub etablissement_id: Option<EtablissementId>,
}

impl RemiseSaisie {
    /// What breaks the rules, for a programme that is handed on that day at the latest, and not before the
    /// meeting, nor before the version that it takes the place of.
    #[must_use]
    pub fn fautes(&self, date: NaiveDate, aujourd_hui: NaiveDate, rcp: Option<NaiveDate>, precedente: Option<NaiveDate>) -> Vec<Faute> {
        let mut fautes = Vec::new();
        if date > aujourd_hui {
            fautes.push(Faute::new("/date", "date-a-venir", "Cette date est à venir."));
        }
        if rcp.is_some_and(|rcp| date < rcp) {
            fautes.push(Faute::new("/date", "date-incoherente", "La remise précède la réunion de concertation."));
        }
        if precedente.is_some_and(|precedente| date < precedente) {
            fautes.push(Faute::new("/date", "date-incoherente", "La remise précède celle de la version que celle-ci remplace."));
        }
        let nomme = self.destinataire_nom.as_deref().is_some_and(|nom| !nom.trim().is_empty());
        match self.destinataire {
            Destinataire::Patient => {}
            Destinataire::RepresentantLegal | Destinataire::PersonneDeConfiance if nomme => {}
            Destinataire::RepresentantLegal | Destinataire::PersonneDeConfiance => {
                fautes.push(Faute::new("/destinataire_nom", "obligatoire", "Nommez la personne à qui le programme est remis."));
            }
        }
        fautes.dedup_by(|a, b| a.pointer == b.pointer);
        fautes
    }
}

/// Why a programme refuses.
#[derive(Debug, thiserror::Error)]
pub enum ProgrammeError {
    /// No such programme, or not for this person.
    #[error("Ce programme n'existe pas, ou n'entre pas dans votre périmètre.")]
    Introuvable,
    /// The dossier has one already.
    #[error("Ce dossier a déjà un programme de ce genre : écrivez-en une nouvelle version.")]
    DejaUn,
    /// It was handed: it does not change.
    #[error("Ce programme a été remis : il ne change plus. Écrivez-en une nouvelle version.")]
    Remis,
    /// A new version starts from the one that holds.
    #[error("Une nouvelle version part du programme remis en vigueur.")]
    NonEnVigueur,
    /// A new version is being written already.
    #[error("Une nouvelle version de ce programme est déjà en cours de rédaction.")]
    VersionEnCours,
    /// The compte-rendu is not one of the dossier, or is no longer in force.
    #[error("Le compte-rendu doit être celui, en vigueur, d'une réunion de ce dossier.")]
    CompteRenduEtranger,
    /// The model of the region holds something where the documents expect another.
    #[error("Le modèle de ce programme ne se lit pas comme un {0} : publiez-en une version qui garde les champs d'origine.")]
    ModeleIncompatible(GenreProgramme),
    /// A draft has no documents.
    #[error("Ce programme n'a pas encore été remis : il n'a pas de document.")]
    NonRemis,
    /// The documents have not been made yet.
    #[error("Le document est en cours de préparation : redemandez-le dans quelques secondes.")]
    DocumentEnPreparation,
}

/// Seconds after which a document in preparation may be asked for again.
const DELAI_DOCUMENT: i64 = 5;

impl ErreurMetier for ProgrammeError {
    fn nature(&self) -> Nature {
        match self {
            Self::Introuvable => Nature::Introuvable,
            Self::DejaUn
            | Self::Remis
            | Self::NonEnVigueur
            | Self::VersionEnCours
            | Self::CompteRenduEtranger
            | Self::ModeleIncompatible(_)
            | Self::NonRemis
            | Self::DocumentEnPreparation => Nature::Conflit,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Introuvable => "programme-introuvable",
            Self::DejaUn => "programme-existant",
            Self::Remis => "programme-remis",
            Self::NonEnVigueur => "programme-non-en-vigueur",
            Self::VersionEnCours => "version-en-cours",
            Self::CompteRenduEtranger => "compte-rendu-etranger",
            Self::ModeleIncompatible(_) => "modele-incompatible",
            Self::NonRemis => "programme-non-remis",
            Self::DocumentEnPreparation => "document-en-preparation",
        }
    }

    fn precisions(&self) -> Map<String, Value> {
        match self {
            Self::DocumentEnPreparation => Map::from_iter([("reessayer_dans".to_owned(), DELAI_DOCUMENT.into())]),
            Self::Introuvable
            | Self::DejaUn
            | Self::Remis
            | Self::NonEnVigueur
            | Self::VersionEnCours
            | Self::CompteRenduEtranger
            | Self::ModeleIncompatible(_)
            | Self::NonRemis => Map::new(),
        }
    }
}

#[cfg(test)]
mod tests;
