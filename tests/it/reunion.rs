//! Meetings: planning, invitations, life-cycle, attendance, calendar feeds.

use crate::support::{Banc, client::Client, region::Region};
use dcc::{
    app,
    db::Demande,
    jobs::runner,
    kernel::{
        Perimetre, Role,
        ids::{PraticienId, RcpId},
    },
    messagerie::{Courrier, EchecEnvoi, Expediteur, memoire::Memoire},
    metier::{
        annuaire::{self, model::ModeExercice},
        compte,
        rcp::{
            self,
            model::{
                FonctionMembre, MembreSaisi, NatureRcp, NiveauRcp, RcpSaisie, Recurrence, Secretariat, TypeRcp,
                recurrence::{Fuseau, JoursFeries},
            },
        },
        referentiel,
    },
};
use diesel::prelude::*;
use serde_json::{Value, json};
use std::sync::Arc;

/// A validated RCP that meets on Tuesdays at 18:00, its coordinator and permanent members, and the
/// secretary of its 3C.
struct Scene {
    region: Region,
    rcp: RcpId,
    coordonnateur: PraticienId,
    chirurgien: PraticienId,
    /// Without any address.
    radiologue: PraticienId,
    secretaire: Client,
}

fn saisie(region: &Region) -> RcpSaisie {
    RcpSaisie {
        code: "SENO".to_owned(),
        nom: "Sénologie".to_owned(),
        acronyme: None,
        numero_rrc: None,
        numero_gestionnaire: None,
        numero_national: None,
        type_rcp: TypeRcp::Standard,
        categorie_recours: None,
        reseau_cancer_rare: None,
        nature: NatureRcp::AppareilOrgane,
        appareil: Some("76752008".to_owned()),
        organes: vec!["76752008".to_owned()],
        traitement_soins: None,
        theme: "senologie".to_owned(),
        niveau: NiveauRcp::Territorial,
        expertise: false,
        centre_3c_id: region.centre,
        etablissement_id: region.etablissement,
        co_organisateurs: Vec::new(),
        secretariat: Secretariat {
            nom: Some("Secrétariat des RCP".to_owned()),
            courriel: Some("rcp@hopital.example".to_owned()),
            ..Secretariat::default()
        },
        lieu: Some("Salle Curie".to_owned()),
        lien_visio: Some("https://visio.example/seno".to_owned()),
        recurrence: Some(Recurrence {
            rrule: "FREQ=WEEKLY;BYDAY=TU".to_owned(),
            premiere_date: "2026-01-06".parse().unwrap(),
            heure: "18:00".parse().unwrap(),
            duree_minutes: 120,
            fuseau: Fuseau::EuropeParis,
            exceptions: vec!["2026-07-28".parse().unwrap()],
            jours_feries: JoursFeries::Supprimer,
        }),
        delai_inscription_heures: 48,
        capacite: Some(20),
        regle_quorum: "standard-hors-hematologie".to_owned(),
        modele_fiche: "socle-frcp".to_owned(),
        modalites: None,
    }
}

fn membre(praticien_id: PraticienId, fonction: FonctionMembre, clause: Option<&str>) -> MembreSaisi {
    MembreSaisi { praticien_id, fonction, clause: clause.map(str::to_owned), debut: Some("2026-01-01".parse().unwrap()) }
}

fn scene(banc: &Banc) -> Scene {
    let region = banc.region(1);
    let coordonnateur = banc.medecin("Delta", "G15_10/SM36", 1);
    let chirurgien = banc.medecin("Alpha", "G15_10/SM14", 2);
    let suppleant = banc.medecin("Gamma", "G15_10/SM36", 3);
    let radiologue = banc.systeme(|op| {
        let saisi = annuaire::model::PraticienSaisi {
            rpps: None,
            civilite: None,
            titre: Some("PR".to_owned()),
            nom: "Beta".to_owned(),
            prenom: "Dominique".to_owned(),
            profession: "10".to_owned(),
            specialite: None,
            mode_exercice: ModeExercice::Liberal,
            etablissement_id: None,
            telephone: None,
            courriel: None,
            adresses: Vec::new(),
        };
        Ok(annuaire::service::creer_praticien(op, &saisi)?.id)
    });
    let rcp = banc.systeme(move |op| {
        referentiel::service::charger(op)?;
        let id = rcp::service::creer(op, &saisie(&region))?.id;
        for saisi in [
            membre(coordonnateur, FonctionMembre::Coordonnateur, None),
            membre(coordonnateur, FonctionMembre::Permanent, Some("ONCOLOGUE")),
            membre(chirurgien, FonctionMembre::Permanent, Some("CHIRURGIEN")),
            membre(radiologue, FonctionMembre::Permanent, None),
            membre(suppleant, FonctionMembre::Suppleant, None),
        ] {
            rcp::service::ajouter_membre(op, id, &saisi)?;
        }
        rcp::service::valider(op, id, 1)?;
        Ok(id)
    });
    let secretaire = banc.personne("secretaire", &[(Role::Secretaire, Perimetre::Centre3c(region.centre))]);
    Scene { region, rcp, coordonnateur, chirurgien, radiologue, secretaire }
}

impl Scene {
    /// Plans a meeting; gives its path and its first version.
    fn planifier(&self, debut: &str) -> (String, i64) {
        let creee = self.secretaire.post("/api/v1/reunions", json!({ "rcp_id": self.rcp, "debut": debut, "duree_minutes": 120 })).est(201);
        assert_eq!(creee.entete("location"), format!("/api/v1/reunions/{}", creee.id()));
        (format!("/api/v1/reunions/{}", creee.id()), creee.version())
    }

    /// Plans, convenes and opens a meeting on Tuesday 10 March 2026 at 18:00; gives its path and version.
    fn ouverte(&self) -> (String, i64) {
        let (chemin, version) = self.planifier("2026-03-10T18:00:00+01:00");
        let convoquee = self.secretaire.poster_si(&format!("{chemin}/convocation"), version).est(200).version();
        (chemin.clone(), self.secretaire.poster_si(&format!("{chemin}/ouverture"), convoquee).est(200).version())
    }

    fn generer(&self, du: &str, au: &str) -> Value {
        self.secretaire.post(&format!("/api/v1/rcp/{}/reunions/generation", self.rcp), json!({ "du": du, "au": au })).est(200).corps
    }

    fn reunions(&self, filtre: &str) -> Vec<Value> {
        self.secretaire.get(&format!("/api/v1/reunions{filtre}")).est(200).corps["elements"].as_array().unwrap().clone()
    }

    fn presence(&self, chemin: &str, praticien: PraticienId) -> Option<Value> {
        let liste = self.secretaire.get(&format!("{chemin}/presences")).est(200).corps;
        liste.as_array().unwrap().iter().find(|p| p["praticien_id"] == json!(praticien)).cloned()
    }
}

/// Runs the background work with that sender; gives the mails it took so far.
fn travailler(banc: &Banc, memoire: &Arc<Memoire>) -> Vec<Courrier> {
    let expediteur: Arc<dyn Expediteur> = Arc::clone(memoire) as _;
    runner::vider(&banc.etat.db, &app::ouvrier(&banc.etat.config, Arc::clone(&expediteur)).unwrap()).unwrap();
    memoire.courriers()
}

fn calendrier(courrier: &Courrier) -> String {
    courrier.calendrier.clone().unwrap().replace("\r\n ", "")
}

fn adresses(courriers: &[Courrier]) -> Vec<&str> {
    let mut adresses: Vec<&str> = courriers.iter().map(|c| c.a.as_str()).collect();
    adresses.sort_unstable();
    adresses
}

/// Registers a dossier of an invented patient, undecided, by the tables alone.
fn inscrire(banc: &Banc, reunion: &str, demandeur: PraticienId) -> String {
    let (id, reunion) = (uuid::Uuid::from_u128(77).to_string(), reunion.rsplit('/').next().unwrap().to_owned());
    let moment = "2026-03-02T09:00:00.000000Z";
    let ordres = [
        format!("INSERT INTO patient (id, nom_naissance, prenoms, premier_prenom, sexe, date_naissance, recherche_nom, recherche_utilise, recherche_prenom, statut_identite, version, cree_le, modifie_le) \
                 VALUES ('{id}', 'ESSAI', 'Camille', 'Camille', 'feminin', '1960-01-01', 'ESSAI', '', 'CAMILLE', 'provisoire', 1, '{moment}', '{moment}')"),
        format!("INSERT INTO dossier (id, patient_id, libelle, etat, version, cree_le, modifie_le) VALUES ('{id}', '{id}', 'Sein', 'ouvert', 1, '{moment}', '{moment}')"),
        format!("INSERT INTO fiche (id, dossier_id, patient_id, modele_code, modele_version, contenu, completude, etat, auteur_nom, version, cree_le, modifie_le) \
                 VALUES ('{id}', '{id}', '{id}', 'socle-frcp', '2025.01', '{{}}', 0, 'prete', 'essai', 1, '{moment}', '{moment}')"),
        format!("INSERT INTO inscription (id, reunion_id, fiche_id, dossier_id, patient_id, demandeur_id, rang, etat, version, cree_le, modifie_le) \
                 VALUES ('{id}', '{reunion}', '{id}', '{id}', '{id}', '{demandeur}', 1, 'inscrite', 1, '{moment}', '{moment}')"),
    ];
    executer(banc, ordres.to_vec());
    id
}

fn executer(banc: &Banc, ordres: Vec<String>) {
    banc.systeme(move |op| {
        for ordre in &ordres {
            diesel::sql_query(ordre).execute(op.conn)?;
        }
        Ok(())
    });
}

sur_les_deux_bases! {
    fn le_calendrier_donne_ses_reunions_une_seule_fois(banc) {
        let scene = scene(banc);
        let generees = scene.generer("2026-07-01", "2026-08-04");
        assert_eq!(generees["feries"], json!([{ "date": "2026-07-14", "nom": "fête nationale" }]));
        assert_eq!((&generees["exceptions"], &generees["existantes"]), (&json!(["2026-07-28"]), &json!(0)));
        let debuts: Vec<Value> = scene.reunions("").iter().map(|r| r["debut"].clone()).collect();
        assert_eq!(debuts, ["2026-07-07T16:00:00Z", "2026-07-21T16:00:00Z", "2026-08-04T16:00:00Z"]);
        let premiere = &scene.reunions("")[0];
        assert_eq!(premiere["date_limite_inscription"], "2026-07-05T16:00:00Z");
        assert_eq!((&premiere["fin"], &premiere["lieu"], &premiere["capacite"]), (&json!("2026-07-07T18:00:00Z"), &json!("Salle Curie"), &json!(20)));
        assert_eq!((&premiere["rcp_nom"], &premiere["dossiers"]), (&json!("Sénologie"), &json!(0)));

        // One is moved, another cancelled: neither comes back.
        let chemin = |rang: usize| format!("/api/v1/reunions/{}", scene.reunions("")[rang]["id"].as_str().unwrap());
        scene.secretaire.post_si(&format!("{}/annulation", chemin(1)), 1, json!({ "motif": "Congrès" })).est(200);
        scene.secretaire.post_si(&format!("{}/deplacement", chemin(0)), 1, json!({ "debut": "2026-07-08T18:00:00+02:00" })).est(200);
        let encore = scene.generer("2026-07-01", "2026-08-04");
        assert_eq!((&encore["creees"], &encore["existantes"]), (&json!([]), &json!(3)));
        let suite = scene.generer("2026-08-01", "2026-08-11");
        assert_eq!((suite["creees"].as_array().unwrap().len(), &suite["existantes"]), (1, &json!(1)));
    }

    fn une_periode_ou_une_rcp_hors_de_propos_ne_genere_rien(banc) {
        let scene = scene(banc);
        let chemin = format!("/api/v1/rcp/{}/reunions/generation", scene.rcp);
        let corps = json!({ "du": "2026-07-01", "au": "2026-07-31" });
        assert_eq!(scene.secretaire.post(&chemin, json!({ "du": "2026-07-02", "au": "2026-07-01" })).refuse(422, "contenu-invalide").fautes(), ["/au"]);
        assert_eq!(scene.secretaire.post(&chemin, json!({ "du": "2026-07-01", "au": "2028-07-02" })).refuse(422, "contenu-invalide").fautes(), ["/au"]);
        let participant = banc.personne("participant", &[(Role::Participant, Perimetre::Patients)]);
        participant.post(&chemin, corps.clone()).refuse(403, "action-interdite");
        let rcp = scene.rcp;
        banc.systeme(move |op| rcp::service::suspendre(op, rcp, 2, "travaux").map(drop));
        scene.secretaire.post(&chemin, corps.clone()).refuse(409, "rcp-non-validee");
        participant.post(&chemin, corps.clone()).refuse(404, "rcp-introuvable");
        banc.systeme(move |op| {
            rcp::service::reprendre(op, rcp, 3)?;
            let avant = rcp::service::trouver(op, rcp)?;
            rcp::service::modifier(op, rcp, 4, &RcpSaisie { recurrence: None, ..avant.saisie }).map(drop)
        });
        scene.secretaire.post(&chemin, corps).refuse(409, "rcp-sans-calendrier");
    }

    fn une_reunion_attend_les_membres_de_la_rcp(banc) {
        let scene = scene(banc);
        let (chemin, _) = scene.planifier("2026-03-10T18:00:00+01:00");
        let liste = scene.secretaire.get(&format!("{chemin}/presences")).est(200).corps;
        assert_eq!(liste.as_array().unwrap().len(), 3);
        let attendu = scene.presence(&chemin, scene.coordonnateur).unwrap();
        assert_eq!((&attendu["statut"], &attendu["permanent"], &attendu["clause"], &attendu["nom"]),
                   (&json!("attendu"), &json!(true), &json!("ONCOLOGUE"), &json!("Dr Camille DELTA")));
        scene.secretaire.post("/api/v1/reunions", json!({ "rcp_id": scene.rcp, "debut": "2026-03-10T17:00:00Z", "duree_minutes": 60 })).refuse(409, "creneau-pris");
        let fautif = json!({ "rcp_id": scene.rcp, "debut": "2026-03-10T17:00:00Z", "duree_minutes": 0 });
        assert_eq!(scene.secretaire.post("/api/v1/reunions", fautif).refuse(422, "contenu-invalide").fautes(), ["/duree_minutes"]);
        let lointaine = json!({ "rcp_id": scene.rcp, "debut": "9999-12-31T23:59:59Z", "duree_minutes": 60 });
        assert_eq!(scene.secretaire.post("/api/v1/reunions", lointaine).refuse(422, "contenu-invalide").fautes(), ["/debut"]);
    }

    fn une_copie_reprend_le_lieu_la_duree_et_les_invites(banc) {
        let scene = scene(banc);
        let saisie = json!({ "rcp_id": scene.rcp, "debut": "2026-03-10T17:00:00Z", "duree_minutes": 45, "lieu": "Amphithéâtre", "capacite": 5 });
        let chemin = format!("/api/v1/reunions/{}", scene.secretaire.post("/api/v1/reunions", saisie).est(201).id());
        let invite = banc.medecin("Omega", "G15_10/SM21", 9);
        scene.secretaire.envoyer("PUT", &format!("{chemin}/presences/{invite}"), Some(json!({ "statut": "excuse", "clause": "GENETICIEN" })), &[]).est(201);
        let copie = scene.secretaire.post(&format!("{chemin}/duplication"), json!({ "debut": "2026-04-07T16:00:00Z" })).est(201);
        assert_eq!((&copie.corps["fin"], &copie.corps["lieu"], &copie.corps["capacite"]), (&json!("2026-04-07T16:45:00Z"), &json!("Amphithéâtre"), &json!(5)));
        assert_eq!(copie.corps["dupliquee_de"], chemin.rsplit('/').next().unwrap());
        let reconduit = scene.presence(copie.entete("location"), invite).unwrap();
        assert_eq!((&reconduit["statut"], &reconduit["permanent"], &reconduit["clause"]), (&json!("attendu"), &json!(false), &json!("GENETICIEN")));
        scene.secretaire.post(&format!("{chemin}/duplication"), json!({ "debut": "2026-04-07T16:00:00Z" })).refuse(409, "creneau-pris");
    }

    fn convoquer_envoie_une_invitation_a_chacun(banc) {
        let scene = scene(banc);
        let (chemin, version) = scene.planifier("2026-03-10T18:00:00+01:00");
        // Between the planning and the convocation, the surgeon leaves and somebody comes.
        let nouveau = banc.medecin("Epsilon", "G15_10/SM14", 8);
        let (rcp, chirurgien) = (scene.rcp, scene.chirurgien);
        banc.systeme(move |op| {
            let parti = rcp::service::membres(op, rcp, "2026-03-02".parse().unwrap())?.into_iter().find(|m| m.praticien_id == chirurgien).unwrap();
            rcp::service::terminer_membre(op, rcp, parti.id, "2026-03-05".parse().unwrap())?;
            rcp::service::ajouter_membre(op, rcp, &membre(nouveau, FonctionMembre::Permanent, Some("CHIRURGIEN"))).map(drop)
        });
        scene.secretaire.envoyer("POST", &format!("{chemin}/convocation"), None, &[]).refuse(428, "version-absente");
        let convocation = scene.secretaire.poster_si(&format!("{chemin}/convocation"), version).est(200);
        assert_eq!((&convocation.corps["a_envoyer"], &convocation.corps["sans_adresse"]), (&json!(2), &json!(1)));
        assert_eq!(convocation.corps["reunion"]["etat"], "convoquee");
        assert_eq!(scene.presence(&chemin, chirurgien), None);

        let memoire = Arc::new(Memoire::default());
        let courriers = travailler(banc, &memoire);
        assert_eq!(adresses(&courriers), ["medecin1@hopital.example", "medecin8@hopital.example"]);
        let courrier = courriers.iter().find(|c| c.a == "medecin1@hopital.example").unwrap();
        assert_eq!(courrier.sujet, "Convocation : RCP Sénologie, mardi 10 mars 2026 à 18 h 00");
        assert_eq!(courrier.reponse_a.as_deref(), Some("rcp@hopital.example"));
        assert!(courrier.texte.starts_with("Bonjour Dr Camille DELTA,\n\nLa réunion de concertation pluridisciplinaire « Sénologie » se tient le mardi 10 mars 2026 à 18 h 00"), "{}", courrier.texte);
        assert!(courrier.texte.contains("Lieu : Salle Curie\nVisioconférence : https://visio.example/seno\nInscription des dossiers jusqu'au dimanche 8 mars 2026 à 18 h 00."));
        let objet = calendrier(courrier);
        let uid = format!("UID:{}@dcc\r\n", chemin.rsplit('/').next().unwrap());
        for attendu in ["METHOD:REQUEST\r\n", "SEQUENCE:0\r\n", "DTSTART:20260310T170000Z\r\n", "mailto:rcp@hopital.example\r\n", "mailto:medecin1@hopital.example\r\n", &uid] {
            assert!(objet.contains(attendu), "{attendu} : {objet}");
        }
        let etats = |etat: &str| scene.secretaire.get(&format!("{chemin}/invitations")).est(200).corps.as_array().unwrap().iter().filter(|i| i["etat"] == etat).count();
        assert_eq!((etats("envoyee"), etats("sans_adresse"), etats("a_envoyer")), (2, 1, 0));

        // Again: only the guest who was added since.
        let invite = banc.medecin("Omega", "G15_10/SM21", 9);
        scene.secretaire.envoyer("PUT", &format!("{chemin}/presences/{invite}"), Some(json!({ "statut": "attendu" })), &[]).est(201);
        let encore = scene.secretaire.poster_si(&format!("{chemin}/convocation"), convocation.version()).est(200);
        assert_eq!((&encore.corps["a_envoyer"], &encore.corps["sans_adresse"]), (&json!(1), &json!(1)));
        assert_eq!(travailler(banc, &memoire).len(), 3);
        let messages: std::collections::BTreeSet<String> = memoire.courriers().into_iter().map(|c| c.message_id).collect();
        assert_eq!(messages.len(), 3);
    }

    fn deplacer_puis_annuler_previent_ceux_qui_etaient_convoques(banc) {
        let scene = scene(banc);
        let memoire = Arc::new(Memoire::default());
        let (chemin, version) = scene.planifier("2026-03-10T18:00:00+01:00");
        let deplacement = |debut: &str| json!({ "debut": debut, "lieu": "Salle Bernard" });
        // Nobody knows yet: nobody is told.
        let version = scene.secretaire.post_si(&format!("{chemin}/deplacement"), version, deplacement("2026-03-10T17:30:00Z")).est(200).version();
        assert!(travailler(banc, &memoire).is_empty());
        let version = scene.secretaire.poster_si(&format!("{chemin}/convocation"), version).est(200).version();
        assert_eq!(travailler(banc, &memoire).len(), 2);
        let excuse = scene.presence(&chemin, scene.chirurgien).unwrap();
        let noter = format!("{chemin}/presences/{}", scene.chirurgien);
        scene.secretaire.put(&noter, excuse["version"].as_i64().unwrap(), json!({ "statut": "excuse" })).est(200);

        let deplacee = scene.secretaire.post_si(&format!("{chemin}/deplacement"), version, deplacement("2026-03-17T17:30:00Z")).est(200);
        assert_eq!((&deplacee.corps["etat"], &deplacee.corps["sequence"], &deplacee.corps["date_limite_inscription"]),
                   (&json!("convoquee"), &json!(2), &json!("2026-03-15T17:30:00Z")));
        assert_eq!(deplacee.corps["fin"], "2026-03-17T19:30:00Z");
        let courriers = travailler(banc, &memoire);
        // The excuse was for the former date: the surgeon is asked again.
        assert_eq!(adresses(&courriers[2..]), ["medecin1@hopital.example", "medecin2@hopital.example"]);
        assert!(courriers[2].sujet.starts_with("Réunion modifiée : RCP Sénologie, mardi 17 mars 2026 à 18 h 30"));
        let objet = calendrier(&courriers[2]);
        assert!(objet.contains("METHOD:REQUEST\r\n") && objet.contains("SEQUENCE:2\r\n") && objet.contains("LOCATION:Salle Bernard\r\n"), "{objet}");

        scene.secretaire.post_si(&format!("{chemin}/deplacement"), version, deplacement("2026-03-24T17:30:00Z")).refuse(412, "version-perimee");
        let annulee = scene.secretaire.post_si(&format!("{chemin}/annulation"), deplacee.version(), json!({ "motif": "Grève" })).est(200);
        assert_eq!((&annulee.corps["etat"], &annulee.corps["motif_annulation"]), (&json!("annulee"), &json!("Grève")));
        let courriers = travailler(banc, &memoire);
        assert_eq!(adresses(&courriers[4..]), ["medecin1@hopital.example", "medecin2@hopital.example"]);
        let objet = calendrier(&courriers[4]);
        assert!(objet.contains("METHOD:CANCEL\r\n") && objet.contains("STATUS:CANCELLED\r\n") && objet.contains("SEQUENCE:3\r\n"), "{objet}");
        assert!(courriers[4].texte.contains("est annulée.\nMotif : Grève"));
        scene.secretaire.poster_si(&format!("{chemin}/convocation"), annulee.version()).refuse(409, "transition-reunion-impossible");
    }

    fn une_invitation_qui_n_est_pas_partie_avant_un_deplacement_ne_part_plus(banc) {
        let scene = scene(banc);
        let memoire = Arc::new(Memoire::default());
        let (chemin, version) = scene.planifier("2026-03-10T18:00:00+01:00");
        let version = scene.secretaire.poster_si(&format!("{chemin}/convocation"), version).est(200).version();
        scene.secretaire.post_si(&format!("{chemin}/deplacement"), version, json!({ "debut": "2026-03-17T17:00:00Z" })).est(200);
        let courriers = travailler(banc, &memoire);
        assert_eq!(courriers.len(), 2);
        assert!(courriers.iter().all(|c| calendrier(c).contains("SEQUENCE:1\r\n")));
    }

    fn un_envoi_qui_echoue_se_retente_avec_le_meme_message_puis_se_relance(banc) {
        let scene = scene(banc);
        let memoire = Arc::new(Memoire::default());
        let (chemin, version) = scene.planifier("2026-03-10T18:00:00+01:00");
        let version = scene.secretaire.poster_si(&format!("{chemin}/convocation"), version).est(200).version();
        memoire.echouer(EchecEnvoi::Temporaire { code: "451".to_owned(), detail: "plus tard".to_owned() });
        memoire.echouer(EchecEnvoi::Definitif { code: "550".to_owned(), detail: "boîte inconnue".to_owned() });
        assert!(travailler(banc, &memoire).is_empty());
        let invitations = scene.secretaire.get(&format!("{chemin}/invitations")).est(200).corps;
        let etat = |code: &str| invitations.as_array().unwrap().iter().find(|i| i["derniere_erreur"].as_str().is_some_and(|e| e.starts_with(code))).cloned().unwrap();
        assert_eq!((&etat("451")["etat"], &etat("451")["tentatives"]), (&json!("a_envoyer"), &json!(1)));
        assert_eq!((&etat("550")["etat"], &etat("550")["tentatives"]), (&json!("echec"), &json!(1)));

        banc.regler("2026-03-02T10:00:00Z");
        let courriers = travailler(banc, &memoire);
        assert_eq!(courriers.len(), 1);
        let domaine = banc.etat.config.courrier.expediteur.rsplit('@').next().unwrap();
        assert_eq!(courriers[0].message_id, format!("<{}@{domaine}>", etat("451")["id"].as_str().unwrap()));
        assert_eq!(courriers[0].date.to_rfc3339(), "2026-03-02T09:00:00+00:00");

        // The one that was given up leaves when the meeting is convened again.
        let encore = scene.secretaire.poster_si(&format!("{chemin}/convocation"), version).est(200);
        assert_eq!(encore.corps["a_envoyer"], 1);
        assert_eq!(travailler(banc, &memoire).len(), 2);
    }

    fn une_reunion_suit_son_cycle_de_vie(banc) {
        let scene = scene(banc);
        let (chemin, version) = scene.planifier("2026-03-10T18:00:00+01:00");
        let acte = |acte: &str| format!("{chemin}/{acte}");
        scene.secretaire.poster_si(&acte("ouverture"), version).refuse(409, "transition-reunion-impossible");
        scene.secretaire.poster_si(&acte("cloture"), version).refuse(409, "transition-reunion-impossible");
        let version = scene.secretaire.poster_si(&acte("convocation"), version).est(200).version();
        let participant = banc.professionnel("participant", Some(scene.chirurgien), &[(Role::Participant, Perimetre::Patients)]);
        participant.get(&chemin).est(200);
        participant.poster_si(&acte("ouverture"), version).refuse(403, "action-interdite");
        banc.regler("2026-03-10T17:02:00Z");
        let ouverte = scene.secretaire.poster_si(&acte("ouverture"), version).est(200);
        assert_eq!((&ouverte.corps["etat"], &ouverte.corps["ouverte_le"]), (&json!("ouverte"), &json!("2026-03-10T17:02:00Z")));
        scene.secretaire.post_si(&acte("annulation"), ouverte.version(), json!({ "motif": "Grève" })).refuse(409, "transition-reunion-impossible");
        scene.secretaire.post_si(&acte("deplacement"), ouverte.version(), json!({ "debut": "2026-03-17T17:00:00Z" })).refuse(409, "transition-reunion-impossible");

        let inscription = inscrire(banc, &chemin, scene.chirurgien);
        assert_eq!(scene.secretaire.get(&chemin).est(200).corps["dossiers"], 1);
        let refus = scene.secretaire.poster_si(&acte("cloture"), ouverte.version()).refuse(409, "inscriptions-indecises");
        assert_eq!(refus.corps["indecises"], 1);
        assert!(refus.corps["detail"].as_str().unwrap().starts_with("1 dossier est sans décision"));
        executer(banc, vec![format!("UPDATE inscription SET etat = 'discutee' WHERE id = '{inscription}'")]);
        let close = scene.secretaire.poster_si(&acte("cloture"), ouverte.version()).est(200);
        assert_eq!((&close.corps["etat"], &close.corps["close_le"]), (&json!("close"), &json!("2026-03-10T17:02:00Z")));
        assert!(close.corps["close_par"].is_string());
        scene.secretaire.poster_si(&acte("ouverture"), close.version()).refuse(409, "transition-reunion-impossible");
        scene.secretaire.get("/api/v1/reunions/00000000-0000-0000-0000-000000000000").refuse(404, "reunion-introuvable");
    }

    fn valider_une_reunion_suit_sa_cloture(banc) {
        let scene = scene(banc);
        let (chemin, version) = scene.ouverte();
        let id: dcc::kernel::ids::ReunionId = chemin.rsplit('/').next().unwrap().parse().unwrap();
        let valider = move |lue: i64| banc.etat.db.ecrire_ici(&Demande::systeme("essai"), move |op| dcc::metier::reunion::service::valider(op, id, lue));
        assert_eq!(valider(version).unwrap_err().code(), Some("transition-reunion-impossible"));
        let close = scene.secretaire.poster_si(&format!("{chemin}/cloture"), version).est(200).version();
        assert_eq!(valider(version).unwrap_err().code(), Some("version-perimee"));
        let validee = valider(close).unwrap();
        assert_eq!((validee.etat.as_str(), validee.validee_le), ("validee", Some(banc.maintenant())));
    }

    fn la_presence_se_note_et_se_fige_a_la_cloture(banc) {
        let scene = scene(banc);
        let (chemin, version) = scene.ouverte();
        let presence = |praticien: PraticienId| format!("{chemin}/presences/{praticien}");
        let arrivee = json!({ "statut": "visio", "arrivee": "2026-03-10T18:10:00+01:00", "depart": "2026-03-10T18:40:00+01:00" });
        scene.secretaire.envoyer("PUT", &presence(scene.chirurgien), Some(arrivee.clone()), &[]).refuse(428, "version-absente");
        let notee = scene.secretaire.put(&presence(scene.chirurgien), 1, arrivee.clone()).est(200);
        assert_eq!((notee.version(), &notee.corps["arrivee"], &notee.corps["clause"]), (2, &json!("2026-03-10T17:10:00Z"), &json!("CHIRURGIEN")));
        assert_eq!(scene.secretaire.put(&presence(scene.chirurgien), 1, arrivee.clone()).refuse(412, "version-perimee").corps["version_actuelle"], 2);
        let lendemain = json!({ "statut": "present", "arrivee": "2026-03-11T18:10:00+01:00" });
        assert_eq!(scene.secretaire.put(&presence(scene.chirurgien), 2, lendemain).refuse(422, "contenu-invalide").fautes(), ["/arrivee"]);
        let inverse = json!({ "statut": "present", "arrivee": "2026-03-10T18:10:00+01:00", "depart": "2026-03-10T18:05:00+01:00" });
        assert_eq!(scene.secretaire.put(&presence(scene.chirurgien), 2, inverse).refuse(422, "contenu-invalide").fautes(), ["/depart"]);

        // A guest comes, and is taken off again; a member is not.
        let invite = banc.medecin("Omega", "G15_10/SM21", 9);
        let ajoute = scene.secretaire.envoyer("PUT", &presence(invite), Some(json!({ "statut": "present", "clause": "GENETICIEN" })), &[]).est(201);
        assert_eq!((&ajoute.corps["permanent"], &ajoute.corps["nom"]), (&json!(false), &json!("Dr Camille OMEGA")));
        scene.secretaire.envoyer("PUT", &presence(PraticienId::new(uuid::Uuid::nil())), Some(json!({ "statut": "present" })), &[]).refuse(404, "praticien-introuvable");
        scene.secretaire.envoyer("DELETE", &presence(scene.chirurgien), None, &[("If-Match", "\"v2\"")]).refuse(409, "membre-attendu");
        scene.secretaire.envoyer("DELETE", &presence(invite), None, &[("If-Match", "\"v9\"")]).refuse(412, "version-perimee");
        scene.secretaire.envoyer("DELETE", &presence(invite), None, &[("If-Match", "\"v1\"")]).est(204);
        assert_eq!(scene.presence(&chemin, invite), None);
        let participant = banc.professionnel("participant", Some(scene.chirurgien), &[(Role::Participant, Perimetre::Patients)]);
        participant.put(&presence(scene.chirurgien), 2, json!({ "statut": "absent" })).refuse(403, "action-interdite");

        scene.secretaire.poster_si(&format!("{chemin}/cloture"), version).est(200);
        scene.secretaire.put(&presence(scene.chirurgien), 2, arrivee).refuse(409, "presences-figees");
        scene.secretaire.envoyer("PUT", &presence(invite), Some(json!({ "statut": "present" })), &[]).refuse(409, "presences-figees");
        // Those still expected did not come.
        let statut = |praticien| scene.presence(&chemin, praticien).unwrap()["statut"].clone();
        assert_eq!((statut(scene.chirurgien), statut(scene.coordonnateur), statut(scene.radiologue)), (json!("visio"), json!("absent"), json!("absent")));
    }

    fn les_reunions_se_filtrent_et_se_parcourent(banc) {
        let scene = scene(banc);
        scene.generer("2026-03-01", "2026-03-31");
        let jours = |filtre: &str| -> Vec<String> { scene.reunions(filtre).iter().map(|r| r["debut"].as_str().unwrap()[..10].to_owned()).collect() };
        assert_eq!(jours(""), ["2026-03-03", "2026-03-10", "2026-03-17", "2026-03-24", "2026-03-31"]);
        assert_eq!(jours("?du=2026-03-10&au=2026-03-17"), ["2026-03-10", "2026-03-17"]);
        assert_eq!(jours(&format!("?rcp={}&etat=planifiee&du=2026-03-31", scene.rcp)), ["2026-03-31"]);
        assert!(jours("?etat=annulee").is_empty());
        assert!(jours(&format!("?rcp={}", uuid::Uuid::nil())).is_empty());
        let page = scene.secretaire.get("/api/v1/reunions?limite=3").est(200).corps;
        let suite = jours(&format!("?limite=3&curseur={}", page["suivant"].as_str().unwrap()));
        assert_eq!((page["elements"].as_array().unwrap().len(), suite), (3, vec!["2026-03-24".to_owned(), "2026-03-31".to_owned()]));
        scene.secretaire.get("/api/v1/reunions?du=mars").refuse(400, "parametre-invalide");
    }

    fn un_flux_de_calendrier_se_lit_sans_se_connecter_et_se_revoque(banc) {
        let scene = scene(banc);
        scene.generer("2026-03-01", "2026-03-17");
        let participant = banc.professionnel("participant", Some(scene.chirurgien), &[(Role::Participant, Perimetre::Patients)]);
        let ouvert = participant.post("/api/v1/flux-ical", json!({ "libelle": "Mon agenda" })).est(201);
        let url = ouvert.corps["url"].as_str().unwrap();
        let chemin = url.strip_prefix(&banc.etat.config.url_publique).unwrap();
        assert_eq!(chemin.len(), "/ical/.ics".len() + 43);
        let lu = banc.anonyme().get(chemin).est(200);
        let texte = String::from_utf8(lu.octets.clone()).unwrap().replace("\r\n ", "");
        assert_eq!(lu.entete("content-type"), "text/calendar; charset=utf-8");
        assert!(texte.contains("METHOD:PUBLISH\r\n") && texte.contains("X-WR-CALNAME:Mon agenda\r\n"), "{texte}");
        assert_eq!(texte.matches("BEGIN:VEVENT").count(), 3);
        assert!(texte.contains("DESCRIPTION:Aucun dossier inscrit.") && !texte.contains("visio.example"), "{texte}");

        let etiquette = lu.entete("etag").to_owned();
        banc.regler("2026-03-02T12:00:00Z");
        let inchange = banc.anonyme().envoyer("GET", chemin, None, &[("If-None-Match", &etiquette)]).est(304);
        assert!(inchange.octets.is_empty());
        let reunion = scene.reunions("")[0]["id"].as_str().unwrap().to_owned();
        scene.secretaire.post_si(&format!("/api/v1/reunions/{reunion}/annulation"), 1, json!({ "motif": "Grève" })).est(200);
        let change = banc.anonyme().envoyer("GET", chemin, None, &[("If-None-Match", &etiquette)]).est(200);
        assert!(String::from_utf8(change.octets).unwrap().contains("STATUS:CANCELLED\r\n"));

        let liste = participant.get("/api/v1/flux-ical").est(200).corps;
        assert_eq!((liste.as_array().unwrap().len(), &liste[0]["libelle"], liste[0].get("url")), (1, &json!("Mon agenda"), None));
        let fermer = format!("/api/v1/flux-ical/{}", ouvert.id());
        scene.secretaire.delete(&fermer).refuse(404, "flux-introuvable");
        participant.delete(&fermer).est(204);
        participant.delete(&fermer).refuse(404, "flux-introuvable");
        banc.anonyme().get(chemin).refuse(404, "flux-introuvable");
        banc.anonyme().get("/ical/inconnu.ics").refuse(404, "flux-introuvable");
        banc.anonyme().get(&format!("/ical/{}.ics", "a".repeat(43))).refuse(404, "flux-introuvable");
        assert_eq!(participant.get("/api/v1/flux-ical").est(200).corps, json!([]));
    }

    fn un_flux_d_une_rcp_s_ouvre_a_qui_la_voit_et_finit_avec_le_compte(banc) {
        let scene = scene(banc);
        scene.generer("2026-03-01", "2026-03-17");
        scene.secretaire.post("/api/v1/flux-ical", json!({ "libelle": "Moi" })).refuse(409, "compte-sans-praticien");
        scene.secretaire.post("/api/v1/flux-ical", json!({ "libelle": "X", "rcp_id": uuid::Uuid::nil() })).refuse(404, "rcp-introuvable");
        // The same key twice: the secret is not kept, so two feeds.
        let cle = [("Idempotency-Key", "flux")];
        let corps = json!({ "libelle": "Sénologie", "rcp_id": scene.rcp });
        let premier = scene.secretaire.envoyer("POST", "/api/v1/flux-ical", Some(corps.clone()), &cle).est(201);
        let second = scene.secretaire.envoyer("POST", "/api/v1/flux-ical", Some(corps), &cle).est(201);
        assert_ne!(premier.corps["url"], second.corps["url"]);
        let chemin = premier.corps["url"].as_str().unwrap().strip_prefix(&banc.etat.config.url_publique).unwrap().to_owned();
        let texte = String::from_utf8(banc.anonyme().get(&chemin).est(200).octets).unwrap();
        assert_eq!(texte.matches("BEGIN:VEVENT").count(), 3);
        // Neither the table nor the trace holds the secret.
        let jeton = chemin.trim_start_matches("/ical/").trim_end_matches(".ics").to_owned();
        let gardee = banc.systeme(move |op| {
            let empreintes: Vec<String> = dcc::db::schema::flux_ical::table.select(dcc::db::schema::flux_ical::empreinte_jeton).load(op.conn)?;
            Ok(empreintes.iter().any(|e| e.contains(&jeton)))
        });
        assert!(!gardee);

        let compte = banc.systeme(|op| Ok(compte::service::creer(op, &compte::service::NouveauCompte {
            identifiant: "interimaire".to_owned(),
            empreinte_mot_de_passe: None,
            nom: "Intérim".to_owned(),
            praticien_id: None,
            fin_le: Some("2026-03-03".parse().unwrap()),
            habilitations: vec![dcc::kernel::acteur::Habilitation { role: Role::Secretaire, perimetre: Perimetre::Region }],
        })?.0.id));
        let flux = banc.client(compte).post("/api/v1/flux-ical", json!({ "libelle": "RCP", "rcp_id": scene.rcp })).est(201);
        let chemin = flux.corps["url"].as_str().unwrap().strip_prefix(&banc.etat.config.url_publique).unwrap().to_owned();
        banc.anonyme().get(&chemin).est(200);
        banc.regler("2026-03-04T09:00:00Z");
        banc.anonyme().get(&chemin).refuse(404, "flux-introuvable");
    }

    fn ailleurs_on_ne_planifie_ni_ne_conduit(banc) {
        let scene = scene(banc);
        let (chemin, version) = scene.ouverte();
        let autre = banc.region(2);
        let voisine = banc.personne("voisine", &[(Role::Secretaire, Perimetre::Centre3c(autre.centre))]);
        voisine.get(&chemin).est(200);
        voisine.poster_si(&format!("{chemin}/cloture"), version).refuse(403, "action-interdite");
        voisine.get(&format!("{chemin}/invitations")).refuse(403, "action-interdite");
        voisine.post(&format!("{chemin}/duplication"), json!({ "debut": "2026-04-07T16:00:00Z" })).refuse(403, "action-interdite");
        voisine.envoyer("PUT", &format!("{chemin}/presences/{}", scene.radiologue), Some(json!({ "statut": "present" })), &[]).refuse(403, "action-interdite");
        let _ = scene.region;
    }
}
