//! The directory: territoires, établissements, centres 3C, professionals and their secure addresses.
//!
//! - An établissement has a FINESS number; a professional usually has an RPPS number. Both are
//!   parsed once (`kernel::identite`).
//! - The specialty of a doctor is the ANS code of value set JDV J01 (`G15_10/SM36`), OID
//!   1.2.250.1.213.1.1.5.461. Quorum groups are made from it, see `metier::quorum`.
//! - The mode of practice (libéral, salarié, mixte) feeds the indemnity statistics of private
//!   practitioners.
//! - A secure address is a mailbox of the MSSanté trust space: personal (PER), organisation (ORG),
//!   application (APP) or practice (CAB). The one of the lowest rank is used first.

pub mod http;
pub mod model;
pub mod service;
mod store;
