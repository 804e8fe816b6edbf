//! What a platform asks of a service: health, readiness, metrics, security headers, logs.

use crate::{app::Etat, config::Exposition, db::migrate};
use actix_web::{
    Error, HttpResponse,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    middleware::{DefaultHeaders, Next},
    web,
};
use std::time::Instant;
use tracing::Span;
use tracing_actix_web::{DefaultRootSpanBuilder, RootSpanBuilder};

/// Health and readiness, outside the API; metrics and the way to the documentation, where they are answered.
pub fn routes(config: &mut web::ServiceConfig, exposition: Exposition) {
    config.route("/sante/vivant", web::get().to(vivant)).route("/sante/pret", web::get().to(pret));
    if exposition.mesures {
        config.route("/metrics", web::get().to(mesures));
    }
    if exposition.documentation {
        config.route("/", web::get().to(accueil));
    }
}

async fn vivant() -> HttpResponse {
    HttpResponse::Ok().json(serde_json::json!({ "etat": "vivant" }))
}

/// Ready when the database answers and has the schema of this binary.
async fn pret(etat: web::Data<Etat>) -> HttpResponse {
    let a_jour = web::block(move || etat.config.adresse().and_then(|adresse| migrate::a_jour(&adresse))).await;
    match a_jour {
        Ok(Ok(true)) => HttpResponse::Ok().json(serde_json::json!({ "etat": "pret" })),
        _ => HttpResponse::ServiceUnavailable().json(serde_json::json!({ "etat": "indisponible" })),
    }
}

async fn mesures(etat: web::Data<Etat>) -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(etat.mesures.render())
}

async fn accueil() -> HttpResponse {
    HttpResponse::Found().insert_header(("Location", "/api/docs/")).finish()
}

/// Counts and times each answer by the pattern of its route, never by its path.
pub async fn mesurer(requete: ServiceRequest, suite: Next<impl MessageBody>) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let debut = Instant::now();
    let motif = requete.match_pattern().unwrap_or_else(|| "inconnu".to_owned());
    let methode = requete.method().to_string();
    let reponse = suite.call(requete).await?;
    let statut = reponse.status().as_u16().to_string();
    metrics::counter!("dcc_http_requetes_total", "methode" => methode.clone(), "route" => motif.clone(), "statut" => statut).increment(1);
    metrics::histogram!("dcc_http_duree_secondes", "methode" => methode, "route" => motif).record(debut.elapsed().as_secs_f64());
    Ok(reponse)
}

/// Headers of every answer. The documentation page needs inline styles; nothing else does.
#[must_use]
pub fn entetes() -> DefaultHeaders {
    DefaultHeaders::new()
        .add((
            "Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; \
             connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        ))
        .add(("Strict-Transport-Security", "max-age=63072000; includeSubDomains"))
        .add(("X-Content-Type-Options", "nosniff"))
        .add(("Referrer-Policy", "no-referrer"))
        .add(("Cross-Origin-Opener-Policy", "same-origin"))
        .add(("Cross-Origin-Resource-Policy", "same-origin"))
        .add(("Permissions-Policy", "camera=(), microphone=(), geolocation=()"))
        .add(("Cache-Control", "no-store"))
}

/// The span of a request: its method, the pattern of its route and its id, but neither its path nor
/// its query nor the caller's headers.
#[derive(Debug)]
pub struct Trace;

impl RootSpanBuilder for Trace {
    fn on_request_start(requete: &ServiceRequest) -> Span {
        let identifiant = actix_web::HttpMessage::extensions(requete.request())
            .get::<tracing_actix_web::RequestId>()
            .map(ToString::to_string)
            .unwrap_or_default();
        let route = requete.match_pattern().unwrap_or_default();
        let vide = tracing::field::Empty;
        tracing::info_span!("requete", id = %identifiant, methode = %requete.method(), route = %route, compte = vide, statut = vide)
    }

    fn on_request_end<B: MessageBody>(span: Span, issue: &Result<ServiceResponse<B>, Error>) {
        if let Ok(reponse) = issue {
            span.record("statut", reponse.status().as_u16());
        }
        drop((span, DefaultRootSpanBuilder));
    }
}
