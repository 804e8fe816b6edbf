//! The rules side by side, with who could bring what each one lacks.

use super::{
    assistance,
    candidats::{self, CANDIDATS_PAR_PLACE, Connu},
    exigences, reglages,
};
use crate::{
    db::Op,
    kernel::{Action, Resultat, clock::date_paris, ids::ReunionId},
    metier::{
        inscription::model::AvisEcrit,
        quorum::{
            model::{Assistance, Candidat, Exigences, Intervalle, ResultatRegle},
            regle::Cas,
        },
        rcp::{self, model::Rcp},
        reunion::{
            self,
            model::{Presence, Reunion, StatutPresence},
        },
    },
};
use chrono::NaiveDate;

/// The rules side by side for a meeting as a whole.
pub fn de_la_reunion_compares(op: &mut Op<'_>, id: ReunionId) -> Resultat<Vec<ResultatRegle>> {
    op.exiger(Action::LireReunion)?;
    let reunion = reunion::service::trouver(op, id)?;
    let moment = reunion.close_le.unwrap_or(op.maintenant);
    comparer(op, &reunion, &Cas::default(), &[], Intervalle { debut: moment, fin: moment })
}

/// The rules side by side for a case: the one of the RCP, then those that the settings of the region
/// compare it with. One that is not in force is left out. Authorises nothing: the calling use case does.
pub fn comparer(op: &mut Op<'_>, reunion: &Reunion, cas: &Cas, avis: &[AvisEcrit], discussion: Intervalle) -> Resultat<Vec<ResultatRegle>> {
    let rcp = rcp::service::trouver(op, reunion.rcp_id)?;
    let date = date_paris(reunion.debut);
    let presents = assistance(op, reunion, avis, discussion)?;
    let presences = reunion::service::presences(op, reunion.id)?;
    let mut de_la_rcp = candidats::de_la_rcp(op, reunion, &presences)?;
    de_la_rcp.retain(|connu| connu.praticien.actif && !excuse(&presences, connu));
    let exigences = exigences_comparees(op, &rcp, date)?;
    let resultats = exigences
        .iter()
        .enumerate()
        .map(|(rang, exigences)| Ok(ResultatRegle { propre: rang == 0, ..resultat(op, &rcp, exigences, cas, &presents, &de_la_rcp)? }));
    resultats.collect()
}

/// What the rule of an RCP requires on a day, then what those require that the settings of the region compare it with.
/// One that is not in force is left out.
pub fn exigences_comparees(op: &mut Op<'_>, rcp: &Rcp, date: NaiveDate) -> Resultat<Vec<Exigences>> {
    let mut toutes = vec![exigences(op, &rcp.saisie.regle_quorum, date)?];
    for code in reglages(op, date)?.a_comparer(&rcp.saisie) {
        let exigences = exigences(op, code, date)?;
        if !exigences.regle.absente() {
            toutes.push(exigences);
        }
    }
    Ok(toutes)
}

fn excuse(presences: &[Presence], connu: &Connu) -> bool {
    presences.iter().any(|p| p.praticien_id == connu.praticien.id && p.statut == StatutPresence::Excuse)
}

fn resultat(
    op: &mut Op<'_>,
    rcp: &Rcp,
    exigences: &Exigences,
    cas: &Cas,
    presents: &Assistance,
    de_la_rcp: &[Connu],
) -> Resultat<ResultatRegle> {
    let resultat = exigences.evaluer(cas, presents);
    let besoins = exigences.besoins(&resultat);
    let de_l_annuaire = candidats::de_l_annuaire(op, rcp, exigences, &besoins)?;
    let absent = |connu: &&Connu| presents.participants.iter().all(|p| p.praticien_id != connu.praticien.id);
    let places_manquantes = besoins.iter().map(|besoin| {
        let mut nommes: Vec<Candidat> = Vec::new();
        for connu in de_la_rcp.iter().chain(&de_l_annuaire).filter(absent) {
            let deja = nommes.iter().any(|nomme| nomme.praticien_id == connu.praticien.id);
            if !deja && besoin.comble_par(exigences, &connu.personne) {
                nommes.push(Candidat::nouveau(&connu.praticien, connu.origine));
            }
        }
        nommes.truncate(usize::try_from(CANDIDATS_PAR_PLACE).unwrap_or_default());
        besoin.place(nommes)
    });
    Ok(ResultatRegle {
        propre: false,
        nom: exigences.regle.nom.clone(),
        statut: exigences.regle.statut,
        source: exigences.regle.source.clone(),
        etat: resultat.has.et(resultat.composition),
        places_manquantes: places_manquantes.collect(),
        resultat: resultat.clone(),
    })
}
