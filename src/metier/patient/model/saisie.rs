//! What is typed of a patient, and the rules that it must respect.

use super::{Correspondant, IdentifiantLocal, Justificatif, OidIns, Patient, Sexe, identite::exige_matricule, statut::fautes_de_preuve};
use crate::kernel::{
    Faute,
    identite::{Ins, StatutIdentite},
    ids::PraticienId,
    texte::normaliser,
};
use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// The oldest birth year that is not taken for a typing mistake.
const ANNEE_NAISSANCE_MINIMALE: i32 = 1880;

fn statut_par_defaut() -> StatutIdentite {
    StatutIdentite::Provisoire
}

/// What is typed of a patient.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PatientSaisi {
    /// Birth name.
    #[validate(length(min = 1, max = 100, message = "De 1 à 100 caractères."))]
    pub nom_naissance: String,
    /// Name in use, when it differs.
    #[validate(length(min = 1, max = 100, message = "De 1 à 100 caractères."))]
    pub nom_utilise: Option<String>,
    /// First of the birth first names.
    #[validate(length(min = 1, max = 100, message = "De 1 à 100 caractères."))]
    pub premier_prenom: String,
    /// All birth first names, the first one ahead; the first one alone when absent.
    #[validate(length(min = 1, max = 300, message = "De 1 à 300 caractères."))]
    pub prenoms: Option<String>,
    /// First name in use, when it differs.
    #[validate(length(min = 1, max = 100, message = "De 1 à 100 caractères."))]
    pub prenom_utilise: Option<String>,
    /// Sex.
    pub sexe: Sexe,
    /// Birth date.
    pub date_naissance: NaiveDate,
    /// INSEE code of the birth place (COG), 5 characters; `99…` abroad.
    #[schema(example = "59350")]
    pub lieu_naissance: Option<String>,
    /// Matricule INS, 15 characters, with its OID. On a change, absent means that the recorded one
    /// stays, as long as the status still needs it.
    pub ins: Option<Ins>,
    /// OID of the authority of the matricule.
    pub ins_oid: Option<OidIns>,
    /// Status of the identity; `provisoire` when absent.
    #[serde(default = "statut_par_defaut")]
    pub statut_identite: StatutIdentite,
    /// What the identity was checked on: asked for when it becomes `validee` or `qualifiee`, and when a strict trait of
    /// such an identity is corrected.
    pub justificatif: Option<Justificatif>,
    /// Street address.
    #[validate(length(max = 300, message = "300 caractères au plus."))]
    pub adresse: Option<String>,
    /// Postal code.
    #[validate(length(min = 4, max = 10, message = "De 4 à 10 caractères."))]
    pub code_postal: Option<String>,
    /// Town.
    #[validate(length(max = 100, message = "100 caractères au plus."))]
    pub commune: Option<String>,
    /// Telephone.
    #[validate(length(max = 30, message = "30 caractères au plus."))]
    pub telephone: Option<String>,
    /// Date of death.
    pub decede_le: Option<NaiveDate>,
    /// Médecin traitant, in the directory.
    pub medecin_traitant_id: Option<PraticienId>,
    /// Numbers by which établissements know the patient, one each.
    #[serde(default)]
    #[validate(length(max = 50, message = "50 identifiants au plus."), nested)]
    pub identifiants: Vec<IdentifiantLocal>,
    /// Says that the patient is another person than the known one with the same traits.
    #[serde(default)]
    pub confirmer_distinct: bool,
}

impl PatientSaisi {
    /// What breaks the rules of identity at a date. `avant` is the recorded patient, on a change.
    #[must_use]
    pub fn fautes(&self, aujourd_hui: NaiveDate, avant: Option<&Patient>) -> Vec<Faute> {
        let mut fautes = self.fautes_de_noms();
        fautes.extend(self.fautes_de_dates(aujourd_hui));
        fautes.extend(self.fautes_d_ins(avant));
        let corrige = avant.is_some_and(|patient| patient.change_de_traits_stricts(self));
        fautes.extend(fautes_de_preuve(avant, self.statut_identite, self.justificatif, corrige));
        let lieu = self.lieu_naissance.as_deref();
        if lieu.is_some_and(|code| !est_code_commune(code)) {
            fautes.push(Faute::new("/lieu_naissance", "code-insee", "Le code INSEE de la commune ou du pays compte 5 caractères."));
        }
        fautes.extend(repetitions(self.identifiants.iter().map(|i| i.etablissement_id)).map(|rang| {
            let message = "Un établissement ne connaît le patient que sous un seul numéro.";
            Faute::new(format!("/identifiants/{rang}/etablissement_id"), "en-double", message)
        }));
        fautes
    }

    fn fautes_de_noms(&self) -> Vec<Faute> {
        let noms = [
            ("/nom_naissance", Some(&self.nom_naissance)),
            ("/nom_utilise", self.nom_utilise.as_ref()),
            ("/premier_prenom", Some(&self.premier_prenom)),
            ("/prenoms", self.prenoms.as_ref()),
            ("/prenom_utilise", self.prenom_utilise.as_ref()),
        ];
        let sans_lettre = |nom: &String| !normaliser(nom).contains(|c: char| c.is_ascii_alphabetic());
        let mut fautes: Vec<Faute> = noms
            .into_iter()
            .filter(|(_, nom)| nom.is_some_and(sans_lettre))
            .map(|(pointeur, _)| Faute::new(pointeur, "nom-sans-lettre", "Un nom compte au moins une lettre."))
            .collect();
        let premier = normaliser(&self.premier_prenom);
        let en_tete =
            |tous: &String| normaliser(tous).strip_prefix(&premier).is_some_and(|reste| reste.is_empty() || reste.starts_with(' '));
        if self.prenoms.as_ref().is_some_and(|tous| !en_tete(tous)) {
            let message = "La liste des prénoms commence par le premier prénom.";
            fautes.push(Faute::new("/prenoms", "premier-prenom-absent", message));
        }
        fautes
    }

    fn fautes_de_dates(&self, aujourd_hui: NaiveDate) -> Vec<Faute> {
        let mut fautes = Vec::new();
        if self.date_naissance > aujourd_hui {
            fautes.push(Faute::new("/date_naissance", "date-future", "La date de naissance est dans l'avenir."));
        }
        if self.date_naissance.year() < ANNEE_NAISSANCE_MINIMALE {
            let message = format!("La date de naissance est antérieure à {ANNEE_NAISSANCE_MINIMALE}.");
            fautes.push(Faute::new("/date_naissance", "date-invraisemblable", message));
        }
        if self.decede_le.is_some_and(|deces| deces > aujourd_hui) {
            fautes.push(Faute::new("/decede_le", "date-future", "La date de décès est dans l'avenir."));
        }
        if self.decede_le.is_some_and(|deces| deces < self.date_naissance) {
            fautes.push(Faute::new("/decede_le", "date-incoherente", "Le décès précède la naissance."));
        }
        fautes
    }

    fn fautes_d_ins(&self, avant: Option<&Patient>) -> Vec<Faute> {
        let mut fautes = Vec::new();
        match (&self.ins, self.ins_oid) {
            (Some(_), None) => fautes.push(Faute::new("/ins_oid", "obligatoire", "Un matricule INS se donne avec son OID.")),
            (None, Some(_)) => fautes.push(Faute::new("/ins", "obligatoire", "Un OID se donne avec le matricule INS.")),
            (Some(_), Some(_)) | (None, None) => {}
        }
        let exige = exige_matricule(self.statut_identite);
        if exige && self.ins.is_none() && avant.is_none_or(|patient| patient.ins.is_none()) {
            fautes.push(Faute::new("/ins", "matricule-absent", "Une identité récupérée ou qualifiée porte un matricule INS."));
        }
        if !exige && self.ins.is_some() {
            let message = "Un matricule INS ne s'enregistre qu'avec une identité récupérée ou qualifiée (appel du téléservice INSi).";
            fautes.push(Faute::new("/statut_identite", "statut-incompatible", message));
        }
        fautes
    }
}

/// Code of a commune or of a country in the code officiel géographique.
fn est_code_commune(code: &str) -> bool {
    let chiffres = code.strip_prefix("2A").or_else(|| code.strip_prefix("2B")).unwrap_or(code);
    code.len() == 5 && chiffres.bytes().all(|octet| octet.is_ascii_digit())
}

/// The whole list of correspondents of a patient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CorrespondantsSaisis {
    /// The correspondents, each once.
    #[validate(length(max = 50, message = "50 correspondants au plus."), nested)]
    pub correspondants: Vec<Correspondant>,
}

impl CorrespondantsSaisis {
    /// A professional may stand once in the list.
    #[must_use]
    pub fn fautes(&self) -> Vec<Faute> {
        repetitions(self.correspondants.iter().map(|c| c.praticien_id))
            .map(|rang| Faute::new(format!("/correspondants/{rang}/praticien_id"), "en-double", "Ce professionnel est déjà dans la liste."))
            .collect()
    }
}

/// Ranks of the items that stand earlier in the same list.
fn repetitions<T: Ord>(elements: impl Iterator<Item = T>) -> impl Iterator<Item = usize> {
    let mut vus = std::collections::BTreeSet::new();
    elements.enumerate().filter_map(move |(rang, element)| (!vus.insert(element)).then_some(rang))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn fautes(complement: Value) -> Vec<String> {
        let mut corps =
            json!({ "nom_naissance": "Lefèvre", "premier_prenom": "Jean Noël", "sexe": "masculin", "date_naissance": "1950-02-28" });
        corps.as_object_mut().unwrap().extend(complement.as_object().unwrap().clone());
        let saisi: PatientSaisi = serde_json::from_value(corps).unwrap();
        saisi.fautes("2026-03-01".parse().unwrap(), None).into_iter().map(|f| format!("{} {}", f.pointer, f.code)).collect()
    }

    #[test]
    fn les_traits_seuls_suffisent_et_valent_une_identite_provisoire() {
        assert!(fautes(json!({})).is_empty());
        assert!(fautes(json!({ "prenoms": "Jean-Noël Pierre", "lieu_naissance": "2A004", "decede_le": "2026-03-01" })).is_empty());
    }

    #[test]
    fn un_matricule_va_avec_son_oid_et_avec_son_statut() {
        let ins = "1500259350001";
        let ins = Ins::avec_cle(ins).unwrap().to_string();
        let oid = "1.2.250.1.213.1.4.8";
        let piece = "carte_identite";
        assert_eq!(fautes(json!({ "ins": ins, "statut_identite": "qualifiee", "justificatif": piece })), ["/ins_oid obligatoire"]);
        assert_eq!(fautes(json!({ "ins_oid": oid })), ["/ins obligatoire"]);
        for statut in ["recuperee", "qualifiee"] {
            assert!(fautes(json!({ "ins": ins, "ins_oid": oid, "statut_identite": statut, "justificatif": piece })).is_empty(), "{statut}");
            assert_eq!(fautes(json!({ "statut_identite": statut, "justificatif": piece })), ["/ins matricule-absent"], "{statut}");
        }
        for statut in ["provisoire", "validee"] {
            assert_eq!(
                fautes(json!({ "ins": ins, "ins_oid": oid, "statut_identite": statut, "justificatif": piece })),
                ["/statut_identite statut-incompatible"],
                "{statut}"
            );
        }
        assert!(serde_json::from_value::<OidIns>(json!("1.2.250.1.213.1.4.12")).is_err());
    }

    #[test]
    fn les_dates_et_les_noms_invraisemblables_sont_refuses() {
        assert_eq!(fautes(json!({ "date_naissance": "2026-03-02" })), ["/date_naissance date-future"]);
        assert!(fautes(json!({ "date_naissance": "2026-03-01" })).is_empty());
        assert_eq!(fautes(json!({ "date_naissance": "1879-12-31" })), ["/date_naissance date-invraisemblable"]);
        assert_eq!(fautes(json!({ "decede_le": "1950-02-27" })), ["/decede_le date-incoherente"]);
        assert_eq!(fautes(json!({ "decede_le": "2026-03-02" })), ["/decede_le date-future"]);
        assert_eq!(fautes(json!({ "nom_naissance": " - " })), ["/nom_naissance nom-sans-lettre"]);
        assert_eq!(fautes(json!({ "prenoms": "Jean Noëlle" })), ["/prenoms premier-prenom-absent"]);
        assert_eq!(fautes(json!({ "lieu_naissance": "5935" })), ["/lieu_naissance code-insee"]);
    }

    #[test]
    fn un_etablissement_ne_donne_qu_un_numero_et_un_correspondant_ne_compte_qu_une_fois() {
        let e = uuid::Uuid::from_u128(1);
        let identifiants = json!([{ "etablissement_id": e, "ipp": "1" }, { "etablissement_id": e, "ipp": "2" }]);
        assert_eq!(fautes(json!({ "identifiants": identifiants })), ["/identifiants/1/etablissement_id en-double"]);
        let qui = |n: u128| Correspondant { praticien_id: PraticienId::new(uuid::Uuid::from_u128(n)), qualite: "Chirurgien".into() };
        let liste = CorrespondantsSaisis { correspondants: vec![qui(1), qui(2), qui(1)] };
        assert_eq!(liste.fautes().len(), 1);
        assert_eq!(liste.fautes()[0].pointer, "/correspondants/2/praticien_id");
    }
}
