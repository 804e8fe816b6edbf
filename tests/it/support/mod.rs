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
pub mod client;
pub mod fournisseur;
pub mod glewlwyd;
pub mod region;
pub mod scene;
pub mod serveurs_courrier;
pub mod services;
pub mod smtp;

use base::{Base, BaseDeTest};
use client::Client;
use dcc::{
    app::{self, Etat},
    config::Config,
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
    sync::{Arc, mpsc},
    thread::JoinHandle,
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
    serveur: actix_web::dev::ServerHandle,
    fil: Option<JoinHandle<()>>,
    dossier: tempfile::TempDir,
    // Dropped last: the database outlives the service.
    _base: BaseDeTest,
}

impl Banc {
    fn nouveau(base: BaseDeTest) -> Self {
        let dossier = tempfile::tempdir().unwrap();
        let mut config = Config { base: base.url.clone(), connexions: 6, cle_jetons: Some("ab".repeat(32)), ..Config::default() };
        config.compositeur = Some(env!("CARGO_BIN_EXE_dcc").into());
        config.comptes.cle_facteurs = Some("cd".repeat(32));
        config.courrier.dossier = dossier.path().join("courrier");
        (config.ecoute, config.fils, config.arret_secondes) = ("127.0.0.1:0".to_owned(), 1, 1);
        let mesures = PrometheusBuilder::new().build_recorder().handle();
        let etat = Etat::construire(config, Horloge::reglee(lundi()), Chance::semee(1), mesures).unwrap();
        let etat = Arc::new(etat);
        let (url, serveur, fil) = servir(Arc::clone(&etat));
        Self { etat, url, serveur, fil: Some(fil), dossier, _base: base }
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
        Client::nouveau(&self.url, Arc::clone(&self.etat), Some(compte))
    }

    /// Somebody who is not signed in.
    pub fn anonyme(&self) -> Client {
        Client::nouveau(&self.url, Arc::clone(&self.etat), None)
    }
}

impl Drop for Banc {
    fn drop(&mut self) {
        drop(self.serveur.stop(false));
        if let Some(fil) = self.fil.take() {
            drop(fil.join());
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
