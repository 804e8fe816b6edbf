//! What prevents a block or a fiche model from serving, at its place in the file. Pure.

use super::{
    composition::Corps,
    derive::{Derive, DeriveCompile},
    formulaire::Formulaire,
    lexique,
    model::UsageModele,
};
use crate::kernel::{Faute, lecture::echapper};
use serde_json::Value;
use std::collections::BTreeSet;

/// The faults of a body, or of what a block brings to one: a schema that is none, a value set that is not
/// among those that are loaded, a derived value whose trials fail.
#[must_use]
pub fn du_corps(corps: &Corps, charges: &BTreeSet<String>) -> Vec<Faute> {
    let mut fautes = du_schema(&corps.schema);
    match UsageModele::du_schema(&corps.schema) {
        Ok(UsageModele::Fiche) => {}
        Ok(UsageModele::Pps | UsageModele::Ppac) => fautes.extend(lexique::defauts(&corps.schema)),
        Err(dit) => {
            let connus = UsageModele::TOUS.iter().map(|usage| usage.as_str()).collect::<Vec<_>>().join(", ");
            fautes.push(Faute::new("/schema/x-usage", "usage-inconnu", format!("un modèle sert à l'un de {connus}, pas à {dit}")));
        }
    }
    jeux_absents(&corps.schema, "/schema", charges, &mut fautes);
    for (rang, derive) in corps.derives.iter().enumerate() {
        fautes.extend(DeriveCompile::nouveau(derive.clone()).err().map(|faute| sous(&format!("/derives/{rang}"), faute)));
    }
    fautes.extend(derive_en_double(&corps.derives));
    if !corps.presentation.is_object() {
        fautes.push(Faute::new("/presentation", "type-invalide", "présentation : un objet est attendu"));
    }
    fautes
}

/// A layout that does not show what the schema of a whole body has.
#[must_use]
pub fn de_la_presentation(corps: &Corps) -> Option<Faute> {
    let cause = Formulaire::lire(corps).err()?;
    Some(Faute::new("/presentation", "presentation-invalide", format!("présentation : {cause}")))
}

/// A derived value that has the code of another one.
#[must_use]
pub fn derive_en_double(derives: &[Derive]) -> Option<Faute> {
    let mut codes = BTreeSet::new();
    let (rang, double) = derives.iter().enumerate().find(|(_, derive)| !codes.insert(&derive.code))?;
    let message = format!("la valeur calculée « {} » est déclarée deux fois", double.code);
    Some(Faute::new(format!("/derives/{rang}/code"), "en-double", message))
}

/// The same fault, in a document that holds this one there.
#[must_use]
pub fn sous(ou: &str, faute: Faute) -> Faute {
    Faute { pointer: format!("{ou}{}", faute.pointer), ..faute }
}

fn du_schema(schema: &Value) -> Vec<Faute> {
    if !schema.is_object() {
        return vec![Faute::new("/schema", "schema-invalide", "schéma : un objet est attendu")];
    }
    let faute = |e: jsonschema::ValidationError<'_>| {
        Faute::new(format!("/schema{}", e.instance_path()), "schema-invalide", format!("schéma : {e}"))
    };
    jsonschema::draft202012::meta::validator().iter_errors(schema).map(faute).collect()
}

fn jeux_absents(noeud: &Value, ici: &str, charges: &BTreeSet<String>, fautes: &mut Vec<Faute>) {
    match noeud {
        Value::Object(membres) => {
            if let Some(jeu) = membres.get("x-jeu").and_then(Value::as_str).filter(|jeu| !charges.contains(*jeu)) {
                let message = format!("le jeu de valeurs « {jeu} » n'est pas chargé");
                fautes.push(Faute::new(format!("{ici}/x-jeu"), "jeu-de-valeurs-inconnu", message));
            }
            for (nom, membre) in membres {
                jeux_absents(membre, &format!("{ici}/{}", echapper(nom)), charges, fautes);
            }
        }
        Value::Array(elements) => {
            for (rang, element) in elements.iter().enumerate() {
                jeux_absents(element, &format!("{ici}/{rang}"), charges, fautes);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn chaque_defaut_d_un_corps_se_dit_a_sa_place() {
        let derive: Derive = serde_json::from_value(json!({ "code": "n", "nom": "N", "unite": null, "source": "essai",
            "entrees": ["/n"], "expression": "fiche.n", "essais": [{ "contenu": { "n": 1 }, "attendu": 2 }] }))
        .unwrap();
        let corps = Corps {
            schema: json!({ "type": "objet", "properties": { "a/b": { "x-jeu": "inconnu" }, "c": { "x-jeu": "tumeur" } } }),
            presentation: json!({}),
            derives: vec![derive.clone(), derive],
        };
        let places: Vec<String> = du_corps(&corps, &BTreeSet::from(["tumeur".to_owned()])).into_iter().map(|f| f.pointer).collect();
        let attendues = ["/schema/type", "/schema/properties/a~1b/x-jeu", "/derives/0/essais/0", "/derives/1/essais/0", "/derives/1/code"];
        assert_eq!(places, attendues);
    }

    #[test]
    fn un_modele_de_programme_sert_a_un_usage_connu_et_informe_le_patient() {
        let places = |schema: Value| -> Vec<String> {
            let corps = Corps { schema, presentation: json!({}), derives: vec![] };
            du_corps(&corps, &BTreeSet::new()).into_iter().map(|f| f.pointer).collect()
        };
        assert_eq!(places(json!({ "type": "object", "x-usage": "roman" })), ["/schema/x-usage"]);
        assert_eq!(places(json!({ "type": "object", "x-usage": "pps" })), ["/schema/x-information"]);
        assert_eq!(places(json!({ "type": "object", "x-usage": "pps", "x-information": "…" })), Vec::<String>::new());
    }

    #[test]
    fn un_corps_sain_n_a_pas_de_defaut() {
        let corps = Corps { schema: json!({ "type": "object" }), presentation: json!({}), derives: vec![] };
        assert_eq!(du_corps(&corps, &BTreeSet::new()), vec![]);
        let sans_rien = Corps { schema: json!([]), presentation: json!("x"), ..corps };
        assert_eq!(du_corps(&sans_rien, &BTreeSet::new()).len(), 2);
    }
}
