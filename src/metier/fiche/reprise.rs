//! Answers carried from a fiche to a new one, whose model may be another: what is carried, where each
//! answer comes from, and what is left out with its reason. Nothing is lost in silence. Pure.
//!
//! - An answer is carried when the new model takes it as a draft would: the field exists, the type is
//!   the same, the code still belongs to the value set, the bounds hold.
//! - The origin of an answer is the fiche where it was last typed: an answer carried twice keeps its
//!   first origin. It goes away when the answer changes.

use super::{
    model::Fiche,
    validation::{ModeleCompile, Niveau},
};
use crate::{
    kernel::{Faute, ids::FicheId, lecture::echapper},
    metier::referentiel::{
        formulaire::{Formulaire, RANG},
        model::ModeleFiche,
    },
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Where an answer was typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = fiche::Origine)]
pub struct Origine {
    /// The fiche.
    pub fiche_id: FicheId,
    /// Its model.
    #[schema(example = "sein@2026-01")]
    pub modele: String,
    /// Its last change.
    pub le: DateTime<Utc>,
}

/// Origins by JSON Pointer of the answer; a list of plain values is one answer.
pub type Origines = BTreeMap<String, Origine>;

crate::enum_texte! {
    /// Why an answer is not carried.
    pub enum RaisonEcart {
        /// The new model does not have the field.
        ChampDisparu => "champ_disparu",
        /// The code or the answer is no longer one of those admitted.
        HorsListe => "hors_liste",
        /// The field takes something else.
        TypeChange => "type_change",
        /// The answer is beyond the bounds of the field.
        HorsBornes => "hors_bornes",
        /// Another rule of the new model.
        AutreRegle => "autre_regle",
    }
}

/// An answer that is not carried.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct NonRepris {
    /// JSON Pointer in the former fiche.
    #[schema(example = "/sein/her2_ihc")]
    pub pointer: String,
    /// What was asked, in the former model.
    pub titre: String,
    /// What was answered.
    #[schema(value_type = Object)]
    pub valeur: Value,
    /// Why.
    pub raison: RaisonEcart,
    /// Why, in French.
    pub message: String,
}

/// What carrying a fiche gives.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct Reprise {
    /// The content that is carried.
    #[schema(value_type = Object)]
    pub contenu: Value,
    /// Where each answer comes from.
    pub origines: Origines,
    /// What is left out.
    pub non_repris: Vec<NonRepris>,
}

/// Carries a fiche of a model to another version or model.
#[must_use]
pub fn reprendre(ancienne: &Fiche, modele: &ModeleFiche, cible: &ModeleCompile, aujourd_hui: NaiveDate) -> Reprise {
    let mut ecartes: BTreeMap<String, Faute> = BTreeMap::new();
    loop {
        let mut places = BTreeMap::new();
        let contenu = garder(&ancienne.contenu, "", "", &ecartes, &mut places).unwrap_or_else(|| Value::Object(Map::new()));
        let fautes = cible.fautes(&contenu, Niveau::Brouillon, aujourd_hui);
        let connues = ecartes.len();
        for faute in fautes {
            if let Some(place) = places.get(faute.pointer.as_str()).filter(|place| !place.is_empty()) {
                ecartes.entry(place.clone()).or_insert(faute);
            }
        }
        if ecartes.len() == connues {
            let origines = feuilles(&contenu).into_iter().filter_map(|(ici, _)| Some((origine(ancienne, places.get(&ici)?), ici)));
            let origines = origines.map(|(origine, ici)| (ici, origine)).collect();
            return Reprise { contenu, origines, non_repris: non_repris(ancienne, modele, &ecartes) };
        }
    }
}

/// The origins that still hold once a content has become another.
#[must_use]
pub fn conserver(origines: Origines, avant: &Value, apres: &Value) -> Origines {
    let inchangee = |pointeur: &str| apres.pointer(pointeur).is_some_and(|valeur| Some(valeur) == avant.pointer(pointeur));
    origines.into_iter().filter(|(pointeur, _)| inchangee(pointeur)).collect()
}

fn origine(ancienne: &Fiche, place: &str) -> Origine {
    ancienne.origines.get(place).cloned().unwrap_or_else(|| Origine {
        fiche_id: ancienne.id,
        modele: format!("{}@{}", ancienne.modele_code, ancienne.modele_version),
        le: ancienne.modifie_le,
    })
}

/// What is left of a value without what is put aside, and where each part stood before. A group or a
/// list that loses all it held goes too.
fn garder(
    valeur: &Value,
    avant: &str,
    apres: &str,
    ecartes: &BTreeMap<String, Faute>,
    places: &mut BTreeMap<String, String>,
) -> Option<Value> {
    if ecartes.contains_key(avant) {
        return None;
    }
    let gardee = match valeur {
        Value::Object(membres) => {
            let membre = |(nom, membre): (&String, &Value)| {
                let partie = echapper(nom);
                let (avant, apres) = (format!("{avant}/{partie}"), format!("{apres}/{partie}"));
                Some((nom.clone(), garder(membre, &avant, &apres, ecartes, places)?))
            };
            let gardes: Map<String, Value> = membres.iter().filter_map(membre).collect();
            (membres.is_empty() || !gardes.is_empty()).then_some(Value::Object(gardes))?
        }
        Value::Array(elements) => {
            let mut gardes = Vec::new();
            for (rang, element) in elements.iter().enumerate() {
                gardes.extend(garder(element, &format!("{avant}/{rang}"), &format!("{apres}/{}", gardes.len()), ecartes, places));
            }
            (elements.is_empty() || !gardes.is_empty()).then_some(Value::Array(gardes))?
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => valeur.clone(),
    };
    places.insert(apres.to_owned(), avant.to_owned());
    Some(gardee)
}

/// The answers of a content, with their pointers: plain values, and lists of plain values.
fn feuilles(contenu: &Value) -> Vec<(String, &Value)> {
    fn parcourir<'v>(valeur: &'v Value, pointeur: String, trouvees: &mut Vec<(String, &'v Value)>) {
        match valeur {
            Value::Object(membres) => membres.iter().for_each(|(nom, membre)| {
                parcourir(membre, format!("{pointeur}/{}", echapper(nom)), trouvees);
            }),
            Value::Array(elements) if elements.iter().any(|element| element.is_object() || element.is_array()) => {
                elements.iter().enumerate().for_each(|(rang, element)| parcourir(element, format!("{pointeur}/{rang}"), trouvees));
            }
            Value::Null => {}
            Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => trouvees.push((pointeur, valeur)),
        }
    }
    let mut trouvees = Vec::new();
    parcourir(contenu, String::new(), &mut trouvees);
    trouvees
}

fn non_repris(ancienne: &Fiche, modele: &ModeleFiche, ecartes: &BTreeMap<String, Faute>) -> Vec<NonRepris> {
    let titres = titres(modele);
    let mut non_repris = Vec::new();
    for (racine, faute) in ecartes {
        let Some(valeur) = ancienne.contenu.pointer(racine) else { continue };
        for (suite, valeur) in feuilles(valeur) {
            let pointer = format!("{racine}{suite}");
            let titre = titres.get(&motif(&pointer)).cloned().unwrap_or_else(|| pointer.clone());
            non_repris.push(NonRepris {
                titre,
                pointer,
                valeur: valeur.clone(),
                raison: raison(&faute.code),
                message: faute.message.clone(),
            });
        }
    }
    non_repris.sort_by(|a, b| a.pointer.cmp(&b.pointer));
    non_repris
}

/// Titles of the fields of a model, by pointer with `*` for ranks. A model whose layout cannot be read
/// has none: the pointers remain.
fn titres(modele: &ModeleFiche) -> BTreeMap<String, String> {
    let formulaire = Formulaire::lire(&modele.corps()).unwrap_or(Formulaire { elements: Vec::new() });
    formulaire.champs().into_iter().map(|champ| (champ.pointeur.clone(), champ.titre.clone())).collect()
}

/// `/tumeurs/0/topographie` becomes `/tumeurs/*/topographie`; an item of a list of plain values is told
/// by its list.
fn motif(pointeur: &str) -> String {
    let rang = |partie: &str| !partie.is_empty() && partie.bytes().all(|octet| octet.is_ascii_digit());
    let parties: Vec<&str> = pointeur.split('/').map(|partie| if rang(partie) { RANG } else { partie }).collect();
    parties.join("/").trim_end_matches("/*").to_owned()
}

fn raison(code: &str) -> RaisonEcart {
    match code {
        "champ-inconnu" => RaisonEcart::ChampDisparu,
        "code-inconnu" | "valeur-inconnue" => RaisonEcart::HorsListe,
        "type-invalide" | "format-invalide" => RaisonEcart::TypeChange,
        "hors-bornes" | "longueur" | "nombre" => RaisonEcart::HorsBornes,
        _ => RaisonEcart::AutreRegle,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn fiche(contenu: Value) -> Fiche {
        let id = "0195d0c2-0000-7000-8000-000000000001";
        Fiche {
            id: id.parse().unwrap(),
            dossier_id: id.parse().unwrap(),
            patient_id: id.parse().unwrap(),
            modele_code: "sein".into(),
            modele_version: "1".into(),
            contenu,
            completude: 0,
            etat: super::super::model::EtatFiche::Verrouillee,
            auteur_id: None,
            auteur_nom: String::new(),
            version: 3,
            cree_le: "2026-01-01T00:00:00Z".parse().unwrap(),
            modifie_le: "2026-02-01T00:00:00Z".parse().unwrap(),
            origines: Origines::new(),
        }
    }

    fn modele() -> ModeleFiche {
        ModeleFiche {
            id: "0195d0c2-0000-7000-8000-000000000002".parse().unwrap(),
            code: "sein".into(),
            version: "1".into(),
            nom: "Sein".into(),
            usage: crate::metier::referentiel::model::UsageModele::Fiche,
            schema: json!({ "properties": { "sein": { "properties": { "cote": { "title": "Côté", "type": "string" } } } } }),
            presentation: json!({ "elements": [{ "type": "Control", "scope": "#/properties/sein/properties/cote" }] }),
            valable_du: "2026-01-01".parse().unwrap(),
            valable_au: None,
            derives: vec![],
            composition: None,
            empreinte: String::new(),
            jeux: std::collections::BTreeSet::new(),
        }
    }

    /// A model that takes a grade from 1 to 3, a list of sites, and a synthesis.
    fn cible() -> ModeleCompile {
        let schema = json!({ "type": "object", "additionalProperties": false, "properties": {
            "grade": { "type": "integer", "maximum": 3 },
            "sites": { "type": "array", "items": { "oneOf": [{ "const": "os" }, { "const": "foie" }] } },
            "lesions": { "type": "array", "items": { "type": "object", "properties": { "taille": { "type": "number" } } } },
            "synthese": { "type": "string" }
        }, "required": ["synthese"] });
        ModeleCompile::new(&schema, &[], &[]).unwrap()
    }

    fn reprise(contenu: Value) -> Reprise {
        reprendre(&fiche(contenu), &modele(), &cible(), "2026-11-22".parse().unwrap())
    }

    #[test]
    fn ce_que_le_nouveau_modele_ne_prend_pas_est_dit_avec_sa_raison() {
        let reprise =
            reprise(json!({ "synthese": "x", "grade": 4, "sites": ["os", "rate", "foie"], "sein": { "cote": "droit", "divers": [1, 2] } }));
        assert_eq!(reprise.contenu, json!({ "synthese": "x", "sites": ["os", "foie"] }));
        let dits: Vec<(&str, &str, RaisonEcart)> =
            reprise.non_repris.iter().map(|n| (n.pointer.as_str(), n.titre.as_str(), n.raison)).collect();
        assert_eq!(
            dits,
            [
                ("/grade", "/grade", RaisonEcart::HorsBornes),
                ("/sein/cote", "Côté", RaisonEcart::ChampDisparu),
                ("/sein/divers", "/sein/divers", RaisonEcart::ChampDisparu),
                ("/sites/1", "/sites/1", RaisonEcart::HorsListe),
            ]
        );
        assert_eq!(reprise.non_repris[1].valeur, "droit");
    }

    #[test]
    fn chaque_reponse_reprise_dit_d_ou_elle_vient() {
        let mut ancienne = fiche(json!({ "synthese": "x", "lesions": [{ "taille": "grande" }, { "taille": 3 }] }));
        let premiere = Origine { modele: "socle-frcp@2025.01".into(), ..origine(&ancienne, "") };
        ancienne.origines.insert("/lesions/1/taille".into(), premiere.clone());
        let reprise = reprendre(&ancienne, &modele(), &cible(), "2026-11-22".parse().unwrap());
        assert_eq!(reprise.contenu["lesions"], json!([{ "taille": 3 }]));
        assert_eq!(reprise.origines["/lesions/0/taille"], premiere, "l'origine suit la réponse, et reste la première");
        assert_eq!(reprise.origines["/synthese"].modele, "sein@1");
        assert_eq!(reprise.origines.len(), 2);
    }

    #[test]
    fn une_origine_s_en_va_quand_la_reponse_change() {
        let avant = json!({ "synthese": "x", "sites": ["os"] });
        let origines = reprise(avant.clone()).origines;
        let restantes = conserver(origines, &avant, &json!({ "synthese": "y", "sites": ["os"] }));
        assert_eq!(restantes.keys().collect::<Vec<_>>(), ["/sites"]);
    }
}
