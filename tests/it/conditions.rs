//! Terms of use: published by the region, asked of each person once by version. That every operation waits for them is proved with
//! the table of rights (`habilitations.rs`).

use crate::support::{Banc, client::Client};
use dcc::{
    db::{Demande, schema::trace},
    kernel::{Perimetre, Role, acteur::Acteur},
    metier::conditions::service::a_accepter,
};
use diesel::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

const CONDITIONS: &str = "/api/v1/conditions";
const EN_VIGUEUR: &str = "/api/v1/conditions/en-vigueur";
const ACCEPTATION: &str = "/api/v1/conditions/acceptation";

fn admin(banc: &Banc) -> Client {
    banc.personne("admin", &[(Role::AdministrateurRegional, Perimetre::Region)])
}

fn version(nom: &str, le: &str) -> Value {
    json!({ "version": nom, "texte": "# Conditions\n\nLe dossier sert aux soins.", "en_vigueur_le": le })
}

fn accepter(client: &Client, version: &str) -> crate::support::client::Reponse {
    client.envoyer("PUT", ACCEPTATION, Some(json!({ "version": version })), &[])
}

fn traces(banc: &Banc, acte: &'static str) -> i64 {
    banc.etat
        .db
        .lire_ici(&Demande::systeme("essai"), move |op| {
            let lignes = trace::table.filter(trace::action.eq(acte)).filter(trace::objet_type.eq("conditions"));
            Ok(lignes.count().get_result(op.conn)?)
        })
        .unwrap()
}

sur_les_deux_bases! {
    fn sec_a10_rien_n_est_demande_tant_que_rien_n_est_en_vigueur(banc) {
        let (admin, claire) = (admin(banc), banc.personne("claire", &[(Role::Demandeur, Perimetre::Patients)]));
        claire.get(EN_VIGUEUR).refuse(404, "sans-conditions");
        accepter(&claire, "1").refuse(404, "sans-conditions");
        // Tomorrow's terms ask for nothing today.
        admin.post(CONDITIONS, version("1", "2026-03-03")).est(201);
        claire.get("/api/v1/roles").est(200);
        claire.get(EN_VIGUEUR).refuse(404, "sans-conditions");
        banc.regler("2026-03-02T23:30:00Z");
        claire.get("/api/v1/roles").refuse(403, "conditions-a-accepter");
    }

    fn sec_a10_chaque_version_s_accepte_une_fois_et_ferme_tout_jusque_la(banc) {
        let (admin, claire) = (admin(banc), banc.personne("claire", &[(Role::Demandeur, Perimetre::Patients)]));
        claire.get("/api/v1/roles").est(200);
        admin.post(CONDITIONS, version("1", "2026-03-02")).est(201);
        let refus = claire.get("/api/v1/roles").refuse(403, "conditions-a-accepter");
        assert_eq!(refus.corps["version"], "1");
        admin.get(CONDITIONS).refuse(403, "conditions-a-accepter");
        assert_eq!(claire.get("/api/v1/moi").est(200).corps["nom"], "claire");
        let lues = claire.get(EN_VIGUEUR).est(200).corps;
        assert_eq!((&lues["version"], &lues["acceptees_le"]), (&json!("1"), &Value::Null));
        assert!(lues["texte"].as_str().unwrap().contains("sert aux soins"));
        accepter(&claire, "0").refuse(409, "conditions-perimees");
        let acceptation = accepter(&claire, "1").est(200).corps;
        assert_eq!(acceptation, json!({ "version": "1", "acceptees_le": "2026-03-02T09:00:00Z" }));
        claire.get("/api/v1/roles").est(200);
        admin.get("/api/v1/roles").refuse(403, "conditions-a-accepter");
        accepter(&admin, "1").est(200);

        // Accepted again, it keeps its first date and is traced once.
        banc.regler("2026-03-04T09:00:00Z");
        assert_eq!(accepter(&claire, "1").est(200).corps, acceptation);
        assert_eq!((traces(banc, "publier"), traces(banc, "accepter")), (1, 2));

        // The next version asks again, and what was accepted stays.
        admin.post(CONDITIONS, version("2", "2026-03-04")).est(201);
        claire.get("/api/v1/roles").refuse(403, "conditions-a-accepter");
        accepter(&claire, "1").refuse(409, "conditions-perimees");
        accepter(&claire, "2").est(200);
        claire.get("/api/v1/roles").est(200);
        accepter(&admin, "2").est(200);
        let liste = admin.get(CONDITIONS).est(200).corps;
        let comptes: Vec<(&Value, &Value)> = liste.as_array().unwrap().iter().map(|c| (&c["version"], &c["acceptations"])).collect();
        assert_eq!(comptes, [(&json!("2"), &json!(2)), (&json!("1"), &json!(2))]);
    }

    fn sec_a10_une_version_publiee_ne_change_plus_et_ne_vaut_pas_dans_le_passe(banc) {
        let (admin, claire) = (admin(banc), banc.personne("claire", &[(Role::AdministrateurLocal, Perimetre::Region)]));
        claire.post(CONDITIONS, version("1", "2026-04-01")).refuse(403, "action-interdite");
        claire.get(CONDITIONS).refuse(403, "action-interdite");
        assert_eq!(admin.post(CONDITIONS, version("1", "2026-03-01")).refuse(422, "contenu-invalide").fautes(), ["/en_vigueur_le"]);
        admin.post(CONDITIONS, version("1", "2026-04-01")).est(201);
        admin.post(CONDITIONS, version("1", "2026-05-01")).refuse(409, "conditions-deja-publiees");
        admin.post(CONDITIONS, version("2", "2026-04-01")).refuse(409, "conditions-deja-publiees");
        let touche = banc.etat.db.ecrire_ici(&Demande::systeme("essai"), |op| {
            use dcc::db::schema::conditions;
            Ok(diesel::update(conditions::table).set(conditions::texte.eq("Autre chose, écrite après coup.")).execute(op.conn)?)
        });
        assert!(touche.is_err());
    }

    fn sec_a10_en_lecture_seule_on_accepte_encore_pour_pouvoir_lire(banc) {
        let (admin, claire) = (admin(banc), banc.personne("claire", &[(Role::Demandeur, Perimetre::Patients)]));
        admin.post(CONDITIONS, version("1", "2026-03-02")).est(201);
        accepter(&admin, "1").est(200);
        let fermer = json!({ "active": true, "motif": "Attaque en cours dans un établissement" });
        admin.envoyer("PUT", "/api/v1/service/lecture-seule", Some(fermer), &[]).est(200);
        accepter(&claire, "1").est(200);
        claire.get("/api/v1/roles").est(200);
    }

    fn sec_a10_un_logiciel_d_etablissement_n_a_rien_a_accepter(banc) {
        admin(banc).post(CONDITIONS, version("1", "2026-03-02")).est(201);
        // No session: the service neither asks it nor lets it accept in the name of a person.
        let logiciel = Acteur::machine(Uuid::from_u128(1).into(), "DPI".to_owned(), Vec::new(), None);
        assert_eq!(logiciel.conditions_a_accepter, None);
        let demande = Demande::de(std::sync::Arc::new(logiciel));
        assert!(banc.etat.db.lire_ici(&demande, dcc::metier::conditions::service::lire).is_err());
        let claire = banc.personne("claire", &[(Role::Demandeur, Perimetre::Patients)]);
        let compte: Uuid = claire.get("/api/v1/moi").est(200).corps["compte"].as_str().unwrap().parse().unwrap();
        let a_lire = banc.etat.db.lire_ici(&Demande::systeme("essai"), move |op| a_accepter(op, compte.into())).unwrap();
        assert_eq!(a_lire.as_deref(), Some("1"));
    }
}
