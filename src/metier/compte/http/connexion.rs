//! Operations of a sign-in: password, second factor, first enrolment, new proof of identity.

use super::sessions::SessionVue;
use crate::{
    app::Etat,
    http::{Corps, Ctx, Problemes, Reponse, navigateur},
    kernel::{Erreur, Faute, Refus, Resultat},
    metier::compte::{
        model::{
            Jetons, Support,
            facteur::{Etape, GenreFacteur, ReponseFacteur},
        },
        service::{
            self,
            connexion::{self, Ouverte, Saisie, Suite},
            facteurs::{self, Enrolement},
            sessions::{self, NouvellePreuve},
        },
    },
};
use actix_web::{HttpRequest, HttpResponse, Responder, body::BoxBody, http::header::LOCATION, post, web};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

/// What a person types to sign in.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct Connexion {
    /// Identifier of the account.
    #[validate(length(min = 1, max = 200, message = "De 1 à 200 caractères."))]
    #[schema(example = "secretaire")]
    identifiant: String,
    /// Password.
    #[validate(length(min = 1, max = 512, message = "De 1 à 512 caractères."))]
    mot_de_passe: String,
    /// What is to carry the session: tokens (by default) or the cookie of a browser.
    #[serde(default = "porteur")]
    support: Support,
}

const fn porteur() -> Support {
    Support::Porteur
}

/// The next step: never a session.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EtapeVue {
    /// `second_facteur`: prove a factor; `enrolement`: the account has none yet, enrol one.
    etape: Etape,
    /// Secret of the step; it serves once.
    defi: String,
    /// Seconds until it ends.
    expire_dans: i64,
    /// Factors that answer it, besides a recovery code.
    facteurs: Vec<GenreFacteur>,
    /// Argument of `navigator.credentials.get`, where a key is enrolled.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    webauthn: Option<Value>,
}

impl From<Suite> for EtapeVue {
    fn from(suite: Suite) -> Self {
        Self {
            etape: suite.etape,
            defi: suite.jeton,
            expire_dans: suite.etape.duree().num_seconds(),
            facteurs: suite.facteurs,
            webauthn: suite.webauthn,
        }
    }
}

/// An open session.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SessionOuverte {
    session: SessionVue,
    /// The tokens, unless a cookie carries the session.
    #[serde(flatten)]
    jetons: Option<Jetons>,
    /// Recovery codes, with the first factor: shown this once.
    #[serde(skip_serializing_if = "Option::is_none")]
    codes_secours: Option<Vec<String>>,
}

/// The answer that opens a session, with its cookie for a browser.
pub(super) struct Ouverture {
    corps: SessionOuverte,
    cookie: Option<String>,
}

impl Ouverture {
    fn nouvelle(etat: &Etat, (session, secret): Ouverte, codes_secours: Option<Vec<String>>) -> Resultat<Self> {
        let vue = SessionVue::nouvelle(&session, Some(session.id));
        let (jetons, cookie) = match session.support {
            Support::Porteur => (Some(service::jetons(&etat.jetons, &session, secret, etat.db.horloge().maintenant())?), None),
            Support::Navigateur => (None, Some(secret)),
        };
        Ok(Self { corps: SessionOuverte { session: vue, jetons, codes_secours }, cookie })
    }
}

impl Responder for Ouverture {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse<BoxBody> {
        let mut reponse = HttpResponse::Created();
        reponse.insert_header((LOCATION, "/api/v1/sessions/courante"));
        if let Some(secret) = self.cookie {
            reponse.cookie(navigateur::cookie(&secret));
        }
        reponse.json(self.corps)
    }
}

/// Première étape d'une connexion : identifiant et mot de passe. Ne donne jamais de session.
#[utoipa::path(tag = "connexion", request_body = Connexion, security(()),
    responses((status = 200, description = "Étape suivante", body = EtapeVue), Problemes))]
#[post("/sessions")]
async fn connecter(requete: HttpRequest, etat: web::Data<Etat>, corps: Corps<Connexion>) -> Resultat<Reponse<EtapeVue>> {
    navigateur::refuser_une_autre_origine(&requete, &etat)?;
    let Connexion { identifiant, mot_de_passe, support } = corps.contenu;
    let adresse = navigateur::adresse(&requete, &etat);
    let saisie = Saisie { identifiant: identifiant.trim().to_lowercase(), mot_de_passe, support, adresse };
    Ok(Reponse::ok(connexion::presenter_mot_de_passe(&etat.db, &etat.portier, saisie).await?.into()))
}

/// The answer to a challenge: one of the three.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct Preuve {
    /// Secret of the step.
    #[validate(length(min = 1, max = 200, message = "De 1 à 200 caractères."))]
    defi: String,
    /// Six digits of the application.
    #[validate(length(min = 1, max = 20, message = "De 1 à 20 caractères."))]
    code: Option<String>,
    /// A recovery code.
    #[validate(length(min = 1, max = 60, message = "De 1 à 60 caractères."))]
    code_secours: Option<String>,
    /// The answer of `navigator.credentials.get`, with its binary fields in base64url.
    #[schema(value_type = Option<Object>)]
    webauthn: Option<Value>,
}

fn une_seule(code: Option<String>, code_secours: Option<String>, webauthn: Option<Value>) -> Resultat<ReponseFacteur> {
    match (code, code_secours, webauthn) {
        (Some(code), None, None) => Ok(ReponseFacteur::Code(code)),
        (None, Some(code), None) => Ok(ReponseFacteur::CodeSecours(code)),
        (None, None, Some(reponse)) => Ok(ReponseFacteur::Webauthn(reponse)),
        _ => {
            let faute = Faute::new("/code", "une-seule-preuve", "Donnez une preuve et une seule : code, code_secours ou webauthn.");
            Err(Erreur::from(Refus::invalide(vec![faute])))
        }
    }
}

/// Seconde étape d'une connexion : un second facteur. Ouvre la session.
#[utoipa::path(tag = "connexion", request_body = Preuve, security(()),
    responses((status = 201, description = "Session ouverte", body = SessionOuverte), Problemes))]
#[post("/sessions/second-facteur")]
async fn prouver(requete: HttpRequest, etat: web::Data<Etat>, corps: Corps<Preuve>) -> Resultat<Ouverture> {
    navigateur::refuser_une_autre_origine(&requete, &etat)?;
    let Preuve { defi, code, code_secours, webauthn } = corps.contenu;
    let reponse = une_seule(code, code_secours, webauthn)?;
    let adresse = navigateur::adresse(&requete, &etat);
    let ouverte = connexion::presenter_second_facteur(&etat.db, &etat.portier, defi, reponse, adresse).await?;
    Ouverture::nouvelle(&etat, ouverte, None)
}

/// A link handed by an administrator, and the password that the person chooses.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct Activation {
    /// Secret of the link.
    #[validate(length(min = 1, max = 200, message = "De 1 à 200 caractères."))]
    jeton: String,
    /// The new password: 12 to 128 characters, any of them, hard to guess.
    #[validate(length(min = 1, max = 512, message = "De 1 à 512 caractères."))]
    mot_de_passe: String,
    /// What is to carry the session.
    #[serde(default = "porteur")]
    support: Support,
}

/// Choisit le mot de passe d'un compte neuf ou réinitialisé, par le lien remis par un administrateur.
#[utoipa::path(tag = "connexion", request_body = Activation, security(()),
    responses((status = 200, description = "Enrôlement du premier facteur", body = EtapeVue), Problemes))]
#[post("/sessions/activation")]
async fn activer(requete: HttpRequest, etat: web::Data<Etat>, corps: Corps<Activation>) -> Resultat<Reponse<EtapeVue>> {
    navigateur::refuser_une_autre_origine(&requete, &etat)?;
    let Activation { jeton, mot_de_passe, support } = corps.contenu;
    Ok(Reponse::ok(connexion::activer(&etat.db, &etat.portier, jeton, mot_de_passe, support).await?.into()))
}

/// The secret of a step.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Defi {
    /// Secret of the step.
    #[validate(length(min = 1, max = 200, message = "De 1 à 200 caractères."))]
    pub(super) defi: String,
}

/// What an application needs.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct InvitationTotp {
    /// Secret in base32, to type.
    secret: String,
    /// URI of the QR code.
    #[schema(example = "otpauth://totp/DCC:secretaire?secret=…&issuer=DCC")]
    uri: String,
}

impl From<(String, String)> for InvitationTotp {
    fn from((secret, uri): (String, String)) -> Self {
        Self { secret, uri }
    }
}

/// Prépare le premier facteur : une application de codes (TOTP).
#[utoipa::path(tag = "connexion", request_body = Defi, security(()),
    responses((status = 200, description = "À saisir dans l'application", body = InvitationTotp), Problemes))]
#[post("/sessions/enrolement/totp")]
async fn proposer_totp(etat: web::Data<Etat>, corps: Corps<Defi>) -> Resultat<Reponse<InvitationTotp>> {
    let portier = std::sync::Arc::clone(&etat.portier);
    let demande = crate::db::Demande::systeme("connexion");
    Ok(Reponse::ok(etat.db.ecrire(&demande, move |op| facteurs::proposer_totp(op, &portier, &corps.contenu.defi)).await?.into()))
}

/// Prépare le premier facteur : une clé (WebAuthn). La réponse est l'argument de `navigator.credentials.create`.
#[utoipa::path(tag = "connexion", request_body = Defi, security(()),
    responses((status = 200, description = "Argument de navigator.credentials.create", body = Object), Problemes))]
#[post("/sessions/enrolement/webauthn")]
async fn proposer_webauthn(etat: web::Data<Etat>, corps: Corps<Defi>) -> Resultat<Reponse<Value>> {
    let portier = std::sync::Arc::clone(&etat.portier);
    let demande = crate::db::Demande::systeme("connexion");
    Ok(Reponse::ok(etat.db.ecrire(&demande, move |op| facteurs::proposer_webauthn(op, &portier, &corps.contenu.defi)).await?))
}

/// The proof that a factor works.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FacteurSaisi {
    /// Secret of the step.
    #[validate(length(min = 1, max = 200, message = "De 1 à 200 caractères."))]
    defi: String,
    /// Name to give to the factor.
    #[validate(length(min = 1, max = 100, message = "De 1 à 100 caractères."))]
    #[schema(example = "Téléphone du service")]
    libelle: String,
    /// Six digits of the application.
    #[validate(length(min = 1, max = 20, message = "De 1 à 20 caractères."))]
    code: Option<String>,
    /// The answer of `navigator.credentials.create`, with its binary fields in base64url.
    #[schema(value_type = Option<Object>)]
    webauthn: Option<Value>,
}

impl FacteurSaisi {
    pub(super) fn lire(self) -> Resultat<Enrolement> {
        Ok(Enrolement { jeton: self.defi, libelle: self.libelle, reponse: une_seule(self.code, None, self.webauthn)? })
    }
}

/// Enrôle le premier facteur : ouvre la session et donne les codes de secours, une seule fois.
#[utoipa::path(tag = "connexion", request_body = FacteurSaisi, security(()),
    responses((status = 201, description = "Session ouverte", body = SessionOuverte), Problemes))]
#[post("/sessions/enrolement")]
async fn enroler(requete: HttpRequest, etat: web::Data<Etat>, corps: Corps<FacteurSaisi>) -> Resultat<Ouverture> {
    navigateur::refuser_une_autre_origine(&requete, &etat)?;
    let (ouverte, enrole) = facteurs::premier_enrolement(&etat.db, &etat.portier, corps.contenu.lire()?).await?;
    Ouverture::nouvelle(&etat, ouverte, enrole.codes)
}

/// Demande à prouver à nouveau son identité.
#[utoipa::path(tag = "connexion", responses((status = 200, description = "Facteurs attendus", body = EtapeVue), Problemes))]
#[post("/sessions/reauthentification/defi")]
async fn demander_reauthentification(ctx: Ctx) -> Resultat<Reponse<EtapeVue>> {
    let portier = std::sync::Arc::clone(&ctx.etat.portier);
    Ok(Reponse::ok(ctx.ecrire_quand_meme(move |op| sessions::demander_reauthentification(op, &portier)).await?.into()))
}

/// A new proof of identity: a factor and, for the acts that ask for both, the password.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct PreuveRenouvelee {
    /// Secret of the step.
    #[validate(length(min = 1, max = 200, message = "De 1 à 200 caractères."))]
    defi: String,
    /// Six digits of the application.
    #[validate(length(min = 1, max = 20, message = "De 1 à 20 caractères."))]
    code: Option<String>,
    /// A recovery code.
    #[validate(length(min = 1, max = 60, message = "De 1 à 60 caractères."))]
    code_secours: Option<String>,
    /// The answer of `navigator.credentials.get`, with its binary fields in base64url.
    #[schema(value_type = Option<Object>)]
    webauthn: Option<Value>,
    /// The password, before touching factors.
    #[validate(length(min = 1, max = 512, message = "De 1 à 512 caractères."))]
    mot_de_passe: Option<String>,
}

/// Prouve à nouveau son identité par un second facteur, et par le mot de passe pour toucher aux facteurs ; la session change de secret.
#[utoipa::path(tag = "connexion", request_body = PreuveRenouvelee,
    responses((status = 201, description = "Identité prouvée", body = SessionOuverte), Problemes))]
#[post("/sessions/reauthentification")]
async fn reauthentifier(ctx: Ctx, corps: Corps<PreuveRenouvelee>) -> Resultat<Ouverture> {
    let PreuveRenouvelee { defi, code, code_secours, webauthn, mot_de_passe } = corps.contenu;
    let preuve = NouvellePreuve { jeton: defi, reponse: une_seule(code, code_secours, webauthn)?, mot_de_passe };
    let etat = &ctx.etat;
    let ouverte = sessions::reauthentifier(&etat.db, &etat.portier, ctx.demande(), preuve).await?;
    etat.sessions.oublier();
    Ouverture::nouvelle(etat, ouverte, None)
}

/// A refresh token.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct Rafraichissement {
    /// The refresh token of the last answer.
    #[validate(length(min = 1, max = 200, message = "De 1 à 200 caractères."))]
    rafraichissement: String,
}

/// Renouvelle les jetons ; l'ancien jeton de rafraîchissement ne sert plus.
#[utoipa::path(tag = "connexion", request_body = Rafraichissement, security(()),
    responses((status = 200, description = "Nouveaux jetons", body = Jetons), Problemes))]
#[post("/sessions/rafraichissement")]
async fn rafraichir(etat: web::Data<Etat>, corps: Corps<Rafraichissement>) -> Resultat<Reponse<Jetons>> {
    let jetons = service::rafraichir(&etat.db, &etat.jetons, corps.contenu.rafraichissement).await?;
    Ok(Reponse::ok(jetons))
}

/// The operations of a sign-in.
pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .service(connecter)
        .service(prouver)
        .service(activer)
        .service(proposer_totp)
        .service(proposer_webauthn)
        .service(enroler)
        .service(demander_reauthentification)
        .service(reauthentifier)
        .service(rafraichir);
}
