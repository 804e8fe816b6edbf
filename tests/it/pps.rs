//! Programmes handed to patients: written from the compte-rendu, handed once, replaced by new versions only.

mod envoi;

use crate::api::comparer;
use crate::support::{
    Banc,
    client::Client,
    scene::{Scene, chimiotherapie, complete},
};
use dcc::{
    app,
    db::schema::{programme, trace},
    documents::cda,
    jobs::runner,
    kernel::{Perimetre, Role, ids::ProgrammeId},
    messagerie::{Expediteur, memoire::Memoire},
    metier::{compte_rendu::model::empreinte, fiche::model::fusionner, pps::model::ContenuProgramme, referentiel::lot::Lot},
};
use diesel::prelude::*;
use serde_json::{Value, json};
use std::sync::Arc;

const JEUDI: &str = "2026-03-05T17:00:00Z";
const LENDEMAIN: &str = "2026-03-06T09:00:00Z";

/// A patient whose case was discussed, the day after.
struct Cas {
    patient: String,
    dossier: String,
    compte_rendu: String,
}

fn discute(banc: &Banc, scene: &Scene<'_>) -> Cas {
    let reunion = scene.reunion(JEUDI, None);
    let identite = json!({ "nom_naissance": "Lefèvre", "premier_prenom": "Claude", "sexe": "feminin", "date_naissance": "1960-05-20" });
    let patient = scene.demandeur.post("/api/v1/patients", identite).est(201).id();
    let mut contenu = complete();
    contenu["traitements"] = json!([
        { "type": "387713003", "precision": "Colectomie", "fin": "2026-02", "statut": "realise" },
        { "type": "C547", "statut": "en_cours" }, { "type": "C15313", "statut": "non_realise" }
    ]);
    let fiche = scene.fiche_de(&patient, contenu);
    let cas = scene.inscrire(&reunion, &fiche);
    scene.ouvrir(&reunion);
    scene.reunir(&reunion);
    scene.secretaire.post(&format!("{cas}/discussion"), json!({ "proposition": chimiotherapie() })).est(200);
    scene.clore(&reunion);
    let version = scene.responsable.get(&reunion).est(200).version();
    let resumes = scene.responsable.poster_si(&format!("{reunion}/validation"), version).est(200).corps;
    banc.regler(LENDEMAIN);
    let texte = |nom: &str| resumes[0][nom].as_str().unwrap().to_owned();
    Cas { patient, dossier: texte("dossier_id"), compte_rendu: texte("id") }
}

/// What a doctor writes besides what the compte-rendu gave.
pub fn ecrit_par_le_medecin() -> Value {
    json!({
        "annonce": { "date_annonce": "2026-03-06", "explication": "Vous avez une tumeur de l'intestin. Elle a été enlevée.", "objectif": "Éviter une rechute." },
        "contacts": [{ "role": "Infirmière de coordination", "nom": "Mme Anne MARTIN", "telephone": "03 20 00 00 12", "quand": "De 9 h à 17 h." }],
        "urgence": { "telephone": "03 20 00 00 15", "signes": ["Plus de 38 °C de fièvre."] },
        "soins_support": [{ "type": "ORG-036", "debut_prevu": "2026-04", "lieu": "Hôpital" }]
    })
}

fn remise(scene: &Scene<'_>) -> Value {
    json!({ "destinataire": "patient", "etablissement_id": scene.region.etablissement })
}

/// A PPS begun from the compte-rendu and filled; gives its path.
fn rempli(scene: &Scene<'_>, cas: &Cas) -> String {
    let corps = json!({ "genre": "pps", "compte_rendu_id": cas.compte_rendu, "saisie": ecrit_par_le_medecin() });
    let cree = scene.demandeur.post(&format!("/api/v1/dossiers/{}/programmes", cas.dossier), corps).est(201);
    assert_eq!(cree.corps["manquants"], json!([]), "{:#}", cree.corps);
    format!("/api/v1/programmes/{}", cree.id())
}

fn remis(scene: &Scene<'_>, cas: &Cas) -> String {
    let pps = rempli(scene, cas);
    scene.demandeur.post_si(&format!("{pps}/remise"), 1, remise(scene)).est(200);
    pps
}

fn travailler(banc: &Banc) {
    let expediteur = Arc::new(Memoire::default()) as Arc<dyn Expediteur>;
    runner::vider(&banc.etat.db, &app::ouvrier(&banc.etat.config, expediteur).unwrap()).unwrap();
}

fn retirer(client: &Client, chemin: &str, version: i64) -> crate::support::client::Reponse {
    client.envoyer("DELETE", chemin, None, &[("If-Match", &format!("\"v{version}\""))])
}

/// Acts traced on programmes.
fn traces(banc: &Banc) -> Vec<String> {
    banc.systeme(|op| {
        let lignes = trace::table.filter(trace::objet_type.eq("programme")).filter(trace::patient_id.is_not_null());
        Ok(lignes.order(trace::id).select(trace::action).load(op.conn)?)
    })
}

sur_les_deux_bases! {
    fn un_pps_part_du_compte_rendu_et_attend_les_mots_du_medecin(banc) {
        let scene = Scene::nouvelle(banc);
        let cas = discute(banc, &scene);
        let chemin = format!("/api/v1/dossiers/{}/programme-prerempli?genre=pps&compte_rendu={}", cas.dossier, cas.compte_rendu);
        let lu = scene.demandeur.get(&chemin).est(200).corps;
        assert_eq!(lu["modele"], "pps@2026-01");
        let saisie = &lu["saisie"];
        assert_eq!(saisie["annonce"], json!({ "date_rcp": "2026-03-05" }));
        assert_eq!(saisie["tumeurs"][0], json!({ "topographie": "C18.7", "morphologie": "8140/3",
            "tnm": { "applicable": true, "edition": "8", "t": "pT3", "n": "N1", "m": "M0" } }));
        assert_eq!(saisie["decouverte"], json!({ "depistage": true }));
        assert_eq!(saisie["traitements"], json!([
            { "type": "387713003", "statut": "realise", "fin": "2026-02", "precision": "Colectomie" },
            { "type": "C15445", "statut": "en_cours" },
            { "type": "C15632", "statut": "a_venir", "precision": "FOLFOX" }
        ]));
        assert_eq!(saisie["contacts"][0]["nom"], "Dr Camille DEMANDEUR");
        let manquants: Vec<&str> = lu["manquants"].as_array().unwrap().iter().map(|m| m["pointer"].as_str().unwrap()).collect();
        for attendu in ["/annonce/explication", "/contacts/0/telephone", "/urgence/telephone"] {
            assert!(manquants.contains(&attendu), "{manquants:?}");
        }
        assert_eq!(scene.demandeur.get(&format!("/api/v1/dossiers/{}/programmes", cas.dossier)).est(200).corps, json!([]));
    }

    fn un_brouillon_peut_manquer_de_tout_mais_pas_etre_faux(banc) {
        let scene = Scene::nouvelle(banc);
        let cas = discute(banc, &scene);
        let programmes = format!("/api/v1/dossiers/{}/programmes", cas.dossier);
        let faux = json!({ "genre": "pps", "saisie": { "traitements": [{ "type": "C547", "statut": "fini" }], "annonce": { "date_rcp": "2027-01-01" } } });
        let refus = scene.demandeur.post(&programmes, faux).refuse(422, "contenu-invalide");
        assert_eq!(refus.fautes(), ["/annonce/date_rcp", "/traitements/0/statut", "/traitements/0/type"]);
        scene.demandeur.post(&programmes, json!({ "genre": "pps", "modele": "socle-frcp" })).refuse(422, "contenu-invalide");
        scene.demandeur.post(&programmes, json!({ "genre": "pps", "modele": "ppac" })).refuse(422, "contenu-invalide");

        let cree = scene.demandeur.post(&programmes, json!({ "genre": "pps" })).est(201);
        assert_eq!((&cree.corps["etat"], &cree.corps["numero_version"], &cree.corps["modele_version"]), (&json!("brouillon"), &json!(1), &json!("2026-01")));
        let pps = format!("/api/v1/programmes/{}", cree.id());
        assert_eq!(cree.entete("location"), pps);
        scene.demandeur.post(&programmes, json!({ "genre": "pps" })).refuse(409, "programme-existant");

        let change = scene.demandeur.patch(&pps, 1, json!({ "annonce": { "explication": "Simple." } })).est(200);
        assert_eq!(change.version(), 2);
        scene.demandeur.patch(&pps, 1, json!({ "commentaire": "trop tard" })).refuse(412, "version-perimee");
        let refus = scene.demandeur.post_si(&format!("{pps}/remise"), 2, remise(&scene)).refuse(422, "contenu-invalide");
        assert!(refus.fautes().contains(&"/saisie/annonce/date_rcp"), "{:?}", refus.fautes());
        assert!(refus.fautes().iter().all(|faute| faute.starts_with("/saisie/")));
        scene.demandeur.get(&format!("{pps}/document.pdf")).refuse(409, "programme-non-remis");

        scene.demandeur.envoyer("DELETE", &pps, None, &[]).refuse(428, "version-absente");
        retirer(&scene.demandeur, &pps, 1).refuse(412, "version-perimee");
        retirer(&scene.demandeur, &pps, 2).est(204);
        scene.demandeur.get(&pps).refuse(404, "programme-introuvable");
        scene.demandeur.post(&programmes, json!({ "genre": "pps" })).est(201);
    }

    fn un_pps_remis_est_fige_avec_les_mots_du_jour_et_ne_change_plus(banc) {
        let scene = Scene::nouvelle(banc);
        let cas = discute(banc, &scene);
        let pps = rempli(&scene, &cas);
        scene.demandeur.post(&format!("{pps}/remise"), remise(&scene)).refuse(428, "version-absente");
        let sans_nom = json!({ "destinataire": "representant_legal", "date": "2026-03-20", "etablissement_id": scene.region.etablissement });
        assert_eq!(scene.demandeur.post_si(&format!("{pps}/remise"), 1, sans_nom).refuse(422, "contenu-invalide").fautes(), ["/date", "/destinataire_nom"]);

        let lu = scene.demandeur.post_si(&format!("{pps}/remise"), 1, remise(&scene)).est(200);
        assert_eq!((lu.version(), &lu.corps["etat"], &lu.corps["completude"]), (2, &json!("remis"), &json!(100)));
        let (fixe, contenu) = (&lu.corps["remise"], &lu.corps["remise"]["contenu"]);
        assert_eq!(fixe["empreinte"], empreinte(contenu));
        assert_eq!((&fixe["date"], &fixe["professionnel_id"]), (&json!("2026-03-06"), &json!(scene.demandeur_id)));
        assert_eq!(contenu["saisie"]["traitements"][2]["type"]["libelle"], "chimiothérapie");
        assert_eq!(contenu["compte_rendu"]["date_reunion"], "2026-03-05");
        let expliques: Vec<&str> = contenu["lexique"].as_array().unwrap().iter().map(|d| d["terme"].as_str().unwrap()).collect();
        assert_eq!(expliques, ["RCP", "Intervention chirurgicale", "Chimiothérapie", "Hormonothérapie", "Rechute"]);
        assert!(contenu["information"].as_str().unwrap().contains("Institut national du cancer"));

        scene.demandeur.patch(&pps, 2, json!({ "commentaire": "x" })).refuse(409, "programme-remis");
        scene.demandeur.post_si(&format!("{pps}/remise"), 2, remise(&scene)).refuse(409, "programme-remis");
        retirer(&scene.demandeur, &pps, 2).refuse(409, "programme-remis");
        let id: ProgrammeId = pps.rsplit('/').next().unwrap().parse().unwrap();
        let force = banc.systeme(move |op| Ok(diesel::update(programme::table.find(id)).set(programme::auteur_nom.eq("faussaire")).execute(op.conn).is_err()));
        assert!(force, "la base refuse de changer ce qui est remis");
        assert_eq!(traces(banc), ["creer", "remettre"]);
    }

    fn une_nouvelle_version_remplace_la_precedente_a_sa_remise(banc) {
        let scene = Scene::nouvelle(banc);
        let cas = discute(banc, &scene);
        let pps = remis(&scene, &cas);
        let suite = format!("{pps}/nouvelle-version");
        assert_eq!(scene.demandeur.post_si(&suite, 2, json!({ "motif": "X" })).refuse(422, "contenu-invalide").fautes(), ["/motif"]);
        scene.demandeur.post_si(&suite, 1, json!({ "motif": "GEN-176" })).refuse(412, "version-perimee");
        let nouvelle = scene.demandeur.post_si(&suite, 2, json!({ "motif": "GEN-176", "precision": "Séance reportée." })).est(201);
        assert_eq!((&nouvelle.corps["numero_version"], &nouvelle.corps["etat"]), (&json!(2), &json!("brouillon")));
        assert_eq!(nouvelle.corps["saisie"], scene.demandeur.get(&pps).est(200).corps["saisie"]);
        scene.demandeur.post_si(&suite, 2, json!({ "motif": "GEN-176" })).refuse(409, "version-en-cours");
        assert_eq!(scene.demandeur.get(&pps).est(200).corps["etat"], "remis", "l'ancienne vaut jusqu'à la remise");

        let deux = format!("/api/v1/programmes/{}", nouvelle.id());
        scene.demandeur.patch(&deux, 1, json!({ "commentaire": "La séance du 12 est reportée." })).est(200);
        let remise_deux = scene.demandeur.post_si(&format!("{deux}/remise"), 2, remise(&scene)).est(200).corps;
        let remplace = &remise_deux["remise"]["contenu"]["document"]["remplace"];
        assert_eq!((&remplace["numero_version"], &remplace["motif"]["libelle"]), (&json!(1), &json!("Modification de calendrier")));
        let ancienne = scene.demandeur.get(&pps).est(200).corps;
        assert_eq!((&ancienne["etat"], &ancienne["remplace_par_id"]), (&json!("remplace"), &remise_deux["id"]));
        scene.demandeur.post_si(&suite, 3, json!({ "motif": "GEN-176" })).refuse(409, "programme-non-en-vigueur");

        let liste = scene.demandeur.get(&format!("/api/v1/patients/{}/programmes", cas.patient)).est(200).corps;
        let vus: Vec<(i64, &str)> = liste.as_array().unwrap().iter().map(|p| (p["numero_version"].as_i64().unwrap(), p["etat"].as_str().unwrap())).collect();
        assert_eq!(vus, [(2, "remis"), (1, "remplace")]);
    }

    fn les_documents_se_telechargent_une_fois_rendus_et_ne_changent_plus(banc) {
        let scene = Scene::nouvelle(banc);
        let cas = discute(banc, &scene);
        let pps = remis(&scene, &cas);
        let pdf = format!("{pps}/document.pdf");
        assert_eq!(scene.demandeur.get(&pdf).refuse(409, "document-en-preparation").entete("retry-after"), "5");
        travailler(banc);
        let lu = scene.demandeur.get(&pdf).est(200);
        assert_eq!((lu.entete("content-type"), lu.octets.starts_with(b"%PDF-1.4")), ("application/pdf", true));
        assert!(!lu.entete("content-disposition").to_lowercase().contains("lef"), "le nom du fichier ne dit rien du patient");
        assert_eq!(scene.demandeur.get(&pps).est(200).corps["documents"], json!(["pdf", "cda", "xdm"]));
        let cda = scene.demandeur.get(&format!("{pps}/document.xml")).est(200);
        assert_eq!(cda.entete("content-type"), "text/xml");
        let xml = String::from_utf8(cda.octets).unwrap();
        assert!(xml.contains("root=\"1.2.250.1.213.1.1.1.26\" extension=\"2025.01\""));
        assert!(xml.contains("Copie du document"));
        travailler(banc);
        assert_eq!(scene.demandeur.get(&pdf).est(200).octets, lu.octets);
    }

    fn un_ppac_part_du_pps_remis(banc) {
        let scene = Scene::nouvelle(banc);
        let cas = discute(banc, &scene);
        remis(&scene, &cas);
        let corps = json!({ "genre": "ppac", "saisie": {
            "bilan": { "fin_traitements": "2026-03", "maladie": "Vous avez été soignée pour une tumeur de l'intestin." },
            "surveillance": [{ "type": "11429006", "rythme": "Tous les 6 mois", "par": "Médecin traitant et hôpital, en alternance" }],
            "urgence": { "signes": ["Du sang dans les selles."] }
        } });
        let cree = scene.demandeur.post(&format!("/api/v1/dossiers/{}/programmes", cas.dossier), corps).est(201);
        let saisie = &cree.corps["saisie"];
        assert_eq!(saisie["bilan"]["traitements"], json!([{ "type": "387713003", "precision": "Colectomie", "fin": "2026-02" }, { "type": "C15445" }]));
        assert_eq!((&saisie["urgence"]["telephone"], &saisie["contacts"][0]["telephone"]), (&json!("03 20 00 00 15"), &json!("03 20 00 00 12")));
        let ppac = format!("/api/v1/programmes/{}", cree.id());
        scene.demandeur.post_si(&format!("{ppac}/remise"), 1, remise(&scene)).est(200);
        travailler(banc);
        assert!(scene.demandeur.get(&format!("{ppac}/document.pdf")).est(200).octets.starts_with(b"%PDF-1.4"));
        let xml = String::from_utf8(scene.demandeur.get(&format!("{ppac}/document.xml")).est(200).octets).unwrap();
        assert!(xml.contains("<templateId root=\"1.3.6.1.4.1.19376.1.2.20\"/>") && xml.contains("<nonXMLBody"));
    }

    fn un_compte_rendu_d_un_autre_dossier_n_est_pas_repris(banc) {
        let scene = Scene::nouvelle(banc);
        let cas = discute(banc, &scene);
        let autre = scene.demandeur.post(&format!("/api/v1/patients/{}/dossiers", cas.patient), json!({ "libelle": "Sein" })).est(201).id();
        let corps = json!({ "genre": "pps", "compte_rendu_id": cas.compte_rendu });
        scene.demandeur.post(&format!("/api/v1/dossiers/{autre}/programmes"), corps.clone()).refuse(409, "compte-rendu-etranger");
        let inconnu = json!({ "genre": "pps", "compte_rendu_id": "0195d0c2-0000-7000-8000-000000000000" });
        scene.demandeur.post(&format!("/api/v1/dossiers/{autre}/programmes"), inconnu).refuse(409, "compte-rendu-etranger");
        scene.demandeur.poster_si(&format!("/api/v1/dossiers/{autre}/cloture"), 1).est(200);
        scene.demandeur.post(&format!("/api/v1/dossiers/{autre}/programmes"), json!({ "genre": "pps" })).refuse(409, "dossier-clos");
    }

    fn seule_l_equipe_de_soins_lit_un_programme_et_peu_le_remettent(banc) {
        let scene = Scene::nouvelle(banc);
        let cas = discute(banc, &scene);
        let pps = rempli(&scene, &cas);
        let region = banc.personne("region", &[(Role::AdministrateurRegional, Perimetre::Region)]);
        let participant = banc.personne("participant", &[(Role::Participant, Perimetre::Rcp(scene.rcp))]);
        let soignante_id = banc.medecin("Soignante", "G15_10/SM26", 9);
        let soignante = banc.professionnel("soignante", Some(soignante_id), &[(Role::Soignant, Perimetre::Rcp(scene.rcp))]);
        let ailleurs = banc.medecin("Ailleurs", "G15_10/SM26", 10);
        let ailleurs = banc.professionnel("ailleurs", Some(ailleurs), &[(Role::MedecinTraitant, Perimetre::Patients)]);

        ailleurs.get(&pps).refuse(404, "programme-introuvable");
        ailleurs.post(&format!("/api/v1/dossiers/{}/programmes", cas.dossier), json!({ "genre": "ppac" })).refuse(404, "dossier-introuvable");
        region.get(&pps).refuse(403, "action-interdite");
        banc.anonyme().get(&pps).refuse(401, "authentification-requise");

        participant.get(&pps).est(200);
        participant.patch(&pps, 1, json!({ "commentaire": "x" })).refuse(403, "action-interdite");
        let version = scene.secretaire.patch(&pps, 1, json!({ "commentaire": "Bon courage." })).est(200).version();
        scene.secretaire.post_si(&format!("{pps}/remise"), version, remise(&scene)).refuse(403, "action-interdite");
        let remis = soignante.post_si(&format!("{pps}/remise"), version, remise(&scene)).est(200).corps;
        assert_eq!(remis["remise"]["professionnel_id"], json!(soignante_id));
    }

    fn une_region_ecrit_son_modele_et_il_n_est_pas_celui_d_une_fiche(banc) {
        let scene = Scene::nouvelle(banc);
        let cas = discute(banc, &scene);
        let dossier = tempfile::tempdir().unwrap();
        let modele = dossier.path().join("fiches/pps-region/1");
        std::fs::create_dir_all(&modele).unwrap();
        let meta = json!({ "code": "pps-region", "version": "1", "nom": "PPS de la région", "valable_du": "2026-01-01", "base": "pps@2026-01",
            "blocs": [{ "code": "region", "version": "1", "nom": "Région", "source": "essai", "cle": "region",
                "schema": { "title": "Transports", "type": "object", "properties": { "taxi": { "title": "Taxi", "type": "string", "maxLength": 100 } }, "additionalProperties": false },
                "presentation": { "type": "Group", "label": "Transports", "elements": [{ "type": "Control", "scope": "#/properties/taxi" }] } }] });
        std::fs::write(modele.join("meta.json"), meta.to_string()).unwrap();
        let lot = Lot::du_dossier(dossier.path()).unwrap();
        banc.systeme(move |op| dcc::metier::referentiel::service::charger_lot(op, &lot));

        let modeles = scene.demandeur.get("/api/v1/modeles-fiche").est(200).corps;
        let usage = |code: &str| modeles.as_array().unwrap().iter().find(|m| m["code"] == code).unwrap()["usage"].clone();
        assert_eq!((usage("pps-region"), usage("ppac"), usage("sein")), (json!("pps"), json!("ppac"), json!("fiche")));
        scene.demandeur.post(&format!("/api/v1/dossiers/{}/fiches", cas.dossier), json!({ "modele": "pps-region" })).refuse(422, "contenu-invalide");

        let mut saisie = ecrit_par_le_medecin();
        saisie["region"] = json!({ "taxi": "Bon de transport remis." });
        let corps = json!({ "genre": "pps", "modele": "pps-region", "compte_rendu_id": cas.compte_rendu, "saisie": saisie });
        let cree = scene.demandeur.post(&format!("/api/v1/dossiers/{}/programmes", cas.dossier), corps).est(201);
        let remis = scene.demandeur.post_si(&format!("/api/v1/programmes/{}/remise", cree.id()), 1, remise(&scene)).est(200).corps;
        assert_eq!(remis["remise"]["contenu"]["blocs"], json!([{ "titre": "Transports", "reponses": [{ "titre": "Taxi", "valeur": "Bon de transport remis." }] }]));
        travailler(banc);
        scene.demandeur.get(&format!("/api/v1/programmes/{}/document.pdf", cree.id())).est(200);
    }
}

/// A content that goldens start from.
fn exemple(genre: &str) -> Value {
    let chemin = format!("{}/referentiels/modeles/exemple_{genre}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(chemin).unwrap()).unwrap()
}

/// Every branch of the documents: a name, a kind, and what changes in the example (a merge patch).
fn branches() -> Vec<(&'static str, Value)> {
    let change = |genre: &str, correctif: Value| fusionner(exemple(genre), &correctif);
    let traitement = |statut: &str, champs: Value| {
        let sobre =
            json!({ "type": { "code": "C15632", "systeme": "2.16.840.1.113883.3.26.1.1", "libelle": "chimiothérapie" }, "statut": statut });
        fusionner(sobre, &champs)
    };
    vec![
        ("pps/complet", change("pps", json!({}))),
        (
            "pps/minimal",
            change(
                "pps",
                json!({
                    "compte_rendu": null, "referent": null, "medecin_traitant": null, "lexique": [],
                    "saisie": { "phase": null, "prevention": [], "mesures": [], "suivis": [], "soins_support": [], "accompagnement": [],
                        "traitements": [traitement("a_venir", json!({}))],
                        "tumeurs": [{ "date_diagnostic": "2026-02", "topographie": { "code": "C91.0", "systeme": "2.16.840.1.113883.6.3", "libelle": "Leucémie lymphoblastique aigüe [LLA]" },
                            "morphologie": { "code": "9811/3", "systeme": "2.16.840.1.113883.6.43.1", "libelle": "Leucémie lymphoblastique B, SAI" },
                            "tnm": { "applicable": false, "raison": "Hémopathie" } }],
                        "annonce": { "date_annonce": null, "objectif": null } }
                }),
            ),
        ),
        (
            "pps/nouvelle-version",
            change(
                "pps",
                json!({ "document": { "numero_version": 2, "remplace": {
                "id": "0195d0c2-7a10-7000-8000-00000000a000", "numero_version": 1, "remis_le": "2026-03-16",
                "motif": { "code": "MED-560", "systeme": "1.2.250.1.213.1.1.4.322", "libelle": "Réajustement du programme thérapeutique et de suivi" },
                "precision": "Radiothérapie avancée d'une semaine." } } }),
            ),
        ),
        (
            "pps/pediatrie",
            change(
                "pps",
                json!({ "saisie": { "pediatrie": { "suivi_pediatrique": true, "commentaire": "École à l'hôpital." } },
                "remise": { "destinataire": "representant_legal", "destinataire_nom": "Anne VANHOVE" } }),
            ),
        ),
        (
            "pps/arret-des-traitements",
            change(
                "pps",
                json!({ "saisie": { "arret_traitements": { "arret": true, "date": "2026-03-18" },
                "traitements": [traitement("realise", json!({ "debut": "2025-11", "fin": "2026-03-18", "effets": ["Fatigue"], "commentaire": "6 cures." })),
                    traitement("en_cours", json!({ "debut": "2026-01-05", "a_domicile": false, "rythme": "Tous les jours" }))],
                "phase": { "phase": { "code": "MED-244", "systeme": "1.2.250.1.213.1.1.4.322", "libelle": "Rechute du cancer" },
                    "date_rechute": "2026-01", "progression": true, "locale": true, "regionale": false, "a_distance": true } } }),
            ),
        ),
        (
            "pps/bloc-de-la-region",
            change(
                "pps",
                json!({ "remise": { "destinataire": "personne_de_confiance", "destinataire_nom": "Luc VANHOVE" },
                "blocs": [{ "titre": "Transports", "reponses": [{ "titre": "Taxi", "valeur": "Bon <remis> & signé" }] }] }),
            ),
        ),
        ("pps/sans-ins", change("pps", json!({ "patient": { "ins": null, "statut_identite": "provisoire" } }))),
        ("generique/ppac", change("ppac", json!({}))),
    ]
}

#[test]
fn les_cda_des_programmes_sont_ceux_qui_ont_ete_valides() {
    for (nom, contenu) in branches() {
        let contenu: ContenuProgramme = serde_json::from_value(contenu).unwrap();
        let pdf = b"%PDF-1.4\nCopie remise au patient, remplacee ici par ces mots.\n%%EOF\n";
        let secteur = ("SA01".to_owned(), "Etablissement public de santé".to_owned());
        let reglages = cda::Reglages { secteurs: [(contenu.etablissement.finess.clone(), secteur)].into(), ..cda::Reglages::default() };
        let octets = cda::programme::composer(&contenu, &reglages, pdf).unwrap_or_else(|e| panic!("{nom} : {e}"));
        comparer(&format!("tests/it/attendus/cda/{nom}.xml"), &String::from_utf8(octets).unwrap());
    }
}
