//! Figures: drawings of columns of a table, never of data of their own.

use super::{Chapitre, Ligne, NatureColonne, Niveau, RapportIncoherent, Tableau};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A drawing of a table of the same chapter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = rapport::Figure)]
pub struct Figure {
    /// Code, unique in the report.
    #[schema(example = "CR_3C")]
    pub code: String,
    /// Title.
    pub titre: String,
    /// How it is drawn.
    pub genre: GenreFigure,
    /// Code of the table, in the same chapter.
    pub tableau: String,
    /// Code of the column that names the bars or the points.
    pub etiquette: String,
    /// Codes of the columns that are drawn: counts, quotients, percentages or days.
    pub series: Vec<String>,
    /// Keys of the rows that are drawn; none means every row of detail.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lignes: Vec<String>,
    /// What the drawing shows, for who does not see it.
    pub description: String,
}

crate::enum_texte! {
    /// How a figure is drawn.
    pub enum GenreFigure {
        /// One bar a row; with several columns, side by side: a year beside the former ones.
        Barres => "barres",
        /// One bar a row, made of its columns end to end.
        BarresEmpilees => "barres_empilees",
        /// One line a column, from row to row: month after month.
        Courbe => "courbe",
    }
}

impl Figure {
    /// The rows that are drawn, in the order of the table.
    pub fn lignes_de<'a>(&'a self, tableau: &'a Tableau) -> impl Iterator<Item = &'a Ligne> {
        tableau.lignes.iter().filter(
            |ligne| {
                if self.lignes.is_empty() { ligne.niveau == Niveau::Detail } else { self.lignes.contains(&ligne.cle) }
            },
        )
    }

    pub(super) fn verifier(&self, chapitre: &Chapitre) -> Result<(), RapportIncoherent> {
        let inconnu = |quoi: &str| RapportIncoherent::Inconnu { qui: format!("figure {}", self.code), quoi: quoi.to_owned() };
        let tableau = chapitre.tableaux.iter().find(|tableau| tableau.code == self.tableau).ok_or_else(|| inconnu(&self.tableau))?;
        tableau.rang(&self.etiquette).ok_or_else(|| inconnu(&self.etiquette))?;
        for serie in &self.series {
            let colonne = tableau.colonnes.iter().find(|colonne| colonne.code == *serie);
            // Words and days of the calendar have no length to draw.
            colonne.filter(|c| !matches!(c.nature, NatureColonne::Texte | NatureColonne::Date)).ok_or_else(|| inconnu(serie))?;
        }
        let absente = self.lignes.iter().find(|cle| !tableau.lignes.iter().any(|ligne| ligne.cle == **cle));
        absente.map_or(Ok(()), |cle| Err(inconnu(cle)))
    }
}
