//! What is done to the trace in the background: seals, signed heads, the nightly look.

use super::{
    service::{self, FENETRE, FENETRE_PROFONDE, detection},
    tetes::{self, Cle},
};
use crate::{
    config::Audit,
    db::{Db, Demande},
    jobs::runner::Ouvrier,
    kernel::{Panne, Resultat},
};
use std::{
    path::{Path, PathBuf},
    time::Duration,
};

/// How long a row waits for its seal, at most, when a worker runs.
const SCELLEMENT: Duration = Duration::from_secs(2);
/// How often a head is signed.
const SIGNATURE: Duration = Duration::from_mins(10);

/// Adds the tasks to a worker. Heads are signed where a folder and a key are set.
pub fn enregistrer(ouvrier: Ouvrier, audit: &Audit) -> Result<Ouvrier, Panne> {
    let signature = audit.signature()?;
    Ok(ouvrier
        .chaque("scellement", SCELLEMENT, |contexte| service::sceller(contexte.db(), contexte.demande(), Some(FENETRE)).map(drop))
        .chaque("tete_signee", SIGNATURE, move |contexte| {
            service::sceller(contexte.db(), contexte.demande(), Some(FENETRE_PROFONDE))?;
            match &signature {
                Some((dossier, cle)) => signer(contexte.db(), contexte.demande(), dossier, cle).map(drop),
                None => Ok(()),
            }
        })
        .chaque("detection_acces", Duration::from_hours(24), |contexte| {
            detection::detecter_les_jours_clos(contexte.db(), contexte.demande())
        }))
}

impl Audit {
    /// Where heads are written, and the key they are signed with; none when neither is set.
    pub fn signature(&self) -> Result<Option<(PathBuf, Cle)>, Panne> {
        match (&self.dossier, &self.cle_fichier) {
            (Some(dossier), Some(fichier)) => Ok(Some((dossier.clone(), Cle::lire(fichier)?))),
            (None, None) => Ok(None),
            _ => Err(Panne::dire("audit.dossier et audit.cle_fichier vont ensemble (`dcc audit cle` crée la clé)")),
        }
    }
}

/// Signs the last rank; gives it with the file, or nothing when the chain is empty.
pub fn signer(db: &Db, demande: &Demande, dossier: &Path, cle: &Cle) -> Resultat<Option<(i64, PathBuf)>> {
    match db.lire_ici(demande, service::tete)? {
        Some((rang, empreinte, instant)) => Ok(Some((rang, tetes::ecrire(dossier, cle, rang, &empreinte, instant)?))),
        None => Ok(None),
    }
}
