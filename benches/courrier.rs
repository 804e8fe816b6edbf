//! Mails of 40 kB a second on one connection to a local server over TLS, beside the floor (the same bytes
//! written to a TLS connection and acknowledged) and lettre's own transport.
//! `cargo bench --bench courrier`; docs/MESURES.md keeps what was measured.

#![expect(
    clippy::unwrap_used,
    clippy::too_many_lines,
    clippy::print_stdout,
    reason = "a measure stops where something is wrong and prints a table"
)]

#[expect(dead_code, unreachable_pub, reason = "the server of the tests does more than a measure asks")]
#[path = "../tests/it/support/smtp.rs"]
mod smtp;

use dcc::{
    config::{Courrier as Reglages, Protection},
    messagerie::{Courrier, Expediteur, Piece, fichier::Fichier, smtp::Smtp},
};
use lettre::{
    SmtpTransport, Transport,
    address::Envelope,
    transport::smtp::client::{Certificate, CertificateStore, Tls, TlsParameters},
};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned, pki_types::CertificateDer, pki_types::pem::PemObject};
use smtp::{Exigences, Mode, Pki, ServeurSmtp};
use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
    sync::Arc,
    time::{Duration, Instant},
};

/// Time given to each measure.
const DUREE: Duration = Duration::from_secs(5);
/// Attached before encoding: 40 kB on the wire.
const PIECE: usize = 29_000;

fn courrier(n: u32) -> Courrier {
    Courrier {
        message_id: format!("<{n}@essai.mssante.fr>"),
        date: "2026-03-02T09:00:00Z".parse().unwrap(),
        de: "RCP d'essai <rcp@essai.mssante.fr>".to_owned(),
        a: "anne.delta@medecin.mssante.fr".to_owned(),
        sujet: "Compte-rendu de réunion".to_owned(),
        texte: "Bonjour,\nà bientôt.\n".to_owned(),
        pieces: vec![Piece {
            nom: "compte-rendu.pdf".to_owned(),
            type_mime: "application/pdf".to_owned(),
            octets: (0..=250_u8).cycle().take(PIECE).collect(),
        }],
        entetes: vec![("Disposition-Notification-To", "retours@essai.mssante.fr".to_owned())],
        calendrier: None,
        reponse_a: None,
    }
}

/// Calls a second.
fn mesurer(mut appel: impl FnMut(u32)) -> f64 {
    (0..20).for_each(&mut appel);
    let (debut, mut appels) = (Instant::now(), 20);
    while debut.elapsed() < DUREE {
        appel(appels);
        appels += 1;
    }
    f64::from(appels - 20) / debut.elapsed().as_secs_f64()
}

/// The bytes that leave for one mail.
fn octets() -> Vec<u8> {
    let dossier = tempfile::tempdir().unwrap();
    Fichier::new(dossier.path()).unwrap().envoyer(&courrier(1)).unwrap();
    fs::read(dossier.path().join("1_essai.mssante.fr.eml")).unwrap()
}

fn main() {
    let pki = Pki::nouvelle();
    let octets = octets();
    println!("courriers de {} octets, une connexion TLS, {} s par mesure", octets.len(), DUREE.as_secs());
    println!("{:<46}{:>10}{:>12}", "", "par s", "/ plancher");
    let plancher = plancher(&pki, &octets);
    let nous = |vieux: bool| {
        let serveur = ServeurSmtp::demarrer(Mode::Tls, &pki, Exigences { vieux, jeter: true, ..Exigences::default() });
        let smtp = Smtp::new(&Reglages { protection: Protection::Tls, ..serveur.reglages(&pki) }).unwrap();
        let debit = mesurer(|n| drop(smtp.envoyer(&courrier(n)).unwrap()));
        assert_eq!(serveur.connexions(), 1);
        debit
    };
    for (nom, debit) in [
        ("plancher : les mêmes octets, un accusé chacun", plancher),
        ("dcc : composer, PIPELINING et DSN, remettre", nous(false)),
        ("dcc : sans PIPELINING ni DSN", nous(true)),
        ("lettre, réglages par défaut, déjà composé", lettre(&pki, &octets)),
    ] {
        println!("{nom:<46}{debit:>10.0}{:>12.2}", debit / plancher);
    }
}

/// A TLS connection that takes the bytes of a mail and answers one line.
fn plancher(pki: &Pki, octets: &[u8]) -> f64 {
    let port = smtp::accuser_chaque(pki, octets.len());
    let mut racines = RootCertStore::empty();
    racines.add(CertificateDer::from_pem_file(pki.autorite()).unwrap()).unwrap();
    let reglages = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(racines)
        .with_no_client_auth();
    let socket = TcpStream::connect(("localhost", port)).unwrap();
    socket.set_nodelay(true).unwrap();
    let mut flux = StreamOwned::new(ClientConnection::new(Arc::new(reglages), "localhost".try_into().unwrap()).unwrap(), socket);
    let mut accuse = [0; 4];
    mesurer(|_| {
        flux.write_all(octets).unwrap();
        flux.flush().unwrap();
        flux.read_exact(&mut accuse).unwrap();
    })
}

fn lettre(pki: &Pki, octets: &[u8]) -> f64 {
    let serveur = ServeurSmtp::demarrer(Mode::Tls, pki, Exigences { jeter: true, ..Exigences::default() });
    let tls = TlsParameters::builder("localhost".to_owned())
        .certificate_store(CertificateStore::None)
        .add_root_certificate(Certificate::from_pem(&fs::read(pki.autorite()).unwrap()).unwrap())
        .build()
        .unwrap();
    let transport = SmtpTransport::builder_dangerous("localhost").port(serveur.port).tls(Tls::Wrapper(tls)).build();
    let enveloppe =
        Envelope::new(Some("rcp@essai.mssante.fr".parse().unwrap()), vec!["anne.delta@medecin.mssante.fr".parse().unwrap()]).unwrap();
    mesurer(|_| drop(transport.send_raw(&enveloppe, octets).unwrap()))
}
