//! What a document is made from, of which kind it is, and its bytes.

use crate::kernel::{
    Instant,
    ids::{CompteRenduId, DocumentId, ProgrammeId},
};
use serde::Serialize;
use std::fmt;
use utoipa::ToSchema;
use uuid::Uuid;

/// The version that documents are made from and that deliveries carry, as one member of a JSON object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
pub enum Source {
    /// A version of a compte-rendu.
    #[serde(rename = "compte_rendu_id")]
    CompteRendu(CompteRenduId),
    /// A version of a programme that was handed.
    #[serde(rename = "programme_id")]
    Programme(ProgrammeId),
}

impl Source {
    /// The identifier of the version.
    #[must_use]
    pub const fn uuid(self) -> Uuid {
        match self {
            Self::CompteRendu(id) => id.uuid(),
            Self::Programme(id) => id.uuid(),
        }
    }

    /// The version, if it is that of a compte-rendu.
    #[must_use]
    pub const fn compte_rendu(self) -> Option<CompteRenduId> {
        match self {
            Self::CompteRendu(id) => Some(id),
            Self::Programme(_) => None,
        }
    }

    /// The version, if it is that of a programme.
    #[must_use]
    pub const fn programme(self) -> Option<ProgrammeId> {
        match self {
            Self::CompteRendu(_) => None,
            Self::Programme(id) => Some(id),
        }
    }

    /// The version that one of two columns names; none for a row that names no version or two, which the database
    /// refuses.
    #[must_use]
    pub const fn lire(compte_rendu: Option<CompteRenduId>, programme: Option<ProgrammeId>) -> Option<Self> {
        match (compte_rendu, programme) {
            (Some(id), None) => Some(Self::CompteRendu(id)),
            (None, Some(id)) => Some(Self::Programme(id)),
            (None, None) | (Some(_), Some(_)) => None,
        }
    }
}

/// The kinds of versions, to go through all those of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Famille {
    /// Versions of comptes-rendus.
    ComptesRendus,
    /// Programmes that were handed.
    Programmes,
}

/// As a report for an operator names it.
impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CompteRendu(id) => write!(f, "compte_rendu={id}"),
            Self::Programme(id) => write!(f, "programme={id}"),
        }
    }
}

impl From<CompteRenduId> for Source {
    fn from(id: CompteRenduId) -> Self {
        Self::CompteRendu(id)
    }
}

impl From<ProgrammeId> for Source {
    fn from(id: ProgrammeId) -> Self {
        Self::Programme(id)
    }
}

crate::enum_texte! {
    /// Kinds of documents made from a version.
    pub enum GenreDocument {
        /// The compte-rendu or the programme, in PDF/A.
        Pdf => "pdf",
        /// The letter to the médecin traitant that goes with a compte-rendu, in PDF/A.
        LettreMedecinTraitant => "lettre_medecin_traitant",
        /// The same in CDA R2, with the PDF inside.
        Cda => "cda",
        /// The IHE XDM archive that holds the CDA.
        Xdm => "xdm",
    }
}

impl GenreDocument {
    /// Media type of the file.
    #[must_use]
    pub const fn type_mime(self) -> &'static str {
        match self {
            Self::Pdf | Self::LettreMedecinTraitant => "application/pdf",
            Self::Cda => "text/xml",
            Self::Xdm => "application/zip",
        }
    }

    /// End of the name of the file.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Pdf | Self::LettreMedecinTraitant => "pdf",
            Self::Cda => "xml",
            Self::Xdm => "zip",
        }
    }
}

/// Name of every IHE XDM archive (MSSanté, ECO.2.1.1).
pub const ARCHIVE_XDM: &str = "IHE_XDM.zip";

/// A document made from a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Identifier.
    pub id: DocumentId,
    /// The version.
    pub source: Source,
    /// Kind.
    pub genre: GenreDocument,
    /// Name of the file as it is sent; it holds the name of the patient.
    pub nom: String,
    /// SHA-256 of the bytes, 64 hexadecimal digits.
    pub empreinte: String,
    /// The bytes.
    pub octets: Vec<u8>,
    /// When it was made.
    pub cree_le: Instant,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn une_version_est_celle_d_un_compte_rendu_ou_d_un_programme() {
        let (cr, programme): (CompteRenduId, ProgrammeId) = (Uuid::from_u128(1).into(), Uuid::from_u128(2).into());
        assert_eq!(Source::lire(Some(cr), None), Some(Source::CompteRendu(cr)));
        assert_eq!(Source::lire(None, Some(programme)), Some(Source::Programme(programme)));
        assert_eq!((Source::lire(None, None), Source::lire(Some(cr), Some(programme))), (None, None));
        assert_eq!(serde_json::to_value(Source::from(programme)).unwrap(), serde_json::json!({ "programme_id": programme }));
    }
}
