//! Use cases of the terms of use.

use super::{
    model::{Acceptation, AcceptationSaisie, Conditions, ConditionsEnVigueur, ConditionsError, ConditionsResumees, ConditionsSaisies},
    store,
};
use crate::{
    db::{Evenement, Op},
    kernel::{Action, Refus, Resultat, acteur::Rattachement, clock::date_paris, erreur::ErreurCommune, ids::CompteId},
};

/// The terms are those of the whole region.
fn exiger(op: &Op<'_>) -> Resultat<()> {
    op.exiger_sur(Action::GererReferentiels, &Rattachement::default())
}

/// Publishes a version of the terms. Who does so is then asked to accept it as everybody.
pub fn publier(op: &mut Op<'_>, saisies: &ConditionsSaisies) -> Resultat<Conditions> {
    exiger(op)?;
    let fautes = saisies.fautes(date_paris(op.maintenant));
    if !fautes.is_empty() {
        return Err(Refus::invalide(fautes).into());
    }
    let conditions = Conditions {
        id: op.id(),
        version: saisies.version.clone(),
        texte: saisies.texte.clone(),
        en_vigueur_le: saisies.en_vigueur_le,
        publiees_par: op.acteur.compte,
        publiees_le: op.maintenant,
    };
    store::inserer(op, &conditions)?;
    op.tracer(Evenement::sur("publier", "conditions", conditions.id.uuid()))?;
    Ok(conditions)
}

/// Every version, the latest in force first, with how many accepted it.
pub fn lister(op: &mut Op<'_>) -> Resultat<Vec<ConditionsResumees>> {
    exiger(op)?;
    store::lister(op)
}

/// The person who reads or accepts: software has no session, and nothing to accept.
fn personne(op: &Op<'_>) -> Resultat<CompteId> {
    op.acteur.session.and(op.acteur.compte).ok_or_else(|| ErreurCommune::Interdit.into())
}

/// The terms in force, and whether the person accepted them.
pub fn lire(op: &mut Op<'_>) -> Resultat<ConditionsEnVigueur> {
    let compte = personne(op)?;
    let Conditions { id, version, texte, en_vigueur_le, .. } =
        store::en_vigueur(op, date_paris(op.maintenant))?.ok_or(ConditionsError::Aucune)?;
    Ok(ConditionsEnVigueur { version, texte, en_vigueur_le, acceptees_le: store::acceptees_le(op, id, compte)? })
}

/// Accepts the terms in force, which the person names as they were read. Accepted again, they keep their first date.
pub fn accepter(op: &mut Op<'_>, saisie: &AcceptationSaisie) -> Resultat<Acceptation> {
    let compte = personne(op)?;
    let (id, version) = store::version_en_vigueur(op, date_paris(op.maintenant))?.ok_or(ConditionsError::Aucune)?;
    if saisie.version != version {
        return Err(ConditionsError::PasEnVigueur { en_vigueur: version }.into());
    }
    if let Some(acceptees_le) = store::acceptees_le(op, id, compte)? {
        return Ok(Acceptation { version, acceptees_le });
    }
    store::accepter(op, id, compte)?;
    op.tracer(Evenement::sur("accepter", "conditions", id.uuid()))?;
    Ok(Acceptation { version, acceptees_le: op.maintenant })
}

/// The version that an account has still to accept, if any: for what reads a session again.
pub fn a_accepter(op: &mut Op<'_>, compte: CompteId) -> Resultat<Option<String>> {
    let Some((id, version)) = store::version_en_vigueur(op, date_paris(op.maintenant))? else { return Ok(None) };
    Ok(if store::acceptees_le(op, id, compte)?.is_some() { None } else { Some(version) })
}
