//! How long the file of a patient is kept, and how it ends (CSP R1112-7).
//!
//! - **Term**: twenty years after the last contact, never before the 28th birthday; ten years after a death that came
//!   less than ten years after the last contact. The numbers are data ([`model::ReglesConservation`]). Litigation suspends.
//! - **Last contact**: the latest of the meetings, fiches, registrations, dossiers and programmes of the patient. A
//!   correction of the identity is none.
//! - **Purge**: proposed by the service, signed for the établissement, granted by the data protection officer, who is
//!   another person; the term is looked at again each time. Then every row of the patient goes, with documents,
//!   deliveries, jobs and kept answers. The access trace stays: it holds no health data.
//! - **Tombstone**: an identifier, a date, a rule, and a slow salted hash of the identity that tells whether a restored row
//!   is the one that was purged. It is written to a file before anything is erased, and `dcc retention rejouer` reads
//!   that file after a backup was restored.

pub mod http;
pub mod job;
pub mod model;
pub mod service;
mod store;
