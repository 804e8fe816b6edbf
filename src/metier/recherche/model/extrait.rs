//! The extract: passages of patients brought to the tables of OSIRIS, pseudonymised and k-anonymous. Pure.

use super::{
    anonymat::{Anonymat, Classe, Quasi, Rapport, Traits, anonymiser},
    dictionnaire::{Correspondances, Dictionnaire, Table},
    pseudonyme::Secret,
    releve::{Code, Fiche, Passage, Personne, Traitement, Tumeur},
};
use crate::kernel::{
    clock::age,
    ids::{DossierId, PatientId},
};
use chrono::{Datelike, NaiveDate};
use std::collections::{BTreeMap, BTreeSet};

/// Days of a month, where a date is reduced to months.
const MOIS: i64 = 30;
/// CIM-10 codes of malignant tumours that the CIM-O-3 writes otherwise: melanoma, mesothelioma, Kaposi's sarcoma.
const AUTREMENT: [&str; 3] = ["C43", "C45", "C46"];

/// A row, by column; what is not there is empty.
pub type Ligne = BTreeMap<&'static str, String>;

/// A table of the extract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableRemplie {
    /// Its name and columns.
    pub forme: Table,
    /// Its rows, in the order of the pseudonyms.
    pub lignes: Vec<Ligne>,
}

/// What a project is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extrait {
    /// Tables.
    pub tables: Vec<TableRemplie>,
    /// k-anonymity.
    pub rapport: Rapport,
    /// Those whose data are in it, for the trace.
    pub patients: Vec<PatientId>,
}

/// What an extract is made of, besides the passages.
pub struct Regles<'a> {
    /// The shape.
    pub dictionnaire: &'a Dictionnaire,
    /// Columns that the project asked for.
    pub variables: &'a BTreeSet<String>,
    /// k.
    pub k: u32,
    /// The secret of the project.
    pub secret: &'a Secret,
}

/// A patient, all passages together.
struct Parcours {
    personne: Personne,
    premier: NaiveDate,
    dernier: NaiveDate,
    departement: Option<String>,
    /// The last fiche of each cancer.
    cancers: BTreeMap<DossierId, (NaiveDate, Fiche)>,
}

/// Makes the extract; nothing when it would hold fewer than k patients.
#[must_use]
pub fn composer(passages: Vec<Passage>, regles: &Regles<'_>) -> Option<Extrait> {
    let parcours = par_patient(passages);
    let traits: Vec<Traits> = parcours.iter().map(|p| p.traits(&regles.dictionnaire.correspondances)).collect();
    let demandes: BTreeSet<Quasi> = Quasi::TOUS.into_iter().filter(|quasi| regles.variables.contains(quasi.colonne())).collect();
    let Anonymat { classes, rapport } = anonymiser(&traits, &demandes, regles.k, regles.dictionnaire.suppression_maximale_pour_cent)?;
    let mut gardes: Vec<(String, &Parcours, Classe)> = parcours
        .iter()
        .zip(classes)
        .filter_map(|(parcours, classe)| Some((regles.secret.pseudonyme(parcours.personne.id), parcours, classe?)))
        .collect();
    // The order of pseudonyms tells nothing; that of the identifiers would tell who came first.
    gardes.sort_by(|a, b| a.0.cmp(&b.0));
    let mut lignes = Lignes::default();
    for (pseudonyme, parcours, classe) in &gardes {
        lignes.ajouter(pseudonyme, parcours, classe, &regles.dictionnaire.correspondances);
    }
    let tables = regles.dictionnaire.choisies(regles.variables);
    let tables = tables.into_iter().map(|forme| TableRemplie { lignes: lignes.prendre(&forme.nom), forme }).collect();
    let mut patients: Vec<PatientId> = gardes.iter().map(|(_, parcours, _)| parcours.personne.id).collect();
    patients.sort_unstable();
    Some(Extrait { tables, rapport, patients })
}

fn par_patient(passages: Vec<Passage>) -> Vec<Parcours> {
    let mut tous: BTreeMap<PatientId, Parcours> = BTreeMap::new();
    for Passage { personne, dossier, date, departement, fiche } in passages {
        let parcours = tous.entry(personne.id).or_insert_with(|| Parcours {
            personne,
            premier: date,
            dernier: date,
            departement: departement.clone(),
            cancers: BTreeMap::new(),
        });
        parcours.premier = parcours.premier.min(date);
        if date >= parcours.dernier {
            parcours.dernier = date;
            parcours.departement = departement.or(parcours.departement.take());
        }
        match parcours.cancers.get(&dossier) {
            Some((deja, _)) if *deja > date => {}
            Some(_) | None => drop(parcours.cancers.insert(dossier, (date, fiche))),
        }
    }
    tous.into_values().collect()
}

impl Parcours {
    fn traits(&self, codes: &Correspondances) -> Traits {
        let fiches = self.cancers.values().max_by_key(|(date, _)| *date);
        let topographie = fiches.and_then(|(_, fiche)| fiche.tumeurs.first()?.topographie.as_ref());
        Traits {
            sexe: codes.sexe.get(self.personne.sexe.as_str()).cloned().unwrap_or_default(),
            age: age(self.personne.naissance, self.premier),
            departement: self.departement.clone().unwrap_or_default(),
            annee: self.premier.year(),
            localisation: topographie.and_then(|code| code.as_str().get(..3)).unwrap_or_default().to_owned(),
        }
    }

    /// Days from the first passage.
    fn jours(&self, date: Option<NaiveDate>) -> String {
        date.map_or_else(String::new, |date| date.signed_duration_since(self.premier).num_days().to_string())
    }
}

/// The rows of every table.
#[derive(Default)]
struct Lignes {
    patients: Vec<Ligne>,
    tumeurs: Vec<Ligne>,
    tnm: Vec<Ligne>,
    traitements: Vec<Ligne>,
}

/// A new row, numbered after those that are there.
fn ligne(deja: &[Ligne], pseudonyme: &str) -> Ligne {
    Ligne::from([("Patient_Id", pseudonyme.to_owned()), ("Instance_Id", (deja.len() + 1).to_string())])
}

fn texte(code: Option<&Code>) -> String {
    code.map_or_else(String::new, |code| code.as_str().to_owned())
}

/// The code of OSIRIS for one of ours, empty when there is none.
fn traduit(code: Option<&Code>, codes: &BTreeMap<String, String>) -> String {
    code.and_then(|code| codes.get(code.as_str())).cloned().unwrap_or_default()
}

impl Lignes {
    fn ajouter(&mut self, pseudonyme: &str, parcours: &Parcours, classe: &Classe, codes: &Correspondances) {
        let mut patient = ligne(&self.patients, pseudonyme);
        patient.extend(Quasi::TOUS.into_iter().zip(classe).map(|(quasi, valeur)| (quasi.colonne(), valeur.clone())));
        let mois = |deces: NaiveDate| (deces.signed_duration_since(parcours.premier).num_days().max(0) / MOIS).to_string();
        patient.insert("DCC_DeathDate_Mois", parcours.personne.deces.map_or_else(String::new, mois));
        patient.insert("DCC_LastNewsDate_Jours", parcours.jours(Some(parcours.dernier)));
        let etat = if parcours.personne.deces.is_some() { "UMLS:C1546956" } else { "UMLS:C2584946" };
        patient.insert("Patient_LastNewsStatus", etat.to_owned());
        self.patients.push(patient);
        for (_, fiche) in parcours.cancers.values() {
            let premiere = self.tumeurs.len() + 1;
            for tumeur in &fiche.tumeurs {
                self.tumeur(pseudonyme, parcours, (fiche, tumeur), codes);
            }
            let seule = (fiche.tumeurs.len() == 1).then_some(premiere);
            for traitement in &fiche.traitements {
                self.traitement(pseudonyme, parcours, (seule, traitement), codes);
            }
        }
    }

    fn tumeur(&mut self, pseudonyme: &str, parcours: &Parcours, (fiche, tumeur): (&Fiche, &Tumeur), codes: &Correspondances) {
        let mut evenement = ligne(&self.tumeurs, pseudonyme);
        let phase = traduit(fiche.phase.as_ref(), &codes.phase);
        let debut = if phase == "UMLS:C0521158" { fiche.rechute } else { tumeur.diagnostic };
        let g8 = fiche.g8_demi_points.map_or_else(String::new, |demis| format!("{}.{}", demis / 2, demis % 2 * 5));
        evenement.extend([
            ("TumorPathologyEvent_Type", phase),
            ("DCC_StartDate_Jours", parcours.jours(debut)),
            ("DCC_DiagnosisDate_Jours", parcours.jours(tumeur.diagnostic)),
            ("TumorPathologyEvent_PerformanceStatus", traduit(fiche.performance.as_ref(), &codes.performance)),
            ("TumorPathologyEvent_G8", g8),
            ("TumorPathologyEvent_TopographyCode", topographie(tumeur.topographie.as_ref())),
            ("DCC_TopographieCim10", texte(tumeur.topographie.as_ref())),
            ("TumorPathologyEvent_MorphologyCode", texte(tumeur.morphologie.as_ref())),
            ("TumorPathologyEvent_Laterality", traduit(tumeur.lateralite.as_ref(), &codes.lateralite)),
        ]);
        self.tumeurs.push(evenement);
        let Some(tnm) = &tumeur.tnm else { return };
        let mut stade = ligne(&self.tnm, pseudonyme);
        let [t, n, m] = tnm.categories.map(|categorie| categorie.unwrap_or_default().to_owned());
        stade.extend([
            ("TumorPathologyEvent_Ref", self.tumeurs.len().to_string()),
            ("TNM_Version", traduit(tnm.edition.as_ref(), &codes.tnm_edition)),
            ("DCC_TNM_Edition", texte(tnm.edition.as_ref())),
            ("TNM_Type", tnm.genre.unwrap_or_default().to_owned()),
            ("TNM_T", t),
            ("TNM_N", n),
            ("TNM_M", m),
        ]);
        self.tnm.push(stade);
    }

    fn traitement(
        &mut self,
        pseudonyme: &str,
        parcours: &Parcours,
        (tumeur, traitement): (Option<usize>, &Traitement),
        codes: &Correspondances,
    ) {
        let mut donne = ligne(&self.traitements, pseudonyme);
        donne.extend([
            ("TumorPathologyEvent_Ref", tumeur.map_or_else(String::new, |tumeur| tumeur.to_string())),
            ("Treatment_Type", traduit(Some(&traitement.code), &codes.traitement)),
            ("DCC_Treatment_Code", texte(Some(&traitement.code))),
            ("DCC_Treatment_Statut", if traitement.en_cours { "en_cours" } else { "realise" }.to_owned()),
            ("DCC_Treatment_StartDate_Jours", parcours.jours(traitement.debut)),
            ("DCC_Treatment_EndDate_Jours", parcours.jours(traitement.fin)),
        ]);
        self.traitements.push(donne);
    }

    fn prendre(&mut self, table: &str) -> Vec<Ligne> {
        match table {
            "Patient" => std::mem::take(&mut self.patients),
            "TumorPathologyEvent" => std::mem::take(&mut self.tumeurs),
            "TNM" => std::mem::take(&mut self.tnm),
            "Treatment" => std::mem::take(&mut self.traitements),
            _ => Vec::new(),
        }
    }
}

/// The CIM-O-3 topography of a CIM-10 code, where it is the same one.
fn topographie(code: Option<&Code>) -> String {
    let Some(code) = code.map(Code::as_str) else { return String::new() };
    let meme = |categorie: &str| {
        let nombre = categorie.strip_prefix('C').and_then(|n| n.parse::<u8>().ok());
        nombre.is_some_and(|n| n <= 76 || n == 80) && !AUTREMENT.contains(&categorie)
    };
    let simple = code.bytes().all(|octet| octet.is_ascii_alphanumeric() || octet == b'.');
    if simple && code.get(..3).is_some_and(meme) { code.to_owned() } else { String::new() }
}

#[cfg(test)]
mod tests;
