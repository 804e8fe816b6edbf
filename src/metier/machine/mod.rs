//! Software of an établissement (its DPI) that calls the API without a person at the keyboard.
//!
//! - It is known by its client certificate, shown in the TLS handshake with this service, and asks with it for an
//!   access token (OAuth 2 client credentials, RFC 6749 §4.4, over mutual TLS, RFC 8705). The token is signed with an
//!   asymmetric key, lives fifteen minutes and is bound to that certificate: stolen, it opens nothing.
//! - At each request the client, its certificate, its account and the state of its établissement are read again:
//!   shutting one out acts on the next request, not at the end of the token.
//! - It acts as [`crate::kernel::Role::Interface`] on its établissement, under a technical account, within its scopes.
//! - A write names the professional for whom it is made; the trace keeps the name (CI-SIS: the acting person is always
//!   known).

pub mod http;
pub mod jeton;
pub mod model;
pub mod service;
mod store;
