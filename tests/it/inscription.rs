//! Registrations: who enters an agenda, what the meeting makes of each case, who sees the patients.

use crate::support::{
    Banc,
    client::{Client, Reponse},
    scene::{Scene, planifier},
};
use dcc::{
    db::schema::trace,
    kernel::{Perimetre, Role, ids::FicheId},
    metier::fiche::service as fiches,
};
use diesel::prelude::*;
use serde_json::{Value, json};

const JEUDI: &str = "2026-03-05T17:00:00Z";
const JEUDI_SUIVANT: &str = "2026-03-12T17:00:00Z";

fn surveillance() -> Value {
    json!({ "surveillance": "Coloscopie à un an." })
}

fn chimiotherapie() -> Value {
    json!({ "intentions": [{ "rang": 1, "traitements": [{ "sequence": 1, "type_traitement": "C15632", "precision": "FOLFOX" }] }] })
}

fn recommandation() -> Value {
    json!({ "nom": "Thésaurus national de cancérologie digestive", "version": "2025", "date": "2025-01-15" })
}

fn noms(client: &Client, reunion: &str) -> Vec<String> {
    let ordre = client.get(&format!("{reunion}/ordre-du-jour")).est(200).corps;
    ordre["lignes"].as_array().unwrap().iter().map(|l| l["patient"]["nom_naissance"].as_str().unwrap().to_owned()).collect()
}

fn id(chemin: &str) -> &str {
    chemin.rsplit('/').next().unwrap()
}

/// A meeting that is open, with the three doctors of the composition.
fn seance(scene: &Scene<'_>) -> String {
    let reunion = scene.reunion(JEUDI, None);
    scene.ouvrir(&reunion);
    scene.reunir(&reunion);
    reunion
}

/// Puts a fiche on the agenda of an open meeting.
fn en_seance(scene: &Scene<'_>, reunion: &str, fiche: &str) -> String {
    // The secretary sees the patient from the first registration of the RCP on.
    let premiere = scene.reunion("2026-03-19T17:00:00Z", None);
    scene.inscrire(&premiere, fiche);
    let corps = json!({ "fiche_id": fiche, "demandeur_id": scene.demandeur_id });
    format!("/api/v1/inscriptions/{}", scene.secretaire.post(&format!("{reunion}/inscriptions"), corps).est(201).id())
}

fn discuter(scene: &Scene<'_>, cas: &str, proposition: Value) -> Reponse {
    scene.secretaire.post(&format!("{cas}/discussion"), json!({ "proposition": proposition }))
}

/// What the trace says of registrations: (act, fields).
fn traces(banc: &Banc) -> Vec<(String, Option<Value>)> {
    let lignes: Vec<(String, Option<dcc::db::types::Json>)> = banc.systeme(|op| {
        Ok(trace::table
            .filter(trace::objet_type.eq("inscription"))
            .filter(trace::patient_id.is_not_null())
            .order(trace::id)
            .select((trace::action, trace::champs))
            .load(op.conn)?)
    });
    lignes.into_iter().map(|(acte, champs)| (acte, champs.map(|json| json.0))).collect()
}

sur_les_deux_bases! {
    fn inscrire_montre_le_patient_a_la_reunion_et_retirer_le_cache(banc) {
        let scene = Scene::nouvelle(banc);
        let reunion = scene.reunion(JEUDI, Some(10));
        let participant = banc.professionnel("participant", Some(scene.medecins.chirurgien), &[(Role::Participant, Perimetre::Patients)]);
        scene.presence(&reunion, scene.medecins.chirurgien, json!({ "statut": "attendu" }));
        let fiche = scene.fiche("Lefèvre", "1960-05-20", json!({}));
        assert!(noms(&scene.secretaire, &reunion).is_empty());

        let inscrite = scene.demandeur.post(&format!("{reunion}/inscriptions"), json!({ "fiche_id": fiche, "commentaire": "Urgent." })).est(201);
        let cas = inscrite.entete("location").to_owned();
        assert_eq!((inscrite.version(), &inscrite.corps["etat"], &inscrite.corps["rang"]), (1, &json!("inscrite"), &json!(1)));
        assert_eq!(inscrite.corps["demandeur_id"], json!(scene.demandeur_id), "à défaut, celui qui inscrit");
        for membre in [&scene.secretaire, &scene.responsable, &participant, &scene.demandeur] {
            assert_eq!(noms(membre, &reunion), ["Lefèvre"]);
            assert_eq!(membre.get(&cas).est(200).corps["avis_de_rcp"], false);
        }
        let ordre = scene.secretaire.get(&format!("{reunion}/ordre-du-jour")).est(200);
        let ligne = &ordre.corps["lignes"][0];
        assert_eq!((&ligne["patient"]["age"], &ligne["dossier"], &ligne["commentaire"]), (&json!(65), &json!("Côlon"), &json!("Urgent.")));
        assert_eq!((&ligne["demandeur"]["nom"], &ligne["fiche_etat"]), (&json!("Dr Camille DEMANDEUR"), &json!("brouillon")));
        assert_eq!((ordre.version(), &ordre.corps["inscrits"], &ordre.corps["capacite"]), (2, &json!(1), &json!(10)));

        let (_, ailleurs) = scene.autre_rcp("AUTRE", json!({}));
        ailleurs.get(&cas).refuse(404, "inscription-introuvable");
        assert!(noms(&ailleurs, &reunion).is_empty());
        assert!(traces(banc).contains(&("inscrire".to_owned(), Some(json!(["dans_le_delai"])))));
        assert!(traces(banc).iter().filter(|(acte, _)| acte == "lire").count() >= 5);

        participant.post(&format!("{cas}/retrait"), json!({ "motif": "erreur_inscription" })).refuse(403, "action-interdite");
        scene.demandeur.post(&format!("{cas}/retrait"), json!({ "motif": "autre" })).refuse(422, "motif-sans-precision");
        scene.demandeur.post(&format!("{cas}/retrait"), json!({ "motif": "erreur_inscription" })).est(200);
        participant.get(&cas).refuse(404, "inscription-introuvable");
        scene.secretaire.get(&cas).refuse(404, "inscription-introuvable");
        assert!(noms(&participant, &reunion).is_empty());
        assert_eq!(scene.demandeur.get(&cas).est(200).corps["etat"], "retiree", "le demandeur reste le médecin du patient");
    }

    fn une_fiche_ne_s_inscrit_pas_n_importe_comment(banc) {
        let scene = Scene::nouvelle(banc);
        let reunion = scene.reunion(JEUDI, None);
        let inscriptions = format!("{reunion}/inscriptions");
        let fiche = scene.fiche("Lefèvre", "1960-05-20", json!({}));
        let inscrire = |client: &Client, corps: Value| client.post(&inscriptions, corps);
        inscrire(&scene.demandeur, json!({ "fiche_id": uuid::Uuid::nil() })).refuse(404, "fiche-introuvable");
        inscrire(&scene.secretaire, json!({ "fiche_id": fiche, "demandeur_id": scene.demandeur_id })).refuse(404, "fiche-introuvable");
        inscrire(&scene.demandeur, json!({ "fiche_id": fiche, "demandeur_id": uuid::Uuid::nil() })).refuse(404, "praticien-introuvable");
        scene.demandeur.post(&format!("/api/v1/reunions/{}/inscriptions", uuid::Uuid::nil()), json!({ "fiche_id": fiche })).refuse(404, "reunion-introuvable");

        inscrire(&scene.demandeur, json!({ "fiche_id": fiche })).est(201);
        inscrire(&scene.demandeur, json!({ "fiche_id": fiche })).refuse(409, "deja-inscrite");
        // The secretary, who now sees the patient, must name the doctor who asks.
        let autre = scene.reunion(JEUDI_SUIVANT, None);
        let refus = scene.secretaire.post(&format!("{autre}/inscriptions"), json!({ "fiche_id": fiche })).refuse(422, "contenu-invalide");
        assert_eq!(refus.fautes(), ["/demandeur_id"]);

        let verrouillee: FicheId = fiche.parse().unwrap();
        banc.systeme(move |op| {
            diesel::update(dcc::db::schema::fiche::table.find(verrouillee)).set(dcc::db::schema::fiche::etat.eq("verrouillee")).execute(op.conn)?;
            fiches::trouver(op, verrouillee)
        });
        scene.demandeur.post(&format!("{autre}/inscriptions"), json!({ "fiche_id": fiche })).refuse(409, "fiche-verrouillee");
    }

    fn l_opposition_au_partage_empeche_l_inscription(banc) {
        let scene = Scene::nouvelle(banc);
        let reunion = scene.reunion(JEUDI, None);
        let patient = json!({ "nom_naissance": "Opposé", "premier_prenom": "Claude", "sexe": "masculin", "date_naissance": "1950-01-02" });
        let patient = scene.demandeur.post("/api/v1/patients", patient).est(201).id();
        let fiche = scene.fiche_de(&patient, json!({}));
        let opposition = json!({ "objet": "partage_dcc", "exprimee_le": "2026-02-27" });
        let opposition = scene.demandeur.post(&format!("/api/v1/patients/{patient}/oppositions"), opposition).est(201).id();
        let inscrire = || scene.demandeur.post(&format!("{reunion}/inscriptions"), json!({ "fiche_id": fiche }));
        inscrire().refuse(409, "patient-oppose");
        scene.demandeur.poster(&format!("/api/v1/oppositions/{opposition}/levee")).est(200);
        inscrire().est(201);
    }

    fn apres_le_delai_seul_le_secretariat_inscrit_et_la_trace_le_dit(banc) {
        let scene = Scene::nouvelle(banc);
        let reunion = scene.reunion(JEUDI, None);
        let fiche = scene.fiche("Lefèvre", "1960-05-20", json!({}));
        let autre = scene.reunion(JEUDI_SUIVANT, None);
        scene.inscrire(&autre, &fiche);
        banc.regler("2026-03-03T17:00:01Z");
        scene.demandeur.post(&format!("{reunion}/inscriptions"), json!({ "fiche_id": fiche })).refuse(409, "delai-depasse");
        let corps = json!({ "fiche_id": fiche, "demandeur_id": scene.demandeur_id });
        scene.secretaire.post(&format!("{reunion}/inscriptions"), corps).est(201);
        assert!(traces(banc).contains(&("inscrire".to_owned(), Some(json!(["hors_delai"])))));

        let seance = scene.fiche("Martin", "1960-05-20", json!({}));
        scene.inscrire(&autre, &seance);
        scene.ouvrir(&reunion);
        scene.demandeur.post(&format!("{reunion}/inscriptions"), json!({ "fiche_id": seance })).refuse(409, "delai-depasse");
        let corps = json!({ "fiche_id": seance, "demandeur_id": scene.demandeur_id });
        scene.secretaire.post(&format!("{reunion}/inscriptions"), corps).est(201);
        assert!(traces(banc).contains(&("inscrire".to_owned(), Some(json!(["en_seance"])))));
    }

    fn vingt_inscriptions_simultanees_ne_prennent_la_derniere_place_qu_une_fois(banc) {
        let scene = Scene::nouvelle(banc);
        let reunion = scene.reunion(JEUDI, Some(1));
        let fiches: Vec<String> = (0..20).map(|rang| scene.fiche(&format!("Patient{}", lettres(rang)), "1960-05-20", json!({}))).collect();
        let statuts: Vec<(u16, String)> = std::thread::scope(|fils| {
            let attente: Vec<_> = fiches
                .iter()
                .map(|fiche| {
                    let (demandeur, reunion) = (&scene.demandeur, &reunion);
                    fils.spawn(move || {
                        let reponse = demandeur.post(&format!("{reunion}/inscriptions"), json!({ "fiche_id": fiche }));
                        (reponse.statut, reponse.corps["type"].as_str().unwrap_or_default().to_owned())
                    })
                })
                .collect();
            attente.into_iter().map(|fil| fil.join().unwrap()).collect()
        });
        assert_eq!(statuts.iter().filter(|(statut, _)| *statut == 201).count(), 1, "{statuts:?}");
        let refusees = statuts.iter().filter(|(statut, code)| *statut == 409 && code == "/problemes/reunion-complete").count();
        assert_eq!(refusees, 19, "{statuts:?}");
        let ordre = scene.demandeur.get(&format!("{reunion}/ordre-du-jour")).est(200).corps;
        assert_eq!((ordre["inscrits"].as_i64(), ordre["lignes"].as_array().map(Vec::len)), (Some(1), Some(1)));
    }

    fn un_retrait_libere_une_place(banc) {
        let scene = Scene::nouvelle(banc);
        let reunion = scene.reunion(JEUDI, Some(1));
        let premiere = scene.cas(&reunion, "Lefèvre");
        let fiche = scene.fiche("Martin", "1960-05-20", json!({}));
        scene.demandeur.post(&format!("{reunion}/inscriptions"), json!({ "fiche_id": fiche })).refuse(409, "reunion-complete");
        scene.secretaire.post(&format!("{premiere}/retrait"), json!({ "motif": "demande_patient" })).est(200);
        scene.demandeur.post(&format!("{reunion}/inscriptions"), json!({ "fiche_id": fiche })).est(201);
    }

    fn l_ordre_du_jour_se_range_sous_garde_de_la_version_de_la_reunion(banc) {
        let scene = Scene::nouvelle(banc);
        let reunion = scene.reunion(JEUDI, None);
        let [a, b, c] = ["Aubry", "Bernard", "Carlier"].map(|nom| scene.cas(&reunion, nom));
        let chemin = format!("{reunion}/ordre-du-jour");
        let lue = scene.secretaire.get(&chemin).est(200).version();
        let ordre = json!({ "ids": [id(&c), id(&a), id(&b)] });
        scene.demandeur.post_si(&chemin, lue, ordre.clone()).refuse(403, "action-interdite");
        scene.secretaire.post(&chemin, ordre.clone()).refuse(428, "version-absente");
        let apres = scene.secretaire.post_si(&chemin, lue, ordre.clone()).est(200);
        assert_eq!(apres.version(), lue + 1);
        assert_eq!(noms(&scene.secretaire, &reunion), ["Carlier", "Aubry", "Bernard"]);
        scene.secretaire.post_si(&chemin, lue, ordre).refuse(412, "version-perimee");
        for incomplet in [json!([id(&c), id(&a)]), json!([id(&c), id(&a), id(&a)])] {
            let refus = scene.secretaire.post_si(&chemin, lue + 1, json!({ "ids": incomplet })).refuse(422, "contenu-invalide");
            assert_eq!(refus.fautes(), ["/ids"]);
        }
        // A registration in between makes the order that was read stale.
        scene.cas(&reunion, "Dubois");
        scene.secretaire.post_si(&chemin, lue + 1, json!({ "ids": [id(&a), id(&b), id(&c)] })).refuse(412, "version-perimee");
        assert_eq!(noms(&scene.secretaire, &reunion), ["Carlier", "Aubry", "Bernard", "Dubois"]);
    }

    fn une_discussion_avec_quorum_rend_un_avis_de_rcp(banc) {
        let scene = Scene::nouvelle(banc);
        let reunion = scene.reunion(JEUDI, None);
        let cas = scene.cas(&reunion, "Lefèvre");
        discuter(&scene, &cas, chimiotherapie()).refuse(409, "etat-reunion");
        banc.regler("2026-03-05T17:20:00Z");
        scene.ouvrir(&reunion);
        scene.reunir(&reunion);
        scene.demandeur.post(&format!("{cas}/discussion"), json!({ "proposition": chimiotherapie() })).refuse(403, "action-interdite");
        let discutee = discuter(&scene, &cas, chimiotherapie()).est(200);
        assert_eq!((&discutee.corps["etat"], &discutee.corps["fin_discussion"]), (&json!("discutee"), &json!("2026-03-05T17:20:00Z")));
        assert_eq!(discutee.corps["quorum"]["has"], "atteint");
        assert_eq!(discutee.corps["proposition"]["intentions"][0]["traitements"][0]["precision"], "FOLFOX");
        let lue = scene.demandeur.get(&cas).est(200);
        assert_eq!((lue.version(), &lue.corps["avis_de_rcp"]), (2, &json!(true)));
        scene.secretaire.post(&format!("{cas}/retrait"), json!({ "motif": "sans_objet" })).refuse(409, "transition-impossible");
        scene.secretaire.post(&format!("{cas}/enregistrement"), json!({ "referentiel": recommandation(), "proposition": surveillance() }))
            .refuse(409, "transition-impossible");
    }

    fn une_reunion_sans_quorum_ne_rend_pas_d_avis_mais_garde_la_discussion(banc) {
        let scene = Scene::nouvelle(banc);
        let reunion = scene.reunion(JEUDI, None);
        let [cas, seconde] = ["Lefèvre", "Martin"].map(|nom| scene.cas(&reunion, nom));
        banc.regler("2026-03-05T17:00:00Z");
        scene.ouvrir(&reunion);
        scene.presence(&reunion, scene.medecins.oncologue, json!({ "statut": "present" }));
        scene.presence(&reunion, scene.medecins.radiotherapeute, json!({ "statut": "visio" }));
        scene.presence(&reunion, scene.medecins.chirurgien, json!({ "statut": "present", "arrivee": "2026-03-05T17:30:00Z" }));
        let tot = json!({ "debut": "2026-03-05T17:10:00Z", "fin": "2026-03-05T17:20:00Z", "proposition": surveillance() });
        let tard = json!({ "debut": "2026-03-05T17:30:00Z", "fin": "2026-03-05T17:40:00Z", "proposition": surveillance() });
        let avant = scene.secretaire.post(&format!("{cas}/discussion"), tot).est(200);
        assert_eq!(avant.corps["quorum"]["manquantes"], json!(["Chirurgien de l'organe"]));
        scene.secretaire.post(&format!("{seconde}/discussion"), tard).est(200);
        let ordre = scene.secretaire.get(&format!("{reunion}/ordre-du-jour")).est(200).corps;
        let avis: Vec<&Value> = ordre["lignes"].as_array().unwrap().iter().map(|l| &l["avis_de_rcp"]).collect();
        assert_eq!(avis, [&json!(false), &json!(true)]);
        assert_eq!(ordre["lignes"][0]["quorum"]["composition"], "non_atteint");

        // The attendance sheet is corrected: the quorum follows.
        scene.presence(&reunion, scene.medecins.chirurgien, json!({ "statut": "present", "arrivee": "2026-03-05T17:05:00Z" }));
        assert_eq!(scene.secretaire.get(&cas).est(200).corps["avis_de_rcp"], true);
        scene.presence(&reunion, scene.medecins.chirurgien, json!({ "statut": "excuse" }));
        assert_eq!(scene.secretaire.get(&cas).est(200).corps["avis_de_rcp"], false);
        assert_eq!(scene.secretaire.get(&seconde).est(200).corps["avis_de_rcp"], false);

        let envers = json!({ "debut": "2026-03-05T17:20:00Z", "fin": "2026-03-05T17:10:00Z", "proposition": surveillance() });
        scene.secretaire.post(&format!("{cas}/discussion"), envers).refuse(422, "discussion-inversee");
    }

    fn une_proposition_fautive_est_refusee_champ_par_champ(banc) {
        let scene = Scene::nouvelle(banc);
        let reunion = scene.reunion(JEUDI, None);
        let cas = scene.cas(&reunion, "Lefèvre");
        scene.ouvrir(&reunion);
        let fautes = |proposition: Value| discuter(&scene, &cas, proposition).refuse(422, "contenu-invalide").fautes().join(" ");
        assert_eq!(fautes(json!({})), "/proposition");
        assert_eq!(fautes(json!({ "intentions": [{ "rang": 2, "traitements": [{ "sequence": 1, "type_traitement": "C15632" }] }] })), "/proposition/intentions");
        let traitement = |champs: Value| json!({ "intentions": [{ "rang": 1, "traitements": [champs] }] });
        assert_eq!(fautes(traitement(json!({ "sequence": 1, "type_traitement": "INCONNU" }))), "/proposition/intentions/0/traitements/0/type_traitement");
        assert_eq!(fautes(traitement(json!({ "sequence": 1, "type_traitement": "GEN-092.03.01" }))), "/proposition/intentions/0/traitements/0/precision");
        assert_eq!(fautes(json!({ "intentions": [{ "rang": 1, "traitements": [] }] })), "/proposition/intentions/0/traitements");
        assert_eq!(fautes(json!({ "survaillance": "?" })), "/proposition/survaillance");
        assert_eq!(scene.secretaire.get(&cas).est(200).corps["etat"], "inscrite");
    }

    fn un_dossier_conforme_s_enregistre_sans_discussion_sauf_apres_une_urgence(banc) {
        let scene = Scene::nouvelle(banc);
        let reunion = scene.reunion(JEUDI, None);
        let cas = scene.cas(&reunion, "Lefèvre");
        let urgence = scene.inscrire(&reunion, &scene.fiche("Martin", "1960-05-20", json!({ "urgence_chirurgicale": true })));
        let corps = json!({ "referentiel": recommandation(), "proposition": surveillance() });
        scene.secretaire.post(&format!("{cas}/enregistrement"), json!({ "proposition": surveillance() })).refuse(422, "contenu-invalide");
        scene.secretaire.post(&format!("{urgence}/enregistrement"), corps.clone()).refuse(409, "urgence-chirurgicale");
        let enregistree = scene.secretaire.post(&format!("{cas}/enregistrement"), corps).est(200);
        assert_eq!((&enregistree.corps["etat"], &enregistree.corps["referentiel"]), (&json!("enregistree"), &recommandation()));
        assert_eq!(enregistree.corps["quorum"], Value::Null);
        assert_eq!(scene.secretaire.get(&cas).est(200).corps["avis_de_rcp"], true);

        // In doubt, the case is discussed after all.
        scene.ouvrir(&reunion);
        let discutee = discuter(&scene, &cas, surveillance()).est(200);
        assert_eq!((&discutee.corps["referentiel"], &discutee.corps["etat"]), (&Value::Null, &json!("discutee")));
    }

    fn la_proposition_se_corrige_sous_garde_de_version(banc) {
        let scene = Scene::nouvelle(banc);
        let reunion = scene.reunion(JEUDI, None);
        let cas = scene.cas(&reunion, "Lefèvre");
        scene.secretaire.put(&format!("{cas}/proposition"), 1, surveillance()).refuse(409, "transition-impossible");
        scene.ouvrir(&reunion);
        scene.reunir(&reunion);
        discuter(&scene, &cas, surveillance()).est(200);
        let iratherapie = json!({ "intentions": [{ "rang": 1, "traitements": [{ "sequence": 1, "type_traitement": "MED-232" }] }] });
        scene.secretaire.put(&format!("{cas}/proposition"), 1, iratherapie.clone()).refuse(412, "version-perimee");
        let corrigee = scene.secretaire.put(&format!("{cas}/proposition"), 2, iratherapie).est(200);
        assert_eq!((corrigee.version(), &corrigee.corps["quorum"]["manquantes"]), (3, &json!(["Médecin nucléaire"])));
        let refus = scene.secretaire.put(&format!("{cas}/proposition"), 3, json!({ "commentaire": "Rien." })).refuse(422, "contenu-invalide");
        assert_eq!(refus.fautes(), [""]);
        scene.clore(&reunion);
        scene.secretaire.put(&format!("{cas}/proposition"), 3, surveillance()).est(200);
    }

    fn un_report_reinscrit_la_meme_fiche_a_une_reunion_ulterieure(banc) {
        let scene = Scene::nouvelle(banc);
        let reunion = scene.reunion(JEUDI, None);
        let [cas, autre] = ["Lefèvre", "Martin"].map(|nom| scene.cas(&reunion, nom));
        let (suivante, passee) = (scene.reunion(JEUDI_SUIVANT, Some(1)), scene.reunion("2026-03-04T17:00:00Z", None));
        let report = |vers: &str, motif: Value| {
            let mut corps = json!({ "vers_reunion_id": id(vers) });
            corps.as_object_mut().unwrap().extend(motif.as_object().unwrap().clone());
            corps
        };
        let quorum = json!({ "motif": "quorum_non_atteint" });
        for anterieure in [&passee, &reunion] {
            let refus = scene.secretaire.post(&format!("{cas}/report"), report(anterieure, quorum.clone())).refuse(422, "contenu-invalide");
            assert_eq!(refus.fautes(), ["/vers_reunion_id"]);
        }
        scene.demandeur.post(&format!("{cas}/report"), report(&suivante, quorum.clone())).refuse(403, "action-interdite");
        scene.secretaire.post(&format!("{cas}/report"), report(&suivante, json!({ "motif": "autre" }))).refuse(422, "motif-sans-precision");
        scene.secretaire.post(&format!("{cas}/report"), report(&suivante, json!({ "motif": "flemme" }))).refuse(422, "contenu-invalide");

        scene.ouvrir(&reunion);
        discuter(&scene, &cas, surveillance()).est(200);
        let fait = scene.secretaire.post(&format!("{cas}/report"), report(&suivante, quorum.clone())).est(201);
        let nouvelle = fait.entete("location").to_owned();
        assert_eq!((&fait.corps["reportee"]["etat"], &fait.corps["reportee"]["motif"]), (&json!("reportee"), &json!("quorum_non_atteint")));
        let lue = scene.demandeur.get(&nouvelle).est(200).corps;
        assert_eq!((&lue["report_de"], &lue["fiche_id"]), (&json!(id(&cas)), &fait.corps["reportee"]["fiche_id"]));
        assert_eq!((&lue["etat"], &lue["proposition"]), (&json!("inscrite"), &Value::Null));
        assert_eq!(noms(&scene.secretaire, &suivante), ["Lefèvre"]);

        scene.secretaire.post(&format!("{autre}/report"), report(&suivante, quorum.clone())).refuse(409, "reunion-complete");
        assert_eq!(scene.secretaire.get(&autre).est(200).corps["etat"], "inscrite", "un report refusé ne change rien");
        scene.secretaire.post(&format!("{cas}/report"), report(&suivante, quorum)).refuse(409, "transition-impossible");
    }

    fn un_report_peut_mener_a_une_autre_rcp_qui_voit_alors_le_patient(banc) {
        let scene = Scene::nouvelle(banc);
        let reunion = scene.reunion(JEUDI, None);
        let cas = scene.cas(&reunion, "Lefèvre");
        let recours = json!({ "type_rcp": "recours", "categorie_recours": "viscerale_digestive", "regle_quorum": "recours-viscerale-digestive" });
        let (rcp, secretariat) = scene.autre_rcp("RECOURS", recours);
        let cible = planifier(&secretariat, rcp, JEUDI_SUIVANT, None);
        let corps = json!({ "motif": "reorientation_recours", "vers_reunion_id": id(&cible) });
        let nouvelle = scene.secretaire.post(&format!("{cas}/report"), corps).est(201).entete("location").to_owned();
        assert_eq!(noms(&secretariat, &cible), ["Lefèvre"]);
        secretariat.get(&nouvelle).est(200);
        scene.secretaire.post(&format!("{nouvelle}/retrait"), json!({ "motif": "sans_objet" })).refuse(403, "action-interdite");
    }

    fn un_avis_ecrit_complete_le_quorum_la_ou_la_regle_l_admet(banc) {
        let scene = Scene::nouvelle(banc);
        let reunion = seance(&scene);
        let fiche = scene.fiche("Jeune", "2006-01-10", json!({}));
        let cas = en_seance(&scene, &reunion, &fiche);
        let discutee = discuter(&scene, &cas, chimiotherapie()).est(200);
        let pediatrie = "Expertise en cancérologie de l'enfant et de l'adolescent";
        assert_eq!(discutee.corps["quorum"]["manquantes"], json!([pediatrie]), "vingt ans : double expertise");

        let oncopediatre = banc.medecin("Oncopediatre", "G15_10/SST03", 20);
        let expert = banc.professionnel("expert", Some(oncopediatre), &[(Role::Participant, Perimetre::Patients)]);
        expert.post(&format!("{cas}/avis"), json!({ "texte": "Conforme au protocole." })).refuse(404, "inscription-introuvable");
        scene.presence(&reunion, oncopediatre, json!({ "statut": "excuse" }));
        let avis = json!({ "texte": "Conforme au protocole.", "clause": "AJA_PEDIATRIQUE" });
        let donne = expert.post(&format!("{cas}/avis"), avis.clone()).est(201);
        assert_eq!((&donne.corps["praticien_id"], &donne.corps["clause"]), (&json!(oncopediatre), &json!("AJA_PEDIATRIQUE")));
        let lue = scene.secretaire.get(&cas).est(200).corps;
        assert_eq!((&lue["avis_de_rcp"], &lue["avis"][0]["texte"]), (&json!(true), &json!("Conforme au protocole.")));
        let clause = lue["quorum"]["clauses"].as_array().unwrap().iter().find(|c| c["id"] == "AJA_PEDIATRIQUE").unwrap();
        assert_eq!((&clause["par"], &clause["praticien_id"]), (&json!("avis_ecrit"), &json!(oncopediatre)));
        expert.post(&format!("{cas}/avis"), avis).refuse(409, "avis-deja-donne");
    }

    fn nul_ne_s_attribue_une_place_du_quorum_ni_n_ecrit_pour_autrui(banc) {
        let scene = Scene::nouvelle(banc);
        let reunion = seance(&scene);
        let cas = en_seance(&scene, &reunion, &scene.fiche("Lefèvre", "1960-05-20", json!({})));
        let radiologue = banc.medecin("Radiologue", "G15_10/SM44", 21);
        let lecteur = banc.professionnel("radiologue", Some(radiologue), &[(Role::Participant, Perimetre::Patients)]);
        scene.presence(&reunion, radiologue, json!({ "statut": "excuse" }));
        let aviser = |client: &Client, corps: Value| client.post(&format!("{cas}/avis"), corps);
        let refus = aviser(&lecteur, json!({ "texte": "Vu.", "clause": "MEDECIN_ORGANE" })).refuse(422, "contenu-invalide");
        assert_eq!(refus.corps["errors"][0]["code"], "clause-non-attribuee");
        let refus = aviser(&lecteur, json!({ "texte": "Vu.", "clause": "ABSENTE" })).refuse(422, "contenu-invalide");
        assert_eq!(refus.corps["errors"][0]["code"], "clause-inconnue");
        aviser(&lecteur, json!({ "texte": "Vu.", "praticien_id": scene.medecins.chirurgien })).refuse(403, "action-interdite");
        aviser(&scene.secretaire, json!({ "texte": "Vu.", "praticien_id": radiologue })).refuse(403, "action-interdite");
        let dicte = json!({ "texte": "Lu au téléphone.", "praticien_id": radiologue, "clause": "MEDECIN_ORGANE" });
        aviser(&scene.responsable, dicte).est(201);
    }

    fn le_quorum_d_un_dossier_se_lit_avant_comme_apres_la_discussion(banc) {
        let scene = Scene::nouvelle(banc);
        let reunion = scene.reunion(JEUDI, None);
        let cas = scene.cas(&reunion, "Lefèvre");
        let quorum = || scene.secretaire.get(&format!("{cas}/quorum")).est(200).corps["composition"].clone();
        assert_eq!(quorum(), "indetermine");
        scene.ouvrir(&reunion);
        scene.reunir(&reunion);
        assert_eq!(quorum(), "atteint");
        discuter(&scene, &cas, surveillance()).est(200);
        assert_eq!(quorum(), "atteint");
        let (_, ailleurs) = scene.autre_rcp("AUTRE", json!({}));
        ailleurs.get(&format!("{cas}/quorum")).refuse(404, "inscription-introuvable");
    }

    fn une_demande_repetee_avec_sa_cle_n_inscrit_qu_une_fois(banc) {
        let scene = Scene::nouvelle(banc);
        let reunion = scene.reunion(JEUDI, None);
        let fiche = scene.fiche("Lefèvre", "1960-05-20", json!({}));
        let inscrire = || {
            let entetes = [("Idempotency-Key", "inscription-1")];
            scene.demandeur.envoyer("POST", &format!("{reunion}/inscriptions"), Some(json!({ "fiche_id": fiche })), &entetes).est(201)
        };
        assert_eq!(inscrire().id(), inscrire().id());
        assert_eq!(noms(&scene.demandeur, &reunion), ["Lefèvre"]);
    }
}

/// `0` is `A`: names of people hold no digit.
fn lettres(rang: u8) -> char {
    char::from(b'A' + rang)
}
