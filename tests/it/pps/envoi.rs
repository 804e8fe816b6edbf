//! The sending of programmes: the same ledger as that of comptes-rendus.

use super::*;
use crate::support::smtp::{Exigences, Mode, Pki, Recu, ServeurSmtp};
use dcc::{
    db::{
        schema::{diffusion, opposition, patient, praticien_adresse},
        types::At,
    },
    kernel::ids::{PatientId, PraticienId},
    messagerie::smtp::Smtp,
    metier::diffusion::{
        model::RegleRegistre,
        service::{document_pret, verification},
    },
};
use diesel::{delete, insert_into, update};
use mail_parser::{MessageParser, MimeHeaders};
use std::io::{Cursor, Read};

/// Who follows the patient: a médecin traitant who has a secure address, a correspondent who has none.
struct Suivi {
    traitant: PraticienId,
    correspondant: PraticienId,
}

fn suivi(banc: &Banc, scene: &Scene<'_>, cas: &Cas) -> Suivi {
    let (traitant, correspondant) = (banc.medecin("Traitant", "G15_10/SM53", 5), banc.medecin("Correspondant", "G15_10/SM26", 6));
    banc.systeme(move |op| {
        delete(praticien_adresse::table.filter(praticien_adresse::praticien_id.eq(correspondant))).execute(op.conn)?;
        Ok(())
    });
    let chemin = format!("/api/v1/patients/{}", cas.patient);
    let saisi = json!({ "nom_naissance": "Lefèvre", "premier_prenom": "Claude", "sexe": "feminin", "date_naissance": "1960-05-20",
        "medecin_traitant_id": traitant });
    let version = scene.demandeur.put(&chemin, scene.demandeur.get(&chemin).est(200).version(), saisi).est(200).version();
    let correspondants = json!({ "correspondants": [{ "praticien_id": correspondant, "qualite": "Chirurgien" }] });
    scene.demandeur.put(&format!("{chemin}/correspondants"), version, correspondants).est(200);
    Suivi { traitant, correspondant }
}

fn serveur(banc: &Banc) -> (ServeurSmtp, dcc::jobs::runner::Ouvrier) {
    let pki = Pki::nouvelle();
    let serveur = ServeurSmtp::demarrer(Mode::Starttls, &pki, Exigences::default());
    let smtp = Arc::new(Smtp::new(&serveur.reglages(&pki)).unwrap());
    (serveur, app::ouvrier(&banc.etat.config, smtp).unwrap())
}

/// The mails of programmes that the server took.
fn des_programmes(serveur: &ServeurSmtp) -> Vec<Recu> {
    let mut recus = serveur.recus();
    recus.retain(|recu| recu.entete("X-MSS-CODECDA") == "18776-5");
    recus
}

fn identifiant(pps: &str) -> ProgrammeId {
    pps.rsplit('/').next().unwrap().parse().unwrap()
}

/// State of the delivery of a programme to a professional.
fn etat(banc: &Banc, pps: &str, praticien: PraticienId) -> String {
    let id = identifiant(pps);
    banc.systeme(move |op| {
        let sienne = diffusion::table.filter(diffusion::programme_id.eq(id)).filter(diffusion::praticien_id.eq(praticien));
        Ok(sienne.select(diffusion::etat).first(op.conn)?)
    })
}

fn fichiers(archive: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(archive.to_vec())).unwrap();
    (0..archive.len())
        .map(|rang| {
            let mut fichier = archive.by_index(rang).unwrap();
            let mut octets = Vec::new();
            fichier.read_to_end(&mut octets).unwrap();
            (fichier.name().unwrap().into_owned(), octets)
        })
        .collect()
}

/// A second version of a programme, handed.
fn version_suivante(scene: &Scene<'_>, pps: &str) -> String {
    let version = scene.demandeur.get(pps).est(200).version();
    let seconde = scene.demandeur.post_si(&format!("{pps}/nouvelle-version"), version, json!({ "motif": "GEN-176" })).est(201);
    let seconde = format!("/api/v1/programmes/{}", seconde.id());
    scene.demandeur.post_si(&format!("{seconde}/remise"), 1, remise(scene)).est(200);
    seconde
}

sur_les_deux_bases! {
    fn un_programme_remis_part_avec_son_archive_a_ceux_qui_suivent_le_patient(banc) {
        let scene = Scene::nouvelle(banc);
        let cas = discute(banc, &scene);
        let suivi = suivi(banc, &scene, &cas);
        let (serveur, ouvrier) = serveur(banc);
        let brouillon = rempli(&scene, &cas);
        runner::vider(&banc.etat.db, &ouvrier).unwrap();
        assert!(des_programmes(&serveur).is_empty(), "un brouillon ne part pas");
        scene.demandeur.post_si(&format!("{brouillon}/remise"), 1, remise(&scene)).est(200);
        let pps = brouillon;
        assert!(banc.systeme(verification::verifier).tient(), "son travail de rendu l'attend");
        runner::vider(&banc.etat.db, &ouvrier).unwrap();

        let recus = des_programmes(&serveur);
        let [recu] = recus.as_slice() else { panic!("{} courriers", recus.len()) };
        assert_eq!((recu.a.as_slice(), recu.chiffre), (["medecin5@essai.mssante.fr".to_owned()].as_slice(), true));
        let message = MessageParser::default().parse(&recu.octets).unwrap();
        assert_eq!(message.subject().unwrap(), "XDM/1.0/DDM+Programme personnalisé de soins LEFEVRE Claude 20/05/1960");
        assert!(message.body_text(0).unwrap().contains("le programme personnalisé de soins en cancérologie remis à l'un de vos patients"));
        let pieces: Vec<(&str, &[u8])> = message.attachments().map(|p| (p.attachment_name().unwrap(), p.contents())).collect();
        assert_eq!(pieces.iter().map(|p| p.0).collect::<Vec<_>>(), ["IHE_XDM.zip", "20260306_Programme personnalise de soins_LEFEVRE_CLAUDE.pdf"]);
        assert_eq!(pieces[1].1, scene.demandeur.get(&format!("{pps}/document.pdf")).est(200).octets);
        assert_eq!(pieces[0].1, scene.demandeur.get(&format!("{pps}/ihe_xdm.zip")).est(200).octets);
        let dedans = fichiers(pieces[0].1);
        let cda = &dedans.iter().find(|(nom, _)| nom.ends_with("DOC0001.XML")).unwrap().1;
        assert_eq!(*cda, scene.demandeur.get(&format!("{pps}/document.xml")).est(200).octets);
        let metadonnees = String::from_utf8(dedans.iter().find(|(nom, _)| nom.ends_with("METADATA.XML")).unwrap().1.clone()).unwrap();
        assert!(metadonnees.contains("urn:asip:ci-sis:pps-cancer:2017") && metadonnees.contains("18776-5"), "{metadonnees}");

        assert_eq!((etat(banc, &pps, suivi.traitant).as_str(), etat(banc, &pps, suivi.correspondant).as_str()), ("acceptee", "sans_adresse"));
        let liste = scene.secretaire.get(&format!("/api/v1/diffusions?programme={}", identifiant(&pps))).est(200).corps["elements"].clone();
        assert_eq!(liste.as_array().unwrap().len(), 2);
        for ligne in liste.as_array().unwrap() {
            assert_eq!((&ligne["nature"], &ligne["numero_version"], &ligne["remis_le"]), (&json!("pps"), &json!(1), &json!("2026-03-06")));
            assert!(ligne["programme_id"] == json!(identifiant(&pps)) && ligne.get("compte_rendu_id").is_none() && ligne.get("rcp_id").is_none());
        }
        let comptes_rendus = scene.secretaire.get(&format!("/api/v1/diffusions?rcp={}", scene.rcp)).est(200).corps["elements"].clone();
        assert!(comptes_rendus.as_array().unwrap().iter().all(|l| l["nature"] == "compte_rendu"), "{comptes_rendus}");
        assert!(banc.systeme(verification::verifier).tient());
    }

    fn qui_n_a_pas_d_adresse_recoit_le_programme_a_celle_qu_on_donne_ou_par_la_poste(banc) {
        let scene = Scene::nouvelle(banc);
        let cas = discute(banc, &scene);
        let suivi = suivi(banc, &scene, &cas);
        let (serveur, ouvrier) = serveur(banc);
        let pps = remis(&scene, &cas);
        runner::vider(&banc.etat.db, &ouvrier).unwrap();
        let liste = scene.secretaire.get("/api/v1/diffusions?a_traiter=true").est(200).corps["elements"].clone();
        let [sans_adresse] = liste.as_array().unwrap().as_slice() else { panic!("{liste}") };
        assert_eq!((&sans_adresse["nature"], &sans_adresse["destinataire"]), (&json!("pps"), &json!("Dr Camille CORRESPONDANT")));
        assert_eq!(scene.secretaire.get("/api/v1/diffusions/listes-de-travail").est(200).corps["sans_adresse"], 1);

        let lot = scene.secretaire.post("/api/v1/diffusions/impressions", json!({ "etats": ["sans_adresse"] })).est(201).corps;
        assert_eq!((&lot["nombre"], &lot["ecartees"]), (&json!(1), &json!([])));
        assert!(scene.secretaire.get(lot["document"].as_str().unwrap()).est(200).octets.starts_with(b"%PDF"));
        assert_eq!(etat(banc, &pps, suivi.correspondant), "imprimee");

        let chemin = format!("/api/v1/diffusions/{}", sans_adresse["id"].as_str().unwrap());
        let version = scene.secretaire.get(&chemin).est(200).version();
        scene.secretaire.put(&format!("{chemin}/adresse"), version, json!({ "adresse": "jean@medecin.mssante.fr" })).est(200);
        runner::vider(&banc.etat.db, &ouvrier).unwrap();
        assert_eq!(des_programmes(&serveur).last().unwrap().a, ["jean@medecin.mssante.fr"]);
        assert_eq!(etat(banc, &pps, suivi.correspondant), "acceptee");
        assert!(banc.systeme(verification::verifier).tient());
    }

    fn une_nouvelle_version_remplace_ce_qui_n_est_pas_arrive_et_suit_le_fil(banc) {
        let scene = Scene::nouvelle(banc);
        let cas = discute(banc, &scene);
        let suivi = suivi(banc, &scene, &cas);
        let (serveur, ouvrier) = serveur(banc);
        let premiere = remis(&scene, &cas);
        runner::vider(&banc.etat.db, &ouvrier).unwrap();
        let parti = des_programmes(&serveur)[0].entete("Message-ID");
        let seconde = version_suivante(&scene, &premiere);
        assert_eq!((etat(banc, &premiere, suivi.traitant).as_str(), etat(banc, &premiere, suivi.correspondant).as_str()), ("acceptee", "remplacee"));
        runner::vider(&banc.etat.db, &ouvrier).unwrap();
        let recus = des_programmes(&serveur);
        assert_eq!(recus.len(), 2);
        let message = MessageParser::default().parse(&recus[1].octets).unwrap();
        assert!(message.subject().unwrap().starts_with("[Annule et remplace] XDM/1.0/DDM+Programme personnalisé de soins"), "{:?}", message.subject());
        assert_eq!((recus[1].entete("In-Reply-To"), recus[1].entete("References")), (parti.clone(), parti));
        assert!(recus[1].entete("Message-ID") != recus[0].entete("Message-ID"));
        assert_eq!((etat(banc, &seconde, suivi.traitant).as_str(), etat(banc, &seconde, suivi.correspondant).as_str()), ("acceptee", "sans_adresse"));
        assert!(banc.systeme(verification::verifier).tient());
    }

    fn les_oppositions_et_les_demandes_du_patient_valent_pour_ses_programmes(banc) {
        let scene = Scene::nouvelle(banc);
        let cas = discute(banc, &scene);
        let suivi = suivi(banc, &scene, &cas);
        let (serveur, ouvrier) = serveur(banc);
        let patient_id: PatientId = cas.patient.parse().unwrap();
        let admin = banc.personne("admin", &[(Role::AdministrateurRegional, Perimetre::Region)]);
        let version = admin.get("/api/v1/diffusions/reglages").est(200).version();
        admin.put("/api/v1/diffusions/reglages", version, json!({ "non_lue_apres_jours": 15, "envoi_dmp": false, "envoi_patient": true,
            "domaine_patient": "patient.mssante.fr" })).est(200);
        banc.systeme(move |op| {
            update(patient::table.find(patient_id))
                .set((patient::ins.eq("279035121518989"), patient::ins_oid.eq("1.2.250.1.213.1.4.10"), patient::statut_identite.eq("qualifiee"),
                    patient::lieu_naissance.eq("59350")))
                .execute(op.conn)?;
            let id: dcc::kernel::ids::OppositionId = op.id();
            insert_into(opposition::table)
                .values((
                    (opposition::id.eq(id), opposition::patient_id.eq(patient_id), opposition::objet.eq("envoi_medecin_traitant")),
                    (opposition::exprimee_le.eq(op.maintenant.date_naive()), opposition::cree_le.eq(At(op.maintenant))),
                ))
                .execute(op.conn)?;
            Ok(())
        });
        scene.demandeur.put(&format!("/api/v1/patients/{}/demande-envoi", cas.patient), 0, json!({ "demandee": true })).est(200);
        let pps = remis(&scene, &cas);
        runner::vider(&banc.etat.db, &ouvrier).unwrap();
        assert_eq!(etat(banc, &pps, suivi.traitant), "opposition");
        let recus = des_programmes(&serveur);
        let [recu] = recus.as_slice() else { panic!("{} courriers", recus.len()) };
        assert_eq!((recu.a.as_slice(), recu.entete("X-MSS-MES").as_str()), (["279035121518989@patient.mssante.fr".to_owned()].as_slice(), "FIN"));
        let message = MessageParser::default().parse(&recu.octets).unwrap();
        assert!(message.body_text(0).unwrap().contains("Vous avez demandé à recevoir vos documents"));
        assert_eq!(recu.entete("X-MSS-INS"), "O");
    }

    fn un_programme_sans_destinataire_tient_au_registre_et_un_envoi_en_trop_se_voit(banc) {
        let scene = Scene::nouvelle(banc);
        let cas = discute(banc, &scene);
        let pps = remis(&scene, &cas);
        travailler(banc);
        let compte = banc.systeme(verification::verifier);
        assert!(compte.tient(), "{compte}");
        assert_eq!((compte.compte.versions, compte.compte.produites), (2, 1));
        let (id, patient_id): (ProgrammeId, PatientId) = (identifiant(&pps), cas.patient.parse().unwrap());
        let intrus = banc.medecin("Intrus", "G15_10/SM26", 7);
        banc.systeme(move |op| {
            use diffusion as d;
            let diffusion_id: dcc::kernel::ids::DiffusionId = op.id();
            insert_into(d::table)
                .values((
                    (d::id.eq(diffusion_id), d::programme_id.eq(id), d::patient_id.eq(patient_id), d::praticien_id.eq(intrus)),
                    (d::qualite.eq("correspondant"), d::canal.eq("aucun"), d::etat.eq("sans_adresse"), d::tentatives.eq(0_i64)),
                    (d::version.eq(1_i64), d::cree_le.eq(At(op.maintenant)), d::modifie_le.eq(At(op.maintenant))),
                ))
                .execute(op.conn)?;
            Ok(())
        });
        let rapport = banc.systeme(verification::verifier);
        let regles: Vec<_> = rapport.anomalies.iter().map(|a| (a.regle, a.source.programme())).collect();
        assert_eq!(regles, [(RegleRegistre::DestinatairesManquants, Some(id)), (RegleRegistre::EtatSansTransition, Some(id))], "{rapport}");
        assert!(rapport.to_string().contains(&format!("programme={id}")), "{rapport}");
    }

    fn une_archive_impossible_ne_retient_pas_le_programme(banc) {
        let scene = Scene::nouvelle(banc);
        let cas = discute(banc, &scene);
        suivi(banc, &scene, &cas);
        let memoire = Arc::new(Memoire::default());
        let mut config = banc.etat.config.clone();
        config.xdm.modeles.clear();
        let sans_archive = app::ouvrier(&config, Arc::clone(&memoire) as Arc<dyn Expediteur>).unwrap();
        let pps = remis(&scene, &cas);
        runner::vider(&banc.etat.db, &sans_archive).unwrap();
        let courriers = memoire.courriers();
        let courrier = courriers.iter().find(|c| c.sujet == "Programme personnalisé de soins").unwrap();
        assert_eq!(courrier.pieces.iter().map(|p| p.type_mime.as_str()).collect::<Vec<_>>(), ["application/pdf"]);
        scene.demandeur.get(&format!("{pps}/ihe_xdm.zip")).refuse(409, "document-en-preparation");
        assert!(!texte_visible(courrier).to_lowercase().contains("lef"), "sans archive, rien ne nomme le patient");

        // The job is tried again under settings that allow the archive: the same PDF, nothing sent twice.
        let vers = banc.maintenant() + chrono::TimeDelta::hours(1);
        banc.etat.db.horloge().regler(vers);
        let avant = memoire.courriers().len();
        runner::vider(&banc.etat.db, &app::ouvrier(&banc.etat.config, Arc::clone(&memoire) as Arc<dyn Expediteur>).unwrap()).unwrap();
        scene.demandeur.get(&format!("{pps}/ihe_xdm.zip")).est(200);
        let id = identifiant(&pps);
        banc.systeme(move |op| document_pret(op, id.into()));
        assert_eq!(memoire.courriers().iter().skip(avant).filter(|c| c.sujet.contains("Programme")).count(), 0);
    }
}

/// What of a mail shows without opening its documents.
fn texte_visible(courrier: &dcc::messagerie::Courrier) -> String {
    format!("{} {:?} {}", courrier.sujet, courrier.entetes, courrier.texte)
}
