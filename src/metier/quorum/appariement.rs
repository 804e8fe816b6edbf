//! Maximum matching in a bipartite graph: places on one side, persons on the other.
//!
//! Kuhn's algorithm. The places are taken one after the other; each looks for a free person, and when
//! every person it could take is taken, asks the holders to move elsewhere, and so on along an
//! *augmenting path*. A place once filled stays filled (its holder may change), so the places that
//! come first in the list have priority: with the required ones first, as many of them as possible
//! are filled before the others get anyone. The cost, places × edges, is nothing for a meeting.

/// Assigns to each place the index of a person, or `None` when no assignment can fill it without
/// emptying a former place. No person is assigned twice.
///
/// `convient(place, personne)` says whether the person may hold the place.
#[must_use]
pub fn apparier(places: usize, personnes: usize, convient: impl Fn(usize, usize) -> bool) -> Vec<Option<usize>> {
    let mut titulaire: Vec<Option<usize>> = vec![None; personnes];
    for place in 0..places {
        pourvoir(place, &mut titulaire, &mut vec![false; personnes], &convient);
    }
    let mut pourvues = vec![None; places];
    for (personne, place) in titulaire.into_iter().enumerate() {
        if let Some(case) = place.and_then(|place| pourvues.get_mut(place)) {
            *case = Some(personne);
        }
    }
    pourvues
}

/// Looks for an augmenting path from a place. `titulaire` gives the place that each person holds;
/// `vues` marks the persons already tried on this path, so that it ends.
fn pourvoir(place: usize, titulaire: &mut [Option<usize>], vues: &mut [bool], convient: &impl Fn(usize, usize) -> bool) -> bool {
    for personne in 0..vues.len() {
        if vues.get(personne).copied().unwrap_or(true) || !convient(place, personne) {
            continue;
        }
        if let Some(vue) = vues.get_mut(personne) {
            *vue = true;
        }
        let deplacable = match titulaire.get(personne).copied().flatten() {
            None => true,
            Some(autre) => pourvoir(autre, titulaire, vues, convient),
        };
        if deplacable {
            if let Some(case) = titulaire.get_mut(personne) {
                *case = Some(place);
            }
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    /// The size of the largest assignment, by trying every one.
    fn meilleur_par_force_brute(graphe: &[Vec<bool>], place: usize, prises: &mut BTreeSet<usize>) -> usize {
        let Some(ligne) = graphe.get(place) else { return 0 };
        let mut meilleur = meilleur_par_force_brute(graphe, place + 1, prises);
        for personne in (0..ligne.len()).filter(|p| ligne[*p]) {
            if prises.insert(personne) {
                meilleur = meilleur.max(1 + meilleur_par_force_brute(graphe, place + 1, prises));
                prises.remove(&personne);
            }
        }
        meilleur
    }

    #[test]
    fn une_personne_polyvalente_laisse_sa_place_a_qui_n_en_a_qu_une() {
        // Person 0 fits both places, person 1 only the first one.
        let graphe = [[true, true], [true, false]];
        assert_eq!(apparier(2, 2, |place, personne| graphe[place][personne]), [Some(1), Some(0)]);
    }

    #[test]
    fn une_place_prioritaire_n_est_jamais_videe_par_une_suivante() {
        assert_eq!(apparier(2, 1, |_, _| true), [Some(0), None]);
    }

    #[test]
    fn sans_personne_toutes_les_places_restent_vides() {
        assert_eq!(apparier(2, 0, |_, _| true), [None, None]);
    }

    proptest! {
        #[test]
        fn l_appariement_est_maximal_et_n_emploie_personne_deux_fois(
            graphe in (1_usize..6).prop_flat_map(|personnes| prop::collection::vec(prop::collection::vec(any::<bool>(), personnes), 0..6))
        ) {
            let personnes = graphe.first().map_or(0, Vec::len);
            let pourvues = apparier(graphe.len(), personnes, |place, personne| graphe[place][personne]);
            let employees: Vec<usize> = pourvues.iter().flatten().copied().collect();
            prop_assert_eq!(employees.iter().collect::<BTreeSet<_>>().len(), employees.len());
            prop_assert!(pourvues.iter().enumerate().all(|(place, p)| p.is_none_or(|p| graphe[place][p])));
            prop_assert_eq!(employees.len(), meilleur_par_force_brute(&graphe, 0, &mut BTreeSet::new()));
        }
    }
}
