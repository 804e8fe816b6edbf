//! Operations on programmes.

use super::{
    model::{GenreProgramme, MiseAJour, NouveauProgramme, Preremplissage, ProgrammeDetaille, ProgrammeResume, RemiseSaisie},
    service::{self, Changement},
};
use crate::{
    http::{Corps, Ctx, Filtre, Problemes, Reponse, SiVersion},
    kernel::{
        Resultat,
        ids::{CompteRenduId, DossierId, PatientId, ProgrammeId},
    },
    metier::document::{http::fichier, model::GenreDocument},
};
use actix_web::{HttpResponse, delete, get, patch, post, put, web::Path};
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use validator::{Validate, ValidationErrors};

/// What is written in a programme, or what changes in it: its shape is that of its model.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = Object)]
struct SaisieProgramme(Map<String, Value>);

/// The schema of the model checks it.
impl Validate for SaisieProgramme {
    fn validate(&self) -> Result<(), ValidationErrors> {
        Ok(())
    }
}

/// What a programme would start from.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct FiltreDepart {
    /// Genre du programme.
    genre: GenreProgramme,
    /// Compte-rendu du dossier dont un PPS porte la proposition ; un PPAC part du PPS remis.
    compte_rendu: Option<CompteRenduId>,
}

/// Ce dont partirait un nouveau programme du dossier, d'après le compte-rendu ou le PPS remis ; rien n'est enregistré.
#[utoipa::path(tag = "programmes", params(("id" = DossierId, Path), FiltreDepart),
    responses((status = 200, body = Preremplissage), Problemes))]
#[get("/dossiers/{id}/programme-prerempli")]
async fn preremplir(ctx: Ctx, id: Path<DossierId>, filtre: Filtre<FiltreDepart>) -> Resultat<Reponse<Preremplissage>> {
    let f = filtre.0;
    Ok(Reponse::ok(ctx.consulter(move |op| service::preremplir(op, *id, f.genre, f.compte_rendu)).await?))
}

/// Commence le programme d'un dossier (PPS ou PPAC), prérempli, d'après le modèle en vigueur.
#[utoipa::path(tag = "programmes", params(("id" = DossierId, Path)), request_body = NouveauProgramme,
    responses((status = 201, body = ProgrammeDetaille), Problemes))]
#[post("/dossiers/{id}/programmes")]
async fn creer(ctx: Ctx, id: Path<DossierId>, corps: Corps<NouveauProgramme>) -> Resultat<Reponse<Value>> {
    let nouveau = corps.contenu;
    ctx.poster(&corps.empreinte, move |op| Ok(cree(service::creer(op, *id, &nouveau)?))).await
}

/// Les programmes d'un dossier et leurs versions, le dernier commencé d'abord.
#[utoipa::path(tag = "programmes", params(("id" = DossierId, Path)), responses((status = 200, body = Vec<ProgrammeResume>), Problemes))]
#[get("/dossiers/{id}/programmes")]
async fn du_dossier(ctx: Ctx, id: Path<DossierId>) -> Resultat<Reponse<Vec<ProgrammeResume>>> {
    Ok(Reponse::ok(ctx.consulter(move |op| service::du_dossier(op, *id)).await?))
}

/// Les programmes d'un patient et leurs versions, le dernier commencé d'abord.
#[utoipa::path(tag = "programmes", params(("id" = PatientId, Path)), responses((status = 200, body = Vec<ProgrammeResume>), Problemes))]
#[get("/patients/{id}/programmes")]
async fn du_patient(ctx: Ctx, id: Path<PatientId>) -> Resultat<Reponse<Vec<ProgrammeResume>>> {
    Ok(Reponse::ok(ctx.consulter(move |op| service::du_patient(op, *id)).await?))
}

/// Lit un programme, ce qui y manque et les documents qui sont prêts.
#[utoipa::path(tag = "programmes", params(("id" = ProgrammeId, Path)), responses((status = 200, body = ProgrammeDetaille), Problemes))]
#[get("/programmes/{id}")]
async fn lire(ctx: Ctx, id: Path<ProgrammeId>) -> Resultat<Reponse<ProgrammeDetaille>> {
    Ok(versionne(ctx.consulter(move |op| service::lire(op, *id)).await?))
}

/// Remplace ce que dit un brouillon ; il peut être incomplet, mais pas fautif.
#[utoipa::path(tag = "programmes", params(("id" = ProgrammeId, Path), ("If-Match" = String, Header)), request_body = SaisieProgramme,
    responses((status = 200, body = ProgrammeDetaille), Problemes))]
#[put("/programmes/{id}")]
async fn remplacer(ctx: Ctx, id: Path<ProgrammeId>, si: SiVersion, corps: Corps<SaisieProgramme>) -> Resultat<Reponse<ProgrammeDetaille>> {
    let changement = Changement::Remplacer(corps.contenu.0);
    Ok(versionne(ctx.ecrire(move |op| service::modifier(op, *id, si.0, &changement)).await?))
}

/// Modifie une partie de ce que dit un brouillon (RFC 7396 : `null` retire, une liste est remplacée entière).
#[utoipa::path(tag = "programmes", params(("id" = ProgrammeId, Path), ("If-Match" = String, Header)),
    request_body(content = SaisieProgramme, content_type = "application/merge-patch+json"),
    responses((status = 200, body = ProgrammeDetaille), Problemes))]
#[patch("/programmes/{id}")]
async fn fusionner(ctx: Ctx, id: Path<ProgrammeId>, si: SiVersion, corps: Corps<SaisieProgramme>) -> Resultat<Reponse<ProgrammeDetaille>> {
    let changement = Changement::Fusionner(corps.contenu.0);
    Ok(versionne(ctx.ecrire(move |op| service::modifier(op, *id, si.0, &changement)).await?))
}

/// Retire un brouillon ; ce qui a été remis reste.
#[utoipa::path(tag = "programmes", params(("id" = ProgrammeId, Path), ("If-Match" = String, Header)),
    responses((status = 204, description = "Retiré"), Problemes))]
#[delete("/programmes/{id}")]
async fn supprimer(ctx: Ctx, id: Path<ProgrammeId>, si: SiVersion) -> Resultat<HttpResponse> {
    ctx.ecrire(move |op| service::supprimer(op, *id, si.0)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Remet un programme complet au patient : il est daté, signé et ne change plus ; il remplace la version précédente.
#[utoipa::path(tag = "programmes", params(("id" = ProgrammeId, Path), ("If-Match" = String, Header)), request_body = RemiseSaisie,
    responses((status = 200, body = ProgrammeDetaille), Problemes))]
#[post("/programmes/{id}/remise")]
async fn remettre(ctx: Ctx, id: Path<ProgrammeId>, si: SiVersion, corps: Corps<RemiseSaisie>) -> Resultat<Reponse<Value>> {
    let saisie = corps.contenu;
    ctx.poster(&format!("{}\n{}", si.0, corps.empreinte), move |op| Ok(versionne(service::remettre(op, *id, si.0, &saisie)?))).await
}

/// Commence une nouvelle version du programme en vigueur, avec son motif ; elle le remplacera à sa remise.
#[utoipa::path(tag = "programmes", params(("id" = ProgrammeId, Path), ("If-Match" = String, Header)), request_body = MiseAJour,
    responses((status = 201, body = ProgrammeDetaille), Problemes))]
#[post("/programmes/{id}/nouvelle-version")]
async fn nouvelle_version(ctx: Ctx, id: Path<ProgrammeId>, si: SiVersion, corps: Corps<MiseAJour>) -> Resultat<Reponse<Value>> {
    let demande = corps.contenu;
    ctx.poster(&format!("{}\n{}", si.0, corps.empreinte), move |op| Ok(cree(service::nouvelle_version(op, *id, si.0, &demande)?))).await
}

/// Télécharge le PDF d'un programme remis ; 409 `document-en-preparation` avec `Retry-After` tant qu'il n'est pas prêt.
#[utoipa::path(tag = "programmes", params(("id" = ProgrammeId, Path)),
    responses((status = 200, description = "PDF/A", content_type = "application/pdf", body = Vec<u8>), Problemes))]
#[get("/programmes/{id}/document.pdf")]
async fn telecharger_le_pdf(ctx: Ctx, id: Path<ProgrammeId>) -> Resultat<HttpResponse> {
    Ok(fichier(ctx.consulter(move |op| service::telecharger(op, *id, GenreDocument::Pdf)).await?, "programme"))
}

/// Télécharge le CDA d'un programme remis ; 409 `document-en-preparation` avec `Retry-After` tant qu'il n'est pas prêt.
#[utoipa::path(tag = "programmes", params(("id" = ProgrammeId, Path)),
    responses((status = 200, description = "CDA R2", content_type = "text/xml", body = Vec<u8>), Problemes))]
#[get("/programmes/{id}/document.xml")]
async fn telecharger_le_cda(ctx: Ctx, id: Path<ProgrammeId>) -> Resultat<HttpResponse> {
    Ok(fichier(ctx.consulter(move |op| service::telecharger(op, *id, GenreDocument::Cda)).await?, "programme"))
}

/// Télécharge l'archive IHE XDM d'un programme remis, telle que la MSSanté la porte ; 409 `document-en-preparation` tant qu'elle n'est pas prête.
#[utoipa::path(tag = "programmes", params(("id" = ProgrammeId, Path)),
    responses((status = 200, description = "IHE XDM", content_type = "application/zip", body = Vec<u8>), Problemes))]
#[get("/programmes/{id}/ihe_xdm.zip")]
async fn telecharger_l_archive(ctx: Ctx, id: Path<ProgrammeId>) -> Resultat<HttpResponse> {
    Ok(fichier(ctx.consulter(move |op| service::telecharger(op, *id, GenreDocument::Xdm)).await?, "ihe-xdm"))
}

fn versionne(detaille: ProgrammeDetaille) -> Reponse<ProgrammeDetaille> {
    let version = detaille.programme.version;
    Reponse::ok(detaille).version(version)
}

fn cree(detaille: ProgrammeDetaille) -> Reponse<ProgrammeDetaille> {
    let (chemin, version) = (format!("/api/v1/programmes/{}", detaille.programme.id), detaille.programme.version);
    Reponse::cree(detaille, chemin).version(version)
}

/// The operations of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(preremplir)
        .service(creer)
        .service(du_dossier)
        .service(du_patient)
        .service(lire)
        .service(remplacer)
        .service(fusionner)
        .service(supprimer)
        .service(remettre)
        .service(nouvelle_version)
        .service(telecharger_le_pdf)
        .service(telecharger_le_cda)
        .service(telecharger_l_archive);
}
