//! The report as a workbook: a summary, a sheet a chapter, the dictionary. Numbers are numbers, dates are dates, and a
//! ratio stands with its numerator and its denominator.
//!
//! Nothing in it is a formula: texts are written as texts, and one that a spreadsheet would run if somebody typed it
//! again carries the quote that keeps it a text.

use super::{nombres, verifier};
use crate::{
    documents::DocumentError,
    kernel::{Instant, csv::est_une_formule},
    metier::infocentre::model::{
        Rapport, Ratio,
        rapport::{Cellule, Chapitre, DefinitionImprimee, Masque, NatureColonne, Niveau, Tableau},
    },
};
use chrono::{Datelike, NaiveDate, NaiveDateTime, Timelike};
use chrono_tz::Europe::Paris;
use rust_xlsxwriter::{Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Url, Workbook, Worksheet, XlsxError};
use std::collections::BTreeMap;

/// Longest name of a sheet.
const NOM_MAXIMAL: usize = 31;
/// Longest text of a cell, less what an escape may add.
const TEXTE_MAXIMAL: usize = 32_000;
const TEINTE: Color = Color::RGB(0xE6_ED_F3);

impl From<XlsxError> for DocumentError {
    fn from(erreur: XlsxError) -> Self {
        Self::Classeur(erreur.to_string())
    }
}

/// The workbook of a report.
pub fn composer(rapport: &Rapport) -> Result<Vec<u8>, DocumentError> {
    verifier(rapport)?;
    let mut classeur = Workbook::new();
    let proprietes = DocProperties::new()
        .set_title(&rapport.titre)
        .set_subject(rapport.nom_de_la_periode())
        .set_company(&rapport.region)
        .set_author("Dossier communicant en cancérologie")
        .set_creation_datetime(&moment(rapport.etabli_le.naive_utc())?);
    classeur.set_properties(&proprietes);
    let feuilles: Vec<String> = (1..).zip(&rapport.chapitres).map(|(rang, chapitre)| nom_de_feuille(rang, &chapitre.titre)).collect();
    sommaire(classeur.add_worksheet(), rapport, &feuilles)?;
    for (nom, (rang, chapitre)) in feuilles.iter().zip((1..).zip(&rapport.chapitres)) {
        feuille(classeur.add_worksheet().set_name(nom)?, rang, chapitre)?;
    }
    dictionnaire(classeur.add_worksheet(), &rapport.dictionnaire)?;
    Ok(classeur.save_to_buffer()?)
}

/// « 2. Activité de chaque RCP », without what Excel refuses.
fn nom_de_feuille(rang: usize, titre: &str) -> String {
    let admis = |c: char| match c {
        '[' | ']' | ':' | '*' | '?' | '/' | '\\' => ' ',
        '\'' => '’',
        c if c.is_control() || c > '\u{FFFF}' => ' ',
        c => c,
    };
    format!("{rang}. {titre}").chars().map(admis).take(NOM_MAXIMAL).collect::<String>().trim_end().to_owned()
}

fn moment(moment: NaiveDateTime) -> Result<ExcelDateTime, XlsxError> {
    let (heure, minute, seconde) = (moment.hour(), moment.minute(), moment.second());
    let petit = |nombre: u32| u8::try_from(nombre).unwrap_or_default();
    jour(moment.date())?.and_hms(u16::try_from(heure).unwrap_or_default(), petit(minute), petit(seconde))
}

fn jour(jour: NaiveDate) -> Result<ExcelDateTime, XlsxError> {
    let petit = |nombre: u32| u8::try_from(nombre).unwrap_or_default();
    ExcelDateTime::from_ymd(u16::try_from(jour.year()).unwrap_or_default(), petit(jour.month()), petit(jour.day()))
}

/// A text, never anything else.
fn texte(feuille: &mut Worksheet, ligne: u32, colonne: u16, texte: &str, format: &Format) -> Result<(), XlsxError> {
    let format = if est_une_formule(texte) { format.clone().set_quote_prefix() } else { format.clone() };
    let propre: String = texte.chars().filter(|c| !c.is_control() || *c == '\n').take(TEXTE_MAXIMAL).collect();
    feuille.write_string_with_format(ligne, colonne, propre, &format).map(|_| ())
}

fn titre() -> Format {
    Format::new().set_bold().set_font_size(14)
}

fn entete() -> Format {
    Format::new().set_bold().set_background_color(TEINTE).set_text_wrap().set_align(FormatAlign::Top).set_border_bottom(FormatBorder::Thin)
}

fn prose() -> Format {
    Format::new().set_text_wrap().set_align(FormatAlign::Top)
}

fn sommaire(page: &mut Worksheet, rapport: &Rapport, feuilles: &[String]) -> Result<(), XlsxError> {
    page.set_name("Sommaire")?.set_column_width(0, 34)?.set_column_width(1, 90)?;
    texte(page, 0, 0, &rapport.titre, &titre())?;
    let date = |moment: Instant| moment.with_timezone(&Paris).format("%d/%m/%Y à %H h %M").to_string();
    let instantane = rapport.instantane.as_ref();
    let faits: [(&str, Option<String>); 10] = [
        ("Région ou structure", Some(rapport.region.clone())),
        ("Période", Some(rapport.nom_de_la_periode())),
        ("Mention", rapport.mention.clone()),
        ("Version", rapport.version.map(|version| version.to_string())),
        ("Remplace", rapport.remplace.as_ref().map(|r| format!("version {} du {} – {}", r.version, date(r.etabli_le), r.motif))),
        ("Établi le", Some(date(rapport.etabli_le))),
        ("Instantané", instantane.map(|i| format!("{} du {}", i.id, date(i.etabli_le)))),
        ("Empreinte SHA-256", instantane.map(|i| i.empreinte.clone())),
        ("Dictionnaire des indicateurs", Some(format!("version {}", rapport.version_dictionnaire))),
        ("Secret statistique", Some(legende_du_secret(rapport))),
    ];
    let mut ligne = 2;
    for (nom, valeur) in faits {
        if let Some(valeur) = valeur {
            texte(page, ligne, 0, nom, &prose().set_bold())?;
            texte(page, ligne, 1, &valeur, &prose())?;
            ligne += 1;
        }
    }
    ligne += 1;
    texte(page, ligne, 0, "Feuille", &entete())?;
    texte(page, ligne, 1, "Tableaux", &entete())?;
    for (rang, (nom, chapitre)) in (1..).zip(feuilles.iter().zip(&rapport.chapitres)) {
        ligne += 1;
        page.write_url(ligne, 0, Url::new(format!("internal:'{nom}'!A1")).set_text(nom))?;
        let tableaux = (1..).zip(&chapitre.tableaux).map(|(t, tableau)| format!("{rang}.{t} {}", tableau.titre));
        texte(page, ligne, 1, &tableaux.collect::<Vec<_>>().join("\n"), &prose())?;
    }
    page.write_url(ligne + 1, 0, Url::new("internal:'Dictionnaire'!A1").set_text("Dictionnaire"))?;
    texte(page, ligne + 1, 1, "Définition des indicateurs", &prose())
}

fn legende_du_secret(rapport: &Rapport) -> String {
    rapport.secret.map_or_else(
        || "Non appliqué : ne pas diffuser.".to_owned(),
        |secret| {
            let (petite, secondaire) = (Masque::Petite.imprime(), Masque::Secondaire.imprime());
            format!(
                "« {petite} » : nombre de 1 à {} ; « {secondaire} » : valeur retenue pour qu'une autre ne puisse être calculée.",
                secret.seuil - 1
            )
        },
    )
}

/// The sheet of a chapter: its tables one under the other.
fn feuille(page: &mut Worksheet, rang: usize, chapitre: &Chapitre) -> Result<(), XlsxError> {
    page.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
    texte(page, 0, 0, &format!("{rang}. {}", chapitre.titre), &titre())?;
    let mut ligne = 2;
    let mut largeurs = BTreeMap::new();
    for (numero, tableau) in (1..).zip(&chapitre.tableaux) {
        texte(page, ligne, 0, &format!("Tableau {rang}.{numero} – {}", tableau.titre), &Format::new().set_bold())?;
        let apres = lignes(page, ligne + 1, tableau, &mut largeurs)?;
        if chapitre.tableaux.len() == 1 {
            // The heading stays in sight, and is printed on every page.
            page.set_freeze_panes(ligne + 2, 1)?.set_repeat_rows(ligne + 1, ligne + 1)?;
        } else if numero == 1 {
            page.set_freeze_panes(2, 1)?;
        }
        ligne = apres + 1;
    }
    for (colonne, largeur) in largeurs {
        page.set_column_width(colonne, largeur)?;
    }
    Ok(())
}

/// Writes a table, and answers the first row after it.
fn lignes(page: &mut Worksheet, debut: u32, tableau: &Tableau, largeurs: &mut BTreeMap<u16, f64>) -> Result<u32, XlsxError> {
    let mut colonne = 0_u16;
    let mut places = Vec::with_capacity(tableau.colonnes.len());
    for definie in &tableau.colonnes {
        places.push(colonne);
        let suites: &[&str] = if definie.nature.termes().is_some() { &["", " – numérateur", " – dénominateur"] } else { &[""] };
        for suite in suites {
            texte(page, debut, colonne, &format!("{}{suite}", definie.titre), &entete())?;
            let large = matches!(definie.nature, NatureColonne::Texte).then(|| plus_long(tableau, places.len() - 1)).unwrap_or(13.0);
            let largeur = largeurs.entry(colonne).or_insert(0.0);
            *largeur = largeur.max(large);
            colonne += 1;
        }
    }
    let mut ligne = debut;
    for rangee in &tableau.lignes {
        ligne += 1;
        for (place, cellule) in places.iter().zip(&rangee.cellules) {
            ecrire(page, ligne, *place, cellule, &format_du_niveau(rangee.niveau))?;
        }
    }
    for note in &tableau.notes {
        ligne += 1;
        texte(page, ligne, 0, note, &Format::new().set_italic())?;
    }
    Ok(ligne + 1)
}

/// Width of a column of words, in characters.
fn plus_long(tableau: &Tableau, rang: usize) -> f64 {
    let longueurs = tableau.lignes.iter().filter_map(|ligne| match ligne.cellules.get(rang) {
        Some(Cellule::Texte(texte)) => u32::try_from(texte.chars().count()).ok(),
        Some(_) | None => None,
    });
    f64::from(longueurs.max().unwrap_or(0).clamp(12, 60)) + 2.0
}

fn format_du_niveau(niveau: Niveau) -> Format {
    match niveau {
        Niveau::Detail => Format::new(),
        Niveau::SousTotal => Format::new().set_bold(),
        Niveau::Total => Format::new().set_bold().set_border_top(FormatBorder::Thin),
    }
}

fn ecrire(page: &mut Worksheet, ligne: u32, place: u16, cellule: &Cellule, format: &Format) -> Result<(), XlsxError> {
    match cellule {
        Cellule::Texte(valeur) => texte(page, ligne, place, valeur, format),
        Cellule::Entier(valeur) | Cellule::Jours(valeur) => entier(page, ligne, place, *valeur, format),
        Cellule::Quotient(ratio) => {
            let decimales = ratio.valeur.as_deref().is_some_and(|valeur| valeur.contains('.'));
            quotient(page, ligne, place, ratio, 1.0, (if decimales { "#,##0.00" } else { "#,##0" }, format))
        }
        Cellule::Pourcentage(ratio) => quotient(page, ligne, place, ratio, 100.0, ("0.00%", format)),
        Cellule::Date(valeur) => {
            let format = format.clone().set_num_format("dd/mm/yyyy");
            page.write_datetime_with_format(ligne, place, jour(*valeur)?, &format).map(|_| ())
        }
        Cellule::Masquee(masque) => texte(page, ligne, place, masque.imprime(), &format.clone().set_align(FormatAlign::Right)),
        Cellule::Absente => page.write_blank(ligne, place, format).map(|_| ()),
    }
}

/// A spreadsheet knows one kind of number.
#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
fn entier(page: &mut Worksheet, ligne: u32, place: u16, nombre: i64, format: &Format) -> Result<(), XlsxError> {
    page.write_number_with_format(ligne, place, nombre as f64, &format.clone().set_num_format("#,##0")).map(|_| ())
}

/// The value as the report rounds it, so that every format says the same, then its terms.
fn quotient(
    page: &mut Worksheet,
    ligne: u32,
    place: u16,
    ratio: &Ratio,
    diviseur: f64,
    (forme, format): (&str, &Format),
) -> Result<(), XlsxError> {
    match ratio.valeur.as_deref().map(str::parse::<f64>) {
        Some(Ok(valeur)) => {
            page.write_number_with_format(ligne, place, valeur / diviseur, &format.clone().set_num_format(forme))?;
        }
        Some(Err(_)) | None => texte(page, ligne, place, nombres::RIEN, &format.clone().set_align(FormatAlign::Right))?,
    }
    entier(page, ligne, place + 1, ratio.numerateur, format)?;
    entier(page, ligne, place + 2, ratio.denominateur, format)
}

fn dictionnaire(page: &mut Worksheet, definitions: &[DefinitionImprimee]) -> Result<(), XlsxError> {
    page.set_name("Dictionnaire")?;
    let colonnes: [(&str, u16); 8] = [
        ("Code", 26),
        ("Indicateur", 34),
        ("Unité", 16),
        ("Définition", 60),
        ("Numérateur", 44),
        ("Dénominateur", 44),
        ("Exclusions", 44),
        ("Source", 44),
    ];
    for (rang, (nom, largeur)) in (0..).zip(colonnes) {
        texte(page, 0, rang, nom, &entete())?;
        page.set_column_width(rang, f64::from(largeur))?;
    }
    for (ligne, definition) in (1..).zip(definitions) {
        let d = definition;
        let denominateur = d.denominateur.as_deref().unwrap_or_default();
        let textes = [&d.code, &d.nom, d.unite.as_str(), &d.definition, &d.numerateur, denominateur, &d.exclusions, &d.source];
        for (rang, valeur) in (0..).zip(textes) {
            texte(page, ligne, rang, valeur, &prose())?;
        }
    }
    page.set_freeze_panes(1, 1).map(|_| ())
}
