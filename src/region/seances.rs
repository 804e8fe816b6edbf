//! The meetings of a year and who comes to them.
//!
//! Dates first: an RCP meets on a day of the week, holidays apart, so many times in the year. Then those in private practice,
//! each as often as planned. Then the others, by meeting: complete, short of one required place, or thinly attended; the
//! rules of the quorum are applied to whoever came.

use super::{
    effectifs::{Effectifs, Part, REUNIONS_PAR_RCP, repartir},
    plan::{Plan, RcpPrevue, Siege},
    tirage::{Des, a, a_changer, mesure, moment, partie_entiere},
};
use crate::{
    kernel::{Instant, Panne},
    metier::{rcp::model::feries::jour_ferie, reunion::model::StatutPresence},
};
use chrono::{Datelike, Duration, NaiveDate, Weekday};
use std::collections::{BTreeMap, BTreeSet};

/// A meeting.
#[derive(Debug, Clone)]
pub(super) struct Seance {
    /// Its RCP.
    pub(super) rcp: usize,
    /// Beginning.
    pub(super) debut: Instant,
    /// Day.
    pub(super) date: NaiveDate,
    /// Cases discussed or recorded; none for a meeting that was cancelled.
    pub(super) cas: usize,
    /// Who was expected or came.
    pub(super) presences: Vec<Venue>,
}

/// Somebody on the list of a meeting.
#[derive(Debug, Clone, Copy)]
pub(super) struct Venue {
    /// The professional.
    pub(super) pro: usize,
    /// Clause that the person answers for.
    pub(super) clause: Option<&'static str>,
    /// A member, or a guest.
    pub(super) permanent: bool,
    /// How the person came.
    pub(super) statut: StatutPresence,
    /// Minutes after the beginning, for who came late.
    pub(super) arrivee: Option<i64>,
    /// Minutes after the beginning, for who left early.
    pub(super) depart: Option<i64>,
}

/// Share of the meetings held with somebody by videoconference.
const VISIO: f64 = 0.45;
/// Share of the cases whose meeting gathers two people at most, among those that few in private practice come to.
const CLAIRSEMEES: f64 = 0.16;
/// Share of the cases whose meeting lacks somebody that the composition requires, besides those that lack by chance.
const INCOMPLETES: f64 = 0.33;

impl Seance {
    /// True unless it was cancelled.
    pub(super) const fn tenue(&self) -> bool {
        self.cas > 0
    }

    /// Minutes that it is planned to last.
    pub(super) fn duree(&self) -> i64 {
        i64::try_from(self.cas).unwrap_or(0).saturating_mul(7).clamp(60, 300) / 30 * 30 + 30
    }
}

/// When an RCP meets: day of the week, hour and minute.
pub(super) fn horaire(rang: usize) -> (Weekday, u32, u32) {
    const JOURS: [Weekday; 5] = [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri];
    const HEURES: [(u32, u32); 7] = [(8, 0), (12, 30), (13, 30), (14, 0), (17, 0), (17, 30), (18, 0)];
    let (heure, minute) = HEURES.get(rang / JOURS.len() % HEURES.len()).copied().unwrap_or((17, 0));
    (JOURS.get(rang % JOURS.len()).copied().unwrap_or(Weekday::Tue), heure, minute)
}

/// The meetings of a year, in the order in which they begin.
pub(super) fn annee(plan: &mut Plan, effectifs: &Effectifs, annee: i32, des: &mut Des) -> Result<Vec<Seance>, Panne> {
    let impossible = |quoi: &str| Panne::dire(format!("région : {quoi} ne se répartissent pas"));
    let parts: Vec<Part> =
        plan.rcp.iter().map(|r| Part { poids: r.genre.reunions * r.poids.sqrt(), minimum: 1, maximum: REUNIONS_PAR_RCP }).collect();
    let reunions = repartir(effectifs.reunions, &parts).ok_or_else(|| impossible("les réunions"))?;
    let cas = cas_par_rcp(plan, effectifs, &reunions).ok_or_else(|| impossible("les comptes-rendus"))?;
    let candidats: Vec<Vec<NaiveDate>> = (0..plan.rcp.len()).map(|rang| jours_possibles(annee, horaire(rang).0)).collect();
    let libres: Vec<Part> = reunions
        .iter()
        .zip(&candidats)
        .map(|(&n, jours)| Part { poids: mesure(n), minimum: 0, maximum: jours.len().saturating_sub(n) })
        .collect();
    let annulees = repartir(effectifs.annulees, &libres).ok_or_else(|| impossible("les annulations"))?;
    let mut seances = Vec::with_capacity(effectifs.reunions + effectifs.annulees);
    for (rcp, jours) in candidats.into_iter().enumerate() {
        let (nombre, annulees, cas) = (*a(&reunions, rcp)?, *a(&annulees, rcp)?, *a(&cas, rcp)?);
        let tenues = choisir_les_jours(&jours, nombre, des);
        let parts: Vec<Part> = tenues
            .iter()
            .map(|_| Part { poids: des.lognormale(1.0, 0.3), minimum: 1, maximum: (3 * cas / nombre.max(1)).max(4) })
            .collect();
        let par_seance = repartir(cas, &parts).ok_or_else(|| impossible("les cas des réunions"))?;
        let autres: Vec<NaiveDate> = jours.into_iter().filter(|jour| !tenues.contains(jour)).collect();
        let annulees = choisir_les_jours(&autres, annulees, des);
        let (_, heure, minute) = horaire(rcp);
        for (date, cas) in tenues.into_iter().zip(par_seance).chain(annulees.into_iter().map(|date| (date, 0))) {
            seances.push(Seance { rcp, debut: moment(date, heure, minute)?, date, cas, presences: Vec::new() });
        }
    }
    seances.sort_by_key(|seance| (seance.debut, seance.rcp));
    let liberaux = participations(plan, effectifs, &mut seances, des)?;
    let affluences = affluences(plan, &seances, des)?;
    for (seance, affluence) in seances.iter_mut().zip(affluences) {
        let rcp = a(&plan.rcp, seance.rcp)?;
        assister(seance, (rcp, affluence), &liberaux, des);
    }
    Ok(seances)
}

/// How well attended a meeting is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Affluence {
    /// Two people at most.
    Clairsemee,
    /// Somebody required lacks.
    Incomplete,
    /// Nobody required lacks, but by chance.
    Complete,
}

/// Chooses the meetings that are not well attended, so that their cases make the shares above.
fn affluences(plan: &Plan, seances: &[Seance], des: &mut Des) -> Result<Vec<Affluence>, Panne> {
    let total = mesure(seances.iter().map(|seance| seance.cas).sum());
    let mut ordre: Vec<usize> = (0..seances.len()).collect();
    des.melanger(&mut ordre);
    let mut affluences = vec![Affluence::Complete; seances.len()];
    let (mut clairsemees, mut incompletes) = (0.0, 0.0);
    for rang in ordre {
        let seance = a(seances, rang)?;
        let cas = mesure(seance.cas);
        let requise = a(&plan.rcp, seance.rcp)?.sieges.iter().any(|siege| siege.requise);
        if seance.presences.len() <= 2 && clairsemees + cas <= CLAIRSEMEES * total {
            clairsemees += cas;
            *a_changer(&mut affluences, rang)? = Affluence::Clairsemee;
        } else if requise && incompletes + cas <= INCOMPLETES * total {
            incompletes += cas;
            *a_changer(&mut affluences, rang)? = Affluence::Incomplete;
        }
    }
    Ok(affluences)
}

/// Comptes-rendus of each RCP: the share of its kind, one a meeting at least.
fn cas_par_rcp(plan: &Plan, effectifs: &Effectifs, reunions: &[usize]) -> Option<Vec<usize>> {
    let total: BTreeMap<&str, f64> = plan.rcp.iter().fold(BTreeMap::new(), |mut total, r| {
        *total.entry(r.genre.prefixe).or_default() += r.poids;
        total
    });
    let parts: Vec<Part> = plan
        .rcp
        .iter()
        .zip(reunions)
        .map(|(r, &n)| {
            let du_genre = total.get(r.genre.prefixe).copied().unwrap_or(1.0);
            Part { poids: r.genre.part * r.poids / du_genre, minimum: n, maximum: 60 * n }
        })
        .collect();
    repartir(effectifs.comptes_rendus, &parts)
}

/// The days of the year that an RCP may meet on.
fn jours_possibles(annee: i32, jour: Weekday) -> Vec<NaiveDate> {
    let Some(premier) = NaiveDate::from_ymd_opt(annee, 1, 2) else { return Vec::new() };
    premier
        .iter_days()
        .take_while(|date| date.year() == annee && (date.month(), date.day()) < (12, 31))
        .filter(|date| date.weekday() == jour && jour_ferie(*date).is_none())
        .collect()
}

/// So many days, spread over the year, fewer in summer and at its end.
fn choisir_les_jours(jours: &[NaiveDate], nombre: usize, des: &mut Des) -> Vec<NaiveDate> {
    let poids = |date: &NaiveDate| match date.month() {
        8 => 0.55,
        7 | 12 => 0.85,
        _ => 1.0,
    };
    let total: f64 = jours.iter().map(poids).sum();
    let pas = total / mesure(nombre.max(1));
    let mut choisis: BTreeSet<NaiveDate> = BTreeSet::new();
    let (mut parcouru, mut seuil) = (0.0, pas * des.unite());
    for date in jours {
        parcouru += poids(date);
        if choisis.len() < nombre && parcouru > seuil {
            choisis.insert(*date);
            seuil += pas;
        }
    }
    for date in jours {
        if choisis.len() < nombre {
            choisis.insert(*date);
        }
    }
    choisis.into_iter().collect()
}

/// Who in private practice comes to which meeting, exactly as often as planned. Those who come often to an RCP become members
/// of it, the others are guests.
fn participations(
    plan: &mut Plan,
    effectifs: &Effectifs,
    seances: &mut [Seance],
    des: &mut Des,
) -> Result<BTreeMap<usize, BTreeSet<usize>>, Panne> {
    let mut liberaux = plan.liberaux();
    des.melanger(&mut liberaux);
    // A few come several times a week, most a few times a year.
    let poids = |place: f64| place.powf(-0.5) * (-4.4 * place).exp();
    let parts: Vec<Part> = (1..=liberaux.len())
        .map(|rang| Part { poids: poids(mesure(rang) / mesure(liberaux.len())), minimum: 1, maximum: effectifs.participations_maximales })
        .collect();
    let visees =
        repartir(effectifs.participations, &parts).ok_or_else(|| Panne::dire("région : les participations ne se répartissent pas"))?;
    let mut par_rcp: Vec<Vec<usize>> = vec![Vec::new(); plan.rcp.len()];
    for (rang, seance) in seances.iter().enumerate().filter(|(_, seance)| seance.tenue()) {
        a_changer(&mut par_rcp, seance.rcp)?.push(rang);
    }
    let mut venues: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    for (pro, visee) in liberaux.into_iter().zip(visees) {
        let choisies = choisir_les_seances(plan, pro, visee, (&par_rcp, seances), des)?;
        let mut ici: BTreeMap<usize, usize> = BTreeMap::new();
        for &seance in &choisies {
            *ici.entry(a(seances, seance)?.rcp).or_default() += 1;
        }
        for (rcp, fois) in ici {
            let reunions = a(&par_rcp, rcp)?.len();
            let metier = a(&plan.pros, pro)?.metier;
            let rcp = a_changer(&mut plan.rcp, rcp)?;
            rcp.demandeurs.push(pro);
            let deja = rcp.sieges.iter().any(|siege| siege.pro == pro);
            if !deja && 100 * fois >= 35 * reunions {
                let clause = rcp.genre.equipe.iter().find(|place| place.specialite == metier.specialite).and_then(|place| place.clause);
                rcp.sieges.push(Siege { pro, clause, requise: false });
            }
        }
        venues.insert(pro, choisies);
    }
    for (pro, choisies) in &venues {
        for &seance in choisies {
            let seance = a_changer(seances, seance)?;
            seance.presences.push(Venue {
                pro: *pro,
                clause: None,
                permanent: false,
                statut: StatutPresence::Present,
                arrivee: None,
                depart: None,
            });
        }
    }
    Ok(venues)
}

/// The meetings that somebody in private practice comes to: of the same specialty and territoire first, never two at once.
fn choisir_les_seances(
    plan: &Plan,
    pro: usize,
    visee: usize,
    (par_rcp, seances): (&[Vec<usize>], &[Seance]),
    des: &mut Des,
) -> Result<BTreeSet<usize>, Panne> {
    let p = a(&plan.pros, pro)?;
    let mut ordre: Vec<(usize, usize, usize)> = plan
        .rcp
        .iter()
        .enumerate()
        .map(|(rang, r)| {
            let etranger = usize::from(!r.genre.equipe.iter().any(|place| place.specialite == p.metier.specialite));
            let loin = usize::from(r.territoire != p.territoire);
            (2 * etranger + loin, des.rang(1 << 30), rang)
        })
        .collect();
    ordre.sort_unstable();
    let mut choisies = BTreeSet::new();
    let mut occupe: BTreeSet<Instant> = BTreeSet::new();
    for toutes in [false, true] {
        for (_, _, rcp) in &ordre {
            let mut possibles = a(par_rcp, *rcp)?.clone();
            des.melanger(&mut possibles);
            let au_plus = if toutes { possibles.len() } else { partie_entiere(0.9 * mesure(possibles.len())).max(1) };
            for seance in possibles.into_iter().take(au_plus) {
                if choisies.len() == visee {
                    return Ok(choisies);
                }
                if occupe.insert(a(seances, seance)?.debut) || toutes {
                    choisies.insert(seance);
                }
            }
        }
    }
    if choisies.len() == visee { Ok(choisies) } else { Err(Panne::dire("région : trop peu de réunions pour les participations")) }
}

/// The attendance of a meeting, with those in private practice who come.
fn assister(seance: &mut Seance, (rcp, affluence): (&RcpPrevue, Affluence), liberaux: &BTreeMap<usize, BTreeSet<usize>>, des: &mut Des) {
    let invites = std::mem::take(&mut seance.presences);
    let vient = |pro: usize| invites.iter().any(|venue| venue.pro == pro);
    let tenue = seance.tenue();
    let requises: Vec<usize> = rcp.sieges.iter().filter(|siege| siege.requise).map(|siege| siege.pro).collect();
    let mut seuls = 2_usize.saturating_sub(invites.len());
    let manque = if affluence == Affluence::Incomplete { des.un(&requises).copied() } else { None };
    let mut presences: Vec<Venue> = Vec::with_capacity(rcp.sieges.len() + invites.len());
    for siege in &rcp.sieges {
        let present = if liberaux.contains_key(&siege.pro) {
            vient(siege.pro)
        } else if affluence == Affluence::Clairsemee {
            let present = seuls > 0 && des.vrai(0.4);
            seuls -= usize::from(present);
            present
        } else {
            Some(siege.pro) != manque && des.vrai(if siege.requise { 0.99 } else { 0.72 })
        };
        let statut = match (tenue, present) {
            (false, _) => StatutPresence::Attendu,
            (true, true) => StatutPresence::Present,
            (true, false) if des.vrai(0.6) => StatutPresence::Excuse,
            (true, false) => StatutPresence::Absent,
        };
        presences.push(Venue { pro: siege.pro, clause: siege.clause, permanent: true, statut, arrivee: None, depart: None });
    }
    let membre = |pro: usize| rcp.sieges.iter().any(|siege| siege.pro == pro);
    presences.extend(invites.iter().filter(|venue| !membre(venue.pro)).copied());
    if tenue {
        preciser(&mut presences, seance.duree(), des);
    }
    seance.presences = presences;
}

/// Who came from afar, late, or left early. Somebody holds the meeting whatever happens.
fn preciser(presences: &mut [Venue], duree: i64, des: &mut Des) {
    if !presences.iter().any(|venue| venue.statut == StatutPresence::Present)
        && let Some(premier) = presences.first_mut()
    {
        premier.statut = StatutPresence::Present;
    }
    let presents = presences.iter().filter(|venue| venue.statut == StatutPresence::Present).count();
    let mut a_distance = if des.vrai(VISIO) { Some(des.rang(presents)) } else { None };
    let part = if a_distance.is_some() { 0.3 } else { 0.0 };
    for (rang, venue) in presences.iter_mut().filter(|venue| venue.statut == StatutPresence::Present).enumerate() {
        let designe = a_distance.take_if(|choisi| *choisi == rang).is_some();
        if designe || des.vrai(part) {
            venue.statut = StatutPresence::Visio;
        }
        if rang > 0 && des.vrai(0.03) {
            venue.arrivee = Some(des.entre(5, duree / 3));
        } else if rang > 0 && des.vrai(0.02) {
            venue.depart = Some(des.entre(duree / 2, duree));
        }
    }
}

/// The planned end of a meeting.
pub(super) fn fin(seance: &Seance) -> Instant {
    seance.debut + Duration::minutes(seance.duree())
}
