//! Operations on duplicates and merges.

use super::{
    model::{DoublonVu, EtatDoublon, FusionSaisie, Rapprochement, ReglagesDoublons, ReglagesLus, SeparationSaisie, VerdictSaisi},
    service::{self, fusion},
};
use crate::{
    http::{Corps, Ctx, Filtre, Problemes, Reponse, SiVersion},
    kernel::{
        Resultat,
        ids::{DoublonId, PatientId, RapprochementId},
        page::{Page, Pagination},
    },
};
use actix_web::{get, post, put, web::Path};
use serde::Deserialize;
use serde_json::Value;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

/// What is asked of the work list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Demande {
    /// State of the pairs; `a_examiner` when absent.
    etat: Option<EtatDoublon>,
    /// Number of rows, from 1 to 200; 50 by default.
    limite: Option<i64>,
    /// The `suivant` of the former page.
    curseur: Option<String>,
}

/// Les paires de patients qui sont peut-être la même personne, la plus probable d'abord.
#[utoipa::path(tag = "identitovigilance", params(Demande), responses((status = 200, body = Page<DoublonVu>), Problemes))]
#[get("/doublons")]
async fn doublons(ctx: Ctx, demande: Filtre<Demande>) -> Resultat<Reponse<Page<DoublonVu>>> {
    let Demande { etat, limite, curseur } = demande.0;
    let pagination = Pagination { limite, curseur };
    Ok(Reponse::ok(ctx.consulter(move |op| service::lister(op, etat.unwrap_or(EtatDoublon::AExaminer), &pagination)).await?))
}

/// Juge une paire : deux personnes, ou une seule. Le verdict reste : la paire ne revient pas.
#[utoipa::path(tag = "identitovigilance", params(("id" = DoublonId, Path), ("If-Match" = String, Header)), request_body = VerdictSaisi,
    responses((status = 200, body = DoublonVu), Problemes))]
#[post("/doublons/{id}/verdict")]
async fn juger(ctx: Ctx, id: Path<DoublonId>, si: SiVersion, corps: Corps<VerdictSaisi>) -> Resultat<Reponse<Value>> {
    let saisi = corps.contenu;
    ctx.poster(&corps.empreinte, move |op| {
        let apres = service::juger(op, *id, si.0, &saisi)?;
        let version = apres.version;
        Ok(Reponse::ok(apres).version(version))
    })
    .await
}

/// Ce que pèse l'accord de chaque trait dans la recherche des doublons.
#[utoipa::path(tag = "identitovigilance", responses((status = 200, body = ReglagesLus), Problemes))]
#[get("/doublons/reglages")]
async fn reglages(ctx: Ctx) -> Resultat<Reponse<ReglagesLus>> {
    let lus = ctx.lire(service::reglages).await?;
    let version = lus.version;
    Ok(Reponse::ok(lus).version(version))
}

/// Règle ce que pèse l'accord de chaque trait.
#[utoipa::path(tag = "identitovigilance", params(("If-Match" = String, Header)), request_body = ReglagesDoublons,
    responses((status = 200, body = ReglagesLus), Problemes))]
#[put("/doublons/reglages")]
async fn regler(ctx: Ctx, si: SiVersion, corps: Corps<ReglagesDoublons>) -> Resultat<Reponse<ReglagesLus>> {
    let apres = ctx.ecrire(move |op| service::regler(op, si.0, &corps.contenu)).await?;
    let version = apres.version;
    Ok(Reponse::ok(apres).version(version))
}

/// Rapproche deux patients : tout ce qui est à l'absorbé suit le conservé, dont If-Match porte la version.
#[utoipa::path(tag = "identitovigilance", params(("id" = PatientId, Path), ("If-Match" = String, Header)), request_body = FusionSaisie,
    responses((status = 201, body = Rapprochement), Problemes))]
#[post("/patients/{id}/fusion")]
async fn fusionner(ctx: Ctx, id: Path<PatientId>, si: SiVersion, corps: Corps<FusionSaisie>) -> Resultat<Reponse<Value>> {
    let saisie = corps.contenu;
    ctx.poster(&corps.empreinte, move |op| {
        let fait = fusion::fusionner(op, *id, si.0, &saisie)?;
        let chemin = format!("/api/v1/rapprochements/{}", fait.id);
        Ok(Reponse::cree(fait, chemin))
    })
    .await
}

/// Les rapprochements d'un patient conservé, défaits compris, le dernier d'abord.
#[utoipa::path(tag = "identitovigilance", params(("id" = PatientId, Path)), responses((status = 200, body = Vec<Rapprochement>), Problemes))]
#[get("/patients/{id}/rapprochements")]
async fn du_patient(ctx: Ctx, id: Path<PatientId>) -> Resultat<Reponse<Vec<Rapprochement>>> {
    Ok(Reponse::ok(ctx.consulter(move |op| fusion::du_patient(op, *id)).await?))
}

/// Lit un rapprochement.
#[utoipa::path(tag = "identitovigilance", params(("id" = RapprochementId, Path)), responses((status = 200, body = Rapprochement), Problemes))]
#[get("/rapprochements/{id}")]
async fn lire(ctx: Ctx, id: Path<RapprochementId>) -> Resultat<Reponse<Rapprochement>> {
    Ok(Reponse::ok(ctx.consulter(move |op| fusion::lire(op, *id)).await?))
}

/// Défait un rapprochement : ce qui avait suivi revient, avec ce qui s'est écrit depuis dans les mêmes dossiers.
#[utoipa::path(tag = "identitovigilance", params(("id" = RapprochementId, Path)), request_body = SeparationSaisie,
    responses((status = 200, body = Rapprochement), Problemes))]
#[post("/rapprochements/{id}/separation")]
async fn separer(ctx: Ctx, id: Path<RapprochementId>, corps: Corps<SeparationSaisie>) -> Resultat<Reponse<Value>> {
    let saisie = corps.contenu;
    ctx.poster(&corps.empreinte, move |op| Ok(Reponse::ok(fusion::separer(op, *id, &saisie)?))).await
}

/// The operations of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(reglages)
        .service(regler)
        .service(doublons)
        .service(juger)
        .service(fusionner)
        .service(du_patient)
        .service(lire)
        .service(separer);
}
