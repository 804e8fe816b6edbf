//! A synthetic region of the real size of the Hauts-de-France: for training, acceptance and measures.
//!
//! At full size a year holds 6 territoires, 25 centres 3C, 81 établissements, 232 RCP of every type, 5,956 meetings held
//! and 184 cancelled, 92,888 comptes-rendus of cases discussed or recorded and 2,873 of cases postponed, 2,743
//! professionals who take part or ask, of whom 548 in private practice who take part 12,345 times (each from 1 to 268),
//! 6,528 médecins traitants of whom 4,397 have a secure address, and 47,302 comptes-rendus sent to them by MSSanté. These
//! are the figures of the annual report of the regional network for 2024, save the meetings cancelled and the cases
//! recorded or postponed, which are orders of magnitude. They come out exact, by shares of largest remainder
//! ([`effectifs`]). The rest is drawn: organs, ages, sexes, delays, attendance, from which the rules of the quorum make
//! what they make.
//!
//! The directory and the RCP are written by their use cases, as an administrator would. The rest is built in memory by
//! the models and the rules of the service, in the order of the year, and taken over by lots (`reprendre` of each slice):
//! no mail, document, job, invitation or alert comes of it. Everything is dated by the year, and the taking over itself by
//! the spring that follows. Same seed and same year: same rows, identifiers included.
//!
//! - `genres`, `compositions`, `localisations`, `lieux`, `effectifs`: tables and figures;
//! - `plan`: who is where; `seances`: when one meets and who comes; `population`: who is discussed;
//! - `structures`: the directory; `monde`: what all cases share;
//! - `reunions`, `patients`, `fiches`, `blocs`, `dossiers`, `pieces`, `envois`: the rows; `ecriture`: their writing;
//! - `bilan`, `progres`, `commande`: what is told.
//!
//! Of one year alone, no patient was seen the year before: to have former passages, make several years.

mod bilan;
mod blocs;
pub mod commande;
mod compositions;
mod dossiers;
mod ecriture;
pub mod effectifs;
mod envois;
mod fiches;
mod genres;
mod lieux;
mod localisations;
mod monde;
mod patients;
mod pieces;
mod plan;
mod population;
mod progres;
mod reunions;
mod seances;
mod structures;
mod tirage;

pub use bilan::{Bilan, Compte};

use crate::{
    app,
    config::Config,
    db::{Adresse, Db, Demande, Op},
    demo::identites::Personnes,
    importation::dire,
    kernel::{Chance, Horloge, Instant, Panne, Resultat},
    metier::{
        annuaire::{model::Praticien, service as annuaire},
        compte_rendu::model::{StatutCas, assemblage::Bottin},
        patient::service::registre_vide,
    },
};
use bilan::Releve;
use blocs::Modeles;
use chrono::NaiveDate;
use dossiers::{Atelier, EnCours, EnSeance};
use ecriture::Lot;
use effectifs::Effectifs;
use fiches::Description;
use localisations::LOCALISATIONS;
use monde::{Memoire, Monde};
use plan::Plan;
use population::Population;
use progres::Progres;
use seances::Seance;
use std::{collections::BTreeMap, sync::Arc};
use structures::{Contexte, Marque};
use tirage::{Des, a, entier_long, moment};

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Reglages {
    /// The last year.
    pub annee: i32,
    /// How many years, that one included.
    pub annees: usize,
    /// Same seed, same region.
    pub graine: u64,
    /// Percent of the real size.
    pub echelle: usize,
    /// Adds a region to a base that holds patients.
    pub ajouter: bool,
}

/// The first day from which the fiche models are in force: nothing is taken over before.
const MODELES_EN_VIGUEUR: i32 = 2026;
/// Regions that a base takes.
const REGIONS: usize = 6;
/// People of the directory entered at once.
const PERSONNES_PAR_LOT: usize = 500;

/// Makes a region in the base of the configuration.
pub fn generer(config: &Config, reglages: &Reglages) -> Result<Bilan, Panne> {
    let debut = std::time::Instant::now();
    if !(1..=100).contains(&reglages.echelle) || !(1..=10).contains(&reglages.annees) || !(2010..=2100).contains(&reglages.annee) {
        return Err(Panne::dire("région : l'échelle va de 1 à 100, l'année de 2010 à 2100, et le nombre d'années de 1 à 10"));
    }
    app::preparer(&Adresse::lire(&config.base)?)?;
    let reprise = reprise(reglages)?;
    let rang = rang_libre(config, reglages, reprise)?;
    let graine = (reglages.graine & 0x7FFF_FFFF) << 32;
    let region = entier_long(rang) << 28;
    let db = app::ouvrir_la_base(config, Horloge::reglee(reprise), Chance::semee(graine + region))?;
    let premiere = reglages.annee - i32::try_from(reglages.annees).unwrap_or(1) + 1;
    let debut_de_la_region = NaiveDate::from_ymd_opt(premiere, 1, 1).ok_or_else(|| Panne::dire("région : année impossible"))?;
    let marque = Marque { rang, debut: debut_de_la_region };
    let prevue = prevoir(reglages, graine + region, premiere)?;
    let monde = installer(&db, graine + region, marque, &prevue).map_err(dire)?;
    let releve = raconter(&db, &monde, &prevue).map_err(dire)?;
    Ok(releve.bilan(&monde, reglages.annees, debut.elapsed()))
}

/// When the region is taken over: in the spring after its last year, once everything of it is over.
fn reprise(reglages: &Reglages) -> Result<Instant, Panne> {
    let date = NaiveDate::from_ymd_opt((reglages.annee + 1).max(MODELES_EN_VIGUEUR), 4, 1);
    moment(date.ok_or_else(|| Panne::dire("région : année impossible"))?, 8, 0)
}

/// The rank of the region in the base; refuses a base that holds patients, unless one more region is asked for.
fn rang_libre(config: &Config, reglages: &Reglages, reprise: Instant) -> Result<usize, Panne> {
    let db = app::ouvrir_la_base(config, Horloge::reglee(reprise), Chance::semee(0))?;
    let (vide, codes) = db
        .lire_ici(&Demande::systeme("region"), |op| {
            let territoires = annuaire::territoires(op)?;
            Ok((registre_vide(op)?, territoires.into_iter().map(|territoire| territoire.code).collect::<Vec<_>>()))
        })
        .map_err(dire)?;
    if !vide && !reglages.ajouter {
        return Err(Panne::dire("cette base contient déjà des patients : donnez-en une vide, ou --ajouter pour une région de plus"));
    }
    let libre = |rang: &usize| {
        let marque = Marque { rang: *rang, debut: NaiveDate::MIN };
        !lieux::NOMS.iter().any(|(code, _)| codes.contains(&marque.code(code)))
    };
    (1..=REGIONS).find(libre).ok_or_else(|| Panne::dire(format!("cette base tient déjà {REGIONS} régions synthétiques")))
}

/// The region on paper.
struct Prevue {
    effectifs: Effectifs,
    plan: Plan,
    seances: Vec<Seance>,
    population: Population,
}

fn prevoir(reglages: &Reglages, graine: u64, premiere: i32) -> Result<Prevue, Panne> {
    let effectifs = Effectifs::a_l_echelle(reglages.echelle);
    let mut plan = Plan::dresser(&effectifs, &mut Des::nouveaux(graine, 1))?;
    let (mut seances, mut population) = (Vec::new(), Population::default());
    for annee in premiere..=reglages.annee {
        let propre = u64::from(annee.unsigned_abs());
        let mut de_l_annee = seances::annee(&mut plan, &effectifs, annee, &mut Des::nouveaux(graine, 1_000 + propre))?;
        population.remplir(&plan, &effectifs, (&mut de_l_annee, seances.len()), &mut Des::nouveaux(graine, 5_000 + propre))?;
        seances.append(&mut de_l_annee);
    }
    Ok(Prevue { effectifs, plan, seances, population })
}

/// Writes the directory and the RCP.
fn installer(db: &Db, graine: u64, marque: Marque, prevue: &Prevue) -> Resultat<Monde> {
    let demande = Demande::systeme("region");
    let plan = Arc::new(prevue.plan.clone());
    let effectifs = &prevue.effectifs;
    let le_plan = Arc::clone(&plan);
    let (etablissements, centres) = db.ecrire_ici(&demande, move |op| structures::lieux(op, marque, &le_plan))?;
    let traitants = (effectifs.medecins_traitants, effectifs.joignables);
    let personnes = Arc::new(structures::personnes(&plan, &etablissements, traitants, &mut Des::nouveaux(graine, 2))?);
    let mut praticiens: Vec<Praticien> = Vec::with_capacity(personnes.len());
    let mut noms = Personnes::nouvelles(graine);
    for premier in (0..personnes.len()).step_by(PERSONNES_PAR_LOT) {
        let (personnes, mut depuis) = (Arc::clone(&personnes), noms.clone());
        let lot = db.ecrire_ici(&demande, move |op| {
            let lot = personnes.get(premier..(premier + PERSONNES_PAR_LOT).min(personnes.len())).unwrap_or_default();
            let inscrites = structures::inscrire(op, lot, &mut depuis, (marque, premier))?;
            Ok((inscrites, depuis.clone()))
        })?;
        praticiens.extend(lot.0);
        noms = lot.1;
    }
    let traitants = praticiens.split_off(plan.pros.len());
    let pros = Arc::new(praticiens);
    let (le_plan, les_pros, les_lieux) = (Arc::clone(&plan), Arc::clone(&pros), Arc::new((etablissements, centres)));
    let ici = Arc::clone(&les_lieux);
    let rcp = db.ecrire_ici(&demande, move |op| {
        let contexte = Contexte { marque, etablissements: &ici.0, centres: &ici.1, pros: &les_pros };
        le_plan.rcp.iter().enumerate().map(|(rang, rcp)| structures::rcp(op, &contexte, rang, rcp)).collect::<Resultat<Vec<_>>>()
    })?;
    let modeles = db.lire_ici(&demande, |op| modeles(op, graine, &plan))?;
    let tous = pros.iter().chain(&traitants);
    let boites = db.lire_ici(&demande, |op| {
        Ok(tous.clone().filter_map(|p| annuaire::adresse_securisee(op, p).map(|adresse| (p.id, adresse))).collect::<BTreeMap<_, _>>())
    })?;
    let (etablissements, centres) = (les_lieux.0.clone(), les_lieux.1.clone());
    Ok(Monde {
        graine,
        marque,
        plan: prevue.plan.clone(),
        effectifs: effectifs.clone(),
        rcp,
        pros: pros.iter().map(|p| p.id).collect(),
        traitants: traitants.iter().map(|p| p.id).collect(),
        bottin: Bottin {
            praticiens: tous.map(|p| (p.id, p.clone())).collect(),
            etablissements: etablissements.iter().map(|e| (e.id, e.clone())).collect(),
        },
        etablissements,
        centres,
        boites,
        modeles,
    })
}

/// The fiche models of the region, with fillings of their blocks.
fn modeles(op: &mut Op<'_>, graine: u64, plan: &Plan) -> Resultat<Modeles> {
    let date = crate::kernel::clock::date_paris(op.maintenant);
    let mut modeles = Modeles::new();
    for genre in plan.rcp.iter().map(|rcp| rcp.genre) {
        for (code, _) in genre.localisations {
            let cancer = a(&LOCALISATIONS, localisations::localisation(code).unwrap_or(usize::MAX))?;
            let modele = genre.modele.unwrap_or(cancer.modele);
            if modeles.contains_key(modele) {
                continue;
            }
            let mut des = Des::nouveaux(graine, 10_000 + entier_long(modeles.len()));
            let description = Description {
                genre,
                cancer,
                sexe: crate::metier::patient::model::Sexe::Feminin,
                age: 60,
                diagnostic: date,
                reunion: date,
                centre: 0,
                suite: false,
                g8: false,
                essai: false,
                urgence: false,
            };
            let socle = fiches::socle(&description, &mut des);
            modeles.insert(modele.to_owned(), blocs::charger(op, modele, date, &socle, &mut des)?);
        }
    }
    Ok(modeles)
}

/// Makes and writes the meetings, in the order of the years.
fn raconter(db: &Db, monde: &Monde, prevue: &Prevue) -> Resultat<Releve> {
    let demande = Demande::systeme("region");
    let mut a_traiter: Vec<Vec<(usize, StatutCas)>> = vec![Vec::new(); prevue.seances.len()];
    for (rang, cas) in prevue.population.cas.iter().enumerate() {
        let statut = if cas.enregistre { StatutCas::Enregistre } else { StatutCas::Discute };
        tirage::a_changer(&mut a_traiter, cas.seance)?.push((rang, statut));
        if let Some(depuis) = cas.reporte_de {
            tirage::a_changer(&mut a_traiter, depuis)?.push((rang, StatutCas::Reporte));
        }
    }
    let (mut memoire, mut en_cours, mut releve) = (Memoire::default(), EnCours::default(), Releve::default());
    let progres = Progres::nouveau(a_traiter.iter().map(Vec::len).sum());
    let (mut suivante, mut faits) = (0, 0);
    while suivante < prevue.seances.len() {
        let (lot, fin) = db.lire_ici(&demande, |op| {
            let mut lot = Lot::default();
            let mut rang = suivante;
            while rang < prevue.seances.len() && !lot.plein() {
                let mut atelier = Atelier {
                    monde,
                    population: &prevue.population,
                    seances: &prevue.seances,
                    memoire: &mut memoire,
                    en_cours: &mut en_cours,
                };
                seance(op, &mut atelier, rang, a(&a_traiter, rang)?, &mut lot)?;
                rang += 1;
            }
            Ok((lot, rang))
        })?;
        releve.ajouter(&lot, monde);
        faits += lot.versions.len();
        let lot = Arc::new(lot);
        db.ecrire_ici(&demande, move |op| lot.ecrire(op))?;
        progres.avancer(faits);
        suivante = fin;
    }
    progres.finir();
    Ok(releve)
}

/// One meeting and its cases: discussed, then recorded, then postponed.
fn seance(op: &mut Op<'_>, atelier: &mut Atelier<'_>, rang: usize, cas: &[(usize, StatutCas)], lot: &mut Lot) -> Resultat<()> {
    let seance = a(atelier.seances, rang)?;
    let (reunion, presences, moments) = reunions::tenir(op, atelier.monde, rang, (seance, cas.len()))?;
    if seance.tenue() {
        let (_, rcp) = atelier.monde.rcp(seance.rcp)?;
        let exigences = atelier.memoire.exigences(op, seance.rcp, rcp, seance.date)?;
        let ici = EnSeance { seance, reunion: &reunion, presences: &presences, moments, exigences };
        let mut ordre = cas.to_vec();
        ordre.sort_by_key(|(rang, statut)| (*statut, *rang));
        for (place, (rang, statut)) in ordre.into_iter().enumerate() {
            atelier.traiter(op, &ici, (rang, statut, place), lot)?;
        }
    }
    lot.reunions.push(reunion);
    lot.presences.extend(presences);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metier::patient::model::Sexe;

    /// The year of real size, on paper.
    #[test]
    fn la_taille_reelle_a_ses_chiffres_et_des_repartitions_plausibles() {
        let reglages = Reglages { annee: 2024, annees: 1, graine: 42, echelle: 100, ajouter: false };
        let prevue = prevoir(&reglages, 42, 2024).unwrap();
        let (plan, population) = (&prevue.plan, &prevue.population);
        assert_eq!((plan.rcp.len(), plan.pros.len(), plan.liberaux().len()), (232, 2_743, 548));
        let tenues = prevue.seances.iter().filter(|seance| seance.tenue());
        assert_eq!((tenues.clone().count(), prevue.seances.len()), (5_956, 5_956 + 184));
        assert_eq!(population.cas.len(), 92_888);

        // Each in private practice comes once at least, the most often 268 times.
        let mut venues = vec![0_usize; plan.pros.len()];
        for venue in tenues.flat_map(|seance| &seance.presences).filter(|venue| venue.statut.participe()) {
            venues[venue.pro] += 1;
        }
        let liberaux: Vec<usize> = plan.liberaux().into_iter().map(|pro| venues[pro]).collect();
        assert_eq!(liberaux.iter().sum::<usize>(), 12_345);
        assert_eq!((liberaux.iter().min(), liberaux.iter().max()), (Some(&1), Some(&268)));

        let part = |telle: &dyn Fn(&population::CasPrevu) -> bool| {
            100.0 * tirage::mesure(population.cas.iter().filter(|cas| telle(cas)).count()) / 92_888.0
        };
        let patient = |cas: &population::CasPrevu| &population.patients[cas.patient];
        let organe = |debut: &'static str| part(&|cas| LOCALISATIONS[patient(cas).localisation].code.starts_with(debut));
        let mut ecarts = Vec::new();
        for (nom, part, attendue) in [
            ("sein", organe("C50"), 19.0),
            ("poumon", organe("C34"), 13.0),
            ("prostate", organe("C61"), 13.0),
            ("côlon et rectum", organe("C18") + organe("C20"), 12.0),
            ("plus de 70 ans", part(&|cas| crate::kernel::clock::age(patient(cas).naissance, prevue.seances[cas.seance].date) > 70), 44.0),
            ("hors de la région", part(&|cas| patient(cas).territoire.is_none()), 5.0),
            ("femmes", part(&|cas| patient(cas).sexe == Sexe::Feminin), 48.0),
        ] {
            println!("{nom} : {part:.1} %");
            ecarts.extend(((part - attendue).abs() > 2.5).then_some(nom));
        }
        let par_patient = 92_888.0 / tirage::mesure(population.patients.len());
        println!("comptes-rendus par patient : {par_patient:.2}");
        assert!(ecarts.is_empty(), "{ecarts:?}");
        assert!((1.35..1.47).contains(&par_patient), "{par_patient}");
    }
}
