//! Comptes-rendus: frozen at the validation of a meeting, corrected by new versions only.

use crate::support::{
    Banc,
    client::{Client, Reponse},
    scene::{Scene, chimiotherapie, complete},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use dcc::{
    app,
    commandes::completer,
    db::{
        Demande,
        schema::{compte_rendu, document, trace},
    },
    jobs::{queue, runner},
    kernel::{
        Perimetre, Role,
        ids::{CompteRenduId, GabaritId},
    },
    messagerie::{Expediteur, memoire::Memoire},
    metier::{
        compte_rendu::{job::RENDRE_COMPTE_RENDU, model::empreinte, service},
        document::model::GenreDocument,
    },
};
use diesel::prelude::*;
use serde_json::{Value, json};
use std::sync::Arc;

const JEUDI: &str = "2026-03-05T17:00:00Z";
const JEUDI_SUIVANT: &str = "2026-03-12T17:00:00Z";

/// A case on the agenda of a meeting; gives the path of its registration.
fn inscrit(scene: &Scene<'_>, reunion: &str, nom: &str, naissance: &str) -> String {
    scene.inscrire(reunion, &scene.fiche(nom, naissance, complete()))
}

fn discuter(scene: &Scene<'_>, cas: &str) {
    scene.secretaire.post(&format!("{cas}/discussion"), json!({ "proposition": chimiotherapie() })).est(200);
}

/// A closed meeting with one case, discussed with the quorum; gives its path and that of the case.
fn close(scene: &Scene<'_>) -> (String, String) {
    let reunion = scene.reunion(JEUDI, None);
    let cas = inscrit(scene, &reunion, "Lefèvre", "1960-05-20");
    scene.ouvrir(&reunion);
    scene.reunir(&reunion);
    discuter(scene, &cas);
    scene.clore(&reunion);
    (reunion, cas)
}

fn valider(client: &Client, reunion: &str) -> Reponse {
    let version = client.get(reunion).est(200).version();
    client.poster_si(&format!("{reunion}/validation"), version)
}

fn chemin(resume: &Value) -> String {
    format!("/api/v1/comptes-rendus/{}", resume["id"].as_str().unwrap())
}

/// A validated meeting with one case; gives its path and that of the compte-rendu.
fn valide(scene: &Scene<'_>) -> (String, String) {
    let (reunion, _) = close(scene);
    let resumes = valider(&scene.responsable, &reunion).est(200).corps;
    (reunion, chemin(&resumes[0]))
}

/// Runs the jobs that are ready; gives the mails that left.
fn travailler(banc: &Banc, memoire: &Arc<Memoire>) {
    let expediteur = Arc::clone(memoire) as Arc<dyn Expediteur>;
    runner::vider(&banc.etat.db, &app::ouvrier(&banc.etat.config, expediteur).unwrap()).unwrap();
}

fn id(chemin: &str) -> CompteRenduId {
    chemin.rsplit('/').next().unwrap().parse().unwrap()
}

/// Acts traced on comptes-rendus, with their version.
fn traces(banc: &Banc) -> Vec<(String, Option<i64>)> {
    banc.systeme(|op| {
        let lignes = trace::table.filter(trace::objet_type.eq("compte_rendu")).filter(trace::patient_id.is_not_null());
        Ok(lignes.order(trace::id).select((trace::action, trace::objet_version)).load(op.conn)?)
    })
}

sur_les_deux_bases! {
    fn valider_une_reunion_fige_chaque_cas(banc) {
        let scene = Scene::nouvelle(banc);
        let (reunion, cas) = close(&scene);
        let lu = scene.responsable.get(&reunion).est(200).version();
        scene.responsable.poster(&format!("{reunion}/validation")).refuse(428, "version-absente");
        scene.responsable.poster_si(&format!("{reunion}/validation"), lu - 1).refuse(412, "version-perimee");
        let validee = scene.responsable.poster_si(&format!("{reunion}/validation"), lu).est(200);
        assert_eq!(validee.version(), lu + 1);
        assert_eq!(scene.responsable.get(&reunion).est(200).corps["etat"], "validee");

        let resume = &validee.corps[0];
        assert_eq!(validee.corps.as_array().map(Vec::len), Some(1));
        assert_eq!((&resume["numero_version"], &resume["courant"], &resume["pdf_pret"]), (&json!(1), &json!(true), &json!(false)));
        assert_eq!((&resume["nature"], &resume["statut_cas"], &resume["patient"]), (&json!("avis_de_rcp"), &json!("discute"), &json!("LEFÈVRE Claude")));

        let cr = scene.responsable.get(&chemin(resume)).est(200);
        assert_eq!(cr.version(), 1);
        let (corps, contenu) = (&cr.corps, &cr.corps["contenu"]);
        assert_eq!(corps["empreinte"], empreinte(contenu));
        assert_eq!((&corps["age"], &corps["g8"], &corps["date_reunion"]), (&json!(65), &json!("non_concerne"), &json!("2026-03-05")));
        assert_eq!((&corps["quorum_has"], &corps["quorum_regle"]), (&json!(true), &json!(true)));
        assert_eq!((&corps["centre_3c_id"], &corps["territoire_id"]), (&json!(scene.region.centre), &json!(scene.region.territoire)));
        assert_eq!((&corps["demandeur_id"], &corps["valide_par"]), (&json!(scene.demandeur_id), &json!(scene.medecins.oncologue)));
        assert_eq!(contenu["fiche"]["tumeurs"][0]["topographie"]["libelle"], "Tumeur maligne du côlon sigmoïde");
        assert_eq!(contenu["proposition"]["intentions"][0]["traitements"][0]["type_traitement"]["libelle"], "chimiothérapie");
        let comptes: Vec<&str> = contenu["participants"]["quorum"].as_array().unwrap().iter().map(|p| p["professionnel"]["nom"].as_str().unwrap()).collect();
        assert_eq!(comptes, ["Chirurgien", "Oncologue", "Radiotherapeute"]);
        assert_eq!(contenu["validation"]["nom"], "Dr Camille ONCOLOGUE");

        let fiche = scene.secretaire.get(&cas).est(200).corps["fiche_id"].as_str().unwrap().to_owned();
        assert_eq!(scene.demandeur.get(&format!("/api/v1/fiches/{fiche}")).est(200).corps["etat"], "verrouillee");
        assert_eq!(traces(banc), [("valider".to_owned(), Some(1)), ("lire".to_owned(), Some(1))]);
        valider(&scene.responsable, &reunion).refuse(409, "transition-reunion-impossible");
    }

    fn une_fiche_d_organe_entierement_remplie_passe_dans_le_compte_rendu(banc) {
        let scene = Scene::nouvelle(banc);
        let reunion = scene.reunion(JEUDI, None);
        let mut contenu: Value = serde_json::from_str(include_str!("../exemples/fiche.json")).unwrap();
        let exemple: Value = serde_json::from_str(include_str!("fiches/prostate.json")).unwrap();
        contenu.as_object_mut().unwrap().extend(exemple["conforme"].as_object().unwrap().clone());
        let patient = json!({ "nom_naissance": "Lefèvre", "premier_prenom": "Paul", "sexe": "masculin", "date_naissance": "1950-05-20" });
        let patient = scene.demandeur.post("/api/v1/patients", patient).est(201).id();
        let dossier = scene.demandeur.post(&format!("/api/v1/patients/{patient}/dossiers"), json!({ "libelle": "Prostate" })).est(201).id();
        let fiche = scene.demandeur.post(&format!("/api/v1/dossiers/{dossier}/fiches"), json!({ "modele": "prostate", "contenu": contenu })).est(201);
        assert_eq!(fiche.corps["modele_version"], "2026-01");
        let isup = fiche.corps["derives"]["calcules"].as_array().unwrap().iter().find(|d| d["code"] == "prostate-isup").unwrap().clone();
        assert_eq!(isup["etat"], "calcule", "{isup:#}");
        let cas = scene.inscrire(&reunion, &fiche.id());
        scene.ouvrir(&reunion);
        scene.reunir(&reunion);
        discuter(&scene, &cas);
        scene.clore(&reunion);
        let resumes = valider(&scene.responsable, &reunion).est(200).corps;
        let cr = scene.responsable.get(&chemin(&resumes[0])).est(200).corps;
        let blocs = cr["contenu"]["fiche"]["blocs"].as_array().unwrap();
        let titres: Vec<&str> = blocs.iter().map(|bloc| bloc["titre"].as_str().unwrap()).collect();
        assert_eq!(titres, ["Prostate", "Valeurs calculées"]);
        assert!(blocs[0]["reponses"].as_array().unwrap().iter().any(|r| r["titre"] == "PSA au diagnostic" && r["valeur"].as_str().unwrap().ends_with(" ng/mL")));
        assert!(blocs[1]["reponses"].as_array().unwrap().iter().any(|r| r["titre"] == isup["nom"]), "{:#}", blocs[1]);
        travailler(banc, &Arc::new(Memoire::default()));
        scene.responsable.get(&format!("{}/document.pdf", chemin(&resumes[0]))).est(200);
    }

    fn la_base_refuse_de_changer_ou_d_effacer_un_compte_rendu(banc) {
        let scene = Scene::nouvelle(banc);
        let id = id(&valide(&scene).1);
        let demande = Demande::systeme("essai");
        let autre_texte = dcc::db::types::Json(json!({ "format": 1 }));
        let changements = [
            banc.etat.db.ecrire_ici(&demande, move |op| Ok(diesel::update(compte_rendu::table.find(id)).set(compte_rendu::contenu.eq(&autre_texte)).execute(op.conn)?)),
            banc.etat.db.ecrire_ici(&demande, move |op| Ok(diesel::update(compte_rendu::table.find(id)).set(compte_rendu::empreinte.eq("00")).execute(op.conn)?)),
            banc.etat.db.ecrire_ici(&demande, move |op| Ok(diesel::update(compte_rendu::table.find(id)).set(compte_rendu::age.eq(12_i64)).execute(op.conn)?)),
            banc.etat.db.ecrire_ici(&demande, move |op| Ok(diesel::update(compte_rendu::table.find(id)).set(compte_rendu::quorum_has.eq(None::<bool>)).execute(op.conn)?)),
            banc.etat.db.ecrire_ici(&demande, move |op| Ok(diesel::update(compte_rendu::table.find(id)).set(compte_rendu::gabarit_id.eq(Some(GabaritId::new(uuid::Uuid::nil())))).execute(op.conn)?)),
            banc.etat.db.ecrire_ici(&demande, move |op| Ok(diesel::delete(compte_rendu::table.find(id)).execute(op.conn)?)),
        ];
        for (rang, changement) in changements.iter().enumerate() {
            assert!(changement.as_ref().is_err_and(|e| e.to_string().contains("compte_rendu_")), "changement {rang} : {changement:?}");
        }
        banc.systeme(move |op| Ok(diesel::update(compte_rendu::table.find(id)).set(compte_rendu::courant.eq(false)).execute(op.conn)?));
    }

    fn le_pdf_se_telecharge_une_fois_rendu_et_ne_change_plus(banc) {
        let scene = Scene::nouvelle(banc);
        let (reunion, cr) = valide(&scene);
        let pdf = format!("{cr}/document.pdf");
        assert_eq!(scene.demandeur.get(&pdf).refuse(409, "document-en-preparation").entete("retry-after"), "5");

        let memoire = Arc::new(Memoire::default());
        travailler(banc, &memoire);
        let lu = scene.demandeur.get(&pdf).est(200);
        assert_eq!(lu.entete("content-type"), "application/pdf");
        assert!(lu.octets.starts_with(b"%PDF-1.4"));
        assert!(!lu.entete("content-disposition").to_uppercase().contains("LEF"), "aucun nom dans les en-têtes");
        assert!(traces(banc).contains(&("telecharger".to_owned(), Some(1))));
        assert_eq!(scene.demandeur.get(&format!("{reunion}/comptes-rendus")).est(200).corps[0]["pdf_pret"], true);

        let id = id(&cr);
        banc.systeme(move |op| queue::enfiler(op, RENDRE_COMPTE_RENDU, &json!({ "compte_rendu_id": id })).map(drop));
        travailler(banc, &memoire);
        assert_eq!(scene.demandeur.get(&pdf).est(200).octets, lu.octets);
        let gardes: i64 = banc.systeme(|op| Ok(document::table.count().get_result(op.conn)?));
        assert_eq!(gardes, 3, "le PDF, le CDA et son archive, chacun une fois");
    }

    fn deux_validations_simultanees_n_en_font_qu_une(banc) {
        let scene = Scene::nouvelle(banc);
        let (reunion, _) = close(&scene);
        let version = scene.responsable.get(&reunion).est(200).version();
        let mut statuts: Vec<u16> = std::thread::scope(|fils| {
            let essais: Vec<_> = (0..2)
                .map(|_| {
                    let (scene, reunion) = (&scene, &reunion);
                    fils.spawn(move || scene.responsable.poster_si(&format!("{reunion}/validation"), version).statut)
                })
                .collect();
            essais.into_iter().map(|fil| fil.join().unwrap()).collect()
        });
        statuts.sort_unstable();
        assert!(statuts == [200, 409] || statuts == [200, 412], "{statuts:?}");
        assert_eq!(scene.responsable.get(&format!("{reunion}/comptes-rendus")).est(200).corps.as_array().map(Vec::len), Some(1));
    }

    fn chaque_issue_a_son_document(banc) {
        let scene = Scene::nouvelle(banc);
        let (reunion, suivante) = (scene.reunion(JEUDI, None), scene.reunion(JEUDI_SUIVANT, None));
        let discute = inscrit(&scene, &reunion, "Aubry", "1945-05-20");
        let enregistre = inscrit(&scene, &reunion, "Bernard", "1960-05-20");
        let reporte = inscrit(&scene, &reunion, "Carlier", "1960-05-20");
        scene.ouvrir(&reunion);
        scene.presence(&reunion, scene.medecins.oncologue, json!({ "statut": "visio" }));
        discuter(&scene, &discute);
        let recommandation = json!({ "nom": "Thésaurus national", "version": "2025", "date": "2025-01-15" });
        let corps = json!({ "referentiel": recommandation, "proposition": chimiotherapie() });
        scene.secretaire.post(&format!("{enregistre}/enregistrement"), corps).est(200);
        let suite = suivante.rsplit('/').next().unwrap();
        let report = json!({ "motif": "histologie_manquante", "precision": "Relecture demandée.", "vers_reunion_id": suite });
        scene.secretaire.post(&format!("{reporte}/report"), report).est(201);
        scene.clore(&reunion);

        let resumes = valider(&scene.responsable, &reunion).est(200).corps;
        let natures: Vec<&str> = resumes.as_array().unwrap().iter().map(|r| r["nature"].as_str().unwrap()).collect();
        assert_eq!(natures, ["sans_quorum", "enregistrement", "report"]);
        let lus: Vec<Value> = resumes.as_array().unwrap().iter().map(|r| scene.responsable.get(&chemin(r)).est(200).corps).collect();
        let quorums: Vec<(&Value, &Value)> = lus.iter().map(|c| (&c["quorum_has"], &c["quorum_regle"])).collect();
        assert_eq!(quorums, [(&json!(false), &json!(false)), (&Value::Null, &Value::Null), (&Value::Null, &Value::Null)]);
        assert_eq!((&lus[0]["age"], &lus[0]["g8"]), (&json!(80), &json!("non_fait")));
        assert_eq!(lus[0]["contenu"]["participants"]["quorum"][0]["moyen"], "visio");
        assert_eq!(lus[1]["contenu"]["referentiel"], recommandation);
        let cas = &lus[2]["contenu"]["cas"];
        assert_eq!((&cas["motif_report"], &cas["precision_report"]), (&json!("Dossier incomplet : histologie"), &json!("Relecture demandée.")));
        assert_eq!(lus[2]["contenu"]["proposition"], Value::Null);

        let fiche = scene.secretaire.get(&reporte).est(200).corps["fiche_id"].as_str().unwrap().to_owned();
        assert_eq!(scene.demandeur.get(&format!("/api/v1/fiches/{fiche}")).est(200).corps["etat"], "brouillon", "elle sert à la réunion suivante");
        travailler(banc, &Arc::new(Memoire::default()));
        for resume in resumes.as_array().unwrap() {
            scene.responsable.get(&format!("{}/document.pdf", chemin(resume))).est(200);
        }
    }

    fn le_cda_contient_le_pdf_et_se_telecharge(banc) {
        let scene = Scene::nouvelle(banc);
        let (_, cr) = valide(&scene);
        let cda = format!("{cr}/document.xml");
        scene.responsable.get(&cda).refuse(409, "document-en-preparation");
        travailler(banc, &Arc::new(Memoire::default()));
        let xml = scene.responsable.get(&cda).est(200).octets;
        let pdf = scene.responsable.get(&format!("{cr}/document.pdf")).est(200).octets;
        let xml = String::from_utf8(xml).unwrap();
        assert!(xml.contains(&STANDARD.encode(pdf)), "la copie est le PDF gardé");
        assert!(xml.contains("<templateId root=\"1.2.250.1.213.1.1.1.8\" extension=\"2025.01\"/>"));
        assert!(xml.contains("C18.7") && xml.contains("ORG-126"), "le diagnostic et le quorum sont codés");
        let (_, ailleurs) = scene.autre_rcp("AUTRE", json!({}));
        ailleurs.get(&cda).refuse(404, "compte-rendu-introuvable");
        assert_eq!(traces(banc).iter().filter(|(acte, _)| acte == "telecharger").count(), 2);
    }

    fn un_cda_perdu_est_refait_sans_retenir_personne(banc) {
        let scene = Scene::nouvelle(banc);
        let (_, cr) = valide(&scene);
        let version = id(&cr);
        let sans_cda = vec![(GenreDocument::Pdf, b"%PDF-1.4 essai".to_vec())];
        banc.systeme(move |op| service::garder_documents(op, version, &sans_cda));
        scene.responsable.get(&format!("{cr}/document.pdf")).est(200);
        scene.responsable.get(&format!("{cr}/document.xml")).refuse(409, "cda-en-attente");
        let memoire = Arc::new(Memoire::default());
        travailler(banc, &memoire);
        let xml = String::from_utf8(scene.responsable.get(&format!("{cr}/document.xml")).est(200).octets).unwrap();
        assert!(xml.contains(&STANDARD.encode(b"%PDF-1.4 essai")));
    }

    fn les_versions_d_avant_le_cda_en_recoivent_un_une_fois(banc) {
        let scene = Scene::nouvelle(banc);
        let (_, cr) = valide(&scene);
        let memoire = Arc::new(Memoire::default());
        travailler(banc, &memoire);
        let bilan = |comptes_rendus| completer::Bilan { comptes_rendus, programmes: 0 };
        assert_eq!(completer::completer(&banc.etat.db).unwrap(), bilan(0), "elle a son CDA");
        // As a version stands that was rendered before this program made CDA documents.
        let version = id(&cr);
        banc.systeme(move |op| {
            use dcc::db::schema::document as d;
            let nationaux = d::table.filter(d::compte_rendu_id.eq(version)).filter(d::genre.eq_any(["cda", "xdm"]));
            Ok(diesel::delete(nationaux).execute(op.conn)?)
        });
        scene.responsable.get(&format!("{cr}/document.xml")).refuse(409, "cda-en-attente");
        assert_eq!(completer::completer(&banc.etat.db).unwrap(), bilan(1));
        assert_eq!(completer::completer(&banc.etat.db).unwrap(), bilan(0), "il est déjà demandé");
        let avant = memoire.courriers().len();
        travailler(banc, &memoire);
        scene.responsable.get(&format!("{cr}/document.xml")).est(200);
        scene.responsable.get(&format!("{cr}/ihe_xdm.zip")).est(200);
        assert_eq!((memoire.courriers().len(), completer::completer(&banc.etat.db).unwrap()), (avant, bilan(0)), "rien n'est renvoyé");
    }

    fn une_correction_annule_et_remplace(banc) {
        let scene = Scene::nouvelle(banc);
        let (reunion, premiere) = valide(&scene);
        let avant = scene.responsable.get(&premiere).est(200).corps;
        let correction = format!("{premiere}/correction");
        let corps = json!({ "motif_correction": "Arrêt après toxicité.", "proposition": { "arret_traitement": true } });
        scene.responsable.post(&correction, corps.clone()).refuse(428, "version-absente");
        scene.responsable.post_si(&correction, 2, corps.clone()).refuse(412, "version-perimee");
        scene.secretaire.post_si(&correction, 1, corps.clone()).refuse(403, "action-interdite");
        scene.responsable.post_si(&correction, 1, json!({ "motif_correction": "Pour rien." })).refuse(422, "correction-sans-objet");
        let vide = json!({ "motif_correction": "Pour rien.", "proposition": {} });
        assert_eq!(scene.responsable.post_si(&correction, 1, vide).refuse(422, "contenu-invalide").fautes(), ["/proposition"]);
        let conforme = json!({ "motif_correction": "Référentiel.", "referentiel": { "nom": "X", "version": "1", "date": "2025-01-15" } });
        scene.responsable.post_si(&correction, 1, conforme).refuse(409, "referentiel-sans-enregistrement");

        let seconde = scene.responsable.post_si(&correction, 1, corps.clone()).est(201);
        assert_eq!((seconde.version(), &seconde.corps["set_id"]), (2, &avant["set_id"]));
        assert_eq!(seconde.corps["contenu"]["proposition"]["arret_traitement"], true);
        assert_eq!(seconde.corps["contenu"]["document"]["remplace"]["motif"], "Arrêt après toxicité.");
        assert_eq!(seconde.corps["contenu"]["fiche"], avant["contenu"]["fiche"]);
        scene.responsable.post_si(&correction, 1, corps).refuse(412, "version-perimee");

        let ancienne = scene.responsable.get(&premiere).est(200).corps;
        assert_eq!((&ancienne["courant"], &ancienne["remplace_par_id"]), (&json!(false), &seconde.corps["id"]));
        assert_eq!((&ancienne["contenu"], &ancienne["empreinte"]), (&avant["contenu"], &avant["empreinte"]));
        let numeros = |requete: &str| -> Vec<i64> {
            let liste = scene.responsable.get(&format!("{reunion}/comptes-rendus{requete}")).est(200).corps;
            liste.as_array().unwrap().iter().map(|r| r["numero_version"].as_i64().unwrap()).collect()
        };
        assert_eq!((numeros(""), numeros("?toutes_versions=true")), (vec![2], vec![1, 2]));

        let memoire = Arc::new(Memoire::default());
        travailler(banc, &memoire);
        let diffusions = scene.secretaire.get(&format!("{reunion}/diffusions")).est(200).corps;
        let mut etats: Vec<&str> = diffusions["elements"].as_array().unwrap().iter().map(|d| d["etat"].as_str().unwrap()).collect();
        etats.sort_unstable();
        assert_eq!(etats, ["acceptee", "remplacee"], "la première n'était pas partie");
    }

    fn un_compte_rendu_ne_se_lit_que_dans_son_perimetre(banc) {
        let scene = Scene::nouvelle(banc);
        let (reunion, cr) = valide(&scene);
        let patient = scene.responsable.get(&cr).est(200).corps["patient_id"].as_str().unwrap().to_owned();
        let (_, ailleurs) = scene.autre_rcp("AUTRE", json!({}));
        for chemin in [cr.clone(), format!("{cr}/document.pdf")] {
            ailleurs.get(&chemin).refuse(404, "compte-rendu-introuvable");
        }
        assert_eq!(ailleurs.get(&format!("{reunion}/comptes-rendus")).est(200).corps, json!([]));
        ailleurs.get(&format!("/api/v1/patients/{patient}/comptes-rendus")).refuse(404, "patient-introuvable");
        assert_eq!(scene.demandeur.get(&format!("/api/v1/patients/{patient}/comptes-rendus")).est(200).corps[0]["patient_id"], patient.as_str());
        let analyste = banc.personne("analyste", &[(Role::Analyste, Perimetre::Region)]);
        analyste.get(&cr).refuse(403, "action-interdite");
    }

    fn ce_qui_manque_empeche_la_validation_et_se_dit(banc) {
        let scene = Scene::nouvelle(banc);
        let reunion = scene.reunion(JEUDI, None);
        let cas = scene.inscrire(&reunion, &scene.fiche("Lefèvre", "1960-05-20", json!({})));
        valider(&scene.responsable, &reunion).refuse(409, "transition-reunion-impossible");
        scene.ouvrir(&reunion);
        scene.reunir(&reunion);
        discuter(&scene, &cas);
        scene.clore(&reunion);
        valider(&scene.secretaire, &reunion).refuse(403, "action-interdite");

        let refus = valider(&scene.responsable, &reunion).refuse(409, "fiches-incompletes");
        let inscription = cas.rsplit('/').next().unwrap();
        assert_eq!(refus.corps["inscriptions"], json!([inscription]));
        assert!(refus.fautes().iter().all(|f| f.starts_with(&format!("/inscriptions/{inscription}/"))), "{:?}", refus.fautes());
        assert_eq!(scene.responsable.get(&reunion).est(200).corps["etat"], "close");
        assert_eq!(scene.responsable.get(&format!("{reunion}/comptes-rendus")).est(200).corps, json!([]));

        // An opposition that comes after the discussion prevents neither the validation nor the compte-rendu.
        let lu = scene.secretaire.get(&cas).est(200).corps;
        let (fiche, patient) = (lu["fiche_id"].as_str().unwrap(), lu["patient_id"].as_str().unwrap());
        let fiche = format!("/api/v1/fiches/{fiche}");
        let version = scene.demandeur.get(&fiche).est(200).version();
        scene.demandeur.put(&fiche, version, complete()).est(200);
        let opposition = json!({ "objet": "partage_dcc", "exprimee_le": "2026-03-01" });
        scene.demandeur.post(&format!("/api/v1/patients/{patient}/oppositions"), opposition).est(201);
        // The compte-rendu is for the file of its author and of the doctor who asked: nobody else sees it.
        let resumes = valider(&scene.responsable, &reunion).est(200).corps;
        let cr = chemin(&resumes[0]);
        scene.demandeur.get(&cr).est(200);
        scene.responsable.get(&cr).refuse(404, "compte-rendu-introuvable");
        assert_eq!(scene.responsable.get(&format!("{reunion}/comptes-rendus")).est(200).corps, json!([]));
    }
}
