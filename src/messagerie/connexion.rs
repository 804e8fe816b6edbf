//! Connections to mail servers, for SMTP and IMAP alike.
//!
//! - A connection is protected: TLS from the first byte, or an upgrade and nothing without it. A clear
//!   one is accepted to the machine itself only. TLS 1.2 at least.
//! - With an authority of its own, the server is trusted through that one only (MSSanté: IGC-Santé
//!   only); without, through those of the machine.
//! - The client certificate goes with its intermediate authorities, as its file holds them.
//! - The socket has `TCP_NODELAY`: without it the end of a mail, a segment of its own, waits for the
//!   acknowledgement of the body, and the server waits 40 ms for something to answer.

use crate::{config::Protection, kernel::Panne, tls};
use rustls::{
    ClientConfig,
    pki_types::{PrivateKeyDer, ServerName, pem::PemObject},
};
use std::{
    fs, io,
    net::IpAddr,
    path::PathBuf,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};
use tokio_rustls::{TlsConnector, client::TlsStream};

/// Where a server is and how it is spoken to.
pub(super) struct Acces {
    hote: String,
    port: u16,
    /// How the connection is protected.
    pub protection: Chiffrement,
}

/// A [`Protection`] with what it needs.
pub(super) enum Chiffrement {
    Tls(Tls),
    Starttls(Tls),
    /// The machine itself.
    Aucun,
}

/// The files of a protected connection.
pub(super) struct Fichiers<'a> {
    pub autorite: Option<&'a PathBuf>,
    pub certificat: Option<&'a PathBuf>,
    pub cle: Option<&'a PathBuf>,
}

/// TLS towards one server.
pub(super) struct Tls {
    reglages: Arc<ClientConfig>,
    nom: ServerName<'static>,
}

impl Acces {
    /// Reads the certificates; opens no connection yet.
    pub fn new(hote: &str, port: u16, protection: Protection, fichiers: &Fichiers<'_>) -> Result<Self, Panne> {
        let protection = match protection {
            Protection::Tls => Chiffrement::Tls(Tls::new(hote, fichiers)?),
            Protection::Starttls => Chiffrement::Starttls(Tls::new(hote, fichiers)?),
            Protection::Aucune if est_la_machine_elle_meme(hote) => Chiffrement::Aucun,
            Protection::Aucune => {
                return Err(Panne::dire(
                    "protection = aucune n'est admis que vers un serveur de courrier de la machine elle-même (localhost, 127.0.0.1, ::1)",
                ));
            }
        };
        Ok(Self { hote: hote.to_owned(), port, protection })
    }

    /// The port of the server.
    #[cfg(test)]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Opens the TCP connection, in clear still.
    pub async fn ouvrir(&self) -> io::Result<TcpStream> {
        let flux = TcpStream::connect((self.hote.as_str(), self.port)).await?;
        flux.set_nodelay(true)?;
        if matches!(self.protection, Chiffrement::Aucun) && !flux.peer_addr()?.ip().is_loopback() {
            return Err(io::Error::other("le serveur sans protection n'est pas la machine elle-même"));
        }
        Ok(flux)
    }
}

impl Tls {
    fn new(hote: &str, fichiers: &Fichiers<'_>) -> Result<Self, Panne> {
        let nom = ServerName::try_from(hote.to_owned()).map_err(|e| Panne::new("nom du serveur de courrier", e))?;
        let reglages = ClientConfig::builder_with_provider(tls::cryptographie())
            .with_safe_default_protocol_versions()
            .map_err(|e| Panne::new("réglages TLS du courrier", e))?
            .with_root_certificates(tls::autorites(fichiers.autorite)?);
        let reglages = match (fichiers.certificat, fichiers.cle) {
            (Some(certificat), Some(cle)) => {
                let chaine = tls::certificats(certificat)?;
                let cle =
                    PrivateKeyDer::from_pem_slice(&tls::lire(cle)?).map_err(|e| Panne::new("clé du certificat client du courrier", e))?;
                reglages.with_client_auth_cert(chaine, cle).map_err(|e| Panne::new("certificat client du courrier", e))?
            }
            (None, None) => reglages.with_no_client_auth(),
            (Some(_), None) | (None, Some(_)) => {
                return Err(Panne::dire("certificat_client_fichier et cle_client_fichier du courrier vont ensemble"));
            }
        };
        Ok(Self { reglages: Arc::new(reglages), nom })
    }

    /// Encrypts a connection, with the server named in the settings or nobody.
    pub async fn chiffrer(&self, flux: TcpStream) -> io::Result<Flux> {
        let flux = TlsConnector::from(Arc::clone(&self.reglages)).connect(self.nom.clone(), flux).await?;
        Ok(Flux::Chiffre(Box::new(flux)))
    }
}

/// A password kept in a file, without the end of its line.
pub(super) fn mot_de_passe(fichier: Option<&PathBuf>) -> Result<String, Panne> {
    let fichier = fichier.ok_or_else(|| Panne::dire("mot_de_passe_fichier manque au compte du courrier"))?;
    let lu = fs::read_to_string(fichier).map_err(|e| Panne::new("lecture du mot de passe du courrier", e))?;
    Ok(lu.trim_end_matches(['\r', '\n']).to_owned())
}

fn est_la_machine_elle_meme(hote: &str) -> bool {
    hote.eq_ignore_ascii_case("localhost") || hote.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

/// A connection, encrypted or to the machine itself.
#[derive(Debug)]
pub(super) enum Flux {
    Clair(TcpStream),
    Chiffre(Box<TlsStream<TcpStream>>),
}

impl Flux {
    /// The socket under it.
    pub fn socket(&self) -> &TcpStream {
        match self {
            Self::Clair(flux) => flux,
            Self::Chiffre(flux) => flux.get_ref().0,
        }
    }
}

impl AsyncRead for Flux {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, tampon: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Clair(flux) => Pin::new(flux).poll_read(cx, tampon),
            Self::Chiffre(flux) => Pin::new(flux).poll_read(cx, tampon),
        }
    }
}

impl AsyncWrite for Flux {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, octets: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Clair(flux) => Pin::new(flux).poll_write(cx, octets),
            Self::Chiffre(flux) => Pin::new(flux).poll_write(cx, octets),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Clair(flux) => Pin::new(flux).poll_flush(cx),
            Self::Chiffre(flux) => Pin::new(flux).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Clair(flux) => Pin::new(flux).poll_shutdown(cx),
            Self::Chiffre(flux) => Pin::new(flux).poll_shutdown(cx),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::runtime::Builder;

    const SANS_FICHIER: Fichiers<'static> = Fichiers { autorite: None, certificat: None, cle: None };

    #[test]
    fn les_petits_segments_partent_aussitot() {
        let serveur = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let acces = Acces::new("127.0.0.1", serveur.local_addr().unwrap().port(), Protection::Aucune, &SANS_FICHIER).unwrap();
        let moteur = Builder::new_current_thread().enable_all().build().unwrap();
        let flux = moteur.block_on(acces.ouvrir()).unwrap();
        assert!(flux.nodelay().unwrap());
    }

    #[test]
    fn sans_protection_le_serveur_doit_etre_la_machine_elle_meme() {
        for hote in ["localhost", "LOCALHOST", "127.0.0.1", "127.1.2.3", "::1"] {
            assert!(Acces::new(hote, 25, Protection::Aucune, &SANS_FICHIER).is_ok(), "{hote}");
        }
        for hote in ["mail.example", "localhost.example", "10.0.0.1", "0.0.0.0", "::", ""] {
            assert!(Acces::new(hote, 25, Protection::Aucune, &SANS_FICHIER).is_err(), "{hote}");
        }
    }

    #[test]
    fn un_certificat_sans_cle_ou_un_fichier_vide_arretent_le_demarrage() {
        let (vide, absent) = (tempfile::NamedTempFile::new().unwrap(), PathBuf::from("absent.pem"));
        let vide = vide.path().to_owned();
        for fichiers in [
            Fichiers { certificat: Some(&absent), ..SANS_FICHIER },
            Fichiers { cle: Some(&absent), ..SANS_FICHIER },
            Fichiers { autorite: Some(&absent), ..SANS_FICHIER },
            Fichiers { autorite: Some(&vide), ..SANS_FICHIER },
            Fichiers { certificat: Some(&vide), cle: Some(&vide), ..SANS_FICHIER },
        ] {
            assert!(Acces::new("localhost", 465, Protection::Tls, &fichiers).is_err());
            assert!(Acces::new("localhost", 587, Protection::Starttls, &fichiers).is_err());
        }
    }
}
