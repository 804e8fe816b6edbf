//! What is taken of a compte-rendu: codes, numbers and dates. Everything else stays behind here, since nothing of what
//! follows has a place for a text.

use crate::{
    kernel::ids::{DossierId, PatientId},
    metier::{compte_rendu::model::fiche as rendu, patient::model::Sexe},
};
use chrono::NaiveDate;
use serde_json::Value;

/// A code: letters, digits and `. + / -`, with one digit at least. No sentence is one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Code(String);

impl Code {
    /// Reads a code; nothing when the text is none.
    #[must_use]
    pub fn lire(texte: &str) -> Option<Self> {
        let admis = |c: char| c.is_ascii_alphanumeric() || ".+/-".contains(c);
        let code = (1..=20).contains(&texte.len()) && texte.chars().all(admis) && texte.chars().any(|c| c.is_ascii_digit());
        code.then(|| Self(texte.to_owned()))
    }

    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn de(code: Option<&crate::metier::compte_rendu::model::Code>) -> Option<Self> {
        Self::lire(&code?.code)
    }
}

/// A TNM, as far as it is coded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tnm {
    /// Edition of the UICC.
    pub edition: Option<Code>,
    /// c, p or y, when the fiche writes it.
    pub genre: Option<&'static str>,
    /// T, N and M, brought to the categories of OSIRIS.
    pub categories: [Option<&'static str>; 3],
}

/// A tumour.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tumeur {
    /// Site, CIM-10.
    pub topographie: Option<Code>,
    /// Histology, CIM-O-3.
    pub morphologie: Option<Code>,
    /// Side.
    pub lateralite: Option<Code>,
    /// Day of the diagnosis, see [`jour`].
    pub diagnostic: Option<NaiveDate>,
    /// TNM, where it applies.
    pub tnm: Option<Tnm>,
}

/// A treatment that was given or is being given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Traitement {
    /// Its type.
    pub code: Code,
    /// True while it goes on.
    pub en_cours: bool,
    /// First day.
    pub debut: Option<NaiveDate>,
    /// Last day.
    pub fin: Option<NaiveDate>,
}

/// What a fiche says that is coded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fiche {
    /// Phase of the cancer.
    pub phase: Option<Code>,
    /// Day of the relapse.
    pub rechute: Option<NaiveDate>,
    /// Performance status.
    pub performance: Option<Code>,
    /// G8, in half points.
    pub g8_demi_points: Option<u8>,
    /// Tumours.
    pub tumeurs: Vec<Tumeur>,
    /// Treatments.
    pub traitements: Vec<Traitement>,
}

impl Fiche {
    /// Reads the fiche in the frozen content of a compte-rendu.
    pub fn lire(mut contenu: Value) -> serde_json::Result<Self> {
        let fiche = contenu.get_mut("fiche").map(Value::take).unwrap_or_default();
        serde_json::from_value(fiche).map(|lue: rendu::ExtraitFiche| Self::from(&lue))
    }
}

/// Who a passage is of, without what names anybody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Personne {
    /// The patient; it becomes a pseudonym.
    pub id: PatientId,
    /// Sex.
    pub sexe: Sexe,
    /// Birth date; it becomes a class of age.
    pub naissance: NaiveDate,
    /// Date of death; it becomes months.
    pub deces: Option<NaiveDate>,
}

/// A compte-rendu that is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// Who.
    pub personne: Personne,
    /// The cancer.
    pub dossier: DossierId,
    /// The day of the meeting.
    pub date: NaiveDate,
    /// Département of residence, that day.
    pub departement: Option<String>,
    /// What the fiche says.
    pub fiche: Fiche,
}

impl From<&rendu::ExtraitFiche> for Fiche {
    fn from(lue: &rendu::ExtraitFiche) -> Self {
        Self {
            phase: Code::de(lue.phase.phase.as_ref()),
            rechute: lue.phase.date_rechute.as_deref().and_then(jour),
            performance: Code::de(lue.evaluation.oms.as_ref().and_then(|oms| oms.code.as_ref())),
            g8_demi_points: lue.g8.demi_points,
            tumeurs: lue.tumeurs.iter().map(Tumeur::from).collect(),
            traitements: lue.traitements.iter().filter_map(traitement).collect(),
        }
    }
}

impl From<&rendu::Tumeur> for Tumeur {
    fn from(lue: &rendu::Tumeur) -> Self {
        Self {
            topographie: Code::de(lue.topographie.as_ref()),
            morphologie: Code::de(lue.morphologie.as_ref()),
            lateralite: Code::de(lue.lateralite.as_ref()),
            diagnostic: lue.date_diagnostic.as_deref().and_then(jour),
            tnm: lue.tnm.as_ref().filter(|tnm| tnm.applicable).map(tnm),
        }
    }
}

fn traitement(lu: &rendu::TraitementPasse) -> Option<Traitement> {
    let en_cours = match lu.statut.as_deref() {
        Some("realise") => false,
        Some("en_cours") => true,
        _ => return None,
    };
    let code = Code::de(lu.type_traitement.as_ref())?;
    Some(Traitement { code, en_cours, debut: lu.debut.as_deref().and_then(jour), fin: lu.fin.as_deref().and_then(jour) })
}

/// The day of a date that may be partial: the 15th of a month, as OSIRIS has it; nothing of a year alone.
#[must_use]
pub fn jour(texte: &str) -> Option<NaiveDate> {
    match texte.len() {
        10 => texte.parse().ok(),
        7 => format!("{texte}-15").parse().ok(),
        _ => None,
    }
}

/// Categories of OSIRIS, the longest first where one begins another; Tis and Ta are those that it lacks.
const T: [&str; 15] = ["Tis", "Ta", "Tx", "T0", "T1a", "T1b", "T1c", "T1", "T2", "T3", "T4a", "T4b", "T4c", "T4d", "T4"];
const N: [&str; 6] = ["Nx", "N0", "N1mi", "N1", "N2", "N3"];
const M: [&str; 3] = ["Mx", "M0", "M1"];

fn tnm(lu: &rendu::Tnm) -> Tnm {
    let ecrits = [(&lu.t, 'T', &T[..]), (&lu.n, 'N', &N[..]), (&lu.m, 'M', &M[..])];
    Tnm {
        edition: lu.edition.as_deref().and_then(Code::lire),
        genre: lu.t.as_deref().and_then(genre),
        categories: ecrits.map(|(texte, lettre, liste)| categorie(texte.as_deref()?, lettre, liste)),
    }
}

/// The category that a text begins with, once its prefix is taken off: `pT3b` is T3. What follows is left behind.
fn categorie(texte: &str, lettre: char, liste: &[&'static str]) -> Option<&'static str> {
    let reste = texte.get(texte.find(lettre)?..)?;
    liste.iter().find(|connue| reste.get(..connue.len()).is_some_and(|debut| debut.eq_ignore_ascii_case(connue))).copied()
}

/// The kind of TNM that a prefix says; `yp` is after a treatment.
fn genre(t: &str) -> Option<&'static str> {
    let prefixe = t.get(..t.find('T')?)?;
    ["y", "p", "c"].into_iter().find(|genre| prefixe.contains(genre))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn une_phrase_n_est_pas_un_code() {
        for code in ["C50.9", "8140/3", "LA9622-7", "C16.9+0", "387713003", "MED-268"] {
            assert_eq!(Code::lire(code).unwrap().as_str(), code);
        }
        for texte in ["", "Patiente opérée", "FOLFOX", "M. DUPONT 1", "1951-07-13T00:00:00Z 12", "a,1", "=1+1"] {
            assert_eq!(Code::lire(texte), None, "{texte}");
        }
    }

    #[test]
    fn une_categorie_se_reduit_a_celles_d_osiris() {
        let t = |texte: &str| categorie(texte, 'T', &T);
        assert_eq!(
            ["T3", "pT3b", "ypT1a", "T1mi", "TX", "pTis", "Ta", "T4d DUPONT", "cT2 (m)"].map(t),
            [Some("T3"), Some("T3"), Some("T1a"), Some("T1"), Some("Tx"), Some("Tis"), Some("Ta"), Some("T4d"), Some("T2")]
        );
        assert_eq!(["N1mi", "pN2b", "NX"].map(|n| categorie(n, 'N', &N)), [Some("N1mi"), Some("N2"), Some("Nx")]);
        assert_eq!(["M1a", "cM0", "autre"].map(|m| categorie(m, 'M', &M)), [Some("M1"), Some("M0"), None]);
        assert_eq!(["pT3", "ypT0", "T2", "cT1"].map(genre), [Some("p"), Some("y"), None, Some("c")]);
    }

    #[test]
    fn une_date_partielle_vaut_le_quinze_ou_rien() {
        assert_eq!(
            ["2025-03-04", "2025-03", "2025", "vers 2025"].map(jour),
            ["2025-03-04".parse().ok(), "2025-03-15".parse().ok(), None, None]
        );
    }
}
