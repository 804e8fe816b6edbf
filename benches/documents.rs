//! Documents a second on one core: the first, which warms the typesetter, then the others, and a batch for
//! print. `cargo bench --bench documents`; docs/MESURES.md keeps what was measured.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measure stops where something is wrong and prints a table")]

use dcc::{
    documents::{
        lot,
        pdf::{self, Matiere},
    },
    metier::{
        compte_rendu::model::ContenuCompteRendu,
        gabarit::model::{GenreGabarit, exemples},
    },
};
use std::{
    hint::black_box,
    time::{Duration, Instant},
};

/// Time given to each measure.
const DUREE: Duration = Duration::from_secs(3);
/// Letters of a batch.
const LETTRES: usize = 50;

fn main() {
    let exemples: Vec<ContenuCompteRendu> = exemples::tous().unwrap().into_iter().map(|exemple| exemple.contenu).collect();
    println!("{} exemples{:>38}{:>12}{:>10}", exemples.len(), "ms", "par seconde", "ko");
    for (nom, genre) in [("compte-rendu", GenreGabarit::CompteRendu), ("lettre", GenreGabarit::LettreMedecinTraitant)] {
        let debut = Instant::now();
        let premier = exemples.iter().find_map(|contenu| composer(genre, contenu)).unwrap();
        ligne(&format!("{nom}, PDF/A, le premier"), debut.elapsed().as_secs_f64(), premier.len());
        let (mut faits, mut octets) = (0_u32, 0);
        let debut = Instant::now();
        while debut.elapsed() < DUREE {
            for pdf in exemples.iter().filter_map(|contenu| composer(genre, contenu)) {
                faits += 1;
                octets += pdf.len();
                black_box(pdf);
            }
        }
        ligne(&format!("{nom}, PDF/A, les suivants"), debut.elapsed().as_secs_f64() / f64::from(faits), octets / faits as usize);
    }
    let lettre = exemples.iter().find_map(|contenu| composer(GenreGabarit::LettreMedecinTraitant, contenu)).unwrap();
    let lettres = vec![lettre.as_slice(); LETTRES];
    let debut = Instant::now();
    let octets = lot::assembler(&lettres).unwrap();
    ligne(&format!("lot de {LETTRES} lettres"), debut.elapsed().as_secs_f64(), octets.len());
}

/// Everything that one document costs: its data are prepared, laid out and written.
fn composer(genre: GenreGabarit, contenu: &ContenuCompteRendu) -> Option<Vec<u8>> {
    Matiere::de(genre, contenu).unwrap().map(|matiere| pdf::composer(genre, &matiere).unwrap())
}

fn ligne(nom: &str, secondes: f64, octets: usize) {
    println!("{nom:<34}{:>16.1}{:>12.1}{:>10}", secondes * 1000.0, 1.0 / secondes, octets / 1000);
}
