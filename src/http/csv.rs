//! A table answered as a file to keep.

pub use crate::kernel::csv::Case;

use crate::kernel::{Resultat, csv::Table};
use actix_web::{
    HttpRequest, HttpResponse, Responder,
    body::BoxBody,
    http::header::{CONTENT_DISPOSITION, ContentDisposition, DispositionParam, DispositionType},
};

/// A table, answered as a file to keep.
pub struct Csv {
    nom: String,
    table: Table,
}

impl Csv {
    /// A table under that file name, with its headings.
    pub fn new(nom: impl Into<String>, entetes: Vec<Case>) -> Resultat<Self> {
        Ok(Self { nom: nom.into(), table: Table::new(entetes)? })
    }

    /// Adds a row, of as many cells as there are headings.
    pub fn ligne(&mut self, cases: Vec<Case>) -> Resultat<()> {
        Ok(self.table.ligne(cases)?)
    }
}

impl Responder for Csv {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse<BoxBody> {
        let disposition =
            ContentDisposition { disposition: DispositionType::Attachment, parameters: vec![DispositionParam::Filename(self.nom.clone())] };
        match self.table.octets() {
            Ok(octets) => HttpResponse::Ok()
                .content_type("text/csv; charset=utf-8; header=present")
                .insert_header((CONTENT_DISPOSITION, disposition))
                .body(octets),
            Err(panne) => HttpResponse::from_error(crate::kernel::Erreur::from(panne)),
        }
    }
}
