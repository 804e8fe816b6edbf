//! Mail, as the rest of the service sees it: a [`Courrier`] and something that sends it.
//!
//! Three senders: [`smtp`] for a region (one operator or several), [`fichier`] for a trial on one machine (a folder of `.eml`
//! files), [`memoire`] for tests. [`mssante`] makes the mail that carries a compte-rendu.
//!
//! What comes back is read in [`retour`]: from the mailbox of the region by [`imap`], or from memory in
//! tests.
//!
//! What comes back is shown to [`antivirus`] before it is kept, where the region has one.
//!
//! SMTP promises at least once, never exactly once: the server may have taken the mail although its
//! answer was lost. So a mail that is sent again carries the **same Message-ID**; nothing in its
//! bytes depends on chance.

pub mod antivirus;
mod connexion;
pub mod depot_dpi;
pub mod fichier;
pub mod imap;
pub mod memoire;
mod mime;
pub mod mssante;
pub mod retour;
pub mod smtp;

use crate::{
    config::{self, TransportCourrier},
    kernel::{Instant, Panne},
};
use std::sync::Arc;

pub use mime::domaine_de;

/// A mail with one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Courrier {
    /// `<…@…>`, the same each time this mail is sent.
    pub message_id: String,
    /// Date of the mail.
    pub date: Instant,
    /// Sender: `boite@domaine` or `Nom <boite@domaine>`.
    pub de: String,
    /// Recipient, in the same form.
    pub a: String,
    /// Subject: never an identity nor health data, it shows on every screen; save where MSSanté imposes the
    /// name of the patient ([`mssante`]).
    pub sujet: String,
    /// The message, in plain text.
    pub texte: String,
    /// Attached files.
    pub pieces: Vec<Piece>,
    /// Further headers; their values are encoded as needed.
    pub entetes: Vec<(&'static str, String)>,
    /// An iCalendar object (RFC 5545) that is shown beside the text (RFC 6047).
    pub calendrier: Option<String>,
    /// Where answers go, if not to the sender.
    pub reponse_a: Option<String>,
}

/// An attached file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Name of the file, in ASCII.
    pub nom: String,
    /// Media type.
    pub type_mime: String,
    /// Content.
    pub octets: Vec<u8>,
}

/// The server took charge of the mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accuse {
    /// What it answered, cleaned by [`nettoyer`].
    pub detail: String,
}

/// Why a mail did not leave. `code` is the SMTP code, or a word of ours (`connexion`, `delai`,
/// `reseau`, `dossier`, `message`, `taille`); `detail` has been cleaned by [`nettoyer`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EchecEnvoi {
    /// May pass: the same mail is to be sent again later.
    #[error("échec passager ({code}) : {detail}")]
    Temporaire {
        /// Code.
        code: String,
        /// Sentence.
        detail: String,
    },
    /// Will not pass by itself: somebody must look at it.
    #[error("échec définitif ({code}) : {detail}")]
    Definitif {
        /// Code.
        code: String,
        /// Sentence.
        detail: String,
    },
}

impl EchecEnvoi {
    fn temporaire(code: impl Into<String>, detail: impl AsRef<str>) -> Self {
        Self::Temporaire { code: code.into(), detail: nettoyer(detail.as_ref()) }
    }

    fn definitif(code: impl Into<String>, detail: impl AsRef<str>) -> Self {
        Self::Definitif { code: code.into(), detail: nettoyer(detail.as_ref()) }
    }
}

/// Something that sends mails. It blocks: never to be called on a thread that runs async tasks.
pub trait Expediteur: Send + Sync {
    /// Sends a mail; returns once the server has taken charge of it, or has not.
    fn envoyer(&self, courrier: &Courrier) -> Result<Accuse, EchecEnvoi>;
}

/// The sender that the settings ask for.
pub fn expediteur(config: &config::Courrier) -> Result<Arc<dyn Expediteur>, Panne> {
    Ok(match config.transport {
        TransportCourrier::Fichier => Arc::new(fichier::Fichier::new(&config.dossier)?),
        TransportCourrier::Smtp => Arc::new(smtp::Smtp::new(config)?),
    })
}

/// The mailbox of receipts and reports, if the settings name one.
pub fn boite_de_retour(config: &config::Courrier) -> Result<Option<Arc<dyn retour::BoiteDeRetour>>, Panne> {
    let boite = config.retours.as_ref().map(imap::Imap::new).transpose()?;
    Ok(boite.map(|boite| Arc::new(boite) as Arc<dyn retour::BoiteDeRetour>))
}

/// Longest sentence of a server that is kept, in characters.
const DETAIL_MAXIMAL: usize = 200;
/// A word with as many digits may be the number of a person.
const CHIFFRES_D_UNE_PERSONNE: usize = 8;

/// The sentence of a mail server, fit to be kept: one line, short, without mail addresses nor long
/// numbers, which may be those of a patient.
#[must_use]
pub fn nettoyer(texte: &str) -> String {
    let mots = texte.split(|c: char| c.is_whitespace() || c.is_control()).filter(|mot| !mot.is_empty()).map(|mot| {
        if mot.contains('@') {
            "[adresse]"
        } else if mot.chars().filter(char::is_ascii_digit).count() >= CHIFFRES_D_UNE_PERSONNE {
            "[numéro]"
        } else {
            mot
        }
    });
    mots.collect::<Vec<_>>().join(" ").chars().take(DETAIL_MAXIMAL).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn la_phrase_d_un_serveur_perd_les_adresses_les_numeros_et_les_retours_a_la_ligne() {
        assert_eq!(
            nettoyer("5.1.1 <279035121518989@patient.mssante.fr>:\r\nutilisateur 279035121518989 inconnu\u{0} ici"),
            "5.1.1 [adresse] utilisateur [numéro] inconnu ici"
        );
        assert_eq!(nettoyer(&"é".repeat(500)).chars().count(), DETAIL_MAXIMAL);
    }
}
