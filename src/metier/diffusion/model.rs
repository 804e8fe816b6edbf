//! A delivery, its states and what may happen to it.

use crate::kernel::{
    ErreurMetier, Faute, Instant, Nature,
    courriel::AdresseCourriel,
    ids::{CompteRenduId, DiffusionId, PatientId, PraticienId, RcpId, ReunionId},
};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

crate::enum_texte! {
    /// Why somebody receives a compte-rendu. The first that applies, in this order.
    pub enum Qualite {
        /// Médecin traitant of the patient.
        MedecinTraitant => "medecin_traitant",
        /// Asked for the opinion.
        Demandeur => "demandeur",
        /// Correspondent of the patient.
        Correspondant => "correspondant",
    }
}

crate::enum_texte! {
    /// How it leaves.
    pub enum Canal {
        /// Secure mail.
        Mssante => "mssante",
        /// Letter.
        Courrier => "courrier",
        /// No way is known.
        Aucun => "aucun",
    }
}

crate::enum_texte! {
    /// Where a delivery stands.
    pub enum EtatDiffusion {
        /// No secure address is known: somebody must find one or send a letter.
        SansAdresse => "sans_adresse",
        /// Waits to be sent, for the first time or again.
        AEnvoyer => "a_envoyer",
        /// Being sent.
        EnCours => "en_cours",
        /// A mail server took charge of it.
        Acceptee => "acceptee",
        /// Given up: somebody must look at it.
        Echec => "echec",
        /// A newer version goes instead.
        Remplacee => "remplacee",
        /// The patient objects to this sending.
        Opposition => "opposition",
        /// Printed and posted.
        Postee => "postee",
    }
}

crate::enum_texte! {
    /// How one attempt ended.
    pub enum ResultatTentative {
        /// Not ended yet.
        EnCours => "en_cours",
        /// The server took charge of the mail.
        Acceptee => "acceptee",
        /// May pass.
        EchecTemporaire => "echec_temporaire",
        /// Will not pass.
        EchecDefinitif => "echec_definitif",
        /// The process died: whether the mail left is not known.
        Interrompue => "interrompue",
    }
}

crate::enum_texte! {
    /// What may happen to a delivery.
    pub enum Acte {
        /// An attempt begins, the first or one after an interruption.
        Commencer => "commencer",
        /// The server took charge of the mail.
        Accepter => "accepter",
        /// The attempt failed and may be repeated.
        Reporter => "reporter",
        /// No further attempt.
        Echouer => "echouer",
        /// The address does not belong to the trust space.
        PerdreAdresse => "perdre_adresse",
        /// Somebody gave a secure address.
        Adresser => "adresser",
        /// Somebody asks to try again.
        Relancer => "relancer",
        /// Somebody posted a letter.
        Poster => "poster",
        /// A new version of the compte-rendu was validated.
        Remplacer => "remplacer",
        /// The patient objects.
        Opposer => "opposer",
    }
}

impl EtatDiffusion {
    /// The state after an act, or none where the act may not happen. A mail that leaves while its
    /// version is being replaced is written down as accepted: it did leave.
    #[must_use]
    pub const fn apres(self, acte: Acte) -> Option<Self> {
        use Acte as A;
        match self {
            Self::SansAdresse => match acte {
                A::Adresser => Some(Self::AEnvoyer),
                A::Poster => Some(Self::Postee),
                A::Remplacer => Some(Self::Remplacee),
                A::Opposer => Some(Self::Opposition),
                A::Commencer | A::Accepter | A::Reporter | A::Echouer | A::PerdreAdresse | A::Relancer => None,
            },
            Self::AEnvoyer => match acte {
                A::Commencer => Some(Self::EnCours),
                A::Adresser | A::Relancer => Some(Self::AEnvoyer),
                A::Echouer => Some(Self::Echec),
                A::PerdreAdresse => Some(Self::SansAdresse),
                A::Poster => Some(Self::Postee),
                A::Remplacer => Some(Self::Remplacee),
                A::Opposer => Some(Self::Opposition),
                A::Accepter | A::Reporter => None,
            },
            Self::EnCours => match acte {
                A::Commencer => Some(Self::EnCours),
                A::Accepter => Some(Self::Acceptee),
                A::Reporter => Some(Self::AEnvoyer),
                A::Echouer => Some(Self::Echec),
                A::PerdreAdresse => Some(Self::SansAdresse),
                A::Remplacer => Some(Self::Remplacee),
                A::Opposer => Some(Self::Opposition),
                A::Adresser | A::Relancer | A::Poster => None,
            },
            Self::Echec => match acte {
                A::Adresser | A::Relancer => Some(Self::AEnvoyer),
                A::Poster => Some(Self::Postee),
                A::Remplacer => Some(Self::Remplacee),
                A::Opposer => Some(Self::Opposition),
                A::Commencer | A::Accepter | A::Reporter | A::Echouer | A::PerdreAdresse => None,
            },
            Self::Remplacee => match acte {
                A::Accepter => Some(Self::Acceptee),
                A::Reporter | A::Echouer => Some(Self::Remplacee),
                A::Commencer | A::PerdreAdresse | A::Adresser | A::Relancer | A::Poster | A::Remplacer | A::Opposer => None,
            },
            Self::Acceptee | Self::Opposition | Self::Postee => None,
        }
    }
}

/// The delivery of one version of a compte-rendu to one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Diffusion {
    /// Identifier.
    pub id: DiffusionId,
    /// The version that is delivered.
    pub compte_rendu_id: CompteRenduId,
    /// Whose it is.
    pub patient_id: PatientId,
    /// Who receives it.
    pub praticien_id: PraticienId,
    /// Why that person.
    pub qualite: Qualite,
    /// How it leaves.
    pub canal: Canal,
    /// Mailbox.
    pub adresse: Option<String>,
    /// Where it stands.
    pub etat: EtatDiffusion,
    /// `Message-ID`, from the first attempt on.
    pub message_id: Option<String>,
    /// Attempts so far.
    pub tentatives: i64,
    /// Why the last attempt failed.
    pub derniere_erreur: Option<String>,
    /// Version.
    pub version: i64,
    /// Creation.
    pub cree_le: DateTime<Utc>,
    /// Last change.
    pub modifie_le: DateTime<Utc>,
    /// When a server took charge of it, or when the letter was posted.
    pub envoyee_le: Option<DateTime<Utc>>,
}

impl Diffusion {
    /// A new delivery: to be sent where a secure address is known and the patient does not object.
    #[must_use]
    pub fn nouvelle(cle: Cle, destinataire: Destinataire, maintenant: Instant) -> Self {
        let (canal, etat) = match (&destinataire.adresse, destinataire.oppose) {
            (_, true) => (Canal::Aucun, EtatDiffusion::Opposition),
            (Some(_), false) => (Canal::Mssante, EtatDiffusion::AEnvoyer),
            (None, false) => (Canal::Aucun, EtatDiffusion::SansAdresse),
        };
        Self {
            id: cle.id,
            compte_rendu_id: cle.compte_rendu_id,
            patient_id: cle.patient_id,
            praticien_id: destinataire.praticien_id,
            qualite: destinataire.qualite,
            canal,
            adresse: destinataire.adresse.filter(|_| !destinataire.oppose).map(|adresse| adresse.to_string()),
            etat,
            message_id: None,
            tentatives: 0,
            derniere_erreur: None,
            version: 1,
            cree_le: maintenant,
            modifie_le: maintenant,
            envoyee_le: None,
        }
    }

    /// The delivery after an act, which its state must admit.
    fn apres(self, acte: Acte, maintenant: Instant) -> Result<Self, DiffusionError> {
        let etat = self.etat.apres(acte).ok_or(DiffusionError::EtatInterdit { etat: self.etat, acte })?;
        Ok(Self { etat, version: self.version + 1, modifie_le: maintenant, ..self })
    }

    /// An attempt begins. The `Message-ID` is given by the first one and kept by the others.
    pub fn commencer(self, domaine: &str, maintenant: Instant) -> Result<Self, DiffusionError> {
        let message_id = self.message_id.clone().unwrap_or_else(|| format!("<{}@{domaine}>", self.id));
        let tentatives = self.tentatives + 1;
        Ok(Self { message_id: Some(message_id), tentatives, ..self.apres(Acte::Commencer, maintenant)? })
    }

    /// A server took charge of the mail.
    pub fn accepter(self, maintenant: Instant) -> Result<Self, DiffusionError> {
        Ok(Self { derniere_erreur: None, envoyee_le: Some(maintenant), ..self.apres(Acte::Accepter, maintenant)? })
    }

    /// The attempt failed, and there will be another.
    pub fn reporter(self, erreur: String, maintenant: Instant) -> Result<Self, DiffusionError> {
        Ok(Self { derniere_erreur: Some(erreur), ..self.apres(Acte::Reporter, maintenant)? })
    }

    /// No further attempt.
    pub fn echouer(self, erreur: String, maintenant: Instant) -> Result<Self, DiffusionError> {
        Ok(Self { derniere_erreur: Some(erreur), ..self.apres(Acte::Echouer, maintenant)? })
    }

    /// The address is not, or no longer, one of the trust space. It is kept to be read.
    pub fn perdre_adresse(self, maintenant: Instant) -> Result<Self, DiffusionError> {
        let erreur = "adresse hors de l'espace de confiance MSSanté".to_owned();
        Ok(Self { canal: Canal::Aucun, derniere_erreur: Some(erreur), ..self.apres(Acte::PerdreAdresse, maintenant)? })
    }

    /// Somebody gave a secure address.
    pub fn adresser(self, adresse: &AdresseCourriel, maintenant: Instant) -> Result<Self, DiffusionError> {
        Ok(Self { canal: Canal::Mssante, adresse: Some(adresse.to_string()), ..self.apres(Acte::Adresser, maintenant)? })
    }

    /// Somebody asks to try again.
    pub fn relancer(self, maintenant: Instant) -> Result<Self, DiffusionError> {
        self.apres(Acte::Relancer, maintenant)
    }

    /// Somebody posted a letter.
    pub fn poster(self, maintenant: Instant) -> Result<Self, DiffusionError> {
        Ok(Self { canal: Canal::Courrier, envoyee_le: Some(maintenant), ..self.apres(Acte::Poster, maintenant)? })
    }

    /// A new version goes instead.
    pub fn remplacer(self, maintenant: Instant) -> Result<Self, DiffusionError> {
        self.apres(Acte::Remplacer, maintenant)
    }

    /// The patient objects.
    pub fn opposer(self, maintenant: Instant) -> Result<Self, DiffusionError> {
        self.apres(Acte::Opposer, maintenant)
    }
}

/// What a new delivery belongs to.
#[derive(Debug, Clone, Copy)]
pub struct Cle {
    /// Its own identifier.
    pub id: DiffusionId,
    /// The version that is delivered.
    pub compte_rendu_id: CompteRenduId,
    /// Whose it is.
    pub patient_id: PatientId,
}

/// Somebody to deliver to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destinataire {
    /// The person.
    pub praticien_id: PraticienId,
    /// Why that person.
    pub qualite: Qualite,
    /// First secure mailbox of the person.
    pub adresse: Option<AdresseCourriel>,
    /// True when the patient objects to this sending.
    pub oppose: bool,
}

/// One row for each person, under the first quality that applies.
#[must_use]
pub fn sans_doublon(mut personnes: Vec<(Qualite, PraticienId)>) -> Vec<(Qualite, PraticienId)> {
    personnes.sort();
    let mut vus = std::collections::BTreeSet::new();
    personnes.retain(|(_, praticien)| vus.insert(*praticien));
    personnes
}

/// An attempt that began less than this ago may still be under way in another process. Longer than
/// any sender waits, shorter than the lease of a job.
pub const ENVOI_LE_PLUS_LONG: TimeDelta = TimeDelta::seconds(150);

/// One attempt at a delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Tentative {
    /// Rank, from 1.
    pub numero: i64,
    /// When it began.
    pub debut: DateTime<Utc>,
    /// When it ended.
    pub fin: Option<DateTime<Utc>>,
    /// How it ended.
    pub resultat: ResultatTentative,
    /// Code of the server, or a word of ours.
    pub code: Option<String>,
    /// What the server said, shortened and without addresses.
    pub detail: Option<String>,
}

/// Where the delivery comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Origine {
    /// Rank of the version of the compte-rendu.
    pub numero_version: i64,
    /// The meeting.
    pub reunion_id: ReunionId,
    /// The RCP.
    pub rcp_id: RcpId,
    /// Date of the meeting.
    pub date_reunion: NaiveDate,
}

/// A delivery as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DiffusionListee {
    /// The delivery.
    #[serde(flatten)]
    pub diffusion: Diffusion,
    /// Where it comes from.
    #[serde(flatten)]
    pub origine: Origine,
    /// Name of the recipient.
    #[schema(example = "Dr Anne DELTA")]
    pub destinataire: String,
}

/// A delivery with its attempts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DiffusionDetaillee {
    /// The delivery.
    #[serde(flatten)]
    pub diffusion: DiffusionListee,
    /// Its attempts, oldest first.
    pub historique: Vec<Tentative>,
}

/// How many deliveries stand in a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Compteur {
    /// The state.
    pub etat: EtatDiffusion,
    /// How many.
    pub nombre: i64,
}

/// An address typed for one delivery.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AdresseDiffusion {
    /// Mailbox of the MSSanté trust space.
    #[validate(length(min = 3, max = 254, message = "De 3 à 254 caractères."))]
    #[schema(example = "anne.delta@medecin.mssante.fr")]
    pub adresse: String,
}

/// What an attempt sends. Holds the document: never to be logged.
pub struct AEnvoyer {
    /// The delivery.
    pub diffusion_id: DiffusionId,
    /// Rank of the attempt.
    pub tentative: i64,
    /// `Message-ID`.
    pub message_id: String,
    /// When the attempt began.
    pub debut: Instant,
    /// Mailbox of the trust space.
    pub destinataire: AdresseCourriel,
    /// Rank of the version of the compte-rendu.
    pub numero_version: i64,
    /// `Message-ID` of what this person was sent before of the same compte-rendu, oldest first.
    pub anciens_message_id: Vec<String>,
    /// Name of the document.
    pub nom_du_pdf: String,
    /// The document.
    pub pdf: Vec<u8>,
    /// Name and bytes of the letter, for the médecin traitant.
    pub lettre: Option<(String, Vec<u8>)>,
}

/// Whether an attempt may begin.
pub enum Depart {
    /// There is nothing to send, or no longer.
    RienAFaire,
    /// Another process may be sending it at this moment.
    EncoreEnCours,
    /// The document is not rendered yet.
    DocumentAbsent,
    /// The attempt has begun.
    Pret(Box<AEnvoyer>),
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arrivee {
    /// The server took charge of the mail, and said this.
    Acceptee(String),
    /// It failed.
    Echouee {
        /// Code of the server, or a word of ours.
        code: String,
        /// What the server said, shortened and without addresses.
        detail: String,
        /// True when another attempt is to come.
        passager: bool,
    },
}

/// Why a delivery refuses.
#[derive(Debug, thiserror::Error)]
pub enum DiffusionError {
    /// No such delivery, or not for this person.
    #[error("Cette diffusion n'existe pas.")]
    Introuvable,
    /// The state does not admit the act.
    #[error("L'état de cette diffusion ({etat}) n'admet pas cet acte ({acte}).")]
    EtatInterdit {
        /// The state.
        etat: EtatDiffusion,
        /// The act.
        acte: Acte,
    },
    /// The address is not one of the trust space.
    #[error("L'adresse n'appartient pas à l'espace de confiance MSSanté.")]
    AdresseNonSecurisee,
    /// Nothing to send to.
    #[error("Aucune adresse sécurisée n'est connue pour ce destinataire : complétez l'annuaire ou donnez une adresse.")]
    SansAdresse,
}

impl ErreurMetier for DiffusionError {
    fn nature(&self) -> Nature {
        match self {
            Self::Introuvable => Nature::Introuvable,
            Self::EtatInterdit { .. } | Self::SansAdresse => Nature::Conflit,
            Self::AdresseNonSecurisee => Nature::Invalide,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Introuvable => "diffusion-introuvable",
            Self::EtatInterdit { .. } => "diffusion-etat-interdit",
            Self::AdresseNonSecurisee => "adresse-non-securisee",
            Self::SansAdresse => "diffusion-sans-adresse",
        }
    }

    fn fautes(&self) -> Vec<Faute> {
        match self {
            Self::AdresseNonSecurisee => vec![Faute::new("/adresse", self.code(), self.to_string())],
            Self::Introuvable | Self::EtatInterdit { .. } | Self::SansAdresse => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn instant(minute: u32) -> Instant {
        format!("2026-03-02T09:{minute:02}:00Z").parse().unwrap()
    }

    fn praticien(n: u128) -> PraticienId {
        Uuid::from_u128(n).into()
    }

    fn nouvelle(adresse: Option<&str>, oppose: bool) -> Diffusion {
        let cle = Cle { id: Uuid::from_u128(1).into(), compte_rendu_id: Uuid::from_u128(2).into(), patient_id: Uuid::from_u128(3).into() };
        let adresse = adresse.map(|texte| texte.parse().unwrap());
        Diffusion::nouvelle(
            cle,
            Destinataire { praticien_id: praticien(4), qualite: Qualite::MedecinTraitant, adresse, oppose },
            instant(0),
        )
    }

    #[test]
    fn les_transitions_sont_celles_de_la_table() {
        let mut table = String::new();
        for etat in EtatDiffusion::TOUS {
            for acte in Acte::TOUS {
                if let Some(apres) = etat.apres(*acte) {
                    table.push_str(&format!("{etat} --{acte}--> {apres}\n"));
                }
            }
        }
        assert_eq!(
            table,
            "sans_adresse --adresser--> a_envoyer\n\
             sans_adresse --poster--> postee\n\
             sans_adresse --remplacer--> remplacee\n\
             sans_adresse --opposer--> opposition\n\
             a_envoyer --commencer--> en_cours\n\
             a_envoyer --echouer--> echec\n\
             a_envoyer --perdre_adresse--> sans_adresse\n\
             a_envoyer --adresser--> a_envoyer\n\
             a_envoyer --relancer--> a_envoyer\n\
             a_envoyer --poster--> postee\n\
             a_envoyer --remplacer--> remplacee\n\
             a_envoyer --opposer--> opposition\n\
             en_cours --commencer--> en_cours\n\
             en_cours --accepter--> acceptee\n\
             en_cours --reporter--> a_envoyer\n\
             en_cours --echouer--> echec\n\
             en_cours --perdre_adresse--> sans_adresse\n\
             en_cours --remplacer--> remplacee\n\
             en_cours --opposer--> opposition\n\
             echec --adresser--> a_envoyer\n\
             echec --relancer--> a_envoyer\n\
             echec --poster--> postee\n\
             echec --remplacer--> remplacee\n\
             echec --opposer--> opposition\n\
             remplacee --accepter--> acceptee\n\
             remplacee --reporter--> remplacee\n\
             remplacee --echouer--> remplacee\n"
        );
    }

    #[test]
    fn rien_ne_part_jamais_d_une_diffusion_acceptee_remplacee_opposee_ou_postee() {
        for etat in [EtatDiffusion::Acceptee, EtatDiffusion::Remplacee, EtatDiffusion::Opposition, EtatDiffusion::Postee] {
            assert_eq!(etat.apres(Acte::Commencer), None, "{etat}");
            assert_eq!(etat.apres(Acte::Relancer), None, "{etat}");
        }
    }

    #[test]
    fn une_nouvelle_diffusion_part_s_il_y_a_une_adresse_et_pas_d_opposition() {
        let avec = nouvelle(Some("anne.delta@medecin.mssante.fr"), false);
        assert_eq!(
            (avec.canal, avec.etat, avec.adresse.as_deref()),
            (Canal::Mssante, EtatDiffusion::AEnvoyer, Some("anne.delta@medecin.mssante.fr"))
        );
        let sans = nouvelle(None, false);
        assert_eq!((sans.canal, sans.etat, sans.adresse), (Canal::Aucun, EtatDiffusion::SansAdresse, None));
        let opposee = nouvelle(Some("anne.delta@medecin.mssante.fr"), true);
        assert_eq!((opposee.canal, opposee.etat, opposee.adresse), (Canal::Aucun, EtatDiffusion::Opposition, None));
    }

    #[test]
    fn toutes_les_tentatives_portent_le_meme_message_id() {
        let premiere = nouvelle(Some("anne.delta@medecin.mssante.fr"), false).commencer("dcc.mssante.fr", instant(1)).unwrap();
        assert_eq!(premiere.message_id.as_deref(), Some("<00000000-0000-0000-0000-000000000001@dcc.mssante.fr>"));
        let interrompue = premiere.clone().commencer("ailleurs.fr", instant(9)).unwrap();
        assert_eq!((interrompue.message_id, interrompue.tentatives), (premiere.message_id.clone(), 2));
        let reportee = premiere.clone().reporter("451".to_owned(), instant(2)).unwrap().commencer("ailleurs.fr", instant(3)).unwrap();
        assert_eq!((reportee.message_id, reportee.tentatives, reportee.version), (premiere.message_id, 2, 4));
    }

    #[test]
    fn un_courrier_parti_pendant_qu_on_le_remplacait_est_parti() {
        let remplacee =
            nouvelle(Some("a@medecin.mssante.fr"), false).commencer("dcc.fr", instant(1)).unwrap().remplacer(instant(2)).unwrap();
        assert_eq!(remplacee.clone().reporter("451".to_owned(), instant(3)).unwrap().etat, EtatDiffusion::Remplacee);
        let acceptee = remplacee.accepter(instant(3)).unwrap();
        assert_eq!((acceptee.etat, acceptee.envoyee_le), (EtatDiffusion::Acceptee, Some(instant(3))));
        assert!(acceptee.remplacer(instant(4)).is_err());
    }

    #[test]
    fn une_personne_ne_recoit_qu_un_exemplaire_sous_sa_premiere_qualite() {
        let personnes = vec![
            (Qualite::Correspondant, praticien(1)),
            (Qualite::Demandeur, praticien(1)),
            (Qualite::MedecinTraitant, praticien(2)),
            (Qualite::Correspondant, praticien(2)),
            (Qualite::Correspondant, praticien(3)),
        ];
        assert_eq!(
            sans_doublon(personnes),
            [(Qualite::MedecinTraitant, praticien(2)), (Qualite::Demandeur, praticien(1)), (Qualite::Correspondant, praticien(3))]
        );
    }
}
