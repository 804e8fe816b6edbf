//! From counts to tables.

use super::{Groupes, Matiere, nom};
use crate::{
    kernel::texte::normaliser,
    metier::infocentre::model::{
        Axe, Comptes, Indicateur, Mesure, ObjetCompte,
        dictionnaire::Forme,
        instantane::Noms,
        rapport::{Cellule, Colonne, Comptage, Ligne, NatureColonne, Niveau, Relation, Reste, Tableau, Terme},
    },
};

/// Key of the row of the whole region, the same in every table.
pub(super) const ENSEMBLE: &str = "region";

/// What an indicator counts, as far as the statistical secrecy goes.
fn comptage(indicateur: Indicateur) -> Comptage {
    match indicateur.objet() {
        Some(ObjetCompte::Passage) => Comptage::Passages,
        Some(ObjetCompte::Patient) => Comptage::Patients,
        Some(ObjetCompte::Reunion | ObjetCompte::Entite | ObjetCompte::Participation | ObjetCompte::Participant) | None => Comptage::Libre,
    }
}

/// The column of an indicator.
pub(super) fn colonne(indicateur: Indicateur) -> Colonne {
    let definition = indicateur.definition();
    let propre = || Terme::propre(comptage(indicateur));
    let nature = match indicateur.forme() {
        Forme::Nombre => NatureColonne::Nombre { comptage: comptage(indicateur) },
        Forme::Taux => NatureColonne::Pourcentage { numerateur: propre(), denominateur: propre(), reste_sensible: false },
        Forme::Quotient { numerateur, denominateur, .. } => NatureColonne::Quotient {
            numerateur: Terme::de(numerateur.as_str(), comptage(numerateur)),
            denominateur: Terme::de(denominateur.as_str(), comptage(denominateur)),
        },
        // A sum of percents tells nobody apart.
        Forme::Moyenne => NatureColonne::Quotient { numerateur: Terme::propre(Comptage::Libre), denominateur: propre() },
        Forme::Somme { .. } => {
            NatureColonne::Quotient { numerateur: Terme::propre(Comptage::Libre), denominateur: Terme::propre(Comptage::Libre) }
        }
        Forme::Rang { .. } => NatureColonne::Jours { effectif: Some(Indicateur::NbCr.to_string()) },
    };
    Colonne { code: indicateur.to_string(), titre: definition.map_or_else(String::new, |d| d.nom.to_owned()), nature }
}

/// The cell of an indicator.
pub(super) fn cellule(comptes: &Comptes, indicateur: Indicateur) -> Cellule {
    match (comptes.mesure(indicateur), indicateur.forme()) {
        (Mesure::Nombre(nombre), _) => Cellule::Entier(nombre),
        (Mesure::Ratio(ratio), Forme::Taux) => Cellule::Pourcentage(ratio),
        (Mesure::Ratio(ratio), Forme::Nombre | Forme::Quotient { .. } | Forme::Moyenne | Forme::Somme { .. } | Forme::Rang { .. }) => {
            Cellule::Quotient(ratio)
        }
        (Mesure::Delai(delai), _) => delai.jours.map_or(Cellule::Absente, Cellule::Jours),
    }
}

/// A table to make of an axis.
#[derive(Clone, Copy)]
pub(super) struct Plan {
    pub(super) code: &'static str,
    pub(super) titre: &'static str,
    pub(super) entete: &'static str,
    pub(super) axe: Axe,
    pub(super) indicateurs: &'static [Indicateur],
}

/// The table of an axis: one row a group, by name or in the order of time, then the whole.
pub(super) fn tableau(matiere: &Matiere, plan: &Plan) -> Tableau {
    let vide = Groupes::default();
    mettre(matiere.axes.get(&plan.axe).unwrap_or(&vide), &matiere.instantane.noms, *plan)
}

pub(super) fn mettre(groupes: &Groupes, noms: &Noms, plan: Plan) -> Tableau {
    let mut lignes: Vec<(String, Ligne)> = groupes
        .lignes
        .iter()
        .filter(|(_, comptes)| plan.indicateurs.iter().any(|i| !nulle(&cellule(comptes, *i))))
        .map(|(cle, comptes)| {
            let nom = nom(noms, plan.axe, cle);
            let ligne = Ligne {
                cle: format!("{}:{cle}", plan.axe),
                niveau: Niveau::Detail,
                parent: Some(ENSEMBLE.to_owned()),
                cellules: cellules(&nom, comptes, plan.indicateurs),
            };
            (if ordonne(plan.axe) { cle.clone() } else { normaliser(&nom) }, ligne)
        })
        .collect();
    lignes.sort_by(|(un, a), (autre, b)| (un, &a.cle).cmp(&(autre, &b.cle)));
    let mut lignes: Vec<Ligne> = lignes.into_iter().map(|(_, ligne)| ligne).collect();
    lignes.push(Ligne {
        cle: ENSEMBLE.to_owned(),
        niveau: Niveau::Total,
        parent: None,
        cellules: cellules("Ensemble de la région", &groupes.total, plan.indicateurs),
    });
    Tableau {
        code: plan.code.to_owned(),
        titre: plan.titre.to_owned(),
        colonnes: colonnes(plan.entete, plan.indicateurs),
        lignes,
        relations: relations(plan.indicateurs),
        notes: Vec::new(),
    }
}

/// The axes whose keys are in the order in which they are read.
const fn ordonne(axe: Axe) -> bool {
    axe.pas().is_some() || matches!(axe, Axe::ClasseAge | Axe::Departement | Axe::Localisation)
}

const fn nulle(cellule: &Cellule) -> bool {
    matches!(cellule, Cellule::Absente | Cellule::Entier(0))
}

pub(super) fn colonnes(entete: &str, indicateurs: &[Indicateur]) -> Vec<Colonne> {
    let libelle = Colonne { code: "LIBELLE".to_owned(), titre: entete.to_owned(), nature: NatureColonne::Texte };
    std::iter::once(libelle).chain(indicateurs.iter().map(|indicateur| colonne(*indicateur))).collect()
}

pub(super) fn cellules(nom: &str, comptes: &Comptes, indicateurs: &[Indicateur]) -> Vec<Cellule> {
    std::iter::once(Cellule::Texte(nom.to_owned())).chain(indicateurs.iter().map(|indicateur| cellule(comptes, *indicateur))).collect()
}

/// What the columns of a table share out, for the statistical secrecy.
pub(super) fn relations(indicateurs: &[Indicateur]) -> Vec<Relation> {
    use Indicateur as I;
    // That a patient had come before is nobody's secret, and the regional reports print both columns beside each other.
    let connues = [
        (I::NbCr, &[I::NbDiscutes, I::NbEnregistres][..], Reste::Aucun),
        (I::NbPatients, &[I::NbNouveaux][..], Reste::Libre),
        (I::NbCr, &[I::NbAja][..], Reste::Sensible),
    ];
    let la = |indicateur: &I| indicateurs.contains(indicateur);
    connues
        .into_iter()
        .filter(|(total, parties, _)| la(total) && parties.iter().all(la))
        .map(|(total, parties, reste)| Relation {
            total: total.to_string(),
            parties: parties.iter().map(ToString::to_string).collect(),
            reste,
        })
        .collect()
}
