//! The PDF that a patient is handed: a programme in plain language.
//!
//! Written to the same standard as the comptes-rendus ([`super::pdf`]): PDF/A-1a, every text tagged.

use super::{DocumentError, datamatrix, pdf, texte::preparer};
use crate::metier::pps::model::{ContenuProgramme, GenreProgramme};
use serde_json::{Value, json};

const PPS: &str = include_str!("../../referentiels/modeles/pps.typ");
const PPAC: &str = include_str!("../../referentiels/modeles/ppac.typ");
/// What both templates share; a template sees one file only.
const COMMUN: &str = include_str!("../../referentiels/modeles/programme.typ");

/// The template of a kind of programme.
fn modele(genre: GenreProgramme) -> String {
    let propre = match genre {
        GenreProgramme::Pps => PPS,
        GenreProgramme::Ppac => PPAC,
    };
    format!("{COMMUN}\n{propre}")
}

/// What a template reads.
fn donnees(contenu: &ContenuProgramme) -> Result<Value, DocumentError> {
    let illisible = |e: crate::kernel::Panne| DocumentError::Donnees(e.to_string());
    let mut valeur = contenu.valeur().map_err(illisible)?;
    preparer(&mut valeur);
    Ok(json!({
        "contenu": valeur,
        "empreinte": contenu.empreinte().map_err(illisible)?,
        "datamatrix_ins": datamatrix::de(&contenu.patient),
    }))
}

/// The document of a programme that was handed. The same content gives the same bytes.
pub fn composer(contenu: &ContenuProgramme) -> Result<Vec<u8>, DocumentError> {
    pdf::composer_modele(&modele(contenu.genre()), &donnees(contenu)?, &contenu.document.id.to_string(), contenu.document.etabli_le)
}

#[cfg(test)]
mod tests {
    use super::{super::moteur, *};
    use crate::kernel::identite::StatutIdentite;
    use crate::metier::{
        compte_rendu::model::{Code, contenu::MatriculeIns},
        pps::model::{
            contenu::{Remplacement, exemple},
            saisie::Saisie,
        },
    };

    /// The words of the pages, in the order they were laid out.
    fn texte(contenu: &ContenuProgramme) -> String {
        let composition = moteur::mettre_en_page(&modele(contenu.genre()), &donnees(contenu).unwrap()).unwrap();
        assert_eq!(composition.avertissements, []);
        composition.mots().join(" ")
    }

    #[track_caller]
    fn contient(texte: &str, attendus: &[&str]) {
        for attendu in attendus {
            assert!(texte.contains(attendu), "« {attendu} » manque dans : {texte}");
        }
    }

    #[test]
    fn un_pps_dit_au_patient_ses_soins_son_calendrier_et_qui_appeler() {
        let texte = texte(&exemple(GenreProgramme::Pps));
        contient(
            &texte,
            &[
                "Votre programme personnalisé de soins",
                "Ce document vous a été remis le 20 mars 2026 par Dr Paul LEMAIRE",
                "Appelez le 03 20 00 00 15 , jour et nuit.",
                "Vous avez plus de 38 °C de fièvre.",
                "Vous avez une tumeur dans le sein gauche.",
                "Intervention chirurgicale",
                "Le 1er avril 2026 (prévu)",
                "Du 18 mai 2026 au 26 juin 2026",
                "De juillet 2026 à juillet 2031",
                "À domicile",
                "Votre calendrier",
                "Mme Sophie LENOIR",
                "Votre médecin traitant",
                "Les mots à comprendre",
                "Traitement par des rayons dirigés vers la tumeur",
                "Information sur les données personnelles vous concernant",
                "C50.4",
                "RPPS",
            ],
        );
    }

    #[test]
    fn un_ppac_dit_la_surveillance_et_les_relais() {
        let texte = texte(&exemple(GenreProgramme::Ppac));
        contient(
            &texte,
            &[
                "Votre programme personnalisé de l’après\u{2011}cancer",
                "ont pris fin le 26 juin 2026",
                "Tous les 6 mois pendant 5 ans",
                "Médecin traitant et cancérologue, en alternance",
                "Bras gonflé (lymphœdème)",
                "Reprendre le travail",
                "Maison du sport-santé",
            ],
        );
        assert!(!texte.contains("Tabac et alcool"), "une rubrique vide ne paraît pas");
    }

    #[test]
    fn une_nouvelle_version_dit_ce_qu_elle_remplace_et_pourquoi() {
        let mut contenu = exemple(GenreProgramme::Pps);
        contenu.document.numero_version = 2;
        contenu.document.remplace = Some(Remplacement {
            id: contenu.document.id,
            numero_version: 1,
            remis_le: "2026-03-16".parse().unwrap(),
            motif: Code { code: "GEN-176".into(), systeme: None, libelle: "Modification de calendrier".into() },
            precision: None,
        });
        contient(&texte(&contenu), &["Ce document remplace celui du 16 mars 2026.", "Modification de calendrier."]);
    }

    #[test]
    fn seule_une_identite_qualifiee_porte_son_datamatrix() {
        for genre in GenreProgramme::TOUS {
            let mut contenu = exemple(*genre);
            contenu.patient.statut_identite = StatutIdentite::Qualifiee;
            contenu.patient.lieu_naissance = Some("59350".to_owned());
            contenu.patient.ins = Some(MatriculeIns { valeur: "279035121518989".to_owned(), oid: "1.2.250.1.213.1.4.8".to_owned() });
            contient(&texte(&contenu), &["INS à scanner", "(code INSEE)", "59350", "INS (NIR)"]);
            contenu.patient.statut_identite = StatutIdentite::Validee;
            contenu.patient.ins = None;
            let sans = texte(&contenu);
            assert!(!sans.contains("INS à scanner") && sans.contains("Identité validée"), "{sans}");
        }
    }

    #[test]
    fn un_programme_a_peine_rempli_s_imprime() {
        for genre in GenreProgramme::TOUS {
            let mut contenu = exemple(*genre);
            contenu.saisie = Saisie::lire(*genre, json!({})).unwrap();
            contenu.patient.ins = None;
            (contenu.referent, contenu.medecin_traitant, contenu.information) = (None, None, None);
            contenu.lexique.clear();
            assert!(composer(&contenu).unwrap().starts_with(b"%PDF-1.4"));
        }
    }

    #[test]
    fn le_meme_contenu_donne_les_memes_octets_en_pdf_a_1a() {
        for genre in GenreProgramme::TOUS {
            let (un, deux) = (composer(&exemple(*genre)).unwrap(), composer(&exemple(*genre)).unwrap());
            assert_eq!(un, deux);
            assert!(String::from_utf8_lossy(&un).contains("<pdfaid:part>1</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>"));
        }
    }

    #[test]
    fn un_texte_saisi_n_est_jamais_une_instruction() {
        let mut contenu = exemple(GenreProgramme::Pps);
        let saisi = r#"#read("/etc/passwd") #panic("non") *gras* $x$ @ref"#;
        if let Saisie::Pps(pps) = &mut contenu.saisie {
            pps.annonce.explication = Some(saisi.to_owned());
            pps.traitements[0].precision = Some(saisi.to_owned());
            pps.contacts[0].nom = Some(saisi.to_owned());
        }
        contient(&texte(&contenu), &[saisi]);
    }
}
