//! Operations on accounts. Signing in, factors and sessions have their own files.

mod connexion;
mod facteurs;
mod sessions;

use super::{
    model::{Compte, HabilitationDonnee, facteur::Etape},
    service::{self, NouveauCompte, cycle},
};
use crate::{
    http::{Corps, Ctx, Problemes, Reponse},
    kernel::{
        Resultat,
        acteur::{Habilitation, Role},
        ids::{CompteId, PraticienId},
    },
};
use actix_web::{HttpResponse, get, post, web};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

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

/// Ouvre un compte et lui donne ses habilitations (authentification récente exigée). La personne choisit son mot de
/// passe par le lien d'une réinitialisation.
#[utoipa::path(tag = "comptes", request_body = CompteSaisi, responses((status = 201, body = CompteVue), Problemes))]
#[post("/comptes")]
async fn creer(ctx: Ctx, corps: Corps<CompteSaisi>) -> Resultat<Reponse<serde_json::Value>> {
    let empreinte = corps.empreinte;
    let nouveau = NouveauCompte::from(corps.contenu);
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

impl From<CompteSaisi> for NouveauCompte {
    fn from(saisi: CompteSaisi) -> Self {
        Self {
            identifiant: saisi.identifiant,
            empreinte_mot_de_passe: None,
            nom: saisi.nom,
            praticien_id: saisi.praticien_id,
            fin_le: saisi.fin_le,
            habilitations: saisi.habilitations,
        }
    }
}

/// The secret of a link that opens an account.
#[derive(Debug, Serialize, ToSchema)]
struct LienActivation {
    /// Secret for `POST /sessions/activation`: to hand to the person alone. Holds three days, serves once.
    jeton: String,
    /// Seconds until it ends.
    expire_dans: i64,
}

/// Prépare le lien par lequel une personne choisit son mot de passe et enrôle un facteur : compte neuf, ou tout perdu.
/// Ferme ses sessions et retire ses facteurs (authentification récente exigée).
#[utoipa::path(tag = "comptes", params(("id" = CompteId, Path)),
    responses((status = 200, description = "Le secret du lien, montré une fois", body = LienActivation), Problemes))]
#[post("/comptes/{id}/reinitialisation")]
async fn reinitialiser(ctx: Ctx, id: web::Path<CompteId>) -> Resultat<Reponse<LienActivation>> {
    // The secret is not kept: a demand that is repeated gets another one.
    let jeton = ctx.ecrire(move |op| cycle::preparer_activation(op, *id)).await?;
    ctx.etat.sessions.oublier();
    Ok(Reponse::ok(LienActivation { jeton, expire_dans: Etape::Activation.duree().num_seconds() }))
}

/// An account whose rights are to be reviewed.
#[derive(Debug, Serialize, ToSchema)]
struct CompteARevoir {
    id: CompteId,
    identifiant: String,
    nom: String,
    cree_le: DateTime<Utc>,
    /// Last review, if any.
    revu_le: Option<DateTime<Utc>>,
}

impl From<Compte> for CompteARevoir {
    fn from(c: Compte) -> Self {
        Self { id: c.id, identifiant: c.identifiant, nom: c.nom, cree_le: c.cree_le, revu_le: c.revu_le }
    }
}

/// Les comptes que je gère dont les habilitations n'ont pas été revues depuis 400 jours.
#[utoipa::path(tag = "comptes", responses((status = 200, body = Vec<CompteARevoir>), Problemes))]
#[get("/comptes/a-revoir")]
async fn a_revoir(ctx: Ctx) -> Resultat<Reponse<Vec<CompteARevoir>>> {
    Ok(Reponse::ok(ctx.lire(cycle::a_revoir).await?.into_iter().map(CompteARevoir::from).collect()))
}

/// Dit que les habilitations d'un compte ont été revues et restent justes.
#[utoipa::path(tag = "comptes", params(("id" = CompteId, Path)), responses((status = 204, description = "Revue notée"), Problemes))]
#[post("/comptes/{id}/revue")]
async fn revoir(ctx: Ctx, id: web::Path<CompteId>) -> Resultat<HttpResponse> {
    ctx.ecrire(move |op| cycle::revoir(op, *id)).await?;
    Ok(HttpResponse::NoContent().finish())
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
    connexion::routes(config);
    sessions::routes(config);
    facteurs::routes(config);
    config.service(moi).service(creer).service(a_revoir).service(desactiver).service(reinitialiser).service(revoir).service(roles);
}
