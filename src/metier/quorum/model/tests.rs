//! The rules of the quorum, on the rules that the service ships.

use super::*;
use crate::metier::quorum::regle::Condition;
use chrono::{DateTime, TimeDelta};
use proptest::prelude::*;
use uuid::Uuid;

pub(in crate::metier::quorum) const ONCOLOGUE: &str = "G15_10/SM36";
pub(in crate::metier::quorum) const RADIOTHERAPEUTE: &str = "G15_10/SM45";
pub(in crate::metier::quorum) const CHIRURGIEN: &str = "G15_10/SM14";
const ONCOPEDIATRE: &str = "G15_10/SST03";

fn groupes() -> GroupesSpecialites {
    let chemin = concat!(env!("CARGO_MANIFEST_DIR"), "/referentiels/specialites.json");
    serde_json::from_str(&std::fs::read_to_string(chemin).unwrap()).unwrap()
}

fn regle(code: &str) -> RegleQuorum {
    let chemin = format!("{}/referentiels/quorum/{code}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(chemin).unwrap()).unwrap()
}

pub(in crate::metier::quorum) fn exigences(code: &str) -> Exigences {
    let regle = regle(code);
    let complements = regle.complements.iter().map(|code| self::regle(code)).collect();
    Exigences { regle, complements, groupes: groupes() }
}

pub(in crate::metier::quorum) fn personne(rang: u128, specialite: &str) -> Participant {
    Participant {
        praticien_id: PraticienId::new(Uuid::from_u128(rang)),
        profession: "10".to_owned(),
        specialite: Some(specialite.to_owned()),
        designations: BTreeSet::new(),
        moyen: MoyenParticipation::Presence,
    }
}

fn pharmacien(rang: u128) -> Participant {
    Participant { profession: "21".to_owned(), specialite: None, ..personne(rang, "") }
}

pub(in crate::metier::quorum) fn designee(rang: u128, specialite: &str, clause: &str) -> Participant {
    Participant { designations: BTreeSet::from([clause.to_owned()]), ..personne(rang, specialite) }
}

fn par_ecrit(participant: Participant) -> Participant {
    Participant { moyen: MoyenParticipation::AvisEcrit, ..participant }
}

fn assistance(participants: impl IntoIterator<Item = Participant>) -> Assistance {
    Assistance { feuille_tenue: true, participants: participants.into_iter().collect() }
}

fn medecins<const N: usize>(specialites: [&str; N]) -> Assistance {
    assistance(specialites.into_iter().zip(1..).map(|(specialite, rang)| personne(rang, specialite)))
}

fn adulte() -> Cas {
    Cas { age: Some(60), ..Cas::default() }
}

fn has(assistance: &Assistance) -> EtatQuorum {
    exigences("standard-hors-hematologie").evaluer(&adulte(), assistance).has
}

fn composition(code: &str, cas: &Cas, assistance: &Assistance) -> EtatQuorum {
    exigences(code).evaluer(cas, assistance).composition
}

#[test]
fn trois_medecins_de_specialites_differentes_font_le_quorum_has() {
    assert_eq!(has(&medecins([ONCOLOGUE, RADIOTHERAPEUTE, CHIRURGIEN])), EtatQuorum::Atteint);
}

#[test]
fn trois_hematologues_de_diplomes_differents_ne_font_qu_une_specialite() {
    assert_eq!(has(&medecins(["G15_10/SM21", "G15_10/SM22", "G15_10/SM23"])), EtatQuorum::NonAtteint);
}

#[test]
fn deux_oncologues_et_un_radiotherapeute_ne_font_que_deux_specialites() {
    assert_eq!(has(&medecins([ONCOLOGUE, ONCOLOGUE, RADIOTHERAPEUTE])), EtatQuorum::NonAtteint);
}

#[test]
fn un_pharmacien_ne_compte_pas_pour_le_quorum_has() {
    let a_deux = [personne(1, ONCOLOGUE), personne(2, RADIOTHERAPEUTE)];
    assert_eq!(has(&assistance(a_deux.clone())), EtatQuorum::NonAtteint);
    assert_eq!(has(&assistance(a_deux.into_iter().chain([pharmacien(3)]))), EtatQuorum::NonAtteint);
}

#[test]
fn la_visioconference_vaut_presence_mais_pas_l_avis_ecrit_pour_le_quorum_has() {
    let avec = |moyen| assistance([personne(1, ONCOLOGUE), personne(2, RADIOTHERAPEUTE), Participant { moyen, ..personne(3, CHIRURGIEN) }]);
    assert_eq!(has(&avec(MoyenParticipation::Visio)), EtatQuorum::Atteint);
    assert_eq!(has(&avec(MoyenParticipation::AvisEcrit)), EtatQuorum::NonAtteint);
}

#[test]
fn la_meme_personne_inscrite_deux_fois_ne_compte_qu_une_fois() {
    let double = assistance([personne(1, ONCOLOGUE), personne(2, RADIOTHERAPEUTE), personne(2, RADIOTHERAPEUTE)]);
    assert_eq!(has(&double), EtatQuorum::NonAtteint);
}

#[test]
fn une_specialite_hors_groupe_vaut_pour_elle_meme() {
    let resultat = exigences("standard-hors-hematologie").evaluer(&adulte(), &medecins([ONCOLOGUE, RADIOTHERAPEUTE, "G15_10/SM58"]));
    assert_eq!(resultat.has, EtatQuorum::Atteint);
    assert!(resultat.groupes_has.contains(&"G15_10/SM58".to_owned()));
}

#[test]
fn un_medecin_de_specialite_inconnue_laisse_le_quorum_indetermine() {
    let inconnu = Participant { specialite: None, ..personne(3, "") };
    let resultat = exigences("standard-hors-hematologie")
        .evaluer(&adulte(), &assistance([personne(1, ONCOLOGUE), personne(2, RADIOTHERAPEUTE), inconnu.clone()]));
    assert_eq!((resultat.has, resultat.composition), (EtatQuorum::Indetermine, EtatQuorum::Indetermine));
    let seul = exigences("standard-hors-hematologie").evaluer(&adulte(), &assistance([inconnu]));
    assert_eq!((seul.has, seul.composition), (EtatQuorum::NonAtteint, EtatQuorum::NonAtteint));
}

#[test]
fn sans_feuille_de_presence_le_quorum_est_indetermine() {
    let resultat = exigences("standard-hors-hematologie").evaluer(&adulte(), &Assistance::default());
    assert_eq!((resultat.has, resultat.composition), (EtatQuorum::Indetermine, EtatQuorum::Indetermine));
    assert!(!resultat.atteint());
}

#[test]
fn la_composition_standard_demande_chirurgien_oncologue_et_radiotherapeute() {
    assert!(exigences("standard-hors-hematologie").evaluer(&adulte(), &medecins([ONCOLOGUE, RADIOTHERAPEUTE, CHIRURGIEN])).atteint());
    let sans_chirurgien = exigences("standard-hors-hematologie").evaluer(&adulte(), &medecins([ONCOLOGUE, RADIOTHERAPEUTE, "G15_10/SM44"]));
    assert_eq!((sans_chirurgien.has, sans_chirurgien.composition), (EtatQuorum::Atteint, EtatQuorum::NonAtteint));
    assert_eq!(sans_chirurgien.manquantes, ["Chirurgien de l'organe"]);
}

#[test]
fn l_avis_ecrit_d_un_chirurgien_ne_remplace_pas_sa_presence() {
    let chirurgien = par_ecrit(personne(3, CHIRURGIEN));
    let assistance = assistance([personne(1, ONCOLOGUE), personne(2, RADIOTHERAPEUTE), chirurgien]);
    assert_eq!(composition("standard-hors-hematologie", &adulte(), &assistance), EtatQuorum::NonAtteint);
}

#[test]
fn un_specialiste_d_organe_designe_tient_la_place_de_l_oncologue() {
    let pneumologue = designee(1, "G15_10/SM41", "ONCOLOGUE");
    let sans = assistance([personne(1, "G15_10/SM41"), personne(2, RADIOTHERAPEUTE), personne(3, "G15_10/SM11")]);
    let avec = assistance([pneumologue, personne(2, RADIOTHERAPEUTE), personne(3, "G15_10/SM11")]);
    assert_eq!(composition("standard-hors-hematologie", &adulte(), &sans), EtatQuorum::NonAtteint);
    assert_eq!(composition("standard-hors-hematologie", &adulte(), &avec), EtatQuorum::Atteint);
}

#[test]
fn un_medecin_designe_pour_deux_places_n_en_tient_qu_une() {
    // The recours thoracique needs a pneumologue and an oncologist: one designated pneumologue is not both.
    let pneumologue = designee(1, "G15_10/SM41", "ONCOLOGUE");
    let a_trois = assistance([pneumologue.clone(), personne(2, RADIOTHERAPEUTE), personne(3, "G15_10/SM11")]);
    assert_eq!(composition("recours-thoracique", &adulte(), &a_trois), EtatQuorum::NonAtteint);
    let a_quatre = assistance([pneumologue, personne(2, RADIOTHERAPEUTE), personne(3, "G15_10/SM11"), personne(4, ONCOLOGUE)]);
    assert_eq!(composition("recours-thoracique", &adulte(), &a_quatre), EtatQuorum::Atteint);
}

#[test]
fn l_hematologie_demande_deux_hematologues_et_une_autre_specialite() {
    let resultat = exigences("standard-hematologie").evaluer(&adulte(), &medecins(["G15_10/SM21", "G15_10/SM01", "G15_10/SM44"]));
    assert_eq!(resultat.manquantes, ["Hématologue (2 sur 2)"]);
    let complet = medecins(["G15_10/SM21", "G15_10/SM22", "G15_10/SM01", "G15_10/SM44"]);
    assert!(exigences("standard-hematologie").evaluer(&adulte(), &complet).atteint());
}

#[test]
fn le_neurochirurgien_n_est_exige_que_pour_une_tumeur_du_systeme_nerveux_et_peut_ecrire() {
    let seance = [personne(1, ONCOLOGUE), personne(2, RADIOTHERAPEUTE), personne(3, CHIRURGIEN)];
    let cerebrale = Cas { topographies: vec!["C71.2".to_owned()], ..adulte() };
    assert_eq!(composition("standard-hors-hematologie", &adulte(), &assistance(seance.clone())), EtatQuorum::Atteint);
    assert_eq!(composition("standard-hors-hematologie", &cerebrale, &assistance(seance.clone())), EtatQuorum::NonAtteint);
    let avec_avis = assistance(seance.into_iter().chain([par_ecrit(personne(4, "G15_10/SM31"))]));
    assert_eq!(composition("standard-hors-hematologie", &cerebrale, &avec_avis), EtatQuorum::Atteint);
}

#[test]
fn une_iratherapie_proposee_appelle_le_medecin_nucleaire() {
    let cas = Cas { traitements: vec!["MED-232".to_owned()], ..adulte() };
    let triade = [personne(1, ONCOLOGUE), personne(2, RADIOTHERAPEUTE), personne(3, CHIRURGIEN)];
    let resultat = exigences("standard-hors-hematologie").evaluer(&cas, &assistance(triade.clone()));
    assert_eq!(resultat.manquantes, ["Médecin nucléaire"]);
    let avec = assistance(triade.into_iter().chain([par_ecrit(personne(4, "G15_10/SM28"))]));
    assert!(exigences("standard-hors-hematologie").evaluer(&cas, &avec).atteint());
}

#[test]
fn de_15_a_24_ans_la_double_expertise_est_exigee_avis_ecrit_compris() {
    let triade = [personne(1, ONCOLOGUE), personne(2, RADIOTHERAPEUTE), personne(3, CHIRURGIEN)];
    let a = |age, assistance: &Assistance| composition("standard-hors-hematologie", &Cas { age: Some(age), ..Cas::default() }, assistance);
    let (seule, doublee) = (assistance(triade.clone()), assistance(triade.into_iter().chain([par_ecrit(personne(4, ONCOPEDIATRE))])));
    for age in [15, 24] {
        assert_eq!(a(age, &seule), EtatQuorum::NonAtteint, "{age} ans");
        assert_eq!(a(age, &doublee), EtatQuorum::Atteint, "{age} ans");
    }
    for age in [14, 25] {
        assert_eq!(a(age, &seule), EtatQuorum::Atteint, "{age} ans");
    }
}

#[test]
fn le_pharmacien_referent_est_recommande_en_recours_d_hematologie_et_ne_bloque_jamais() {
    let hemato = [personne(1, "G15_10/SM21"), personne(2, "G15_10/SM22"), personne(3, "G15_10/SM01"), personne(4, "G15_10/SM44")];
    let sans = exigences("recours-hematologie").evaluer(&adulte(), &assistance(hemato.clone()));
    assert!(sans.atteint());
    let avec = exigences("recours-hematologie").evaluer(&adulte(), &assistance(hemato.into_iter().chain([pharmacien(5)])));
    let tenue = |resultat: &ResultatQuorum| resultat.clauses.iter().find(|c| c.id == "PHARMACIEN_BIOTHERAPIES").map(|c| c.satisfaite);
    assert_eq!((tenue(&sans), tenue(&avec)), (Some(false), Some(true)));
}

#[test]
fn l_expert_d_un_cancer_rare_est_celui_que_la_rcp_designe() {
    let cas = adulte();
    let autour = [personne(2, "G15_10/SM01"), personne(3, CHIRURGIEN)];
    let sans = assistance(autour.clone().into_iter().chain([personne(1, ONCOLOGUE)]));
    let avec = assistance(autour.into_iter().chain([designee(1, ONCOLOGUE, "EXPERT_RESEAU")]));
    assert_eq!(composition("cancer-rare", &cas, &sans), EtatQuorum::NonAtteint);
    assert_eq!(composition("cancer-rare", &cas, &avec), EtatQuorum::Atteint);
}

#[test]
fn est_present_qui_arrive_avant_la_discussion_et_part_apres() {
    let debut = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
    let minute = |n| debut + TimeDelta::minutes(n);
    let discussion = Intervalle { debut: minute(10), fin: minute(20) };
    assert!(discussion.couvert(None, None));
    assert!(discussion.couvert(Some(minute(10)), Some(minute(20))));
    assert!(!discussion.couvert(Some(minute(11)), None));
    assert!(!discussion.couvert(None, Some(minute(19))));
}

#[test]
fn les_regles_livrees_sont_saines_et_disent_ce_qui_reste_a_verifier() {
    let dossier = format!("{}/referentiels/quorum", env!("CARGO_MANIFEST_DIR"));
    let mut codes = BTreeSet::new();
    for fichier in std::fs::read_dir(dossier).unwrap() {
        let chemin = fichier.unwrap().path();
        let regle: RegleQuorum = serde_json::from_str(&std::fs::read_to_string(&chemin).unwrap()).unwrap();
        assert_eq!(chemin.file_stem().and_then(|nom| nom.to_str()), Some(regle.code.as_str()));
        assert_eq!((regle.defauts(), regle.groupes_inconnus(&groupes())), (vec![], vec![]));
        let defauts = regle.clauses.iter().any(|c| c.source.nature == crate::metier::quorum::regle::NatureSource::AVerifier);
        assert_eq!(regle.statut == crate::metier::quorum::regle::StatutRegle::DefautAVerifier, defauts, "{}", regle.code);
        codes.insert(regle.code);
    }
    assert_eq!(codes.len(), 17);
    for code in &codes {
        assert!(regle(code).complements.iter().all(|complement| codes.contains(complement)), "{code}");
    }
}

#[test]
fn une_regle_bancale_est_decelee() {
    let mut regle = regle("standard-hors-hematologie");
    for clause in &mut regle.clauses {
        clause.id = "MEME".to_owned();
        clause.groupes = vec!["groupe_absent".to_owned()];
        clause.min = 0;
        clause.condition = None;
    }
    let defauts = regle.defauts();
    for attendu in ["identifiant en double", "minimum doit être positif", "porte une condition"] {
        assert!(defauts.iter().any(|defaut| defaut.message.contains(attendu)), "{attendu}");
    }
    let places: Vec<&str> = defauts.iter().filter(|d| d.pointer.starts_with("/clauses/1")).map(|d| d.pointer.as_str()).collect();
    assert!(places.starts_with(&["/clauses/1/id", "/clauses/1/min"]), "{places:?}");
    assert!(regle.groupes_inconnus(&groupes()).iter().any(|faute| faute.message.contains("groupe_absent")));
    regle.clauses.clear();
    assert_eq!(regle.defauts(), vec![], "trois spécialités sont déjà une exigence");
    regle.global.min_specialites_distinctes = 0;
    let places: Vec<String> = regle.defauts().into_iter().map(|defaut| defaut.pointer).collect();
    assert_eq!(places, ["/clauses"]);
}

#[test]
fn sans_regle_de_composition_le_quorum_has_se_dit_et_la_composition_reste_indeterminee() {
    let jour = DateTime::from_timestamp(1_700_000_000, 0).unwrap().date_naive();
    let exigences = Exigences { regle: RegleQuorum::sans_composition("disparue", jour), complements: Vec::new(), groupes: groupes() };
    let resultat = exigences.evaluer(&adulte(), &medecins([ONCOLOGUE, RADIOTHERAPEUTE, CHIRURGIEN]));
    assert_eq!((resultat.has, resultat.composition), (EtatQuorum::Atteint, EtatQuorum::Indetermine));
}

#[test]
fn une_regle_sans_clause_n_exige_que_des_specialites_differentes() {
    let resultat = exigences("has").evaluer(&adulte(), &medecins([ONCOLOGUE, RADIOTHERAPEUTE, "G15_10/SM44"]));
    assert!(resultat.atteint());
    assert_eq!(exigences("has").evaluer(&adulte(), &medecins([ONCOLOGUE, RADIOTHERAPEUTE])).has, EtatQuorum::NonAtteint);
}

#[test]
fn le_quorum_de_la_region_demande_les_trois_modalites_de_traitement_et_se_dit_regional() {
    let sans_chirurgien = medecins([ONCOLOGUE, RADIOTHERAPEUTE, "G15_10/SM44"]);
    let resultat = exigences("dgos-region").evaluer(&adulte(), &sans_chirurgien);
    assert_eq!((resultat.has, resultat.composition), (EtatQuorum::Atteint, EtatQuorum::NonAtteint));
    assert_eq!(resultat.manquantes, ["Chirurgien"]);
    assert!(exigences("dgos-region").evaluer(&adulte(), &medecins(["G15_10/SM71", RADIOTHERAPEUTE, CHIRURGIEN])).atteint());
    assert_eq!(regle("dgos-region").statut, crate::metier::quorum::regle::StatutRegle::Regionale);
}

#[test]
fn une_clause_a_designer_ne_se_prend_pas_de_soi_meme() {
    let exigences = exigences("cancer-rare");
    assert_eq!(exigences.repond_pour("EXPERT_RESEAU", &personne(1, ONCOLOGUE)), Some(false));
    assert_eq!(exigences.repond_pour("EXPERT_RESEAU", &designee(1, ONCOLOGUE, "EXPERT_RESEAU")), Some(true));
    assert_eq!(exigences.repond_pour("AJA_PEDIATRIQUE", &personne(1, ONCOPEDIATRE)), Some(true));
    assert_eq!(exigences.repond_pour("ABSENTE", &personne(1, ONCOLOGUE)), None);
}

#[test]
fn un_trait_inconnu_du_cas_ne_remplit_aucune_condition() {
    let condition = Condition { age_min: Some(15), ..Condition::default() };
    assert!(!condition.remplie(&Cas::default()));
    assert!(Condition::default().remplie(&Cas::default()));
}

fn un_participant() -> impl Strategy<Value = Participant> {
    let specialite = prop::option::of(prop::sample::select(vec![
        ONCOLOGUE,
        "G15_10/SM35",
        RADIOTHERAPEUTE,
        CHIRURGIEN,
        "G15_10/SM12",
        "G15_10/SM41",
        "G15_10/SM44",
        "G15_10/SM01",
        "G15_10/SM28",
        "G15_10/SM31",
        ONCOPEDIATRE,
        "G15_10/SM58",
        "G15_10/CAPA05",
    ]));
    let designations = prop::collection::btree_set(prop::sample::select(vec!["ONCOLOGUE".to_owned(), "CHIRURGIEN".to_owned()]), 0..2);
    (1_u128..40, specialite, prop::bool::weighted(0.9), designations, prop::sample::select(MoyenParticipation::TOUS)).prop_map(
        |(rang, specialite, medecin, designations, moyen)| Participant {
            praticien_id: PraticienId::new(Uuid::from_u128(rang)),
            profession: if medecin { "10" } else { "21" }.to_owned(),
            specialite: specialite.filter(|_| medecin).map(str::to_owned),
            designations,
            moyen,
        },
    )
}

fn un_cas() -> impl Strategy<Value = Cas> {
    let topographies = prop::collection::vec(prop::sample::select(vec!["C71.2".to_owned(), "C34.1".to_owned()]), 0..2);
    let traitements = prop::collection::vec(prop::sample::select(vec!["MED-232".to_owned(), "C63334".to_owned()]), 0..2);
    (prop::option::of(10_u32..90), topographies, traitements).prop_map(|(age, topographies, traitements)| Cas {
        age,
        topographies,
        traitements,
    })
}

fn une_regle() -> impl Strategy<Value = Exigences> {
    prop::sample::select(vec!["standard-hors-hematologie", "standard-hematologie", "recours-thoracique", "pediatrique", "cancer-rare"])
        .prop_map(exigences)
}

/// Two people of one id in a list are one person only if they are the same: keep the first.
fn sans_doublon(participants: Vec<Participant>) -> Vec<Participant> {
    let mut vus = BTreeSet::new();
    participants.into_iter().filter(|p| vus.insert(p.praticien_id)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn ajouter_une_personne_ne_fait_jamais_perdre_le_quorum(
        exigences in une_regle(), cas in un_cas(), presents in prop::collection::vec(un_participant(), 0..9), arrivant in un_participant()
    ) {
        let presents = sans_doublon(presents);
        prop_assume!(presents.iter().all(|p| p.praticien_id != arrivant.praticien_id));
        let avant = exigences.evaluer(&cas, &assistance(presents.clone()));
        let apres = exigences.evaluer(&cas, &assistance(presents.into_iter().chain([arrivant])));
        prop_assert!(avant.has != EtatQuorum::Atteint || apres.has == EtatQuorum::Atteint);
        prop_assert!(avant.composition != EtatQuorum::Atteint || apres.composition == EtatQuorum::Atteint);
        prop_assert!(apres.manquantes.len() <= avant.manquantes.len());
    }

    #[test]
    fn le_resultat_ne_depend_pas_de_l_ordre(
        exigences in une_regle(), cas in un_cas(),
        (presents, melanges) in prop::collection::vec(un_participant(), 0..9).prop_map(sans_doublon)
            .prop_flat_map(|presents| (Just(presents.clone()), Just(presents).prop_shuffle()))
    ) {
        prop_assert_eq!(exigences.evaluer(&cas, &assistance(presents)), exigences.evaluer(&cas, &assistance(melanges)));
    }

    #[test]
    fn personne_ne_tient_deux_places_d_une_regle(
        exigences in une_regle(), cas in un_cas(), presents in prop::collection::vec(un_participant(), 0..9)
    ) {
        let resultat = exigences.evaluer(&cas, &assistance(sans_doublon(presents)));
        let de_la_regle: Vec<PraticienId> =
            resultat.clauses.iter().filter(|c| exigences.regle.clause(&c.id).is_some()).filter_map(|c| c.praticien_id).collect();
        prop_assert_eq!(de_la_regle.iter().collect::<BTreeSet<_>>().len(), de_la_regle.len());
    }
}
