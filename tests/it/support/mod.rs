//! The harness.
//!
//! ```ignore
//! sur_les_deux_bases! {
//!     fn un_rpps_ne_sert_qu_une_fois(banc) {
//!         let admin = banc.personne("admin", &[(Role::AdministrateurRegional, Perimetre::Region)]);
//!         admin.post("/api/v1/praticiens", json!({ … })).est(201);
//!     }
//! }
//! ```
//!
//! Each test owns a database (a copy of a migrated template), a real server on a free port, a clock
//! stopped on Monday 2 March 2026 at 10:00 in Paris, and identifiers drawn from a seed.
//! PostgreSQL is a private cluster started from the installed binaries, or the one named by
//! `TEST_DATABASE_URL`; without either the PostgreSQL half says so and does nothing, except in CI
//! (`CI=true`) where it fails.

pub mod base;
pub mod clamav;
pub mod client;
pub mod compte;
pub mod contenu;
pub mod fait;
pub mod fournisseur;
pub mod glewlwyd;
pub mod region;
pub mod scene;
pub mod serveurs_courrier;
pub mod services;
pub mod smtp;

use base::{Base, BaseDeTest};
use client::{Client, Ecoute};
use dcc::{
    app::{self, Etat},
    config::{Config, CoutMotDePasse, Exposition},
    db::{Demande, Op},
    kernel::{
        Chance, Horloge, Instant, Perimetre, Resultat, Role,
        acteur::Habilitation,
        ids::{CompteId, PraticienId},
    },
    metier::compte::service::{self as comptes, NouveauCompte},
};
use metrics_exporter_prometheus::PrometheusBuilder;
use std::{
    net::{TcpListener, TcpStream},
    process::{Child, Command},
    sync::{Arc, mpsc},
    thread::JoinHandle,
    time::Duration,
};

/// Declares tests that run on SQLite and on PostgreSQL.
macro_rules! sur_les_deux_bases {
    ($($(#[$meta:meta])* fn $nom:ident($banc:ident) $corps:block)+) => { $(
        $(#[$meta])*
        mod $nom {
            #[allow(unused_imports, reason = "a body may need nothing of its module")]
            use super::*;

            fn corps($banc: &$crate::support::Banc) $corps

            #[test]
            fn sqlite() {
                $crate::support::essayer($crate::support::base::Base::Sqlite, corps);
            }

            #[test]
            fn postgres() {
                $crate::support::essayer($crate::support::base::Base::Postgres, corps);
            }
        }
    )+ };
}

/// Runs a body on a fresh bench; says so when the database is not to be had.
pub fn essayer(base: Base, corps: fn(&Banc)) {
    match base::nouvelle(base) {
        Some(base) => corps(&Banc::nouveau(base)),
        None => println!("PostgreSQL absent : cet essai n'a tourné que sur SQLite"),
    }
}

/// Monday 2 March 2026, 10:00 in Paris.
pub fn lundi() -> Instant {
    "2026-03-02T09:00:00Z".parse().unwrap()
}

/// A running service with its own database.
pub struct Banc {
    pub etat: Arc<Etat>,
    pub url: String,
    service: Service,
    ecoute: Option<Ecoute>,
    dossier: tempfile::TempDir,
    // Dropped last: the database outlives the service.
    _base: BaseDeTest,
}

/// What answers: the service in this process, or the program as it is shipped.
enum Service {
    Ici { serveur: actix_web::dev::ServerHandle, fil: Option<JoinHandle<()>> },
    Programme(Child),
}

impl Banc {
    fn nouveau(base: BaseDeTest) -> Self {
        Self::regle(base, |_| {})
    }

    /// A bench under other settings.
    pub fn regle(base: BaseDeTest, regler: impl FnOnce(&mut Config)) -> Self {
        let dossier = tempfile::tempdir().unwrap();
        let mut config = Config { base: base.url.clone(), connexions: 6, cle_jetons: Some("ab".repeat(32)), ..Config::default() };
        config.comptes.cle_facteurs = Some("cd".repeat(32));
        config.recherche.cle = Some("ef".repeat(32));
        // The least that is accepted: tests hash many passwords.
        config.comptes.mot_de_passe = CoutMotDePasse { memoire_kio: 19 * 1024, passes: 2, fils: 1, simultanes: 2 };
        config.comptes.mandataires = vec!["127.0.0.1".parse().unwrap()];
        config.compositeur = Some(env!("CARGO_BIN_EXE_dcc").into());
        config.courrier.dossier = dossier.path().join("courrier");
        config.pierres_tombales = dossier.path().join("pierres-tombales.jsonl");
        (config.ecoute, config.fils, config.arret_secondes) = ("127.0.0.1:0".to_owned(), 1, 1);
        config.exposition = Exposition { documentation: true, mesures: true };
        regler(&mut config);
        let mesures = PrometheusBuilder::new().build_recorder().handle();
        let etat = Etat::construire(config, Horloge::reglee(lundi()), Chance::semee(1), mesures).unwrap();
        let etat = Arc::new(etat);
        let (url, serveur, fil) = servir(Arc::clone(&etat));
        Self { etat, url, service: Service::Ici { serveur, fil: Some(fil) }, ecoute: None, dossier, _base: base }
    }

    /// The program itself, with its background work, at the present moment: its logs at the most verbose level go
    /// to the files `sortie` and `journaux` of the folder, and every answer is heard.
    pub fn du_programme(base: BaseDeTest, ecoute: Ecoute) -> Self {
        let dossier = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut config = Config { base: base.url.clone(), cle_jetons: Some("ab".repeat(32)), ..Config::default() };
        config.comptes.cle_facteurs = Some("cd".repeat(32));
        config.ecoute = format!("127.0.0.1:{port}");
        config.courrier.dossier = dossier.path().join("courrier");
        let fichier = |nom: &str| std::fs::File::create(dossier.path().join(nom)).unwrap();
        let programme = Command::new(env!("CARGO_BIN_EXE_dcc"))
            .args(["serve", "--avec-travaux"])
            .current_dir(dossier.path())
            .env("DCC_BASE", &config.base)
            .env("DCC_CLE_JETONS", config.cle_jetons.as_ref().unwrap())
            .env("DCC_COMPTES__CLE_FACTEURS", "cd".repeat(32))
            .env("DCC_ECOUTE", &config.ecoute)
            .env("DCC_EXPOSITION__MESURES", "true")
            .env("DCC_COURRIER__DOSSIER", &config.courrier.dossier)
            .env("DCC_LOG", "trace")
            .stdout(fichier("sortie"))
            .stderr(fichier("journaux"))
            .spawn()
            .unwrap();
        let url = format!("http://{}", config.ecoute);
        let etat = Etat::construire(config, Horloge::Systeme, Chance::Systeme, PrometheusBuilder::new().build_recorder().handle()).unwrap();
        let banc = Self { etat: Arc::new(etat), url, service: Service::Programme(programme), ecoute: Some(ecoute), dossier, _base: base };
        while TcpStream::connect(&banc.etat.config.ecoute).is_err() {
            std::thread::sleep(Duration::from_millis(50));
        }
        banc
    }

    /// Folder of this test, erased at its end.
    #[allow(dead_code, reason = "for the tests that look at files")]
    pub fn dossier(&self) -> &std::path::Path {
        self.dossier.path()
    }

    /// Runs a use case as the service itself, on a writing transaction.
    pub fn systeme<T: Send + 'static>(&self, f: impl FnMut(&mut Op<'_>) -> Resultat<T> + Send + 'static) -> T {
        self.etat.db.ecrire_ici(&Demande::systeme("essai"), f).unwrap()
    }

    /// The present moment of this bench.
    pub fn maintenant(&self) -> Instant {
        self.etat.db.horloge().maintenant()
    }

    /// Moves the clock.
    pub fn regler(&self, vers: &str) {
        self.etat.db.horloge().regler(vers.parse().unwrap());
    }

    /// Moves the clock forward.
    pub fn avancer(&self, secondes: i64) {
        self.etat.db.horloge().regler(self.maintenant() + chrono::Duration::seconds(secondes));
    }

    /// A person with rights, signed in whenever needed.
    pub fn personne(&self, identifiant: &str, habilitations: &[(Role, Perimetre)]) -> Client {
        self.professionnel(identifiant, None, habilitations)
    }

    /// The same, tied to an entry of the directory.
    pub fn professionnel(&self, identifiant: &str, praticien: Option<PraticienId>, habilitations: &[(Role, Perimetre)]) -> Client {
        let nouveau = NouveauCompte {
            identifiant: identifiant.to_owned(),
            empreinte_mot_de_passe: None,
            nom: identifiant.to_owned(),
            praticien_id: praticien,
            fin_le: None,
            habilitations: habilitations.iter().map(|&(role, perimetre)| Habilitation { role, perimetre }).collect(),
        };
        let compte = self.systeme(move |op| comptes::creer(op, &nouveau)).0;
        self.client(compte.id)
    }

    /// A client for an existing account.
    pub fn client(&self, compte: CompteId) -> Client {
        Client::nouveau(&self.url, Arc::clone(&self.etat), Some(compte)).ecoute(self.ecoute.clone())
    }

    /// Somebody who is not signed in.
    pub fn anonyme(&self) -> Client {
        Client::nouveau(&self.url, Arc::clone(&self.etat), None).ecoute(self.ecoute.clone())
    }
}

impl Drop for Banc {
    fn drop(&mut self) {
        match &mut self.service {
            Service::Ici { serveur, fil } => {
                drop(serveur.stop(false));
                if let Some(fil) = fil.take() {
                    drop(fil.join());
                }
            }
            Service::Programme(programme) => {
                drop(programme.kill());
                drop(programme.wait());
            }
        }
    }
}

/// Serves in a thread of its own.
fn servir(etat: Arc<Etat>) -> (String, actix_web::dev::ServerHandle, JoinHandle<()>) {
    let (donner, recevoir) = mpsc::channel();
    let protocole = if etat.config.tls.is_some() { "https://localhost" } else { "http://127.0.0.1" };
    let fil = std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let (serveur, adresses) = app::serveur(etat, false).unwrap();
            donner.send((adresses[0].port(), serveur.handle())).unwrap();
            serveur.await.unwrap();
        });
    });
    let (port, serveur) = recevoir.recv().unwrap();
    (format!("{protocole}:{port}"), serveur, fil)
}
