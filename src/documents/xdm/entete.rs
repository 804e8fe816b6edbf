//! What an archive takes from the header of a CDA document (CI-SIS, structuration minimale).

use super::illisible;
use crate::documents::DocumentError;
use chrono::DateTime;
use roxmltree::{Document, Node};

/// The header, as an archive needs it.
pub(super) struct Entete {
    /// Number of the document.
    pub(super) numero: String,
    /// Number of the document it replaces.
    pub(super) remplace: Option<String>,
    /// OID of the models it conforms to.
    pub(super) modeles: Vec<String>,
    /// What kind of document it is.
    pub(super) nature: Concept,
    /// Title.
    pub(super) titre: String,
    /// Language.
    pub(super) langue: String,
    /// When it was made, in UTC.
    pub(super) etabli_le: String,
    /// Confidentiality.
    pub(super) confidentialite: Concept,
    /// Name of the organisation that keeps the document.
    pub(super) emetteur: String,
    /// The patient.
    pub(super) patient: Patient,
    /// The authors.
    pub(super) auteurs: Vec<Auteur>,
    /// Who answers for it, in XCN.
    pub(super) responsable: String,
    /// Acts that the document reports.
    pub(super) actes: Vec<Concept>,
    /// When the main act began, in UTC, if known.
    pub(super) debut: Option<String>,
    /// When it ended, likewise.
    pub(super) fin: Option<String>,
    /// Sector of activity of the place.
    pub(super) secteur: Concept,
    /// Setting of the act.
    pub(super) cadre: Concept,
}

/// A coded value.
#[derive(Clone)]
pub(super) struct Concept {
    pub(super) code: String,
    pub(super) systeme: String,
    pub(super) libelle: String,
}

/// The patient of a document.
pub(super) struct Patient {
    /// The number of the patient, in CX: the INS, or a local number of an identity that is not qualified.
    pub(super) numero: String,
    /// The number of the patient where the document was made, in CX.
    pub(super) numero_local: String,
    /// Birth name.
    pub(super) nom: String,
    /// First of the birth first names.
    pub(super) prenom: String,
    /// Date of birth, AAAAMMJJ.
    pub(super) naissance: Option<String>,
    /// Sex, as HL7 v2 codes it.
    pub(super) sexe: &'static str,
}

/// An author of a document.
pub(super) struct Auteur {
    /// The person, in XCN.
    pub(super) personne: String,
    /// The organisation, in XON.
    pub(super) structure: Option<String>,
    /// Profession and specialty.
    pub(super) specialite: Option<Concept>,
    /// Part in the care.
    pub(super) role: Option<String>,
}

/// Roots of the matricule INS: NIR, NIA, and those of tests and demonstrations.
const RACINES_INS: [&str; 4] = ["1.2.250.1.213.1.4.8", "1.2.250.1.213.1.4.9", "1.2.250.1.213.1.4.10", "1.2.250.1.213.1.4.11"];

impl Entete {
    pub(super) fn lire(document: &Document<'_>) -> Result<Self, DocumentError> {
        let racine = document.root_element();
        let acte = descendre(racine, &["documentationOf", "serviceEvent"])?;
        let gardien = ["custodian", "assignedCustodian", "representedCustodianOrganization", "name"];
        let responsable = descendre(racine, &["legalAuthenticator", "assignedEntity"])?;
        let lieu = ["componentOf", "encompassingEncounter", "location", "healthCareFacility", "code"];
        let cadre = ["performer", "assignedEntity", "representedOrganization", "standardIndustryClassCode"];
        let moment = |borne: &str| chercher(acte, &["effectiveTime", borne]).and_then(|n| n.attribute("value")).map(utc);
        Ok(Self {
            numero: attribut(descendre(racine, &["id"])?, "root")?,
            remplace: nommes(racine, "relatedDocument")
                .find(|n| n.attribute("typeCode") == Some("RPLC"))
                .map(|n| attribut(descendre(n, &["parentDocument", "id"])?, "root"))
                .transpose()?,
            modeles: nommes(racine, "templateId").filter_map(|n| n.attribute("root")).map(str::to_owned).collect(),
            nature: concept(descendre(racine, &["code"])?)?,
            titre: texte(descendre(racine, &["title"])?),
            langue: attribut(descendre(racine, &["languageCode"])?, "code")?,
            etabli_le: utc(&attribut(descendre(racine, &["effectiveTime"])?, "value")?),
            confidentialite: concept(descendre(racine, &["confidentialityCode"])?)?,
            emetteur: texte(descendre(racine, &gardien)?),
            patient: patient(descendre(racine, &["recordTarget", "patientRole"])?)?,
            auteurs: nommes(racine, "author").map(auteur).collect::<Result<_, _>>()?,
            responsable: xcn(responsable),
            actes: nommes(racine, "documentationOf")
                .filter_map(|n| chercher(n, &["serviceEvent", "code"]))
                .filter_map(|n| concept(n).ok())
                .collect(),
            debut: moment("low"),
            fin: moment("high"),
            secteur: concept(descendre(racine, &lieu)?)?,
            cadre: concept(descendre(acte, &cadre)?)?,
        })
    }
}

fn patient(role: Node<'_, '_>) -> Result<Patient, DocumentError> {
    let numeros: Vec<(&str, &str)> = nommes(role, "id").filter_map(|n| Some((n.attribute("root")?, n.attribute("extension")?))).collect();
    let ins = numeros.iter().find(|(racine, _)| RACINES_INS.contains(racine));
    let local = numeros.iter().find(|(racine, _)| !RACINES_INS.contains(racine));
    let numero = ins.map(|(racine, valeur)| cx(racine, valeur, "NH")).or_else(|| local.map(|(racine, valeur)| cx(racine, valeur, "PI")));
    let numero = numero.ok_or_else(|| illisible("patient sans numéro"))?;
    let personne = descendre(role, &["patient"])?;
    let nom = descendre(personne, &["name"])?;
    let de_naissance = |partie: &str| {
        let mut parties = nommes(nom, partie);
        parties.find(|n| n.attribute("qualifier") == Some("BR")).map(texte).unwrap_or_default()
    };
    Ok(Patient {
        numero_local: local.map_or_else(|| numero.clone(), |(racine, valeur)| cx(racine, valeur, "PI")),
        numero,
        nom: de_naissance("family"),
        prenom: de_naissance("given"),
        naissance: chercher(personne, &["birthTime"]).and_then(|n| n.attribute("value")).map(str::to_owned),
        sexe: match chercher(personne, &["administrativeGenderCode"]).and_then(|n| n.attribute("code")) {
            Some("M") => "M",
            Some("F") => "F",
            _ => "U",
        },
    })
}

fn auteur(auteur: Node<'_, '_>) -> Result<Auteur, DocumentError> {
    let affecte = descendre(auteur, &["assignedAuthor"])?;
    Ok(Auteur {
        personne: xcn(affecte),
        structure: chercher(affecte, &["representedOrganization"]).map(xon),
        specialite: chercher(affecte, &["code"]).and_then(|n| concept(n).ok()),
        role: chercher(auteur, &["functionCode"]).and_then(|n| n.attribute("displayName")).map(str::to_owned),
    })
}

/// A number of a patient: `numéro^^^&OID&ISO^type` (HL7 v2, CX).
fn cx(racine: &str, valeur: &str, genre: &str) -> String {
    format!("{}^^^&{racine}&ISO^{genre}", sur(valeur))
}

/// A person: `identifiant^nom^prénom^^^^^^&OID&ISO^D^^^IDNPS` (HL7 v2, XCN), without what is not known.
fn xcn(affecte: Node<'_, '_>) -> String {
    let personne = chercher(affecte, &["assignedPerson", "name"]);
    let partie = |nom: &str| personne.and_then(|p| chercher(p, &[nom])).map(texte).unwrap_or_default();
    let (nom, prenom) = (sur(&partie("family")), sur(&partie("given")));
    match identifiant(affecte) {
        Some((racine, numero)) => format!("{}^{nom}^{prenom}^^^^^^&{racine}&ISO^D^^^IDNPS", sur(numero)),
        None => format!("^{nom}^{prenom}"),
    }
}

/// An organisation: `nom^^^^^&OID&ISO^IDNST^^^identifiant` (HL7 v2, XON).
fn xon(structure: Node<'_, '_>) -> String {
    let nom = chercher(structure, &["name"]).map(texte).unwrap_or_default();
    match identifiant(structure) {
        Some((racine, numero)) => format!("{}^^^^^&{racine}&ISO^IDNST^^^{}", sur(&nom), sur(numero)),
        None => sur(&nom),
    }
}

fn identifiant<'d>(noeud: Node<'d, '_>) -> Option<(&'d str, &'d str)> {
    let id = chercher(noeud, &["id"])?;
    Some((id.attribute("root")?, id.attribute("extension")?))
}

/// A text without the signs that separate the parts of an HL7 v2 value.
fn sur(texte: &str) -> String {
    texte.chars().map(|c| if "^&|~\\".contains(c) { ' ' } else { c }).collect()
}

/// An HL7 v3 moment in UTC, `AAAAMMJJhhmmss`; a moment without time zone is left as it is.
fn utc(moment: &str) -> String {
    DateTime::parse_from_str(moment, "%Y%m%d%H%M%S%z")
        .map_or_else(|_| moment.to_owned(), |lu| lu.to_utc().format("%Y%m%d%H%M%S").to_string())
}

fn concept(noeud: Node<'_, '_>) -> Result<Concept, DocumentError> {
    Ok(Concept {
        code: attribut(noeud, "code")?,
        systeme: attribut(noeud, "codeSystem")?,
        libelle: noeud.attribute("displayName").map_or_else(|| attribut(noeud, "code"), |libelle| Ok(libelle.to_owned()))?,
    })
}

fn nommes<'d, 'i>(noeud: Node<'d, 'i>, nom: &str) -> impl Iterator<Item = Node<'d, 'i>> {
    noeud.children().filter(move |n| n.is_element() && n.tag_name().name() == nom)
}

fn chercher<'d, 'i>(noeud: Node<'d, 'i>, chemin: &[&str]) -> Option<Node<'d, 'i>> {
    match chemin {
        [] => Some(noeud),
        [nom, suite @ ..] => nommes(noeud, nom).find_map(|n| chercher(n, suite)),
    }
}

/// The element at the end of a path, which a conforming document has.
fn descendre<'d, 'i>(noeud: Node<'d, 'i>, chemin: &[&str]) -> Result<Node<'d, 'i>, DocumentError> {
    chercher(noeud, chemin).ok_or_else(|| illisible(format!("{} sans {}", noeud.tag_name().name(), chemin.join("/"))))
}

fn attribut(noeud: Node<'_, '_>, nom: &str) -> Result<String, DocumentError> {
    let lu = noeud.attribute(nom).map(str::to_owned);
    lu.ok_or_else(|| illisible(format!("{} sans {nom}", noeud.tag_name().name())))
}

fn texte(noeud: Node<'_, '_>) -> String {
    noeud.text().unwrap_or_default().trim().to_owned()
}
