//! Cursor lists: a page and where the next one starts.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Rows given when the caller does not say.
pub const LIMITE_PAR_DEFAUT: i64 = 50;
/// The most rows one answer holds.
pub const LIMITE_MAXIMALE: i64 = 200;

/// What a caller says of the page it wants. Flatten it into the filter of a list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Pagination {
    /// Number of rows, from 1 to 200; 50 by default.
    #[param(minimum = 1, maximum = 200)]
    pub limite: Option<i64>,
    /// The `suivant` of the former page.
    pub curseur: Option<String>,
}

impl Pagination {
    /// The number of rows asked for, brought into the bounds.
    #[must_use]
    pub fn limite(&self) -> i64 {
        self.limite.unwrap_or(LIMITE_PAR_DEFAUT).clamp(1, LIMITE_MAXIMALE)
    }

    /// The key after which the page starts, or `None` for the first page. An unreadable cursor is
    /// an error of the caller.
    pub fn apres<C: for<'de> Deserialize<'de>>(&self) -> Result<Option<C>, CurseurIllisible> {
        let Some(curseur) = &self.curseur else { return Ok(None) };
        let octets = URL_SAFE_NO_PAD.decode(curseur).map_err(|_| CurseurIllisible)?;
        serde_json::from_slice(&octets).map(Some).map_err(|_| CurseurIllisible)
    }
}

/// The cursor is not one that this service gave.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("Le curseur de pagination est illisible : reprenez la liste à sa première page.")]
pub struct CurseurIllisible;

/// One page of a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Page<T> {
    /// The rows, in the order of the list.
    pub elements: Vec<T>,
    /// Cursor of the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suivant: Option<String>,
}

impl<T> Page<T> {
    /// Builds a page from `limite + 1` rows at most: the extra one only says that there is a next page.
    #[must_use]
    pub fn depuis<C: Serialize>(mut lignes: Vec<T>, limite: i64, cle: impl Fn(&T) -> C) -> Self {
        let limite = usize::try_from(limite).unwrap_or(usize::MAX);
        let reste = lignes.len() > limite;
        lignes.truncate(limite);
        let suivant = lignes
            .last()
            .filter(|_| reste)
            .and_then(|ligne| serde_json::to_vec(&cle(ligne)).ok().map(|octets| URL_SAFE_NO_PAD.encode(octets)));
        Self { elements: lignes, suivant }
    }

    /// The same page of other rows.
    #[must_use]
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page { elements: self.elements.into_iter().map(f).collect(), suivant: self.suivant }
    }
}
