//! The annual activity report as data: what a reader finds in it, and nothing of how it is drawn.
//!
//! - A table is the only thing that holds numbers. A figure names columns of a table of its chapter, so that the
//!   numbers always stand beside the drawing and a masked number is masked in both.
//! - A ratio keeps its numerator and its denominator: every format gives the same number, rounded once.
//! - A code of column with a key of row names one quantity, wherever it is printed. That is what lets
//!   [`super::secret`] see that two tables share a margin.
//! - A masked cell holds no value. What was masked cannot be read back from any format.

#[cfg(test)]
pub(crate) mod exemple;
pub mod figure;
pub mod tableau;

pub use figure::{Figure, GenreFigure};
pub use tableau::{Cellule, Colonne, Comptage, Ligne, Masque, NatureColonne, Niveau, Relation, Reste, Tableau, Terme};

use super::{Definition, Periode, dictionnaire::Unite};
use crate::kernel::Panne;
use chrono::{DateTime, Datelike, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::ToSchema;
use uuid::Uuid;

/// The report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = rapport::Rapport)]
pub struct Rapport {
    /// Title.
    #[schema(example = "Rapport d'activité des RCP")]
    pub titre: String,
    /// Region, 3C or établissement that the report is about.
    #[schema(example = "Hauts-de-France")]
    pub region: String,
    /// The days that count.
    pub periode: Periode,
    /// When the report was made: the date of its documents.
    pub etabli_le: DateTime<Utc>,
    /// The frozen data that it was made from; absent of a report on living data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instantane: Option<Instantane>,
    /// Version of the dictionary that defines the numbers.
    pub version_dictionnaire: String,
    /// Rank of publication, from 1; absent of what is not published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
    /// The publication that this one replaces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remplace: Option<Remplacement>,
    /// What a reader must know before anything else: « Document de travail ».
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mention: Option<String>,
    /// The statistical secrecy that was applied; absent when it was not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<SecretApplique>,
    /// The chapters.
    pub chapitres: Vec<Chapitre>,
    /// The definitions of the indicators, as printed.
    pub dictionnaire: Vec<DefinitionImprimee>,
}

/// The frozen data behind a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = rapport::Instantane)]
pub struct Instantane {
    /// Identifier.
    pub id: Uuid,
    /// When the data were frozen.
    pub etabli_le: DateTime<Utc>,
    /// SHA-256 of the data, 64 hexadecimal digits.
    pub empreinte: String,
}

/// A publication that another one replaces.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = rapport::Remplacement)]
pub struct Remplacement {
    /// Its rank.
    pub version: i64,
    /// When it was made.
    pub etabli_le: DateTime<Utc>,
    /// Why it is replaced.
    pub motif: String,
}

/// The statistical secrecy that a report keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = rapport::SecretApplique)]
pub struct SecretApplique {
    /// The smallest count that is printed, zero apart.
    #[schema(example = 11)]
    pub seuil: i64,
}

crate::enum_texte! {
    /// A format of the report.
    pub enum FormatRapport {
        /// To be printed.
        Pdf => "pdf",
        /// One sheet a chapter.
        Xlsx => "xlsx",
        /// One line a cell.
        Csv => "csv",
        /// Everything.
        Json => "json",
    }
}

impl FormatRapport {
    /// Its media type.
    #[must_use]
    pub const fn type_mime(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Json => "application/json",
        }
    }
}

/// A chapter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = rapport::Chapitre)]
pub struct Chapitre {
    /// Code, unique in the report.
    #[schema(example = "ACTIVITE_RCP")]
    pub code: String,
    /// Title.
    pub titre: String,
    /// What is said before the tables.
    pub paragraphes: Vec<String>,
    /// The tables.
    pub tableaux: Vec<Tableau>,
    /// Drawings of the tables above.
    pub figures: Vec<Figure>,
}

/// A definition of the dictionary, as it stood when the report was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = rapport::DefinitionImprimee)]
pub struct DefinitionImprimee {
    /// Code of the indicator.
    pub code: String,
    /// Name.
    pub nom: String,
    /// What it is counted in.
    pub unite: Unite,
    /// What it says.
    pub definition: String,
    /// What is counted, or what is divided.
    pub numerateur: String,
    /// What it is divided by; absent of a plain count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub denominateur: Option<String>,
    /// What is left out.
    pub exclusions: String,
    /// Where the definition comes from.
    pub source: String,
}

impl From<&Definition> for DefinitionImprimee {
    fn from(definition: &Definition) -> Self {
        Self {
            code: definition.code.as_str().to_owned(),
            nom: definition.nom.to_owned(),
            unite: definition.unite,
            definition: definition.definition.to_owned(),
            numerateur: definition.numerateur.to_owned(),
            denominateur: definition.denominateur.map(str::to_owned),
            exclusions: definition.exclusions.to_owned(),
            source: definition.source.to_owned(),
        }
    }
}

/// Why a report cannot be drawn or protected. All are failures of ours: whoever builds a report builds it whole.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RapportIncoherent {
    /// Two chapters, tables, figures, columns or rows bear the same code.
    #[error("{0} paraît deux fois")]
    Doublon(String),
    /// A row has not as many cells as the table has columns.
    #[error("tableau {tableau}, ligne {ligne} : {cellules} cellules pour {colonnes} colonnes")]
    Largeur {
        /// Code of the table.
        tableau: String,
        /// Key of the row.
        ligne: String,
        /// Cells of the row.
        cellules: usize,
        /// Columns of the table.
        colonnes: usize,
    },
    /// A cell is not of the nature of its column.
    #[error("tableau {tableau}, ligne {ligne} : la colonne {colonne} n'admet pas cette cellule")]
    Nature {
        /// Code of the table.
        tableau: String,
        /// Key of the row.
        ligne: String,
        /// Code of the column.
        colonne: String,
    },
    /// Something names a table, a column or a row that is not there.
    #[error("{qui} nomme {quoi}, qui n'existe pas")]
    Inconnu {
        /// Who names it.
        qui: String,
        /// What is named.
        quoi: String,
    },
    /// The same quantity has two values.
    #[error("{colonne} de {ligne} vaut {un} et {autre} dans le même rapport")]
    DeuxValeurs {
        /// Code of the column.
        colonne: String,
        /// Key of the row.
        ligne: String,
        /// A value.
        un: i64,
        /// Another.
        autre: i64,
    },
    /// The parts make more than their total.
    #[error("{colonne} : les parts de {ligne} font {somme}, plus que le total {total}")]
    Depassement {
        /// Code of the column of the total.
        colonne: String,
        /// Key of the row of the total.
        ligne: String,
        /// Sum of the parts.
        somme: i64,
        /// The total.
        total: i64,
    },
    /// A count is negative.
    #[error("{colonne} de {ligne} est négatif")]
    Negatif {
        /// Code of the column.
        colonne: String,
        /// Key of the row.
        ligne: String,
    },
}

impl From<RapportIncoherent> for Panne {
    fn from(erreur: RapportIncoherent) -> Self {
        Self::new("rapport d'activité", erreur)
    }
}

impl Rapport {
    /// « 2024 », or « du 01/01/2024 au 30/06/2024 » when the days are not those of a year.
    #[must_use]
    pub fn nom_de_la_periode(&self) -> String {
        let (du, au) = (self.periode.du(), self.periode.au());
        if du.year() == au.year() && (du.ordinal(), au.month(), au.day()) == (1, 12, 31) {
            du.year().to_string()
        } else {
            format!("du {} au {}", du.format("%d/%m/%Y"), au.format("%d/%m/%Y"))
        }
    }

    /// Every table, in the order of the report.
    pub fn tableaux(&self) -> impl Iterator<Item = &Tableau> {
        self.chapitres.iter().flat_map(|chapitre| &chapitre.tableaux)
    }

    /// Proves that the report can be drawn: what is named is there, and every cell is of its column.
    pub fn verifier(&self) -> Result<(), RapportIncoherent> {
        let mut codes = BTreeSet::new();
        let mut nouveau = |code: String| if codes.insert(code.clone()) { Ok(()) } else { Err(RapportIncoherent::Doublon(code)) };
        for chapitre in &self.chapitres {
            nouveau(format!("chapitre {}", chapitre.code))?;
            for tableau in &chapitre.tableaux {
                nouveau(format!("tableau {}", tableau.code))?;
                tableau.verifier()?;
            }
            for figure in &chapitre.figures {
                nouveau(format!("figure {}", figure.code))?;
                figure.verifier(chapitre)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metier::infocentre::model::{Ratio, dictionnaire::DICTIONNAIRE};

    #[test]
    fn un_rapport_se_relit_tel_qu_il_a_ete_ecrit() {
        let rapport = exemple::rapport();
        assert_eq!(rapport.verifier(), Ok(()));
        let texte = serde_json::to_string(&rapport).unwrap();
        assert_eq!(serde_json::from_str::<Rapport>(&texte).unwrap(), rapport);
    }

    #[test]
    fn une_annee_entiere_se_nomme_par_son_annee() {
        let mut rapport = exemple::rapport();
        assert_eq!(rapport.nom_de_la_periode(), "2024");
        rapport.periode = Periode::lire("2024-01-01".parse().unwrap(), "2024-06-30".parse().unwrap()).unwrap();
        assert_eq!(rapport.nom_de_la_periode(), "du 01/01/2024 au 30/06/2024");
        rapport.periode = Periode::lire("2023-01-01".parse().unwrap(), "2024-12-31".parse().unwrap()).unwrap();
        assert_eq!(rapport.nom_de_la_periode(), "du 01/01/2023 au 31/12/2024");
    }

    #[test]
    fn le_dictionnaire_s_imprime_mot_pour_mot() {
        for definition in DICTIONNAIRE {
            let (imprime, donne) =
                (serde_json::to_value(DefinitionImprimee::from(definition)).unwrap(), serde_json::to_value(definition).unwrap());
            for (membre, valeur) in imprime.as_object().unwrap() {
                assert_eq!(&donne[membre], valeur, "{} : {membre}", definition.code);
            }
        }
    }

    #[test]
    fn un_rapport_mal_construit_est_refuse_avec_le_lieu_de_la_faute() {
        let refus = |changer: &dyn Fn(&mut Rapport)| {
            let mut rapport = exemple::rapport();
            changer(&mut rapport);
            rapport.verifier().unwrap_err().to_string()
        };
        assert_eq!(refus(&|r| r.chapitres[1].code = r.chapitres[0].code.clone()), "chapitre REGION paraît deux fois");
        assert_eq!(
            refus(&|r| drop(r.chapitres[0].tableaux[0].lignes[0].cellules.pop())),
            "tableau ACTIVITE_REGION, ligne 3c:1 : 8 cellules pour 9 colonnes"
        );
        assert_eq!(
            refus(&|r| r.chapitres[0].tableaux[0].lignes[0].cellules[1] = Cellule::Pourcentage(Ratio::taux(1, 2))),
            "tableau ACTIVITE_REGION, ligne 3c:1 : la colonne NB_REUNIONS n'admet pas cette cellule"
        );
        assert_eq!(
            refus(&|r| r.chapitres[0].tableaux[0].lignes[1].cle = "3c:1".into()),
            "tableau ACTIVITE_REGION, ligne 3c:1 paraît deux fois"
        );
        assert_eq!(
            refus(&|r| r.chapitres[0].tableaux[0].lignes[0].parent = Some("ailleurs".into())),
            "tableau ACTIVITE_REGION, ligne 3c:1 nomme ailleurs, qui n'existe pas"
        );
        assert_eq!(refus(&|r| r.chapitres[0].figures[0].tableau = "X".into()), "figure CR_3C nomme X, qui n'existe pas");
        assert_eq!(refus(&|r| r.chapitres[0].figures[0].series = vec!["NB_X".into()]), "figure CR_3C nomme NB_X, qui n'existe pas");
    }
}
