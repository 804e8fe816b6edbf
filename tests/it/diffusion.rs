//! Deliveries: what leaves, to whom, once; and what did not leave is not forgotten.

mod canaux;
mod listes;
mod pannes;
mod reel;
mod registre;
mod retours;

use crate::support::{
    Banc,
    fait::{Appartenance, fait},
    region::Region,
    smtp::{Exigences, Mode, Panne, Pki, ServeurSmtp},
};
use chrono::TimeDelta;
use dcc::{
    app,
    db::{
        Op,
        perimetre::{self, MotifLien},
        schema,
        types::{At, Id, Json},
    },
    jobs::runner::{self, BAIL},
    kernel::{
        Perimetre, Resultat, Role,
        ids::{CompteRenduId, DiffusionId, DossierId, FicheId, InscriptionId, PatientId, PraticienId, RcpId, ReunionId},
        texte::sha256,
    },
    messagerie::{Accuse, Courrier, EchecEnvoi, Expediteur, memoire::Memoire, smtp::Smtp},
    metier::{
        compte_rendu::service as comptes_rendus,
        diffusion::service::{self as diffusions, VersionADiffuser},
    },
};
use diesel::{insert_into, prelude::*, update};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, mpsc};
use uuid::Uuid;

/// A validated compte-rendu and the people around it.
#[derive(Debug, Clone, Copy)]
struct Scene {
    region: Region,
    reunion: ReunionId,
    patient: PatientId,
    traitant: PraticienId,
    demandeur: PraticienId,
    correspondant: PraticienId,
    inscription: InscriptionId,
    dossier: DossierId,
    rcp: RcpId,
    set_id: Uuid,
}

/// A patient whose médecin traitant and asking doctor have a secure address, and whose correspondent
/// has none.
fn scene(banc: &Banc) -> Scene {
    let region = banc.region(1);
    let (traitant, demandeur, correspondant) = (
        banc.medecin("TRAITANT", "G15_10/SM53", 1),
        banc.medecin("DEMANDEUR", "G15_10/SM36", 2),
        banc.medecin("CORRESPONDANT", "G15_10/SM14", 3),
    );
    banc.systeme(move |op| {
        use schema::{dossier, fiche, inscription, patient, patient_correspondant, praticien_adresse, rcp, reunion};
        diesel::delete(praticien_adresse::table.filter(praticien_adresse::praticien_id.eq(correspondant))).execute(op.conn)?;
        let (rcp_id, reunion_id): (RcpId, ReunionId) = (op.id(), op.id());
        let (patient_id, dossier_id, fiche_id, inscription_id): (PatientId, DossierId, FicheId, InscriptionId) =
            (op.id(), op.id(), op.id(), op.id());
        let (maintenant, jour) = (At(op.maintenant), op.maintenant.date_naive());
        insert_into(rcp::table)
            .values((
                (rcp::id.eq(rcp_id), rcp::code.eq("SEIN"), rcp::nom.eq("RCP de sénologie"), rcp::recherche.eq("RCP DE SENOLOGIE")),
                (rcp::type_rcp.eq("standard"), rcp::nature.eq("appareil_organe"), rcp::organes.eq(Json(json!([]))), rcp::theme.eq("sein")),
                (
                    rcp::niveau.eq("local"),
                    rcp::expertise.eq(false),
                    rcp::centre_3c_id.eq(region.centre),
                    rcp::etablissement_id.eq(region.etablissement),
                ),
                (
                    rcp::secretariat.eq(Json(json!({}))),
                    rcp::delai_inscription_heures.eq(24_i64),
                    rcp::regle_quorum.eq("sein"),
                    rcp::modele_fiche.eq("socle-frcp"),
                ),
                (rcp::etat.eq("validee"), rcp::version.eq(1_i64), rcp::cree_le.eq(maintenant), rcp::modifie_le.eq(maintenant)),
            ))
            .execute(op.conn)?;
        insert_into(reunion::table)
            .values((
                (
                    reunion::id.eq(reunion_id),
                    reunion::rcp_id.eq(rcp_id),
                    reunion::debut.eq(maintenant),
                    reunion::fin.eq(At(op.maintenant + TimeDelta::hours(2))),
                ),
                (
                    reunion::etat.eq("validee"),
                    reunion::date_limite_inscription.eq(maintenant),
                    reunion::sequence.eq(0_i64),
                    reunion::close_le.eq(maintenant),
                ),
                (
                    reunion::validee_le.eq(maintenant),
                    reunion::version.eq(1_i64),
                    reunion::cree_le.eq(maintenant),
                    reunion::modifie_le.eq(maintenant),
                ),
            ))
            .execute(op.conn)?;
        insert_into(patient::table)
            .values((
                (
                    patient::id.eq(patient_id),
                    patient::nom_naissance.eq("LEFÈVRE"),
                    patient::prenoms.eq("Zoé Marie"),
                    patient::premier_prenom.eq("Zoé"),
                ),
                (
                    patient::sexe.eq("feminin"),
                    patient::date_naissance.eq(jour - chrono::Days::new(20_000)),
                    patient::recherche_nom.eq("LEFEVRE"),
                ),
                (patient::recherche_utilise.eq("LEFEVRE"), patient::recherche_prenom.eq("ZOE"), patient::statut_identite.eq("provisoire")),
                (
                    patient::medecin_traitant_id.eq(traitant),
                    patient::version.eq(1_i64),
                    patient::cree_le.eq(maintenant),
                    patient::modifie_le.eq(maintenant),
                ),
            ))
            .execute(op.conn)?;
        let id: dcc::kernel::ids::CorrespondantId = op.id();
        insert_into(patient_correspondant::table)
            .values((
                patient_correspondant::id.eq(id),
                patient_correspondant::patient_id.eq(patient_id),
                patient_correspondant::praticien_id.eq(correspondant),
                patient_correspondant::qualite.eq("chirurgien"),
            ))
            .execute(op.conn)?;
        insert_into(dossier::table)
            .values((
                (dossier::id.eq(dossier_id), dossier::patient_id.eq(patient_id), dossier::libelle.eq("Sein"), dossier::etat.eq("ouvert")),
                (dossier::version.eq(1_i64), dossier::cree_le.eq(maintenant), dossier::modifie_le.eq(maintenant)),
            ))
            .execute(op.conn)?;
        insert_into(fiche::table)
            .values((
                (
                    fiche::id.eq(fiche_id),
                    fiche::dossier_id.eq(dossier_id),
                    fiche::patient_id.eq(patient_id),
                    fiche::modele_code.eq("socle-frcp"),
                ),
                (
                    fiche::modele_version.eq("2025.01"),
                    fiche::contenu.eq(Json(json!({}))),
                    fiche::completude.eq(100_i64),
                    fiche::etat.eq("verrouillee"),
                ),
                (fiche::auteur_nom.eq("essai"), fiche::version.eq(1_i64), fiche::cree_le.eq(maintenant), fiche::modifie_le.eq(maintenant)),
            ))
            .execute(op.conn)?;
        insert_into(inscription::table)
            .values((
                (inscription::id.eq(inscription_id), inscription::reunion_id.eq(reunion_id), inscription::fiche_id.eq(fiche_id)),
                (inscription::dossier_id.eq(dossier_id), inscription::patient_id.eq(patient_id), inscription::demandeur_id.eq(demandeur)),
                (inscription::rang.eq(1_i64), inscription::etat.eq("discutee"), inscription::version.eq(1_i64)),
                (inscription::cree_le.eq(maintenant), inscription::modifie_le.eq(maintenant)),
            ))
            .execute(op.conn)?;
        perimetre::lier(op, patient_id, region.centre.uuid(), MotifLien::Centre3c, inscription_id.uuid())?;
        Ok(Scene {
            region,
            reunion: reunion_id,
            patient: patient_id,
            traitant,
            demandeur,
            correspondant,
            inscription: inscription_id,
            dossier: dossier_id,
            rcp: rcp_id,
            set_id: op.id(),
        })
    })
}

/// Another case of the same patient at the same meeting.
fn autre_cas(banc: &Banc, s: Scene) -> Scene {
    banc.systeme(move |op| {
        use schema::{dossier, fiche, inscription};
        let (dossier_id, fiche_id, inscription_id): (DossierId, FicheId, InscriptionId) = (op.id(), op.id(), op.id());
        let maintenant = At(op.maintenant);
        insert_into(dossier::table)
            .values((
                (dossier::id.eq(dossier_id), dossier::patient_id.eq(s.patient), dossier::libelle.eq("Sein"), dossier::etat.eq("ouvert")),
                (dossier::version.eq(1_i64), dossier::cree_le.eq(maintenant), dossier::modifie_le.eq(maintenant)),
            ))
            .execute(op.conn)?;
        insert_into(fiche::table)
            .values((
                (fiche::id.eq(fiche_id), fiche::dossier_id.eq(dossier_id), fiche::patient_id.eq(s.patient)),
                (fiche::modele_code.eq("socle-frcp"), fiche::modele_version.eq("2025.01"), fiche::contenu.eq(Json(json!({})))),
                (fiche::completude.eq(100_i64), fiche::etat.eq("verrouillee"), fiche::auteur_nom.eq("essai")),
                (fiche::version.eq(1_i64), fiche::cree_le.eq(maintenant), fiche::modifie_le.eq(maintenant)),
            ))
            .execute(op.conn)?;
        insert_into(inscription::table)
            .values((
                (inscription::id.eq(inscription_id), inscription::reunion_id.eq(s.reunion), inscription::fiche_id.eq(fiche_id)),
                (inscription::dossier_id.eq(dossier_id), inscription::patient_id.eq(s.patient), inscription::demandeur_id.eq(s.demandeur)),
                (inscription::rang.eq(1_i64), inscription::etat.eq("discutee"), inscription::version.eq(1_i64)),
                (inscription::cree_le.eq(maintenant), inscription::modifie_le.eq(maintenant)),
            ))
            .execute(op.conn)?;
        Ok(Scene { inscription: inscription_id, dossier: dossier_id, set_id: op.id(), ..s })
    })
}

/// Validates a version: its row, its deliveries, not its document.
fn valider(banc: &Banc, s: Scene, numero: i64) -> CompteRenduId {
    banc.systeme(move |op| {
        use schema::compte_rendu as cr;
        let id: CompteRenduId = op.id();
        update(cr::table.filter(cr::set_id.eq(Id(s.set_id)))).set(cr::courant.eq(false)).execute(op.conn)?;
        inserer_compte_rendu(op, id, s, numero)?;
        let a =
            Appartenance { compte_rendu: id, patient: s.patient, reunion: s.reunion, rcp: s.rcp, demandeur: s.demandeur, region: s.region };
        let (jour, maintenant) = (op.maintenant.date_naive(), op.maintenant);
        comptes_rendus::reprendre_faits(op, &fait(&a, jour, maintenant))?;
        let version = VersionADiffuser {
            source: id.into(),
            set_id: s.set_id,
            numero_version: numero,
            patient_id: s.patient,
            demandeur_id: Some(s.demandeur),
        };
        diffusions::preparer(op, &version)?;
        Ok(id)
    })
}

/// The row of a version.
fn inserer_compte_rendu(op: &mut Op<'_>, id: CompteRenduId, s: Scene, numero: i64) -> Resultat<()> {
    use schema::compte_rendu as cr;
    insert_into(cr::table)
        .values((
            (
                cr::id.eq(id),
                cr::inscription_id.eq(s.inscription),
                cr::reunion_id.eq(s.reunion),
                cr::rcp_id.eq(s.rcp),
                cr::dossier_id.eq(s.dossier),
            ),
            (cr::patient_id.eq(s.patient), cr::set_id.eq(Id(s.set_id)), cr::numero_version.eq(numero), cr::courant.eq(true)),
            (cr::motif_correction.eq((numero > 1).then_some("erreur de saisie")), cr::contenu.eq(Json(json!({}))), cr::empreinte.eq("00")),
            (cr::statut_cas.eq("discute"), cr::date_reunion.eq(op.maintenant.date_naive()), cr::centre_3c_id.eq(s.region.centre)),
            (cr::etablissement_id.eq(s.region.etablissement), cr::theme.eq("sein"), cr::type_rcp.eq("standard"), cr::expertise.eq(false)),
            (cr::demandeur_id.eq(s.demandeur), cr::age.eq(54_i64), cr::g8.eq("non_concerne"), cr::valide_le.eq(At(op.maintenant))),
        ))
        .execute(op.conn)?;
    Ok(())
}

const PDF: &[u8] = b"%PDF-1.7 un compte-rendu d'essai";

/// Keeps the document of a version, as the job that renders it does.
fn rendre(banc: &Banc, id: CompteRenduId) {
    rendre_octets(banc, id, PDF.to_vec());
}

fn rendre_octets(banc: &Banc, id: CompteRenduId, pdf: Vec<u8>) {
    banc.systeme(move |op| {
        use schema::document as d;
        let document: dcc::kernel::ids::DocumentId = op.id();
        insert_into(d::table)
            .values((
                (d::id.eq(document), d::compte_rendu_id.eq(id), d::genre.eq("pdf"), d::nom.eq("20260302_CR_LEFÈVRE_Zoé.pdf")),
                (d::type_mime.eq("application/pdf"), d::empreinte.eq(sha256(&pdf)), d::octets.eq(&pdf), d::cree_le.eq(At(op.maintenant))),
            ))
            .execute(op.conn)?;
        diffusions::document_pret(op, id.into())
    });
}

/// State of the delivery to each person, and its Message-ID.
fn etat(banc: &Banc, cr: CompteRenduId, praticien: PraticienId) -> (DiffusionId, String, Option<String>) {
    banc.systeme(move |op| {
        use schema::diffusion as d;
        let sienne = d::table.filter(d::compte_rendu_id.eq(cr)).filter(d::praticien_id.eq(praticien));
        Ok(sienne.select((d::id, d::etat, d::message_id)).first(op.conn)?)
    })
}

fn travailler(banc: &Banc, expediteur: &Arc<Memoire>) -> u32 {
    runner::vider(&banc.etat.db, &app::ouvrier(&banc.etat.config, Arc::clone(expediteur) as Arc<dyn Expediteur>).unwrap()).unwrap()
}

fn avancer(banc: &Banc, de: TimeDelta) {
    let vers = banc.maintenant() + de;
    banc.etat.db.horloge().regler(vers);
}

fn destinataires(courriers: &[Courrier]) -> Vec<&str> {
    let mut a: Vec<&str> = courriers.iter().map(|c| c.a.as_str()).collect();
    a.sort_unstable();
    a
}

fn temporaire(code: &str) -> EchecEnvoi {
    EchecEnvoi::Temporaire { code: code.to_owned(), detail: "plus tard".to_owned() }
}

fn s_opposer(banc: &Banc, patient: PatientId) {
    banc.systeme(move |op| {
        use schema::opposition as o;
        let id: dcc::kernel::ids::OppositionId = op.id();
        insert_into(o::table)
            .values((
                (o::id.eq(id), o::patient_id.eq(patient), o::objet.eq("envoi_medecin_traitant")),
                (o::exprimee_le.eq(op.maintenant.date_naive()), o::cree_le.eq(At(op.maintenant))),
            ))
            .execute(op.conn)?;
        Ok(())
    });
}

sur_les_deux_bases! {
    fn un_compte_rendu_part_une_fois_a_chacun_de_ceux_qui_ont_une_adresse(banc) {
        let (s, memoire) = (scene(banc), Arc::new(Memoire::default()));
        let cr = valider(banc, s, 1);
        assert_eq!(travailler(banc, &memoire), 0, "rien ne part avant que le document soit rendu");
        rendre(banc, cr);
        assert_eq!(travailler(banc, &memoire), 2);
        assert_eq!(destinataires(&memoire.courriers()), ["medecin1@essai.mssante.fr", "medecin2@essai.mssante.fr"]);
        let (id, etat_traitant, message_id) = etat(banc, cr, s.traitant);
        assert_eq!((etat_traitant.as_str(), message_id), ("acceptee", Some(format!("<{id}@dcc.mssante.fr>"))));
        assert_eq!(etat(banc, cr, s.demandeur).1, "acceptee");
        assert_eq!(etat(banc, cr, s.correspondant).1, "sans_adresse");

        let courrier = memoire.courriers().into_iter().find(|c| c.a.starts_with("medecin1@")).unwrap();
        assert_eq!(courrier.sujet, "Compte-rendu de RCP");
        assert_eq!((courrier.pieces.len(), courrier.pieces[0].nom.as_str(), courrier.pieces[0].octets.as_slice()), (1, "20260302_CR_LEFEVRE_Zoe.pdf", PDF));

        // The same work a second time sends nothing.
        banc.systeme(move |op| diffusions::document_pret(op, cr.into()));
        banc.systeme(move |op| dcc::jobs::queue::enfiler(op, diffusions::ENVOYER_DIFFUSION, &json!({ "diffusion_id": id })).map(drop));
        travailler(banc, &memoire);
        assert_eq!(memoire.courriers().len(), 2);
    }

    fn chaque_envoi_laisse_une_trace_et_une_tentative(banc) {
        let (s, memoire) = (scene(banc), Arc::new(Memoire::default()));
        let cr = valider(banc, s, 1);
        rendre(banc, cr);
        travailler(banc, &memoire);
        let id = etat(banc, cr, s.traitant).0;
        let traces: Vec<(String, Option<i64>)> = banc.systeme(move |op| {
            use schema::trace as t;
            let siennes = t::table.filter(t::objet_id.eq(Id(id.uuid()))).filter(t::patient_id.eq(s.patient)).order(t::id);
            Ok(siennes.select((t::action, t::objet_version)).load(op.conn)?)
        });
        assert_eq!(traces, [("preparer".to_owned(), Some(1)), ("commencer".to_owned(), Some(2)), ("accepter".to_owned(), Some(3))]);
        let secretaire = banc.personne("secretaire", &[(Role::Secretaire, Perimetre::Centre3c(s.region.centre))]);
        let lue = secretaire.get(&format!("/api/v1/diffusions/{id}")).est(200);
        assert_eq!(lue.version(), 3);
        assert_eq!(lue.corps["historique"].as_array().unwrap().len(), 1);
        assert_eq!(lue.corps["historique"][0]["resultat"], "acceptee");
        assert_eq!(lue.corps["destinataire"], "Dr Camille TRAITANT");
        assert_eq!((&lue.corps["numero_version"], &lue.corps["date_reunion"]), (&json!(1), &json!("2026-03-02")));
    }

    fn le_patient_qui_refuse_l_envoi_a_son_medecin_traitant_est_entendu_jusqu_au_depart(banc) {
        let (s, memoire) = (scene(banc), Arc::new(Memoire::default()));
        let premiere = valider(banc, s, 1);
        s_opposer(banc, s.patient);
        rendre(banc, premiere);
        travailler(banc, &memoire);
        assert_eq!(etat(banc, premiere, s.traitant).1, "opposition");
        let seconde = valider(banc, s, 2);
        assert_eq!(etat(banc, seconde, s.traitant).1, "opposition");
        rendre(banc, seconde);
        travailler(banc, &memoire);
        assert_eq!(destinataires(&memoire.courriers()), ["medecin2@essai.mssante.fr", "medecin2@essai.mssante.fr"]);
        let secretaire = banc.personne("secretaire", &[(Role::Secretaire, Perimetre::Centre3c(s.region.centre))]);
        let id = etat(banc, seconde, s.traitant).0;
        secretaire.poster_si(&format!("/api/v1/diffusions/{id}/relance"), 1).refuse(409, "diffusion-etat-interdit");
        secretaire.put(&format!("/api/v1/diffusions/{id}/adresse"), 1, json!({ "adresse": "a@medecin.mssante.fr" })).refuse(409, "diffusion-etat-interdit");
    }

    fn un_medecin_a_deux_titres_ne_recoit_qu_un_exemplaire(banc) {
        let (mut s, memoire) = (scene(banc), Arc::new(Memoire::default()));
        s.demandeur = s.traitant;
        let cr = valider(banc, s, 1);
        rendre(banc, cr);
        travailler(banc, &memoire);
        assert_eq!(destinataires(&memoire.courriers()), ["medecin1@essai.mssante.fr"]);
    }

    fn un_echec_passager_se_retente_sous_le_meme_message_id(banc) {
        let (s, memoire) = (scene(banc), Arc::new(Memoire::default()));
        let cr = valider(banc, s, 1);
        memoire.echouer(temporaire("451"));
        memoire.echouer(temporaire("delai"));
        rendre(banc, cr);
        assert_eq!(travailler(banc, &memoire), 2);
        assert!(memoire.courriers().is_empty());
        let (id, apres, message_id) = etat(banc, cr, s.traitant);
        assert_eq!(apres, "a_envoyer");
        avancer(banc, TimeDelta::minutes(2));
        assert_eq!(travailler(banc, &memoire), 2);
        assert_eq!(etat(banc, cr, s.traitant), (id, "acceptee".to_owned(), message_id.clone()));
        assert_eq!(memoire.courriers().iter().filter(|c| Some(&c.message_id) == message_id.as_ref()).count(), 1);
    }

    fn ce_qui_ne_part_jamais_finit_en_echec_sur_la_liste_de_travail(banc) {
        let (s, memoire) = (scene(banc), Arc::new(Memoire::default()));
        let cr = valider(banc, s, 1);
        rendre(banc, cr);
        for _ in 0..2 * dcc::jobs::queue::TENTATIVES_MAX {
            memoire.echouer(temporaire("421"));
        }
        for _ in 0..dcc::jobs::queue::TENTATIVES_MAX {
            travailler(banc, &memoire);
            avancer(banc, TimeDelta::hours(30));
        }
        assert!(memoire.courriers().is_empty());
        assert_eq!(etat(banc, cr, s.traitant).1, "echec");
        let secretaire = banc.personne("secretaire", &[(Role::Secretaire, Perimetre::Centre3c(s.region.centre))]);
        let liste = secretaire.get("/api/v1/diffusions?a_traiter=true").est(200).corps;
        let mut etats: Vec<&str> = liste["elements"].as_array().unwrap().iter().map(|e| e["etat"].as_str().unwrap()).collect();
        etats.sort_unstable();
        assert_eq!(etats, ["echec", "echec", "sans_adresse"]);
        let lue = secretaire.get(&format!("/api/v1/diffusions/{}", etat(banc, cr, s.traitant).0)).est(200).corps;
        assert_eq!(lue["derniere_erreur"], "421 : plus tard");
        assert_eq!(lue["historique"].as_array().unwrap().len(), usize::try_from(dcc::jobs::queue::TENTATIVES_MAX).unwrap());
        assert_eq!(lue["historique"][0]["resultat"], "echec_temporaire");
        assert_eq!(lue["historique"][13]["resultat"], "echec_definitif");
    }

    fn un_document_qui_ne_vient_jamais_se_voit(banc) {
        let (s, memoire) = (scene(banc), Arc::new(Memoire::default()));
        let cr = valider(banc, s, 1);
        banc.systeme(move |op| diffusions::document_pret(op, cr.into()));
        for _ in 0..dcc::jobs::queue::TENTATIVES_MAX {
            assert_eq!(travailler(banc, &memoire), 2);
            avancer(banc, TimeDelta::hours(30));
        }
        assert_eq!(etat(banc, cr, s.traitant), (etat(banc, cr, s.traitant).0, "echec".to_owned(), None));
        assert!(memoire.courriers().is_empty());
    }

    fn une_nouvelle_version_remplace_ce_qui_n_est_pas_parti_et_suit_ce_qui_est_parti(banc) {
        let (s, memoire) = (scene(banc), Arc::new(Memoire::default()));
        let premiere = valider(banc, s, 1);
        memoire.echouer(EchecEnvoi::Definitif { code: "550".to_owned(), detail: "inconnue".to_owned() });
        rendre(banc, premiere);
        travailler(banc, &memoire);
        let partie = memoire.courriers()[0].clone();
        let seconde = valider(banc, s, 2);
        let etats: Vec<String> = [s.traitant, s.demandeur, s.correspondant].map(|p| etat(banc, premiere, p).1).to_vec();
        assert_eq!(etats.iter().filter(|e| *e == "remplacee").count(), 2);
        assert_eq!(etats.iter().filter(|e| *e == "acceptee").count(), 1);
        rendre(banc, seconde);
        travailler(banc, &memoire);
        let courriers = memoire.courriers();
        assert_eq!(courriers.len(), 3);
        let suite = courriers[1..].iter().find(|c| c.a == partie.a).unwrap();
        assert_eq!(suite.sujet, "[Annule et remplace] Compte-rendu de RCP");
        assert_ne!(suite.message_id, partie.message_id);
        assert!(suite.entetes.contains(&("In-Reply-To", partie.message_id.clone())));
        assert!(suite.entetes.contains(&("References", partie.message_id.clone())));
    }

    fn une_version_remplacee_en_attente_ne_part_plus(banc) {
        let (s, memoire) = (scene(banc), Arc::new(Memoire::default()));
        let premiere = valider(banc, s, 1);
        rendre(banc, premiere);
        let seconde = valider(banc, s, 2);
        assert_eq!(travailler(banc, &memoire), 2);
        assert!(memoire.courriers().is_empty());
        assert_eq!(etat(banc, premiere, s.traitant).1, "remplacee");
        rendre(banc, seconde);
        travailler(banc, &memoire);
        assert_eq!(memoire.courriers().len(), 2);
        assert!(memoire.courriers().iter().all(|c| !c.entetes.iter().any(|(nom, _)| *nom == "References")));
    }

    fn une_adresse_sortie_de_l_espace_de_confiance_ne_recoit_rien(banc) {
        let (s, memoire) = (scene(banc), Arc::new(Memoire::default()));
        let cr = valider(banc, s, 1);
        let id = etat(banc, cr, s.traitant).0;
        banc.systeme(move |op| {
            use schema::diffusion as d;
            Ok(update(d::table.find(id)).set(d::adresse.eq(Some("medecin1@faux-mssante.fr"))).execute(op.conn)?)
        });
        rendre(banc, cr);
        travailler(banc, &memoire);
        assert_eq!(destinataires(&memoire.courriers()), ["medecin2@essai.mssante.fr"]);
        assert_eq!(etat(banc, cr, s.traitant).1, "sans_adresse");
    }

    fn le_secretariat_donne_une_adresse_et_le_compte_rendu_part(banc) {
        let (s, memoire) = (scene(banc), Arc::new(Memoire::default()));
        let cr = valider(banc, s, 1);
        rendre(banc, cr);
        travailler(banc, &memoire);
        let secretaire = banc.personne("secretaire", &[(Role::Secretaire, Perimetre::Centre3c(s.region.centre))]);
        let chemin = format!("/api/v1/diffusions/{}", etat(banc, cr, s.correspondant).0);
        let adresse = format!("{chemin}/adresse");
        for fausse in ["jean@exemple.fr", "jean@faux-mssante.fr", "jean@mssanté.fr", "jean"] {
            let refus = secretaire.put(&adresse, 1, json!({ "adresse": fausse })).refuse(422, "adresse-non-securisee");
            assert_eq!(refus.fautes(), ["/adresse"]);
        }
        secretaire.envoyer("PUT", &adresse, Some(json!({ "adresse": "jean@medecin.mssante.fr" })), &[]).refuse(428, "version-absente");
        secretaire.put(&adresse, 7, json!({ "adresse": "jean@medecin.mssante.fr" })).refuse(412, "version-perimee");
        secretaire.poster_si(&format!("{chemin}/relance"), 1).refuse(409, "diffusion-sans-adresse");
        let apres = secretaire.put(&adresse, 1, json!({ "adresse": "jean@Medecin.MSSante.fr" })).est(200);
        assert_eq!((apres.version(), &apres.corps["etat"], &apres.corps["canal"]), (2, &json!("a_envoyer"), &json!("mssante")));
        travailler(banc, &memoire);
        assert!(destinataires(&memoire.courriers()).contains(&"jean@medecin.mssante.fr"));
        assert_eq!(secretaire.get(&chemin).est(200).corps["etat"], "acceptee");
    }

    fn une_adresse_ajoutee_a_l_annuaire_sert_a_la_relance(banc) {
        let (s, memoire) = (scene(banc), Arc::new(Memoire::default()));
        let cr = valider(banc, s, 1);
        rendre(banc, cr);
        travailler(banc, &memoire);
        let id: dcc::kernel::ids::AdresseId = Uuid::from_u128(77).into();
        banc.systeme(move |op| {
            use schema::praticien_adresse as a;
            let ligne = (
                (a::id.eq(id), a::praticien_id.eq(s.correspondant), a::adresse.eq("nouvelle@essai.mssante.fr"), a::type_bal.eq("per")),
                (a::rang.eq(1_i64), a::active.eq(true), a::cree_le.eq(At(op.maintenant))),
            );
            Ok(insert_into(a::table).values(ligne).execute(op.conn)?)
        });
        let secretaire = banc.personne("secretaire", &[(Role::Secretaire, Perimetre::Centre3c(s.region.centre))]);
        let chemin = format!("/api/v1/diffusions/{}/relance", etat(banc, cr, s.correspondant).0);
        let cle = [("If-Match", "\"v1\""), ("Idempotency-Key", "une-cle")];
        let apres = secretaire.envoyer("POST", &chemin, None, &cle).est(200);
        assert_eq!(apres.corps["adresse"], "nouvelle@essai.mssante.fr");
        assert_eq!(secretaire.envoyer("POST", &chemin, None, &cle).est(200).corps, apres.corps);
        travailler(banc, &memoire);
        assert_eq!(memoire.courriers().iter().filter(|c| c.a == "nouvelle@essai.mssante.fr").count(), 1);
    }

    fn un_compte_rendu_poste_ne_part_plus_par_courrier_electronique(banc) {
        let (s, memoire) = (scene(banc), Arc::new(Memoire::default()));
        let cr = valider(banc, s, 1);
        let id = etat(banc, cr, s.traitant).0;
        let secretaire = banc.personne("secretaire", &[(Role::Secretaire, Perimetre::Centre3c(s.region.centre))]);
        let chemin = format!("/api/v1/diffusions/{id}");
        let poste = secretaire.poster_si(&format!("{chemin}/envoi-postal"), 1).est(200);
        assert_eq!((&poste.corps["etat"], &poste.corps["canal"]), (&json!("postee"), &json!("courrier")));
        assert!(poste.corps["envoyee_le"].is_string());
        rendre(banc, cr);
        travailler(banc, &memoire);
        assert_eq!(destinataires(&memoire.courriers()), ["medecin2@essai.mssante.fr"]);
        secretaire.poster_si(&format!("{chemin}/relance"), 2).refuse(409, "diffusion-etat-interdit");
        secretaire.poster_si(&format!("{chemin}/envoi-postal"), 2).refuse(409, "diffusion-etat-interdit");
    }

    fn on_ne_suit_que_les_diffusions_de_son_perimetre(banc) {
        let s = scene(banc);
        let cr = valider(banc, s, 1);
        let id = etat(banc, cr, s.traitant).0;
        let ailleurs = banc.region(2);
        let secretaire = banc.personne("secretaire", &[(Role::Secretaire, Perimetre::Centre3c(s.region.centre))]);
        let autre = banc.personne("autre", &[(Role::Secretaire, Perimetre::Centre3c(ailleurs.centre))]);
        let participant = banc.personne("participant", &[(Role::Participant, Perimetre::Centre3c(s.region.centre))]);
        let coordonnateur = banc.personne("coordonnateur", &[(Role::Coordonnateur3c, Perimetre::Centre3c(s.region.centre))]);
        let (liste, chemin) = (format!("/api/v1/reunions/{}/diffusions", s.reunion), format!("/api/v1/diffusions/{id}"));

        assert_eq!(secretaire.get(&liste).est(200).corps["elements"].as_array().unwrap().len(), 3);
        assert_eq!(secretaire.get(&format!("{liste}?etat=sans_adresse")).est(200).corps["elements"].as_array().unwrap().len(), 1);
        secretaire.get(&format!("{liste}?etat=perdue")).refuse(400, "parametre-invalide");
        secretaire.get("/api/v1/diffusions/compteurs").est(200);

        assert_eq!(autre.get(&liste).est(200).corps["elements"], json!([]));
        assert_eq!(autre.get("/api/v1/diffusions").est(200).corps["elements"], json!([]));
        assert_eq!(autre.get("/api/v1/diffusions/compteurs").est(200).corps, json!([]));
        autre.get(&chemin).refuse(404, "diffusion-introuvable");
        autre.poster_si(&format!("{chemin}/relance"), 1).refuse(404, "diffusion-introuvable");
        autre.poster_si(&format!("{chemin}/envoi-postal"), 1).refuse(404, "diffusion-introuvable");
        autre.put(&format!("{chemin}/adresse"), 1, json!({ "adresse": "a@medecin.mssante.fr" })).refuse(404, "diffusion-introuvable");

        participant.get(&liste).refuse(403, "action-interdite");
        participant.get(&chemin).refuse(403, "action-interdite");
        coordonnateur.get(&chemin).refuse(403, "action-interdite");
        coordonnateur.get("/api/v1/diffusions/compteurs").est(200);
        coordonnateur.poster_si(&format!("{chemin}/envoi-postal"), 1).refuse(403, "action-interdite");
        banc.anonyme().get(&chemin).refuse(401, "authentification-requise");
    }

    fn la_liste_se_parcourt_page_par_page_et_se_compte(banc) {
        let s = scene(banc);
        valider(banc, s, 1);
        valider(banc, s, 2);
        let secretaire = banc.personne("secretaire", &[(Role::Secretaire, Perimetre::Centre3c(s.region.centre))]);
        let (mut vus, mut chemin) = (Vec::new(), "/api/v1/diffusions?limite=4".to_owned());
        loop {
            let page = secretaire.get(&chemin).est(200).corps;
            vus.extend(page["elements"].as_array().unwrap().iter().map(|e| e["id"].as_str().unwrap().to_owned()));
            let Some(suivant) = page["suivant"].as_str() else { break };
            chemin = format!("/api/v1/diffusions?limite=4&curseur={suivant}");
        }
        vus.dedup();
        assert_eq!(vus.len(), 6);
        let compteurs = secretaire.get("/api/v1/diffusions/compteurs").est(200).corps;
        let nombre = |etat: &str| compteurs.as_array().unwrap().iter().find(|c| c["etat"] == etat).map_or(Value::Null, |c| c["nombre"].clone());
        assert_eq!((nombre("remplacee"), nombre("a_envoyer"), nombre("sans_adresse"), nombre("echec")), (json!(3), json!(2), json!(1), Value::Null));
    }

    fn un_vrai_serveur_smtp_recoit_le_compte_rendu_chiffre_malgre_ses_pannes(banc) {
        let (s, pki) = (scene(banc), Pki::nouvelle());
        let serveur = ServeurSmtp::demarrer(Mode::Starttls, &pki, Exigences::default());
        let smtp = Arc::new(Smtp::new(&serveur.reglages(&pki)).unwrap());
        let ouvrier = app::ouvrier(&banc.etat.config, smtp).unwrap();
        let cr = valider(banc, s, 1);
        serveur.prevoir(Panne::Repondre("RCPT", "550 5.1.1 <medecin1@essai.mssante.fr> inconnue".to_owned()));
        serveur.prevoir(Panne::CouperApresLeMessage);
        rendre(banc, cr);
        runner::vider(&banc.etat.db, &ouvrier).unwrap();
        avancer(banc, TimeDelta::minutes(2));
        runner::vider(&banc.etat.db, &ouvrier).unwrap();

        let mut etats = [etat(banc, cr, s.traitant), etat(banc, cr, s.demandeur)];
        etats.sort_by(|a, b| a.1.cmp(&b.1));
        assert_eq!((etats[0].1.as_str(), etats[1].1.as_str()), ("acceptee", "echec"));
        let recus = serveur.recus();
        assert_eq!(recus.len(), 2, "le courrier dont l'accusé s'est perdu est reparti");
        assert!(recus.iter().all(|recu| recu.chiffre && Some(recu.entete("Message-ID")) == etats[0].2));
        assert_eq!(recus[0].entete("Auto-Submitted"), "auto-generated");

        // The sentence of the server is kept without the address it repeats.
        let secretaire = banc.personne("secretaire", &[(Role::Secretaire, Perimetre::Centre3c(s.region.centre))]);
        let chemin = format!("/api/v1/diffusions/{}", etats[1].0);
        let lue = secretaire.get(&chemin).est(200);
        assert_eq!(lue.corps["derniere_erreur"], "550 : 5.1.1 [adresse] inconnue");
        secretaire.poster_si(&format!("{chemin}/relance"), lue.version()).est(200);
        runner::vider(&banc.etat.db, &ouvrier).unwrap();
        assert_eq!(secretaire.get(&chemin).est(200).corps["etat"], "acceptee");
        assert_eq!(serveur.recus()[2].entete("Message-ID"), etats[1].2.clone().unwrap());
    }

    fn un_ouvrier_tue_entre_l_accuse_et_l_ecriture_fait_repartir_le_meme_courrier(banc) {
        let (mut s, pki) = (scene(banc), Pki::nouvelle());
        s.demandeur = s.traitant;
        let serveur = ServeurSmtp::demarrer(Mode::Tls, &pki, Exigences::default());
        let reglages = serveur.reglages(&pki);
        let cr = valider(banc, s, 1);
        rendre(banc, cr);

        // The first worker gets its « 250 » and is never heard of again while the second works.
        let (parti, depart) = mpsc::channel();
        let (lacher, attente) = mpsc::channel();
        let fige = Fige { smtp: Smtp::new(&reglages).unwrap(), parti: Mutex::new(parti), attente: Mutex::new(attente) };
        let mort = {
            let (db, ouvrier) = (banc.etat.db.clone(), app::ouvrier(&banc.etat.config, Arc::new(fige)).unwrap());
            std::thread::spawn(move || runner::vider(&db, &ouvrier).unwrap())
        };
        depart.recv().unwrap();
        let (id, pendant, message_id) = etat(banc, cr, s.traitant);
        assert_eq!(pendant, "en_cours");

        let ouvrier = app::ouvrier(&banc.etat.config, Arc::new(Smtp::new(&reglages).unwrap())).unwrap();
        assert_eq!(runner::vider(&banc.etat.db, &ouvrier).unwrap(), 0, "le bail du premier court encore");
        avancer(banc, BAIL);
        assert_eq!(runner::vider(&banc.etat.db, &ouvrier).unwrap(), 1);
        assert_eq!(etat(banc, cr, s.traitant), (id, "acceptee".to_owned(), message_id.clone()));
        let ids: Vec<String> = serveur.recus().iter().map(|recu| recu.entete("Message-ID")).collect();
        assert_eq!(ids, vec![message_id.unwrap(); 2]);

        // Whatever the first worker would still write counts no more.
        lacher.send(()).unwrap();
        mort.join().unwrap();
        assert_eq!(etat(banc, cr, s.traitant).1, "acceptee");
        let jobs: Vec<(String, i64)> = banc.systeme(|op| {
            use schema::job as j;
            Ok(j::table.filter(j::genre.eq("envoyer_diffusion")).select((j::etat, j::tentatives)).load(op.conn)?)
        });
        assert_eq!(jobs, [("fait".to_owned(), 2)]);
        let secretaire = banc.personne("secretaire", &[(Role::Secretaire, Perimetre::Centre3c(s.region.centre))]);
        let lue = secretaire.get(&format!("/api/v1/diffusions/{id}")).est(200).corps;
        let resultats: Vec<&Value> = lue["historique"].as_array().unwrap().iter().map(|t| &t["resultat"]).collect();
        assert_eq!(resultats, ["interrompue", "acceptee"]);
    }

    fn un_envoi_peut_etre_encore_en_cours_n_est_pas_double(banc) {
        let (s, memoire) = (scene(banc), Arc::new(Memoire::default()));
        let cr = valider(banc, s, 1);
        let id = etat(banc, cr, s.traitant).0;
        rendre(banc, cr);
        // Another process has begun to send it, a moment ago.
        banc.systeme(move |op| diffusions::commencer_envoi(op, id, "dcc.mssante.fr").map(drop));
        travailler(banc, &memoire);
        assert_eq!(destinataires(&memoire.courriers()), ["medecin2@essai.mssante.fr"]);
        avancer(banc, TimeDelta::minutes(3));
        travailler(banc, &memoire);
        assert_eq!(destinataires(&memoire.courriers()), ["medecin1@essai.mssante.fr", "medecin2@essai.mssante.fr"]);
        assert_eq!(etat(banc, cr, s.traitant).1, "acceptee");
    }
}

/// Sends, says so, then stops until told to die.
struct Fige {
    smtp: Smtp,
    parti: Mutex<mpsc::Sender<()>>,
    attente: Mutex<mpsc::Receiver<()>>,
}

impl Expediteur for Fige {
    fn envoyer(&self, courrier: &Courrier) -> Result<Accuse, EchecEnvoi> {
        self.smtp.envoyer(courrier).unwrap();
        self.parti.lock().unwrap().send(()).unwrap();
        self.attente.lock().unwrap().recv().unwrap();
        panic!("l'ouvrier est mort");
    }
}
