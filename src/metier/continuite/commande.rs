//! `dcc continuite …`: what an operator types, and what is answered.

use super::{
    archive,
    job::{self, Commande},
};
use crate::{
    app,
    commandes::dire,
    config::Config,
    db::Demande,
    kernel::{Chance, Horloge, Panne, enveloppe},
};
use clap::Subcommand;
use std::path::PathBuf;

/// What can be done about the continuity kit on the command line.
#[derive(Subcommand)]
pub enum Continuite {
    /// Makes the kit of the coming days now, encrypted: what is needed to hold the meetings without the service.
    Produire {
        /// Folder of the kit, made if need be.
        #[arg(long)]
        dossier: PathBuf,
        /// Days to look ahead after today, in the place of those of the configuration.
        #[arg(long)]
        jours: Option<u32>,
        /// Who may open it (`age1…`), in the place of those of the configuration; may be repeated.
        #[arg(long = "destinataire")]
        destinataires: Vec<String>,
        /// Code of the only 3C to take the meetings of, under `--destinataire`.
        #[arg(long, requires = "destinataires")]
        centre: Option<String>,
    },
    /// Opens a kit into a new folder. Needs neither the service nor its base.
    Ouvrir {
        /// The kit.
        fichier: PathBuf,
        /// File of the private key.
        #[arg(long)]
        cle: PathBuf,
        /// Folder of its files, in clear: to be erased once the meetings are over.
        #[arg(long)]
        dossier: PathBuf,
    },
}

/// Runs a command.
pub fn executer(config: &Config, commande: Continuite) -> Result<(), Panne> {
    match commande {
        Continuite::Produire { dossier, jours, destinataires, centre } => {
            let kits = if destinataires.is_empty() {
                config.continuite.destinataires()?
            } else {
                vec![(centre, enveloppe::destinataires(&destinataires.join("\n"))?)]
            };
            if kits.is_empty() {
                return Err(Panne::dire("aucun destinataire : un kit est toujours chiffré (continuite.destinataires_fichier)"));
            }
            let maintenant = Horloge::Systeme.maintenant();
            let commandes: Vec<Commande> = kits
                .into_iter()
                .map(|(centre, pour)| Commande { fichier: dossier.join(job::nom(maintenant, centre.as_deref())), pour, centre })
                .collect();
            let fichiers: Vec<PathBuf> = commandes.iter().map(|commande| commande.fichier.clone()).collect();
            let db = app::ouvrir_la_base(config, Horloge::Systeme, Chance::Systeme)?;
            let bilan = job::produire(&db, &Demande::systeme("continuite"), jours.unwrap_or(config.continuite.jours), commandes)?;
            for fichier in fichiers {
                dire(&fichier.display().to_string())?;
            }
            dire(&format!("{} réunions, {} fiches, {} cas non repris", bilan.reunions, bilan.cas, bilan.omis))
        }
        Continuite::Ouvrir { fichier, cle, dossier } => {
            let fichiers = archive::ouvrir(&fichier, &cle, &dossier)?;
            dire(&format!("{fichiers} fichiers en clair dans {} : ouvrez index.html, et effacez le dossier après usage", dossier.display()))
        }
    }
}
