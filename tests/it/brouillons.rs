//! The region changes its own reference data: drafts, dry runs, publication, withdrawal.

use crate::support::{
    Banc,
    client::{Client, Reponse},
    scene::{Scene, chimiotherapie, complete},
};
use dcc::{
    app,
    db::{schema::trace, types::Json},
    jobs::runner,
    kernel::{Perimetre, Role},
    messagerie::memoire::Memoire,
};
use diesel::prelude::*;
use serde_json::{Value, json};
use std::sync::Arc;

/// The meeting is on the 5th, in Paris.
const JEUDI: &str = "2026-03-05T17:00:00Z";
const BROUILLONS: &str = "/api/v1/referentiels/brouillons";

fn administrateur(banc: &Banc) -> Client {
    banc.personne("admin", &[(Role::AdministrateurRegional, Perimetre::Region)])
}

/// Opens a draft; gives its path.
fn ouvrir(admin: &Client, corps: Value) -> String {
    format!("{BROUILLONS}/{}", admin.post(BROUILLONS, corps).est(201).id())
}

fn defauts(lu: &Reponse) -> Vec<String> {
    lu.corps["defauts"].as_array().unwrap().iter().map(|d| d["pointer"].as_str().unwrap().to_owned()).collect()
}

fn publier(admin: &Client, brouillon: &str, corps: Value) -> Reponse {
    let version = admin.get(brouillon).est(200).version();
    admin.post_si(&format!("{brouillon}/publication"), version, corps)
}

fn essayer(admin: &Client, brouillon: &str) -> Value {
    admin.post(&format!("{brouillon}/essai"), json!({ "du": "2026-03-01", "au": "2026-03-31" })).est(200).corps
}

fn regle(code: &str, condition: &str) -> Value {
    json!({ "code": code, "nom": "Règle de la région", "source": "essai", "niveau": "information", "acquittable": true,
        "cas": [{ "condition": condition, "message": "Patient de {patient.age} ans.", "action_conseillee": null }] })
}

/// The block that a region adds to a model.
fn bloc_region() -> Value {
    json!({ "code": "prostate-region", "version": "1", "nom": "Questions de la région", "source": "essai", "cle": "prostate_region",
        "schema": { "title": "Questions de la région", "type": "object", "additionalProperties": false, "required": ["consultation_tabac"],
            "properties": { "consultation_tabac": { "title": "Consultation de tabacologie proposée", "type": "boolean",
                "x-obligatoire-pour": ["prete", "validation"] } } },
        "presentation": { "type": "Group", "label": "Questions de la région",
            "elements": [{ "type": "Control", "scope": "#/properties/consultation_tabac" }] } })
}

/// A fiche of that model for a new patient; gives its id.
fn fiche(scene: &Scene<'_>, modele: &str, nom: &str, contenu: Value) -> Reponse {
    let patient = json!({ "nom_naissance": nom, "premier_prenom": "Claude", "sexe": "masculin", "date_naissance": "1950-05-20" });
    let patient = scene.demandeur.post("/api/v1/patients", patient).est(201).id();
    let dossier = scene.demandeur.post(&format!("/api/v1/patients/{patient}/dossiers"), json!({ "libelle": "Prostate" })).est(201).id();
    scene.demandeur.post(&format!("/api/v1/dossiers/{dossier}/fiches"), json!({ "modele": modele, "contenu": contenu })).est(201)
}

fn alertes(scene: &Scene<'_>, cas: &str) -> Vec<String> {
    let lues = scene.demandeur.get(&format!("{cas}/alertes")).est(200).corps;
    lues.as_array().unwrap().iter().map(|a| a["regle_code"].as_str().unwrap().to_owned()).collect()
}

/// Takes a field out of a form.
fn ne_plus_montrer(noeud: &mut Value, scope: &str) {
    if let Some(elements) = noeud.get_mut("elements").and_then(Value::as_array_mut) {
        elements.retain(|element| element["scope"] != scope);
        elements.iter_mut().for_each(|element| ne_plus_montrer(element, scope));
    }
}

sur_les_deux_bases! {
    fn une_region_ajoute_une_question_et_son_alerte_sans_redemarrage(banc) {
        let (scene, admin) = (Scene::nouvelle(banc), administrateur(banc));
        let reunion = scene.reunion(JEUDI, None);
        let ancienne = fiche(&scene, "prostate", "Aubry", json!({})).id();
        let ancien_cas = scene.inscrire(&reunion, &ancienne);

        // The model, from the version that is shipped, with one block more.
        let modele = ouvrir(&admin, json!({ "genre": "modele_fiche", "depuis": "prostate@2026-01", "note": "Tabac" }));
        let lu = admin.get(&modele).est(200);
        assert_eq!((&lu.corps["code"], defauts(&lu)), (&json!("prostate"), vec![]));
        let mut contenu = lu.corps["contenu"].clone();
        contenu["blocs"].as_array_mut().unwrap().push(bloc_region());
        let change = admin.put(&modele, 1, json!({ "contenu": contenu, "note": "Tabac" })).est(200);
        assert_eq!((defauts(&change), change.version()), (vec![], 2));

        // The alert that reads its answer.
        let condition = "has(fiche.prostate_region) && !fiche.prostate_region.consultation_tabac";
        let alerte = ouvrir(&admin, json!({ "genre": "regle_alerte", "contenu": regle("tabac-non-propose", condition) }));
        assert_eq!(defauts(&admin.get(&alerte).est(200)), Vec::<String>::new());

        // What the change would have done.
        let essai = essayer(&admin, &modele);
        assert_eq!((&essai["examines"], &essai["tronque"], &essai["examine_jusqu_au"]), (&json!(1), &json!(false), &json!("2026-03-05")));
        let bilan = &essai["bilan"];
        assert_eq!(bilan["fautes_nouvelles"], json!([{ "quoi": "/prostate_region/consultation_tabac", "fiches": 1 }]));
        assert_eq!(bilan["prete"]["apres"], json!({ "conformes": 0, "incompletes": 1, "invalides": 0 }));
        assert_eq!((&bilan["changements"]["total"], &bilan["changements"]["cas"][0]["fiche_id"]), (&json!(1), &json!(ancienne)));
        assert_eq!(bilan["changements"]["cas"][0]["rcp"], "Cancérologie digestive DIG");
        assert_eq!(essayer(&admin, &alerte)["bilan"]["declenchees_apres"], 0);

        // Published from today on; both serve at once.
        let publie = publier(&admin, &modele, json!({ "version": "2026-12", "valable_du": "2026-03-02" })).est(200);
        assert_eq!((&publie.corps["publication"]["version"], publie.version()), (&json!("2026-12"), 3));
        publier(&admin, &alerte, json!({ "version": "1", "valable_du": "2026-03-02" })).est(200);
        let nouvelle = fiche(&scene, "prostate", "Bertin", json!({ "prostate_region": { "consultation_tabac": false } }));
        assert_eq!(nouvelle.corps["modele_version"], "2026-12");
        let nouveau_cas = scene.inscrire(&reunion, &nouvelle.id());
        assert!(alertes(&scene, &nouveau_cas).contains(&"tabac-non-propose".to_owned()));

        // What was made before stays as it was.
        let relue = scene.demandeur.get(&format!("/api/v1/fiches/{ancienne}")).est(200);
        assert_eq!(relue.corps["modele_version"], "2026-01");
        assert!(!alertes(&scene, &ancien_cas).contains(&"tabac-non-propose".to_owned()));
        let version = relue.version();
        let refus = scene.demandeur.patch(&format!("/api/v1/fiches/{ancienne}"), version, json!({ "prostate_region": {} }));
        refus.refuse(422, "contenu-invalide");
        let regles = scene.demandeur.get("/api/v1/regles-alerte").est(200).corps;
        let publiee = regles.as_array().unwrap().iter().find(|r| r["code"] == "tabac-non-propose").unwrap();
        assert_eq!(publiee["valable_du"], "2026-03-02");
        assert_eq!(publiee["en_vigueur"], true);
        let lue = scene.demandeur.get("/api/v1/regles-alerte/tabac-non-propose/1").est(200).corps;
        assert_eq!(lue["cas"][0]["condition"], condition);
        scene.demandeur.get("/api/v1/regles-alerte/tabac-non-propose/2").refuse(404, "version-introuvable");
    }

    fn l_essai_d_une_alerte_compare_deux_versions_sur_les_memes_cas(banc) {
        let (scene, admin) = (Scene::nouvelle(banc), administrateur(banc));
        let reunion = scene.reunion(JEUDI, None);
        let age = |naissance: &str| scene.inscrire(&reunion, &scene.fiche("Aubry", naissance, json!({})));
        let (jeune, _vieux, enfant) = (age("1960-05-20"), age("1940-05-20"), age("2015-05-20"));
        let acquittement = scene.demandeur.get(&format!("{jeune}/alertes")).est(200).corps;
        let sienne = acquittement.as_array().unwrap().iter().find(|a| a["regle_code"] == "medecin-traitant-absent").unwrap();
        let chemin = format!("/api/v1/alertes/{}/acquittement", sienne["id"].as_str().unwrap());
        scene.demandeur.post_si(&chemin, 1, json!({ "motif": "Patient sans médecin." })).est(200);

        // Weighs otherwise on the oldest, is silent on the next, cannot be told of the child.
        let condition = "patient.age >= 18 ? patient.age > 80 : fiche.absente";
        let brouillon = ouvrir(&admin, json!({ "genre": "regle_alerte", "contenu": regle("medecin-traitant-absent", condition) }));
        let essai = essayer(&admin, &brouillon);
        let bilan = &essai["bilan"];
        assert_eq!((&bilan["genre"], &essai["examines"], &essai["reunions"]), (&json!("regle_alerte"), &json!(3), &json!(1)));
        assert_eq!((&bilan["declenchees_avant"], &bilan["declenchees_apres"]), (&json!(3), &json!(1)));
        assert_eq!((&bilan["inevaluables_apres"], &bilan["acquittees"], &bilan["reformulees"]), (&json!(1), &json!(1), &json!(0)));
        assert_eq!(bilan["changements"]["total"], 3);
        let cas = bilan["changements"]["cas"].as_array().unwrap();
        let trouver = |chemin: &str| cas.iter().find(|c| chemin.ends_with(c["inscription_id"].as_str().unwrap())).unwrap();
        assert_eq!(trouver(&jeune)["avant"], json!({ "etat": "declenchee", "niveau": "a_traiter" }));
        assert_eq!(trouver(&jeune)["apres"], json!({ "etat": "muette", "niveau": null }));
        assert_eq!(trouver(&enfant)["apres"]["etat"], "inevaluable");
        assert!(!essai.to_string().contains("Aubry") && !essai.to_string().contains(" ans"), "ni identité ni texte de l'alerte");
        assert!(alertes(&scene, &jeune).contains(&"medecin-traitant-absent".to_owned()), "l'essai n'a rien changé");

        // Cut where the caller says so.
        let demande = json!({ "du": "2026-03-01", "au": "2026-03-31", "cas_maximum": 2, "rcp_id": scene.rcp });
        let coupe = admin.post(&format!("{brouillon}/essai"), demande).est(200).corps;
        assert_eq!((&coupe["examines"], &coupe["tronque"]), (&json!(2), &json!(true)));
        let (ailleurs, _) = scene.autre_rcp("AUTRE", json!({}));
        let demande = json!({ "du": "2026-03-01", "au": "2026-03-31", "rcp_id": ailleurs });
        assert_eq!(admin.post(&format!("{brouillon}/essai"), demande).est(200).corps["examines"], 0);

        let traces: Vec<Option<Json>> = banc.systeme(|op| {
            Ok(trace::table.filter(trace::action.eq("essayer")).order(trace::id).select(trace::champs).load(op.conn)?)
        });
        let champs: Vec<Value> = traces.into_iter().map(|c| c.unwrap().0).collect();
        assert_eq!(champs[0], json!(["2026-03-01/2026-03-31", "3 cas"]));
        assert_eq!(champs.len(), 3);
    }

    fn l_essai_d_un_modele_revoit_chaque_fiche_une_fois(banc) {
        let (scene, admin) = (Scene::nouvelle(banc), administrateur(banc));
        let (premiere, seconde) = (scene.reunion(JEUDI, None), scene.reunion("2026-03-12T17:00:00Z", None));
        let une = scene.fiche("Aubry", "1960-05-20", complete());
        for reunion in [&premiere, &seconde] {
            scene.inscrire(reunion, &une);
        }
        scene.inscrire(&premiere, &scene.fiche("Bertin", "1960-05-20", json!({ "antecedents": "Aucun." })));

        // The same model: nothing changes. Then one that no longer admits what a fiche says.
        let brouillon = ouvrir(&admin, json!({ "genre": "modele_fiche", "depuis": "socle-frcp@2025.01" }));
        let essai = essayer(&admin, &brouillon);
        assert_eq!((&essai["examines"], &essai["bilan"]["changements"]["total"]), (&json!(2), &json!(0)));
        for etape in ["prete", "validation"] {
            assert_eq!(essai["bilan"][etape]["avant"], json!({ "conformes": 1, "incompletes": 1, "invalides": 0 }), "{etape}");
        }
        let mut contenu = admin.get(&brouillon).est(200).corps["contenu"].clone();
        contenu["schema"]["properties"].as_object_mut().unwrap().remove("antecedents").unwrap();
        assert_eq!(defauts(&admin.put(&brouillon, 1, json!({ "contenu": contenu })).est(200)), ["/presentation"], "la question reste montrée");
        ne_plus_montrer(&mut contenu["presentation"], "#/properties/antecedents");
        assert_eq!(defauts(&admin.put(&brouillon, 2, json!({ "contenu": contenu })).est(200)), Vec::<String>::new());
        let bilan = essayer(&admin, &brouillon)["bilan"].clone();
        assert_eq!(bilan["validation"]["apres"], json!({ "conformes": 1, "incompletes": 0, "invalides": 1 }));
        assert_eq!(bilan["changements"]["total"], 1);
        let change = &bilan["changements"]["cas"][0];
        assert_eq!((&change["avant"]["prete"], &change["apres"]["prete"]), (&json!("incomplete"), &json!("invalide")));
        assert!(!bilan.to_string().contains("Aucun."), "les réponses ne se montrent pas");
    }

    fn l_essai_d_un_quorum_dit_les_cas_qui_ne_l_auraient_plus(banc) {
        let (scene, admin) = (Scene::nouvelle(banc), administrateur(banc));
        let reunion = scene.reunion(JEUDI, None);
        let cas = scene.cas(&reunion, "Aubry");
        scene.cas(&reunion, "Bertin");
        scene.ouvrir(&reunion);
        scene.reunir(&reunion);
        scene.secretaire.post(&format!("{cas}/discussion"), json!({ "proposition": chimiotherapie() })).est(200);

        let brouillon = ouvrir(&admin, json!({ "genre": "regle_quorum", "depuis": "standard-hors-hematologie@2023-12" }));
        let pareil = essayer(&admin, &brouillon);
        assert_eq!((&pareil["examines"], &pareil["bilan"]["changements"]["total"]), (&json!(1), &json!(0)), "un seul cas est discuté");
        let mut contenu = admin.get(&brouillon).est(200).corps["contenu"].clone();
        contenu["clauses"].as_array_mut().unwrap().push(json!({ "id": "RADIOLOGUE_EN_SALLE", "libelle": "Radiologue en salle", "groupes": ["radiologie"],
            "mode": "presence", "niveau": "requise", "source": { "nature": "a_verifier", "reference": "Demande de la région." } }));
        admin.put(&brouillon, 1, json!({ "contenu": contenu })).est(200);
        let bilan = essayer(&admin, &brouillon)["bilan"].clone();
        assert_eq!(bilan["quorum"]["avant"], json!({ "atteints": 1, "non_atteints": 0, "indetermines": 0 }));
        assert_eq!(bilan["quorum"]["apres"], json!({ "atteints": 0, "non_atteints": 1, "indetermines": 0 }));
        assert_eq!(bilan["changements"]["cas"][0]["apres"]["manquantes"], json!(["Radiologue en salle"]));

        // An add-on is tried where a rule calls for it.
        let aja = admin.get("/api/v1/regles-quorum/aja").est(200).corps;
        let complement = ouvrir(&admin, json!({ "genre": "regle_quorum", "depuis": format!("aja@{}", aja["version"].as_str().unwrap()) }));
        let mut contenu = admin.get(&complement).est(200).corps["contenu"].clone();
        contenu["condition"] = json!({ "age_min": 18 });
        admin.put(&complement, 1, json!({ "contenu": contenu })).est(200);
        assert_eq!(essayer(&admin, &complement)["bilan"]["quorum"]["apres"]["non_atteints"], 1);
        let ailleurs = ouvrir(&admin, json!({ "genre": "regle_quorum", "depuis": "cancer-rare@2023-12" }));
        assert_eq!(essayer(&admin, &ailleurs)["reunions"], 0);
    }

    fn un_brouillon_imparfait_se_garde_et_dit_ou_sont_ses_defauts(banc) {
        let admin = administrateur(banc);
        let du = |genre: &str, contenu: Value| defauts(&admin.post(BROUILLONS, json!({ "genre": genre, "contenu": contenu })).est(201));
        let mut alerte = regle("essai", "patiente.age < 18");
        assert_eq!(du("regle_alerte", alerte.clone()), ["/cas/0/condition"]);
        alerte["cas"] = json!([]);
        assert_eq!(du("regle_alerte", alerte.clone()), ["/cas"]);
        alerte["niveau"] = json!("grave");
        assert_eq!(du("regle_alerte", alerte.clone()), ["/niveau"]);
        assert_eq!(du("regle_alerte", json!({ "code": "essai" })), ["/nom"]);
        let mut inversee = regle("essai", "true");
        inversee["valable_au"] = json!("2026-02-01");
        assert_eq!(du("regle_alerte", inversee), ["/valable_au"]);

        let modele = |blocs: Value| json!({ "code": "essai", "nom": "Essai", "base": "socle-frcp@2025.01", "blocs": blocs });
        assert_eq!(du("modele_fiche", modele(json!([]))), Vec::<String>::new());
        assert_eq!(du("modele_fiche", modele(json!(["absent@1", bloc_region(), "prostate@0"]))), ["/blocs/0", "/blocs/2"]);
        assert_eq!(du("modele_fiche", modele(json!([bloc_region(), bloc_region()]))), ["/blocs/1"]);
        let mut bloc = bloc_region();
        bloc["schema"]["properties"]["consultation_tabac"] = json!({ "type": "string", "x-jeu": "inconnu", "maxLength": -1 });
        bloc["derives"] = json!([{ "code": "n", "nom": "N", "unite": null, "source": "essai", "entrees": [], "expression": "1 +", "essais": [] }]);
        let fautif = ["/schema/properties/consultation_tabac/maxLength", "/schema/properties/consultation_tabac/x-jeu", "/derives/0/expression"];
        assert_eq!(du("bloc", bloc.clone()), fautif);
        assert_eq!(du("modele_fiche", modele(json!([bloc.clone()]))), fautif.map(|ou| format!("/blocs/0{ou}")));
        bloc["cles"] = json!("x");
        assert_eq!(du("modele_fiche", modele(json!([bloc]))), ["/blocs/0/cles"]);
        assert_eq!(du("modele_fiche", json!({ "code": "essai", "nom": "Essai" })), ["/schema"]);
        assert_eq!(du("modele_fiche", json!({ "code": "essai", "nom": "Essai", "blocs": [] })), ["/base"]);
        let propre = json!({ "code": "essai", "nom": "Essai", "base": "socle-frcp@2025.01", "blocs": [], "schema": {} });
        assert_eq!(du("modele_fiche", propre), ["/schema"]);
        let boucle = json!({ "code": "essai", "nom": "Essai", "presentation": {}, "schema": { "$ref": "#/$defs/absente" } });
        assert_eq!(du("modele_fiche", boucle), ["/schema"]);
        let dehors = json!({ "code": "essai", "nom": "Essai", "presentation": {}, "schema": { "properties": { "a": { "$ref": "https://exemple.fr/s.json" } } } });
        assert_eq!(du("modele_fiche", dehors), ["/schema"]);

        let quorum = admin.get("/api/v1/regles-quorum/aja").est(200).corps;
        let quorum = |champ: &str, valeur: Value| {
            let mut regle = quorum.clone();
            *regle.pointer_mut(champ).unwrap() = valeur;
            du("regle_quorum", regle)
        };
        assert_eq!(quorum("/clauses", json!([])), ["/clauses"]);
        assert_eq!(quorum("/complements", json!(["absente", "aja"])), ["/complements/0", "/complements/1"]);
        assert_eq!(quorum("/clauses/0/groupes", json!(["absent"])), ["/clauses/0/groupes/0"]);
        assert_eq!(quorum("/clauses/0/min", json!("deux")), ["/clauses/0/min"]);
        assert_eq!(quorum("/clauses/0/mode", json!("absence")), ["/clauses/0/mode"]);

        // What has defects is neither tried nor published.
        let brouillon = ouvrir(&admin, json!({ "genre": "regle_alerte", "contenu": regle("essai", "1 +") }));
        let essai = json!({ "du": "2026-03-01", "au": "2026-03-31" });
        let refus = admin.post(&format!("{brouillon}/essai"), essai).refuse(422, "brouillon-defectueux");
        assert_eq!(refus.fautes(), ["/cas/0/condition"]);
        let refus = publier(&admin, &brouillon, json!({ "version": "1", "valable_du": "2026-03-02" })).refuse(422, "brouillon-defectueux");
        assert_eq!(refus.fautes(), ["/cas/0/condition"]);
        assert!(refus.corps["errors"][0]["message"].as_str().unwrap().starts_with("cas 1 : "), "{}", refus.corps);
        admin.get("/api/v1/regles-alerte/essai/1").refuse(404, "version-introuvable");
    }

    fn ce_qui_ne_peut_pas_etre_garde_est_refuse(banc) {
        let admin = administrateur(banc);
        let refus = |corps: Value| admin.post(BROUILLONS, corps).refuse(422, "contenu-invalide").fautes().join(" ");
        assert_eq!(refus(json!({ "genre": "regle_alerte" })), "/contenu");
        assert_eq!(refus(json!({ "genre": "regle_alerte", "contenu": {} })), "/contenu/code");
        assert_eq!(refus(json!({ "genre": "regle_alerte", "contenu": { "code": "Majuscule" } })), "/contenu/code");
        assert_eq!(refus(json!({ "genre": "regle_quorum", "contenu": { "code": "specialites" } })), "/contenu/code");
        assert_eq!(refus(json!({ "genre": "regle_alerte", "contenu": { "code": "a", "cas": ["\u{0}"] } })), "/contenu/cas/0");
        assert_eq!(refus(json!({ "genre": "regle_alerte", "contenu": { "code": "a" }, "note": "\u{0}" })), "/note");
        assert_eq!(refus(json!({ "genre": "regle_alerte", "depuis": "absente@1" })), "/depuis");
        assert_eq!(refus(json!({ "genre": "regle_alerte", "depuis": "absente" })), "/depuis");
        assert_eq!(refus(json!({ "genre": "lettre", "contenu": { "code": "a" } })), "/genre");
        let deux = json!({ "genre": "regle_alerte", "contenu": { "code": "a" }, "depuis": "g8-a-partir-de-75@2026-01" });
        assert_eq!(refus(deux), "/contenu");

        let brouillon = ouvrir(&admin, json!({ "genre": "regle_alerte", "contenu": regle("essai", "true") }));
        let essayer = |corps: Value| admin.post(&format!("{brouillon}/essai"), corps).refuse(422, "contenu-invalide").fautes().join(" ");
        assert_eq!(essayer(json!({ "du": "2026-03-31", "au": "2026-03-01" })), "/au");
        assert_eq!(essayer(json!({ "du": "2016-03-31", "au": "2026-03-01" })), "/au");
        assert_eq!(essayer(json!({ "du": "2026-03-01", "au": "2026-03-31", "cas_maximum": 0 })), "/cas_maximum");
        let publication = |corps: Value| publier(&admin, &brouillon, corps).refuse(422, "contenu-invalide").fautes().join(" ");
        assert_eq!(publication(json!({ "version": "1", "valable_du": "2026-03-01" })), "/valable_du");
        assert_eq!(publication(json!({ "version": "1" })), "/valable_du");
        assert_eq!(publication(json!({ "version": "1/2", "valable_du": "2026-03-02" })), "/version");

        let bloc = ouvrir(&admin, json!({ "genre": "bloc", "contenu": bloc_region() }));
        let essai = json!({ "du": "2026-03-01", "au": "2026-03-31" });
        admin.post(&format!("{bloc}/essai"), essai).refuse(409, "bloc-sans-essai");
        let refus = publier(&admin, &bloc, json!({ "version": "1", "valable_du": "2026-03-02" })).refuse(422, "contenu-invalide");
        assert_eq!(refus.fautes(), ["/valable_du"]);
        publier(&admin, &bloc, json!({ "version": "1" })).est(200);
        let modele = json!({ "code": "essai", "nom": "Essai", "base": "socle-frcp@2025.01", "blocs": ["prostate-region@1"] });
        let modele = ouvrir(&admin, json!({ "genre": "modele_fiche", "contenu": modele }));
        publier(&admin, &modele, json!({ "version": "1", "valable_du": "2026-03-02" })).est(200);
        let lu = admin.get("/api/v1/modeles-fiche/essai/1").est(200).corps;
        assert_eq!(lu["schema"]["properties"]["prostate_region"]["properties"]["consultation_tabac"]["type"], "boolean");
    }

    fn un_brouillon_se_garde_par_sa_version_et_ne_change_plus_une_fois_publie(banc) {
        let admin = administrateur(banc);
        let brouillon = ouvrir(&admin, json!({ "genre": "regle_alerte", "contenu": regle("essai", "true"), "note": "À relire" }));
        let autre = ouvrir(&admin, json!({ "genre": "bloc", "contenu": bloc_region() }));
        let liste = |filtre: &str| admin.get(&format!("{BROUILLONS}?{filtre}")).est(200).corps["elements"].as_array().unwrap().len();
        assert_eq!((liste(""), liste("genre=bloc"), liste("code=essai"), liste("code=absent")), (2, 1, 1, 0));
        let page = admin.get(&format!("{BROUILLONS}?limite=1")).est(200).corps;
        assert!(autre.ends_with(page["elements"][0]["id"].as_str().unwrap()), "le plus récent d'abord");
        let suite = admin.get(&format!("{BROUILLONS}?limite=1&curseur={}", page["suivant"].as_str().unwrap())).est(200).corps;
        assert_eq!((&suite["elements"][0]["note"], &suite["suivant"]), (&json!("À relire"), &Value::Null));

        let corps = json!({ "contenu": regle("essai", "patient.age > 3") });
        admin.envoyer("PUT", &brouillon, Some(corps.clone()), &[]).refuse(428, "version-absente");
        admin.put(&brouillon, 7, corps.clone()).refuse(412, "version-perimee");
        assert_eq!(admin.put(&brouillon, 1, corps.clone()).est(200).version(), 2);
        let publication = json!({ "version": "1", "valable_du": "2026-03-02" });
        admin.post(&format!("{brouillon}/publication"), publication.clone()).refuse(428, "version-absente");
        admin.post_si(&format!("{brouillon}/publication"), 1, publication.clone()).refuse(412, "version-perimee");
        admin.post_si(&format!("{brouillon}/publication"), 2, publication.clone()).est(200);
        assert_eq!((liste("publie=true"), liste("publie=false")), (1, 1));
        admin.post_si(&format!("{brouillon}/publication"), 3, publication.clone()).refuse(409, "brouillon-publie");
        admin.put(&brouillon, 3, corps.clone()).refuse(409, "brouillon-publie");
        admin.envoyer("DELETE", &brouillon, None, &[("If-Match", "\"v3\"")]).refuse(409, "brouillon-publie");

        let copie = ouvrir(&admin, json!({ "genre": "regle_alerte", "depuis": "essai@1" }));
        publier(&admin, &copie, publication).refuse(409, "version-publiee");
        admin.delete(&autre).refuse(428, "version-absente");
        admin.envoyer("DELETE", &autre, None, &[("If-Match", "\"v2\"")]).refuse(412, "version-perimee");
        admin.envoyer("DELETE", &autre, None, &[("If-Match", "\"v1\"")]).est(204);
        admin.get(&autre).refuse(404, "brouillon-introuvable");
        admin.get(&format!("{BROUILLONS}/rien")).refuse(404, "ressource-inconnue");
    }

    fn seul_qui_administre_la_region_change_ses_referentiels(banc) {
        let admin = administrateur(banc);
        let centre = banc.region(9).centre;
        let brouillon = ouvrir(&admin, json!({ "genre": "regle_alerte", "contenu": regle("essai", "true") }));
        let local = (Role::AdministrateurLocal, Perimetre::Centre3c(centre));
        for (rang, habilitation) in [local, (Role::Analyste, Perimetre::Region)].into_iter().enumerate() {
            let autre = banc.personne(&format!("autre{rang}"), &[habilitation]);
            let corps = json!({ "genre": "regle_alerte", "contenu": regle("essai", "true") });
            autre.post(BROUILLONS, corps.clone()).refuse(403, "action-interdite");
            autre.get(BROUILLONS).refuse(403, "action-interdite");
            autre.get(&brouillon).refuse(403, "action-interdite");
            autre.put(&brouillon, 1, json!({ "contenu": regle("essai", "true") })).refuse(403, "action-interdite");
            autre.envoyer("DELETE", &brouillon, None, &[("If-Match", "\"v1\"")]).refuse(403, "action-interdite");
            autre.post(&format!("{brouillon}/essai"), json!({ "du": "2026-03-01", "au": "2026-03-31" })).refuse(403, "action-interdite");
            let publication = json!({ "version": "1", "valable_du": "2026-03-02" });
            autre.post_si(&format!("{brouillon}/publication"), 1, publication).refuse(403, "action-interdite");
            let retrait = json!({ "valable_au": "2026-03-31", "motif": "Remplacée." });
            autre.post("/api/v1/referentiels/regle_alerte/g8-a-partir-de-75/2026-01/retrait", retrait).refuse(403, "action-interdite");
            autre.get("/api/v1/referentiels/retraits").refuse(403, "action-interdite");
        }
        banc.anonyme().get(BROUILLONS).est(401);
    }

    fn un_modele_s_exporte_et_s_importe_en_un_fichier(banc) {
        let admin = administrateur(banc);
        for (code, version) in [("socle-frcp", "2025.01"), ("prostate", "2026-01")] {
            let lire = |version: &str| admin.get(&format!("/api/v1/modeles-fiche/{code}/{version}")).est(200).corps;
            let export = admin.get(&format!("/api/v1/modeles-fiche/{code}/{version}/export")).est(200).corps;
            let brouillon = ouvrir(&admin, json!({ "genre": "modele_fiche", "contenu": export }));
            assert_eq!(defauts(&admin.get(&brouillon).est(200)), Vec::<String>::new());
            publier(&admin, &brouillon, json!({ "version": version, "valable_du": "2026-03-02" })).refuse(409, "version-publiee");
            publier(&admin, &brouillon, json!({ "version": "importee", "valable_du": "2026-03-02" })).est(200);
            let (ancien, nouveau) = (lire(version), lire("importee"));
            for champ in ["nom", "presentation", "derives", "composition"] {
                assert_eq!(ancien[champ], nouveau[champ], "{code} {champ}");
            }
            assert_eq!(ancien["schema"]["properties"], nouveau["schema"]["properties"]);
        }
        admin.get("/api/v1/modeles-fiche/socle-frcp/1999/export").refuse(404, "version-introuvable");
    }

    fn une_version_ne_se_retire_pas_tant_qu_une_rcp_en_a_besoin(banc) {
        let (_scene, admin) = (Scene::nouvelle(banc), administrateur(banc));
        let retirer = |quoi: &str, au: &str| {
            admin.post(&format!("/api/v1/referentiels/{quoi}/retrait"), json!({ "valable_au": au, "motif": "Remplacée." }))
        };
        let standard = "regle_quorum/standard-hors-hematologie/2023-12";
        let refus = retirer(standard, "2026-03-31").refuse(409, "version-encore-utile");
        assert_eq!(refus.corps["decouvert_le"], "2026-04-01");
        assert_eq!(refus.corps["usages"]["rcp"][0]["nom"], "Cancérologie digestive DIG");
        let aja = admin.get("/api/v1/regles-quorum/aja").est(200).corps["version"].as_str().unwrap().to_owned();
        let refus = retirer(&format!("regle_quorum/aja/{aja}"), "2026-03-31").refuse(409, "version-encore-utile");
        assert!(refus.corps["usages"]["regles"].as_array().unwrap().contains(&json!("standard-hors-hematologie")), "{}", refus.corps);
        let refus = retirer("modele_fiche/socle-frcp/2025.01", "2026-03-31").refuse(409, "version-encore-utile");
        assert_eq!(refus.corps["usages"]["par_defaut"], true);
        assert_eq!(retirer(standard, "2026-02-28").refuse(422, "contenu-invalide").fautes(), ["/valable_au"]);
        retirer("bloc/prostate/2026-01", "2026-03-31").refuse(409, "bloc-sans-retrait");
        retirer("regle_quorum/absente/1", "2026-03-31").refuse(404, "version-introuvable");
        retirer("lettre/absente/1", "2026-03-31").refuse(404, "ressource-inconnue");

        // Once another version takes its place, it may end.
        let brouillon = ouvrir(&admin, json!({ "genre": "regle_quorum", "depuis": "standard-hors-hematologie@2023-12" }));
        publier(&admin, &brouillon, json!({ "version": "2026-04", "valable_du": "2026-04-01" })).est(200);
        retirer(standard, "2026-04-30").est(200);
        let toutes = admin.get("/api/v1/regles-quorum?toutes_versions=true").est(200).corps;
        let fins: Vec<(&str, &Value)> = toutes.as_array().unwrap().iter().filter(|r| r["code"] == "standard-hors-hematologie")
            .map(|r| (r["version"].as_str().unwrap(), &r["valable_au"])).collect();
        assert_eq!(fins, [("2023-12", &json!("2026-04-30")), ("2026-04", &Value::Null)]);
        let lue = admin.get("/api/v1/regles-quorum/standard-hors-hematologie/2026-04").est(200).corps;
        assert_eq!(lue["valable_du"], "2026-04-01");
        admin.get("/api/v1/regles-quorum/standard-hors-hematologie/absente").refuse(404, "version-introuvable");
        retirer("regle_quorum/standard-hors-hematologie/2026-04", "2026-12-31").refuse(409, "version-encore-utile");
        let retraits = admin.get("/api/v1/referentiels/retraits").est(200).corps;
        assert_eq!((retraits["elements"].as_array().unwrap().len(), &retraits["elements"][0]["motif"]), (1, &json!("Remplacée.")));
    }

    fn une_alerte_retiree_ne_se_leve_plus_le_lendemain(banc) {
        let (scene, admin) = (Scene::nouvelle(banc), administrateur(banc));
        let (jeudi, suivant) = (scene.reunion(JEUDI, None), scene.reunion("2026-03-12T17:00:00Z", None));
        let cas = [scene.cas(&jeudi, "Aubry"), scene.cas(&suivant, "Bertin")];
        let retrait = json!({ "valable_au": "2026-03-05", "motif": "Jugée inutile." });
        admin.post("/api/v1/referentiels/regle_alerte/medecin-traitant-absent/2026-01/retrait", retrait).est(200);
        runner::vider(&banc.etat.db, &app::ouvrier(&banc.etat.config, Arc::new(Memoire::default())).unwrap()).unwrap();
        let code = "medecin-traitant-absent".to_owned();
        assert_eq!(cas.each_ref().map(|cas| alertes(&scene, cas).contains(&code)), [true, false]);
        assert_eq!(admin.get("/api/v1/regles-alerte/medecin-traitant-absent/2026-01").est(200).corps["valable_au"], "2026-03-05");
    }
}
