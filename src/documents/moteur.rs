//! The typesetter: a template, its data, and nothing else.
//!
//! The compiler sees one template and one JSON file, both in memory. It has no file system, no
//! network, no packages and no clock; its fonts are inside this program. The same template and the
//! same data therefore give the same bytes, today and in twenty years with the same program.

use super::DocumentError;
use crate::metier::gabarit::model::Diagnostic;
use serde_json::Value;
use std::sync::LazyLock;
use typst::{
    Library, LibraryExt, World, WorldExt,
    diag::{FileError, FileResult, SourceDiagnostic},
    foundations::{Bytes, Datetime, Duration, Smart},
    syntax::{DiagSpan, FileId, RootedPath, Source, VirtualPath, VirtualRoot},
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

/// Pages laid out.
pub(super) struct Composition {
    monde: Monde,
    /// The pages.
    pub(super) pages: PagedDocument,
    /// What the typesetter doubts.
    pub(super) avertissements: Vec<Diagnostic>,
}

/// Lays the pages out.
pub(super) fn mettre_en_page(modele: &str, donnees: &Value) -> Result<Composition, DocumentError> {
    let monde = Monde::new(modele, donnees)?;
    let issue = typst::compile::<PagedDocument>(&monde);
    comemo::evict(AGE_DU_CACHE);
    let avertissements = monde.situer(&issue.warnings);
    match issue.output {
        Ok(pages) => Ok(Composition { monde, pages, avertissements }),
        Err(erreurs) => Err(DocumentError::Modele(monde.situer(&erreurs))),
    }
}

/// Writes the pages as a PDF of the given standard.
pub(super) fn ecrire(composition: &Composition, identite: &Identite<'_>, norme: PdfStandard) -> Result<Vec<u8>, DocumentError> {
    let options = PdfOptions {
        ident: Smart::Custom(identite.ident.to_owned()),
        creator: Smart::Custom(Some("Dossier communicant en cancérologie".to_owned())),
        timestamp: Some(Timestamp::new_utc(identite.date)),
        standards: PdfStandards::new(&[norme]).map_err(|e| DocumentError::Donnees(e.message().to_string()))?,
        ..PdfOptions::default()
    };
    let issue = typst_pdf::pdf(&composition.pages, &options).map_err(|erreurs| DocumentError::Norme(composition.monde.situer(&erreurs)));
    comemo::evict(AGE_DU_CACHE);
    issue
}

/// Diagnostics that are told of one template.
const DIAGNOSTICS_MAXIMAUX: usize = 10;
/// Longest sentence that is kept, in characters.
const MESSAGE_MAXIMAL: usize = 300;

impl Monde {
    /// Diagnostics with their place in the template. A template of the region may repeat its data in them.
    fn situer(&self, erreurs: &[SourceDiagnostic]) -> Vec<Diagnostic> {
        erreurs.iter().take(DIAGNOSTICS_MAXIMAUX).map(|erreur| self.diagnostic(erreur)).collect()
    }

    fn diagnostic(&self, erreur: &SourceDiagnostic) -> Diagnostic {
        let lieu = self.lieu(erreur.span).or_else(|| erreur.trace.iter().find_map(|appel| self.lieu(appel.span)));
        let mut message = erreur.message.to_string();
        for conseil in &erreur.hints {
            message.push_str(&format!(" ({})", conseil.v));
        }
        let (ligne, colonne) = lieu.unzip();
        Diagnostic { exemple: None, ligne, colonne, message: message.chars().take(MESSAGE_MAXIMAL).collect() }
    }

    /// Line and column, from 1, of a place in the template.
    fn lieu(&self, endroit: impl Into<DiagSpan>) -> Option<(u32, u32)> {
        let endroit = endroit.into();
        if endroit.id() != Some(self.modele.id()) {
            return None;
        }
        let (ligne, colonne) = self.modele.lines().byte_to_line_column(self.range(endroit)?.start)?;
        Some((u32::try_from(ligne).ok()? + 1, u32::try_from(colonne).ok()? + 1))
    }
}

#[cfg(test)]
impl Composition {
    /// The words of the pages, in the order they were laid out.
    pub(super) fn mots(&self) -> Vec<String> {
        use typst::layout::{Frame, FrameItem};

        fn recueillir(cadre: &Frame, mots: &mut Vec<String>) {
            for (_, element) in cadre.items() {
                match element {
                    FrameItem::Group(groupe) => recueillir(&groupe.frame, mots),
                    FrameItem::Text(texte) => mots.extend(texte.text.split_whitespace().map(|mot| mot.replace('\u{200B}', ""))),
                    _ => {}
                }
            }
        }
        let mut mots = Vec::new();
        self.pages.pages().iter().for_each(|page| recueillir(&page.frame, &mut mots));
        mots
    }
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

    #[test]
    fn une_faute_est_situee_dans_le_gabarit() {
        let Err(DocumentError::Modele(fautes)) = mettre_en_page("Bonjour\n\n  #inconnu", &Value::Null) else { panic!("sans faute") };
        assert_eq!((fautes[0].ligne, fautes[0].colonne), (Some(3), Some(4)), "{fautes:?}");
        assert!(fautes[0].message.starts_with("unknown variable: inconnu"), "{fautes:?}");
        let police = mettre_en_page(r#"#set text(font: "Comic Sans MS")"#, &Value::Null).unwrap();
        assert!(police.avertissements[0].message.starts_with("unknown font family"), "{:?}", police.avertissements);
    }
}
