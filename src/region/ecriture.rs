//! What is written together: some hundred cases with their meetings, in one transaction.

use crate::{
    db::{
        Evenement, Op,
        perimetre::{self, LienRepris},
    },
    kernel::Resultat,
    metier::{
        compte_rendu::{
            model::{CompteRendu, fait::FaitPassage},
            service as comptes_rendus,
        },
        diffusion::{model::VersionReprise, service as diffusions},
        fiche::{model::Fiche, service as fiches},
        inscription::{
            model::{AvisEcrit, Inscription},
            service as inscriptions,
        },
        patient::{
            model::{Dossier, Opposition, Patient},
            service as patients,
        },
        reunion::{
            model::{Presence, Reunion},
            service as reunions,
        },
    },
};

/// Cases from which a lot is written.
pub(super) const CAS_PAR_LOT: usize = 400;

/// Rows that are written together.
#[derive(Default)]
pub(super) struct Lot {
    /// Meetings.
    pub(super) reunions: Vec<Reunion>,
    /// Their attendance.
    pub(super) presences: Vec<Presence>,
    /// Patients seen for the first time.
    pub(super) patients: Vec<Patient>,
    /// Their dossiers.
    pub(super) dossiers: Vec<Dossier>,
    /// Their oppositions.
    pub(super) oppositions: Vec<Opposition>,
    /// Who sees them.
    pub(super) liens: Vec<LienRepris>,
    /// Fiches.
    pub(super) fiches: Vec<Fiche>,
    /// Registrations.
    pub(super) inscriptions: Vec<Inscription>,
    /// Written opinions.
    pub(super) avis: Vec<AvisEcrit>,
    /// Comptes-rendus and their facts.
    pub(super) versions: Vec<(CompteRendu, FaitPassage)>,
    /// Their deliveries.
    pub(super) envois: Vec<VersionReprise>,
}

impl Lot {
    /// True when it is time to write it.
    pub(super) fn plein(&self) -> bool {
        self.inscriptions.len() >= CAS_PAR_LOT
    }

    /// Writes it, and one row of the trace that says so.
    pub(super) fn ecrire(&self, op: &mut Op<'_>) -> Resultat<()> {
        reunions::reprendre(op, &self.reunions, &self.presences)?;
        patients::reprendre(op, &self.patients, &self.dossiers, &self.oppositions)?;
        perimetre::reprendre(op, &self.liens)?;
        fiches::reprendre_fiches(op, &self.fiches)?;
        inscriptions::reprendre(op, &self.inscriptions, &self.avis)?;
        comptes_rendus::reprendre(op, &self.versions)?;
        diffusions::reprendre(op, &self.envois)?;
        op.tracer(Evenement::liste("reprendre", "region_synthetique"))
    }
}
