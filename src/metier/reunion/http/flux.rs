//! Operations on calendar feeds.

use super::super::{
    model::{Flux, FluxCree, FluxSaisi},
    service,
};
use crate::{
    app::Etat,
    db::Demande,
    http::{Corps, Ctx, Problemes, Reponse},
    kernel::{Resultat, ids::FluxIcalId, texte::sha256},
};
use actix_web::{
    HttpRequest, HttpResponse, delete, get,
    http::header::{CACHE_CONTROL, ETAG, IF_NONE_MATCH},
    post,
    web::{Data, Path},
};
use utoipa_actix_web::service_config::ServiceConfig;

/// Ouvre un flux de calendrier ; son adresse n'est donnée que cette fois.
///
/// La réponse n'est jamais gardée pour Idempotency-Key, car elle porte un secret.
#[utoipa::path(tag = "calendriers", request_body = FluxSaisi, responses((status = 201, body = FluxCree), Problemes))]
#[post("/flux-ical")]
async fn ouvrir(ctx: Ctx, corps: Corps<FluxSaisi>) -> Resultat<Reponse<FluxCree>> {
    let (saisi, racine) = (corps.contenu, ctx.etat.config.url_publique.clone());
    let ouvert = ctx.ecrire(move |op| service::ouvrir_flux(op, &saisi, &racine)).await?;
    let chemin = format!("/api/v1/flux-ical/{}", ouvert.flux.id);
    Ok(Reponse::cree(ouvert, chemin))
}

/// Les flux de calendrier que j'ai ouverts.
#[utoipa::path(tag = "calendriers", responses((status = 200, body = Vec<Flux>), Problemes))]
#[get("/flux-ical")]
async fn lister(ctx: Ctx) -> Resultat<Reponse<Vec<Flux>>> {
    Ok(Reponse::ok(ctx.lire(service::flux).await?))
}

/// Révoque un flux de calendrier : son adresse ne donne plus rien.
#[utoipa::path(tag = "calendriers", params(("id" = FluxIcalId, Path)), responses((status = 204, description = "Flux révoqué"), Problemes))]
#[delete("/flux-ical/{id}")]
async fn revoquer(ctx: Ctx, id: Path<FluxIcalId>) -> Resultat<HttpResponse> {
    ctx.ecrire(move |op| service::revoquer_flux(op, *id)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Publie un flux de calendrier (RFC 5545) à qui en a l'adresse.
#[utoipa::path(tag = "calendriers", params(("jeton" = String, Path), ("If-None-Match" = Option<String>, Header)), security(()),
    responses((status = 200, description = "Calendrier", content_type = "text/calendar", body = String),
        (status = 304, description = "Inchangé"), Problemes))]
#[get("/ical/{jeton}.ics")]
async fn publier(requete: HttpRequest, etat: Data<Etat>, jeton: Path<String>) -> Resultat<HttpResponse> {
    let texte = etat.db.lire(&Demande::systeme("flux de calendrier"), move |op| service::publier(op, &jeton)).await?;
    let etiquette = format!("\"{}\"", sha256(texte.as_bytes()));
    let mut reponse = if inchange(&requete, &etiquette) { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    reponse.insert_header((ETAG, etiquette)).insert_header((CACHE_CONTROL, "private, no-cache"));
    Ok(reponse.content_type("text/calendar; charset=utf-8").body(texte))
}

/// True when the program already has that version. Compression may have weakened the tag on its way.
fn inchange(requete: &HttpRequest, etiquette: &str) -> bool {
    let connues = requete.headers().get_all(IF_NONE_MATCH).filter_map(|valeur| valeur.to_str().ok());
    connues.flat_map(|valeur| valeur.split(',')).map(str::trim).any(|connue| connue == "*" || connue.trim_start_matches("W/") == etiquette)
}

/// The operations of those who open feeds.
pub(super) fn routes(config: &mut ServiceConfig) {
    config.service(ouvrir).service(lister).service(revoquer);
}

/// The feeds themselves, outside `/api/v1` and its authentication: a calendar program has only an
/// address.
pub fn routes_publiques(config: &mut ServiceConfig) {
    config.service(publier);
}
