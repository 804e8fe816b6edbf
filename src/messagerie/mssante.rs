//! The mail that carries a compte-rendu to a mailbox of the MSSanté trust space.
//!
//! Rules followed here (référentiel socle MSSanté n° 2, clients de messagerie; ANS guide
//! « Transmission d'un document CDA-R2 en HL7v2 »):
//!
//! - one patient a mail, the PDF under the name of rule 2.1.6 (`AAAAMMJJ_libellé_NOM_prénom.pdf`,
//!   given by the compte-rendu) brought to ASCII;
//! - a new version says « Annule et remplace » and stands in the thread of the former one
//!   (`References`, `In-Reply-To`);
//! - a receipt is asked for with `Disposition-Notification-To` (RFC 8098);
//! - the subject `XDM/1.0/DDM+…` and the headers `X-MSS-CODECDA`, `X-MSS-INS` and `X-MSS-NIL` announce
//!   an `IHE_XDM.zip` with a structured document: this mail carries the PDF alone, so it has none of
//!   them, and its subject names nobody.
//!
//! `Auto-Submitted` (RFC 3834) keeps out-of-office answers from coming back.

use super::{Courrier, Piece};
use crate::kernel::{Instant, courriel::AdresseCourriel};
use deunicode::deunicode;

/// Subject of the mail: neither identity nor health data.
pub const SUJET: &str = "Compte-rendu de RCP";
/// Put before the subject of a version that replaces another.
const ANNULE_ET_REMPLACE: &str = "[Annule et remplace]";
/// What the mail of a compte-rendu is made of.
#[derive(Debug, Clone)]
pub struct EnvoiCompteRendu<'a> {
    /// `<…@…>`.
    pub message_id: &'a str,
    /// Date of the mail.
    pub date: Instant,
    /// Sender: `boite@domaine` or `Nom <boite@domaine>`.
    pub expediteur: &'a str,
    /// Where answers and receipts come back, if not to the sender.
    pub adresse_retour: Option<&'a str>,
    /// Mailbox of the recipient.
    pub destinataire: &'a AdresseCourriel,
    /// Version of the compte-rendu, from 1.
    pub numero_version: i64,
    /// Message-IDs under which former versions were sent to this recipient, oldest first.
    pub anciens_message_id: &'a [String],
    /// Name of the document.
    pub nom_du_pdf: &'a str,
    /// The document.
    pub pdf: &'a [u8],
    /// Name and bytes of the letter that goes with it.
    pub lettre: Option<(&'a str, &'a [u8])>,
}

impl EnvoiCompteRendu<'_> {
    /// The mail.
    #[must_use]
    pub fn courrier(&self) -> Courrier {
        let retour = self.adresse_retour.unwrap_or(self.expediteur);
        let mut entetes = vec![("Disposition-Notification-To", retour.to_owned()), ("Auto-Submitted", "auto-generated".to_owned())];
        if let Some(dernier) = self.anciens_message_id.last() {
            entetes.push(("In-Reply-To", dernier.clone()));
            entetes.push(("References", self.anciens_message_id.join(" ")));
        }
        Courrier {
            message_id: self.message_id.to_owned(),
            date: self.date,
            de: self.expediteur.to_owned(),
            a: self.destinataire.to_string(),
            sujet: if self.remplace() { format!("{ANNULE_ET_REMPLACE} {SUJET}") } else { SUJET.to_owned() },
            texte: self.texte(),
            pieces: self.lettre.into_iter().chain([(self.nom_du_pdf, self.pdf)]).map(|(nom, octets)| pdf(nom, octets)).collect(),
            entetes,
            calendrier: None,
            reponse_a: self.adresse_retour.map(str::to_owned),
        }
    }

    fn remplace(&self) -> bool {
        self.numero_version > 1
    }

    fn texte(&self) -> String {
        let remplacement = if self.remplace() {
            format!("Cette version {} annule et remplace celle qui vous a été adressée auparavant.\n\n", self.numero_version)
        } else {
            String::new()
        };
        format!(
            "Bonjour,\n\n\
             Vous trouverez ci-joint le compte-rendu d'une réunion de concertation pluridisciplinaire en cancérologie \
             concernant l'un de vos patients.\n\n\
             {remplacement}\
             Ce message a été envoyé automatiquement par le dossier communicant en cancérologie. Il est réservé à son \
             destinataire et couvert par le secret médical : si vous l'avez reçu par erreur, répondez-nous et détruisez-le.\n"
        )
    }
}

fn pdf(nom: &str, octets: &[u8]) -> Piece {
    Piece { nom: nom_de_piece(nom), type_mime: "application/pdf".to_owned(), octets: octets.to_vec() }
}

/// A file name in ASCII letters, digits, spaces, dots, hyphens and underscores: others become
/// hyphens, so that no name leaves the folder that it is saved in.
fn nom_de_piece(nom: &str) -> String {
    let sur: String = deunicode(nom).chars().map(|c| if c.is_ascii_alphanumeric() || " .-_".contains(c) { c } else { '-' }).collect();
    sur.trim_start_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn envoi<'a>(destinataire: &'a AdresseCourriel, numero_version: i64, anciens: &'a [String]) -> EnvoiCompteRendu<'a> {
        EnvoiCompteRendu {
            message_id: "<1@essai.mssante.fr>",
            date: "2026-03-02T09:00:00Z".parse().unwrap(),
            expediteur: "RCP d'essai <rcp@essai.mssante.fr>",
            adresse_retour: None,
            destinataire,
            numero_version,
            anciens_message_id: anciens,
            nom_du_pdf: "20260302_CR de réunion_LEFÈVRE D’ŒUVRE_Anne-Zoé.pdf",
            pdf: b"%PDF-1.7",
            lettre: None,
        }
    }

    #[test]
    fn le_nom_du_pdf_perd_ses_accents_et_ne_designe_aucun_dossier() {
        let destinataire: AdresseCourriel = "anne.delta@medecin.mssante.fr".parse().unwrap();
        assert_eq!(envoi(&destinataire, 1, &[]).courrier().pieces[0].nom, "20260302_CR de reunion_LEFEVRE D-OEUVRE_Anne-Zoe.pdf");
        assert_eq!(nom_de_piece("../a/b\\c\r\n\"d.pdf"), "-a-b-c---d.pdf");
    }

    #[test]
    fn la_lettre_precede_le_compte_rendu() {
        let destinataire: AdresseCourriel = "anne.delta@medecin.mssante.fr".parse().unwrap();
        let avec = EnvoiCompteRendu { lettre: Some(("Lettre.pdf", b"%PDF-1.4".as_slice())), ..envoi(&destinataire, 1, &[]) }.courrier();
        let noms: Vec<&str> = avec.pieces.iter().map(|piece| piece.nom.as_str()).collect();
        assert_eq!(noms, ["Lettre.pdf", "20260302_CR de reunion_LEFEVRE D-OEUVRE_Anne-Zoe.pdf"]);
    }

    #[test]
    fn le_sujet_les_entetes_et_le_texte_ne_nomment_personne() {
        let destinataire: AdresseCourriel = "anne.delta@medecin.mssante.fr".parse().unwrap();
        for (version, anciens) in [(1, vec![]), (2, vec!["<0@essai.mssante.fr>".to_owned()])] {
            let courrier = envoi(&destinataire, version, &anciens).courrier();
            let visible = format!("{} {:?} {}", courrier.sujet, courrier.entetes, courrier.texte).to_lowercase();
            for trait_ in ["lefèvre", "lefevre", "zoé", "zoe", "2026", "œuvre"] {
                assert!(!visible.contains(trait_), "{trait_} : {visible}");
            }
            assert!(!courrier.sujet.contains("XDM"));
        }
    }

    #[test]
    fn une_nouvelle_version_annule_et_remplace_dans_le_fil_des_precedentes() {
        let destinataire: AdresseCourriel = "anne.delta@medecin.mssante.fr".parse().unwrap();
        let anciens = ["<a@essai.mssante.fr>".to_owned(), "<b@essai.mssante.fr>".to_owned()];
        let courrier = envoi(&destinataire, 3, &anciens).courrier();
        assert_eq!(courrier.sujet, "[Annule et remplace] Compte-rendu de RCP");
        assert!(courrier.entetes.contains(&("In-Reply-To", "<b@essai.mssante.fr>".to_owned())));
        assert!(courrier.entetes.contains(&("References", "<a@essai.mssante.fr> <b@essai.mssante.fr>".to_owned())));
        assert!(courrier.texte.contains("version 3 annule et remplace"));
        let premiere = envoi(&destinataire, 1, &[]).courrier();
        assert_eq!(premiere.sujet, "Compte-rendu de RCP");
        assert!(!premiere.texte.contains("annule"));
    }

    #[test]
    fn l_accuse_de_lecture_revient_a_l_adresse_de_retour() {
        let destinataire: AdresseCourriel = "anne.delta@medecin.mssante.fr".parse().unwrap();
        let accuse =
            |courrier: &Courrier| courrier.entetes.iter().find(|(nom, _)| *nom == "Disposition-Notification-To").unwrap().1.clone();
        let sans = envoi(&destinataire, 1, &[]).courrier();
        assert_eq!((accuse(&sans).as_str(), sans.reponse_a), ("RCP d'essai <rcp@essai.mssante.fr>", None));
        let avec = EnvoiCompteRendu { adresse_retour: Some("retour@essai.mssante.fr"), ..envoi(&destinataire, 1, &[]) }.courrier();
        assert_eq!((accuse(&avec).as_str(), avec.reponse_a.as_deref()), ("retour@essai.mssante.fr", Some("retour@essai.mssante.fr")));
    }
}
