//! Backups and their restoration by the real commands, while people work; and the read-only mode.

use crate::support::{
    Banc,
    base::{self, Base, BaseDeTest},
    scene::{Scene, chimiotherapie, complete},
};
use dcc::{
    app,
    db::{Adresse, sauvegarde::inventaire, schema::document},
    jobs::{queue, runner},
    messagerie::memoire::Memoire,
};
use diesel::{connection::SimpleConnection, prelude::*};
use serde_json::json;
use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

const JEUDI: &str = "2026-03-05T17:00:00Z";

/// The real program, on a base.
fn dcc(banc: &Banc, url: &str, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_dcc"))
        .args(arguments)
        .current_dir(banc.dossier())
        .env("DCC_BASE", url)
        .env("DCC_LOG", "warn")
        .envs(base::executables().map(|dossier| ("DCC_SAUVEGARDE__OUTILS_POSTGRES", dossier)))
        .output()
        .unwrap()
}

#[track_caller]
fn reussit(sortie: &Output) -> String {
    let texte = String::from_utf8_lossy(&sortie.stdout).into_owned();
    assert!(sortie.status.success(), "{texte}{}", String::from_utf8_lossy(&sortie.stderr));
    texte
}

#[track_caller]
fn echoue(sortie: &Output, cause: &str) {
    let texte = String::from_utf8_lossy(&sortie.stderr).into_owned();
    assert!(!sortie.status.success() && texte.contains(cause), "{texte}");
}

/// A key pair; gives the file of the private key and the recipient.
fn cle(banc: &Banc, nom: &str) -> (PathBuf, String) {
    let fichier = banc.dossier().join(nom);
    let dit = reussit(&dcc(banc, &banc.etat.config.base, &["cle-sauvegarde", "--fichier", fichier.to_str().unwrap()]));
    (fichier, dit.trim().strip_prefix("destinataire : ").unwrap().to_owned())
}

fn sauver(banc: &Banc, fichier: &Path, destinataire: &str) -> Output {
    dcc(banc, &banc.etat.config.base, &["sauvegarder", "--vers", fichier.to_str().unwrap(), "--destinataire", destinataire])
}

fn restaurer(banc: &Banc, fichier: &Path, cle: &Path, vers: &str) -> Output {
    dcc(banc, vers, &["restaurer", "--fichier", fichier.to_str().unwrap(), "--cle", cle.to_str().unwrap()])
}

/// An empty base of the kind of the bench.
fn place(banc: &Banc) -> BaseDeTest {
    let genre = if banc.etat.config.base.starts_with("sqlite") { Base::Sqlite } else { Base::Postgres };
    base::vide(genre).unwrap()
}

fn travailler(banc: &Banc) -> u32 {
    runner::vider(&banc.etat.db, &app::ouvrier(&banc.etat.config, Arc::new(Memoire::default())).unwrap()).unwrap()
}

/// A validated meeting with one case, whose documents are rendered and sent.
fn activite(banc: &Banc, scene: &Scene<'_>) {
    let reunion = scene.reunion(JEUDI, None);
    let cas = scene.inscrire(&reunion, &scene.fiche("Aubépine", "1960-05-20", complete()));
    scene.ouvrir(&reunion);
    scene.reunir(&reunion);
    scene.secretaire.post(&format!("{cas}/discussion"), json!({ "proposition": chimiotherapie() })).est(200);
    scene.clore(&reunion);
    let version = scene.responsable.get(&reunion).est(200).version();
    scene.responsable.poster_si(&format!("{reunion}/validation"), version).est(200);
    travailler(banc);
}

sur_les_deux_bases! {
    fn une_sauvegarde_prise_pendant_le_travail_se_restaure_a_l_identique(banc) {
        let scene = Scene::nouvelle(banc);
        activite(banc, &scene);
        let (privee, destinataire) = cle(banc, "cle");
        let fichier = banc.dossier().join("sauvegarde.age");
        let fini = AtomicBool::new(false);
        let crees = std::thread::scope(|fils| {
            let travail = fils.spawn(|| {
                let mut rang = 0;
                while !fini.load(Ordering::Relaxed) {
                    scene.fiche(&format!("Patient{}", "abcdefghij".repeat(rang % 3 + 1)), &format!("19{}-01-0{}", 20 + rang / 9 % 70, rang % 9 + 1), json!({}));
                    rang += 1;
                }
                rang
            });
            let sortie = sauver(banc, &fichier, &destinataire);
            fini.store(true, Ordering::Relaxed);
            let crees = travail.join().unwrap();
            assert!(reussit(&sortie).contains("documents relus"));
            crees
        });
        assert!(crees > 0, "personne ne travaillait pendant la sauvegarde");
        let octets = std::fs::read(&fichier).unwrap();
        assert!(octets.starts_with(b"age-encryption.org/v1"));
        assert!(!octets.windows(9).any(|extrait| extrait == "AUBÉPINE".as_bytes()), "la sauvegarde se lit sans clé");
        if let Some(chemin) = banc.etat.config.base.strip_prefix("sqlite://") {
            let copies = Path::new(chemin).parent().unwrap().read_dir().unwrap().filter(|f| f.as_ref().unwrap().path().extension() == Some("copie".as_ref()));
            assert_eq!(copies.count(), 0, "la copie en clair est restée");
        }

        let vide = place(banc);
        let dit = reussit(&restaurer(banc, &fichier, &privee, &vide.url));
        assert!(dit.contains("0 écarts") && dit.contains("lecture seule"), "{dit}");
        // What the restored base holds is that moment of the base, not what came after.
        let (avant, rendue) = (inventaire(&Adresse::lire(&banc.etat.config.base).unwrap()), inventaire(&Adresse::lire(&vide.url).unwrap()));
        let (avant, rendue) = (avant.unwrap(), rendue.unwrap());
        assert!(rendue.documents >= 3 && rendue.documents_alteres.is_empty(), "{rendue:?}");
        assert_eq!(avant.tables["document"], rendue.tables["document"]);
        let rendus = rendue.tables["patient"].lignes;
        assert!((1..=avant.tables["patient"].lignes).contains(&rendus), "{rendus}");

        restaurer_encore_est_refuse(banc, &fichier, &privee, &vide.url);
    }

    fn une_sauvegarde_qui_a_souffert_ou_n_est_pas_pour_nous_est_refusee(banc) {
        let (privee, destinataire) = cle(banc, "cle");
        let (autre, _) = cle(banc, "autre");
        let fichier = banc.dossier().join("sauvegarde.age");
        echoue(&dcc(banc, &banc.etat.config.base, &["sauvegarder", "--vers", fichier.to_str().unwrap()]), "toujours chiffrée");
        assert!(!fichier.exists());
        reussit(&sauver(banc, &fichier, &destinataire));
        echoue(&sauver(banc, &fichier, &destinataire), "création de");
        echoue(&restaurer(banc, &fichier, &autre, &place(banc).url), "ouverture de");

        let mut octets = std::fs::read(&fichier).unwrap();
        let milieu = octets.len() / 2;
        octets[milieu] ^= 1;
        let abimee = banc.dossier().join("abimee.age");
        std::fs::write(&abimee, &octets).unwrap();
        assert!(!restaurer(banc, &abimee, &privee, &place(banc).url).status.success());
        std::fs::write(&abimee, &std::fs::read(&fichier).unwrap()[..milieu]).unwrap();
        assert!(!restaurer(banc, &abimee, &privee, &place(banc).url).status.success());
    }

    fn un_document_qui_n_a_plus_son_empreinte_est_nomme(banc) {
        activite(banc, &Scene::nouvelle(banc));
        let altere = banc.systeme(|op| {
            let id: dcc::db::types::Id = document::table.select(document::id).order(document::id).first(op.conn)?;
            diesel::update(document::table.find(id)).set(document::octets.eq(b"autre chose".to_vec())).execute(op.conn)?;
            Ok(id.0)
        });
        let (_, destinataire) = cle(banc, "cle");
        let fichier = banc.dossier().join("sauvegarde.age");
        echoue(&sauver(banc, &fichier, &destinataire), &altere.to_string());
        assert!(fichier.exists(), "la sauvegarde d'une base qui souffre est gardée");
    }

    fn en_lecture_seule_on_lit_et_rien_ne_s_ecrit(banc) {
        let scene = Scene::nouvelle(banc);
        let reunion = scene.reunion(JEUDI, None);
        let cas = scene.cas(&reunion, "Aubépine");
        let admin = banc.personne("exploitante", &[(dcc::kernel::Role::AdministrateurRegional, dcc::kernel::Perimetre::Region)]);
        let motif = json!({ "active": true, "motif": "Attaque en cours dans un établissement" });
        scene.secretaire.envoyer("PUT", "/api/v1/service/lecture-seule", Some(motif.clone()), &[]).refuse(403, "action-interdite");
        admin.envoyer("PUT", "/api/v1/service/lecture-seule", Some(motif), &[]).est(200);
        fraicheur();

        let mode = scene.secretaire.get("/api/v1/service/mode").est(200).corps;
        assert_eq!((&mode["lecture_seule"], &mode["motif"]), (&json!(true), &json!("Attaque en cours dans un établissement")));
        scene.secretaire.get(&cas).est(200);
        scene.secretaire.post("/api/v1/patients/recherches", json!({ "nom": "Aubépine", "date_naissance": "1960-05-20" })).est(200);
        let patient = json!({ "nom_naissance": "Bruyère", "premier_prenom": "Claude", "sexe": "feminin", "date_naissance": "1960-05-21" });
        let refus = scene.demandeur.post("/api/v1/patients", patient.clone()).refuse(503, "lecture-seule");
        assert!(refus.corps["detail"].as_str().unwrap().contains("Attaque en cours"), "{}", refus.corps);
        let version = scene.secretaire.get(&reunion).est(200).version();
        scene.secretaire.poster_si(&format!("{reunion}/convocation"), version).refuse(503, "lecture-seule");
        banc.systeme(|op| queue::enfiler(op, "rendre_compte_rendu", &json!({ "compte_rendu": "00000000-0000-0000-0000-000000000000" })).map(drop));
        assert_eq!(travailler(banc), 0, "un travail est parti en lecture seule");

        reussit(&dcc(banc, &banc.etat.config.base, &["lecture-seule", "non"]));
        fraicheur();
        scene.demandeur.post("/api/v1/patients", patient).est(201);
        assert!(travailler(banc) > 0);
    }
}

/// The settings of the region are at most one second old.
fn fraicheur() {
    std::thread::sleep(std::time::Duration::from_millis(1_050));
}

fn restaurer_encore_est_refuse(banc: &Banc, fichier: &Path, cle: &Path, url: &str) {
    assert!(!restaurer(banc, fichier, cle, url).status.success(), "une base qui existe a été recouverte");
    if let Some(chemin) = url.strip_prefix("sqlite://") {
        diesel::SqliteConnection::establish(chemin).unwrap().batch_execute("SELECT 1 FROM patient").unwrap();
    }
}
