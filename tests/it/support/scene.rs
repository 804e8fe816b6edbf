//! An RCP with its people, its patients and its meetings.

use super::{Banc, client::Client, region::Region};
use dcc::kernel::{
    Perimetre, Role,
    ids::{PraticienId, RcpId},
};
use serde_json::{Value, json};

/// The doctors of a standard RCP.
#[derive(Debug, Clone, Copy)]
pub struct Medecins {
    pub oncologue: PraticienId,
    pub radiotherapeute: PraticienId,
    pub chirurgien: PraticienId,
}

/// A validated RCP of digestive oncology. Nobody but its coordinator is a member.
pub struct Scene<'a> {
    banc: &'a Banc,
    pub region: Region,
    pub rcp: RcpId,
    pub medecins: Medecins,
    /// Secretary of the RCP.
    pub secretaire: Client,
    /// Doctor in charge of the RCP: the oncologist.
    pub responsable: Client,
    /// Surgeon who presents own patients.
    pub demandeur: Client,
    pub demandeur_id: PraticienId,
}

impl<'a> Scene<'a> {
    pub fn nouvelle(banc: &'a Banc) -> Self {
        Self::avec(banc, json!({}))
    }

    /// The same, with other fields of the RCP.
    pub fn avec(banc: &'a Banc, champs: Value) -> Self {
        let region = banc.region(1);
        let coordination = banc.personne("coordination", &[(Role::Coordonnateur3c, Perimetre::Centre3c(region.centre))]);
        let medecins = Medecins {
            oncologue: banc.medecin("Oncologue", "G15_10/SM36", 1),
            radiotherapeute: banc.medecin("Radiotherapeute", "G15_10/SM45", 2),
            chirurgien: banc.medecin("Chirurgien", "G15_10/SM14", 3),
        };
        let rcp = creer_rcp(&coordination, &region, "DIG", medecins.oncologue, champs);
        let demandeur_id = banc.medecin("Demandeur", "G15_10/SM14", 4);
        Self {
            banc,
            region,
            rcp,
            medecins,
            secretaire: banc.personne("secretaire", &[(Role::Secretaire, Perimetre::Rcp(rcp))]),
            responsable: banc.professionnel("responsable", Some(medecins.oncologue), &[(Role::Responsable, Perimetre::Rcp(rcp))]),
            demandeur: banc.professionnel("demandeur", Some(demandeur_id), &[(Role::Demandeur, Perimetre::Patients)]),
            demandeur_id,
        }
    }

    /// Makes somebody a member of the RCP.
    pub fn membre(&self, praticien: PraticienId, fonction: &str) {
        let membre = json!({ "praticien_id": praticien, "fonction": fonction, "debut": "2026-01-01" });
        self.responsable.post(&format!("/api/v1/rcp/{}/membres", self.rcp), membre).est(201);
    }

    /// Another validated RCP of the region, with its secretary.
    pub fn autre_rcp(&self, code: &str, champs: Value) -> (RcpId, Client) {
        let coordination =
            self.banc.personne(&format!("coordination{code}"), &[(Role::Coordonnateur3c, Perimetre::Centre3c(self.region.centre))]);
        let rcp = creer_rcp(&coordination, &self.region, code, self.medecins.oncologue, champs);
        (rcp, self.banc.personne(&format!("secretaire{code}"), &[(Role::Secretaire, Perimetre::Rcp(rcp))]))
    }

    /// A meeting of the RCP; gives its path.
    pub fn reunion(&self, debut: &str, capacite: Option<i64>) -> String {
        planifier(&self.secretaire, self.rcp, debut, capacite)
    }

    /// A fiche of a new patient of the doctor who presents; gives its id.
    pub fn fiche(&self, nom: &str, naissance: &str, contenu: Value) -> String {
        let patient = json!({ "nom_naissance": nom, "premier_prenom": "Claude", "sexe": "feminin", "date_naissance": naissance });
        let patient = self.demandeur.post("/api/v1/patients", patient).est(201).id();
        self.fiche_de(&patient, contenu)
    }

    /// A fiche of a new dossier of a patient; gives its id.
    pub fn fiche_de(&self, patient: &str, contenu: Value) -> String {
        let dossier = self.demandeur.post(&format!("/api/v1/patients/{patient}/dossiers"), json!({ "libelle": "Côlon" })).est(201).id();
        self.demandeur.post(&format!("/api/v1/dossiers/{dossier}/fiches"), json!({ "contenu": contenu })).est(201).id()
    }

    /// Registers a fiche for the doctor who presents; gives the path of the registration.
    pub fn inscrire(&self, reunion: &str, fiche: &str) -> String {
        let inscrite = self.demandeur.post(&format!("{reunion}/inscriptions"), json!({ "fiche_id": fiche })).est(201);
        format!("/api/v1/inscriptions/{}", inscrite.id())
    }

    /// A new patient on the agenda; gives the path of the registration.
    pub fn cas(&self, reunion: &str, nom: &str) -> String {
        self.inscrire(reunion, &self.fiche(nom, "1960-05-20", json!({})))
    }

    /// Convenes and opens a meeting.
    pub fn ouvrir(&self, reunion: &str) {
        for acte in ["convocation", "ouverture"] {
            let version = self.secretaire.get(reunion).est(200).version();
            self.secretaire.poster_si(&format!("{reunion}/{acte}"), version).est(200);
        }
    }

    /// Closes a meeting.
    pub fn clore(&self, reunion: &str) {
        let version = self.secretaire.get(reunion).est(200).version();
        self.secretaire.poster_si(&format!("{reunion}/cloture"), version).est(200);
    }

    /// Notes how somebody attends, whether on the list already or not.
    pub fn presence(&self, reunion: &str, praticien: PraticienId, corps: Value) {
        let chemin = format!("{reunion}/presences/{praticien}");
        let liste = self.secretaire.get(&format!("{reunion}/presences")).est(200).corps;
        let sienne = liste.as_array().unwrap().iter().find(|p| p["praticien_id"] == json!(praticien));
        match sienne {
            Some(presence) => self.secretaire.put(&chemin, presence["version"].as_i64().unwrap(), corps).est(200),
            None => self.secretaire.envoyer("PUT", &chemin, Some(corps), &[]).est(201),
        };
    }

    /// The three doctors of the composition are in the room.
    pub fn reunir(&self, reunion: &str) {
        for praticien in [self.medecins.oncologue, self.medecins.radiotherapeute, self.medecins.chirurgien] {
            self.presence(reunion, praticien, json!({ "statut": "present" }));
        }
    }
}

/// Plans a meeting of two hours; gives its path.
pub fn planifier(client: &Client, rcp: RcpId, debut: &str, capacite: Option<i64>) -> String {
    let saisie = json!({ "rcp_id": rcp, "debut": debut, "duree_minutes": 120, "capacite": capacite });
    format!("/api/v1/reunions/{}", client.post("/api/v1/reunions", saisie).est(201).id())
}

/// A validated RCP of digestive oncology, with its coordinator.
pub fn creer_rcp(coordination: &Client, region: &Region, code: &str, coordonnateur: PraticienId, champs: Value) -> RcpId {
    let mut saisie = json!({
        "code": code, "nom": format!("Cancérologie digestive {code}"), "type_rcp": "standard", "nature": "appareil_organe",
        "appareil": "86762007", "organes": ["MED-251"], "theme": "digestif", "niveau": "territorial",
        "centre_3c_id": region.centre, "etablissement_id": region.etablissement, "secretariat": { "telephone": "03 20 00 00 00" },
        "delai_inscription_heures": 48, "regle_quorum": "standard-hors-hematologie", "modele_fiche": "socle-frcp"
    });
    saisie.as_object_mut().unwrap().extend(champs.as_object().unwrap().clone());
    let rcp = coordination.post("/api/v1/rcp", saisie).est(201).id();
    let membre = json!({ "praticien_id": coordonnateur, "fonction": "coordonnateur", "debut": "2026-01-01" });
    coordination.post(&format!("/api/v1/rcp/{rcp}/membres"), membre).est(201);
    coordination.poster_si(&format!("/api/v1/rcp/{rcp}/validation"), 1).est(200);
    rcp.parse().unwrap()
}

/// What the national core asks of a fiche.
pub fn complete() -> Value {
    json!({
        "motif": { "nature": "ORG-117", "appareil": "86762007", "organes": ["MED-251"], "recours": false, "pediatrique": false,
            "avis_diagnostique": false, "proposition_traitement": true, "avis_recours": false, "avis_pediatrique": false },
        "decouverte": { "depistage": true },
        "tumeurs": [{ "topographie": "C18.7", "morphologie": "8140/3",
            "tnm": { "applicable": true, "edition": "8", "t": "pT3", "n": "N1", "m": "M0" } }],
        "phase": { "phase": "MED-268", "progression": false },
        "synthese": { "cas": "Patiente opérée du côlon.", "question": "Chimiothérapie adjuvante ?" },
        "statut_dossier": { "complet": true }
    })
}

/// A proposal with one ordered treatment.
pub fn chimiotherapie() -> Value {
    json!({ "intentions": [{ "rang": 1, "traitements": [{ "sequence": 1, "type_traitement": "C15632", "precision": "FOLFOX" }] }],
            "synthese": "Chimiothérapie adjuvante." })
}
