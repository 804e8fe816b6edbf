//! Structures and professionals.

mod domaines;

pub use domaines::{DomaineSecurise, DomainesSaisis, EspaceDeConfiance, ListeDomaines, ListeInvalide};

use crate::kernel::{
    ErreurMetier, Faute, Nature,
    courriel::{AdresseCourriel, DomainesSecurises},
    identite::{Finess, Rpps},
    ids::{AdresseId, Centre3cId, EtablissementId, PraticienId, TerritoireId},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

crate::enum_texte! {
    /// Collège of an établissement.
    pub enum College {
        /// Public hospital.
        Public => "public",
        /// Private non-profit, cancer centres included (ESPIC).
        Espic => "espic",
        /// Private.
        Prive => "prive",
    }
}

crate::enum_texte! {
    /// How a professional practises.
    pub enum ModeExercice {
        /// Employed.
        Salarie => "salarie",
        /// In private practice.
        Liberal => "liberal",
        /// Both.
        Mixte => "mixte",
    }
}

crate::enum_texte! {
    /// Where a secure address comes from.
    pub enum OrigineAdresse {
        /// Typed by hand.
        Saisie => "saisie",
        /// The public directory.
        Annuaire => "annuaire",
    }
}

crate::enum_texte! {
    /// Kind of secure mailbox.
    pub enum TypeBal {
        /// Personal.
        Per => "per",
        /// Organisation.
        Org => "org",
        /// Application.
        App => "app",
        /// Practice.
        Cab => "cab",
    }
}

/// A territoire of the region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Territoire {
    /// Identifier.
    pub id: TerritoireId,
    /// Short stable code.
    pub code: String,
    /// Name.
    pub nom: String,
}

/// What is typed of an établissement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EtablissementSaisi {
    /// FINESS géographique.
    pub finess: Finess,
    /// FINESS of the legal entity.
    pub finess_juridique: Option<Finess>,
    /// Name.
    #[validate(length(min = 1, max = 200, message = "De 1 à 200 caractères."))]
    pub raison_sociale: String,
    /// Collège.
    pub college: College,
    /// Territoire it belongs to.
    pub territoire_id: Option<TerritoireId>,
    /// Street address.
    #[validate(length(max = 300, message = "300 caractères au plus."))]
    pub adresse: Option<String>,
    /// Postal code.
    #[validate(length(min = 5, max = 5, message = "5 caractères."))]
    pub code_postal: Option<String>,
    /// Town.
    #[validate(length(max = 100, message = "100 caractères au plus."))]
    pub commune: Option<String>,
    /// Authorised for cancer treatment (CSP R6123-86 and following).
    pub autorise_cancer: bool,
}

/// An établissement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Etablissement {
    /// Identifier.
    pub id: EtablissementId,
    /// What was typed.
    #[serde(flatten)]
    pub saisi: EtablissementSaisi,
    /// False when closed.
    pub actif: bool,
    /// Version.
    pub version: i64,
    /// Creation.
    pub cree_le: DateTime<Utc>,
    /// Last change.
    pub modifie_le: DateTime<Utc>,
}

/// What is typed of a 3C.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Centre3cSaisi {
    /// Short stable code.
    #[validate(length(min = 1, max = 40, message = "De 1 à 40 caractères."))]
    pub code: String,
    /// Name.
    #[validate(length(min = 1, max = 200, message = "De 1 à 200 caractères."))]
    pub nom: String,
    /// Territoire.
    pub territoire_id: Option<TerritoireId>,
    /// Établissement that hosts it.
    pub etablissement_id: Option<EtablissementId>,
    /// Office mail, never used for patients' data.
    #[validate(email(message = "Adresse invalide."))]
    pub courriel: Option<String>,
    /// Telephone.
    #[validate(length(max = 30, message = "30 caractères au plus."))]
    pub telephone: Option<String>,
    /// Établissements it coordinates.
    #[serde(default)]
    pub etablissements: Vec<EtablissementId>,
}

/// A centre de coordination en cancérologie.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Centre3c {
    /// Identifier.
    pub id: Centre3cId,
    /// What was typed.
    #[serde(flatten)]
    pub saisi: Centre3cSaisi,
    /// Version.
    pub version: i64,
    /// Creation.
    pub cree_le: DateTime<Utc>,
    /// Last change.
    pub modifie_le: DateTime<Utc>,
}

/// A secure address as typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AdresseSaisie {
    /// Mailbox of the MSSanté trust space.
    #[validate(email(message = "Adresse invalide."))]
    #[schema(example = "anne.delta@medecin.mssante.fr")]
    pub adresse: String,
    /// Kind of mailbox.
    pub type_bal: TypeBal,
    /// Rank: 1 is used first.
    #[validate(range(min = 1, max = 99, message = "De 1 à 99."))]
    pub rang: i64,
}

/// A secure address of a professional.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AdresseSecurisee {
    /// Identifier.
    pub id: AdresseId,
    /// What was typed.
    #[serde(flatten)]
    pub saisie: AdresseSaisie,
}

/// What is typed of a professional.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PraticienSaisi {
    /// RPPS number.
    pub rpps: Option<Rpps>,
    /// `M` or `MME` (JDV J245).
    #[validate(length(max = 5, message = "5 caractères au plus."))]
    pub civilite: Option<String>,
    /// `DR`, `PR`… (JDV J246).
    #[validate(length(max = 5, message = "5 caractères au plus."))]
    pub titre: Option<String>,
    /// Name in practice.
    #[validate(length(min = 1, max = 100, message = "De 1 à 100 caractères."))]
    pub nom: String,
    /// First name in practice.
    #[validate(length(min = 1, max = 100, message = "De 1 à 100 caractères."))]
    pub prenom: String,
    /// Profession (TRE G15): `10` doctor, `21` pharmacist, `60` nurse…
    #[validate(length(min = 1, max = 10, message = "De 1 à 10 caractères."))]
    #[schema(example = "10")]
    pub profession: String,
    /// Specialty (JDV J01), `G15_10/SM36` for a medical oncologist.
    #[validate(length(max = 40, message = "40 caractères au plus."))]
    #[schema(example = "G15_10/SM36")]
    pub specialite: Option<String>,
    /// Mode of practice.
    pub mode_exercice: ModeExercice,
    /// Main établissement.
    pub etablissement_id: Option<EtablissementId>,
    /// Telephone.
    #[validate(length(max = 30, message = "30 caractères au plus."))]
    pub telephone: Option<String>,
    /// Ordinary mail, for invitations only: no patient's data ever goes there.
    #[validate(email(message = "Adresse invalide."))]
    pub courriel: Option<String>,
    /// Secure addresses.
    #[serde(default)]
    #[validate(nested)]
    pub adresses: Vec<AdresseSaisie>,
}

/// Who is to be taken from the public directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RppsSaisi {
    /// RPPS number.
    pub rpps: Rpps,
}

/// A secure mailbox that the public directory gives to a professional of the region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AdresseAnnuaire {
    /// Mailbox.
    pub adresse: String,
    /// Kind of mailbox.
    pub type_bal: TypeBal,
}

/// What the public directory last said of a professional of the region.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct SuiviAnnuaire {
    /// Specialty that it gave.
    pub specialite: Option<String>,
    /// Mode of practice that it gave.
    pub mode_exercice: Option<ModeExercice>,
    /// When something was last taken from it.
    pub lu_le: Option<DateTime<Utc>>,
    /// Since when it knows the person no more (« disparu de l'annuaire »).
    pub disparu_le: Option<DateTime<Utc>>,
}

/// A professional.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Praticien {
    /// Identifier.
    pub id: PraticienId,
    /// What was typed.
    #[serde(flatten)]
    pub saisi: PraticienSaisi,
    /// Secure mailboxes of the public directory, that to use first in front.
    pub adresses_annuaire: Vec<AdresseAnnuaire>,
    /// What the public directory last said.
    pub annuaire: SuiviAnnuaire,
    /// False when no longer in practice.
    pub actif: bool,
    /// Version.
    pub version: i64,
    /// Creation.
    pub cree_le: DateTime<Utc>,
    /// Last change.
    pub modifie_le: DateTime<Utc>,
}

/// Profession code of doctors (TRE G15).
pub const PROFESSION_MEDECIN: &str = "10";

impl Praticien {
    /// True for a doctor; only doctors count for the HAS quorum.
    #[must_use]
    pub fn est_medecin(&self) -> bool {
        self.saisi.profession == PROFESSION_MEDECIN
    }

    /// « Dr Anne DELTA ».
    #[must_use]
    pub fn nom_complet(&self) -> String {
        let titre = match self.saisi.titre.as_deref() {
            Some("PR") => "Pr ",
            Some("DR") => "Dr ",
            _ if self.est_medecin() => "Dr ",
            _ => "",
        };
        format!("{titre}{} {}", self.saisi.prenom, self.saisi.nom.to_uppercase())
    }

    /// Every secure address, that to use first in front: those typed by hand, by rank, then those of the
    /// public directory.
    fn adresses_ordonnees(&self) -> impl Iterator<Item = &str> {
        let mut saisies: Vec<_> = self.saisi.adresses.iter().collect();
        saisies.sort_by_key(|a| (a.rang, a.adresse.as_str()));
        saisies.into_iter().map(|a| a.adresse.as_str()).chain(self.adresses_annuaire.iter().map(|a| a.adresse.as_str()))
    }

    /// The secure address to use first.
    #[must_use]
    pub fn adresse_preferee(&self) -> Option<&str> {
        self.adresses_ordonnees().next()
    }

    /// The address to send to: the first one that belongs to the trust space.
    #[must_use]
    pub fn adresse_securisee(&self, espace: &DomainesSecurises) -> Option<AdresseCourriel> {
        self.adresses_ordonnees().find_map(|adresse| espace.admettre(adresse))
    }

    /// True for a general practitioner (specialties SM26, SM53 and SM54 of TRE R38).
    #[must_use]
    pub fn est_generaliste(&self) -> bool {
        self.saisi.specialite.as_deref().is_some_and(|code| ["G15_10/SM26", "G15_10/SM53", "G15_10/SM54"].contains(&code))
    }
}

/// How many professionals of the region can be written to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Couverture {
    /// Professionals in practice.
    pub professionnels: u32,
    /// Those with an address of the trust space.
    pub joignables: u32,
    /// General practitioners in practice.
    pub generalistes: u32,
    /// Those with an address of the trust space.
    pub generalistes_joignables: u32,
}

impl Couverture {
    /// Out of a hundred general practitioners.
    #[must_use]
    pub fn part_des_generalistes(&self) -> f64 {
        if self.generalistes == 0 { 0.0 } else { 100.0 * f64::from(self.generalistes_joignables) / f64::from(self.generalistes) }
    }
}

/// Why the directory refuses.
#[derive(Debug, thiserror::Error)]
pub enum AnnuaireError {
    /// No such établissement.
    #[error("Cet établissement n'existe pas.")]
    EtablissementIntrouvable,
    /// No such 3C.
    #[error("Ce centre de coordination en cancérologie n'existe pas.")]
    CentreIntrouvable,
    /// No such professional.
    #[error("Ce professionnel n'existe pas dans l'annuaire.")]
    PraticienIntrouvable,
    /// The FINESS number is already in the directory.
    #[error("Un établissement porte déjà ce numéro FINESS.")]
    FinessPris,
    /// The RPPS number is already in the directory.
    #[error("Un professionnel porte déjà ce numéro RPPS.")]
    RppsPris,
    /// The code of the 3C is taken.
    #[error("Un centre de coordination porte déjà ce code.")]
    CodePris,
    /// A list of domains that would hold for days gone by.
    #[error("Une liste de domaines ne peut pas prendre effet avant aujourd'hui.")]
    DatePassee,
    /// A list of domains that holds a bad one, or none.
    #[error("{0}")]
    Domaines(#[from] domaines::ListeInvalide),
}

impl ErreurMetier for AnnuaireError {
    fn nature(&self) -> Nature {
        match self {
            Self::EtablissementIntrouvable | Self::CentreIntrouvable | Self::PraticienIntrouvable => Nature::Introuvable,
            Self::FinessPris | Self::RppsPris | Self::CodePris => Nature::Conflit,
            Self::DatePassee | Self::Domaines(_) => Nature::Invalide,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::EtablissementIntrouvable => "etablissement-introuvable",
            Self::CentreIntrouvable => "centre-introuvable",
            Self::PraticienIntrouvable => "praticien-introuvable",
            Self::FinessPris => "finess-pris",
            Self::RppsPris => "rpps-pris",
            Self::CodePris => "code-pris",
            Self::DatePassee => "date-passee",
            Self::Domaines(_) => "domaines-invalides",
        }
    }

    fn fautes(&self) -> Vec<Faute> {
        match self {
            Self::DatePassee => vec![Faute::new("/depuis", "date-passee", self.to_string())],
            Self::Domaines(invalide) => vec![invalide.faute()],
            Self::EtablissementIntrouvable
            | Self::CentreIntrouvable
            | Self::PraticienIntrouvable
            | Self::FinessPris
            | Self::RppsPris
            | Self::CodePris => Vec::new(),
        }
    }
}
