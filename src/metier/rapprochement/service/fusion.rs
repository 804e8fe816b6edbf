//! Use cases of merges.

use super::{
    super::{
        model::{EtatDoublon, FusionSaisie, Profil, Rapprochement, RapprochementError, SeparationSaisie, exiger_fusion_permise},
        store::{
            self, Trouvee,
            fusion::{DemandeEnvoi, Trajet},
        },
    },
    porte_sur,
};
use crate::{
    db::{Evenement, Op},
    kernel::{
        Action, Panne, Resultat,
        erreur::ErreurCommune,
        ids::{PatientId, RapprochementId},
    },
    metier::{
        alerte,
        patient::{
            model::{ActeIdentite, IdentiteGardee, Patient, PatientError},
            service as patients,
        },
    },
};
use serde::{Deserialize, Serialize};

/// What undoing a merge must know.
#[derive(Debug, Serialize, Deserialize)]
struct Avant {
    identite: IdentiteGardee,
    demande_envoi: DemandeEnvoi,
}

impl Avant {
    fn valeur(&self) -> Result<serde_json::Value, Panne> {
        serde_json::to_value(self).map_err(|e| Panne::new("écriture d'un rapprochement", e))
    }
}

/// A patient whose identity the person may judge, present, at the version that was read.
fn patient_present(op: &mut Op<'_>, id: PatientId, lue: i64) -> Resultat<Patient> {
    if !porte_sur(op, id)? {
        // An absorbed patient has no tie left: who may judge the one who was kept is told which one it is.
        let conserve = patients::identite::conserve(op, id)?;
        return Err(match conserve {
            Some(conserve) if porte_sur(op, conserve)? => PatientError::Absorbe { conserve }.into(),
            Some(_) | None => PatientError::Introuvable.into(),
        });
    }
    let patient = patients::trouver(op, id)?;
    patients::identite::exiger_present(op, &patient)?;
    if patient.version != lue {
        return Err(ErreurCommune::VersionPerimee { actuelle: patient.version }.into());
    }
    Ok(patient)
}

/// Makes one patient of two: the absorbed one keeps its row, all the rest follows the one who is kept.
pub fn fusionner(op: &mut Op<'_>, conserve_id: PatientId, lue: i64, saisie: &FusionSaisie) -> Resultat<Rapprochement> {
    op.exiger(Action::RapprocherIdentites)?;
    if conserve_id == saisie.absorbe_id {
        return Err(RapprochementError::MemePatient.into());
    }
    let conserve = patient_present(op, conserve_id, lue)?;
    let absorbe = patient_present(op, saisie.absorbe_id, saisie.version_absorbe)?;
    exiger_fusion_permise(&conserve, &absorbe)?;
    if store::fusion::restrictions(op, [conserve.id, absorbe.id])? > 1 {
        return Err(RapprochementError::DeuxRestrictions.into());
    }
    noter_la_paire(op, conserve.id, absorbe.id, EtatDoublon::Doublon, &saisie.motif)?;
    let trajet = Trajet { rapprochement: op.id(), sens: "fusion", de: absorbe.id, vers: conserve.id };
    let mut avant = Avant { identite: IdentiteGardee::from(&absorbe), demande_envoi: DemandeEnvoi::Rien };
    store::fusion::inserer(op, trajet, &saisie.motif, avant.valeur()?)?;
    store::fusion::tout_deplacer(op, trajet)?;
    avant.demande_envoi = store::fusion::unir_les_demandes(op, trajet)?;
    store::fusion::garder_avant(op, trajet.rapprochement, avant.valeur()?)?;
    // Its numbers left with the rest: the identity that stays is written without them.
    let restant = patients::trouver(op, absorbe.id)?;
    patients::identite::changer(op, &restant, &restant.absorbe(conserve.id, op.maintenant), ActeIdentite::Fusionner, &saisie.motif)?;
    reprendre(op, conserve.id)?;
    tracer(op, "fusionner", trajet.rapprochement, &[conserve.id, absorbe.id])?;
    trouver(op, trajet.rapprochement)
}

/// Writes a new version of a patient whose rows changed, and looks at the alerts again.
fn reprendre(op: &mut Op<'_>, id: PatientId) -> Resultat<()> {
    patients::identite::toucher(op, id)?;
    alerte::service::evaluer_patient(op, id).map(drop)
}

fn noter_la_paire(op: &mut Op<'_>, un: PatientId, autre: PatientId, etat: EtatDoublon, motif: &str) -> Resultat<()> {
    let profils: Vec<Profil> = store::traits_de(op, vec![un, autre])?.into_iter().map(Profil::de).collect();
    if let [a, b] = profils.as_slice() {
        let (score, concordances) = a.comparer(b, &store::reglages(op)?.reglages);
        store::garder(op, &[Trouvee { un, autre, score, concordances }])?;
    }
    store::conclure(op, (un, autre), etat, motif)
}

fn tracer(op: &mut Op<'_>, acte: &str, id: RapprochementId, patients: &[PatientId]) -> Resultat<()> {
    patients.iter().try_for_each(|patient| op.tracer(Evenement::sur(acte, "rapprochement", id.uuid()).patient(*patient)))
}

fn trouver(op: &mut Op<'_>, id: RapprochementId) -> Resultat<Rapprochement> {
    Ok(store::fusion::trouver(op, id)?.ok_or(RapprochementError::Introuvable)?.0)
}

/// One merge, for who may judge the patient who was kept or reads the trace.
pub fn lire(op: &mut Op<'_>, id: RapprochementId) -> Resultat<Rapprochement> {
    let auditeur = op.acteur.peut(Action::LireTrace);
    if !auditeur {
        op.exiger(Action::RapprocherIdentites)?;
    }
    let rapprochement = trouver(op, id)?;
    if !auditeur && !porte_sur(op, rapprochement.conserve_id)? {
        return Err(RapprochementError::Introuvable.into());
    }
    tracer(op, "lire", id, &[rapprochement.conserve_id])?;
    Ok(rapprochement)
}

/// The merges of a patient, undone ones included, the latest first.
pub fn du_patient(op: &mut Op<'_>, id: PatientId) -> Resultat<Vec<Rapprochement>> {
    let auditeur = op.acteur.peut(Action::LireTrace);
    if !auditeur {
        op.exiger(Action::RapprocherIdentites)?;
        if !porte_sur(op, id)? {
            return Err(PatientError::Introuvable.into());
        }
    }
    op.tracer(Evenement::liste("lister", "rapprochement").patient(id))?;
    store::fusion::du_patient(op, id)
}

/// Makes two patients again of the one that a merge made.
pub fn separer(op: &mut Op<'_>, id: RapprochementId, saisie: &SeparationSaisie) -> Resultat<Rapprochement> {
    op.exiger(Action::RapprocherIdentites)?;
    let (fusion, avant) = store::fusion::trouver(op, id)?.ok_or(RapprochementError::Introuvable)?;
    if patients::identite::conserve(op, fusion.conserve_id)?.is_some() {
        return Err(RapprochementError::ConserveAbsorbe.into());
    }
    if !porte_sur(op, fusion.conserve_id)? {
        return Err(RapprochementError::Introuvable.into());
    }
    if fusion.defait_le.is_some() {
        return Err(RapprochementError::DejaDefait.into());
    }
    if !store::fusion::appartiennent(op, fusion.conserve_id, &saisie.dossiers, &saisie.oppositions)? {
        return Err(RapprochementError::ChoixEtranger.into());
    }
    let avant: Avant = serde_json::from_value(avant).map_err(|e| Panne::new(format!("rapprochement {id}"), e))?;
    store::fusion::defaire(op, id, &saisie.motif)?;
    let retour = Trajet { rapprochement: id, sens: "separation", de: fusion.conserve_id, vers: fusion.absorbe_id };
    store::fusion::ramener(op, retour, &saisie.dossiers, &saisie.oppositions)?;
    store::fusion::separer_les_demandes(op, retour, &avant.demande_envoi)?;
    let restant = patients::trouver(op, fusion.absorbe_id)?;
    patients::identite::changer(op, &restant, &restant.separe(&avant.identite, op.maintenant), ActeIdentite::Separer, &saisie.motif)
        .map_err(|erreur| if erreur.code() == Some("ins-pris") { RapprochementError::MatriculeRepris.into() } else { erreur })?;
    reprendre(op, fusion.conserve_id)?;
    alerte::service::evaluer_patient(op, fusion.absorbe_id)?;
    noter_la_paire(op, fusion.conserve_id, fusion.absorbe_id, EtatDoublon::Distinct, &saisie.motif)?;
    tracer(op, "separer", id, &[fusion.conserve_id, fusion.absorbe_id])?;
    trouver(op, id)
}
