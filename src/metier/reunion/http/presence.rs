//! Operations on attendance.

use super::super::{
    model::{PresenceNommee, PresenceSaisie, ReponseSaisie},
    service,
};
use crate::{
    documents::pdf,
    http::{Corps, Couteux, Ctx, Problemes, Reponse, SiVersion},
    kernel::{
        Panne, Resultat,
        ids::{PraticienId, ReunionId},
    },
};
use actix_web::{
    HttpResponse, delete, get, put,
    web::{self, Path},
};
use utoipa_actix_web::service_config::ServiceConfig;

/// La liste de présence d'une réunion : membres attendus, puis invités.
#[utoipa::path(tag = "reunions", params(("id" = ReunionId, Path)), responses((status = 200, body = Vec<PresenceNommee>), Problemes))]
#[get("/reunions/{id}/presences")]
async fn lister(ctx: Ctx, id: Path<ReunionId>) -> Resultat<Reponse<Vec<PresenceNommee>>> {
    Ok(Reponse::ok(ctx.lire(move |op| service::presences_nommees(op, *id)).await?))
}

/// Note la présence d'une personne ; celle qui n'était pas sur la liste y est ajoutée comme invitée, sans If-Match.
#[utoipa::path(tag = "reunions", params(("id" = ReunionId, Path), ("praticien_id" = PraticienId, Path), ("If-Match" = Option<String>, Header)),
    request_body = PresenceSaisie, responses((status = 200, body = PresenceNommee), (status = 201, body = PresenceNommee), Problemes))]
#[put("/reunions/{id}/presences/{praticien_id}")]
async fn noter(
    ctx: Ctx,
    chemin: Path<(ReunionId, PraticienId)>,
    si: Option<SiVersion>,
    corps: Corps<PresenceSaisie>,
) -> Resultat<Reponse<PresenceNommee>> {
    let ((id, praticien), lue, saisie) = (chemin.into_inner(), si.map(|si| si.0), corps.contenu);
    let (notee, ajoutee) = ctx.ecrire(move |op| service::noter_presence(op, id, praticien, lue, &saisie)).await?;
    let version = notee.presence.version;
    let reponse = if ajoutee { Reponse::cree(notee, format!("/api/v1/reunions/{id}/presences/{praticien}")) } else { Reponse::ok(notee) };
    Ok(reponse.version(version))
}

/// Répond à l'invitation à une réunion : pour soi, ou pour une personne que le secrétariat a jointe.
#[utoipa::path(tag = "reunions", params(("id" = ReunionId, Path), ("praticien_id" = PraticienId, Path), ("If-Match" = String, Header)),
    request_body = ReponseSaisie, responses((status = 200, body = PresenceNommee), Problemes))]
#[put("/reunions/{id}/presences/{praticien_id}/reponse")]
async fn repondre(
    ctx: Ctx,
    chemin: Path<(ReunionId, PraticienId)>,
    si: SiVersion,
    corps: Corps<ReponseSaisie>,
) -> Resultat<Reponse<PresenceNommee>> {
    let ((id, praticien), reponse) = (chemin.into_inner(), corps.contenu.reponse);
    let repondue = ctx.ecrire(move |op| service::repondre(op, id, praticien, si.0, reponse)).await?;
    let version = repondue.presence.version;
    Ok(Reponse::ok(repondue).version(version))
}

/// Retire un invité de la liste de présence.
#[utoipa::path(tag = "reunions", params(("id" = ReunionId, Path), ("praticien_id" = PraticienId, Path), ("If-Match" = String, Header)),
    responses((status = 204, description = "Invité retiré"), Problemes))]
#[delete("/reunions/{id}/presences/{praticien_id}")]
async fn retirer(ctx: Ctx, chemin: Path<(ReunionId, PraticienId)>, si: SiVersion) -> Resultat<HttpResponse> {
    let (id, praticien) = chemin.into_inner();
    ctx.ecrire(move |op| service::retirer_presence(op, id, praticien, si.0)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// La feuille de présence d'une réunion, en PDF, à imprimer et à émarger.
///
/// Rendue à la demande, hors des travaux de fond : elle dit la liste de l'instant et n'est pas conservée.
#[utoipa::path(tag = "reunions", params(("id" = ReunionId, Path)),
    responses((status = 200, description = "Feuille de présence", content_type = "application/pdf", body = Vec<u8>), Problemes))]
#[get("/reunions/{id}/feuille-presence.pdf")]
async fn feuille(ctx: Ctx, id: Path<ReunionId>) -> Resultat<HttpResponse> {
    ctx.compter(Couteux::Document)?;
    let feuille = ctx.lire(move |op| service::feuille(op, *id)).await?;
    let rendue = web::block(move || pdf::feuille_presence(&feuille)).await.map_err(|e| Panne::new("feuille de présence", e))?;
    let octets = rendue.map_err(Panne::from)?;
    Ok(HttpResponse::Ok().content_type("application/pdf").body(octets))
}

/// The operations on attendance.
pub(super) fn routes(config: &mut ServiceConfig) {
    config.service(lister).service(noter).service(repondre).service(retirer).service(feuille);
}
