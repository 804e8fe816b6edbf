//! The datamatrix INS: the qualified identity of a patient, to be read by a scanner.
//!
//! Followed here: ANS, « INS – Format datamatrix », version 2.2 (26/09/2023), as public implementations
//! describe it, because its text is not freely quoted: §3 (a header of 26 characters, then blocks of two
//! characters and a value, closed by `GS` where the value is shorter than it might be and is not the last),
//! §5 (blocks S1 to S7), §6 (« INS à scanner »). The symbol is a square of ISO/IEC 16022 (ECC 200), in C40.
//! ANS has a page that checks a symbol, <https://interop.esante.gouv.fr/datamatrixins/>: a region that opens
//! the service reads one there first. What could change with a version of the format stands in the
//! constants below.
//!
//! Only a qualified identity may be conveyed (guide d'implémentation INS, EXI 29), and only whole: without a
//! sex or a place of birth that INSi gives, or with a name longer than the format holds, there is none.

use crate::{
    kernel::identite::StatutIdentite,
    metier::{compte_rendu::model::contenu::PatientRendu, patient::model::Sexe},
};
use datamatrix::{DataMatrixBuilder, EncodationType, SymbolList, placement::PathSegment};
use deunicode::deunicode;
use serde::Serialize;

/// Mark `IS`, version `01`, and 22 reserved zeros.
const ENTETE: &str = "IS010000000000000000000000";
/// Closes a value that is shorter than it might be.
const GS: char = '\u{1D}';
/// Longest first names and longest name.
const NOM_MAXIMAL: usize = 100;
/// Longest OID.
const OID_MAXIMAL: usize = 20;
/// Characters of a matricule INS.
const MATRICULE: usize = 15;
/// Characters of the INSEE code of a place of birth.
const LIEU: usize = 5;
/// Blank modules around the symbol; the standard asks for one at least.
const MARGE: usize = 2;
/// Side of one module, in millimetres: six dots of a printer of 300 dots an inch.
const MODULE_MM: f64 = 0.5;

/// A symbol, ready to be placed in a template.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Symbole {
    /// The drawing, in SVG, with its blank margin.
    pub svg: String,
    /// Side of the drawing, in millimetres.
    pub cote_mm: f64,
}

/// The symbol of a patient; none where the identity may not be conveyed or is not whole.
#[must_use]
pub fn de(patient: &PatientRendu) -> Option<Symbole> {
    symbole(&texte(patient)?)
}

/// What the symbol says.
fn texte(patient: &PatientRendu) -> Option<String> {
    match patient.statut_identite {
        StatutIdentite::Qualifiee => {}
        StatutIdentite::Provisoire | StatutIdentite::Recuperee | StatutIdentite::Validee => return None,
    }
    let ins = patient.ins.as_ref()?;
    let sexe = match patient.sexe {
        Sexe::Masculin => 'M',
        Sexe::Feminin => 'F',
        Sexe::Indetermine => return None,
    };
    let lieu = patient.lieu_naissance.as_deref().filter(|lieu| lieu.len() == LIEU)?;
    let matricule = Some(ins.valeur.as_str()).filter(|valeur| valeur.len() == MATRICULE)?;
    Some(format!(
        "{ENTETE}S1{matricule}{}{}{}S5{sexe}S6{}S7{lieu}",
        bloc("S2", &ins.oid, OID_MAXIMAL)?,
        bloc("S3", &etat_civil(&patient.prenoms), NOM_MAXIMAL)?,
        bloc("S4", &etat_civil(&patient.nom_naissance), NOM_MAXIMAL)?,
        patient.date_naissance.format("%d-%m-%Y"),
    ))
}

/// A value of a length that varies, and not the last.
fn bloc(nom: &str, valeur: &str, maximum: usize) -> Option<String> {
    match valeur.len() {
        0 => None,
        n if n > maximum => None,
        n if n == maximum => Some(format!("{nom}{valeur}")),
        _ => Some(format!("{nom}{valeur}{GS}")),
    }
}

/// A name as INSi writes it: capital letters without accents, hyphens, apostrophes and single spaces.
fn etat_civil(nom: &str) -> String {
    let majuscules = deunicode(nom).to_uppercase();
    let lettres: String = majuscules.chars().map(|c| if c.is_ascii_uppercase() || "-'".contains(c) { c } else { ' ' }).collect();
    lettres.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn symbole(texte: &str) -> Option<Symbole> {
    let code = DataMatrixBuilder::new()
        .with_encodation_types(EncodationType::C40)
        .with_macros(false)
        .with_symbol_list(SymbolList::default().enforce_square())
        .encode(texte.as_bytes())
        .ok()?;
    let image = code.bitmap();
    let cote = image.width() + 2 * MARGE;
    let mut trace = format!("M{MARGE},{MARGE}");
    for segment in image.path() {
        trace.push_str(&match segment {
            PathSegment::Horizontal(pas) => format!("h{pas}"),
            PathSegment::Vertical(pas) => format!("v{pas}"),
            PathSegment::Move(droite, bas) => format!("m{droite},{bas}"),
            PathSegment::Close => "z".to_owned(),
        });
    }
    let svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {cote} {cote}\" width=\"{cote}\" height=\"{cote}\">\
         <path fill=\"#000\" fill-rule=\"evenodd\" d=\"{trace}\"/></svg>"
    );
    Some(Symbole { svg, cote_mm: f64::from(u32::try_from(cote).ok()?) * MODULE_MM })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metier::compte_rendu::model::{contenu::MatriculeIns, exemple};
    use datamatrix::DataMatrix;

    fn patient() -> PatientRendu {
        PatientRendu {
            nom_naissance: "Pat-Trois d’Œuvre".to_owned(),
            prenoms: "Dominique, Élodie".to_owned(),
            ins: Some(MatriculeIns { valeur: "279035121518989".to_owned(), oid: "1.2.250.1.213.1.4.8".to_owned() }),
            lieu_naissance: Some("51215".to_owned()),
            date_naissance: "1979-03-28".parse().unwrap(),
            ..exemple().patient
        }
    }

    #[test]
    fn le_symbole_dit_l_identite_dans_les_blocs_du_format() {
        assert_eq!(
            texte(&patient()).unwrap(),
            "IS010000000000000000000000S1279035121518989S21.2.250.1.213.1.4.8\u{1D}S3DOMINIQUE ELODIE\u{1D}S4PAT-TROIS D'OEUVRE\u{1D}\
             S5FS628-03-1979S751215"
        );
    }

    #[test]
    fn une_valeur_de_la_plus_grande_longueur_n_est_pas_fermee() {
        let mut nia = patient();
        nia.ins = Some(MatriculeIns { valeur: "279035121518989".to_owned(), oid: "1.2.250.1.213.1.4.10".to_owned() });
        assert!(texte(&nia).unwrap().contains("S21.2.250.1.213.1.4.10S3DOMINIQUE"));
        nia.nom_naissance = "A".repeat(NOM_MAXIMAL);
        assert!(texte(&nia).unwrap().contains(&format!("S4{}S5F", "A".repeat(NOM_MAXIMAL))));
        nia.nom_naissance.push('A');
        assert_eq!(de(&nia), None);
    }

    #[test]
    fn seule_une_identite_qualifiee_et_entiere_a_un_symbole() {
        for statut in [StatutIdentite::Provisoire, StatutIdentite::Recuperee, StatutIdentite::Validee] {
            assert_eq!(de(&PatientRendu { statut_identite: statut, ..patient() }), None, "{statut:?}");
        }
        assert_eq!(de(&PatientRendu { ins: None, ..patient() }), None);
        assert_eq!(de(&PatientRendu { sexe: Sexe::Indetermine, ..patient() }), None);
        assert_eq!(de(&PatientRendu { lieu_naissance: None, ..patient() }), None);
        assert_eq!(de(&PatientRendu { prenoms: "１".to_owned(), ..patient() }), None);
    }

    /// The drawing is filled module by module, as a scanner would see it, and read by the decoder.
    #[test]
    fn le_dessin_relu_dit_le_meme_texte() {
        let symbole = de(&patient()).unwrap();
        let (modules, cote) = modules(&symbole.svg);
        assert!((symbole.cote_mm - f64::from(u32::try_from(cote).unwrap()) * MODULE_MM).abs() < 1e-9);
        for rang in 0..cote {
            for marge in [0, 1, cote - 2, cote - 1] {
                assert!(!modules[rang * cote + marge] && !modules[marge * cote + rang], "marge salie");
            }
        }
        let dedans: Vec<bool> = (MARGE..cote - MARGE).flat_map(|y| modules[y * cote + MARGE..(y + 1) * cote - MARGE].to_vec()).collect();
        let lu = DataMatrix::decode(&dedans, cote - 2 * MARGE).unwrap();
        assert_eq!(String::from_utf8(lu).unwrap(), texte(&patient()).unwrap());
    }

    /// Fills the path of the drawing by the even-odd rule: a module is black if an odd number of vertical
    /// edges stand on its left.
    fn modules(svg: &str) -> (Vec<bool>, usize) {
        let cote: usize = svg.split("viewBox=\"0 0 ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
        let trace = svg.split(" d=\"").nth(1).unwrap().split('"').next().unwrap();
        let mut bords = vec![false; cote * (cote + 1)];
        let (mut x, mut y, mut debut) = (0i32, 0i32, (0i32, 0i32));
        let mut tracer = |x: i32, de: i32, a: i32| {
            for ligne in de.min(a)..de.max(a) {
                let case = usize::try_from(ligne).unwrap() * (cote + 1) + usize::try_from(x).unwrap();
                bords[case] ^= true;
            }
        };
        let mut reste = trace;
        while let Some(commande) = reste.chars().next() {
            let fin = reste[1..].find(char::is_alphabetic).map_or(reste.len(), |n| n + 1);
            let nombres: Vec<i32> = reste[1..fin].split(',').filter(|n| !n.is_empty()).map(|n| n.parse().unwrap()).collect();
            reste = &reste[fin..];
            match commande {
                'M' | 'm' => {
                    (x, y) = (x + nombres[0], y + nombres[1]);
                    debut = (x, y);
                }
                'h' => x += nombres[0],
                'v' => {
                    tracer(x, y, y + nombres[0]);
                    y += nombres[0];
                }
                'z' => {
                    tracer(x, y, debut.1);
                    (x, y) = debut;
                }
                autre => panic!("commande {autre}"),
            }
        }
        let mut noirs = vec![false; cote * cote];
        for ligne in 0..cote {
            let mut noir = false;
            for colonne in 0..cote {
                noir ^= bords[ligne * (cote + 1) + colonne];
                noirs[ligne * cote + colonne] = noir;
            }
        }
        (noirs, cote)
    }
}
