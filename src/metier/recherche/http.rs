//! Operations on the projects of research.

use super::{
    model::{MotifSaisi, ProjetDetaille, ProjetResume, ProjetSaisi, dictionnaire::Table},
    service,
};
use crate::{
    http::{Corps, Ctx, Problemes, Reponse, SiVersion, limites::Couteux},
    kernel::{Resultat, ids::ProjetRechercheId},
};
use actix_web::{HttpResponse, get, post, web::Path};
use serde_json::Value;
use utoipa_actix_web::service_config::ServiceConfig;

/// Les tables et les colonnes qu'un extrait peut contenir.
#[utoipa::path(tag = "recherche", responses((status = 200, body = Vec<Table>), Problemes))]
#[get("/recherche/dictionnaire")]
async fn dictionnaire(ctx: Ctx) -> Resultat<Reponse<Vec<Table>>> {
    Ok(Reponse::ok(ctx.lire(service::dictionnaire).await?))
}

/// Demande un extrait pseudonymisé pour un projet de recherche, à faire approuver par deux autres personnes.
#[utoipa::path(tag = "recherche", request_body = ProjetSaisi, responses((status = 201, body = ProjetDetaille), Problemes))]
#[post("/recherche/projets")]
async fn demander(ctx: Ctx, corps: Corps<ProjetSaisi>) -> Resultat<Reponse<Value>> {
    let saisi = corps.contenu;
    ctx.poster(&corps.empreinte, move |op| {
        let projet = service::demander(op, &saisi)?;
        let (chemin, version) = (format!("/api/v1/recherche/projets/{}", projet.projet.id), projet.projet.version);
        Ok(Reponse::cree(projet, chemin).version(version))
    })
    .await
}

/// Les projets de recherche, le plus récent d'abord : tous pour qui les approuve, les siens pour qui les demande.
#[utoipa::path(tag = "recherche", responses((status = 200, body = Vec<ProjetResume>), Problemes))]
#[get("/recherche/projets")]
async fn lister(ctx: Ctx) -> Resultat<Reponse<Vec<ProjetResume>>> {
    Ok(Reponse::ok(ctx.lire(service::lister).await?))
}

/// Lit un projet de recherche : la demande, son état, ce qui a été fait, l'extrait s'il est produit.
#[utoipa::path(tag = "recherche", params(("id" = ProjetRechercheId, Path)), responses((status = 200, body = ProjetDetaille), Problemes))]
#[get("/recherche/projets/{id}")]
async fn lire(ctx: Ctx, id: Path<ProjetRechercheId>) -> Resultat<Reponse<ProjetDetaille>> {
    Ok(avec_version(Reponse::ok(ctx.lire(move |op| service::lire(op, *id)).await?)))
}

/// Approuve un projet demandé par une autre personne ; la seconde approbation lance la production de l'extrait.
#[utoipa::path(tag = "recherche", params(("id" = ProjetRechercheId, Path), ("If-Match" = String, Header)),
    responses((status = 200, body = ProjetDetaille), Problemes))]
#[post("/recherche/projets/{id}/approbation")]
async fn approuver(ctx: Ctx, id: Path<ProjetRechercheId>, si: SiVersion) -> Resultat<Reponse<Value>> {
    ctx.poster(&si.0.to_string(), move |op| Ok(avec_version(Reponse::ok(service::approuver(op, *id, si.0)?)))).await
}

/// Refuse un projet, en disant pourquoi.
#[utoipa::path(tag = "recherche", params(("id" = ProjetRechercheId, Path), ("If-Match" = String, Header)), request_body = MotifSaisi,
    responses((status = 200, body = ProjetDetaille), Problemes))]
#[post("/recherche/projets/{id}/refus")]
async fn refuser(ctx: Ctx, id: Path<ProjetRechercheId>, si: SiVersion, corps: Corps<MotifSaisi>) -> Resultat<Reponse<Value>> {
    let motif = corps.contenu.motif;
    ctx.poster(&format!("{}\n{}", si.0, corps.empreinte), move |op| Ok(avec_version(Reponse::ok(service::refuser(op, *id, si.0, &motif)?))))
        .await
}

/// Révoque un projet approuvé, en disant pourquoi : l'extrait et le secret de ses pseudonymes sont détruits.
#[utoipa::path(tag = "recherche", params(("id" = ProjetRechercheId, Path), ("If-Match" = String, Header)), request_body = MotifSaisi,
    responses((status = 200, body = ProjetDetaille), Problemes))]
#[post("/recherche/projets/{id}/revocation")]
async fn revoquer(ctx: Ctx, id: Path<ProjetRechercheId>, si: SiVersion, corps: Corps<MotifSaisi>) -> Resultat<Reponse<Value>> {
    let motif = corps.contenu.motif;
    ctx.poster(&format!("{}\n{}", si.0, corps.empreinte), move |op| {
        Ok(avec_version(Reponse::ok(service::revoquer(op, *id, si.0, &motif)?)))
    })
    .await
}

/// Relance la production de l'extrait de son projet, après un échec.
#[utoipa::path(tag = "recherche", params(("id" = ProjetRechercheId, Path), ("If-Match" = String, Header)),
    responses((status = 202, body = ProjetDetaille), Problemes))]
#[post("/recherche/projets/{id}/production")]
async fn relancer(ctx: Ctx, id: Path<ProjetRechercheId>, si: SiVersion) -> Resultat<Reponse<Value>> {
    ctx.poster(&si.0.to_string(), move |op| Ok(avec_version(Reponse::accepte(service::relancer(op, *id, si.0)?)))).await
}

/// Clôt son projet avant son terme : l'extrait et le secret de ses pseudonymes sont détruits.
#[utoipa::path(tag = "recherche", params(("id" = ProjetRechercheId, Path), ("If-Match" = String, Header)),
    responses((status = 200, body = ProjetDetaille), Problemes))]
#[post("/recherche/projets/{id}/cloture")]
async fn clore(ctx: Ctx, id: Path<ProjetRechercheId>, si: SiVersion) -> Resultat<Reponse<Value>> {
    ctx.poster(&si.0.to_string(), move |op| Ok(avec_version(Reponse::ok(service::clore(op, *id, si.0)?)))).await
}

/// Télécharge l'extrait de son projet, jusqu'à son terme ; chaque téléchargement est noté. Son `ETag` est le SHA-256 de ses octets.
#[utoipa::path(tag = "recherche", params(("id" = ProjetRechercheId, Path)),
    responses((status = 200, description = "Archive", content_type = "application/zip", body = Vec<u8>), Problemes))]
#[post("/recherche/projets/{id}/telechargement")]
async fn telecharger(ctx: Ctx, id: Path<ProjetRechercheId>) -> Resultat<HttpResponse> {
    ctx.compter(Couteux::Export)?;
    let extrait = ctx.ecrire(move |op| service::telecharger(op, *id)).await?;
    Ok(HttpResponse::Ok()
        .content_type("application/zip")
        .insert_header(("ETag", format!("\"{}\"", extrait.resume.empreinte)))
        .insert_header(("Content-Disposition", format!("attachment; filename=\"{}\"", extrait.resume.nom)))
        .body(extrait.octets))
}

fn avec_version(reponse: Reponse<ProjetDetaille>) -> Reponse<ProjetDetaille> {
    let version = reponse.corps.projet.version;
    reponse.version(version)
}

/// The operations of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(dictionnaire)
        .service(demander)
        .service(lister)
        .service(lire)
        .service(approuver)
        .service(refuser)
        .service(revoquer)
        .service(relancer)
        .service(clore)
        .service(telecharger);
}
