//! The load command: rates and latencies of the main operations, with rights, validation and trace on,
//! beside a floor measured in the same run: bare actix-web and diesel doing one query.
//!
//! Generator, service and database share the machine; docs/MESURES.md tells how to read the table.

mod client;
mod decor;
mod plancher;

use crate::{config::Config, kernel::Panne};
use client::{Mesure, Requetes, mesurer};
use decor::Decor;
use serde_json::{Value, json};
use std::{
    io::Write,
    net::SocketAddr,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

/// What to measure.
#[derive(Debug, Clone, Copy)]
pub struct Reglages {
    /// Patients in the database before the measure.
    pub patients: usize,
    /// Time given to each operation.
    pub duree: Duration,
    /// Connections that ask at the same time, one request after the other on each.
    pub connexions: usize,
}

/// Fills the empty database of the configuration, measures, writes the table.
pub fn mesurer_tout(config: Config, reglages: Reglages, sortie: &mut impl Write) -> Result<(), Panne> {
    let ecrire = |sortie: &mut dyn Write, texte: String| writeln!(sortie, "{texte}").map_err(|e| Panne::new("sortie standard", e));
    let moteur = if config.base.starts_with("sqlite") { "SQLite" } else { "PostgreSQL" };
    let decor = Decor::monter(config, reglages.patients)?;
    ecrire(
        sortie,
        format!(
            "{moteur}, {} patients, {} connexions, {} s par opération",
            decor.patients.len(),
            reglages.connexions,
            reglages.duree.as_secs()
        ),
    )?;
    ecrire(sortie, format!("{:36} {:>8} {:>9} {:>9} {:>9} {:>10}", "", "par s", "p50 ms", "p99 ms", "max ms", "/ plancher"))?;
    let mut lancer = |titre: &str, adresse: SocketAddr, requetes: &Requetes<'_>, plancher: Option<&Mesure>| {
        let mesure = mesurer(adresse, reglages.connexions, reglages.duree, requetes)?;
        ecrire(sortie, ligne(titre, &mesure, plancher))?;
        Ok::<_, Panne>(mesure)
    };
    let lecture = lancer("plancher : lire une ligne", decor.plancher, &|_| Some(requete("GET", "/lire", "", None)), None)?;
    let ecriture = lancer("plancher : écrire une ligne", decor.plancher, &|_| Some(requete("POST", "/ecrire", "", None)), None)?;
    let suivant = Compteur::default();
    let patient = || decor.patients.get(suivant.suivant() % decor.patients.len());
    let lire = |_| patient().map(|id| decor.demander("GET", &format!("/api/v1/patients/{id}"), None));
    lancer("lire un patient par son identifiant", decor.adresse, &lire, Some(&lecture))?;
    let chercher = |_| Some(decor.demander("POST", "/api/v1/patients/recherches", Some(&recherche(suivant.suivant()))));
    lancer("chercher un patient par son nom", decor.adresse, &chercher, Some(&lecture))?;
    let creer = |_| Some(decor.demander("POST", "/api/v1/patients", Some(&nouveau_patient(suivant.suivant()))));
    lancer("créer un patient", decor.adresse, &creer, Some(&ecriture))?;
    let rang = Compteur::default();
    let remplir = |_| {
        let dossier = decor.dossiers.get(rang.suivant() % decor.dossiers.len())?;
        Some(decor.demander("POST", &format!("/api/v1/dossiers/{dossier}/fiches"), Some(&fiche())))
    };
    lancer("enregistrer une fiche", decor.adresse, &remplir, Some(&ecriture))?;
    let rang = Compteur::default();
    let inscrire = |_| {
        let rang = rang.suivant();
        let (fiche, reunion) = (decor.fiches.get(rang)?, decor.reunions.get(rang % decor.reunions.len())?);
        Some(decor.demander("POST", &format!("/api/v1/reunions/{reunion}/inscriptions"), Some(&json!({ "fiche_id": fiche }))))
    };
    lancer("inscrire une fiche à une réunion", decor.adresse, &inscrire, Some(&ecriture))?;
    Ok(())
}

fn ligne(titre: &str, mesure: &Mesure, plancher: Option<&Mesure>) -> String {
    let part = plancher.map_or(String::new(), |p| format!("{:.2}", mesure.par_seconde / p.par_seconde));
    let refus = if mesure.refus > 0 { format!("  {} réponses hors 2xx", mesure.refus) } else { String::new() };
    let (p50, p99, max) = (mesure.millisecondes(0.50), mesure.millisecondes(0.99), mesure.millisecondes(1.0));
    format!("{titre:36} {:>8.0} {p50:>9.2} {p99:>9.2} {max:>9.2} {part:>10}{refus}", mesure.par_seconde)
}

impl Decor {
    /// A request of the secretary.
    fn demander(&self, methode: &str, chemin: &str, corps: Option<&Value>) -> Vec<u8> {
        requete(methode, chemin, &format!("Authorization: Bearer {}\r\n", self.jeton), corps)
    }
}

fn requete(methode: &str, chemin: &str, entetes: &str, corps: Option<&Value>) -> Vec<u8> {
    let corps = corps.map(Value::to_string).unwrap_or_default();
    let longueur = corps.len();
    format!("{methode} {chemin} HTTP/1.1\r\nHost: charge\r\nContent-Type: application/json\r\nContent-Length: {longueur}\r\n{entetes}\r\n{corps}")
        .into_bytes()
}

fn recherche(rang: usize) -> Value {
    let nee = nouveau_patient(rang % 500);
    json!({ "nom": nee["nom_naissance"], "date_naissance": nee["date_naissance"] })
}

fn nouveau_patient(rang: usize) -> Value {
    json!({ "nom_naissance": format!("Charge{}", lettres(disperse(rang))), "premier_prenom": "Camille", "sexe": "feminin",
        "date_naissance": format!("{}-{:02}-{:02}", 1930 + rang % 70, 1 + rang % 12, 1 + rang % 28) })
}

/// The names of a region are spread over the alphabet: consecutive ranks give distant numbers, all
/// different.
const fn disperse(rang: usize) -> usize {
    rang.wrapping_mul(0x9E37_79B1) % 0x1_0000_0000
}

/// A number written with letters, as names are.
fn lettres(mut rang: usize) -> String {
    let mut lettres = String::new();
    loop {
        lettres.extend(u32::try_from(rang % 26).ok().and_then(|n| char::from_u32(u32::from(b'a') + n)));
        rang /= 26;
        if rang == 0 {
            return lettres;
        }
    }
}

/// A fiche as a doctor leaves it: complete.
fn fiche() -> Value {
    json!({ "contenu": {
        "motif": { "nature": "ORG-117", "appareil": "86762007", "organes": ["MED-251"], "recours": false, "pediatrique": false,
            "avis_diagnostique": false, "proposition_traitement": true, "avis_recours": false, "avis_pediatrique": false },
        "decouverte": { "depistage": true },
        "tumeurs": [{ "topographie": "C18.7", "morphologie": "8140/3",
            "tnm": { "applicable": true, "edition": "8", "t": "pT3", "n": "N1", "m": "M0" } }],
        "evaluation": { "poids_kg": 70, "taille_cm": 172 },
        "phase": { "phase": "MED-268", "progression": false },
        "synthese": { "cas": "Adénocarcinome du sigmoïde opéré.", "question": "Chimiothérapie adjuvante ?" },
        "statut_dossier": { "complet": true }
    } })
}

/// Numbers given out once across the connections.
#[derive(Default)]
struct Compteur(AtomicUsize);

impl Compteur {
    fn suivant(&self) -> usize {
        self.0.fetch_add(1, Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn les_noms_sont_differents_et_faits_de_lettres() {
        let noms: std::collections::BTreeSet<String> = (0..5000).map(|rang| lettres(disperse(rang))).collect();
        assert_eq!(noms.len(), 5000);
        assert!(noms.iter().all(|nom| nom.chars().all(|c| c.is_ascii_lowercase())));
    }
}
