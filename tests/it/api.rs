//! The API document: generated, committed, locked. The table of rights is in `habilitations`.

use dcc::kernel::{Action, Role};
use std::{fs, path::Path};

/// Compares with a committed file; `DCC_ECRIRE_ATTENDUS=1` writes it instead.
pub fn comparer(chemin: &str, obtenu: &str) {
    let chemin = Path::new(env!("CARGO_MANIFEST_DIR")).join(chemin);
    if crate::support::base::variable("DCC_ECRIRE_ATTENDUS").is_some() {
        fs::create_dir_all(chemin.parent().unwrap()).unwrap();
        fs::write(&chemin, obtenu).unwrap();
    }
    let attendu = fs::read_to_string(&chemin).unwrap_or_default();
    assert!(
        attendu == obtenu,
        "{} n'est plus à jour : relancez avec DCC_ECRIRE_ATTENDUS=1, relisez la différence et validez-la",
        chemin.display()
    );
}

#[test]
fn le_document_de_l_api_est_celui_qui_est_versionne() {
    comparer("api-spec/openapi.json", &format!("{}\n", dcc::app::document().to_pretty_json().unwrap()));
}

#[test]
fn chaque_operation_se_presente_en_francais_et_dit_ses_refus() {
    let document = serde_json::to_value(dcc::app::document()).unwrap();
    for (chemin, operations) in document["paths"].as_object().unwrap() {
        for (methode, operation) in operations.as_object().unwrap() {
            let nom = format!("{methode} {chemin}");
            assert!(operation["summary"].as_str().is_some_and(|s| s.len() > 5), "{nom} n'a pas de résumé");
            assert!(operation["tags"].as_array().is_some_and(|t| t.len() == 1), "{nom} n'a pas de thème");
            assert!(operation["responses"]["422"].is_object(), "{nom} ne dit pas ses refus");
        }
    }
}

#[test]
fn un_administrateur_ne_lit_aucune_donnee_de_patient_et_un_analyste_aucune_identite() {
    for role in
        [Role::AdministrateurRegional, Role::AdministrateurLocal, Role::Analyste, Role::DelegueProtectionDonnees, Role::Coordonnateur3c]
    {
        for action in [Action::LirePatient, Action::RechercherPatient, Action::LireFiche, Action::LireCompteRendu] {
            assert!(!role.permet(action), "{role} ne doit pas pouvoir {action}");
        }
    }
}

/// Every `$ref` of a part of the document.
fn renvois(partie: &serde_json::Value, trouves: &mut Vec<String>) {
    match partie {
        serde_json::Value::Object(membres) => {
            trouves.extend(membres.get("$ref").and_then(serde_json::Value::as_str).map(str::to_owned));
            membres.values().for_each(|membre| renvois(membre, trouves));
        }
        serde_json::Value::Array(elements) => elements.iter().for_each(|element| renvois(element, trouves)),
        _ => {}
    }
}

#[test]
fn chaque_renvoi_du_document_designe_quelque_chose() {
    let document = serde_json::to_value(dcc::app::document()).unwrap();
    let mut trouves = Vec::new();
    renvois(&document, &mut trouves);
    trouves.retain(|renvoi| document.pointer(renvoi.trim_start_matches('#')).is_none());
    assert!(trouves.is_empty(), "renvois sans objet : {trouves:?}");
}
