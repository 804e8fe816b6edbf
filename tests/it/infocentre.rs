//! The infocentre: the published figures, the agreement of every number with its rows, who sees what.

pub mod monde;
mod rapport;
mod replique;

use crate::support::{Banc, client::Client};
use chrono::{Duration, NaiveDate};
use dcc::{
    kernel::{Instant, Perimetre, Role, ids::PraticienId},
    metier::infocentre::model::{Axe, Indicateur, ObjetCompte},
};
use monde::{AXES_DES_PARTICIPATIONS, Lieu, Monde, Plantes, UnPassage, UneRcp, UneReunion};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use serde_json::{Value, json};

fn praticiens(banc: &Banc) -> [PraticienId; 3] {
    [banc.medecin("TRAITANT", "G15_10/SM26", 1), banc.medecin("ONCO", "G15_10/SM36", 2), banc.medecin("RADIO", "G15_10/SM43", 3)]
}

fn planter(banc: &Banc, monde: &Monde, praticiens: [PraticienId; 3]) -> Plantes {
    let monde = monde.clone();
    banc.systeme(move |op| monde.planter(op, &praticiens))
}

fn analyste(banc: &Banc) -> Client {
    banc.personne("analyste", &[(Role::Analyste, Perimetre::Region)])
}

fn instant(texte: &str) -> Instant {
    texte.parse().unwrap()
}

fn jour(texte: &str) -> NaiveDate {
    texte.parse().unwrap()
}

/// The rows behind a number, page after page.
fn lignes(client: &Client, filtre: &str, limite: usize) -> Vec<Value> {
    let (mut lignes, mut suite) = (Vec::new(), String::new());
    loop {
        let page = client.get(&format!("/api/v1/infocentre/lignes?{filtre}&limite={limite}{suite}")).est(200).corps;
        let elements = page["elements"].as_array().unwrap();
        assert!(elements.len() <= limite);
        lignes.extend(elements.iter().cloned());
        let Some(suivant) = page["suivant"].as_str() else { return lignes };
        suite = format!("&curseur={suivant}");
    }
}

fn groupe<'a>(activite: &'a Value, cle: &str) -> &'a Value {
    let ligne = activite["lignes"].as_array().unwrap().iter().find(|ligne| ligne["cle"] == cle);
    &ligne.unwrap_or_else(|| panic!("pas de groupe {cle} : {activite:#}"))["indicateurs"]
}

/// One row of the published report: theme, entities, meetings, CR, patients, new patients.
const PUBLIES: [(&str, usize, usize, usize, usize, usize); 4] = [
    ("visceral", 2, 51, 673, 475, 394),
    ("snc_orl", 1, 25, 343, 246, 182),
    ("pediatrie_hemato", 1, 51, 359, 264, 228),
    ("phases_precoces", 1, 9, 20, 20, 18),
];

/// A year of meetings that holds exactly what was published, and the year before for those patients
/// who are not new.
fn annee_publiee(banc: &Banc) -> Monde {
    let mut monde = Monde { lieux: vec![Lieu { region: banc.region(1), avec_territoire: true }], ..Monde::default() };
    let seance = |rcp: usize, debut: Instant| UneReunion { rcp, debut, etat: "validee", visio: false };
    let mut patients = 0;
    for (theme, entites, reunions, cr, differents, nouveaux) in PUBLIES {
        let premiere = monde.rcp.len();
        for _ in 0..entites {
            let une = UneRcp { theme, type_rcp: "standard", expertise: false, lieu: 0, lieu_actuel: 0, validee: true, partenaire: None };
            monde.rcp.push(une);
        }
        let avant = monde.reunions.len();
        monde.reunions.push(seance(premiere, instant("2023-12-31T17:00:00Z")));
        for rang in 0..reunions {
            // From half past midnight in Paris on 1 January, which is still December in UTC.
            let debut = instant("2023-12-31T23:30:00Z") + Duration::days(i64::try_from(rang).unwrap() * 7);
            monde.reunions.push(seance(premiere + rang % entites, debut));
        }
        let passage = |reunion: usize, patient: usize| UnPassage {
            reunion,
            patient: patients + patient,
            statut: if patient.is_multiple_of(5) { "enregistre" } else { "discute" },
            age: 60,
            g8: "non_concerne",
            has: Some(true),
            regle: None,
            envoi: None,
            corrige: false,
            traits: 0,
        };
        monde.passages.extend((nouveaux..differents).map(|patient| passage(avant, patient)));
        monde.passages.extend((0..cr).map(|rang| passage(avant + 1 + rang % reunions, rang % differents)));
        patients += differents;
    }
    monde
}

/// Three RCP in three places, the third one organised with the first place; one meeting by
/// videoconference and one case each.
fn trois_rcp(lieux: &[Lieu]) -> Monde {
    let mut monde = Monde { lieux: lieux.to_vec(), ..Monde::default() };
    for rang in 0..3 {
        monde.rcp.push(UneRcp {
            theme: if rang == 1 { "thorax" } else { "sein" },
            type_rcp: if rang == 0 { "pediatrique" } else { "standard" },
            expertise: false,
            lieu: rang,
            lieu_actuel: rang,
            validee: true,
            partenaire: (rang == 2).then_some(0),
        });
        let debut = instant("2025-03-01T09:00:00Z") + Duration::days(i64::try_from(rang).unwrap());
        monde.reunions.push(UneReunion { rcp: rang, debut, etat: "validee", visio: true });
        monde.passages.push(UnPassage {
            reunion: rang,
            patient: rang,
            statut: "discute",
            age: 80,
            g8: "non_fait",
            has: Some(true),
            regle: None,
            envoi: Some("postee"),
            corrige: false,
            traits: 0,
        });
    }
    monde
}

/// Random worlds: RCP that moved, meetings on both sides of the period and of midnight, corrections,
/// postponed cases, quorums that nobody could tell.
fn un_monde(lieux: Vec<Lieu>) -> impl Strategy<Value = Monde> {
    let nombre = lieux.len();
    let rcp = (
        prop::sample::select(vec!["sein", "thorax"]),
        prop::sample::select(vec!["standard", "pediatrique"]),
        prop::bool::weighted(0.3),
        0..nombre,
        0..nombre,
        prop::bool::weighted(0.8),
    )
        .prop_map(|(theme, type_rcp, expertise, lieu, lieu_actuel, validee)| UneRcp {
            theme,
            type_rcp,
            expertise,
            lieu,
            lieu_actuel,
            validee,
            partenaire: None,
        });
    let reunion =
        (0..3_usize, -40..100_i64, prop::sample::select(vec!["validee", "validee", "close", "annulee", "planifiee"]), any::<bool>());
    let reunions = prop::collection::vec(reunion, 1..14).prop_map(|tirees| {
        let minuit = instant("2024-12-31T22:45:00Z");
        let seances = tirees.into_iter().enumerate().map(|(rang, (rcp, jours, etat, visio))| {
            // A minute each, so that no two coincide; half an hour around midnight in Paris.
            let debut = minuit + Duration::days(jours) + Duration::minutes(3 * i64::try_from(rang).unwrap());
            UneReunion { rcp, debut, etat, visio }
        });
        seances.collect::<Vec<_>>()
    });
    let passage = (
        (any::<prop::sample::Index>(), 0..9_usize, prop::sample::select(vec!["discute", "discute", "enregistre", "reporte"]), 10..95_i64),
        prop::sample::select(vec!["non_concerne", "non_fait", "incomplet", "fait"]),
        prop::option::weighted(0.9, prop::bool::weighted(0.8)),
        prop::option::weighted(0.9, prop::bool::weighted(0.6)),
        prop::option::of(prop::sample::select(vec![
            "acceptee",
            "remise",
            "lue",
            "integree",
            "postee",
            "rejetee",
            "refusee",
            "echec",
            "opposition",
        ])),
        (prop::bool::weighted(0.2), any::<u128>()),
    );
    (prop::collection::vec(rcp, 3), reunions, prop::collection::vec(passage, 0..45)).prop_map(move |(rcp, reunions, tires)| {
        let validees: Vec<usize> = (0..reunions.len()).filter(|r| reunions[*r].etat == "validee").collect();
        let mut deja = std::collections::BTreeSet::new();
        let passages = tires
            .into_iter()
            .filter(|_| !validees.is_empty())
            .map(|((place, patient, statut, age), g8, has, regle, envoi, (corrige, traits))| UnPassage {
                reunion: validees[place.index(validees.len())],
                patient,
                statut,
                age,
                g8,
                has,
                regle,
                envoi,
                corrige,
                traits,
            })
            .filter(|p| deja.insert((p.reunion, p.patient)))
            .collect();
        Monde { lieux: lieux.clone(), rcp, reunions, passages }
    })
}

/// True when the axis shares out what the indicator counts.
fn partage(axe: Axe, code: &str) -> bool {
    let objet = code.parse::<Indicateur>().unwrap().objet();
    objet.map_or(axe.repartit(ObjetCompte::Passage) && axe.repartit(ObjetCompte::Participation), |objet| axe.repartit(objet))
}

/// Compares the table of every axis with the hand count, then every number with its rows.
fn verifier(client: &Client, monde: &Monde, plantes: &Plantes, nouveaux: &str) {
    let (du, au) = ("2025-01-01", "2025-03-10");
    let bornes = (jour(du), jour(au));
    // Every number of the whole is opened onto its rows, and one in eleven of those of the groups.
    let mut rang = 0;
    let mut s_ouvre = |axe: Axe| {
        rang += 1;
        axe == Axe::Region || rang % 11 == 0
    };
    for axe in Axe::TOUS {
        let filtre = format!("du={du}&au={au}&nouveaux={nouveaux}");
        let activite = client.get(&format!("/api/v1/infocentre/activite?{filtre}&par={axe}")).est(200).corps;
        let ensemble = monde.compter(plantes, ("region", "region"), bornes, nouveaux == "rcp");
        comparer(&activite["total"], &ensemble, &format!("total par {axe}"));
        for ligne in activite["lignes"].as_array().unwrap() {
            let cle = ligne["cle"].as_str().unwrap();
            let attendus = monde.compter(plantes, (axe.as_str(), cle), bornes, nouveaux == "rcp");
            let attendus: Vec<_> = attendus.into_iter().filter(|(code, ..)| partage(*axe, code)).collect();
            comparer(&ligne["indicateurs"], &attendus, &format!("{axe} {cle}"));
            let du_groupe = if *axe == Axe::Region { String::new() } else { format!("&{axe}={}", cle.replace('+', "%2B")) };
            for (code, numerateur, denominateur) in attendus {
                if code.parse::<Indicateur>().unwrap().objet().is_none() || !s_ouvre(*axe) {
                    continue;
                }
                let lues = lignes(client, &format!("{filtre}{du_groupe}&indicateur={code}"), 17);
                if code == "COMPLETUDE" || code == "HEURES_PARTICIPATION" {
                    // A sum: its rows are those of the denominator, or those that it adds up.
                    continue;
                }
                let au_numerateur = lues.iter().filter(|l| l["objet"] == "entite" || l["numerateur"] == true).count();
                assert_eq!(au_numerateur, numerateur, "{axe} {cle} {code} : {lues:#?}");
                if code.starts_with("TX_") {
                    assert_eq!(lues.len(), denominateur, "{axe} {cle} {code} : {lues:#?}");
                }
            }
            for (code, jours, effectif) in monde.delais(plantes, (axe.as_str(), cle), bornes) {
                if AXES_DES_PARTICIPATIONS.contains(&axe.as_str()) {
                    continue;
                }
                assert_eq!(ligne["indicateurs"][code], json!({ "jours": jours, "effectif": effectif }), "{axe} {cle} {code}");
                if !s_ouvre(*axe) {
                    continue;
                }
                let lues = lignes(client, &format!("{filtre}{du_groupe}&indicateur={code}"), 50);
                assert_eq!(lues.len(), effectif, "{axe} {cle} {code}");
                assert!(lues.iter().all(|ligne| ligne["valeur"].is_i64()), "{axe} {cle} {code} : {lues:#?}");
            }
        }
    }
}

#[track_caller]
fn comparer(indicateurs: &Value, attendus: &[(&str, usize, usize)], ou: &str) {
    for (code, numerateur, denominateur) in attendus {
        let lu = &indicateurs[code];
        if code.starts_with("NB_") {
            assert_eq!(*lu, json!(numerateur), "{ou} : {code}");
        } else {
            assert_eq!((&lu["numerateur"], &lu["denominateur"]), (&json!(numerateur), &json!(denominateur)), "{ou} : {code}");
        }
    }
}

sur_les_deux_bases! {
    fn les_chiffres_publies_du_rapport_regional_se_retrouvent(banc) {
        let monde = annee_publiee(banc);
        planter(banc, &monde, praticiens(banc));
        let activite = analyste(banc).get("/api/v1/infocentre/activite?du=2024-01-01&au=2024-12-31&par=theme").est(200).corps;
        let publies = [("visceral", "1.42", "13"), ("snc_orl", "1.39", "14"), ("pediatrie_hemato", "1.36", "7"), ("phases_precoces", "1.00", "2")];
        for ((theme, entites, reunions, cr, patients, nouveaux), (_, par_patient, par_reunion)) in PUBLIES.into_iter().zip(publies) {
            let lus = groupe(&activite, theme);
            assert_eq!(lus["NB_ENTITES"], entites, "{theme}");
            assert_eq!(lus["NB_REUNIONS"], reunions, "{theme}");
            assert_eq!(lus["NB_CR"], cr, "{theme}");
            assert_eq!(lus["NB_PATIENTS"], patients, "{theme}");
            assert_eq!(lus["NB_NOUVEAUX"], nouveaux, "{theme}");
            assert_eq!(lus["PASSAGES_PAR_PATIENT"], json!({ "numerateur": cr, "denominateur": patients, "valeur": par_patient }));
            assert_eq!(lus["CR_PAR_REUNION"], json!({ "numerateur": cr, "denominateur": reunions, "valeur": par_reunion }));
        }
        assert_eq!(activite["total"]["NB_CR"], 673 + 343 + 359 + 20);
        assert_eq!(activite["total"]["NB_NOUVEAUX"], 394 + 182 + 228 + 18);
        assert_eq!(activite["lignes"].as_array().unwrap().iter().map(|l| l["cle"].as_str().unwrap()).collect::<Vec<_>>(), [
            "pediatrie_hemato", "phases_precoces", "snc_orl", "visceral"
        ]);
    }

    fn derriere_chaque_nombre_il_y_a_autant_de_lignes(banc) {
        let praticiens = praticiens(banc);
        let lieux: Vec<Lieu> =
            (1..=3).map(|rang| Lieu { region: banc.region(rang), avec_territoire: rang != 2 }).collect();
        let client = analyste(banc);
        let reglages = Config { cases: 4, failure_persistence: None, max_shrink_iters: 20, ..Config::default() };
        TestRunner::new(reglages)
            .run(&(un_monde(lieux), any::<bool>()), |(monde, dans_la_rcp)| {
                banc.systeme(monde::effacer);
                let plantes = planter(banc, &monde, praticiens);
                verifier(&client, &monde, &plantes, if dans_la_rcp { "rcp" } else { "region" });
                Ok(())
            })
            .unwrap();
    }

    fn chacun_ne_voit_que_son_perimetre(banc) {
        let lieux: Vec<Lieu> = (1..=3).map(|rang| Lieu { region: banc.region(rang), avec_territoire: true }).collect();
        let plantes = planter(banc, &trois_rcp(&lieux), praticiens(banc));
        let vues = |role: Role, perimetre: Perimetre| {
            let client = banc.personne(&format!("{role} {perimetre:?}"), &[(role, perimetre)]);
            let activite = client.get("/api/v1/infocentre/activite?du=2025-01-01&au=2025-12-31&par=rcp").est(200).corps;
            let noms: Vec<String> =
                activite["lignes"].as_array().unwrap().iter().map(|l| l["libelle"].as_str().unwrap().to_owned()).collect();
            assert_eq!(activite["total"]["NB_CR"], noms.len(), "un compte-rendu par RCP");
            for indicateur in ["NB_CR", "NB_REUNIONS", "NB_ENTITES", "NB_ENTITES_ANNUAIRE", "NB_PATIENTS"] {
                let lues = lignes(&client, &format!("indicateur={indicateur}&du=2025-01-01&au=2025-12-31"), 50);
                let mut rcp: Vec<&str> = lues.iter().map(|l| l["rcp"].as_str().unwrap()).collect();
                rcp.sort_unstable();
                assert_eq!(rcp, noms, "{indicateur}");
            }
            noms
        };
        let rcp = |rang: usize| Perimetre::Rcp(plantes.rcp[rang].into());
        assert_eq!(vues(Role::Analyste, Perimetre::Region), ["RCP d'essai 0", "RCP d'essai 1", "RCP d'essai 2"]);
        assert_eq!(vues(Role::Coordonnateur3c, Perimetre::Centre3c(lieux[1].region.centre)), ["RCP d'essai 1"]);
        assert_eq!(vues(Role::Responsable, rcp(2)), ["RCP d'essai 2"]);
        // The third RCP is organised with the first établissement.
        assert_eq!(vues(Role::AdministrateurLocal, Perimetre::Etablissement(lieux[0].region.etablissement)), ["RCP d'essai 0", "RCP d'essai 2"]);
        assert_eq!(vues(Role::Secretaire, Perimetre::Patients), Vec::<String>::new());
        let demandeur = banc.personne("demandeur", &[(Role::Demandeur, Perimetre::Region)]);
        for chemin in ["indicateurs", "activite?du=2025-01-01&au=2025-12-31", "lignes?indicateur=NB_CR&du=2025-01-01&au=2025-12-31"] {
            demandeur.get(&format!("/api/v1/infocentre/{chemin}")).refuse(403, "action-interdite");
        }
    }

    fn un_filtre_ne_sort_personne_de_son_perimetre(banc) {
        let lieux: Vec<Lieu> = (1..=3).map(|rang| Lieu { region: banc.region(rang), avec_territoire: true }).collect();
        let plantes = planter(banc, &trois_rcp(&lieux), praticiens(banc));
        let client = banc.personne("coordonnateur", &[(Role::Coordonnateur3c, Perimetre::Centre3c(lieux[1].region.centre))]);
        let ailleurs = format!("du=2025-01-01&au=2025-12-31&rcp={}", plantes.rcp[0]);
        let activite = client.get(&format!("/api/v1/infocentre/activite?{ailleurs}&par=rcp")).est(200).corps;
        assert_eq!((&activite["lignes"], &activite["total"]["NB_CR"]), (&json!([]), &json!(0)));
        assert_eq!(lignes(&client, &format!("indicateur=NB_CR&{ailleurs}"), 50), Vec::<Value>::new());
    }

    fn les_filtres_se_croisent(banc) {
        let lieux: Vec<Lieu> = (1..=3).map(|rang| Lieu { region: banc.region(rang), avec_territoire: rang != 3 }).collect();
        let plantes = planter(banc, &trois_rcp(&lieux), praticiens(banc));
        let client = analyste(banc);
        let nombre = |filtre: &str| {
            let chemin = format!("/api/v1/infocentre/activite?du=2025-01-01&au=2025-12-31&{filtre}");
            let total = client.get(&chemin).est(200).corps["total"].clone();
            assert_eq!((&total["NB_CR"], &total["NB_REUNIONS"]), (&total["NB_PATIENTS"], &total["NB_ENTITES_ANNUAIRE"]), "{filtre}");
            total["NB_CR"].as_i64().unwrap()
        };
        assert_eq!(nombre("theme=sein"), 2);
        assert_eq!(nombre(&format!("theme=sein&rcp={}", plantes.rcp[2])), 1);
        assert_eq!(nombre(&format!("theme=thorax&rcp={}", plantes.rcp[2])), 0);
        assert_eq!(nombre("territoire=aucun"), 1);
        assert_eq!(nombre(&format!("territoire={}", lieux[0].region.territoire)), 1);
        assert_eq!(nombre("type=pediatrique"), 1);
        assert_eq!(nombre(&format!("etablissement={}&centre_3c={}", lieux[0].region.etablissement, lieux[0].region.centre)), 1);
    }

    fn les_lignes_ne_designent_aucun_patient_et_leur_lecture_est_tracee(banc) {
        let lieux: Vec<Lieu> = (1..=3).map(|rang| Lieu { region: banc.region(rang), avec_territoire: true }).collect();
        let plantes = planter(banc, &trois_rcp(&lieux), praticiens(banc));
        let client = analyste(banc);
        for indicateur in Indicateur::TOUS.iter().filter(|i| i.objet().is_some()) {
            let lues = Value::Array(lignes(&client, &format!("indicateur={indicateur}&du=2025-01-01&au=2025-12-31"), 50)).to_string();
            assert!(!lues.contains(monde::NOM) && !lues.contains("1950"), "{lues}");
            assert!(plantes.patients.values().all(|patient| !lues.contains(&patient.to_string())), "{lues}");
        }
        let traces: Vec<(String, Option<dcc::db::types::Json>)> = banc.systeme(|op| {
            use dcc::db::schema::trace;
            use diesel::prelude::*;
            let lues = trace::table.filter(trace::objet_type.eq("infocentre")).order(trace::id);
            Ok(lues.select((trace::action, trace::champs)).load(op.conn)?)
        });
        assert_eq!(traces.len(), Indicateur::TOUS.iter().filter(|i| i.objet().is_some()).count());
        assert_eq!(traces[0], ("lire".to_owned(), Some(dcc::db::types::Json(json!(["NB_ENTITES"])))));
    }

    fn une_ligne_dit_pourquoi_elle_compte(banc) {
        let lieux: Vec<Lieu> = (1..=3).map(|rang| Lieu { region: banc.region(rang), avec_territoire: true }).collect();
        let plantes = planter(banc, &trois_rcp(&lieux), praticiens(banc));
        let filtre = format!("du=2025-01-01&au=2025-12-31&rcp={}", plantes.rcp[1]);
        let passage = &lignes(&analyste(banc), &format!("indicateur=TX_CR_ENVOYES_MT&{filtre}"), 50)[0];
        let attendu = json!({
            "objet": "passage", "compte_rendu_id": passage["compte_rendu_id"], "reunion_id": plantes.reunions[1], "rcp_id": plantes.rcp[1],
            "rcp": "RCP d'essai 1", "date": "2025-03-02", "statut_cas": "discute", "expertise": false, "quorum_has": true,
            "quorum_regle": null, "g8": "non_fait", "classe_age": "75-84", "patient_nouveau": true,
            "envoye_medecin_traitant": true, "nb_passages_patient": 1, "numerateur": true
        });
        assert_eq!(*passage, attendu);
        let client = banc.personne("lecteur", &[(Role::Analyste, Perimetre::Region)]);
        let reunion = &lignes(&client, &format!("indicateur=TX_VISIO&{filtre}"), 50)[0];
        assert_eq!(*reunion, json!({
            "objet": "reunion", "reunion_id": plantes.reunions[1], "rcp_id": plantes.rcp[1], "rcp": "RCP d'essai 1",
            "debut": "2025-03-02T09:00:00Z", "etat": "validee", "visio": true, "numerateur": true
        }));
    }

    fn le_tableau_s_emporte_dans_un_tableur(banc) {
        let monde = annee_publiee(banc);
        planter(banc, &monde, praticiens(banc));
        let reponse = analyste(banc).get("/api/v1/infocentre/activite.csv?du=2024-01-01&au=2024-12-31&par=theme").est(200);
        assert_eq!(reponse.entete("content-type"), "text/csv; charset=utf-8; header=present");
        assert_eq!(reponse.entete("content-disposition"), "attachment; filename=\"activite-rcp_theme_2024-01-01_2024-12-31.csv\"");
        let texte = String::from_utf8(reponse.octets).unwrap();
        let lignes: Vec<&str> = texte.strip_prefix('\u{feff}').unwrap().split("\r\n").collect();
        assert!(lignes[0].starts_with("Code;Libellé;NB_ENTITES;NB_ENTITES_ANNUAIRE;NB_REUNIONS;"), "{}", lignes[0]);
        assert!(lignes[0].contains(";PASSAGES_PAR_PATIENT numérateur;PASSAGES_PAR_PATIENT dénominateur;PASSAGES_PAR_PATIENT;"));
        assert_eq!(
            lignes[4],
            ";visceral;2;2;51;0;673;538;135;0;475;394;673;475;1,42;673;51;13;538;538;100,00;51;51;100,00;0;538;0,00;0;51;0,00;\
             0;0;;0;0;;0;0;;0;0;;673;673;100,00;673;673;100,00;0;51;0,00;0;153;0,00;0;;0;;673;0;673;0;0;;0;;0;;0;;673;673;100,00;\
             0;673;0,00;0;673;0,00;0;673;0,00;0;673;0,00;0;0;;0;0;;0;0;;0;0;;0;0;0;;0;0;;0;0;;0;673;0,00;0;673;0,00;0;673;0,00;\
             0;673;0,00;0;673;0,00;0;673;0,00;0;673;0,00;538;538;100,00;0;673;0,00;153;3;0;0;0;0;;9180;60;153,00;0;0;;0;0;"
        );
        assert!(lignes[5].starts_with(";Total;5;5;136;0;1395;"), "{}", lignes[5]);
        assert_eq!(lignes[6..], [""]);
        let colonnes = |ligne: &str| ligne.split(';').count();
        assert!(lignes[..6].iter().all(|ligne| colonnes(ligne) == colonnes(lignes[0])));
    }

    fn le_dictionnaire_dit_ce_que_compte_chaque_nombre(banc) {
        let definitions = analyste(banc).get("/api/v1/infocentre/indicateurs").est(200).corps;
        let codes: Vec<&str> = definitions.as_array().unwrap().iter().map(|d| d["code"].as_str().unwrap()).collect();
        assert_eq!(codes, Indicateur::TOUS.iter().map(|i| i.as_str()).collect::<Vec<_>>());
        assert_eq!(definitions[10]["denominateur"], "Patients différents (NB_PATIENTS).");
        assert_eq!(definitions[10].get("lignes"), None);
    }

    fn les_mois_de_la_periode_se_suivent_meme_vides(banc) {
        let lieux: Vec<Lieu> = (1..=3).map(|rang| Lieu { region: banc.region(rang), avec_territoire: true }).collect();
        planter(banc, &trois_rcp(&lieux), praticiens(banc));
        let activite = analyste(banc).get("/api/v1/infocentre/activite?du=2025-01-15&au=2025-04-02&par=mois").est(200).corps;
        let lus: Vec<(&str, &str, i64)> = activite["lignes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|l| (l["cle"].as_str().unwrap(), l["libelle"].as_str().unwrap(), l["indicateurs"]["NB_CR"].as_i64().unwrap()))
            .collect();
        assert_eq!(lus, [("2025-01", "janvier 2025", 0), ("2025-02", "février 2025", 0), ("2025-03", "mars 2025", 3), ("2025-04", "avril 2025", 0)]);
    }

    fn une_demande_qui_ne_tient_pas_debout_est_refusee(banc) {
        let client = analyste(banc);
        let refus = |chemin: &str, code: &str| drop(client.get(&format!("/api/v1/infocentre/{chemin}")).refuse(400, code));
        refus("activite?du=2025-02-01&au=2025-01-31", "periode-inversee");
        refus("activite?du=2014-01-01&au=2025-01-31", "periode-trop-longue");
        refus("activite?du=0001-01-01&au=0001-01-31", "periode-hors-calendrier");
        refus("activite?du=2025-01-01&au=2025-12-31&mois=2026-01", "mois-hors-periode");
        refus("activite?du=2025-01-01&au=2025-12-31&theme=%00", "filtre-illisible");
        refus("activite?du=2025-01-01&au=2025-12-31&territoire=nulle-part", "filtre-illisible");
        refus("activite?du=2025-01-01&au=2025-12-31&rcp=nulle-part", "parametre-invalide");
        refus("activite?du=2025-01-01&au=2025-12-31&mois=2025-T1", "filtre-illisible");
        refus("activite?du=2025-01-01&au=2025-12-31&classe_age=vieux", "filtre-illisible");
        refus("activite?du=2025-01-01&au=2025-12-31&par=patient", "parametre-invalide");
        refus("activite?du=2025-01-01", "parametre-invalide");
        refus("lignes?indicateur=CR_PAR_REUNION&du=2025-01-01&au=2025-12-31", "indicateur-sans-lignes");
        refus("lignes?indicateur=NB_CR&du=2025-01-01&au=2025-12-31&curseur=zzz", "curseur-illisible");
        // The cursor of a list of RCP does not continue a list of comptes-rendus.
        let curseur = "IjAxOWM0ZTAwLTAwMDAtNzAwMC04MDAwLTAwMDAwMDAwMDAwMSI";
        refus(&format!("lignes?indicateur=NB_CR&du=2025-01-01&au=2025-12-31&curseur={curseur}"), "curseur-illisible");
        client.get(&format!("/api/v1/infocentre/lignes?indicateur=NB_ENTITES&du=2025-01-01&au=2025-12-31&curseur={curseur}")).est(200);
    }
}
