//! Rates and latencies of the main operations, with rights and trace on, beside the floor: a bare
//! actix + diesel route that does one query, in the same run, on the same machine.
//!
//! `cargo bench --bench charge -- [secondes] [connexions]` (5 seconds and 8 connections by default) runs
//! on SQLite and on PostgreSQL where its binaries are found, both with full durability, and prints a
//! table. It asserts nothing about time.

#![expect(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout, reason = "a measuring program")]

#[path = "../../tests/it/support/base.rs"]
mod base;
mod client;
mod decor;

use client::{Mesure, mesurer};
use decor::Decor;
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

fn main() {
    let nombres: Vec<u64> = std::env::args().skip(1).filter_map(|a| a.parse().ok()).collect();
    let duree = Duration::from_secs(nombres.first().copied().unwrap_or(5));
    let connexions = usize::try_from(nombres.get(1).copied().unwrap_or(8)).unwrap();
    println!("{} s par mesure, {connexions} connexions, générateur et serveur sur la même machine\n", duree.as_secs());

    let dossier = tempfile::tempdir_in(".").unwrap();
    mesurer_une_base("SQLite", &format!("sqlite://{}", dossier.path().join("charge.sqlite").display()), duree, connexions);
    match base::durable() {
        Some((_grappe, url)) => mesurer_une_base("PostgreSQL", &url, duree, connexions),
        None => println!("PostgreSQL absent : seul SQLite est mesuré"),
    }
}

fn mesurer_une_base(nom: &str, url: &str, duree: Duration, connexions: usize) {
    let decor = Arc::new(Decor::monter(url, 5_000, 40_000));
    println!("{nom}\n{:34} {:>9} {:>9} {:>9} {:>9} {:>8}", "", "/s", "p50 ms", "p99 ms", "max ms", "/plancher");
    let lancer = |titre: &str, requete: Arc<dyn Fn(usize) -> Vec<u8> + Send + Sync>, plancher: Option<&Mesure>| {
        let mesure = mesurer(decor.adresse, connexions, duree, requete);
        mesure.imprimer(titre, plancher);
        mesure
    };
    let lecture_nue = lancer("plancher : lire une ligne", decor.lire_nu(), None);
    let ecriture_nue = lancer("plancher : écrire une ligne", decor.ecrire_nu(), None);
    lancer("lire un patient", decor.lire_patient(), Some(&lecture_nue));
    lancer("chercher un patient par son nom", decor.chercher_patient(), Some(&lecture_nue));
    lancer("créer un patient", decor.creer_patient(), Some(&ecriture_nue));
    lancer("inscrire une fiche", decor.inscrire(), Some(&ecriture_nue));
    println!("mémoire du processus : {} Mio\n", decor::memoire_mio());
}

/// Numbers given out once across the connections.
#[derive(Default)]
struct Compteur(AtomicUsize);

impl Compteur {
    fn suivant(&self) -> usize {
        self.0.fetch_add(1, Ordering::Relaxed)
    }
}
