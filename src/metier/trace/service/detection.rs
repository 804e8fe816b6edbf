//! The nightly look at the trace, and its rules.

use super::{super::store, exiger};
use crate::{
    db::{Db, Demande, Evenement, Op},
    kernel::{
        Erreur, Resultat,
        acte::MotifActe,
        clock::date_paris,
        erreur::ErreurCommune,
        ids::{CompteId, EtablissementId, PatientId},
        page::Pagination,
    },
    metier::{
        annuaire::{
            model::Praticien,
            service::{self as annuaire, FiltrePraticiens},
        },
        compte, patient,
        trace::model::{
            FiltreTrace, RegleAcces, RegleAccesSaisie, TraceError,
            detection::{self, CodeRegle, Constat, Heures, Journee, Noms, Utilisateur},
        },
    },
};
use chrono::{NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Europe::Paris;
use std::collections::{BTreeMap, BTreeSet};

/// Rows read at once.
const PAGE: i64 = 2000;

/// The rules.
pub fn regles(op: &mut Op<'_>) -> Resultat<Vec<RegleAcces>> {
    exiger(op)?;
    store::regles(op)
}

/// Changes a rule that was read at version `lue`.
pub fn changer_regle(op: &mut Op<'_>, code: CodeRegle, lue: i64, saisie: &RegleAccesSaisie) -> Resultat<RegleAcces> {
    exiger(op)?;
    if saisie.heures.is_some() != (code == CodeRegle::HorsHoraires) {
        return Err(TraceError::Heures.into());
    }
    let avant = store::regles(op)?.into_iter().find(|regle| regle.code == code).ok_or(TraceError::RegleIntrouvable)?;
    let actuelle = avant.version;
    let apres = RegleAcces {
        active: saisie.active,
        seuil: saisie.seuil,
        parametres: saisie.heures.and_then(|heures| serde_json::to_value(heures).ok()),
        version: lue + 1,
        modifie_le: op.maintenant,
        ..avant
    };
    if store::changer_regle(op, &apres, lue)? == 0 {
        return Err(ErreurCommune::VersionPerimee { actuelle }.into());
    }
    let evenement = Evenement::liste("modifier", "regle_acces").champs(&[code.as_str()]).version(apres.version);
    op.tracer(evenement.motif(MotifActe::Controle))?;
    Ok(apres)
}

/// Looks at the trace of one day, in Paris, and raises what the rules find; gives how many alerts are new.
pub fn detecter(db: &Db, demande: &Demande, jour: NaiveDate) -> Resultat<usize> {
    let regles: Vec<RegleAcces> = db.lire_ici(demande, store::regles)?.into_iter().filter(|regle| regle.active).collect();
    let heures = regles.iter().find_map(|regle| regle.parametres.clone()).and_then(|p| serde_json::from_value(p).ok());
    let journee = compter(db, demande, jour, heures)?;
    let comptes: BTreeSet<CompteId> = journee.couples.iter().map(|(compte, _)| *compte).collect();
    let ids: BTreeSet<PatientId> = journee.couples.iter().map(|(_, patient)| *patient).collect();
    let (mut utilisateurs, mut patients) = (BTreeMap::new(), BTreeMap::new());
    for compte in comptes {
        utilisateurs.insert(compte, db.lire_ici(demande, |op| utilisateur(op, compte))?);
    }
    for id in ids {
        patients.insert(id, db.lire_ici(demande, |op| noms_du_patient(op, id))?);
    }
    let constats: Vec<(Constat, i64)> = regles
        .iter()
        .flat_map(|regle| {
            let constats = detection::constats(regle.code, regle.seuil, &journee, &utilisateurs, &patients);
            constats.into_iter().map(|constat| (constat, regle.seuil))
        })
        .collect();
    db.ecrire_ici(demande, move |op| {
        let mut nouvelles = 0;
        for (constat, seuil) in &constats {
            nouvelles += usize::from(store::lever(op, constat, jour, *seuil)?);
        }
        op.tracer(Evenement::liste("detecter", "alerte_acces"))?;
        Ok(nouvelles)
    })
}

/// The moments between which a day of Paris goes.
fn bornes(jour: NaiveDate) -> FiltreTrace {
    let minuit = |jour: NaiveDate| Paris.from_local_datetime(&jour.and_time(NaiveTime::MIN)).earliest().map(|m| m.with_timezone(&Utc));
    FiltreTrace { depuis: minuit(jour), avant: jour.succ_opt().and_then(minuit), ..FiltreTrace::default() }
}

fn compter(db: &Db, demande: &Demande, jour: NaiveDate, heures: Option<Heures>) -> Resultat<Journee> {
    let (filtre, mut apres, mut journee) = (bornes(jour), None, Journee::default());
    loop {
        let lignes = db.lire_ici(demande, |op| store::lignes(op, &filtre, apres, PAGE))?;
        let Some(derniere) = lignes.last() else { return Ok(journee) };
        apres = Some(derniere.id);
        lignes.iter().for_each(|ligne| journee.compter(ligne, heures));
    }
}

/// What is found, or nothing when it is not known any more.
fn s_il_existe<T>(issue: Resultat<T>) -> Resultat<Option<T>> {
    match issue {
        Ok(trouve) => Ok(Some(trouve)),
        Err(Erreur::Refus(_)) => Ok(None),
        Err(panne) => Err(panne),
    }
}

fn noms_du_patient(op: &mut Op<'_>, id: PatientId) -> Resultat<Noms> {
    let Some(p) = s_il_existe(patient::service::trouver(op, id))? else { return Ok(Noms::default()) };
    let noms = [Some(p.nom_naissance.as_str()), p.nom_utilise.as_deref()];
    let prenoms = [Some(p.premier_prenom.as_str()), p.prenom_utilise.as_deref()];
    Ok(Noms::nouveaux(noms.into_iter().flatten(), prenoms.into_iter().flatten()))
}

fn noms_du_praticien(praticien: &Praticien) -> Noms {
    Noms::nouveaux([praticien.saisi.nom.as_str()], [praticien.saisi.prenom.as_str()])
}

fn utilisateur(op: &mut Op<'_>, id: CompteId) -> Resultat<Utilisateur> {
    let Some(compte) = s_il_existe(compte::service::trouver(op, id))? else { return Ok(Utilisateur::default()) };
    let praticien = match compte.praticien_id {
        Some(praticien) => annuaire::praticiens_par_id(op, &[praticien])?.pop(),
        None => None,
    };
    let Some(praticien) = praticien else {
        return Ok(Utilisateur { noms: Noms::d_usage(&compte.nom), collegues: Vec::new() });
    };
    let mut collegues = Vec::new();
    if let Some(etablissement) = praticien.saisi.etablissement_id {
        for collegue in praticiens_de(op, etablissement)? {
            if collegue.id != praticien.id {
                collegues.push(noms_du_praticien(&collegue));
            }
        }
    }
    Ok(Utilisateur { noms: noms_du_praticien(&praticien), collegues })
}

fn praticiens_de(op: &mut Op<'_>, etablissement: EtablissementId) -> Resultat<Vec<Praticien>> {
    let filtre = FiltrePraticiens { etablissement: Some(etablissement), ..FiltrePraticiens::default() };
    let (mut tous, mut curseur) = (Vec::new(), None);
    loop {
        let page = annuaire::praticiens(op, &filtre, &Pagination { limite: Some(200), curseur })?;
        tous.extend(page.elements);
        curseur = page.suivant;
        if curseur.is_none() {
            return Ok(tous);
        }
    }
}

/// Looks at the last closed days: one look a night, and those that a stopped service missed.
pub fn detecter_les_jours_clos(db: &Db, demande: &Demande) -> Resultat<()> {
    const JOURS: usize = 3;
    let aujourd_hui = date_paris(db.horloge().maintenant());
    for jour in std::iter::successors(aujourd_hui.pred_opt(), NaiveDate::pred_opt).take(JOURS) {
        let nouvelles = detecter(db, demande, jour)?;
        if nouvelles > 0 {
            tracing::warn!(%jour, nouvelles, "alertes sur les accès à juger");
        }
    }
    Ok(())
}
