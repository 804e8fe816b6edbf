//! RCP entities and their life-cycle.

pub mod feries;
mod membre;
pub mod recurrence;
pub mod regles;

pub use membre::{FonctionMembre, Membre, MembreNomme, MembreSaisi};
pub use recurrence::Recurrence;

use crate::kernel::{
    Acteur, Action, ErreurMetier, Faute, Instant, Nature, Perimetre,
    acteur::Rattachement,
    ids::{Centre3cId, EtablissementId, RcpId},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

crate::enum_texte! {
    /// Regulatory type (INCa 2023).
    pub enum TypeRcp {
        /// Standard.
        Standard => "standard",
        /// De recours: complex oncologic surgery may be proposed.
        Recours => "recours",
        /// Cancers rares, run by a national network.
        CancerRare => "cancer_rare",
        /// Pédiatrique (RCPPI).
        Pediatrique => "pediatrique",
    }
}

crate::enum_texte! {
    /// Category of an RCP de recours: the practices of mention B of surgery (CSP R6123-87-1).
    pub enum CategorieRecours {
        /// Viscéral and digestive.
        VisceraleDigestive => "viscerale_digestive",
        /// Thoracic.
        Thoracique => "thoracique",
        /// ORL, cervico-facial and maxillo-facial.
        OrlCervicoMaxilloFaciale => "orl_cervico_maxillo_faciale",
        /// Urological.
        Urologique => "urologique",
        /// Gynaecological.
        Gynecologique => "gynecologique",
    }
}

crate::enum_texte! {
    /// Nature of the discussion (CI-SIS `JDV_NatureDiscussion_CISIS`).
    pub enum NatureRcp {
        /// An appareil and its organs (ORG-117).
        AppareilOrgane => "appareil_organe",
        /// Cross-cutting or supportive care (ORG-132).
        Transversale => "transversale",
    }
}

crate::enum_texte! {
    /// Territory that an RCP serves.
    pub enum NiveauRcp {
        /// One établissement.
        Local => "local",
        /// A territoire.
        Territorial => "territorial",
        /// The region.
        Regional => "regional",
        /// Several regions.
        Interregional => "interregional",
        /// The country.
        National => "national",
    }
}

crate::enum_texte! {
    /// State of an RCP entity.
    pub enum EtatRcp {
        /// Being prepared: it holds no meeting.
        Brouillon => "brouillon",
        /// Stands in the directory.
        Validee => "validee",
        /// Holds no new meeting for now.
        Suspendue => "suspendue",
        /// Closed for good.
        Fermee => "fermee",
    }
}

crate::enum_texte! {
    /// Acts that change the state of an RCP entity.
    pub enum ActeRcp {
        /// Enters the directory.
        Valider => "valider",
        /// Leaves it for a time.
        Suspendre => "suspendre",
        /// Comes back to it.
        Reprendre => "reprendre",
        /// Leaves it for good.
        Fermer => "fermer",
    }
}

impl EtatRcp {
    /// The state after an act, if the act is allowed.
    #[must_use]
    pub const fn apres(self, acte: ActeRcp) -> Option<Self> {
        match (self, acte) {
            (Self::Brouillon, ActeRcp::Valider) | (Self::Suspendue, ActeRcp::Reprendre) => Some(Self::Validee),
            (Self::Validee, ActeRcp::Suspendre) => Some(Self::Suspendue),
            (Self::Validee | Self::Suspendue, ActeRcp::Fermer) => Some(Self::Fermee),
            (Self::Brouillon, ActeRcp::Suspendre | ActeRcp::Reprendre | ActeRcp::Fermer)
            | (Self::Validee, ActeRcp::Valider | ActeRcp::Reprendre)
            | (Self::Suspendue, ActeRcp::Valider | ActeRcp::Suspendre)
            | (Self::Fermee, ActeRcp::Valider | ActeRcp::Suspendre | ActeRcp::Reprendre | ActeRcp::Fermer) => None,
        }
    }

    /// How the state is said in a sentence.
    #[must_use]
    pub const fn libelle(self) -> &'static str {
        match self {
            Self::Brouillon => "en préparation",
            Self::Validee => "validée",
            Self::Suspendue => "suspendue",
            Self::Fermee => "fermée",
        }
    }
}

/// How the secretariat is reached: one telephone number or one mailbox at least.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Secretariat {
    /// Name of the office or of the person.
    #[validate(length(min = 1, max = 200, message = "De 1 à 200 caractères."))]
    pub nom: Option<String>,
    /// Telephone.
    #[validate(length(min = 3, max = 30, message = "De 3 à 30 caractères."))]
    pub telephone: Option<String>,
    /// Office mail, never used for patients' data.
    #[validate(email(message = "Adresse invalide."))]
    pub courriel: Option<String>,
    /// Mailbox of the MSSanté trust space.
    #[validate(email(message = "Adresse invalide."))]
    pub adresse_securisee: Option<String>,
}

/// What is typed of an RCP entity. The rules between fields are in [`regles`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RcpSaisie {
    /// Short stable code.
    #[validate(length(min = 1, max = 40, message = "De 1 à 40 caractères."))]
    #[schema(example = "SENO-LILLE")]
    pub code: String,
    /// Name.
    #[validate(length(min = 1, max = 200, message = "De 1 à 200 caractères."))]
    #[schema(example = "Sénologie — Lille métropole")]
    pub nom: String,
    /// Acronym.
    #[validate(length(min = 1, max = 40, message = "De 1 à 40 caractères."))]
    pub acronyme: Option<String>,
    /// Number of the regional network in the national directory.
    #[validate(length(min = 1, max = 40, message = "De 1 à 40 caractères."))]
    pub numero_rrc: Option<String>,
    /// Number of the organiser in the national directory.
    #[validate(length(min = 1, max = 40, message = "De 1 à 40 caractères."))]
    pub numero_gestionnaire: Option<String>,
    /// Number of the RCP in the national directory.
    #[validate(length(min = 1, max = 40, message = "De 1 à 40 caractères."))]
    pub numero_national: Option<String>,
    /// Regulatory type.
    pub type_rcp: TypeRcp,
    /// Category, for an RCP de recours and only then.
    pub categorie_recours: Option<CategorieRecours>,
    /// National network, for rare cancers and only then.
    #[validate(length(min = 1, max = 80, message = "De 1 à 80 caractères."))]
    #[schema(example = "NETSARC+")]
    pub reseau_cancer_rare: Option<String>,
    /// Nature of the discussion.
    pub nature: NatureRcp,
    /// Appareil (value set `rcp-appareil`).
    #[validate(length(min = 1, max = 40, message = "De 1 à 40 caractères."))]
    #[schema(example = "76752008")]
    pub appareil: Option<String>,
    /// Organs (value set `rcp-organe`).
    #[serde(default)]
    #[validate(length(max = 60, message = "60 organes au plus."))]
    #[schema(example = json!(["76752008"]))]
    pub organes: Vec<String>,
    /// Treatment or supportive care (value set `traitement-soins-frcp`).
    #[validate(length(min = 1, max = 40, message = "De 1 à 40 caractères."))]
    pub traitement_soins: Option<String>,
    /// Theme under which the RCP is counted.
    #[validate(length(min = 1, max = 80, message = "De 1 à 80 caractères."))]
    #[schema(example = "senologie")]
    pub theme: String,
    /// Territory that it serves.
    pub niveau: NiveauRcp,
    /// Counted apart, as an expertise RCP, in the quorum indicators.
    #[serde(default)]
    pub expertise: bool,
    /// 3C that coordinates it.
    pub centre_3c_id: Centre3cId,
    /// Établissement that organises it.
    pub etablissement_id: EtablissementId,
    /// Établissements that organise it together with the first.
    #[serde(default)]
    #[validate(length(max = 50, message = "50 établissements au plus."))]
    pub co_organisateurs: Vec<EtablissementId>,
    /// Secretariat.
    #[validate(nested)]
    pub secretariat: Secretariat,
    /// Room.
    #[validate(length(min = 1, max = 200, message = "De 1 à 200 caractères."))]
    pub lieu: Option<String>,
    /// Videoconference, in https.
    #[validate(length(max = 500, message = "500 caractères au plus."), url(message = "Adresse web invalide."))]
    pub lien_visio: Option<String>,
    /// Calendar.
    #[validate(nested)]
    pub recurrence: Option<Recurrence>,
    /// Hours before a meeting at which its registrations end.
    #[validate(range(min = 0, max = 720, message = "De 0 à 720 heures."))]
    #[schema(example = 48)]
    pub delai_inscription_heures: i64,
    /// The most dossiers that a meeting takes.
    #[validate(range(min = 1, max = 500, message = "De 1 à 500 dossiers."))]
    pub capacite: Option<i64>,
    /// Code of the quorum rule.
    #[validate(length(min = 1, max = 80, message = "De 1 à 80 caractères."))]
    pub regle_quorum: String,
    /// Code of the fiche model.
    #[validate(length(min = 1, max = 80, message = "De 1 à 80 caractères."))]
    #[schema(example = "socle-frcp")]
    pub modele_fiche: String,
    /// Who may register and how.
    #[validate(length(max = 2000, message = "2000 caractères au plus."))]
    pub modalites: Option<String>,
}

/// An RCP entity. It is read through what was typed of it: `rcp.nom`, `rcp.centre_3c_id`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Rcp {
    /// Identifier.
    pub id: RcpId,
    /// What was typed.
    #[serde(flatten)]
    pub saisie: RcpSaisie,
    /// State.
    pub etat: EtatRcp,
    /// Why it is suspended or closed.
    pub motif_etat: Option<String>,
    /// Version.
    pub version: i64,
    /// Creation.
    pub cree_le: DateTime<Utc>,
    /// Last change.
    pub modifie_le: DateTime<Utc>,
}

impl std::ops::Deref for Rcp {
    type Target = RcpSaisie;

    fn deref(&self) -> &RcpSaisie {
        &self.saisie
    }
}

/// What an RCP must have to stand in the directory, looked at when it is validated.
#[derive(Debug, Clone, Copy)]
pub struct Conditions {
    /// A coordinator is in force (coordination function, HAS).
    pub coordonnateur: bool,
    /// An organiser is authorised for cancer treatment.
    pub organisateur_autorise: bool,
}

impl Rcp {
    /// A draft.
    #[must_use]
    pub fn brouillon(id: RcpId, saisie: RcpSaisie, maintenant: Instant) -> Self {
        Self { id, saisie, etat: EtatRcp::Brouillon, motif_etat: None, version: 1, cree_le: maintenant, modifie_le: maintenant }
    }

    /// The same RCP with other content; a closed one no longer changes.
    pub fn modifier(self, saisie: RcpSaisie) -> Result<Self, RcpError> {
        if self.etat == EtatRcp::Fermee { Err(RcpError::Fermee) } else { Ok(Self { saisie, ..self }) }
    }

    /// Enters the directory.
    pub fn valider(self, conditions: Conditions) -> Result<Self, RcpError> {
        let suivante = self.passer(ActeRcp::Valider, None)?;
        let mut manques = Vec::new();
        if !conditions.coordonnateur {
            manques.push(Faute::new("/membres", "coordonnateur-absent", "Aucun coordonnateur n'est en fonction à ce jour."));
        }
        if !conditions.organisateur_autorise {
            let message = "Aucun établissement organisateur n'est autorisé au traitement du cancer.";
            manques.push(Faute::new("/etablissement_id", "organisateur-non-autorise", message));
        }
        if manques.is_empty() { Ok(suivante) } else { Err(RcpError::Incomplete(manques)) }
    }

    /// Leaves the directory for a time.
    pub fn suspendre(self, motif: &str) -> Result<Self, RcpError> {
        self.passer(ActeRcp::Suspendre, Some(motif))
    }

    /// Comes back to the directory.
    pub fn reprendre(self) -> Result<Self, RcpError> {
        self.passer(ActeRcp::Reprendre, None)
    }

    /// Leaves the directory for good.
    pub fn fermer(self, motif: &str) -> Result<Self, RcpError> {
        self.passer(ActeRcp::Fermer, Some(motif))
    }

    fn passer(self, acte: ActeRcp, motif: Option<&str>) -> Result<Self, RcpError> {
        let etat = self.etat.apres(acte).ok_or(RcpError::Transition { etat: self.etat, acte })?;
        Ok(Self { etat, motif_etat: motif.map(str::to_owned), ..self })
    }
}

/// The RCP that a person manages, validated or not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gestion {
    /// Every RCP.
    pub toutes: bool,
    /// By themselves.
    pub rcp: Vec<RcpId>,
    /// By their 3C.
    pub centres: Vec<Centre3cId>,
    /// By an établissement that organises them.
    pub etablissements: Vec<EtablissementId>,
}

impl Gestion {
    /// What a person manages, from the rights that hold `GererRcp`; agrees with
    /// [`Acteur::peut_sur`].
    #[must_use]
    pub fn de(acteur: &Acteur) -> Self {
        let mut gestion = Self { toutes: acteur.est_systeme(), ..Self::default() };
        for habilitation in acteur.habilitations.iter().filter(|h| h.role.permet(Action::GererRcp)) {
            match habilitation.perimetre {
                Perimetre::Region => gestion.toutes = true,
                Perimetre::Rcp(id) => gestion.rcp.push(id),
                Perimetre::Centre3c(id) => gestion.centres.push(id),
                Perimetre::Etablissement(id) => gestion.etablissements.push(id),
                Perimetre::Patients => {}
            }
        }
        gestion
    }
}

/// Where an RCP with that content belongs.
#[must_use]
pub fn rattachement(id: Option<RcpId>, saisie: &RcpSaisie) -> Rattachement {
    let etablissements = std::iter::once(saisie.etablissement_id).chain(saisie.co_organisateurs.iter().copied()).collect();
    Rattachement { rcp: id, centre_3c: Some(saisie.centre_3c_id), etablissements }
}

/// Why an act on an RCP is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RcpError {
    /// No such RCP, or not for this person.
    #[error("Cette RCP n'existe pas.")]
    Introuvable,
    /// No such member in this RCP.
    #[error("Ce membre n'existe pas dans cette RCP.")]
    MembreIntrouvable,
    /// The code is taken.
    #[error("Une RCP porte déjà ce code.")]
    CodePris,
    /// The state does not allow the act.
    #[error("Une RCP {} ne peut pas faire l'objet de l'acte « {acte} ».", etat.libelle())]
    Transition {
        /// The present state.
        etat: EtatRcp,
        /// The act.
        acte: ActeRcp,
    },
    /// A closed RCP no longer changes.
    #[error("Une RCP fermée ne se modifie plus.")]
    Fermee,
    /// The RCP does not have what the directory asks for.
    #[error("La RCP ne remplit pas les conditions de sa validation.")]
    Incomplete(Vec<Faute>),
    /// The person already has that function over that time.
    #[error("Cette personne exerce déjà cette fonction dans la RCP.")]
    MembreDejaPresent,
    /// The last day of a membership precedes the first.
    #[error("La fin d'une fonction ne peut pas précéder son début.")]
    FinAvantDebut,
}

impl ErreurMetier for RcpError {
    fn nature(&self) -> Nature {
        match self {
            Self::Introuvable | Self::MembreIntrouvable => Nature::Introuvable,
            Self::CodePris | Self::Transition { .. } | Self::Fermee | Self::Incomplete(_) | Self::MembreDejaPresent => Nature::Conflit,
            Self::FinAvantDebut => Nature::Invalide,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Introuvable => "rcp-introuvable",
            Self::MembreIntrouvable => "membre-introuvable",
            Self::CodePris => "code-pris",
            Self::Transition { .. } => "transition-rcp-impossible",
            Self::Fermee => "rcp-fermee",
            Self::Incomplete(_) => "rcp-incomplete",
            Self::MembreDejaPresent => "membre-deja-present",
            Self::FinAvantDebut => "contenu-invalide",
        }
    }

    fn fautes(&self) -> Vec<Faute> {
        match self {
            Self::Incomplete(manques) => manques.clone(),
            Self::FinAvantDebut => vec![Faute::new("/fin", "fin-avant-debut", self.to_string())],
            Self::Introuvable
            | Self::MembreIntrouvable
            | Self::CodePris
            | Self::Transition { .. }
            | Self::Fermee
            | Self::MembreDejaPresent => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use regles::tests::saisie;

    const PRETE: Conditions = Conditions { coordonnateur: true, organisateur_autorise: true };

    fn rcp(etat: EtatRcp) -> Rcp {
        let instant = "2026-03-01T10:00:00Z".parse().unwrap();
        Rcp { etat, ..Rcp::brouillon(RcpId::new(uuid::Uuid::from_u128(1)), saisie(), instant) }
    }

    #[test]
    fn le_cycle_de_vie_n_admet_que_ces_cinq_passages() {
        let admis: Vec<String> = EtatRcp::TOUS
            .iter()
            .flat_map(|etat| ActeRcp::TOUS.iter().map(move |acte| (etat, acte)))
            .filter_map(|(etat, acte)| etat.apres(*acte).map(|apres| format!("{etat} --{acte}--> {apres}")))
            .collect();
        assert_eq!(
            admis,
            [
                "brouillon --valider--> validee",
                "validee --suspendre--> suspendue",
                "validee --fermer--> fermee",
                "suspendue --reprendre--> validee",
                "suspendue --fermer--> fermee",
            ]
        );
    }

    #[test]
    fn une_rcp_sans_coordonnateur_ni_organisateur_autorise_n_entre_pas_dans_l_annuaire() {
        assert_eq!(rcp(EtatRcp::Brouillon).valider(PRETE).unwrap().etat, EtatRcp::Validee);
        let refus = rcp(EtatRcp::Brouillon).valider(Conditions { coordonnateur: false, organisateur_autorise: false }).unwrap_err();
        let codes: Vec<String> = refus.fautes().into_iter().map(|f| f.code).collect();
        assert_eq!(codes, ["coordonnateur-absent", "organisateur-non-autorise"]);
    }

    #[test]
    fn le_motif_d_une_suspension_est_garde_puis_efface_a_la_reprise() {
        let suspendue = rcp(EtatRcp::Validee).suspendre("travaux").unwrap();
        assert_eq!(suspendue.motif_etat.as_deref(), Some("travaux"));
        assert_eq!(suspendue.reprendre().unwrap().motif_etat, None);
        let refus = rcp(EtatRcp::Fermee).reprendre().unwrap_err();
        assert_eq!(refus.to_string(), "Une RCP fermée ne peut pas faire l'objet de l'acte « reprendre ».");
        assert_eq!(rcp(EtatRcp::Fermee).modifier(saisie()).unwrap_err(), RcpError::Fermee);
    }
}
