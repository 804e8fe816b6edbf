//! A case leaves the agenda of a meeting: postponed to a later one, or withdrawn.

use super::{
    entree::{Entree, entrer},
    exiger_reunion, exiger_sur_patient, garder, pour, visible,
};
use crate::{
    db::{Op, perimetre::delier},
    kernel::{
        Action, Faute, Refus, Resultat,
        ids::{InscriptionId, PatientId},
    },
    metier::{
        fiche,
        inscription::{
            etat::MotifRetrait,
            model::{ActeInscription, EtatInscription, Inscription, InscriptionError},
            saisie::{ReportSaisi, RetraitSaisi},
        },
        reunion::{
            self,
            model::{EtatReunion, Reunion},
        },
    },
};
use serde::Serialize;
use utoipa::ToSchema;

/// A postponed case and where it went.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Report {
    /// The registration that was postponed.
    pub reportee: Inscription,
    /// The registration of the same fiche at the later meeting.
    pub nouvelle: Inscription,
}

/// Postpones a case to a later meeting, of the same RCP or of another one.
pub fn reporter(op: &mut Op<'_>, id: InscriptionId, saisie: &ReportSaisi) -> Resultat<Report> {
    let (avant, reunion, _) = pour(op, Action::OrdonnerInscriptions, ActeInscription::Reporter, id)?;
    let cible = reunion::service::trouver(op, saisie.vers_reunion_id)?;
    if cible.debut <= reunion.debut {
        let message = "Un dossier se reporte à une réunion ultérieure.";
        return Err(Refus::invalide(vec![Faute::new("/vers_reunion_id", "reunion-anterieure", message)]).into());
    }
    exiger_sur_patient(op, Action::Inscrire, avant.patient_id, InscriptionError::Introuvable)?;
    let entree = Entree {
        demandeur_id: avant.demandeur_id,
        presentateur_id: avant.presentateur_id,
        commentaire: avant.commentaire.clone(),
        report_de: Some(id),
    };
    let fiche = fiche::service::trouver(op, avant.fiche_id)?;
    reunion::service::toucher(op, &reunion)?;
    let reportee = garder(op, avant.reporter(saisie.motif, saisie.precision.clone())?, "reporter")?;
    let nouvelle = entrer(op, &cible, &fiche, entree)?;
    Ok(Report { reportee, nouvelle })
}

/// Withdraws a case. The doctor who asked may do so until the meeting opens.
pub fn retirer(op: &mut Op<'_>, id: InscriptionId, saisi: &RetraitSaisi) -> Resultat<Inscription> {
    if !op.acteur.peut(Action::OrdonnerInscriptions) {
        op.exiger(Action::Inscrire)?;
    }
    let avant = visible(op, Action::LireFiche, id)?;
    let reunion = reunion::service::trouver(op, avant.reunion_id)?;
    let rattachement = reunion::service::rattachement(op, &reunion)?;
    if !peut_reprendre(op, &avant, &reunion) {
        op.exiger_sur(Action::OrdonnerInscriptions, &rattachement)?;
    }
    exiger_reunion(&reunion, ActeInscription::Retirer)?;
    reunion::service::toucher(op, &reunion)?;
    let retiree = garder(op, avant.retirer(saisi.motif, saisi.precision.clone())?, "retirer")?;
    delier(op.conn, id.uuid(), op.maintenant)?;
    Ok(retiree)
}

/// The patient has come to oppose the sharing: what no meeting has decided on yet leaves its agenda. A case
/// that was discussed stays, and its compte-rendu is for the file of its author alone.
pub fn retirer_du_patient(op: &mut Op<'_>, patient: PatientId) -> Resultat<()> {
    for inscription in super::du_patient(op, patient)? {
        let reunion = reunion::service::trouver(op, inscription.reunion_id)?;
        if inscription.etat != EtatInscription::Inscrite || !ActeInscription::Retirer.admis_en(reunion.etat) {
            continue;
        }
        reunion::service::toucher(op, &reunion)?;
        let id = inscription.id;
        garder(op, inscription.retirer(MotifRetrait::DemandePatient, None)?, "retirer")?;
        delier(op.conn, id.uuid(), op.maintenant)?;
    }
    Ok(())
}

/// True for the doctor who asked, while nothing has been made of the case and the meeting is to come.
fn peut_reprendre(op: &Op<'_>, inscription: &Inscription, reunion: &Reunion) -> bool {
    let a_venir = match reunion.etat {
        EtatReunion::Planifiee | EtatReunion::Convoquee => true,
        EtatReunion::Ouverte | EtatReunion::Close | EtatReunion::Validee | EtatReunion::Annulee => false,
    };
    let sienne = op.acteur.praticien == Some(inscription.demandeur_id) && op.acteur.peut(Action::Inscrire);
    a_venir && sienne && inscription.etat == EtatInscription::Inscrite
}
