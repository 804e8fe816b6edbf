//! The directory.

use crate::support::region::Region;
use dcc::kernel::{Perimetre, Role};
use serde_json::json;

fn praticien(rpps: &str) -> serde_json::Value {
    json!({ "rpps": rpps, "titre": "DR", "nom": "Lefèvre", "prenom": "Anne-Sophie", "profession": "10",
            "specialite": "G15_10/SM36", "mode_exercice": "liberal",
            "adresses": [{ "adresse": "anne.lefevre@medecin.mssante.fr", "type_bal": "per", "rang": 1 }] })
}

sur_les_deux_bases! {
    fn un_professionnel_se_cree_se_cherche_et_se_modifie(banc) {
        let admin = banc.personne("admin", &[(Role::AdministrateurRegional, Perimetre::Region)]);
        let cree = admin.post("/api/v1/praticiens", praticien("10001045367")).est(201);
        assert_eq!(cree.entete("location"), format!("/api/v1/praticiens/{}", cree.id()));
        assert_eq!(cree.version(), 1);

        let trouves = admin.get("/api/v1/praticiens?recherche=lefevre%20anne").est(200);
        assert_eq!(trouves.corps["elements"].as_array().unwrap().len(), 1);
        assert_eq!(trouves.corps["elements"][0]["adresses"][0]["adresse"], "anne.lefevre@medecin.mssante.fr");
        assert_eq!(admin.get("/api/v1/praticiens?recherche=fevre").est(200).corps["elements"], json!([]));

        let chemin = format!("/api/v1/praticiens/{}", cree.id());
        let mut autre = praticien("10001045367");
        autre["mode_exercice"] = json!("mixte");
        assert_eq!(admin.put(&chemin, 1, autre.clone()).est(200).version(), 2);
        let perime = admin.put(&chemin, 1, autre.clone()).refuse(412, "version-perimee");
        assert_eq!(perime.corps["version_actuelle"], 2);
        admin.envoyer("PUT", &chemin, Some(autre), &[]).refuse(428, "version-absente");
    }

    fn un_numero_rpps_ne_sert_qu_une_fois(banc) {
        let admin = banc.personne("admin", &[(Role::AdministrateurRegional, Perimetre::Region)]);
        admin.post("/api/v1/praticiens", praticien("10001045367")).est(201);
        admin.post("/api/v1/praticiens", praticien("10001045367")).refuse(409, "rpps-pris");
    }

    fn une_saisie_fautive_dit_ou_et_ne_perd_rien(banc) {
        let admin = banc.personne("admin", &[(Role::AdministrateurRegional, Perimetre::Region)]);
        let refus = admin.post("/api/v1/praticiens", praticien("10001045368")).refuse(422, "contenu-invalide");
        assert_eq!(refus.fautes(), ["/rpps"]);
        let mut fautif = praticien("10001045367");
        fautif["adresses"][0]["rang"] = json!(0);
        fautif["nom"] = json!("");
        assert_eq!(admin.post("/api/v1/praticiens", fautif).refuse(422, "contenu-invalide").fautes(), ["/adresses/0/rang", "/nom"]);
        let mut inconnu = praticien("10001045367");
        inconnu["surnom"] = json!("x");
        assert_eq!(admin.post("/api/v1/praticiens", inconnu).refuse(422, "contenu-invalide").fautes(), ["/surnom"]);
        admin.envoyer_octets("POST", "/api/v1/praticiens", Some(b"{".to_vec()), &[]).refuse(400, "json-illisible");
        admin.envoyer_octets("POST", "/api/v1/praticiens", Some(b"a=1".to_vec()), &[("Content-Type", "text/plain")]).refuse(415, "type-non-gere");
        admin.get("/api/v1/praticiens?inconnu=1").refuse(400, "parametre-invalide");
        admin.get("/api/v1/praticiens?curseur=zzz").refuse(400, "curseur-illisible");
        admin.get("/api/v1/praticiens/pas-un-uuid").refuse(404, "ressource-inconnue");
    }

    fn une_secretaire_lit_l_annuaire_mais_ne_le_change_pas(banc) {
        let Region { centre, .. } = banc.region(1);
        let secretaire = banc.personne("secretaire", &[(Role::Secretaire, Perimetre::Centre3c(centre))]);
        assert_eq!(secretaire.get("/api/v1/etablissements?recherche=essai").est(200).corps["elements"].as_array().unwrap().len(), 1);
        secretaire.get(&format!("/api/v1/centres-3c/{centre}")).est(200);
        secretaire.post("/api/v1/praticiens", praticien("10001045367")).refuse(403, "action-interdite");
        banc.anonyme().get("/api/v1/praticiens").refuse(401, "authentification-requise");
    }

    fn une_liste_se_parcourt_page_par_page(banc) {
        for rang in 1..=5 {
            banc.region(rang);
        }
        let lecteur = banc.personne("lecteur", &[(Role::Participant, Perimetre::Patients)]);
        let mut vus = Vec::new();
        let mut chemin = "/api/v1/etablissements?limite=2".to_owned();
        loop {
            let page = lecteur.get(&chemin).est(200).corps;
            vus.extend(page["elements"].as_array().unwrap().iter().map(|e| e["finess"].as_str().unwrap().to_owned()));
            let Some(suivant) = page["suivant"].as_str() else { break };
            chemin = format!("/api/v1/etablissements?limite=2&curseur={suivant}");
        }
        assert_eq!(vus.len(), 5);
        vus.sort();
        vus.dedup();
        assert_eq!(vus.len(), 5);
    }

    fn un_post_repete_avec_la_meme_cle_n_agit_qu_une_fois(banc) {
        let admin = banc.personne("admin", &[(Role::AdministrateurRegional, Perimetre::Region)]);
        let cle = [("Idempotency-Key", "une-cle")];
        let premiere = admin.envoyer("POST", "/api/v1/praticiens", Some(praticien("10001045367")), &cle).est(201);
        let seconde = admin.envoyer("POST", "/api/v1/praticiens", Some(praticien("10001045367")), &cle).est(201);
        assert_eq!(premiere.corps, seconde.corps);
        assert_eq!(premiere.entete("location"), seconde.entete("location"));
        assert_eq!(premiere.version(), seconde.version());
        admin.envoyer("POST", "/api/v1/praticiens", Some(praticien("10000023084")), &cle).refuse(422, "cle-idempotence-reutilisee");
    }

    fn un_professionnel_d_un_etablissement_inconnu_est_refuse_sans_panne(banc) {
        let admin = banc.personne("admin", &[(Role::AdministrateurRegional, Perimetre::Region)]);
        let ailleurs = "0196a000-0000-7000-8000-000000000009";
        let saisie = json!({ "nom": "Aubépine", "prenom": "Claude", "profession": "10", "mode_exercice": "salarie", "etablissement_id": ailleurs });
        admin.post("/api/v1/praticiens", saisie).refuse(422, "reference-inconnue");
    }
}
