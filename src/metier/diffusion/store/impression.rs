//! Queries on batches of letters.

use super::super::model::{Diffusion, Impression};
use super::{LigneDiffusion, lues};
use crate::{
    db::{
        Op,
        schema::{diffusion, impression},
        types::At,
    },
    kernel::{Instant, Resultat, ids::ImpressionId},
};
use diesel::{insert_into, prelude::*, update};

pub(in super::super) fn inserer(op: &mut Op<'_>, i: &Impression) -> Resultat<()> {
    insert_into(impression::table)
        .values((
            impression::id.eq(i.id),
            impression::compte_id.eq(op.acteur.compte),
            impression::nombre.eq(i.nombre),
            impression::cree_le.eq(At(i.cree_le)),
        ))
        .execute(op.conn)?;
    Ok(())
}

pub(in super::super) fn trouver(op: &mut Op<'_>, id: ImpressionId) -> Resultat<Option<Impression>> {
    type Ligne = (ImpressionId, i64, At, Option<At>);
    let ligne: Option<Ligne> = impression::table
        .find(id)
        .select((impression::id, impression::nombre, impression::cree_le, impression::postee_le))
        .first(op.conn)
        .optional()?;
    Ok(ligne.map(|(id, nombre, cree_le, postee_le)| Impression { id, nombre, cree_le: cree_le.0, postee_le: postee_le.map(Instant::from) }))
}

/// Its letters, in the order in which they were prepared.
pub(in super::super) fn plis(op: &mut Op<'_>, id: ImpressionId) -> Resultat<Vec<Diffusion>> {
    let lignes: Vec<LigneDiffusion> =
        diffusion::table.filter(diffusion::impression_id.eq(id)).order(diffusion::id).select(LigneDiffusion::as_select()).load(op.conn)?;
    lues(lignes)
}

/// Writes down that a batch was posted; the first time counts.
pub(in super::super) fn poster(op: &mut Op<'_>, id: ImpressionId) -> Resultat<()> {
    update(impression::table.find(id).filter(impression::postee_le.is_null()))
        .set(impression::postee_le.eq(Some(At(op.maintenant))))
        .execute(op.conn)?;
    Ok(())
}
