//! Accounts, sessions and rights.
//!
//! - Two ways in: a local account, by a password then a second factor, and federation. Both end in
//!   [`service::ouvrir_session`]. There is no way in by password alone, and nothing turns the second factor off.
//! - A sign-in goes by challenges: each step hands a secret of short life that serves once and is kept as its hash.
//! - Passwords are kept as Argon2id, the secrets of applications sealed ([`crate::kernel::coffre`]), recovery codes as
//!   hashes. A code serves once.
//! - Failures slow the next attempts and never lock: an outsider must not be able to keep a doctor out.
//!   They are kept in the database, so that every process counts together and a restart forgives nothing.
//! - The access token is a JWT of short life; it names the session and nothing else. Rights are
//!   read from the database at each request (at most one second old), never from the token. A browser holds a cookie
//!   instead, whose secret is kept as its hash.
//! - The refresh token is a random secret kept as its SHA-256. It serves once: each use gives the
//!   next one, and a second use of a former one closes the session, since it has been stolen.
//! - Acts that could do lasting harm ask for an identity proved five minutes ago at most (step-up).

mod divulgues;
pub mod http;
pub mod jeton;
pub mod model;
pub mod portier;
pub mod service;
mod store;
