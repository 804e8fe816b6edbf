//! Values that a fiche model computes from its answers: an ISUP group, an IPI, a Child-Pugh class. Pure.
//!
//! A derived value is data: an [`expression`](crate::kernel::expression) over `fiche` (the content) and
//! `patient` (`age` in completed years, `sexe`), the source of its rule, and a table of trials that must
//! hold before the model is loaded or published. It is never typed and never kept: it is computed from
//! the answers each time it is shown.

use crate::kernel::{
    Faute,
    expression::{Contexte, Expression, Valeur},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

/// The variables of an expression.
const VARIABLES: [&str; 2] = ["fiche", "patient"];
/// The input that is not an answer: the age of the patient.
const AGE: &str = "/patient/age";
/// How far a computed number may be from the one expected, relative to it.
const TOLERANCE: f64 = 1e-6;

/// A derived value, as a model declares it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Derive {
    /// Code, unique in the model.
    #[schema(example = "prostate-isup")]
    pub code: String,
    /// Name, in French.
    #[schema(example = "Groupe ISUP")]
    pub nom: String,
    /// Unit.
    pub unite: Option<String>,
    /// Publication that the rule comes from.
    pub source: String,
    /// JSON Pointers of the answers without which there is no value; `/patient/age` for the age.
    pub entrees: Vec<String>,
    /// The rule, in CEL.
    pub expression: String,
    /// Trials of the rule.
    pub essais: Vec<Essai>,
}

/// One trial of a rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Essai {
    /// Content of the fiche.
    #[schema(value_type = Object)]
    pub contenu: Value,
    /// Age of the patient, when the rule asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age: Option<u32>,
    /// Sex of the patient, when the rule asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sexe: Option<String>,
    /// What the rule must give.
    #[schema(value_type = Object)]
    pub attendu: Value,
}

crate::enum_texte! {
    /// How far a derived value could be computed.
    pub enum EtatDerive {
        /// There is a value.
        Calcule => "calcule",
        /// Answers lack.
        Incomplet => "incomplet",
        /// The answers are there and give no value: one of them is « en attente », say.
        SansValeur => "sans_valeur",
    }
}

/// A derived value of a fiche.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ValeurDerivee {
    /// Code.
    #[schema(example = "prostate-isup")]
    pub code: String,
    /// Name, in French.
    #[schema(example = "Groupe ISUP")]
    pub nom: String,
    /// Unit.
    pub unite: Option<String>,
    /// Publication that the rule comes from.
    pub source: String,
    /// How far it could be computed.
    pub etat: EtatDerive,
    /// A number, a text or a truth.
    #[schema(value_type = Option<Object>)]
    pub valeur: Option<Value>,
    /// JSON Pointers of the answers that lack.
    pub manquants: Vec<String>,
}

/// A derived value ready to be computed.
#[derive(Debug)]
pub struct DeriveCompile {
    derive: Derive,
    expression: Expression,
}

impl DeriveCompile {
    /// Reads the rule and runs its trials: a rule without any, or that fails one, is refused with the
    /// place of the fault in the declaration.
    pub fn nouveau(derive: Derive) -> Result<Self, Faute> {
        let faute = |ou: String, code, cause: String| Faute::new(ou, code, format!("valeur calculée « {} » : {cause}", derive.code));
        let expression = Expression::lire(&derive.expression, &VARIABLES)
            .map_err(|e| faute("/expression".to_owned(), "expression-invalide", e.to_string()))?;
        let compile = Self { expression, derive: derive.clone() };
        if derive.essais.is_empty() {
            return Err(faute("/essais".to_owned(), "obligatoire", "au moins un essai est attendu".to_owned()));
        }
        for (rang, essai) in derive.essais.iter().enumerate() {
            let donnees = donnees(&essai.contenu, essai.age, essai.sexe.as_deref());
            let obtenu = compile.calculer(&essai.contenu, essai.age.is_some(), &Contexte::nouveau(&donnees));
            if !obtenu.valeur.as_ref().is_some_and(|valeur| egales(valeur, &essai.attendu)) {
                let obtenu = obtenu.valeur.map_or_else(|| format!("{} {:?}", obtenu.etat.as_str(), obtenu.manquants), |v| v.to_string());
                let cause = format!("essai {} : {obtenu} au lieu de {}", rang + 1, essai.attendu);
                return Err(faute(format!("/essais/{rang}"), "essai-manque", cause));
            }
        }
        Ok(compile)
    }

    fn calculer(&self, contenu: &Value, age_connu: bool, contexte: &Contexte) -> ValeurDerivee {
        let absente = |entree: &&String| if *entree == AGE { !age_connu } else { contenu.pointer(entree).is_none_or(Value::is_null) };
        let manquants: Vec<String> = self.derive.entrees.iter().filter(absente).cloned().collect();
        let valeur = if manquants.is_empty() { self.expression.evaluer(contexte).and_then(|valeur| vers_json(&valeur)) } else { None };
        let Derive { code, nom, unite, source, .. } = self.derive.clone();
        let etat = match &valeur {
            _ if !manquants.is_empty() => EtatDerive::Incomplet,
            Some(_) => EtatDerive::Calcule,
            None => EtatDerive::SansValeur,
        };
        ValeurDerivee { code, nom, unite, source, etat, valeur, manquants }
    }
}

/// Computes the derived values of a content, for a patient of that age and sex.
#[must_use]
pub fn calculer(derives: &[DeriveCompile], contenu: &Value, age: u32, sexe: &str) -> Vec<ValeurDerivee> {
    if derives.is_empty() {
        return Vec::new();
    }
    let contexte = Contexte::nouveau(&donnees(contenu, Some(age), Some(sexe)));
    derives.iter().map(|derive| derive.calculer(contenu, true, &contexte)).collect()
}

fn donnees(contenu: &Value, age: Option<u32>, sexe: Option<&str>) -> Value {
    let mut patient = Map::new();
    patient.extend(age.map(|age| ("age".to_owned(), json!(age))));
    patient.extend(sexe.map(|sexe| ("sexe".to_owned(), json!(sexe))));
    json!({ "fiche": contenu, "patient": patient })
}

/// Numbers are kept to the ten-thousandth: no score needs more.
fn vers_json(valeur: &Valeur) -> Option<Value> {
    match valeur {
        Valeur::Int(n) => Some(json!(n)),
        Valeur::UInt(n) => Some(json!(n)),
        Valeur::Float(x) if x.is_finite() => Some(json!((x * 1e4).round() / 1e4)),
        Valeur::Bool(vrai) => Some(json!(vrai)),
        Valeur::String(texte) => Some(json!(texte.as_str())),
        _ => None,
    }
}

fn egales(obtenue: &Value, attendue: &Value) -> bool {
    match (obtenue.as_f64(), attendue.as_f64()) {
        (Some(a), Some(b)) => (a - b).abs() <= TOLERANCE.mul_add(b.abs(), 1e-4),
        _ => obtenue == attendue,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn imc() -> Derive {
        serde_json::from_value(json!({
            "code": "imc", "nom": "Indice de masse corporelle", "unite": "kg/m²", "source": "OMS", "entrees": ["/poids", "/taille"],
            "expression": "double(fiche.poids) / (double(fiche.taille) * double(fiche.taille))",
            "essais": [{ "contenu": { "poids": 70, "taille": 1.75 }, "attendu": 22.8571 }]
        }))
        .unwrap()
    }

    #[test]
    fn une_valeur_se_calcule_ou_dit_ce_qui_lui_manque() {
        let derives = [DeriveCompile::nouveau(imc()).unwrap()];
        let valeur = |contenu: Value| calculer(&derives, &contenu, 60, "feminin").remove(0);
        assert_eq!(valeur(json!({ "poids": 80, "taille": 2 })).valeur, Some(json!(20.0)));
        let incomplete = valeur(json!({ "poids": 80, "taille": null }));
        assert_eq!((incomplete.etat, incomplete.manquants, incomplete.valeur), (EtatDerive::Incomplet, vec!["/taille".to_owned()], None));
        assert_eq!(valeur(json!({ "poids": "lourd", "taille": 2 })).etat, EtatDerive::SansValeur);
        assert_eq!(valeur(json!({ "poids": 80, "taille": 0 })).etat, EtatDerive::SansValeur, "pas d'infini");
    }

    #[test]
    fn une_regle_qui_manque_un_essai_est_refusee() {
        let refus = |derive: Derive| DeriveCompile::nouveau(derive).unwrap_err();
        let mut fausse = imc();
        fausse.essais[0].attendu = json!(23);
        let manquee = refus(fausse);
        assert!(manquee.message.contains("essai 1 : 22.8571 au lieu de 23"), "{manquee:?}");
        assert_eq!(manquee.pointer, "/essais/0");
        assert_eq!(refus(Derive { essais: vec![], ..imc() }).pointer, "/essais");
        assert_eq!(refus(Derive { expression: "fiche.poids /".into(), ..imc() }).pointer, "/expression");
        assert!(refus(Derive { entrees: vec![AGE.into()], ..imc() }).message.contains("incomplet"));
    }
}
