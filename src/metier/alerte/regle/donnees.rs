//! What conditions see of a case, as types. [`super::dictionnaire`] tells each variable in French.

use crate::{
    kernel::identite::StatutIdentite,
    metier::{
        annuaire::model::PROFESSION_MEDECIN,
        inscription::model::EtatInscription,
        patient::model::{ObjetOpposition, Sexe},
        quorum::model::{EtatQuorum, MoyenParticipation},
        rcp::model::{CategorieRecours, NatureRcp, NiveauRcp, TypeRcp},
        reunion::model::EtatReunion,
    },
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// What conditions see of a case. A member without value is absent: `has(fiche.decouverte)`. The
/// members of the elements of a list are always there: a text is empty when there is nothing to tell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contexte {
    /// The patient.
    pub patient: ContextePatient,
    /// The dossier of the fiche.
    pub dossier: ContexteDossier,
    /// The content of the fiche.
    pub fiche: Value,
    /// The model of the fiche.
    pub modele: ContexteModele,
    /// The tumours of the fiche.
    pub tumeurs: Vec<ContexteTumeur>,
    /// What the model of the fiche computes, by code of the derived value.
    pub calcul: Map<String, Value>,
    /// The G8 screening.
    pub g8: ContexteG8,
    /// The meeting.
    pub reunion: ContexteReunion,
    /// The RCP that holds it.
    pub rcp: ContexteRcp,
    /// The registration.
    pub inscription: ContexteInscription,
    /// Days between a fact and the meeting.
    pub delais: ContexteDelais,
    /// The quorum of the case.
    pub quorum: ContexteQuorum,
    /// Who takes part in the case, in the room or in writing.
    pub participants: Vec<ContexteParticipant>,
    /// What other meetings knew of the patient.
    pub historique: ContexteHistorique,
}

/// `patient` in conditions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContextePatient {
    /// Completed years on the day of the meeting, in Paris.
    pub age: u32,
    /// Sex.
    pub sexe: Sexe,
    /// Status of the identity.
    pub statut_identite: StatutIdentite,
    /// True when a médecin traitant is known.
    pub medecin_traitant: bool,
    /// True when the médecin traitant has a secure address.
    pub adresse_securisee: bool,
    /// Oppositions in force.
    pub oppositions: Vec<ObjetOpposition>,
}

/// `dossier` in conditions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContexteDossier {
    /// Topography (CIM-10).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topographie: Option<String>,
    /// Date of diagnosis.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_diagnostic: Option<NaiveDate>,
    /// True when a referring doctor is known.
    pub referent: bool,
}

/// `modele` in conditions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContexteModele {
    /// Code.
    pub code: String,
    /// Version.
    pub version: String,
    /// The members that a content may hold: a rule asks only for what the fiche can answer.
    pub champs: Vec<String>,
}

/// An element of `tumeurs` in conditions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContexteTumeur {
    /// Topography (CIM-10).
    pub topographie: String,
    /// Morphology (CIM-O-3).
    pub morphologie: String,
}

impl ContexteTumeur {
    /// The tumours of a content, coded or not.
    #[must_use]
    pub fn lire(contenu: &Value) -> Vec<Self> {
        let texte = |tumeur: &Value, cle: &str| tumeur.get(cle).and_then(Value::as_str).unwrap_or_default().to_owned();
        let tumeurs = contenu.get("tumeurs").and_then(Value::as_array).into_iter().flatten();
        tumeurs.map(|t| Self { topographie: texte(t, "topographie"), morphologie: texte(t, "morphologie") }).collect()
    }
}

/// `g8` in conditions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContexteG8 {
    /// `non_concerne`, `non_fait`, `incomplet` or `fait`.
    pub etat: String,
    /// Twice the score, when done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub demi_points: Option<u8>,
    /// The score as it is written (« 13,5 »), when done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score: Option<String>,
}

/// `reunion` in conditions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContexteReunion {
    /// Day of the meeting, in Paris.
    pub date: NaiveDate,
    /// State of the meeting.
    pub etat: EtatReunion,
}

/// `rcp` in conditions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContexteRcp {
    /// Short code.
    pub code: String,
    /// Regulatory type.
    pub type_rcp: TypeRcp,
    /// Category, for an RCP de recours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub categorie_recours: Option<CategorieRecours>,
    /// National network, for rare cancers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reseau_cancer_rare: Option<String>,
    /// Nature of the discussion.
    pub nature: NatureRcp,
    /// Appareil.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub appareil: Option<String>,
    /// Organs.
    pub organes: Vec<String>,
    /// Treatment or supportive care.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub traitement_soins: Option<String>,
    /// Theme.
    pub theme: String,
    /// Territory that it serves.
    pub niveau: NiveauRcp,
    /// Counted as an expertise RCP.
    pub expertise: bool,
}

/// `inscription` in conditions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContexteInscription {
    /// State of the registration.
    pub etat: EtatInscription,
    /// Registered after the deadline of the meeting.
    pub hors_delai: bool,
    /// Comes from a meeting that postponed the case.
    pub reportee: bool,
    /// Types of the proposed treatments (value set `type-traitement-frcp`).
    pub traitements_proposes: Vec<String>,
    /// The answer sends the case to an RCP de recours.
    pub passage_recours: bool,
    /// The answer stops the treatments of the cancer.
    pub arret_traitement: bool,
    /// What the answer says of clinical trials.
    pub essai: ReponseEssai,
}

crate::enum_texte! {
    /// What the answer of a meeting says of clinical trials.
    pub enum ReponseEssai {
        /// Nothing.
        NonRenseigne => "non_renseigne",
        /// An inclusion is proposed.
        Propose => "propose",
        /// None is.
        NonPropose => "non_propose",
    }
}

/// `delais` in conditions: whole days from a fact to the day of the meeting, when the fact is known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ContexteDelais {
    /// From the creation of the fiche.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fiche: Option<i64>,
    /// From the registration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inscription: Option<i64>,
    /// From the diagnosis.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub diagnostic: Option<i64>,
    /// From the sampling.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prelevement: Option<i64>,
    /// From the pathology report.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub anatomopathologie: Option<i64>,
    /// From the operation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation: Option<i64>,
}

/// `quorum` in conditions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContexteQuorum {
    /// HAS rule; `indetermine` as long as the case is not decided.
    pub has: EtatQuorum,
    /// Composition rule; the same.
    pub composition: EtatQuorum,
    /// Names of the missing places.
    pub manquantes: Vec<String>,
}

/// An element of `participants` in conditions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ContexteParticipant {
    /// Profession (TRE G15).
    pub profession: String,
    /// Specialty (JDV J01).
    pub specialite: String,
    /// Group of the specialty (`referentiels/specialites.json`).
    pub groupe: String,
    /// `presence`, `visio` or `avis_ecrit`.
    pub moyen: MoyenParticipation,
    /// Clauses of the quorum rule that the RCP designated the person for.
    pub clauses: Vec<String>,
}

impl Default for ContexteParticipant {
    /// A doctor in the room: what trials start from.
    fn default() -> Self {
        Self {
            profession: PROFESSION_MEDECIN.to_owned(),
            specialite: String::new(),
            groupe: String::new(),
            moyen: MoyenParticipation::Presence,
            clauses: Vec::new(),
        }
    }
}

/// `historique` in conditions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ContexteHistorique {
    /// Former meetings that discussed or recorded the patient's case.
    pub nombre: usize,
    /// The same, for this dossier.
    pub nombre_dossier: usize,
    /// Day of the last of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dernier: Option<NaiveDate>,
    /// Days from it to this meeting.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jours_depuis_dernier: Option<i64>,
    /// Other registrations of the patient, former and to come, the most recent first.
    pub passages: Vec<ContextePassage>,
}

/// An element of `historique.passages` in conditions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ContextePassage {
    /// Day of the meeting.
    pub date: NaiveDate,
    /// Code of the RCP.
    pub rcp: String,
    /// Regulatory type.
    pub type_rcp: TypeRcp,
    /// Category of an RCP de recours.
    pub categorie_recours: String,
    /// National network, for rare cancers.
    pub reseau_cancer_rare: String,
    /// Appareil.
    pub appareil: String,
    /// Treatment or supportive care.
    pub traitement_soins: String,
    /// Theme.
    pub theme: String,
    /// True for the dossier of this fiche.
    pub meme_dossier: bool,
    /// State of the registration.
    pub etat: EtatInscription,
    /// The meeting is not validated yet, and the case stands on its agenda.
    pub a_venir: bool,
    /// The meeting is validated and its answer is the opinion of an RCP.
    pub avis_rendu: bool,
}

impl Default for ContextePassage {
    /// The opinion of a standard RCP on the same dossier: what trials start from.
    fn default() -> Self {
        Self {
            date: NaiveDate::default(),
            rcp: String::new(),
            type_rcp: TypeRcp::Standard,
            categorie_recours: String::new(),
            reseau_cancer_rare: String::new(),
            appareil: String::new(),
            traitement_soins: String::new(),
            theme: String::new(),
            meme_dossier: true,
            etat: EtatInscription::Discutee,
            a_venir: false,
            avis_rendu: true,
        }
    }
}

impl Contexte {
    /// An ordinary case: a woman of 60 whose identity is qualified and whose médecin traitant can be
    /// reached, registered in time at a standard RCP of senology, with an empty fiche. Trials start
    /// from it.
    #[must_use]
    pub fn ordinaire() -> Self {
        Self {
            patient: ContextePatient {
                age: 60,
                sexe: Sexe::Feminin,
                statut_identite: StatutIdentite::Qualifiee,
                medecin_traitant: true,
                adresse_securisee: true,
                oppositions: Vec::new(),
            },
            dossier: ContexteDossier { topographie: None, date_diagnostic: None, referent: true },
            fiche: json!({}),
            modele: ContexteModele { code: "socle-frcp".to_owned(), version: "2025.01".to_owned(), champs: Vec::new() },
            tumeurs: Vec::new(),
            calcul: Map::new(),
            g8: ContexteG8 { etat: "non_concerne".to_owned(), demi_points: None, score: None },
            reunion: ContexteReunion { date: NaiveDate::from_ymd_opt(2026, 3, 5).unwrap_or_default(), etat: EtatReunion::Planifiee },
            rcp: ContexteRcp {
                code: "SENO".to_owned(),
                type_rcp: TypeRcp::Standard,
                categorie_recours: None,
                reseau_cancer_rare: None,
                nature: NatureRcp::AppareilOrgane,
                appareil: Some("76752008".to_owned()),
                organes: vec!["76752008".to_owned()],
                traitement_soins: None,
                theme: "senologie".to_owned(),
                niveau: NiveauRcp::Territorial,
                expertise: false,
            },
            inscription: ContexteInscription {
                etat: EtatInscription::Inscrite,
                hors_delai: false,
                reportee: false,
                traitements_proposes: Vec::new(),
                passage_recours: false,
                arret_traitement: false,
                essai: ReponseEssai::NonRenseigne,
            },
            delais: ContexteDelais::default(),
            quorum: ContexteQuorum { has: EtatQuorum::Indetermine, composition: EtatQuorum::Indetermine, manquantes: Vec::new() },
            participants: Vec::new(),
            historique: ContexteHistorique::default(),
        }
    }
}
