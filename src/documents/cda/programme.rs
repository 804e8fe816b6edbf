//! A programme handed to a patient, as a CDA R2 document.
//!
//! The PPS follows the volet CANCER-PPS 2025.01 of the CI-SIS, at level 3: what the volet has a code for is
//! coded and told, the rest is told in the section it belongs to. No national volet structures the PPAC: it
//! is a document without structured body, which holds its PDF, under the type of document of the PPS, the
//! only plan of personal care of the JDV J07. Both hold the PDF that the patient was handed.

mod annonce;
mod entete;
mod plan;

use super::{
    CdaError, Reglages,
    controle::{self, Volet},
    frcp::{copie, decouverte, phase, tumeurs},
    section::{Forme, Section, en_lignes},
    types::{CIM_O_3, CISIS, Concept, net},
    xml::Element,
};
use crate::metier::pps::model::{
    ContenuProgramme,
    saisie::{Saisie, SaisiePps},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use uuid::Uuid;

/// The document of a programme, with its PDF inside. The same content and PDF give the same bytes.
pub fn composer(contenu: &ContenuProgramme, reglages: &Reglages, pdf: &[u8]) -> Result<Vec<u8>, CdaError> {
    let (corps, volet) = match &contenu.saisie {
        Saisie::Pps(pps) => (structure(&Redaction { contenu, pps, reglages, document: contenu.document.id.uuid() }, pdf), PPS),
        Saisie::Ppac(_) => (image(pdf), SANS_VOLET),
    };
    let document = entete::entete(contenu, reglages).document(reglages, corps);
    let defauts = controle::controler(&document, &volet);
    if !defauts.is_empty() {
        return Err(CdaError::Defauts(defauts));
    }
    document.document().map_err(CdaError::Ecriture)
}

/// CANCER-PPS 2025.01. Its plan of care is there twice.
const PPS: Volet = Volet {
    sections: &[
        ("1.2.250.1.213.1.1.2.35", "FR-Statut-du-document"),
        ("1.2.250.1.213.1.1.2.27", "FR-Diagnostic-du-cancer"),
        ("1.2.250.1.213.1.1.2.163", "FR-Resultats-evenements"),
        ("1.2.250.1.213.1.1.2.243", "FR-Document-PDF-copie"),
    ],
    jeux: &[
        ("GEN-065", &["385651009", "398166005", "9571008", "29179001"]),
        ("MED-243", &["MED-268", "MED-244"]),
        (
            "GEN-037",
            &["263855007", "MED-103", "MED-104", "MED-105", "MED-556", "MED-560", "MED-561", "GEN-175", "GEN-176", "GEN-092.08.02"],
        ),
    ],
    systemes: &[("282291009", CIM_O_3)],
    identifiants: 0,
    actes_codes: false,
    information: true,
};

/// A document whose body is another file: only its header is looked at.
const SANS_VOLET: Volet = Volet { sections: &[], jeux: &[], systemes: &[], identifiants: 0, actes_codes: false, information: false };

/// What the sections of a PPS are written from.
struct Redaction<'c> {
    contenu: &'c ContenuProgramme,
    pps: &'c SaisiePps,
    reglages: &'c Reglages,
    document: Uuid,
}

impl Redaction<'_> {
    fn section(&self, forme: Forme) -> Section {
        Section::new(self.document, forme)
    }
}

fn structure(r: &Redaction<'_>, pdf: &[u8]) -> Element {
    Element::new("structuredBody")
        .avec(annonce::statut_du_document(r))
        .avec(plan::programme_therapeutique(r))
        .avec(plan::soins_et_accompagnement(r))
        .avec_tous(commentaire_patient(r))
        .avec_tous(annonce::pediatrie(r))
        .avec(tumeurs(r.document, &r.pps.tumeurs))
        .avec(decouverte(r.document, r.pps.decouverte.depistage))
        .avec_tous(r.pps.phase.as_ref().map(|dite| phase(r.document, dite)))
        .avec_tous(annonce::documents_references(r))
        .avec_tous(information(r))
        .avec(copie(r.document, pdf))
}

/// A body that is its PDF.
fn image(pdf: &[u8]) -> Element {
    let texte = Element::new("text").attribut("mediaType", "application/pdf").attribut("representation", "B64");
    Element::new("nonXMLBody").avec(texte.texte(&STANDARD.encode(pdf)))
}

/// A section that only tells.
fn commentaire(r: &Redaction<'_>, cle: &'static str, traduction: Concept<'static>, titre: &'static str, texte: &str) -> Element {
    let section = r.section(Forme {
        cle,
        modeles: &["2.16.840.1.113883.10.12.201", "1.3.6.1.4.1.19376.1.4.1.2.16", "1.2.250.1.213.1.1.2.73"],
        code: "55112-7",
        libelle: "Commentaire",
        traduction: Some(traduction),
        titre,
    });
    section.avec_texte(en_lignes(Element::new("text"), texte))
}

/// What is told to the patient besides, whom to call, and what a region asks for of its own.
fn commentaire_patient(r: &Redaction<'_>) -> Option<Element> {
    let pps = r.pps;
    let mut lignes: Vec<String> = pps.commentaire.iter().map(|texte| texte.trim().to_owned()).collect();
    for contact in &pps.contacts {
        let dits = [&contact.role, &contact.nom, &contact.telephone, &contact.quand];
        let dits: Vec<&str> = dits.into_iter().filter_map(|dit| net(dit.as_deref())).collect();
        lignes.push(format!("Contact : {}", dits.join(", ")));
    }
    if let Some(telephone) = net(pps.urgence.telephone.as_deref()) {
        lignes.push(format!("Jour et nuit : {telephone} ({})", pps.urgence.signes.join(" ; ")));
    }
    lignes.extend(pps.urgence.consignes.iter().map(|texte| texte.trim().to_owned()));
    for bloc in &r.contenu.blocs {
        lignes.extend(bloc.reponses.iter().map(|reponse| format!("{} – {} : {}", bloc.titre, reponse.titre, reponse.valeur)));
    }
    lignes.retain(|ligne| !ligne.is_empty());
    let texte = lignes.join("\n");
    let traduction = Concept::new("GEN-293", CISIS, "Commentaire sur le patient");
    net(Some(&texte)).map(|texte| commentaire(r, "commentaire", traduction, "Commentaire sur le patient", texte))
}

/// What is done with the patient's data, in the words of the model.
fn information(r: &Redaction<'_>) -> Option<Element> {
    let traduction = Concept::new("GEN-294", CISIS, "Information pour le patient");
    let titre = "Information sur les données personnelles vous concernant";
    net(r.contenu.information.as_deref()).map(|texte| commentaire(r, "information", traduction, titre, texte))
}
