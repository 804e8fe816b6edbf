//! Search in a value set: by code, by words without accents, by the synonyms of the region. Pure.
//!
//! A set is indexed once for each version of it and of its synonyms, then searched in memory: a person
//! types against it.

use super::model::Concept;
use crate::kernel::texte::normaliser;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeSet;
use utoipa::ToSchema;

crate::enum_texte! {
    /// By what a search found a concept, the best first.
    pub enum Correspondance {
        /// The code itself.
        Code => "code",
        /// The code begins so.
        DebutDeCode => "debut_de_code",
        /// Words of the label begin so, in that order.
        Libelle => "libelle",
        /// Words of the code or of the label begin so, in another order.
        Mots => "mots",
        /// A synonym of the region says so.
        Synonyme => "synonyme",
    }
}

/// A concept that a search has found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ConceptTrouve {
    /// The concept.
    #[serde(flatten)]
    pub concept: Concept,
    /// By what it was found; nothing when nothing was searched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub par: Option<Correspondance>,
    /// The synonym that it was found by.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "cancer du sein")]
    pub synonyme: Option<String>,
}

/// The synonyms of a value set, as their file holds them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Synonymes {
    /// Short name of the value set.
    pub jeu: String,
    /// Version.
    pub version: String,
    /// Who wrote them, and what they are worth.
    pub source: String,
    /// The words, each with the concepts that it means.
    pub synonymes: Vec<Synonyme>,
}

/// A word that the field says for some concepts of a value set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Synonyme {
    /// What a person may type.
    pub terme: String,
    /// The codes meant; `C50*` stands for all those that begin so.
    pub codes: Vec<String>,
}

impl Synonymes {
    /// Fingerprint of the words and of their codes.
    #[must_use]
    pub fn empreinte(&self) -> String {
        super::model::empreinte(&serde_json::to_value(&self.synonymes).unwrap_or(Value::Null))
    }

    /// The first word whose code the set does not have.
    #[must_use]
    pub fn code_inconnu(&self, codes: &BTreeSet<String>) -> Option<(&str, &str)> {
        let connu = |vise: &str| codes.iter().any(|code| vise_par(vise, code));
        let inconnu = |synonyme: &Synonyme| synonyme.codes.iter().position(|vise| !connu(vise));
        self.synonymes.iter().find_map(|s| Some((s.terme.as_str(), s.codes.get(inconnu(s)?)?.as_str())))
    }
}

fn vise_par(vise: &str, code: &str) -> bool {
    vise.strip_suffix('*').map_or(vise == code, |racine| code.starts_with(racine))
}

/// A value set ready to be searched.
#[derive(Debug)]
pub struct Index(Vec<Entree>);

#[derive(Debug)]
struct Entree {
    concept: Concept,
    /// The code in one word: « C50.4 » is typed « c504 » as well.
    code: String,
    /// Words of the code, then of the label.
    mots: Vec<String>,
    mots_du_code: usize,
    synonymes: Vec<(String, Vec<String>)>,
}

/// Words of a search that count: nobody types more.
const MOTS: usize = 12;
/// What separates two levels of the order of the answers: no set is that long.
const NIVEAU: i64 = 1_000_000;

impl Index {
    /// Indexes a set, given in the order of the publisher.
    #[must_use]
    pub fn nouveau(concepts: Vec<Concept>, synonymes: &[Synonyme]) -> Self {
        let indexer = |concept: Concept| {
            let termes = synonymes.iter().filter(|s| s.codes.iter().any(|vise| vise_par(vise, &concept.code)));
            let (code, libelle) = (normaliser(&concept.code), normaliser(&concept.libelle));
            Entree {
                synonymes: termes.map(|s| (s.terme.clone(), mots(&normaliser(&s.terme)))).collect(),
                mots_du_code: mots(&code).len(),
                mots: mots(&format!("{code} {libelle}")),
                code: code.replace(' ', ""),
                concept,
            }
        };
        Self(concepts.into_iter().map(indexer).collect())
    }

    /// The concepts found, each with its place in the order of the answers, after a place: the best
    /// first, then in the order of the publisher. Without words to search, the whole set.
    #[must_use]
    pub fn chercher(&self, recherche: &str, apres: Option<i64>, limite: usize) -> Vec<(i64, ConceptTrouve)> {
        let mut recherches = mots(&normaliser(recherche));
        recherches.truncate(MOTS);
        let mut trouvees: Vec<Trouvee<'_>> = (0..).zip(&self.0).filter_map(|(rang, entree)| entree.trouver(&recherches, rang)).collect();
        trouvees.retain(|trouvee| apres.is_none_or(|apres| trouvee.place > apres));
        trouvees.sort_unstable_by_key(|trouvee| trouvee.place);
        trouvees.into_iter().take(limite).map(Trouvee::nommer).collect()
    }
}

struct Trouvee<'i> {
    place: i64,
    concept: &'i Concept,
    par: Option<Correspondance>,
    synonyme: Option<&'i str>,
}

impl Trouvee<'_> {
    fn nommer(self) -> (i64, ConceptTrouve) {
        (self.place, ConceptTrouve { concept: self.concept.clone(), par: self.par, synonyme: self.synonyme.map(str::to_owned) })
    }
}

impl Entree {
    fn trouver(&self, recherches: &[String], rang: i64) -> Option<Trouvee<'_>> {
        if recherches.is_empty() {
            return Some(Trouvee { place: rang, concept: &self.concept, par: None, synonyme: None });
        }
        let (niveau, par, synonyme) = self.correspondance(recherches)?;
        Some(Trouvee { place: niveau * NIVEAU + rang, concept: &self.concept, par: Some(par), synonyme })
    }

    /// How well the words searched fit, from 0, by what, and by which synonym.
    fn correspondance(&self, recherches: &[String]) -> Option<(i64, Correspondance, Option<&str>)> {
        let code = recherches.concat();
        if self.code == code {
            return Some((0, Correspondance::Code, None));
        }
        if self.code.starts_with(&code) {
            return Some((1, Correspondance::DebutDeCode, None));
        }
        if en_ordre(recherches, self.mots.get(self.mots_du_code..).unwrap_or_default()) {
            return Some((2, Correspondance::Libelle, None));
        }
        if tous(recherches, &[&self.mots]) {
            return Some((3, Correspondance::Mots, None));
        }
        let mut trouve = None;
        for (terme, mots) in &self.synonymes {
            // The word itself, then the beginning of it, then with words of the label.
            let niveau = match () {
                () if mots == recherches => 4,
                () if tous(recherches, &[mots]) => 5,
                () if tous(recherches, &[mots, &self.mots]) => 6,
                () => continue,
            };
            if trouve.is_none_or(|(meilleur, _)| niveau < meilleur) {
                trouve = Some((niveau, terme.as_str()));
            }
        }
        trouve.map(|(niveau, terme)| (niveau, Correspondance::Synonyme, Some(terme)))
    }
}

fn mots(normalise: &str) -> Vec<String> {
    normalise.split(' ').filter(|mot| !mot.is_empty()).map(str::to_owned).collect()
}

/// Each word searched begins a word, and these words follow each other in that order.
fn en_ordre(recherches: &[String], mots: &[String]) -> bool {
    let mut restants = mots.iter();
    recherches.iter().all(|recherche| restants.any(|mot| mot.starts_with(recherche)))
}

/// Each word searched begins a word of one of the lists.
fn tous(recherches: &[String], listes: &[&Vec<String>]) -> bool {
    recherches.iter().all(|recherche| listes.iter().any(|mots| mots.iter().any(|mot| mot.starts_with(recherche))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index() -> Index {
        let concept = |code: &str, libelle: &str| Concept { code: code.into(), systeme: "2.25.1".into(), libelle: libelle.into() };
        let synonyme =
            |terme: &str, codes: &[&str]| Synonyme { terme: terme.into(), codes: codes.iter().map(|c| (*c).to_owned()).collect() };
        Index::nouveau(
            vec![
                concept("C43.5", "Mélanome malin du tronc, y compris la peau du sein"),
                concept("C50", "Tumeur maligne du sein"),
                concept("C50.0", "Mamelon et aréole"),
                concept("C50.4", "Quadrant supéro-externe du sein"),
                concept("C22.0", "Carcinome hépatocellulaire"),
            ],
            &[synonyme("cancer du sein", &["C50*"]), synonyme("CHC", &["C22.0"])],
        )
    }

    fn trouves(recherche: &str) -> Vec<(String, Correspondance)> {
        index().chercher(recherche, None, 10).into_iter().map(|(_, t)| (t.concept.code, t.par.unwrap())).collect()
    }

    #[test]
    fn le_code_passe_avant_son_debut_puis_le_libelle_puis_le_synonyme() {
        use Correspondance::{Code, DebutDeCode, Libelle, Mots, Synonyme};
        let codes = |attendus: &[(&str, Correspondance)]| attendus.iter().map(|(c, p)| ((*c).to_owned(), *p)).collect::<Vec<_>>();
        assert_eq!(trouves("c50"), codes(&[("C50", Code), ("C50.0", DebutDeCode), ("C50.4", DebutDeCode)]));
        assert_eq!(trouves("C504"), codes(&[("C50.4", Code)]));
        assert_eq!(trouves("quadrant sein"), codes(&[("C50.4", Libelle)]));
        assert_eq!(trouves("SEIN quadrant"), codes(&[("C50.4", Mots)]));
        assert_eq!(trouves("chc"), codes(&[("C22.0", Synonyme)]));
        assert_eq!(trouves("cancer sein"), codes(&[("C50", Synonyme), ("C50.0", Synonyme), ("C50.4", Synonyme)]));
        assert_eq!(trouves("cancer sein mamelon"), codes(&[("C50.0", Synonyme)]), "un synonyme se précise par le libellé");
        assert_eq!(trouves("areole"), codes(&[("C50.0", Libelle)]));
        assert!(trouves("uadrant").is_empty(), "seul le début des mots compte");
    }

    #[test]
    fn une_page_reprend_apres_la_precedente_et_le_synonyme_est_dit() {
        let premiers = index().chercher("cancer", None, 2);
        let suite = index().chercher("cancer", premiers.last().map(|(place, _)| *place), 10);
        let codes: Vec<&str> = premiers.iter().chain(&suite).map(|(_, t)| t.concept.code.as_str()).collect();
        assert_eq!(codes, ["C50", "C50.0", "C50.4"]);
        assert_eq!(suite[0].1.synonyme.as_deref(), Some("cancer du sein"));
        assert_eq!(index().chercher("", None, 10).len(), 5);
        assert!(index().chercher("", None, 10).iter().all(|(_, t)| t.par.is_none()));
    }

    #[test]
    fn un_synonyme_ne_vise_que_des_codes_du_jeu() {
        let synonymes = |code: &str| Synonymes {
            jeu: "tumeur".into(),
            version: "1".into(),
            source: "essai".into(),
            synonymes: vec![Synonyme { terme: "sein".into(), codes: vec![code.into()] }],
        };
        let codes = BTreeSet::from(["C50.4".to_owned()]);
        assert_eq!(synonymes("C50*").code_inconnu(&codes), None);
        assert_eq!(synonymes("C50").code_inconnu(&codes), Some(("sein", "C50")));
        assert_eq!(synonymes("C51*").code_inconnu(&codes), Some(("sein", "C51*")));
    }
}
