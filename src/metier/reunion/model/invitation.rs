//! Invitations: one for each person, meeting and revision.

use super::Reunion;
use crate::{
    kernel::{
        Instant,
        ids::{InvitationId, PraticienId, ReunionId},
    },
    metier::{annuaire::model::Praticien, rcp::model::Rcp},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

crate::enum_texte! {
    /// What an invitation asks of a calendar (RFC 5546).
    pub enum Methode {
        /// To add the meeting, or to update it.
        Request => "request",
        /// To take it away.
        Cancel => "cancel",
    }
}

crate::enum_texte! {
    /// Where an invitation stands.
    pub enum EtatInvitation {
        /// Waits for the worker.
        AEnvoyer => "a_envoyer",
        /// The mail server took charge of it.
        Envoyee => "envoyee",
        /// Given up; the reason says why.
        Echec => "echec",
        /// The person has no address in the directory.
        SansAdresse => "sans_adresse",
    }
}

/// An invitation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Invitation {
    /// Identifier; the Message-ID of the mail is made of it.
    pub id: InvitationId,
    /// The meeting.
    pub reunion_id: ReunionId,
    /// The person.
    pub praticien_id: PraticienId,
    /// What it asks of a calendar.
    pub methode: Methode,
    /// Revision of the meeting that it tells.
    pub sequence: i64,
    /// Where it goes.
    pub adresse: Option<String>,
    /// Message-ID under which the mail server took charge of it.
    pub message_id: Option<String>,
    /// Where it stands.
    pub etat: EtatInvitation,
    /// Attempts so far.
    pub tentatives: i64,
    /// Why the last attempt failed, in words of ours.
    pub derniere_erreur: Option<String>,
    /// Creation; also the date of the mail and of the iCalendar object.
    pub cree_le: DateTime<Utc>,
    /// When the mail server took charge of it.
    pub envoyee_le: Option<DateTime<Utc>>,
}

impl Invitation {
    /// An invitation to a person, about to leave if the person has an address.
    #[must_use]
    pub fn nouvelle(id: InvitationId, reunion: &Reunion, praticien: &Praticien, methode: Methode, maintenant: Instant) -> Self {
        let vierge = Self {
            id,
            reunion_id: reunion.id,
            praticien_id: praticien.id,
            methode,
            sequence: reunion.sequence,
            adresse: None,
            message_id: None,
            etat: EtatInvitation::SansAdresse,
            tentatives: 0,
            derniere_erreur: None,
            cree_le: maintenant,
            envoyee_le: None,
        };
        vierge.adressee(praticien)
    }

    /// The same invitation, about to leave to the present address of the person: the office mail, or
    /// else the first secure one.
    #[must_use]
    pub fn adressee(self, praticien: &Praticien) -> Self {
        let adresse = praticien.saisi.courriel.as_deref().or_else(|| praticien.adresse_preferee()).map(str::to_owned);
        let etat = if adresse.is_some() { EtatInvitation::AEnvoyer } else { EtatInvitation::SansAdresse };
        Self { adresse, etat, ..self }
    }

    /// True when nobody was reached: trying again makes sense.
    #[must_use]
    pub const fn a_relancer(&self) -> bool {
        match self.etat {
            EtatInvitation::Echec | EtatInvitation::SansAdresse => true,
            EtatInvitation::AEnvoyer | EtatInvitation::Envoyee => false,
        }
    }

    /// After the mail server took charge of it.
    #[must_use]
    pub fn envoyee(self, message_id: &str, maintenant: Instant) -> Self {
        Self {
            etat: EtatInvitation::Envoyee,
            message_id: Some(message_id.to_owned()),
            tentatives: self.tentatives + 1,
            derniere_erreur: None,
            envoyee_le: Some(maintenant),
            ..self
        }
    }

    /// After an attempt that failed and is to be repeated.
    #[must_use]
    pub fn retardee(self, motif: &str) -> Self {
        Self { tentatives: self.tentatives + 1, derniere_erreur: Some(motif.to_owned()), ..self }
    }

    /// Given up.
    #[must_use]
    pub fn abandonnee(self, motif: &str) -> Self {
        Self { etat: EtatInvitation::Echec, derniere_erreur: Some(motif.to_owned()), ..self }
    }
}

/// The work of sending an invitation.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct EnvoyerInvitation {
    /// The invitation.
    pub invitation_id: InvitationId,
}

/// Kind of that work in the queue.
pub const ENVOYER_INVITATION: &str = "envoyer_invitation";

/// Everything that the mail of an invitation says.
#[derive(Debug, Clone)]
pub struct Envoi {
    /// The invitation.
    pub invitation: Invitation,
    /// The meeting, as it is now.
    pub reunion: Reunion,
    /// Its RCP.
    pub rcp: Rcp,
    /// « Dr Anne DELTA ».
    pub nom: String,
    /// Where it goes.
    pub adresse: String,
}

/// An invitation with the name of the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct InvitationNommee {
    /// The invitation.
    #[serde(flatten)]
    pub invitation: Invitation,
    /// « Dr Anne DELTA ».
    pub nom: String,
}

/// What a convocation did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Convocation {
    /// The meeting.
    pub reunion: Reunion,
    /// Invitations that are about to leave.
    pub a_envoyer: usize,
    /// Persons without an address, to be told otherwise.
    pub sans_adresse: usize,
}
