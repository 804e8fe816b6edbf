//! Operations on the quorum.

use super::{
    model::{ResultatQuorum, ResultatRegle},
    prevision::{Prevision, ReunionARisque},
    regle::RegleQuorum,
    service,
};
use crate::{
    http::{Ctx, Problemes, Reponse},
    kernel::{Resultat, ids::ReunionId},
};
use actix_web::{get, web::Path};
use utoipa_actix_web::service_config::ServiceConfig;

/// Les règles de quorum en vigueur, compléments compris.
#[utoipa::path(tag = "quorum", responses((status = 200, body = Vec<RegleQuorum>), Problemes))]
#[get("/regles-quorum")]
async fn regles(ctx: Ctx) -> Resultat<Reponse<Vec<RegleQuorum>>> {
    Ok(Reponse::ok(ctx.lire(service::regles).await?))
}

/// Lit une règle de quorum dans sa version en vigueur.
#[utoipa::path(tag = "quorum", params(("code" = String, Path)), responses((status = 200, body = RegleQuorum), Problemes))]
#[get("/regles-quorum/{code}")]
async fn regle(ctx: Ctx, code: Path<String>) -> Resultat<Reponse<RegleQuorum>> {
    Ok(Reponse::ok(ctx.lire(move |op| service::regle(op, &code)).await?))
}

/// Évalue le quorum d'une réunion sur les personnes présentes à cet instant.
#[utoipa::path(tag = "quorum", params(("id" = ReunionId, Path)), responses((status = 200, body = ResultatQuorum), Problemes))]
#[get("/reunions/{id}/quorum")]
async fn de_la_reunion(ctx: Ctx, id: Path<ReunionId>) -> Resultat<Reponse<ResultatQuorum>> {
    Ok(Reponse::ok(ctx.lire(move |op| service::de_la_reunion(op, *id)).await?))
}

/// Évalue le quorum d'une réunion selon plusieurs règles, avec qui pourrait combler ce qui manque à chacune.
///
/// La première est celle de la RCP, la seule qui qualifie le compte-rendu ; les autres sont celles que la région compare.
#[utoipa::path(tag = "quorum", params(("id" = ReunionId, Path)), responses((status = 200, body = Vec<ResultatRegle>), Problemes))]
#[get("/reunions/{id}/quorum/regles")]
async fn regles_de_la_reunion(ctx: Ctx, id: Path<ReunionId>) -> Resultat<Reponse<Vec<ResultatRegle>>> {
    Ok(Reponse::ok(ctx.lire(move |op| service::de_la_reunion_compares(op, *id)).await?))
}

/// Prévoit le quorum d'une réunion à venir, et dit qui appeler pour l'assurer.
#[utoipa::path(tag = "quorum", params(("id" = ReunionId, Path)), responses((status = 200, body = Prevision), Problemes))]
#[get("/reunions/{id}/quorum/prevision")]
async fn prevision(ctx: Ctx, id: Path<ReunionId>) -> Resultat<Reponse<Prevision>> {
    Ok(Reponse::ok(ctx.lire(move |op| service::prevision(op, *id)).await?))
}

/// Les réunions des prochains jours dont le quorum est à risque, parmi celles que la personne organise.
#[utoipa::path(tag = "quorum", responses((status = 200, body = Vec<ReunionARisque>), Problemes))]
#[get("/quorum/a-risque")]
async fn a_risque(ctx: Ctx) -> Resultat<Reponse<Vec<ReunionARisque>>> {
    Ok(Reponse::ok(ctx.lire(service::a_risque).await?))
}

/// The operations of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(regles).service(regle).service(de_la_reunion).service(regles_de_la_reunion).service(prevision).service(a_risque);
}
