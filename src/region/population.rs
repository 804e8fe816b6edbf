//! The patients and their passages, by ranks: who is discussed where, who comes back, who asks, what is decided of each case.
//!
//! Meetings are filled in the order of the year. A place goes to a patient who is due back at that RCP, or to a new one. What
//! must come out exact (cases recorded, postponed, sent to the médecin traitant, G8 filled, trials) is chosen once every case
//! is known.

use super::{
    effectifs::Effectifs,
    lieux::POPULATION,
    localisations::{LOCALISATIONS, localisation},
    plan::Plan,
    seances::Seance,
    tirage::{Des, a, a_changer, mesure, partie_entiere},
};
use crate::{
    kernel::{Panne, clock::age},
    metier::{patient::model::Sexe, rcp::model::TypeRcp, reunion::model::StatutPresence},
};
use chrono::{Days, NaiveDate};
use std::{
    cmp::Reverse,
    collections::{BTreeSet, BinaryHeap},
};

/// A patient.
#[derive(Debug, Clone)]
pub(super) struct PatientPrevu {
    /// The cancer.
    pub(super) localisation: usize,
    /// Sex.
    pub(super) sexe: Sexe,
    /// Birth date.
    pub(super) naissance: NaiveDate,
    /// Diagnosis.
    pub(super) diagnostic: NaiveDate,
    /// Where the patient lives; nowhere in the region.
    pub(super) territoire: Option<usize>,
    /// The médecin traitant.
    pub(super) medecin: Option<usize>,
    /// The patient opposes the sending to the médecin traitant.
    pub(super) oppose: bool,
    /// Cases.
    pub(super) cas: usize,
    suites: usize,
}

/// A case at a meeting.
#[derive(Debug, Clone)]
pub(super) struct CasPrevu {
    /// The meeting.
    pub(super) seance: usize,
    /// The patient.
    pub(super) patient: usize,
    /// The doctor who asks.
    pub(super) demandeur: usize,
    /// Recorded without discussion.
    pub(super) enregistre: bool,
    /// The meeting from which it was postponed.
    pub(super) reporte_de: Option<usize>,
    /// A trial is proposed.
    pub(super) essai: bool,
    /// The G8 is filled.
    pub(super) g8: bool,
    /// Sent to the médecin traitant by MSSanté.
    pub(super) envoye: bool,
    /// The patient came before.
    pub(super) suite: bool,
}

/// Patients and cases of the years that are made.
#[derive(Debug, Default)]
pub(super) struct Population {
    /// Patients.
    pub(super) patients: Vec<PatientPrevu>,
    /// Cases, in the order of the meetings.
    pub(super) cas: Vec<CasPrevu>,
    /// Those who are due back, by RCP.
    attentes: Vec<BinaryHeap<Reverse<(NaiveDate, usize)>>>,
    /// Whose turn it is to ask, by RCP.
    tours: Vec<usize>,
}

/// Out of a hundred patients, those who come so many times again.
const RETOURS: [(usize, f64); 4] = [(0, 61.0), (1, 23.0), (2, 10.0), (3, 6.0)];
/// Share of those who come back that go elsewhere: to an RCP de recours, to a transversal one.
const AILLEURS: f64 = 0.15;
/// Years that the adults who are discussed have more than those whom the registers count.
const DE_PLUS: f64 = 1.8;
/// Share of the patients who live out of the region.
const HORS_REGION: f64 = 0.05;
/// Share of the comptes-rendus whose patient has a médecin traitant with a secure address: a little more than are sent.
const MARGE_JOIGNABLES: f64 = 1.05;
/// Share of the patients without médecin traitant, among those who have none with a secure address.
const SANS_MEDECIN: f64 = 0.13;
/// Share of the patients who oppose the sending to the médecin traitant.
const OPPOSES: f64 = 0.006;

impl Population {
    /// Fills the meetings of a year; `premiere` is the rank of the first of them.
    pub(super) fn remplir(
        &mut self,
        plan: &Plan,
        effectifs: &Effectifs,
        (seances, premiere): (&mut [Seance], usize),
        des: &mut Des,
    ) -> Result<(), Panne> {
        self.attentes.resize_with(plan.rcp.len(), BinaryHeap::new);
        self.tours.resize(plan.rcp.len(), 0);
        let (premier_patient, premier_cas) = (self.patients.len(), self.cas.len());
        for (rang, seance) in seances.iter().enumerate().filter(|(_, seance)| seance.tenue()) {
            let mut ici = BTreeSet::new();
            for _ in 0..seance.cas {
                let (patient, suite) = match self.de_retour(seance, &mut ici)? {
                    Some(patient) => (patient, true),
                    None => (self.nouveau(plan, seance, des)?, false),
                };
                ici.insert(patient);
                self.prevoir_la_suite(plan, seance, patient, des)?;
                let demandeur = self.tour(plan, seance.rcp)?;
                let simple = CasPrevu {
                    seance: premiere + rang,
                    patient,
                    demandeur,
                    enregistre: false,
                    reporte_de: None,
                    essai: false,
                    g8: false,
                    envoye: false,
                    suite,
                };
                self.cas.push(simple);
                a_changer(&mut self.patients, patient)?.cas += 1;
            }
        }
        let cas = self.cas.get(premier_cas..).map_or(0, <[CasPrevu]>::len);
        self.donner_les_medecins(effectifs, (premier_patient, premier_cas), des)?;
        self.decider(plan, effectifs, (premier_cas, cas), (seances, premiere), des)?;
        self.activer_les_inactifs(plan, premier_cas, seances)
    }

    /// The patient most overdue at that RCP who is not on the agenda yet.
    fn de_retour(&mut self, seance: &Seance, ici: &mut BTreeSet<usize>) -> Result<Option<usize>, Panne> {
        let file = a_changer(&mut self.attentes, seance.rcp)?;
        match file.peek() {
            Some(Reverse((date, patient))) if *date <= seance.date && !ici.contains(patient) => Ok(file.pop().map(|Reverse((_, p))| p)),
            Some(_) | None => Ok(None),
        }
    }

    fn nouveau(&mut self, plan: &Plan, seance: &Seance, des: &mut Des) -> Result<usize, Panne> {
        let rcp = a(&plan.rcp, seance.rcp)?;
        let code = des.pondere(rcp.genre.localisations, |(_, poids)| *poids).map_or("", |(code, _)| *code);
        let rang = localisation(code).ok_or_else(|| Panne::dire(format!("région : le cancer {code} manque")))?;
        let cancer = a(&LOCALISATIONS, rang)?;
        let (moyen, ecart) = cancer.age;
        let (minimum, maximum) =
            if rcp.genre.enfants { (0.0, 17.9) } else { (mesure(usize::try_from(rcp.genre.age_minimal).unwrap_or(18)), 99.0) };
        // An age out of the bounds is drawn again rather than brought back to them.
        let moyen = if rcp.genre.enfants { moyen } else { moyen + DE_PLUS };
        let annees = (0..20).map(|_| moyen + ecart * des.normale()).find(|age| (minimum..maximum).contains(age));
        let annees = annees.unwrap_or_else(|| minimum + (maximum - minimum) * 0.4 * des.unite());
        let naissance = seance.date.checked_sub_days(Days::new(u64::try_from(partie_entiere(annees * 365.25) + 1).unwrap_or(1)));
        let naissance = naissance.ok_or_else(|| Panne::dire("région : une date de naissance manque"))?;
        let delai = partie_entiere(des.lognormale(24.0, 0.7)).clamp(3, 400);
        let diagnostic = seance.date.checked_sub_days(Days::new(u64::try_from(delai).unwrap_or(30))).unwrap_or(seance.date).max(naissance);
        let territoire = if des.vrai(HORS_REGION) {
            None
        } else if rcp.genre.type_rcp == TypeRcp::Standard {
            Some(rcp.territoire)
        } else {
            des.pondere(&POPULATION, |(_, poids)| *poids).map(|(territoire, _)| *territoire)
        };
        self.patients.push(PatientPrevu {
            localisation: rang,
            sexe: if des.vrai(cancer.femmes) { Sexe::Feminin } else { Sexe::Masculin },
            naissance,
            diagnostic,
            territoire,
            medecin: None,
            oppose: false,
            cas: 0,
            suites: des.pondere(&RETOURS, |(_, poids)| *poids).map_or(0, |(fois, _)| *fois),
        });
        Ok(self.patients.len() - 1)
    }

    /// When and where the patient comes again.
    fn prevoir_la_suite(&mut self, plan: &Plan, seance: &Seance, patient: usize, des: &mut Des) -> Result<(), Panne> {
        let prevu = a_changer(&mut self.patients, patient)?;
        // Some come back after a year, which is the next one when it is made.
        let lointaine = prevu.suites == 0;
        if lointaine && !des.vrai(0.16) {
            return Ok(());
        }
        prevu.suites = prevu.suites.saturating_sub(1);
        let attente = if lointaine { des.entre(200, 430) } else { des.entre(21, 150) };
        let date = seance.date.checked_add_days(Days::new(u64::try_from(attente).unwrap_or(60))).unwrap_or(seance.date);
        let prevu = a(&self.patients, patient)?;
        let ou = if des.vrai(AILLEURS) { plan.autre_rcp(seance.rcp, age(prevu.naissance, date), des)? } else { seance.rcp };
        a_changer(&mut self.attentes, ou)?.push(Reverse((date, patient)));
        Ok(())
    }

    /// Those who ask an RCP do so in turn: each of them has asked when it starts again.
    fn tour(&mut self, plan: &Plan, rcp: usize) -> Result<usize, Panne> {
        let demandeurs = &a(&plan.rcp, rcp)?.demandeurs;
        let tour = a_changer(&mut self.tours, rcp)?;
        let demandeur = *a(demandeurs, *tour % demandeurs.len().max(1))?;
        *tour += 1;
        Ok(demandeur)
    }

    /// Gives the new patients their médecin traitant. Those with a secure address follow just more cases than are sent, so
    /// that the cases to send can be chosen among theirs.
    fn donner_les_medecins(&mut self, effectifs: &Effectifs, (patients, cas): (usize, usize), des: &mut Des) -> Result<(), Panne> {
        let mut ordre: Vec<usize> = (patients..self.patients.len()).collect();
        des.melanger(&mut ordre);
        let opposes = partie_entiere(OPPOSES * mesure(ordre.len())).max(1);
        let connus = self.cas.iter().skip(cas).filter(|c| c.patient < patients).filter(|c| self.joignable(c.patient, effectifs)).count();
        let vise = partie_entiere(MARGE_JOIGNABLES * mesure(effectifs.envoyes)) + 1;
        let (mut suivis, mut joignables, mut autres) = (connus, 0_usize, 0_usize);
        let par_patient = self.cas_par_patient(cas);
        for (rang, patient) in ordre.into_iter().enumerate() {
            let oppose = rang < opposes;
            let siens = par_patient.get(patient).copied().unwrap_or(0);
            let medecin = if !oppose && suivis < vise {
                suivis += siens;
                joignables += 1;
                Some((joignables - 1) % effectifs.joignables.max(1))
            } else if oppose || !des.vrai(SANS_MEDECIN) {
                let restants = effectifs.medecins_traitants - effectifs.joignables;
                autres += 1;
                Some(effectifs.joignables + (autres - 1) % restants.max(1))
            } else {
                None
            };
            let prevu = a_changer(&mut self.patients, patient)?;
            (prevu.medecin, prevu.oppose) = (medecin, oppose);
        }
        Ok(())
    }

    /// How many cases each patient has from a rank on.
    fn cas_par_patient(&self, depuis: usize) -> Vec<usize> {
        let mut nombres = vec![0; self.patients.len()];
        for cas in self.cas.iter().skip(depuis) {
            if let Some(nombre) = nombres.get_mut(cas.patient) {
                *nombre += 1;
            }
        }
        nombres
    }

    /// True when the médecin traitant can be written to.
    fn joignable(&self, patient: usize, effectifs: &Effectifs) -> bool {
        self.patients.get(patient).is_some_and(|p| !p.oppose && p.medecin.is_some_and(|medecin| medecin < effectifs.joignables))
    }

    /// Chooses exactly as many cases as are to be recorded, postponed, sent, screened, proposed a trial.
    fn decider(
        &mut self,
        plan: &Plan,
        effectifs: &Effectifs,
        (premier, nombre): (usize, usize),
        (seances, premiere): (&[Seance], usize),
        des: &mut Des,
    ) -> Result<(), Panne> {
        let du_cas = |rang: usize| self.cas.get(premier + rang);
        let seance_de = |cas: &CasPrevu| seances.get(cas.seance.saturating_sub(premiere));
        let genre_de = |cas: &CasPrevu| seance_de(cas).and_then(|seance| plan.rcp.get(seance.rcp)).map(|rcp| rcp.genre);
        let envoyables: Vec<usize> =
            (0..nombre).filter(|&rang| du_cas(rang).is_some_and(|cas| self.joignable(cas.patient, effectifs))).collect();
        let envoyes = des.choisir(effectifs.envoyes, envoyables.len(), |_| 1.0);
        // A transversal or paediatric case is discussed; so is a young adult's.
        let enregistrable = |rang: usize| {
            let ordinaire = du_cas(rang).and_then(genre_de).is_some_and(|g| g.type_rcp == TypeRcp::Standard && g.modele.is_none());
            if ordinaire && self.age_du(premier + rang, seances, premiere).is_some_and(|age| age > 24) { 1.0 } else { 1e-6 }
        };
        let enregistres = des.choisir(effectifs.enregistres, nombre, enregistrable);
        let essais = des.choisir(effectifs.essais, nombre, |_| 1.0);
        let ages: Vec<usize> =
            (0..nombre).filter(|&rang| self.age_du(premier + rang, seances, premiere).is_some_and(|age| age >= 75)).collect();
        let geriatrie = |rang: usize| {
            let cas = ages.get(rang).and_then(|&cas| du_cas(cas)).and_then(genre_de);
            if cas.is_some_and(|g| g.theme == "oncogeriatrie") { 12.0 } else { 1.0 }
        };
        let g8 = des.choisir(Effectifs::g8(ages.len()), ages.len(), geriatrie);
        let reportables = self.reportables(effectifs, (premier, nombre), (seances, premiere));
        let proche = |rang: usize| if reportables.get(rang).is_some_and(|(_, _, proche)| *proche) { 1.0 } else { 1e-4 };
        let reportes = des.choisir(effectifs.reportes, reportables.len(), proche);
        if envoyes.len() < effectifs.envoyes || reportes.len() < effectifs.reportes {
            return Err(Panne::dire("région : trop peu de cas à envoyer ou à reporter"));
        }
        for rang in envoyes {
            a_changer(&mut self.cas, premier + *a(&envoyables, rang)?)?.envoye = true;
        }
        for rang in enregistres {
            a_changer(&mut self.cas, premier + rang)?.enregistre = true;
        }
        for rang in essais {
            a_changer(&mut self.cas, premier + rang)?.essai = true;
        }
        for rang in g8 {
            a_changer(&mut self.cas, premier + *a(&ages, rang)?)?.g8 = true;
        }
        for rang in reportes {
            let (cas, depuis, _) = *a(&reportables, rang)?;
            let cas = a_changer(&mut self.cas, cas)?;
            cas.reporte_de = Some(depuis);
            let avant = a(seances, depuis - premiere)?.date.checked_sub_days(Days::new(7));
            let patient = a_changer(&mut self.patients, cas.patient)?;
            patient.diagnostic = avant.unwrap_or(patient.diagnostic).min(patient.diagnostic);
        }
        Ok(())
    }

    /// The cases that an earlier meeting of the same RCP may have postponed, with that meeting and whether it is a recent one.
    /// None whose médecin traitant can be written to: what is sent is counted on the cases that were dealt with.
    fn reportables(
        &self,
        effectifs: &Effectifs,
        (premier, nombre): (usize, usize),
        (seances, premiere): (&[Seance], usize),
    ) -> Vec<(usize, usize, bool)> {
        let mut precedentes: Vec<Option<usize>> = Vec::with_capacity(seances.len());
        let mut dernieres: std::collections::BTreeMap<usize, usize> = std::collections::BTreeMap::new();
        for (rang, seance) in seances.iter().enumerate() {
            precedentes.push(dernieres.get(&seance.rcp).copied());
            if seance.tenue() {
                dernieres.insert(seance.rcp, rang);
            }
        }
        let retenir = |rang: usize| {
            let cas = self.cas.get(rang)?;
            let avant = precedentes.get(cas.seance.checked_sub(premiere)?).copied().flatten()?;
            let (ici, la) = (seances.get(cas.seance - premiere)?, seances.get(avant)?);
            let patient = self.patients.get(cas.patient)?;
            let proche = (ici.date - la.date).num_days() <= 40;
            let ne = patient.naissance + Days::new(10) < la.date;
            // Not a patient who came meanwhile.
            let seul = !cas.suite && patient.cas == 1;
            (seul && ne && !self.joignable(cas.patient, effectifs)).then_some((rang, premiere + avant, proche))
        };
        (premier..premier + nombre).filter_map(retenir).collect()
    }

    /// Age of the patient of a case at its meeting.
    fn age_du(&self, cas: usize, seances: &[Seance], premiere: usize) -> Option<u32> {
        let cas = self.cas.get(cas)?;
        Some(age(self.patients.get(cas.patient)?.naissance, seances.get(cas.seance.checked_sub(premiere)?)?.date))
    }

    /// Those of whom the draws made nothing ask in the place of somebody who asks twice, or come to a meeting of their RCP.
    fn activer_les_inactifs(&mut self, plan: &Plan, premier_cas: usize, seances: &mut [Seance]) -> Result<(), Panne> {
        let mut actes = vec![0_usize; plan.pros.len()];
        let vient = |venue: &super::seances::Venue| venue.statut.participe();
        for venue in seances.iter().flat_map(|seance| &seance.presences).filter(|venue| vient(venue)) {
            *a_changer(&mut actes, venue.pro)? += 1;
        }
        for cas in self.cas.iter().skip(premier_cas) {
            *a_changer(&mut actes, cas.demandeur)? += 1;
        }
        let inactifs: Vec<usize> = actes.iter().enumerate().filter(|(_, actes)| **actes == 0).map(|(pro, _)| pro).collect();
        let mut suivant = premier_cas;
        for pro in inactifs {
            if a(&plan.pros, pro)?.metier.est_medecin() {
                while let Some(cas) = self.cas.get_mut(suivant) {
                    suivant += 1;
                    let autre = a_changer(&mut actes, cas.demandeur)?;
                    if *autre > 1 {
                        *autre -= 1;
                        cas.demandeur = pro;
                        break;
                    }
                }
            } else {
                let listee = seances.iter_mut().filter(|s| s.tenue()).flat_map(|s| &mut s.presences).find(|venue| venue.pro == pro);
                if let Some(venue) = listee {
                    venue.statut = StatutPresence::Present;
                }
            }
        }
        Ok(())
    }
}
