//! Tables for a French spreadsheet: semicolons, decimal commas, CRLF, UTF-8 with a byte order mark.
//!
//! A text that a spreadsheet would run as a formula is preceded by an apostrophe: a label that
//! somebody typed must never act on the machine of who opens the file.

use crate::kernel::{Panne, Resultat};
use actix_web::{
    HttpRequest, HttpResponse, Responder,
    body::BoxBody,
    http::header::{CONTENT_DISPOSITION, ContentDisposition, DispositionParam, DispositionType},
};

/// Byte order mark, without which Excel reads UTF-8 as Latin-1.
const INDICATEUR_D_ORDRE: &[u8] = b"\xEF\xBB\xBF";

/// One cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case(String);

impl Case {
    /// A text, made harmless.
    #[must_use]
    pub fn texte(texte: impl Into<String>) -> Self {
        let texte = texte.into();
        // Spreadsheets skip leading blanks, and some read the full-width signs as the plain ones.
        let formule = texte.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
        let controle = texte.starts_with(['\t', '\r', '\n']);
        Self(if formule || controle { format!("'{texte}") } else { texte })
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

/// A table, answered as a file to keep.
pub struct Csv {
    nom: String,
    table: csv::Writer<Vec<u8>>,
}

impl Csv {
    /// A table under that file name, with its headings.
    pub fn new(nom: impl Into<String>, entetes: Vec<Case>) -> Resultat<Self> {
        let table = csv::WriterBuilder::new().delimiter(b';').terminator(csv::Terminator::CRLF).from_writer(INDICATEUR_D_ORDRE.to_vec());
        let mut csv = Self { nom: nom.into(), table };
        csv.ligne(entetes)?;
        Ok(csv)
    }

    /// Adds a row, of as many cells as there are headings.
    pub fn ligne(&mut self, cases: Vec<Case>) -> Resultat<()> {
        self.table.write_record(cases.into_iter().map(|case| case.0)).map_err(|e| Panne::new("écriture du tableau", e))?;
        Ok(())
    }

    fn octets(self) -> Result<Vec<u8>, Panne> {
        self.table.into_inner().map_err(|e| Panne::new("écriture du tableau", e.into_error()))
    }
}

impl Responder for Csv {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse<BoxBody> {
        let disposition =
            ContentDisposition { disposition: DispositionType::Attachment, parameters: vec![DispositionParam::Filename(self.nom.clone())] };
        match self.octets() {
            Ok(octets) => HttpResponse::Ok()
                .content_type("text/csv; charset=utf-8; header=present")
                .insert_header((CONTENT_DISPOSITION, disposition))
                .body(octets),
            Err(panne) => HttpResponse::from_error(crate::kernel::Erreur::from(panne)),
        }
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
        let mut csv = Csv::new("essai.csv", vec![Case::texte("Libellé"), Case::texte("Taux")]).unwrap();
        csv.ligne(vec![Case::texte("Sein ; \"Lille\""), Case::decimal("1.42")]).unwrap();
        csv.ligne(vec![Case::texte("Rein"), Case::vide()]).unwrap();
        let texte = String::from_utf8(csv.octets().unwrap()).unwrap();
        assert_eq!(texte, "\u{feff}Libellé;Taux\r\n\"Sein ; \"\"Lille\"\"\";1,42\r\nRein;\r\n");
    }
}
