//! Operations on batches of letters. The one document of a batch is put together while somebody waits.

use super::super::{
    model::{DemandeImpression, Impression, ImpressionFaite, Pli},
    service::impressions,
};
use crate::{
    documents::{DocumentError, lot, pdf},
    http::{Corps, Couteux, Ctx, Problemes, Reponse},
    kernel::{Instant, Panne, Resultat, ids::ImpressionId},
};
use actix_web::{
    HttpResponse, get, post,
    web::{self, Path},
};
use serde_json::{Value, json};
use utoipa_actix_web::service_config::ServiceConfig;

/// Imprime ensemble des diffusions choisies, ou toute une liste : elles passent à l'état imprimé.
///
/// Le document unique à imprimer se lit ensuite, autant de fois qu'il le faut, à l'adresse `document` de la réponse.
#[utoipa::path(tag = "diffusion", request_body = DemandeImpression, responses((status = 201, body = ImpressionFaite), Problemes))]
#[post("/diffusions/impressions")]
async fn imprimer(ctx: Ctx, corps: Corps<DemandeImpression>) -> Resultat<Reponse<Value>> {
    ctx.compter(Couteux::Export)?;
    let Corps { contenu, empreinte } = corps;
    ctx.poster(&empreinte, move |op| {
        let faite = impressions::imprimer(op, &contenu)?;
        let adresse = faite.document.clone();
        Ok(Reponse::cree(faite, adresse))
    })
    .await
}

/// Le document unique d'un lot : pour chaque pli, la lettre ou une feuille d'adresse pour enveloppe à fenêtre, puis le document.
#[utoipa::path(tag = "diffusion", params(("id" = ImpressionId, Path)),
    responses((status = 200, description = "Lot à imprimer", content_type = "application/pdf", body = Vec<u8>), Problemes))]
#[get("/diffusions/impressions/{id}/document.pdf")]
async fn document(ctx: Ctx, id: Path<ImpressionId>) -> Resultat<HttpResponse> {
    ctx.compter(Couteux::Export)?;
    let (impression, plis) = ctx.consulter(move |op| impressions::plis(op, *id)).await?;
    let assemble = web::block(move || assembler(&plis, impression.cree_le)).await.map_err(|e| Panne::new("lot d'impression", e))?;
    Ok(HttpResponse::Ok().content_type("application/pdf").body(assemble.map_err(Panne::from)?))
}

fn assembler(plis: &[Pli], edite_le: Instant) -> Result<Vec<u8>, DocumentError> {
    let mut couvertures = Vec::with_capacity(plis.len());
    for pli in plis {
        couvertures.push(match &pli.lettre {
            Some(lettre) => lettre.clone(),
            None => pdf::feuille_adresse(&json!({
                "destinataire": pli.destinataire, "adresse": pli.adresse, "reference": pli.diffusion_id, "edite_le": edite_le,
            }))?,
        });
    }
    let documents: Vec<&[u8]> =
        couvertures.iter().zip(plis).flat_map(|(couverture, pli)| [couverture.as_slice(), pli.document.as_slice()]).collect();
    lot::assembler(&documents)
}

/// Note que tout un lot a été posté. Répétée, l'opération ne change rien.
#[utoipa::path(tag = "diffusion", params(("id" = ImpressionId, Path)), responses((status = 200, body = Impression), Problemes))]
#[post("/diffusions/impressions/{id}/envoi-postal")]
async fn poster(ctx: Ctx, id: Path<ImpressionId>) -> Resultat<Reponse<Value>> {
    ctx.poster("", move |op| Ok(Reponse::ok(impressions::poster(op, *id)?))).await
}

/// These operations.
pub(super) fn routes(config: &mut ServiceConfig) {
    config.service(imprimer).service(document).service(poster);
}
