//! Accounts and sessions.

pub mod delai;
pub mod facteur;
pub mod mot_de_passe;
pub mod preuve;

pub use preuve::{Moyen, Preuve, Support};

use crate::kernel::{
    ErreurMetier, Faute, Instant, Nature,
    acteur::{FRAICHEUR_AUTHENTIFICATION, Habilitation},
    ids::{CompteId, HabilitationId, PraticienId, SessionId},
};
use chrono::{Duration, NaiveDate};
use mot_de_passe::Faiblesse;
use serde::Serialize;

/// How long an access token lives.
pub const DUREE_ACCES: Duration = Duration::minutes(10);
/// An account.
#[derive(Debug, Clone)]
pub struct Compte {
    /// Identifier.
    pub id: CompteId,
    /// What the person types to sign in.
    pub identifiant: String,
    /// Argon2id hash of the password; absent for an account that only signs in by another way.
    pub empreinte_mot_de_passe: Option<String>,
    /// Name to show.
    pub nom: String,
    /// Directory entry, for a professional.
    pub praticien_id: Option<PraticienId>,
    /// False when closed.
    pub actif: bool,
    /// Last day of the account, compulsory for interim staff.
    pub fin_le: Option<NaiveDate>,
    /// Version.
    pub version: i64,
    /// Creation.
    pub cree_le: Instant,
    /// Last change.
    pub modifie_le: Instant,
    /// Last review of its rights.
    pub revu_le: Option<Instant>,
}

/// After how long the rights of an account must have been reviewed again: a year, and a month to do it.
pub const REVUE: Duration = Duration::days(400);

impl Compte {
    /// True when the account may act at that date.
    #[must_use]
    pub fn en_vigueur(&self, date: NaiveDate) -> bool {
        self.actif && self.fin_le.is_none_or(|fin| date <= fin)
    }
}

/// A right given to an account.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct HabilitationDonnee {
    /// Identifier.
    pub id: HabilitationId,
    /// Role and perimeter.
    #[serde(flatten)]
    pub habilitation: Habilitation,
    /// First day.
    pub debut: NaiveDate,
    /// Last day, if bounded.
    pub fin: Option<NaiveDate>,
}

/// A session.
#[derive(Debug, Clone)]
pub struct Session {
    /// Identifier.
    pub id: SessionId,
    /// Account.
    pub compte_id: CompteId,
    /// Opening.
    pub cree_le: Instant,
    /// Last refresh.
    pub rafraichie_le: Instant,
    /// Latest end.
    pub expire_le: Instant,
    /// Revocation, if any.
    pub revoquee_le: Option<Instant>,
    /// How the person came in.
    pub moyen: Moyen,
    /// What carries the session.
    pub support: Support,
    /// How long it lives without being used.
    pub inactivite: Duration,
    /// The moment of the last proof of identity.
    pub authentifiee_le: Instant,
    /// The moment of the last one in full: the password and a second factor, or the identity provider.
    pub entiere_le: Option<Instant>,
}

impl Session {
    /// True when the session still holds at that moment.
    #[must_use]
    pub fn en_vigueur(&self, maintenant: Instant) -> bool {
        self.revoquee_le.is_none() && maintenant < self.expire_le && maintenant < self.rafraichie_le + self.inactivite
    }

    /// True when the identity was proved in full five minutes ago at most.
    #[must_use]
    pub fn prouvee_en_entier(&self, maintenant: Instant) -> bool {
        self.entiere_le.is_some_and(|le| maintenant - le <= FRAICHEUR_AUTHENTIFICATION)
    }
}

/// The tokens of a session carried by its caller.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Jetons {
    /// Access token, for `Authorization: Bearer`.
    pub acces: String,
    /// Seconds until the access token ends.
    pub expire_dans: i64,
    /// Refresh token; it serves once.
    pub rafraichissement: String,
}

/// What a request presents to say whose session it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Justificatif {
    /// An access token, which names the session.
    Jeton(SessionId),
    /// The hash of the secret in the cookie of a browser.
    Cookie(String),
}

/// Why an account or a session is refused.
#[derive(Debug, thiserror::Error)]
pub enum CompteError {
    /// Unknown account, wrong password, closed account: never said which.
    #[error("Identifiant ou mot de passe incorrect.")]
    Identification,
    /// The session is closed or too old.
    #[error("La session est close : connectez-vous de nouveau.")]
    SessionClose,
    /// The access token is wrong or too old.
    #[error("Le jeton d'accès est invalide ou périmé.")]
    JetonInvalide,
    /// Too many failures: how many seconds to wait.
    #[error("Trop de tentatives : réessayez dans {0} s.")]
    Ralenti(i64),
    /// Too many sign-ins at this moment.
    #[error("Le service vérifie déjà beaucoup de mots de passe : réessayez dans un instant.")]
    Sature,
    /// The step of the sign-in is over, too old or was never begun.
    #[error("Cette étape de connexion est périmée : recommencez-la.")]
    DefiPerime,
    /// The code or the key does not hold.
    #[error("Le code, la clé ou le mot de passe présentés ne conviennent pas.")]
    FacteurRefuse,
    /// The act asks for both proofs: a stolen session must not be turned into a stolen account.
    #[error("Prouvez à nouveau votre identité par votre mot de passe et un second facteur avant cet acte.")]
    PreuveEntiereRequise,
    /// The password that the person says to have is not the one.
    #[error("Le mot de passe actuel n'est pas celui-là.")]
    MotDePasseActuel,
    /// The answer of the browser does not fit the ceremony.
    #[error("La réponse du navigateur ne correspond pas à ce qui lui a été demandé.")]
    CeremonieRefusee,
    /// The service has no name that a key could be bound to.
    #[error("Ce service n'a pas de nom de domaine : les clés WebAuthn n'y sont pas offertes.")]
    WebauthnIndisponible,
    /// The key is already enrolled.
    #[error("Cette clé est déjà enrôlée.")]
    FacteurConnu,
    /// No such factor on this account.
    #[error("Ce facteur n'existe pas.")]
    FacteurIntrouvable,
    /// Nobody is left with a password alone.
    #[error("C'est votre dernier second facteur : enrôlez-en un autre avant de le retirer.")]
    DernierFacteur,
    /// No such session.
    #[error("Cette session n'existe pas, ou est déjà close.")]
    SessionIntrouvable,
    /// The identifier is taken.
    #[error("Cet identifiant est déjà pris.")]
    IdentifiantPris,
    /// The password is too weak.
    #[error("{}", .0.message())]
    MotDePasse(Faiblesse),
    /// Nobody gives rights to oneself.
    #[error("Nul ne se donne de droits à soi-même.")]
    DroitPourSoi,
    /// The role bears on the whole region and nothing less.
    #[error("Ce rôle ne se donne que sur la région entière.")]
    RoleRegional,
    /// No such account.
    #[error("Ce compte n'existe pas.")]
    Introuvable,
}

impl ErreurMetier for CompteError {
    fn nature(&self) -> Nature {
        match self {
            Self::Identification
            | Self::SessionClose
            | Self::JetonInvalide
            | Self::DefiPerime
            | Self::FacteurRefuse
            | Self::PreuveEntiereRequise => Nature::NonAuthentifie,
            Self::Ralenti(_) | Self::Sature => Nature::TropDeRequetes,
            Self::IdentifiantPris | Self::WebauthnIndisponible | Self::FacteurConnu | Self::DernierFacteur => Nature::Conflit,
            Self::MotDePasse(_) | Self::MotDePasseActuel | Self::CeremonieRefusee | Self::RoleRegional => Nature::Invalide,
            Self::Introuvable | Self::FacteurIntrouvable | Self::SessionIntrouvable => Nature::Introuvable,
            Self::DroitPourSoi => Nature::Interdit,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Identification => "identification-refusee",
            Self::SessionClose => "session-close",
            Self::JetonInvalide => "jeton-invalide",
            Self::Ralenti(_) => "trop-de-tentatives",
            Self::Sature => "connexions-saturees",
            Self::DefiPerime => "defi-perime",
            Self::FacteurRefuse => "second-facteur-refuse",
            Self::PreuveEntiereRequise => "preuve-entiere-requise",
            Self::MotDePasseActuel => "mot-de-passe-actuel-refuse",
            Self::CeremonieRefusee => "reponse-webauthn-refusee",
            Self::WebauthnIndisponible => "webauthn-indisponible",
            Self::FacteurConnu => "facteur-deja-enrole",
            Self::FacteurIntrouvable => "facteur-introuvable",
            Self::DernierFacteur => "dernier-facteur",
            Self::SessionIntrouvable => "session-introuvable",
            Self::IdentifiantPris => "identifiant-pris",
            Self::MotDePasse(_) => "mot-de-passe-faible",
            Self::DroitPourSoi => "droit-pour-soi",
            Self::RoleRegional => "role-regional",
            Self::Introuvable => "compte-introuvable",
        }
    }

    fn fautes(&self) -> Vec<Faute> {
        match self {
            Self::MotDePasse(faiblesse) => vec![Faute::new("/mot_de_passe", faiblesse.code(), faiblesse.message())],
            Self::MotDePasseActuel => vec![Faute::new("/mot_de_passe_actuel", self.code(), self.to_string())],
            _ => Vec::new(),
        }
    }

    fn precisions(&self) -> serde_json::Map<String, serde_json::Value> {
        let mut precisions = serde_json::Map::new();
        if let Self::Ralenti(secondes) = self {
            precisions.insert("reessayer_dans".to_owned(), (*secondes).into());
        }
        precisions
    }
}
