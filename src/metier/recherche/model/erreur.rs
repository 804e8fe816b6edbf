//! Why a project of research refuses.

use super::EtatProjet;
use crate::kernel::{ErreurMetier, Faute, Nature};

/// Why a project of research refuses.
#[derive(Debug, thiserror::Error)]
pub enum RechercheError {
    /// No such project, or not for this person.
    #[error("Ce projet n'existe pas, ou n'est pas pour vous.")]
    Introuvable,
    /// What was asked for breaks rules.
    #[error("La demande ne respecte pas les règles du champ.")]
    Demande(Vec<Faute>),
    /// The state does not allow it.
    #[error("Un projet {etat} n'admet pas cet acte.")]
    Etat {
        /// The state.
        etat: EtatProjet,
    },
    /// Who asks does not approve.
    #[error("Le demandeur d'un extrait ne l'approuve pas, ni ne le refuse.")]
    Demandeur,
    /// One person approves once.
    #[error("Un projet est approuvé par deux personnes différentes : vous l'avez déjà approuvé.")]
    MemePersonne,
    /// The archive is being made.
    #[error("L'extrait est en cours de production : attendez qu'il paraisse.")]
    EnCours,
    /// The archive is not there yet.
    #[error("L'extrait n'est pas produit.")]
    NonProduit,
    /// The archive is not there any more.
    #[error("L'extrait n'est plus remis : son terme est passé, ou le projet a pris fin.")]
    Expire,
}

impl ErreurMetier for RechercheError {
    fn nature(&self) -> Nature {
        match self {
            Self::Introuvable => Nature::Introuvable,
            Self::Demande(_) => Nature::Invalide,
            Self::Etat { .. } | Self::Demandeur | Self::MemePersonne | Self::EnCours | Self::NonProduit | Self::Expire => Nature::Conflit,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Introuvable => "projet-introuvable",
            Self::Demande(_) => "contenu-invalide",
            Self::Etat { .. } => "etat-de-projet",
            Self::Demandeur => "demandeur-du-projet",
            Self::MemePersonne => "meme-personne",
            Self::EnCours => "production-en-cours",
            Self::NonProduit => "extrait-non-produit",
            Self::Expire => "extrait-expire",
        }
    }

    fn fautes(&self) -> Vec<Faute> {
        match self {
            Self::Demande(fautes) => fautes.clone(),
            Self::Introuvable
            | Self::Etat { .. }
            | Self::Demandeur
            | Self::MemePersonne
            | Self::EnCours
            | Self::NonProduit
            | Self::Expire => Vec::new(),
        }
    }
}
