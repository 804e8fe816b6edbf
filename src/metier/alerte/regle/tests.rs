use super::*;
use crate::{kernel::clock, metier::referentiel::lot::Lot};
use serde_json::json;

/// An ordinary case: nothing to say.
fn cas() -> Contexte {
    Contexte {
        patient: ContextePatient {
            age: 60,
            sexe: Sexe::Feminin,
            statut_identite: StatutIdentite::Qualifiee,
            medecin_traitant: true,
            adresse_securisee: true,
            oppositions: vec![],
        },
        fiche: json!({}),
        g8: ContexteG8 { etat: "non_concerne".into(), demi_points: None, score: None },
        reunion: ContexteReunion { date: "2026-03-02".parse().unwrap(), etat: "planifiee".into() },
        rcp: ContexteRcp {
            type_rcp: TypeRcp::Standard,
            categorie_recours: None,
            reseau_cancer_rare: None,
            nature: NatureRcp::AppareilOrgane,
            appareil: None,
            organes: vec![],
            traitement_soins: None,
            theme: "senologie".into(),
            niveau: NiveauRcp::Territorial,
            expertise: false,
        },
        inscription: ContexteInscription { etat: "inscrite".into(), traitements_proposes: vec![] },
        quorum: ContexteQuorum { has: EtatQuorum::Indetermine, composition: EtatQuorum::Indetermine, manquantes: vec![] },
    }
}

fn regles() -> Vec<Regle> {
    let lot = Lot::embarque().unwrap();
    lot.alertes.iter().map(|fichier| Regle::lire(&fichier.contenu).unwrap_or_else(|e| panic!("{} : {e}", fichier.code))).collect()
}

/// The rules that fire on a case.
fn declenchements(contexte: &Contexte) -> Vec<Declenchement> {
    let contexte = ContexteEvaluable::nouveau(contexte).unwrap();
    regles()
        .iter()
        .filter_map(|regle| match regle.evaluer(&contexte) {
            Issue::Declenchee(d) => Some(d),
            Issue::Muette => None,
            Issue::Inevaluable => panic!("{} ne s'évalue pas", regle.code),
        })
        .collect()
}

fn codes(contexte: &Contexte) -> Vec<String> {
    declenchements(contexte).into_iter().map(|d| d.regle_code).collect()
}

/// The codes raised for somebody born and seen on these days.
fn codes_a(naissance: &str, reunion: &str) -> Vec<String> {
    let (naissance, date): (NaiveDate, NaiveDate) = (naissance.parse().unwrap(), reunion.parse().unwrap());
    let mut contexte = cas();
    contexte.patient.age = clock::age(naissance, date);
    contexte.reunion.date = date;
    codes(&contexte)
}

fn regle(condition: &str) -> Result<Regle, RegleInvalide> {
    Regle::lire(&json!({ "code": "essai", "version": "1", "nom": "Essai", "valable_du": "2026-01-01", "source": "", "niveau": "a_traiter",
        "acquittable": true, "cas": [{ "condition": condition, "message": "{patient.age} ans, {fiche.rien}, {rcp.organes}" }] }))
}

fn evaluer(condition: &str, contexte: &Contexte) -> Issue {
    regle(condition).unwrap().evaluer(&ContexteEvaluable::nouveau(contexte).unwrap())
}

#[test]
fn un_cas_ordinaire_ne_leve_aucune_alerte_et_les_regles_livrees_sont_celles_attendues() {
    assert!(codes(&cas()).is_empty());
    let codes: Vec<String> = regles().into_iter().map(|regle| regle.code).collect();
    assert_eq!(
        codes,
        [
            "adresse-securisee-absente",
            "aja-15-24",
            "g8-a-partir-de-75",
            "identite-non-qualifiee",
            "medecin-traitant-absent",
            "opposition-partage",
            "pediatrie-moins-18",
            "quorum-non-atteint"
        ]
    );
}

#[test]
fn avant_dix_huit_ans_une_rcp_d_adultes_est_bloquee_jusqu_a_la_veille_de_l_anniversaire() {
    assert!(codes_a("2008-03-03", "2026-03-02").contains(&"pediatrie-moins-18".to_owned()));
    assert!(!codes_a("2008-03-02", "2026-03-02").contains(&"pediatrie-moins-18".to_owned()));
    // Born on 29 February: 18 on 1 March 2026, not on 28 February.
    assert!(codes_a("2008-02-29", "2026-02-28").contains(&"pediatrie-moins-18".to_owned()));
    assert!(!codes_a("2008-02-29", "2026-03-01").contains(&"pediatrie-moins-18".to_owned()));
    let mut enfant = cas();
    enfant.patient.age = 6;
    let alerte = &declenchements(&enfant)[0];
    assert_eq!((alerte.niveau, alerte.acquittable), (NiveauAlerte::Bloquante, false));
    assert!(alerte.message.contains("(6 ans)"), "{}", alerte.message);
    enfant.rcp.type_rcp = TypeRcp::Pediatrique;
    assert!(codes(&enfant).is_empty());
}

#[test]
fn l_alerte_aja_va_du_quinzieme_anniversaire_a_la_veille_du_vingt_cinquieme() {
    let aja = |naissance: &str, reunion: &str| codes_a(naissance, reunion).contains(&"aja-15-24".to_owned());
    assert!(!aja("2011-03-03", "2026-03-02"));
    assert!(aja("2011-03-02", "2026-03-02"));
    assert!(aja("2001-03-03", "2026-03-02"));
    assert!(!aja("2001-03-02", "2026-03-02"));
    // Born on 29 February 2012: 15 on 1 March 2027; 25 on 1 March 2037.
    assert!(!aja("2012-02-29", "2027-02-28"));
    assert!(aja("2012-02-29", "2027-03-01"));
    assert!(aja("2012-02-29", "2037-02-28"));
    assert!(!aja("2012-02-29", "2037-03-01"));
    assert!(aja("2004-02-29", "2029-02-28"));
    assert!(!aja("2004-02-29", "2029-03-01"));
    // In a leap year the birthday is 29 February itself.
    assert!(!aja("2000-02-29", "2028-02-29"));
    assert!(aja("2012-02-29", "2028-02-29"));
    assert!(codes_a("2012-02-29", "2032-02-28").contains(&"aja-15-24".to_owned()));
}

#[test]
fn l_alerte_aja_demande_l_expertise_qui_manque_a_la_rcp() {
    let mut jeune = cas();
    jeune.patient.age = 16;
    jeune.rcp.type_rcp = TypeRcp::Pediatrique;
    assert!(declenchements(&jeune)[0].message.contains("de l'adulte"));
    jeune.patient.age = 20;
    jeune.rcp.type_rcp = TypeRcp::Standard;
    assert!(declenchements(&jeune)[0].message.contains("de l'enfant et de l'adolescent"));
}

#[test]
fn le_g8_se_demande_a_partir_du_soixante_quinzieme_anniversaire_et_oriente_a_quatorze_ou_moins() {
    let g8 = |age: u32, etat: &str, demi_points: Option<u8>| {
        let mut contexte = cas();
        contexte.patient.age = age;
        contexte.g8 = ContexteG8 { etat: etat.into(), demi_points, score: demi_points.map(|d| format!("{},{}", d / 2, d % 2 * 5)) };
        declenchements(&contexte).pop().map(|d| d.message)
    };
    assert_eq!(g8(74, "non_concerne", None), None);
    let non_fait = g8(75, "non_fait", None).unwrap();
    let incomplet = g8(75, "incomplet", None).unwrap();
    assert!(non_fait.contains("75 ans") && non_fait.contains("n'a pas été fait"));
    assert!(incomplet.contains("incomplet"));
    assert!(g8(80, "fait", Some(28)).unwrap().contains("14,0 sur 17"));
    assert!(g8(80, "fait", Some(27)).unwrap().contains("13,5 sur 17"));
    assert_eq!(g8(80, "fait", Some(29)), None);
    assert_eq!(g8(74, "fait", Some(20)), None);
}

#[test]
fn l_envoi_au_medecin_traitant_se_prepare_sauf_si_le_patient_s_y_oppose() {
    let mut contexte = cas();
    contexte.patient.adresse_securisee = false;
    assert_eq!(codes(&contexte), ["adresse-securisee-absente"]);
    contexte.patient.medecin_traitant = false;
    assert_eq!(codes(&contexte), ["medecin-traitant-absent"]);
    contexte.patient.oppositions = vec![ObjetOpposition::EnvoiMedecinTraitant];
    assert!(codes(&contexte).is_empty());
}

#[test]
fn chaque_statut_d_identite_non_qualifiee_a_son_texte() {
    let messages: std::collections::BTreeSet<String> = StatutIdentite::TOUS
        .iter()
        .filter_map(|statut| {
            let mut contexte = cas();
            contexte.patient.statut_identite = *statut;
            declenchements(&contexte).pop().map(|d| d.message)
        })
        .collect();
    assert_eq!(messages.len(), 3);
}

#[test]
fn un_quorum_manque_se_dit_avec_ce_qui_manque_et_un_quorum_indetermine_ne_dit_rien() {
    let mut contexte = cas();
    contexte.quorum = ContexteQuorum {
        has: EtatQuorum::Atteint,
        composition: EtatQuorum::NonAtteint,
        manquantes: vec!["Chirurgie".into(), "Radiothérapie".into()],
    };
    assert!(declenchements(&contexte)[0].message.ends_with("Il manque : Chirurgie, Radiothérapie."));
    contexte.quorum.has = EtatQuorum::NonAtteint;
    assert!(declenchements(&contexte)[0].message.contains("trois médecins"));
    contexte.quorum = ContexteQuorum { has: EtatQuorum::Atteint, composition: EtatQuorum::Indetermine, manquantes: vec![] };
    assert!(codes(&contexte).is_empty());
}

#[test]
fn l_opposition_au_partage_bloque_et_les_autres_non() {
    let mut contexte = cas();
    contexte.patient.oppositions = vec![ObjetOpposition::Dmp, ObjetOpposition::PartageDcc];
    let alertes = declenchements(&contexte);
    assert_eq!((alertes.len(), alertes[0].regle_code.as_str(), alertes[0].niveau), (1, "opposition-partage", NiveauAlerte::Bloquante));
    contexte.patient.oppositions = vec![ObjetOpposition::Dmp, ObjetOpposition::Reutilisation];
    assert!(codes(&contexte).is_empty());
}

#[test]
fn les_conditions_voient_la_fiche_et_ses_nombres() {
    let mut contexte = cas();
    contexte.fiche = json!({ "evaluation": { "poids_kg": 51.5, "g8": { "appetit": 2 } }, "tumeurs": [{ "topographie": "C50.9" }, { "topographie": "C34" }] });
    contexte.rcp.organes = vec!["a".into(), "b".into()];
    let declenchee = |issue: Issue| matches!(issue, Issue::Declenchee(_));
    for vraie in [
        "has(fiche.evaluation) && fiche.evaluation.poids_kg < 52.0",
        "fiche.evaluation.g8.appetit + 1 == 3",
        "fiche.tumeurs.exists(t, t.topographie.startsWith('C50'))",
        "size(fiche.tumeurs) > 1 && !has(fiche.antecedents)",
        "rcp.type_rcp != 'recours' && reunion.date < '2026-03-03'",
    ] {
        assert!(declenchee(evaluer(vraie, &contexte)), "{vraie}");
    }
    let Issue::Declenchee(d) = evaluer("true", &contexte) else { panic!("une condition vraie déclenche") };
    assert_eq!(d.message, "60 ans, (non renseigné), a, b");
}

#[test]
fn une_condition_qui_echoue_ne_dit_rien_ni_dans_un_sens_ni_dans_l_autre() {
    for fautive in ["fiche.absente > 3", "patient.age", "patient.sexe > 3", "size(fiche.tumeurs) > 1"] {
        assert_eq!(evaluer(fautive, &cas()), Issue::Inevaluable, "{fautive}");
    }
}

#[test]
fn une_regle_fautive_ou_trop_couteuse_est_refusee_a_la_lecture() {
    let refus = |condition: &str| match regle(condition) {
        Err(RegleInvalide::Condition(1, refus)) => refus,
        autre => panic!("{autre:?}"),
    };
    assert!(matches!(refus("patient.age <"), ExpressionInvalide::Illisible(_)));
    assert_eq!(refus("patiente.age < 18"), ExpressionInvalide::VariableInconnue("patiente".into()));

    let lire = |champ: &str, valeur: Value| {
        let mut contenu = json!({ "code": "essai", "version": "1", "nom": "Essai", "valable_du": "2026-01-01", "source": "",
            "niveau": "bloquante", "acquittable": false, "cas": [{ "condition": "true", "message": "m" }] });
        contenu[champ] = valeur;
        Regle::lire(&contenu)
    };
    assert!(lire("niveau", json!("bloquante")).is_ok());
    assert!(matches!(lire("acquittable", json!(true)), Err(RegleInvalide::BloquanteAcquittable)));
    assert!(matches!(lire("cas", json!([])), Err(RegleInvalide::SansCas)));
    assert!(matches!(lire("niveau", json!("grave")), Err(RegleInvalide::Forme(_))));
    assert!(matches!(lire("condition", json!("true")), Err(RegleInvalide::Forme(_))));
}

#[test]
fn une_condition_ne_voit_que_le_debut_d_une_longue_liste() {
    let mut contexte = cas();
    contexte.fiche = json!({ "a": (0..5000).collect::<Vec<_>>() });
    let n = expression::LISTE_MAXIMALE;
    let condition = format!("size(fiche.a) == {n} && fiche.a.all(x, fiche.a.all(y, x + y < {}))", 2 * n);
    assert!(matches!(evaluer(&condition, &contexte), Issue::Declenchee(_)));
}
