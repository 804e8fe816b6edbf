//! Extracts for research, from the demand to the end of the project: who approves, who is out, what leaves and what never does.

use crate::support::{
    Banc,
    client::{Client, Reponse},
    scene::{Scene, complete},
};
use dcc::{
    app,
    db::{
        Demande,
        schema::{extrait_recherche, projet_recherche, trace},
        types::Id,
    },
    documents::extrait::archiver,
    jobs::runner,
    kernel::{
        Perimetre, Role,
        ids::{PraticienId, ProjetRechercheId},
    },
    messagerie::memoire::Memoire,
    metier::recherche::service::{self as recherche, Matiere},
};
use diesel::prelude::*;
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{Cursor, Read},
    path::Path,
    sync::Arc,
};

const PROJETS: &str = "/api/v1/recherche/projets";
/// In every free text of a fiche and of a proposal.
const MARQUE: &str = "Mwroxtadine";
/// What names patients.
const IDENTITES: [&str; 6] = ["Zyxquor", "Tharqwelle", "Kwazumelle", "SECRET-IPP", "1960-05-2", "59491"];

/// A demand that bears on the meetings of March 2026.
pub fn demande(complement: Value) -> Value {
    let mut corps = json!({
        "titre": "Cancers du côlon en RCP", "finalite": "Décrire les patients présentés.", "responsable": "Dr Camille Essai",
        "structure": "Centre hospitalier d'essai", "cadre": "MR-004, engagement du responsable", "du": "2026-03-01", "au": "2026-03-06",
        "variables": toutes_les_variables(), "conservation_jours": 90
    });
    // The habilitations are tried before that day.
    corps["au"] = json!("2026-03-02");
    corps.as_object_mut().unwrap().extend(complement.as_object().unwrap().clone());
    corps
}

fn toutes_les_variables() -> Vec<String> {
    let chemin = Path::new(env!("CARGO_MANIFEST_DIR")).join("referentiels/recherche/osiris.json");
    let dictionnaire: Value = serde_json::from_str(&fs::read_to_string(chemin).unwrap()).unwrap();
    let colonnes = dictionnaire["tables"].as_array().unwrap().iter().flat_map(|table| table["colonnes"].as_array().unwrap());
    colonnes.filter(|colonne| colonne["cle"] != true).map(|colonne| colonne["nom"].as_str().unwrap().to_owned()).collect()
}

/// A fiche whose every free text bears the mark.
fn marquee() -> Value {
    let mut contenu = complete();
    let m = MARQUE;
    let textes = json!({
        "antecedents": m, "comorbidites": m, "souhaits_patient": m, "paraclinique": m, "commentaire_patient": m,
        "grossesses": { "gestite": 2, "parite": 1, "projet_parental": m },
        "evaluation": { "oms": { "code": "LA9623-5" } },
        "traitements": [{ "type": "387713003", "precision": m, "debut": "2026-01-20", "fin": "2026-01-20", "statut": "realise", "commentaire": m },
            { "type": "C15632", "precision": m, "statut": "non_realise", "commentaire": m }],
        "compte_rendu_operatoire": { "date": "2026-01-20", "chirurgien": m, "conclusion": m },
        "anatomopathologie": { "date_prelevement": "2026-01-20", "pathologiste": m, "conclusion": m },
        "genetique": [{ "titre": m, "biologiste": m, "conclusion": m }],
        "synthese": { "cas": m, "question": m, "autres_donnees": m },
        "statut_dossier": { "complet": true, "commentaire": m }
    });
    contenu.as_object_mut().unwrap().extend(textes.as_object().unwrap().clone());
    contenu["motif"]["commentaire"] = json!(m);
    let tumeur = &mut contenu["tumeurs"][0];
    tumeur["date_diagnostic"] = json!("2026-01");
    tumeur["commentaire"] = json!(m);
    tumeur["autre_classification"] = json!({ "nom": m, "version": m, "valeur": m });
    tumeur["tnm"]["stade"] = json!(m);
    tumeur["tnm"]["t"] = json!("pT3 Mwroxtadine");
    contenu
}

/// The free texts of a schema, by pointer; the elements of a list are one.
fn textes_libres(schema: &Value, ici: &str, trouves: &mut BTreeSet<String>) {
    if schema["$ref"].as_str().is_some_and(|renvoi| ["ligne", "texte", "texte_long"].iter().any(|nom| renvoi == format!("#/$defs/{nom}"))) {
        trouves.insert(ici.to_owned());
    }
    for (nom, champ) in schema["properties"].as_object().into_iter().flatten() {
        textes_libres(champ, &format!("{ici}/{nom}"), trouves);
    }
    if schema["items"].is_object() {
        textes_libres(&schema["items"], &format!("{ici}/0"), trouves);
    }
}

#[test]
fn chaque_texte_libre_du_modele_national_est_marque() {
    let chemin = Path::new(env!("CARGO_MANIFEST_DIR")).join("referentiels/fiches/socle-frcp/2025.01/schema.json");
    let schema: Value = serde_json::from_str(&fs::read_to_string(chemin).unwrap()).unwrap();
    let (mut trouves, contenu) = (BTreeSet::new(), marquee());
    textes_libres(&schema, "", &mut trouves);
    assert!(trouves.len() > 20, "{trouves:?}");
    // A reason is given of a TNM that does not apply; here it does.
    trouves.remove("/tumeurs/0/tnm/raison");
    let oublies: Vec<&String> = trouves.iter().filter(|ou| contenu.pointer(ou).and_then(Value::as_str) != Some(MARQUE)).collect();
    assert!(oublies.is_empty(), "{oublies:?}");
}

/// Cases discussed on 5 March, and those who ask and approve.
struct Monde<'a> {
    banc: &'a Banc,
    scene: Scene<'a>,
    patients: Vec<String>,
    analyste: Client,
    admin: Client,
    delegue: Client,
}

impl<'a> Monde<'a> {
    fn nouveau(banc: &'a Banc, patients: usize) -> Self {
        let scene = Scene::nouvelle(banc);
        let reunion = scene.reunion("2026-03-05T17:00:00Z", Some(40));
        let patients: Vec<String> = (0..patients).map(|rang| patient(&scene, rang)).collect();
        let cas: Vec<String> = patients.iter().map(|patient| scene.inscrire(&reunion, &scene.fiche_de(patient, marquee()))).collect();
        scene.ouvrir(&reunion);
        scene.reunir(&reunion);
        let proposition = json!({ "intentions": [{ "rang": 1, "traitements": [{ "sequence": 1, "type_traitement": "C15632", "precision": MARQUE }] }],
            "synthese": MARQUE, "surveillance": MARQUE });
        for cas in &cas {
            scene.secretaire.post(&format!("{cas}/discussion"), json!({ "proposition": proposition })).est(200);
        }
        scene.clore(&reunion);
        let lue = scene.responsable.get(&reunion).est(200).version();
        scene.responsable.poster_si(&format!("{reunion}/validation"), lue).est(200);
        banc.regler("2026-03-06T09:00:00Z");
        Self {
            banc,
            scene,
            patients,
            analyste: banc.personne("analyste", &[(Role::Analyste, Perimetre::Region)]),
            admin: banc.personne("admin", &[(Role::AdministrateurRegional, Perimetre::Region)]),
            delegue: banc.personne("delegue", &[(Role::DelegueProtectionDonnees, Perimetre::Region)]),
        }
    }

    fn demander(&self, complement: Value) -> String {
        let mut corps = demande(json!({ "au": "2026-03-06" }));
        corps.as_object_mut().unwrap().extend(complement.as_object().unwrap().clone());
        format!("{PROJETS}/{}", self.analyste.post(PROJETS, corps).est(201).id())
    }

    /// An act on a project as it is now.
    fn acte(&self, client: &Client, projet: &str, acte: &str) -> Reponse {
        self.banc.avancer(60);
        client.poster_si(&format!("{projet}/{acte}"), self.version(projet))
    }

    fn version(&self, projet: &str) -> i64 {
        self.admin.get(projet).est(200).version()
    }

    fn approuver(&self, projet: &str) {
        self.acte(&self.admin, projet, "approbation").est(200);
        self.acte(&self.delegue, projet, "approbation").est(200);
    }

    fn travailler(&self) {
        runner::vider(&self.banc.etat.db, &app::ouvrier(&self.banc.etat.config, Arc::new(Memoire::default())).unwrap()).unwrap();
    }

    /// A project approved and produced.
    fn produire(&self, complement: Value) -> String {
        let projet = self.demander(complement);
        self.approuver(&projet);
        self.travailler();
        let lu = self.analyste.get(&projet).est(200).corps;
        assert_eq!(lu["etat"], "produit", "{lu:#}");
        projet
    }

    fn archive(&self, projet: &str) -> BTreeMap<String, String> {
        ouvrir(&self.analyste.poster(&format!("{projet}/telechargement")).est(200).octets)
    }
}

/// Two sexes and two départements, all born in the same years.
fn patient(scene: &Scene<'_>, rang: usize) -> String {
    let sexe = if rang.is_multiple_of(2) { "feminin" } else { "masculin" };
    let corps = json!({
        "nom_naissance": format!("Zyxquor{}", ["un", "deux", "trois", "quatre"][rang % 4]), "premier_prenom": "Tharqwelle", "sexe": sexe,
        "date_naissance": format!("1960-05-{:02}", 20 + rang % 9), "code_postal": "59491", "commune": "Kwazumelle",
        "identifiants": [{ "etablissement_id": scene.region.etablissement, "ipp": format!("SECRET-IPP{rang}") }]
    });
    scene.demandeur.post("/api/v1/patients", corps).est(201).id()
}

/// The files of an archive.
fn ouvrir(octets: &[u8]) -> BTreeMap<String, String> {
    let mut archive = zip::ZipArchive::new(Cursor::new(octets)).unwrap();
    (0..archive.len())
        .map(|rang| {
            let mut fichier = archive.by_index(rang).unwrap();
            let mut texte = String::new();
            fichier.read_to_string(&mut texte).unwrap();
            (fichier.name().unwrap().into_owned(), texte)
        })
        .collect()
}

/// The rows of a table, by column.
fn lignes(archive: &BTreeMap<String, String>, table: &str) -> Vec<BTreeMap<String, String>> {
    let mut lecteur = csv::Reader::from_reader(archive[&format!("{table}.csv")].as_bytes());
    let entetes = lecteur.headers().unwrap().clone();
    let ligne =
        |ligne: csv::StringRecord| entetes.iter().zip(ligne.iter()).map(|(nom, valeur)| (nom.to_owned(), valeur.to_owned())).collect();
    lecteur.records().map(|lue| ligne(lue.unwrap())).collect()
}

fn pseudonymes(archive: &BTreeMap<String, String>) -> BTreeSet<String> {
    lignes(archive, "Patient").into_iter().map(|ligne| ligne["Patient_Id"].clone()).collect()
}

fn id(projet: &str) -> ProjetRechercheId {
    projet.rsplit('/').next().unwrap().parse().unwrap()
}

/// How many rows of the trace an act on a project left about patients.
fn traces(banc: &Banc, projet: &str) -> i64 {
    let projet = Id(id(projet).uuid());
    banc.systeme(move |op| {
        let siennes = trace::table.filter(trace::objet_id.eq(Some(projet))).filter(trace::action.eq("exporter"));
        Ok(siennes.filter(trace::patient_id.is_not_null()).count().get_result(op.conn)?)
    })
}

sur_les_deux_bases! {
    fn un_extrait_va_de_la_demande_a_la_cloture(banc) {
        let monde = Monde::nouveau(banc, 10);
        let autre = banc.personne("autre-analyste", &[(Role::Analyste, Perimetre::Region)]);
        let projet = monde.demander(json!({}));
        let lu = monde.analyste.get(&projet).est(200).corps;
        assert_eq!((&lu["etat"], &lu["actes"][0]["acte"]), (&json!("soumis"), &json!("demander")));
        autre.get(&projet).refuse(404, "projet-introuvable");
        assert_eq!(autre.get(PROJETS).est(200).corps, json!([]));
        assert_eq!(monde.delegue.get(PROJETS).est(200).corps[0]["id"], lu["id"]);

        // Two other persons, of the region.
        monde.acte(&monde.analyste, &projet, "approbation").refuse(403, "action-interdite");
        monde.acte(&monde.admin, &projet, "approbation").est(200);
        monde.acte(&monde.admin, &projet, "approbation").refuse(409, "meme-personne");
        monde.delegue.poster_si(&format!("{projet}/approbation"), 1).refuse(412, "version-perimee");
        monde.travailler();
        monde.analyste.poster(&format!("{projet}/telechargement")).refuse(409, "extrait-non-produit");
        let approuve = monde.acte(&monde.delegue, &projet, "approbation").est(200).corps;
        assert_eq!((&approuve["etat"], &approuve["production_en_cours"]), (&json!("approuve"), &json!(true)));
        monde.acte(&monde.analyste, &projet, "production").refuse(409, "production-en-cours");
        monde.travailler();
        let produit = monde.analyste.get(&projet).est(200).corps;
        assert_eq!(produit["etat"], json!("produit"), "{produit:#}");

        // To who asked, and to nobody else.
        monde.admin.poster(&format!("{projet}/telechargement")).refuse(403, "action-interdite");
        autre.poster(&format!("{projet}/telechargement")).refuse(404, "projet-introuvable");
        let remis = monde.analyste.poster(&format!("{projet}/telechargement")).est(200);
        assert_eq!(remis.entete("content-type"), "application/zip");
        assert_eq!(remis.entete("etag"), format!("\"{}\"", produit["extrait"]["empreinte"].as_str().unwrap()));
        let archive = ouvrir(&remis.octets);
        let noms: Vec<&str> = archive.keys().map(String::as_str).collect();
        assert_eq!(noms, ["LISEZ-MOI.txt", "Patient.csv", "TNM.csv", "Treatment.csv", "TumorPathologyEvent.csv", "anonymat.json", "manifeste.json"]);
        for (nom, texte) in &archive {
            for marque in IDENTITES.iter().chain([&MARQUE]) {
                assert!(!texte.to_lowercase().contains(&marque.to_lowercase()), "{marque} dans {nom} :\n{texte}");
            }
            for patient in &monde.patients {
                assert!(!texte.contains(patient.as_str()), "{nom} nomme un patient par son identifiant");
            }
        }
        let patients = lignes(&archive, "Patient");
        assert_eq!(patients.len(), 10);
        let classes: BTreeSet<[&str; 4]> = patients
            .iter()
            .map(|p| ["Patient_Gender", "DCC_ClasseAge", "DCC_Departement", "DCC_AnneeReference"].map(|colonne| p[colonne].as_str()))
            .collect();
        assert_eq!(classes, BTreeSet::from([["HL7:F", "65-69", "59", "2026"], ["HL7:M", "65-69", "59", "2026"]]));
        let tumeurs = lignes(&archive, "TumorPathologyEvent");
        assert_eq!((tumeurs[0]["TumorPathologyEvent_TopographyCode"].as_str(), tumeurs[0]["DCC_DiagnosisDate_Jours"].as_str()), ("C18.7", "-49"));
        assert_eq!(tumeurs[0]["TumorPathologyEvent_PerformanceStatus"], "1");
        assert_eq!(lignes(&archive, "TNM")[0]["TNM_T"], "T3");
        let traitements = lignes(&archive, "Treatment");
        assert_eq!((traitements.len(), traitements[0]["Treatment_Type"].as_str()), (10, "UMLS:C0728940"), "seul ce qui est réalisé");
        let rapport: Value = serde_json::from_str(&archive["anonymat.json"]).unwrap();
        assert_eq!((&rapport["k"], &rapport["plus_petite_classe"], &rapport["patients_supprimes"]), (&json!(5), &json!(5), &json!(0)));
        let manifeste: Value = serde_json::from_str(&archive["manifeste.json"]).unwrap();
        for (nom, fichier) in manifeste["fichiers"].as_object().unwrap() {
            assert_eq!(fichier["sha256"], json!(dcc::kernel::texte::sha256(archive[nom].as_bytes())), "{nom}");
        }
        assert_eq!(traces(banc, &projet), 10, "chaque patient a sa ligne dans la trace");

        // Another project on the same patients cannot be joined.
        let second = monde.archive(&monde.produire(json!({ "titre": "Un autre projet" })));
        assert!(pseudonymes(&archive).is_disjoint(&pseudonymes(&second)));

        // The end takes the archive and the secret away.
        let secret = |projet: &str| -> Option<String> {
            let id = id(projet);
            banc.systeme(move |op| Ok(projet_recherche::table.find(id).select(projet_recherche::secret_scelle).first(op.conn)?))
        };
        assert!(secret(&projet).is_some());
        let clos = monde.acte(&monde.analyste, &projet, "cloture").est(200).corps;
        assert_eq!((&clos["etat"], clos.get("extrait")), (&json!("clos"), None));
        assert_eq!(secret(&projet), None);
        monde.analyste.poster(&format!("{projet}/telechargement")).refuse(409, "extrait-expire");
        let actes: Vec<&str> = clos["actes"].as_array().unwrap().iter().map(|acte| acte["acte"].as_str().unwrap()).collect();
        assert_eq!(actes, ["demander", "approuver", "approuver", "produire", "telecharger", "clore"]);
    }

    fn les_patients_opposes_restreints_ou_fictifs_n_y_sont_pas(banc) {
        let monde = Monde::nouveau(banc, 14);
        let demandeur = &monde.scene.demandeur;
        let chemin = |rang: usize| format!("/api/v1/patients/{}", monde.patients[rang]);
        demandeur.post(&format!("{}/oppositions", chemin(0)), json!({ "objet": "reutilisation" })).est(201);
        demandeur.post(&format!("{}/oppositions", chemin(1)), json!({ "objet": "partage_dcc" })).est(201);
        demandeur.post(&format!("{}/oppositions", chemin(2)), json!({ "objet": "dmp" })).est(201);
        demandeur.post(&format!("{}/restriction", chemin(3)), json!({ "motif": "personnel" })).est(201);
        let fictive = json!({ "homonyme": false, "douteuse": false, "fictive": true, "motif": "Patient d'essai" });
        demandeur.put(&format!("{}/identite/attributs", chemin(4)), demandeur.get(&chemin(4)).est(200).version(), fictive).est(200);
        let projet = monde.produire(json!({}));
        let archive = monde.archive(&projet);
        assert_eq!(pseudonymes(&archive).len(), 10, "une opposition au DMP n'est pas une opposition à la réutilisation");
        assert_eq!(traces(banc, &projet), 10);
        let manifeste: Value = serde_json::from_str(&archive["manifeste.json"]).unwrap();
        let peu = json!({ "opposition": "< 11", "acces_restreint": "< 11", "identite_fictive": "< 11" });
        assert_eq!(manifeste["exclusions"], peu, "un petit nombre ne se dit pas");

        // Somebody who opposes while the archive is made is not in it either.
        let projet = monde.demander(json!({}));
        monde.approuver(&projet);
        let dedans: ProjetRechercheId = id(&projet);
        let tous: Vec<_> = monde.patients.iter().map(|patient| patient.parse().unwrap()).collect();
        assert!(!banc.systeme(move |op| recherche::paraitre(op, dedans, &tous, b"archive")), "un patient opposé arrête la parution");
        assert_eq!(monde.analyste.get(&projet).est(200).corps["etat"], json!("approuve"));
    }

    fn le_meme_projet_et_les_memes_donnees_font_les_memes_octets(banc) {
        let monde = Monde::nouveau(banc, 10);
        let projet = monde.demander(json!({}));
        monde.approuver(&projet);
        let coffre = banc.etat.config.recherche.coffre().unwrap().unwrap();
        let scelle = recherche::sceller(id(&projet), &coffre, &[7; 32], [9; 32]).unwrap();
        let ouvert = { let projet = id(&projet); banc.systeme(move |op| recherche::ouvrir(op, projet, &scelle)).unwrap() };
        let faire = || {
            let lire = |op: &mut dcc::db::Op<'_>| recherche::rassembler(op, &ouvert, &coffre, "Région");
            let Matiere { extrait, manifeste, dictionnaire } = banc.etat.db.lire_ici(&Demande::systeme("essai"), lire).unwrap().unwrap();
            archiver(&extrait, manifeste, &dictionnaire).unwrap()
        };
        let premiere = faire();
        banc.avancer(3600);
        assert_eq!(premiere, faire());
        monde.travailler();
        assert_eq!(monde.analyste.poster(&format!("{projet}/telechargement")).est(200).octets, premiere);
    }

    fn qui_demande_n_approuve_pas_fut_ce_sous_un_autre_compte(banc) {
        let monde = Monde::nouveau(banc, 1);
        let double = banc.personne("double", &[(Role::Analyste, Perimetre::Region), (Role::DelegueProtectionDonnees, Perimetre::Region)]);
        let sien = format!("{PROJETS}/{}", double.post(PROJETS, demande(json!({}))).est(201).id());
        monde.acte(&double, &sien, "approbation").refuse(409, "demandeur-du-projet");

        let praticien: PraticienId = banc.medecin("Double", "G15_10/SM26", 77);
        let role = |nom: &str, role| banc.professionnel(nom, Some(praticien), &[(role, Perimetre::Region)]);
        let (administrateur, delegue) = (role("double-admin", Role::AdministrateurRegional), role("double-delegue", Role::DelegueProtectionDonnees));
        let projet = monde.demander(json!({}));
        monde.acte(&administrateur, &projet, "approbation").est(200);
        monde.acte(&delegue, &projet, "approbation").refuse(409, "meme-personne");

        let motif = json!({ "motif": "Finalité trop vague" });
        monde.admin.post_si(&format!("{projet}/refus"), monde.version(&projet), json!({ "motif": " " })).refuse(422, "contenu-invalide");
        let refuse = monde.admin.post_si(&format!("{projet}/refus"), monde.version(&projet), motif.clone()).est(200).corps;
        assert_eq!((&refuse["etat"], &refuse["motif_fin"]), (&json!("refuse"), &motif["motif"]));
        monde.acte(&monde.delegue, &projet, "approbation").refuse(409, "etat-de-projet");
    }

    fn une_demande_dit_ce_qui_ne_va_pas_et_ne_sort_pas_du_perimetre(banc) {
        let monde = Monde::nouveau(banc, 6);
        let fausse = demande(json!({ "titre": "x", "au": "2027-01-01" }));
        assert_eq!(monde.analyste.post(PROJETS, fausse).refuse(422, "contenu-invalide").fautes(), ["/titre"]);
        let fausse = demande(json!({ "au": "2027-01-01", "variables": ["nom_naissance"], "k": 2, "rcp": [monde.patients[0]] }));
        assert_eq!(monde.analyste.post(PROJETS, fausse).refuse(422, "contenu-invalide").fautes(), ["/au", "/variables/0", "/k", "/rcp/0"]);

        // An analyst of another 3C names no RCP of this one, and sees none of its patients.
        let ailleurs = banc.region(2);
        let voisin = banc.personne("analyste-voisin", &[(Role::Analyste, Perimetre::Centre3c(ailleurs.centre))]);
        let corps = demande(json!({ "rcp": [monde.scene.rcp] }));
        assert_eq!(voisin.post(PROJETS, corps).refuse(422, "contenu-invalide").fautes(), ["/rcp/0"]);
        let projet = format!("{PROJETS}/{}", voisin.post(PROJETS, demande(json!({ "au": "2026-03-06" }))).est(201).id());
        monde.approuver(&projet);
        monde.travailler();
        let lu = voisin.get(&projet).est(200).corps;
        let dernier = lu["actes"].as_array().unwrap().last().unwrap();
        assert_eq!((&lu["etat"], &dernier["acte"]), (&json!("approuve"), &json!("echouer")), "{lu:#}");
        assert!(dernier["texte"].as_str().unwrap().starts_with("Trop peu de patients"));
        // One of this 3C does, and may ask again after a failure.
        let ici = banc.personne("analyste-ici", &[(Role::Analyste, Perimetre::Centre3c(monde.scene.region.centre))]);
        let corps = demande(json!({ "au": "2026-03-06", "k": 1000, "rcp": [monde.scene.rcp], "localisations": ["C18"] }));
        let projet = format!("{PROJETS}/{}", ici.post(PROJETS, corps).est(201).id());
        monde.approuver(&projet);
        monde.travailler();
        let relance = monde.acte(&ici, &projet, "production").est(202).corps;
        assert_eq!(relance["production_en_cours"], json!(true));
        let petit = demande(json!({ "au": "2026-03-06", "rcp": [monde.scene.rcp], "localisations": ["C18.7"], "variables": ["DCC_ClasseAge"] }));
        let projet = format!("{PROJETS}/{}", ici.post(PROJETS, petit).est(201).id());
        monde.approuver(&projet);
        monde.travailler();
        let archive = ouvrir(&ici.poster(&format!("{projet}/telechargement")).est(200).octets);
        assert_eq!(archive.keys().collect::<Vec<_>>(), ["LISEZ-MOI.txt", "Patient.csv", "anonymat.json", "manifeste.json"]);
        assert_eq!(pseudonymes(&archive).len(), 6);
    }

    fn un_extrait_echu_ou_revoque_est_detruit(banc) {
        let monde = Monde::nouveau(banc, 6);
        let (echu, revoque) = (monde.produire(json!({ "conservation_jours": 1, "variables": ["DCC_ClasseAge"] })), monde.produire(json!({ "variables": ["DCC_ClasseAge"] })));
        let motif = json!({ "motif": "Avis retiré par le comité" });
        let lu = monde.delegue.post_si(&format!("{revoque}/revocation"), monde.version(&revoque), motif).est(200).corps;
        assert_eq!(lu["etat"], json!("revoque"));
        monde.analyste.poster(&format!("{revoque}/telechargement")).refuse(409, "extrait-expire");
        banc.avancer(25 * 3600);
        monde.analyste.poster(&format!("{echu}/telechargement")).refuse(409, "extrait-expire");
        assert_eq!(banc.systeme(recherche::clore_les_echus), 1);
        assert_eq!(monde.analyste.get(&echu).est(200).corps["etat"], json!("clos"));
        let restants: i64 = banc.systeme(|op| Ok(extrait_recherche::table.count().get_result(op.conn)?));
        assert_eq!(restants, 0);
    }

    fn deux_patients_rapproches_sont_une_personne(banc) {
        let monde = Monde::nouveau(banc, 7);
        let cellule = banc.personne("cellule", &[(Role::Identitovigilant, Perimetre::Region)]);
        let version = |rang: usize| monde.scene.demandeur.get(&format!("/api/v1/patients/{}", monde.patients[rang])).est(200).version();
        let corps = json!({ "absorbe_id": monde.patients[2], "version_absorbe": version(2), "motif": "Même personne, pièces vues" });
        cellule.post_si(&format!("/api/v1/patients/{}/fusion", monde.patients[0]), version(0), corps).est(201);
        let archive = monde.archive(&monde.produire(json!({ "variables": ["DCC_ClasseAge", "TNM_T"] })));
        assert_eq!((pseudonymes(&archive).len(), lignes(&archive, "TNM").len()), (6, 7));
    }
}
