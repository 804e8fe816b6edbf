//! Counts and the sums that tie them: what is withheld so that no small count can be computed.

use super::{SEUIL, VALEURS_POSSIBLES, marche};
use crate::metier::infocentre::model::rapport::Masque;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// A count of a system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rang(pub(super) usize);

/// The numbers do not make the sum that was declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("les termes d'une somme diffèrent de {0}")]
pub struct Desequilibre(pub i64);

/// How a count is given to the readers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sorte {
    /// Printed; when it is withheld, its mark says whether it is small.
    Imprimee,
    /// Given away through a quotient only: the mark of the quotient says nothing of it.
    Terme,
    /// Never printed: what the parts of a total leave.
    Cachee,
}

/// What a reader is told of a count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Etat {
    /// The number.
    Montree,
    /// « < 11 ».
    Petite,
    /// « s. » on a count that reaches the threshold.
    Secondaire,
    /// « s. » on a small count, or nothing at all.
    Neutre,
}

#[derive(Debug, Clone)]
struct Compte {
    valeur: i64,
    sorte: Sorte,
    sensible: bool,
    etat: Etat,
    /// The sums that it is in, each with its sign there.
    sommes: Vec<(usize, i64)>,
    /// The other count of the same quotient: one is not given away without the other.
    solidaire: Option<usize>,
}

/// Counts and the sums that tie them.
#[derive(Debug, Clone, Default)]
pub struct Systeme {
    comptes: Vec<Compte>,
    /// Each sum as the counts that make zero together, with their signs.
    sommes: Vec<Vec<(usize, i64)>>,
    /// Some count is in three sums or more.
    enchevetre: bool,
}

/// Changes of counts that keep every sum.
pub(super) type Ecarts = BTreeMap<usize, i64>;

impl Systeme {
    /// A count that is printed. It is masked when `sensible` and small.
    pub fn imprimer(&mut self, valeur: i64, sensible: bool) -> Rang {
        self.ajouter(valeur, Sorte::Imprimee, sensible)
    }

    /// A count that is not printed but is given away with a quotient.
    pub fn donner(&mut self, valeur: i64, sensible: bool) -> Rang {
        self.ajouter(valeur, Sorte::Terme, sensible)
    }

    /// A count that is never printed, and that must not be computed when `sensible` and small.
    pub fn cacher(&mut self, valeur: i64, sensible: bool) -> Rang {
        self.ajouter(valeur, Sorte::Cachee, sensible)
    }

    fn ajouter(&mut self, valeur: i64, sorte: Sorte, sensible: bool) -> Rang {
        let etat = match sorte {
            Sorte::Cachee => Etat::Neutre,
            Sorte::Imprimee | Sorte::Terme => Etat::Montree,
        };
        self.comptes.push(Compte { valeur, sorte, sensible, etat, sommes: Vec::new(), solidaire: None });
        Rang(self.comptes.len() - 1)
    }

    /// Declares that the parts, each named once, make the total.
    pub fn sommer(&mut self, total: Rang, parties: &[Rang]) -> Result<(), Desequilibre> {
        self.egaler(parties, &[total])
    }

    /// Declares that these counts and those make the same, none named twice.
    pub fn egaler(&mut self, uns: &[Rang], autres: &[Rang]) -> Result<(), Desequilibre> {
        let somme: Vec<(usize, i64)> = uns.iter().map(|r| (r.0, 1)).chain(autres.iter().map(|r| (r.0, -1))).collect();
        let ecart: i64 = somme.iter().map(|&(rang, signe)| signe * self.valeur(rang)).sum();
        if ecart != 0 {
            return Err(Desequilibre(ecart));
        }
        let numero = self.sommes.len();
        for &(rang, signe) in &somme {
            if let Some(compte) = self.comptes.get_mut(rang) {
                compte.sommes.push((numero, signe));
                self.enchevetre |= compte.sommes.len() > 2;
            }
        }
        self.sommes.push(somme);
        Ok(())
    }

    /// Declares two counts that are given away by one quotient and by nothing else: withholding one withholds the other.
    pub fn solidariser(&mut self, un: Rang, autre: Rang) {
        for (rang, autre) in [(un, autre), (autre, un)] {
            if let Some(compte) = self.comptes.get_mut(rang.0) {
                compte.solidaire = Some(autre.0);
            }
        }
    }

    /// The number of a count.
    #[must_use]
    pub fn valeur_de(&self, rang: Rang) -> i64 {
        self.valeur(rang.0)
    }

    /// What is printed instead of each count, in the order in which they were added; `None` where the number is. The
    /// same counts and sums always give the same masks.
    #[must_use]
    pub fn proteger(mut self) -> Vec<Option<Masque>> {
        let mut attente: VecDeque<usize> = (0..self.comptes.len()).filter(|rang| self.est_petit(*rang)).collect();
        for rang in attente.clone() {
            self.masquer(rang);
        }
        while let Some(rang) = attente.pop_front() {
            // Each turn withholds a count or softens a mark, so the loop ends.
            while let Some(reparation) = self.reparation(rang) {
                for autre in reparation {
                    if self.etat(autre) == Etat::Petite {
                        self.changer(autre, Etat::Neutre);
                    } else {
                        self.masquer(autre);
                        attente.push_back(autre);
                    }
                }
            }
        }
        self.comptes.iter().map(Compte::masque).collect()
    }

    /// What to do next for a count that a reader could compute, or nearly: the counts to withhold, and those whose mark
    /// says too much. `None` when it is safe.
    fn reparation(&self, rang: usize) -> Option<Vec<usize>> {
        let requis = if self.est_petit(rang) { VALEURS_POSSIBLES - 1 } else { 1 };
        let mut atteints = 0;
        let mut limites = Vec::new();
        for sens in [1, -1] {
            let mut ecarts = Ecarts::new();
            while atteints < requis {
                let Some(pas) = marche::chercher(self, &ecarts, rang, sens) else { break };
                ajouter(&mut ecarts, &pas);
                atteints += 1;
            }
            limites.push((sens, ecarts));
        }
        if atteints >= requis {
            return None;
        }
        let payantes = limites.iter().filter_map(|(sens, ecarts)| marche::payer(self, ecarts, rang, *sens));
        if let Some(marche) = payantes.min_by_key(|marche| marche.prix) {
            return Some(marche.a_masquer);
        }
        let voisins = self.voisinage(rang);
        if let Some(premier) = self.moins_cher(&voisins) {
            return Some(vec![premier]);
        }
        let petites: Vec<usize> = voisins.iter().flatten().copied().filter(|autre| self.etat(*autre) == Etat::Petite).collect();
        // Nothing but zeros is printed around it, and no mark speaks: twice every count is as possible as the counts.
        (!petites.is_empty()).then_some(petites)
    }

    /// The withheld counts that are tied to one, through one another, and the printed ones that they meet: ring by ring.
    fn voisinage(&self, rang: usize) -> Vec<Vec<usize>> {
        let mut vus = BTreeSet::from([rang]);
        let mut anneaux = vec![vec![rang]];
        while let Some(dernier) = anneaux.last() {
            let sources = dernier.iter().filter(|r| self.etat(**r) != Etat::Montree);
            let suivant: Vec<usize> = sources.flat_map(|r| self.lies(*r)).filter(|autre| vus.insert(*autre)).collect();
            if suivant.is_empty() {
                break;
            }
            anneaux.push(suivant);
        }
        anneaux
    }

    /// The counts that share a sum with one.
    fn lies(&self, rang: usize) -> impl Iterator<Item = usize> {
        self.sommes_de(rang).iter().flat_map(|&(numero, _)| self.termes(numero)).map(|&(autre, _)| autre)
    }

    /// The cheapest count to withhold in the nearest ring that has one.
    fn moins_cher(&self, anneaux: &[Vec<usize>]) -> Option<usize> {
        let admis = |rang: &usize| self.masquable(*rang);
        anneaux.iter().find_map(|anneau| anneau.iter().copied().filter(admis).min_by_key(|rang| (self.valeur(*rang), *rang)))
    }

    fn est_petit(&self, rang: usize) -> bool {
        self.comptes.get(rang).is_some_and(|compte| compte.sensible && (1..SEUIL).contains(&compte.valeur))
    }

    fn masquer(&mut self, rang: usize) {
        let etat = self.etat_masque(rang);
        self.changer(rang, etat);
        if let Some(autre) = self.comptes.get(rang).and_then(|compte| compte.solidaire) {
            self.changer(autre, Etat::Neutre);
        }
    }

    fn changer(&mut self, rang: usize, etat: Etat) {
        if let Some(compte) = self.comptes.get_mut(rang) {
            compte.etat = etat;
        }
    }

    /// What a reader would be told of a count if it were withheld.
    fn etat_masque(&self, rang: usize) -> Etat {
        match self.comptes.get(rang) {
            Some(Compte { sorte: Sorte::Imprimee, sensible: true, valeur, .. }) => {
                if *valeur < SEUIL {
                    Etat::Petite
                } else {
                    Etat::Secondaire
                }
            }
            Some(_) | None => Etat::Neutre,
        }
    }
}

/// What the search asks of a system.
impl Systeme {
    pub(super) fn valeur(&self, rang: usize) -> i64 {
        self.comptes.get(rang).map_or(0, |compte| compte.valeur)
    }

    pub(super) fn etat(&self, rang: usize) -> Etat {
        self.comptes.get(rang).map_or(Etat::Montree, |compte| compte.etat)
    }

    /// The sums that a count is in, with its sign in each.
    pub(super) fn sommes_de(&self, rang: usize) -> &[(usize, i64)] {
        self.comptes.get(rang).map_or(&[], |compte| &compte.sommes)
    }

    /// The terms of a sum.
    pub(super) fn termes(&self, numero: usize) -> &[(usize, i64)] {
        self.sommes.get(numero).map_or(&[], Vec::as_slice)
    }

    /// True when some count is in three sums or more.
    pub(super) const fn est_enchevetre(&self) -> bool {
        self.enchevetre
    }

    pub(super) fn rangs(&self) -> std::ops::Range<usize> {
        0..self.comptes.len()
    }

    /// True when withholding a printed count would tell less. Zeros are never withheld: they protect nobody, and
    /// everybody guesses them.
    pub(super) fn masquable(&self, rang: usize) -> bool {
        self.comptes.get(rang).is_some_and(|compte| compte.etat == Etat::Montree && compte.valeur > 0)
    }

    /// What it costs to give a count another value in the eyes of a reader: nothing when what he is told allows it, one
    /// when its mark must say less, the count itself when it must be withheld. `None` when it cannot be.
    pub(super) fn prix(&self, rang: usize, valeur: i64) -> Option<u64> {
        let etat = self.etat(rang);
        if etat != Etat::Montree && self.admet(etat, rang, valeur) {
            return Some(0);
        }
        match etat {
            Etat::Petite if valeur >= 0 => Some(1),
            Etat::Montree if self.masquable(rang) && self.admet(self.etat_masque(rang), rang, valeur) => {
                u64::try_from(self.valeur(rang)).ok().map(|valeur| valeur + 1)
            }
            Etat::Montree | Etat::Petite | Etat::Secondaire | Etat::Neutre => None,
        }
    }

    fn admet(&self, etat: Etat, rang: usize, valeur: i64) -> bool {
        match etat {
            Etat::Montree => valeur == self.valeur(rang),
            Etat::Petite => (1..SEUIL).contains(&valeur),
            Etat::Secondaire => valeur >= SEUIL,
            Etat::Neutre => valeur >= 0,
        }
    }
}

impl Compte {
    fn masque(&self) -> Option<Masque> {
        match (self.sorte, self.etat) {
            (Sorte::Cachee, _) | (_, Etat::Montree) => None,
            (_, Etat::Petite) => Some(Masque::Petite),
            (_, Etat::Secondaire | Etat::Neutre) => Some(Masque::Secondaire),
        }
    }
}

/// Adds changes to others.
pub(super) fn ajouter(ecarts: &mut Ecarts, autres: &Ecarts) {
    for (rang, ecart) in autres {
        *ecarts.entry(*rang).or_insert(0) += ecart;
    }
}
