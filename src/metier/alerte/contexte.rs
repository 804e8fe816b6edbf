//! From what is recorded of a case to the context of its alert rules: the one place that gathers it.
//!
//! A case is assembled in two steps, since rules are evaluated each time something is saved: what is
//! close at hand first, then what the rules that bear on the case name besides.

use super::regle::{
    CALCUL, Contexte, ContexteDelais, ContexteDossier, ContexteG8, ContexteHistorique, ContexteInscription, ContexteModele,
    ContexteParticipant, ContextePassage, ContextePatient, ContexteQuorum, ContexteRcp, ContexteReunion, ContexteTumeur, HISTORIQUE,
    PARTICIPANTS, ReponseEssai,
};
use crate::{
    db::Op,
    kernel::{
        Resultat,
        clock::date_paris,
        ids::{DossierId, InscriptionId, PatientId},
    },
    metier::{
        annuaire,
        fiche::{
            self,
            model::{
                Fiche,
                g8::{self, EtatG8},
            },
        },
        inscription::{
            self,
            model::{EtatInscription, Inscription, Passage, Proposition},
        },
        patient::{
            self,
            model::{Dossier, Patient},
        },
        quorum::{
            self,
            model::{EtatQuorum, Intervalle},
        },
        rcp::{self, model::Rcp},
        reunion::{
            self,
            model::{EtatReunion, Reunion},
        },
    },
};
use chrono::NaiveDate;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// Whether rules bear on a registration at this moment.
pub(super) enum Situation {
    /// The comptes-rendus are validated: alerts stay as they were.
    Figee,
    /// The case left the agenda, or the meeting is cancelled: no rule bears on it.
    SansObjet(PatientId),
    /// Rules bear on it.
    Ouverte(Box<Cas>),
}

/// A case that rules bear on.
pub(super) struct Cas {
    inscription: Inscription,
    reunion: Reunion,
    patient: Patient,
    fiche: Fiche,
    /// What conditions see.
    pub(super) contexte: Contexte,
}

impl Cas {
    /// Whose data it is.
    pub(super) const fn patient(&self) -> PatientId {
        self.patient.id
    }

    /// Day of the meeting, in Paris.
    pub(super) const fn date(&self) -> NaiveDate {
        self.contexte.reunion.date
    }
}

/// Gathers what is close at hand of a registration.
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
    Ok(Situation::Ouverte(Box::new(rassembler(op, inscription, reunion)?)))
}

/// Gathers what is close at hand of a registration, whatever became of its meeting.
pub(super) fn rassembler(op: &mut Op<'_>, inscription: Inscription, reunion: Reunion) -> Resultat<Cas> {
    let date = date_paris(reunion.debut);
    let patient = patient::service::trouver(op, inscription.patient_id)?;
    let dossier = patient::service::dossier(op, inscription.dossier_id)?;
    let fiche = fiche::service::trouver(op, inscription.fiche_id)?;
    let rcp = rcp::service::trouver(op, reunion.rcp_id)?;
    let contexte = Contexte {
        patient: contexte_patient(op, &patient, date)?,
        dossier: contexte_dossier(&dossier),
        modele: contexte_modele(op, &fiche)?,
        tumeurs: ContexteTumeur::lire(&fiche.contenu),
        calcul: Map::new(),
        g8: contexte_g8(g8::evaluer(&fiche.contenu, patient.age_au(date))),
        reunion: ContexteReunion { date, etat: reunion.etat },
        rcp: contexte_rcp(&rcp),
        inscription: contexte_inscription(&inscription, &reunion),
        delais: contexte_delais(&inscription, &dossier, &fiche, date),
        quorum: contexte_quorum(&inscription),
        participants: Vec::new(),
        historique: ContexteHistorique::default(),
        fiche: fiche.contenu.clone(),
    };
    Ok(Cas { inscription, reunion, patient, fiche, contexte })
}

/// Looks for what conditions name besides what is close at hand.
pub(super) fn completer(op: &mut Op<'_>, cas: &mut Cas, variables: &BTreeSet<&str>) -> Resultat<()> {
    if variables.contains(CALCUL) {
        cas.contexte.calcul = contexte_calcul(op, cas)?;
    }
    if variables.contains(PARTICIPANTS) {
        cas.contexte.participants = contexte_participants(op, cas)?;
    }
    if variables.contains(HISTORIQUE) {
        let passages = inscription::service::autres_passages(op, cas.patient.id, cas.inscription.id)?;
        cas.contexte.historique = contexte_historique(&passages, cas.inscription.dossier_id, cas.date());
    }
    Ok(())
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

fn contexte_dossier(dossier: &Dossier) -> ContexteDossier {
    ContexteDossier {
        topographie: dossier.topographie.clone(),
        date_diagnostic: dossier.date_diagnostic,
        referent: dossier.referent_id.is_some(),
    }
}

fn contexte_modele(op: &mut Op<'_>, fiche: &Fiche) -> Resultat<ContexteModele> {
    Ok(ContexteModele {
        champs: fiche::service::champs(op, fiche)?,
        code: fiche.modele_code.clone(),
        version: fiche.modele_version.clone(),
    })
}

/// Derived values by code, the body mass index among them; those that could not be computed are absent.
fn contexte_calcul(op: &mut Op<'_>, cas: &Cas) -> Resultat<Map<String, Value>> {
    let calcules = fiche::service::calculer(op, &cas.fiche, cas.contexte.patient.age, cas.patient.sexe)?;
    let imc = g8::imc(&cas.fiche.contenu).map(|imc| ("imc".to_owned(), json!(imc)));
    Ok(calcules.into_iter().filter_map(|derive| Some((derive.code, derive.valeur?))).chain(imc).collect())
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
        code: rcp.code.clone(),
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

fn contexte_inscription(inscription: &Inscription, reunion: &Reunion) -> ContexteInscription {
    let proposition = inscription.proposition.as_ref();
    let traitements = proposition.into_iter().flat_map(Proposition::types_traitement);
    ContexteInscription {
        etat: inscription.etat,
        hors_delai: inscription.cree_le > reunion.date_limite_inscription,
        reportee: inscription.report_de.is_some(),
        traitements_proposes: traitements.map(str::to_owned).collect(),
        passage_recours: proposition.is_some_and(|p| p.passage_recours),
        arret_traitement: proposition.is_some_and(|p| p.arret_traitement),
        essai: match proposition.and_then(|p| p.essai_clinique.as_ref()).map(|essai| essai.propose) {
            None => ReponseEssai::NonRenseigne,
            Some(true) => ReponseEssai::Propose,
            Some(false) => ReponseEssai::NonPropose,
        },
    }
}

fn contexte_delais(inscription: &Inscription, dossier: &Dossier, fiche: &Fiche, reunion: NaiveDate) -> ContexteDelais {
    let jours = |depuis: NaiveDate| (reunion - depuis).num_days();
    let de_la_fiche = |pointeur: &str| fiche.contenu.pointer(pointeur)?.as_str()?.parse().ok().map(jours);
    ContexteDelais {
        fiche: Some(jours(date_paris(fiche.cree_le))),
        inscription: Some(jours(date_paris(inscription.cree_le))),
        diagnostic: dossier.date_diagnostic.map(jours),
        prelevement: de_la_fiche("/anatomopathologie/date_prelevement"),
        anatomopathologie: de_la_fiche("/anatomopathologie/date_examen"),
        operation: de_la_fiche("/compte_rendu_operatoire/date"),
    }
}

fn contexte_quorum(inscription: &Inscription) -> ContexteQuorum {
    let indetermine = ContexteQuorum { has: EtatQuorum::Indetermine, composition: EtatQuorum::Indetermine, manquantes: Vec::new() };
    inscription.quorum.as_ref().map_or(indetermine, |quorum| ContexteQuorum {
        has: quorum.has,
        composition: quorum.composition,
        manquantes: quorum.manquantes.clone(),
    })
}

/// Those who attended the discussion of the case, or attend the meeting now, and those who wrote on it.
fn contexte_participants(op: &mut Op<'_>, cas: &Cas) -> Resultat<Vec<ContexteParticipant>> {
    let moment = cas.reunion.close_le.unwrap_or(op.maintenant);
    let discussion = cas.inscription.discussion().unwrap_or(Intervalle { debut: moment, fin: moment });
    let avis = inscription::service::avis(op, cas.inscription.id)?;
    let participants = quorum::service::participants(op, &cas.reunion, &avis, discussion)?;
    let contexte = |(participant, groupe): (quorum::model::Participant, Option<String>)| ContexteParticipant {
        profession: participant.profession,
        specialite: participant.specialite.unwrap_or_default(),
        groupe: groupe.unwrap_or_default(),
        moyen: participant.moyen,
        clauses: participant.designations.into_iter().collect(),
    };
    Ok(participants.into_iter().map(contexte).collect())
}

fn contexte_historique(passages: &[Passage], dossier: DossierId, date: NaiveDate) -> ContexteHistorique {
    let passages: Vec<ContextePassage> = passages.iter().map(|passage| contexte_passage(passage, dossier)).collect();
    let traite = |p: &&ContextePassage| match p.etat {
        EtatInscription::Discutee | EtatInscription::Enregistree => !p.a_venir && p.date <= date,
        EtatInscription::Inscrite | EtatInscription::Reportee | EtatInscription::Retiree => false,
    };
    let dernier = passages.iter().filter(traite).map(|p| p.date).max();
    ContexteHistorique {
        nombre: passages.iter().filter(traite).count(),
        nombre_dossier: passages.iter().filter(traite).filter(|p| p.meme_dossier).count(),
        dernier,
        jours_depuis_dernier: dernier.map(|dernier| (date - dernier).num_days()),
        passages,
    }
}

fn contexte_passage(passage: &Passage, dossier: DossierId) -> ContextePassage {
    let (inscription, rcp) = (&passage.inscription, &passage.rcp);
    let validee = match passage.reunion_etat {
        EtatReunion::Validee => true,
        EtatReunion::Planifiee | EtatReunion::Convoquee | EtatReunion::Ouverte | EtatReunion::Close | EtatReunion::Annulee => false,
    };
    let tenue = passage.reunion_etat != EtatReunion::Annulee;
    ContextePassage {
        date: date_paris(passage.debut),
        rcp: rcp.code.clone(),
        type_rcp: rcp.type_rcp,
        categorie_recours: rcp.categorie_recours.map(|categorie| categorie.to_string()).unwrap_or_default(),
        reseau_cancer_rare: rcp.reseau_cancer_rare.clone().unwrap_or_default(),
        appareil: rcp.appareil.clone().unwrap_or_default(),
        traitement_soins: rcp.traitement_soins.clone().unwrap_or_default(),
        theme: rcp.theme.clone(),
        meme_dossier: inscription.dossier_id == dossier,
        etat: inscription.etat,
        a_venir: tenue && !validee && inscription.etat.a_l_ordre_du_jour(),
        avis_rendu: validee && inscription.avis_de_rcp(),
    }
}
