//! Recipients that are not professionals: hospital systems, the DMP, the patient.

use super::{registre::verifier, *};
use dcc::kernel::ids::EtablissementId;
use std::fs;

/// The patient of the scene has a number in an établissement, and a qualified identity.
fn connu_et_qualifie(banc: &Banc, s: Scene, etablissement: EtablissementId, statut: &'static str) {
    banc.systeme(move |op| {
        use schema::{patient as p, patient_identifiant as i};
        insert_into(i::table)
            .values((i::patient_id.eq(s.patient), i::etablissement_id.eq(etablissement), i::ipp.eq("IPP42")))
            .execute(op.conn)?;
        update(p::table.find(s.patient))
            .set((p::ins.eq("279035121518989"), p::ins_oid.eq("1.2.250.1.213.1.4.10"), p::statut_identite.eq(statut)))
            .execute(op.conn)?;
        Ok(())
    });
}

fn regler(banc: &Banc, dmp: bool, patient: bool) {
    let admin = banc.personne("admin", &[(Role::AdministrateurRegional, Perimetre::Region)]);
    let version = admin.get("/api/v1/diffusions/reglages").est(200).version();
    let saisie = json!({ "non_lue_apres_jours": 15, "envoi_dmp": dmp, "envoi_patient": patient, "domaine_patient": "patient.mssante.fr" });
    admin.put("/api/v1/diffusions/reglages", version, saisie).est(200);
}

fn ouvrir_le_depot(banc: &Banc, etablissement: EtablissementId) -> String {
    let admin = banc.personne(&format!("admin-{etablissement}"), &[(Role::AdministrateurRegional, Perimetre::Region)]);
    let chemin = format!("/api/v1/etablissements/{etablissement}/depot-dpi");
    let avant = admin.get(&chemin).est(200);
    assert_eq!((avant.version(), &avant.corps["actif"]), (0, &json!(false)));
    let apres = admin.put(&chemin, 0, json!({ "actif": true })).est(200);
    assert_eq!(apres.version(), 1);
    admin.put(&chemin, 0, json!({ "actif": false })).refuse(412, "version-perimee");
    apres.corps["dossier"].as_str().unwrap().to_owned()
}

/// Every delivery of a version: why, how, where it stands.
fn toutes(banc: &Banc, cr: CompteRenduId) -> Vec<(String, String, String)> {
    banc.systeme(move |op| {
        use schema::diffusion as d;
        let siennes = d::table.filter(d::compte_rendu_id.eq(cr)).order(d::qualite).select((d::qualite, d::canal, d::etat));
        Ok(siennes.load(op.conn)?)
    })
}

fn avec_depots(banc: &Banc, memoire: &Arc<Memoire>) -> (dcc::jobs::runner::Ouvrier, std::path::PathBuf) {
    let racine = banc.dossier().join("depots");
    let config = dcc::config::Config { depots_dpi: Some(racine.clone()), ..banc.etat.config.clone() };
    (app::ouvrier(&config, Arc::clone(memoire) as Arc<dyn Expediteur>).unwrap(), racine)
}

sur_les_deux_bases! {
    fn un_dpi_qui_connait_le_patient_recoit_ses_documents_et_repond(banc) {
        let (s, memoire) = (scene(banc), Arc::new(Memoire::default()));
        // Another system takes documents, and does not know this patient.
        ouvrir_le_depot(banc, banc.etablissement(7, s.region.territoire));
        let finess = ouvrir_le_depot(banc, s.region.etablissement);
        connu_et_qualifie(banc, s, s.region.etablissement, "qualifiee");
        regler(banc, true, false);
        let cr = valider(banc, s, 1);
        rendre(banc, cr);
        let (ouvrier, racine) = avec_depots(banc, &memoire);
        runner::vider(&banc.etat.db, &ouvrier).unwrap();
        let lire = |qualite: &str| toutes(banc, cr).into_iter().find(|d| d.0 == qualite).map(|d| (d.1, d.2));
        let est = |canal: &str, etat: &str| Some((canal.to_owned(), etat.to_owned()));
        assert_eq!((lire("etablissement"), lire("dmp"), lire("patient")), (est("depot_dpi", "acceptee"), est("dmp", "acceptee"), None));

        let depots: Vec<String> = fs::read_dir(racine.join(&finess)).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        assert_eq!(depots.len(), 2, "l'un pour le dossier de l'établissement, l'autre pour le DMP");
        let notes: Vec<Value> = depots.iter().map(|nom| {
            let dossier = racine.join(&finess).join(nom);
            assert_eq!(fs::read(dossier.join("20260302_CR_LEFEVRE_Zoe.pdf")).unwrap(), PDF);
            serde_json::from_slice(&fs::read(dossier.join("depot.json")).unwrap()).unwrap()
        }).collect();
        let mut marques: Vec<bool> = notes.iter().map(|note| note["destination_dmp"].as_bool().unwrap()).collect();
        marques.sort_unstable();
        assert_eq!(marques, [false, true]);
        assert!(notes.iter().all(|note| note["ipp"] == "IPP42" && note["version"] == 1));

        // The system integrates one and refuses the other, with a code.
        let accuses = racine.join(&finess).join("accuses");
        fs::create_dir_all(&accuses).unwrap();
        let nom = |dmp: bool| notes.iter().find(|note| note["destination_dmp"] == dmp).unwrap()["diffusion"].as_str().unwrap().to_owned();
        fs::write(accuses.join(format!("{}.ok", nom(false))), b"").unwrap();
        fs::write(accuses.join(format!("{}.ko", nom(true))), b"905 identite inconnue du DMP").unwrap();
        for _ in 0..2 {
            assert!(runner::passer_une_fois(&banc.etat.db, &ouvrier, "relever_les_depots").unwrap());
        }
        assert_eq!((lire("etablissement"), lire("dmp")), (est("depot_dpi", "integree"), est("dmp", "refusee")));
        let secretaire = banc.personne("secretaire", &[(Role::Secretaire, Perimetre::Centre3c(s.region.centre))]);
        let refusee = secretaire.get(&format!("/api/v1/diffusions/{}", nom(true))).est(200);
        assert_eq!((&refusee.corps["code_retour"], &refusee.corps["destinataire"]), (&json!("905"), &json!("DMP du patient")));
        assert!(refusee.corps.get("praticien_id").is_none());
        secretaire.put(&format!("/api/v1/diffusions/{}/adresse", nom(true)), refusee.version(), json!({ "adresse": "a@medecin.mssante.fr" })).refuse(409, "diffusion-sans-courrier");
        secretaire.poster_si(&format!("/api/v1/diffusions/{}/envoi-postal", nom(true)), refusee.version()).refuse(409, "diffusion-sans-courrier");

        // Tried again once the system has taken the first drop away.
        fs::remove_dir_all(racine.join(&finess).join(nom(true))).unwrap();
        secretaire.poster_si(&format!("/api/v1/diffusions/{}/relance", nom(true)), refusee.version()).est(200);
        runner::vider(&banc.etat.db, &ouvrier).unwrap();
        assert!(racine.join(&finess).join(nom(true)).join("depot.json").exists());
        assert_eq!(lire("dmp"), est("dmp", "acceptee"));
        assert!(verifier(banc).tient());
    }

    fn le_dmp_suit_l_opposition_l_identite_et_le_reglage(banc) {
        let s = scene(banc);
        let memoire = Arc::new(Memoire::default());
        ouvrir_le_depot(banc, s.region.etablissement);
        connu_et_qualifie(banc, s, s.region.etablissement, "validee");
        let qualites = |cr: CompteRenduId| toutes(banc, cr).into_iter().map(|d| format!("{} {}", d.0, d.2)).collect::<Vec<_>>();
        let contient = |cr: CompteRenduId, texte: &str| qualites(cr).iter().any(|q| q.starts_with(texte));
        assert!(!contient(valider(banc, s, 1), "dmp"), "la région ne l'a pas décidé");
        regler(banc, true, false);
        assert!(!contient(valider(banc, s, 2), "dmp"), "l'identité n'est pas qualifiée");
        banc.systeme(move |op| {
            use schema::patient as p;
            Ok(update(p::table.find(s.patient)).set(p::statut_identite.eq("qualifiee")).execute(op.conn)?)
        });
        let troisieme = valider(banc, s, 3);
        assert!(contient(troisieme, "dmp a_envoyer"));
        banc.systeme(move |op| {
            use schema::opposition as o;
            let id: dcc::kernel::ids::OppositionId = op.id();
            let ligne = (o::id.eq(id), o::patient_id.eq(s.patient), o::objet.eq("dmp"), o::exprimee_le.eq(op.maintenant.date_naive()), o::cree_le.eq(At(op.maintenant)));
            Ok(insert_into(o::table).values(ligne).execute(op.conn)?)
        });
        rendre(banc, troisieme);
        let (ouvrier, _) = avec_depots(banc, &memoire);
        runner::vider(&banc.etat.db, &ouvrier).unwrap();
        assert!(contient(troisieme, "dmp opposition"), "entendu jusqu'au départ");
        assert!(contient(valider(banc, s, 4), "dmp opposition"));
    }

    fn le_patient_qui_l_a_demande_recoit_son_compte_rendu(banc) {
        let (s, memoire) = (scene(banc), Arc::new(Memoire::default()));
        connu_et_qualifie(banc, s, s.region.etablissement, "qualifiee");
        let secretaire = banc.personne("secretaire", &[(Role::Secretaire, Perimetre::Centre3c(s.region.centre))]);
        let au_patient = |cr: CompteRenduId| toutes(banc, cr).into_iter().find(|d| d.0 == "patient").map(|d| d.2);
        regler(banc, false, true);
        assert_eq!(au_patient(valider(banc, s, 1)), None, "il ne l'a pas demandé");
        let chemin = format!("/api/v1/patients/{}/demande-envoi", s.patient);
        assert_eq!(secretaire.get(&chemin).est(200).corps["demandee"], false);
        let future = secretaire.put(&chemin, 0, json!({ "demandee": true, "exprimee_le": "2026-03-03" })).refuse(422, "contenu-invalide");
        assert_eq!(future.fautes(), ["/exprimee_le"]);
        secretaire.put(&chemin, 0, json!({ "demandee": true })).est(200);
        let seconde = valider(banc, s, 2);
        rendre(banc, seconde);
        travailler(banc, &memoire);
        assert_eq!(au_patient(seconde).as_deref(), Some("acceptee"));
        let courrier = memoire.courriers().into_iter().find(|c| c.a == "279035121518989@patient.mssante.fr").unwrap();
        assert!(courrier.texte.contains("Vous avez demandé") && !courrier.texte.contains("l'un de vos patients"), "{}", courrier.texte);

        // Taken back before the next one leaves.
        let troisieme = valider(banc, s, 3);
        secretaire.put(&chemin, 1, json!({ "demandee": false })).est(200);
        rendre(banc, troisieme);
        travailler(banc, &memoire);
        assert_eq!(au_patient(troisieme).as_deref(), Some("opposition"));
        assert_eq!(au_patient(valider(banc, s, 4)), None);
        let ailleurs = banc.region(2);
        let autre = banc.personne("autre", &[(Role::Secretaire, Perimetre::Centre3c(ailleurs.centre))]);
        autre.get(&chemin).refuse(404, "patient-introuvable");
        assert!(verifier(banc).anomalies.iter().all(|a| a.regle != dcc::metier::diffusion::model::RegleRegistre::EtatSansTransition));
    }
}
