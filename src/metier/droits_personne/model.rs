//! Requests, accounts of accesses, and why they are refused.

use crate::{
    kernel::{
        ErreurMetier, Faute, Nature,
        ids::{CompteId, DemandeDroitId, PatientId},
    },
    metier::{patient::model::IdentitePatient, trace::model::Acces},
};
use chrono::{DateTime, Months, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// Months to answer (GDPR, article 12.3).
const DELAI: Months = Months::new(1);
/// Months to answer a complex request, from its reception.
const DELAI_PROLONGE: Months = Months::new(3);

crate::enum_texte! {
    /// The right that is used.
    pub enum Droit {
        /// Access (article 15).
        Acces => "acces",
        /// Rectification (article 16).
        Rectification => "rectification",
        /// Objection (article 21).
        Opposition => "opposition",
        /// Restriction (article 18).
        Limitation => "limitation",
        /// Portability (article 20).
        Portabilite => "portabilite",
    }
}

crate::enum_texte! {
    /// Who asks.
    pub enum Demandeur {
        /// The patient.
        Patient => "patient",
        /// Parent or guardian.
        RepresentantLegal => "representant_legal",
        /// Somebody the patient empowered.
        Mandataire => "mandataire",
        /// Heir, spouse or partner of a patient who died (CSP L1110-4).
        AyantDroit => "ayant_droit",
    }
}

crate::enum_texte! {
    /// Life of a request.
    pub enum EtatDemande {
        /// Waits for somebody.
        Recue => "recue",
        /// Being dealt with.
        EnCours => "en_cours",
        /// Answered, as asked for.
        Satisfaite => "satisfaite",
        /// Answered, refused with the reasons.
        Refusee => "refusee",
    }
}

impl EtatDemande {
    /// True until it is answered.
    #[must_use]
    pub const fn ouverte(self) -> bool {
        match self {
            Self::Recue | Self::EnCours => true,
            Self::Satisfaite | Self::Refusee => false,
        }
    }
}

/// A request as it is taken down.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DemandeSaisie {
    /// The right.
    pub droit: Droit,
    /// Who asks.
    pub demandeur: Demandeur,
    /// How the identity of who asks was checked.
    #[validate(length(min = 1, max = 200, message = "De 1 à 200 caractères."))]
    pub identite_verifiee: Option<String>,
    /// What is asked, in the words of the person.
    #[validate(length(min = 3, max = 2000, message = "De 3 à 2000 caractères."))]
    pub objet: String,
    /// When it was received; today when absent.
    pub recue_le: Option<NaiveDate>,
}

impl DemandeSaisie {
    /// A request is not received in advance.
    #[must_use]
    pub fn fautes(&self, aujourd_hui: NaiveDate) -> Vec<Faute> {
        let future = self.recue_le.is_some_and(|date| date > aujourd_hui);
        future.then(|| Faute::new("/recue_le", "date-future", "La date de réception est dans l'avenir.")).into_iter().collect()
    }
}

/// The answer to a request.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReponseDemandeSaisie)]
pub struct ReponseSaisie {
    /// True when what was asked for was done.
    pub satisfaite: bool,
    /// What was answered; the reasons of a refusal.
    #[validate(length(min = 3, max = 2000, message = "De 3 à 2000 caractères."))]
    pub reponse: String,
}

/// Why an answer takes longer.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProlongationSaisie {
    /// The reason that the person was given.
    #[validate(length(min = 3, max = 500, message = "De 3 à 500 caractères."))]
    pub motif: String,
}

/// A request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DemandeDroit {
    /// Identifier.
    pub id: DemandeDroitId,
    /// Whose data it is about.
    pub patient_id: PatientId,
    /// The right.
    pub droit: Droit,
    /// Who asks.
    pub demandeur: Demandeur,
    /// How the identity of who asks was checked.
    pub identite_verifiee: Option<String>,
    /// What is asked.
    pub objet: String,
    /// When it was received.
    pub recue_le: NaiveDate,
    /// The last day to answer.
    pub echeance: NaiveDate,
    /// Why the answer takes longer, if it does.
    pub motif_prolongation: Option<String>,
    /// State.
    pub etat: EtatDemande,
    /// What was answered.
    pub reponse: Option<String>,
    /// When.
    pub repondue_le: Option<NaiveDate>,
    /// Account of who answered.
    pub repondue_par: Option<CompteId>,
    /// Account of who took it down.
    pub enregistree_par: Option<CompteId>,
    /// Version.
    pub version: i64,
    /// Creation.
    pub cree_le: DateTime<Utc>,
    /// Last change.
    pub modifie_le: DateTime<Utc>,
}

fn plus_tard(date: NaiveDate, mois: Months) -> NaiveDate {
    date.checked_add_months(mois).unwrap_or(NaiveDate::MAX)
}

impl DemandeDroit {
    /// A new request, with its deadline.
    #[must_use]
    pub fn nouvelle(
        (id, patient_id): (DemandeDroitId, PatientId),
        saisie: &DemandeSaisie,
        par: Option<CompteId>,
        (maintenant, aujourd_hui): (DateTime<Utc>, NaiveDate),
    ) -> Self {
        let recue_le = saisie.recue_le.unwrap_or(aujourd_hui);
        Self {
            id,
            patient_id,
            droit: saisie.droit,
            demandeur: saisie.demandeur,
            identite_verifiee: saisie.identite_verifiee.clone(),
            objet: saisie.objet.clone(),
            recue_le,
            echeance: plus_tard(recue_le, DELAI),
            motif_prolongation: None,
            etat: EtatDemande::Recue,
            reponse: None,
            repondue_le: None,
            repondue_par: None,
            enregistree_par: par,
            version: 1,
            cree_le: maintenant,
            modifie_le: maintenant,
        }
    }

    fn ouverte(self) -> Result<Self, DroitError> {
        if self.etat.ouverte() { Ok(self) } else { Err(DroitError::DejaRepondue) }
    }

    /// Gives it two more months, once, before the first deadline.
    pub fn prolonger(self, motif: &str, (maintenant, aujourd_hui): (DateTime<Utc>, NaiveDate)) -> Result<Self, DroitError> {
        let demande = self.ouverte()?;
        if demande.motif_prolongation.is_some() || aujourd_hui > demande.echeance {
            return Err(DroitError::Prolongation);
        }
        Ok(Self {
            echeance: plus_tard(demande.recue_le, DELAI_PROLONGE),
            motif_prolongation: Some(motif.to_owned()),
            etat: EtatDemande::EnCours,
            version: demande.version + 1,
            modifie_le: maintenant,
            ..demande
        })
    }

    /// Answers it.
    pub fn repondre(
        self,
        saisie: &ReponseSaisie,
        par: Option<CompteId>,
        (maintenant, aujourd_hui): (DateTime<Utc>, NaiveDate),
    ) -> Result<Self, DroitError> {
        let demande = self.ouverte()?;
        Ok(Self {
            etat: if saisie.satisfaite { EtatDemande::Satisfaite } else { EtatDemande::Refusee },
            reponse: Some(saisie.reponse.clone()),
            repondue_le: Some(aujourd_hui),
            repondue_par: par,
            version: demande.version + 1,
            modifie_le: maintenant,
            ..demande
        })
    }

    /// True when it should have been answered.
    #[must_use]
    pub fn en_retard(&self, aujourd_hui: NaiveDate) -> bool {
        self.etat.ouverte() && aujourd_hui > self.echeance
    }
}

/// A request as the register shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DemandeVue {
    /// The request.
    #[serde(flatten)]
    pub demande: DemandeDroit,
    /// True when it should have been answered.
    pub en_retard: bool,
}

/// The account of the accesses to the data of a patient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReleveAcces {
    /// Whose data it is.
    pub patient: IdentitePatient,
    /// When the account was made.
    pub etabli_le: DateTime<Utc>,
    /// The accesses, the oldest first.
    pub acces: Vec<Acces>,
}

/// Why a request or an export is refused.
#[derive(Debug, thiserror::Error)]
pub enum DroitError {
    /// No such request.
    #[error("Cette demande n'existe pas.")]
    Introuvable,
    /// It was answered.
    #[error("Cette demande a déjà reçu sa réponse.")]
    DejaRepondue,
    /// It was prolonged once, or its deadline has passed.
    #[error("Le délai d'une demande se prolonge une seule fois, avant son terme.")]
    Prolongation,
    /// Nothing was asked for.
    #[error(
        "Aucune demande d'accès ou de portabilité n'est ouverte pour ce patient : le délégué à la protection des données l'enregistre d'abord."
    )]
    SansDemande,
}

impl ErreurMetier for DroitError {
    fn nature(&self) -> Nature {
        match self {
            Self::Introuvable => Nature::Introuvable,
            Self::DejaRepondue | Self::Prolongation | Self::SansDemande => Nature::Conflit,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Introuvable => "demande-introuvable",
            Self::DejaRepondue => "demande-repondue",
            Self::Prolongation => "prolongation-impossible",
            Self::SansDemande => "sans-demande",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn une_demande_se_repond_en_un_mois_trois_si_elle_est_complexe() {
        let saisie = |recue: &str| DemandeSaisie {
            droit: Droit::Acces,
            demandeur: Demandeur::Patient,
            identite_verifiee: None,
            objet: "Mon dossier".into(),
            recue_le: Some(recue.parse().unwrap()),
        };
        let ids = (DemandeDroitId::new(Uuid::nil()), PatientId::new(Uuid::nil()));
        let moment = |jour: &str| (format!("{jour}T10:00:00Z").parse().unwrap(), jour.parse().unwrap());
        let demande = |recue: &str| DemandeDroit::nouvelle(ids, &saisie(recue), None, moment("2026-03-02"));
        for (recue, echeance, prolongee) in [
            ("2026-01-31", "2026-02-28", "2026-04-30"),
            ("2026-03-02", "2026-04-02", "2026-06-02"),
            ("2025-11-30", "2025-12-30", "2026-02-28"),
        ] {
            let demande = demande(recue);
            assert_eq!(demande.echeance, echeance.parse().unwrap());
            let prolongee_le = demande.clone().prolonger("Dossier volumineux", moment(recue)).unwrap();
            assert_eq!(prolongee_le.echeance, prolongee.parse().unwrap());
            assert!(matches!(prolongee_le.prolonger("Encore", moment(recue)), Err(DroitError::Prolongation)));
        }
        let demande = demande("2026-03-02");
        assert!(!demande.en_retard("2026-04-02".parse().unwrap()) && demande.en_retard("2026-04-03".parse().unwrap()));
        assert!(matches!(demande.clone().prolonger("Trop tard", moment("2026-04-03")), Err(DroitError::Prolongation)));
        let reponse = ReponseSaisie { satisfaite: true, reponse: "Remis".into() };
        let repondue = demande.repondre(&reponse, None, moment("2026-03-20")).unwrap();
        assert!(!repondue.en_retard("2027-01-01".parse().unwrap()));
        assert!(matches!(repondue.repondre(&reponse, None, moment("2026-03-21")), Err(DroitError::DejaRepondue)));
    }
}
