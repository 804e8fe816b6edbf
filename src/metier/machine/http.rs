//! Operations on the software of établissements: their tokens, and who manages them.

use super::{
    jeton::{DUREE, SignataireMachines},
    model::{ClientMachine, Coupure, MachineError, Portee, empreinte_du_certificat},
    service::{self, ClientSaisi, DemandeJeton, JetonDonne},
};
use crate::{
    app::Etat,
    db::{Demande, Op},
    http::{Corps, Ctx, Filtre, Problemes, Reponse, SiVersion, certificat},
    kernel::{
        Resultat,
        ids::{ClientMachineId, EtablissementId},
    },
};
use actix_web::{HttpRequest, HttpResponse, delete, get, post, put, web};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

/// The request for a token (RFC 6749, section 4.4); what else it says is left aside.
#[derive(Debug, Deserialize, ToSchema)]
struct Formulaire {
    #[schema(example = "client_credentials")]
    grant_type: String,
    client_id: Option<String>,
    #[schema(example = "dcc.lecture dcc.ecriture")]
    scope: Option<String>,
}

/// An access token (RFC 6749, section 5.1).
#[derive(Debug, Serialize, ToSchema)]
struct JetonVu {
    /// For `Authorization: Bearer`, on connections with the same certificate.
    access_token: String,
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// Seconds.
    expires_in: i64,
    scope: String,
}

/// Donne un jeton d'accès au logiciel d'un établissement, reconnu à son certificat client.
#[utoipa::path(tag = "machines", security(()),
    request_body(content = Formulaire, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, body = JetonVu), Problemes))]
#[post("/oauth2/jeton")]
async fn donner_un_jeton(
    requete: HttpRequest,
    etat: web::Data<Etat>,
    formulaire: Result<web::Form<Formulaire>, actix_web::Error>,
) -> Resultat<Reponse<JetonVu>> {
    let adresse = requete.peer_addr().map(|a| format!("machine:{}", a.ip())).unwrap_or_default();
    etat.limite_federation.check_key(&adresse).map_err(|_| MachineError::TropDeRequetes)?;
    let signataire = signataire(&etat)?;
    let Formulaire { grant_type, client_id, scope } = formulaire.map_err(|_| MachineError::DemandeIllisible)?.into_inner();
    if grant_type != "client_credentials" {
        return Err(MachineError::Flux.into());
    }
    let empreinte = certificat::empreinte(&requete).map(str::to_owned);
    let demande = DemandeJeton { client: client_id, portees: scope };
    let qui = Demande::systeme("jetons des machines");
    let donner = move |op: &mut Op<'_>| service::donner_un_jeton(op, &signataire, empreinte.as_deref(), &demande);
    let issue = etat.db.ecrire(&qui, donner).await;
    if let Some(code) = issue.as_ref().err().and_then(crate::kernel::Erreur::code) {
        etat.db.ecrire(&qui, move |op| service::tracer_refus(op, code)).await?;
    }
    let JetonDonne { jeton, portees } = issue?;
    let scope = portees.iter().map(|p| p.as_str()).collect::<Vec<_>>().join(" ");
    Ok(Reponse::ok(JetonVu { access_token: jeton, token_type: "Bearer", expires_in: DUREE.num_seconds(), scope }))
}

fn signataire(etat: &Etat) -> Result<Arc<SignataireMachines>, MachineError> {
    etat.machines.clone().ok_or(MachineError::NonAdmises)
}

/// Clés publiques qui vérifient les jetons des machines (RFC 7517).
#[utoipa::path(tag = "machines", security(()), responses((status = 200, description = "Jeu de clés"), Problemes))]
#[get("/.well-known/jwks.json")]
async fn cles(etat: web::Data<Etat>) -> Resultat<Reponse<serde_json::Value>> {
    Ok(Reponse::ok(serde_json::json!({ "keys": [signataire(&etat)?.cle_publique()] })))
}

/// Ce que ce service dit de sa délivrance de jetons (RFC 8414).
#[utoipa::path(tag = "machines", security(()), responses((status = 200, description = "Métadonnées"), Problemes))]
#[get("/.well-known/oauth-authorization-server")]
async fn metadonnees(etat: web::Data<Etat>) -> Resultat<Reponse<serde_json::Value>> {
    let signataire = signataire(&etat)?;
    let emetteur = signataire.emetteur();
    Ok(Reponse::ok(serde_json::json!({
        "issuer": emetteur,
        "token_endpoint": format!("{emetteur}/api/v1/oauth2/jeton"),
        "jwks_uri": format!("{emetteur}/.well-known/jwks.json"),
        "grant_types_supported": ["client_credentials"],
        "response_types_supported": [],
        "scopes_supported": Portee::TOUS,
        "token_endpoint_auth_methods_supported": ["self_signed_tls_client_auth", "tls_client_auth"],
        "tls_client_certificate_bound_access_tokens": true,
    })))
}

/// Software to declare.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct NouveauClient {
    etablissement_id: EtablissementId,
    /// Name to show and to trace.
    #[validate(length(min = 1, max = 200, message = "De 1 à 200 caractères."))]
    #[schema(example = "DPI du centre hospitalier")]
    nom: String,
    /// What it may ask for.
    #[validate(length(min = 1, message = "Une portée au moins."))]
    portees: Vec<Portee>,
    /// Its client certificate (PEM).
    #[validate(length(min = 1, max = 20000, message = "De 1 à 20 000 caractères."))]
    certificat: String,
}

/// Déclare le logiciel d'un établissement, avec son certificat client.
#[utoipa::path(tag = "machines", request_body = NouveauClient, responses((status = 201, body = ClientMachine), Problemes))]
#[post("/machines")]
async fn creer(ctx: Ctx, corps: Corps<NouveauClient>) -> Resultat<Reponse<serde_json::Value>> {
    let Corps { contenu, empreinte } = corps;
    let certificat = empreinte_du_certificat(&contenu.certificat)?;
    let saisi = ClientSaisi { nom: contenu.nom, portees: contenu.portees, actif: true };
    ctx.poster(&empreinte, move |op| {
        let client = service::creer(op, contenu.etablissement_id, &saisi, &certificat)?;
        let (adresse, version) = (format!("/api/v1/machines/{}", client.id), client.version);
        Ok(Reponse::cree(client, adresse).version(version))
    })
    .await
}

/// Which clients to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct FiltreClients {
    /// Those of one établissement.
    etablissement: Option<EtablissementId>,
}

/// Logiciels déclarés.
#[utoipa::path(tag = "machines", params(FiltreClients), responses((status = 200, body = Vec<ClientMachine>), Problemes))]
#[get("/machines")]
async fn lister(ctx: Ctx, filtre: Filtre<FiltreClients>) -> Resultat<Reponse<Vec<ClientMachine>>> {
    Ok(Reponse::ok(ctx.lire(move |op| service::lister(op, filtre.0.etablissement)).await?))
}

/// Un logiciel déclaré.
#[utoipa::path(tag = "machines", params(("id" = ClientMachineId, Path)), responses((status = 200, body = ClientMachine), Problemes))]
#[get("/machines/{id}")]
async fn trouver(ctx: Ctx, id: web::Path<ClientMachineId>) -> Resultat<Reponse<ClientMachine>> {
    let client = ctx.lire(move |op| service::trouver(op, *id)).await?;
    let version = client.version;
    Ok(Reponse::ok(client).version(version))
}

/// What can be changed of a client.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct ClientModifie {
    /// Name to show and to trace.
    #[validate(length(min = 1, max = 200, message = "De 1 à 200 caractères."))]
    nom: String,
    /// What it may ask for.
    #[validate(length(min = 1, message = "Une portée au moins."))]
    portees: Vec<Portee>,
    /// False to shut it out.
    actif: bool,
}

/// Change le nom, les portées ou l'état d'un logiciel.
#[utoipa::path(tag = "machines", params(("id" = ClientMachineId, Path)), request_body = ClientModifie,
    responses((status = 200, body = ClientMachine), Problemes))]
#[put("/machines/{id}")]
async fn modifier(
    ctx: Ctx,
    id: web::Path<ClientMachineId>,
    lue: SiVersion,
    corps: Corps<ClientModifie>,
) -> Resultat<Reponse<ClientMachine>> {
    let ClientModifie { nom, portees, actif } = corps.contenu;
    let saisi = ClientSaisi { nom, portees, actif };
    let client = ctx.ecrire(move |op| service::modifier(op, *id, lue.0, &saisi)).await?;
    let version = client.version;
    Ok(Reponse::ok(client).version(version))
}

/// A certificate.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct CertificatSaisi {
    /// The certificate (PEM).
    #[validate(length(min = 1, max = 20000, message = "De 1 à 20 000 caractères."))]
    certificat: String,
}

/// Ajoute un certificat à un logiciel ; l'ancien sert jusqu'à son retrait.
#[utoipa::path(tag = "machines", params(("id" = ClientMachineId, Path)), request_body = CertificatSaisi,
    responses((status = 201, body = ClientMachine), Problemes))]
#[post("/machines/{id}/certificats")]
async fn ajouter_certificat(
    ctx: Ctx,
    id: web::Path<ClientMachineId>,
    corps: Corps<CertificatSaisi>,
) -> Resultat<Reponse<serde_json::Value>> {
    let certificat = empreinte_du_certificat(&corps.contenu.certificat)?;
    ctx.poster(&corps.empreinte, move |op| {
        Ok(Reponse::cree(service::ajouter_certificat(op, *id, &certificat)?, format!("/api/v1/machines/{}", *id)))
    })
    .await
}

/// Retire un certificat : ni lui ni les jetons qui lui sont liés n'ouvrent plus rien.
#[utoipa::path(tag = "machines", params(("id" = ClientMachineId, Path), ("empreinte" = String, Path)),
    responses((status = 204, description = "Certificat retiré"), Problemes))]
#[delete("/machines/{id}/certificats/{empreinte}")]
async fn retirer_certificat(ctx: Ctx, chemin: web::Path<(ClientMachineId, String)>) -> Resultat<HttpResponse> {
    let (id, certificat) = chemin.into_inner();
    ctx.ecrire(move |op| service::retirer_certificat(op, id, &certificat)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Why the software of an établissement is shut out.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct CoupureSaisie {
    /// The reason.
    #[validate(length(min = 1, max = 500, message = "De 1 à 500 caractères."))]
    #[schema(example = "Poste compromis signalé par l'établissement")]
    motif: String,
}

/// Coupe tous les logiciels d'un établissement, dès la requête suivante.
#[utoipa::path(tag = "machines", params(("id" = EtablissementId, Path)), request_body = CoupureSaisie,
    responses((status = 201, body = Coupure), Problemes))]
#[post("/etablissements/{id}/interfaces/coupure")]
async fn couper(ctx: Ctx, id: web::Path<EtablissementId>, corps: Corps<CoupureSaisie>) -> Resultat<Reponse<serde_json::Value>> {
    let Corps { contenu, empreinte } = corps;
    ctx.poster(&empreinte, move |op| Ok(Reponse::cree(service::couper(op, *id, &contenu.motif)?, "/api/v1/interfaces/coupures"))).await
}

/// Rétablit les logiciels d'un établissement.
#[utoipa::path(tag = "machines", params(("id" = EtablissementId, Path)),
    responses((status = 204, description = "Logiciels rétablis"), Problemes))]
#[delete("/etablissements/{id}/interfaces/coupure")]
async fn retablir(ctx: Ctx, id: web::Path<EtablissementId>) -> Resultat<HttpResponse> {
    ctx.ecrire(move |op| service::retablir(op, *id)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Établissements dont les logiciels sont coupés.
#[utoipa::path(tag = "machines", responses((status = 200, body = Vec<Coupure>), Problemes))]
#[get("/interfaces/coupures")]
async fn coupures(ctx: Ctx) -> Resultat<Reponse<Vec<Coupure>>> {
    Ok(Reponse::ok(ctx.lire(service::coupures).await?))
}

/// The operations of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(donner_un_jeton)
        .service(creer)
        .service(lister)
        .service(trouver)
        .service(modifier)
        .service(ajouter_certificat)
        .service(retirer_certificat)
        .service(couper)
        .service(retablir)
        .service(coupures);
}

/// What is found at the addresses that the standards fix.
pub fn routes_publiques(config: &mut ServiceConfig) {
    config.service(cles).service(metadonnees);
}
