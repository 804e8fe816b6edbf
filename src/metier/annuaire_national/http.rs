//! Operations on the public directories.

use super::{
    model::{ImportAnnuaire, ProfessionnelNational, RechercheNationale, RefusDeLigne},
    service,
};
use crate::{
    http::{Ctx, Filtre, Problemes, Reponse},
    kernel::{
        Resultat,
        ids::ImportAnnuaireId,
        page::{Page, Pagination},
    },
};
use actix_web::{get, web::Path};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

/// What a search filters by.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct FiltreNational {
    /// Numéro RPPS.
    rpps: Option<String>,
    /// Début du nom d'exercice, deux lettres au moins.
    nom: Option<String>,
    /// Début du prénom d'exercice.
    prenom: Option<String>,
    /// Début de la commune d'exercice.
    commune: Option<String>,
    /// Début du code postal d'exercice.
    code_postal: Option<String>,
    /// Code de profession (TRE G15).
    profession: Option<String>,
    /// Nombre de lignes, de 1 à 200.
    limite: Option<i64>,
    /// `suivant` de la page précédente.
    curseur: Option<String>,
}

/// Recherche dans l'annuaire national importé, par numéro RPPS ou par nom et lieu.
#[utoipa::path(tag = "annuaire", params(FiltreNational), responses((status = 200, body = Page<ProfessionnelNational>), Problemes))]
#[get("/annuaire/national/professionnels")]
async fn rechercher(ctx: Ctx, filtre: Filtre<FiltreNational>) -> Resultat<Reponse<Page<ProfessionnelNational>>> {
    let f = filtre.0;
    let pagination = Pagination { limite: f.limite, curseur: f.curseur };
    let recherche = RechercheNationale {
        rpps: f.rpps,
        nom: f.nom,
        prenom: f.prenom,
        commune: f.commune,
        code_postal: f.code_postal,
        profession: f.profession,
    };
    Ok(Reponse::ok(ctx.lire(move |op| service::rechercher(op, &recherche, &pagination)).await?))
}

/// What a list of imports filters by.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct PageVoulue {
    /// Nombre de lignes, de 1 à 200.
    limite: Option<i64>,
    /// `suivant` de la page précédente.
    curseur: Option<String>,
}

impl From<PageVoulue> for Pagination {
    fn from(page: PageVoulue) -> Self {
        Self { limite: page.limite, curseur: page.curseur }
    }
}

/// Les imports de fichiers publics, le plus récent d'abord.
#[utoipa::path(tag = "annuaire", params(PageVoulue), responses((status = 200, body = Page<ImportAnnuaire>), Problemes))]
#[get("/annuaire/imports")]
async fn imports(ctx: Ctx, page: Filtre<PageVoulue>) -> Resultat<Reponse<Page<ImportAnnuaire>>> {
    let pagination = page.0.into();
    Ok(Reponse::ok(ctx.lire(move |op| service::imports(op, &pagination)).await?))
}

/// Lit le compte rendu d'un import.
#[utoipa::path(tag = "annuaire", params(("id" = ImportAnnuaireId, Path)), responses((status = 200, body = ImportAnnuaire), Problemes))]
#[get("/annuaire/imports/{id}")]
async fn import(ctx: Ctx, id: Path<ImportAnnuaireId>) -> Resultat<Reponse<ImportAnnuaire>> {
    Ok(Reponse::ok(ctx.lire(move |op| service::import(op, *id)).await?))
}

/// Les lignes refusées d'un import, avec leur numéro et le motif.
#[utoipa::path(tag = "annuaire", params(("id" = ImportAnnuaireId, Path), PageVoulue),
    responses((status = 200, body = Page<RefusDeLigne>), Problemes))]
#[get("/annuaire/imports/{id}/refus")]
async fn refus(ctx: Ctx, id: Path<ImportAnnuaireId>, page: Filtre<PageVoulue>) -> Resultat<Reponse<Page<RefusDeLigne>>> {
    let pagination = page.0.into();
    Ok(Reponse::ok(ctx.lire(move |op| service::refus(op, *id, &pagination)).await?))
}

/// The operations of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(rechercher).service(imports).service(import).service(refus);
}
