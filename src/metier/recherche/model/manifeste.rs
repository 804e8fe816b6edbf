//! What an archive says of itself.

use super::{Projet, anonymat::Effectif, dictionnaire::Dictionnaire};
use crate::kernel::Instant;
use chrono::NaiveDate;
use serde::Serialize;
use std::collections::BTreeMap;

crate::enum_texte! {
    /// Why a patient is left out.
    pub enum Exclusion {
        /// Opposed to the reuse of the data, or to the sharing of the file.
        Opposition => "opposition",
        /// Restricted to named people.
        AccesRestreint => "acces_restreint",
        /// Nobody's identity.
        IdentiteFictive => "identite_fictive",
    }
}

/// Patients of the project who are not in it, whatever the reason was first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Exclusions {
    /// Opposed to the reuse of their data, or to the sharing of their file.
    pub opposition: Effectif,
    /// Restricted to named people.
    pub acces_restreint: Effectif,
    /// Identities that are nobody's.
    pub identite_fictive: Effectif,
}

/// What the archive is made for and of. It holds no date of its making: the same project and the same data give the same bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Manifeste {
    /// Name of the format.
    pub format: &'static str,
    /// Version of the dictionary.
    pub dictionnaire: String,
    /// Where its names come from.
    pub source: String,
    /// The region.
    pub region: String,
    /// The project.
    pub projet: String,
    /// Title.
    pub titre: String,
    /// What the data are for.
    pub finalite: String,
    /// The person who answers for it.
    pub responsable: String,
    /// The structure that answers for it.
    pub structure: String,
    /// Its legal ground.
    pub cadre: String,
    /// Opinion of an ethics committee.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub avis_ethique: Option<String>,
    /// To whom the archive is given.
    pub destinataire: String,
    /// When it was approved for the second time.
    pub approuve_le: Instant,
    /// Days that it may be kept.
    pub conservation_jours: u32,
    /// First day of the meetings.
    pub du: NaiveDate,
    /// Last day of the meetings.
    pub au: NaiveDate,
    /// RCP that were named.
    pub rcp: Vec<String>,
    /// Localisations that were named.
    pub localisations: Vec<String>,
    /// Columns that were asked for.
    pub variables: Vec<String>,
    /// Who is not in it.
    pub exclusions: Exclusions,
    /// Rows of each table.
    pub lignes: BTreeMap<String, usize>,
    /// Files, by name.
    pub fichiers: BTreeMap<String, Fichier>,
}

/// A file of the archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fichier {
    /// Number of bytes.
    pub octets: usize,
    /// SHA-256.
    pub sha256: String,
}

impl Manifeste {
    /// That of a project, before its files are there.
    #[must_use]
    pub fn nouveau(projet: &Projet, approuve_le: Instant, dictionnaire: &Dictionnaire, region: &str, exclusions: Exclusions) -> Self {
        let demande = &projet.demande;
        Self {
            format: "dcc-extrait-osiris-1",
            dictionnaire: dictionnaire.version.clone(),
            source: dictionnaire.source.clone(),
            region: region.to_owned(),
            projet: projet.id.to_string(),
            titre: demande.titre.clone(),
            finalite: demande.finalite.clone(),
            responsable: demande.responsable.clone(),
            structure: demande.structure.clone(),
            cadre: demande.cadre.clone(),
            avis_ethique: demande.avis_ethique.clone(),
            destinataire: projet.demandeur_nom.clone(),
            approuve_le,
            conservation_jours: demande.conservation_jours,
            du: demande.du,
            au: demande.au,
            rcp: demande.rcp.iter().map(ToString::to_string).collect(),
            localisations: demande.localisations.clone(),
            variables: demande.variables.clone(),
            exclusions,
            lignes: BTreeMap::new(),
            fichiers: BTreeMap::new(),
        }
    }
}
