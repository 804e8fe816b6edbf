//! Who receives a version.

use super::Qualite;
use crate::{
    kernel::{
        courriel::AdresseCourriel,
        ids::{DiffusionId, EtablissementId, PatientId, PraticienId},
    },
    metier::document::model::Source,
};

/// Who receives a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cible {
    /// A professional, for a reason among médecin traitant, asking doctor and correspondent.
    Praticien(PraticienId, Qualite),
    /// The hospital system of an établissement.
    Etablissement(EtablissementId),
    /// The DMP of the patient, by the platform of an établissement.
    Dmp(EtablissementId),
    /// The patient.
    Patient,
}

impl Cible {
    /// Why that recipient.
    #[must_use]
    pub const fn qualite(self) -> Qualite {
        match self {
            Self::Praticien(_, qualite) => qualite,
            Self::Etablissement(_) => Qualite::Etablissement,
            Self::Dmp(_) => Qualite::Dmp,
            Self::Patient => Qualite::Patient,
        }
    }

    /// The professional.
    #[must_use]
    pub const fn praticien(self) -> Option<PraticienId> {
        match self {
            Self::Praticien(id, _) => Some(id),
            Self::Etablissement(_) | Self::Dmp(_) | Self::Patient => None,
        }
    }

    /// The établissement.
    #[must_use]
    pub const fn etablissement(self) -> Option<EtablissementId> {
        match self {
            Self::Etablissement(id) | Self::Dmp(id) => Some(id),
            Self::Praticien(..) | Self::Patient => None,
        }
    }
}

/// What a new delivery belongs to.
#[derive(Debug, Clone, Copy)]
pub struct Cle {
    /// Its own identifier.
    pub id: DiffusionId,
    /// The version that is delivered.
    pub source: Source,
    /// Whose it is.
    pub patient_id: PatientId,
}

/// Somebody to deliver to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destinataire {
    /// The recipient.
    pub cible: Cible,
    /// First secure mailbox.
    pub adresse: Option<AdresseCourriel>,
    /// True when the patient objects to this sending.
    pub oppose: bool,
}

/// One row for each person, under the first quality that applies.
#[must_use]
pub fn sans_doublon(mut personnes: Vec<(Qualite, PraticienId)>) -> Vec<(Qualite, PraticienId)> {
    personnes.sort();
    let mut vus = std::collections::BTreeSet::new();
    personnes.retain(|(_, praticien)| vus.insert(*praticien));
    personnes
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn praticien(n: u128) -> PraticienId {
        Uuid::from_u128(n).into()
    }

    #[test]
    fn une_personne_ne_recoit_qu_un_exemplaire_sous_sa_premiere_qualite() {
        let personnes = vec![
            (Qualite::Correspondant, praticien(1)),
            (Qualite::Demandeur, praticien(1)),
            (Qualite::MedecinTraitant, praticien(2)),
            (Qualite::Correspondant, praticien(2)),
            (Qualite::Correspondant, praticien(3)),
        ];
        assert_eq!(
            sans_doublon(personnes),
            [(Qualite::MedecinTraitant, praticien(2)), (Qualite::Demandeur, praticien(1)), (Qualite::Correspondant, praticien(3))]
        );
    }
}
