//! From counts to indicators, on integers only.

use super::{Indicateur, dictionnaire::Forme};
use serde::{Deserialize, Serialize, Serializer, ser::SerializeMap};
use std::collections::BTreeMap;
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

/// How many days nine cases in ten wait, or half of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Delai {
    /// The rank: the smallest number of days that this share of the cases does not exceed; `null` without a case.
    #[schema(example = 2)]
    pub jours: Option<i64>,
    /// Cases whose delay is known.
    #[schema(example = 92888)]
    pub effectif: i64,
}

impl Delai {
    /// The rank of a share, in percent, of the cases: how many there are of each value (nearest rank).
    #[must_use]
    pub fn de(repartition: &BTreeMap<i64, i64>, pour_cent: i64) -> Self {
        let effectif: i64 = repartition.values().sum();
        let mut cumul = 0;
        let atteint = repartition.iter().find(|(_, nombre)| {
            cumul += **nombre;
            i128::from(cumul) * 100 >= i128::from(effectif) * i128::from(pour_cent)
        });
        Self { jours: atteint.map(|(jours, _)| *jours), effectif }
    }
}

/// The measure of one indicator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum Mesure {
    /// A plain count.
    Nombre(i64),
    /// A ratio.
    Ratio(Ratio),
    /// A delay.
    Delai(Delai),
}

/// What was counted of one group, by indicator: those of a quotient of two others are not there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Comptes {
    /// Rows of the numerator, or the sum of their values.
    pub numerateurs: BTreeMap<Indicateur, i64>,
    /// All rows that are counted.
    pub denominateurs: BTreeMap<Indicateur, i64>,
    /// How many rows there are of each value.
    pub repartitions: BTreeMap<Indicateur, BTreeMap<i64, i64>>,
}

impl Comptes {
    fn numerateur(&self, indicateur: Indicateur) -> i64 {
        self.numerateurs.get(&indicateur).copied().unwrap_or_default()
    }

    fn denominateur(&self, indicateur: Indicateur) -> i64 {
        self.denominateurs.get(&indicateur).copied().unwrap_or_default()
    }

    /// The measure that the counts make of an indicator.
    #[must_use]
    pub fn mesure(&self, indicateur: Indicateur) -> Mesure {
        match indicateur.forme() {
            Forme::Nombre => Mesure::Nombre(self.numerateur(indicateur)),
            Forme::Taux => Mesure::Ratio(Ratio::taux(self.numerateur(indicateur), self.denominateur(indicateur))),
            Forme::Quotient { numerateur, denominateur, decimales } => {
                Mesure::Ratio(Ratio::quotient(self.numerateur(numerateur), self.numerateur(denominateur), decimales))
            }
            Forme::Moyenne => Mesure::Ratio(Ratio::quotient(self.numerateur(indicateur), self.denominateur(indicateur), 2)),
            Forme::Somme { par } => Mesure::Ratio(Ratio::quotient(self.numerateur(indicateur), par, 2)),
            Forme::Rang { pour_cent } => {
                let vide = BTreeMap::new();
                Mesure::Delai(Delai::de(self.repartitions.get(&indicateur).unwrap_or(&vide), pour_cent))
            }
        }
    }
}

/// Every indicator of the dictionary, in its order.
#[derive(Debug, Clone, PartialEq, Eq, ToSchema)]
#[schema(value_type = std::collections::HashMap<String, Mesure>)]
pub struct Indicateurs(BTreeMap<Indicateur, Mesure>);

impl From<&Comptes> for Indicateurs {
    fn from(comptes: &Comptes) -> Self {
        Self(Indicateur::TOUS.iter().map(|indicateur| (*indicateur, comptes.mesure(*indicateur))).collect())
    }
}

impl Indicateurs {
    /// The measures, in the order of the dictionary.
    pub fn mesures(&self) -> impl Iterator<Item = (Indicateur, &Mesure)> {
        self.0.iter().map(|(indicateur, mesure)| (*indicateur, mesure))
    }

    /// The measure of one indicator.
    #[must_use]
    pub fn mesure(&self, indicateur: Indicateur) -> Option<&Mesure> {
        self.0.get(&indicateur)
    }
}

/// Under their codes.
impl Serialize for Indicateurs {
    fn serialize<S: Serializer>(&self, sortie: S) -> Result<S::Ok, S::Error> {
        let mut membres = sortie.serialize_map(Some(self.0.len()))?;
        for (indicateur, mesure) in &self.0 {
            membres.serialize_entry(indicateur.as_str(), mesure)?;
        }
        membres.end()
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
        let json = serde_json::to_value(Indicateurs::from(&Comptes::default())).unwrap();
        let codes: Vec<&str> = json.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(codes, Indicateur::TOUS.iter().map(|i| i.as_str()).collect::<Vec<_>>());
        assert_eq!(json["NB_CR"], serde_json::json!(0));
        assert_eq!(json["TX_VISIO"], serde_json::json!({ "numerateur": 0, "denominateur": 0, "valeur": null }));
        assert_eq!(json["DELAI_CR_P90"], serde_json::json!({ "jours": null, "effectif": 0 }));
    }

    #[test]
    fn un_rang_est_le_plus_petit_delai_que_la_part_ne_depasse_pas() {
        let repartition = BTreeMap::from([(0, 4), (1, 1), (3, 4), (20, 1)]);
        assert_eq!([50, 51, 90, 91, 100].map(|part| Delai::de(&repartition, part).jours), [Some(1), Some(3), Some(3), Some(20), Some(20)]);
        assert_eq!(Delai::de(&BTreeMap::new(), 50), Delai { jours: None, effectif: 0 });
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
