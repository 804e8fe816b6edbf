//! Health, readiness, metrics, headers, documentation.

sur_les_deux_bases! {
    fn le_service_dit_qu_il_vit_et_qu_il_est_pret(banc) {
        let anonyme = banc.anonyme();
        anonyme.get("/sante/vivant").est(200);
        anonyme.get("/sante/pret").est(200);
        anonyme.get("/metrics").est(200);
    }

    fn la_documentation_s_ouvre_sans_reseau(banc) {
        let anonyme = banc.anonyme();
        let page = anonyme.get("/api/docs/").est(200);
        let texte = String::from_utf8(page.octets).unwrap();
        assert!(!texte.contains("https://"), "{texte}");
        assert_eq!(anonyme.get("/api/openapi.json").est(200).corps["openapi"], "3.1.0");
    }

    fn chaque_reponse_porte_les_en_tetes_de_securite(banc) {
        for chemin in ["/sante/vivant", "/api/v1/moi", "/nulle-part", "/api/docs/"] {
            let reponse = banc.anonyme().get(chemin);
            assert!(reponse.entete("content-security-policy").starts_with("default-src 'none'"), "{chemin}");
            assert_eq!(reponse.entete("x-content-type-options"), "nosniff");
            assert_eq!(reponse.entete("cache-control"), "no-store");
        }
    }

    fn une_adresse_inconnue_repond_par_un_probleme(banc) {
        banc.anonyme().get("/api/v1/inconnu").refuse(404, "ressource-inconnue");
    }
}
