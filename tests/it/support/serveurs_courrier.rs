//! Real mail servers on loopback, one pair a test: Debian's postfix as the operator (STARTTLS, TLS from
//! the first byte, client certificates required, DSN) and its dovecot for the mailboxes (LMTP, IMAP).
//!
//! Private folders and ports; both end with the test, or with its process however that dies. postfix
//! needs root: without root or without the programs the tests say so and do nothing, except in CI
//! (`CI=true`) where they fail.
//!
//! Some mailboxes have a fate, by the first word of their name (`grise`, `grise.2`…):
//!
//! | name | what happens |
//! |---|---|
//! | `inconnue` | refused at once, 550 5.1.1 |
//! | `grise` | 450 4.2.0 the first time, taken the second (greylisting) |
//! | `lente` | taken after [`LENTEUR`] |
//! | `fantome` | taken, then bounced: the mailbox server does not know it |
//! | `pleine` | taken, then bounced: its quota is [`QUOTA`] bytes |
//! | `absente` | taken, then delayed until [`Serveurs::reparer`] |
//! | `relais` | taken, then told as relayed only |

use super::{base::variable, smtp::Pki};
use dcc::config::{Courrier, Protection, Retours, TransportCourrier};
use lettre::{
    SmtpTransport, Transport,
    address::Envelope,
    transport::smtp::{
        client::{Certificate, CertificateStore, Identity, Tls, TlsParameters},
        extension::ClientId,
    },
};
use mail_parser::{MessageParser, MimeHeaders};
use rustls::pki_types::{CertificateDer, pem::PemObject};
use std::{
    collections::BTreeSet,
    fs,
    io::{self, BufRead, BufReader, Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

/// How long the server thinks about `lente`.
pub const LENTEUR: Duration = Duration::from_secs(3);
/// What the mailbox `pleine` holds.
pub const QUOTA: u32 = 20_000;
/// Password of every mailbox.
const MOT_DE_PASSE: &str = "un secret d'essai";
/// Domain of the mailboxes of the organisation.
const DOMAINE: &str = "dcc.mssante.fr";
/// Domain of the mailboxes of everybody else.
const DOMAINE_DES_MEDECINS: &str = "medecin.mssante.fr";
/// Mailboxes of the organisation.
const BOITES: [&str; 2] = ["rcp", "retours"];
/// Mailboxes open from the start, beside those of the organisation and of the doctors of the bench
/// (`medecinN@essai.mssante.fr`).
const BOITES_DES_AUTRES: [&str; 7] = ["anne", "chu", "grise", "lente", "pleine", "absente", "relais"];
/// dovecot looks once a second whether its accounts have changed.
const PRISE_EN_COMPTE: Duration = Duration::from_millis(1_100);

/// What the mailbox server announces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Imap {
    Complet,
    SansMove,
    SansMoveNiUidplus,
}

impl Imap {
    fn annonce(self) -> &'static str {
        match self {
            Self::Complet => "",
            Self::SansMove => "imap_capability = IMAP4rev1 LITERAL+ UIDPLUS",
            Self::SansMoveNiUidplus => "imap_capability = IMAP4rev1 LITERAL+",
        }
    }
}

/// The two servers.
pub struct Serveurs {
    pki: Pki,
    dossier: tempfile::TempDir,
    ports: Ports,
    boites: Mutex<BTreeSet<String>>,
    // Held open: when this process ends, the pipe closes and the script stops the servers.
    vie: Option<(Child, ChildStdin)>,
}

/// Loopback ports, free a moment ago.
#[derive(Debug, Clone, Copy)]
struct Ports {
    submission: u16,
    smtps: u16,
    imap: u16,
    imaps: u16,
    lmtp: u16,
    absente: u16,
    politique: u16,
}

impl Serveurs {
    /// Starts both; `None` when they are not to be had outside CI.
    pub fn demarrer() -> Option<Self> {
        Self::demarrer_avec(Imap::Complet)
    }

    /// The same, with less of IMAP.
    pub fn demarrer_avec(imap: Imap) -> Option<Self> {
        if !presents() {
            assert!(variable("CI").as_deref() != Some("true"), "en intégration continue postfix et dovecot sont obligatoires");
            println!("postfix ou dovecot absents, ou pas root : cet essai n'a rien essayé");
            return None;
        }
        // A port may be taken by another test between its choice and its use.
        let essai = (0..5).find_map(|_| Self::essayer(imap));
        Some(essai.unwrap_or_else(|| panic!("postfix et dovecot n'ont pas démarré")))
    }

    fn essayer(imap: Imap) -> Option<Self> {
        let dossier = tempfile::Builder::new().prefix("dcc-courrier-").tempdir().unwrap();
        // postfix and dovecot give up root: they must be able to walk in.
        fs::set_permissions(dossier.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let politique = TcpListener::bind("127.0.0.1:0").unwrap();
        let ports = Ports::libres(politique.local_addr().unwrap().port());
        let mut serveurs = Self { pki: Pki::nouvelle(), dossier, ports, boites: Mutex::default(), vie: None };
        serveurs.ecrire("etc/main.cf", &serveurs.main_cf());
        serveurs.ecrire("etc/master.cf", &serveurs.master_cf());
        serveurs.ecrire("dovecot.conf", &serveurs.dovecot_conf(imap));
        serveurs.ecrire("comptes", "");
        for boite in BOITES.into_iter().chain(BOITES_DES_AUTRES) {
            serveurs.adresse(boite);
        }
        for rang in 1..=20 {
            serveurs.adresse(&format!("medecin{rang}@essai.mssante.fr"));
        }
        std::thread::spawn(move || tenir_la_politique(&politique));
        serveurs.vie = Some(serveurs.lancer());
        let debut = Instant::now();
        let ports = [ports.submission, ports.smtps, ports.imap, ports.imaps, ports.lmtp];
        while !ports.iter().all(|port| TcpStream::connect(("127.0.0.1", *port)).is_ok()) {
            if debut.elapsed() > Duration::from_secs(20) {
                println!("{}", serveurs.journaux());
                return None;
            }
            std::thread::sleep(Duration::from_millis(30));
        }
        Some(serveurs)
    }

    /// The address of a mailbox, which is opened if need be. `rcp` and `retours` are the organisation's; a
    /// whole address stays as it is.
    pub fn adresse(&self, boite: &str) -> String {
        let adresse = complete(boite);
        let mut boites = self.boites.lock().unwrap_or_else(PoisonError::into_inner);
        if !sort(&adresse, "fantome") && !sort(&adresse, "inconnue") && boites.insert(adresse.clone()) {
            let quota = if sort(&adresse, "pleine") { format!("userdb_quota_rule=*:bytes={QUOTA}") } else { String::new() };
            let mut comptes = fs::OpenOptions::new().append(true).open(self.chemin("comptes")).unwrap();
            writeln!(comptes, "{adresse}:{{PLAIN}}{MOT_DE_PASSE}::::::{quota}").unwrap();
            if self.vie.is_some() {
                std::thread::sleep(PRISE_EN_COMPTE);
            }
        }
        adresse
    }

    /// How the service is set to send its mail here, by STARTTLS.
    pub fn smtp_config(&self) -> Courrier {
        Courrier {
            transport: TransportCourrier::Smtp,
            hote: "localhost".to_owned(),
            port: self.ports.submission,
            protection: Protection::Starttls,
            autorite_fichier: Some(self.pki.autorite()),
            certificat_client_fichier: Some(self.pki.certificat_client()),
            cle_client_fichier: Some(self.pki.cle_client()),
            expediteur: self.adresse("rcp"),
            adresse_retour: Some(self.adresse("retours")),
            ..Courrier::default()
        }
    }

    /// Port of TLS from the first byte.
    pub fn smtps(&self) -> u16 {
        self.ports.smtps
    }

    /// How the service is set to read its receipts here, by TLS.
    pub fn imap_config(&self) -> Retours {
        Retours {
            hote: "localhost".to_owned(),
            port: self.ports.imaps,
            protection: Protection::Tls,
            autorite_fichier: Some(self.pki.autorite()),
            certificat_client_fichier: Some(self.pki.certificat_client()),
            cle_client_fichier: Some(self.pki.cle_client()),
            identifiant: self.adresse("retours"),
            mot_de_passe_fichier: Some(self.pki.ecrire("mot-de-passe-imap", MOT_DE_PASSE)),
            ..Retours::default()
        }
    }

    /// Port of IMAP with STARTTLS.
    pub fn imap_starttls(&self) -> u16 {
        self.ports.imap
    }

    /// The mails of an inbox as the mailbox server keeps them, oldest first.
    pub fn lire_boite(&self, boite: &str) -> Vec<Vec<u8>> {
        self.lire_dossier(boite, "")
    }

    /// The mails of a folder, named as on the disk (`.Trait&AOk-s`).
    pub fn lire_dossier(&self, boite: &str, dossier: &str) -> Vec<Vec<u8>> {
        let racine = self.chemin("boites").join(complete(boite)).join(dossier);
        let mut fichiers: Vec<PathBuf> = ["new", "cur"]
            .iter()
            .filter_map(|sous| fs::read_dir(racine.join(sous)).ok())
            .flat_map(|entrees| entrees.map(|entree| entree.unwrap().path()))
            // Marked as deleted (`T`): no mail client shows it.
            .filter(|fichier| !fichier.to_string_lossy().rsplit_once(":2,").is_some_and(|(_, marques)| marques.contains('T')))
            .collect();
        fichiers.sort_by_key(|fichier| fichier.file_name().map(ordre_d_arrivee));
        fichiers.iter().filter_map(|fichier| fs::read(fichier).ok()).collect()
    }

    /// Waits until an inbox holds so many mails, and gives them.
    #[track_caller]
    pub fn attendre_boite(&self, boite: &str, combien: usize) -> Vec<Vec<u8>> {
        let debut = Instant::now();
        loop {
            let recus = self.lire_boite(boite);
            if recus.len() >= combien {
                return recus;
            }
            assert!(
                debut.elapsed() < Duration::from_mins(1),
                "{} courriers dans {boite}, {combien} attendus\n{}",
                recus.len(),
                self.journaux()
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Somebody sends a mail, as it is, to the address of its `To`. A report leaves with an empty sender
    /// (RFC 8098, 3).
    pub fn deposer(&self, de: &str, mail: &[u8]) {
        let message = MessageParser::default().parse(mail).unwrap();
        let a = message.to().unwrap().first().unwrap().address().unwrap().parse().unwrap();
        let rapport = message.content_type().is_some_and(|genre| genre.subtype() == Some("report"));
        let de = (!rapport).then(|| complete(de).parse().unwrap());
        let certificat = CertificateDer::from_pem_file(self.pki.certificat_client()).unwrap();
        let identite = Identity::from_pem(&certificat, &fs::read(self.pki.cle_client()).unwrap()).unwrap();
        let tls = TlsParameters::builder("localhost".to_owned())
            .certificate_store(CertificateStore::None)
            .add_root_certificate(Certificate::from_pem(&fs::read(self.pki.autorite()).unwrap()).unwrap())
            .identify_with(identite)
            .build()
            .unwrap();
        let transport = SmtpTransport::builder_dangerous("localhost")
            .port(self.ports.submission)
            .hello_name(ClientId::Domain("poste.example".to_owned()))
            .tls(Tls::Required(tls))
            .build();
        transport.send_raw(&Envelope::new(de, vec![a]).unwrap(), mail).unwrap();
    }

    /// The server of `absente` comes back; postfix tries again each second.
    pub fn reparer(&self) {
        let relais = Relais::sur(TcpListener::bind(("127.0.0.1", self.ports.absente)).unwrap(), self.ports.lmtp);
        // Lives as long as the process: nobody stops a server that works.
        std::mem::forget(relais);
    }

    /// What both servers wrote.
    pub fn journaux(&self) -> String {
        ["postfix.log", "dovecot.log"].map(|nom| fs::read_to_string(self.chemin(nom)).unwrap_or_default()).join("\n")
    }

    fn chemin(&self, nom: &str) -> PathBuf {
        let dossier: &Path = self.dossier.path();
        dossier.join(nom)
    }

    fn ecrire(&self, nom: &str, contenu: &str) {
        fs::create_dir_all(self.chemin(nom).parent().unwrap()).unwrap();
        fs::write(self.chemin(nom), contenu.replace("@ICI@", self.dossier.path().to_str().unwrap())).unwrap();
    }

    fn main_cf(&self) -> String {
        let Ports { lmtp, absente, politique, .. } = self.ports;
        let (certificat, cle, autorite) = (self.pki.certificat_serveur(), self.pki.cle_serveur(), self.pki.autorite());
        let (certificat, cle, autorite) = (certificat.display(), cle.display(), autorite.display());
        self.ecrire("boites-connues", "!/^inconnue/ ok\n");
        self.ecrire("chemins", &format!("/^absente/ lmtp:inet:127.0.0.1:{absente}\n/^relais/ lmtp-relais:inet:127.0.0.1:{lmtp}\n"));
        format!(
            "compatibility_level = 3.6
queue_directory = @ICI@/file
data_directory = @ICI@/donnees
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = @ICI@/postfix.log
maillog_file_prefixes = @ICI@
myhostname = operateur.example
mydestination =
mynetworks =
alias_maps =
inet_interfaces = loopback-only
inet_protocols = ipv4
smtpd_tls_cert_file = {certificat}
smtpd_tls_key_file = {cle}
smtpd_tls_CAfile = {autorite}
smtpd_tls_security_level = encrypt
smtpd_tls_req_ccert = yes
smtpd_tls_loglevel = 1
smtpd_relay_restrictions = permit_tls_all_clientcerts, reject
smtpd_recipient_restrictions = reject_unlisted_recipient, check_policy_service inet:127.0.0.1:{politique}
smtpd_error_sleep_time = 0
virtual_mailbox_domains = {DOMAINE} {DOMAINE_DES_MEDECINS} essai.mssante.fr patient.mssante.fr
virtual_mailbox_maps = regexp:@ICI@/boites-connues
virtual_transport = lmtp:inet:127.0.0.1:{lmtp}
transport_maps = regexp:@ICI@/chemins
lmtp_assume_final = yes
delay_warning_time = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 1s
queue_run_delay = 1s
bounce_queue_lifetime = 1h
maximal_queue_lifetime = 1h
"
        )
    }

    fn master_cf(&self) -> String {
        let Ports { submission, smtps, .. } = self.ports;
        format!(
            "127.0.0.1:{submission} inet n - n - - smtpd
127.0.0.1:{smtps} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
flush unix n - n 1000? 0 flush
lmtp unix - - n - - lmtp
lmtp-relais unix - - n - - lmtp -o lmtp_assume_final=no
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
proxymap unix - - n - - proxymap
postlog unix-dgram n - n - 1 postlogd
"
        )
    }

    fn dovecot_conf(&self, imap: Imap) -> String {
        let Ports { imap: port, imaps, lmtp, .. } = self.ports;
        let (certificat, cle, autorite) = (self.pki.certificat_serveur(), self.pki.cle_serveur(), self.pki.autorite());
        let (certificat, cle, autorite, annonce) = (certificat.display(), cle.display(), autorite.display(), imap.annonce());
        format!(
            "base_dir = @ICI@/dovecot
state_dir = @ICI@/dovecot
log_path = @ICI@/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
ssl = required
ssl_cert = <{certificat}
ssl_key = <{cle}
ssl_ca = <{autorite}
ssl_require_crl = no
ssl_verify_client_cert = yes
auth_ssl_require_client_cert = yes
auth_mechanisms = plain
first_valid_uid = 1
mail_uid = mail
mail_gid = mail
mail_location = maildir:@ICI@/boites/%u
mail_plugins = quota
passdb {{
  driver = passwd-file
  args = username_format=%u @ICI@/comptes
}}
userdb {{
  driver = passwd-file
  args = username_format=%u @ICI@/comptes
  default_fields = uid=mail gid=mail home=@ICI@/boites/%u
}}
plugin {{
  quota = maildir:boite
}}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
protocol imap {{
  {annonce}
}}
protocol lmtp {{
  postmaster_address = postmaster@{DOMAINE}
}}
"
        )
    }

    /// Both servers, until the other end of the pipe closes.
    fn lancer(&self) -> (Child, ChildStdin) {
        let script = r#"
            set -e
            cd "$1"
            mkdir -p file donnees dovecot boites
            chown postfix donnees
            chown mail:mail boites
            postfix -c "$1/etc" check
            dovecot -F -c "$1/dovecot.conf" &
            dovecot=$!
            /usr/lib/postfix/sbin/master -c "$1/etc" &
            postfix=$!
            cat >/dev/null
            kill $postfix $dovecot || true
            wait $postfix $dovecot || true
            rm -rf "$1"
        "#;
        let mut sh = Command::new("sh");
        sh.args(["-c", script, "sh"]).arg(self.dossier.path()).env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        let mut enfant = sh.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let vie = enfant.stdin.take().unwrap();
        (enfant, vie)
    }
}

impl Drop for Serveurs {
    fn drop(&mut self) {
        if let Some((mut enfant, vie)) = self.vie.take() {
            drop(vie);
            drop(enfant.wait());
        }
    }
}

impl Ports {
    /// All bound at once, so that they differ, then given back.
    fn libres(politique: u16) -> Self {
        let prises: Vec<TcpListener> = (0..6).map(|_| TcpListener::bind("127.0.0.1:0").unwrap()).collect();
        let port = |rang: usize| prises[rang].local_addr().unwrap().port();
        Self { submission: port(0), smtps: port(1), imap: port(2), imaps: port(3), lmtp: port(4), absente: port(5), politique }
    }
}

fn presents() -> bool {
    let root = Command::new("id").arg("-u").output().is_ok_and(|sortie| sortie.stdout == b"0\n");
    let programmes =
        ["/usr/lib/postfix/sbin/master", "/usr/sbin/postfix", "/usr/sbin/dovecot", "/usr/lib/dovecot/lmtp", "/usr/lib/dovecot/imap"];
    root && programmes.iter().all(|programme| Path::new(programme).exists())
}

fn complete(boite: &str) -> String {
    match boite {
        adresse if adresse.contains('@') => adresse.to_owned(),
        boite if BOITES.contains(&boite) => format!("{boite}@{DOMAINE}"),
        boite => format!("{boite}@{DOMAINE_DES_MEDECINS}"),
    }
}

/// Whether an address has that fate.
fn sort(adresse: &str, nom: &str) -> bool {
    adresse.strip_prefix(nom).is_some_and(|suite| suite.starts_with(['.', '@']))
}

/// `secondes.Mmicrosecondes…` of a maildir file.
fn ordre_d_arrivee(nom: &std::ffi::OsStr) -> (u64, u64, String) {
    let nom = nom.to_string_lossy().into_owned();
    let (secondes, suite) = nom.split_once(".M").unwrap_or(("0", "0"));
    let micro: String = suite.chars().take_while(char::is_ascii_digit).collect();
    (secondes.parse().unwrap_or_default(), micro.parse().unwrap_or_default(), nom)
}

/// The policy service of postfix (SMTPD_POLICY_README): greylisting and slowness, by recipient.
fn tenir_la_politique(ecoute: &TcpListener) {
    let deja = Arc::new(Mutex::new(BTreeSet::new()));
    for flux in ecoute.incoming().flatten() {
        let deja = Arc::clone(&deja);
        std::thread::spawn(move || drop(repondre_de_la_politique(flux, &deja)));
    }
}

fn repondre_de_la_politique(mut flux: TcpStream, deja: &Mutex<BTreeSet<String>>) -> io::Result<()> {
    let mut destinataire = String::new();
    for ligne in BufReader::new(flux.try_clone()?).lines() {
        let ligne = ligne?;
        if let Some(adresse) = ligne.strip_prefix("recipient=") {
            adresse.clone_into(&mut destinataire);
        }
        if !ligne.is_empty() {
            continue;
        }
        let premiere_fois = deja.lock().unwrap_or_else(PoisonError::into_inner).insert(destinataire.clone());
        if sort(&destinataire, "lente") {
            std::thread::sleep(LENTEUR);
        }
        let action = if sort(&destinataire, "grise") && premiere_fois { "450 4.2.0 liste grise, revenez" } else { "DUNNO" };
        flux.write_all(format!("action={action}\n\n").as_bytes())?;
    }
    Ok(())
}

/// A relay of TCP between a client and a server, where answers can be lost: the server has heard, the client
/// does not know it.
pub struct Relais {
    pub port: u16,
    interieur: Arc<InterieurDuRelais>,
}

struct InterieurDuRelais {
    /// The answer to a client that has said that many bytes at one go is lost, and all that follow.
    retenir_apres: AtomicU64,
    retenues: AtomicUsize,
}

impl Relais {
    /// Everything passes, until told otherwise.
    pub fn vers(port: u16) -> Self {
        Self::sur(TcpListener::bind("127.0.0.1:0").unwrap(), port)
    }

    fn sur(ecoute: TcpListener, vers: u16) -> Self {
        let interieur = Arc::new(InterieurDuRelais { retenir_apres: AtomicU64::new(u64::MAX), retenues: AtomicUsize::new(0) });
        let relais = Self { port: ecoute.local_addr().unwrap().port(), interieur: Arc::clone(&interieur) };
        std::thread::spawn(move || {
            for client in ecoute.incoming().flatten() {
                let Ok(serveur) = TcpStream::connect(("127.0.0.1", vers)) else { continue };
                let dits = Arc::new(AtomicU64::new(0));
                let (aller, retour) = ((client.try_clone(), serveur.try_clone()), (serveur, client));
                let (Ok(de), Ok(a)) = aller else { continue };
                let (compte, interieur) = (Arc::clone(&dits), Arc::clone(&interieur));
                std::thread::spawn(move || {
                    passer(de, a, |octets| {
                        compte.fetch_add(octets as u64, Ordering::SeqCst);
                        true
                    });
                });
                std::thread::spawn(move || {
                    passer(retour.0, retour.1, |_| {
                        let passe = dits.load(Ordering::SeqCst) < interieur.retenir_apres.load(Ordering::SeqCst);
                        if passe {
                            dits.store(0, Ordering::SeqCst);
                        } else {
                            interieur.retenues.fetch_add(1, Ordering::SeqCst);
                        }
                        passe
                    });
                });
            }
        });
        relais
    }

    /// From now on, the answer to a client that says that many bytes at one go, a whole mail, is lost.
    pub fn retenir_apres(&self, octets: u64) {
        self.interieur.retenir_apres.store(octets, Ordering::SeqCst);
    }

    /// Everything passes again.
    pub fn laisser_passer(&self) {
        self.retenir_apres(u64::MAX);
    }

    /// Answers lost so far.
    pub fn retenues(&self) -> usize {
        self.interieur.retenues.load(Ordering::SeqCst)
    }
}

/// Hands on what comes, unless told not to, until one end closes.
fn passer(mut de: TcpStream, mut a: TcpStream, mut passe: impl FnMut(usize) -> bool) {
    let mut tampon = [0; 16_384];
    while let Ok(lus) = de.read(&mut tampon) {
        if lus == 0 || (passe(lus) && a.write_all(&tampon[..lus]).is_err()) {
            break;
        }
    }
    drop(a.shutdown(Shutdown::Both));
    drop(de.shutdown(Shutdown::Both));
}

/// The receipt that a mail client sends for a mail that it shows (`displayed`), or a hospital system for one
/// that it integrates (`processed`, or `processed/error` with `Error: code^libellé`).
pub fn accuse(recu: &[u8], disposition: &str, erreur: Option<&str>) -> Vec<u8> {
    let message = MessageParser::default().parse(recu).unwrap();
    let destinataire = message.to().unwrap().first().unwrap().address().unwrap();
    let retour = message.header_raw("Disposition-Notification-To").unwrap().trim();
    let id = message.message_id().unwrap();
    let erreur = erreur.map(|erreur| format!("Error: {erreur}\r\n")).unwrap_or_default();
    format!(
        "From: {destinataire}\r\nTo: {retour}\r\nSubject: =?UTF-8?Q?Accus=C3=A9_de_r=C3=A9ception?=\r\nDate: Mon, 2 Mar 2026 10:00:00 +0100\r\n\
         Message-ID: <accuse.{disposition}.{id}>\r\nIn-Reply-To: <{id}>\r\nReferences: <{id}>\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=disposition-notification;\r\n boundary=\"------------mdn\"\r\n\r\n\
         --------------mdn\r\nContent-Type: text/plain; charset=UTF-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\
         Ceci est un accusé de réception.\r\n\r\n\
         --------------mdn\r\nContent-Type: message/disposition-notification; name=\"MDNPart2.txt\"\r\n\
         Content-Disposition: inline\r\nContent-Transfer-Encoding: 7bit\r\n\r\n\
         Reporting-UA: poste.example; Client de messagerie\r\nFinal-Recipient: rfc822;{destinataire}\r\n\
         Original-Message-ID: <{id}>\r\nDisposition: manual-action/MDN-sent-manually; {disposition}\r\n{erreur}\r\n\
         --------------mdn\r\nContent-Type: text/rfc822-headers; name=\"MDNPart3.txt\"\r\nContent-Disposition: inline\r\n\r\n\
         Message-ID: <{id}>\r\nTo: {destinataire}\r\n\r\n--------------mdn--\r\n"
    )
    .replace("accuse.processed/error", "accuse.refus")
    .into_bytes()
}
