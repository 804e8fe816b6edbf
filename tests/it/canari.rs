//! The canary: identities and texts that exist nowhere else go through the program as it is shipped, and are then
//! looked for wherever no health data may stand: its logs at the most verbose level, its metrics, the answers of
//! refusals, the headers of answers, the access trace, the queue of background work, the mails outside what MSSanté
//! wants named.

use crate::support::{
    Banc,
    base::{self, Base},
    client::{Client, Reponse},
    scene::{Scene, complete, planifier},
};
use dcc::{
    db::{Demande, schema::job, types::Json},
    kernel::{Perimetre, Role},
    metier::trace::{model::FiltreTrace, service as trace},
};
use diesel::prelude::*;
use mail_parser::MessageParser;
use serde_json::json;
use std::{
    fs,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

/// What only the patient of this story has.
const NOM: &str = "Zyxquorvin";
const MARQUES: &[&str] = &[
    NOM,
    "Ouxbrandelle",
    "Tharqwelle",
    "Vhexlimont",
    "Kwazumelle",
    "Mwroxtadine",
    "Ghlofendure",
    "Ploqsterie",
    "Brexulomine",
    "Snagdeviote",
    "Yvdanokir",
    "Qerplutane",
    "251075935012341",
    "1951-07-13",
    "13/07/1951",
];

/// Where something was looked for, and what was found there.
#[derive(Default)]
struct Fouille {
    sorties: usize,
    octets: usize,
    trouves: Vec<String>,
}

impl Fouille {
    fn chercher(&mut self, ou: &str, octets: &[u8]) {
        let texte = String::from_utf8_lossy(octets).to_uppercase();
        self.sorties += 1;
        self.octets += octets.len();
        for marque in MARQUES.iter().filter(|marque| texte.contains(&marque.to_uppercase())) {
            let position = texte.find(&marque.to_uppercase()).unwrap();
            let extrait: String = texte[..position].chars().rev().take(120).collect::<String>().chars().rev().collect();
            self.trouves.push(format!("{marque} dans {ou} : …{extrait}"));
        }
    }
}

/// Answers heard so far.
#[derive(Default)]
struct Entendues(Mutex<Vec<Reponse>>);

#[test]
fn sqlite() {
    essayer(Base::Sqlite);
}

#[test]
fn postgres() {
    essayer(Base::Postgres);
}

fn essayer(base: Base) {
    let Some(base) = base::nouvelle(base) else { return };
    let entendues = Arc::<Entendues>::default();
    let oreille = Arc::clone(&entendues);
    let banc = Banc::du_programme(base, Arc::new(move |reponse: &Reponse| oreille.0.lock().unwrap().push(reponse.clone())));
    let scene = Scene::nouvelle(&banc);
    let lieux = raconter(&banc, &scene);
    provoquer(&banc, &scene, &lieux);
    temoigner(&scene, &lieux);
    let metriques = banc.anonyme().get("/metrics").est(200).octets;

    let mut fouille = Fouille::default();
    fouille.chercher("/metrics", &metriques);
    for fichier in ["journaux", "sortie"] {
        fouille.chercher(fichier, &fs::read(banc.dossier().join(fichier)).unwrap());
    }
    for reponse in entendues.0.lock().unwrap().iter() {
        fouille.chercher("des en-têtes", format!("{:?}", reponse.entetes).as_bytes());
        if reponse.statut >= 400 {
            fouille.chercher(&format!("une réponse {}", reponse.statut), &reponse.octets);
        }
    }
    fouiller_la_base(&banc, &mut fouille);
    let courriers = fouiller_les_courriers(&banc, &mut fouille);
    println!("canari : {} sorties, {} octets fouillés, {courriers} courriers", fouille.sorties, fouille.octets);
    assert!(fs::metadata(banc.dossier().join("journaux")).unwrap().len() > 100_000, "les journaux sont bien au plus bavard");
    assert!(courriers >= 2, "{courriers}");
    assert!(fouille.trouves.is_empty(), "{} fuites :\n{}", fouille.trouves.len(), fouille.trouves.join("\n"));
}

/// Paths of what the story left.
struct Lieux {
    patient: String,
    fiche: String,
    compte_rendu: String,
}

/// The main job, on one patient.
fn raconter(banc: &Banc, scene: &Scene<'_>) -> Lieux {
    let dans_dix_jours = (banc.maintenant() + chrono::TimeDelta::days(10)).to_rfc3339();
    let reunion = planifier(&scene.secretaire, scene.rcp, &dans_dix_jours, Some(10));
    let traitant = banc.medecin("TRAITANT", "G15_10/SM53", 5);
    let identite = json!({
        "nom_naissance": NOM, "nom_utilise": "Ouxbrandelle", "premier_prenom": "Tharqwelle", "sexe": "feminin", "date_naissance": "1951-07-13",
        "lieu_naissance": "59350", "ins": "251075935012341", "ins_oid": "1.2.250.1.213.1.4.8", "statut_identite": "recuperee",
        "adresse": "3 rue Vhexlimont", "code_postal": "59000", "commune": "Kwazumelle", "medecin_traitant_id": traitant
    });
    let patient = scene.demandeur.post("/api/v1/patients", identite.clone()).est(201).id();
    let chemin = format!("/api/v1/patients/{patient}");
    let mut qualifiee = identite;
    qualifiee["statut_identite"] = json!("qualifiee");
    qualifiee["justificatif"] = json!("carte_identite");
    scene.demandeur.put(&chemin, 1, qualifiee).est(200);
    scene.demandeur.post("/api/v1/patients/recherches", json!({ "nom": NOM, "date_naissance": "1951-07-13" })).est(200);
    scene.demandeur.post("/api/v1/patients/recherches", json!({ "ins": "251075935012341" })).est(200);
    let opposition = json!({ "objet": "dmp", "commentaire": "Ploqsterie" });
    scene.demandeur.post(&format!("{chemin}/oppositions"), opposition).est(201);

    let mut contenu = complete();
    contenu["synthese"] = json!({ "cas": "Patiente sous Mwroxtadine.", "question": "Ghlofendure ?" });
    let fiche = scene.fiche_de(&patient, contenu);
    let inscription = scene.inscrire(&reunion, &fiche);
    scene.demandeur.get(&format!("{inscription}/alertes")).est(200);
    scene.ouvrir(&reunion);
    scene.reunir(&reunion);
    scene.responsable.post(&format!("{inscription}/avis"), json!({ "texte": "Avis Snagdeviote." }));
    let proposition = json!({ "intentions": [{ "rang": 1, "traitements": [{ "sequence": 1, "type_traitement": "C15632", "precision": "Brexulomine" }] }],
        "synthese": "Chimiothérapie par Brexulomine." });
    scene.secretaire.post(&format!("{inscription}/discussion"), json!({ "proposition": proposition })).est(200);
    scene.clore(&reunion);
    let version = scene.responsable.get(&reunion).est(200).version();
    let resumes = scene.responsable.poster_si(&format!("{reunion}/validation"), version).est(200).corps;
    let texte = |nom: &str| resumes[0][nom].as_str().unwrap().to_owned();
    let compte_rendu = format!("/api/v1/comptes-rendus/{}", texte("id"));
    for document in ["document.pdf", "lettre.pdf", "document.xml"] {
        attendre(&scene.responsable, &format!("{compte_rendu}/{document}"));
    }
    let hier = (banc.maintenant() - chrono::TimeDelta::days(1)).format("%Y-%m-%d").to_string();
    remettre_un_pps(scene, &hier, &texte("dossier_id"), &texte("id"));
    let debut = Instant::now();
    loop {
        let diffusions = scene.secretaire.get(&format!("{reunion}/diffusions")).est(200).corps;
        if diffusions["elements"].as_array().unwrap().iter().any(|d| d["etat"] == "acceptee") {
            break;
        }
        assert!(debut.elapsed() < Duration::from_mins(2), "{diffusions:#}");
        std::thread::sleep(Duration::from_millis(500));
    }
    Lieux { patient: chemin, fiche: format!("/api/v1/fiches/{fiche}"), compte_rendu }
}

fn remettre_un_pps(scene: &Scene<'_>, jour: &str, dossier: &str, compte_rendu: &str) {
    let saisie = json!({
        "annonce": { "date_annonce": jour, "explication": "Vous avez une Yvdanokir.", "objectif": "Éviter une rechute." },
        "contacts": [{ "role": "Infirmière", "nom": "Mme Anne MARTIN", "telephone": "03 20 00 00 12", "quand": "De 9 h à 17 h." }],
        "urgence": { "telephone": "03 20 00 00 15", "signes": ["Plus de 38 °C de fièvre."] }
    });
    let corps = json!({ "genre": "pps", "compte_rendu_id": compte_rendu, "saisie": saisie });
    let pps =
        format!("/api/v1/programmes/{}", scene.demandeur.post(&format!("/api/v1/dossiers/{dossier}/programmes"), corps).est(201).id());
    let remise = json!({ "destinataire": "patient", "etablissement_id": scene.region.etablissement });
    scene.demandeur.post_si(&format!("{pps}/remise"), 1, remise);
    scene.demandeur.get(&pps).est(200);
}

/// Waits for a document.
fn attendre(client: &Client, chemin: &str) {
    let debut = Instant::now();
    while client.get(chemin).statut != 200 {
        assert!(debut.elapsed() < Duration::from_mins(2), "{chemin}");
        std::thread::sleep(Duration::from_millis(500));
    }
}

/// Everything that goes wrong, with the marks where people put them by mistake.
fn provoquer(banc: &Banc, scene: &Scene<'_>, lieux: &Lieux) {
    let ailleurs = banc.region(2).etablissement;
    let etrangere = banc.personne("etrangere", &[(Role::Secretaire, Perimetre::Etablissement(ailleurs))]);
    let analyste = banc.personne("analyste-canari", &[(Role::Analyste, Perimetre::Region)]);
    for client in [&etrangere, &analyste, &banc.anonyme()] {
        for chemin in [&lieux.patient, &lieux.fiche, &lieux.compte_rendu] {
            assert!(client.get(chemin).statut >= 400, "{chemin}");
        }
        client.get("/api/v1/patients/Qerplutane");
        client.get("/api/v1/patients/Qerplutane/dossiers?nom=Qerplutane");
        client.get("/Qerplutane/Zyxquorvin");
    }
    let identite = json!({ "nom_naissance": NOM, "premier_prenom": "Tharqwelle", "sexe": "feminin", "date_naissance": "1951-07-13" });
    etrangere.post("/api/v1/patients", identite).refuse(409, "patient-en-doublon");
    let anonyme = banc.anonyme();
    for (identifiant, mot_de_passe) in [("Qerplutane", "x"), ("demandeur", "Qerplutane")] {
        anonyme.post("/api/v1/sessions", json!({ "identifiant": identifiant, "mot_de_passe": mot_de_passe })).est(401);
    }
    for corps in [
        r#"{"nom_naissance": "Zyxquorvin", "premier_prenom"#,
        r#"{"nom_naissance": 12, "sexe": "Qerplutane"}"#,
        r#"["Qerplutane"]"#,
        r#"{"nom_naissance": "Qerplutane", "premier_prenom": "Qerplutane", "sexe": "Qerplutane", "date_naissance": "Qerplutane"}"#,
        r#"{"nom_naissance": "Qerplutane", "premier_prenom": "Qerplutane", "sexe": "feminin", "date_naissance": "1951-07-13", "ins": "251075935012399"}"#,
    ] {
        let reponse = scene.demandeur.envoyer_octets("POST", "/api/v1/patients", Some(corps.as_bytes().to_vec()), &[]);
        assert!((400..500).contains(&reponse.statut), "{corps} : {}", reponse.statut);
        etrangere.envoyer_octets("POST", "/api/v1/patients/recherches", Some(corps.as_bytes().to_vec()), &[]);
    }
    scene.demandeur.patch(&lieux.fiche, 1, json!({ "synthese": { "cas": 12, "question": "Qerplutane" } }));
    scene.demandeur.patch(&lieux.fiche, 99, json!({ "synthese": { "cas": "Qerplutane" } }));
    scene.demandeur.envoyer("GET", &lieux.patient, None, &[("Authorization", "Bearer Qerplutane"), ("X-Note", "Qerplutane")]);
    scene.demandeur.envoyer(
        "POST",
        "/api/v1/patients",
        Some(json!({})),
        &[("Idempotency-Key", "Qerplutane"), ("User-Agent", "Qerplutane")],
    );
}

/// The marks are where they are meant to be: what is not found elsewhere did go through.
fn temoigner(scene: &Scene<'_>, lieux: &Lieux) {
    let mut temoin = Fouille::default();
    temoin.chercher("le patient", &scene.demandeur.get(&lieux.patient).est(200).octets);
    temoin.chercher("la fiche", &scene.demandeur.get(&lieux.fiche).est(200).octets);
    temoin.chercher("le CDA", &scene.responsable.get(&format!("{}/document.xml", lieux.compte_rendu)).est(200).octets);
    for marque in [NOM, "Tharqwelle", "Vhexlimont", "251075935012341", "Mwroxtadine", "Brexulomine"] {
        assert!(temoin.trouves.iter().any(|trouve| trouve.starts_with(marque)), "témoin : {marque} n'est passé nulle part");
    }
}

fn fouiller_la_base(banc: &Banc, fouille: &mut Fouille) {
    let db = &banc.etat.db;
    let demande = Demande::systeme("essai");
    let lignes = db.lire_ici(&demande, |op| trace::page_d_export(op, &FiltreTrace::default(), None, 100_000)).unwrap();
    assert!(lignes.len() > 50, "{}", lignes.len());
    for ligne in &lignes {
        fouille.chercher("la trace", serde_json::to_string(ligne).unwrap().as_bytes());
    }
    let travaux: Vec<(String, Json, Option<String>)> =
        db.lire_ici(&demande, |op| Ok(job::table.select((job::genre, job::charge, job::derniere_erreur)).load(op.conn)?)).unwrap();
    assert!(!travaux.is_empty());
    for (genre, charge, erreur) in travaux {
        fouille.chercher(&format!("un travail {genre}"), format!("{} {}", charge.0, erreur.unwrap_or_default()).as_bytes());
    }
}

/// Everything of a mail but what it carries; and its subject, unless it is the one that MSSanté imposes. Gives how
/// many there were.
fn fouiller_les_courriers(banc: &Banc, fouille: &mut Fouille) -> usize {
    let (mut courriers, mut nationaux) = (0, 0);
    for entree in fs::read_dir(&banc.etat.config.courrier.dossier).unwrap() {
        let chemin = entree.unwrap().path();
        fouille.chercher("le nom d'un fichier", chemin.file_name().unwrap().to_str().unwrap().as_bytes());
        let octets = fs::read(&chemin).unwrap();
        let Some(message) = MessageParser::default().parse(&octets) else { continue };
        courriers += 1;
        let sujet = message.subject().unwrap_or_default().to_owned();
        let national = sujet.starts_with("XDM/1.0/DDM+");
        nationaux += usize::from(national && sujet.to_uppercase().contains(&NOM.to_uppercase()));
        if !national {
            fouille.chercher("un sujet", sujet.as_bytes());
        }
        for (nom, valeur) in message.headers_raw().filter(|(nom, _)| !nom.eq_ignore_ascii_case("subject")) {
            fouille.chercher(&format!("l'en-tête {nom}"), valeur.as_bytes());
        }
    }
    assert!(nationaux > 0, "témoin : aucun courrier ne porte le sujet national");
    courriers
}
