//! One SMTP server: its connections, and the dialogue that hands it a mail.
//!
//! - `MAIL`, `RCPT` and `DATA` leave together where the server announces PIPELINING (RFC 2920): two
//!   round trips a mail instead of four.
//! - Where it announces DSN (RFC 3461), delivery reports are asked for: failures and delays always,
//!   and the delivery itself when the mail asks for a receipt of reading. Reports hold headers only,
//!   and the Message-ID is the identifier of the envelope (`ENVID`), so that a report is tied to its
//!   mail even when the headers are lost on the way.
//! - The sender of the envelope is the return address: reports come back there.
//! - A mail larger than the server takes is not offered.
//! - Connections are kept for the next mails, one for each thread that sends at the same time. A
//!   refused mail leaves its connection to the next one.

use super::super::{
    Accuse, EchecEnvoi,
    connexion::{Acces, Chiffrement, Fichiers, Flux, mot_de_passe},
    nettoyer,
};
use crate::{config, kernel::Panne};
use lettre::{
    Address,
    transport::smtp::{
        Error,
        authentication::{Credentials, Mechanism},
        client::{AsyncSmtpConnection, AsyncTokioStream},
        commands::{Data, Ehlo, Mail, Rcpt, Rset},
        extension::{ClientId, Extension, MailBodyParameter, MailParameter, RcptParameter},
        response::Response,
    },
};
use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{Mutex, PoisonError},
    task::{Context, Poll},
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader, ReadBuf},
    net::TcpStream,
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
/// Longest identifier of an envelope, once encoded (RFC 3461, 4.4).
const ENVID_MAXIMAL: usize = 100;
/// The most a server may say before the connection is encrypted, in bytes.
const BAVARDAGE_MAXIMAL: u64 = 16_384;

/// A mail and its envelope.
pub(super) struct Depot<'a> {
    pub destinataire: &'a Address,
    /// In angle brackets.
    pub message_id: &'a str,
    /// Its delivery is to be told, not only its failure.
    pub accuse_demande: bool,
    pub octets: &'a [u8],
}

/// An SMTP server.
pub(super) struct Serveur {
    acces: Acces,
    identite: Option<Credentials>,
    presentation: String,
    retour: Option<Address>,
    taille_maximale: u64,
    libres: Mutex<Vec<Libre>>,
}

/// A connection and what its server announced.
struct Connexion {
    smtp: AsyncSmtpConnection,
    annonces: Annonces,
}

struct Libre {
    connexion: Connexion,
    depuis: Instant,
}

/// What a server says that it can do, of what lettre does not read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Annonces {
    dsn: bool,
    pipelining: bool,
    /// `SIZE` (RFC 1870): announced, with a limit or without.
    taille: Option<u64>,
}

impl Annonces {
    fn lire<'a>(lignes: impl Iterator<Item = &'a str>) -> Self {
        let mut annonces = Self::default();
        for ligne in lignes {
            let mut mots = ligne.split_whitespace();
            match mots.next().unwrap_or_default().to_ascii_uppercase().as_str() {
                "DSN" => annonces.dsn = true,
                "PIPELINING" => annonces.pipelining = true,
                "SIZE" => annonces.taille = Some(mots.next().and_then(|taille| taille.parse().ok()).unwrap_or(0)),
                _ => {}
            }
        }
        annonces
    }
}

impl Serveur {
    /// Reads certificates and password. `presentation` is the domain said in `EHLO`.
    pub fn new(operateur: &config::Operateur, presentation: &str) -> Result<Self, Panne> {
        let fichiers = Fichiers {
            autorite: operateur.autorite_fichier.as_ref(),
            certificat: operateur.certificat_client_fichier.as_ref(),
            cle: operateur.cle_client_fichier.as_ref(),
        };
        let identite = operateur.identifiant.clone();
        let identite = identite
            .map(|nom| Ok::<_, Panne>(Credentials::new(nom, mot_de_passe(operateur.mot_de_passe_fichier.as_ref())?)))
            .transpose()?;
        let retour = operateur.adresse_retour.as_deref().map(super::super::mime::adresse).transpose();
        Ok(Self {
            acces: Acces::new(&operateur.hote, operateur.port, operateur.protection, &fichiers)?,
            identite,
            presentation: presentation.to_owned(),
            retour: retour.map_err(|e| Panne::new("adresse de retour du courrier", e))?,
            taille_maximale: operateur.taille_maximale,
            libres: Mutex::default(),
        })
    }

    #[cfg(test)]
    pub fn port(&self) -> u16 {
        self.acces.port()
    }

    /// Hands a mail over; `expediteur` is the sender that the mail bears.
    pub async fn remettre(&self, expediteur: &Address, depot: &Depot<'_>) -> Result<Accuse, EchecEnvoi> {
        let mut connexion = match self.reprendre().await {
            Some(connexion) => connexion,
            None => timeout(DELAI_CONNEXION, self.connecter()).await.map_err(|_| delai_depasse())??,
        };
        let taille = depot.octets.len() as u64;
        let limite = connexion.annonces.taille.filter(|limite| *limite > 0).map_or(self.taille_maximale, |l| l.min(self.taille_maximale));
        if taille > limite {
            self.garder(connexion);
            return Err(EchecEnvoi::definitif(
                "taille",
                format!("le courrier fait {} ko, l'opérateur en admet {}", taille / 1000, limite / 1000),
            ));
        }
        let de = self.retour.as_ref().unwrap_or(expediteur);
        let issue = timeout(DELAI_REMISE, connexion.deposer(de, depot)).await.map_err(|_| delai_depasse())?;
        match issue {
            Ok(reponse) => {
                self.garder(connexion);
                Ok(Accuse { detail: nettoyer(&format!("{} {}", reponse.code(), reponse.message().collect::<Vec<_>>().join(" "))) })
            }
            Err(Refus { erreur, reprise }) => {
                if reprise && timeout(DELAI_CONNEXION, connexion.smtp.command(Rset)).await.is_ok_and(|reponse| reponse.is_ok()) {
                    self.garder(connexion);
                }
                Err(classer(&erreur))
            }
        }
    }

    /// A kept connection that is still alive.
    async fn reprendre(&self) -> Option<Connexion> {
        loop {
            let mut libre = self.libres.lock().unwrap_or_else(PoisonError::into_inner).pop()?;
            let vivante = libre.depuis.elapsed() < REPOS_SANS_DOUTE
                || timeout(DELAI_CONNEXION, libre.connexion.smtp.test_connected()).await.unwrap_or(false);
            if vivante {
                return Some(libre.connexion);
            }
        }
    }

    fn garder(&self, connexion: Connexion) {
        let mut libres = self.libres.lock().unwrap_or_else(PoisonError::into_inner);
        if libres.len() < CONNEXIONS_GARDEES {
            libres.push(Libre { connexion, depuis: Instant::now() });
        }
    }

    /// Opens, protects and authenticates a connection. Whatever goes wrong here is not the fault of
    /// the mail: it may be sent again.
    async fn connecter(&self) -> Result<Connexion, EchecEnvoi> {
        let flux = self.acces.ouvrir().await.map_err(hors_d_atteinte)?;
        let flux = match &self.acces.protection {
            Chiffrement::Tls(tls) => FluxSmtp::accueilli_par_le_serveur(tls.chiffrer(flux).await.map_err(hors_d_atteinte)?),
            Chiffrement::Starttls(tls) => {
                let flux = timeout(DELAI_CONNEXION, demander_tls(flux, &self.presentation)).await.map_err(|_| delai_depasse())??;
                FluxSmtp::deja_accueilli(tls.chiffrer(flux).await.map_err(hors_d_atteinte)?)
            }
            Chiffrement::Aucun => FluxSmtp::accueilli_par_le_serveur(Flux::Clair(flux)),
        };
        let presentation = ClientId::Domain(self.presentation.clone());
        let mut smtp = AsyncSmtpConnection::connect_with_transport(Box::new(flux), &presentation).await.map_err(|e| a_la_connexion(&e))?;
        if let Some(identite) = &self.identite {
            smtp.auth(&[Mechanism::Plain, Mechanism::Login], identite).await.map_err(|e| a_la_connexion(&e))?;
        }
        // Asked again: lettre keeps a part of the answer only, and a server may offer more to an account.
        let offre = smtp.command(Ehlo::new(presentation)).await.map_err(|e| a_la_connexion(&e))?;
        Ok(Connexion { annonces: Annonces::lire(offre.message()), smtp })
    }
}

/// A mail that was not taken.
struct Refus {
    erreur: Error,
    /// The dialogue stands where another mail may be offered.
    reprise: bool,
}

impl Connexion {
    async fn deposer(&mut self, de: &Address, depot: &Depot<'_>) -> Result<Response, Refus> {
        let commandes = [self.mail(de, depot), self.rcpt(depot), Data.to_string()];
        if self.annonces.pipelining {
            self.annoncer_ensemble(&commandes.concat()).await?;
        } else {
            for commande in commandes {
                self.smtp.command(commande).await.map_err(|erreur| Refus { reprise: erreur.status().is_some(), erreur })?;
            }
        }
        self.smtp.message(depot.octets).await.map_err(|erreur| Refus { reprise: erreur.status().is_some(), erreur })
    }

    /// The three answers come in order; the first refusal is the one that counts. A server may refuse
    /// the recipient and take `DATA` all the same (RFC 2920, 3.1): it then waits for a mail.
    async fn annoncer_ensemble(&mut self, commandes: &str) -> Result<(), Refus> {
        let sans_reprise = |erreur| Refus { erreur, reprise: false };
        let mut refus = None;
        let mut derniere = self.smtp.command(commandes).await;
        for _ in 0..2 {
            match derniere {
                Err(erreur) if erreur.status().is_none() => return Err(refus.map_or_else(|| sans_reprise(erreur), sans_reprise)),
                Err(erreur) => refus = refus.or(Some(erreur)),
                Ok(_) => {}
            }
            derniere = self.smtp.read_response().await;
        }
        match (refus, derniere) {
            (None, Ok(_)) => Ok(()),
            (Some(erreur), Ok(_)) => Err(sans_reprise(erreur)),
            (None, Err(erreur)) => Err(Refus { reprise: erreur.status().is_some(), erreur }),
            (Some(erreur), Err(de_data)) => Err(Refus { erreur, reprise: de_data.status().is_some() }),
        }
    }

    fn mail(&self, de: &Address, depot: &Depot<'_>) -> String {
        let mut parametres = Vec::new();
        if self.annonces.taille.is_some() {
            parametres.push(MailParameter::Size(depot.octets.len()));
        }
        if !depot.octets.is_ascii() && self.smtp.server_info().supports_feature(Extension::EightBitMime) {
            parametres.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        if self.annonces.dsn {
            parametres.push(MailParameter::Other { keyword: "RET".to_owned(), value: Some("HDRS".to_owned()) });
            parametres
                .extend(envid(depot.message_id).map(|value| MailParameter::Other { keyword: "ENVID".to_owned(), value: Some(value) }));
        }
        Mail::new(Some(de.clone()), parametres).to_string()
    }

    fn rcpt(&self, depot: &Depot<'_>) -> String {
        let autre = |keyword: &str, value: String| RcptParameter::Other { keyword: keyword.to_owned(), value: Some(value) };
        let parametres = if self.annonces.dsn {
            let quand = if depot.accuse_demande { "SUCCESS,DELAY,FAILURE" } else { "DELAY,FAILURE" };
            vec![autre("NOTIFY", quand.to_owned()), autre("ORCPT", format!("rfc822;{}", depot.destinataire))]
        } else {
            Vec::new()
        };
        Rcpt::new(depot.destinataire.clone(), parametres).to_string()
    }
}

/// The Message-ID without its brackets, unless it is too long or holds what an envelope cannot.
fn envid(message_id: &str) -> Option<String> {
    let id = message_id.strip_prefix('<')?.strip_suffix('>')?;
    // `+` and `=` take three characters each (RFC 3461, 4).
    let encode: usize = id.chars().map(|c| if matches!(c, '+' | '=') { 3 } else { 1 }).sum();
    (id.bytes().all(|o| o.is_ascii_graphic()) && encode <= ENVID_MAXIMAL).then(|| id.to_owned())
}

/// The clear part of a STARTTLS connection (RFC 3207): nothing but the upgrade is done in it, and
/// nothing that was said in it is believed afterwards.
async fn demander_tls(flux: TcpStream, presentation: &str) -> Result<TcpStream, EchecEnvoi> {
    let refuse = |detail: &str| EchecEnvoi::temporaire("connexion", detail);
    let mut lecture = BufReader::new(flux.take(BAVARDAGE_MAXIMAL));
    attendre(&mut lecture, "220").await?;
    lecture.get_mut().get_mut().write_all(format!("EHLO {presentation}\r\n").as_bytes()).await.map_err(hors_d_atteinte)?;
    if !attendre(&mut lecture, "250").await?.iter().any(|offre| offre.trim().eq_ignore_ascii_case("STARTTLS")) {
        return Err(refuse("le serveur n'offre pas STARTTLS"));
    }
    lecture.get_mut().get_mut().write_all(b"STARTTLS\r\n").await.map_err(hors_d_atteinte)?;
    attendre(&mut lecture, "220").await?;
    if !lecture.buffer().is_empty() {
        return Err(refuse("le serveur a parlé entre STARTTLS et le chiffrement"));
    }
    Ok(lecture.into_inner().into_inner())
}

/// The lines of one answer, without their code, which must be the one given.
async fn attendre(lecture: &mut BufReader<tokio::io::Take<TcpStream>>, code: &str) -> Result<Vec<String>, EchecEnvoi> {
    let mut lignes = Vec::new();
    loop {
        let mut ligne = Vec::new();
        lecture.read_until(b'\n', &mut ligne).await.map_err(hors_d_atteinte)?;
        let ligne = String::from_utf8_lossy(&ligne).trim_end().to_owned();
        let Some((recu, suite)) = ligne.split_at_checked(3).filter(|(recu, _)| recu.bytes().all(|o| o.is_ascii_digit())) else {
            return Err(EchecEnvoi::temporaire("connexion", "le serveur ne parle pas SMTP"));
        };
        if recu != code {
            return Err(EchecEnvoi::temporaire(recu, suite.trim_start_matches(['-', ' '])));
        }
        let fini = !suite.starts_with('-');
        lignes.push(suite.trim_start_matches(['-', ' ']).to_owned());
        if fini {
            return Ok(lignes);
        }
    }
}

fn delai_depasse() -> EchecEnvoi {
    EchecEnvoi::temporaire("delai", "le serveur n'a pas répondu à temps")
}

fn hors_d_atteinte(erreur: io::Error) -> EchecEnvoi {
    EchecEnvoi::temporaire("connexion", erreur.to_string())
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

/// A connection as lettre wants it: one where the server greets first. After STARTTLS it has greeted
/// already, in the clear part, so a greeting is put before what it says next.
#[derive(Debug)]
struct FluxSmtp {
    accueil: &'static [u8],
    flux: Flux,
}

impl FluxSmtp {
    fn accueilli_par_le_serveur(flux: Flux) -> Self {
        Self { accueil: b"", flux }
    }

    fn deja_accueilli(flux: Flux) -> Self {
        Self { accueil: b"220 -\r\n", flux }
    }
}

impl AsyncTokioStream for FluxSmtp {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.flux.socket().peer_addr()
    }
}

impl AsyncRead for FluxSmtp {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, tampon: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let (debut, reste) = self.accueil.split_at(self.accueil.len().min(tampon.remaining()));
        if debut.is_empty() {
            return Pin::new(&mut self.flux).poll_read(cx, tampon);
        }
        tampon.put_slice(debut);
        self.accueil = reste;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for FluxSmtp {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, octets: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.flux).poll_write(cx, octets)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.flux).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.flux).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ce_que_le_serveur_annonce_se_lit_sans_egard_a_la_casse() {
        let postfix = ["essai.example", "PIPELINING", "SIZE 10240000", "8BITMIME", "dsn", "CHUNKING"];
        assert_eq!(Annonces::lire(postfix.into_iter()), Annonces { dsn: true, pipelining: true, taille: Some(10_240_000) });
        assert_eq!(Annonces::lire(["essai.example", "SIZE"].into_iter()).taille, Some(0));
        assert_eq!(Annonces::lire(["DSNX", "SIZE beaucoup"].into_iter()), Annonces { taille: Some(0), ..Annonces::default() });
    }

    #[test]
    fn l_identifiant_de_l_enveloppe_est_le_message_id_s_il_y_tient() {
        assert_eq!(envid("<1.a=b@essai.example>").as_deref(), Some("1.a=b@essai.example"));
        assert_eq!(envid("sans-chevrons@essai.example"), None);
        assert_eq!(envid("<a b@essai.example>"), None);
        assert_eq!(envid(&format!("<{}>", "x".repeat(ENVID_MAXIMAL))).map(|id| id.len()), Some(ENVID_MAXIMAL));
        assert_eq!(envid(&format!("<{}>", "x".repeat(ENVID_MAXIMAL + 1))), None);
        assert_eq!(envid(&format!("<{}>", "+".repeat(34))), None);
    }
}
