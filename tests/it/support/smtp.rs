//! An SMTP server for tests: clear, STARTTLS or TLS from the first byte, with or without a client
//! certificate and an account, that fails when told to and keeps what it was given. Threads, std and
//! rustls only.

use base64::{Engine, engine::general_purpose::STANDARD};
use dcc::config::{Courrier, Protection, TransportCourrier};
use rcgen::{BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair};
use rustls::{
    RootCertStore, ServerConfig, ServerConnection, StreamOwned,
    crypto::CryptoProvider,
    pki_types::{CertificateDer, PrivateKeyDer},
    server::WebPkiClientVerifier,
};
use std::{
    collections::VecDeque,
    fs,
    io::{self, BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

/// How connections are protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Clair,
    Starttls,
    Tls,
}

/// A mail that the server took charge of, or would have.
#[derive(Debug, Clone, Default)]
pub struct Recu {
    pub de: String,
    pub a: Vec<String>,
    /// Parameters of `MAIL` and of the last `RCPT`, as they came.
    pub parametres: [String; 2],
    pub octets: Vec<u8>,
    pub chiffre: bool,
    pub certificat_client: bool,
    pub compte: Option<String>,
}

impl Recu {
    /// The value of a header, unfolded and decoded.
    pub fn entete(&self, nom: &str) -> String {
        let message = mail_parser::MessageParser::default().parse(&self.octets).unwrap();
        let brut = message.header_raw(mail_parser::HeaderName::parse(nom).unwrap()).unwrap_or_default();
        brut.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// Something that goes wrong, once.
#[derive(Debug, Clone)]
pub enum Panne {
    /// Answers this line to the next command that begins so.
    Repondre(&'static str, String),
    /// Takes the whole mail, then hangs up without a word.
    CouperApresLeMessage,
    /// Takes the whole mail, then says so late.
    TarderApresLeMessage(Duration),
    /// Hangs up as soon as somebody connects.
    CouperALaConnexion,
}

/// An authority, with the certificates it gave.
pub struct Pki {
    dossier: tempfile::TempDir,
    serveur: (CertificateDer<'static>, Vec<u8>),
    autorite: CertificateDer<'static>,
}

impl Pki {
    pub fn nouvelle() -> Self {
        let dossier = tempfile::tempdir().unwrap();
        let cle_autorite = KeyPair::generate().unwrap();
        let mut parametres = nommes("Autorité d'essai", &[]);
        parametres.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let autorite = parametres.self_signed(&cle_autorite).unwrap();
        let emetteur = Issuer::new(parametres, &cle_autorite);

        let cle_serveur = KeyPair::generate().unwrap();
        let serveur = nommes("localhost", &["localhost"]).signed_by(&cle_serveur, &emetteur).unwrap();

        let cle_client = KeyPair::generate().unwrap();
        let mut parametres = nommes("dcc.example", &["dcc.example"]);
        parametres.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        let client = parametres.signed_by(&cle_client, &emetteur).unwrap();

        fs::write(dossier.path().join("autorite.pem"), autorite.pem()).unwrap();
        fs::write(dossier.path().join("client.pem"), client.pem()).unwrap();
        fs::write(dossier.path().join("client.cle"), cle_client.serialize_pem()).unwrap();
        fs::write(dossier.path().join("serveur.pem"), serveur.pem()).unwrap();
        fs::write(dossier.path().join("serveur.cle"), cle_serveur.serialize_pem()).unwrap();
        Self { dossier, serveur: (serveur.der().clone(), cle_serveur.serialize_der()), autorite: autorite.der().clone() }
    }

    pub fn autorite(&self) -> PathBuf {
        self.fichier("autorite.pem")
    }

    pub fn certificat_client(&self) -> PathBuf {
        self.fichier("client.pem")
    }

    pub fn cle_client(&self) -> PathBuf {
        self.fichier("client.cle")
    }

    /// Certificate of `localhost`, for servers that read files.
    pub fn certificat_serveur(&self) -> PathBuf {
        self.fichier("serveur.pem")
    }

    pub fn cle_serveur(&self) -> PathBuf {
        self.fichier("serveur.cle")
    }

    /// A further file beside the certificates.
    pub fn ecrire(&self, nom: &str, contenu: &str) -> PathBuf {
        fs::write(self.fichier(nom), contenu).unwrap();
        self.fichier(nom)
    }

    fn fichier(&self, nom: &str) -> PathBuf {
        let dossier: &Path = self.dossier.path();
        dossier.join(nom)
    }

    fn configuration(&self, exige_certificat: bool) -> Arc<ServerConfig> {
        let fournisseur: Arc<CryptoProvider> = Arc::new(rustls::crypto::ring::default_provider());
        let constructeur = ServerConfig::builder_with_provider(Arc::clone(&fournisseur)).with_safe_default_protocol_versions().unwrap();
        let constructeur = if exige_certificat {
            let mut racines = RootCertStore::empty();
            racines.add(self.autorite.clone()).unwrap();
            let verificateur = WebPkiClientVerifier::builder_with_provider(Arc::new(racines), fournisseur).build().unwrap();
            constructeur.with_client_cert_verifier(verificateur)
        } else {
            constructeur.with_no_client_auth()
        };
        let (certificat, cle) = &self.serveur;
        Arc::new(constructeur.with_single_cert(vec![certificat.clone()], PrivateKeyDer::try_from(cle.clone()).unwrap()).unwrap())
    }
}

/// Parameters of a certificate. Names differ: OpenSSL takes a certificate that bears the name of its authority
/// for its own authority.
fn nommes(nom: &str, domaines: &[&str]) -> CertificateParams {
    let mut parametres = CertificateParams::new(domaines.iter().map(|&domaine| domaine.to_owned()).collect::<Vec<_>>()).unwrap();
    parametres.distinguished_name = DistinguishedName::new();
    parametres.distinguished_name.push(DnType::CommonName, nom);
    parametres
}

/// How a server is set.
#[derive(Debug, Clone, Default)]
pub struct Exigences {
    pub certificat_client: bool,
    /// Account and password, without which no mail is taken.
    pub compte: Option<(&'static str, &'static str)>,
    /// Announces neither PIPELINING nor DSN.
    pub vieux: bool,
    /// Forgets the mails that it takes: for measures.
    pub jeter: bool,
}

/// A running server. Its thread ends with the process.
#[derive(Clone)]
pub struct ServeurSmtp {
    pub port: u16,
    interieur: Arc<Interieur>,
}

struct Interieur {
    mode: Mode,
    tls: Arc<ServerConfig>,
    exigences: Exigences,
    recus: Mutex<Vec<Recu>>,
    pannes: Mutex<VecDeque<Panne>>,
    connexions: AtomicUsize,
}

fn verrou<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl ServeurSmtp {
    pub fn demarrer(mode: Mode, pki: &Pki, exigences: Exigences) -> Self {
        let ecoute = TcpListener::bind("127.0.0.1:0").unwrap();
        let interieur = Arc::new(Interieur {
            mode,
            tls: pki.configuration(exigences.certificat_client),
            exigences,
            recus: Mutex::default(),
            pannes: Mutex::default(),
            connexions: AtomicUsize::new(0),
        });
        let serveur = Self { port: ecoute.local_addr().unwrap().port(), interieur: Arc::clone(&interieur) };
        std::thread::spawn(move || {
            for flux in ecoute.incoming().flatten() {
                let interieur = Arc::clone(&interieur);
                interieur.connexions.fetch_add(1, Ordering::Relaxed);
                // A client that hangs up ends its session with an error: nothing to tell.
                std::thread::spawn(move || drop(converser(flux, &interieur)));
            }
        });
        serveur
    }

    /// How the service is set to send its mail here.
    pub fn reglages(&self, pki: &Pki) -> Courrier {
        Courrier {
            transport: TransportCourrier::Smtp,
            hote: "localhost".to_owned(),
            port: self.port,
            protection: match self.interieur.mode {
                Mode::Clair => Protection::Aucune,
                Mode::Starttls => Protection::Starttls,
                Mode::Tls => Protection::Tls,
            },
            autorite_fichier: Some(pki.autorite()),
            ..Courrier::default()
        }
    }

    /// Everything taken so far.
    pub fn recus(&self) -> Vec<Recu> {
        verrou(&self.interieur.recus).clone()
    }

    /// Connections opened so far.
    pub fn connexions(&self) -> usize {
        self.interieur.connexions.load(Ordering::Relaxed)
    }

    /// What is still to go wrong. A late answer has been asked for when it counts no more: the mail is
    /// taken, and nobody has heard of it.
    pub fn pannes(&self) -> usize {
        verrou(&self.interieur.pannes).len()
    }

    /// Adds something that goes wrong, after those already asked for.
    pub fn prevoir(&self, panne: Panne) {
        verrou(&self.interieur.pannes).push_back(panne);
    }
}

/// A connection, encrypted or not.
enum Flux {
    Clair(TcpStream),
    Chiffre(Box<StreamOwned<ServerConnection, TcpStream>>),
}

impl Flux {
    fn chiffrer(flux: TcpStream, tls: &Arc<ServerConfig>) -> io::Result<Self> {
        let connexion = ServerConnection::new(Arc::clone(tls)).map_err(io::Error::other)?;
        let mut flux = StreamOwned::new(connexion, flux);
        while flux.conn.is_handshaking() {
            flux.conn.complete_io(&mut flux.sock)?;
        }
        Ok(Self::Chiffre(Box::new(flux)))
    }

    fn chiffre(&self) -> bool {
        matches!(self, Self::Chiffre(_))
    }

    fn certificat_client(&self) -> bool {
        matches!(self, Self::Chiffre(flux) if flux.conn.peer_certificates().is_some_and(|certificats| !certificats.is_empty()))
    }
}

impl Read for Flux {
    fn read(&mut self, tampon: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Clair(flux) => flux.read(tampon),
            Self::Chiffre(flux) => flux.read(tampon),
        }
    }
}

impl Write for Flux {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        match self {
            Self::Clair(flux) => flux.write(octets),
            Self::Chiffre(flux) => flux.write(octets),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Clair(flux) => flux.flush(),
            Self::Chiffre(flux) => flux.flush(),
        }
    }
}

impl Interieur {
    /// The reply asked for to that command, used once.
    fn reponse_prevue(&self, commande: &str) -> Option<String> {
        let mut pannes = verrou(&self.pannes);
        let rang = pannes.iter().position(|panne| matches!(panne, Panne::Repondre(debut, _) if commande.starts_with(debut)))?;
        match pannes.remove(rang) {
            Some(Panne::Repondre(_, reponse)) => Some(reponse),
            _ => None,
        }
    }

    /// How late the next mail is acknowledged, used once.
    fn retard_prevu(&self) -> Duration {
        let mut pannes = verrou(&self.pannes);
        let rang = pannes.iter().position(|panne| matches!(panne, Panne::TarderApresLeMessage(_)));
        match rang.and_then(|rang| pannes.remove(rang)) {
            Some(Panne::TarderApresLeMessage(retard)) => retard,
            _ => Duration::ZERO,
        }
    }

    fn prevue(&self, laquelle: fn(&Panne) -> bool) -> bool {
        let mut pannes = verrou(&self.pannes);
        let rang = pannes.iter().position(laquelle);
        rang.is_some_and(|rang| pannes.remove(rang).is_some())
    }

    fn capacites(&self, chiffre: bool) -> String {
        let mut lignes = vec!["250-essai.example", "250-8BITMIME", "250-SIZE 26214400"];
        if self.mode == Mode::Starttls && !chiffre {
            lignes.push("250-STARTTLS");
        }
        if self.exigences.compte.is_some() {
            lignes.push("250-AUTH PLAIN");
        }
        if !self.exigences.vieux {
            lignes.extend(["250-PIPELINING", "250-DSN"]);
        }
        lignes.push("250 ENHANCEDSTATUSCODES");
        lignes.join("\r\n")
    }

    /// The account named by `AUTH PLAIN`, if the password is right.
    fn authentifier(&self, reponse: &str) -> Option<String> {
        let decodee = String::from_utf8(STANDARD.decode(reponse).ok()?).ok()?;
        let mut parties = decodee.split('\0').skip(1);
        let (compte, mot_de_passe) = (parties.next()?, parties.next()?);
        (self.exigences.compte == Some((compte, mot_de_passe))).then(|| compte.to_owned())
    }
}

fn converser(flux: TcpStream, interieur: &Interieur) -> io::Result<()> {
    flux.set_nodelay(true)?;
    flux.set_read_timeout(Some(Duration::from_mins(1)))?;
    if interieur.prevue(|panne| matches!(panne, Panne::CouperALaConnexion)) {
        return Ok(());
    }
    let flux = if interieur.mode == Mode::Tls { Flux::chiffrer(flux, &interieur.tls)? } else { Flux::Clair(flux) };
    let mut lecture = BufReader::new(flux);
    let mut recu = Recu::default();
    dire(&mut lecture, "220 essai.example ESMTP")?;
    let mut ligne = String::new();
    loop {
        ligne.clear();
        if lecture.read_line(&mut ligne)? == 0 {
            return Ok(());
        }
        let commande = ligne.trim_end();
        let majuscules = commande.to_ascii_uppercase();
        if let Some(reponse) = interieur.reponse_prevue(&majuscules) {
            dire(&mut lecture, &reponse)?;
            continue;
        }
        let chiffre = lecture.get_ref().chiffre();
        if majuscules.starts_with("EHLO") {
            dire(&mut lecture, &interieur.capacites(chiffre))?;
        } else if majuscules == "STARTTLS" && interieur.mode == Mode::Starttls && !chiffre {
            dire(&mut lecture, "220 2.0.0 allez-y")?;
            let Flux::Clair(clair) = lecture.into_inner() else { return Ok(()) };
            lecture = BufReader::new(Flux::chiffrer(clair, &interieur.tls)?);
            recu = Recu::default();
        } else if let Some(reponse) = commande.strip_prefix("AUTH PLAIN ") {
            recu.compte = interieur.authentifier(reponse);
            let juste = recu.compte.is_some();
            dire(&mut lecture, if juste { "235 2.7.0 bienvenue" } else { "535 5.7.8 compte ou mot de passe refusé" })?;
        } else if majuscules.starts_with("MAIL FROM:") && interieur.exigences.compte.is_some() && recu.compte.is_none() {
            dire(&mut lecture, "530 5.7.0 authentifiez-vous")?;
        } else if majuscules.starts_with("MAIL FROM:") {
            recu.de = entre_chevrons(commande);
            recu.parametres[0] = apres_le_chevron(commande);
            recu.a.clear();
            dire(&mut lecture, "250 2.1.0 bien")?;
        } else if majuscules.starts_with("RCPT TO:") && recu.de.is_empty() {
            dire(&mut lecture, "503 5.5.1 MAIL d'abord")?;
        } else if majuscules.starts_with("RCPT TO:") {
            recu.a.push(entre_chevrons(commande));
            recu.parametres[1] = apres_le_chevron(commande);
            dire(&mut lecture, "250 2.1.5 bien")?;
        } else if majuscules == "DATA" && recu.a.is_empty() {
            dire(&mut lecture, "554 5.5.1 aucun destinataire")?;
        } else if majuscules == "DATA" {
            dire(&mut lecture, "354 finissez par un point")?;
            recu.octets = lire_le_message(&mut lecture)?;
            recu.chiffre = lecture.get_ref().chiffre();
            recu.certificat_client = lecture.get_ref().certificat_client();
            if let Some(reponse) = interieur.reponse_prevue(".") {
                dire(&mut lecture, &reponse)?;
                continue;
            }
            if !interieur.exigences.jeter {
                verrou(&interieur.recus).push(recu.clone());
            }
            recu.de.clear();
            recu.a.clear();
            if interieur.prevue(|panne| matches!(panne, Panne::CouperApresLeMessage)) {
                return Ok(());
            }
            std::thread::sleep(interieur.retard_prevu());
            dire(&mut lecture, "250 2.0.0 pris en charge")?;
        } else if majuscules == "RSET" {
            recu.de.clear();
            recu.a.clear();
            dire(&mut lecture, "250 2.0.0 bien")?;
        } else if majuscules == "QUIT" {
            return dire(&mut lecture, "221 2.0.0 au revoir");
        } else {
            dire(&mut lecture, "250 2.0.0 bien")?;
        }
    }
}

fn dire(lecture: &mut BufReader<Flux>, reponse: &str) -> io::Result<()> {
    lecture.get_mut().write_all(format!("{reponse}\r\n").as_bytes())?;
    lecture.get_mut().flush()
}

fn entre_chevrons(commande: &str) -> String {
    commande.split_once('<').and_then(|(_, suite)| suite.split_once('>')).map_or("", |(adresse, _)| adresse).to_owned()
}

fn apres_le_chevron(commande: &str) -> String {
    commande.split_once('>').map_or("", |(_, suite)| suite.trim()).to_owned()
}

/// A TLS server without a protocol, which answers `250 ` to each so many bytes: what mails cannot be faster
/// than. Gives its port.
#[allow(dead_code, reason = "for the measures only")]
pub fn accuser_chaque(pki: &Pki, octets: usize) -> u16 {
    let ecoute = TcpListener::bind("127.0.0.1:0").unwrap();
    let (port, tls) = (ecoute.local_addr().unwrap().port(), pki.configuration(false));
    std::thread::spawn(move || -> io::Result<()> {
        let (socket, _) = ecoute.accept()?;
        socket.set_nodelay(true)?;
        let (mut flux, mut tampon) = (Flux::chiffrer(socket, &tls)?, vec![0; octets]);
        loop {
            flux.read_exact(&mut tampon)?;
            flux.write_all(b"250 ")?;
            flux.flush()?;
        }
    });
    port
}

/// Everything up to the line that holds a dot alone, doubled dots undone (RFC 5321, 4.5.2).
fn lire_le_message(lecture: &mut BufReader<Flux>) -> io::Result<Vec<u8>> {
    let (mut octets, mut ligne) = (Vec::new(), Vec::new());
    loop {
        ligne.clear();
        if lecture.read_until(b'\n', &mut ligne)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if ligne == b".\r\n" {
            return Ok(octets);
        }
        octets.extend_from_slice(ligne.strip_prefix(b".").unwrap_or(&ligne));
    }
}
