//! The import of public directories from files: the command line around `metier::annuaire_national`.
//!
//! A file is read twice: once for its fingerprint, once for its lines. One thread reads and checks the
//! lines, another writes them by lots; never more than a few lots are held, whatever the size of the file.

pub mod commande;
pub mod generateur;
mod progres;
mod source;

pub use source::Origine;

use crate::{
    db::{Db, Demande},
    kernel::{Erreur, Panne},
    metier::annuaire_national::{
        format::{Entete, LIGNE_MAXIMALE, LigneRefusee},
        model::{Avancement, Commencement, Fichier, ImportAnnuaire, Lignes, Lot, RefusDeLigne},
        service::{self, Disparitions},
    },
};
use progres::Progres;
use source::{LecteurDeLignes, Ligne};
use std::{
    io::{BufRead, Read},
    path::Path,
    sync::{
        Arc,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
};

/// Lines of a lot: what one transaction writes. Large enough that the wait for the disk does not count,
/// small enough that the service never waits long for its turn.
const LIGNES_PAR_LOT: i64 = 8_192;
/// Lots that wait to be written.
const LOTS_EN_ATTENTE: usize = 2;

/// How an import is asked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// Reads again a content that was the last one imported.
    pub meme_si_fait: bool,
    /// Somebody has agreed that many lines vanish.
    pub disparitions_admises: bool,
}

/// How the import of one file ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Issue {
    /// Its content was the last one imported: nothing was done.
    DejaFait(ImportAnnuaire),
    /// Over.
    Fini(ImportAnnuaire),
    /// Too many lines would vanish: somebody must agree first.
    Suspendu(ImportAnnuaire),
}

impl Issue {
    /// The report.
    #[must_use]
    pub const fn import(&self) -> &ImportAnnuaire {
        match self {
            Self::DejaFait(import) | Self::Fini(import) | Self::Suspendu(import) => import,
        }
    }
}

/// Imports a file, or each file of a zip archive. Files of an archive that are of no known kind (the
/// diplomas of `PS_LibreAcces`) are left aside and said so.
pub fn importer(db: &Db, demande: &Demande, chemin: &Path, options: Options) -> Result<Vec<Issue>, Panne> {
    let origines = Origine::dans(chemin)?;
    let seule = origines.len() == 1;
    let mut issues = Vec::new();
    for origine in origines {
        let entete = origine.lire(|flux, _| {
            let mut premiere = Vec::new();
            flux.take(LIGNE_MAXIMALE as u64).read_until(b'\n', &mut premiere).map_err(|e| Panne::new(origine.nom(), e))?;
            Ok(Entete::lire(&premiere))
        })?;
        match entete {
            Ok(entete) => issues.push(importer_un(db, demande, &origine, &entete, options)?),
            Err(inconnu) if seule => return Err(Panne::dire(format!("{} : {inconnu}", origine.nom()))),
            Err(inconnu) => tracing::warn!(fichier = origine.nom(), %inconnu, "fichier laissé de côté"),
        }
    }
    Ok(issues)
}

fn importer_un(db: &Db, demande: &Demande, origine: &Origine, entete: &Entete, options: Options) -> Result<Issue, Panne> {
    let (empreinte, octets) = origine.empreinte()?;
    let fichier = Fichier { genre: entete.genre(), nom: origine.nom().to_owned(), empreinte, octets };
    let meme_si_fait = options.meme_si_fait;
    let avancement = match db.ecrire_ici(demande, move |op| service::commencer(op, &fichier, meme_si_fait)).map_err(dire)? {
        Commencement::DejaFait(import) => return Ok(Issue::DejaFait(*import)),
        Commencement::AFaire(avancement) => *avancement,
    };
    let progres = Progres::nouveau(origine.nom(), octets, avancement.import.octets_lus);
    let etat = if avancement.import.octets_lus < octets { verser(db, demande, origine, entete, avancement, &progres)? } else { avancement };
    let issue = chercher_les_disparues(db, demande, etat, options.disparitions_admises)?;
    progres.finir();
    Ok(issue)
}

/// Writes the lots as they come.
fn verser(
    db: &Db,
    demande: &Demande,
    origine: &Origine,
    entete: &Entete,
    debut: Avancement,
    progres: &Progres,
) -> Result<Avancement, Panne> {
    let (donner, recevoir) = sync_channel(LOTS_EN_ATTENTE);
    let (octets_lus, lignes) = (debut.import.octets_lus, debut.import.comptes.lignes);
    std::thread::scope(|fils| {
        let lecture = fils.spawn(move || origine.lire(|flux, _| lire_les_lots(flux, entete, octets_lus, lignes, &donner)));
        let verse = ecrire_les_lots(db, demande, debut, recevoir, progres);
        let lu = lecture.join().map_err(|_| Panne::dire("la lecture du fichier s'est interrompue"))?;
        let etat = verse?;
        lu.map(|()| etat)
    })
}

/// Takes the lots until there is none, or one cannot be written: the reader then finds nobody to take the next one.
fn ecrire_les_lots(db: &Db, demande: &Demande, debut: Avancement, lots: Receiver<Lot>, progres: &Progres) -> Result<Avancement, Panne> {
    let mut etat = Arc::new(debut);
    for lot in lots {
        let (avant, lot) = (Arc::clone(&etat), Arc::new(lot));
        etat = Arc::new(db.ecrire_ici(demande, move |op| service::verser(op, &avant, &lot)).map_err(dire)?);
        progres.avancer(etat.import.octets_lus, etat.import.comptes.lignes);
    }
    Ok(Arc::unwrap_or_clone(etat))
}

/// Reads the lines after what has been read already, and hands them over by lots.
fn lire_les_lots(flux: &mut dyn BufRead, entete: &Entete, octets_lus: i64, lignes: i64, lots: &SyncSender<Lot>) -> Result<(), Panne> {
    let lecture = |e| Panne::new("lecture du fichier", e);
    let mut lecteur = LecteurDeLignes::new(flux);
    let mut tampon = Vec::new();
    let mut numero = 1 + lignes;
    if octets_lus == 0 {
        lecteur.suivante(&mut tampon).map_err(lecture)?;
    } else {
        lecteur.sauter(octets_lus).map_err(lecture)?;
    }
    loop {
        let mut lot = Lot { lignes: Lignes::vides(entete.genre()), refus: Vec::new(), nombre: 0, octets_lus: 0 };
        while lot.nombre < LIGNES_PAR_LOT {
            let refus = match lecteur.suivante(&mut tampon).map_err(lecture)? {
                Ligne::Fin => break,
                Ligne::Entiere => entete.ajouter(&tampon, &mut lot.lignes).err(),
                Ligne::TropLongue => Some(LigneRefusee::TropLongue),
            };
            lot.nombre += 1;
            numero += 1;
            lot.refus.extend(refus.map(|r| RefusDeLigne { ligne: numero, code: r.code().to_owned(), motif: r.to_string() }));
        }
        lot.octets_lus = lecteur.octets();
        // Nobody takes the lots any more: the import has stopped, and says why itself.
        if lot.nombre == 0 || lots.send(lot).is_err() {
            return Ok(());
        }
    }
}

fn chercher_les_disparues(db: &Db, demande: &Demande, etat: Avancement, admises: bool) -> Result<Issue, Panne> {
    let (mut etat, mut apres) = (Arc::new(etat), 0);
    loop {
        let avant = Arc::clone(&etat);
        match db.ecrire_ici(demande, move |op| service::chercher_les_disparues(op, &avant, apres, admises)).map_err(dire)? {
            Disparitions::Suite(suivant, dernier) => (etat, apres) = (Arc::new(*suivant), dernier),
            Disparitions::Suspendues(suspendu) => return Ok(Issue::Suspendu(suspendu.import)),
            Disparitions::Finies(import) => return Ok(Issue::Fini(*import)),
        }
    }
}

/// A refusal, said on the command line.
pub(crate) fn dire(erreur: Erreur) -> Panne {
    match erreur {
        Erreur::Panne(panne) => panne,
        Erreur::Refus(refus) => Panne::dire(refus.message),
    }
}
