//! CDA R2 documents of the CI-SIS: pure functions from a frozen content to XML.
//!
//! [`xml`] is the tree and its bytes, [`types`] the data types, [`entete`] the header and [`section`] the
//! sections and entries that every kind of document shares; [`frcp`] is the compte-rendu, [`programme`] what
//! a patient is handed. [`controle`] is asked
//! before any document is given out.

pub mod controle;
pub mod entete;
pub mod frcp;
pub mod programme;
pub mod section;
pub mod types;
pub mod xml;

use controle::Defaut;
use std::collections::BTreeMap;
use uuid::Uuid;

/// What a region tells once for all its documents. Nothing of it is made up: what is absent is either said to
/// be unknown in the document, or replaced by an identifier that needs no allotment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reglages {
    /// OID root that the software was allotted, 24 characters at most; without it documents are numbered
    /// under `2.25`, which needs none.
    pub racine: Option<String>,
    /// Acronym of the regional network (RRC), which begins the titles.
    pub sigle_rrc: Option<String>,
    /// OID of the numbering of patients (IPP) by FINESS; the number of an établissement that is not here
    /// does not enter the document.
    pub oid_ipp: BTreeMap<String, String>,
    /// Sector of activity (JDV J02: code and label) by FINESS.
    pub secteurs: BTreeMap<String, (String, String)>,
    /// What the region tells patients of the use of their data, in the place of the text of the volet.
    pub information_etablissement: Option<String>,
}

impl Reglages {
    /// The OID of a document, or of what its versions share.
    #[must_use]
    pub fn oid(&self, uuid: Uuid) -> String {
        self.racine.as_ref().map_or_else(|| types::oid(uuid), |racine| format!("{racine}.{}", uuid.as_u128()))
    }
}

/// Why a document could not be made.
#[derive(Debug, thiserror::Error)]
pub enum CdaError {
    /// It would break rules of its volet.
    #[error("règles du volet non tenues : {}", en_une_ligne(.0))]
    Defauts(Vec<Defaut>),
    /// Its bytes cannot be written.
    #[error("écriture du document : {0}")]
    Ecriture(std::io::Error),
}

fn en_une_ligne(defauts: &[Defaut]) -> String {
    defauts.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ; ")
}
