//! Trials of a rule, written beside it: cases whose verdict is known.

use super::{Contexte, ContexteEvaluable, Issue, Regle};
use crate::metier::fiche::model::fusionner;
use serde::Deserialize;
use serde_json::Value;

/// A trial: what differs from [`Contexte::ordinaire`], and what the rule must say.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Essai {
    /// What it tries, in French.
    pub nom: String,
    /// Applied to the ordinary case as a merge patch.
    #[serde(default)]
    pub contexte: Value,
    /// Rank of the case that must fire, from 1; nothing when the rule must stay silent.
    pub cas: Option<usize>,
}

impl Essai {
    /// The context of the trial, or why it is none: a member that contexts do not have, a value of the
    /// wrong type.
    pub fn contexte(&self) -> Result<Contexte, serde_json::Error> {
        if self.contexte.is_null() {
            return Ok(Contexte::ordinaire());
        }
        serde_json::from_value(fusionner(serde_json::to_value(Contexte::ordinaire())?, &self.contexte))
    }

    /// What is wrong, in French; nothing when the rule says what is expected.
    pub(super) fn manque(&self, regle: &Regle) -> Option<String> {
        let contexte = match self.contexte().and_then(|contexte| ContexteEvaluable::nouveau(&contexte)) {
            Ok(contexte) => contexte,
            Err(cause) => return Some(cause.to_string()),
        };
        let dit = match regle.evaluer(&contexte) {
            Issue::Declenchee(d) if self.cas == Some(d.cas) => return None,
            Issue::Muette if self.cas.is_none() => return None,
            Issue::Declenchee(d) => format!("le cas {} se déclenche", d.cas),
            Issue::Muette => "rien ne se déclenche".to_owned(),
            Issue::Inevaluable => "une condition ne s'évalue pas".to_owned(),
        };
        let attendu = self.cas.map_or_else(|| "rien n'est attendu".to_owned(), |cas| format!("le cas {cas} est attendu"));
        Some(format!("{dit}, {attendu}"))
    }
}
