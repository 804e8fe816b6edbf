//! `dcc infocentre`: proves that the facts that are counted are those of the comptes-rendus.

use super::dire;
use crate::{
    app,
    config::Config,
    db::{Db, Demande},
    kernel::{Chance, Horloge, Panne, ids::CompteRenduId},
    metier::compte_rendu::service::{self as comptes_rendus, ControleFaits},
};
use clap::Subcommand;

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
}

/// Runs a command.
pub fn executer(config: &Config, commande: Infocentre) -> Result<(), Panne> {
    match commande {
        Infocentre::Verifier { reparer } => {
            let db = app::ouvrir_la_base(config, Horloge::Systeme, Chance::Systeme)?;
            let controle = verifier(&db, reparer)?;
            dire(&rapport(&controle, reparer))?;
            let tient = controle.absentes.is_empty() && controle.differentes.is_empty();
            if tient || reparer { Ok(()) } else { Err(Panne::dire("les faits comptés ne sont pas ceux des comptes-rendus")) }
        }
    }
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
