//! The validation of a meeting: every case becomes a compte-rendu, in one transaction.

use super::{
    super::model::{CompteRendu, CompteRenduError, CompteRenduResume, StatutCas, contenu::EnTete},
    pieces::{Seance, decrire},
    publier,
};
use crate::{
    db::{Op, perimetre},
    kernel::{
        Action, Erreur, Faute, Nature, Resultat,
        erreur::ErreurCommune,
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
/// asked for. The fiche of a postponed case stays open: it goes on to the next meeting. The case of a
/// patient who came to oppose the sharing after its discussion has a compte-rendu for the file of its author
/// and of the doctor who asked: nobody else sees it, and nothing is sent.
pub fn valider_reunion(op: &mut Op<'_>, id: ReunionId, lue: i64) -> Resultat<(Reunion, Vec<CompteRenduResume>)> {
    let avant = reunion::service::trouver(op, id)?;
    let rattachement = reunion::service::rattachement(op, &avant)?;
    op.exiger_sur(Action::ValiderCompteRendu, &rattachement)?;
    exiger_validable(op, &avant, lue)?;
    // Alerts stay as they were once the meeting is validated: they are looked at before.
    let cas = a_rapporter(op, id)?;
    let reunion = reunion::service::valider(op, id, lue)?;
    fixer_les_fiches(op, &cas)?;
    let seance = Seance::charger(op, &reunion)?;
    let mut resumes = Vec::with_capacity(cas.len());
    for (inscription, statut) in &cas {
        let mut compte_rendu = premiere_version(op, &seance, inscription, *statut)?;
        publier(op, "valider", &mut compte_rendu)?;
        perimetre::borner_fenetre(op, inscription.id)?;
        resumes.push(CompteRenduResume::de(&compte_rendu, false));
    }
    // What this meeting answered is known to the other meetings where the patient is expected.
    for (inscription, _) in &cas {
        alerte::service::evaluer_patient(op, inscription.patient_id)?;
    }
    Ok((reunion, resumes))
}

/// The state and the version first: what is said of the cases of a meeting that is not closed, or that
/// somebody else has just validated, would mislead.
fn exiger_validable(op: &Op<'_>, reunion: &Reunion, lue: i64) -> Resultat<()> {
    reunion.clone().valider(op.acteur.compte, op.maintenant)?;
    if reunion.version == lue { Ok(()) } else { Err(ErreurCommune::VersionPerimee { actuelle: reunion.version }.into()) }
}

/// Fixes the fiches of the cases that were dealt with. Those that lack something are told together, each
/// fault under the registration it belongs to.
fn fixer_les_fiches(op: &mut Op<'_>, cas: &[(Inscription, StatutCas)]) -> Resultat<()> {
    let (mut inscriptions, mut fautes) = (Vec::new(), Vec::new());
    for (inscription, statut) in cas {
        match statut {
            StatutCas::Discute | StatutCas::Enregistre => {}
            StatutCas::Reporte => continue,
        }
        match fiche::service::verrouiller(op, inscription.fiche_id) {
            Ok(_) => {}
            Err(Erreur::Refus(refus)) if refus.nature == Nature::Invalide => {
                inscriptions.push(inscription.id);
                let racine = format!("/inscriptions/{}", inscription.id);
                fautes.extend(refus.fautes.into_iter().map(|f| Faute { pointer: format!("{racine}{}", f.pointer), ..f }));
            }
            Err(autre) => return Err(autre),
        }
    }
    if inscriptions.is_empty() { Ok(()) } else { Err(CompteRenduError::FichesIncompletes { inscriptions, fautes }.into()) }
}

/// The cases to report on, in the order of the meeting, unless something forbids the validation.
fn a_rapporter(op: &mut Op<'_>, id: ReunionId) -> Resultat<Vec<(Inscription, StatutCas)>> {
    let inscriptions = inscription::service::de_la_reunion(op, id)?;
    let non_traites = ids(inscriptions.iter().filter(|i| i.etat == EtatInscription::Inscrite));
    if !non_traites.is_empty() {
        return Err(CompteRenduError::CasNonTraites { inscriptions: non_traites }.into());
    }
    let mut cas = Vec::new();
    let mut bloquees = Vec::new();
    for inscription in inscriptions {
        let Some(statut) = StatutCas::de(inscription.etat) else { continue };
        let oppose = patient::service::est_oppose(op, inscription.patient_id, ObjetOpposition::PartageDcc)?;
        let rapporte = match statut {
            StatutCas::Discute | StatutCas::Enregistre => true,
            StatutCas::Reporte => false,
        };
        if rapporte && !oppose && !alerte::service::bloquantes(op, inscription.id)?.is_empty() {
            bloquees.push(inscription.id);
        }
        if rapporte || !oppose {
            cas.push((inscription, statut));
        }
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
