//! The proposal and the quorum, as the document shows them.

use super::{Code, EtatQuorum, MoyenParticipation};
use crate::{
    kernel::ids::PraticienId,
    metier::quorum::{
        model::{Assistance, Exigences},
        regle::{Cas, StatutRegle},
    },
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Value set of the kinds of treatment.
pub const TYPE_TRAITEMENT: &str = "type-traitement-frcp";

/// A national guideline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = compte_rendu::ReferentielRendu)]
pub struct ReferentielRendu {
    /// Name.
    pub nom: String,
    /// Version.
    pub version: String,
    /// Date of the version.
    pub date: NaiveDate,
}

/// One treatment of an intention.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = compte_rendu::TraitementRendu)]
pub struct TraitementRendu {
    /// Rank in the sequence, from 1; the same rank for treatments given together.
    pub sequence: u32,
    /// Kind of treatment.
    pub type_traitement: Code,
    /// Which one.
    pub precision: Option<String>,
    /// First day proposed.
    pub debut: Option<NaiveDate>,
    /// Last day proposed.
    pub fin: Option<NaiveDate>,
}

/// One strategy: the first choice has rank 1, its alternatives follow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = compte_rendu::IntentionRendue)]
pub struct IntentionRendue {
    /// Rank, from 1.
    pub rang: u32,
    /// Its treatments.
    pub traitements: Vec<TraitementRendu>,
}

/// An examination or expertise asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = compte_rendu::ExamenRendu)]
pub struct ExamenRendu {
    /// Which one, and why.
    pub texte: String,
    /// Earliest date.
    pub au_plus_tot: Option<NaiveDate>,
    /// Latest date.
    pub au_plus_tard: Option<NaiveDate>,
}

/// Inclusion in a clinical trial.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = compte_rendu::EssaiRendu)]
pub struct EssaiRendu {
    /// True when an inclusion is proposed.
    pub propose: bool,
    /// Name of the trial.
    pub nom: Option<String>,
}

/// What the meeting proposes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = compte_rendu::PropositionRendue)]
#[serde(default)]
pub struct PropositionRendue {
    /// Strategies, by rank.
    pub intentions: Vec<IntentionRendue>,
    /// Follow-up.
    pub surveillance: Option<String>,
    /// Examinations asked for.
    pub examens: Vec<ExamenRendu>,
    /// True when the case must go to a recours RCP.
    pub passage_recours: bool,
    /// Clinical trial.
    pub essai_clinique: Option<EssaiRendu>,
    /// True when stopping the cancer treatment is proposed.
    pub arret_traitement: bool,
    /// The opinion in one text.
    pub synthese: Option<String>,
    /// Comment.
    pub commentaire: Option<String>,
}

impl PropositionRendue {
    /// Every coded value with the value set it belongs to.
    pub fn codes(&mut self) -> impl Iterator<Item = (&'static str, &mut Code)> {
        self.intentions.iter_mut().flat_map(|i| i.traitements.iter_mut()).map(|t| (TYPE_TRAITEMENT, &mut t.type_traitement))
    }
}

/// One clause of the composition rule, judged on the case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = compte_rendu::ClauseRendue)]
pub struct ClauseRendue {
    /// Identifier in the rule.
    pub id: String,
    /// What it asks for.
    pub libelle: String,
    /// `requise`, `recommandee` or `si_pertinente`.
    pub niveau: String,
    /// True when somebody holds it.
    pub satisfaite: bool,
    /// Who holds it.
    pub praticien_id: Option<PraticienId>,
    /// « Dr Anne DELTA ».
    pub par: Option<String>,
    /// How.
    pub moyen: Option<MoyenParticipation>,
}

/// The composition of the case by one rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = compte_rendu::RegleComparee)]
pub struct RegleComparee {
    /// Code of the rule.
    pub regle_code: String,
    /// Version of the rule.
    pub regle_version: String,
    /// How much it can be relied on.
    pub statut: StatutRegle,
    /// What it gives.
    pub composition: EtatQuorum,
}

impl RegleComparee {
    /// The composition of a case by what a rule requires.
    #[must_use]
    pub fn de(exigences: &Exigences, cas: &Cas, assistance: &Assistance) -> Self {
        let resultat = exigences.evaluer(cas, assistance);
        Self {
            regle_code: resultat.regle_code,
            regle_version: resultat.regle_version,
            statut: exigences.regle.statut,
            composition: resultat.composition,
        }
    }
}

/// The quorum counted on the case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = compte_rendu::QuorumRendu)]
pub struct QuorumRendu {
    /// Code of the composition rule.
    pub regle_code: String,
    /// Version of the rule.
    pub regle_version: String,
    /// HAS quorum: three doctors of different specialties.
    pub has: EtatQuorum,
    /// Quorum by the composition rule.
    pub composition: EtatQuorum,
    /// The specialties that the HAS quorum counted.
    pub groupes_has: Vec<String>,
    /// The clauses of the rule.
    pub clauses: Vec<ClauseRendue>,
    /// Labels of the required clauses that nobody held.
    pub manquantes: Vec<String>,
    /// What the composition gives by this rule, and by those that the region compares it with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub comparaisons: Vec<RegleComparee>,
}
