//! Operations on the terms of use.

use super::{
    model::{Acceptation, AcceptationSaisie, Conditions, ConditionsEnVigueur, ConditionsResumees, ConditionsSaisies},
    service,
};
use crate::{
    http::{Corps, Ctx, Problemes, Reponse},
    kernel::Resultat,
};
use actix_web::{get, post, put};
use serde_json::Value;
use utoipa_actix_web::service_config::ServiceConfig;

/// Publie une version des conditions d'utilisation ; chacun doit accepter celle qui est en vigueur.
#[utoipa::path(tag = "comptes", request_body = ConditionsSaisies, responses((status = 201, body = Conditions), Problemes))]
#[post("/conditions")]
async fn publier(ctx: Ctx, corps: Corps<ConditionsSaisies>) -> Resultat<Reponse<Value>> {
    let saisies = corps.contenu;
    let publiees = ctx.poster(&corps.empreinte, move |op| Ok(Reponse::cree(service::publier(op, &saisies)?, "/api/v1/conditions"))).await?;
    ctx.etat.sessions.oublier();
    Ok(publiees)
}

/// Les versions des conditions d'utilisation, et combien de comptes ont accepté chacune.
#[utoipa::path(tag = "comptes", responses((status = 200, body = Vec<ConditionsResumees>), Problemes))]
#[get("/conditions")]
async fn lister(ctx: Ctx) -> Resultat<Reponse<Vec<ConditionsResumees>>> {
    Ok(Reponse::ok(ctx.lire(service::lister).await?))
}

/// Les conditions d'utilisation en vigueur, et si je les ai acceptées.
#[utoipa::path(tag = "comptes", responses((status = 200, body = ConditionsEnVigueur), Problemes))]
#[get("/conditions/en-vigueur")]
async fn lire(ctx: Ctx) -> Resultat<Reponse<ConditionsEnVigueur>> {
    Ok(Reponse::ok(ctx.lire(service::lire).await?))
}

/// Accepte les conditions d'utilisation en vigueur.
#[utoipa::path(tag = "comptes", request_body = AcceptationSaisie, responses((status = 200, body = Acceptation), Problemes))]
#[put("/conditions/acceptation")]
async fn accepter(ctx: Ctx, corps: Corps<AcceptationSaisie>) -> Resultat<Reponse<Acceptation>> {
    let saisie = corps.contenu;
    // In read-only mode too: who has not accepted could read nothing.
    let acceptation = ctx.ecrire_quand_meme(move |op| service::accepter(op, &saisie)).await?;
    ctx.etat.sessions.oublier();
    Ok(Reponse::ok(acceptation))
}

/// The operations of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(publier).service(lister).service(lire).service(accepter);
}
