//! Search in the value sets, and the synonyms it uses.

use super::{RapportChargement, ReferentielError, codes, store, version_modifiee};
use crate::{
    db::Op,
    kernel::{
        Action, Panne, Resultat,
        erreur::ErreurCommune,
        memoire::Memoire,
        page::{Page, Pagination},
    },
    metier::referentiel::recherche::{ConceptTrouve, Index, Synonymes},
};
use std::sync::{Arc, LazyLock};

/// Sets already indexed: what the set is told apart by, and the version and fingerprint of its synonyms.
static INDEX: LazyLock<Memoire<(store::Courant, Option<(String, String)>), Index>> = LazyLock::new(Memoire::default);

/// Concepts of the current version of a value set, the best answers first; without words to search, the
/// whole set in the order of the publisher.
pub fn concepts(op: &mut Op<'_>, jeu: &str, recherche: Option<&str>, pagination: &Pagination) -> Resultat<Page<ConceptTrouve>> {
    op.exiger(Action::LireReferentiels)?;
    let apres: Option<i64> = pagination.apres().map_err(ErreurCommune::from)?;
    let index = index(op, jeu)?;
    let limite = usize::try_from(pagination.limite()).unwrap_or(usize::MAX);
    let trouves = index.chercher(recherche.unwrap_or_default(), apres, limite.saturating_add(1));
    Ok(Page::depuis(trouves, pagination.limite(), |(place, _)| *place).map(|(_, concept)| concept))
}

fn index(op: &mut Op<'_>, jeu: &str) -> Resultat<Arc<Index>> {
    let courant = store::courants(op, vec![jeu])?.pop().ok_or(ReferentielError::JeuIntrouvable)?;
    let synonymes = store::synonymes_courants(op, jeu)?;
    INDEX.obtenir((courant, synonymes), |((_, version, _), synonymes)| {
        let synonymes = synonymes.as_ref().map(|(version, _)| store::synonymes(op, jeu, version)).transpose()?;
        Ok(Index::nouveau(store::concepts(op, jeu, version)?, &synonymes.unwrap_or_default()))
    })
}

/// Loads a version of the synonyms of a set; each must mean codes of the current version of the set.
pub(super) fn charger_synonymes(op: &mut Op<'_>, lus: &Synonymes, rapport: &mut RapportChargement) -> Resultat<()> {
    match store::empreinte_synonymes(op, &lus.jeu, &lus.version)? {
        Some(chargee) if chargee == lus.empreinte() => {
            rapport.inchanges += 1;
            return Ok(());
        }
        Some(_) => return Err(version_modifiee("synonymes", &lus.jeu, &lus.version).into()),
        None => {}
    }
    let refus = |cause: String| Panne::dire(format!("synonymes de « {} », version {} : {cause}", lus.jeu, lus.version));
    let jeu = codes(op, vec![&lus.jeu])?.pop().ok_or_else(|| refus("ce jeu de valeurs n'est pas chargé".to_owned()))?;
    if let Some((terme, code)) = lus.code_inconnu(&jeu.codes) {
        return Err(refus(format!("« {terme} » vise le code {code}, que le jeu n'a pas")).into());
    }
    store::inserer_synonymes(op, lus)?;
    rapport.synonymes += 1;
    Ok(())
}
