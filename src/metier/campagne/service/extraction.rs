//! The extraction of a campaign: asked for by the region, made by a job, compared with the former one.

use super::{
    super::{
        model::{self, AExtraire, Acte, CampagneDetaillee, EcartsCentre, GenreActe, PageCampagne},
        store,
    },
    a_mener, acte, detailler, enregistrer, enregistrer_page,
    travail::EXTRAIRE_ANNEE,
    trouver,
};
use crate::{
    db::{Evenement, Op},
    jobs::queue,
    kernel::{
        Action, Resultat,
        ids::{CampagneId, Centre3cId},
    },
    metier::{annuaire::service as annuaire, infocentre::service as infocentre},
};
use std::collections::{BTreeMap, BTreeSet};

/// Asks for the year to be frozen. It is done by a job.
pub fn demander_extraction(op: &mut Op<'_>, id: CampagneId, lue: i64) -> Resultat<CampagneDetaillee> {
    let campagne = a_mener(op, id, lue)?.demander_extraction(op.maintenant);
    enregistrer(op, &campagne, lue)?;
    queue::enfiler(
        op,
        EXTRAIRE_ANNEE,
        &AExtraire { campagne_id: id, instantane_id: op.id(), annee: campagne.annee, par: op.acteur.compte },
    )?;
    let demande = acte(op, &campagne, GenreActe::DemanderExtraction);
    store::noter(op, id, &demande)?;
    op.tracer(Evenement::sur("demander_extraction", "campagne", id.uuid()).version(campagne.version))?;
    detailler(op, &campagne)
}

/// What a new extraction counts in each 3C, and what differs from the former one.
#[derive(Debug, Clone)]
pub struct Comparaison {
    comptes: model::ComptesParCentre,
    ecarts: Vec<EcartsCentre>,
}

/// Compares a new extraction with the one that holds; nothing when it is that one already.
pub fn comparer(op: &mut Op<'_>, faite: &AExtraire) -> Resultat<Option<Comparaison>> {
    op.exiger(Action::ExtraireRapport)?;
    let ancien = trouver(op, faite.campagne_id)?.etat.instantane();
    if ancien == Some(faite.instantane_id) {
        return Ok(None);
    }
    let comptes = infocentre::comptes_par_centre(op, faite.instantane_id)?;
    let ecarts = match ancien {
        Some(ancien) => model::comparer(&infocentre::comptes_par_centre(op, ancien)?, &comptes),
        None => Vec::new(),
    };
    Ok(Some(Comparaison { comptes, ecarts }))
}

/// The 3C look at a new extraction: the pages whose figures changed are to be validated again.
pub fn adopter(op: &mut Op<'_>, faite: &AExtraire, comparaison: &Comparaison) -> Resultat<()> {
    op.exiger(Action::ExtraireRapport)?;
    let id = faite.campagne_id;
    let avant = trouver(op, id)?;
    if avant.etat.instantane() == Some(faite.instantane_id) {
        return Ok(());
    }
    reprendre_les_pages(op, id, comparaison)?;
    let lue = avant.version;
    let campagne = avant.extraire(faite.instantane_id, op.maintenant);
    enregistrer(op, &campagne, lue)?;
    let fait = Acte { ecarts: comparaison.ecarts.clone(), ..acte(op, &campagne, GenreActe::Extraire) };
    store::noter(op, id, &fait)?;
    op.tracer(Evenement::sur("extraire", "campagne", id.uuid()).version(campagne.version))
}

/// Gives each 3C of the directory its page, and puts back those whose figures changed.
fn reprendre_les_pages(op: &mut Op<'_>, id: CampagneId, comparaison: &Comparaison) -> Resultat<()> {
    let Comparaison { comptes, ecarts } = comparaison;
    let changes: BTreeSet<Centre3cId> = ecarts.iter().map(|ecart| ecart.centre_3c_id).collect();
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
