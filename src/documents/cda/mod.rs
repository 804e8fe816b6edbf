//! CDA R2 documents of the CI-SIS: pure functions from a frozen content to XML.
//!
//! [`xml`] is the tree and its bytes, [`types`] the data types, [`entete`] the header that every kind of
//! document shares.

pub mod entete;
pub mod types;
pub mod xml;

use std::collections::BTreeMap;
use uuid::Uuid;

/// What a region tells once for all its documents. Nothing of it is made up: what is absent is either said to
/// be unknown in the document, or replaced by an identifier that needs no allotment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reglages {
    /// OID root that the software was allotted, 24 characters at most; without it documents are numbered
    /// under `2.25`, which needs none.
    pub racine: Option<String>,
    /// OID of the numbering of patients (IPP) by FINESS; the number of an établissement that is not here
    /// does not enter the document.
    pub oid_ipp: BTreeMap<String, String>,
    /// Sector of activity (JDV J02: code and label) by FINESS.
    pub secteurs: BTreeMap<String, (String, String)>,
}

impl Reglages {
    /// The OID of a document, or of what its versions share.
    #[must_use]
    pub fn oid(&self, uuid: Uuid) -> String {
        self.racine.as_ref().map_or_else(|| types::oid(uuid), |racine| format!("{racine}.{}", uuid.as_u128()))
    }
}
