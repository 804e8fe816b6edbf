//! Tables: columns that say what they count, rows that say what they belong to, typed cells.

use super::RapportIncoherent;
use crate::metier::infocentre::model::Ratio;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// A table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = rapport::Tableau)]
pub struct Tableau {
    /// Code, unique in the report.
    #[schema(example = "ACTIVITE_RCP")]
    pub code: String,
    /// Title.
    pub titre: String,
    /// The columns. The first names the row.
    pub colonnes: Vec<Colonne>,
    /// The rows, in the order in which they are read.
    pub lignes: Vec<Ligne>,
    /// Which columns share out another, for the statistical secrecy.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub relations: Vec<Relation>,
    /// What is said under the table.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = rapport::Colonne)]
pub struct Colonne {
    /// What is measured: with the key of a row, it names one quantity in the whole report.
    #[schema(example = "NB_PATIENTS")]
    pub code: String,
    /// Title.
    pub titre: String,
    /// What its cells are.
    pub nature: NatureColonne,
}

/// What the cells of a column are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "genre", rename_all = "snake_case")]
#[schema(as = rapport::NatureColonne)]
pub enum NatureColonne {
    /// Words.
    Texte,
    /// A day.
    Date,
    /// A number of days, a median say.
    Jours {
        /// The count that it was computed on: masked, it masks the number of days.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        effectif: Option<String>,
    },
    /// A count.
    Nombre {
        /// What is counted.
        comptage: Comptage,
    },
    /// A quotient of counts.
    Quotient {
        /// What is divided.
        numerateur: Terme,
        /// What it is divided by.
        denominateur: Terme,
    },
    /// A part of a count, in percent.
    Pourcentage {
        /// What is counted.
        numerateur: Terme,
        /// What it is a part of.
        denominateur: Terme,
        /// The rest of the denominator says something of patients too: one hundred percent less this part is then as
        /// secret as the part.
        #[serde(default)]
        reste_sensible: bool,
    },
}

crate::enum_texte! {
    /// What is counted, as far as statistical secrecy goes.
    pub enum Comptage {
        /// No patients: meetings, RCP entities. Never masked for itself.
        Libre => "libre",
        /// Passages: each comptes-rendus is that of one patient, and belongs to one row.
        Passages => "passages",
        /// Different patients: one may belong to several rows, and counts once in their total.
        Patients => "patients",
    }
}

/// A term of a quotient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = rapport::Terme)]
pub struct Terme {
    /// The column of the report that prints it, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub colonne: Option<String>,
    /// What is counted.
    pub comptage: Comptage,
}

impl Terme {
    /// A term that no column prints.
    #[must_use]
    pub const fn propre(comptage: Comptage) -> Self {
        Self { colonne: None, comptage }
    }

    /// A term that a column prints.
    #[must_use]
    pub fn de(colonne: &str, comptage: Comptage) -> Self {
        Self { colonne: Some(colonne.to_owned()), comptage }
    }
}

/// Columns that share out another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = rapport::Relation)]
pub struct Relation {
    /// Code of the column that is shared out.
    pub total: String,
    /// Codes of its parts.
    pub parties: Vec<String>,
    /// What the parts leave.
    pub reste: Reste,
}

crate::enum_texte! {
    /// What the parts of a total leave.
    pub enum Reste {
        /// Nothing: they make the total.
        Aucun => "aucun",
        /// Something that is nobody's secret.
        Libre => "libre",
        /// Something as secret as the parts: patients already known, beside the new ones.
        Sensible => "sensible",
        /// They overlap, and make the total or more.
        Recouvrement => "recouvrement",
    }
}

/// A row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = rapport::Ligne)]
pub struct Ligne {
    /// What the row is about: the same key means the same thing in every table.
    #[schema(example = "rcp:0199c1f0-5c00-7000-8000-000000000001")]
    pub cle: String,
    /// Detail, subtotal or total.
    pub niveau: Niveau,
    /// Key of the row that it is summed into. The rows of a parent share it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// One cell a column.
    pub cellules: Vec<Cellule>,
}

crate::enum_texte! {
    /// What a row stands for.
    pub enum Niveau {
        /// One thing.
        Detail => "detail",
        /// Several things of the table together.
        SousTotal => "sous_total",
        /// All of them.
        Total => "total",
    }
}

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", content = "valeur", rename_all = "snake_case")]
#[schema(as = rapport::Cellule)]
pub enum Cellule {
    /// Words.
    Texte(String),
    /// A count.
    Entier(i64),
    /// A quotient, with its terms.
    Quotient(Ratio),
    /// A part in percent, with its terms.
    Pourcentage(Ratio),
    /// A day.
    Date(NaiveDate),
    /// A number of days.
    Jours(i64),
    /// A value that statistical secrecy withholds.
    Masquee(Masque),
    /// No value: it was not collected, or means nothing there.
    Absente,
}

crate::enum_texte! {
    /// Why a value is withheld.
    pub enum Masque {
        /// It is a count under the threshold, printed « < 11 ».
        Petite => "petite",
        /// It would give away another one, printed « s. ».
        Secondaire => "secondaire",
    }
}

impl Masque {
    /// What is printed instead of the value.
    #[must_use]
    pub const fn imprime(self) -> &'static str {
        match self {
            Self::Petite => "< 11",
            Self::Secondaire => "s.",
        }
    }
}

impl Tableau {
    /// Rank of a column.
    #[must_use]
    pub fn rang(&self, colonne: &str) -> Option<usize> {
        self.colonnes.iter().position(|c| c.code == colonne)
    }

    pub(super) fn verifier(&self) -> Result<(), RapportIncoherent> {
        let mut codes = BTreeSet::new();
        if let Some(double) = self.colonnes.iter().find(|colonne| !codes.insert(&colonne.code)) {
            return Err(RapportIncoherent::Doublon(format!("tableau {}, colonne {}", self.code, double.code)));
        }
        let cles: BTreeSet<&str> = self.lignes.iter().map(|ligne| ligne.cle.as_str()).collect();
        let mut vues = BTreeSet::new();
        for ligne in &self.lignes {
            let lieu = || format!("tableau {}, ligne {}", self.code, ligne.cle);
            if !vues.insert(&ligne.cle) {
                return Err(RapportIncoherent::Doublon(lieu()));
            }
            if let Some(parent) = ligne.parent.as_ref().filter(|parent| !cles.contains(parent.as_str()) || **parent == ligne.cle) {
                return Err(RapportIncoherent::Inconnu { qui: lieu(), quoi: parent.clone() });
            }
            self.verifier_ligne(ligne)?;
        }
        for relation in &self.relations {
            let nommees = relation.parties.iter().chain([&relation.total]);
            if let Some(inconnue) = nommees.into_iter().find(|colonne| self.rang(colonne).is_none()) {
                return Err(RapportIncoherent::Inconnu { qui: format!("tableau {}", self.code), quoi: inconnue.clone() });
            }
        }
        Ok(())
    }

    fn verifier_ligne(&self, ligne: &Ligne) -> Result<(), RapportIncoherent> {
        let (tableau, cle) = (|| self.code.clone(), || ligne.cle.clone());
        if ligne.cellules.len() != self.colonnes.len() {
            let (cellules, colonnes) = (ligne.cellules.len(), self.colonnes.len());
            return Err(RapportIncoherent::Largeur { tableau: tableau(), ligne: cle(), cellules, colonnes });
        }
        for (colonne, cellule) in self.colonnes.iter().zip(&ligne.cellules) {
            if !colonne.nature.admet(cellule) {
                return Err(RapportIncoherent::Nature { tableau: tableau(), ligne: cle(), colonne: colonne.code.clone() });
            }
            if matches!(cellule, Cellule::Entier(nombre) if *nombre < 0) {
                return Err(RapportIncoherent::Negatif { colonne: colonne.code.clone(), ligne: cle() });
            }
        }
        Ok(())
    }
}

impl NatureColonne {
    /// True when a cell may stand in such a column.
    #[must_use]
    pub const fn admet(&self, cellule: &Cellule) -> bool {
        match cellule {
            Cellule::Absente => true,
            Cellule::Masquee(_) => {
                matches!(self, Self::Nombre { .. } | Self::Quotient { .. } | Self::Pourcentage { .. } | Self::Jours { .. })
            }
            Cellule::Texte(_) => matches!(self, Self::Texte),
            Cellule::Entier(_) => matches!(self, Self::Nombre { .. }),
            Cellule::Quotient(_) => matches!(self, Self::Quotient { .. }),
            Cellule::Pourcentage(_) => matches!(self, Self::Pourcentage { .. }),
            Cellule::Date(_) => matches!(self, Self::Date),
            Cellule::Jours(_) => matches!(self, Self::Jours { .. }),
        }
    }

    /// What its values are counted in.
    #[must_use]
    pub const fn unite(&self) -> &'static str {
        match self {
            Self::Texte => "texte",
            Self::Date => "date",
            Self::Jours { .. } => "jours",
            Self::Nombre { .. } => "nombre",
            Self::Quotient { .. } => "quotient",
            Self::Pourcentage { .. } => "pourcentage",
        }
    }

    /// The terms of a quotient, the numerator first.
    #[must_use]
    pub const fn termes(&self) -> Option<(&Terme, &Terme)> {
        match self {
            Self::Quotient { numerateur, denominateur } | Self::Pourcentage { numerateur, denominateur, .. } => {
                Some((numerateur, denominateur))
            }
            Self::Texte | Self::Date | Self::Jours { .. } | Self::Nombre { .. } => None,
        }
    }
}
