//! Operations on patients and dossiers.

use super::{
    model::{
        AttributsSaisis, ChangementIdentite, Correspondant, CorrespondantsSaisis, Dossier, DossierSaisi, Opposition, OppositionSaisie,
        PatientSaisi, PatientVue, RecherchePatient, ResultatRecherche,
    },
    service,
};
use crate::{
    http::{Corps, Couteux, Ctx, Problemes, Reponse, SiVersion},
    kernel::{
        Resultat,
        ids::{DossierId, OppositionId, PatientId},
    },
};
use actix_web::{get, post, put, web::Path};
use serde_json::Value;
use utoipa_actix_web::service_config::ServiceConfig;

/// Enregistre un patient ; un homonyme probable est refusé tant que `confirmer_distinct` ne le distingue pas.
#[utoipa::path(tag = "patients", request_body = PatientSaisi, responses((status = 201, body = PatientVue), Problemes))]
#[post("/patients")]
async fn creer(ctx: Ctx, corps: Corps<PatientSaisi>) -> Resultat<Reponse<Value>> {
    let saisi = corps.contenu;
    ctx.poster(&corps.empreinte, move |op| {
        let cree = service::creer(op, &saisi)?;
        let (chemin, version) = (format!("/api/v1/patients/{}", cree.id), cree.version);
        Ok(Reponse::cree(PatientVue::from(cree), chemin).version(version))
    })
    .await
}

/// Recherche des patients par matricule INS, par identifiant d'établissement, ou par date de naissance et début de nom.
#[utoipa::path(tag = "patients", request_body = RecherchePatient, responses((status = 200, body = ResultatRecherche), Problemes))]
#[post("/patients/recherches")]
async fn rechercher(ctx: Ctx, corps: Corps<RecherchePatient>) -> Resultat<Reponse<ResultatRecherche>> {
    ctx.compter(Couteux::Recherche)?;
    let recherche = corps.contenu;
    Ok(Reponse::ok(ctx.consulter(move |op| service::rechercher(op, &recherche)).await?))
}

/// Recherche un patient dans toute la région, par son identité seulement : délégué à la protection des données, identitovigilance.
#[utoipa::path(tag = "patients", request_body = RecherchePatient, responses((status = 200, body = ResultatRecherche), Problemes))]
#[post("/identites/recherches")]
async fn rechercher_partout(ctx: Ctx, corps: Corps<RecherchePatient>) -> Resultat<Reponse<ResultatRecherche>> {
    ctx.compter(Couteux::Recherche)?;
    let recherche = corps.contenu;
    Ok(Reponse::ok(ctx.consulter(move |op| service::rechercher_partout(op, &recherche)).await?))
}

/// Lit un patient.
#[utoipa::path(tag = "patients", params(("id" = PatientId, Path)), responses((status = 200, body = PatientVue), Problemes))]
#[get("/patients/{id}")]
async fn lire(ctx: Ctx, id: Path<PatientId>) -> Resultat<Reponse<PatientVue>> {
    let lu = ctx.consulter(move |op| service::lire(op, *id)).await?;
    let version = lu.version;
    Ok(Reponse::ok(PatientVue::from(lu)).version(version))
}

/// Modifie un patient.
#[utoipa::path(tag = "patients", params(("id" = PatientId, Path), ("If-Match" = String, Header)), request_body = PatientSaisi,
    responses((status = 200, body = PatientVue), Problemes))]
#[put("/patients/{id}")]
async fn modifier(ctx: Ctx, id: Path<PatientId>, si: SiVersion, corps: Corps<PatientSaisi>) -> Resultat<Reponse<PatientVue>> {
    let saisi = corps.contenu;
    let apres = ctx.ecrire(move |op| service::modifier(op, *id, si.0, &saisi)).await?;
    let version = apres.version;
    Ok(Reponse::ok(PatientVue::from(apres)).version(version))
}

/// Pose ou retire les attributs d'une identité (homonyme, douteuse, fictive) ; une identité douteuse ou fictive redevient provisoire.
#[utoipa::path(tag = "patients", params(("id" = PatientId, Path), ("If-Match" = String, Header)), request_body = AttributsSaisis,
    responses((status = 200, body = PatientVue), Problemes))]
#[put("/patients/{id}/identite/attributs")]
async fn attribuer(ctx: Ctx, id: Path<PatientId>, si: SiVersion, corps: Corps<AttributsSaisis>) -> Resultat<Reponse<PatientVue>> {
    let saisis = corps.contenu;
    let apres = ctx.ecrire(move |op| service::identite::attribuer(op, *id, si.0, &saisis)).await?;
    let version = apres.version;
    Ok(Reponse::ok(PatientVue::from(apres)).version(version))
}

/// Ce qu'était l'identité d'un patient avant chaque changement, le dernier d'abord.
#[utoipa::path(tag = "patients", params(("id" = PatientId, Path)), responses((status = 200, body = Vec<ChangementIdentite>), Problemes))]
#[get("/patients/{id}/identite/historique")]
async fn historique(ctx: Ctx, id: Path<PatientId>) -> Resultat<Reponse<Vec<ChangementIdentite>>> {
    Ok(Reponse::ok(ctx.consulter(move |op| service::identite::historique(op, *id)).await?))
}

/// Les correspondants d'un patient ; l'ETag est celui du patient.
#[utoipa::path(tag = "patients", params(("id" = PatientId, Path)), responses((status = 200, body = Vec<Correspondant>), Problemes))]
#[get("/patients/{id}/correspondants")]
async fn correspondants(ctx: Ctx, id: Path<PatientId>) -> Resultat<Reponse<Vec<Correspondant>>> {
    let (liste, version) = ctx.consulter(move |op| service::lire_correspondants(op, *id)).await?;
    Ok(Reponse::ok(liste).version(version))
}

/// Remplace les correspondants d'un patient ; If-Match porte la version du patient.
#[utoipa::path(tag = "patients", params(("id" = PatientId, Path), ("If-Match" = String, Header)), request_body = CorrespondantsSaisis,
    responses((status = 200, body = Vec<Correspondant>), Problemes))]
#[put("/patients/{id}/correspondants")]
async fn remplacer_correspondants(
    ctx: Ctx,
    id: Path<PatientId>,
    si: SiVersion,
    corps: Corps<CorrespondantsSaisis>,
) -> Resultat<Reponse<Vec<Correspondant>>> {
    let saisis = corps.contenu;
    let (liste, version) = ctx.ecrire(move |op| service::remplacer_correspondants(op, *id, si.0, &saisis)).await?;
    Ok(Reponse::ok(liste).version(version))
}

/// Les oppositions d'un patient, levées comprises.
#[utoipa::path(tag = "patients", params(("id" = PatientId, Path)), responses((status = 200, body = Vec<Opposition>), Problemes))]
#[get("/patients/{id}/oppositions")]
async fn oppositions(ctx: Ctx, id: Path<PatientId>) -> Resultat<Reponse<Vec<Opposition>>> {
    Ok(Reponse::ok(ctx.consulter(move |op| service::lire_oppositions(op, *id)).await?))
}

/// Enregistre une opposition exprimée par le patient.
#[utoipa::path(tag = "patients", params(("id" = PatientId, Path)), request_body = OppositionSaisie,
    responses((status = 201, body = Opposition), Problemes))]
#[post("/patients/{id}/oppositions")]
async fn recueillir_opposition(ctx: Ctx, id: Path<PatientId>, corps: Corps<OppositionSaisie>) -> Resultat<Reponse<Value>> {
    let saisie = corps.contenu;
    ctx.poster(&corps.empreinte, move |op| {
        let opposition = service::recueillir_opposition(op, *id, &saisie)?;
        Ok(Reponse::cree(opposition, format!("/api/v1/patients/{id}/oppositions")))
    })
    .await
}

/// Lève une opposition.
#[utoipa::path(tag = "patients", params(("id" = OppositionId, Path)), responses((status = 200, body = Opposition), Problemes))]
#[post("/oppositions/{id}/levee")]
async fn lever_opposition(ctx: Ctx, id: Path<OppositionId>) -> Resultat<Reponse<Value>> {
    ctx.poster("", move |op| Ok(Reponse::ok(service::lever_opposition(op, *id)?))).await
}

/// Les dossiers d'un patient, du plus ancien au plus récent.
#[utoipa::path(tag = "dossiers", params(("id" = PatientId, Path)), responses((status = 200, body = Vec<Dossier>), Problemes))]
#[get("/patients/{id}/dossiers")]
async fn dossiers(ctx: Ctx, id: Path<PatientId>) -> Resultat<Reponse<Vec<Dossier>>> {
    Ok(Reponse::ok(ctx.consulter(move |op| service::dossiers(op, *id)).await?))
}

/// Ouvre un dossier pour un patient.
#[utoipa::path(tag = "dossiers", params(("id" = PatientId, Path)), request_body = DossierSaisi,
    responses((status = 201, body = Dossier), Problemes))]
#[post("/patients/{id}/dossiers")]
async fn creer_dossier(ctx: Ctx, id: Path<PatientId>, corps: Corps<DossierSaisi>) -> Resultat<Reponse<Value>> {
    let saisi = corps.contenu;
    ctx.poster(&corps.empreinte, move |op| {
        let cree = service::creer_dossier(op, *id, &saisi)?;
        let (chemin, version) = (format!("/api/v1/dossiers/{}", cree.id), cree.version);
        Ok(Reponse::cree(cree, chemin).version(version))
    })
    .await
}

/// Lit un dossier.
#[utoipa::path(tag = "dossiers", params(("id" = DossierId, Path)), responses((status = 200, body = Dossier), Problemes))]
#[get("/dossiers/{id}")]
async fn lire_dossier(ctx: Ctx, id: Path<DossierId>) -> Resultat<Reponse<Dossier>> {
    let lu = ctx.consulter(move |op| service::lire_dossier(op, *id)).await?;
    let version = lu.version;
    Ok(Reponse::ok(lu).version(version))
}

/// Modifie un dossier ouvert.
#[utoipa::path(tag = "dossiers", params(("id" = DossierId, Path), ("If-Match" = String, Header)), request_body = DossierSaisi,
    responses((status = 200, body = Dossier), Problemes))]
#[put("/dossiers/{id}")]
async fn modifier_dossier(ctx: Ctx, id: Path<DossierId>, si: SiVersion, corps: Corps<DossierSaisi>) -> Resultat<Reponse<Dossier>> {
    let saisi = corps.contenu;
    let apres = ctx.ecrire(move |op| service::modifier_dossier(op, *id, si.0, &saisi)).await?;
    let version = apres.version;
    Ok(Reponse::ok(apres).version(version))
}

/// Clôt un dossier.
#[utoipa::path(tag = "dossiers", params(("id" = DossierId, Path), ("If-Match" = String, Header)),
    responses((status = 200, body = Dossier), Problemes))]
#[post("/dossiers/{id}/cloture")]
async fn clore_dossier(ctx: Ctx, id: Path<DossierId>, si: SiVersion) -> Resultat<Reponse<Value>> {
    ctx.poster("", move |op| {
        let apres = service::clore_dossier(op, *id, si.0)?;
        let version = apres.version;
        Ok(Reponse::ok(apres).version(version))
    })
    .await
}

/// Rouvre un dossier clos.
#[utoipa::path(tag = "dossiers", params(("id" = DossierId, Path), ("If-Match" = String, Header)),
    responses((status = 200, body = Dossier), Problemes))]
#[post("/dossiers/{id}/reouverture")]
async fn rouvrir_dossier(ctx: Ctx, id: Path<DossierId>, si: SiVersion) -> Resultat<Reponse<Value>> {
    ctx.poster("", move |op| {
        let apres = service::rouvrir_dossier(op, *id, si.0)?;
        let version = apres.version;
        Ok(Reponse::ok(apres).version(version))
    })
    .await
}

/// The operations of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(creer)
        .service(rechercher)
        .service(rechercher_partout)
        .service(lire)
        .service(modifier)
        .service(attribuer)
        .service(historique)
        .service(correspondants)
        .service(remplacer_correspondants)
        .service(oppositions)
        .service(recueillir_opposition)
        .service(lever_opposition)
        .service(dossiers)
        .service(creer_dossier)
        .service(lire_dossier)
        .service(modifier_dossier)
        .service(clore_dossier)
        .service(rouvrir_dossier);
}
