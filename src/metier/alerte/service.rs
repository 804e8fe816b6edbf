//! Use cases of alerts.

use super::{
    contexte::{self, Situation},
    model::{Alerte, AlerteError, EtatAlerte},
    regle::{ContexteEvaluable, Issue, Regle},
    store,
};
use crate::{
    db::{Evenement, Op, perimetre},
    kernel::{
        Action, Panne, Resultat,
        erreur::ErreurCommune,
        ids::{AlerteId, InscriptionId, PatientId},
        memoire::Memoire,
    },
    metier::{
        inscription::{self, model::InscriptionError},
        referentiel::{self, model::RegleEnVigueur},
    },
};
use chrono::NaiveDate;
use std::sync::{Arc, LazyLock};

/// Brings the alerts of a registration up to date with what is recorded now, and gives those that are
/// not lifted, the heaviest first. For the use cases that change a case, which authorise.
pub fn evaluer(op: &mut Op<'_>, id: InscriptionId) -> Resultat<Vec<Alerte>> {
    let connues = store::des_inscriptions(op, &[id])?;
    let (patient, issues) = match contexte::assembler(op, id)? {
        Situation::Figee => return Ok(courantes(connues)),
        Situation::SansObjet(patient) => (patient, Vec::new()),
        Situation::Ouverte { patient, date, contexte } => {
            let evaluable = ContexteEvaluable::nouveau(&contexte).map_err(|e| Panne::new("contexte d'alerte", e))?;
            (patient, issues(op, date, &evaluable)?)
        }
    };
    for (code, issue) in &issues {
        appliquer(op, (id, patient), connues.iter().find(|alerte| alerte.regle_code == *code), issue)?;
    }
    for alerte in connues.iter().filter(|alerte| !issues.iter().any(|(code, _)| *code == alerte.regle_code)) {
        lever(op, alerte)?;
    }
    Ok(courantes(store::des_inscriptions(op, &[id])?))
}

/// The same, for every registration of a patient whose identity, médecin traitant or oppositions
/// changed.
pub fn evaluer_patient(op: &mut Op<'_>, id: PatientId) -> Resultat<()> {
    for inscription in inscription::service::du_patient(op, id)? {
        evaluer(op, inscription.id)?;
    }
    Ok(())
}

/// What each rule in force on the day of the meeting gives, by code of the rule.
fn issues(op: &mut Op<'_>, date: NaiveDate, contexte: &ContexteEvaluable) -> Resultat<Vec<(String, Issue)>> {
    let regles = referentiel::service::regles_alerte(op, date)?;
    let mut issues = Vec::with_capacity(regles.len());
    for ecrite in regles {
        let issue = lire(&ecrite)?.evaluer(contexte);
        if issue == Issue::Inevaluable {
            tracing::warn!(regle = %ecrite.code, version = %ecrite.version, "une règle d'alerte ne s'évalue pas sur un cas");
            metrics::counter!("dcc_alertes_inevaluables_total").increment(1);
        }
        issues.push((ecrite.code.clone(), issue));
    }
    Ok(issues)
}

/// Rules already read, by fingerprint: what is found there never changes.
static REGLES: LazyLock<Memoire<String, Regle>> = LazyLock::new(Memoire::default);

/// A rule ready to be evaluated, read once for the life of the program.
fn lire(ecrite: &RegleEnVigueur) -> Resultat<Arc<Regle>> {
    let contexte = || format!("règle d'alerte {}, version {}", ecrite.code, ecrite.version);
    REGLES.obtenir(ecrite.empreinte.clone(), |_| Ok(Regle::lire(&ecrite.contenu).map_err(|e| Panne::new(contexte(), e))?))
}

fn appliquer(op: &mut Op<'_>, sur: (InscriptionId, PatientId), connue: Option<&Alerte>, issue: &Issue) -> Resultat<()> {
    match (issue, connue) {
        (Issue::Declenchee(d), None) => {
            let alerte = Alerte::nouvelle(op.id(), sur, d, op.maintenant);
            store::inserer(op, &alerte)
        }
        (Issue::Declenchee(d), Some(alerte)) => match alerte.declenchee(d, op.maintenant) {
            Some(apres) => enregistrer(op, &apres, alerte.version),
            None => Ok(()),
        },
        (Issue::Muette, Some(alerte)) => lever(op, alerte),
        (Issue::Muette, None) | (Issue::Inevaluable, _) => Ok(()),
    }
}

fn lever(op: &mut Op<'_>, alerte: &Alerte) -> Resultat<()> {
    match alerte.levee(op.maintenant) {
        Some(apres) => enregistrer(op, &apres, alerte.version),
        None => Ok(()),
    }
}

fn enregistrer(op: &mut Op<'_>, apres: &Alerte, lue: i64) -> Resultat<()> {
    if store::enregistrer(op, apres, lue)? == 0 {
        let actuelle = store::trouver(op, apres.id)?.map_or(lue, |alerte| alerte.version);
        return Err(ErreurCommune::VersionPerimee { actuelle }.into());
    }
    Ok(())
}

/// Those that are not lifted: active before acknowledged, then by weight.
fn courantes(alertes: Vec<Alerte>) -> Vec<Alerte> {
    let mut courantes: Vec<Alerte> = alertes.into_iter().filter(|alerte| alerte.etat != EtatAlerte::Levee).collect();
    courantes.sort_by(|a, b| (a.etat, a.niveau, &a.regle_code).cmp(&(b.etat, b.niveau, &b.regle_code)));
    courantes
}

/// The alerts that prevent the validation of a registration, brought up to date.
pub fn bloquantes(op: &mut Op<'_>, id: InscriptionId) -> Resultat<Vec<Alerte>> {
    Ok(evaluer(op, id)?.into_iter().filter(Alerte::bloque).collect())
}

/// The alerts of several registrations that are not lifted, as they were last evaluated: for the
/// use cases that show an agenda, which authorise and trace.
pub fn des_inscriptions(op: &mut Op<'_>, ids: &[InscriptionId]) -> Resultat<Vec<Alerte>> {
    Ok(courantes(store::des_inscriptions(op, ids)?))
}

/// The alerts of a registration that are not lifted, brought up to date.
pub fn lister(op: &mut Op<'_>, id: InscriptionId) -> Resultat<Vec<Alerte>> {
    op.exiger(Action::LireFiche)?;
    let patient = inscription::service::trouver(op, id)?.patient_id;
    if !perimetre::patient_visible(op, Action::LireFiche, patient)? {
        return Err(InscriptionError::Introuvable.into());
    }
    op.tracer(Evenement::sur("lire", "alertes", id.uuid()).patient(patient))?;
    evaluer(op, id)
}

/// Answers for an alert that was read at version `lue`.
pub fn acquitter(op: &mut Op<'_>, id: AlerteId, lue: i64, motif: &str) -> Resultat<Alerte> {
    op.exiger(Action::RemplirFiche)?;
    let alerte = store::trouver(op, id)?.ok_or(AlerteError::Introuvable)?;
    if !perimetre::patient_visible(op, Action::LireFiche, alerte.patient_id)? {
        return Err(AlerteError::Introuvable.into());
    }
    if !perimetre::patient_visible(op, Action::RemplirFiche, alerte.patient_id)? {
        return Err(ErreurCommune::Interdit.into());
    }
    if alerte.version != lue {
        return Err(ErreurCommune::VersionPerimee { actuelle: alerte.version }.into());
    }
    let apres = alerte.acquitter(motif, op.acteur.compte, op.maintenant)?;
    enregistrer(op, &apres, lue)?;
    op.tracer(Evenement::sur("acquitter", "alerte", id.uuid()).patient(apres.patient_id).version(apres.version))?;
    Ok(apres)
}
