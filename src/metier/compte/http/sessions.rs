//! Operations on open sessions.

use crate::{
    http::{Ctx, Problemes, Reponse, navigateur},
    kernel::{
        Resultat,
        ids::{CompteId, SessionId},
    },
    metier::compte::{
        model::{Moyen, Session, Support},
        service::sessions,
    },
};
use actix_web::{HttpResponse, delete, get, http::header::CACHE_CONTROL, web};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

/// A session.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SessionVue {
    id: SessionId,
    /// How the person came in.
    moyen: Moyen,
    /// What carries it.
    support: Support,
    cree_le: DateTime<Utc>,
    /// Last use of a browser session, last refresh of tokens.
    activite_le: DateTime<Utc>,
    /// Last proof of identity.
    authentifiee_le: DateTime<Utc>,
    /// Latest end.
    expire_le: DateTime<Utc>,
    /// Seconds without use after which it ends.
    inactivite_secondes: i64,
    /// True for the session of this request.
    courante: bool,
}

impl SessionVue {
    pub(super) fn nouvelle(session: &Session, courante: Option<SessionId>) -> Self {
        Self {
            id: session.id,
            moyen: session.moyen,
            support: session.support,
            cree_le: session.cree_le,
            activite_le: session.rafraichie_le,
            authentifiee_le: session.authentifiee_le,
            expire_le: session.expire_le,
            inactivite_secondes: session.inactivite.num_seconds(),
            courante: courante == Some(session.id),
        }
    }
}

/// Mes sessions ouvertes.
#[utoipa::path(tag = "connexion", responses((status = 200, body = Vec<SessionVue>), Problemes))]
#[get("/sessions")]
async fn lister(ctx: Ctx) -> Resultat<Reponse<Vec<SessionVue>>> {
    let courante = ctx.acteur().session;
    let sessions = ctx.lire(sessions::miennes).await?;
    Ok(Reponse::ok(sessions.iter().map(|session| SessionVue::nouvelle(session, courante)).collect()))
}

/// What is left to do once a session is closed here.
#[derive(Debug, Serialize, ToSchema)]
struct FinChezLeFournisseur {
    /// Where the browser goes, to end the session at the identity provider too; it comes back to the service.
    #[schema(example = "https://auth.fournisseur.example/logout?id_token_hint=…&state=…")]
    adresse: String,
}

/// Takes the cookie away and asks the browser to forget what it kept. Tells where a federated session is still to be ended.
async fn au_revoir(ctx: &Ctx) -> HttpResponse {
    let suite = sessions::suite_chez_le_fournisseur(&ctx.etat.db, &ctx.etat.federation, ctx.acteur().session).await;
    let mut reponse = if suite.is_some() { HttpResponse::Ok() } else { HttpResponse::NoContent() };
    reponse.insert_header(("Clear-Site-Data", "\"cache\", \"cookies\", \"storage\"")).cookie(navigateur::sans_cookie());
    match suite {
        Some(adresse) => reponse.insert_header((CACHE_CONTROL, "no-store")).json(FinChezLeFournisseur { adresse }),
        None => reponse.finish(),
    }
}

/// Ferme la session en cours, et dit où la fermer aussi chez le fournisseur d'identité.
#[utoipa::path(tag = "connexion", responses((status = 200, description = "Session close ici, à fermer chez le fournisseur d'identité",
    body = FinChezLeFournisseur), (status = 204, description = "Session close"), Problemes))]
#[delete("/sessions/courante")]
async fn deconnecter(ctx: Ctx) -> Resultat<HttpResponse> {
    ctx.ecrire_quand_meme(sessions::deconnecter).await?;
    ctx.etat.sessions.oublier();
    Ok(au_revoir(&ctx).await)
}

/// Ferme toutes mes sessions, celle-ci comprise (authentification récente exigée).
#[utoipa::path(tag = "connexion", responses((status = 200, description = "Sessions closes ici, à fermer chez le fournisseur d'identité",
    body = FinChezLeFournisseur), (status = 204, description = "Sessions closes"), Problemes))]
#[delete("/sessions")]
async fn fermer_toutes(ctx: Ctx) -> Resultat<HttpResponse> {
    ctx.ecrire_quand_meme(sessions::fermer_toutes_les_miennes).await?;
    ctx.etat.sessions.oublier();
    Ok(au_revoir(&ctx).await)
}

/// Ferme une de mes sessions (authentification récente exigée).
#[utoipa::path(tag = "connexion", params(("id" = SessionId, Path)), responses((status = 204, description = "Session close"), Problemes))]
#[delete("/sessions/{id}")]
async fn fermer(ctx: Ctx, id: web::Path<SessionId>) -> Resultat<HttpResponse> {
    ctx.ecrire_quand_meme(move |op| sessions::fermer(op, *id)).await?;
    ctx.etat.sessions.oublier();
    Ok(HttpResponse::NoContent().finish())
}

/// Ferme les sessions d'un compte que je gère.
#[utoipa::path(tag = "comptes", params(("id" = CompteId, Path)), responses((status = 204, description = "Sessions closes"), Problemes))]
#[delete("/comptes/{id}/sessions")]
async fn fermer_celles_de(ctx: Ctx, id: web::Path<CompteId>) -> Resultat<HttpResponse> {
    ctx.ecrire_quand_meme(move |op| sessions::fermer_celles_de(op, *id)).await?;
    ctx.etat.sessions.oublier();
    Ok(HttpResponse::NoContent().finish())
}

/// The operations on sessions. The current one comes before those that are named.
pub(super) fn routes(config: &mut ServiceConfig) {
    config.service(lister).service(deconnecter).service(fermer_toutes).service(fermer).service(fermer_celles_de);
}
