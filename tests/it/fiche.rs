//! Fiches: drafts, completeness, states, versions, who sees and fills them.

use crate::support::{Banc, client::Client};
use dcc::{
    db::{Demande, schema::trace, types::Json},
    kernel::{Erreur, Perimetre, Role, ids::FicheId},
    metier::{
        fiche::service,
        referentiel::{lot::Lot, service as referentiels},
    },
};
use diesel::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A content that lacks nothing.
fn complet() -> Value {
    serde_json::from_str(include_str!("../exemples/fiche.json")).unwrap()
}

/// A secretary of an établissement of their own.
fn secretaire(banc: &Banc, rang: u32) -> Client {
    let region = banc.region(rang);
    banc.personne(&format!("secretaire{rang}"), &[(Role::Secretaire, Perimetre::Etablissement(region.etablissement))])
}

/// The path of the fiches of a new dossier, of a new patient born on that day.
fn dossier(client: &Client, nom: &str, naissance: &str) -> String {
    let patient = json!({ "nom_naissance": nom, "premier_prenom": "Jeanne", "sexe": "feminin", "date_naissance": naissance });
    let patient = client.post("/api/v1/patients", patient).est(201).id();
    let dossier = client.post(&format!("/api/v1/patients/{patient}/dossiers"), json!({ "libelle": "Sein gauche" })).est(201).id();
    format!("/api/v1/dossiers/{dossier}/fiches")
}

fn chemin(id: &str) -> String {
    format!("/api/v1/fiches/{id}")
}

/// A new fiche of a new dossier, with a content.
fn fiche(client: &Client, contenu: Value) -> String {
    client.post(&dossier(client, "Lefèvre", "1945-03-14"), json!({ "contenu": contenu })).est(201).id()
}

fn prete(client: &Client) -> String {
    let id = fiche(client, complet());
    client.poster_si(&format!("{}/prete", chemin(&id)), 1).est(200);
    id
}

fn verrouiller(banc: &Banc, id: &str) -> Result<i64, Erreur> {
    let id: FicheId = id.parse().unwrap();
    banc.etat.db.ecrire_ici(&Demande::systeme("essai"), move |op| service::verrouiller(op, id)).map(|fiche| fiche.version)
}

/// What the trace says of fiches: (act, version, names of sections).
fn traces(banc: &Banc) -> Vec<(String, Option<i64>, Option<Value>)> {
    banc.systeme(|op| {
        Ok(trace::table
            .filter(trace::objet_type.eq("fiche"))
            .filter(trace::patient_id.is_not_null())
            .order(trace::id)
            .select((trace::action, trace::objet_version, trace::champs))
            .load::<(String, Option<i64>, Option<Json>)>(op.conn)?)
    })
    .into_iter()
    .map(|(action, version, champs)| (action, version, champs.map(|champs| champs.0)))
    .collect()
}

/// What several people write at the same time; two of them the same part.
const PARTIES: [&str; 6] = ["antecedents", "comorbidites", "paraclinique", "souhaits_patient", "commentaire_patient", "antecedents"];

sur_les_deux_bases! {
    fn deux_personnes_sur_la_meme_fiche_ne_perdent_rien(banc) {
        let client = secretaire(banc, 1);
        let chemin = chemin(&fiche(&client, json!({})));
        // All have read the same version, and each writes its own part: one is taken, the others are told.
        let statuts: Vec<u16> = std::thread::scope(|fils| {
            let essais: Vec<_> = PARTIES
                .iter()
                .map(|partie| {
                    let (client, chemin) = (&client, &chemin);
                    fils.spawn(move || client.patch(chemin, 1, json!({ *partie: format!("Écrit dans {partie}.") })).statut)
                })
                .collect();
            essais.into_iter().map(|fil| fil.join().unwrap()).collect()
        });
        assert_eq!(statuts.iter().filter(|statut| **statut == 200).count(), 1, "{statuts:?}");
        assert_eq!(statuts.iter().filter(|statut| **statut == 412).count(), PARTIES.len() - 1, "{statuts:?}");

        // Those who were told read again and write on top: in the end nothing lacks.
        std::thread::scope(|fils| {
            for partie in PARTIES {
                let (client, chemin) = (&client, &chemin);
                fils.spawn(move || {
                    while client.patch(chemin, client.get(chemin).est(200).version(), json!({ partie: format!("Écrit dans {partie}.") })).statut == 412 {}
                });
            }
        });
        let lue = client.get(&chemin).est(200);
        assert!(PARTIES.iter().all(|partie| lue.corps["contenu"][partie] == format!("Écrit dans {partie}.")), "{:#}", lue.corps);
        assert_eq!(lue.version(), 2 + i64::try_from(PARTIES.len()).unwrap());
    }

    fn une_fiche_nait_vide_se_remplit_et_devient_prete(banc) {
        let secretaire = secretaire(banc, 1);
        let fiches = dossier(&secretaire, "Lefèvre", "1979-03-14");
        let creee = secretaire.post(&fiches, json!({})).est(201);
        let chemin = chemin(&creee.id());
        assert_eq!((creee.entete("location"), creee.version()), (chemin.as_str(), 1));
        assert_eq!((&creee.corps["etat"], &creee.corps["completude"], &creee.corps["contenu"]), (&json!("brouillon"), &json!(0), &json!({})));
        assert_eq!((&creee.corps["modele_code"], &creee.corps["modele_version"]), (&json!("socle-frcp"), &json!("2025.01")));
        assert_eq!(creee.corps["manquants"][0], json!({ "pointer": "/motif/nature", "titre": "Type et motif de la RCP › Nature de la discussion" }));

        let synthese = json!({ "synthese": { "cas": "Femme de 46 ans.", "question": "Quel traitement ?" } });
        let entamee = secretaire.patch(&chemin, 1, synthese).est(200);
        assert_eq!((entamee.version(), &entamee.corps["completude"], &entamee.corps["etat"]), (2, &json!(12), &json!("brouillon")));
        let incomplete = secretaire.poster_si(&format!("{chemin}/prete"), 2).refuse(422, "contenu-invalide");
        assert_eq!(incomplete.fautes().len(), 14);
        assert!(incomplete.fautes().contains(&"/tumeurs/0/topographie"));

        let remplie = secretaire.put(&chemin, 2, complet()).est(200);
        assert_eq!((remplie.version(), &remplie.corps["completude"], &remplie.corps["manquants"]), (3, &json!(100), &json!([])));
        let prete = secretaire.poster_si(&format!("{chemin}/prete"), 3).est(200);
        assert_eq!((prete.version(), &prete.corps["etat"]), (4, &json!("prete")));
        secretaire.poster_si(&format!("{chemin}/prete"), 4).refuse(409, "fiche-deja-prete");

        let lue = secretaire.get(&chemin).est(200);
        assert_eq!((lue.version(), &lue.corps), (4, &prete.corps));
        assert_eq!(lue.corps["contenu"], complet());
    }

    fn un_contenu_fautif_est_refuse_et_rien_n_est_perdu(banc) {
        let secretaire = secretaire(banc, 1);
        let id = fiche(&secretaire, json!({ "antecedents": "Aucun." }));
        let chemin = chemin(&id);
        let fautif = json!({ "motif": { "nature": "ORG-999" }, "evaluation": { "taille_cm": 3 }, "inconnu": 1 });
        let refus = secretaire.patch(&chemin, 1, fautif.clone()).refuse(422, "contenu-invalide");
        assert_eq!(refus.fautes(), ["/evaluation/taille_cm", "/inconnu", "/motif/nature"]);
        assert_eq!(refus.corps["errors"][0]["message"], "Au moins 20 cm.");
        assert_eq!(secretaire.put(&chemin, 1, fautif).refuse(422, "contenu-invalide").fautes().len(), 3);
        secretaire.put(&chemin, 1, json!({ "antecedents": "nul \u{0} ici" })).refuse(422, "contenu-invalide");
        secretaire.put(&chemin, 1, json!([])).refuse(422, "contenu-invalide");
        assert_eq!(secretaire.get(&chemin).est(200).corps["contenu"], json!({ "antecedents": "Aucun." }));
        let fiches = dossier(&secretaire, "Durand", "1950-01-01");
        assert_eq!(secretaire.post(&fiches, json!({ "contenu": { "phase": 3 } })).refuse(422, "contenu-invalide").fautes(), ["/phase"]);
        assert_eq!(secretaire.post(&fiches, json!({ "modele": "autre" })).refuse(422, "contenu-invalide").fautes(), ["/modele"]);
    }

    fn une_fiche_prete_se_corrige_tant_qu_elle_reste_complete(banc) {
        let secretaire = secretaire(banc, 1);
        let chemin = chemin(&prete(&secretaire));
        let refus = secretaire.patch(&chemin, 2, json!({ "synthese": { "question": null } })).refuse(422, "contenu-invalide");
        assert_eq!(refus.fautes(), ["/synthese/question"]);
        let corrigee = secretaire.patch(&chemin, 2, json!({ "synthese": { "question": "Radiothérapie ?" } })).est(200);
        assert_eq!((&corrigee.corps["etat"], corrigee.version()), (&json!("prete"), 3));
        assert_eq!(corrigee.corps["contenu"]["synthese"]["question"], "Radiothérapie ?");
    }

    fn une_fiche_validee_en_reunion_ne_change_plus(banc) {
        let secretaire = secretaire(banc, 1);
        let id = prete(&secretaire);
        let chemin = chemin(&id);
        assert_eq!(verrouiller(banc, &id).unwrap(), 3);
        assert_eq!(verrouiller(banc, &id).unwrap(), 3, "verrouiller deux fois ne change rien");
        secretaire.put(&chemin, 3, complet()).refuse(409, "fiche-verrouillee");
        secretaire.patch(&chemin, 3, json!({ "antecedents": null })).refuse(409, "fiche-verrouillee");
        secretaire.poster_si(&format!("{chemin}/prete"), 3).refuse(409, "fiche-verrouillee");
        let lue = secretaire.get(&chemin).est(200);
        assert_eq!((&lue.corps["etat"], &lue.corps["contenu"]), (&json!("verrouillee"), &complet()));
    }

    fn une_fiche_incomplete_ne_se_verrouille_pas(banc) {
        let secretaire = secretaire(banc, 1);
        let mut contenu = complet();
        contenu.as_object_mut().unwrap().remove("decouverte");
        let id = fiche(&secretaire, contenu);
        let Err(Erreur::Refus(refus)) = verrouiller(banc, &id) else { panic!("une fiche incomplète a été verrouillée") };
        assert_eq!(refus.fautes.iter().map(|f| f.pointer.as_str()).collect::<Vec<_>>(), ["/decouverte/depistage"]);
        assert_eq!(secretaire.get(&chemin(&id)).est(200).corps["etat"], "brouillon");
    }

    fn deux_saisies_simultanees_ne_s_ecrasent_pas(banc) {
        let secretaire = secretaire(banc, 1);
        let chemin = chemin(&fiche(&secretaire, json!({})));
        secretaire.patch(&chemin, 1, json!({ "antecedents": "Aucun." })).est(200);
        let perimee = secretaire.patch(&chemin, 1, json!({ "comorbidites": "Diabète." })).refuse(412, "version-perimee");
        assert_eq!(perimee.corps["version_actuelle"], 2);
        secretaire.envoyer("PUT", &chemin, Some(json!({})), &[]).refuse(428, "version-absente");
        secretaire.envoyer("PATCH", &chemin, Some(json!({})), &[]).refuse(428, "version-absente");
        secretaire.poster(&format!("{chemin}/prete")).refuse(428, "version-absente");
        secretaire.envoyer_octets("PATCH", &chemin, Some(b"a=1".to_vec()), &[("If-Match", "\"v2\""), ("Content-Type", "text/plain")])
            .refuse(415, "type-non-gere");
    }

    fn un_correctif_fusionne_les_groupes_et_remplace_les_listes(banc) {
        let secretaire = secretaire(banc, 1);
        let chemin = chemin(&fiche(&secretaire, complet()));
        let correctif = json!({ "motif": { "recours": true, "commentaire": null }, "tumeurs": [{ "topographie": "C50.5" }], "genetique": null });
        let lue = secretaire.patch(&chemin, 1, correctif).est(200).corps;
        let mut attendu = complet();
        attendu["motif"]["recours"] = json!(true);
        attendu["motif"].as_object_mut().unwrap().remove("commentaire");
        attendu["tumeurs"] = json!([{ "topographie": "C50.5" }]);
        attendu.as_object_mut().unwrap().remove("genetique");
        assert_eq!(lue["contenu"], attendu);
        assert_eq!(lue["manquants"][0], json!({ "pointer": "/tumeurs/0/morphologie", "titre": "Tumeur › Morphologie (CIM-O-3)" }));
    }

    fn une_fiche_n_est_vue_que_de_qui_voit_le_patient(banc) {
        let (ici, ailleurs) = (secretaire(banc, 1), secretaire(banc, 2));
        let fiches = dossier(&ici, "Lefèvre", "1945-03-14");
        let id = ici.post(&fiches, json!({})).est(201).id();
        let chemin = chemin(&id);
        ailleurs.get(&chemin).refuse(404, "fiche-introuvable");
        ailleurs.put(&chemin, 1, json!({})).refuse(404, "fiche-introuvable");
        ailleurs.poster_si(&format!("{chemin}/prete"), 1).refuse(404, "fiche-introuvable");
        ailleurs.get(&fiches).refuse(404, "dossier-introuvable");
        ailleurs.post(&fiches, json!({})).refuse(404, "dossier-introuvable");
        let analyste = banc.personne("analyste", &[(Role::Analyste, Perimetre::Region)]);
        analyste.get(&chemin).refuse(403, "action-interdite");
        ici.get(&super::chemin(&uuid::Uuid::from_u128(7).to_string())).refuse(404, "fiche-introuvable");
    }

    fn qui_lit_une_fiche_sans_la_remplir_ne_la_change_pas(banc) {
        let region = banc.region(1);
        let sur = Perimetre::Etablissement(region.etablissement);
        let secretaire = banc.personne("secretaire", &[(Role::Secretaire, sur)]);
        let soignante = banc.personne("soignante", &[(Role::Soignant, sur)]);
        let fiches = dossier(&secretaire, "Lefèvre", "1945-03-14");
        let chemin = chemin(&secretaire.post(&fiches, json!({})).est(201).id());
        soignante.get(&chemin).est(200);
        soignante.get(&fiches).est(200);
        soignante.put(&chemin, 1, json!({})).refuse(403, "action-interdite");
        soignante.post(&fiches, json!({})).refuse(403, "action-interdite");
        // Fills fiches elsewhere, only reads here.
        let autre = banc.region(2);
        let mixte = banc.personne("mixte", &[(Role::Soignant, sur), (Role::Secretaire, Perimetre::Etablissement(autre.etablissement))]);
        mixte.get(&chemin).est(200);
        mixte.put(&chemin, 1, json!({})).refuse(403, "action-interdite");
    }

    fn l_indice_de_masse_corporelle_et_le_g8_se_deduisent(banc) {
        let secretaire = secretaire(banc, 1);
        let chemin = chemin(&fiche(&secretaire, json!({})));
        assert_eq!(secretaire.get(&chemin).est(200).corps["derives"]["g8"]["etat"], "non_fait");
        let reponses = json!({ "variante": "bellera", "appetit": 2, "perte_poids": 3, "mobilite": 1, "neuropsychologique": 2, "medicaments": 0,
            "sante_percue": "ne_sait_pas" });
        let derives = secretaire.patch(&chemin, 1, json!({ "evaluation": { "g8": reponses } })).est(200).corps["derives"].clone();
        assert_eq!((&derives["g8"]["etat"], &derives["g8"]["sans_reponse"], &derives["imc"]), (&json!("incomplet"), &json!(["imc"]), &Value::Null));
        let mesures = json!({ "evaluation": { "poids_kg": 55, "taille_cm": 160 } });
        let derives = secretaire.patch(&chemin, 2, mesures).est(200).corps["derives"].clone();
        // 2 + 3 + 1 + 2 + 2 (index of 21.5) + 0 + 0.5 + 1 (80 years old): 11.5.
        assert_eq!(derives["imc"], 21.5);
        assert_eq!(
            derives["g8"],
            json!({ "etat": "fait", "demi_points": 23, "score": 11.5, "fragilite": true, "age": 80, "sans_reponse": [] })
        );
        banc.regler("2026-03-14T09:00:00Z");
        assert_eq!(secretaire.get(&chemin).est(200).corps["derives"]["g8"]["age"], 81);
    }

    fn une_nouvelle_fiche_peut_partir_d_une_ancienne_du_meme_patient(banc) {
        let secretaire = secretaire(banc, 1);
        let fiches = dossier(&secretaire, "Lefèvre", "1945-03-14");
        let ancienne = secretaire.post(&fiches, json!({ "contenu": complet() })).est(201).id();
        let depuis = json!({ "depuis": ancienne, "contenu": { "synthese": { "question": "Et maintenant ?" } } });
        let nouvelle = secretaire.post(&fiches, depuis.clone()).est(201);
        let mut attendu = complet();
        attendu["synthese"]["question"] = json!("Et maintenant ?");
        assert_eq!((&nouvelle.corps["contenu"], &nouvelle.corps["etat"]), (&attendu, &json!("brouillon")));
        let autre = dossier(&secretaire, "Durand", "1950-01-01");
        secretaire.post(&autre, depuis).refuse(409, "copie-impossible");
    }

    fn les_reponses_reprises_disent_leur_origine_jusqu_a_ce_qu_elles_changent(banc) {
        let secretaire = secretaire(banc, 1);
        let fiches = dossier(&secretaire, "Lefèvre", "1945-03-14");
        let ancienne = secretaire.post(&fiches, json!({ "contenu": complet() })).est(201);
        let depuis = json!({ "depuis": ancienne.id(), "contenu": { "synthese": { "question": "Et maintenant ?" } } });
        let nouvelle = secretaire.post(&fiches, depuis).est(201);
        let origine = json!({ "fiche_id": ancienne.id(), "modele": "socle-frcp@2025.01", "le": ancienne.corps["modifie_le"] });
        assert_eq!(nouvelle.corps["origines"]["/synthese/cas"], origine);
        assert_eq!(nouvelle.corps["origines"]["/tumeurs/0/topographie"], origine);
        assert_eq!(nouvelle.corps["origines"].get("/synthese/question"), None, "donnée à la création");
        assert_eq!(nouvelle.corps["non_repris"], json!([]));
        let chemin = chemin(&nouvelle.id());
        secretaire.patch(&chemin, 1, json!({ "synthese": { "cas": "Tout autre cas." } })).est(200);
        let origines = secretaire.get(&chemin).est(200).corps["origines"].clone();
        assert_eq!((origines.get("/synthese/cas"), &origines["/tumeurs/0/topographie"]), (None, &origine));
        let troisieme = secretaire.post(&fiches, json!({ "depuis": nouvelle.id() })).est(201).corps;
        assert_eq!(troisieme["origines"]["/tumeurs/0/topographie"], origine, "l'origine reste la première fiche");
        assert_eq!(troisieme["origines"]["/synthese/cas"]["fiche_id"], nouvelle.id());
        let intacte = secretaire.get(&format!("/api/v1/fiches/{}", ancienne.id())).est(200).corps;
        assert_eq!((&intacte["contenu"], &intacte["version"]), (&complet(), &json!(1)), "l'ancienne ne change pas");
    }

    fn une_reprise_laisse_de_cote_ce_que_le_nouveau_modele_ne_prend_pas_et_le_dit(banc) {
        let secretaire = secretaire(banc, 1);
        let fiches = dossier(&secretaire, "Lefèvre", "1945-03-14");
        let mut contenu = complet();
        contenu["sein"] = json!({ "nature": "infiltrant", "ki67_pourcent": 30, "quadrants": ["qse", "uqs"] });
        let ancienne = secretaire.post(&fiches, json!({ "modele": "sein", "contenu": contenu })).est(201).id();
        // A new version of the block: the Ki-67 stops at 20, a quadrant goes, the nature becomes a text.
        let mut lot = Lot::embarque().unwrap();
        let mut bloc = lot.blocs.iter().find(|f| f.bloc.code == "sein").unwrap().contenu.clone();
        bloc["version"] = json!("2027-01");
        bloc["derives"] = json!([]);
        bloc["schema"]["properties"]["ki67_pourcent"]["maximum"] = json!(20);
        bloc["schema"]["properties"]["quadrants"]["items"]["oneOf"].as_array_mut().unwrap().retain(|choix| choix["const"] != "uqs");
        let meta = json!({ "code": "sein", "version": "2027-01", "nom": "Fiche RCP sein", "valable_du": "2026-01-02",
            "base": "socle-frcp@2025.01", "blocs": ["sein@2027-01"] });
        lot = Lot::lire(&BTreeMap::from([
            ("blocs/sein/2027-01.json".to_owned(), bloc.to_string()),
            ("fiches/sein/2027-01/meta.json".to_owned(), meta.to_string()),
        ])).unwrap();
        banc.systeme(move |op| referentiels::charger_lot(op, &lot));

        let prevue = secretaire.get(&format!("{}/reprise", chemin(&ancienne))).est(200).corps;
        assert_eq!(prevue["modele"], "sein@2027-01");
        assert_eq!(prevue["contenu"]["sein"], json!({ "nature": "infiltrant", "quadrants": ["qse"] }));
        let dits = json!([
            { "pointer": "/sein/ki67_pourcent", "titre": "Ki-67", "valeur": 30, "raison": "hors_bornes", "message": "Au plus 20 %." },
            { "pointer": "/sein/quadrants/1", "titre": "Localisation dans le sein", "valeur": "uqs", "raison": "hors_liste",
                "message": prevue["non_repris"][1]["message"] },
        ]);
        assert_eq!(prevue["non_repris"], dits);
        let nouvelle = secretaire.post(&fiches, json!({ "depuis": ancienne })).est(201).corps;
        assert_eq!((&nouvelle["modele_code"], &nouvelle["modele_version"]), (&json!("sein"), &json!("2027-01")));
        assert_eq!((&nouvelle["contenu"], &nouvelle["non_repris"]), (&prevue["contenu"], &dits));
        assert_eq!(nouvelle["origines"]["/sein/nature"]["modele"], "sein@2026-01");
        assert_eq!(nouvelle["origines"]["/sein/quadrants"]["fiche_id"], ancienne.as_str());

        let socle = secretaire.post(&fiches, json!({ "modele": "socle-frcp", "depuis": ancienne })).est(201).corps;
        assert_eq!(socle["contenu"], complet(), "un autre modèle du même socle reprend le socle");
        let ecartes: Vec<(&str, &str)> = socle["non_repris"].as_array().unwrap().iter()
            .map(|n| (n["pointer"].as_str().unwrap(), n["raison"].as_str().unwrap())).collect();
        assert_eq!(ecartes, [("/sein/ki67_pourcent", "champ_disparu"), ("/sein/nature", "champ_disparu"), ("/sein/quadrants", "champ_disparu")]);
        let ancienne = secretaire.get(&chemin(&ancienne)).est(200).corps;
        assert_eq!((&ancienne["modele_version"], &ancienne["contenu"]), (&json!("2026-01"), &contenu));
    }

    fn une_reprise_se_prevoit_pour_qui_voit_le_patient_et_vers_un_modele_en_vigueur(banc) {
        let prevoyante = secretaire(banc, 1);
        let reprise = format!("{}/reprise", chemin(&fiche(&prevoyante, complet())));
        prevoyante.get(&format!("{reprise}?modele=colon")).est(200);
        assert_eq!(prevoyante.get(&format!("{reprise}?modele=inconnu")).refuse(422, "contenu-invalide").fautes(), ["/modele"]);
        secretaire(banc, 2).get(&reprise).refuse(404, "fiche-introuvable");
        assert!(traces(banc).iter().any(|(action, version, _)| action == "lire" && *version == Some(1)));
    }

    fn un_dossier_clos_ne_recoit_plus_de_fiche(banc) {
        let secretaire = secretaire(banc, 1);
        let fiches = dossier(&secretaire, "Lefèvre", "1945-03-14");
        secretaire.poster_si(&fiches.replace("/fiches", "/cloture"), 1).est(200);
        secretaire.post(&fiches, json!({})).refuse(409, "dossier-clos");
    }

    fn les_fiches_d_un_dossier_se_parcourent_de_la_plus_recente_a_la_plus_ancienne(banc) {
        let secretaire = secretaire(banc, 1);
        let fiches = dossier(&secretaire, "Lefèvre", "1945-03-14");
        let mut creees: Vec<String> = (0..3).map(|_| secretaire.post(&fiches, json!({})).est(201).id()).collect();
        creees.reverse();
        let premiere = secretaire.get(&format!("{fiches}?limite=2")).est(200).corps;
        let seconde = secretaire.get(&format!("{fiches}?limite=2&curseur={}", premiere["suivant"].as_str().unwrap())).est(200).corps;
        let ids = |page: &Value| page["elements"].as_array().unwrap().iter().map(|f| f["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
        assert_eq!([ids(&premiere), ids(&seconde)].concat(), creees);
        assert!(premiere["elements"][0].get("contenu").is_none() && seconde.get("suivant").is_none());
    }

    fn un_post_repete_avec_la_meme_cle_ne_cree_qu_une_fiche(banc) {
        let secretaire = secretaire(banc, 1);
        let fiches = dossier(&secretaire, "Lefèvre", "1945-03-14");
        let cle = [("Idempotency-Key", "une-cle")];
        let premiere = secretaire.envoyer("POST", &fiches, Some(json!({})), &cle).est(201);
        let seconde = secretaire.envoyer("POST", &fiches, Some(json!({})), &cle).est(201);
        assert_eq!(premiere.id(), seconde.id());
        assert_eq!(secretaire.get(&fiches).est(200).corps["elements"].as_array().unwrap().len(), 1);
    }

    fn la_trace_dit_qui_a_change_quelles_sections_mais_jamais_leur_contenu(banc) {
        let secretaire = secretaire(banc, 1);
        let fiches = dossier(&secretaire, "Lefèvre", "1945-03-14");
        let chemin = chemin(&secretaire.post(&fiches, json!({})).est(201).id());
        secretaire.patch(&chemin, 1, json!({ "antecedents": "Secret médical.", "phase": { "progression": false } })).est(200);
        secretaire.put(&chemin, 2, complet()).est(200);
        secretaire.get(&chemin).est(200);
        secretaire.get(&fiches).est(200);
        let traces = traces(banc);
        let actes: Vec<(&str, Option<i64>)> = traces.iter().map(|(action, version, _)| (action.as_str(), *version)).collect();
        assert_eq!(actes, [("creer", Some(1)), ("modifier", Some(2)), ("modifier", Some(3)), ("lire", Some(3)), ("lire", None)]);
        assert_eq!(traces[1].2, Some(json!(["antecedents", "phase"])));
    }

    fn un_code_retire_d_un_jeu_de_valeurs_n_est_plus_admis_mais_la_fiche_se_lit(banc) {
        let secretaire = secretaire(banc, 1);
        let chemin = chemin(&fiche(&secretaire, complet()));
        let jeu = json!({ "code": "phase-cancer", "oid": "1.2.250.1.213.1.1.4.2.281.13", "version": "2026-06-01", "nom": "Phase du cancer",
            "source": "essai", "concepts": [{ "code": "MED-268", "systeme": "1.2.250.1.213.1.1.4.322", "libelle": "Phase initiale du cancer" }] });
        let lot = Lot::lire(&BTreeMap::from([("jdv/phase-cancer.json".to_owned(), jeu.to_string())])).unwrap();
        banc.systeme(move |op| referentiels::charger_lot(op, &lot));
        assert_eq!(secretaire.get(&chemin).est(200).corps["contenu"]["phase"]["phase"], "MED-244");
        let refus = secretaire.patch(&chemin, 1, json!({ "antecedents": "Aucun." })).refuse(422, "contenu-invalide");
        assert_eq!(refus.fautes(), ["/phase/phase"]);
        secretaire.patch(&chemin, 1, json!({ "phase": { "phase": "MED-268" } })).est(200);
    }
}
