//! The IHE XDM archive that carries a CDA document in a MSSanté mail (`IHE_XDM.zip`).
//!
//! Rules (IHE ITI-32 « Distribute Document Set on Media », with the French profile of the CI-SIS): a zip
//! with `README.TXT`, `INDEX.HTM`, and under `IHE_XDM/SUBSET01/` the document and what is said of it
//! (`METADATA.XML`); names of ISO 9660 level 1; no encryption, because the mail is. A document that
//! replaces another is tied to it by an association `RPLC`.
//!
//! Everything that is said of the document is **read in its header** (`entete.rs`): the archive cannot
//! contradict it, and it carries any CDA. What no CDA says are the tables of [`config::Xdm`]. The same
//! document gives the same bytes: identifiers are made of its number, dates are its own.

mod entete;
mod metadonnees;

use super::DocumentError;
use crate::{config, documents::cda::xml};
use entete::Entete;
use std::io::{Cursor, Write};
use zip::{CompressionMethod, DateTime, ZipWriter, write::SimpleFileOptions};

/// Name of the document in its folder.
const DOCUMENT: &str = "DOC0001.XML";
/// Folder of the document and its metadata.
const DOSSIER: &str = "IHE_XDM/SUBSET01";

/// The archive of a CDA document.
pub fn archiver(cda: &[u8], reglages: &config::Xdm) -> Result<Vec<u8>, DocumentError> {
    let texte = std::str::from_utf8(cda).map_err(illisible)?;
    let arbre = roxmltree::Document::parse(texte).map_err(illisible)?;
    let entete = Entete::lire(&arbre)?;
    let metadonnees = metadonnees::decrire(&entete, cda, reglages)?.document().map_err(illisible)?;
    let fichiers = [
        ("README.TXT".to_owned(), lisez_moi(&entete, reglages).into_bytes()),
        ("INDEX.HTM".to_owned(), index(&entete).document().map_err(illisible)?),
        (format!("{DOSSIER}/METADATA.XML"), metadonnees),
        (format!("{DOSSIER}/{DOCUMENT}"), cda.to_vec()),
    ];
    zipper(&fichiers).map_err(illisible)
}

/// The files, in that order and without a date of their own.
pub(super) fn zipper(fichiers: &[(String, Vec<u8>)]) -> zip::result::ZipResult<Vec<u8>> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (nom, octets) in fichiers {
        archive.start_file(nom.as_str(), options)?;
        archive.write_all(octets)?;
    }
    Ok(archive.finish()?.into_inner())
}

/// Who made the archive and what is in it, for a person.
fn lisez_moi(entete: &Entete, reglages: &config::Xdm) -> String {
    let contact = reglages.contact.as_deref().unwrap_or("non renseigné");
    [
        format!("Emetteur : {}", entete.emetteur),
        format!("Contact : {contact}"),
        format!("Application : {} {}", reglages.application, env!("CARGO_PKG_VERSION")),
        format!("Editeur : {}", reglages.editeur),
        format!("Contenu : {DOSSIER}/METADATA.XML (metadonnees), {DOSSIER}/{DOCUMENT} (document CDA R2)"),
    ]
    .map(|ligne| ligne + "\r\n")
    .concat()
}

/// A page of links, in XHTML Basic.
fn index(entete: &Entete) -> xml::Element {
    let lien = |cible: &str, texte: &str| xml::Element::new("a").attribut("href", cible).texte(texte);
    let point = |cible: &str, texte: &str| xml::Element::new("li").avec(lien(cible, texte));
    let corps = xml::Element::new("body")
        .avec(xml::Element::new("h1").texte(&entete.emetteur))
        .avec(xml::Element::new("p").avec(lien("README.TXT", "README.TXT")))
        .avec(
            xml::Element::new("ul")
                .avec(point(&format!("{DOSSIER}/{DOCUMENT}"), &entete.nature.libelle))
                .avec(point(&format!("{DOSSIER}/METADATA.XML"), "Métadonnées")),
        );
    xml::Element::new("html")
        .attribut("xmlns", "http://www.w3.org/1999/xhtml")
        .attribut("xml:lang", "fr")
        .avec(xml::Element::new("head").avec(xml::Element::new("title").texte("Contenu de l'archive")))
        .avec(corps)
}

fn illisible(erreur: impl std::fmt::Display) -> DocumentError {
    DocumentError::Xdm(erreur.to_string())
}

#[cfg(test)]
mod tests;
