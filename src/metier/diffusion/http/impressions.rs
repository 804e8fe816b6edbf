//! Operations on batches of letters.

use super::super::{
    model::{DemandeImpression, Impression, ImpressionFaite},
    service::impressions,
};
use crate::{
    http::{Corps, Ctx, Problemes, Reponse},
    kernel::{Resultat, ids::ImpressionId},
};
use actix_web::{post, web::Path};
use serde_json::Value;
use utoipa_actix_web::service_config::ServiceConfig;

/// Imprime ensemble des diffusions choisies, ou toute une liste : elles passent à l'état imprimé.
///
/// Le document unique à imprimer se lit ensuite, autant de fois qu'il le faut, à l'adresse `document` de la réponse.
#[utoipa::path(tag = "diffusion", request_body = DemandeImpression, responses((status = 201, body = ImpressionFaite), Problemes))]
#[post("/diffusions/impressions")]
async fn imprimer(ctx: Ctx, corps: Corps<DemandeImpression>) -> Resultat<Reponse<Value>> {
    let Corps { contenu, empreinte } = corps;
    ctx.poster(&empreinte, move |op| {
        let faite = impressions::imprimer(op, &contenu)?;
        let document = faite.document.clone();
        Ok::<Reponse<ImpressionFaite>, _>(Reponse::cree(faite, document))
    })
    .await
}

/// Note que tout un lot a été posté. Répétée, l'opération ne change rien.
#[utoipa::path(tag = "diffusion", params(("id" = ImpressionId, Path)), responses((status = 200, body = Impression), Problemes))]
#[post("/diffusions/impressions/{id}/envoi-postal")]
async fn poster(ctx: Ctx, id: Path<ImpressionId>) -> Resultat<Reponse<Value>> {
    ctx.poster("", move |op| Ok(Reponse::ok(impressions::poster(op, *id)?))).await
}

/// These operations.
pub(super) fn routes(config: &mut ServiceConfig) {
    config.service(imprimer).service(poster);
}
