//! A meeting and its attendance as the service would have left them.

use super::{
    monde::{Monde, Objet},
    seances::{Seance, fin},
    tirage::{Des, a, jours, mesure, secondes},
};
use crate::{
    db::Op,
    kernel::{Instant, Resultat},
    metier::{
        quorum::model::Intervalle,
        rcp::model::recurrence::Creneau,
        reunion::model::{Presence, PresenceSaisie, ReponseInvitation, Reunion, StatutPresence, ToutesDecidees},
    },
};
use chrono::{Duration, TimeDelta};

/// When a meeting was planned, convened, held and validated.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moments {
    planifiee: Instant,
    convoquee: Instant,
    ouverte: Instant,
    /// Its end.
    pub(super) close: Instant,
    /// Its comptes-rendus were validated.
    pub(super) validee: Instant,
    /// What a case takes.
    pas: Duration,
}

/// Days from the meeting to the validation: half take two at most, nine in ten take nine at most.
const VALIDATION: (f64, f64) = (2.0, 1.174);
/// At most.
const VALIDATION_MAXIMALE: f64 = 45.0;

impl Moments {
    /// The moments of a meeting, the same whenever they are asked.
    pub(super) fn de(monde: &Monde, rang: usize, seance: &Seance) -> Self {
        let mut des = monde.des(Objet::Seance, rang);
        let ouverte = seance.debut + Duration::minutes(des.entre(0, 4));
        let duree = usize::try_from(seance.duree() * 60).unwrap_or(3_600);
        let pas = secondes((mesure(duree) / mesure(seance.cas.max(1))).clamp(150.0, 540.0));
        let close = ouverte + pas * i32::try_from(seance.cas).unwrap_or(1) + Duration::minutes(des.entre(2, 9));
        let attente = des.lognormale(VALIDATION.0, VALIDATION.1).min(VALIDATION_MAXIMALE);
        Self {
            planifiee: seance.debut - Duration::days(60),
            convoquee: seance.debut - Duration::days(10) - Duration::minutes(des.entre(0, 300)),
            ouverte,
            close,
            validee: close + jours(attente).max(TimeDelta::minutes(20)),
            pas,
        }
    }

    /// When the n-th case was discussed, from 0.
    pub(super) fn discussion(&self, rang: usize) -> Intervalle {
        let debut = self.ouverte + self.pas * i32::try_from(rang).unwrap_or(0);
        Intervalle { debut: debut + Duration::seconds(10), fin: debut + self.pas - Duration::seconds(10) }
    }
}

/// The meeting and those on its list.
pub(super) fn tenir(
    op: &Op<'_>,
    monde: &Monde,
    rang: usize,
    (seance, inscrits): (&Seance, usize),
) -> Resultat<(Reunion, Vec<Presence>, Moments)> {
    let moments = Moments::de(monde, rang, seance);
    let mut des = monde.des(Objet::Seance, rang);
    let (_, rcp) = monde.rcp(seance.rcp)?;
    let creneau = Creneau { debut: seance.debut, fin: fin(seance) };
    let planifiee = Reunion::planifier(op.chance.id(moments.planifiee), &rcp.rcp, creneau, moments.planifiee);
    let convoquee = Reunion { occurrence: Some(seance.debut), ..planifiee }.convoquer(moments.convoquee)?;
    let reunion = if seance.tenue() {
        let close = convoquee.ouvrir(moments.ouverte)?.clore(ToutesDecidees::constater(0)?, None, moments.close)?;
        // One version for each act, and one for each case that came on the agenda.
        let version = 5 + i64::try_from(inscrits).unwrap_or(0);
        Reunion { version, modifie_le: moments.validee, ..close.valider(None, moments.validee)? }
    } else {
        let annulee = convoquee.annuler(des.un(&MOTIFS).copied().unwrap_or("Annulée"))?;
        Reunion { version: 3, modifie_le: seance.debut - Duration::days(2), ..annulee }
    };
    let mut presences = Vec::with_capacity(seance.presences.len());
    for venue in &seance.presences {
        let id = op.chance.id(moments.convoquee);
        let praticien = *a(&monde.pros, venue.pro)?;
        let attendue = Presence::attendue(id, reunion.id, praticien, venue.clause.map(ToOwned::to_owned), moments.convoquee);
        let attendue = Presence { permanent: venue.permanent, ..attendue };
        let repondue = repondre(attendue, venue.statut, moments.convoquee, &mut des);
        if !seance.tenue() {
            presences.push(repondue);
            continue;
        }
        let minutes = |minutes: Option<i64>| minutes.map(|minutes| seance.debut + Duration::minutes(minutes));
        let saisie = PresenceSaisie { statut: venue.statut, arrivee: minutes(venue.arrivee), depart: minutes(venue.depart), clause: None };
        saisie.verifier(&reunion)?;
        let notee = repondue.notee(&saisie, moments.ouverte);
        presences.push(Presence { version: notee.version + 1, ..notee });
    }
    Ok((reunion, presences, moments))
}

const MOTIFS: [&str; 3] = ["Coordonnateur indisponible", "Quorum impossible à réunir", "Trop peu de dossiers inscrits"];

/// Seven in ten answer the invitation, and do what they said.
fn repondre(attendue: Presence, statut: StatutPresence, convoquee: Instant, des: &mut Des) -> Presence {
    let le = convoquee + jours(des.unite() * 5.0);
    let reponse = match statut {
        StatutPresence::Excuse => ReponseInvitation::Refuse,
        StatutPresence::Visio => ReponseInvitation::Visio,
        StatutPresence::Attendu | StatutPresence::Present => ReponseInvitation::Accepte,
        StatutPresence::Absent => return attendue,
    };
    if !des.vrai(0.7) {
        return attendue;
    }
    let repondue = attendue.repondue(reponse, le);
    Presence { version: repondue.version + 1, ..repondue }
}
