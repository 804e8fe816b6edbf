//! `dcc retention …`: purges proposed, and tombstones replayed after a restore.

use super::dire;
use crate::{
    app,
    config::Config,
    db::Demande,
    kernel::{Chance, Horloge, Panne},
    metier::conservation::{job, service},
};
use clap::Subcommand;
use std::path::PathBuf;

/// What can be done about retention on the command line.
#[derive(Subcommand)]
pub enum Retention {
    /// Proposes the purge of every file whose term has passed; people then sign and grant.
    Proposer,
    /// Erases again the patients of a file of tombstones whom a restored backup brought back. To be run after each
    /// restore, before the service starts. Ends with the code 1 when a line designates somebody else.
    Rejouer {
        /// The file; that of the configuration by default.
        #[arg(long)]
        fichier: Option<PathBuf>,
    },
}

/// Runs a command.
pub fn executer(config: &Config, commande: Retention) -> Result<(), Panne> {
    let db = app::ouvrir_la_base(config, Horloge::Systeme, Chance::Systeme)?;
    match commande {
        Retention::Proposer => {
            let proposees =
                db.ecrire_ici(&Demande::systeme("retention"), service::proposer).map_err(|e| Panne::new("proposition des purges", e))?;
            dire(&format!("{proposees} purges proposées"))
        }
        Retention::Rejouer { fichier } => {
            let bilan = job::rejouer(&db, &fichier.unwrap_or_else(|| config.pierres_tombales.clone()))?;
            dire(&format!(
                "{} patients effacés de nouveau, {} déjà absents, {} lignes d'une autre personne",
                bilan.effaces, bilan.absents, bilan.etrangers
            ))?;
            if bilan.etrangers == 0 { Ok(()) } else { Err(Panne::dire("des pierres tombales désignent d'autres personnes")) }
        }
    }
}
