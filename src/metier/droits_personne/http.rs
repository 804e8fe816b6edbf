//! Operations on the rights of the patient.

use super::{
    model::{DemandeSaisie, DemandeVue, ProlongationSaisie, ReleveAcces, ReponseSaisie},
    service,
};
use crate::{
    documents::releve,
    http::{Corps, Couteux, Ctx, Filtre, Problemes, Reponse, SiVersion},
    kernel::{
        Panne, Resultat,
        ids::{DemandeDroitId, PatientId},
        page::{Page, Pagination},
    },
};
use actix_web::{
    HttpResponse, get, post,
    web::{self, Path},
};
use serde::Deserialize;
use serde_json::Value;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

/// What is asked of the register.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Demande {
    /// Answered requests too.
    #[serde(default)]
    toutes: bool,
    /// Number of rows, from 1 to 200; 50 by default.
    limite: Option<i64>,
    /// The `suivant` of the former page.
    curseur: Option<String>,
}

fn versionnee(vue: DemandeVue) -> Reponse<DemandeVue> {
    let version = vue.demande.version;
    Reponse::ok(vue).version(version)
}

/// Enregistre une demande d'exercice d'un droit (accès, rectification, opposition, limitation, portabilité).
#[utoipa::path(tag = "droits", params(("id" = PatientId, Path)), request_body = DemandeSaisie, responses((status = 201, body = DemandeVue), Problemes))]
#[post("/patients/{id}/demandes-droits")]
async fn enregistrer(ctx: Ctx, id: Path<PatientId>, corps: Corps<DemandeSaisie>) -> Resultat<Reponse<Value>> {
    let saisie = corps.contenu;
    ctx.poster(&corps.empreinte, move |op| {
        let vue = service::enregistrer(op, *id, &saisie)?;
        Ok(Reponse::cree(vue, format!("/api/v1/patients/{id}/demandes-droits")).version(1))
    })
    .await
}

/// Les demandes d'un patient, la plus ancienne d'abord.
#[utoipa::path(tag = "droits", params(("id" = PatientId, Path)), responses((status = 200, body = Vec<DemandeVue>), Problemes))]
#[get("/patients/{id}/demandes-droits")]
async fn du_patient(ctx: Ctx, id: Path<PatientId>) -> Resultat<Reponse<Vec<DemandeVue>>> {
    Ok(Reponse::ok(ctx.consulter(move |op| service::du_patient(op, *id)).await?))
}

/// Le registre des demandes, l'échéance la plus proche d'abord.
#[utoipa::path(tag = "droits", params(Demande), responses((status = 200, body = Page<DemandeVue>), Problemes))]
#[get("/demandes-droits")]
async fn lister(ctx: Ctx, demande: Filtre<Demande>) -> Resultat<Reponse<Page<DemandeVue>>> {
    let Demande { toutes, limite, curseur } = demande.0;
    let pagination = Pagination { limite, curseur };
    Ok(Reponse::ok(ctx.consulter(move |op| service::lister(op, toutes, &pagination)).await?))
}

/// Prolonge de deux mois le délai d'une demande complexe.
#[utoipa::path(tag = "droits", params(("id" = DemandeDroitId, Path), ("If-Match" = String, Header)), request_body = ProlongationSaisie,
    responses((status = 200, body = DemandeVue), Problemes))]
#[post("/demandes-droits/{id}/prolongation")]
async fn prolonger(ctx: Ctx, id: Path<DemandeDroitId>, si: SiVersion, corps: Corps<ProlongationSaisie>) -> Resultat<Reponse<Value>> {
    let saisie = corps.contenu;
    ctx.poster(&corps.empreinte, move |op| Ok(versionnee(service::prolonger(op, *id, si.0, &saisie.motif)?))).await
}

/// Répond à une demande : satisfaite, ou refusée avec ses raisons.
#[utoipa::path(tag = "droits", params(("id" = DemandeDroitId, Path), ("If-Match" = String, Header)), request_body = ReponseSaisie,
    responses((status = 200, body = DemandeVue), Problemes))]
#[post("/demandes-droits/{id}/reponse")]
async fn repondre(ctx: Ctx, id: Path<DemandeDroitId>, si: SiVersion, corps: Corps<ReponseSaisie>) -> Resultat<Reponse<Value>> {
    let saisie = corps.contenu;
    ctx.poster(&corps.empreinte, move |op| Ok(versionnee(service::repondre(op, *id, si.0, &saisie)?))).await
}

/// Le relevé des accès aux données d'un patient : qui, quand, en quelle qualité, pour quel acte.
#[utoipa::path(tag = "droits", params(("id" = PatientId, Path)), responses((status = 200, body = ReleveAcces), Problemes))]
#[get("/patients/{id}/releve-acces")]
async fn lire_le_releve(ctx: Ctx, id: Path<PatientId>) -> Resultat<Reponse<ReleveAcces>> {
    Ok(Reponse::ok(ctx.consulter(move |op| service::releve(op, *id)).await?))
}

/// Le relevé des accès en PDF, à remettre au patient.
#[utoipa::path(tag = "droits", params(("id" = PatientId, Path)),
    responses((status = 200, description = "PDF/A", content_type = "application/pdf", body = Vec<u8>), Problemes))]
#[get("/patients/{id}/releve-acces.pdf")]
async fn imprimer_le_releve(ctx: Ctx, id: Path<PatientId>) -> Resultat<HttpResponse> {
    ctx.compter(Couteux::Document)?;
    let lu = ctx.consulter(move |op| service::releve(op, *id)).await?;
    let rendu = web::block(move || releve::composer(&lu)).await.map_err(|e| Panne::new("relevé des accès", e))?;
    let octets = rendu.map_err(Panne::from)?;
    Ok(HttpResponse::Ok()
        .content_type("application/pdf")
        .insert_header(("Content-Disposition", "inline; filename=\"releve-acces.pdf\""))
        .body(octets))
}

/// Exporte le dossier d'un patient, pour le lui remettre : JSON, PDF et CDA dans une archive zip. Une demande d'accès ou de portabilité doit être ouverte.
#[utoipa::path(tag = "droits", params(("id" = PatientId, Path)),
    responses((status = 200, description = "Archive", content_type = "application/zip", body = Vec<u8>), Problemes))]
#[post("/patients/{id}/export")]
async fn exporter(ctx: Ctx, id: Path<PatientId>) -> Resultat<HttpResponse> {
    ctx.compter(Couteux::Export)?;
    let exporte = ctx.consulter(move |op| service::exporter(op, *id)).await?;
    let archive =
        web::block(move || releve::archiver(&exporte.contenu, exporte.fichiers)).await.map_err(|e| Panne::new("export d'un dossier", e))?;
    let octets = archive.map_err(Panne::from)?;
    Ok(HttpResponse::Ok()
        .content_type("application/zip")
        .insert_header(("Content-Disposition", "attachment; filename=\"dossier.zip\""))
        .body(octets))
}

/// The operations of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(enregistrer)
        .service(du_patient)
        .service(lister)
        .service(prolonger)
        .service(repondre)
        .service(imprimer_le_releve)
        .service(lire_le_releve)
        .service(exporter);
}
