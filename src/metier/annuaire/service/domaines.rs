//! The list of the trust space.

use crate::{
    db::{Evenement, Op},
    kernel::{Action, Resultat, clock::date_paris, erreur::ErreurCommune},
    metier::annuaire::{
        model::{AnnuaireError, EspaceDeConfiance, ListeDomaines},
        store,
    },
};

/// The list: domains that were, are or will be in force.
pub fn espace_de_confiance(op: &mut Op<'_>) -> Resultat<EspaceDeConfiance> {
    op.exiger(Action::LireAnnuaire)?;
    Ok(EspaceDeConfiance { revision: store::revision(op)?, domaines: store::domaines(op)? })
}

/// Replaces the list from a day on: domains that it lacks end the day before, new ones begin. `lue` is
/// the revision that was read, if the caller says one.
pub fn remplacer_domaines(op: &mut Op<'_>, lue: Option<i64>, liste: &ListeDomaines) -> Resultat<EspaceDeConfiance> {
    op.exiger(Action::GererReferentiels)?;
    let actuelle = store::revision(op)?;
    if lue.is_some_and(|lue| lue != actuelle) {
        return Err(ErreurCommune::VersionPerimee { actuelle }.into());
    }
    if liste.depuis < date_paris(op.maintenant) {
        return Err(AnnuaireError::DatePassee.into());
    }
    store::remplacer_domaines(op, liste, actuelle + 1)?;
    op.tracer(Evenement::liste("remplacer", "domaine_securise"))?;
    espace_de_confiance(op)
}
