//! What the region, an établissement and a patient decide on deliveries.

use crate::kernel::{Faute, Refus, courriel::DomainesSecurises, ids::EtablissementId};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// What the region decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Reglages {
    /// Days after which what has left and is not read is looked at.
    pub non_lue_apres_jours: i64,
    /// True to feed the DMP by the platforms of the établissements.
    pub envoi_dmp: bool,
    /// True to send to the patients who asked for it.
    pub envoi_patient: bool,
    /// Domain of the patients' secure mailboxes.
    #[schema(example = "patient.mssante.fr")]
    pub domaine_patient: String,
    /// Version.
    pub version: i64,
    /// Last change.
    pub modifie_le: DateTime<Utc>,
}

/// What the region decides, as it is typed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReglagesSaisis {
    /// Days after which what has left and is not read is looked at.
    #[validate(range(min = 1, max = 365, message = "De 1 à 365 jours."))]
    pub non_lue_apres_jours: i64,
    /// True to feed the DMP by the platforms of the établissements.
    pub envoi_dmp: bool,
    /// True to send to the patients who asked for it.
    pub envoi_patient: bool,
    /// Domain of the patients' secure mailboxes.
    #[validate(length(min = 3, max = 253, message = "De 3 à 253 caractères."))]
    pub domaine_patient: String,
}

impl ReglagesSaisis {
    /// The domain of the patients is one of the trust space.
    pub fn verifier(&self, domaines: &DomainesSecurises) -> Result<(), Refus> {
        if domaines.admettre(&format!("a@{}", self.domaine_patient)).is_some() {
            return Ok(());
        }
        let message = "Ce domaine n'appartient pas à l'espace de confiance MSSanté.";
        Err(Refus::invalide(vec![Faute::new("/domaine_patient", "domaine-non-securise", message)]))
    }
}

/// Whether the hospital system of an établissement takes documents from its folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DepotDpi {
    /// The établissement.
    pub etablissement_id: EtablissementId,
    /// True when it does.
    pub actif: bool,
    /// Name of its folder, under the one that the service is given: its FINESS.
    pub dossier: String,
    /// Version; 0 when nothing was ever decided.
    pub version: i64,
}

/// The same, as it is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DepotDpiSaisi {
    /// True when its system takes documents from its folder.
    pub actif: bool,
}

/// Whether a patient asked to receive the comptes-rendus in the own secure mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct DemandePatient {
    /// True when the patient asked for it; false when never asked or taken back.
    pub demandee: bool,
    /// When the patient said so.
    pub exprimee_le: Option<NaiveDate>,
    /// Version; 0 when nothing was ever said.
    pub version: i64,
}

/// The same, as it is taken down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DemandePatientSaisie {
    /// True when the patient asks for it, false when the patient takes it back.
    pub demandee: bool,
    /// When the patient said so; today when absent.
    pub exprimee_le: Option<NaiveDate>,
}
