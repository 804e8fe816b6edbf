//! Terms, purges, tombstones, and why they are refused.

mod echeance;

pub use echeance::{Contacts, Echeance, Regle, ReglesConservation};

use crate::{
    kernel::{
        ErreurMetier, Nature, Panne, Resultat,
        ids::{CompteId, GelId, PatientId, PurgeId},
        texte::{normaliser, sha256},
    },
    metier::{
        compte::model::mot_de_passe::Hachoir,
        patient::model::{IdentifiantLocal, Patient},
    },
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

crate::enum_texte! {
    /// Life of a purge.
    pub enum EtatPurge {
        /// The term has passed.
        Proposee => "proposee",
        /// Signed for the établissement.
        Visee => "visee",
        /// Granted: it will be carried out.
        Accordee => "accordee",
        /// Carried out: nothing is left.
        Executee => "executee",
        /// Set aside by a person, or because the term moved.
        Ecartee => "ecartee",
    }
}

/// A purge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Purge {
    /// Identifier.
    pub id: PurgeId,
    /// The patient.
    pub patient_id: PatientId,
    /// The rule that gives the term.
    pub regle: Regle,
    /// Last contact.
    pub dernier_contact: NaiveDate,
    /// The term.
    pub echeance: NaiveDate,
    /// State.
    pub etat: EtatPurge,
    /// When it was proposed.
    pub proposee_le: DateTime<Utc>,
    /// Account of who signed it.
    pub visee_par: Option<CompteId>,
    /// When.
    pub visee_le: Option<DateTime<Utc>>,
    /// Reference of the visa of the public archives, where one is needed.
    pub visa_archives: Option<String>,
    /// Account of who granted it.
    pub accordee_par: Option<CompteId>,
    /// When.
    pub accordee_le: Option<DateTime<Utc>>,
    /// When it was carried out.
    pub executee_le: Option<DateTime<Utc>>,
    /// Why it was set aside.
    pub motif_rejet: Option<String>,
    /// Version.
    pub version: i64,
}

impl Purge {
    /// Signs it for the établissement.
    pub fn viser(self, par: Option<CompteId>, visa_archives: Option<String>, maintenant: DateTime<Utc>) -> Result<Self, ConservationError> {
        match self.etat {
            EtatPurge::Proposee => Ok(Self {
                etat: EtatPurge::Visee,
                visee_par: par,
                visee_le: Some(maintenant),
                visa_archives,
                version: self.version + 1,
                ..self
            }),
            etat => Err(ConservationError::Etat { etat }),
        }
    }

    /// Grants it; another person than the one who signed.
    pub fn accorder(self, par: Option<CompteId>, maintenant: DateTime<Utc>) -> Result<Self, ConservationError> {
        if self.etat != EtatPurge::Visee {
            return Err(ConservationError::Etat { etat: self.etat });
        }
        if par.is_none() || par == self.visee_par {
            return Err(ConservationError::MemePersonne);
        }
        let version = self.version + 1;
        Ok(Self { etat: EtatPurge::Accordee, accordee_par: par, accordee_le: Some(maintenant), version, ..self })
    }

    /// Sets it aside, until the service proposes it again.
    pub fn ecarter(self, motif: &str) -> Result<Self, ConservationError> {
        match self.etat {
            EtatPurge::Proposee | EtatPurge::Visee | EtatPurge::Accordee => {
                Ok(Self { etat: EtatPurge::Ecartee, motif_rejet: Some(motif.to_owned()), version: self.version + 1, ..self })
            }
            etat @ (EtatPurge::Executee | EtatPurge::Ecartee) => Err(ConservationError::Etat { etat }),
        }
    }
}

/// A purge as those who sign it see it: local numbers, to find the paper file, and no identity.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PurgeVue {
    /// The purge.
    #[serde(flatten)]
    pub purge: Purge,
    /// Numbers by which établissements know the patient; none once purged.
    pub identifiants: Vec<IdentifiantLocal>,
}

/// A signature.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VisaSaisi {
    /// Reference of the visa of the public archives, where one is needed.
    #[validate(length(min = 1, max = 200, message = "De 1 à 200 caractères."))]
    pub visa_archives: Option<String>,
}

/// A reason.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MotifSaisi {
    /// Why.
    #[validate(length(min = 3, max = 500, message = "De 3 à 500 caractères."))]
    pub motif: String,
}

/// A suspension of the term, for litigation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = GelConservation)]
pub struct Gel {
    /// Identifier.
    pub id: GelId,
    /// The patient.
    pub patient_id: PatientId,
    /// Why.
    pub motif: String,
    /// Account of who set it.
    pub pose_par: Option<CompteId>,
    /// Since when.
    pub debut: DateTime<Utc>,
    /// Account of who lifted it.
    pub leve_par: Option<CompteId>,
    /// When it was lifted.
    pub fin: Option<DateTime<Utc>>,
}

/// What is left of a purged patient; also a line of the file of tombstones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PierreTombale {
    /// The patient.
    pub patient_id: PatientId,
    /// When the rows went.
    pub purgee_le: DateTime<Utc>,
    /// The rule.
    pub regle: Regle,
    /// Salted Argon2id of the identity.
    pub empreinte: String,
}

/// The traits that tell a person, folded to a fixed length.
fn cle_d_identite(patient: &Patient) -> String {
    let (nom, prenom) = (normaliser(&patient.nom_naissance), normaliser(&patient.premier_prenom));
    sha256(format!("identite|{nom}|{prenom}|{}|{}", patient.date_naissance, patient.sexe).as_bytes())
}

impl PierreTombale {
    /// The tombstone of a patient. The hash is slow on purpose: a fast one of so few traits would tell the name.
    pub fn nouvelle(patient: &Patient, regle: Regle, purgee_le: DateTime<Utc>, sel: &[u8]) -> Resultat<Self> {
        Ok(Self { patient_id: patient.id, purgee_le, regle, empreinte: Hachoir::au_plancher()?.hacher(&cle_d_identite(patient), sel)? })
    }

    /// True when the patient is the one who was purged.
    pub fn designe(&self, patient: &Patient) -> Result<bool, Panne> {
        Ok(self.patient_id == patient.id && Hachoir::au_plancher()?.verifier(&cle_d_identite(patient), Some(&self.empreinte)))
    }

    /// A line of the file.
    pub fn ligne(&self) -> Result<String, Panne> {
        serde_json::to_string(self).map(|ligne| ligne + "\n").map_err(|e| Panne::new("écriture d'une pierre tombale", e))
    }
}

/// Why a purge or a suspension is refused.
#[derive(Debug, thiserror::Error)]
pub enum ConservationError {
    /// No such purge, or not for this person.
    #[error("Cette purge n'existe pas, ou n'entre pas dans votre périmètre.")]
    Introuvable,
    /// No such suspension, or not for this person.
    #[error("Ce gel n'existe pas, ou n'entre pas dans votre périmètre.")]
    GelIntrouvable,
    /// The state does not allow it.
    #[error("Une purge {etat} n'admet pas cet acte.")]
    Etat {
        /// The state.
        etat: EtatPurge,
    },
    /// One person cannot do both.
    #[error("Une purge est visée puis accordée par deux personnes différentes.")]
    MemePersonne,
    /// The term is not there (any more).
    #[error("Le dossier n'est pas, ou n'est plus, à purger : contact récent, contentieux ou changement de règle.")]
    Caduque,
    /// Already lifted.
    #[error("Ce gel est déjà levé.")]
    GelLeve,
}

impl ErreurMetier for ConservationError {
    fn nature(&self) -> Nature {
        match self {
            Self::Introuvable | Self::GelIntrouvable => Nature::Introuvable,
            Self::Etat { .. } | Self::MemePersonne | Self::Caduque | Self::GelLeve => Nature::Conflit,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Introuvable => "purge-introuvable",
            Self::GelIntrouvable => "gel-introuvable",
            Self::Etat { .. } => "etat-de-purge",
            Self::MemePersonne => "meme-personne",
            Self::Caduque => "purge-caduque",
            Self::GelLeve => "gel-leve",
        }
    }
}
