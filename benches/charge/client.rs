//! A small keep-alive HTTP client, cheap enough not to be what is measured.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    sync::Arc,
    time::{Duration, Instant},
};

/// What a run gave.
pub struct Mesure {
    pub par_seconde: f64,
    latences: Vec<Duration>,
    refus: usize,
}

impl Mesure {
    fn rang(&self, part: f64) -> f64 {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a percentile")]
        let place = ((self.latences.len() as f64) * part) as usize;
        self.latences.get(place.min(self.latences.len().saturating_sub(1))).map_or(0.0, |d| d.as_secs_f64() * 1000.0)
    }

    pub fn imprimer(&self, titre: &str, plancher: Option<&Self>) {
        let part = plancher.map_or(String::new(), |p| format!("{:.2}", self.par_seconde / p.par_seconde));
        println!(
            "{titre:34} {:>9.0} {:>9.2} {:>9.2} {:>9.2} {part:>8}{}",
            self.par_seconde,
            self.rang(0.50),
            self.rang(0.99),
            self.rang(1.0),
            if self.refus > 0 { format!("  ({} réponses hors 2xx)", self.refus) } else { String::new() }
        );
    }
}

/// Sends requests over `connexions` connections for `duree`, one at a time on each.
pub fn mesurer(adresse: SocketAddr, connexions: usize, duree: Duration, requete: Arc<dyn Fn(usize) -> Vec<u8> + Send + Sync>) -> Mesure {
    let debut = Instant::now();
    let fils: Vec<_> = (0..connexions)
        .map(|rang| {
            let requete = Arc::clone(&requete);
            std::thread::spawn(move || une_connexion(adresse, rang, debut + duree, &*requete))
        })
        .collect();
    let issues: Vec<_> = fils.into_iter().map(|fil| fil.join().unwrap()).collect();
    let ecoule = debut.elapsed().as_secs_f64();
    let mut latences: Vec<Duration> = issues.iter().flat_map(|(l, _)| l.iter().copied()).collect();
    latences.sort_unstable();
    #[expect(clippy::cast_precision_loss, reason = "a rate")]
    let par_seconde = latences.len() as f64 / ecoule;
    Mesure { par_seconde, latences, refus: issues.iter().map(|(_, refus)| refus).sum() }
}

fn une_connexion(adresse: SocketAddr, rang: usize, fin: Instant, requete: &dyn Fn(usize) -> Vec<u8>) -> (Vec<Duration>, usize) {
    let mut prise = TcpStream::connect(adresse).unwrap();
    prise.set_nodelay(true).unwrap();
    let (mut latences, mut refus, mut tampon) = (Vec::new(), 0, vec![0; 1 << 20]);
    while Instant::now() < fin {
        let octets = requete(rang);
        let depart = Instant::now();
        prise.write_all(&octets).unwrap();
        let statut = lire_reponse(&mut prise, &mut tampon);
        latences.push(depart.elapsed());
        refus += usize::from(!(200..300).contains(&statut));
    }
    (latences, refus)
}

/// Reads one answer that says its length; gives its status.
fn lire_reponse(prise: &mut TcpStream, tampon: &mut [u8]) -> u16 {
    let mut lus = 0;
    loop {
        lus += prise.read(&mut tampon[lus..]).unwrap();
        let Some(fin) = tampon[..lus].windows(4).position(|w| w == b"\r\n\r\n") else { continue };
        let entete = std::str::from_utf8(&tampon[..fin]).unwrap();
        let longueur: usize = entete
            .lines()
            .find_map(|l| l.to_ascii_lowercase().strip_prefix("content-length:").map(|v| v.trim().parse().unwrap()))
            .unwrap_or(0);
        while lus < fin + 4 + longueur {
            lus += prise.read(&mut tampon[lus..]).unwrap();
        }
        return entete.split(' ').nth(1).unwrap().parse().unwrap();
    }
}
