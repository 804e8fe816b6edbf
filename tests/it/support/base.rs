//! A fresh database for each test: a copy of a migrated template.

use dcc::{app, db::Adresse};
use diesel::{Connection, PgConnection, connection::SimpleConnection};
use std::{
    path::PathBuf,
    process::{Child, ChildStdin, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

/// The two databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Base {
    Sqlite,
    Postgres,
}

/// The database of one test, erased at its end.
pub struct BaseDeTest {
    pub url: String,
    menage: Menage,
}

enum Menage {
    Sqlite {
        _dossier: tempfile::TempDir,
    },
    Postgres {
        nom: String,
    },
    /// Somebody else erases it.
    Rien,
}

impl BaseDeTest {
    /// A database that another value erases, under another address.
    pub fn de(url: String) -> Self {
        Self { url, menage: Menage::Rien }
    }
}

impl Drop for BaseDeTest {
    fn drop(&mut self) {
        if let Menage::Postgres { nom } = &self.menage
            && let Some(grappe) = grappe()
        {
            drop(grappe.administrer(&format!("DROP DATABASE IF EXISTS {nom} WITH (FORCE)")));
        }
    }
}

static RANG: AtomicU32 = AtomicU32::new(0);

/// A fresh database; `None` when PostgreSQL is not to be had outside CI.
pub fn nouvelle(base: Base) -> Option<BaseDeTest> {
    match base {
        Base::Sqlite => {
            let dossier = tempfile::tempdir().unwrap();
            let chemin = dossier.path().join("essai.sqlite");
            std::fs::copy(modele_sqlite(), &chemin).unwrap();
            Some(BaseDeTest { url: format!("sqlite://{}", chemin.display()), menage: Menage::Sqlite { _dossier: dossier } })
        }
        Base::Postgres => {
            let grappe = grappe()?;
            let nom = format!("essai_{}_{}", std::process::id(), RANG.fetch_add(1, Ordering::Relaxed));
            grappe.administrer(&format!("CREATE DATABASE {nom} TEMPLATE {}", grappe.modele)).unwrap();
            Some(BaseDeTest { url: grappe.url(&nom), menage: Menage::Postgres { nom } })
        }
    }
}

/// The address of a place where no base has been made yet.
pub fn vide(base: Base) -> Option<BaseDeTest> {
    match base {
        Base::Sqlite => {
            let dossier = tempfile::tempdir().unwrap();
            let url = format!("sqlite://{}", dossier.path().join("vide.sqlite").display());
            Some(BaseDeTest { url, menage: Menage::Sqlite { _dossier: dossier } })
        }
        Base::Postgres => {
            let grappe = grappe()?;
            let nom = format!("vide_{}_{}", std::process::id(), RANG.fetch_add(1, Ordering::Relaxed));
            grappe.administrer(&format!("CREATE DATABASE {nom}")).unwrap();
            Some(BaseDeTest { url: grappe.url(&nom), menage: Menage::Postgres { nom } })
        }
    }
}

fn modele_sqlite() -> &'static PathBuf {
    static MODELE: OnceLock<(tempfile::TempDir, PathBuf)> = OnceLock::new();
    &MODELE
        .get_or_init(|| {
            let dossier = tempfile::tempdir().unwrap();
            let chemin = dossier.path().join("modele.sqlite");
            preparer(&format!("sqlite://{}", chemin.display()));
            (dossier, chemin)
        })
        .1
}

/// Migrates and loads the référentiels, as `dcc migrate` does.
fn preparer(url: &str) {
    app::preparer(&Adresse::lire(url).unwrap()).unwrap();
}

/// A PostgreSQL server: a private one that ends with this process, or the one that was given.
pub struct Grappe {
    racine: String,
    options: String,
    modele: String,
    // Held open: when this process ends, the pipe closes and the script below stops the server.
    _vie: Option<(Child, ChildStdin)>,
}

impl Grappe {
    fn url(&self, base: &str) -> String {
        format!("{}/{base}{}", self.racine, self.options)
    }

    fn administrer(&self, ordre: &str) -> Result<(), String> {
        let mut conn = PgConnection::establish(&self.url("postgres")).map_err(|e| e.to_string())?;
        conn.batch_execute(ordre).map_err(|e| e.to_string())
    }
}

/// A variable of the environment, which only the harness of the tests reads.
pub fn variable(nom: &str) -> Option<String> {
    std::env::var_os(nom)?.into_string().ok()
}

fn grappe() -> Option<&'static Grappe> {
    static GRAPPE: OnceLock<Option<Grappe>> = OnceLock::new();
    GRAPPE
        .get_or_init(|| {
            let grappe = demarrer();
            assert!(grappe.is_some() || variable("CI").as_deref() != Some("true"), "en intégration continue PostgreSQL est obligatoire");
            println!("PostgreSQL : {}", if grappe.is_some() { "essayé" } else { "absent, seul SQLite est essayé" });
            grappe
        })
        .as_ref()
}

fn demarrer() -> Option<Grappe> {
    let mut grappe = match variable("TEST_DATABASE_URL") {
        Some(url) => donnee(&url),
        None => privee(executables()?, SANS_DURABILITE),
    };
    grappe.modele = format!("modele_{}", std::process::id());
    grappe.administrer(&format!("CREATE DATABASE {}", grappe.modele)).unwrap();
    preparer(&grappe.url(&grappe.modele));
    Some(grappe)
}

/// `postgres://utilisateur@hote/base?options`: the tests make databases of their own beside it.
fn donnee(url: &str) -> Grappe {
    let (adresse, options) = url.split_once('?').map_or((url, String::new()), |(adresse, options)| (adresse, format!("?{options}")));
    let racine = adresse.rsplit_once('/').unwrap().0.to_owned();
    Grappe { racine, options, modele: String::new(), _vie: None }
}

/// Folder of `initdb` and `postgres`, from the path or where Debian puts them.
pub fn executables() -> Option<PathBuf> {
    let chemin = std::env::var_os("PATH")?;
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|version| version.path().join("bin"));
    std::env::split_paths(&chemin)
        .chain(debian)
        .filter_map(|dossier| Some(dossier.join("initdb").canonicalize().ok()?.parent()?.to_owned()))
        .find(|dossier| ["postgres", "pg_isready"].iter().all(|programme| dossier.join(programme).exists()))
}

/// What the tests give up: what the server holds lives as long as they do.
const SANS_DURABILITE: &str = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off";

/// Starts a server on a socket of its own, with more settings. PostgreSQL refuses root, so root hands
/// over to the `postgres` account.
fn privee(executables: PathBuf, reglages: &str) -> Grappe {
    let script = &r#"
        set -e
        dossier=$(mktemp -d /tmp/dcc-essais-XXXXXX)
        "$0/initdb" -D "$dossier/donnees" -U postgres -A trust -E UTF8 --locale=C --no-sync >/dev/null
        "$0/postgres" -D "$dossier/donnees" -k "$dossier" -c listen_addresses= @REGLAGES@ \
            -c max_connections=400 -c shared_buffers=64MB -c log_min_messages=fatal >/dev/null 2>&1 &
        serveur=$!
        until "$0/pg_isready" -q -h "$dossier"; do
            kill -0 $serveur || exit 1
            sleep 0.05
        done
        echo "$dossier"
        cat >/dev/null
        kill -QUIT $serveur
        wait $serveur || true
        rm -rf "$dossier"
    "#
    .replace("@REGLAGES@", reglages);
    let root = Command::new("id").arg("-u").output().is_ok_and(|sortie| sortie.stdout == b"0\n");
    let mut commande = if root {
        let mut su = Command::new("su");
        su.args(["postgres", "-s", "/bin/sh", "-c"])
            .arg(format!("cd /tmp\nset -- \n{}", script.replace("$0", &executables.display().to_string())));
        su
    } else {
        let mut sh = Command::new("sh");
        sh.args(["-c", script]).arg(executables);
        sh
    };
    let mut serveur = commande.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let vie = serveur.stdin.take().unwrap();
    let mut dossier = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(serveur.stdout.take().unwrap()), &mut dossier).unwrap();
    let dossier = dossier.trim();
    assert!(!dossier.is_empty(), "le serveur PostgreSQL des essais n'a pas démarré");
    Grappe {
        racine: "postgres://postgres@".to_owned(),
        options: format!("?host={dossier}"),
        modele: String::new(),
        _vie: Some((serveur, vie)),
    }
}
