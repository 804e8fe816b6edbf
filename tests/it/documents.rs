//! Documents that leave: the archive in the mail, its download, and the export of a meeting.

use crate::support::{
    Banc,
    scene::{Scene, chimiotherapie, complete},
};
use dcc::{
    app,
    commandes::exporter::{Bilan, exporter},
    db::schema::trace,
    jobs::runner,
    kernel::ids::{CompteRenduId, ReunionId},
    kernel::texte::sha256,
    messagerie::{Courrier, Expediteur, memoire::Memoire},
};
use diesel::prelude::*;
use std::{collections::BTreeSet, fs, sync::Arc};

/// A validated meeting of one case, whose documents are not rendered yet.
fn valide(scene: &Scene<'_>) -> (ReunionId, CompteRenduId) {
    let reunion = scene.reunion("2026-03-05T17:00:00Z", None);
    let cas = scene.inscrire(&reunion, &scene.fiche("Lefèvre", "1960-05-20", complete()));
    scene.ouvrir(&reunion);
    scene.reunir(&reunion);
    scene.secretaire.post(&format!("{cas}/discussion"), serde_json::json!({ "proposition": chimiotherapie() })).est(200);
    scene.clore(&reunion);
    let version = scene.responsable.get(&reunion).est(200).version();
    let resumes = scene.responsable.poster_si(&format!("{reunion}/validation"), version).est(200).corps;
    (reunion.rsplit('/').next().unwrap().parse().unwrap(), resumes[0]["id"].as_str().unwrap().parse().unwrap())
}

fn travailler(banc: &Banc) -> Vec<Courrier> {
    let memoire = Arc::new(Memoire::default());
    let expediteur = Arc::clone(&memoire) as Arc<dyn Expediteur>;
    runner::vider(&banc.etat.db, &app::ouvrier(&banc.etat.config, expediteur).unwrap()).unwrap();
    memoire.courriers()
}

fn entete<'c>(courrier: &'c Courrier, nom: &str) -> Option<&'c str> {
    courrier.entetes.iter().find(|(n, _)| *n == nom).map(|(_, valeur)| valeur.as_str())
}

sur_les_deux_bases! {
    fn une_version_avec_archive_part_selon_la_regle_nationale(banc) {
        let scene = Scene::nouvelle(banc);
        let (_, compte_rendu) = valide(&scene);
        let adresse = format!("/api/v1/comptes-rendus/{compte_rendu}/ihe_xdm.zip");
        scene.responsable.get(&adresse).refuse(409, "document-en-preparation");
        let courriers: Vec<Courrier> = travailler(banc).into_iter().filter(|courrier| !courrier.pieces.is_empty()).collect();
        let archive = scene.responsable.get(&adresse).est(200);
        assert_eq!(archive.entete("content-type"), "application/zip");
        assert!(!courriers.is_empty());
        for courrier in courriers {
            assert_eq!(courrier.sujet, "XDM/1.0/DDM+CR de concertation pluridisciplinaire LEFEVRE Claude 20/05/1960");
            assert_eq!((entete(&courrier, "X-MSS-CODECDA"), entete(&courrier, "X-MSS-INS")), (Some("34794-8"), Some("N")));
            assert!(entete(&courrier, "Disposition-Notification-To").is_some());
            let pieces: Vec<&str> = courrier.pieces.iter().map(|piece| piece.nom.as_str()).collect();
            assert_eq!(pieces.first(), Some(&"IHE_XDM.zip"));
            assert!(pieces.contains(&"20260305_CR de concertation pluridisciplinaire_LEFEVRE_CLAUDE.pdf"), "{pieces:?}");
            assert_eq!(courrier.pieces[0].octets, archive.octets);
            assert!(!courrier.texte.contains("Lefèvre"));
        }
    }

    fn les_documents_d_une_reunion_s_exportent_sans_rien_ecraser(banc) {
        let scene = Scene::nouvelle(banc);
        let (reunion, _) = valide(&scene);
        let dossier = banc.dossier().join("export");
        let avant = exporter(&banc.etat.db, reunion, &banc.dossier().join("trop-tot")).unwrap();
        assert_eq!(avant, Bilan { comptes_rendus: 1, ecrits: 0, deja_la: 0, en_preparation: 1 });
        travailler(banc);
        let bilan = exporter(&banc.etat.db, reunion, &dossier).unwrap();
        assert!(bilan.ecrits >= 3 && bilan.deja_la == 0 && bilan.en_preparation == 0, "{bilan:?}");

        let mut lecteur = csv::Reader::from_path(dossier.join("index.csv")).unwrap();
        let lignes: Vec<csv::StringRecord> = lecteur.records().map(Result::unwrap).collect();
        assert_eq!(lignes.len(), bilan.ecrits);
        for ligne in &lignes {
            let octets = fs::read(dossier.join(&ligne[4]).join(&ligne[5])).unwrap();
            assert_eq!((ligne[6].to_owned(), ligne[7].to_owned()), (octets.len().to_string(), sha256(&octets)));
        }
        let genres: BTreeSet<&str> = lignes.iter().map(|ligne| &ligne[3]).collect();
        assert!(genres.is_superset(&BTreeSet::from(["pdf", "cda", "xdm"])), "{genres:?}");

        assert_eq!(exporter(&banc.etat.db, reunion, &dossier).unwrap(), Bilan { ecrits: 0, deja_la: bilan.ecrits, ..bilan });
        let pdf = lignes.iter().find(|ligne| &ligne[3] == "pdf").map(|ligne| dossier.join(&ligne[4]).join(&ligne[5])).unwrap();
        fs::write(&pdf, b"autre chose").unwrap();
        fs::remove_file(dossier.join("index.csv")).unwrap();
        let refus = exporter(&banc.etat.db, reunion, &dossier).unwrap_err().to_string();
        assert!(refus.contains("/pdf existe déjà avec un autre contenu") && !refus.contains("LEFEVRE"), "{refus}");
        assert_eq!(fs::read(&pdf).unwrap(), b"autre chose");
        assert!(!dossier.join("index.csv").exists());

        let traces: Vec<Option<String>> = banc.systeme(move |op| {
            let exports = trace::table.filter(trace::action.eq("exporter")).filter(trace::patient_id.is_not_null());
            Ok(exports.select(trace::objet_type.nullable()).load(op.conn)?)
        });
        assert_eq!(traces.len(), 4);
    }
}
