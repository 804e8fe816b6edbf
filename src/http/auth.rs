//! From the bearer token or the cookie of a request to the acting person.

use super::{machine, navigateur};
use crate::{
    app::Etat,
    db::Demande,
    kernel::{Acteur, Nature, Refus, Resultat, texte::sha256},
    metier::compte::{
        model::Justificatif,
        service::{self as comptes, sessions},
    },
};
use actix_web::{HttpRequest, http::header::AUTHORIZATION};
use std::sync::Arc;

/// The person who calls: the token or the cookie is checked, then the session and the rights are read again from
/// the database, at most one second old.
pub async fn acteur(requete: &HttpRequest, etat: &Etat) -> Resultat<Arc<Acteur>> {
    let porteur = porteur(requete);
    if let Some(porteur) = porteur
        && let Some(machine) = machine::acteur(requete, etat, porteur).await?
    {
        return Ok(machine);
    }
    let justificatif = justificatif(requete, etat, porteur)?;
    if let Some(acteur) = etat.sessions.lire(&justificatif, etat.db.horloge().maintenant()) {
        return Ok(acteur);
    }
    let demande = Demande::systeme("authentification");
    let presente = justificatif.clone();
    let (acteur, a_noter) = etat.db.lire(&demande, move |op| comptes::acteur_de_session(op, &presente)).await?;
    if let Some(session) = acteur.session.filter(|_| a_noter) {
        etat.db.ecrire(&demande, move |op| sessions::noter_activite(op, session)).await?;
    }
    let acteur = Arc::new(acteur);
    etat.sessions.garder(justificatif, Arc::clone(&acteur), etat.db.horloge().maintenant());
    Ok(acteur)
}

fn porteur(requete: &HttpRequest) -> Option<&str> {
    requete.headers().get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

fn justificatif(requete: &HttpRequest, etat: &Etat, porteur: Option<&str>) -> Resultat<Justificatif> {
    if let Some(jeton) = porteur {
        return Ok(Justificatif::Jeton(etat.jetons.verifier(jeton, etat.db.horloge().maintenant())?));
    }
    if let Some(cookie) = requete.cookie(navigateur::COOKIE) {
        navigateur::exiger_nos_pages(requete, etat)?;
        return Ok(Justificatif::Cookie(sha256(cookie.value().as_bytes())));
    }
    let message = "Présentez un jeton d'accès : Authorization: Bearer …, ou le cookie d'une session de navigateur.";
    Err(Refus::new(Nature::NonAuthentifie, "authentification-requise", message).into())
}
