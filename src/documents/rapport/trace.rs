//! What a figure is drawn from: lengths in thousandths of the axis, and the texts that stand beside them.

use super::nombres;
use crate::metier::infocentre::model::rapport::{Cellule, Figure, GenreFigure, NatureColonne, Tableau};
use serde::Serialize;

/// A figure ready to draw.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Trace {
    genre: GenreFigure,
    description: String,
    /// Titles of the columns that are drawn.
    series: Vec<String>,
    /// Marks of the axis, from zero on.
    graduations: Vec<Graduation>,
    /// The bars, or the points of each line.
    points: Vec<Point>,
}

/// A mark of the axis.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Graduation {
    texte: String,
    /// Thousandths of the axis.
    place: i64,
}

/// A row of the table.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Point {
    nom: String,
    valeurs: Vec<Valeur>,
    /// All of them together, when they stand end to end and none is withheld.
    somme: Option<String>,
}

/// A number of the table.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Valeur {
    texte: String,
    /// Thousandths of the axis; none when the number is withheld or missing: nothing is drawn.
    longueur: Option<i64>,
}

/// The drawing of a figure.
pub(super) fn de(figure: &Figure, tableau: &Tableau) -> Trace {
    let rangs: Vec<usize> = figure.series.iter().filter_map(|serie| tableau.rang(serie)).collect();
    let rangees: Vec<(String, Vec<&Cellule>)> = figure
        .lignes_de(tableau)
        .map(|ligne| {
            let cellules = rangs.iter().filter_map(|rang| ligne.cellules.get(*rang)).collect();
            let nom = tableau.rang(&figure.etiquette).and_then(|rang| ligne.cellules.get(rang));
            (nom.map(nombres::cellule).unwrap_or_default(), cellules)
        })
        .collect();
    let empilees = figure.genre == GenreFigure::BarresEmpilees;
    let longueur = |cellules: &[&Cellule]| {
        let mesures = cellules.iter().filter_map(|cellule| centiemes(cellule));
        if empilees { mesures.sum() } else { mesures.max().unwrap_or(0) }
    };
    let pourcents =
        rangs.iter().all(|rang| tableau.colonnes.get(*rang).is_some_and(|c| matches!(c.nature, NatureColonne::Pourcentage { .. })));
    let axe = Axe::jusqu_a(rangees.iter().map(|(_, cellules)| longueur(cellules)).max().unwrap_or(0), pourcents);
    let points = rangees.into_iter().map(|(nom, cellules)| Point {
        nom,
        somme: (empilees && cellules.iter().all(|cellule| centiemes(cellule).is_some())).then(|| {
            let somme: i64 = cellules.iter().filter_map(|cellule| centiemes(cellule)).sum();
            nombres::entier(somme / 100)
        }),
        valeurs: cellules
            .iter()
            .map(|cellule| Valeur { texte: nombres::cellule(cellule), longueur: centiemes(cellule).map(|mesure| axe.millieme(mesure)) })
            .collect(),
    });
    Trace {
        genre: figure.genre,
        description: figure.description.clone(),
        series: rangs.iter().filter_map(|rang| tableau.colonnes.get(*rang)).map(|colonne| colonne.titre.clone()).collect(),
        points: points.collect(),
        graduations: axe.graduations(pourcents),
    }
}

/// A number in hundredths, as it is rounded in the report.
fn centiemes(cellule: &Cellule) -> Option<i64> {
    match cellule {
        Cellule::Entier(nombre) | Cellule::Jours(nombre) => nombre.checked_mul(100),
        Cellule::Quotient(ratio) | Cellule::Pourcentage(ratio) => {
            let valeur = ratio.valeur.as_deref()?;
            let (entier, fraction) = valeur.split_once('.').unwrap_or((valeur, ""));
            let fraction: String = fraction.chars().chain(['0', '0']).take(2).collect();
            format!("{entier}{fraction}").parse().ok()
        }
        Cellule::Texte(_) | Cellule::Date(_) | Cellule::Masquee(_) | Cellule::Absente => None,
    }
}

/// An axis from zero, in hundredths.
struct Axe {
    pas: i64,
    fin: i64,
}

impl Axe {
    /// An axis with four to eight round marks; percentages have the whole of it.
    fn jusqu_a(mesure: i64, pourcents: bool) -> Self {
        if pourcents && mesure <= 10_000 {
            return Self { pas: 2_000, fin: 10_000 };
        }
        let rondes = (0..16).flat_map(|puissance| [1, 2, 5].map(|chiffre| chiffre * 10_i64.pow(puissance)));
        // At least one whole unit a mark.
        let pas = rondes.skip_while(|pas| *pas < 100).find(|pas| mesure <= pas.saturating_mul(8)).unwrap_or(i64::MAX / 8);
        Self { pas, fin: pas * ((mesure + pas - 1) / pas).max(1) }
    }

    const fn millieme(&self, mesure: i64) -> i64 {
        (mesure * 1_000 + self.fin / 2) / self.fin
    }

    fn graduations(&self, pourcents: bool) -> Vec<Graduation> {
        let marques = (0..=self.fin / self.pas).map(|rang| rang * self.pas);
        let suffixe = if pourcents { "\u{202F}%" } else { "" };
        marques
            .map(|mesure| Graduation { texte: format!("{}{suffixe}", nombres::entier(mesure / 100)), place: self.millieme(mesure) })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metier::infocentre::model::rapport::{Masque, exemple};

    #[test]
    fn un_axe_a_des_marques_rondes() {
        let marques =
            |mesure, pourcents| Axe::jusqu_a(mesure, pourcents).graduations(pourcents).into_iter().map(|g| g.texte).collect::<Vec<_>>();
        assert_eq!(
            marques(370_000, false),
            ["0", "500", "1\u{202F}000", "1\u{202F}500", "2\u{202F}000", "2\u{202F}500", "3\u{202F}000", "3\u{202F}500", "4\u{202F}000"]
        );
        assert_eq!(marques(300, false), ["0", "1", "2", "3"]);
        assert_eq!(marques(0, false), ["0", "1"]);
        assert_eq!(marques(5_092, true), ["0\u{202F}%", "20\u{202F}%", "40\u{202F}%", "60\u{202F}%", "80\u{202F}%", "100\u{202F}%"]);
    }

    #[test]
    fn un_nombre_masque_n_a_pas_de_longueur() {
        let mut rapport = exemple::rapport();
        let chapitre = &mut rapport.chapitres[3];
        chapitre.tableaux[0].lignes[0].cellules[1] = Cellule::Masquee(Masque::Petite);
        let trace = de(&chapitre.figures[0], &chapitre.tableaux[0]);
        assert_eq!(trace.points[0].valeurs[0], Valeur { texte: "<\u{A0}11".to_owned(), longueur: None });
        assert_eq!(trace.points[0].somme, None, "la somme rendrait le nombre masqué");
        assert!(trace.points[1].valeurs.iter().all(|valeur| valeur.longueur.is_some()));
    }

    #[test]
    fn les_barres_bout_a_bout_tiennent_dans_l_axe() {
        let rapport = exemple::rapport();
        for (chapitre, figure) in rapport.chapitres.iter().flat_map(|c| c.figures.iter().map(move |f| (c, f))) {
            let tableau = chapitre.tableaux.iter().find(|t| t.code == figure.tableau).unwrap();
            let trace = de(figure, tableau);
            let longueurs = |point: &Point| point.valeurs.iter().filter_map(|v| v.longueur).collect::<Vec<_>>();
            for point in &trace.points {
                let portee: i64 = if figure.genre == GenreFigure::BarresEmpilees {
                    longueurs(point).iter().sum()
                } else {
                    *longueurs(point).iter().max().unwrap()
                };
                assert!((0..=1_002).contains(&portee), "{} {portee}", figure.code);
            }
            assert_eq!(trace.graduations.last().unwrap().place, 1_000);
        }
    }
}
