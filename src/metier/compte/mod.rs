//! Accounts, sessions and rights.
//!
//! - A person signs in with an identifier and a password kept as Argon2id. The second factor and
//!   Pro Santé Connect come in through [`service::ouvrir_session`], which every way in shares.
//! - The access token is a JWT of short life; it names the session and nothing else. Rights are
//!   read from the database at each request (at most one second old), never from the token.
//! - The refresh token is a random secret kept as its SHA-256. It serves once: each use gives the
//!   next one, and a second use of a former one closes the session, since it has been stolen.
//! - Signing in is slowed per address and identifier, never locked: an outsider must not be able to
//!   keep a doctor out.

pub mod http;
pub mod jeton;
pub mod model;
pub mod service;
mod store;
