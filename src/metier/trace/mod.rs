//! The access trace, sealed: who did what on whose data, why, and the proof that nothing of it was bent.
//!
//! - `db/trace.rs` writes the rows. This slice seals them, verifies them, shows them and looks for abuses.
//! - **Chain** ([`model`]): the seal of rank *n* is `SHA-256(seal n-1 ‖ canonical row)`, the row in canonical
//!   JSON (RFC 8785). Ranks follow one another from 1. Rows are sealed a few seconds after their commit by the
//!   background task `scellement`, never inside the transaction of the act: chaining there would make all
//!   writers wait for one another (ADR 5).
//! - **Numbers**: each row bears the next number of the process that wrote it. A row that vanished before it
//!   was sealed leaves a hole.
//! - **Signed heads** ([`tetes`]): every ten minutes the last rank and its seal are signed (Ed25519) and written
//!   outside the database, so that a truncated or rewritten chain is caught.
//! - **Verification** ([`model::controle`], `service/verification.rs`): streams the chain and names the rows that were
//!   altered, removed, moved or dated back.
//! - **Requirements**: CNIL 2021-122 (author, moment, nature of the act, reference of the data; integrity of the log;
//!   proactive analysis), FHIR R4 AuditEvent with the patterns of IHE BALP, right of access (RGPD art. 15).
//! - Only the data protection officer of the region reads the trace, and that is traced too.

pub mod http;
pub mod job;
pub mod model;
pub mod service;
mod store;
pub mod tetes;
