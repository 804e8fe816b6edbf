//! How failures slow the next attempts: 5 for nothing, then a minute, doubled at each further failure up to a quarter
//! of an hour. Never a lock: an outsider must not be able to keep a doctor out.

use crate::kernel::{Instant, texte::sha256};
use chrono::Duration;

/// Failures that cost nothing: everybody mistypes.
const LIBRES: i64 = 5;
/// The longest wait.
const PLAFOND: Duration = Duration::minutes(15);
/// After which the failures are forgotten.
pub const OUBLI: Duration = Duration::hours(1);

/// The failures of one key: an identifier from an address, or the second factor of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ralentissement {
    /// Failures in a row.
    pub echecs: i64,
    /// The last one.
    pub dernier_le: Instant,
    /// Until when attempts are refused unheard.
    pub bloque_jusqu_a: Option<Instant>,
}

impl Ralentissement {
    /// After one more failure.
    #[must_use]
    pub fn apres_un_echec(avant: Option<Self>, maintenant: Instant) -> Self {
        let echecs = avant.filter(|r| maintenant - r.dernier_le < OUBLI).map_or(0, |r| r.echecs) + 1;
        Self { echecs, dernier_le: maintenant, bloque_jusqu_a: attente(echecs).map(|duree| maintenant + duree) }
    }

    /// Seconds to wait before the next attempt, if any.
    #[must_use]
    pub fn reste(&self, maintenant: Instant) -> Option<i64> {
        let millis = (self.bloque_jusqu_a? - maintenant).num_milliseconds();
        (millis > 0).then(|| (millis + 999) / 1000)
    }
}

fn attente(echecs: i64) -> Option<Duration> {
    let doublements = u32::try_from(echecs.checked_sub(LIBRES)?).ok()?;
    let minutes = 1_i32.checked_shl(doublements).filter(|minutes| *minutes > 0).unwrap_or(i32::MAX);
    Some(Duration::minutes(minutes.into()).min(PLAFOND))
}

/// The key of an identifier tried from an address. A hash: people type their password in the wrong field.
#[must_use]
pub fn cle_connexion(identifiant: &str, adresse: &str) -> String {
    sha256(format!("connexion\n{identifiant}\n{adresse}").as_bytes())
}

/// The key of the second factor of an account, from wherever: who tries it already holds the password.
#[must_use]
pub fn cle_facteur(compte: crate::kernel::ids::CompteId) -> String {
    sha256(format!("facteur\n{compte}").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sec_a07_l_attente_double_jusqu_au_quart_d_heure() {
        let mut maintenant: Instant = "2026-03-02T09:00:00Z".parse().unwrap();
        let mut etat = None;
        let mut attentes = Vec::new();
        for _ in 0..20 {
            let suivant = Ralentissement::apres_un_echec(etat, maintenant);
            attentes.push(suivant.reste(maintenant).unwrap_or(0));
            maintenant = suivant.bloque_jusqu_a.unwrap_or(maintenant);
            etat = Some(suivant);
        }
        assert_eq!(attentes[..10], [0, 0, 0, 0, 60, 120, 240, 480, 900, 900]);
        assert!(attentes[10..].iter().all(|attente| *attente == 900));
        assert_eq!(etat.unwrap().reste(maintenant), None, "jamais un verrou");
    }

    #[test]
    fn les_echecs_s_oublient_en_une_heure() {
        let maintenant: Instant = "2026-03-02T09:00:00Z".parse().unwrap();
        let quatre = (0..4).fold(None, |avant, _| Some(Ralentissement::apres_un_echec(avant, maintenant)));
        assert_eq!(Ralentissement::apres_un_echec(quatre, maintenant + OUBLI).echecs, 1);
        assert_eq!(Ralentissement::apres_un_echec(quatre, maintenant + Duration::minutes(59)).echecs, 5);
    }
}
