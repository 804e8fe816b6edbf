//! What comes back by mail: receipts of reading (MDN, RFC 8098), delivery reports (DSN, RFC 3464) and the
//! « [KO Intégration système !] » mails of hospital systems, read from the bytes of a mail.
//!
//! A mail that is not understood is never thrown away: it is told as [`NatureRetour::Inconnu`], kept whole,
//! and put where somebody looks at it.

mod lecture;

use crate::kernel::Panne;

pub use lecture::lire;

/// A mail of the inbox, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retour {
    /// Its own `Message-ID`, in angle brackets: the same mail read twice is known by it.
    pub message_id: Option<String>,
    /// `Message-ID` of the mails of ours that it speaks of, in angle brackets, the surest first.
    pub originaux: Vec<String>,
    /// What it says.
    pub nature: NatureRetour,
}

/// What a mail that comes back says of a mail of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NatureRetour {
    /// Shown to a person (MDN `displayed`).
    Lu,
    /// Integrated by a hospital system (MDN `processed` without an error).
    Integre,
    /// Refused by a hospital system (MDN `processed/error`, or a « KO Intégration » mail).
    IntegrationRefusee {
        /// Code of the refusal, where one is given.
        code: Option<String>,
        /// What it says, cleaned.
        detail: String,
    },
    /// Deleted unread (MDN `deleted`).
    Supprime,
    /// Delivered to the mailbox (DSN `delivered`).
    Remis,
    /// Relayed to a server that sends no delivery report (DSN `relayed` or `expanded`).
    Relaye,
    /// Not delivered yet (DSN `delayed`).
    Retarde {
        /// Enhanced status code, `4.x.y`.
        code: String,
        /// What it says, cleaned.
        detail: String,
    },
    /// Will not be delivered (DSN `failed`).
    Rejete {
        /// Enhanced status code: `5.x.y`, or the last `4.x.y` where the operator gave up.
        code: String,
        /// What it says, cleaned.
        detail: String,
    },
    /// Anything else: an answer of a person, an advertisement, a report that cannot be read.
    Inconnu,
}

/// What is done with a mail once it has been looked at. None is ever deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rangement {
    /// Understood and kept: to the folder of treated mails.
    Traite,
    /// To be looked at by a person: to the folder of mails to examine.
    AExaminer,
}

/// The mailbox that receipts come back to.
pub trait BoiteDeRetour: Send + Sync {
    /// Hands each mail of the inbox to `traiter`, oldest first, and puts it where that says. A mail is moved
    /// only once `traiter` has kept it; should the process die between, it is handed again. Gives how many
    /// were moved.
    fn relever(&self, traiter: &mut dyn FnMut(&[u8]) -> Result<Rangement, Panne>) -> Result<u64, Panne>;
}
