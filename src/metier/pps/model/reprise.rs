//! What a programme starts from: the compte-rendu of the meeting for a PPS, the PPS that was handed for a
//! PPAC. Pure.
//!
//! Facts are carried, never words for the patient: those are the doctor's to write. Codes of the FRCP that
//! the PPS does not know become « autre(s) traitement(s) » with their label.

use super::{
    contenu::ContenuProgramme,
    saisie::{Contact, Saisie, StatutTraitement, Traitement},
};
use crate::metier::compte_rendu::model::{
    Code,
    contenu::ContenuCompteRendu,
    fiche::{TraitementPasse, Tumeur},
    participants::Professionnel,
    proposition::{ExamenRendu, TraitementRendu},
};
use serde::Serialize;
use serde_json::{Map, Value, json};

/// Longest text of one line of a model.
const LIGNE: usize = 200;
/// « Autre(s) traitement(s) » of the PPS.
const AUTRE_TRAITEMENT: &str = "GEN-092.03.01";
/// « Autre type de suivi ».
const AUTRE_SUIVI: &str = "GEN-092.04.06";

/// The codes of the FRCP that the PPS writes otherwise: the label alone is kept where it gives none.
fn type_pps(code: &Code) -> (&str, Option<&str>) {
    match code.code.as_str() {
        // Hormonothérapie: « Hormone » (NCIt) in the FRCP, « Endocrine Therapy » in the PPS.
        "C547" => ("C15445", None),
        "GEN-092.03.02" | "C15747" | "C15252" => (AUTRE_TRAITEMENT, Some(&code.libelle)),
        autre => (autre, None),
    }
}

/// What a PPS takes of a compte-rendu.
#[must_use]
pub fn depuis_compte_rendu(cr: &ContenuCompteRendu) -> Value {
    let proposition = cr.proposition.as_ref();
    let intention = proposition.and_then(|p| p.intentions.iter().min_by_key(|i| i.rang));
    let mut proposes: Vec<&TraitementRendu> = intention.iter().flat_map(|i| &i.traitements).collect();
    proposes.sort_by_key(|t| t.sequence);
    let traitements: Vec<Value> = cr.fiche.traitements.iter().filter_map(passe).chain(proposes.into_iter().map(propose)).collect();
    let suivis: Vec<Value> = proposition.iter().flat_map(|p| &p.examens).map(examen).collect();
    let pediatrique = cr.fiche.motif.pediatrique || cr.rcp.type_rcp == "pediatrique";
    sans_vide(json!({
        "annonce": { "date_rcp": cr.reunion.date },
        "tumeurs": cr.fiche.tumeurs.iter().map(tumeur).collect::<Vec<_>>(),
        "decouverte": cr.fiche.decouverte,
        "phase": cr.fiche.phase.phase.as_ref().map(|phase| {
            let suite = &cr.fiche.phase;
            json!({ "phase": phase.code, "date_rechute": suite.date_rechute, "progression": suite.progression,
                    "locale": suite.locale, "regionale": suite.regionale, "a_distance": suite.a_distance })
        }),
        "pediatrie": pediatrique.then(|| json!({ "suivi_pediatrique": true })),
        "traitements": traitements,
        "arret_traitements": proposition.filter(|p| p.arret_traitement).map(|_| json!({ "arret": true })),
        "suivis": suivis,
        "contacts": contacts([("Médecin qui suit votre traitement", Some(&cr.intervenants.demandeur)),
                              ("Médecin traitant", cr.intervenants.medecin_traitant.as_ref())]),
    }))
}

/// What a PPAC takes of the PPS that was handed.
#[must_use]
pub fn depuis_pps(contenu: &ContenuProgramme) -> Value {
    let pps = match &contenu.saisie {
        Saisie::Pps(pps) => pps,
        Saisie::Ppac(_) => return json!({}),
    };
    let recus = pps.traitements.iter().filter(|t| t.statut != StatutTraitement::AVenir);
    sans_vide(json!({
        "bilan": { "traitements": recus.map(|t: &Traitement| json!({
            "type": code(t.type_traitement.as_ref()), "precision": t.precision, "fin": t.fin
        })).collect::<Vec<_>>() },
        "contacts": pps.contacts.iter().map(|c: &Contact| json!(c)).collect::<Vec<_>>(),
        "urgence": { "telephone": pps.urgence.telephone },
    }))
}

fn code(code: Option<&Code>) -> Option<&str> {
    code.map(|c| c.code.as_str())
}

fn tumeur(t: &Tumeur) -> Value {
    json!({
        "date_diagnostic": t.date_diagnostic, "topographie": code(t.topographie.as_ref()), "lateralite": code(t.lateralite.as_ref()),
        "morphologie": code(t.morphologie.as_ref()), "tnm": t.tnm, "autre_classification": t.autre_classification,
        "commentaire": t.commentaire
    })
}

/// A past treatment, unless it was not given.
fn passe(t: &TraitementPasse) -> Option<Value> {
    let statut = match t.statut.as_deref() {
        Some("realise") => StatutTraitement::Realise,
        Some("en_cours") => StatutTraitement::EnCours,
        _ => return None,
    };
    let (code, libelle) = type_pps(t.type_traitement.as_ref()?);
    let mut ecrit = json!({ "type": code, "statut": statut, "debut": t.debut, "fin": t.fin, "commentaire": t.commentaire });
    preciser(&mut ecrit, libelle, t.precision.as_deref());
    Some(ecrit)
}

fn propose(t: &TraitementRendu) -> Value {
    let (code, libelle) = type_pps(&t.type_traitement);
    let mut ecrit = json!({ "type": code, "statut": StatutTraitement::AVenir, "debut_prevu": t.debut, "fin_prevue": t.fin });
    preciser(&mut ecrit, libelle, t.precision.as_deref());
    ecrit
}

fn examen(e: &ExamenRendu) -> Value {
    let mut ecrit = json!({ "type": AUTRE_SUIVI, "debut_prevu": e.au_plus_tot, "fin_prevue": e.au_plus_tard });
    preciser(&mut ecrit, None, Some(&e.texte));
    ecrit
}

/// The precision of an item, or its comment when it does not hold on one line.
fn preciser(ecrit: &mut Value, libelle: Option<&str>, precision: Option<&str>) {
    let texte = [libelle, precision].into_iter().flatten().map(str::trim).filter(|t| !t.is_empty()).collect::<Vec<_>>().join(" : ");
    let membre = if texte.chars().count() <= LIGNE && !texte.contains('\n') { "precision" } else { "commentaire" };
    if let Some(membres) = ecrit.as_object_mut().filter(|_| !texte.is_empty()) {
        let deja = membres.get(membre).and_then(Value::as_str).map(|deja| format!("{texte}\n{deja}"));
        membres.insert(membre.to_owned(), Value::from(deja.unwrap_or(texte)));
    }
}

fn contacts<'a>(nommes: impl IntoIterator<Item = (&'a str, Option<&'a Professionnel>)>) -> Vec<Value> {
    let contact =
        |(role, p): (&str, Option<&Professionnel>)| Some(json!({ "role": role, "nom": p?.nom_complet, "telephone": p?.telephone }));
    nommes.into_iter().filter_map(contact).collect()
}

/// A content without what is absent or empty: the model takes no null.
fn sans_vide(valeur: impl Serialize) -> Value {
    fn alleger(valeur: Value) -> Option<Value> {
        match valeur {
            Value::Null => None,
            Value::Object(membres) => {
                let gardes: Map<String, Value> = membres.into_iter().filter_map(|(nom, v)| Some((nom, alleger(v)?))).collect();
                (!gardes.is_empty()).then_some(Value::Object(gardes))
            }
            Value::Array(elements) => {
                let gardes: Vec<Value> = elements.into_iter().filter_map(alleger).collect();
                (!gardes.is_empty()).then_some(Value::Array(gardes))
            }
            Value::Bool(_) | Value::Number(_) | Value::String(_) => Some(valeur),
        }
    }
    alleger(json!(valeur)).unwrap_or_else(|| json!({}))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metier::compte_rendu::model::exemple;

    #[test]
    fn un_pps_part_des_faits_du_compte_rendu_sans_un_mot_pour_le_patient() {
        let saisie = depuis_compte_rendu(&exemple());
        assert_eq!(saisie["annonce"], json!({ "date_rcp": "2026-03-12" }));
        assert_eq!(saisie["tumeurs"][0]["topographie"], "C50.4");
        assert_eq!(saisie["phase"]["phase"], "MED-268");
        let traitements = saisie["traitements"].as_array().unwrap();
        let opere = traitements.iter().find(|t| t["statut"] == "a_venir").unwrap();
        assert_eq!((&opere["type"], &opere["debut_prevu"]), (&json!("387713003"), &json!("2026-04-01")));
        assert!(saisie["annonce"].get("explication").is_none());
    }

    #[test]
    fn seule_la_premiere_intention_est_reprise() {
        let cr = exemple();
        let proposition = cr.proposition.as_ref().unwrap();
        assert!(proposition.intentions.len() > 1);
        let premiere = proposition.intentions.iter().find(|i| i.rang == 1).unwrap().traitements.len();
        let saisie = depuis_compte_rendu(&cr);
        let a_venir = saisie["traitements"].as_array().unwrap().iter().filter(|t| t["statut"] == "a_venir").count();
        assert_eq!(a_venir, premiere);
    }

    #[test]
    fn un_code_que_le_pps_ne_connait_pas_garde_son_libelle() {
        let mut cr = exemple();
        let traitement = &mut cr.proposition.as_mut().unwrap().intentions[0].traitements[0];
        traitement.type_traitement = Code { code: "C15252".into(), systeme: None, libelle: "soins palliatifs".into() };
        traitement.precision = Some("équipe mobile".into());
        let saisie = depuis_compte_rendu(&cr);
        let autre = saisie["traitements"].as_array().unwrap().iter().find(|t| t["type"] == AUTRE_TRAITEMENT).unwrap();
        assert_eq!(autre["precision"], "soins palliatifs : équipe mobile");
    }

    #[test]
    fn un_texte_trop_long_pour_une_ligne_devient_un_commentaire() {
        let mut ecrit = json!({ "commentaire": "déjà" });
        preciser(&mut ecrit, None, Some(&"a".repeat(201)));
        assert_eq!(ecrit["commentaire"], format!("{}\ndéjà", "a".repeat(201)));
    }
}
