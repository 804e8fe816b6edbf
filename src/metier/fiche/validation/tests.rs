//! The national common core, tried on contents.

use super::*;
use crate::metier::referentiel::{composition::Corps, lot::Lot, model::jeux_cites};
use serde_json::json;
use std::{collections::BTreeSet, sync::OnceLock};

fn aujourd_hui() -> NaiveDate {
    "2026-03-02".parse().unwrap()
}

fn lot() -> &'static Lot {
    static LOT: OnceLock<Lot> = OnceLock::new();
    LOT.get_or_init(|| Lot::embarque().unwrap())
}

fn socle() -> &'static Corps {
    static SOCLE: OnceLock<Corps> = OnceLock::new();
    SOCLE.get_or_init(|| lot().corps(&"socle-frcp@2025.01".parse().unwrap()).unwrap())
}

fn modele() -> &'static ModeleCompile {
    static MODELE: OnceLock<ModeleCompile> = OnceLock::new();
    MODELE.get_or_init(|| ModeleCompile::new(&socle().schema, &[], &lot().codes()).unwrap())
}

/// Everything that the form can hold.
fn complete() -> Value {
    serde_json::from_str(include_str!("../../../../tests/exemples/fiche.json")).unwrap()
}

/// What the national core asks for, and nothing more.
fn minimale() -> Value {
    let mut contenu = complete();
    for section in [
        "antecedents",
        "comorbidites",
        "evaluation",
        "grossesses",
        "souhaits_patient",
        "paraclinique",
        "traitements",
        "compte_rendu_operatoire",
        "anatomopathologie",
        "genetique",
        "urgence_chirurgicale",
        "commentaire_patient",
    ] {
        contenu.as_object_mut().unwrap().remove(section);
    }
    contenu
}

/// Sets, or removes with `null`, what stands at a pointer.
fn poser(contenu: &mut Value, pointeur: &str, valeur: Value) {
    let (parent, nom) = pointeur.rsplit_once('/').unwrap();
    match contenu.pointer_mut(parent).unwrap() {
        Value::Object(membres) if valeur.is_null() => drop(membres.remove(nom)),
        Value::Object(membres) => drop(membres.insert(nom.to_owned(), valeur)),
        Value::Array(elements) => elements[nom.parse::<usize>().unwrap()] = valeur,
        autre => panic!("{autre}"),
    }
}

fn avec(changements: &[(&str, Value)]) -> Value {
    let mut contenu = complete();
    changements.iter().for_each(|(pointeur, valeur)| poser(&mut contenu, pointeur, valeur.clone()));
    contenu
}

/// (pointer, code) of each fault.
fn fautes(contenu: &Value, niveau: Niveau) -> Vec<(String, String)> {
    modele().fautes(contenu, niveau, aujourd_hui()).into_iter().map(|faute| (faute.pointer, faute.code)).collect()
}

const PRETE: Niveau = Niveau::Exige(Etape::Prete);

#[track_caller]
fn refuse(contenu: &Value, niveau: Niveau, attendues: &[(&str, &str)]) {
    let attendues: Vec<(String, String)> = attendues.iter().map(|(p, c)| ((*p).to_owned(), (*c).to_owned())).collect();
    assert_eq!(fautes(contenu, niveau), attendues);
}

#[test]
fn une_fiche_complete_ou_minimale_est_prete() {
    for contenu in [complete(), minimale()] {
        refuse(&contenu, PRETE, &[]);
        refuse(&contenu, Niveau::Exige(Etape::Validation), &[]);
        refuse(&contenu, Niveau::Brouillon, &[]);
        assert_eq!(modele().completude(&contenu, Etape::Prete, aujourd_hui()), Completude { pourcentage: 100, manquants: vec![] });
    }
}

#[test]
fn une_rcp_transversale_demande_le_traitement_et_non_l_appareil() {
    let transversale = |changements: &[(&str, Value)]| {
        let mut tous = vec![("/motif/nature", json!("ORG-132")), ("/motif/appareil", Value::Null), ("/motif/organes", Value::Null)];
        tous.extend_from_slice(changements);
        avec(&tous)
    };
    refuse(&transversale(&[("/motif/traitement_soins", json!("ORG-130"))]), PRETE, &[]);
    refuse(&transversale(&[]), PRETE, &[("/motif/traitement_soins", "obligatoire")]);
    let les_deux = avec(&[("/motif/nature", json!("ORG-132")), ("/motif/traitement_soins", json!("ORG-130"))]);
    refuse(&les_deux, PRETE, &[("/motif/appareil", "sans-objet"), ("/motif/organes", "sans-objet")]);
}

#[test]
fn une_rcp_d_appareil_demande_l_appareil_et_au_moins_un_organe() {
    refuse(&avec(&[("/motif/appareil", Value::Null)]), PRETE, &[("/motif/appareil", "obligatoire")]);
    refuse(&avec(&[("/motif/organes", Value::Null)]), PRETE, &[("/motif/organes", "obligatoire")]);
    refuse(&avec(&[("/motif/organes", json!([]))]), PRETE, &[("/motif/organes", "obligatoire")]);
}

#[test]
fn une_progression_se_precise() {
    let contenu = avec(&[("/phase/locale", Value::Null), ("/phase/regionale", Value::Null), ("/phase/a_distance", Value::Null)]);
    let attendues = ["/phase/a_distance", "/phase/locale", "/phase/regionale"].map(|p| (p, "obligatoire"));
    refuse(&contenu, PRETE, &attendues);
    refuse(&avec(&[("/phase/progression", json!(false))]), PRETE, &[("/phase/locale", "valeur-inconnue")]);
    refuse(&avec(&[("/phase/phase", json!("MED-268"))]), PRETE, &[("/phase/date_rechute", "sans-objet")]);
}

#[test]
fn un_autre_traitement_se_precise() {
    refuse(&avec(&[("/traitements/0/precision", Value::Null)]), PRETE, &[("/traitements/0/precision", "obligatoire")]);
    refuse(&avec(&[("/traitements/0/precision", Value::Null), ("/traitements/0/type", json!("C15313"))]), PRETE, &[]);
}

#[test]
fn le_tnm_est_donne_ou_sa_raison() {
    let sans = avec(&[("/tumeurs/0/tnm", json!({ "applicable": false, "raison": "Hémopathie" }))]);
    refuse(&sans, PRETE, &[]);
    let muet = avec(&[("/tumeurs/0/tnm", json!({ "applicable": false }))]);
    refuse(&muet, PRETE, &[("/tumeurs/0/tnm/raison", "obligatoire")]);
    let vide = avec(&[("/tumeurs/0/tnm", json!({ "applicable": true }))]);
    refuse(
        &vide,
        PRETE,
        &["edition", "m", "n", "t"].map(|c| format!("/tumeurs/0/tnm/{c}")).each_ref().map(|p| (p.as_str(), "obligatoire")),
    );
    for (cle, valeurs) in
        [("t", ["T1b", "pT2", "ypT0", "Tis(DCIS)"]), ("n", ["NX", "N1mi", "pN0(sn)", "N3c"]), ("m", ["M0", "M1a", "cM0(i+)", "MX"])]
    {
        for valeur in valeurs {
            refuse(&avec(&[(&format!("/tumeurs/0/tnm/{cle}"), json!(valeur))]), PRETE, &[]);
        }
    }
    refuse(&avec(&[("/tumeurs/0/tnm/t", json!("N1"))]), Niveau::Brouillon, &[("/tumeurs/0/tnm/t", "format-invalide")]);
}

#[test]
fn un_brouillon_peut_etre_vide_mais_pas_fautif() {
    for vide in [
        json!({}),
        json!({ "motif": {}, "tumeurs": [{}], "phase": { "progression": true } }),
        json!({ "tumeurs": [], "motif": { "organes": [] } }),
    ] {
        refuse(&vide, Niveau::Brouillon, &[]);
    }
    refuse(
        &json!({ "motif": { "nature": "ORG-999", "recours": "non" }, "evaluation": { "poids_kg": 1000 }, "surnom": "x", "phase": null }),
        Niveau::Brouillon,
        &[
            ("/evaluation/poids_kg", "hors-bornes"),
            ("/motif/nature", "code-inconnu"),
            ("/motif/recours", "type-invalide"),
            ("/phase", "type-invalide"),
            ("/surnom", "champ-inconnu"),
        ],
    );
}

#[test]
fn une_date_n_est_ni_a_venir_ni_inversee() {
    refuse(
        &avec(&[("/tumeurs/0/date_diagnostic", json!("2026-04"))]),
        Niveau::Brouillon,
        &[("/tumeurs/0/date_diagnostic", "date-a-venir")],
    );
    refuse(&avec(&[("/tumeurs/0/date_diagnostic", json!("2026-03"))]), Niveau::Brouillon, &[]);
    refuse(&avec(&[("/evaluation/oms/date", json!("2026-03-03"))]), Niveau::Brouillon, &[("/evaluation/oms/date", "date-a-venir")]);
    refuse(&avec(&[("/traitements/0/debut", json!("2025-12"))]), Niveau::Brouillon, &[("/traitements/0/fin", "dates-inversees")]);
    refuse(&avec(&[("/traitements/0/fin", json!("2027-01"))]), Niveau::Brouillon, &[]);
    for fausse in ["2026-02-30", "2026-13", "26-01", "1899-12", "02/2026"] {
        refuse(
            &avec(&[("/tumeurs/0/date_diagnostic", json!(fausse))]),
            Niveau::Brouillon,
            &[("/tumeurs/0/date_diagnostic", "format-invalide")],
        );
    }
    refuse(&avec(&[("/evaluation/oms/date", json!("2026-02"))]), Niveau::Brouillon, &[("/evaluation/oms/date", "format-invalide")]);
}

#[test]
fn un_caractere_nul_est_refuse_partout() {
    refuse(&avec(&[("/genetique/0/titre", json!("BR\0CA"))]), Niveau::Brouillon, &[("/genetique/0/titre", "caractere-interdit")]);
}

#[test]
fn chaque_element_obligatoire_manque_quand_on_le_retire() {
    let elements = modele().structure.relever(&complete(), aujourd_hui()).elements;
    assert!(elements.len() > 30, "{}", elements.len());
    for element in elements {
        let contenu = avec(&[(&element.pointeur, Value::Null)]);
        let manquants = modele().completude(&contenu, Etape::Prete, aujourd_hui()).manquants;
        assert!(manquants.iter().any(|m| m.pointeur == element.pointeur), "{} : {manquants:?}", element.pointeur);
        let fautes = fautes(&contenu, PRETE);
        assert!(fautes.contains(&(element.pointeur.clone(), "obligatoire".to_owned())), "{} : {fautes:?}", element.pointeur);
    }
}

#[test]
fn une_fiche_vide_dit_tout_ce_qui_lui_manque() {
    let completude = modele().completude(&json!({}), Etape::Prete, aujourd_hui());
    assert_eq!(completude.pourcentage, 0);
    let manquants: Vec<(&str, &str)> = completude.manquants.iter().map(|m| (m.pointeur.as_str(), m.titre.as_str())).collect();
    assert_eq!(
        manquants,
        [
            ("/motif/nature", "Type et motif de la RCP › Nature de la discussion"),
            ("/motif/recours", "Type et motif de la RCP › RCP de recours"),
            ("/motif/pediatrique", "Type et motif de la RCP › RCP pédiatrique"),
            ("/motif/avis_diagnostique", "Type et motif de la RCP › Motif : avis diagnostique"),
            ("/motif/proposition_traitement", "Type et motif de la RCP › Motif : proposition de traitement"),
            ("/motif/avis_recours", "Type et motif de la RCP › Motif : recours"),
            ("/motif/avis_pediatrique", "Type et motif de la RCP › Motif : pédiatrie"),
            ("/decouverte/depistage", "Mode de découverte › Patient issu du dépistage"),
            ("/tumeurs/0/topographie", "Tumeur › Topographie (CIM-10)"),
            ("/tumeurs/0/morphologie", "Tumeur › Morphologie (CIM-O-3)"),
            ("/tumeurs/0/tnm/applicable", "Tumeur › Classification TNM › TNM applicable"),
            ("/phase/phase", "Phase et progression › Phase du cancer"),
            ("/phase/progression", "Phase et progression › Progression du cancer"),
            ("/synthese/cas", "Synthèse du cas et question posée › Synthèse du cas"),
            ("/synthese/question", "Synthèse du cas et question posée › Question posée"),
            ("/statut_dossier/complet", "Statut du dossier › Dossier complet"),
        ]
    );
    let pointeurs: BTreeSet<String> = fautes(&json!({}), PRETE).into_iter().map(|(pointeur, _)| pointeur).collect();
    assert_eq!(pointeurs, manquants.iter().map(|(pointeur, _)| (*pointeur).to_owned()).collect());
}

#[test]
fn la_completude_avance_avec_la_saisie() {
    let part = |contenu: &Value| modele().completude(contenu, Etape::Prete, aujourd_hui()).pourcentage;
    assert_eq!(part(&json!({ "synthese": { "cas": "Femme de 67 ans.", "question": "   " } })), 6, "un texte blanc ne remplit rien");
    assert_eq!(part(&json!({ "synthese": { "cas": "Femme de 67 ans.", "question": "Chimiothérapie ?" } })), 12);
    let deux = json!({ "tumeurs": [{ "topographie": "C50.4" }, { "topographie": "C50.5" }] });
    let manquants = modele().completude(&deux, Etape::Prete, aujourd_hui()).manquants;
    assert!(manquants.iter().any(|m| m.titre == "Tumeur 2 › Morphologie (CIM-O-3)"), "{manquants:?}");
}

#[test]
fn une_etape_peut_exiger_plus_que_la_precedente() {
    let schema = json!({ "type": "object", "required": ["a", "b"], "additionalProperties": false, "properties": {
        "a": { "title": "A", "type": "string", "x-obligatoire-pour": ["prete", "validation"] },
        "b": { "title": "B", "type": "string", "x-obligatoire-pour": ["validation"] } } });
    let modele = ModeleCompile::new(&schema, &[], &[]).unwrap();
    let fautes = |etape| modele.fautes(&json!({ "a": "x" }), Niveau::Exige(etape), aujourd_hui()).len();
    assert_eq!((fautes(Etape::Prete), fautes(Etape::Validation)), (0, 1));
    assert_eq!(modele.completude(&json!({ "a": "x" }), Etape::Prete, aujourd_hui()).pourcentage, 100);
    assert_eq!(modele.completude(&json!({ "a": "x" }), Etape::Validation, aujourd_hui()).pourcentage, 50);
}

/// Keywords of a schema that check something, wherever it holds schemas.
fn mots_cles(schema: &Value, trouves: &mut BTreeSet<String>) {
    let Some(membres) = schema.as_object() else {
        if schema == &Value::Bool(false) {
            trouves.insert("falseSchema".to_owned());
        }
        return;
    };
    for (cle, valeur) in membres {
        match cle.as_str() {
            "properties" | "$defs" => valeur.as_object().unwrap().values().for_each(|s| mots_cles(s, trouves)),
            "allOf" => valeur.as_array().unwrap().iter().for_each(|s| mots_cles(s, trouves)),
            "items" | "then" | "else" => mots_cles(valeur, trouves),
            "$schema" | "$id" | "$ref" | "if" | "title" | "description" | "x-obligatoire-pour" | "x-cda" | "x-unite" | "x-message" => {}
            mot_cle => drop(trouves.insert(mot_cle.to_owned())),
        }
    }
}

/// Keyword, where a content breaks it and by what, then the pointer, code and message of the fault.
const CAS: &[(&str, (&str, &str), &str, &str, &str)] = &[
    ("type", ("/decouverte/depistage", r#""oui""#), "/decouverte/depistage", "type-invalide", "Valeur attendue : oui ou non."),
    ("additionalProperties", ("/motif/autre", "1"), "/motif/autre", "champ-inconnu", "Ce champ n'existe pas."),
    (
        "required",
        ("/synthese/question", "null"),
        "/synthese/question",
        "obligatoire",
        "« Synthèse du cas et question posée › Question posée » est obligatoire.",
    ),
    ("minItems", ("/tumeurs", "[]"), "/tumeurs/0/topographie", "obligatoire", "« Tumeur › Topographie (CIM-10) » est obligatoire."),
    (
        "maxItems",
        ("/motif/organes", r#"["57171008","C3211","C88","C9357","C3483","C3163","C3167","C3172","C3171","C3174","C4861"]"#),
        "/motif/organes",
        "nombre",
        "Au plus 10 éléments.",
    ),
    ("uniqueItems", ("/motif/organes", r#"["76752008", "76752008"]"#), "/motif/organes", "doublon", "Le même élément figure deux fois."),
    (
        "oneOf",
        ("/traitements/0/statut", r#""fait""#),
        "/traitements/0/statut",
        "valeur-inconnue",
        "Valeur hors liste ; valeurs admises : realise, en_cours, non_realise.",
    ),
    (
        "const",
        ("/phase/progression", "false"),
        "/phase/locale",
        "valeur-inconnue",
        "Avec les autres réponses, seule est admise la valeur : non.",
    ),
    (
        "falseSchema",
        ("/phase/phase", r#""MED-268""#),
        "/phase/date_rechute",
        "sans-objet",
        "Cet élément n'a pas lieu d'être avec les autres réponses.",
    ),
    ("minimum", ("/evaluation/poids_kg", "0.1"), "/evaluation/poids_kg", "hors-bornes", "Au moins 0,3 kg."),
    ("maximum", ("/evaluation/taille_cm", "300"), "/evaluation/taille_cm", "hors-bornes", "Au plus 250 cm."),
    ("maxLength", ("/tumeurs/0/tnm/stade", LONG), "/tumeurs/0/tnm/stade", "longueur", "Au plus 200 caractères."),
    ("pattern", ("/antecedents", r#""  ""#), "/antecedents", "format-invalide", "Ce texte est vide : complétez-le ou retirez-le."),
    ("format", ("/evaluation/g8/date", r#""hier""#), "/evaluation/g8/date", "format-invalide", "Date attendue : AAAA-MM-JJ."),
    (
        "x-jeu",
        ("/tumeurs/0/topographie", r#""Z99""#),
        "/tumeurs/0/topographie",
        "code-inconnu",
        "Ce code n'appartient pas au jeu de valeurs.",
    ),
    (
        "x-ordre",
        ("/anatomopathologie/date_examen", r#""2026-01-31""#),
        "/anatomopathologie/date_examen",
        "dates-inversees",
        "La fin ne peut pas précéder le début.",
    ),
    (
        "x-date-passee",
        ("/compte_rendu_operatoire/date", r#""2026-03-03""#),
        "/compte_rendu_operatoire/date",
        "date-a-venir",
        "Cette date est à venir.",
    ),
];

/// A text of more than 200 characters.
const LONG: &str = concat!(
    "\"IIA, selon la huitième édition de la classification de l'UICC, d'après l'imagerie par résonance magnétique, le scanner ",
    "thoraco-abdomino-pelvien et la tomographie par émission de positons du mois de février.\""
);

#[test]
fn chaque_mot_cle_du_schema_se_dit_en_francais() {
    for (mot_cle, (place, valeur), pointeur, code, message) in CAS {
        let contenu = avec(&[(*place, serde_json::from_str(valeur).unwrap())]);
        let fautes = modele().fautes(&contenu, PRETE, aujourd_hui());
        assert!(fautes.contains(&Faute::new(*pointeur, *code, *message)), "{mot_cle} : {fautes:?}");
    }
    let mut employes = BTreeSet::new();
    mots_cles(&socle().schema, &mut employes);
    assert_eq!(employes, CAS.iter().map(|(mot_cle, ..)| (*mot_cle).to_owned()).collect(), "un mot clé du schéma n'a pas son cas");
}

/// Calls `f` on every schema of an object member, with its name and whether its parent ever requires it.
fn membres(schema: &Value, pointeur: &str, f: &mut impl FnMut(&str, &Value, bool)) {
    let Some(noeud) = schema.as_object() else { return };
    let branches =
        noeud.get("allOf").and_then(Value::as_array).into_iter().flatten().flat_map(|regle| [regle.get("then"), regle.get("else")]);
    let requis: BTreeSet<&str> = branches
        .flatten()
        .chain([schema])
        .filter_map(|branche| branche.get("required")?.as_array())
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    for (nom, membre) in noeud.get("properties").and_then(Value::as_object).into_iter().flatten() {
        let pointeur = format!("{pointeur}/{nom}");
        f(&pointeur, membre, requis.contains(nom.as_str()));
        membres(membre, &pointeur, f);
        membres(membre.get("items").unwrap_or(&Value::Null), &format!("{pointeur}/0"), f);
    }
}

#[test]
fn chaque_champ_du_schema_a_son_titre_et_dit_s_il_est_obligatoire() {
    let mut vus = 0;
    membres(&socle().schema, "", &mut |pointeur, membre, requis| {
        vus += 1;
        assert!(membre["title"].as_str().is_some_and(|titre| !titre.is_empty()), "{pointeur} n'a pas de titre");
        assert_eq!(
            membre.get("x-obligatoire-pour").is_some(),
            requis,
            "{pointeur} : x-obligatoire-pour ne dit pas la même chose que required"
        );
    });
    assert!(vus > 80, "{vus}");
}

#[test]
fn la_presentation_montre_chaque_champ_du_schema_et_rien_d_autre() {
    fn champs(element: &Value, racine: &str, trouves: &mut BTreeSet<String>) {
        let pointeur =
            element["scope"].as_str().map(|scope| format!("{racine}{}", scope.trim_start_matches('#').replace("/properties", "")));
        match (&pointeur, element.pointer("/options/detail")) {
            (Some(liste), Some(detail)) => champs(detail, &format!("{liste}/0"), trouves),
            (Some(feuille), None) => drop(trouves.insert(feuille.clone())),
            (None, _) => {}
        }
        element["elements"].as_array().into_iter().flatten().for_each(|enfant| champs(enfant, racine, trouves));
    }
    let mut montres = BTreeSet::new();
    champs(&socle().presentation, "", &mut montres);
    let mut feuilles = BTreeSet::new();
    membres(&socle().schema, "", &mut |pointeur, membre, _| {
        if membre.get("properties").is_none() && membre.pointer("/items/properties").is_none() {
            feuilles.insert(pointeur.to_owned());
        }
    });
    assert_eq!(montres, feuilles);
}

#[test]
fn un_modele_qui_cite_un_jeu_inconnu_ou_se_contient_lui_meme_ne_se_compile_pas() {
    let inconnu = json!({ "type": "object", "properties": { "a": { "type": "string", "x-jeu": "inconnu" } } });
    assert!(ModeleCompile::new(&inconnu, &[], &lot().codes()).unwrap_err().contains("inconnu"));
    let boucle = json!({ "$defs": { "a": { "type": "object", "properties": { "a": { "$ref": "#/$defs/a" } } } }, "$ref": "#/$defs/a" });
    assert!(ModeleCompile::new(&boucle, &[], &[]).unwrap_err().contains("trop profond"));
    assert_eq!(jeux_cites(&inconnu).into_iter().collect::<Vec<_>>(), ["inconnu"]);
}
