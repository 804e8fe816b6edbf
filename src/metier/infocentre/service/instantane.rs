//! What was frozen of a year: found, counted, and proved not to have moved.

use super::super::{
    model::{
        Axe, InfocentreError, Nouveaux, Periode, Portee, Selection,
        instantane::{GenreColonne, Instantane, ListeFigee},
        rapport::{self, Rapport},
    },
    store::{self, Cadre, Groupes},
};
use crate::{
    db::{Evenement, Op},
    kernel::{Action, Resultat, ids::InstantaneId},
};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// The days of a year.
pub(super) fn annee_civile(annee: i32) -> Result<Periode, InfocentreError> {
    let jour = |mois, jour| NaiveDate::from_ymd_opt(annee, mois, jour).ok_or(InfocentreError::HorsCalendrier);
    Periode::lire(jour(1, 1)?, jour(12, 31)?)
}

pub(super) fn selection(annee: i32) -> Result<Selection, InfocentreError> {
    Ok(Selection { periode: annee_civile(annee)?, nouveaux: Nouveaux::Region, filtres: BTreeMap::new() })
}

/// A frozen year, once its rows were compared with its fingerprint.
pub(super) fn sain(op: &mut Op<'_>, id: InstantaneId) -> Resultat<Instantane> {
    let instantane = trouver(op, id)?;
    controler(op, instantane)
}

/// Gives an instantané back once its rows were compared with its fingerprint.
pub(super) fn controler(op: &mut Op<'_>, instantane: Instantane) -> Resultat<Instantane> {
    let lue = store::instantane::empreinte(op, instantane.id, &instantane.noms)?;
    if lue == instantane.empreinte { Ok(instantane) } else { Err(InfocentreError::InstantaneAltere(instantane.id).into()) }
}

/// The whole of a frozen year, by group of an axis.
pub(super) fn compter(op: &mut Op<'_>, instantane: &Instantane, axe: Axe) -> Resultat<Groupes> {
    Ok(compter_sur(op, instantane, &[axe])?.remove(&axe).unwrap_or_default())
}

/// The same by several axes.
pub(super) fn compter_sur(op: &mut Op<'_>, instantane: &Instantane, axes: &[Axe]) -> Resultat<BTreeMap<Axe, Groupes>> {
    let selection = selection(instantane.annee)?;
    let cadre = Cadre { selection: &selection, jours: selection.periode, portee: &Portee::Region, instantane: Some(instantane.id) };
    store::compter_sur(op, &cadre, axes)
}

/// A document on a frozen year that has no chapter yet.
pub(super) fn document(instantane: &Instantane, titre: &str, region: &str) -> Result<Rapport, InfocentreError> {
    Ok(Rapport {
        titre: titre.to_owned(),
        region: region.to_owned(),
        periode: Periode::lire(instantane.du, instantane.au)?,
        etabli_le: instantane.etabli_le,
        instantane: Some(rapport::Instantane {
            id: instantane.id.uuid(),
            etabli_le: instantane.etabli_le,
            empreinte: instantane.empreinte.clone(),
        }),
        version_dictionnaire: instantane.version_dictionnaire.clone(),
        version: None,
        remplace: None,
        mention: None,
        secret: None,
        chapitres: Vec::new(),
        dictionnaire: Vec::new(),
    })
}

/// A frozen year.
pub fn trouver(op: &mut Op<'_>, id: InstantaneId) -> Resultat<Instantane> {
    op.exiger(Action::LireInfocentre)?;
    store::instantane::trouver(op, id)?.ok_or_else(|| InfocentreError::InstantaneIntrouvable.into())
}

/// The frozen lists of a year and the names of their groups, for tools outside the service.
pub fn listes(op: &mut Op<'_>, id: InstantaneId) -> Resultat<Vec<ListeFigee>> {
    op.exiger(Action::ExtraireRapport)?;
    let instantane = sain(op, id)?;
    let mut listes = store::instantane::listes(op, id)?;
    let noms = instantane.noms.into_iter().flat_map(|(axe, groupes)| {
        groupes.into_iter().map(move |(cle, (code, nom))| [&axe, &cle, &code, &nom].map(|texte| Some(texte.clone())).to_vec())
    });
    let colonnes = ["axe", "cle", "code", "nom"].map(|nom| (nom, GenreColonne::Texte)).to_vec();
    listes.push(ListeFigee { nom: "noms", colonnes, lignes: noms.collect() });
    op.tracer(Evenement::liste("exporter", "instantane"))?;
    Ok(listes)
}

/// The latest frozen extraction of a year, if there is one.
pub fn dernier(op: &mut Op<'_>, annee: i32) -> Resultat<Option<Instantane>> {
    op.exiger(Action::LireInfocentre)?;
    store::instantane::dernier(op, annee)
}
