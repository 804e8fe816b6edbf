//! Why a delivery refuses.

use super::{Acte, EtatDiffusion};
use crate::kernel::{ErreurMetier, Faute, Nature};

/// Why a delivery refuses.
#[derive(Debug, thiserror::Error)]
pub enum DiffusionError {
    /// No such delivery, or not for this person.
    #[error("Cette diffusion n'existe pas.")]
    Introuvable,
    /// The state does not admit the act.
    #[error("L'état de cette diffusion ({etat}) n'admet pas cet acte ({acte}).")]
    EtatInterdit {
        /// The state.
        etat: EtatDiffusion,
        /// The act.
        acte: Acte,
    },
    /// The address is not one of the trust space.
    #[error("L'adresse n'appartient pas à l'espace de confiance MSSanté.")]
    AdresseNonSecurisee,
    /// Nothing to send to.
    #[error("Aucune adresse sécurisée n'est connue pour ce destinataire : complétez l'annuaire ou donnez une adresse.")]
    SansAdresse,
    /// A newer version goes instead.
    #[error("Une version plus récente de ce document existe : c'est elle qui part.")]
    VersionRemplacee,
    /// It left recently, and may still be read.
    #[error("Ce document est parti il y a moins de {jours} jours : laissez au destinataire le temps de le lire.")]
    TropTot {
        /// Days after which what is not read is looked at.
        jours: i64,
    },
    /// Only a professional has an address to type and letters to receive.
    #[error("Ce destinataire n'a ni adresse à saisir ni courrier postal.")]
    SansCourrier,
    /// The patient objects to that sending, or no longer asks for it.
    #[error("Le patient s'oppose à cet envoi, ou ne le demande plus.")]
    PatientOppose,
    /// No such mail, or not for this person.
    #[error("Ce courrier revenu n'existe pas.")]
    RetourIntrouvable,
    /// The mail has been dealt with.
    #[error("Ce courrier revenu a déjà été traité.")]
    RetourTraite,
    /// No such batch of letters, or not for this person.
    #[error("Ce lot d'impression n'existe pas.")]
    ImpressionIntrouvable,
    /// Nothing of the selection can be printed.
    #[error("Rien n'est à imprimer dans cette sélection.")]
    RienAImprimer,
    /// The documents of one of them are not there yet.
    #[error("Un document est encore en préparation : réessayez dans un instant.")]
    DocumentEnPreparation,
}

impl ErreurMetier for DiffusionError {
    fn nature(&self) -> Nature {
        match self {
            Self::Introuvable | Self::RetourIntrouvable | Self::ImpressionIntrouvable => Nature::Introuvable,
            Self::EtatInterdit { .. }
            | Self::SansAdresse
            | Self::VersionRemplacee
            | Self::TropTot { .. }
            | Self::SansCourrier
            | Self::PatientOppose
            | Self::RetourTraite
            | Self::RienAImprimer
            | Self::DocumentEnPreparation => Nature::Conflit,
            Self::AdresseNonSecurisee => Nature::Invalide,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Introuvable => "diffusion-introuvable",
            Self::EtatInterdit { .. } => "diffusion-etat-interdit",
            Self::AdresseNonSecurisee => "adresse-non-securisee",
            Self::SansAdresse => "diffusion-sans-adresse",
            Self::VersionRemplacee => "diffusion-version-remplacee",
            Self::TropTot { .. } => "diffusion-trop-tot",
            Self::SansCourrier => "diffusion-sans-courrier",
            Self::PatientOppose => "patient-oppose",
            Self::RetourIntrouvable => "retour-introuvable",
            Self::RetourTraite => "retour-traite",
            Self::ImpressionIntrouvable => "impression-introuvable",
            Self::RienAImprimer => "rien-a-imprimer",
            Self::DocumentEnPreparation => "document-en-preparation",
        }
    }

    fn fautes(&self) -> Vec<Faute> {
        match self {
            Self::AdresseNonSecurisee => vec![Faute::new("/adresse", self.code(), self.to_string())],
            Self::Introuvable
            | Self::EtatInterdit { .. }
            | Self::SansAdresse
            | Self::VersionRemplacee
            | Self::TropTot { .. }
            | Self::SansCourrier
            | Self::PatientOppose
            | Self::RetourIntrouvable
            | Self::RetourTraite
            | Self::ImpressionIntrouvable
            | Self::RienAImprimer
            | Self::DocumentEnPreparation => Vec::new(),
        }
    }
}
