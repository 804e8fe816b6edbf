//! Tables for a French spreadsheet: semicolons, decimal commas, CRLF, UTF-8 with a byte order mark.
//!
//! A text that a spreadsheet would run as a formula is preceded by an apostrophe: a label that
//! somebody typed must never act on the machine of who opens the file.

use super::Panne;

/// Byte order mark, without which Excel reads UTF-8 as Latin-1.
const INDICATEUR_D_ORDRE: &[u8] = b"\xEF\xBB\xBF";

/// True when a spreadsheet that reads the text as it was typed would run it.
#[must_use]
pub fn est_une_formule(texte: &str) -> bool {
    // Spreadsheets skip leading blanks, and some read the full-width signs as the plain ones.
    texte.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']) || texte.starts_with(['\t', '\r', '\n'])
}

/// One cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case(String);

impl Case {
    /// A text, made harmless.
    #[must_use]
    pub fn texte(texte: impl Into<String>) -> Self {
        let texte = texte.into();
        Self(if est_une_formule(&texte) { format!("'{texte}") } else { texte })
    }

    /// A whole number.
    #[must_use]
    pub fn entier(nombre: i64) -> Self {
        Self(nombre.to_string())
    }

    /// A decimal number written with a point, which becomes a comma.
    #[must_use]
    pub fn decimal(nombre: &str) -> Self {
        Self(nombre.replace('.', ","))
    }

    /// Nothing.
    #[must_use]
    pub const fn vide() -> Self {
        Self(String::new())
    }
}

/// A table in the making.
pub struct Table(csv::Writer<Vec<u8>>);

impl Table {
    /// A table with its headings.
    pub fn new(entetes: Vec<Case>) -> Result<Self, Panne> {
        let table = csv::WriterBuilder::new().delimiter(b';').terminator(csv::Terminator::CRLF).from_writer(INDICATEUR_D_ORDRE.to_vec());
        let mut table = Self(table);
        table.ligne(entetes)?;
        Ok(table)
    }

    /// Adds a row, of as many cells as there are headings.
    pub fn ligne(&mut self, cases: Vec<Case>) -> Result<(), Panne> {
        self.0.write_record(cases.into_iter().map(|case| case.0)).map_err(|e| Panne::new("écriture du tableau", e))
    }

    /// The file.
    pub fn octets(self) -> Result<Vec<u8>, Panne> {
        self.0.into_inner().map_err(|e| Panne::new("écriture du tableau", e.into_error()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn une_formule_ne_s_execute_pas() {
        for texte in ["=1+1", "+33", "-2", "@SOMME(A1)", "  =1", "\t=1", "＝1"] {
            assert_eq!(Case::texte(texte).0, format!("'{texte}"));
        }
        assert_eq!(Case::texte("RCP sein - Lille").0, "RCP sein - Lille");
    }

    #[test]
    fn le_tableau_s_ouvre_dans_un_tableur_francais() {
        let mut table = Table::new(vec![Case::texte("Libellé"), Case::texte("Taux")]).unwrap();
        table.ligne(vec![Case::texte("Sein ; \"Lille\""), Case::decimal("1.42")]).unwrap();
        table.ligne(vec![Case::texte("Rein"), Case::vide()]).unwrap();
        let texte = String::from_utf8(table.octets().unwrap()).unwrap();
        assert_eq!(texte, "\u{feff}Libellé;Taux\r\n\"Sein ; \"\"Lille\"\"\";1,42\r\nRein;\r\n");
    }
}
