//! Who attends a meeting, how and from when to when.

use super::{Reunion, ReunionError};
use crate::kernel::{
    Faute, Instant,
    clock::date_paris,
    ids::{PraticienId, PresenceId, ReunionId},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

crate::enum_texte! {
    /// How a person attends a meeting.
    pub enum StatutPresence {
        /// Expected; nothing is known yet.
        Attendu => "attendu",
        /// In the room.
        Present => "present",
        /// By videoconference, which counts as presence.
        Visio => "visio",
        /// Has said not to come.
        Excuse => "excuse",
        /// Did not come.
        Absent => "absent",
    }
}

impl StatutPresence {
    /// True for those who take part, in the room or from afar.
    #[must_use]
    pub const fn participe(self) -> bool {
        match self {
            Self::Present | Self::Visio => true,
            Self::Attendu | Self::Excuse | Self::Absent => false,
        }
    }

    /// True for those whom an invitation concerns.
    #[must_use]
    pub const fn a_inviter(self) -> bool {
        match self {
            Self::Attendu | Self::Present | Self::Visio => true,
            Self::Excuse | Self::Absent => false,
        }
    }
}

crate::enum_texte! {
    /// What a person answered to the invitation.
    pub enum ReponseInvitation {
        /// Comes.
        Accepte => "accepte",
        /// Takes part by videoconference.
        Visio => "visio",
        /// Does not come.
        Refuse => "refuse",
    }
}

impl ReponseInvitation {
    /// True when the person takes part, in the room or from afar.
    #[must_use]
    pub const fn vient(self) -> bool {
        match self {
            Self::Accepte | Self::Visio => true,
            Self::Refuse => false,
        }
    }
}

/// An answer as sent.
#[derive(Debug, Clone, Copy, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReponseSaisie {
    /// The answer.
    pub reponse: ReponseInvitation,
}

/// The attendance of a person at a meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Presence {
    /// Identifier.
    pub id: PresenceId,
    /// The meeting.
    pub reunion_id: ReunionId,
    /// The person.
    pub praticien_id: PraticienId,
    /// Clause of the quorum rule that the person answers for.
    pub clause: Option<String>,
    /// True for a member of the RCP, false for a guest.
    pub permanent: bool,
    /// How the person attends.
    pub statut: StatutPresence,
    /// When the person came, if after the beginning.
    pub arrivee: Option<DateTime<Utc>>,
    /// When the person left, if before the end.
    pub depart: Option<DateTime<Utc>>,
    /// What the person answered to the invitation.
    pub reponse: Option<ReponseInvitation>,
    /// When.
    pub repondu_le: Option<DateTime<Utc>>,
    /// Version.
    pub version: i64,
    /// Last change.
    pub modifie_le: DateTime<Utc>,
}

impl Presence {
    /// A person who is expected.
    #[must_use]
    pub fn attendue(id: PresenceId, reunion_id: ReunionId, praticien_id: PraticienId, clause: Option<String>, maintenant: Instant) -> Self {
        Self {
            id,
            reunion_id,
            praticien_id,
            clause,
            permanent: true,
            statut: StatutPresence::Attendu,
            arrivee: None,
            depart: None,
            reponse: None,
            repondu_le: None,
            version: 1,
            modifie_le: maintenant,
        }
    }

    /// The same attendance with the answer of the person: who refuses is excused, who changes for a yes
    /// is expected again.
    #[must_use]
    pub fn repondue(self, reponse: ReponseInvitation, maintenant: Instant) -> Self {
        let statut = if reponse.vient() { StatutPresence::Attendu } else { StatutPresence::Excuse };
        Self { statut, reponse: Some(reponse), repondu_le: Some(maintenant), modifie_le: maintenant, ..self }
    }

    /// The same attendance as it was typed.
    #[must_use]
    pub fn notee(self, saisie: &PresenceSaisie, maintenant: Instant) -> Self {
        Self {
            statut: saisie.statut,
            arrivee: saisie.arrivee,
            depart: saisie.depart,
            clause: saisie.clause.clone().or(self.clause),
            modifie_le: maintenant,
            ..self
        }
    }
}

/// An attendance with what names the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PresenceNommee {
    /// The attendance.
    #[serde(flatten)]
    pub presence: Presence,
    /// « Dr Anne DELTA ».
    pub nom: String,
    /// Specialty (JDV J01).
    pub specialite: Option<String>,
}

/// An attendance as typed.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PresenceSaisie {
    /// How the person attends.
    pub statut: StatutPresence,
    /// When the person came, if after the beginning.
    pub arrivee: Option<DateTime<Utc>>,
    /// When the person left, if before the end.
    pub depart: Option<DateTime<Utc>>,
    /// Clause of the quorum rule that the person answers for; unchanged when it is not said.
    #[validate(length(min = 1, max = 80, message = "De 1 à 80 caractères."))]
    pub clause: Option<String>,
}

impl PresenceSaisie {
    /// Refuses times without presence, out of the day of the meeting or in the wrong order.
    pub fn verifier(&self, reunion: &Reunion) -> Result<(), ReunionError> {
        let mut fautes = Vec::new();
        let jours = date_paris(reunion.debut)..=date_paris(reunion.fin);
        for (pointeur, instant) in [("/arrivee", self.arrivee), ("/depart", self.depart)] {
            let Some(instant) = instant else { continue };
            if !self.statut.participe() {
                let message = "Seule une personne présente ou en visioconférence a une heure d'arrivée ou de départ.";
                fautes.push(Faute::new(pointeur, "sans-objet", message));
            } else if !jours.contains(&date_paris(instant)) {
                fautes.push(Faute::new(pointeur, "hors-du-jour", "L'heure est celle du jour de la réunion."));
            }
        }
        if self.arrivee.zip(self.depart).is_some_and(|(arrivee, depart)| depart < arrivee) {
            fautes.push(Faute::new("/depart", "avant-arrivee", "Le départ ne précède pas l'arrivée."));
        }
        if fautes.is_empty() { Ok(()) } else { Err(ReunionError::Contenu(fautes)) }
    }
}

/// The attendance sheet of a meeting, as it is printed to be signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FeuillePresence {
    /// Name of the RCP.
    pub rcp: String,
    /// Name of the établissement that organises it.
    pub etablissement: String,
    /// Name of its 3C.
    pub centre_3c: String,
    /// Beginning.
    pub debut: DateTime<Utc>,
    /// End.
    pub fin: DateTime<Utc>,
    /// Room.
    pub lieu: Option<String>,
    /// Those expected or noted, by name.
    pub lignes: Vec<LigneFeuille>,
    /// When the sheet is made.
    pub edite_le: DateTime<Utc>,
}

/// A person on the attendance sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LigneFeuille {
    /// « Dr Anne DELTA ».
    pub nom: String,
    /// Profession.
    pub qualite: String,
    /// Specialty.
    pub specialite: Option<String>,
    /// Name of the main établissement.
    pub etablissement: Option<String>,
    /// Clause of the quorum rule that the person answers for.
    pub clause: Option<String>,
    /// How the person attends.
    pub statut: StatutPresence,
    /// When the person came.
    pub arrivee: Option<DateTime<Utc>>,
    /// When the person left.
    pub depart: Option<DateTime<Utc>>,
}
