//! Operations of the workshop.

use super::{
    model::{
        BrouillonLu, BrouillonResume, BrouillonSaisi, NouveauBrouillon, PublicationDemandee, Retrait, RetraitDemande,
        essai::{EssaiDemande, ResultatEssai},
    },
    service::{self, FiltreBrouillons},
};
use crate::{
    http::{Corps, Ctx, Filtre, Problemes, Reponse, SiVersion},
    kernel::{
        Resultat,
        ids::BrouillonId,
        page::{Page, Pagination},
    },
    metier::referentiel::{composition::Reference, model::Genre},
};
use actix_web::{HttpResponse, delete, get, post, put, web::Path};
use serde::Deserialize;
use serde_json::Value;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

/// What a list of drafts filters by.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct FiltreListe {
    /// Genre.
    genre: Option<Genre>,
    /// Code du modèle, de la règle ou du bloc.
    code: Option<String>,
    /// Publiés, ou non.
    publie: Option<bool>,
    /// Nombre de lignes, de 1 à 200.
    limite: Option<i64>,
    /// `suivant` de la page précédente.
    curseur: Option<String>,
}

/// Les brouillons, le plus récent d'abord.
#[utoipa::path(tag = "atelier", params(FiltreListe), responses((status = 200, body = Page<BrouillonResume>), Problemes))]
#[get("/referentiels/brouillons")]
async fn lister(ctx: Ctx, filtre: Filtre<FiltreListe>) -> Resultat<Reponse<Page<BrouillonResume>>> {
    let f = filtre.0;
    let pagination = Pagination { limite: f.limite, curseur: f.curseur };
    let filtre = FiltreBrouillons { genre: f.genre, code: f.code, publie: f.publie };
    Ok(Reponse::ok(ctx.lire(move |op| service::lister(op, &filtre, &pagination)).await?))
}

/// Ouvre un brouillon, avec un contenu ou à partir d'une version publiée ; même imparfait, il est gardé.
#[utoipa::path(tag = "atelier", request_body = NouveauBrouillon, responses((status = 201, body = BrouillonLu), Problemes))]
#[post("/referentiels/brouillons")]
async fn creer(ctx: Ctx, corps: Corps<NouveauBrouillon>) -> Resultat<Reponse<Value>> {
    let nouveau = corps.contenu;
    ctx.poster(&corps.empreinte, move |op| {
        let cree = service::creer(op, &nouveau)?;
        let (chemin, version) = (format!("/api/v1/referentiels/brouillons/{}", cree.brouillon.id), cree.brouillon.version);
        Ok(Reponse::cree(cree, chemin).version(version))
    })
    .await
}

/// Lit un brouillon et ce qui empêche de le publier.
#[utoipa::path(tag = "atelier", params(("id" = BrouillonId, Path)), responses((status = 200, body = BrouillonLu), Problemes))]
#[get("/referentiels/brouillons/{id}")]
async fn lire(ctx: Ctx, id: Path<BrouillonId>) -> Resultat<Reponse<BrouillonLu>> {
    let lu = ctx.lire(move |op| service::lire(op, *id)).await?;
    let version = lu.brouillon.version;
    Ok(Reponse::ok(lu).version(version))
}

/// Remplace le contenu d'un brouillon ; même imparfait, il est gardé.
#[utoipa::path(tag = "atelier", params(("id" = BrouillonId, Path), ("If-Match" = String, Header)), request_body = BrouillonSaisi,
    responses((status = 200, body = BrouillonLu), Problemes))]
#[put("/referentiels/brouillons/{id}")]
async fn modifier(ctx: Ctx, id: Path<BrouillonId>, si: SiVersion, corps: Corps<BrouillonSaisi>) -> Resultat<Reponse<BrouillonLu>> {
    let saisi = corps.contenu;
    let apres = ctx.ecrire(move |op| service::modifier(op, *id, si.0, &saisi)).await?;
    let version = apres.brouillon.version;
    Ok(Reponse::ok(apres).version(version))
}

/// Jette un brouillon qui n'est pas publié.
#[utoipa::path(tag = "atelier", params(("id" = BrouillonId, Path), ("If-Match" = String, Header)),
    responses((status = 204, description = "Brouillon jeté"), Problemes))]
#[delete("/referentiels/brouillons/{id}")]
async fn supprimer(ctx: Ctx, id: Path<BrouillonId>, si: SiVersion) -> Resultat<HttpResponse> {
    ctx.ecrire(move |op| service::supprimer(op, *id, si.0)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Essaie un brouillon sur les cas d'une période : combien changeraient, et lesquels, sans rien qui désigne le patient.
#[utoipa::path(tag = "atelier", params(("id" = BrouillonId, Path)), request_body = EssaiDemande,
    responses((status = 200, body = ResultatEssai), Problemes))]
#[post("/referentiels/brouillons/{id}/essai")]
async fn essayer(ctx: Ctx, id: Path<BrouillonId>, corps: Corps<EssaiDemande>) -> Resultat<Reponse<ResultatEssai>> {
    let demande = corps.contenu;
    Ok(Reponse::ok(ctx.consulter(move |op| service::essayer(op, *id, &demande)).await?))
}

/// Publie un brouillon sans défaut : il sert aussitôt, à partir du jour dit.
#[utoipa::path(tag = "atelier", params(("id" = BrouillonId, Path), ("If-Match" = String, Header)), request_body = PublicationDemandee,
    responses((status = 200, body = BrouillonLu), Problemes))]
#[post("/referentiels/brouillons/{id}/publication")]
async fn publier(ctx: Ctx, id: Path<BrouillonId>, si: SiVersion, corps: Corps<PublicationDemandee>) -> Resultat<Reponse<Value>> {
    let demandee = corps.contenu;
    ctx.poster(&format!("{}\n{}", si.0, corps.empreinte), move |op| {
        let publie = service::publier(op, *id, si.0, &demandee)?;
        let version = publie.brouillon.version;
        Ok(Reponse::ok(publie).version(version))
    })
    .await
}

/// Fixe le dernier jour d'une version publiée ; refusé tant qu'une RCP en a besoin et que rien ne prend la suite.
#[utoipa::path(tag = "atelier", params(("genre" = Genre, Path), ("code" = String, Path), ("version" = String, Path)),
    request_body = RetraitDemande, responses((status = 200, body = Retrait), Problemes))]
#[post("/referentiels/{genre}/{code}/{version}/retrait")]
async fn retirer(ctx: Ctx, chemin: Path<(Genre, String, String)>, corps: Corps<RetraitDemande>) -> Resultat<Reponse<Value>> {
    let ((genre, code, version), demande) = (chemin.into_inner(), corps.contenu);
    let reference = Reference { code, version };
    ctx.poster(&corps.empreinte, move |op| Ok(Reponse::ok(service::retirer(op, genre, &reference, &demande)?))).await
}

/// Les retraits et leurs motifs, le plus récent d'abord.
#[utoipa::path(tag = "atelier", params(Pagination), responses((status = 200, body = Page<Retrait>), Problemes))]
#[get("/referentiels/retraits")]
async fn retraits(ctx: Ctx, pagination: Filtre<Pagination>) -> Resultat<Reponse<Page<Retrait>>> {
    Ok(Reponse::ok(ctx.lire(move |op| service::retraits(op, &pagination.0)).await?))
}

/// The operations of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(lister).service(creer).service(lire).service(modifier).service(supprimer);
    config.service(essayer).service(publier).service(retirer).service(retraits);
}
