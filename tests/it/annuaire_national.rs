//! The public directories: imports, what the region takes from them, the trust space.

use crate::support::{Banc, base::variable};
use dcc::{
    db::{Demande, Op},
    importation::{
        self, Issue, Options,
        generateur::{self, Connu, Fichiers, Reglages},
    },
    kernel::{Perimetre, Role, identite::completer_luhn, ids::PraticienId, page::Pagination},
    metier::{
        annuaire::{model::Praticien, service as annuaire},
        annuaire_national::{
            model::{Comptes, EtatImport, ImportAnnuaire},
            service as national,
        },
    },
};
use serde_json::json;
use std::{
    fs::{self, File},
    io::Write,
    path::Path,
    process::Command,
    time::Duration,
};

fn reglages(lignes: u64) -> Reglages {
    Reglages { lignes, graine: 7, edition: 1, defauts: 0, colonnes_deplacees: false, connus: Vec::new() }
}

fn connu(rang: u32, boite: bool) -> Connu {
    Connu {
        rpps: completer_luhn(&format!("100999{rang:04}")),
        nom: format!("Aubépine{rang}"),
        prenom: "Camille".to_owned(),
        savoir_faire: "SM54".to_owned(),
        liberal: true,
        boite,
    }
}

fn importer_avec(banc: &Banc, fichier: &Path, options: Options) -> Issue {
    importation::importer(&banc.etat.db, &Demande::systeme("essai"), fichier, options).unwrap().pop().unwrap()
}

fn importer(banc: &Banc, fichier: &Path) -> ImportAnnuaire {
    match importer_avec(banc, fichier, Options::default()) {
        Issue::Fini(import) => import,
        autre => panic!("{autre:?}"),
    }
}

fn tout_importer(banc: &Banc, fichiers: &Fichiers) {
    importer_tous(banc, fichiers);
    rapprocher(banc);
}

/// Imports the files whose content is new.
fn importer_tous(banc: &Banc, fichiers: &Fichiers) {
    for fichier in fichiers.tous() {
        match importer_avec(banc, fichier, Options::default()) {
            Issue::Fini(_) | Issue::DejaFait(_) => {}
            Issue::Suspendu(import) => panic!("{import:?}"),
        }
    }
}

fn rapprocher(banc: &Banc) -> annuaire::Rapprochement {
    let mut total = annuaire::Rapprochement::default();
    let mut apres = None;
    loop {
        let (suite, pas) = banc.systeme(move |op| annuaire::rapprocher(op, apres));
        total.ajouter(pas);
        if suite.is_none() {
            return total;
        }
        apres = suite;
    }
}

fn ecrire(banc: &Banc, nom: &str, octets: &[u8]) -> std::path::PathBuf {
    let chemin = banc.dossier().join(nom);
    fs::write(&chemin, octets).unwrap();
    chemin
}

fn lire(banc: &Banc, id: PraticienId) -> Praticien {
    banc.systeme(move |op| annuaire::praticien(op, id))
}

/// Where a compte-rendu would leave to.
fn adresse_securisee(banc: &Banc, id: PraticienId) -> Option<String> {
    let praticien = lire(banc, id);
    banc.systeme(move |op| Ok(annuaire::adresse_securisee(op, &praticien))).map(|adresse| adresse.to_string())
}

sur_les_deux_bases! {
    fn un_fichier_s_importe_une_fois_et_le_relire_ne_change_rien(banc) {
        let fichiers = generateur::generer(&banc.dossier().join("un"), &Reglages { defauts: 100, ..reglages(1_000) }).unwrap();
        let premier = importer(banc, &fichiers.activites);
        let c = premier.comptes;
        assert_eq!((c.lignes, c.ajoutees, c.doublons, c.refusees), (1_020, 1_000, 10, 10));
        assert_eq!((c.modifiees, c.inchangees, c.disparues, premier.etat), (0, 0, 0, EtatImport::Termine));

        assert_eq!(importer_avec(banc, &fichiers.activites, Options::default()), Issue::DejaFait(premier.clone()));
        let Issue::Fini(relu) = importer_avec(banc, &fichiers.activites, Options { meme_si_fait: true, ..Options::default() }) else { panic!() };
        let attendu = Comptes { ajoutees: 0, inchangees: 1_000, ..premier.comptes };
        assert_eq!(relu.comptes, attendu);

        let admin = banc.personne("admin", &[(Role::AdministrateurRegional, Perimetre::Region)]);
        let imports = admin.get("/api/v1/annuaire/imports").est(200).corps;
        assert_eq!(imports["elements"].as_array().unwrap().len(), 2);
        assert_eq!(imports["elements"][0]["numero"], relu.numero);
        let un = admin.get(&format!("/api/v1/annuaire/imports/{}", premier.id)).est(200).corps;
        assert_eq!((un["ajoutees"].clone(), un["empreinte"].as_str().unwrap().len()), (json!(1_000), 64));
        let secretaire = banc.personne("secretaire", &[(Role::Secretaire, Perimetre::Patients)]);
        secretaire.get("/api/v1/annuaire/imports").refuse(403, "action-interdite");
        admin.get(&format!("/api/v1/annuaire/imports/{}", banc.region(1).centre)).refuse(404, "import-introuvable");
    }

    fn les_quatre_fichiers_s_importent_meme_colonnes_deplacees_ou_compresses(banc) {
        let droits = generateur::generer(&banc.dossier().join("droits"), &reglages(600)).unwrap();
        let deplaces = generateur::generer(&banc.dossier().join("deplaces"), &Reglages { colonnes_deplacees: true, ..reglages(600) }).unwrap();
        for (droit, deplace) in droits.tous().into_iter().zip(deplaces.tous()) {
            let premier = importer(banc, droit);
            assert!(premier.comptes.ajoutees > 0 && premier.comptes.refusees == 0, "{premier:?}");
            let second = importer(banc, deplace);
            let attendu = Comptes { ajoutees: 0, inchangees: premier.comptes.ajoutees, ..premier.comptes };
            assert_eq!(second.comptes, attendu, "{}", second.fichier);
        }
        let chemin = banc.dossier().join("PS_LibreAcces.zip");
        let mut archive = zip::ZipWriter::new(File::create(&chemin).unwrap());
        for fichier in [&droits.activites, &droits.savoir_faire] {
            archive.start_file(fichier.file_name().unwrap().to_str().unwrap(), zip::write::SimpleFileOptions::default()).unwrap();
            archive.write_all(&fs::read(fichier).unwrap()).unwrap();
        }
        archive.start_file("PS_LibreAcces_Dipl_AutExerc.txt", zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(b"Type d'identifiant PP|Code diplome|\n").unwrap();
        archive.finish().unwrap();
        let issues = importation::importer(&banc.etat.db, &Demande::systeme("essai"), &chemin, Options::default()).unwrap();
        let lus: Vec<_> = issues.iter().map(|issue| (issue.import().comptes.ajoutees, issue.import().comptes.modifiees)).collect();
        assert_eq!(lus, [(0, 0), (0, 0)]);
    }

    fn une_ligne_hostile_est_refusee_avec_son_numero_et_les_autres_entrent(banc) {
        let fichiers = generateur::generer(&banc.dossier().join("sains"), &reglages(4)).unwrap();
        let sain = fs::read_to_string(&fichiers.activites).unwrap();
        let lignes: Vec<&str> = sain.lines().collect();
        let rpps = lignes[1].split('|').nth(1).unwrap();
        let mut octets = format!("\u{feff}{}\r\n{}\r\n", lignes[0], lignes[1]).into_bytes();
        octets.extend(format!("{}\n", lignes[2].replace("109", "108")).into_bytes());
        octets.extend(format!("{}\n", "x".repeat(200_000)).into_bytes());
        octets.extend(b"8|\xff\xfe|\n");
        octets.extend(format!("{}\n", lignes[1].replace("Rue", "R\0e")).into_bytes());
        octets.extend(b"'; DROP TABLE annuaire_activite; --|\n\n");
        octets.extend(format!("{}\n", lignes[1].replacen(rpps, "10001045368", 1)).into_bytes());
        octets.extend(lignes[3].replace("des Tilleuls", "\"des Tilleuls").into_bytes());
        let import = importer(banc, &ecrire(banc, "hostile.txt", &octets));
        assert_eq!((import.comptes.lignes, import.comptes.ajoutees, import.comptes.refusees), (9, 2, 7), "{import:?}");
        let admin = banc.personne("admin", &[(Role::AdministrateurRegional, Perimetre::Region)]);
        let refus = admin.get(&format!("/api/v1/annuaire/imports/{}/refus?limite=200", import.id)).est(200).corps;
        let refus: Vec<(i64, &str)> =
            refus["elements"].as_array().unwrap().iter().map(|r| (r["ligne"].as_i64().unwrap(), r["code"].as_str().unwrap())).collect();
        assert_eq!(
            refus,
            [
                (3, "rpps"), (4, "ligne-trop-longue"), (5, "encodage"), (6, "caractere-de-controle"), (7, "nombre-de-champs"),
                (8, "nombre-de-champs"), (9, "rpps")
            ]
        );
        let inconnu = ecrire(banc, "inconnu.txt", b"nom|prenom\nx|y\n");
        let panne = importation::importer(&banc.etat.db, &Demande::systeme("essai"), &inconnu, Options::default()).unwrap_err();
        assert!(panne.to_string().contains("il manque au plus proche"), "{panne}");
    }

    fn un_import_tue_reprend_ou_il_en_etait(banc) {
        let fichiers = generateur::generer(&banc.dossier().join("gros"), &reglages(40_000)).unwrap();
        let commande = || {
            let mut commande = Command::new(env!("CARGO_BIN_EXE_dcc"));
            commande.args(["annuaire", "importer"]).arg(&fichiers.activites).env("DCC_BASE", &banc.etat.config.base);
            commande.current_dir(banc.dossier()).env("DCC_LOG", "error");
            commande
        };
        let mut tue = commande().spawn().unwrap();
        // A read takes no place in the queue of writers, where it would wait for the import to be over.
        let lire = |op: &mut Op<'_>| national::imports(op, &Pagination::default());
        let dernier = || banc.etat.db.lire_ici(&Demande::systeme("essai"), lire).unwrap().elements.into_iter().next();
        while dernier().is_none_or(|import| import.octets_lus == 0) {
            assert!(tue.try_wait().unwrap().is_none(), "l'import s'est arrêté de lui-même");
            std::thread::sleep(Duration::from_millis(5));
        }
        tue.kill().unwrap();
        tue.wait().unwrap();
        let laisse = dernier().unwrap();
        assert!(laisse.etat == EtatImport::EnCours && laisse.octets_lus < laisse.octets, "{laisse:?}");
        assert_eq!(laisse.comptes.lignes % 8_192, 0);

        let sortie = commande().output().unwrap();
        assert!(sortie.status.success(), "{}", String::from_utf8_lossy(&sortie.stderr));
        let repris = dernier().unwrap();
        assert_eq!((repris.id, repris.etat), (laisse.id, EtatImport::Termine));
        assert_eq!((repris.comptes.lignes, repris.comptes.ajoutees, repris.comptes.disparues), (40_000, 40_000, 0));
        assert!(String::from_utf8_lossy(&sortie.stdout).contains("40000 ajoutées"));
        // What is there is what a whole import would have left.
        let Issue::Fini(relu) = importer_avec(banc, &fichiers.activites, Options { meme_si_fait: true, ..Options::default() }) else { panic!() };
        assert_eq!((relu.comptes.inchangees, relu.comptes.ajoutees, relu.comptes.disparues), (40_000, 0, 0));
    }

    fn une_nouvelle_edition_ajoute_modifie_et_fait_disparaitre(banc) {
        let un = generateur::generer(&banc.dossier().join("un"), &reglages(3_000)).unwrap();
        let deux = generateur::generer(&banc.dossier().join("deux"), &Reglages { edition: 2, ..reglages(3_000) }).unwrap();
        let avant = importer(banc, &un.activites).comptes;
        let apres = importer(banc, &deux.activites).comptes;
        assert_eq!(apres.ajoutees + apres.modifiees + apres.inchangees, 3_000);
        assert!(apres.ajoutees > 0 && apres.modifiees > 0 && apres.disparues > 0 && apres.inchangees > 2_500, "{apres:?}");
        // As many lines are in force as before.
        assert_eq!(avant.ajoutees + apres.ajoutees - apres.disparues, 3_000);
        let retour = importer(banc, &un.activites).comptes;
        assert_eq!((retour.reapparues, retour.disparues, retour.ajoutees), (apres.disparues, apres.ajoutees, 0));
    }

    fn un_fichier_coupe_ne_fait_disparaitre_personne_sans_accord(banc) {
        let entier = generateur::generer(&banc.dossier().join("entier"), &reglages(1_000)).unwrap();
        importer(banc, &entier.activites);
        let texte = fs::read_to_string(&entier.activites).unwrap();
        let moitie: String = texte.lines().take(500).flat_map(|ligne| [ligne, "\n"]).collect();
        let coupe = ecrire(banc, "coupe.txt", moitie.as_bytes());
        let Issue::Suspendu(import) = importer_avec(banc, &coupe, Options::default()) else { panic!("le fichier coupé est passé") };
        assert_eq!((import.comptes.inchangees, import.comptes.disparues), (499, 0));
        // The whole file comes: the one that was cut is given up, and nobody has vanished.
        let Issue::Fini(complet) = importer_avec(banc, &entier.activites, Options { meme_si_fait: true, ..Options::default() }) else { panic!() };
        assert_eq!((complet.comptes.inchangees, complet.comptes.disparues), (1_000, 0));
        let admises = Options { disparitions_admises: true, ..Options::default() };
        let Issue::Fini(accepte) = importer_avec(banc, &coupe, admises) else { panic!() };
        assert_eq!((accepte.comptes.disparues, accepte.etat), (501, EtatImport::Termine));
    }

    fn la_region_prend_de_l_annuaire_ce_qui_change_et_ne_perd_personne(banc) {
        let id = banc.medecin("Aubépine1", "G15_10/SM36", 1);
        let un = Reglages { connus: vec![connu(1, true)], ..reglages(1_000) };
        let fichiers = generateur::generer(&banc.dossier().join("un"), &un).unwrap();
        tout_importer(banc, &fichiers);
        let avant = lire(banc, id);
        // What was typed stays; the mailbox of the directory comes after the one that was typed.
        assert_eq!((avant.saisi.specialite.as_deref(), avant.annuaire.specialite.as_deref()), (Some("G15_10/SM36"), Some("G15_10/SM54")));
        let adresses: Vec<&str> = avant.adresses_annuaire.iter().map(|a| a.adresse.as_str()).collect();
        assert_eq!(adresses[0], format!("p{}@pro-synthese.mssante.fr", connu(1, true).rpps));
        assert_eq!(adresse_securisee(banc, id).unwrap(), "medecin1@essai.mssante.fr");
        assert_eq!(rapprocher(banc).mis_a_jour, 0);

        let change = Connu { savoir_faire: "SM26".to_owned(), liberal: false, ..connu(1, false) };
        let fichiers = generateur::generer(&banc.dossier().join("deux"), &Reglages { connus: vec![change], ..reglages(1_000) }).unwrap();
        tout_importer(banc, &fichiers);
        let apres = lire(banc, id);
        assert_eq!((apres.saisi.specialite.as_deref(), apres.saisi.mode_exercice.as_str()), (Some("G15_10/SM26"), "salarie"));
        assert!(apres.adresses_annuaire.iter().all(|a| !a.adresse.starts_with('p')), "{:?}", apres.adresses_annuaire);
        assert_eq!(apres.version, avant.version + 1);

        let fichiers = generateur::generer(&banc.dossier().join("trois"), &reglages(1_000)).unwrap();
        importer_tous(banc, &fichiers);
        assert_eq!(rapprocher(banc).disparus, 1);
        let disparu = lire(banc, id);
        assert_eq!((disparu.annuaire.disparu_le, disparu.actif), (Some(banc.maintenant()), true));
        assert_eq!(disparu.saisi, apres.saisi);
        // What a person types afterwards leaves the mark.
        let admin = banc.personne("admin", &[(Role::AdministrateurRegional, Perimetre::Region)]);
        let chemin = format!("/api/v1/praticiens/{id}");
        let saisie = serde_json::to_value(&disparu.saisi).unwrap();
        let modifie = admin.put(&chemin, disparu.version, saisie).est(200).corps;
        assert!(modifie["annuaire"]["disparu_le"].is_string(), "{modifie:#}");
    }

    fn une_boite_de_l_annuaire_ne_suit_ni_une_saisie_ni_un_autre_numero(banc) {
        let id = banc.medecin("Aubépine1", "G15_10/SM54", 1);
        let reglages = Reglages { connus: vec![connu(1, true), connu(2, true)], ..reglages(200) };
        tout_importer(banc, &generateur::generer(&banc.dossier().join("un"), &reglages).unwrap());
        let admin = banc.personne("admin", &[(Role::AdministrateurRegional, Perimetre::Region)]);
        let chemin = format!("/api/v1/praticiens/{id}");
        let boite = format!("p{}@pro-synthese.mssante.fr", connu(1, true).rpps);
        let boites = |corps: &serde_json::Value| corps["adresses_annuaire"].to_string();
        let mut saisie = serde_json::to_value(lire(banc, id).saisi).unwrap();
        saisie["adresses"] = json!([]);
        let lu = admin.put(&chemin, 2, saisie.clone()).est(200);
        assert!(boites(&lu.corps).contains(&boite));
        assert_eq!(adresse_securisee(banc, id), Some(boite.clone()));
        // The same mailbox typed by hand stands once.
        saisie["adresses"] = json!([{ "adresse": boite, "type_bal": "per", "rang": 1 }]);
        let lu = admin.put(&chemin, 3, saisie.clone()).est(200);
        assert!(!boites(&lu.corps).contains(&boite));
        // Another number is another person: nothing of the former one is left, then the directory gives what is theirs.
        saisie["adresses"] = json!([]);
        saisie["rpps"] = json!(connu(2, true).rpps);
        let lu = admin.put(&chemin, 4, saisie).est(200);
        assert_eq!((boites(&lu.corps).as_str(), lu.corps["annuaire"]["specialite"].is_null()), ("[]", true));
        assert_eq!(adresse_securisee(banc, id), None);
        rapprocher(banc);
        assert_eq!(adresse_securisee(banc, id), Some(format!("p{}@pro-synthese.mssante.fr", connu(2, true).rpps)));
    }

    fn un_medecin_inconnu_de_la_region_se_prend_dans_l_annuaire(banc) {
        let reglages = Reglages { connus: vec![connu(5, true), connu(6, false)], ..reglages(400) };
        let fichiers = generateur::generer(&banc.dossier().join("un"), &reglages).unwrap();
        tout_importer(banc, &fichiers);
        let secretaire = banc.personne("secretaire", &[(Role::Secretaire, Perimetre::Patients)]);
        let rpps = connu(5, true).rpps;
        let trouves = secretaire.get("/api/v1/annuaire/national/professionnels?nom=aub%C3%A9pine5").est(200).corps;
        let element = &trouves["elements"][0];
        assert_eq!((element["rpps"].as_str(), element["savoir_faire"][0].as_str(), trouves["elements"].as_array().unwrap().len()), (Some(rpps.as_str()), Some("SM54"), 1));
        assert_eq!(element["bal"][0]["type_bal"], "per");
        let ville = element["lieux"][0]["commune"].as_str().unwrap().to_lowercase();
        let par_lieu = format!("/api/v1/annuaire/national/professionnels?nom=aubepine&prenom=cam&commune={}&limite=1", &ville[..3]);
        assert_eq!(secretaire.get(&par_lieu).est(200).corps["elements"].as_array().unwrap().len(), 1);
        secretaire.get("/api/v1/annuaire/national/professionnels?nom=a").refuse(422, "recherche-trop-large");
        secretaire.get("/api/v1/annuaire/national/professionnels?commune=lille").refuse(422, "recherche-trop-large");
        assert_eq!(secretaire.get(&format!("/api/v1/annuaire/national/professionnels?rpps={rpps}")).est(200).corps["elements"][0], *element);

        let pris = secretaire.post("/api/v1/annuaire/praticiens", json!({ "rpps": rpps })).est(201);
        assert_eq!(pris.entete("location"), format!("/api/v1/praticiens/{}", pris.id()));
        assert_eq!((pris.corps["specialite"].as_str(), pris.corps["mode_exercice"].as_str()), (Some("G15_10/SM54"), Some("liberal")));
        assert_eq!(pris.corps["adresses_annuaire"][0]["adresse"], format!("p{rpps}@pro-synthese.mssante.fr"));
        let encore = secretaire.post("/api/v1/annuaire/praticiens", json!({ "rpps": rpps })).est(200);
        assert_eq!(encore.id(), pris.id());
        let inconnu = json!({ "rpps": "10001045367" });
        secretaire.post("/api/v1/annuaire/praticiens", inconnu.clone()).refuse(404, "professionnel-introuvable");
        let lecteur = banc.personne("lecteur", &[(Role::Analyste, Perimetre::Region)]);
        lecteur.post("/api/v1/annuaire/praticiens", json!({ "rpps": connu(6, false).rpps })).refuse(403, "action-interdite");
        assert_eq!(rapprocher(banc).mis_a_jour, 0);
    }

    fn une_recherche_se_parcourt_page_par_page(banc) {
        let fichiers = generateur::generer(&banc.dossier().join("un"), &reglages(800)).unwrap();
        importer(banc, &fichiers.activites);
        let lecteur = banc.personne("lecteur", &[(Role::Participant, Perimetre::Patients)]);
        let entier = lecteur.get("/api/v1/annuaire/national/professionnels?nom=tilleul&limite=200").est(200).corps;
        let tous: Vec<&str> = entier["elements"].as_array().unwrap().iter().map(|e| e["rpps"].as_str().unwrap()).collect();
        assert!(tous.len() > 10, "{}", tous.len());
        let (mut vus, mut chemin) = (Vec::new(), "/api/v1/annuaire/national/professionnels?nom=tilleul&limite=4".to_owned());
        loop {
            let page = lecteur.get(&chemin).est(200).corps;
            vus.extend(page["elements"].as_array().unwrap().iter().map(|e| e["rpps"].as_str().unwrap().to_owned()));
            let Some(suivant) = page["suivant"].as_str() else { break };
            chemin = format!("/api/v1/annuaire/national/professionnels?nom=tilleul&limite=4&curseur={suivant}");
        }
        assert_eq!(vus, tous);
    }

    fn la_part_des_generalistes_joignables_monte_avec_l_annuaire(banc) {
        for rang in 1..=4 {
            banc.medecin(&format!("Aubépine{rang}"), "G15_10/SM54", rang);
        }
        let admin = banc.personne("admin", &[(Role::AdministrateurRegional, Perimetre::Region)]);
        let liste = admin.get("/api/v1/praticiens").est(200).corps;
        for praticien in liste["elements"].as_array().unwrap().iter().take(3) {
            let chemin = format!("/api/v1/praticiens/{}", praticien["id"].as_str().unwrap());
            let mut saisie = praticien.clone();
            for champ in ["id", "adresses_annuaire", "annuaire", "actif", "version", "cree_le", "modifie_le"] {
                saisie.as_object_mut().unwrap().remove(champ);
            }
            saisie["adresses"] = json!([]);
            admin.put(&chemin, 1, saisie).est(200);
        }
        let avant = admin.get("/api/v1/annuaire/couverture").est(200).corps;
        assert_eq!((avant["generalistes"].as_i64(), avant["generalistes_joignables"].as_i64()), (Some(4), Some(1)));
        let connus = vec![connu(1, true), connu(2, true), connu(3, true), connu(4, true)];
        let fichiers = generateur::generer(&banc.dossier().join("un"), &Reglages { connus, ..reglages(200) }).unwrap();
        tout_importer(banc, &fichiers);
        let apres = admin.get("/api/v1/annuaire/couverture").est(200).corps;
        assert_eq!((apres["generalistes"].as_i64(), apres["generalistes_joignables"].as_i64()), (Some(4), Some(4)));
    }

    fn la_liste_des_domaines_se_remplace_et_vaut_sans_redemarrage(banc) {
        let id = banc.medecin("Aubépine1", "G15_10/SM54", 1);
        let adresse = |banc: &Banc| adresse_securisee(banc, id).is_some();
        assert!(adresse(banc), "la liste de la configuration vaut tant qu'il n'y en a pas d'autre");
        let admin = banc.personne("admin", &[(Role::AdministrateurRegional, Perimetre::Region)]);
        let chemin = "/api/v1/annuaire/domaines-securises";
        assert_eq!(admin.get(chemin).est(200).version(), 0);
        let liste = |domaines: &[&str]| json!({ "domaines": domaines, "source": "liste blanche d'essai" });
        admin.put(chemin, 3, liste(&["autre.mssante.fr"])).refuse(412, "version-perimee");
        assert_eq!(admin.put(chemin, 0, liste(&["fr"])).refuse(422, "domaines-invalides").fautes(), ["/domaines/0"]);
        let passee = json!({ "domaines": ["autre.mssante.fr"], "source": "x", "depuis": "2026-03-01" });
        admin.put(chemin, 0, passee).refuse(422, "date-passee");
        let secretaire = banc.personne("secretaire", &[(Role::Secretaire, Perimetre::Patients)]);
        secretaire.put(chemin, 0, liste(&["autre.mssante.fr"])).refuse(403, "action-interdite");

        admin.put(chemin, 0, liste(&["autre.mssante.fr"])).est(200);
        std::thread::sleep(Duration::from_millis(1_050));
        assert!(!adresse(banc), "une adresse hors de la liste ne sert plus");
        // Next week's list waits for its day.
        let suivante = json!({ "domaines": ["essai.mssante.fr", "autre.mssante.fr"], "source": "semaine prochaine", "depuis": "2026-03-09" });
        let posee = admin.put(chemin, 1, suivante).est(200);
        assert_eq!((posee.version(), posee.corps["domaines"].as_array().unwrap().len()), (2, 2));
        std::thread::sleep(Duration::from_millis(1_050));
        assert!(!adresse(banc));
        banc.regler("2026-03-09T09:00:00Z");
        assert!(adresse(banc));
        // A file replaces it too, from a process of its own.
        let fichier = ecrire(banc, "liste.csv", b"operateur;domaine\nX;troisieme.mssante.fr\n");
        let mut commande = Command::new(env!("CARGO_BIN_EXE_dcc"));
        commande.args(["annuaire", "domaines", "--depuis", "2199-01-01"]).arg(&fichier).env("DCC_BASE", &banc.etat.config.base);
        let sortie = commande.current_dir(banc.dossier()).output().unwrap();
        assert!(sortie.status.success(), "{}", String::from_utf8_lossy(&sortie.stderr));
        let lue = admin.get(chemin).est(200).corps;
        let fins: Vec<&str> = lue["domaines"].as_array().unwrap().iter().filter_map(|d| d["jusqu_au"].as_str()).collect();
        assert_eq!(fins, ["2198-12-31", "2198-12-31"]);
    }
}

#[test]
fn le_generateur_et_l_import_se_lancent_en_ligne_de_commande() {
    // The real size is measured apart (docs/MESURES.md); this one says that the commands hold together.
    let taille = variable("DCC_LIGNES_ANNUAIRE").unwrap_or_else(|| "2000".to_owned());
    let dossier = tempfile::tempdir().unwrap();
    let base = format!("sqlite://{}", dossier.path().join("dcc.sqlite").display());
    let dcc = |arguments: &[&str]| {
        let sortie =
            Command::new(env!("CARGO_BIN_EXE_dcc")).args(arguments).env("DCC_BASE", &base).current_dir(dossier.path()).output().unwrap();
        assert!(sortie.status.success(), "{}", String::from_utf8_lossy(&sortie.stderr));
        String::from_utf8(sortie.stdout).unwrap()
    };
    dcc(&["migrate"]);
    let fichiers = dcc(&["annuaire", "generer", "--lignes", &taille, "--graine", "7", "--dossier", "annuaire", "--defauts", "500"]);
    let mut arguments = vec!["annuaire", "importer"];
    arguments.extend(fichiers.lines());
    let recit = dcc(&arguments);
    assert!(recit.contains(&format!("{taille} ajoutées")) && recit.contains("refus-2-activites.csv"), "{recit}");
    let refus = fs::read_to_string(dossier.path().join("refus-2-activites.csv")).unwrap();
    assert!(refus.starts_with("ligne;code;motif\n501;nombre-de-champs;29 champs au lieu de 56\n"), "{refus}");
    assert!(dcc(&arguments).contains("rien à faire"));
    assert!(dcc(&["annuaire", "couverture"]).contains("0 médecins généralistes sur 0"));
}
