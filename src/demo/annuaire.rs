//! A small public directory that knows the general practitioners of the demonstration: importing it gives
//! mailboxes to all but one of those who had none.

use super::region::Region;
use crate::{
    db::{Db, Demande},
    importation::generateur::{self, Connu, Reglages},
    kernel::Erreur,
    metier::annuaire::{model::ModeExercice, service as annuaire},
};
use std::path::Path;

/// Lines of its `Personne_activite`.
const LIGNES: u64 = 2_000;

pub(super) fn ecrire(dossier: &Path, db: &Db, demande: &Demande, region: &Region) -> Result<(), Erreur> {
    let ids = region.generalistes.clone();
    let generalistes = db.lire_ici(demande, move |op| annuaire::praticiens_par_id(op, &ids))?;
    let connus: Vec<Connu> = region
        .generalistes
        .iter()
        .filter_map(|id| generalistes.iter().find(|p| p.id == *id))
        .enumerate()
        .map(|(rang, praticien)| Connu {
            rpps: praticien.saisi.rpps.as_ref().map(ToString::to_string).unwrap_or_default(),
            nom: praticien.saisi.nom.clone(),
            prenom: praticien.saisi.prenom.clone(),
            savoir_faire: "SM54".to_owned(),
            liberal: praticien.saisi.mode_exercice == ModeExercice::Liberal,
            boite: rang + 1 != region.generalistes.len(),
        })
        .collect();
    let reglages = Reglages { lignes: LIGNES, graine: super::GRAINE, edition: 1, defauts: 500, colonnes_deplacees: false, connus };
    generateur::generer(dossier, &reglages)?;
    Ok(())
}
