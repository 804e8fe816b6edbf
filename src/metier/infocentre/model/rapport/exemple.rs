//! A report with everything in it, for the tests: a long chapter, small counts, long names, empty cells, figures of
//! every kind. The numbers are drawn by a fixed rule and mean nothing.

use super::*;
use crate::metier::infocentre::model::{Pas, Ratio, Tranche, dictionnaire::DICTIONNAIRE};
use chrono::Days;

const CENTRES: [&str; 9] = [
    "3C du Littoral",
    "3C de la Métropole",
    "3C du Hainaut",
    "3C de l'Artois",
    "3C du Douaisis",
    "3C du Cambrésis",
    "3C Somme et Picardie maritime",
    "3C de l'Oise",
    "3C de l'Aisne et de la Thiérache",
];
const THEMES: [&str; 8] = [
    "Sénologie",
    "Digestif",
    "Urologie",
    "Thorax",
    "Voies aérodigestives supérieures",
    "Gynécologie",
    "Hématologie",
    "Tumeurs neuroendocrines malignes rares sporadiques et héréditaires (RENATEN)",
];
const RCP: usize = 232;

/// Numbers that follow each other by a fixed rule.
struct Suite(u64);

impl Suite {
    fn jusqu_a(&mut self, borne: i64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(self.0 >> 40).unwrap() % (borne + 1)
    }
}

/// What a row counts.
#[derive(Clone, Copy, Default)]
struct Activite {
    reunions: i64,
    discutes: i64,
    enregistres: i64,
    patients: i64,
    nouveaux: i64,
    hors_expertise: i64,
    quorum: i64,
    ages: i64,
    g8: i64,
}

impl Activite {
    fn au_hasard(suite: &mut Suite) -> Self {
        let reunions = 1 + suite.jusqu_a(51);
        let petite = suite.jusqu_a(9) == 0;
        let discutes = if petite { suite.jusqu_a(13) } else { reunions * (2 + suite.jusqu_a(14)) };
        let enregistres = if suite.jusqu_a(2) == 0 { 0 } else { discutes / 4 };
        let patients = discutes + enregistres - suite.jusqu_a((discutes + enregistres) / 3);
        let nouveaux = patients - suite.jusqu_a(patients / 3);
        let hors_expertise = if suite.jusqu_a(11) == 0 { 0 } else { discutes };
        let ages = (discutes + enregistres) / 5;
        let (quorum, g8) = (hors_expertise - suite.jusqu_a(hors_expertise / 10), suite.jusqu_a(ages / 2));
        Self { reunions, discutes, enregistres, patients, nouveaux, hors_expertise, quorum, ages, g8 }
    }

    fn cr(self) -> i64 {
        self.discutes + self.enregistres
    }

    /// Everything together, when one patient in so many was seen twice.
    fn somme(parts: &[Self], un_sur: i64) -> Self {
        let mut tout = parts.iter().fold(Self::default(), |a, b| Self {
            reunions: a.reunions + b.reunions,
            discutes: a.discutes + b.discutes,
            enregistres: a.enregistres + b.enregistres,
            patients: a.patients + b.patients,
            nouveaux: a.nouveaux + b.nouveaux,
            hors_expertise: a.hors_expertise + b.hors_expertise,
            quorum: a.quorum + b.quorum,
            ages: a.ages + b.ages,
            g8: a.g8 + b.g8,
        });
        tout.patients -= tout.patients / un_sur;
        tout.nouveaux -= tout.nouveaux / un_sur;
        tout
    }
}

fn colonne(code: &str, titre: &str, nature: NatureColonne) -> Colonne {
    Colonne { code: code.to_owned(), titre: titre.to_owned(), nature }
}

fn nombre(code: &str, titre: &str, comptage: Comptage) -> Colonne {
    colonne(code, titre, NatureColonne::Nombre { comptage })
}

fn part(code: &str, titre: &str, numerateur: Terme, denominateur: Terme) -> Colonne {
    colonne(code, titre, NatureColonne::Pourcentage { numerateur, denominateur, reste_sensible: false })
}

fn texte(texte: &str) -> Cellule {
    Cellule::Texte(texte.to_owned())
}

fn ligne(cle: &str, niveau: Niveau, parent: Option<&str>, cellules: Vec<Cellule>) -> Ligne {
    Ligne { cle: cle.to_owned(), niveau, parent: parent.map(str::to_owned), cellules }
}

fn relations() -> Vec<Relation> {
    vec![Relation { total: "NB_PATIENTS".into(), parties: vec!["NB_NOUVEAUX".into()], reste: Reste::Sensible }]
}

/// The columns of both tables of activity.
fn colonnes_communes() -> Vec<Colonne> {
    let passages = Terme::propre(Comptage::Passages);
    vec![
        colonne("LIBELLE", "Structure", NatureColonne::Texte),
        nombre("NB_REUNIONS", "Réunions tenues", Comptage::Libre),
        nombre("NB_CR", "Comptes-rendus", Comptage::Passages),
        nombre("NB_PATIENTS", "Patients différents", Comptage::Patients),
        nombre("NB_NOUVEAUX", "Nouveaux patients", Comptage::Patients),
        colonne(
            "PASSAGES_PAR_PATIENT",
            "Passages par patient",
            NatureColonne::Quotient {
                numerateur: Terme::de("NB_CR", Comptage::Passages),
                denominateur: Terme::de("NB_PATIENTS", Comptage::Patients),
            },
        ),
        colonne(
            "CR_PAR_REUNION",
            "CR par réunion",
            NatureColonne::Quotient {
                numerateur: Terme::de("NB_CR", Comptage::Passages),
                denominateur: Terme::de("NB_REUNIONS", Comptage::Libre),
            },
        ),
        part("TX_QUORUM_HAS", "Quorum HAS, par cas", passages.clone(), passages),
        colonne("DELAI_CR", "Délai médian du compte-rendu (jours)", NatureColonne::Jours { effectif: Some("NB_CR".to_owned()) }),
    ]
}

fn cellules_communes(libelle: &str, a: Activite, delai: Option<i64>) -> Vec<Cellule> {
    vec![
        texte(libelle),
        Cellule::Entier(a.reunions),
        Cellule::Entier(a.cr()),
        Cellule::Entier(a.patients),
        Cellule::Entier(a.nouveaux),
        Cellule::Quotient(Ratio::quotient(a.cr(), a.patients, 2)),
        Cellule::Quotient(Ratio::quotient(a.cr(), a.reunions, 0)),
        Cellule::Pourcentage(Ratio::taux(a.quorum, a.hors_expertise)),
        delai.map_or(Cellule::Absente, Cellule::Jours),
    ]
}

/// The report, before anything is withheld.
pub(crate) fn rapport() -> Rapport {
    tire_de(2024)
}

/// The report with other numbers.
pub(crate) fn tire_de(graine: u64) -> Rapport {
    let mut suite = Suite(graine);
    let entites: Vec<Activite> = (0..RCP).map(|_| Activite::au_hasard(&mut suite)).collect();
    let centres: Vec<Activite> = (0..CENTRES.len())
        .map(|rang| Activite::somme(&entites.iter().skip(rang).step_by(CENTRES.len()).copied().collect::<Vec<_>>(), 17))
        .collect();
    let region = Activite::somme(&centres, 23);
    Rapport {
        titre: "Rapport annuel d'activité des réunions de concertation pluridisciplinaire".to_owned(),
        region: "Hauts-de-France".to_owned(),
        periode: Periode::lire("2024-01-01".parse().unwrap(), "2024-12-31".parse().unwrap()).unwrap(),
        etabli_le: "2025-03-04T08:30:00Z".parse().unwrap(),
        instantane: Some(Instantane {
            id: "0195f3a0-1c00-7000-8000-00000000002a".parse().unwrap(),
            etabli_le: "2025-02-03T06:00:00Z".parse().unwrap(),
            empreinte: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".to_owned(),
        }),
        version_dictionnaire: "1.0".to_owned(),
        version: Some(2),
        remplace: Some(Remplacement {
            version: 1,
            etabli_le: "2025-02-10T09:00:00Z".parse().unwrap(),
            motif: "Réunions de décembre du 3C du Douaisis validées après l'extraction.".to_owned(),
        }),
        mention: None,
        secret: None,
        chapitres: vec![
            de_la_region(&centres, region),
            des_rcp(&entites, &centres, region),
            des_mois(region),
            des_themes(&entites, region),
        ],
        dictionnaire: DICTIONNAIRE.iter().map(DefinitionImprimee::from).collect(),
    }
}

fn de_la_region(centres: &[Activite], region: Activite) -> Chapitre {
    let mut lignes: Vec<Ligne> = (1..)
        .zip(CENTRES.iter().zip(centres))
        .map(|(rang, (nom, a))| {
            ligne(&format!("3c:{rang}"), Niveau::Detail, Some("region"), cellules_communes(nom, *a, Some(3 + rang % 5)))
        })
        .collect();
    lignes.push(ligne("region", Niveau::Total, None, cellules_communes("Ensemble de la région", region, Some(5))));
    Chapitre {
        code: "REGION".to_owned(),
        titre: "Activité de la région".to_owned(),
        paragraphes: vec![
            "Les nombres de ce chapitre viennent de l'infocentre. Un compte-rendu compte une fois par passage, dans sa version courante ; un patient vu dans plusieurs 3C compte une fois dans l'ensemble de la région.".to_owned(),
            "Chaque 3C a validé sa page avant la publication.".to_owned(),
        ],
        tableaux: vec![Tableau {
            code: "ACTIVITE_REGION".to_owned(),
            titre: "Activité par centre de coordination".to_owned(),
            colonnes: colonnes_communes(),
            lignes,
            relations: relations(),
            notes: vec!["Le délai médian va de la réunion à la validation du compte-rendu.".to_owned()],
        }],
        figures: vec![
            Figure {
                code: "CR_3C".to_owned(),
                titre: "Comptes-rendus et patients par centre de coordination".to_owned(),
                genre: GenreFigure::Barres,
                tableau: "ACTIVITE_REGION".to_owned(),
                etiquette: "LIBELLE".to_owned(),
                series: vec!["NB_CR".to_owned(), "NB_PATIENTS".to_owned()],
                lignes: Vec::new(),
                description: "Pour chaque 3C, le nombre de comptes-rendus et le nombre de patients différents.".to_owned(),
            },
            Figure {
                code: "QUORUM_3C".to_owned(),
                titre: "Quorum HAS par centre de coordination".to_owned(),
                genre: GenreFigure::Barres,
                tableau: "ACTIVITE_REGION".to_owned(),
                etiquette: "LIBELLE".to_owned(),
                series: vec!["TX_QUORUM_HAS".to_owned()],
                lignes: Vec::new(),
                description: "Pour chaque 3C, la part des cas discutés avec le quorum HAS.".to_owned(),
            },
        ],
    }
}

/// One row a RCP under its 3C: long, wide, and full of small counts.
fn des_rcp(entites: &[Activite], centres: &[Activite], region: Activite) -> Chapitre {
    let passages = || Terme::propre(Comptage::Passages);
    let mut colonnes = colonnes_communes();
    colonnes.insert(1, colonne("THEME", "Thème", NatureColonne::Texte));
    colonnes.extend([
        nombre("NB_DISCUTES", "Cas discutés", Comptage::Passages),
        nombre("NB_ENREGISTRES", "Cas enregistrés", Comptage::Passages),
        part("TX_G8_75", "G8 renseigné à partir de 75 ans", passages(), passages()),
        colonne("DERNIERE", "Dernière réunion", NatureColonne::Date),
    ]);
    let cellules = |libelle: &str, theme: Cellule, a: Activite, delai: Option<i64>, derniere: Cellule| {
        let mut cellules = cellules_communes(libelle, a, delai);
        cellules.insert(1, theme);
        cellules.extend([
            Cellule::Entier(a.discutes),
            Cellule::Entier(a.enregistres),
            Cellule::Pourcentage(Ratio::taux(a.g8, a.ages)),
            derniere,
        ]);
        cellules
    };
    let mut lignes = Vec::new();
    for (centre, (nom, du_centre)) in CENTRES.iter().zip(centres).enumerate() {
        for (rang, a) in entites.iter().enumerate().skip(centre).step_by(CENTRES.len()) {
            let theme = THEMES[(rang / CENTRES.len()) % THEMES.len()];
            let jour = Days::new(u64::try_from(a.cr()).unwrap() % 60);
            let derniere =
                "2024-12-20".parse::<chrono::NaiveDate>().unwrap().checked_sub_days(jour).map_or(Cellule::Absente, Cellule::Date);
            let delai = (a.cr() > 0).then_some(a.cr() % 15);
            let libelle = if rang == 0 { "=RCP de recours régionale 'test'".to_owned() } else { format!("RCP {theme} n° {}", rang + 1) };
            let parent = format!("3c:{}", centre + 1);
            lignes.push(ligne(
                &format!("rcp:{}", rang + 1),
                Niveau::Detail,
                Some(&parent),
                cellules(&libelle, texte(theme), *a, delai, derniere),
            ));
        }
        let (cle, delai) = (format!("3c:{}", centre + 1), Some(3 + (i64::try_from(centre).unwrap() + 1) % 5));
        let sous_total = cellules(nom, Cellule::Absente, *du_centre, delai, Cellule::Absente);
        lignes.push(ligne(&cle, Niveau::SousTotal, Some("region"), sous_total));
    }
    let total = cellules("Ensemble de la région", Cellule::Absente, region, Some(5), Cellule::Absente);
    lignes.push(ligne("region", Niveau::Total, None, total));
    let mut relations = relations();
    let parties = vec!["NB_DISCUTES".to_owned(), "NB_ENREGISTRES".to_owned()];
    relations.push(Relation { total: "NB_CR".to_owned(), parties, reste: Reste::Aucun });
    Chapitre {
        code: "RCP".to_owned(),
        titre: "Activité de chaque RCP".to_owned(),
        paragraphes: vec!["Les RCP sont rangées par centre de coordination, puis par ordre d'inscription à l'annuaire.".to_owned()],
        tableaux: vec![Tableau {
            code: "ACTIVITE_RCP".to_owned(),
            titre: "Activité des RCP, par centre de coordination".to_owned(),
            colonnes,
            lignes,
            relations,
            notes: vec!["Un tiret signale une donnée qui n'existe pas pour la ligne.".to_owned()],
        }],
        figures: Vec::new(),
    }
}

/// Month by month, beside the year before.
fn des_mois(region: Activite) -> Chapitre {
    let periode = Periode::lire("2024-01-01".parse().unwrap(), "2024-12-31".parse().unwrap()).unwrap();
    let mois = periode.tranches(Pas::Mois);
    let mut suite = Suite(12);
    let (mut lignes, mut reste, mut avant_total) = (Vec::new(), region.cr(), 0);
    for (rang, mois) in mois.iter().enumerate() {
        let cr = if rang == 11 { reste } else { region.cr() / 12 + suite.jusqu_a(300) - 150 };
        let avant = region.cr() / 13 + suite.jusqu_a(400) - 200;
        (reste, avant_total) = (reste - cr, avant_total + avant);
        let nom = Tranche::libelle(*mois).replace(" 2024", "");
        lignes.push(ligne(
            &format!("mois:{mois}"),
            Niveau::Detail,
            Some("region"),
            vec![texte(&nom), Cellule::Entier(avant), Cellule::Entier(cr), Cellule::Quotient(Ratio::quotient(cr, avant, 2))],
        ));
    }
    let total = Cellule::Quotient(Ratio::quotient(region.cr(), avant_total, 2));
    lignes.push(ligne(
        "region",
        Niveau::Total,
        None,
        vec![texte("Année"), Cellule::Entier(avant_total), Cellule::Entier(region.cr()), total],
    ));
    let evolution = NatureColonne::Quotient {
        numerateur: Terme::de("NB_CR", Comptage::Passages),
        denominateur: Terme::de("NB_CR@2023", Comptage::Passages),
    };
    let tableau = Tableau {
        code: "CR_MOIS".to_owned(),
        titre: "Comptes-rendus par mois".to_owned(),
        colonnes: vec![
            colonne("MOIS", "Mois", NatureColonne::Texte),
            nombre("NB_CR@2023", "2023", Comptage::Passages),
            nombre("NB_CR", "2024", Comptage::Passages),
            colonne("EVOLUTION", "2024 rapporté à 2023", evolution),
        ],
        lignes,
        relations: Vec::new(),
        notes: Vec::new(),
    };
    let figure = |code: &str, titre: &str, genre| Figure {
        code: code.to_owned(),
        titre: titre.to_owned(),
        genre,
        tableau: "CR_MOIS".to_owned(),
        etiquette: "MOIS".to_owned(),
        series: vec!["NB_CR@2023".to_owned(), "NB_CR".to_owned()],
        lignes: Vec::new(),
        description: "Le nombre de comptes-rendus de chaque mois, en 2023 et en 2024.".to_owned(),
    };
    Chapitre {
        code: "MOIS".to_owned(),
        titre: "Évolution dans l'année".to_owned(),
        paragraphes: Vec::new(),
        tableaux: vec![tableau],
        figures: vec![
            figure("COURBE_MOIS", "Comptes-rendus, mois par mois", GenreFigure::Courbe),
            figure("BARRES_MOIS", "Comptes-rendus de 2024 et de 2023", GenreFigure::Barres),
        ],
    }
}

/// A two-way table with both margins, where the last themes are rare.
fn des_themes(entites: &[Activite], region: Activite) -> Chapitre {
    const CLASSES: [(&str, &str); 4] =
        [("NB_CR@0-24", "Moins de 25 ans"), ("NB_CR@25-64", "25 à 64 ans"), ("NB_CR@65-74", "65 à 74 ans"), ("NB_CR@75", "75 ans et plus")];
    let mut colonnes = vec![colonne("THEME", "Thème", NatureColonne::Texte)];
    colonnes.extend(CLASSES.map(|(code, titre)| nombre(code, titre, Comptage::Passages)));
    colonnes.push(nombre("NB_CR", "Ensemble", Comptage::Passages));
    let (mut lignes, mut totaux) = (Vec::new(), [0; 4]);
    for (rang, theme) in THEMES.iter().enumerate() {
        let du_theme = entites.iter().enumerate().filter(|(e, _)| (e / CENTRES.len()) % THEMES.len() == rang);
        let cr: i64 = du_theme.map(|(_, a)| a.cr()).sum();
        let jeunes = if rang % 3 == 0 { 4 } else { cr / 40 };
        let ages = if rang == 7 { 7 } else { cr / 4 };
        let classes = [jeunes, cr - jeunes - cr / 3 - ages, cr / 3, ages];
        totaux.iter_mut().zip(classes).for_each(|(total, nombre)| *total += nombre);
        let mut cellules = vec![texte(theme)];
        cellules.extend(classes.into_iter().chain([cr]).map(Cellule::Entier));
        lignes.push(ligne(&format!("theme:{rang}"), Niveau::Detail, Some("region"), cellules));
    }
    let mut cellules = vec![texte("Ensemble")];
    cellules.extend(totaux.into_iter().chain([region.cr()]).map(Cellule::Entier));
    lignes.push(ligne("region", Niveau::Total, None, cellules));
    let parties: Vec<String> = CLASSES.iter().map(|(code, _)| (*code).to_owned()).collect();
    Chapitre {
        code: "THEMES".to_owned(),
        titre: "Thèmes et âges".to_owned(),
        paragraphes: Vec::new(),
        tableaux: vec![Tableau {
            code: "THEME_AGE".to_owned(),
            titre: "Comptes-rendus par thème et par âge à la réunion".to_owned(),
            colonnes,
            lignes,
            relations: vec![Relation { total: "NB_CR".to_owned(), parties: parties.clone(), reste: Reste::Aucun }],
            notes: Vec::new(),
        }],
        figures: vec![Figure {
            code: "AGES".to_owned(),
            titre: "Âges des patients par thème".to_owned(),
            genre: GenreFigure::BarresEmpilees,
            tableau: "THEME_AGE".to_owned(),
            etiquette: "THEME".to_owned(),
            series: parties,
            lignes: Vec::new(),
            description: "Pour chaque thème, les comptes-rendus par classe d'âge, bout à bout.".to_owned(),
        }],
    }
}
