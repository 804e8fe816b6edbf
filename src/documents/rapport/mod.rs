//! The annual activity report in the formats that it is published in: pure functions from a [`Rapport`] to bytes. The
//! same report gives the same bytes, and every format gives the same numbers: a ratio is rounded once, in the report.
//!
//! | format | for |
//! |---|---|
//! | [`pdf`] | reading and printing |
//! | [`xlsx`] | working on the tables |
//! | [`csv`] | taking every number into another tool: one row a number |
//! | [`json`] | checking and keeping: the report itself, in canonical JSON |

pub mod csv;
pub mod json;
mod nombres;
pub mod pdf;
mod trace;
pub mod xlsx;

use super::DocumentError;
use crate::metier::infocentre::model::rapport::{FormatRapport, Rapport};

/// The bytes of a report in a format.
pub fn composer(format: FormatRapport, rapport: &Rapport) -> Result<Vec<u8>, DocumentError> {
    match format {
        FormatRapport::Pdf => pdf::composer(rapport),
        FormatRapport::Xlsx => xlsx::composer(rapport),
        FormatRapport::Csv => csv::composer(rapport),
        FormatRapport::Json => json::composer(rapport),
    }
}

/// Refuses a report that is not whole.
fn verifier(rapport: &Rapport) -> Result<(), DocumentError> {
    rapport.verifier().map_err(|e| DocumentError::Donnees(e.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        documents::moteur,
        metier::infocentre::model::rapport::{Cellule, Masque, exemple},
    };
    use calamine::{Data, Range, Reader, Xlsx};
    use std::{fs, path::Path, process::Command, sync::LazyLock};

    /// The sample report once protected, its PDF and its words: they are dear without optimisation.
    static PROTEGE: LazyLock<Rapport> = LazyLock::new(protege);
    static PDF: LazyLock<Vec<u8>> = LazyLock::new(|| pdf::composer(&PROTEGE).unwrap());
    static MOTS: LazyLock<String> = LazyLock::new(|| mots(&PROTEGE));

    /// The sample report as it would be published.
    fn protege() -> Rapport {
        let mut rapport = exemple::rapport();
        rapport.proteger(&[]).unwrap();
        rapport
    }

    /// Its first chapter alone.
    fn court() -> Rapport {
        let mut rapport = exemple::rapport();
        rapport.chapitres.truncate(1);
        rapport
    }

    fn tous(rapport: &Rapport) -> [(&'static str, Vec<u8>); 4] {
        [
            ("rapport.pdf", pdf::composer(rapport).unwrap()),
            ("rapport.xlsx", xlsx::composer(rapport).unwrap()),
            ("rapport.csv", csv::composer(rapport).unwrap()),
            ("rapport.json", json::composer(rapport).unwrap()),
        ]
    }

    // -------------------------------------------------------------- Bytes

    /// Where this test, run again in another process, leaves its files.
    const SORTIE: &str = "DCC_ESSAI_RAPPORT";

    /// Also leaves the files to look at, where the variable says.
    #[test]
    #[expect(clippy::disallowed_methods, reason = "a test speaks to itself in another process")]
    fn le_meme_rapport_donne_les_memes_octets_dans_deux_processus() {
        let faits = tous(&PROTEGE);
        if let Ok(dossier) = std::env::var(SORTIE) {
            for (nom, octets) in faits {
                fs::write(Path::new(&dossier).join(nom), octets).unwrap();
            }
            return;
        }
        // The typesetter remembers what it has done: the same bytes must come of a process that has done other things.
        pdf::composer(&court()).unwrap();
        assert_eq!(tous(&protege()), faits, "deux fois dans le même processus");
        let dossier = tempfile::tempdir().unwrap();
        let nom = "documents::rapport::tests::le_meme_rapport_donne_les_memes_octets_dans_deux_processus";
        let mut autre = Command::new(std::env::current_exe().unwrap());
        assert!(autre.args(["--exact", nom]).env(SORTIE, dossier.path()).output().unwrap().status.success());
        for (nom, octets) in faits {
            assert!(fs::read(dossier.path().join(nom)).unwrap() == octets, "{nom}");
        }
    }

    #[test]
    fn un_rapport_mal_construit_n_est_pas_ecrit() {
        let mut rapport = exemple::rapport();
        rapport.chapitres[0].tableaux[0].lignes[0].cellules.pop();
        for refus in [pdf::composer(&rapport), xlsx::composer(&rapport), csv::composer(&rapport), json::composer(&rapport)] {
            assert!(matches!(refus, Err(DocumentError::Donnees(_))));
        }
    }

    #[test]
    fn un_rapport_vide_s_ecrit() {
        let mut rapport = exemple::rapport();
        rapport.chapitres.clear();
        rapport.dictionnaire.clear();
        (rapport.instantane, rapport.version, rapport.remplace) = (None, None, None);
        rapport.mention = Some("Document de travail".to_owned());
        tous(&rapport);
        assert!(mots(&rapport).contains("DOCUMENT DE TRAVAIL"));
    }

    #[test]
    fn aucun_format_ne_rend_ce_qui_est_masque() {
        // A count that no other cell has: it must be nowhere once it is masked.
        let mut rapport = court();
        let tableau = &mut rapport.chapitres[0].tableaux[0];
        let colonne = tableau.rang("NB_REUNIONS").unwrap();
        tableau.lignes[3].cellules[colonne] = Cellule::Entier(77_177_717);
        let partout = |rapport: &Rapport, ecrit: &str, fine: &str| {
            let table = String::from_utf8(csv::composer(rapport).unwrap()).unwrap();
            let texte = String::from_utf8(json::composer(rapport).unwrap()).unwrap();
            let pages = mots(rapport);
            let classeur = ouvrir(&xlsx::composer(rapport).unwrap())
                .into_iter()
                .any(|(_, feuille)| feuille.used_cells().any(|(_, _, c)| *c == 77_177_717.0));
            [table.contains(ecrit), texte.contains(ecrit), pages.contains(fine), classeur]
        };
        assert_eq!(partout(&rapport, "77177717", "77 177 717"), [true; 4]);
        rapport.chapitres[0].tableaux[0].lignes[3].cellules[colonne] = Cellule::Masquee(Masque::Secondaire);
        assert_eq!(partout(&rapport, "77177717", "77 177 717"), [false; 4]);
    }

    // -------------------------------------------------------------- PDF

    fn mots(rapport: &Rapport) -> String {
        let composition = moteur::mettre_en_page(pdf::MODELE, &pdf::donnees(rapport).unwrap()).unwrap();
        assert_eq!(composition.avertissements, []);
        composition.mots().join(" ")
    }

    #[test]
    fn le_pdf_dit_tout_ce_qu_un_lecteur_cherche() {
        let texte = MOTS.as_str();
        for attendu in [
            "Rapport annuel d’activité des réunions de concertation pluridisciplinaire",
            "Année 2024",
            "Version 2",
            "annule et remplace la précédente",
            "Instantané 0195f3a0-1c00-7000-8000-00000000002a du 03/02/2025",
            "SHA-256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "Sommaire",
            "Tableau 2.1 – Activité des RCP, par centre de coordination",
            "Figure 1.1 – Comptes-rendus et patients par centre de coordination",
            "nombre de 1 à 10",
            "Annexe – Dictionnaire des indicateurs",
            "TX_CR_ENVOYES_MT – pourcentage",
            "RCP Tumeurs neuroendocrines malignes rares sporadiques et héréditaires (RENATEN) n° ",
            "=RCP de recours régionale ’test’",
            "< 11",
        ] {
            assert!(texte.contains(attendu), "« {attendu} » manque");
        }
        assert!(mots(&court()).contains("Le secret statistique n’est pas appliqué"));
    }

    #[test]
    fn chaque_page_porte_son_rang_et_l_en_tete_d_un_tableau_se_repete() {
        let pages = lopdf::Document::load_mem(&PDF).unwrap().get_pages().len();
        let texte = MOTS.as_str();
        for page in 1..=pages {
            assert!(texte.contains(&format!("{page} / {pages}")), "{page} / {pages}");
        }
        // The long table lies on eight pages at least, each with its heading.
        let entetes = texte.matches("G8 renseigné à partir de 75 ans Dernière réunion").count();
        assert!((8..=pages).contains(&entetes), "{entetes} en-têtes sur {pages} pages");
    }

    /// What a screen reader and an archive rely on.
    #[test]
    fn le_pdf_est_balise_titre_et_dans_sa_langue() {
        use lopdf::{Document, Object};
        assert!(String::from_utf8_lossy(&PDF).contains("<pdfaid:part>1</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>"));
        let lu = Document::load_mem(&PDF).unwrap();
        let catalogue = lu.catalog().unwrap();
        assert_eq!(catalogue.get(b"Lang").unwrap().as_str().unwrap(), b"fr-FR");
        assert!(catalogue.has(b"StructTreeRoot") && catalogue.has(b"Metadata") && catalogue.has(b"Outlines"));
        let elements = |nom: &[u8]| {
            let elements = lu.objects.values().filter_map(|objet| objet.as_dict().ok()).filter(|d| d.has_type(b"StructElem"));
            elements.filter(|d| d.get(b"S").and_then(Object::as_name).is_ok_and(|s| s == nom)).collect::<Vec<_>>()
        };
        let figures = elements(b"Figure");
        assert_eq!(figures.len(), 5);
        assert!(figures.iter().all(|figure| figure.has(b"Alt")));
        let tables: usize = PROTEGE.tableaux().map(|tableau| pdf::parties(tableau).len()).sum();
        assert_eq!(elements(b"Table").len(), tables);
        assert!(elements(b"TH").len() >= 30);
        assert!(elements(b"TR").len() > 232);
    }

    // -------------------------------------------------------------- XLSX

    fn ouvrir(octets: &[u8]) -> Vec<(String, Range<Data>)> {
        let mut classeur: Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(octets)).unwrap();
        classeur.worksheets()
    }

    #[test]
    fn le_classeur_se_relit_avec_ses_types_et_ses_valeurs() {
        let rapport = &*PROTEGE;
        let feuilles = ouvrir(&xlsx::composer(rapport).unwrap());
        let noms: Vec<&str> = feuilles.iter().map(|(nom, _)| nom.as_str()).collect();
        let attendus = [
            "Sommaire",
            "1. Activité de la région",
            "2. Activité de chaque RCP",
            "3. Évolution dans l’année",
            "4. Thèmes et âges",
            "Dictionnaire",
        ];
        assert_eq!(noms, attendus);
        let (tableau, feuille) = (&rapport.chapitres[1].tableaux[0], &feuilles[2].1);
        let lu = |ligne: usize, colonne: usize| feuille.get((ligne, colonne)).unwrap_or(&Data::Empty).clone();
        assert_eq!(lu(0, 0), Data::String("2. Activité de chaque RCP".into()));
        for (rang, ligne) in tableau.lignes.iter().enumerate() {
            let mut colonne = 0;
            for (definie, cellule) in tableau.colonnes.iter().zip(&ligne.cellules) {
                let lue = lu(4 + rang, colonne);
                match cellule {
                    Cellule::Texte(texte) => assert_eq!(lue, Data::String(texte.clone())),
                    Cellule::Entier(n) | Cellule::Jours(n) => assert_eq!(lue, Data::Float(f64::from(i32::try_from(*n).unwrap()))),
                    Cellule::Pourcentage(ratio) | Cellule::Quotient(ratio) => {
                        let diviseur = if matches!(cellule, Cellule::Pourcentage(_)) { 100.0 } else { 1.0 };
                        match &ratio.valeur {
                            Some(valeur) => assert_eq!(lue, Data::Float(valeur.parse::<f64>().unwrap() / diviseur)),
                            None => assert_eq!(lue, Data::String("–".into())),
                        }
                        assert_eq!(lu(4 + rang, colonne + 1), Data::Float(f64::from(i32::try_from(ratio.numerateur).unwrap())));
                        assert_eq!(lu(4 + rang, colonne + 2), Data::Float(f64::from(i32::try_from(ratio.denominateur).unwrap())));
                    }
                    Cellule::Date(jour) => {
                        let Data::DateTime(lue) = lue else { panic!("{lue:?} n'est pas une date") };
                        let rang = (*jour - "1899-12-30".parse::<chrono::NaiveDate>().unwrap()).num_days();
                        assert_eq!(Data::Float(lue.as_f64()), Data::Float(f64::from(i32::try_from(rang).unwrap())));
                    }
                    Cellule::Masquee(masque) => assert_eq!(lue, Data::String(masque.imprime().into())),
                    Cellule::Absente => assert_eq!(lue, Data::Empty),
                }
                colonne += if definie.nature.termes().is_some() { 3 } else { 1 };
            }
        }
    }

    #[test]
    fn le_classeur_ne_contient_aucune_formule() {
        let octets = xlsx::composer(&PROTEGE).unwrap();
        let mut classeur: Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(&octets)).unwrap();
        for nom in classeur.sheet_names() {
            assert!(classeur.worksheet_formula(&nom).unwrap().is_empty(), "{nom}");
        }
        assert!(ouvrir(&octets).iter().any(|(_, f)| f.used_cells().any(|(_, _, c)| *c == "=RCP de recours régionale 'test'")));
    }

    // -------------------------------------------------------------- CSV, JSON

    #[test]
    fn le_csv_a_une_ligne_par_nombre() {
        let rapport = &*PROTEGE;
        let octets = csv::composer(rapport).unwrap();
        let texte = std::str::from_utf8(&octets).unwrap();
        assert!(texte.starts_with('\u{feff}'));
        let mut lecteur = ::csv::ReaderBuilder::new().delimiter(b';').from_reader(texte.trim_start_matches('\u{feff}').as_bytes());
        let lignes: Vec<Vec<String>> = lecteur.records().map(|l| l.unwrap().iter().map(str::to_owned).collect()).collect();
        let nombres: usize = rapport.tableaux().map(|tableau| tableau.lignes.len() * (tableau.colonnes.len() - 1)).sum();
        let (en_tete, corps): (Vec<_>, Vec<_>) = lignes.into_iter().partition(|ligne| ligne[1] == "rapport");
        assert_eq!((en_tete.len(), corps.len()), (12, nombres));
        let cherche =
            |tableau: &str, cle: &str, colonne: &str| corps.iter().find(|l| l[1] == tableau && l[3] == cle && l[7] == colonne).unwrap();
        let quorum = rapport.chapitres[0].tableaux[0].lignes.last().unwrap();
        let Cellule::Pourcentage(ratio) = &quorum.cellules[7] else { panic!("{quorum:?}") };
        let ligne = cherche("ACTIVITE_REGION", "region", "TX_QUORUM_HAS");
        let attendu = [ratio.valeur.clone().unwrap().replace('.', ","), ratio.numerateur.to_string(), ratio.denominateur.to_string()];
        assert_eq!(ligne[9..12], attendu);
        assert_eq!(ligne[12], "pourcentage");
        let masquees: Vec<_> = corps.iter().filter(|ligne| !ligne[13].is_empty()).collect();
        assert!(masquees.len() > 50 && masquees.iter().all(|l| l[9..12].iter().all(String::is_empty)));
        assert_eq!(cherche("ACTIVITE_RCP", "rcp:1", "NB_REUNIONS")[4], "'=RCP de recours régionale 'test'", "jamais une formule");
        let formules = corps.iter().flatten().filter(|case| case.starts_with(['=', '+', '@']));
        assert_eq!(formules.count(), 0);
    }

    #[test]
    fn le_json_est_le_rapport_meme() {
        let rapport = &*PROTEGE;
        let octets = json::composer(rapport).unwrap();
        assert_eq!(serde_json::from_slice::<Rapport>(&octets).unwrap(), *rapport);
        assert_eq!(serde_json_canonicalizer::to_vec(&serde_json::from_slice::<serde_json::Value>(&octets).unwrap()).unwrap(), octets);
    }
}
