//! Background work of retention.

use super::{
    model::PierreTombale,
    service::{self, Rejeu},
};
use crate::{
    db::{Db, Demande},
    jobs::runner::{Contexte, Issue, Ouvrier},
    kernel::{Panne, Resultat, ids::PurgeId},
};
use serde::Deserialize;
use std::{
    fs::{self, OpenOptions},
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    time::Duration,
};

/// Kind of the job that carries a purge out.
pub const PURGER_PATIENT: &str = "purger_patient";
/// Name of the task that proposes purges.
pub const PROPOSITION_DES_PURGES: &str = "proposition_purges";

#[derive(Deserialize)]
struct Charge {
    purge_id: PurgeId,
}

/// Proposes purges every day and carries out those that were granted; `tombales` is the file of tombstones.
#[must_use]
pub fn enregistrer(ouvrier: Ouvrier, tombales: PathBuf) -> Ouvrier {
    ouvrier
        .traiter(PURGER_PATIENT, move |contexte, charge| match serde_json::from_value(charge) {
            Ok(Charge { purge_id }) => purger(contexte, purge_id, &tombales).into(),
            Err(_) => Issue::echoue("charge illisible"),
        })
        .chaque(PROPOSITION_DES_PURGES, Duration::from_hours(24), |contexte| {
            let proposees = contexte.ecrire(service::proposer)?;
            tracing::info!(proposees, "proposition des purges");
            Ok(())
        })
}

/// The tombstones reach the disk before anything is erased: a backup restored at any later moment can be purged again.
fn purger(contexte: &Contexte, id: PurgeId, tombales: &Path) -> Resultat<Issue> {
    let prepares = contexte.lire(move |op| {
        let Some(patients) = service::preparer(op, id)? else { return Ok(None) };
        let pierres: Resultat<Vec<PierreTombale>> = patients.iter().map(|(patient, regle)| service::pierre(op, patient, *regle)).collect();
        pierres.map(Some)
    })?;
    let Some(pierres) = prepares else {
        contexte.ecrire(move |op| service::abandonner(op, id))?;
        return Ok(Issue::Fait);
    };
    ecrire(tombales, &pierres)?;
    contexte.ecrire(move |op| service::executer(op, id, &pierres))?;
    Ok(Issue::Fait)
}

/// Adds tombstones to the file, readable by its owner only.
fn ecrire(chemin: &Path, pierres: &[PierreTombale]) -> Result<(), Panne> {
    let panne = |e: std::io::Error| Panne::new("fichier des pierres tombales", e);
    if let Some(dossier) = chemin.parent().filter(|dossier| !dossier.as_os_str().is_empty()) {
        fs::create_dir_all(dossier).map_err(panne)?;
    }
    let lignes: Result<Vec<String>, Panne> = pierres.iter().map(PierreTombale::ligne).collect();
    let mut fichier = OpenOptions::new().create(true).append(true).mode(0o600).open(chemin).map_err(panne)?;
    fichier.write_all(lignes?.concat().as_bytes()).map_err(panne)?;
    fichier.sync_all().map_err(panne)
}

/// What replaying a file of tombstones did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Bilan {
    /// Patients who were back and were erased again.
    pub effaces: usize,
    /// Patients who were not there.
    pub absents: usize,
    /// Rows that are of somebody else: left alone.
    pub etrangers: usize,
}

/// Replays a file of tombstones on a restored base, line by line. Done twice, it does nothing more.
pub fn rejouer(db: &Db, chemin: &Path) -> Result<Bilan, Panne> {
    let texte = fs::read_to_string(chemin).map_err(|e| Panne::new("fichier des pierres tombales", e))?;
    let mut bilan = Bilan::default();
    for (rang, ligne) in texte.lines().enumerate().filter(|(_, ligne)| !ligne.trim().is_empty()) {
        let illisible = |e: serde_json::Error| Panne::new(format!("pierre tombale, ligne {}", rang + 1), e);
        let pierre: PierreTombale = serde_json::from_str(ligne).map_err(illisible)?;
        let rejeu = db
            .ecrire_ici(&Demande::systeme("rejeu des pierres tombales"), move |op| service::rejouer(op, &pierre))
            .map_err(|e| Panne::new(format!("rejeu de la ligne {}", rang + 1), e))?;
        match rejeu {
            Rejeu::Efface => bilan.effaces += 1,
            Rejeu::DejaAbsent => bilan.absents += 1,
            Rejeu::AutrePersonne => bilan.etrangers += 1,
        }
    }
    Ok(bilan)
}
