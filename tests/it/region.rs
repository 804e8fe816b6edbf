//! The synthetic region keeps every figure and every rule, at one hundredth of its size.

use crate::support::{
    Banc,
    base::{self, Base},
    contenu::tables_de,
};
use dcc::{
    config::Config,
    db::{Op, schema},
    kernel::{
        Perimetre, Resultat, Role,
        clock::date_paris,
        ids::{CompteRenduId, FicheId, InscriptionId, PraticienId, RcpId, ReunionId},
    },
    metier::{
        compte_rendu::service as comptes_rendus,
        diffusion::service::verification,
        fiche::{model::Etape, service as fiches, validation::Niveau},
        inscription::service as inscriptions,
    },
    region::{Reglages, generer},
};
use diesel::{dsl::count_star, prelude::*};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

const UN_POUR_CENT: Reglages = Reglages { annee: 2024, annees: 1, graine: 42, echelle: 1, ajouter: false };

/// After the taking over, which is dated by the spring.
const APRES: &str = "2026-04-02T09:00:00Z";

fn ailleurs(banc: &Banc) -> base::BaseDeTest {
    let base = if banc.etat.config.base.starts_with("sqlite://") { Base::Sqlite } else { Base::Postgres };
    base::nouvelle(base).unwrap()
}

fn config(banc: &Banc, url: &str) -> Config {
    Config { base: url.to_owned(), ..banc.etat.config.clone() }
}

/// One fingerprint for each table.
fn empreintes(url: &str) -> BTreeMap<String, String> {
    let empreinte = |lignes: Vec<String>| -> String {
        let mut hachage = Sha256::new();
        lignes.iter().for_each(|ligne| hachage.update(ligne));
        format!("{:x}", hachage.finalize())
    };
    // The row of the trace that says that the reference data were loaded is of today.
    let gardees = |lignes: Vec<String>| lignes.into_iter().filter(|ligne| !ligne.contains("migrate")).collect();
    tables_de(url, &[]).into_iter().map(|(table, lignes)| (table, empreinte(gardees(lignes)))).collect()
}

/// The figures of a hundredth: every one of the real region over a hundred, rounded, but for the structures, for the RCP (one
/// of each of the 31 kinds) and for the professionals (150, of whom the same share in private practice).
fn compter(op: &mut Op<'_>) -> Resultat<()> {
    use schema::{
        centre_3c, compte_rendu, diffusion, etablissement, fait_passage, praticien, praticien_adresse, presence, rcp, reunion, territoire,
    };
    macro_rules! nombre {
        ($requete:expr) => {
            $requete.select(count_star()).first::<i64>(op.conn)?
        };
    }
    assert_eq!(nombre!(territoire::table), 6);
    assert_eq!(nombre!(centre_3c::table), 25);
    assert_eq!(nombre!(etablissement::table), 81);
    assert_eq!(nombre!(rcp::table.filter(rcp::etat.eq("validee"))), 31);
    for (genre, combien) in [("standard", 21), ("recours", 5), ("cancer_rare", 1), ("pediatrique", 4)] {
        assert_eq!(nombre!(rcp::table.filter(rcp::type_rcp.eq(genre))), combien, "{genre}");
    }
    assert_eq!(nombre!(reunion::table.filter(reunion::etat.eq("validee"))), 60);
    assert_eq!(nombre!(reunion::table.filter(reunion::etat.eq("annulee"))), 2);
    assert_eq!(nombre!(compte_rendu::table.filter(compte_rendu::statut_cas.ne("reporte"))), 929);
    assert_eq!(nombre!(compte_rendu::table.filter(compte_rendu::statut_cas.eq("enregistre"))), 111);
    assert_eq!(nombre!(compte_rendu::table.filter(compte_rendu::statut_cas.eq("reporte"))), 29);
    assert_eq!(nombre!(fait_passage::table), 958);
    assert_eq!(nombre!(fait_passage::table.filter(fait_passage::essai_propose)), 56);
    let envoyes = diffusion::table
        .filter(diffusion::qualite.eq("medecin_traitant"))
        .filter(diffusion::canal.eq("mssante"))
        .filter(diffusion::envoyee_le.is_not_null());
    assert_eq!(nombre!(envoyes), 473);

    // Everybody takes part or asks.
    let venus = || presence::table.filter(presence::statut.eq_any(["present", "visio"]));
    let mut actifs: Vec<PraticienId> = venus().select(presence::praticien_id).load(op.conn)?;
    actifs.extend(compte_rendu::table.select(compte_rendu::demandeur_id).load::<PraticienId>(op.conn)?);
    actifs.sort();
    actifs.dedup();
    assert_eq!(actifs.len(), 150);
    let liberaux =
        venus().inner_join(praticien::table.on(praticien::id.eq(presence::praticien_id))).filter(praticien::mode_exercice.eq("liberal"));
    let venues: Vec<PraticienId> = liberaux.select(praticien::id).load(op.conn)?;
    assert_eq!(venues.len(), 123);
    assert_eq!(venues.into_iter().collect::<BTreeSet<_>>().len(), 30);
    let generalistes: Vec<PraticienId> = praticien::table.filter(praticien::id.ne_all(actifs)).select(praticien::id).load(op.conn)?;
    assert_eq!(generalistes.len(), 65);
    let joignables = praticien_adresse::table.filter(praticien_adresse::praticien_id.eq_any(generalistes));
    let joignables: Vec<PraticienId> = joignables.select(praticien_adresse::praticien_id).load(op.conn)?;
    assert_eq!(joignables.into_iter().collect::<BTreeSet<_>>().len(), 44);

    // The G8 of 3.92 % of those of 75 or more, rounded.
    let ages = nombre!(fait_passage::table.filter(fait_passage::age.ge(75)).filter(fait_passage::statut_cas.ne("reporte")));
    let faits = || fait_passage::table.filter(fait_passage::g8.eq("fait")).filter(fait_passage::statut_cas.ne("reporte"));
    assert_eq!(nombre!(faits()), (ages * 392 + 5_000) / 10_000);
    assert_eq!(nombre!(faits().filter(fait_passage::g8_demi_points.is_null())), 0);

    // Nothing was set in motion.
    assert_eq!(nombre!(schema::job::table), 0);
    assert_eq!(nombre!(schema::document::table), 0);
    assert_eq!(nombre!(schema::invitation::table), 0);
    assert_eq!(nombre!(schema::alerte::table), 0);
    Ok(())
}

/// What the service would say of each case is what was written.
fn relire(op: &mut Op<'_>) -> Resultat<()> {
    let controle = comptes_rendus::controler(op, None, 10_000, false)?;
    assert_eq!((controle.examinees, controle.absentes, controle.differentes), (958, Vec::new(), Vec::new()));
    let toutes: Vec<FicheId> = schema::fiche::table.select(schema::fiche::id).load(op.conn)?;
    assert_eq!(toutes.len(), 929);
    let aujourd_hui = date_paris(op.maintenant);
    for id in toutes {
        let fiche = fiches::trouver(op, id)?;
        let compile = fiches::compiler_pour(op, &fiche)?;
        let fautes = compile.fautes(&fiche.contenu, Niveau::Exige(Etape::Validation), aujourd_hui);
        assert!(fautes.is_empty(), "{} : {fautes:?}\n{}", fiche.modele_code, fiche.contenu);
        assert_eq!(fiche.completude, 100);
    }
    let versions: Vec<CompteRenduId> = schema::compte_rendu::table.select(schema::compte_rendu::id).load(op.conn)?;
    for id in versions {
        let version = comptes_rendus::trouver(op, id)?;
        assert_eq!(version.contenu.empreinte()?, version.empreinte);
    }
    let discutees: Vec<InscriptionId> =
        schema::inscription::table.filter(schema::inscription::etat.eq("discutee")).select(schema::inscription::id).load(op.conn)?;
    assert_eq!(discutees.len(), 929 - 111);
    for id in discutees {
        let inscription = inscriptions::trouver(op, id)?;
        assert_eq!(inscription.quorum, Some(inscriptions::quorum(op, id)?));
    }
    let rapport = verification::verifier(op)?;
    assert!(rapport.tient(), "{rapport}");
    Ok(())
}

sur_les_deux_bases! {
    fn une_region_tient_ses_chiffres_et_les_regles_du_service(banc) {
        let bilan = generer(&banc.etat.config, &UN_POUR_CENT).unwrap();
        assert!(bilan.exact(), "{bilan}");
        println!("{bilan}");
        banc.regler(APRES);
        banc.systeme(|op| {
            compter(op)?;
            relire(op)
        });
        // Patients are there: a second region is only made when it is asked for.
        let refus = generer(&banc.etat.config, &UN_POUR_CENT).unwrap_err();
        assert!(refus.to_string().contains("--ajouter"), "{refus}");
        se_lire_par_l_api(banc);
    }

    fn la_meme_graine_donne_les_memes_lignes_et_une_autre_d_autres(banc) {
        let urls: Vec<_> = [42, 42, 43].into_iter().map(|graine| {
            let base = ailleurs(banc);
            generer(&config(banc, &base.url), &Reglages { graine, ..UN_POUR_CENT }).unwrap();
            (empreintes(&base.url), base)
        }).collect();
        for (table, empreinte) in &urls[0].0 {
            assert_eq!(urls[1].0.get(table), Some(empreinte), "{table}");
        }
        for table in ["patient", "fiche", "compte_rendu", "presence", "fait_passage", "diffusion", "praticien"] {
            assert_ne!(urls[2].0[table], urls[0].0[table], "{table}");
        }
    }

    fn deux_annees_puis_une_region_de_plus(banc) {
        let deux_annees = Reglages { annees: 2, ..UN_POUR_CENT };
        assert!(generer(&banc.etat.config, &deux_annees).unwrap().exact());
        assert!(generer(&banc.etat.config, &Reglages { ajouter: true, ..UN_POUR_CENT }).unwrap().exact());
        banc.regler(APRES);
        banc.systeme(|op| {
            use schema::{fait_passage, territoire};
            let codes: Vec<String> = territoire::table.order(territoire::code).select(territoire::code).load(op.conn)?;
            assert_eq!(codes.len(), 12);
            assert_eq!(codes.iter().filter(|code| code.starts_with("R2-")).count(), 6);
            let faits: Vec<(dcc::kernel::ids::PatientId, chrono::NaiveDate)> =
                fait_passage::table.select((fait_passage::patient_id, fait_passage::date_reunion)).load(op.conn)?;
            assert_eq!(faits.len(), 3 * 958);
            // Some patients of the second year came in the first.
            let annee = |date: &chrono::NaiveDate| date.format("%Y").to_string();
            let deja: BTreeSet<_> = faits.iter().filter(|(_, date)| annee(date) == "2023").map(|(id, _)| *id).collect();
            let revus = faits.iter().filter(|(id, date)| annee(date) == "2024" && deja.contains(id)).count();
            assert!(revus > 90, "{revus}");
            assert!(verification::verifier(op)?.tient());
            assert_eq!(comptes_rendus::controler(op, None, 10_000, false)?.differentes, []);
            Ok(())
        });
    }
}

/// A coordinator reads a meeting and its comptes-rendus.
fn se_lire_par_l_api(banc: &Banc) {
    let (rcp, reunion, coordonnateur) = banc.systeme(|op| {
        use schema::{rcp_membre, reunion};
        let (reunion, rcp): (ReunionId, RcpId) = reunion::table
            .filter(reunion::etat.eq("validee"))
            .order(reunion::debut.desc())
            .select((reunion::id, reunion::rcp_id))
            .first(op.conn)?;
        let coordonnateur: PraticienId = rcp_membre::table
            .filter(rcp_membre::rcp_id.eq(rcp))
            .filter(rcp_membre::fonction.eq("coordonnateur"))
            .select(rcp_membre::praticien_id)
            .first(op.conn)?;
        Ok((rcp, reunion, coordonnateur))
    });
    let responsable = banc.professionnel("coordonnateur", Some(coordonnateur), &[(Role::Responsable, Perimetre::Rcp(rcp))]);
    assert_eq!(responsable.get("/api/v1/rcp?limite=100").est(200).corps["elements"].as_array().map(Vec::len), Some(31));
    assert_eq!(responsable.get(&format!("/api/v1/reunions/{reunion}")).est(200).corps["etat"], "validee");
    let liste = responsable.get(&format!("/api/v1/reunions/{reunion}/comptes-rendus")).est(200).corps;
    let lus = liste.as_array().unwrap();
    assert!(!lus.is_empty());
    for resume in lus {
        let chemin = format!("/api/v1/comptes-rendus/{}", resume["id"].as_str().unwrap());
        let lu = responsable.get(&chemin).est(200).corps;
        assert_eq!(lu["contenu"]["rcp"]["id"], rcp.to_string());
        responsable.get(&format!("/api/v1/patients/{}", resume["patient_id"].as_str().unwrap())).est(200);
    }
    let etranger = banc.personne("etranger", &[(Role::Participant, Perimetre::Patients)]);
    assert_eq!(etranger.get(&format!("/api/v1/reunions/{reunion}/comptes-rendus")).est(200).corps, serde_json::json!([]));
}
