//! A worker that is killed outright while it sends: everybody is served in the end, and who is served
//! twice can tell by the Message-ID.

use crate::support::{
    Banc,
    scene::{Scene, chimiotherapie, complete},
    serveurs_courrier::{Relais, Serveurs},
    smtp::{Exigences, Mode, Panne, Pki, Recu, ServeurSmtp},
};
use chrono::TimeDelta;
use dcc::{
    config::{Courrier, Protection},
    db::{
        schema::{job, tentative},
        types::At,
    },
    kernel::ids::{JobId, TentativeId},
};
use diesel::{prelude::*, update};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

const JEUDI: &str = "2026-03-05T17:00:00Z";
const CAS: usize = 4;
/// Header of the mails that carry a compte-rendu, and of no others.
const CODE_DU_CDA: &str = "X-MSS-CODECDA";

/// The real program, as a worker on the database of the bench. Killed when dropped.
struct Processus(Child);

impl Processus {
    fn lancer(banc: &Banc, reglages: &Courrier) -> Self {
        let fichier = |fichier: &Option<PathBuf>| fichier.clone().unwrap_or_default();
        let enfant = Command::new(env!("CARGO_BIN_EXE_dcc"))
            .arg("worker")
            .current_dir(banc.dossier())
            .env("DCC_BASE", &banc.etat.config.base)
            .env("DCC_TRAVAUX_FILS", "1")
            .env("DCC_LOG", "warn")
            .env("DCC_COURRIER__TRANSPORT", "smtp")
            .env("DCC_COURRIER__HOTE", &reglages.hote)
            .env("DCC_COURRIER__PORT", reglages.port.to_string())
            .env("DCC_COURRIER__PROTECTION", "tls")
            .env("DCC_COURRIER__AUTORITE_FICHIER", fichier(&reglages.autorite_fichier))
            .envs(reglages.certificat_client_fichier.iter().map(|certificat| ("DCC_COURRIER__CERTIFICAT_CLIENT_FICHIER", certificat)))
            .envs(reglages.cle_client_fichier.iter().map(|cle| ("DCC_COURRIER__CLE_CLIENT_FICHIER", cle)))
            .envs(reglages.adresse_retour.iter().map(|adresse| ("DCC_COURRIER__ADRESSE_RETOUR", adresse)))
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        Self(enfant)
    }

    /// SIGKILL: nothing is finished, nothing is written.
    fn tuer(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Processus {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// Waits until something holds, two minutes at most.
#[track_caller]
fn attendre(quoi: &str, tient: impl Fn() -> bool) {
    let debut = Instant::now();
    while !tient() {
        assert!(debut.elapsed() < Duration::from_mins(2), "{quoi} : jamais");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The deliveries of a meeting.
fn diffusions(scene: &Scene<'_>, reunion: &str) -> Vec<Value> {
    scene.secretaire.get(&format!("{reunion}/diffusions?limite=200")).est(200).corps["elements"].as_array().unwrap().clone()
}

/// A validated meeting whose cases each have a médecin traitant and an asking doctor to be told.
fn validee(banc: &Banc, scene: &Scene<'_>) -> String {
    let reunion = scene.reunion(JEUDI, None);
    let traitant = banc.medecin("TRAITANT", "G15_10/SM53", 5);
    let cas: Vec<String> = (0..CAS)
        .map(|rang| {
            let patient = json!({ "nom_naissance": format!("Essai{}", ["a", "b", "c", "d"][rang]), "premier_prenom": "Zoé", "sexe": "feminin",
                "date_naissance": "1960-05-20", "medecin_traitant_id": traitant });
            let patient = scene.demandeur.post("/api/v1/patients", patient).est(201).id();
            scene.inscrire(&reunion, &scene.fiche_de(&patient, complete()))
        })
        .collect();
    let version = scene.secretaire.get(&reunion).est(200).version();
    scene.secretaire.poster_si(&format!("{reunion}/convocation"), version).est(200);
    let version = scene.secretaire.get(&reunion).est(200).version();
    scene.secretaire.poster_si(&format!("{reunion}/ouverture"), version).est(200);
    scene.reunir(&reunion);
    for cas in &cas {
        scene.secretaire.post(&format!("{cas}/discussion"), json!({ "proposition": chimiotherapie() })).est(200);
    }
    scene.clore(&reunion);
    let version = scene.responsable.get(&reunion).est(200).version();
    scene.responsable.poster_si(&format!("{reunion}/validation"), version).est(200);
    reunion
}

/// Leases end and interrupted attempts grow old. The process reads the clock of the machine, so what is
/// dated goes back instead.
fn laisser_passer_dix_minutes(banc: &Banc) {
    banc.systeme(|op| {
        let dix_minutes = TimeDelta::minutes(10);
        for (id, bail) in job::table.select((job::id, job::bail_jusqu_a)).load::<(JobId, Option<At>)>(op.conn)? {
            update(job::table.find(id)).set(job::bail_jusqu_a.eq(bail.map(|bail| At(bail.0 - dix_minutes)))).execute(op.conn)?;
        }
        for (id, debut) in tentative::table.select((tentative::id, tentative::debut)).load::<(TentativeId, At)>(op.conn)? {
            update(tentative::table.find(id)).set(tentative::debut.eq(At(debut.0 - dix_minutes))).execute(op.conn)?;
        }
        Ok(())
    });
}

sur_les_deux_bases! {
    fn tue_pendant_l_envoi_il_remet_tout_apres_son_retour(banc) {
        let pki = Pki::nouvelle();
        let serveur = ServeurSmtp::demarrer(Mode::Tls, &pki, Exigences::default());
        let scene = Scene::nouvelle(banc);
        let reunion = validee(banc, &scene);
        let comptes_rendus = || serveur.recus().into_iter().filter(|recu| !recu.entete(CODE_DU_CDA).is_empty()).collect::<Vec<_>>();

        // Killed after the server has taken a mail and before the worker hears of it, twice.
        for deja in [1, 3] {
            let processus = Processus::lancer(banc, &serveur.reglages(&pki));
            attendre("un compte-rendu pris en charge", || comptes_rendus().len() >= deja);
            serveur.prevoir(Panne::TarderApresLeMessage(Duration::from_secs(30)));
            attendre("un courrier pris en charge sans accusé", || serveur.pannes() == 0);
            processus.tuer();
            laisser_passer_dix_minutes(banc);
        }

        let processus = Processus::lancer(banc, &serveur.reglages(&pki));
        attendre("tout est remis", || diffusions(&scene, &reunion).iter().all(|d| d["etat"] == "acceptee"));
        drop(processus);

        let diffusions = diffusions(&scene, &reunion);
        assert_eq!(diffusions.len(), 2 * CAS, "médecin traitant et demandeur de chaque cas");
        let attendus: BTreeSet<String> = diffusions.iter().map(|d| d["message_id"].as_str().unwrap().to_owned()).collect();
        assert_eq!(attendus.len(), diffusions.len());
        let mut recus: BTreeMap<String, Vec<(Vec<String>, Vec<u8>)>> = BTreeMap::new();
        for recu in comptes_rendus() {
            recus.entry(recu.entete("Message-ID")).or_default().push((recu.a.clone(), recu.octets.clone()));
        }
        assert_eq!(recus.keys().cloned().collect::<BTreeSet<_>>(), attendus, "chacun une fois au moins, et rien d'autre");
        let doubles: Vec<_> = recus.values().filter(|exemplaires| exemplaires.len() > 1).collect();
        assert!(!doubles.is_empty(), "l'essai n'a tué personne au bon moment");
        for exemplaires in doubles {
            assert!(exemplaires.windows(2).all(|deux| deux[0].0 == deux[1].0), "un double va au même destinataire");
        }
    }

    fn tue_entre_l_acceptation_par_postfix_et_le_commit_il_renvoie_sous_le_meme_message_id(banc) {
        let Some(serveurs) = Serveurs::demarrer() else { return };
        let scene = Scene::nouvelle(banc);
        let reunion = validee(banc, &scene);
        let boites: Vec<String> = (1..=5).map(|rang| serveurs.adresse(&format!("medecin{rang}@essai.mssante.fr"))).collect();
        let comptes_rendus = || {
            let recus = boites.iter().flat_map(|boite| serveurs.lire_boite(boite).into_iter().map(move |octets| (boite.clone(), octets)));
            recus.filter(|(_, octets)| !entete(octets, CODE_DU_CDA).is_empty()).collect::<Vec<_>>()
        };

        // postfix has the mail and says so, but nobody hears it: its answer is lost, and the worker is killed.
        let relais = Relais::vers(serveurs.smtps());
        let reglages = Courrier { port: relais.port, protection: Protection::Tls, ..serveurs.smtp_config() };
        relais.retenir_apres(30_000);
        let processus = Processus::lancer(banc, &reglages);
        attendre("un compte-rendu pris en charge sans accusé", || relais.retenues() > 0 && !comptes_rendus().is_empty());
        processus.tuer();
        assert!(diffusions(&scene, &reunion).iter().all(|d| d["etat"] != "acceptee"));
        relais.laisser_passer();
        laisser_passer_dix_minutes(banc);

        let processus = Processus::lancer(banc, &reglages);
        attendre("tout est remis", || diffusions(&scene, &reunion).iter().all(|d| d["etat"] == "acceptee"));
        attendre("tout est arrivé", || comptes_rendus().len() > 2 * CAS);
        drop(processus);

        let mut recus: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (boite, octets) in comptes_rendus() {
            recus.entry(entete(&octets, "Message-ID")).or_default().push(boite);
        }
        let attendus: BTreeMap<String, String> = diffusions(&scene, &reunion)
            .iter()
            .map(|d| (d["message_id"].as_str().unwrap().to_owned(), d["adresse"].as_str().unwrap().to_owned()))
            .collect();
        assert!(recus.keys().eq(attendus.keys()), "chacun une fois au moins, et rien d'autre");
        assert!(recus.iter().all(|(id, boites)| boites.iter().all(|boite| *boite == attendus[id])), "un double va au même destinataire");
        assert_eq!(recus.values().filter(|exemplaires| exemplaires.len() == 2).count(), 1, "celui dont l'accusé s'est perdu");
    }
}

/// A header of a mail, unfolded.
fn entete(octets: &[u8], nom: &str) -> String {
    let recu = Recu { octets: octets.to_vec(), ..Recu::default() };
    recu.entete(nom)
}
