//! Identities after the RNIV: statuses and their proofs, attributes, history, search by traits.

use crate::support::{Banc, client::Client, region::Region};
use dcc::{
    kernel::{Perimetre, Role},
    messagerie::memoire::Memoire,
};
use diesel::prelude::*;
use serde_json::{Value, json};
use std::sync::Arc;

const PATIENTS: &str = "/api/v1/patients";
const INS: &str = "279035121518989";
const OID_NIR: &str = "1.2.250.1.213.1.4.8";

fn secretaire(banc: &Banc, nom: &str, region: Region) -> Client {
    banc.personne(nom, &[(Role::Secretaire, Perimetre::Etablissement(region.etablissement))])
}

fn jeanne(complement: Value) -> Value {
    let mut corps = json!({ "nom_naissance": "Lefèvre", "premier_prenom": "Jeanne", "sexe": "feminin", "date_naissance": "1979-03-14" });
    corps.as_object_mut().unwrap().extend(complement.as_object().unwrap().clone());
    corps
}

/// What is typed to give the identity a status, proofs included.
fn sous(statut: &str) -> Value {
    let insi = json!({ "ins": INS, "ins_oid": OID_NIR });
    let mut corps = jeanne(json!({ "statut_identite": statut }));
    if statut == "recuperee" || statut == "qualifiee" {
        corps.as_object_mut().unwrap().extend(insi.as_object().unwrap().clone());
    }
    if statut == "validee" || statut == "qualifiee" {
        corps["justificatif"] = json!("passeport");
    }
    corps
}

sur_les_deux_bases! {
    fn chaque_transition_de_statut_suit_ses_preuves(banc) {
        let claire = secretaire(banc, "claire", banc.region(1));
        let statuts = ["provisoire", "recuperee", "validee", "qualifiee"];
        for de in statuts {
            for vers in statuts {
                let id = claire.post(PATIENTS, sous(de)).est(201).id();
                let chemin = format!("{PATIENTS}/{id}");
                let apres = claire.put(&chemin, 1, sous(vers));
                if matches!((de, vers), ("recuperee", "validee") | ("validee", "recuperee")) {
                    apres.refuse(409, "transition-identite-interdite");
                    claire.put(&chemin, 1, sous("provisoire")).est(200);
                } else {
                    let corps = apres.est(200).corps;
                    assert_eq!(corps["statut_identite"], vers);
                    assert_eq!(corps["ins"].is_string(), vers == "qualifiee", "{de} {vers}");
                    assert_eq!(corps["justificatif"].is_string(), vers == "validee" || vers == "qualifiee", "{de} {vers}");
                    assert_eq!(corps["insi_le"].is_string(), vers == "recuperee" || vers == "qualifiee", "{de} {vers}");
                    let version = claire.get(&chemin).est(200).version();
                    claire.put(&chemin, version, sous("provisoire")).est(200);
                }
                // Makes room for the next: the traits and the matricule are free again.
                let version = claire.get(&chemin).est(200).version();
                claire.put(&chemin, version, jeanne(json!({ "nom_naissance": format!("{de}{vers}") }))).est(200);
            }
        }
    }

    fn un_statut_sans_sa_preuve_est_refuse_et_un_trait_strict_ne_se_corrige_pas_sans_piece(banc) {
        let claire = secretaire(banc, "claire", banc.region(1));
        let mut sans_piece = sous("qualifiee");
        sans_piece.as_object_mut().unwrap().remove("justificatif");
        assert_eq!(claire.post(PATIENTS, sans_piece).refuse(422, "contenu-invalide").fautes(), ["/justificatif"]);
        let mut faible = sous("validee");
        faible["justificatif"] = json!("autre");
        assert_eq!(claire.post(PATIENTS, faible).refuse(422, "contenu-invalide").fautes(), ["/justificatif"]);

        let cree = claire.post(PATIENTS, sous("qualifiee")).est(201);
        let chemin = format!("{PATIENTS}/{}", cree.id());
        let corrige = |complement: Value| {
            let mut corps = sous("qualifiee");
            corps.as_object_mut().unwrap().remove("justificatif");
            corps.as_object_mut().unwrap().extend(complement.as_object().unwrap().clone());
            corps
        };
        for trait_strict in [json!({ "nom_naissance": "Lefebvre" }), json!({ "lieu_naissance": "59350" }), json!({ "prenoms": "Jeanne Marie" })] {
            assert_eq!(claire.put(&chemin, 1, corrige(trait_strict)).refuse(422, "contenu-invalide").fautes(), ["/justificatif"]);
        }
        claire.put(&chemin, 1, corrige(json!({ "telephone": "0320000000" }))).est(200);
        claire.put(&chemin, 2, corrige(json!({ "lieu_naissance": "59350", "justificatif": "carte_identite" }))).est(200);
    }

    fn une_identite_douteuse_ou_fictive_redevient_provisoire_et_le_reste(banc) {
        let claire = secretaire(banc, "claire", banc.region(1));
        let id = claire.post(PATIENTS, sous("qualifiee")).est(201).id();
        let (chemin, attributs) = (format!("{PATIENTS}/{id}"), format!("{PATIENTS}/{id}/identite/attributs"));
        let pose = |douteuse: bool, fictive: bool| json!({ "homonyme": false, "douteuse": douteuse, "fictive": fictive, "motif": "Pièce d'une autre personne" });
        claire.put(&attributs, 9, pose(true, false)).refuse(412, "version-perimee");
        let douteuse = claire.put(&attributs, 1, pose(true, false)).est(200);
        assert_eq!((&douteuse.corps["statut_identite"], &douteuse.corps["ins"]), (&json!("provisoire"), &Value::Null));
        assert_eq!(douteuse.corps["attributs"], json!({ "homonyme": false, "douteuse": true, "fictive": false }));
        claire.put(&chemin, 2, sous("qualifiee")).refuse(409, "identite-douteuse");
        claire.put(&attributs, 2, pose(false, true)).est(200);
        claire.put(&chemin, 3, sous("recuperee")).refuse(409, "identite-fictive");
        claire.put(&chemin, 3, sous("provisoire")).est(200);
        claire.put(&attributs, 4, pose(false, false)).est(200);
        claire.put(&chemin, 5, sous("qualifiee")).est(200);
        let soignant = banc.personne("soignant", &[(Role::Soignant, Perimetre::Region)]);
        soignant.put(&attributs, 6, pose(true, false)).refuse(403, "action-interdite");
    }

    fn rien_d_une_identite_fictive_ne_part(banc) {
        use dcc::db::schema::{diffusion as d, patient as p};
        let scene = crate::support::scene::Scene::nouvelle(banc);
        let reunion = scene.reunion("2026-03-05T17:00:00Z", None);
        let cas = scene.inscrire(&reunion, &scene.fiche("Lefèvre", "1960-05-20", crate::support::scene::complete()));
        scene.ouvrir(&reunion);
        scene.reunir(&reunion);
        scene.secretaire.post(&format!("{cas}/discussion"), json!({ "proposition": crate::support::scene::chimiotherapie() })).est(200);
        scene.clore(&reunion);
        banc.systeme(|op| Ok(diesel::update(p::table).set(p::fictive.eq(true)).execute(op.conn)?));
        let version = scene.responsable.get(&reunion).est(200).version();
        scene.responsable.poster_si(&format!("{reunion}/validation"), version).est(200);
        let memoire = Arc::new(Memoire::default());
        let ouvrier = dcc::app::ouvrier(&banc.etat.config, memoire).unwrap();
        dcc::jobs::runner::vider(&banc.etat.db, &ouvrier).unwrap();
        let etats: Vec<String> = banc.systeme(|op| Ok(d::table.select(d::etat).load(op.conn)?));
        assert_eq!(etats, ["opposition"]);
    }

    fn l_historique_dit_qui_a_change_quoi_et_ce_qui_etait(banc) {
        let (nord, sud) = (banc.region(1), banc.region(2));
        let (claire, denis) = (secretaire(banc, "claire", nord), secretaire(banc, "denis", sud));
        let id = claire.post(PATIENTS, sous("recuperee")).est(201).id();
        let (chemin, historique) = (format!("{PATIENTS}/{id}"), format!("{PATIENTS}/{id}/identite/historique"));
        assert_eq!(claire.get(&historique).est(200).corps, json!([]));
        claire.put(&chemin, 1, sous("qualifiee")).est(200);
        let mut mariee = sous("qualifiee");
        mariee["nom_utilise"] = json!("Durand");
        claire.put(&chemin, 2, mariee.clone()).est(200);
        // Nothing changed: nothing is kept.
        claire.put(&chemin, 3, mariee).est(200);
        let lus = claire.get(&historique).est(200);
        let changements = lus.corps.as_array().unwrap();
        assert_eq!(changements.len(), 2, "{:#}", lus.corps);
        assert_eq!((&changements[0]["champs"], &changements[0]["version"], &changements[0]["acteur"]), (&json!(["nom_utilise"]), &json!(3), &json!("claire")));
        assert_eq!((&changements[0]["avant"]["nom_utilise"], &changements[0]["avant"]["ins"]), (&Value::Null, &json!(INS)));
        assert_eq!(changements[1]["champs"], json!(["statut_identite", "justificatif"]));
        // The matricule of an identity that was only fetched is not shown afterwards either.
        assert_eq!((&changements[1]["avant"]["statut_identite"], &changements[1]["avant"]["ins"]), (&json!("recuperee"), &Value::Null));
        denis.get(&historique).refuse(404, "patient-introuvable");
        banc.personne("soignant", &[(Role::Soignant, Perimetre::Etablissement(nord.etablissement))]).get(&historique).refuse(403, "action-interdite");
    }

    fn les_facons_d_ecrire_un_nom_trouvent_le_meme_patient(banc) {
        let claire = secretaire(banc, "claire", banc.region(1));
        for (nom, prenoms, recherches) in [
            ("Lefèvre", "Anne", vec![("LEFEVRE", ""), ("lefè", "anne")]),
            ("Le Goff", "Yann", vec![("LEGOFF", ""), ("Le Goff", "Yann"), ("goff", "")]),
            ("LEGALL", "Yves", vec![("Le Gall", "")]),
            ("Martin", "Jean-Pierre, Marie", vec![("Martin", "Jean Pierre"), ("martin", "J-P"), ("martin", "jeanpierre"), ("Martin", "Marie Jean")]),
            ("D'Almeida", "Rosa", vec![("DALMEIDA", ""), ("d almeida", ""), ("Almeida", "rosa")]),
            ("Müller", "Karl", vec![("MULLER", ""), ("müll", "")]),
            ("Núñez", "Inés", vec![("Nunez", "ines"), ("NUÑ", "")]),
            ("Œuvrard", "Zoé", vec![("Oeuvrard", "zoe"), ("œuv", "")]),
            ("Saint-Exupéry", "Paul", vec![("St Exupery", ""), ("saint exu", ""), ("Exupéry", "")]),
            ("Ste Marie", "Luc", vec![("Sainte-Marie", ""), ("STE MARIE", "")]),
            ("Dupont-Durand", "Léa", vec![("Durand", "lea"), ("Durand Dupont", ""), ("DUPONTDURAND", "")]),
        ] {
            let premier = prenoms.split([',', ' ']).next().unwrap();
            let corps = json!({ "nom_naissance": nom, "premier_prenom": premier, "prenoms": prenoms, "sexe": "feminin", "date_naissance": "1950-01-01" });
            let id = claire.post(PATIENTS, corps).est(201).id();
            for (tape, prenom) in recherches {
                let recherche = json!({ "nom": tape, "prenom": prenom, "date_naissance": "1950-01-01" });
                let trouves = claire.post("/api/v1/patients/recherches", recherche).est(200).corps;
                let ids: Vec<&str> = trouves["elements"].as_array().unwrap().iter().map(|p| p["id"].as_str().unwrap()).collect();
                assert_eq!(ids, [id.as_str()], "{tape} {prenom}");
            }
        }
        let refus = claire.post("/api/v1/patients/recherches", json!({ "nom": "Martin" })).refuse(422, "contenu-invalide");
        assert_eq!(refus.fautes(), ["/date_naissance"]);
    }

    fn une_recherche_reste_courte_a_cent_mille_patients(banc) {
        let region = banc.region(1);
        let claire = secretaire(banc, "claire", region);
        peupler(banc, region.etablissement, 100_000);
        let date = |rang: i64| chrono::NaiveDate::from_ymd_opt(1930, 1, 1).unwrap() + chrono::TimeDelta::days(rang * 7_919 % 27_000);
        let mut durees: Vec<u128> = (1..=40_i64)
            .map(|essai| {
                let rang = essai * 2_311;
                let recherche = json!({ "nom": format!("nom {rang}"), "date_naissance": date(rang) });
                let debut = std::time::Instant::now();
                let trouves = claire.post("/api/v1/patients/recherches", recherche).est(200).corps;
                assert_eq!(trouves["elements"].as_array().map(Vec::len), Some(1), "{trouves:#}");
                debut.elapsed().as_micros()
            })
            .collect();
        durees.sort_unstable();
        println!("recherche par traits parmi 100 000 patients : médiane {} µs, la plus longue {} µs", durees[20], durees[39]);
        assert!(durees[20] < 250_000, "médiane {} µs", durees[20]);
    }
}

/// Many patients of an établissement, written in one statement.
fn peupler(banc: &Banc, etablissement: dcc::kernel::ids::EtablissementId, nombre: i64) {
    use dcc::db::requete::{Requete, Valeur};
    let postgres = banc.etat.config.base.starts_with("postgres");
    let (id, jour) = if postgres {
        (
            "CAST('00000000-0000-7000-8000-' || LPAD(CAST(i AS TEXT), 12, '0') AS UUID)",
            "DATE '1930-01-01' + CAST(i * 7919 % 27000 AS INTEGER)",
        )
    } else {
        ("PRINTF('00000000-0000-7000-8000-%012d', i)", "DATE('1930-01-01', '+' || (i * 7919 % 27000) || ' days')")
    };
    let patients = format!(
        "INSERT INTO patient (id, nom_naissance, prenoms, premier_prenom, sexe, date_naissance, recherche_nom, recherche_utilise, \
         recherche_prenom, statut_identite, version, cree_le, modifie_le) \
         WITH RECURSIVE n(i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < :nombre) \
         SELECT {id}, 'NOM' || i, 'Camille', 'Camille', 'feminin', {jour}, 'NOM' || i, '', 'CAMILLE', 'provisoire', 1, :moment, :moment FROM n"
    );
    let liens = "INSERT INTO lien_patient (patient_id, sujet_id, motif, origine_id, debut, fin) \
                 SELECT id, :etablissement, 'etablissement', id, :moment, NULL FROM patient";
    banc.systeme(move |op| {
        for texte in [patients.as_str(), liens, "ANALYZE"] {
            Requete::new(texte)
                .avec("nombre", Valeur::Entier(nombre))
                .avec("moment", Valeur::Moment(op.maintenant))
                .avec("etablissement", Valeur::Identifiant(etablissement.uuid()))
                .executer(op.conn)?;
        }
        Ok(())
    });
}
