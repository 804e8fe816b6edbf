//! Mails handed to an SMTP server.
//!
//! - The connection is protected: TLS from the first byte, or STARTTLS and nothing without it. A clear
//!   connection is accepted to the machine itself only. TLS 1.2 at least; the operators of MSSanté ask
//!   for a client certificate and for their own certification authority.
//! - The socket has `TCP_NODELAY`. The end of a mail leaves in a segment of its own: without it the
//!   socket holds that segment back until the server has acknowledged the body, and the server waits
//!   40 ms for something to answer. lettre's own transports leave it unset, so the connection is
//!   opened here and handed to lettre.
//! - Connections are kept for the next mails, one for each thread that sends at the same time.

use super::{Accuse, Courrier, EchecEnvoi, Expediteur, domaine_de, mime, nettoyer};
use crate::{
    config::{self, Protection},
    kernel::Panne,
};
use futures_io::{AsyncRead as _, AsyncWrite as _};
use lettre::{
    address::Envelope,
    transport::smtp::{
        Error,
        authentication::{Credentials, Mechanism},
        client::{AsyncSmtpConnection, AsyncTokioStream, Certificate, CertificateStore, Identity, TlsParameters},
        extension::ClientId,
    },
};
use rustls::pki_types::{CertificateDer, pem::PemObject};
use std::{
    fs, io,
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    pin::Pin,
    sync::{Mutex, PoisonError},
    task::{Context, Poll},
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    runtime::{Builder, Runtime},
    time::timeout,
};

/// The longest wait for a connection: name, TCP, TLS, greeting, authentication.
const DELAI_CONNEXION: Duration = Duration::from_secs(30);
/// The longest wait for the server to take charge of one mail (RFC 5321, 4.5.3.2, asks for ten
/// minutes after the final dot; the lease of a job is shorter, and a mail may be sent again).
const DELAI_REMISE: Duration = Duration::from_secs(90);
/// A connection unused for longer is asked whether it is alive before it serves again.
const REPOS_SANS_DOUTE: Duration = Duration::from_secs(2);
/// Connections kept at most.
const CONNEXIONS_GARDEES: usize = 8;

/// An SMTP server.
pub struct Smtp {
    hote: String,
    port: u16,
    protection: Chiffrement,
    identite: Option<Credentials>,
    presentation: ClientId,
    libres: Mutex<Vec<Libre>>,
    moteur: Option<Runtime>,
}

enum Chiffrement {
    Tls(TlsParameters),
    Starttls(TlsParameters),
    /// The machine itself.
    Aucun,
}

struct Libre {
    connexion: AsyncSmtpConnection,
    depuis: Instant,
}

impl Smtp {
    /// Reads certificates and password; opens no connection yet.
    pub fn new(config: &config::Courrier) -> Result<Self, Panne> {
        let protection = match config.protection {
            Protection::Tls => Chiffrement::Tls(parametres_tls(config)?),
            Protection::Starttls => Chiffrement::Starttls(parametres_tls(config)?),
            Protection::Aucune if est_la_machine_elle_meme(&config.hote) => Chiffrement::Aucun,
            Protection::Aucune => {
                return Err(Panne::dire(
                    "courrier.protection = aucune n'est admis que vers la machine elle-même (localhost, 127.0.0.1, ::1)",
                ));
            }
        };
        Ok(Self {
            hote: config.hote.clone(),
            port: config.port,
            protection,
            identite: identite(config)?,
            presentation: ClientId::Domain(domaine_de(&config.expediteur)?),
            libres: Mutex::default(),
            moteur: Some(
                Builder::new_current_thread().enable_all().build().map_err(|e| Panne::new("démarrage de l'envoi des courriers", e))?,
            ),
        })
    }

    async fn remettre(&self, enveloppe: &Envelope, octets: &[u8]) -> Result<Accuse, EchecEnvoi> {
        let mut connexion = match self.reprendre().await {
            Some(connexion) => connexion,
            None => timeout(DELAI_CONNEXION, self.connecter()).await.map_err(|_| delai_depasse())??,
        };
        let reponse =
            timeout(DELAI_REMISE, connexion.send(enveloppe, octets)).await.map_err(|_| delai_depasse())?.map_err(|e| classer(&e))?;
        self.garder(connexion);
        Ok(Accuse { detail: nettoyer(&format!("{} {}", reponse.code(), reponse.message().collect::<Vec<_>>().join(" "))) })
    }

    /// A kept connection that is still alive.
    async fn reprendre(&self) -> Option<AsyncSmtpConnection> {
        loop {
            let mut libre = self.libres.lock().unwrap_or_else(PoisonError::into_inner).pop()?;
            let vivante = libre.depuis.elapsed() < REPOS_SANS_DOUTE
                || timeout(DELAI_CONNEXION, libre.connexion.test_connected()).await.unwrap_or(false);
            if vivante {
                return Some(libre.connexion);
            }
        }
    }

    fn garder(&self, connexion: AsyncSmtpConnection) {
        let mut libres = self.libres.lock().unwrap_or_else(PoisonError::into_inner);
        if libres.len() < CONNEXIONS_GARDEES {
            libres.push(Libre { connexion, depuis: Instant::now() });
        }
    }

    /// Opens, protects and authenticates a connection. Whatever goes wrong here is not the fault of
    /// the mail: it may be sent again.
    async fn connecter(&self) -> Result<AsyncSmtpConnection, EchecEnvoi> {
        let flux = ouvrir(&self.hote, self.port).await.map_err(|e| EchecEnvoi::temporaire("connexion", e.to_string()))?;
        let mut connexion = match &self.protection {
            Chiffrement::Tls(tls) => {
                let flux = FluxTls::etablir(flux, tls.clone()).await.map_err(|e| a_la_connexion(&e))?;
                AsyncSmtpConnection::connect_with_transport(Box::new(flux), &self.presentation).await.map_err(|e| a_la_connexion(&e))?
            }
            Chiffrement::Starttls(tls) => {
                let mut connexion = AsyncSmtpConnection::connect_with_transport(Box::new(flux), &self.presentation)
                    .await
                    .map_err(|e| a_la_connexion(&e))?;
                connexion.starttls(tls.clone(), &self.presentation).await.map_err(|e| a_la_connexion(&e))?;
                connexion
            }
            Chiffrement::Aucun => {
                let pair = flux.peer_addr().map_err(|e| EchecEnvoi::temporaire("connexion", e.to_string()))?;
                if !pair.ip().is_loopback() {
                    return Err(EchecEnvoi::temporaire("connexion", "le serveur sans protection n'est pas la machine elle-même"));
                }
                AsyncSmtpConnection::connect_with_transport(Box::new(flux), &self.presentation).await.map_err(|e| a_la_connexion(&e))?
            }
        };
        if let Some(identite) = &self.identite {
            connexion.auth(&[Mechanism::Plain, Mechanism::Login], identite).await.map_err(|e| a_la_connexion(&e))?;
        }
        Ok(connexion)
    }
}

impl Expediteur for Smtp {
    fn envoyer(&self, courrier: &Courrier) -> Result<Accuse, EchecEnvoi> {
        let message = mime::composer(courrier)?;
        let Some(moteur) = &self.moteur else { return Err(EchecEnvoi::temporaire("connexion", "l'envoi est arrêté")) };
        moteur.block_on(self.remettre(message.envelope(), &message.formatted()))
    }
}

impl Drop for Smtp {
    /// The sender may be dropped on a thread that runs async tasks, where a runtime must not wait.
    fn drop(&mut self) {
        if let Some(moteur) = self.moteur.take() {
            moteur.shutdown_background();
        }
    }
}

/// Opens a TCP connection whose small segments leave at once.
async fn ouvrir(hote: &str, port: u16) -> io::Result<TcpStream> {
    let flux = TcpStream::connect((hote, port)).await?;
    flux.set_nodelay(true)?;
    Ok(flux)
}

fn est_la_machine_elle_meme(hote: &str) -> bool {
    hote.eq_ignore_ascii_case("localhost") || hote.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

fn identite(config: &config::Courrier) -> Result<Option<Credentials>, Panne> {
    let Some(identifiant) = &config.identifiant else { return Ok(None) };
    let fichier = config.mot_de_passe_fichier.as_ref().ok_or_else(|| Panne::dire("courrier.mot_de_passe_fichier manque"))?;
    let mot_de_passe = fs::read_to_string(fichier).map_err(|e| Panne::new("lecture du mot de passe SMTP", e))?;
    Ok(Some(Credentials::new(identifiant.clone(), mot_de_passe.trim_end_matches(['\r', '\n']).to_owned())))
}

/// With an authority of its own, the server is trusted through that one only (MSSanté: IGC-Santé
/// only); without, through those of the machine.
fn parametres_tls(config: &config::Courrier) -> Result<TlsParameters, Panne> {
    let lire = |quoi: &str, fichier: &PathBuf| fs::read(fichier).map_err(|e| Panne::new(format!("lecture {quoi}"), e));
    let mut tls = TlsParameters::builder(config.hote.clone());
    if let Some(fichier) = &config.autorite_fichier {
        let pem = lire("de l'autorité du serveur SMTP", fichier)?;
        let autorite = Certificate::from_pem(&pem).map_err(|e| Panne::new("autorité du serveur SMTP", e))?;
        tls = tls.certificate_store(CertificateStore::None).add_root_certificate(autorite);
    }
    match (&config.certificat_client_fichier, &config.cle_client_fichier) {
        (Some(certificat), Some(cle)) => {
            let (certificat, cle) = (lire("du certificat client SMTP", certificat)?, lire("de la clé du certificat client SMTP", cle)?);
            // lettre reads the key as PEM but wants the certificate as DER.
            let certificat = CertificateDer::from_pem_slice(&certificat).map_err(|e| Panne::new("certificat client SMTP", e))?;
            tls = tls.identify_with(Identity::from_pem(&certificat, &cle).map_err(|e| Panne::new("clé du certificat client SMTP", e))?);
        }
        (None, None) => {}
        (Some(_), None) | (None, Some(_)) => {
            return Err(Panne::dire("courrier.certificat_client_fichier et courrier.cle_client_fichier vont ensemble"));
        }
    }
    tls.build().map_err(|e| Panne::new("réglages TLS du courrier", e))
}

fn delai_depasse() -> EchecEnvoi {
    EchecEnvoi::temporaire("delai", "le serveur n'a pas répondu à temps")
}

/// Replies that say that our account is at fault, not the mail (RFC 4954, 6).
const COMPTE_REFUSE: [u16; 4] = [530, 534, 535, 538];

/// What a failure says of the mail itself.
fn classer(erreur: &Error) -> EchecEnvoi {
    let detail = cause(erreur);
    match erreur.status().map(u16::from) {
        Some(code) if erreur.is_permanent() && !COMPTE_REFUSE.contains(&code) => EchecEnvoi::definitif(code.to_string(), detail),
        Some(code) => EchecEnvoi::temporaire(code.to_string(), detail),
        None if erreur.is_timeout() => delai_depasse(),
        None if erreur.is_client() => EchecEnvoi::definitif("message", detail),
        None => EchecEnvoi::temporaire("reseau", detail),
    }
}

/// A failure before any mail was offered.
fn a_la_connexion(erreur: &Error) -> EchecEnvoi {
    let code = erreur.status().map_or_else(|| "connexion".to_owned(), |code| code.to_string());
    EchecEnvoi::temporaire(code, cause(erreur))
}

/// The sentence of the server or of the system, without lettre's own words.
fn cause(erreur: &Error) -> String {
    std::error::Error::source(erreur).map_or_else(|| erreur.to_string(), ToString::to_string)
}

/// A connection encrypted by lettre before SMTP begins: lettre can only start TLS inside SMTP on a
/// connection that it did not open itself.
#[derive(Debug)]
#[expect(deprecated, reason = "the one type of lettre that encrypts a connection opened elsewhere")]
struct FluxTls {
    flux: lettre::transport::smtp::client::AsyncNetworkStream,
    pair: SocketAddr,
}

impl FluxTls {
    async fn etablir(flux: TcpStream, tls: TlsParameters) -> Result<Self, Error> {
        let pair = flux.peer_addr().unwrap_or(SocketAddr::from(([0, 0, 0, 0], 0)));
        #[expect(deprecated, reason = "see FluxTls")]
        let mut flux = lettre::transport::smtp::client::AsyncNetworkStream::use_existing_tokio1(Box::new(flux));
        flux.upgrade_tls(tls).await?;
        Ok(Self { flux, pair })
    }
}

impl AsyncTokioStream for FluxTls {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.pair)
    }
}

impl AsyncRead for FluxTls {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, tampon: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let lus = std::task::ready!(Pin::new(&mut self.flux).poll_read(cx, tampon.initialize_unfilled()))?;
        tampon.advance(lus);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for FluxTls {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, octets: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.flux).poll_write(cx, octets)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.flux).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.flux).poll_close(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn les_petits_segments_partent_aussitot() {
        let serveur = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = serveur.local_addr().unwrap().port();
        let moteur = Builder::new_current_thread().enable_all().build().unwrap();
        let flux = moteur.block_on(ouvrir("127.0.0.1", port)).unwrap();
        assert!(flux.nodelay().unwrap());
    }

    #[test]
    fn sans_protection_le_serveur_doit_etre_la_machine_elle_meme() {
        for hote in ["localhost", "LOCALHOST", "127.0.0.1", "127.1.2.3", "::1"] {
            assert!(est_la_machine_elle_meme(hote), "{hote}");
        }
        for hote in ["mail.example", "localhost.example", "10.0.0.1", "0.0.0.0", "::", ""] {
            let config = config::Courrier { hote: hote.to_owned(), protection: Protection::Aucune, ..config::Courrier::default() };
            assert!(Smtp::new(&config).is_err(), "{hote}");
        }
    }

    #[test]
    fn un_certificat_sans_cle_ou_un_compte_sans_mot_de_passe_arretent_le_demarrage() {
        let sans_cle = config::Courrier { certificat_client_fichier: Some("client.pem".into()), ..config::Courrier::default() };
        assert!(Smtp::new(&sans_cle).is_err());
        let sans_mot_de_passe = config::Courrier { identifiant: Some("rcp".to_owned()), ..config::Courrier::default() };
        assert!(Smtp::new(&sans_mot_de_passe).is_err());
    }
}
