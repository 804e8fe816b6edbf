//! The frozen content of a compte-rendu, its versions and its fingerprint.

pub mod fiche;
pub mod participants;
pub mod proposition;

use crate::kernel::{
    ErreurMetier, Nature, Panne,
    identite::StatutIdentite,
    ids::{
        Centre3cId, CompteRenduId, DossierId, EtablissementId, FicheId, InscriptionId, PatientId, PraticienId, RcpId, ReunionId,
        TerritoireId,
    },
};
use chrono::{DateTime, NaiveDate, Utc};
use fiche::{ExtraitFiche, StatutG8};
use participants::{Etablissement, Participants, Professionnel};
use proposition::{PropositionRendue, QuorumRendu, ReferentielRendu};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;
use uuid::Uuid;

/// Version of the shape of [`ContenuCompteRendu`]; kept in each content, because a content is read
/// for twenty years.
pub const FORMAT: u32 = 1;

crate::enum_texte! {
    /// What the meeting did of the case.
    pub enum StatutCas {
        /// Discussed.
        Discute => "discute",
        /// Strictly conforms to national guidelines: registered without discussion.
        Enregistre => "enregistre",
        /// Postponed.
        Reporte => "reporte",
    }
}

crate::enum_texte! {
    /// Whether a quorum was reached.
    pub enum EtatQuorum {
        /// Reached.
        Atteint => "atteint",
        /// Not reached.
        NonAtteint => "non_atteint",
        /// Cannot be told from what was recorded.
        Indetermine => "indetermine",
    }
}

crate::enum_texte! {
    /// What the document is worth.
    pub enum NatureDocument {
        /// An opinion of an RCP, within the meaning of the Code de la santé publique.
        AvisDeRcp => "avis_de_rcp",
        /// A discussion without the quorum: not an opinion of an RCP.
        SansQuorum => "sans_quorum",
        /// A discussion whose quorum cannot be told: not an opinion of an RCP.
        QuorumIndetermine => "quorum_indetermine",
        /// A registration without discussion, by a national guideline.
        Enregistrement => "enregistrement",
        /// A postponement: no opinion was given.
        Report => "report",
    }
}

impl NatureDocument {
    /// What a case is worth, from what was done of it and the HAS quorum counted on it.
    #[must_use]
    pub const fn de(statut: StatutCas, has: Option<EtatQuorum>) -> Self {
        match (statut, has) {
            (StatutCas::Reporte, _) => Self::Report,
            (StatutCas::Enregistre, _) => Self::Enregistrement,
            (StatutCas::Discute, Some(EtatQuorum::Atteint)) => Self::AvisDeRcp,
            (StatutCas::Discute, Some(EtatQuorum::NonAtteint)) => Self::SansQuorum,
            (StatutCas::Discute, Some(EtatQuorum::Indetermine) | None) => Self::QuorumIndetermine,
        }
    }
}

/// A coded value with the label it had that day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(from = "CodeLu")]
pub struct Code {
    /// The code.
    #[schema(example = "C15632")]
    pub code: String,
    /// OID of the code system, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub systeme: Option<String>,
    /// The label; the code itself when the value set does not know it.
    #[schema(example = "chimiothérapie")]
    pub libelle: String,
}

/// A code comes alone from a fiche, and complete from a frozen content.
#[derive(Deserialize)]
#[serde(untagged)]
enum CodeLu {
    Seul(String),
    Complet { code: String, systeme: Option<String>, libelle: String },
}

impl From<CodeLu> for Code {
    fn from(lu: CodeLu) -> Self {
        match lu {
            CodeLu::Seul(code) => Self { libelle: code.clone(), code, systeme: None },
            CodeLu::Complet { code, systeme, libelle } => Self { code, systeme, libelle },
        }
    }
}

/// Which document this is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EnTete {
    /// The version.
    pub id: CompteRenduId,
    /// What all versions share.
    pub set_id: Uuid,
    /// Rank of the version, from 1.
    pub numero_version: i64,
    /// The version that this one cancels and replaces.
    pub remplace: Option<Remplacement>,
    /// When it was validated, which is the date of the document.
    pub etabli_le: DateTime<Utc>,
}

/// The former version, and why it is replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Remplacement {
    /// The former version.
    pub id: CompteRenduId,
    /// Its rank.
    pub numero_version: i64,
    /// When it was validated.
    pub etabli_le: DateTime<Utc>,
    /// Why it is replaced.
    pub motif: String,
}

/// The patient as identified on the day of the validation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PatientRendu {
    /// The patient.
    pub id: PatientId,
    /// Birth name.
    pub nom_naissance: String,
    /// Name in use.
    pub nom_utilise: Option<String>,
    /// Every birth first name, in the order of the civil status.
    pub prenoms: String,
    /// First of the birth first names.
    pub premier_prenom: String,
    /// First name in use.
    pub prenom_utilise: Option<String>,
    /// `masculin`, `feminin` or `indetermine`.
    pub sexe: String,
    /// Date of birth.
    pub date_naissance: NaiveDate,
    /// Age in completed years at the date of the meeting.
    pub age: u32,
    /// INSEE code of the place of birth.
    pub lieu_naissance: Option<String>,
    /// Status of the identity.
    pub statut_identite: StatutIdentite,
    /// Matricule INS, only under a qualified identity.
    pub ins: Option<MatriculeIns>,
    /// Numbers of the patient in établissements.
    pub ipp: Vec<IdentifiantLocal>,
    /// Street address.
    pub adresse: Option<String>,
    /// Postal code.
    pub code_postal: Option<String>,
    /// Town.
    pub commune: Option<String>,
    /// Telephone.
    pub telephone: Option<String>,
}

/// A matricule INS.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MatriculeIns {
    /// 15 characters.
    pub valeur: String,
    /// OID of its authority: NIR `1.2.250.1.213.1.4.8`, NIA `1.2.250.1.213.1.4.9`.
    pub oid: String,
}

/// A local number of the patient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IdentifiantLocal {
    /// FINESS of the établissement that gave it.
    pub finess: String,
    /// The number.
    pub ipp: String,
}

/// The RCP, with its national numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RcpRendue {
    /// The RCP.
    pub id: RcpId,
    /// Its short code.
    pub code: String,
    /// Its name.
    pub nom: String,
    /// Its acronym.
    pub acronyme: Option<String>,
    /// `standard`, `recours`, `cancer_rare` or `pediatrique`.
    pub type_rcp: String,
    /// Its theme.
    pub theme: String,
    /// True for an expert RCP, which the quorum indicators leave out.
    pub expertise: bool,
    /// Number of the regional network (root 1.2.250.1.161.1.20.1.1).
    pub numero_rrc: Option<String>,
    /// Number of the managing body (root 1.2.250.1.161.1.20.2.1).
    pub numero_gestionnaire: Option<String>,
    /// Number of the RCP in the national directory (root 1.2.250.1.161.1.20.3.1).
    pub numero_national: Option<String>,
    /// The établissement that organises it.
    pub etablissement: Etablissement,
    /// The 3C that coordinates it.
    pub centre_3c: CentreRendu,
}

/// A 3C.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CentreRendu {
    /// The 3C.
    pub id: Centre3cId,
    /// Its short code.
    pub code: String,
    /// Its name.
    pub nom: String,
}

/// The meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReunionRendue {
    /// The meeting.
    pub id: ReunionId,
    /// When it began.
    pub debut: DateTime<Utc>,
    /// When it ended.
    pub fin: DateTime<Utc>,
    /// Civil date of the beginning, in metropolitan France.
    pub date: NaiveDate,
    /// Where it was held.
    pub lieu: Option<String>,
}

/// The doctors who have a part of their own in the case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Intervenants {
    /// Coordinating doctor of the RCP.
    pub coordonnateur: Option<Professionnel>,
    /// The doctor who asked for the opinion.
    pub demandeur: Professionnel,
    /// The doctor who presented the case, if another.
    pub presentateur: Option<Professionnel>,
    /// General practitioner.
    pub medecin_traitant: Option<Professionnel>,
}

/// What the meeting did of the case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Cas {
    /// The registration at the meeting.
    pub inscription_id: InscriptionId,
    /// The dossier.
    pub dossier_id: DossierId,
    /// Label of the dossier.
    pub dossier: String,
    /// Rank at the agenda.
    pub rang: i64,
    /// What was done.
    pub statut: StatutCas,
    /// What the document is worth.
    pub nature: NatureDocument,
    /// Why the case was postponed.
    pub motif_report: Option<String>,
    /// More about that reason.
    pub precision_report: Option<String>,
    /// Comment of the registration.
    pub commentaire: Option<String>,
}

/// Who validated, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Validation {
    /// The doctor; absent when the person has no directory entry.
    pub professionnel: Option<Professionnel>,
    /// Name of the person.
    pub nom: String,
    /// When.
    pub le: DateTime<Utc>,
}

/// Everything a compte-rendu says. Documents are made from it alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ContenuCompteRendu {
    /// Version of the shape, see [`FORMAT`].
    pub format: u32,
    /// Which document this is.
    pub document: EnTete,
    /// The patient.
    pub patient: PatientRendu,
    /// The RCP.
    pub rcp: RcpRendue,
    /// The meeting.
    pub reunion: ReunionRendue,
    /// The doctors of the case.
    pub intervenants: Intervenants,
    /// Those who took part, and those to be told.
    pub participants: Participants,
    /// What was done of the case.
    pub cas: Cas,
    /// The guideline that a registered case conforms to.
    pub referentiel: Option<ReferentielRendu>,
    /// Quorum counted on this case; absent for a case that was not discussed.
    pub quorum: Option<QuorumRendu>,
    /// The proposal.
    pub proposition: Option<PropositionRendue>,
    /// The fiche as it stood at the meeting.
    pub fiche: ExtraitFiche,
    /// The fiche it was taken from.
    pub fiche_id: FicheId,
    /// Who validated.
    pub validation: Validation,
}

impl ContenuCompteRendu {
    /// The content as a JSON value, which is what is kept and fingerprinted.
    pub fn valeur(&self) -> Result<Value, Panne> {
        serde_json::to_value(self).map_err(|e| Panne::new("écriture d'un compte-rendu", e))
    }

    /// SHA-256 of the canonical JSON, 64 hexadecimal digits.
    pub fn empreinte(&self) -> Result<String, Panne> {
        Ok(empreinte(&self.valeur()?))
    }

    /// Name of the PDF, by the MSSanté rule 2.1.6: date of the meeting, label of the type (40
    /// characters at most), birth name in capitals, first name; without accents.
    #[must_use]
    pub fn nom_du_pdf(&self) -> String {
        use crate::kernel::texte::normaliser;
        let nom = normaliser(&self.patient.nom_naissance).replace(' ', "-");
        let prenom = normaliser(&self.patient.premier_prenom).replace(' ', "-");
        format!("{}_{LIBELLE_COURT}_{nom}_{prenom}.pdf", self.reunion.date.format("%Y%m%d"))
    }
}

/// Label of the type of document within the 40 characters that a file name and a mail subject allow.
pub const LIBELLE_COURT: &str = "CR de concertation pluridisciplinaire";

/// JSON with sorted keys and no spaces: one text for one content, whichever database gave it back.
#[must_use]
pub fn canonique(valeur: &Value) -> String {
    let mut texte = String::new();
    ecrire_canonique(valeur, &mut texte);
    texte
}

fn ecrire_canonique(valeur: &Value, texte: &mut String) {
    match valeur {
        Value::Object(membres) => {
            let mut tries: Vec<_> = membres.iter().collect();
            tries.sort_by(|a, b| a.0.cmp(b.0));
            texte.push('{');
            for (rang, (cle, membre)) in tries.into_iter().enumerate() {
                if rang > 0 {
                    texte.push(',');
                }
                texte.push_str(&Value::from(cle.as_str()).to_string());
                texte.push(':');
                ecrire_canonique(membre, texte);
            }
            texte.push('}');
        }
        Value::Array(elements) => {
            texte.push('[');
            for (rang, element) in elements.iter().enumerate() {
                if rang > 0 {
                    texte.push(',');
                }
                ecrire_canonique(element, texte);
            }
            texte.push(']');
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => texte.push_str(&valeur.to_string()),
    }
}

/// SHA-256 of the canonical JSON of a value, 64 hexadecimal digits.
#[must_use]
pub fn empreinte(valeur: &Value) -> String {
    empreinte_octets(canonique(valeur).as_bytes())
}

/// SHA-256 of bytes, 64 hexadecimal digits.
#[must_use]
pub fn empreinte_octets(octets: &[u8]) -> String {
    Sha256::digest(octets).iter().map(|octet| format!("{octet:02x}")).collect()
}

/// One version of a compte-rendu: its content, and the facts that lists and statistics count.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CompteRendu {
    /// Identifier of the version.
    pub id: CompteRenduId,
    /// The registration it reports on.
    pub inscription_id: InscriptionId,
    /// The meeting.
    pub reunion_id: ReunionId,
    /// The RCP.
    pub rcp_id: RcpId,
    /// The dossier.
    pub dossier_id: DossierId,
    /// The patient.
    pub patient_id: PatientId,
    /// What all versions share.
    pub set_id: Uuid,
    /// Rank of the version, from 1.
    pub numero_version: i64,
    /// The version it replaces.
    pub remplace_id: Option<CompteRenduId>,
    /// The version that replaces it.
    pub remplace_par_id: Option<CompteRenduId>,
    /// True for the version in force.
    pub courant: bool,
    /// Why it replaces the former one.
    pub motif_correction: Option<String>,
    /// The frozen content.
    pub contenu: ContenuCompteRendu,
    /// SHA-256 of the canonical content.
    pub empreinte: String,
    /// What was done of the case.
    pub statut_cas: StatutCas,
    /// Date of the meeting.
    pub date_reunion: NaiveDate,
    /// The 3C of the RCP.
    pub centre_3c_id: Centre3cId,
    /// The établissement that organises the RCP.
    pub etablissement_id: EtablissementId,
    /// The établissement of the doctor who asked.
    pub etablissement_demandeur_id: Option<EtablissementId>,
    /// Territoire of the organiser.
    pub territoire_id: Option<TerritoireId>,
    /// Theme of the RCP.
    pub theme: String,
    /// Type of the RCP.
    pub type_rcp: String,
    /// True for an expert RCP.
    pub expertise: bool,
    /// The doctor who asked.
    pub demandeur_id: PraticienId,
    /// Age in completed years at the meeting.
    pub age: i64,
    /// HAS quorum; absent for a case that was not discussed or whose quorum cannot be told.
    pub quorum_has: Option<bool>,
    /// Quorum by the composition rule of the RCP; likewise.
    pub quorum_regle: Option<bool>,
    /// How far the G8 was filled.
    pub g8: StatutG8,
    /// The doctor who validated.
    pub valide_par: Option<PraticienId>,
    /// When.
    pub valide_le: DateTime<Utc>,
}

/// Why a compte-rendu refuses.
#[derive(Debug, thiserror::Error)]
pub enum CompteRenduError {
    /// No such compte-rendu, or not for this person.
    #[error("Ce compte-rendu n'existe pas.")]
    Introuvable,
}

impl ErreurMetier for CompteRenduError {
    fn nature(&self) -> Nature {
        match self {
            Self::Introuvable => Nature::Introuvable,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Introuvable => "compte-rendu-introuvable",
        }
    }
}
