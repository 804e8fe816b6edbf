use super::*;
use crate::{
    kernel::clock,
    metier::{patient::model::ObjetOpposition, quorum::model::EtatQuorum, referentiel::lot::Lot},
};
use proptest::prelude::*;
use serde_json::json;
use std::{collections::BTreeMap, sync::LazyLock};

static REGLES: LazyLock<Vec<Regle>> = LazyLock::new(|| {
    let lot = Lot::embarque().unwrap();
    lot.alertes.iter().map(|fichier| Regle::lire(&fichier.contenu).unwrap_or_else(|e| panic!("{} : {e}", fichier.code))).collect()
});

/// The rules that fire on a case.
fn declenchements(contexte: &Contexte) -> Vec<Declenchement> {
    let contexte = ContexteEvaluable::nouveau(contexte).unwrap();
    let declenche = |regle: &Regle| match regle.evaluer(&contexte) {
        Issue::Declenchee(d) => Some(d),
        Issue::Muette => None,
        Issue::Inevaluable => panic!("{} ne s'évalue pas", regle.code),
    };
    REGLES.iter().filter_map(declenche).collect()
}

fn codes(contexte: &Contexte) -> Vec<String> {
    declenchements(contexte).into_iter().map(|d| d.regle_code).collect()
}

/// The codes raised for somebody born and seen on these days.
fn codes_a(naissance: &str, reunion: &str) -> Vec<String> {
    let (naissance, date): (NaiveDate, NaiveDate) = (naissance.parse().unwrap(), reunion.parse().unwrap());
    let mut contexte = Contexte::ordinaire();
    contexte.patient.age = clock::age(naissance, date);
    contexte.reunion.date = date;
    codes(&contexte)
}

fn ecrite(condition: &str) -> Value {
    json!({ "code": "essai", "version": "1", "nom": "Essai", "valable_du": "2026-01-01", "source": "", "niveau": "a_traiter",
        "acquittable": true, "cas": [{ "condition": condition, "message": "{patient.age} ans, {fiche.rien}, {rcp.organes}" }] })
}

fn avec(champ: &str, valeur: Value) -> Value {
    let mut contenu = ecrite("patient.age >= 75");
    contenu[champ] = valeur;
    contenu
}

fn evaluer(condition: &str, contexte: &Contexte) -> Issue {
    Regle::lire(&ecrite(condition)).unwrap().evaluer(&ContexteEvaluable::nouveau(contexte).unwrap())
}

#[test]
fn un_cas_ordinaire_ne_leve_aucune_alerte_et_les_regles_livrees_sont_celles_attendues() {
    assert_eq!(codes(&Contexte::ordinaire()), [""; 0]);
    let codes: Vec<&str> = REGLES.iter().map(|regle| regle.code.as_str()).collect();
    let attendues = "adresse-securisee-absente aja-15-24 aja-hematologie alcool cancer-rare chirurgie-complexe delai-demande delai-operation \
                     delai-prelevement essai-clinique fertilite g8-a-partir-de-75 identite-non-qualifiee inscription-hors-delai \
                     medecin-traitant-absent oncogenetique opposition-partage pediatrie-moins-18 quorum-non-atteint \
                     soins-palliatifs-non-evalues soins-support-non-evalues tabac urgence-chirurgicale";
    assert_eq!(codes, attendues.split_whitespace().collect::<Vec<_>>());
}

#[test]
fn chaque_regle_livree_a_un_contact_et_des_essais_de_chacun_de_ses_cas_et_de_son_silence() {
    for regle in REGLES.iter() {
        regle.verifier().unwrap_or_else(|cause| panic!("{} : {cause}", regle.code));
        let essayes: BTreeSet<Option<usize>> = regle.essais.iter().map(|essai| essai.cas).collect();
        let attendus = std::iter::once(None).chain((1..=regle.cas.len()).map(Some)).collect();
        assert_eq!(essayes, attendus, "{}", regle.code);
        assert!(regle.essais.len() >= 3, "{}", regle.code);
        assert!(regle.cas.iter().all(|cas| cas.contact.is_some()), "{}", regle.code);
    }
}

#[test]
fn un_fait_qu_aucun_texte_ne_dit_est_signale_a_valider() {
    for fichier in Lot::embarque().unwrap().alertes {
        let source = fichier.contenu["source"].as_str().unwrap();
        let a_verifier = Regle::lire(&fichier.contenu).unwrap().statut == StatutRegle::DefautAVerifier;
        assert_eq!(a_verifier, source.contains("À valider"), "{} : {source}", fichier.code);
    }
}

#[test]
fn la_majorite_et_l_age_des_jeunes_adultes_se_comptent_le_jour_de_la_reunion() {
    let a = |code: &str, naissance: &str, reunion: &str| codes_a(naissance, reunion).contains(&code.to_owned());
    assert!(a("pediatrie-moins-18", "2008-03-03", "2026-03-02"));
    assert!(!a("pediatrie-moins-18", "2008-03-02", "2026-03-02"));
    // Born on 29 February: 18 on 1 March 2026, not on 28 February.
    assert!(a("pediatrie-moins-18", "2008-02-29", "2026-02-28"));
    assert!(!a("pediatrie-moins-18", "2008-02-29", "2026-03-01"));

    let aja = |naissance: &str, reunion: &str| a("aja-15-24", naissance, reunion);
    assert!(!aja("2011-03-03", "2026-03-02"));
    assert!(aja("2011-03-02", "2026-03-02"));
    assert!(aja("2001-03-03", "2026-03-02"));
    assert!(!aja("2001-03-02", "2026-03-02"));
    // Born on 29 February 2012: 15 on 1 March 2027; 25 on 1 March 2037.
    assert!(!aja("2012-02-29", "2027-02-28"));
    assert!(aja("2012-02-29", "2027-03-01"));
    assert!(aja("2012-02-29", "2037-02-28"));
    assert!(!aja("2012-02-29", "2037-03-01"));
    // In a leap year the birthday is 29 February itself.
    assert!(!aja("2000-02-29", "2028-02-29"));
    assert!(aja("2012-02-29", "2028-02-29"));
}

#[test]
fn les_textes_disent_les_valeurs_du_cas() {
    let mut enfant = Contexte::ordinaire();
    enfant.patient.age = 6;
    let alerte = &declenchements(&enfant)[0];
    assert_eq!((alerte.niveau, alerte.acquittable), (NiveauAlerte::Bloquante, false));
    assert!(alerte.message.contains("(6 ans)"), "{}", alerte.message);

    let mut sans_quorum = Contexte::ordinaire();
    sans_quorum.quorum = ContexteQuorum {
        has: EtatQuorum::Atteint,
        composition: EtatQuorum::NonAtteint,
        manquantes: vec!["Chirurgie".into(), "Radiothérapie".into()],
    };
    assert!(declenchements(&sans_quorum)[0].message.ends_with("Il manque : Chirurgie, Radiothérapie."));

    let mut oppose = Contexte::ordinaire();
    oppose.patient.oppositions = vec![ObjetOpposition::Dmp, ObjetOpposition::PartageDcc];
    assert_eq!(codes(&oppose), ["opposition-partage"]);
}

#[test]
fn les_conditions_voient_la_fiche_et_ses_nombres() {
    let mut contexte = Contexte::ordinaire();
    contexte.fiche = json!({ "evaluation": { "poids_kg": 51.5, "g8": { "appetit": 2 } }, "tumeurs": [{ "topographie": "C50.9" }, { "topographie": "C34" }] });
    contexte.tumeurs = ContexteTumeur::lire(&contexte.fiche);
    contexte.rcp.organes = vec!["a".into(), "b".into()];
    let declenchee = |issue: Issue| matches!(issue, Issue::Declenchee(_));
    for vraie in [
        "has(fiche.evaluation) && fiche.evaluation.poids_kg < 52.0",
        "fiche.evaluation.g8.appetit + 1 == 3",
        "fiche.tumeurs.exists(t, t.topographie.startsWith('C50'))",
        "tumeurs.exists(t, t.topographie >= 'C34' && t.topographie < 'C35') && tumeurs.all(t, t.morphologie == '')",
        "size(fiche.tumeurs) > 1 && !has(fiche.antecedents)",
        "rcp.type_rcp != 'recours' && reunion.date < '2026-03-06'",
        "!('prostate-isup' in calcul) && size(participants) == 0 && historique.nombre == 0",
    ] {
        assert!(declenchee(evaluer(vraie, &contexte)), "{vraie}");
    }
    let Issue::Declenchee(d) = evaluer("true", &contexte) else { panic!("une condition vraie déclenche") };
    assert_eq!(d.message, "60 ans, (non renseigné), a, b");
}

#[test]
fn une_condition_qui_echoue_ne_dit_rien_ni_dans_un_sens_ni_dans_l_autre() {
    for fautive in ["fiche.absente > 3", "patient.age", "patient.sexe > 3", "size(fiche.tumeurs) > 1"] {
        assert_eq!(evaluer(fautive, &Contexte::ordinaire()), Issue::Inevaluable, "{fautive}");
    }
}

#[test]
fn une_regle_ne_parle_que_des_cas_auxquels_elle_s_applique() {
    let mut contexte = Contexte::ordinaire();
    contexte.patient.age = 80;
    let issue = |contexte: &Contexte, applicable: &str| {
        Regle::lire(&avec("applicable", json!(applicable))).unwrap().evaluer(&ContexteEvaluable::nouveau(contexte).unwrap())
    };
    assert!(matches!(issue(&contexte, "rcp.code in ['SENO']"), Issue::Declenchee(_)));
    assert_eq!(issue(&contexte, "rcp.code in ['AUTRE']"), Issue::Muette);
    assert_eq!(issue(&contexte, "fiche.absente"), Issue::Inevaluable);
    let lointaine = Regle::lire(&avec("applicable", json!("historique.nombre > 0")));
    assert!(matches!(lointaine, Err(RegleInvalide::Applicable(ExpressionInvalide::VariableInconnue(nom))) if nom == "historique"));
}

#[test]
fn une_condition_en_plusieurs_lignes_tient_quand_toutes_tiennent() {
    let issue = |condition: Value| {
        let cas = json!([{ "condition": condition, "message": "m" }]);
        Regle::lire(&avec("cas", cas)).unwrap().evaluer(&ContexteEvaluable::nouveau(&Contexte::ordinaire()).unwrap())
    };
    assert!(matches!(issue(json!(["patient.age == 60", "size(tumeurs) == 0"])), Issue::Declenchee(_)));
    assert_eq!(issue(json!(["patient.age == 60", "size(tumeurs) == 1"])), Issue::Muette);
    assert_eq!(issue(json!(["patient.age == 61", "fiche.absente"])), Issue::Muette, "la suite n'est pas regardée");
    assert_eq!(issue(json!(["patient.age == 60", "fiche.absente"])), Issue::Inevaluable);
}

#[test]
fn une_regle_fautive_ou_trop_couteuse_est_refusee_a_la_lecture() {
    let refus = |condition: &str| match Regle::lire(&ecrite(condition)) {
        Err(RegleInvalide::Condition(1, refus)) => refus,
        autre => panic!("{autre:?}"),
    };
    assert!(matches!(refus("patient.age <"), ExpressionInvalide::Illisible(_)));
    assert_eq!(refus("patiente.age < 18"), ExpressionInvalide::VariableInconnue("patiente".into()));
    assert!(matches!(Regle::lire(&avec("niveau", json!("bloquante"))), Err(RegleInvalide::BloquanteAcquittable)));
    assert!(matches!(Regle::lire(&avec("cas", json!([]))), Err(RegleInvalide::SansCas)));
    assert!(matches!(Regle::lire(&avec("niveau", json!("grave"))), Err(RegleInvalide::Forme(_))));
    assert!(matches!(Regle::lire(&avec("condition", json!("true"))), Err(RegleInvalide::Forme(_))));
}

#[test]
fn une_regle_qui_manque_un_essai_est_refusee_avec_ce_qu_elle_dit() {
    let refus = |essai: Value| Regle::lire(&avec("essais", json!([essai]))).unwrap().verifier().map_err(|e| e.to_string());
    assert_eq!(refus(json!({ "nom": "75 ans", "contexte": { "patient": { "age": 75 } }, "cas": 1 })), Ok(()));
    assert_eq!(refus(json!({ "nom": "cas ordinaire" })), Ok(()));
    let message = |essai: Value| refus(essai).unwrap_err();
    assert_eq!(
        message(json!({ "nom": "74 ans", "contexte": { "patient": { "age": 74 } }, "cas": 1 })),
        "essai 1 (« 74 ans ») : rien ne se déclenche, le cas 1 est attendu"
    );
    assert_eq!(
        message(json!({ "nom": "75 ans", "contexte": { "patient": { "age": 75 } } })),
        "essai 1 (« 75 ans ») : le cas 1 se déclenche, rien n'est attendu"
    );
    assert!(message(json!({ "nom": "faute", "contexte": { "patient": { "aeg": 75 } } })).contains("aeg"));
    assert!(message(json!({ "nom": "faute", "contexte": { "rcp": { "type_rcp": "pediatrie" } } })).contains("pediatrie"));
}

#[test]
fn une_condition_ne_voit_que_le_debut_d_une_longue_liste() {
    let mut contexte = Contexte::ordinaire();
    contexte.fiche = json!({ "a": (0..5000).collect::<Vec<_>>() });
    let n = expression::LISTE_MAXIMALE;
    let condition = format!("size(fiche.a) == {n} && fiche.a.all(x, fiche.a.all(y, x + y < {}))", 2 * n);
    assert!(matches!(evaluer(&condition, &contexte), Issue::Declenchee(_)));
}

/// A context where every member has a value, and every list an element.
fn plein() -> Value {
    let mut contexte = serde_json::to_value(Contexte::ordinaire()).unwrap();
    for (pointeur, membres) in [
        ("/dossier", json!({ "topographie": "C50", "date_diagnostic": "2026-01-01" })),
        ("/g8", json!({ "demi_points": 28, "score": "14" })),
        ("/rcp", json!({ "categorie_recours": "thoracique", "reseau_cancer_rare": "NETSARC+", "traitement_soins": "ORG-130" })),
        ("/delais", json!({ "fiche": 1, "inscription": 1, "diagnostic": 1, "prelevement": 1, "anatomopathologie": 1, "operation": 1 })),
        ("/historique", json!({ "dernier": "2026-01-01", "jours_depuis_dernier": 3, "passages": [ContextePassage::default()] })),
        ("", json!({ "tumeurs": [{ "topographie": "", "morphologie": "" }], "participants": [ContexteParticipant::default()] })),
    ] {
        let cible = contexte.pointer_mut(pointeur).and_then(Value::as_object_mut).unwrap();
        cible.extend(membres.as_object().unwrap().clone());
    }
    // What is told is what is read back: no member is written here by mistake.
    serde_json::to_value(serde_json::from_value::<Contexte>(contexte).unwrap()).unwrap()
}

/// The kind of each leaf of a context, by path.
fn genres(prefixe: &str, valeur: &Value, vus: &mut BTreeMap<String, &'static str>) {
    let genre = match valeur {
        Value::Object(membres) if !["fiche", "calcul"].contains(&prefixe) => {
            for (nom, membre) in membres {
                genres(&if prefixe.is_empty() { nom.clone() } else { format!("{prefixe}.{nom}") }, membre, vus);
            }
            return;
        }
        Value::Array(elements) if elements.first().is_some_and(Value::is_object) => {
            return genres(&format!("{prefixe}[]"), &elements[0], vus);
        }
        Value::Object(_) => "objet",
        Value::Array(_) => "liste",
        Value::String(texte) if texte.parse::<NaiveDate>().is_ok() => "date",
        Value::String(_) => "texte",
        Value::Number(_) => "entier",
        Value::Bool(_) => "vrai",
        Value::Null => panic!("{prefixe} est nul"),
    };
    vus.insert(prefixe.to_owned(), genre);
}

#[test]
fn le_dictionnaire_dit_chaque_variable_du_contexte_et_son_type() {
    let mut vus = BTreeMap::new();
    genres("", &plein(), &mut vus);
    let dits: BTreeMap<String, &str> =
        DICTIONNAIRE.iter().map(|v| (v.chemin.to_owned(), v.genre.split([' ', ',']).next().unwrap())).collect();
    assert_eq!(dits, vus);
    let racines: BTreeSet<&str> = vus.keys().map(|chemin| chemin.split(['.', '[']).next().unwrap()).collect();
    assert_eq!(racines, PROCHES.into_iter().chain(LOINTAINES).collect());
}

#[test]
fn les_variables_facultatives_du_dictionnaire_sont_celles_qui_peuvent_manquer() {
    let mut contexte = Contexte::ordinaire();
    contexte.rcp.appareil = None;
    contexte.historique.passages = vec![ContextePassage::default()];
    contexte.participants = vec![ContexteParticipant::default()];
    contexte.tumeurs = vec![ContexteTumeur { topographie: String::new(), morphologie: String::new() }];
    let mut vus = BTreeMap::new();
    genres("", &serde_json::to_value(contexte).unwrap(), &mut vus);
    for variable in DICTIONNAIRE {
        assert_eq!(variable.genre.contains("facultati"), !vus.contains_key(variable.chemin), "{}", variable.chemin);
    }
}

/// Any JSON, with the names and the codes that rules look at often enough to be reached.
fn json_quelconque() -> impl Strategy<Value = Value> {
    let noms = "parcours fertilite tumeurs tnm m evaluation oms code phase a_distance rcppi besoins sein geriatrie urgence_chirurgicale \
                gonadotoxicite chirurgie_situations tabac orl alcool";
    let noms: Vec<String> = noms.split_whitespace().map(str::to_owned).collect();
    let feuille = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        prop::sample::select(vec!["oui", "actif", "refusee", "LA9625-0", "M1"]).prop_map(Value::from),
    ];
    feuille.prop_recursive(5, 60, 6, move |interieur| {
        prop_oneof![
            prop::collection::vec(interieur.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((prop::sample::select(noms.clone()), interieur), 0..6)
                .prop_map(|membres| Value::Object(membres.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn une_fiche_quelconque_n_interrompt_jamais_une_regle(fiche in json_quelconque(), age in 0_u32..125) {
        let mut contexte = Contexte::ordinaire();
        contexte.patient.age = age;
        contexte.modele.champs = vec!["parcours".into(), "fertilite".into()];
        contexte.tumeurs = ContexteTumeur::lire(&fiche);
        contexte.fiche = fiche;
        let evaluable = ContexteEvaluable::nouveau(&contexte).unwrap();
        for regle in REGLES.iter() {
            if let Issue::Declenchee(d) = regle.evaluer(&evaluable) {
                prop_assert!(!d.message.is_empty());
            }
        }
    }
}
