//! Fiches: content, states, changes.

use crate::{
    kernel::{
        ErreurMetier, Nature,
        ids::{CompteId, DossierId, FicheId, PatientId},
    },
    metier::referentiel::derive::ValeurDerivee,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::reprise::{NonRepris, Origines, Reprise, conserver};

pub use super::{g8, lecture, structure::Etape};

crate::enum_texte! {
    /// Where a fiche stands.
    pub enum EtatFiche {
        /// Being filled.
        Brouillon => "brouillon",
        /// Complete, ready for a meeting.
        Prete => "prete",
        /// Fixed by the validation of a meeting.
        Verrouillee => "verrouillee",
    }
}

/// Model of the fiches for which no other is asked.
pub const SOCLE: &str = "socle-frcp";

/// A fiche RCP.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Fiche {
    /// Identifier.
    pub id: FicheId,
    /// Dossier it belongs to.
    pub dossier_id: DossierId,
    /// Patient of the dossier.
    pub patient_id: PatientId,
    /// Code of its model.
    #[schema(example = "socle-frcp")]
    pub modele_code: String,
    /// Version of its model.
    #[schema(example = "2025.01")]
    pub modele_version: String,
    /// Its content, which follows the schema of the model.
    #[schema(value_type = Object)]
    pub contenu: Value,
    /// Mandatory items that are filled, in percent.
    #[schema(minimum = 0, maximum = 100)]
    pub completude: i64,
    /// State.
    pub etat: EtatFiche,
    /// Account of the person who created it.
    pub auteur_id: Option<CompteId>,
    /// Name of that person.
    pub auteur_nom: String,
    /// Version.
    pub version: i64,
    /// Creation.
    pub cree_le: DateTime<Utc>,
    /// Last change.
    pub modifie_le: DateTime<Utc>,
    /// Where the answers come from that were carried from a former fiche and have not changed since.
    pub origines: Origines,
}

impl Fiche {
    /// Refuses a change to a fiche that a meeting has fixed.
    pub fn exiger_modifiable(&self) -> Result<(), FicheError> {
        match self.etat {
            EtatFiche::Brouillon | EtatFiche::Prete => Ok(()),
            EtatFiche::Verrouillee => Err(FicheError::Verrouillee),
        }
    }

    /// What a change must hold for the fiche to stay in its state: nothing more than a draft, or
    /// everything.
    #[must_use]
    pub const fn exigence(&self) -> Option<Etape> {
        match self.etat {
            EtatFiche::Brouillon => None,
            EtatFiche::Prete | EtatFiche::Verrouillee => Some(Etape::Prete),
        }
    }

    /// The same fiche with another content, at its next version.
    #[must_use]
    pub fn avec(self, contenu: Value, completude: u8, maintenant: DateTime<Utc>) -> Self {
        let origines = conserver(self.origines, &self.contenu, &contenu);
        Self { contenu, origines, completude: completude.into(), version: self.version + 1, modifie_le: maintenant, ..self }
    }

    /// The same fiche, ready.
    #[must_use]
    pub fn prete(self, completude: u8, maintenant: DateTime<Utc>) -> Self {
        Self { etat: EtatFiche::Prete, completude: completude.into(), version: self.version + 1, modifie_le: maintenant, ..self }
    }

    /// The same fiche, fixed.
    #[must_use]
    pub fn verrouillee(self, completude: u8, maintenant: DateTime<Utc>) -> Self {
        Self { etat: EtatFiche::Verrouillee, completude: completude.into(), version: self.version + 1, modifie_le: maintenant, ..self }
    }
}

/// A fiche in a list, without its content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FicheResume {
    /// Identifier.
    pub id: FicheId,
    /// Dossier it belongs to.
    pub dossier_id: DossierId,
    /// Code of its model.
    pub modele_code: String,
    /// Version of its model.
    pub modele_version: String,
    /// Mandatory items that are filled, in percent.
    pub completude: i64,
    /// State.
    pub etat: EtatFiche,
    /// Name of the person who created it.
    pub auteur_nom: String,
    /// Version.
    pub version: i64,
    /// Creation.
    pub cree_le: DateTime<Utc>,
    /// Last change.
    pub modifie_le: DateTime<Utc>,
}

/// A fiche with what is deduced from it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct FicheDetaillee {
    /// The fiche.
    #[serde(flatten)]
    pub fiche: Fiche,
    /// Mandatory items that are not filled, in the order of the form.
    pub manquants: Vec<Manquant>,
    /// What is computed from the content.
    pub derives: Derives,
}

/// A fiche that was just created.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct FicheCreee {
    /// The fiche.
    #[serde(flatten)]
    pub detail: FicheDetaillee,
    /// Answers of the former fiche that were not carried, with the reason.
    pub non_repris: Vec<NonRepris>,
}

/// What carrying a fiche to a model in force would give.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ReprisePrevue {
    /// The model.
    #[schema(example = "sein@2026-01")]
    pub modele: String,
    /// What would be carried, and what not.
    #[serde(flatten)]
    pub reprise: Reprise,
}

/// A mandatory item that is not filled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Manquant {
    /// JSON Pointer in the content.
    #[schema(example = "/tumeurs/0/topographie")]
    pub pointer: String,
    /// Where it stands in the form.
    #[schema(example = "Tumeur › Topographie (CIM-10)")]
    pub titre: String,
}

/// What is computed from the content of a fiche.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Derives {
    /// Body mass index in kg/m², to the tenth, when weight and height are known.
    pub imc: Option<f64>,
    /// The G8.
    pub g8: G8Derive,
    /// What the model of the fiche computes besides.
    pub calcules: Vec<ValeurDerivee>,
}

/// The G8 as it stands today; at the meeting it is taken with the age of that day.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct G8Derive {
    /// `non_concerne`, `non_fait`, `incomplet` or `fait`.
    #[serde(flatten)]
    pub etat: g8::EtatG8,
    /// The score, from 0 to 17 by half points.
    pub score: Option<f64>,
    /// True at 14 or less: a geriatric evaluation is called for.
    pub fragilite: Option<bool>,
    /// Age it was computed for, in years.
    pub age: u32,
    /// Questions without an answer, by their key.
    pub sans_reponse: Vec<String>,
}

/// Computes what is deduced from a content, for a patient of that age.
#[must_use]
pub fn deriver(contenu: &Value, age: u32, calcules: Vec<ValeurDerivee>) -> Derives {
    let etat = g8::evaluer(contenu, age);
    let score = match etat {
        g8::EtatG8::Fait(score) => Some(score),
        g8::EtatG8::NonConcerne | g8::EtatG8::NonFait | g8::EtatG8::Incomplet => None,
    };
    Derives {
        imc: g8::imc(contenu).map(|imc| (imc * 10.0).round() / 10.0),
        g8: G8Derive {
            etat,
            score: score.map(g8::ScoreG8::points),
            fragilite: score.map(g8::ScoreG8::fragile),
            age,
            sans_reponse: g8::questions_sans_reponse(contenu).into_iter().map(str::to_owned).collect(),
        },
        calcules,
    }
}

/// Applies a merge patch (RFC 7396): members given replace, `null` removes, lists are replaced whole.
#[must_use]
pub fn fusionner(cible: Value, correctif: &Value) -> Value {
    let Value::Object(changements) = correctif else { return correctif.clone() };
    let mut membres = match cible {
        Value::Object(membres) => membres,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => Map::new(),
    };
    for (nom, changement) in changements {
        if changement.is_null() {
            membres.shift_remove(nom);
        } else {
            let avant = membres.get(nom).cloned().unwrap_or_default();
            membres.insert(nom.clone(), fusionner(avant, changement));
        }
    }
    Value::Object(membres)
}

/// Names of the sections that differ between two contents, for the access trace.
#[must_use]
pub fn sections_changees<'c>(avant: &'c Value, apres: &'c Value) -> Vec<&'c str> {
    let membre = |contenu: &'c Value, nom: &str| contenu.get(nom);
    let noms = |contenu: &'c Value| contenu.as_object().into_iter().flat_map(Map::keys).map(String::as_str);
    let mut noms: Vec<&str> = noms(avant).chain(noms(apres)).filter(|nom| membre(avant, nom) != membre(apres, nom)).collect();
    noms.sort_unstable();
    noms.dedup();
    noms
}

/// Why an act on a fiche is refused.
#[derive(Debug, thiserror::Error)]
pub enum FicheError {
    /// No such fiche, or not for this person.
    #[error("Cette fiche n'existe pas ou n'est pas dans votre périmètre.")]
    Introuvable,
    /// A meeting has fixed the fiche.
    #[error("Cette fiche a été validée en réunion : elle ne change plus. Créez une nouvelle fiche dans le dossier.")]
    Verrouillee,
    /// The fiche is ready already.
    #[error("Cette fiche est déjà prête.")]
    DejaPrete,
    /// The fiche to copy is not of the same patient.
    #[error("La fiche à recopier doit être une fiche du même patient.")]
    CopieImpossible,
}

impl ErreurMetier for FicheError {
    fn nature(&self) -> Nature {
        match self {
            Self::Introuvable => Nature::Introuvable,
            Self::Verrouillee | Self::DejaPrete | Self::CopieImpossible => Nature::Conflit,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Introuvable => "fiche-introuvable",
            Self::Verrouillee => "fiche-verrouillee",
            Self::DejaPrete => "fiche-deja-prete",
            Self::CopieImpossible => "copie-impossible",
        }
    }
}

/// What is asked of a new fiche.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, ToSchema, validator::Validate)]
#[serde(deny_unknown_fields)]
pub struct NouvelleFiche {
    /// Code of the model; by default that of the former fiche, or else the national common core.
    #[validate(length(min = 1, max = 60, message = "De 1 à 60 caractères."))]
    #[schema(example = "socle-frcp")]
    pub modele: Option<String>,
    /// A former fiche of the same patient to start from: what the model takes of it is carried.
    pub depuis: Option<FicheId>,
    /// First content, applied as a merge patch on what the fiche starts from.
    #[schema(value_type = Option<Object>)]
    pub contenu: Option<Map<String, Value>>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn un_correctif_remplace_ajoute_et_retire() {
        // The examples of RFC 7396, appendix A.
        for (cible, correctif, attendu) in [
            (json!({"a":"b"}), json!({"a":"c"}), json!({"a":"c"})),
            (json!({"a":"b"}), json!({"b":"c"}), json!({"a":"b","b":"c"})),
            (json!({"a":"b"}), json!({"a":null}), json!({})),
            (json!({"a":"b","b":"c"}), json!({"a":null}), json!({"b":"c"})),
            (json!({"a":["b"]}), json!({"a":"c"}), json!({"a":"c"})),
            (json!({"a":"c"}), json!({"a":["b"]}), json!({"a":["b"]})),
            (json!({"a":{"b":"c"}}), json!({"a":{"b":"d","c":null}}), json!({"a":{"b":"d"}})),
            (json!({"a":[{"b":"c"}]}), json!({"a":[1]}), json!({"a":[1]})),
            (json!(["a", "b"]), json!(["c", "d"]), json!(["c", "d"])),
            (json!({"a":"b"}), json!(["c"]), json!(["c"])),
            (json!({"a":"foo"}), json!(null), json!(null)),
            (json!({"e":null}), json!({"a":1}), json!({"e":null,"a":1})),
            (json!([1, 2]), json!({"a":"b","c":null}), json!({"a":"b"})),
            (json!({}), json!({"a":{"bb":{"ccc":null}}}), json!({"a":{"bb":{}}})),
        ] {
            assert_eq!(fusionner(cible, &correctif), attendu);
        }
    }

    #[test]
    fn la_trace_nomme_les_sections_changees() {
        let avant = json!({ "motif": { "recours": true }, "tumeurs": [], "antecedents": "x" });
        let apres = json!({ "motif": { "recours": false }, "tumeurs": [], "phase": {} });
        assert_eq!(sections_changees(&avant, &apres), ["antecedents", "motif", "phase"]);
    }

    #[test]
    fn l_indice_de_masse_corporelle_est_donne_au_dixieme() {
        let derives = deriver(&json!({ "evaluation": { "poids_kg": 70, "taille_cm": 175 } }), 60, vec![]);
        assert_eq!(derives.imc, Some(22.9));
        assert_eq!(deriver(&json!({ "evaluation": { "poids_kg": 70 } }), 60, vec![]).imc, None);
    }
}
