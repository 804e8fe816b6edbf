//! Operations of a person on their own second factors and password.

use super::connexion::{Defi, EtapeVue, FacteurSaisi, InvitationTotp};
use crate::{
    http::{Corps, Ctx, Problemes, Reponse},
    kernel::{Resultat, ids::FacteurId},
    metier::compte::{
        model::facteur::{Facteur, GenreFacteur},
        service::facteurs::{self, ChangementMotDePasse},
    },
};
use actix_web::{HttpResponse, delete, get, post, put, web};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

/// A second factor.
#[derive(Debug, Serialize, ToSchema)]
struct FacteurVue {
    id: FacteurId,
    genre: GenreFacteur,
    libelle: String,
    cree_le: DateTime<Utc>,
    utilise_le: Option<DateTime<Utc>>,
}

impl From<Facteur> for FacteurVue {
    fn from(f: Facteur) -> Self {
        Self { id: f.id, genre: f.cle.genre(), libelle: f.libelle, cree_le: f.cree_le, utilise_le: f.utilise_le }
    }
}

/// The second factors of a person.
#[derive(Debug, Serialize, ToSchema)]
struct MesFacteurs {
    facteurs: Vec<FacteurVue>,
    /// Recovery codes that have not served.
    codes_secours_restants: i64,
}

/// Mes seconds facteurs.
#[utoipa::path(tag = "connexion", responses((status = 200, body = MesFacteurs), Problemes))]
#[get("/moi/facteurs")]
async fn lister(ctx: Ctx) -> Resultat<Reponse<MesFacteurs>> {
    let (facteurs, codes_secours_restants) = ctx.lire(facteurs::lister).await?;
    Ok(Reponse::ok(MesFacteurs { facteurs: facteurs.into_iter().map(FacteurVue::from).collect(), codes_secours_restants }))
}

/// Demande à enrôler un facteur de plus (mot de passe et second facteur récents exigés).
#[utoipa::path(tag = "connexion", responses((status = 200, body = EtapeVue), Problemes))]
#[post("/moi/facteurs/defi")]
async fn demander(ctx: Ctx) -> Resultat<Reponse<EtapeVue>> {
    Ok(Reponse::ok(ctx.ecrire(facteurs::demander_ajout).await?.into()))
}

/// Prépare un facteur de plus : une application de codes (TOTP).
#[utoipa::path(tag = "connexion", request_body = Defi, responses((status = 200, body = InvitationTotp), Problemes))]
#[post("/moi/facteurs/totp")]
async fn proposer_totp(ctx: Ctx, corps: Corps<Defi>) -> Resultat<Reponse<InvitationTotp>> {
    let portier = Arc::clone(&ctx.etat.portier);
    Ok(Reponse::ok(ctx.ecrire(move |op| facteurs::proposer_totp(op, &portier, &corps.contenu.defi)).await?.into()))
}

/// Prépare un facteur de plus : une clé (WebAuthn).
#[utoipa::path(tag = "connexion", request_body = Defi,
    responses((status = 200, description = "Argument de navigator.credentials.create", body = Object), Problemes))]
#[post("/moi/facteurs/webauthn")]
async fn proposer_webauthn(ctx: Ctx, corps: Corps<Defi>) -> Resultat<Reponse<Value>> {
    let portier = Arc::clone(&ctx.etat.portier);
    Ok(Reponse::ok(ctx.ecrire(move |op| facteurs::proposer_webauthn(op, &portier, &corps.contenu.defi)).await?))
}

/// Enrôle un facteur de plus.
#[utoipa::path(tag = "connexion", request_body = FacteurSaisi, responses((status = 201, body = FacteurVue), Problemes))]
#[post("/moi/facteurs")]
async fn ajouter(ctx: Ctx, corps: Corps<FacteurSaisi>) -> Resultat<Reponse<FacteurVue>> {
    let enrole = facteurs::ajouter(&ctx.etat.db, &ctx.etat.portier, ctx.demande(), corps.contenu.lire()?).await?;
    let chemin = format!("/api/v1/moi/facteurs/{}", enrole.facteur.id);
    Ok(Reponse::cree(enrole.facteur.into(), chemin))
}

/// Retire un de mes facteurs, sauf le dernier (mot de passe et second facteur récents exigés).
#[utoipa::path(tag = "connexion", params(("id" = FacteurId, Path)), responses((status = 204, description = "Facteur retiré"), Problemes))]
#[delete("/moi/facteurs/{id}")]
async fn retirer(ctx: Ctx, id: web::Path<FacteurId>) -> Resultat<HttpResponse> {
    ctx.ecrire(move |op| facteurs::retirer(op, *id)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// New recovery codes.
#[derive(Debug, Serialize, ToSchema)]
struct CodesSecours {
    /// Shown this once.
    codes_secours: Vec<String>,
}

/// Édite de nouveaux codes de secours ; les anciens ne servent plus (mot de passe et second facteur récents exigés).
#[utoipa::path(tag = "connexion", responses((status = 200, body = CodesSecours), Problemes))]
#[post("/moi/codes-secours")]
async fn renouveler_codes(ctx: Ctx) -> Resultat<Reponse<CodesSecours>> {
    Ok(Reponse::ok(CodesSecours { codes_secours: ctx.ecrire(facteurs::renouveler_codes).await? }))
}

/// A new password.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct MotDePasse {
    /// The present one.
    #[validate(length(min = 1, max = 512, message = "De 1 à 512 caractères."))]
    mot_de_passe_actuel: String,
    /// 12 to 128 characters, any of them, hard to guess.
    #[validate(length(min = 1, max = 512, message = "De 1 à 512 caractères."))]
    mot_de_passe: String,
}

/// Change mon mot de passe et ferme mes autres sessions (mot de passe actuel et authentification récente exigés).
#[utoipa::path(tag = "connexion", request_body = MotDePasse, responses((status = 204, description = "Mot de passe changé"), Problemes))]
#[put("/moi/mot-de-passe")]
async fn changer_mot_de_passe(ctx: Ctx, corps: Corps<MotDePasse>) -> Resultat<HttpResponse> {
    let etat = &ctx.etat;
    let MotDePasse { mot_de_passe_actuel: actuel, mot_de_passe: nouveau } = corps.contenu;
    facteurs::changer_mot_de_passe(&etat.db, &etat.portier, ctx.demande(), ChangementMotDePasse { actuel, nouveau }).await?;
    etat.sessions.oublier();
    Ok(HttpResponse::NoContent().finish())
}

/// The operations of a person on their own factors.
pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .service(lister)
        .service(demander)
        .service(proposer_totp)
        .service(proposer_webauthn)
        .service(ajouter)
        .service(retirer)
        .service(renouveler_codes)
        .service(changer_mot_de_passe);
}
