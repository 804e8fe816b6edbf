//! From counts to indicators, on integers only.

use super::Indicateur;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A numerator over a denominator, both given, and their quotient written in decimal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Ratio {
    /// Numerator.
    #[schema(example = 673)]
    pub numerateur: i64,
    /// Denominator.
    #[schema(example = 475)]
    pub denominateur: i64,
    /// The quotient rounded half up, in percent for a rate; `null` when the denominator is zero.
    #[schema(example = "1.42")]
    pub valeur: Option<String>,
}

impl Ratio {
    /// A quotient with that many decimals.
    #[must_use]
    pub fn quotient(numerateur: i64, denominateur: i64, decimales: u32) -> Self {
        Self { numerateur, denominateur, valeur: decimal(i128::from(numerateur), i128::from(denominateur), decimales) }
    }

    /// A rate in percent, with two decimals.
    #[must_use]
    pub fn taux(numerateur: i64, denominateur: i64) -> Self {
        Self { numerateur, denominateur, valeur: decimal(i128::from(numerateur) * 100, i128::from(denominateur), 2) }
    }
}

/// The quotient of two counts, rounded half up to that many decimals. `None` unless the denominator
/// is positive.
fn decimal(numerateur: i128, denominateur: i128, decimales: u32) -> Option<String> {
    if denominateur <= 0 {
        return None;
    }
    let unite = 10_i128.pow(decimales);
    let arrondi = (2 * numerateur * unite + denominateur).div_euclid(2 * denominateur);
    let largeur = usize::try_from(decimales).ok()?;
    if largeur == 0 {
        return Some(arrondi.to_string());
    }
    Some(format!("{}.{:0largeur$}", arrondi / unite, arrondi % unite))
}

/// What is counted on comptes-rendus.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ComptesPassages {
    /// Passages.
    pub cr: i64,
    /// Of which discussed.
    pub discutes: i64,
    /// Of which recorded without discussion.
    pub enregistres: i64,
    /// Cases postponed, not passages.
    pub reportes: i64,
    /// Different patients.
    pub patients: i64,
    /// Of which new.
    pub nouveaux: i64,
    /// Cases discussed, expertise left out.
    pub discutes_hors_expertise: i64,
    /// Of which in HAS quorum.
    pub quorum_has: i64,
    /// Of which in the quorum of the rule of the RCP.
    pub quorum_regle: i64,
    /// Passages that the médecin traitant was sent.
    pub envoyes: i64,
    /// Passages of patients of 75 or more.
    pub ages: i64,
    /// Of which with the G8 screening done.
    pub g8: i64,
}

/// What is counted on meetings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ComptesReunions {
    /// RCP entities that met.
    pub entites: i64,
    /// Meetings held.
    pub reunions: i64,
    /// Meetings cancelled.
    pub annulees: i64,
    /// Meetings held with somebody by videoconference.
    pub visio: i64,
    /// Meetings that discussed a case, expertise left out.
    pub avec_discussion: i64,
    /// Of which every case was in HAS quorum.
    pub quorum_has: i64,
    /// Of which every case was in the quorum of the rule of the RCP.
    pub quorum_regle: i64,
}

/// RCP entities of the directory.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CompteEntites(pub i64);

/// Every indicator of the dictionary, under its code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub struct Indicateurs {
    /// RCP entities with at least one meeting held.
    pub nb_entites: i64,
    /// RCP entities validated in the directory.
    pub nb_entites_annuaire: i64,
    /// Meetings held.
    pub nb_reunions: i64,
    /// Meetings cancelled.
    pub nb_reunions_annulees: i64,
    /// Comptes-rendus: each passage counts one.
    pub nb_cr: i64,
    /// Cases discussed.
    pub nb_discutes: i64,
    /// Cases recorded without discussion.
    pub nb_enregistres: i64,
    /// Cases postponed.
    pub nb_reportes: i64,
    /// Different patients.
    pub nb_patients: i64,
    /// New patients.
    pub nb_nouveaux: i64,
    /// Passages for each patient.
    pub passages_par_patient: Ratio,
    /// Comptes-rendus for each meeting.
    pub cr_par_reunion: Ratio,
    /// Cases in HAS quorum.
    pub tx_quorum_has: Ratio,
    /// Meetings in HAS quorum.
    pub tx_quorum_has_reunions: Ratio,
    /// Cases in the quorum of the rule.
    pub tx_quorum_regle: Ratio,
    /// Meetings in the quorum of the rule.
    pub tx_quorum_regle_reunions: Ratio,
    /// Meetings with somebody by videoconference.
    pub tx_visio: Ratio,
    /// Comptes-rendus that the médecin traitant was sent.
    pub tx_cr_envoyes_mt: Ratio,
    /// G8 screening done from 75 on.
    pub tx_g8_75: Ratio,
}

/// The measure of one indicator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mesure<'a> {
    /// A plain count.
    Nombre(i64),
    /// A ratio.
    Ratio(&'a Ratio),
}

impl Indicateurs {
    /// The indicators that counts make.
    #[must_use]
    pub fn depuis(passages: ComptesPassages, reunions: ComptesReunions, annuaire: CompteEntites) -> Self {
        let (p, r) = (passages, reunions);
        Self {
            nb_entites: r.entites,
            nb_entites_annuaire: annuaire.0,
            nb_reunions: r.reunions,
            nb_reunions_annulees: r.annulees,
            nb_cr: p.cr,
            nb_discutes: p.discutes,
            nb_enregistres: p.enregistres,
            nb_reportes: p.reportes,
            nb_patients: p.patients,
            nb_nouveaux: p.nouveaux,
            passages_par_patient: Ratio::quotient(p.cr, p.patients, 2),
            cr_par_reunion: Ratio::quotient(p.cr, r.reunions, 0),
            tx_quorum_has: Ratio::taux(p.quorum_has, p.discutes_hors_expertise),
            tx_quorum_has_reunions: Ratio::taux(r.quorum_has, r.avec_discussion),
            tx_quorum_regle: Ratio::taux(p.quorum_regle, p.discutes_hors_expertise),
            tx_quorum_regle_reunions: Ratio::taux(r.quorum_regle, r.avec_discussion),
            tx_visio: Ratio::taux(r.visio, r.reunions),
            tx_cr_envoyes_mt: Ratio::taux(p.envoyes, p.cr),
            tx_g8_75: Ratio::taux(p.g8, p.ages),
        }
    }

    /// The measure of one indicator.
    #[must_use]
    pub const fn mesure(&self, indicateur: Indicateur) -> Mesure<'_> {
        match indicateur {
            Indicateur::NbEntites => Mesure::Nombre(self.nb_entites),
            Indicateur::NbEntitesAnnuaire => Mesure::Nombre(self.nb_entites_annuaire),
            Indicateur::NbReunions => Mesure::Nombre(self.nb_reunions),
            Indicateur::NbReunionsAnnulees => Mesure::Nombre(self.nb_reunions_annulees),
            Indicateur::NbCr => Mesure::Nombre(self.nb_cr),
            Indicateur::NbDiscutes => Mesure::Nombre(self.nb_discutes),
            Indicateur::NbEnregistres => Mesure::Nombre(self.nb_enregistres),
            Indicateur::NbReportes => Mesure::Nombre(self.nb_reportes),
            Indicateur::NbPatients => Mesure::Nombre(self.nb_patients),
            Indicateur::NbNouveaux => Mesure::Nombre(self.nb_nouveaux),
            Indicateur::PassagesParPatient => Mesure::Ratio(&self.passages_par_patient),
            Indicateur::CrParReunion => Mesure::Ratio(&self.cr_par_reunion),
            Indicateur::TxQuorumHas => Mesure::Ratio(&self.tx_quorum_has),
            Indicateur::TxQuorumHasReunions => Mesure::Ratio(&self.tx_quorum_has_reunions),
            Indicateur::TxQuorumRegle => Mesure::Ratio(&self.tx_quorum_regle),
            Indicateur::TxQuorumRegleReunions => Mesure::Ratio(&self.tx_quorum_regle_reunions),
            Indicateur::TxVisio => Mesure::Ratio(&self.tx_visio),
            Indicateur::TxCrEnvoyesMt => Mesure::Ratio(&self.tx_cr_envoyes_mt),
            Indicateur::TxG8Des75Ans => Mesure::Ratio(&self.tx_g8_75),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn les_rapports_publies_s_arrondissent_comme_dans_le_rapport_regional() {
        let publies = [(673, 475, 51, "1.42", "13"), (343, 246, 25, "1.39", "14"), (359, 264, 51, "1.36", "7"), (20, 20, 9, "1.00", "2")];
        for (cr, patients, reunions, par_patient, par_reunion) in publies {
            assert_eq!(Ratio::quotient(cr, patients, 2).valeur.as_deref(), Some(par_patient));
            assert_eq!(Ratio::quotient(cr, reunions, 0).valeur.as_deref(), Some(par_reunion));
        }
        assert_eq!(Ratio::taux(47_302, 92_888).valeur.as_deref(), Some("50.92"));
    }

    #[test]
    fn une_demie_s_arrondit_vers_le_haut() {
        assert_eq!(Ratio::quotient(5, 2, 0).valeur.as_deref(), Some("3"));
        assert_eq!(Ratio::quotient(1, 8, 2).valeur.as_deref(), Some("0.13"));
        assert_eq!(Ratio::quotient(201, 200, 2).valeur.as_deref(), Some("1.01"), "1,005 n'existe pas en virgule flottante");
        assert_eq!(Ratio::taux(1999, 2000).valeur.as_deref(), Some("99.95"));
    }

    #[test]
    fn rien_ne_se_rapporte_a_zero() {
        assert_eq!(Ratio::taux(0, 0), Ratio { numerateur: 0, denominateur: 0, valeur: None });
    }

    #[test]
    fn chaque_code_du_dictionnaire_porte_sa_mesure() {
        let indicateurs = Indicateurs::depuis(ComptesPassages::default(), ComptesReunions::default(), CompteEntites(0));
        let json = serde_json::to_value(&indicateurs).unwrap();
        let codes: Vec<&str> = json.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(codes, Indicateur::TOUS.iter().map(|i| i.as_str()).collect::<Vec<_>>());
        for indicateur in Indicateur::TOUS {
            let attendu = match indicateurs.mesure(*indicateur) {
                Mesure::Nombre(nombre) => serde_json::json!(nombre),
                Mesure::Ratio(ratio) => serde_json::to_value(ratio).unwrap(),
            };
            assert_eq!(json[indicateur.as_str()], attendu);
        }
    }

    proptest! {
        #[test]
        fn un_quotient_est_a_moins_d_un_demi_centieme(numerateur in 0_i64..1_000_000, denominateur in 1_i64..1_000_000) {
            let ecrit = Ratio::quotient(numerateur, denominateur, 2).valeur.unwrap();
            let (entier, fraction) = ecrit.split_once('.').unwrap();
            prop_assert_eq!(fraction.len(), 2);
            let centiemes: i128 = format!("{entier}{fraction}").parse().unwrap();
            let (n, d) = (i128::from(numerateur), i128::from(denominateur));
            // centiemes - 1/2 <= 100 n/d < centiemes + 1/2
            prop_assert!((2 * centiemes - 1) * d <= 200 * n && 200 * n < (2 * centiemes + 1) * d);
        }
    }
}
