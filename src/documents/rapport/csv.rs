//! The report as one long table, a row a number: what a statistical tool reads without being told about chapters.
//!
//! The first rows, of the table `rapport`, say which report it is. A withheld number has no value and says why.

use super::verifier;
use crate::{
    documents::DocumentError,
    kernel::{
        Panne,
        csv::{Case, Table},
    },
    metier::infocentre::model::{
        Rapport, Ratio,
        rapport::{Cellule, Chapitre, Colonne, Ligne, Tableau},
    },
};

const ENTETES: [&str; 14] = [
    "chapitre",
    "tableau",
    "rang",
    "cle",
    "ligne",
    "niveau",
    "dans",
    "colonne",
    "intitule",
    "valeur",
    "numerateur",
    "denominateur",
    "unite",
    "secret",
];

/// The table of a report.
pub fn composer(rapport: &Rapport) -> Result<Vec<u8>, DocumentError> {
    verifier(rapport)?;
    ecrire(rapport).map_err(|e| DocumentError::Donnees(e.to_string()))
}

fn ecrire(rapport: &Rapport) -> Result<Vec<u8>, Panne> {
    let mut table = Table::new(ENTETES.map(Case::texte).into())?;
    for (code, valeur) in en_tete(rapport) {
        let mut cases = vec![Case::vide(); ENTETES.len()];
        for (place, case) in [(1, Case::texte("rapport")), (7, Case::texte(code)), (9, valeur), (12, Case::texte("texte"))] {
            if let Some(vide) = cases.get_mut(place) {
                *vide = case;
            }
        }
        table.ligne(cases)?;
    }
    for chapitre in &rapport.chapitres {
        for tableau in &chapitre.tableaux {
            for (rang, ligne) in (1..).zip(&tableau.lignes) {
                // The first column names the row, and every row of the file repeats it.
                for (colonne, cellule) in tableau.colonnes.iter().zip(&ligne.cellules).skip(1) {
                    table.ligne(cases(chapitre, tableau, (rang, ligne), colonne, cellule))?;
                }
            }
        }
    }
    table.octets()
}

/// What says which report it is.
fn en_tete(rapport: &Rapport) -> Vec<(&'static str, Case)> {
    let instantane = rapport.instantane.as_ref();
    let remplace = rapport.remplace.as_ref();
    [
        ("titre", Some(Case::texte(&rapport.titre))),
        ("region", Some(Case::texte(&rapport.region))),
        ("du", Some(Case::texte(rapport.periode.du().to_string()))),
        ("au", Some(Case::texte(rapport.periode.au().to_string()))),
        ("etabli_le", Some(Case::texte(rapport.etabli_le.to_rfc3339()))),
        ("version", rapport.version.map(Case::entier)),
        ("remplace", remplace.map(|remplace| Case::entier(remplace.version))),
        ("mention", rapport.mention.as_ref().map(Case::texte)),
        ("version_dictionnaire", Some(Case::texte(&rapport.version_dictionnaire))),
        ("instantane", instantane.map(|i| Case::texte(i.id.to_string()))),
        ("instantane_etabli_le", instantane.map(|i| Case::texte(i.etabli_le.to_rfc3339()))),
        ("instantane_empreinte", instantane.map(|i| Case::texte(&i.empreinte))),
        ("seuil_du_secret", rapport.secret.map(|secret| Case::entier(secret.seuil))),
    ]
    .into_iter()
    .filter_map(|(code, case)| Some((code, case?)))
    .collect()
}

fn cases(chapitre: &Chapitre, tableau: &Tableau, (rang, ligne): (i64, &Ligne), colonne: &Colonne, cellule: &Cellule) -> Vec<Case> {
    let nom = match ligne.cellules.first() {
        Some(Cellule::Texte(nom)) => nom.as_str(),
        Some(_) | None => "",
    };
    let terme = |choix: fn(&Ratio) -> i64| match cellule {
        Cellule::Quotient(ratio) | Cellule::Pourcentage(ratio) => Case::entier(choix(ratio)),
        Cellule::Texte(_) | Cellule::Entier(_) | Cellule::Date(_) | Cellule::Jours(_) | Cellule::Masquee(_) | Cellule::Absente => {
            Case::vide()
        }
    };
    let secret = match cellule {
        Cellule::Masquee(masque) => Case::texte(masque.as_str()),
        _ => Case::vide(),
    };
    vec![
        Case::texte(&chapitre.code),
        Case::texte(&tableau.code),
        Case::entier(rang),
        Case::texte(&ligne.cle),
        Case::texte(nom),
        Case::texte(ligne.niveau.as_str()),
        Case::texte(ligne.parent.as_deref().unwrap_or_default()),
        Case::texte(&colonne.code),
        Case::texte(&colonne.titre),
        valeur(cellule),
        terme(|ratio| ratio.numerateur),
        terme(|ratio| ratio.denominateur),
        Case::texte(colonne.nature.unite()),
        secret,
    ]
}

fn valeur(cellule: &Cellule) -> Case {
    match cellule {
        Cellule::Texte(texte) => Case::texte(texte),
        Cellule::Entier(nombre) | Cellule::Jours(nombre) => Case::entier(*nombre),
        Cellule::Quotient(ratio) | Cellule::Pourcentage(ratio) => ratio.valeur.as_deref().map_or_else(Case::vide, Case::decimal),
        Cellule::Date(jour) => Case::texte(jour.to_string()),
        Cellule::Masquee(_) | Cellule::Absente => Case::vide(),
    }
}
