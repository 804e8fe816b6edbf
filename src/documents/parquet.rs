//! A frozen list as Apache Parquet, compressed with Snappy: typed columns that outside tools read as they are.

use crate::{
    kernel::Panne,
    metier::infocentre::model::instantane::{GenreColonne, ListeFigee},
};
use chrono::{DateTime, NaiveDate};
use parquet::{
    basic::Compression,
    data_type::{BoolType, ByteArray, ByteArrayType, Int32Type, Int64Type},
    errors::ParquetError,
    file::{properties::WriterProperties, writer::SerializedFileWriter},
    schema::parser::parse_message_type,
};
use std::sync::Arc;

/// The file. Every column may be empty.
pub fn composer(liste: &ListeFigee) -> Result<Vec<u8>, Panne> {
    let champs: Vec<String> =
        liste.colonnes.iter().map(|(nom, genre)| format!("OPTIONAL {} {nom}{};", physique(*genre), sens(*genre))).collect();
    let schema = parse_message_type(&format!("message {} {{ {} }}", liste.nom, champs.join(" "))).map_err(panne)?;
    let proprietes = WriterProperties::builder().set_compression(Compression::SNAPPY).set_created_by("dcc".to_owned()).build();
    let mut octets = Vec::new();
    let mut fichier = SerializedFileWriter::new(&mut octets, Arc::new(schema), Arc::new(proprietes)).map_err(panne)?;
    let mut groupe = fichier.next_row_group().map_err(panne)?;
    for (rang, (nom, genre)) in liste.colonnes.iter().enumerate() {
        let valeurs: Vec<Option<&str>> = liste.lignes.iter().map(|ligne| ligne.get(rang).and_then(Option::as_deref)).collect();
        let presences: Vec<i16> = valeurs.iter().map(|valeur| i16::from(valeur.is_some())).collect();
        let presentes = valeurs.into_iter().flatten();
        let illisible = |texte: &str| Panne::dire(format!("{} : « {texte} » n'est pas de la colonne {nom}", liste.nom));
        let mut colonne = groupe.next_column().map_err(panne)?.ok_or_else(|| Panne::dire(format!("colonne {nom} sans place")))?;
        let ecrites = match genre {
            GenreColonne::Texte => {
                let textes: Vec<ByteArray> = presentes.map(ByteArray::from).collect();
                colonne.typed::<ByteArrayType>().write_batch(&textes, Some(&presences), None)
            }
            GenreColonne::Entier => {
                let nombres = presentes.map(|texte| texte.parse().map_err(|_| illisible(texte))).collect::<Result<Vec<i64>, _>>()?;
                colonne.typed::<Int64Type>().write_batch(&nombres, Some(&presences), None)
            }
            GenreColonne::Vrai => {
                let vrais: Vec<bool> = presentes.map(|texte| texte == "1").collect();
                colonne.typed::<BoolType>().write_batch(&vrais, Some(&presences), None)
            }
            GenreColonne::Jour => {
                let jours = presentes.map(|texte| jour(texte).ok_or_else(|| illisible(texte))).collect::<Result<Vec<i32>, _>>()?;
                colonne.typed::<Int32Type>().write_batch(&jours, Some(&presences), None)
            }
            GenreColonne::Moment => {
                let moments = presentes.map(|texte| texte.parse::<i64>().map(|s| s * 1_000).map_err(|_| illisible(texte)));
                colonne.typed::<Int64Type>().write_batch(&moments.collect::<Result<Vec<i64>, _>>()?, Some(&presences), None)
            }
        };
        ecrites.map_err(panne)?;
        colonne.close().map_err(panne)?;
    }
    groupe.close().map_err(panne)?;
    fichier.close().map_err(panne)?;
    Ok(octets)
}

const fn physique(genre: GenreColonne) -> &'static str {
    match genre {
        GenreColonne::Texte => "BYTE_ARRAY",
        GenreColonne::Entier | GenreColonne::Moment => "INT64",
        GenreColonne::Vrai => "BOOLEAN",
        GenreColonne::Jour => "INT32",
    }
}

const fn sens(genre: GenreColonne) -> &'static str {
    match genre {
        GenreColonne::Texte => " (STRING)",
        GenreColonne::Entier | GenreColonne::Vrai => "",
        GenreColonne::Jour => " (DATE)",
        GenreColonne::Moment => " (TIMESTAMP(MILLIS,true))",
    }
}

/// Days since 1970.
fn jour(texte: &str) -> Option<i32> {
    let jour: NaiveDate = texte.parse().ok()?;
    i32::try_from(jour.signed_duration_since(DateTime::UNIX_EPOCH.date_naive()).num_days()).ok()
}

fn panne(erreur: ParquetError) -> Panne {
    Panne::new("fichier Parquet", erreur)
}

#[cfg(test)]
mod tests {
    use super::*;
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use std::io::Write;

    #[test]
    fn une_liste_se_relit_avec_ses_types_et_ses_vides() {
        let ligne = |valeurs: [Option<&str>; 5]| valeurs.map(|valeur| valeur.map(str::to_owned)).to_vec();
        let liste = ListeFigee {
            nom: "passages",
            colonnes: vec![
                ("theme", GenreColonne::Texte),
                ("age", GenreColonne::Entier),
                ("expertise", GenreColonne::Vrai),
                ("date_reunion", GenreColonne::Jour),
                ("debut", GenreColonne::Moment),
            ],
            lignes: vec![ligne([Some("sénologie"), Some("75"), Some("1"), Some("2024-02-29"), Some("1709208000")]), ligne([None; 5])],
        };
        let octets = composer(&liste).unwrap();
        assert_eq!(octets, composer(&liste).unwrap());
        let mut fichier = tempfile::tempfile().unwrap();
        fichier.write_all(&octets).unwrap();
        let lecteur = SerializedFileReader::new(fichier).unwrap();
        let lues: Vec<String> = lecteur.get_row_iter(None).unwrap().map(|ligne| ligne.unwrap().to_string()).collect();
        assert_eq!(
            lues,
            [
                "{theme: \"sénologie\", age: 75, expertise: true, date_reunion: 2024-02-29, debut: 2024-02-29 12:00:00.000 +00:00}",
                "{theme: null, age: null, expertise: null, date_reunion: null, debut: null}",
            ]
        );
    }

    #[test]
    fn une_valeur_d_un_autre_genre_est_une_panne() {
        let lignes = vec![vec![Some("vieux".to_owned())]];
        let liste = ListeFigee { nom: "passages", colonnes: vec![("age", GenreColonne::Entier)], lignes };
        assert!(composer(&liste).unwrap_err().to_string().contains("« vieux » n'est pas de la colonne age"));
    }
}
