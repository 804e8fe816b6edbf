//! Use cases of what the region, an établissement and a patient decide.

use super::super::{
    model::{DemandePatient, DemandePatientSaisie, DepotDpi, DepotDpiSaisi, Reglages, ReglagesSaisis},
    store,
};
use crate::{
    db::{Evenement, Op},
    kernel::{
        Action, Faute, Refus, Resultat,
        acteur::Rattachement,
        clock::date_paris,
        erreur::ErreurCommune,
        ids::{EtablissementId, PatientId},
    },
    metier::{annuaire::service as annuaire, patient::service as patients},
};

/// What the region decided.
pub fn lire(op: &mut Op<'_>) -> Resultat<Reglages> {
    op.exiger(Action::LireReferentiels)?;
    store::reglages::lire(op)
}

/// Decides for the region.
pub fn modifier(op: &mut Op<'_>, lue: i64, saisis: &ReglagesSaisis) -> Resultat<Reglages> {
    op.exiger_sur(Action::GererReferentiels, &Rattachement::default())?;
    saisis.verifier(&op.reglages.domaines_securises)?;
    if store::reglages::enregistrer(op, saisis, lue)? == 0 {
        let actuelle = store::reglages::lire(op)?.version;
        return Err(ErreurCommune::VersionPerimee { actuelle }.into());
    }
    op.tracer(Evenement::liste("modifier", "reglages_diffusion").version(lue + 1))?;
    store::reglages::lire(op)
}

/// Whether the hospital system of an établissement takes documents from its folder.
pub fn depot(op: &mut Op<'_>, id: EtablissementId) -> Resultat<DepotDpi> {
    op.exiger(Action::LireAnnuaire)?;
    let dossier = annuaire::etablissement(op, id)?.saisi.finess.to_string();
    let (actif, version) = store::reglages::depot(op, id)?.unwrap_or((false, 0));
    Ok(DepotDpi { etablissement_id: id, actif, dossier, version })
}

/// Opens or closes the folder of an établissement.
pub fn decider_depot(op: &mut Op<'_>, id: EtablissementId, lue: i64, saisi: DepotDpiSaisi) -> Resultat<DepotDpi> {
    op.exiger_sur(Action::GererAnnuaire, &Rattachement { etablissements: vec![id], ..Rattachement::default() })?;
    let avant = depot(op, id)?;
    if store::reglages::decider_depot(op, id, saisi.actif, lue)? == 0 {
        return Err(ErreurCommune::VersionPerimee { actuelle: avant.version }.into());
    }
    op.tracer(Evenement::sur("modifier", "depot_dpi", id.uuid()).version(lue + 1))?;
    depot(op, id)
}

/// Whether a patient asked to receive the comptes-rendus.
pub fn demande(op: &mut Op<'_>, id: PatientId) -> Resultat<DemandePatient> {
    patients::exiger_visible(op, Action::LirePatient, id)?;
    op.tracer(Evenement::sur("lire", "demande_envoi_patient", id.uuid()).patient(id))?;
    etat_de_la_demande(op, id)
}

fn etat_de_la_demande(op: &mut Op<'_>, id: PatientId) -> Resultat<DemandePatient> {
    Ok(store::reglages::demande(op, id)?.unwrap_or(DemandePatient { demandee: false, exprimee_le: None, version: 0 }))
}

/// Takes down that a patient asks for it, or no longer does. What has not left then does not.
pub fn recueillir_demande(op: &mut Op<'_>, id: PatientId, lue: i64, saisie: DemandePatientSaisie) -> Resultat<DemandePatient> {
    patients::exiger_visible(op, Action::GererPatient, id)?;
    let aujourd_hui = date_paris(op.maintenant);
    let le = saisie.exprimee_le.unwrap_or(aujourd_hui);
    if le > aujourd_hui {
        let faute = Faute::new("/exprimee_le", "date-future", "Une demande ne s'enregistre pas à l'avance.");
        return Err(Refus::invalide(vec![faute]).into());
    }
    let actuelle = etat_de_la_demande(op, id)?.version;
    if store::reglages::recueillir(op, id, saisie, le, lue)? == 0 {
        return Err(ErreurCommune::VersionPerimee { actuelle }.into());
    }
    op.tracer(Evenement::sur("recueillir", "demande_envoi_patient", id.uuid()).patient(id).version(lue + 1))?;
    etat_de_la_demande(op, id)
}
