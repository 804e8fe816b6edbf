//! Freezes a year while the service works: what is counted is read in one snapshot, then written lot by lot in transactions of a
//! moment, and sealed by its fingerprint. A work that is stopped, or that dies, leaves rows that nobody reads and that the next
//! attempt erases.

use super::{
    super::{
        model::{
            InfocentreError, Portee, dictionnaire,
            instantane::{Instantane, Noms},
        },
        store::{self, Cadre, gel::Releve},
    },
    instantane::selection,
};
use crate::{
    db::{Db, Demande, Evenement, Op},
    jobs::suivi::{Avancement, Poursuite},
    kernel::{
        Action, Resultat,
        ids::{CompteId, InstantaneId},
    },
};
use std::{ops::ControlFlow, sync::Arc};

/// Rows that one transaction writes or erases: some tens of milliseconds for those who wait behind it.
const LOT: usize = 1_000;

/// A year to be frozen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AFiger {
    /// The identifier it will have.
    pub id: InstantaneId,
    /// The year.
    pub annee: i32,
    /// Who asked for it; nobody for a command.
    pub par: Option<CompteId>,
}

/// Freezes a year as it stands: every compte-rendu, meeting, RCP entity and attendance that is counted, the deliveries, and the names
/// of the groups. `suivre` is told how far it is, and may stop it: nothing is frozen then. A year that was frozen under that
/// identifier already is given back.
pub fn figer(
    db: &Db,
    demande: &Demande,
    a_figer: AFiger,
    suivre: &mut dyn FnMut(Avancement) -> Resultat<Poursuite>,
) -> Resultat<Option<Instantane>> {
    let AFiger { id, annee, par } = a_figer;
    let deja = db.lire_ici(demande, |op| {
        op.exiger(Action::ExtraireRapport)?;
        store::instantane::trouver(op, id)
    })?;
    if deja.is_some() {
        return Ok(deja);
    }
    effacer(db, demande, id)?;
    if suivre(Avancement::etape("lecture"))? == Poursuite::Arreter {
        return Ok(None);
    }
    let (entete, releve) = db.consulter_ici(demande, |op| relever(op, id, annee))?;
    if let ControlFlow::Break(()) = ecrire(db, demande, &entete, par, &releve, suivre)? {
        effacer(db, demande, id)?;
        return Ok(None);
    }
    sceller(db, demande, entete).map(Some)
}

/// Freezes a year for somebody who waits: nothing stops it.
pub fn figer_ici(db: &Db, demande: &Demande, annee: i32) -> Resultat<Instantane> {
    let a_figer = AFiger { id: db.chance().id(db.horloge().maintenant()), annee, par: None };
    let fige = figer(db, demande, a_figer, &mut |_| Ok(Poursuite::Continuer))?;
    fige.ok_or_else(|| InfocentreError::InstantaneIntrouvable.into())
}

/// What is to be frozen, and what will be said of it.
fn relever(op: &mut Op<'_>, id: InstantaneId, annee: i32) -> Resultat<(Instantane, Arc<Releve>)> {
    let selection = selection(annee)?;
    let cadre = Cadre { selection: &selection, jours: selection.periode, portee: &Portee::Region, instantane: None };
    let releve = store::gel::relever(op, id, &cadre)?;
    let noms: Noms = releve.noms(op)?;
    let (du, au) = (selection.periode.du(), selection.periode.au());
    let (lignes, version_dictionnaire) = (releve.effectifs()?, dictionnaire::VERSION.to_owned());
    Ok((
        Instantane { id, annee, du, au, etabli_le: op.maintenant, version_dictionnaire, lignes, empreinte: String::new(), noms },
        Arc::new(releve),
    ))
}

/// Writes everything that was read, unless it is stopped meanwhile.
fn ecrire(
    db: &Db,
    demande: &Demande,
    entete: &Instantane,
    par: Option<CompteId>,
    releve: &Arc<Releve>,
    suivre: &mut dyn FnMut(Avancement) -> Resultat<Poursuite>,
) -> Resultat<ControlFlow<()>> {
    let premier = entete.clone();
    db.ecrire_ici(demande, move |op| store::gel::commencer(op, &premier, par))?;
    let lots = releve.lots(LOT);
    let total = lots.iter().map(store::gel::Lot::lignes).sum();
    let mut fait = 0;
    for lot in lots {
        if suivre(Avancement { etape: "ecriture", fait, total })? == Poursuite::Arreter {
            return Ok(ControlFlow::Break(()));
        }
        fait += lot.lignes();
        let releve = Arc::clone(releve);
        db.ecrire_ici(demande, move |op| store::gel::inserer(op, &releve, &lot))?;
    }
    let suite = suivre(Avancement { etape: "scelle", fait, total })?;
    Ok(if suite == Poursuite::Arreter { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
}

/// The fingerprint is that of the rows as they stand in the base.
fn sceller(db: &Db, demande: &Demande, entete: Instantane) -> Resultat<Instantane> {
    let empreinte = db.lire_ici(demande, |op| store::instantane::empreinte(op, entete.id, &entete.noms))?;
    let instantane = Instantane { empreinte, ..entete };
    let scelle = instantane.clone();
    db.ecrire_ici(demande, move |op| {
        op.exiger(Action::ExtraireRapport)?;
        store::gel::sceller(op, &scelle)?;
        op.tracer(Evenement::sur("extraire", "instantane", scelle.id.uuid()))
    })?;
    Ok(instantane)
}

fn effacer(db: &Db, demande: &Demande, id: InstantaneId) -> Resultat<()> {
    let taille = i64::try_from(LOT).unwrap_or(i64::MAX);
    while db.ecrire_ici(demande, move |op| store::gel::effacer(op, id, taille))? > 0 {}
    Ok(())
}
