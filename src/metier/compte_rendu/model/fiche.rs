//! The extract of the fiche that a compte-rendu carries.
//!
//! It is read from the content of the fiche as it stood at the meeting. Every field may be absent:
//! a postponed case may come with a fiche that was not finished. Codes arrive alone and receive the
//! label of the day ([`ExtraitFiche::codes`]).

use super::Code;
use crate::metier::fiche::model::lecture::BlocLu;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

crate::enum_texte! {
    /// How far the G8 was filled.
    pub enum StatutG8 {
        /// Under 75 at the meeting.
        NonConcerne => "non_concerne",
        /// 75 or over, no item answered.
        NonFait => "non_fait",
        /// Some items answered, not all.
        Incomplet => "incomplet",
        /// Every item answered.
        Fait => "fait",
    }
}

/// Why the case is presented.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = compte_rendu::Motif)]
#[serde(default)]
pub struct Motif {
    /// Nature of the discussion: by organ or transversal.
    pub nature: Option<Code>,
    /// System, for a discussion by organ.
    pub appareil: Option<Code>,
    /// Organs, for a discussion by organ.
    pub organes: Vec<Code>,
    /// Treatment or care, for a transversal discussion.
    pub traitement_soins: Option<Code>,
    /// Recours RCP.
    pub recours: bool,
    /// Paediatric RCP.
    pub pediatrique: bool,
    /// Comment.
    pub commentaire: Option<String>,
    /// A diagnostic opinion is asked for.
    pub avis_diagnostique: bool,
    /// A treatment proposal is asked for.
    pub proposition_traitement: bool,
    /// A recours opinion is asked for.
    pub avis_recours: bool,
    /// A paediatric opinion is asked for.
    pub avis_pediatrique: bool,
}

/// How the cancer was found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = compte_rendu::Decouverte)]
#[serde(default)]
pub struct Decouverte {
    /// By screening.
    pub depistage: Option<bool>,
}

/// TNM, or why there is none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = compte_rendu::Tnm)]
#[serde(default)]
pub struct Tnm {
    /// False when the TNM does not apply.
    pub applicable: bool,
    /// UICC edition: `7`, `8` or `9`.
    pub edition: Option<String>,
    /// Clinical stage.
    pub stade: Option<String>,
    /// Tumour.
    pub t: Option<String>,
    /// Nodes.
    pub n: Option<String>,
    /// Metastases.
    pub m: Option<String>,
    /// Why it does not apply.
    pub raison: Option<String>,
}

/// Another classification.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = compte_rendu::AutreClassification)]
#[serde(default)]
pub struct AutreClassification {
    /// Name.
    pub nom: Option<String>,
    /// Version.
    pub version: Option<String>,
    /// Value.
    pub valeur: Option<String>,
}

/// One tumour.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = compte_rendu::Tumeur)]
#[serde(default)]
pub struct Tumeur {
    /// Date of the diagnosis, `AAAA-MM` or `AAAA-MM-JJ`.
    pub date_diagnostic: Option<String>,
    /// Topography (CIM-10).
    pub topographie: Option<Code>,
    /// Side.
    pub lateralite: Option<Code>,
    /// Morphology (CIM-O-3).
    pub morphologie: Option<Code>,
    /// TNM.
    pub tnm: Option<Tnm>,
    /// Another classification.
    pub autre_classification: Option<AutreClassification>,
    /// Comment.
    pub commentaire: Option<String>,
}

/// Performance status.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = compte_rendu::Oms)]
#[serde(default)]
pub struct Oms {
    /// Grade.
    pub code: Option<Code>,
    /// Date of the evaluation.
    pub date: Option<String>,
}

/// The evaluation of the patient.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = compte_rendu::Evaluation)]
#[serde(default)]
pub struct Evaluation {
    /// Performance status.
    pub oms: Option<Oms>,
    /// Weight.
    pub poids_kg: Option<f64>,
    /// Height.
    pub taille_cm: Option<f64>,
}

/// Geriatric screening by the G8.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = compte_rendu::G8Rendu)]
pub struct G8Rendu {
    /// How far it was filled.
    pub statut: StatutG8,
    /// The score in half points, from 0 to 34; a geriatric evaluation is advised at 28 and below.
    pub demi_points: Option<u8>,
    /// Variant of the BMI thresholds: `bellera` or `inca`.
    pub variante: Option<String>,
    /// Date of the screening.
    pub date: Option<NaiveDate>,
}

impl Default for G8Rendu {
    fn default() -> Self {
        Self { statut: StatutG8::NonConcerne, demi_points: None, variante: None, date: None }
    }
}

/// Past pregnancies.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = compte_rendu::Grossesses)]
#[serde(default)]
pub struct Grossesses {
    /// Number of pregnancies.
    pub gestite: Option<i64>,
    /// Number of births.
    pub parite: Option<i64>,
    /// Wish to have children.
    pub projet_parental: Option<String>,
}

/// Phase and progression.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = compte_rendu::Phase)]
#[serde(default)]
pub struct Phase {
    /// Initial phase or relapse.
    pub phase: Option<Code>,
    /// Date of the relapse, `AAAA-MM` or `AAAA-MM-JJ`.
    pub date_rechute: Option<String>,
    /// The disease progresses.
    pub progression: bool,
    /// Locally.
    pub locale: Option<bool>,
    /// Regionally.
    pub regionale: Option<bool>,
    /// At a distance.
    pub a_distance: Option<bool>,
}

/// A past or present treatment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = compte_rendu::TraitementPasse)]
#[serde(default)]
pub struct TraitementPasse {
    /// Kind of treatment.
    #[serde(rename = "type")]
    pub type_traitement: Option<Code>,
    /// Which one.
    pub precision: Option<String>,
    /// First day, as precise as is known.
    pub debut: Option<String>,
    /// Last day, as precise as is known.
    pub fin: Option<String>,
    /// `realise`, `en_cours` or `non_realise`.
    pub statut: Option<String>,
    /// Comment.
    pub commentaire: Option<String>,
}

/// Conclusion of an operation report.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = compte_rendu::CompteRenduOperatoire)]
#[serde(default)]
pub struct CompteRenduOperatoire {
    /// Date of the operation.
    pub date: Option<String>,
    /// Surgeon.
    pub chirurgien: Option<String>,
    /// Conclusion.
    pub conclusion: Option<String>,
}

/// Conclusion of a pathology report.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = compte_rendu::Anatomopathologie)]
#[serde(default)]
pub struct Anatomopathologie {
    /// Date of the sample.
    pub date_prelevement: Option<String>,
    /// Date of the examination.
    pub date_examen: Option<String>,
    /// Pathologist.
    pub pathologiste: Option<String>,
    /// Conclusion.
    pub conclusion: Option<String>,
}

/// Conclusion of a molecular genetics report.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = compte_rendu::Genetique)]
#[serde(default)]
pub struct Genetique {
    /// Title.
    pub titre: Option<String>,
    /// Date of the examination.
    pub date_examen: Option<String>,
    /// Biologist.
    pub biologiste: Option<String>,
    /// Conclusion.
    pub conclusion: Option<String>,
}

/// The case and the question.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = compte_rendu::Synthese)]
#[serde(default)]
pub struct Synthese {
    /// The case.
    pub cas: Option<String>,
    /// The question asked.
    pub question: Option<String>,
    /// What else must be known.
    pub autres_donnees: Option<String>,
}

/// Whether the dossier was complete.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = compte_rendu::StatutDossier)]
#[serde(default)]
pub struct StatutDossier {
    /// Complete.
    pub complet: Option<bool>,
    /// Comment.
    pub commentaire: Option<String>,
}

/// What the compte-rendu keeps of the fiche.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = compte_rendu::ExtraitFiche)]
#[serde(default)]
pub struct ExtraitFiche {
    /// Code of the fiche model.
    pub modele_code: String,
    /// Version of the fiche model.
    pub modele_version: String,
    /// Why the case is presented.
    pub motif: Motif,
    /// How the cancer was found.
    pub decouverte: Decouverte,
    /// Tumours.
    pub tumeurs: Vec<Tumeur>,
    /// Medical history.
    pub antecedents: Option<String>,
    /// Comorbidities.
    pub comorbidites: Option<String>,
    /// Evaluation.
    pub evaluation: Evaluation,
    /// Geriatric screening.
    pub g8: G8Rendu,
    /// Pregnancies.
    pub grossesses: Option<Grossesses>,
    /// What the patient wishes.
    pub souhaits_patient: Option<String>,
    /// Imaging, biology.
    pub paraclinique: Option<String>,
    /// Phase and progression.
    pub phase: Phase,
    /// Past and present treatments.
    pub traitements: Vec<TraitementPasse>,
    /// Operation report.
    pub compte_rendu_operatoire: Option<CompteRenduOperatoire>,
    /// Pathology.
    pub anatomopathologie: Option<Anatomopathologie>,
    /// Molecular genetics.
    pub genetique: Vec<Genetique>,
    /// The case and the question.
    pub synthese: Synthese,
    /// Whether the dossier was complete.
    pub statut_dossier: StatutDossier,
    /// Discussed after an emergency act.
    pub urgence_chirurgicale: bool,
    /// Comment about the patient.
    pub commentaire_patient: Option<String>,
    /// What the blocks of the model say besides the national core.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub blocs: Vec<BlocLu>,
}

/// The members of a content that have their own place in [`ExtraitFiche`].
pub const SOCLE: [&str; 18] = [
    "motif",
    "decouverte",
    "tumeurs",
    "antecedents",
    "comorbidites",
    "evaluation",
    "grossesses",
    "souhaits_patient",
    "paraclinique",
    "phase",
    "traitements",
    "compte_rendu_operatoire",
    "anatomopathologie",
    "genetique",
    "synthese",
    "statut_dossier",
    "urgence_chirurgicale",
    "commentaire_patient",
];

impl ExtraitFiche {
    /// Every coded value with the value set it belongs to.
    pub fn codes(&mut self) -> Vec<(&'static str, &mut Code)> {
        let mut codes: Vec<(&'static str, &mut Code)> = Vec::new();
        codes.extend(self.motif.nature.iter_mut().map(|c| ("nature-discussion", c)));
        codes.extend(self.motif.appareil.iter_mut().map(|c| ("rcp-appareil", c)));
        codes.extend(self.motif.organes.iter_mut().map(|c| ("rcp-organe", c)));
        codes.extend(self.motif.traitement_soins.iter_mut().map(|c| ("traitement-soins-frcp", c)));
        for tumeur in &mut self.tumeurs {
            codes.extend(tumeur.topographie.iter_mut().map(|c| ("tumeur", c)));
            codes.extend(tumeur.lateralite.iter_mut().map(|c| ("modificateur-topographique", c)));
            codes.extend(tumeur.morphologie.iter_mut().map(|c| ("morphologie", c)));
        }
        codes.extend(self.evaluation.oms.iter_mut().filter_map(|o| Some(("indice-performance-ecog", o.code.as_mut()?))));
        codes.extend(self.phase.phase.iter_mut().map(|c| ("phase-cancer", c)));
        codes.extend(self.traitements.iter_mut().filter_map(|t| Some((super::proposition::TYPE_TRAITEMENT, t.type_traitement.as_mut()?))));
        codes
    }
}
