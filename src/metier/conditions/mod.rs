//! The terms of use of the service (« conditions générales d'utilisation »), accepted by version (A10 of the security
//! requirements, after the practice of the national services).
//!
//! - A region publishes its terms as data: a version, a text (plain or Markdown), the day from which they hold. A version never
//!   changes; the one in force is that of the latest day that has come, in Paris. None published, nothing is asked.
//! - A person who has not accepted the version in force is refused (403 `conditions-a-accepter`) on every operation, but for
//!   those that need no session and those that `crate::http::conditions` lists: read the terms, accept them, read and close one's
//!   own sessions. The check is part of what is read again of a session at each request, one second old at most.
//! - An acceptance is dated, kept by version and traced; it is never taken back nor erased.
//! - Software of établissements is exempt: no person is there to read, and the convention that opens the interface binds
//!   the établissement. So is who opens a calendar by its secret address, where no session stands.

pub mod http;
pub mod model;
pub mod service;
mod store;
