//! Alert rules as data, and their evaluation: pure.
//!
//! A file of `referentiels/alertes/` is read by [`Regle::lire`]; its conditions are
//! [`expression`]s, bounded in cost. The [`Contexte`] of a case is what conditions see of it, and
//! [`Essai`]s are cases that the rule brings with the verdict that it must give on them.

mod dictionnaire;
mod donnees;
mod essai;

pub use dictionnaire::{DICTIONNAIRE, Variable, table};
pub use donnees::{
    Contexte, ContexteDelais, ContexteDossier, ContexteG8, ContexteHistorique, ContexteInscription, ContexteModele, ContexteParticipant,
    ContextePassage, ContextePatient, ContexteQuorum, ContexteRcp, ContexteReunion, ContexteTumeur, ReponseEssai,
};
pub use essai::Essai;

use super::model::NiveauAlerte;
use crate::{
    kernel::{
        Faute,
        expression::{self, Expression, ExpressionInvalide, Valeur},
        lecture,
    },
    metier::quorum::regle::StatutRegle,
};
use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeSet;

/// The variables that are known of a case without looking further: those of `applicable`.
pub const PROCHES: [&str; 11] =
    ["patient", "dossier", "fiche", "modele", "tumeurs", "g8", "reunion", "rcp", "inscription", "delais", "quorum"];
/// The variables that are looked for when a rule that bears on the case names them.
pub const LOINTAINES: [&str; 3] = [CALCUL, PARTICIPANTS, HISTORIQUE];
/// Derived values of the fiche.
pub const CALCUL: &str = "calcul";
/// Who takes part in the case.
pub const PARTICIPANTS: &str = "participants";
/// Other registrations of the patient.
pub const HISTORIQUE: &str = "historique";

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
    #[serde(default = "a_verifier")]
    statut: StatutRegle,
    niveau: NiveauAlerte,
    acquittable: bool,
    applicable: Option<String>,
    contact: Option<String>,
    cas: Vec<CasEcrit>,
    #[serde(default)]
    essais: Vec<Essai>,
}

const fn a_verifier() -> StatutRegle {
    StatutRegle::DefautAVerifier
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct CasEcrit {
    condition: ConditionEcrite,
    message: String,
    action_conseillee: Option<String>,
    contact: Option<String>,
    niveau: Option<NiveauAlerte>,
}

/// A condition, in one piece or in several that must all hold, in that order.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum ConditionEcrite {
    Une(String),
    Toutes(Vec<String>),
}

impl ConditionEcrite {
    fn lire(self, variables: &[&str]) -> Result<Vec<Expression>, ExpressionInvalide> {
        let textes = match self {
            Self::Une(texte) => vec![texte],
            Self::Toutes(textes) => textes,
        };
        textes.iter().map(|texte| Expression::lire(texte, variables)).collect()
    }
}

/// A rule, ready to be evaluated.
#[derive(Debug)]
pub struct Regle {
    /// Code.
    pub code: String,
    /// Version.
    pub version: String,
    /// How much it can be relied on: whether its facts were found in a text.
    pub statut: StatutRegle,
    /// Its trials.
    pub essais: Vec<Essai>,
    acquittable: bool,
    applicable: Option<Expression>,
    cas: Vec<Cas>,
}

#[derive(Debug)]
struct Cas {
    conditions: Vec<Expression>,
    message: String,
    action_conseillee: Option<String>,
    contact: Option<String>,
    niveau: NiveauAlerte,
}

/// Why a file is not an alert rule.
#[derive(Debug, thiserror::Error)]
pub enum RegleInvalide {
    /// Not of the expected form.
    #[error("{} : {}", .0.pointer, .0.message)]
    Forme(Faute),
    /// No case.
    #[error("une règle compte au moins un cas")]
    SansCas,
    /// A blocking alert cannot be acknowledged.
    #[error("une alerte bloquante n'est pas acquittable")]
    BloquanteAcquittable,
    /// The condition that says which cases the rule bears on cannot be evaluated.
    #[error("« applicable » : {0}")]
    Applicable(ExpressionInvalide),
    /// A condition that cannot be evaluated.
    #[error("cas {0} : {1}")]
    Condition(usize, ExpressionInvalide),
    /// A trial that does not hold.
    #[error("essai {0} (« {1} ») : {2}")]
    Essai(usize, String, String),
}

impl RegleInvalide {
    /// The fault, at its place in the file.
    #[must_use]
    pub fn faute(self) -> Faute {
        let message = self.to_string();
        match self {
            Self::Forme(faute) => faute,
            Self::SansCas => Faute::new("/cas", "obligatoire", message),
            Self::BloquanteAcquittable => Faute::new("/acquittable", "bloquante-acquittable", message),
            Self::Applicable(_) => Faute::new("/applicable", "condition-invalide", message),
            Self::Condition(rang, _) => Faute::new(format!("/cas/{}/condition", rang.saturating_sub(1)), "condition-invalide", message),
            Self::Essai(rang, ..) => Faute::new(format!("/essais/{}", rang.saturating_sub(1)), "essai-faux", message),
        }
    }
}

/// A rule that fires on a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declenchement {
    /// Code of the rule.
    pub regle_code: String,
    /// Version of the rule.
    pub regle_version: String,
    /// Rank of the case that fires, from 1.
    pub cas: usize,
    /// How much the alert weighs.
    pub niveau: NiveauAlerte,
    /// True when it may be acknowledged.
    pub acquittable: bool,
    /// What is to be known.
    pub message: String,
    /// What is advised.
    pub action_conseillee: Option<String>,
    /// Who helps.
    pub contact: Option<String>,
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
    /// Reads a rule; its trials are not run.
    pub fn lire(contenu: &Value) -> Result<Self, RegleInvalide> {
        let fichier: Fichier = lecture::depuis_json(contenu).map_err(RegleInvalide::Forme)?;
        if fichier.cas.is_empty() {
            return Err(RegleInvalide::SansCas);
        }
        let applicable = fichier.applicable.map(|texte| Expression::lire(&texte, &PROCHES)).transpose();
        let variables = [PROCHES.as_slice(), &LOINTAINES].concat();
        let mut cas = Vec::with_capacity(fichier.cas.len());
        for (rang, ecrit) in (1..).zip(fichier.cas) {
            let niveau = ecrit.niveau.unwrap_or(fichier.niveau);
            if niveau == NiveauAlerte::Bloquante && fichier.acquittable {
                return Err(RegleInvalide::BloquanteAcquittable);
            }
            cas.push(Cas {
                conditions: ecrit.condition.lire(&variables).map_err(|e| RegleInvalide::Condition(rang, e))?,
                message: ecrit.message,
                action_conseillee: ecrit.action_conseillee,
                contact: ecrit.contact.or_else(|| fichier.contact.clone()),
                niveau,
            });
        }
        Ok(Self {
            code: fichier.code,
            version: fichier.version,
            statut: fichier.statut,
            essais: fichier.essais,
            acquittable: fichier.acquittable,
            applicable: applicable.map_err(RegleInvalide::Applicable)?,
            cas,
        })
    }

    /// Refuses a rule that does not say what one of its trials expects.
    pub fn verifier(&self) -> Result<(), RegleInvalide> {
        for (rang, essai) in (1..).zip(&self.essais) {
            if let Some(cause) = essai.manque(self) {
                return Err(RegleInvalide::Essai(rang, essai.nom.clone(), cause));
            }
        }
        Ok(())
    }

    /// The variables that its conditions name.
    pub fn variables(&self) -> BTreeSet<&str> {
        self.cas.iter().flat_map(|cas| &cas.conditions).flat_map(Expression::variables).map(String::as_str).collect()
    }

    /// Whether the rule bears on a case; `None` when that cannot be told. [`PROCHES`] are enough.
    #[must_use]
    pub fn concerne(&self, contexte: &ContexteEvaluable) -> Option<bool> {
        self.applicable.as_ref().map_or(Some(true), |condition| contexte.est_vraie(condition))
    }

    /// Evaluates the rule on a case: the first of its cases whose condition holds.
    #[must_use]
    pub fn evaluer(&self, contexte: &ContexteEvaluable) -> Issue {
        match self.concerne(contexte) {
            Some(true) => {}
            Some(false) => return Issue::Muette,
            None => return Issue::Inevaluable,
        }
        for (rang, cas) in (1..).zip(&self.cas) {
            match contexte.sont_vraies(&cas.conditions) {
                Some(true) => return Issue::Declenchee(self.declenchement(rang, cas, contexte)),
                Some(false) => {}
                None => return Issue::Inevaluable,
            }
        }
        Issue::Muette
    }

    fn declenchement(&self, rang: usize, cas: &Cas, contexte: &ContexteEvaluable) -> Declenchement {
        let completer = |texte: &Option<String>| texte.as_deref().map(|texte| contexte.completer(texte));
        Declenchement {
            regle_code: self.code.clone(),
            regle_version: self.version.clone(),
            cas: rang,
            niveau: cas.niveau,
            acquittable: self.acquittable,
            message: contexte.completer(&cas.message),
            action_conseillee: completer(&cas.action_conseillee),
            contact: completer(&cas.contact),
        }
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

    fn est_vraie(&self, condition: &Expression) -> Option<bool> {
        match condition.evaluer(&self.valeurs) {
            Some(Valeur::Bool(vraie)) => Some(vraie),
            Some(_) | None => None,
        }
    }

    /// Whether all the conditions hold: those that follow one that does not are not looked at.
    fn sont_vraies(&self, conditions: &[Expression]) -> Option<bool> {
        for condition in conditions {
            if !self.est_vraie(condition)? {
                return Some(false);
            }
        }
        Some(true)
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
