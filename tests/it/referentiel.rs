//! Value sets, fiche models, dated rules.

use dcc::{
    db::Demande,
    kernel::{Erreur, Perimetre, Role},
    metier::{
        quorum::regle::GroupesSpecialites,
        referentiel::{
            lot::Lot,
            model::{REGLAGES_QUORUM, RapportChargement, SPECIALITES},
            recherche::Index,
            service,
        },
    },
};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

/// A set of files to load, as a region would write them.
fn lot(fichiers: &[(&str, serde_json::Value)]) -> Lot {
    let fichiers: BTreeMap<String, String> = fichiers.iter().map(|(chemin, contenu)| ((*chemin).to_owned(), contenu.to_string())).collect();
    Lot::lire(&fichiers).unwrap()
}

fn jeu(version: &str, concepts: &[(&str, &str)]) -> serde_json::Value {
    let concepts: Vec<_> =
        concepts.iter().map(|(code, libelle)| json!({ "code": code, "systeme": "2.25.1", "libelle": libelle })).collect();
    json!({ "code": "essai", "oid": "2.25.2", "version": version, "nom": "Jeu d'essai", "source": "essai", "concepts": concepts })
}

fn regle(version: &str, du: &str, au: Option<&str>, minimum: u32) -> serde_json::Value {
    let mut regle = json!({ "code": "essai", "version": version, "nom": "Règle d'essai", "valable_du": du, "source": "essai",
        "statut": "regionale", "clauses": [],
        "global": { "min_specialites_distinctes": minimum, "medecins_seulement": true, "une_personne_une_specialite": true } });
    if let Some(au) = au {
        regle["valable_au"] = json!(au);
    }
    regle
}

fn regle_alerte(version: &str, du: &str, au: Option<&str>, condition: &str) -> serde_json::Value {
    let mut regle = json!({ "code": "essai", "version": version, "nom": "Règle d'essai", "valable_du": du, "source": "essai",
        "niveau": "information", "acquittable": true, "cas": [{ "condition": condition, "message": "Essai" }] });
    if let Some(au) = au {
        regle["valable_au"] = json!(au);
    }
    regle
}

/// What a person types, letter after letter, in the largest sets.
#[test]
fn une_recherche_suit_la_frappe() {
    let lot = Lot::embarque().unwrap();
    for (code, texte) in
        [("tumeur", "cancer du sein quadrant"), ("morphologie", "adenocarcinome canalaire"), ("author-specialty", "radiotherapeute")]
    {
        let jeu = lot.jeux.iter().find(|jeu| jeu.code == code).unwrap();
        let synonymes = &lot.synonymes.iter().find(|synonymes| synonymes.jeu == code).unwrap().synonymes;
        let index = Index::nouveau(jeu.concepts.clone(), synonymes);
        let debut = Instant::now();
        for fin in 1..=texte.len() {
            assert!(index.chercher(&texte[..fin], None, 20).len() <= 20);
        }
        let par_lettre = debut.elapsed() / u32::try_from(texte.len()).unwrap();
        println!("{code} : {par_lettre:?} par lettre");
        assert!(par_lettre < Duration::from_millis(100), "{code} : {par_lettre:?}");
    }
}

#[test]
fn chaque_synonyme_livre_vise_des_codes_du_jeu_et_se_trouve() {
    let lot = Lot::embarque().unwrap();
    assert_eq!(lot.synonymes.len(), 6);
    for synonymes in &lot.synonymes {
        let jeu = lot.jeux.iter().find(|jeu| jeu.code == synonymes.jeu).unwrap();
        let codes: BTreeSet<String> = jeu.concepts.iter().map(|c| c.code.clone()).collect();
        assert_eq!(synonymes.code_inconnu(&codes), None, "{}", synonymes.jeu);
        assert!(synonymes.source.contains("de ce service"), "{}", synonymes.jeu);
        let index = Index::nouveau(jeu.concepts.clone(), &synonymes.synonymes);
        for synonyme in &synonymes.synonymes {
            let trouves: BTreeSet<String> =
                index.chercher(&synonyme.terme, None, 2000).into_iter().map(|(_, trouve)| trouve.concept.code).collect();
            let vises =
                codes.iter().filter(|code| synonyme.codes.iter().any(|c| c.strip_suffix('*').map_or(c == *code, |r| code.starts_with(r))));
            let perdus: Vec<&String> = vises.filter(|code| !trouves.contains(*code)).collect();
            assert!(perdus.is_empty(), "{}, « {} » : {perdus:?}", synonymes.jeu, synonyme.terme);
        }
    }
}

sur_les_deux_bases! {
    fn les_jeux_nationaux_sont_charges_au_complet(banc) {
        let lecteur = banc.personne("lecteur", &[(Role::Participant, Perimetre::Patients)]);
        let jeux = lecteur.get("/api/v1/jeux-de-valeurs").est(200).corps;
        let nombres: BTreeMap<&str, i64> =
            jeux.as_array().unwrap().iter().map(|j| (j["code"].as_str().unwrap(), j["nombre"].as_i64().unwrap())).collect();
        for (code, nombre) in [
            ("nature-discussion", 2), ("rcp-appareil", 14), ("rcp-organe", 57), ("traitement-soins-frcp", 10), ("statut-cas-presente", 2),
            ("statut-quorum", 3), ("statut-document", 4), ("phase-cancer", 2), ("indice-performance-ecog", 6), ("tumeur", 724),
            ("morphologie", 1032), ("modificateur-topographique", 46), ("type-traitement-frcp", 18), ("author-specialty", 391),
            ("profession", 24), ("tnm-edition", 3),
        ] {
            assert_eq!(nombres.get(code), Some(&nombre), "{code}");
        }
        banc.anonyme().get("/api/v1/jeux-de-valeurs").refuse(401, "authentification-requise");
    }

    fn un_concept_se_cherche_par_debut_de_code_ou_par_mots_sans_accents(banc) {
        let lecteur = banc.personne("lecteur", &[(Role::Participant, Perimetre::Patients)]);
        let codes = |jeu: &str, recherche: &str| -> Vec<String> {
            let page = lecteur.get(&format!("/api/v1/jeux-de-valeurs/{jeu}/concepts?recherche={recherche}")).est(200).corps;
            page["elements"].as_array().unwrap().iter().map(|c| c["code"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(codes("tumeur", "c50.4"), ["C50.4"]);
        assert!(codes("tumeur", "C50").len() > 5);
        assert!(codes("tumeur", "quadrant%20SUPERO%20sein").contains(&"C50.4".to_owned()));
        assert!(codes("rcp-organe", "oesoph").contains(&"32849002".to_owned()));
        assert_eq!(codes("morphologie", "8140/3"), ["8140/3"]);
        assert!(codes("tumeur", "uadrant").is_empty(), "seul le début des mots compte");
        assert_eq!(codes("author-specialty", "SM36"), ["G15_10/SM36"]);
        lecteur.get("/api/v1/jeux-de-valeurs/inconnu/concepts").refuse(404, "jeu-de-valeurs-introuvable");
    }

    fn un_concept_se_trouve_par_les_mots_du_metier_et_dit_par_quoi(banc) {
        let lecteur = banc.personne("lecteur", &[(Role::Participant, Perimetre::Patients)]);
        let trouver = |jeu: &str, recherche: &str| {
            let page = lecteur.get(&format!("/api/v1/jeux-de-valeurs/{jeu}/concepts?recherche={recherche}")).est(200).corps;
            page["elements"].as_array().unwrap().clone()
        };
        for (jeu, recherche, code) in [
            ("tumeur", "cancer%20du%20sein", "C50.4"), ("tumeur", "LNH", "C83.3"), ("tumeur", "CHC", "C22.0"), ("tumeur", "CBNPC", "C34.1"),
            ("morphologie", "CBNPC", "8046/3"), ("morphologie", "CHC", "8170/3"), ("author-specialty", "anapath", "G15_10/SM01"),
            ("author-specialty", "IRM", "G15_10/SM74"), ("type-traitement-frcp", "radiotherapie%20externe", "C15313"),
        ] {
            let trouve = trouver(jeu, recherche).into_iter().find(|c| c["code"] == code).unwrap_or_else(|| panic!("{jeu}, {recherche}"));
            assert_eq!(trouve["par"], "synonyme", "{jeu}, {recherche}");
            assert!(trouve["synonyme"].as_str().is_some());
        }
        assert_eq!(trouver("tumeur", "C50.4")[0]["par"], "code");
        assert_eq!(trouver("type-traitement-frcp", "chimio")[0], json!({ "code": "C15632", "systeme": "2.16.840.1.113883.3.26.1.1",
            "libelle": "chimiothérapie", "par": "libelle" }), "le libellé passe avant le synonyme");
        assert_eq!(trouver("morphologie", "adenocarcinome")[0]["par"], "libelle");
        let par: Vec<Value> = trouver("tumeur", "C50").iter().map(|c| c["par"].clone()).collect();
        assert_eq!((&par[0], &par[1]), (&json!("code"), &json!("debut_de_code")));
    }

    fn une_recherche_se_parcourt_page_par_page_sans_doublon(banc) {
        let lecteur = banc.personne("lecteur", &[(Role::Participant, Perimetre::Patients)]);
        let base = "/api/v1/jeux-de-valeurs/tumeur/concepts?recherche=peau";
        let tout = lecteur.get(&format!("{base}&limite=200")).est(200).corps["elements"].as_array().unwrap().clone();
        let (mut vus, mut chemin) = (Vec::new(), format!("{base}&limite=7"));
        loop {
            let page = lecteur.get(&chemin).est(200).corps;
            vus.extend(page["elements"].as_array().unwrap().iter().cloned());
            let Some(suivant) = page["suivant"].as_str() else { break };
            chemin = format!("{base}&limite=7&curseur={suivant}");
        }
        assert!(vus.len() > 14);
        assert_eq!(vus, tout);
    }

    fn une_region_change_ses_synonymes_par_une_nouvelle_version(banc) {
        let lecteur = banc.personne("lecteur", &[(Role::Participant, Perimetre::Patients)]);
        let fichier = |version: &str, code: &str| json!({ "jeu": "phase-cancer", "version": version, "source": "essai",
            "synonymes": [{ "terme": "récidive", "codes": [code] }] });
        let charger = |fichier: Value| {
            let lot = lot(&[("synonymes/phase-cancer.json", fichier)]);
            banc.etat.db.ecrire_ici(&Demande::systeme("essai"), move |op| service::charger_lot(op, &lot))
        };
        let trouves = || lecteur.get("/api/v1/jeux-de-valeurs/phase-cancer/concepts?recherche=recidive").est(200).corps["elements"].clone();
        assert_eq!(trouves(), json!([]));
        assert_eq!(charger(fichier("2027-01", "MED-244")).unwrap().synonymes, 1);
        assert_eq!((&trouves()[0]["code"], &trouves()[0]["synonyme"]), (&json!("MED-244"), &json!("récidive")));
        assert_eq!(charger(fichier("2027-01", "MED-244")).unwrap().synonymes, 0);
        assert_eq!(charger(fichier("2027-02", "MED-268")).unwrap().synonymes, 1);
        assert_eq!(trouves()[0]["code"], "MED-268");
        for (refuse, cause) in [(fichier("2027-02", "MED-244"), "Une version ne change jamais"), (fichier("2027-03", "MED-999"), "MED-999")] {
            let Err(Erreur::Panne(panne)) = charger(refuse) else { panic!("{cause}") };
            assert!(panne.contexte.contains(cause), "{panne}");
        }
    }

    fn un_concept_se_lit_par_son_code_meme_avec_une_barre(banc) {
        let lecteur = banc.personne("lecteur", &[(Role::Participant, Perimetre::Patients)]);
        let lu = lecteur.get("/api/v1/jeux-de-valeurs/morphologie/concepts/8140%2F3").est(200).corps;
        assert_eq!(lu, json!({ "code": "8140/3", "systeme": "2.16.840.1.113883.6.43.1", "libelle": "Adénocarcinome, SAI" }));
        lecteur.get("/api/v1/jeux-de-valeurs/morphologie/concepts/8140%2F33").refuse(404, "concept-introuvable");
    }

    fn un_jeu_se_parcourt_page_par_page_dans_l_ordre_de_l_editeur(banc) {
        let lecteur = banc.personne("lecteur", &[(Role::Participant, Perimetre::Patients)]);
        let (mut vus, mut chemin) = (Vec::new(), "/api/v1/jeux-de-valeurs/tumeur/concepts?limite=200".to_owned());
        loop {
            let page = lecteur.get(&chemin).est(200).corps;
            vus.extend(page["elements"].as_array().unwrap().iter().map(|c| c["code"].as_str().unwrap().to_owned()));
            let Some(suivant) = page["suivant"].as_str() else { break };
            chemin = format!("/api/v1/jeux-de-valeurs/tumeur/concepts?limite=200&curseur={suivant}");
        }
        assert_eq!(vus.len(), 724);
        assert_eq!((vus.first().unwrap().as_str(), vus.last().unwrap().as_str()), ("B21", "D48.9"));
        assert_eq!(vus.iter().collect::<BTreeSet<_>>().len(), 724);
    }

    fn le_socle_commun_se_lit_avec_son_schema_et_sa_presentation(banc) {
        let lecteur = banc.personne("lecteur", &[(Role::Participant, Perimetre::Patients)]);
        let modeles = lecteur.get("/api/v1/modeles-fiche").est(200).corps;
        let nom = "Socle commun national de la fiche RCP";
        let socle = json!({ "code": "socle-frcp", "version": "2025.01", "nom": nom, "usage": "fiche", "valable_du": "2025-01-01", "valable_au": null });
        assert!(modeles.as_array().unwrap().contains(&socle), "{modeles:#}");
        let lu = lecteur.get("/api/v1/modeles-fiche/socle-frcp/2025.01").est(200).corps;
        assert_eq!(lu["schema"]["properties"]["tumeurs"]["items"]["properties"]["topographie"]["x-jeu"], "tumeur");
        assert_eq!(lu["presentation"]["elements"][0]["label"], "Type et motif de la RCP");
        lecteur.get("/api/v1/modeles-fiche/socle-frcp/1999").refuse(404, "modele-introuvable");
    }

    fn charger_deux_fois_ne_change_rien(banc) {
        let rapport = banc.systeme(service::charger);
        assert!(rapport.inchanges > 18, "{rapport:?}");
        assert_eq!(rapport, RapportChargement { inchanges: rapport.inchanges, ..RapportChargement::default() });
    }

    fn une_version_chargee_ne_change_jamais(banc) {
        let premier = lot(&[("jdv/essai.json", jeu("2025-01-01", &[("A", "Un")])), ("quorum/essai.json", regle("1", "2025-01-01", None, 3))]);
        banc.systeme(move |op| service::charger_lot(op, &premier));
        for change in [
            lot(&[("jdv/essai.json", jeu("2025-01-01", &[("A", "Deux")]))]),
            lot(&[("quorum/essai.json", regle("1", "2025-01-01", None, 2))]),
        ] {
            let issue = banc.etat.db.ecrire_ici(&Demande::systeme("essai"), move |op| service::charger_lot(op, &change));
            let Err(Erreur::Panne(panne)) = issue else { panic!("la version a été écrasée") };
            assert!(panne.contexte.contains("Une version ne change jamais"), "{panne}");
        }
        assert_eq!(banc.systeme(|op| service::libelle(op, "essai", "A")).as_deref(), Some("Un"));
    }

    fn la_plus_haute_version_d_un_jeu_est_la_courante_et_les_anciens_libelles_restent(banc) {
        for version in [jeu("2026-01-01", &[("B", "Deux")]), jeu("2025-01-01", &[("A", "Un"), ("B", "Ancien")])] {
            let lot = lot(&[("jdv/essai.json", version)]);
            banc.systeme(move |op| service::charger_lot(op, &lot));
        }
        let lecteur = banc.personne("lecteur", &[(Role::Participant, Perimetre::Patients)]);
        let page = lecteur.get("/api/v1/jeux-de-valeurs/essai/concepts").est(200).corps;
        assert_eq!(page["elements"], json!([{ "code": "B", "systeme": "2.25.1", "libelle": "Deux" }]));
        assert_eq!(banc.systeme(|op| service::libelle(op, "essai", "A")).as_deref(), Some("Un"));
        assert_eq!(banc.systeme(|op| service::libelle(op, "essai", "B")).as_deref(), Some("Deux"));
        let codes = banc.systeme(|op| service::codes(op, vec!["essai"]));
        assert_eq!(codes.len(), 1);
        assert_eq!((codes[0].version.as_str(), codes[0].codes.len()), ("2026-01-01", 1));
    }

    fn une_regle_de_quorum_qui_nomme_un_groupe_inconnu_n_est_pas_chargee(banc) {
        let mut fautive = regle("1", "2025-01-01", None, 3);
        fautive["clauses"] = json!([{ "id": "CHIRURGIEN", "libelle": "Chirurgien", "groupes": ["chirurgie_imaginaire"], "mode": "presence",
            "niveau": "requise", "source": { "nature": "region", "reference": "Essai." } }]);
        let lot = lot(&[("quorum/essai.json", fautive)]);
        let issue = banc.etat.db.ecrire_ici(&Demande::systeme("essai"), move |op| service::charger_lot(op, &lot));
        let Err(Erreur::Panne(panne)) = issue else { panic!("la règle est chargée") };
        assert!(panne.contexte.contains("groupe inconnu chirurgie_imaginaire"), "{panne}");
        let date = "2026-01-01".parse().unwrap();
        let absente = banc.etat.db.lire_ici(&Demande::systeme("essai"), |op| service::regle_quorum(op, "essai", date));
        assert_eq!(absente.unwrap_err().code(), Some("regle-introuvable"), "rien n'est chargé");
    }

    fn la_regle_de_quorum_est_celle_en_vigueur_a_la_date(banc) {
        let lot = lot(&[
            ("quorum/essai-1.json", regle("1", "2020-01-01", Some("2023-11-30"), 3)),
            ("quorum/essai-2.json", regle("2", "2023-12-01", None, 4)),
        ]);
        banc.systeme(move |op| service::charger_lot(op, &lot));
        let version = |date: &str| {
            let date = date.parse().unwrap();
            banc.etat.db.lire_ici(&Demande::systeme("essai"), |op| service::regle_quorum(op, "essai", date)).map(|(version, _)| version)
        };
        assert_eq!(version("2023-11-30").unwrap(), "1");
        assert_eq!(version("2023-12-01").unwrap(), "2");
        assert_eq!(version("2019-12-31").unwrap_err().code(), Some("regle-introuvable"));
    }

    fn la_fin_de_validite_d_une_regle_peut_etre_fixee_apres_coup(banc) {
        let du = "2025-01-01";
        let premier = lot(&[("alertes/essai.json", regle_alerte("1", du, None, "true"))]);
        banc.systeme(move |op| service::charger_lot(op, &premier));
        let borne = lot(&[("alertes/essai.json", regle_alerte("1", du, Some("2025-06-30"), "true"))]);
        assert_eq!(banc.systeme(move |op| service::charger_lot(op, &borne)).echeances, 1);
        let en_vigueur = |date: &str| {
            let date = date.parse().unwrap();
            banc.systeme(move |op| service::regles_alerte(op, date)).into_iter().any(|regle| regle.code == "essai")
        };
        assert!(en_vigueur("2025-06-30"));
        assert!(!en_vigueur("2025-07-01"));
    }
}

/// What is on the disk is what the program holds: a file added without a rebuild would be missing.
#[test]
fn tous_les_fichiers_de_referentiels_sont_embarques() {
    let disque = Lot::du_dossier(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("referentiels")).unwrap();
    assert_eq!(format!("{:?}", Lot::embarque().unwrap()), format!("{disque:?}"));
}

#[test]
fn chaque_specialite_groupee_existe_et_n_est_que_dans_un_groupe() {
    let lot = Lot::embarque().unwrap();
    let j01: BTreeSet<&str> =
        lot.jeux.iter().find(|jeu| jeu.code == "author-specialty").unwrap().concepts.iter().map(|c| c.code.as_str()).collect();
    let regle = lot.quorum.iter().find(|regle| regle.code == SPECIALITES).unwrap();
    let mut vues = BTreeSet::new();
    for specialite in regle.contenu["groupes"].as_array().unwrap().iter().flat_map(|groupe| groupe["specialites"].as_array().unwrap()) {
        assert!(j01.contains(specialite.as_str().unwrap()), "{specialite} n'est pas dans la JDV J01");
        assert!(vues.insert(specialite.as_str()), "{specialite} est dans deux groupes");
    }
    let groupes: GroupesSpecialites = serde_json::from_value(regle.contenu.clone()).unwrap();
    let groupe = |specialite: &str| groupes.groupe(specialite).map(|groupe| groupe.code.clone());
    assert_eq!(groupe("G15_10/SM21"), groupe("G15_10/SM23"), "deux hématologues comptent pour une spécialité");
    assert_ne!(groupe("G15_10/SM36"), groupe("G15_10/SM45"));
    assert!(groupe("G15_21/H").is_none(), "un pharmacien ne compte pas");
}

#[test]
fn un_fichier_fautif_est_refuse_avec_son_chemin() {
    let lire = |chemin: &str, contenu: serde_json::Value| {
        Lot::lire(&BTreeMap::from([(chemin.to_owned(), contenu.to_string())])).unwrap_err().to_string()
    };
    assert!(lire("jdv/essai.json", jeu("1", &[("A", "Un"), ("A", "Deux")])).contains("jdv/essai.json : le code A figure deux fois"));
    assert!(lire("quorum/essai.json", json!({ "code": "essai" })).starts_with("quorum/essai.json"));
    assert_eq!(lire("quorum/essai.json", regle("1", "2025-01-01", None, 0)), "quorum/essai.json, /clauses : la règle n'exige rien");
    let mut reglages = Lot::embarque().unwrap().quorum.into_iter().find(|regle| regle.code == REGLAGES_QUORUM).unwrap().contenu;
    reglages["prevision"]["seuil"] = json!(80);
    assert!(lire("reglages-quorum.json", reglages).ends_with("/prevision/seuil : Une probabilité va de 0 à 1."));
    let alerte = lire("alertes/essai.json", regle_alerte("1", "2025-01-01", None, "patiente.age < 18"));
    assert_eq!(alerte, "alertes/essai.json, /cas/0/condition : cas 1 : « patiente » n'est pas une variable du contexte");
    let meta = json!({ "code": "socle", "version": "1", "nom": "Socle", "valable_du": "2025-01-01" });
    assert!(lire("fiches/autre/1/meta.json", meta.clone()).contains("ceux du dossier"));
    assert!(lire("fiches/socle/1/meta.json", meta).contains("schema.json : fichier absent"));
}
