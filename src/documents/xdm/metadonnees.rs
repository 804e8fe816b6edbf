//! `METADATA.XML`: what is said of the document, in ebRIM (IHE ITI TF-3, 4.2; French volumes of the CI-SIS).

use super::{
    DOCUMENT,
    entete::{Auteur, Concept, Entete},
    illisible,
};
use crate::{
    config,
    documents::{DocumentError, cda::xml::Element},
    kernel::texte::hexadecimal,
};
use sha1::{Digest, Sha1};
use uuid::Uuid;

/// Schemes and kinds that IHE numbers (ITI TF-3, 4.2.5).
mod ihe {
    pub(super) const DOCUMENT: &str = "urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1";
    pub(super) const LOT: &str = "urn:uuid:a54d6aa5-d40d-43f9-88c5-b4633d873bdd";
    pub(super) const AUTEUR: &str = "urn:uuid:93606bcf-9494-43ec-9b4e-a7748d1a838d";
    pub(super) const CLASSE: &str = "urn:uuid:41a5887f-8865-4c09-adf7-e362475b143a";
    pub(super) const CONFIDENTIALITE: &str = "urn:uuid:f4f85eac-e6cb-4883-b524-f2705394840f";
    pub(super) const ACTE: &str = "urn:uuid:2c6b8cb7-8b2a-4051-b291-b1ae6a575ef4";
    pub(super) const FORMAT: &str = "urn:uuid:a09d5840-386c-46f2-b5ad-9c3699a4309d";
    pub(super) const SECTEUR: &str = "urn:uuid:f33fb8ac-18af-42cc-ae0e-ed0b0bdb91e1";
    pub(super) const CADRE: &str = "urn:uuid:cccf5598-8b07-4b77-a05e-ae952c785ead";
    pub(super) const TYPE: &str = "urn:uuid:f0306f51-975f-434e-a61c-c59651d33983";
    pub(super) const PATIENT: &str = "urn:uuid:58a6f841-87b3-4a3e-92fd-a8ffeff98427";
    pub(super) const NUMERO: &str = "urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab";
    pub(super) const AUTEUR_DU_LOT: &str = "urn:uuid:a7058bb9-b4e4-4307-ba5b-e3f0ab85e12d";
    pub(super) const CONTENU_DU_LOT: &str = "urn:uuid:aa543740-bdda-424e-8c96-df4873be8500";
    pub(super) const PATIENT_DU_LOT: &str = "urn:uuid:6b5aea1a-874d-4603-a4bc-96a0a7b38446";
    pub(super) const SOURCE_DU_LOT: &str = "urn:uuid:554ac39e-e3fe-47fe-b233-965d2a147832";
    pub(super) const NUMERO_DU_LOT: &str = "urn:uuid:96fdda7c-d067-4183-912e-bf5ee74998a8";
}

/// Kinds of ebRIM objects.
const GENRE: &str = "urn:oasis:names:tc:ebxml-regrep:ObjectType:RegistryObject:";
const APPROUVE: &str = "urn:oasis:names:tc:ebxml-regrep:StatusType:Approved";
const MEMBRE: &str = "urn:oasis:names:tc:ebxml-regrep:AssociationType:HasMember";
const REMPLACE: &str = "urn:ihe:iti:2007:AssociationType:RPLC";
const LOT: &str = "SubmissionSet01";
/// Space of the identifiers made of the number of a document.
const ESPACE: Uuid = Uuid::from_u128(0x5d3c_1f0a_7a54_4c55_9f3e_0b6a_52c8_7d11);

/// The entry of a document of that number: the same whichever archive speaks of it, so that a document can
/// be said to replace another.
fn fiche_de(numero: &str) -> String {
    urn("fiche", numero)
}

fn urn(genre: &str, de: &str) -> String {
    format!("urn:uuid:{}", Uuid::new_v5(&ESPACE, format!("{genre} {de}").as_bytes()))
}

/// What is said of the document.
pub(super) fn decrire(entete: &Entete, cda: &[u8], reglages: &config::Xdm) -> Result<Element, DocumentError> {
    let modele = reglages
        .modeles
        .iter()
        .find(|m| entete.modeles.contains(&m.modele))
        .ok_or_else(|| illisible("modèle de document sans classe ni format"))?;
    let redaction = Redaction { entete, fiche: fiche_de(&entete.numero) };
    let liste = Element::new("RegistryObjectList")
        .avec(redaction.document(cda, modele))
        .avec(redaction.lot(reglages))
        .avec(
            Element::new("Classification")
                .attribut("id", urn("lot", &redaction.fiche))
                .attribut("classifiedObject", LOT)
                .attribut("classificationNode", ihe::LOT)
                .attribut("objectType", format!("{GENRE}Classification")),
        )
        .avec(redaction.lien(MEMBRE, LOT, &redaction.fiche).avec(slot("SubmissionSetStatus", ["Original"])))
        .avec_tous(entete.remplace.as_ref().map(|ancien| redaction.lien(REMPLACE, &redaction.fiche, &fiche_de(ancien))));
    Ok(Element::new("lcm:SubmitObjectsRequest")
        .attribut("xmlns:lcm", "urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0")
        .attribut("xmlns", "urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0")
        .avec(liste))
}

impl From<&config::CodeXdm> for Concept {
    fn from(code: &config::CodeXdm) -> Self {
        Self { code: code.code.clone(), systeme: code.systeme.clone(), libelle: code.libelle.clone() }
    }
}

struct Redaction<'e> {
    entete: &'e Entete,
    fiche: String,
}

impl Redaction<'_> {
    fn document(&self, cda: &[u8], modele: &config::ModeleXdm) -> Element {
        let (e, fiche) = (self.entete, self.fiche.as_str());
        let mut patient = vec![format!("PID-5|{}^{}^^^^^L", e.patient.nom, e.patient.prenom)];
        patient.extend(e.patient.naissance.as_ref().map(|date| format!("PID-7|{date}")));
        patient.push(format!("PID-8|{}", e.patient.sexe));
        Element::new("ExtrinsicObject")
            .attribut("id", fiche)
            .attribut("lid", fiche)
            .attribut("mimeType", "text/xml")
            .attribut("objectType", ihe::DOCUMENT)
            .attribut("status", APPROUVE)
            .avec(slot("creationTime", [&e.etabli_le]))
            .avec(slot("hash", [hexadecimal(&Sha1::digest(cda))]))
            .avec(slot("languageCode", [&e.langue]))
            .avec(slot("legalAuthenticator", [&e.responsable]))
            .avec_tous(e.debut.as_ref().map(|debut| slot("serviceStartTime", [debut])))
            .avec_tous(e.fin.as_ref().map(|fin| slot("serviceStopTime", [fin])))
            .avec(slot("size", [cda.len().to_string()]))
            .avec(slot("sourcePatientId", [&e.patient.numero_local]))
            .avec(slot("sourcePatientInfo", patient))
            .avec(slot("URI", [DOCUMENT]))
            .avec(nom(&e.titre))
            .avec_tous(e.auteurs.iter().enumerate().map(|(rang, auteur)| self.auteur(fiche, ihe::AUTEUR, rang, auteur)))
            .avec(self.classe(fiche, ihe::CLASSE, &(&modele.classe).into()))
            .avec(self.classe(fiche, ihe::CONFIDENTIALITE, &e.confidentialite))
            .avec_tous(e.actes.iter().map(|acte| self.classe(fiche, ihe::ACTE, acte)))
            .avec(self.classe(fiche, ihe::FORMAT, &(&modele.format).into()))
            .avec(self.classe(fiche, ihe::SECTEUR, &e.secteur))
            .avec(self.classe(fiche, ihe::CADRE, &e.cadre))
            .avec(self.classe(fiche, ihe::TYPE, &e.nature))
            .avec(self.numero(fiche, ihe::PATIENT, "XDSDocumentEntry.patientId", &e.patient.numero))
            .avec(self.numero(fiche, ihe::NUMERO, "XDSDocumentEntry.uniqueId", &e.numero))
    }

    /// The set of what is sent together: this one document.
    fn lot(&self, reglages: &config::Xdm) -> Element {
        let e = self.entete;
        let numero = format!("2.25.{}", Uuid::new_v5(&ESPACE, format!("numéro de lot {}", e.numero).as_bytes()).as_u128());
        let source = reglages.source.clone().unwrap_or_else(|| format!("2.25.{}", ESPACE.as_u128()));
        Element::new("RegistryPackage")
            .attribut("id", LOT)
            .attribut("objectType", format!("{GENRE}RegistryPackage"))
            .attribut("status", APPROUVE)
            .avec(slot("submissionTime", [&e.etabli_le]))
            .avec(nom(&e.titre))
            .avec_tous(e.auteurs.iter().enumerate().map(|(rang, auteur)| self.auteur(LOT, ihe::AUTEUR_DU_LOT, rang, auteur)))
            .avec(self.classe(LOT, ihe::CONTENU_DU_LOT, &(&reglages.contenu).into()))
            .avec(self.numero(LOT, ihe::PATIENT_DU_LOT, "XDSSubmissionSet.patientId", &e.patient.numero))
            .avec(self.numero(LOT, ihe::SOURCE_DU_LOT, "XDSSubmissionSet.sourceId", &source))
            .avec(self.numero(LOT, ihe::NUMERO_DU_LOT, "XDSSubmissionSet.uniqueId", &numero))
    }

    fn auteur(&self, objet: &str, schema: &str, rang: usize, auteur: &Auteur) -> Element {
        let specialite = auteur.specialite.as_ref().map(|s| format!("{}^{}^{}", s.code, s.libelle, s.systeme));
        self.classification(objet, schema, &format!("auteur {rang}"), "")
            .avec(slot("authorPerson", [&auteur.personne]))
            .avec_tous(auteur.structure.as_ref().map(|structure| slot("authorInstitution", [structure])))
            .avec_tous(specialite.map(|specialite| slot("authorSpecialty", [specialite])))
            .avec_tous(auteur.role.as_ref().map(|role| slot("authorRole", [role])))
    }

    fn classe(&self, objet: &str, schema: &str, concept: &Concept) -> Element {
        self.classification(objet, schema, &format!("{} {}", concept.systeme, concept.code), &concept.code)
            .avec(slot("codingScheme", [&concept.systeme]))
            .avec(nom(&concept.libelle))
    }

    fn classification(&self, objet: &str, schema: &str, cle: &str, code: &str) -> Element {
        Element::new("Classification")
            .attribut("id", urn(&format!("{objet} {schema} {cle}"), &self.fiche))
            .attribut("classificationScheme", schema)
            .attribut("classifiedObject", objet)
            .attribut("nodeRepresentation", code)
            .attribut("objectType", format!("{GENRE}Classification"))
    }

    fn numero(&self, objet: &str, schema: &str, libelle: &str, valeur: &str) -> Element {
        Element::new("ExternalIdentifier")
            .attribut("id", urn(&format!("{objet} {schema}"), &self.fiche))
            .attribut("registryObject", objet)
            .attribut("identificationScheme", schema)
            .attribut("value", valeur)
            .attribut("objectType", format!("{GENRE}ExternalIdentifier"))
            .avec(nom(libelle))
    }

    fn lien(&self, genre: &str, de: &str, vers: &str) -> Element {
        Element::new("Association")
            .attribut("id", urn(&format!("{genre} {vers}"), &self.fiche))
            .attribut("associationType", genre)
            .attribut("sourceObject", de)
            .attribut("targetObject", vers)
            .attribut("objectType", format!("{GENRE}Association"))
    }
}

fn slot(nom: &str, valeurs: impl IntoIterator<Item = impl AsRef<str>>) -> Element {
    let valeurs = valeurs.into_iter().map(|valeur| Element::new("Value").texte(valeur.as_ref()));
    Element::new("Slot").attribut("name", nom).avec(Element::new("ValueList").avec_tous(valeurs))
}

fn nom(valeur: &str) -> Element {
    let texte = Element::new("LocalizedString").attribut("value", valeur).attribut("charset", "UTF-8").attribut("xml:lang", "fr-FR");
    Element::new("Name").avec(texte)
}
