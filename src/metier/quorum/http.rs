//! Operations on the quorum.

use super::{
    model::{ResultatQuorum, ResultatRegle},
    prevision::{Prevision, ReunionARisque},
    regle::RegleQuorum,
    service,
};
use crate::{
    http::{Ctx, Filtre, Problemes, Reponse},
    kernel::{Resultat, ids::ReunionId},
    metier::referentiel::composition::Reference,
};
use actix_web::{get, web::Path};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

/// What the list of rules filters by.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct FiltreRegles {
    /// Avec les versions passées et à venir ; sinon les seules règles en vigueur.
    #[serde(default)]
    toutes_versions: bool,
}

/// Les règles de quorum en vigueur, compléments compris.
#[utoipa::path(tag = "quorum", params(FiltreRegles), responses((status = 200, body = Vec<RegleQuorum>), Problemes))]
#[get("/regles-quorum")]
async fn regles(ctx: Ctx, filtre: Filtre<FiltreRegles>) -> Resultat<Reponse<Vec<RegleQuorum>>> {
    let lire = if filtre.0.toutes_versions { service::versions } else { service::regles };
    Ok(Reponse::ok(ctx.lire(lire).await?))
}

/// Lit une version d'une règle de quorum, en vigueur ou non.
#[utoipa::path(tag = "quorum", params(("code" = String, Path), ("version" = String, Path)),
    responses((status = 200, body = RegleQuorum), Problemes))]
#[get("/regles-quorum/{code}/{version}")]
async fn version(ctx: Ctx, chemin: Path<(String, String)>) -> Resultat<Reponse<RegleQuorum>> {
    let (code, version) = chemin.into_inner();
    Ok(Reponse::ok(ctx.lire(move |op| service::version(op, &Reference { code, version })).await?))
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
    config.service(regles).service(version).service(regle).service(de_la_reunion);
    config.service(regles_de_la_reunion).service(prevision).service(a_risque);
}
