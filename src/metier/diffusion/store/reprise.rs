//! Rows of deliveries that happened elsewhere, with their own moments.

use super::super::model::{DiffusionReprise, VersionReprise};
use super::LigneDiffusion;
use crate::{
    db::{
        LIGNES_PAR_ORDRE, Op,
        schema::{diffusion, registre_diffusion, tentative, transition_diffusion},
        types::{At, Id},
    },
    kernel::{Resultat, ids::TentativeId},
    on_either,
};
use diesel::{insert_into, prelude::*};

/// Writes some versions into the ledger, with their deliveries, what happened to these and the attempts.
pub(in super::super) fn inserer(op: &mut Op<'_>, versions: &[VersionReprise]) -> Resultat<()> {
    inscrire(op, versions)?;
    let diffusions: Vec<&DiffusionReprise> = versions.iter().flat_map(|version| &version.diffusions).collect();
    for diffusions in diffusions.chunks(LIGNES_PAR_ORDRE) {
        let lignes: Vec<LigneDiffusion> = diffusions.iter().map(|reprise| LigneDiffusion::from(&reprise.diffusion)).collect();
        on_either!(op.conn, |c| insert_into(diffusion::table).values(&lignes).execute(c))?;
        transitions(op, diffusions)?;
        tentatives(op, diffusions)?;
    }
    Ok(())
}

fn inscrire(op: &mut Op<'_>, versions: &[VersionReprise]) -> Resultat<()> {
    use registre_diffusion as r;
    let lignes: Vec<_> = versions
        .iter()
        .map(|version| {
            (
                r::version_id.eq(Id(version.source.uuid())),
                r::compte_rendu_id.eq(version.source.compte_rendu()),
                r::programme_id.eq(version.source.programme()),
                r::attendus.eq(i64::try_from(version.diffusions.len()).unwrap_or(i64::MAX)),
                r::prepare_le.eq(At(version.prepare_le)),
            )
        })
        .collect();
    for lignes in lignes.chunks(LIGNES_PAR_ORDRE) {
        on_either!(op.conn, |c| insert_into(r::table).values(lignes).execute(c))?;
    }
    Ok(())
}

fn transitions(op: &mut Op<'_>, diffusions: &[&DiffusionReprise]) -> Resultat<()> {
    use transition_diffusion as t;
    let lignes: Vec<_> = diffusions
        .iter()
        .flat_map(|reprise| reprise.transitions.iter().map(|transition| (reprise.diffusion.id, transition)))
        .map(|(id, transition)| {
            (
                (t::diffusion_id.eq(id), t::rang.eq(transition.rang), t::avant.eq(transition.avant), t::apres.eq(transition.apres)),
                (t::acte.eq(transition.acte), t::moment.eq(At(transition.moment)), t::compte_id.eq(transition.compte_id)),
                (t::tentative.eq(transition.tentative), t::retour_id.eq(transition.retour_id)),
                (t::code.eq(&transition.code), t::detail.eq(&transition.detail)),
            )
        })
        .collect();
    for lignes in lignes.chunks(LIGNES_PAR_ORDRE) {
        on_either!(op.conn, |c| insert_into(t::table).values(lignes).execute(c))?;
    }
    Ok(())
}

fn tentatives(op: &mut Op<'_>, diffusions: &[&DiffusionReprise]) -> Resultat<()> {
    use tentative as t;
    let toutes = diffusions.iter().flat_map(|reprise| reprise.tentatives.iter().map(|tentative| (&reprise.diffusion, tentative)));
    let lignes: Vec<_> = toutes
        .map(|(diffusion, tentative)| {
            let id: TentativeId = op.id();
            (
                (t::id.eq(id), t::diffusion_id.eq(diffusion.id), t::numero.eq(tentative.numero), t::debut.eq(At(tentative.debut))),
                (t::fin.eq(tentative.fin.map(At)), t::resultat.eq(tentative.resultat)),
                (t::code.eq(&tentative.code), t::detail.eq(&tentative.detail), t::message_id.eq(&diffusion.message_id)),
            )
        })
        .collect();
    for lignes in lignes.chunks(LIGNES_PAR_ORDRE) {
        on_either!(op.conn, |c| insert_into(t::table).values(lignes).execute(c))?;
    }
    Ok(())
}
