//! The sending is interrupted at every step, in an order drawn from a seed: everybody is served at least once,
//! whoever is served twice can tell by the Message-ID, no job is stuck, and the ledger holds all along.

use super::{
    registre::{alterer, verifier},
    *,
};
use dcc::{jobs::runner::Ouvrier, metier::diffusion::model::RegleRegistre};
use std::collections::BTreeMap;

/// Seeds tried on each database.
const GRAINES: u64 = 40;
/// Rounds of trouble before everything works again.
const TOURS: usize = 6;

/// A sequence drawn from a seed.
struct Des(u64);

impl Des {
    fn tirer(&mut self, faces: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % faces
    }

    fn choisir<T: Copy>(&mut self, parmi: &[T]) -> T {
        parmi[self.tirer(parmi.len())]
    }
}

/// What happens to one sending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Incident {
    Rien,
    /// The server refuses for now: nothing left.
    RefusPassager,
    /// The process dies before the server hears of it.
    MortAvant,
    /// The process dies after the server has taken the mail.
    MortApres,
    /// The server takes the mail and its answer is lost.
    AccusePerdu,
    /// It lasts so long that the lease ends, and another worker does the work meanwhile.
    Doublon,
}

const INCIDENTS: &[Incident] =
    &[Incident::Rien, Incident::RefusPassager, Incident::MortAvant, Incident::MortApres, Incident::AccusePerdu, Incident::Doublon];

/// Where the database fails: each is the name of a trigger's condition.
const PANNES_DE_BASE: &[Option<&str>] = &[
    None,
    None,
    None,
    Some("tentative"),
    Some("commencer"),
    Some("conclure"),
    Some("transition"),
    Some("prendre_travail"),
    Some("conclure_travail"),
];

/// A mail server and the network before it: what arrives is kept, incidents happen as told.
struct Reseau {
    arrives: Mutex<Vec<Courrier>>,
    prevus: Mutex<Vec<Incident>>,
    survenus: Mutex<BTreeMap<&'static str, usize>>,
    banc_db: dcc::db::Db,
    config: dcc::config::Config,
}

impl Reseau {
    fn noter(&self, quoi: &'static str) {
        *self.survenus.lock().unwrap().entry(quoi).or_default() += 1;
    }

    fn arriver(&self, courrier: &Courrier) {
        self.arrives.lock().unwrap().push(courrier.clone());
    }
}

/// Handle on the network, as a sender.
#[derive(Clone)]
struct Envoyeur(Arc<Reseau>);

impl Expediteur for Envoyeur {
    fn envoyer(&self, courrier: &Courrier) -> Result<Accuse, EchecEnvoi> {
        let reseau = &self.0;
        let incident = reseau.prevus.lock().unwrap().pop().unwrap_or(Incident::Rien);
        let accuse = Ok(Accuse { detail: "250 pris".to_owned() });
        match incident {
            Incident::Rien => {
                reseau.arriver(courrier);
                accuse
            }
            Incident::RefusPassager => {
                reseau.noter("refus passager");
                Err(temporaire("451"))
            }
            Incident::MortAvant => {
                reseau.noter("mort avant");
                panic!("mort avant l'envoi");
            }
            Incident::MortApres => {
                reseau.arriver(courrier);
                reseau.noter("mort après");
                panic!("mort après l'envoi");
            }
            Incident::AccusePerdu => {
                reseau.arriver(courrier);
                reseau.noter("accusé perdu");
                Err(temporaire("delai"))
            }
            Incident::Doublon => {
                reseau.arriver(courrier);
                reseau.noter("doublon");
                let horloge = reseau.banc_db.horloge();
                horloge.regler(horloge.maintenant() + BAIL);
                drop(runner::vider(&reseau.banc_db, &ouvrier(reseau, self.clone())));
                accuse
            }
        }
    }
}

fn ouvrier(reseau: &Reseau, envoyeur: Envoyeur) -> Ouvrier {
    app::ouvrier(&reseau.config, Arc::new(envoyeur)).unwrap()
}

/// Makes the database fail where the table `panne_essai` says so.
fn poser_les_pannes(banc: &Banc) {
    let points = [
        ("tentative", "INSERT", "tentative", "TRUE"),
        ("commencer", "UPDATE", "diffusion", "NEW.etat = 'en_cours'"),
        ("conclure", "UPDATE", "diffusion", "NEW.etat <> 'en_cours'"),
        ("transition", "INSERT", "transition_diffusion", "NEW.acte <> 'preparer'"),
        ("prendre_travail", "UPDATE", "job", "NEW.etat = 'en_cours'"),
        ("conclure_travail", "UPDATE", "job", "NEW.etat <> 'en_cours'"),
    ];
    let mut ordres = "CREATE TABLE panne_essai (ou TEXT NOT NULL);".to_owned();
    for (nom, ordre, table, quand) in points {
        ordres.push_str(&if banc.etat.config.base.starts_with("sqlite") {
            format!(
                "CREATE TRIGGER panne_{nom} BEFORE {ordre} ON {table} WHEN ({quand}) AND EXISTS (SELECT 1 FROM panne_essai WHERE ou = '{nom}')
                BEGIN SELECT RAISE(ABORT, 'panne {nom}'); END;"
            )
        } else {
            format!(
                "CREATE FUNCTION panne_{nom}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                    IF ({quand}) AND EXISTS (SELECT 1 FROM panne_essai WHERE ou = '{nom}') THEN RAISE EXCEPTION 'panne {nom}'; END IF;
                    RETURN NEW; END $$;
                CREATE TRIGGER panne_{nom} BEFORE {ordre} ON {table} FOR EACH ROW EXECUTE FUNCTION panne_{nom}();"
            )
        });
    }
    alterer(banc, ordres).unwrap();
}

fn tomber_en_panne(banc: &Banc, ou: Option<&str>) {
    let panne = ou.map_or_else(String::new, |ou| format!("INSERT INTO panne_essai (ou) VALUES ('{ou}');"));
    alterer(banc, format!("DELETE FROM panne_essai; {panne}")).unwrap();
}

/// Whether everything has an end: nothing is to be sent, no job is left.
fn repos(banc: &Banc) -> bool {
    banc.systeme(|op| {
        use schema::{diffusion as d, job as j};
        let diffusions: i64 = d::table.filter(d::etat.eq_any(["a_envoyer", "en_cours"])).count().get_result(op.conn)?;
        let travaux: i64 = j::table.filter(j::etat.eq_any(["en_attente", "en_cours"])).count().get_result(op.conn)?;
        Ok(diffusions + travaux == 0)
    })
}

sur_les_deux_bases! {
    fn interrompu_a_chaque_pas_l_envoi_sert_chacun_au_moins_une_fois(banc) {
        let s = scene(banc);
        poser_les_pannes(banc);
        let reseau = Arc::new(Reseau {
            arrives: Mutex::default(),
            prevus: Mutex::default(),
            survenus: Mutex::default(),
            banc_db: banc.etat.db.clone(),
            config: banc.etat.config.clone(),
        });
        let envoyeur = Envoyeur(Arc::clone(&reseau));
        let (mut doubles, mut tours) = (0, 0);
        for graine in 1..=GRAINES {
            let mut des = Des(graine.wrapping_mul(0x9e37_79b9_7f4a_7c15));
            let s = autre_cas(banc, s);
            let cr = valider(banc, s, 1);
            rendre(banc, cr);
            reseau.arrives.lock().unwrap().clear();
            for _ in 0..TOURS {
                *reseau.prevus.lock().unwrap() = (0..3).map(|_| des.choisir(INCIDENTS)).collect();
                let panne = des.choisir(PANNES_DE_BASE);
                tomber_en_panne(banc, panne);
                if runner::vider(&banc.etat.db, &ouvrier(&reseau, envoyeur.clone())).is_err() {
                    reseau.noter("base en panne");
                }
                tomber_en_panne(banc, None);
                let rapport = verifier(banc);
                assert_eq!(rapport.compte.ecart, 0, "graine {graine}");
                assert!(rapport.anomalies.iter().all(|a| a.regle == RegleRegistre::TravailBloque), "graine {graine} {panne:?}\n{rapport}");
                avancer(banc, des.choisir(&[TimeDelta::minutes(1), TimeDelta::minutes(3), BAIL, TimeDelta::hours(2)]));
                tours += 1;
            }
            // Everything works again.
            reseau.prevus.lock().unwrap().clear();
            let mut essais = 0;
            while !repos(banc) {
                essais += 1;
                assert!(essais < 20, "graine {graine} : un travail est bloqué\n{}", verifier(banc));
                avancer(banc, TimeDelta::hours(25));
                runner::vider(&banc.etat.db, &ouvrier(&reseau, envoyeur.clone())).unwrap();
            }
            let arrives = reseau.arrives.lock().unwrap().clone();
            for (praticien, boite) in [(s.traitant, "medecin1@essai.mssante.fr"), (s.demandeur, "medecin2@essai.mssante.fr")] {
                let (_, fin, message_id) = etat(banc, cr, praticien);
                assert_eq!(fin, "acceptee", "graine {graine}");
                let recus: Vec<&Courrier> = arrives.iter().filter(|c| c.a == boite).collect();
                assert!(!recus.is_empty(), "graine {graine} : {boite} n'a rien reçu");
                assert!(recus.iter().all(|c| Some(&c.message_id) == message_id.as_ref()), "graine {graine} : deux Message-ID");
                doubles += recus.len() - 1;
            }
            let rapport = verifier(banc);
            assert!(rapport.tient(), "graine {graine}\n{rapport}");
        }
        let survenus = reseau.survenus.lock().unwrap().clone();
        println!("{GRAINES} graines, {tours} tours, {doubles} doubles, incidents : {survenus:?}");
        assert_eq!(survenus.len(), INCIDENTS.len(), "chaque incident est survenu, et la base est tombée : {survenus:?}");
        assert!(doubles > 0, "l'essai n'a interrompu personne au bon moment");
    }
}
