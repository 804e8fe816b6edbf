//! Operations on registrations.

use super::{
    model::{AvisEcrit, Inscription, Proposition},
    ordre::OrdreDuJour,
    saisie::{AvisSaisi, DiscussionSaisie, EnregistrementSaisi, InscriptionSaisie, OrdreSaisi, ReportSaisi, RetraitSaisi},
    service::{self, InscriptionLue, Report},
};
use crate::{
    http::{Corps, Ctx, Problemes, Reponse, SiVersion},
    kernel::{
        Resultat,
        ids::{InscriptionId, ReunionId},
    },
    metier::quorum::model::{ResultatQuorum, ResultatRegle},
};
use actix_web::{get, post, put, web::Path};
use serde_json::Value;
use utoipa_actix_web::service_config::ServiceConfig;

/// Inscrit une fiche à une réunion.
#[utoipa::path(tag = "inscriptions", params(("id" = ReunionId, Path)), request_body = InscriptionSaisie,
    responses((status = 201, body = Inscription), Problemes))]
#[post("/reunions/{id}/inscriptions")]
async fn inscrire(ctx: Ctx, id: Path<ReunionId>, corps: Corps<InscriptionSaisie>) -> Resultat<Reponse<Value>> {
    let saisie = corps.contenu;
    ctx.poster(&corps.empreinte, move |op| Ok(creee(service::inscrire(op, *id, &saisie)?))).await
}

fn creee(inscription: Inscription) -> Reponse<Inscription> {
    let (chemin, version) = (format!("/api/v1/inscriptions/{}", inscription.id), inscription.version);
    Reponse::cree(inscription, chemin).version(version)
}

fn versionnee(inscription: Inscription) -> Reponse<Inscription> {
    let version = inscription.version;
    Reponse::ok(inscription).version(version)
}

/// L'ordre du jour d'une réunion, dans l'ordre de passage.
#[utoipa::path(tag = "inscriptions", params(("id" = ReunionId, Path)), responses((status = 200, body = OrdreDuJour), Problemes))]
#[get("/reunions/{id}/ordre-du-jour")]
async fn ordre_du_jour(ctx: Ctx, id: Path<ReunionId>) -> Resultat<Reponse<OrdreDuJour>> {
    let ordre = ctx.consulter(move |op| service::ordre_du_jour(op, *id)).await?;
    let version = ordre.version;
    Ok(Reponse::ok(ordre).version(version))
}

/// Change l'ordre de passage ; If-Match porte la version de la réunion.
#[utoipa::path(tag = "inscriptions", params(("id" = ReunionId, Path), ("If-Match" = String, Header)), request_body = OrdreSaisi,
    responses((status = 200, body = OrdreDuJour), Problemes))]
#[post("/reunions/{id}/ordre-du-jour")]
async fn ordonner(ctx: Ctx, id: Path<ReunionId>, si: SiVersion, corps: Corps<OrdreSaisi>) -> Resultat<Reponse<Value>> {
    let ids = corps.contenu.ids;
    ctx.poster(&corps.empreinte, move |op| {
        let ordre = service::ordonner(op, *id, si.0, &ids)?;
        let version = ordre.version;
        Ok(Reponse::ok(ordre).version(version))
    })
    .await
}

/// Lit une inscription et ses avis écrits.
#[utoipa::path(tag = "inscriptions", params(("id" = InscriptionId, Path)), responses((status = 200, body = InscriptionLue), Problemes))]
#[get("/inscriptions/{id}")]
async fn lire(ctx: Ctx, id: Path<InscriptionId>) -> Resultat<Reponse<InscriptionLue>> {
    let lue = ctx.consulter(move |op| service::lire(op, *id)).await?;
    let version = lue.inscription.version;
    Ok(Reponse::ok(lue).version(version))
}

/// Évalue le quorum d'un dossier : celui de sa discussion, ou celui de l'instant.
#[utoipa::path(tag = "inscriptions", params(("id" = InscriptionId, Path)), responses((status = 200, body = ResultatQuorum), Problemes))]
#[get("/inscriptions/{id}/quorum")]
async fn quorum(ctx: Ctx, id: Path<InscriptionId>) -> Resultat<Reponse<ResultatQuorum>> {
    Ok(Reponse::ok(ctx.consulter(move |op| service::quorum(op, *id)).await?))
}

/// Évalue le quorum d'un dossier selon la règle de la RCP et selon celles que la région compare, avec qui pourrait le compléter.
#[utoipa::path(tag = "inscriptions", params(("id" = InscriptionId, Path)), responses((status = 200, body = Vec<ResultatRegle>), Problemes))]
#[get("/inscriptions/{id}/quorum/regles")]
async fn quorum_compare(ctx: Ctx, id: Path<InscriptionId>) -> Resultat<Reponse<Vec<ResultatRegle>>> {
    Ok(Reponse::ok(ctx.consulter(move |op| service::quorum_compare(op, *id)).await?))
}

/// Note la discussion d'un dossier et sa proposition ; le quorum en est évalué.
#[utoipa::path(tag = "inscriptions", params(("id" = InscriptionId, Path)), request_body = DiscussionSaisie,
    responses((status = 200, body = Inscription), Problemes))]
#[post("/inscriptions/{id}/discussion")]
async fn discuter(ctx: Ctx, id: Path<InscriptionId>, corps: Corps<DiscussionSaisie>) -> Resultat<Reponse<Value>> {
    let saisie = corps.contenu;
    ctx.poster(&corps.empreinte, move |op| Ok(versionnee(service::discuter(op, *id, &saisie)?))).await
}

/// Enregistre sans discussion un dossier conforme à un référentiel national.
#[utoipa::path(tag = "inscriptions", params(("id" = InscriptionId, Path)), request_body = EnregistrementSaisi,
    responses((status = 200, body = Inscription), Problemes))]
#[post("/inscriptions/{id}/enregistrement")]
async fn enregistrer(ctx: Ctx, id: Path<InscriptionId>, corps: Corps<EnregistrementSaisi>) -> Resultat<Reponse<Value>> {
    let saisi = corps.contenu;
    ctx.poster(&corps.empreinte, move |op| Ok(versionnee(service::enregistrer(op, *id, &saisi)?))).await
}

/// Modifie la proposition, tant que la réunion n'est pas validée.
#[utoipa::path(tag = "inscriptions", params(("id" = InscriptionId, Path), ("If-Match" = String, Header)), request_body = Proposition,
    responses((status = 200, body = Inscription), Problemes))]
#[put("/inscriptions/{id}/proposition")]
async fn proposer(ctx: Ctx, id: Path<InscriptionId>, si: SiVersion, corps: Corps<Proposition>) -> Resultat<Reponse<Inscription>> {
    let proposition = corps.contenu;
    Ok(versionnee(ctx.ecrire(move |op| service::proposer(op, *id, si.0, &proposition)).await?))
}

/// Donne un avis écrit complémentaire sur un dossier.
#[utoipa::path(tag = "inscriptions", params(("id" = InscriptionId, Path)), request_body = AvisSaisi,
    responses((status = 201, body = AvisEcrit), Problemes))]
#[post("/inscriptions/{id}/avis")]
async fn aviser(ctx: Ctx, id: Path<InscriptionId>, corps: Corps<AvisSaisi>) -> Resultat<Reponse<Value>> {
    let saisi = corps.contenu;
    ctx.poster(&corps.empreinte, move |op| Ok(Reponse::cree(service::aviser(op, *id, &saisi)?, format!("/api/v1/inscriptions/{id}")))).await
}

/// Reporte un dossier à une réunion ultérieure.
#[utoipa::path(tag = "inscriptions", params(("id" = InscriptionId, Path)), request_body = ReportSaisi,
    responses((status = 201, body = Report), Problemes))]
#[post("/inscriptions/{id}/report")]
async fn reporter(ctx: Ctx, id: Path<InscriptionId>, corps: Corps<ReportSaisi>) -> Resultat<Reponse<Value>> {
    let saisi = corps.contenu;
    ctx.poster(&corps.empreinte, move |op| {
        let report = service::reporter(op, *id, &saisi)?;
        let chemin = format!("/api/v1/inscriptions/{}", report.nouvelle.id);
        Ok(Reponse::cree(report, chemin))
    })
    .await
}

/// Retire un dossier de l'ordre du jour.
#[utoipa::path(tag = "inscriptions", params(("id" = InscriptionId, Path)), request_body = RetraitSaisi,
    responses((status = 200, body = Inscription), Problemes))]
#[post("/inscriptions/{id}/retrait")]
async fn retirer(ctx: Ctx, id: Path<InscriptionId>, corps: Corps<RetraitSaisi>) -> Resultat<Reponse<Value>> {
    let saisi = corps.contenu;
    ctx.poster(&corps.empreinte, move |op| Ok(versionnee(service::retirer(op, *id, &saisi)?))).await
}

/// The operations of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(inscrire)
        .service(ordre_du_jour)
        .service(ordonner)
        .service(lire)
        .service(quorum)
        .service(quorum_compare)
        .service(discuter)
        .service(enregistrer)
        .service(proposer)
        .service(aviser)
        .service(reporter)
        .service(retirer);
}
