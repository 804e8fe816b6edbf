//! Evaluation of the quorum of one case: pure, and the same whatever the order of the persons.

mod manques;

pub use manques::{Besoin, Candidat, OrigineCandidat, PlaceManquante, ResultatRegle};

use super::{
    appariement::apparier,
    regle::{Cas, Clause, GroupesSpecialites, ModeClause, NiveauClause, RegleQuorum},
};
use crate::{
    kernel::{Instant, ids::PraticienId},
    metier::annuaire::model::PROFESSION_MEDECIN,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// Specialties registered by the Ordre (SM, diplôme d'études spécialisées or equivalent). One that
/// belongs to no group stands for itself; a mere competence or capacity does not.
const SPECIALITE_ORDINALE: &str = "G15_10/SM";

crate::enum_texte! {
    /// What a quorum rule gives (national value set « statut du quorum »).
    pub enum EtatQuorum {
        /// Reached.
        Atteint => "atteint",
        /// Not reached.
        NonAtteint => "non_atteint",
        /// Undetermined: attendance not taken, or a specialty that the directory does not know.
        Indetermine => "indetermine",
    }
}

impl EtatQuorum {
    /// Both must be reached; one that is missed settles it.
    #[must_use]
    pub const fn et(self, autre: Self) -> Self {
        match (self, autre) {
            (Self::NonAtteint, _) | (_, Self::NonAtteint) => Self::NonAtteint,
            (Self::Indetermine, _) | (_, Self::Indetermine) => Self::Indetermine,
            (Self::Atteint, Self::Atteint) => Self::Atteint,
        }
    }

    /// `certain` is what holds with what is known, `au_mieux` what would hold if every unknown
    /// turned out well.
    const fn selon(certain: bool, au_mieux: bool) -> Self {
        match (certain, au_mieux) {
            (true, _) => Self::Atteint,
            (false, true) => Self::Indetermine,
            (false, false) => Self::NonAtteint,
        }
    }
}

crate::enum_texte! {
    /// How a person took part in a case. The order is that of preference.
    pub enum MoyenParticipation {
        /// In the room.
        Presence => "presence",
        /// By videoconference, which counts as presence.
        Visio => "visio",
        /// By a written opinion on this case.
        AvisEcrit => "avis_ecrit",
    }
}

/// A person who took part in a case, as far as the quorum goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Participant {
    /// Who.
    pub praticien_id: PraticienId,
    /// Profession (TRE G15).
    pub profession: String,
    /// Specialty (JDV J01), when the directory knows it.
    pub specialite: Option<String>,
    /// Clauses for which the RCP designated the person.
    pub designations: BTreeSet<String>,
    /// How.
    pub moyen: MoyenParticipation,
}

impl Participant {
    fn est_medecin(&self) -> bool {
        self.profession == PROFESSION_MEDECIN
    }

    const fn en_seance(&self) -> bool {
        match self.moyen {
            MoyenParticipation::Presence | MoyenParticipation::Visio => true,
            MoyenParticipation::AvisEcrit => false,
        }
    }
}

/// The time during which a case was discussed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Intervalle {
    /// Start.
    pub debut: Instant,
    /// End.
    pub fin: Instant,
}

impl Intervalle {
    /// True when somebody who came and left then took part in the whole discussion: arrived at its
    /// start at the latest, not left before its end. An unknown time stands for the whole meeting.
    #[must_use]
    pub fn couvert(&self, arrivee: Option<Instant>, depart: Option<Instant>) -> bool {
        arrivee.is_none_or(|arrivee| arrivee <= self.debut) && depart.is_none_or(|depart| depart >= self.fin)
    }
}

/// Who took part in a case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Assistance {
    /// False while nobody has taken the attendance of the meeting: nothing can be concluded then.
    pub feuille_tenue: bool,
    /// The persons; somebody who attended and wrote besides counts for one.
    pub participants: Vec<Participant>,
}

impl Assistance {
    /// Each person once, presence before written opinion, in an order that does not hang on the input.
    #[must_use]
    pub fn personnes(&self) -> Vec<Participant> {
        let mut par_id: BTreeMap<PraticienId, Participant> = BTreeMap::new();
        for participant in &self.participants {
            let personne = par_id.entry(participant.praticien_id).or_insert_with(|| participant.clone());
            personne.moyen = personne.moyen.min(participant.moyen);
            personne.designations.extend(participant.designations.iter().cloned());
        }
        let mut personnes: Vec<Participant> = par_id.into_values().collect();
        personnes.sort_by_key(|p| (p.moyen, p.praticien_id));
        personnes
    }
}

/// One place of the composition after evaluation. A clause that needs two persons gives two.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ClauseEvaluee {
    /// Identifier of the clause.
    pub id: String,
    /// Name to show, in French.
    pub libelle: String,
    /// How far it binds. Conditional clauses that do not bear on the case are left out.
    pub niveau: NiveauClause,
    /// True when somebody fills it.
    pub satisfaite: bool,
    /// Who fills it.
    pub praticien_id: Option<PraticienId>,
    /// How.
    pub par: Option<MoyenParticipation>,
}

/// The quorum of one case, or of a meeting at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ResultatQuorum {
    /// Code of the rule.
    pub regle_code: String,
    /// Version of the rule.
    pub regle_version: String,
    /// HAS rule: three doctors of different specialties.
    pub has: EtatQuorum,
    /// Composition rule, add-ons included.
    pub composition: EtatQuorum,
    /// The specialties that the HAS rule counted.
    pub groupes_has: Vec<String>,
    /// The places of the composition.
    pub clauses: Vec<ClauseEvaluee>,
    /// Names of the places that are missing to the composition, in French.
    pub manquantes: Vec<String>,
}

impl ResultatQuorum {
    /// True when both rules are reached.
    #[must_use]
    pub fn atteint(&self) -> bool {
        self.has.et(self.composition) == EtatQuorum::Atteint
    }
}

/// What is required of a meeting: the rule of the RCP, its add-ons, the groups of specialties.
#[derive(Debug, Clone)]
pub struct Exigences {
    /// The rule of the RCP.
    pub regle: RegleQuorum,
    /// The add-ons it calls for. Each is evaluated on its own: the adult oncologist of the RCP is also
    /// the adult half of the double expertise for a young adult.
    pub complements: Vec<RegleQuorum>,
    /// The groups of specialties.
    pub groupes: GroupesSpecialites,
}

impl Exigences {
    /// The quorum of a case.
    #[must_use]
    pub fn evaluer(&self, cas: &Cas, assistance: &Assistance) -> ResultatQuorum {
        let personnes = assistance.personnes();
        let (groupes_has, has) = self.specialites_distinctes(&personnes);
        let mut resultat = ResultatQuorum {
            regle_code: self.regle.code.clone(),
            regle_version: self.regle.version.clone(),
            has,
            composition: EtatQuorum::Atteint,
            groupes_has,
            clauses: Vec::new(),
            manquantes: Vec::new(),
        };
        for regle in self.regles(cas) {
            let (clauses, etat) = self.composition(regle, cas, &personnes);
            resultat.manquantes.extend(clauses.iter().filter(|c| c.manque()).map(|c| c.libelle.clone()));
            resultat.clauses.extend(clauses);
            resultat.composition = resultat.composition.et(etat);
        }
        if !assistance.feuille_tenue {
            resultat.has = resultat.has.sans_feuille();
            resultat.composition = resultat.composition.sans_feuille();
        }
        resultat
    }

    /// The rules that bear on a case: that of the RCP, then the add-ons that it calls for.
    pub(super) fn regles<'e>(&'e self, cas: &Cas) -> impl Iterator<Item = &'e RegleQuorum> {
        let complements = self.complements.iter().filter(|c| c.condition.as_ref().is_none_or(|condition| condition.remplie(cas)));
        std::iter::once(&self.regle).chain(complements)
    }

    /// True when a person may take a place of a clause by attending.
    pub(super) fn peut_tenir(&self, regle: &RegleQuorum, clause: &Clause, personne: &Participant) -> bool {
        let present = Participant { moyen: MoyenParticipation::Presence, ..personne.clone() };
        admis(clause, &present, regle.global.medecins_seulement) && qualifie(clause, personne, self.groupe(personne))
    }

    /// What a person brings to the HAS rule by attending: a group of specialties, or nothing.
    pub(super) fn apporte<'p>(&'p self, personne: &'p Participant) -> Option<&'p str> {
        self.represente(personne).filter(|_| personne.est_medecin() || !self.regle.global.medecins_seulement)
    }

    /// The HAS rule: the specialties of those who attend. A doctor whose specialty is not known might
    /// bring one more.
    fn specialites_distinctes(&self, personnes: &[Participant]) -> (Vec<String>, EtatQuorum) {
        let global = &self.regle.global;
        let comptent = personnes.iter().filter(|p| p.en_seance() && (p.est_medecin() || !global.medecins_seulement));
        let representees: Vec<Option<&str>> = comptent.map(|p| self.represente(p)).collect();
        let inconnues = representees.iter().filter(|specialite| specialite.is_none()).count();
        let distinctes: BTreeSet<&str> = representees.into_iter().flatten().collect();
        let min = usize::try_from(global.min_specialites_distinctes).unwrap_or(usize::MAX);
        let etat = EtatQuorum::selon(distinctes.len() >= min, distinctes.len() + inconnues >= min);
        (distinctes.into_iter().map(str::to_owned).collect(), etat)
    }

    /// The group of a person's specialty.
    fn groupe(&self, personne: &Participant) -> Option<&str> {
        personne.specialite.as_deref().and_then(|specialite| self.groupes.groupe(specialite)).map(|groupe| groupe.code.as_str())
    }

    /// What a person stands for before the HAS rule: the group of the specialty, or the specialty itself
    /// when it belongs to none. `None` when the directory does not know the specialty.
    fn represente<'p>(&'p self, personne: &'p Participant) -> Option<&'p str> {
        self.groupe(personne).or_else(|| personne.specialite.as_deref().filter(|code| code.starts_with(SPECIALITE_ORDINALE)))
    }

    /// True when a person has the competence of a clause, of the rule or of an add-on; `None` when there
    /// is no such clause.
    #[must_use]
    pub fn repond_pour(&self, clause: &str, personne: &Participant) -> Option<bool> {
        let clause = std::iter::once(&self.regle).chain(&self.complements).find_map(|regle| regle.clause(clause))?;
        Some(qualifie(clause, personne, self.groupe(personne)))
    }

    /// The composition of one rule; one that is no longer in force says nothing of it.
    fn composition(&self, regle: &RegleQuorum, cas: &Cas, personnes: &[Participant]) -> (Vec<ClauseEvaluee>, EtatQuorum) {
        let places = places(regle, cas);
        let pourvues = self.pourvoir(regle, &places, personnes, |_| false);
        let au_mieux = self.pourvoir(regle, &places, personnes, |p| self.specialite_inconnue(p));
        let complete = |pourvues: &[Option<usize>]| places.iter().zip(pourvues).all(|(place, p)| p.is_some() || !place.clause.bloque());
        let etat = EtatQuorum::selon(complete(&pourvues) && !regle.absente(), complete(&au_mieux));
        let mut evaluees: Vec<(usize, ClauseEvaluee)> = places
            .iter()
            .zip(pourvues)
            .map(|(place, personne)| (place.rang, place.evaluee(personne.and_then(|p| personnes.get(p)))))
            .collect();
        evaluees.sort_by_key(|(rang, _)| *rang);
        (evaluees.into_iter().map(|(_, evaluee)| evaluee).collect(), etat)
    }

    fn specialite_inconnue(&self, personne: &Participant) -> bool {
        personne.est_medecin() && self.represente(personne).is_none()
    }

    /// Fills the places; `joker` says who could fill any place for all that is known.
    fn pourvoir(
        &self,
        regle: &RegleQuorum,
        places: &[Place<'_>],
        personnes: &[Participant],
        joker: impl Fn(&Participant) -> bool,
    ) -> Vec<Option<usize>> {
        let convient = |place: usize, personne: usize| {
            places.get(place).zip(personnes.get(personne)).is_some_and(|(place, p)| {
                admis(place.clause, p, regle.global.medecins_seulement) && (joker(p) || qualifie(place.clause, p, self.groupe(p)))
            })
        };
        if regle.global.une_personne_une_specialite {
            return apparier(places.len(), personnes.len(), convient);
        }
        // A person may then fill several clauses, but never two places of one clause.
        places
            .chunk_by(|a, b| a.clause.id == b.clause.id)
            .scan(0, |debut, clause| {
                let depart = *debut;
                *debut += clause.len();
                Some(apparier(clause.len(), personnes.len(), |place, personne| convient(depart + place, personne)))
            })
            .flatten()
            .collect()
    }
}

impl EtatQuorum {
    /// Without an attendance sheet nothing is missed yet.
    const fn sans_feuille(self) -> Self {
        match self {
            Self::Atteint => Self::Atteint,
            Self::NonAtteint | Self::Indetermine => Self::Indetermine,
        }
    }
}

impl ClauseEvaluee {
    /// True when the place is empty and the composition fails by it.
    #[must_use]
    pub const fn manque(&self) -> bool {
        match self.niveau {
            NiveauClause::Requise | NiveauClause::SiPertinente => !self.satisfaite,
            NiveauClause::Recommandee => false,
        }
    }
}

/// A place to fill: a clause gives as many as its minimum.
struct Place<'a> {
    clause: &'a Clause,
    /// Which of the places of its clause, from 1.
    numero: u32,
    /// Where the rule wrote it.
    rang: usize,
}

/// The places of a rule for a case, those that bind first: they are served first.
fn places<'a>(regle: &'a RegleQuorum, cas: &Cas) -> Vec<Place<'a>> {
    let mut places: Vec<Place<'a>> = regle
        .clauses
        .iter()
        .filter(|clause| clause.concerne(cas))
        .flat_map(|clause| (1..=clause.min).map(move |numero| (clause, numero)))
        .enumerate()
        .map(|(rang, (clause, numero))| Place { clause, numero, rang })
        .collect();
    places.sort_by_key(|place| (!place.clause.bloque(), place.rang));
    places
}

impl Place<'_> {
    fn evaluee(&self, titulaire: Option<&Participant>) -> ClauseEvaluee {
        let libelle = if self.clause.min > 1 {
            format!("{} ({} sur {})", self.clause.libelle, self.numero, self.clause.min)
        } else {
            self.clause.libelle.clone()
        };
        ClauseEvaluee {
            id: self.clause.id.clone(),
            libelle,
            niveau: self.clause.niveau,
            satisfaite: titulaire.is_some(),
            praticien_id: titulaire.map(|p| p.praticien_id),
            par: titulaire.map(|p| p.moyen),
        }
    }
}

/// True when the clause admits that kind of person, taking part in that way.
fn admis(clause: &Clause, personne: &Participant, medecins_seulement: bool) -> bool {
    let moyen = match clause.mode {
        ModeClause::Presence => personne.en_seance(),
        ModeClause::PresenceOuAvis => true,
    };
    moyen && (personne.est_medecin() || clause.non_medecins || !medecins_seulement)
}

/// True when the person has the competence of the clause.
fn qualifie(clause: &Clause, personne: &Participant, groupe: Option<&str>) -> bool {
    clause.groupes.iter().any(|admis| Some(admis.as_str()) == groupe)
        || personne.specialite.as_ref().is_some_and(|specialite| clause.specialites.contains(specialite))
        || clause.professions.contains(&personne.profession)
        || (clause.designation && personne.designations.contains(&clause.id))
}

#[cfg(test)]
pub(super) mod tests;
