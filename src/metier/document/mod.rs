//! Documents made from a version of a compte-rendu or of a programme, kept once for both.
//!
//! - A version has one document of a kind, made by a job from the content of the version alone. Kept twice, the first
//!   bytes stay: they are the same.
//! - Its bytes are fingerprinted when they are kept, and looked at again each time they are read: what no longer has
//!   its fingerprint is neither given out nor sent.
//! - Who may read a document is decided by the slice of its version, which traces the reading.

pub mod http;
pub mod model;
pub mod service;
mod store;
