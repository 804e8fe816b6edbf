//! A template, its scope, its versions, and which one applies.

pub mod exemples;

use crate::kernel::{
    ErreurMetier, Faute, Instant, Nature,
    acteur::Rattachement,
    ids::{Centre3cId, CompteId, CompteRenduId, EchecGabaritId, EtablissementId, GabaritId},
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

crate::enum_texte! {
    /// Kinds of documents that have templates.
    pub enum GenreGabarit {
        /// The compte-rendu.
        CompteRendu => "compte_rendu",
        /// The letter to the médecin traitant that goes with it.
        LettreMedecinTraitant => "lettre_medecin_traitant",
    }
}

crate::enum_texte! {
    /// Where a version stands.
    pub enum EtatGabarit {
        /// Being written.
        Brouillon => "brouillon",
        /// Published from a date.
        Publie => "publie",
        /// No longer chosen for new documents.
        Retire => "retire",
    }
}

crate::enum_texte! {
    /// Kinds of scopes, from the widest to the narrowest.
    pub enum GenrePortee {
        /// The region.
        Region => "region",
        /// A 3C.
        Centre3c => "centre_3c",
        /// An établissement.
        Etablissement => "etablissement",
    }
}

/// Whose documents a template lays out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", content = "id", rename_all = "snake_case")]
#[schema(as = gabarit::Portee)]
pub enum Portee {
    /// Those of the region.
    Region,
    /// Those of the RCP that a 3C coordinates.
    #[serde(rename = "centre_3c")]
    Centre3c(Centre3cId),
    /// Those of the RCP that an établissement organises.
    Etablissement(EtablissementId),
}

impl Portee {
    /// Its kind.
    #[must_use]
    pub const fn genre(self) -> GenrePortee {
        match self {
            Self::Region => GenrePortee::Region,
            Self::Centre3c(_) => GenrePortee::Centre3c,
            Self::Etablissement(_) => GenrePortee::Etablissement,
        }
    }

    /// The 3C or the établissement.
    #[must_use]
    pub const fn id(self) -> Option<Uuid> {
        match self {
            Self::Region => None,
            Self::Centre3c(id) => Some(id.uuid()),
            Self::Etablissement(id) => Some(id.uuid()),
        }
    }

    /// A scope kept in two columns; nothing when they do not agree.
    #[must_use]
    pub fn lire(genre: GenrePortee, id: Option<Uuid>) -> Option<Self> {
        match genre {
            GenrePortee::Region => id.is_none().then_some(Self::Region),
            GenrePortee::Centre3c => id.map(|id| Self::Centre3c(id.into())),
            GenrePortee::Etablissement => id.map(|id| Self::Etablissement(id.into())),
        }
    }

    /// Where it belongs. What belongs to the region belongs to no 3C.
    #[must_use]
    pub fn rattachement(self) -> Rattachement {
        match self {
            Self::Region => Rattachement::default(),
            Self::Centre3c(id) => Rattachement { centre_3c: Some(id), ..Rattachement::default() },
            Self::Etablissement(id) => Rattachement { etablissements: vec![id], ..Rattachement::default() },
        }
    }
}

/// One version of a template, without its source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Gabarit {
    /// Identifier of the version.
    pub id: GabaritId,
    /// What it lays out.
    pub genre: GenreGabarit,
    /// Whose documents.
    pub portee: Portee,
    /// Rank of the version among those of the same kind and scope, from 1.
    pub numero: i64,
    /// Where it stands.
    pub etat: EtatGabarit,
    /// Name.
    #[schema(example = "Lettre du 3C Lille Métropole")]
    pub nom: String,
    /// What this version changes.
    pub note: Option<String>,
    /// First day on which it may be chosen.
    pub valable_du: Option<NaiveDate>,
    /// Last day.
    pub valable_au: Option<NaiveDate>,
    /// Who wrote it.
    pub auteur_id: Option<CompteId>,
    /// Version, for `If-Match`.
    pub version: i64,
    /// Creation.
    pub cree_le: DateTime<Utc>,
    /// Last change.
    pub modifie_le: DateTime<Utc>,
}

/// One version with its source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct GabaritSource {
    /// The version.
    #[serde(flatten)]
    pub gabarit: Gabarit,
    /// Typesetting source (Typst).
    pub source: String,
}

/// A new template, as typed.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GabaritSaisi {
    /// What it lays out.
    pub genre: GenreGabarit,
    /// Whose documents.
    pub portee: Portee,
    /// Name.
    #[validate(length(min = 3, max = 200, message = "De 3 à 200 caractères."))]
    pub nom: String,
    /// Typesetting source (Typst).
    #[validate(length(min = 1, max = 200_000, message = "De 1 à 200 000 caractères."))]
    pub source: String,
    /// What this version changes.
    #[validate(length(max = 2_000, message = "Au plus 2 000 caractères."))]
    pub note: Option<String>,
}

/// What may change in a draft.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GabaritModifie {
    /// Name.
    #[validate(length(min = 3, max = 200, message = "De 3 à 200 caractères."))]
    pub nom: String,
    /// Typesetting source (Typst).
    #[validate(length(min = 1, max = 200_000, message = "De 1 à 200 000 caractères."))]
    pub source: String,
    /// What this version changes.
    #[validate(length(max = 2_000, message = "Au plus 2 000 caractères."))]
    pub note: Option<String>,
}

/// When a template begins to be chosen.
#[derive(Debug, Clone, Copy, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PublicationGabarit)]
pub struct Publication {
    /// First day, today at the earliest.
    pub valable_du: NaiveDate,
    /// Last day, if there is one.
    pub valable_au: Option<NaiveDate>,
}

impl Gabarit {
    /// A draft.
    #[must_use]
    pub fn brouillon(id: GabaritId, numero: i64, saisi: &GabaritSaisi, auteur_id: Option<CompteId>, maintenant: Instant) -> Self {
        Self {
            id,
            genre: saisi.genre,
            portee: saisi.portee,
            numero,
            etat: EtatGabarit::Brouillon,
            nom: saisi.nom.clone(),
            note: saisi.note.clone(),
            valable_du: None,
            valable_au: None,
            auteur_id,
            version: 1,
            cree_le: maintenant,
            modifie_le: maintenant,
        }
    }

    /// Refuses what is only done to a draft.
    pub const fn exiger_brouillon(&self) -> Result<(), GabaritError> {
        match self.etat {
            EtatGabarit::Brouillon => Ok(()),
            EtatGabarit::Publie | EtatGabarit::Retire => Err(GabaritError::Fige),
        }
    }

    /// The draft with another name and note.
    pub fn modifier(self, modifie: &GabaritModifie, maintenant: Instant) -> Result<Self, GabaritError> {
        self.exiger_brouillon()?;
        Ok(Self { nom: modifie.nom.clone(), note: modifie.note.clone(), version: self.version + 1, modifie_le: maintenant, ..self })
    }

    /// The draft published, if its dates are in order and nothing of it failed on the examples.
    pub fn publier(
        self,
        dates: Publication,
        diagnostics: Vec<Diagnostic>,
        aujourd_hui: NaiveDate,
        maintenant: Instant,
    ) -> Result<Self, GabaritError> {
        self.exiger_brouillon()?;
        let Publication { valable_du, valable_au } = dates;
        if valable_du < aujourd_hui {
            return Err(GabaritError::PublicationPassee);
        }
        if valable_au.is_some_and(|fin| fin < valable_du) {
            return Err(GabaritError::DatesInversees);
        }
        if !diagnostics.is_empty() {
            return Err(GabaritError::NeSeComposePas { diagnostics });
        }
        Ok(Self {
            etat: EtatGabarit::Publie,
            valable_du: Some(valable_du),
            valable_au,
            version: self.version + 1,
            modifie_le: maintenant,
            ..self
        })
    }

    /// The published version withdrawn: the documents to come no longer use it.
    pub fn retirer(self, maintenant: Instant) -> Result<Self, GabaritError> {
        match self.etat {
            EtatGabarit::Publie => Ok(Self { etat: EtatGabarit::Retire, version: self.version + 1, modifie_le: maintenant, ..self }),
            EtatGabarit::Brouillon | EtatGabarit::Retire => Err(GabaritError::NonPublie),
        }
    }

    fn en_vigueur(&self, date: NaiveDate) -> bool {
        self.etat == EtatGabarit::Publie
            && self.valable_du.is_some_and(|debut| debut <= date)
            && self.valable_au.is_none_or(|fin| date <= fin)
    }
}

/// The version that applies on a day among those whose scope holds the document: the narrowest scope,
/// then the latest to begin, then the latest written.
#[must_use]
pub fn applicable(candidats: Vec<Gabarit>, date: NaiveDate) -> Option<Gabarit> {
    candidats.into_iter().filter(|g| g.en_vigueur(date)).max_by_key(|g| (g.portee.genre(), g.valable_du, g.numero))
}

/// What the typesetter says of a template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Diagnostic {
    /// Built-in example that shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exemple: Option<String>,
    /// Line of the source, from 1.
    pub ligne: Option<u32>,
    /// Column, from 1.
    pub colonne: Option<u32>,
    /// The sentence of the typesetter, in English, or one of ours.
    pub message: String,
}

impl Diagnostic {
    /// What bears on no line.
    pub fn general(message: impl Into<String>) -> Self {
        Self { exemple: None, ligne: None, colonne: None, message: message.into() }
    }

    /// The same, shown by an example.
    #[must_use]
    pub fn sur(self, exemple: &str) -> Self {
        Self { exemple: Some(exemple.to_owned()), ..self }
    }

    fn phrase(&self) -> String {
        let lieu = match (self.ligne, self.colonne) {
            (Some(ligne), Some(colonne)) => format!("Ligne {ligne}, colonne {colonne} : "),
            _ => String::new(),
        };
        let exemple = self.exemple.as_deref().map_or_else(String::new, |exemple| format!(" (exemple « {exemple} »)"));
        format!("{lieu}{}{exemple}", self.message)
    }
}

/// A document that a template could not make, and that left with the template of the program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct EchecGabarit {
    /// Identifier.
    pub id: EchecGabaritId,
    /// The version that failed.
    pub gabarit_id: GabaritId,
    /// The compte-rendu that it could not lay out.
    pub compte_rendu_id: CompteRenduId,
    /// Line of the source, from 1.
    pub ligne: Option<i64>,
    /// Column, from 1.
    pub colonne: Option<i64>,
    /// When.
    pub cree_le: DateTime<Utc>,
}

/// Why a template refuses.
#[derive(Debug, thiserror::Error)]
pub enum GabaritError {
    /// No such template, or not for this person.
    #[error("Ce gabarit n'existe pas, ou n'entre pas dans votre périmètre.")]
    Introuvable,
    /// No such example.
    #[error("Cet exemple n'existe pas.")]
    ExempleInconnu,
    /// A published version never changes.
    #[error("Une version publiée ne change plus : écrivez-en une nouvelle.")]
    Fige,
    /// Only a published version is withdrawn.
    #[error("Seule une version publiée se retire.")]
    NonPublie,
    /// The publication would begin in the past.
    #[error("Une publication ne commence pas dans le passé.")]
    PublicationPassee,
    /// The last day comes before the first.
    #[error("La fin de validité précède son début.")]
    DatesInversees,
    /// The typesetter refuses the source.
    #[error("Le gabarit ne se compose pas : corrigez-le d'après les fautes relevées.")]
    NeSeComposePas {
        /// What the typesetter says.
        diagnostics: Vec<Diagnostic>,
    },
    /// The compte-rendu has no letter.
    #[error("Ce compte-rendu n'a pas de lettre : il ne va à aucun médecin traitant.")]
    SansLettre,
    /// A preview names an example or a compte-rendu.
    #[error("Un aperçu porte sur un exemple ou sur un compte-rendu, l'un des deux.")]
    ApercuAmbigu,
    /// Too many templates are being laid out.
    #[error("D'autres gabarits sont en cours de composition : recommencez dans quelques secondes.")]
    Occupe,
}

impl ErreurMetier for GabaritError {
    fn nature(&self) -> Nature {
        match self {
            Self::Introuvable | Self::ExempleInconnu => Nature::Introuvable,
            Self::Fige | Self::NonPublie | Self::SansLettre => Nature::Conflit,
            Self::PublicationPassee | Self::DatesInversees | Self::NeSeComposePas { .. } | Self::ApercuAmbigu => Nature::Invalide,
            Self::Occupe => Nature::TropDeRequetes,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Introuvable => "gabarit-introuvable",
            Self::ExempleInconnu => "exemple-inconnu",
            Self::Fige => "gabarit-fige",
            Self::NonPublie => "gabarit-non-publie",
            Self::PublicationPassee => "publication-passee",
            Self::DatesInversees => "dates-inversees",
            Self::NeSeComposePas { .. } => "gabarit-ne-se-compose-pas",
            Self::SansLettre => "sans-lettre",
            Self::ApercuAmbigu => "apercu-ambigu",
            Self::Occupe => "composition-occupee",
        }
    }

    fn fautes(&self) -> Vec<Faute> {
        match self {
            Self::NeSeComposePas { diagnostics } => {
                diagnostics.iter().map(|diagnostic| Faute::new("/source", "composition", diagnostic.phrase())).collect()
            }
            Self::PublicationPassee => vec![Faute::new("/valable_du", "date-passee", self.to_string())],
            Self::DatesInversees => vec![Faute::new("/valable_au", "dates-inversees", self.to_string())],
            Self::ApercuAmbigu => vec![Faute::new("/exemple", "apercu-ambigu", self.to_string())],
            Self::Introuvable | Self::ExempleInconnu | Self::Fige | Self::NonPublie | Self::SansLettre | Self::Occupe => Vec::new(),
        }
    }

    fn precisions(&self) -> Map<String, Value> {
        match self {
            Self::NeSeComposePas { diagnostics } => {
                [("diagnostics".to_owned(), serde_json::to_value(diagnostics).unwrap_or_default())].into_iter().collect()
            }
            Self::Introuvable
            | Self::ExempleInconnu
            | Self::Fige
            | Self::NonPublie
            | Self::PublicationPassee
            | Self::DatesInversees
            | Self::SansLettre
            | Self::ApercuAmbigu
            | Self::Occupe => Map::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARDI: NaiveDate = NaiveDate::from_ymd_opt(2026, 3, 3).unwrap();

    fn publie(portee: Portee, numero: i64, du: &str, au: Option<&str>) -> Gabarit {
        let saisi =
            GabaritSaisi { genre: GenreGabarit::CompteRendu, portee, nom: "Essai".to_owned(), source: "Bonjour".to_owned(), note: None };
        let dates = Publication { valable_du: du.parse().unwrap(), valable_au: au.map(|au| au.parse().unwrap()) };
        let instant = "2026-01-01T08:00:00Z".parse().unwrap();
        Gabarit::brouillon(Uuid::from_u128(u128::from(numero.unsigned_abs())).into(), numero, &saisi, None, instant)
            .publier(dates, Vec::new(), "2026-01-01".parse().unwrap(), instant)
            .unwrap()
    }

    fn numero(candidats: &[Gabarit], date: NaiveDate) -> Option<i64> {
        applicable(candidats.to_vec(), date).map(|g| g.numero)
    }

    #[test]
    fn l_etablissement_passe_avant_le_3c_et_le_3c_avant_la_region() {
        let region = publie(Portee::Region, 1, "2026-03-01", None);
        let centre = publie(Portee::Centre3c(Uuid::nil().into()), 2, "2026-02-01", None);
        let etablissement = publie(Portee::Etablissement(Uuid::nil().into()), 3, "2026-01-01", Some("2026-03-03"));
        let tous = [etablissement, region, centre];
        assert_eq!(numero(&tous, MARDI), Some(3));
        assert_eq!(numero(&tous, MARDI.succ_opt().unwrap()), Some(2), "celui de l'établissement a pris fin");
        assert_eq!(numero(&tous, "2025-12-31".parse().unwrap()), None);
    }

    #[test]
    fn dans_une_portee_le_plus_recent_en_vigueur_l_emporte_et_un_gabarit_retire_ne_compte_plus() {
        let ancien = publie(Portee::Region, 1, "2026-01-01", None);
        let recent = publie(Portee::Region, 2, "2026-03-03", None);
        let tous = [ancien.clone(), recent.clone()];
        assert_eq!(numero(&tous, MARDI.pred_opt().unwrap()), Some(1));
        assert_eq!(numero(&tous, MARDI), Some(2));
        let retire = recent.retirer("2026-03-03T08:00:00Z".parse().unwrap()).unwrap();
        assert_eq!(numero(&[ancien, retire.clone()], MARDI), Some(1));
        assert!(matches!(retire.retirer("2026-03-03T08:00:00Z".parse().unwrap()), Err(GabaritError::NonPublie)));
    }

    #[test]
    fn une_version_publiee_ne_se_modifie_ni_ne_se_publie_de_nouveau() {
        let publie = publie(Portee::Region, 1, "2026-01-01", None);
        let instant = "2026-03-03T08:00:00Z".parse().unwrap();
        let modifie = GabaritModifie { nom: "Autre".to_owned(), source: "Autre".to_owned(), note: None };
        assert!(matches!(publie.clone().modifier(&modifie, instant), Err(GabaritError::Fige)));
        let dates = Publication { valable_du: MARDI, valable_au: None };
        assert!(matches!(publie.publier(dates, Vec::new(), MARDI, instant), Err(GabaritError::Fige)));
    }

    #[test]
    fn une_faute_dit_sa_ligne_sa_colonne_et_l_exemple() {
        let faute =
            Diagnostic { exemple: None, ligne: Some(3), colonne: Some(7), message: "unknown variable: cr".to_owned() }.sur("report");
        assert_eq!(faute.phrase(), "Ligne 3, colonne 7 : unknown variable: cr (exemple « report »)");
        assert_eq!(Diagnostic::general("Trop long.").phrase(), "Trop long.");
    }
}
