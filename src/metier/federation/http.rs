//! Operations on sign-ins by an identity provider.
//!
//! A browser follows `depart` and comes back by `retour`; no token of the provider is ever answered, but in the address where a
//! browser ends the session of that provider, which it comes back from by `fin`.

use super::{
    model::{DUREE_DEPART, FederationError, IdentiteFederee, Secret},
    service::{self, Retour},
};
use crate::{
    app::Etat,
    http::{Corps, Ctx, Filtre, Problemes, Reponse, navigateur},
    kernel::{
        Resultat,
        ids::{CompteId, IdentiteFedereeId},
    },
};
use actix_web::{
    HttpRequest, HttpResponse,
    cookie::{Cookie, SameSite, time::Duration},
    delete, get,
    http::header::{CACHE_CONTROL, LOCATION},
    post, web,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

/// The secret of a sign-in under way. `Lax`: it must come along when the provider sends the browser back.
const TEMOIN: &str = "__Host-dcc-depart";

/// A way in.
#[derive(Debug, Serialize, ToSchema)]
struct FournisseurVu {
    /// Name in addresses.
    #[schema(example = "psc")]
    nom: String,
    /// Name to show.
    #[schema(example = "Pro Santé Connect")]
    libelle: String,
    /// Where the browser begins.
    #[schema(example = "/api/v1/federation/psc/depart")]
    depart: String,
}

/// Fournisseurs d'identité par lesquels on se connecte.
#[utoipa::path(tag = "comptes", security(()), responses((status = 200, body = Vec<FournisseurVu>), Problemes))]
#[get("/federation")]
async fn lister(etat: web::Data<Etat>) -> Reponse<Vec<FournisseurVu>> {
    let vu = |r: &crate::config::Federation| FournisseurVu {
        nom: r.nom.clone(),
        libelle: r.libelle.clone(),
        depart: format!("/api/v1/federation/{}/depart", r.nom),
    };
    Reponse::ok(etat.federation.reglages().map(vu).collect())
}

/// How a sign-in begins.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct DepartDemande {
    /// True to prove the identity again, for an act that asks for a recent proof.
    #[serde(default)]
    #[param(required = false)]
    renouveler: bool,
}

/// Commence une connexion : le navigateur est envoyé chez le fournisseur d'identité.
#[utoipa::path(tag = "comptes", security(()), params(("nom" = String, Path), DepartDemande),
    responses((status = 302, description = "Vers le fournisseur d'identité"), Problemes))]
#[get("/federation/{nom}/depart")]
async fn partir(
    requete: HttpRequest,
    etat: web::Data<Etat>,
    nom: web::Path<String>,
    demande: Filtre<DepartDemande>,
) -> Resultat<HttpResponse> {
    limiter(&requete, &etat)?;
    let depart = service::partir(&etat.db, &etat.federation, nom.into_inner(), demande.0.renouveler).await?;
    let mut secret = temoin(TEMOIN, depart.secret.as_str().to_owned());
    secret.set_max_age(Duration::seconds(DUREE_DEPART.num_seconds()));
    let reponse = HttpResponse::Found().insert_header((LOCATION, depart.adresse)).cookie(secret).finish();
    Ok(reponse)
}

/// What the provider adds to the address of return. Some add more: what is not known is left aside.
#[derive(Debug, Deserialize)]
struct RetourLu {
    code: Option<String>,
    state: Option<String>,
    iss: Option<String>,
}

/// Termine une connexion : le fournisseur d'identité renvoie ici le navigateur.
#[utoipa::path(tag = "comptes", security(()),
    params(("nom" = String, Path), ("code" = Option<String>, Query), ("state" = Option<String>, Query), ("iss" = Option<String>, Query)),
    responses((status = 303, description = "Session ouverte, portée par un cookie"), Problemes))]
#[get("/federation/{nom}/retour")]
async fn revenir(requete: HttpRequest, etat: web::Data<Etat>, nom: web::Path<String>, lu: web::Query<RetourLu>) -> Resultat<HttpResponse> {
    limiter(&requete, &etat)?;
    let RetourLu { code, state, iss } = lu.into_inner();
    let secret = requete.cookie(TEMOIN).map(|cookie| Secret::rapporte(cookie.value()));
    let retour = Retour { code, etat: state, emetteur: iss, secret };
    let session = service::revenir(&etat.db, &etat.federation, &nom, retour).await?;
    let mut oubli = temoin(TEMOIN, String::new());
    oubli.make_removal();
    Ok(HttpResponse::SeeOther().insert_header((LOCATION, "/")).cookie(navigateur::cookie(&session)).cookie(oubli).finish())
}

/// What the provider adds to the address of the end.
#[derive(Debug, Deserialize)]
struct FinLue {
    state: Option<String>,
}

/// Termine une déconnexion : le fournisseur d'identité renvoie ici le navigateur.
#[utoipa::path(tag = "comptes", security(()), params(("nom" = String, Path), ("state" = Option<String>, Query)),
    responses((status = 303, description = "Retour aux pages ; `?deconnexion=complete` si la session a aussi pris fin chez le fournisseur"), Problemes))]
#[get("/federation/{nom}/fin")]
async fn finir(requete: HttpRequest, etat: web::Data<Etat>, nom: web::Path<String>, lu: web::Query<FinLue>) -> Resultat<HttpResponse> {
    limiter(&requete, &etat)?;
    let complete = service::finir(&etat.db, &etat.federation, &nom, lu.into_inner().state).await?;
    Ok(HttpResponse::SeeOther().insert_header((LOCATION, if complete { "/?deconnexion=complete" } else { "/" })).finish())
}

/// What a provider posts when it ends a session first.
#[derive(Debug, Deserialize, ToSchema)]
struct FinPoussee {
    /// The logout token.
    logout_token: String,
}

/// Ferme les sessions que le fournisseur d'identité dit closes chez lui (OpenID Connect Back-Channel Logout). Pour le fournisseur seul.
#[utoipa::path(tag = "comptes", security(()), params(("nom" = String, Path)),
    request_body(content = FinPoussee, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, description = "Sessions closes"), Problemes))]
#[post("/federation/{nom}/fin-de-session")]
async fn entendre_la_fin(
    requete: HttpRequest,
    etat: web::Data<Etat>,
    nom: web::Path<String>,
    formulaire: Result<web::Form<FinPoussee>, actix_web::Error>,
) -> Resultat<HttpResponse> {
    limiter(&requete, &etat)?;
    let jeton = formulaire.map_err(|_| FederationError::FinRefusee)?.into_inner().logout_token;
    service::fermer_depuis_le_fournisseur(&etat.db, &etat.federation, &nom, jeton).await?;
    etat.sessions.oublier();
    Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).finish())
}

fn temoin(nom: &'static str, valeur: String) -> Cookie<'static> {
    Cookie::build(nom, valeur).path("/").secure(true).http_only(true).same_site(SameSite::Lax).finish()
}

fn limiter(requete: &HttpRequest, etat: &Etat) -> Resultat<()> {
    etat.limite_federation.check_key(&navigateur::adresse(requete, etat)).map_err(|_| FederationError::TropDeTentatives)?;
    Ok(())
}

/// A person of a provider.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct IdentiteSaisie {
    /// Name of the provider in addresses.
    #[validate(length(min = 1, max = 50, message = "De 1 à 50 caractères."))]
    #[schema(example = "chu")]
    fournisseur: String,
    /// Name of the person at the provider (`sub`).
    #[validate(length(min = 1, max = 255, message = "De 1 à 255 caractères."))]
    sujet: String,
}

/// Rattache une personne d'un fournisseur d'identité à un compte.
#[utoipa::path(tag = "comptes", params(("id" = CompteId, Path)), request_body = IdentiteSaisie,
    responses((status = 201, body = IdentiteFederee), Problemes))]
#[post("/comptes/{id}/identites")]
async fn rattacher(ctx: Ctx, id: web::Path<CompteId>, corps: Corps<IdentiteSaisie>) -> Resultat<Reponse<serde_json::Value>> {
    let Corps { contenu, empreinte } = corps;
    let emetteur = ctx.etat.federation.reglages().find(|r| r.nom == contenu.fournisseur).map(|r| r.emetteur.clone());
    ctx.poster(&empreinte, move |op| {
        let identite = service::rattacher(op, *id, emetteur.as_deref(), &contenu.sujet)?;
        let adresse = format!("/api/v1/comptes/{}/identites/{}", *id, identite.id);
        Ok(Reponse::cree(identite, adresse))
    })
    .await
}

/// Personnes rattachées à un compte chez les fournisseurs d'identité.
#[utoipa::path(tag = "comptes", params(("id" = CompteId, Path)), responses((status = 200, body = Vec<IdentiteFederee>), Problemes))]
#[get("/comptes/{id}/identites")]
async fn identites(ctx: Ctx, id: web::Path<CompteId>) -> Resultat<Reponse<Vec<IdentiteFederee>>> {
    Ok(Reponse::ok(ctx.lire(move |op| service::identites(op, *id)).await?))
}

/// Détache une personne d'un compte.
#[utoipa::path(tag = "comptes", params(("id" = CompteId, Path), ("identite" = IdentiteFedereeId, Path)),
    responses((status = 204, description = "Personne détachée"), Problemes))]
#[delete("/comptes/{id}/identites/{identite}")]
async fn detacher(ctx: Ctx, chemin: web::Path<(CompteId, IdentiteFedereeId)>) -> Resultat<HttpResponse> {
    let (compte, identite) = chemin.into_inner();
    ctx.ecrire(move |op| service::detacher(op, compte, identite)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// The operations of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(lister)
        .service(partir)
        .service(revenir)
        .service(finir)
        .service(entendre_la_fin)
        .service(rattacher)
        .service(identites)
        .service(detacher);
}
