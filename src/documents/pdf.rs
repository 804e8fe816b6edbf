//! The PDF documents.
//!
//! Standard: PDF/A-1a, which is what MSSanté asks for the copy beside the CDA (rule 2.1.5: PDF/A-1)
//! and the most that PDF/A-1 knows: fonts inside, no transparency, every text tagged and readable by
//! a machine. The templates also pass the checks of PDF/UA-1, but a file cannot claim both (PDF/UA-1
//! needs a later version of PDF). PDF/A-1 bounds its arrays at 8,191 elements: a document of more than
//! about a hundred pages does not fit and is written as PDF/A-2a instead of not at all.
//!
//! Nobody's words are ever part of a template: they travel as data, and the typesetter shows them as
//! they are.

use super::{
    DocumentError, datamatrix,
    moteur::{self, Composition, Identite},
    texte::preparer,
};
use crate::{
    kernel::Instant,
    metier::{compte_rendu::model::ContenuCompteRendu, gabarit::model::GenreGabarit},
};
use chrono::{DateTime, Datelike, Timelike};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use typst::foundations::Datetime;
use typst_pdf::PdfStandard;

const COMPTE_RENDU: &str = include_str!("../../referentiels/modeles/compte_rendu.typ");
const LETTRE: &str = include_str!("../../referentiels/modeles/lettre_medecin_traitant.typ");
const FEUILLE_PRESENCE: &str = include_str!("../../referentiels/modeles/feuille_presence.typ");
const FEUILLE_ADRESSE: &str = include_str!("../../referentiels/modeles/feuille_adresse.typ");

/// The standards a document is written to: the first that holds it.
const NORMES: [PdfStandard; 2] = [PdfStandard::A_1a, PdfStandard::A_2a];

/// The template of this program for a kind of document.
#[must_use]
pub const fn modele(genre: GenreGabarit) -> &'static str {
    match genre {
        GenreGabarit::CompteRendu => COMPTE_RENDU,
        GenreGabarit::LettreMedecinTraitant => LETTRE,
    }
}

/// What a template is given, and what tells its document apart.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Matiere {
    /// The data that the template reads.
    pub donnees: Value,
    ident: String,
    date: Instant,
}

impl Matiere {
    /// What a document of that kind is made of; nothing when the compte-rendu has no such document.
    pub fn de(genre: GenreGabarit, contenu: &ContenuCompteRendu) -> Result<Option<Self>, DocumentError> {
        let illisible = |e: crate::kernel::Panne| DocumentError::Donnees(e.to_string());
        let mut valeur = contenu.valeur().map_err(illisible)?;
        preparer(&mut valeur);
        let mut donnees = json!({
            "contenu": valeur,
            "empreinte": contenu.empreinte().map_err(illisible)?,
            "datamatrix_ins": datamatrix::de(&contenu.patient),
        });
        let mut ident = contenu.document.id.to_string();
        match genre {
            GenreGabarit::CompteRendu => {}
            GenreGabarit::LettreMedecinTraitant => {
                let Some(destinataire) = contenu.destinataire_de_la_lettre() else { return Ok(None) };
                let mut destinataire = serde_json::to_value(destinataire).map_err(|e| DocumentError::Donnees(e.to_string()))?;
                preparer(&mut destinataire);
                donnees.as_object_mut().map(|membres| membres.insert("destinataire".to_owned(), destinataire));
                ident.push_str("\nlettre");
            }
        }
        Ok(Some(Self { donnees, ident, date: contenu.document.etabli_le }))
    }
}

/// The document of a template of this program. The same data give the same bytes.
pub fn composer(genre: GenreGabarit, matiere: &Matiere) -> Result<Vec<u8>, DocumentError> {
    let composition = moteur::mettre_en_page(modele(genre), &matiere.donnees)?;
    signaler(&composition);
    finir(&composition, matiere)
}

/// The bytes of pages laid out.
pub(super) fn finir(composition: &Composition, matiere: &Matiere) -> Result<Vec<u8>, DocumentError> {
    ecrire(composition, &Identite { ident: &matiere.ident, date: date(matiere.date)? })
}

/// Doubts on a template of this program, which never speak of its data.
fn signaler(composition: &Composition) {
    for avertissement in &composition.avertissements {
        tracing::warn!(message = %avertissement.message, "modèle de document");
    }
}

/// The attendance sheet of a meeting, to be signed. The data are an object with `rcp`,
/// `etablissement`, `centre_3c`, `debut`, `fin`, `lieu`, `edite_le` and `lignes`, each with `nom`,
/// `qualite`, `specialite`, `etablissement`, `clause`, `statut`, `arrivee`, `depart`; instants in RFC 3339.
pub fn feuille_presence(feuille: &impl Serialize) -> Result<Vec<u8>, DocumentError> {
    let mut donnees = serde_json::to_value(feuille).map_err(|e| DocumentError::Donnees(e.to_string()))?;
    let date = date(instant(&donnees, "edite_le")?)?;
    let ident = format!("{}\n{}", champ(&donnees, "rcp"), champ(&donnees, "debut"));
    preparer(&mut donnees);
    let composition = moteur::mettre_en_page(FEUILLE_PRESENCE, &donnees)?;
    signaler(&composition);
    ecrire(&composition, &Identite { ident: &ident, date })
}

/// The address sheet of a letter, for the window of an envelope. The data are an object with `destinataire`,
/// `adresse` (lines under the name), `reference` and `edite_le` in RFC 3339.
pub fn feuille_adresse(feuille: &impl Serialize) -> Result<Vec<u8>, DocumentError> {
    let mut donnees = serde_json::to_value(feuille).map_err(|e| DocumentError::Donnees(e.to_string()))?;
    let date = date(instant(&donnees, "edite_le")?)?;
    let ident = format!("adresse\n{}", champ(&donnees, "reference"));
    preparer(&mut donnees);
    let composition = moteur::mettre_en_page(FEUILLE_ADRESSE, &donnees)?;
    signaler(&composition);
    ecrire(&composition, &Identite { ident: &ident, date })
}

fn champ<'a>(donnees: &'a Value, nom: &str) -> &'a str {
    donnees.get(nom).and_then(Value::as_str).unwrap_or_default()
}

fn instant(donnees: &Value, nom: &str) -> Result<Instant, DocumentError> {
    let lu = DateTime::parse_from_rfc3339(champ(donnees, nom)).map_err(|e| DocumentError::Donnees(format!("{nom} : {e}")))?;
    Ok(lu.to_utc())
}

fn ecrire(composition: &Composition, identite: &Identite<'_>) -> Result<Vec<u8>, DocumentError> {
    let mut echec = DocumentError::Norme(Vec::new());
    for norme in NORMES {
        match moteur::ecrire(composition, identite, norme) {
            Ok(octets) => return Ok(octets),
            Err(erreur) => {
                tracing::info!(?norme, "document écrit dans la norme suivante");
                echec = erreur;
            }
        }
    }
    Err(echec)
}

fn date(instant: Instant) -> Result<Datetime, DocumentError> {
    let octet = |n: u32| u8::try_from(n).unwrap_or_default();
    Datetime::from_ymd_hms(
        instant.year(),
        octet(instant.month()),
        octet(instant.day()),
        octet(instant.hour()),
        octet(instant.minute()),
        octet(instant.second()),
    )
    .ok_or_else(|| DocumentError::Donnees(format!("date {instant}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metier::compte_rendu::model::{EtatQuorum, NatureDocument, StatutCas, contenu::Remplacement, exemple};
    use typst::layout::{Frame, FrameItem};

    fn compte_rendu(contenu: &ContenuCompteRendu) -> Result<Vec<u8>, DocumentError> {
        composer(GenreGabarit::CompteRendu, &Matiere::de(GenreGabarit::CompteRendu, contenu)?.unwrap())
    }

    fn textes(contenu: &ContenuCompteRendu) -> Vec<String> {
        textes_de(GenreGabarit::CompteRendu, contenu)
    }

    /// The words of each page, in the order they were laid out.
    fn textes_de(genre: GenreGabarit, contenu: &ContenuCompteRendu) -> Vec<String> {
        fn recueillir(cadre: &Frame, texte: &mut String) {
            for (_, element) in cadre.items() {
                match element {
                    FrameItem::Group(groupe) => recueillir(&groupe.frame, texte),
                    FrameItem::Text(mots) => {
                        texte.push_str(&mots.text.as_str().replace('\u{200B}', ""));
                        texte.push(' ');
                    }
                    _ => {}
                }
            }
        }
        let matiere = Matiere::de(genre, contenu).unwrap().unwrap();
        let composition = moteur::mettre_en_page(modele(genre), &matiere.donnees).unwrap();
        assert_eq!(composition.avertissements, []);
        composition
            .pages
            .pages()
            .iter()
            .map(|page| {
                let mut texte = String::new();
                recueillir(&page.frame, &mut texte);
                texte.split_whitespace().collect::<Vec<_>>().join(" ")
            })
            .collect()
    }

    fn contient(texte: &str, attendu: &str) {
        assert!(texte.contains(attendu), "« {attendu} » manque dans : {texte}");
    }

    #[test]
    fn le_compte_rendu_dit_le_cas_la_proposition_et_les_participants() {
        let texte = textes(&exemple()).join(" ");
        for attendu in [
            "Compte rendu de réunion de concertation pluridisciplinaire",
            "jeudi 12 mars 2026",
            "de 18 h 30 à 20 h 30",
            "Avis de RCP",
            "Quorum atteint : 3 spécialités médicales différentes représentées, compétences requises réunies.",
            "Anatomopathologiste recommandée non représentée",
            "Stratégie thérapeutique première ?",
            "Première intention",
            "Intervention chirurgicale – Mastectomie partielle gauche et ganglion sentinelle (à partir du 01/04/2026)",
            "Alternative – intention n° 2",
            "au plus tard le 25/03/2026",
            "Inclusion proposée : UNIRAD",
            "Tumeur maligne du quadrant supéro-externe du sein (C50.4)",
            "cT2 cN0 cM0 – stade IIA (UICC, 8e édition)",
            "1. Activité physique diminuée",
            "13,5 sur 17 – fragilité possible",
            "Dr Inès MOREL Oncologie option radiothérapie Centre hospitalier des Deux Rives visioconférence",
            "Avis écrit : Dr Claire PETIT, reçu le 11/03/2026 à 11 h 00",
            "Dr Luc GARNIER Médecine générale Médecin traitant",
            "RPPS 10001045367",
            "le 13/03/2026 à 09 h 12",
        ] {
            contient(&texte, attendu);
        }
    }

    #[test]
    fn le_bandeau_du_patient_et_le_pied_de_page_sont_sur_chaque_page() {
        let mut contenu = exemple();
        contenu.fiche.synthese.cas = Some("Une ligne de la synthèse.\n".repeat(150));
        let pages = textes(&contenu);
        assert!(pages.len() >= 4, "{} pages", pages.len());
        let empreinte = contenu.empreinte().unwrap();
        for (rang, page) in pages.iter().enumerate() {
            for attendu in
                ["DELATTRE", "Marie (Marie Anne Claire)", "VANHOVE Anne", "02/11/1947 (78 ans)", "Féminin", "59350", "Identité qualifiée"]
            {
                contient(page, attendu);
            }
            contient(page, "matricule INS (NIR)");
            contient(page, &format!("page {}/{}", rang + 1, pages.len()));
            contient(page, &format!("Compte rendu {} – version 1", contenu.document.id));
            contient(page, &format!("Empreinte SHA-256 du contenu : {empreinte}"));
            contient(page, "INS à scanner");
        }
    }

    #[test]
    fn le_matricule_ne_parait_que_s_il_est_dans_le_contenu() {
        let mut contenu = exemple();
        contenu.patient.ins = None;
        contenu.patient.statut_identite = crate::kernel::identite::StatutIdentite::Provisoire;
        let texte = textes(&contenu).join(" ");
        contient(&texte, "Identité provisoire");
        assert!(!texte.contains("matricule INS") && !texte.contains("INS à scanner"));
    }

    #[test]
    fn sans_quorum_le_document_dit_qu_il_n_est_pas_un_avis_de_rcp() {
        let mut contenu = exemple();
        contenu.cas.nature = NatureDocument::SansQuorum;
        let quorum = contenu.quorum.as_mut().unwrap();
        quorum.has = EtatQuorum::NonAtteint;
        quorum.groupes_has = vec!["oncologie_medicale".to_owned()];
        quorum.manquantes = vec!["Oncologue radiothérapeute".to_owned()];
        let texte = textes(&contenu).join(" ");
        contient(&texte, "Quorum non atteint – ce document n’est pas un avis de RCP");
        contient(&texte, "Quorum HAS non atteint : une seule spécialité médicale représentée, trois sont exigées.");
        contient(&texte, "Compétences requises non représentées : Oncologue radiothérapeute.");
        contient(&texte, "Proposition discutée, sans valeur d’avis de RCP");
    }

    #[test]
    fn un_report_dit_son_motif_et_ne_propose_rien() {
        let mut contenu = exemple();
        contenu.cas.statut = StatutCas::Reporte;
        contenu.cas.nature = NatureDocument::Report;
        contenu.cas.motif_report = Some("Dossier incomplet".to_owned());
        contenu.quorum = None;
        contenu.proposition = None;
        let texte = textes(&contenu).join(" ");
        contient(&texte, "Cas reporté – aucun avis n’a été rendu");
        contient(&texte, "Motif du report : Dossier incomplet");
        assert!(!texte.contains("Proposition de la RCP"));
    }

    #[test]
    fn une_correction_annonce_ce_qu_elle_annule() {
        let mut contenu = exemple();
        contenu.document.numero_version = 2;
        contenu.document.remplace = Some(Remplacement {
            id: contenu.document.id,
            numero_version: 1,
            etabli_le: contenu.document.etabli_le,
            motif: "Latéralité erronée.".to_owned(),
        });
        let texte = textes(&contenu).join(" ");
        contient(&texte, "Version 2 – annule et remplace la version 1 du 13/03/2026 à 09 h 12");
        contient(&texte, "Motif de la correction : Latéralité erronée.");
    }

    #[test]
    fn le_meme_contenu_donne_les_memes_octets_en_pdf_a_1a() {
        let (un, deux) = (compte_rendu(&exemple()).unwrap(), compte_rendu(&exemple()).unwrap());
        assert_eq!(un, deux);
        assert!(un.starts_with(b"%PDF-1.4"));
        let xmp = String::from_utf8_lossy(&un);
        assert!(xmp.contains("<pdfaid:part>1</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>"));
        let mut autre = exemple();
        autre.fiche.synthese.question = Some("Une autre question ?".to_owned());
        assert_ne!(un, compte_rendu(&autre).unwrap());
    }

    /// What a screen reader and an archive rely on: language, title, tags, and a text for the drawing.
    #[test]
    fn le_document_est_balise_titre_et_dans_sa_langue() {
        use lopdf::{Document, Object};
        for octets in [compte_rendu(&exemple()).unwrap(), {
            let matiere = Matiere::de(GenreGabarit::LettreMedecinTraitant, &exemple()).unwrap().unwrap();
            composer(GenreGabarit::LettreMedecinTraitant, &matiere).unwrap()
        }] {
            let lu = Document::load_mem(&octets).unwrap();
            let catalogue = lu.catalog().unwrap();
            let texte = |objet: &Object| String::from_utf8_lossy(objet.as_str().unwrap()).into_owned();
            assert_eq!(texte(catalogue.get(b"Lang").unwrap()), "fr-FR");
            let marques = lu.dereference(catalogue.get(b"MarkInfo").unwrap()).unwrap().1.as_dict().unwrap();
            assert!(marques.get(b"Marked").unwrap().as_bool().unwrap());
            assert!(catalogue.has(b"StructTreeRoot") && catalogue.has(b"Metadata"));
            let (titres, figures): (Vec<_>, Vec<_>) = lu
                .objects
                .values()
                .filter_map(|objet| objet.as_dict().ok())
                .filter(|d| d.has_type(b"StructElem"))
                .partition(|d| d.get(b"S").and_then(Object::as_name).is_ok_and(|s| s.starts_with(b"H")));
            assert!(!titres.is_empty() || octets.len() < 60_000, "sans titres");
            for figure in figures.iter().filter(|d| d.get(b"S").and_then(Object::as_name).is_ok_and(|s| s == b"Figure")) {
                assert!(figure.has(b"Alt"), "{figure:?}");
            }
        }
    }

    #[test]
    fn un_texte_saisi_n_est_jamais_une_instruction() {
        let mut contenu = exemple();
        let saisi = r#"#read("/etc/passwd") #panic("non") *gras* $x$ @ref \ `code` <étiquette> // commentaire"#;
        contenu.fiche.synthese.cas = Some(saisi.to_owned());
        contient(&textes(&contenu).join(" "), saisi);
    }

    #[test]
    fn tout_texte_est_imprimable() {
        let mut contenu = exemple();
        let bizarre = "مرحبا 日本語 😀🏥👩\u{200D}⚕\u{FE0F} \u{202E}tourné\u{202C} \u{7}\u{FEFF}\u{E000} e\u{301} α ≥ µ ½";
        contenu.fiche.synthese.cas = Some(format!("{bizarre}\n{}", "A".repeat(5_000)));
        contenu.patient.nom_naissance = format!("N{}", "É".repeat(99));
        contenu.patient.prenoms = "x".repeat(300);
        contenu.cas.dossier = bizarre.to_owned();
        contenu.validation.nom = bizarre.to_owned();
        contenu.rcp.nom = bizarre.to_owned();
        let octets = compte_rendu(&contenu).unwrap();
        assert!(String::from_utf8_lossy(&octets).contains("<pdfaid:part>1</pdfaid:part>"));
        contient(&textes(&contenu).join(" "), "tourné \u{FFFD} e\u{301} α ≥ µ ½");
    }

    #[test]
    fn une_fiche_vide_ou_en_brouillon_donne_un_document() {
        let mut contenu = exemple();
        contenu.fiche = serde_json::from_value(json!({})).unwrap();
        compte_rendu(&contenu).unwrap();
        let brouillon = json!({ "tumeurs": [{ "tnm": {}, "autre_classification": {} }], "traitements": [{}], "evaluation": { "oms": {} },
            "compte_rendu_operatoire": {}, "anatomopathologie": {}, "genetique": [{}], "grossesses": {}, "phase": {}, "motif": {} });
        contenu.fiche = serde_json::from_value(brouillon).unwrap();
        compte_rendu(&contenu).unwrap();
        contenu.fiche = serde_json::from_value(json!({})).unwrap();
        contenu.participants = crate::metier::compte_rendu::model::participants::Participants::default();
        contenu.intervenants.medecin_traitant = None;
        contenu.validation.professionnel = None;
        let texte = textes(&contenu).join(" ");
        contient(&texte, "Aucune tumeur décrite dans la fiche.");
        contient(&texte, "Non déclaré");
        compte_rendu(&contenu).unwrap();
    }

    fn lettre(contenu: &ContenuCompteRendu) -> Vec<String> {
        textes_de(GenreGabarit::LettreMedecinTraitant, contenu)
    }

    #[test]
    fn la_lettre_tient_sur_une_page_et_dit_a_qui_quoi_et_qui_appeler() {
        let mut contenu = exemple();
        contenu.intervenants.coordonnateur.as_mut().unwrap().telephone = Some("03 20 11 22 33".to_owned());
        let pages = lettre(&contenu);
        assert_eq!(pages.len(), 1, "{pages:#?}");
        for attendu in [
            "Dr Luc GARNIER Médecine générale",
            "Lille, le 13 mars 2026",
            "Objet : réunion de concertation pluridisciplinaire du 12 mars 2026",
            "DELATTRE",
            "02/11/1947 (78 ans)",
            "Le quorum était atteint : ce qui suit est un avis de RCP.",
            "Chirurgie conservatrice première après évaluation gériatrique",
            "Radiothérapie – 40 Gy en 15 fractions",
            "1 alternative est décrite dans le compte rendu.",
            "au plus tard le 25/03/2026",
            "Inclusion dans un essai clinique proposée : UNIRAD.",
            "Médecin responsable de la RCP Dr Anne DELTA Oncologie option médicale",
            "03 20 11 22 33",
            "Validé électroniquement le 13/03/2026 à 09 h 12",
            "page 1/1",
        ] {
            contient(&pages[0].replace('\u{A0}', " "), attendu);
        }
    }

    #[test]
    fn la_lettre_ne_donne_pas_pour_un_avis_ce_qui_n_en_est_pas_un() {
        let mut contenu = exemple();
        contenu.cas.nature = NatureDocument::SansQuorum;
        let sans_quorum = lettre(&contenu).join(" ");
        contient(&sans_quorum, "Le quorum n’était pas atteint : ce qui suit n’est pas un avis de RCP");
        contient(&sans_quorum, "Proposition discutée, sans valeur d’avis de RCP");
        contenu.cas.nature = NatureDocument::Report;
        contenu.cas.motif_report = Some("Dossier incomplet".to_owned());
        contenu.proposition = None;
        let report = lettre(&contenu).join(" ");
        contient(&report, "il a été reporté et aucun avis n’a été rendu. Motif : Dossier incomplet.");
        assert!(!report.contains("Proposition"), "{report}");
    }

    #[test]
    fn sans_medecin_traitant_a_informer_il_n_y_a_pas_de_lettre() {
        let mut contenu = exemple();
        let matiere = Matiere::de(GenreGabarit::LettreMedecinTraitant, &contenu).unwrap().unwrap();
        let lettre = || composer(GenreGabarit::LettreMedecinTraitant, &matiere).unwrap();
        assert_eq!(lettre(), lettre());
        contenu.participants.correspondants.retain(|c| c.qualite != "medecin_traitant");
        assert!(Matiere::de(GenreGabarit::LettreMedecinTraitant, &contenu).unwrap().is_none());
    }

    #[test]
    fn la_feuille_de_presence_laisse_des_lignes_libres() {
        let feuille = json!({ "rcp": "Sénologie", "etablissement": "CH des Deux Rives", "centre_3c": "3C", "debut": "2026-03-12T17:30:00Z",
            "fin": "2026-03-12T19:30:00Z", "lieu": null, "edite_le": "2026-03-12T16:00:00Z",
            "lignes": [{ "nom": "Dr Anne DELTA", "qualite": "Médecin", "specialite": null, "etablissement": null, "clause": null,
                "statut": "attendu", "arrivee": null, "depart": null }] });
        let octets = feuille_presence(&feuille).unwrap();
        assert_eq!(octets, feuille_presence(&feuille).unwrap());
        assert!(octets.starts_with(b"%PDF-1.4"));
        assert!(matches!(feuille_presence(&json!({})), Err(DocumentError::Donnees(_))));
    }
}
