//! The ledger holds, cannot be altered, and says which row is missing when one is.

use super::*;
use dcc::metier::diffusion::{
    model::{Rapport, RegleRegistre},
    service::verification,
};
use diesel::connection::SimpleConnection;
use std::process::Command;

/// What the verification finds.
pub fn verifier(banc: &Banc) -> Rapport {
    banc.systeme(verification::verifier)
}

/// Runs an order on the database of the bench, as nobody should.
pub fn alterer(banc: &Banc, ordre: String) -> Result<(), String> {
    let mut conn = dcc::db::migrate::connexion(&dcc::db::Adresse::lire(&banc.etat.config.base).unwrap()).unwrap();
    match &mut conn {
        dcc::db::DbConn::Sqlite(c) => c.batch_execute(&ordre),
        dcc::db::DbConn::Pg(c) => c.batch_execute(&ordre),
    }
    .map_err(|e| e.to_string())
}

fn regles(banc: &Banc) -> Vec<RegleRegistre> {
    let mut regles: Vec<_> = verifier(banc).anomalies.into_iter().map(|a| a.regle).collect();
    regles.dedup();
    regles
}

sur_les_deux_bases! {
    fn la_somme_des_etats_est_ce_qui_a_ete_produit_a_chaque_pas(banc) {
        let (s, memoire) = (scene(banc), Arc::new(Memoire::default()));
        let tient = |quand: &str| {
            let rapport = verifier(banc);
            assert!(rapport.tient(), "{quand}\n{rapport}");
            rapport.compte
        };
        assert_eq!(tient("au départ").produites, 0);
        let premiere = valider(banc, s, 1);
        // Nothing renders in this scene: the document is what is missing, and it is said.
        assert_eq!(regles(banc), [RegleRegistre::DocumentAbsent]);
        memoire.echouer(temporaire("451"));
        rendre(banc, premiere);
        tient("rendue");
        travailler(banc, &memoire);
        tient("envoyée");
        avancer(banc, TimeDelta::minutes(2));
        travailler(banc, &memoire);
        let seconde = valider(banc, s, 2);
        rendre(banc, seconde);
        let compte = tient("corrigée");
        assert_eq!((compte.versions, compte.produites, compte.ecart), (2, 6, 0));
        assert_eq!(compte.par_etat.iter().map(|n| n.nombre).sum::<i64>(), 6);
    }

    fn les_transitions_racontent_la_diffusion_et_ne_s_effacent_pas(banc) {
        let (s, memoire) = (scene(banc), Arc::new(Memoire::default()));
        let cr = valider(banc, s, 1);
        memoire.echouer(temporaire("451"));
        memoire.echouer(temporaire("451"));
        rendre(banc, cr);
        travailler(banc, &memoire);
        avancer(banc, TimeDelta::minutes(2));
        travailler(banc, &memoire);
        let secretaire = banc.personne("secretaire", &[(Role::Secretaire, Perimetre::Centre3c(s.region.centre))]);
        let id = etat(banc, cr, s.traitant).0;
        let lue = secretaire.get(&format!("/api/v1/diffusions/{id}")).est(200).corps;
        let actes: Vec<(&str, &str)> = lue["transitions"].as_array().unwrap().iter()
            .map(|t| (t["acte"].as_str().unwrap(), t["apres"].as_str().unwrap())).collect();
        assert_eq!(actes, [("preparer", "a_envoyer"), ("commencer", "en_cours"), ("reporter", "a_envoyer"), ("commencer", "en_cours"), ("accepter", "acceptee")]);
        assert_eq!((&lue["transitions"][2]["code"], &lue["transitions"][4]["tentative"]), (&json!("451"), &json!(2)));
        assert_eq!((&lue["transitions"][4]["rang"], &lue["version"]), (&json!(5), &json!(5)));

        for ordre in ["UPDATE transition_diffusion SET acte = 'lire'", "DELETE FROM transition_diffusion",
            "UPDATE registre_diffusion SET attendus = 1", "DELETE FROM registre_diffusion"] {
            let refus = alterer(banc, ordre.to_owned()).unwrap_err();
            assert!(refus.contains("indelebile") || refus.contains("immuable"), "{ordre} : {refus}");
        }
    }

    fn chaque_entorse_au_registre_est_nommee(banc) {
        let (s, memoire) = (scene(banc), Arc::new(Memoire::default()));
        let cr = valider(banc, s, 1);
        rendre(banc, cr);
        travailler(banc, &memoire);
        let (traitant, correspondant) = (etat(banc, cr, s.traitant).0, etat(banc, cr, s.correspondant).0);
        assert!(verifier(banc).tient());

        // The state is changed behind the ledger's back.
        alterer(banc, format!("UPDATE diffusion SET etat = 'lue' WHERE id = '{traitant}'")).unwrap();
        let rapport = verifier(banc);
        assert_eq!(rapport.anomalies.iter().map(|a| (a.regle, a.diffusion_id)).collect::<Vec<_>>(), [(RegleRegistre::EtatSansTransition, Some(traitant))]);
        alterer(banc, format!("UPDATE diffusion SET etat = 'acceptee' WHERE id = '{traitant}'")).unwrap();

        // Something that should leave has no job any more.
        let secretaire = banc.personne("secretaire", &[(Role::Secretaire, Perimetre::Centre3c(s.region.centre))]);
        secretaire.put(&format!("/api/v1/diffusions/{correspondant}/adresse"), 1, json!({ "adresse": "jean@medecin.mssante.fr" })).est(200);
        assert!(verifier(banc).tient());
        avancer(banc, TimeDelta::hours(2));
        assert_eq!(regles(banc), [RegleRegistre::TravailBloque], "aucun ouvrier ne l'a pris");
        alterer(banc, "UPDATE job SET etat = 'echoue' WHERE etat = 'en_attente'".to_owned()).unwrap();
        assert_eq!(regles(banc), [RegleRegistre::TravailAbsent]);
        secretaire.poster_si(&format!("/api/v1/diffusions/{correspondant}/relance"), 2).est(200);
        assert!(verifier(banc).tient(), "relancée, elle a de nouveau un travail");

        // A version that was never prepared.
        inserer_version(banc, autre_cas(banc, s));
        let rapport = verifier(banc);
        let nommees: Vec<_> = rapport.anomalies.iter().map(|a| a.regle).collect();
        assert_eq!(nommees, [RegleRegistre::VersionSansDestinataire, RegleRegistre::DemandeurAbsent], "{rapport}");
        assert!(!rapport.tient() && rapport.to_string().contains("version_sans_destinataire"), "{rapport}");
    }

    fn la_commande_finit_par_le_code_1_et_nomme_la_ligne(banc) {
        let (s, memoire) = (scene(banc), Arc::new(Memoire::default()));
        let cr = valider(banc, s, 1);
        rendre(banc, cr);
        travailler(banc, &memoire);
        let verifier = || {
            let mut commande = Command::new(env!("CARGO_BIN_EXE_dcc"));
            commande.args(["diffusion", "verifier"]).current_dir(banc.dossier()).env("DCC_BASE", &banc.etat.config.base).output().unwrap()
        };
        let sortie = verifier();
        let texte = String::from_utf8(sortie.stdout).unwrap();
        assert!(sortie.status.success(), "{texte}");
        assert!(texte.contains("diffusions produites : 3") && texte.contains("écart : 0"), "{texte}");
        let id = etat(banc, cr, s.traitant).0;
        alterer(banc, format!("UPDATE diffusion SET etat = 'lue' WHERE id = '{id}'")).unwrap();
        let sortie = verifier();
        assert_eq!(sortie.status.code(), Some(1));
        let texte = String::from_utf8(sortie.stdout).unwrap();
        assert!(texte.contains(&format!("etat_sans_transition compte_rendu={cr} diffusion={id}")), "{texte}");
    }

    fn l_infocentre_montre_les_etats_et_un_ecart_nul(banc) {
        let (s, memoire) = (scene(banc), Arc::new(Memoire::default()));
        let cr = valider(banc, s, 1);
        rendre(banc, cr);
        travailler(banc, &memoire);
        valider(banc, s, 2);
        let analyste = banc.personne("analyste", &[(Role::Analyste, Perimetre::Region)]);
        for par in ["region", "rcp", "centre_3c", "etablissement", "territoire", "theme", "type", "mois"] {
            let lu = analyste.get(&format!("/api/v1/infocentre/diffusions?du=2026-01-01&au=2026-12-31&par={par}")).est(200).corps;
            let total = &lu["total"];
            assert_eq!((&total["versions"], &total["produites"], &total["ecart"]), (&json!(2), &json!(6), &json!(0)), "{par} {lu:#}");
            let nombre = |liste: &str, cle: &str, valeur: &str| {
                total[liste].as_array().unwrap().iter().find(|n| n[cle] == valeur).unwrap()["nombre"].as_i64().unwrap()
            };
            assert_eq!((nombre("par_etat", "etat", "acceptee"), nombre("par_etat", "etat", "a_envoyer"), nombre("par_etat", "etat", "remplacee")), (2, 2, 1));
            assert_eq!((nombre("par_canal", "canal", "mssante"), nombre("par_canal", "canal", "aucun")), (4, 2));
            let lignes = lu["lignes"].as_array().unwrap();
            assert_eq!(lignes.iter().map(|l| l["produites"].as_i64().unwrap()).sum::<i64>(), 6, "{par}");
            assert!(lignes.iter().all(|l| l["ecart"] == 0));
        }
        // Of another 3C nothing is seen.
        let ailleurs = banc.region(2);
        let autre = banc.personne("autre", &[(Role::Coordonnateur3c, Perimetre::Centre3c(ailleurs.centre))]);
        let lu = autre.get("/api/v1/infocentre/diffusions?du=2026-01-01&au=2026-12-31").est(200).corps;
        assert_eq!((&lu["lignes"], &lu["total"]["produites"]), (&json!([]), &json!(0)));
        banc.anonyme().get("/api/v1/infocentre/diffusions?du=2026-01-01&au=2026-12-31").refuse(401, "authentification-requise");
    }
}

/// A version that nobody prepared.
fn inserer_version(banc: &Banc, s: Scene) {
    banc.systeme(move |op| {
        let id: CompteRenduId = op.id();
        inserer_compte_rendu(op, id, s, 1)
    });
}
