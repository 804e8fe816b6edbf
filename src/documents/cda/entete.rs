//! The header of a document of the CI-SIS (« structuration minimale »), whatever its kind: the volet says
//! which code, models, people and acts it has, this file says how they are written.
//!
//! - The matricule INS is there only if the content holds one, which it does under a qualified identity only.
//! - What is not known is said to be unknown (`nullFlavor`), never made up.
//! - The identifier of a version is an OID without extension, because the DMP takes no other: the OID root
//!   of the software if the region has one, else `2.25.` (a UUID that stands by itself).

use super::{
    Reglages,
    types::{Adresse, CIM_10, CISIS, Concept, Organisation, Personne, instant, jour, net, oid, telephone},
    xml::{Element, HL7, Nul, XSI},
};
use crate::{
    kernel::Instant,
    metier::{compte_rendu::model::contenu::PatientRendu, patient::model::Sexe},
};
use uuid::Uuid;

/// The patients that this software numbers: the root of the number that a patient without INS is known by.
const PATIENTS: Uuid = Uuid::from_u128(0x8d1f_2c3a_54b7_5e60_9a41_7b2d_c0de_9c11);

/// `templateId` of a document that follows no volet: its body is another file, here a PDF.
const SANS_VOLET: &str = "1.3.6.1.4.1.19376.1.2.20";

/// The sector of activity (JDV J02) of a place of which the region has told none: the header wants one.
const SECTEUR_NON_DEFINI: (&str, &str) = ("SA43", "Secteur non défini");

/// What kind of document it is: fixed by its volet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Volet {
    /// `templateId` of the volet and its version; none for a document that follows no volet.
    pub modele: Option<(&'static str, &'static str)>,
    /// Type of document (JDV J07, LOINC).
    pub code: Concept<'static>,
}

/// What a person does in the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fonction {
    /// Member of the care team (JDV J47 `353`), and as what.
    EquipeDeSoins(&'static str),
    /// Médecin traitant.
    MedecinTraitant,
    /// Correspondent, and as what.
    Correspondant(&'static str),
    /// No code, and as what.
    Libre(&'static str),
}

impl Fonction {
    fn element(self) -> Element {
        let (element, texte) = match self {
            Self::EquipeDeSoins(texte) => (fonction("353", "Membre de l'équipe de soins", "1.2.250.1.213.1.6.1.107"), texte),
            Self::MedecinTraitant => (fonction("PCP", "Médecin traitant", "2.16.840.1.113883.5.88"), "Médecin traitant"),
            Self::Correspondant(texte) => (fonction("CORRE", "Correspondant", "1.2.250.1.213.1.1.4.2.280"), texte),
            Self::Libre(texte) => (Element::nul("functionCode", Nul::SansObjet), texte),
        };
        element.avec(Element::new("originalText").texte(texte))
    }
}

fn fonction(code: &'static str, libelle: &'static str, systeme: &'static str) -> Element {
    Element::new("functionCode").attribut("code", code).attribut("displayName", libelle).attribut("codeSystem", systeme)
}

crate::enum_texte! {
    /// How a person takes part (JDV J144).
    pub enum Participation {
        /// Responsible.
        Responsable => "RESP",
        /// Asked for it.
        Demandeur => "REFB",
        /// Does it.
        Acteur => "PRF",
        /// Was told, or knows the patient.
        Informateur => "INF",
        /// Is told.
        Correspondant => "CON",
    }
}

/// Somebody who takes part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Participant {
    /// How.
    pub participation: Participation,
    /// As what.
    pub fonction: Fonction,
    /// Who; none says that the person is not known.
    pub personne: Option<Personne>,
}

impl Participant {
    fn element(&self) -> Element {
        let inconnu = || Element::new("associatedEntity").attribut("classCode", "PROV").attribut("nullFlavor", Nul::Inconnu.as_str());
        Element::new("participant")
            .attribut("typeCode", self.participation.as_str())
            .avec(self.fonction.element())
            .avec(Element::nul("time", Nul::Inconnu))
            .avec(self.personne.as_ref().map_or_else(inconnu, Personne::associee))
    }
}

/// Who wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Auteur {
    /// As what.
    pub fonction: Option<Fonction>,
    /// When.
    pub le: Instant,
    /// Who.
    pub personne: Personne,
}

/// The main act that the document tells of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acte {
    /// What it is, where the volet names it.
    pub code: Option<Concept<'static>>,
    /// More about it.
    pub precision: Option<String>,
    /// When it began.
    pub debut: Instant,
    /// Who did it.
    pub executant: Personne,
    /// Where it was done, which is where the one who did it works for this act.
    pub lieu: Organisation,
}

/// The topography of the primary tumour, which is the second thing that a document of oncology tells of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Topographie {
    /// In the value set of the tumours (CIM-10).
    Codee {
        /// CIM-10 code.
        code: String,
        /// Its label.
        libelle: String,
    },
    /// In words.
    Texte(String),
}

/// The stay or the meeting that the document belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriseEnCharge {
    /// Identifiers. The volet may want a number of them.
    pub ids: Vec<Identifiant>,
    /// True for a meeting that the patient does not attend.
    pub en_rcp: bool,
    /// When it began.
    pub debut: Instant,
    /// Where.
    pub lieu: Organisation,
    /// Sector of activity of that place (JDV J02), where the region has said it.
    pub secteur: Option<(String, String)>,
}

/// An identifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identifiant {
    /// Root and extension.
    Connu(String, String),
    /// An OID that says all by itself.
    Propre(String),
}

impl Identifiant {
    fn element(&self) -> Element {
        match self {
            Self::Connu(root, extension) => Element::new("id").attribut("root", root.as_str()).attribut("extension", extension.as_str()),
            Self::Propre(oid) => Element::new("id").attribut("root", oid.as_str()),
        }
    }
}

/// Everything that a header says.
#[derive(Debug, Clone, PartialEq)]
pub struct EnTete<'p> {
    /// Kind of document.
    pub volet: Volet,
    /// Title.
    pub titre: String,
    /// This version.
    pub id: Uuid,
    /// What all versions share.
    pub set_id: Uuid,
    /// Rank of the version, from 1.
    pub numero_version: i64,
    /// The version that this one cancels and replaces.
    pub remplace: Option<Uuid>,
    /// Date of the document.
    pub etabli_le: Instant,
    /// The patient.
    pub patient: &'p PatientRendu,
    /// Those who wrote, one at least.
    pub auteurs: Vec<Auteur>,
    /// Who keeps the document.
    pub conservateur: Organisation,
    /// Who answers for the document.
    pub responsable: Personne,
    /// When that person signed.
    pub signe_le: Instant,
    /// Those who take part, in the order they are written.
    pub participants: Vec<Participant>,
    /// What the document answers to, and a comment on it.
    pub demande: Option<(Uuid, Option<String>)>,
    /// The main act.
    pub acte: Acte,
    /// Topography of the primary tumour.
    pub topographie: Option<Topographie>,
    /// What it belongs to.
    pub prise_en_charge: PriseEnCharge,
}

impl EnTete<'_> {
    /// The document: this header, then the body.
    #[must_use]
    pub fn document(&self, reglages: &Reglages, corps: Element) -> Element {
        self.identification(reglages)
            .avec(patient(self.patient, reglages))
            .avec_tous(self.auteurs.iter().map(auteur))
            .avec(conservateur(&self.conservateur))
            .avec(self.responsable())
            .avec_tous(self.participants.iter().map(Participant::element))
            .avec_tous(self.demande.as_ref().map(|(id, commentaire)| demande(*id, commentaire.as_deref())))
            .avec(acte(&self.acte))
            .avec_tous(self.topographie.as_ref().map(topographie))
            .avec_tous(self.remplace.map(|id| remplacement(&reglages.oid(id))))
            .avec(prise_en_charge(&self.prise_en_charge))
            .avec(Element::new("component").avec(corps))
    }

    fn identification(&self, reglages: &Reglages) -> Element {
        let modele = |root: &str| Element::new("templateId").attribut("root", root);
        Element::new("ClinicalDocument")
            .attribut("xmlns", HL7)
            .attribut("xmlns:xsi", XSI)
            .avec(Element::new("realmCode").attribut("code", "FR"))
            .avec(Element::new("typeId").attribut("root", "2.16.840.1.113883.1.3").attribut("extension", "POCD_HD000040"))
            .avec(modele("2.16.840.1.113883.2.8.2.1"))
            .avec(modele("1.2.250.1.213.1.1.1.1"))
            .avec(self.volet.modele.map_or_else(|| modele(SANS_VOLET), |(root, version)| modele(root).attribut("extension", version)))
            .avec(Element::new("id").attribut("root", reglages.oid(self.id)))
            .avec(self.volet.code.element("code"))
            .avec(Element::new("title").texte(&self.titre))
            .avec(moment("effectiveTime", self.etabli_le))
            .avec(
                Element::new("confidentialityCode")
                    .attribut("code", "N")
                    .attribut("codeSystem", "2.16.840.1.113883.5.25")
                    .attribut("displayName", "Normal"),
            )
            .avec(Element::new("languageCode").attribut("code", "fr-FR"))
            .avec(Element::new("setId").attribut("root", reglages.oid(self.set_id)))
            .avec(Element::new("versionNumber").attribut("value", self.numero_version.to_string()))
    }

    /// The standard wants an identifier here: that of a person who has none is drawn from the document.
    fn responsable(&self) -> Element {
        let propre = self.responsable.propre.or_else(|| Some(Uuid::new_v5(&self.id, b"responsable")));
        let responsable = Personne { propre, ..self.responsable.clone() };
        Element::new("legalAuthenticator")
            .avec(moment("time", self.signe_le))
            .avec(Element::new("signatureCode").attribut("code", "S"))
            .avec(responsable.affectee("assignedEntity"))
    }
}

pub(super) fn moment(nom: &'static str, le: Instant) -> Element {
    Element::new(nom).attribut("value", instant(le))
}

fn patient(p: &PatientRendu, reglages: &Reglages) -> Element {
    let ins = p.ins.as_ref();
    let telecoms = p
        .telephone
        .as_deref()
        .map(|numero| telephone(numero, None))
        .into_iter()
        .chain(ins.map(|ins| Element::new("telecom").attribut("value", format!("mailto:{}@patient.mssante.fr", ins.valeur))));
    let telecoms: Vec<Element> = telecoms.collect();
    let role = Element::new("patientRole")
        .avec_tous(numeros_du_patient(p, reglages).iter().map(Identifiant::element))
        .avec(Adresse::from(p).element())
        .avec_tous(if telecoms.is_empty() { vec![Element::nul("telecom", Nul::Inconnu)] } else { telecoms })
        .avec(traits(p));
    Element::new("recordTarget").avec(role)
}

/// The INS; the number in each établissement whose OID the region has told; the number in this software when
/// there is no INS.
fn numeros_du_patient(p: &PatientRendu, reglages: &Reglages) -> Vec<Identifiant> {
    let ins = p.ins.as_ref().map(|ins| Identifiant::Connu(ins.oid.clone(), ins.valeur.clone()));
    let propre = ins.is_none().then(|| Identifiant::Connu(oid(PATIENTS), p.id.to_string()));
    let locaux = p.ipp.iter().filter_map(|local| {
        let root = reglages.oid_ipp.get(&local.finess)?;
        Some(Identifiant::Connu(root.clone(), local.ipp.clone()))
    });
    ins.into_iter().chain(locaux).chain(propre).collect()
}

fn traits(p: &PatientRendu) -> Element {
    let partie = |nom, qualificatif: Option<&'static str>, texte: &str| {
        let element = Element::new(nom).texte(texte.trim());
        match qualificatif {
            Some(qualificatif) => element.attribut("qualifier", qualificatif),
            None => element,
        }
    };
    let nom_utilise = net(p.nom_utilise.as_deref()).map(|nom| partie("family", Some("CL"), nom));
    let prenom_utilise = net(p.prenom_utilise.as_deref()).map(|prenom| partie("given", Some("CL"), prenom));
    let nom = Element::new("name")
        .avec(partie("family", Some("BR"), &p.nom_naissance))
        .avec(partie("given", None, &p.prenoms))
        .avec(partie("given", Some("BR"), &p.premier_prenom))
        .avec_tous(nom_utilise)
        .avec_tous(prenom_utilise);
    let (code, libelle) = match p.sexe {
        Sexe::Masculin => ("M", "Masculin"),
        Sexe::Feminin => ("F", "Féminin"),
        Sexe::Indetermine => ("UN", "Indéterminé"),
    };
    let genre = Element::new("administrativeGenderCode")
        .attribut("code", code)
        .attribut("displayName", libelle)
        .attribut("codeSystem", "2.16.840.1.113883.5.1");
    let lieu = net(p.lieu_naissance.as_deref()).map(|cog| {
        let adresse = Element::new("addr").avec(Element::new("county").texte(cog));
        Element::new("birthplace").avec(Element::new("place").avec(adresse))
    });
    Element::new("patient")
        .attribut("classCode", "PSN")
        .avec(nom)
        .avec(genre)
        .avec(Element::new("birthTime").attribut("value", jour(p.date_naissance)))
        .avec_tous(lieu)
}

fn auteur(a: &Auteur) -> Element {
    Element::new("author")
        .avec_tous(a.fonction.map(Fonction::element))
        .avec(moment("time", a.le))
        .avec(a.personne.affectee("assignedAuthor"))
}

fn conservateur(organisation: &Organisation) -> Element {
    let garde = Element::new("assignedCustodian").avec(organisation.sans_cadre("representedCustodianOrganization"));
    Element::new("custodian").avec(garde)
}

fn demande(id: Uuid, commentaire: Option<&str>) -> Element {
    let commentaire = net(commentaire).map(|texte| Element::nul("code", Nul::SansObjet).avec(Element::new("originalText").texte(texte)));
    let ordre = Element::new("order").avec(Element::new("id").attribut("root", id.to_string().to_uppercase())).avec_tous(commentaire);
    Element::new("inFulfillmentOf").avec(ordre)
}

fn acte(a: &Acte) -> Element {
    let executant = Personne { organisation: Some(a.lieu.clone()), ..a.executant.clone() };
    let precision = a.precision.as_deref().map(|texte| Element::new("originalText").texte(texte));
    let evenement = Element::new("serviceEvent")
        .attribut("classCode", "ACT")
        .avec_tous(a.code.map(|code| code.element("code").avec_tous(precision)))
        .avec(Element::new("effectiveTime").avec(moment("low", a.debut)))
        .avec(Element::new("performer").attribut("typeCode", "PRF").avec(executant.affectee("assignedEntity")));
    Element::new("documentationOf").avec(evenement)
}

fn topographie(t: &Topographie) -> Element {
    let code = match t {
        Topographie::Codee { code, libelle } => Concept::new(code, CIM_10, libelle).element("code"),
        Topographie::Texte(texte) => {
            Concept::new("GEN-243", CISIS, "Topographie").element("code").avec(Element::new("originalText").texte(texte))
        }
    };
    Element::new("documentationOf").avec(Element::new("serviceEvent").attribut("classCode", "ACT").avec(code))
}

fn remplacement(oid: &str) -> Element {
    let remplacee = Element::new("parentDocument").avec(Element::new("id").attribut("root", oid));
    Element::new("relatedDocument").attribut("typeCode", "RPLC").avec(remplacee)
}

fn en_l_absence_du_patient() -> Element {
    Element::new("code")
        .attribut("code", "VR")
        .attribut("displayName", "Virtuelle (exemple : RCP en l'absence du patient)")
        .attribut("codeSystem", "2.16.840.1.113883.5.4")
}

fn prise_en_charge(p: &PriseEnCharge) -> Element {
    let (code, libelle) = p.secteur.as_ref().map_or(SECTEUR_NON_DEFINI, |(code, libelle)| (code.as_str(), libelle.as_str()));
    let secteur = Element::new("code").attribut("code", code).attribut("displayName", libelle).attribut("codeSystem", "1.2.250.1.71.4.2.4");
    let place = Element::new("location").avec(Element::new("name").texte(&p.lieu.nom)).avec(p.lieu.adresse.element());
    let lieu = Element::new("healthCareFacility").avec(p.lieu.id()).avec(secteur).avec(place);
    let rencontre = Element::new("encompassingEncounter")
        .avec_tous(p.ids.iter().map(Identifiant::element))
        .avec_tous(p.en_rcp.then(en_l_absence_du_patient))
        .avec(Element::new("effectiveTime").avec(moment("low", p.debut)))
        .avec(Element::new("location").avec(lieu));
    Element::new("componentOf").avec(rencontre)
}
