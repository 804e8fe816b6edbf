//! A small keep-alive HTTP client, cheap enough not to be what is measured: libraries cost more than a
//! read by identifier does.

use crate::kernel::Panne;
use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

/// What makes the requests of a connection, given its rank; `None` when it has no more to ask.
pub(super) type Requetes<'r> = dyn Fn(usize) -> Option<Vec<u8>> + Send + Sync + 'r;

/// Latencies of the requests of a run.
pub(super) struct Mesure {
    /// Requests answered in a second, over all connections.
    pub par_seconde: f64,
    /// Answers that were not of the 2xx family.
    pub refus: usize,
    latences: Vec<Duration>,
}

impl Mesure {
    /// A percentile of the latency, in milliseconds; `part` of 0.99 for the 99th.
    pub fn millisecondes(&self, part: f64) -> f64 {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a rank in a list")]
        let rang = (self.latences.len() as f64 * part) as usize;
        self.latences.get(rang.min(self.latences.len().saturating_sub(1))).map_or(0.0, |d| d.as_secs_f64() * 1000.0)
    }
}

/// Sends requests over so many connections, one at a time on each, for that long.
pub(super) fn mesurer(adresse: SocketAddr, connexions: usize, duree: Duration, requetes: &Requetes<'_>) -> Result<Mesure, Panne> {
    let debut = Instant::now();
    let issues: Vec<_> = std::thread::scope(|fils| {
        let fils: Vec<_> = (0..connexions).map(|rang| fils.spawn(move || une_connexion(adresse, rang, debut + duree, requetes))).collect();
        fils.into_iter().map(std::thread::ScopedJoinHandle::join).collect()
    });
    let ecoule = debut.elapsed().as_secs_f64();
    let (mut latences, mut refus) = (Vec::new(), 0);
    for issue in issues {
        let (siennes, refusees) = issue
            .map_err(|_| Panne::dire("une connexion de la mesure s'est interrompue"))?
            .map_err(|e| Panne::new("connexion de la mesure", e))?;
        latences.extend(siennes);
        refus += refusees;
    }
    latences.sort_unstable();
    #[expect(clippy::cast_precision_loss, reason = "a rate")]
    let par_seconde = latences.len() as f64 / ecoule;
    Ok(Mesure { par_seconde, refus, latences })
}

fn une_connexion(adresse: SocketAddr, rang: usize, fin: Instant, requetes: &Requetes<'_>) -> std::io::Result<(Vec<Duration>, usize)> {
    let mut prise = TcpStream::connect(adresse)?;
    prise.set_nodelay(true)?;
    let (mut latences, mut refus, mut tampon) = (Vec::new(), 0, vec![0; 1 << 20]);
    while Instant::now() < fin {
        let Some(octets) = requetes(rang) else { break };
        let depart = Instant::now();
        prise.write_all(&octets)?;
        let statut = lire_reponse(&mut prise, &mut tampon)?;
        latences.push(depart.elapsed());
        refus += usize::from(!(200..300).contains(&statut));
    }
    Ok((latences, refus))
}

/// Reads one answer that says its length; gives its status.
fn lire_reponse(prise: &mut TcpStream, tampon: &mut [u8]) -> std::io::Result<u16> {
    let illisible = || std::io::Error::from(std::io::ErrorKind::InvalidData);
    let mut lus = 0;
    loop {
        let place = tampon.get_mut(lus..).filter(|place| !place.is_empty()).ok_or_else(illisible)?;
        match prise.read(place)? {
            0 => return Err(std::io::ErrorKind::UnexpectedEof.into()),
            n => lus += n,
        }
        let recus = tampon.get(..lus).unwrap_or_default();
        let Some(fin) = recus.windows(4).position(|w| w == b"\r\n\r\n") else { continue };
        let entete = std::str::from_utf8(recus.get(..fin).unwrap_or_default()).map_err(|_| illisible())?;
        if lus >= fin + 4 + longueur(entete) {
            return entete.split(' ').nth(1).and_then(|statut| statut.parse().ok()).ok_or_else(illisible);
        }
    }
}

fn longueur(entete: &str) -> usize {
    let valeur = entete.lines().find_map(|ligne| {
        let (nom, valeur) = ligne.split_once(':')?;
        nom.eq_ignore_ascii_case("content-length").then_some(valeur)
    });
    valeur.and_then(|valeur| valeur.trim().parse().ok()).unwrap_or(0)
}
