//! Deliveries as they are shown: where they come from, their attempts, the work lists.

use super::{Diffusion, EtatDiffusion, ResultatTentative, Transition};
use crate::{
    kernel::ids::{RcpId, ReunionId},
    metier::{compte_rendu::model::contenu::LIBELLE_COURT, pps::model::GenreProgramme},
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// One attempt at a delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Tentative {
    /// Rank, from 1.
    pub numero: i64,
    /// When it began.
    pub debut: DateTime<Utc>,
    /// When it ended.
    pub fin: Option<DateTime<Utc>>,
    /// How it ended.
    pub resultat: ResultatTentative,
    /// Code of the server, or a word of ours.
    pub code: Option<String>,
    /// What the server said, shortened and without addresses.
    pub detail: Option<String>,
}

crate::enum_texte! {
    /// What is delivered.
    pub enum NatureDiffusee {
        /// The compte-rendu of an RCP.
        CompteRendu => "compte_rendu",
        /// A programme personnalisé de soins.
        Pps => "pps",
        /// A programme personnalisé de l'après-cancer.
        Ppac => "ppac",
    }
}

impl From<GenreProgramme> for NatureDiffusee {
    fn from(genre: GenreProgramme) -> Self {
        match genre {
            GenreProgramme::Pps => Self::Pps,
            GenreProgramme::Ppac => Self::Ppac,
        }
    }
}

impl NatureDiffusee {
    /// LOINC code of its CDA document (JDV J07).
    #[must_use]
    pub const fn code_cda(self) -> &'static str {
        match self {
            Self::CompteRendu => "34794-8",
            Self::Pps | Self::Ppac => "18776-5",
        }
    }

    /// Label of the type of document, within the 40 characters of a subject (MSSanté, rule 2.1.3).
    #[must_use]
    pub const fn libelle(self) -> &'static str {
        match self {
            Self::CompteRendu => LIBELLE_COURT,
            Self::Pps => "Programme personnalisé de soins",
            Self::Ppac => "Programme personnalisé de l'après-cancer",
        }
    }
}

/// Where the delivery comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Origine {
    /// What is delivered.
    pub nature: NatureDiffusee,
    /// Rank of the version.
    pub numero_version: i64,
    /// The meeting, of a compte-rendu.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reunion_id: Option<ReunionId>,
    /// The RCP, of a compte-rendu.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rcp_id: Option<RcpId>,
    /// Date of the meeting, of a compte-rendu.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_reunion: Option<NaiveDate>,
    /// Day on which the programme was handed to the patient.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remis_le: Option<NaiveDate>,
}

/// A delivery as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DiffusionListee {
    /// The delivery.
    #[serde(flatten)]
    pub diffusion: Diffusion,
    /// Where it comes from.
    #[serde(flatten)]
    pub origine: Origine,
    /// Name of the recipient.
    #[schema(example = "Dr Anne DELTA")]
    pub destinataire: String,
}

/// A delivery with its attempts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DiffusionDetaillee {
    /// The delivery.
    #[serde(flatten)]
    pub diffusion: DiffusionListee,
    /// Its attempts, oldest first.
    pub historique: Vec<Tentative>,
    /// Every change of it, oldest first.
    pub transitions: Vec<Transition>,
}

/// How many deliveries stand in a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Compteur {
    /// The state.
    pub etat: EtatDiffusion,
    /// How many.
    pub nombre: i64,
}

/// How much each work list holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct ListesDeTravail {
    /// Without a secure address.
    pub sans_adresse: i64,
    /// Given up, sent back or refused.
    pub en_souffrance: i64,
    /// Left, and not read.
    pub non_lues: i64,
    /// Printed, to be posted.
    pub a_poster: i64,
    /// Mails that came back and that somebody must read.
    pub retours_a_examiner: i64,
    /// Days after which what has left and is not read is looked at.
    pub non_lue_apres_jours: i64,
}

/// An address typed for one delivery.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AdresseDiffusion {
    /// Mailbox of the MSSanté trust space.
    #[validate(length(min = 3, max = 254, message = "De 3 à 254 caractères."))]
    #[schema(example = "anne.delta@medecin.mssante.fr")]
    pub adresse: String,
}
