//! `dcc region …`: what is typed, and what is answered.

use super::{Reglages, generer};
use crate::{commandes::dire, config::Config, kernel::Panne};
use clap::Subcommand;

/// What can be done with synthetic regions.
#[derive(Subcommand)]
pub enum Region {
    /// Fills the base with a region of the real size of the Hauts-de-France, wholly invented. Refuses a base that holds
    /// patients.
    Generer {
        /// The year of its activity; the last one where there are several.
        #[arg(long)]
        annee: i32,
        /// Same seed and same year: same rows, identifiers included.
        #[arg(long, default_value_t = 42)]
        graine: u64,
        /// How many years of activity, ending with that one.
        #[arg(long, default_value_t = 1)]
        annees: usize,
        /// Percent of the real size.
        #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u8).range(1..=100))]
        echelle: u8,
        /// Adds one more region to a base that holds patients already.
        #[arg(long)]
        ajouter: bool,
    },
}

/// Does what was typed.
pub fn executer(config: &Config, commande: Region) -> Result<(), Panne> {
    let Region::Generer { annee, graine, annees, echelle, ajouter } = commande;
    let bilan = generer(config, &Reglages { annee, annees, graine, echelle: echelle.into(), ajouter })?;
    dire(&bilan.to_string())?;
    if bilan.exact() { Ok(()) } else { Err(Panne::dire("la région faite n'a pas les effectifs prévus")) }
}
