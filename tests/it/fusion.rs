//! Merges without loss, undone exactly.

use crate::support::{
    Banc,
    client::Client,
    contenu::tables,
    scene::{Scene, chimiotherapie, complete},
};
use dcc::{
    app,
    jobs::runner,
    kernel::{Perimetre, Role},
    messagerie::memoire::Memoire,
    metier::rapprochement::service::tableaux_deplaces,
};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    sync::Arc,
};

const PATIENTS: &str = "/api/v1/patients";

fn identite(nom: &str, complement: Value) -> Value {
    let mut corps = json!({ "nom_naissance": nom, "premier_prenom": "Claude", "sexe": "feminin", "date_naissance": "1960-05-20" });
    corps.as_object_mut().unwrap().extend(complement.as_object().unwrap().clone());
    corps
}

fn travailler(banc: &Banc) {
    runner::vider(&banc.etat.db, &app::ouvrier(&banc.etat.config, Arc::new(Memoire::default())).unwrap()).unwrap();
}

/// The region's cell, which sees every identity.
fn cellule(banc: &Banc) -> Client {
    banc.personne("cellule", &[(Role::Identitovigilant, Perimetre::Region)])
}

fn version(banc: &Banc, id: &str) -> i64 {
    let id = id.parse().unwrap();
    banc.systeme(move |op| Ok(dcc::metier::patient::service::trouver(op, id)?.version))
}

fn fusionner(banc: &Banc, cellule: &Client, conserve: &str, absorbe: &str) -> crate::support::client::Reponse {
    let corps = json!({ "absorbe_id": absorbe, "version_absorbe": version(banc, absorbe), "motif": "Même personne, pièces vues" });
    cellule.post_si(&format!("{PATIENTS}/{conserve}/fusion"), version(banc, conserve), corps)
}

fn separer(cellule: &Client, rapprochement: &str, complement: Value) -> crate::support::client::Reponse {
    let mut corps = json!({ "motif": "Deux personnes" });
    corps.as_object_mut().unwrap().extend(complement.as_object().unwrap().clone());
    cellule.post(&format!("/api/v1/rapprochements/{rapprochement}/separation"), corps)
}

/// A validated compte-rendu of a patient, its documents made and sent; gives its path.
fn compte_rendu(banc: &Banc, scene: &Scene<'_>, patient: &str, debut: &str) -> String {
    let reunion = scene.reunion(debut, None);
    let cas = scene.inscrire(&reunion, &scene.fiche_de(patient, complete()));
    scene.ouvrir(&reunion);
    scene.reunir(&reunion);
    scene.secretaire.post(&format!("{cas}/discussion"), json!({ "proposition": chimiotherapie() })).est(200);
    scene.clore(&reunion);
    let lue = scene.responsable.get(&reunion).est(200).version();
    let resumes = scene.responsable.poster_si(&format!("{reunion}/validation"), lue).est(200).corps;
    travailler(banc);
    format!("/api/v1/comptes-rendus/{}", resumes[0]["id"].as_str().unwrap())
}

/// What the base says, but for what a merge leaves on purpose: who did what, versions, alerts that were lifted.
fn etat(banc: &Banc) -> BTreeMap<String, Vec<String>> {
    let mut tous = tables(banc, &["version", "modifie_le"]);
    for journal in ["trace", "historique_identite", "rapprochement", "deplacement", "doublon", "session", "idempotence", "job", "alerte"] {
        tous.remove(journal);
    }
    tous
}

#[track_caller]
fn memes(avant: &BTreeMap<String, Vec<String>>, apres: &BTreeMap<String, Vec<String>>) {
    for (nom, lignes) in avant {
        assert_eq!(lignes, &apres[nom], "table {nom}");
    }
}

#[test]
fn toute_table_qui_nomme_un_patient_est_deplacee_ou_dit_ce_qui_s_est_passe() {
    let texte = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/db/schema.rs")).unwrap();
    let mut tableau = "";
    let mut qui_nomment = BTreeSet::new();
    for ligne in texte.lines().map(str::trim) {
        if let Some((nom, _)) = ligne.strip_suffix('{').and_then(|l| l.split_once(" (")) {
            tableau = nom;
        } else if ligne.starts_with("patient_id ->") {
            qui_nomment.insert(tableau);
        }
    }
    let connues: BTreeSet<&str> = tableaux_deplaces()
        .into_iter()
        .chain(["trace", "alerte_acces", "historique_identite", "purge", "pierre_tombale", "designation_patient"])
        .collect();
    assert_eq!(qui_nomment, connues, "une table de plus : ajoutez-la aux rapprochements (store/fusion.rs) et à la purge");
}

sur_les_deux_bases! {
    fn tout_suit_le_patient_conserve_et_les_documents_gardent_l_identite_de_leur_jour(banc) {
        let scene = Scene::nouvelle(banc);
        let cellule = cellule(banc);
        let conserve = scene.demandeur.post(PATIENTS, identite("Lefèvre", json!({}))).est(201).id();
        let absorbe = scene.demandeur.post(PATIENTS, identite("Lefebvre", json!({}))).est(201).id();
        let cr = compte_rendu(banc, &scene, &absorbe, "2026-03-05T17:00:00Z");
        let avant = scene.responsable.get(&cr).est(200).corps;
        let pdf = scene.responsable.get(&format!("{cr}/document.pdf")).est(200).octets;
        scene.demandeur.post(&format!("{PATIENTS}/{absorbe}/oppositions"), json!({ "objet": "partage_dcc" })).est(201);

        let fait = fusionner(banc, &cellule, &conserve, &absorbe).est(201);
        for (table, nombre) in [("dossier", 1), ("fiche", 1), ("inscription", 1), ("compte_rendu", 1), ("opposition", 1)] {
            assert_eq!(fait.corps["deplaces"][table], nombre, "{table} : {:#}", fait.corps);
        }
        let apres = scene.demandeur.get(&cr).est(200).corps;
        assert_eq!(apres["patient_id"], json!(conserve));
        assert_eq!((&apres["contenu"], &apres["empreinte"], &apres["id"]), (&avant["contenu"], &avant["empreinte"], &avant["id"]));
        assert_eq!(apres["contenu"]["patient"]["nom_naissance"], "Lefebvre");
        assert_eq!(scene.demandeur.get(&format!("{cr}/document.pdf")).est(200).octets, pdf);
        let dossiers = scene.demandeur.get(&format!("{PATIENTS}/{conserve}/dossiers")).est(200).corps;
        assert_eq!(dossiers.as_array().map(Vec::len), Some(1));

        // The absorbed patient says where the file went, to who may see it.
        let parti = scene.demandeur.get(&format!("{PATIENTS}/{absorbe}")).refuse(410, "patient-absorbe");
        assert_eq!(parti.corps["conserve_id"], json!(conserve));
        let etranger = banc.personne("etranger", &[(Role::Secretaire, Perimetre::Etablissement(banc.region(2).etablissement))]);
        etranger.get(&format!("{PATIENTS}/{absorbe}")).refuse(404, "patient-introuvable");
        scene.demandeur.put(&format!("{PATIENTS}/{absorbe}"), 2, identite("X", json!({}))).refuse(410, "patient-absorbe");

        // The opposition of either side holds: no other case of the patient is registered.
        let autre = scene.fiche_de(&conserve, complete());
        let reunion = scene.reunion("2026-03-12T17:00:00Z", None);
        scene.demandeur.post(&format!("{reunion}/inscriptions"), json!({ "fiche_id": autre })).refuse(409, "patient-oppose");
        let oppositions = scene.demandeur.get(&format!("{PATIENTS}/{conserve}/oppositions")).est(200).corps;
        assert_eq!(oppositions[0]["objet"], "partage_dcc");
        let historique = scene.demandeur.get(&format!("{PATIENTS}/{conserve}/identite/historique")).est(200).corps;
        assert_eq!((&historique[0]["acte"], &historique[0]["patient_id"]), (&json!("fusionner"), &json!(absorbe)));
    }

    fn une_fusion_defaite_rend_la_base_telle_qu_elle_etait(banc) {
        let scene = Scene::nouvelle(banc);
        let cellule = cellule(banc);
        let etablissements: Vec<_> = (5..9).map(|rang| banc.etablissement(rang, scene.region.territoire)).collect();
        let medecins: Vec<_> = (20..23).map(|rang| banc.medecin("Traitant", "G15_10/SM53", rang)).collect();
        let numero = |rangs: &[usize], prefixe: &str| -> Value {
            rangs.iter().map(|rang| json!({ "etablissement_id": etablissements[*rang], "ipp": format!("{prefixe}{rang}") })).collect()
        };
        // Numbers, correspondents and demands that meet, and some that do not, over several histories.
        let histoires: [(Value, Value, &[usize], &[usize], bool); 4] = [
            (json!({}), json!({}), &[], &[], false),
            (json!({ "identifiants": numero(&[0, 1], "A") }), json!({ "identifiants": numero(&[1, 2], "B") }), &[0], &[0, 1], true),
            (json!({ "medecin_traitant_id": medecins[0] }), json!({ "medecin_traitant_id": medecins[0], "identifiants": numero(&[3], "C") }), &[], &[2], true),
            (
                json!({ "medecin_traitant_id": medecins[1], "statut_identite": "validee", "justificatif": "passeport" }),
                json!({ "ins": "260055935012345", "ins_oid": "1.2.250.1.213.1.4.8", "statut_identite": "recuperee" }),
                &[1], &[1], false,
            ),
        ];
        for (rang, (sien, autre, siens, autres, clinique)) in histoires.into_iter().enumerate() {
            let mut autre = autre;
            if autre.get("ins").is_some() {
                autre["ins"] = json!(dcc::kernel::identite::Ins::avec_cle("2600559350123").unwrap().to_string());
            }
            let conserve = scene.demandeur.post(PATIENTS, identite(&format!("Lefèvre{rang}"), sien)).est(201).id();
            let absorbe = scene.demandeur.post(PATIENTS, identite(&format!("Lefebvre{rang}"), autre)).est(201).id();
            for (id, correspondants) in [(&conserve, siens), (&absorbe, autres)] {
                let liste: Vec<Value> = correspondants.iter().map(|m| json!({ "praticien_id": medecins[*m], "qualite": "Pneumologue" })).collect();
                scene.demandeur.put(&format!("{PATIENTS}/{id}/correspondants"), 1, json!({ "correspondants": liste })).est(200);
                scene.demandeur.post(&format!("{PATIENTS}/{id}/oppositions"), json!({ "objet": "dmp" })).est(201);
                scene.demandeur.post(&format!("{PATIENTS}/{id}/dossiers"), json!({ "libelle": "Côlon", "referent_id": medecins[2] })).est(201);
                let demandee = id == &conserve;
                scene.demandeur.put(&format!("{PATIENTS}/{id}/demande-envoi"), 0, json!({ "demandee": demandee })).est(200);
            }
            if clinique {
                compte_rendu(banc, &scene, &absorbe, &format!("2026-03-{:02}T17:00:00Z", 4 + rang));
            }
            let avant = etat(banc);
            let fait = fusionner(banc, &cellule, &conserve, &absorbe).est(201).id();
            assert_ne!(avant, etat(banc), "la fusion n'a rien fait");
            separer(&cellule, &fait, json!({})).est(200);
            memes(&avant, &etat(banc));
            separer(&cellule, &fait, json!({})).refuse(409, "rapprochement-defait");
            // And again: a second merge of the same pair is another one.
            let refait = fusionner(banc, &cellule, &conserve, &absorbe).est(201).id();
            separer(&cellule, &refait, json!({})).est(200);
            memes(&avant, &etat(banc));
        }
    }

    fn ce_qui_s_ecrit_apres_une_fusion_reste_au_conserve_sauf_dans_les_dossiers_qui_reviennent(banc) {
        let scene = Scene::nouvelle(banc);
        let cellule = cellule(banc);
        let conserve = scene.demandeur.post(PATIENTS, identite("Lefèvre", json!({}))).est(201).id();
        let absorbe = scene.demandeur.post(PATIENTS, identite("Lefebvre", json!({}))).est(201).id();
        let ancien = scene.demandeur.post(&format!("{PATIENTS}/{absorbe}/dossiers"), json!({ "libelle": "Ancien" })).est(201).id();
        let fait = fusionner(banc, &cellule, &conserve, &absorbe).est(201).id();

        // Written since: a case in the old dossier, two new dossiers, two oppositions.
        let fiche = scene.demandeur.post(&format!("/api/v1/dossiers/{ancien}/fiches"), json!({ "contenu": {} })).est(201).id();
        let cas = scene.inscrire(&scene.reunion("2026-03-12T17:00:00Z", None), &fiche);
        let dossier = |libelle: &str| scene.demandeur.post(&format!("{PATIENTS}/{conserve}/dossiers"), json!({ "libelle": libelle })).est(201).id();
        let (reste, choisi) = (dossier("Reste"), dossier("Choisi"));
        let opposition = |objet: &str| scene.demandeur.post(&format!("{PATIENTS}/{conserve}/oppositions"), json!({ "objet": objet })).est(201).id();
        let (_, choisie) = (opposition("dmp"), opposition("reutilisation"));

        let inconnu = uuid::Uuid::from_u128(9);
        separer(&cellule, &fait, json!({ "dossiers": [inconnu] })).refuse(422, "choix-etranger");
        separer(&cellule, &fait, json!({ "dossiers": [choisi], "oppositions": [choisie] })).est(200);
        let a_qui = |dossier: &str| scene.demandeur.get(&format!("/api/v1/dossiers/{dossier}")).est(200).corps["patient_id"].clone();
        assert_eq!((a_qui(&ancien), a_qui(&choisi), a_qui(&reste)), (json!(absorbe), json!(absorbe), json!(conserve)));
        assert_eq!(scene.demandeur.get(&format!("/api/v1/fiches/{fiche}")).est(200).corps["patient_id"], json!(absorbe));
        assert_eq!(scene.secretaire.get(&cas).est(200).corps["patient_id"], json!(absorbe));
        let objets = |id: &str| -> Vec<Value> {
            scene.demandeur.get(&format!("{PATIENTS}/{id}/oppositions")).est(200).corps.as_array().unwrap().iter().map(|o| o["objet"].clone()).collect()
        };
        assert_eq!((objets(&conserve), objets(&absorbe)), (vec![json!("dmp")], vec![json!("reutilisation")]));
        // The secretary of the meeting where the case is registered sees the patient who came back, not the other.
        scene.secretaire.get(&format!("{PATIENTS}/{absorbe}")).est(200);
        scene.secretaire.get(&format!("{PATIENTS}/{conserve}")).refuse(404, "patient-introuvable");
    }

    fn une_fusion_qui_melerait_deux_identites_est_refusee(banc) {
        let scene = Scene::nouvelle(banc);
        let cellule = cellule(banc);
        let ins = |treize: &str| dcc::kernel::identite::Ins::avec_cle(treize).unwrap().to_string();
        let qualifiee = |treize: &str| json!({ "ins": ins(treize), "ins_oid": "1.2.250.1.213.1.4.8", "statut_identite": "qualifiee", "justificatif": "passeport" });
        let creer = |nom: &str, complement: Value| scene.demandeur.post(PATIENTS, identite(nom, complement)).est(201).id();
        let (un, deux) = (creer("Un", qualifiee("2600559350001")), creer("Deux", qualifiee("2600559350002")));
        let provisoire = creer("Trois", json!({}));
        fusionner(banc, &cellule, &un, &deux).refuse(409, "ins-differents");
        fusionner(banc, &cellule, &provisoire, &un).refuse(409, "sens-du-rapprochement");
        fusionner(banc, &cellule, &un, &un).refuse(422, "meme-patient");
        let corps = json!({ "absorbe_id": provisoire, "version_absorbe": 9, "motif": "Essai" });
        cellule.post_si(&format!("{PATIENTS}/{un}/fusion"), 1, corps).refuse(412, "version-perimee");
        let attributs = json!({ "homonyme": false, "douteuse": false, "fictive": true, "motif": "Patient d'essai" });
        scene.demandeur.put(&format!("{PATIENTS}/{provisoire}/identite/attributs"), 1, attributs).est(200);
        fusionner(banc, &cellule, &un, &provisoire).refuse(409, "rapprochement-fictif");

        let quatre = creer("Quatre", json!({}));
        let premiere = fusionner(banc, &cellule, &un, &quatre).est(201).id();
        fusionner(banc, &cellule, &un, &quatre).refuse(410, "patient-absorbe");
        // A chain is undone by its end.
        let cinq = creer("Cinq", json!({}));
        let six = creer("Six", json!({}));
        let interne = fusionner(banc, &cellule, &cinq, &six).est(201).id();
        let externe = fusionner(banc, &cellule, &un, &cinq).est(201).id();
        assert_eq!(scene.demandeur.get(&format!("{PATIENTS}/{six}")).refuse(410, "patient-absorbe").corps["conserve_id"], json!(un));
        separer(&cellule, &interne, json!({})).refuse(409, "conserve-absorbe");
        separer(&cellule, &externe, json!({})).est(200);
        separer(&cellule, &interne, json!({})).est(200);
        scene.demandeur.get(&format!("{PATIENTS}/{six}")).est(200);

        let local = banc.personne("local", &[(Role::AdministrateurLocal, Perimetre::Etablissement(scene.region.etablissement))]);
        let corps = json!({ "absorbe_id": cinq, "version_absorbe": 1, "motif": "Essai" });
        local.post_si(&format!("{PATIENTS}/{un}/fusion"), 1, corps.clone()).refuse(403, "action-interdite");
        let ailleurs = banc.personne("ailleurs", &[(Role::Identitovigilant, Perimetre::Etablissement(banc.region(2).etablissement))]);
        ailleurs.post_si(&format!("{PATIENTS}/{un}/fusion"), 1, corps).refuse(404, "patient-introuvable");
        ailleurs.get(&format!("/api/v1/rapprochements/{premiere}")).refuse(404, "rapprochement-introuvable");
        let dpo = banc.personne("dpo", &[(Role::DelegueProtectionDonnees, Perimetre::Region)]);
        assert_eq!(dpo.get(&format!("/api/v1/rapprochements/{premiere}")).est(200).corps["absorbe_id"], json!(quatre));
        assert_eq!(dpo.get(&format!("{PATIENTS}/{un}/rapprochements")).est(200).corps.as_array().map(Vec::len), Some(2));
        separer(&dpo, &premiere, json!({})).refuse(403, "action-interdite");
    }

    fn un_document_valide_ne_change_de_patient_que_par_un_deplacement_ecrit(banc) {
        use dcc::db::schema::compte_rendu;
        use diesel::prelude::*;
        let scene = Scene::nouvelle(banc);
        let un = scene.demandeur.post(PATIENTS, identite("Lefèvre", json!({}))).est(201).id();
        let autre = scene.demandeur.post(PATIENTS, identite("Durand", json!({}))).est(201).id();
        compte_rendu(banc, &scene, &un, "2026-03-05T17:00:00Z");
        let autre: dcc::kernel::ids::PatientId = autre.parse().unwrap();
        let demande = dcc::db::Demande::systeme("essai");
        let force = banc.etat.db.ecrire_ici(&demande, move |op| {
            Ok(diesel::update(compte_rendu::table).set(compte_rendu::patient_id.eq(autre)).execute(op.conn)?)
        });
        assert!(force.is_err(), "la base a laissé faire");
    }
}
