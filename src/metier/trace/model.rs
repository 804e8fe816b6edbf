//! The rows of the trace as they are sealed, shown and exported.

pub mod controle;
pub mod detection;
pub mod fhir;
pub mod purge;

use crate::kernel::{
    ErreurMetier, Faute, Instant, Nature, Role,
    acte::{IssueActe, MotifActe},
    ids::{AlerteAccesId, CompteId, PatientId, SessionId, TraceId},
};
use chrono::{NaiveDate, SecondsFormat};
use serde::{Deserialize, Serialize, Serializer};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

/// One row of the trace. Its JSON, without the absent fields, is what is sealed: a new field must be absent from
/// the rows written before it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct LigneTrace {
    /// Identifier.
    pub id: TraceId,
    /// When, to the microsecond.
    #[serde(serialize_with = "microsecondes")]
    #[schema(value_type = String, format = DateTime)]
    pub instant: Instant,
    /// The process that wrote the row.
    pub emetteur: Uuid,
    /// Its number among those of that process.
    pub numero: i64,
    /// Who: the account, absent for the service itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compte_id: Option<CompteId>,
    /// The name of the person, or of the process.
    pub acteur: String,
    /// The session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_id: Option<SessionId>,
    /// The role used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// Kind of what that role bore on: `region`, `centre_3c`, `etablissement`, `rcp`, `patients`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub perimetre_type: Option<String>,
    /// Which one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub perimetre_id: Option<Uuid>,
    /// Method and pattern of the operation that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// The act.
    pub action: String,
    /// Kind of the object.
    pub objet_type: String,
    /// The object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub objet_id: Option<Uuid>,
    /// Its version after the act.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub objet_version: Option<i64>,
    /// Whose data it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub patient_id: Option<PatientId>,
    /// Names of the fields, never their values.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub champs: Option<serde_json::Value>,
    /// Why; absent from the rows of before that was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub motif: Option<MotifActe>,
    /// How it ended.
    pub resultat: IssueActe,
    /// The code of the refusal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requete_id: Option<String>,
    /// The network address it came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub adresse: Option<String>,
    /// The professional in whose name a machine acted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub au_nom_de: Option<String>,
}

fn microsecondes<S: Serializer>(instant: &Instant, serialiseur: S) -> Result<S::Ok, S::Error> {
    serialiseur.serialize_str(&instant.to_rfc3339_opts(SecondsFormat::Micros, true))
}

/// A seal.
pub type Empreinte = [u8; 32];

/// What the first seal follows.
pub const ORIGINE: Empreinte = [0; 32];

impl LigneTrace {
    /// The seal of this row after the former one.
    pub fn sceller(&self, precedente: &Empreinte) -> Result<Empreinte, serde_json::Error> {
        let mut calcul = Sha256::new_with_prefix(precedente);
        calcul.update(serde_json_canonicalizer::to_vec(self)?);
        Ok(calcul.finalize().into())
    }
}

/// The moment that an identifier of version 7 was drawn at: what is left of a row that vanished.
#[must_use]
pub fn instant_de(id: TraceId) -> Option<Instant> {
    instant_du_tirage(id.uuid())
}

/// The same, of any identifier: when a process began to write.
#[must_use]
pub fn instant_du_tirage(id: Uuid) -> Option<Instant> {
    let (secondes, nanosecondes) = id.get_timestamp()?.to_unix();
    Instant::from_timestamp(i64::try_from(secondes).ok()?, nanosecondes)
}

/// The lowest identifier that can be drawn at a moment.
#[must_use]
pub fn premier_id_a(instant: Instant) -> TraceId {
    let millis = u128::try_from(instant.timestamp_millis()).unwrap_or_default();
    TraceId::new(Uuid::from_u128(millis << 80))
}

/// One seal of the chain, with the row it seals if that is still there.
#[derive(Debug, Clone)]
pub struct Maillon {
    /// Rank, from 1.
    pub rang: i64,
    /// The row.
    pub trace_id: TraceId,
    /// The seal.
    pub empreinte: Empreinte,
    /// The row as it stands.
    pub ligne: Option<LigneTrace>,
}

/// What to show of the trace.
#[derive(Debug, Clone, Default)]
pub struct FiltreTrace {
    /// From that moment on.
    pub depuis: Option<Instant>,
    /// Before that moment.
    pub avant: Option<Instant>,
    /// By that account.
    pub compte: Option<CompteId>,
    /// On that patient's data.
    pub patient: Option<PatientId>,
    /// How it ended.
    pub resultat: Option<IssueActe>,
}

/// One access to the data of a patient, as it is told to that patient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = AccesReleve)]
pub struct Acces {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub instant: Instant,
    /// Who: a person, or the service itself.
    pub acteur: String,
    /// The offices that the person held on that day.
    pub roles: Vec<String>,
    /// Where the person practises.
    pub structure: Option<String>,
    /// What was done.
    pub action: String,
    /// On what.
    pub objet: String,
    /// The object.
    pub objet_id: Option<Uuid>,
    /// The fields that changed, by name.
    pub champs: Vec<String>,
    /// Why; absent from the rows of before that was written.
    pub motif: Option<MotifActe>,
}

crate::enum_texte! {
    /// What the data protection officer thinks of an alert on accesses.
    pub enum VerdictAcces {
        /// The accesses were part of the work.
        Justifie => "justifie",
        /// Nothing is proved: to be watched.
        ASurveiller => "a_surveiller",
        /// The accesses had no reason to be.
        Injustifie => "injustifie",
    }
}

/// A rule of detection, which a region sets.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RegleAcces {
    /// What is looked for.
    pub code: detection::CodeRegle,
    /// In French.
    pub libelle: String,
    /// Whether it is looked for.
    pub active: bool,
    /// From how many on an alert is raised.
    pub seuil: i64,
    /// More settings: the hours of `hors_horaires`.
    pub parametres: Option<serde_json::Value>,
    /// Version.
    pub version: i64,
    /// Last change.
    #[schema(value_type = String, format = DateTime)]
    pub modifie_le: Instant,
}

/// What can be changed of a rule.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegleAccesSaisie {
    /// Whether it is looked for.
    pub active: bool,
    /// From how many on an alert is raised.
    #[validate(range(min = 1, max = 1_000_000, message = "De 1 à 1 000 000."))]
    pub seuil: i64,
    /// The hours of `hors_horaires`; nothing for the other rules.
    pub heures: Option<detection::Heures>,
}

/// An alert on accesses.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AlerteAcces {
    /// Identifier.
    pub id: AlerteAccesId,
    /// The rule.
    pub regle: detection::CodeRegle,
    /// The day, in Paris.
    pub jour: NaiveDate,
    /// Whom it is about, in a form that makes it unique on that day.
    #[serde(skip)]
    pub sujet: String,
    /// The account.
    pub compte_id: Option<CompteId>,
    /// The patient, for the rules that name one.
    pub patient_id: Option<PatientId>,
    /// How many were counted.
    pub nombre: i64,
    /// From how many on the rule raised an alert.
    pub seuil: i64,
    /// What was counted, without any identity of a patient.
    pub details: serde_json::Value,
    /// The verdict; absent as long as the alert waits.
    pub verdict: Option<VerdictAcces>,
    /// What was said of it.
    pub commentaire: Option<String>,
    /// By whom it was judged.
    pub juge_par: Option<CompteId>,
    /// When.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub juge_le: Option<Instant>,
    /// Version.
    pub version: i64,
    /// When it was raised.
    #[schema(value_type = String, format = DateTime)]
    pub cree_le: Instant,
}

/// A verdict on an alert.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VerdictSaisi {
    /// The verdict.
    pub verdict: VerdictAcces,
    /// What was found out.
    #[validate(length(min = 3, max = 2000, message = "De 3 à 2000 caractères."))]
    pub commentaire: String,
}

/// Refusals of this slice.
#[derive(Debug, thiserror::Error)]
pub enum TraceError {
    /// No such alert.
    #[error("Cette alerte sur les accès n'existe pas.")]
    AlerteIntrouvable,
    /// No such rule.
    #[error("Cette règle de détection n'existe pas.")]
    RegleIntrouvable,
    /// Another process seals at this very moment.
    #[error("La trace est en cours de scellement par un autre processus.")]
    ScellementConcurrent,
    /// Hours given to a rule that counts none.
    #[error("Seule la règle hors_horaires porte des heures, et elle les exige.")]
    Heures,
}

impl ErreurMetier for TraceError {
    fn nature(&self) -> Nature {
        match self {
            Self::AlerteIntrouvable | Self::RegleIntrouvable => Nature::Introuvable,
            Self::ScellementConcurrent => Nature::Conflit,
            Self::Heures => Nature::Invalide,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::AlerteIntrouvable => "alerte-acces-introuvable",
            Self::RegleIntrouvable => "regle-acces-introuvable",
            Self::ScellementConcurrent => "scellement-concurrent",
            Self::Heures => "contenu-invalide",
        }
    }

    fn fautes(&self) -> Vec<Faute> {
        match self {
            Self::Heures => vec![Faute::new("/heures", "heures-hors-horaires", self.to_string())],
            Self::AlerteIntrouvable | Self::RegleIntrouvable | Self::ScellementConcurrent => Vec::new(),
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(crate) fn ligne(n: u128) -> LigneTrace {
        LigneTrace {
            id: TraceId::new(Uuid::from_u128((1_772_355_600_000 << 80) | (7 << 76) | (2 << 62) | n)),
            instant: "2026-03-01T09:00:00Z".parse().unwrap(),
            emetteur: Uuid::nil(),
            numero: i64::try_from(n).unwrap(),
            compte_id: None,
            acteur: "Claire Martin".to_owned(),
            session_id: None,
            role: Some(Role::Secretaire),
            perimetre_type: None,
            perimetre_id: None,
            operation: None,
            action: "lire".to_owned(),
            objet_type: "patient".to_owned(),
            objet_id: None,
            objet_version: Some(3),
            patient_id: None,
            champs: Some(serde_json::json!(["nom", "prenom"])),
            motif: Some(MotifActe::Soins),
            resultat: IssueActe::Accepte,
            code: None,
            requete_id: None,
            adresse: None,
            au_nom_de: None,
        }
    }

    #[test]
    fn ce_qui_est_scelle_est_un_json_canonique_sans_les_champs_absents() {
        let canonique = serde_json_canonicalizer::to_string(&ligne(5)).unwrap();
        assert_eq!(
            canonique,
            "{\"acteur\":\"Claire Martin\",\"action\":\"lire\",\"champs\":[\"nom\",\"prenom\"],\
             \"emetteur\":\"00000000-0000-0000-0000-000000000000\",\"id\":\"019ca8a0-3e80-7000-8000-000000000005\",\
             \"instant\":\"2026-03-01T09:00:00.000000Z\",\"motif\":\"soins\",\"numero\":5,\"objet_type\":\"patient\",\
             \"objet_version\":3,\"resultat\":\"accepte\",\"role\":\"secretaire\"}"
        );
        let attendue: Empreinte = Sha256::digest([&ORIGINE[..], canonique.as_bytes()].concat()).into();
        assert_eq!(ligne(5).sceller(&ORIGINE).unwrap(), attendue);
    }

    #[test]
    fn un_identifiant_dit_encore_quand_la_ligne_disparue_fut_ecrite() {
        let instant: Instant = "2026-03-01T09:00:00Z".parse().unwrap();
        assert_eq!(instant_de(ligne(1).id), Some(instant));
        assert!(premier_id_a(instant) < ligne(0).id);
    }
}
