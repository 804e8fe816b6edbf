//! Use cases of duplicates.

pub mod fusion;

use super::{
    model::{
        Doublon, DoublonVu, EtatDoublon, IdentiteComparee, Profil, RapprochementError, ReglagesDoublons, ReglagesLus, Traits, VerdictSaisi,
        paires,
    },
    store::{self, Trouvee},
};
use crate::{
    db::{Evenement, Op, perimetre},
    jobs::runner::Contexte,
    kernel::{
        Action, Refus, Resultat,
        acteur::Rattachement,
        erreur::ErreurCommune,
        ids::{DoublonId, PatientId},
        page::{Page, Pagination},
    },
    metier::patient::service as patients,
};
use chrono::{Datelike, NaiveDate};

pub use super::store::fusion::tableaux as tableaux_deplaces;

/// Pairs written in one transaction of the nightly search.
const LOT: usize = 500;

/// True when the person holds the right over the whole region, hence over every identity.
fn partout(op: &Op<'_>) -> bool {
    op.acteur.peut_sur(Action::RapprocherIdentites, &Rattachement::default())
}

/// True when the person may judge the identity of a patient.
fn porte_sur(op: &mut Op<'_>, patient: PatientId) -> Resultat<bool> {
    Ok(partout(op) || perimetre::patient_visible(op, Action::RapprocherIdentites, patient)?)
}

/// The weights in force.
pub fn reglages(op: &mut Op<'_>) -> Resultat<ReglagesLus> {
    op.exiger(Action::LireReferentiels)?;
    store::reglages(op)
}

/// Sets the weights, which were read at version `lue`. Judged pairs stay judged.
pub fn regler(op: &mut Op<'_>, lue: i64, saisis: &ReglagesDoublons) -> Resultat<ReglagesLus> {
    op.exiger_sur(Action::GererReferentiels, &Rattachement::default())?;
    let fautes = saisis.fautes();
    if !fautes.is_empty() {
        return Err(Refus::invalide(fautes).into());
    }
    if store::regler(op, saisis, lue)? == 0 {
        return Err(ErreurCommune::VersionPerimee { actuelle: store::reglages(op)?.version }.into());
    }
    op.tracer(Evenement::liste("modifier", "reglages_rapprochement").version(lue + 1))?;
    store::reglages(op)
}

/// The birth date, and the one whose day and month are exchanged.
fn dates_voisines(date: NaiveDate) -> Vec<NaiveDate> {
    let inversee = NaiveDate::from_ymd_opt(date.year(), date.day(), date.month());
    [Some(date), inversee].into_iter().flatten().collect()
}

/// Looks for the duplicates of a patient who was just created or corrected, among those of the same birth date or name:
/// for the slice that did it, which authorised and traced.
pub fn detecter(op: &mut Op<'_>, id: PatientId) -> Resultat<()> {
    let Some(traits) = store::traits_de(op, vec![id])?.pop() else { return Ok(()) };
    let reglages = store::reglages(op)?.reglages;
    let voisins = store::voisins(op, &traits, dates_voisines(traits.date_naissance))?;
    let sien = Profil::de(traits);
    let trouvees: Vec<Trouvee> = voisins.into_iter().filter_map(|voisin| peser(&sien, voisin, &reglages)).collect();
    store::garder(op, &trouvees).map(drop)
}

fn peser(sien: &Profil, voisin: Traits, reglages: &ReglagesDoublons) -> Option<Trouvee> {
    let autre = Profil::de(voisin);
    let (score, concordances) = sien.comparer(&autre, reglages);
    (score >= reglages.seuil).then_some(Trouvee { un: sien.traits.id, autre: autre.traits.id, score, concordances })
}

/// What the nightly search found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bilan {
    /// Patients compared.
    pub patients: usize,
    /// Pairs over the threshold, known ones included.
    pub paires: usize,
    /// Pairs that were not known.
    pub nouvelles: usize,
    /// Blocks left aside because they were too large.
    pub blocs_ecartes: usize,
}

/// Looks for the duplicates among all patients. Reads once, then writes in small transactions.
pub fn detecter_partout(contexte: &Contexte) -> Resultat<Bilan> {
    let (traits, reglages) = contexte.lire(|op| Ok((store::tous_les_traits(op)?, store::reglages(op)?.reglages)))?;
    let profils: Vec<Profil> = traits.into_iter().map(Profil::de).collect();
    let (trouvees, blocs_ecartes) = paires(&profils, &reglages);
    let ids = |rang: usize| profils.get(rang).map(|profil| profil.traits.id);
    let trouvees: Vec<Trouvee> = trouvees
        .into_iter()
        .filter_map(|(un, autre, score, concordances)| Some(Trouvee { un: ids(un)?, autre: ids(autre)?, score, concordances }))
        .collect();
    let total = trouvees.len();
    let mut nouvelles = 0;
    let mut reste = trouvees;
    while !reste.is_empty() {
        let suite = reste.split_off(reste.len().min(LOT));
        nouvelles += contexte.ecrire(move |op| store::garder(op, &reste))?;
        reste = suite;
    }
    let attente = contexte.lire(store::en_attente)?;
    metrics::gauge!("dcc_doublons_a_examiner").set(u32::try_from(attente).unwrap_or(u32::MAX));
    Ok(Bilan { patients: profils.len(), paires: total, nouvelles, blocs_ecartes })
}

/// The pairs in a state that the person may judge, the likeliest first. Each identity that is shown is traced.
pub fn lister(op: &mut Op<'_>, etat: EtatDoublon, pagination: &Pagination) -> Resultat<Page<DoublonVu>> {
    op.exiger(Action::RapprocherIdentites)?;
    let apres = pagination.apres::<(i64, DoublonId)>().map_err(ErreurCommune::from)?;
    let partout = partout(op);
    let lus = store::lister(op, etat, partout, apres, pagination.limite() + 1)?;
    let mut vus = Vec::with_capacity(lus.len());
    for doublon in lus {
        vus.push(montrer(op, doublon)?);
    }
    let page = Page::depuis(vus, pagination.limite(), |vu| (vu.score, vu.id));
    for vu in &page.elements {
        for identite in [&vu.premier.identite, &vu.second.identite] {
            op.tracer(Evenement::sur("lire", "doublon", vu.id.uuid()).patient(identite.id))?;
        }
    }
    Ok(page)
}

fn montrer(op: &mut Op<'_>, d: Doublon) -> Resultat<DoublonVu> {
    let mut identite = |id: PatientId| -> Resultat<IdentiteComparee> {
        let patient = patients::trouver(op, id)?;
        Ok(IdentiteComparee { version: patient.version, identite: patient.into() })
    };
    Ok(DoublonVu {
        premier: identite(d.premier_id)?,
        second: identite(d.second_id)?,
        id: d.id,
        score: d.score,
        concordances: d.concordances,
        etat: d.etat,
        detecte_le: d.detecte_le,
        verdict_par: d.verdict_par,
        verdict_le: d.verdict_le,
        commentaire: d.commentaire,
        version: d.version,
    })
}

fn a_juger(op: &mut Op<'_>, id: DoublonId) -> Resultat<Doublon> {
    op.exiger(Action::RapprocherIdentites)?;
    let doublon = store::trouver(op, id)?.ok_or(RapprochementError::DoublonIntrouvable)?;
    if porte_sur(op, doublon.premier_id)? && porte_sur(op, doublon.second_id)? {
        return Ok(doublon);
    }
    Err(RapprochementError::DoublonIntrouvable.into())
}

/// Judges a pair that was read at version `lue`; a verdict may be changed.
pub fn juger(op: &mut Op<'_>, id: DoublonId, lue: i64, saisi: &VerdictSaisi) -> Resultat<DoublonVu> {
    let avant = a_juger(op, id)?;
    if avant.version != lue || store::juger(op, id, lue, saisi.verdict.into(), &saisi.commentaire)? == 0 {
        return Err(ErreurCommune::VersionPerimee { actuelle: avant.version }.into());
    }
    for patient in [avant.premier_id, avant.second_id] {
        op.tracer(Evenement::sur("juger", "doublon", id.uuid()).patient(patient).version(lue + 1))?;
    }
    let apres = store::trouver(op, id)?.ok_or(RapprochementError::DoublonIntrouvable)?;
    montrer(op, apres)
}
