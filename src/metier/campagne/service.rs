//! Use cases of the campaign of the annual report.

mod pages;
mod publication;

pub use super::job::PUBLIER_RAPPORT;
pub use pages::{commenter, demander_correction, page, valider};
pub use publication::{AComposer, a_composer, document, noter_echec, paraitre, publications, publier};

use super::{
    model::{self, Acte, Campagne, CampagneDetaillee, CampagneError, CampagneResumee, GenreActe, PageCampagne, PageResumee},
    store::{self, Cible, PageNommee},
};
use crate::{
    db::{Evenement, Op},
    jobs::queue,
    kernel::{
        Action, Resultat,
        acteur::Rattachement,
        erreur::ErreurCommune,
        ids::{CampagneId, Centre3cId},
    },
    metier::{
        annuaire::service as annuaire,
        infocentre::{model::Portee, service as infocentre},
    },
};
use std::collections::{BTreeMap, BTreeSet};

/// Opens the campaign of a year.
pub fn ouvrir(op: &mut Op<'_>, annee: i32) -> Resultat<CampagneDetaillee> {
    op.exiger_sur(Action::ExtraireRapport, &Rattachement::default())?;
    let campagne = Campagne::ouvrir(op.id(), annee, op.maintenant)?;
    store::inserer(op, &campagne)?;
    let acte = acte(op, &campagne, GenreActe::Ouvrir);
    store::noter(op, campagne.id, &acte)?;
    op.tracer(Evenement::sur("ouvrir", "campagne", campagne.id.uuid()).version(campagne.version))?;
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

/// Freezes the year. Compares it with the former extraction, and puts back to be validated the pages whose figures
/// changed.
pub fn extraire(op: &mut Op<'_>, id: CampagneId, lue: i64) -> Resultat<CampagneDetaillee> {
    let campagne = a_mener(op, id, lue)?;
    let avant = match campagne.etat.instantane() {
        Some(ancien) => Some(infocentre::comptes_par_centre(op, ancien)?),
        None => None,
    };
    let instantane = infocentre::extraire(op, campagne.annee)?;
    let apres = infocentre::comptes_par_centre(op, instantane.id)?;
    let ecarts = avant.map_or_else(Vec::new, |avant| model::comparer(&avant, &apres));
    reprendre_les_pages(op, id, &apres, &ecarts.iter().map(|e| e.centre_3c_id).collect())?;
    let campagne = campagne.extraire(instantane.id, op.maintenant);
    enregistrer(op, &campagne, lue)?;
    let acte = Acte { ecarts, ..acte(op, &campagne, GenreActe::Extraire) };
    store::noter(op, id, &acte)?;
    op.tracer(Evenement::sur("extraire", "campagne", id.uuid()).version(campagne.version))?;
    detailler(op, &campagne)
}

/// Gives each 3C of the directory its page, and puts back those whose figures changed.
fn reprendre_les_pages(op: &mut Op<'_>, id: CampagneId, comptes: &model::ComptesParCentre, changes: &BTreeSet<Centre3cId>) -> Resultat<()> {
    let mut anciennes: BTreeMap<Centre3cId, PageCampagne> =
        store::pages(op, id, None)?.into_iter().map(|lue| (lue.page.centre_3c_id, lue.page)).collect();
    let annuaire = annuaire::centres(op)?.into_iter().map(|centre| centre.id);
    let centres: BTreeSet<Centre3cId> = annuaire.chain(comptes.keys().copied()).chain(anciennes.keys().copied()).collect();
    for centre in centres {
        let active = model::active(comptes, centre);
        match anciennes.remove(&centre) {
            None => store::inserer_page(op, &PageCampagne::nouvelle(id, centre, active))?,
            Some(page) if changes.contains(&centre) => {
                let lue = page.version;
                enregistrer_page(op, &page.remise_a_valider(active), lue)?;
            }
            Some(_) => {}
        }
    }
    Ok(())
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

/// Refuses the act while the report is being made: it is made of what was decided then.
fn exiger_au_repos(op: &mut Op<'_>, id: CampagneId) -> Resultat<()> {
    if en_publication(op, id)? { Err(CampagneError::PublicationEnCours.into()) } else { Ok(()) }
}

fn en_publication(op: &mut Op<'_>, id: CampagneId) -> Resultat<bool> {
    Ok(queue::vivants_par_objet(op, PUBLIER_RAPPORT, "campagne_id")?.contains_key(&id.uuid()))
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
        publication_en_cours: en_publication(op, campagne.id)?,
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
