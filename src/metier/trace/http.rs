//! Operations of the data protection officer on the trace.

use super::{
    model::{AlerteAcces, FiltreTrace, RegleAcces, RegleAccesSaisie, VerdictSaisi, detection::CodeRegle, fhir::audit_event},
    service::{self, detection},
};
use crate::{
    http::{Corps, Ctx, Filtre, Problemes, Reponse, SiVersion},
    kernel::{
        Instant, Resultat,
        acte::IssueActe,
        ids::{AlerteAccesId, CompteId, PatientId},
        page::{Page, Pagination},
    },
};
use actix_web::{get, post, put, web::Path};
use serde::Deserialize;
use serde_json::Value;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

/// Which rows of the trace.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct FiltreEvenements {
    /// À partir de ce moment (RFC 3339).
    #[param(value_type = Option<String>, format = DateTime)]
    depuis: Option<Instant>,
    /// Avant ce moment.
    #[param(value_type = Option<String>, format = DateTime)]
    avant: Option<Instant>,
    /// Compte qui a agi.
    compte: Option<CompteId>,
    /// Patient dont il s'agit.
    patient: Option<PatientId>,
    /// Actes acceptés ou refusés.
    resultat: Option<IssueActe>,
    /// Nombre de lignes, de 1 à 200.
    limite: Option<i64>,
    /// `suivant` de la page précédente.
    curseur: Option<String>,
}

/// Les actes tracés, en ressources FHIR R4 AuditEvent (IHE BALP), du plus ancien au plus récent.
#[utoipa::path(tag = "trace", params(FiltreEvenements), responses((status = 200, body = Page<Value>), Problemes))]
#[get("/trace/evenements")]
async fn evenements(ctx: Ctx, filtre: Filtre<FiltreEvenements>) -> Resultat<Reponse<Page<Value>>> {
    let f = filtre.0;
    let pagination = Pagination { limite: f.limite, curseur: f.curseur };
    let filtre = FiltreTrace { depuis: f.depuis, avant: f.avant, compte: f.compte, patient: f.patient, resultat: f.resultat };
    let page = ctx.consulter(move |op| service::evenements(op, &filtre, &pagination)).await?;
    let source = ctx.etat.config.url_publique.clone();
    Ok(Reponse::ok(page.map(|ligne| audit_event(&ligne, &source))))
}

/// Which alerts.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct FiltreAlertes {
    /// Seulement celles qui attendent un verdict.
    #[serde(default)]
    en_attente: bool,
    /// Nombre de lignes, de 1 à 200.
    limite: Option<i64>,
    /// `suivant` de la page précédente.
    curseur: Option<String>,
}

/// Les alertes sur les accès.
#[utoipa::path(tag = "trace", params(FiltreAlertes), responses((status = 200, body = Page<AlerteAcces>), Problemes))]
#[get("/trace/alertes")]
async fn alertes(ctx: Ctx, filtre: Filtre<FiltreAlertes>) -> Resultat<Reponse<Page<AlerteAcces>>> {
    let f = filtre.0;
    let pagination = Pagination { limite: f.limite, curseur: f.curseur };
    Ok(Reponse::ok(ctx.consulter(move |op| service::alertes(op, f.en_attente, &pagination)).await?))
}

/// Rend un verdict sur une alerte.
#[utoipa::path(tag = "trace", params(("id" = AlerteAccesId, Path), ("If-Match" = String, Header)), request_body = VerdictSaisi,
    responses((status = 200, body = AlerteAcces), Problemes))]
#[post("/trace/alertes/{id}/verdict")]
async fn juger(ctx: Ctx, id: Path<AlerteAccesId>, si: SiVersion, corps: Corps<VerdictSaisi>) -> Resultat<Reponse<Value>> {
    let saisi = corps.contenu;
    ctx.poster(&corps.empreinte, move |op| {
        let apres = service::juger(op, *id, si.0, &saisi)?;
        let version = apres.version;
        Ok(Reponse::ok(apres).version(version))
    })
    .await
}

/// Les règles de détection et leurs seuils.
#[utoipa::path(tag = "trace", responses((status = 200, body = Vec<RegleAcces>), Problemes))]
#[get("/trace/regles")]
async fn regles(ctx: Ctx) -> Resultat<Reponse<Vec<RegleAcces>>> {
    Ok(Reponse::ok(ctx.lire(detection::regles).await?))
}

/// Change le seuil d'une règle de détection, ou la suspend.
#[utoipa::path(tag = "trace", params(("code" = CodeRegle, Path), ("If-Match" = String, Header)), request_body = RegleAccesSaisie,
    responses((status = 200, body = RegleAcces), Problemes))]
#[put("/trace/regles/{code}")]
async fn changer_regle(ctx: Ctx, code: Path<CodeRegle>, si: SiVersion, corps: Corps<RegleAccesSaisie>) -> Resultat<Reponse<RegleAcces>> {
    let saisie = corps.contenu;
    let apres = ctx.ecrire(move |op| detection::changer_regle(op, *code, si.0, &saisie)).await?;
    let version = apres.version;
    Ok(Reponse::ok(apres).version(version))
}

/// The operations of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(evenements).service(alertes).service(juger).service(regles).service(changer_regle);
}
