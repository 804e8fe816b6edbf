//! Operations on comptes-rendus.

use super::{
    model::{CompteRendu, CompteRenduResume},
    service::{self, Correction},
};
use crate::{
    http::{Corps, Ctx, Filtre, Problemes, Reponse, SiVersion},
    kernel::{
        Resultat,
        ids::{CompteRenduId, PatientId, ReunionId},
    },
    metier::document::{http::fichier, model::GenreDocument},
};
use actix_web::{HttpResponse, get, post, web::Path};
use serde::Deserialize;
use serde_json::Value;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

/// Valide une réunion close : chaque cas devient un compte-rendu, diffusé sans délai.
#[utoipa::path(tag = "comptes-rendus", params(("id" = ReunionId, Path), ("If-Match" = String, Header)),
    responses((status = 200, description = "Réunion validée ; l'ETag est celui de la réunion", body = Vec<CompteRenduResume>), Problemes))]
#[post("/reunions/{id}/validation")]
async fn valider_reunion(ctx: Ctx, id: Path<ReunionId>, si: SiVersion) -> Resultat<Reponse<Value>> {
    ctx.poster(&si.0.to_string(), move |op| {
        let (reunion, resumes) = service::valider_reunion(op, *id, si.0)?;
        Ok(Reponse::ok(resumes).version(reunion.version))
    })
    .await
}

/// What a list of comptes-rendus filters by.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct FiltreComptesRendus {
    /// Avec les versions remplacées ; sinon les seules versions en vigueur.
    #[serde(default)]
    toutes_versions: bool,
}

/// Les comptes-rendus d'une réunion, dans l'ordre du jour.
#[utoipa::path(tag = "comptes-rendus", params(("id" = ReunionId, Path), FiltreComptesRendus),
    responses((status = 200, body = Vec<CompteRenduResume>), Problemes))]
#[get("/reunions/{id}/comptes-rendus")]
async fn de_la_reunion(ctx: Ctx, id: Path<ReunionId>, filtre: Filtre<FiltreComptesRendus>) -> Resultat<Reponse<Vec<CompteRenduResume>>> {
    Ok(Reponse::ok(ctx.consulter(move |op| service::de_la_reunion(op, *id, filtre.0.toutes_versions)).await?))
}

/// Les comptes-rendus d'un patient, la réunion la plus récente d'abord.
#[utoipa::path(tag = "comptes-rendus", params(("id" = PatientId, Path), FiltreComptesRendus),
    responses((status = 200, body = Vec<CompteRenduResume>), Problemes))]
#[get("/patients/{id}/comptes-rendus")]
async fn du_patient(ctx: Ctx, id: Path<PatientId>, filtre: Filtre<FiltreComptesRendus>) -> Resultat<Reponse<Vec<CompteRenduResume>>> {
    Ok(Reponse::ok(ctx.consulter(move |op| service::du_patient(op, *id, filtre.0.toutes_versions)).await?))
}

/// Lit une version d'un compte-rendu ; l'ETag est son numéro de version.
#[utoipa::path(tag = "comptes-rendus", params(("id" = CompteRenduId, Path)), responses((status = 200, body = CompteRendu), Problemes))]
#[get("/comptes-rendus/{id}")]
async fn lire(ctx: Ctx, id: Path<CompteRenduId>) -> Resultat<Reponse<CompteRendu>> {
    let lu = ctx.consulter(move |op| service::lire(op, *id)).await?;
    let version = lu.numero_version;
    Ok(Reponse::ok(lu).version(version))
}

/// Corrige la version en vigueur : une nouvelle version l'annule et la remplace, et part à ses destinataires.
#[utoipa::path(tag = "comptes-rendus", params(("id" = CompteRenduId, Path), ("If-Match" = String, Header)), request_body = Correction,
    responses((status = 201, description = "La nouvelle version", body = CompteRendu), Problemes))]
#[post("/comptes-rendus/{id}/correction")]
async fn corriger(ctx: Ctx, id: Path<CompteRenduId>, si: SiVersion, corps: Corps<Correction>) -> Resultat<Reponse<Value>> {
    let correction = corps.contenu;
    ctx.poster(&format!("{}\n{}", si.0, corps.empreinte), move |op| {
        let nouveau = service::corriger(op, *id, si.0, &correction)?;
        let (chemin, version) = (format!("/api/v1/comptes-rendus/{}", nouveau.id), nouveau.numero_version);
        Ok(Reponse::cree(nouveau, chemin).version(version))
    })
    .await
}

/// Télécharge le PDF d'une version ; 409 `document-en-preparation` avec `Retry-After` tant qu'il n'est pas prêt.
#[utoipa::path(tag = "comptes-rendus", params(("id" = CompteRenduId, Path)),
    responses((status = 200, description = "PDF/A", content_type = "application/pdf", body = Vec<u8>), Problemes))]
#[get("/comptes-rendus/{id}/document.pdf")]
async fn telecharger(ctx: Ctx, id: Path<CompteRenduId>) -> Resultat<HttpResponse> {
    Ok(fichier(ctx.consulter(move |op| service::telecharger(op, *id, GenreDocument::Pdf)).await?, "compte-rendu"))
}

/// Télécharge la lettre au médecin traitant d'une version ; 404 `sans-lettre` si elle n'est adressée à personne.
#[utoipa::path(tag = "comptes-rendus", params(("id" = CompteRenduId, Path)),
    responses((status = 200, description = "PDF/A", content_type = "application/pdf", body = Vec<u8>), Problemes))]
#[get("/comptes-rendus/{id}/lettre.pdf")]
async fn telecharger_la_lettre(ctx: Ctx, id: Path<CompteRenduId>) -> Resultat<HttpResponse> {
    let lettre = ctx.consulter(move |op| service::telecharger(op, *id, GenreDocument::LettreMedecinTraitant)).await?;
    Ok(fichier(lettre, "lettre"))
}

/// Télécharge le document CDA (FRCP 2025.01) d'une version ; 409 `document-en-preparation` ou `cda-en-attente` tant qu'il n'est pas prêt.
#[utoipa::path(tag = "comptes-rendus", params(("id" = CompteRenduId, Path)),
    responses((status = 200, description = "CDA R2 niveau 3", content_type = "text/xml", body = Vec<u8>), Problemes))]
#[get("/comptes-rendus/{id}/document.xml")]
async fn telecharger_le_cda(ctx: Ctx, id: Path<CompteRenduId>) -> Resultat<HttpResponse> {
    Ok(fichier(ctx.consulter(move |op| service::telecharger(op, *id, GenreDocument::Cda)).await?, "compte-rendu"))
}

/// Télécharge l'archive IHE XDM d'une version, telle que la MSSanté la porte ; 409 `document-en-preparation` ou `cda-en-attente` tant qu'elle n'est pas prête.
#[utoipa::path(tag = "comptes-rendus", params(("id" = CompteRenduId, Path)),
    responses((status = 200, description = "IHE XDM", content_type = "application/zip", body = Vec<u8>), Problemes))]
#[get("/comptes-rendus/{id}/ihe_xdm.zip")]
async fn telecharger_l_archive(ctx: Ctx, id: Path<CompteRenduId>) -> Resultat<HttpResponse> {
    Ok(fichier(ctx.consulter(move |op| service::telecharger(op, *id, GenreDocument::Xdm)).await?, "ihe-xdm"))
}

/// The operations of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(valider_reunion)
        .service(de_la_reunion)
        .service(du_patient)
        .service(lire)
        .service(corriger)
        .service(telecharger)
        .service(telecharger_la_lettre)
        .service(telecharger_le_cda)
        .service(telecharger_l_archive);
}
