//! Use cases of the quorum: what is required of a meeting, who took part, what follows.

mod candidats;
mod comparaison;
mod prevision;

pub use comparaison::{comparer, de_la_reunion_compares, exigences_comparees};
pub use prevision::{a_risque, prevision};

use super::{
    model::{Assistance, Exigences, Intervalle, MoyenParticipation, Participant, ResultatQuorum},
    reglages::ReglagesQuorum,
    regle::{Cas, GroupesSpecialites, RegleQuorum},
};
use crate::{
    db::Op,
    kernel::{
        Action, Erreur, Panne, Resultat,
        clock::date_paris,
        ids::{PraticienId, ReunionId},
    },
    metier::{
        annuaire::{self, model::Praticien},
        inscription::model::AvisEcrit,
        rcp::{self, model::Membre},
        referentiel::{self, composition::Reference, model::ReferentielError},
        reunion::{
            self,
            model::{EtatReunion, Presence, Reunion, StatutPresence},
        },
    },
};
use chrono::NaiveDate;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The rules in force today, add-ons included, by code.
pub fn regles(op: &mut Op<'_>) -> Resultat<Vec<RegleQuorum>> {
    op.exiger(Action::LireReferentiels)?;
    let date = date_paris(op.maintenant);
    en_vigueur_le(op, date)
}

/// The rules in force on a day, add-ons included, by code, for other slices.
pub fn en_vigueur_le(op: &mut Op<'_>, date: NaiveDate) -> Resultat<Vec<RegleQuorum>> {
    let regles = referentiel::service::regles_quorum(op, date)?;
    regles.into_iter().map(|(code, version, contenu)| lire_regle(&code, &version, contenu)).collect()
}

/// A rule or an add-on, in the version in force today.
pub fn regle(op: &mut Op<'_>, code: &str) -> Resultat<RegleQuorum> {
    op.exiger(Action::LireReferentiels)?;
    let date = date_paris(op.maintenant);
    en_vigueur(op, code, date)
}

/// Every version of every rule, add-ons included, by code.
pub fn versions(op: &mut Op<'_>) -> Resultat<Vec<RegleQuorum>> {
    op.exiger(Action::LireReferentiels)?;
    let versions = referentiel::service::versions_quorum(op)?;
    versions.into_iter().map(|(code, version, contenu)| lire_regle(&code, &version, contenu)).collect()
}

/// A version of a rule or of an add-on, in force or not.
pub fn version(op: &mut Op<'_>, reference: &Reference) -> Resultat<RegleQuorum> {
    let trouvee = versions(op)?.into_iter().find(|regle| regle.code == reference.code && regle.version == reference.version);
    trouvee.ok_or_else(|| ReferentielError::VersionIntrouvable(reference.clone()).into())
}

fn en_vigueur(op: &mut Op<'_>, code: &str, date: NaiveDate) -> Resultat<RegleQuorum> {
    if referentiel::model::DOCUMENTS_DU_QUORUM.contains(&code) {
        return Err(ReferentielError::RegleIntrouvable(code.to_owned()).into());
    }
    let (version, contenu) = referentiel::service::regle_quorum(op, code, date)?;
    lire_regle(code, &version, contenu)
}

fn lire_regle(code: &str, version: &str, contenu: Value) -> Resultat<RegleQuorum> {
    serde_json::from_value(contenu).map_err(|e| Panne::new(format!("règle de quorum {code}, version {version}"), e).into())
}

/// What a rule requires at the date of a meeting. When no version of the rule is in force any more,
/// the HAS rule still holds and the composition stays undetermined: a meeting is never stopped by it.
pub fn exigences(op: &mut Op<'_>, code: &str, date: NaiveDate) -> Resultat<Exigences> {
    let regle = en_vigueur_ou_has(op, code, date)?;
    let complements = regle.complements.iter().map(|code| en_vigueur_ou_has(op, code, date)).collect::<Resultat<_>>()?;
    Ok(Exigences { regle, complements, groupes: groupes(op, date)? })
}

/// What would be required with a rule to come in the place of its version in force; `None` when the
/// meeting is under neither that rule nor that add-on.
pub fn exigences_avec(op: &mut Op<'_>, actuelles: &Exigences, venir: &RegleQuorum, date: NaiveDate) -> Resultat<Option<Exigences>> {
    if actuelles.regle.code == venir.code {
        let complements = venir.complements.iter().map(|code| en_vigueur_ou_has(op, code, date)).collect::<Resultat<_>>()?;
        return Ok(Some(Exigences { regle: venir.clone(), complements, groupes: actuelles.groupes.clone() }));
    }
    let mut exigences = actuelles.clone();
    let complement = exigences.complements.iter_mut().find(|complement| complement.code == venir.code);
    Ok(complement.map(|complement| complement.clone_from(venir)).map(|()| exigences))
}

/// The groups of specialties in force at a date.
pub fn groupes(op: &mut Op<'_>, date: NaiveDate) -> Resultat<GroupesSpecialites> {
    let contenu = referentiel::service::specialites(op, date)?;
    serde_json::from_value(contenu).map_err(|e| Panne::new("groupes de spécialités", e).into())
}

fn reglages(op: &mut Op<'_>, date: NaiveDate) -> Resultat<ReglagesQuorum> {
    let contenu = referentiel::service::reglages_quorum(op, date)?;
    serde_json::from_value(contenu).map_err(|e| Panne::new("réglages du quorum", e).into())
}

fn en_vigueur_ou_has(op: &mut Op<'_>, code: &str, date: NaiveDate) -> Resultat<RegleQuorum> {
    match en_vigueur(op, code, date) {
        Err(Erreur::Refus(refus)) if refus.code == REGLE_INTROUVABLE => Ok(RegleQuorum::sans_composition(code, date)),
        issue => issue,
    }
}

const REGLE_INTROUVABLE: &str = "regle-introuvable";

/// What is required of a meeting.
pub fn exigences_de(op: &mut Op<'_>, reunion: &Reunion) -> Resultat<Exigences> {
    let code = rcp::service::trouver(op, reunion.rcp_id)?.saisie.regle_quorum;
    exigences(op, &code, date_paris(reunion.debut))
}

/// The quorum of a case of a meeting: those who attended the whole discussion, and those who wrote an
/// opinion on the case. Authorises nothing: the calling use case does.
pub fn evaluer(op: &mut Op<'_>, reunion: &Reunion, cas: &Cas, avis: &[AvisEcrit], discussion: Intervalle) -> Resultat<ResultatQuorum> {
    let exigences = exigences_de(op, reunion)?;
    let assistance = assistance(op, reunion, avis, discussion)?;
    Ok(exigences.evaluer(cas, &assistance))
}

/// The quorum of a meeting as a whole: of those who are there now, or who were when it closed.
/// Conditional clauses bear on cases and are left out.
pub fn de_la_reunion(op: &mut Op<'_>, id: ReunionId) -> Resultat<ResultatQuorum> {
    op.exiger(Action::LireReunion)?;
    let reunion = reunion::service::trouver(op, id)?;
    let moment = reunion.close_le.unwrap_or(op.maintenant);
    evaluer(op, &reunion, &Cas::default(), &[], Intervalle { debut: moment, fin: moment })
}

/// Who takes part in a case, each once, with the group of the specialty. Authorises nothing: the calling
/// use case does.
pub fn participants(
    op: &mut Op<'_>,
    reunion: &Reunion,
    avis: &[AvisEcrit],
    discussion: Intervalle,
) -> Resultat<Vec<(Participant, Option<String>)>> {
    let groupes = groupes(op, date_paris(reunion.debut))?;
    let avec_groupe = |personne: Participant| {
        let groupe = personne.specialite.as_deref().and_then(|specialite| groupes.groupe(specialite)).map(|groupe| groupe.code.clone());
        (personne, groupe)
    };
    Ok(assistance(op, reunion, avis, discussion)?.personnes().into_iter().map(avec_groupe).collect())
}

/// Who took part in a case. Authorises nothing: the calling use case does.
pub fn assistance(op: &mut Op<'_>, reunion: &Reunion, avis: &[AvisEcrit], discussion: Intervalle) -> Resultat<Assistance> {
    let presences = reunion::service::presences(op, reunion.id)?;
    let membres = rcp::service::membres(op, reunion.rcp_id, date_paris(reunion.debut))?;
    let ids: Vec<PraticienId> = presences.iter().map(|p| p.praticien_id).chain(avis.iter().map(|a| a.praticien_id)).collect();
    let praticiens = annuaire::service::praticiens_par_id(op, &ids)?.into_iter().map(|praticien| (praticien.id, praticien)).collect();
    Ok(assister(reunion, (&membres, &presences, avis), &praticiens, discussion))
}

/// Who took part in a case, from the members of the RCP, the attendance of the meeting and the written opinions.
#[must_use]
pub fn assister(
    reunion: &Reunion,
    (membres, presences, avis): (&[Membre], &[Presence], &[AvisEcrit]),
    praticiens: &BTreeMap<PraticienId, Praticien>,
    discussion: Intervalle,
) -> Assistance {
    let mut venus: Vec<(PraticienId, MoyenParticipation)> = avis.iter().map(|a| (a.praticien_id, MoyenParticipation::AvisEcrit)).collect();
    let en_seance = presences.iter().filter(|p| discussion.couvert(p.arrivee, p.depart));
    venus.extend(en_seance.filter_map(|p| moyen(p.statut).map(|moyen| (p.praticien_id, moyen))));
    let designations = attributions(membres, presences, avis);
    let participants = venus.into_iter().filter_map(|(praticien_id, moyen)| {
        let praticien = &praticiens.get(&praticien_id)?.saisi;
        Some(Participant {
            praticien_id,
            profession: praticien.profession.clone(),
            specialite: praticien.specialite.clone(),
            designations: designations.get(&praticien_id).cloned().unwrap_or_default(),
            moyen,
        })
    });
    Assistance { feuille_tenue: feuille_tenue(reunion, presences), participants: participants.collect() }
}

const fn moyen(statut: StatutPresence) -> Option<MoyenParticipation> {
    match statut {
        StatutPresence::Present => Some(MoyenParticipation::Presence),
        StatutPresence::Visio => Some(MoyenParticipation::Visio),
        StatutPresence::Attendu | StatutPresence::Excuse | StatutPresence::Absent => None,
    }
}

/// True when somebody has taken the attendance: excuses alone come before the meeting.
fn feuille_tenue(reunion: &Reunion, presences: &[Presence]) -> bool {
    let commencee = match reunion.etat {
        EtatReunion::Ouverte | EtatReunion::Close | EtatReunion::Validee => true,
        EtatReunion::Planifiee | EtatReunion::Convoquee | EtatReunion::Annulee => false,
    };
    commencee
        && presences.iter().any(|p| match p.statut {
            StatutPresence::Present | StatutPresence::Visio | StatutPresence::Absent => true,
            StatutPresence::Attendu | StatutPresence::Excuse => false,
        })
}

/// The clauses that the RCP gave to each person: as a member, for this meeting, or for a written
/// opinion.
fn designations(
    op: &mut Op<'_>,
    reunion: &Reunion,
    presences: &[Presence],
    avis: &[AvisEcrit],
) -> Resultat<BTreeMap<PraticienId, BTreeSet<String>>> {
    let membres = rcp::service::membres(op, reunion.rcp_id, date_paris(reunion.debut))?;
    Ok(attributions(&membres, presences, avis))
}

fn attributions(membres: &[Membre], presences: &[Presence], avis: &[AvisEcrit]) -> BTreeMap<PraticienId, BTreeSet<String>> {
    let des_membres = membres.iter().map(|m| (m.praticien_id, &m.clause));
    let du_jour = presences.iter().map(|p| (p.praticien_id, &p.clause));
    let par_ecrit = avis.iter().map(|a| (a.praticien_id, &a.clause));
    let mut designations: BTreeMap<PraticienId, BTreeSet<String>> = BTreeMap::new();
    for (praticien, clause) in des_membres.chain(du_jour).chain(par_ecrit) {
        designations.entry(praticien).or_default().extend(clause.clone());
    }
    designations
}

/// True when a person may answer in writing for that clause without the RCP saying so: by specialty or
/// profession, or because the RCP designated the person already. `None` when there is no such clause.
pub fn repond_pour(op: &mut Op<'_>, reunion: &Reunion, praticien: PraticienId, clause: &str) -> Resultat<Option<bool>> {
    let exigences = exigences_de(op, reunion)?;
    let presences = reunion::service::presences(op, reunion.id)?;
    let designations = designations(op, reunion, &presences, &[])?.remove(&praticien).unwrap_or_default();
    let saisi = annuaire::service::praticien(op, praticien)?.saisi;
    let personne = Participant {
        praticien_id: praticien,
        profession: saisi.profession,
        specialite: saisi.specialite,
        designations,
        moyen: MoyenParticipation::AvisEcrit,
    };
    Ok(exigences.repond_pour(clause, &personne))
}
