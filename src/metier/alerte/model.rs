//! Alerts and their life-cycle.

use super::regle::Declenchement;
use crate::kernel::{
    ErreurMetier, Instant, Nature,
    ids::{AlerteId, CompteId, InscriptionId, PatientId},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

crate::enum_texte! {
    /// How much an alert weighs. The order is that in which alerts are shown.
    pub enum NiveauAlerte {
        /// Prevents the validation of the compte-rendu.
        Bloquante => "bloquante",
        /// Asks for an act.
        ATraiter => "a_traiter",
        /// Only tells.
        Information => "information",
    }
}

crate::enum_texte! {
    /// State of an alert.
    pub enum EtatAlerte {
        /// What it tells is true.
        Active => "active",
        /// Somebody answered for it.
        Acquittee => "acquittee",
        /// What it tells is no longer true.
        Levee => "levee",
    }
}

/// An acknowledgement, as it is typed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Acquittement {
    /// Why the alert is answered for.
    #[validate(length(min = 3, max = 1000, message = "De 3 à 1000 caractères."))]
    #[schema(example = "Évaluation oncogériatrique programmée le 12 mars.")]
    pub motif: String,
}

/// An alert raised on a registration: one for each rule at most.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Alerte {
    /// Identifier.
    pub id: AlerteId,
    /// Registration it bears on.
    pub inscription_id: InscriptionId,
    /// Whose data it is.
    pub patient_id: PatientId,
    /// Code of the rule.
    #[schema(example = "g8-a-partir-de-75")]
    pub regle_code: String,
    /// Version of the rule.
    #[schema(example = "2026-01")]
    pub regle_version: String,
    /// How much it weighs.
    pub niveau: NiveauAlerte,
    /// True when it may be acknowledged.
    pub acquittable: bool,
    /// What is to be known, in French.
    pub message: String,
    /// What is advised, in French.
    pub action_conseillee: Option<String>,
    /// Who helps, in French.
    pub contact: Option<String>,
    /// State.
    pub etat: EtatAlerte,
    /// Why it was answered for.
    pub motif_acquittement: Option<String>,
    /// Account of the person who answered for it.
    pub acquittee_par: Option<CompteId>,
    /// When.
    pub acquittee_le: Option<DateTime<Utc>>,
    /// Version.
    pub version: i64,
    /// First time it was raised.
    pub cree_le: DateTime<Utc>,
    /// Last change.
    pub modifie_le: DateTime<Utc>,
}

impl Alerte {
    /// A rule that fires for the first time on a registration.
    #[must_use]
    pub fn nouvelle(
        id: AlerteId,
        (inscription_id, patient_id): (InscriptionId, PatientId),
        d: &Declenchement,
        maintenant: Instant,
    ) -> Self {
        Self {
            id,
            inscription_id,
            patient_id,
            regle_code: d.regle_code.clone(),
            regle_version: d.regle_version.clone(),
            niveau: d.niveau,
            acquittable: d.acquittable,
            message: d.message.clone(),
            action_conseillee: d.action_conseillee.clone(),
            contact: d.contact.clone(),
            etat: EtatAlerte::Active,
            motif_acquittement: None,
            acquittee_par: None,
            acquittee_le: None,
            version: 1,
            cree_le: maintenant,
            modifie_le: maintenant,
        }
    }

    fn dit(&self, d: &Declenchement) -> bool {
        self.regle_version == d.regle_version
            && self.niveau == d.niveau
            && self.acquittable == d.acquittable
            && self.message == d.message
            && self.action_conseillee == d.action_conseillee
            && self.contact == d.contact
    }

    /// The alert when its rule fires again; `None` when that changes nothing. What is said otherwise,
    /// or comes back after having been lifted, must be answered for anew.
    #[must_use]
    pub fn declenchee(&self, d: &Declenchement, maintenant: Instant) -> Option<Self> {
        match self.etat {
            EtatAlerte::Active | EtatAlerte::Acquittee if self.dit(d) => None,
            EtatAlerte::Active | EtatAlerte::Acquittee | EtatAlerte::Levee => Some(Self {
                version: self.version + 1,
                cree_le: self.cree_le,
                ..Self::nouvelle(self.id, (self.inscription_id, self.patient_id), d, maintenant)
            }),
        }
    }

    /// The alert when its rule no longer fires; `None` when it was lifted already.
    #[must_use]
    pub fn levee(&self, maintenant: Instant) -> Option<Self> {
        match self.etat {
            EtatAlerte::Active | EtatAlerte::Acquittee => {
                Some(Self { etat: EtatAlerte::Levee, version: self.version + 1, modifie_le: maintenant, ..self.clone() })
            }
            EtatAlerte::Levee => None,
        }
    }

    /// Answers for an active alert.
    pub fn acquitter(self, motif: &str, par: Option<CompteId>, maintenant: Instant) -> Result<Self, AlerteError> {
        if self.niveau == NiveauAlerte::Bloquante {
            return Err(AlerteError::Bloquante);
        }
        if !self.acquittable {
            return Err(AlerteError::NonAcquittable);
        }
        match self.etat {
            EtatAlerte::Active => Ok(Self {
                etat: EtatAlerte::Acquittee,
                motif_acquittement: Some(motif.trim().to_owned()),
                acquittee_par: par,
                acquittee_le: Some(maintenant),
                version: self.version + 1,
                modifie_le: maintenant,
                ..self
            }),
            EtatAlerte::Acquittee => Err(AlerteError::DejaAcquittee),
            EtatAlerte::Levee => Err(AlerteError::Levee),
        }
    }

    /// True when the validation of the compte-rendu must wait.
    #[must_use]
    pub fn bloque(&self) -> bool {
        self.niveau == NiveauAlerte::Bloquante && self.etat != EtatAlerte::Levee
    }
}

/// Why an alert refuses.
#[derive(Debug, thiserror::Error)]
pub enum AlerteError {
    /// No such alert, or not for this person.
    #[error("Cette alerte n'existe pas, ou n'entre pas dans votre périmètre.")]
    Introuvable,
    /// A blocking alert.
    #[error("Une alerte bloquante ne s'acquitte pas : corrigez ce qu'elle signale, ou retirez l'inscription.")]
    Bloquante,
    /// The rule does not admit it.
    #[error("Cette alerte ne s'acquitte pas : elle se lève quand ce qu'elle signale est corrigé.")]
    NonAcquittable,
    /// Somebody answered for it already.
    #[error("Cette alerte est déjà acquittée.")]
    DejaAcquittee,
    /// What it told is no longer true.
    #[error("Cette alerte est levée : il n'y a plus rien à acquitter.")]
    Levee,
}

impl ErreurMetier for AlerteError {
    fn nature(&self) -> Nature {
        match self {
            Self::Introuvable => Nature::Introuvable,
            Self::Bloquante | Self::NonAcquittable | Self::DejaAcquittee | Self::Levee => Nature::Conflit,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Introuvable => "alerte-introuvable",
            Self::Bloquante => "alerte-bloquante",
            Self::NonAcquittable => "alerte-non-acquittable",
            Self::DejaAcquittee => "alerte-deja-acquittee",
            Self::Levee => "alerte-levee",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instant() -> Instant {
        "2026-03-01T10:00:00Z".parse().unwrap()
    }

    fn declenchement(message: &str) -> Declenchement {
        Declenchement {
            regle_code: "g8".into(),
            regle_version: "1".into(),
            cas: 1,
            niveau: NiveauAlerte::ATraiter,
            acquittable: true,
            message: message.into(),
            action_conseillee: None,
            contact: None,
        }
    }

    fn alerte(d: &Declenchement) -> Alerte {
        let nil = uuid::Uuid::nil();
        Alerte::nouvelle(AlerteId::new(nil), (InscriptionId::new(nil), PatientId::new(nil)), d, instant())
    }

    #[test]
    fn un_acquittement_tient_tant_que_la_regle_dit_la_meme_chose() {
        let d = declenchement("G8 non fait");
        let acquittee = alerte(&d).acquitter(" Refus du patient ", None, instant()).unwrap();
        assert_eq!((acquittee.etat, acquittee.motif_acquittement.as_deref()), (EtatAlerte::Acquittee, Some("Refus du patient")));
        assert_eq!(acquittee.declenchee(&d, instant()), None);

        let autre_version = Declenchement { regle_version: "2".into(), ..d.clone() };
        let autre_texte = declenchement("G8 de 13 sur 17");
        let autre_niveau = Declenchement { niveau: NiveauAlerte::Information, ..d.clone() };
        for change in [autre_version, autre_texte, autre_niveau] {
            let apres = acquittee.declenchee(&change, instant()).unwrap();
            assert_eq!((apres.etat, apres.motif_acquittement.clone(), apres.version), (EtatAlerte::Active, None, 3), "{change:?}");
        }
    }

    #[test]
    fn une_alerte_levee_garde_son_histoire_et_se_releve_a_neuf() {
        let d = declenchement("G8 non fait");
        let active = alerte(&d);
        assert_eq!(active.declenchee(&d, instant()), None);
        let levee = active.acquitter("Refus", None, instant()).unwrap().levee(instant()).unwrap();
        assert_eq!((levee.etat, levee.motif_acquittement.as_deref()), (EtatAlerte::Levee, Some("Refus")));
        assert_eq!(levee.levee(instant()), None);
        let relevee = levee.declenchee(&d, instant()).unwrap();
        assert_eq!((relevee.etat, relevee.motif_acquittement, relevee.version), (EtatAlerte::Active, None, 4));
    }

    #[test]
    fn on_n_acquitte_ni_une_alerte_bloquante_ni_deux_fois_la_meme() {
        let d = declenchement("G8 non fait");
        let bloquante = Declenchement { niveau: NiveauAlerte::Bloquante, acquittable: false, ..d.clone() };
        assert!(alerte(&bloquante).bloque());
        assert!(matches!(alerte(&bloquante).acquitter("motif", None, instant()), Err(AlerteError::Bloquante)));
        let ferme = Declenchement { acquittable: false, ..d.clone() };
        assert!(matches!(alerte(&ferme).acquitter("motif", None, instant()), Err(AlerteError::NonAcquittable)));
        let acquittee = alerte(&d).acquitter("motif", None, instant()).unwrap();
        assert!(matches!(acquittee.acquitter("motif", None, instant()), Err(AlerteError::DejaAcquittee)));
        let levee = alerte(&d).levee(instant()).unwrap();
        assert!(!levee.bloque());
        assert!(matches!(levee.acquitter("motif", None, instant()), Err(AlerteError::Levee)));
    }
}
