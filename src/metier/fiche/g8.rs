//! The G8 screening of frailty (Bellera, Ann Oncol 2012;23:2166; INCa sheet of 2015).
//!
//! Eight items, from 0 to 17 points by half points: a score of 14 or less calls for a geriatric
//! evaluation before treatment. One item is the age, taken at the date of the meeting; another is the
//! body mass index, computed from weight and height when both are known. Points are counted twice, so
//! that half points stay whole numbers.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// Age from which the screening is due, in years.
pub const AGE_CONCERNE: u32 = 75;

/// Twice the highest score that calls for a geriatric evaluation.
pub const SEUIL_DEMI_POINTS: u8 = 28;

/// What is known of the G8 of a patient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "etat", rename_all = "snake_case")]
pub enum EtatG8 {
    /// Younger than 75, and the questionnaire was not completed.
    NonConcerne,
    /// No question was answered.
    NonFait,
    /// Some questions were answered, others not: there is no score.
    Incomplet,
    /// Every question was answered, at whatever age.
    Fait(ScoreG8),
}

impl EtatG8 {
    /// The text that stands for the state in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NonConcerne => "non_concerne",
            Self::NonFait => "non_fait",
            Self::Incomplet => "incomplet",
            Self::Fait(_) => "fait",
        }
    }
}

/// A score, counted in half points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub struct ScoreG8 {
    /// Twice the score, from 0 to 34.
    #[schema(minimum = 0, maximum = 34)]
    pub demi_points: u8,
}

impl ScoreG8 {
    /// The score, from 0 to 17 by half points.
    #[must_use]
    pub fn points(self) -> f64 {
        f64::from(self.demi_points) / 2.0
    }

    /// True at 14 or less: a geriatric evaluation is called for.
    #[must_use]
    pub const fn fragile(self) -> bool {
        self.demi_points <= SEUIL_DEMI_POINTS
    }
}

impl std::fmt::Display for ScoreG8 {
    /// « 14,5 ».
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.demi_points / 2)?;
        if self.demi_points % 2 == 1 { f.write_str(",5") } else { Ok(()) }
    }
}

/// The questions, by their key in the fiche; the age is not asked.
const QUESTIONS: [&str; 7] = ["appetit", "perte_poids", "mobilite", "neuropsychologique", "imc", "medicaments", "sante_percue"];

/// The G8 of a fiche for a patient of that age at the meeting. A complete questionnaire gives a score
/// at any age; an incomplete one only counts from 75.
#[must_use]
pub fn evaluer(contenu: &Value, age: u32) -> EtatG8 {
    let posees = |question: &&str| reponse(contenu, question).is_some();
    let sans_reponse = !QUESTIONS.iter().any(posees);
    let points: Option<u8> = QUESTIONS.iter().map(|question| demi_points(contenu, question)).sum();
    match points {
        _ if sans_reponse => non_renseigne(age, EtatG8::NonFait),
        None => non_renseigne(age, EtatG8::Incomplet),
        Some(points) => EtatG8::Fait(ScoreG8 { demi_points: points + demi_points_age(age) }),
    }
}

const fn non_renseigne(age: u32, etat: EtatG8) -> EtatG8 {
    if age < AGE_CONCERNE { EtatG8::NonConcerne } else { etat }
}

/// The questions that remain without an answer, by their key in the fiche.
#[must_use]
pub fn questions_sans_reponse(contenu: &Value) -> Vec<&'static str> {
    QUESTIONS.into_iter().filter(|question| demi_points(contenu, question).is_none()).collect()
}

/// The body mass index in kg/m², when weight and height are known.
#[must_use]
pub fn imc(contenu: &Value) -> Option<f64> {
    let mesure = |cle: &str| contenu.pointer(&format!("/evaluation/{cle}")).and_then(Value::as_f64).filter(|m| *m > 0.0);
    let metres = mesure("taille_cm")? / 100.0;
    Some(mesure("poids_kg")? / (metres * metres))
}

fn reponse<'c>(contenu: &'c Value, question: &str) -> Option<&'c Value> {
    contenu.pointer(&format!("/evaluation/g8/{question}")).filter(|reponse| !reponse.is_null())
}

/// Twice the points of a question; `None` without a valid answer.
fn demi_points(contenu: &Value, question: &str) -> Option<u8> {
    let choix = |maximum: u64| reponse(contenu, question)?.as_u64().filter(|n| *n <= maximum).and_then(|n| u8::try_from(2 * n).ok());
    match question {
        "appetit" | "mobilite" | "neuropsychologique" => choix(2),
        "perte_poids" => choix(3),
        "medicaments" => choix(1),
        "imc" => imc(contenu).map(|imc| demi_points_imc(imc, seuil_bas(contenu))).or_else(|| choix(3)),
        "sante_percue" => match reponse(contenu, question)?.as_str()? {
            "moins_bonne" => Some(0),
            "ne_sait_pas" => Some(1),
            "aussi_bonne" => Some(2),
            "meilleure" => Some(4),
            _ => None,
        },
        _ => None,
    }
}

/// The lowest threshold of the index: 19 for Bellera, 18.5 for the INCa sheet.
fn seuil_bas(contenu: &Value) -> f64 {
    if reponse(contenu, "variante").and_then(Value::as_str) == Some("inca") { 18.5 } else { 19.0 }
}

fn demi_points_imc(imc: f64, seuil_bas: f64) -> u8 {
    // Rounded to the millionth, so that 48.64 kg for 1.60 m is 19 and not a hair less.
    let imc = (imc * 1e6).round() / 1e6;
    match imc {
        imc if imc < seuil_bas => 0,
        imc if imc < 21.0 => 2,
        imc if imc < 23.0 => 4,
        _ => 6,
    }
}

const fn demi_points_age(age: u32) -> u8 {
    match age {
        0..80 => 4,
        80..=85 => 2,
        86.. => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// Every best answer: 15 points without the age.
    fn meilleures() -> Value {
        json!({ "evaluation": { "g8": { "variante": "bellera", "appetit": 2, "perte_poids": 3, "mobilite": 2, "neuropsychologique": 2,
            "imc": 3, "medicaments": 1, "sante_percue": "meilleure" } } })
    }

    fn avec(changements: Value) -> Value {
        let mut contenu = meilleures();
        for (cle, valeur) in changements.as_object().unwrap() {
            contenu["evaluation"]["g8"][cle] = valeur.clone();
        }
        contenu
    }

    fn score(contenu: &Value, age: u32) -> f64 {
        let EtatG8::Fait(score) = evaluer(contenu, age) else { panic!("{:?}", evaluer(contenu, age)) };
        score.points()
    }

    #[test]
    fn le_score_va_de_0_a_17_et_depend_de_l_age() {
        for (age, attendu) in [(40, 17.0), (75, 17.0), (79, 17.0), (80, 16.0), (85, 16.0), (86, 15.0), (101, 15.0)] {
            assert!((score(&meilleures(), age) - attendu).abs() < f64::EPSILON, "{age} ans");
        }
        let pires = avec(json!({ "appetit": 0, "perte_poids": 0, "mobilite": 0, "neuropsychologique": 0, "imc": 0, "medicaments": 0,
            "sante_percue": "moins_bonne" }));
        assert!(score(&pires, 90).abs() < f64::EPSILON);
    }

    #[test]
    fn chaque_reponse_vaut_ses_points() {
        let table: [(&str, &[(Value, f64)]); 7] = [
            ("appetit", &[(json!(0), 0.0), (json!(1), 1.0), (json!(2), 2.0)]),
            ("perte_poids", &[(json!(0), 0.0), (json!(1), 1.0), (json!(2), 2.0), (json!(3), 3.0)]),
            ("mobilite", &[(json!(0), 0.0), (json!(1), 1.0), (json!(2), 2.0)]),
            ("neuropsychologique", &[(json!(0), 0.0), (json!(1), 1.0), (json!(2), 2.0)]),
            ("imc", &[(json!(0), 0.0), (json!(1), 1.0), (json!(2), 2.0), (json!(3), 3.0)]),
            ("medicaments", &[(json!(0), 0.0), (json!(1), 1.0)]),
            (
                "sante_percue",
                &[(json!("moins_bonne"), 0.0), (json!("ne_sait_pas"), 0.5), (json!("aussi_bonne"), 1.0), (json!("meilleure"), 2.0)],
            ),
        ];
        for (question, reponses) in table {
            let maximum = reponses.last().unwrap().1;
            for (reponse, points) in reponses {
                let obtenu = score(&avec(json!({ question: reponse })), 79);
                assert!((obtenu - (17.0 - maximum + points)).abs() < f64::EPSILON, "{question} = {reponse} : {obtenu}");
            }
        }
    }

    #[test]
    fn quatorze_appelle_une_evaluation_geriatrique_et_quatorze_et_demi_non() {
        let a_14 = avec(json!({ "perte_poids": 0 }));
        let EtatG8::Fait(score) = evaluer(&a_14, 79) else { panic!() };
        assert_eq!((score.demi_points, score.fragile(), score.to_string().as_str()), (28, true, "14"));
        let a_14_et_demi = avec(json!({ "mobilite": 1, "sante_percue": "ne_sait_pas" }));
        let EtatG8::Fait(score) = evaluer(&a_14_et_demi, 79) else { panic!() };
        assert_eq!((score.demi_points, score.fragile(), score.to_string().as_str()), (29, false, "14,5"));
    }

    #[test]
    fn l_indice_de_masse_corporelle_se_calcule_et_l_emporte_sur_la_reponse() {
        let pour = |poids: f64, taille: f64, variante: &str| {
            let mut contenu = avec(json!({ "variante": variante, "imc": 0 }));
            contenu["evaluation"]["poids_kg"] = json!(poids);
            contenu["evaluation"]["taille_cm"] = json!(taille);
            score(&contenu, 79) - 14.0
        };
        // For 1.60 m, an index of 19 is 48.64 kg, of 18.5 is 47.36 kg, of 21 is 53.76 kg, of 23 is 58.88 kg.
        for (poids, bellera, inca) in [
            (47.35, 0.0, 0.0),
            (47.36, 0.0, 1.0),
            (48.63, 0.0, 1.0),
            (48.64, 1.0, 1.0),
            (53.75, 1.0, 1.0),
            (53.76, 2.0, 2.0),
            (58.87, 2.0, 2.0),
            (58.88, 3.0, 3.0),
            (120.0, 3.0, 3.0),
        ] {
            assert!((pour(poids, 160.0, "bellera") - bellera).abs() < f64::EPSILON, "{poids} kg, Bellera");
            assert!((pour(poids, 160.0, "inca") - inca).abs() < f64::EPSILON, "{poids} kg, INCa");
        }
    }

    #[test]
    fn incomplet_n_est_pas_non_fait() {
        assert_eq!(evaluer(&json!({}), 80), EtatG8::NonFait);
        assert_eq!(evaluer(&json!({ "evaluation": { "g8": { "variante": "inca", "date": "2026-03-01" } } }), 80), EtatG8::NonFait);
        let mesures = json!({ "evaluation": { "poids_kg": 60, "taille_cm": 160 } });
        assert_eq!(evaluer(&mesures, 80), EtatG8::NonFait, "poids et taille ne sont pas des réponses");
        let incomplet = avec(json!({ "medicaments": null }));
        assert_eq!(evaluer(&incomplet, 80), EtatG8::Incomplet);
        assert_eq!(questions_sans_reponse(&incomplet), ["medicaments"]);
        assert_eq!(evaluer(&avec(json!({ "mobilite": 9 })), 80), EtatG8::Incomplet, "une réponse hors liste n'est pas une réponse");
    }

    #[test]
    fn avant_75_ans_le_depistage_ne_concerne_que_ceux_qui_l_ont_eu_en_entier() {
        assert_eq!(evaluer(&json!({}), 74), EtatG8::NonConcerne);
        assert_eq!(evaluer(&avec(json!({ "medicaments": null })), 74), EtatG8::NonConcerne);
        assert_eq!(evaluer(&json!({}), 75), EtatG8::NonFait);
        assert_eq!(evaluer(&meilleures(), 74), EtatG8::Fait(ScoreG8 { demi_points: 34 }));
    }

    proptest::proptest! {
        #[test]
        fn le_score_tient_entre_0_et_17(
            appetit in 0_u8..3, perte in 0_u8..4, mobilite in 0_u8..3, neuro in 0_u8..3, imc in 0_u8..4, medicaments in 0_u8..2,
            sante in proptest::sample::select(vec!["moins_bonne", "ne_sait_pas", "aussi_bonne", "meilleure"]), age in 0_u32..125,
        ) {
            let contenu = avec(json!({ "appetit": appetit, "perte_poids": perte, "mobilite": mobilite, "neuropsychologique": neuro,
                "imc": imc, "medicaments": medicaments, "sante_percue": sante }));
            proptest::prop_assert!((0.0..=17.0).contains(&score(&contenu, age)));
        }

        #[test]
        fn un_questionnaire_incomplet_ne_donne_jamais_de_score(
            omise in proptest::sample::select(QUESTIONS.to_vec()), autre in proptest::sample::select(QUESTIONS.to_vec()),
            absente in proptest::bool::ANY, age in 0_u32..125,
        ) {
            let rien = if absente { Value::Null } else { json!(99) };
            let contenu = avec(json!({ omise: rien, autre: Value::Null }));
            let attendu = if age < AGE_CONCERNE { EtatG8::NonConcerne } else { EtatG8::Incomplet };
            proptest::prop_assert_eq!(evaluer(&contenu, age), attendu);
        }
    }
}
