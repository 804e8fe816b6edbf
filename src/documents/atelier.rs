//! The workshop: templates that a region wrote are laid out in a process of their own.
//!
//! The typesetter bounds neither its time nor its memory, a thread cannot be stopped, and a stack that
//! overflows ends the process it belongs to. So this program starts itself again (`dcc composer`), without
//! environment, hands the template and its data over the standard input, and ends that process as soon as
//! one document takes more processor, memory or time than it may. What a template can reach is bounded by
//! `moteur.rs`: its data, and nothing else.
//!
//! Processor and memory are watched where the kernel tells them (`/proc`, Linux), fifty times a second:
//! elsewhere only time bounds them, and a template may take a little more than its share between two looks.
//! Time alone would be a poor judge: a machine that is busy makes everything slow.

use super::{
    DocumentError, moteur,
    pdf::{self, Matiere},
};
use crate::{kernel::Panne, metier::gabarit::model::Diagnostic};
use serde::{Deserialize, Serialize};
use std::{
    io::{BufRead, BufReader, Read, Write},
    path::PathBuf,
    process::{Child, ChildStdout, Command, Stdio},
    sync::{
        Arc,
        mpsc::{self, RecvTimeoutError},
    },
    time::{Duration, Instant},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The most processor time that one document may take.
const PROCESSEUR_MAXIMAL: Duration = Duration::from_secs(10);
/// The longest that one document may take altogether.
const DELAI: Duration = Duration::from_mins(1);
/// The most memory that the process may hold, in KiB.
const MEMOIRE_MAXIMALE: u64 = 768 * 1024;
/// The most pages of a document.
const PAGES_MAXIMALES: usize = 200;
/// The heaviest document.
const OCTETS_MAXIMAUX: usize = 10 * 1024 * 1024;
/// Time between two looks at the process.
const PAS: Duration = Duration::from_millis(20);
/// Processes that people may have at work at the same time.
const PLACES: usize = 2;

/// What became of one document: its bytes, or what is wrong with the template.
pub type Composee = Result<Vec<u8>, Vec<Diagnostic>>;

/// Starts the processes.
#[derive(Debug, Clone)]
pub struct Atelier {
    programme: PathBuf,
    places: Arc<Semaphore>,
}

/// What the process is asked for.
#[derive(Serialize, Deserialize)]
struct Commande {
    source: String,
    matieres: Vec<Matiere>,
    /// Takes what the typesetter doubts for a fault.
    stricte: bool,
}

/// What the process says of one document, on one line, before its bytes.
#[derive(Serialize, Deserialize)]
enum Annonce {
    Document(usize),
    Fautes(Vec<Diagnostic>),
}

impl Atelier {
    /// A workshop that starts this program.
    #[must_use]
    pub fn nouveau(programme: PathBuf) -> Self {
        Self { programme, places: Arc::new(Semaphore::new(PLACES)) }
    }

    /// A place for somebody who waits for the answer; none while others hold them all.
    #[must_use]
    pub fn place(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.places).try_acquire_owned().ok()
    }

    /// The document of a template. Doubts of the typesetter are let pass.
    pub fn composer(&self, source: &str, matiere: Matiere) -> Result<Composee, Panne> {
        let commande = Commande { source: source.to_owned(), matieres: vec![matiere], stricte: false };
        self.executer(&commande)?.pop().ok_or_else(|| Panne::dire("atelier sans réponse"))
    }

    /// The documents of a template, up to the first that the process does not survive. Doubts of the
    /// typesetter are faults.
    pub fn eprouver(&self, source: String, matieres: Vec<Matiere>) -> Result<Vec<Composee>, Panne> {
        self.executer(&Commande { source, matieres, stricte: true })
    }

    fn executer(&self, commande: &Commande) -> Result<Vec<Composee>, Panne> {
        let texte = serde_json::to_vec(commande).map_err(|e| Panne::new("commande de l'atelier", e))?;
        let mut enfant = Command::new(&self.programme)
            .arg("composer")
            .env_clear()
            .env("RAYON_NUM_THREADS", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|e| Panne::new("démarrage de l'atelier", e))?;
        if let Some(mut entree) = enfant.stdin.take() {
            // A process that died at once is told of below.
            drop(entree.write_all(&texte));
        }
        let issues = enfant.stdout.take().map(|sortie| suivre(&enfant, sortie, commande.matieres.len()));
        drop(enfant.kill());
        enfant.wait().map_err(|e| Panne::new("fin de l'atelier", e))?;
        issues.ok_or_else(|| Panne::dire("atelier sans sortie"))
    }
}

/// What the process says, as long as it keeps to its bounds.
fn suivre(enfant: &Child, sortie: ChildStdout, attendues: usize) -> Vec<Composee> {
    let (dire, entendre) = mpsc::channel();
    // The thread ends with the process, whose output it reads.
    std::thread::spawn(move || {
        let mut sortie = BufReader::new(sortie);
        while let Some(composee) = lire(&mut sortie) {
            if dire.send(composee).is_err() {
                break;
            }
        }
    });
    let mut issues = Vec::with_capacity(attendues);
    let (mut debut, mut depense) = (Instant::now(), Duration::ZERO);
    while issues.len() < attendues {
        let exces = match entendre.recv_timeout(PAS) {
            Ok(composee) => {
                issues.push(composee);
                (debut, depense) = (Instant::now(), processeur(enfant));
                continue;
            }
            Err(RecvTimeoutError::Timeout) => exces(enfant, debut, depense),
            Err(RecvTimeoutError::Disconnected) => {
                Some("La composition s'est interrompue (récursion trop profonde, peut-être).".to_owned())
            }
        };
        if let Some(exces) = exces {
            issues.push(Err(vec![Diagnostic::general(exces)]));
            break;
        }
    }
    issues
}

/// What the process takes beyond its share, for a document begun then.
fn exces(enfant: &Child, debut: Instant, depense: Duration) -> Option<String> {
    let exces = if memoire(enfant) > MEMOIRE_MAXIMALE {
        format!("{} Mio de mémoire", MEMOIRE_MAXIMALE / 1024)
    } else if processeur(enfant).saturating_sub(depense) > PROCESSEUR_MAXIMAL {
        format!("{} secondes de processeur", PROCESSEUR_MAXIMAL.as_secs())
    } else if debut.elapsed() > DELAI {
        format!("{} secondes", DELAI.as_secs())
    } else {
        return None;
    };
    Some(format!("La composition a pris plus de {exces} : elle a été arrêtée."))
}

/// The next thing that the process says; nothing when it stops making sense.
fn lire(sortie: &mut impl BufRead) -> Option<Composee> {
    let mut ligne = Vec::new();
    sortie.by_ref().take(1024 * 1024).read_until(b'\n', &mut ligne).ok()?;
    match serde_json::from_slice(&ligne).ok()? {
        Annonce::Fautes(fautes) => Some(Err(fautes)),
        Annonce::Document(taille) if taille > OCTETS_MAXIMAUX => None,
        Annonce::Document(taille) => {
            let mut octets = vec![0; taille];
            sortie.read_exact(&mut octets).ok()?;
            Some(Ok(octets))
        }
    }
}

/// Memory that the process holds, in KiB; zero where the kernel does not tell.
fn memoire(enfant: &Child) -> u64 {
    let etat = std::fs::read_to_string(format!("/proc/{}/status", enfant.id())).unwrap_or_default();
    let ligne = etat.lines().find_map(|ligne| ligne.strip_prefix("VmRSS:"));
    ligne.and_then(|valeur| valeur.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

/// Processor time that the process took (proc(5): fields 14 and 15, in hundredths of a second); zero where
/// the kernel does not tell.
fn processeur(enfant: &Child) -> Duration {
    let etat = std::fs::read_to_string(format!("/proc/{}/stat", enfant.id())).unwrap_or_default();
    let champs = etat.rsplit_once(") ").map_or("", |(_, champs)| champs);
    let centiemes: u64 = champs.split(' ').skip(11).take(2).filter_map(|champ| champ.parse::<u64>().ok()).sum();
    Duration::from_millis(centiemes * 10)
}

/// The work of the process: reads one command, answers document by document.
pub fn servir(entree: impl Read, mut sortie: impl Write) -> Result<(), Panne> {
    let commande: Commande = serde_json::from_reader(entree).map_err(|e| Panne::new("commande de l'atelier", e))?;
    // Who started this process ends it; if that one has died, it ends itself.
    let survie = DELAI * u32::try_from(commande.matieres.len()).unwrap_or(u32::MAX).saturating_add(1);
    std::thread::spawn(move || {
        std::thread::sleep(survie);
        std::process::exit(1);
    });
    for matiere in &commande.matieres {
        let composee = composer(&commande, matiere)?;
        repondre(&mut sortie, &composee).map_err(|e| Panne::new("réponse de l'atelier", e))?;
    }
    Ok(())
}

fn composer(commande: &Commande, matiere: &Matiere) -> Result<Composee, Panne> {
    let issue = moteur::mettre_en_page(&commande.source, &matiere.donnees).and_then(|mut composition| {
        if commande.stricte && !composition.avertissements.is_empty() {
            return Err(DocumentError::Modele(std::mem::take(&mut composition.avertissements)));
        }
        let pages = composition.pages.pages().len();
        if pages > PAGES_MAXIMALES {
            return Err(DocumentError::Modele(vec![Diagnostic::general(format!("{pages} pages, au plus {PAGES_MAXIMALES}."))]));
        }
        pdf::finir(&composition, matiere)
    });
    match issue {
        Ok(octets) if octets.len() > OCTETS_MAXIMAUX => {
            let mio = OCTETS_MAXIMAUX / (1024 * 1024);
            Ok(Err(vec![Diagnostic::general(format!("Le document dépasse {mio} Mio."))]))
        }
        Ok(octets) => Ok(Ok(octets)),
        Err(DocumentError::Modele(fautes) | DocumentError::Norme(fautes)) => Ok(Err(fautes)),
        Err(erreur @ (DocumentError::Donnees(_) | DocumentError::Classeur(_) | DocumentError::Lot(_) | DocumentError::Xdm(_))) => {
            Err(erreur.into())
        }
    }
}

fn repondre(sortie: &mut impl Write, composee: &Composee) -> std::io::Result<()> {
    let (annonce, octets) = match composee {
        Ok(octets) => (Annonce::Document(octets.len()), octets.as_slice()),
        Err(fautes) => (Annonce::Fautes(fautes.clone()), [].as_slice()),
    };
    serde_json::to_writer(&mut *sortie, &annonce)?;
    sortie.write_all(b"\n")?;
    sortie.write_all(octets)?;
    sortie.flush()
}
