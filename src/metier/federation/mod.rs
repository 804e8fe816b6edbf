//! Signing in by an identity provider: Pro Santé Connect, or any provider that speaks OpenID Connect.
//!
//! - Authorization code flow with PKCE (S256). The browser that begins holds one secret, from which the `state`, the
//!   `nonce` and the PKCE verifier are derived: what comes back to another browser fits none of them. A beginning
//!   serves once.
//! - The ID token is fetched by the service and never leaves it, but to go back to the provider that made it. Signature (asymmetric only), `iss`, `aud`, `azp`,
//!   `exp`, `iat`, `nonce`, `at_hash` and `acr` are verified; `auth_time` is kept with the session.
//! - A person is (`iss`, `sub`). The first time, a provider that verifies the RPPS number ties the person to the
//!   account of that professional; an administrator ties the others. The same `sub` at another provider is somebody else.
//! - A session ends on both sides (ASVS V7.6.1). Signing out here gives the address where the browser ends the session of the
//!   provider (RP-Initiated Logout 1.0), whose ID token is kept until then and no longer. A provider that ends its session
//!   first says so (Back-Channel Logout 1.0): its token (`fin.rs`) is signed as an ID token is, and cannot pass for one.
//! - The directory gives the rights, never the token: a person known to the provider and unknown here is told how to
//!   ask for an access, and leaves a trace.

mod client;
mod fin;
mod fournisseur;
pub mod http;
pub mod model;
pub mod service;
mod store;

pub use fournisseur::Fournisseurs;
