//! What is asked of the infocentre, and what it answers.

pub mod dictionnaire;
pub mod diffusions;
pub mod instantane;
pub mod mesure;
pub mod periode;
pub mod rapport;
pub mod secret;

pub use dictionnaire::{Definition, Indicateur, ObjetCompte};
pub use diffusions::ActiviteDiffusions;
pub use mesure::{Comptes, Delai, Indicateurs, Mesure, Ratio};
pub use periode::{Pas, Periode, Tranche};
pub use rapport::Rapport;

use crate::{
    kernel::{
        Acteur, Action, ErreurMetier, Instant, Nature, Perimetre,
        ids::{Centre3cId, CompteRenduId, EtablissementId, InstantaneId, PraticienId, PresenceId, RcpId, ReunionId},
    },
    metier::inscription::model::MotifReport,
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, ops::RangeInclusive};
use utoipa::ToSchema;
use uuid::Uuid;

crate::enum_texte! {
    /// What the activity is shared out by.
    pub enum Axe {
        /// One row for everything that the person sees.
        Region => "region",
        /// By RCP entity.
        Rcp => "rcp",
        /// By theme.
        Theme => "theme",
        /// By 3C.
        Centre3c => "centre_3c",
        /// By établissement that organises the RCP.
        Etablissement => "etablissement",
        /// By territoire of that établissement.
        Territoire => "territoire",
        /// By type of RCP.
        Type => "type",
        /// By level of the RCP.
        Niveau => "niveau",
        /// By month of the meeting.
        Mois => "mois",
        /// By quarter of the meeting.
        Trimestre => "trimestre",
        /// By year of the meeting.
        Annee => "annee",
        /// By établissement of the doctor who asked. Comptes-rendus alone.
        Demandeur => "demandeur",
        /// By département of residence. Comptes-rendus alone.
        Departement => "departement",
        /// By sex. Comptes-rendus alone.
        Sexe => "sexe",
        /// By class of age. Comptes-rendus alone.
        ClasseAge => "classe_age",
        /// By category of the first tumour (CIM-10). Comptes-rendus alone.
        Localisation => "localisation",
        /// By reason of a postponement. Comptes-rendus alone.
        MotifReport => "motif_report",
        /// By specialty of those who attended. Attendances alone.
        Specialite => "specialite",
        /// By way of practice of those who attended. Attendances alone.
        ModeExercice => "mode_exercice",
        /// By person who attended. Attendances alone.
        Praticien => "praticien",
    }
}

crate::enum_texte! {
    /// Where a patient must not have been seen before, to be a new one.
    pub enum Nouveaux {
        /// In no RCP of the region.
        Region => "region",
        /// In no former meeting of the same RCP.
        Rcp => "rcp",
    }
}

/// Key of the group of what belongs nowhere.
pub const AUCUN: &str = "aucun";

impl Axe {
    /// The lists of rows that it shares out.
    #[must_use]
    pub const fn repartit(self, objet: ObjetCompte) -> bool {
        match self {
            Self::Demandeur | Self::Departement | Self::Sexe | Self::ClasseAge | Self::Localisation | Self::MotifReport => {
                matches!(objet, ObjetCompte::Passage | ObjetCompte::Patient)
            }
            Self::Specialite | Self::ModeExercice | Self::Praticien => {
                matches!(objet, ObjetCompte::Participation | ObjetCompte::Participant)
            }
            Self::Region
            | Self::Rcp
            | Self::Theme
            | Self::Centre3c
            | Self::Etablissement
            | Self::Territoire
            | Self::Type
            | Self::Niveau
            | Self::Mois
            | Self::Trimestre
            | Self::Annee => true,
        }
    }

    /// How it cuts time.
    #[must_use]
    pub const fn pas(self) -> Option<Pas> {
        match self {
            Self::Mois => Some(Pas::Mois),
            Self::Trimestre => Some(Pas::Trimestre),
            Self::Annee => Some(Pas::Annee),
            Self::Region
            | Self::Rcp
            | Self::Theme
            | Self::Centre3c
            | Self::Etablissement
            | Self::Territoire
            | Self::Type
            | Self::Niveau
            | Self::Demandeur
            | Self::Departement
            | Self::Sexe
            | Self::ClasseAge
            | Self::Localisation
            | Self::MotifReport
            | Self::Specialite
            | Self::ModeExercice
            | Self::Praticien => None,
        }
    }

    /// Name of a group that no directory names.
    #[must_use]
    pub fn libelle(self, cle: &str) -> String {
        match (self, cle) {
            (Self::Region, _) => "Ensemble".to_owned(),
            (Self::Territoire, AUCUN) => "Sans territoire".to_owned(),
            (Self::Type, "standard") => "Standard".to_owned(),
            (Self::Type, "recours") => "Recours".to_owned(),
            (Self::Type, "cancer_rare") => "Cancer rare".to_owned(),
            (Self::Type, "pediatrique") => "Pédiatrique".to_owned(),
            (Self::Mois | Self::Trimestre | Self::Annee, tranche) => tranche.parse().map_or_else(|_| tranche.to_owned(), Tranche::libelle),
            (Self::MotifReport, motif) => {
                motif.parse::<MotifReport>().map_or_else(|_| motif.to_owned(), |motif| motif.libelle().to_owned())
            }
            (Self::ClasseAge, classe) => format!("{classe} ans"),
            (_, AUCUN) => "Non renseigné".to_owned(),
            (_, cle) => cle.to_owned(),
        }
    }
}

/// A group of an axis, as a filter names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cle {
    /// What belongs nowhere.
    Aucune,
    /// An entry of the directory.
    Identifiant(Uuid),
    /// A code.
    Texte(String),
    /// A part of the period.
    Tranche(Tranche),
    /// A class of age.
    Ages(ClasseAge),
}

impl Axe {
    /// The group that a text names, as [`LigneActivite::cle`] gives it. Refused when no group of the axis may be named so.
    pub fn lire_cle(self, texte: &str) -> Result<Cle, InfocentreError> {
        let illisible = || InfocentreError::FiltreIllisible(self);
        match self {
            Self::Region | Self::Rcp | Self::Centre3c | Self::Etablissement | Self::Theme | Self::Type | Self::Niveau | Self::Sexe
                if texte == AUCUN =>
            {
                Err(illisible())
            }
            _ if texte == AUCUN => Ok(Cle::Aucune),
            Self::Mois | Self::Trimestre | Self::Annee => {
                let tranche: Tranche = texte.parse().map_err(|_| illisible())?;
                if self.pas() == Some(tranche.pas()) { Ok(Cle::Tranche(tranche)) } else { Err(illisible()) }
            }
            Self::Rcp | Self::Centre3c | Self::Etablissement | Self::Territoire | Self::Demandeur | Self::Praticien => {
                texte.parse().map(Cle::Identifiant).map_err(|_| illisible())
            }
            Self::ClasseAge => texte.parse().map(Cle::Ages).map_err(|_| illisible()),
            Self::Region => Err(illisible()),
            Self::Theme
            | Self::Type
            | Self::Niveau
            | Self::Departement
            | Self::Sexe
            | Self::Localisation
            | Self::MotifReport
            | Self::Specialite
            | Self::ModeExercice => {
                // PostgreSQL holds no such text, so it names no group.
                if texte.is_empty() || texte.contains(char::is_control) { Err(illisible()) } else { Ok(Cle::Texte(texte.to_owned())) }
            }
        }
    }
}

/// What is counted: a period, and what narrows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    /// The period of the report; a patient is new with regard to its first day.
    pub periode: Periode,
    /// How a patient is new.
    pub nouveaux: Nouveaux,
    /// One group an axis. What the axis does not share out is then left out: meetings have no sex.
    pub filtres: BTreeMap<Axe, Cle>,
}

impl Selection {
    /// The days that count: the period, or its part that lies in each of the parts that were asked for. Refused when
    /// nothing is left.
    pub fn jours(&self) -> Result<Periode, InfocentreError> {
        self.filtres.values().try_fold(self.periode, |jours, cle| match cle {
            Cle::Tranche(tranche) => jours.dans(*tranche).ok_or(InfocentreError::MoisHorsPeriode),
            Cle::Aucune | Cle::Identifiant(_) | Cle::Texte(_) | Cle::Ages(_) => Ok(jours),
        })
    }

    /// True when rows of that kind are counted at all.
    #[must_use]
    pub fn compte(&self, objet: ObjetCompte) -> bool {
        self.filtres.keys().all(|axe| axe.repartit(objet))
    }
}

/// What a person sees of the infocentre.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Portee {
    /// Everything.
    Region,
    /// What belongs to one of these.
    Parties {
        /// RCP entities.
        rcp: Vec<RcpId>,
        /// 3C.
        centres: Vec<Centre3cId>,
        /// Établissements that organise an RCP, alone or with others.
        etablissements: Vec<EtablissementId>,
    },
}

impl Portee {
    /// What the rights of a person let it see. A right on one's own patients shows nothing here.
    #[must_use]
    pub fn de(acteur: &Acteur) -> Self {
        let (mut rcp, mut centres, mut etablissements) = (Vec::new(), Vec::new(), Vec::new());
        if acteur.est_systeme() {
            return Self::Region;
        }
        for habilitation in acteur.habilitations.iter().filter(|h| h.role.permet(Action::LireInfocentre)) {
            match habilitation.perimetre {
                Perimetre::Region => return Self::Region,
                Perimetre::Rcp(id) => rcp.push(id),
                Perimetre::Centre3c(id) => centres.push(id),
                Perimetre::Etablissement(id) => etablissements.push(id),
                Perimetre::Patients => {}
            }
        }
        Self::Parties { rcp, centres, etablissements }
    }
}

/// One row of the activity table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LigneActivite {
    /// Value of the axis: give it back as filter of the same name to read the rows behind a number.
    #[schema(example = "0199c1f0-5c00-7000-8000-000000000001")]
    pub cle: String,
    /// Code in the directory, FINESS number of an établissement.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Name to show.
    #[schema(example = "RCP sein")]
    pub libelle: String,
    /// The numbers.
    pub indicateurs: Indicateurs,
}

/// The activity of a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Activite {
    /// First day.
    pub du: NaiveDate,
    /// Last day.
    pub au: NaiveDate,
    /// What the activity is shared out by.
    pub par: Axe,
    /// How a patient is new.
    pub nouveaux: Nouveaux,
    /// Version of the dictionary that defines the numbers.
    pub version_dictionnaire: String,
    /// When the numbers were counted.
    pub compte_le: DateTime<Utc>,
    /// One row per group: by month in the order of time, else by name.
    pub lignes: Vec<LigneActivite>,
    /// All groups together. A patient seen in two groups is one patient here.
    pub total: Indicateurs,
}

crate::enum_texte! {
    /// Class of age at the meeting.
    pub enum ClasseAge {
        /// Under 15.
        MoinsDe15 => "0-14",
        /// Adolescents and young adults (AJA).
        De15a24 => "15-24",
        /// From 25 to 49.
        De25a49 => "25-49",
        /// From 50 to 64.
        De50a64 => "50-64",
        /// From 65 to 74.
        De65a74 => "65-74",
        /// From 75 to 84: the G8 screening is due from 75 on.
        De75a84 => "75-84",
        /// 85 and over.
        Des85 => "85+",
    }
}

impl ClasseAge {
    /// The ages of the class, in completed years.
    #[must_use]
    pub const fn ages(self) -> RangeInclusive<i64> {
        match self {
            Self::MoinsDe15 => 0..=14,
            Self::De15a24 => 15..=24,
            Self::De25a49 => 25..=49,
            Self::De50a64 => 50..=64,
            Self::De65a74 => 65..=74,
            Self::De75a84 => 75..=84,
            Self::Des85 => 85..=200,
        }
    }

    /// The class of an age in completed years.
    #[must_use]
    pub const fn de(age: i64) -> Self {
        match age {
            ..15 => Self::MoinsDe15,
            15..25 => Self::De15a24,
            25..50 => Self::De25a49,
            50..65 => Self::De50a64,
            65..75 => Self::De65a74,
            75..85 => Self::De75a84,
            85.. => Self::Des85,
        }
    }
}

/// A compte-rendu behind a number, without anything that names the patient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PassageCompte {
    /// The current version.
    pub compte_rendu_id: CompteRenduId,
    /// The meeting.
    pub reunion_id: ReunionId,
    /// The RCP entity.
    pub rcp_id: RcpId,
    /// Its name.
    pub rcp: String,
    /// Date of the meeting.
    pub date: NaiveDate,
    /// `discute`, `enregistre` or `reporte`.
    pub statut_cas: String,
    /// RCP of expertise, left out of the quorum rates.
    pub expertise: bool,
    /// HAS quorum of the case; absent when it could not be told.
    pub quorum_has: Option<bool>,
    /// Quorum of the rule of the RCP; absent when it could not be told.
    pub quorum_regle: Option<bool>,
    /// G8 screening: `non_concerne`, `non_fait`, `incomplet` or `fait`.
    pub g8: String,
    /// Class of age at the meeting.
    pub classe_age: ClasseAge,
    /// The patient had no compte-rendu before the period.
    pub patient_nouveau: bool,
    /// The médecin traitant has it: accepted by the secure mailbox, or posted.
    pub envoye_medecin_traitant: bool,
    /// Passages of the same patient in what is counted.
    pub nb_passages_patient: i64,
    /// What is ranked or averaged, for a delay or a mean.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valeur: Option<i64>,
    /// Counts in the numerator, always true for a plain count.
    pub numerateur: bool,
}

/// A meeting behind a number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReunionComptee {
    /// The meeting.
    pub reunion_id: ReunionId,
    /// The RCP entity.
    pub rcp_id: RcpId,
    /// Its name.
    pub rcp: String,
    /// Beginning.
    pub debut: DateTime<Utc>,
    /// `close`, `validee` or `annulee`.
    pub etat: String,
    /// At least one person attended by videoconference.
    pub visio: bool,
    /// Counts in the numerator, always true for a plain count.
    pub numerateur: bool,
}

/// An RCP entity behind a number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct EntiteComptee {
    /// The RCP entity.
    pub rcp_id: RcpId,
    /// Its code.
    pub code: String,
    /// Its name.
    pub rcp: String,
    /// Meetings held in what is counted.
    pub nb_reunions: i64,
}

/// An attendance behind a number: one person at one meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ParticipationComptee {
    /// The line of the attendance sheet.
    pub presence_id: PresenceId,
    /// The meeting.
    pub reunion_id: ReunionId,
    /// The RCP entity.
    pub rcp_id: RcpId,
    /// Its name.
    pub rcp: String,
    /// Beginning of the meeting.
    pub debut: DateTime<Utc>,
    /// The person.
    pub praticien_id: PraticienId,
    /// Name and first name.
    pub praticien: String,
    /// Specialty (JDV J01).
    pub specialite: Option<String>,
    /// `liberal`, `salarie`, `mixte`…
    pub mode_exercice: String,
    /// By videoconference.
    pub visio: bool,
    /// Minutes attended.
    pub minutes: i64,
    /// Attendances of the same person in what is counted.
    pub nb_participations: i64,
    /// Counts in the numerator, always true for a plain count.
    pub numerateur: bool,
}

/// One row behind a number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "objet", rename_all = "snake_case")]
pub enum LigneComptee {
    /// A compte-rendu; for a count of patients, the first one of each.
    Passage(PassageCompte),
    /// A meeting.
    Reunion(ReunionComptee),
    /// An RCP entity.
    Entite(EntiteComptee),
    /// An attendance; for a count of professionals, the first one of each.
    Participation(ParticipationComptee),
}

/// Where a page of rows starts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Curseur {
    /// After this compte-rendu.
    Passage(NaiveDate, CompteRenduId),
    /// After this meeting, or this attendance.
    Reunion(Instant, Uuid),
    /// After this RCP entity.
    Entite(RcpId),
}

impl Curseur {
    /// True when this service may have given the cursor for such rows over those days.
    #[must_use]
    pub fn convient(&self, objet: ObjetCompte, jours: Periode) -> bool {
        match (self, objet) {
            (Self::Passage(jour, _), ObjetCompte::Passage | ObjetCompte::Patient) => jours.du() <= *jour && *jour <= jours.au(),
            (Self::Reunion(moment, _), ObjetCompte::Reunion | ObjetCompte::Participation | ObjetCompte::Participant) => {
                let (debut, fin) = jours.moments();
                debut <= *moment && *moment < fin
            }
            (Self::Entite(_), ObjetCompte::Entite) => true,
            (Self::Passage(..) | Self::Reunion(..) | Self::Entite(_), _) => false,
        }
    }
}

impl LigneComptee {
    /// The key after which the next page starts.
    #[must_use]
    pub fn curseur(&self) -> Curseur {
        match self {
            Self::Passage(p) => Curseur::Passage(p.date, p.compte_rendu_id),
            Self::Reunion(r) => Curseur::Reunion(r.debut, r.reunion_id.uuid()),
            Self::Participation(p) => Curseur::Reunion(p.debut, p.presence_id.uuid()),
            Self::Entite(e) => Curseur::Entite(e.rcp_id),
        }
    }
}

/// Why the infocentre refuses.
#[derive(Debug, thiserror::Error)]
pub enum InfocentreError {
    /// The period ends before it begins.
    #[error("La période se termine avant de commencer : « au » doit suivre « du ».")]
    PeriodeInversee,
    /// The period is too long.
    #[error("La période dépasse dix ans ({jours} jours) : découpez-la.", jours = periode::JOURS_MAXIMUM)]
    PeriodeTropLongue,
    /// The dates are not those of a report.
    #[error("Les dates d'une période vont de 1900 à 2999.")]
    HorsCalendrier,
    /// No such frozen extraction.
    #[error("Cet instantané n'existe pas.")]
    InstantaneIntrouvable,
    /// The rows that were frozen are no longer those of the extraction.
    #[error("Instantané {0} : ses lignes n'ont plus l'empreinte de leur extraction.")]
    InstantaneAltere(InstantaneId),
    /// The month lies outside the period.
    #[error("Le mois, le trimestre ou l'année demandé n'est pas dans la période.")]
    MoisHorsPeriode,
    /// A filter names no group.
    #[error("Le filtre « {0} » ne désigne aucun groupe de cet axe.")]
    FiltreIllisible(Axe),
    /// The ratio divides counts of different things, so no list of rows stands behind it.
    #[error("{0} rapporte deux comptes de natures différentes : demandez les lignes de l'un ou de l'autre.")]
    SansLignes(Indicateur),
}

impl ErreurMetier for InfocentreError {
    fn nature(&self) -> Nature {
        match self {
            Self::InstantaneIntrouvable => Nature::Introuvable,
            Self::InstantaneAltere(_) => Nature::Conflit,
            Self::PeriodeInversee
            | Self::PeriodeTropLongue
            | Self::HorsCalendrier
            | Self::MoisHorsPeriode
            | Self::FiltreIllisible(_)
            | Self::SansLignes(_) => Nature::Illisible,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::InstantaneIntrouvable => "instantane-introuvable",
            Self::InstantaneAltere(_) => "instantane-altere",
            Self::PeriodeInversee => "periode-inversee",
            Self::PeriodeTropLongue => "periode-trop-longue",
            Self::HorsCalendrier => "periode-hors-calendrier",
            Self::MoisHorsPeriode => "mois-hors-periode",
            Self::FiltreIllisible(_) => "filtre-illisible",
            Self::SansLignes(_) => "indicateur-sans-lignes",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::{Role, acteur::Habilitation};
    use uuid::Uuid;

    fn acteur(habilitations: &[(Role, Perimetre)]) -> Acteur {
        let habilitations = habilitations.iter().map(|&(role, perimetre)| Habilitation { role, perimetre }).collect();
        Acteur::personne(Uuid::nil().into(), Uuid::nil().into(), None, "essai".to_owned(), habilitations)
    }

    #[test]
    fn un_analyste_de_la_region_voit_tout_et_un_3c_le_sien() {
        let centre = Centre3cId::new(Uuid::from_u128(1));
        assert_eq!(Portee::de(&acteur(&[(Role::Analyste, Perimetre::Region)])), Portee::Region);
        let seul = Portee::Parties { rcp: vec![], centres: vec![centre], etablissements: vec![] };
        assert_eq!(Portee::de(&acteur(&[(Role::Coordonnateur3c, Perimetre::Centre3c(centre))])), seul);
    }

    #[test]
    fn un_role_sans_l_infocentre_n_en_elargit_pas_la_portee() {
        let droits = [(Role::Participant, Perimetre::Region), (Role::Secretaire, Perimetre::Patients)];
        assert_eq!(Portee::de(&acteur(&droits)), Portee::Parties { rcp: vec![], centres: vec![], etablissements: vec![] });
    }

    #[test]
    fn les_classes_d_age_separent_les_aja_et_les_75_ans() {
        assert_eq!(
            [14, 15, 24, 25, 74, 75, 84, 85].map(ClasseAge::de).map(ClasseAge::as_str),
            ["0-14", "15-24", "15-24", "25-49", "65-74", "75-84", "75-84", "85+"]
        );
    }

    #[test]
    fn un_curseur_se_relit_tel_qu_il_a_ete_donne() {
        let curseurs = [
            Curseur::Passage("2024-03-01".parse().unwrap(), Uuid::from_u128(7).into()),
            Curseur::Reunion("2024-03-01T08:30:00.000001Z".parse().unwrap(), Uuid::from_u128(8)),
            Curseur::Entite(Uuid::from_u128(9).into()),
        ];
        for curseur in curseurs {
            let texte = serde_json::to_string(&curseur).unwrap();
            assert_eq!(serde_json::from_str::<Curseur>(&texte).unwrap(), curseur);
        }
    }
}
