//! The rights of the patient: register of requests, account of accesses, export of the file.

use crate::support::{
    Banc,
    scene::{Scene, chimiotherapie, complete},
};
use dcc::{
    app,
    db::schema::trace,
    jobs::runner,
    kernel::{Perimetre, Role, ids::PatientId},
    messagerie::memoire::Memoire,
};
use diesel::prelude::*;
use serde_json::{Value, json};
use std::{
    io::{Cursor, Read},
    sync::Arc,
};

const PATIENTS: &str = "/api/v1/patients";

fn identite(nom: &str) -> Value {
    json!({ "nom_naissance": nom, "premier_prenom": "Claude", "sexe": "feminin", "date_naissance": "1960-05-20" })
}

fn demande(droit: &str) -> Value {
    json!({ "droit": droit, "demandeur": "patient", "identite_verifiee": "Carte d'identité présentée", "objet": "Tout mon dossier" })
}

/// A patient with a validated compte-rendu and its documents.
fn patient_suivi(banc: &Banc, scene: &Scene<'_>) -> String {
    let patient = scene.demandeur.post(PATIENTS, identite("Lefèvre")).est(201).id();
    let reunion = scene.reunion("2026-03-05T17:00:00Z", None);
    let cas = scene.inscrire(&reunion, &scene.fiche_de(&patient, complete()));
    scene.ouvrir(&reunion);
    scene.reunir(&reunion);
    scene.secretaire.post(&format!("{cas}/discussion"), json!({ "proposition": chimiotherapie() })).est(200);
    scene.clore(&reunion);
    let version = scene.responsable.get(&reunion).est(200).version();
    scene.responsable.poster_si(&format!("{reunion}/validation"), version).est(200);
    runner::vider(&banc.etat.db, &app::ouvrier(&banc.etat.config, Arc::new(Memoire::default())).unwrap()).unwrap();
    patient
}

fn traces_du_patient(banc: &Banc, id: &str) -> i64 {
    let id: PatientId = id.parse().unwrap();
    banc.systeme(move |op| Ok(trace::table.filter(trace::patient_id.eq(id)).count().get_result(op.conn)?))
}

sur_les_deux_bases! {
    fn une_demande_s_enregistre_se_prolonge_et_se_repond_dans_le_delai(banc) {
        let region = banc.region(1);
        let claire = banc.personne("claire", &[(Role::Secretaire, Perimetre::Etablissement(region.etablissement))]);
        let dpo = banc.personne("dpo", &[(Role::DelegueProtectionDonnees, Perimetre::Region)]);
        let id = claire.post(PATIENTS, identite("Lefèvre")).est(201).id();
        let chemin = format!("{PATIENTS}/{id}/demandes-droits");

        // The officer finds the patient by identity, over the whole region; a secretary does not.
        let recherche = json!({ "nom": "lefevre", "date_naissance": "1960-05-20" });
        let trouve = dpo.post("/api/v1/identites/recherches", recherche.clone()).est(200).corps;
        assert_eq!(trouve["elements"][0]["id"], json!(id));
        claire.post("/api/v1/identites/recherches", recherche.clone()).refuse(403, "action-interdite");
        dpo.post("/api/v1/patients/recherches", recherche).refuse(403, "action-interdite");
        dpo.get(&format!("{PATIENTS}/{id}")).refuse(403, "action-interdite");

        claire.post(&chemin, demande("acces")).refuse(403, "action-interdite");
        let mut future = demande("acces");
        future["recue_le"] = json!("2026-03-03");
        assert_eq!(dpo.post(&chemin, future).refuse(422, "contenu-invalide").fautes(), ["/recue_le"]);
        let recue = dpo.post(&chemin, demande("acces")).est(201);
        assert_eq!((&recue.corps["echeance"], &recue.corps["etat"], &recue.corps["en_retard"]), (&json!("2026-04-02"), &json!("recue"), &json!(false)));
        let autre = dpo.post(&chemin, demande("rectification")).est(201);

        let prolongation = json!({ "motif": "Dossier volumineux" });
        let une = format!("/api/v1/demandes-droits/{}", recue.id());
        assert_eq!(dpo.post_si(&format!("{une}/prolongation"), 1, prolongation.clone()).est(200).corps["echeance"], "2026-06-02");
        dpo.post_si(&format!("{une}/prolongation"), 2, prolongation).refuse(409, "prolongation-impossible");

        banc.regler("2026-04-03T10:00:00Z");
        let registre = dpo.get("/api/v1/demandes-droits").est(200).corps;
        let retards: Vec<(&Value, &Value)> = registre["elements"].as_array().unwrap().iter().map(|d| (&d["id"], &d["en_retard"])).collect();
        assert_eq!(retards, [(&json!(autre.id()), &json!(true)), (&json!(recue.id()), &json!(false))]);

        let reponse = json!({ "satisfaite": false, "reponse": "L'identité du demandeur n'est pas établie" });
        let autre_chemin = format!("/api/v1/demandes-droits/{}/reponse", autre.id());
        dpo.post_si(&autre_chemin, 7, reponse.clone()).refuse(412, "version-perimee");
        let repondue = dpo.post_si(&autre_chemin, 1, reponse.clone()).est(200);
        assert_eq!((&repondue.corps["etat"], &repondue.corps["repondue_le"], &repondue.corps["en_retard"]), (&json!("refusee"), &json!("2026-04-03"), &json!(false)));
        dpo.post_si(&autre_chemin, 2, reponse).refuse(409, "demande-repondue");
        let ouvertes = |filtre: &str| dpo.get(&format!("/api/v1/demandes-droits{filtre}")).est(200).corps["elements"].as_array().unwrap().len();
        assert_eq!((ouvertes(""), ouvertes("?toutes=true")), (1, 2));
        assert_eq!(dpo.get(&chemin).est(200).corps.as_array().map(Vec::len), Some(2));
    }

    fn le_releve_dit_tous_les_acces_et_rien_de_ce_qui_a_ete_lu(banc) {
        let scene = Scene::nouvelle(banc);
        let patient = patient_suivi(banc, &scene);
        let dpo = banc.personne("dpo", &[(Role::DelegueProtectionDonnees, Perimetre::Region)]);
        scene.demandeur.get(&format!("{PATIENTS}/{patient}")).est(200);
        let attendus = traces_du_patient(banc, &patient);
        let releve = dpo.get(&format!("{PATIENTS}/{patient}/releve-acces")).est(200);
        let acces = releve.corps["acces"].as_array().unwrap();
        assert_eq!(i64::try_from(acces.len()).unwrap(), attendus);
        assert_eq!(traces_du_patient(banc, &patient), attendus + 1, "le relevé est lui-même un accès");
        let lecture = acces.iter().rfind(|a| a["acteur"] == "demandeur").unwrap();
        assert_eq!((&lecture["action"], &lecture["objet"], &lecture["roles"]), (&json!("lire"), &json!("patient"), &json!(["demandeur"])));
        assert!(!String::from_utf8_lossy(&releve.octets).contains("FOLFOX"));

        let pdf = dpo.get(&format!("{PATIENTS}/{patient}/releve-acces.pdf")).est(200);
        assert_eq!(pdf.entete("content-type"), "application/pdf");
        assert!(pdf.octets.starts_with(b"%PDF-1.4"));
        scene.responsable.get(&format!("{PATIENTS}/{patient}/releve-acces")).refuse(403, "action-interdite");
    }

    fn le_dossier_s_exporte_en_entier_sur_demande_ouverte_par_qui_soigne(banc) {
        let scene = Scene::nouvelle(banc);
        let patient = patient_suivi(banc, &scene);
        let dpo = banc.personne("dpo", &[(Role::DelegueProtectionDonnees, Perimetre::Region)]);
        let chemin = format!("{PATIENTS}/{patient}/export");
        scene.demandeur.poster(&chemin).refuse(409, "sans-demande");
        dpo.post(&format!("{PATIENTS}/{patient}/demandes-droits"), demande("portabilite")).est(201);
        dpo.poster(&chemin).refuse(403, "action-interdite");
        scene.secretaire.poster(&chemin).refuse(403, "action-interdite");
        let etranger = banc.medecin("Etranger", "G15_10/SM14", 9);
        banc.professionnel("etranger", Some(etranger), &[(Role::Demandeur, Perimetre::Patients)]).poster(&chemin).refuse(404, "patient-introuvable");

        let exporte = scene.demandeur.poster(&chemin).est(200);
        assert_eq!(exporte.entete("content-type"), "application/zip");
        let mut archive = zip::ZipArchive::new(Cursor::new(exporte.octets)).unwrap();
        let noms: Vec<String> = archive.file_names().map(|nom| nom.unwrap().into_owned()).collect();
        for fin in ["LISEZ-MOI.txt", "dossier.json", "/compte-rendu.pdf", "/compte-rendu.xml"] {
            assert!(noms.iter().any(|nom| nom.ends_with(fin)), "{fin} manque dans {noms:?}");
        }
        let mut texte = String::new();
        archive.by_name("dossier.json").unwrap().read_to_string(&mut texte).unwrap();
        let dossier: Value = serde_json::from_str(&texte).unwrap();
        assert_eq!(dossier["patient"]["nom_naissance"], "Lefèvre");
        assert_eq!(dossier["dossiers"][0]["fiches"][0]["contenu"]["synthese"]["question"], "Chimiothérapie adjuvante ?");
        assert_eq!(dossier["comptes_rendus"][0]["contenu"]["proposition"]["synthese"], "Chimiothérapie adjuvante.");
        assert_eq!(dossier["inscriptions"].as_array().map(Vec::len), Some(1));
        let exports: i64 = banc.systeme(|op| Ok(trace::table.filter(trace::action.eq("exporter")).count().get_result(op.conn)?));
        assert_eq!(exports, 1);
    }
}
