//! The verification of the ledger: what must always hold, looked at row by row.

use super::super::{
    model::{Anomalie, CompteDiffusions, Rapport, RegleRegistre},
    store,
};
use super::ENVOYER_DIFFUSION;
use crate::{
    db::{Evenement, Op},
    jobs::queue,
    kernel::{Action, Resultat, ids::DiffusionId},
    metier::{compte_rendu::service::RENDRE_COMPTE_RENDU, document::model::Source, pps::service::RENDRE_PROGRAMME},
};
use chrono::TimeDelta;
use std::collections::BTreeSet;

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

fn anomalie(regle: RegleRegistre, source: Source, diffusion_id: Option<DiffusionId>, constat: String) -> Anomalie {
    Anomalie { regle, source, diffusion_id, constat }
}

fn versions(op: &mut Op<'_>) -> Resultat<Vec<Anomalie>> {
    let mut anomalies = Vec::new();
    for v in store::registre::versions_en_defaut(op)? {
        match v.attendus {
            None => anomalies.push(anomalie(
                RegleRegistre::VersionSansDestinataire,
                v.source,
                None,
                format!("{} du {} : version jamais préparée pour ses destinataires", acte(v.source), v.date),
            )),
            Some(attendus) if attendus != v.diffusions => anomalies.push(anomalie(
                RegleRegistre::DestinatairesManquants,
                v.source,
                None,
                format!("{attendus} destinataires attendus, {} diffusions", v.diffusions),
            )),
            Some(_) => {}
        }
        if !v.demandeur {
            anomalies.push(anomalie(RegleRegistre::DemandeurAbsent, v.source, None, "aucune diffusion au demandeur".to_owned()));
        }
    }
    Ok(anomalies)
}

/// What makes a version.
const fn acte(source: Source) -> &'static str {
    match source {
        Source::CompteRendu(_) => "réunion",
        Source::Programme(_) => "remise",
    }
}

fn transitions(op: &mut Op<'_>) -> Resultat<Vec<Anomalie>> {
    let mut anomalies = Vec::new();
    for (source, diffusion, rang) in store::registre::sans_transition(op)? {
        let constat = format!("l'état et les transitions divergent au rang {rang}");
        anomalies.push(anomalie(RegleRegistre::EtatSansTransition, source, Some(diffusion), constat));
    }
    for (source, diffusion) in store::registre::sans_message_id(op)? {
        let constat = "partie sans Message-ID".to_owned();
        anomalies.push(anomalie(RegleRegistre::SansMessageId, source, Some(diffusion), constat));
    }
    Ok(anomalies)
}

/// What is to leave has a job that will send it, and a document or a job that will make it.
fn travaux(op: &mut Op<'_>) -> Resultat<Vec<Anomalie>> {
    let envois = queue::vivants_par_objet(op, ENVOYER_DIFFUSION, "diffusion_id")?;
    let mut rendus = queue::vivants_par_objet(op, RENDRE_COMPTE_RENDU, "compte_rendu_id")?;
    rendus.extend(queue::vivants_par_objet(op, RENDRE_PROGRAMME, "programme_id")?);
    let trop_tard = op.maintenant - ATTENTE_ANORMALE;
    let mut anomalies = Vec::new();
    let mut bloques = BTreeSet::new();
    for (source, diffusion, document) in store::registre::a_envoyer(op)? {
        let (travail, absence, attendu) = if document {
            (envois.get(&diffusion.uuid()), RegleRegistre::TravailAbsent, "aucun travail ne l'enverra")
        } else {
            (rendus.get(&source.uuid()), RegleRegistre::DocumentAbsent, "ni document ni travail qui le fasse")
        };
        match travail {
            None => anomalies.push(anomalie(absence, source, Some(diffusion), attendu.to_owned())),
            Some(job) if job.attendu_le < trop_tard && bloques.insert(job.id) => {
                let constat = format!("travail {} attendu depuis le {}", job.id, job.attendu_le.format("%d/%m/%Y %H:%M UTC"));
                anomalies.push(anomalie(RegleRegistre::TravailBloque, source, Some(diffusion), constat));
            }
            Some(_) => {}
        }
    }
    Ok(anomalies)
}
