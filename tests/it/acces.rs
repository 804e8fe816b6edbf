//! Accesses out of the ordinary: bris de glace, restricted patients, the window of a meeting; and what an
//! opposition closes.

use crate::support::{
    Banc,
    client::Client,
    scene::{Scene, chimiotherapie, complete},
};
use dcc::{
    app,
    commandes::exporter,
    db::schema::{diffusion, trace},
    jobs::runner,
    kernel::{
        Perimetre, Role,
        ids::{PatientId, PraticienId},
    },
    messagerie::{Courrier, Expediteur, memoire::Memoire},
};
use diesel::prelude::*;
use serde_json::{Value, json};
use std::{collections::BTreeMap, sync::Arc};

const RECHERCHE: &str = "/api/v1/patients/bris-de-glace/recherche";
const BRIS: &str = "/api/v1/bris-de-glace";

fn traits() -> Value {
    json!({ "nom_naissance": "Lefèvre", "premier_prenom": "Claude", "sexe": "feminin", "date_naissance": "1960-05-20" })
}

fn travailler(banc: &Banc) -> Vec<Courrier> {
    let memoire = Arc::new(Memoire::default());
    let expediteur = Arc::clone(&memoire) as Arc<dyn Expediteur>;
    runner::vider(&banc.etat.db, &app::ouvrier(&banc.etat.config, expediteur).unwrap()).unwrap();
    memoire.courriers()
}

fn medecin(banc: &Banc, nom: &str, rang: u32, role: Role) -> (Client, PraticienId) {
    let praticien = banc.medecin(nom, "G15_10/SM26", rang);
    (banc.professionnel(nom, Some(praticien), &[(role, Perimetre::Patients)]), praticien)
}

fn delegue(banc: &Banc) -> Client {
    let praticien = banc.medecin("Delegue", "G15_10/SM26", 80);
    banc.professionnel("delegue", Some(praticien), &[(Role::DelegueProtectionDonnees, Perimetre::Region)])
}

fn briser(client: &Client) -> String {
    let jeton = client.post(RECHERCHE, traits()).est(200).corps["jeton"].clone();
    let corps = json!({ "jeton": jeton, "motif": "urgence_vitale", "explication": "Patiente inconsciente aux urgences" });
    client.post(BRIS, corps).est(201).id()
}

fn elements(client: &Client, chemin: &str) -> usize {
    client.get(chemin).est(200).corps["elements"].as_array().unwrap().len()
}

fn vu_a_l_agenda(client: &Client, reunion: &str) -> usize {
    client.get(&format!("{reunion}/ordre-du-jour")).est(200).corps["lignes"].as_array().unwrap().len()
}

sur_les_deux_bases! {
    fn un_bris_de_glace_ouvre_quatre_heures_en_lecture_seule_et_s_examine(banc) {
        let scene = Scene::nouvelle(banc);
        let patient = scene.demandeur.post("/api/v1/patients", traits()).est(201).id();
        let fiche = scene.fiche_de(&patient, complete());
        let (patient, fiche) = (format!("/api/v1/patients/{patient}"), format!("/api/v1/fiches/{fiche}"));
        let (urgentiste, _) = medecin(banc, "Urgentiste", 50, Role::Demandeur);
        urgentiste.get(&patient).refuse(404, "patient-introuvable");

        let mut partiel = traits();
        partiel.as_object_mut().unwrap().remove("sexe");
        urgentiste.post(RECHERCHE, partiel).refuse(422, "designation-incomplete");
        let mut autre = traits();
        autre["date_naissance"] = json!("1960-05-21");
        urgentiste.post(RECHERCHE, autre).refuse(404, "patient-introuvable");
        scene.secretaire.post(RECHERCHE, traits()).refuse(403, "action-interdite");
        let designe = urgentiste.post(RECHERCHE, traits()).est(200).corps;
        assert_eq!(designe.as_object().unwrap().len(), 2, "un jeton et sa fin, jamais une identité");
        let corps = |explication: &str| json!({ "jeton": designe["jeton"], "motif": "urgence_vitale", "explication": explication });
        assert_eq!(urgentiste.post(BRIS, corps("urgence")).refuse(422, "contenu-invalide").fautes(), ["/explication"]);
        scene.responsable.post(BRIS, corps("Patiente inconsciente aux urgences")).refuse(409, "jeton-perime");
        let bris = urgentiste.post(BRIS, corps("Patiente inconsciente aux urgences")).est(201);
        assert_eq!((&bris.corps["debut"], &bris.corps["fin"]), (&json!("2026-03-02T09:00:00Z"), &json!("2026-03-02T13:00:00Z")));
        urgentiste.post(BRIS, corps("Patiente inconsciente aux urgences")).refuse(409, "jeton-perime");

        // Everything is read, nothing is written.
        let lu = urgentiste.get(&patient).est(200);
        urgentiste.get(&fiche).est(200);
        urgentiste.get(&format!("{patient}/dossiers")).est(200);
        let trouves = urgentiste.post("/api/v1/patients/recherches", json!({ "nom": "Le", "date_naissance": "1960-05-20" })).est(200);
        assert_eq!(trouves.corps["elements"][0]["id"], lu.corps["id"]);
        urgentiste.put(&patient, lu.version(), traits()).refuse(403, "action-interdite");
        urgentiste.put(&fiche, 1, complete()).refuse(403, "action-interdite");
        urgentiste.post(&format!("{patient}/dossiers"), json!({ "libelle": "Sein" })).refuse(403, "action-interdite");
        urgentiste.post(&format!("{patient}/oppositions"), json!({ "objet": "dmp" })).refuse(403, "action-interdite");
        urgentiste.post(&format!("{patient}/restriction"), json!({ "motif": "detenu" })).refuse(403, "action-interdite");
        assert_eq!(urgentiste.get(&format!("{BRIS}/en-cours")).est(200).corps[0]["id"], bris.corps["id"]);
        let traces: Vec<String> = banc.systeme(|op| {
            Ok(trace::table.filter(trace::action.eq("briser_glace")).filter(trace::patient_id.is_not_null()).select(trace::acteur).load(op.conn)?)
        });
        assert_eq!(traces, ["Urgentiste"]);

        // Who sees the patient already has nothing to break.
        let jeton = scene.demandeur.post(RECHERCHE, traits()).est(200).corps["jeton"].clone();
        let inutile = json!({ "jeton": jeton, "motif": "autre", "explication": "Je vois déjà cette patiente" });
        scene.demandeur.post(BRIS, inutile).refuse(409, "patient-deja-visible");

        banc.regler("2026-03-02T12:59:59Z");
        urgentiste.get(&patient).est(200);
        banc.regler("2026-03-02T13:00:00Z");
        urgentiste.get(&patient).refuse(404, "patient-introuvable");
        assert_eq!(urgentiste.get(&format!("{BRIS}/en-cours")).est(200).corps, json!([]));
    }

    fn un_bris_de_glace_se_signale_et_attend_un_verdict(banc) {
        let scene = Scene::nouvelle(banc);
        scene.demandeur.post("/api/v1/patients", traits()).est(201);
        let (urgentiste, _) = medecin(banc, "Urgentiste", 50, Role::Demandeur);
        let delegue = delegue(banc);
        let bris = briser(&urgentiste);
        let partis = travailler(banc);
        assert_eq!(partis.iter().map(|courrier| courrier.a.as_str()).collect::<Vec<_>>(), ["medecin80@hopital.example"]);
        assert!(partis[0].texte.contains(&bris));
        assert!(!format!("{:?}", partis[0]).contains("Lefèvre"), "le courriel ne nomme aucun patient");

        for (qui, statut) in [(&scene.secretaire, 403), (&scene.responsable, 403), (&urgentiste, 403), (&delegue, 200)] {
            qui.get(BRIS).est(statut);
        }
        let (a_examiner, en_retard) = (format!("{BRIS}?a_examiner=true"), format!("{BRIS}?en_retard=true"));
        assert_eq!((elements(&delegue, &a_examiner), elements(&delegue, &en_retard)), (1, 0));
        banc.regler("2026-03-09T08:59:59Z");
        assert_eq!(elements(&delegue, &en_retard), 0);
        banc.regler("2026-03-09T09:00:00Z");
        assert_eq!(elements(&delegue, &en_retard), 1);
        let verdict = json!({ "verdict": "justifie", "commentaire": "Appel du SAMU vérifié." });
        let examen = format!("{BRIS}/{bris}/examen");
        urgentiste.post(&examen, verdict.clone()).refuse(403, "action-interdite");
        assert_eq!(delegue.post(&examen, verdict.clone()).est(200).corps["verdict"], "justifie");
        delegue.post(&examen, verdict).refuse(409, "deja-examine");
        assert_eq!((elements(&delegue, &a_examiner), elements(&delegue, BRIS)), (0, 1));
    }

    fn un_bris_de_glace_demande_une_preuve_recente_et_respecte_l_opposition(banc) {
        let scene = Scene::nouvelle(banc);
        let patient = scene.demandeur.post("/api/v1/patients", traits()).est(201).id();
        let (urgentiste, _) = medecin(banc, "Urgentiste", 50, Role::Demandeur);
        let porteur = format!("Bearer {}", urgentiste.jeton().unwrap());
        banc.regler("2026-03-02T09:05:01Z");
        banc.anonyme().envoyer("POST", RECHERCHE, Some(traits()), &[("Authorization", &porteur)]).refuse(401, "reauthentification-requise");
        banc.regler("2026-03-02T09:20:00Z");
        briser(&urgentiste);
        urgentiste.get(&format!("/api/v1/patients/{patient}")).est(200);
        scene.demandeur.post(&format!("/api/v1/patients/{patient}/oppositions"), json!({ "objet": "partage_dcc" })).est(201);
        urgentiste.get(&format!("/api/v1/patients/{patient}")).refuse(404, "patient-introuvable");
        urgentiste.post(RECHERCHE, traits()).refuse(404, "patient-introuvable");
    }

    fn un_patient_reserve_n_existe_que_pour_les_personnes_nommees(banc) {
        let scene = Scene::nouvelle(banc);
        let reunion = scene.reunion("2026-03-05T17:00:00Z", None);
        let patient = scene.demandeur.post("/api/v1/patients", traits()).est(201).id();
        let cas = scene.inscrire(&reunion, &scene.fiche_de(&patient, complete()));
        let patient = format!("/api/v1/patients/{patient}");
        let restriction = format!("{patient}/restriction");
        for qui in [&scene.secretaire, &scene.responsable] {
            qui.get(&patient).est(200);
        }
        scene.secretaire.post(&restriction, json!({ "motif": "personnel" })).refuse(403, "action-interdite");
        banc.regler("2026-03-02T09:01:00Z");
        let posee = scene.demandeur.post(&restriction, json!({ "motif": "personnel", "praticiens": [scene.medecins.oncologue] })).est(201);
        scene.demandeur.post(&restriction, json!({ "motif": "personnel" })).refuse(409, "deja-restreint");

        scene.secretaire.get(&patient).refuse(404, "patient-introuvable");
        scene.secretaire.get(&cas).refuse(404, "inscription-introuvable");
        let recherche = json!({ "nom": "Le", "date_naissance": "1960-05-20" });
        assert_eq!(scene.secretaire.post("/api/v1/patients/recherches", recherche).est(200).corps["elements"], json!([]));
        assert_eq!((vu_a_l_agenda(&scene.secretaire, &reunion), vu_a_l_agenda(&scene.responsable, &reunion)), (0, 1));
        scene.responsable.get(&patient).est(200);
        let (urgentiste, _) = medecin(banc, "Urgentiste", 50, Role::Demandeur);
        briser(&urgentiste);
        urgentiste.get(&patient).est(200);

        // Each view waits for an examination.
        let delegue = delegue(banc);
        let consultations = || delegue.get("/api/v1/restrictions/consultations").est(200).corps.as_array().unwrap().clone();
        let acteurs: Vec<String> = consultations().iter().map(|vue| vue["acteur"].as_str().unwrap().to_owned()).collect();
        for acteur in ["responsable", "Urgentiste"] {
            assert!(acteurs.iter().any(|a| a == acteur), "{acteurs:?}");
        }
        assert!(!acteurs.iter().any(|a| a == "secretaire"), "{acteurs:?}");
        let examen = format!("/api/v1/restrictions/{}/examen", posee.id());
        scene.demandeur.post(&examen, json!({ "verdict": "justifie" })).refuse(403, "action-interdite");
        delegue.post(&examen, json!({ "verdict": "justifie" })).est(204);
        assert_eq!(consultations(), Vec::<Value>::new());
        banc.regler("2026-03-02T09:05:00Z");
        scene.responsable.get(&patient).est(200);
        assert_eq!(consultations().len(), 1);

        let compte = scene.secretaire.get("/api/v1/moi").est(200).corps["compte"].clone();
        scene.demandeur.put(&restriction, 9, json!({ "motif": "personnel" })).refuse(412, "version-perimee");
        scene.demandeur.put(&restriction, 1, json!({ "motif": "personnel", "comptes": [compte] })).est(200);
        scene.secretaire.get(&patient).est(200);
        scene.responsable.get(&patient).refuse(404, "patient-introuvable");
        scene.demandeur.poster(&format!("{restriction}/levee")).est(200);
        scene.responsable.get(&patient).est(200);
        scene.demandeur.get(&restriction).refuse(404, "restriction-introuvable");
    }

    fn qui_assiste_voit_de_sept_jours_avant_a_trente_jours_apres_l_envoi(banc) {
        let scene = Scene::nouvelle(banc);
        let participant = banc.professionnel("participant", Some(scene.medecins.chirurgien), &[(Role::Participant, Perimetre::Patients)]);
        let reunion = scene.reunion("2026-03-20T17:00:00Z", None);
        scene.presence(&reunion, scene.medecins.chirurgien, json!({ "statut": "attendu" }));
        let patient = scene.demandeur.post("/api/v1/patients", traits()).est(201).id();
        let cas = scene.inscrire(&reunion, &scene.fiche_de(&patient, complete()));
        let patient = format!("/api/v1/patients/{patient}");
        let voit = |moment: &str, oui: bool| {
            banc.regler(moment);
            participant.get(&patient).est(if oui { 200 } else { 404 });
            assert_eq!(vu_a_l_agenda(&participant, &reunion), usize::from(oui), "{moment}");
        };
        voit("2026-03-13T16:59:59Z", false);
        voit("2026-03-13T17:00:00Z", true);
        let version = scene.secretaire.get(&reunion).est(200).version();
        scene.secretaire.post_si(&format!("{reunion}/deplacement"), version, json!({ "debut": "2026-03-25T17:00:00Z" })).est(200);
        voit("2026-03-18T16:59:59Z", false);
        voit("2026-03-18T17:00:00Z", true);

        banc.regler("2026-03-25T17:30:00Z");
        scene.ouvrir(&reunion);
        scene.reunir(&reunion);
        scene.secretaire.post(&format!("{cas}/discussion"), json!({ "proposition": chimiotherapie() })).est(200);
        scene.clore(&reunion);
        let version = scene.responsable.get(&reunion).est(200).version();
        scene.responsable.poster_si(&format!("{reunion}/validation"), version).est(200);
        banc.regler("2026-03-27T09:00:00Z");
        assert!(!travailler(banc).is_empty(), "le compte-rendu part");
        voit("2026-04-26T08:59:59Z", true);
        voit("2026-04-26T09:00:00Z", false);
        // Who organises the meeting follows the patient beyond.
        scene.secretaire.get(&patient).est(200);
    }

    fn chaque_opposition_ferme_ses_canaux_et_eux_seuls(banc) {
        oppositions(banc);
    }
}

/// A matricule INS of that rank.
fn ins(rang: u64) -> String {
    let corps = 2_790_351_215_100 + rang;
    format!("{corps}{:02}", 97 - corps % 97)
}

/// The state of each delivery of a patient, by capacity.
fn etats(banc: &Banc, patient: &str) -> BTreeMap<String, String> {
    let patient: PatientId = patient.parse().unwrap();
    banc.systeme(move |op| {
        let lignes: Vec<(String, String)> =
            diffusion::table.filter(diffusion::patient_id.eq(patient)).select((diffusion::qualite, diffusion::etat)).load(op.conn)?;
        Ok(lignes.into_iter().collect())
    })
}

/// What an opposition closes, by capacity of the recipient.
fn ferme(objet: &str, qualite: &str) -> bool {
    match objet {
        "partage_dcc" => true,
        "envoi_medecin_traitant" => qualite == "medecin_traitant",
        "dmp" => qualite == "dmp",
        _ => false,
    }
}

/// Each opposition, taken down before the validation and between the validation and the sending, against each
/// channel: deliveries, readings by others, letter, files, infocentre.
fn oppositions(banc: &Banc) {
    const OBJETS: [&str; 5] = ["partage_dcc", "envoi_medecin_traitant", "dmp", "reutilisation", "aucune"];
    let scene = Scene::nouvelle(banc);
    let admin = banc.personne("admin", &[(Role::AdministrateurRegional, Perimetre::Region)]);
    let analyste = banc.personne("analyste", &[(Role::Analyste, Perimetre::Region)]);
    let depot = format!("/api/v1/etablissements/{}/depot-dpi", scene.region.etablissement);
    let version = admin.get(&depot).est(200).version();
    admin.put(&depot, version, json!({ "actif": true })).est(200);
    let reglages = admin.get("/api/v1/diffusions/reglages").est(200);
    let mut saisis = reglages.corps.clone();
    saisis["envoi_dmp"] = json!(true);
    saisis
        .as_object_mut()
        .unwrap()
        .retain(|champ, _| ["non_lue_apres_jours", "envoi_dmp", "envoi_patient", "domaine_patient"].contains(&champ.as_str()));
    admin.put("/api/v1/diffusions/reglages", reglages.version(), saisis).est(200);
    let (traitant, traitant_id) = medecin(banc, "Traitant", 60, Role::MedecinTraitant);

    let reunion = scene.reunion("2026-03-05T17:00:00Z", None);
    let mut cas = Vec::new();
    for (rang, (objet, avant)) in OBJETS.iter().flat_map(|objet| [(*objet, true), (*objet, false)]).enumerate() {
        let mut corps = json!({ "nom_naissance": format!("Patient{}", char::from(b'a' + u8::try_from(rang).unwrap())), "premier_prenom": "Claude",
            "sexe": "feminin", "date_naissance": "1979-03-14", "medecin_traitant_id": traitant_id, "statut_identite": "qualifiee", "justificatif": "passeport",
            "ins_oid": "1.2.250.1.213.1.4.8" });
        corps["ins"] = json!(ins(u64::try_from(rang).unwrap()));
        corps["identifiants"] = json!([{ "etablissement_id": scene.region.etablissement, "ipp": format!("IPP{rang}") }]);
        let patient = scene.demandeur.post("/api/v1/patients", corps).est(201).id();
        let inscription = scene.inscrire(&reunion, &scene.fiche_de(&patient, complete()));
        cas.push((objet, avant, patient, inscription));
    }
    let opposer = |avant: bool| {
        for (objet, _, patient, _) in cas.iter().filter(|(objet, quand, ..)| *quand == avant && *objet != "aucune") {
            scene.demandeur.post(&format!("/api/v1/patients/{patient}/oppositions"), json!({ "objet": objet })).est(201);
        }
    };
    scene.ouvrir(&reunion);
    scene.reunir(&reunion);
    for (.., inscription) in &cas {
        scene.secretaire.post(&format!("{inscription}/discussion"), json!({ "proposition": chimiotherapie() })).est(200);
    }
    opposer(true);
    scene.clore(&reunion);
    let version = scene.responsable.get(&reunion).est(200).version();
    let resumes = scene.responsable.poster_si(&format!("{reunion}/validation"), version).est(200).corps;
    assert_eq!(resumes.as_array().unwrap().len(), cas.len());
    opposer(false);
    travailler(banc);

    for (objet, avant, patient, _) in &cas {
        let quand = format!("{objet}, {}", if *avant { "avant la validation" } else { "avant l'envoi" });
        let etats = etats(banc, patient);
        assert_eq!(
            etats.keys().map(String::as_str).collect::<Vec<_>>(),
            ["demandeur", "dmp", "etablissement", "medecin_traitant"],
            "{quand}"
        );
        for (qualite, etat) in &etats {
            assert_eq!(etat == "opposition", ferme(objet, qualite), "{quand}, {qualite} : {etat}");
        }
        lectures(&scene, &traitant, objet, patient, &quand);
    }
    // What leaves as files, and what is counted.
    let dossier = tempfile::tempdir().unwrap();
    let id = reunion.rsplit('/').next().unwrap().parse().unwrap();
    let bilan = exporter::exporter(&banc.etat.db, id, dossier.path()).unwrap();
    assert_eq!(bilan.comptes_rendus, cas.len() - 2, "rien de qui s'oppose au partage");
    let index = std::fs::read_to_string(dossier.path().join("index.csv")).unwrap();
    assert_eq!(index.matches("lettre_medecin_traitant").count(), cas.len() - 4, "ni lettre à un médecin traitant récusé");
    let lignes = analyste.get("/api/v1/infocentre/lignes?indicateur=NB_CR&du=2026-01-01&au=2026-12-31").est(200).corps;
    assert_eq!(lignes["elements"].as_array().unwrap().len(), cas.len(), "l'activité se compte au titre d'une obligation légale");
}

/// Who reads the compte-rendu of a patient, its archive and its letter.
fn lectures(scene: &Scene<'_>, traitant: &Client, objet: &str, patient: &str, quand: &str) {
    let liste = scene.demandeur.get(&format!("/api/v1/patients/{patient}/comptes-rendus")).est(200).corps;
    let cr = format!("/api/v1/comptes-rendus/{}", liste[0]["id"].as_str().unwrap());
    scene.demandeur.get(&cr).est(200);
    let (partage, au_traitant) = (objet != "partage_dcc", objet != "partage_dcc" && objet != "envoi_medecin_traitant");
    for fin in ["", "/ihe_xdm.zip", "/document.pdf"] {
        let chemin = format!("{cr}{fin}");
        for (qui, voit) in [(&scene.secretaire, partage), (&scene.responsable, partage), (traitant, au_traitant)] {
            // An archive that is not made yet answers 409 to who may read it.
            assert_eq!(matches!(qui.get(&chemin).statut, 200 | 409), voit, "{quand}, {fin}");
        }
    }
    assert_eq!(scene.secretaire.get(&format!("{cr}/lettre.pdf")).statut, if au_traitant { 200 } else { 404 }, "{quand}, lettre");
    let suivies = scene.secretaire.get("/api/v1/diffusions?limite=200").est(200).corps;
    let suivies = suivies["elements"].as_array().unwrap().iter().filter(|d| d["patient_id"] == json!(patient)).count();
    assert_eq!(suivies > 0, partage, "{quand}, liste des diffusions");
}
