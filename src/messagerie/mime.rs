//! From a [`Courrier`] to the bytes of RFC 5322 and MIME.

use super::{Courrier, EchecEnvoi};
use crate::kernel::{Panne, courriel::AdresseCourriel};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use lettre::message::{
    Attachment, Mailbox, Message, MultiPart, SinglePart,
    header::{ContentType, HeaderName, HeaderValue},
};
use sha2::{Digest, Sha256};

/// Writes the mail. A mail that cannot be written will not be better next time.
pub(super) fn composer(courrier: &Courrier) -> Result<Message, EchecEnvoi> {
    let mut message = Message::builder()
        .message_id(Some(courrier.message_id.clone()))
        .date(courrier.date.into())
        .from(boite(&courrier.de)?)
        .to(boite(&courrier.a)?)
        .subject(&courrier.sujet);
    if let Some(reponse_a) = &courrier.reponse_a {
        message = message.reply_to(boite(reponse_a)?);
    }
    for (nom, valeur) in &courrier.entetes {
        let nom = HeaderName::new_from_ascii((*nom).to_owned()).map_err(|e| EchecEnvoi::definitif("message", e.to_string()))?;
        message = message.raw_header(HeaderValue::new(nom, valeur.clone()));
    }
    let texte = SinglePart::plain(courrier.texte.clone());
    let issue = match (&courrier.calendrier, courrier.pieces.as_slice()) {
        (None, []) => message.singlepart(texte),
        (Some(calendrier), []) => message.multipart(avec_calendrier(courrier, texte, calendrier)?),
        (calendrier, pieces) => {
            let corps = MultiPart::mixed().boundary(limite(courrier, "mixte"));
            let mut corps = match calendrier {
                Some(calendrier) => corps.multipart(avec_calendrier(courrier, texte, calendrier)?),
                None => corps.singlepart(texte),
            };
            for piece in pieces {
                corps = corps.singlepart(Attachment::new(piece.nom.clone()).body(piece.octets.clone(), type_mime(&piece.type_mime)?));
            }
            message.multipart(corps)
        }
    };
    issue.map_err(|e| EchecEnvoi::definitif("message", e.to_string()))
}

/// The domain of a sender written `boite@domaine` or `Nom <boite@domaine>`.
pub fn domaine_de(expediteur: &str) -> Result<String, Panne> {
    let boite: Mailbox = expediteur.parse().map_err(|e| Panne::new("adresse de l'expéditeur", e))?;
    let adresse: AdresseCourriel = boite.email.to_string().parse().map_err(|e| Panne::new("adresse de l'expéditeur", e))?;
    Ok(adresse.domaine().to_owned())
}

/// The address of a mailbox written `boite@domaine` or `Nom <boite@domaine>`, as an envelope holds it.
pub(super) fn adresse(texte: &str) -> Result<lettre::Address, EchecEnvoi> {
    let adresse = boite(texte)?.email;
    if AsRef::<str>::as_ref(&adresse).is_ascii() { Ok(adresse) } else { Err(EchecEnvoi::definitif("message", "adresse hors ASCII")) }
}

fn boite(texte: &str) -> Result<Mailbox, EchecEnvoi> {
    texte.parse().map_err(|_| EchecEnvoi::definitif("message", "adresse illisible"))
}

fn type_mime(texte: &str) -> Result<ContentType, EchecEnvoi> {
    ContentType::parse(texte).map_err(|_| EchecEnvoi::definitif("message", "type de pièce jointe illisible"))
}

/// The text and the calendar object as two forms of the same thing; the media type repeats the
/// method of the object (RFC 6047, 2.4).
fn avec_calendrier(courrier: &Courrier, texte: SinglePart, calendrier: &str) -> Result<MultiPart, EchecEnvoi> {
    let methode = calendrier.lines().find_map(|ligne| ligne.trim_end().strip_prefix("METHOD:")).unwrap_or("PUBLISH");
    let genre = type_mime(&format!("text/calendar; charset=utf-8; method={methode}"))?;
    let objet = SinglePart::builder().header(genre).body(calendrier.to_owned());
    Ok(MultiPart::alternative().boundary(limite(courrier, "formes")).singlepart(texte).singlepart(objet))
}

/// A boundary that depends on the mail only, so that its bytes do not depend on chance. `=_` cannot
/// occur in quoted-printable nor in base64 (RFC 2045, 6.7).
fn limite(courrier: &Courrier, nom: &str) -> String {
    format!("=_{nom}_{}", URL_SAFE_NO_PAD.encode(Sha256::digest(courrier.message_id.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::{super::Piece, *};

    fn courrier() -> Courrier {
        Courrier {
            message_id: "<1@essai.mssante.fr>".to_owned(),
            date: "2026-03-02T09:00:00Z".parse().unwrap(),
            de: "RCP d'essai <rcp@essai.mssante.fr>".to_owned(),
            a: "anne.delta@medecin.mssante.fr".to_owned(),
            sujet: "Compte-rendu de réunion".to_owned(),
            texte: "Bonjour,\nà bientôt.\n".to_owned(),
            pieces: Vec::new(),
            entetes: vec![("Auto-Submitted", "auto-generated".to_owned())],
            calendrier: None,
            reponse_a: None,
        }
    }

    fn octets(courrier: &Courrier) -> String {
        String::from_utf8(composer(courrier).unwrap().formatted()).unwrap()
    }

    #[test]
    fn un_courrier_recompose_a_les_memes_octets() {
        let complet = Courrier {
            pieces: vec![Piece { nom: "a.pdf".to_owned(), type_mime: "application/pdf".to_owned(), octets: vec![0, 255, 10] }],
            calendrier: Some("BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n".to_owned()),
            ..courrier()
        };
        assert_eq!(octets(&complet), octets(&complet));
        assert!(octets(&complet).contains("Date: Mon, 02 Mar 2026 09:00:00 +0000"), "{}", octets(&complet));
        assert!(octets(&complet).contains("Message-ID: <1@essai.mssante.fr>"));
    }

    #[test]
    fn une_invitation_dit_sa_methode_dans_son_type() {
        let invitation = Courrier { calendrier: Some("BEGIN:VCALENDAR\r\nMETHOD:CANCEL\r\nEND:VCALENDAR\r\n".to_owned()), ..courrier() };
        let lu = octets(&invitation);
        let message = mail_parser::MessageParser::default().parse(&lu).unwrap();
        let part = message.parts.iter().find(|p| format!("{:?}", p.headers).contains("calendar")).unwrap();
        let genre = mail_parser::MimeHeaders::content_type(part).unwrap();
        assert_eq!(genre.attribute("method"), Some("CANCEL"));
        assert!(part.text_contents().unwrap().contains("METHOD:CANCEL"));
        assert_eq!(message.body_text(0).unwrap().trim_end(), "Bonjour,\r\nà bientôt.");
    }

    #[test]
    fn un_entete_ne_peut_pas_en_injecter_un_autre() {
        let piege = Courrier {
            sujet: "Essai\r\nBcc: intrus@exemple.fr".to_owned(),
            entetes: vec![("X-Essai", "a\r\nBcc: b@c.fr".to_owned())],
            ..courrier()
        };
        let lu = octets(&piege);
        assert!(!lu.lines().any(|ligne| ligne.to_lowercase().starts_with("bcc:")), "{lu}");
    }

    #[test]
    fn une_adresse_illisible_est_un_echec_definitif_qui_ne_la_repete_pas() {
        let Err(EchecEnvoi::Definitif { code, detail }) = composer(&Courrier { a: "pas une adresse".to_owned(), ..courrier() }) else {
            panic!("un échec définitif était attendu");
        };
        assert_eq!((code.as_str(), detail.as_str()), ("message", "adresse illisible"));
    }
}
