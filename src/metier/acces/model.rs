//! Types and rules of the accesses out of the ordinary.

use crate::kernel::{
    ErreurMetier, Faute, Instant, Nature,
    identite::Ins,
    ids::{BrisId, CompteId, PatientId, PraticienId, RestrictionId},
    texte::normaliser,
};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// How long a bris de glace opens the file.
pub const DUREE_BRIS: TimeDelta = TimeDelta::hours(4);
/// How long the token that names a patient serves.
pub const DUREE_DESIGNATION: TimeDelta = TimeDelta::minutes(10);
/// After how long a bris de glace that nobody examined is late.
pub const DELAI_EXAMEN: TimeDelta = TimeDelta::days(7);
/// Characters of an explanation, at least.
const EXPLICATION_MINIMALE: usize = 15;

crate::enum_texte! {
    /// Why somebody sees a patient outside the équipe de soins.
    pub enum MotifBris {
        /// The life of the patient is at stake.
        UrgenceVitale => "urgence_vitale",
        /// The team in charge cannot be reached and care cannot wait.
        ContinuiteDesSoins => "continuite_des_soins",
        /// An opinion is asked for in an emergency.
        AvisEnUrgence => "avis_en_urgence",
        /// Another reason, which the explanation tells.
        Autre => "autre",
    }
}

crate::enum_texte! {
    /// What an examination concludes.
    pub enum VerdictExamen {
        /// The access was right.
        Justifie => "justifie",
        /// The access was wrong.
        Injustifie => "injustifie",
    }
}

crate::enum_texte! {
    /// Why a patient is restricted to named people.
    pub enum MotifRestriction {
        /// A member of the staff.
        Personnel => "personnel",
        /// A public figure.
        Personnalite => "personnalite",
        /// A detainee.
        Detenu => "detenu",
        /// Another reason.
        Autre => "autre",
    }
}

/// Whom an emergency is about: a matricule INS, or every strict trait.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PatientDesigne {
    /// Matricule INS.
    pub ins: Option<Ins>,
    /// Whole birth name.
    #[validate(length(min = 1, max = 100, message = "De 1 à 100 caractères."))]
    pub nom_naissance: Option<String>,
    /// Whole first birth first name.
    #[validate(length(min = 1, max = 100, message = "De 1 à 100 caractères."))]
    pub premier_prenom: Option<String>,
    /// Sex: `masculin`, `feminin` or `indetermine`.
    pub sexe: Option<crate::metier::patient::model::Sexe>,
    /// Birth date.
    pub date_naissance: Option<NaiveDate>,
}

/// A patient named without doubt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Designation {
    /// By matricule.
    Ins(Ins),
    /// By strict traits, names in the form that searches compare.
    Traits {
        /// Birth name.
        nom: String,
        /// First birth first name.
        prenom: String,
        /// Sex.
        sexe: crate::metier::patient::model::Sexe,
        /// Birth date.
        date_naissance: NaiveDate,
    },
}

impl PatientDesigne {
    /// The patient that is named, if one way is complete and alone.
    pub fn designation(&self) -> Result<Designation, AccesError> {
        match (&self.ins, &self.nom_naissance, &self.premier_prenom, self.sexe, self.date_naissance) {
            (Some(ins), None, None, None, None) => Ok(Designation::Ins(ins.clone())),
            (None, Some(nom), Some(prenom), Some(sexe), Some(date_naissance)) => {
                Ok(Designation::Traits { nom: normaliser(nom), prenom: normaliser(prenom), sexe, date_naissance })
            }
            _ => Err(AccesError::DesignationIncomplete),
        }
    }
}

/// What stands for the patient who was named.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct JetonPatient {
    /// The token, for the account that named the patient.
    pub jeton: String,
    /// When it no longer serves.
    pub expire_le: DateTime<Utc>,
}

/// What is declared to see a patient in an emergency.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BrisSaisi {
    /// The token that stands for the patient.
    #[validate(length(min = 1, max = 200, message = "De 1 à 200 caractères."))]
    pub jeton: String,
    /// Why.
    pub motif: MotifBris,
    /// The reason in words, 15 characters at least.
    #[validate(length(max = 1000, message = "1000 caractères au plus."))]
    #[schema(example = "Patient inconscient aux urgences")]
    pub explication: String,
}

impl BrisSaisi {
    /// An explanation says something.
    #[must_use]
    pub fn fautes(&self) -> Vec<Faute> {
        let dit = self.explication.chars().filter(|c| c.is_alphanumeric()).count();
        let courte = self.explication.trim().chars().count() < EXPLICATION_MINIMALE || dit < EXPLICATION_MINIMALE / 2;
        let message = "Expliquez en 15 caractères au moins pourquoi ce dossier doit être vu.";
        courte.then(|| Faute::new("/explication", "explication-trop-courte", message)).into_iter().collect()
    }
}

/// A bris de glace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BrisDeGlace {
    /// Identifier.
    pub id: BrisId,
    /// The patient.
    pub patient_id: PatientId,
    /// The account that sees the patient.
    pub compte_id: CompteId,
    /// Name of that person.
    pub acteur: String,
    /// Why.
    pub motif: MotifBris,
    /// The reason in words.
    pub explication: String,
    /// From when.
    pub debut: DateTime<Utc>,
    /// Until when.
    pub fin: DateTime<Utc>,
    /// What the examination concluded; absent until then.
    pub verdict: Option<VerdictExamen>,
    /// What the examination says.
    pub commentaire: Option<String>,
    /// Account of who examined it.
    pub examine_par: Option<CompteId>,
    /// When it was examined.
    pub examine_le: Option<DateTime<Utc>>,
}

impl BrisDeGlace {
    /// Concludes an examination, once and by somebody else.
    pub fn examiner(self, examen: &ExamenSaisi, par: Option<CompteId>, le: Instant) -> Result<Self, AccesError> {
        if self.verdict.is_some() {
            return Err(AccesError::DejaExamine);
        }
        if par == Some(self.compte_id) {
            return Err(AccesError::ExamenDeSoi);
        }
        Ok(Self { verdict: Some(examen.verdict), commentaire: examen.commentaire.clone(), examine_par: par, examine_le: Some(le), ..self })
    }
}

/// The conclusion of an examination.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExamenSaisi {
    /// The conclusion.
    pub verdict: VerdictExamen,
    /// What it rests on.
    #[validate(length(min = 1, max = 2000, message = "De 1 à 2000 caractères."))]
    pub commentaire: Option<String>,
}

/// Who alone may see a patient.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RestrictionSaisie {
    /// Why.
    pub motif: MotifRestriction,
    /// Professionals of the directory.
    #[serde(default)]
    #[validate(length(max = 100, message = "100 professionnels au plus."))]
    pub praticiens: Vec<PraticienId>,
    /// Accounts of people who are not in the directory.
    #[serde(default)]
    #[validate(length(max = 100, message = "100 comptes au plus."))]
    pub comptes: Vec<CompteId>,
}

/// A restriction in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Restriction {
    /// Identifier.
    pub id: RestrictionId,
    /// The patient.
    pub patient_id: PatientId,
    /// Why.
    pub motif: MotifRestriction,
    /// Account of who restricted the patient; it always is on the list.
    pub posee_par: CompteId,
    /// Since when.
    pub posee_le: DateTime<Utc>,
    /// The professionals and the accounts that see the patient.
    pub personnes: Vec<uuid::Uuid>,
    /// Version.
    pub version: i64,
}

/// A view of a restricted patient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct VueRestreinte {
    /// The restriction.
    pub restriction_id: RestrictionId,
    /// When.
    pub instant: DateTime<Utc>,
    /// Who.
    pub acteur: String,
    /// Account.
    pub compte_id: Option<CompteId>,
    /// The act, as the access trace calls it.
    pub action: String,
    /// Kind of the object that was seen.
    pub objet_type: String,
}

/// Why an access out of the ordinary is refused.
#[derive(Debug, thiserror::Error)]
pub enum AccesError {
    /// Neither a matricule nor all traits.
    #[error(
        "Désignez le patient par son matricule INS seul, ou par son nom de naissance, son premier prénom, son sexe et sa date de naissance."
    )]
    DesignationIncomplete,
    /// Nobody, several people, or somebody who opposes the sharing: never said which.
    #[error("Aucun patient ne répond exactement à cette désignation.")]
    PatientIntrouvable,
    /// The token is unknown, too old or of another account.
    #[error("Ce jeton ne désigne plus de patient : désignez-le de nouveau.")]
    JetonPerime,
    /// The person sees the patient without it.
    #[error("Vous voyez déjà ce patient : le bris de glace est inutile.")]
    DejaVisible,
    /// No such bris de glace.
    #[error("Ce bris de glace n'existe pas.")]
    BrisIntrouvable,
    /// It was examined.
    #[error("Ce bris de glace a déjà été examiné.")]
    DejaExamine,
    /// Nobody examines an own access.
    #[error("Nul n'examine son propre accès.")]
    ExamenDeSoi,
    /// The patient is restricted already.
    #[error("Ce patient est déjà réservé à des personnes nommées.")]
    DejaRestreint,
    /// The patient is not restricted, or no such restriction.
    #[error("Aucune restriction n'est en vigueur.")]
    RestrictionIntrouvable,
}

impl ErreurMetier for AccesError {
    fn nature(&self) -> Nature {
        match self {
            Self::DesignationIncomplete => Nature::Invalide,
            Self::PatientIntrouvable | Self::BrisIntrouvable | Self::RestrictionIntrouvable => Nature::Introuvable,
            Self::JetonPerime | Self::DejaVisible | Self::DejaExamine | Self::DejaRestreint => Nature::Conflit,
            Self::ExamenDeSoi => Nature::Interdit,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::DesignationIncomplete => "designation-incomplete",
            Self::PatientIntrouvable => "patient-introuvable",
            Self::JetonPerime => "jeton-perime",
            Self::DejaVisible => "patient-deja-visible",
            Self::BrisIntrouvable => "bris-introuvable",
            Self::DejaExamine => "deja-examine",
            Self::ExamenDeSoi => "examen-de-soi",
            Self::DejaRestreint => "deja-restreint",
            Self::RestrictionIntrouvable => "restriction-introuvable",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn designation(corps: Value) -> Result<Designation, AccesError> {
        serde_json::from_value::<PatientDesigne>(corps).unwrap().designation()
    }

    #[test]
    fn un_patient_se_designe_par_son_ins_ou_par_tous_ses_traits() {
        assert!(designation(json!({ "ins": "279035121518989" })).is_ok());
        let traits = json!({ "nom_naissance": "Lefèvre", "premier_prenom": "Jeanne", "sexe": "feminin", "date_naissance": "1979-03-14" });
        assert!(matches!(designation(traits.clone()), Ok(Designation::Traits { nom, .. }) if nom == "LEFEVRE"));
        for champ in ["nom_naissance", "premier_prenom", "sexe", "date_naissance"] {
            let mut partiel = traits.clone();
            partiel.as_object_mut().unwrap().remove(champ);
            assert!(designation(partiel).is_err(), "{champ}");
        }
        let mut double = traits;
        double["ins"] = json!("279035121518989");
        assert!(designation(double).is_err());
    }

    #[test]
    fn une_explication_dit_quelque_chose() {
        let explication = |texte: &str| {
            let saisi = BrisSaisi { jeton: "x".into(), motif: MotifBris::Autre, explication: texte.to_owned() };
            saisi.fautes().is_empty()
        };
        assert!(explication("Patient inconscient aux urgences"));
        assert!(!explication("urgence"));
        assert!(!explication("               x"));
        assert!(!explication("..............."));
    }
}
