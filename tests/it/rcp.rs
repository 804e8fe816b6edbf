//! RCP entities: the directory, the rules of their content, their members, their life-cycle.

use crate::support::{Banc, client::Client, region::Region};
use dcc::{
    kernel::{Perimetre, Role, ids::RcpId},
    metier::referentiel,
};
use serde_json::{Value, json};

fn saisie(region: &Region, code: &str) -> Value {
    json!({ "code": code, "nom": format!("Sénologie {code}"), "acronyme": "SENO", "type_rcp": "standard", "nature": "appareil_organe",
            "appareil": "76752008", "organes": ["76752008"], "theme": "senologie", "niveau": "territorial",
            "centre_3c_id": region.centre, "etablissement_id": region.etablissement,
            "secretariat": { "nom": "Secrétariat du 3C", "telephone": "03 20 00 00 00", "courriel": null, "adresse_securisee": null }, "lieu": "Salle Curie",
            "recurrence": { "rrule": "FREQ=WEEKLY;BYDAY=TU", "premiere_date": "2026-01-06", "heure": "18:00:00", "duree_minutes": 120,
                            "fuseau": "Europe/Paris", "exceptions": ["2026-12-29"], "jours_feries": "supprimer" },
            "delai_inscription_heures": 48, "capacite": 20, "regle_quorum": "standard-hors-hematologie", "modele_fiche": "socle-frcp" })
}

fn avec(mut saisie: Value, champs: Value) -> Value {
    saisie.as_object_mut().unwrap().extend(champs.as_object().unwrap().clone());
    saisie
}

/// A region whose reference data are loaded, and the person of its 3C who manages the RCP.
fn coordination(banc: &Banc) -> (Region, Client) {
    banc.systeme(|op| referentiel::service::charger(op).map(drop));
    let region = banc.region(1);
    let coordonnateur = banc.personne("coordination", &[(Role::Coordonnateur3c, Perimetre::Centre3c(region.centre))]);
    (region, coordonnateur)
}

fn codes(page: &Value) -> Vec<&str> {
    page["elements"].as_array().unwrap().iter().map(|rcp| rcp["code"].as_str().unwrap()).collect()
}

fn membre(praticien: impl serde::Serialize, fonction: &str) -> Value {
    json!({ "praticien_id": praticien, "fonction": fonction, "clause": "CHIRURGIEN", "debut": "2026-01-01" })
}

/// Creates an RCP with a coordinator and validates it; gives its path.
fn validee(banc: &Banc, coordination: &Client, region: &Region, code: &str, rang: u32) -> String {
    let cree = coordination.post("/api/v1/rcp", saisie(region, code)).est(201);
    let chemin = format!("/api/v1/rcp/{}", cree.id());
    let medecin = banc.medecin(&format!("Delta{rang}"), "G15_10/SM36", rang);
    coordination.post(&format!("{chemin}/membres"), membre(medecin, "coordonnateur")).est(201);
    coordination.poster_si(&format!("{chemin}/validation"), 1).est(200);
    chemin
}

sur_les_deux_bases! {
    fn une_rcp_se_prepare_se_relit_et_se_modifie(banc) {
        let (region, coordination) = coordination(banc);
        let cree = coordination.post("/api/v1/rcp", saisie(&region, "SENO")).est(201);
        let chemin = format!("/api/v1/rcp/{}", cree.id());
        assert_eq!((cree.entete("location"), cree.version()), (chemin.as_str(), 1));
        let lue = coordination.get(&chemin).est(200);
        assert_eq!(lue.corps, cree.corps);
        for (champ, valeur) in saisie(&region, "SENO").as_object().unwrap() {
            assert_eq!(&lue.corps[champ], valeur, "{champ}");
        }
        assert_eq!(lue.corps["etat"], "brouillon");

        let autre = banc.region(2);
        let apres = avec(saisie(&region, "SENO"), json!({ "co_organisateurs": [autre.etablissement], "recurrence": null, "capacite": null }));
        let modifiee = coordination.put(&chemin, 1, apres.clone()).est(200);
        assert_eq!((modifiee.version(), &modifiee.corps["co_organisateurs"]), (2, &json!([autre.etablissement])));
        assert_eq!(coordination.get(&chemin).est(200).corps["recurrence"], Value::Null);
        assert_eq!(coordination.put(&chemin, 1, apres.clone()).refuse(412, "version-perimee").corps["version_actuelle"], 2);
        coordination.envoyer("PUT", &chemin, Some(apres), &[]).refuse(428, "version-absente");
        coordination.post("/api/v1/rcp", saisie(&region, "SENO")).refuse(409, "code-pris");
    }

    fn chaque_faute_est_dite_a_sa_place(banc) {
        let (region, coordination) = coordination(banc);
        let fautes = |champs: Value| -> Vec<String> {
            let refus = coordination.post("/api/v1/rcp", avec(saisie(&region, "X"), champs)).refuse(422, "contenu-invalide");
            refus.corps["errors"].as_array().unwrap().iter().map(|f| format!("{} {}", f["pointer"].as_str().unwrap(), f["code"].as_str().unwrap())).collect()
        };
        assert_eq!(fautes(json!({ "type_rcp": "recours" })), ["/categorie_recours obligatoire"]);
        assert_eq!(fautes(json!({ "categorie_recours": "thoracique" })), ["/categorie_recours sans-objet"]);
        assert_eq!(fautes(json!({ "type_rcp": "pediatrique" })), ["/niveau rcp-pediatrique-interregionale"]);
        assert_eq!(fautes(json!({ "nature": "transversale" })), ["/appareil sans-objet", "/organes sans-objet", "/traitement_soins obligatoire"]);
        assert_eq!(fautes(json!({ "appareil": "12345", "organes": ["76752008", "9"] })), ["/appareil code-inconnu", "/organes/1 code-inconnu"]);
        assert_eq!(fautes(json!({ "regle_quorum": "aucune" })), ["/regle_quorum inconnu"]);
        assert_eq!(fautes(json!({ "modele_fiche": "aucun" })), ["/modele_fiche inconnu"]);
        assert_eq!(fautes(json!({ "etablissement_id": uuid::Uuid::nil() })), ["/etablissement_id inconnu"]);
        assert_eq!(fautes(json!({ "secretariat": { "courriel": "pas une adresse" } })), ["/secretariat/courriel email"]);
        let decalee = avec(saisie(&region, "X")["recurrence"].clone(), json!({ "premiere_date": "2026-01-07" }));
        assert_eq!(fautes(json!({ "recurrence": decalee })), ["/recurrence/premiere_date premiere-date-hors-regle"]);
        assert_eq!(fautes(json!({ "capacite": 0, "niveau": "mondial" })), ["/niveau valeur-inconnue"]);
    }

    fn une_rcp_non_validee_n_est_vue_que_de_ceux_qui_la_gerent(banc) {
        let (region, coordination) = coordination(banc);
        let brouillon = format!("/api/v1/rcp/{}", coordination.post("/api/v1/rcp", saisie(&region, "A")).est(201).id());
        let autre = banc.region(2);
        let voisin = banc.personne("voisin", &[(Role::Coordonnateur3c, Perimetre::Centre3c(autre.centre))]);
        let participant = banc.personne("participant", &[(Role::Participant, Perimetre::Patients)]);
        let regional = banc.personne("regional", &[(Role::AdministrateurRegional, Perimetre::Region)]);
        for tiers in [&voisin, &participant] {
            tiers.get(&brouillon).refuse(404, "rcp-introuvable");
            tiers.get(&format!("{brouillon}/membres")).refuse(404, "rcp-introuvable");
            tiers.put(&brouillon, 1, saisie(&region, "A")).refuse(404, "rcp-introuvable");
            assert!(codes(&tiers.get("/api/v1/rcp").est(200).corps).is_empty());
        }
        for gestionnaire in [&coordination, &regional] {
            assert_eq!(codes(&gestionnaire.get("/api/v1/rcp").est(200).corps), ["A"]);
        }
        // A co-organiser manages it as well.
        let partagee = avec(saisie(&region, "B"), json!({ "co_organisateurs": [autre.etablissement] }));
        coordination.post("/api/v1/rcp", partagee).est(201);
        let local = banc.personne("local", &[(Role::AdministrateurLocal, Perimetre::Etablissement(autre.etablissement))]);
        assert_eq!(codes(&local.get("/api/v1/rcp").est(200).corps), ["B"]);

        let visible = validee(banc, &coordination, &region, "C", 1);
        assert_eq!(codes(&participant.get("/api/v1/rcp").est(200).corps), ["C"]);
        participant.put(&visible, 2, saisie(&region, "C")).refuse(403, "action-interdite");
        coordination.post_si(&format!("{visible}/suspension"), 2, json!({ "motif": "Travaux" })).est(200);
        participant.get(&visible).refuse(404, "rcp-introuvable");
        coordination.get(&visible).est(200);
    }

    fn une_rcp_n_entre_dans_l_annuaire_qu_avec_un_coordonnateur(banc) {
        let (region, coordination) = coordination(banc);
        let cree = coordination.post("/api/v1/rcp", saisie(&region, "SENO")).est(201);
        let chemin = format!("/api/v1/rcp/{}", cree.id());
        let refus = coordination.poster_si(&format!("{chemin}/validation"), 1).refuse(409, "rcp-incomplete");
        assert_eq!(refus.fautes(), ["/membres"]);
        let medecin = banc.medecin("Delta", "G15_10/SM36", 1);
        coordination.post(&format!("{chemin}/membres"), membre(medecin, "permanent")).est(201);
        coordination.poster_si(&format!("{chemin}/validation"), 1).refuse(409, "rcp-incomplete");
        coordination.post(&format!("{chemin}/membres"), membre(medecin, "coordonnateur")).est(201);

        // Those in charge of the RCP prepare it; the 3C or the region validates it.
        let rcp: RcpId = cree.id().parse().unwrap();
        let responsable = banc.personne("responsable", &[(Role::Responsable, Perimetre::Rcp(rcp))]);
        responsable.put(&chemin, 1, saisie(&region, "SENO")).est(200);
        responsable.poster_si(&format!("{chemin}/validation"), 2).refuse(403, "action-interdite");
        assert_eq!(coordination.poster_si(&format!("{chemin}/validation"), 2).est(200).corps["etat"], "validee");
    }

    fn suspendre_et_fermer_demandent_un_motif_et_suivent_le_cycle_de_vie(banc) {
        let (region, coordination) = coordination(banc);
        let chemin = validee(banc, &coordination, &region, "SENO", 1);
        let acte = |acte: &str| format!("{chemin}/{acte}");
        coordination.poster_si(&acte("validation"), 2).refuse(409, "transition-rcp-impossible");
        assert_eq!(coordination.post_si(&acte("suspension"), 2, json!({ "motif": "" })).refuse(422, "contenu-invalide").fautes(), ["/motif"]);
        let suspendue = coordination.post_si(&acte("suspension"), 2, json!({ "motif": "Départ du coordonnateur" })).est(200);
        assert_eq!((&suspendue.corps["etat"], &suspendue.corps["motif_etat"]), (&json!("suspendue"), &json!("Départ du coordonnateur")));
        let reprise = coordination.poster_si(&acte("reprise"), 3).est(200);
        assert_eq!((&reprise.corps["etat"], &reprise.corps["motif_etat"]), (&json!("validee"), &Value::Null));
        coordination.poster_si(&acte("reprise"), 4).refuse(409, "transition-rcp-impossible");
        coordination.post_si(&acte("fermeture"), 3, json!({ "motif": "Regroupement" })).refuse(412, "version-perimee");
        coordination.post_si(&acte("fermeture"), 4, json!({ "motif": "Regroupement" })).est(200);
        coordination.put(&chemin, 5, saisie(&region, "SENO")).refuse(409, "rcp-fermee");
        coordination.poster_si(&acte("reprise"), 5).refuse(409, "transition-rcp-impossible");
    }

    fn une_personne_n_exerce_une_fonction_qu_une_fois_a_la_fois(banc) {
        let (region, coordination) = coordination(banc);
        let chemin = format!("/api/v1/rcp/{}", coordination.post("/api/v1/rcp", saisie(&region, "SENO")).est(201).id());
        let membres = format!("{chemin}/membres");
        let medecin = banc.medecin("Delta", "G15_10/SM36", 1);
        let ajoute = coordination.post(&membres, membre(medecin, "permanent")).est(201);
        assert_eq!((&ajoute.corps["nom"], &ajoute.corps["specialite"], &ajoute.corps["clause"]), (&json!("Dr Camille DELTA"), &json!("G15_10/SM36"), &json!("CHIRURGIEN")));
        coordination.post(&membres, membre(medecin, "permanent")).refuse(409, "membre-deja-present");
        coordination.post(&membres, membre(medecin, "suppleant")).est(201);
        assert_eq!(coordination.post(&membres, membre(uuid::Uuid::nil(), "permanent")).refuse(422, "contenu-invalide").fautes(), ["/praticien_id"]);

        let fin = format!("{membres}/{}/fin", ajoute.id());
        assert_eq!(coordination.post(&fin, json!({ "fin": "2025-12-31" })).refuse(422, "contenu-invalide").fautes(), ["/fin"]);
        coordination.post(&fin, json!({ "fin": "2026-03-31" })).est(200);
        coordination.post(&format!("{membres}/{}/fin", uuid::Uuid::nil()), json!({ "fin": "2026-03-31" })).refuse(404, "membre-introuvable");
        let mut revenu = membre(medecin, "permanent");
        coordination.post(&membres, revenu.clone()).refuse(409, "membre-deja-present");
        revenu["debut"] = json!("2026-04-01");
        coordination.post(&membres, revenu).est(201);
        let nombre = |le: &str| coordination.get(&format!("{membres}{le}")).est(200).corps.as_array().unwrap().len();
        assert_eq!((nombre(""), nombre("?le=2026-03-31"), nombre("?le=2026-04-01"), nombre("?le=2025-06-01")), (3, 2, 2, 0));
    }

    fn l_annuaire_se_filtre_et_se_parcourt(banc) {
        let (region, coordination) = coordination(banc);
        let autre = banc.region(2);
        for code in ["D", "B", "A"] {
            coordination.post("/api/v1/rcp", saisie(&region, code)).est(201);
        }
        let thorax = json!({ "nom": "Thorax de recours", "acronyme": null, "type_rcp": "recours", "categorie_recours": "thoracique", "theme": "thorax",
                             "niveau": "regional", "co_organisateurs": [autre.etablissement] });
        coordination.post("/api/v1/rcp", avec(saisie(&region, "C"), thorax)).est(201);
        let liste = |filtre: &str| -> Vec<String> {
            codes(&coordination.get(&format!("/api/v1/rcp{filtre}")).est(200).corps).into_iter().map(str::to_owned).collect()
        };
        assert_eq!(liste(""), ["A", "B", "C", "D"]);
        assert_eq!(liste("?type=recours"), ["C"]);
        assert_eq!(liste("?theme=senologie"), ["A", "B", "D"]);
        assert_eq!(liste("?niveau=regional"), ["C"]);
        assert_eq!(liste("?recherche=senologie%20b"), ["B"]);
        assert_eq!(liste("?recherche=RECOURS"), ["C"]);
        assert_eq!(liste("?recherche=logie"), Vec::<String>::new());
        assert_eq!(liste("?etat=validee"), Vec::<String>::new());
        assert_eq!(liste(&format!("?etablissement={}", autre.etablissement)), ["C"]);
        assert_eq!(liste(&format!("?etablissement={}&centre_3c={}", region.etablissement, region.centre)).len(), 4);
        assert_eq!(liste(&format!("?centre_3c={}", autre.centre)), Vec::<String>::new());
        coordination.get("/api/v1/rcp?type=autre").refuse(400, "parametre-invalide");

        let page = coordination.get("/api/v1/rcp?limite=3").est(200).corps;
        assert_eq!(codes(&page), ["A", "B", "C"]);
        let suite = coordination.get(&format!("/api/v1/rcp?limite=3&curseur={}", page["suivant"].as_str().unwrap())).est(200).corps;
        assert_eq!((codes(&suite), &suite["suivant"]), (vec!["D"], &Value::Null));
    }

    fn une_rcp_ne_se_place_que_la_ou_l_on_gere(banc) {
        let (region, coordination) = coordination(banc);
        let autre = banc.region(2);
        let ailleurs = json!({ "centre_3c_id": autre.centre, "etablissement_id": autre.etablissement });
        coordination.post("/api/v1/rcp", avec(saisie(&region, "A"), ailleurs.clone())).refuse(403, "action-interdite");
        let chemin = format!("/api/v1/rcp/{}", coordination.post("/api/v1/rcp", saisie(&region, "A")).est(201).id());
        coordination.put(&chemin, 1, avec(saisie(&region, "A"), ailleurs)).refuse(403, "action-interdite");
        let secretaire = banc.personne("secretaire", &[(Role::Secretaire, Perimetre::Centre3c(region.centre))]);
        secretaire.post("/api/v1/rcp", saisie(&region, "B")).refuse(403, "action-interdite");
    }
}
