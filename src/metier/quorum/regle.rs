//! Quorum rules as data: what a file of `referentiels/quorum/` holds, and the groups of specialties of
//! `referentiels/specialites.json`.

use crate::kernel::Faute;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::ToSchema;

crate::enum_texte! {
    /// How far a clause binds.
    pub enum NiveauClause {
        /// Always needed.
        Requise => "requise",
        /// Reported, never blocking.
        Recommandee => "recommandee",
        /// Needed when the case meets the condition of the clause.
        SiPertinente => "si_pertinente",
    }
}

crate::enum_texte! {
    /// How a clause may be filled.
    pub enum ModeClause {
        /// In the room or by videoconference.
        Presence => "presence",
        /// In the room, by videoconference, or by a complementary written opinion.
        PresenceOuAvis => "presence_ou_avis",
    }
}

crate::enum_texte! {
    /// How much a rule can be relied on.
    pub enum StatutRegle {
        /// Holds clauses that no text at hand states: to check with the regional network before use.
        DefautAVerifier => "defaut_a_verifier",
        /// Checked.
        Validee => "validee",
        /// The region's own definition: no national text gives it.
        Regionale => "regionale",
    }
}

crate::enum_texte! {
    /// What a clause rests on.
    pub enum NatureSource {
        /// A law, a decree, or a national framework.
        Texte => "texte",
        /// A default proposal, to be checked.
        AVerifier => "a_verifier",
        /// A choice of the region.
        Region => "region",
    }
}

/// What a clause rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SourceClause {
    /// Text or default.
    pub nature: NatureSource,
    /// The text, or why the default was chosen, in French.
    pub reference: String,
}

/// When a clause or an add-on bears on a case: every criterion that is given must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Condition {
    /// Youngest age, in completed years at the meeting.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age_min: Option<u32>,
    /// Oldest age, in completed years at the meeting.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age_max: Option<u32>,
    /// One of the tumours has a CIM-10 code that begins with one of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub topographies: Vec<String>,
    /// One of the proposed treatments is one of these (value set `type-traitement-frcp`).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub traitements: Vec<String>,
}

/// What conditions look at in a case. An unknown trait never makes a condition hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cas {
    /// Age of the patient in completed years at the date of the meeting.
    pub age: Option<u32>,
    /// CIM-10 codes of the tumours.
    pub topographies: Vec<String>,
    /// Codes of the proposed treatments.
    pub traitements: Vec<String>,
}

impl Condition {
    /// True when the case meets every criterion.
    #[must_use]
    pub fn remplie(&self, cas: &Cas) -> bool {
        let age = |attendu: Option<u32>, compare: fn(u32, u32) -> bool| {
            attendu.is_none_or(|borne| cas.age.is_some_and(|age| compare(age, borne)))
        };
        let topographie = self.topographies.is_empty()
            || cas.topographies.iter().any(|code| self.topographies.iter().any(|debut| code.starts_with(debut.as_str())));
        let traitement = self.traitements.is_empty() || cas.traitements.iter().any(|code| self.traitements.contains(code));
        age(self.age_min, |age, borne| age >= borne) && age(self.age_max, |age, borne| age <= borne) && topographie && traitement
    }
}

/// One line of the composition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Clause {
    /// Stable short name, unique among the rule and its add-ons.
    #[schema(example = "RADIOTHERAPIE")]
    pub id: String,
    /// Name to show, in French.
    pub libelle: String,
    /// Groups of specialties, any of which fills the clause.
    #[serde(default)]
    pub groupes: Vec<String>,
    /// Specialties (JDV J01) that fill the clause besides the groups, when a group would be too wide.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub specialites: Vec<String>,
    /// Professions (TRE G15) that fill the clause besides: `21` for a pharmacist.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub professions: Vec<String>,
    /// Persons needed.
    #[serde(default = "un")]
    pub min: u32,
    /// How it may be filled.
    pub mode: ModeClause,
    /// How far it binds.
    pub niveau: NiveauClause,
    /// True when a person whom the RCP designated for this clause fills it, whatever the specialty:
    /// the directory cannot tell an organ specialist trained in oncology, or an expert of a network.
    #[serde(default)]
    pub designation: bool,
    /// True when others than doctors may fill it (a pharmacist, say).
    #[serde(default)]
    pub non_medecins: bool,
    /// The cases it bears on; all when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<Condition>,
    /// What it rests on.
    pub source: SourceClause,
}

const fn un() -> u32 {
    1
}

impl Clause {
    /// True when the clause bears on the case.
    #[must_use]
    pub fn concerne(&self, cas: &Cas) -> bool {
        self.condition.as_ref().is_none_or(|condition| condition.remplie(cas))
    }

    /// True when an empty clause that bears on the case fails the composition.
    #[must_use]
    pub const fn bloque(&self) -> bool {
        match self.niveau {
            NiveauClause::Requise | NiveauClause::SiPertinente => true,
            NiveauClause::Recommandee => false,
        }
    }
}

/// Version of the rule that stands for one that is no longer in force.
const VERSION_ABSENTE: &str = "absente";

/// What bears on the whole meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Global {
    /// Doctors of different specialties that must take part (HAS rule).
    pub min_specialites_distinctes: u32,
    /// Only doctors count, unless a clause says otherwise.
    pub medecins_seulement: bool,
    /// A person stands for one specialty and fills one clause.
    pub une_personne_une_specialite: bool,
}

/// A quorum rule, or an add-on that other rules call for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegleQuorum {
    /// Stable code, the one an RCP refers to.
    #[schema(example = "standard-hors-hematologie")]
    pub code: String,
    /// Version.
    #[schema(example = "2023-12")]
    pub version: String,
    /// Name to show, in French.
    pub nom: String,
    /// First day in force.
    pub valable_du: NaiveDate,
    /// Last day in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valable_au: Option<NaiveDate>,
    /// What the rule as a whole rests on, in French.
    pub source: String,
    /// How much it can be relied on.
    pub statut: StatutRegle,
    /// Codes of the add-ons that are evaluated besides, each on its own.
    #[serde(default)]
    pub complements: Vec<String>,
    /// For an add-on: the cases it bears on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<Condition>,
    /// What bears on the whole meeting.
    pub global: Global,
    /// The composition.
    pub clauses: Vec<Clause>,
}

impl RegleQuorum {
    /// What is wrong in the rule, at its place in the file; empty when it is sound.
    #[must_use]
    pub fn defauts(&self) -> Vec<Faute> {
        let mut defauts = Vec::new();
        let mut vues = BTreeSet::new();
        if self.clauses.is_empty() && self.global.min_specialites_distinctes == 0 {
            defauts.push(Faute::new("/clauses", "obligatoire", "la règle n'exige rien"));
        }
        for (rang, clause) in self.clauses.iter().enumerate() {
            let mut ici = |champ: &str, code: &str, texte: &str| {
                defauts.push(Faute::new(format!("/clauses/{rang}{champ}"), code, format!("clause {} : {texte}", clause.id)));
            };
            if !vues.insert(clause.id.as_str()) {
                ici("/id", "en-double", "identifiant en double");
            }
            if clause.min == 0 {
                ici("/min", "minimum-nul", "le minimum doit être positif");
            }
            let ouverte = !(clause.groupes.is_empty() && clause.specialites.is_empty() && clause.professions.is_empty());
            if !ouverte && !clause.designation {
                ici("", "clause-impossible", "personne ne peut la remplir");
            }
            if clause.niveau == NiveauClause::SiPertinente && clause.condition.is_none() {
                ici("/condition", "obligatoire", "une clause « si pertinente » porte une condition");
            }
        }
        defauts
    }

    /// The groups of specialties that its clauses name and that do not exist, each at its place.
    #[must_use]
    pub fn groupes_inconnus(&self, groupes: &GroupesSpecialites) -> Vec<Faute> {
        let nommes = self.clauses.iter().enumerate().flat_map(|(rang, clause)| {
            clause.groupes.iter().enumerate().map(move |(place, groupe)| (format!("/clauses/{rang}/groupes/{place}"), clause, groupe))
        });
        let inconnu = |(ou, clause, groupe): (String, &Clause, &String)| {
            Faute::new(ou, "groupe-inconnu", format!("clause {} : groupe inconnu {groupe}", clause.id))
        };
        nommes.filter(|(_, _, groupe)| !groupes.connait(groupe)).map(inconnu).collect()
    }

    /// True for the stand-in of a rule that is no longer in force.
    #[must_use]
    pub fn absente(&self) -> bool {
        self.version == VERSION_ABSENTE
    }

    /// The HAS rule alone, for a meeting whose composition rule is no longer in force.
    #[must_use]
    pub fn sans_composition(code: &str, date: NaiveDate) -> Self {
        Self {
            code: code.to_owned(),
            version: VERSION_ABSENTE.to_owned(),
            nom: "Règle de composition absente".to_owned(),
            valable_du: date,
            valable_au: None,
            source: "HAS : trois médecins de spécialités différentes.".to_owned(),
            statut: StatutRegle::DefautAVerifier,
            complements: Vec::new(),
            condition: None,
            global: Global { min_specialites_distinctes: 3, medecins_seulement: true, une_personne_une_specialite: true },
            clauses: Vec::new(),
        }
    }

    /// The clause of that identifier.
    #[must_use]
    pub fn clause(&self, id: &str) -> Option<&Clause> {
        self.clauses.iter().find(|clause| clause.id == id)
    }
}

/// One group of specialties.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct GroupeSpecialites {
    /// Code, by which clauses refer to the group.
    pub code: String,
    /// Name to show, in French.
    pub libelle: String,
    /// Codes of JDV J01 (`G15_10/SM36`).
    pub specialites: BTreeSet<String>,
}

/// The groups of specialties: diplomas and options of one discipline stand for one specialty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct GroupesSpecialites {
    groupes: Vec<GroupeSpecialites>,
}

impl GroupesSpecialites {
    /// True when there is a group of that code.
    #[must_use]
    pub fn connait(&self, code: &str) -> bool {
        self.groupes.iter().any(|groupe| groupe.code == code)
    }

    /// The specialties of some groups, by code.
    pub fn specialites<'g>(&'g self, codes: &'g [String]) -> impl Iterator<Item = &'g String> {
        self.groupes.iter().filter(|groupe| codes.contains(&groupe.code)).flat_map(|groupe| &groupe.specialites)
    }

    /// Every specialty that belongs to a group.
    pub fn toutes(&self) -> impl Iterator<Item = &String> {
        self.groupes.iter().flat_map(|groupe| &groupe.specialites)
    }

    /// The group that a specialty belongs to.
    #[must_use]
    pub fn groupe(&self, specialite: &str) -> Option<&GroupeSpecialites> {
        self.groupes.iter().find(|groupe| groupe.specialites.contains(specialite))
    }
}
