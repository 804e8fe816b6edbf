//! The encryption of a SQLite file: with SQLCipher nothing of it reads without its key; without SQLCipher a key stops everything.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

fn dcc(dossier: &Path, cle: Option<&Path>, arguments: &[&str]) -> Output {
    let mut commande = Command::new(env!("CARGO_BIN_EXE_dcc"));
    commande.args(arguments).current_dir(dossier).env("DCC_BASE", "sqlite://base.sqlite").env("DCC_LOG", "error");
    if let Some(cle) = cle {
        commande.env("DCC_CLE_BASE_FICHIER", cle);
    }
    commande.output().unwrap()
}

#[track_caller]
fn echoue(sortie: &Output, cause: &str) {
    let dit = String::from_utf8_lossy(&sortie.stderr).into_owned();
    assert!(!sortie.status.success() && dit.contains(cause), "{dit}");
}

/// A file that is meant to be encrypted is never written in clear.
#[cfg(not(feature = "sqlcipher"))]
#[test]
fn sans_sqlcipher_une_cle_reglee_arrete_tout_et_rien_ne_s_ecrit() {
    let dossier = tempfile::tempdir().unwrap();
    let cle = dossier.path().join("cle");
    fs::write(&cle, [7; 32]).unwrap();
    for arguments in [&["migrate"][..], &["serve"], &["worker"], &["sauvegarder", "--vers", "copie"]] {
        echoue(&dcc(dossier.path(), Some(&cle), arguments), "construit sans SQLCipher");
    }
    assert!(!dossier.path().join("base.sqlite").exists());
}

#[cfg(feature = "sqlcipher")]
mod avec_sqlcipher {
    use super::*;
    use crate::support::{
        Banc,
        base::BaseDeTest,
        scene::{Scene, complete},
    };
    use dcc::{config::Config, kernel::enveloppe};

    #[track_caller]
    fn reussit(sortie: &Output) -> String {
        let dit = String::from_utf8_lossy(&sortie.stdout).into_owned();
        assert!(sortie.status.success(), "{dit}{}", String::from_utf8_lossy(&sortie.stderr));
        dit
    }

    fn contient(fichier: &Path, marque: &[u8]) -> bool {
        fs::read(fichier).unwrap().windows(marque.len()).any(|extrait| extrait == marque)
    }

    #[test]
    fn une_base_chiffree_sert_se_sauvegarde_se_restaure_et_ne_se_lit_pas_sans_sa_cle() {
        let dossier = tempfile::tempdir().unwrap();
        let (cle, autre, courte) = (dossier.path().join("cle"), dossier.path().join("autre"), dossier.path().join("courte"));
        fs::write(&cle, [7; 32]).unwrap();
        fs::write(&autre, "ab".repeat(32)).unwrap();
        fs::write(&courte, [7; 31]).unwrap();
        let base = dossier.path().join("base.sqlite");
        echoue(&dcc(dossier.path(), Some(&courte), &["migrate"]), "32 octets");
        assert!(!base.exists());
        reussit(&dcc(dossier.path(), Some(&cle), &["migrate"]));
        {
            let url = format!("sqlite://{}", base.display());
            let banc = Banc::regle(BaseDeTest::de(url), |config| config.cle_base_fichier = Some(cle.clone()));
            let scene = Scene::nouvelle(&banc);
            let fiche = scene.fiche("Zqpatronyme", "1960-05-20", complete());
            scene.demandeur.get(&format!("/api/v1/fiches/{fiche}")).est(200);
            banc.anonyme().get("/sante/pret").est(200);
        }
        for fichier in ["base.sqlite", "base.sqlite-wal"].map(|nom| dossier.path().join(nom)).iter().filter(|f| f.exists()) {
            assert!(!contient(fichier, b"SQLite format 3"), "{}", fichier.display());
            assert!(!contient(fichier, b"Zqpatronyme") && !contient(fichier, b"CREATE TABLE"), "{}", fichier.display());
        }
        echoue(&dcc(dossier.path(), None, &["diffusion", "verifier"]), "il est chiffré");
        echoue(&dcc(dossier.path(), Some(&autre), &["diffusion", "verifier"]), "n'ouvre pas la base");
        reussit(&dcc(dossier.path(), Some(&cle), &["diffusion", "verifier"]));

        let privee = dossier.path().join("privee");
        let destinataire = enveloppe::nouvelle_cle(&privee).unwrap();
        reussit(&dcc(dossier.path(), Some(&cle), &["sauvegarder", "--vers", "copie.age", "--destinataire", &destinataire]));
        let restaurer = |cle: Option<&Path>, vers: &str| {
            let vers = format!("sqlite://{}", dossier.path().join(vers).display());
            dcc(dossier.path(), cle, &["restaurer", "--fichier", "copie.age", "--cle", privee.to_str().unwrap(), "--vers", &vers])
        };
        assert!(reussit(&restaurer(Some(&cle), "rendue.sqlite")).contains("0 écarts"));
        assert!(!contient(&dossier.path().join("rendue.sqlite"), b"Zqpatronyme"));
        echoue(&restaurer(None, "sans-cle.sqlite"), "il est chiffré");
        echoue(&restaurer(Some(&autre), "autre-cle.sqlite"), "n'ouvre pas la base");
    }

    #[test]
    fn une_base_en_clair_n_est_pas_ouverte_sous_une_cle_qui_ne_la_protege_pas() {
        let dossier = tempfile::tempdir().unwrap();
        let cle = dossier.path().join("cle");
        fs::write(&cle, [7; 32]).unwrap();
        reussit(&dcc(dossier.path(), None, &["migrate"]));
        assert!(contient(&dossier.path().join("base.sqlite"), b"SQLite format 3"));
        echoue(&dcc(dossier.path(), Some(&cle), &["migrate"]), "n'ouvre pas la base");
        let config = Config { base: "postgres://bdd/dcc".to_owned(), cle_base_fichier: Some(cle), ..Config::default() };
        assert!(config.adresse().unwrap_err().to_string().contains("pour une base SQLite"));
    }
}
