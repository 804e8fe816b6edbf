//! TLS: certificates from files, and the service behind its own certificate.
//!
//! TLS 1.2 and 1.3 only, with the suites of rustls: ephemeral keys and authenticated encryption (ANSSI, TLS guide 1.2).

use crate::{config, kernel::Panne};
use rustls::{
    RootCertStore, ServerConfig,
    crypto::CryptoProvider,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    server::WebPkiClientVerifier,
};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

/// The cryptography of every connection.
#[must_use]
pub fn cryptographie() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// The content of a file.
pub fn lire(fichier: &Path) -> Result<Vec<u8>, Panne> {
    fs::read(fichier).map_err(|e| Panne::new(format!("lecture de {}", fichier.display()), e))
}

/// The certificates of a PEM file, one at least.
pub fn certificats(fichier: &Path) -> Result<Vec<CertificateDer<'static>>, Panne> {
    let lus: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&lire(fichier)?).collect();
    let lus = lus.map_err(|e| Panne::new(format!("certificats de {}", fichier.display()), e))?;
    if lus.is_empty() {
        return Err(Panne::dire(format!("{} ne contient aucun certificat", fichier.display())));
    }
    Ok(lus)
}

/// The authorities of a PEM file, and those only; without a file, those of the machine.
pub fn autorites(fichier: Option<&PathBuf>) -> Result<RootCertStore, Panne> {
    let mut autorites = RootCertStore::empty();
    match fichier {
        Some(fichier) => {
            for certificat in certificats(fichier)? {
                autorites.add(certificat).map_err(|e| Panne::new(format!("autorité de {}", fichier.display()), e))?;
            }
        }
        // An authority of the machine that rustls cannot read is as if it were not there.
        None => drop(autorites.add_parsable_certificates(rustls_native_certs::load_native_certs().certs)),
    }
    Ok(autorites)
}

/// How the service answers over TLS. Browsers show no certificate; whoever shows one has had it signed by an
/// authority that the settings name.
pub fn serveur(reglages: &config::Tls) -> Result<ServerConfig, Panne> {
    let constructeur = ServerConfig::builder_with_provider(cryptographie())
        .with_safe_default_protocol_versions()
        .map_err(|e| Panne::new("versions de TLS", e))?;
    let constructeur = match &reglages.autorites_clients_fichier {
        Some(fichier) => {
            let verificateur = WebPkiClientVerifier::builder_with_provider(Arc::new(autorites(Some(fichier))?), cryptographie())
                .allow_unauthenticated()
                .build()
                .map_err(|e| Panne::new("autorités des certificats clients", e))?;
            constructeur.with_client_cert_verifier(verificateur)
        }
        None => constructeur.with_no_client_auth(),
    };
    let chaine = certificats(&reglages.certificat_fichier)?;
    let cle = PrivateKeyDer::from_pem_slice(&lire(&reglages.cle_fichier)?).map_err(|e| Panne::new("clé du certificat du service", e))?;
    constructeur.with_single_cert(chaine, cle).map_err(|e| Panne::new("certificat du service", e))
}
