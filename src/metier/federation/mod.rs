//! Signing in by an identity provider: Pro Santé Connect, or any provider that speaks OpenID Connect.
//!
//! - Authorization code flow with PKCE (S256). The browser that begins holds one secret, from which the `state`, the
//!   `nonce` and the PKCE verifier are derived: what comes back to another browser fits none of them. A beginning
//!   serves once.
//! - The ID token is fetched by the service and never leaves it. Signature (asymmetric only), `iss`, `aud`, `azp`,
//!   `exp`, `iat`, `nonce`, `at_hash` and `acr` are verified; `auth_time` is kept with the session.
//! - A person is (`iss`, `sub`). The first time, a provider that verifies the RPPS number ties the person to the
//!   account of that professional; an administrator ties the others. The same `sub` at another provider is somebody else.
//! - The directory gives the rights, never the token: a person known to the provider and unknown here is told how to
//!   ask for an access, and leaves a trace.

mod client;
mod fournisseur;
pub mod http;
pub mod model;
pub mod service;
mod store;

pub use fournisseur::Fournisseurs;
