//! Time and chance, as parameters: the only file that asks the machine for them.

use chrono::{DateTime, NaiveDate, SubsecRound, Utc};
use chrono_tz::Europe::Paris;
use std::sync::{Arc, Mutex, PoisonError};
use uuid::Uuid;

/// A moment in UTC, truncated to the microsecond so that what is read back equals what was written.
pub type Instant = DateTime<Utc>;

/// Where the time comes from.
#[derive(Clone)]
pub enum Horloge {
    /// The machine's clock.
    Systeme,
    /// A clock that tests set by hand.
    Reglee(Arc<Mutex<Instant>>),
}

impl Horloge {
    /// A clock stopped at the given moment.
    #[must_use]
    pub fn reglee(instant: Instant) -> Self {
        Self::Reglee(Arc::new(Mutex::new(instant)))
    }

    /// The present moment.
    #[must_use]
    pub fn maintenant(&self) -> Instant {
        match self {
            #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
            Self::Systeme => Utc::now().trunc_subsecs(6),
            Self::Reglee(instant) => *instant.lock().unwrap_or_else(PoisonError::into_inner),
        }
    }

    /// Moves a hand-set clock; does nothing to the machine's.
    pub fn regler(&self, vers: Instant) {
        if let Self::Reglee(instant) = self {
            *instant.lock().unwrap_or_else(PoisonError::into_inner) = vers;
        }
    }
}

/// The civil date in metropolitan France, which is the date that ages and deadlines are counted in.
#[must_use]
pub fn date_paris(instant: Instant) -> NaiveDate {
    instant.with_timezone(&Paris).date_naive()
}

/// Where identifiers and secrets come from.
#[derive(Clone)]
pub enum Chance {
    /// The machine's generator.
    Systeme,
    /// A sequence that starts at a seed: same seed, same identifiers.
    Semee(Arc<Mutex<u64>>),
}

impl Chance {
    /// A reproducible source.
    #[must_use]
    pub fn semee(graine: u64) -> Self {
        Self::Semee(Arc::new(Mutex::new(graine)))
    }

    /// Another sequence of the same kind, for what must not change the identifiers of the field.
    #[must_use]
    pub fn a_part(&self) -> Self {
        match self {
            Self::Systeme => Self::Systeme,
            Self::Semee(suite) => Self::semee(*suite.lock().unwrap_or_else(PoisonError::into_inner) + (1 << 40)),
        }
    }

    /// A new UUID version 7 for the given moment.
    #[must_use]
    pub fn uuid(&self, instant: Instant) -> Uuid {
        match self {
            #[expect(clippy::disallowed_methods, reason = "the one place that draws identifiers")]
            Self::Systeme => Uuid::now_v7(),
            Self::Semee(suite) => {
                let rang = Self::suivant(suite);
                let millis = u64::try_from(instant.timestamp_millis()).unwrap_or_default();
                let mut hasard = [0_u8; 10];
                hasard[2..].copy_from_slice(&rang.to_be_bytes());
                uuid::Builder::from_unix_timestamp_millis(millis, &hasard).into_uuid()
            }
        }
    }

    /// A new typed identifier.
    #[must_use]
    pub fn id<I: From<Uuid>>(&self, instant: Instant) -> I {
        I::from(self.uuid(instant))
    }

    /// 256 bits for a secret (refresh token, feed token).
    #[must_use]
    pub fn secret(&self) -> [u8; 32] {
        match self {
            Self::Systeme => rand::random(),
            Self::Semee(suite) => {
                use sha2::Digest;
                sha2::Sha256::digest(Self::suivant(suite).to_be_bytes()).into()
            }
        }
    }

    fn suivant(suite: &Mutex<u64>) -> u64 {
        let mut rang = suite.lock().unwrap_or_else(PoisonError::into_inner);
        *rang += 1;
        *rang
    }
}

/// The age in completed years at a date. Somebody born on 29 February has a birthday on 1 March in
/// common years (the anniversary is reached when the day has passed).
#[must_use]
pub fn age(naissance: NaiveDate, a_la_date: NaiveDate) -> u32 {
    a_la_date.years_since(naissance).unwrap_or(0)
}
