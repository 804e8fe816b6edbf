//! Fiche models given to others: as a list of fields, each with its place in the CDA document, and as a
//! FHIR R4 Questionnaire.

use crate::support::{Banc, client::Client};
use dcc::{
    kernel::{Perimetre, Role},
    metier::referentiel::{
        correspondance::EntreeCda,
        formulaire::{Champ, Condition, Formulaire, GenreChamp, Obligation},
        lot::Lot,
        model::UsageModele,
    },
};
use serde_json::{Map, Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::OnceLock,
};

fn lot() -> &'static Lot {
    static LOT: OnceLock<Lot> = OnceLock::new();
    LOT.get_or_init(|| Lot::embarque().unwrap())
}

/// Each model shipped, with its form.
fn formulaires() -> Vec<(String, Value, Formulaire)> {
    let lire = |reference| {
        let corps = lot().corps(reference).unwrap();
        let formulaire = Formulaire::lire(&corps).unwrap_or_else(|cause| panic!("{reference} : {cause}"));
        (reference.to_string(), corps.schema, formulaire)
    };
    lot().modeles.iter().map(|modele| lire(&modele.reference)).collect()
}

/// Pointers of the fields of a schema, `*` for ranks: lists of groups, and all that is no group.
fn feuilles(racine: &Value, schema: &Value, pointeur: &str, trouvees: &mut BTreeSet<String>) {
    let vise = schema["$ref"].as_str().map_or(schema, |r| racine.pointer(r.trim_start_matches('#')).unwrap());
    if let Some(membres) = vise["properties"].as_object() {
        membres.iter().for_each(|(nom, membre)| feuilles(racine, membre, &format!("{pointeur}/{nom}"), trouvees));
    } else if vise["items"]["properties"].is_object() {
        trouvees.insert(pointeur.to_owned());
        feuilles(racine, &vise["items"], &format!("{pointeur}/*"), trouvees);
    } else {
        trouvees.insert(pointeur.to_owned());
    }
}

#[test]
fn chaque_champ_de_chaque_modele_est_dans_son_formulaire_et_une_seule_fois() {
    assert!(formulaires().len() >= 38);
    for (modele, schema, formulaire) in formulaires() {
        let mut attendus = BTreeSet::new();
        feuilles(&schema, &schema, "", &mut attendus);
        let montres: Vec<String> = formulaire.champs().iter().map(|champ| champ.pointeur.clone()).collect();
        assert_eq!(montres.iter().cloned().collect::<BTreeSet<_>>(), attendus, "{modele}");
        assert_eq!(montres.len(), attendus.len(), "{modele} : un champ est montré deux fois");
    }
}

/// True when these answers make sure that the condition holds, by themselves or because they could only
/// be given where it held.
fn assuree(condition: &Condition, reponses: &[Condition], champs: &[&Champ]) -> bool {
    reponses.iter().any(|reponse| {
        let directe = reponse.champ == condition.champ && reponse.valeurs.iter().all(|valeur| condition.valeurs.contains(valeur));
        directe || champs.iter().any(|champ| champ.pointeur == reponse.champ && champ.conditions.contains(condition))
    })
}

#[test]
fn un_champ_dit_pour_quelle_etape_il_est_exige_et_n_est_jamais_exige_sans_etre_montre() {
    for (modele, _, formulaire) in formulaires() {
        let champs = formulaire.champs();
        let exiges: Vec<&&Champ> = champs.iter().filter(|champ| champ.obligation != Obligation::Facultatif).collect();
        assert!(exiges.len() > 10, "{modele}");
        for champ in exiges {
            let ou = format!("{modele}, {}", champ.pointeur);
            assert!(!champ.obligatoire_pour.is_empty() && champ.obligatoire_pour.iter().all(|e| e == "prete" || e == "validation"), "{ou}");
            match champ.obligation {
                Obligation::Toujours => assert!(champ.conditions.is_empty(), "{ou} : exigé toujours, montré parfois"),
                Obligation::SelonReponses => {
                    assert!(!champ.obligatoire_si.is_empty() || champ.obligatoire_dans.is_some(), "{ou}");
                    for reponses in &champ.obligatoire_si {
                        let montre = champ.conditions.iter().all(|condition| assuree(condition, reponses, &champs));
                        assert!(montre, "{ou} : exigé avec {reponses:?}, montré avec {:?}", champ.conditions);
                    }
                }
                Obligation::Facultatif => unreachable!(),
            }
        }
    }
}

/// Sections of the volet FRCP 2025.01 that a fiche fills: LOINC code and the ANS templateId.
const SECTIONS: &[(&str, &str)] = &[
    ("42349-1", "1.2.250.1.213.1.1.2.128"),
    ("42545-4", "1.2.250.1.213.1.1.2.163"),
    ("72135-7", "1.2.250.1.213.1.1.2.27"),
    ("11348-0", "1.2.250.1.213.1.1.2.2"),
    ("11450-4", "1.2.250.1.213.1.1.2.176"),
    ("46006-3", "1.2.250.1.213.1.1.2.115"),
    ("10162-6", "1.2.250.1.213.1.1.2.77"),
    ("75320-2", "1.2.250.1.213.1.1.2.252"),
    ("30954-2", "1.2.250.1.213.1.1.2.150"),
    ("18733-6", "1.2.250.1.213.1.1.2.25"),
    ("29554-3", "1.2.250.1.213.1.1.2.118"),
    ("10218-6", "1.2.250.1.213.1.1.2.26"),
    ("30954-2", "1.2.250.1.213.1.1.2.34"),
    ("50397-9", "1.2.250.1.213.1.1.2.67"),
    ("10164-2", "1.2.250.1.213.1.1.2.130"),
    ("21874-3", "1.2.250.1.213.1.1.2.33"),
    ("55112-7", "1.2.250.1.213.1.1.2.73"),
];

/// Codes of the entries of the volet that a fiche fills, by code system.
const ENTREES: &[(&str, &[&str])] = &[
    (
        "1.2.250.1.213.1.1.4.322",
        &[
            "GEN-098", "ORG-118", "ORG-119", "ORG-138", "ORG-184", "ORG-185", "MED-235", "ORG-114", "ORG-115", "ORG-116", "GEN-101",
            "GEN-102", "ORG-173", "MED-243", "MED-245", "MED-246", "MED-247", "MED-248", "GEN-100",
        ],
    ),
    (
        "2.16.840.1.113883.6.1",
        &[
            "63921-1", "75620-5", "21905-5", "21906-3", "21907-1", "21918-8", "89262-0", "84121-3", "11996-6", "11977-6", "10218-6",
            "22637-3", "48767-8",
        ],
    ),
    ("2.16.840.1.113883.6.96", &["282291009"]),
];

/// Sections of the volet CANCER-PPS 2025.01 that a PPS fills.
const SECTIONS_PPS: &[(&str, &str)] = &[
    ("33557-0", "1.2.250.1.213.1.1.2.35"),
    ("18776-5", "1.2.250.1.213.1.1.2.158"),
    ("55112-7", "1.2.250.1.213.1.1.2.73"),
    ("42349-1", "1.2.250.1.213.1.1.2.128"),
    ("72135-7", "1.2.250.1.213.1.1.2.27"),
    ("42545-4", "1.2.250.1.213.1.1.2.163"),
    ("18733-6", "1.2.250.1.213.1.1.2.25"),
];

/// Codes of its own entries that it fills, all of TerminologieCISIS; the others are those of the FRCP.
const ENTREES_PPS: &[&str] =
    &["ORG-189", "MED-568", "MED-569", "MED-570", "MED-571", "MED-572", "MED-573", "GEN-177", "ORG-004", "MED-565", "MED-052"];

fn usage(schema: &Value) -> UsageModele {
    UsageModele::du_schema(schema).unwrap()
}

#[test]
fn chaque_champ_d_un_pps_a_sa_place_dans_son_volet_et_ceux_d_un_ppac_n_en_ont_pas() {
    let mut vus = BTreeSet::new();
    for (modele, schema, formulaire) in formulaires().into_iter().filter(|(_, schema, _)| usage(schema) != UsageModele::Fiche) {
        for champ in formulaire.champs().into_iter().filter(|champ| champ.genre != GenreChamp::Liste) {
            let ou = format!("{modele}, {}", champ.pointeur);
            let Some(cda) = champ.cda.as_ref().filter(|_| usage(&schema) == UsageModele::Pps) else {
                assert!(usage(&schema) == UsageModele::Ppac && champ.cda.is_none(), "{ou}");
                continue;
            };
            let section = SECTIONS_PPS.iter().any(|(code, template)| *code == cda.section && cda.modeles.iter().any(|m| m == template));
            assert!(section, "{ou} : section {cda:?}");
            if let Some(code) = cda.code.as_deref() {
                let connue = ENTREES_PPS.contains(&code) || ENTREES.iter().any(|(_, codes)| codes.contains(&code));
                assert!(connue, "{ou} : {code} n'est pas une entrée du volet");
                vus.insert(code.to_owned());
            }
            assert!(champ.jeu.is_none() || cda.entree != EntreeCda::Texte, "{ou} : un code du jeu {:?} va au texte", champ.jeu);
        }
    }
    assert!(ENTREES_PPS.iter().all(|code| vus.contains(*code)), "{vus:?}");
}

#[test]
fn chaque_champ_a_sa_place_dans_le_cda_ou_va_au_texte_d_une_section() {
    for (modele, _, formulaire) in formulaires().into_iter().filter(|(_, schema, _)| usage(schema) == UsageModele::Fiche) {
        for champ in formulaire.champs().into_iter().filter(|champ| champ.genre != GenreChamp::Liste) {
            let ou = format!("{modele}, {}", champ.pointeur);
            let cda = champ.cda.as_ref().unwrap_or_else(|| panic!("{ou} : pas de place"));
            let section = SECTIONS.iter().any(|(code, template)| *code == cda.section && cda.modeles.iter().any(|m| m == template));
            assert!(section, "{ou} : section {cda:?}");
            if let (Some(systeme), Some(code)) = (&cda.systeme, &cda.code) {
                let connue = ENTREES.iter().any(|(s, codes)| s == systeme && codes.contains(&code.as_str()));
                assert!(connue, "{ou} : {code} n'est pas une entrée du volet");
            }
            // Texts have no entry; the list of problems and acts are coded by what they hold.
            let sans_code = matches!(cda.entree, EntreeCda::Texte | EntreeCda::Acte | EntreeCda::ListeDesProblemes);
            assert_eq!(cda.code.is_none(), sans_code, "{ou}");
            assert!(champ.jeu.is_none() || cda.entree != EntreeCda::Texte, "{ou} : un code du jeu {:?} va au texte", champ.jeu);
        }
    }
}

#[test]
fn les_codes_que_les_modeles_nomment_sont_dans_leurs_jeux_de_valeurs() {
    let codes: BTreeMap<String, BTreeSet<String>> = lot().codes().iter().map(|jeu| (jeu.jeu.clone(), jeu.codes.clone())).collect();
    let mut vus = 0;
    for (modele, _, formulaire) in formulaires() {
        let champs = formulaire.champs();
        let par_pointeur: BTreeMap<&str, &Champ> = champs.iter().map(|champ| (champ.pointeur.as_str(), *champ)).collect();
        for condition in champs.iter().flat_map(|champ| champ.conditions.iter().chain(champ.obligatoire_si.iter().flatten())) {
            let vise = par_pointeur.get(condition.champ.as_str()).unwrap_or_else(|| panic!("{modele}, {}", condition.champ));
            for valeur in &condition.valeurs {
                let connue = match (&vise.jeu, vise.genre) {
                    (Some(jeu), _) => codes[jeu].contains(valeur.as_str().unwrap()),
                    (None, GenreChamp::Choix) => vise.choix.iter().any(|choix| choix.valeur == *valeur),
                    (None, GenreChamp::Booleen) => valeur.is_boolean(),
                    (None, genre) => panic!("{modele}, {} : une condition sur {genre}", condition.champ),
                };
                assert!(connue, "{modele}, {} : {valeur}", condition.champ);
                vus += 1;
            }
        }
    }
    assert!(vus > 500, "{vus} valeurs de conditions");
}

fn lecteur(banc: &Banc) -> Client {
    banc.personne("lecteur", &[(Role::Participant, Perimetre::Patients)])
}

/// All items of a questionnaire, with the depth-first order of their links.
fn items<'q>(element: &'q Value, trouves: &mut Vec<&'q Map<String, Value>>) {
    for item in element["item"].as_array().into_iter().flatten() {
        trouves.push(item.as_object().unwrap());
        items(item, trouves);
    }
}

/// The invariants of Questionnaire in FHIR R4 that bear on what we write, and the closed lists it uses.
fn verifier_questionnaire(questionnaire: &Value) {
    const TYPES: [&str; 9] = ["group", "display", "boolean", "decimal", "integer", "date", "string", "text", "choice"];
    let ou = |lien: &Value| format!("{} {lien}", questionnaire["url"]);
    assert_eq!(questionnaire["resourceType"], "Questionnaire");
    assert!(questionnaire["name"].as_str().unwrap().chars().all(char::is_alphanumeric), "que-0");
    let mut tous = Vec::new();
    items(questionnaire, &mut tous);
    let par_lien: BTreeMap<&str, &Map<String, Value>> = tous.iter().map(|item| (item["linkId"].as_str().unwrap(), *item)).collect();
    assert_eq!(par_lien.len(), tous.len(), "que-2 : un linkId est unique");
    for item in &tous {
        let lien = &item["linkId"];
        let genre = item["type"].as_str().unwrap();
        let a = |cle: &str| item.contains_key(cle);
        assert!(TYPES.contains(&genre), "{}", ou(lien));
        assert!(genre != "group" || item["item"].as_array().is_some_and(|i| !i.is_empty()), "que-1 {}", ou(lien));
        assert!(
            genre != "display" || !(a("item") || a("code") || a("required") || a("repeats") || a("readOnly")),
            "que-1, 3, 6, 9 {}",
            ou(lien)
        );
        assert!(!(a("answerOption") && a("answerValueSet")), "que-4 {}", ou(lien));
        assert!(genre == "choice" || !(a("answerOption") || a("answerValueSet")), "que-5 {}", ou(lien));
        assert!(genre != "choice" || a("answerOption") || a("answerValueSet"), "une question à choix sans choix : {}", ou(lien));
        assert!(!a("maxLength") || ["string", "text"].contains(&genre), "que-10 {}", ou(lien));
        let conditions = item.get("enableWhen").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        assert!(conditions.len() < 2 || a("enableBehavior"), "que-12 {}", ou(lien));
        for condition in conditions {
            let vise = par_lien.get(condition["question"].as_str().unwrap()).unwrap_or_else(|| panic!("{} : question absente", ou(lien)));
            match vise["type"].as_str().unwrap() {
                "boolean" => assert!(condition["answerBoolean"].is_boolean(), "{}", ou(lien)),
                "choice" => {
                    let options = vise["answerOption"].as_array().unwrap().iter().map(|option| &option["valueCoding"]);
                    let memes = |option: &Value| ["system", "code"].iter().all(|cle| option[cle] == condition["answerCoding"][cle]);
                    assert!(options.into_iter().any(memes), "{} : {condition}", ou(lien));
                }
                autre => panic!("{} : une condition sur {autre}", ou(lien)),
            }
        }
        for extension in item.get("extension").and_then(Value::as_array).into_iter().flatten() {
            let url = extension["url"].as_str().unwrap();
            assert!(url.starts_with("http://hl7.org/fhir/StructureDefinition/"), "{} : {url}", ou(lien));
            assert!(!url.contains("calculated"), "{url}");
        }
    }
}

sur_les_deux_bases! {
    fn chaque_modele_s_exporte_en_questionnaire_fhir(banc) {
        let lecteur = lecteur(banc);
        let modeles = lecteur.get("/api/v1/modeles-fiche").est(200).corps;
        let modeles = modeles.as_array().unwrap();
        assert!(modeles.len() >= 38, "{}", modeles.len());
        for modele in modeles {
            let chemin = format!("/api/v1/modeles-fiche/{}/{}", modele["code"].as_str().unwrap(), modele["version"].as_str().unwrap());
            let reponse = lecteur.get(&format!("{chemin}/questionnaire")).est(200);
            assert_eq!(reponse.entete("content-type"), "application/fhir+json");
            verifier_questionnaire(&reponse.corps);
            let mut tous = Vec::new();
            items(&reponse.corps, &mut tous);
            let liens: BTreeSet<&str> = tous.iter().map(|item| item["linkId"].as_str().unwrap()).collect();
            for champ in lecteur.get(&format!("{chemin}/champs")).est(200).corps.as_array().unwrap() {
                assert!(liens.contains(champ["pointeur"].as_str().unwrap()), "{chemin} {}", champ["pointeur"]);
            }
        }
        lecteur.get("/api/v1/modeles-fiche/sein/1999/questionnaire").refuse(404, "modele-introuvable");
        lecteur.get("/api/v1/modeles-fiche/sein/1999/champs").refuse(404, "modele-introuvable");
        banc.anonyme().get("/api/v1/modeles-fiche/sein/2026-01/questionnaire").refuse(401, "authentification-requise");
    }

    fn le_questionnaire_dit_ce_que_le_modele_demande(banc) {
        let questionnaire = lecteur(banc).get("/api/v1/modeles-fiche/sein/2026-01/questionnaire").est(200).corps;
        let entete = ["url", "version", "name", "title", "status", "date", "effectivePeriod"].map(|cle| questionnaire[cle].clone());
        let periode = json!({ "start": "2026-01-01" });
        let attendu = [json!("urn:dcc:fiche:sein"), json!("2026-01"), json!("FicheSein"), json!("Fiche RCP sein"), json!("active"), json!("2026-01-01"), periode];
        assert_eq!(entete, attendu);
        let mut tous = Vec::new();
        items(&questionnaire, &mut tous);
        let item = |lien: &str| Value::Object((*tous.iter().find(|item| item["linkId"] == lien).unwrap()).clone());
        let extension = |lien: &str, nom: &str| {
            item(lien)["extension"].as_array().unwrap().iter().find(|e| e["url"].as_str().unwrap().ends_with(nom)).cloned().unwrap()
        };
        let nature = item("/motif/nature");
        assert_eq!((&nature["type"], &nature["required"], &nature["code"][0]["code"]), (&json!("choice"), &json!(true), &json!("GEN-098")));
        assert_eq!(nature["answerOption"][0]["valueCoding"]["system"], "urn:oid:1.2.250.1.213.1.1.4.322");
        let appareil = item("/motif/appareil");
        assert_eq!(appareil["enableWhen"][0]["question"], "/motif/nature");
        assert_eq!(appareil["enableWhen"][0]["answerCoding"]["code"], "ORG-117");
        assert_eq!(appareil["required"], true, "exigé dès qu'il est montré");
        let topographie = item("/tumeurs/*/topographie");
        assert_eq!(topographie["answerValueSet"], "urn:oid:1.2.250.1.213.1.1.4.2.281.21|2021-09-22");
        assert_eq!((&item("/tumeurs")["type"], &item("/tumeurs")["repeats"]), (&json!("group"), &json!(true)));
        let ki67 = item("/sein/ki67_pourcent");
        assert_eq!(ki67["type"], "integer");
        assert_eq!(extension("/sein/ki67_pourcent", "/maxValue")["valueInteger"], 100);
        assert_eq!(extension("/evaluation/poids_kg", "/minValue")["valueDecimal"], 0.3);
        assert_eq!(extension("/evaluation/poids_kg", "/questionnaire-unit")["valueCoding"]["code"], "kg");
        assert_eq!(item("/sein/her2_ish#aide")["text"], "Obligatoire pour un score 2+.");
        let options = item("/evaluation/g8/appetit")["answerOption"].clone();
        assert_eq!(options[2]["valueCoding"]["extension"][0]["valueDecimal"], 2, "une réponse chiffrée garde sa valeur");
        assert_eq!(item("/sein/quadrants")["repeats"], true);
        let derives: Vec<_> = tous.iter().filter(|item| item["linkId"].as_str().unwrap().starts_with("derives/")).collect();
        assert!(!derives.is_empty());
        assert!(derives.iter().filter(|item| item["type"] != "display").all(|item| item["readOnly"] == true));
    }

    fn un_modele_echu_est_retire_a_l_export(banc) {
        let meta = json!({ "code": "bref", "version": "1", "nom": "Fiche brève", "valable_du": "2020-01-01", "valable_au": "2020-12-31",
            "base": "socle-frcp@2025.01", "blocs": [] });
        let lot = Lot::lire(&BTreeMap::from([("fiches/bref/1/meta.json".to_owned(), meta.to_string())])).unwrap();
        banc.systeme(move |op| dcc::metier::referentiel::service::charger_lot(op, &lot));
        let questionnaire = lecteur(banc).get("/api/v1/modeles-fiche/bref/1/questionnaire").est(200).corps;
        assert_eq!(questionnaire["status"], "retired");
        assert_eq!(questionnaire["effectivePeriod"], json!({ "start": "2020-01-01", "end": "2020-12-31" }));
    }

    fn un_jeu_de_valeurs_s_exporte_en_valueset_fhir(banc) {
        let lecteur = lecteur(banc);
        for jeu in lecteur.get("/api/v1/jeux-de-valeurs").est(200).corps.as_array().unwrap() {
            let reponse = lecteur.get(&format!("/api/v1/jeux-de-valeurs/{}/valueset", jeu["code"].as_str().unwrap())).est(200);
            assert_eq!(reponse.entete("content-type"), "application/fhir+json");
            let valueset = reponse.corps;
            assert_eq!((&valueset["resourceType"], &valueset["version"]), (&json!("ValueSet"), &jeu["version"]));
            assert_eq!(valueset["url"], format!("urn:oid:{}", jeu["oid"].as_str().unwrap()));
            let parties = valueset["compose"]["include"].as_array().unwrap();
            let concepts: usize = parties.iter().map(|partie| partie["concept"].as_array().unwrap().len()).sum();
            assert_eq!(json!(concepts), jeu["nombre"], "{}", jeu["code"]);
            assert!(parties.iter().all(|partie| partie["system"].as_str().unwrap().starts_with("urn:oid:")));
        }
        lecteur.get("/api/v1/jeux-de-valeurs/inconnu/valueset").refuse(404, "jeu-de-valeurs-introuvable");
    }

    fn les_champs_d_un_modele_disent_aide_condition_obligation_et_place(banc) {
        let champs = lecteur(banc).get("/api/v1/modeles-fiche/sein/2026-01/champs").est(200).corps;
        let champ = |pointeur: &str| champs.as_array().unwrap().iter().find(|c| c["pointeur"] == pointeur).cloned().unwrap();
        let rechute = champ("/phase/date_rechute");
        assert_eq!(rechute["conditions"], json!([{ "champ": "/phase/phase", "valeurs": ["MED-244"] }]));
        assert_eq!((&rechute["genre"], &rechute["aide"]), (&json!("date_partielle"), &json!("Au moins le mois et l'année.")));
        assert_eq!(rechute["sections"], json!(["Phase et progression"]));
        let locale = champ("/phase/locale");
        assert_eq!((&locale["obligation"], &locale["obligatoire_pour"]), (&json!("selon_reponses"), &json!(["prete", "validation"])));
        assert_eq!(locale["obligatoire_si"], json!([[{ "champ": "/phase/progression", "valeurs": [true] }]]));
        assert_eq!(locale["cda"]["code"], "MED-246");
        assert_eq!(champ("/evaluation/g8/variante")["obligatoire_dans"], "/evaluation/g8");
        assert_eq!(champ("/tumeurs/*/topographie")["cda"]["element"], "targetSiteCode");
        let grade = champ("/sein/grade");
        assert_eq!((&grade["cda"]["section"], &grade["cda"]["entree"]), (&json!("10164-2"), &json!("texte")));
    }
}
