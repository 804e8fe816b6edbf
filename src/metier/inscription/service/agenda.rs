//! The agenda of a meeting: read, put in order.

use crate::{
    db::{Evenement, Op},
    kernel::{
        Action, Faute, Refus, Resultat,
        clock::{age, date_paris},
        erreur::ErreurCommune,
        ids::{InscriptionId, PraticienId, ReunionId},
    },
    metier::{
        alerte::{
            self,
            model::{EtatAlerte, NiveauAlerte},
        },
        annuaire,
        inscription::{
            ordre::{
                InscriptionPresentee, LigneOrdreDuJour, NombreAlertes, OrdreDuJour, PatientInscrit, PraticienNomme, QuorumResume,
                meme_ordre_du_jour,
            },
            store,
        },
        reunion::{self, model::Reunion},
    },
};
use std::collections::BTreeMap;

/// The agenda of a meeting in order, without the cases that the person may not see. Each case shown is
/// traced.
pub fn ordre_du_jour(op: &mut Op<'_>, id: ReunionId) -> Resultat<OrdreDuJour> {
    op.exiger(Action::LireFiche)?;
    let reunion = reunion::service::trouver(op, id)?;
    montrer(op, &reunion)
}

/// Puts the agenda of a meeting, that was read at version `lue`, in another order.
pub fn ordonner(op: &mut Op<'_>, id: ReunionId, lue: i64, ids: &[InscriptionId]) -> Resultat<OrdreDuJour> {
    let reunion = reunion::service::trouver(op, id)?;
    let rattachement = reunion::service::rattachement(op, &reunion)?;
    op.exiger_sur(Action::OrdonnerInscriptions, &rattachement)?;
    if reunion.version != lue {
        return Err(ErreurCommune::VersionPerimee { actuelle: reunion.version }.into());
    }
    let actuelles = store::de_la_reunion(op, id)?;
    let a_ranger: Vec<InscriptionId> = actuelles.iter().filter(|i| i.etat.a_l_ordre_du_jour()).map(|i| i.id).collect();
    if !meme_ordre_du_jour(&a_ranger, ids) {
        let message = "L'ordre donné reprend chaque inscription de l'ordre du jour une fois, sans les reportées ni les retirées.";
        return Err(Refus::invalide(vec![Faute::new("/ids", "ordre-incomplet", message)]).into());
    }
    reunion::service::toucher(op, &reunion)?;
    let sorties = actuelles.iter().filter(|i| !i.etat.a_l_ordre_du_jour()).map(|i| i.id);
    for (rang, inscription) in (1..).zip(ids.iter().copied().chain(sorties)) {
        store::ranger(op, inscription, rang)?;
    }
    op.tracer(Evenement::sur("ordonner", "reunion", id.uuid()).version(lue + 1))?;
    let reunion = reunion::service::trouver(op, id)?;
    montrer(op, &reunion)
}

fn montrer(op: &mut Op<'_>, reunion: &Reunion) -> Resultat<OrdreDuJour> {
    let presentees = store::ordre_du_jour(op, reunion.id)?;
    for presentee in &presentees {
        let i = &presentee.inscription;
        op.tracer(Evenement::sur("lire", "inscription", i.id.uuid()).patient(i.patient_id).version(i.version))?;
    }
    let noms = noms(op, &presentees)?;
    let alertes = alertes(op, &presentees)?;
    let lignes = presentees.into_iter().map(|presentee| {
        let alertes = alertes.get(&presentee.inscription.id).copied().unwrap_or_default();
        ligne(presentee, reunion, &noms, alertes)
    });
    Ok(OrdreDuJour {
        reunion_id: reunion.id,
        version: reunion.version,
        capacite: reunion.capacite,
        inscrits: store::places_prises(op, reunion.id)?,
        lignes: lignes.collect(),
    })
}

type Noms = BTreeMap<PraticienId, String>;

fn noms(op: &mut Op<'_>, presentees: &[InscriptionPresentee]) -> Resultat<Noms> {
    let ids: Vec<PraticienId> =
        presentees.iter().flat_map(|p| std::iter::once(p.inscription.demandeur_id).chain(p.inscription.presentateur_id)).collect();
    Ok(annuaire::service::praticiens_par_id(op, &ids)?.into_iter().map(|praticien| (praticien.id, praticien.nom_complet())).collect())
}

fn ligne(presentee: InscriptionPresentee, reunion: &Reunion, noms: &Noms, alertes: NombreAlertes) -> LigneOrdreDuJour {
    let InscriptionPresentee { inscription: i, nom_naissance, nom_utilise, premier_prenom, sexe, date_naissance, .. } = presentee;
    let nommer = |id: PraticienId| PraticienNomme { id, nom: noms.get(&id).cloned().unwrap_or_default() };
    let age = age(date_naissance, date_paris(reunion.debut));
    LigneOrdreDuJour {
        id: i.id,
        rang: i.rang,
        etat: i.etat,
        avis_de_rcp: i.avis_de_rcp(),
        quorum: i.quorum.as_ref().map(QuorumResume::from),
        demandeur: nommer(i.demandeur_id),
        presentateur: i.presentateur_id.map(nommer),
        motif: i.motif,
        patient: PatientInscrit { id: i.patient_id, nom_naissance, nom_utilise, premier_prenom, sexe, date_naissance, age },
        dossier_id: i.dossier_id,
        dossier: presentee.dossier,
        fiche_id: i.fiche_id,
        fiche_etat: presentee.fiche_etat,
        completude: presentee.completude,
        commentaire: i.commentaire,
        report_de: i.report_de,
        alertes,
        version: i.version,
    }
}

/// How many alerts are active on each case, by weight.
fn alertes(op: &mut Op<'_>, presentees: &[InscriptionPresentee]) -> Resultat<BTreeMap<InscriptionId, NombreAlertes>> {
    let ids: Vec<InscriptionId> = presentees.iter().map(|p| p.inscription.id).collect();
    let mut nombres: BTreeMap<InscriptionId, NombreAlertes> = BTreeMap::new();
    for alerte in alerte::service::des_inscriptions(op, &ids)?.iter().filter(|alerte| alerte.etat == EtatAlerte::Active) {
        let nombre = nombres.entry(alerte.inscription_id).or_default();
        match alerte.niveau {
            NiveauAlerte::Bloquante => nombre.bloquantes += 1,
            NiveauAlerte::ATraiter => nombre.a_traiter += 1,
            NiveauAlerte::Information => nombre.informations += 1,
        }
    }
    Ok(nombres)
}
