//! Those who took part and those to be told, as the directory described them that day.

use super::{Code, MoyenParticipation};
use crate::kernel::ids::{EtablissementId, PraticienId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An établissement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = compte_rendu::Etablissement)]
pub struct Etablissement {
    /// The établissement.
    pub id: EtablissementId,
    /// FINESS géographique.
    pub finess: String,
    /// Name.
    pub raison_sociale: String,
    /// Street address.
    pub adresse: Option<String>,
    /// Postal code.
    pub code_postal: Option<String>,
    /// Town.
    pub commune: Option<String>,
}

/// A professional.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = compte_rendu::Professionnel)]
pub struct Professionnel {
    /// The directory entry.
    pub praticien_id: PraticienId,
    /// RPPS number.
    pub rpps: Option<String>,
    /// `M` or `MME` (JDV J245).
    pub civilite: Option<String>,
    /// `DR`, `PR`… (JDV J246).
    pub titre: Option<String>,
    /// Name in practice.
    pub nom: String,
    /// First name in practice.
    pub prenom: String,
    /// « Dr Anne DELTA ».
    pub nom_complet: String,
    /// Profession (TRE G15).
    pub profession: Code,
    /// Specialty (JDV J01).
    pub specialite: Option<Code>,
    /// Main établissement.
    pub etablissement: Option<Etablissement>,
    /// Telephone.
    pub telephone: Option<String>,
}

impl Professionnel {
    /// Every coded value with the value set it belongs to.
    pub fn codes(&mut self) -> impl Iterator<Item = (&'static str, &mut Code)> {
        [("profession", &mut self.profession)].into_iter().chain(self.specialite.as_mut().map(|code| ("author-specialty", code)))
    }
}

/// Somebody who took part in the case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = compte_rendu::Participant)]
pub struct Participant {
    /// Who.
    pub professionnel: Professionnel,
    /// How.
    pub moyen: MoyenParticipation,
    /// Label of the place held in the composition of the RCP.
    pub clause: Option<String>,
    /// The written opinion.
    pub avis: Option<String>,
    /// When the written opinion came.
    pub avis_recu_le: Option<DateTime<Utc>>,
}

/// Somebody to be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = compte_rendu::Correspondant)]
pub struct Correspondant {
    /// Who.
    pub professionnel: Professionnel,
    /// In which capacity: `medecin_traitant`, `demandeur` or what the patient's file says.
    pub qualite: String,
}

/// The three lists that have a legal meaning.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = compte_rendu::Participants)]
pub struct Participants {
    /// Those whom the quorum counts.
    pub quorum: Vec<Participant>,
    /// The others who attended.
    pub autres: Vec<Participant>,
    /// Those to be told.
    pub correspondants: Vec<Correspondant>,
}
