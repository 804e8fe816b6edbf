//! The facts that the infocentre counts: written with each version, and compared with it on demand.

use super::super::{
    model::{
        CompteRendu,
        fait::{Contexte, FaitPassage},
    },
    store,
};
use crate::{
    db::Op,
    kernel::{Action, Resultat, ids::CompteRenduId},
    metier::{fiche, inscription},
};

/// Writes down the facts of a version that was just kept.
pub(super) fn noter(op: &mut Op<'_>, version: &CompteRendu) -> Resultat<()> {
    let contexte = contexte(op, version)?;
    store::fait::inserer(op, &FaitPassage::de(version, &contexte))
}

/// Writes down facts that were told elsewhere, with a version taken over from there.
pub fn reprendre_faits(op: &mut Op<'_>, faits: &FaitPassage) -> Resultat<()> {
    op.exiger_systeme()?;
    store::fait::inserer(op, faits)
}

/// What a version does not say. All of it is fixed once the version is there.
fn contexte(op: &mut Op<'_>, version: &CompteRendu) -> Resultat<Contexte> {
    let inscription = inscription::service::trouver(op, version.inscription_id)?;
    let fiche = fiche::service::trouver(op, version.contenu.fiche_id)?;
    let premiere_validation = match version.numero_version {
        1 => version.valide_le,
        _ => store::premiere_validation(op, version.set_id)?.unwrap_or(version.valide_le),
    };
    Ok(Contexte { inscrit_le: inscription.cree_le, fiche: fiche.contenu, completude: fiche.completude, premiere_validation })
}

/// What the comparison of a stretch of versions with their facts found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ControleFaits {
    /// Versions that were looked at.
    pub examinees: usize,
    /// Those without facts.
    pub absentes: Vec<CompteRenduId>,
    /// Those whose facts are others.
    pub differentes: Vec<CompteRenduId>,
    /// The last version; nothing once there is no more.
    pub derniere: Option<CompteRenduId>,
}

/// Compares the versions that follow one, in the order of their identifiers, with their facts; and writes again those
/// that lack or differ.
pub fn controler(op: &mut Op<'_>, apres: Option<CompteRenduId>, limite: i64, reparer: bool) -> Resultat<ControleFaits> {
    op.exiger(Action::Exploiter)?;
    let mut controle = ControleFaits::default();
    for version in store::a_partir_de(op, apres, limite)? {
        let attendu = FaitPassage::de(&version, &contexte(op, &version)?);
        controle.examinees += 1;
        controle.derniere = Some(version.id);
        match store::fait::trouver(op, version.id)? {
            Some(ecrit) if ecrit == attendu => continue,
            Some(_) => controle.differentes.push(version.id),
            None => controle.absentes.push(version.id),
        }
        if reparer {
            store::fait::effacer(op, version.id)?;
            store::fait::inserer(op, &attendu)?;
        }
    }
    Ok(controle)
}
