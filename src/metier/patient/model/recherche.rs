//! The search of a patient: what must be given, and what comes back.

use super::{Attributs, OidIns, Patient, Sexe, designe};
use crate::kernel::{
    Faute, Refus,
    identite::{Ins, StatutIdentite},
    ids::{EtablissementId, PatientId},
    texte::normaliser,
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// The most patients that a search shows.
pub const LIGNES_MAXIMALES: usize = 20;
/// Letters of the name that a search wants beside the birth date.
const LETTRES: usize = 2;

/// What is typed to find a patient: a matricule INS, or a local number and its établissement, or the birth date
/// and the beginning of a name, which the beginning of first names narrows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecherchePatient {
    /// Matricule INS.
    pub ins: Option<Ins>,
    /// Établissement that gave the local number.
    pub etablissement_id: Option<EtablissementId>,
    /// Local number.
    #[validate(length(min = 1, max = 40, message = "De 1 à 40 caractères."))]
    pub ipp: Option<String>,
    /// Beginning of the birth name or of the name in use, or of one of their words: 2 letters at least. Accents,
    /// hyphens, apostrophes and spaces do not count.
    #[validate(length(max = 100, message = "100 caractères au plus."))]
    pub nom: Option<String>,
    /// Beginning of one or several first names, in any order.
    #[validate(length(max = 100, message = "100 caractères au plus."))]
    pub prenom: Option<String>,
    /// Birth date.
    pub date_naissance: Option<NaiveDate>,
}

/// A search that may be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Critere {
    /// By matricule.
    Ins(Ins),
    /// By the number that an établissement gave.
    Identifiant {
        /// The établissement.
        etablissement: EtablissementId,
        /// Its number.
        ipp: String,
    },
    /// By traits.
    Traits {
        /// Beginning of the birth name or of the name in use, as typed.
        nom: String,
        /// Beginning of first names, as typed; empty for any.
        prenom: String,
        /// Birth date.
        date_naissance: NaiveDate,
    },
}

impl Critere {
    /// Names of the fields that the search was made by, for the access trace.
    #[must_use]
    pub fn champs(&self) -> Vec<&'static str> {
        match self {
            Self::Ins(_) => vec!["ins"],
            Self::Identifiant { .. } => vec!["etablissement_id", "ipp"],
            Self::Traits { prenom, .. } => {
                let prenom = (!prenom.is_empty()).then_some("prenom");
                ["nom", "date_naissance"].into_iter().chain(prenom).collect()
            }
        }
    }
}

impl RecherchePatient {
    /// The search, if exactly one of the three ways is given and precise enough.
    pub fn critere(&self) -> Result<Critere, Refus> {
        let par_nom = self.nom.is_some() || self.prenom.is_some() || self.date_naissance.is_some();
        match (&self.ins, self.etablissement_id, &self.ipp) {
            (Some(ins), None, None) if !par_nom => Ok(Critere::Ins(ins.clone())),
            (None, Some(etablissement), Some(ipp)) if !par_nom => Ok(Critere::Identifiant { etablissement, ipp: ipp.trim().to_owned() }),
            (None, Some(_), None) => Err(faute("/ipp", "obligatoire", "Donnez l'identifiant du patient dans cet établissement.")),
            (None, None, Some(_)) => {
                Err(faute("/etablissement_id", "obligatoire", "Donnez l'établissement qui connaît le patient par cet identifiant."))
            }
            (None, None, None) => self.par_nom(),
            (Some(_), ..) | (None, Some(_), Some(_)) => {
                let message = "Cherchez par matricule INS, ou par établissement et identifiant, ou par nom : un seul des trois à la fois.";
                Err(faute("", "criteres-exclusifs", message))
            }
        }
    }

    fn par_nom(&self) -> Result<Critere, Refus> {
        let nom = self.nom.clone().unwrap_or_default();
        let lettres = normaliser(&nom).chars().filter(char::is_ascii_alphabetic).count();
        if lettres < LETTRES {
            return Err(faute("/nom", "nom-trop-court", "Donnez la date de naissance et au moins 2 lettres du nom, ou le matricule INS."));
        }
        let Some(date_naissance) = self.date_naissance else {
            return Err(faute("/date_naissance", "obligatoire", "Un nom se cherche avec la date de naissance."));
        };
        Ok(Critere::Traits { nom, prenom: self.prenom.clone().unwrap_or_default(), date_naissance })
    }
}

/// The names of a patient, as a search by traits reads them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Noms {
    /// Birth name.
    pub naissance: String,
    /// Name in use.
    pub utilise: Option<String>,
    /// All birth first names.
    pub prenoms: String,
    /// First name in use.
    pub prenom_utilise: Option<String>,
}

impl Noms {
    /// True when what is typed designates these names.
    #[must_use]
    pub fn repondent(&self, nom: &str, prenom: &str) -> bool {
        let par_nom = designe(nom, &self.naissance) || self.utilise.as_ref().is_some_and(|utilise| designe(nom, utilise));
        let par_prenom = || designe(prenom, &self.prenoms) || self.prenom_utilise.as_ref().is_some_and(|utilise| designe(prenom, utilise));
        par_nom && (normaliser(prenom).is_empty() || par_prenom())
    }
}

fn faute(pointeur: &str, code: &str, message: &str) -> Refus {
    Refus::invalide(vec![Faute::new(pointeur, code, message)])
}

/// What a search shows of a patient: the identity and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct IdentitePatient {
    /// Identifier.
    pub id: PatientId,
    /// Birth name.
    pub nom_naissance: String,
    /// Name in use, when it differs.
    pub nom_utilise: Option<String>,
    /// First of the birth first names.
    pub premier_prenom: String,
    /// First name in use, when it differs.
    pub prenom_utilise: Option<String>,
    /// Sex.
    pub sexe: Sexe,
    /// Birth date.
    pub date_naissance: NaiveDate,
    /// INSEE code of the birth place.
    pub lieu_naissance: Option<String>,
    /// Matricule INS, when the identity is qualified.
    pub ins: Option<Ins>,
    /// OID of its authority.
    pub ins_oid: Option<OidIns>,
    /// Status of the identity.
    pub statut_identite: StatutIdentite,
    /// Attributes of the identity.
    pub attributs: Attributs,
}

impl From<Patient> for IdentitePatient {
    fn from(p: Patient) -> Self {
        let (ins, ins_oid) = p.ins_utilisable().map(|(ins, oid)| (ins.clone(), oid)).unzip();
        Self {
            id: p.id,
            nom_naissance: p.nom_naissance,
            nom_utilise: p.nom_utilise,
            premier_prenom: p.premier_prenom,
            prenom_utilise: p.prenom_utilise,
            sexe: p.sexe,
            date_naissance: p.date_naissance,
            lieu_naissance: p.lieu_naissance,
            ins,
            ins_oid,
            statut_identite: p.statut_identite,
            attributs: p.attributs,
        }
    }
}

/// The patients found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ResultatRecherche {
    /// Twenty at most, by name and birth date.
    pub elements: Vec<IdentitePatient>,
    /// True when there are more: narrow the search.
    pub incomplet: bool,
}

impl ResultatRecherche {
    /// Keeps the first rows of those found.
    #[must_use]
    pub fn depuis(mut patients: Vec<Patient>) -> Self {
        let incomplet = patients.len() > LIGNES_MAXIMALES;
        patients.truncate(LIGNES_MAXIMALES);
        Self { elements: patients.into_iter().map(IdentitePatient::from).collect(), incomplet }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn critere(corps: Value) -> Result<Critere, String> {
        let recherche: RecherchePatient = serde_json::from_value(corps).unwrap();
        recherche.critere().map_err(|refus| format!("{} {}", refus.fautes[0].pointer, refus.fautes[0].code))
    }

    #[test]
    fn la_date_de_naissance_et_deux_lettres_du_nom_sont_le_moins_qu_on_donne() {
        let date = "1950-02-28";
        let attendu = Critere::Traits { nom: "Lé".into(), prenom: String::new(), date_naissance: date.parse().unwrap() };
        assert_eq!(critere(json!({ "nom": "Lé", "date_naissance": date })), Ok(attendu));
        assert_eq!(critere(json!({ "nom": "L-", "date_naissance": date })), Err("/nom nom-trop-court".into()));
        assert_eq!(critere(json!({ "nom": "Lefèvre" })), Err("/date_naissance obligatoire".into()));
        assert_eq!(critere(json!({})), Err("/nom nom-trop-court".into()));
        assert_eq!(critere(json!({ "date_naissance": date })), Err("/nom nom-trop-court".into()));
    }

    #[test]
    fn le_nom_ou_le_nom_utilise_et_les_prenoms_dans_n_importe_quel_ordre() {
        let noms = Noms {
            naissance: "Le Goff".into(),
            utilise: Some("Saint-Martin".into()),
            prenoms: "Jean-Pierre, Marie".into(),
            prenom_utilise: Some("JP".into()),
        };
        for (nom, prenom) in
            [("legoff", ""), ("St Martin", "Marie"), ("Goff", "J-P"), ("Le Goff", "marie jean"), ("MARTIN", "jeanpierre"), ("legoff", "jp")]
        {
            assert!(noms.repondent(nom, prenom), "{nom} {prenom}");
        }
        for (nom, prenom) in [("off", ""), ("legoff", "Paul"), ("Dupont", "Jean")] {
            assert!(!noms.repondent(nom, prenom), "{nom} {prenom}");
        }
    }

    #[test]
    fn les_trois_facons_de_chercher_s_excluent() {
        let (ins, e) = ("279035121518989", uuid::Uuid::from_u128(1));
        assert!(matches!(critere(json!({ "ins": ins })), Ok(Critere::Ins(_))));
        assert!(matches!(critere(json!({ "etablissement_id": e, "ipp": "12" })), Ok(Critere::Identifiant { .. })));
        assert_eq!(critere(json!({ "etablissement_id": e })), Err("/ipp obligatoire".into()));
        assert_eq!(critere(json!({ "ipp": "12" })), Err("/etablissement_id obligatoire".into()));
        assert_eq!(critere(json!({ "ins": ins, "nom": "Lefèvre" })), Err(" criteres-exclusifs".into()));
        assert_eq!(critere(json!({ "ins": ins, "ipp": "12" })), Err(" criteres-exclusifs".into()));
        assert_eq!(critere(json!({ "etablissement_id": e, "ipp": "12", "nom": "Lefèvre" })), Err(" criteres-exclusifs".into()));
    }
}
