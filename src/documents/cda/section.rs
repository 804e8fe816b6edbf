//! The body: a section tells in words, and its entries say the same in codes, each pointing at the words it
//! stands for.
//!
//! Identifiers are drawn from that of the document (UUID version 5), so that the same content gives the same
//! bytes and no identifier serves twice.

use super::{
    types::{Concept, LOINC},
    xml::{Element, Nul},
};
use uuid::Uuid;

/// FR-Simple-Observation.
pub const OBSERVATION: [&str; 2] = ["1.3.6.1.4.1.19376.1.5.3.1.4.13", "1.2.250.1.213.1.1.3.48"];
/// FR-Evaluation.
pub const EVALUATION: [&str; 4] =
    ["1.3.6.1.4.1.19376.1.5.3.1.4.13", "2.16.840.1.113883.10.20.1.31", "1.3.6.1.4.1.19376.1.5.3.1.1.12.3.6", "1.2.250.1.213.1.1.3.25"];
/// FR-Commentaire-ER.
const COMMENTAIRE: [&str; 3] = ["2.16.840.1.113883.10.20.1.40", "1.3.6.1.4.1.19376.1.5.3.1.4.2", "1.2.250.1.213.1.1.3.32"];

/// What a section is, fixed by the volet.
#[derive(Debug, Clone, Copy)]
pub struct Forme {
    /// Short name, which begins the identifiers of its words.
    pub cle: &'static str,
    /// `templateId`, in order.
    pub modeles: &'static [&'static str],
    /// LOINC code.
    pub code: &'static str,
    /// Label of that code.
    pub libelle: &'static str,
    /// Finer code, where the volet has one.
    pub traduction: Option<Concept<'static>>,
    /// Title.
    pub titre: &'static str,
}

/// When something was so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quand<'q> {
    /// The moment means nothing.
    SansObjet,
    /// At a moment, in HL7 form; not known if none.
    Le(Option<&'q str>),
    /// Since a moment; an interval in any case, whose beginning may not be known.
    Depuis(Option<&'q str>),
    /// Since a moment, until another; not known if none.
    Entre(Option<&'q str>, Option<&'q str>),
}

impl Quand<'_> {
    /// As an `effectiveTime`.
    #[must_use]
    pub fn element(self) -> Element {
        let borne = |nom, le: &str| Element::new(nom).attribut("value", le);
        match self {
            Self::SansObjet => Element::nul("effectiveTime", Nul::SansObjet),
            Self::Le(Some(le)) => borne("effectiveTime", le),
            Self::Le(None) | Self::Entre(None, None) => Element::nul("effectiveTime", Nul::Inconnu),
            Self::Depuis(debut) => Self::depuis(debut),
            Self::Entre(debut, fin) => {
                let debut = debut.map_or_else(|| Element::nul("low", Nul::Inconnu), |debut| borne("low", debut));
                Element::new("effectiveTime").avec(debut).avec_tous(fin.map(|fin| borne("high", fin)))
            }
        }
    }

    /// As an `effectiveTime` that must be an interval from a beginning.
    #[must_use]
    pub fn depuis(debut: Option<&str>) -> Element {
        let low = debut.map_or_else(|| Element::nul("low", Nul::Inconnu), |debut| Element::new("low").attribut("value", debut));
        Element::new("effectiveTime").avec(low)
    }
}

/// What was observed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Valeur<'v> {
    /// Coded.
    Code(Concept<'v>),
    /// In the words that the entry points at.
    Mots,
    /// In those words, because there is no code for them.
    HorsListe,
    /// Yes, no, or not known.
    OuiNon(Option<bool>),
    /// A whole number.
    Entier(i64),
    /// A number of half points.
    Demis(u8),
    /// A text of its own.
    Texte(&'v str),
    /// Nothing.
    Absente(Nul),
}

impl<'v> Valeur<'v> {
    /// A code if there is one; the words of the entry if the value set has no code for them; not known.
    #[must_use]
    pub fn codee(code: Option<&'v crate::metier::compte_rendu::model::Code>) -> Self {
        match code {
            None => Self::Absente(Nul::Inconnu),
            Some(code) => Concept::de(code).map_or(Self::HorsListe, Self::Code),
        }
    }

    fn element(self, reference: &str) -> Element {
        let de_type = |genre: &str| Element::new("value").attribut("xsi:type", genre);
        let mots = || Element::new("originalText").avec(pointer(reference));
        match self {
            Self::Code(concept) => concept.valeur(),
            Self::Mots => de_type("CD").avec(mots()),
            Self::HorsListe => de_type("CD").attribut("nullFlavor", Nul::HorsListe.as_str()).avec(mots()),
            Self::OuiNon(Some(oui)) => de_type("BL").attribut("value", if oui { "true" } else { "false" }),
            Self::OuiNon(None) => de_type("BL").attribut("nullFlavor", Nul::Inconnu.as_str()),
            Self::Entier(nombre) => de_type("INT").attribut("value", nombre.to_string()),
            Self::Demis(demis) if demis % 2 == 0 => de_type("INT").attribut("value", (demis / 2).to_string()),
            Self::Demis(demis) => de_type("REAL").attribut("value", format!("{}.5", demis / 2)),
            Self::Texte(texte) => de_type("ST").texte(texte),
            Self::Absente(motif) => de_type("CD").attribut("nullFlavor", motif.as_str()),
        }
    }
}

/// A `reference` to words of the document.
#[must_use]
pub fn pointer(reference: &str) -> Element {
    Element::new("reference").attribut("value", reference)
}

/// `templateId` elements.
pub fn modeles(racines: &'static [&'static str]) -> impl Iterator<Item = Element> {
    racines.iter().map(|racine| Element::new("templateId").attribut("root", *racine))
}

/// An `entryRelationship`.
#[must_use]
pub fn lien(genre: &str, inverse: Option<bool>, entree: Element) -> Element {
    let element = Element::new("entryRelationship").attribut("typeCode", genre);
    let element = match inverse {
        Some(inverse) => element.attribut("inversionInd", if inverse { "true" } else { "false" }),
        None => element,
    };
    element.avec(entree)
}

/// A section being written.
pub struct Section {
    document: Uuid,
    forme: Forme,
    cle: String,
    lignes: Vec<Element>,
    auteur: Option<Element>,
    entrees: Vec<Element>,
    mots: usize,
    ids: usize,
}

impl Section {
    /// An empty section of a document.
    #[must_use]
    pub fn new(document: Uuid, forme: Forme) -> Self {
        let cle = forme.cle.to_owned();
        Self { document, forme, cle, lignes: Vec::new(), auteur: None, entrees: Vec::new(), mots: 0, ids: 0 }
    }

    /// The same, one of several of that form: its rank tells it apart.
    #[must_use]
    pub fn numerotee(mut self, rang: usize) -> Self {
        self.cle = format!("{}{rang}", self.forme.cle);
        self
    }

    /// A new identifier.
    pub fn id(&mut self) -> Element {
        self.ids += 1;
        Element::new("id").attribut("root", self.uuid(&self.ids.to_string()))
    }

    fn uuid(&self, nom: &str) -> String {
        Uuid::new_v5(&self.document, format!("{}/{nom}", self.cle).as_bytes()).to_string().to_uppercase()
    }

    /// Tells something under a title; gives the reference to the words.
    pub fn ligne(&mut self, titre: &str, texte: &str) -> String {
        self.mots += 1;
        let id = format!("{}-{}", self.cle, self.mots);
        let contenu = en_lignes(Element::new("content").attribut("ID", id.as_str()), texte);
        let titre = Element::new("td").texte(titre);
        self.lignes.push(Element::new("tr").avec(titre).avec(Element::new("td").avec(contenu)));
        format!("#{id}")
    }

    /// Tells something under a title, if there is something to tell.
    pub fn ligne_si(&mut self, titre: &str, texte: Option<&str>) -> Option<String> {
        super::types::net(texte).map(|texte| self.ligne(titre, texte))
    }

    /// Adds an entry.
    pub fn entree(&mut self, entree: Element) {
        self.entrees.push(Element::new("entry").avec(entree));
    }

    /// Says who wrote the section.
    pub fn ecrite_par(&mut self, auteur: Element) {
        self.auteur = Some(auteur);
    }

    /// An observation of what was just told.
    pub fn constat(&mut self, code: Concept<'_>, quand: Quand<'_>, valeur: Valeur<'_>, reference: &str) -> Element {
        self.constat_de(&OBSERVATION, code, quand, valeur, reference)
    }

    /// An observation of what was just told, by other models than the simplest.
    pub fn constat_de(
        &mut self,
        racines: &'static [&'static str],
        code: Concept<'_>,
        quand: Quand<'_>,
        valeur: Valeur<'_>,
        reference: &str,
    ) -> Element {
        Element::new("observation")
            .attribut("classCode", "OBS")
            .attribut("moodCode", "EVN")
            .avec_tous(modeles(racines))
            .avec(self.id())
            .avec(code.element("code"))
            .avec(Element::new("text").avec(pointer(reference)))
            .avec(Element::new("statusCode").attribut("code", "completed"))
            .avec(quand.element())
            .avec(valeur.element(reference))
    }

    /// Tells yes or no under a title, and observes it.
    pub fn oui_non(&mut self, titre: &str, code: Concept<'_>, quand: Quand<'_>, valeur: Option<bool>) -> Element {
        let reference = self.ligne(titre, oui_non(valeur));
        self.constat(code, quand, Valeur::OuiNon(valeur), &reference)
    }

    /// The section, as a component of the body.
    #[must_use]
    pub fn finir(self) -> Element {
        let tableau = Element::new("table").attribut("border", "0").avec(Element::new("tbody").avec_tous(self.lignes.iter().cloned()));
        self.avec_texte(Element::new("text").avec(tableau))
    }

    /// The section with a narrative of another shape.
    #[must_use]
    pub fn avec_texte(self, texte: Element) -> Element {
        let code = Concept::new(self.forme.code, LOINC, self.forme.libelle).element("code");
        let section = Element::new("section")
            .avec_tous(modeles(self.forme.modeles))
            .avec(Element::new("id").attribut("root", self.uuid("section")))
            .avec(code.avec_tous(self.forme.traduction.map(|concept| concept.element("translation"))))
            .avec(Element::new("title").texte(self.forme.titre))
            .avec(texte)
            .avec_tous(self.auteur)
            .avec_tous(self.entrees);
        Element::new("component").avec(section)
    }
}

/// « Oui », « Non » or « Non précisé ».
#[must_use]
pub const fn oui_non(valeur: Option<bool>) -> &'static str {
    match valeur {
        Some(true) => "Oui",
        Some(false) => "Non",
        None => "Non précisé",
    }
}

/// A text of several lines, with a break between them.
#[must_use]
pub fn en_lignes(mut element: Element, texte: &str) -> Element {
    for (rang, ligne) in texte.trim().lines().enumerate() {
        if rang > 0 {
            element.ajouter(Element::new("br"));
        }
        element = element.texte(ligne.trim_end());
    }
    element
}

/// FR-Commentaire-ER of words told already.
#[must_use]
pub fn commentaire(reference: &str) -> Element {
    Element::new("act")
        .attribut("classCode", "ACT")
        .attribut("moodCode", "EVN")
        .avec_tous(modeles(&COMMENTAIRE))
        .avec(Concept::new("48767-8", LOINC, "Commentaire").element("code"))
        .avec(Element::new("text").avec(pointer(reference)))
        .avec(Element::new("statusCode").attribut("code", "completed"))
}
