//! The certificate that a caller showed when it connected: the handshake has proved that the caller holds its key, and
//! that an authority of the settings signed it. No header of a proxy stands in for it.

use actix_tls::accept::rustls_0_23::TlsStream;
use actix_web::{HttpRequest, dev::Extensions, rt::net::TcpStream};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use std::any::Any;

/// SHA-256 of the certificate, as `x5t#S256` writes it (RFC 8705).
struct Presente(String);

/// Notes the certificate of a new connection.
pub fn a_la_connexion(connexion: &dyn Any, donnees: &mut Extensions) {
    let certificats = connexion.downcast_ref::<TlsStream<TcpStream>>().and_then(|flux| flux.get_ref().1.peer_certificates());
    if let Some(certificat) = certificats.and_then(|chaine| chaine.first()) {
        donnees.insert(Presente(URL_SAFE_NO_PAD.encode(Sha256::digest(certificat))));
    }
}

/// The fingerprint of the certificate of the connection, if one was shown.
#[must_use]
pub fn empreinte(requete: &HttpRequest) -> Option<&str> {
    requete.conn_data::<Presente>().map(|presente| presente.0.as_str())
}
