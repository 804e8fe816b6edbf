//! Use cases on invitations.

use super::super::{
    model::{
        Convocation, ENVOYER_INVITATION, Envoi, EnvoyerInvitation, EtatInvitation, EtatReunion, Invitation, InvitationNommee, Methode,
        Reunion, ReunionError,
    },
    store,
};
use super::{enregistrer, pour, presence, presences, trouver};
use crate::{
    db::Op,
    jobs::queue,
    kernel::{
        Action, Resultat,
        ids::{InvitationId, PraticienId, ReunionId},
    },
    metier::{
        annuaire,
        rcp::{self, model::EtatRcp},
    },
};
use std::collections::BTreeSet;

/// Convenes those expected at a meeting read at version `lue`. Once it has been convened, those who
/// were added since and those whom no invitation has reached are invited.
pub fn convoquer(op: &mut Op<'_>, id: ReunionId, lue: i64) -> Resultat<Convocation> {
    let (reunion, rcp) = pour(op, id, Action::PlanifierReunion)?;
    if rcp.etat != EtatRcp::Validee {
        return Err(ReunionError::RcpNonValidee.into());
    }
    let premiere = reunion.etat == EtatReunion::Planifiee;
    let convoquee = reunion.convoquer(op.maintenant)?;
    let convoquee = enregistrer(op, convoquee, lue, "convoquer")?;
    if premiere {
        presence::rafraichir(op, &rcp, &convoquee)?;
    }
    let (a_envoyer, sans_adresse) = inviter(op, &convoquee, Methode::Request)?;
    Ok(Convocation { reunion: convoquee, a_envoyer, sans_adresse })
}

/// Sends the present revision of a meeting to those whom it concerns and who do not have it: those
/// expected for a request, those who were once asked to come for a cancellation. Gives how many
/// invitations are about to leave, and how many persons have no address.
pub(super) fn inviter(op: &mut Op<'_>, reunion: &Reunion, methode: Methode) -> Resultat<(usize, usize)> {
    let existantes = store::invitation::de_la_reunion(op, reunion.id)?;
    remplacer(op, reunion, &existantes)?;
    let concernes: BTreeSet<PraticienId> = match methode {
        Methode::Request => presences(op, reunion.id)?.into_iter().filter(|p| p.statut.a_inviter()).map(|p| p.praticien_id).collect(),
        Methode::Cancel => existantes.iter().filter(|i| i.methode == Methode::Request).map(|i| i.praticien_id).collect(),
    };
    let ids: Vec<PraticienId> = concernes.into_iter().collect();
    let (mut a_envoyer, mut sans_adresse) = (0, 0);
    for praticien in annuaire::service::praticiens_par_id(op, &ids)? {
        let deja = existantes.iter().find(|i| i.praticien_id == praticien.id && i.methode == methode && i.sequence == reunion.sequence);
        let invitation = match deja {
            Some(deja) if !deja.a_relancer() => continue,
            Some(deja) => {
                let relance = deja.clone().adressee(&praticien);
                store::invitation::enregistrer(op, &relance)?;
                relance
            }
            None => {
                let nouvelle = Invitation::nouvelle(op.id(), reunion, &praticien, methode, op.maintenant);
                store::invitation::inserer(op, &nouvelle)?;
                nouvelle
            }
        };
        if invitation.etat == EtatInvitation::AEnvoyer {
            queue::enfiler(op, ENVOYER_INVITATION, &EnvoyerInvitation { invitation_id: invitation.id })?;
            a_envoyer += 1;
        } else {
            sans_adresse += 1;
        }
    }
    Ok((a_envoyer, sans_adresse))
}

/// What has not left yet of former revisions no longer leaves.
fn remplacer(op: &mut Op<'_>, reunion: &Reunion, existantes: &[Invitation]) -> Resultat<()> {
    for ancienne in existantes.iter().filter(|i| i.sequence < reunion.sequence && i.etat == EtatInvitation::AEnvoyer) {
        store::invitation::enregistrer(op, &ancienne.clone().abandonnee("remplacée par une révision plus récente"))?;
    }
    Ok(())
}

/// The invitations of a meeting and where they stand, oldest first.
pub fn invitations(op: &mut Op<'_>, id: ReunionId) -> Resultat<Vec<InvitationNommee>> {
    pour(op, id, Action::PlanifierReunion)?;
    let invitations = store::invitation::de_la_reunion(op, id)?;
    let ids: Vec<PraticienId> = invitations.iter().map(|i| i.praticien_id).collect();
    let praticiens = annuaire::service::praticiens_par_id(op, &ids)?;
    let nommees = invitations.into_iter().filter_map(|invitation| {
        let praticien = praticiens.iter().find(|p| p.id == invitation.praticien_id)?;
        Some(InvitationNommee { nom: praticien.nom_complet(), invitation })
    });
    Ok(nommees.collect())
}

/// What the worker needs to send an invitation; `None` when there is nothing left to send: it has
/// left, it was given up, or a newer revision of the meeting has its own.
pub fn invitation_a_envoyer(op: &mut Op<'_>, id: InvitationId) -> Resultat<Option<Envoi>> {
    let Some(invitation) = store::invitation::trouver(op, id)? else { return Ok(None) };
    let reunion = trouver(op, invitation.reunion_id)?;
    let (EtatInvitation::AEnvoyer, Some(adresse)) = (invitation.etat, invitation.adresse.clone()) else { return Ok(None) };
    if invitation.sequence < reunion.sequence {
        return Ok(None);
    }
    let rcp = rcp::service::trouver(op, reunion.rcp_id)?;
    let nom = annuaire::service::praticien(op, invitation.praticien_id)?.nom_complet();
    Ok(Some(Envoi { invitation, reunion, rcp, nom, adresse }))
}

/// Notes how an attempt at an invitation ended.
pub fn noter_invitation(op: &mut Op<'_>, invitation: &Invitation) -> Resultat<()> {
    op.exiger(Action::PlanifierReunion)?;
    store::invitation::enregistrer(op, invitation)
}

/// Notes that an invitation is given up.
pub fn abandonner_invitation(op: &mut Op<'_>, id: InvitationId, motif: &str) -> Resultat<()> {
    op.exiger(Action::PlanifierReunion)?;
    match store::invitation::trouver(op, id)? {
        Some(invitation) if invitation.etat == EtatInvitation::AEnvoyer => {
            store::invitation::enregistrer(op, &invitation.abandonnee(motif))
        }
        Some(_) | None => Ok(()),
    }
}
