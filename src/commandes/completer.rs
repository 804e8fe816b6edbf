//! `dcc documents completer`: asks for the national documents of the versions that have none.

use crate::{
    db::{Db, Demande},
    kernel::{Panne, Resultat},
    metier::document::{model::Famille, service},
};

/// How many versions of each kind are now asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bilan {
    /// Versions of comptes-rendus.
    pub comptes_rendus: usize,
    /// Programmes that were handed.
    pub programmes: usize,
}

/// Puts a job into the queue for each version that lacks its CDA or its archive, in short transactions. What is asked
/// for already is not asked for twice: repeated, the command asks for what was given up meanwhile.
pub fn completer(db: &Db) -> Result<Bilan, Panne> {
    let tous = || Ok(Bilan { comptes_rendus: famille(db, Famille::ComptesRendus)?, programmes: famille(db, Famille::Programmes)? });
    tous().map_err(|erreur: crate::kernel::Erreur| Panne::new("demande des documents nationaux", erreur))
}

fn famille(db: &Db, famille: Famille) -> Resultat<usize> {
    let demande = Demande::systeme("documents");
    let deja = db.lire_ici(&demande, |op| service::demandes(op, famille))?;
    let (mut total, mut apres) = (0, None);
    loop {
        let connus = deja.clone();
        let lot = db.ecrire_ici(&demande, move |op| service::completer(op, famille, apres, &connus))?;
        total += lot.demandes;
        match lot.suite {
            Some(suite) => apres = Some(suite),
            None => return Ok(total),
        }
    }
}
