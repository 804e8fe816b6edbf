//! The forecast, on the rules that the service ships.

use super::*;
use crate::metier::quorum::{
    model::{
        Assistance, EtatQuorum,
        tests::{CHIRURGIEN, ONCOLOGUE, RADIOTHERAPEUTE, designee, exigences, personne},
    },
    reglages::tests::livres,
};
use proptest::prelude::*;

const RADIOLOGUE: &str = "G15_10/SM44";
const PNEUMOLOGUE: &str = "G15_10/SM41";

fn reglages() -> ReglagesPrevision {
    livres().prevision
}

fn proche(a: f64, b: f64) -> bool {
    (a - b).abs() < ARRONDI
}

/// The quorum that a rule requires of persons who come with some probabilities.
fn chances(regle: &str, personnes: &[Participant], venues: &[f64]) -> Chances {
    Calcul::nouveau(&exigences(regle), personnes).chances(venues)
}

fn triade() -> Vec<Participant> {
    vec![personne(1, CHIRURGIEN), personne(2, ONCOLOGUE), personne(3, RADIOTHERAPEUTE)]
}

#[test]
fn une_reponse_vaut_mieux_qu_une_habitude_et_un_refus_ne_laisse_aucune_chance() {
    let habitue = Indices { statut: StatutPresence::Attendu, reponse: None, venues: 8, reunions: 8 };
    let venue = |indices: Indices| indices.venue(&reglages());
    assert!(proche(venue(habitue), 0.9));
    assert!(proche(venue(Indices { venues: 0, reunions: 0, ..habitue }), 0.5), "un nouveau venu a une chance sur deux");
    assert!(proche(venue(Indices { venues: 0, ..habitue }), 0.1));
    assert!(proche(venue(Indices { reponse: Some(ReponseInvitation::Visio), venues: 0, ..habitue }), 0.95));
    assert!(proche(venue(Indices { reponse: Some(ReponseInvitation::Refuse), ..habitue }), 0.0));
    assert!(proche(venue(Indices { statut: StatutPresence::Excuse, reponse: Some(ReponseInvitation::Accepte), ..habitue }), 0.0));
    assert!(proche(venue(Indices { statut: StatutPresence::Present, ..habitue }), 1.0));
}

#[test]
fn le_quorum_de_trois_specialistes_seuls_est_le_produit_de_leurs_chances() {
    let chances = chances("standard-hors-hematologie", &triade(), &[0.9, 0.8, 0.5]);
    assert!(proche(chances.probabilite, 0.36) && proche(chances.has, 0.36) && proche(chances.composition, 0.36));
    let clauses: Vec<(&str, f64)> = chances.clauses.iter().map(|c| (c.id.as_str(), arrondir(c.probabilite))).collect();
    assert_eq!(clauses, [("CHIRURGIEN", 0.9), ("ONCOLOGUE", 0.8), ("RADIOTHERAPEUTE", 0.5)]);
}

#[test]
fn deux_radiotherapeutes_incertains_valent_mieux_qu_un() {
    let personnes = [triade(), vec![personne(4, RADIOTHERAPEUTE)]].concat();
    let chances = chances("standard-hors-hematologie", &personnes, &[1.0, 1.0, 0.5, 0.5]);
    assert!(proche(chances.probabilite, 0.75));
}

#[test]
fn un_medecin_qui_convient_a_deux_places_n_en_tient_qu_une() {
    let pneumologue = designee(1, PNEUMOLOGUE, "ONCOLOGUE");
    let personnes = [pneumologue, personne(2, RADIOTHERAPEUTE), personne(3, "G15_10/SM11")];
    let chances = chances("recours-thoracique", &personnes, &[1.0; 3]);
    assert!(chances.clauses.iter().all(|clause| proche(clause.probabilite, 1.0)), "chaque clause, vue seule, est sûre");
    assert!(proche(chances.composition, 0.0));
}

#[test]
fn la_reparation_appelle_le_seul_radiotherapeute_qui_manque() {
    let personnes = [triade(), vec![personne(4, RADIOLOGUE), personne(5, RADIOTHERAPEUTE)]].concat();
    let exigences = exigences("standard-hors-hematologie");
    let calcul = Calcul::nouveau(&exigences, &personnes);
    let appelables = [(3, OrigineCandidat::Membre), (4, OrigineCandidat::Suppleant)];
    let appels = calcul.reparer(&[1.0, 1.0, 0.0, 0.9, 0.0], &appelables, &reglages()).unwrap();
    assert_eq!(appels.personnes, [4]);
    assert!(proche(appels.probabilite, 0.95));
}

#[test]
fn a_nombre_egal_on_appelle_d_abord_les_membres_de_la_rcp() {
    let personnes = [triade(), vec![personne(4, RADIOTHERAPEUTE)]].concat();
    let exigences = exigences("standard-hors-hematologie");
    let calcul = Calcul::nouveau(&exigences, &personnes);
    let appelables = [(3, OrigineCandidat::Etablissement), (2, OrigineCandidat::Membre)];
    let appels = calcul.reparer(&[1.0, 1.0, 0.4, 0.0], &appelables, &reglages()).unwrap();
    assert_eq!(appels.personnes, [2], "l'appel d'un extérieur donnerait plus de chances, mais le membre suffit");
}

#[test]
fn rien_n_est_a_reparer_au_dessus_du_seuil_ni_quand_personne_ne_peut_combler() {
    let exigences = exigences("standard-hors-hematologie");
    let personnes = triade();
    let calcul = Calcul::nouveau(&exigences, &personnes);
    let tous = [(0, OrigineCandidat::Membre), (1, OrigineCandidat::Membre), (2, OrigineCandidat::Membre)];
    assert_eq!(calcul.reparer(&[1.0; 3], &tous, &reglages()), None);
    let deux = Calcul::nouveau(&exigences, &personnes[..2]);
    assert_eq!(deux.reparer(&[0.5; 2], &tous[..2], &reglages()), None);
}

fn des_personnes(combien: usize) -> impl Strategy<Value = Vec<Participant>> {
    let specialites =
        vec![ONCOLOGUE, RADIOTHERAPEUTE, CHIRURGIEN, "G15_10/SM11", PNEUMOLOGUE, RADIOLOGUE, "G15_10/SM71", "G15_10/SM24", "G15_10/SM01"];
    let une = (prop::option::weighted(0.9, prop::sample::select(specialites)), prop::bool::weighted(0.2));
    prop::collection::vec(une, 0..=combien).prop_map(|personnes| {
        let nommer = |(rang, (specialite, designee)): (u128, (Option<&str>, bool))| {
            let connue = personne(rang, specialite.unwrap_or_default());
            let designations = if designee { BTreeSet::from(["ONCOLOGUE".to_owned()]) } else { BTreeSet::new() };
            Participant { specialite: specialite.map(str::to_owned), designations, ..connue }
        };
        (1..).zip(personnes).map(nommer).collect()
    })
}

fn une_regle() -> impl Strategy<Value = Exigences> {
    let codes = vec!["standard-hors-hematologie", "standard-hematologie", "recours-thoracique", "oncogeriatrie", "has", "dgos-region"];
    (prop::sample::select(codes), any::<bool>()).prop_map(|(code, une_seule)| {
        let mut exigences = exigences(code);
        exigences.regle.global.une_personne_une_specialite = une_seule;
        exigences
    })
}

/// Persons, and a probability for each in tenths.
fn des_venues(combien: usize) -> impl Strategy<Value = (Vec<Participant>, Vec<f64>)> {
    des_personnes(combien).prop_flat_map(|personnes| {
        let venues = prop::collection::vec((0_u8..=10).prop_map(|dixiemes| f64::from(dixiemes) / 10.0), personnes.len());
        (Just(personnes), venues)
    })
}

/// The probability of the quorum by trying who comes in every way.
fn par_enumeration(exigences: &Exigences, personnes: &[Participant], venues: &[f64]) -> f64 {
    (0_u32..1 << personnes.len())
        .map(|masque| {
            let vient = |rang: usize| masque & (1 << rang) != 0;
            let poids: f64 = venues.iter().enumerate().map(|(rang, p)| if vient(rang) { *p } else { 1.0 - p }).product();
            let participants = personnes.iter().enumerate().filter(|(rang, _)| vient(*rang)).map(|(_, p)| p.clone()).collect();
            let resultat = exigences.evaluer(&Cas::default(), &Assistance { feuille_tenue: true, participants });
            if resultat.has.et(resultat.composition) == EtatQuorum::Atteint { poids } else { 0.0 }
        })
        .sum()
}

/// The size of the smallest set whose calls suffice, by trying every set.
fn plus_petite_reparation(calcul: &Calcul<'_>, venues: &[f64], reglages: &ReglagesPrevision) -> Option<usize> {
    (0_u32..1 << venues.len())
        .filter(|masque| {
            let appelee = |rang: usize| masque & (1 << rang) != 0;
            let accord = reglages.venue_apres_accord;
            let apres: Vec<f64> = venues.iter().enumerate().map(|(rang, p)| if appelee(rang) { p.max(accord) } else { *p }).collect();
            suffit(calcul.chances(&apres).probabilite, reglages.seuil)
        })
        .map(|masque| masque.count_ones() as usize)
        .min()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn la_prevision_est_celle_de_l_enumeration_de_tous_les_cas(exigences in une_regle(), (personnes, venues) in des_venues(7)) {
        let calculee = Calcul::nouveau(&exigences, &personnes).chances(&venues).probabilite;
        let attendue = par_enumeration(&exigences, &personnes, &venues);
        prop_assert!(proche(calculee, attendue), "{} au lieu de {}", calculee, attendue);
    }

    #[test]
    fn la_prevision_est_certaine_quand_les_certains_suffisent((autres, venues) in des_venues(8)) {
        let personnes: Vec<Participant> = triade().into_iter().chain(autres.into_iter().map(|p| Participant {
            praticien_id: crate::kernel::ids::PraticienId::new(uuid::Uuid::from_u128(100 + p.praticien_id.uuid().as_u128())), ..p
        })).collect();
        let venues: Vec<f64> = [1.0; 3].into_iter().chain(venues).collect();
        let chances = chances("standard-hors-hematologie", &personnes, &venues);
        prop_assert!(proche(chances.probabilite, 1.0));
        prop_assert!(chances.clauses.iter().all(|clause| proche(clause.probabilite, 1.0)));
    }

    #[test]
    fn la_prevision_croit_avec_les_chances_de_chacun(
        exigences in une_regle(), (personnes, venues) in des_venues(9), qui in any::<prop::sample::Index>(), de_plus in 0.0_f64..1.0
    ) {
        prop_assume!(!personnes.is_empty());
        let calcul = Calcul::nouveau(&exigences, &personnes);
        let mut apres = venues.clone();
        let rang = qui.index(apres.len());
        apres[rang] += (1.0 - apres[rang]) * de_plus;
        let (avant, apres) = (calcul.chances(&venues), calcul.chances(&apres));
        prop_assert!(apres.probabilite >= avant.probabilite - ARRONDI);
        prop_assert!(apres.has >= avant.has - ARRONDI && apres.composition >= avant.composition - ARRONDI);
    }

    #[test]
    fn aucune_reparation_plus_petite_ne_suffirait(exigences in une_regle(), (personnes, venues) in des_venues(8)) {
        let calcul = Calcul::nouveau(&exigences, &personnes);
        let appelables: Vec<_> = (0..personnes.len()).map(|rang| (rang, OrigineCandidat::Membre)).collect();
        let trouvee = calcul.reparer(&venues, &appelables, &reglages()).map(|appels| appels.personnes.len());
        let attendue = plus_petite_reparation(&calcul, &venues, &reglages()).filter(|taille| (1..=APPELS_MAX).contains(taille));
        prop_assert_eq!(trouvee, attendue);
    }
}
