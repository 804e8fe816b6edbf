//! The report as a PDF to read and to print: what the template is given.
//!
//! Everything that asks for a decision is decided here, and the template only draws: how a number is written, whether a
//! table lies down, where it is split, how long a bar is.

use super::{nombres, trace, verifier};
use crate::{
    documents::{DocumentError, pdf, texte::preparer},
    metier::infocentre::model::{
        Rapport,
        rapport::{Cellule, Chapitre, Masque, NatureColonne, Niveau, Tableau},
    },
};
use serde::Serialize;
use serde_json::{Value, json};

/// The template.
pub(super) const MODELE: &str = include_str!("../../../referentiels/modeles/rapport_activite.typ");

/// Points across a page of A4, margins left out, when it stands and when it lies.
const DEBOUT: u32 = 496;
const COUCHE: u32 = 743;
/// Tenths of a point of a character of a table, on average, and points of the blanks around a cell.
const CARACTERE: u32 = 38;
const BLANCS: u32 = 8;
/// Characters of a cell of words before it takes a second line: at ease, and when the page is narrow.
const MOTS: [usize; 2] = [30, 20];

/// The PDF/A of a report.
pub fn composer(rapport: &Rapport) -> Result<Vec<u8>, DocumentError> {
    let ident = format!("rapport\n{}\n{}\n{}", rapport.region, rapport.nom_de_la_periode(), rapport.etabli_le.to_rfc3339());
    pdf::composer_modele(MODELE, &donnees(rapport)?, &ident, rapport.etabli_le)
}

/// What the template reads.
pub(super) fn donnees(rapport: &Rapport) -> Result<Value, DocumentError> {
    verifier(rapport)?;
    let mut donnees = json!({
        "titre": rapport.titre,
        "region": rapport.region,
        "periode": rapport.nom_de_la_periode(),
        "etabli_le": rapport.etabli_le,
        "instantane": rapport.instantane,
        "version_dictionnaire": rapport.version_dictionnaire,
        "version": rapport.version,
        "remplace": rapport.remplace,
        "mention": rapport.mention,
        "secret": rapport.secret.map(|secret| json!({
            "maximum": secret.seuil - 1,
            "petite": nombres::cellule(&Cellule::Masquee(Masque::Petite)),
            "secondaire": nombres::cellule(&Cellule::Masquee(Masque::Secondaire)),
        })),
        "chapitres": (1..).zip(&rapport.chapitres).map(|(rang, chapitre)| du_chapitre(rang, chapitre)).collect::<Vec<_>>(),
        "dictionnaire": rapport.dictionnaire,
    });
    preparer(&mut donnees);
    Ok(donnees)
}

fn du_chapitre(rang: usize, chapitre: &Chapitre) -> Value {
    let tableaux = (1..).zip(&chapitre.tableaux).map(|(numero, tableau)| {
        json!({
            "numero": format!("{rang}.{numero}"),
            "titre": tableau.titre,
            "notes": tableau.notes,
            "parties": parties(tableau),
        })
    });
    let figures = (1..).zip(&chapitre.figures).filter_map(|(numero, figure)| {
        let (place, tableau) = (1..).zip(&chapitre.tableaux).find(|(_, tableau)| tableau.code == figure.tableau)?;
        Some(json!({
            "numero": format!("{rang}.{numero}"),
            "titre": figure.titre,
            "tableau": format!("{rang}.{place}"),
            "trace": trace::de(figure, tableau),
        }))
    });
    json!({
        "numero": rang.to_string(),
        "titre": chapitre.titre,
        "paragraphes": chapitre.paragraphes,
        "tableaux": tableaux.collect::<Vec<_>>(),
        "figures": figures.collect::<Vec<_>>(),
    })
}

/// A table, or a part of one that is too wide for a page.
#[derive(Debug, Serialize)]
pub(super) struct Partie {
    /// It lies on the page.
    couchee: bool,
    /// It fills the page across; else its columns have their own width.
    pleine: bool,
    colonnes: Vec<ColonneImprimee>,
    lignes: Vec<LigneImprimee>,
}

#[derive(Debug, Clone, Serialize)]
struct ColonneImprimee {
    titre: String,
    /// Its cells end on the right.
    droite: bool,
    /// Points.
    largeur: u32,
}

#[derive(Debug, Serialize)]
struct LigneImprimee {
    niveau: Niveau,
    cellules: Vec<String>,
}

/// A table as it is laid out: standing if it can, lying if it must, split if even that is too narrow. Every part repeats
/// the first column, which names the row.
pub(super) fn parties(tableau: &Tableau) -> Vec<Partie> {
    let imprimees: Vec<Vec<String>> = tableau.lignes.iter().map(|ligne| ligne.cellules.iter().map(nombres::cellule).collect()).collect();
    let (couchee, colonnes) = dispositions(tableau, &imprimees);
    let place = if couchee { COUCHE } else { DEBOUT };
    groupes(&colonnes, place)
        .into_iter()
        .map(|groupe| {
            let colonnes: Vec<ColonneImprimee> = groupe.iter().filter_map(|rang| colonnes.get(*rang)).cloned().collect();
            let lignes = tableau.lignes.iter().zip(&imprimees).map(|(ligne, imprimee)| LigneImprimee {
                niveau: ligne.niveau,
                cellules: groupe.iter().filter_map(|rang| imprimee.get(*rang)).cloned().collect(),
            });
            Partie { couchee, pleine: largeur(&colonnes) * 10 > place * 7, lignes: lignes.collect(), colonnes }
        })
        .collect()
}

/// Whether the table lies, and how wide its columns are: the first disposition that holds it, else the last.
fn dispositions(tableau: &Tableau, imprimees: &[Vec<String>]) -> (bool, Vec<ColonneImprimee>) {
    let [aise, serre] = MOTS.map(|mots| {
        let colonnes = tableau.colonnes.iter().enumerate().map(|(rang, colonne)| {
            let texte = matches!(colonne.nature, NatureColonne::Texte);
            let cellules = imprimees.iter().filter_map(|ligne| ligne.get(rang)).map(|cellule| cellule.chars().count());
            let contenu = cellules.max().unwrap_or(0).min(if texte { mots } else { usize::MAX });
            ColonneImprimee { titre: colonne.titre.clone(), droite: !texte, largeur: points(&colonne.titre, contenu) }
        });
        colonnes.collect::<Vec<_>>()
    });
    for (couchee, place) in [(false, DEBOUT), (true, COUCHE)] {
        for colonnes in [&aise, &serre] {
            if largeur(colonnes) <= place {
                return (couchee, colonnes.clone());
            }
        }
    }
    (true, serre)
}

fn largeur(colonnes: &[ColonneImprimee]) -> u32 {
    colonnes.iter().map(|colonne| colonne.largeur).sum()
}

/// Width of a column whose cells have that many characters: its title may take several lines, but no word is cut.
fn points(titre: &str, contenu: usize) -> u32 {
    let mot = titre.split([' ', '-']).map(|mot| mot.chars().count() + 1).max().unwrap_or(0);
    let etale = titre.chars().count().div_ceil(3);
    let caracteres = u32::try_from(contenu.max(mot).max(etale)).unwrap_or(1_000);
    caracteres.min(1_000) * CARACTERE / 10 + BLANCS
}

/// The ranks of the columns of each part.
fn groupes(colonnes: &[ColonneImprimee], place: u32) -> Vec<Vec<usize>> {
    let premiere = colonnes.first().map_or(0, |colonne| colonne.largeur);
    let mut groupes: Vec<Vec<usize>> = vec![vec![0]];
    let mut prise = premiere;
    for (rang, colonne) in colonnes.iter().enumerate().skip(1) {
        if prise + colonne.largeur > place && groupes.last().is_some_and(|groupe| groupe.len() > 1) {
            groupes.push(vec![0]);
            prise = premiere;
        }
        prise += colonne.largeur;
        if let Some(groupe) = groupes.last_mut() {
            groupe.push(rang);
        }
    }
    groupes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metier::infocentre::model::rapport::{Colonne, Comptage, Ligne, exemple};

    /// A table with the names of the sample and that many counts a row.
    fn tableau(nombres: usize) -> Tableau {
        let mut tableau = exemple::rapport().chapitres.swap_remove(0).tableaux.swap_remove(0);
        tableau.colonnes.truncate(1);
        for rang in 0..nombres {
            let nature = NatureColonne::Nombre { comptage: Comptage::Libre };
            tableau.colonnes.push(Colonne { code: format!("N{rang}"), titre: format!("Nombre {rang}"), nature });
        }
        for Ligne { cellules, .. } in &mut tableau.lignes {
            cellules.truncate(1);
            cellules.extend((0..nombres).map(|_| Cellule::Entier(1_000)));
        }
        tableau
    }

    #[test]
    fn un_tableau_se_couche_avant_de_se_couper() {
        let dispositions = [3, 9, 14, 40].map(|nombres| {
            let parties = parties(&tableau(nombres));
            (parties.len(), parties.iter().all(|partie| partie.couchee))
        });
        assert_eq!(
            dispositions.map(|(parties, couchee)| (parties > 1, couchee)),
            [(false, false), (false, false), (false, true), (true, true)]
        );
    }

    #[test]
    fn chaque_partie_nomme_ses_lignes_et_aucune_colonne_ne_se_perd() {
        let tableau = tableau(40);
        let parties = parties(&tableau);
        let titres: Vec<&str> =
            parties.iter().flat_map(|partie| partie.colonnes.iter().skip(1)).map(|colonne| colonne.titre.as_str()).collect();
        assert_eq!(titres, tableau.colonnes.iter().skip(1).map(|colonne| colonne.titre.as_str()).collect::<Vec<_>>());
        for partie in &parties {
            assert!(largeur(&partie.colonnes) <= COUCHE);
            assert_eq!(partie.colonnes[0].titre, "Structure");
            for (ligne, imprimee) in tableau.lignes.iter().zip(&partie.lignes) {
                assert_eq!(imprimee.cellules.len(), partie.colonnes.len());
                assert_eq!(imprimee.cellules[0], nombres::cellule(&ligne.cellules[0]));
            }
        }
    }

    #[test]
    fn une_colonne_plus_large_que_la_page_est_seule_dans_sa_partie() {
        let mut large = tableau(2);
        large.colonnes[1].titre = "M".repeat(300);
        assert_eq!(parties(&large).iter().map(|partie| partie.colonnes.len()).collect::<Vec<_>>(), [2, 2]);
    }
}
