//! Documents a second on one core: the first, which warms the typesetter, then the others, and a batch for
//! print. `cargo bench --bench documents`; docs/MESURES.md keeps what was measured.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measure stops where something is wrong and prints a table")]

use dcc::{
    config::Xdm,
    documents::{
        cda::{Reglages, frcp},
        lot,
        pdf::{self, Matiere},
        xdm,
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
/// Size of the PDF inside a CDA: that of a usual compte-rendu.
const OCTETS_DU_PDF: usize = 40_000;
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
    cda(&exemples);
    let lettre = exemples.iter().find_map(|contenu| composer(GenreGabarit::LettreMedecinTraitant, contenu)).unwrap();
    let lettres = vec![lettre.as_slice(); LETTRES];
    let debut = Instant::now();
    let octets = lot::assembler(&lettres).unwrap();
    ligne(&format!("lot de {LETTRES} lettres"), debut.elapsed().as_secs_f64(), octets.len());
}

/// The CDA with a PDF of a usual size inside, then its archive.
fn cda(exemples: &[ContenuCompteRendu]) {
    let (reglages, archives, pdf) = (Reglages::default(), Xdm::default(), vec![0x41; OCTETS_DU_PDF]);
    let debut = Instant::now();
    let premier = exemples.first().map(|contenu| frcp::composer(contenu, &reglages, &pdf).unwrap()).unwrap();
    ligne("CDA FRCP, le premier", debut.elapsed().as_secs_f64(), premier.len());
    let (secondes, octets) = repeter(exemples, |contenu| frcp::composer(contenu, &reglages, &pdf).unwrap());
    ligne("CDA FRCP, les suivants", secondes, octets);
    let (secondes, octets) = repeter(exemples, |_| xdm::archiver(&premier, &archives).unwrap());
    ligne("archive IHE XDM", secondes, octets);
}

/// Seconds and bytes of one, over as many turns of the samples as the time given allows.
fn repeter(exemples: &[ContenuCompteRendu], faire: impl Fn(&ContenuCompteRendu) -> Vec<u8>) -> (f64, usize) {
    let (debut, mut faits, mut octets) = (Instant::now(), 0_u32, 0);
    while debut.elapsed() < DUREE {
        for contenu in exemples {
            octets += black_box(faire(contenu)).len();
            faits += 1;
        }
    }
    (debut.elapsed().as_secs_f64() / f64::from(faits), octets / faits as usize)
}

/// Everything that one document costs: its data are prepared, laid out and written.
fn composer(genre: GenreGabarit, contenu: &ContenuCompteRendu) -> Option<Vec<u8>> {
    Matiere::de(genre, contenu).unwrap().map(|matiere| pdf::composer(genre, &matiere).unwrap())
}

fn ligne(nom: &str, secondes: f64, octets: usize) {
    println!("{nom:<34}{:>16.1}{:>12.1}{:>10}", secondes * 1000.0, 1.0 / secondes, octets / 1000);
}
