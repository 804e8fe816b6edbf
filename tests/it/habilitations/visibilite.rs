//! What is listed is what is read: on random rights, links, restrictions, oppositions and moments.

use super::monde::{Monde, Objets, Situation};
use crate::support::Banc;
use dcc::{
    db::{
        Demande, Op,
        perimetre::MotifLien,
        schema::{lien_patient, opposition, restriction_acces, restriction_personne},
        types::{At, Id},
    },
    kernel::{
        Acteur, Erreur, Perimetre, Resultat, Role,
        acteur::Habilitation,
        ids::{CompteId, PatientId, RestrictionId, SessionId},
        page::Pagination,
    },
    metier::{
        compte_rendu::service as comptes_rendus, diffusion::service as diffusions, fiche::service as fiches,
        inscription::service as inscriptions, patient::model::RecherchePatient, patient::service as patients, pps::service as programmes,
    },
};
use diesel::prelude::*;
use proptest::{
    prelude::*,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use std::{cell::Cell, collections::BTreeSet, str::FromStr, sync::Arc};
use uuid::Uuid;

/// Random cases on each database.
const CAS: u32 = 96;
const SITUATIONS: [Situation; 3] = [Situation::Sien, Situation::Voisin, Situation::Hors];
const NAISSANCES: [(&str, &str); 3] = [("Marque", "1940-05-20"), ("Marque", "1961-05-20"), ("Loin", "1962-05-20")];

/// One random case.
#[derive(Debug, Clone)]
struct Tirage {
    droits: Vec<(usize, usize)>,
    praticien: usize,
    liens: Vec<(usize, usize, usize, i64, Option<i64>)>,
    restriction: Option<(usize, bool)>,
    opposition: Option<(usize, usize)>,
    heures: i64,
}

fn tirages() -> impl Strategy<Value = Tirage> {
    let lien = (0..3_usize, 0..9_usize, 0..MotifLien::TOUS.len(), -72..72_i64, proptest::option::of(-48..96_i64));
    (
        proptest::collection::vec((0..Role::TOUS.len(), 0..8_usize), 1..4),
        0..4_usize,
        proptest::collection::vec(lien, 0..4),
        proptest::option::weighted(0.25, (0..3_usize, any::<bool>())),
        proptest::option::weighted(0.25, (0..3_usize, 0..4_usize)),
        0..960_i64,
    )
        .prop_map(|(droits, praticien, liens, restriction, opposition, heures)| Tirage {
            droits,
            praticien,
            liens,
            restriction,
            opposition,
            heures,
        })
}

fn lire<I: FromStr>(objets: &Objets, nom: &str) -> I {
    objets[nom].parse().unwrap_or_else(|_| panic!("{nom}"))
}

/// Subjects that links may name, and rights may bear on.
fn sujets(monde: &Monde, compte: CompteId) -> Vec<Uuid> {
    let (ici, ailleurs) = (&monde.objets[&Situation::Sien], &monde.objets[&Situation::Hors]);
    let noms = ["rcp", "centres-3c", "etablissements", "praticiens"];
    let mut sujets: Vec<Uuid> = [ici, ailleurs].iter().flat_map(|objets| noms.map(|nom| lire::<Uuid>(objets, nom))).collect();
    sujets.push(compte.uuid());
    sujets
}

fn acteur(monde: &Monde, tirage: &Tirage, compte: CompteId) -> Acteur {
    let (ici, ailleurs) = (&monde.objets[&Situation::Sien], &monde.objets[&Situation::Hors]);
    let perimetre = |rang: usize| match rang {
        0 => Perimetre::Region,
        1 => Perimetre::Centre3c(lire(ici, "centres-3c")),
        2 => Perimetre::Centre3c(lire(ailleurs, "centres-3c")),
        3 => Perimetre::Etablissement(lire(ici, "etablissements")),
        4 => Perimetre::Etablissement(lire(ailleurs, "etablissements")),
        5 => Perimetre::Rcp(lire(ici, "rcp")),
        6 => Perimetre::Rcp(lire(ailleurs, "rcp")),
        _ => Perimetre::Patients,
    };
    let praticien = match tirage.praticien {
        0 => None,
        1 => Some(lire(ici, "praticiens")),
        2 => Some(lire(ici, "medecin")),
        _ => Some(lire(ailleurs, "praticiens")),
    };
    let habilitations = tirage.droits.iter().map(|(role, lieu)| Habilitation { role: Role::TOUS[*role], perimetre: perimetre(*lieu) });
    Acteur::personne(compte, SessionId::new(Uuid::nil()), praticien, "hasard".to_owned(), habilitations.collect())
}

/// Writes what the case adds; everything is under `marque`, so that it can be taken away.
fn poser(op: &mut Op<'_>, tirage: &Tirage, patients: &[PatientId], sujets: &[Uuid], marque: Uuid, compte: CompteId) -> Resultat<()> {
    let moment = |heures: i64| At(op.maintenant + chrono::TimeDelta::hours(heures));
    for (patient, sujet, motif, debut, fin) in &tirage.liens {
        let ligne = (
            lien_patient::patient_id.eq(patients[*patient]),
            lien_patient::sujet_id.eq(Id(sujets[*sujet])),
            lien_patient::motif.eq(MotifLien::TOUS[*motif]),
            lien_patient::origine_id.eq(Id(marque)),
            lien_patient::debut.eq(moment(*debut)),
            lien_patient::fin.eq(fin.map(moment)),
        );
        let deja = diesel::delete(lien_patient::table.find((patients[*patient], Id(sujets[*sujet]), MotifLien::TOUS[*motif], Id(marque))));
        deja.execute(op.conn)?;
        diesel::insert_into(lien_patient::table).values(ligne).execute(op.conn)?;
    }
    if let Some((patient, nomme)) = tirage.restriction {
        let id = RestrictionId::new(marque);
        let ligne =
            (restriction_acces::id.eq(id), restriction_acces::patient_id.eq(patients[patient]), restriction_acces::motif.eq("autre"));
        let suite =
            (restriction_acces::posee_par.eq(compte), restriction_acces::posee_le.eq(moment(0)), restriction_acces::version.eq(1_i64));
        diesel::insert_into(restriction_acces::table).values((ligne, suite)).execute(op.conn)?;
        if nomme {
            let ligne = (restriction_personne::restriction_id.eq(id), restriction_personne::personne_id.eq(compte));
            diesel::insert_into(restriction_personne::table).values(ligne).execute(op.conn)?;
        }
    }
    if let Some((patient, objet)) = tirage.opposition {
        let objet = ["partage_dcc", "envoi_medecin_traitant", "dmp", "reutilisation"][objet];
        let ligne = (opposition::id.eq(Id(marque)), opposition::patient_id.eq(patients[patient]), opposition::objet.eq(objet));
        let suite = (opposition::exprimee_le.eq(op.maintenant.date_naive()), opposition::cree_le.eq(moment(0)));
        diesel::insert_into(opposition::table).values((ligne, suite)).execute(op.conn)?;
    }
    Ok(())
}

fn oter(op: &mut Op<'_>, marque: Uuid) -> Resultat<()> {
    diesel::delete(lien_patient::table.filter(lien_patient::origine_id.eq(Id(marque)))).execute(op.conn)?;
    diesel::delete(restriction_personne::table.filter(restriction_personne::restriction_id.eq(RestrictionId::new(marque))))
        .execute(op.conn)?;
    diesel::delete(restriction_acces::table.find(RestrictionId::new(marque))).execute(op.conn)?;
    diesel::delete(opposition::table.filter(opposition::id.eq(Id(marque)))).execute(op.conn)?;
    Ok(())
}

/// What a list shows; nothing when it is refused.
fn listes<T>(issue: Resultat<Vec<T>>, id: impl Fn(&T) -> Uuid) -> BTreeSet<Uuid> {
    match issue {
        Ok(lignes) => lignes.iter().map(id).collect(),
        Err(Erreur::Refus(_)) => BTreeSet::new(),
        Err(Erreur::Panne(panne)) => panic!("{panne}"),
    }
}

/// True when the object is read.
fn lu<T>(issue: Resultat<T>) -> bool {
    match issue {
        Ok(_) => true,
        Err(Erreur::Refus(_)) => false,
        Err(Erreur::Panne(panne)) => panic!("{panne}"),
    }
}

/// Kind and identifier of everything that is listed, and of everything that is read.
type Vues = (BTreeSet<(&'static str, Uuid)>, BTreeSet<(&'static str, Uuid)>);

fn constater(op: &mut Op<'_>, objets: &Objets, passee: &str, rang: usize, vues: &mut Vues) {
    let (listees, lues) = vues;
    let page = Pagination { limite: Some(200), curseur: None };
    let mut confronter = |genre: &'static str, liste: BTreeSet<Uuid>, id: Uuid, lue: bool| {
        if liste.contains(&id) {
            listees.insert((genre, id));
        }
        if lue {
            lues.insert((genre, id));
        }
    };
    let (nom, naissance) = NAISSANCES[rang];
    let recherche =
        RecherchePatient { nom: Some(nom.into()), date_naissance: Some(naissance.parse().unwrap()), ..RecherchePatient::default() };
    let patient: PatientId = lire(objets, "patients");
    let trouves = listes(patients::rechercher(op, &recherche).map(|r| r.elements), |p| p.id.uuid());
    confronter("patient", trouves, patient.uuid(), lu(patients::lire(op, patient)));
    for (dossier, fiche) in [("dossiers", "fiches"), ("dossier_discute", "fiche_discutee")] {
        let liste = listes(fiches::du_dossier(op, lire(objets, dossier), &page).map(|p| p.elements), |f| f.id.uuid());
        confronter("fiche", liste, lire(objets, fiche), lu(fiches::lire(op, lire(objets, fiche))));
    }
    for (reunion, inscription) in [(objets["reunions"].as_str(), "inscriptions"), (passee, "inscription_discutee")] {
        let liste = listes(inscriptions::ordre_du_jour(op, reunion.parse().unwrap()).map(|o| o.lignes), |l| l.id.uuid());
        confronter("inscription", liste, lire(objets, inscription), lu(inscriptions::lire(op, lire(objets, inscription))));
    }
    let compte_rendu: Uuid = lire(objets, "comptes-rendus");
    let lue = lu(comptes_rendus::lire(op, compte_rendu.into()));
    let liste = listes(comptes_rendus::de_la_reunion(op, passee.parse().unwrap(), true), |c| c.id.uuid());
    confronter("compte-rendu de la réunion", liste, compte_rendu, lue);
    let liste = listes(comptes_rendus::du_patient(op, patient, true), |c| c.id.uuid());
    confronter("compte-rendu du patient", liste, compte_rendu, lue);
    for (nom, dossier) in [("programmes", "dossiers"), ("programme_remis", "dossier_discute")] {
        let (programme, dossier): (Uuid, _) = (lire(objets, nom), lire(objets, dossier));
        let lue = lu(programmes::lire(op, programme.into()));
        confronter("programme du patient", listes(programmes::du_patient(op, patient), |p| p.id.uuid()), programme, lue);
        confronter("programme du dossier", listes(programmes::du_dossier(op, dossier), |p| p.id.uuid()), programme, lue);
    }
    let diffusion: Uuid = lire(objets, "diffusions");
    let liste =
        listes(diffusions::lister(op, &diffusions::FiltreDiffusions::default(), &page).map(|p| p.elements), |d| d.diffusion.id.uuid());
    confronter("diffusion", liste, diffusion, lu(diffusions::lire(op, diffusion.into())));
}

/// Draws cases and compares what is listed with what is read.
pub fn eprouver(banc: &Banc, monde: &Monde) {
    let compte: CompteId = monde.comptes[0].as_str().unwrap().parse().unwrap();
    let patients: Vec<PatientId> = SITUATIONS.iter().map(|situation| lire(&monde.objets[situation], "patients")).collect();
    let sujets = sujets(monde, compte);
    let ici = banc.maintenant();
    let (lus, caches) = (Cell::new(0_usize), Cell::new(0_usize));
    let config = Config { cases: CAS, failure_persistence: None, max_shrink_iters: 64, ..Config::default() };
    let mut coureur = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let issue = coureur.run(&tirages(), |tirage| {
        banc.etat.db.horloge().regler(ici + chrono::TimeDelta::hours(tirage.heures));
        let marque = Uuid::from_u128(0xDCC);
        let (a_poser, siens, cibles) = (tirage.clone(), patients.clone(), sujets.clone());
        banc.systeme(move |op| {
            oter(op, marque)?;
            poser(op, &a_poser, &siens, &cibles, marque, compte)
        });
        let acteur = Arc::new(acteur(monde, &tirage, compte));
        let objets: Vec<(Objets, String)> = SITUATIONS
            .iter()
            .map(|situation| (monde.objets[situation].clone(), monde.objets[situation]["reunion_passee"].clone()))
            .collect();
        let vues = banc.etat.db.ecrire_ici(&Demande::de(acteur), move |op| {
            let mut vues = Vues::default();
            for (rang, (objets, passee)) in objets.iter().enumerate() {
                constater(op, objets, passee, rang, &mut vues);
            }
            Ok(vues)
        });
        let (listees, lues) = vues.unwrap();
        prop_assert_eq!(&listees, &lues, "listé et lisible diffèrent");
        lus.set(lus.get() + lues.len());
        caches.set(caches.get() + usize::from(lues.is_empty()));
        Ok(())
    });
    banc.systeme(move |op| oter(op, Uuid::from_u128(0xDCC)));
    banc.etat.db.horloge().regler(ici);
    issue.unwrap();
    let (lus, caches) = (lus.get(), caches.get());
    println!("visibilité : {CAS} tirages, {lus} objets lus, {caches} tirages qui ne voient rien");
    assert!(lus > 200 && caches > 10, "les tirages ne disent rien : {lus} lus, {caches} sans rien");
}
