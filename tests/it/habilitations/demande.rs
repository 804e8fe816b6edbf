//! A call for each operation: a path with the identifiers of the situation, parameters, a body that is valid
//! enough for the authorisation to decide. Bodies come from the API document, but for those that need more.

use super::monde::{Monde, Objets, Situation, regle};
use crate::support::client::{Client, Reponse};
use serde_json::{Map, Value, json};
use std::sync::atomic::{AtomicU32, Ordering};
use uuid::Uuid;

/// A version that nobody has read: a guarded write that is authorised answers 412 and changes nothing.
const PERIMEE: &str = "\"v987654\"";

pub struct Demande<'a> {
    pub document: &'a Value,
    pub monde: &'a Monde,
}

/// One operation, ready to be called.
pub struct Appel {
    pub methode: String,
    pub chemin: String,
    pub corps: Option<Value>,
    /// The world of the tests holds no object of that kind: an unknown identifier stands in its place.
    pub sans_objet: bool,
}

impl Demande<'_> {
    /// The call of an operation in a situation; `inconnu` puts an unknown identifier in the place of the first.
    pub fn preparer(&self, operation: &str, situation: Situation, role: &str, inconnu: bool) -> Appel {
        let (methode, modele) = operation.split_once(' ').unwrap();
        let objets = &self.monde.objets[&situation];
        let (designe, sans_objet) = designer(modele, objets, role, inconnu);
        let chemin = format!("{designe}{}", self.parametres(operation));
        Appel { methode: methode.to_owned(), chemin, corps: self.corps(operation, objets), sans_objet }
    }

    fn noeud(&self, operation: &str) -> &Value {
        let (methode, modele) = operation.split_once(' ').unwrap();
        &self.document["paths"][modele][methode.to_lowercase()]
    }

    fn parametres(&self, operation: &str) -> String {
        let valeur = |nom: &str| match nom {
            "du" => "2026-01-01".to_owned(),
            "au" => "2026-12-31".to_owned(),
            "genre" => "pps".to_owned(),
            "indicateur" => "NB_CR".to_owned(),
            "rpps" => "10001045367".to_owned(),
            autre => panic!("{operation} : le paramètre {autre} n'a pas de valeur d'essai (tests/it/habilitations/demande.rs)"),
        };
        let mut obligatoires: Vec<String> = self.noeud(operation)["parameters"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|p| p["in"] == "query" && p["required"] == true)
            .map(|p| p["name"].as_str().unwrap())
            .map(|nom| format!("{nom}={}", valeur(nom)))
            .collect();
        if operation.ends_with("/annuaire/national/professionnels") {
            obligatoires.push("rpps=10001045367".into());
        }
        if obligatoires.is_empty() { String::new() } else { format!("?{}", obligatoires.join("&")) }
    }

    fn corps(&self, operation: &str, objets: &Objets) -> Option<Value> {
        let contenu = self.noeud(operation)["requestBody"]["content"].as_object()?;
        let mut corps = self.minimal(&contenu.values().next().unwrap()["schema"]);
        if let Some(precis) = precis(operation, objets, self.monde) {
            corps.as_object_mut().unwrap().extend(precis.as_object().unwrap().clone());
        }
        Some(corps)
    }

    /// The smallest value that a schema admits, from its examples where it has some.
    fn minimal(&self, schema: &Value) -> Value {
        if let Some(renvoi) = schema["$ref"].as_str() {
            return self.minimal(self.document.pointer(renvoi.trim_start_matches('#')).unwrap());
        }
        if !schema["example"].is_null() {
            return schema["example"].clone();
        }
        if let Some(premiere) = schema["enum"].get(0) {
            return premiere.clone();
        }
        for choix in ["oneOf", "anyOf"] {
            if let Some(premier) = schema[choix].as_array().and_then(|c| c.iter().find(|s| s["type"] != "null")) {
                return self.minimal(premier);
            }
        }
        if let Some(parts) = schema["allOf"].as_array() {
            return parts.iter().filter_map(|part| self.minimal(part).as_object().cloned()).flatten().collect::<Map<_, _>>().into();
        }
        let genre = schema["type"].as_str().or_else(|| schema["type"][0].as_str()).unwrap_or("object");
        match (genre, schema["format"].as_str()) {
            ("object", _) => {
                let obligatoires: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
                let champs = schema["properties"].as_object().into_iter().flatten();
                champs
                    .filter(|(nom, _)| obligatoires.contains(&nom.as_str()))
                    .map(|(nom, s)| (nom.clone(), self.minimal(s)))
                    .collect::<Map<_, _>>()
                    .into()
            }
            ("array", _) => json!([]),
            ("integer" | "number", _) => schema["minimum"].as_i64().unwrap_or(1).into(),
            ("boolean", _) => json!(false),
            (_, Some("uuid")) => json!(Uuid::from_u128(7)),
            (_, Some("date")) => json!("2026-03-02"),
            (_, Some("date-time")) => json!("2026-03-09T17:00:00Z"),
            _ => json!("Texte d'essai assez long"),
        }
    }
}

/// The path with its identifiers: the name of each is what leads to it, or its own. True with it when one of them has no
/// object in the world of the tests: who may nothing is then still told so, and what others find is proved by the
/// tests of the slice.
fn designer(modele: &str, objets: &Objets, role: &str, inconnu: bool) -> (String, bool) {
    let mut sans_objet = false;
    let mut chemin = Vec::<String>::new();
    let mut restant = inconnu;
    for segment in modele.trim_start_matches('/').split('/') {
        let Some(nom) = segment.strip_prefix('{').and_then(|s| s.split_once('}')).map(|(nom, _)| nom) else {
            chemin.push(segment.to_owned());
            continue;
        };
        let avant = chemin.iter().skip(2).cloned().collect::<Vec<_>>().join("/");
        let famille = chemin.last().cloned().unwrap_or_default();
        let fixe = match (nom, famille.as_str()) {
            ("code", "regles") => Some("volume_horaire"),
            ("code", "jeux-de-valeurs") => Some("profession"),
            ("concept", _) => Some("10"),
            ("code", "modeles-fiche") => Some("socle-frcp"),
            ("code", "regles-quorum") => Some("standard-hors-hematologie"),
            ("code", "regles-alerte") => Some("opposition-partage"),
            ("version", "socle-frcp") => Some("2025.01"),
            ("version", _) => Some("2026-01"),
            ("genre", "exemples" | "modeles") => Some("compte_rendu"),
            ("genre", _) => Some("regle_alerte"),
            ("code", "compte_rendu") => Some("complet"),
            ("code", "regle_alerte") => Some("opposition-partage"),
            ("jeton", _) => Some("jeton-inconnu.ics"),
            _ => None,
        };
        let siens = objets.get(&format!("{famille}:{role}"));
        // The alerts on accesses are not those of a case.
        let proche = avant != "trace/alertes";
        let connu = fixe.map(str::to_owned).or_else(|| {
            siens
                .or_else(|| objets.get(nom))
                .or_else(|| objets.get(&avant))
                .or_else(|| proche.then(|| objets.get(&famille)).flatten())
                .cloned()
        });
        let valeur = connu.unwrap_or_else(|| {
            sans_objet = true;
            Uuid::from_u128(7).to_string()
        });
        chemin.push(if std::mem::take(&mut restant) { Uuid::from_u128(7).to_string() } else { valeur });
    }
    (format!("/{}", chemin.join("/")), sans_objet)
}

/// What a body needs that its schema does not say.
fn precis(operation: &str, objets: &Objets, monde: &Monde) -> Option<Value> {
    let objet = |nom: &str| objets[nom].clone();
    let portee = json!({ "type": "centre_3c", "id": objet("centres-3c") });
    Some(match operation.trim_start_matches(|c: char| c != '/').trim_start_matches("/api/v1") {
        "/comptes" => {
            json!({ "identifiant": nouveau(), "habilitations": [{ "role": "secretaire", "perimetre": portee }] })
        }
        "/sessions" => json!({ "identifiant": nouveau() }),
        "/diffusions/reglages" => json!({ "domaine_patient": "patient.mssante.fr" }),
        "/diffusions/impressions" => json!({ "diffusions": [objet("diffusions")] }),
        "/diffusions/retours/{id}/examen" => json!({ "decision": "rattacher", "diffusion_id": objet("diffusions") }),
        "/gabarits" => json!({ "portee": portee, "genre": "lettre_medecin_traitant" }),
        "/gabarits/{id}/apercu" => json!({ "exemple": "complet" }),
        "/inscriptions/{id}/report" => json!({ "vers_reunion_id": objet("reunion_suivante") }),
        "/patients" | "/patients/{id}" => json!({ "nom_naissance": "Nouveau", "premier_prenom": "Claude", "date_naissance": "1950-01-01" }),
        "/patients/recherches" => json!({ "nom": "Marque", "date_naissance": "1940-05-20" }),
        "/patients/{id}/oppositions" => json!({ "objet": "dmp" }),
        "/patients/{id}/restriction" => json!({ "motif": "personnel", "comptes": monde.comptes }),
        "/patients/bris-de-glace/recherche" => {
            json!({ "nom_naissance": "Lointain", "premier_prenom": "Claude", "sexe": "feminin", "date_naissance": "1962-05-20" })
        }
        "/programmes/{id}/remise" => json!({ "etablissement_id": objet("etablissements") }),
        "/rcp" | "/rcp/{id}" => {
            json!({ "code": nouveau(), "centre_3c_id": objet("centres-3c"), "etablissement_id": objet("etablissements"),
            "appareil": "86762007", "organes": ["MED-251"], "theme": "digestif", "regle_quorum": "standard-hors-hematologie", "secretariat": { "telephone": "03 20 00 00 00" } })
        }
        "/rcp/{id}/membres" => json!({ "praticien_id": objet("praticiens"), "fonction": "permanent", "debut": "2026-03-02" }),
        "/rcp/{id}/membres/{membre_id}/fin" => json!({ "fin": "2099-12-31" }),
        "/referentiels/brouillons" => json!({ "genre": "regle_alerte", "depuis": regle(&monde.clients["ADM_REG"]) }),
        "/reunions" => json!({ "rcp_id": objet("rcp") }),
        "/reunions/{id}/inscriptions" => json!({ "fiche_id": objet("fiches") }),
        "/machines" => json!({ "portees": ["dcc.lecture"], "certificat": certificat(), "etablissement_id": objet("etablissements") }),
        "/machines/{id}" => json!({ "portees": ["dcc.lecture"] }),
        "/machines/{id}/certificats" => json!({ "certificat": certificat() }),
        "/doublons/reglages" => monde.clients["ADM_REG"].get("/api/v1/doublons/reglages").est(200).corps["reglages"].clone(),
        "/centres-3c" => json!({ "code": "3C1" }),
        _ => return None,
    })
}

/// A name that nothing bears yet.
fn nouveau() -> String {
    static RANG: AtomicU32 = AtomicU32::new(0);
    format!("N{:07}", RANG.fetch_add(1, Ordering::Relaxed))
}

/// A client certificate.
fn certificat() -> String {
    rcgen::generate_simple_self_signed(vec!["dpi.essai".to_owned()]).unwrap().cert.pem()
}

/// Calls as somebody. `version` takes the place of a version that nobody has read.
pub fn appeler(client: &Client, appel: &Appel, version: Option<i64>) -> Reponse {
    let si = version.map_or_else(|| PERIMEE.to_owned(), |version| format!("\"v{version}\""));
    let mut entetes = vec![("If-Match", si.as_str())];
    if appel.methode == "PATCH" {
        entetes.push(("Content-Type", "application/merge-patch+json"));
    }
    client.envoyer(&appel.methode, &appel.chemin, appel.corps.clone(), &entetes)
}
