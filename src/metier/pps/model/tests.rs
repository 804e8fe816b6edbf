use super::*;
use serde_json::json;

fn maintenant() -> Instant {
    "2026-03-20T09:00:00Z".parse().unwrap()
}

fn brouillon() -> Programme {
    Programme {
        id: "0195d0c2-0000-7000-8000-000000000001".parse().unwrap(),
        genre: GenreProgramme::Pps,
        dossier_id: "0195d0c2-0000-7000-8000-000000000002".parse().unwrap(),
        patient_id: "0195d0c2-0000-7000-8000-000000000003".parse().unwrap(),
        compte_rendu_id: None,
        set_id: "0195d0c2-0000-7000-8000-000000000004".parse().unwrap(),
        numero_version: 1,
        remplace_id: None,
        remplace_par_id: None,
        motif: None,
        etat: EtatProgramme::Brouillon,
        modele_code: "pps".into(),
        modele_version: "2026-01".into(),
        saisie: json!({}),
        completude: 0,
        remise: None,
        auteur_id: None,
        auteur_nom: "essai".into(),
        version: 1,
        cree_le: maintenant(),
        modifie_le: maintenant(),
    }
}

fn remise() -> Remise {
    let contenu = contenu::exemple(GenreProgramme::Pps);
    Remise {
        date: contenu.remise.date,
        professionnel_id: contenu.remise.professionnel.praticien_id,
        empreinte: contenu.empreinte().unwrap(),
        contenu,
    }
}

fn motif() -> MotifMiseAJour {
    MotifMiseAJour { code: "MED-560".into(), precision: None }
}

fn auteur() -> Auteur {
    Auteur { compte: None, nom: "autre".into() }
}

fn autre_id() -> ProgrammeId {
    "0195d0c2-0000-7000-8000-000000000009".parse().unwrap()
}

#[test]
fn un_brouillon_change_et_ce_qui_est_remis_ne_change_plus() {
    let change = brouillon().avec(json!({ "a": 1 }), 40, maintenant()).unwrap();
    assert_eq!((change.version, change.completude), (2, 40));
    let remis = change.remettre(remise(), 100, maintenant()).unwrap();
    assert_eq!((remis.etat, remis.version), (EtatProgramme::Remis, 3));
    assert!(matches!(remis.clone().avec(json!({}), 0, maintenant()), Err(ProgrammeError::Remis)));
    assert!(matches!(remis.remettre(remise(), 100, maintenant()), Err(ProgrammeError::Remis)));
}

#[test]
fn une_nouvelle_version_part_de_celle_qui_est_en_vigueur() {
    assert!(matches!(brouillon().nouvelle_version(autre_id(), motif(), auteur(), maintenant()), Err(ProgrammeError::NonEnVigueur)));
    let remis = brouillon().remettre(remise(), 100, maintenant()).unwrap();
    let suivante = remis.nouvelle_version(autre_id(), motif(), auteur(), maintenant()).unwrap();
    assert_eq!((suivante.numero_version, suivante.remplace_id, suivante.set_id), (2, Some(remis.id), remis.set_id));
    assert_eq!((suivante.etat, suivante.version, suivante.remise.is_none()), (EtatProgramme::Brouillon, 1, true));
    let remplace = remis.remplacer(suivante.id, maintenant()).unwrap();
    assert_eq!((remplace.etat, remplace.remplace_par_id), (EtatProgramme::Remplace, Some(suivante.id)));
    assert!(remplace.remise.is_some());
    assert!(matches!(remplace.clone().remplacer(autre_id(), maintenant()), Err(ProgrammeError::NonEnVigueur)));
    assert!(matches!(remplace.nouvelle_version(autre_id(), motif(), auteur(), maintenant()), Err(ProgrammeError::NonEnVigueur)));
}

#[test]
fn une_remise_est_faite_a_une_personne_nommee_apres_la_reunion_et_pas_demain() {
    let jour = |texte: &str| texte.parse::<NaiveDate>().unwrap();
    let saisie = |destinataire, nom: Option<&str>| RemiseSaisie {
        date: None,
        destinataire,
        destinataire_nom: nom.map(str::to_owned),
        professionnel_id: None,
        etablissement_id: None,
    };
    let fautes = |saisie: &RemiseSaisie, date: &str| -> Vec<(String, String)> {
        let fautes = saisie.fautes(jour(date), jour("2026-03-20"), Some(jour("2026-03-12")), Some(jour("2026-03-15")));
        fautes.into_iter().map(|f| (f.pointer, f.code)).collect()
    };
    let en_faute = |pointeur: &str, code: &str| vec![(pointeur.to_owned(), code.to_owned())];
    let au_patient = saisie(Destinataire::Patient, None);
    assert_eq!(fautes(&au_patient, "2026-03-20"), []);
    assert_eq!(fautes(&au_patient, "2026-03-21"), en_faute("/date", "date-a-venir"));
    assert_eq!(fautes(&au_patient, "2026-03-14"), en_faute("/date", "date-incoherente"));
    assert_eq!(fautes(&au_patient, "2026-03-11"), en_faute("/date", "date-incoherente"));
    assert_eq!(fautes(&saisie(Destinataire::RepresentantLegal, Some(" ")), "2026-03-20"), en_faute("/destinataire_nom", "obligatoire"));
    assert_eq!(fautes(&saisie(Destinataire::PersonneDeConfiance, Some("Anne Vanhove")), "2026-03-20"), []);
}

#[test]
fn le_nom_d_un_document_suit_la_regle_mssante() {
    for genre in GenreProgramme::TOUS {
        let nom = contenu::exemple(*genre).nom_du_document(GenreDocument::Pdf);
        let libelle = nom.split('_').nth(1).unwrap().to_owned();
        assert!(nom.is_ascii() && nom.ends_with(".pdf") && libelle.chars().count() <= 40, "{nom}");
    }
}

#[test]
fn un_contenu_relu_a_la_meme_empreinte() {
    for genre in GenreProgramme::TOUS {
        let contenu = contenu::exemple(*genre);
        let relu: ContenuProgramme = serde_json::from_str(&contenu.valeur().unwrap().to_string()).unwrap();
        assert_eq!(relu, contenu);
        assert_eq!(relu.empreinte().unwrap(), contenu.empreinte().unwrap());
        assert_eq!(relu.genre(), *genre);
    }
}
