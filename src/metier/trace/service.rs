//! Use cases of the sealed trace.

pub mod detection;
pub mod purge;
pub mod verification;

use super::{
    model::{Acces, AlerteAcces, Empreinte, FiltreTrace, LigneTrace, ORIGINE, TraceError, VerdictSaisi, premier_id_a},
    store,
};
use crate::{
    db::{Db, Demande, Evenement, Op},
    kernel::{
        Action, Erreur, Instant, Panne, Resultat,
        acte::MotifActe,
        acteur::Rattachement,
        erreur::ErreurCommune,
        ids::{AlerteAccesId, PatientId, TraceId},
        page::{Page, Pagination},
    },
};
use chrono::TimeDelta;
use uuid::Uuid;

/// Rows sealed by one transaction.
const LOT: i64 = 1000;

/// How far back the ordinary sealing looks: a row takes the identifier of the moment its act began, so it may
/// be committed after rows of later identifiers.
pub const FENETRE: TimeDelta = TimeDelta::minutes(5);

/// How far back the thorough one looks.
pub const FENETRE_PROFONDE: TimeDelta = TimeDelta::hours(26);

fn scellement_impossible(erreur: serde_json::Error) -> Erreur {
    Panne::new("forme canonique d'une ligne de la trace", erreur).into()
}

/// The last rank and its seal, were it one that was purged.
fn tete_de_chaine(op: &mut Op<'_>) -> Resultat<Option<(i64, Empreinte)>> {
    match store::derniere(op)? {
        Some(derniere) => Ok(Some(derniere)),
        None => Ok(store::purge::derniere(op)?.map(|purge| (purge.rang, purge.empreinte))),
    }
}

/// Seals one lot of rows of identifiers from `depuis` on; gives how many, and the last one. Two processes that seal
/// at the same time take the same rank: the second one fails on it, changes nothing, and finds the work done next time.
fn sceller_un_lot(op: &mut Op<'_>, depuis: TraceId) -> Resultat<(usize, Option<TraceId>)> {
    let lignes = store::a_sceller(op, depuis, LOT)?;
    let Some(derniere) = lignes.last().map(|ligne| ligne.id) else { return Ok((0, None)) };
    let (mut rang, mut empreinte) = tete_de_chaine(op)?.unwrap_or((0, ORIGINE));
    let mut sceaux = Vec::with_capacity(lignes.len());
    for ligne in &lignes {
        rang += 1;
        empreinte = ligne.sceller(&empreinte).map_err(scellement_impossible)?;
        sceaux.push((rang, ligne.id, empreinte));
    }
    store::sceller(op, &sceaux)?;
    Ok((sceaux.len(), Some(derniere)))
}

/// Seals the rows that wait, as far back as `fenetre` says (all of them without it); gives how many. PostgreSQL
/// runs it outside the serializable transactions, so that no act is ever run again because of it.
pub fn sceller(db: &Db, demande: &Demande, fenetre: Option<TimeDelta>) -> Resultat<usize> {
    let mut depuis = fenetre.map_or(TraceId::new(Uuid::nil()), |fenetre| premier_id_a(db.horloge().maintenant() - fenetre));
    let mut total = 0;
    loop {
        match db.file_ici(demande, move |op| sceller_un_lot(op, depuis)) {
            Ok((nombre, Some(derniere))) => {
                total += nombre;
                depuis = derniere;
            }
            // Nothing waits, or another process seals.
            Ok((_, None)) | Err(Erreur::Refus(_)) => return Ok(total),
            Err(panne) => return Err(panne),
        }
    }
}

/// The last rank of the chain, its seal and the present moment: what is signed.
pub fn tete(op: &mut Op<'_>) -> Resultat<Option<(i64, Empreinte, Instant)>> {
    let maintenant = op.maintenant;
    Ok(tete_de_chaine(op)?.map(|(rang, empreinte)| (rang, empreinte, maintenant)))
}

/// Refuses to who is not the data protection officer of the region.
fn exiger(op: &Op<'_>) -> Resultat<()> {
    op.exiger_sur(Action::LireTrace, &Rattachement::default())
}

fn controle(evenement: Evenement<'_>) -> Evenement<'_> {
    evenement.motif(MotifActe::Controle)
}

/// Rows of the trace, oldest first. To be run by `consulter`.
pub fn evenements(op: &mut Op<'_>, filtre: &FiltreTrace, pagination: &Pagination) -> Resultat<Page<LigneTrace>> {
    exiger(op)?;
    let apres = pagination.apres().map_err(ErreurCommune::from)?;
    let lignes = store::lignes(op, filtre, apres, pagination.limite() + 1)?;
    let evenement = controle(Evenement::liste("lire", "trace"));
    op.tracer(match filtre.patient {
        Some(patient) => evenement.patient(patient),
        None => evenement,
    })?;
    Ok(Page::depuis(lignes, pagination.limite(), |ligne| ligne.id))
}

/// One page of rows for an export, after an identifier. The caller traces the whole export.
pub fn page_d_export(op: &mut Op<'_>, filtre: &FiltreTrace, apres: Option<TraceId>, limite: i64) -> Resultat<Vec<LigneTrace>> {
    store::lignes(op, filtre, apres, limite)
}

/// Who saw or changed the data of these patients, when, in which office and why: what is told to a patient (RGPD art. 15).
/// Oldest first. The calling use case authorises and traces.
pub fn releve_des_acces(op: &mut Op<'_>, ids: Vec<PatientId>) -> Resultat<Vec<Acces>> {
    store::releve::acces(op, ids)
}

/// Alerts on accesses, oldest first: those that wait for a verdict, or all.
pub fn alertes(op: &mut Op<'_>, en_attente: bool, pagination: &Pagination) -> Resultat<Page<AlerteAcces>> {
    exiger(op)?;
    let apres = pagination.apres().map_err(ErreurCommune::from)?;
    let lues = store::alertes(op, en_attente, apres, pagination.limite() + 1)?;
    op.tracer(controle(Evenement::liste("lister", "alerte_acces")))?;
    Ok(Page::depuis(lues, pagination.limite(), |alerte| alerte.id))
}

/// Keeps a verdict on an alert that was read at version `lue`. A verdict may be changed: each is traced.
pub fn juger(op: &mut Op<'_>, id: AlerteAccesId, lue: i64, saisi: &VerdictSaisi) -> Resultat<AlerteAcces> {
    exiger(op)?;
    let avant = store::alerte(op, id)?.ok_or(TraceError::AlerteIntrouvable)?;
    let actuelle = avant.version;
    let apres = AlerteAcces {
        verdict: Some(saisi.verdict),
        commentaire: Some(saisi.commentaire.clone()),
        juge_par: op.acteur.compte,
        juge_le: Some(op.maintenant),
        version: lue + 1,
        ..avant
    };
    if store::juger(op, &apres, lue)? == 0 {
        return Err(ErreurCommune::VersionPerimee { actuelle }.into());
    }
    op.tracer(controle(Evenement::sur("juger", "alerte_acces", id.uuid())).version(apres.version).champs(&[saisi.verdict.as_str()]))?;
    Ok(apres)
}
