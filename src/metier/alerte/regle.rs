//! Alert rules as data, and their evaluation: pure.
//!
//! A file of `referentiels/alertes/` is read by [`Regle::lire`], which refuses whatever could not be
//! evaluated at a bounded cost: too long a condition, an unknown variable, loops nested more than
//! twice. The context of a case is what conditions see of it; lists are cut at [`LISTE_MAXIMALE`].

use super::model::NiveauAlerte;
use crate::{
    kernel::identite::StatutIdentite,
    metier::{
        patient::model::{ObjetOpposition, Sexe},
        quorum::model::EtatQuorum,
        rcp::model::{CategorieRecours, NatureRcp, NiveauRcp, TypeRcp},
    },
};
use cel::{
    Context, Env, IdedExpr, Program, Value as Cel,
    common::ast::{EntryExpr, Expr},
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{
    collections::HashMap,
    sync::{Arc, LazyLock},
};

/// The longest condition, in bytes.
const CONDITION_MAXIMALE: usize = 2000;
/// The elements of a list that conditions see.
pub const LISTE_MAXIMALE: usize = 100;
/// How deep loops (`exists`, `all`, `filter`, `map`) may be nested: at the longest lists, two of them
/// cost some milliseconds.
const BOUCLES_IMBRIQUEES: usize = 2;

static ENVIRONNEMENT: LazyLock<Arc<Env>> = LazyLock::new(|| Arc::new(Env::stdlib()));

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
    condition: Program,
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
    /// The condition is too long.
    #[error("cas {0} : la condition dépasse {CONDITION_MAXIMALE} octets")]
    TropLongue(usize),
    /// The condition is not CEL.
    #[error("cas {0} : {1}")]
    Illisible(usize, String),
    /// The condition names something that is not in the context.
    #[error("cas {0} : « {1} » n'est pas une variable du contexte")]
    VariableInconnue(usize, String),
    /// The condition could take too long.
    #[error("cas {0} : plus de {BOUCLES_IMBRIQUEES} boucles imbriquées")]
    TropDeBoucles(usize),
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
            let condition = compiler(rang, &ecrit.condition)?;
            cas.push(Cas { condition, message: ecrit.message, action_conseillee: ecrit.action_conseillee, niveau });
        }
        Ok(Self { code: fichier.code, version: fichier.version, acquittable: fichier.acquittable, cas })
    }

    /// Evaluates the rule on a case: the first of its cases whose condition holds.
    #[must_use]
    pub fn evaluer(&self, contexte: &ContexteEvaluable) -> Issue {
        for cas in &self.cas {
            match cas.condition.execute(&contexte.cel) {
                Ok(Cel::Bool(true)) => {
                    return Issue::Declenchee(Declenchement {
                        regle_code: self.code.clone(),
                        regle_version: self.version.clone(),
                        niveau: cas.niveau,
                        acquittable: self.acquittable,
                        message: contexte.completer(&cas.message),
                        action_conseillee: cas.action_conseillee.as_deref().map(|texte| contexte.completer(texte)),
                    });
                }
                Ok(Cel::Bool(false)) => {}
                Ok(_) | Err(_) => return Issue::Inevaluable,
            }
        }
        Issue::Muette
    }
}

fn compiler(rang: usize, condition: &str) -> Result<Program, RegleInvalide> {
    if condition.len() > CONDITION_MAXIMALE {
        return Err(RegleInvalide::TropLongue(rang));
    }
    let programme = ENVIRONNEMENT.compile(condition).map_err(|e| RegleInvalide::Illisible(rang, e.to_string()))?;
    if boucles(programme.expression()) > BOUCLES_IMBRIQUEES {
        return Err(RegleInvalide::TropDeBoucles(rang));
    }
    let mut noms = Vec::new();
    variables_libres(programme.expression(), &mut Vec::new(), &mut noms);
    match noms.into_iter().find(|nom| !VARIABLES.contains(&nom.as_str())) {
        Some(inconnue) => Err(RegleInvalide::VariableInconnue(rang, inconnue)),
        None => Ok(programme),
    }
}

/// The expressions that an expression is made of, loops apart.
fn parties(expression: &Expr) -> Vec<&IdedExpr> {
    match expression {
        Expr::Unspecified | Expr::Ident(_) | Expr::Literal(_) | Expr::Comprehension(_) => Vec::new(),
        Expr::Call(appel) => appel.target.iter().map(AsRef::as_ref).chain(&appel.args).collect(),
        Expr::List(liste) => liste.elements.iter().collect(),
        Expr::Select(selection) => vec![&selection.operand],
        Expr::Map(table) => table.entries.iter().flat_map(|entree| entrees(&entree.expr)).collect(),
        Expr::Struct(objet) => objet.entries.iter().flat_map(|entree| entrees(&entree.expr)).collect(),
    }
}

fn entrees(entree: &EntryExpr) -> Vec<&IdedExpr> {
    match entree {
        EntryExpr::StructField(champ) => vec![&champ.value],
        EntryExpr::MapEntry(entree) => vec![&entree.key, &entree.value],
    }
}

/// How deep loops are nested in an expression.
fn boucles(expression: &IdedExpr) -> usize {
    if let Expr::Comprehension(boucle) = &expression.expr {
        let dedans = boucles(&boucle.loop_cond).max(boucles(&boucle.loop_step)) + 1;
        return dedans.max(boucles(&boucle.iter_range)).max(boucles(&boucle.accu_init)).max(boucles(&boucle.result));
    }
    parties(&expression.expr).into_iter().map(boucles).max().unwrap_or(0)
}

/// The names that an expression takes from the context, those that its own loops declare apart.
fn variables_libres(expression: &IdedExpr, declarees: &mut Vec<String>, libres: &mut Vec<String>) {
    match &expression.expr {
        Expr::Ident(nom) => {
            if !declarees.contains(nom) {
                libres.push(nom.clone());
            }
        }
        Expr::Comprehension(boucle) => {
            variables_libres(&boucle.iter_range, declarees, libres);
            variables_libres(&boucle.accu_init, declarees, libres);
            let avant = declarees.len();
            declarees.extend([boucle.iter_var.clone(), boucle.accu_var.clone()].into_iter().chain(boucle.iter_var2.clone()));
            for partie in [&boucle.loop_cond, &boucle.loop_step, &boucle.result] {
                variables_libres(partie, declarees, libres);
            }
            declarees.truncate(avant);
        }
        autre => parties(autre).into_iter().for_each(|partie| variables_libres(partie, declarees, libres)),
    }
}

/// A context in the form that conditions are evaluated on, made once for all the rules of a case.
pub struct ContexteEvaluable {
    json: Value,
    cel: Context<'static, 'static>,
}

impl ContexteEvaluable {
    /// Prepares a context.
    pub fn nouveau(contexte: &Contexte) -> Result<Self, serde_json::Error> {
        let json = serde_json::to_value(contexte)?;
        let mut cel = Context::with_env(Arc::clone(&ENVIRONNEMENT));
        for (nom, valeur) in json.as_object().into_iter().flatten() {
            cel.add_variable_from_value(nom.clone(), vers_cel(valeur));
        }
        Ok(Self { json, cel })
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

/// Whole numbers become CEL integers, whatever their sign: unsigned ones would not mix with the
/// literals of conditions.
fn vers_cel(json: &Value) -> Cel {
    match json {
        Value::Null => Cel::Null,
        Value::Bool(vrai) => Cel::Bool(*vrai),
        Value::Number(nombre) => nombre.as_i64().map_or_else(|| Cel::Float(nombre.as_f64().unwrap_or_default()), Cel::Int),
        Value::String(texte) => Cel::String(Arc::new(texte.clone())),
        Value::Array(elements) => Cel::List(Arc::new(elements.iter().take(LISTE_MAXIMALE).map(vers_cel).collect())),
        Value::Object(membres) => {
            membres.iter().map(|(cle, valeur)| (cle.clone(), vers_cel(valeur))).collect::<HashMap<String, Cel>>().into()
        }
    }
}

#[cfg(test)]
mod tests;
