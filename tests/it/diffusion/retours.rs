//! What comes back is kept, tied, weighed once, and what nobody understood waits for a person.

use super::{registre::verifier, *};
use crate::support::clamav::Clamav;
use dcc::{
    jobs::runner::Ouvrier,
    kernel::Panne,
    messagerie::{
        antivirus::Antivirus,
        retour::{BoiteDeRetour, Rangement},
    },
    metier::diffusion::job,
};
use std::collections::VecDeque;

/// A mailbox in memory: what is in the inbox, and where each mail was put.
#[derive(Default)]
pub struct Boite {
    recus: Mutex<VecDeque<Vec<u8>>>,
    ranges: Mutex<Vec<(Vec<u8>, Rangement)>>,
    /// Says that it moved a mail, and did not: the process died between.
    oublier_de_ranger: Mutex<bool>,
}

impl Boite {
    fn deposer(&self, octets: &[u8]) {
        self.recus.lock().unwrap().push_back(octets.to_vec());
    }

    fn rangements(&self) -> Vec<Rangement> {
        self.ranges.lock().unwrap().iter().map(|(_, rangement)| *rangement).collect()
    }
}

impl BoiteDeRetour for Boite {
    fn relever(&self, traiter: &mut dyn FnMut(&[u8]) -> Result<Rangement, Panne>) -> Result<u64, Panne> {
        let mut ranges = 0;
        loop {
            let Some(octets) = self.recus.lock().unwrap().front().cloned() else { return Ok(ranges) };
            let rangement = traiter(&octets)?;
            if *self.oublier_de_ranger.lock().unwrap() {
                return Err(Panne::dire("le relevé s'est interrompu"));
            }
            self.recus.lock().unwrap().pop_front();
            self.ranges.lock().unwrap().push((octets, rangement));
            ranges += 1;
        }
    }
}

pub fn relever(banc: &Banc, boite: &Arc<Boite>) -> bool {
    relever_sous(banc, boite, None)
}

fn relever_sous(banc: &Banc, boite: &Arc<Boite>, antivirus: Option<Antivirus>) -> bool {
    let ouvrier = job::relever_les_retours(Ouvrier::default(), Arc::clone(boite) as Arc<dyn BoiteDeRetour>, antivirus);
    runner::passer_une_fois(&banc.etat.db, &ouvrier, "relever_les_retours").is_ok()
}

/// A mail that comes back about `original`: a receipt, a report, or the answer of a person.
pub fn courrier(message_id: &str, nature: &str, original: &str, code: &str) -> Vec<u8> {
    let entetes = format!(
        "From: medecin1@essai.mssante.fr\r\nTo: rcp@dcc.mssante.fr\r\nSubject: Retour\r\nMessage-ID: {message_id}\r\n\
         In-Reply-To: {original}\r\nMIME-Version: 1.0\r\n"
    );
    let rapport = |genre: &str, contenu: String| {
        format!(
            "{entetes}Content-Type: multipart/report; report-type={genre}; boundary=\"limite\"\r\n\r\n\
             --limite\r\nContent-Type: text/plain\r\n\r\nRapport.\r\n\
             --limite\r\nContent-Type: message/{genre}\r\n\r\n{contenu}\r\n\
             --limite\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {original}\r\n\r\n--limite--\r\n"
        )
    };
    let lecture = |disposition: &str| {
        let erreur = if code.is_empty() { String::new() } else { format!("Error: {code}^dit le serveur\r\n") };
        let genre = "automatic-action/MDN-sent-automatically";
        rapport("disposition-notification", format!("Original-Message-ID: {original}\r\nDisposition: {genre}; {disposition}\r\n{erreur}"))
    };
    let remise = |action: &str| {
        let destinataire = "Final-Recipient: rfc822; medecin1@essai.mssante.fr";
        let diagnostic =
            if code.is_empty() { String::new() } else { format!("Status: {code}\r\nDiagnostic-Code: smtp; dit le serveur\r\n") };
        rapport("delivery-status", format!("Reporting-MTA: dns; mx.example\r\n\r\n{destinataire}\r\nAction: {action}\r\n{diagnostic}"))
    };
    let texte = match nature {
        "lu" => lecture("displayed"),
        "integre" => lecture("processed"),
        "refuse" => lecture("processed/error"),
        "supprime" => lecture("deleted"),
        "remis" => remise("delivered"),
        "relaye" => remise("relayed"),
        "retarde" => remise("delayed"),
        "rejete" => remise("failed"),
        phrase => format!("{entetes}Content-Type: text/plain\r\n\r\n{phrase}\r\n"),
    };
    texte.into_bytes()
}

/// A delivery to the médecin traitant that the server took, and its Message-ID.
fn partie(banc: &Banc, s: Scene, memoire: &Arc<Memoire>) -> (CompteRenduId, DiffusionId, String) {
    let cr = valider(banc, s, 1);
    rendre(banc, cr);
    travailler(banc, memoire);
    let (id, etat, message_id) = etat(banc, cr, s.traitant);
    assert_eq!(etat, "acceptee");
    (cr, id, message_id.unwrap())
}

sur_les_deux_bases! {
    fn chaque_retour_mene_a_son_etat(banc) {
        let (s, memoire, boite) = (scene(banc), Arc::new(Memoire::default()), Arc::new(Boite::default()));
        let secretaire = banc.personne("secretaire", &[(Role::Secretaire, Perimetre::Centre3c(s.region.centre))]);
        for (rang, (nature, code, attendu, erreur)) in [
            ("remis", "", "remise", Value::Null),
            ("lu", "", "lue", Value::Null),
            ("integre", "", "integree", Value::Null),
            ("refuse", "905", "refusee", json!("905 : dit le serveur")),
            ("rejete", "5.2.2", "rejetee", json!("5.2.2 : dit le serveur")),
            ("retarde", "4.4.7", "acceptee", Value::Null),
            ("relaye", "", "acceptee", Value::Null),
            ("supprime", "", "acceptee", Value::Null),
        ].into_iter().enumerate() {
            let (_, id, message_id) = partie(banc, autre_cas(banc, s), &memoire);
            boite.deposer(&courrier(&format!("<{rang}@ailleurs.fr>"), nature, &message_id, code));
            assert!(relever(banc, &boite));
            let lue = secretaire.get(&format!("/api/v1/diffusions/{id}")).est(200).corps;
            assert_eq!((&lue["etat"], &lue["derniere_erreur"]), (&json!(attendu), &erreur), "{nature}");
            let derniere = lue["transitions"].as_array().unwrap().last().unwrap();
            assert!(derniere["retour_id"].is_string() && derniere["compte_id"].is_null(), "{derniere:#}");
            assert_eq!(lue["retardee_le"].is_string(), nature == "retarde");
            assert_eq!(lue["supprimee_le"].is_string(), nature == "supprime");
        }
        assert!(boite.rangements().iter().all(|rangement| *rangement == Rangement::Traite));
        assert!(verifier(banc).tient());
    }

    fn sec_v5_4_3_ce_que_l_antivirus_refuse_est_garde_sans_son_contenu_et_attend_une_personne(banc) {
        let Some(clamav) = Clamav::demarrer() else { return };
        let antivirus = || Some(Antivirus::lire(&clamav.adresse()).unwrap());
        let (s, memoire, boite) = (scene(banc), Arc::new(Memoire::default()), Arc::new(Boite::default()));
        let (_, id, message_id) = partie(banc, s, &memoire);
        // In two parts, so that this file is none.
        let eicar = ["X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR", "-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"].concat();
        let piece = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, eicar);
        let infecte = format!(
            "From: medecin1@essai.mssante.fr\r\nTo: rcp@dcc.mssante.fr\r\nSubject: Lu\r\nMessage-ID: <infecte@x.fr>\r\nIn-Reply-To: {message_id}\r\n\
             MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"limite\"\r\n\r\n--limite\r\nContent-Type: text/plain\r\n\r\nVoir la pièce.\r\n\
             --limite\r\nContent-Type: application/octet-stream; name=\"a.com\"\r\nContent-Transfer-Encoding: base64\r\n\
             Content-Disposition: attachment; filename=\"a.com\"\r\n\r\n{piece}\r\n--limite--\r\n"
        );
        boite.deposer(infecte.as_bytes());
        boite.deposer(&courrier("<lu@x.fr>", "lu", &message_id, ""));
        boite.deposer(&[courrier("<enorme@x.fr>", "Bonjour", &message_id, ""), vec![b'a'; 2_000_000]].concat());
        // Without an answer of the antivirus, mails stay where they are.
        assert!(!relever_sous(banc, &boite, Some(Antivirus::lire("unix:/nulle/part").unwrap())));
        assert_eq!(boite.rangements(), []);
        assert!(relever_sous(banc, &boite, antivirus()));
        assert_eq!(boite.rangements(), [Rangement::AExaminer, Rangement::Traite, Rangement::AExaminer]);

        let secretaire = banc.personne("secretaire", &[(Role::Secretaire, Perimetre::Centre3c(s.region.centre))]);
        assert_eq!(secretaire.get(&format!("/api/v1/diffusions/{id}")).est(200).corps["etat"], "lue", "le courrier sain a compté");
        let liste = secretaire.get("/api/v1/diffusions/retours").est(200).corps;
        let dits: Vec<(&Value, &Value)> = liste["elements"].as_array().unwrap().iter().map(|r| (&r["code"], &r["detail"])).collect();
        assert_eq!(dits, [
            (&json!("antivirus"), &json!("l'antivirus y reconnaît « Eicar-Test-Signature.UNOFFICIAL »")),
            (&json!("antivirus"), &json!("trop grand pour l'antivirus")),
        ]);
        let garde = secretaire.get(&format!("/api/v1/diffusions/retours/{}", liste["elements"][0]["id"].as_str().unwrap())).est(200).corps;
        let texte = garde["texte"].as_str().unwrap();
        assert!(texte.contains("Message-ID: <infecte@x.fr>") && texte.contains("[Contenu retiré") && !texte.contains(&piece), "{texte}");
    }

    fn les_retours_repetes_tardifs_ou_dans_le_desordre_ne_font_pas_reculer(banc) {
        let (s, memoire, boite) = (scene(banc), Arc::new(Memoire::default()), Arc::new(Boite::default()));
        let (cr, id, message_id) = partie(banc, s, &memoire);
        boite.deposer(&courrier("<lu@x.fr>", "lu", &message_id, ""));
        boite.deposer(&courrier("<remis@x.fr>", "remis", &message_id, ""));
        boite.deposer(&courrier("<retarde@x.fr>", "retarde", &message_id, "4.4.7"));
        relever(banc, &boite);
        let version = banc.systeme(move |op| diffusions::trouver(op, id)).version;
        // The same receipt delivered again by another way is the same.
        let mut encore = courrier("<lu@x.fr>", "lu", &message_id, "");
        encore.extend(b" par un autre chemin");
        boite.deposer(&encore);
        relever(banc, &boite);
        assert_eq!(etat(banc, cr, s.traitant).1, "lue");
        assert_eq!(banc.systeme(move |op| diffusions::trouver(op, id)).version, version, "rien n'a changé");
        assert_eq!(boite.rangements().len(), 4);
        assert!(verifier(banc).tient());
    }

    fn un_releve_interrompu_reprend_sans_compter_deux_fois(banc) {
        let (s, memoire, boite) = (scene(banc), Arc::new(Memoire::default()), Arc::new(Boite::default()));
        let (_, id, message_id) = partie(banc, s, &memoire);
        boite.deposer(&courrier("<lu@x.fr>", "lu", &message_id, ""));
        *boite.oublier_de_ranger.lock().unwrap() = true;
        assert!(!relever(banc, &boite));
        let version = banc.systeme(move |op| diffusions::trouver(op, id)).version;
        *boite.oublier_de_ranger.lock().unwrap() = false;
        assert!(relever(banc, &boite));
        assert_eq!(boite.rangements(), [Rangement::Traite]);
        assert_eq!(banc.systeme(move |op| diffusions::trouver(op, id)).version, version);
    }

    fn un_rejet_rejoint_la_liste_de_travail_et_la_relance_garde_le_message_id(banc) {
        let (s, memoire, boite) = (scene(banc), Arc::new(Memoire::default()), Arc::new(Boite::default()));
        let (cr, id, message_id) = partie(banc, s, &memoire);
        boite.deposer(&courrier("<rejet@x.fr>", "rejete", &message_id, "5.2.2"));
        relever(banc, &boite);
        let secretaire = banc.personne("secretaire", &[(Role::Secretaire, Perimetre::Centre3c(s.region.centre))]);
        let liste = secretaire.get("/api/v1/diffusions?a_traiter=true").est(200).corps;
        assert!(liste["elements"].as_array().unwrap().iter().any(|e| e["id"] == json!(id) && e["code_retour"] == "5.2.2"));
        let chemin = format!("/api/v1/diffusions/{id}");
        let version = secretaire.get(&chemin).est(200).version();
        secretaire.poster_si(&format!("{chemin}/relance"), version).est(200);
        travailler(banc, &memoire);
        assert_eq!(etat(banc, cr, s.traitant), (id, "acceptee".to_owned(), Some(message_id.clone())));
        assert_eq!(memoire.courriers().iter().filter(|c| c.message_id == message_id).count(), 2);

        // Another address gets another Message-ID, and what the first still says changes nothing.
        boite.deposer(&courrier("<rejet2@x.fr>", "rejete", &message_id, "5.1.1"));
        relever(banc, &boite);
        let version = secretaire.get(&chemin).est(200).version();
        secretaire.put(&format!("{chemin}/adresse"), version, json!({ "adresse": "cabinet@medecin.mssante.fr" })).est(200);
        boite.deposer(&courrier("<lu-ailleurs@x.fr>", "lu", &message_id, ""));
        boite.deposer(&courrier("<rejet3@x.fr>", "rejete", &message_id, "5.1.1"));
        relever(banc, &boite);
        assert_eq!(etat(banc, cr, s.traitant).1, "a_envoyer");
        travailler(banc, &memoire);
        let (_, apres, nouveau) = etat(banc, cr, s.traitant);
        assert_eq!(apres, "acceptee", "les retours de l'ancienne adresse ne pèsent pas");
        assert_ne!(nouveau.as_ref(), Some(&message_id));
        boite.deposer(&courrier("<lu-ici@x.fr>", "lu", &nouveau.unwrap(), ""));
        relever(banc, &boite);
        assert_eq!(etat(banc, cr, s.traitant).1, "lue");
        assert!(verifier(banc).tient());
    }

    fn un_retour_plus_rapide_que_l_ecriture_de_l_accuse_n_est_pas_perdu(banc) {
        let (s, memoire, boite) = (scene(banc), Arc::new(Memoire::default()), Arc::new(Boite::default()));
        for (rang, (nature, fin)) in [("remis", "remise"), ("rejete", "rejetee"), ("lu", "lue")].into_iter().enumerate() {
            let s = autre_cas(banc, s);
            let cr = valider(banc, s, 1);
            let id = etat(banc, cr, s.traitant).0;
            rendre(banc, cr);
            banc.systeme(move |op| diffusions::commencer_envoi(op, id, "dcc.mssante.fr").map(drop));
            let message_id = etat(banc, cr, s.traitant).2.unwrap();
            boite.deposer(&courrier(&format!("<vite{rang}@x.fr>"), nature, &message_id, "5.2.2"));
            relever(banc, &boite);
            assert_eq!(etat(banc, cr, s.traitant).1, if nature == "lu" { "lue" } else { "en_cours" });
            banc.systeme(move |op| {
                let arrivee = dcc::metier::diffusion::model::Arrivee::Acceptee("250 ok".to_owned());
                diffusions::conclure_envoi(op, id, 1, &arrivee)
            });
            assert_eq!(etat(banc, cr, s.traitant).1, fin, "{nature}");
        }
        travailler(banc, &memoire);
        assert!(verifier(banc).tient(), "{}", verifier(banc));
    }

    fn une_version_remplacee_peut_encore_etre_lue(banc) {
        let (s, memoire, boite) = (scene(banc), Arc::new(Memoire::default()), Arc::new(Boite::default()));
        let (premiere, id, message_id) = partie(banc, s, &memoire);
        valider(banc, s, 2);
        boite.deposer(&courrier("<lu@x.fr>", "lu", &message_id, ""));
        relever(banc, &boite);
        assert_eq!(etat(banc, premiere, s.traitant).1, "lue");
        // But it is not sent again.
        let correspondant = etat(banc, premiere, s.correspondant);
        assert_eq!(correspondant.1, "remplacee");
        let secretaire = banc.personne("secretaire", &[(Role::Secretaire, Perimetre::Centre3c(s.region.centre))]);
        let version = secretaire.get(&format!("/api/v1/diffusions/{id}")).est(200).version();
        secretaire.poster_si(&format!("/api/v1/diffusions/{id}/relance"), version).refuse(409, "diffusion-etat-interdit");
        let demandeur = etat(banc, premiere, s.demandeur).0;
        avancer(banc, TimeDelta::days(20));
        let version = secretaire.get(&format!("/api/v1/diffusions/{demandeur}")).est(200).version();
        secretaire.poster_si(&format!("/api/v1/diffusions/{demandeur}/relance"), version).refuse(409, "diffusion-version-remplacee");
    }

    fn ce_qui_n_est_pas_compris_attend_quelqu_un(banc) {
        let (s, memoire, boite) = (scene(banc), Arc::new(Memoire::default()), Arc::new(Boite::default()));
        let (cr, id, message_id) = partie(banc, s, &memoire);
        boite.deposer(&courrier("<reponse@x.fr>", "bonjour", &message_id, ""));
        boite.deposer(&courrier("<inconnu@x.fr>", "lu", "<autre@ailleurs.fr>", ""));
        relever(banc, &boite);
        assert_eq!(boite.rangements(), [Rangement::AExaminer, Rangement::AExaminer]);

        let secretaire = banc.personne("secretaire", &[(Role::Secretaire, Perimetre::Centre3c(s.region.centre))]);
        let regional = banc.personne("regional", &[(Role::Secretaire, Perimetre::Region), (Role::Secretaire, Perimetre::Centre3c(s.region.centre))]);
        let ailleurs = banc.region(2);
        let autre = banc.personne("autre", &[(Role::Secretaire, Perimetre::Centre3c(ailleurs.centre))]);
        let participant = banc.personne("participant", &[(Role::Participant, Perimetre::Centre3c(s.region.centre))]);
        let liste = |qui: &crate::support::client::Client| {
            qui.get("/api/v1/diffusions/retours").est(200).corps["elements"].as_array().unwrap().clone()
        };
        // What is tied to a delivery is seen by who follows it; what is tied to none, by the region only.
        assert_eq!((liste(&secretaire).len(), liste(&regional).len(), liste(&autre).len()), (1, 2, 0));
        participant.get("/api/v1/diffusions/retours").refuse(403, "action-interdite");
        let (lie, sans_lien) = (liste(&regional)[0]["id"].as_str().unwrap().to_owned(), liste(&regional)[1]["id"].as_str().unwrap().to_owned());
        assert_eq!(secretaire.get("/api/v1/diffusions/listes-de-travail").est(200).corps["retours_a_examiner"], 1);
        autre.get(&format!("/api/v1/diffusions/retours/{lie}")).refuse(404, "retour-introuvable");
        secretaire.get(&format!("/api/v1/diffusions/retours/{sans_lien}")).refuse(404, "retour-introuvable");

        let lu = secretaire.get(&format!("/api/v1/diffusions/retours/{lie}")).est(200).corps;
        let original = String::from_utf8(courrier("<reponse@x.fr>", "bonjour", &message_id, "")).unwrap();
        assert_eq!(lu["texte"], json!(original), "l'original est gardé entier");
        let traces: i64 = banc.systeme(move |op| {
            use schema::trace as t;
            let lectures = t::table.filter(t::objet_type.eq("retour")).filter(t::action.eq("lire")).filter(t::patient_id.eq(s.patient));
            Ok(lectures.count().get_result(op.conn)?)
        });
        assert_eq!(traces, 1);

        let examen = |id: &str| format!("/api/v1/diffusions/retours/{id}/examen");
        let sans_nature = secretaire.post(&examen(&lie), json!({ "decision": "rattacher" })).refuse(422, "contenu-invalide");
        assert_eq!(sans_nature.fautes(), ["/nature"]);
        let sans_diffusion = regional.post(&examen(&sans_lien), json!({ "decision": "rattacher" })).refuse(422, "contenu-invalide");
        assert_eq!(sans_diffusion.fautes(), ["/diffusion_id"]);
        autre.post(&examen(&lie), json!({ "decision": "classer" })).refuse(404, "retour-introuvable");

        secretaire.post(&examen(&lie), json!({ "decision": "classer" })).est(200);
        secretaire.post(&examen(&lie), json!({ "decision": "classer" })).refuse(409, "retour-traite");
        assert_eq!(etat(banc, cr, s.traitant).1, "acceptee");
        regional.post(&examen(&sans_lien), json!({ "decision": "rattacher", "diffusion_id": id })).est(200);
        assert_eq!(etat(banc, cr, s.traitant).1, "lue");
        assert_eq!(liste(&regional).len(), 0);
        let refus = super::registre::alterer(banc, "DELETE FROM retour".to_owned()).unwrap_err();
        assert!(refus.contains("retour_indelebile"), "{refus}");
        assert!(verifier(banc).tient());
    }
}
