//! Settings of the continuity kit.

use crate::kernel::{
    Panne,
    enveloppe::{self, Destinataire},
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, path::PathBuf};

/// How the continuity kit is made (`dcc continuite`). Without any recipient none is made by itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Continuite {
    /// Folder of the kits that the worker makes, to be copied to machines that do without the service.
    pub dossier: PathBuf,
    /// File of the recipients of the kit of the whole region, one `age1…` on each line; their keys are kept elsewhere.
    pub destinataires_fichier: Option<PathBuf>,
    /// Files of recipients of further kits, each with the meetings of one 3C alone, by the code of that 3C.
    pub centres: BTreeMap<String, PathBuf>,
    /// Days that a kit looks ahead, after the day it is made.
    pub jours: u32,
    /// Hours at which kits are made, in metropolitan France.
    pub heures: Vec<u32>,
    /// Kits of each kind that are kept.
    pub garder: usize,
}

impl Default for Continuite {
    fn default() -> Self {
        Self {
            dossier: PathBuf::from("continuite"),
            destinataires_fichier: None,
            centres: BTreeMap::new(),
            jours: 3,
            heures: vec![6, 18],
            garder: 6,
        }
    }
}

/// Most days that a kit looks ahead.
const JOURS_MAXIMAUX: u32 = 31;

impl Continuite {
    /// Who each kit is for: that of the region, then those of 3C; nothing when no kit is made. Settings that make no sense
    /// are refused here, at the start.
    pub fn destinataires(&self) -> Result<Vec<(Option<String>, Vec<Destinataire>)>, Panne> {
        if self.jours > JOURS_MAXIMAUX || self.heures.is_empty() || self.heures.iter().any(|heure| *heure > 23) || self.garder == 0 {
            return Err(Panne::dire(
                "configuration continuite : jours (31 au plus), heures (de 0 à 23, une au moins) et garder (1 au moins)",
            ));
        }
        let region = self.destinataires_fichier.iter().map(|fichier| (None, fichier));
        let kits = region.chain(self.centres.iter().map(|(code, fichier)| (Some(code.clone()), fichier)));
        kits.map(|(centre, fichier)| match enveloppe::lire_destinataires(fichier)? {
            pour if pour.is_empty() => Err(Panne::dire(format!("{} ne nomme aucun destinataire", fichier.display()))),
            pour => Ok((centre, pour)),
        })
        .collect()
    }
}
