//! A row of the trace as a FHIR R4 `AuditEvent`, after the patterns of IHE BALP (Basic Audit Log Patterns):
//! RESTful event, agents client, server and user, entities patient, data, query and request.

use super::LigneTrace;
use crate::kernel::{
    Role,
    acte::{IssueActe, MotifActe},
};
use chrono::SecondsFormat;
use serde_json::{Map, Value, json};

const DCM: &str = "http://dicom.nema.org/resources/ontology/DCM";
const TYPE_EVENEMENT: &str = "http://terminology.hl7.org/CodeSystem/audit-event-type";
const INTERACTION: &str = "http://hl7.org/fhir/restful-interaction";
const PARTICIPATION: &str = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType";
const FINALITE: &str = "http://terminology.hl7.org/CodeSystem/v3-ActReason";
const GENRE_ENTITE: &str = "http://terminology.hl7.org/CodeSystem/audit-entity-type";
const ROLE_ENTITE: &str = "http://terminology.hl7.org/CodeSystem/object-role";
const BALP_ENTITE: &str = "https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType";
const BALP: &str = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.";
/// Roles of this product: its own code system.
const ROLES: &str = "urn:dcc:role";
/// Acts of this product.
const ACTES: &str = "urn:dcc:acte";

/// Kind of an act: code of `AuditEvent.action`, interaction, name of the BALP pattern.
struct Genre {
    action: &'static str,
    interaction: &'static str,
    motif: &'static str,
}

/// What an act of the trace is, seen as a RESTful one.
fn genre(action: &str) -> Genre {
    let (action, interaction, motif) = match action {
        "lire" | "telecharger" | "imprimer" => ("R", "read", "Read"),
        "lister" | "rechercher" | "exporter" | "verifier" => ("E", "search", "Query"),
        "creer" | "ajouter" | "recueillir" | "recevoir" | "commencer" => ("C", "create", "Create"),
        "supprimer" | "retirer" | "revoquer" => ("D", "delete", "Delete"),
        _ => ("U", "update", "Update"),
    };
    Genre { action, interaction, motif }
}

fn finalite(motif: MotifActe) -> (&'static str, &'static str) {
    match motif {
        MotifActe::Soins => ("TREAT", "treatment"),
        MotifActe::Urgence => ("ETREAT", "Emergency Treatment"),
        MotifActe::Administration => ("HOPERAT", "healthcare operations"),
        MotifActe::Controle => ("HCOMPL", "health compliance"),
        MotifActe::Continuite => ("COC", "coordination of care"),
        MotifActe::Technique => ("HSYSADMIN", "health system administration"),
    }
}

/// The `AuditEvent` of a row. `source` is the public address of this service.
#[must_use]
pub fn audit_event(ligne: &LigneTrace, source: &str) -> Value {
    let genre = genre(&ligne.action);
    let sur_patient = if ligne.patient_id.is_some() { "Patient" } else { "" };
    let mut evenement = json!({
        "resourceType": "AuditEvent",
        "id": ligne.id,
        "meta": { "profile": [format!("{BALP}{sur_patient}{}", genre.motif)] },
        "type": codage(TYPE_EVENEMENT, "rest", "Restful Operation"),
        "subtype": [codage(INTERACTION, genre.interaction, genre.interaction), codage(ACTES, &ligne.action, &ligne.action)],
        "action": genre.action,
        "recorded": ligne.instant.to_rfc3339_opts(SecondsFormat::Micros, true),
        "outcome": if ligne.resultat == IssueActe::Accepte { "0" } else { "4" },
        "agent": agents(ligne, source),
        "source": {
            "observer": { "display": source },
            "type": [codage("http://terminology.hl7.org/CodeSystem/security-source-type", "4", "Application Server")],
        },
        "entity": entites(ligne),
    });
    if let Some(objet) = evenement.as_object_mut() {
        if let Some(code) = &ligne.code {
            objet.insert("outcomeDesc".to_owned(), json!(code));
        }
        if let Some(motif) = ligne.motif {
            let (code, libelle) = finalite(motif);
            objet.insert("purposeOfEvent".to_owned(), json!([{ "coding": [codage(FINALITE, code, libelle)] }]));
        }
    }
    evenement
}

fn codage(systeme: &str, code: &str, libelle: &str) -> Value {
    json!({ "system": systeme, "code": code, "display": libelle })
}

fn concept(systeme: &str, code: &str, libelle: &str) -> Value {
    json!({ "coding": [codage(systeme, code, libelle)] })
}

fn agents(ligne: &LigneTrace, source: &str) -> Vec<Value> {
    let mut utilisateur = Map::new();
    utilisateur.insert("type".to_owned(), concept(PARTICIPATION, "IRCP", "information recipient"));
    let compte =
        ligne.compte_id.map(|compte| json!({ "identifier": { "system": "urn:dcc:compte", "value": compte }, "display": ligne.acteur }));
    utilisateur.insert("who".to_owned(), compte.unwrap_or_else(|| json!({ "display": ligne.acteur })));
    utilisateur.insert("requestor".to_owned(), json!(true));
    if let Some(role) = ligne.role {
        utilisateur.insert("role".to_owned(), json!(roles(ligne, role)));
    }
    if let Some(motif) = ligne.motif {
        let (code, libelle) = finalite(motif);
        utilisateur.insert("purposeOfUse".to_owned(), json!([concept(FINALITE, code, libelle)]));
    }
    let mut client = json!({
        "type": concept(DCM, "110153", "Source Role ID"),
        "who": { "display": ligne.session_id.map_or_else(|| "sans session".to_owned(), |session| format!("session {session}")) },
        "requestor": false,
    });
    if let (Some(adresse), Some(client)) = (&ligne.adresse, client.as_object_mut()) {
        client.insert("network".to_owned(), json!({ "address": adresse, "type": "2" }));
    }
    let serveur = json!({
        "type": concept(DCM, "110152", "Destination Role ID"),
        "who": { "display": source },
        "requestor": false,
    });
    let mut agents = vec![client, serveur, Value::Object(utilisateur)];
    // A machine acts in the name of a professional, who answers for the act.
    if let Some(professionnel) = &ligne.au_nom_de {
        agents.push(json!({
            "type": concept(PARTICIPATION, "RESP", "responsible party"),
            "who": { "display": professionnel },
            "requestor": false,
        }));
    }
    agents
}

/// The role used, and the structure it bore on.
fn roles(ligne: &LigneTrace, role: Role) -> Vec<Value> {
    let mut roles = vec![concept(ROLES, role.as_str(), role.as_str())];
    if let Some(perimetre) = &ligne.perimetre_type {
        let id = ligne.perimetre_id.map_or_else(String::new, |id| id.to_string());
        roles.push(concept(&format!("urn:dcc:perimetre:{perimetre}"), if id.is_empty() { perimetre } else { &id }, perimetre));
    }
    roles
}

fn entites(ligne: &LigneTrace) -> Vec<Value> {
    let mut entites = Vec::new();
    if let Some(patient) = ligne.patient_id {
        entites.push(json!({
            "what": { "reference": format!("Patient/{patient}") },
            "type": codage(GENRE_ENTITE, "1", "Person"),
            "role": codage(ROLE_ENTITE, "1", "Patient"),
        }));
    }
    let mut donnee = Map::new();
    if let Some(objet) = ligne.objet_id {
        donnee.insert("what".to_owned(), json!({ "identifier": { "system": format!("urn:dcc:{}", ligne.objet_type), "value": objet } }));
    }
    donnee.insert("type".to_owned(), codage(GENRE_ENTITE, "2", "System Object"));
    donnee.insert("role".to_owned(), codage(ROLE_ENTITE, "4", "Domain Resource"));
    donnee.insert("name".to_owned(), json!(ligne.objet_type));
    let details = details(ligne);
    if !details.is_empty() {
        donnee.insert("detail".to_owned(), json!(details));
    }
    entites.push(Value::Object(donnee));
    if let Some(requete) = &ligne.requete_id {
        entites.push(json!({
            "what": { "identifier": { "value": requete } },
            "type": codage(BALP_ENTITE, "XrequestId", "X-Request-Id"),
        }));
    }
    entites
}

/// Version of the object, names of the fields, operation, number of the row.
fn details(ligne: &LigneTrace) -> Vec<Value> {
    let champs = ligne.champs.as_ref().and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let mut details: Vec<(&str, String)> = champs.map(|champ| ("champ", champ.to_owned())).collect();
    details.extend(ligne.objet_version.map(|version| ("version", version.to_string())));
    details.extend(ligne.operation.iter().map(|operation| ("operation", operation.clone())));
    details.into_iter().map(|(genre, valeur)| json!({ "type": genre, "valueString": valeur })).collect()
}

#[cfg(test)]
mod tests {
    use super::{super::tests::ligne, *};
    use crate::kernel::ids::PatientId;
    use uuid::Uuid;

    #[test]
    fn une_lecture_suit_le_patron_patient_read_de_balp() {
        let mut lue = ligne(1);
        lue.patient_id = Some(PatientId::new(Uuid::from_u128(9)));
        lue.requete_id = Some("r-1".to_owned());
        lue.adresse = Some("192.0.2.7".to_owned());
        let evenement = audit_event(&lue, "https://dcc.example");
        assert_eq!(evenement["meta"]["profile"][0], "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.PatientRead");
        assert_eq!((&evenement["action"], &evenement["outcome"]), (&json!("R"), &json!("0")));
        let agents: Vec<_> = evenement["agent"].as_array().unwrap().iter().map(|a| &a["type"]["coding"][0]["code"]).collect();
        assert_eq!(agents, ["110153", "110152", "IRCP"]);
        assert_eq!(evenement["agent"][2]["purposeOfUse"][0]["coding"][0]["code"], "TREAT");
        let entites: Vec<_> = evenement["entity"].as_array().unwrap().iter().map(|e| &e["type"]["code"]).collect();
        assert_eq!(entites, ["1", "2", "XrequestId"]);
        assert_eq!(evenement["entity"][1]["detail"][2], json!({ "type": "version", "valueString": "3" }));
    }

    #[test]
    fn un_refus_est_un_echec_mineur_avec_son_code() {
        let mut refusee = ligne(1);
        (refusee.resultat, refusee.code) = (IssueActe::Refuse, Some("action-interdite".to_owned()));
        let evenement = audit_event(&refusee, "https://dcc.example");
        assert_eq!((&evenement["outcome"], &evenement["outcomeDesc"]), (&json!("4"), &json!("action-interdite")));
    }
}
