//! Use cases on meetings: planning and life-cycle.

mod convocation;
mod flux;
mod presence;

pub use convocation::{abandonner_invitation, convoquer, invitation_a_envoyer, invitations, noter_invitation};
pub use flux::{flux, ouvrir_flux, publier, revoquer_flux};
pub use presence::{assiduite, feuille, noter_presence, presences_nommees, repondre, retirer_presence};
pub use store::FiltreReunions;

use super::{
    model::{
        Deplacement, Duplication, EtatReunion, Generation, Methode, Periode, Presence, Reunion, ReunionError, ReunionResume, ReunionSaisie,
        ToutesDecidees, debut_du_jour,
    },
    store,
};
use crate::{
    db::{Evenement, LIGNES_PAR_ORDRE, Op, perimetre},
    kernel::{
        Action, Panne, Resultat,
        acteur::Rattachement,
        erreur::ErreurCommune,
        ids::{RcpId, ReunionId},
        page::{Page, Pagination},
    },
    metier::{
        alerte,
        rcp::{
            self,
            model::{EtatRcp, Rcp},
        },
    },
};

/// A meeting. Needs no right of its own: other slices authorise.
pub fn trouver(op: &mut Op<'_>, id: ReunionId) -> Resultat<Reunion> {
    store::trouver(op, id)?.ok_or_else(|| ReunionError::Introuvable.into())
}

/// The list of those who attend a meeting, members first. Needs no right of its own.
pub fn presences(op: &mut Op<'_>, id: ReunionId) -> Resultat<Vec<Presence>> {
    store::presence::de_la_reunion(op, id)
}

/// Takes over meetings and their attendance as they were elsewhere: nobody is invited, no alert is evaluated. Only the
/// service itself does, and it traces what it takes over.
pub fn reprendre(op: &mut Op<'_>, reunions: &[Reunion], presences: &[Presence]) -> Resultat<()> {
    op.exiger_systeme()?;
    store::inserer_toutes(op, reunions)?;
    presences.chunks(LIGNES_PAR_ORDRE).try_for_each(|presences| store::presence::inserer(op, presences))
}

/// Where a meeting belongs: where its RCP does.
pub fn rattachement(op: &mut Op<'_>, reunion: &Reunion) -> Resultat<Rattachement> {
    Ok(rcp::service::rattachement(&rcp::service::trouver(op, reunion.rcp_id)?))
}

/// Gives a meeting one more version, so that those who change its agenda do not do it at once.
pub fn toucher(op: &mut Op<'_>, reunion: &Reunion) -> Resultat<()> {
    store::toucher(op, reunion.id)
}

/// Meetings that match a filter, by beginning.
pub fn lister(op: &mut Op<'_>, filtre: &FiltreReunions, pagination: &Pagination) -> Resultat<Page<ReunionResume>> {
    op.exiger(Action::LireReunion)?;
    let apres = pagination.apres().map_err(ErreurCommune::from)?;
    let lignes = store::lister(op, filtre, apres, pagination.limite() + 1)?;
    Ok(Page::depuis(lignes, pagination.limite(), |resume| (resume.reunion.debut, resume.reunion.id)))
}

/// One meeting.
pub fn lire(op: &mut Op<'_>, id: ReunionId) -> Resultat<ReunionResume> {
    op.exiger(Action::LireReunion)?;
    store::resume(op, id)?.ok_or_else(|| ReunionError::Introuvable.into())
}

/// Plans the meetings that the calendar of an RCP gives over a period. Harmless to repeat: a date
/// that already has its meeting, wherever it was moved and whatever it became, is left alone.
pub fn generer(op: &mut Op<'_>, id: RcpId, periode: Periode) -> Resultat<Generation> {
    let rcp = rcp_planifiable(op, id)?;
    periode.verifier()?;
    let calendrier = rcp.recurrence.as_ref().ok_or(ReunionError::SansCalendrier)?;
    let trouvees = calendrier.occurrences(periode.du, periode.au).map_err(|e| Panne::new(format!("rcp {id} : calendrier"), e))?;
    let mut generation = Generation { feries: trouvees.feries, exceptions: trouvees.exceptions, ..Generation::default() };
    let (Some(premier), Some(dernier)) = (trouvees.creneaux.first(), trouvees.creneaux.last()) else { return Ok(generation) };
    let pris = store::moments_pris(op, id, premier.debut, dernier.debut)?;
    for creneau in trouvees.creneaux {
        if pris.contains(&creneau.debut) {
            generation.existantes += 1;
            continue;
        }
        let planifiee = Reunion::planifier(op.id(), &rcp, creneau, op.maintenant);
        let reunion = Reunion { occurrence: Some(creneau.debut), ..planifiee };
        planifier(op, &rcp, &reunion)?;
        generation.creees.push(reunion.id);
    }
    Ok(generation)
}

/// Plans one meeting.
pub fn creer(op: &mut Op<'_>, saisie: &ReunionSaisie) -> Resultat<Reunion> {
    let rcp = rcp_planifiable(op, saisie.rcp_id)?;
    let planifiee = Reunion::planifier(op.id(), &rcp, saisie.creneau()?, op.maintenant);
    let reunion = Reunion {
        lieu: saisie.lieu.clone().or(planifiee.lieu),
        lien_visio: saisie.lien_visio.clone().or(planifiee.lien_visio),
        capacite: saisie.capacite.or(planifiee.capacite),
        ..planifiee
    };
    planifier(op, &rcp, &reunion)?;
    Ok(reunion)
}

/// Plans a meeting like another: same RCP, length, place, capacity and guests, at another moment.
pub fn dupliquer(op: &mut Op<'_>, id: ReunionId, duplication: &Duplication) -> Resultat<Reunion> {
    let modele = trouver(op, id)?;
    let rcp = rcp_planifiable(op, modele.rcp_id)?;
    let planifiee = Reunion::planifier(op.id(), &rcp, duplication.creneau(&modele)?, op.maintenant);
    let copie =
        Reunion { lieu: modele.lieu, lien_visio: modele.lien_visio, capacite: modele.capacite, dupliquee_de: Some(id), ..planifiee };
    planifier(op, &rcp, &copie)?;
    presence::reconduire_les_invites(op, id, &copie)?;
    Ok(copie)
}

/// Moves a meeting read at version `lue`. Those who had been invited are told; at another moment, those
/// who had excused themselves are expected again and answers to the invitation no longer stand.
pub fn deplacer(op: &mut Op<'_>, id: ReunionId, lue: i64, deplacement: &Deplacement) -> Resultat<Reunion> {
    let (reunion, rcp) = pour(op, id, Action::PlanifierReunion)?;
    let vers = deplacement.creneau(&reunion)?;
    let autre_moment = vers.debut != reunion.debut;
    let deplacee = reunion.deplacer(&rcp, vers)?;
    let deplacee = Reunion {
        lieu: deplacement.lieu.clone().or(deplacee.lieu),
        lien_visio: deplacement.lien_visio.clone().or(deplacee.lien_visio),
        ..deplacee
    };
    let deplacee = enregistrer(op, deplacee, lue, "deplacer")?;
    if autre_moment {
        perimetre::deplacer_fenetre(op, id, deplacee.debut)?;
        store::presence::attendre_de_nouveau(op, id)?;
    }
    if deplacee.etat == EtatReunion::Convoquee {
        convocation::inviter(op, &deplacee, Methode::Request)?;
    }
    alerte::service::evaluer_reunion(op, id)?;
    Ok(deplacee)
}

/// Cancels a meeting read at version `lue`; those who had been invited are told.
pub fn annuler(op: &mut Op<'_>, id: ReunionId, lue: i64, motif: &str) -> Resultat<Reunion> {
    let (reunion, _) = pour(op, id, Action::PlanifierReunion)?;
    let annulee = enregistrer(op, reunion.annuler(motif)?, lue, "annuler")?;
    if annulee.convoquee_le.is_some() {
        convocation::inviter(op, &annulee, Methode::Cancel)?;
    }
    alerte::service::evaluer_reunion(op, id)?;
    Ok(annulee)
}

/// Opens a meeting read at version `lue`.
pub fn ouvrir(op: &mut Op<'_>, id: ReunionId, lue: i64) -> Resultat<Reunion> {
    let (reunion, _) = pour(op, id, Action::ConduireReunion)?;
    let ouverte = reunion.ouvrir(op.maintenant)?;
    let ouverte = enregistrer(op, ouverte, lue, "ouvrir")?;
    alerte::service::evaluer_reunion(op, id)?;
    Ok(ouverte)
}

/// Closes a meeting read at version `lue`, once every dossier of its agenda has been decided on. Those
/// who were still expected were absent, and attendance no longer changes.
pub fn clore(op: &mut Op<'_>, id: ReunionId, lue: i64) -> Resultat<Reunion> {
    let (reunion, _) = pour(op, id, Action::ConduireReunion)?;
    let decisions = ToutesDecidees::constater(store::inscriptions_indecises(op, id)?)?;
    let close = reunion.clore(decisions, op.acteur.compte, op.maintenant)?;
    let close = enregistrer(op, close, lue, "clore")?;
    store::presence::absenter_les_attendus(op, id)?;
    alerte::service::evaluer_reunion(op, id)?;
    Ok(close)
}

/// Notes that the comptes-rendus of a meeting read at version `lue` are validated; their slice does
/// the rest.
pub fn valider(op: &mut Op<'_>, id: ReunionId, lue: i64) -> Resultat<Reunion> {
    let (reunion, _) = pour(op, id, Action::ValiderCompteRendu)?;
    let validee = reunion.valider(op.acteur.compte, op.maintenant)?;
    enregistrer(op, validee, lue, "valider")
}

/// A meeting and its RCP, for an act that the person may do there.
fn pour(op: &mut Op<'_>, id: ReunionId, action: Action) -> Resultat<(Reunion, Rcp)> {
    let reunion = trouver(op, id)?;
    let rcp = rcp::service::trouver(op, reunion.rcp_id)?;
    op.exiger_sur(action, &rcp::service::rattachement(&rcp))?;
    Ok((reunion, rcp))
}

/// An RCP whose meetings the person plans; one that the person does not see does not exist.
fn rcp_planifiable(op: &mut Op<'_>, id: RcpId) -> Resultat<Rcp> {
    let rcp = rcp::service::trouver(op, id)?;
    let rattachement = rcp::service::rattachement(&rcp);
    if !op.peut_sur(Action::PlanifierReunion, &rattachement) {
        rcp::service::lire(op, id)?;
        return Err(ErreurCommune::Interdit.into());
    }
    if rcp.etat == EtatRcp::Validee { Ok(rcp) } else { Err(ReunionError::RcpNonValidee.into()) }
}

fn planifier(op: &mut Op<'_>, rcp: &Rcp, reunion: &Reunion) -> Resultat<()> {
    store::inserer(op, reunion)?;
    let attendus = presence::attendus(op, rcp, reunion)?;
    store::presence::inserer(op, &attendus)?;
    op.tracer(Evenement::sur("creer", "reunion", reunion.id.uuid()).version(reunion.version))
}

fn enregistrer(op: &mut Op<'_>, reunion: Reunion, lue: i64, acte: &str) -> Resultat<Reunion> {
    let actuelle = reunion.version;
    let apres = Reunion { version: lue + 1, modifie_le: op.maintenant, ..reunion };
    if store::enregistrer(op, &apres, lue)? == 0 {
        return Err(ErreurCommune::VersionPerimee { actuelle }.into());
    }
    op.tracer(Evenement::sur(acte, "reunion", apres.id.uuid()).version(apres.version))?;
    Ok(apres)
}

/// The filter of a list whose days are those of metropolitan France, both included.
#[must_use]
pub fn entre_les_jours(filtre: FiltreReunions, du: Option<chrono::NaiveDate>, au: Option<chrono::NaiveDate>) -> FiltreReunions {
    let apres = au.and_then(|jour| jour.succ_opt()).and_then(debut_du_jour);
    FiltreReunions { du: du.and_then(debut_du_jour), avant: apres, ..filtre }
}
