//! The terms of use come before everything else (`crate::metier::conditions`).

use crate::kernel::{Acteur, Nature, Refus, Resultat};
use actix_web::HttpRequest;

/// What a person may call before having accepted the terms in force: the terms themselves, who I am, my sessions and how
/// they are proved again and closed. Operations without a session ask for nothing.
const SANS_ACCEPTATION: [&str; 9] = [
    "GET /api/v1/conditions/en-vigueur",
    "PUT /api/v1/conditions/acceptation",
    "GET /api/v1/moi",
    "GET /api/v1/sessions",
    "DELETE /api/v1/sessions",
    "DELETE /api/v1/sessions/courante",
    "DELETE /api/v1/sessions/{id}",
    "POST /api/v1/sessions/reauthentification/defi",
    "POST /api/v1/sessions/reauthentification",
];

/// Refuses a person who has still to accept the terms in force. Software never has.
pub fn exiger(requete: &HttpRequest, acteur: &Acteur) -> Resultat<()> {
    let Some(version) = &acteur.conditions_a_accepter else { return Ok(()) };
    let operation = format!("{} {}", requete.method(), requete.match_pattern().unwrap_or_default());
    if SANS_ACCEPTATION.contains(&operation.as_str()) {
        return Ok(());
    }
    let message = format!("Lisez et acceptez d'abord les conditions d'utilisation en vigueur (version {version}).");
    Err(Refus::new(Nature::Interdit, "conditions-a-accepter", message).precision("version", version.as_str()).into())
}
