//! Operations on sessions and accounts.

use super::{
    model::{CompteError, HabilitationDonnee, Jetons, hacher},
    service::{self, NouveauCompte},
};
use crate::{
    app::Etat,
    http::{Corps, Ctx, Problemes, Reponse},
    kernel::{
        Resultat,
        acteur::{Habilitation, Role},
        ids::{CompteId, PraticienId},
    },
};
use actix_web::{HttpRequest, HttpResponse, delete, get, post, web};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

/// What a person types to sign in.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct Connexion {
    /// Identifier of the account.
    #[validate(length(min = 1, max = 200, message = "De 1 à 200 caractères."))]
    #[schema(example = "secretaire")]
    identifiant: String,
    /// Password.
    #[validate(length(min = 1, max = 512, message = "De 1 à 512 caractères."))]
    mot_de_passe: String,
}

/// Ouvre une session par identifiant et mot de passe.
#[utoipa::path(tag = "comptes", request_body = Connexion, security(()),
    responses((status = 201, description = "Session ouverte", body = Jetons), Problemes))]
#[post("/sessions")]
async fn connecter(requete: HttpRequest, etat: web::Data<Etat>, corps: Corps<Connexion>) -> Resultat<Reponse<Jetons>> {
    let Connexion { identifiant, mot_de_passe } = corps.contenu;
    let identifiant = identifiant.trim().to_lowercase();
    let adresse = requete.peer_addr().map(|a| a.ip().to_string()).unwrap_or_default();
    etat.limite_connexion.check_key(&(adresse, identifiant.clone())).map_err(|_| CompteError::TropDeTentatives)?;
    let jetons = service::connecter(&etat.db, &etat.jetons, identifiant, mot_de_passe).await?;
    Ok(Reponse::cree(jetons, "/api/v1/sessions/courante"))
}

/// A refresh token.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct Rafraichissement {
    /// The refresh token of the last answer.
    #[validate(length(min = 1, max = 200, message = "De 1 à 200 caractères."))]
    rafraichissement: String,
}

/// Renouvelle les jetons ; l'ancien jeton de rafraîchissement ne sert plus.
#[utoipa::path(tag = "comptes", request_body = Rafraichissement, security(()),
    responses((status = 200, description = "Nouveaux jetons", body = Jetons), Problemes))]
#[post("/sessions/rafraichissement")]
async fn rafraichir(etat: web::Data<Etat>, corps: Corps<Rafraichissement>) -> Resultat<Reponse<Jetons>> {
    let jetons = service::rafraichir(&etat.db, &etat.jetons, corps.contenu.rafraichissement).await?;
    Ok(Reponse::ok(jetons))
}

/// Ferme la session en cours.
#[utoipa::path(tag = "comptes", responses((status = 204, description = "Session close"), Problemes))]
#[delete("/sessions/courante")]
async fn deconnecter(ctx: Ctx) -> Resultat<HttpResponse> {
    ctx.ecrire_quand_meme(service::deconnecter).await?;
    ctx.etat.sessions.oublier();
    Ok(HttpResponse::NoContent().finish())
}

/// The signed-in person.
#[derive(Debug, Serialize, ToSchema)]
struct Moi {
    compte: Option<CompteId>,
    praticien: Option<PraticienId>,
    nom: String,
    habilitations: Vec<Habilitation>,
}

/// Qui suis-je, avec quelles habilitations.
#[utoipa::path(tag = "comptes", responses((status = 200, body = Moi), Problemes))]
#[get("/moi")]
async fn moi(ctx: Ctx) -> Reponse<Moi> {
    let acteur = ctx.acteur();
    Reponse::ok(Moi {
        compte: acteur.compte,
        praticien: acteur.praticien,
        nom: acteur.nom.clone(),
        habilitations: acteur.habilitations.clone(),
    })
}

/// An account to open.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct CompteSaisi {
    /// Identifier of the account.
    #[validate(length(min = 3, max = 200, message = "De 3 à 200 caractères."))]
    identifiant: String,
    /// First password, 12 characters at least.
    #[validate(length(min = 12, max = 128, message = "De 12 à 128 caractères."))]
    mot_de_passe: String,
    /// Name to show.
    #[validate(length(min = 1, max = 200, message = "De 1 à 200 caractères."))]
    nom: String,
    /// Directory entry, for a professional.
    praticien_id: Option<PraticienId>,
    /// Last day, compulsory for interim staff.
    fin_le: Option<NaiveDate>,
    /// Rights, in force from today.
    #[serde(default)]
    habilitations: Vec<Habilitation>,
}

/// An account.
#[derive(Debug, Serialize, ToSchema)]
struct CompteVue {
    id: CompteId,
    identifiant: String,
    nom: String,
    praticien_id: Option<PraticienId>,
    actif: bool,
    fin_le: Option<NaiveDate>,
    habilitations: Vec<HabilitationDonnee>,
}

/// Ouvre un compte et lui donne ses habilitations.
#[utoipa::path(tag = "comptes", request_body = CompteSaisi, responses((status = 201, body = CompteVue), Problemes))]
#[post("/comptes")]
async fn creer(ctx: Ctx, corps: Corps<CompteSaisi>) -> Resultat<Reponse<serde_json::Value>> {
    let empreinte = corps.empreinte;
    let nouveau = nouveau_compte(&ctx, corps.contenu).await?;
    ctx.poster(&empreinte, move |op| {
        let (compte, habilitations) = service::creer(op, &nouveau)?;
        let vue = CompteVue {
            id: compte.id,
            identifiant: compte.identifiant,
            nom: compte.nom,
            praticien_id: compte.praticien_id,
            actif: compte.actif,
            fin_le: compte.fin_le,
            habilitations,
        };
        Ok(Reponse::cree(vue, format!("/api/v1/comptes/{}", compte.id)).version(compte.version))
    })
    .await
}

async fn nouveau_compte(ctx: &Ctx, saisi: CompteSaisi) -> Resultat<NouveauCompte> {
    let sel = ctx.etat.db.chance().secret();
    let empreinte = web::block(move || hacher(&saisi.mot_de_passe, &sel))
        .await
        .map_err(|e| crate::kernel::Panne::new("hachage du mot de passe", e))??;
    Ok(NouveauCompte {
        identifiant: saisi.identifiant,
        empreinte_mot_de_passe: Some(empreinte),
        nom: saisi.nom,
        praticien_id: saisi.praticien_id,
        fin_le: saisi.fin_le,
        habilitations: saisi.habilitations,
    })
}

/// Ferme un compte et ses sessions.
#[utoipa::path(tag = "comptes", params(("id" = CompteId, Path)), responses((status = 204, description = "Compte fermé"), Problemes))]
#[post("/comptes/{id}/desactivation")]
async fn desactiver(ctx: Ctx, id: web::Path<CompteId>) -> Resultat<HttpResponse> {
    ctx.ecrire(move |op| service::desactiver(op, *id)).await?;
    ctx.etat.sessions.oublier();
    Ok(HttpResponse::NoContent().finish())
}

/// What a role holds.
#[derive(Debug, Serialize, ToSchema)]
struct RoleVue {
    role: Role,
    actions: &'static [crate::kernel::Action],
}

/// Les rôles et ce qu'ils permettent.
#[utoipa::path(tag = "comptes", responses((status = 200, body = Vec<RoleVue>), Problemes))]
#[get("/roles")]
async fn roles(_ctx: Ctx) -> Reponse<Vec<RoleVue>> {
    Reponse::ok(Role::TOUS.iter().map(|&role| RoleVue { role, actions: role.actions() }).collect())
}

/// The operations of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(connecter).service(rafraichir).service(deconnecter).service(moi).service(creer).service(desactiver).service(roles);
}
