//! The search of a witness: a walk from sum to sum that changes a count by one and keeps every sum.

use super::systeme::{Ecarts, Etat, Systeme};
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BinaryHeap},
};

/// Changes that the bounded search tries before it gives up.
const ESSAIS: usize = 4_000;
/// Counts that the bounded search changes at most.
const PROFONDEUR: usize = 24;

/// A walk that needs something to be withheld.
pub(super) struct Marche {
    /// What it costs.
    pub(super) prix: u64,
    /// The counts to withhold, and those whose mark says too much.
    pub(super) a_masquer: Vec<usize>,
}

/// Changes within what the readers are told, after others, that move a count by one.
pub(super) fn chercher(systeme: &Systeme, acquis: &Ecarts, rang: usize, sens: i64) -> Option<Ecarts> {
    let recherche = Recherche { systeme, acquis, rang, sens, payante: false };
    recherche.marcher().map(|(_, pas)| pas).or_else(|| recherche.essayer())
}

/// The cheapest walk, after other changes, that moves a count by one if something more is withheld.
pub(super) fn payer(systeme: &Systeme, acquis: &Ecarts, rang: usize, sens: i64) -> Option<Marche> {
    let recherche = Recherche { systeme, acquis, rang, sens, payante: true };
    let (prix, pas) = recherche.marcher()?;
    let paye = |rang: &usize| systeme.prix(*rang, recherche.change(*rang, &pas)).is_some_and(|prix| prix > 0);
    Some(Marche { prix, a_masquer: pas.keys().copied().filter(paye).collect() }).filter(|marche| !marche.a_masquer.is_empty())
}

struct Recherche<'a> {
    systeme: &'a Systeme,
    /// Changes already made.
    acquis: &'a Ecarts,
    rang: usize,
    sens: i64,
    payante: bool,
}

/// Where a walk stands: a sum that is off by one, or outside of every sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Lieu {
    Dehors,
    Somme { numero: usize, exces: i64 },
}

/// A step into a place: from which, by which count, in which direction.
type Pas = (Lieu, usize, i64);

impl Recherche<'_> {
    /// The value of a count after the changes that were made and some more.
    fn change(&self, rang: usize, ecarts: &Ecarts) -> i64 {
        self.systeme.valeur(rang) + self.acquis.get(&rang).copied().unwrap_or(0) + ecarts.get(&rang).copied().unwrap_or(0)
    }

    /// The price of changing a count by that much more.
    fn prix(&self, rang: usize, ecart: i64) -> Option<u64> {
        let valeur = self.systeme.valeur(rang) + self.acquis.get(&rang).copied().unwrap_or(0) + ecart;
        self.systeme.prix(rang, valeur).filter(|prix| self.payante || *prix == 0)
    }

    /// The cheapest walk over counts that are in two sums at most. Dijkstra; ties go to the shorter walk, then to the
    /// first place, so that the answer is always the same.
    fn marcher(&self) -> Option<(u64, Ecarts)> {
        let depart = self.prix(self.rang, self.sens)?;
        let (debut, but) = match *self.systeme.sommes_de(self.rang) {
            [] => return self.conclure(depart, &BTreeMap::new(), Lieu::Dehors, Lieu::Dehors),
            [(numero, signe)] => (Lieu::Somme { numero, exces: signe * self.sens }, Lieu::Dehors),
            [(numero, signe), (autre, inverse)] => {
                (Lieu::Somme { numero, exces: signe * self.sens }, Lieu::Somme { numero: autre, exces: -inverse * self.sens })
            }
            _ => return None,
        };
        let mut venus: BTreeMap<Lieu, (u64, usize, Option<Pas>)> = BTreeMap::from([(debut, (depart, 0, None))]);
        let mut tas = BinaryHeap::from([Reverse((depart, 0, debut))]);
        while let Some(Reverse((prix, longueur, lieu))) = tas.pop() {
            if lieu == but {
                let pas: BTreeMap<Lieu, Pas> = venus.into_iter().filter_map(|(vers, (_, _, pas))| Some((vers, pas?))).collect();
                return self.conclure(prix, &pas, debut, but);
            }
            if venus.get(&lieu).is_some_and(|&(p, l, _)| (p, l) < (prix, longueur)) {
                continue;
            }
            self.pas_depuis(lieu, |cout, compte, ecart, vers| {
                let (prix, longueur) = (prix + cout, longueur + 1);
                if venus.get(&vers).is_none_or(|&(p, l, _)| (prix, longueur) < (p, l)) {
                    venus.insert(vers, (prix, longueur, Some((lieu, compte, ecart))));
                    tas.push(Reverse((prix, longueur, vers)));
                }
            });
        }
        None
    }

    /// Every step out of a place.
    fn pas_depuis(&self, lieu: Lieu, mut pas: impl FnMut(u64, usize, i64, Lieu)) {
        match lieu {
            Lieu::Somme { numero, exces } => {
                for &(compte, signe) in self.systeme.termes(numero) {
                    let ecart = -exces * signe;
                    let vers = match *self.systeme.sommes_de(compte) {
                        [_] => Lieu::Dehors,
                        [(un, s), (autre, t)] => {
                            let (numero, signe) = if un == numero { (autre, t) } else { (un, s) };
                            Lieu::Somme { numero, exces: signe * ecart }
                        }
                        _ => continue,
                    };
                    if compte != self.rang
                        && let Some(prix) = self.prix(compte, ecart)
                    {
                        pas(prix, compte, ecart, vers);
                    }
                }
            }
            Lieu::Dehors => {
                for compte in self.systeme.rangs().filter(|compte| *compte != self.rang) {
                    let [(numero, signe)] = *self.systeme.sommes_de(compte) else { continue };
                    for ecart in [1, -1] {
                        if let Some(prix) = self.prix(compte, ecart) {
                            pas(prix, compte, ecart, Lieu::Somme { numero, exces: signe * ecart });
                        }
                    }
                }
            }
        }
    }

    /// The changes of a walk, if they hold together: a walk may pass twice by the same count.
    fn conclure(&self, prix: u64, venus: &BTreeMap<Lieu, Pas>, debut: Lieu, but: Lieu) -> Option<(u64, Ecarts)> {
        let mut ecarts = Ecarts::from([(self.rang, self.sens)]);
        let mut lieu = but;
        while lieu != debut {
            let &(avant, compte, ecart) = venus.get(&lieu)?;
            *ecarts.entry(compte).or_insert(0) += ecart;
            lieu = avant;
        }
        self.tient(&ecarts).then_some((prix, ecarts))
    }

    fn tient(&self, ecarts: &Ecarts) -> bool {
        ecarts.iter().all(|(rang, ecart)| self.prix(*rang, *ecart).is_some())
    }

    /// A bounded search, for counts that are in three sums or more.
    fn essayer(&self) -> Option<Ecarts> {
        if !self.systeme.est_enchevetre() {
            return None;
        }
        self.prix(self.rang, self.sens)?;
        let mut essai = Essai { recherche: self, ecarts: Ecarts::new(), exces: BTreeMap::new(), reste: ESSAIS };
        essai.mouvoir(self.rang, self.sens);
        essai.retablir().then_some(essai.ecarts)
    }
}

struct Essai<'a> {
    recherche: &'a Recherche<'a>,
    ecarts: Ecarts,
    /// The sums that do not hold, and by how much.
    exces: BTreeMap<usize, i64>,
    reste: usize,
}

impl Essai<'_> {
    fn mouvoir(&mut self, rang: usize, ecart: i64) {
        let systeme = self.recherche.systeme;
        *self.ecarts.entry(rang).or_insert(0) += ecart;
        if self.ecarts.get(&rang) == Some(&0) {
            self.ecarts.remove(&rang);
        }
        for &(numero, signe) in systeme.sommes_de(rang) {
            let exces = self.exces.entry(numero).or_insert(0);
            *exces += signe * ecart;
            if *exces == 0 {
                self.exces.remove(&numero);
            }
        }
    }

    /// Makes every sum hold again, if it can.
    fn retablir(&mut self) -> bool {
        let Some((&numero, &exces)) = self.exces.first_key_value() else { return self.recherche.tient(&self.ecarts) };
        if self.ecarts.len() >= PROFONDEUR {
            return false;
        }
        let systeme = self.recherche.systeme;
        let libres =
            systeme.termes(numero).iter().filter(|(rang, _)| systeme.etat(*rang) != Etat::Montree && !self.ecarts.contains_key(rang));
        let mut possibles: Vec<(usize, usize, i64)> = libres
            .map(|&(rang, signe)| (rang, -exces.signum() * signe))
            .filter(|&(rang, ecart)| self.recherche.prix(rang, ecart).is_some())
            .map(|(rang, ecart)| (self.exces_apres(rang, ecart), rang, ecart))
            .collect();
        possibles.sort_unstable();
        for (_, rang, ecart) in possibles {
            if self.reste == 0 {
                return false;
            }
            self.reste -= 1;
            self.mouvoir(rang, ecart);
            if self.retablir() {
                return true;
            }
            self.mouvoir(rang, -ecart);
        }
        false
    }

    /// How far the sums of a count would be off.
    fn exces_apres(&self, rang: usize, ecart: i64) -> usize {
        let sommes = self.recherche.systeme.sommes_de(rang).iter();
        let apres = sommes.map(|(numero, signe)| self.exces.get(numero).copied().unwrap_or(0) + signe * ecart);
        apres.map(|exces| usize::try_from(exces.abs()).unwrap_or(usize::MAX)).sum()
    }
}
