//! Use cases of the campaign of the annual report.

mod extraction;
mod pages;
mod publication;
mod travail;

pub use extraction::{Comparaison, adopter, comparer, demander_extraction};
pub use pages::{commenter, demander_correction, page, valider};
pub use publication::{AComposer, a_composer, document, paraitre, publications, publier};
pub use travail::{EXTRAIRE_ANNEE, PUBLIER_RAPPORT, arreter, noter_arret, noter_echec};

use super::{
    model::{Acte, Campagne, CampagneDetaillee, CampagneError, CampagneResumee, GenreActe, GenreTravail, PageCampagne, PageResumee},
    store::{self, Cible, PageNommee},
};
use crate::{
    db::{Evenement, Op},
    kernel::{
        Action, Resultat,
        acteur::Rattachement,
        erreur::ErreurCommune,
        ids::{CampagneId, Centre3cId},
    },
    metier::infocentre::{model::Portee, service as infocentre},
};
use std::collections::BTreeSet;

/// Opens the campaign of a year.
pub fn ouvrir(op: &mut Op<'_>, annee: i32) -> Resultat<CampagneDetaillee> {
    op.exiger_sur(Action::ExtraireRapport, &Rattachement::default())?;
    let campagne = Campagne::ouvrir(op.id(), annee, op.maintenant)?;
    store::inserer(op, &campagne)?;
    let acte = acte(op, &campagne, GenreActe::Ouvrir);
    store::noter(op, campagne.id, &acte)?;
    op.tracer(Evenement::sur("creer", "campagne", campagne.id.uuid()).version(campagne.version))?;
    detailler(op, &campagne)
}

/// The campaigns, the latest year first.
pub fn lister(op: &mut Op<'_>) -> Resultat<Vec<CampagneResumee>> {
    op.exiger(Action::LireInfocentre)?;
    Ok(store::lister(op)?.iter().map(CampagneResumee::from).collect())
}

/// A campaign, as far as the person sees: a 3C sees its own page, its own acts and its own figures.
pub fn lire(op: &mut Op<'_>, id: CampagneId) -> Resultat<CampagneDetaillee> {
    op.exiger(Action::LireInfocentre)?;
    let campagne = trouver(op, id)?;
    detailler(op, &campagne)
}

fn trouver(op: &mut Op<'_>, id: CampagneId) -> Resultat<Campagne> {
    store::trouver(op, id)?.ok_or_else(|| CampagneError::Introuvable.into())
}

/// A campaign read at version `lue` that the region is about to lead further.
fn a_mener(op: &mut Op<'_>, id: CampagneId, lue: i64) -> Resultat<Campagne> {
    op.exiger_sur(Action::ExtraireRapport, &Rattachement::default())?;
    let campagne = trouver(op, id)?;
    if campagne.version != lue {
        return Err(ErreurCommune::VersionPerimee { actuelle: campagne.version }.into());
    }
    exiger_au_repos(op, id)?;
    Ok(campagne)
}

/// Refuses the act while something is being made: it is made of what was decided then.
fn exiger_au_repos(op: &mut Op<'_>, id: CampagneId) -> Resultat<()> {
    match travail::en_cours(op, id)? {
        None => Ok(()),
        Some((GenreTravail::Extraction, _)) => Err(CampagneError::ExtractionEnCours.into()),
        Some((GenreTravail::Publication, _)) => Err(CampagneError::PublicationEnCours.into()),
    }
}

fn enregistrer(op: &mut Op<'_>, campagne: &Campagne, lue: i64) -> Resultat<()> {
    if store::enregistrer(op, campagne, lue)? == 0 {
        return Err(ErreurCommune::VersionPerimee { actuelle: trouver(op, campagne.id)?.version }.into());
    }
    Ok(())
}

fn enregistrer_page(op: &mut Op<'_>, page: &PageCampagne, lue: i64) -> Resultat<()> {
    if store::enregistrer_page(op, page, lue)? == 0 {
        let actuelle = store::pages(op, page.campagne_id, Some(page.centre_3c_id))?.first().map_or(lue, |lue| lue.page.version);
        return Err(ErreurCommune::VersionPerimee { actuelle }.into());
    }
    Ok(())
}

/// An act of now, by the person who acts.
fn acte(op: &Op<'_>, campagne: &Campagne, acte: GenreActe) -> Acte {
    Acte {
        id: op.id(),
        acte,
        centre_3c_id: None,
        instantane_id: campagne.etat.instantane(),
        texte: None,
        ecarts: Vec::new(),
        nom: op.acteur.nom.clone(),
        moment: op.maintenant,
    }
}

/// The 3C whose pages the person sees; `None` for all.
fn centres_vus(op: &Op<'_>) -> Option<BTreeSet<Centre3cId>> {
    match Portee::de(op.acteur) {
        Portee::Region => None,
        Portee::Parties { centres, .. } => Some(centres.into_iter().collect()),
    }
}

fn detailler(op: &mut Op<'_>, campagne: &Campagne) -> Resultat<CampagneDetaillee> {
    let vus = centres_vus(op);
    let visible = |centre: Centre3cId| vus.as_ref().is_none_or(|vus| vus.contains(&centre));
    let instantane = match campagne.etat.instantane() {
        Some(id) => Some(infocentre::trouver(op, id)?),
        None => None,
    };
    let pages = store::pages(op, campagne.id, None)?;
    let mut actes = store::actes(op, campagne.id)?;
    actes.retain(|acte| acte.centre_3c_id.is_none_or(visible));
    for acte in &mut actes {
        acte.ecarts.retain(|ecarts| visible(ecarts.centre_3c_id));
    }
    Ok(CampagneDetaillee {
        campagne: CampagneResumee::from(campagne),
        instantane,
        travail: travail::lire(op, campagne.id)?,
        pages: pages.iter().filter(|lue| visible(lue.page.centre_3c_id)).map(resumer).collect(),
        actes,
        publications: store::publications(op, Cible::Campagne(campagne.id))?,
    })
}

fn resumer(lue: &PageNommee) -> PageResumee {
    let PageNommee { page, code, nom } = lue;
    PageResumee {
        centre_3c_id: page.centre_3c_id,
        code: code.clone(),
        nom: nom.clone(),
        active: page.active,
        etat: page.validation.nom(),
        decide_le: page.validation.decision().map(|decision| decision.le),
        version: page.version,
    }
}
