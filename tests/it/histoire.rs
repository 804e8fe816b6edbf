//! The whole main job as its people live it: from the creation of an RCP to the mail that the médecin
//! traitant receives and the row of the annual report.

use crate::support::{
    client::Client,
    scene::{Scene, chimiotherapie, complete},
    smtp::{Exigences, Mode, Pki, Recu, ServeurSmtp},
};
use dcc::{
    app,
    jobs::runner,
    kernel::{Perimetre, Role},
    messagerie::smtp::Smtp,
};
use mail_parser::{MessageParser, MimeHeaders};
use serde_json::{Value, json};
use std::sync::Arc;

const JEUDI: &str = "2026-03-05T17:00:00Z";

fn recus_par(serveur: &ServeurSmtp, adresse: &str) -> Vec<Recu> {
    serveur.recus().into_iter().filter(|recu| recu.a == [adresse]).collect()
}

fn compte(analyste: &Client, rcp: &str, code: &str) -> Value {
    let activite = analyste.get("/api/v1/infocentre/activite?du=2026-03-01&au=2026-03-31&par=rcp").est(200).corps;
    let lignes = activite["lignes"].as_array().unwrap();
    let ligne = lignes.iter().find(|ligne| ligne["cle"] == rcp).unwrap_or_else(|| panic!("{activite:#}"));
    ligne["indicateurs"][code].clone()
}

sur_les_deux_bases! {
    fn de_la_creation_de_la_rcp_au_courrier_recu_et_a_la_ligne_de_l_infocentre(banc) {
        let pki = Pki::nouvelle();
        let serveur = ServeurSmtp::demarrer(Mode::Tls, &pki, Exigences::default());
        let ouvrier = app::ouvrier(&banc.etat.config, Arc::new(Smtp::new(&serveur.reglages(&pki)).unwrap())).unwrap();
        let travailler = || runner::vider(&banc.etat.db, &ouvrier).unwrap();

        // The 3C creates the RCP and validates it; its secretary plans a meeting and convenes it.
        let scene = Scene::nouvelle(banc);
        let reunion = scene.reunion(JEUDI, Some(10));

        // A surgeon declares a patient, fills the fiche in two visits, and registers the case.
        let traitant = banc.medecin("TRAITANT", "G15_10/SM53", 5);
        let patient = json!({ "nom_naissance": "Lefèvre", "premier_prenom": "Zoé", "sexe": "feminin", "date_naissance": "1944-05-20",
            "medecin_traitant_id": traitant });
        let patient = scene.demandeur.post("/api/v1/patients", patient).est(201).id();
        let fiche = scene.fiche_de(&patient, json!({}));
        let chemin_fiche = format!("/api/v1/fiches/{fiche}");
        let fautes = scene.demandeur.poster_si(&format!("{chemin_fiche}/prete"), 1).refuse(422, "contenu-invalide");
        assert!(fautes.fautes().contains(&"/tumeurs/0/topographie"), "{:?}", fautes.fautes());
        scene.demandeur.patch(&chemin_fiche, 1, complete()).est(200);
        scene.demandeur.poster_si(&format!("{chemin_fiche}/prete"), 2).est(200);
        let cas = scene.inscrire(&reunion, &fiche);

        // The G8 was forgotten for a patient of 81: an alert says so, its answer lifts it.
        let alertes = |cas: &str| -> Vec<String> {
            let alertes = scene.demandeur.get(&format!("{cas}/alertes")).est(200).corps;
            alertes.as_array().unwrap().iter().map(|a| a["regle_code"].as_str().unwrap().to_owned()).collect()
        };
        assert!(alertes(&cas).contains(&"g8-a-partir-de-75".to_owned()), "{:?}", alertes(&cas));
        let g8 = json!({ "evaluation": { "g8": { "variante": "bellera", "appetit": 2, "perte_poids": 3, "mobilite": 2,
            "neuropsychologique": 2, "imc": 3, "medicaments": 1, "sante_percue": "meilleure" } } });
        scene.demandeur.patch(&chemin_fiche, 3, g8).est(200);
        assert!(!alertes(&cas).contains(&"g8-a-partir-de-75".to_owned()), "{:?}", alertes(&cas));

        // The meeting: attendance, quorum, decision, closing, validation by the doctor in charge.
        scene.ouvrir(&reunion);
        let avant = scene.secretaire.get(&format!("{cas}/quorum")).est(200).corps;
        assert_eq!((&avant["has"], avant["manquantes"].as_array().map(Vec::len)), (&json!("indetermine"), Some(3)), "{avant:#}");
        scene.reunir(&reunion);
        scene.secretaire.post(&format!("{cas}/discussion"), json!({ "proposition": chimiotherapie() })).est(200);
        let apres = scene.secretaire.get(&format!("{cas}/quorum")).est(200).corps;
        assert_eq!((&apres["has"], &apres["composition"]), (&json!("atteint"), &json!("atteint")), "{apres:#}");
        scene.clore(&reunion);
        travailler();
        assert_eq!(recus_par(&serveur, "medecin5@essai.mssante.fr").len(), 0, "rien ne part avant la validation");
        let version = scene.responsable.get(&reunion).est(200).version();
        let resumes = scene.responsable.poster_si(&format!("{reunion}/validation"), version).est(200).corps;
        let cr = format!("/api/v1/comptes-rendus/{}", resumes[0]["id"].as_str().unwrap());

        // The worker makes the document and sends it; the general practitioner receives it over TLS.
        travailler();
        let recus = recus_par(&serveur, "medecin5@essai.mssante.fr");
        assert_eq!(recus.len(), 1);
        assert!(recus[0].chiffre, "en clair");
        let message = MessageParser::default().parse(&recus[0].octets).unwrap();
        let pieces: Vec<_> = message.attachments().filter(|piece| piece.attachment_name().is_some_and(|nom| nom.ends_with(".pdf"))).collect();
        let pdf = scene.responsable.get(&format!("{cr}/document.pdf")).est(200).octets;
        let lettre = scene.responsable.get(&format!("{cr}/lettre.pdf")).est(200).octets;
        assert_eq!(pieces.iter().map(|piece| piece.contents()).collect::<Vec<_>>(), [lettre.as_slice(), pdf.as_slice()]);
        let sujet = message.subject().unwrap();
        assert!(sujet.starts_with("XDM/1.0/DDM+CR de concertation pluridisciplinaire LEFEVRE"), "{sujet}");
        assert_eq!(recus[0].entete("X-MSS-CODECDA"), "34794-8");

        // The delivery is proved to the secretary, and the year counts it.
        let diffusions = scene.secretaire.get(&format!("{reunion}/diffusions")).est(200).corps;
        let au_traitant = diffusions["elements"].as_array().unwrap().iter().find(|d| d["praticien_id"] == json!(traitant)).unwrap();
        assert_eq!(au_traitant["etat"], "acceptee", "{au_traitant:#}");
        assert_eq!(au_traitant["message_id"], recus[0].entete("Message-ID"));
        travailler();
        assert_eq!(recus_par(&serveur, "medecin5@essai.mssante.fr").len(), 1, "une seule fois");

        let analyste = banc.personne("analyste", &[(Role::Analyste, Perimetre::Region)]);
        let rcp = scene.rcp.to_string();
        for (code, attendu) in [("NB_REUNIONS", 1), ("NB_CR", 1), ("NB_DISCUTES", 1), ("NB_PATIENTS", 1), ("NB_NOUVEAUX", 1)] {
            assert_eq!(compte(&analyste, &rcp, code), attendu, "{code}");
        }
        for code in ["TX_QUORUM_HAS", "TX_QUORUM_REGLE", "TX_CR_ENVOYES_MT", "TX_G8_75"] {
            let taux = compte(&analyste, &rcp, code);
            assert_eq!((&taux["numerateur"], &taux["denominateur"]), (&json!(1), &json!(1)), "{code} : {taux}");
        }
    }
}
