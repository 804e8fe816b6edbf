//! Versioned data that the field changes every year and the code never holds: value sets, fiche
//! models, quorum rules, alert rules, specialty groups.
//!
//! - The files stand under `referentiels/` and are embedded in the program; a region may load a
//!   directory of its own with the same layout. `service::charger` puts them into the database and
//!   may run any number of times.
//! - A version never changes: what a fiche or a compte-rendu was made with must be found again as it
//!   was. The same code and version with another content is refused. Only the end of validity of a
//!   model or of a rule may be set afterwards.
//! - Value sets are those of the ANS (CI-SIS FRCP 2025.01 and NOS), told apart by OID and revision
//!   date. The highest version of a set is the current one: new codes are checked against it, and a
//!   label is still found for a code that only an older version holds.
//! - A fiche model is the national core and blocks (`blocs/`), composed once, at loading; its derived
//!   values are rules in CEL that come with their trials.
//! - Value sets are searched in memory, with the synonyms of the region (`recherche`). A model is read as
//!   a form (`formulaire`): its fields, when they are mandatory, their place in the CDA document
//!   (`correspondance`), and is exported as a FHIR Questionnaire (`questionnaire`).
//! - A model or a rule is in force from `valable_du` to `valable_au`, both included; of two versions
//!   in force at a date, the one that began last wins.

pub mod composition;
pub mod correspondance;
pub mod defauts;
pub mod derive;
pub mod formulaire;
pub mod http;
pub mod lexique;
pub mod lot;
pub mod model;
pub mod questionnaire;
pub mod recherche;
pub mod service;
mod store;
