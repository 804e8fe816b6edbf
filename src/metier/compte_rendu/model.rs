//! The frozen content of a compte-rendu, its versions and its fingerprint.

pub mod assemblage;
mod canonique;
pub mod contenu;
pub mod fait;
pub mod fiche;
pub mod participants;
pub mod proposition;

pub use crate::metier::quorum::model::{EtatQuorum, MoyenParticipation};
pub use canonique::{canonique, empreinte};
pub use contenu::{Code, ContenuCompteRendu};

use crate::{
    kernel::{
        ErreurMetier, Faute, Nature, Panne,
        ids::{
            Centre3cId, CompteRenduId, DossierId, EtablissementId, GabaritId, InscriptionId, PatientId, PraticienId, RcpId, ReunionId,
            TerritoireId,
        },
    },
    metier::document::model::GenreDocument,
};
use chrono::{DateTime, NaiveDate, Utc};
use fiche::StatutG8;
use proposition::QuorumRendu;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

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
    /// What a case is worth, from what was done of it and the quorum counted on it: HAS rule and
    /// composition together.
    #[must_use]
    pub const fn de(statut: StatutCas, quorum: Option<EtatQuorum>) -> Self {
        match (statut, quorum) {
            (StatutCas::Reporte, _) => Self::Report,
            (StatutCas::Enregistre, _) => Self::Enregistrement,
            (StatutCas::Discute, Some(EtatQuorum::Atteint)) => Self::AvisDeRcp,
            (StatutCas::Discute, Some(EtatQuorum::NonAtteint)) => Self::SansQuorum,
            (StatutCas::Discute, Some(EtatQuorum::Indetermine) | None) => Self::QuorumIndetermine,
        }
    }
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
    /// The template of the region it is printed with; none for that of the program.
    pub gabarit_id: Option<GabaritId>,
    /// That of its letter.
    pub gabarit_lettre_id: Option<GabaritId>,
}

impl CompteRendu {
    /// The template of the region that lays out a kind of document of this version.
    #[must_use]
    pub const fn gabarit(&self, genre: GenreDocument) -> Option<GabaritId> {
        match genre {
            GenreDocument::Pdf => self.gabarit_id,
            GenreDocument::LettreMedecinTraitant => self.gabarit_lettre_id,
            GenreDocument::Cda | GenreDocument::Xdm => None,
        }
    }

    /// The version that says a content, in force. Facts come from the content, save the territoire; its
    /// templates are chosen when it is published.
    pub fn figer(contenu: ContenuCompteRendu, territoire_id: Option<TerritoireId>) -> Result<Self, Panne> {
        let c = &contenu;
        let reponse = |lire: fn(&QuorumRendu) -> EtatQuorum| c.quorum.as_ref().and_then(|q| lire(q).reponse());
        Ok(Self {
            id: c.document.id,
            inscription_id: c.cas.inscription_id,
            reunion_id: c.reunion.id,
            rcp_id: c.rcp.id,
            dossier_id: c.cas.dossier_id,
            patient_id: c.patient.id,
            set_id: c.document.set_id,
            numero_version: c.document.numero_version,
            remplace_id: c.document.remplace.as_ref().map(|r| r.id),
            remplace_par_id: None,
            courant: true,
            motif_correction: c.document.remplace.as_ref().map(|r| r.motif.clone()),
            empreinte: c.empreinte()?,
            statut_cas: c.cas.statut,
            date_reunion: c.reunion.date,
            centre_3c_id: c.rcp.centre_3c.id,
            etablissement_id: c.rcp.etablissement.id,
            etablissement_demandeur_id: c.intervenants.demandeur.etablissement.as_ref().map(|e| e.id),
            territoire_id,
            theme: c.rcp.theme.clone(),
            type_rcp: c.rcp.type_rcp.clone(),
            expertise: c.rcp.expertise,
            demandeur_id: c.intervenants.demandeur.praticien_id,
            age: c.patient.age.into(),
            quorum_has: reponse(|q| q.has),
            quorum_regle: reponse(|q| q.composition),
            g8: c.fiche.g8.statut,
            valide_par: c.validation.professionnel.as_ref().map(|p| p.praticien_id),
            valide_le: c.validation.le,
            gabarit_id: None,
            gabarit_lettre_id: None,
            contenu,
        })
    }
}

impl EtatQuorum {
    /// Reached or not; nothing when it cannot be told.
    const fn reponse(self) -> Option<bool> {
        match self {
            Self::Atteint => Some(true),
            Self::NonAtteint => Some(false),
            Self::Indetermine => None,
        }
    }
}

/// A version as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CompteRenduResume {
    /// Identifier of the version.
    pub id: CompteRenduId,
    /// What all versions share.
    pub set_id: Uuid,
    /// Rank of the version, from 1.
    pub numero_version: i64,
    /// True for the version in force.
    pub courant: bool,
    /// The version that replaces it.
    pub remplace_par_id: Option<CompteRenduId>,
    /// Why it replaces the former one.
    pub motif_correction: Option<String>,
    /// The registration it reports on.
    pub inscription_id: InscriptionId,
    /// The meeting.
    pub reunion_id: ReunionId,
    /// The dossier.
    pub dossier_id: DossierId,
    /// The patient.
    pub patient_id: PatientId,
    /// Birth name and first name of the patient.
    pub patient: String,
    /// Name of the RCP.
    pub rcp: String,
    /// Label of the dossier.
    pub dossier: String,
    /// Date of the meeting.
    pub date_reunion: NaiveDate,
    /// Rank at the agenda.
    pub rang: i64,
    /// What was done of the case.
    pub statut_cas: StatutCas,
    /// What the document is worth.
    pub nature: NatureDocument,
    /// When it was validated.
    pub valide_le: DateTime<Utc>,
    /// False until the PDF has been rendered.
    pub pdf_pret: bool,
}

impl CompteRenduResume {
    /// What a list shows of a version.
    #[must_use]
    pub fn de(compte_rendu: &CompteRendu, pdf_pret: bool) -> Self {
        let (c, contenu) = (compte_rendu, &compte_rendu.contenu);
        Self {
            id: c.id,
            set_id: c.set_id,
            numero_version: c.numero_version,
            courant: c.courant,
            remplace_par_id: c.remplace_par_id,
            motif_correction: c.motif_correction.clone(),
            inscription_id: c.inscription_id,
            reunion_id: c.reunion_id,
            dossier_id: c.dossier_id,
            patient_id: c.patient_id,
            patient: format!("{} {}", contenu.patient.nom_naissance.to_uppercase(), contenu.patient.premier_prenom),
            rcp: contenu.rcp.nom.clone(),
            dossier: contenu.cas.dossier.clone(),
            date_reunion: c.date_reunion,
            rang: contenu.cas.rang,
            statut_cas: c.statut_cas,
            nature: contenu.cas.nature,
            valide_le: c.valide_le,
            pdf_pret,
        }
    }
}

/// Why a compte-rendu refuses.
#[derive(Debug, thiserror::Error)]
pub enum CompteRenduError {
    /// No such compte-rendu, or not for this person.
    #[error("Ce compte-rendu n'existe pas, ou n'entre pas dans votre périmètre.")]
    Introuvable,
    /// The PDF has not been rendered yet.
    #[error("Le document est en cours de préparation : redemandez-le dans quelques secondes.")]
    DocumentEnPreparation,
    /// The CDA document could not be made yet.
    #[error("Le document CDA n'a pas encore pu être établi : il sera retenté sans intervention de votre part.")]
    CdaEnAttente,
    /// No letter was made for this version.
    #[error("Ce compte-rendu n'a pas de lettre au médecin traitant.")]
    SansLettre,
    /// Some cases of the meeting have not been dealt with.
    #[error("Des cas inscrits à cette réunion ne sont ni discutés, ni enregistrés, ni reportés, ni retirés.")]
    CasNonTraites {
        /// Their registrations.
        inscriptions: Vec<InscriptionId>,
    },
    /// Some cases bear alerts that forbid the validation.
    #[error("Des alertes bloquantes interdisent la validation : levez-les ou acquittez-les.")]
    AlertesBloquantes {
        /// Their registrations.
        inscriptions: Vec<InscriptionId>,
    },
    /// Some fiches lack what a validation requires.
    #[error("Des fiches n'ont pas tout ce que la validation exige : complétez-les.")]
    FichesIncompletes {
        /// Their registrations.
        inscriptions: Vec<InscriptionId>,
        /// What they lack, under `/inscriptions/{id}` and then where it stands in the fiche.
        fautes: Vec<Faute>,
    },
    /// The correction changes nothing.
    #[error("La correction ne change rien à ce que dit le compte-rendu.")]
    CorrectionSansObjet,
    /// A proposal was sent for a postponed case.
    #[error("Un cas reporté n'a pas de proposition à corriger.")]
    PropositionSansDiscussion,
    /// A guideline was sent for a case that was not registered.
    #[error("Seul un cas enregistré cite un référentiel.")]
    ReferentielSansEnregistrement,
}

impl ErreurMetier for CompteRenduError {
    fn nature(&self) -> Nature {
        match self {
            Self::Introuvable | Self::SansLettre => Nature::Introuvable,
            Self::DocumentEnPreparation
            | Self::CdaEnAttente
            | Self::CasNonTraites { .. }
            | Self::AlertesBloquantes { .. }
            | Self::FichesIncompletes { .. }
            | Self::PropositionSansDiscussion
            | Self::ReferentielSansEnregistrement => Nature::Conflit,
            Self::CorrectionSansObjet => Nature::Invalide,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Introuvable => "compte-rendu-introuvable",
            Self::DocumentEnPreparation => "document-en-preparation",
            Self::CdaEnAttente => "cda-en-attente",
            Self::SansLettre => "sans-lettre",
            Self::CasNonTraites { .. } => "cas-non-traites",
            Self::AlertesBloquantes { .. } => "alertes-bloquantes",
            Self::FichesIncompletes { .. } => "fiches-incompletes",
            Self::CorrectionSansObjet => "correction-sans-objet",
            Self::PropositionSansDiscussion => "proposition-sans-discussion",
            Self::ReferentielSansEnregistrement => "referentiel-sans-enregistrement",
        }
    }

    fn fautes(&self) -> Vec<Faute> {
        match self {
            Self::FichesIncompletes { fautes, .. } => fautes.clone(),
            Self::Introuvable
            | Self::SansLettre
            | Self::CdaEnAttente
            | Self::DocumentEnPreparation
            | Self::CasNonTraites { .. }
            | Self::AlertesBloquantes { .. }
            | Self::CorrectionSansObjet
            | Self::PropositionSansDiscussion
            | Self::ReferentielSansEnregistrement => Vec::new(),
        }
    }

    fn precisions(&self) -> Map<String, Value> {
        let mut precisions = Map::new();
        match self {
            Self::CasNonTraites { inscriptions }
            | Self::AlertesBloquantes { inscriptions }
            | Self::FichesIncompletes { inscriptions, .. } => {
                precisions.insert("inscriptions".to_owned(), inscriptions.iter().map(|id| Value::from(id.to_string())).collect());
            }
            Self::DocumentEnPreparation => {
                precisions.insert("reessayer_dans".to_owned(), DELAI_DOCUMENT.into());
            }
            Self::Introuvable
            | Self::SansLettre
            | Self::CdaEnAttente
            | Self::CorrectionSansObjet
            | Self::PropositionSansDiscussion
            | Self::ReferentielSansEnregistrement => {}
        }
        precisions
    }
}

/// Seconds after which a document in preparation may be asked for again.
const DELAI_DOCUMENT: i64 = 5;

/// A content that tests of this crate start from.
#[cfg(test)]
pub(crate) fn exemple() -> ContenuCompteRendu {
    serde_json::from_str(include_str!("../../../referentiels/modeles/exemple.json")).expect("exemple lisible")
}

#[cfg(test)]
mod tests {
    use super::{contenu::LIBELLE_COURT, fiche::ExtraitFiche, *};
    use serde_json::json;

    #[test]
    fn seule_une_discussion_avec_quorum_est_un_avis_de_rcp() {
        for statut in StatutCas::TOUS {
            for quorum in [None, Some(EtatQuorum::Atteint), Some(EtatQuorum::NonAtteint), Some(EtatQuorum::Indetermine)] {
                let avis = NatureDocument::de(*statut, quorum) == NatureDocument::AvisDeRcp;
                assert_eq!(avis, *statut == StatutCas::Discute && quorum == Some(EtatQuorum::Atteint), "{statut} {quorum:?}");
            }
        }
    }

    #[test]
    fn l_empreinte_ne_depend_pas_de_l_ordre_des_champs() {
        let un = json!({ "b": 1, "a": { "y": [1, 2.5, null], "x": "é \"ici\"\n" } });
        let deux = json!({ "a": { "x": "é \"ici\"\n", "y": [1, 2.5, null] }, "b": 1 });
        assert_eq!(canonique(&un), r#"{"a":{"x":"é \"ici\"\n","y":[1,2.5,null]},"b":1}"#);
        assert_eq!(empreinte(&un), empreinte(&deux));
        assert_ne!(empreinte(&un), empreinte(&json!({ "b": 1, "a": { "y": [2.5, 1, null], "x": "é" } })));
    }

    #[test]
    fn un_contenu_relu_a_la_meme_empreinte() {
        let contenu = exemple();
        let relu: ContenuCompteRendu = serde_json::from_str(&canonique(&contenu.valeur().unwrap())).unwrap();
        assert_eq!(relu, contenu);
        assert_eq!(relu.empreinte().unwrap(), contenu.empreinte().unwrap());
    }

    #[test]
    fn tout_changement_d_un_octet_change_l_empreinte() {
        let contenu = exemple();
        let mut autre = contenu.clone();
        autre.patient.nom_naissance.push(' ');
        assert_ne!(autre.empreinte().unwrap(), contenu.empreinte().unwrap());
    }

    #[test]
    fn le_nom_du_pdf_suit_la_regle_mssante() {
        let mut contenu = exemple();
        contenu.patient.nom_naissance = "de l’Œuvre-Noël".to_owned();
        contenu.patient.premier_prenom = "Éloïse Anne".to_owned();
        assert_eq!(
            contenu.nom_du_document(GenreDocument::Pdf),
            "20260312_CR de concertation pluridisciplinaire_DE-L-OEUVRE-NOEL_ELOISE-ANNE.pdf"
        );
        assert!(LIBELLE_COURT.chars().count() <= 40);
    }

    #[test]
    fn un_code_seul_attend_son_libelle() {
        let mut extrait: ExtraitFiche =
            serde_json::from_value(json!({ "tumeurs": [{ "topographie": "C50.4" }], "motif": { "organes": ["76752008"] } })).unwrap();
        let codes: Vec<_> = extrait.codes().into_iter().map(|(jeu, code)| (jeu, code.code.clone())).collect();
        assert_eq!(codes, [("rcp-organe", "76752008".to_owned()), ("tumeur", "C50.4".to_owned())]);
        for (_, code) in extrait.codes() {
            code.libelle = "libellé du jour".to_owned();
        }
        assert_eq!(extrait.tumeurs[0].topographie.as_ref().unwrap().libelle, "libellé du jour");
    }
}
