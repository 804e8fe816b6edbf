//! The mail that carries a compte-rendu or a programme to a mailbox of the MSSanté trust space.
//!
//! Rules followed here (référentiel socle MSSanté n° 2, clients de messagerie; ANS guide
//! « Transmission d'un document CDA-R2 en HL7v2 »):
//!
//! - one patient a mail: `IHE_XDM.zip`, which holds the CDA, and the same document as PDF/A beside it (ECO.2.1.1),
//!   under the name of rule 2.1.6 (`AAAAMMJJ_libellé_NOM_prénom.pdf`, given by the document) brought to ASCII;
//! - the subject `XDM/1.0/DDM+libellé NOM Prénom JJ/MM/AAAA` (rule 2.1.3), by which the software of the recipient
//!   files the mail. It names the patient, so it is only ever used for a mail with an archive, which only ever
//!   leaves to a mailbox of the trust space over TLS; a region may choose a subject that names nobody
//!   ([`Sujet::Neutre`]) and then gives the automatic filing up;
//! - `X-MSS-CODECDA` (kind of CDA document), `X-MSS-INS` (whether the identity is qualified), `X-MSS-NIL` (reference of
//!   this product, once allotted), and `X-MSS-MES: FIN` to a patient, who cannot answer;
//! - a new version says « Annule et remplace » and stands in the thread of the former one
//!   (`References`, `In-Reply-To`);
//! - a receipt is asked for with `Disposition-Notification-To` (RFC 8098);
//! - a mail heavier than the operator takes is not sent (`smtp`), and nothing of it is left out to make it
//!   lighter: it fails for good and joins the work list.
//!
//! A version rendered before this service made CDA documents has no archive: its mail carries the PDF alone,
//! with none of these headers and a subject that names nobody.
//!
//! `Auto-Submitted` (RFC 3834) keeps out-of-office answers from coming back.

use super::{Courrier, Piece};
use crate::{
    config::Sujet,
    kernel::{Instant, courriel::AdresseCourriel, texte::normaliser},
};
use chrono::NaiveDate;
use deunicode::deunicode;

/// Name of the archive (ECO.2.1.1).
const ARCHIVE: &str = "IHE_XDM.zip";
/// Longest label of a subject, in characters (rule 2.1.3).
const LIBELLE_MAXIMAL: usize = 40;
/// Domain of the mailboxes of patients (Mon espace santé).
const DOMAINE_DES_PATIENTS: &str = "patient.mssante.fr";
/// Subject of the mail of a compte-rendu without archive: neither identity nor health data.
pub const SUJET: &str = "Compte-rendu de RCP";
/// Put before the subject of a version that replaces another.
const ANNULE_ET_REMPLACE: &str = "[Annule et remplace]";

/// An IHE XDM archive and what the mail says of it.
#[derive(Debug, Clone, Copy)]
pub struct Archive<'a> {
    /// The archive.
    pub octets: &'a [u8],
    /// LOINC code of the CDA document in it.
    pub code_cda: &'a str,
    /// Label of the kind of document.
    pub libelle: &'a str,
    /// Birth name of the patient.
    pub nom: &'a str,
    /// First of the birth first names.
    pub prenom: &'a str,
    /// Date of birth.
    pub naissance: NaiveDate,
    /// True when the document carries the INS of a qualified identity.
    pub ins: bool,
}

impl Archive<'_> {
    /// Subject of rule 2.1.3.
    fn sujet(&self) -> String {
        let libelle: String = self.libelle.chars().take(LIBELLE_MAXIMAL).collect();
        let (nom, prenom) = (normaliser(self.nom), deunicode(self.prenom));
        format!("XDM/1.0/DDM+{} {nom} {} {}", libelle.trim_end(), prenom.trim(), self.naissance.format("%d/%m/%Y"))
    }
}

/// What the mail of a document is made of.
#[derive(Debug, Clone)]
pub struct EnvoiDocument<'a> {
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
    /// Subject of a mail without archive, or where a region chose one that names nobody.
    pub intitule: &'a str,
    /// What is enclosed, after « Vous trouverez ci-joint ».
    pub objet: &'a str,
    /// Version of the document, from 1.
    pub numero_version: i64,
    /// Message-IDs under which former versions were sent to this recipient, oldest first.
    pub anciens_message_id: &'a [String],
    /// Name of the document.
    pub nom_du_pdf: &'a str,
    /// The document.
    pub pdf: &'a [u8],
    /// Name and bytes of the letter that goes with it.
    pub lettre: Option<(&'a str, &'a [u8])>,
    /// The archive, where the version has one.
    pub archive: Option<Archive<'a>>,
    /// Subject of a mail with an archive.
    pub sujet: Sujet,
    /// Reference of this product on the platform Convergence.
    pub reference_nil: Option<&'a str>,
}

impl EnvoiDocument<'_> {
    /// The mail.
    #[must_use]
    pub fn courrier(&self) -> Courrier {
        let retour = self.adresse_retour.unwrap_or(self.expediteur);
        let mut entetes = vec![("Disposition-Notification-To", retour.to_owned()), ("Auto-Submitted", "auto-generated".to_owned())];
        entetes.extend(self.entetes_de_l_archive());
        if let Some(dernier) = self.anciens_message_id.last() {
            entetes.push(("In-Reply-To", dernier.clone()));
            entetes.push(("References", self.anciens_message_id.join(" ")));
        }
        Courrier {
            message_id: self.message_id.to_owned(),
            date: self.date,
            de: self.expediteur.to_owned(),
            a: self.destinataire.to_string(),
            sujet: self.sujet(),
            texte: self.texte(),
            pieces: self.pieces(),
            entetes,
            calendrier: None,
            reponse_a: self.adresse_retour.map(str::to_owned),
        }
    }

    fn sujet(&self) -> String {
        let sujet = match (self.archive, self.sujet) {
            (Some(archive), Sujet::National) => archive.sujet(),
            (Some(_), Sujet::Neutre) | (None, Sujet::National | Sujet::Neutre) => self.intitule.to_owned(),
        };
        if self.remplace() { format!("{ANNULE_ET_REMPLACE} {sujet}") } else { sujet }
    }

    fn entetes_de_l_archive(&self) -> Vec<(&'static str, String)> {
        let Some(archive) = self.archive else { return Vec::new() };
        let mut entetes =
            vec![("X-MSS-CODECDA", archive.code_cda.to_owned()), ("X-MSS-INS", if archive.ins { "O" } else { "N" }.to_owned())];
        entetes.extend(self.reference_nil.map(|reference| ("X-MSS-NIL", reference.to_owned())));
        if self.destinataire.domaine() == DOMAINE_DES_PATIENTS {
            entetes.push(("X-MSS-MES", "FIN".to_owned()));
        }
        entetes
    }

    fn pieces(&self) -> Vec<Piece> {
        let archive = self.archive.map(|archive| Piece {
            nom: ARCHIVE.to_owned(),
            type_mime: "application/zip".to_owned(),
            octets: archive.octets.to_vec(),
        });
        let pdfs = self.lettre.into_iter().chain([(self.nom_du_pdf, self.pdf)]).map(|(nom, octets)| pdf(nom, octets));
        archive.into_iter().chain(pdfs).collect()
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
             Vous trouverez ci-joint {}.\n\n\
             {remplacement}\
             Ce message a été envoyé automatiquement par le dossier communicant en cancérologie. Il est réservé à son \
             destinataire et couvert par le secret médical : si vous l'avez reçu par erreur, répondez-nous et détruisez-le.\n",
            self.objet,
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

    fn envoi<'a>(destinataire: &'a AdresseCourriel, numero_version: i64, anciens: &'a [String]) -> EnvoiDocument<'a> {
        EnvoiDocument {
            message_id: "<1@essai.mssante.fr>",
            date: "2026-03-02T09:00:00Z".parse().unwrap(),
            expediteur: "RCP d'essai <rcp@essai.mssante.fr>",
            adresse_retour: None,
            destinataire,
            intitule: SUJET,
            objet: "un compte-rendu d'essai",
            numero_version,
            anciens_message_id: anciens,
            nom_du_pdf: "20260302_CR de réunion_LEFÈVRE D’ŒUVRE_Anne-Zoé.pdf",
            pdf: b"%PDF-1.7",
            lettre: None,
            archive: None,
            sujet: Sujet::National,
            reference_nil: None,
        }
    }

    const ARCHIVE_D_ESSAI: Archive<'static> = Archive {
        octets: b"PK",
        code_cda: "34794-8",
        libelle: "CR de réunion de concertation pluridisciplinaire",
        nom: "Lefèvre d’Œuvre",
        prenom: "Anne-Zoé",
        naissance: NaiveDate::from_ymd_opt(1979, 3, 28).unwrap(),
        ins: true,
    };

    #[test]
    fn une_archive_a_le_sujet_et_les_entetes_de_la_regle_nationale() {
        let destinataire: AdresseCourriel = "anne.delta@medecin.mssante.fr".parse().unwrap();
        let avec = |archive, sujet, nil| {
            EnvoiDocument { archive: Some(archive), sujet, reference_nil: nil, ..envoi(&destinataire, 1, &[]) }.courrier()
        };
        let national = avec(ARCHIVE_D_ESSAI, Sujet::National, Some("NIL-1"));
        assert_eq!(national.sujet, "XDM/1.0/DDM+CR de réunion de concertation pluridisci LEFEVRE D OEUVRE Anne-Zoe 28/03/1979");
        let noms: Vec<(&str, &str)> = national.pieces.iter().map(|p| (p.nom.as_str(), p.type_mime.as_str())).collect();
        assert_eq!(noms, [("IHE_XDM.zip", "application/zip"), ("20260302_CR de reunion_LEFEVRE D-OEUVRE_Anne-Zoe.pdf", "application/pdf")]);
        for entete in [("X-MSS-CODECDA", "34794-8"), ("X-MSS-INS", "O"), ("X-MSS-NIL", "NIL-1")] {
            assert!(national.entetes.contains(&(entete.0, entete.1.to_owned())), "{:?}", national.entetes);
        }
        assert!(!national.entetes.iter().any(|(nom, _)| *nom == "X-MSS-MES"));
        let neutre = avec(Archive { ins: false, ..ARCHIVE_D_ESSAI }, Sujet::Neutre, None);
        assert_eq!(neutre.sujet, "Compte-rendu de RCP");
        assert!(neutre.entetes.contains(&("X-MSS-INS", "N".to_owned())));
        assert!(!neutre.entetes.iter().any(|(nom, _)| *nom == "X-MSS-NIL"));
        assert!(!neutre.texte.to_lowercase().contains("lef"));
    }

    #[test]
    fn un_patient_ne_peut_pas_repondre() {
        let destinataire: AdresseCourriel = "279035121518989@patient.mssante.fr".parse().unwrap();
        let courrier = EnvoiDocument { archive: Some(ARCHIVE_D_ESSAI), ..envoi(&destinataire, 1, &[]) }.courrier();
        assert!(courrier.entetes.contains(&("X-MSS-MES", "FIN".to_owned())));
    }

    #[test]
    fn une_correction_garde_le_sujet_national_apres_annule_et_remplace() {
        let destinataire: AdresseCourriel = "anne.delta@medecin.mssante.fr".parse().unwrap();
        let anciens = ["<a@essai.mssante.fr>".to_owned()];
        let courrier = EnvoiDocument { archive: Some(ARCHIVE_D_ESSAI), ..envoi(&destinataire, 2, &anciens) }.courrier();
        assert!(courrier.sujet.starts_with("[Annule et remplace] XDM/1.0/DDM+CR de"), "{}", courrier.sujet);
        assert!(courrier.entetes.contains(&("In-Reply-To", "<a@essai.mssante.fr>".to_owned())));
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
        let avec = EnvoiDocument { lettre: Some(("Lettre.pdf", b"%PDF-1.4".as_slice())), ..envoi(&destinataire, 1, &[]) }.courrier();
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
        let avec = EnvoiDocument { adresse_retour: Some("retour@essai.mssante.fr"), ..envoi(&destinataire, 1, &[]) }.courrier();
        assert_eq!((accuse(&avec).as_str(), avec.reponse_a.as_deref()), ("retour@essai.mssante.fr", Some("retour@essai.mssante.fr")));
    }
}
