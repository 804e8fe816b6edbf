//! The access trace: what a row says, and that whoever owns the database cannot bend it unseen.

use crate::support::{Banc, client::Client, scene::Scene};
use dcc::{
    db::{
        Adresse, DbConn, Demande, migrate,
        schema::{scellement, trace},
        types::At,
    },
    kernel::{Instant, Perimetre, Role, ids::TraceId},
    metier::trace::{
        job,
        model::controle::{Anomalie, Rapport, TeteAttestee},
        service::{self, detection, verification},
        tetes::{self, Cle},
    },
};
use diesel::{connection::SimpleConnection, prelude::*};
use serde_json::json;
use std::{process::Command, time::Instant as Chronometre};

/// The base of a test was prepared at the present moment, by the machine's clock: its rows are older than that.
const APRES_LA_PREPARATION: &str = "2127-03-01T09:00:00Z";

fn demande() -> Demande {
    Demande::systeme("essai")
}

/// Rows of one kind of act: (role, kind of perimeter, purpose, outcome, code, operation, address, patient).
type LigneVue = (Option<Role>, Option<String>, Option<String>, String, Option<String>, Option<String>, Option<String>, bool);

fn lignes(banc: &Banc, action: &str, objet: &str) -> Vec<LigneVue> {
    let (action, objet) = (action.to_owned(), objet.to_owned());
    banc.systeme(move |op| {
        Ok(trace::table
            .filter(trace::action.eq(&action))
            .filter(trace::objet_type.eq(&objet))
            .order((trace::instant, trace::numero))
            .select((
                trace::role,
                trace::perimetre_type,
                trace::motif,
                trace::resultat,
                trace::code,
                trace::operation,
                trace::adresse,
                trace::patient_id.is_not_null(),
            ))
            .load(op.conn)?)
    })
}

fn delegue(banc: &Banc) -> Client {
    banc.personne("delegue", &[(Role::DelegueProtectionDonnees, Perimetre::Region)])
}

/// Some acts; gives the path of a patient.
fn agir(scene: &Scene<'_>, combien: usize) -> String {
    let patient = json!({ "nom_naissance": "Lambert", "premier_prenom": "Claude", "sexe": "feminin", "date_naissance": "1960-05-20" });
    let chemin = format!("/api/v1/patients/{}", scene.demandeur.post("/api/v1/patients", patient).est(201).id());
    for _ in 0..combien {
        scene.demandeur.get(&chemin).est(200);
    }
    chemin
}

/// What somebody who owns the database does: the triggers first, then whatever he likes.
fn attaquer(banc: &Banc, ordres: &[String]) {
    let mut conn = migrate::connexion(&Adresse::lire(&banc.etat.config.base).unwrap()).unwrap();
    let leve: &[&str] = match &conn {
        DbConn::Sqlite(_) => &[
            "DROP TRIGGER trace_sans_modification",
            "DROP TRIGGER trace_sans_suppression",
            "DROP TRIGGER scellement_sans_modification",
            "DROP TRIGGER scellement_sans_suppression",
        ],
        DbConn::Pg(_) => &["ALTER TABLE trace DISABLE TRIGGER ALL", "ALTER TABLE scellement DISABLE TRIGGER ALL"],
    };
    for ordre in leve.iter().copied().chain(ordres.iter().map(String::as_str)) {
        executer(&mut conn, ordre).unwrap();
    }
}

fn executer(conn: &mut DbConn, ordre: &str) -> QueryResult<()> {
    match conn {
        DbConn::Sqlite(c) => c.batch_execute(ordre),
        DbConn::Pg(c) => c.batch_execute(ordre),
    }
}

fn verifier(banc: &Banc, tetes: &[TeteAttestee]) -> Rapport {
    verification::verifier(&banc.etat.db, &demande(), tetes).unwrap()
}

/// The row of a rank, and its moment.
fn ligne_de(banc: &Banc, rang: i64) -> (TraceId, Instant) {
    banc.systeme(move |op| {
        let (id, instant): (TraceId, At) = scellement::table
            .inner_join(trace::table.on(trace::id.eq(scellement::trace_id)))
            .filter(scellement::rang.eq(rang))
            .select((trace::id, trace::instant))
            .first(op.conn)?;
        Ok((id, instant.0))
    })
}

/// Seals, and signs a head in a folder of the test.
fn attester(banc: &Banc) -> Vec<TeteAttestee> {
    let (db, dossier) = (&banc.etat.db, banc.dossier().join("tetes"));
    let fichier = banc.dossier().join("audit.cle");
    if !fichier.exists() {
        Cle::creer(&fichier, [7; 32]).unwrap();
    }
    let cle = Cle::lire(&fichier).unwrap();
    service::sceller(db, &demande(), None).unwrap();
    job::signer(db, &demande(), &dossier, &cle).unwrap();
    let (tetes, fausses) = tetes::lire(&dossier, &[cle.publique()]).unwrap();
    assert_eq!(fausses, []);
    tetes
}

sur_les_deux_bases! {
    fn sec_a45_au_terme_de_sa_conservation_la_trace_se_purge_et_la_chaine_tient_encore(banc) {
        banc.regler(APRES_LA_PREPARATION);
        let scene = Scene::nouvelle(banc);
        agir(&scene, 12);
        service::sceller(&banc.etat.db, &demande(), None).unwrap();
        let dossier = banc.dossier().join("tetes");
        let fichier = banc.dossier().join("audit.cle");
        Cle::creer(&fichier, [7; 32]).unwrap();
        let cle = Cle::lire(&fichier).unwrap();
        job::signer(&banc.etat.db, &demande(), &dossier, &cle).unwrap();
        let tetes = || tetes::lire(&dossier, &[cle.publique()]).unwrap().0;
        let verifier = || verification::verifier(&banc.etat.db, &demande(), &tetes()).unwrap();
        let combien = || -> i64 { banc.systeme(|op| Ok(trace::table.count().get_result(op.conn)?)) };
        let purger = |avant: &str| {
            let attester = |rang, empreinte: &_, instant| tetes::ecrire(&dossier, &cle, rang, empreinte, instant).map(drop);
            service::purge::purger(&banc.etat.db, &demande(), avant.parse().unwrap(), attester).unwrap()
        };
        let anciennes = combien();
        assert_eq!(purger("2026-01-01T00:00:00Z").lignes, 0, "rien n'est assez vieux");

        // Three years later people have gone on working.
        banc.regler("2130-03-02T09:00:00Z");
        scene.secretaire.oublier_la_session();
        scene.demandeur.oublier_la_session();
        let patient = json!({ "nom_naissance": "Lavande", "premier_prenom": "Claude", "sexe": "feminin", "date_naissance": "1960-05-20" });
        let chemin = format!("/api/v1/patients/{}", scene.demandeur.post("/api/v1/patients", patient).est(201).id());
        for _ in 0..5 {
            scene.demandeur.get(&chemin).est(200);
        }
        assert!(verifier().tient(), "{}", verifier());
        let bilan = purger("2127-03-02T09:00:00Z");
        assert_eq!(bilan.lignes, anciennes, "{bilan:?}");
        let rapport = verifier();
        assert!(rapport.tient(), "{rapport}");
        assert_eq!(rapport.purge, Some(bilan.rang));
        assert!(rapport.sceaux >= 6 && rapport.dernier > bilan.rang, "{rapport}");
        assert_eq!(purger("2127-03-02T09:00:00Z").lignes, 0, "elle se refait sans rien faire");
        // What is left is sealed as before, and a theft is still named.
        scene.demandeur.get(&chemin).est(200);
        assert!(verifier().tient(), "{}", verifier());
        let mut conn = migrate::connexion(&Adresse::lire(&banc.etat.config.base).unwrap()).unwrap();
        let mut refus = |ordre: &str| match &mut conn {
            DbConn::Sqlite(c) => c.batch_execute(ordre).unwrap_err().to_string(),
            DbConn::Pg(c) => c.batch_execute(ordre).unwrap_err().to_string(),
        };
        for ordre in ["DELETE FROM trace", "DELETE FROM scellement", "DELETE FROM purge_trace", "UPDATE purge_trace SET rang = rang + 1"] {
            assert!(refus(ordre).contains("ne se"), "{ordre}");
        }
        // A thief who can write makes a purge up: no head attests it.
        let rang = bilan.rang + 3;
        attaquer(banc, &[
            format!("INSERT INTO purge_trace (rang, empreinte, avant, lignes, purge_le) SELECT rang, empreinte, (SELECT avant FROM purge_trace LIMIT 1), 3, (SELECT purge_le FROM purge_trace LIMIT 1) FROM scellement WHERE rang = {rang}"),
            format!("DELETE FROM trace WHERE id IN (SELECT trace_id FROM scellement WHERE rang <= {rang})"),
            format!("DELETE FROM scellement WHERE rang <= {rang}"),
        ]);
        assert!(verifier().anomalies.contains(&Anomalie::OrigineNonAttestee { rang }), "{}", verifier());
    }

    fn une_ligne_dit_le_role_la_structure_le_motif_l_operation_et_l_adresse(banc) {
        let scene = Scene::nouvelle(banc);
        agir(&scene, 1);
        let lues = lignes(banc, "lire", "patient");
        let (role, perimetre, motif, resultat, code, operation, adresse, patient) = lues[0].clone();
        assert_eq!((role, perimetre.as_deref(), motif.as_deref()), (Some(Role::Demandeur), Some("patients"), Some("soins")));
        assert_eq!((resultat.as_str(), code), ("accepte", None));
        assert_eq!((operation.as_deref(), adresse.as_deref(), patient), (Some("GET /api/v1/patients/{id}"), Some("127.0.0.1"), true));
        let reunion = scene.reunion("2026-03-12T14:00:00Z", None);
        assert!(reunion.starts_with("/api/v1/reunions/"));
        let creees = lignes(banc, "creer", "reunion");
        assert_eq!((creees[0].0, creees[0].1.as_deref()), (Some(Role::Secretaire), Some("rcp")));
        assert_eq!(lignes(banc, "creer", "compte")[0].2.as_deref(), Some("technique"), "le service lui-même");
    }

    fn de_deux_droits_la_trace_nomme_celui_qui_a_ouvert_le_dossier(banc) {
        let scene = Scene::nouvelle(banc);
        let chemin = agir(&scene, 0);
        let medecin = banc.professionnel(
            "deux-casquettes",
            Some(scene.demandeur_id),
            &[(Role::Secretaire, Perimetre::Etablissement(scene.region.etablissement)), (Role::Demandeur, Perimetre::Patients)],
        );
        medecin.get(&chemin).est(200);
        let lues = lignes(banc, "lire", "patient");
        assert_eq!((lues[0].0, lues[0].1.as_deref()), (Some(Role::Demandeur), Some("patients")));
    }

    fn un_refus_laisse_une_ligne_qui_survit_au_retour_en_arriere(banc) {
        let scene = Scene::nouvelle(banc);
        let chemin = agir(&scene, 0);
        scene.secretaire.get(&chemin).est(404);
        let modification = json!({ "nom_naissance": "Autre", "premier_prenom": "Claude", "sexe": "feminin", "date_naissance": "1960-05-20" });
        scene.secretaire.put(&chemin, 1, modification).est(404);
        let admin = banc.personne("admin", &[(Role::AdministrateurRegional, Perimetre::Region)]);
        admin.get(&chemin).refuse(403, "action-interdite");
        let refus: Vec<_> = lignes(banc, "lire", "patients").into_iter().map(|l| (l.3, l.4, l.5, l.6, l.7)).collect();
        let attendu = |code: &str, vise| {
            let (operation, adresse) = (Some("GET /api/v1/patients/{id}".to_owned()), Some("127.0.0.1".to_owned()));
            ("refuse".to_owned(), Some(code.to_owned()), operation, adresse, vise)
        };
        assert_eq!(refus, [attendu("patient-introuvable", true), attendu("action-interdite", false)]);
        assert_eq!(lignes(banc, "modifier", "patients")[0].4.as_deref(), Some("patient-introuvable"));
        assert!(lignes(banc, "modifier", "patient").is_empty());
    }

    fn une_connexion_refusee_est_tracee_sans_ce_qui_a_ete_tape(banc) {
        banc.personne("claire", &[]);
        for identifiant in ["claire", "MOT DE PASSE TAPE LA"] {
            banc.anonyme().post("/api/v1/sessions", json!({ "identifiant": identifiant, "mot_de_passe": "faux" })).est(401);
        }
        let refus: Vec<_> = lignes(banc, "refuser_connexion", "compte").into_iter().map(|l| (l.3, l.4, l.6)).collect();
        let attendu = ("refuse".to_owned(), Some("identification-refusee".to_owned()), Some("127.0.0.1".to_owned()));
        assert_eq!(refus, [attendu.clone(), attendu]);
        let objets: Vec<bool> = banc.systeme(|op| {
            let refus = trace::table.filter(trace::action.eq("refuser_connexion")).filter(trace::objet_type.eq("compte")).order(trace::numero);
            Ok(refus.select(trace::objet_id.is_not_null()).load(op.conn)?)
        });
        assert_eq!(objets, [true, false], "le compte, s'il existe");
    }

    fn la_base_refuse_que_l_on_touche_a_la_trace(banc) {
        let scene = Scene::nouvelle(banc);
        agir(&scene, 2);
        service::sceller(&banc.etat.db, &demande(), None).unwrap();
        let mut conn = migrate::connexion(&Adresse::lire(&banc.etat.config.base).unwrap()).unwrap();
        for ordre in ["UPDATE trace SET acteur = 'autre'", "DELETE FROM trace", "UPDATE scellement SET rang = rang + 1", "DELETE FROM scellement"] {
            assert!(executer(&mut conn, ordre).is_err(), "{ordre}");
        }
        assert!(verifier(banc, &[]).tient());
    }

    fn une_trace_intacte_tient_et_se_scelle_une_fois(banc) {
        let scene = Scene::nouvelle(banc);
        agir(&scene, 20);
        let tetes = attester(banc);
        let rapport = verifier(banc, &tetes);
        assert!(rapport.tient(), "{rapport}");
        assert_eq!(service::sceller(&banc.etat.db, &demande(), None).unwrap(), 0);
        let combien = banc.systeme(|op| Ok(trace::table.count().get_result::<i64>(op.conn)?));
        assert_eq!(rapport.dernier, combien);
    }

    fn une_ligne_alteree_redatee_ou_supprimee_est_nommee(banc) {
        let scene = Scene::nouvelle(banc);
        agir(&scene, 40);
        let tetes = attester(banc);
        let [(alteree, le), (redatee, _), (supprimee, _), (champs, le_champs)] = [20, 25, 30, 12].map(|rang| ligne_de(banc, rang));
        attaquer(banc, &[
            format!("UPDATE trace SET acteur = 'Quelqu''un d''autre' WHERE id = '{alteree}'"),
            format!("UPDATE trace SET instant = '2026-01-15T10:00:00.000000Z' WHERE id = '{redatee}'"),
            format!("DELETE FROM trace WHERE id = '{supprimee}'"),
            format!("UPDATE trace SET champs = '[\"autre\"]' WHERE id = '{champs}'"),
        ]);
        let anomalies = verifier(banc, &tetes).anomalies;
        let jadis = "2026-01-15T10:00:00Z".parse().unwrap();
        for attendue in [
            Anomalie::Alteree { rang: 12, id: champs, instant: le_champs },
            Anomalie::Alteree { rang: 20, id: alteree, instant: le },
            Anomalie::Alteree { rang: 25, id: redatee, instant: jadis },
            Anomalie::Disparue { rang: 30, id: supprimee },
        ] {
            assert!(anomalies.contains(&attendue), "{attendue} : {anomalies:?}");
        }
        // The deleted row leaves a hole in the numbers of its process too, too young here to be told.
        assert_eq!(anomalies.len(), 4, "{anomalies:?}");
    }

    fn deux_lignes_echangees_sont_nommees(banc) {
        let scene = Scene::nouvelle(banc);
        agir(&scene, 20);
        attester(banc);
        let [(a, _), (b, _)] = [10, 20].map(|rang| ligne_de(banc, rang));
        attaquer(banc, &[
            "UPDATE scellement SET trace_id = '00000000-0000-0000-0000-000000000001' WHERE rang = 10".to_owned(),
            format!("UPDATE scellement SET trace_id = '{a}' WHERE rang = 20"),
            format!("UPDATE scellement SET trace_id = '{b}' WHERE rang = 10"),
        ]);
        let attendues = [Anomalie::Deplacee { rang: 10, id: b, place: 20 }, Anomalie::Deplacee { rang: 20, id: a, place: 10 }];
        assert_eq!(verifier(banc, &[]).anomalies, attendues);
    }

    fn une_fin_coupee_contredit_la_tete_signee(banc) {
        let scene = Scene::nouvelle(banc);
        agir(&scene, 20);
        let tetes = attester(banc);
        let rang = tetes[0].rang;
        attaquer(banc, &[
            format!("DELETE FROM trace WHERE id IN (SELECT trace_id FROM scellement WHERE rang > {})", rang - 5),
            format!("DELETE FROM scellement WHERE rang > {}", rang - 5),
        ]);
        let attendue = Anomalie::Tronquee { dernier: rang - 5, atteste: rang, signee: tetes[0].instant };
        assert_eq!(verifier(banc, &tetes).anomalies, [attendue]);
        assert!(verifier(banc, &[]).tient(), "sans les têtes, rien ne le dirait");
    }

    fn une_chaine_refaite_apres_coup_contredit_la_tete_signee(banc) {
        let scene = Scene::nouvelle(banc);
        banc.regler(APRES_LA_PREPARATION);
        agir(&scene, 10);
        attester(banc);
        agir_encore(&scene);
        let tetes = attester(banc);
        let (premiere, derniere) = (tetes[0], tetes[1]);
        let (visee, _) = ligne_de(banc, premiere.rang + 1);
        attaquer(banc, &[
            format!("UPDATE trace SET acteur = 'Quelqu''un d''autre' WHERE id = '{visee}'"),
            format!("DELETE FROM scellement WHERE rang > {}", premiere.rang),
        ]);
        service::sceller(&banc.etat.db, &demande(), None).unwrap();
        let attendue = Anomalie::Recrite { rang: derniere.rang, depuis: premiere.rang, signee: derniere.instant };
        assert_eq!(verifier(banc, &tetes).anomalies, [attendue]);
    }

    fn une_ligne_ajoutee_sous_une_vieille_date_est_nommee(banc) {
        let scene = Scene::nouvelle(banc);
        banc.regler(APRES_LA_PREPARATION);
        agir(&scene, 5);
        let tetes = attester(banc);
        let id = "0196a000-0000-7000-8000-000000000001";
        attaquer(banc, &[format!(
            "INSERT INTO trace (id, instant, emetteur, numero, acteur, action, objet_type, resultat) \
             VALUES ('{id}', '2025-05-05T10:00:00.000000Z', '{id}', 1, 'Forge', 'lire', 'patient', 'accepte')"
        )]);
        let anomalies = verifier(banc, &tetes).anomalies;
        let instant = "2025-05-05T10:00:00Z".parse().unwrap();
        assert_eq!(anomalies, [Anomalie::Antidatee { rang: tetes[0].rang + 1, id: id.parse().unwrap(), instant, deja: tetes[0].instant }]);
    }

    fn la_commande_atteste_verifie_nomme_et_rend_un_code(banc) {
        let scene = Scene::nouvelle(banc);
        banc.regler(APRES_LA_PREPARATION);
        agir(&scene, 10);
        let dcc = |arguments: &[&str]| {
            let sortie = Command::new(env!("CARGO_BIN_EXE_dcc"))
                .arg("audit")
                .args(arguments)
                .current_dir(banc.dossier())
                .env("DCC_BASE", &banc.etat.config.base)
                .env("DCC_AUDIT__DOSSIER", "tetes")
                .env("DCC_AUDIT__CLE_FICHIER", "audit.cle")
                .output()
                .unwrap();
            (sortie.status.success(), String::from_utf8(sortie.stdout).unwrap())
        };
        assert!(dcc(&["cle"]).0);
        assert!(!dcc(&["cle"]).0, "une clé ne s'écrase pas");
        let (fait, dit) = dcc(&["tete"]);
        assert!(fait && dit.contains("attesté dans tetes/tetes-"), "{dit}");
        let (tient, dit) = dcc(&["verifier", "--tetes", "tetes", "--cle-publique", "audit.cle.pub"]);
        assert!(tient && dit.contains("1 têtes signées comparées : la trace est intègre"), "{dit}");
        let (fait, lignes) = dcc(&["exporter"]);
        let evenements: Vec<serde_json::Value> = lignes.lines().map(|ligne| serde_json::from_str(ligne).unwrap()).collect();
        assert!(fait && evenements.len() > 20 && evenements.iter().all(|e| e["resourceType"] == "AuditEvent"));
        let (id, _) = ligne_de(banc, 12);
        attaquer(banc, &[format!("UPDATE trace SET acteur = 'Quelqu''un d''autre' WHERE id = '{id}'")]);
        let (tient, dit) = dcc(&["verifier"]);
        assert!(!tient && dit.contains(&format!("rang 12 : la ligne {id}")), "{dit}");
    }

    fn une_ligne_supprimee_avant_son_sceau_laisse_un_trou(banc) {
        let scene = Scene::nouvelle(banc);
        agir(&scene, 10);
        let (id, numero): (TraceId, i64) = banc.systeme(|op| {
            let lues = trace::table.filter(trace::action.eq("lire")).order(trace::numero).select((trace::id, trace::numero));
            Ok(lues.first(op.conn)?)
        });
        attaquer(banc, &[format!("DELETE FROM trace WHERE id = '{id}'")]);
        assert!(verifier(banc, &[]).tient(), "trop récent pour conclure : un acte est peut-être en cours");
        banc.regler("2026-03-02T11:00:00Z");
        let anomalies = verifier(banc, &[]).anomalies;
        assert!(matches!(anomalies[..], [Anomalie::NumerosManquants { du, au, .. }] if du == numero && au == numero), "{anomalies:?}");
    }

    fn des_actes_refuses_ou_rejoues_ne_laissent_pas_de_trou(banc) {
        let scene = Scene::nouvelle(banc);
        let chemin = agir(&scene, 0);
        let modification = json!({ "nom_naissance": "Autre", "premier_prenom": "Claude", "sexe": "feminin", "date_naissance": "1960-05-20" });
        std::thread::scope(|ici| {
            for _ in 0..6 {
                ici.spawn(|| {
                    for _ in 0..10 {
                        scene.demandeur.put(&chemin, 1, modification.clone());
                        scene.secretaire.get(&chemin).est(404);
                    }
                });
            }
        });
        banc.regler("2026-03-02T12:00:00Z");
        let rapport = verifier(banc, &[]);
        assert!(rapport.tient(), "{rapport}");
    }

    fn le_delegue_lit_des_audit_event_et_le_releve_d_un_patient(banc) {
        let scene = Scene::nouvelle(banc);
        let chemin = agir(&scene, 2);
        scene.secretaire.get(&chemin).est(404);
        let delegue = delegue(banc);
        let patient = chemin.rsplit('/').next().unwrap();
        let page = delegue.get(&format!("/api/v1/trace/evenements?patient={patient}&limite=2")).est(200).corps;
        assert_eq!(page["elements"].as_array().unwrap().len(), 2);
        assert_eq!(page["elements"][0]["resourceType"], "AuditEvent");
        let suite = delegue.get(&format!("/api/v1/trace/evenements?patient={patient}&curseur={}", page["suivant"].as_str().unwrap())).est(200).corps;
        assert_eq!(suite["elements"].as_array().unwrap().iter().filter(|e| e["outcome"] == "4").count(), 1, "{suite:#}");
        let releve = delegue.get(&format!("{chemin}/releve-acces")).est(200).corps;
        let premier = &releve["acces"][0];
        assert_eq!((&premier["action"], &premier["roles"], &premier["motif"]), (&json!("creer"), &json!(["demandeur"]), &json!("soins")));
        assert_eq!(premier["acteur"], "demandeur");
        assert!(!lignes(banc, "lire", "releve_acces").is_empty(), "le relevé est tracé à son tour");
        scene.responsable.get("/api/v1/trace/evenements").refuse(403, "action-interdite");
        let inconnu = format!("/api/v1/patients/{}/releve-acces", "0196a000-0000-7000-8000-000000000009");
        delegue.get(&inconnu).refuse(404, "patient-introuvable");
    }

    fn la_nuit_on_cherche_les_acces_a_expliquer_et_le_delegue_juge(banc) {
        let scene = Scene::nouvelle(banc);
        let delegue = delegue(banc);
        for (code, seuil) in [("volume_horaire", 3), ("refus_nombreux", 4), ("pic_exports", 1000)] {
            delegue.put(&format!("/api/v1/trace/regles/{code}"), 1, json!({ "active": true, "seuil": seuil })).est(200);
        }
        let regle = "/api/v1/trace/regles/hors_horaires";
        delegue.put(regle, 1, json!({ "active": true, "seuil": 1 })).est(422);
        delegue.put(regle, 1, json!({ "active": true, "seuil": 1, "heures": { "du": "20:00", "au": "07:00" } })).est(200);
        delegue.put(regle, 1, json!({ "active": true, "seuil": 1, "heures": { "du": "20:00", "au": "07:00" } })).est(412);
        // Four patients within the hour; one has the surname of the doctor, one is the doctor; another is a colleague's.
        let dossier = |nom: &str, prenom: &str| {
            let patient = json!({ "nom_naissance": nom, "premier_prenom": prenom, "sexe": "feminin", "date_naissance": "1960-05-20" });
            format!("/api/v1/patients/{}", scene.demandeur.post("/api/v1/patients", patient).est(201).id())
        };
        let anodin = dossier("Lambert", "Claude");
        dossier("Demandeur", "Louise");
        dossier("Demandeur", "Camille");
        let confrere = banc.medecin_de(scene.region.etablissement, "Confrere", "G15_10/SM14", 9);
        let curieux = banc.medecin_de(scene.region.etablissement, "Curieux", "G15_10/SM14", 10);
        let curieux = banc.professionnel("curieux", Some(curieux), &[(Role::Demandeur, Perimetre::Patients)]);
        let patient = json!({ "nom_naissance": "Confrere", "premier_prenom": "Camille", "sexe": "feminin", "date_naissance": "1970-01-01" });
        curieux.post("/api/v1/patients", patient).est(201);
        assert_ne!(confrere, scene.demandeur_id);
        for _ in 0..4 {
            scene.secretaire.get(&anodin).est(404);
        }
        banc.regler("2026-03-02T21:30:00Z");
        scene.demandeur.get(&anodin).est(200);
        banc.regler("2026-03-03T02:00:00Z");
        let db = &banc.etat.db;
        detection::detecter_les_jours_clos(db, &demande()).unwrap();
        let alertes = delegue.get("/api/v1/trace/alertes?en_attente=true").est(200).corps["elements"].clone();
        let mut regles: Vec<&str> = alertes.as_array().unwrap().iter().map(|a| a["regle"].as_str().unwrap()).collect();
        regles.sort_unstable();
        assert_eq!(regles, ["dossier_collegue", "hors_horaires", "meme_nom", "propre_dossier", "refus_nombreux", "volume_horaire"], "{alertes:#}");
        detection::detecter_les_jours_clos(db, &demande()).unwrap();
        let encore = delegue.get("/api/v1/trace/alertes").est(200).corps["elements"].clone();
        assert_eq!(encore, alertes, "une nuit ne compte qu'une fois");
        let chemin = format!("/api/v1/trace/alertes/{}/verdict", alertes[0]["id"].as_str().unwrap());
        let verdict = json!({ "verdict": "justifie", "commentaire": "Vacation du service." });
        assert_eq!(delegue.post_si(&chemin, 1, verdict.clone()).est(200).corps["verdict"], "justifie");
        delegue.post_si(&chemin, 1, verdict.clone()).est(412);
        scene.responsable.post_si(&chemin, 2, verdict).est(403);
        assert_eq!(delegue.get("/api/v1/trace/alertes?en_attente=true").est(200).corps["elements"].as_array().unwrap().len(), 5);
    }
}

/// `cargo test --test it -- --ignored --nocapture --test-threads 1 trace::mesure`
#[test]
#[ignore = "une mesure"]
fn mesure_sqlite() {
    crate::support::essayer(crate::support::base::Base::Sqlite, mesurer);
}

#[test]
#[ignore = "une mesure"]
fn mesure_postgres() {
    crate::support::essayer(crate::support::base::Base::Postgres, mesurer);
}

fn mesurer(banc: &Banc) {
    const LIGNES: usize = 100_000;
    let scene = Scene::nouvelle(banc);
    agir(&scene, 1);
    multiplier(banc, LIGNES);
    let debut = Chronometre::now();
    let scelles = service::sceller(&banc.etat.db, &demande(), None).unwrap();
    let scellement = debut.elapsed().as_secs_f64();
    let debut = Chronometre::now();
    let rapport = verifier(banc, &[]);
    let verification = debut.elapsed().as_secs_f64();
    assert!(rapport.tient(), "{rapport}");
    println!("scellement : {scelles} lignes en {scellement:.2} s ; vérification : {} en {verification:.2} s", rapport.sceaux);
}

fn agir_encore(scene: &Scene<'_>) {
    for _ in 0..5 {
        scene.demandeur.post("/api/v1/patients/recherche", json!({ "nom": "LAMBERT", "date_naissance": "1960-05-20" }));
        scene.demandeur.get("/api/v1/patients/0196a000-0000-7000-8000-000000000009").est(404);
    }
}

/// Copies of a row of read, under numbers and identifiers of their own.
fn multiplier(banc: &Banc, lignes: usize) {
    let mut conn = migrate::connexion(&Adresse::lire(&banc.etat.config.base).unwrap()).unwrap();
    let colonnes = "compte_id, acteur, session_id, role, perimetre_type, perimetre_id, operation, action, objet_type, objet_id, objet_version, \
        patient_id, champs, motif, resultat, code, requete_id, adresse";
    let (id, emetteur) = match &conn {
        DbConn::Sqlite(_) => ("printf('019cad00-0000-7000-8000-%012x', n.n)", "'019cad00-0000-7000-8000-000000000000'"),
        DbConn::Pg(_) => {
            ("('019cad00-0000-7000-8000-' || lpad(to_hex(n.n), 12, '0'))::uuid", "'019cad00-0000-7000-8000-000000000000'::uuid")
        }
    };
    let ordre = format!(
        "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {lignes}) \
         INSERT INTO trace (id, instant, emetteur, numero, {colonnes}) \
         SELECT {id}, t.instant, {emetteur}, n.n, {colonnes} FROM n, (SELECT * FROM trace WHERE action = 'lire' LIMIT 1) t"
    );
    executer(&mut conn, &ordre).unwrap();
}
