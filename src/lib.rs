//! Dossier communicant en cancérologie (DCC): RCP meetings, fiches, quorum, alerts,
//! comptes-rendus, delivery to general practitioners, infocentre.
//!
//! The map of the code:
//!
//! - [`kernel`] stands on nothing of ours: ids, clock, identifiers of health care, the acting
//!   person, errors.
//! - [`db`] is the only place that knows that there are two databases.
//! - [`http`] is what handlers share; [`error`] is how errors become statuses.
//! - [`metier`] holds one folder per business noun.
//! - [`jobs`] is the durable queue of background work and the worker that empties it.
//! - [`importation`] reads the files of public directories.
//! - [`tls`] reads certificates, and puts the service behind one.
//! - [`messagerie`] sends mails; it knows nothing of the field.
//! - [`sauvegarde`] copies the base, encrypted, and restores it.
//! - [`app`] builds the whole, for the binary and for the tests alike.
//! - [`commandes`] is what the command line does beyond calling one use case.
//! - [`demo`] makes a small region to look at, [`region`] one of the real size, [`charge`] measures how fast the service
//!   answers.
//!
//! `docs/ARCHITECTURE.md` tells why; `tests/architecture.rs` proves who may import whom.

#[macro_use]
pub mod kernel;
#[macro_use]
pub mod db;
pub mod app;
pub mod charge;
pub mod commandes;
pub mod config;
pub mod demo;
pub mod documents;
pub mod error;
pub mod http;
pub mod importation;
pub mod jobs;
pub mod messagerie;
pub mod metier;
pub mod region;
pub mod sauvegarde;
pub mod telemetry;
pub mod tls;
