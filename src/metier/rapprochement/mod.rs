//! Two records of one person: found, judged, brought together, taken apart.
//!
//! - **Detection** (RNIV, identitovigilance): pairs are weighed trait by trait after Fellegi and Sunter (a sum of
//!   `log2(m/u)`, in tenths of bits), among those that share a blocking key, so that the work grows with the number of
//!   patients and not with its square. It runs each night over all patients, and at each creation or correction on
//!   those of the same birth date or name. The weights are data ([`model::ReglagesDoublons`]).
//! - **Verdict**: a pair judged distinct does not come back; a pair judged duplicate waits for its merge.
//! - **Merge**: the absorbed patient keeps its row and nothing else; dossiers, fiches, registrations, comptes-rendus,
//!   deliveries, programmes, oppositions, numbers and ties follow by reference, each move written down
//!   (`deplacement`). Documents keep their identifiers and their content, hence the identity they were made with. The
//!   oppositions of both hold. Two matricules are never merged.
//! - **Undoing**: what was moved goes back, with all that was written since in the dossiers that go back; what was
//!   written elsewhere stays with the patient who was kept, unless it is chosen.
//! - **Who**: [`crate::kernel::Action::RapprocherIdentites`], on identities alone. On a region it bears on every identity, since
//!   the duplicates of a shared file lie across établissements; elsewhere on the patients of the perimeter.

pub mod http;
pub mod job;
pub mod model;
pub mod service;
mod store;
