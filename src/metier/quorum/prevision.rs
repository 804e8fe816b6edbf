//! The forecast of the quorum: how likely it is, before the meeting, and whom to call to mend it.
//!
//! Each person on the list comes with a probability of their own ([`Indices::venue`]), independently of
//! the others; there is no random draw, and the same knowledge always gives the same figures:
//!
//! - noted as present: 1; excused or absent: 0;
//! - accepted the invitation: the `venue_apres_accord` of the region's settings (0.95);
//! - did not answer: `(v + 1) / (n + 2)`, where the person came `v` times out of the last `n` meetings of
//!   the RCP at which the person was listed (Laplace's rule of succession: a habit seen three times is
//!   not yet a certainty, and a newcomer counts for one chance in two).
//!
//! The probability of the quorum is then computed exactly, by dynamic programming over the persons taken
//! specialty after specialty ([`Calcul::chances`]). What a set of attendees can do hangs on two things only: how
//! many distinct specialties they are (HAS rule), and how many of them may fill each set of places
//! (composition); persons who fit the same places are interchangeable, and more of them than there are
//! places changes nothing. So a state is a count for each such set and a number of specialties, both
//! capped: a few dozens for a usual RCP, whatever the number of persons. Enumerating who comes would cost
//! 2ⁿ. A doctor whose specialty the directory does not know brings no specialty; clauses that bear on some
//! cases only are left out, as for the quorum of a meeting as a whole.
//!
//! The chance of one clause says how likely it is that enough persons with the competence come, each
//! clause seen alone: somebody who fits two clauses helps both there, and only one in the whole.
//!
//! The repair ([`Calcul::reparer`]) is the smallest set of persons who, once called and having accepted, bring the
//! forecast to the threshold. Sets are tried by growing size, all of a size before the next: the search is
//! exact among the [`CANDIDATS_MAX`] persons who bear on the least sure places, up to [`APPELS_MAX`] calls. Of
//! two sets of the same size the one nearest to the RCP is given, then the surest.

mod reunion;

pub use reunion::{Echeance, PersonneAttendue, Prevision, PrevisionError, Reparation, ReunionARisque};

use super::{
    appariement::apparier,
    model::{Exigences, OrigineCandidat, Participant},
    reglages::ReglagesPrevision,
    regle::{Cas, Clause, RegleQuorum},
};
use crate::metier::reunion::model::{ReponseInvitation, StatutPresence};
use serde::Serialize;
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};
use utoipa::ToSchema;

/// The most persons among whom a repair is looked for.
pub const CANDIDATS_MAX: usize = 12;

/// The most persons that a repair calls.
pub const APPELS_MAX: usize = 4;

/// What sums of probabilities may lose to rounding.
const ARRONDI: f64 = 1e-9;

/// What is known of a person before a meeting.
#[derive(Debug, Clone, Copy)]
pub struct Indices {
    /// What the attendance says.
    pub statut: StatutPresence,
    /// What the person answered.
    pub reponse: Option<ReponseInvitation>,
    /// Times the person came.
    pub venues: u32,
    /// Past meetings at which the person was listed.
    pub reunions: u32,
}

impl Indices {
    /// The probability that the person takes part.
    #[must_use]
    pub fn venue(&self, reglages: &ReglagesPrevision) -> f64 {
        match (self.statut, self.reponse) {
            (StatutPresence::Present | StatutPresence::Visio, _) => 1.0,
            (StatutPresence::Excuse | StatutPresence::Absent, _) | (StatutPresence::Attendu, Some(ReponseInvitation::Refuse)) => 0.0,
            (StatutPresence::Attendu, Some(ReponseInvitation::Accepte | ReponseInvitation::Visio)) => reglages.venue_apres_accord,
            (StatutPresence::Attendu, None) => f64::from(self.venues + 1) / f64::from(self.reunions + 2),
        }
    }
}

/// How likely enough persons with the competence of a clause come.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ClausePrevue {
    /// Clause.
    pub id: String,
    /// Name to show, in French.
    pub libelle: String,
    /// Probability, from 0 to 1.
    pub probabilite: f64,
}

/// How likely the quorum is.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Chances {
    /// Probability of the quorum: HAS rule and composition together, from 0 to 1.
    pub probabilite: f64,
    /// Probability of the HAS rule.
    pub has: f64,
    /// Probability of the composition.
    pub composition: f64,
    /// Each clause that binds, seen alone.
    pub clauses: Vec<ClausePrevue>,
}

/// A set of persons to call, by their rank, and the forecast once they have accepted.
#[derive(Debug, Clone, PartialEq)]
pub struct Appels {
    /// Ranks of the persons.
    pub personnes: Vec<usize>,
    /// Probability of the quorum then.
    pub probabilite: f64,
}

/// What a person may do for the quorum: the specialty brought to the HAS rule, the places that fit.
type Role = (Option<String>, BTreeSet<usize>);

/// A set of places that fit the same persons; how many of them it can use, and where its count stands in
/// the number that sums up a state.
struct Classe {
    places: BTreeSet<usize>,
    plafond: usize,
    pas: usize,
}

impl Classe {
    const fn nombre(&self, composition: usize) -> usize {
        (composition / self.pas) % (self.plafond + 1)
    }

    /// The state with one person more.
    const fn avec_une(&self, composition: usize) -> usize {
        if self.nombre(composition) < self.plafond { composition + self.pas } else { composition }
    }
}

/// Those who came so far: what they make of the composition, how many specialties, and whether somebody
/// of the specialty being looked at has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Venus {
    composition: usize,
    specialites: usize,
    de_la_specialite: bool,
}

/// The quorum of a meeting as a function of who comes.
pub struct Calcul<'e> {
    clauses: Vec<(&'e RegleQuorum, &'e Clause)>,
    min_specialites: usize,
    roles: Vec<Role>,
    qualifies: Vec<Vec<usize>>,
    classes: Vec<Classe>,
    /// Whether each composition is complete.
    completes: Vec<bool>,
}

impl Chances {
    /// The same, to the ten thousandth.
    #[must_use]
    pub fn arrondies(self) -> Self {
        Self {
            probabilite: arrondir(self.probabilite),
            has: arrondir(self.has),
            composition: arrondir(self.composition),
            clauses: self.clauses.into_iter().map(|c| ClausePrevue { probabilite: arrondir(c.probabilite), ..c }).collect(),
        }
    }
}

/// A probability to the ten thousandth, as it is shown.
#[must_use]
pub fn arrondir(probabilite: f64) -> f64 {
    (probabilite * 10_000.0).round() / 10_000.0
}

impl<'e> Calcul<'e> {
    /// The quorum that a rule requires of a meeting, among persons who may come.
    #[must_use]
    pub fn nouveau(exigences: &'e Exigences, personnes: &[Participant]) -> Self {
        let clauses: Vec<(&RegleQuorum, &Clause)> = exigences
            .regles(&Cas::default())
            .flat_map(|regle| regle.clauses.iter().map(move |clause| (regle, clause)))
            .filter(|(_, clause)| clause.bloque() && clause.concerne(&Cas::default()))
            .collect();
        let (places, ensembles) = places(&clauses);
        let role = |personne: &Participant| {
            let tenables = places.iter().enumerate().filter(|(_, (regle, clause))| exigences.peut_tenir(regle, clause, personne));
            (exigences.apporte(personne).map(str::to_owned), tenables.map(|(place, _)| place).collect())
        };
        let roles: Vec<Role> = personnes.iter().map(role).collect();
        let qualifies = clauses.iter().map(|(regle, clause)| {
            (0_usize..).zip(personnes).filter(|(_, p)| exigences.peut_tenir(regle, clause, p)).map(|(rang, _)| rang).collect()
        });
        let classes = classes(&roles);
        let completes = completes(&classes, &ensembles);
        Self {
            min_specialites: usize::try_from(exigences.regle.global.min_specialites_distinctes).unwrap_or(usize::MAX),
            qualifies: qualifies.collect(),
            clauses,
            roles,
            classes,
            completes,
        }
    }

    /// How likely the quorum is when each person comes with the probability of the same rank.
    #[must_use]
    pub fn chances(&self, venues: &[f64]) -> Chances {
        let (mut probabilite, mut has, mut composition) = (0.0, 0.0, 0.0);
        for (venus, poids) in self.distribution(venues) {
            let assez = venus.specialites >= self.min_specialites;
            let complete = self.completes.get(venus.composition).copied().unwrap_or_default();
            has += if assez { poids } else { 0.0 };
            composition += if complete { poids } else { 0.0 };
            probabilite += if assez && complete { poids } else { 0.0 };
        }
        let clauses = self.clauses.iter().zip(&self.qualifies).map(|((_, clause), qualifies)| ClausePrevue {
            id: clause.id.clone(),
            libelle: clause.libelle.clone(),
            probabilite: au_moins(clause.min, qualifies.iter().filter_map(|rang| venues.get(*rang).copied())),
        });
        Chances { probabilite, has, composition, clauses: clauses.collect() }
    }

    /// How likely each outcome is, the persons taken specialty after specialty.
    fn distribution(&self, venues: &[f64]) -> BTreeMap<Venus, f64> {
        let mut par_specialite: BTreeMap<Option<&str>, Vec<(&Role, f64)>> = BTreeMap::new();
        for (role, venue) in self.roles.iter().zip(venues).filter(|(_, venue)| **venue > 0.0) {
            par_specialite.entry(role.0.as_deref()).or_default().push((role, *venue));
        }
        let mut etats = BTreeMap::from([(Venus { composition: 0, specialites: 0, de_la_specialite: false }, 1.0)]);
        for (specialite, personnes) in par_specialite {
            for (role, venue) in personnes {
                let classe = self.classes.iter().find(|classe| classe.places == role.1);
                etats = ramifier(etats, |venus| {
                    let composition = classe.map_or(venus.composition, |classe| classe.avec_une(venus.composition));
                    [(venus, 1.0 - venue), (Venus { composition, de_la_specialite: specialite.is_some(), ..venus }, venue)]
                });
            }
            etats = ramifier(etats, |venus| {
                let specialites = (venus.specialites + usize::from(venus.de_la_specialite)).min(self.min_specialites);
                [(Venus { specialites, de_la_specialite: false, ..venus }, 1.0), (venus, 0.0)]
            });
        }
        etats
    }

    /// The smallest set of persons whose agreement brings the forecast to the threshold; nothing when it is there
    /// already, or when no set of [`APPELS_MAX`] does. `appelables` gives the rank of those who can be called.
    #[must_use]
    pub fn reparer(&self, venues: &[f64], appelables: &[(usize, OrigineCandidat)], reglages: &ReglagesPrevision) -> Option<Appels> {
        let chances = self.chances(venues);
        if suffit(chances.probabilite, reglages.seuil) {
            return None;
        }
        let retenus = self.retenir(&chances, venues, appelables, reglages.venue_apres_accord);
        (1..=APPELS_MAX).find_map(|taille| {
            let essais = parties(&retenus, taille).into_iter().filter_map(|appeles| {
                let apres: Vec<f64> = (0_usize..)
                    .zip(venues)
                    .map(
                        |(rang, venue)| {
                            if appeles.iter().any(|(appele, _)| *appele == rang) { reglages.venue_apres_accord } else { *venue }
                        },
                    )
                    .collect();
                let probabilite = self.chances(&apres).probabilite;
                let eloignement: usize = appeles.iter().map(|(_, origine)| *origine as usize).sum();
                let appels = Appels { personnes: appeles.into_iter().map(|(rang, _)| rang).collect(), probabilite };
                suffit(probabilite, reglages.seuil).then_some((eloignement, appels))
            });
            let meilleur = essais.min_by(|(pres, a), (loin, b)| pres.cmp(loin).then(b.probabilite.total_cmp(&a.probabilite)));
            meilleur.map(|(_, appels)| appels)
        })
    }

    /// Those among whom the repair is looked for: who brings something and is not yet as good as agreed,
    /// those of the least sure places first, then the nearest to the RCP.
    fn retenir(
        &self,
        chances: &Chances,
        venues: &[f64],
        appelables: &[(usize, OrigineCandidat)],
        apres_accord: f64,
    ) -> Vec<(usize, OrigineCandidat)> {
        let manque = |probabilite: f64| Reverse(Millieme::de(1.0 - probabilite));
        let mut retenus: Vec<_> = appelables
            .iter()
            .filter(|(rang, _)| venues.get(*rang).is_some_and(|venue| *venue < apres_accord))
            .filter_map(|(rang, origine)| {
                let specialite = self.roles.get(*rang)?.0.as_ref().map(|_| manque(chances.has));
                let places = self.qualifies.iter().zip(&chances.clauses).filter(|(qualifies, _)| qualifies.contains(rang));
                let urgence = places.map(|(_, clause)| manque(clause.probabilite)).chain(specialite).min()?;
                Some((urgence, *origine, *rang))
            })
            .collect();
        retenus.sort_unstable();
        retenus.into_iter().map(|(_, origine, rang)| (rang, origine)).take(CANDIDATS_MAX).collect()
    }
}

/// A probability as a whole number of thousandths, to sort by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Millieme(i32);

impl Millieme {
    #[expect(clippy::cast_possible_truncation, reason = "a probability: from 0 to 1000")]
    fn de(probabilite: f64) -> Self {
        Self((probabilite * 1000.0).round() as i32)
    }
}

/// True when a probability reaches a threshold.
#[must_use]
pub fn suffit(probabilite: f64, seuil: f64) -> bool {
    probabilite + ARRONDI >= seuil
}

/// The places of the clauses, as many as their minimum, and the sets of them within which a person fills one at
/// most: the places of a rule, or those of a clause when the rule lets a person fill several.
type Places<'e> = (Vec<(&'e RegleQuorum, &'e Clause)>, Vec<Vec<usize>>);

fn places<'e>(clauses: &[(&'e RegleQuorum, &'e Clause)]) -> Places<'e> {
    let mut places = Vec::new();
    let mut ensembles: BTreeMap<(&str, Option<&str>), Vec<usize>> = BTreeMap::new();
    for (regle, clause) in clauses {
        let a_part = (!regle.global.une_personne_une_specialite).then_some(clause.id.as_str());
        for _ in 0..clause.min {
            ensembles.entry((regle.code.as_str(), a_part)).or_default().push(places.len());
            places.push((*regle, *clause));
        }
    }
    (places, ensembles.into_values().collect())
}

/// The distinct sets of places that some person fits.
fn classes(roles: &[Role]) -> Vec<Classe> {
    let distinctes: BTreeSet<&BTreeSet<usize>> = roles.iter().map(|(_, places)| places).filter(|places| !places.is_empty()).collect();
    let mut pas = 1;
    let mut classes = Vec::new();
    for places in distinctes {
        classes.push(Classe { places: places.clone(), plafond: places.len(), pas });
        pas *= places.len() + 1;
    }
    classes
}

/// Whether each composition fills every place.
fn completes(classes: &[Classe], ensembles: &[Vec<usize>]) -> Vec<bool> {
    let combien: usize = classes.iter().map(|classe| classe.plafond + 1).product();
    let complete = |composition: usize| {
        let presents: Vec<&Classe> = classes.iter().flat_map(|classe| std::iter::repeat_n(classe, classe.nombre(composition))).collect();
        ensembles.iter().all(|ensemble| {
            let convient = |place: usize, personne: usize| {
                ensemble.get(place).zip(presents.get(personne)).is_some_and(|(place, classe)| classe.places.contains(place))
            };
            apparier(ensemble.len(), presents.len(), convient).iter().all(Option::is_some)
        })
    };
    (0..combien).map(complete).collect()
}

/// The outcomes after one more event, each given with its probability.
fn ramifier(etats: BTreeMap<Venus, f64>, suites: impl Fn(Venus) -> [(Venus, f64); 2]) -> BTreeMap<Venus, f64> {
    let mut apres = BTreeMap::new();
    for (venus, poids) in etats {
        for (suite, probabilite) in suites(venus).into_iter().filter(|(_, probabilite)| *probabilite > 0.0) {
            *apres.entry(suite).or_default() += poids * probabilite;
        }
    }
    apres
}

/// The probability that at least `min` of independent events happen.
fn au_moins(min: u32, evenements: impl Iterator<Item = f64>) -> f64 {
    let min = usize::try_from(min).unwrap_or(usize::MAX);
    let mut nombres = BTreeMap::from([(0, 1.0)]);
    for evenement in evenements {
        let mut apres: BTreeMap<usize, f64> = BTreeMap::new();
        for (nombre, poids) in nombres {
            *apres.entry(nombre).or_default() += poids * (1.0 - evenement);
            *apres.entry((nombre + 1).min(min)).or_default() += poids * evenement;
        }
        nombres = apres;
    }
    nombres.get(&min).copied().unwrap_or_default()
}

/// The subsets of a size, in the order of the elements.
fn parties<T: Copy>(elements: &[T], taille: usize) -> Vec<Vec<T>> {
    let Some(reste) = taille.checked_sub(1) else { return vec![Vec::new()] };
    let mut trouvees = Vec::new();
    let mut suite = elements;
    while let Some((premier, autres)) = suite.split_first() {
        trouvees.extend(parties(autres, reste).into_iter().map(|partie| std::iter::once(*premier).chain(partie).collect()));
        suite = autres;
    }
    trouvees
}

#[cfg(test)]
mod tests;
