//! The validation of a meeting: every case becomes a compte-rendu, in one transaction.

use super::{
    super::model::{CompteRendu, CompteRenduError, CompteRenduResume, StatutCas, contenu::EnTete},
    pieces::{Seance, decrire},
    publier,
};
use crate::{
    db::Op,
    kernel::{
        Action, Resultat,
        ids::{CompteRenduId, InscriptionId, ReunionId},
    },
    metier::{
        alerte, fiche,
        inscription::{
            self,
            model::{EtatInscription, Inscription},
        },
        patient::{self, model::ObjetOpposition},
        reunion::{self, model::Reunion},
    },
};
use uuid::Uuid;

/// Validates a closed meeting that was read at version `lue`: each case discussed, registered or
/// postponed becomes version 1 of a compte-rendu, fiches are fixed, deliveries prepared, documents
/// asked for. The fiche of a postponed case stays open: it goes on to the next meeting. A patient who
/// came to oppose the sharing has no compte-rendu here: the case must have been postponed.
pub fn valider_reunion(op: &mut Op<'_>, id: ReunionId, lue: i64) -> Resultat<(Reunion, Vec<CompteRenduResume>)> {
    let avant = reunion::service::trouver(op, id)?;
    let rattachement = reunion::service::rattachement(op, &avant)?;
    op.exiger_sur(Action::ValiderCompteRendu, &rattachement)?;
    let reunion = reunion::service::valider(op, id, lue)?;
    let cas = a_rapporter(op, id)?;
    let seance = Seance::charger(op, &reunion)?;
    let mut resumes = Vec::with_capacity(cas.len());
    for (inscription, statut) in cas {
        let compte_rendu = premiere_version(op, &seance, &inscription, statut)?;
        match statut {
            StatutCas::Discute | StatutCas::Enregistre => drop(fiche::service::verrouiller(op, inscription.fiche_id)?),
            StatutCas::Reporte => {}
        }
        publier(op, "valider", &compte_rendu)?;
        resumes.push(CompteRenduResume::de(&compte_rendu, false));
    }
    Ok((reunion, resumes))
}

/// The cases to report on, in the order of the meeting, unless something forbids the validation.
fn a_rapporter(op: &mut Op<'_>, id: ReunionId) -> Resultat<Vec<(Inscription, StatutCas)>> {
    let inscriptions = inscription::service::de_la_reunion(op, id)?;
    let non_traites = ids(inscriptions.iter().filter(|i| i.etat == EtatInscription::Inscrite));
    if !non_traites.is_empty() {
        return Err(CompteRenduError::CasNonTraites { inscriptions: non_traites }.into());
    }
    let mut cas = Vec::new();
    let (mut bloquees, mut opposees) = (Vec::new(), Vec::new());
    for inscription in inscriptions {
        let Some(statut) = StatutCas::de(inscription.etat) else { continue };
        let oppose = patient::service::est_oppose(op, inscription.patient_id, ObjetOpposition::PartageDcc)?;
        let rapporte = match statut {
            StatutCas::Discute | StatutCas::Enregistre => true,
            StatutCas::Reporte => false,
        };
        if oppose && rapporte {
            opposees.push(inscription.id);
        }
        if rapporte && !alerte::service::bloquantes(op, inscription.id)?.is_empty() {
            bloquees.push(inscription.id);
        }
        if !oppose {
            cas.push((inscription, statut));
        }
    }
    if !opposees.is_empty() {
        return Err(CompteRenduError::PatientsOpposes { inscriptions: opposees }.into());
    }
    if !bloquees.is_empty() {
        return Err(CompteRenduError::AlertesBloquantes { inscriptions: bloquees }.into());
    }
    Ok(cas)
}

fn ids<'a>(inscriptions: impl Iterator<Item = &'a Inscription>) -> Vec<InscriptionId> {
    inscriptions.map(|i| i.id).collect()
}

fn premiere_version(op: &mut Op<'_>, seance: &Seance, inscription: &Inscription, statut: StatutCas) -> Resultat<CompteRendu> {
    let id: CompteRenduId = op.id();
    let set_id: Uuid = op.id();
    let document = EnTete { id, set_id, numero_version: 1, remplace: None, etabli_le: op.maintenant };
    decrire(op, seance, inscription, statut, document)
}
