//! What a reader can compute is found here by other means than those that protect: exact elimination on fractions, and
//! for small tables every set of numbers that the marks and the sums allow.

use super::*;
use crate::metier::infocentre::model::rapport::Masque;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

// ------------------------------------------------------------------ Tables

/// Counts, the first ones being the details, and the sums between them.
#[derive(Debug, Clone)]
struct Jeu {
    valeurs: Vec<i64>,
    /// Each total with its parts.
    sommes: Vec<(usize, Vec<usize>)>,
}

impl Jeu {
    fn masques(&self) -> Vec<Option<Masque>> {
        let mut systeme = Systeme::default();
        let rangs: Vec<Rang> = self.valeurs.iter().map(|valeur| systeme.imprimer(*valeur, true)).collect();
        for (total, parties) in &self.sommes {
            systeme.sommer(rangs[*total], &parties.iter().map(|rang| rangs[*rang]).collect::<Vec<_>>()).unwrap();
        }
        systeme.proteger()
    }

    fn totaliser(&mut self, parties: Vec<usize>) -> usize {
        self.valeurs.push(parties.iter().map(|rang| self.valeurs[*rang]).sum());
        self.sommes.push((self.valeurs.len() - 1, parties));
        self.valeurs.len() - 1
    }

    /// A total of parts.
    fn simple(details: &[i64]) -> Self {
        let mut jeu = Self { valeurs: details.to_vec(), sommes: Vec::new() };
        jeu.totaliser((0..details.len()).collect());
        jeu
    }

    /// Rows and columns with their totals and the grand total.
    fn croise(lignes: &[Vec<i64>]) -> Self {
        let largeur = lignes[0].len();
        let mut jeu = Self { valeurs: lignes.concat(), sommes: Vec::new() };
        let des_lignes: Vec<usize> =
            (0..lignes.len()).map(|ligne| jeu.totaliser((0..largeur).map(|colonne| ligne * largeur + colonne).collect())).collect();
        let des_colonnes: Vec<usize> =
            (0..largeur).map(|colonne| jeu.totaliser((0..lignes.len()).map(|ligne| ligne * largeur + colonne).collect())).collect();
        let total = jeu.totaliser(des_lignes);
        jeu.sommes.push((total, des_colonnes));
        jeu
    }

    /// RCP within 3C within the region, each shared out by columns with their total: every margin is declared, even
    /// those that follow from others.
    fn hierarchie(centres: &[Vec<Vec<i64>>]) -> Self {
        let largeur = centres[0][0].len();
        let mut jeu = Self { valeurs: centres.concat().concat(), sommes: Vec::new() };
        let mut rcp = 0;
        let mut des_centres = Vec::new();
        for centre in centres {
            let lignes: Vec<Vec<usize>> = centre
                .iter()
                .map(|_| {
                    let mut ligne: Vec<usize> = (0..largeur).map(|colonne| rcp * largeur + colonne).collect();
                    rcp += 1;
                    let total = jeu.totaliser(ligne.clone());
                    ligne.push(total);
                    ligne
                })
                .collect();
            let sous_totaux: Vec<usize> = (0..=largeur).map(|colonne| jeu.totaliser(lignes.iter().map(|l| l[colonne]).collect())).collect();
            jeu.sommes.push((sous_totaux[largeur], sous_totaux[..largeur].to_vec()));
            des_centres.push(sous_totaux);
        }
        let region: Vec<usize> = (0..=largeur).map(|colonne| jeu.totaliser(des_centres.iter().map(|c| c[colonne]).collect())).collect();
        jeu.sommes.push((region[largeur], region[..largeur].to_vec()));
        jeu
    }
}

// ------------------------------------------------------------------ Oracles

/// A fraction in lowest terms, its denominator positive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Fraction(i128, i128);

impl Fraction {
    fn new(n: i128, d: i128) -> Self {
        fn pgcd(a: i128, b: i128) -> i128 {
            if b == 0 { a.abs() } else { pgcd(b, a % b) }
        }
        let diviseur = pgcd(n, d).max(1) * d.signum();
        Self(n / diviseur, d / diviseur)
    }

    fn moins(self, autre: Self) -> Self {
        Self::new(
            self.0.checked_mul(autre.1).unwrap().checked_sub(autre.0.checked_mul(self.1).unwrap()).unwrap(),
            self.1.checked_mul(autre.1).unwrap(),
        )
    }

    fn fois(self, autre: Self) -> Self {
        Self::new(self.0.checked_mul(autre.0).unwrap(), self.1.checked_mul(autre.1).unwrap())
    }

    fn sur(self, autre: Self) -> Self {
        self.fois(Self::new(autre.1, autre.0))
    }
}

/// The unknowns that linear equations determine, by Gauss and Jordan. Each equation is the coefficients of its unknowns:
/// what they are equal to does not matter, since the true numbers are a solution.
pub(super) fn determines(equations: &[BTreeMap<usize, i64>]) -> BTreeSet<usize> {
    let mut lignes: Vec<BTreeMap<usize, Fraction>> = equations
        .iter()
        .map(|e| e.iter().filter(|(_, c)| **c != 0).map(|(rang, c)| (*rang, Fraction::new(i128::from(*c), 1))).collect())
        .collect();
    let mut faites = 0;
    let inconnues: BTreeSet<usize> = equations.iter().flat_map(|e| e.keys().copied()).collect();
    for inconnue in inconnues {
        let Some(pivot) = (faites..lignes.len()).find(|numero| lignes[*numero].contains_key(&inconnue)) else { continue };
        lignes.swap(faites, pivot);
        let tete = lignes[faites][&inconnue];
        let ligne: BTreeMap<usize, Fraction> = lignes[faites].iter().map(|(rang, c)| (*rang, c.sur(tete))).collect();
        for (numero, autre) in lignes.iter_mut().enumerate() {
            let Some(facteur) = autre.get(&inconnue).copied().filter(|_| numero != faites) else { continue };
            for (rang, coefficient) in &ligne {
                let reste = autre.get(rang).copied().unwrap_or(Fraction(0, 1)).moins(coefficient.fois(facteur));
                if reste.0 == 0 {
                    autre.remove(rang)
                } else {
                    autre.insert(*rang, reste)
                };
            }
        }
        lignes[faites] = ligne;
        faites += 1;
    }
    lignes.iter().filter(|ligne| ligne.len() == 1).flat_map(|ligne| ligne.keys().copied()).collect()
}

/// The masked counts that the sums alone give away.
fn devines(jeu: &Jeu, masques: &[Option<Masque>]) -> BTreeSet<usize> {
    let equations: Vec<BTreeMap<usize, i64>> = jeu
        .sommes
        .iter()
        .map(|(total, parties)| {
            let termes = parties.iter().map(|rang| (*rang, 1)).chain([(*total, -1)]);
            termes.filter(|(rang, _)| masques[*rang].is_some()).collect()
        })
        .collect();
    determines(&equations)
}

/// The values that each masked count takes in all the sets of numbers that the sums allow, the details being tried one by
/// one within what the marks say: « s. » is `bas` at least, and `haut` at most so that the search ends.
fn possibles(jeu: &Jeu, masques: &[Option<Masque>], details: usize, bas: i64, haut: i64) -> BTreeMap<usize, BTreeSet<i64>> {
    fn suivre(
        rang: usize,
        essai: &mut Vec<i64>,
        jeu: &Jeu,
        admis: &dyn Fn(usize) -> Vec<i64>,
        details: usize,
        vus: &mut BTreeMap<usize, BTreeSet<i64>>,
    ) {
        if rang < details {
            for valeur in admis(rang) {
                essai.push(valeur);
                suivre(rang + 1, essai, jeu, admis, details, vus);
                essai.pop();
            }
            return;
        }
        let mut tout = essai.clone();
        tout.resize(jeu.valeurs.len(), 0);
        for (total, parties) in &jeu.sommes {
            tout[*total] = parties.iter().map(|rang| tout[*rang]).sum();
        }
        if (details..tout.len()).all(|rang| admis(rang).contains(&tout[rang])) {
            for (rang, valeur) in tout.iter().enumerate() {
                vus.entry(rang).or_default().insert(*valeur);
            }
        }
    }
    let admis = |rang: usize| match masques[rang] {
        None => vec![jeu.valeurs[rang]],
        Some(Masque::Petite) => (1..=10).collect(),
        Some(Masque::Secondaire) => (bas..=if rang < details { haut } else { 4 * haut }).collect(),
    };
    let mut vus = BTreeMap::new();
    suivre(0, &mut Vec::new(), jeu, &admis, details, &mut vus);
    vus
}

/// Everything that must hold of masks, by elimination.
fn verifier(jeu: &Jeu) -> Vec<Option<Masque>> {
    let masques = jeu.masques();
    assert_eq!(masques, jeu.masques(), "les mêmes nombres donnent les mêmes masques");
    for (valeur, masque) in jeu.valeurs.iter().zip(&masques) {
        match valeur {
            0 => assert_eq!(*masque, None, "un zéro n'est jamais masqué"),
            1..=10 => assert!(masque.is_some(), "{valeur} est montré : {jeu:?}"),
            _ => assert_ne!(*masque, Some(Masque::Petite), "{valeur} n'est pas petit"),
        }
    }
    assert_eq!(devines(jeu, &masques), BTreeSet::new(), "{jeu:?} {masques:?}");
    masques
}

/// No mark and no sum leaves a small count fewer values than promised, whatever « s. » is taken for.
fn verifier_les_bornes(jeu: &Jeu, details: usize) {
    let masques = verifier(jeu);
    let promise = jeu.valeurs.iter().zip(&masques).all(|(valeur, masque)| *masque != Some(Masque::Secondaire) || *valeur >= SEUIL);
    // A reader may take « s. » at its word, or believe that it always stands for a large count, if nothing denies it.
    for bas in if promise { vec![0, SEUIL] } else { vec![0] } {
        let vus = possibles(jeu, &masques, details, bas, 36);
        for (rang, valeur) in jeu.valeurs.iter().enumerate().filter(|(rang, _)| masques[*rang].is_some()) {
            let requis = if *valeur < SEUIL { VALEURS_POSSIBLES } else { 2 };
            assert!(vus[&rang].len() >= requis, "{valeur} au rang {rang} parmi {:?} : {jeu:?} {masques:?}", vus[&rang]);
        }
    }
}

#[test]
fn l_oracle_trouve_ce_qu_une_soustraction_donne() {
    let jeu = Jeu::simple(&[5, 20, 30]);
    assert_eq!(devines(&jeu, &[Some(Masque::Petite), None, None, None]), BTreeSet::from([0]));
    assert_eq!(devines(&jeu, &[Some(Masque::Petite), Some(Masque::Secondaire), None, None]), BTreeSet::new());
    // x + y, y + z and x + z give x.
    let triangle = [BTreeMap::from([(0, 1), (1, 1)]), BTreeMap::from([(1, 1), (2, 1)]), BTreeMap::from([(0, 1), (2, 1)])];
    assert_eq!(determines(&triangle), BTreeSet::from([0, 1, 2]));
    let dix = Jeu::simple(&[10, 10]);
    let marques = [Some(Masque::Petite), Some(Masque::Petite), None];
    assert_eq!(possibles(&dix, &marques, 2, 0, 36)[&0], BTreeSet::from([10]), "deux petits nombres qui font 20");
}

// ------------------------------------------------------------------ Tables of one's own

const PETITE: Option<Masque> = Some(Masque::Petite);
const SECONDAIRE: Option<Masque> = Some(Masque::Secondaire);

#[test]
fn un_petit_nombre_seul_masque_aussi_le_plus_petit_des_autres() {
    assert_eq!(verifier(&Jeu::simple(&[5, 40, 25, 0, 80])), [PETITE, None, SECONDAIRE, None, None, None]);
}

#[test]
fn rien_n_est_masque_sans_petit_nombre() {
    assert!(verifier(&Jeu::simple(&[11, 0, 300])).iter().all(Option::is_none));
}

#[test]
fn un_tableau_croise_masque_un_rectangle() {
    let jeu = Jeu::croise(&[vec![3, 40, 50], vec![60, 30, 90], vec![70, 80, 100]]);
    // The smallest rectangle through the first cell: 40, 60 and 30.
    let mut attendus = vec![None; 16];
    (attendus[0], attendus[1], attendus[3], attendus[4]) = (PETITE, SECONDAIRE, SECONDAIRE, SECONDAIRE);
    assert_eq!(verifier(&jeu), attendus);
}

#[test]
fn deux_petits_nombres_que_leur_somme_force_ne_se_disent_plus_petits() {
    // 10 and 10 make 20, 1 and 1 make 2: the sum and the marks would give both.
    for (details, marques) in [([10, 10], [SECONDAIRE; 2].to_vec()), ([9, 10], [SECONDAIRE; 2].to_vec()), ([6, 5], vec![PETITE, PETITE])] {
        let masques = verifier(&Jeu::simple(&details));
        let petites = masques.iter().filter(|masque| **masque == PETITE).count();
        assert!(petites <= marques.iter().filter(|m| **m == PETITE).count().max(1), "{details:?} {masques:?}");
        assert_eq!(masques[2], None, "{details:?} : le total reste montré");
        verifier_les_bornes(&Jeu::simple(&details), 2);
    }
    verifier_les_bornes(&Jeu::simple(&[1, 1]), 2);
    assert_eq!(verifier(&Jeu::simple(&[1, 1])), [PETITE; 3], "un total de 2 est lui-même petit");
}

#[test]
fn dix_patients_seuls_dans_leur_rcp_ne_se_devinent_pas() {
    // Ten counts of one patient, and a total « < 11 »: each could only be one.
    verifier_les_bornes(&Jeu::simple(&[1; 5]), 5);
    let masques = verifier(&Jeu::simple(&[1; 10]));
    assert!(masques.contains(&SECONDAIRE), "« < 11 » partout donnerait tout : {masques:?}");
}

#[test]
fn un_nombre_juste_au_seuil_ne_protege_pas_seul() {
    // « < 11 » and « s. » that make 12: 1 and 11.
    verifier_les_bornes(&Jeu::simple(&[1, 11]), 2);
    verifier_les_bornes(&Jeu::simple(&[1, 11, 11]), 3);
}

#[test]
fn un_sous_total_ne_trahit_pas_la_rcp_qu_il_contient() {
    let masques = verifier(&Jeu::hierarchie(&[vec![vec![4, 60], vec![70, 80]], vec![vec![90, 20], vec![30, 40]]]));
    assert!(masques.iter().filter(|m| m.is_some()).count() >= 4);
    // A 3C with a single RCP: its subtotal is the RCP, so both are masked, and one more 3C.
    let seule = verifier(&Jeu::hierarchie(&[vec![vec![4, 60]], vec![vec![90, 20], vec![30, 40]]]));
    assert!(seule[0].is_some());
}

fn nombre() -> impl Strategy<Value = i64> {
    prop_oneof![3 => 1_i64..11, 1 => Just(0), 4 => 11_i64..80, 1 => 80_i64..2_000]
}

fn petit_tableau(largeur: usize, hauteur: usize) -> impl Strategy<Value = Vec<Vec<i64>>> {
    let nombre = prop_oneof![4 => 1_i64..11, 1 => Just(0), 3 => 11_i64..24];
    proptest::collection::vec(proptest::collection::vec(nombre, largeur), hauteur)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn dans_un_tableau_simple_rien_ne_se_calcule(details in proptest::collection::vec(nombre(), 1..12)) {
        verifier(&Jeu::simple(&details));
    }

    #[test]
    fn dans_un_tableau_croise_rien_ne_se_calcule(
        lignes in (1_usize..7, 1_usize..9).prop_flat_map(|(l, h)| proptest::collection::vec(proptest::collection::vec(nombre(), l), h))
    ) {
        verifier(&Jeu::croise(&lignes));
    }

    #[test]
    fn dans_une_hierarchie_rien_ne_se_calcule(
        centres in (1_usize..4).prop_flat_map(|l| {
            let rcp = proptest::collection::vec(nombre(), l);
            proptest::collection::vec(proptest::collection::vec(rcp, 1..5), 1..5)
        })
    ) {
        verifier(&Jeu::hierarchie(&centres));
    }

    #[test]
    fn sans_petit_nombre_rien_n_est_masque(
        lignes in (1_usize..5, 1_usize..6).prop_flat_map(|(l, h)| {
            proptest::collection::vec(proptest::collection::vec(prop_oneof![Just(0), 11_i64..500], l), h)
        })
    ) {
        prop_assert!(Jeu::croise(&lignes).masques().iter().all(Option::is_none));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn ni_les_sommes_ni_les_marques_ne_forcent_un_petit_nombre(lignes in petit_tableau(2, 2)) {
        verifier_les_bornes(&Jeu::croise(&lignes), 4);
    }

    #[test]
    fn ni_dans_un_tableau_simple(lignes in petit_tableau(3, 1)) {
        verifier_les_bornes(&Jeu::simple(&lignes[0]), 3);
    }
}
