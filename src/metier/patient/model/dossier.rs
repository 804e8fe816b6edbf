//! The dossier: one cancer of one patient.

use super::PatientError;
use crate::kernel::{
    Faute, Instant,
    ids::{DossierId, PatientId, PraticienId},
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

crate::enum_texte! {
    /// Life of a dossier.
    pub enum EtatDossier {
        /// Fiches may be added.
        Ouvert => "ouvert",
        /// Read-only.
        Clos => "clos",
    }
}

/// What is typed of a dossier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DossierSaisi {
    /// What the dossier is called.
    #[validate(length(min = 1, max = 200, message = "De 1 à 200 caractères."))]
    #[schema(example = "Adénocarcinome du sein gauche")]
    pub libelle: String,
    /// Topography (CIM-10).
    #[validate(length(min = 3, max = 10, message = "De 3 à 10 caractères."))]
    #[schema(example = "C50.9")]
    pub topographie: Option<String>,
    /// Date of diagnosis.
    pub date_diagnostic: Option<NaiveDate>,
    /// Referring doctor, in the directory.
    pub referent_id: Option<PraticienId>,
}

impl DossierSaisi {
    /// What breaks the rules for a patient born on that day, at a date.
    #[must_use]
    pub fn fautes(&self, naissance: NaiveDate, aujourd_hui: NaiveDate) -> Vec<Faute> {
        let mut fautes = Vec::new();
        if self.libelle.trim().is_empty() {
            fautes.push(Faute::new("/libelle", "obligatoire", "Ce champ est obligatoire."));
        }
        if self.date_diagnostic.is_some_and(|date| date > aujourd_hui) {
            fautes.push(Faute::new("/date_diagnostic", "date-future", "La date de diagnostic est dans l'avenir."));
        }
        if self.date_diagnostic.is_some_and(|date| date < naissance) {
            fautes.push(Faute::new("/date_diagnostic", "date-incoherente", "Le diagnostic précède la naissance."));
        }
        fautes
    }
}

/// A dossier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Dossier {
    /// Identifier.
    pub id: DossierId,
    /// Whose it is.
    pub patient_id: PatientId,
    /// What it is called.
    pub libelle: String,
    /// Topography (CIM-10).
    pub topographie: Option<String>,
    /// Date of diagnosis.
    pub date_diagnostic: Option<NaiveDate>,
    /// Referring doctor.
    pub referent_id: Option<PraticienId>,
    /// Open or closed.
    pub etat: EtatDossier,
    /// Version.
    pub version: i64,
    /// Creation.
    pub cree_le: DateTime<Utc>,
    /// Last change.
    pub modifie_le: DateTime<Utc>,
}

impl Dossier {
    /// A new dossier, open.
    #[must_use]
    pub fn nouveau(id: DossierId, patient_id: PatientId, saisi: &DossierSaisi, maintenant: Instant) -> Self {
        Self {
            id,
            patient_id,
            libelle: saisi.libelle.trim().to_owned(),
            topographie: saisi.topographie.clone(),
            date_diagnostic: saisi.date_diagnostic,
            referent_id: saisi.referent_id,
            etat: EtatDossier::Ouvert,
            version: 1,
            cree_le: maintenant,
            modifie_le: maintenant,
        }
    }

    /// The dossier after a change; a closed one does not change.
    pub fn modifie(&self, saisi: &DossierSaisi, maintenant: Instant) -> Result<Self, PatientError> {
        match self.etat {
            EtatDossier::Ouvert => {
                Ok(Self { version: self.version + 1, cree_le: self.cree_le, ..Self::nouveau(self.id, self.patient_id, saisi, maintenant) })
            }
            EtatDossier::Clos => Err(PatientError::DossierClos),
        }
    }

    /// Closes an open dossier.
    pub fn clore(self, maintenant: Instant) -> Result<Self, PatientError> {
        match self.etat {
            EtatDossier::Ouvert => Ok(self.passe_a(EtatDossier::Clos, maintenant)),
            EtatDossier::Clos => Err(PatientError::DossierClos),
        }
    }

    /// Reopens a closed dossier.
    pub fn rouvrir(self, maintenant: Instant) -> Result<Self, PatientError> {
        match self.etat {
            EtatDossier::Ouvert => Err(PatientError::DossierOuvert),
            EtatDossier::Clos => Ok(self.passe_a(EtatDossier::Ouvert, maintenant)),
        }
    }

    fn passe_a(self, etat: EtatDossier, maintenant: Instant) -> Self {
        Self { etat, version: self.version + 1, modifie_le: maintenant, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn saisi() -> DossierSaisi {
        DossierSaisi {
            libelle: "Sein gauche".into(),
            topographie: None,
            date_diagnostic: Some("2025-11-03".parse().unwrap()),
            referent_id: None,
        }
    }

    fn instant() -> Instant {
        "2026-03-01T10:00:00Z".parse().unwrap()
    }

    #[test]
    fn un_dossier_clos_ne_change_plus_avant_d_etre_rouvert() {
        let nil = uuid::Uuid::nil();
        let ouvert = Dossier::nouveau(DossierId::new(nil), PatientId::new(nil), &saisi(), instant());
        assert!(matches!(ouvert.clone().rouvrir(instant()), Err(PatientError::DossierOuvert)));
        let clos = ouvert.clore(instant()).unwrap();
        assert_eq!((clos.etat, clos.version), (EtatDossier::Clos, 2));
        assert!(matches!(clos.modifie(&saisi(), instant()), Err(PatientError::DossierClos)));
        assert!(matches!(clos.clone().clore(instant()), Err(PatientError::DossierClos)));
        let rouvert = clos.rouvrir(instant()).unwrap();
        assert_eq!(rouvert.modifie(&saisi(), instant()).unwrap().version, 4);
    }

    #[test]
    fn le_diagnostic_se_situe_entre_la_naissance_et_aujourd_hui() {
        let codes = |diagnostic: &str| -> Vec<String> {
            let saisi = DossierSaisi { date_diagnostic: Some(diagnostic.parse().unwrap()), ..saisi() };
            saisi.fautes("1950-02-28".parse().unwrap(), "2026-03-01".parse().unwrap()).into_iter().map(|f| f.code).collect()
        };
        assert!(codes("1950-02-28").is_empty());
        assert!(codes("2026-03-01").is_empty());
        assert_eq!(codes("1950-02-27"), ["date-incoherente"]);
        assert_eq!(codes("2026-03-02"), ["date-future"]);
    }
}
