//! `dcc infocentre`: freezes, counts and hands over; proves that the facts that are counted are those of the comptes-rendus.

use super::{dire, ecrire, faire_le_dossier, rapport::composer};
use crate::{
    app,
    config::Config,
    db::{Db, Demande, Op},
    documents::parquet,
    kernel::{
        Chance, Horloge, Panne, Resultat,
        ids::{CompteRenduId, InstantaneId},
    },
    metier::{
        compte_rendu::service::{self as comptes_rendus, ControleFaits},
        infocentre::{
            model::{Axe, InfocentreError, Nouveaux, Periode, Selection, rapport::FormatRapport},
            service as infocentre,
        },
    },
};
use chrono::NaiveDate;
use clap::Subcommand;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Instant,
};

/// Versions that one transaction looks at.
const TRANCHE: i64 = 500;
/// Versions that are named, of each kind.
const NOMMEES: usize = 20;

/// Looks after what the infocentre counts.
#[derive(Subcommand)]
pub enum Infocentre {
    /// Compares every compte-rendu with the facts that are counted of it. Ends with the code 1 and names the versions when
    /// some lack or differ.
    Verifier {
        /// Writes the facts that lack or differ again.
        #[arg(long)]
        reparer: bool,
    },
    /// Freezes a year for its report, as it stands now.
    Extraire {
        /// The year.
        #[arg(long)]
        annee: i32,
    },
    /// Writes the rows of a frozen year as Parquet, for outside tools: comptes-rendus, meetings and attendances without a
    /// name, and the names of the groups.
    Parquet {
        /// The frozen extraction; the latest one of the year by default.
        #[arg(long)]
        instantane: Option<InstantaneId>,
        /// The year.
        #[arg(long)]
        annee: i32,
        /// Folder of the files, made if need be.
        #[arg(long)]
        dossier: PathBuf,
    },
    /// Writes the nominative list of the attendances of private practitioners of a frozen year, for the payer of their
    /// indemnity, with the evidence of each.
    Liberaux {
        /// The year, whose latest frozen extraction is read.
        #[arg(long)]
        annee: i32,
        /// Format of the file: `pdf`, `xlsx`, `csv` or `json`.
        #[arg(long, default_value_t = FormatRapport::Xlsx)]
        format: FormatRapport,
        /// File to write.
        #[arg(long)]
        sortie: PathBuf,
    },
    /// Writes the yearly anonymised indicators of each authorised établissement, one file each, named by its FINESS.
    Remises {
        /// The year, whose latest frozen extraction is read.
        #[arg(long)]
        annee: i32,
        /// Format of the files: `pdf`, `xlsx`, `csv` or `json`.
        #[arg(long, default_value_t = FormatRapport::Csv)]
        format: FormatRapport,
        /// Folder of the files, made if need be.
        #[arg(long)]
        dossier: PathBuf,
    },
    /// Counts every indicator of a period, and says how long it took. Writes what the API gives, as JSON.
    Compter {
        /// First day.
        #[arg(long)]
        du: NaiveDate,
        /// Last day.
        #[arg(long)]
        au: NaiveDate,
        /// What it is shared out by.
        #[arg(long, default_value = "region")]
        par: Axe,
    },
}

/// Runs a command.
pub fn executer(config: &Config, commande: Infocentre) -> Result<(), Panne> {
    let db = app::ouvrir_la_base(config, Horloge::Systeme, Chance::Systeme)?;
    match commande {
        Infocentre::Extraire { annee } => {
            let instantane =
                infocentre::figer_ici(&db, &Demande::systeme("infocentre"), annee).map_err(|e| Panne::new("extraction de l'année", e))?;
            let texte = serde_json::to_string_pretty(&instantane).map_err(|e| Panne::new("instantané", e))?;
            dire(&texte)
        }
        Infocentre::Parquet { instantane, annee, dossier } => exporter(&db, instantane, annee, &dossier),
        Infocentre::Liberaux { annee, format, sortie } => liberaux(&db, config, annee, format, &sortie),
        Infocentre::Remises { annee, format, dossier } => remettre(&db, config, annee, format, &dossier),
        Infocentre::Compter { du, au, par } => {
            let selection =
                Periode::lire(du, au).map(|periode| Selection { periode, nouveaux: Nouveaux::Region, filtres: BTreeMap::new() });
            let selection = selection.map_err(|e| Panne::new("période", e))?;
            let debut = Instant::now();
            let activite = db
                .lire_ici(&Demande::systeme("infocentre"), |op| infocentre::activite(op, &selection, par))
                .map_err(|e| Panne::new("comptes de l'infocentre", e))?;
            tracing::info!(millisecondes = debut.elapsed().as_millis(), %par, "indicateurs comptés");
            dire(&serde_json::to_string(&activite).map_err(|e| Panne::new("comptes de l'infocentre", e))?)
        }
        Infocentre::Verifier { reparer } => {
            let controle = verifier(&db, reparer)?;
            dire(&rapport(&controle, reparer))?;
            let tient = controle.absentes.is_empty() && controle.differentes.is_empty();
            if tient || reparer { Ok(()) } else { Err(Panne::dire("les faits comptés ne sont pas ceux des comptes-rendus")) }
        }
    }
}

/// The latest frozen extraction of a year.
fn dernier(op: &mut Op<'_>, annee: i32) -> Resultat<InstantaneId> {
    Ok(infocentre::dernier(op, annee)?.ok_or(InfocentreError::InstantaneIntrouvable)?.id)
}

fn liberaux(db: &Db, config: &Config, annee: i32, format: FormatRapport, sortie: &Path) -> Result<(), Panne> {
    let region = config.nom_de_la_region.clone();
    let liste = db.consulter_ici(&Demande::systeme("infocentre"), |op| {
        let id = dernier(op, annee)?;
        infocentre::liberaux::composer(op, id, &region)
    });
    let liste = liste.map_err(|e| Panne::new("participations des libéraux", e))?;
    ecrire(sortie, &composer(format, &liste)?)?;
    dire(&liste.chapitres.iter().flat_map(|chapitre| chapitre.paragraphes.iter().map(String::as_str)).collect::<Vec<_>>().join("\n"))
}

fn remettre(db: &Db, config: &Config, annee: i32, format: FormatRapport, dossier: &Path) -> Result<(), Panne> {
    let region = config.nom_de_la_region.clone();
    let remises = db.consulter_ici(&Demande::systeme("infocentre"), |op| {
        let id = dernier(op, annee)?;
        infocentre::remises::composer(op, id, &region)
    });
    let remises = remises.map_err(|e| Panne::new("indicateurs des établissements", e))?;
    faire_le_dossier(dossier)?;
    for remise in &remises {
        ecrire(&dossier.join(format!("{}.{format}", remise.finess)), &composer(format, &remise.rapport)?)?;
    }
    dire(&format!("{} établissements", remises.len()))
}

fn exporter(db: &Db, instantane: Option<InstantaneId>, annee: i32, dossier: &Path) -> Result<(), Panne> {
    let listes = db.consulter_ici(&Demande::systeme("infocentre"), |op| {
        let id = match instantane {
            Some(id) => id,
            None => dernier(op, annee)?,
        };
        infocentre::listes(op, id)
    });
    let listes = listes.map_err(|e| Panne::new("listes de l'année", e))?;
    faire_le_dossier(dossier)?;
    for liste in &listes {
        let chemin = dossier.join(format!("{}.parquet", liste.nom));
        ecrire(&chemin, &parquet::composer(liste)?)?;
        dire(&format!("{} : {} lignes", chemin.display(), liste.lignes.len()))?;
    }
    Ok(())
}

/// Compares every version, in short transactions.
pub fn verifier(db: &Db, reparer: bool) -> Result<ControleFaits, Panne> {
    let demande = Demande::systeme("infocentre");
    let mut tout = ControleFaits::default();
    let mut apres: Option<CompteRenduId> = None;
    loop {
        let lot = db
            .ecrire_ici(&demande, move |op| comptes_rendus::controler(op, apres, TRANCHE, reparer))
            .map_err(|e| Panne::new("contrôle des faits", e))?;
        tout.examinees += lot.examinees;
        tout.absentes.extend(lot.absentes);
        tout.differentes.extend(lot.differentes);
        match lot.derniere {
            Some(derniere) => apres = Some(derniere),
            None => return Ok(tout),
        }
    }
}

fn rapport(controle: &ControleFaits, reparer: bool) -> String {
    let nommer = |versions: &[CompteRenduId]| {
        let noms: Vec<String> = versions.iter().take(NOMMEES).map(|id| format!("\n  {id}")).collect();
        noms.concat()
    };
    format!(
        "{} comptes-rendus examinés ; {} sans faits, {} aux faits différents{}{}{}",
        controle.examinees,
        controle.absentes.len(),
        controle.differentes.len(),
        if reparer { ", réécrits" } else { "" },
        nommer(&controle.absentes),
        nommer(&controle.differentes),
    )
}
