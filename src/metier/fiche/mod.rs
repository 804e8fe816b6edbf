//! The fiche RCP: what is said of a patient's cancer to the meeting that discusses it.
//!
//! - Its content follows a fiche model, a JSON Schema of `referentiels/fiches/` (see
//!   `metier::referentiel`). `socle-frcp` is the national common core: the minimal items that the INCa
//!   listed, as the ANS made them the volet CI-SIS FRCP 2025.01.
//! - A fiche keeps the version of the model it was made with. Codes are checked against the current
//!   version of the value sets.
//! - **Draft.** Anything may lack, but what is there must be of the right type, in the bounds and
//!   coded. Nothing is lost between two visits to the form.
//! - **Ready.** Nothing that the model requires lacks. A ready fiche may still be changed, as long as
//!   it stays complete; it never falls back silently to a draft that a meeting would discover.
//! - **Locked.** The meeting has validated its compte-rendu: the fiche never changes again. A later
//!   discussion of the same cancer gets a fiche of its own, which may start as a copy.
//! - The G8 and the body mass index are computed, never typed: see [`model::g8`].
//! - A new fiche may start from a former one of the same patient: what its model takes is carried, each
//!   answer with its origin, and what it does not take is told. See [`reprise`].
//! - A fiche belongs to a dossier and is read and filled by those whom a link in force ties to the
//!   patient.

pub mod g8;
pub mod http;
pub mod lecture;
mod messages;
pub mod model;
pub mod reprise;
pub mod service;
mod store;
pub mod structure;
pub mod validation;
