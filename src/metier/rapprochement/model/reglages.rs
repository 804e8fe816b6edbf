//! What the agreement of each trait weighs: data of the region, with a default of the program.
//!
//! In tenths of bits: `10 × log2(m/u)`, where `m` is how often the trait agrees so far between two records of one
//! person and `u` between records of two. Two people of a register of 100,000 share a birth date about once in 30,000
//! pairs and a sex once in two, hence 120 and 10; a common name is shared once in 500, hence 90.

use crate::kernel::{Faute, Panne};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

const DEFAUT: &str = include_str!("../../../../referentiels/identites/rapprochement.json");

/// The weights of a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PoidsNom {
    /// The same, but for accents, spaces and hyphens; or the one in use of the other.
    pub identique: i64,
    /// Close in spelling (Jaro-Winkler).
    pub proche: i64,
    /// Said alike.
    pub phonetique: i64,
    /// One word of several is shared.
    pub partiel: i64,
    /// Another.
    pub different: i64,
}

/// The weights of a birth date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PoidsDate {
    /// The same.
    pub identique: i64,
    /// Day and month exchanged.
    pub inversee: i64,
    /// One digit differs, or two neighbours are exchanged.
    pub un_chiffre: i64,
    /// Another.
    pub different: i64,
}

/// The weights of a trait that is the same or another; nothing where one of the two is not known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PoidsTrait {
    /// The same.
    pub identique: i64,
    /// Another.
    pub different: i64,
}

/// How pairs are weighed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReglagesDoublons {
    /// Birth name and name in use.
    pub nom: PoidsNom,
    /// First names.
    pub prenom: PoidsNom,
    /// Birth date.
    pub date_naissance: PoidsDate,
    /// Sex.
    pub sexe: PoidsTrait,
    /// Birth place.
    pub lieu_naissance: PoidsTrait,
    /// Matricule, under whatever authority.
    pub ins: PoidsTrait,
    /// From which Jaro-Winkler similarity two names are close.
    #[validate(range(min = 700, max = 1000, message = "De 700 à 1000."))]
    pub proximite_pour_mille: u32,
    /// From which weight a pair is shown to people.
    #[validate(range(min = 1, max = 1000, message = "De 1 à 1000."))]
    pub seuil: i64,
    /// The most patients of one blocking key: a larger block is left aside, since such a key tells nothing.
    #[validate(range(min = 2, max = 5000, message = "De 2 à 5000."))]
    pub bloc_maximal: usize,
}

impl ReglagesDoublons {
    /// The default of the program.
    pub fn defaut() -> Result<Self, Panne> {
        serde_json::from_str(DEFAUT).map_err(|e| Panne::new("referentiels/identites/rapprochement.json", e))
    }

    /// An agreement never weighs less than a disagreement.
    #[must_use]
    pub fn fautes(&self) -> Vec<Faute> {
        let noms = [("nom", &self.nom), ("prenom", &self.prenom)];
        let decroissants = |poids: &[i64]| poids.is_sorted_by(|plus, moins| plus >= moins);
        let mut fautes: Vec<&str> = noms
            .into_iter()
            .filter(|(_, p)| {
                let accords = [p.proche, p.phonetique, p.partiel];
                accords.iter().any(|accord| *accord > p.identique || *accord < p.different)
            })
            .map(|(nom, _)| nom)
            .collect();
        let date = &self.date_naissance;
        if !decroissants(&[date.identique, date.inversee.max(date.un_chiffre), date.inversee.min(date.un_chiffre), date.different]) {
            fautes.push("date_naissance");
        }
        let traits = [("sexe", &self.sexe), ("lieu_naissance", &self.lieu_naissance), ("ins", &self.ins)];
        fautes.extend(traits.into_iter().filter(|(_, p)| p.identique < p.different).map(|(nom, _)| nom));
        let message = "Un accord ne pèse pas moins qu'un désaccord.";
        fautes.into_iter().map(|nom| Faute::new(format!("/{nom}"), "poids-incoherents", message)).collect()
    }
}

/// The weights in force, with their version (0 for those of the program).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReglagesLus {
    /// The weights.
    pub reglages: ReglagesDoublons,
    /// Version.
    pub version: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn les_poids_du_programme_se_lisent_et_se_tiennent() {
        assert_eq!(ReglagesDoublons::defaut().unwrap().fautes(), []);
    }

    #[test]
    fn un_desaccord_ne_pese_jamais_plus_qu_un_accord() {
        let mut reglages = ReglagesDoublons::defaut().unwrap();
        (reglages.nom.proche, reglages.sexe.different, reglages.date_naissance.inversee) = (-70, 11, 130);
        let pointeurs: Vec<String> = reglages.fautes().into_iter().map(|f| f.pointer).collect();
        assert_eq!(pointeurs, ["/nom", "/date_naissance", "/sexe"]);
    }
}
