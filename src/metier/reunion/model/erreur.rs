//! Why an act on a meeting is refused.

use super::{ActeReunion, EtatReunion};
use crate::kernel::{ErreurMetier, Faute, Nature};

/// Why an act on a meeting is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReunionError {
    /// No such meeting.
    #[error("Cette réunion n'existe pas.")]
    Introuvable,
    /// The state does not allow the act.
    #[error("Une réunion {} ne peut pas faire l'objet de l'acte « {acte} ».", etat.libelle())]
    Transition {
        /// The present state.
        etat: EtatReunion,
        /// The act.
        acte: ActeReunion,
    },
    /// Dossiers of the agenda are left undecided.
    #[error("{} : décidez, reportez ou retirez chaque dossier avant de clore la réunion.", indecis(*.0))]
    InscriptionsIndecises(i64),
    /// The RCP already has a meeting that begins then.
    #[error("Cette RCP a déjà une réunion qui commence à ce moment.")]
    CreneauPris,
    /// Only a validated RCP plans and convenes meetings.
    #[error("Seule une RCP validée planifie et convoque des réunions.")]
    RcpNonValidee,
    /// The RCP has no calendar.
    #[error("Cette RCP n'a pas de calendrier.")]
    SansCalendrier,
    /// The list of those who attend no longer changes.
    #[error("La liste de présence d'une réunion {} ne se modifie plus.", .0.libelle())]
    PresencesFigees(EtatReunion),
    /// Answers to the invitation are no longer taken.
    #[error("Une réunion {} ne reçoit plus de réponses.", .0.libelle())]
    ReponsesCloses(EtatReunion),
    /// No such person on the list of the meeting.
    #[error("Cette personne n'est pas sur la liste de présence de la réunion.")]
    PresenceIntrouvable,
    /// The person was added to the list in the meantime.
    #[error("Cette personne vient d'être ajoutée à la liste de présence : relisez-la.")]
    PresenceExistante,
    /// A member of the RCP is excused or absent, not taken off the list.
    #[error("Un membre de la RCP ne se retire pas de la liste : notez son absence.")]
    MembreAttendu,
    /// The person did not say which attendance was read.
    #[error("Indiquez dans If-Match la version de la présence que vous avez lue (son champ version, sous la forme \"v1\").")]
    VersionAbsente,
    /// A feed of own meetings needs a directory entry.
    #[error("Votre compte n'est pas rattaché à un professionnel de l'annuaire : choisissez une RCP.")]
    SansPraticien,
    /// No such feed, or a revoked one.
    #[error("Ce flux de calendrier n'existe pas.")]
    FluxIntrouvable,
    /// The content breaks rules.
    #[error("Le contenu envoyé ne respecte pas les règles du champ.")]
    Contenu(Vec<Faute>),
}

fn indecis(nombre: i64) -> String {
    if nombre == 1 { "1 dossier est sans décision".to_owned() } else { format!("{nombre} dossiers sont sans décision") }
}

impl ErreurMetier for ReunionError {
    fn nature(&self) -> Nature {
        match self {
            Self::Introuvable | Self::PresenceIntrouvable | Self::FluxIntrouvable => Nature::Introuvable,
            Self::Transition { .. }
            | Self::InscriptionsIndecises(_)
            | Self::CreneauPris
            | Self::RcpNonValidee
            | Self::SansCalendrier
            | Self::PresencesFigees(_)
            | Self::ReponsesCloses(_)
            | Self::PresenceExistante
            | Self::MembreAttendu
            | Self::SansPraticien => Nature::Conflit,
            Self::VersionAbsente => Nature::VersionAbsente,
            Self::Contenu(_) => Nature::Invalide,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Introuvable => "reunion-introuvable",
            Self::Transition { .. } => "transition-reunion-impossible",
            Self::InscriptionsIndecises(_) => "inscriptions-indecises",
            Self::CreneauPris => "creneau-pris",
            Self::RcpNonValidee => "rcp-non-validee",
            Self::SansCalendrier => "rcp-sans-calendrier",
            Self::PresencesFigees(_) => "presences-figees",
            Self::ReponsesCloses(_) => "reponses-closes",
            Self::PresenceIntrouvable => "presence-introuvable",
            Self::PresenceExistante => "presence-existante",
            Self::MembreAttendu => "membre-attendu",
            Self::VersionAbsente => "version-absente",
            Self::SansPraticien => "compte-sans-praticien",
            Self::FluxIntrouvable => "flux-introuvable",
            Self::Contenu(_) => "contenu-invalide",
        }
    }

    fn fautes(&self) -> Vec<Faute> {
        if let Self::Contenu(fautes) = self { fautes.clone() } else { Vec::new() }
    }

    fn precisions(&self) -> serde_json::Map<String, serde_json::Value> {
        let mut precisions = serde_json::Map::new();
        if let Self::InscriptionsIndecises(nombre) = self {
            precisions.insert("indecises".to_owned(), (*nombre).into());
        }
        precisions
    }
}
