//! How errors become HTTP answers: the one file that knows statuses.
//!
//! A refusal is told as RFC 9457 `application/problem+json`, in French, with a stable `type`. A
//! failure of ours is logged once with the request id and answered with an opaque body.

use crate::kernel::{Erreur, Faute, Nature, Refus};
use actix_web::{HttpResponse, ResponseError, http::StatusCode};
use serde::Serialize;

/// Base of the `type` of problems; each is described in `docs/API.md`.
pub const BASE_TYPE: &str = "/problemes/";

/// Problem document (RFC 9457).
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Probleme {
    /// Stable URI of the kind of problem.
    #[serde(rename = "type")]
    #[schema(example = "/problemes/contenu-invalide")]
    pub type_: String,
    /// The kind of problem, in French.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened this time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The request it happened in (`X-Request-Id`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
    /// The faulty fields.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub errors: Vec<Faute>,
    /// Members that belong to this kind of problem.
    #[serde(flatten)]
    pub precisions: serde_json::Map<String, serde_json::Value>,
}

impl Nature {
    /// The HTTP status of the kind of refusal, and its French title.
    #[must_use]
    pub const fn statut(self) -> (StatusCode, &'static str) {
        match self {
            Self::Illisible => (StatusCode::BAD_REQUEST, "Requête illisible"),
            Self::NonAuthentifie => (StatusCode::UNAUTHORIZED, "Authentification requise"),
            Self::Interdit => (StatusCode::FORBIDDEN, "Action interdite"),
            Self::Introuvable => (StatusCode::NOT_FOUND, "Introuvable"),
            Self::Disparu => (StatusCode::GONE, "Remplacé"),
            Self::Conflit => (StatusCode::CONFLICT, "Conflit avec l'état actuel"),
            Self::VersionPerimee => (StatusCode::PRECONDITION_FAILED, "Version périmée"),
            Self::VersionAbsente => (StatusCode::PRECONDITION_REQUIRED, "Version attendue"),
            Self::Invalide => (StatusCode::UNPROCESSABLE_ENTITY, "Contenu invalide"),
            Self::TropDeRequetes => (StatusCode::TOO_MANY_REQUESTS, "Trop de requêtes"),
            Self::TropGrand => (StatusCode::PAYLOAD_TOO_LARGE, "Contenu trop grand"),
            Self::TypeNonGere => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "Type de contenu non géré"),
            Self::Indisponible => (StatusCode::SERVICE_UNAVAILABLE, "Service indisponible pour cet acte"),
        }
    }
}

impl From<&Refus> for Probleme {
    fn from(refus: &Refus) -> Self {
        let (statut, titre) = refus.nature.statut();
        Self {
            type_: format!("{BASE_TYPE}{}", refus.code),
            title: titre.to_owned(),
            status: statut.as_u16(),
            detail: Some(refus.message.clone()),
            instance: None,
            errors: refus.fautes.clone(),
            precisions: refus.precisions.clone(),
        }
    }
}

impl From<&Erreur> for Probleme {
    fn from(erreur: &Erreur) -> Self {
        match erreur {
            Erreur::Refus(refus) => {
                // A code of ours, never what was typed. The span says the request, its route and the account.
                tracing::info!(code = refus.code, statut = refus.nature.statut().0.as_u16(), "refus");
                Self::from(refus.as_ref())
            }
            Erreur::Panne(panne) => {
                tracing::error!(contexte = %panne.contexte, cause = %panne, "panne");
                metrics::counter!("dcc_pannes_total").increment(1);
                let a_rejouer = panne.a_rejouer;
                let statut = if a_rejouer { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::INTERNAL_SERVER_ERROR };
                Self {
                    type_: format!("{BASE_TYPE}{}", if a_rejouer { "service-sature" } else { "erreur-interne" }),
                    title: if a_rejouer { "Service momentanément saturé" } else { "Erreur interne" }.to_owned(),
                    status: statut.as_u16(),
                    detail: None,
                    instance: None,
                    errors: Vec::new(),
                    precisions: serde_json::Map::new(),
                }
            }
        }
    }
}

impl ResponseError for Erreur {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::Refus(refus) => refus.nature.statut().0,
            Self::Panne(panne) if panne.a_rejouer => StatusCode::SERVICE_UNAVAILABLE,
            Self::Panne(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn error_response(&self) -> HttpResponse {
        let probleme = Probleme::from(self);
        let mut reponse = HttpResponse::build(self.status_code());
        reponse.content_type("application/problem+json");
        if matches!(self.status_code(), StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) {
            reponse.insert_header(("Retry-After", "5"));
        }
        if let Some(secondes) = probleme.precisions.get("reessayer_dans") {
            reponse.insert_header(("Retry-After", secondes.to_string()));
        }
        reponse.json(probleme)
    }
}
