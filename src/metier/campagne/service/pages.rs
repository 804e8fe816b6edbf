//! The page of a 3C: read, commented, to be corrected, validated.

use super::{
    super::{
        model::{Acte, Campagne, CampagneError, Decision, GenreActe, PageCampagne, PageDetaillee},
        store::{self, PageNommee},
    },
    acte, centres_vus, enregistrer_page, exiger_au_repos, resumer, trouver,
};
use crate::{
    db::{Evenement, Op},
    kernel::{
        Action, Resultat,
        acteur::Rattachement,
        erreur::ErreurCommune,
        ids::{CampagneId, Centre3cId},
    },
    metier::infocentre::{
        model::{Axe, Cle},
        service as infocentre,
    },
};
use std::collections::BTreeMap;

/// The page of a 3C: its figures out of the extraction that holds, shared out by an axis, and what was said of them.
pub fn page(op: &mut Op<'_>, id: CampagneId, centre: Centre3cId, axe: Axe) -> Resultat<PageDetaillee> {
    op.exiger(Action::LireInfocentre)?;
    if centres_vus(op).is_some_and(|vus| vus.is_empty()) {
        // Somebody of one RCP or of one établissement has the infocentre, and no page.
        return Err(ErreurCommune::Interdit.into());
    }
    let (campagne, lue) = visible(op, id, centre, Action::LireInfocentre)?;
    detailler(op, &campagne, &lue, axe)
}

/// Says something of a page: the 3C itself, or the region that answers it.
pub fn commenter(op: &mut Op<'_>, id: CampagneId, centre: Centre3cId, texte: &str) -> Resultat<PageDetaillee> {
    let region = op.peut_sur(Action::ExtraireRapport, &Rattachement::default());
    let action = if region { Action::ExtraireRapport } else { Action::ValiderPageRapport };
    op.exiger(action)?;
    let (campagne, lue) = visible(op, id, centre, action)?;
    let commentaire = Acte { texte: Some(texte.trim().to_owned()), ..acte(op, &campagne, GenreActe::Commenter) };
    noter(op, &campagne, &lue.page, commentaire)?;
    detailler(op, &campagne, &lue, Axe::Rcp)
}

/// The 3C asks for a correction, and says which.
pub fn demander_correction(op: &mut Op<'_>, id: CampagneId, centre: Centre3cId, lue: i64, texte: &str) -> Resultat<PageDetaillee> {
    let (campagne, page, decision) = a_decider(op, id, centre, lue)?;
    let page = PageNommee { page: page.page.demander_correction(decision), ..page };
    enregistrer_page(op, &page.page, lue)?;
    let demande = Acte { texte: Some(texte.trim().to_owned()), ..acte(op, &campagne, GenreActe::DemanderCorrection) };
    noter(op, &campagne, &page.page, demande)?;
    detailler(op, &campagne, &page, Axe::Rcp)
}

/// The 3C answers for the figures that it read: a page whose figures changed since then has another version.
pub fn valider(op: &mut Op<'_>, id: CampagneId, centre: Centre3cId, lue: i64) -> Resultat<PageDetaillee> {
    let (campagne, page, decision) = a_decider(op, id, centre, lue)?;
    let page = PageNommee { page: page.page.valider(decision)?, ..page };
    enregistrer_page(op, &page.page, lue)?;
    let validation = acte(op, &campagne, GenreActe::Valider);
    noter(op, &campagne, &page.page, validation)?;
    detailler(op, &campagne, &page, Axe::Rcp)
}

/// A page that the person sees under an action.
fn visible(op: &mut Op<'_>, id: CampagneId, centre: Centre3cId, action: Action) -> Resultat<(Campagne, PageNommee)> {
    let ou = Rattachement { centre_3c: Some(centre), ..Rattachement::default() };
    if !op.peut_sur(action, &ou) {
        return Err(CampagneError::Introuvable.into());
    }
    let campagne = trouver(op, id)?;
    let page = store::pages(op, id, Some(centre))?.into_iter().next().ok_or(CampagneError::Introuvable)?;
    Ok((campagne, page))
}

/// A page read at version `lue` that its 3C decides on, and the decision.
fn a_decider(op: &mut Op<'_>, id: CampagneId, centre: Centre3cId, lue: i64) -> Resultat<(Campagne, PageNommee, Decision)> {
    op.exiger(Action::ValiderPageRapport)?;
    let (campagne, page) = visible(op, id, centre, Action::ValiderPageRapport)?;
    if page.page.version != lue {
        return Err(ErreurCommune::VersionPerimee { actuelle: page.page.version }.into());
    }
    exiger_au_repos(op, id)?;
    let decision = Decision { instantane: campagne.en_validation()?, le: op.maintenant };
    Ok((campagne, page, decision))
}

fn noter(op: &mut Op<'_>, campagne: &Campagne, page: &PageCampagne, fait: Acte) -> Resultat<()> {
    let fait = Acte { centre_3c_id: Some(page.centre_3c_id), ..fait };
    store::noter(op, campagne.id, &fait)?;
    op.tracer(Evenement::sur(fait.acte.as_str(), "campagne_page", page.centre_3c_id.uuid()).version(page.version))
}

fn detailler(op: &mut Op<'_>, campagne: &Campagne, lue: &PageNommee, axe: Axe) -> Resultat<PageDetaillee> {
    let (centre, instantane) = (lue.page.centre_3c_id, infocentre::trouver(op, campagne.extraite()?)?);
    let filtres = BTreeMap::from([(Axe::Centre3c, Cle::Identifiant(centre.uuid()))]);
    let mut actes = store::actes(op, campagne.id)?;
    actes.retain(|acte| acte.centre_3c_id == Some(centre) || acte.ecarts.iter().any(|ecarts| ecarts.centre_3c_id == centre));
    for acte in &mut actes {
        acte.ecarts.retain(|ecarts| ecarts.centre_3c_id == centre);
    }
    Ok(PageDetaillee {
        page: resumer(lue),
        instantane_id: instantane.id,
        activite: infocentre::activite_figee(op, &instantane, filtres, axe)?,
        actes,
    })
}
