//! Operations on fiches.

use super::{
    model::{FicheCreee, FicheDetaillee, FicheResume, NouvelleFiche, ReprisePrevue},
    service::{self, Changement},
};
use crate::{
    http::{Corps, Ctx, Filtre, Problemes, Reponse, SiVersion},
    kernel::{
        Resultat,
        ids::{DossierId, FicheId},
        page::{Page, Pagination},
    },
};
use actix_web::{get, patch, post, put, web::Path};
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use validator::{Validate, ValidationErrors};

/// The content of a fiche, or what changes in it: its shape is that of the fiche's model.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = Object)]
struct Contenu(Map<String, Value>);

/// The schema of the model checks it, see `super::validation`.
impl Validate for Contenu {
    fn validate(&self) -> Result<(), ValidationErrors> {
        Ok(())
    }
}

/// Crée une fiche en brouillon dans un dossier, d'après le modèle en vigueur ; vide, ou reprise d'une fiche antérieure.
#[utoipa::path(tag = "fiches", params(("id" = DossierId, Path)), request_body = NouvelleFiche,
    responses((status = 201, body = FicheCreee), Problemes))]
#[post("/dossiers/{id}/fiches")]
async fn creer(ctx: Ctx, id: Path<DossierId>, corps: Corps<NouvelleFiche>) -> Resultat<Reponse<Value>> {
    let nouvelle = corps.contenu;
    ctx.poster(&corps.empreinte, move |op| {
        let creee = service::creer(op, *id, &nouvelle)?;
        let (chemin, version) = (format!("/api/v1/fiches/{}", creee.detail.fiche.id), creee.detail.fiche.version);
        Ok(Reponse::cree(creee, chemin).version(version))
    })
    .await
}

/// Les fiches d'un dossier, la plus récente d'abord.
#[utoipa::path(tag = "fiches", params(("id" = DossierId, Path), Pagination), responses((status = 200, body = Page<FicheResume>), Problemes))]
#[get("/dossiers/{id}/fiches")]
async fn du_dossier(ctx: Ctx, id: Path<DossierId>, pagination: Filtre<Pagination>) -> Resultat<Reponse<Page<FicheResume>>> {
    Ok(Reponse::ok(ctx.consulter(move |op| service::du_dossier(op, *id, &pagination.0)).await?))
}

/// Lit une fiche, ce qui y manque et ce qui s'en déduit.
#[utoipa::path(tag = "fiches", params(("id" = FicheId, Path)), responses((status = 200, body = FicheDetaillee), Problemes))]
#[get("/fiches/{id}")]
async fn lire(ctx: Ctx, id: Path<FicheId>) -> Resultat<Reponse<FicheDetaillee>> {
    Ok(repondre(ctx.consulter(move |op| service::lire(op, *id)).await?))
}

/// What a carry is asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct FiltreReprise {
    /// Code du modèle visé ; par défaut, celui de la fiche.
    modele: Option<String>,
}

/// Ce que donnerait la reprise d'une fiche dans un modèle en vigueur : réponses reprises, leur origine, réponses écartées et pourquoi.
#[utoipa::path(tag = "fiches", params(("id" = FicheId, Path), FiltreReprise), responses((status = 200, body = ReprisePrevue), Problemes))]
#[get("/fiches/{id}/reprise")]
async fn reprise(ctx: Ctx, id: Path<FicheId>, filtre: Filtre<FiltreReprise>) -> Resultat<Reponse<ReprisePrevue>> {
    let modele = filtre.0.modele;
    Ok(Reponse::ok(ctx.consulter(move |op| service::prevoir_reprise(op, *id, modele.as_deref())).await?))
}

/// Remplace le contenu d'une fiche ; un brouillon peut être incomplet, mais pas fautif.
#[utoipa::path(tag = "fiches", params(("id" = FicheId, Path), ("If-Match" = String, Header)), request_body = Contenu,
    responses((status = 200, body = FicheDetaillee), Problemes))]
#[put("/fiches/{id}")]
async fn remplacer(ctx: Ctx, id: Path<FicheId>, si: SiVersion, corps: Corps<Contenu>) -> Resultat<Reponse<FicheDetaillee>> {
    let changement = Changement::Remplacer(corps.contenu.0);
    Ok(repondre(ctx.ecrire(move |op| service::modifier(op, *id, si.0, &changement)).await?))
}

/// Modifie une partie du contenu d'une fiche (RFC 7396 : `null` retire, une liste est remplacée entière).
#[utoipa::path(tag = "fiches", params(("id" = FicheId, Path), ("If-Match" = String, Header)),
    request_body(content = Contenu, content_type = "application/merge-patch+json"),
    responses((status = 200, body = FicheDetaillee), Problemes))]
#[patch("/fiches/{id}")]
async fn fusionner(ctx: Ctx, id: Path<FicheId>, si: SiVersion, corps: Corps<Contenu>) -> Resultat<Reponse<FicheDetaillee>> {
    let changement = Changement::Fusionner(corps.contenu.0);
    Ok(repondre(ctx.ecrire(move |op| service::modifier(op, *id, si.0, &changement)).await?))
}

/// Déclare prête une fiche complète.
#[utoipa::path(tag = "fiches", params(("id" = FicheId, Path), ("If-Match" = String, Header)),
    responses((status = 200, body = FicheDetaillee), Problemes))]
#[post("/fiches/{id}/prete")]
async fn declarer_prete(ctx: Ctx, id: Path<FicheId>, si: SiVersion) -> Resultat<Reponse<FicheDetaillee>> {
    Ok(repondre(ctx.ecrire(move |op| service::declarer_prete(op, *id, si.0)).await?))
}

fn repondre(lue: FicheDetaillee) -> Reponse<FicheDetaillee> {
    let version = lue.fiche.version;
    Reponse::ok(lue).version(version)
}

/// The operations of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(creer).service(du_dossier).service(lire).service(reprise);
    config.service(remplacer).service(fusionner).service(declarer_prete);
}
