//! Extracts for research: pseudonymised, in the shape of OSIRIS, for one project at a time.
//!
//! - **A project** says what it is for, who answers for it, on which legal ground (MR-004, CNIL, ethics: texts that the
//!   region fills), on which cases, which columns it needs and for how long. It is asked for by an analyst.
//! - **Two approvals** by two other persons, among the region and the data protection officer, before anything is read. A
//!   person who has several accounts is one person. Either may refuse, or revoke later.
//! - **What leaves** is coded, numeric, or days counted from the first passage; a free text has no type to travel in
//!   ([`model::releve`]). The shape is data: `referentiels/recherche/osiris.json` names the tables, the columns, and those
//!   that this service cannot fill.
//! - **Who is out**: a patient opposed to the reuse or to the sharing of the file, a patient restricted to named people, a
//!   fictitious identity. They are looked at again in the transaction that keeps the archive.
//! - **Pseudonyms** are `HMAC-SHA-256(secret of the project, patient)`: two projects cannot be joined. The secret is sealed
//!   under a key that is not in the database, and destroyed with the end of the project.
//! - **k-anonymity** ([`model::anonymat`]): quasi-identifiers are generalised for all, then who still stands in a class of
//!   fewer than k is left out. The report goes with the archive.
//! - The archive is made by a job, kept as it is, given to who asked and to nobody else, and erased at its term.
//! - Each patient who is in an archive has a row of it in the access trace: what was done of the data can be told.

pub mod http;
pub mod job;
pub mod model;
pub mod service;
mod store;
