//! Persons as identity providers name them, and why one is refused.

use crate::kernel::{
    ErreurMetier, Instant, Nature,
    identite::Rpps,
    ids::{CompteId, IdentiteFedereeId},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Duration, Utc};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::fmt;
use utoipa::ToSchema;

/// How long a person has to sign in at the provider.
pub const DUREE_DEPART: Duration = Duration::minutes(10);

/// The secret that the browser holds while its person is at the provider, and what is derived from it. None of the
/// values derived gives another.
#[derive(Debug, Clone)]
pub struct Secret(String);

impl Secret {
    /// A new secret.
    #[must_use]
    pub fn nouveau(hasard: [u8; 32]) -> Self {
        Self(URL_SAFE_NO_PAD.encode(hasard))
    }

    /// What a browser brings back.
    #[must_use]
    pub fn rapporte(texte: &str) -> Self {
        Self(texte.to_owned())
    }

    /// What the browser is given to hold.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The `state` of the request.
    #[must_use]
    pub fn etat(&self) -> String {
        self.deriver("etat")
    }

    /// The `nonce` of the ID token.
    #[must_use]
    pub fn nonce(&self) -> String {
        self.deriver("nonce")
    }

    /// The PKCE verifier.
    #[must_use]
    pub fn verificateur(&self) -> String {
        self.deriver("pkce")
    }

    fn deriver(&self, usage: &str) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(format!("{usage}\n{}", self.0)))
    }
}

/// The ID token that proved a person, which the provider asks for back to end its own session. It is not shown in logs.
#[derive(Clone, PartialEq, Eq)]
pub struct JetonIdentite(pub String);

impl fmt::Debug for JetonIdentite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JetonIdentite(…)")
    }
}

/// What a provider says when it ends a session first (OpenID Connect Back-Channel Logout 1.0).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FinDeSession {
    /// `iss`.
    pub emetteur: String,
    /// `sub`; one of the two is said at least.
    pub sujet: Option<String>,
    /// The session at the provider; all those of the person if it names none.
    pub sid: Option<String>,
}

/// What a provider proved of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profil {
    /// `iss`.
    pub emetteur: String,
    /// `sub`.
    pub sujet: String,
    /// National number, if the provider may say it and does.
    pub rpps: Option<Rpps>,
    /// Level of the authentication.
    pub acr: Option<String>,
    /// When the person authenticated.
    pub authentifiee_le: Option<Instant>,
    /// The token itself.
    pub jeton: JetonIdentite,
    /// The session at the provider, if it names it.
    pub sid: Option<String>,
}

/// A person tied to an account.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct IdentiteFederee {
    /// Identifier.
    pub id: IdentiteFedereeId,
    /// Issuer of the provider.
    pub emetteur: String,
    /// Name of the person at the provider.
    pub sujet: String,
    /// Account.
    pub compte_id: CompteId,
    /// National number by which the person was tied.
    pub rpps: Option<Rpps>,
    /// When the person was tied.
    pub cree_le: DateTime<Utc>,
    /// Last sign-in.
    pub utilisee_le: Option<DateTime<Utc>>,
}

/// The RPPS number in a claim: as it is, or behind the `8` that tells it in the national identifiers (`PS_IdNat`).
#[must_use]
pub fn rpps_de(revendication: &str) -> Option<Rpps> {
    let numero = if revendication.len() == 12 { revendication.strip_prefix('8')? } else { revendication };
    numero.parse().ok()
}

crate::enum_texte! {
    /// What is wrong with a person who comes back from a provider; the trace keeps it, the person is not told.
    pub enum Motif {
        /// No such beginning in this browser, or it has served, or it is too old.
        Etat => "etat",
        /// The answer names another provider than the one asked.
        Emetteur => "emetteur",
        /// The provider refused the code.
        Code => "code",
        /// The answer of the provider is not what the protocol says.
        Reponse => "reponse",
        /// Signature wrong, of an unknown key or of a refused algorithm.
        Signature => "signature",
        /// The token is for somebody else.
        Destinataire => "destinataire",
        /// The token belongs to another request.
        Nonce => "nonce",
        /// The token is past its end, or comes from the future.
        Peremption => "peremption",
        /// The level of authentication is not the one asked.
        Acr => "acr",
        /// The access token beside the ID token is not its own.
        EmpreinteJeton => "empreinte_jeton",
        /// The token and the user information name two persons.
        Sujet => "sujet",
        /// The person now has another RPPS number.
        Rpps => "rpps",
        /// The person or the provider gave up.
        Abandon => "abandon",
        /// No account, an account that is closed, or without rights.
        SansAcces => "sans_acces",
    }
}

/// Why nobody is signed in.
#[derive(Debug, thiserror::Error)]
pub enum FederationError {
    /// No such provider.
    #[error("Ce fournisseur d'identité n'est pas connu du service.")]
    Inconnu,
    /// The provider does not answer.
    #[error("Le fournisseur d'identité ne répond pas. Réessayez dans un instant.")]
    Indisponible,
    /// Not the browser that began, or too late.
    #[error("La connexion a expiré ou a commencé dans un autre navigateur : recommencez.")]
    Depart,
    /// Given up at the provider.
    #[error("La connexion a été abandonnée chez le fournisseur d'identité.")]
    Abandon,
    /// What the provider gave does not hold.
    #[error("L'identité présentée n'a pas pu être vérifiée. Recommencez ; si le refus persiste, prévenez votre administrateur.")]
    Refusee,
    /// Known there, without access here.
    #[error(
        "{fournisseur} vous a reconnu, mais aucun accès ne vous est ouvert ici. Demandez-le à l'administrateur de votre \
         établissement ou du réseau régional, en indiquant votre numéro RPPS."
    )]
    SansAcces {
        /// Name of the provider.
        fournisseur: String,
        /// National number that the provider said.
        rpps: Option<Rpps>,
        /// What the region tells such a person to do.
        demarche: Option<String>,
    },
    /// The person is tied already, or the account to somebody else of that provider.
    #[error("Cette personne, ou ce compte, est déjà rattaché chez ce fournisseur d'identité.")]
    DejaRattachee,
    /// No such person tied to that account.
    #[error("Cette identité n'est pas rattachée à ce compte.")]
    NonRattachee,
    /// A provider ends a session by a token that does not hold.
    #[error("Ce jeton de fin de session n'a pas pu être vérifié.")]
    FinRefusee,
    /// Too many attempts.
    #[error("Trop de tentatives de connexion : patientez une minute.")]
    TropDeTentatives,
}

impl ErreurMetier for FederationError {
    fn nature(&self) -> Nature {
        match self {
            Self::Inconnu | Self::NonRattachee => Nature::Introuvable,
            Self::Indisponible => Nature::Indisponible,
            Self::Depart | Self::Abandon | Self::Refusee => Nature::NonAuthentifie,
            Self::SansAcces { .. } => Nature::Interdit,
            Self::DejaRattachee => Nature::Conflit,
            Self::FinRefusee => Nature::Illisible,
            Self::TropDeTentatives => Nature::TropDeRequetes,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Inconnu => "fournisseur-inconnu",
            Self::Indisponible => "fournisseur-indisponible",
            Self::Depart => "connexion-a-recommencer",
            Self::Abandon => "connexion-abandonnee",
            Self::Refusee => "identite-refusee",
            Self::SansAcces { .. } => "acces-a-demander",
            Self::DejaRattachee => "identite-deja-rattachee",
            Self::NonRattachee => "identite-introuvable",
            Self::FinRefusee => "fin-de-session-refusee",
            Self::TropDeTentatives => "trop-de-tentatives",
        }
    }

    fn precisions(&self) -> serde_json::Map<String, serde_json::Value> {
        let Self::SansAcces { rpps, demarche, .. } = self else { return serde_json::Map::new() };
        let rpps = rpps.as_ref().map(|rpps| ("rpps".to_owned(), rpps.as_str().into()));
        let demarche = demarche.as_deref().map(|texte| ("demarche".to_owned(), texte.into()));
        rpps.into_iter().chain(demarche).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn le_rpps_se_lit_nu_ou_dans_l_identifiant_national() {
        let rpps: Rpps = "10001045367".parse().unwrap();
        assert_eq!(rpps_de("810001045367"), Some(rpps.clone()));
        assert_eq!(rpps_de("10001045367"), Some(rpps));
        for faux in ["", "8", "910001045367", "810001045368", "0750712184", "8100010453671", "é10001045367"] {
            assert_eq!(rpps_de(faux), None, "{faux}");
        }
    }

    #[test]
    fn ce_qui_vient_du_secret_ne_se_ressemble_pas() {
        let secret = Secret::nouveau([7; 32]);
        let derives = [secret.etat(), secret.nonce(), secret.verificateur(), secret.as_str().to_owned()];
        let distincts: std::collections::BTreeSet<_> = derives.iter().collect();
        assert_eq!(distincts.len(), 4);
        assert_eq!(Secret::rapporte(secret.as_str()).etat(), secret.etat());
        assert_ne!(Secret::nouveau([8; 32]).etat(), secret.etat());
        // RFC 7636, section 4.1.
        assert!((43..=128).contains(&secret.verificateur().len()));
    }
}
