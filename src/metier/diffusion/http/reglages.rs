//! Operations on what the region, an établissement and a patient decide.

use super::super::{
    model::{DemandePatient, DemandePatientSaisie, DepotDpi, DepotDpiSaisi, Reglages, ReglagesSaisis},
    service::reglages,
};
use crate::{
    http::{Corps, Ctx, Problemes, Reponse, SiVersion},
    kernel::{
        Resultat,
        ids::{EtablissementId, PatientId},
    },
};
use actix_web::{get, put, web::Path};
use utoipa_actix_web::service_config::ServiceConfig;

/// Les réglages de la région sur les diffusions.
#[utoipa::path(tag = "diffusion", responses((status = 200, body = Reglages), Problemes))]
#[get("/diffusions/reglages")]
async fn lire(ctx: Ctx) -> Resultat<Reponse<Reglages>> {
    let lus = ctx.lire(reglages::lire).await?;
    let version = lus.version;
    Ok(Reponse::ok(lus).version(version))
}

/// Change les réglages de la région sur les diffusions.
#[utoipa::path(tag = "diffusion", params(("If-Match" = String, Header)), request_body = ReglagesSaisis,
    responses((status = 200, body = Reglages), Problemes))]
#[put("/diffusions/reglages")]
async fn modifier(ctx: Ctx, si: SiVersion, corps: Corps<ReglagesSaisis>) -> Resultat<Reponse<Reglages>> {
    let apres = ctx.ecrire(move |op| reglages::modifier(op, si.0, &corps.contenu)).await?;
    let version = apres.version;
    Ok(Reponse::ok(apres).version(version))
}

/// Dit si un établissement prend les documents dans son dossier de dépôt.
#[utoipa::path(tag = "diffusion", params(("id" = EtablissementId, Path)), responses((status = 200, body = DepotDpi), Problemes))]
#[get("/etablissements/{id}/depot-dpi")]
async fn depot(ctx: Ctx, id: Path<EtablissementId>) -> Resultat<Reponse<DepotDpi>> {
    let lu = ctx.lire(move |op| reglages::depot(op, *id)).await?;
    let version = lu.version;
    Ok(Reponse::ok(lu).version(version))
}

/// Ouvre ou ferme le dossier de dépôt d'un établissement.
#[utoipa::path(tag = "diffusion", params(("id" = EtablissementId, Path), ("If-Match" = String, Header)), request_body = DepotDpiSaisi,
    responses((status = 200, body = DepotDpi), Problemes))]
#[put("/etablissements/{id}/depot-dpi")]
async fn decider_depot(ctx: Ctx, id: Path<EtablissementId>, si: SiVersion, corps: Corps<DepotDpiSaisi>) -> Resultat<Reponse<DepotDpi>> {
    let apres = ctx.ecrire(move |op| reglages::decider_depot(op, *id, si.0, corps.contenu)).await?;
    let version = apres.version;
    Ok(Reponse::ok(apres).version(version))
}

/// Dit si un patient a demandé à recevoir ses comptes-rendus dans sa messagerie sécurisée.
#[utoipa::path(tag = "diffusion", params(("id" = PatientId, Path)), responses((status = 200, body = DemandePatient), Problemes))]
#[get("/patients/{id}/demande-envoi")]
async fn demande(ctx: Ctx, id: Path<PatientId>) -> Resultat<Reponse<DemandePatient>> {
    let lue = ctx.consulter(move |op| reglages::demande(op, *id)).await?;
    Ok(Reponse::ok(lue).version(lue.version))
}

/// Note que le patient demande à recevoir ses comptes-rendus, ou ne le demande plus.
#[utoipa::path(tag = "diffusion", params(("id" = PatientId, Path), ("If-Match" = String, Header)), request_body = DemandePatientSaisie,
    responses((status = 200, body = DemandePatient), Problemes))]
#[put("/patients/{id}/demande-envoi")]
async fn recueillir_demande(
    ctx: Ctx,
    id: Path<PatientId>,
    si: SiVersion,
    corps: Corps<DemandePatientSaisie>,
) -> Resultat<Reponse<DemandePatient>> {
    let apres = ctx.ecrire(move |op| reglages::recueillir_demande(op, *id, si.0, corps.contenu)).await?;
    Ok(Reponse::ok(apres).version(apres.version))
}

/// These operations.
pub(super) fn routes(config: &mut ServiceConfig) {
    config.service(lire).service(modifier).service(depot).service(decider_depot).service(demande).service(recueillir_demande);
}
