//! Members of an RCP: who steers it and who attends its meetings, and since when.

use super::RcpError;
use crate::kernel::ids::{MembreId, PraticienId, RcpId};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

crate::enum_texte! {
    /// What a member does in an RCP.
    pub enum FonctionMembre {
        /// Steers the RCP and answers for its quality.
        Coordonnateur => "coordonnateur",
        /// Stands in for the coordinator.
        Suppleant => "suppleant",
        /// Attends every meeting.
        Permanent => "permanent",
    }
}

/// A member as typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MembreSaisi {
    /// The professional.
    pub praticien_id: PraticienId,
    /// What the person does in the RCP.
    pub fonction: FonctionMembre,
    /// Clause of the quorum rule that the person answers for.
    #[validate(length(min = 1, max = 80, message = "De 1 à 80 caractères."))]
    pub clause: Option<String>,
    /// First day; today when it is not said.
    pub debut: Option<NaiveDate>,
}

/// A member of an RCP.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Membre {
    /// Identifier.
    pub id: MembreId,
    /// The RCP.
    pub rcp_id: RcpId,
    /// The professional.
    pub praticien_id: PraticienId,
    /// What the person does in the RCP.
    pub fonction: FonctionMembre,
    /// Clause of the quorum rule that the person answers for.
    pub clause: Option<String>,
    /// First day.
    pub debut: NaiveDate,
    /// Last day.
    pub fin: Option<NaiveDate>,
    /// Creation.
    pub cree_le: DateTime<Utc>,
}

impl Membre {
    /// True when the membership holds on that day.
    #[must_use]
    pub fn en_fonction(&self, date: NaiveDate) -> bool {
        self.debut <= date && self.fin.is_none_or(|fin| date <= fin)
    }

    /// True when the membership holds on some day from `debut` on.
    #[must_use]
    pub fn en_fonction_apres(&self, debut: NaiveDate) -> bool {
        self.fin.is_none_or(|fin| debut <= fin)
    }

    /// Ends the membership; the last day cannot precede the first.
    pub fn terminer(self, fin: NaiveDate) -> Result<Self, RcpError> {
        if fin < self.debut { Err(RcpError::FinAvantDebut) } else { Ok(Self { fin: Some(fin), ..self }) }
    }
}

/// A member with what names the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MembreNomme {
    /// The membership.
    #[serde(flatten)]
    pub membre: Membre,
    /// « Dr Anne DELTA ».
    pub nom: String,
    /// Specialty (JDV J01).
    pub specialite: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn membre() -> Membre {
        Membre {
            id: MembreId::new(Uuid::from_u128(1)),
            rcp_id: RcpId::new(Uuid::from_u128(2)),
            praticien_id: PraticienId::new(Uuid::from_u128(3)),
            fonction: FonctionMembre::Permanent,
            clause: None,
            debut: "2026-03-01".parse().unwrap(),
            fin: None,
            cree_le: "2026-03-01T10:00:00Z".parse().unwrap(),
        }
    }

    #[test]
    fn un_membre_est_en_fonction_du_premier_au_dernier_jour_compris() {
        let date = |texte: &str| texte.parse().unwrap();
        let parti = membre().terminer(date("2026-03-31")).unwrap();
        let jours = ["2026-02-28", "2026-03-01", "2026-03-31", "2026-04-01"].map(|jour| parti.en_fonction(date(jour)));
        assert_eq!(jours, [false, true, true, false]);
        assert!(membre().en_fonction(date("2030-01-01")));
        assert_eq!(membre().terminer(date("2026-02-28")).unwrap_err(), RcpError::FinAvantDebut);
    }
}
