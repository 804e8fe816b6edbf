//! From the bytes of a mail that comes back to what it says.
//!
//! - A receipt of reading is a part `message/disposition-notification` (RFC 8098); hospital systems use
//!   it to tell integration, with `processed` or `processed/error` and a field `Error: code^libellé`
//!   (ANS, « Transmission au LPS d'un document CDA reçu par MSS »).
//! - A delivery report is a part `message/delivery-status` (RFC 3464). Our mails have one recipient; of
//!   a report about several, the worst news counts.
//! - A refusal of integration may also be a plain mail, of subject `[KO Intégration système !][code] XDM/…`.
//!   The rest of such a subject names the patient: it is not kept.
//! - Reports are looked for among the parts of the mail itself, not inside a mail attached to it: what a
//!   person forwards is for a person.
//!
//! Nothing here fails: what cannot be read is [`NatureRetour::Inconnu`].

use super::{NatureRetour, Retour};
use crate::messagerie::nettoyer;
use deunicode::deunicode;
use mail_parser::{HeaderName, HeaderValue, Message, MessageParser, MessagePart, MimeHeaders};

/// Longest code of a refusal that is kept, in characters.
const CODE_MAXIMAL: usize = 40;
/// Longest identifier believed to be a Message-ID (RFC 5322, 2.1.1: a line has 998 characters at most).
const IDENTIFIANT_MAXIMAL: usize = 998;
/// Said of a refusal without a sentence of its own.
const SANS_PRECISION: &str = "intégration refusée, sans précision";

/// Reads a mail.
#[must_use]
pub fn lire(octets: &[u8]) -> Retour {
    let Some(message) = MessageParser::default().parse(octets) else {
        return Retour { message_id: None, originaux: Vec::new(), nature: NatureRetour::Inconnu };
    };
    let mut originaux = Originaux::default();
    let nature = accuse_de_lecture(&message, &mut originaux)
        .or_else(|| avis_de_remise(&message, &mut originaux))
        .or_else(|| message.subject().and_then(refus_dans_le_sujet))
        .unwrap_or(NatureRetour::Inconnu);
    originaux.du_fil(&message);
    Retour { message_id: message.message_id().and_then(identifiant), originaux: originaux.0, nature }
}

/// Message-IDs of ours, the surest first.
#[derive(Default)]
struct Originaux(Vec<String>);

impl Originaux {
    fn ajouter(&mut self, id: Option<String>) {
        self.0.extend(id.filter(|id| !self.0.contains(id)));
    }

    /// The Message-ID of the mail of ours that a report gives back, whole or its headers.
    fn du_courrier_rendu(&mut self, message: &Message<'_>) {
        for part in &message.parts {
            let entetes_seuls = est_du_type(part, "text", "rfc822-headers") || est_du_type(part, "message", "rfc822-headers");
            let rendu = if entetes_seuls {
                // A report that ends right after its last header has no blank line to end them.
                let octets = [part.contents(), b"\r\n\r\n"].concat();
                MessageParser::default().parse_headers(&octets).and_then(|m| m.message_id().and_then(identifiant))
            } else {
                part.message().and_then(|m| m.message_id().and_then(identifiant))
            };
            self.ajouter(rendu);
        }
    }

    /// What the mail answers, when nothing surer is known: the mails that the thread names before may be
    /// former versions of the same compte-rendu.
    fn du_fil(&mut self, message: &Message<'_>) {
        if !self.0.is_empty() {
            return;
        }
        let dernier = |valeur: &HeaderValue<'_>| match valeur {
            HeaderValue::Text(id) => identifiant(id),
            HeaderValue::TextList(ids) => ids.last().and_then(|id| identifiant(id)),
            HeaderValue::Address(_)
            | HeaderValue::DateTime(_)
            | HeaderValue::ContentType(_)
            | HeaderValue::Received(_)
            | HeaderValue::Empty => None,
        };
        self.ajouter(dernier(message.in_reply_to()));
        self.ajouter(dernier(message.references()));
    }
}

/// A Message-ID in angle brackets, from a text that may have them or not, or comments around them.
fn identifiant(texte: &str) -> Option<String> {
    let dedans = texte.split_once('<').map_or(texte, |(_, suite)| suite);
    let id = dedans.split_once('>').map_or(dedans, |(id, _)| id).trim();
    let juste = !id.is_empty() && id.len() <= IDENTIFIANT_MAXIMAL && id.bytes().all(|o| o.is_ascii_graphic() && o != b'<');
    juste.then(|| format!("<{id}>"))
}

fn accuse_de_lecture(message: &Message<'_>, originaux: &mut Originaux) -> Option<NatureRetour> {
    let part = message.parts.iter().find(|part| est_du_type(part, "message", "disposition-notification"))?;
    let champs = Champs::lire(part.contents());
    originaux.ajouter(champs.premier("Original-Message-ID").and_then(identifiant));
    originaux.du_courrier_rendu(message);
    let disposition = champs.premier("Disposition")?.to_owned();
    Some(disposition_lue(&disposition, champs.premier("Error").or_else(|| champs.premier("Failure"))))
}

/// `mode ; type/modifier` (RFC 8098, 3.2.6), with the modifiers of RFC 3798 and the `Error: …` that some
/// systems write as a modifier. Anything else is for a person.
fn disposition_lue(disposition: &str, erreur: Option<&str>) -> NatureRetour {
    let sans_mode = disposition.rsplit_once(';').map_or(disposition, |(_, suite)| suite);
    let (genre, modificateur) = sans_mode.split_once('/').unwrap_or((sans_mode, ""));
    let (modificateur, precision) = modificateur.split_once(':').map_or((modificateur, None), |(m, suite)| (m, Some(suite)));
    let genre = genre.split_whitespace().next().unwrap_or_default().to_ascii_lowercase();
    let modificateur = modificateur.split([',', ' ', '(']).next().unwrap_or_default().trim().to_ascii_lowercase();
    match (genre.as_str(), modificateur.as_str()) {
        ("displayed", "" | "warning") => NatureRetour::Lu,
        ("processed", "error" | "failure" | "failed") => refus_d_integration(erreur.or(precision)),
        // A system that tells an error has not integrated, whatever it says of the mail.
        ("processed", "" | "warning") if erreur.is_some() => refus_d_integration(erreur),
        ("processed", "" | "warning") => NatureRetour::Integre,
        ("deleted", _) => NatureRetour::Supprime,
        _ => NatureRetour::Inconnu,
    }
}

/// `code^libellé`, or a sentence alone.
fn refus_d_integration(erreur: Option<&str>) -> NatureRetour {
    let erreur = erreur.unwrap_or_default().trim();
    let (code, detail) = erreur.split_once('^').map_or((None, erreur), |(code, libelle)| (code_propre(code), libelle));
    let detail = nettoyer(detail);
    NatureRetour::IntegrationRefusee { code, detail: if detail.is_empty() { SANS_PRECISION.to_owned() } else { detail } }
}

fn code_propre(code: &str) -> Option<String> {
    let code: String = nettoyer(code).chars().take(CODE_MAXIMAL).collect();
    (!code.is_empty()).then_some(code)
}

/// `[KO Intégration système !][code] XDM/…`
fn refus_dans_le_sujet(sujet: &str) -> Option<NatureRetour> {
    let (annonce, suite) = sujet.trim_start().strip_prefix('[')?.split_once(']')?;
    let annonce = deunicode(annonce).to_lowercase();
    if !annonce.split_whitespace().take(2).eq(["ko", "integration"]) {
        return None;
    }
    let code = suite.trim_start().strip_prefix('[').and_then(|suite| suite.split_once(']')).and_then(|(code, _)| code_propre(code));
    Some(NatureRetour::IntegrationRefusee { code, detail: SANS_PRECISION.to_owned() })
}

fn avis_de_remise(message: &Message<'_>, originaux: &mut Originaux) -> Option<NatureRetour> {
    let part = message
        .parts
        .iter()
        .find(|part| est_du_type(part, "message", "delivery-status") || est_du_type(part, "message", "global-delivery-status"))?;
    originaux.du_courrier_rendu(message);
    let blocs = Champs::lire_les_blocs(part.contents());
    let enveloppe = blocs.iter().find_map(|champs| champs.premier("Original-Envelope-Id")).filter(|id| id.contains('@'));
    originaux.ajouter(enveloppe.and_then(identifiant));
    blocs.iter().filter_map(remise_d_un_destinataire).max_by_key(gravite)
}

/// What a report says of one recipient.
fn remise_d_un_destinataire(champs: &Champs) -> Option<NatureRetour> {
    let action = champs.premier("Action")?.split([' ', '(', ';']).find(|mot| !mot.is_empty())?.to_ascii_lowercase();
    let diagnostic = champs.premier("Diagnostic-Code").map_or("", |d| d.split_once(';').map_or(d, |(_, phrase)| phrase)).trim();
    let code = |classe: char| {
        let donne = champs.premier("Status").and_then(|statut| statut_etendu(statut, classe));
        donne.or_else(|| statut_etendu(diagnostic, classe)).unwrap_or_else(|| format!("{classe}.0.0"))
    };
    match action.as_str() {
        "delivered" => Some(NatureRetour::Remis),
        "relayed" | "expanded" => Some(NatureRetour::Relaye),
        "delayed" => Some(NatureRetour::Retarde { code: code('4'), detail: nettoyer(diagnostic) }),
        // A transient code in a final report: the operator gave up. The code is told as it is.
        "failed" => {
            let passager = champs.premier("Status").and_then(|statut| statut_etendu(statut, '4'));
            Some(NatureRetour::Rejete { code: passager.unwrap_or_else(|| code('5')), detail: nettoyer(diagnostic) })
        }
        _ => None,
    }
}

fn gravite(nature: &NatureRetour) -> u8 {
    match nature {
        NatureRetour::Rejete { .. } => 3,
        NatureRetour::Retarde { .. } => 2,
        NatureRetour::Relaye => 1,
        NatureRetour::Remis
        | NatureRetour::Lu
        | NatureRetour::Integre
        | NatureRetour::IntegrationRefusee { .. }
        | NatureRetour::Supprime
        | NatureRetour::Inconnu => 0,
    }
}

/// The first enhanced status code (RFC 3463) of that class in a text.
fn statut_etendu(texte: &str, classe: char) -> Option<String> {
    texte.split([' ', '\t', '(', ')', '#', ':', ';', ',', '-']).find_map(|mot| {
        let parties: Vec<&str> = mot.split('.').collect();
        let nombre = |partie: &str| (1..=3).contains(&partie.len()) && partie.bytes().all(|o| o.is_ascii_digit());
        let juste = matches!(parties.as_slice(), [c, sujet, detail] if c.chars().eq([classe]) && nombre(sujet) && nombre(detail));
        juste.then(|| mot.to_owned())
    })
}

fn est_du_type(part: &MessagePart<'_>, genre: &str, sous_genre: &str) -> bool {
    part.content_type().is_some_and(|type_mime| {
        type_mime.ctype().eq_ignore_ascii_case(genre) && type_mime.subtype().is_some_and(|s| s.eq_ignore_ascii_case(sous_genre))
    })
}

/// Fields of a report, unfolded and decoded.
struct Champs(Vec<(String, String)>);

impl Champs {
    /// All the fields of a part, as one block.
    fn lire(octets: &[u8]) -> Self {
        Self(Self::lire_les_blocs(octets).into_iter().flat_map(|bloc| bloc.0).collect())
    }

    /// The blocks of fields that blank lines part: the first about the mail, the others each about a recipient.
    fn lire_les_blocs(octets: &[u8]) -> Vec<Self> {
        let mut blocs = vec![Vec::new()];
        for ligne in octets.split(|o| *o == b'\n') {
            let ligne = ligne.strip_suffix(b"\r").unwrap_or(ligne);
            if ligne.trim_ascii().is_empty() {
                blocs.push(Vec::new());
            } else if let Some(bloc) = blocs.last_mut() {
                bloc.extend_from_slice(ligne);
                bloc.extend_from_slice(b"\r\n");
            }
        }
        blocs.into_iter().filter(|bloc: &Vec<u8>| !bloc.is_empty()).map(Self::lire_un_bloc).collect()
    }

    fn lire_un_bloc(mut bloc: Vec<u8>) -> Self {
        bloc.extend_from_slice(b"\r\n");
        // The parser looks at how to read other headers only once it knows of one.
        let lu = MessageParser::new().header_text(HeaderName::Subject).default_header_text().parse_headers(&bloc);
        let champs = lu.iter().flat_map(Message::headers).filter_map(|champ| {
            let valeur = champ.value().as_text()?.trim();
            (!valeur.is_empty()).then(|| (nom_du_champ(&champ.name), valeur.to_owned()))
        });
        Self(champs.collect())
    }

    fn premier(&self, nom: &str) -> Option<&str> {
        self.0.iter().find(|(n, _)| n.eq_ignore_ascii_case(nom)).map(|(_, valeur)| valeur.as_str())
    }
}

fn nom_du_champ(nom: &HeaderName<'_>) -> String {
    nom.as_str().trim().to_owned()
}
