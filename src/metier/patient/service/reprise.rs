//! Patients and dossiers that come from elsewhere.

use super::super::{
    model::{Dossier, Opposition, Patient},
    store,
};
use crate::{db::Op, kernel::Resultat};

/// True when the base holds no patient. For the commands that fill one.
pub fn registre_vide(op: &mut Op<'_>) -> Resultat<bool> {
    op.exiger_systeme()?;
    Ok(!store::existe(op)?)
}

/// Takes over patients, their dossiers and their oppositions as they were elsewhere: nobody is tied to them, no alert is
/// evaluated, nothing is looked for that resembles them. Only the service itself does, and it traces what it takes over.
pub fn reprendre(op: &mut Op<'_>, patients: &[Patient], dossiers: &[Dossier], oppositions: &[Opposition]) -> Resultat<()> {
    op.exiger_systeme()?;
    store::inserer_tous(op, patients)?;
    store::inserer_dossiers(op, dossiers)?;
    oppositions.iter().try_for_each(|opposition| store::inserer_opposition(op, opposition))
}
