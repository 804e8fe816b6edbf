//! The verification of the ledger: what must always hold, looked at row by row.

use super::super::{
    model::{Anomalie, CompteDiffusions, Rapport, RegleRegistre},
    store,
};
use super::ENVOYER_DIFFUSION;
use crate::{
    db::{Evenement, Op},
    jobs::queue::{self, JobVivant},
    kernel::{
        Action, Resultat,
        ids::{CompteRenduId, DiffusionId},
    },
    metier::compte_rendu::job::RENDRE_COMPTE_RENDU,
};
use chrono::TimeDelta;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// A job that nobody took that long after its time, or whose lease ended that long ago, is stuck: no worker
/// runs, or it cannot take it.
const ATTENTE_ANORMALE: TimeDelta = TimeDelta::hours(1);

/// Looks at the whole ledger and names every row that does not hold.
pub fn verifier(op: &mut Op<'_>) -> Resultat<Rapport> {
    op.exiger(Action::SuivreDiffusion)?;
    let mut anomalies = versions(op)?;
    anomalies.extend(transitions(op)?);
    anomalies.extend(travaux(op)?);
    op.tracer(Evenement::liste("verifier", "diffusion"))?;
    let compte = CompteDiffusions::from(&store::registre::compter(op)?);
    Ok(Rapport { verifie_le: op.maintenant, compte, anomalies })
}

fn anomalie(regle: RegleRegistre, compte_rendu_id: CompteRenduId, diffusion_id: Option<DiffusionId>, constat: String) -> Anomalie {
    Anomalie { regle, compte_rendu_id, diffusion_id, constat }
}

fn versions(op: &mut Op<'_>) -> Resultat<Vec<Anomalie>> {
    let mut anomalies = Vec::new();
    for v in store::registre::versions_en_defaut(op)? {
        match v.attendus {
            None => anomalies.push(anomalie(
                RegleRegistre::VersionSansDestinataire,
                v.id,
                None,
                format!("réunion du {} : version jamais préparée pour ses destinataires", v.date_reunion),
            )),
            Some(attendus) if attendus != v.diffusions => anomalies.push(anomalie(
                RegleRegistre::DestinatairesManquants,
                v.id,
                None,
                format!("{attendus} destinataires attendus, {} diffusions", v.diffusions),
            )),
            Some(_) => {}
        }
        if !v.demandeur {
            anomalies.push(anomalie(RegleRegistre::DemandeurAbsent, v.id, None, "aucune diffusion au demandeur".to_owned()));
        }
    }
    Ok(anomalies)
}

fn transitions(op: &mut Op<'_>) -> Resultat<Vec<Anomalie>> {
    let mut anomalies = Vec::new();
    for (compte_rendu, diffusion, rang) in store::registre::sans_transition(op)? {
        let constat = format!("l'état et les transitions divergent au rang {rang}");
        anomalies.push(anomalie(RegleRegistre::EtatSansTransition, compte_rendu, Some(diffusion), constat));
    }
    for (compte_rendu, diffusion) in store::registre::sans_message_id(op)? {
        let constat = "partie sans Message-ID".to_owned();
        anomalies.push(anomalie(RegleRegistre::SansMessageId, compte_rendu, Some(diffusion), constat));
    }
    Ok(anomalies)
}

/// What is to leave has a job that will send it, and a document or a job that will make it.
fn travaux(op: &mut Op<'_>) -> Resultat<Vec<Anomalie>> {
    let envois = par_objet(queue::vivants(op, ENVOYER_DIFFUSION)?, "diffusion_id");
    let rendus = par_objet(queue::vivants(op, RENDRE_COMPTE_RENDU)?, "compte_rendu_id");
    let trop_tard = op.maintenant - ATTENTE_ANORMALE;
    let mut anomalies = Vec::new();
    let mut bloques = BTreeSet::new();
    for (compte_rendu, diffusion, document) in store::registre::a_envoyer(op)? {
        let (travail, absence, attendu) = if document {
            (envois.get(&diffusion.uuid()), RegleRegistre::TravailAbsent, "aucun travail ne l'enverra")
        } else {
            (rendus.get(&compte_rendu.uuid()), RegleRegistre::DocumentAbsent, "ni document ni travail qui le fasse")
        };
        match travail {
            None => anomalies.push(anomalie(absence, compte_rendu, Some(diffusion), attendu.to_owned())),
            Some(job) if job.attendu_le < trop_tard && bloques.insert(job.id) => {
                let constat = format!("travail {} attendu depuis le {}", job.id, job.attendu_le.format("%d/%m/%Y %H:%M UTC"));
                anomalies.push(anomalie(RegleRegistre::TravailBloque, compte_rendu, Some(diffusion), constat));
            }
            Some(_) => {}
        }
    }
    Ok(anomalies)
}

/// Jobs by the object that their load names.
fn par_objet(jobs: Vec<JobVivant>, champ: &str) -> BTreeMap<Uuid, JobVivant> {
    jobs.into_iter().filter_map(|job| Some((job.charge.get(champ)?.as_str()?.parse().ok()?, job))).collect()
}
