//! The end of the legal period of the trace. The owner of the base does it, by a command: the role of the service may not.

use super::{super::store::purge as store, sceller};
use crate::{
    db::{Db, Demande, Evenement, Op},
    kernel::{Instant, Panne, Resultat, acte::MotifActe},
    metier::trace::model::{Empreinte, purge::Purge},
};

/// Rows removed by one transaction.
const SEGMENT: i64 = 10_000;

/// What a purge did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Bilan {
    /// Rows removed.
    pub lignes: i64,
    /// The last rank that was removed, now or before; 0 when none ever was.
    pub rang: i64,
}

/// The next segment to remove: its last rank, its seal and how many rows it holds.
fn segment(op: &mut Op<'_>, avant: Instant) -> Resultat<Option<(i64, Empreinte, i64)>> {
    let deja = store::derniere(op)?.map_or(0, |purge| purge.rang);
    let dernier_vieux = match store::premier_rang_depuis(op, avant)? {
        Some(jeune) => jeune - 1,
        None => super::super::store::derniere(op)?.map_or(0, |(rang, _)| rang),
    };
    let rang = dernier_vieux.min(deja + SEGMENT);
    if rang <= deja {
        return Ok(None);
    }
    let sceau =
        store::sceau(op, rang)?.ok_or_else(|| Panne::dire(format!("trace : le sceau du rang {rang} manque, vérifiez-la d'abord")))?;
    Ok(Some((rang, sceau, rang - deja)))
}

/// Removes the rows older than a moment, segment after segment. Before each one goes, `attester` signs the seal that the rest will
/// follow, outside the base: without it nobody could tell this purge from a theft.
pub fn purger(
    db: &Db,
    demande: &Demande,
    avant: Instant,
    mut attester: impl FnMut(i64, &Empreinte, Instant) -> Result<(), Panne>,
) -> Resultat<Bilan> {
    sceller(db, demande, None)?;
    let mut bilan = Bilan::default();
    while let Some((rang, empreinte, lignes)) = db.lire_ici(demande, |op| segment(op, avant))? {
        let purge_le = db.horloge().maintenant();
        attester(rang, &empreinte, purge_le)?;
        let purge = Purge { rang, empreinte, avant, lignes, purge_le };
        db.ecrire_ici(demande, move |op| {
            store::purger(op, &purge)?;
            op.tracer(Evenement::liste("purger", "trace").motif(MotifActe::Controle))
        })?;
        bilan.lignes += lignes;
    }
    bilan.rang = db.lire_ici(demande, store::derniere)?.map_or(0, |purge| purge.rang);
    db.ecrire_ici(demande, move |op| store::oublier_les_alertes(op, avant).map(drop))?;
    Ok(bilan)
}
