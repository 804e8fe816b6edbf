//! Alerts: what is raised on a case, answered for, lifted, and what prevents a validation. The rules are
//! tried case by case in their own files; here is what the state of the service changes to them.

use crate::support::{
    Banc,
    client::Client,
    scene::{Scene, chimiotherapie, complete, planifier},
};
use dcc::{
    app,
    db::{schema::regle_alerte, types::Json},
    jobs::runner,
    kernel::{Perimetre, Role, ids::PraticienId},
    messagerie::memoire::Memoire,
    metier::{
        alerte::{
            job::TACHE,
            regle::{Contexte, ContexteEvaluable, ContexteTumeur, Issue, Regle, table},
        },
        referentiel::{lot::Lot, service::charger_lot},
    },
};
use diesel::{prelude::*, update};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use std::{fs, path::Path, sync::LazyLock};

/// The day in Paris is the 5th, and the meeting is at 18:00.
const JEUDI: &str = "2026-03-05T17:00:00Z";

/// The alerts of a case: code and text of each.
fn alertes(client: &Client, cas: &str) -> Vec<Value> {
    client.get(&format!("{cas}/alertes")).est(200).corps.as_array().unwrap().clone()
}

fn alerte(client: &Client, cas: &str, code: &str) -> Option<Value> {
    alertes(client, cas).into_iter().find(|alerte| alerte["regle_code"] == code)
}

/// A case on the agenda whose patient was born that day.
fn ne_le(scene: &Scene<'_>, reunion: &str, naissance: &str) -> String {
    scene.inscrire(reunion, &scene.fiche("Aubry", naissance, complete()))
}

fn fiche_de(scene: &Scene<'_>, cas: &str) -> String {
    format!("/api/v1/fiches/{}", scene.secretaire.get(cas).est(200).corps["fiche_id"].as_str().unwrap())
}

/// Changes a part of the fiche of a case.
fn remplir(scene: &Scene<'_>, cas: &str, partie: Value) {
    let fiche = fiche_de(scene, cas);
    let version = scene.demandeur.get(&fiche).est(200).version();
    scene.demandeur.patch(&fiche, version, partie).est(200);
}

fn acquitter(client: &Client, alerte: &Value, motif: &str) -> crate::support::client::Reponse {
    let chemin = format!("/api/v1/alertes/{}/acquittement", alerte["id"].as_str().unwrap());
    client.post_si(&chemin, alerte["version"].as_i64().unwrap(), json!({ "motif": motif }))
}

fn valider(scene: &Scene<'_>, reunion: &str) -> crate::support::client::Reponse {
    let version = scene.responsable.get(reunion).est(200).version();
    scene.responsable.poster_si(&format!("{reunion}/validation"), version)
}

fn reponses_g8(scene: &Scene<'_>, cas: &str, reponses: Value) {
    remplir(scene, cas, json!({ "evaluation": { "g8": reponses } }));
}

/// A closed meeting whose only case was discussed with the quorum.
fn clore(scene: &Scene<'_>, reunion: &str, cas: &str) {
    scene.ouvrir(reunion);
    scene.reunir(reunion);
    scene.secretaire.post(&format!("{cas}/discussion"), json!({ "proposition": chimiotherapie() })).est(200);
    scene.clore(reunion);
}

/// A case whose fiche follows a model, for a patient born that day.
fn cas_du_modele(scene: &Scene<'_>, reunion: &str, naissance: &str, modele: &str, contenu: Value) -> String {
    let patient = json!({ "nom_naissance": "Aubry", "premier_prenom": "Claude", "sexe": "feminin", "date_naissance": naissance });
    let patient = scene.demandeur.post("/api/v1/patients", patient).est(201).id();
    let dossier = scene.demandeur.post(&format!("/api/v1/patients/{patient}/dossiers"), json!({ "libelle": "Dossier" })).est(201).id();
    let fiche = json!({ "modele": modele, "contenu": contenu });
    let fiche = scene.demandeur.post(&format!("/api/v1/dossiers/{dossier}/fiches"), fiche).est(201).id();
    scene.inscrire(reunion, &fiche)
}

/// A meeting of another RCP, and those who hold it.
fn ailleurs(banc: &Banc, scene: &Scene<'_>, code: &str, debut: &str, champs: Value) -> (String, Client) {
    let (rcp, secretaire) = scene.autre_rcp(code, champs);
    let equipe =
        banc.personne(&format!("equipe{code}"), &[(Role::Secretaire, Perimetre::Rcp(rcp)), (Role::Responsable, Perimetre::Rcp(rcp))]);
    (planifier(&secretaire, rcp, debut, None), equipe)
}

/// Registers the fiche of a case at another meeting.
fn inscrire_aussi(scene: &Scene<'_>, cas: &str, reunion: &str) -> String {
    scene.inscrire(reunion, fiche_de(scene, cas).rsplit('/').next().unwrap())
}

/// Holds the meeting of another RCP, whose only case is discussed with the quorum, and validates it.
fn tenir(scene: &Scene<'_>, equipe: &Client, reunion: &str, cas: &str) {
    let agir = |acte: &str| {
        let version = equipe.get(reunion).est(200).version();
        equipe.poster_si(&format!("{reunion}/{acte}"), version).est(200);
    };
    agir("convocation");
    agir("ouverture");
    let attendus = equipe.get(&format!("{reunion}/presences")).est(200).corps;
    let present = |praticien: PraticienId| {
        let chemin = format!("{reunion}/presences/{praticien}");
        match attendus.as_array().unwrap().iter().find(|p| p["praticien_id"] == json!(praticien)) {
            Some(attendu) => equipe.put(&chemin, attendu["version"].as_i64().unwrap(), json!({ "statut": "present" })).est(200),
            None => equipe.envoyer("PUT", &chemin, Some(json!({ "statut": "present" })), &[]).est(201),
        }
    };
    present(scene.medecins.oncologue);
    present(scene.medecins.radiotherapeute);
    present(scene.medecins.chirurgien);
    equipe.post(&format!("{cas}/discussion"), json!({ "proposition": chimiotherapie() })).est(200);
    agir("cloture");
    agir("validation");
}

/// How many alerts of a weight the agenda tells of its only case, without computing them again.
fn a_l_ordre_du_jour(scene: &Scene<'_>, reunion: &str, poids: &str) -> i64 {
    let ordre = scene.secretaire.get(&format!("{reunion}/ordre-du-jour")).est(200).corps;
    ordre["lignes"][0]["alertes"][poids].as_i64().unwrap()
}

fn g8_de_10() -> Value {
    json!({ "evaluation": { "g8": { "variante": "bellera", "appetit": 0, "perte_poids": 0, "mobilite": 1, "neuropsychologique": 2,
        "imc": 3, "medicaments": 1, "sante_percue": "aussi_bonne" } } })
}

fn medecin_traitant(banc: &Banc, scene: &Scene<'_>, cas: &str) {
    let patient = scene.secretaire.get(cas).est(200).corps["patient_id"].as_str().unwrap().to_owned();
    let chemin = format!("/api/v1/patients/{patient}");
    let lu = scene.demandeur.get(&chemin).est(200);
    let traitant = banc.medecin("TRAITANT", "G15_10/SM53", 5);
    let saisi = json!({ "nom_naissance": "Aubry", "premier_prenom": "Claude", "sexe": "feminin",
        "date_naissance": lu.corps["date_naissance"], "medecin_traitant_id": traitant });
    scene.demandeur.put(&chemin, lu.version(), saisi).est(200);
}

sur_les_deux_bases! {
    fn adolescent_ou_jeune_adulte_du_quinzieme_anniversaire_a_la_veille_du_vingt_cinquieme(banc) {
        let scene = Scene::nouvelle(banc);
        let reunion = scene.reunion(JEUDI, None);
        for (naissance, attendu) in [("2011-03-06", false), ("2011-03-05", true), ("2001-03-06", true), ("2001-03-05", false)] {
            let cas = ne_le(&scene, &reunion, naissance);
            assert_eq!(alerte(&scene.demandeur, &cas, "aja-15-24").is_some(), attendu, "né le {naissance}");
        }
    }

    fn un_enfant_en_rcp_d_adultes_empeche_la_validation(banc) {
        let scene = Scene::nouvelle(banc);
        let reunion = scene.reunion(JEUDI, None);
        let cas = ne_le(&scene, &reunion, "2008-03-06");
        let enfant = alerte(&scene.demandeur, &cas, "pediatrie-moins-18").unwrap();
        assert_eq!((&enfant["niveau"], &enfant["acquittable"]), (&json!("bloquante"), &json!(false)));
        acquitter(&scene.demandeur, &enfant, "Accord de l'oncopédiatre.").refuse(409, "alerte-bloquante");
        clore(&scene, &reunion, &cas);
        valider(&scene, &reunion).refuse(409, "alertes-bloquantes");

        let majeur = Scene::reunion(&scene, "2026-03-12T17:00:00Z", None);
        let cas = ne_le(&scene, &majeur, "2008-03-12");
        assert_eq!(alerte(&scene.demandeur, &cas, "pediatrie-moins-18"), None, "18 ans le jour de la réunion");
    }

    fn un_acquittement_tient_jusqu_a_ce_que_la_situation_change(banc) {
        let scene = Scene::nouvelle(banc);
        let reunion = scene.reunion(JEUDI, None);
        let cas = ne_le(&scene, &reunion, "1951-03-05");
        let g8 = || alerte(&scene.demandeur, &cas, "g8-a-partir-de-75");
        let non_fait = g8().unwrap();
        assert!(non_fait["message"].as_str().unwrap().starts_with("Patient de 75 ans"), "{non_fait}");
        assert_eq!(acquitter(&scene.demandeur, &non_fait, "  ").refuse(422, "contenu-invalide").fautes(), ["/motif"]);
        let acquittee = acquitter(&scene.demandeur, &non_fait, "Patient non disponible, fait en consultation.").est(200);
        assert_eq!((&acquittee.corps["etat"], acquittee.version()), (&json!("acquittee"), 2));
        acquitter(&scene.demandeur, &non_fait, "Une seconde fois.").refuse(412, "version-perimee");
        acquitter(&scene.demandeur, &acquittee.corps, "Une seconde fois.").refuse(409, "alerte-deja-acquittee");

        remplir(&scene, &cas, json!({ "antecedents": "Aucun." }));
        assert_eq!(g8().unwrap()["etat"], "acquittee", "ce que dit la règle n'a pas changé");
        reponses_g8(&scene, &cas, json!({ "variante": "bellera", "appetit": 0, "perte_poids": 0, "mobilite": 1 }));
        let incomplet = g8().unwrap();
        assert_eq!((&incomplet["etat"], &incomplet["motif_acquittement"]), (&json!("active"), &Value::Null));
        reponses_g8(&scene, &cas, json!({ "neuropsychologique": 2, "imc": 3, "medicaments": 1, "sante_percue": "aussi_bonne" }));
        assert!(g8().unwrap()["message"].as_str().unwrap().contains("score G8 de 10 sur 17"), "{:?}", g8());
        reponses_g8(&scene, &cas, json!({ "appetit": 2, "perte_poids": 3, "mobilite": 2 }));
        assert_eq!(g8(), None, "16 sur 17 : rien à signaler");
    }

    fn le_medecin_traitant_renseigne_leve_l_alerte(banc) {
        let scene = Scene::nouvelle(banc);
        let reunion = scene.reunion(JEUDI, None);
        let cas = ne_le(&scene, &reunion, "1960-05-20");
        assert!(alerte(&scene.demandeur, &cas, "medecin-traitant-absent").is_some());
        medecin_traitant(banc, &scene, &cas);
        assert_eq!(alerte(&scene.demandeur, &cas, "medecin-traitant-absent"), None);
    }

    fn les_alertes_se_voient_et_s_acquittent_dans_le_perimetre(banc) {
        let scene = Scene::nouvelle(banc);
        let reunion = scene.reunion(JEUDI, None);
        let cas = ne_le(&scene, &reunion, "1945-03-05");
        let sienne = alerte(&scene.demandeur, &cas, "g8-a-partir-de-75").unwrap();
        let (_, ailleurs) = scene.autre_rcp("AUTRE", json!({}));
        ailleurs.get(&format!("{cas}/alertes")).refuse(404, "inscription-introuvable");
        acquitter(&ailleurs, &sienne, "Rien à voir.").refuse(404, "alerte-introuvable");
        let analyste = banc.personne("analyste", &[(Role::Analyste, Perimetre::Region)]);
        analyste.get(&format!("{cas}/alertes")).refuse(403, "action-interdite");
    }

    fn les_alertes_d_une_reunion_validee_restent_comme_elles_etaient(banc) {
        let scene = Scene::nouvelle(banc);
        let reunion = scene.reunion(JEUDI, None);
        let cas = ne_le(&scene, &reunion, "1945-03-05");
        clore(&scene, &reunion, &cas);
        valider(&scene, &reunion).est(200);
        let avant = alertes(&scene.demandeur, &cas);
        assert!(avant.iter().any(|a| a["regle_code"] == "medecin-traitant-absent"), "{avant:?}");
        medecin_traitant(banc, &scene, &cas);
        assert_eq!(alertes(&scene.demandeur, &cas), avant);
    }

    fn l_avis_de_la_rcp_pediatrique_leve_le_blocage(banc) {
        let scene = Scene::nouvelle(banc);
        let reunion = scene.reunion(JEUDI, None);
        let cas = ne_le(&scene, &reunion, "2016-01-10");
        let pediatrique = json!({ "type_rcp": "pediatrique", "niveau": "interregional" });
        let (rcppi, equipe) = ailleurs(banc, &scene, "RCPPI", "2026-03-04T17:00:00Z", pediatrique);
        let a_la_rcppi = inscrire_aussi(&scene, &cas, &rcppi);
        assert!(alerte(&scene.demandeur, &cas, "pediatrie-moins-18").is_some(), "l'avis n'est pas encore rendu");
        assert_eq!(alerte(&scene.demandeur, &a_la_rcppi, "pediatrie-moins-18"), None);
        assert_eq!(a_l_ordre_du_jour(&scene, &reunion, "bloquantes"), 1);
        tenir(&scene, &equipe, &rcppi, &a_la_rcppi);
        assert_eq!(a_l_ordre_du_jour(&scene, &reunion, "bloquantes"), 0, "la validation de la RCPPI se voit aussitôt");
        assert_eq!(alerte(&scene.demandeur, &cas, "pediatrie-moins-18"), None);
        clore(&scene, &reunion, &cas);
        valider(&scene, &reunion).est(200);
    }

    fn une_reunion_deplacee_recompte_l_age(banc) {
        let scene = Scene::nouvelle(banc);
        let reunion = scene.reunion(JEUDI, None);
        ne_le(&scene, &reunion, "2008-03-10");
        assert_eq!(a_l_ordre_du_jour(&scene, &reunion, "bloquantes"), 1);
        let version = scene.secretaire.get(&reunion).est(200).version();
        let deplacement = json!({ "debut": "2026-03-12T17:00:00Z" });
        scene.secretaire.post_si(&format!("{reunion}/deplacement"), version, deplacement).est(200);
        assert_eq!(a_l_ordre_du_jour(&scene, &reunion, "bloquantes"), 0, "18 ans le jour de la réunion");
    }

    fn la_double_expertise_se_donne_en_seance_ou_par_ecrit(banc) {
        let scene = Scene::nouvelle(banc);
        let expert = banc.medecin("Oncopediatre", "G15_10/SST03", 20);
        let reunion = scene.reunion(JEUDI, None);
        let cas = ne_le(&scene, &reunion, "2006-03-05");
        let aja = || alerte(&scene.demandeur, &cas, "aja-15-24");
        assert!(aja().unwrap()["contact"].as_str().unwrap().starts_with("Équipe régionale dédiée"), "{:?}", aja());
        scene.ouvrir(&reunion);
        scene.reunir(&reunion);
        assert!(aja().is_some(), "trois médecins d'adultes");
        scene.presence(&reunion, expert, json!({ "statut": "visio" }));
        assert_eq!(aja(), None, "l'oncopédiatre est en visioconférence");
        scene.presence(&reunion, expert, json!({ "statut": "excuse" }));
        assert!(aja().is_some(), "il s'est excusé");
        scene.responsable.post(&format!("{cas}/avis"), json!({ "praticien_id": expert, "texte": "Conforme au protocole." })).est(201);
        assert_eq!(aja(), None, "son avis écrit suffit");
    }

    fn une_hemopathie_du_jeune_adulte_demande_un_hematologue_pediatre(banc) {
        let scene = Scene::nouvelle(banc);
        let reunion = scene.reunion(JEUDI, None);
        let cas = ne_le(&scene, &reunion, "2006-03-05");
        remplir(&scene, &cas, json!({ "tumeurs": [{ "topographie": "C91.0", "morphologie": "9836/3" }] }));
        assert_eq!(alerte(&scene.demandeur, &cas, "aja-15-24"), None);
        let hematologie = alerte(&scene.demandeur, &cas, "aja-hematologie").unwrap();
        assert!(hematologie["message"].as_str().unwrap().contains("hématologue pédiatre"), "{hematologie}");
        let expert = banc.medecin("Hematopediatre", "G15_10/SST03", 21);
        scene.responsable.post(&format!("{cas}/avis"), json!({ "praticien_id": expert, "texte": "Protocole pédiatrique." })).est(201);
        assert_eq!(alerte(&scene.demandeur, &cas, "aja-hematologie"), None);
    }

    fn une_fragilite_se_clot_par_l_evaluation_faite_ou_refusee_avec_son_motif(banc) {
        let scene = Scene::nouvelle(banc);
        let reunion = scene.reunion(JEUDI, None);
        let cas = cas_du_modele(&scene, &reunion, "1945-03-05", "colon", g8_de_10());
        let g8 = || alerte(&scene.demandeur, &cas, "g8-a-partir-de-75");
        assert_eq!(g8().unwrap()["niveau"], "a_traiter");
        remplir(&scene, &cas, json!({ "parcours": { "geriatrie": "demandee" } }));
        assert_eq!(g8().unwrap()["niveau"], "information", "l'évaluation est attendue");
        remplir(&scene, &cas, json!({ "parcours": { "geriatrie": "refusee" } }));
        assert_eq!(g8().unwrap()["niveau"], "a_traiter", "refusée, mais sans motif");
        remplir(&scene, &cas, json!({ "parcours": { "geriatrie_motif": "Ne souhaite pas de consultation de plus." } }));
        assert_eq!(g8(), None);
        remplir(&scene, &cas, json!({ "parcours": { "geriatrie": null, "geriatrie_motif": null } }));
        assert_eq!(g8().unwrap()["niveau"], "a_traiter");
        let geriatrie = json!({ "nature": "transversale", "appareil": null, "organes": [], "traitement_soins": "ORG-130" });
        let (consultation, _) = ailleurs(banc, &scene, "ONCOG", "2026-03-12T17:00:00Z", geriatrie);
        inscrire_aussi(&scene, &cas, &consultation);
        assert_eq!(g8().unwrap()["niveau"], "information", "inscrit à la RCP d'oncogériatrie");
        remplir(&scene, &cas, json!({ "parcours": { "geriatrie": "faite" } }));
        assert_eq!(g8(), None);
    }

    fn une_chirurgie_complexe_attend_l_inscription_a_la_rcp_de_recours_de_sa_categorie(banc) {
        let scene = Scene::nouvelle(banc);
        let reunion = scene.reunion(JEUDI, None);
        let contenu = json!({ "tumeurs": [{ "topographie": "C25.0", "morphologie": "8140/3" }], "parcours": { "chirurgie_envisagee": true } });
        let cas = cas_du_modele(&scene, &reunion, "1960-05-20", "pancreas", contenu);
        let recours = || alerte(&scene.demandeur, &cas, "chirurgie-complexe");
        assert!(recours().unwrap()["message"].as_str().unwrap().contains("viscérale et digestive"));
        let de = |categorie: &str| json!({ "type_rcp": "recours", "categorie_recours": categorie });
        let (thoracique, _) = ailleurs(banc, &scene, "THO", "2026-03-11T17:00:00Z", de("thoracique"));
        inscrire_aussi(&scene, &cas, &thoracique);
        assert!(recours().is_some(), "une autre catégorie");
        let (digestive, _) = ailleurs(banc, &scene, "VISC", "2026-03-12T17:00:00Z", de("viscerale_digestive"));
        inscrire_aussi(&scene, &cas, &digestive);
        assert_eq!(recours(), None);
    }

    fn un_acte_en_urgence_se_discute(banc) {
        let scene = Scene::nouvelle(banc);
        let reunion = scene.reunion(JEUDI, None);
        let cas = ne_le(&scene, &reunion, "1960-05-20");
        let urgence = || alerte(&scene.demandeur, &cas, "urgence-chirurgicale").map(|a| a["niveau"].clone());
        let recommandation = json!({ "nom": "Thésaurus national de cancérologie digestive", "version": "2025", "date": "2025-01-15" });
        let enregistrement = json!({ "referentiel": recommandation, "proposition": chimiotherapie() });
        remplir(&scene, &cas, json!({ "urgence_chirurgicale": true }));
        assert_eq!(urgence(), Some(json!("information")));
        scene.secretaire.post(&format!("{cas}/enregistrement"), enregistrement.clone()).refuse(409, "urgence-chirurgicale");

        // Recorded before the emergency was told: the validation is prevented, and a discussion lifts it.
        remplir(&scene, &cas, json!({ "urgence_chirurgicale": false }));
        scene.secretaire.post(&format!("{cas}/enregistrement"), enregistrement).est(200);
        assert_eq!(urgence(), None);
        remplir(&scene, &cas, json!({ "urgence_chirurgicale": true }));
        assert_eq!(urgence(), Some(json!("bloquante")));
        scene.ouvrir(&reunion);
        scene.reunir(&reunion);
        scene.secretaire.post(&format!("{cas}/discussion"), json!({ "proposition": chimiotherapie() })).est(200);
        assert_eq!(urgence(), None);
        scene.clore(&reunion);
        valider(&scene, &reunion).est(200);
    }

    fn la_fertilite_attend_sa_trace_et_la_variante_d_une_region_bloque(banc) {
        let scene = Scene::nouvelle(banc);
        let variante = Lot::du_dossier(&Path::new(env!("CARGO_MANIFEST_DIR")).join("referentiels/variantes/fertilite-bloquante")).unwrap();
        banc.systeme(move |op| charger_lot(op, &variante).map(drop));
        let prevu = || json!({ "parcours": { "gonadotoxicite": "oui" } });
        let fertilite = |cas: &str| alerte(&scene.demandeur, cas, "fertilite");
        let avant = cas_du_modele(&scene, &scene.reunion(JEUDI, None), "1994-05-20", "sein", prevu());
        assert_eq!(fertilite(&avant).unwrap()["niveau"], "a_traiter");
        remplir(&scene, &avant, json!({ "parcours": { "fertilite": "donnee" } }));
        assert_eq!(fertilite(&avant), None);

        let cas = cas_du_modele(&scene, &scene.reunion("2026-04-09T17:00:00Z", None), "1994-05-21", "sein", prevu());
        let bloquante = fertilite(&cas).unwrap();
        assert_eq!((&bloquante["niveau"], &bloquante["regle_version"]), (&json!("bloquante"), &json!("2026-01-bloquante")));
        acquitter(&scene.demandeur, &bloquante, "Vu avec la patiente.").refuse(409, "alerte-bloquante");
        remplir(&scene, &cas, json!({ "parcours": { "fertilite": "donnee" } }));
        assert_eq!(fertilite(&cas), None);
    }

    fn lire_les_alertes_n_ecrit_rien_et_ce_qui_change_bien_des_cas_se_voit_le_lendemain(banc) {
        let scene = Scene::nouvelle(banc);
        let prevu = json!({ "parcours": { "gonadotoxicite": "oui" } });
        let cas = cas_du_modele(&scene, &scene.reunion("2026-04-09T17:00:00Z", None), "1994-05-21", "sein", prevu);
        let niveau = || alerte(&scene.demandeur, &cas, "fertilite").unwrap()["niveau"].clone();
        assert_eq!(niveau(), "a_traiter");
        let variante = Lot::du_dossier(&Path::new(env!("CARGO_MANIFEST_DIR")).join("referentiels/variantes/fertilite-bloquante")).unwrap();
        banc.systeme(move |op| charger_lot(op, &variante).map(drop));
        let lignes = || {
            let lire = |op: &mut dcc::db::Op<'_>| Ok(dcc::db::schema::alerte::table.select(dcc::db::schema::alerte::version).load::<i64>(op.conn)?);
            banc.systeme(lire)
        };
        let avant = lignes();
        assert_eq!(niveau(), "a_traiter", "lire ne calcule pas");
        assert_eq!(lignes(), avant);
        let ouvrier = app::ouvrier(&banc.etat.config, std::sync::Arc::new(Memoire::default())).unwrap();
        assert!(runner::passer_une_fois(&banc.etat.db, &ouvrier, TACHE).unwrap());
        assert_eq!(niveau(), "bloquante");
    }

    fn une_adresse_du_medecin_traitant_qui_change_se_voit_aussitot(banc) {
        let scene = Scene::nouvelle(banc);
        let cas = ne_le(&scene, &scene.reunion(JEUDI, None), "1960-05-20");
        medecin_traitant(banc, &scene, &cas);
        let absente = || alerte(&scene.demandeur, &cas, "adresse-securisee-absente");
        assert_eq!(absente(), None);
        let admin = banc.personne("annuaire", &[(Role::AdministrateurRegional, Perimetre::Region)]);
        let traitant = admin.get("/api/v1/praticiens?recherche=traitant").est(200).corps["elements"][0].clone();
        let chemin = format!("/api/v1/praticiens/{}", traitant["id"].as_str().unwrap());
        let mut saisi = json!({ "nom": "TRAITANT", "prenom": "Camille", "profession": "10", "mode_exercice": "salarie", "adresses": [] });
        saisi["rpps"] = traitant["rpps"].clone();
        admin.put(&chemin, traitant["version"].as_i64().unwrap(), saisi).est(200);
        assert!(absente().is_some());
    }

    fn une_regle_chargee_que_le_programme_ne_lit_pas_n_empeche_ni_de_saisir_ni_les_autres(banc) {
        let scene = Scene::nouvelle(banc);
        let reunion = scene.reunion(JEUDI, None);
        let cas = ne_le(&scene, &reunion, "1945-03-05");
        assert!(alerte(&scene.demandeur, &cas, "medecin-traitant-absent").is_some());
        banc.systeme(|op| {
            let regle = regle_alerte::table.filter(regle_alerte::code.eq("medecin-traitant-absent"));
            let illisible = (regle_alerte::contenu.eq(Json(json!({ "cas": "illisible" }))), regle_alerte::empreinte.eq("illisible"));
            update(regle).set(illisible).execute(op.conn)?;
            Ok(())
        });
        remplir(&scene, &cas, g8_de_10());
        assert!(alerte(&scene.demandeur, &cas, "g8-a-partir-de-75").is_some());
        assert!(alerte(&scene.demandeur, &cas, "medecin-traitant-absent").is_some(), "ce qu'elle avait levé reste");
    }
}

#[test]
fn le_guide_du_contexte_est_celui_du_code() {
    let chemin = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/guides/contexte-des-alertes.md");
    let guide = fs::read_to_string(chemin).unwrap();
    let (avant, reste) = guide.split_once("| Variable |").unwrap();
    let (_, apres) = reste.split_once("\n\n").unwrap();
    crate::api::comparer("docs/guides/contexte-des-alertes.md", &format!("{avant}{}\n{apres}", table()));
}

/// The shipped rules, and the filled samples of the shipped models with the members that they may hold.
static REGLES_ET_EXEMPLES: LazyLock<(Vec<Regle>, Vec<(Vec<String>, Value)>)> = LazyLock::new(|| {
    let lot = Lot::embarque().unwrap();
    let exemples = lot.modeles.iter().filter_map(|modele| {
        let chemin = format!("{}/tests/it/fiches/{}.json", env!("CARGO_MANIFEST_DIR"), modele.reference.code);
        let exemple: Value = serde_json::from_str(&fs::read_to_string(chemin).ok()?).unwrap();
        let mut contenu = complete();
        contenu.as_object_mut().unwrap().extend(exemple["conforme"].as_object().unwrap().clone());
        let schema = lot.corps(&modele.reference).unwrap().schema;
        Some((schema["properties"].as_object().unwrap().keys().cloned().collect(), contenu))
    });
    let exemples = exemples.collect();
    (lot.alertes.iter().map(|fichier| Regle::lire(&fichier.contenu).unwrap()).collect(), exemples)
});

/// A content where some answers were left out, as a draft may be.
fn elaguer(contenu: &Value, garder: &mut impl FnMut() -> bool) -> Value {
    match contenu {
        Value::Object(membres) => {
            let gardes = membres.iter().filter(|_| garder()).collect::<Vec<_>>();
            Value::Object(gardes.into_iter().map(|(nom, membre)| (nom.clone(), elaguer(membre, garder))).collect::<Map<_, _>>())
        }
        Value::Array(elements) => elements.iter().map(|element| elaguer(element, garder)).collect(),
        autre => autre.clone(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn chaque_regle_livree_s_evalue_sur_un_brouillon_de_chaque_modele(tirages in prop::collection::vec(0_u8..4, 97), age in 0_u32..100) {
        let (regles, exemples) = &*REGLES_ET_EXEMPLES;
        let mut rang = 0;
        let mut garder = || { rang += 1; tirages[rang % tirages.len()] > 0 };
        for (champs, exemple) in exemples {
            for fiche in [exemple.clone(), elaguer(exemple, &mut garder)] {
                let mut contexte = Contexte::ordinaire();
                contexte.patient.age = age;
                contexte.modele.champs.clone_from(champs);
                contexte.tumeurs = ContexteTumeur::lire(&fiche);
                contexte.fiche = fiche;
                let evaluable = ContexteEvaluable::nouveau(&contexte).unwrap();
                for regle in regles {
                    prop_assert!(regle.evaluer(&evaluable) != Issue::Inevaluable, "{} : {:#}", regle.code, contexte.fiche);
                }
            }
        }
    }
}
