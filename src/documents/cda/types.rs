//! The data types of HL7 v3 as CI-SIS uses them: coded values, moments, identifiers, names, addresses.

use super::xml::{Element, Nul};
use crate::{
    kernel::Instant,
    metier::compte_rendu::model::{Code, contenu, participants},
};
use chrono::NaiveDate;
use chrono_tz::Europe::Paris;
use uuid::Uuid;

/// LOINC.
pub const LOINC: &str = "2.16.840.1.113883.6.1";
/// SNOMED CT.
pub const SNOMED: &str = "2.16.840.1.113883.6.96";
/// TerminologieCISIS of the ANS.
pub const CISIS: &str = "1.2.250.1.213.1.1.4.322";
/// CIM-10.
pub const CIM_10: &str = "2.16.840.1.113883.6.3";
/// CIM-O-3.
pub const CIM_O_3: &str = "2.16.840.1.113883.6.43.1";
/// TNM of the UICC, 7th edition: the only one to which the ANS gives an OID.
pub const TNM_7: &str = "2.16.840.1.113883.15.6";
/// NCI Thesaurus.
pub const NCIT: &str = "2.16.840.1.113883.3.26.1.1";
/// Persons of health care (RPPS).
pub const PERSONNES: &str = "1.2.250.1.71.4.2.1";
/// Structures of health care (FINESS).
pub const STRUCTURES: &str = "1.2.250.1.71.4.2.2";

/// The name that the ANS gives to a code system.
const fn nom_du_systeme(oid: &str) -> Option<&'static str> {
    match oid.as_bytes() {
        b"2.16.840.1.113883.6.1" => Some("LOINC"),
        b"2.16.840.1.113883.6.96" => Some("SNOMED_CT"),
        b"1.2.250.1.213.1.1.4.322" => Some("TerminologieCISIS"),
        b"2.16.840.1.113883.6.3" => Some("CIM10FRPMSI"),
        b"2.16.840.1.113883.6.43.1" => Some("CIMO3"),
        b"2.16.840.1.113883.15.6" => Some("TNM7UICC"),
        b"2.16.840.1.113883.3.26.1.1" => Some("NCIT"),
        _ => None,
    }
}

/// A coded value with its system and its label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Concept<'c> {
    /// The code.
    pub code: &'c str,
    /// OID of its system.
    pub systeme: &'c str,
    /// Its label.
    pub libelle: &'c str,
}

impl<'c> Concept<'c> {
    /// A coded value.
    #[must_use]
    pub const fn new(code: &'c str, systeme: &'c str, libelle: &'c str) -> Self {
        Self { code, systeme, libelle }
    }

    /// A coded value of a frozen content; none when the value set did not know the code that day.
    #[must_use]
    pub fn de(code: &'c Code) -> Option<Self> {
        Some(Self { code: &code.code, systeme: code.systeme.as_deref()?, libelle: &code.libelle })
    }

    /// As an element of type CD or CE.
    #[must_use]
    pub fn element(self, nom: &'static str) -> Element {
        self.completer(Element::new(nom))
    }

    /// As a `value` of type CD.
    #[must_use]
    pub fn valeur(self) -> Element {
        self.completer(Element::new("value").attribut("xsi:type", "CD"))
    }

    fn completer(self, element: Element) -> Element {
        let element = element.attribut("code", self.code).attribut("codeSystem", self.systeme);
        let element = match nom_du_systeme(self.systeme) {
            Some(nom) => element.attribut("codeSystemName", nom),
            None => element,
        };
        element.attribut("displayName", self.libelle)
    }
}

/// A moment at the time of Paris with its offset, `AAAAMMJJhhmmss+zzzz`.
#[must_use]
pub fn instant(instant: Instant) -> String {
    instant.with_timezone(&Paris).format("%Y%m%d%H%M%S%z").to_string()
}

/// A day, `AAAAMMJJ`.
#[must_use]
pub fn jour(jour: NaiveDate) -> String {
    jour.format("%Y%m%d").to_string()
}

/// A date as precise as is known (`AAAA`, `AAAA-MM`, `AAAA-MM-JJ`) in the form of HL7; none for anything else.
#[must_use]
pub fn date_partielle(texte: &str) -> Option<String> {
    let entiere = match texte.len() {
        4 => format!("{texte}-01-01"),
        7 => format!("{texte}-01"),
        10 => texte.to_owned(),
        _ => return None,
    };
    entiere.parse::<NaiveDate>().is_ok().then(|| texte.replace('-', ""))
}

/// The OID that stands for a UUID by itself (ITU-T X.667): `2.25.` and its decimal value.
#[must_use]
pub fn oid(uuid: Uuid) -> String {
    format!("2.25.{}", uuid.as_u128())
}

/// A telephone number as a `telecom`, digits only.
#[must_use]
pub fn telephone(numero: &str, usage: Option<&'static str>) -> Element {
    let chiffres: String = numero.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
    let element = Element::new("telecom").attribut("value", format!("tel:{chiffres}"));
    match usage {
        Some(usage) => element.attribut("use", usage),
        None => element,
    }
}

/// A text without outer blanks, if anything is left of it.
#[must_use]
pub fn net(texte: Option<&str>) -> Option<&str> {
    texte.map(str::trim).filter(|texte| !texte.is_empty())
}

/// A postal address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Adresse {
    /// Number and street.
    pub voie: Option<String>,
    /// Postal code.
    pub code_postal: Option<String>,
    /// Town.
    pub commune: Option<String>,
}

impl Adresse {
    fn de(voie: Option<&str>, code_postal: Option<&str>, commune: Option<&str>) -> Self {
        let lire = |texte| net(texte).map(str::to_owned);
        Self { voie: lire(voie), code_postal: lire(code_postal), commune: lire(commune) }
    }

    /// As an element; unknown when nothing of it is known.
    #[must_use]
    pub fn element(&self) -> Element {
        let parties = [("streetName", &self.voie), ("postalCode", &self.code_postal), ("city", &self.commune)];
        let connues: Vec<Element> =
            parties.into_iter().filter_map(|(nom, partie)| Some(Element::new(nom).texte(partie.as_deref()?))).collect();
        if connues.is_empty() { Element::nul("addr", Nul::Inconnu) } else { Element::new("addr").avec_tous(connues) }
    }
}

impl From<&contenu::PatientRendu> for Adresse {
    fn from(p: &contenu::PatientRendu) -> Self {
        Self::de(p.adresse.as_deref(), p.code_postal.as_deref(), p.commune.as_deref())
    }
}

/// A structure of health care.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation {
    /// FINESS géographique.
    pub finess: String,
    /// Name.
    pub nom: String,
    /// Address.
    pub adresse: Adresse,
}

impl From<&participants::Etablissement> for Organisation {
    fn from(e: &participants::Etablissement) -> Self {
        Self {
            finess: e.finess.clone(),
            nom: e.raison_sociale.trim().to_owned(),
            adresse: Adresse::de(e.adresse.as_deref(), e.code_postal.as_deref(), e.commune.as_deref()),
        }
    }
}

impl Organisation {
    /// Its national identifier: type 1, FINESS.
    #[must_use]
    pub fn id(&self) -> Element {
        Element::new("id").attribut("root", STRUCTURES).attribut("extension", format!("1{}", self.finess))
    }

    /// As the organisation of a person, with the frame of practice (JDV J04).
    #[must_use]
    pub fn element(&self, nom: &'static str) -> Element {
        self.sans_cadre(nom).avec(
            Element::new("standardIndustryClassCode")
                .attribut("code", "ETABLISSEMENT")
                .attribut("displayName", "Etablissement de santé")
                .attribut("codeSystem", "1.2.250.1.213.1.1.4.9"),
        )
    }

    /// As a custodian.
    #[must_use]
    pub fn sans_cadre(&self, nom: &'static str) -> Element {
        Element::new(nom).avec(self.id()).avec(Element::new("name").texte(&self.nom)).avec(self.adresse.element())
    }
}

/// A professional.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Personne {
    /// RPPS, 11 digits. A person without it has neither identifier nor profession code in the document.
    pub rpps: Option<String>,
    /// Profession and specialty (JDV J01).
    pub profession: Option<Code>,
    /// `M` or `MME` (JDV J245).
    pub civilite: Option<String>,
    /// First name.
    pub prenom: Option<String>,
    /// Family name.
    pub nom: String,
    /// `DR`, `PR`… (JDV J246).
    pub titre: Option<String>,
    /// Telephone.
    pub telephone: Option<String>,
    /// Where the person works.
    pub organisation: Option<Organisation>,
}

impl From<&participants::Professionnel> for Personne {
    fn from(p: &participants::Professionnel) -> Self {
        let lire = |texte: &Option<String>| net(texte.as_deref()).map(str::to_owned);
        Self {
            rpps: lire(&p.rpps),
            profession: p.specialite.clone(),
            civilite: lire(&p.civilite),
            prenom: net(Some(&p.prenom)).map(str::to_owned),
            nom: p.nom.trim().to_owned(),
            titre: lire(&p.titre),
            telephone: lire(&p.telephone),
            organisation: p.etablissement.as_ref().map(Organisation::from),
        }
    }
}

impl Personne {
    /// A person of whom only the name is known.
    #[must_use]
    pub fn nommee(nom: &str) -> Self {
        Self {
            rpps: None,
            profession: None,
            civilite: None,
            prenom: None,
            nom: nom.trim().to_owned(),
            titre: None,
            telephone: None,
            organisation: None,
        }
    }

    /// Its national identifier: type 8, RPPS.
    fn id(&self) -> Option<Element> {
        Some(Element::new("id").attribut("root", PERSONNES).attribut("extension", format!("8{}", self.rpps.as_ref()?)))
    }

    fn code(&self) -> Option<Element> {
        self.rpps.as_ref()?;
        let concept = Concept::de(self.profession.as_ref()?)?;
        Some(concept.element("code"))
    }

    /// Its name as an element of that name (`assignedPerson`, `associatedPerson`…).
    #[must_use]
    pub fn nom(&self, nom: &'static str) -> Element {
        let parties = [
            ("prefix", self.civilite.as_deref()),
            ("given", self.prenom.as_deref()),
            ("family", Some(self.nom.as_str())),
            ("suffix", self.titre.as_deref()),
        ];
        let parties = parties.into_iter().filter_map(|(nom, partie)| Some(Element::new(nom).texte(partie?)));
        Element::new(nom).avec(Element::new("name").avec_tous(parties))
    }

    fn coordonnees(&self) -> impl Iterator<Item = Element> {
        let adresse = self.organisation.as_ref().map_or_else(Adresse::default, |organisation| organisation.adresse.clone());
        let telephone = self.telephone.as_deref().map(|numero| telephone(numero, Some("WP")));
        [adresse.element()].into_iter().chain(telephone)
    }

    /// As an `assignedAuthor`, an `assignedEntity`: somebody who answers for what the document says. The
    /// standard wants an identifier: it is said to be unknown when there is none.
    #[must_use]
    pub fn affectee(&self, nom: &'static str) -> Element {
        let id = self.id().unwrap_or_else(|| Element::nul("id", Nul::Inconnu));
        Element::new(nom)
            .avec(id)
            .avec_tous(self.code())
            .avec_tous(self.coordonnees())
            .avec(self.nom("assignedPerson"))
            .avec_tous(self.organisation.as_ref().map(|organisation| organisation.element("representedOrganization")))
    }

    /// As an `associatedEntity`.
    #[must_use]
    pub fn associee(&self) -> Element {
        Element::new("associatedEntity")
            .attribut("classCode", "PROV")
            .avec_tous(self.id())
            .avec_tous(self.code())
            .avec_tous(self.coordonnees())
            .avec(self.nom("associatedPerson"))
            .avec_tous(self.organisation.as_ref().map(|organisation| organisation.element("scopingOrganization")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn un_instant_porte_le_fuseau_de_paris() {
        assert_eq!(instant("2026-03-12T17:30:00Z".parse().unwrap()), "20260312183000+0100");
        assert_eq!(instant("2026-07-12T17:30:00Z".parse().unwrap()), "20260712193000+0200");
    }

    #[test]
    fn une_date_reste_aussi_precise_qu_elle_est_connue() {
        assert_eq!(date_partielle("2026").as_deref(), Some("2026"));
        assert_eq!(date_partielle("2026-02").as_deref(), Some("202602"));
        assert_eq!(date_partielle("2026-02-28").as_deref(), Some("20260228"));
        assert_eq!(date_partielle("2026-02-30"), None);
        assert_eq!(date_partielle("vers 2020"), None);
    }

    #[test]
    fn qui_n_a_pas_de_rpps_n_a_ni_numero_ni_profession() {
        let mut personne = Personne::nommee(" Véronique LILOU ");
        personne.profession = Some(Code { code: "SM26".to_owned(), systeme: Some("1.2".to_owned()), libelle: "x".to_owned() });
        let associee = personne.associee();
        assert!(associee.a(&["id"]).is_none() && associee.a(&["code"]).is_none());
        assert_eq!(personne.affectee("assignedEntity").a(&["id"]).and_then(|id| id.lire("nullFlavor")), Some("UNK"));
        assert_eq!(associee.a(&["associatedPerson", "name", "family"]).map(Element::propre_texte).as_deref(), Some("Véronique LILOU"));
    }
}
