use super::*;
use crate::metier::{
    annuaire::model::TypeBal,
    annuaire_national::model::{Bal, Enregistrement},
};

const BAL: &str = "Type de BAL|Adresse BAL|Type Identifiant PP|Identifiant PP|Identification nationale PP|Type identifiant structure|Identification Structure|Service de rattachement|Civilité d'exercice|Nom d'exercice|Prénom d'exercice|Catégorie profession|Libellé de catégorie profession|Code Profession|Libellé Profession|Code savoir-faire|Libellé savoir-faire|Dématérialisation|Raison Sociale structure BAL|Enseigne commerciale structure BAL|L2COMPLEMENTLOCALISATION|L3COMPLEMENTDISTRIBUTION|L4NUMEROVOIE|L4COMPLEMENTNUMEROVOIE|NL4TYPEVOIE|L4LIBELLEVOIE|L5LIEUDITMENTION|L6LIGNEACHEMINEMENT|Code postal|Département|Pays";
const LIGNE_BAL: &str = "PER|anne.delta@Medecin-Recette.mssante.fr|8|10099990045|810099990045||||MME|DELTA|Anne|C|Civil|10|Médecin|SM54|Médecine générale (SM)|O||||||||||75001 PARIS|75001|75|FR";

fn bals(entete: &str, ligne: &[u8]) -> Result<Enregistrement<Bal>, LigneRefusee> {
    let entete = Entete::lire(entete.as_bytes()).unwrap();
    let mut lignes = Lignes::vides(entete.genre());
    entete.ajouter(ligne, &mut lignes)?;
    let Lignes::Bal(mut lues) = lignes else { panic!("un autre genre") };
    Ok(lues.pop().unwrap())
}

#[test]
fn une_boite_se_lit_avec_ou_sans_separateur_final_marque_ni_fin_de_ligne() {
    let simple = bals(BAL, LIGNE_BAL.as_bytes()).unwrap();
    assert_eq!((simple.contenu.type_bal, simple.contenu.adresse.as_str()), (TypeBal::Per, "anne.delta@medecin-recette.mssante.fr"));
    assert_eq!(simple.contenu.identification.as_deref(), Some("810099990045"));
    for (entete, ligne) in [
        (format!("\u{feff}{BAL}|\r\n"), format!("{LIGNE_BAL}|\r\n")),
        (format!("{BAL}\n"), format!("{LIGNE_BAL}|\n")),
        (format!("{BAL}|\n"), LIGNE_BAL.to_owned()),
    ] {
        assert_eq!(bals(&entete, ligne.as_bytes()).unwrap(), simple);
    }
}

#[test]
fn les_colonnes_se_lisent_par_leur_nom_ou_qu_elles_soient() {
    let a_l_envers = |texte: &str| texte.split('|').rev().collect::<Vec<_>>().join("|");
    let entete = a_l_envers(BAL).replace("Code savoir-faire", "CODE  SAVOIR FAIRE (coord. structure)");
    assert_eq!(bals(&entete, a_l_envers(LIGNE_BAL).as_bytes()).unwrap(), bals(BAL, LIGNE_BAL.as_bytes()).unwrap());
    let plus = format!("Colonne nouvelle|{BAL}");
    assert_eq!(bals(&plus, format!("x|{LIGNE_BAL}").as_bytes()).unwrap(), bals(BAL, LIGNE_BAL.as_bytes()).unwrap());
}

#[test]
fn un_guillemet_est_une_lettre_dans_un_fichier_a_barres() {
    let ligne = LIGNE_BAL.replace("DELTA", "DELTA \"DITE");
    assert_eq!(bals(BAL, ligne.as_bytes()).unwrap().contenu.nom.as_deref(), Some("DELTA \"DITE"));
    let ligne = LIGNE_BAL.replace("DELTA", "\"DELTA");
    assert_eq!(bals(BAL, ligne.as_bytes()).unwrap().contenu.nom.as_deref(), Some("\"DELTA"));
}

#[test]
fn une_ligne_hostile_est_refusee_avec_son_motif() {
    let refus = |ligne: &[u8]| bals(BAL, ligne).unwrap_err();
    assert_eq!(refus(b""), LigneRefusee::Colonnes { attendues: 31, lues: 1 });
    assert_eq!(refus(format!("{LIGNE_BAL}|x").as_bytes()), LigneRefusee::Colonnes { attendues: 31, lues: 32 });
    assert_eq!(refus(&[LIGNE_BAL.as_bytes(), b"\xff"].concat()), LigneRefusee::Encodage);
    assert_eq!(refus(LIGNE_BAL.replace("DELTA", "DEL\0TA").as_bytes()), LigneRefusee::Controle);
    assert_eq!(refus(LIGNE_BAL.replace("PER|", "MOI|").as_bytes()), LigneRefusee::Valeur("Type de BAL"));
    assert_eq!(refus(LIGNE_BAL.replace('@', " ").as_bytes()), LigneRefusee::Adresse);
    assert_eq!(refus(LIGNE_BAL.replace("|810099990045|", "||").as_bytes()), LigneRefusee::Vide("Identification nationale PP"));
    assert_eq!(refus(LIGNE_BAL.replace("DELTA", &"D".repeat(501)).as_bytes()), LigneRefusee::ChampTropLong("Nom d'exercice"));
}

#[test]
fn une_structure_se_lit_dans_ses_deux_encodages_et_avec_ses_guillemets() {
    let entete = Entete::lire(b"nofinesset;nofinessej;rs;rslongue;codepostal;libelle_routage;categetab").unwrap();
    let lire = |ligne: &[u8]| {
        let mut lignes = Lignes::vides(GenreFichier::Structures);
        entete.ajouter(ligne, &mut lignes).map(|()| {
            let Lignes::Structures(mut lues) = lignes else { panic!("un autre genre") };
            lues.pop().unwrap().contenu
        })
    };
    let utf8 = lire("590000014;590000022;CH;Centre hospitalier d'été;59000;LILLE;355".as_bytes()).unwrap();
    assert_eq!(lire(b"590000014;590000022;CH;Centre hospitalier d'\xe9t\xe9;59000;LILLE;355\r\n").unwrap(), utf8);
    assert_eq!(lire(b"590000014;;CH;\"Centre ; \"\"Nord\"\"\";59000;LILLE;355").unwrap().raison_sociale, "Centre ; \"Nord\"");
    assert_eq!(lire(b"590000014;;\"CH;;59000;LILLE;355").unwrap().raison_sociale, "\"CH");
    assert_eq!(lire(b"59-000014;;CH;;59000;LILLE;355"), Err(LigneRefusee::Valeur("nofinesset")));
    assert_eq!(lire(b"590000014;;;;59000;LILLE;355"), Err(LigneRefusee::Vide("rs")));
}

#[test]
fn un_en_tete_inconnu_dit_ce_qui_lui_manque() {
    let sans_adresse = BAL.replace("Adresse BAL|", "");
    let erreur = Entete::lire(sans_adresse.as_bytes()).unwrap_err();
    assert_eq!(erreur, EnteteInconnu::Inconnu { genre: GenreFichier::Bal, manquantes: "Adresse BAL".to_owned() });
    assert_eq!(Entete::lire(b"\xff\xfe").unwrap_err(), EnteteInconnu::Illisible);
    assert!(matches!(Entete::lire(format!("{BAL}|Pays").as_bytes()), Err(EnteteInconnu::EnDouble(_))));
    assert!(matches!(Entete::lire(b""), Err(EnteteInconnu::Inconnu { .. })));
}

#[test]
fn la_cle_d_une_personne_se_range_par_son_numero() {
    use crate::metier::annuaire_national::model::debut_de_cle;
    assert!(debut_de_cle("810099990045") < debut_de_cle("810099990052"));
    assert!(debut_de_cle("2A0000014") > debut_de_cle("999999999"));
    assert_ne!(debut_de_cle("a@mssante.fr"), debut_de_cle("b@mssante.fr"));
}
