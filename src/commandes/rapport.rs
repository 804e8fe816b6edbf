//! `dcc rapport`: the annual report of a year, in one command.

use super::{dire, ecrire};
use crate::{
    app,
    config::Config,
    db::{Db, Demande},
    documents::rapport as documents,
    kernel::{Chance, Erreur, Horloge, Panne, ids::InstantaneId},
    metier::{
        campagne::service as campagnes,
        infocentre::{
            model::{
                instantane::Instantane,
                rapport::{FormatRapport, Rapport},
            },
            service as infocentre,
        },
    },
};
use clap::Args;
use std::path::PathBuf;

/// What a report is asked by.
#[derive(Args)]
pub struct Demander {
    /// The year.
    #[arg(long)]
    annee: i32,
    /// Format of the file: `pdf`, `xlsx`, `csv` or `json`.
    #[arg(long, default_value_t = FormatRapport::Pdf)]
    format: FormatRapport,
    /// File to write.
    #[arg(long)]
    sortie: PathBuf,
    /// The frozen extraction it is made of; the latest one of the year by default.
    #[arg(long)]
    instantane: Option<InstantaneId>,
    /// Freezes the year as it stands now, even where there is an extraction already.
    #[arg(long, conflicts_with = "instantane")]
    extraire: bool,
    /// Writes the report that was published, byte for byte, in the place of a working one.
    #[arg(long, conflicts_with_all = ["instantane", "extraire"])]
    publie: bool,
    /// Rank of the published report; the latest one of the year by default.
    #[arg(long, requires = "publie")]
    numero: Option<i64>,
}

/// Writes a report, and says what it was made of.
pub fn executer(config: &Config, demande: &Demander) -> Result<(), Panne> {
    let db = app::ouvrir_la_base(config, Horloge::Systeme, Chance::Systeme)?;
    if demande.publie {
        return rendre_le_publie(&db, demande);
    }
    let instantane = choisir(&db, demande).map_err(|e| Panne::new("instantané de l'année", e))?;
    let (id, region) = (instantane.id, config.nom_de_la_region.clone());
    let rapport = db
        .consulter_ici(&Demande::systeme("rapport"), |op| infocentre::rapport::composer(op, id, &region))
        .map_err(|e| Panne::new("rapport", e))?;
    let octets = composer(demande.format, &rapport)?;
    ecrire(&demande.sortie, &octets)?;
    let e = instantane.lignes;
    dire(&format!(
        "{} : {} octets\ninstantané {} du {} : {} passages, {} réunions, {} RCP, {} participations\nempreinte {}",
        demande.sortie.display(),
        octets.len(),
        instantane.id,
        instantane.etabli_le.format("%d/%m/%Y %H:%M:%S UTC"),
        e.passages,
        e.seances,
        e.entites,
        e.participations,
        instantane.empreinte,
    ))
}

/// Writes the bytes of a published report as they were kept.
fn rendre_le_publie(db: &Db, demande: &Demander) -> Result<(), Panne> {
    let (annee, numero, format) = (demande.annee, demande.numero, demande.format);
    let publie = db
        .consulter_ici(&Demande::systeme("rapport"), |op| campagnes::document(op, annee, numero, format))
        .map_err(|e| Panne::new("rapport publié", e))?;
    ecrire(&demande.sortie, &publie.octets)?;
    dire(&format!("{} : {}, {} octets\nempreinte {}", demande.sortie.display(), publie.nom, publie.octets.len(), publie.empreinte))
}

/// The bytes of a report in a format.
pub(super) fn composer(format: FormatRapport, rapport: &Rapport) -> Result<Vec<u8>, Panne> {
    documents::composer(format, rapport).map_err(|e| Panne::new("rapport d'activité", e))
}

/// The extraction that was named, the latest one, or a new one where there is none.
fn choisir(db: &Db, demande: &Demander) -> Result<Instantane, Erreur> {
    let (annee, qui) = (demande.annee, Demande::systeme("rapport"));
    if let Some(id) = demande.instantane {
        return db.lire_ici(&qui, |op| infocentre::trouver(op, id));
    }
    let dernier = db.lire_ici(&qui, |op| infocentre::dernier(op, annee))?;
    match dernier {
        Some(dernier) if !demande.extraire => Ok(dernier),
        _ => infocentre::figer_ici(db, &qui, annee),
    }
}
