//! What is written in a programme, as the documents read it.
//!
//! It is read from what the model took. Every field may be absent: a region's model may do without some.
//! Codes arrive alone and receive the label of the day ([`Saisie::codes`]).

use super::GenreProgramme;
use crate::metier::compte_rendu::model::{
    Code,
    fiche::{Decouverte, Phase, Tumeur},
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

crate::enum_texte! {
    /// Where a treatment stands.
    #[derive(Default)]
    pub enum StatutTraitement {
        /// Done.
        Realise => "realise",
        /// Going on.
        EnCours => "en_cours",
        /// To come.
        #[default]
        AVenir => "a_venir",
    }
}

/// The announcement to the patient.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
#[schema(as = pps::Annonce)]
pub struct Annonce {
    /// Date of the meeting.
    pub date_rcp: Option<NaiveDate>,
    /// Date of the consultation.
    pub date_annonce: Option<NaiveDate>,
    /// The disease, in plain words.
    pub explication: Option<String>,
    /// What the care is for.
    pub objectif: Option<String>,
}

/// Care for a child.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
#[schema(as = pps::Pediatrie)]
pub struct Pediatrie {
    /// True for paediatric care.
    pub suivi_pediatrique: bool,
    /// Comment.
    pub commentaire: Option<String>,
}

/// A treatment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
#[schema(as = pps::Traitement)]
pub struct Traitement {
    /// Kind of treatment.
    #[serde(rename = "type")]
    pub type_traitement: Option<Code>,
    /// Which one.
    pub precision: Option<String>,
    /// Where it stands.
    pub statut: StatutTraitement,
    /// First day, confirmed, `AAAA-MM` or `AAAA-MM-JJ`.
    pub debut: Option<String>,
    /// Last day, confirmed.
    pub fin: Option<String>,
    /// First day, expected.
    pub debut_prevu: Option<String>,
    /// Last day, expected.
    pub fin_prevue: Option<String>,
    /// How it is given.
    pub mode: Option<String>,
    /// How often.
    pub rythme: Option<String>,
    /// At home.
    pub a_domicile: Option<bool>,
    /// Where and with whom.
    pub lieu: Option<String>,
    /// Side effects to know.
    pub effets: Vec<String>,
    /// Comment.
    pub commentaire: Option<String>,
}

/// Anything planned besides treatments: an appointment, a supportive care, a support.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
#[schema(as = pps::Action)]
pub struct Action {
    /// Kind.
    #[serde(rename = "type")]
    pub genre: Option<Code>,
    /// Which one.
    pub precision: Option<String>,
    /// First day, expected, `AAAA-MM` or `AAAA-MM-JJ`.
    pub debut_prevu: Option<String>,
    /// Last day, expected.
    pub fin_prevue: Option<String>,
    /// How often.
    pub rythme: Option<String>,
    /// Where and with whom.
    pub lieu: Option<String>,
    /// With whom, for the surveillance of a PPAC.
    pub par: Option<String>,
    /// Comment.
    pub commentaire: Option<String>,
}

/// The stop of all active treatments.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
#[schema(as = pps::Arret)]
pub struct Arret {
    /// True when they stop.
    pub arret: bool,
    /// When.
    pub date: Option<NaiveDate>,
}

/// Somebody whom the patient may call.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
#[schema(as = pps::Contact)]
pub struct Contact {
    /// What the person does.
    pub role: Option<String>,
    /// Name.
    pub nom: Option<String>,
    /// Telephone.
    pub telephone: Option<String>,
    /// What for, and when.
    pub quand: Option<String>,
}

/// What to do when something goes wrong.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
#[schema(as = pps::Urgence)]
pub struct Urgence {
    /// Whom to call, day and night.
    pub telephone: Option<String>,
    /// The signs that call for it.
    pub signes: Vec<String>,
    /// What to do.
    pub consignes: Option<String>,
}

/// What a PPS says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct SaisiePps {
    /// The announcement.
    pub annonce: Annonce,
    /// Tumours.
    pub tumeurs: Vec<Tumeur>,
    /// How the cancer was found.
    pub decouverte: Decouverte,
    /// Phase and progression.
    pub phase: Option<Phase>,
    /// Care for a child.
    pub pediatrie: Option<Pediatrie>,
    /// Treatments, in their order.
    pub traitements: Vec<Traitement>,
    /// The stop of all active treatments.
    pub arret_traitements: Option<Arret>,
    /// Prevention and handling of side effects.
    pub prevention: Vec<Action>,
    /// Other measures.
    pub mesures: Vec<Action>,
    /// Follow-up.
    pub suivis: Vec<Action>,
    /// Supportive care.
    pub soins_support: Vec<Action>,
    /// Social and professional support.
    pub accompagnement: Vec<Action>,
    /// Whom to call.
    pub contacts: Vec<Contact>,
    /// When something goes wrong.
    pub urgence: Urgence,
    /// Anything else.
    pub commentaire: Option<String>,
}

/// The end of the active treatments.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
#[schema(as = pps::Bilan)]
pub struct Bilan {
    /// When they ended, `AAAA-MM` or `AAAA-MM-JJ`.
    pub fin_traitements: Option<String>,
    /// The disease and the care received, in plain words.
    pub maladie: Option<String>,
    /// Treatments received.
    pub traitements: Vec<Traitement>,
}

/// An effect that may last or come later.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
#[schema(as = pps::Effet)]
pub struct Effet {
    /// The effect.
    pub effet: Option<String>,
    /// What to do.
    pub conseil: Option<String>,
}

/// Everyday life after cancer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
#[schema(as = pps::VieQuotidienne)]
pub struct VieQuotidienne {
    /// Back to work.
    pub travail: Option<String>,
    /// Physical activity.
    pub activite_physique: Option<String>,
    /// Food.
    pub alimentation: Option<String>,
    /// Tobacco and alcohol.
    pub tabac_alcool: Option<String>,
    /// Spirits and support.
    pub psychologie: Option<String>,
    /// Intimate life and fertility.
    pub vie_intime: Option<String>,
}

/// What a PPAC says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct SaisiePpac {
    /// The end of the active treatments.
    pub bilan: Bilan,
    /// Effects that may last or come later.
    pub effets: Vec<Effet>,
    /// Calendar of the surveillance.
    pub surveillance: Vec<Action>,
    /// Supportive care.
    pub soins_support: Vec<Action>,
    /// Social and professional support.
    pub accompagnement: Vec<Action>,
    /// Everyday life.
    pub vie_quotidienne: VieQuotidienne,
    /// People to turn to, close to home.
    pub contacts: Vec<Contact>,
    /// When something goes wrong.
    pub urgence: Urgence,
    /// Anything else.
    pub commentaire: Option<String>,
}

/// What a programme says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "genre", rename_all = "snake_case")]
#[schema(as = pps::Saisie)]
pub enum Saisie {
    /// A PPS.
    Pps(Box<SaisiePps>),
    /// A PPAC.
    Ppac(Box<SaisiePpac>),
}

/// Value set of the kinds of treatment.
const TRAITEMENT: &str = "type-traitement-pps";
/// Value set of the kinds of follow-up.
const SUIVI: &str = "type-de-suivi";
/// Value set of the supportive cares.
const SOIN_SUPPORT: &str = "soin-onco-de-support";
/// Value set of the social and professional supports.
const ACCOMPAGNEMENT: &str = "type-accompagnement-sociopro";

impl Saisie {
    /// Reads what the model took.
    pub fn lire(genre: GenreProgramme, saisie: Value) -> serde_json::Result<Self> {
        match genre {
            GenreProgramme::Pps => serde_json::from_value(saisie).map(Self::Pps),
            GenreProgramme::Ppac => serde_json::from_value(saisie).map(Self::Ppac),
        }
    }

    /// Kind of the programme.
    #[must_use]
    pub const fn genre(&self) -> GenreProgramme {
        match self {
            Self::Pps(_) => GenreProgramme::Pps,
            Self::Ppac(_) => GenreProgramme::Ppac,
        }
    }

    /// The members of the content that have a place of their own here; what a region adds has none.
    #[must_use]
    pub const fn membres(genre: GenreProgramme) -> &'static [&'static str] {
        match genre {
            GenreProgramme::Pps => &[
                "annonce",
                "tumeurs",
                "decouverte",
                "phase",
                "pediatrie",
                "traitements",
                "arret_traitements",
                "prevention",
                "mesures",
                "suivis",
                "soins_support",
                "accompagnement",
                "contacts",
                "urgence",
                "commentaire",
            ],
            GenreProgramme::Ppac => &[
                "bilan",
                "effets",
                "surveillance",
                "soins_support",
                "accompagnement",
                "vie_quotidienne",
                "contacts",
                "urgence",
                "commentaire",
            ],
        }
    }

    /// Every coded value with the value set it belongs to.
    pub fn codes(&mut self) -> Vec<(&'static str, &mut Code)> {
        let mut codes: Vec<(&'static str, &mut Code)> = Vec::new();
        match self {
            Self::Pps(pps) => {
                for tumeur in &mut pps.tumeurs {
                    codes.extend(tumeur.topographie.iter_mut().map(|c| ("tumeur", c)));
                    codes.extend(tumeur.lateralite.iter_mut().map(|c| ("modificateur-topographique", c)));
                    codes.extend(tumeur.morphologie.iter_mut().map(|c| ("morphologie", c)));
                }
                codes.extend(pps.phase.iter_mut().filter_map(|phase| Some(("phase-cancer", phase.phase.as_mut()?))));
                codes.extend(traitements(&mut pps.traitements));
                codes.extend(actions("gestion-effet-secondaire", &mut pps.prevention));
                codes.extend(actions("mesure-associee", &mut pps.mesures));
                codes.extend(actions(SUIVI, &mut pps.suivis));
                codes.extend(actions(SOIN_SUPPORT, &mut pps.soins_support));
                codes.extend(actions(ACCOMPAGNEMENT, &mut pps.accompagnement));
            }
            Self::Ppac(ppac) => {
                codes.extend(traitements(&mut ppac.bilan.traitements));
                codes.extend(actions(SUIVI, &mut ppac.surveillance));
                codes.extend(actions(SOIN_SUPPORT, &mut ppac.soins_support));
                codes.extend(actions(ACCOMPAGNEMENT, &mut ppac.accompagnement));
            }
        }
        codes
    }
}

fn traitements(traitements: &mut [Traitement]) -> impl Iterator<Item = (&'static str, &mut Code)> {
    traitements.iter_mut().filter_map(|t| Some((TRAITEMENT, t.type_traitement.as_mut()?)))
}

fn actions<'a>(jeu: &'static str, actions: &'a mut [Action]) -> impl Iterator<Item = (&'static str, &'a mut Code)> {
    actions.iter_mut().filter_map(move |a| Some((jeu, a.genre.as_mut()?)))
}
