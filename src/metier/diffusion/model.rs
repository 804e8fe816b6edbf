//! A delivery, its states and what may happen to it.

mod destinataire;
mod envoi;
mod erreur;
mod etat;
mod impression;
mod liste;
mod registre;
mod reglages;
mod reprise;
mod retour;

pub use destinataire::{Cible, Cle, Destinataire, sans_doublon};
pub use envoi::{ADeposer, AEnvoyer, ArchiveAEnvoyer, Arrivee, Depart, ENVOI_LE_PLUS_LONG};
pub use erreur::DiffusionError;
pub use etat::{Acte, Canal, EtatDiffusion, Qualite, ResultatTentative};
pub use impression::{DemandeImpression, Ecartee, Impression, ImpressionFaite, LOT_MAXIMAL, MotifEcart, Pli};
pub use liste::{AdresseDiffusion, Compteur, DiffusionDetaillee, DiffusionListee, ListesDeTravail, NatureDiffusee, Origine, Tentative};
pub use registre::{
    Anomalie, Comptage, CompteDiffusions, LigneDiffusions, NombreCanal, NombreEtat, Rapport, RegleRegistre, Transition, VersionComptee,
};
pub use reglages::{DemandePatient, DemandePatientSaisie, DepotDpi, DepotDpiSaisi, Reglages, ReglagesSaisis};
pub use reprise::{DiffusionReprise, VersionReprise};
pub use retour::{Decision, EtatRetour, Examen, NatureRecue, Rattachement, RetourLu, RetourRecu, RetourResume};

use crate::{
    kernel::{
        Instant,
        courriel::AdresseCourriel,
        ids::{DiffusionId, EtablissementId, ImpressionId, PatientId, PraticienId},
    },
    metier::document::model::Source,
};
use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use utoipa::ToSchema;

/// The delivery of one version of a compte-rendu or of a programme to one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Diffusion {
    /// Identifier.
    pub id: DiffusionId,
    /// The version that is delivered.
    #[serde(flatten)]
    pub source: Source,
    /// Whose it is.
    pub patient_id: PatientId,
    /// The professional who receives it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub praticien_id: Option<PraticienId>,
    /// The établissement whose system receives it, for itself or for the DMP.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub etablissement_id: Option<EtablissementId>,
    /// Why that recipient.
    pub qualite: Qualite,
    /// How it leaves.
    pub canal: Canal,
    /// Mailbox.
    pub adresse: Option<String>,
    /// Where it stands.
    pub etat: EtatDiffusion,
    /// `Message-ID` under which it leaves to this address, from the first attempt on.
    pub message_id: Option<String>,
    /// Attempts so far.
    pub tentatives: i64,
    /// Why the last attempt failed, or what came back.
    pub derniere_erreur: Option<String>,
    /// Code of that failure: SMTP, enhanced status, or that of the recipient's system.
    pub code_retour: Option<String>,
    /// When a server last said that it was late.
    pub retardee_le: Option<DateTime<Utc>>,
    /// When it was deleted unread.
    pub supprimee_le: Option<DateTime<Utc>>,
    /// Letters that it was last printed with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub impression_id: Option<ImpressionId>,
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
    /// A new delivery: to be sent where a way is known and the patient does not object.
    #[must_use]
    pub fn nouvelle(cle: Cle, destinataire: Destinataire, maintenant: Instant) -> Self {
        let cible = destinataire.cible;
        let (canal, etat) = match (cible, &destinataire.adresse, destinataire.oppose) {
            (_, _, true) => (Canal::Aucun, EtatDiffusion::Opposition),
            (Cible::Etablissement(_), _, false) => (Canal::DepotDpi, EtatDiffusion::AEnvoyer),
            (Cible::Dmp(_), _, false) => (Canal::Dmp, EtatDiffusion::AEnvoyer),
            (Cible::Praticien(..) | Cible::Patient, Some(_), false) => (Canal::Mssante, EtatDiffusion::AEnvoyer),
            (Cible::Praticien(..) | Cible::Patient, None, false) => (Canal::Aucun, EtatDiffusion::SansAdresse),
        };
        Self {
            id: cle.id,
            source: cle.source,
            patient_id: cle.patient_id,
            praticien_id: cible.praticien(),
            etablissement_id: cible.etablissement(),
            qualite: cible.qualite(),
            canal,
            adresse: destinataire.adresse.filter(|_| !destinataire.oppose).map(|adresse| adresse.to_string()),
            etat,
            message_id: None,
            tentatives: 0,
            derniere_erreur: None,
            code_retour: None,
            retardee_le: None,
            supprimee_le: None,
            impression_id: None,
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

    /// An attempt begins. The `Message-ID` is given by the first one to an address and kept by the others,
    /// so that a mail sent twice is recognised as one. Another address gets another: what comes back from
    /// a mailbox that was wrong must not pass for the right one.
    pub fn commencer(self, domaine: &str, maintenant: Instant) -> Result<Self, DiffusionError> {
        let message_id = self.message_id.clone().unwrap_or_else(|| match self.tentatives {
            0 => format!("<{}@{domaine}>", self.id),
            deja => format!("<{}.{deja}@{domaine}>", self.id),
        });
        let tentatives = self.tentatives + 1;
        Ok(Self { message_id: Some(message_id), tentatives, ..self.apres(Acte::Commencer, maintenant)? })
    }

    /// A server took charge of the mail.
    pub fn accepter(self, maintenant: Instant) -> Result<Self, DiffusionError> {
        let apres = self.apres(Acte::Accepter, maintenant)?.par_courriel_si_adressee();
        Ok(Self { derniere_erreur: None, code_retour: None, envoyee_le: Some(maintenant), ..apres })
    }

    /// A delivery that had lost its way, and left all the same.
    fn par_courriel_si_adressee(self) -> Self {
        let canal = if self.canal == Canal::Aucun && self.adresse.is_some() { Canal::Mssante } else { self.canal };
        Self { canal, ..self }
    }

    /// The attempt failed, and there will be another.
    pub fn reporter(self, code: &str, detail: &str, maintenant: Instant) -> Result<Self, DiffusionError> {
        Ok(self.apres(Acte::Reporter, maintenant)?.avec_erreur(Some(code), detail))
    }

    /// No further attempt.
    pub fn echouer(self, code: Option<&str>, detail: &str, maintenant: Instant) -> Result<Self, DiffusionError> {
        Ok(self.apres(Acte::Echouer, maintenant)?.avec_erreur(code, detail))
    }

    fn avec_erreur(self, code: Option<&str>, detail: &str) -> Self {
        let erreur = code.map_or_else(|| detail.to_owned(), |code| format!("{code} : {detail}"));
        Self { derniere_erreur: Some(erreur), code_retour: code.map(str::to_owned), ..self }
    }

    /// The address is not, or no longer, one of the trust space. It is kept to be read.
    pub fn perdre_adresse(self, maintenant: Instant) -> Result<Self, DiffusionError> {
        let erreur = "adresse hors de l'espace de confiance MSSanté".to_owned();
        Ok(Self { canal: Canal::Aucun, derniere_erreur: Some(erreur), ..self.apres(Acte::PerdreAdresse, maintenant)? })
    }

    /// Somebody gave a secure address.
    pub fn adresser(self, adresse: &AdresseCourriel, maintenant: Instant) -> Result<Self, DiffusionError> {
        let adresse = Some(adresse.to_string());
        let message_id = if self.adresse == adresse { self.message_id.clone() } else { None };
        Ok(Self { canal: Canal::Mssante, adresse, message_id, ..self.apres(Acte::Adresser, maintenant)?.sans_signal() })
    }

    /// Somebody asks to try again.
    pub fn relancer(self, maintenant: Instant) -> Result<Self, DiffusionError> {
        Ok(self.apres(Acte::Relancer, maintenant)?.sans_signal())
    }

    fn sans_signal(self) -> Self {
        Self { retardee_le: None, supprimee_le: None, ..self }
    }

    /// Somebody printed it.
    pub fn imprimer(self, impression: ImpressionId, maintenant: Instant) -> Result<Self, DiffusionError> {
        Ok(Self { impression_id: Some(impression), ..self.apres(Acte::Imprimer, maintenant)? })
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

    /// Something came back. It is always written down, and changes the state where the table says so.
    pub fn revenir(self, acte: Acte, code: Option<&str>, detail: Option<&str>, maintenant: Instant) -> Result<Self, DiffusionError> {
        let avant = self.etat;
        let mut apres = self.apres(acte, maintenant)?;
        match acte {
            Acte::Retarder => apres.retardee_le = Some(maintenant),
            Acte::Supprimer => apres.supprimee_le = Some(maintenant),
            Acte::Rejeter | Acte::Refuser if apres.etat != avant => {
                apres = apres.avec_erreur(code, detail.unwrap_or_default());
            }
            Acte::Remettre | Acte::Lire | Acte::Integrer if apres.etat != avant => {
                // It did leave, though the receipt of the server was lost: no later than now.
                let envoyee_le = apres.envoyee_le.or(Some(maintenant));
                apres = Self { derniere_erreur: None, code_retour: None, envoyee_le, ..apres.par_courriel_si_adressee() };
            }
            Acte::Rejeter | Acte::Refuser | Acte::Remettre | Acte::Lire | Acte::Integrer | Acte::Relayer => {}
            Acte::Preparer
            | Acte::Commencer
            | Acte::Accepter
            | Acte::Reporter
            | Acte::Echouer
            | Acte::PerdreAdresse
            | Acte::Adresser
            | Acte::Relancer
            | Acte::Imprimer
            | Acte::Poster
            | Acte::Remplacer
            | Acte::Opposer => return Err(DiffusionError::EtatInterdit { etat: avant, acte }),
        }
        Ok(apres)
    }

    /// Something came back from an address given up since: it is written down, and changes nothing.
    #[must_use]
    pub fn noter(self, maintenant: Instant) -> Self {
        Self { version: self.version + 1, modifie_le: maintenant, ..self }
    }

    /// The recipient; none for a row that names nobody, which the database refuses.
    #[must_use]
    pub fn cible(&self) -> Option<Cible> {
        match self.qualite {
            Qualite::MedecinTraitant | Qualite::Demandeur | Qualite::Correspondant => {
                self.praticien_id.map(|praticien| Cible::Praticien(praticien, self.qualite))
            }
            Qualite::Etablissement => self.etablissement_id.map(Cible::Etablissement),
            Qualite::Dmp => self.etablissement_id.map(Cible::Dmp),
            Qualite::Patient => Some(Cible::Patient),
        }
    }

    /// True when it has left and nobody is known to have read it for `jours` days, or when it was deleted
    /// unread.
    #[must_use]
    pub fn non_lue(&self, jours: i64, maintenant: Instant) -> bool {
        let depuis = self.envoyee_le.is_some_and(|envoyee| envoyee + TimeDelta::days(jours) <= maintenant);
        EtatDiffusion::PARTIES_NON_LUES.contains(&self.etat) && (depuis || self.supprimee_le.is_some())
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
        let source = Source::CompteRendu(Uuid::from_u128(2).into());
        let cle = Cle { id: Uuid::from_u128(1).into(), source, patient_id: Uuid::from_u128(3).into() };
        let adresse = adresse.map(|texte| texte.parse().unwrap());
        Diffusion::nouvelle(
            cle,
            Destinataire { cible: Cible::Praticien(praticien(4), Qualite::MedecinTraitant), adresse, oppose },
            instant(0),
        )
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
        let reportee = premiere.clone().reporter("451", "plus tard", instant(2)).unwrap().commencer("ailleurs.fr", instant(3)).unwrap();
        assert_eq!((reportee.message_id, reportee.tentatives, reportee.version), (premiere.message_id, 2, 4));
    }

    #[test]
    fn une_autre_adresse_a_un_autre_message_id() {
        let premiere = nouvelle(Some("anne.delta@medecin.mssante.fr"), false).commencer("dcc.fr", instant(1)).unwrap();
        let echec = premiere.clone().echouer(Some("550"), "inconnue", instant(2)).unwrap();
        let meme = echec.clone().adresser(&"anne.delta@medecin.mssante.fr".parse().unwrap(), instant(3)).unwrap();
        assert_eq!(meme.message_id, premiere.message_id);
        let autre = echec.adresser(&"a.delta@medecin.mssante.fr".parse().unwrap(), instant(3)).unwrap();
        assert_eq!(autre.message_id, None);
        let repartie = autre.commencer("dcc.fr", instant(4)).unwrap();
        assert_eq!(repartie.message_id.as_deref(), Some("<00000000-0000-0000-0000-000000000001.1@dcc.fr>"));
    }

    #[test]
    fn ce_qui_revient_est_note_et_dit_pourquoi() {
        let partie = nouvelle(Some("a@medecin.mssante.fr"), false).commencer("dcc.fr", instant(1)).unwrap().accepter(instant(2)).unwrap();
        let retardee = partie.clone().revenir(Acte::Retarder, Some("4.4.7"), None, instant(3)).unwrap();
        assert_eq!((retardee.etat, retardee.retardee_le, retardee.version), (EtatDiffusion::Acceptee, Some(instant(3)), 4));
        let rejetee = retardee.revenir(Acte::Rejeter, Some("5.1.1"), Some("boîte inconnue"), instant(4)).unwrap();
        assert_eq!((rejetee.code_retour.as_deref(), rejetee.derniere_erreur.as_deref()), (Some("5.1.1"), Some("5.1.1 : boîte inconnue")));
        let relancee = rejetee.clone().relancer(instant(5)).unwrap();
        assert_eq!((relancee.retardee_le, &relancee.message_id), (None, &partie.message_id));
        let lue = rejetee.revenir(Acte::Lire, None, None, instant(6)).unwrap();
        assert_eq!((lue.etat, lue.derniere_erreur), (EtatDiffusion::Lue, None));
        assert!(partie.revenir(Acte::Relancer, None, None, instant(7)).is_err());
    }

    #[test]
    fn une_diffusion_non_lue_se_compte_en_jours_depuis_son_depart() {
        let partie = nouvelle(Some("a@medecin.mssante.fr"), false).commencer("dcc.fr", instant(1)).unwrap().accepter(instant(2)).unwrap();
        assert!(!partie.non_lue(15, instant(2) + TimeDelta::days(15) - TimeDelta::seconds(1)));
        assert!(partie.non_lue(15, instant(2) + TimeDelta::days(15)));
        let supprimee = partie.revenir(Acte::Supprimer, None, None, instant(3)).unwrap();
        assert!(supprimee.non_lue(15, instant(4)), "supprimée sans être lue : elle ne le sera plus");
        assert!(!supprimee.revenir(Acte::Lire, None, None, instant(5)).unwrap().non_lue(15, instant(59)));
    }

    #[test]
    fn un_courrier_parti_pendant_qu_on_le_remplacait_est_parti() {
        let remplacee =
            nouvelle(Some("a@medecin.mssante.fr"), false).commencer("dcc.fr", instant(1)).unwrap().remplacer(instant(2)).unwrap();
        assert!(remplacee.clone().reporter("451", "plus tard", instant(3)).is_err());
        let acceptee = remplacee.accepter(instant(3)).unwrap();
        assert_eq!((acceptee.etat, acceptee.envoyee_le), (EtatDiffusion::Acceptee, Some(instant(3))));
        assert!(acceptee.remplacer(instant(4)).is_err());
    }
}
