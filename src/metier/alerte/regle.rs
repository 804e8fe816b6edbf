//! Alert rules as data, and their evaluation: pure.
//!
//! A file of `referentiels/alertes/` is read by [`Regle::lire`]; its conditions are
//! [`expression`]s, bounded in cost. The context of a case is what
//! conditions see of it.

use super::model::NiveauAlerte;
use crate::{
    kernel::{
        expression::{self, Expression, ExpressionInvalide, Valeur},
        identite::StatutIdentite,
    },
    metier::{
        patient::model::{ObjetOpposition, Sexe},
        quorum::model::EtatQuorum,
        rcp::model::{CategorieRecours, NatureRcp, NiveauRcp, TypeRcp},
    },
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Value;
/// What conditions see of a case. A field without value is absent: `has(fiche.decouverte)`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Contexte {
    /// The patient.
    pub patient: ContextePatient,
    /// The content of the fiche.
    pub fiche: Value,
    /// The G8 screening.
    pub g8: ContexteG8,
    /// The meeting.
    pub reunion: ContexteReunion,
    /// The RCP that holds it.
    pub rcp: ContexteRcp,
    /// The registration.
    pub inscription: ContexteInscription,
    /// The quorum of the case.
    pub quorum: ContexteQuorum,
}

/// The variables that a condition may name.
const VARIABLES: [&str; 7] = ["patient", "fiche", "g8", "reunion", "rcp", "inscription", "quorum"];

/// `patient` in conditions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ContextePatient {
    /// Completed years on the day of the meeting, in Paris.
    pub age: u32,
    /// Sex.
    pub sexe: Sexe,
    /// Status of the identity.
    pub statut_identite: StatutIdentite,
    /// True when a médecin traitant is known.
    pub medecin_traitant: bool,
    /// True when the médecin traitant has a secure address.
    pub adresse_securisee: bool,
    /// Oppositions in force.
    pub oppositions: Vec<ObjetOpposition>,
}

/// `g8` in conditions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ContexteG8 {
    /// `non_concerne`, `non_fait`, `incomplet` or `fait`.
    pub etat: String,
    /// Twice the score, when done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub demi_points: Option<u8>,
    /// The score as it is written (« 13,5 »), when done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score: Option<String>,
}

/// `reunion` in conditions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ContexteReunion {
    /// Day of the meeting, in Paris.
    pub date: NaiveDate,
    /// State of the meeting.
    pub etat: String,
}

/// `rcp` in conditions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ContexteRcp {
    /// Regulatory type.
    pub type_rcp: TypeRcp,
    /// Category, for an RCP de recours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub categorie_recours: Option<CategorieRecours>,
    /// National network, for rare cancers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reseau_cancer_rare: Option<String>,
    /// Nature of the discussion.
    pub nature: NatureRcp,
    /// Appareil.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub appareil: Option<String>,
    /// Organs.
    pub organes: Vec<String>,
    /// Treatment or supportive care.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub traitement_soins: Option<String>,
    /// Theme.
    pub theme: String,
    /// Territory that it serves.
    pub niveau: NiveauRcp,
    /// Counted as an expertise RCP.
    pub expertise: bool,
}

/// `inscription` in conditions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ContexteInscription {
    /// State of the registration.
    pub etat: String,
    /// Types of the proposed treatments (value set `type-traitement-frcp`).
    pub traitements_proposes: Vec<String>,
}

/// `quorum` in conditions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ContexteQuorum {
    /// HAS rule; `indetermine` as long as the case is not decided.
    pub has: EtatQuorum,
    /// Composition rule; the same.
    pub composition: EtatQuorum,
    /// Names of the missing places.
    pub manquantes: Vec<String>,
}

/// A rule as its file holds it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fichier {
    code: String,
    version: String,
    #[serde(rename = "nom")]
    _nom: String,
    #[serde(rename = "valable_du")]
    _valable_du: NaiveDate,
    #[serde(rename = "valable_au")]
    _valable_au: Option<NaiveDate>,
    #[serde(rename = "source")]
    _source: String,
    niveau: NiveauAlerte,
    acquittable: bool,
    cas: Vec<CasEcrit>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct CasEcrit {
    condition: String,
    message: String,
    action_conseillee: Option<String>,
    niveau: Option<NiveauAlerte>,
}

/// A rule, ready to be evaluated.
#[derive(Debug)]
pub struct Regle {
    /// Code.
    pub code: String,
    /// Version.
    pub version: String,
    acquittable: bool,
    cas: Vec<Cas>,
}

#[derive(Debug)]
struct Cas {
    condition: Expression,
    message: String,
    action_conseillee: Option<String>,
    niveau: NiveauAlerte,
}

/// Why a file is not an alert rule.
#[derive(Debug, thiserror::Error)]
pub enum RegleInvalide {
    /// Not of the expected form.
    #[error("{0}")]
    Forme(#[from] serde_json::Error),
    /// No case.
    #[error("une règle compte au moins un cas")]
    SansCas,
    /// A blocking alert cannot be acknowledged.
    #[error("une alerte bloquante n'est pas acquittable")]
    BloquanteAcquittable,
    /// A condition that cannot be evaluated.
    #[error("cas {0} : {1}")]
    Condition(usize, ExpressionInvalide),
}

/// A rule that fires on a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declenchement {
    /// Code of the rule.
    pub regle_code: String,
    /// Version of the rule.
    pub regle_version: String,
    /// How much the alert weighs.
    pub niveau: NiveauAlerte,
    /// True when it may be acknowledged.
    pub acquittable: bool,
    /// What is to be known.
    pub message: String,
    /// What is advised.
    pub action_conseillee: Option<String>,
}

/// What a rule gives on a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Issue {
    /// It fires.
    Declenchee(Declenchement),
    /// It does not.
    Muette,
    /// It cannot be told: the condition failed, or gave something else than true or false.
    Inevaluable,
}

impl Regle {
    /// Reads a rule.
    pub fn lire(contenu: &Value) -> Result<Self, RegleInvalide> {
        let fichier = Fichier::deserialize(contenu)?;
        if fichier.cas.is_empty() {
            return Err(RegleInvalide::SansCas);
        }
        let mut cas = Vec::with_capacity(fichier.cas.len());
        for (rang, ecrit) in (1..).zip(fichier.cas) {
            let niveau = ecrit.niveau.unwrap_or(fichier.niveau);
            if niveau == NiveauAlerte::Bloquante && fichier.acquittable {
                return Err(RegleInvalide::BloquanteAcquittable);
            }
            let condition = Expression::lire(&ecrit.condition, &VARIABLES).map_err(|e| RegleInvalide::Condition(rang, e))?;
            cas.push(Cas { condition, message: ecrit.message, action_conseillee: ecrit.action_conseillee, niveau });
        }
        Ok(Self { code: fichier.code, version: fichier.version, acquittable: fichier.acquittable, cas })
    }

    /// Evaluates the rule on a case: the first of its cases whose condition holds.
    #[must_use]
    pub fn evaluer(&self, contexte: &ContexteEvaluable) -> Issue {
        for cas in &self.cas {
            match cas.condition.evaluer(&contexte.valeurs) {
                Some(Valeur::Bool(true)) => {
                    return Issue::Declenchee(Declenchement {
                        regle_code: self.code.clone(),
                        regle_version: self.version.clone(),
                        niveau: cas.niveau,
                        acquittable: self.acquittable,
                        message: contexte.completer(&cas.message),
                        action_conseillee: cas.action_conseillee.as_deref().map(|texte| contexte.completer(texte)),
                    });
                }
                Some(Valeur::Bool(false)) => {}
                Some(_) | None => return Issue::Inevaluable,
            }
        }
        Issue::Muette
    }
}

/// A context in the form that conditions are evaluated on, made once for all the rules of a case.
pub struct ContexteEvaluable {
    json: Value,
    valeurs: expression::Contexte,
}

impl ContexteEvaluable {
    /// Prepares a context.
    pub fn nouveau(contexte: &Contexte) -> Result<Self, serde_json::Error> {
        let json = serde_json::to_value(contexte)?;
        Ok(Self { valeurs: expression::Contexte::nouveau(&json), json })
    }

    /// Puts the values of the context in the places that a text keeps for them:
    /// « Patient de {patient.age} ans ».
    fn completer(&self, texte: &str) -> String {
        let mut morceaux = texte.split('{');
        let mut complet = morceaux.next().unwrap_or_default().to_owned();
        for morceau in morceaux {
            let (chemin, suite) = morceau.split_once('}').unwrap_or((morceau, ""));
            complet.push_str(&self.valeur(chemin));
            complet.push_str(suite);
        }
        complet
    }

    fn valeur(&self, chemin: &str) -> String {
        let absente = || "(non renseigné)".to_owned();
        match self.json.pointer(&format!("/{}", chemin.replace('.', "/"))) {
            Some(Value::String(texte)) => texte.clone(),
            Some(Value::Number(nombre)) => nombre.to_string(),
            Some(Value::Bool(vrai)) => if *vrai { "oui" } else { "non" }.to_owned(),
            Some(Value::Array(elements)) if !elements.is_empty() => {
                elements.iter().map(|e| e.as_str().map_or_else(|| e.to_string(), str::to_owned)).collect::<Vec<_>>().join(", ")
            }
            Some(Value::Array(_) | Value::Object(_) | Value::Null) | None => absente(),
        }
    }
}

#[cfg(test)]
mod tests;
