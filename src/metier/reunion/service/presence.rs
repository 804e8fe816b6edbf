//! Use cases on attendance.

use super::super::{
    model::{FeuillePresence, LigneFeuille, Presence, PresenceNommee, PresenceSaisie, ReponseInvitation, Reunion, ReunionError},
    store,
};
use super::{lire, pour, presences, trouver};
use crate::{
    db::{Evenement, Op},
    kernel::{
        Action, Erreur, Instant, Resultat,
        clock::date_paris,
        erreur::ErreurCommune,
        ids::{PraticienId, RcpId, ReunionId},
    },
    metier::{
        alerte,
        annuaire::{self, model::Praticien},
        inscription,
        rcp::{
            self,
            model::{FonctionMembre, Membre, Rcp},
        },
        referentiel,
    },
};
use serde_json::Value;
use std::collections::BTreeMap;

/// Those whom a meeting expects: the permanent members and the coordinators of its RCP that day, once
/// each, with the clause they answer for.
pub(super) fn attendus(op: &mut Op<'_>, rcp: &Rcp, reunion: &Reunion) -> Resultat<Vec<Presence>> {
    let membres = rcp::service::membres(op, rcp.id, date_paris(reunion.debut))?;
    let mut clauses: BTreeMap<PraticienId, Option<String>> = BTreeMap::new();
    for membre in membres.into_iter().filter(est_attendu) {
        let clause = clauses.entry(membre.praticien_id).or_default();
        *clause = clause.take().or(membre.clause);
    }
    let attendus = clauses.into_iter().map(|(praticien, clause)| Presence::attendue(op.id(), reunion.id, praticien, clause, op.maintenant));
    Ok(attendus.collect())
}

const fn est_attendu(membre: &Membre) -> bool {
    match membre.fonction {
        FonctionMembre::Coordonnateur | FonctionMembre::Permanent => true,
        FonctionMembre::Suppleant => false,
    }
}

/// Brings the list of a meeting up to the present members of its RCP: adds those who came, takes off
/// those who left and of whom nothing was noted.
pub(super) fn rafraichir(op: &mut Op<'_>, rcp: &Rcp, reunion: &Reunion) -> Resultat<()> {
    let (attendus, notes) = (attendus(op, rcp, reunion)?, presences(op, reunion.id)?);
    for presence in &notes {
        let parti = presence.permanent && !attendus.iter().any(|attendu| attendu.praticien_id == presence.praticien_id);
        if parti && presence.statut == super::super::model::StatutPresence::Attendu {
            store::presence::retirer(op, presence.id, presence.version)?;
        }
    }
    let nouveaux: Vec<Presence> =
        attendus.into_iter().filter(|attendu| !notes.iter().any(|note| note.praticien_id == attendu.praticien_id)).collect();
    store::presence::inserer(op, &nouveaux)
}

/// The guests of a meeting are expected at its copy.
pub(super) fn reconduire_les_invites(op: &mut Op<'_>, modele: ReunionId, copie: &Reunion) -> Resultat<()> {
    let deja = presences(op, copie.id)?;
    let invites: Vec<Presence> = presences(op, modele)?
        .into_iter()
        .filter(|p| !p.permanent && !deja.iter().any(|attendu| attendu.praticien_id == p.praticien_id))
        .map(|p| Presence { permanent: false, ..Presence::attendue(op.id(), copie.id, p.praticien_id, p.clause, op.maintenant) })
        .collect();
    store::presence::inserer(op, &invites)
}

/// The list of a meeting, with names.
pub fn presences_nommees(op: &mut Op<'_>, id: ReunionId) -> Resultat<Vec<PresenceNommee>> {
    op.exiger(Action::LirePresence)?;
    trouver(op, id)?;
    let presences = presences(op, id)?;
    let praticiens = praticiens(op, &presences)?;
    Ok(presences.into_iter().filter_map(|presence| nommer(presence, &praticiens)).collect())
}

/// Notes how a person attends a meeting. The attendance of somebody on the list was read at version
/// `lue`; anybody else becomes a guest. True when the person was added.
pub fn noter_presence(
    op: &mut Op<'_>,
    id: ReunionId,
    praticien: PraticienId,
    lue: Option<i64>,
    saisie: &PresenceSaisie,
) -> Resultat<(PresenceNommee, bool)> {
    let (reunion, _) = pour(op, id, Action::ConduireReunion)?;
    exiger_modifiables(&reunion)?;
    saisie.verifier(&reunion)?;
    let connu = annuaire::service::praticien(op, praticien)?;
    let avant = presences(op, id)?.into_iter().find(|p| p.praticien_id == praticien);
    let ajoutee = avant.is_none();
    let apres = match (avant, lue) {
        (Some(_), None) => return Err(ReunionError::VersionAbsente.into()),
        (None, Some(_)) => return Err(ErreurCommune::VersionPerimee { actuelle: 0 }.into()),
        (Some(avant), Some(lue)) => {
            let actuelle = avant.version;
            let apres = Presence { version: lue + 1, ..avant.notee(saisie, op.maintenant) };
            if store::presence::enregistrer(op, &apres, lue)? == 0 {
                return Err(ErreurCommune::VersionPerimee { actuelle }.into());
            }
            apres
        }
        (None, None) => {
            let attendue = Presence::attendue(op.id(), id, praticien, None, op.maintenant);
            let invite = Presence { permanent: false, ..attendue.notee(saisie, op.maintenant) };
            store::presence::inserer(op, std::slice::from_ref(&invite))?;
            invite
        }
    };
    let acte = if ajoutee { "ajouter" } else { "modifier" };
    op.tracer(Evenement::sur(acte, "presence", apres.id.uuid()).version(apres.version))?;
    inscription::service::reevaluer(op, id)?;
    let nommee = PresenceNommee { nom: connu.nom_complet(), specialite: connu.saisi.specialite, presence: apres };
    Ok((nommee, ajoutee))
}

/// Answers the invitation to a meeting for a person whose attendance was read at version `lue`: the
/// person does so, or who plans the meeting after a call.
pub fn repondre(op: &mut Op<'_>, id: ReunionId, praticien: PraticienId, lue: i64, reponse: ReponseInvitation) -> Resultat<PresenceNommee> {
    op.exiger(Action::LireReunion)?;
    if op.acteur.praticien != Some(praticien) {
        pour(op, id, Action::PlanifierReunion)?;
    }
    let reunion = trouver(op, id)?;
    if !reunion.etat.attend_des_reponses() {
        return Err(ReunionError::ReponsesCloses(reunion.etat).into());
    }
    let presence = presences(op, id)?.into_iter().find(|p| p.praticien_id == praticien).ok_or(ReunionError::PresenceIntrouvable)?;
    let actuelle = presence.version;
    let apres = Presence { version: lue + 1, ..presence.repondue(reponse, op.maintenant) };
    if store::presence::enregistrer(op, &apres, lue)? == 0 {
        return Err(ErreurCommune::VersionPerimee { actuelle }.into());
    }
    op.tracer(Evenement::sur("repondre", "presence", apres.id.uuid()).version(apres.version))?;
    alerte::service::evaluer_reunion(op, id)?;
    let connu = annuaire::service::praticien(op, praticien)?;
    Ok(PresenceNommee { nom: connu.nom_complet(), specialite: connu.saisi.specialite, presence: apres })
}

/// How often each person came to the last `combien` meetings of an RCP held before a moment, among those
/// where the person was on the list: times present, times listed. Needs no right of its own.
pub fn assiduite(op: &mut Op<'_>, rcp: RcpId, avant: Instant, combien: u32) -> Resultat<BTreeMap<PraticienId, (u32, u32)>> {
    let mut assiduite: BTreeMap<PraticienId, (u32, u32)> = BTreeMap::new();
    for (praticien, statut) in store::presence::des_dernieres_tenues(op, rcp, avant, combien.into())? {
        let (venues, listees) = assiduite.entry(praticien).or_default();
        *venues += u32::from(statut.participe());
        *listees += 1;
    }
    Ok(assiduite)
}

/// Takes a guest whose attendance was read at version `lue` off the list of a meeting, and so away
/// from the patients of its agenda. A member of the RCP is noted as excused or absent instead.
pub fn retirer_presence(op: &mut Op<'_>, id: ReunionId, praticien: PraticienId, lue: i64) -> Resultat<()> {
    let (reunion, _) = pour(op, id, Action::ConduireReunion)?;
    exiger_modifiables(&reunion)?;
    let presence = presences(op, id)?.into_iter().find(|p| p.praticien_id == praticien).ok_or(ReunionError::PresenceIntrouvable)?;
    if presence.permanent {
        return Err(ReunionError::MembreAttendu.into());
    }
    if store::presence::retirer(op, presence.id, lue)? == 0 {
        return Err(ErreurCommune::VersionPerimee { actuelle: presence.version }.into());
    }
    op.tracer(Evenement::sur("retirer", "presence", presence.id.uuid()).version(lue))?;
    inscription::service::reevaluer(op, id)
}

/// The attendance sheet of a meeting, to be printed and signed.
pub fn feuille(op: &mut Op<'_>, id: ReunionId) -> Resultat<FeuillePresence> {
    op.exiger(Action::LirePresence)?;
    let resume = lire(op, id)?;
    let reunion = resume.reunion;
    let rcp = rcp::service::trouver(op, reunion.rcp_id)?;
    let presences = presences(op, id)?;
    let praticiens = praticiens(op, &presences)?;
    let clauses = libelles_des_clauses(op, &rcp, &reunion)?;
    let mut lignes = Vec::with_capacity(presences.len());
    for presence in presences {
        if let Some(praticien) = praticiens.iter().find(|p| p.id == presence.praticien_id) {
            lignes.push(ligne(op, presence, praticien, &clauses)?);
        }
    }
    lignes.sort_by(|a, b| a.nom.cmp(&b.nom));
    Ok(FeuillePresence {
        rcp: resume.rcp_nom,
        etablissement: annuaire::service::etablissement(op, rcp.etablissement_id)?.saisi.raison_sociale,
        centre_3c: annuaire::service::centre(op, rcp.centre_3c_id)?.saisi.nom,
        debut: reunion.debut,
        fin: reunion.fin,
        lieu: reunion.lieu,
        lignes,
        edite_le: op.maintenant,
    })
}

fn ligne(op: &mut Op<'_>, presence: Presence, praticien: &Praticien, clauses: &BTreeMap<String, String>) -> Resultat<LigneFeuille> {
    let saisi = &praticien.saisi;
    let qualite = referentiel::service::libelle(op, "profession", &saisi.profession)?;
    let specialite = match &saisi.specialite {
        Some(code) => referentiel::service::libelle(op, "author-specialty", code)?.or_else(|| Some(code.clone())),
        None => None,
    };
    let etablissement = match saisi.etablissement_id {
        Some(id) => Some(annuaire::service::etablissement(op, id)?.saisi.raison_sociale),
        None => None,
    };
    Ok(LigneFeuille {
        nom: praticien.nom_complet(),
        qualite: qualite.unwrap_or_else(|| saisi.profession.clone()),
        specialite,
        etablissement,
        clause: presence.clause.map(|code| clauses.get(&code).cloned().unwrap_or(code)),
        statut: presence.statut,
        arrivee: presence.arrivee,
        depart: presence.depart,
    })
}

/// What the clauses of the quorum rule of the RCP are called on the day of the meeting; nothing when
/// no version of the rule was in force that day, since a sheet is printed all the same.
fn libelles_des_clauses(op: &mut Op<'_>, rcp: &Rcp, reunion: &Reunion) -> Resultat<BTreeMap<String, String>> {
    let regle = match referentiel::service::regle_quorum(op, &rcp.regle_quorum, date_paris(reunion.debut)) {
        Ok((_, regle)) => regle,
        Err(Erreur::Refus(_)) => return Ok(BTreeMap::new()),
        Err(panne @ Erreur::Panne(_)) => return Err(panne),
    };
    let clauses = regle.get("clauses").and_then(Value::as_array).into_iter().flatten();
    let texte = |clause: &Value, champ: &str| clause.get(champ).and_then(Value::as_str).map(str::to_owned);
    Ok(clauses.filter_map(|clause| texte(clause, "id").zip(texte(clause, "libelle"))).collect())
}

fn exiger_modifiables(reunion: &Reunion) -> Resultat<()> {
    if reunion.etat.presences_modifiables() { Ok(()) } else { Err(ReunionError::PresencesFigees(reunion.etat).into()) }
}

fn praticiens(op: &mut Op<'_>, presences: &[Presence]) -> Resultat<Vec<Praticien>> {
    let ids: Vec<PraticienId> = presences.iter().map(|p| p.praticien_id).collect();
    annuaire::service::praticiens_par_id(op, &ids)
}

fn nommer(presence: Presence, praticiens: &[Praticien]) -> Option<PresenceNommee> {
    let praticien = praticiens.iter().find(|p| p.id == presence.praticien_id)?;
    Some(PresenceNommee { nom: praticien.nom_complet(), specialite: praticien.saisi.specialite.clone(), presence })
}
