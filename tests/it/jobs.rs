//! Background work: what is put into the queue is done once, or is seen to have failed.

use crate::support::Banc;
use chrono::TimeDelta;
use dcc::{
    db::{Demande, schema::job, types::At},
    jobs::{
        queue,
        runner::{self, BAIL, Cadence, Issue, Ouvrier},
    },
    kernel::{Nature, Refus},
};
use diesel::prelude::*;
use serde_json::{Value, json};
use std::{
    sync::{Arc, Mutex, mpsc},
    time::{Duration, Instant},
};

/// What a handler was given, in order.
type Vus = Arc<Mutex<Vec<(i64, Value)>>>;

fn ouvrier(vus: &Vus, issue: impl Fn(&runner::Contexte) -> Issue + Send + Sync + 'static) -> Ouvrier {
    let vus = Arc::clone(vus);
    Ouvrier::default().traiter("essai", move |contexte, charge: Value| {
        vus.lock().unwrap().push((contexte.tentative, charge));
        issue(contexte)
    })
}

/// State, attempts and reason of every job, in the order of their creation.
fn lignes(banc: &Banc) -> Vec<(String, i64, Option<String>)> {
    banc.systeme(|op| Ok(job::table.order(job::id).select((job::etat, job::tentatives, job::derniere_erreur)).load(op.conn)?))
}

fn avancer(banc: &Banc, de: TimeDelta) {
    let vers = banc.maintenant() + de;
    banc.etat.db.horloge().regler(vers);
}

fn vider(banc: &Banc, ouvrier: &Ouvrier) -> u32 {
    runner::vider(&banc.etat.db, ouvrier).unwrap()
}

sur_les_deux_bases! {
    fn un_travail_est_fait_une_fois_avec_sa_charge(banc) {
        let vus = Vus::default();
        let ouvrier = ouvrier(&vus, |_| Issue::Fait);
        banc.systeme(|op| queue::enfiler(op, "essai", &json!({ "n": 1 })).map(drop));
        banc.systeme(|op| queue::enfiler(op, "autre", &json!({})).map(drop));
        assert_eq!(vider(banc, &ouvrier), 1);
        assert_eq!(vider(banc, &ouvrier), 0);
        assert_eq!(*vus.lock().unwrap(), [(1, json!({ "n": 1 }))]);
        assert_eq!(lignes(banc), [("fait".to_owned(), 1, None), ("en_attente".to_owned(), 0, None)]);
    }

    fn un_travail_enfile_par_un_acte_refuse_n_existe_pas(banc) {
        let refus = banc.etat.db.ecrire_ici(&Demande::systeme("essai"), |op| {
            queue::enfiler(op, "essai", &json!({}))?;
            Err::<(), _>(Refus::new(Nature::Conflit, "essai", "Non.").into())
        });
        assert_eq!(refus.unwrap_err().code(), Some("essai"));
        assert_eq!(lignes(banc), []);
    }

    fn un_travail_attend_son_heure(banc) {
        let vus = Vus::default();
        let ouvrier = ouvrier(&vus, |_| Issue::Fait);
        let heure = banc.maintenant() + TimeDelta::hours(2);
        banc.systeme(move |op| queue::enfiler_le(op, "essai", &json!({}), heure).map(drop));
        assert_eq!(vider(banc, &ouvrier), 0);
        avancer(banc, TimeDelta::hours(2));
        assert_eq!(vider(banc, &ouvrier), 1);
    }

    fn un_echec_passager_se_retente_de_plus_en_plus_tard_puis_s_abandonne_avec_sa_raison(banc) {
        let (vus, abandons) = (Vus::default(), Arc::new(Mutex::new(Vec::new())));
        let vu = Arc::clone(&abandons);
        let ouvrier = ouvrier(&vus, |_| Issue::reessayer("serveur muet")).abandonner("essai", move |_, charge, motif| {
            vu.lock().unwrap().push((charge, motif.to_owned()));
            Ok(())
        });
        let debut = banc.maintenant();
        banc.systeme(|op| queue::enfiler(op, "essai", &json!({ "n": 1 })).map(drop));
        assert_eq!(vider(banc, &ouvrier), 1);
        assert_eq!(lignes(banc), [("en_attente".to_owned(), 1, Some("serveur muet".to_owned()))]);
        let mut tours = 0;
        while lignes(banc)[0].0 == "en_attente" {
            tours += 1;
            assert!(tours < 20);
            assert!(abandons.lock().unwrap().is_empty());
            let pret: At = banc.systeme(|op| Ok(job::table.select(job::pret_le).first(op.conn)?));
            banc.etat.db.horloge().regler(pret.0 - TimeDelta::seconds(1));
            assert_eq!(vider(banc, &ouvrier), 0);
            banc.etat.db.horloge().regler(pret.0);
            assert_eq!(vider(banc, &ouvrier), 1);
        }
        assert_eq!(lignes(banc), [("echoue".to_owned(), queue::TENTATIVES_MAX, Some("serveur muet".to_owned()))]);
        assert_eq!(*abandons.lock().unwrap(), [(json!({ "n": 1 }), "serveur muet".to_owned())]);
        let duree = banc.maintenant() - debut;
        assert!(duree > TimeDelta::days(3) && duree < TimeDelta::days(6), "{duree}");
        avancer(banc, TimeDelta::days(30));
        assert_eq!(vider(banc, &ouvrier), 0);
    }

    fn un_echec_definitif_ne_se_retente_pas(banc) {
        let vus = Vus::default();
        let ouvrier = ouvrier(&vus, |_| Issue::echoue("adresse inconnue"));
        banc.systeme(|op| queue::enfiler(op, "essai", &json!({})).map(drop));
        assert_eq!(vider(banc, &ouvrier), 1);
        avancer(banc, TimeDelta::days(30));
        assert_eq!(vider(banc, &ouvrier), 0);
        assert_eq!(lignes(banc), [("echoue".to_owned(), 1, Some("adresse inconnue".to_owned()))]);
    }

    fn un_traitement_qui_panique_se_retente(banc) {
        let vus = Vus::default();
        let ouvrier = ouvrier(&vus, |contexte| {
            assert!(contexte.tentative > 1, "première tentative");
            Issue::Fait
        });
        banc.systeme(|op| queue::enfiler(op, "essai", &json!({})).map(drop));
        assert_eq!(vider(banc, &ouvrier), 1);
        assert_eq!(lignes(banc), [("en_attente".to_owned(), 1, Some("interrompu brutalement".to_owned()))]);
        avancer(banc, TimeDelta::minutes(2));
        assert_eq!(vider(banc, &ouvrier), 1);
        assert_eq!(lignes(banc), [("fait".to_owned(), 2, None)]);
    }

    fn le_travail_d_un_ouvrier_mort_est_repris_a_la_fin_de_son_bail(banc) {
        let vus = Vus::default();
        let ouvrier = ouvrier(&vus, |_| Issue::Fait);
        banc.systeme(|op| queue::enfiler(op, "essai", &json!({})).map(drop));
        mourir_en_plein_travail(banc);
        assert_eq!(vider(banc, &ouvrier), 0);
        avancer(banc, BAIL);
        assert_eq!(vider(banc, &ouvrier), 1);
        assert_eq!(*vus.lock().unwrap(), [(2, json!({}))]);
        assert_eq!(lignes(banc), [("fait".to_owned(), 2, None)]);
    }

    fn un_ouvrier_qui_a_perdu_son_bail_ne_conclut_pas_a_la_place_du_suivant(banc) {
        banc.systeme(|op| queue::enfiler(op, "essai", &json!({})).map(drop));
        let (db, horloge) = (banc.etat.db.clone(), banc.etat.db.horloge().clone());
        let lent = Ouvrier::default().traiter("essai", move |contexte, _: Value| {
            if contexte.tentative == 1 {
                // Longer than the lease: another worker takes the job and fails it.
                horloge.regler(contexte.maintenant() + BAIL);
                let suivant = Ouvrier::default().traiter("essai", |_, _: Value| Issue::echoue("refusé par le suivant"));
                assert_eq!(runner::vider(&db, &suivant).unwrap(), 1);
            }
            Issue::Fait
        });
        assert_eq!(vider(banc, &lent), 1);
        assert_eq!(lignes(banc), [("echoue".to_owned(), 2, Some("refusé par le suivant".to_owned()))]);
    }

    fn un_travail_qui_tue_chaque_ouvrier_finit_abandonne(banc) {
        let (vus, abandons) = (Vus::default(), Arc::new(Mutex::new(0)));
        let vu = Arc::clone(&abandons);
        banc.systeme(|op| queue::enfiler(op, "essai", &json!({})).map(drop));
        for _ in 0..queue::TENTATIVES_MAX {
            mourir_en_plein_travail(banc);
            avancer(banc, BAIL);
        }
        let ouvrier = ouvrier(&vus, |_| Issue::Fait).abandonner("essai", move |_, _: Value, _| {
            *vu.lock().unwrap() += 1;
            Ok(())
        });
        assert_eq!(vider(banc, &ouvrier), 1);
        assert!(vus.lock().unwrap().is_empty());
        assert_eq!(*abandons.lock().unwrap(), 1);
        assert_eq!(lignes(banc)[0].0, "echoue");
    }

    fn plusieurs_fils_se_partagent_la_file_sans_rien_faire_deux_fois(banc) {
        let vus = Vus::default();
        let poignee = runner::demarrer(&banc.etat.db, ouvrier(&vus, |_| Issue::Fait), Cadence { fils: 4, attente: Duration::from_millis(50) }).unwrap();
        for n in 0..60 {
            banc.systeme(move |op| queue::enfiler(op, "essai", &json!(n)).map(drop));
        }
        attendre(|| lignes(banc).iter().all(|(etat, ..)| etat == "fait"));
        poignee.arreter();
        let mut charges: Vec<i64> = vus.lock().unwrap().iter().map(|(_, charge)| charge.as_i64().unwrap()).collect();
        charges.sort_unstable();
        assert_eq!(charges, (0..60).collect::<Vec<i64>>());
    }

    fn un_ouvrier_du_meme_processus_commence_aussitot_et_s_arrete_en_finissant(banc) {
        let (commence, debut) = mpsc::channel();
        let ouvrier = Ouvrier::default().traiter("essai", move |_, _: Value| {
            commence.send(()).unwrap();
            std::thread::sleep(Duration::from_millis(300));
            Issue::Fait
        });
        // Looks at the queue once an hour: only the bell can wake it.
        let poignee = runner::demarrer(&banc.etat.db, ouvrier, Cadence { fils: 1, attente: Duration::from_hours(1) }).unwrap();
        std::thread::sleep(Duration::from_millis(200));
        banc.systeme(|op| queue::enfiler(op, "essai", &json!({})).map(drop));
        debut.recv_timeout(Duration::from_secs(10)).unwrap();
        poignee.arreter();
        assert_eq!(lignes(banc), [("fait".to_owned(), 1, None)]);
    }

    fn une_tache_periodique_passe_au_depart_puis_a_intervalles(banc) {
        let (passe, passages) = mpsc::channel();
        let ouvrier = Ouvrier::default().chaque("essai", Duration::from_millis(50), move |_| {
            passe.send(()).unwrap();
            Ok(())
        });
        let poignee = runner::demarrer(&banc.etat.db, ouvrier, Cadence::default()).unwrap();
        for _ in 0..3 {
            passages.recv_timeout(Duration::from_secs(10)).unwrap();
        }
        poignee.arreter();
    }
}

/// A worker takes the job and disappears: nothing is written after the claim.
fn mourir_en_plein_travail(banc: &Banc) {
    let pris = banc.etat.db.file_ici(&Demande::systeme("essai"), |op| queue::prendre(op, &["essai"], "mort", BAIL));
    assert!(pris.unwrap().is_some());
}

/// Waits until something holds; a thread of the worker makes it so.
fn attendre(condition: impl Fn() -> bool) {
    let limite = Instant::now() + Duration::from_secs(30);
    while !condition() {
        assert!(Instant::now() < limite, "rien n'est venu en 30 s");
        std::thread::sleep(Duration::from_millis(20));
    }
}
