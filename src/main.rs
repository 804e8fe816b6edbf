//! The command line: reads the arguments, calls the library.

use clap::{Parser, Subcommand};
use dcc::{
    app::{self, Etat},
    charge,
    commandes::{
        audit, completer, comptes, dire, exporter,
        infocentre::{self, Infocentre},
        rapport,
        retention::{self, Retention},
    },
    config::Config,
    db::{Demande, role},
    demo,
    documents::atelier,
    importation::commande::{self as annuaire, Annuaire},
    kernel::{Chance, Horloge, Panne, enveloppe::nouvelle_cle, ids::ReunionId},
    metier::{
        continuite::{
            commande::{self as continuite, Continuite},
            job as kits,
        },
        diffusion::service::verification as diffusions,
        exploitation::commande as exploitation,
        referentiel::lot::Lot,
    },
    region::commande::{self as region, Region},
    sauvegarde::commande as sauvegarde,
    telemetry,
};
use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

/// A request makes many small allocations: those of the C library took 15 % of the time of a write.
#[global_allocator]
static MEMOIRE: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Dossier communicant en cancérologie.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    /// Configuration file (TOML); `dcc.toml` by default.
    #[arg(long, global = true)]
    config: Option<PathBuf>,
    /// Levels of the logs, `info` by default.
    #[arg(long, global = true, env = "DCC_LOG")]
    journaux: Option<String>,
    #[command(subcommand)]
    commande: Commande,
}

#[derive(Subcommand)]
enum Commande {
    /// Serves the API.
    Serve {
        /// Runs background work in the same process too.
        #[arg(long)]
        avec_travaux: bool,
    },
    /// Makes a small region on a fresh SQLite file, then serves it and works on it.
    Demo {
        /// Folder of its files.
        #[arg(long, default_value = "data/demo")]
        dossier: PathBuf,
        #[command(subcommand)]
        action: Option<ActionDemo>,
    },
    /// Runs background work: documents, mails.
    Worker,
    /// Brings the database to the schema of this program and loads the reference data it embeds.
    Migrate {
        /// PostgreSQL: role under which the service runs, which is given its rights; it cannot change the access trace.
        #[arg(long)]
        role: Option<String>,
    },
    /// Loads reference data from a directory laid out like `referentiels/`.
    Referentiels {
        /// The directory.
        dossier: PathBuf,
    },
    /// Opens the account of an administrator of the region, and prints the secret by which that person chooses a password
    /// and enrols a second factor.
    Administrateur {
        /// What the person types to sign in.
        #[arg(long)]
        identifiant: String,
        /// Name to show.
        #[arg(long)]
        nom: String,
    },
    /// Looks after accounts where no administrator can sign in.
    #[command(subcommand)]
    Compte(ActionCompte),
    /// Public directories: imports, mailboxes, trust space.
    #[command(subcommand)]
    Annuaire(Annuaire),
    /// A synthetic region of the real size, for training and acceptance.
    #[command(subcommand)]
    Region(Region),
    /// Measures rates and latencies beside a floor, on an empty database that it fills.
    Charge {
        /// Patients made before the measure.
        #[arg(long, default_value_t = 5_000)]
        patients: usize,
        /// Seconds given to each operation.
        #[arg(long, default_value_t = 5)]
        secondes: u64,
        /// Requests asked at the same time.
        #[arg(long, default_value_t = 8)]
        clients: usize,
    },
    /// The access trace: key, signed heads, verification, export.
    #[command(subcommand)]
    Audit(audit::Audit),
    /// Looks after the ledger of deliveries.
    #[command(subcommand)]
    Diffusion(ActionDiffusion),
    /// Documents as files.
    #[command(subcommand)]
    Documents(ActionDocuments),
    /// Saves the base, encrypted, while people work on it.
    Sauvegarder {
        /// File to write, which must not exist; or a folder, where it is named by the moment.
        #[arg(long)]
        vers: PathBuf,
        /// Who may open it (`age1…`), in the place of those of the configuration; may be repeated.
        #[arg(long = "destinataire")]
        destinataires: Vec<String>,
    },
    /// Restores a backup into an empty place, compares it with what was saved, and leaves it in read-only mode.
    Restaurer {
        /// The backup.
        #[arg(long)]
        fichier: PathBuf,
        /// File of the private key.
        #[arg(long)]
        cle: PathBuf,
        /// Address of the base to make; that of the configuration by default.
        #[arg(long)]
        vers: Option<String>,
    },
    /// Makes a key pair for backups: the private key in a file to put away from the server.
    CleSauvegarde {
        /// File of the private key, which must not exist.
        #[arg(long)]
        fichier: PathBuf,
    },
    /// Refuses writings (`oui`) or takes them again (`non`).
    LectureSeule {
        /// `oui` or `non`.
        #[arg(value_parser = ["oui", "non"])]
        etat: String,
        /// Why, as shown to everybody.
        #[arg(long, default_value = "Décision de l'exploitant")]
        motif: String,
    },
    /// Writes the annual activity report of a year: PDF, XLSX, CSV or JSON.
    Rapport(rapport::Demander),
    /// What the infocentre counts.
    #[command(subcommand)]
    Infocentre(Infocentre),
    /// The continuity kit: what lets the coming meetings be held without the service.
    #[command(subcommand)]
    Continuite(Continuite),
    /// Retention of files: purges, tombstones.
    #[command(subcommand)]
    Retention(Retention),
    /// Writes the API document on the standard output.
    Openapi,
    /// Lays out one template of the region: this program starts itself so.
    #[command(hide = true)]
    Composer,
}

#[derive(Subcommand)]
enum ActionDocuments {
    /// Writes every document of a meeting (PDF, letters, CDA, IHE XDM) and an index with their SHA-256. Never
    /// overwrites another content.
    Exporter {
        /// The meeting.
        #[arg(long)]
        reunion: ReunionId,
        /// Folder of the files, made if need be.
        #[arg(long)]
        dossier: PathBuf,
    },
    /// Asks for the CDA and the archive of each version that has none: those made before this program made them, and
    /// those whose making was given up. The background work then makes them.
    Completer,
}

#[derive(Subcommand)]
enum ActionDemo {
    /// Prints the code that the application of an account shows at this moment.
    Code {
        /// The account.
        identifiant: String,
    },
}

#[derive(Subcommand)]
enum ActionCompte {
    /// Takes the password, the factors and the sessions of an account away, and prints the secret by which its holder
    /// begins again.
    Reinitialiser {
        /// What the person types to sign in.
        #[arg(long)]
        identifiant: String,
    },
    /// Seals the secrets of second factors again under the key of today, the former one being in
    /// `comptes.cle_facteurs_precedente_fichier`.
    Resceller,
}

#[derive(Subcommand)]
enum ActionDiffusion {
    /// Proves that every version has the deliveries it was prepared for, each with its state, its changes and,
    /// where it is to leave, its job. Ends with the code 1 and names the rows when something does not hold.
    Verifier,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match executer(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(panne) => {
            eprintln!("dcc : {panne}");
            ExitCode::FAILURE
        }
    }
}

fn executer(arguments: Arguments) -> Result<(), Panne> {
    // Without settings nor logs: the template must see nothing of the service.
    if matches!(arguments.commande, Commande::Composer) {
        return atelier::servir(std::io::stdin().lock(), std::io::stdout().lock());
    }
    telemetry::journaux(arguments.journaux.as_deref())?;
    let config = Config::lire(arguments.config.as_ref())?;
    match arguments.commande {
        Commande::Serve { avec_travaux } => servir(config, avec_travaux),
        Commande::Demo { dossier, action: None } => demontrer(config, &dossier),
        Commande::Demo { dossier, action: Some(ActionDemo::Code { identifiant }) } => dire(&demo::code(&dossier, &identifiant)?),
        Commande::Worker => travailler(&config),
        Commande::Migrate { role } => migrer(&config, role.as_deref()),
        Commande::Referentiels { dossier } => charger_referentiels(&config, &dossier),
        Commande::Administrateur { identifiant, nom } => dire(&comptes::administrateur(&config, identifiant, nom)?),
        Commande::Compte(ActionCompte::Reinitialiser { identifiant }) => dire(&comptes::reinitialiser(&config, identifiant)?),
        Commande::Compte(ActionCompte::Resceller) => comptes::resceller(&config),
        Commande::Annuaire(commande) => annuaire::executer(&config, commande),
        Commande::Region(commande) => region::executer(&config, commande),
        Commande::Charge { patients, secondes, clients } => {
            let reglages = charge::Reglages { patients, duree: Duration::from_secs(secondes), connexions: clients };
            charge::mesurer_tout(config, reglages, &mut std::io::stdout())
        }
        Commande::Audit(commande) => audit::executer(&config, commande),
        Commande::Diffusion(ActionDiffusion::Verifier) => verifier_les_diffusions(&config),
        Commande::Documents(ActionDocuments::Exporter { reunion, dossier }) => exporter(&config, reunion, &dossier),
        Commande::Sauvegarder { vers, destinataires } => sauvegarde::prendre(&config, &vers, &destinataires),
        Commande::Restaurer { fichier, cle, vers } => sauvegarde::rendre(&config, &fichier, &cle, vers),
        Commande::CleSauvegarde { fichier } => dire(&format!("destinataire : {}", nouvelle_cle(&fichier)?)),
        Commande::LectureSeule { etat, motif } => exploitation::lecture_seule(&config, etat == "oui", &motif),
        Commande::Rapport(demande) => rapport::executer(&config, &demande),
        Commande::Infocentre(commande) => infocentre::executer(&config, commande),
        Commande::Continuite(commande) => continuite::executer(&config, commande),
        Commande::Retention(commande) => retention::executer(&config, commande),
        Commande::Documents(ActionDocuments::Completer) => completer(&config),
        Commande::Openapi => ecrire_le_document(),
        Commande::Composer => Ok(()),
    }
}

/// What a process says at its start of how it is set.
fn annoncer(config: &Config) -> Result<(), Panne> {
    kits::annoncer(&config.continuite)?;
    if role::peut_toucher_a_la_trace(&config.adresse()?).unwrap_or(false) {
        tracing::warn!(
            "le rôle PostgreSQL du service peut changer ou effacer la trace des accès : `dcc migrate --role` en prépare un autre"
        );
    }
    Ok(())
}

fn servir(config: Config, avec_travaux: bool) -> Result<(), Panne> {
    annoncer(&config)?;
    let etat = Arc::new(Etat::construire(config, Horloge::Systeme, Chance::Systeme, telemetry::mesures()?)?);
    let travaux = avec_travaux.then(|| app::demarrer_les_travaux(&etat.config, &etat.db)).transpose()?;
    let issue = actix_web::rt::System::new().block_on(app::servir(etat));
    if let Some(travaux) = travaux {
        travaux.arreter();
    }
    issue
}

fn demontrer(config: Config, dossier: &Path) -> Result<(), Panne> {
    let config = demo::preparer(dossier, config)?;
    let texte = demo::presentation(dossier, &config)?;
    dire(&texte)?;
    servir(config, true)
}

/// Works until told to stop; running jobs are finished first.
fn travailler(config: &Config) -> Result<(), Panne> {
    annoncer(config)?;
    let db = app::ouvrir_la_base(config, Horloge::Systeme, Chance::Systeme)?;
    let travaux = app::demarrer_les_travaux(config, &db)?;
    let issue = actix_web::rt::System::new().block_on(signal_d_arret());
    travaux.arreter();
    issue
}

async fn signal_d_arret() -> Result<(), Panne> {
    use tokio::signal::unix::{SignalKind, signal};
    let ecouter = |genre| signal(genre).map_err(|e| Panne::new("écoute des signaux d'arrêt", e));
    let (mut terminer, mut interrompre) = (ecouter(SignalKind::terminate())?, ecouter(SignalKind::interrupt())?);
    tokio::select! {
        _ = terminer.recv() => {}
        _ = interrompre.recv() => {}
    }
    Ok(())
}

fn migrer(config: &Config, role: Option<&str>) -> Result<(), Panne> {
    let adresse = config.adresse()?;
    let (migrations, chargement) = app::preparer(&adresse)?;
    if let Some(role) = role {
        role::accorder(&adresse, role)?;
    }
    tracing::info!(migrations = migrations.len(), ?chargement, "base au schéma de ce programme");
    Ok(())
}

fn charger_referentiels(config: &Config, dossier: &Path) -> Result<(), Panne> {
    let chargement = app::charger(&config.adresse()?, "referentiels", &Lot::du_dossier(dossier)?)?;
    tracing::info!(?chargement, "référentiels chargés");
    Ok(())
}

fn verifier_les_diffusions(config: &Config) -> Result<(), Panne> {
    let db = app::ouvrir_la_base(config, Horloge::Systeme, Chance::Systeme)?;
    let rapport =
        db.ecrire_ici(&Demande::systeme("verification"), diffusions::verifier).map_err(|e| Panne::new("vérification des diffusions", e))?;
    dire(rapport.to_string().trim_end())?;
    if rapport.tient() { Ok(()) } else { Err(Panne::dire("le registre des diffusions ne tient pas")) }
}

fn exporter(config: &Config, reunion: ReunionId, dossier: &Path) -> Result<(), Panne> {
    let db = app::ouvrir_la_base(config, Horloge::Systeme, Chance::Systeme)?;
    let bilan = exporter::exporter(&db, reunion, dossier)?;
    dire(&format!(
        "{} comptes-rendus : {} fichiers écrits, {} déjà là ; {} comptes-rendus en préparation",
        bilan.comptes_rendus, bilan.ecrits, bilan.deja_la, bilan.en_preparation
    ))
}

fn completer(config: &Config) -> Result<(), Panne> {
    let bilan = completer::completer(&app::ouvrir_la_base(config, Horloge::Systeme, Chance::Systeme)?)?;
    dire(&format!("documents nationaux demandés : {} comptes-rendus, {} programmes", bilan.comptes_rendus, bilan.programmes))
}

fn ecrire_le_document() -> Result<(), Panne> {
    let document = app::document().to_pretty_json().map_err(|e| Panne::new("document de l'API", e))?;
    dire(&document)
}
