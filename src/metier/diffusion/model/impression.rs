//! Letters printed together, then posted together.

use super::EtatDiffusion;
use crate::kernel::ids::{DiffusionId, ImpressionId, RcpId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// The most letters of one batch: a larger one is several.
pub const LOT_MAXIMAL: u64 = 200;

/// What is to be printed: a selection, or a whole list.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DemandeImpression {
    /// Deliveries chosen one by one.
    #[serde(default)]
    #[validate(length(max = 200, message = "200 plis au plus par lot."))]
    pub diffusions: Vec<DiffusionId>,
    /// Everything of those states, where none is chosen: `sans_adresse`, `echec`, `rejetee`, `refusee`.
    #[serde(default)]
    #[validate(length(max = 4, message = "4 états au plus."))]
    pub etats: Vec<EtatDiffusion>,
    /// Only of that RCP.
    pub rcp: Option<RcpId>,
}

/// A batch of letters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Impression {
    /// Identifier.
    pub id: ImpressionId,
    /// Letters in it.
    pub nombre: i64,
    /// When it was printed.
    pub cree_le: DateTime<Utc>,
    /// When it was posted.
    pub postee_le: Option<DateTime<Utc>>,
}

crate::enum_texte! {
    /// Why a delivery is not in the batch.
    pub enum MotifEcart {
        /// It does not exist, or not for this person.
        Introuvable => "introuvable",
        /// Its state does not admit it.
        Etat => "etat",
        /// It left recently.
        TropTot => "trop_tot",
        /// A newer version goes instead.
        VersionRemplacee => "version_remplacee",
        /// The patient objects.
        Opposition => "opposition",
        /// The recipient receives no letters.
        SansCourrier => "sans_courrier",
        /// The document is not there yet.
        DocumentAbsent => "document_absent",
    }
}

/// A delivery that is not in the batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Ecartee {
    /// The delivery.
    pub diffusion_id: DiffusionId,
    /// Why.
    pub motif: MotifEcart,
}

/// A batch as it has just been made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ImpressionFaite {
    /// The batch.
    #[serde(flatten)]
    pub impression: Impression,
    /// Where the one document to print is.
    pub document: String,
    /// What is not in it, and why.
    pub ecartees: Vec<Ecartee>,
}

/// One letter of a batch. Holds documents: never to be logged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pli {
    /// The delivery.
    pub diffusion_id: DiffusionId,
    /// Name of the recipient.
    pub destinataire: String,
    /// Lines of the address, under the name.
    pub adresse: Vec<String>,
    /// The letter, for the médecin traitant.
    pub lettre: Option<Vec<u8>>,
    /// The compte-rendu or the programme.
    pub document: Vec<u8>,
}
