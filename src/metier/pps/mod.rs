//! Programmes handed to the patient: the programme personnalisé de soins (PPS) and the programme
//! personnalisé de l'après-cancer (PPAC).
//!
//! - The proposal of the RCP is announced to the patient and translated into a PPS that the patient is
//!   given (CSP R6123-91-1; référentiel organisationnel of the INCa, 2019). The PPAC takes over at the end
//!   of the active treatment: surveillance shared with the médecin traitant, supportive care and social
//!   support, people to turn to close to home (plan cancer 2009-2013, action 25.3).
//! - What is written follows a model, a JSON Schema of `referentiels/fiches/pps` or `…/ppac` (see
//!   `metier::referentiel`). It says by `x-usage` that it is no fiche of an RCP; a region publishes its own
//!   from it as it does for fiches. Besides the questions, it holds the words that are explained to the
//!   patient (`x-lexique`) and what the patient is told of the data (`x-information`).
//! - A dossier has one programme of each kind, and its versions. A PPS may start from a compte-rendu of the
//!   dossier, a PPAC from the PPS that was handed: see [`model::reprise`]. What the patient reads of the
//!   disease is never made up: the doctor writes it.
//! - **Draft.** Anything may lack; what is there must be right.
//! - **Handed.** Complete, dated, given by a named professional to a named person. It never changes again,
//!   in the code as in the database. Its content is a copy, with the labels of the day, fingerprinted as a
//!   compte-rendu is.
//! - **Replaced.** A change is a new version of the same set, with a reason of the national list; the former
//!   one is replaced when the new one is handed, not before: the patient always has one that holds.
//! - Its documents are made by a job from the content alone: a PDF/A in plain language, a CDA and its archive. Should
//!   a content or a setting forbid the last two, the PDF is kept and delivered all the same, and they are tried again.
//! - Once handed it is sent, in the same ledger as comptes-rendus (`metier::diffusion`).

pub mod http;
pub mod job;
pub mod model;
pub mod service;
mod store;
