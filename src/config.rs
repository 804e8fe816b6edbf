//! Configuration: a TOML file if there is one, then the `DCC_*` environment variables. The only file
//! that reads the environment.
//!
//! Every setting has a default that suits a trial on one machine, except secrets: outside `demo`
//! the key of the access tokens must be given.

mod comptes;
mod continuite;
mod recherche;

pub use comptes::{Comptes, CoutMotDePasse};
pub use continuite::Continuite;
pub use recherche::Recherche;

use crate::{
    db::{Adresse, chiffrement::CleBase},
    documents::cda::{Reglages, controle::est_un_oid},
    kernel::{Panne, texte::octets_hexadecimaux},
    messagerie::antivirus::Antivirus,
};
use figment::{
    Figment,
    providers::{Env, Format, Serialized, Toml},
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, path::PathBuf};

/// Largest mail sent unless a region says otherwise: 10 MB, the common limit of the operators.
const TAILLE_MAXIMALE: u64 = 10_000_000;
/// Longest OID root that leaves room for the 39 digits of a UUID and a dot within the 64 characters of an OID.
const RACINE_MAXIMALE: usize = 24;

/// Everything that can be set. Each field is `DCC_` and its name in capitals; nested ones are
/// joined by two underscores (`DCC_COURRIER__HOTE`).
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// `sqlite://CHEMIN` or `postgres://…`.
    pub base: String,
    /// File of the key that a SQLite base is encrypted under (32 bytes; builds with `sqlcipher` only). Losing it is losing the base and
    /// its backups.
    pub cle_base_fichier: Option<PathBuf>,
    /// `postgres://…` of a replica that the infocentre reads; the base itself, if not given.
    pub base_infocentre: Option<String>,
    /// Connections in the pool.
    pub connexions: u32,
    /// Address to listen on.
    pub ecoute: String,
    /// Address of a private network to listen on besides, for metrics and the documentation; none, if not given.
    pub ecoute_interne: Option<String>,
    /// What the public address answers besides the API.
    pub exposition: Exposition,
    /// HTTP worker threads; 0 for one a core.
    pub fils: usize,
    /// Address by which people reach the service, for links in mails and feeds.
    pub url_publique: String,
    /// File that holds the key of the access tokens, 32 bytes at least.
    pub cle_jetons_fichier: Option<PathBuf>,
    /// The same key in hexadecimal, if it is not in a file.
    pub cle_jetons: Option<String>,
    /// How local accounts sign in.
    pub comptes: Comptes,
    /// How mails leave.
    pub courrier: Courrier,
    /// What IHE XDM archives say that their document does not.
    pub xdm: Xdm,
    /// Folder under which each établissement that takes documents has its own, named by its FINESS. Without it
    /// nothing is dropped.
    pub depots_dpi: Option<PathBuf>,
    /// File to which each purge adds its tombstones, to be kept apart from the backups of the base: it is what
    /// `dcc retention rejouer` reads after a restore.
    pub pierres_tombales: PathBuf,
    /// Name of the region, as its annual report bears it.
    pub nom_de_la_region: String,
    /// What the national documents (CDA) say of the region.
    pub cda: Cda,
    /// Where the access trace is attested outside the database.
    pub audit: Audit,
    /// Searches of patients that an account may make in a minute.
    pub recherches_par_minute: u32,
    /// Documents that an account may have laid out while it waits, in a minute: attendance sheets, previews, accounts of accesses.
    pub documents_par_minute: u32,
    /// Exports of an account in an hour: files of patients, batches of letters, tables of the infocentre.
    pub exports_par_heure: u32,
    /// Identity providers by which people sign in (Pro Santé Connect, the provider of an établissement).
    pub federation: Vec<Federation>,
    /// The certificate of the service; without it the service speaks HTTP in clear, to the proxy that protects it.
    pub tls: Option<Tls>,
    /// File of the key that signs the tokens of machines (PKCS#8 PEM, P-256 or Ed25519); without it machines get none.
    pub cle_machines_fichier: Option<PathBuf>,
    /// Threads of background work.
    pub travaux_fils: usize,
    /// Program that lays out the templates of the region, `dcc composer`; this one, if not given.
    pub compositeur: Option<PathBuf>,
    /// Seconds granted to running requests when the service stops.
    pub arret_secondes: u64,
    /// How the base is saved.
    pub sauvegarde: Sauvegarde,
    /// How the continuity kit is made.
    pub continuite: Continuite,
    /// How the pseudonyms of projects of research are kept.
    pub recherche: Recherche,
}

/// How the base is saved (`dcc sauvegarder`).
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sauvegarde {
    /// File of the recipients that backups are encrypted to, one `age1…` on each line; their keys are kept elsewhere.
    pub destinataires_fichier: Option<PathBuf>,
    /// Folder of `pg_dump` and `pg_restore`, of the version of the server; the path, if not given.
    pub outils_postgres: Option<PathBuf>,
}

/// What the public address answers besides the API, to anybody: nothing, unless it is set. The internal address
/// answers both.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Exposition {
    /// The documentation page of the API and its document.
    pub documentation: bool,
    /// Metrics.
    pub mesures: bool,
}

/// Where the heads of the access trace are written, signed, every ten minutes. Both are given, or neither.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Audit {
    /// Folder of the signed heads, to be copied to another machine.
    pub dossier: Option<PathBuf>,
    /// File of the key that signs them (`dcc audit cle` makes it).
    pub cle_fichier: Option<PathBuf>,
}

/// An OpenID Connect provider. Its endpoints come from its discovery document.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Federation {
    /// Name in addresses: lower-case letters, digits and dashes.
    pub nom: String,
    /// Name to show.
    pub libelle: String,
    /// Issuer, exactly as its tokens say it.
    pub emetteur: String,
    /// Path of the discovery document under the issuer; the standard one if not given.
    pub decouverte: Option<String>,
    /// Further hosts where the endpoints that the service calls may be; that of the issuer always may.
    pub hotes: Vec<String>,
    /// Name of this service at the provider.
    pub client_id: String,
    /// File of the secret of this service at the provider; a public client has none.
    pub secret_fichier: Option<PathBuf>,
    /// Scopes asked besides `openid`.
    pub portees: Vec<String>,
    /// Levels of authentication asked, of which the token must say one (`eidas1`); none asked if empty.
    pub acr: Vec<String>,
    /// Claims that carry the RPPS number, by order of preference. Only a provider that verifies it may have any: it
    /// ties a person to the account of that professional.
    pub revendications_rpps: Vec<String>,
    /// True for a provider of the drafts, whose logout tokens say neither their type (`logout+jwt`) nor their end; otherwise they must.
    pub fin_ancienne: bool,
    /// What a person without access is told to do.
    pub demande_acces: Option<String>,
    /// Authorities of the provider's certificate, instead of those of the machine.
    pub autorite_fichier: Option<PathBuf>,
    /// True when the provider is on a private network; otherwise a private address is refused.
    pub reseau_prive: bool,
}

/// The certificate of the service.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// Chain of certificates (PEM), that of the service first.
    pub certificat_fichier: PathBuf,
    /// Its private key (PEM).
    pub cle_fichier: PathBuf,
    /// Authorities of the certificates of machines (PEM); without it no machine can sign in.
    pub autorites_clients_fichier: Option<PathBuf>,
}

/// What the national documents (CDA) say of the region: identifiers that national bodies allot, and a text that
/// each region may adapt. All may be absent: a document then says that it does not know.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Cda {
    /// OID root allotted to this software, 24 characters at most; without it documents are numbered under `2.25`.
    pub racine_oid: Option<String>,
    /// Acronym of the regional network, which begins the titles.
    pub sigle_rrc: Option<String>,
    /// OID of the numbering of patients (IPP), by FINESS of the établissement that numbers.
    pub oid_ipp: BTreeMap<String, String>,
    /// Sector of activity of an établissement (JDV J02), by FINESS.
    pub secteurs: BTreeMap<String, SecteurActivite>,
    /// File of the text that tells patients of the use of their data, in the place of that of the volet.
    pub information_fichier: Option<PathBuf>,
}

/// A sector of activity (JDV J02).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecteurActivite {
    /// Its code, such as `SA01`.
    pub code: String,
    /// Its label.
    pub libelle: String,
}

/// How mails leave, and where what comes back is read. The server named here carries the mails of every
/// sender that no other operator of `operateurs` serves.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Courrier {
    /// `fichier` (a folder of `.eml` files) or `smtp`.
    pub transport: TransportCourrier,
    /// Folder of the `fichier` transport.
    pub dossier: PathBuf,
    /// SMTP server.
    pub hote: String,
    /// Its port.
    pub port: u16,
    /// How the SMTP connection is protected.
    pub protection: Protection,
    /// Certification authority of the SMTP server, in PEM; when given, no other is trusted (MSSanté:
    /// IGC-Santé only). Without it, those of the machine are.
    pub autorite_fichier: Option<PathBuf>,
    /// Client certificate and key in PEM (mutual TLS of MSSanté operators).
    pub certificat_client_fichier: Option<PathBuf>,
    /// Key of the client certificate.
    pub cle_client_fichier: Option<PathBuf>,
    /// SMTP account.
    pub identifiant: Option<String>,
    /// File that holds its password.
    pub mot_de_passe_fichier: Option<PathBuf>,
    /// Address of the organisation's own mailbox.
    pub expediteur: String,
    /// Domains of the trust space: a compte-rendu only ever leaves to an address of these.
    pub domaines_securises: Vec<String>,
    /// Where answers, receipts and delivery reports come back; the sender, if not given.
    pub adresse_retour: Option<String>,
    /// Subject of the mails that carry an IHE XDM archive.
    pub sujet: Sujet,
    /// Reference of this product on the national platform Convergence (`X-MSS-NIL`); the header is left out
    /// until it has been allotted.
    pub reference_nil: Option<String>,
    /// Largest mail that the server takes, in bytes as sent. The smaller one wins if it announces a limit.
    pub taille_maximale: u64,
    /// Further operators, by a name of the region's choice (`[courrier.operateurs.NOM]`).
    pub operateurs: BTreeMap<String, Operateur>,
    /// The mailbox where receipts and reports are read; none are, without it.
    pub retours: Option<Retours>,
    /// Where ClamAV listens (`unix:/run/clamav/clamd.ctl` or `host:3310`): what comes back is shown to it before it is kept.
    /// Without it, nothing is looked at.
    pub antivirus: Option<String>,
}

/// An operator of secure mail: a server and the senders whose mails it carries.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Operateur {
    /// Senders it serves: addresses (`rcp@chu.mssante.fr`) or whole domains (`chu.mssante.fr`). An address
    /// goes before a domain; who is named nowhere goes through the default server.
    pub expediteurs: Vec<String>,
    /// SMTP server.
    pub hote: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub protection: Protection,
    /// Certification authority of the server, in PEM; when given, no other is trusted.
    pub autorite_fichier: Option<PathBuf>,
    /// Client certificate in PEM, followed by those of its intermediate authorities.
    pub certificat_client_fichier: Option<PathBuf>,
    /// Key of the client certificate.
    pub cle_client_fichier: Option<PathBuf>,
    /// SMTP account.
    pub identifiant: Option<String>,
    /// File that holds its password.
    pub mot_de_passe_fichier: Option<PathBuf>,
    /// Where delivery reports come back, if not to the return address of all.
    pub adresse_retour: Option<String>,
    /// Largest mail that the server takes, in bytes as sent.
    pub taille_maximale: u64,
}

/// The mailbox where receipts and delivery reports come back, read by IMAP. No mail of it is ever deleted.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Retours {
    /// IMAP server.
    pub hote: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub protection: Protection,
    /// Certification authority of the server, in PEM; when given, no other is trusted.
    pub autorite_fichier: Option<PathBuf>,
    /// Client certificate in PEM, followed by those of its intermediate authorities.
    pub certificat_client_fichier: Option<PathBuf>,
    /// Key of the client certificate.
    pub cle_client_fichier: Option<PathBuf>,
    /// Account of the mailbox.
    pub identifiant: String,
    /// File that holds its password.
    pub mot_de_passe_fichier: Option<PathBuf>,
    /// Folder of the mails that were understood; made if it is missing.
    pub dossier_traites: String,
    /// Folder of the mails that a person looks at; made if it is missing.
    pub dossier_a_examiner: String,
    /// Mails read at most each time.
    pub lot: usize,
    /// Mails larger than that, in bytes, are put to be examined on the sight of their headers.
    pub taille_maximale: u32,
}

/// The subject of a mail that carries an IHE XDM archive.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sujet {
    /// `XDM/1.0/DDM+libellé NOM Prénom JJ/MM/AAAA`: what rule 2.1.3 of MSSanté imposes, and what the
    /// software of the recipient sorts by.
    #[default]
    National,
    /// A sentence that names nobody, for a region that gives up the automatic filing.
    Neutre,
}

/// What an IHE XDM archive says that no CDA document does. Defaults that no national text at hand confirms
/// are marked so: a region settles them with its operator.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Xdm {
    /// OID of this system (`sourceId`); without one, an identifier that needs no allotment (`2.25`).
    pub source: Option<String>,
    /// Who to write to about an archive (`README.TXT`).
    pub contact: Option<String>,
    /// Name of the application (`README.TXT`).
    pub application: String,
    /// Name of its publisher (`README.TXT`).
    pub editeur: String,
    /// Kind of care that the set comes from (`contentTypeCode`). **To be confirmed**: `07`, a consultation;
    /// no value of the set speaks of a meeting without the patient.
    pub contenu: CodeXdm,
    /// Class and format of each model of document: the compte-rendu (FRCP), the PPS and the document whose body is
    /// its PDF (PPAC). **To be confirmed** for the classes (table ASS_X04); the formats are those of table ASS_A11, keyed
    /// by the OID of the model without its version.
    pub modeles: Vec<ModeleXdm>,
}

/// Class and format of the documents of one model.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModeleXdm {
    /// OID of the model (`templateId`).
    pub modele: String,
    /// Class of document (`classCode`).
    pub classe: CodeXdm,
    /// Format (`formatCode`).
    pub format: CodeXdm,
}

/// A coded value of an archive.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeXdm {
    /// Code.
    pub code: String,
    /// OID of the code system.
    pub systeme: String,
    /// Label.
    pub libelle: String,
}

impl CodeXdm {
    fn new(code: &str, systeme: &str, libelle: &str) -> Self {
        Self { code: code.to_owned(), systeme: systeme.to_owned(), libelle: libelle.to_owned() }
    }
}

/// Classes of documents (TRE_A03).
const CLASSES: &str = "1.2.250.1.213.1.1.4.1";
/// Formats that ANS numbers beside those of IHE (TRE_A06).
const FORMATS: &str = "1.2.250.1.213.1.1.4.2.282";

impl Default for Xdm {
    fn default() -> Self {
        Self {
            source: None,
            contact: None,
            application: "Dossier communicant en cancérologie".to_owned(),
            editeur: "non renseigné".to_owned(),
            contenu: CodeXdm::new("07", "1.2.250.1.213.2.2", "Consultation"),
            modeles: vec![
                ModeleXdm {
                    modele: "1.2.250.1.213.1.1.1.8".to_owned(),
                    classe: CodeXdm::new("10", CLASSES, "Compte rendu"),
                    format: CodeXdm::new("urn:asip:ci-sis:frcp:2011", FORMATS, "Fiche de réunion de concertation pluridisciplinaire"),
                },
                ModeleXdm {
                    modele: "1.2.250.1.213.1.1.1.26".to_owned(),
                    classe: CodeXdm::new("44", CLASSES, "Plan de soins, protocole de soins"),
                    format: CodeXdm::new("urn:asip:ci-sis:pps-cancer:2017", FORMATS, "Programme Personnalisé de Soins - Cancer"),
                },
                ModeleXdm {
                    modele: "1.3.6.1.4.1.19376.1.2.20".to_owned(),
                    classe: CodeXdm::new("44", CLASSES, "Plan de soins, protocole de soins"),
                    format: CodeXdm::new(
                        "urn:ihe:iti:xds-sd:pdf:2008",
                        "1.3.6.1.4.1.19376.1.2.3",
                        "Document à corps non structuré en Pdf/A-1",
                    ),
                },
            ],
        }
    }
}

/// The two transports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransportCourrier {
    /// A folder of `.eml` files.
    Fichier,
    /// A real SMTP server.
    Smtp,
}

/// How the connection to a mail server is protected. There is no clear-text setting for comptes-rendus; `aucune`
/// is accepted for a loopback server only (the mail catcher of the trial).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Protection {
    /// TLS from the first byte.
    Tls,
    /// Upgrade by STARTTLS, mandatory.
    Starttls,
    /// None: loopback only.
    Aucune,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            base: "sqlite://dcc.sqlite".to_owned(),
            cle_base_fichier: None,
            base_infocentre: None,
            connexions: 8,
            ecoute: "127.0.0.1:8080".to_owned(),
            ecoute_interne: None,
            exposition: Exposition::default(),
            fils: 0,
            url_publique: "http://localhost:8080".to_owned(),
            cle_jetons_fichier: None,
            cle_jetons: None,
            comptes: Comptes::default(),
            courrier: Courrier::default(),
            xdm: Xdm::default(),
            depots_dpi: None,
            pierres_tombales: PathBuf::from("pierres-tombales.jsonl"),
            nom_de_la_region: "Région".to_owned(),
            cda: Cda::default(),
            audit: Audit::default(),
            recherches_par_minute: 60,
            documents_par_minute: 60,
            exports_par_heure: 60,
            federation: Vec::new(),
            tls: None,
            cle_machines_fichier: None,
            travaux_fils: 2,
            compositeur: None,
            arret_secondes: 20,
            sauvegarde: Sauvegarde::default(),
            continuite: Continuite::default(),
            recherche: Recherche::default(),
        }
    }
}

impl Default for Courrier {
    fn default() -> Self {
        Self {
            transport: TransportCourrier::Fichier,
            dossier: PathBuf::from("courrier"),
            hote: "localhost".to_owned(),
            port: 587,
            protection: Protection::Starttls,
            autorite_fichier: None,
            certificat_client_fichier: None,
            cle_client_fichier: None,
            identifiant: None,
            mot_de_passe_fichier: None,
            expediteur: "rcp@dcc.mssante.fr".to_owned(),
            domaines_securises: vec!["mssante.fr".to_owned()],
            adresse_retour: None,
            sujet: Sujet::default(),
            reference_nil: None,
            taille_maximale: TAILLE_MAXIMALE,
            operateurs: BTreeMap::new(),
            retours: None,
            antivirus: None,
        }
    }
}

impl Default for Operateur {
    fn default() -> Self {
        Courrier::default().operateur_par_defaut()
    }
}

impl Default for Retours {
    fn default() -> Self {
        Self {
            hote: "localhost".to_owned(),
            port: 993,
            protection: Protection::Tls,
            autorite_fichier: None,
            certificat_client_fichier: None,
            cle_client_fichier: None,
            identifiant: String::new(),
            mot_de_passe_fichier: None,
            dossier_traites: "Traités".to_owned(),
            dossier_a_examiner: "À examiner".to_owned(),
            lot: 200,
            taille_maximale: 26_214_400,
        }
    }
}

impl Courrier {
    /// The antivirus, if there is one.
    pub fn antivirus(&self) -> Result<Option<Antivirus>, Panne> {
        self.antivirus.as_deref().map(Antivirus::lire).transpose()
    }

    /// The server that carries the mails of every sender whom no further operator serves.
    #[must_use]
    pub fn operateur_par_defaut(&self) -> Operateur {
        Operateur {
            expediteurs: Vec::new(),
            hote: self.hote.clone(),
            port: self.port,
            protection: self.protection,
            autorite_fichier: self.autorite_fichier.clone(),
            certificat_client_fichier: self.certificat_client_fichier.clone(),
            cle_client_fichier: self.cle_client_fichier.clone(),
            identifiant: self.identifiant.clone(),
            mot_de_passe_fichier: self.mot_de_passe_fichier.clone(),
            adresse_retour: self.adresse_retour.clone(),
            taille_maximale: self.taille_maximale,
        }
    }
}

impl Config {
    /// Reads the file (`dcc.toml`, or the one given) and the environment.
    pub fn lire(fichier: Option<&PathBuf>) -> Result<Self, Panne> {
        let fichier = fichier.cloned().unwrap_or_else(|| PathBuf::from("dcc.toml"));
        Figment::from(Serialized::defaults(Self::default()))
            .merge(Toml::file(fichier))
            .merge(Env::prefixed("DCC_").ignore(&["log"]).split("__"))
            .extract()
            .map_err(|e| Panne::new("configuration", e))
    }

    /// The base, with its key if it is encrypted.
    pub fn adresse(&self) -> Result<Adresse, Panne> {
        let adresse = Adresse::lire(&self.base)?;
        match &self.cle_base_fichier {
            Some(fichier) => adresse.avec_cle(CleBase::lire(fichier)?),
            None => Ok(adresse),
        }
    }

    /// The replica that the infocentre reads, if there is one.
    pub fn adresse_infocentre(&self) -> Result<Option<Adresse>, Panne> {
        match (&self.base_infocentre, self.adresse()?) {
            (None, _) => Ok(None),
            (Some(url), Adresse::Postgres(_)) => match Adresse::lire(url)? {
                replique @ Adresse::Postgres(_) => Ok(Some(replique)),
                Adresse::Sqlite(_) => Err(Panne::dire("base_infocentre est une réplique PostgreSQL")),
            },
            (Some(_), Adresse::Sqlite(_)) => {
                Err(Panne::dire("base_infocentre suit une base PostgreSQL : un fichier SQLite n'a pas de réplique"))
            }
        }
    }

    /// What the national documents say of the region, checked.
    pub fn reglages_cda(&self) -> Result<Reglages, Panne> {
        let Cda { racine_oid, sigle_rrc, oid_ipp, secteurs, information_fichier } = &self.cda;
        if racine_oid.as_ref().is_some_and(|racine| racine.len() > RACINE_MAXIMALE) {
            return Err(Panne::dire("DCC_CDA__RACINE_OID : 24 caractères au plus, pour qu'un OID de document en ait 64"));
        }
        let oids = racine_oid.iter().chain(oid_ipp.values());
        if let Some(faux) = oids.into_iter().find(|oid| !est_un_oid(oid)) {
            return Err(Panne::dire(format!("configuration cda : « {faux} » n'est pas un OID")));
        }
        let lire = |fichier: &PathBuf| std::fs::read_to_string(fichier).map_err(|e| Panne::new("lecture de cda.information_fichier", e));
        Ok(Reglages {
            racine: racine_oid.clone(),
            sigle_rrc: sigle_rrc.clone(),
            oid_ipp: oid_ipp.clone(),
            secteurs: secteurs.iter().map(|(finess, s)| (finess.clone(), (s.code.clone(), s.libelle.clone()))).collect(),
            information_etablissement: information_fichier.as_ref().map(lire).transpose()?,
        })
    }

    /// The program that lays out the templates of the region.
    pub fn compositeur(&self) -> Result<PathBuf, Panne> {
        let donne = self.compositeur.clone().map(Ok);
        donne.unwrap_or_else(std::env::current_exe).map_err(|e| Panne::new("emplacement de ce programme", e))
    }

    /// The key of the access tokens, from its file or its variable.
    pub fn cle(&self) -> Result<Vec<u8>, Panne> {
        match (&self.cle_jetons_fichier, &self.cle_jetons) {
            (Some(fichier), _) => std::fs::read(fichier).map_err(|e| Panne::new("lecture de la clé des jetons", e)),
            (None, Some(texte)) => octets_hexadecimaux(texte).ok_or_else(|| Panne::dire("DCC_CLE_JETONS doit être en hexadécimal")),
            (None, None) => Err(Panne::dire(
                "la clé des jetons d'accès manque : donnez DCC_CLE_JETONS_FICHIER (32 octets au moins, `head -c 32 /dev/urandom > cle`)",
            )),
        }
    }
}
