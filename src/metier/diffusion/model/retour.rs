//! What came back by mail (or as the acknowledgment of a hospital system), kept whole.

use super::Acte;
use crate::kernel::{
    ids::{DiffusionId, PatientId, RetourId},
    texte::sha256,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// Bytes kept of the headers of a mail whose content is not.
const ENTETES_GARDES: usize = 16 * 1024;

crate::enum_texte! {
    /// What it says.
    pub enum NatureRecue {
        /// Shown to a person.
        Lu => "lu",
        /// Integrated by a system.
        Integre => "integre",
        /// Refused by a system.
        IntegrationRefusee => "integration_refusee",
        /// Deleted unread.
        Supprime => "supprime",
        /// Delivered to the mailbox.
        Remis => "remis",
        /// Relayed to a server that will say nothing more.
        Relaye => "relaye",
        /// Not delivered yet.
        Retarde => "retarde",
        /// Will not be delivered.
        Rejete => "rejete",
        /// Not understood: somebody must read it.
        Inconnu => "inconnu",
    }
}

impl NatureRecue {
    /// What it does to the delivery that it speaks of; nothing for what was not understood.
    #[must_use]
    pub const fn acte(self) -> Option<Acte> {
        match self {
            Self::Lu => Some(Acte::Lire),
            Self::Integre => Some(Acte::Integrer),
            Self::IntegrationRefusee => Some(Acte::Refuser),
            Self::Supprime => Some(Acte::Supprimer),
            Self::Remis => Some(Acte::Remettre),
            Self::Relaye => Some(Acte::Relayer),
            Self::Retarde => Some(Acte::Retarder),
            Self::Rejete => Some(Acte::Rejeter),
            Self::Inconnu => None,
        }
    }
}

crate::enum_texte! {
    /// Where its treatment stands.
    pub enum EtatRetour {
        /// Understood and tied to a delivery.
        Rattache => "rattache",
        /// Not understood, or tied to none: on the work list.
        AExaminer => "a_examiner",
        /// Somebody read it, and there was nothing to tie.
        Examine => "examine",
    }
}

/// A mail as it comes in. Holds the original: never to be logged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetourRecu {
    /// Its own `Message-ID`.
    pub message_id: Option<String>,
    /// `Message-ID` of the mails of ours that it speaks of, the surest first.
    pub originaux: Vec<String>,
    /// What it says.
    pub nature: NatureRecue,
    /// Code that it gives.
    pub code: Option<String>,
    /// What it says, cleaned.
    pub detail: Option<String>,
    /// The original.
    pub octets: Vec<u8>,
}

impl RetourRecu {
    /// The same mail without its content, for that reason: its headers stay, so that it can be found where it came from. What it says
    /// is not taken for granted any more: a person decides.
    #[must_use]
    pub fn sans_contenu(self, raison: &str) -> Self {
        let fin = self.octets.windows(2).enumerate().find_map(|(place, deux)| {
            let suite = self.octets.get(place + 1..).unwrap_or_default();
            (deux == b"\n\n" || (deux.starts_with(b"\n") && suite.starts_with(b"\r\n"))).then_some(place)
        });
        let entetes = self.octets.get(..fin.unwrap_or_default().min(ENTETES_GARDES)).unwrap_or_default();
        let entetes = entetes.strip_suffix(b"\r").unwrap_or(entetes);
        let octets = [entetes, format!("\r\n\r\n[Contenu retiré : {raison}]\r\n").as_bytes()].concat();
        Self { nature: NatureRecue::Inconnu, code: Some("antivirus".to_owned()), detail: Some(raison.to_owned()), octets, ..self }
    }

    /// What tells the same mail handed twice: its `Message-ID`, with what it says of which mails so that a
    /// careless sender cannot hide one behind another; its bytes where it has none or was not understood.
    #[must_use]
    pub fn cle(&self) -> String {
        match (&self.message_id, self.nature) {
            (None, _) | (Some(_), NatureRecue::Inconnu) => sha256(&self.octets),
            (Some(id), nature) => sha256(format!("{id}\n{nature}\n{}", self.originaux.join("\n")).as_bytes()),
        }
    }
}

/// How a mail is tied to a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rattachement {
    /// To what was sent to the present address.
    Actuel(DiffusionId),
    /// To what was sent to an address given up since: it says nothing of the present one.
    Ancien(DiffusionId),
}

impl Rattachement {
    /// The delivery.
    #[must_use]
    pub const fn diffusion(self) -> DiffusionId {
        match self {
            Self::Actuel(id) | Self::Ancien(id) => id,
        }
    }
}

/// A mail that came back, without its content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RetourResume {
    /// Identifier.
    pub id: RetourId,
    /// What it says.
    pub nature: NatureRecue,
    /// Code that it gives.
    pub code: Option<String>,
    /// What it says, shortened and without addresses.
    pub detail: Option<String>,
    /// The delivery that it speaks of.
    pub diffusion_id: Option<DiffusionId>,
    /// Where its treatment stands.
    pub etat: EtatRetour,
    /// When it was read from the mailbox.
    pub recu_le: DateTime<Utc>,
    /// When somebody dealt with it.
    pub traite_le: Option<DateTime<Utc>>,
    /// Patient of that delivery.
    #[serde(skip)]
    pub patient_id: Option<PatientId>,
}

/// A mail that came back, to be read by a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RetourLu {
    /// The mail.
    #[serde(flatten)]
    pub retour: RetourResume,
    /// The original, as it came. Attachments are in it, encoded.
    pub texte: String,
}

/// What somebody decides on a mail that was not tied.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Examen {
    /// The decision.
    pub decision: Decision,
    /// The delivery that it speaks of, to tie it.
    pub diffusion_id: Option<DiffusionId>,
    /// What it says of that delivery, where the service did not understand it.
    pub nature: Option<NatureRecue>,
}

crate::enum_texte! {
    /// What somebody decides on a mail that was not tied.
    pub enum Decision {
        /// Tie it to a delivery.
        Rattacher => "rattacher",
        /// Nothing to do: it has been read.
        Classer => "classer",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recu(message_id: Option<&str>, nature: NatureRecue, octets: &[u8]) -> RetourRecu {
        RetourRecu {
            message_id: message_id.map(str::to_owned),
            originaux: vec!["<1@dcc.fr>".to_owned()],
            nature,
            code: None,
            detail: None,
            octets: octets.to_vec(),
        }
    }

    #[test]
    fn le_meme_accuse_remis_deux_fois_a_la_meme_cle() {
        let (un, deux) = (recu(Some("<a@b>"), NatureRecue::Lu, b"Received: 1"), recu(Some("<a@b>"), NatureRecue::Lu, b"Received: 2"));
        assert_eq!(un.cle(), deux.cle());
        assert_ne!(un.cle(), recu(Some("<a@b>"), NatureRecue::Rejete, b"Received: 1").cle(), "il dit autre chose");
        assert_ne!(recu(None, NatureRecue::Lu, b"1").cle(), recu(None, NatureRecue::Lu, b"2").cle());
    }

    #[test]
    fn un_courrier_incompris_ne_se_cache_pas_derriere_un_autre() {
        let (un, deux) = (recu(Some("<a@b>"), NatureRecue::Inconnu, b"bonjour"), recu(Some("<a@b>"), NatureRecue::Inconnu, b"urgent"));
        assert_ne!(un.cle(), deux.cle());
    }

    #[test]
    fn seul_l_incompris_ne_fait_rien() {
        for nature in NatureRecue::TOUS {
            assert_eq!(nature.acte().is_none(), *nature == NatureRecue::Inconnu);
            assert!(nature.acte().is_none_or(Acte::est_un_retour));
        }
    }

    #[test]
    fn un_courrier_sans_son_contenu_garde_ses_entetes_et_dit_pourquoi() {
        let recu = |octets: &str| RetourRecu {
            message_id: Some("<1@x>".to_owned()),
            originaux: vec!["<2@y>".to_owned()],
            nature: NatureRecue::Lu,
            code: None,
            detail: None,
            octets: octets.as_bytes().to_vec(),
        };
        for (octets, attendus) in
            [("Subject: a\r\nTo: b\r\n\r\ncorps", "Subject: a\r\nTo: b"), ("Subject: a\n\ncorps", "Subject: a"), ("sans en-tête", "")]
        {
            let reste = recu(octets).sans_contenu("Eicar");
            assert_eq!(String::from_utf8(reste.octets.clone()).unwrap(), format!("{attendus}\r\n\r\n[Contenu retiré : Eicar]\r\n"));
            assert_eq!(
                (reste.nature, reste.code.as_deref(), reste.detail.as_deref()),
                (NatureRecue::Inconnu, Some("antivirus"), Some("Eicar"))
            );
            assert_eq!(reste.originaux, ["<2@y>"]);
        }
    }
}
