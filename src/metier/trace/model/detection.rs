//! What the nightly look at the trace counts: pure rules over the accesses of one day.

use super::LigneTrace;
use crate::kernel::{
    Instant,
    acte::IssueActe,
    ids::{CompteId, PatientId},
    texte::normaliser,
};
use chrono::{Datelike, NaiveTime, Timelike, Weekday};
use chrono_tz::Europe::Paris;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

crate::enum_texte! {
    /// What is looked for.
    pub enum CodeRegle {
        /// Distinct patients within an hour.
        VolumeHoraire => "volume_horaire",
        /// Distinct patients at night and on week-ends.
        HorsHoraires => "hors_horaires",
        /// A patient who has the surname of the user.
        MemeNom => "meme_nom",
        /// A patient who has the surname and the first name of the user.
        PropreDossier => "propre_dossier",
        /// A patient who has the names of a colleague of the same établissement.
        DossierCollegue => "dossier_collegue",
        /// Refusals within a day.
        RefusNombreux => "refus_nombreux",
        /// Exports, downloads and printings within a day.
        PicExports => "pic_exports",
        /// Sign-ins that failed, from one address.
        ConnexionsRefusees => "connexions_refusees",
    }
}

/// When people are not expected at work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Heures {
    /// Beginning of the night, in Paris.
    #[serde(with = "heure_minute")]
    #[schema(value_type = String, example = "20:00")]
    pub du: NaiveTime,
    /// Its end.
    #[serde(with = "heure_minute")]
    #[schema(value_type = String, example = "07:00")]
    pub au: NaiveTime,
}

mod heure_minute {
    use chrono::NaiveTime;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde calls")]
    pub fn serialize<S: Serializer>(heure: &NaiveTime, serialiseur: S) -> Result<S::Ok, S::Error> {
        serialiseur.collect_str(&heure.format("%H:%M"))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(lecteur: D) -> Result<NaiveTime, D::Error> {
        let texte = String::deserialize(lecteur)?;
        NaiveTime::parse_from_str(&texte, "%H:%M").map_err(|_| D::Error::custom("une heure s'écrit HH:MM"))
    }
}

impl Heures {
    /// True at night and on week-ends, in Paris.
    #[must_use]
    pub fn contiennent(&self, instant: Instant) -> bool {
        let local = instant.with_timezone(&Paris);
        let heure = local.time();
        let nuit = if self.du <= self.au { heure >= self.du && heure < self.au } else { heure >= self.du || heure < self.au };
        nuit || matches!(local.weekday(), Weekday::Sat | Weekday::Sun)
    }
}

/// Names of somebody, in the form that is compared.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Noms {
    /// Every surname the person is known by.
    pub noms: Vec<String>,
    /// Every first name.
    pub prenoms: Vec<String>,
}

impl Noms {
    /// From what is written.
    pub fn nouveaux<'a>(noms: impl IntoIterator<Item = &'a str>, prenoms: impl IntoIterator<Item = &'a str>) -> Self {
        let normaux = |texte: &str| Some(normaliser(texte)).filter(|texte| !texte.is_empty());
        Self { noms: noms.into_iter().filter_map(normaux).collect(), prenoms: prenoms.into_iter().filter_map(normaux).collect() }
    }

    /// From the name shown of an account that has no entry in the directory: a first name, then a surname.
    #[must_use]
    pub fn d_usage(nom: &str) -> Self {
        match nom.trim().split_once(' ') {
            Some((prenom, nom)) => Self::nouveaux([nom], [prenom]),
            None => Self::nouveaux([nom], []),
        }
    }

    fn meme_nom(&self, autre: &Self) -> bool {
        self.noms.iter().any(|nom| autre.noms.contains(nom))
    }

    fn meme_personne(&self, autre: &Self) -> bool {
        self.meme_nom(autre) && self.prenoms.iter().any(|prenom| autre.prenoms.contains(prenom))
    }
}

/// What a day of the trace comes to.
#[derive(Debug, Default)]
pub struct Journee {
    par_heure: BTreeMap<(CompteId, i64), BTreeSet<PatientId>>,
    nuit: BTreeMap<CompteId, BTreeSet<PatientId>>,
    refus: BTreeMap<CompteId, i64>,
    exports: BTreeMap<CompteId, i64>,
    connexions: BTreeMap<String, i64>,
    /// Who opened whose data.
    pub couples: BTreeSet<(CompteId, PatientId)>,
}

impl Journee {
    /// Counts one row.
    pub fn compter(&mut self, ligne: &LigneTrace, heures: Option<Heures>) {
        if ligne.action == "refuser_connexion" {
            *self.connexions.entry(ligne.adresse.clone().unwrap_or_else(|| "inconnue".to_owned())).or_default() += 1;
        }
        let Some(compte) = ligne.compte_id else { return };
        if ligne.resultat == IssueActe::Refuse {
            *self.refus.entry(compte).or_default() += 1;
            return;
        }
        if matches!(ligne.action.as_str(), "exporter" | "telecharger" | "imprimer") {
            *self.exports.entry(compte).or_default() += 1;
        }
        let Some(patient) = ligne.patient_id else { return };
        self.par_heure.entry((compte, ligne.instant.timestamp().div_euclid(3600))).or_default().insert(patient);
        if heures.is_some_and(|heures| heures.contiennent(ligne.instant)) {
            self.nuit.entry(compte).or_default().insert(patient);
        }
        self.couples.insert((compte, patient));
    }
}

/// Somebody who uses the service, as the rules on names know people.
#[derive(Debug, Clone, Default)]
pub struct Utilisateur {
    /// Own names.
    pub noms: Noms,
    /// Those of the professionals of the same établissement, the person left out.
    pub collegues: Vec<Noms>,
}

/// Something to be judged.
#[derive(Debug, Clone, PartialEq)]
pub struct Constat {
    /// The rule.
    pub regle: CodeRegle,
    /// Makes it unique on that day.
    pub sujet: String,
    /// The account.
    pub compte: Option<CompteId>,
    /// The patient.
    pub patient: Option<PatientId>,
    /// How many.
    pub nombre: i64,
    /// What was counted.
    pub details: Value,
}

impl Constat {
    fn de_compte(regle: CodeRegle, compte: CompteId, nombre: i64, details: Value) -> Self {
        Self { regle, sujet: format!("compte {compte}"), compte: Some(compte), patient: None, nombre, details }
    }
}

fn taille<T>(ensemble: &BTreeSet<T>) -> i64 {
    i64::try_from(ensemble.len()).unwrap_or(i64::MAX)
}

/// What reaches the threshold of one rule.
#[must_use]
pub fn constats(
    regle: CodeRegle,
    seuil: i64,
    journee: &Journee,
    utilisateurs: &BTreeMap<CompteId, Utilisateur>,
    patients: &BTreeMap<PatientId, Noms>,
) -> Vec<Constat> {
    let trouves: Vec<Constat> = match regle {
        CodeRegle::VolumeHoraire => volumes(journee),
        CodeRegle::HorsHoraires => par_compte(regle, journee.nuit.iter().map(|(compte, patients)| (*compte, taille(patients)))),
        CodeRegle::RefusNombreux => par_compte(regle, journee.refus.iter().map(|(compte, nombre)| (*compte, *nombre))),
        CodeRegle::PicExports => par_compte(regle, journee.exports.iter().map(|(compte, nombre)| (*compte, *nombre))),
        CodeRegle::ConnexionsRefusees => journee.connexions.iter().map(|(adresse, nombre)| connexions(adresse, *nombre)).collect(),
        CodeRegle::MemeNom => par_noms(regle, journee, utilisateurs, patients, |u, p| u.noms.meme_nom(p) && !u.noms.meme_personne(p)),
        CodeRegle::PropreDossier => par_noms(regle, journee, utilisateurs, patients, |u, p| u.noms.meme_personne(p)),
        CodeRegle::DossierCollegue => {
            par_noms(regle, journee, utilisateurs, patients, |u, p| u.collegues.iter().any(|collegue| collegue.meme_personne(p)))
        }
    };
    trouves.into_iter().filter(|constat| constat.nombre >= seuil).collect()
}

/// The busiest hour of each account.
fn volumes(journee: &Journee) -> Vec<Constat> {
    let mut pires: BTreeMap<CompteId, (i64, i64)> = BTreeMap::new();
    for ((compte, heure), patients) in &journee.par_heure {
        let pire = pires.entry(*compte).or_default();
        *pire = (*pire).max((taille(patients), *heure));
    }
    let constat = |(compte, (nombre, heure)): (CompteId, (i64, i64))| {
        let debut = Instant::from_timestamp(heure * 3600, 0).map(|debut| debut.with_timezone(&Paris));
        let details = json!({ "heure": debut.map(|debut| format!("{:02}:00", debut.hour())) });
        Constat::de_compte(CodeRegle::VolumeHoraire, compte, nombre, details)
    };
    pires.into_iter().map(constat).collect()
}

fn par_compte(regle: CodeRegle, nombres: impl Iterator<Item = (CompteId, i64)>) -> Vec<Constat> {
    nombres.map(|(compte, nombre)| Constat::de_compte(regle, compte, nombre, json!({}))).collect()
}

fn connexions(adresse: &str, nombre: i64) -> Constat {
    Constat {
        regle: CodeRegle::ConnexionsRefusees,
        sujet: format!("adresse {adresse}"),
        compte: None,
        patient: None,
        nombre,
        details: json!({ "adresse": adresse }),
    }
}

fn par_noms(
    regle: CodeRegle,
    journee: &Journee,
    utilisateurs: &BTreeMap<CompteId, Utilisateur>,
    patients: &BTreeMap<PatientId, Noms>,
    regarde: impl Fn(&Utilisateur, &Noms) -> bool,
) -> Vec<Constat> {
    let concernes = journee.couples.iter().filter(|(compte, patient)| {
        utilisateurs.get(compte).zip(patients.get(patient)).is_some_and(|(utilisateur, patient)| regarde(utilisateur, patient))
    });
    concernes
        .map(|&(compte, patient)| Constat {
            sujet: format!("compte {compte}, patient {patient}"),
            patient: Some(patient),
            ..Constat::de_compte(regle, compte, 1, json!({}))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn la_nuit_et_la_fin_de_semaine_se_comptent_a_paris() {
        let heures: Heures = serde_json::from_value(json!({ "du": "20:00", "au": "07:00" })).unwrap();
        for (instant, attendu) in [
            ("2026-03-02T09:00:00Z", false),
            ("2026-03-02T18:59:00Z", false),
            ("2026-03-02T19:00:00Z", true),
            ("2026-03-03T05:59:00Z", true),
            ("2026-03-03T06:00:00Z", false),
            ("2026-03-07T10:00:00Z", true),
            ("2026-07-06T18:00:00Z", true),
        ] {
            assert_eq!(heures.contiennent(instant.parse().unwrap()), attendu, "{instant}");
        }
        assert!(serde_json::from_value::<Heures>(json!({ "du": "20h", "au": "07:00" })).is_err());
    }

    #[test]
    fn on_reconnait_les_noms_sans_accents_et_les_noms_d_usage() {
        let claire = Noms::d_usage("Claire Lefèvre-Dumas");
        let patiente = Noms::nouveaux(["Martin", "LEFEVRE DUMAS"], ["Clâire"]);
        assert!(claire.meme_personne(&patiente));
        assert!(!claire.meme_personne(&Noms::nouveaux(["Lefevre Dumas"], ["Jean"])));
        assert!(claire.meme_nom(&Noms::nouveaux(["Lefevre Dumas"], ["Jean"])));
        assert!(!Noms::d_usage("").meme_nom(&Noms::nouveaux([""], [""])), "un nom vide n'est celui de personne");
    }
}
