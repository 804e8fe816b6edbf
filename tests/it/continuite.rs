//! The continuity kit: what it holds and does not, who opens it, when it is made.

use crate::support::{
    Banc,
    scene::{Scene, chimiotherapie, complete, creer_rcp},
};
use dcc::{
    app,
    config::Config,
    db::{Demande, schema::trace},
    jobs::runner,
    kernel::{Horloge, Perimetre, Role, enveloppe},
    messagerie::memoire::Memoire,
    metier::continuite::{
        archive,
        job::{self, Bilan, Commande, PRODUCTION_DES_KITS},
    },
};
use diesel::prelude::*;
use lopdf::Document;
use serde_json::{Value, json};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::Arc,
};

/// Three days after the Monday of the tests, 18:00 in Paris.
const JEUDI: &str = "2026-03-05T17:00:00Z";
const SEANCE: &str = "3C1/DIG/2026-03-05_18h00";

/// A key pair in the folder of the test: the file of the private key, and the recipient.
fn cle(banc: &Banc, nom: &str) -> (PathBuf, String) {
    let fichier = banc.dossier().join(nom);
    let destinataire = enveloppe::nouvelle_cle(&fichier).unwrap();
    (fichier, destinataire)
}

fn produire(banc: &Banc, fichier: &Path, destinataire: &str) -> Bilan {
    let pour = enveloppe::destinataires(destinataire).unwrap();
    let commande = Commande { fichier: fichier.to_owned(), pour, centre: None };
    job::produire(&banc.etat.db, &Demande::systeme("continuite"), 3, vec![commande]).unwrap()
}

/// The files below a folder, by their paths in it.
fn fichiers(dossier: &Path) -> BTreeSet<String> {
    fn parcourir(racine: &Path, dossier: &Path, trouves: &mut BTreeSet<String>) {
        for entree in fs::read_dir(dossier).unwrap().map(Result::unwrap) {
            if entree.path().is_dir() {
                parcourir(racine, &entree.path(), trouves);
            } else {
                trouves.insert(entree.path().strip_prefix(racine).unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    let mut trouves = BTreeSet::new();
    parcourir(dossier, dossier, &mut trouves);
    trouves
}

fn json_de(chemin: &Path) -> Value {
    serde_json::from_slice(&fs::read(chemin).unwrap()).unwrap()
}

/// Who was read for a kit, and how many meetings.
fn traces(banc: &Banc) -> (Vec<String>, usize) {
    let lignes: Vec<(String, Option<dcc::kernel::ids::PatientId>, String)> = banc.systeme(|op| {
        Ok(trace::table
            .filter(trace::motif.eq("continuite"))
            .order((trace::instant, trace::numero))
            .select((trace::objet_type, trace::patient_id, trace::acteur))
            .load(op.conn)?)
    });
    assert!(lignes.iter().all(|(.., acteur)| acteur == "continuite" || acteur == "travaux"), "{lignes:?}");
    let patients = lignes.iter().filter(|(objet, ..)| objet == "fiche").map(|(_, patient, _)| patient.unwrap().to_string()).collect();
    (patients, lignes.iter().filter(|(objet, patient, _)| objet == "reunion" && patient.is_none()).count())
}

fn patient(scene: &Scene<'_>, nom: &str) -> String {
    let traits = json!({ "nom_naissance": nom, "premier_prenom": "Claude", "sexe": "feminin", "date_naissance": "1960-05-20" });
    scene.demandeur.post("/api/v1/patients", traits).est(201).id()
}

fn dcc(banc: &Banc, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_dcc"))
        .args(arguments)
        .current_dir(banc.dossier())
        .env("DCC_BASE", &banc.etat.config.base)
        .env("DCC_LOG", "warn")
        .output()
        .unwrap()
}

sur_les_deux_bases! {
    fn le_kit_ouvert_a_l_ordre_du_jour_exact_les_fiches_et_la_feuille(banc) {
        let scene = Scene::nouvelle(banc);
        let reunion = scene.reunion(JEUDI, None);
        scene.reunion("2026-03-06T23:30:00Z", None);
        let annulee = scene.reunion("2026-03-04T17:00:00Z", None);
        scene.secretaire.post_si(&format!("{annulee}/annulation"), 1, json!({ "motif": "Férié local" })).est(200);
        let (premiere, deuxieme) = (patient(&scene, "Aubépine"), patient(&scene, "Bruyère"));
        let (opposee, restreinte) = (patient(&scene, "Capucine"), patient(&scene, "Digitale"));
        let fiche = scene.fiche_de(&premiere, complete());
        let cas = [&deuxieme, &opposee, &restreinte].map(|patient| scene.fiche_de(patient, complete()));
        let [une, deux, trois, quatre] = [&cas[0], &cas[1], &cas[2], &fiche].map(|fiche| scene.inscrire(&reunion, fiche));
        let ordre: Vec<&str> = [&quatre, &deux, &trois, &une].iter().map(|chemin| chemin.rsplit('/').next().unwrap()).collect();
        let version = scene.secretaire.get(&reunion).est(200).version();
        scene.secretaire.post_si(&format!("{reunion}/ordre-du-jour"), version, json!({ "ids": ordre })).est(200);
        scene.ouvrir(&reunion);
        // Discussed, then opposed: the case stays at the agenda, and nobody else reads it.
        scene.secretaire.post(&format!("{deux}/discussion"), json!({ "proposition": chimiotherapie() })).est(200);
        scene.demandeur.post(&format!("/api/v1/patients/{opposee}/oppositions"), json!({ "objet": "partage_dcc" })).est(201);
        scene.demandeur.post(&format!("/api/v1/patients/{restreinte}/restriction"), json!({ "motif": "personnel" })).est(201);

        let (privee, destinataire) = cle(banc, "cle");
        let kit = banc.dossier().join("kits/jeudi.kit.age");
        assert_eq!(produire(banc, &kit, &destinataire), Bilan { reunions: 1, cas: 2, omis: 2, fichiers: 1 });
        assert_eq!(traces(banc), (vec![premiere, deuxieme], 1));

        let clair = banc.dossier().join("ouvert");
        let ouvert = dcc(banc, &["continuite", "ouvrir", kit.to_str().unwrap(), "--cle", privee.to_str().unwrap(), "--dossier", clair.to_str().unwrap()]);
        assert!(ouvert.status.success(), "{}", String::from_utf8_lossy(&ouvert.stderr));
        let mut attendus: BTreeSet<String> = ["LISEZ-MOI.txt", "index.html", "kit.json"].map(str::to_owned).into();
        let de_la_seance = ["ordre-du-jour.pdf", "feuille-presence.pdf", "reunion.json", "cas-01.pdf", "cas-01.json", "cas-04.pdf", "cas-04.json"];
        attendus.extend(de_la_seance.map(|nom| format!("{SEANCE}/{nom}")));
        assert_eq!(fichiers(&clair), attendus);

        let seance = json_de(&clair.join(SEANCE).join("reunion.json"));
        let lus: Vec<(u64, &str, &Value)> = seance["ordre_du_jour"].as_array().unwrap().iter().map(|c| (c["rang"].as_u64().unwrap(), c["contenu"].as_str().unwrap(), &c["patient"]["nom_naissance"])).collect();
        assert_eq!(lus, [(1, "repris", &json!("Aubépine")), (2, "omis", &Value::Null), (3, "omis", &Value::Null), (4, "repris", &json!("Bruyère"))]);
        assert_eq!(seance["ordre_du_jour"][1]["demandeur"], "Dr Camille DEMANDEUR");
        assert_eq!(seance["secretariat"]["telephone"], "03 20 00 00 00");
        assert_eq!(seance["attendus"][0]["nom"], "Dr Camille ONCOLOGUE");
        assert_eq!((&seance["attendus"][0]["coordonnateur"], &seance["attendus"][0]["adresse_securisee"]), (&json!(true), &json!("medecin1@essai.mssante.fr")));

        let lue = json_de(&clair.join(SEANCE).join("cas-01.json"));
        assert_eq!(lue["fiche"]["contenu"], complete());
        assert_eq!(lue["fiche"]["id"], fiche);
        let reponses: Vec<&str> = lue["fiche"]["blocs"].as_array().unwrap().iter().flat_map(|b| b["reponses"].as_array().unwrap()).map(|r| r["valeur"].as_str().unwrap()).collect();
        for attendu in ["Patiente opérée du côlon.", "Chimiothérapie adjuvante ?"] {
            assert!(reponses.contains(&attendu), "{reponses:?}");
        }
        for pdf in fichiers(&clair).iter().filter(|nom| Path::new(nom).extension().is_some_and(|e| e == "pdf")) {
            assert!(!Document::load(clair.join(pdf)).unwrap().get_pages().is_empty(), "{pdf}");
        }
        let index = fs::read_to_string(clair.join("index.html")).unwrap();
        let (aubepine, bruyere) = (index.find("AUBÉPINE Claude, 20/05/1960").unwrap(), index.find("BRUYÈRE Claude").unwrap());
        assert!(aubepine < bruyere, "{index}");
        for absente in ["CAPUCINE", "Capucine", "DIGITALE", "Digitale"] {
            for fichier in fichiers(&clair) {
                assert!(!String::from_utf8_lossy(&fs::read(clair.join(&fichier)).unwrap()).contains(absente), "{absente} dans {fichier}");
            }
        }
    }

    fn nul_n_ouvre_un_kit_sans_la_cle_et_rien_ne_reste_en_clair(banc) {
        let scene = Scene::nouvelle(banc);
        let reunion = scene.reunion(JEUDI, None);
        scene.inscrire(&reunion, &scene.fiche("Zqpatronyme", "1960-05-20", complete()));
        let (privee, destinataire) = cle(banc, "cle");
        let (autre, _) = cle(banc, "autre");
        let avant = fichiers(banc.dossier());
        let kit = banc.dossier().join("kits/kit.age");
        produire(banc, &kit, &destinataire);
        let mut apres = avant;
        apres.insert("kits/kit.age".to_owned());
        assert_eq!(fichiers(banc.dossier()), apres, "un fichier de travail est resté");
        let octets = fs::read(&kit).unwrap();
        assert!(octets.starts_with(b"age-encryption.org/v1"));
        for marque in ["Zqpatronyme", "ZQPATRONYME", "cas-01", "index.html", "PK\u{3}\u{4}"] {
            assert!(!octets.windows(marque.len()).any(|extrait| extrait == marque.as_bytes()), "{marque} se lit sans clé");
        }
        let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&kit).unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600);

        let clair = banc.dossier().join("ouvert");
        assert!(archive::ouvrir(&kit, &autre, &clair).is_err());
        let mut abime = octets.clone();
        let milieu = abime.len() / 2;
        abime[milieu] ^= 1;
        let souffrant = banc.dossier().join("souffrant.age");
        fs::write(&souffrant, &abime).unwrap();
        assert!(archive::ouvrir(&souffrant, &privee, &clair).is_err());
        fs::write(&souffrant, &octets[..milieu]).unwrap();
        assert!(archive::ouvrir(&souffrant, &privee, &clair).is_err());
        assert!(!clair.exists(), "un kit refusé a laissé quelque chose");
        assert!(archive::ouvrir(&kit, &privee, &clair).unwrap() > 5);
        assert!(archive::ouvrir(&kit, &privee, &clair).unwrap_err().to_string().contains("dossier neuf"));
    }

    fn le_travail_de_fond_produit_les_kits_a_leurs_heures_et_garde_les_derniers(banc) {
        let scene = Scene::nouvelle(banc);
        scene.cas(&scene.reunion(JEUDI, None), "Aubépine");
        // Another 3C, whose kit is its own.
        let ailleurs = banc.region(2);
        let coordination = banc.personne("ailleurs", &[(Role::Coordonnateur3c, Perimetre::Centre3c(ailleurs.centre))]);
        let rcp = creer_rcp(&coordination, &ailleurs, "AILLEURS", scene.medecins.oncologue, json!({}));
        let secretaire = banc.personne("secretaireailleurs", &[(Role::Secretaire, Perimetre::Rcp(rcp))]);
        scene.cas(&crate::support::scene::planifier(&secretaire, rcp, JEUDI, None), "Bruyère");

        let mut config = Config { ..banc.etat.config.clone() };
        config.continuite.dossier = banc.dossier().join("kits");
        config.continuite.garder = 2;
        let passer = |config: &Config| {
            let ouvrier = app::ouvrier(config, Arc::new(Memoire::default())).unwrap();
            runner::passer_une_fois(&banc.etat.db, &ouvrier, PRODUCTION_DES_KITS).unwrap()
        };
        assert!(!passer(&config), "sans destinataire, aucun kit");
        assert!(!config.continuite.dossier.exists());

        let (privee, destinataire) = cle(banc, "cle");
        let (du_centre, destinataire_du_centre) = cle(banc, "cle-centre");
        let liste = |nom: &str, texte: &str| {
            let fichier = banc.dossier().join(nom);
            fs::write(&fichier, format!("# essai\n{texte}\n")).unwrap();
            fichier
        };
        config.continuite.destinataires_fichier = Some(liste("region", &destinataire));
        config.continuite.centres = [("3C2".to_owned(), liste("centre", &destinataire_du_centre))].into();
        assert!(passer(&config));
        let kits = config.continuite.dossier.clone();
        let noms = |moments: &[&str]| -> BTreeSet<String> {
            moments.iter().flat_map(|m| [format!("continuite-{m}.kit.age"), format!("continuite-{m}-3C2.kit.age")]).collect()
        };
        assert_eq!(fichiers(&kits), noms(&["20260302T050000Z"]));
        let lus = traces(banc);
        assert_eq!((lus.0.len(), lus.1), (2, 2), "chaque fiche est lue une fois pour tous les kits");
        assert!(passer(&config));
        assert_eq!(traces(banc), lus, "le kit de cette heure est déjà là");

        for (moment, attendus) in [
            ("2026-03-02T17:00:30Z", ["20260302T050000Z", "20260302T170000Z"]),
            ("2026-03-03T09:00:00Z", ["20260302T170000Z", "20260303T050000Z"]),
        ] {
            banc.regler(moment);
            assert!(passer(&config));
            assert_eq!(fichiers(&kits), noms(&attendus), "{moment}");
        }

        let kit = |suite: &str| kits.join(format!("continuite-20260303T050000Z{suite}.kit.age"));
        let seances = |clair: &Path| -> BTreeSet<String> {
            fichiers(clair).into_iter().filter(|nom| nom.ends_with("reunion.json")).collect()
        };
        let (tout, sien) = (banc.dossier().join("tout"), banc.dossier().join("sien"));
        archive::ouvrir(&kit(""), &privee, &tout).unwrap();
        archive::ouvrir(&kit("-3C2"), &du_centre, &sien).unwrap();
        let ailleurs = "3C2/AILLEURS/2026-03-05_18h00/reunion.json".to_owned();
        assert_eq!(seances(&tout), BTreeSet::from([format!("{SEANCE}/reunion.json"), ailleurs.clone()]));
        assert_eq!(seances(&sien), BTreeSet::from([ailleurs]));
        assert!(!fs::read_to_string(sien.join("index.html")).unwrap().contains("AUBÉPINE"));
        assert!(archive::ouvrir(&kit(""), &du_centre, &banc.dossier().join("non")).is_err(), "un 3C ouvre le kit de la région");
    }

    fn un_kit_se_demande_par_une_commande(banc) {
        let scene = Scene::nouvelle(banc);
        let demain = Horloge::Systeme.maintenant() + chrono::TimeDelta::days(1);
        let reunion = scene.reunion(&demain.to_rfc3339(), None);
        let capacite = scene.inscrire(&reunion, &scene.fiche("Aubépine", "1960-05-20", complete()));
        assert!(!capacite.is_empty());
        let (privee, destinataire) = cle(banc, "cle");
        let refus = dcc(banc, &["continuite", "produire", "--dossier", "kits"]);
        assert!(!refus.status.success() && String::from_utf8_lossy(&refus.stderr).contains("toujours chiffré"));
        assert!(!banc.dossier().join("kits").exists());

        let produit = dcc(banc, &["continuite", "produire", "--dossier", "kits", "--jours", "2", "--destinataire", &destinataire]);
        let dit = String::from_utf8_lossy(&produit.stdout).into_owned();
        assert!(produit.status.success() && dit.contains("1 réunions, 1 fiches, 0 cas non repris"), "{dit}{}", String::from_utf8_lossy(&produit.stderr));
        let kit = banc.dossier().join(dit.lines().next().unwrap());
        assert!(archive::ouvrir(&kit, &privee, &banc.dossier().join("ouvert")).unwrap() > 5);
        assert_eq!(traces(banc).0.len(), 1);
    }
}

/// A process says at its start that no kit is made.
#[test]
fn sans_destinataire_le_service_le_dit_a_son_demarrage() {
    let dossier = tempfile::tempdir().unwrap();
    let base = format!("sqlite://{}", dossier.path().join("dcc.sqlite").display());
    app::preparer(&dcc::db::Adresse::lire(&base).unwrap()).unwrap();
    let demarrer = |variables: &[(&str, &str)]| {
        let mut commande = Command::new(env!("CARGO_BIN_EXE_dcc"));
        // Refused once it has spoken: no address to listen on.
        commande.arg("serve").current_dir(dossier.path()).env("DCC_BASE", &base).env("DCC_CLE_JETONS", "ab".repeat(32));
        commande.env("DCC_COMPTES__CLE_FACTEURS", "cd".repeat(32)).env("DCC_ECOUTE", "nulle-part").envs(variables.iter().copied());
        String::from_utf8_lossy(&commande.output().unwrap().stderr).into_owned()
    };
    assert!(demarrer(&[]).contains("aucun kit de continuité n'est produit"));
    let cle = dossier.path().join("cle");
    let liste = dossier.path().join("destinataires");
    fs::write(&liste, enveloppe::nouvelle_cle(&cle).unwrap()).unwrap();
    let dit = demarrer(&[("DCC_CONTINUITE__DESTINATAIRES_FICHIER", liste.to_str().unwrap())]);
    assert!(dit.contains("kits de continuité") && !dit.contains("aucun kit"), "{dit}");
    let refus = demarrer(&[("DCC_CONTINUITE__DESTINATAIRES_FICHIER", liste.to_str().unwrap()), ("DCC_CONTINUITE__HEURES", "[25]")]);
    assert!(refus.contains("heures (de 0 à 23"), "{refus}");
}
