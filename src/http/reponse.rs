//! Answers: a body, its version as an `ETag`, where it is found.

use actix_web::{
    HttpRequest, HttpResponse, Responder,
    body::BoxBody,
    http::{
        StatusCode,
        header::{ETAG, LOCATION},
    },
};
use serde::Serialize;
use serde_json::Value;

/// An answer that a use case gave, before it becomes HTTP; also what `Idempotency-Key` keeps.
#[derive(Debug, Clone)]
pub struct Reponse<T> {
    /// The body.
    pub corps: T,
    /// The status.
    pub statut: u16,
    /// Version of the object, sent as a strong `ETag`.
    pub version: Option<i64>,
    /// Path of a created object.
    pub localisation: Option<String>,
}

impl<T> Reponse<T> {
    /// 200 with a body.
    pub fn ok(corps: T) -> Self {
        Self { corps, statut: 200, version: None, localisation: None }
    }

    /// 201 with the created object and its path.
    pub fn cree(corps: T, localisation: impl Into<String>) -> Self {
        Self { corps, statut: 201, version: None, localisation: Some(localisation.into()) }
    }

    /// 202: the work goes on in the background.
    pub fn accepte(corps: T) -> Self {
        Self { corps, statut: 202, version: None, localisation: None }
    }

    /// Says the version of the object.
    #[must_use]
    pub fn version(mut self, version: i64) -> Self {
        self.version = Some(version);
        self
    }
}

impl<T: Serialize> Responder for Reponse<T> {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse<BoxBody> {
        let statut = StatusCode::from_u16(self.statut).unwrap_or(StatusCode::OK);
        let mut reponse = HttpResponse::build(statut);
        if let Some(version) = self.version {
            reponse.insert_header((ETAG, etag(version)));
        }
        if let Some(localisation) = self.localisation {
            reponse.insert_header((LOCATION, localisation));
        }
        reponse.json(self.corps)
    }
}

/// A FHIR resource.
#[derive(Debug, Clone)]
pub struct Fhir(pub Value);

impl Responder for Fhir {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse<BoxBody> {
        HttpResponse::Ok().content_type("application/fhir+json").body(self.0.to_string())
    }
}

/// The strong entity tag of a version.
#[must_use]
pub fn etag(version: i64) -> String {
    format!("\"v{version}\"")
}
