//! Filled fiches of the demonstration, and the answers of the meetings.

use super::{
    identites::Personnes,
    plans::{Objet, Plan},
};
use crate::metier::{
    inscription::model::{ExamenComplementaire, Intention, Proposition, Traitement},
    rcp::model::TypeRcp,
};
use chrono::NaiveDate;
use rand::Rng;
use serde_json::{Map, Value, json};

/// The content of a fiche of the common core, complete, for a patient of that age.
pub fn contenu(personnes: &mut Personnes, plan: &Plan, age: u32, diagnostic: NaiveDate) -> Map<String, Value> {
    let (topographie, libelle) = plan.topographie;
    let rechute = personnes.hasard().random_bool(0.15);
    let mut fiche = json!({
        "motif": motif(plan),
        "decouverte": { "depistage": personnes.hasard().random_bool(0.2) },
        "tumeurs": [{
            "date_diagnostic": diagnostic.format("%Y-%m").to_string(),
            "topographie": topographie,
            "morphologie": plan.morphologie,
            "tnm": tnm(personnes, plan),
        }],
        "antecedents": "Hypertension artérielle traitée. Pas d'antécédent familial connu.",
        "comorbidites": "Diabète de type 2 équilibré.",
        "evaluation": evaluation(personnes, age),
        "paraclinique": "Scanner thoraco-abdomino-pelvien : lésion primitive isolée, sans lésion à distance.",
        "phase": { "phase": if rechute { "MED-244" } else { "MED-268" }, "progression": false },
        "anatomopathologie": { "pathologiste": "Laboratoire de la démonstration", "conclusion": format!("{libelle}, confirmé sur biopsie.") },
        "synthese": {
            "cas": format!("{libelle}, bilan d'extension complet, état général conservé."),
            "question": "Quelle stratégie thérapeutique proposer ?",
        },
        "statut_dossier": { "complet": true },
    });
    if let Some(phase) = fiche.get_mut("phase").and_then(Value::as_object_mut).filter(|_| rechute) {
        phase.insert("date_rechute".to_owned(), json!(diagnostic.format("%Y-%m-%d").to_string()));
    }
    match fiche {
        Value::Object(contenu) => contenu,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => Map::new(),
    }
}

fn motif(plan: &Plan) -> Value {
    let mut motif = json!({
        "recours": plan.type_rcp == TypeRcp::Recours,
        "pediatrique": plan.type_rcp == TypeRcp::Pediatrique,
        "avis_diagnostique": false,
        "proposition_traitement": true,
        "avis_recours": plan.type_rcp == TypeRcp::Recours,
        "avis_pediatrique": plan.type_rcp == TypeRcp::Pediatrique,
    });
    let objet = match plan.objet {
        Objet::Organe(appareil, organe) => json!({ "nature": "ORG-117", "appareil": appareil, "organes": [organe] }),
        Objet::Soins(soins) => json!({ "nature": "ORG-132", "traitement_soins": soins }),
    };
    if let (Value::Object(motif), Value::Object(objet)) = (&mut motif, objet) {
        motif.extend(objet);
    }
    motif
}

fn tnm(personnes: &mut Personnes, plan: &Plan) -> Value {
    if plan.theme == "hematologie" {
        return json!({ "applicable": false, "raison": "Hémopathie : classification d'Ann Arbor." });
    }
    let t = personnes.choisir(&["T1", "T2", "T3"], "T2");
    let n = personnes.choisir(&["N0", "N1"], "N0");
    json!({ "applicable": true, "edition": "8", "t": t, "n": n, "m": "M0" })
}

/// The score of the G8 is filled for one old patient in three: the others raise the alert.
fn evaluation(personnes: &mut Personnes, age: u32) -> Value {
    let oms = personnes.choisir(&["LA9622-7", "LA9623-5", "LA9624-3"], "LA9622-7");
    let mut evaluation = json!({ "oms": { "code": oms }, "poids_kg": 68, "taille_cm": 168 });
    if age >= 75 && personnes.hasard().random_bool(0.34) {
        let g8 = json!({
            "variante": "inca", "appetit": 2, "perte_poids": personnes.hasard().random_range(0..=3), "mobilite": 2,
            "neuropsychologique": 2, "medicaments": 0, "sante_percue": "aussi_bonne",
        });
        if let Some(membres) = evaluation.as_object_mut() {
            membres.insert("g8".to_owned(), g8);
        }
    }
    evaluation
}

/// The answer of a meeting: surgery first for most, or a complementary examination.
pub fn proposition(personnes: &mut Personnes, plan: &Plan, reunion: NaiveDate) -> Proposition {
    let chirurgie = "387713003";
    let chimiotherapie = "C15632";
    let radiotherapie = "C15313";
    let premier: &[&str] = match plan.theme {
        "hematologie" => &[chimiotherapie],
        "senologie" => &[chirurgie, radiotherapie],
        _ if personnes.hasard().random_bool(0.3) => &[chimiotherapie, chirurgie],
        _ => &[chirurgie],
    };
    let traitements = (1..).zip(premier).map(|(sequence, code)| Traitement {
        sequence,
        type_traitement: (*code).to_owned(),
        precision: None,
        debut: None,
        fin: None,
    });
    let mut proposition = Proposition {
        intentions: vec![Intention { rang: 1, traitements: traitements.collect() }],
        synthese: Some("Dossier discuté, proposition conforme aux recommandations.".to_owned()),
        ..Proposition::default()
    };
    if personnes.hasard().random_bool(0.25) {
        proposition.examens.push(ExamenComplementaire {
            texte: "TEP-scanner au 18F-FDG".to_owned(),
            au_plus_tot: Some(reunion),
            au_plus_tard: reunion.checked_add_days(chrono::Days::new(21)),
        });
    }
    proposition
}
