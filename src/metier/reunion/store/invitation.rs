//! Queries on invitations.

use super::super::model::{EtatInvitation, Invitation, Methode};
use crate::{
    db::{Op, schema::invitation, types::At},
    kernel::{
        Resultat,
        ids::{InvitationId, PraticienId, ReunionId},
    },
};
use diesel::{insert_into, prelude::*, update};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = invitation, treat_none_as_null = true, treat_none_as_default_value = false)]
struct LigneInvitation {
    id: InvitationId,
    reunion_id: ReunionId,
    praticien_id: PraticienId,
    methode: Methode,
    sequence: i64,
    adresse: Option<String>,
    message_id: Option<String>,
    etat: EtatInvitation,
    tentatives: i64,
    derniere_erreur: Option<String>,
    cree_le: At,
    envoyee_le: Option<At>,
}

impl From<&Invitation> for LigneInvitation {
    fn from(i: &Invitation) -> Self {
        Self {
            id: i.id,
            reunion_id: i.reunion_id,
            praticien_id: i.praticien_id,
            methode: i.methode,
            sequence: i.sequence,
            adresse: i.adresse.clone(),
            message_id: i.message_id.clone(),
            etat: i.etat,
            tentatives: i.tentatives,
            derniere_erreur: i.derniere_erreur.clone(),
            cree_le: At(i.cree_le),
            envoyee_le: i.envoyee_le.map(At),
        }
    }
}

impl From<LigneInvitation> for Invitation {
    fn from(l: LigneInvitation) -> Self {
        Self {
            id: l.id,
            reunion_id: l.reunion_id,
            praticien_id: l.praticien_id,
            methode: l.methode,
            sequence: l.sequence,
            adresse: l.adresse,
            message_id: l.message_id,
            etat: l.etat,
            tentatives: l.tentatives,
            derniere_erreur: l.derniere_erreur,
            cree_le: l.cree_le.0,
            envoyee_le: l.envoyee_le.map(|at| at.0),
        }
    }
}

pub(in crate::metier::reunion) fn inserer(op: &mut Op<'_>, i: &Invitation) -> Resultat<()> {
    insert_into(invitation::table).values(&LigneInvitation::from(i)).execute(op.conn)?;
    Ok(())
}

pub(in crate::metier::reunion) fn enregistrer(op: &mut Op<'_>, i: &Invitation) -> Resultat<()> {
    update(invitation::table.find(i.id)).set(&LigneInvitation::from(i)).execute(op.conn)?;
    Ok(())
}

pub(in crate::metier::reunion) fn trouver(op: &mut Op<'_>, id: InvitationId) -> Resultat<Option<Invitation>> {
    let ligne = invitation::table.find(id).select(LigneInvitation::as_select()).first(op.conn).optional()?;
    Ok(ligne.map(Invitation::from))
}

/// The invitations of a meeting, oldest first.
pub(in crate::metier::reunion) fn de_la_reunion(op: &mut Op<'_>, reunion: ReunionId) -> Resultat<Vec<Invitation>> {
    let lignes: Vec<LigneInvitation> = invitation::table
        .filter(invitation::reunion_id.eq(reunion))
        .order(invitation::id)
        .select(LigneInvitation::as_select())
        .load(op.conn)?;
    Ok(lignes.into_iter().map(Invitation::from).collect())
}
