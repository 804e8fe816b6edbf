//! A fiche model and a value set, given to those who do not read ours: as a list of fields, as FHIR.

use super::{ReferentielError, lire_modele, store};
use crate::{
    db::Op,
    kernel::{Action, Panne, Resultat, clock::date_paris},
    metier::referentiel::{
        formulaire::{Champ, Formulaire},
        model::ModeleFiche,
        questionnaire::{self, JeuComplet},
    },
};
use serde_json::Value;

/// The fields of a version of a model, in the order of its form.
pub fn champs(op: &mut Op<'_>, code: &str, version: &str) -> Resultat<Vec<Champ>> {
    let modele = lire_modele(op, code, version)?;
    let formulaire = Formulaire::lire(&modele.corps()).map_err(|cause| illisible(&modele, cause))?;
    Ok(formulaire.champs().into_iter().cloned().collect())
}

/// A version of a model as a FHIR Questionnaire, with the current version of the value sets.
pub fn questionnaire(op: &mut Op<'_>, code: &str, version: &str) -> Resultat<Value> {
    let modele = lire_modele(op, code, version)?;
    let jeux = complets(op, modele.jeux.iter().map(String::as_str).collect())?;
    Ok(questionnaire::questionnaire(&modele, &jeux, date_paris(op.maintenant)).map_err(|cause| illisible(&modele, cause))?)
}

/// The current version of a value set as a FHIR ValueSet.
pub fn valueset(op: &mut Op<'_>, jeu: &str) -> Resultat<Value> {
    op.exiger(Action::LireReferentiels)?;
    let complet = complets(op, vec![jeu])?.pop().ok_or(ReferentielError::JeuIntrouvable)?;
    Ok(questionnaire::jeu(&complet))
}

fn complets(op: &mut Op<'_>, jeux: Vec<&str>) -> Resultat<Vec<JeuComplet>> {
    let courants = store::courants(op, jeux)?;
    let completer = |(code, version, _): store::Courant| {
        let (oid, nom) = store::identite_jeu(op, &code, &version)?;
        Ok(JeuComplet { concepts: store::concepts(op, &code, &version)?, code, version, oid, nom })
    };
    courants.into_iter().map(completer).collect()
}

fn illisible(modele: &ModeleFiche, cause: String) -> Panne {
    Panne::dire(format!("modèle de fiche {} : {cause}", modele.reference()))
}
