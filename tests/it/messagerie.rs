//! Mails as a real SMTP server sees them: protected, authenticated, and their failures told apart.

use crate::support::smtp::{Exigences, Mode, Panne, Pki, ServeurSmtp};
use dcc::{
    config::{Courrier as Reglages, Operateur, Protection, TransportCourrier},
    messagerie::{Courrier, EchecEnvoi, Expediteur, Piece, smtp::Smtp},
};
use mail_parser::{MessageParser, MimeHeaders};

fn courrier(n: u32) -> Courrier {
    Courrier {
        message_id: format!("<{n}@essai.mssante.fr>"),
        date: "2026-03-02T09:00:00Z".parse().unwrap(),
        de: "RCP d'essai <rcp@essai.mssante.fr>".to_owned(),
        a: "anne.delta@medecin.mssante.fr".to_owned(),
        sujet: "Compte-rendu de réunion".to_owned(),
        texte: "Bonjour,\n.\n..deux points\nà bientôt.\n".to_owned(),
        pieces: vec![Piece {
            nom: "compte-rendu.pdf".to_owned(),
            type_mime: "application/pdf".to_owned(),
            octets: (0..=250_u8).cycle().take(30_000).collect(),
        }],
        entetes: vec![("Auto-Submitted", "auto-generated".to_owned())],
        calendrier: None,
        reponse_a: None,
    }
}

fn reglages(serveur: &ServeurSmtp, protection: Protection) -> Reglages {
    Reglages {
        transport: TransportCourrier::Smtp,
        hote: "localhost".to_owned(),
        port: serveur.port,
        protection,
        expediteur: "rcp@essai.mssante.fr".to_owned(),
        ..Reglages::default()
    }
}

fn chiffre(serveur: &ServeurSmtp, protection: Protection, pki: &Pki) -> Reglages {
    Reglages { autorite_fichier: Some(pki.autorite()), ..reglages(serveur, protection) }
}

fn passager(issue: Result<impl std::fmt::Debug, EchecEnvoi>) -> (String, String) {
    match issue {
        Err(EchecEnvoi::Temporaire { code, detail }) => (code, detail),
        autre => panic!("un échec passager était attendu : {autre:?}"),
    }
}

fn definitif(issue: Result<impl std::fmt::Debug, EchecEnvoi>) -> (String, String) {
    match issue {
        Err(EchecEnvoi::Definitif { code, detail }) => (code, detail),
        autre => panic!("un échec définitif était attendu : {autre:?}"),
    }
}

#[test]
fn le_courrier_arrive_entier_par_une_connexion_chiffree() {
    let pki = Pki::nouvelle();
    for (mode, protection) in [(Mode::Starttls, Protection::Starttls), (Mode::Tls, Protection::Tls)] {
        let serveur = ServeurSmtp::demarrer(mode, &pki, Exigences::default());
        let smtp = Smtp::new(&chiffre(&serveur, protection, &pki)).unwrap();
        let accuse = smtp.envoyer(&courrier(1)).unwrap();
        assert_eq!(accuse.detail, "250 2.0.0 pris en charge");
        let recus = serveur.recus();
        assert_eq!(recus.len(), 1, "{mode:?}");
        assert!(recus[0].chiffre, "{mode:?}");
        assert_eq!(
            (recus[0].de.as_str(), recus[0].a.as_slice()),
            ("rcp@essai.mssante.fr", &["anne.delta@medecin.mssante.fr".to_owned()][..])
        );
        let message = MessageParser::default().parse(&recus[0].octets).unwrap();
        assert_eq!(message.subject(), Some("Compte-rendu de réunion"));
        assert_eq!(message.message_id(), Some("1@essai.mssante.fr"));
        assert_eq!(message.body_text(0).unwrap().replace("\r\n", "\n"), courrier(1).texte);
        let piece = message.attachment(0).unwrap();
        assert_eq!((piece.attachment_name(), piece.contents()), (Some("compte-rendu.pdf"), courrier(1).pieces[0].octets.as_slice()));
    }
}

#[test]
fn rien_ne_part_en_clair_quand_la_protection_est_demandee() {
    let pki = Pki::nouvelle();
    // A server that does not offer STARTTLS, as an attacker in the middle would make it look.
    let serveur = ServeurSmtp::demarrer(Mode::Clair, &pki, Exigences::default());
    let smtp = Smtp::new(&chiffre(&serveur, Protection::Starttls, &pki)).unwrap();
    assert_eq!(passager(smtp.envoyer(&courrier(1))).0, "connexion");
    let smtp = Smtp::new(&chiffre(&serveur, Protection::Tls, &pki)).unwrap();
    assert_eq!(passager(smtp.envoyer(&courrier(1))).0, "connexion");
    assert!(serveur.recus().is_empty());
}

#[test]
fn un_serveur_d_une_autre_autorite_n_est_pas_cru() {
    let (pki, autre) = (Pki::nouvelle(), Pki::nouvelle());
    for (mode, protection) in [(Mode::Starttls, Protection::Starttls), (Mode::Tls, Protection::Tls)] {
        let serveur = ServeurSmtp::demarrer(mode, &pki, Exigences::default());
        let smtp = Smtp::new(&chiffre(&serveur, protection, &autre)).unwrap();
        assert_eq!(passager(smtp.envoyer(&courrier(1))).0, "connexion");
        // Nor one that bears another name than the one we call.
        let smtp = Smtp::new(&Reglages { hote: "127.0.0.1".to_owned(), ..chiffre(&serveur, protection, &pki) }).unwrap();
        assert_eq!(passager(smtp.envoyer(&courrier(1))).0, "connexion");
        assert!(serveur.recus().is_empty());
    }
}

#[test]
fn un_operateur_qui_exige_un_certificat_client_le_recoit() {
    let pki = Pki::nouvelle();
    for (mode, protection) in [(Mode::Starttls, Protection::Starttls), (Mode::Tls, Protection::Tls)] {
        let serveur = ServeurSmtp::demarrer(mode, &pki, Exigences { certificat_client: true, ..Exigences::default() });
        let sans = chiffre(&serveur, protection, &pki);
        passager(Smtp::new(&sans).unwrap().envoyer(&courrier(1)));
        let avec =
            Reglages { certificat_client_fichier: Some(pki.certificat_client()), cle_client_fichier: Some(pki.cle_client()), ..sans };
        Smtp::new(&avec).unwrap().envoyer(&courrier(1)).unwrap();
        let recus = serveur.recus();
        assert_eq!(recus.len(), 1, "{mode:?}");
        assert!(recus[0].certificat_client, "{mode:?}");
    }
}

#[test]
fn un_compte_refuse_est_passager_car_le_courrier_n_y_est_pour_rien() {
    let pki = Pki::nouvelle();
    let exigences = Exigences { compte: Some(("rcp", "un secret")), ..Exigences::default() };
    let serveur = ServeurSmtp::demarrer(Mode::Starttls, &pki, exigences);
    let sans = chiffre(&serveur, Protection::Starttls, &pki);
    assert_eq!(passager(Smtp::new(&sans).unwrap().envoyer(&courrier(1))).0, "530");
    let avec = |mot_de_passe: &str| Reglages {
        identifiant: Some("rcp".to_owned()),
        mot_de_passe_fichier: Some(pki.ecrire("mot-de-passe", mot_de_passe)),
        ..sans.clone()
    };
    assert_eq!(passager(Smtp::new(&avec("faux")).unwrap().envoyer(&courrier(1))).0, "535");
    Smtp::new(&avec("un secret\n")).unwrap().envoyer(&courrier(1)).unwrap();
    assert_eq!(serveur.recus()[0].compte.as_deref(), Some("rcp"));
    assert_eq!(serveur.recus().len(), 1);
}

#[test]
fn un_refus_passager_et_un_refus_definitif_se_distinguent_a_chaque_etape() {
    let pki = Pki::nouvelle();
    let serveur = ServeurSmtp::demarrer(Mode::Clair, &pki, Exigences::default());
    let smtp = Smtp::new(&reglages(&serveur, Protection::Aucune)).unwrap();
    for etape in ["MAIL", "RCPT", "DATA", "."] {
        serveur.prevoir(Panne::Repondre(etape, "451 4.3.0 plus tard".to_owned()));
        assert_eq!(passager(smtp.envoyer(&courrier(1))), ("451".to_owned(), "4.3.0 plus tard".to_owned()), "{etape}");
        serveur.prevoir(Panne::Repondre(etape, "550-5.1.1 <anne.delta@medecin.mssante.fr>\r\n550 5.1.1 inconnue ici".to_owned()));
        assert_eq!(definitif(smtp.envoyer(&courrier(1))), ("550".to_owned(), "5.1.1 [adresse] inconnue ici".to_owned()), "{etape}");
    }
    assert!(serveur.recus().is_empty());
    smtp.envoyer(&courrier(1)).unwrap();
    assert_eq!(serveur.recus().len(), 1);
}

#[test]
fn un_serveur_qui_raccroche_ou_ne_repond_pas_est_un_echec_passager() {
    let pki = Pki::nouvelle();
    let serveur = ServeurSmtp::demarrer(Mode::Clair, &pki, Exigences::default());
    let smtp = Smtp::new(&reglages(&serveur, Protection::Aucune)).unwrap();
    serveur.prevoir(Panne::CouperALaConnexion);
    passager(smtp.envoyer(&courrier(1)));
    // The mail was taken, its receipt was lost: it must be sent again, under the same Message-ID.
    serveur.prevoir(Panne::CouperApresLeMessage);
    passager(smtp.envoyer(&courrier(1)));
    smtp.envoyer(&courrier(1)).unwrap();
    let ids: Vec<String> = serveur.recus().iter().map(|recu| recu.entete("Message-ID")).collect();
    assert_eq!(ids, ["<1@essai.mssante.fr>", "<1@essai.mssante.fr>"]);
    assert_eq!(serveur.recus()[0].octets, serveur.recus()[1].octets);

    let ferme = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let smtp = Smtp::new(&Reglages { port: ferme, ..reglages(&serveur, Protection::Aucune) }).unwrap();
    assert_eq!(passager(smtp.envoyer(&courrier(1))).0, "connexion");
}

#[test]
fn les_courriers_se_suivent_sur_la_meme_connexion() {
    let pki = Pki::nouvelle();
    for vieux in [false, true] {
        let serveur = ServeurSmtp::demarrer(Mode::Tls, &pki, Exigences { vieux, ..Exigences::default() });
        let smtp = Smtp::new(&chiffre(&serveur, Protection::Tls, &pki)).unwrap();
        for n in 0..20 {
            smtp.envoyer(&courrier(n)).unwrap();
        }
        assert_eq!((serveur.recus().len(), serveur.connexions()), (20, 1));
        // A refused mail costs nothing to the following ones.
        for etape in ["MAIL", "RCPT", "DATA", "."] {
            serveur.prevoir(Panne::Repondre(etape, "550 5.1.1 inconnue".to_owned()));
            assert_eq!(definitif(smtp.envoyer(&courrier(20))).0, "550", "{etape}");
        }
        smtp.envoyer(&courrier(21)).unwrap();
        assert_eq!((serveur.recus().len(), serveur.connexions()), (21, 1), "{vieux}");
    }
}

#[test]
fn un_serveur_qui_refuse_le_destinataire_mais_attend_le_message_n_en_recoit_aucun() {
    let pki = Pki::nouvelle();
    let serveur = ServeurSmtp::demarrer(Mode::Tls, &pki, Exigences::default());
    let smtp = Smtp::new(&chiffre(&serveur, Protection::Tls, &pki)).unwrap();
    serveur.prevoir(Panne::Repondre("RCPT", "550 5.1.1 inconnue".to_owned()));
    serveur.prevoir(Panne::Repondre("DATA", "354 allez-y quand même".to_owned()));
    assert_eq!(definitif(smtp.envoyer(&courrier(1))).0, "550");
    smtp.envoyer(&courrier(2)).unwrap();
    assert_eq!((serveur.recus().len(), serveur.connexions()), (1, 2));
    assert_eq!(serveur.recus()[0].entete("Message-ID"), "<2@essai.mssante.fr>");
}

#[test]
fn les_avis_de_remise_se_demandent_a_qui_sait_en_donner() {
    let pki = Pki::nouvelle();
    let demande = Courrier { entetes: vec![("Disposition-Notification-To", "retours@essai.mssante.fr".to_owned())], ..courrier(1) };
    for (vieux, envoye, mail, rcpt) in [
        (true, &demande, "", ""),
        (false, &courrier(1), "RET=HDRS ENVID=1@essai.mssante.fr", "NOTIFY=DELAY,FAILURE ORCPT=rfc822;anne.delta@medecin.mssante.fr"),
        (false, &demande, "RET=HDRS ENVID=1@essai.mssante.fr", "NOTIFY=SUCCESS,DELAY,FAILURE ORCPT=rfc822;anne.delta@medecin.mssante.fr"),
    ] {
        let serveur = ServeurSmtp::demarrer(Mode::Tls, &pki, Exigences { vieux, ..Exigences::default() });
        let retour = Reglages { adresse_retour: Some("retours@essai.mssante.fr".to_owned()), ..chiffre(&serveur, Protection::Tls, &pki) };
        Smtp::new(&retour).unwrap().envoyer(envoye).unwrap();
        let recu = serveur.recus().remove(0);
        assert_eq!(recu.de, "retours@essai.mssante.fr", "les rapports reviennent à l'adresse de retour");
        let (taille, suite) = recu.parametres[0].split_once(' ').unwrap_or((&recu.parametres[0], ""));
        let octets: usize = taille.strip_prefix("SIZE=").unwrap().parse().unwrap();
        assert!(octets.abs_diff(recu.octets.len()) <= 2, "{octets} {}", recu.octets.len());
        assert_eq!((suite, recu.parametres[1].as_str()), (mail, rcpt), "{vieux}");
    }
}

#[test]
fn chaque_expediteur_a_son_operateur() {
    let pki = Pki::nouvelle();
    let [defaut, chu] = [true, false].map(|_| ServeurSmtp::demarrer(Mode::Tls, &pki, Exigences::default()));
    let operateur = Operateur {
        expediteurs: vec!["chu.mssante.fr".to_owned()],
        port: chu.port,
        protection: Protection::Tls,
        autorite_fichier: Some(pki.autorite()),
        adresse_retour: Some("accuses@chu.mssante.fr".to_owned()),
        ..Operateur::default()
    };
    let operateurs = [("chu".to_owned(), operateur)].into();
    let smtp = Smtp::new(&Reglages { operateurs, ..chiffre(&defaut, Protection::Tls, &pki) }).unwrap();
    for (n, de) in [(1, "rcp@essai.mssante.fr"), (2, "RCP du CHU <rcp@CHU.mssante.fr>"), (3, "autre@essai.mssante.fr")] {
        smtp.envoyer(&Courrier { de: de.to_owned(), ..courrier(n) }).unwrap();
    }
    let vus = |serveur: &ServeurSmtp| serveur.recus().iter().map(|r| (r.de.clone(), r.entete("Message-ID"))).collect::<Vec<_>>();
    let attendu = |de: &str, id: &str| (de.to_owned(), id.to_owned());
    assert_eq!(vus(&chu), [attendu("accuses@chu.mssante.fr", "<2@essai.mssante.fr>")]);
    assert_eq!(
        vus(&defaut),
        [attendu("rcp@essai.mssante.fr", "<1@essai.mssante.fr>"), attendu("autre@essai.mssante.fr", "<3@essai.mssante.fr>")]
    );
}

#[test]
fn plusieurs_fils_envoient_en_meme_temps() {
    let pki = Pki::nouvelle();
    let serveur = ServeurSmtp::demarrer(Mode::Tls, &pki, Exigences::default());
    let smtp = Smtp::new(&chiffre(&serveur, Protection::Tls, &pki)).unwrap();
    std::thread::scope(|fils| {
        for fil in 0..4 {
            let smtp = &smtp;
            fils.spawn(move || (0..10).for_each(|n| drop(smtp.envoyer(&courrier(fil * 10 + n)).unwrap())));
        }
    });
    let mut ids: Vec<String> = serveur.recus().iter().map(|recu| recu.entete("Message-ID")).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 40);
    assert!(serveur.connexions() <= 4, "{}", serveur.connexions());
}
