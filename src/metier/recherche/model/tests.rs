use super::*;

fn maintenant() -> Instant {
    "2026-03-02T09:00:00Z".parse().unwrap()
}

fn compte(n: u128) -> CompteId {
    Uuid::from_u128(n).into()
}

fn soumis() -> Projet {
    let demande = serde_json::json!({
        "titre": "Délais", "finalite": "Mesurer", "responsable": "Dr Essai", "structure": "CHU", "cadre": "MR-004",
        "du": "2025-01-01", "au": "2025-12-31", "variables": ["Patient_Gender"], "conservation_jours": 90
    });
    Projet {
        id: Uuid::nil().into(),
        demandeur: compte(1),
        demandeur_nom: "Analyste".to_owned(),
        demande: serde_json::from_value(demande).unwrap(),
        perimetre: PerimetreExtrait { region: true, ..PerimetreExtrait::default() },
        etat: Etat::Soumis,
        secret_scelle: None,
        version: 1,
        cree_le: maintenant(),
        modifie_le: maintenant(),
    }
}

fn approuve() -> Projet {
    soumis().approuver(compte(2), maintenant()).unwrap().approuver(compte(3), maintenant()).unwrap()
}

fn produit() -> Projet {
    Projet { secret_scelle: Some("v1.scelle".to_owned()), ..approuve() }.produire(maintenant()).unwrap()
}

#[test]
fn deux_autres_personnes_approuvent_un_projet() {
    assert!(matches!(soumis().approuver(compte(1), maintenant()), Err(RechercheError::Demandeur)));
    let une_fois = soumis().approuver(compte(2), maintenant()).unwrap();
    assert!(matches!(une_fois.clone().approuver(compte(2), maintenant()), Err(RechercheError::MemePersonne)));
    assert!(matches!(une_fois.clone().approuver(compte(1), maintenant()), Err(RechercheError::Demandeur)));
    assert!(matches!(une_fois.a_produire(), Err(RechercheError::Etat { etat: EtatProjet::ApprouveUneFois })));
    let approuve = une_fois.approuver(compte(3), maintenant()).unwrap();
    assert_eq!((approuve.etat.nom(), approuve.version), (EtatProjet::Approuve, 3));
    assert!(matches!(approuve.approuver(compte(4), maintenant()), Err(RechercheError::Etat { etat: EtatProjet::Approuve })));
}

#[test]
fn la_fin_d_un_projet_detruit_son_secret() {
    let clos = produit().clore(maintenant()).unwrap();
    assert_eq!((clos.etat.nom(), clos.secret_scelle.as_ref()), (EtatProjet::Clos, None));
    let revoque = produit().revoquer("Retrait de l'avis", maintenant()).unwrap();
    assert_eq!((revoque.etat.nom(), revoque.secret_scelle.as_ref()), (EtatProjet::Revoque, None));
}

#[test]
fn chaque_acte_a_ses_etats() {
    let etats = [
        soumis(),
        soumis().approuver(compte(2), maintenant()).unwrap(),
        approuve(),
        produit(),
        produit().clore(maintenant()).unwrap(),
        soumis().refuser("Hors sujet", maintenant()).unwrap(),
        produit().revoquer("Retrait", maintenant()).unwrap(),
    ];
    let admet = |acte: &dyn Fn(Projet) -> bool| etats.iter().map(|projet| u8::from(acte(projet.clone()))).collect::<Vec<_>>();
    assert_eq!(admet(&|p| p.approuver(compte(9), maintenant()).is_ok()), [1, 1, 0, 0, 0, 0, 0]);
    assert_eq!(admet(&|p| p.refuser("Non", maintenant()).is_ok()), [1, 1, 0, 0, 0, 0, 0]);
    assert_eq!(admet(&|p| p.produire(maintenant()).is_ok()), [0, 0, 1, 0, 0, 0, 0]);
    assert_eq!(admet(&|p| p.revoquer("Non", maintenant()).is_ok()), [0, 0, 1, 1, 0, 0, 0]);
    assert_eq!(admet(&|p| p.clore(maintenant()).is_ok()), [0, 0, 0, 1, 0, 0, 0]);
    assert_eq!(admet(&|p| p.a_remettre(maintenant()).is_ok()), [0, 0, 0, 1, 0, 0, 0]);
}

#[test]
fn un_extrait_ne_se_remet_plus_a_son_terme() {
    let terme = maintenant() + TimeDelta::days(90);
    assert!(produit().a_remettre(terme - TimeDelta::seconds(1)).is_ok());
    assert!(matches!(produit().a_remettre(terme), Err(RechercheError::Expire)));
}
