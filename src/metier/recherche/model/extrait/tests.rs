use super::*;
use crate::metier::patient::model::Sexe;
use uuid::Uuid;

fn jour(texte: &str) -> NaiveDate {
    texte.parse().unwrap()
}

fn code(texte: &str) -> Option<Code> {
    Code::lire(texte)
}

fn passage(patient: u128, dossier: u128, date: &str) -> Passage {
    let personne = Personne { id: Uuid::from_u128(patient).into(), sexe: Sexe::Feminin, naissance: jour("1960-05-20"), deces: None };
    let tumeur = Tumeur {
        topographie: code("C18.7"),
        morphologie: code("8140/3"),
        lateralite: code("7771000"),
        diagnostic: Some(jour("2026-01-15")),
        tnm: Some(super::super::releve::Tnm { edition: code("8"), genre: Some("p"), categories: [Some("T3"), Some("N1"), Some("M0")] }),
    };
    let traitement = Traitement { code: code("C15632").unwrap(), en_cours: true, debut: Some(jour("2026-02-10")), fin: None };
    let fiche = Fiche {
        phase: code("MED-268"),
        performance: code("LA9623-5"),
        g8_demi_points: Some(27),
        tumeurs: vec![tumeur],
        traitements: vec![traitement],
        ..Fiche::default()
    };
    Passage { personne, dossier: Uuid::from_u128(dossier).into(), date: jour(date), departement: Some("59".to_owned()), fiche }
}

fn toutes(dictionnaire: &Dictionnaire) -> BTreeSet<String> {
    dictionnaire.tables.iter().flat_map(|table| &table.colonnes).filter(|c| !c.cle).map(|c| c.nom.clone()).collect()
}

fn extraire(passages: Vec<Passage>, variables: Option<&[&str]>, secret: u8) -> Option<Extrait> {
    let dictionnaire = Dictionnaire::defaut().unwrap();
    let variables = variables.map_or_else(|| toutes(&dictionnaire), |noms| noms.iter().map(|nom| (*nom).to_owned()).collect());
    let secret = Secret::lire(&[secret; 32]).unwrap();
    composer(passages, &Regles { dictionnaire: &dictionnaire, variables: &variables, k: 2, secret: &secret })
}

#[test]
fn une_ligne_remplit_toutes_les_colonnes_du_dictionnaire_et_nulle_autre() {
    let extrait = extraire(vec![passage(1, 1, "2026-03-02"), passage(2, 2, "2026-03-03")], None, 1).unwrap();
    assert_eq!(extrait.tables.len(), 4);
    for table in &extrait.tables {
        let attendues: BTreeSet<&str> = table.forme.colonnes.iter().map(|c| c.nom.as_str()).collect();
        assert_eq!(table.lignes.len(), 2, "{}", table.forme.nom);
        for ligne in &table.lignes {
            assert_eq!(ligne.keys().copied().collect::<BTreeSet<_>>(), attendues);
        }
    }
}

#[test]
fn les_dates_se_comptent_en_jours_depuis_le_premier_passage() {
    let passages = vec![passage(1, 1, "2026-03-02"), passage(1, 1, "2026-04-01"), passage(2, 2, "2026-03-02")];
    let extrait = extraire(passages, None, 1).unwrap();
    let [patients, tumeurs, tnm, traitements] = &extrait.tables[..] else { panic!() };
    let dernieres: BTreeSet<&str> = patients.lignes.iter().map(|ligne| ligne["DCC_LastNewsDate_Jours"].as_str()).collect();
    assert_eq!(dernieres, BTreeSet::from(["0", "30"]));
    let tumeur = &tumeurs.lignes[0];
    assert_eq!((tumeur["DCC_DiagnosisDate_Jours"].as_str(), tumeur["DCC_StartDate_Jours"].as_str()), ("-46", "-46"));
    assert_eq!((tumeur["TumorPathologyEvent_Type"].as_str(), tumeur["TumorPathologyEvent_G8"].as_str()), ("UMLS:C0677930", "13.5"));
    assert_eq!(tumeur["TumorPathologyEvent_Laterality"], "UMLS:C0205091");
    assert_eq!((tnm.lignes[0]["TNM_T"].as_str(), tnm.lignes[0]["TNM_Type"].as_str()), ("T3", "p"));
    assert_eq!(traitements.lignes[0]["Treatment_Type"], "UMLS:C3665472");
    assert_eq!((traitements.lignes[0]["DCC_Treatment_StartDate_Jours"].as_str(), tumeurs.lignes.len()), ("-20", 2));
    let ecrits: Vec<&String> = extrait.tables.iter().flat_map(|table| &table.lignes).flat_map(BTreeMap::values).collect();
    assert!(ecrits.iter().all(|valeur| !valeur.contains("2026-") && !valeur.contains("1960")), "{ecrits:?}");
}

#[test]
fn seul_ce_qui_est_demande_sort() {
    let passages = vec![passage(1, 1, "2026-03-02"), passage(2, 2, "2025-03-02")];
    let extrait = extraire(passages, Some(&["Patient_Gender", "TNM_T"]), 1).unwrap();
    let noms: Vec<&str> = extrait.tables.iter().map(|table| table.forme.nom.as_str()).collect();
    assert_eq!(noms, ["Patient", "TNM"]);
    assert_eq!(extrait.rapport.quasi_identifiants.len(), 1, "l'année, qui diffère, ne sort pas : elle ne gêne pas");
    assert_eq!(extrait.rapport.patients, 2);
}

#[test]
fn deux_projets_ne_se_rapprochent_pas() {
    let passages = || (1..30).map(|n| passage(n, n, "2026-03-02")).collect::<Vec<_>>();
    let pseudonymes = |secret| -> Vec<String> {
        let extrait = extraire(passages(), None, secret).unwrap();
        extrait.tables[0].lignes.iter().map(|ligne| ligne["Patient_Id"].clone()).collect()
    };
    let (un, deux) = (pseudonymes(1), pseudonymes(2));
    assert!(un.is_sorted() && un.iter().all(|p| !deux.contains(p)));
    assert_eq!(un, pseudonymes(1), "le même secret fait les mêmes pseudonymes");
}

#[test]
fn un_code_cim_10_que_la_cim_o_ecrit_autrement_ne_se_traduit_pas() {
    for (cim10, cimo) in [("C50.9", "C50.9"), ("C80", "C80"), ("C43.5", ""), ("C78.0", ""), ("D05.1", ""), ("C91.0", ""), ("C18.9+0", "")] {
        assert_eq!(topographie(code(cim10).as_ref()), cimo, "{cim10}");
    }
}
