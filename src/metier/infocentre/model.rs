//! What is asked of the infocentre, and what it answers.

pub mod dictionnaire;
pub mod diffusions;
pub mod mesure;
pub mod periode;
pub mod rapport;
pub mod secret;

pub use dictionnaire::{Definition, Indicateur, ObjetCompte};
pub use diffusions::ActiviteDiffusions;
pub use mesure::{CompteEntites, ComptesPassages, ComptesReunions, Indicateurs, Mesure, Ratio};
pub use periode::{Mois, Periode};
pub use rapport::Rapport;

use crate::kernel::{
    Acteur, Action, ErreurMetier, Instant, Nature, Perimetre,
    ids::{Centre3cId, CompteRenduId, EtablissementId, RcpId, ReunionId, TerritoireId},
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use std::str::FromStr;
use utoipa::ToSchema;

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
        /// By month of the meeting.
        Mois => "mois",
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

/// A territoire, or none: an établissement may belong to no territoire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FiltreTerritoire {
    /// What belongs to no territoire.
    Aucun,
    /// What belongs to this one.
    Seul(TerritoireId),
}

/// Key of the group of what belongs nowhere.
pub const AUCUN: &str = "aucun";

impl Axe {
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
            (Self::Mois, mois) => mois.parse().map_or_else(|_| mois.to_owned(), Mois::libelle),
            (Self::Rcp | Self::Theme | Self::Centre3c | Self::Etablissement | Self::Territoire | Self::Type, cle) => cle.to_owned(),
        }
    }
}

impl FromStr for FiltreTerritoire {
    type Err = uuid::Error;

    fn from_str(texte: &str) -> Result<Self, Self::Err> {
        if texte == AUCUN { Ok(Self::Aucun) } else { texte.parse().map(Self::Seul) }
    }
}

impl<'de> Deserialize<'de> for FiltreTerritoire {
    fn deserialize<D: serde::Deserializer<'de>>(lecteur: D) -> Result<Self, D::Error> {
        String::deserialize(lecteur)?.parse().map_err(serde::de::Error::custom)
    }
}

/// What is counted: a period, and what narrows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    /// The period of the report; a patient is new with regard to its first day.
    pub periode: Periode,
    /// How a patient is new.
    pub nouveaux: Nouveaux,
    /// One RCP entity.
    pub rcp: Option<RcpId>,
    /// One 3C.
    pub centre_3c: Option<Centre3cId>,
    /// One organising établissement.
    pub etablissement: Option<EtablissementId>,
    /// One territoire.
    pub territoire: Option<FiltreTerritoire>,
    /// One theme.
    pub theme: Option<String>,
    /// One type of RCP.
    pub type_rcp: Option<String>,
    /// One month of the period.
    pub mois: Option<Mois>,
}

impl Selection {
    /// Refuses the texts that PostgreSQL cannot hold: they name no theme and no type.
    pub fn verifier(&self) -> Result<(), InfocentreError> {
        let illisible = [&self.theme, &self.type_rcp].into_iter().flatten().any(|texte| texte.contains(char::is_control));
        if illisible { Err(InfocentreError::FiltreIllisible) } else { Ok(()) }
    }

    /// The days that count: the period, or its part that lies in the month. Refused when the month
    /// lies outside the period.
    pub fn jours(&self) -> Result<Periode, InfocentreError> {
        self.mois.map_or(Ok(self.periode), |mois| self.periode.dans(mois).ok_or(InfocentreError::MoisHorsPeriode))
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
    pub version_dictionnaire: &'static str,
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
}

/// Where a page of rows starts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Curseur {
    /// After this compte-rendu.
    Passage(NaiveDate, CompteRenduId),
    /// After this meeting.
    Reunion(Instant, ReunionId),
    /// After this RCP entity.
    Entite(RcpId),
}

impl Curseur {
    /// True when this service may have given the cursor for such rows over those days.
    #[must_use]
    pub fn convient(&self, objet: ObjetCompte, jours: Periode) -> bool {
        match (self, objet) {
            (Self::Passage(jour, _), ObjetCompte::Passage | ObjetCompte::Patient) => jours.du() <= *jour && *jour <= jours.au(),
            (Self::Reunion(moment, _), ObjetCompte::Reunion) => {
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
    pub const fn curseur(&self) -> Curseur {
        match self {
            Self::Passage(p) => Curseur::Passage(p.date, p.compte_rendu_id),
            Self::Reunion(r) => Curseur::Reunion(r.debut, r.reunion_id),
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
    /// The month lies outside the period.
    #[error("Le mois demandé n'est pas dans la période.")]
    MoisHorsPeriode,
    /// A filter holds a character that no code holds.
    #[error("Un filtre contient un caractère de contrôle.")]
    FiltreIllisible,
    /// The ratio divides counts of different things, so no list of rows stands behind it.
    #[error("{0} rapporte deux comptes de natures différentes : demandez les lignes de l'un ou de l'autre.")]
    SansLignes(Indicateur),
}

impl ErreurMetier for InfocentreError {
    fn nature(&self) -> Nature {
        match self {
            Self::PeriodeInversee
            | Self::PeriodeTropLongue
            | Self::HorsCalendrier
            | Self::MoisHorsPeriode
            | Self::FiltreIllisible
            | Self::SansLignes(_) => Nature::Illisible,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::PeriodeInversee => "periode-inversee",
            Self::PeriodeTropLongue => "periode-trop-longue",
            Self::HorsCalendrier => "periode-hors-calendrier",
            Self::MoisHorsPeriode => "mois-hors-periode",
            Self::FiltreIllisible => "filtre-illisible",
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
            Curseur::Reunion("2024-03-01T08:30:00.000001Z".parse().unwrap(), Uuid::from_u128(8).into()),
            Curseur::Entite(Uuid::from_u128(9).into()),
        ];
        for curseur in curseurs {
            let texte = serde_json::to_string(&curseur).unwrap();
            assert_eq!(serde_json::from_str::<Curseur>(&texte).unwrap(), curseur);
        }
    }
}
