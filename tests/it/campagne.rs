//! The annual report, from its extraction to its publication: each 3C answers for its own page, and what is published
//! never changes.

use crate::{
    infocentre::monde::{Lieu, Monde, Plantes, UnPassage, UneRcp, UneReunion},
    support::{
        Banc,
        client::{Client, Reponse},
        region::Region,
    },
};
use dcc::{
    app,
    db::{
        Adresse, DbConn, migrate,
        schema::{instantane, job, publication, publication_document, reunion},
        types::{At, Id},
    },
    jobs::runner,
    kernel::{Perimetre, Role},
    messagerie::{Expediteur, memoire::Memoire},
};
use diesel::{connection::SimpleConnection, prelude::*};
use serde_json::{Value, json};
use std::{fs, io::Cursor, process::Command, sync::Arc};

const FORMATS: [&str; 4] = ["pdf", "xlsx", "csv", "json"];

/// Two 3C with activity in 2025 and one without, who leads the campaign and who answers for each 3C.
struct Scene<'a> {
    banc: &'a Banc,
    regions: [Region; 3],
    analyste: Client,
    coordonnateurs: [Client; 3],
    /// A meeting of the first 3C that nobody has closed yet.
    oubliee: Id,
}

impl<'a> Scene<'a> {
    fn nouvelle(banc: &'a Banc) -> Self {
        let regions = [banc.region(1), banc.region(2), banc.region(3)];
        let monde = annee(&regions);
        let praticiens =
            [banc.medecin("TRAITANT", "G15_10/SM26", 1), banc.medecin("ONCO", "G15_10/SM36", 2), banc.medecin("RADIO", "G15_10/SM43", 3)];
        let plantes: Plantes = banc.systeme(move |op| monde.planter(op, &praticiens));
        let coordonnateurs = regions.map(|region| {
            banc.personne(&format!("coordonnateur-{}", region.centre), &[(Role::Coordonnateur3c, Perimetre::Centre3c(region.centre))])
        });
        let analyste = banc.personne("analyste", &[(Role::Analyste, Perimetre::Region)]);
        Self { banc, regions, analyste, coordonnateurs, oubliee: Id(plantes.reunions[0]) }
    }

    /// Opens and extracts the campaign of 2025; gives its path.
    fn extraite(&self) -> String {
        let ouverte = self.analyste.post("/api/v1/infocentre/campagnes", json!({ "annee": 2025 })).est(201);
        let campagne = format!("/api/v1/infocentre/campagnes/{}", ouverte.id());
        self.extraire(&campagne);
        campagne
    }

    fn extraire(&self, campagne: &str) -> Value {
        self.banc.avancer(60);
        let lue = self.analyste.get(campagne).est(200).version();
        let demandee = self.analyste.poster_si(&format!("{campagne}/extraction"), lue).est(202).corps;
        assert_eq!(travail(&demandee), ("extraction", "attente", false));
        self.travailler();
        self.lire(campagne)
    }

    fn lire(&self, campagne: &str) -> Value {
        self.analyste.get(campagne).est(200).corps
    }

    fn page(&self, campagne: &str, rang: usize) -> String {
        format!("{campagne}/pages/{}", self.regions[rang].centre)
    }

    fn valider(&self, campagne: &str, rang: usize) -> Reponse {
        self.banc.avancer(60);
        let (page, client) = (self.page(campagne, rang), &self.coordonnateurs[rang]);
        client.poster_si(&format!("{page}/validation"), client.get(&page).est(200).version())
    }

    fn publier(&self, campagne: &str, demande: Value) -> Reponse {
        self.banc.avancer(60);
        let lue = self.analyste.get(campagne).est(200).version();
        self.analyste.post_si(&format!("{campagne}/publication"), lue, demande)
    }

    /// The meeting that was forgotten is closed: the data are corrected where they are.
    fn corriger(&self) {
        let oubliee = self.oubliee;
        self.banc.systeme(move |op| {
            diesel::update(reunion::table.find(oubliee)).set(reunion::etat.eq("validee")).execute(op.conn)?;
            Ok(())
        });
    }

    fn travailler(&self) {
        let memoire = Arc::new(Memoire::default()) as Arc<dyn Expediteur>;
        runner::vider(&self.banc.etat.db, &app::ouvrier(&self.banc.etat.config, memoire).unwrap()).unwrap();
        let reportes: Vec<Option<String>> = self.banc.systeme(|op| {
            let reportes = job::table.filter(job::genre.eq_any(["publier_rapport", "extraire_annee"])).filter(job::etat.eq("en_attente"));
            Ok(reportes.select(job::derniere_erreur).load(op.conn)?)
        });
        assert!(reportes.is_empty(), "{reportes:?}");
    }

    /// Publishes and waits for the report.
    fn paraitre(&self, campagne: &str, demande: Value) -> Value {
        let publiee = self.publier(campagne, demande).est(202).corps;
        assert_eq!((&publiee["etat"], travail(&publiee)), (&json!("en_validation"), ("publication", "attente", false)));
        self.travailler();
        self.lire(campagne)
    }

    fn telecharger(&self, annee: i32, format: &str, suite: &str) -> Reponse {
        self.analyste.get(&format!("/api/v1/infocentre/publications/{annee}/{format}{suite}")).est(200)
    }

    /// What `dcc rapport` writes.
    fn commande(&self, arguments: &[&str]) -> Result<Vec<u8>, String> {
        let sortie = self.banc.dossier().join("rapport");
        let fait = Command::new(env!("CARGO_BIN_EXE_dcc"))
            .args(["rapport", "--annee", "2025", "--sortie", "rapport"])
            .args(arguments)
            .current_dir(self.banc.dossier())
            .env("DCC_BASE", &self.banc.etat.config.base)
            .output()
            .unwrap();
        if fait.status.success() { Ok(fs::read(sortie).unwrap()) } else { Err(String::from_utf8_lossy(&fait.stderr).into_owned()) }
    }
}

/// Meetings of 2025 in the first two places, enough cases to be printed, and one meeting that nobody closed.
fn annee(regions: &[Region]) -> Monde {
    let lieux = regions.iter().map(|region| Lieu { region: *region, avec_territoire: true }).collect();
    let mut monde = Monde { lieux, ..Monde::default() };
    for lieu in 0..2 {
        monde.rcp.push(UneRcp {
            theme: if lieu == 0 { "sein" } else { "thorax" },
            type_rcp: "standard",
            expertise: false,
            lieu,
            lieu_actuel: lieu,
            validee: true,
            partenaire: None,
        });
    }
    let seance = |rcp, jour: &str, etat| UneReunion { rcp, debut: format!("2025-{jour}T17:00:00Z").parse().unwrap(), etat, visio: false };
    monde.reunions =
        vec![seance(0, "03-12", "planifiee"), seance(0, "04-02", "validee"), seance(1, "04-03", "validee"), seance(1, "05-07", "validee")];
    for (reunion, cas) in [(1, 14), (2, 12), (3, 13)] {
        monde.passages.extend((0..cas).map(|rang| UnPassage {
            reunion,
            patient: 100 * reunion + rang,
            statut: "discute",
            age: 60,
            g8: "non_concerne",
            has: Some(rang % 4 != 0),
            regle: None,
            envoi: None,
            corrige: false,
            traits: 0,
        }));
    }
    monde
}

fn etats(campagne: &Value) -> Vec<(&str, &str)> {
    let pages = campagne["pages"].as_array().unwrap();
    pages.iter().map(|page| (page["code"].as_str().unwrap(), page["etat"].as_str().unwrap())).collect()
}

/// What is being made, the step it is at, and whether it was asked to stop.
fn travail(campagne: &Value) -> (&str, &str, bool) {
    let travail = &campagne["travail"];
    (travail["genre"].as_str().unwrap(), travail["etape"].as_str().unwrap(), travail["arret_demande"].as_bool().unwrap())
}

fn actes(corps: &Value) -> Vec<&str> {
    corps["actes"].as_array().unwrap().iter().map(|acte| acte["acte"].as_str().unwrap()).collect()
}

/// Runs an order on the base, as somebody who owns it.
fn ordonner(banc: &Banc, ordre: &str) -> QueryResult<()> {
    match &mut migrate::connexion(&Adresse::lire(&banc.etat.config.base).unwrap()).unwrap() {
        DbConn::Sqlite(c) => c.batch_execute(ordre),
        DbConn::Pg(c) => c.batch_execute(ordre),
    }
}

sur_les_deux_bases! {
    fn le_rapport_va_de_l_extraction_a_la_publication(banc) {
        let scene = Scene::nouvelle(banc);
        let campagne = scene.extraite();
        let lue = scene.analyste.get(&campagne).est(200).corps;
        assert_eq!(etats(&lue), [("3C1", "a_valider"), ("3C2", "a_valider"), ("3C3", "a_valider")]);
        assert_eq!(lue["pages"][2]["active"], json!(false), "le troisième 3C n'a pas d'activité");

        // The first 3C reads its page, finds a meeting missing, says so and asks for a correction.
        let (page, premier) = (scene.page(&campagne, 0), &scene.coordonnateurs[0]);
        let vue = premier.get(&page).est(200);
        assert_eq!(vue.corps["activite"]["total"]["NB_REUNIONS"], json!(1));
        assert_eq!(vue.corps["activite"]["total"]["NB_CR"], json!(14));
        assert_eq!(vue.corps["activite"]["lignes"][0]["libelle"], json!("RCP d'essai 0"));
        let par_mois = premier.get(&format!("{page}?par=mois")).est(200).corps;
        assert_eq!(par_mois["activite"]["lignes"].as_array().unwrap().len(), 12);
        banc.avancer(60);
        premier.post(&format!("{page}/commentaire"), json!({ "texte": "Nous vérifions nos réunions." })).est(200);
        banc.avancer(60);
        scene.analyste.post(&format!("{page}/commentaire"), json!({ "texte": "Merci, prenez votre temps." })).est(200);
        premier.post_si(&format!("{page}/correction"), vue.version(), json!({ "texte": "" })).refuse(422, "contenu-invalide");
        banc.avancer(60);
        let demande = json!({ "texte": "La réunion du 12 mars n'est pas close." });
        let demandee = premier.post_si(&format!("{page}/correction"), vue.version(), demande).est(200).corps;
        assert_eq!((&demandee["etat"], actes(&demandee)), (&json!("a_corriger"), vec!["commenter", "commenter", "demander_correction"]));
        scene.valider(&campagne, 1).est(200);

        // The data are corrected, the year extracted again: only the page whose figures changed is read again.
        scene.corriger();
        let avant = scene.coordonnateurs[1].get(&scene.page(&campagne, 1)).est(200);
        let extraite = scene.extraire(&campagne);
        assert_eq!(etats(&extraite), [("3C1", "a_valider"), ("3C2", "validee"), ("3C3", "a_valider")]);
        let acte = extraite["actes"].as_array().unwrap().last().unwrap().clone();
        assert_eq!((&acte["acte"], acte["ecarts"].as_array().unwrap().len()), (&json!("extraire"), 1), "{acte:#}");
        assert_eq!(acte["ecarts"][0]["centre_3c_id"], json!(scene.regions[0].centre));
        let ecarts = acte["ecarts"][0]["ecarts"].as_array().unwrap();
        let de = |code: &str| ecarts.iter().find(|ecart| ecart["indicateur"] == code);
        assert_eq!(de("NB_REUNIONS"), Some(&json!({ "indicateur": "NB_REUNIONS", "avant": 1, "apres": 2 })));
        assert_eq!(de("NB_CR"), None);
        assert_eq!(scene.coordonnateurs[1].get(&scene.page(&campagne, 1)).est(200).version(), avant.version());

        // What was read of the former figures validates nothing.
        premier.poster_si(&format!("{page}/validation"), vue.version() + 1).refuse(412, "version-perimee");
        let valide = scene.valider(&campagne, 0).est(200).corps;
        assert_eq!(actes(&valide), ["commenter", "commenter", "demander_correction", "extraire", "valider"]);
        scene.valider(&campagne, 0).refuse(409, "page-validee");

        let parue = scene.paraitre(&campagne, json!({}));
        assert_eq!((&parue["etat"], &parue["travail"]), (&json!("publiee"), &Value::Null));
        assert_eq!(
            actes(&parue),
            [
                "ouvrir",
                "demander_extraction",
                "extraire",
                "commenter",
                "commenter",
                "demander_correction",
                "valider",
                "demander_extraction",
                "extraire",
                "valider",
                "demander_publication",
                "publier"
            ]
        );
        let publiees = scene.analyste.get("/api/v1/infocentre/publications").est(200).corps;
        assert_eq!((&publiees[0]["numero"], &publiees[0]["annee"], &publiees[0]["mention"]), (&json!(1), &json!(2025), &Value::Null));
        for format in FORMATS {
            let (une, deux) = (scene.telecharger(2025, format, ""), scene.telecharger(2025, format, "?numero=1"));
            assert_eq!(une.octets, deux.octets);
            assert_eq!(scene.commande(&["--publie", "--format", format]).unwrap(), une.octets, "{format}");
            let documents = publiees[0]["documents"].as_array().unwrap();
            let document = documents.iter().find(|document| document["format"] == format).unwrap();
            assert_eq!(une.entete("etag"), format!("\"{}\"", document["empreinte"].as_str().unwrap()));
            assert_eq!(document["taille"], json!(une.octets.len()));
            match format {
                "pdf" => assert!(une.octets.starts_with(b"%PDF")),
                "xlsx" => assert!(zip::ZipArchive::new(Cursor::new(&une.octets)).unwrap().len() > 3),
                "json" => assert_eq!((&une.corps["version"], une.corps.get("mention")), (&json!(1), None)),
                _ => assert!(String::from_utf8(une.octets).unwrap().contains("NB_CR")),
            }
        }
        scene.valider(&campagne, 2).refuse(409, "campagne-publiee");
        scene.publier(&campagne, json!({})).refuse(409, "campagne-publiee");
    }

    fn une_annee_n_a_qu_une_campagne_et_une_campagne_non_extraite_ne_se_publie_pas(banc) {
        let scene = Scene::nouvelle(banc);
        let ouvrir = |annee: i32| scene.analyste.post("/api/v1/infocentre/campagnes", json!({ "annee": annee }));
        assert_eq!(ouvrir(2030).refuse(422, "contenu-invalide").fautes(), ["/annee"]);
        let campagne = format!("/api/v1/infocentre/campagnes/{}", ouvrir(2025).est(201).id());
        ouvrir(2025).refuse(409, "campagne-existante");
        scene.publier(&campagne, json!({})).refuse(409, "campagne-sans-extraction");
        scene.coordonnateurs[0].get(&scene.page(&campagne, 0)).refuse(404, "campagne-introuvable");
        scene.analyste.poster_si(&format!("{campagne}/extraction"), 7).refuse(412, "version-perimee");
        let liste = scene.coordonnateurs[0].get("/api/v1/infocentre/campagnes").est(200).corps;
        assert_eq!((liste.as_array().unwrap().len(), &liste[0]["etat"]), (1, &json!("ouverte")));
        scene.analyste.get("/api/v1/infocentre/publications/2025/pdf").refuse(404, "publication-introuvable");
    }

    fn la_publication_attend_toutes_les_pages_ou_dit_lesquelles_manquent(banc) {
        let scene = Scene::nouvelle(banc);
        let campagne = scene.extraite();
        scene.valider(&campagne, 0).est(200);
        let refus = scene.publier(&campagne, json!({})).refuse(409, "pages-a-valider");
        assert_eq!(refus.corps["centres_3c"], json!(["3C d'essai 2"]), "le 3C sans activité n'est pas attendu");
        assert!(refus.corps["detail"].as_str().unwrap().contains("3C d'essai 2"));
        let publiee = scene.publier(&campagne, json!({ "malgre": "L'échéance nationale est passée." })).est(202).corps;
        // While the report is being made nothing moves.
        scene.valider(&campagne, 1).refuse(409, "publication-en-cours");
        let lue = publiee["version"].as_i64().unwrap();
        scene.analyste.poster_si(&format!("{campagne}/extraction"), lue).refuse(409, "publication-en-cours");
        scene.publier(&campagne, json!({ "malgre": "Encore une fois." })).refuse(409, "publication-en-cours");
        scene.travailler();
        let mention = "Publié sans la validation de : 3C d'essai 2. Motif : L'échéance nationale est passée.";
        let publiees = scene.analyste.get("/api/v1/infocentre/publications").est(200).corps;
        assert_eq!(publiees[0]["mention"], json!(mention));
        assert_eq!(scene.telecharger(2025, "json", "").corps["mention"], json!(mention));
    }

    fn un_rapport_remplace_reste_lisible_et_inchange(banc) {
        let scene = Scene::nouvelle(banc);
        let campagne = scene.extraite();
        scene.valider(&campagne, 0).est(200);
        scene.valider(&campagne, 1).est(200);
        scene.paraitre(&campagne, json!({}));
        let premiers = FORMATS.map(|format| scene.telecharger(2025, format, "").octets);
        scene.corriger();
        assert_eq!(scene.extraire(&campagne)["etat"], json!("en_validation"));
        scene.valider(&campagne, 0).est(200);
        assert_eq!(scene.publier(&campagne, json!({})).refuse(422, "contenu-invalide").fautes(), ["/motif"]);
        let parue = scene.paraitre(&campagne, json!({ "motif": "Une réunion manquait au premier 3C." }));
        let numeros: Vec<&Value> = parue["publications"].as_array().unwrap().iter().map(|publication| &publication["numero"]).collect();
        assert_eq!(numeros, [&json!(2), &json!(1)]);
        let dernier = scene.telecharger(2025, "json", "").corps;
        assert_eq!((&dernier["version"], &dernier["remplace"]["version"]), (&json!(2), &json!(1)));
        assert_eq!(dernier["remplace"]["motif"], json!("Une réunion manquait au premier 3C."));
        for (format, premier) in FORMATS.into_iter().zip(premiers) {
            assert_eq!(scene.telecharger(2025, format, "?numero=1").octets, premier, "{format}");
            assert_ne!(scene.telecharger(2025, format, "").octets, premier, "{format}");
        }
        let ancien = scene.commande(&["--publie", "--numero", "1", "--format", "json"]).unwrap();
        assert_eq!(ancien, scene.telecharger(2025, "json", "?numero=1").octets);
    }

    fn un_rapport_qui_se_fait_deux_fois_ne_parait_qu_une(banc) {
        let scene = Scene::nouvelle(banc);
        let campagne = scene.extraite();
        scene.paraitre(&campagne, json!({ "malgre": "Pour un essai." }));
        let premier = scene.telecharger(2025, "pdf", "").octets;
        // The worker died before it wrote that the job was done.
        banc.systeme(|op| {
            let fait = job::table.filter(job::genre.eq("publier_rapport"));
            diesel::update(fait).set((job::etat.eq("en_attente"), job::tentatives.eq(0_i64))).execute(op.conn)?;
            Ok(())
        });
        scene.travailler();
        let (publications, documents): (i64, i64) = banc.systeme(|op| {
            Ok((publication::table.count().get_result(op.conn)?, publication_document::table.count().get_result(op.conn)?))
        });
        assert_eq!((publications, documents), (1, 4));
        assert_eq!(scene.telecharger(2025, "pdf", "").octets, premier);
    }

    fn une_extraction_s_arrete_avant_comme_pendant_et_n_en_laisse_rien(banc) {
        let scene = Scene::nouvelle(banc);
        let campagne = format!(
            "/api/v1/infocentre/campagnes/{}",
            scene.analyste.post("/api/v1/infocentre/campagnes", json!({ "annee": 2025 })).est(201).id()
        );
        let arret = format!("{campagne}/arret");
        scene.analyste.poster(&arret).refuse(409, "sans-travail");
        let demander = || {
            banc.avancer(60);
            let lue = scene.analyste.get(&campagne).est(200).version();
            scene.analyste.poster_si(&format!("{campagne}/extraction"), lue).est(202)
        };
        // Nobody had begun.
        let demandee = demander();
        scene.analyste.poster_si(&format!("{campagne}/extraction"), demandee.version()).refuse(409, "extraction-en-cours");
        let arretee = scene.analyste.poster(&arret).est(202).corps;
        assert_eq!((&arretee["travail"], &arretee["etat"]), (&Value::Null, &json!("ouverte")));
        scene.travailler();
        assert_eq!(actes(&scene.lire(&campagne)), ["ouvrir", "demander_extraction", "demander_arret", "arreter"]);
        // A worker holds it: it learns of it at its next step.
        demander();
        banc.systeme(|op| {
            let attend = job::table.filter(job::genre.eq("extraire_annee")).filter(job::etat.eq("en_attente"));
            let bail = At(op.maintenant);
            let pris = (job::etat.eq("en_cours"), job::bail_par.eq("un autre"), job::bail_jusqu_a.eq(bail), job::etape.eq("lecture"));
            diesel::update(attend).set(pris).execute(op.conn)?;
            Ok(())
        });
        let arretee = scene.analyste.poster(&arret).est(202).corps;
        assert_eq!(travail(&arretee), ("extraction", "lecture", true));
        banc.avancer(60);
        scene.travailler();
        let rien = scene.lire(&campagne);
        assert_eq!((&rien["etat"], &rien["travail"]), (&json!("ouverte"), &Value::Null));
        assert_eq!(actes(&rien)[4..], ["demander_extraction", "demander_arret", "arreter"]);
        let gardes: i64 = banc.systeme(|op| Ok(instantane::table.count().get_result(op.conn)?));
        assert_eq!(gardes, 0);
        assert_eq!(scene.extraire(&campagne)["etat"], json!("en_validation"));
    }

    fn une_publication_arretee_ne_parait_pas_et_se_reprend(banc) {
        let scene = Scene::nouvelle(banc);
        let campagne = scene.extraite();
        scene.publier(&campagne, json!({ "malgre": "Pour un essai." })).est(202);
        let arretee = scene.analyste.poster(&format!("{campagne}/arret")).est(202).corps;
        assert_eq!((&arretee["etat"], &arretee["travail"]), (&json!("en_validation"), &Value::Null));
        scene.travailler();
        scene.analyste.get("/api/v1/infocentre/publications/2025/pdf").refuse(404, "publication-introuvable");
        assert_eq!(scene.paraitre(&campagne, json!({ "malgre": "Pour un essai." }))["etat"], json!("publiee"));
    }

    fn un_coordonnateur_ne_voit_et_ne_valide_que_la_page_de_son_3c(banc) {
        let scene = Scene::nouvelle(banc);
        let campagne = scene.extraite();
        scene.coordonnateurs[1].post(&format!("{}/commentaire", scene.page(&campagne, 1)), json!({ "texte": "Rien à redire." })).est(200);
        scene.corriger();
        scene.extraire(&campagne);
        let vue = |rang: usize| scene.coordonnateurs[rang].get(&campagne).est(200).corps;
        assert_eq!(etats(&vue(0)), [("3C1", "a_valider")]);
        assert_eq!(actes(&vue(0)), ["ouvrir", "demander_extraction", "extraire", "demander_extraction", "extraire"]);
        assert_eq!(vue(0)["actes"][4]["ecarts"].as_array().unwrap().len(), 1);
        assert_eq!(actes(&vue(1)), ["ouvrir", "demander_extraction", "extraire", "commenter", "demander_extraction", "extraire"]);
        assert_eq!(vue(1)["actes"][5]["ecarts"], Value::Null, "les écarts d'un autre 3C");
        let (autre, premier) = (scene.page(&campagne, 1), &scene.coordonnateurs[0]);
        premier.get(&autre).refuse(404, "campagne-introuvable");
        premier.poster_si(&format!("{autre}/validation"), 1).refuse(404, "campagne-introuvable");
        premier.post_si(&format!("{autre}/correction"), 1, json!({ "texte": "À revoir." })).refuse(404, "campagne-introuvable");
        premier.post(&format!("{autre}/commentaire"), json!({ "texte": "À revoir." })).refuse(404, "campagne-introuvable");
        premier.poster_si(&format!("{campagne}/extraction"), 3).refuse(403, "action-interdite");
        premier.post_si(&format!("{campagne}/publication"), 3, json!({})).refuse(403, "action-interdite");
        premier.poster(&format!("{campagne}/arret")).refuse(403, "action-interdite");
        scene.analyste.poster_si(&format!("{autre}/validation"), 1).refuse(403, "action-interdite");
        // Who works for one établissement reads the infocentre, and answers for no 3C.
        let local = banc.personne("local", &[(Role::Analyste, Perimetre::Etablissement(scene.regions[0].etablissement))]);
        local.get(&autre).refuse(403, "action-interdite");
        local.post("/api/v1/infocentre/campagnes", json!({ "annee": 2024 })).refuse(403, "action-interdite");
    }

    fn ce_qui_est_publie_ne_se_change_ni_ne_s_efface_dans_la_base(banc) {
        let scene = Scene::nouvelle(banc);
        let campagne = scene.extraite();
        scene.paraitre(&campagne, json!({ "malgre": "Pour un essai." }));
        for (table, change) in
            [("campagne_acte", "nom = 'x'"), ("publication", "motif = 'x'"), ("publication_document", "nom = 'x'"), ("instantane", "annee = 1")]
        {
            for ordre in [format!("UPDATE {table} SET {change}"), format!("DELETE FROM {table}")] {
                let refus = ordonner(banc, &ordre).unwrap_err().to_string();
                assert!(refus.contains("immuable"), "{ordre} : {refus}");
            }
        }
    }

    fn un_instantane_altere_arrete_le_rapport_et_se_nomme(banc) {
        let scene = Scene::nouvelle(banc);
        let campagne = scene.extraite();
        let instantane = scene.analyste.get(&campagne).est(200).corps["instantane_id"].as_str().unwrap().to_owned();
        let lever = match migrate::connexion(&Adresse::lire(&banc.etat.config.base).unwrap()).unwrap() {
            DbConn::Sqlite(_) => "DROP TRIGGER instantane_passage_sans_update",
            DbConn::Pg(_) => "DROP TRIGGER instantane_passage_immuable ON instantane_passage",
        };
        ordonner(banc, lever).unwrap();
        ordonner(banc, "UPDATE instantane_passage SET age = 61").unwrap();
        let arretee = scene.paraitre(&campagne, json!({ "malgre": "Pour un essai." }));
        assert_eq!((&arretee["etat"], &arretee["travail"]), (&json!("en_validation"), &Value::Null));
        let acte = arretee["actes"].as_array().unwrap().last().unwrap().clone();
        assert_eq!(acte["acte"], json!("echouer"));
        assert!(acte["texte"].as_str().unwrap().contains(&instantane), "{acte}");
        scene.analyste.get("/api/v1/infocentre/publications/2025/pdf").refuse(404, "publication-introuvable");
        let dit = scene.commande(&[]).unwrap_err();
        assert!(dit.contains(&instantane), "{dit}");
        // Another extraction mends it.
        scene.extraire(&campagne);
        assert_eq!(scene.paraitre(&campagne, json!({ "malgre": "Pour un essai." }))["etat"], json!("publiee"));
    }
}
