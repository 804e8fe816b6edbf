use super::*;

fn maintenant() -> Instant {
    "2026-03-02T09:00:00Z".parse().unwrap()
}

fn instantane(n: u128) -> InstantaneId {
    Uuid::from_u128(n).into()
}

fn centre(n: u128) -> Centre3cId {
    Uuid::from_u128(n).into()
}

fn ouverte() -> Campagne {
    Campagne::ouvrir(Uuid::nil().into(), 2025, maintenant()).unwrap()
}

fn decision() -> Decision {
    Decision { instantane: instantane(1), le: maintenant() }
}

fn comptes(cr: i64, reunions: i64) -> Comptes {
    let numerateurs = BTreeMap::from([(Indicateur::NbCr, cr), (Indicateur::NbReunions, reunions)]);
    Comptes { numerateurs, ..Comptes::default() }
}

#[test]
fn une_campagne_porte_sur_une_annee_passee_ou_en_cours() {
    for (annee, admise) in [(1999, false), (2000, true), (2025, true), (2026, true), (2027, false)] {
        assert_eq!(Campagne::ouvrir(Uuid::nil().into(), annee, maintenant()).is_ok(), admise, "{annee}");
    }
}

#[test]
fn une_campagne_va_de_l_extraction_a_la_publication_et_recommence() {
    let campagne = ouverte();
    assert!(matches!(campagne.en_validation(), Err(CampagneError::SansExtraction)));
    assert!(matches!(campagne.clone().publier(maintenant()), Err(CampagneError::SansExtraction)));
    let campagne = campagne.extraire(instantane(1), maintenant());
    assert_eq!(campagne.etat, Etat::EnValidation(instantane(1)));
    let campagne = campagne.publier(maintenant()).unwrap();
    assert_eq!(campagne.etat, Etat::Publiee(instantane(1)));
    assert!(matches!(campagne.clone().publier(maintenant()), Err(CampagneError::DejaPubliee)));
    assert!(matches!(campagne.en_validation(), Err(CampagneError::DejaPubliee)));
    let campagne = campagne.extraire(instantane(2), maintenant());
    assert_eq!((campagne.etat, campagne.version), (Etat::EnValidation(instantane(2)), 4));
}

#[test]
fn un_etat_se_relit_avec_son_extraction_et_pas_sans() {
    for etat in [Etat::Ouverte, Etat::EnValidation(instantane(1)), Etat::Publiee(instantane(1))] {
        assert_eq!(Etat::lire(etat.nom(), etat.instantane()), Some(etat));
    }
    assert_eq!(Etat::lire(EtatCampagne::Publiee, None), None);
    for etat in [Validation::AValider, Validation::ACorriger(decision()), Validation::Validee(decision())] {
        assert_eq!(Validation::lire(etat.nom(), etat.decision()), Some(etat));
    }
    assert_eq!(Validation::lire(EtatPage::Validee, None), None);
}

#[test]
fn une_page_validee_peut_encore_demander_une_correction() {
    let page = PageCampagne::nouvelle(Uuid::nil().into(), centre(1), true);
    assert!(page.attendue());
    let page = page.valider(decision()).unwrap();
    assert!(!page.attendue());
    assert!(matches!(page.clone().valider(decision()), Err(CampagneError::PageValidee)));
    let page = page.demander_correction(decision());
    assert!(page.attendue());
    assert!(!page.clone().valider(decision()).unwrap().attendue(), "le 3C revient sur sa demande");
    let page = page.remise_a_valider(false);
    assert_eq!((page.validation, page.version, page.attendue()), (Validation::AValider, 4, false));
}

#[test]
fn deux_extractions_se_comparent_3c_par_3c() {
    let avant = BTreeMap::from([(centre(1), comptes(10, 2)), (centre(2), comptes(5, 1)), (centre(4), Comptes::default())]);
    let apres = BTreeMap::from([(centre(1), comptes(11, 2)), (centre(2), comptes(5, 1)), (centre(3), comptes(0, 1))]);
    let ecarts = comparer(&avant, &apres);
    assert_eq!(ecarts.iter().map(|e| e.centre_3c_id).collect::<Vec<_>>(), [centre(1), centre(3)], "ni celui qui n'a pas changé, ni un vide");
    let cr = ecarts[0].ecarts.iter().find(|e| e.indicateur == Indicateur::NbCr).unwrap();
    assert_eq!((&cr.avant, &cr.apres), (&Mesure::Nombre(10), &Mesure::Nombre(11)));
    assert!(ecarts[0].ecarts.iter().all(|e| e.indicateur != Indicateur::NbReunions));
    assert!(comparer(&apres, &apres).is_empty());
    assert!(active(&apres, centre(3)) && !active(&apres, centre(4)));
}

#[test]
fn des_ecarts_gardes_se_relisent() {
    let ecarts = comparer(&BTreeMap::new(), &BTreeMap::from([(centre(1), comptes(10, 2))]));
    let texte = serde_json::to_value(&ecarts).unwrap();
    assert_eq!(serde_json::from_value::<Vec<EcartsCentre>>(texte).unwrap(), ecarts);
}
