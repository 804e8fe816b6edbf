//! The agenda of a meeting.

pub use crate::metier::{fiche::model::EtatFiche, patient::model::Sexe};

use super::{etat::EtatInscription, model::Inscription};
use crate::{
    kernel::ids::{DossierId, FicheId, InscriptionId, PatientId, PraticienId, ReunionId},
    metier::quorum::model::{EtatQuorum, ResultatQuorum},
};
use chrono::NaiveDate;
use serde::Serialize;
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// A registration with what an agenda shows of its patient, its dossier and its fiche.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InscriptionPresentee {
    /// The registration.
    pub inscription: Inscription,
    /// Birth name of the patient.
    pub nom_naissance: String,
    /// Name in use.
    pub nom_utilise: Option<String>,
    /// First of the first names.
    pub premier_prenom: String,
    /// Sex.
    pub sexe: Sexe,
    /// Date of birth.
    pub date_naissance: NaiveDate,
    /// Label of the dossier.
    pub dossier: String,
    /// State of the fiche.
    pub fiche_etat: EtatFiche,
    /// How complete the fiche is, in percent.
    pub completude: i64,
}

/// The traits by which a patient is told from another on an agenda.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PatientInscrit {
    /// Identifier.
    pub id: PatientId,
    /// Birth name.
    pub nom_naissance: String,
    /// Name in use.
    pub nom_utilise: Option<String>,
    /// First of the first names.
    pub premier_prenom: String,
    /// Sex.
    pub sexe: Sexe,
    /// Date of birth.
    pub date_naissance: NaiveDate,
    /// Age in completed years at the date of the meeting.
    pub age: u32,
}

/// A person of the directory, named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PraticienNomme {
    /// Identifier.
    pub id: PraticienId,
    /// « Dr Anne DELTA ».
    pub nom: String,
}

/// The quorum of a case in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct QuorumResume {
    /// HAS rule.
    pub has: EtatQuorum,
    /// Composition rule.
    pub composition: EtatQuorum,
    /// Names of the places that are missing to the composition, in French.
    pub manquantes: Vec<String>,
}

impl From<&ResultatQuorum> for QuorumResume {
    fn from(resultat: &ResultatQuorum) -> Self {
        Self { has: resultat.has, composition: resultat.composition, manquantes: resultat.manquantes.clone() }
    }
}

/// Alerts in force on a registration.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct NombreAlertes {
    /// That prevent the validation.
    pub bloquantes: usize,
    /// To be dealt with.
    pub a_traiter: usize,
    /// For information.
    pub informations: usize,
}

/// One registration on an agenda.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LigneOrdreDuJour {
    /// The registration.
    pub id: InscriptionId,
    /// Place on the agenda.
    pub rang: i64,
    /// State.
    pub etat: EtatInscription,
    /// Why it was postponed or withdrawn.
    pub motif: Option<String>,
    /// The patient.
    pub patient: PatientInscrit,
    /// The dossier.
    pub dossier_id: DossierId,
    /// Its label.
    pub dossier: String,
    /// The fiche.
    pub fiche_id: FicheId,
    /// State of the fiche.
    pub fiche_etat: EtatFiche,
    /// How complete the fiche is, in percent.
    pub completude: i64,
    /// The doctor who asks.
    pub demandeur: PraticienNomme,
    /// Who presents the case, when it is not the doctor who asks.
    pub presentateur: Option<PraticienNomme>,
    /// Comment for the meeting.
    pub commentaire: Option<String>,
    /// The registration it was postponed from.
    pub report_de: Option<InscriptionId>,
    /// Alerts in force.
    pub alertes: NombreAlertes,
    /// Quorum of the discussion, once discussed.
    pub quorum: Option<QuorumResume>,
    /// True when its answer may be called the opinion of an RCP.
    pub avis_de_rcp: bool,
    /// Version.
    pub version: i64,
}

/// The agenda of a meeting, in order, without the cases that the person may not see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OrdreDuJour {
    /// The meeting.
    pub reunion_id: ReunionId,
    /// Version of the meeting, to order the agenda with.
    pub version: i64,
    /// Cases that the meeting takes.
    pub capacite: Option<i64>,
    /// Cases that take a place, those that the person may not see included.
    pub inscrits: i64,
    /// The registrations.
    pub lignes: Vec<LigneOrdreDuJour>,
}

/// True when the ids are those of the agenda, each once, in whatever order.
#[must_use]
pub fn meme_ordre_du_jour(actuel: &[InscriptionId], nouveau: &[InscriptionId]) -> bool {
    let ensemble = |ids: &[InscriptionId]| ids.iter().copied().collect::<BTreeSet<_>>();
    actuel.len() == nouveau.len() && ensemble(actuel) == ensemble(nouveau)
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn un_nouvel_ordre_reprend_chaque_inscription_une_fois() {
        let [a, b, c] = [1, 2, 3].map(|n| InscriptionId::new(Uuid::from_u128(n)));
        assert!(meme_ordre_du_jour(&[a, b, c], &[c, a, b]));
        for autre in [[a, b].as_slice(), &[a, b, b], &[a, a, b], &[]] {
            assert!(!meme_ordre_du_jour(&[a, b, c], autre), "{autre:?}");
        }
    }
}
