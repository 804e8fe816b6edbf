//! Patients: identity, duplicates, search, who sees whom, oppositions, dossiers.

use crate::support::{Banc, client::Client, region::Region};
use dcc::{
    db::schema::trace,
    kernel::{
        Perimetre, Role,
        ids::{PraticienId, RcpId},
    },
    metier::patient::service,
};
use diesel::prelude::*;
use serde_json::{Value, json};

const PATIENTS: &str = "/api/v1/patients";
const RECHERCHES: &str = "/api/v1/patients/recherches";
const INS: &str = "279035121518989";
const OID_NIR: &str = "1.2.250.1.213.1.4.8";

/// Jeanne LEFÈVRE, born on 14 March 1979, and what is added or changed.
fn jeanne(complement: Value) -> Value {
    let mut corps = json!({ "nom_naissance": "Lefèvre", "premier_prenom": "Jeanne", "sexe": "feminin", "date_naissance": "1979-03-14" });
    corps.as_object_mut().unwrap().extend(complement.as_object().unwrap().clone());
    corps
}

fn chemin(id: &str) -> String {
    format!("{PATIENTS}/{id}")
}

/// A secretary of an établissement.
fn secretaire(banc: &Banc, identifiant: &str, region: Region) -> Client {
    banc.personne(identifiant, &[(Role::Secretaire, Perimetre::Etablissement(region.etablissement))])
}

/// A doctor who presents own patients.
fn demandeur(banc: &Banc, identifiant: &str, rang: u32) -> (Client, PraticienId) {
    let praticien = banc.medecin(identifiant, "G15_10/SM36", rang);
    (banc.professionnel(identifiant, Some(praticien), &[(Role::Demandeur, Perimetre::Patients)]), praticien)
}

/// The patients that a search finds; a name is looked for with the birth date of Jeanne unless another is given.
fn trouves(client: &Client, mut recherche: Value) -> Vec<String> {
    if recherche.get("nom").is_some() && recherche.get("date_naissance").is_none() {
        recherche["date_naissance"] = json!("1979-03-14");
    }
    let corps = client.post(RECHERCHES, recherche).est(200).corps;
    corps["elements"].as_array().unwrap().iter().map(|p| p["id"].as_str().unwrap().to_owned()).collect()
}

/// Acts traced on patients: (act, kind of object, patient).
fn traces(banc: &Banc, acte: &'static str) -> Vec<(String, bool, Option<Value>)> {
    banc.systeme(move |op| {
        Ok(trace::table
            .filter(trace::action.eq(acte))
            .order(trace::id)
            .select((trace::objet_type, trace::patient_id.is_not_null(), trace::champs))
            .load::<(String, bool, Option<dcc::db::types::Json>)>(op.conn)?)
    })
    .into_iter()
    .map(|(objet, patient, champs)| (objet, patient, champs.map(|json| json.0)))
    .collect()
}

sur_les_deux_bases! {
    fn un_patient_se_cree_se_lit_et_se_modifie_sous_garde_de_version(banc) {
        let region = banc.region(1);
        let secretaire = secretaire(banc, "claire", region);
        let cree = secretaire.post(PATIENTS, jeanne(json!({ "prenoms": "Jeanne Marie", "commune": "Lille" }))).est(201);
        assert_eq!((cree.entete("location"), cree.version()), (chemin(&cree.id()).as_str(), 1));
        assert_eq!((cree.corps["statut_identite"].as_str(), cree.corps["prenoms"].as_str()), (Some("provisoire"), Some("Jeanne Marie")));

        let chemin = chemin(&cree.id());
        let lu = secretaire.get(&chemin).est(200);
        assert_eq!((&lu.corps, lu.version()), (&cree.corps, 1));

        let modifie = secretaire.put(&chemin, 1, jeanne(json!({ "telephone": "0320000000" }))).est(200);
        assert_eq!((modifie.version(), &modifie.corps["commune"], &modifie.corps["telephone"]), (2, &Value::Null, &json!("0320000000")));
        secretaire.put(&chemin, 1, jeanne(json!({}))).refuse(412, "version-perimee");
        secretaire.envoyer("PUT", &chemin, Some(jeanne(json!({}))), &[]).refuse(428, "version-absente");

        assert!(traces(banc, "creer").contains(&("patient".to_owned(), true, None)));
        assert_eq!(traces(banc, "modifier"), [("patient".to_owned(), true, Some(json!(["prenoms", "adresse", "telephone"])))]);
        assert_eq!(traces(banc, "lire"), [("patient".to_owned(), true, None)]);
    }

    fn une_saisie_fautive_dit_ou(banc) {
        let secretaire = secretaire(banc, "claire", banc.region(1));
        let inconnu = uuid::Uuid::from_u128(7);
        let fautif = jeanne(json!({
            "date_naissance": "2026-03-03", "ins": INS, "medecin_traitant_id": inconnu,
            "identifiants": [{ "etablissement_id": inconnu, "ipp": "12" }]
        }));
        let refus = secretaire.post(PATIENTS, fautif).refuse(422, "contenu-invalide");
        assert_eq!(refus.fautes(), ["/date_naissance", "/ins_oid", "/statut_identite"]);
        let refus = secretaire
            .post(PATIENTS, jeanne(json!({ "medecin_traitant_id": inconnu, "identifiants": [{ "etablissement_id": inconnu, "ipp": "12" }] })))
            .refuse(422, "contenu-invalide");
        assert_eq!(refus.fautes(), ["/identifiants/0/etablissement_id", "/medecin_traitant_id"]);
        let refus = secretaire.post(PATIENTS, jeanne(json!({ "ins": "279035121518988" }))).refuse(422, "contenu-invalide");
        assert_eq!(refus.fautes(), ["/ins"]);
    }

    fn le_matricule_ne_sort_qu_avec_une_identite_qualifiee(banc) {
        let secretaire = secretaire(banc, "claire", banc.region(1));
        let recupere = jeanne(json!({ "ins": INS, "ins_oid": OID_NIR, "statut_identite": "recuperee" }));
        let cree = secretaire.post(PATIENTS, recupere).est(201);
        assert!(!String::from_utf8_lossy(&cree.octets).contains(INS));
        let trouve = secretaire.post(RECHERCHES, json!({ "ins": INS })).est(200);
        assert_eq!(trouve.corps["elements"][0]["id"], cree.corps["id"]);
        assert!(!String::from_utf8_lossy(&trouve.octets).contains(INS));

        // The matricule need not be typed again when the identity is qualified.
        let qualifie = secretaire.put(&chemin(&cree.id()), 1, jeanne(json!({ "statut_identite": "qualifiee", "justificatif": "passeport" }))).est(200);
        assert_eq!((qualifie.corps["ins"].as_str(), qualifie.corps["ins_oid"].as_str()), (Some(INS), Some(OID_NIR)));
        assert_eq!(qualifie.corps["avertissements"], json!([]));
        assert_eq!(secretaire.post(RECHERCHES, json!({ "ins": INS })).est(200).corps["elements"][0]["ins"], INS);

        let autre = json!({ "nom_naissance": "Durand", "premier_prenom": "Paul", "sexe": "masculin", "date_naissance": "1950-01-01",
                            "ins": INS, "ins_oid": OID_NIR, "statut_identite": "recuperee" });
        secretaire.post(PATIENTS, autre.clone()).refuse(409, "ins-pris");
        let mut de_test = autre;
        de_test["ins_oid"] = json!("1.2.250.1.213.1.4.10");
        let avertis = secretaire.post(PATIENTS, de_test).est(201).corps["avertissements"].clone();
        let codes: Vec<&str> = avertis.as_array().unwrap().iter().map(|a| a["code"].as_str().unwrap()).collect();
        assert_eq!(codes, ["ins-sexe", "ins-annee", "ins-mois", "ins-fictif"]);
    }

    fn un_homonyme_probable_se_confirme_sans_rien_dire_de_qui_n_est_pas_visible(banc) {
        let (ici, ailleurs) = (secretaire(banc, "claire", banc.region(1)), secretaire(banc, "denis", banc.region(2)));
        let connue = ici.post(PATIENTS, jeanne(json!({}))).est(201);

        let meme = json!({ "nom_naissance": "LEFEVRE", "premier_prenom": "jeanne", "sexe": "indetermine", "date_naissance": "1979-03-14" });
        let refus = ici.post(PATIENTS, meme.clone()).refuse(409, "patient-en-doublon");
        assert_eq!(refus.corps["patients"], json!([connue.id()]));

        let refus = ailleurs.post(PATIENTS, meme.clone()).refuse(409, "patient-en-doublon");
        assert!(!String::from_utf8_lossy(&refus.octets).contains(&connue.id()));
        assert!(refus.corps.get("patients").is_none());
        assert!(refus.corps["detail"].as_str().unwrap().contains("3C"));

        let mut confirmee = meme.clone();
        confirmee["confirmer_distinct"] = json!(true);
        confirmee["sexe"] = json!("feminin");
        let distincte = ailleurs.post(PATIENTS, confirmee).est(201);
        ici.get(&chemin(&distincte.id())).refuse(404, "patient-introuvable");

        for (champ, valeur) in [("date_naissance", "1979-03-15"), ("premier_prenom", "Jeannine"), ("nom_naissance", "Lefebvre"), ("sexe", "masculin")] {
            let autre = ici.post(PATIENTS, jeanne(json!({ champ: valeur }))).est(201);
            // Nor does a correction bring two patients to the same traits unawares.
            ici.put(&chemin(&autre.id()), 1, jeanne(json!({}))).refuse(409, "patient-en-doublon");
        }
    }

    fn un_numero_d_etablissement_ne_designe_qu_un_patient(banc) {
        let region = banc.region(1);
        let secretaire = secretaire(banc, "claire", region);
        let identifiants = json!([{ "etablissement_id": region.etablissement, "ipp": "A-12" }]);
        let cree = secretaire.post(PATIENTS, jeanne(json!({ "identifiants": identifiants }))).est(201);
        assert_eq!(cree.corps["identifiants"], identifiants);
        let autre = json!({ "nom_naissance": "Durand", "premier_prenom": "Paul", "sexe": "masculin", "date_naissance": "1950-01-01", "identifiants": identifiants });
        secretaire.post(PATIENTS, autre).refuse(409, "ipp-pris");
        assert_eq!(trouves(&secretaire, json!({ "etablissement_id": region.etablissement, "ipp": "A-12" })), [cree.id()]);
        assert!(trouves(&secretaire, json!({ "etablissement_id": region.etablissement, "ipp": "A-1" })).is_empty());
    }

    fn une_recherche_trop_vague_est_refusee_et_une_recherche_ne_montre_que_l_identite(banc) {
        let secretaire = secretaire(banc, "claire", banc.region(1));
        let (_, medecin) = demandeur(banc, "Delta", 1);
        let cree = secretaire
            .post(PATIENTS, jeanne(json!({ "nom_utilise": "De La Tour", "telephone": "0320000000", "medecin_traitant_id": medecin })))
            .est(201);
        for (recherche, faute) in [
            (json!({}), "/nom"),
            (json!({ "nom": "Lefevre" }), "/date_naissance"),
            (json!({ "nom": "L", "date_naissance": "1979-03-14" }), "/nom"),
            (json!({ "ipp": "12" }), "/etablissement_id"),
        ] {
            assert_eq!(secretaire.post(RECHERCHES, recherche).refuse(422, "contenu-invalide").fautes(), [faute]);
        }
        for recherche in [
            json!({ "nom": "lefe", "date_naissance": "1979-03-14" }),
            json!({ "nom": "LÉ", "date_naissance": "1979-03-14" }),
            json!({ "nom": "de la t", "date_naissance": "1979-03-14" }),
            json!({ "nom": "Lefevre", "prenom": "jean", "date_naissance": "1979-03-14" }),
        ] {
            assert_eq!(trouves(&secretaire, recherche.clone()), [cree.id()], "{recherche}");
        }
        for recherche in [
            json!({ "nom": "efe", "date_naissance": "1979-03-14" }),
            json!({ "nom": "Lefevrex", "date_naissance": "1979-03-14" }),
            json!({ "nom": "Le", "date_naissance": "1979-03-15" }),
            json!({ "nom": "Lefevre", "prenom": "anne", "date_naissance": "1979-03-14" }),
        ] {
            assert!(trouves(&secretaire, recherche.clone()).is_empty(), "{recherche}");
        }
        let corps = secretaire.post(RECHERCHES, json!({ "nom": "Lefevre", "date_naissance": "1979-03-14" })).est(200).corps;
        let champs: Vec<&str> = corps["elements"][0].as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(
            champs,
            ["id", "nom_naissance", "nom_utilise", "premier_prenom", "prenom_utilise", "sexe", "date_naissance", "lieu_naissance", "ins", "ins_oid", "statut_identite", "attributs"]
        );
    }

    fn une_recherche_montre_vingt_patients_au_plus_et_trace_chacun(banc) {
        let secretaire = secretaire(banc, "claire", banc.region(1));
        for rang in 1..=21 {
            let prenom = format!("Jeanne{}", char::from(b'a' + rang));
            secretaire.post(PATIENTS, jeanne(json!({ "premier_prenom": prenom }))).est(201);
        }
        let corps = secretaire.post(RECHERCHES, json!({ "nom": "Lef", "date_naissance": "1979-03-14" })).est(200).corps;
        assert_eq!((corps["elements"].as_array().unwrap().len(), &corps["incomplet"]), (20, &json!(true)));
        let traces = traces(banc, "rechercher");
        assert_eq!(traces.iter().filter(|(_, patient, _)| *patient).count(), 20);
        assert_eq!(traces.iter().filter_map(|(_, _, champs)| champs.clone()).collect::<Vec<_>>(), [json!(["nom", "date_naissance"])]);
        let precise = json!({ "nom": "Lef", "prenom": "Jeanneb", "date_naissance": "1979-03-14" });
        let corps = secretaire.post(RECHERCHES, precise).est(200).corps;
        assert_eq!((corps["elements"].as_array().unwrap().len(), &corps["incomplet"]), (1, &json!(false)));
    }

    fn qui_cree_un_patient_le_lit_quelle_que_soit_l_habilitation(banc) {
        let region = banc.region(1);
        let (oncologue, autre) = (banc.medecin("Delta", "G15_10/SM36", 1), banc.region(2));
        let rcp = Perimetre::Rcp(RcpId::new(uuid::Uuid::from_u128(5)));
        let createurs = [
            banc.personne("de-la-rcp", &[(Role::Secretaire, rcp)]),
            banc.personne("du-3c", &[(Role::Secretaire, Perimetre::Centre3c(region.centre))]),
            banc.professionnel("responsable", Some(oncologue), &[(Role::Responsable, rcp)]),
            banc.professionnel("demandeur", Some(oncologue), &[(Role::Demandeur, Perimetre::Patients)]),
        ];
        for (rang, createur) in (1..).zip(&createurs) {
            let identifiants = json!([{ "etablissement_id": autre.etablissement, "ipp": format!("{rang}") }]);
            let corps = jeanne(json!({ "date_naissance": format!("1979-03-{rang:02}"), "identifiants": identifiants }));
            let cree = createur.post(PATIENTS, corps).est(201);
            createur.get(&chemin(&cree.id())).est(200);
            assert_eq!(trouves(createur, json!({ "nom": "Lef", "date_naissance": format!("1979-03-{rang:02}") })), [cree.id()]);
        }
        let interface = banc.personne("dpi", &[(Role::Interface, Perimetre::Region)]);
        interface.post(PATIENTS, jeanne(json!({}))).refuse(422, "patient-sans-rattachement");
    }

    fn un_patient_est_liste_si_et_seulement_si_il_est_lisible(banc) {
        let (nord, sud) = (banc.region(1), banc.region(2));
        let rcp = RcpId::new(uuid::Uuid::from_u128(5));
        let (delta, delta_id) = demandeur(banc, "Delta", 1);
        let (echo, echo_id) = demandeur(banc, "Echo", 2);
        let (foxtrot, foxtrot_id) = demandeur(banc, "Foxtrot", 3);
        let acteurs = [
            delta,
            echo,
            foxtrot,
            secretaire(banc, "du-nord", nord),
            secretaire(banc, "du-sud", sud),
            banc.personne("du-3c", &[(Role::Secretaire, Perimetre::Centre3c(nord.centre))]),
            banc.personne("de-la-rcp", &[(Role::Secretaire, Perimetre::Rcp(rcp))]),
            banc.personne("soignant", &[(Role::Soignant, Perimetre::Etablissement(sud.etablissement))]),
            banc.personne("double", &[(Role::Secretaire, Perimetre::Etablissement(nord.etablissement)), (Role::Soignant, Perimetre::Rcp(rcp))]),
            banc.professionnel("de-region", Some(foxtrot_id), &[(Role::Participant, Perimetre::Region)]),
        ];
        let complements = [
            json!({}),
            json!({ "medecin_traitant_id": echo_id }),
            json!({ "identifiants": [{ "etablissement_id": sud.etablissement, "ipp": "1" }] }),
            json!({ "identifiants": [{ "etablissement_id": nord.etablissement, "ipp": "1" }, { "etablissement_id": sud.etablissement, "ipp": "2" }] }),
        ];
        let mut patients = Vec::new();
        for (rang, (createur, complement)) in [0_usize, 1, 3, 4, 5, 6].iter().flat_map(|createur| complements.iter().map(move |c| (*createur, c))).enumerate() {
            let mut corps = jeanne(json!({ "date_naissance": format!("19{:02}-03-14", 40 + rang) }));
            corps.as_object_mut().unwrap().extend(complement.as_object().unwrap().clone());
            if let Some(numeros) = corps.get_mut("identifiants").and_then(Value::as_array_mut) {
                for numero in numeros {
                    numero["ipp"] = json!(format!("{rang}"));
                }
            }
            let cree = acteurs[createur].post(PATIENTS, corps).est(201);
            if rang % 3 == 0 {
                let correspondants = json!({ "correspondants": [{ "praticien_id": foxtrot_id, "qualite": "Pneumologue" }] });
                acteurs[createur].put(&format!("{}/correspondants", chemin(&cree.id())), 1, correspondants).est(200);
            }
            if rang % 4 == 1 {
                let dossier = json!({ "libelle": "Sein gauche", "referent_id": delta_id });
                acteurs[createur].post(&format!("{}/dossiers", chemin(&cree.id())), dossier).est(201);
            }
            patients.push((cree.id(), format!("19{:02}-03-14", 40 + rang)));
        }
        let mut lisibles = 0;
        for (rang, acteur) in acteurs.iter().enumerate() {
            for (id, naissance) in &patients {
                let lisible = acteur.get(&chemin(id)).statut;
                let liste = trouves(acteur, json!({ "nom": "Le", "date_naissance": naissance })) == [id.clone()];
                assert_eq!((lisible == 200, lisible == 404), (liste, !liste), "acteur {rang}, patient né le {naissance}");
                lisibles += usize::from(liste);
            }
        }
        let tous = acteurs.len() * patients.len();
        assert!(lisibles > tous / 5 && lisibles < tous * 4 / 5, "{lisibles} lisibles sur {tous}");
    }

    fn changer_de_medecin_traitant_ferme_le_dossier_a_l_ancien(banc) {
        let secretaire = secretaire(banc, "claire", banc.region(1));
        let (ancien, ancien_id) = demandeur(banc, "Ancien", 1);
        let (nouveau, nouveau_id) = demandeur(banc, "Nouveau", 2);
        let cree = secretaire.post(PATIENTS, jeanne(json!({ "medecin_traitant_id": ancien_id }))).est(201);
        let chemin = chemin(&cree.id());
        ancien.get(&chemin).est(200);
        nouveau.get(&chemin).refuse(404, "patient-introuvable");
        secretaire.put(&chemin, 1, jeanne(json!({ "medecin_traitant_id": nouveau_id }))).est(200);
        ancien.get(&chemin).refuse(404, "patient-introuvable");
        assert!(trouves(&ancien, json!({ "nom": "Lefevre", "date_naissance": "1979-03-14" })).is_empty());
        nouveau.get(&chemin).est(200);
        // Coming back opens again what had been closed.
        secretaire.put(&chemin, 2, jeanne(json!({ "medecin_traitant_id": ancien_id }))).est(200);
        ancien.get(&chemin).est(200);
        nouveau.get(&chemin).refuse(404, "patient-introuvable");
    }

    fn chaque_raison_de_voir_un_patient_finit_avec_elle_et_elle_seule(banc) {
        let (nord, sud) = (banc.region(1), banc.region(2));
        let (claire, denis) = (secretaire(banc, "claire", nord), secretaire(banc, "denis", sud));
        let (delta, delta_id) = demandeur(banc, "Delta", 1);
        let numero = json!([{ "etablissement_id": sud.etablissement, "ipp": "12" }]);
        let id = claire.post(PATIENTS, jeanne(json!({ "medecin_traitant_id": delta_id, "identifiants": numero }))).est(201).id();
        let (chemin, correspondants) = (chemin(&id), format!("{}/correspondants", chemin(&id)));
        denis.get(&chemin).est(200);

        let delta_correspondant = json!({ "correspondants": [{ "praticien_id": delta_id, "qualite": "Oncologue" }] });
        assert_eq!(claire.put(&correspondants, 1, delta_correspondant.clone()).est(200).version(), 2);
        claire.put(&correspondants, 1, delta_correspondant.clone()).refuse(412, "version-perimee");
        assert_eq!(claire.get(&correspondants).est(200).corps, delta_correspondant["correspondants"]);
        // No longer médecin traitant, still a correspondent; the établissement no longer knows the patient.
        claire.put(&chemin, 2, jeanne(json!({}))).est(200);
        delta.get(&chemin).est(200);
        denis.get(&chemin).refuse(404, "patient-introuvable");

        let dossier = claire.post(&format!("{chemin}/dossiers"), json!({ "libelle": "Sein", "referent_id": delta_id })).est(201);
        claire.put(&correspondants, 3, json!({ "correspondants": [] })).est(200);
        delta.get(&chemin).est(200);
        claire.put(&format!("/api/v1/dossiers/{}", dossier.id()), 1, json!({ "libelle": "Sein" })).est(200);
        delta.get(&chemin).refuse(404, "patient-introuvable");
        delta.get(&format!("/api/v1/dossiers/{}", dossier.id())).refuse(404, "dossier-introuvable");

        let inconnu = json!({ "correspondants": [{ "praticien_id": uuid::Uuid::from_u128(7), "qualite": "Oncologue" }] });
        assert_eq!(claire.put(&correspondants, 4, inconnu).refuse(422, "contenu-invalide").fautes(), ["/correspondants/0/praticien_id"]);
    }

    fn lire_n_est_pas_modifier_et_ne_pas_voir_n_est_pas_savoir(banc) {
        let (nord, sud) = (banc.region(1), banc.region(2));
        let claire = secretaire(banc, "claire", nord);
        let cree = claire.post(PATIENTS, jeanne(json!({}))).est(201);
        let chemin = chemin(&cree.id());
        // Reads at the établissement, changes only at an RCP.
        let mixte = banc.personne("mixte", &[
            (Role::Soignant, Perimetre::Etablissement(nord.etablissement)),
            (Role::Secretaire, Perimetre::Etablissement(sud.etablissement)),
        ]);
        mixte.get(&chemin).est(200);
        mixte.put(&chemin, 1, jeanne(json!({}))).refuse(403, "action-interdite");
        let soignant = banc.personne("soignant", &[(Role::Soignant, Perimetre::Etablissement(nord.etablissement))]);
        soignant.get(&chemin).est(200);
        soignant.post(PATIENTS, jeanne(json!({}))).refuse(403, "action-interdite");
        soignant.post(&format!("{chemin}/oppositions"), json!({ "objet": "dmp" })).est(201);
        let denis = secretaire(banc, "denis", sud);
        let inconnu = format!("{PATIENTS}/{}", uuid::Uuid::from_u128(7));
        let (cache, absent) = (denis.get(&chemin).refuse(404, "patient-introuvable"), denis.get(&inconnu).refuse(404, "patient-introuvable"));
        assert_eq!(cache.corps["detail"], absent.corps["detail"]);
        denis.put(&chemin, 1, jeanne(json!({}))).refuse(404, "patient-introuvable");
        denis.get(&format!("{chemin}/oppositions")).refuse(404, "patient-introuvable");
        denis.get(&format!("{chemin}/dossiers")).refuse(404, "patient-introuvable");
        let admin = banc.personne("admin", &[(Role::AdministrateurRegional, Perimetre::Region)]);
        admin.get(&chemin).refuse(403, "action-interdite");
        admin.post(RECHERCHES, json!({ "nom": "Lefevre", "date_naissance": "1979-03-14" })).refuse(403, "action-interdite");
        banc.anonyme().get(&chemin).refuse(401, "authentification-requise");
    }

    fn une_opposition_se_date_se_leve_et_ne_s_efface_pas(banc) {
        let claire = secretaire(banc, "claire", banc.region(1));
        let id = claire.post(PATIENTS, jeanne(json!({}))).est(201).id();
        let oppositions = format!("{}/oppositions", chemin(&id));
        let prise = claire.post(&oppositions, json!({ "objet": "partage_dcc", "exprimee_le": "2026-02-27", "commentaire": "Lettre reçue" })).est(201);
        assert_eq!((prise.corps["exprimee_le"].as_str(), prise.corps["recueillie_par"].is_string()), (Some("2026-02-27"), true));
        claire.post(&oppositions, json!({ "objet": "partage_dcc" })).refuse(409, "opposition-en-vigueur");
        claire.post(&oppositions, json!({ "objet": "dmp", "exprimee_le": "2026-03-03" })).refuse(422, "contenu-invalide");
        assert_eq!(claire.post(&oppositions, json!({ "objet": "dmp" })).est(201).corps["exprimee_le"], "2026-03-02");
        let est_oppose = |banc: &Banc, id: &str| {
            let id = id.parse().unwrap();
            banc.systeme(move |op| service::est_oppose(op, id, dcc::metier::patient::model::ObjetOpposition::PartageDcc))
        };
        assert!(est_oppose(banc, &id));

        let levee = format!("/api/v1/oppositions/{}/levee", prise.id());
        let denis = secretaire(banc, "denis", banc.region(2));
        denis.poster(&levee).refuse(404, "opposition-introuvable");
        assert_eq!(claire.poster(&levee).est(200).corps["levee_le"], "2026-03-02T09:00:00Z");
        claire.poster(&levee).refuse(409, "opposition-levee");
        assert!(!est_oppose(banc, &id));
        let toutes = claire.get(&oppositions).est(200).corps;
        let levees: Vec<bool> = toutes.as_array().unwrap().iter().map(|o| o["levee_le"].is_string()).collect();
        assert_eq!(levees, [true, false]);
        // The patient may object again later.
        claire.post(&oppositions, json!({ "objet": "partage_dcc" })).est(201);
    }

    fn un_dossier_clos_se_lit_mais_ne_change_qu_une_fois_rouvert(banc) {
        let claire = secretaire(banc, "claire", banc.region(1));
        let patient = claire.post(PATIENTS, jeanne(json!({}))).est(201).id();
        let dossiers = format!("{}/dossiers", chemin(&patient));
        let saisi = json!({ "libelle": "Sein gauche", "topographie": "C50.9", "date_diagnostic": "2025-11-03" });
        let cree = claire.post(&dossiers, saisi.clone()).est(201);
        let chemin = format!("/api/v1/dossiers/{}", cree.id());
        assert_eq!((cree.entete("location"), &cree.corps["etat"], &cree.corps["patient_id"]), (chemin.as_str(), &json!("ouvert"), &json!(patient)));
        assert_eq!(claire.get(&chemin).est(200).corps, cree.corps);
        assert_eq!(claire.put(&chemin, 1, saisi.clone()).est(200).version(), 2);
        let refus = claire.put(&chemin, 2, json!({ "libelle": " ", "date_diagnostic": "1979-03-13", "referent_id": uuid::Uuid::nil() }));
        assert_eq!(refus.refuse(422, "contenu-invalide").fautes(), ["/libelle", "/date_diagnostic", "/referent_id"]);
        claire.poster(&format!("{chemin}/cloture")).refuse(428, "version-absente");
        assert_eq!(claire.poster_si(&format!("{chemin}/cloture"), 2).est(200).corps["etat"], "clos");
        claire.put(&chemin, 3, saisi.clone()).refuse(409, "dossier-clos");
        claire.poster_si(&format!("{chemin}/cloture"), 3).refuse(409, "dossier-clos");
        assert_eq!(claire.poster_si(&format!("{chemin}/reouverture"), 3).est(200).version(), 4);
        claire.poster_si(&format!("{chemin}/reouverture"), 4).refuse(409, "dossier-ouvert");
        claire.put(&chemin, 1, saisi).refuse(412, "version-perimee");
        claire.post(&dossiers, json!({ "libelle": "Poumon" })).est(201);
        let noms: Vec<Value> = claire.get(&dossiers).est(200).corps.as_array().unwrap().iter().map(|d| d["libelle"].clone()).collect();
        assert_eq!(noms, ["Sein gauche", "Poumon"]);
    }

    fn deux_personnes_ne_modifient_pas_le_meme_patient_a_la_fois(banc) {
        let claire = secretaire(banc, "claire", banc.region(1));
        let id = claire.post(PATIENTS, jeanne(json!({}))).est(201).id();
        let chemin = chemin(&id);
        let statuts: Vec<u16> = std::thread::scope(|fils| {
            let essais: Vec<_> = (0..6)
                .map(|rang| {
                    let (claire, chemin) = (&claire, &chemin);
                    fils.spawn(move || claire.put(chemin, 1, jeanne(json!({ "telephone": format!("032000000{rang}") }))).statut)
                })
                .collect();
            essais.into_iter().map(|essai| essai.join().unwrap()).collect()
        });
        assert_eq!((statuts.iter().filter(|s| **s == 200).count(), statuts.iter().filter(|s| **s == 412).count()), (1, 5));
        assert_eq!(claire.get(&chemin).est(200).version(), 2);
    }
}
