//! From the bearer token of a request to the acting person.

use super::machine;
use crate::{
    app::Etat,
    kernel::{Acteur, Nature, Refus, Resultat},
    metier::compte,
};
use actix_web::{HttpRequest, http::header::AUTHORIZATION};
use std::sync::Arc;

/// The person who calls: the token is checked, then the session and the rights are read again from
/// the database, at most one second old.
pub async fn acteur(requete: &HttpRequest, etat: &Etat) -> Resultat<Arc<Acteur>> {
    let porteur = requete
        .headers()
        .get(AUTHORIZATION)
        .and_then(|valeur| valeur.to_str().ok())
        .and_then(|valeur| valeur.strip_prefix("Bearer "))
        .ok_or_else(|| {
            Refus::new(Nature::NonAuthentifie, "authentification-requise", "Présentez un jeton d'accès : Authorization: Bearer …")
        })?;
    if let Some(machine) = machine::acteur(requete, etat, porteur).await? {
        return Ok(machine);
    }
    let session = etat.jetons.verifier(porteur, etat.db.horloge().maintenant())?;
    if let Some(acteur) = etat.sessions.lire(session, etat.db.horloge().maintenant()) {
        return Ok(acteur);
    }
    let demande = crate::db::Demande::systeme("authentification");
    let acteur = Arc::new(etat.db.lire(&demande, move |op| compte::service::acteur_de_session(op, session)).await?);
    etat.sessions.garder(session, Arc::clone(&acteur), etat.db.horloge().maintenant());
    Ok(acteur)
}
