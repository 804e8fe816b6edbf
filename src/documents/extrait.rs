//! The archive of an extract for research: tables, what is said of them, and of the k-anonymity. The same extract gives the
//! same bytes.

use super::{DocumentError, xdm::zipper};
use crate::{
    kernel::texte::sha256,
    metier::recherche::model::{
        dictionnaire::{Absente, Dictionnaire},
        extrait::{Extrait, TableRemplie},
        manifeste::{Fichier, Manifeste},
    },
};
use serde::Serialize;

/// Makes the archive.
pub fn archiver(extrait: &Extrait, mut manifeste: Manifeste, dictionnaire: &Dictionnaire) -> Result<Vec<u8>, DocumentError> {
    let mut fichiers = Vec::new();
    for table in &extrait.tables {
        manifeste.lignes.insert(table.forme.nom.clone(), table.lignes.len());
        fichiers.push((format!("{}.csv", table.forme.nom), csv(table)?));
    }
    fichiers.push(("anonymat.json".to_owned(), json(&extrait.rapport)?));
    fichiers.push(("LISEZ-MOI.txt".to_owned(), lisez_moi(extrait, &manifeste, dictionnaire).into_bytes()));
    for (nom, octets) in &fichiers {
        manifeste.fichiers.insert(nom.clone(), Fichier { octets: octets.len(), sha256: sha256(octets) });
    }
    fichiers.push(("manifeste.json".to_owned(), json(&manifeste)?));
    zipper(&fichiers).map_err(|e| DocumentError::Lot(e.to_string()))
}

fn json(valeur: &impl Serialize) -> Result<Vec<u8>, DocumentError> {
    serde_json::to_vec_pretty(valeur).map_err(|e| DocumentError::Donnees(e.to_string()))
}

/// Commas, no byte order mark, as the pivot files of OSIRIS. Every cell is a code or a number: none can be a formula but a
/// negative number.
fn csv(table: &TableRemplie) -> Result<Vec<u8>, DocumentError> {
    let panne = |e: csv::Error| DocumentError::Donnees(e.to_string());
    let mut ecrit = csv::Writer::from_writer(Vec::new());
    ecrit.write_record(table.forme.colonnes.iter().map(|colonne| colonne.nom.as_str())).map_err(panne)?;
    for ligne in &table.lignes {
        let cellules = table.forme.colonnes.iter().map(|colonne| ligne.get(colonne.nom.as_str()).map_or("", String::as_str));
        ecrit.write_record(cellules).map_err(panne)?;
    }
    ecrit.into_inner().map_err(|e| DocumentError::Donnees(e.to_string()))
}

/// What is what, for a person.
fn lisez_moi(extrait: &Extrait, manifeste: &Manifeste, dictionnaire: &Dictionnaire) -> String {
    let mut texte = format!(
        "EXTRAIT PSEUDONYMISÉ POUR LA RECHERCHE\n\n\
         Projet        {} ({})\nFinalité      {}\nResponsable   {}, {}\nCadre         {}\nRemis à       {}\n\
         Période       du {} au {}\nConservation  {} jours à compter de la production ; à détruire ensuite\n\n\
         Ces données restent des données personnelles de santé. Elles ne se transmettent pas, ne se croisent pas avec un autre\n\
         fichier et ne servent qu'à cette finalité. Chercher à reconnaître un patient est interdit.\n\n\
         Les pseudonymes sont propres à ce projet. Les dates sont comptées en jours depuis le premier passage du patient dans la\n\
         période. Les patients opposés, à accès restreint ou fictifs n'y sont pas. Aucun texte libre n'est extrait.\n\
         Une colonne nommée DCC_… n'est pas d'OSIRIS. Les autres noms viennent de : {}.\n",
        manifeste.titre,
        manifeste.projet,
        manifeste.finalite,
        manifeste.responsable,
        manifeste.structure,
        manifeste.cadre,
        manifeste.destinataire,
        manifeste.du,
        manifeste.au,
        manifeste.conservation_jours,
        dictionnaire.source,
    );
    texte.push_str("\nCOLONNES\n");
    for table in &extrait.tables {
        ajouter(&mut texte, &format!("\n{}.csv\n", table.forme.nom));
        table.forme.colonnes.iter().for_each(|colonne| ajouter(&mut texte, &format!("  {} : {}\n", colonne.nom, colonne.definition)));
    }
    texte.push_str("\nCE QUI N'EST PAS REMPLI\n\n");
    let absente = |texte: &mut String, absente: &Absente| ajouter(texte, &format!("  {} : {}\n", absente.nom, absente.motif));
    for table in &dictionnaire.tables {
        table.absentes.iter().for_each(|une| absente(&mut texte, une));
    }
    dictionnaire.tables_absentes.iter().for_each(|une| absente(&mut texte, une));
    texte.push_str(
        "\nÀ lire aussi : anonymat.json (k-anonymat, ce qui a été généralisé et supprimé), manifeste.json (empreintes des fichiers).\n",
    );
    texte
}

/// Adds to a text.
fn ajouter(texte: &mut String, suite: &str) {
    texte.push_str(suite);
}
