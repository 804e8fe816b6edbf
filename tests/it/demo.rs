//! The first command of the README, whatever the day on which it is run.

use dcc::{config::Config, demo};
use std::fs;

#[test]
fn la_demonstration_se_prepare_et_donne_ses_acces() {
    let dossier = tempfile::tempdir().unwrap();
    let config = demo::preparer(dossier.path(), Config::default()).unwrap();
    let presentation = demo::presentation(dossier.path(), &config).unwrap();
    let mot_de_passe = fs::read_to_string(dossier.path().join("acces.txt")).unwrap();
    assert!(presentation.contains(&mot_de_passe));
    assert!(fs::read_to_string(dossier.path().join("parcours.sh")).unwrap().contains(&mot_de_passe));
    montre_chaque_genre_de_compte_rendu(&config);
    // Each account has its application of codes, of which the command gives the code of the moment.
    for identifiant in ["secretaire", "responsable", "oncologue", "analyste", "admin", "delegue"] {
        let code = demo::code(dossier.path(), identifiant).unwrap();
        assert!(code.len() == 6 && code.chars().all(|c| c.is_ascii_digit()), "{code}");
    }
    assert!(demo::code(dossier.path(), "personne").is_err());
    montre_ce_qui_est_revenu(&config);
    // A second start finds what is there.
    let avant = fs::metadata(dossier.path().join("acces.txt")).unwrap().modified().unwrap();
    demo::preparer(dossier.path(), config).unwrap();
    assert_eq!(fs::metadata(dossier.path().join("acces.txt")).unwrap().modified().unwrap(), avant);
}

/// Every branch of the documents has a case to be seen on.
fn montre_chaque_genre_de_compte_rendu(config: &Config) {
    use dcc::{
        app,
        db::{
            Demande,
            schema::{compte_rendu, diffusion, patient},
        },
        kernel::{Chance, Horloge},
    };
    use diesel::prelude::*;
    let db = app::ouvrir_la_base(config, Horloge::Systeme, Chance::Systeme).unwrap();
    db.lire_ici(&Demande::systeme("essai"), |op| {
        for statut in ["discute", "enregistre", "reporte"] {
            let combien: i64 = compte_rendu::table.filter(compte_rendu::statut_cas.eq(statut)).count().get_result(op.conn)?;
            assert!(combien > 0, "{statut}");
        }
        let corriges: i64 = compte_rendu::table.filter(compte_rendu::numero_version.gt(1)).count().get_result(op.conn)?;
        let sans_adresse: i64 = diffusion::table.filter(diffusion::adresse.is_null()).count().get_result(op.conn)?;
        let sans_medecin: i64 = patient::table.filter(patient::medecin_traitant_id.is_null()).count().get_result(op.conn)?;
        let qualifiees: i64 = patient::table.filter(patient::ins.is_not_null()).count().get_result(op.conn)?;
        let patients: i64 = patient::table.count().get_result(op.conn)?;
        assert!(corriges > 0 && sans_adresse > 0 && sans_medecin > 0, "{corriges} {sans_adresse} {sans_medecin}");
        assert!(qualifiees > 0 && qualifiees < patients, "{qualifiees} {patients}");
        Ok(())
    })
    .unwrap();
}

/// The work lists and the states show something, through the reading of the mailbox.
fn montre_ce_qui_est_revenu(config: &Config) {
    use dcc::{
        app,
        db::{
            Demande,
            schema::{diffusion, retour},
        },
        kernel::{Chance, Horloge},
        metier::diffusion::service::verification,
    };
    use diesel::prelude::*;
    let db = app::ouvrir_la_base(config, Horloge::Systeme, Chance::Systeme).unwrap();
    db.ecrire_ici(&Demande::systeme("essai"), |op| {
        for etat in ["lue", "integree", "rejetee", "refusee", "remise", "acceptee", "sans_adresse", "a_envoyer"] {
            let combien: i64 = diffusion::table.filter(diffusion::etat.eq(etat)).count().get_result(op.conn)?;
            assert!(combien > 0, "{etat}");
        }
        let inconnue = diffusion::table.filter(diffusion::etat.eq("rejetee")).select(diffusion::code_retour);
        assert_eq!(inconnue.first::<Option<String>>(op.conn)?.as_deref(), Some("5.1.1"));
        let retardees: i64 = diffusion::table.filter(diffusion::retardee_le.is_not_null()).count().get_result(op.conn)?;
        let a_examiner: i64 = retour::table.filter(retour::etat.eq("a_examiner")).count().get_result(op.conn)?;
        let d_un_programme = diffusion::table.filter(diffusion::programme_id.is_not_null()).filter(diffusion::envoyee_le.is_not_null());
        let programmes: i64 = d_un_programme.count().get_result(op.conn)?;
        assert!(retardees > 0 && a_examiner > 0 && programmes > 0, "{retardees} {a_examiner} {programmes}");
        let rapport = verification::verifier(op)?;
        assert!(rapport.compte.ecart == 0, "{rapport}");
        Ok(())
    })
    .unwrap();
}
