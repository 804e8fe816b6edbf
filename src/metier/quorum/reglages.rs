//! The settings of the quorum, as the region writes them in `referentiels/reglages-quorum.json`: the rules
//! evaluated beside the RCP's own one, and the bounds of the forecast.

use crate::{
    kernel::Faute,
    metier::rcp::model::{CategorieRecours, NatureRcp, RcpSaisie, TypeRcp},
};
use chrono::NaiveDate;
use serde::Deserialize;

/// The settings of the quorum.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReglagesQuorum {
    /// Always `reglages-quorum`.
    pub code: String,
    /// Version.
    pub version: String,
    /// Name to show, in French.
    pub nom: String,
    /// First day in force.
    pub valable_du: NaiveDate,
    /// Last day in force.
    pub valable_au: Option<NaiveDate>,
    /// Who decided it, in French.
    pub source: String,
    /// The rules evaluated beside the RCP's own one, in the order in which they are shown.
    pub comparaisons: Vec<Comparaison>,
    /// The bounds of the forecast.
    pub prevision: ReglagesPrevision,
}

/// A rule evaluated beside the RCP's own one.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Comparaison {
    /// Code of the rule.
    pub regle: String,
    /// The RCP whose cases it is evaluated on; all when absent.
    #[serde(default)]
    pub rcp: RcpConcernees,
}

/// The RCP that a comparison bears on: every criterion that is given must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RcpConcernees {
    /// Regulatory types.
    pub types: Vec<TypeRcp>,
    /// Categories of an RCP de recours.
    pub categories_recours: Vec<CategorieRecours>,
    /// Natures.
    pub natures: Vec<NatureRcp>,
    /// Appareils (value set `rcp-appareil`).
    pub appareils: Vec<String>,
    /// Appareils that are left out.
    pub sauf_appareils: Vec<String>,
    /// Treatments or care of a cross-cutting RCP (value set `traitement-soins-frcp`).
    pub soins: Vec<String>,
    /// Whether it is an RCP of expertise.
    pub expertise: Option<bool>,
}

impl RcpConcernees {
    /// True when an RCP meets every criterion.
    #[must_use]
    pub fn comprend(&self, rcp: &RcpSaisie) -> bool {
        fn parmi<T: PartialEq>(admis: &[T], valeur: Option<&T>) -> bool {
            admis.is_empty() || valeur.is_some_and(|valeur| admis.contains(valeur))
        }
        parmi(&self.types, Some(&rcp.type_rcp))
            && parmi(&self.categories_recours, rcp.categorie_recours.as_ref())
            && parmi(&self.natures, Some(&rcp.nature))
            && parmi(&self.appareils, rcp.appareil.as_ref())
            && rcp.appareil.as_ref().is_none_or(|appareil| !self.sauf_appareils.contains(appareil))
            && parmi(&self.soins, rcp.traitement_soins.as_ref())
            && self.expertise.is_none_or(|attendue| attendue == rcp.expertise)
    }
}

/// The bounds of the forecast.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReglagesPrevision {
    /// How many days before a meeting its forecast is looked at: `[7, 2]`.
    pub echeances_jours: Vec<u32>,
    /// Probability under which a meeting is at risk, from 0 to 1.
    pub seuil: f64,
    /// Past meetings of the RCP on which the habit of coming is measured.
    pub reunions_passees: u32,
    /// Probability that a person who accepted comes.
    pub venue_apres_accord: f64,
}

impl ReglagesPrevision {
    /// How many days ahead of the present meetings are watched.
    #[must_use]
    pub fn horizon_jours(&self) -> u32 {
        self.echeances_jours.iter().copied().max().unwrap_or_default()
    }
}

impl ReglagesQuorum {
    /// The rules evaluated beside the one that an RCP follows.
    pub fn a_comparer<'r>(&'r self, rcp: &'r RcpSaisie) -> impl Iterator<Item = &'r str> {
        let concernee = self.comparaisons.iter().filter(|c| c.regle != rcp.regle_quorum && c.rcp.comprend(rcp));
        concernee.map(|comparaison| comparaison.regle.as_str())
    }

    /// What is wrong in the settings, at its place in the file; empty when they are sound.
    #[must_use]
    pub fn defauts(&self) -> Vec<Faute> {
        let prevision = &self.prevision;
        let mut defauts = Vec::new();
        let mut ici = |champ: &str, message: &str| defauts.push(Faute::new(format!("/prevision/{champ}"), "hors-bornes", message));
        for (champ, valeur) in [("seuil", prevision.seuil), ("venue_apres_accord", prevision.venue_apres_accord)] {
            if !(0.0..=1.0).contains(&valeur) {
                ici(champ, "Une probabilité va de 0 à 1.");
            }
        }
        if !(1..=60).contains(&prevision.horizon_jours()) {
            ici("echeances_jours", "De 1 à 60 jours avant la réunion.");
        }
        if !(1..=100).contains(&prevision.reunions_passees) {
            ici("reunions_passees", "De 1 à 100 réunions.");
        }
        defauts
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::metier::rcp::model::regles::tests::saisie;

    /// The settings that the service ships.
    pub(in crate::metier::quorum) fn livres() -> ReglagesQuorum {
        let chemin = concat!(env!("CARGO_MANIFEST_DIR"), "/referentiels/reglages-quorum.json");
        serde_json::from_str(&std::fs::read_to_string(chemin).unwrap()).unwrap()
    }

    fn comparees(rcp: &RcpSaisie) -> Vec<String> {
        livres().a_comparer(rcp).map(str::to_owned).collect()
    }

    #[test]
    fn chaque_rcp_est_comparee_a_la_has_a_la_regle_inca_de_son_type_et_a_celle_de_la_region() {
        let regionale = RcpSaisie { regle_quorum: "regle-de-la-region".to_owned(), ..saisie() };
        assert_eq!(comparees(&regionale), ["has", "standard-hors-hematologie", "dgos-region"]);
        let hematologie = RcpSaisie { appareil: Some("57171008".to_owned()), ..regionale.clone() };
        assert_eq!(comparees(&hematologie), ["has", "standard-hematologie"]);
        let recours =
            RcpSaisie { type_rcp: TypeRcp::Recours, categorie_recours: Some(CategorieRecours::Thoracique), expertise: true, ..regionale };
        assert_eq!(comparees(&recours), ["has", "recours-thoracique"]);
    }

    #[test]
    fn la_regle_de_la_rcp_n_est_pas_comparee_a_elle_meme() {
        assert_eq!(comparees(&saisie()), ["has", "dgos-region"]);
    }

    #[test]
    fn une_rcp_transversale_est_comparee_a_la_regle_de_ses_soins() {
        let oncogeriatrie = RcpSaisie {
            nature: NatureRcp::Transversale,
            appareil: None,
            organes: Vec::new(),
            traitement_soins: Some("ORG-130".to_owned()),
            regle_quorum: "regle-de-la-region".to_owned(),
            ..saisie()
        };
        assert_eq!(comparees(&oncogeriatrie), ["has", "oncogeriatrie"]);
    }

    #[test]
    fn les_reglages_livres_sont_sains_et_une_probabilite_ne_depasse_pas_un() {
        let mut reglages = livres();
        assert_eq!(reglages.defauts(), vec![]);
        assert_eq!(reglages.prevision.horizon_jours(), 7);
        reglages.prevision.seuil = 80.0;
        reglages.prevision.echeances_jours.clear();
        assert_eq!(reglages.defauts().len(), 2);
    }
}
