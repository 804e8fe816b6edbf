//! Draws, and the few conversions between counts and measures that the generator needs.

use crate::kernel::{Instant, Panne};
use chrono::{NaiveDate, NaiveTime, TimeZone};
use chrono_tz::Europe::Paris;
use rand::{Rng, SeedableRng, rngs::StdRng, seq::SliceRandom};

/// A source of draws. One for each purpose, so that what one draws does not move the others.
pub(super) struct Des(StdRng);

impl Des {
    /// The draws of a purpose under a seed.
    pub(super) fn nouveaux(graine: u64, objet: u64) -> Self {
        Self(StdRng::seed_from_u64(graine.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ objet.wrapping_mul(0xD1B5_4A32_D192_ED03)))
    }

    /// From 0 to 1, 1 left out.
    pub(super) fn unite(&mut self) -> f64 {
        self.0.random()
    }

    /// A seed for other draws.
    pub(super) fn graine(&mut self) -> u64 {
        self.0.random()
    }

    /// A rank below a number; 0 when there is none.
    pub(super) fn rang(&mut self, nombre: usize) -> usize {
        if nombre == 0 { 0 } else { self.0.random_range(0..nombre) }
    }

    /// A whole number between two, both included.
    pub(super) fn entre(&mut self, minimum: i64, maximum: i64) -> i64 {
        self.0.random_range(minimum..=maximum.max(minimum))
    }

    /// True so often out of one.
    pub(super) fn vrai(&mut self, probabilite: f64) -> bool {
        self.unite() < probabilite
    }

    /// The normal law, centred and reduced (Box and Muller).
    pub(super) fn normale(&mut self) -> f64 {
        let rayon = (-2.0 * (1.0 - self.unite()).ln()).sqrt();
        rayon * (std::f64::consts::TAU * self.unite()).cos()
    }

    /// A positive measure of that median, spread the more as `sigma` is large.
    pub(super) fn lognormale(&mut self, mediane: f64, sigma: f64) -> f64 {
        mediane * (sigma * self.normale()).exp()
    }

    /// One of a list.
    pub(super) fn un<'l, T>(&mut self, liste: &'l [T]) -> Option<&'l T> {
        liste.get(self.rang(liste.len()))
    }

    /// One of a list, each as often as its weight says.
    pub(super) fn pondere<'l, T>(&mut self, liste: &'l [T], poids: impl Fn(&T) -> f64) -> Option<&'l T> {
        let mut reste = self.unite() * liste.iter().map(&poids).sum::<f64>();
        let choisi = liste.iter().find(|element| {
            reste -= poids(element);
            reste < 0.0
        });
        choisi.or_else(|| liste.last())
    }

    /// Another order.
    pub(super) fn melanger<T>(&mut self, liste: &mut [T]) {
        liste.shuffle(&mut self.0);
    }

    /// So many of the ranks below a number, the heavier the likelier.
    pub(super) fn choisir(&mut self, combien: usize, parmi: usize, poids: impl Fn(usize) -> f64) -> Vec<usize> {
        let mut cles: Vec<(f64, usize)> = (0..parmi).map(|rang| (-(1.0 - self.unite()).ln() / poids(rang).max(1e-9), rang)).collect();
        cles.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        cles.into_iter().take(combien).map(|(_, rang)| rang).collect()
    }
}

/// The element of that rank; one that is not there is an error of the generator.
pub(super) fn a<T>(liste: &[T], rang: usize) -> Result<&T, Panne> {
    liste.get(rang).ok_or_else(|| Panne::dire(format!("région : rang {rang} au-delà de {}", liste.len())))
}

/// The same, to be changed.
pub(super) fn a_changer<T>(liste: &mut [T], rang: usize) -> Result<&mut T, Panne> {
    let nombre = liste.len();
    liste.get_mut(rang).ok_or_else(|| Panne::dire(format!("région : rang {rang} au-delà de {nombre}")))
}

/// A count among those of other crates.
pub(super) fn entier_long(nombre: usize) -> u64 {
    u64::try_from(nombre).unwrap_or(u64::MAX)
}

/// A count as a measure.
#[expect(clippy::cast_precision_loss, reason = "counts here are far below what a double holds exactly")]
pub(super) const fn mesure(nombre: usize) -> f64 {
    nombre as f64
}

/// The whole part of a measure that is not negative.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a negative measure is zero, and those here are small")]
pub(super) fn partie_entiere(mesure: f64) -> usize {
    mesure.max(0.0).floor() as usize
}

/// A length of time in seconds.
#[expect(clippy::cast_possible_truncation, reason = "durations here are of days at most")]
pub(super) fn secondes(mesure: f64) -> chrono::Duration {
    chrono::Duration::seconds(mesure.round() as i64)
}

/// A length of time in days.
pub(super) fn jours(mesure: f64) -> chrono::Duration {
    secondes(mesure * 86_400.0)
}

/// A moment of a day in metropolitan France.
pub(super) fn moment(date: NaiveDate, heure: u32, minute: u32) -> Result<Instant, Panne> {
    let heure = NaiveTime::from_hms_opt(heure, minute, 0).unwrap_or_default();
    let local = Paris.from_local_datetime(&date.and_time(heure)).earliest();
    local.map(|instant| instant.to_utc()).ok_or_else(|| Panne::dire(format!("région : {date} n'a pas cette heure")))
}
