//! What a reader can compute from a whole report, found by exact elimination on what its tables state.

use super::{Somme, tests::determines};
use crate::metier::infocentre::model::{
    Ratio,
    rapport::{Cellule, Comptage, Masque, NatureColonne, Niveau, Rapport, RapportIncoherent, Reste, SecretApplique, Tableau, exemple},
};
use std::collections::BTreeMap;

/// A count of a report: its column (a quotient has two), and its row.
type Lieu = (String, String);

/// What a reader of a protected report cannot tell, and the sums that the report states, written from the tables alone.
fn equations_de(rapport: &Rapport) -> (BTreeMap<Lieu, usize>, Vec<BTreeMap<usize, i64>>) {
    let mut inconnues = BTreeMap::new();
    for tableau in rapport.tableaux() {
        for ligne in &tableau.lignes {
            for (colonne, cellule) in tableau.colonnes.iter().zip(&ligne.cellules) {
                let codes = codes_de(&colonne.nature, &colonne.code);
                for code in codes.into_iter().filter(|_| matches!(cellule, Cellule::Masquee(_))) {
                    let rang = inconnues.len();
                    inconnues.entry((code, ligne.cle.clone())).or_insert(rang);
                }
            }
        }
    }
    let terme = |colonne: &str, cle: &str, signe: i64| inconnues.get(&(colonne.to_owned(), cle.to_owned())).map(|rang| (*rang, signe));
    let mut equations = Vec::new();
    for tableau in rapport.tableaux() {
        for code in tableau.colonnes.iter().filter(|c| est_additive(&c.nature)).flat_map(|c| codes_de(&c.nature, &c.code)) {
            for parent in &tableau.lignes {
                let enfants: Vec<_> = tableau.lignes.iter().filter(|ligne| ligne.parent.as_ref() == Some(&parent.cle)).collect();
                if !enfants.is_empty() {
                    equations.push(enfants.iter().filter_map(|l| terme(&code, &l.cle, 1)).chain(terme(&code, &parent.cle, -1)).collect());
                }
            }
        }
        for relation in tableau.relations.iter().filter(|relation| relation.reste == Reste::Aucun) {
            for ligne in &tableau.lignes {
                let parties = relation.parties.iter().filter_map(|code| terme(code, &ligne.cle, 1));
                equations.push(parties.chain(terme(&relation.total, &ligne.cle, -1)).collect());
            }
        }
    }
    (inconnues, equations)
}

/// The counts that a column gives and no other does.
fn codes_de(nature: &NatureColonne, code: &str) -> Vec<String> {
    match nature {
        NatureColonne::Nombre { .. } => vec![code.to_owned()],
        NatureColonne::Quotient { numerateur, denominateur } | NatureColonne::Pourcentage { numerateur, denominateur, .. } => {
            let termes = [(numerateur, "haut"), (denominateur, "bas")];
            termes.into_iter().filter(|(terme, _)| terme.colonne.is_none()).map(|(_, nom)| format!("{code} {nom}")).collect()
        }
        NatureColonne::Texte | NatureColonne::Date | NatureColonne::Jours { .. } => Vec::new(),
    }
}

fn est_additive(nature: &NatureColonne) -> bool {
    match nature {
        NatureColonne::Nombre { comptage } => *comptage == Comptage::Passages,
        _ => nature.termes().is_some_and(|(un, autre)| [un, autre].iter().all(|terme| terme.comptage == Comptage::Passages)),
    }
}

fn cellule<'a>(rapport: &'a Rapport, tableau: &str, colonne: &str, ligne: &str) -> &'a Cellule {
    let tableau = rapport.tableaux().find(|t| t.code == tableau).unwrap();
    &tableau.lignes.iter().find(|l| l.cle == ligne).unwrap().cellules[tableau.rang(colonne).unwrap()]
}

/// A report of one chapter with these tables.
fn petit_rapport(tableaux: Vec<Tableau>) -> Rapport {
    let mut rapport = exemple::rapport();
    rapport.chapitres.truncate(1);
    rapport.chapitres[0].tableaux = tableaux;
    rapport.chapitres[0].figures.clear();
    rapport
}

/// A table of one count by row, with its total in « region ».
fn tableau(code: &str, colonne: &str, comptage: &str, lignes: &[(&str, i64)], total: i64) -> Tableau {
    let mut rangees: Vec<serde_json::Value> = lignes
        .iter()
        .map(|(cle, nombre)| {
            let cellules = serde_json::json!([{ "type": "texte", "valeur": cle }, { "type": "entier", "valeur": nombre }]);
            serde_json::json!({ "cle": cle, "niveau": "detail", "parent": "region", "cellules": cellules })
        })
        .collect();
    let cellules = serde_json::json!([{ "type": "texte", "valeur": "Ensemble" }, { "type": "entier", "valeur": total }]);
    rangees.push(serde_json::json!({ "cle": "region", "niveau": "total", "cellules": cellules }));
    serde_json::from_value(serde_json::json!({
        "code": code, "titre": code, "lignes": rangees,
        "colonnes": [
            { "code": "LIBELLE", "titre": "Libellé", "nature": { "genre": "texte" } },
            { "code": colonne, "titre": colonne, "nature": { "genre": "nombre", "comptage": comptage } },
        ],
    }))
    .unwrap()
}

#[test]
fn un_rapport_entier_ne_laisse_rien_calculer() {
    for graine in [2024, 2025, 7] {
        rien_ne_se_calcule(&exemple::tire_de(graine));
    }
}

fn rien_ne_se_calcule(clair: &Rapport) {
    let mut rapport = clair.clone();
    let bilan = rapport.proteger(&[]).unwrap();
    assert_eq!(rapport.secret, Some(SecretApplique { seuil: 11 }));
    assert!(bilan.petites > 20 && bilan.secondaires > 0, "{bilan:?}");
    let (inconnues, equations) = equations_de(&rapport);
    assert!(inconnues.keys().any(|(code, _)| code.ends_with("haut")), "des quotients sont masqués");
    let determines = determines(&equations);
    // The denominator of a withheld quotient may be guessed when it is not small: its numerator is what is hidden.
    let trahies: Vec<_> = inconnues.iter().filter(|((code, _), rang)| !code.ends_with("bas") && determines.contains(rang)).collect();
    assert!(trahies.is_empty(), "{trahies:?}");
    for (avant, apres) in clair.tableaux().zip(rapport.tableaux()) {
        for (avant, apres) in avant.lignes.iter().zip(&apres.lignes).flat_map(|(avant, apres)| avant.cellules.iter().zip(&apres.cellules)) {
            match apres {
                Cellule::Masquee(Masque::Petite) => assert!(matches!(avant, Cellule::Entier(1..=10)), "{avant:?}"),
                Cellule::Masquee(Masque::Secondaire) => assert!(!matches!(avant, Cellule::Absente | Cellule::Texte(_) | Cellule::Date(_))),
                montree => assert_eq!(montree, avant, "ce qui est montré n'est pas changé"),
            }
        }
    }
}

#[test]
fn le_secret_ne_prend_pas_plus_qu_il_ne_faut() {
    let mut rapport = exemple::rapport();
    let bilan = rapport.proteger(&[]).unwrap();
    // Totals and subtotals of a large region stay: nothing there is small.
    for tableau in rapport.tableaux() {
        for ligne in tableau.lignes.iter().filter(|ligne| ligne.niveau != Niveau::Detail) {
            assert!(!ligne.cellules.iter().any(|cellule| matches!(cellule, Cellule::Masquee(_))), "{} {}", tableau.code, ligne.cle);
        }
    }
    assert!((bilan.petites + bilan.secondaires) * 4 < bilan.cellules, "{bilan:?}");
}

#[test]
fn une_seconde_fois_ne_masque_rien_de_plus() {
    let mut rapport = exemple::rapport();
    let bilan = rapport.proteger(&[]).unwrap();
    let protege = rapport.clone();
    assert_eq!(rapport.proteger(&[]).unwrap(), bilan);
    assert_eq!(rapport, protege);
}

#[test]
fn aucun_petit_nombre_de_patients_n_est_montre_et_les_reunions_le_sont() {
    let mut rapport = exemple::rapport();
    rapport.proteger(&[]).unwrap();
    let mut petites_reunions = 0;
    for tableau in rapport.tableaux() {
        for (colonne, cellule) in tableau.lignes.iter().flat_map(|ligne| tableau.colonnes.iter().zip(&ligne.cellules)) {
            match (&colonne.nature, cellule) {
                (NatureColonne::Nombre { comptage: Comptage::Libre }, Cellule::Entier(nombre)) => {
                    petites_reunions += i64::from(*nombre < 11);
                }
                (NatureColonne::Nombre { comptage: Comptage::Libre }, autre) => panic!("{autre:?} : les réunions ne sont pas masquées"),
                (NatureColonne::Nombre { .. }, Cellule::Entier(nombre)) => assert!(*nombre == 0 || *nombre >= 11, "{nombre}"),
                (_, Cellule::Pourcentage(Ratio { numerateur, denominateur, .. })) => {
                    assert!([numerateur, denominateur].iter().all(|n| **n == 0 || **n >= 11), "{numerateur}/{denominateur}");
                }
                _ => {}
            }
        }
    }
    assert!(petites_reunions > 0);
}

#[test]
fn un_quotient_suit_ses_deux_termes() {
    let mut rapport = exemple::rapport();
    rapport.proteger(&[]).unwrap();
    for tableau in rapport.tableaux().filter(|t| t.code == "ACTIVITE_RCP") {
        for ligne in &tableau.lignes {
            let masquee = |code: &str| matches!(ligne.cellules[tableau.rang(code).unwrap()], Cellule::Masquee(_));
            assert_eq!(masquee("PASSAGES_PAR_PATIENT"), masquee("NB_CR") || masquee("NB_PATIENTS"), "{}", ligne.cle);
            assert_eq!(masquee("CR_PAR_REUNION"), masquee("NB_CR"), "{}", ligne.cle);
            // A median of few is withheld with the count it was computed on.
            let delai = &ligne.cellules[tableau.rang("DELAI_CR").unwrap()];
            assert!(*delai == Cellule::Absente || matches!(delai, Cellule::Masquee(_)) == masquee("NB_CR"), "{}", ligne.cle);
        }
    }
}

#[test]
fn deux_tableaux_qui_partagent_un_total_sont_proteges_ensemble() {
    // The total of the region is printed by both: masking it in one would be no use.
    let par_rcp = tableau("RCP", "NB_CR", "passages", &[("rcp:1", 5), ("rcp:2", 400)], 405);
    let par_mois = tableau("MOIS", "NB_CR", "passages", &[("mois:1", 200), ("mois:2", 205)], 405);
    let mut rapport = petit_rapport(vec![par_rcp, par_mois]);
    rapport.proteger(&[]).unwrap();
    for (table, ligne, masquee) in
        [("RCP", "rcp:1", true), ("RCP", "rcp:2", true), ("RCP", "region", false), ("MOIS", "region", false), ("MOIS", "mois:1", false)]
    {
        assert_eq!(matches!(cellule(&rapport, table, "NB_CR", ligne), Cellule::Masquee(_)), masquee, "{table} {ligne}");
    }
    let mut contradictoire = petit_rapport(vec![
        tableau("RCP", "NB_CR", "passages", &[("rcp:1", 5)], 405),
        tableau("MOIS", "NB_CR", "passages", &[("mois:1", 200)], 406),
    ]);
    assert!(matches!(contradictoire.proteger(&[]), Err(RapportIncoherent::DeuxValeurs { un: 405, autre: 406, .. })));
}

#[test]
fn une_somme_que_tout_le_monde_connait_relie_deux_tableaux() {
    let tables = || {
        vec![
            tableau("RCP", "NB_CR", "passages", &[("rcp:1", 5), ("rcp:2", 400), ("rcp:3", 30)], 435),
            tableau("THEME", "NB_CR", "passages", &[("theme:1", 405), ("theme:2", 30)], 435),
        ]
    };
    let mut sans = petit_rapport(tables());
    sans.proteger(&[]).unwrap();
    // Alone, the second RCP is protected by the third, which is the whole of its theme: the theme table gives it away.
    assert!(matches!(cellule(&sans, "RCP", "NB_CR", "rcp:3"), Cellule::Masquee(_)));
    assert_eq!(*cellule(&sans, "THEME", "NB_CR", "theme:2"), Cellule::Entier(30));
    let mut avec = petit_rapport(tables());
    let somme = |total: &str, parties: &[&str]| Somme { total: total.into(), parties: parties.iter().map(|p| (*p).to_owned()).collect() };
    avec.proteger(&[somme("theme:1", &["rcp:1", "rcp:2"]), somme("theme:2", &["rcp:3"])]).unwrap();
    let masquee = |table: &str, ligne: &str| matches!(cellule(&avec, table, "NB_CR", ligne), Cellule::Masquee(_));
    assert!(masquee("RCP", "rcp:1"));
    assert!(masquee("RCP", "rcp:2") || (masquee("THEME", "theme:1") && masquee("THEME", "theme:2") && masquee("RCP", "rcp:3")));
}

#[test]
fn des_patients_qui_se_recouvrent_ne_se_calculent_pas_par_difference() {
    // Nobody in two RCP: the difference with the total would be exact, or nearly.
    let mut sans = petit_rapport(vec![tableau("RCP", "NB_PATIENTS", "patients", &[("rcp:1", 9), ("rcp:2", 400), ("rcp:3", 50)], 459)]);
    sans.proteger(&[]).unwrap();
    let masquees = |rapport: &Rapport| {
        ["rcp:1", "rcp:2", "rcp:3", "region"].map(|ligne| matches!(cellule(rapport, "RCP", "NB_PATIENTS", ligne), Cellule::Masquee(_)))
    };
    // 459 - 400 - 50 is 9, so « < 11 » would say 9 or 10.
    assert_eq!(*cellule(&sans, "RCP", "NB_PATIENTS", "rcp:1"), Cellule::Masquee(Masque::Secondaire));
    // Fifty of them in two RCP: the difference says nothing.
    let mut avec = petit_rapport(vec![tableau("RCP", "NB_PATIENTS", "patients", &[("rcp:1", 9), ("rcp:2", 400), ("rcp:3", 50)], 409)]);
    avec.proteger(&[]).unwrap();
    assert_eq!(masquees(&avec), [true, false, false, false]);
    assert_eq!(*cellule(&avec, "RCP", "NB_PATIENTS", "rcp:1"), Cellule::Masquee(Masque::Petite));
}

#[test]
fn les_anciens_patients_ne_se_calculent_pas_des_nouveaux() {
    let mut rapport = exemple::rapport();
    rapport.proteger(&[]).unwrap();
    for (tableau, ligne) in rapport.tableaux().flat_map(|tableau| tableau.lignes.iter().map(move |ligne| (tableau, ligne))) {
        let (Some(patients), Some(nouveaux)) = (tableau.rang("NB_PATIENTS"), tableau.rang("NB_NOUVEAUX")) else { continue };
        if let (Cellule::Entier(patients), Cellule::Entier(nouveaux)) = (&ligne.cellules[patients], &ligne.cellules[nouveaux]) {
            let anciens = patients - nouveaux;
            assert!(anciens == 0 || anciens >= 11, "{} : {patients} patients dont {nouveaux} nouveaux", ligne.cle);
        }
    }
}

#[test]
fn des_parts_qui_depassent_leur_total_sont_refusees() {
    let mut rapport = petit_rapport(vec![tableau("RCP", "NB_CR", "passages", &[("rcp:1", 5), ("rcp:2", 400)], 404)]);
    assert!(matches!(rapport.proteger(&[]), Err(RapportIncoherent::Depassement { somme: 405, total: 404, .. })));
    assert_eq!(rapport.secret, None);
}

#[test]
fn ce_que_les_lignes_laissent_du_total_est_protege_aussi() {
    // The ten largest: the others make 3, which nobody prints and everybody computes.
    let mut rapport = petit_rapport(vec![tableau("RCP", "NB_CR", "passages", &[("rcp:1", 500), ("rcp:2", 400)], 903)]);
    rapport.proteger(&[]).unwrap();
    assert!(matches!(cellule(&rapport, "RCP", "NB_CR", "rcp:2"), Cellule::Masquee(Masque::Secondaire)));
}
