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
    // A second start finds what is there.
    let avant = fs::metadata(dossier.path().join("acces.txt")).unwrap().modified().unwrap();
    demo::preparer(dossier.path(), config).unwrap();
    assert_eq!(fs::metadata(dossier.path().join("acces.txt")).unwrap().modified().unwrap(), avant);
}
