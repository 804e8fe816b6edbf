//! What the infocentre counts of a version of a compte-rendu: facts, each read once from what was frozen.
//!
//! A version never changes, so neither do its facts: they are written with it, and [`FaitPassage::de`] gives them again
//! from the same pieces whenever somebody doubts them. Nothing here names the patient or repeats a free text.

use super::{CompteRendu, ContenuCompteRendu, EtatQuorum, MoyenParticipation, StatutCas, fiche::StatutG8, proposition::RegleComparee};
use crate::{
    kernel::{
        clock::date_paris,
        ids::{Centre3cId, CompteRenduId, EtablissementId, PatientId, PraticienId, RcpId, ReunionId, TerritoireId},
    },
    metier::{inscription::model::MotifReport, quorum::regle::StatutRegle},
};
use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;

crate::enum_texte! {
    /// How the adult and the paediatric expertise came together on the case of a patient from 15 to 24 (R6123-91-2).
    pub enum DoubleExpertise {
        /// Both attended.
        Presence => "presence",
        /// One of them, or both, wrote an opinion.
        AvisEcrit => "avis_ecrit",
        /// One of them, or both, lacked.
        Absente => "absente",
    }
}

/// Clauses of the AJA add-on of the quorum (`referentiels/quorum/aja.json`).
const EXPERTISES_AJA: [&str; 2] = ["AJA_ADULTE", "AJA_PEDIATRIQUE"];
/// The rule that asks for three specialties and for no composition (`referentiels/quorum/has.json`).
const SANS_COMPOSITION: &str = "has";
/// Ages that the double expertise is for, in completed years.
const AJA: std::ops::RangeInclusive<i64> = 15..=24;

/// What a version does not say, and what is counted of it all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contexte {
    /// When the case was registered at the meeting.
    pub inscrit_le: DateTime<Utc>,
    /// The fiche, with its codes.
    pub fiche: Value,
    /// How much of the fiche was filled, in percent.
    pub completude: i64,
    /// When the first version was validated.
    pub premiere_validation: DateTime<Utc>,
}

/// The facts of one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaitPassage {
    /// Date of the meeting.
    pub date_reunion: NaiveDate,
    /// The version.
    pub compte_rendu_id: CompteRenduId,
    /// True while no other version replaces it.
    pub courant: bool,
    /// The patient.
    pub patient_id: PatientId,
    /// The meeting.
    pub reunion_id: ReunionId,
    /// The RCP.
    pub rcp_id: RcpId,
    /// Its 3C.
    pub centre_3c_id: Centre3cId,
    /// The établissement that organises it.
    pub etablissement_id: EtablissementId,
    /// The territoire of that établissement.
    pub territoire_id: Option<TerritoireId>,
    /// The établissement of the doctor who asked.
    pub etablissement_demandeur_id: Option<EtablissementId>,
    /// The doctor who asked.
    pub demandeur_id: PraticienId,
    /// Theme of the RCP.
    pub theme: String,
    /// Type of the RCP.
    pub type_rcp: String,
    /// Level of the RCP.
    pub niveau: String,
    /// RCP of expertise, left out of the quorum rates.
    pub expertise: bool,
    /// What was done of the case.
    pub statut_cas: StatutCas,
    /// Why it was postponed ([`MotifReport`]).
    pub motif_report: Option<String>,
    /// Age in completed years at the meeting.
    pub age: i64,
    /// Sex.
    pub sexe: String,
    /// Département of residence, when the postal code tells it.
    pub departement: Option<String>,
    /// Category of the first tumour, three characters of the CIM-10.
    pub localisation: Option<String>,
    /// HAS quorum.
    pub quorum_has: Option<bool>,
    /// Quorum by the rule of the RCP.
    pub quorum_regle: Option<bool>,
    /// Composition by the national rule for such an RCP, when there is one.
    pub quorum_national: Option<EtatQuorum>,
    /// Composition by the rule of the region, when it bears on such an RCP.
    pub quorum_regional: Option<EtatQuorum>,
    /// Double expertise of a young adult; absent for the others, and for a case not discussed.
    pub double_expertise: Option<DoubleExpertise>,
    /// The version says what is proposed.
    pub avec_proposition: bool,
    /// The case goes to an RCP de recours.
    pub recours_propose: bool,
    /// An inclusion in a trial is proposed.
    pub essai_propose: bool,
    /// How far the G8 was filled.
    pub g8: StatutG8,
    /// Its score in half points.
    pub g8_demi_points: Option<i64>,
    /// Geriatric evaluation, a code of the block « parcours ».
    pub geriatrie: Option<String>,
    /// Information on fertility, likewise.
    pub fertilite: Option<String>,
    /// Search of a trial, likewise.
    pub essai: Option<String>,
    /// Genetic consultation, likewise.
    pub oncogenetique: Option<String>,
    /// Supportive care, likewise.
    pub soins_support: Option<String>,
    /// Palliative care, likewise.
    pub soins_palliatifs: Option<String>,
    /// Tobacco, likewise.
    pub tabac: Option<String>,
    /// Alcohol, likewise.
    pub alcool: Option<String>,
    /// How much of the fiche was filled, in percent.
    pub completude: i64,
    /// The patient has a médecin traitant.
    pub medecin_traitant: bool,
    /// Days from the registration to the meeting.
    pub delai_inscription: Option<i64>,
    /// Days from the meeting to the first validation.
    pub delai_compte_rendu: i64,
    /// Days from the diagnosis to the meeting, when the day of the diagnosis is known and comes first.
    pub delai_diagnostic: Option<i64>,
    /// When this version was validated.
    pub valide_le: DateTime<Utc>,
}

impl FaitPassage {
    /// The facts of a version. Of a case that was postponed, whose fiche goes on, only what the meeting did is kept.
    #[must_use]
    pub fn de(version: &CompteRendu, contexte: &Contexte) -> Self {
        let c = &version.contenu;
        let rapporte = version.statut_cas != StatutCas::Reporte;
        let reponse = |cle: &str| {
            let valeur = contexte.fiche.pointer(&format!("/parcours/{cle}")).and_then(Value::as_str).map(str::to_owned);
            valeur.filter(|_| rapporte)
        };
        let jours = |de: NaiveDate| version.date_reunion.signed_duration_since(de).num_days();
        Self {
            date_reunion: version.date_reunion,
            compte_rendu_id: version.id,
            courant: version.courant,
            patient_id: version.patient_id,
            reunion_id: version.reunion_id,
            rcp_id: version.rcp_id,
            centre_3c_id: version.centre_3c_id,
            etablissement_id: version.etablissement_id,
            territoire_id: version.territoire_id,
            etablissement_demandeur_id: version.etablissement_demandeur_id,
            demandeur_id: version.demandeur_id,
            theme: version.theme.clone(),
            type_rcp: version.type_rcp.clone(),
            niveau: c.rcp.niveau.clone().unwrap_or_default(),
            expertise: version.expertise,
            statut_cas: version.statut_cas,
            motif_report: c.cas.motif_report.as_deref().map(code_du_motif),
            age: version.age,
            sexe: c.patient.sexe.to_string(),
            departement: c.patient.code_postal.as_deref().and_then(departement),
            localisation: localisation(c).filter(|_| rapporte),
            quorum_has: version.quorum_has,
            quorum_regle: version.quorum_regle,
            quorum_national: composition(c, |regle| regle.statut != StatutRegle::Regionale && regle.regle_code != SANS_COMPOSITION),
            quorum_regional: composition(c, |regle| regle.statut == StatutRegle::Regionale),
            double_expertise: double_expertise(c, version.age),
            avec_proposition: avec_proposition(c),
            recours_propose: c.proposition.as_ref().is_some_and(|p| p.passage_recours),
            essai_propose: c.proposition.as_ref().and_then(|p| p.essai_clinique.as_ref()).is_some_and(|essai| essai.propose),
            g8: version.g8,
            g8_demi_points: c.fiche.g8.demi_points.map(i64::from),
            geriatrie: reponse("geriatrie"),
            fertilite: reponse("fertilite"),
            essai: reponse("essai"),
            oncogenetique: reponse("oncogenetique"),
            soins_support: reponse("soins_support"),
            soins_palliatifs: reponse("soins_palliatifs"),
            tabac: reponse("tabac"),
            alcool: reponse("alcool"),
            completude: if rapporte { contexte.completude } else { 0 },
            medecin_traitant: c.intervenants.medecin_traitant.is_some(),
            delai_inscription: Some(jours(date_paris(contexte.inscrit_le))).filter(|jours| *jours >= 0),
            delai_compte_rendu: -jours(date_paris(contexte.premiere_validation)),
            delai_diagnostic: diagnostic(c).map(jours).filter(|jours| rapporte && *jours >= 0),
            valide_le: version.valide_le,
        }
    }
}

/// The content keeps the label of the reason, the facts its code.
fn code_du_motif(libelle: &str) -> String {
    MotifReport::TOUS.iter().find(|motif| motif.libelle() == libelle).map_or_else(|| libelle.to_owned(), ToString::to_string)
}

/// The département of a French postal code: Corsica by its two halves, overseas by three digits.
fn departement(code_postal: &str) -> Option<String> {
    let lisible = code_postal.len() == 5 && code_postal.bytes().all(|octet| octet.is_ascii_digit());
    let (debut, centaines) = (code_postal.get(..2)?, code_postal.get(..3)?);
    Some(match debut {
        _ if !lisible => return None,
        "20" if centaines <= "201" => "2A".to_owned(),
        "20" => "2B".to_owned(),
        "97" | "98" => centaines.to_owned(),
        debut => debut.to_owned(),
    })
}

fn localisation(c: &ContenuCompteRendu) -> Option<String> {
    let code = &c.fiche.tumeurs.first()?.topographie.as_ref()?.code;
    code.get(..3).map(str::to_owned)
}

/// The day of the first diagnosis, when it is known to the day.
fn diagnostic(c: &ContenuCompteRendu) -> Option<NaiveDate> {
    c.fiche.tumeurs.iter().filter_map(|tumeur| tumeur.date_diagnostic.as_deref()?.parse().ok()).min()
}

fn avec_proposition(c: &ContenuCompteRendu) -> bool {
    c.proposition.as_ref().is_some_and(|p| {
        let texte = |texte: &Option<String>| texte.as_deref().is_some_and(|t| !t.trim().is_empty());
        !p.intentions.is_empty()
            || !p.examens.is_empty()
            || p.passage_recours
            || p.arret_traitement
            || p.essai_clinique.as_ref().is_some_and(|essai| essai.propose)
            || texte(&p.surveillance)
            || texte(&p.synthese)
    })
}

/// What the first such rule gives of the composition.
fn composition(c: &ContenuCompteRendu, telle: impl Fn(&RegleComparee) -> bool) -> Option<EtatQuorum> {
    Some(c.quorum.as_ref()?.comparaisons.iter().find(|regle| telle(regle))?.composition)
}

fn double_expertise(c: &ContenuCompteRendu, age: i64) -> Option<DoubleExpertise> {
    let quorum = c.quorum.as_ref().filter(|_| AJA.contains(&age))?;
    let tenues: Vec<_> = quorum.clauses.iter().filter(|clause| EXPERTISES_AJA.contains(&clause.id.as_str())).collect();
    if tenues.is_empty() {
        return None;
    }
    let ecrit = tenues.iter().any(|clause| clause.moyen == Some(MoyenParticipation::AvisEcrit));
    Some(match tenues.iter().all(|clause| clause.satisfaite) {
        false => DoubleExpertise::Absente,
        true if ecrit => DoubleExpertise::AvisEcrit,
        true => DoubleExpertise::Presence,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn le_departement_se_lit_du_code_postal() {
        let lus: Vec<_> =
            ["59000", "02100", "20000", "20190", "20200", "97410", "98800", "7500", "BE-7000", "é9000"].map(departement).into();
        let attendus = [Some("59"), Some("02"), Some("2A"), Some("2A"), Some("2B"), Some("974"), Some("988"), None, None, None];
        assert_eq!(lus, attendus.map(|d| d.map(str::to_owned)));
    }

    #[test]
    fn un_motif_de_report_retrouve_son_code() {
        for motif in MotifReport::TOUS {
            assert_eq!(code_du_motif(motif.libelle()), motif.as_str());
        }
        assert_eq!(code_du_motif("autrefois"), "autrefois");
    }
}
