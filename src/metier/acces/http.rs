//! Operations on accesses out of the ordinary.

use super::{
    model::{BrisDeGlace, BrisSaisi, ExamenSaisi, JetonPatient, PatientDesigne, Restriction, RestrictionSaisie, VueRestreinte},
    service::{self, Attente},
};
use crate::{
    http::{Corps, Couteux, Ctx, Filtre, Problemes, Reponse, SiVersion},
    kernel::{
        Resultat,
        ids::{BrisId, PatientId, RestrictionId},
        page::{Page, Pagination},
    },
};
use actix_web::{HttpResponse, get, post, put, web::Path};
use serde::Deserialize;
use serde_json::Value;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

/// Désigne exactement le patient d'une urgence, par son matricule INS ou par tous ses traits ; rend un jeton de dix minutes.
///
/// La réponse n'est jamais gardée pour Idempotency-Key, car elle porte un secret.
#[utoipa::path(tag = "acces", request_body = PatientDesigne, responses((status = 200, body = JetonPatient), Problemes))]
#[post("/patients/bris-de-glace/recherche")]
async fn designer(ctx: Ctx, corps: Corps<PatientDesigne>) -> Resultat<Reponse<JetonPatient>> {
    ctx.compter(Couteux::Recherche)?;
    let designe = corps.contenu;
    Ok(Reponse::ok(ctx.ecrire(move |op| service::designer(op, &designe)).await?))
}

/// Ouvre en urgence le dossier d'un patient désigné, en lecture seule, pour quatre heures ; l'accès est signalé et sera examiné.
#[utoipa::path(tag = "acces", request_body = BrisSaisi, responses((status = 201, body = BrisDeGlace), Problemes))]
#[post("/bris-de-glace")]
async fn briser(ctx: Ctx, corps: Corps<BrisSaisi>) -> Resultat<Reponse<Value>> {
    let saisi = corps.contenu;
    ctx.poster(&corps.empreinte, move |op| Ok(Reponse::cree(service::briser(op, &saisi)?, "/api/v1/bris-de-glace/en-cours"))).await
}

/// Mes bris de glace en cours : le bandeau qui rappelle qu'un dossier est ouvert en urgence.
#[utoipa::path(tag = "acces", responses((status = 200, body = Vec<BrisDeGlace>), Problemes))]
#[get("/bris-de-glace/en-cours")]
async fn en_cours(ctx: Ctx) -> Resultat<Reponse<Vec<BrisDeGlace>>> {
    Ok(Reponse::ok(ctx.lire(service::en_cours).await?))
}

/// What the list of bris de glace filters by.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct FiltreBris {
    /// Only those that nobody examined.
    #[serde(default)]
    a_examiner: bool,
    /// Only those that nobody examined after more than seven days.
    #[serde(default)]
    en_retard: bool,
    /// Number of rows, from 1 to 200; 50 by default.
    limite: Option<i64>,
    /// The `suivant` of the former page.
    curseur: Option<String>,
}

/// Les bris de glace, du plus ancien au plus récent, pour leur examen.
#[utoipa::path(tag = "acces", params(FiltreBris), responses((status = 200, body = Page<BrisDeGlace>), Problemes))]
#[get("/bris-de-glace")]
async fn lister(ctx: Ctx, filtre: Filtre<FiltreBris>) -> Resultat<Reponse<Page<BrisDeGlace>>> {
    let FiltreBris { a_examiner, en_retard, limite, curseur } = filtre.0;
    let attente = match (en_retard, a_examiner) {
        (true, _) => Attente::EnRetard,
        (false, true) => Attente::AExaminer,
        (false, false) => Attente::Tous,
    };
    let pagination = Pagination { limite, curseur };
    Ok(Reponse::ok(ctx.consulter(move |op| service::lister(op, attente, &pagination)).await?))
}

/// Conclut l'examen d'un bris de glace.
#[utoipa::path(tag = "acces", params(("id" = BrisId, Path)), request_body = ExamenSaisi,
    responses((status = 200, body = BrisDeGlace), Problemes))]
#[post("/bris-de-glace/{id}/examen")]
async fn examiner(ctx: Ctx, id: Path<BrisId>, corps: Corps<ExamenSaisi>) -> Resultat<Reponse<Value>> {
    let examen = corps.contenu;
    ctx.poster(&corps.empreinte, move |op| Ok(Reponse::ok(service::examiner(op, *id, &examen)?))).await
}

/// Dit à qui un patient est réservé.
#[utoipa::path(tag = "acces", params(("id" = PatientId, Path)), responses((status = 200, body = Restriction), Problemes))]
#[get("/patients/{id}/restriction")]
async fn restriction(ctx: Ctx, id: Path<PatientId>) -> Resultat<Reponse<Restriction>> {
    let lue = ctx.consulter(move |op| service::restriction(op, *id)).await?;
    let version = lue.version;
    Ok(Reponse::ok(lue).version(version))
}

/// Réserve un patient à des personnes nommées ; pour toutes les autres, il n'existe plus.
#[utoipa::path(tag = "acces", params(("id" = PatientId, Path)), request_body = RestrictionSaisie,
    responses((status = 201, body = Restriction), Problemes))]
#[post("/patients/{id}/restriction")]
async fn restreindre(ctx: Ctx, id: Path<PatientId>, corps: Corps<RestrictionSaisie>) -> Resultat<Reponse<Value>> {
    let saisie = corps.contenu;
    ctx.poster(&corps.empreinte, move |op| {
        let posee = service::restreindre(op, *id, &saisie)?;
        let version = posee.version;
        Ok(Reponse::cree(posee, format!("/api/v1/patients/{id}/restriction")).version(version))
    })
    .await
}

/// Change les personnes à qui un patient est réservé.
#[utoipa::path(tag = "acces", params(("id" = PatientId, Path), ("If-Match" = String, Header)), request_body = RestrictionSaisie,
    responses((status = 200, body = Restriction), Problemes))]
#[put("/patients/{id}/restriction")]
async fn modifier_restriction(
    ctx: Ctx,
    id: Path<PatientId>,
    si: SiVersion,
    corps: Corps<RestrictionSaisie>,
) -> Resultat<Reponse<Restriction>> {
    let saisie = corps.contenu;
    let apres = ctx.ecrire(move |op| service::modifier_restriction(op, *id, si.0, &saisie)).await?;
    let version = apres.version;
    Ok(Reponse::ok(apres).version(version))
}

/// Met fin à la restriction d'un patient.
#[utoipa::path(tag = "acces", params(("id" = PatientId, Path)), responses((status = 200, body = Restriction), Problemes))]
#[post("/patients/{id}/restriction/levee")]
async fn lever_restriction(ctx: Ctx, id: Path<PatientId>) -> Resultat<Reponse<Value>> {
    ctx.poster("", move |op| Ok(Reponse::ok(service::lever_restriction(op, *id)?))).await
}

/// Les consultations de patients réservés qui restent à examiner, les plus anciennes d'abord.
#[utoipa::path(tag = "acces", responses((status = 200, body = Vec<VueRestreinte>), Problemes))]
#[get("/restrictions/consultations")]
async fn vues(ctx: Ctx) -> Resultat<Reponse<Vec<VueRestreinte>>> {
    Ok(Reponse::ok(ctx.consulter(service::vues_restreintes).await?))
}

/// Conclut l'examen des consultations d'un patient réservé, jusqu'à cet instant.
#[utoipa::path(tag = "acces", params(("id" = RestrictionId, Path)), request_body = ExamenSaisi,
    responses((status = 204, description = "Examen conclu"), Problemes))]
#[post("/restrictions/{id}/examen")]
async fn examiner_restriction(ctx: Ctx, id: Path<RestrictionId>, corps: Corps<ExamenSaisi>) -> Resultat<HttpResponse> {
    let examen = corps.contenu;
    ctx.ecrire(move |op| service::examiner_restriction(op, *id, &examen)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// The operations of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(designer)
        .service(briser)
        .service(en_cours)
        .service(lister)
        .service(examiner)
        .service(restriction)
        .service(restreindre)
        .service(modifier_restriction)
        .service(lever_restriction)
        .service(vues)
        .service(examiner_restriction);
}
