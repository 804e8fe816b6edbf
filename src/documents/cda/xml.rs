//! A tree of XML elements, and its bytes. The only place that knows the XML library.
//!
//! Elements are in the HL7 v3 namespace, which the root declares as the default. The same tree gives the
//! same bytes. Texts and attributes are escaped by the library; what XML 1.0 cannot carry at all (most
//! control characters) is left out here.

use quick_xml::{
    Writer,
    events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event},
};
use std::{borrow::Cow, io};

/// Namespace of every element of a CDA document.
pub const HL7: &str = "urn:hl7-org:v3";
/// Namespace of `xsi:type`.
pub const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// What an element holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Noeud {
    /// An element.
    Element(Element),
    /// A text.
    Texte(String),
}

/// An element, with its attributes and what it holds, in the order they are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    nom: &'static str,
    attributs: Vec<(&'static str, String)>,
    noeuds: Vec<Noeud>,
}

impl Element {
    /// An empty element.
    #[must_use]
    pub const fn new(nom: &'static str) -> Self {
        Self { nom, attributs: Vec::new(), noeuds: Vec::new() }
    }

    /// An element that only says why it says nothing (HL7 `nullFlavor`).
    #[must_use]
    pub fn nul(nom: &'static str, motif: Nul) -> Self {
        Self::new(nom).attribut("nullFlavor", motif.as_str())
    }

    /// With an attribute.
    #[must_use]
    pub fn attribut(mut self, nom: &'static str, valeur: impl Into<String>) -> Self {
        self.attributs.push((nom, une_ligne(valeur.into())));
        self
    }

    /// With a child.
    #[must_use]
    pub fn avec(mut self, enfant: Self) -> Self {
        self.ajouter(enfant);
        self
    }

    /// With children, or none.
    #[must_use]
    pub fn avec_tous(mut self, enfants: impl IntoIterator<Item = Self>) -> Self {
        self.noeuds.extend(enfants.into_iter().map(Noeud::Element));
        self
    }

    /// With a text.
    #[must_use]
    pub fn texte(mut self, texte: &str) -> Self {
        self.noeuds.push(Noeud::Texte(permis(texte).into_owned()));
        self
    }

    /// Adds a child.
    pub fn ajouter(&mut self, enfant: Self) {
        self.noeuds.push(Noeud::Element(enfant));
    }

    /// Its name.
    #[must_use]
    pub const fn nom(&self) -> &'static str {
        self.nom
    }

    /// The value of an attribute.
    #[must_use]
    pub fn lire(&self, attribut: &str) -> Option<&str> {
        self.attributs.iter().find(|(nom, _)| *nom == attribut).map(|(_, valeur)| valeur.as_str())
    }

    /// Its children.
    pub fn enfants(&self) -> impl Iterator<Item = &Self> {
        self.noeuds.iter().filter_map(|noeud| match noeud {
            Noeud::Element(element) => Some(element),
            Noeud::Texte(_) => None,
        })
    }

    /// Its children of that name.
    pub fn nommes<'e>(&'e self, nom: &'e str) -> impl Iterator<Item = &'e Self> {
        self.enfants().filter(move |enfant| enfant.nom == nom)
    }

    /// The first element at the end of a path of names.
    #[must_use]
    pub fn a(&self, chemin: &[&str]) -> Option<&Self> {
        match chemin {
            [] => Some(self),
            [nom, suite @ ..] => self.enfants().filter(|enfant| enfant.nom == *nom).find_map(|enfant| enfant.a(suite)),
        }
    }

    /// Itself and everything below, in the order of the document.
    pub fn parcourir<'e>(&'e self, visite: &mut dyn FnMut(&'e Self)) {
        visite(self);
        self.enfants().for_each(|enfant| enfant.parcourir(visite));
    }

    /// Its own texts, put end to end.
    #[must_use]
    pub fn propre_texte(&self) -> String {
        self.noeuds
            .iter()
            .filter_map(|noeud| match noeud {
                Noeud::Texte(texte) => Some(texte.as_str()),
                Noeud::Element(_) => None,
            })
            .collect()
    }

    /// The document whose root this element is, in UTF-8, one element a line.
    pub fn document(&self) -> io::Result<Vec<u8>> {
        let mut sortie = Writer::new_with_indent(Vec::new(), b' ', 1);
        sortie.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        self.ecrire(&mut sortie)?;
        let mut octets = sortie.into_inner();
        octets.push(b'\n');
        Ok(octets)
    }

    fn ecrire(&self, sortie: &mut Writer<Vec<u8>>) -> io::Result<()> {
        let attributs = self.attributs.iter().map(|(nom, valeur)| (*nom, valeur.as_str()));
        let debut = BytesStart::new(self.nom).with_attributes(attributs);
        if self.noeuds.is_empty() {
            return sortie.write_event(Event::Empty(debut));
        }
        sortie.write_event(Event::Start(debut))?;
        for noeud in &self.noeuds {
            match noeud {
                Noeud::Element(element) => element.ecrire(sortie)?,
                Noeud::Texte(texte) => sortie.write_event(Event::Text(BytesText::new(texte)))?,
            }
        }
        sortie.write_event(Event::End(BytesEnd::new(self.nom)))
    }

    #[cfg(test)]
    pub(super) fn modifier(&mut self, changer: &mut dyn FnMut(&mut Self)) {
        changer(self);
        for noeud in &mut self.noeuds {
            if let Noeud::Element(element) = noeud {
                element.modifier(changer);
            }
        }
    }

    #[cfg(test)]
    pub(super) fn attributs_mut(&mut self) -> &mut Vec<(&'static str, String)> {
        &mut self.attributs
    }

    #[cfg(test)]
    pub(super) fn garder(&mut self, mut choisir: impl FnMut(&Self) -> bool) {
        self.noeuds.retain(|noeud| match noeud {
            Noeud::Element(element) => choisir(element),
            Noeud::Texte(_) => true,
        });
    }
}

crate::enum_texte! {
    /// Why a value is absent (HL7 NullFlavor).
    pub enum Nul {
        /// Not applicable.
        SansObjet => "NA",
        /// Unknown.
        Inconnu => "UNK",
        /// Has no code in the value set.
        HorsListe => "OTH",
    }
}

/// The text without the characters that XML 1.0 forbids.
fn permis(texte: &str) -> Cow<'_, str> {
    let interdit = |c: char| matches!(c, '\u{0}'..='\u{8}' | '\u{B}' | '\u{C}' | '\u{E}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}');
    if texte.contains(interdit) { texte.replace(interdit, "").into() } else { texte.into() }
}

/// An attribute is one line: a reader folds its blanks anyway.
fn une_ligne(texte: String) -> String {
    let propre = permis(&texte);
    if propre.contains(['\n', '\r', '\t']) { propre.split_whitespace().collect::<Vec<_>>().join(" ") } else { propre.into_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ecrit(element: &Element) -> String {
        String::from_utf8(element.document().unwrap()).unwrap()
    }

    #[test]
    fn ce_qui_est_saisi_ne_devient_jamais_une_balise() {
        let element = Element::new("text").attribut("value", "a\"<&>'\n b").texte("x < y & z > 0 \u{1}\u{8}fin");
        let ecrit = ecrit(&element);
        assert!(ecrit.contains("<text value=\"a&quot;&lt;&amp;&gt;&apos; b\">"), "{ecrit}");
        assert!(ecrit.contains("x &lt; y &amp; z &gt; 0 fin"), "{ecrit}");
    }

    #[test]
    fn le_meme_arbre_donne_les_memes_octets() {
        let arbre = || Element::new("a").avec(Element::new("b").texte("un")).avec(Element::nul("c", Nul::Inconnu));
        assert_eq!(arbre().document().unwrap(), arbre().document().unwrap());
        assert_eq!(ecrit(&arbre()), "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a>\n <b>un</b>\n <c nullFlavor=\"UNK\"/>\n</a>\n");
    }

    #[test]
    fn un_chemin_trouve_le_premier_element() {
        let arbre = Element::new("a").avec(Element::new("b")).avec(Element::new("b").avec(Element::new("c").attribut("x", "1")));
        assert_eq!(arbre.a(&["b", "c"]).and_then(|c| c.lire("x")), Some("1"));
        assert!(arbre.a(&["c"]).is_none());
    }
}
