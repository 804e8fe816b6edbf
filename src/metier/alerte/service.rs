//! Use cases of alerts.

use super::{
    contexte::{self, Cas, Situation},
    model::{Alerte, AlerteError, EtatAlerte},
    regle::{ContexteEvaluable, Issue, LOINTAINES, Regle},
    store,
};
use crate::{
    db::{Evenement, Op, perimetre},
    jobs::queue,
    kernel::{
        Action, Erreur, Panne, Resultat,
        erreur::ErreurCommune,
        ids::{AlerteId, InscriptionId, PatientId, PraticienId, ReunionId},
        memoire::Memoire,
    },
    metier::{
        inscription::{
            self,
            model::{Inscription, InscriptionError},
        },
        patient,
        referentiel::{self, model::RegleEnVigueur},
        reunion::model::Reunion,
    },
};
use chrono::NaiveDate;
use std::{
    collections::BTreeSet,
    sync::{Arc, LazyLock},
};

/// Kind of the job that brings the alerts of all cases up to date.
pub const ACTUALISER: &str = "actualiser_alertes";

/// Has the alerts of every case brought up to date: for the use cases that change reference data, which authorise.
pub fn demander_actualisation(op: &mut Op<'_>) -> Resultat<()> {
    queue::enfiler(op, ACTUALISER, &()).map(drop)
}

/// Brings the alerts of a registration up to date with what is recorded now, and gives those that are
/// not lifted, the heaviest first. For the use cases that change a case, which authorise.
pub fn evaluer(op: &mut Op<'_>, id: InscriptionId) -> Resultat<Vec<Alerte>> {
    let connues = store::des_inscriptions(op, &[id])?;
    let (patient, issues) = match contexte::assembler(op, id)? {
        Situation::Figee => return Ok(courantes(connues)),
        Situation::SansObjet(patient) => (patient, Vec::new()),
        Situation::Ouverte(cas) => (cas.patient(), issues(op, *cas)?),
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

/// The same, for every patient of a meeting that moved to another state or another day, or whose attendance changed: other
/// meetings of the same patients see it in their history.
pub fn evaluer_reunion(op: &mut Op<'_>, id: ReunionId) -> Resultat<()> {
    let patients: BTreeSet<PatientId> = inscription::service::de_la_reunion(op, id)?.into_iter().map(|i| i.patient_id).collect();
    patients.into_iter().try_for_each(|patient| evaluer_patient(op, patient))
}

/// The same, for the patients of a doctor whose addresses changed.
pub fn evaluer_patients_de(op: &mut Op<'_>, medecin: PraticienId) -> Resultat<()> {
    for patient in patient::service::suivis_par(op, medecin)? {
        evaluer_patient(op, patient)?;
    }
    Ok(())
}

/// What each rule in force on the day of the meeting gives, by code of the rule.
fn issues(op: &mut Op<'_>, mut cas: Cas) -> Resultat<Vec<(String, Issue)>> {
    let ecrites = referentiel::service::regles_alerte(op, cas.date())?;
    let mut regles = Vec::with_capacity(ecrites.len());
    for ecrite in ecrites {
        let regle = lire(op, &ecrite)?;
        regles.push((ecrite, regle));
    }
    let lues: Vec<&Regle> = regles.iter().filter_map(|(_, regle)| regle.as_deref()).collect();
    let contexte = contexte_pour(op, &mut cas, &lues)?;
    let evaluer = |(ecrite, regle): &(RegleEnVigueur, Option<Arc<Regle>>)| {
        let issue = regle.as_ref().map_or(Issue::Inevaluable, |regle| regle.evaluer(&contexte));
        if issue == Issue::Inevaluable {
            tracing::warn!(regle = %ecrite.code, version = %ecrite.version, "une règle d'alerte ne s'évalue pas sur un cas");
            metrics::counter!("dcc_alertes_inevaluables_total").increment(1);
        }
        (ecrite.code.clone(), issue)
    };
    Ok(regles.iter().map(evaluer).collect())
}

/// What rules see of a case: what is far is looked for only when a rule that bears on the case names it.
fn contexte_pour(op: &mut Op<'_>, cas: &mut Cas, regles: &[&Regle]) -> Resultat<ContexteEvaluable> {
    let proche = evaluable(cas)?;
    let concernees = regles.iter().filter(|regle| regle.concerne(&proche) == Some(true));
    let lointaines: BTreeSet<&str> = concernees.flat_map(|regle| regle.variables()).filter(|nom| LOINTAINES.contains(nom)).collect();
    if lointaines.is_empty() {
        return Ok(proche);
    }
    contexte::completer(op, cas, &lointaines)?;
    Ok(evaluable(cas)?)
}

fn evaluable(cas: &Cas) -> Result<ContexteEvaluable, Panne> {
    ContexteEvaluable::nouveau(&cas.contexte).map_err(|e| Panne::new("contexte d'alerte", e))
}

/// Rules already read, by fingerprint.
static REGLES: LazyLock<Memoire<String, Option<Arc<Regle>>>> = LazyLock::new(Memoire::default);

/// A rule ready to be evaluated, read once for the life of the program; `None` for one that this program
/// cannot read, loaded by another version of it. A fiche is not refused for that.
fn lire(op: &mut Op<'_>, ecrite: &RegleEnVigueur) -> Resultat<Option<Arc<Regle>>> {
    let lue = REGLES.obtenir(ecrite.empreinte.clone(), |_| {
        let contenu = referentiel::service::contenu_regle_alerte(op, &ecrite.code, &ecrite.version)?;
        let lue = Regle::lire(&contenu).inspect_err(|cause| {
            tracing::error!(regle = %ecrite.code, version = %ecrite.version, %cause, "une règle d'alerte chargée ne se lit pas");
        });
        Ok::<_, Erreur>(lue.ok().map(Arc::new))
    })?;
    Ok(Option::clone(&lue))
}

/// The version of a rule that is in force at a date, ready to be evaluated, for other slices.
pub fn regle(op: &mut Op<'_>, code: &str, date: NaiveDate) -> Resultat<Option<Arc<Regle>>> {
    let ecrite = referentiel::service::regles_alerte(op, date)?.into_iter().find(|regle| regle.code == code);
    ecrite.map_or(Ok(None), |regle| lire(op, &regle))
}

/// What rules give on a case as it is recorded now, whatever became of its meeting; nothing is kept.
/// For the dry run of a rule; the calling use case authorises and traces.
pub fn essayer(op: &mut Op<'_>, regles: &[&Regle], inscription: &Inscription, reunion: &Reunion) -> Resultat<Vec<Issue>> {
    let mut cas = contexte::rassembler(op, inscription.clone(), reunion.clone())?;
    let contexte = contexte_pour(op, &mut cas, regles)?;
    Ok(regles.iter().map(|regle| regle.evaluer(&contexte)).collect())
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

/// The alerts of a registration that are not lifted, as they were last evaluated.
pub fn lister(op: &mut Op<'_>, id: InscriptionId) -> Resultat<Vec<Alerte>> {
    op.exiger(Action::LireFiche)?;
    let patient = inscription::service::trouver(op, id)?.patient_id;
    if !perimetre::patient_visible(op, Action::LireFiche, patient)? {
        return Err(InscriptionError::Introuvable.into());
    }
    op.tracer(Evenement::sur("lire", "alertes", id.uuid()).patient(patient))?;
    des_inscriptions(op, &[id])
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
