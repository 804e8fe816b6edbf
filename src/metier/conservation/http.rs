//! Operations on retention.

use super::{
    model::{EtatPurge, Gel, MotifSaisi, PurgeVue, VisaSaisi},
    service,
};
use crate::{
    http::{Corps, Ctx, Filtre, Problemes, Reponse, SiVersion},
    kernel::{
        Resultat,
        ids::{GelId, PatientId, PurgeId},
        page::{Page, Pagination},
    },
};
use actix_web::{get, post, web::Path};
use serde::Deserialize;
use serde_json::Value;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

/// What is asked of the list of purges.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Demande {
    /// State of the purges; `proposee` when absent.
    etat: Option<EtatPurge>,
    /// Number of rows, from 1 to 200; 50 by default.
    limite: Option<i64>,
    /// The `suivant` of the former page.
    curseur: Option<String>,
}

/// Les purges à viser ou à accorder, la plus ancienne échéance d'abord.
#[utoipa::path(tag = "conservation", params(Demande), responses((status = 200, body = Page<PurgeVue>), Problemes))]
#[get("/purges")]
async fn purges(ctx: Ctx, demande: Filtre<Demande>) -> Resultat<Reponse<Page<PurgeVue>>> {
    let Demande { etat, limite, curseur } = demande.0;
    let pagination = Pagination { limite, curseur };
    Ok(Reponse::ok(ctx.consulter(move |op| service::lister(op, etat.unwrap_or(EtatPurge::Proposee), &pagination)).await?))
}

fn versionnee(vue: PurgeVue) -> Reponse<PurgeVue> {
    let version = vue.purge.version;
    Reponse::ok(vue).version(version)
}

/// Vise une purge pour l'établissement : première des deux signatures.
#[utoipa::path(tag = "conservation", params(("id" = PurgeId, Path), ("If-Match" = String, Header)), request_body = VisaSaisi,
    responses((status = 200, body = PurgeVue), Problemes))]
#[post("/purges/{id}/visa")]
async fn viser(ctx: Ctx, id: Path<PurgeId>, si: SiVersion, corps: Corps<VisaSaisi>) -> Resultat<Reponse<Value>> {
    let saisi = corps.contenu;
    ctx.poster(&corps.empreinte, move |op| Ok(versionnee(service::viser(op, *id, si.0, &saisi)?))).await
}

/// Accorde une purge visée par une autre personne : l'effacement suit.
#[utoipa::path(tag = "conservation", params(("id" = PurgeId, Path), ("If-Match" = String, Header)),
    responses((status = 200, body = PurgeVue), Problemes))]
#[post("/purges/{id}/accord")]
async fn accorder(ctx: Ctx, id: Path<PurgeId>, si: SiVersion) -> Resultat<Reponse<Value>> {
    ctx.poster("", move |op| Ok(versionnee(service::accorder(op, *id, si.0)?))).await
}

/// Écarte une purge.
#[utoipa::path(tag = "conservation", params(("id" = PurgeId, Path), ("If-Match" = String, Header)), request_body = MotifSaisi,
    responses((status = 200, body = PurgeVue), Problemes))]
#[post("/purges/{id}/ecart")]
async fn ecarter(ctx: Ctx, id: Path<PurgeId>, si: SiVersion, corps: Corps<MotifSaisi>) -> Resultat<Reponse<Value>> {
    let saisi = corps.contenu;
    ctx.poster(&corps.empreinte, move |op| Ok(versionnee(service::ecarter(op, *id, si.0, &saisi.motif)?))).await
}

/// Suspend la durée de conservation d'un dossier, pour contentieux.
#[utoipa::path(tag = "conservation", params(("id" = PatientId, Path)), request_body = MotifSaisi, responses((status = 201, body = Gel), Problemes))]
#[post("/patients/{id}/gels")]
async fn geler(ctx: Ctx, id: Path<PatientId>, corps: Corps<MotifSaisi>) -> Resultat<Reponse<Value>> {
    let saisi = corps.contenu;
    ctx.poster(&corps.empreinte, move |op| Ok(Reponse::cree(service::geler(op, *id, &saisi.motif)?, format!("/api/v1/patients/{id}/gels"))))
        .await
}

/// Les suspensions de la durée de conservation d'un dossier, levées comprises.
#[utoipa::path(tag = "conservation", params(("id" = PatientId, Path)), responses((status = 200, body = Vec<Gel>), Problemes))]
#[get("/patients/{id}/gels")]
async fn gels(ctx: Ctx, id: Path<PatientId>) -> Resultat<Reponse<Vec<Gel>>> {
    Ok(Reponse::ok(ctx.consulter(move |op| service::gels(op, *id)).await?))
}

/// Lève une suspension.
#[utoipa::path(tag = "conservation", params(("id" = GelId, Path)), responses((status = 200, body = Gel), Problemes))]
#[post("/gels/{id}/levee")]
async fn degeler(ctx: Ctx, id: Path<GelId>) -> Resultat<Reponse<Value>> {
    ctx.poster("", move |op| Ok(Reponse::ok(service::degeler(op, *id)?))).await
}

/// The operations of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(purges).service(viser).service(accorder).service(ecarter).service(geler).service(gels).service(degeler);
}
