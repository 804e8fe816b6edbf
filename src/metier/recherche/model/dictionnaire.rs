//! The shape of the extract, as data: tables and columns of OSIRIS, what stands in place of a date, what is not filled.

use crate::kernel::Panne;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

const TEXTE: &str = include_str!("../../../../referentiels/recherche/osiris.json");

/// A column that can be asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = recherche::Colonne)]
pub struct Colonne {
    /// Name: that of OSIRIS, or `DCC_…` where OSIRIS has none.
    #[schema(example = "Patient_Gender")]
    pub nom: String,
    /// What it holds.
    pub definition: String,
    /// It ties rows together, and comes with its table.
    #[serde(default)]
    pub cle: bool,
}

/// A table or a column that is not filled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = recherche::Absente)]
pub struct Absente {
    /// Its name in OSIRIS.
    pub nom: String,
    /// Why.
    pub motif: String,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = recherche::Table)]
pub struct Table {
    /// Its name in OSIRIS.
    #[schema(example = "Patient")]
    pub nom: String,
    /// Its columns, in order.
    pub colonnes: Vec<Colonne>,
    /// Columns of OSIRIS that are not filled.
    pub absentes: Vec<Absente>,
}

/// The codes of OSIRIS for those of the fiches. A code without its exact equivalent is not there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Correspondances {
    /// Sex.
    pub sexe: BTreeMap<String, String>,
    /// Phase of the cancer.
    pub phase: BTreeMap<String, String>,
    /// Performance status.
    pub performance: BTreeMap<String, String>,
    /// Side.
    pub lateralite: BTreeMap<String, String>,
    /// Edition of the TNM.
    pub tnm_edition: BTreeMap<String, String>,
    /// Type of treatment.
    pub traitement: BTreeMap<String, String>,
}

/// The shape of an extract, and its limits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dictionnaire {
    /// Version.
    pub version: String,
    /// Where the names come from.
    pub source: String,
    /// The smallest k that a project may ask for.
    pub k_minimal: u32,
    /// Patients that may be left out rather than generalise further, in percent.
    pub suppression_maximale_pour_cent: u32,
    /// The longest time that an archive may be kept, in days.
    pub conservation_maximale_jours: u32,
    /// Tables that are filled.
    pub tables: Vec<Table>,
    /// Tables that are not.
    pub tables_absentes: Vec<Absente>,
    /// Codes.
    pub correspondances: Correspondances,
}

impl Dictionnaire {
    /// That of the program.
    pub fn defaut() -> Result<Self, Panne> {
        serde_json::from_str(TEXTE).map_err(|e| Panne::new("referentiels/recherche/osiris.json", e))
    }

    /// True when the column may be asked for; keys come by themselves.
    #[must_use]
    pub fn offre(&self, colonne: &str) -> bool {
        self.tables.iter().flat_map(|table| &table.colonnes).any(|c| !c.cle && c.nom == colonne)
    }

    /// The tables, with the columns that were asked for and the keys. That of patients is always there; another one is,
    /// when one of its columns was asked for.
    #[must_use]
    pub fn choisies(&self, demandees: &BTreeSet<String>) -> Vec<Table> {
        let reduite = |(rang, table): (usize, &Table)| {
            let colonnes: Vec<Colonne> = table.colonnes.iter().filter(|c| c.cle || demandees.contains(&c.nom)).cloned().collect();
            let utile = rang == 0 || colonnes.iter().any(|c| !c.cle);
            utile.then(|| Table { colonnes, ..table.clone() })
        };
        self.tables.iter().enumerate().filter_map(reduite).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn le_dictionnaire_se_lit_et_ne_nomme_rien_deux_fois() {
        let dictionnaire = Dictionnaire::defaut().unwrap();
        for table in &dictionnaire.tables {
            let noms: Vec<&str> =
                table.colonnes.iter().map(|c| c.nom.as_str()).chain(table.absentes.iter().map(|a| a.nom.as_str())).collect();
            assert_eq!(noms.iter().collect::<BTreeSet<_>>().len(), noms.len(), "{}", table.nom);
        }
        assert!(dictionnaire.offre("Patient_Gender") && !dictionnaire.offre("Patient_Id") && !dictionnaire.offre("Patient_BirthDate"));
    }

    #[test]
    fn une_table_dont_rien_n_est_demande_ne_sort_pas() {
        let dictionnaire = Dictionnaire::defaut().unwrap();
        let choisies = dictionnaire.choisies(&BTreeSet::from(["TNM_T".to_owned()]));
        let noms: Vec<&str> = choisies.iter().map(|table| table.nom.as_str()).collect();
        assert_eq!(noms, ["Patient", "TNM"]);
        let colonnes: Vec<&str> = choisies[1].colonnes.iter().map(|c| c.nom.as_str()).collect();
        assert_eq!(colonnes, ["Patient_Id", "Instance_Id", "TumorPathologyEvent_Ref", "TNM_T"]);
    }
}
