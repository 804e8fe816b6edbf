//! What mails that come back say, on samples: those of the RFCs, of mail clients, of postfix, of hospital
//! systems, and some that lack what they should have.

use dcc::messagerie::retour::{NatureRetour, lire};
use proptest::prelude::*;
use std::{fs, path::PathBuf};

const V1: &str = "<0197.v1@dcc.mssante.fr>";
const V2: &str = "<0197.v2@dcc.mssante.fr>";

fn dossier() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/retours"))
}

/// A sample as it travels, with the line ends of mail.
fn exemple(nom: &str) -> Vec<u8> {
    fs::read_to_string(dossier().join(format!("{nom}.eml"))).unwrap().replace('\n', "\r\n").into_bytes()
}

fn refusee(code: Option<&str>, detail: &str) -> NatureRetour {
    NatureRetour::IntegrationRefusee { code: code.map(str::to_owned), detail: detail.to_owned() }
}

fn rejete(code: &str, detail: &str) -> NatureRetour {
    NatureRetour::Rejete { code: code.to_owned(), detail: detail.to_owned() }
}

#[test]
fn chaque_exemple_dit_ce_qu_il_dit() {
    let sans_precision = "intégration refusée, sans précision";
    let attendus: Vec<(&str, &str, &[&str], NatureRetour)> = vec![
        ("mdn-thunderbird-lu", "<5d3a@medecin.mssante.fr>", &[V2], NatureRetour::Lu),
        ("mdn-rfc8098", "<199509200019.12345@example.com>", &["<199509192301.23456@example.org>"], NatureRetour::Lu),
        ("mdn-integre", "<integ.77@chu.mssante.fr>", &[V1], NatureRetour::Integre),
        ("mdn-refus-champ", "<integ.78@chu.mssante.fr>", &[V1], refusee(Some("E100"), "Patient inconnu (IPP [numéro] de ce service")),
        ("mdn-refus-modificateur", "<integ.79@chu.mssante.fr>", &[V1], refusee(Some("E200"), "Document illisible")),
        ("mdn-supprime", "<nr.1@medecin.mssante.fr>", &[V1], NatureRetour::Supprime),
        ("mdn-tronquee", "<tronquee.1@medecin.mssante.fr>", &["<0197.v>"], NatureRetour::Inconnu),
        (
            "dsn-postfix-rejet",
            "<20260302090954.4DECB98E076@operateur.example>",
            &[V1],
            rejete("5.2.2", "552 5.2.2 [adresse] Quota exceeded (mailbox for user is full)"),
        ),
        (
            "dsn-postfix-retard",
            "<20260302100000.1@operateur.example>",
            &[V1],
            NatureRetour::Retarde { code: "4.4.1".to_owned(), detail: "connect to [numéro] Connection refused".to_owned() },
        ),
        (
            "dsn-rfc3464-abandon",
            "<199407072116.RAA14128@CS.UTK.EDU>",
            &["<199407021710.abc@cs.utk.edu>"],
            rejete("4.0.0", "426 connection timed out"),
        ),
        (
            "dsn-sans-statut",
            "<dsn.2@operateur.example>",
            &[V1],
            rejete("5.7.133", "550 #5.7.133 RESOLVER.RST.SenderNotAuthenticated; expediteur non autorise"),
        ),
        ("dsn-remis", "<20260302.3@operateur.example>", &[V1], NatureRetour::Remis),
        ("dsn-relaye", "<20260302.4@operateur.example>", &[V1], NatureRetour::Relaye),
        ("ko-integration", "<ko.1@chu.mssante.fr>", &[V2], refusee(Some("E123"), sans_precision)),
        ("ko-sans-code", "<ko.2@chu.mssante.fr>", &[V1], refusee(None, sans_precision)),
        ("reponse-de-personne", "<rep.1@medecin.mssante.fr>", &[V1], NatureRetour::Inconnu),
        ("transfert-d-un-rejet", "<tr.1@medecin.mssante.fr>", &[], NatureRetour::Inconnu),
    ];
    assert_eq!(attendus.len(), fs::read_dir(dossier()).unwrap().count(), "un exemple n'est pas essayé");
    for (nom, message_id, originaux, nature) in attendus {
        let retour = lire(&exemple(nom));
        assert_eq!(retour.nature, nature, "{nom}");
        assert_eq!(retour.originaux, originaux, "{nom}");
        assert_eq!(retour.message_id.as_deref(), Some(message_id), "{nom}");
    }
}

#[test]
fn les_entetes_seuls_d_un_refus_suffisent_a_le_reconnaitre() {
    let entier = exemple("ko-integration");
    let fin = entier.windows(4).position(|quatre| quatre == b"\r\n\r\n").unwrap();
    let retour = lire(&entier[..fin + 4]);
    assert_eq!((retour.nature, retour.originaux), (lire(&entier).nature, vec![V2.to_owned()]));
}

#[test]
fn une_erreur_sans_modificateur_est_un_refus_et_un_mot_inconnu_est_pour_une_personne() {
    let avec = |disposition: &str| {
        let texte = String::from_utf8(exemple("mdn-refus-modificateur")).unwrap();
        lire(texte.replace("processed/Error: E200^Document illisible", disposition).as_bytes()).nature
    };
    assert_eq!(avec("processed\r\nError: E300^Sans modificateur"), refusee(Some("E300"), "Sans modificateur"));
    assert_eq!(avec("PROCESSED/error"), refusee(None, "intégration refusée, sans précision"));
    assert_eq!(avec("processed/failed\r\nFailure: plus de place"), refusee(None, "plus de place"));
    assert_eq!(avec("Displayed (on screen)"), NatureRetour::Lu);
    for inconnue in ["dispatched", "denied", "displayed/error", "processed/superseded", "", "processedx"] {
        assert_eq!(avec(inconnue), NatureRetour::Inconnu, "{inconnue}");
    }
}

#[test]
fn un_courrier_enorme_ou_hostile_se_lit_en_un_temps_borne() {
    let debut = std::time::Instant::now();
    let mut gros = exemple("reponse-de-personne");
    gros.extend(b"<p>encore</p>\r\n".repeat(1_000_000));
    assert_eq!(lire(&gros).nature, NatureRetour::Inconnu);
    let entetes = format!("Subject: x\r\n{}\r\n", "References: <a@b>\r\n".repeat(100_000));
    drop(lire(entetes.as_bytes()));
    // Parts within parts, and mails within mails.
    let mut multiparts = String::new();
    let mut messages = String::new();
    for n in 0..5_000 {
        multiparts.push_str(&format!("Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n"));
        messages.push_str("Content-Type: message/rfc822\r\n\r\n");
    }
    drop(lire(multiparts.as_bytes()));
    drop(lire(messages.as_bytes()));
    assert!(debut.elapsed().as_secs() < 60, "{:?}", debut.elapsed());
}

proptest! {
    #[test]
    fn n_importe_quels_octets_se_lisent(octets in proptest::collection::vec(any::<u8>(), 0..2_000)) {
        drop(lire(&octets));
    }

    #[test]
    fn un_exemple_abime_se_lit(
        rang in 0_usize..100,
        alterations in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..40),
        coupe in any::<proptest::sample::Index>(),
    ) {
        let mut noms: Vec<_> = fs::read_dir(dossier()).unwrap().map(|entree| entree.unwrap().path()).collect();
        noms.sort();
        let mut octets = fs::read(&noms[rang % noms.len()]).unwrap();
        for (ou, quoi) in alterations {
            let ou = ou.index(octets.len());
            octets[ou] = quoi;
        }
        let garde = coupe.index(octets.len());
        for octets in [&octets[..], &octets[..garde]] {
            let retour = lire(octets);
            prop_assert!(retour.originaux.iter().chain(&retour.message_id).all(|id| id.starts_with('<') && id.ends_with('>')));
        }
    }
}
