//! The making of kits: on demand, and at the hours that the region set.

use super::{
    archive::Archive,
    model::{Cas, Seance, SeanceIndexee, en_nom_de_dossier},
    service,
};
use crate::{
    config::Continuite,
    db::{Db, Demande},
    documents::{DocumentError, continuite as documents},
    jobs::runner::{Contexte, Ouvrier},
    kernel::{Instant, Panne, Resultat, enveloppe::Destinataire},
};
use chrono::{Days, TimeZone};
use chrono_tz::Europe::Paris;
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

/// Name of the task that makes kits at their hours.
pub const PRODUCTION_DES_KITS: &str = "kits_de_continuite";
/// How often it looks whether a kit is due.
const REGARD: Duration = Duration::from_mins(1);
/// How the name of a kit begins and ends.
const PREFIXE: &str = "continuite-";
const SUFFIXE: &str = ".kit.age";

/// A kit to make.
pub struct Commande {
    /// The file.
    pub fichier: PathBuf,
    /// Who may open it.
    pub pour: Vec<Destinataire>,
    /// Code of the 3C whose meetings it holds; those of all, if not given.
    pub centre: Option<String>,
}

/// What was made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Bilan {
    /// Meetings.
    pub reunions: usize,
    /// Cases with their fiche.
    pub cas: usize,
    /// Cases of which nothing was taken.
    pub omis: usize,
    /// Files.
    pub fichiers: usize,
}

/// The name of a kit made at a moment.
#[must_use]
pub fn nom(instant: Instant, centre: Option<&str>) -> String {
    let centre = centre.map(|code| format!("-{}", en_nom_de_dossier(code))).unwrap_or_default();
    format!("{PREFIXE}{}{centre}{SUFFIXE}", instant.format("%Y%m%dT%H%M%SZ"))
}

/// Makes kits of the coming days, meeting after meeting: no more than one of them is held in memory. Kits that another
/// process is making are left to it.
pub fn produire(db: &Db, demande: &Demande, jours: u32, commandes: Vec<Commande>) -> Result<Bilan, Panne> {
    let mut kits = Vec::with_capacity(commandes.len());
    for commande in commandes {
        kits.extend(Archive::creer(&commande.fichier, &commande.pour)?.map(|archive| Kit {
            archive,
            centre: commande.centre,
            index: Vec::new(),
        }));
    }
    let mut bilan = Bilan { fichiers: kits.len(), ..Bilan::default() };
    if kits.is_empty() {
        return Ok(bilan);
    }
    let lecture = |e| Panne::new("lecture des réunions du kit", e);
    let (reunions, pris_le) = db.lire_ici(demande, |op| Ok((service::reunions_a_venir(op, jours)?, op.maintenant))).map_err(lecture)?;
    let mut dossiers = BTreeSet::new();
    for id in reunions {
        let seance = db.ecrire_ici(demande, move |op| service::composer(op, id)).map_err(lecture)?;
        bilan.reunions += 1;
        let omis = seance.ordre_du_jour.iter().filter(|cas| matches!(cas, Cas::Omis { .. })).count();
        bilan.omis += omis;
        bilan.cas += seance.ordre_du_jour.len() - omis;
        let dossier = dossier(&seance, &mut dossiers);
        let fichiers = documents::fichiers(&seance)?;
        for kit in kits.iter_mut().filter(|kit| kit.centre.as_ref().is_none_or(|code| *code == seance.centre.code)) {
            kit.ajouter(&seance, &dossier, &fichiers)?;
        }
    }
    for kit in kits {
        kit.finir(pris_le, jours)?;
    }
    Ok(bilan)
}

/// A kit that is being made.
struct Kit {
    archive: Archive,
    centre: Option<String>,
    index: Vec<SeanceIndexee>,
}

impl Kit {
    fn ajouter(&mut self, seance: &Seance, dossier: &str, fichiers: &[(String, Vec<u8>)]) -> Result<(), Panne> {
        for (nom, octets) in fichiers {
            self.archive.ajouter(&format!("{dossier}/{nom}"), octets)?;
        }
        self.index.push(SeanceIndexee::de(seance, dossier.to_owned()));
        Ok(())
    }

    fn finir(mut self, pris_le: Instant, jours: u32) -> Result<(), Panne> {
        for (nom, octets) in documents::index(&self.index, pris_le, jours).map_err(|e: DocumentError| Panne::from(e))? {
            self.archive.ajouter(&nom, &octets)?;
        }
        self.archive.finir()
    }
}

/// `3C/RCP/2026-03-05_18h00`, once.
fn dossier(seance: &Seance, pris: &mut BTreeSet<String>) -> String {
    let debut = seance.debut.with_timezone(&Paris).format("%Y-%m-%d_%Hh%M");
    let base = format!("{}/{}/{debut}", en_nom_de_dossier(&seance.centre.code), en_nom_de_dossier(&seance.rcp_code));
    let mut nom = base.clone();
    for rang in 2.. {
        if pris.insert(nom.clone()) {
            break;
        }
        nom = format!("{base}-{rang}");
    }
    nom
}

/// Says at the start of a process whether kits are made by themselves: a region that counts on one must not learn on the day that
/// it has none.
pub fn annoncer(config: &Continuite) -> Result<(), Panne> {
    let kits = config.destinataires()?.len();
    if kits == 0 {
        tracing::warn!("aucun kit de continuité n'est produit : continuite.destinataires_fichier n'est pas réglé");
    } else {
        tracing::info!(kits, heures = ?config.heures, dossier = %config.dossier.display(), "kits de continuité");
    }
    Ok(())
}

/// Adds the task that makes kits, where some are to be made.
pub fn enregistrer(ouvrier: Ouvrier, config: &Continuite) -> Result<Ouvrier, Panne> {
    let kits = config.destinataires()?;
    if kits.is_empty() {
        return Ok(ouvrier);
    }
    let config = config.clone();
    Ok(ouvrier.chaque(PRODUCTION_DES_KITS, REGARD, move |contexte| produire_les_dus(contexte, &config, &kits)))
}

/// Makes the kits of the last hour that has passed, unless they are there: a worker that was down makes them late rather than
/// not at all. The files themselves tell what was done: nothing is kept in the database, which may be what fails next.
fn produire_les_dus(contexte: &Contexte, config: &Continuite, kits: &[(Option<String>, Vec<Destinataire>)]) -> Resultat<()> {
    let Some(du) = derniere_heure(&config.heures, contexte.maintenant()) else { return Ok(()) };
    let commandes: Vec<Commande> = kits
        .iter()
        .map(|(centre, pour)| Commande {
            fichier: config.dossier.join(nom(du, centre.as_deref())),
            pour: pour.clone(),
            centre: centre.clone(),
        })
        .filter(|commande| !commande.fichier.exists())
        .collect();
    if commandes.is_empty() {
        return Ok(());
    }
    let bilan = produire(contexte.db(), contexte.demande(), config.jours, commandes)?;
    tracing::info!(reunions = bilan.reunions, cas = bilan.cas, omis = bilan.omis, fichiers = bilan.fichiers, "kits de continuité produits");
    for (centre, _) in kits {
        oublier_les_anciens(&config.dossier, centre.as_deref(), config.garder)?;
    }
    Ok(())
}

/// The last moment at which one of those hours struck in metropolitan France.
fn derniere_heure(heures: &[u32], maintenant: Instant) -> Option<Instant> {
    let ici = maintenant.with_timezone(&Paris);
    let jours = [Some(ici.date_naive()), ici.date_naive().checked_sub_days(Days::new(1))];
    let moments = jours
        .into_iter()
        .flatten()
        .flat_map(|jour| heures.iter().filter_map(move |heure| Paris.from_local_datetime(&jour.and_hms_opt(*heure, 0, 0)?).earliest()));
    moments.filter(|moment| *moment <= ici).max().map(|moment| moment.to_utc())
}

/// Removes all but the last kits of a kind.
fn oublier_les_anciens(dossier: &Path, centre: Option<&str>, garder: usize) -> Result<(), Panne> {
    let panne = |e: std::io::Error| Panne::new(format!("ménage de {}", dossier.display()), e);
    let mut kits = Vec::new();
    for entree in fs::read_dir(dossier).map_err(panne)? {
        let chemin = entree.map_err(panne)?.path();
        if chemin.file_name().and_then(|nom| nom.to_str()).is_some_and(|nom| est_du_genre(nom, centre)) {
            kits.push(chemin);
        }
    }
    // Names follow the moments.
    kits.sort();
    let trop = kits.len().saturating_sub(garder);
    kits.iter().take(trop).try_for_each(fs::remove_file).map_err(panne)
}

/// True for the name of a kit of that 3C, or of the region.
fn est_du_genre(fichier: &str, centre: Option<&str>) -> bool {
    let milieu = fichier.strip_prefix(PREFIXE).and_then(|reste| reste.strip_suffix(SUFFIXE));
    let Some((moment, suite)) = milieu.and_then(|milieu| milieu.split_at_checked("20260302T170000Z".len())) else { return false };
    moment.ends_with('Z') && suite == centre.map(|code| format!("-{}", en_nom_de_dossier(code))).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instant(texte: &str) -> Instant {
        texte.parse().unwrap()
    }

    #[test]
    fn l_heure_due_est_la_derniere_qui_a_sonne_a_paris() {
        for (maintenant, due) in [
            ("2026-03-02T09:00:00Z", "2026-03-02T05:00:00Z"),
            ("2026-03-02T17:00:00Z", "2026-03-02T17:00:00Z"),
            ("2026-03-02T16:59:59Z", "2026-03-02T05:00:00Z"),
            ("2026-03-02T04:00:00Z", "2026-03-01T17:00:00Z"),
            // The clock moved forward in the night of the 28th of March.
            ("2026-03-29T09:00:00Z", "2026-03-29T04:00:00Z"),
        ] {
            assert_eq!(derniere_heure(&[6, 18], instant(maintenant)), Some(instant(due)), "{maintenant}");
        }
    }

    #[test]
    fn le_menage_ne_touche_qu_aux_kits_de_son_genre() {
        let dossier = tempfile::tempdir().unwrap();
        for jour in 1..=4 {
            let le = instant(&format!("2026-03-0{jour}T17:00:00Z"));
            for centre in [None, Some("3C1"), Some("3C2")] {
                fs::write(dossier.path().join(nom(le, centre)), b"age").unwrap();
            }
        }
        fs::write(dossier.path().join("continuite-notes.txt"), b"x").unwrap();
        oublier_les_anciens(dossier.path(), None, 2).unwrap();
        oublier_les_anciens(dossier.path(), Some("3C1"), 1).unwrap();
        let mut restants: Vec<String> =
            fs::read_dir(dossier.path()).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        restants.sort();
        let attendus = [
            "continuite-20260301T170000Z-3C2.kit.age",
            "continuite-20260302T170000Z-3C2.kit.age",
            "continuite-20260303T170000Z-3C2.kit.age",
            "continuite-20260303T170000Z.kit.age",
            "continuite-20260304T170000Z-3C1.kit.age",
            "continuite-20260304T170000Z-3C2.kit.age",
            "continuite-20260304T170000Z.kit.age",
            "continuite-notes.txt",
        ];
        assert_eq!(restants, attendus);
    }
}
