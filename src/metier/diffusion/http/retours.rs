//! Operations on the mails that came back.

use super::super::{
    model::{Examen, RetourLu, RetourResume},
    service::retours,
};
use crate::{
    http::{Corps, Ctx, Filtre, Problemes, Reponse},
    kernel::{
        Resultat,
        ids::RetourId,
        page::{Page, Pagination},
    },
};
use actix_web::{get, post, web::Path};
use serde_json::Value;
use utoipa_actix_web::service_config::ServiceConfig;

/// Les courriers revenus qui n'ont pas été compris ou rattachés, les plus anciens d'abord.
#[utoipa::path(tag = "diffusion", params(Pagination), responses((status = 200, body = Page<RetourResume>), Problemes))]
#[get("/diffusions/retours")]
async fn a_examiner(ctx: Ctx, pagination: Filtre<Pagination>) -> Resultat<Reponse<Page<RetourResume>>> {
    Ok(Reponse::ok(ctx.consulter(move |op| retours::a_examiner(op, &pagination.0)).await?))
}

/// Lit un courrier revenu, tel qu'il est arrivé.
#[utoipa::path(tag = "diffusion", params(("id" = RetourId, Path)), responses((status = 200, body = RetourLu), Problemes))]
#[get("/diffusions/retours/{id}")]
async fn lire(ctx: Ctx, id: Path<RetourId>) -> Resultat<Reponse<RetourLu>> {
    Ok(Reponse::ok(ctx.consulter(move |op| retours::lire(op, *id)).await?))
}

/// Rattache un courrier revenu à une diffusion, ou le classe.
#[utoipa::path(tag = "diffusion", params(("id" = RetourId, Path)), request_body = Examen,
    responses((status = 200, body = RetourResume), Problemes))]
#[post("/diffusions/retours/{id}/examen")]
async fn examiner(ctx: Ctx, id: Path<RetourId>, corps: Corps<Examen>) -> Resultat<Reponse<Value>> {
    let Corps { contenu, empreinte } = corps;
    ctx.poster(&empreinte, move |op| Ok(Reponse::ok(retours::examiner(op, *id, &contenu)?))).await
}

/// These operations.
pub(super) fn routes(config: &mut ServiceConfig) {
    config.service(a_examiner).service(lire).service(examiner);
}
