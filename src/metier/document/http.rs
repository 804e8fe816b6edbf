//! A document as the operations of the slices of its version give it out.

use super::model::Document;
use actix_web::HttpResponse;

/// A document under a name that says nothing of the patient: `nom` and the version.
#[must_use]
pub fn fichier(document: Document, nom: &str) -> HttpResponse {
    let disposition = format!("inline; filename=\"{nom}-{}.{}\"", document.source.uuid(), document.genre.extension());
    HttpResponse::Ok()
        .content_type(document.genre.type_mime())
        .insert_header(("ETag", format!("\"{}\"", document.empreinte)))
        .insert_header(("Content-Disposition", disposition))
        .body(document.octets)
}
