//! Use cases of the infocentre.

mod figes;
mod gel;
mod instantane;
pub mod liberaux;
pub mod rapport;
pub mod remises;

pub use figes::{activite_figee, comptes_par_centre};
pub use gel::{AFiger, figer, figer_ici};
pub use instantane::{dernier, listes, trouver};

use super::{
    model::{
        Activite, ActiviteDiffusions, Axe, Comptes, Curseur, Definition, Indicateur, Indicateurs, InfocentreError, LigneActivite,
        LigneComptee, Portee, Selection, dictionnaire,
    },
    store::{self, Cadre, Groupes},
};
use crate::{
    db::{Evenement, Op},
    kernel::{
        Action, Resultat,
        erreur::ErreurCommune,
        page::{CurseurIllisible, Page, Pagination},
        texte::normaliser,
    },
    metier::diffusion::model::{Comptage, CompteDiffusions, LigneDiffusions},
};
use std::collections::BTreeSet;

/// The dictionary of indicators.
pub fn indicateurs(op: &mut Op<'_>) -> Resultat<&'static [Definition]> {
    op.exiger(Action::LireInfocentre)?;
    Ok(dictionnaire::DICTIONNAIRE)
}

/// The activity of a selection, shared out by an axis, as far as the person sees.
pub fn activite(op: &mut Op<'_>, selection: &Selection, axe: Axe) -> Resultat<Activite> {
    op.exiger(Action::LireInfocentre)?;
    let portee = Portee::de(op.acteur);
    let cadre = Cadre { selection, jours: selection.jours()?, portee: &portee, instantane: None };
    let groupes = store::compter(op, &cadre, axe)?;
    Ok(Activite {
        du: selection.periode.du(),
        au: selection.periode.au(),
        par: axe,
        nouveaux: selection.nouveaux,
        version_dictionnaire: dictionnaire::VERSION.to_owned(),
        compte_le: op.maintenant,
        lignes: nommer(op, axe, &groupes, cles(&groupes, axe, &cadre))?,
        total: Indicateurs::from(&groupes.total),
    })
}

/// The deliveries of a selection by state and channel, shared out by an axis, as far as the person sees.
pub fn diffusions(op: &mut Op<'_>, selection: &Selection, axe: Axe) -> Resultat<ActiviteDiffusions> {
    op.exiger(Action::LireInfocentre)?;
    let portee = Portee::de(op.acteur);
    let cadre = Cadre { selection, jours: selection.jours()?, portee: &portee, instantane: None };
    let groupes = store::diffusions(op, &cadre, axe)?;
    let cles: Vec<String> = groupes.keys().cloned().collect();
    let mut noms = store::noms(op, axe, &cles)?;
    let mut total = Comptage::default();
    let mut lignes = Vec::with_capacity(groupes.len());
    for (cle, comptage) in groupes {
        let libelle = noms.remove(&cle).map_or_else(|| axe.libelle(&cle), |(_, nom)| nom);
        lignes.push(LigneDiffusions { cle, libelle, compte: CompteDiffusions::from(&comptage) });
        total.versions += comptage.versions;
        total.produites += comptage.produites;
        total.lignes.extend(comptage.lignes);
    }
    if axe.pas().is_none() {
        lignes.sort_by_cached_key(|ligne| (normaliser(&ligne.libelle), ligne.cle.clone()));
    }
    let (du, au) = (selection.periode.du(), selection.periode.au());
    Ok(ActiviteDiffusions { du, au, par: axe, compte_le: op.maintenant, lignes, total: CompteDiffusions::from(&total) })
}

/// The rows behind a number. They are data of patients, though nothing names them: the reading is
/// traced.
pub fn lignes(op: &mut Op<'_>, selection: &Selection, indicateur: Indicateur, pagination: &Pagination) -> Resultat<Page<LigneComptee>> {
    op.exiger(Action::LireInfocentre)?;
    let portee = Portee::de(op.acteur);
    let cadre = Cadre { selection, jours: selection.jours()?, portee: &portee, instantane: None };
    let objet = indicateur.objet().ok_or(InfocentreError::SansLignes(indicateur))?;
    let apres: Option<Curseur> = pagination.apres().map_err(ErreurCommune::from)?;
    if apres.as_ref().is_some_and(|curseur| !curseur.convient(objet, cadre.jours)) {
        return Err(ErreurCommune::from(CurseurIllisible).into());
    }
    let lignes = store::lignes(op, &cadre, indicateur, apres, pagination.limite() + 1)?;
    op.tracer(Evenement::liste("lire", "infocentre").champs(&[indicateur.as_str()]))?;
    Ok(Page::depuis(lignes, pagination.limite(), LigneComptee::curseur))
}

/// The groups to show: those that hold something, every part of the period, and the whole.
fn cles(groupes: &Groupes, axe: Axe, cadre: &Cadre<'_>) -> BTreeSet<String> {
    match axe.pas() {
        // The directory has no dates: it would repeat the parts that were not asked for.
        Some(pas) => cadre.jours.tranches(pas).iter().map(ToString::to_string).collect(),
        None if axe == Axe::Region => BTreeSet::from([axe.as_str().to_owned()]),
        None => groupes.lignes.keys().cloned().collect(),
    }
}

/// The rows of the table with their names, in the order in which they are read.
fn nommer(op: &mut Op<'_>, axe: Axe, groupes: &Groupes, cles: BTreeSet<String>) -> Resultat<Vec<LigneActivite>> {
    let cles: Vec<String> = cles.into_iter().collect();
    let mut noms = store::noms(op, axe, &cles)?;
    Ok(mettre_en_lignes(axe, groupes, cles, |cle| {
        noms.remove(cle).map_or_else(|| (None, axe.libelle(cle)), |(code, nom)| (Some(code), nom))
    }))
}

/// The rows of the table, by the code and the name that `nom` gives to a key.
fn mettre_en_lignes(
    axe: Axe,
    groupes: &Groupes,
    cles: impl IntoIterator<Item = String>,
    mut nom: impl FnMut(&str) -> (Option<String>, String),
) -> Vec<LigneActivite> {
    let mut lignes: Vec<LigneActivite> = cles
        .into_iter()
        .map(|cle| {
            let (code, libelle) = nom(&cle);
            let vide = Comptes::default();
            let comptes = if axe == Axe::Region { &groupes.total } else { groupes.lignes.get(&cle).unwrap_or(&vide) };
            LigneActivite { indicateurs: Indicateurs::from(comptes), cle, code, libelle }
        })
        .collect();
    if axe.pas().is_none() {
        lignes.sort_by_cached_key(|ligne| (normaliser(&ligne.libelle), ligne.cle.clone()));
    }
    lignes
}
