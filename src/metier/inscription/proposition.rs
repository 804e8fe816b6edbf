//! The answer of a meeting on a case (CI-SIS FRCP, sections « plan de soins » and « cadre de la
//! proposition »).

use crate::kernel::Faute;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// Value set of the types of treatment.
pub const TYPES_TRAITEMENT: &str = "type-traitement-frcp";

/// Types of treatment that say nothing without a precision: other treatment, other specific drug.
const AUTRES_TRAITEMENTS: [&str; 2] = ["GEN-092.03.01", "GEN-092.03.02"];

/// The guideline that a recorded case conforms to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReferentielApplique {
    /// Name.
    #[validate(length(min = 1, max = 300, message = "De 1 à 300 caractères."))]
    #[schema(example = "Thésaurus national de cancérologie digestive, cancer du côlon")]
    pub nom: String,
    /// Version.
    #[validate(length(min = 1, max = 60, message = "De 1 à 60 caractères."))]
    pub version: String,
    /// Date of that version.
    pub date: NaiveDate,
}

/// A treatment of an intention.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Traitement {
    /// Place in the intention: 1 is given first.
    pub sequence: u32,
    /// Code of `type-traitement-frcp`.
    #[validate(length(min = 1, max = 40, message = "De 1 à 40 caractères."))]
    #[schema(example = "C15632")]
    pub type_traitement: String,
    /// Drug, technique, dose; compulsory for an « other » treatment.
    #[validate(length(min = 1, max = 1000, message = "De 1 à 1000 caractères."))]
    pub precision: Option<String>,
    /// Planned start.
    pub debut: Option<NaiveDate>,
    /// Planned end.
    pub fin: Option<NaiveDate>,
}

/// A therapeutic intention.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Intention {
    /// 1 is the first choice, 2 the first alternative…
    pub rang: u32,
    /// Its treatments.
    #[validate(length(min = 1, max = 30, message = "De 1 à 30 traitements."), nested)]
    pub traitements: Vec<Traitement>,
}

/// A complementary examination or expertise that is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExamenComplementaire {
    /// What is asked for.
    #[validate(length(min = 1, max = 1000, message = "De 1 à 1000 caractères."))]
    pub texte: String,
    /// Not before.
    pub au_plus_tot: Option<NaiveDate>,
    /// Not after.
    pub au_plus_tard: Option<NaiveDate>,
}

/// What the meeting says of clinical trials (CSP D6124-131-2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EssaiClinique {
    /// The inclusion in a trial is proposed.
    pub propose: bool,
    /// Name or number of the trial.
    #[validate(length(min = 1, max = 300, message = "De 1 à 300 caractères."))]
    pub nom: Option<String>,
}

/// The answer of a meeting on a case.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Proposition {
    /// Therapeutic intentions.
    #[serde(default)]
    #[validate(length(max = 10, message = "10 intentions au plus."), nested)]
    pub intentions: Vec<Intention>,
    /// Surveillance, in words.
    #[validate(length(min = 1, max = 4000, message = "De 1 à 4000 caractères."))]
    pub surveillance: Option<String>,
    /// Complementary examinations.
    #[serde(default)]
    #[validate(length(max = 30, message = "30 examens au plus."), nested)]
    pub examens: Vec<ExamenComplementaire>,
    /// The case must go to an RCP de recours.
    #[serde(default)]
    pub passage_recours: bool,
    /// Clinical trials.
    #[validate(nested)]
    pub essai_clinique: Option<EssaiClinique>,
    /// Stop of the treatments of the cancer.
    #[serde(default)]
    pub arret_traitement: bool,
    /// Synthesis of the discussion.
    #[validate(length(min = 1, max = 8000, message = "De 1 à 8000 caractères."))]
    pub synthese: Option<String>,
    /// Comment.
    #[validate(length(min = 1, max = 4000, message = "De 1 à 4000 caractères."))]
    pub commentaire: Option<String>,
}

impl Proposition {
    /// The types of treatment that it names.
    pub fn types_traitement(&self) -> impl Iterator<Item = &str> {
        self.intentions.iter().flat_map(|intention| &intention.traitements).map(|traitement| traitement.type_traitement.as_str())
    }

    /// What breaks the rules of a proposition; `connu` says whether a type of treatment is in the
    /// value set, `racine` is the pointer of the proposition in the body that was sent.
    #[must_use]
    pub fn fautes(&self, racine: &str, connu: impl Fn(&str) -> bool) -> Vec<Faute> {
        let mut fautes = Vec::new();
        let surveillance = self.surveillance.as_ref().is_some_and(|texte| !texte.trim().is_empty());
        let dit_quelque_chose = !self.intentions.is_empty() || surveillance || !self.examens.is_empty();
        if !(dit_quelque_chose || self.passage_recours || self.arret_traitement) {
            let message = "La proposition comporte au moins une intention thérapeutique, une surveillance, un examen complémentaire, \
                           un passage en RCP de recours ou un arrêt des traitements.";
            fautes.push(Faute::new(racine, "proposition-vide", message));
        }
        if !de_un_a_n(self.intentions.iter().map(|intention| intention.rang)) {
            let message = "Les intentions sont numérotées à partir de 1, sans trou ni doublon.";
            fautes.push(Faute::new(format!("{racine}/intentions"), "rangs-intentions", message));
        }
        for (rang, intention) in self.intentions.iter().enumerate() {
            intention.fautes(&format!("{racine}/intentions/{rang}"), &connu, &mut fautes);
        }
        for (rang, examen) in self.examens.iter().enumerate() {
            if inversees(examen.au_plus_tot, examen.au_plus_tard) {
                fautes.push(dates_inversees(format!("{racine}/examens/{rang}/au_plus_tard")));
            }
        }
        fautes
    }
}

impl Intention {
    fn fautes(&self, racine: &str, connu: &impl Fn(&str) -> bool, fautes: &mut Vec<Faute>) {
        if !de_un_a_n(self.traitements.iter().map(|traitement| traitement.sequence)) {
            let message = "Les traitements d'une intention sont numérotés à partir de 1, sans trou ni doublon.";
            fautes.push(Faute::new(format!("{racine}/traitements"), "sequences-traitements", message));
        }
        for (rang, traitement) in self.traitements.iter().enumerate() {
            let ici = |champ: &str| format!("{racine}/traitements/{rang}/{champ}");
            if !connu(&traitement.type_traitement) {
                fautes.push(Faute::new(ici("type_traitement"), "traitement-inconnu", "Ce type de traitement n'est pas au jeu de valeurs."));
            }
            let precise = traitement.precision.as_ref().is_some_and(|texte| !texte.trim().is_empty());
            if AUTRES_TRAITEMENTS.contains(&traitement.type_traitement.as_str()) && !precise {
                fautes.push(Faute::new(ici("precision"), "obligatoire", "Un traitement « autre » doit être précisé."));
            }
            if inversees(traitement.debut, traitement.fin) {
                fautes.push(dates_inversees(ici("fin")));
            }
        }
    }
}

/// True when the numbers are 1, 2… n in some order.
fn de_un_a_n(nombres: impl Iterator<Item = u32>) -> bool {
    let mut nombres: Vec<u32> = nombres.collect();
    nombres.sort_unstable();
    nombres.into_iter().zip(1..).all(|(nombre, attendu)| nombre == attendu)
}

fn inversees(debut: Option<NaiveDate>, fin: Option<NaiveDate>) -> bool {
    debut.zip(fin).is_some_and(|(debut, fin)| fin < debut)
}

fn dates_inversees(pointeur: String) -> Faute {
    Faute::new(pointeur, "dates-inversees", "La fin ne peut pas précéder le début.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn traitement(sequence: u32, type_traitement: &str) -> Traitement {
        Traitement { sequence, type_traitement: type_traitement.to_owned(), precision: None, debut: None, fin: None }
    }

    fn chimiotherapie() -> Proposition {
        Proposition { intentions: vec![Intention { rang: 1, traitements: vec![traitement(1, "C15632")] }], ..Proposition::default() }
    }

    fn fautes(proposition: &Proposition) -> Vec<(String, String)> {
        let connu = |code: &str| ["C15632", "C15313", "GEN-092.03.01"].contains(&code);
        proposition.fautes("/proposition", connu).into_iter().map(|faute| (faute.pointer, faute.code)).collect()
    }

    fn une(pointeur: &str, code: &str) -> Vec<(String, String)> {
        vec![(pointeur.to_owned(), code.to_owned())]
    }

    #[expect(clippy::unnecessary_wraps, reason = "as the fields hold it")]
    fn jour(texte: &str) -> Option<NaiveDate> {
        Some(texte.parse().unwrap())
    }

    #[test]
    fn une_proposition_dit_au_moins_une_chose() {
        assert_eq!(fautes(&Proposition::default()), une("/proposition", "proposition-vide"));
        let blanche = Proposition { surveillance: Some("  ".to_owned()), synthese: Some("vu".to_owned()), ..Proposition::default() };
        assert_eq!(fautes(&blanche), une("/proposition", "proposition-vide"));
        let examen = ExamenComplementaire { texte: "TEP-TDM".to_owned(), au_plus_tot: None, au_plus_tard: None };
        for suffisante in [
            chimiotherapie(),
            Proposition { surveillance: Some("Tous les six mois.".to_owned()), ..Proposition::default() },
            Proposition { examens: vec![examen], ..Proposition::default() },
            Proposition { passage_recours: true, ..Proposition::default() },
            Proposition { arret_traitement: true, ..Proposition::default() },
        ] {
            assert_eq!(fautes(&suffisante), []);
        }
    }

    #[test]
    fn les_intentions_sont_numerotees_sans_trou_dans_un_ordre_quelconque() {
        let avec = |rangs: &[u32]| Proposition {
            intentions: rangs.iter().map(|rang| Intention { rang: *rang, traitements: vec![traitement(1, "C15313")] }).collect(),
            ..Proposition::default()
        };
        assert_eq!(fautes(&avec(&[2, 1, 3])), []);
        for rangs in [[1, 3].as_slice(), &[2], &[1, 1], &[0, 1]] {
            assert_eq!(fautes(&avec(rangs)), une("/proposition/intentions", "rangs-intentions"), "{rangs:?}");
        }
    }

    #[test]
    fn les_traitements_d_une_intention_sont_numerotes_sans_trou() {
        let mut proposition = chimiotherapie();
        proposition.intentions[0].traitements.push(traitement(3, "C15313"));
        assert_eq!(fautes(&proposition), une("/proposition/intentions/0/traitements", "sequences-traitements"));
    }

    #[test]
    fn un_traitement_est_code_et_un_autre_traitement_est_precise() {
        let mut proposition = chimiotherapie();
        proposition.intentions[0].traitements[0].type_traitement = "PLACEBO".to_owned();
        assert_eq!(fautes(&proposition), une("/proposition/intentions/0/traitements/0/type_traitement", "traitement-inconnu"));
        proposition.intentions[0].traitements[0].type_traitement = "GEN-092.03.01".to_owned();
        assert_eq!(fautes(&proposition), une("/proposition/intentions/0/traitements/0/precision", "obligatoire"));
        proposition.intentions[0].traitements[0].precision = Some("Protonthérapie".to_owned());
        assert_eq!(fautes(&proposition), []);
    }

    #[test]
    fn les_dates_sont_dans_l_ordre() {
        let mut proposition = chimiotherapie();
        proposition.intentions[0].traitements[0].debut = jour("2026-04-02");
        proposition.intentions[0].traitements[0].fin = jour("2026-04-01");
        assert_eq!(fautes(&proposition), une("/proposition/intentions/0/traitements/0/fin", "dates-inversees"));
        proposition.intentions[0].traitements[0].fin = jour("2026-04-02");
        let examen = ExamenComplementaire { texte: "IRM".to_owned(), au_plus_tot: jour("2026-05-02"), au_plus_tard: jour("2026-05-01") };
        proposition.examens.push(examen);
        assert_eq!(fautes(&proposition), une("/proposition/examens/0/au_plus_tard", "dates-inversees"));
    }
}
