//! Documents made in a second, on one core. `cargo bench --bench documents`.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measure stops where something is wrong and prints a table")]

use dcc::{
    documents::cda::{Reglages, frcp},
    metier::compte_rendu::model::ContenuCompteRendu,
};
use std::{
    hint::black_box,
    time::{Duration, Instant},
};

const EXEMPLE: &str = include_str!("../referentiels/modeles/exemple.json");
/// Size of the PDF inside: that of a usual compte-rendu.
const OCTETS_DU_PDF: usize = 40_000;
/// Time given to each measure.
const DUREE: Duration = Duration::from_secs(2);

/// Milliseconds of the first call, then of the others.
fn mesurer<T>(mut appel: impl FnMut() -> T) -> (f64, f64) {
    let debut = Instant::now();
    black_box(appel());
    let premier = debut.elapsed().as_secs_f64() * 1e3;
    let (debut, mut appels) = (Instant::now(), 0_u32);
    while debut.elapsed() < DUREE {
        black_box(appel());
        appels += 1;
    }
    (premier, debut.elapsed().as_secs_f64() * 1e3 / f64::from(appels))
}

fn main() {
    let contenu: ContenuCompteRendu = serde_json::from_str(EXEMPLE).unwrap();
    let (reglages, pdf) = (Reglages::default(), vec![0x41; OCTETS_DU_PDF]);
    let (premier, suivants) = mesurer(|| frcp::composer(&contenu, &reglages, &pdf).unwrap());
    println!("{:24} {:>10} {:>10} {:>10}", "document", "premier ms", "suivants ms", "par s");
    println!("{:24} {premier:10.3} {suivants:10.3} {:10.0}", "CDA FRCP", 1e3 / suivants);
}
