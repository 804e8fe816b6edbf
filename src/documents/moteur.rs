//! The typesetter: a template, its data, and nothing else.
//!
//! The compiler sees one template and one JSON file, both in memory. It has no file system, no
//! network, no packages and no clock; its fonts are inside this program. The same template and the
//! same data therefore give the same bytes, today and in twenty years with the same program.

use super::DocumentError;
use serde_json::Value;
use std::sync::LazyLock;
use typst::{
    Library, LibraryExt, World,
    diag::{FileError, FileResult, SourceDiagnostic},
    foundations::{Bytes, Datetime, Duration, Smart},
    syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot},
    text::{Font, FontBook},
    utils::LazyHash,
};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

static POLICES: LazyLock<Vec<Font>> = LazyLock::new(|| typst_assets::fonts().flat_map(|octets| Font::iter(Bytes::new(octets))).collect());
static CATALOGUE: LazyLock<LazyHash<FontBook>> = LazyLock::new(|| LazyHash::new(FontBook::from_fonts(POLICES.iter())));
static BIBLIOTHEQUE: LazyLock<LazyHash<Library>> = LazyLock::new(|| LazyHash::new(Library::default()));

/// Compilations during which an intermediate result that no longer serves is still kept.
const AGE_DU_CACHE: usize = 3;

/// Where a template reads its data.
const DONNEES: &str = "/donnees.json";

/// True when some font of this program can draw the character.
pub(super) fn dessinable(caractere: char) -> bool {
    POLICES.iter().any(|police| police.info().coverage.contains(u32::from(caractere)))
}

/// A template with its data.
struct Monde {
    modele: Source,
    donnees: (FileId, Bytes),
}

impl Monde {
    fn new(modele: &str, donnees: &Value) -> Result<Self, DocumentError> {
        let donnees = Bytes::new(serde_json::to_vec(donnees).map_err(|e| DocumentError::Donnees(e.to_string()))?);
        Ok(Self { modele: Source::new(fichier("/modele.typ")?, modele.to_owned()), donnees: (fichier(DONNEES)?, donnees) })
    }
}

fn fichier(chemin: &str) -> Result<FileId, DocumentError> {
    let chemin = VirtualPath::new(chemin).map_err(|e| DocumentError::Donnees(format!("{e:?}")))?;
    Ok(FileId::new(RootedPath::new(VirtualRoot::Project, chemin)))
}

impl World for Monde {
    fn library(&self) -> &LazyHash<Library> {
        &BIBLIOTHEQUE
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &CATALOGUE
    }

    fn main(&self) -> FileId {
        self.modele.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.modele.id() { Ok(self.modele.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == self.donnees.0 { Ok(self.donnees.1.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn font(&self, rang: usize) -> Option<Font> {
        POLICES.get(rang).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

/// What tells a document apart in its metadata.
pub(super) struct Identite<'a> {
    /// Stable identifier of the document.
    pub(super) ident: &'a str,
    /// Date of the document.
    pub(super) date: Datetime,
}

/// Lays the pages out.
pub(super) fn mettre_en_page(modele: &str, donnees: &Value) -> Result<PagedDocument, DocumentError> {
    let monde = Monde::new(modele, donnees)?;
    let issue = typst::compile::<PagedDocument>(&monde);
    comemo::evict(AGE_DU_CACHE);
    for avertissement in &issue.warnings {
        tracing::warn!(message = %avertissement.message, "modèle de document");
    }
    issue.output.map_err(|erreurs| DocumentError::Modele(dire(&erreurs)))
}

/// Writes the pages as a PDF of the given standard.
pub(super) fn ecrire(pages: &PagedDocument, identite: &Identite<'_>, norme: PdfStandard) -> Result<Vec<u8>, DocumentError> {
    let options = PdfOptions {
        ident: Smart::Custom(identite.ident.to_owned()),
        creator: Smart::Custom(Some("Dossier communicant en cancérologie".to_owned())),
        timestamp: Some(Timestamp::new_utc(identite.date)),
        standards: PdfStandards::new(&[norme]).map_err(|e| DocumentError::Norme(e.message().to_string()))?,
        ..PdfOptions::default()
    };
    let issue = typst_pdf::pdf(pages, &options).map_err(|erreurs| DocumentError::Norme(dire(&erreurs)));
    comemo::evict(AGE_DU_CACHE);
    issue
}

/// Diagnostics on one line. They speak of the template: the data never shows in them.
fn dire(erreurs: &[SourceDiagnostic]) -> String {
    erreurs.iter().take(5).map(|erreur| erreur.message.as_str()).collect::<Vec<_>>().join(" ; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn un_modele_ne_lit_ni_fichier_ni_paquet_ni_horloge() {
        for modele in [r#"#read("/etc/passwd")"#, r#"#read("../../etc/passwd")"#, r#"#import "@preview/cetz:0.3.0""#, "#datetime.today()"] {
            assert!(matches!(mettre_en_page(modele, &Value::Null), Err(DocumentError::Modele(_))), "{modele}");
        }
        assert!(mettre_en_page(r#"#json("/donnees.json")"#, &"lu".into()).is_ok());
    }
}
