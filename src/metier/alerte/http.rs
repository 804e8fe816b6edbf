//! Operations on alerts.

use super::{
    model::{Acquittement, Alerte},
    service,
};
use crate::{
    http::{Corps, Ctx, Problemes, Reponse, SiVersion},
    kernel::{
        Resultat,
        ids::{AlerteId, InscriptionId},
    },
};
use actix_web::{get, post, web::Path};
use serde_json::Value;
use utoipa_actix_web::service_config::ServiceConfig;

/// Les alertes d'une inscription qui ne sont pas levées.
#[utoipa::path(tag = "alertes", params(("id" = InscriptionId, Path)), responses((status = 200, body = Vec<Alerte>), Problemes))]
#[get("/inscriptions/{id}/alertes")]
async fn lister(ctx: Ctx, id: Path<InscriptionId>) -> Resultat<Reponse<Vec<Alerte>>> {
    Ok(Reponse::ok(ctx.consulter(move |op| service::lister(op, *id)).await?))
}

/// Acquitte une alerte avec un motif ; une alerte bloquante ne s'acquitte pas.
#[utoipa::path(tag = "alertes", params(("id" = AlerteId, Path), ("If-Match" = String, Header)), request_body = Acquittement,
    responses((status = 200, body = Alerte), Problemes))]
#[post("/alertes/{id}/acquittement")]
async fn acquitter(ctx: Ctx, id: Path<AlerteId>, si: SiVersion, corps: Corps<Acquittement>) -> Resultat<Reponse<Value>> {
    let motif = corps.contenu.motif;
    ctx.poster(&corps.empreinte, move |op| {
        let apres = service::acquitter(op, *id, si.0, &motif)?;
        let version = apres.version;
        Ok(Reponse::ok(apres).version(version))
    })
    .await
}

/// The operations of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(lister).service(acquitter);
}
