//! Operations on deliveries.

mod impressions;
mod reglages;
mod retours;

use super::{
    model::{AdresseDiffusion, Canal, Compteur, DiffusionDetaillee, DiffusionListee, EtatDiffusion, ListesDeTravail},
    service::{self, FiltreDiffusions},
};
use crate::{
    http::{Corps, Ctx, Filtre, Problemes, Reponse, SiVersion},
    kernel::{
        Resultat,
        ids::{CompteRenduId, DiffusionId, ProgrammeId, RcpId, ReunionId},
        page::{Page, Pagination},
    },
};
use actix_web::{get, post, put, web::Path};
use serde::Deserialize;
use serde_json::Value;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

/// What the deliveries of a meeting filter by.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct FiltreReunion {
    /// État de la diffusion.
    etat: Option<EtatDiffusion>,
    /// Nombre de lignes, de 1 à 200.
    limite: Option<i64>,
    /// `suivant` de la page précédente.
    curseur: Option<String>,
}

/// Les diffusions des comptes-rendus d'une réunion.
#[utoipa::path(tag = "diffusion", params(("id" = ReunionId, Path), FiltreReunion),
    responses((status = 200, body = Page<DiffusionListee>), Problemes))]
#[get("/reunions/{id}/diffusions")]
async fn de_la_reunion(ctx: Ctx, id: Path<ReunionId>, filtre: Filtre<FiltreReunion>) -> Resultat<Reponse<Page<DiffusionListee>>> {
    let f = filtre.0;
    let pagination = Pagination { limite: f.limite, curseur: f.curseur };
    let filtre = FiltreDiffusions { reunion: Some(*id), etats: f.etat.into_iter().collect(), ..FiltreDiffusions::default() };
    Ok(Reponse::ok(ctx.consulter(move |op| service::lister(op, &filtre, &pagination)).await?))
}

/// What the work lists filter by.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct FiltreListe {
    /// État de la diffusion.
    etat: Option<EtatDiffusion>,
    /// Vrai pour la liste de travail du secrétariat : sans adresse, en échec, rejetée ou refusée.
    a_traiter: Option<bool>,
    /// Vrai pour ce qui est parti et n'est pas lu après le délai de la région, ou a été supprimé sans être lu.
    non_lues: Option<bool>,
    /// Canal.
    canal: Option<Canal>,
    /// RCP.
    rcp: Option<RcpId>,
    /// Version de compte-rendu.
    compte_rendu: Option<CompteRenduId>,
    /// Version de programme (PPS ou PPAC).
    programme: Option<ProgrammeId>,
    /// Nombre de lignes, de 1 à 200.
    limite: Option<i64>,
    /// `suivant` de la page précédente.
    curseur: Option<String>,
}

/// Les diffusions à suivre, les plus anciennes d'abord.
#[utoipa::path(tag = "diffusion", params(FiltreListe), responses((status = 200, body = Page<DiffusionListee>), Problemes))]
#[get("/diffusions")]
async fn lister(ctx: Ctx, filtre: Filtre<FiltreListe>) -> Resultat<Reponse<Page<DiffusionListee>>> {
    let f = filtre.0;
    let pagination = Pagination { limite: f.limite, curseur: f.curseur };
    let mut etats: Vec<EtatDiffusion> = f.etat.into_iter().collect();
    if f.a_traiter == Some(true) {
        etats.push(EtatDiffusion::SansAdresse);
        etats.extend(EtatDiffusion::EN_SOUFFRANCE);
    }
    let canaux = f.canal.into_iter().collect();
    let (rcp, compte_rendu, programme) = (f.rcp, f.compte_rendu, f.programme);
    let filtre = FiltreDiffusions { rcp, compte_rendu, programme, etats, canaux, ..FiltreDiffusions::default() };
    let lister = if f.non_lues == Some(true) { service::lister_non_lues } else { service::lister };
    Ok(Reponse::ok(ctx.consulter(move |op| lister(op, &filtre, &pagination)).await?))
}

/// Ce que chaque liste de travail du secrétariat contient.
#[utoipa::path(tag = "diffusion", responses((status = 200, body = ListesDeTravail), Problemes))]
#[get("/diffusions/listes-de-travail")]
async fn listes_de_travail(ctx: Ctx) -> Resultat<Reponse<ListesDeTravail>> {
    Ok(Reponse::ok(ctx.lire(service::listes_de_travail).await?))
}

/// Le nombre de diffusions dans chaque état.
#[utoipa::path(tag = "diffusion", responses((status = 200, body = Vec<Compteur>), Problemes))]
#[get("/diffusions/compteurs")]
async fn compteurs(ctx: Ctx) -> Resultat<Reponse<Vec<Compteur>>> {
    Ok(Reponse::ok(ctx.lire(service::compteurs).await?))
}

/// Lit une diffusion, ses tentatives et toutes ses transitions.
#[utoipa::path(tag = "diffusion", params(("id" = DiffusionId, Path)), responses((status = 200, body = DiffusionDetaillee), Problemes))]
#[get("/diffusions/{id}")]
async fn lire(ctx: Ctx, id: Path<DiffusionId>) -> Resultat<Reponse<DiffusionDetaillee>> {
    Ok(versionnee(ctx.consulter(move |op| service::lire(op, *id)).await?))
}

/// Relance une diffusion en échec, rejetée, refusée ou non lue, ou sans adresse si l'annuaire en connaît une désormais.
#[utoipa::path(tag = "diffusion", params(("id" = DiffusionId, Path), ("If-Match" = String, Header)),
    responses((status = 200, body = DiffusionDetaillee), Problemes))]
#[post("/diffusions/{id}/relance")]
async fn relancer(ctx: Ctx, id: Path<DiffusionId>, si: SiVersion) -> Resultat<Reponse<Value>> {
    ctx.poster("", move |op| Ok(versionnee(service::relancer(op, *id, si.0)?))).await
}

/// Change l'adresse d'une diffusion et l'envoie.
#[utoipa::path(tag = "diffusion", params(("id" = DiffusionId, Path), ("If-Match" = String, Header)), request_body = AdresseDiffusion,
    responses((status = 200, body = DiffusionDetaillee), Problemes))]
#[put("/diffusions/{id}/adresse")]
async fn changer_adresse(
    ctx: Ctx,
    id: Path<DiffusionId>,
    si: SiVersion,
    corps: Corps<AdresseDiffusion>,
) -> Resultat<Reponse<DiffusionDetaillee>> {
    let adresse = corps.contenu.adresse;
    Ok(versionnee(ctx.ecrire(move |op| service::changer_adresse(op, *id, si.0, &adresse)).await?))
}

/// Note que le document a été imprimé et posté.
#[utoipa::path(tag = "diffusion", params(("id" = DiffusionId, Path), ("If-Match" = String, Header)),
    responses((status = 200, body = DiffusionDetaillee), Problemes))]
#[post("/diffusions/{id}/envoi-postal")]
async fn poster(ctx: Ctx, id: Path<DiffusionId>, si: SiVersion) -> Resultat<Reponse<Value>> {
    ctx.poster("", move |op| Ok(versionnee(service::poster(op, *id, si.0)?))).await
}

fn versionnee(detaillee: DiffusionDetaillee) -> Reponse<DiffusionDetaillee> {
    let version = detaillee.diffusion.diffusion.version;
    Reponse::ok(detaillee).version(version)
}

/// The operations of this slice.
pub fn routes(config: &mut ServiceConfig) {
    // Before `/diffusions/{id}`, which would take their names for an identifier.
    impressions::routes(config);
    reglages::routes(config);
    retours::routes(config);
    config
        .service(de_la_reunion)
        .service(lister)
        .service(compteurs)
        .service(listes_de_travail)
        .service(lire)
        .service(relancer)
        .service(changer_adresse)
        .service(poster);
}
