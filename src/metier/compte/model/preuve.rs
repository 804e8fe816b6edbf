//! How the identity of a person was proved, and what the session owes to it.

use crate::kernel::{Instant, Role};
use chrono::Duration;

crate::enum_texte! {
    /// The ways in. There is none by password alone.
    pub enum Moyen {
        /// Local account: a password, then a second factor.
        MotDePasseEtFacteur => "mot_de_passe_et_facteur",
        /// Pro Santé Connect or another identity provider.
        Federation => "federation",
    }
}

crate::enum_texte! {
    /// What carries the session from one request to the next.
    pub enum Support {
        /// Tokens that the caller keeps (`Authorization: Bearer`).
        Porteur => "porteur",
        /// The cookie of a browser.
        Navigateur => "navigateur",
    }
}

/// A proof of identity, from whichever way in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preuve {
    /// The way in.
    pub moyen: Moyen,
    /// The moment at which the person proved their identity: `auth_time` of an identity provider.
    pub instant: Instant,
    /// What is to carry the session.
    pub support: Support,
}

impl Moyen {
    /// How long a session lives at most: a working day for a local account, 4 hours for Pro Santé Connect.
    #[must_use]
    pub const fn duree_absolue(self) -> Duration {
        match self {
            Self::MotDePasseEtFacteur => Duration::hours(10),
            Self::Federation => Duration::hours(4),
        }
    }
}

/// How long the session of a person with those roles lives without being used.
#[must_use]
pub fn duree_inactivite(mut roles: impl Iterator<Item = Role>) -> Duration {
    let administrateur = roles.any(|role| matches!(role, Role::AdministrateurRegional | Role::AdministrateurLocal));
    Duration::minutes(if administrateur { 15 } else { 30 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn la_session_d_un_administrateur_dort_moins_longtemps() {
        assert_eq!(duree_inactivite([Role::Secretaire].into_iter()), Duration::minutes(30));
        assert_eq!(duree_inactivite([Role::Secretaire, Role::AdministrateurLocal].into_iter()), Duration::minutes(15));
        assert_eq!(duree_inactivite(std::iter::empty()), Duration::minutes(30));
    }
}
