//! Templates: how comptes-rendus and the letter to the médecin traitant are laid out, as the region's own
//! versioned data.
//!
//! - A template is a typesetting source (Typst) for one kind of document, of the region, of a 3C or of an
//!   établissement. It sees one file of declared data (`docs/guides/donnees-d-un-gabarit.md`) and nothing
//!   else.
//! - It is written as a draft, looked at on an example or on a real compte-rendu, then published from a
//!   date. A published version never changes, in the code as in the database; it may be withdrawn.
//! - A publication lays out **every** built-in example ([`model::exemples`]): what a template gets wrong is
//!   told then, with its line, and never met when a compte-rendu leaves.
//! - The version that applies to a compte-rendu is the one in force on the day of its validation, of the
//!   narrowest scope: établissement that organises the RCP, then 3C that coordinates it, then region, then
//!   the template of the program. The compte-rendu keeps which one it was.
//! - Should a template fail all the same on real data, the document is made with the template of the
//!   program: the report must leave. The failure is counted and listed, by line and column only; the
//!   message of the typesetter may repeat what it was laying out.
//! - The letter goes to the médecin traitant, and to nobody where the patient objects to that sending.

pub mod http;
pub mod model;
pub mod service;
mod store;
