//! Operations on meetings.

mod flux;
mod presence;

pub use flux::routes_publiques;

use super::{
    model::{
        Convocation, Deplacement, Duplication, EtatReunion, Generation, InvitationNommee, MotifAnnulation, Periode, Reunion, ReunionResume,
        ReunionSaisie,
    },
    service::{self, FiltreReunions},
};
use crate::{
    http::{Corps, Ctx, Filtre, Problemes, Reponse, SiVersion},
    kernel::{
        Resultat,
        ids::{RcpId, ReunionId},
        page::{Page, Pagination},
    },
};
use actix_web::{get, post, web::Path};
use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::Value;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

/// What meetings are filtered by.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct FiltreReunionsUrl {
    /// RCP.
    rcp: Option<RcpId>,
    /// Premier jour, à Paris.
    du: Option<NaiveDate>,
    /// Dernier jour, à Paris.
    au: Option<NaiveDate>,
    /// État.
    etat: Option<EtatReunion>,
    /// Nombre de lignes, de 1 à 200.
    limite: Option<i64>,
    /// `suivant` de la page précédente.
    curseur: Option<String>,
}

/// Les réunions, dans l'ordre de leur date.
#[utoipa::path(tag = "reunions", params(FiltreReunionsUrl), responses((status = 200, body = Page<ReunionResume>), Problemes))]
#[get("/reunions")]
async fn lister(ctx: Ctx, filtre: Filtre<FiltreReunionsUrl>) -> Resultat<Reponse<Page<ReunionResume>>> {
    let f = filtre.0;
    let pagination = Pagination { limite: f.limite, curseur: f.curseur };
    let filtre = service::entre_les_jours(FiltreReunions { rcp: f.rcp, etat: f.etat, ..FiltreReunions::default() }, f.du, f.au);
    Ok(Reponse::ok(ctx.lire(move |op| service::lister(op, &filtre, &pagination)).await?))
}

/// Lit une réunion.
#[utoipa::path(tag = "reunions", params(("id" = ReunionId, Path)), responses((status = 200, body = ReunionResume), Problemes))]
#[get("/reunions/{id}")]
async fn lire(ctx: Ctx, id: Path<ReunionId>) -> Resultat<Reponse<ReunionResume>> {
    let lue = ctx.lire(move |op| service::lire(op, *id)).await?;
    let version = lue.reunion.version;
    Ok(Reponse::ok(lue).version(version))
}

/// Planifie les réunions que le calendrier d'une RCP donne sur une période ; sans effet sur celles qui existent.
#[utoipa::path(tag = "reunions", params(("id" = RcpId, Path)), request_body = Periode, responses((status = 200, body = Generation), Problemes))]
#[post("/rcp/{id}/reunions/generation")]
async fn generer(ctx: Ctx, id: Path<RcpId>, corps: Corps<Periode>) -> Resultat<Reponse<Value>> {
    let periode = corps.contenu;
    ctx.poster(&corps.empreinte, move |op| Ok(Reponse::ok(service::generer(op, *id, periode)?))).await
}

/// Planifie une réunion.
#[utoipa::path(tag = "reunions", request_body = ReunionSaisie, responses((status = 201, body = Reunion), Problemes))]
#[post("/reunions")]
async fn creer(ctx: Ctx, corps: Corps<ReunionSaisie>) -> Resultat<Reponse<Value>> {
    let saisie = corps.contenu;
    ctx.poster(&corps.empreinte, move |op| Ok(creee(service::creer(op, &saisie)?))).await
}

/// Planifie une réunion semblable, à une autre date.
#[utoipa::path(tag = "reunions", params(("id" = ReunionId, Path)), request_body = Duplication, responses((status = 201, body = Reunion), Problemes))]
#[post("/reunions/{id}/duplication")]
async fn dupliquer(ctx: Ctx, id: Path<ReunionId>, corps: Corps<Duplication>) -> Resultat<Reponse<Value>> {
    let duplication = corps.contenu;
    ctx.poster(&corps.empreinte, move |op| Ok(creee(service::dupliquer(op, *id, &duplication)?))).await
}

/// Convoque les personnes attendues, ou celles qui ne l'ont pas encore été.
#[utoipa::path(tag = "reunions", params(("id" = ReunionId, Path), ("If-Match" = String, Header)),
    responses((status = 200, body = Convocation), Problemes))]
#[post("/reunions/{id}/convocation")]
async fn convoquer(ctx: Ctx, id: Path<ReunionId>, si: SiVersion) -> Resultat<Reponse<Value>> {
    ctx.poster("", move |op| {
        let convocation = service::convoquer(op, *id, si.0)?;
        let version = convocation.reunion.version;
        Ok(Reponse::ok(convocation).version(version))
    })
    .await
}

/// Les invitations d'une réunion et leur état.
#[utoipa::path(tag = "reunions", params(("id" = ReunionId, Path)), responses((status = 200, body = Vec<InvitationNommee>), Problemes))]
#[get("/reunions/{id}/invitations")]
async fn invitations(ctx: Ctx, id: Path<ReunionId>) -> Resultat<Reponse<Vec<InvitationNommee>>> {
    Ok(Reponse::ok(ctx.lire(move |op| service::invitations(op, *id)).await?))
}

/// Déplace une réunion ; les personnes convoquées en sont averties.
#[utoipa::path(tag = "reunions", params(("id" = ReunionId, Path), ("If-Match" = String, Header)), request_body = Deplacement,
    responses((status = 200, body = Reunion), Problemes))]
#[post("/reunions/{id}/deplacement")]
async fn deplacer(ctx: Ctx, id: Path<ReunionId>, si: SiVersion, corps: Corps<Deplacement>) -> Resultat<Reponse<Value>> {
    let deplacement = corps.contenu;
    ctx.poster(&corps.empreinte, move |op| Ok(avec_version(service::deplacer(op, *id, si.0, &deplacement)?))).await
}

/// Annule une réunion ; les personnes convoquées en sont averties.
#[utoipa::path(tag = "reunions", params(("id" = ReunionId, Path), ("If-Match" = String, Header)), request_body = MotifAnnulation,
    responses((status = 200, body = Reunion), Problemes))]
#[post("/reunions/{id}/annulation")]
async fn annuler(ctx: Ctx, id: Path<ReunionId>, si: SiVersion, corps: Corps<MotifAnnulation>) -> Resultat<Reponse<Value>> {
    let motif = corps.contenu.motif;
    ctx.poster(&corps.empreinte, move |op| Ok(avec_version(service::annuler(op, *id, si.0, &motif)?))).await
}

/// Ouvre une réunion.
#[utoipa::path(tag = "reunions", params(("id" = ReunionId, Path), ("If-Match" = String, Header)), responses((status = 200, body = Reunion), Problemes))]
#[post("/reunions/{id}/ouverture")]
async fn ouvrir(ctx: Ctx, id: Path<ReunionId>, si: SiVersion) -> Resultat<Reponse<Value>> {
    ctx.poster("", move |op| Ok(avec_version(service::ouvrir(op, *id, si.0)?))).await
}

/// Clôt une réunion dont chaque dossier a reçu une décision ; les présences n'y changent plus.
#[utoipa::path(tag = "reunions", params(("id" = ReunionId, Path), ("If-Match" = String, Header)), responses((status = 200, body = Reunion), Problemes))]
#[post("/reunions/{id}/cloture")]
async fn clore(ctx: Ctx, id: Path<ReunionId>, si: SiVersion) -> Resultat<Reponse<Value>> {
    ctx.poster("", move |op| Ok(avec_version(service::clore(op, *id, si.0)?))).await
}

fn avec_version(reunion: Reunion) -> Reponse<Reunion> {
    let version = reunion.version;
    Reponse::ok(reunion).version(version)
}

fn creee(reunion: Reunion) -> Reponse<Reunion> {
    let (chemin, version) = (format!("/api/v1/reunions/{}", reunion.id), reunion.version);
    Reponse::cree(reunion, chemin).version(version)
}

/// The operations of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(lister)
        .service(lire)
        .service(generer)
        .service(creer)
        .service(dupliquer)
        .service(convoquer)
        .service(invitations)
        .service(deplacer)
        .service(annuler)
        .service(ouvrir)
        .service(clore);
    presence::routes(config);
    flux::routes(config);
}
