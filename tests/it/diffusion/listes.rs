//! The work lists of the secretary: what is not read, and the letters printed and posted together.

use super::{registre::verifier, *};
use std::collections::BTreeMap;

fn elements(corps: &Value) -> Vec<Value> {
    corps["elements"].as_array().unwrap().clone()
}

sur_les_deux_bases! {
    fn ce_qui_n_est_pas_lu_apres_le_delai_de_la_region_revient_sur_la_liste(banc) {
        let (s, memoire) = (scene(banc), Arc::new(Memoire::default()));
        let cr = valider(banc, s, 1);
        rendre(banc, cr);
        travailler(banc, &memoire);
        let secretaire = banc.personne("secretaire", &[(Role::Secretaire, Perimetre::Centre3c(s.region.centre))]);
        let admin = banc.personne("admin", &[(Role::AdministrateurRegional, Perimetre::Region)]);
        let non_lues = || elements(&secretaire.get("/api/v1/diffusions?non_lues=true").est(200).corps).len();
        let id = etat(banc, cr, s.traitant).0;
        assert_eq!(non_lues(), 0);
        secretaire.poster_si(&format!("/api/v1/diffusions/{id}/relance"), 3).refuse(409, "diffusion-trop-tot");
        avancer(banc, TimeDelta::days(6));
        assert_eq!(non_lues(), 0);

        // The region decides on another delay: at once.
        let reglages = admin.get("/api/v1/diffusions/reglages").est(200);
        assert_eq!((&reglages.corps["non_lue_apres_jours"], reglages.version()), (&json!(15), 1));
        let saisie = json!({ "non_lue_apres_jours": 5, "envoi_dmp": false, "envoi_patient": false, "domaine_patient": "patient.mssante.fr" });
        secretaire.put("/api/v1/diffusions/reglages", 1, saisie.clone()).refuse(403, "action-interdite");
        let ailleurs = json!({ "non_lue_apres_jours": 5, "envoi_dmp": false, "envoi_patient": false, "domaine_patient": "patient.exemple.fr" });
        assert_eq!(admin.put("/api/v1/diffusions/reglages", 1, ailleurs).refuse(422, "contenu-invalide").fautes(), ["/domaine_patient"]);
        admin.put("/api/v1/diffusions/reglages", 1, saisie.clone()).est(200);
        admin.put("/api/v1/diffusions/reglages", 1, saisie).refuse(412, "version-perimee");
        assert_eq!(non_lues(), 2);
        let listes = secretaire.get("/api/v1/diffusions/listes-de-travail").est(200).corps;
        assert_eq!(listes, json!({ "sans_adresse": 1, "en_souffrance": 0, "non_lues": 2, "a_poster": 0, "retours_a_examiner": 0, "non_lue_apres_jours": 5 }));
        let version = secretaire.get(&format!("/api/v1/diffusions/{id}")).est(200).version();
        secretaire.poster_si(&format!("/api/v1/diffusions/{id}/relance"), version).est(200);
        travailler(banc, &memoire);
        assert_eq!(non_lues(), 1);
        assert_eq!(memoire.courriers().iter().filter(|c| c.a.starts_with("medecin1@")).count(), 2);
        assert!(verifier(banc).tient());
    }

    fn un_lot_s_imprime_en_un_document_et_se_poste_en_un_geste(banc) {
        let (s, memoire) = (scene(banc), Arc::new(Memoire::default()));
        let cr = valider(banc, s, 1);
        let secretaire = banc.personne("secretaire", &[(Role::Secretaire, Perimetre::Centre3c(s.region.centre))]);
        let correspondant = etat(banc, cr, s.correspondant).0;
        secretaire.post("/api/v1/diffusions/impressions", json!({ "diffusions": [correspondant] })).refuse(409, "rien-a-imprimer");
        rendre_imprimable(banc, cr);
        memoire.echouer(EchecEnvoi::Definitif { code: "550".to_owned(), detail: "inconnue".to_owned() });
        travailler(banc, &memoire);
        let etats: BTreeMap<String, DiffusionId> = [s.traitant, s.demandeur, s.correspondant].iter().map(|p| { let e = etat(banc, cr, *p); (e.1, e.0) }).collect();

        // A selection: what cannot be is left out with its reason; the rest is one batch.
        let inconnue = Uuid::from_u128(7);
        let demande = json!({ "diffusions": [etats["acceptee"], etats["echec"], etats["sans_adresse"], inconnue] });
        let cle = [("Idempotency-Key", "lot-1")];
        let lot = secretaire.envoyer("POST", "/api/v1/diffusions/impressions", Some(demande.clone()), &cle).est(201).corps;
        assert_eq!(secretaire.envoyer("POST", "/api/v1/diffusions/impressions", Some(demande), &cle).est(201).corps, lot);
        assert_eq!(lot["nombre"], 2);
        let mut motifs: Vec<&str> = lot["ecartees"].as_array().unwrap().iter().map(|e| e["motif"].as_str().unwrap()).collect();
        motifs.sort_unstable();
        assert_eq!(motifs, ["introuvable", "trop_tot"]);
        let document = lot["document"].as_str().unwrap();
        let pdf = secretaire.get(document).est(200);
        assert_eq!(pdf.entete("content-type"), "application/pdf");
        assert!(pdf.octets.starts_with(b"%PDF-"));
        assert_eq!(secretaire.get(document).est(200).octets, pdf.octets, "on peut le relire");
        assert_eq!(secretaire.get("/api/v1/diffusions/listes-de-travail").est(200).corps["a_poster"], 2);

        // Meanwhile the mail of one arrives after all elsewhere: nothing to post. Then the rest is posted, once or twice.
        let poste = format!("/api/v1/diffusions/impressions/{}/envoi-postal", lot["id"].as_str().unwrap());
        let ailleurs = banc.region(2);
        let autre = banc.personne("autre", &[(Role::Secretaire, Perimetre::Centre3c(ailleurs.centre))]);
        autre.poster(&poste).refuse(404, "impression-introuvable");
        autre.get(document).refuse(404, "impression-introuvable");
        let premier = secretaire.poster(&poste).est(200).corps;
        avancer(banc, TimeDelta::hours(1));
        assert_eq!(secretaire.poster(&poste).est(200).corps, premier, "la première date compte");
        assert_eq!((etat(banc, cr, s.correspondant).1.as_str(), premier["postee_le"].is_string()), ("postee", true));
        let lue = secretaire.get(&format!("/api/v1/diffusions/{correspondant}")).est(200).corps;
        assert_eq!((&lue["canal"], &lue["envoyee_le"]), (&json!("courrier"), &premier["postee_le"]));
        let actes: Vec<&str> = lue["transitions"].as_array().unwrap().iter().map(|t| t["acte"].as_str().unwrap()).collect();
        assert_eq!(actes, ["preparer", "imprimer", "poster"]);
        assert!(lue["transitions"][1]["compte_id"].is_string());
        assert!(verifier(banc).tient());
    }

    fn toute_la_liste_s_imprime_sans_choisir(banc) {
        let (s, memoire) = (scene(banc), Arc::new(Memoire::default()));
        let cr = valider(banc, s, 1);
        s_opposer(banc, s.patient);
        rendre_imprimable(banc, cr);
        travailler(banc, &memoire);
        let secretaire = banc.personne("secretaire", &[(Role::Secretaire, Perimetre::Centre3c(s.region.centre))]);
        let lot = secretaire.post("/api/v1/diffusions/impressions", json!({})).est(201).corps;
        assert_eq!((&lot["nombre"], &lot["ecartees"]), (&json!(1), &json!([])));
        assert_eq!(etat(banc, cr, s.correspondant).1, "imprimee");
        // An address is found before it is posted: it leaves by mail, and the batch no longer holds it.
        let id = etat(banc, cr, s.correspondant).0;
        secretaire.put(&format!("/api/v1/diffusions/{id}/adresse"), 2, json!({ "adresse": "jean@medecin.mssante.fr" })).est(200);
        travailler(banc, &memoire);
        secretaire.poster(&format!("/api/v1/diffusions/impressions/{}/envoi-postal", lot["id"].as_str().unwrap())).est(200);
        assert_eq!(etat(banc, cr, s.correspondant).1, "acceptee");
        secretaire.get(lot["document"].as_str().unwrap()).refuse(409, "rien-a-imprimer");
    }
}

/// Keeps a document that can really be printed.
fn rendre_imprimable(banc: &Banc, id: CompteRenduId) {
    let pdf = dcc::documents::pdf::feuille_adresse(&json!({
        "destinataire": "Compte-rendu d'essai", "adresse": [], "reference": "essai", "edite_le": "2026-03-02T09:00:00Z" }))
    .unwrap();
    rendre_octets(banc, id, pdf);
}
