//! Retention: terms, purges signed by two people, nothing left, and a restored backup purged again.

use crate::support::{
    Banc,
    client::Client,
    contenu::{ou_se_trouve, tables},
    scene::{Scene, chimiotherapie, complete},
};
use dcc::{
    app,
    db::schema::{patient, trace},
    jobs::runner,
    kernel::{Perimetre, Role, ids::PatientId},
    messagerie::memoire::Memoire,
    metier::conservation::{
        job::{self, Bilan, PROPOSITION_DES_PURGES},
        model::Regle,
        service,
    },
};
use diesel::prelude::*;
use serde_json::{Value, json};
use std::{fs, sync::Arc};

const PATIENTS: &str = "/api/v1/patients";
/// Twenty years and a day after the last meeting.
const VINGT_ANS_APRES: &str = "2046-03-06T10:00:00Z";
/// Marks that stand for everything that names or describes the patient.
const MARQUES: [&str; 7] = ["Zqpatronyme", "Zqmarital", "Zqabsorbee", "Zqrue", "Zqsynthese", "Zqcommentaire", "Zqdemande"];

fn ouvrier(banc: &Banc) -> runner::Ouvrier {
    app::ouvrier(&banc.etat.config, Arc::new(Memoire::default())).unwrap()
}

fn travailler(banc: &Banc) {
    runner::vider(&banc.etat.db, &ouvrier(banc)).unwrap();
}

fn proposer(banc: &Banc) {
    assert!(runner::passer_une_fois(&banc.etat.db, &ouvrier(banc), PROPOSITION_DES_PURGES).unwrap());
}

/// The people who sign.
struct Signataires {
    local: Client,
    dpo: Client,
}

fn signataires(banc: &Banc, scene: &Scene<'_>) -> Signataires {
    Signataires {
        local: banc.personne("local", &[(Role::AdministrateurLocal, Perimetre::Etablissement(scene.region.etablissement))]),
        dpo: banc.personne("dpo", &[(Role::DelegueProtectionDonnees, Perimetre::Region)]),
    }
}

fn identite(scene: &Scene<'_>, nom: &str, ipp: &str) -> Value {
    json!({ "nom_naissance": nom, "nom_utilise": "Zqmarital", "premier_prenom": "Claude", "sexe": "feminin", "date_naissance": "1960-05-20",
            "adresse": "3 Zqrue des Lilas", "identifiants": [{ "etablissement_id": scene.region.etablissement, "ipp": ipp }] })
}

/// A patient with all that a file may hold.
fn suivi(banc: &Banc, scene: &Scene<'_>, dpo: &Client) -> String {
    let id = scene.demandeur.post(PATIENTS, identite(scene, "Zqpatronyme", "42")).est(201).id();
    let mut contenu = complete();
    contenu["synthese"]["cas"] = json!("Zqsynthese du cas");
    let reunion = scene.reunion("2026-03-05T17:00:00Z", None);
    let cas = scene.inscrire(&reunion, &scene.fiche_de(&id, contenu));
    scene.demandeur.post(&format!("{PATIENTS}/{id}/oppositions"), json!({ "objet": "dmp", "commentaire": "Zqcommentaire" })).est(201);
    scene.ouvrir(&reunion);
    scene.reunir(&reunion);
    scene.secretaire.post(&format!("{cas}/discussion"), json!({ "proposition": chimiotherapie() })).est(200);
    scene.clore(&reunion);
    let version = scene.responsable.get(&reunion).est(200).version();
    scene.responsable.poster_si(&format!("{reunion}/validation"), version).est(200);
    travailler(banc);
    let demande = json!({ "droit": "acces", "demandeur": "patient", "objet": "Zqdemande" });
    dpo.post(&format!("{PATIENTS}/{id}/demandes-droits"), demande).est(201);
    // Somebody typed the patient a second time; the two were brought together.
    let mut double = identite(scene, "Zqabsorbee", "43");
    double["identifiants"] = json!([]);
    let double = scene.demandeur.post(PATIENTS, double).est(201).id();
    let cellule = banc.personne("cellule", &[(Role::Identitovigilant, Perimetre::Region)]);
    let version = scene.demandeur.get(&format!("{PATIENTS}/{id}")).est(200).version();
    let fusion = json!({ "absorbe_id": double, "version_absorbe": 1, "motif": "Même personne" });
    cellule.post_si(&format!("{PATIENTS}/{id}/fusion"), version, fusion).est(201);
    id
}

fn la_seule(client: &Client, etat: &str) -> Value {
    let page = client.get(&format!("/api/v1/purges?etat={etat}")).est(200).corps;
    let elements = page["elements"].as_array().unwrap();
    assert_eq!(elements.len(), 1, "{page:#}");
    elements[0].clone()
}

fn chemin(purge: &Value, acte: &str) -> String {
    format!("/api/v1/purges/{}/{acte}", purge["id"].as_str().unwrap())
}

sur_les_deux_bases! {
    fn apres_une_purge_il_ne_reste_rien_du_patient_que_sa_pierre_tombale(banc) {
        let scene = Scene::nouvelle(banc);
        let qui = signataires(banc, &scene);
        let id = suivi(banc, &scene, &qui.dpo);
        let reste = scene.demandeur.post(PATIENTS, json!({ "nom_naissance": "Durand", "premier_prenom": "Paul", "sexe": "masculin", "date_naissance": "1950-01-01" })).est(201).id();
        for marque in MARQUES {
            assert!(!ou_se_trouve(banc, marque).is_empty(), "{marque} devait se trouver quelque part");
        }
        proposer(banc);
        assert_eq!(qui.dpo.get("/api/v1/purges").est(200).corps["elements"], json!([]), "le terme n'est pas venu");
        banc.regler("2046-03-04T22:30:00Z");
        // The other patient is heard of again: that file lives on.
        scene.demandeur.post(&format!("{PATIENTS}/{reste}/dossiers"), json!({ "libelle": "Poumon" })).est(201);
        proposer(banc);
        assert_eq!(qui.dpo.get("/api/v1/purges").est(200).corps["elements"], json!([]), "ni la veille");
        banc.regler(VINGT_ANS_APRES);
        proposer(banc);
        let purge = la_seule(&qui.local, "proposee");
        assert_eq!((&purge["patient_id"], &purge["regle"], &purge["echeance"]), (&json!(id), &json!("dernier_contact"), &json!("2046-03-05")));
        assert_eq!(purge["identifiants"][0]["ipp"], "42");
        assert!(!purge.to_string().contains("Zq"), "{purge:#}");

        qui.dpo.poster_si(&chemin(&purge, "accord"), 1).refuse(409, "etat-de-purge");
        let visee = qui.local.post_si(&chemin(&purge, "visa"), 1, json!({ "visa_archives": "AD59-2046-12" })).est(200);
        assert_eq!((visee.version(), &visee.corps["etat"]), (2, &json!("visee")));
        qui.local.poster_si(&chemin(&purge, "accord"), 2).refuse(403, "action-interdite");
        qui.dpo.poster_si(&chemin(&purge, "accord"), 1).refuse(412, "version-perimee");
        assert_eq!(qui.dpo.poster_si(&chemin(&purge, "accord"), 2).est(200).corps["etat"], "accordee");
        let traces_avant: i64 = banc.systeme(|op| Ok(trace::table.count().get_result(op.conn)?));
        travailler(banc);

        for marque in MARQUES {
            assert_eq!(ou_se_trouve(banc, marque), Vec::<String>::new(), "{marque}");
        }
        assert_eq!(ou_se_trouve(banc, &id), ["pierre_tombale", "purge", "trace"]);
        for table in ["document", "diffusion", "transition_diffusion", "fiche", "inscription", "compte_rendu", "alerte", "rapprochement", "deplacement"] {
            assert_eq!(tables(banc, &[])[table], Vec::<String>::new(), "{table}");
        }
        assert!(banc.systeme(|op| Ok(trace::table.count().get_result::<i64>(op.conn)?)) > traces_avant, "la trace reste");
        assert_eq!(la_seule(&qui.dpo, "executee")["executee_le"], "2046-03-06T10:00:00Z");
        scene.demandeur.get(&format!("{PATIENTS}/{reste}")).est(200);
        let tombales = fs::read_to_string(&banc.etat.config.pierres_tombales).unwrap();
        assert_eq!(tombales.lines().count(), 2, "le patient et celui qu'il avait absorbé");
        assert!(!tombales.contains("Zq") && tombales.contains(&id));
        proposer(banc);
        assert_eq!(qui.dpo.get("/api/v1/purges").est(200).corps["elements"], json!([]));
    }

    fn une_meme_personne_ne_signe_pas_deux_fois(banc) {
        let scene = Scene::nouvelle(banc);
        let double = banc.personne("double", &[
            (Role::AdministrateurLocal, Perimetre::Etablissement(scene.region.etablissement)),
            (Role::DelegueProtectionDonnees, Perimetre::Region),
        ]);
        scene.demandeur.post(PATIENTS, identite(&scene, "Zqpatronyme", "42")).est(201);
        banc.regler(VINGT_ANS_APRES);
        proposer(banc);
        let purge = la_seule(&double, "proposee");
        double.post_si(&chemin(&purge, "visa"), 1, json!({})).est(200);
        double.poster_si(&chemin(&purge, "accord"), 2).refuse(409, "meme-personne");
        let ailleurs = banc.personne("ailleurs", &[(Role::AdministrateurLocal, Perimetre::Etablissement(banc.region(2).etablissement))]);
        ailleurs.post_si(&chemin(&purge, "ecart"), 2, json!({ "motif": "Essai" })).refuse(404, "purge-introuvable");
        assert_eq!(double.post_si(&chemin(&purge, "ecart"), 2, json!({ "motif": "Recherche en cours" })).est(200).corps["etat"], "ecartee");
        // It comes back with the next proposals.
        proposer(banc);
        assert_eq!(la_seule(&double, "proposee")["version"], 4);
    }

    fn un_contentieux_suspend_la_purge_a_chaque_etape(banc) {
        let scene = Scene::nouvelle(banc);
        let qui = signataires(banc, &scene);
        let id = scene.demandeur.post(PATIENTS, identite(&scene, "Zqpatronyme", "42")).est(201).id();
        let gels = format!("{PATIENTS}/{id}/gels");
        banc.regler(VINGT_ANS_APRES);
        let gel = qui.local.post(&gels, json!({ "motif": "Expertise judiciaire" })).est(201).id();
        proposer(banc);
        assert_eq!(qui.dpo.get("/api/v1/purges").est(200).corps["elements"], json!([]));
        qui.dpo.poster(&format!("/api/v1/gels/{gel}/levee")).est(200);
        qui.dpo.poster(&format!("/api/v1/gels/{gel}/levee")).refuse(409, "gel-leve");
        proposer(banc);
        let purge = la_seule(&qui.local, "proposee");
        let gel = qui.dpo.post(&gels, json!({ "motif": "Plainte" })).est(201).id();
        qui.local.post_si(&chemin(&purge, "visa"), 1, json!({})).refuse(409, "purge-caduque");
        qui.dpo.poster(&format!("/api/v1/gels/{gel}/levee")).est(200);
        qui.local.post_si(&chemin(&purge, "visa"), 1, json!({})).est(200);
        qui.dpo.poster_si(&chemin(&purge, "accord"), 2).est(200);
        // Between the grant and the work.
        qui.dpo.post(&gels, json!({ "motif": "Plainte" })).est(201);
        travailler(banc);
        assert_eq!(la_seule(&qui.dpo, "ecartee")["patient_id"], json!(id));
        scene.demandeur.get(&format!("{PATIENTS}/{id}")).est(200);
        assert_eq!(qui.dpo.get(&gels).est(200).corps.as_array().map(Vec::len), Some(3));
        scene.demandeur.get(&gels).refuse(403, "action-interdite");
    }

    fn une_sauvegarde_restauree_est_purgee_de_nouveau(banc) {
        let scene = Scene::nouvelle(banc);
        let creer = |nom: &str, ipp: &str| -> PatientId { scene.demandeur.post(PATIENTS, identite(&scene, nom, ipp)).est(201).id().parse().unwrap() };
        let (revenu, autre) = (creer("Zqpatronyme", "1"), creer("Durand", "2"));
        scene.fiche_de(&revenu.to_string(), complete());
        // What a purge had written before the backup was restored; the second line designates somebody else.
        let tombales = banc.dossier().join("restauration.jsonl");
        let pierres = banc.systeme(move |op| {
            let (parti, etranger) = (dcc::metier::patient::service::trouver(op, revenu)?, dcc::metier::patient::service::trouver(op, autre)?);
            let mut fausse = service::pierre(op, &parti, Regle::DernierContact)?;
            fausse.patient_id = etranger.id;
            Ok([service::pierre(op, &parti, Regle::DernierContact)?, fausse])
        });
        fs::write(&tombales, pierres.iter().map(|pierre| pierre.ligne().unwrap()).collect::<String>()).unwrap();
        assert_eq!(job::rejouer(&banc.etat.db, &tombales).unwrap(), Bilan { effaces: 1, absents: 0, etrangers: 1 });
        assert_eq!(ou_se_trouve(banc, "Zqpatronyme"), Vec::<String>::new());
        let restants: Vec<PatientId> = banc.systeme(|op| Ok(patient::table.select(patient::id).load(op.conn)?));
        assert_eq!(restants, [autre]);
        assert_eq!(job::rejouer(&banc.etat.db, &tombales).unwrap(), Bilan { effaces: 0, absents: 1, etrangers: 1 }, "rejouer deux fois ne fait rien de plus");
        assert!(banc.systeme(move |op| service::est_purge(op, revenu)));
    }
}
