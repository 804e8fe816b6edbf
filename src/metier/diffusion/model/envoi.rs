//! One attempt: what leaves, and how it ended.

use super::{NatureDiffusee, Qualite};
use crate::kernel::{Instant, courriel::AdresseCourriel, ids::DiffusionId};
use chrono::{NaiveDate, TimeDelta};

/// An attempt that began less than this ago may still be under way in another process. Longer than
/// any sender waits, shorter than the lease of a job.
pub const ENVOI_LE_PLUS_LONG: TimeDelta = TimeDelta::seconds(150);

/// What an attempt sends. Holds the document: never to be logged.
pub struct AEnvoyer {
    /// The delivery.
    pub diffusion_id: DiffusionId,
    /// What is sent.
    pub nature: NatureDiffusee,
    /// Why that recipient.
    pub qualite: Qualite,
    /// Rank of the attempt.
    pub tentative: i64,
    /// `Message-ID`.
    pub message_id: String,
    /// When the attempt began.
    pub debut: Instant,
    /// Mailbox of the trust space.
    pub destinataire: AdresseCourriel,
    /// Rank of the version.
    pub numero_version: i64,
    /// `Message-ID` of what this person was sent before of the same document, oldest first.
    pub anciens_message_id: Vec<String>,
    /// Name of the document.
    pub nom_du_pdf: String,
    /// The document.
    pub pdf: Vec<u8>,
    /// Name and bytes of the letter, for the médecin traitant.
    pub lettre: Option<(String, Vec<u8>)>,
    /// The IHE XDM archive, where the version has one.
    pub archive: Option<ArchiveAEnvoyer>,
}

/// An archive, and what its mail says of the patient.
pub struct ArchiveAEnvoyer {
    /// The archive.
    pub octets: Vec<u8>,
    /// Birth name.
    pub nom: String,
    /// First of the birth first names.
    pub prenom: String,
    /// Date of birth.
    pub naissance: NaiveDate,
    /// True when the document carries the INS of a qualified identity.
    pub ins: bool,
}

/// What an attempt drops into the folder of a hospital system. Holds documents: never to be logged.
pub struct ADeposer {
    /// The delivery, which names the drop.
    pub diffusion_id: DiffusionId,
    /// What is dropped.
    pub nature: NatureDiffusee,
    /// Rank of the attempt.
    pub tentative: i64,
    /// FINESS of the établissement, which names its folder.
    pub finess: String,
    /// True to ask the platform to feed the DMP.
    pub dmp: bool,
    /// Number of the patient in that établissement.
    pub ipp: Option<String>,
    /// What all versions share.
    pub set_id: uuid::Uuid,
    /// Rank of the version.
    pub numero_version: i64,
    /// `Message-ID`, by which an acknowledgment may also name the drop.
    pub message_id: String,
    /// Names and bytes of the documents.
    pub documents: Vec<(String, Vec<u8>)>,
}

/// Whether an attempt may begin.
pub enum Depart {
    /// There is nothing to send, or no longer.
    RienAFaire,
    /// Another process may be sending it at this moment.
    EncoreEnCours,
    /// The document is not rendered yet.
    DocumentAbsent,
    /// The attempt has begun.
    Pret(Box<AEnvoyer>),
    /// The attempt has begun, into the folder of a hospital system.
    ADeposer(Box<ADeposer>),
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arrivee {
    /// The server took charge of the mail, and said this.
    Acceptee(String),
    /// It failed.
    Echouee {
        /// Code of the server, or a word of ours.
        code: String,
        /// What the server said, shortened and without addresses.
        detail: String,
        /// True when another attempt is to come.
        passager: bool,
    },
}
