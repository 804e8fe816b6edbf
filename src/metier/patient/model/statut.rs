//! How far an identity is trusted, and what raises or lowers that trust (RNIV 1, socle commun).

use super::{OidIns, Patient, PatientError, Sexe};
use crate::kernel::{
    Faute, Instant,
    identite::{Ins, StatutIdentite},
    ids::{CompteId, PatientId},
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

crate::enum_texte! {
    /// What an identity was checked on.
    pub enum Justificatif {
        /// National identity card.
        CarteIdentite => "carte_identite",
        /// Passport.
        Passeport => "passeport",
        /// Residence permit.
        TitreSejour => "titre_sejour",
        /// Birth certificate or livret de famille, for a minor, with the identity document of a parent.
        ActeNaissance => "acte_naissance",
        /// Electronic identification of substantial level at least (eIDAS).
        IdentiteNumerique => "identite_numerique",
        /// Anything else (carte Vitale, driving licence, declaration): it does not validate an identity.
        Autre => "autre",
    }
}

impl Justificatif {
    /// True when the document is trusted enough to validate an identity.
    #[must_use]
    pub const fn valide_une_identite(self) -> bool {
        match self {
            Self::CarteIdentite | Self::Passeport | Self::TitreSejour | Self::ActeNaissance | Self::IdentiteNumerique => true,
            Self::Autre => false,
        }
    }
}

/// True when the status says that a document was checked.
pub(super) const fn exige_justificatif(statut: StatutIdentite) -> bool {
    match statut {
        StatutIdentite::Validee | StatutIdentite::Qualifiee => true,
        StatutIdentite::Provisoire | StatutIdentite::Recuperee => false,
    }
}

/// True when an identity may go from one status to another. Two proofs make the four statuses: each may be
/// gained or lost, but one is not exchanged for the other in one act.
#[must_use]
pub const fn transition_permise(de: StatutIdentite, vers: StatutIdentite) -> bool {
    match (de, vers) {
        (StatutIdentite::Recuperee, StatutIdentite::Validee) | (StatutIdentite::Validee, StatutIdentite::Recuperee) => false,
        (
            StatutIdentite::Provisoire | StatutIdentite::Recuperee | StatutIdentite::Validee | StatutIdentite::Qualifiee,
            StatutIdentite::Provisoire | StatutIdentite::Recuperee | StatutIdentite::Validee | StatutIdentite::Qualifiee,
        ) => true,
    }
}

/// What is said of an identity beside its status.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Attributs {
    /// Another patient has close traits: look twice.
    pub homonyme: bool,
    /// The traits are doubted (another person's papers, say): the identity stays `provisoire`.
    pub douteuse: bool,
    /// The traits are invented (test, training): the identity stays `provisoire` and nothing of it leaves.
    pub fictive: bool,
}

impl Attributs {
    /// Refuses a status that a doubtful or invented identity cannot have.
    pub(super) const fn admettre(self, statut: StatutIdentite) -> Result<(), PatientError> {
        match statut {
            StatutIdentite::Provisoire => Ok(()),
            StatutIdentite::Recuperee | StatutIdentite::Validee | StatutIdentite::Qualifiee => {
                if self.douteuse {
                    Err(PatientError::IdentiteDouteuse)
                } else if self.fictive {
                    Err(PatientError::IdentiteFictive)
                } else {
                    Ok(())
                }
            }
        }
    }
}

/// The attributes as a person sets them, all three at once.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AttributsSaisis {
    /// See [`Attributs::homonyme`].
    pub homonyme: bool,
    /// See [`Attributs::douteuse`].
    pub douteuse: bool,
    /// See [`Attributs::fictive`].
    pub fictive: bool,
    /// Why, kept in the history.
    #[validate(length(min = 3, max = 500, message = "De 3 à 500 caractères."))]
    pub motif: String,
}

impl AttributsSaisis {
    /// The attributes.
    #[must_use]
    pub const fn attributs(&self) -> Attributs {
        Attributs { homonyme: self.homonyme, douteuse: self.douteuse, fictive: self.fictive }
    }
}

/// What breaks the rules of proof: `saisi` is what was typed, on top of `avant`.
pub(super) fn fautes_de_preuve(
    avant: Option<&Patient>,
    statut: StatutIdentite,
    justificatif: Option<Justificatif>,
    change_de_traits_stricts: bool,
) -> Vec<Faute> {
    if !exige_justificatif(statut) {
        return Vec::new();
    }
    let faute = |code: &str, message: &str| vec![Faute::new("/justificatif", code, message)];
    match justificatif {
        Some(document) if !document.valide_une_identite() => {
            faute("justificatif-insuffisant", "Ce document ne suffit pas à valider une identité (RNIV) : la pièce d'identité est attendue.")
        }
        Some(_) => Vec::new(),
        None if avant.is_none_or(|patient| !exige_justificatif(patient.statut_identite)) => {
            faute("justificatif-absent", "Une identité validée ou qualifiée a été vérifiée sur une pièce : dites laquelle.")
        }
        None if change_de_traits_stricts => faute(
            "justificatif-absent",
            "Corriger un trait strict d'une identité validée ou qualifiée demande une pièce d'identité, ou de rétrograder son statut.",
        ),
        None => Vec::new(),
    }
}

crate::enum_texte! {
    /// What changed an identity.
    pub enum ActeIdentite {
        /// Somebody corrected it.
        Modifier => "modifier",
        /// Somebody set its attributes.
        Attribuer => "attribuer",
        /// It was absorbed by another.
        Fusionner => "fusionner",
        /// It was taken apart again.
        Separer => "separer",
    }
}

/// What an identity says: that of a patient, or what it was before a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IdentiteGardee {
    /// Birth name.
    pub nom_naissance: String,
    /// Name in use.
    pub nom_utilise: Option<String>,
    /// All birth first names.
    pub prenoms: String,
    /// First of them.
    pub premier_prenom: String,
    /// First name in use.
    pub prenom_utilise: Option<String>,
    /// Sex.
    pub sexe: Sexe,
    /// Birth date.
    pub date_naissance: NaiveDate,
    /// INSEE code of the birth place.
    pub lieu_naissance: Option<String>,
    /// Matricule INS; shown only if the identity was then qualified.
    pub ins: Option<Ins>,
    /// OID of its authority.
    pub ins_oid: Option<OidIns>,
    /// Status.
    pub statut_identite: StatutIdentite,
    /// Attributes.
    pub attributs: Attributs,
    /// What it was checked on.
    pub justificatif: Option<Justificatif>,
    /// When.
    pub justificatif_le: Option<NaiveDate>,
    /// When the matricule was fetched.
    pub insi_le: Option<NaiveDate>,
    /// Street address.
    pub adresse: Option<String>,
    /// Postal code.
    pub code_postal: Option<String>,
    /// Town.
    pub commune: Option<String>,
    /// Telephone.
    pub telephone: Option<String>,
    /// Date of death.
    pub decede_le: Option<NaiveDate>,
}

impl IdentiteGardee {
    /// The same, without a matricule that could not be used at the time.
    #[must_use]
    pub fn montrable(mut self) -> Self {
        if self.statut_identite != StatutIdentite::Qualifiee {
            (self.ins, self.ins_oid) = (None, None);
        }
        self
    }
}

impl From<&Patient> for IdentiteGardee {
    fn from(p: &Patient) -> Self {
        Self {
            nom_naissance: p.nom_naissance.clone(),
            nom_utilise: p.nom_utilise.clone(),
            prenoms: p.prenoms.clone(),
            premier_prenom: p.premier_prenom.clone(),
            prenom_utilise: p.prenom_utilise.clone(),
            sexe: p.sexe,
            date_naissance: p.date_naissance,
            lieu_naissance: p.lieu_naissance.clone(),
            ins: p.ins.clone(),
            ins_oid: p.ins_oid,
            statut_identite: p.statut_identite,
            attributs: p.attributs,
            justificatif: p.justificatif,
            justificatif_le: p.justificatif_le,
            insi_le: p.insi_le,
            adresse: p.adresse.clone(),
            code_postal: p.code_postal.clone(),
            commune: p.commune.clone(),
            telephone: p.telephone.clone(),
            decede_le: p.decede_le,
        }
    }
}

/// One change of an identity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ChangementIdentite {
    /// Whose identity it was: the patient, or one that the patient absorbed.
    pub patient_id: PatientId,
    /// Version of the patient after the change.
    pub version: i64,
    /// What was done.
    pub acte: ActeIdentite,
    /// The fields that changed.
    pub champs: Vec<String>,
    /// The identity before the change.
    pub avant: IdentiteGardee,
    /// Why, where it was asked for.
    pub motif: Option<String>,
    /// Account of the person.
    pub compte_id: Option<CompteId>,
    /// Name of the person.
    pub acteur: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub instant: Instant,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn une_preuve_se_gagne_ou_se_perd_mais_ne_s_echange_pas_contre_l_autre() {
        use StatutIdentite as S;
        let refusees: Vec<(S, S)> = S::TOUS
            .iter()
            .flat_map(|de| S::TOUS.iter().map(move |vers| (*de, *vers)))
            .filter(|(de, vers)| !transition_permise(*de, *vers))
            .collect();
        assert_eq!(refusees, [(S::Recuperee, S::Validee), (S::Validee, S::Recuperee)]);
    }

    #[test]
    fn une_identite_douteuse_ou_fictive_reste_provisoire() {
        for attributs in [Attributs { douteuse: true, ..Attributs::default() }, Attributs { fictive: true, ..Attributs::default() }] {
            for statut in StatutIdentite::TOUS {
                assert_eq!(attributs.admettre(*statut).is_ok(), *statut == StatutIdentite::Provisoire, "{statut}");
            }
        }
        let homonyme = Attributs { homonyme: true, ..Attributs::default() };
        assert!(StatutIdentite::TOUS.iter().all(|statut| homonyme.admettre(*statut).is_ok()));
    }

    #[test]
    fn seule_une_piece_de_haut_niveau_valide_une_identite() {
        let codes = |statut, justificatif| -> Vec<String> {
            fautes_de_preuve(None, statut, justificatif, false).into_iter().map(|f| f.code).collect()
        };
        for statut in [StatutIdentite::Validee, StatutIdentite::Qualifiee] {
            assert_eq!(codes(statut, None), ["justificatif-absent"]);
            assert_eq!(codes(statut, Some(Justificatif::Autre)), ["justificatif-insuffisant"]);
            assert!(codes(statut, Some(Justificatif::Passeport)).is_empty());
        }
        for statut in [StatutIdentite::Provisoire, StatutIdentite::Recuperee] {
            assert!(codes(statut, None).is_empty());
        }
    }
}
