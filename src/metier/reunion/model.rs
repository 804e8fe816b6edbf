//! Meetings and their life-cycle.

mod erreur;
mod flux;
mod invitation;
mod presence;
mod saisie;

pub use erreur::ReunionError;
pub use flux::{Flux, FluxCree, FluxSaisi, jeton_bien_forme};
pub use invitation::{Convocation, ENVOYER_INVITATION, Envoi, EnvoyerInvitation, EtatInvitation, Invitation, InvitationNommee, Methode};
pub use presence::{
    FeuillePresence, LigneFeuille, Presence, PresenceNommee, PresenceSaisie, ReponseInvitation, ReponseSaisie, StatutPresence,
};
pub use saisie::{Deplacement, Duplication, Generation, MotifAnnulation, Periode, ReunionSaisie};

use crate::{
    kernel::{
        Instant,
        ids::{CompteId, RcpId, ReunionId},
    },
    metier::rcp::model::{Rcp, recurrence::Creneau},
};
use chrono::{DateTime, Duration, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Europe::Paris;
use serde::Serialize;
use utoipa::ToSchema;

crate::enum_texte! {
    /// State of a meeting.
    pub enum EtatReunion {
        /// In the calendar; nobody has been told.
        Planifiee => "planifiee",
        /// Invitations have been sent.
        Convoquee => "convoquee",
        /// Being held.
        Ouverte => "ouverte",
        /// Held: attendance and decisions are frozen.
        Close => "close",
        /// Comptes-rendus are validated.
        Validee => "validee",
        /// Not held.
        Annulee => "annulee",
    }
}

crate::enum_texte! {
    /// Acts on a meeting.
    pub enum ActeReunion {
        /// Sends the invitations, or those that are missing.
        Convoquer => "convoquer",
        /// Gives another moment or another place.
        Deplacer => "deplacer",
        /// Begins.
        Ouvrir => "ouvrir",
        /// Ends.
        Clore => "clore",
        /// Validates the comptes-rendus.
        Valider => "valider",
        /// Gives up.
        Annuler => "annuler",
    }
}

impl EtatReunion {
    /// The state after an act, if the act is allowed.
    #[must_use]
    pub const fn apres(self, acte: ActeReunion) -> Option<Self> {
        match self {
            Self::Planifiee => match acte {
                ActeReunion::Convoquer => Some(Self::Convoquee),
                ActeReunion::Deplacer => Some(Self::Planifiee),
                ActeReunion::Annuler => Some(Self::Annulee),
                ActeReunion::Ouvrir | ActeReunion::Clore | ActeReunion::Valider => None,
            },
            Self::Convoquee => match acte {
                ActeReunion::Convoquer | ActeReunion::Deplacer => Some(Self::Convoquee),
                ActeReunion::Ouvrir => Some(Self::Ouverte),
                ActeReunion::Annuler => Some(Self::Annulee),
                ActeReunion::Clore | ActeReunion::Valider => None,
            },
            Self::Ouverte => match acte {
                ActeReunion::Clore => Some(Self::Close),
                ActeReunion::Convoquer | ActeReunion::Deplacer | ActeReunion::Ouvrir | ActeReunion::Valider | ActeReunion::Annuler => None,
            },
            Self::Close => match acte {
                ActeReunion::Valider => Some(Self::Validee),
                ActeReunion::Convoquer | ActeReunion::Deplacer | ActeReunion::Ouvrir | ActeReunion::Clore | ActeReunion::Annuler => None,
            },
            Self::Validee | Self::Annulee => None,
        }
    }

    /// How the state is said in a sentence.
    #[must_use]
    pub const fn libelle(self) -> &'static str {
        match self {
            Self::Planifiee => "planifiée",
            Self::Convoquee => "convoquée",
            Self::Ouverte => "ouverte",
            Self::Close => "close",
            Self::Validee => "validée",
            Self::Annulee => "annulée",
        }
    }

    /// True as long as those invited may answer: until the meeting opens.
    #[must_use]
    pub const fn attend_des_reponses(self) -> bool {
        match self {
            Self::Planifiee | Self::Convoquee => true,
            Self::Ouverte | Self::Close | Self::Validee | Self::Annulee => false,
        }
    }

    /// True as long as the list of those who attend may change.
    #[must_use]
    pub const fn presences_modifiables(self) -> bool {
        match self {
            Self::Planifiee | Self::Convoquee | Self::Ouverte => true,
            Self::Close | Self::Validee | Self::Annulee => false,
        }
    }
}

/// The proof that no dossier of the agenda is left undecided; a meeting cannot close without it.
#[derive(Debug, Clone, Copy)]
pub struct ToutesDecidees(());

impl ToutesDecidees {
    /// Given when the number of undecided registrations is zero.
    pub fn constater(indecises: i64) -> Result<Self, ReunionError> {
        if indecises == 0 { Ok(Self(())) } else { Err(ReunionError::InscriptionsIndecises(indecises)) }
    }
}

/// A meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Reunion {
    /// Identifier.
    pub id: ReunionId,
    /// Its RCP.
    pub rcp_id: RcpId,
    /// Beginning.
    pub debut: DateTime<Utc>,
    /// Expected end.
    pub fin: DateTime<Utc>,
    /// The moment that the calendar of the RCP gave it, whatever it became; absent when it did not
    /// come from the calendar.
    pub occurrence: Option<DateTime<Utc>>,
    /// Room.
    pub lieu: Option<String>,
    /// Videoconference.
    pub lien_visio: Option<String>,
    /// State.
    pub etat: EtatReunion,
    /// When registrations end.
    pub date_limite_inscription: DateTime<Utc>,
    /// The most dossiers that it takes.
    pub capacite: Option<i64>,
    /// Why it was cancelled.
    pub motif_annulation: Option<String>,
    /// The meeting it is a copy of.
    pub dupliquee_de: Option<ReunionId>,
    /// Revision of what the calendars of those invited show (RFC 5545, 3.8.7.4).
    pub sequence: i64,
    /// When the invitations were first sent.
    pub convoquee_le: Option<DateTime<Utc>>,
    /// When it was opened.
    pub ouverte_le: Option<DateTime<Utc>>,
    /// When it was closed.
    pub close_le: Option<DateTime<Utc>>,
    /// Who closed it.
    pub close_par: Option<CompteId>,
    /// When its comptes-rendus were validated.
    pub validee_le: Option<DateTime<Utc>>,
    /// Who validated them.
    pub validee_par: Option<CompteId>,
    /// Version.
    pub version: i64,
    /// Creation.
    pub cree_le: DateTime<Utc>,
    /// Last change.
    pub modifie_le: DateTime<Utc>,
}

impl Reunion {
    /// A meeting of an RCP at a moment, with the place, the capacity and the deadline of the RCP.
    #[must_use]
    pub fn planifier(id: ReunionId, rcp: &Rcp, creneau: Creneau, maintenant: Instant) -> Self {
        Self {
            id,
            rcp_id: rcp.id,
            debut: creneau.debut,
            fin: creneau.fin,
            occurrence: None,
            lieu: rcp.lieu.clone(),
            lien_visio: rcp.lien_visio.clone(),
            etat: EtatReunion::Planifiee,
            date_limite_inscription: date_limite(rcp, creneau.debut),
            capacite: rcp.capacite,
            motif_annulation: None,
            dupliquee_de: None,
            sequence: 0,
            convoquee_le: None,
            ouverte_le: None,
            close_le: None,
            close_par: None,
            validee_le: None,
            validee_par: None,
            version: 1,
            cree_le: maintenant,
            modifie_le: maintenant,
        }
    }

    /// Convenes; the first time is remembered.
    pub fn convoquer(self, maintenant: Instant) -> Result<Self, ReunionError> {
        let etat = self.passer(ActeReunion::Convoquer)?;
        Ok(Self { etat, convoquee_le: self.convoquee_le.or(Some(maintenant)), ..self })
    }

    /// Gives another moment; the registration deadline moves along.
    pub fn deplacer(self, rcp: &Rcp, vers: Creneau) -> Result<Self, ReunionError> {
        let etat = self.passer(ActeReunion::Deplacer)?;
        let date_limite_inscription = date_limite(rcp, vers.debut);
        Ok(Self { etat, debut: vers.debut, fin: vers.fin, date_limite_inscription, sequence: self.sequence + 1, ..self })
    }

    /// Opens.
    pub fn ouvrir(self, maintenant: Instant) -> Result<Self, ReunionError> {
        let etat = self.passer(ActeReunion::Ouvrir)?;
        Ok(Self { etat, ouverte_le: Some(maintenant), ..self })
    }

    /// Closes, once every dossier has been decided on.
    pub fn clore(self, _: ToutesDecidees, par: Option<CompteId>, maintenant: Instant) -> Result<Self, ReunionError> {
        let etat = self.passer(ActeReunion::Clore)?;
        Ok(Self { etat, close_le: Some(maintenant), close_par: par, ..self })
    }

    /// Notes that the comptes-rendus are validated.
    pub fn valider(self, par: Option<CompteId>, maintenant: Instant) -> Result<Self, ReunionError> {
        let etat = self.passer(ActeReunion::Valider)?;
        Ok(Self { etat, validee_le: Some(maintenant), validee_par: par, ..self })
    }

    /// Cancels.
    pub fn annuler(self, motif: &str) -> Result<Self, ReunionError> {
        let etat = self.passer(ActeReunion::Annuler)?;
        Ok(Self { etat, motif_annulation: Some(motif.to_owned()), sequence: self.sequence + 1, ..self })
    }

    /// How long it lasts.
    #[must_use]
    pub fn duree(&self) -> Duration {
        self.fin - self.debut
    }

    fn passer(&self, acte: ActeReunion) -> Result<EtatReunion, ReunionError> {
        self.etat.apres(acte).ok_or(ReunionError::Transition { etat: self.etat, acte })
    }
}

fn date_limite(rcp: &Rcp, debut: Instant) -> Instant {
    debut - Duration::hours(rcp.delai_inscription_heures)
}

/// The first moment of a day in metropolitan France.
#[must_use]
pub fn debut_du_jour(date: NaiveDate) -> Option<Instant> {
    Paris.from_local_datetime(&date.and_time(NaiveTime::MIN)).earliest().map(|instant| instant.to_utc())
}

/// A meeting with what names it in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReunionResume {
    /// The meeting.
    #[serde(flatten)]
    pub reunion: Reunion,
    /// Code of its RCP.
    pub rcp_code: String,
    /// Name of its RCP.
    pub rcp_nom: String,
    /// Dossiers on its agenda: those that were neither withdrawn nor postponed.
    pub dossiers: i64,
}

#[cfg(test)]
mod tests;
