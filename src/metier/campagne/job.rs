//! The long work of a campaign: freezing the year, making the report. Short transactions, progress told at each step, stopped
//! when somebody asks.

use super::{
    model::{AEditer, AExtraire, EtapeTravail},
    service::{self, AComposer, EXTRAIRE_ANNEE, PUBLIER_RAPPORT},
};
use crate::{
    documents::rapport::composer,
    jobs::{
        runner::{Contexte, Issue, Ouvrier},
        suivi::{Avancement, Poursuite},
    },
    kernel::{Erreur, Panne, Resultat, ids::CampagneId},
    metier::infocentre::{
        model::rapport::FormatRapport,
        service::{self as infocentre, AFiger, rapport},
    },
};
use std::time::Instant;

/// Attempts at a work: two waits of some minutes between them.
const TENTATIVES: i64 = 3;

/// Gives the worker the work of campaigns. `region` is the name of the region.
#[must_use]
pub fn enregistrer(ouvrier: Ouvrier, region: String) -> Ouvrier {
    ouvrier
        .traiter(EXTRAIRE_ANNEE, |contexte, a_extraire: AExtraire| {
            mener(contexte, a_extraire.campagne_id, || extraire(contexte, &a_extraire)).into()
        })
        .abandonner(EXTRAIRE_ANNEE, |contexte, a_extraire: AExtraire, motif| noter_echec(contexte, a_extraire.campagne_id, motif))
        .traiter(PUBLIER_RAPPORT, move |contexte, a_editer: AEditer| {
            mener(contexte, a_editer.campagne_id, || editer(contexte, &a_editer, &region)).into()
        })
        .abandonner(PUBLIER_RAPPORT, |contexte, a_editer: AEditer, motif| noter_echec(contexte, a_editer.campagne_id, motif))
}

/// Does the work of a campaign. A failure of ours may pass, but the campaign does not wait for days; a refusal will be the same next
/// time. Either way it is told, and the campaign may be led again.
fn mener(contexte: &Contexte, campagne: CampagneId, faire: impl FnOnce() -> Resultat<Poursuite>) -> Resultat<Issue> {
    let cause = match faire() {
        Ok(Poursuite::Continuer) => return Ok(Issue::Fait),
        Ok(Poursuite::Arreter) => {
            contexte.ecrire(move |op| service::noter_arret(op, campagne))?;
            return Ok(Issue::Fait);
        }
        Err(Erreur::Refus(refus)) => {
            tracing::error!(%campagne, cause = %refus.message, "travail de campagne impossible");
            refus.message
        }
        Err(Erreur::Panne(panne)) if contexte.tentative >= TENTATIVES => {
            tracing::error!(%campagne, contexte = %panne.contexte, cause = %panne, "travail de campagne abandonné");
            format!("panne : {}", panne.contexte)
        }
        Err(panne) => return Err(panne),
    };
    noter_echec(contexte, campagne, &cause)?;
    Ok(Issue::echoue(cause))
}

/// Freezes the year, then gives it to the campaign.
fn extraire(contexte: &Contexte, a_extraire: &AExtraire) -> Resultat<Poursuite> {
    let AExtraire { instantane_id: id, annee, par, .. } = *a_extraire;
    let a_figer = AFiger { id, annee, par };
    let fige = infocentre::figer(contexte.db(), contexte.demande(), a_figer, &mut |avancement| contexte.avancer(avancement))?;
    if fige.is_none() {
        return Ok(Poursuite::Arreter);
    }
    if let Some(comparaison) = contexte.lire(|op| service::comparer(op, a_extraire))? {
        let faite = a_extraire.clone();
        contexte.ecrire(move |op| service::adopter(op, &faite, &comparaison))?;
    }
    Ok(Poursuite::Continuer)
}

/// Makes the report in every format, then publishes it.
fn editer(contexte: &Contexte, a_editer: &AEditer, region: &str) -> Resultat<Poursuite> {
    let Some(AComposer { publication, edition }) = contexte.lire(|op| service::a_composer(op, a_editer, region))? else {
        return Ok(Poursuite::Continuer);
    };
    let debut = Instant::now();
    if contexte.avancer(Avancement::etape(EtapeTravail::Comptes.as_str()))? == Poursuite::Arreter {
        return Ok(Poursuite::Arreter);
    }
    let rapport = contexte.lire(|op| rapport::editer(op, a_editer.instantane_id, &edition))?;
    let (etape, total) = (EtapeTravail::Documents.as_str(), FormatRapport::TOUS.len());
    let mut documents = Vec::with_capacity(total);
    for (fait, format) in FormatRapport::TOUS.iter().enumerate() {
        if contexte.avancer(Avancement { etape, fait, total })? == Poursuite::Arreter {
            return Ok(Poursuite::Arreter);
        }
        documents.push((*format, composer(*format, &rapport).map_err(|e| Panne::new("rapport d'activité", e))?));
    }
    if contexte.avancer(Avancement { etape, fait: total, total })? == Poursuite::Arreter {
        return Ok(Poursuite::Arreter);
    }
    metrics::histogram!("dcc_rapports_duree_secondes").record(debut.elapsed().as_secs_f64());
    contexte.ecrire(move |op| service::paraitre(op, &publication, &documents))?;
    Ok(Poursuite::Continuer)
}

fn noter_echec(contexte: &Contexte, campagne: CampagneId, cause: &str) -> Resultat<()> {
    let cause = cause.to_owned();
    contexte.ecrire(move |op| service::noter_echec(op, campagne, &cause))
}
