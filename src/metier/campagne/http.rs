//! Operations on the campaigns of the annual report, and on what was published.

use super::{
    model::{
        CampagneDetaillee, CampagneResumee, Commentaire, DemandePublication, DocumentPublie, FormatRapport, OuvertureCampagne,
        PageDetaillee, Publication,
    },
    service,
};
use crate::{
    http::{Corps, Ctx, Filtre, Problemes, Reponse, SiVersion},
    kernel::{
        Resultat,
        ids::{CampagneId, Centre3cId},
    },
    metier::infocentre::model::Axe,
};
use actix_web::{HttpResponse, get, post, web::Path};
use serde::Deserialize;
use serde_json::Value;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

/// Ouvre la campagne du rapport d'une année.
#[utoipa::path(tag = "infocentre", request_body = OuvertureCampagne, responses((status = 201, body = CampagneDetaillee), Problemes))]
#[post("/infocentre/campagnes")]
async fn ouvrir(ctx: Ctx, corps: Corps<OuvertureCampagne>) -> Resultat<Reponse<Value>> {
    let annee = corps.contenu.annee;
    ctx.poster(&corps.empreinte, move |op| {
        let ouverte = service::ouvrir(op, annee)?;
        let (chemin, version) = (format!("/api/v1/infocentre/campagnes/{}", ouverte.campagne.id), ouverte.campagne.version);
        Ok(Reponse::cree(ouverte, chemin).version(version))
    })
    .await
}

/// Les campagnes, l'année la plus récente d'abord.
#[utoipa::path(tag = "infocentre", responses((status = 200, body = Vec<CampagneResumee>), Problemes))]
#[get("/infocentre/campagnes")]
async fn lister(ctx: Ctx) -> Resultat<Reponse<Vec<CampagneResumee>>> {
    Ok(Reponse::ok(ctx.lire(service::lister).await?))
}

/// Lit une campagne : l'extraction, les pages des 3C et leur état, ce qui a été fait, les écarts entre extractions.
#[utoipa::path(tag = "infocentre", params(("id" = CampagneId, Path)), responses((status = 200, body = CampagneDetaillee), Problemes))]
#[get("/infocentre/campagnes/{id}")]
async fn lire(ctx: Ctx, id: Path<CampagneId>) -> Resultat<Reponse<CampagneDetaillee>> {
    Ok(avec_version(Reponse::ok(ctx.lire(move |op| service::lire(op, *id)).await?)))
}

/// Fige l'année telle qu'elle est ; les pages dont les chiffres ont changé depuis l'extraction précédente sont à valider de nouveau.
/// Le travail se fait à part : `travail` dit où il en est.
#[utoipa::path(tag = "infocentre", params(("id" = CampagneId, Path), ("If-Match" = String, Header)),
    responses((status = 202, body = CampagneDetaillee), Problemes))]
#[post("/infocentre/campagnes/{id}/extraction")]
async fn extraire(ctx: Ctx, id: Path<CampagneId>, si: SiVersion) -> Resultat<Reponse<Value>> {
    ctx.poster(&si.0.to_string(), move |op| Ok(avec_version(Reponse::accepte(service::demander_extraction(op, *id, si.0)?)))).await
}

/// Arrête l'extraction ou la publication en cours : rien n'en est gardé. Le travail s'arrête à sa prochaine étape, s'il n'est pas fini.
#[utoipa::path(tag = "infocentre", params(("id" = CampagneId, Path)), responses((status = 202, body = CampagneDetaillee), Problemes))]
#[post("/infocentre/campagnes/{id}/arret")]
async fn arreter(ctx: Ctx, id: Path<CampagneId>) -> Resultat<Reponse<Value>> {
    ctx.poster("", move |op| Ok(avec_version(Reponse::accepte(service::arreter(op, *id)?)))).await
}

/// Publie le rapport, une fois toutes les pages validées ou pour un motif donné ; ses documents paraissent peu après.
#[utoipa::path(tag = "infocentre", params(("id" = CampagneId, Path), ("If-Match" = String, Header)), request_body = DemandePublication,
    responses((status = 202, body = CampagneDetaillee), Problemes))]
#[post("/infocentre/campagnes/{id}/publication")]
async fn publier(ctx: Ctx, id: Path<CampagneId>, si: SiVersion, corps: Corps<DemandePublication>) -> Resultat<Reponse<Value>> {
    let demande = corps.contenu;
    ctx.poster(&format!("{}\n{}", si.0, corps.empreinte), move |op| {
        Ok(avec_version(Reponse::accepte(service::publier(op, *id, si.0, &demande)?)))
    })
    .await
}

/// How the figures of a page are shared out.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct FiltrePage {
    /// Axe de répartition ; `rcp` par défaut.
    par: Option<Axe>,
}

/// Lit la page d'un 3C : ses chiffres dans l'extraction en cours, et ce qui en a été dit.
#[utoipa::path(tag = "infocentre", params(("id" = CampagneId, Path), ("centre_3c" = Centre3cId, Path), FiltrePage),
    responses((status = 200, body = PageDetaillee), Problemes))]
#[get("/infocentre/campagnes/{id}/pages/{centre_3c}")]
async fn page(ctx: Ctx, chemin: Path<(CampagneId, Centre3cId)>, filtre: Filtre<FiltrePage>) -> Resultat<Reponse<PageDetaillee>> {
    let ((id, centre), axe) = (chemin.into_inner(), filtre.0.par.unwrap_or(Axe::Rcp));
    Ok(page_versionnee(ctx.lire(move |op| service::page(op, id, centre, axe)).await?))
}

/// Commente la page d'un 3C.
#[utoipa::path(tag = "infocentre", params(("id" = CampagneId, Path), ("centre_3c" = Centre3cId, Path)), request_body = Commentaire,
    responses((status = 200, body = PageDetaillee), Problemes))]
#[post("/infocentre/campagnes/{id}/pages/{centre_3c}/commentaire")]
async fn commenter(ctx: Ctx, chemin: Path<(CampagneId, Centre3cId)>, corps: Corps<Commentaire>) -> Resultat<Reponse<Value>> {
    let ((id, centre), texte) = (chemin.into_inner(), corps.contenu.texte);
    ctx.poster(&corps.empreinte, move |op| Ok(page_versionnee(service::commenter(op, id, centre, &texte)?))).await
}

/// Demande une correction des données de son 3C, en disant laquelle.
#[utoipa::path(tag = "infocentre", params(("id" = CampagneId, Path), ("centre_3c" = Centre3cId, Path), ("If-Match" = String, Header)),
    request_body = Commentaire, responses((status = 200, body = PageDetaillee), Problemes))]
#[post("/infocentre/campagnes/{id}/pages/{centre_3c}/correction")]
async fn corriger(ctx: Ctx, chemin: Path<(CampagneId, Centre3cId)>, si: SiVersion, corps: Corps<Commentaire>) -> Resultat<Reponse<Value>> {
    let ((id, centre), texte) = (chemin.into_inner(), corps.contenu.texte);
    ctx.poster(&format!("{}\n{}", si.0, corps.empreinte), move |op| {
        Ok(page_versionnee(service::demander_correction(op, id, centre, si.0, &texte)?))
    })
    .await
}

/// Valide la page de son 3C, telle qu'elle a été lue.
#[utoipa::path(tag = "infocentre", params(("id" = CampagneId, Path), ("centre_3c" = Centre3cId, Path), ("If-Match" = String, Header)),
    responses((status = 200, body = PageDetaillee), Problemes))]
#[post("/infocentre/campagnes/{id}/pages/{centre_3c}/validation")]
async fn valider(ctx: Ctx, chemin: Path<(CampagneId, Centre3cId)>, si: SiVersion) -> Resultat<Reponse<Value>> {
    let (id, centre) = chemin.into_inner();
    ctx.poster(&si.0.to_string(), move |op| Ok(page_versionnee(service::valider(op, id, centre, si.0)?))).await
}

/// Les rapports publiés, l'année la plus récente et le dernier numéro d'abord.
#[utoipa::path(tag = "infocentre", responses((status = 200, body = Vec<Publication>), Problemes))]
#[get("/infocentre/publications")]
async fn publications(ctx: Ctx) -> Resultat<Reponse<Vec<Publication>>> {
    Ok(Reponse::ok(ctx.lire(service::publications).await?))
}

/// Which report of a year.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct FiltrePublication {
    /// Numéro du rapport ; le dernier par défaut.
    numero: Option<i64>,
}

/// Le rapport publié d'une année, octet pour octet ; son `ETag` est le SHA-256 de ses octets.
#[utoipa::path(tag = "infocentre", params(("annee" = i32, Path), ("format" = FormatRapport, Path), FiltrePublication),
    responses((status = 200, description = "Le document", content_type = "application/octet-stream", body = Vec<u8>), Problemes))]
#[get("/infocentre/publications/{annee}/{format}")]
async fn document(ctx: Ctx, chemin: Path<(i32, FormatRapport)>, filtre: Filtre<FiltrePublication>) -> Resultat<HttpResponse> {
    let ((annee, format), numero) = (chemin.into_inner(), filtre.0.numero);
    Ok(fichier(ctx.consulter(move |op| service::document(op, annee, numero, format)).await?))
}

fn fichier(publie: DocumentPublie) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(publie.format.type_mime())
        .insert_header(("ETag", format!("\"{}\"", publie.empreinte)))
        .insert_header(("Content-Disposition", format!("attachment; filename=\"{}\"", publie.nom)))
        .body(publie.octets)
}

fn avec_version(reponse: Reponse<CampagneDetaillee>) -> Reponse<CampagneDetaillee> {
    let version = reponse.corps.campagne.version;
    reponse.version(version)
}

fn page_versionnee(lue: PageDetaillee) -> Reponse<PageDetaillee> {
    let version = lue.page.version;
    Reponse::ok(lue).version(version)
}

/// The operations of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(ouvrir)
        .service(lister)
        .service(lire)
        .service(extraire)
        .service(arreter)
        .service(publier)
        .service(page)
        .service(commenter)
        .service(corriger)
        .service(valider)
        .service(publications)
        .service(document);
}
