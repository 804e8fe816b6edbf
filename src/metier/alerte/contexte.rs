//! From what is recorded of a case to the context of its alert rules: the one place that gathers it.

use super::regle::{Contexte, ContexteG8, ContexteInscription, ContextePatient, ContexteQuorum, ContexteRcp, ContexteReunion};
use crate::{
    db::Op,
    kernel::{
        Resultat,
        clock::date_paris,
        ids::{InscriptionId, PatientId},
    },
    metier::{
        annuaire,
        fiche::{self, model::g8::EtatG8},
        inscription::{
            self,
            model::{EtatInscription, Inscription, Proposition},
        },
        patient::{self, model::Patient},
        quorum::model::EtatQuorum,
        rcp::{self, model::Rcp},
        reunion::{
            self,
            model::{EtatReunion, Reunion},
        },
    },
};
use chrono::NaiveDate;

/// Whether rules bear on a registration at this moment.
pub(super) enum Situation {
    /// The comptes-rendus are validated: alerts stay as they were.
    Figee,
    /// The case left the agenda, or the meeting is cancelled: no rule bears on it.
    SansObjet(PatientId),
    /// Rules bear on it.
    Ouverte {
        /// Whose data it is.
        patient: PatientId,
        /// Day of the meeting, in Paris.
        date: NaiveDate,
        /// What conditions see.
        contexte: Box<Contexte>,
    },
}

/// Gathers the context of a registration.
pub(super) fn assembler(op: &mut Op<'_>, id: InscriptionId) -> Resultat<Situation> {
    let inscription = inscription::service::trouver(op, id)?;
    let reunion = reunion::service::trouver(op, inscription.reunion_id)?;
    match reunion.etat {
        EtatReunion::Validee => return Ok(Situation::Figee),
        EtatReunion::Annulee => return Ok(Situation::SansObjet(inscription.patient_id)),
        EtatReunion::Planifiee | EtatReunion::Convoquee | EtatReunion::Ouverte | EtatReunion::Close => {}
    }
    match inscription.etat {
        EtatInscription::Reportee | EtatInscription::Retiree => return Ok(Situation::SansObjet(inscription.patient_id)),
        EtatInscription::Inscrite | EtatInscription::Discutee | EtatInscription::Enregistree => {}
    }
    let date = date_paris(reunion.debut);
    let contexte = Box::new(rassembler(op, &inscription, &reunion, date)?);
    Ok(Situation::Ouverte { patient: inscription.patient_id, date, contexte })
}

fn rassembler(op: &mut Op<'_>, inscription: &Inscription, reunion: &Reunion, date: NaiveDate) -> Resultat<Contexte> {
    let dossier = patient::service::trouver(op, inscription.patient_id)?;
    let patient = contexte_patient(op, &dossier, date)?;
    let fiche = fiche::service::trouver(op, inscription.fiche_id)?.contenu;
    let g8 = contexte_g8(fiche::model::g8::evaluer(&fiche, patient.age));
    let rcp = contexte_rcp(&rcp::service::trouver(op, reunion.rcp_id)?);
    Ok(Contexte {
        patient,
        fiche,
        g8,
        reunion: ContexteReunion { date, etat: reunion.etat.to_string() },
        rcp,
        inscription: contexte_inscription(inscription),
        quorum: contexte_quorum(inscription),
    })
}

fn contexte_patient(op: &mut Op<'_>, patient: &Patient, date: NaiveDate) -> Resultat<ContextePatient> {
    let adresse_securisee = match patient.medecin_traitant_id {
        Some(id) => annuaire::service::praticien(op, id)?.adresse_preferee().is_some(),
        None => false,
    };
    let oppositions = patient::service::oppositions(op, patient.id)?;
    Ok(ContextePatient {
        age: patient.age_au(date),
        sexe: patient.sexe,
        statut_identite: patient.statut_identite,
        medecin_traitant: patient.medecin_traitant_id.is_some(),
        adresse_securisee,
        oppositions: oppositions.iter().filter(|o| o.en_vigueur()).map(|o| o.objet).collect(),
    })
}

fn contexte_g8(g8: EtatG8) -> ContexteG8 {
    let score = match g8 {
        EtatG8::Fait(score) => Some(score),
        EtatG8::NonConcerne | EtatG8::NonFait | EtatG8::Incomplet => None,
    };
    ContexteG8 { etat: g8.as_str().to_owned(), demi_points: score.map(|s| s.demi_points), score: score.map(|s| s.to_string()) }
}

fn contexte_rcp(rcp: &Rcp) -> ContexteRcp {
    ContexteRcp {
        type_rcp: rcp.type_rcp,
        categorie_recours: rcp.categorie_recours,
        reseau_cancer_rare: rcp.reseau_cancer_rare.clone(),
        nature: rcp.nature,
        appareil: rcp.appareil.clone(),
        organes: rcp.organes.clone(),
        traitement_soins: rcp.traitement_soins.clone(),
        theme: rcp.theme.clone(),
        niveau: rcp.niveau,
        expertise: rcp.expertise,
    }
}

fn contexte_inscription(inscription: &Inscription) -> ContexteInscription {
    let traitements = inscription.proposition.iter().flat_map(Proposition::types_traitement);
    ContexteInscription { etat: inscription.etat.to_string(), traitements_proposes: traitements.map(str::to_owned).collect() }
}

fn contexte_quorum(inscription: &Inscription) -> ContexteQuorum {
    let indetermine = ContexteQuorum { has: EtatQuorum::Indetermine, composition: EtatQuorum::Indetermine, manquantes: Vec::new() };
    inscription.quorum.as_ref().map_or(indetermine, |quorum| ContexteQuorum {
        has: quorum.has,
        composition: quorum.composition,
        manquantes: quorum.manquantes.clone(),
    })
}
