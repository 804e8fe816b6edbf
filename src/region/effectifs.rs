//! The figures of the region, and how a total is shared exactly.
//!
//! At a scale of P percent, each figure of [`REELS`] is taken times P over 100, rounded to the nearest; the territoires, the
//! centres 3C and the établissements stay as they are. Two figures have a floor: there is one RCP of each kind at least, and
//! enough professionals to sit in them; those in private practice keep their share of them.

use super::tirage::{mesure, partie_entiere};

/// Territoires.
pub(super) const TERRITOIRES: usize = 6;
/// Centres 3C.
pub(super) const CENTRES: usize = 25;
/// Établissements.
pub(super) const ETABLISSEMENTS: usize = 81;
/// RCP at least: one of each kind.
pub(super) const RCP_AU_MOINS: usize = super::genres::GENRES.len();
/// Professionals at least.
const PROFESSIONNELS_AU_MOINS: usize = 150;
/// Meetings that one RCP holds in a year at most: once a week but for the holidays.
pub(super) const REUNIONS_PAR_RCP: usize = 48;

/// What a year of the region holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effectifs {
    /// RCP.
    pub rcp: usize,
    /// Meetings held.
    pub reunions: usize,
    /// Meetings cancelled, besides.
    pub annulees: usize,
    /// Comptes-rendus of cases discussed or recorded.
    pub comptes_rendus: usize,
    /// Of which recorded without discussion.
    pub enregistres: usize,
    /// Cases postponed, besides.
    pub reportes: usize,
    /// Comptes-rendus that propose an inclusion in a trial.
    pub essais: usize,
    /// Comptes-rendus sent to the médecin traitant by MSSanté.
    pub envoyes: usize,
    /// Professionals who take part or ask.
    pub professionnels: usize,
    /// Of which in private practice.
    pub liberaux: usize,
    /// Participations of these.
    pub participations: usize,
    /// The most participations of one of them.
    pub participations_maximales: usize,
    /// Médecins traitants.
    pub medecins_traitants: usize,
    /// Of which with a secure address.
    pub joignables: usize,
}

/// The real size: the Hauts-de-France of 2024 (report of activity of the regional network). What that report does not give
/// is an order of magnitude of the field: meetings cancelled (3 %), cases recorded (12 %) and postponed (3 %), trials (6 %).
pub const REELS: Effectifs = Effectifs {
    rcp: 232,
    reunions: 5_956,
    annulees: 184,
    comptes_rendus: 92_888,
    enregistres: 11_147,
    reportes: 2_873,
    essais: 5_573,
    envoyes: 47_302,
    professionnels: 2_743,
    liberaux: 548,
    participations: 12_345,
    participations_maximales: 268,
    medecins_traitants: 6_528,
    joignables: 4_397,
};

/// Out of ten thousand comptes-rendus of patients of 75 or more, those with the G8 filled.
const G8_POUR_DIX_MILLE: usize = 392;

impl Effectifs {
    /// The figures at a scale, in percent.
    #[must_use]
    pub fn a_l_echelle(echelle: usize) -> Self {
        let r = REELS;
        let part = |nombre: usize| (nombre * echelle + 50) / 100;
        let professionnels = part(r.professionnels).max(PROFESSIONNELS_AU_MOINS);
        let reunions = part(r.reunions);
        Self {
            rcp: part(r.rcp).max(RCP_AU_MOINS),
            reunions,
            annulees: part(r.annulees),
            comptes_rendus: part(r.comptes_rendus),
            enregistres: part(r.enregistres),
            reportes: part(r.reportes),
            essais: part(r.essais),
            envoyes: part(r.envoyes),
            professionnels,
            liberaux: (r.liberaux * professionnels + r.professionnels / 2) / r.professionnels,
            participations: part(r.participations),
            // Nobody goes to more than one meeting in three.
            participations_maximales: r.participations_maximales.min(reunions / 3),
            medecins_traitants: part(r.medecins_traitants),
            joignables: part(r.joignables),
        }
    }

    /// G8 filled, for so many comptes-rendus of patients of 75 or more.
    #[must_use]
    pub fn g8(ages: usize) -> usize {
        (ages * G8_POUR_DIX_MILLE + 5_000) / 10_000
    }
}

/// What one of those who share a total may have.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    /// The share follows it.
    pub(super) poids: f64,
    /// At least.
    pub(super) minimum: usize,
    /// At most.
    pub(super) maximum: usize,
}

/// Shares a total among weights, exactly and within bounds, the largest remainders first; `None` when the bounds forbid it.
pub(super) fn repartir(total: usize, parts: &[Part]) -> Option<Vec<usize>> {
    let mut donnes: Vec<usize> = parts.iter().map(|part| part.minimum).collect();
    let mut reste = total.checked_sub(donnes.iter().sum())?;
    if parts.iter().any(|part| part.maximum < part.minimum) || parts.iter().map(|p| p.maximum - p.minimum).sum::<usize>() < reste {
        return None;
    }
    let mut ouverts: Vec<usize> = (0..parts.len()).collect();
    loop {
        let poids: f64 = ouverts.iter().filter_map(|&rang| parts.get(rang)).map(|part| part.poids.max(0.0)).sum();
        let (seuls, egaux) = (mesure(reste), mesure(ouverts.len()).max(1.0));
        let due = |part: &Part| if poids > 0.0 { seuls * part.poids.max(0.0) / poids } else { seuls / egaux };
        let pleins: Vec<usize> = ouverts
            .iter()
            .copied()
            .filter(|&rang| parts.get(rang).is_some_and(|part| due(part) >= mesure(part.maximum - part.minimum)))
            .collect();
        if pleins.is_empty() {
            finir(reste, parts, &ouverts, due, &mut donnes);
            return Some(donnes);
        }
        // Who has all that the bound allows leaves the rest to the others.
        for rang in &pleins {
            if let Some((part, donne)) = parts.get(*rang).zip(donnes.get_mut(*rang)) {
                let place = (part.maximum - part.minimum).min(reste);
                *donne += place;
                reste -= place;
            }
        }
        ouverts.retain(|rang| !pleins.contains(rang));
    }
}

/// Gives the whole parts, then one more to the largest remainders.
fn finir(reste: usize, parts: &[Part], ouverts: &[usize], due: impl Fn(&Part) -> f64, donnes: &mut [usize]) {
    let mut restes: Vec<(f64, usize)> = Vec::with_capacity(ouverts.len());
    let mut donne_en_tout = 0;
    for &rang in ouverts {
        let Some((part, donne)) = parts.get(rang).zip(donnes.get_mut(rang)) else { continue };
        let entier = partie_entiere(due(part)).min(reste - donne_en_tout);
        *donne += entier;
        donne_en_tout += entier;
        restes.push((due(part) - mesure(entier), rang));
    }
    restes.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut manque = reste - donne_en_tout;
    while manque > 0 {
        let avant = manque;
        for (_, rang) in &restes {
            let Some((part, donne)) = parts.get(*rang).zip(donnes.get_mut(*rang)) else { continue };
            if manque > 0 && *donne < part.maximum {
                *donne += 1;
                manque -= 1;
            }
        }
        if manque == avant {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn la_taille_reelle_est_celle_du_rapport() {
        let reels = Effectifs::a_l_echelle(100);
        assert_eq!(reels, REELS);
        assert_eq!((reels.rcp, reels.reunions, reels.comptes_rendus), (232, 5_956, 92_888));
        assert_eq!((reels.professionnels, reels.liberaux, reels.participations), (2_743, 548, 12_345));
        assert_eq!((reels.medecins_traitants, reels.joignables, reels.envoyes), (6_528, 4_397, 47_302));
    }

    #[test]
    fn une_part_pleine_laisse_le_reste_aux_autres() {
        let part = |poids, maximum| Part { poids, minimum: 1, maximum };
        assert_eq!(repartir(10, &[part(100.0, 4), part(1.0, 10), part(1.0, 10)]), Some(vec![4, 3, 3]));
        assert_eq!(repartir(2, &[part(1.0, 4); 3]), None);
        assert_eq!(repartir(13, &[part(1.0, 4); 3]), None);
        assert_eq!(repartir(12, &[part(0.0, 4); 3]), Some(vec![4, 4, 4]));
    }

    proptest! {
        #[test]
        fn un_total_se_partage_exactement_et_dans_ses_bornes(
            parts in prop::collection::vec((0.0_f64..1e4, 0_usize..50, 0_usize..300), 1..60), ou in 0.0_f64..=1.0,
        ) {
            let parts: Vec<Part> =
                parts.into_iter().map(|(poids, minimum, large)| Part { poids, minimum, maximum: minimum + large }).collect();
            let (bas, haut) = parts.iter().fold((0, 0), |(bas, haut), p| (bas + p.minimum, haut + p.maximum));
            let total = bas + partie_entiere(ou * mesure(haut - bas));
            let donnes = repartir(total, &parts).unwrap();
            prop_assert_eq!(donnes.iter().sum::<usize>(), total);
            prop_assert!(donnes.iter().zip(&parts).all(|(donne, p)| (p.minimum..=p.maximum).contains(donne)));
            prop_assert_eq!(repartir(haut + 1, &parts), None);
        }

        #[test]
        fn sans_bornes_chacun_a_sa_part_a_un_pres(poids in prop::collection::vec(0.1_f64..100.0, 1..40), total in 0_usize..100_000) {
            let parts: Vec<Part> = poids.iter().map(|&poids| Part { poids, minimum: 0, maximum: usize::MAX / 64 }).collect();
            let somme: f64 = poids.iter().sum();
            for (donne, poids) in repartir(total, &parts).unwrap().into_iter().zip(poids) {
                prop_assert!((mesure(donne) - mesure(total) * poids / somme).abs() <= 1.0);
            }
        }
    }
}
