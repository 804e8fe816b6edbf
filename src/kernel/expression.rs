//! Expressions of the region's rules, in CEL (<https://cel.dev>): conditions of alerts, derived values
//! of fiches. Read once, evaluated often, bounded in cost.
//!
//! [`Expression::lire`] refuses whatever could not be evaluated at a bounded cost: too long or too deep
//! a text, loops nested more than twice, a name that the context does not have. Lists of the context
//! are cut at [`LISTE_MAXIMALE`].

use cel::{
    Context, Env, IdedExpr, Program,
    common::ast::{EntryExpr, Expr},
};
use serde_json::Value;
use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, LazyLock},
};

/// The longest expression, in bytes.
pub const LONGUEUR_MAXIMALE: usize = 2000;
/// How deep parentheses, brackets and alternatives (`? :`) may be nested together: the parser calls
/// itself for each, and the stack of a thread is finite.
pub const PROFONDEUR_MAXIMALE: usize = 48;
/// The elements of a list that expressions see.
pub const LISTE_MAXIMALE: usize = 100;
/// How deep loops (`exists`, `all`, `filter`, `map`) may be nested: at the longest lists, two of them
/// cost some milliseconds.
pub const BOUCLES_IMBRIQUEES: usize = 2;

/// What an expression gives, or a value of a context.
pub use cel::Value as Valeur;

static ENVIRONNEMENT: LazyLock<Arc<Env>> = LazyLock::new(|| Arc::new(Env::stdlib()));

/// An expression that has been read.
#[derive(Debug)]
pub struct Expression {
    programme: Program,
    variables: BTreeSet<String>,
}

/// Why a text is not an expression that may be evaluated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExpressionInvalide {
    /// Too long.
    #[error("l'expression dépasse {LONGUEUR_MAXIMALE} octets")]
    TropLongue,
    /// Too deep.
    #[error("plus de {PROFONDEUR_MAXIMALE} parenthèses ou alternatives imbriquées")]
    TropProfonde,
    /// Not CEL.
    #[error("{0}")]
    Illisible(String),
    /// It names something that is not in the context.
    #[error("« {0} » n'est pas une variable du contexte")]
    VariableInconnue(String),
    /// It could take too long.
    #[error("plus de {BOUCLES_IMBRIQUEES} boucles imbriquées")]
    TropDeBoucles,
}

/// The values that expressions are evaluated on, made once for all those of a case.
pub struct Contexte(Context<'static, 'static>);

impl Contexte {
    /// Each member of an object becomes a variable.
    #[must_use]
    pub fn nouveau(variables: &Value) -> Self {
        let mut contexte = Context::with_env(Arc::clone(&ENVIRONNEMENT));
        for (nom, valeur) in variables.as_object().into_iter().flatten() {
            contexte.add_variable_from_value(nom.clone(), vers_cel(valeur));
        }
        Self(contexte)
    }
}

impl Expression {
    /// Reads an expression over some variables.
    pub fn lire(texte: &str, variables: &[&str]) -> Result<Self, ExpressionInvalide> {
        if texte.len() > LONGUEUR_MAXIMALE {
            return Err(ExpressionInvalide::TropLongue);
        }
        if profondeur(texte) > PROFONDEUR_MAXIMALE {
            return Err(ExpressionInvalide::TropProfonde);
        }
        let programme = analyser(texte)?;
        if boucles(programme.expression()) > BOUCLES_IMBRIQUEES {
            return Err(ExpressionInvalide::TropDeBoucles);
        }
        let mut noms = BTreeSet::new();
        variables_libres(programme.expression(), &mut Vec::new(), &mut noms);
        match noms.iter().find(|nom| !variables.contains(&nom.as_str())) {
            Some(inconnue) => Err(ExpressionInvalide::VariableInconnue(inconnue.clone())),
            None => Ok(Self { programme, variables: noms }),
        }
    }

    /// The variables of the context that it names.
    pub const fn variables(&self) -> &BTreeSet<String> {
        &self.variables
    }

    /// What it gives on a context; `None` when it fails there (a member that is absent, say).
    #[must_use]
    pub fn evaluer(&self, contexte: &Contexte) -> Option<Valeur> {
        self.programme.execute(&contexte.0).ok()
    }
}

/// Stack of the thread that parses: a level of nesting takes up to 150 KiB in a build that is not
/// optimised.
const PILE: usize = 32 << 20;

fn analyser(texte: &str) -> Result<Program, ExpressionInvalide> {
    let illisible = |cause: String| ExpressionInvalide::Illisible(cause);
    std::thread::scope(|fils| {
        let lancer = || ENVIRONNEMENT.compile(texte).map_err(|e| illisible(e.to_string()));
        let fil = std::thread::Builder::new().stack_size(PILE).spawn_scoped(fils, lancer).map_err(|e| illisible(e.to_string()))?;
        fil.join().unwrap_or_else(|_| Err(illisible("l'analyse s'est interrompue".to_owned())))
    })
}

/// An upper bound of how deep the parser calls itself. Signs count too: `- - - 1` nests.
fn profondeur(texte: &str) -> usize {
    let (mut ouvertes, mut maximum, mut alternatives, mut signes) = (0_usize, 0, 0, 0);
    for octet in texte.bytes() {
        match octet {
            b'(' | b'[' | b'{' => ouvertes += 1,
            b')' | b']' | b'}' => ouvertes = ouvertes.saturating_sub(1),
            b'?' => alternatives += 1,
            b'-' | b'!' => signes += 1,
            b' ' | b'\t' | b'\n' => {}
            _ => signes = 0,
        }
        maximum = maximum.max(ouvertes + signes);
    }
    maximum + alternatives
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
fn variables_libres(expression: &IdedExpr, declarees: &mut Vec<String>, libres: &mut BTreeSet<String>) {
    match &expression.expr {
        Expr::Ident(nom) => {
            if !declarees.contains(nom) {
                libres.insert(nom.clone());
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

/// Whole numbers become CEL integers, whatever their sign: unsigned ones would not mix with the
/// literals of expressions.
fn vers_cel(json: &Value) -> Valeur {
    match json {
        Value::Null => Valeur::Null,
        Value::Bool(vrai) => Valeur::Bool(*vrai),
        Value::Number(nombre) => nombre.as_i64().map_or_else(|| Valeur::Float(nombre.as_f64().unwrap_or_default()), Valeur::Int),
        Value::String(texte) => Valeur::String(Arc::new(texte.clone())),
        Value::Array(elements) => Valeur::List(Arc::new(elements.iter().take(LISTE_MAXIMALE).map(vers_cel).collect())),
        Value::Object(membres) => {
            membres.iter().map(|(cle, valeur)| (cle.clone(), vers_cel(valeur))).collect::<HashMap<String, Valeur>>().into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn lire(texte: &str) -> Result<Expression, ExpressionInvalide> {
        Expression::lire(texte, &["fiche", "patient"])
    }

    fn erreur(texte: &str) -> ExpressionInvalide {
        lire(texte).unwrap_err()
    }

    #[test]
    fn une_expression_fautive_ou_trop_couteuse_est_refusee_a_la_lecture() {
        assert!(matches!(erreur("patient.age <"), ExpressionInvalide::Illisible(_)));
        assert_eq!(erreur("patiente.age < 18"), ExpressionInvalide::VariableInconnue("patiente".into()));
        assert_eq!(erreur("fiche.tumeurs.exists(t, u.topographie == 'C50')"), ExpressionInvalide::VariableInconnue("u".into()));
        assert_eq!(erreur(&format!("'{}' == ''", "x".repeat(2000))), ExpressionInvalide::TropLongue);
        assert!(lire("fiche.a.exists(x, fiche.b.exists(y, x == y))").is_ok());
        let trois = "fiche.a.exists(x, fiche.b.exists(y, fiche.c.all(z, x == y && y == z)))";
        assert_eq!(erreur(trois), ExpressionInvalide::TropDeBoucles);
        assert!(lire("fiche.a.filter(x, x > 1).map(x, x + 1).filter(x, x > 2).size() > 0").is_ok());
    }

    #[test]
    fn une_expression_profonde_n_epuise_pas_la_pile() {
        let au_plus = |n: usize, debut: &str, fin: &str| lire(&format!("{}1{}", debut.repeat(n), fin.repeat(n)));
        assert!(au_plus(PROFONDEUR_MAXIMALE, "(", ")").is_ok());
        for (debut, fin) in [("(", ")"), ("[", "]"), ("true ? 1 : ", ""), ("true ? ", " : 0"), ("- ", ""), ("!", "")] {
            assert!(matches!(au_plus(150, debut, fin), Err(ExpressionInvalide::TropProfonde)), "{debut}");
        }
    }

    #[test]
    fn une_expression_qui_echoue_sur_un_cas_ne_donne_rien() {
        let contexte = Contexte::nouveau(&json!({ "fiche": { "a": 1 }, "patient": { "age": 75 } }));
        assert_eq!(lire("fiche.a + patient.age").unwrap().evaluer(&contexte), Some(Valeur::Int(76)));
        assert_eq!(lire("fiche.b + 1").unwrap().evaluer(&contexte), None);
        assert_eq!(lire("fiche.a / 0").unwrap().evaluer(&contexte), None);
        assert_eq!(lire("has(fiche.b)").unwrap().evaluer(&contexte), Some(Valeur::Bool(false)));
    }

    #[test]
    fn une_expression_dit_les_variables_qu_elle_lit_sans_celles_de_ses_boucles() {
        let lue = lire("fiche.tumeurs.exists(t, t.topographie == 'C50') && patient.age > 3").unwrap();
        assert_eq!(lue.variables().iter().map(String::as_str).collect::<Vec<_>>(), ["fiche", "patient"]);
        assert!(lire("1 < 2").unwrap().variables().is_empty());
    }
}
