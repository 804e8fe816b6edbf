//! Our mail clients against real servers: Debian's postfix and dovecot, with TLS and client certificates.

use crate::support::{
    serveurs_courrier::{Imap as Offre, LENTEUR, QUOTA, Serveurs, accuse},
    smtp::Pki,
};
use dcc::{
    config::{Courrier as Reglages, Protection, Retours},
    kernel::Panne,
    messagerie::{
        Courrier, EchecEnvoi, Expediteur, Piece,
        imap::Imap,
        retour::{BoiteDeRetour, NatureRetour, Rangement, Retour, lire},
        smtp::Smtp,
    },
};
use mail_parser::{MessageParser, MimeHeaders};
use std::time::{Duration, Instant};

/// A mail that asks for a receipt, `octets` large before encoding.
fn courrier(serveurs: &Serveurs, n: u32, a: &str, octets: usize) -> Courrier {
    Courrier {
        message_id: format!("<{n}.essai+1=2@dcc.mssante.fr>"),
        date: "2026-03-02T09:00:00Z".parse().unwrap(),
        de: format!("RCP d'essai <{}>", serveurs.adresse("rcp")),
        a: serveurs.adresse(a),
        sujet: "Compte-rendu de réunion".to_owned(),
        texte: "Bonjour,\n.\n..deux points\nà bientôt.\n".to_owned(),
        pieces: vec![Piece {
            nom: "compte-rendu.pdf".to_owned(),
            type_mime: "application/pdf".to_owned(),
            octets: (0..=250_u8).cycle().take(octets).collect(),
        }],
        entetes: vec![("Disposition-Notification-To", serveurs.adresse("retours"))],
        calendrier: None,
        reponse_a: None,
    }
}

fn id(n: u32) -> Vec<String> {
    vec![format!("<{n}.essai+1=2@dcc.mssante.fr>")]
}

/// Everything in the return mailbox, put where it belongs.
fn relever(boite: &Imap) -> Vec<Retour> {
    let mut lus = Vec::new();
    let deplaces = boite
        .relever(&mut |octets| {
            let retour = lire(octets);
            let rangement = if retour.nature == NatureRetour::Inconnu { Rangement::AExaminer } else { Rangement::Traite };
            lus.push(retour);
            Ok(rangement)
        })
        .unwrap();
    assert_eq!(deplaces, lus.len() as u64);
    lus
}

/// What comes back first, waited for.
#[track_caller]
fn prochain(serveurs: &Serveurs, boite: &Imap) -> Retour {
    serveurs.attendre_boite("retours", 1);
    let mut lus = relever(boite);
    assert_eq!(lus.len(), 1, "{lus:?}");
    lus.remove(0)
}

fn clients(serveurs: &Serveurs) -> (Smtp, Imap) {
    (Smtp::new(&serveurs.smtp_config()).unwrap(), Imap::new(&serveurs.imap_config()).unwrap())
}

#[test]
fn un_courrier_arrive_dans_la_boite_et_sa_remise_revient() {
    let Some(serveurs) = Serveurs::demarrer() else { return };
    let (starttls, boite) = clients(&serveurs);
    let tls = Smtp::new(&Reglages { port: serveurs.smtps(), protection: Protection::Tls, ..serveurs.smtp_config() }).unwrap();
    for (n, smtp) in [(1, &starttls), (2, &tls), (3, &starttls)] {
        let envoye = courrier(&serveurs, n, "anne", 30_000);
        assert!(smtp.envoyer(&envoye).unwrap().detail.starts_with("250 2.0.0 Ok: queued as "));
        let recus = serveurs.attendre_boite("anne", n as usize);
        let recu = MessageParser::default().parse(recus.last().unwrap()).unwrap();
        assert_eq!(recu.message_id().map(|id| format!("<{id}>")), Some(envoye.message_id.clone()));
        assert_eq!(recu.return_path().as_text(), Some("retours@dcc.mssante.fr"), "les rapports reviennent à l'adresse de retour");
        assert_eq!(recu.body_text(0).unwrap().replace("\r\n", "\n"), envoye.texte);
        let piece = recu.attachment(0).unwrap();
        assert_eq!((piece.attachment_name(), piece.contents()), (Some("compte-rendu.pdf"), envoye.pieces[0].octets.as_slice()));

        let retour = prochain(&serveurs, &boite);
        assert_eq!((retour.nature, retour.originaux), (NatureRetour::Remis, id(n)));
        assert!(retour.message_id.is_some());
    }
    // The whole report is kept, among the treated ones.
    assert_eq!(serveurs.lire_dossier("retours", ".Trait&AOk-s").len(), 3);
    assert!(serveurs.lire_boite("retours").is_empty());
}

#[test]
fn une_boite_inconnue_est_refusee_sans_couter_la_connexion() {
    let Some(serveurs) = Serveurs::demarrer() else { return };
    let (smtp, boite) = clients(&serveurs);
    for n in 0..3 {
        match smtp.envoyer(&courrier(&serveurs, n, "inconnue", 100)) {
            Err(EchecEnvoi::Definitif { code, detail }) => {
                assert_eq!((code.as_str(), detail.contains('@')), ("550", false), "{detail}");
                assert!(detail.starts_with("5.1.1 [adresse] Recipient address rejected: User unknown"), "{detail}");
            }
            autre => panic!("un refus définitif était attendu : {autre:?}"),
        }
    }
    smtp.envoyer(&courrier(&serveurs, 3, "anne", 100)).unwrap();
    assert_eq!(prochain(&serveurs, &boite).originaux, id(3));
    assert_eq!(serveurs.journaux().matches("Trusted TLS connection established").count(), 1);
}

#[test]
fn sans_certificat_client_rien_ne_part_et_rien_ne_se_lit() {
    let Some(serveurs) = Serveurs::demarrer() else { return };
    let sans = Reglages { certificat_client_fichier: None, cle_client_fichier: None, ..serveurs.smtp_config() };
    let autre = Pki::nouvelle();
    let etranger = Reglages {
        certificat_client_fichier: Some(autre.certificat_client()),
        cle_client_fichier: Some(autre.cle_client()),
        ..sans.clone()
    };
    for reglages in [sans, etranger] {
        let smtps = Reglages { port: serveurs.smtps(), protection: Protection::Tls, ..reglages.clone() };
        for reglages in [reglages, smtps] {
            let issue = Smtp::new(&reglages).unwrap().envoyer(&courrier(&serveurs, 1, "anne", 100));
            assert!(matches!(issue, Err(EchecEnvoi::Temporaire { .. })), "le courrier n'y est pour rien : {issue:?}");
        }
    }
    let sans = Retours { certificat_client_fichier: None, cle_client_fichier: None, ..serveurs.imap_config() };
    let issue = Imap::new(&sans).unwrap().relever(&mut |_| Ok(Rangement::Traite));
    assert!(issue.is_err());
    assert!(serveurs.lire_boite("anne").is_empty());
}

#[test]
fn un_serveur_de_retours_d_une_autre_autorite_ou_un_mauvais_mot_de_passe_ne_passent_pas() {
    let Some(serveurs) = Serveurs::demarrer() else { return };
    let autre = Pki::nouvelle();
    let juste = serveurs.imap_config();
    let starttls = Retours { port: serveurs.imap_starttls(), protection: Protection::Starttls, ..juste.clone() };
    for bon in [&juste, &starttls] {
        assert_eq!(Imap::new(bon).unwrap().relever(&mut |_| Ok(Rangement::Traite)).unwrap(), 0);
        for mauvais in [
            Retours { autorite_fichier: Some(autre.autorite()), ..bon.clone() },
            Retours { mot_de_passe_fichier: Some(autre.ecrire("faux", "un autre secret")), ..bon.clone() },
        ] {
            let issue = Imap::new(&mauvais).unwrap().relever(&mut |_| Ok(Rangement::Traite));
            assert!(!issue.unwrap_err().to_string().contains("secret"));
        }
    }
}

#[test]
fn un_report_est_passager_puis_le_courrier_est_remis() {
    let Some(serveurs) = Serveurs::demarrer() else { return };
    let (smtp, boite) = clients(&serveurs);
    let envoye = courrier(&serveurs, 1, "grise", 30_000);
    match smtp.envoyer(&envoye) {
        Err(EchecEnvoi::Temporaire { code, detail }) => {
            assert_eq!(code, "450");
            assert!(detail.contains("liste grise"), "{detail}");
        }
        autre => panic!("un refus passager était attendu : {autre:?}"),
    }
    smtp.envoyer(&envoye).unwrap();
    assert_eq!(prochain(&serveurs, &boite).nature, NatureRetour::Remis);
    assert_eq!(serveurs.lire_boite("grise").len(), 1);
}

#[test]
fn un_serveur_lent_finit_par_prendre_le_courrier_une_seule_fois() {
    let Some(serveurs) = Serveurs::demarrer() else { return };
    let (smtp, boite) = clients(&serveurs);
    let debut = Instant::now();
    smtp.envoyer(&courrier(&serveurs, 1, "lente", 30_000)).unwrap();
    assert!(debut.elapsed() >= LENTEUR);
    assert_eq!(prochain(&serveurs, &boite).nature, NatureRetour::Remis);
    assert_eq!(serveurs.lire_boite("lente").len(), 1);
}

#[test]
fn un_courrier_accepte_puis_rejete_revient_avec_son_motif() {
    let Some(serveurs) = Serveurs::demarrer() else { return };
    let (smtp, boite) = clients(&serveurs);
    smtp.envoyer(&courrier(&serveurs, 1, "fantome", 100)).unwrap();
    let retour = prochain(&serveurs, &boite);
    assert_eq!(retour.originaux, id(1));
    let NatureRetour::Rejete { code, detail } = retour.nature else { panic!("{:?}", retour.nature) };
    assert_eq!(code, "5.1.1");
    assert!(detail.contains("User doesn't exist") && !detail.contains('@'), "{detail}");

    smtp.envoyer(&courrier(&serveurs, 2, "pleine", QUOTA as usize)).unwrap();
    let retour = prochain(&serveurs, &boite);
    assert_eq!(retour.originaux, id(2));
    let NatureRetour::Rejete { code, detail } = retour.nature else { panic!("{:?}", retour.nature) };
    assert_eq!(code, "5.2.2");
    assert!(detail.contains("Quota exceeded"), "{detail}");
    assert!(serveurs.lire_boite("pleine").is_empty());
}

#[test]
fn un_courrier_retarde_le_dit_puis_est_remis_et_un_relais_dit_qu_il_ne_sait_pas() {
    let Some(serveurs) = Serveurs::demarrer() else { return };
    let (smtp, boite) = clients(&serveurs);
    smtp.envoyer(&courrier(&serveurs, 1, "absente", 100)).unwrap();
    let retour = prochain(&serveurs, &boite);
    assert_eq!(retour.originaux, id(1));
    let NatureRetour::Retarde { code, .. } = retour.nature else { panic!("{:?}", retour.nature) };
    assert_eq!(code, "4.4.1");
    serveurs.reparer();
    let retour = prochain(&serveurs, &boite);
    assert_eq!((retour.nature, retour.originaux), (NatureRetour::Remis, id(1)));
    assert_eq!(serveurs.lire_boite("absente").len(), 1);

    smtp.envoyer(&courrier(&serveurs, 2, "relais", 100)).unwrap();
    let retour = prochain(&serveurs, &boite);
    assert_eq!((retour.nature, retour.originaux), (NatureRetour::Relaye, id(2)));
}

#[test]
fn les_accuses_du_destinataire_reviennent_et_se_lisent() {
    let Some(serveurs) = Serveurs::demarrer() else { return };
    let (smtp, boite) = clients(&serveurs);
    // No receipt of reading asked for: the delivery itself is not told either.
    smtp.envoyer(&Courrier { entetes: Vec::new(), ..courrier(&serveurs, 9, "anne", 100) }).unwrap();
    serveurs.attendre_boite("anne", 1);
    smtp.envoyer(&courrier(&serveurs, 1, "chu", 30_000)).unwrap();
    let recu = serveurs.attendre_boite("chu", 1).remove(0);
    assert_eq!(prochain(&serveurs, &boite).originaux, id(1));

    let refus = NatureRetour::IntegrationRefusee { code: Some("E-INS".to_owned()), detail: "INS non rapprochée".to_owned() };
    for (disposition, erreur, nature) in [
        ("displayed", None, NatureRetour::Lu),
        ("processed", None, NatureRetour::Integre),
        ("processed/error", Some("E-INS^INS non rapprochée"), refus),
        ("deleted", None, NatureRetour::Supprime),
    ] {
        serveurs.deposer("chu", &accuse(&recu, disposition, erreur));
        let retour = prochain(&serveurs, &boite);
        assert_eq!((retour.nature, retour.originaux), (nature, id(1)), "{disposition}");
    }
    assert_eq!(serveurs.lire_dossier("retours", ".Trait&AOk-s").len(), 5);
}

fn lettre(n: u32, octets: usize) -> Vec<u8> {
    let corps = "Bonjour, voici ma réponse.\r\n".repeat(octets / 28 + 1);
    format!(
        "From: anne@medecin.mssante.fr\r\nTo: retours@dcc.mssante.fr\r\nSubject: R\u{e9}ponse {n}\r\nMessage-ID: <lettre.{n}@medecin.mssante.fr>\r\n\
         MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{corps}"
    )
    .into_bytes()
}

/// Names of the mails handed over, in order, all of them to be examined.
fn relever_les_lettres(boite: &Imap) -> Vec<String> {
    let mut vus = Vec::new();
    boite
        .relever(&mut |octets| {
            vus.push(lire(octets).message_id.unwrap());
            Ok(Rangement::AExaminer)
        })
        .unwrap();
    vus
}

#[test]
fn rien_n_est_perdu_de_ce_qui_ne_se_comprend_pas_quel_que_soit_le_serveur() {
    for offre in [Offre::Complet, Offre::SansMove, Offre::SansMoveNiUidplus] {
        let Some(serveurs) = Serveurs::demarrer_avec(offre) else { return };
        let boite = Imap::new(&Retours { lot: 3, ..serveurs.imap_config() }).unwrap();
        for n in 1..=5 {
            serveurs.deposer("anne", &lettre(n, 100));
            serveurs.attendre_boite("retours", n as usize);
        }
        // The oldest first, a bounded number each time.
        let nom = |n: u32| format!("<lettre.{n}@medecin.mssante.fr>");
        assert_eq!(relever_les_lettres(&boite), [nom(1), nom(2), nom(3)], "{offre:?}");
        assert_eq!(relever_les_lettres(&boite), [nom(4), nom(5)], "{offre:?}");
        assert!(relever_les_lettres(&boite).is_empty(), "{offre:?}");
        assert!(serveurs.lire_boite("retours").is_empty(), "{offre:?}");
        let gardes = serveurs.lire_dossier("retours", ".&AMA- examiner");
        assert_eq!(gardes.iter().map(|octets| lire(octets).message_id.unwrap()).collect::<Vec<_>>(), (1..=5).map(nom).collect::<Vec<_>>());
        assert!(serveurs.lire_dossier("retours", ".Trait&AOk-s").is_empty());
    }
}

#[test]
fn un_courrier_qui_n_a_pas_pu_etre_garde_reste_et_n_arrete_pas_les_autres() {
    let Some(serveurs) = Serveurs::demarrer() else { return };
    let boite = Imap::new(&serveurs.imap_config()).unwrap();
    for n in 1..=3 {
        serveurs.deposer("anne", &lettre(n, 100));
        serveurs.attendre_boite("retours", n as usize);
    }
    let deuxieme = "<lettre.2@medecin.mssante.fr>";
    let issue = boite.relever(&mut |octets| {
        if lire(octets).message_id.as_deref() == Some(deuxieme) { Err(Panne::dire("base absente")) } else { Ok(Rangement::Traite) }
    });
    assert_eq!(issue.unwrap_err().to_string(), "base absente");
    assert_eq!(serveurs.lire_dossier("retours", ".Trait&AOk-s").len(), 2);
    // Killed before the mail was moved, or failed: it is handed again, whole.
    let restants = serveurs.lire_boite("retours");
    assert_eq!(restants.len(), 1);
    let mut vus = Vec::new();
    assert_eq!(
        boite
            .relever(&mut |octets| {
                vus.push(octets.to_vec());
                Ok(Rangement::Traite)
            })
            .unwrap(),
        1
    );
    assert_eq!(lire(&vus[0]).message_id.as_deref(), Some(deuxieme));
    assert_eq!(String::from_utf8_lossy(&vus[0]).replace("\r\n", "\n"), String::from_utf8_lossy(&restants[0]).replace("\r\n", "\n"));
}

#[test]
fn un_courrier_demesure_va_a_l_examen_sur_la_foi_de_ses_entetes() {
    let Some(serveurs) = Serveurs::demarrer() else { return };
    let boite = Imap::new(&Retours { taille_maximale: 50_000, ..serveurs.imap_config() }).unwrap();
    serveurs.deposer("anne", &lettre(1, 200_000));
    serveurs.attendre_boite("retours", 1);
    let mut tailles = Vec::new();
    let deplaces = boite.relever(&mut |octets| {
        tailles.push(octets.len());
        assert_eq!(lire(octets).message_id.as_deref(), Some("<lettre.1@medecin.mssante.fr>"));
        Ok(Rangement::Traite)
    });
    assert_eq!(deplaces.unwrap(), 1);
    assert!(tailles[0] < 2_000, "{tailles:?}");
    let gardes = serveurs.lire_dossier("retours", ".&AMA- examiner");
    assert!(gardes.len() == 1 && gardes[0].len() > 200_000);
}

#[test]
fn un_courrier_trop_gros_pour_l_operateur_n_est_pas_propose() {
    let Some(serveurs) = Serveurs::demarrer() else { return };
    let refus = |smtp: &Smtp, octets| match smtp.envoyer(&courrier(&serveurs, 1, "anne", octets)) {
        Err(EchecEnvoi::Definitif { code, detail }) => (code, detail),
        autre => panic!("un refus définitif était attendu : {autre:?}"),
    };
    let petit = Smtp::new(&Reglages { taille_maximale: 30_000, ..serveurs.smtp_config() }).unwrap();
    assert_eq!(refus(&petit, 30_000).0, "taille");
    // The limit that postfix announces is 10,240,000 bytes.
    let sans_limite = Smtp::new(&Reglages { taille_maximale: u64::MAX, ..serveurs.smtp_config() }).unwrap();
    let (code, detail) = refus(&sans_limite, 9_000_000);
    assert_eq!((code.as_str(), detail.ends_with(" ko, l'opérateur en admet 10240")), ("taille", true), "{detail}");
    sans_limite.envoyer(&courrier(&serveurs, 2, "anne", 6_000_000)).unwrap();
    serveurs.attendre_boite("anne", 1);
}

#[test]
fn les_connexions_restent_bonnes_apres_un_repos() {
    let Some(serveurs) = Serveurs::demarrer() else { return };
    let (smtp, _) = clients(&serveurs);
    for n in 1..=3 {
        smtp.envoyer(&courrier(&serveurs, n, "anne", 100)).unwrap();
        std::thread::sleep(Duration::from_millis(2_300));
    }
    assert_eq!(serveurs.attendre_boite("anne", 3).len(), 3);
}
