//! What comes from outside is shown to ClamAV before it is kept (`clamd`, command `INSTREAM`), over a local socket or a private
//! network: nothing leaves for a service on the Internet (ASVS V5.4.3).

use crate::kernel::Panne;
use std::{
    io::{self, Read, Write},
    net::{TcpStream, ToSocketAddrs},
    os::unix::net::UnixStream,
    path::PathBuf,
    time::Duration,
};

/// How long `clamd` has to take a part, or to answer.
const DELAI: Duration = Duration::from_mins(1);
/// Bytes sent at a time.
const PART: usize = 64 * 1024;
/// Letters kept of the name of what was found.
const NOM_MAXIMAL: usize = 100;

/// Where `clamd` listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Antivirus {
    /// A socket of this machine.
    Local(PathBuf),
    /// `host:port`.
    Reseau(String),
}

/// What `clamd` says of a content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing is known against it.
    Sain,
    /// It is known, under that name.
    Infecte(String),
    /// It was not looked at in full: it is too large for the settings of `clamd`.
    TropGrand,
}

impl Antivirus {
    /// Reads `unix:/run/clamav/clamd.ctl` or `host:3310`.
    pub fn lire(texte: &str) -> Result<Self, Panne> {
        match texte.strip_prefix("unix:") {
            Some(chemin) if chemin.starts_with('/') => Ok(Self::Local(chemin.into())),
            None if texte.rsplit_once(':').is_some_and(|(hote, port)| !hote.is_empty() && port.parse::<u16>().is_ok()) => {
                Ok(Self::Reseau(texte.to_owned()))
            }
            _ => Err(Panne::dire("courrier.antivirus : attendu unix:/chemin ou hôte:port")),
        }
    }

    /// Shows a content to `clamd`. A failure says nothing of the content: it is to be shown again.
    pub fn analyser(&self, octets: &[u8]) -> Result<Verdict, Panne> {
        let echec = |e: io::Error| Panne::new("antivirus", e);
        match self {
            Self::Local(chemin) => {
                let flux = UnixStream::connect(chemin).map_err(echec)?;
                flux.set_read_timeout(Some(DELAI)).and_then(|()| flux.set_write_timeout(Some(DELAI))).map_err(echec)?;
                echanger(flux, octets)
            }
            Self::Reseau(adresse) => {
                let ou = adresse.to_socket_addrs().map_err(echec)?.next().ok_or_else(|| Panne::dire("antivirus : adresse inconnue"))?;
                let flux = TcpStream::connect_timeout(&ou, DELAI).map_err(echec)?;
                flux.set_read_timeout(Some(DELAI)).and_then(|()| flux.set_write_timeout(Some(DELAI))).map_err(echec)?;
                echanger(flux, octets)
            }
        }
    }
}

fn echanger(mut flux: impl Read + Write, octets: &[u8]) -> Result<Verdict, Panne> {
    let ecrite = ecrire(&mut flux, octets);
    // `clamd` answers and closes as soon as a content is too large: what it says counts more than that it stopped listening.
    let mut reponse = Vec::new();
    let lue = flux.take(4096).read_to_end(&mut reponse);
    let texte = String::from_utf8_lossy(&reponse);
    match comprendre(texte.trim_end_matches(['\0', '\n'])) {
        Some(verdict) => Ok(verdict),
        None => match (ecrite, lue) {
            (Err(e), _) | (_, Err(e)) => Err(Panne::new("antivirus", e)),
            (Ok(()), Ok(_)) => Err(Panne::dire("antivirus : réponse inattendue de clamd")),
        },
    }
}

fn ecrire(flux: &mut impl Write, octets: &[u8]) -> io::Result<()> {
    flux.write_all(b"zINSTREAM\0")?;
    for part in octets.chunks(PART) {
        let longueur = u32::try_from(part.len()).map_err(io::Error::other)?;
        flux.write_all(&longueur.to_be_bytes())?;
        flux.write_all(part)?;
    }
    flux.write_all(&0_u32.to_be_bytes())?;
    flux.flush()
}

fn comprendre(reponse: &str) -> Option<Verdict> {
    if reponse.starts_with("INSTREAM size limit exceeded") {
        return Some(Verdict::TropGrand);
    }
    let dit = reponse.strip_prefix("stream: ")?;
    if dit == "OK" {
        return Some(Verdict::Sain);
    }
    let nom = dit.strip_suffix(" FOUND")?;
    Some(Verdict::Infecte(nom.chars().filter(char::is_ascii_graphic).take(NOM_MAXIMAL).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{net::TcpListener, thread};

    fn analyser(reponse: &'static [u8]) -> (Result<Verdict, Panne>, Vec<u8>) {
        let ecoute = TcpListener::bind("127.0.0.1:0").unwrap();
        let adresse = ecoute.local_addr().unwrap().to_string();
        let fil = thread::spawn(move || {
            let (mut flux, _) = ecoute.accept().unwrap();
            let mut commande = [0; 10];
            flux.read_exact(&mut commande).unwrap();
            assert_eq!(&commande, b"zINSTREAM\0");
            let mut recu = Vec::new();
            loop {
                let mut longueur = [0; 4];
                flux.read_exact(&mut longueur).unwrap();
                let mut part = vec![0; u32::from_be_bytes(longueur) as usize];
                if part.is_empty() {
                    break;
                }
                flux.read_exact(&mut part).unwrap();
                recu.extend(part);
            }
            flux.write_all(reponse).unwrap();
            recu
        });
        let verdict = Antivirus::lire(&adresse).unwrap().analyser(&vec![7; 200_000]);
        (verdict, fil.join().unwrap())
    }

    #[test]
    fn tout_le_contenu_est_montre_et_la_reponse_comprise() {
        for (reponse, attendu) in [
            (&b"stream: OK\0"[..], Some(Verdict::Sain)),
            (b"stream: Eicar-Test-Signature FOUND\0", Some(Verdict::Infecte("Eicar-Test-Signature".to_owned()))),
            (b"INSTREAM size limit exceeded. ERROR\0", Some(Verdict::TropGrand)),
            (b"stream: OK or not\0", None),
            (b"", None),
        ] {
            let (verdict, recu) = analyser(reponse);
            assert_eq!(recu, vec![7; 200_000]);
            assert_eq!(verdict.ok(), attendu);
        }
    }

    #[test]
    fn une_adresse_se_lit_ou_arrete_le_demarrage() {
        assert_eq!(Antivirus::lire("unix:/run/clamav/clamd.ctl").unwrap(), Antivirus::Local("/run/clamav/clamd.ctl".into()));
        assert_eq!(Antivirus::lire("clamav:3310").unwrap(), Antivirus::Reseau("clamav:3310".to_owned()));
        for faux in ["", "unix:clamd", "/run/clamd", "clamav", ":3310", "clamav:non"] {
            assert!(Antivirus::lire(faux).is_err(), "{faux}");
        }
        assert!(Antivirus::lire("unix:/nulle/part").unwrap().analyser(b"x").is_err(), "sans clamd, rien n'est dit sain");
    }
}
