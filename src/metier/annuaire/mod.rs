//! The directory: territoires, établissements, centres 3C, professionals and their secure addresses.
//!
//! - An établissement has a FINESS number; a professional usually has an RPPS number. Both are
//!   parsed once (`kernel::identite`).
//! - The specialty of a doctor is the ANS code of value set JDV J01 (`G15_10/SM36`), OID
//!   1.2.250.1.213.1.1.5.461. Quorum groups are made from it, see `metier::quorum`.
//! - The mode of practice (libéral, salarié, mixte) feeds the indemnity statistics of private
//!   practitioners.
//! - A secure address is a mailbox of the MSSanté trust space: personal (PER), organisation (ORG),
//!   application (APP) or practice (CAB).
//! - **Which one is used**: the first that belongs to the trust space among those typed by hand, by rank;
//!   then the personal ones that the public directory gives; then that of the organisation, when the person
//!   practises in one structure only and it has one only. See [`rapprochement`], which also tells what
//!   else is taken from the public directory (`metier::annuaire_national`) and when.
//! - A professional who vanishes from the public directory is marked with the date, and stays: whoever
//!   is named by a fiche or a compte-rendu is never lost.
//! - The **trust space** is a list of domains, each for a time, that an administrator of the region
//!   replaces as a whole; the domains of the configuration hold until the first list does. It is read by
//!   every use case through `Op::reglages`, at most one second old (`db/reglages.rs`).

pub mod http;
pub mod model;
pub mod rapprochement;
pub mod service;
mod store;
