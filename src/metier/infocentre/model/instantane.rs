//! What is frozen of the infocentre at a moment, for a year.

use crate::kernel::ids::InstantaneId;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Code and name of each group, by axis and key, as the directory gave them that day.
pub type Noms = BTreeMap<String, BTreeMap<String, (String, String)>>;

/// A frozen extraction. Its rows never change: [`Instantane::empreinte`] is made of them, and they are compared with it
/// whenever a report is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = infocentre::Instantane)]
pub struct Instantane {
    /// Identifier.
    pub id: InstantaneId,
    /// The year.
    #[schema(example = 2024)]
    pub annee: i32,
    /// First day.
    pub du: NaiveDate,
    /// Last day.
    pub au: NaiveDate,
    /// When it was taken.
    pub etabli_le: DateTime<Utc>,
    /// Version of the dictionary.
    pub version_dictionnaire: String,
    /// How many rows it holds.
    pub lignes: Effectifs,
    /// SHA-256 of its rows and names, 64 hexadecimal digits.
    pub empreinte: String,
    /// The names of its groups.
    #[serde(skip)]
    pub noms: Noms,
}

/// How many rows of each list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = infocentre::Effectifs)]
pub struct Effectifs {
    /// Comptes-rendus, and postponed cases.
    pub passages: i64,
    /// Meetings held or cancelled.
    pub seances: i64,
    /// RCP entities of the directory.
    pub entites: i64,
    /// Attendances.
    pub participations: i64,
    /// Kinds of deliveries.
    pub diffusions: i64,
}

/// What the values of a frozen column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GenreColonne {
    /// A text, a code, an identifier.
    Texte,
    /// A whole number.
    Entier,
    /// A truth.
    Vrai,
    /// A day.
    Jour,
    /// A moment, to the second.
    Moment,
}

/// A frozen list, for tools outside the service: no name, and no identifier that leads back to a compte-rendu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListeFigee {
    /// What it is a list of.
    pub nom: &'static str,
    /// Its columns.
    pub colonnes: Vec<(&'static str, GenreColonne)>,
    /// Its rows, one value a column.
    pub lignes: Vec<Vec<Option<String>>>,
}
