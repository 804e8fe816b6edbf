//! The compte-rendu as a CDA R2 level 3 document: volet CANCER-FRCP 2025.01 of the CI-SIS.
//!
//! What the volet has a code for is coded and told; what it has none for (a regional block, a weight, the
//! reason of a postponement) is told in the section it belongs to. A case that was postponed has no code in
//! the value set of the volet (« enregistré » or « discuté »): it is said in words, with `nullFlavor`. The
//! document holds the PDF of the same content.

mod cas;
mod entete;
mod patient;
mod proposition;
mod tumeurs;

pub(super) use cas::decouverte;
pub(super) use tumeurs::{phase, tumeurs};

use super::{
    CdaError, Reglages, controle,
    section::{Forme, OBSERVATION, Quand, Section, Valeur, en_lignes, modeles, pointer},
    types::{CISIS, Concept, LOINC, SNOMED, jour},
    xml::Element,
};
use crate::{kernel::clock::date_paris, metier::compte_rendu::model::ContenuCompteRendu};
use base64::{Engine, engine::general_purpose::STANDARD};
use uuid::Uuid;

/// Text that an établissement may adapt, under its own responsibility.
const INFORMATION_ETABLISSEMENT: &str = include_str!("../../../../referentiels/modeles/information_patient_etablissement.txt");
/// Text of the INCa, to be shown word for word after it.
const INFORMATION_INCA: &str = include_str!("../../../../referentiels/modeles/information_patient_inca.txt");

/// The document of a content, with its PDF inside. It has passed the checks of [`controle`].
pub fn composer(contenu: &ContenuCompteRendu, reglages: &Reglages, pdf: &[u8]) -> Result<Vec<u8>, CdaError> {
    let document = arbre(contenu, reglages, pdf);
    let defauts = controle::controler(&document, &controle::FRCP);
    if !defauts.is_empty() {
        return Err(CdaError::Defauts(defauts));
    }
    document.document().map_err(CdaError::Ecriture)
}

/// The tree of the document.
pub(super) fn arbre(contenu: &ContenuCompteRendu, reglages: &Reglages, pdf: &[u8]) -> Element {
    entete::entete(contenu, reglages).document(reglages, corps(contenu, reglages, pdf))
}

/// What the sections are written from.
struct Redaction<'c> {
    contenu: &'c ContenuCompteRendu,
    document: Uuid,
}

impl Redaction<'_> {
    fn section(&self, forme: Forme) -> Section {
        Section::new(self.document, forme)
    }

    /// The day of the meeting, in HL7 form.
    fn jour_de_la_reunion(&self) -> String {
        jour(self.contenu.reunion.date)
    }
}

fn corps(contenu: &ContenuCompteRendu, reglages: &Reglages, pdf: &[u8]) -> Element {
    let r = Redaction { contenu, document: contenu.document.id.uuid() };
    Element::new("structuredBody")
        .avec(cas::motif(&r))
        .avec(decouverte(r.document, r.contenu.fiche.decouverte.depistage))
        .avec(tumeurs(r.document, &r.contenu.fiche.tumeurs))
        .avec_tous(patient::antecedents(&r))
        .avec_tous(patient::comorbidites(&r))
        .avec_tous(patient::evaluation(&r))
        .avec_tous(patient::grossesses(&r))
        .avec_tous(patient::souhaits(&r))
        .avec_tous(patient::paraclinique(&r))
        .avec(phase(r.document, &r.contenu.fiche.phase))
        .avec_tous(tumeurs::traitements(&r))
        .avec_tous(patient::compte_rendu_operatoire(&r))
        .avec_tous(patient::anatomopathologie(&r))
        .avec_tous(patient::genetique(&r))
        .avec(cas::synthese(&r))
        .avec(cas::statut_du_dossier(&r))
        .avec(proposition::proposition(&r))
        .avec(proposition::cadre(&r))
        .avec_tous(patient::commentaire_patient(&r))
        .avec(statut_du_document(&r))
        .avec(information(&r, reglages))
        .avec(copie(r.document, pdf))
}

/// A compte-rendu exists once a doctor has validated it.
fn statut_du_document(r: &Redaction<'_>) -> Element {
    let mut section = r.section(Forme {
        cle: "statut-document",
        modeles: &["1.2.250.1.213.1.1.2.35"],
        code: "33557-0",
        libelle: "Etat d'achèvement",
        traduction: None,
        titre: "Statut du document",
    });
    let validation = &r.contenu.validation;
    let le = date_paris(validation.le);
    let reference = section.ligne("Statut du document", &format!("Approuvé le {} par {}", le.format("%d/%m/%Y"), validation.nom));
    let constat = section.constat_de(
        &[OBSERVATION[0], OBSERVATION[1], "1.2.250.1.213.1.1.3.48.16"],
        Concept::new("GEN-065", CISIS, "Statut du document"),
        Quand::Le(Some(&jour(le))),
        Valeur::Code(Concept::new("9571008", SNOMED, "approuvé")),
        &reference,
    );
    section.entree(constat);
    if let Some(remplace) = &r.contenu.document.remplace {
        let annule =
            format!("Annule et remplace la version {} du {}", remplace.numero_version, date_paris(remplace.etabli_le).format("%d/%m/%Y"));
        section.ligne("Version", &annule);
        section.ligne("Motif de la correction", &remplace.motif);
    }
    section.finir()
}

/// What is done with the patient's data.
fn information(r: &Redaction<'_>, reglages: &Reglages) -> Element {
    let section = r.section(Forme {
        cle: "information",
        modeles: &["2.16.840.1.113883.10.12.201", "1.3.6.1.4.1.19376.1.4.1.2.16", "1.2.250.1.213.1.1.2.73"],
        code: "55112-7",
        libelle: "Commentaire",
        traduction: Some(Concept::new("GEN-294", CISIS, "Information pour le patient")),
        titre: "Information sur les données personnelles vous concernant",
    });
    let adaptable = reglages.information_etablissement.as_deref().unwrap_or(INFORMATION_ETABLISSEMENT);
    let texte = en_lignes(Element::new("text"), adaptable).avec(Element::new("br"));
    section.avec_texte(en_lignes(texte.avec(Element::new("br")), INFORMATION_INCA))
}

/// The PDF of the same content.
pub(super) fn copie(document: Uuid, pdf: &[u8]) -> Element {
    let mut section = Section::new(
        document,
        Forme {
            cle: "copie",
            modeles: &["1.2.250.1.213.1.1.2.243"],
            code: "55108-5",
            libelle: "Copie du document",
            traduction: None,
            titre: "Copie du document",
        },
    );
    let titre = Element::new("content").attribut("ID", "titre-copiePDF").texte("Copie du document");
    let image = Element::new("renderMultiMedia").attribut("referencedObject", "copiePDF");
    let ligne = Element::new("tr").avec(Element::new("td").avec(titre).avec(image));
    let tableau = Element::new("table").attribut("border", "0").avec(Element::new("tbody").avec(ligne));
    let genre = section.constat_de(
        &[OBSERVATION[0], OBSERVATION[1], "1.2.250.1.213.1.1.3.48.18"],
        Concept::new("69764-9", LOINC, "Type de document"),
        Quand::SansObjet,
        Valeur::Code(Concept::new("55108-5", LOINC, "Copie du document")),
        "#titre-copiePDF",
    );
    let media = Element::new("observationMedia").attribut("classCode", "OBS").attribut("moodCode", "EVN").attribut("ID", "copiePDF").avec(
        Element::new("value").attribut("mediaType", "application/pdf").attribut("representation", "B64").texte(&STANDARD.encode(pdf)),
    );
    let groupe = Element::new("organizer")
        .attribut("classCode", "CLUSTER")
        .attribut("moodCode", "EVN")
        .avec_tous(modeles(&["1.2.250.1.213.1.1.3.18"]))
        .avec(section.id())
        .avec(Concept::new("55107-7", LOINC, "Document attaché").element("code"))
        .avec(Element::new("statusCode").attribut("code", "completed"))
        .avec(Element::new("component").avec(genre))
        .avec(Element::new("component").avec(media));
    section.entree(groupe);
    section.avec_texte(Element::new("text").avec(tableau))
}

/// An `encounter` that is asked for, of what was just told.
fn rencontre(section: &mut Section, code: Concept<'_>, reference: &str) -> Element {
    let priorite = Element::new("priorityCode")
        .attribut("code", "CS")
        .attribut("displayName", "recontacter pour fixer RDV")
        .attribut("codeSystem", "2.16.840.1.113883.5.7");
    Element::new("encounter")
        .attribut("classCode", "ENC")
        .attribut("moodCode", "ARQ")
        .avec_tous(modeles(&["2.16.840.1.113883.10.20.1.25", "1.3.6.1.4.1.19376.1.5.3.1.4.14", "1.2.250.1.213.1.1.3.58"]))
        .avec(section.id())
        .avec(code.element("code"))
        .avec(Element::new("text").avec(pointer(reference)))
        .avec(priorite)
}
