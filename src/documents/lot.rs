//! Several documents in one PDF, for one print: each begins on the front of a sheet.
//!
//! The batch is paper in waiting, not an archive: pages are shown as they were written, but the tags and
//! the metadata of PDF/A stay behind with the documents, which are kept apart and whole.

use super::DocumentError;
use lopdf::{Dictionary, Document, Object, ObjectId, dictionary};
use std::collections::BTreeSet;

/// What a page may inherit from the tree it stood in (ISO 32000-1, table 30).
const HERITES: [&[u8]; 4] = [b"Resources", b"MediaBox", b"CropBox", b"Rotate"];
/// What a page says of the tags of its document (ISO 32000-1, table 30).
const BALISES: [&[u8]; 2] = [b"StructParents", b"Tabs"];

/// One PDF of all documents, in their order. Where a document ends on the front of a sheet, a blank page
/// precedes the next. The same documents give the same bytes.
pub fn assembler(documents: &[&[u8]]) -> Result<Vec<u8>, DocumentError> {
    let mut lot = Document::with_version("1.7");
    let racine = lot.new_object_id();
    let mut feuilles: Vec<ObjectId> = Vec::new();
    for octets in documents {
        if !feuilles.len().is_multiple_of(2) {
            let blanche = blanche(&lot, feuilles.last().copied(), racine)?;
            feuilles.push(lot.add_object(blanche));
        }
        feuilles.extend(ajouter(&mut lot, octets, racine)?);
    }
    let nombre = i64::try_from(feuilles.len()).map_err(illisible)?;
    let enfants: Vec<Object> = feuilles.into_iter().map(Object::Reference).collect();
    lot.set_object(racine, dictionary! { "Type" => "Pages", "Kids" => enfants, "Count" => nombre });
    let catalogue = lot.add_object(dictionary! {
        "Type" => "Catalog",
        "Pages" => racine,
        "Lang" => Object::string_literal("fr-FR"),
        // Both sides of each sheet, turned on the long side.
        "ViewerPreferences" => dictionary! { "Duplex" => "DuplexFlipLongEdge" },
    });
    lot.trailer.set("Root", catalogue);
    lot.prune_objects();
    lot.renumber_objects();
    let mut octets = Vec::new();
    lot.save_to(&mut octets).map_err(illisible)?;
    Ok(octets)
}

/// Takes the pages of a document over, with everything they show; the objects that nothing shows any more
/// are pruned at the end.
fn ajouter(lot: &mut Document, octets: &[u8], racine: ObjectId) -> Result<Vec<ObjectId>, DocumentError> {
    let mut document = Document::load_mem(octets).map_err(illisible)?;
    if document.is_encrypted() || document.was_encrypted() {
        return Err(illisible("document chiffré"));
    }
    document.renumber_objects_with(lot.max_id + 1);
    let pages: Vec<ObjectId> = document.page_iter().collect();
    if pages.is_empty() {
        return Err(illisible("document sans page"));
    }
    let detachees = pages.iter().map(|page| Ok((*page, detacher(&document, *page, racine)?))).collect::<Result<Vec<_>, DocumentError>>()?;
    lot.max_id = document.max_id;
    lot.objects.append(&mut document.objects);
    for (id, page) in detachees {
        lot.set_object(id, page);
    }
    Ok(pages)
}

/// The page by itself: what it inherited is its own, and its parent is the batch.
fn detacher(document: &Document, page: ObjectId, racine: ObjectId) -> Result<Dictionary, DocumentError> {
    let mut detachee = document.get_dictionary(page).map_err(illisible)?.clone();
    for cle in HERITES {
        if let Some(valeur) = herite(document, page, cle)? {
            detachee.set(cle, valeur);
        }
    }
    for cle in BALISES {
        detachee.remove(cle);
    }
    detachee.set("Parent", racine);
    Ok(detachee)
}

/// The value of the page, or of the nearest of its ancestors that has one.
fn herite(document: &Document, page: ObjectId, cle: &[u8]) -> Result<Option<Object>, DocumentError> {
    let (mut noeud, mut vus) = (page, BTreeSet::new());
    while vus.insert(noeud) {
        let dictionnaire = document.get_dictionary(noeud).map_err(illisible)?;
        if let Ok(valeur) = dictionnaire.get(cle) {
            return Ok(Some(valeur.clone()));
        }
        match dictionnaire.get(b"Parent").and_then(Object::as_reference) {
            Ok(parent) => noeud = parent,
            Err(_) => return Ok(None),
        }
    }
    Err(illisible("arbre des pages en boucle"))
}

/// The blank back of a sheet, of the size of its front.
fn blanche(lot: &Document, recto: Option<ObjectId>, racine: ObjectId) -> Result<Dictionary, DocumentError> {
    let recto = recto.map(|id| lot.get_dictionary(id)).transpose().map_err(illisible)?;
    let format = recto.and_then(|page| page.get(b"MediaBox").ok().cloned()).ok_or_else(|| illisible("page sans format"))?;
    Ok(dictionary! { "Type" => "Page", "Parent" => racine, "MediaBox" => format, "Resources" => Dictionary::new() })
}

fn illisible(erreur: impl std::fmt::Display) -> DocumentError {
    DocumentError::Lot(erreur.to_string())
}

#[cfg(test)]
mod tests {
    use super::{super::pdf, *};
    use crate::metier::{compte_rendu::model::exemple, gabarit::model::GenreGabarit};

    fn document(genre: GenreGabarit, lignes: usize) -> Vec<u8> {
        let mut contenu = exemple();
        contenu.fiche.synthese.cas = Some("Une ligne de la synthèse.\n".repeat(lignes));
        pdf::composer(genre, &pdf::Matiere::de(genre, &contenu).unwrap().unwrap()).unwrap()
    }

    /// For each page, whether something is printed on it.
    fn imprimees(octets: &[u8]) -> Vec<bool> {
        let lu = Document::load_mem(octets).unwrap();
        lu.page_iter().map(|page| !lu.get_page_content(page).is_empty()).collect()
    }

    #[test]
    fn chaque_document_commence_au_recto_d_une_feuille() {
        let (lettre, compte_rendu) = (document(GenreGabarit::LettreMedecinTraitant, 1), document(GenreGabarit::CompteRendu, 1));
        let pages = imprimees(&compte_rendu).len();
        assert_eq!(imprimees(&lettre), [true]);
        let lot = assembler(&[&lettre, &compte_rendu, &lettre, &lettre]).unwrap();
        let mut attendues = vec![true, false];
        attendues.extend(vec![true; pages]);
        attendues.extend(vec![false; pages % 2]);
        attendues.extend([true, false, true]);
        assert_eq!(imprimees(&lot), attendues);
    }

    #[test]
    fn une_page_du_lot_montre_ce_que_montrait_le_document() {
        let compte_rendu = document(GenreGabarit::CompteRendu, 150);
        let lot = assembler(&[&document(GenreGabarit::LettreMedecinTraitant, 1), &compte_rendu]).unwrap();
        let (seul, lot) = (Document::load_mem(&compte_rendu).unwrap(), Document::load_mem(&lot).unwrap());
        let pages: Vec<ObjectId> = lot.page_iter().skip(2).collect();
        assert_eq!(pages.len(), seul.get_pages().len());
        for (dans_le_lot, avant) in pages.into_iter().zip(seul.page_iter()) {
            assert_eq!(lot.get_page_content(dans_le_lot), seul.get_page_content(avant));
            let polices = |d: &Document, page| d.get_page_fonts(page).unwrap().into_keys().collect::<Vec<_>>();
            assert_eq!(polices(&lot, dans_le_lot), polices(&seul, avant));
            assert!(!polices(&lot, dans_le_lot).is_empty());
        }
    }

    #[test]
    fn les_memes_documents_donnent_les_memes_octets_et_rien_de_superflu() {
        let lettre = document(GenreGabarit::LettreMedecinTraitant, 1);
        let lot = assembler(&[&lettre, &lettre]).unwrap();
        assert_eq!(lot, assembler(&[&lettre, &lettre]).unwrap());
        let objets = Document::load_mem(&lot).unwrap().objects;
        let orphelins = objets.values().filter_map(|objet| objet.as_dict().ok()).filter(|d| d.has_type(b"StructElem")).count();
        assert_eq!(orphelins, 0);
        assert_eq!(imprimees(&assembler(&[]).unwrap()).len(), 0);
    }

    #[test]
    fn ce_qui_n_est_pas_un_pdf_est_refuse() {
        assert!(matches!(assembler(&[b"PK\x03\x04".as_slice()]), Err(DocumentError::Lot(_))));
        let lettre = document(GenreGabarit::LettreMedecinTraitant, 1);
        let coupee = lettre.get(..lettre.len() / 2).unwrap();
        assert!(matches!(assembler(&[&lettre, coupee]), Err(DocumentError::Lot(_))));
    }
}
