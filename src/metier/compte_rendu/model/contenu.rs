//! What a compte-rendu says.

use super::{
    NatureDocument, StatutCas, canonique,
    fiche::ExtraitFiche,
    participants::{Etablissement, Participants, Professionnel},
    proposition::{PropositionRendue, QuorumRendu, ReferentielRendu},
};
use crate::kernel::{
    Panne,
    identite::StatutIdentite,
    ids::{Centre3cId, CompteRenduId, DossierId, FicheId, InscriptionId, PatientId, RcpId, ReunionId},
};
use crate::metier::{
    document::model::{ARCHIVE_XDM, GenreDocument},
    patient::model::Sexe,
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

/// Version of the shape of [`ContenuCompteRendu`]; kept in each content, because a content is read
/// for twenty years.
pub const FORMAT: u32 = 1;

/// Label of the type of document within the 40 characters that a file name and a mail subject allow.
pub const LIBELLE_COURT: &str = "CR de concertation pluridisciplinaire";

/// Label of the letter to the médecin traitant, within the same bound.
pub const LIBELLE_LETTRE: &str = "Lettre au medecin traitant";

/// Quality of the correspondent that the letter is for.
pub const MEDECIN_TRAITANT: &str = "medecin_traitant";

/// A coded value with the label it had that day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = compte_rendu::Code)]
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

impl From<&str> for Code {
    /// A code that waits for its label.
    fn from(code: &str) -> Self {
        Self { code: code.to_owned(), systeme: None, libelle: code.to_owned() }
    }
}

impl From<CodeLu> for Code {
    fn from(lu: CodeLu) -> Self {
        match lu {
            CodeLu::Seul(code) => Self::from(code.as_str()),
            CodeLu::Complet { code, systeme, libelle } => Self { code, systeme, libelle },
        }
    }
}

/// Which document this is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = compte_rendu::EnTete)]
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
#[schema(as = compte_rendu::Remplacement)]
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
#[schema(as = compte_rendu::PatientRendu)]
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
    /// Sex.
    pub sexe: Sexe,
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
#[schema(as = compte_rendu::MatriculeIns)]
pub struct MatriculeIns {
    /// 15 characters.
    pub valeur: String,
    /// OID of its authority: NIR `1.2.250.1.213.1.4.8`, NIA `1.2.250.1.213.1.4.9`.
    pub oid: String,
}

/// A local number of the patient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = compte_rendu::IdentifiantLocal)]
pub struct IdentifiantLocal {
    /// FINESS of the établissement that gave it.
    pub finess: String,
    /// The number.
    pub ipp: String,
}

/// The RCP, with its national numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = compte_rendu::RcpRendue)]
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
    /// Its level.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub niveau: Option<String>,
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
#[schema(as = compte_rendu::CentreRendu)]
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
#[schema(as = compte_rendu::ReunionRendue)]
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
#[schema(as = compte_rendu::Intervenants)]
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
#[schema(as = compte_rendu::Cas)]
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
#[schema(as = compte_rendu::Validation)]
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
        Ok(canonique::empreinte(&self.valeur()?))
    }

    /// Every coded value with the value set it belongs to.
    pub fn codes(&mut self) -> Vec<(&'static str, &mut Code)> {
        let mut codes = self.fiche.codes();
        codes.extend(self.proposition.iter_mut().flat_map(PropositionRendue::codes));
        let i = &mut self.intervenants;
        let nommes = [&mut i.coordonnateur, &mut i.presentateur, &mut i.medecin_traitant].into_iter().flatten().chain([&mut i.demandeur]);
        let p = &mut self.participants;
        let presents = p.quorum.iter_mut().chain(&mut p.autres).map(|p| &mut p.professionnel);
        let professionnels = nommes
            .chain(presents)
            .chain(p.correspondants.iter_mut().map(|c| &mut c.professionnel))
            .chain(&mut self.validation.professionnel);
        codes.extend(professionnels.flat_map(Professionnel::codes));
        codes
    }

    /// True when another content says the same, whoever validated it and under whichever version.
    #[must_use]
    pub fn dit_la_meme_chose(&self, autre: &Self) -> bool {
        let meme = Self { document: autre.document.clone(), validation: autre.validation.clone(), ..self.clone() };
        meme == *autre
    }

    /// Who the letter is for: the médecin traitant, where one is known and the patient does not object.
    #[must_use]
    pub fn destinataire_de_la_lettre(&self) -> Option<&Professionnel> {
        self.participants.correspondants.iter().find(|c| c.qualite == MEDECIN_TRAITANT).map(|c| &c.professionnel)
    }

    /// Name of a document as it is sent.
    #[must_use]
    pub fn nom_du_document(&self, genre: GenreDocument) -> String {
        match genre {
            GenreDocument::Pdf => self.nom_de_fichier(LIBELLE_COURT, "pdf"),
            GenreDocument::LettreMedecinTraitant => self.nom_de_fichier(LIBELLE_LETTRE, "pdf"),
            GenreDocument::Cda => self.nom_de_fichier(LIBELLE_COURT, "xml"),
            GenreDocument::Xdm => ARCHIVE_XDM.to_owned(),
        }
    }

    /// A name by the MSSanté rule 2.1.6: date of the meeting, label of the type (40 characters at most),
    /// birth name in capitals, first name; without accents.
    fn nom_de_fichier(&self, libelle: &str, extension: &str) -> String {
        use crate::kernel::texte::normaliser;
        let nom = normaliser(&self.patient.nom_naissance).replace(' ', "-");
        let prenom = normaliser(&self.patient.premier_prenom).replace(' ', "-");
        format!("{}_{libelle}_{nom}_{prenom}.{extension}", self.reunion.date.format("%Y%m%d"))
    }
}
