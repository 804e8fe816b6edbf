//! Marked values never reach those who may not see them.

use super::{
    demande::{Demande, appeler},
    monde::{Monde, ROLES, Situation},
    table::{self, Droit},
};
use serde_json::Value;

/// What names the patients of the scene.
const IDENTITES: [&str; 4] = ["marqueidentite", "secret-ipp", "lointain", "reserve"];
/// What is said of their disease, and nowhere else.
const CLINIQUES: [&str; 2] = ["patiente opérée du côlon", "chimiothérapie adjuvante"];

/// Reads everything that each role may call and looks for the marks.
pub fn chercher(document: &Value, monde: &Monde) {
    let demande = Demande { document, monde };
    let (mut fuites, mut lectures, mut vues) = (Vec::new(), 0, 0);
    for ligne in table::lire().iter().filter(|ligne| ligne.operation.starts_with("GET ") && ligne.profil != "public") {
        // Those whom the table refuses are refused with a problem, which the other test looks at.
        for role in ROLES.into_iter().filter(|role| ligne.droits[role] != Droit::Non) {
            for situation in [Situation::Sien, Situation::Hors] {
                let appel = demande.preparer(&ligne.operation, situation, role, false);
                let reponse = appeler(&monde.clients[role], &appel, None);
                lectures += 1;
                let texte = String::from_utf8_lossy(&reponse.octets).to_lowercase();
                let dit = |marques: &[&'static str]| marques.iter().copied().filter(|marque| texte.contains(marque)).collect::<Vec<_>>();
                let (identites, cliniques) = (dit(&IDENTITES), dit(&CLINIQUES));
                vues += identites.len();
                // The data protection officer answers patients of the whole region: the statement names whose it is.
                let office = ligne.profil == "droits-personne";
                let sans_patient = !office && ["ADM_REG", "ADM_LOC", "COORD_3C", "INFO", "DPO"].contains(&role);
                let nu = sans_patient || ["aucune donnée de patient", "anonyme"].contains(&ligne.champs.as_str());
                let mut interdites = if nu { identites.clone() } else { Vec::new() };
                if nu || ligne.champs == "identité" {
                    interdites.extend(&cliniques);
                }
                // Whatever the role, nothing of another region.
                interdites.extend(identites.iter().filter(|marque| !office && ["lointain", "reserve"].contains(marque)));
                if !interdites.is_empty() {
                    fuites.push(format!("{} {role} {situation:?} : {interdites:?}", ligne.operation));
                }
            }
        }
    }
    println!("canaris : {lectures} lectures, {vues} identités vues par ceux qui le peuvent, {} fuites", fuites.len());
    assert!(fuites.is_empty(), "{}", fuites.join("\n"));
    assert!(vues >= 30, "les marques ne se voient nulle part : l'essai ne dit rien");
}
