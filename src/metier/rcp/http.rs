//! Operations on RCP entities.

use super::{
    model::{EtatRcp, MembreNomme, MembreSaisi, NiveauRcp, Rcp, RcpSaisie, TypeRcp},
    service::{self, FiltreRcp},
};
use crate::{
    http::{Corps, Ctx, Filtre, Problemes, Reponse, SiVersion},
    kernel::{
        Resultat,
        ids::{Centre3cId, EtablissementId, MembreId, RcpId},
        page::{Page, Pagination},
    },
};
use actix_web::{get, post, put, web::Path};
use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

/// What the directory is filtered by.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct FiltreRcpUrl {
    /// Début de mots du nom, du sigle, du code ou du thème, sans égard aux accents.
    recherche: Option<String>,
    /// Thème.
    theme: Option<String>,
    /// Type réglementaire.
    #[serde(rename = "type")]
    type_rcp: Option<TypeRcp>,
    /// Niveau territorial.
    niveau: Option<NiveauRcp>,
    /// Centre de coordination.
    centre_3c: Option<Centre3cId>,
    /// Établissement organisateur ou co-organisateur.
    etablissement: Option<EtablissementId>,
    /// État.
    etat: Option<EtatRcp>,
    /// Nombre de lignes, de 1 à 200.
    limite: Option<i64>,
    /// `suivant` de la page précédente.
    curseur: Option<String>,
}

/// L'annuaire des RCP ; une RCP qui n'est pas validée n'y paraît que pour ceux qui la gèrent.
#[utoipa::path(tag = "rcp", params(FiltreRcpUrl), responses((status = 200, body = Page<Rcp>), Problemes))]
#[get("/rcp")]
async fn lister(ctx: Ctx, filtre: Filtre<FiltreRcpUrl>) -> Resultat<Reponse<Page<Rcp>>> {
    let f = filtre.0;
    let pagination = Pagination { limite: f.limite, curseur: f.curseur };
    let filtre = FiltreRcp {
        recherche: f.recherche,
        theme: f.theme,
        type_rcp: f.type_rcp,
        niveau: f.niveau,
        centre_3c: f.centre_3c,
        etablissement: f.etablissement,
        etat: f.etat,
    };
    Ok(Reponse::ok(ctx.lire(move |op| service::lister(op, &filtre, &pagination)).await?))
}

/// Lit une RCP.
#[utoipa::path(tag = "rcp", params(("id" = RcpId, Path)), responses((status = 200, body = Rcp), Problemes))]
#[get("/rcp/{id}")]
async fn lire(ctx: Ctx, id: Path<RcpId>) -> Resultat<Reponse<Rcp>> {
    Ok(avec_version(ctx.lire(move |op| service::lire(op, *id)).await?))
}

/// Prépare une RCP, à l'état de brouillon.
#[utoipa::path(tag = "rcp", request_body = RcpSaisie, responses((status = 201, body = Rcp), Problemes))]
#[post("/rcp")]
async fn creer(ctx: Ctx, corps: Corps<RcpSaisie>) -> Resultat<Reponse<Value>> {
    let saisie = corps.contenu;
    ctx.poster(&corps.empreinte, move |op| {
        let creee = service::creer(op, &saisie)?;
        let (chemin, version) = (format!("/api/v1/rcp/{}", creee.id), creee.version);
        Ok(Reponse::cree(creee, chemin).version(version))
    })
    .await
}

/// Modifie une RCP.
#[utoipa::path(tag = "rcp", params(("id" = RcpId, Path), ("If-Match" = String, Header)), request_body = RcpSaisie,
    responses((status = 200, body = Rcp), Problemes))]
#[put("/rcp/{id}")]
async fn modifier(ctx: Ctx, id: Path<RcpId>, si: SiVersion, corps: Corps<RcpSaisie>) -> Resultat<Reponse<Rcp>> {
    let saisie = corps.contenu;
    Ok(avec_version(ctx.ecrire(move |op| service::modifier(op, *id, si.0, &saisie)).await?))
}

/// Inscrit une RCP à l'annuaire : le 3C ou la région la valide.
#[utoipa::path(tag = "rcp", params(("id" = RcpId, Path), ("If-Match" = String, Header)), responses((status = 200, body = Rcp), Problemes))]
#[post("/rcp/{id}/validation")]
async fn valider(ctx: Ctx, id: Path<RcpId>, si: SiVersion) -> Resultat<Reponse<Value>> {
    ctx.poster("", move |op| Ok(avec_version(service::valider(op, *id, si.0)?))).await
}

/// Why an RCP is suspended or closed.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct MotifRcp {
    /// The reason, read by those who manage the RCP.
    #[validate(length(min = 3, max = 500, message = "De 3 à 500 caractères."))]
    motif: String,
}

/// Suspend une RCP : elle ne planifie plus de réunions.
#[utoipa::path(tag = "rcp", params(("id" = RcpId, Path), ("If-Match" = String, Header)), request_body = MotifRcp,
    responses((status = 200, body = Rcp), Problemes))]
#[post("/rcp/{id}/suspension")]
async fn suspendre(ctx: Ctx, id: Path<RcpId>, si: SiVersion, corps: Corps<MotifRcp>) -> Resultat<Reponse<Value>> {
    let motif = corps.contenu.motif;
    ctx.poster(&corps.empreinte, move |op| Ok(avec_version(service::suspendre(op, *id, si.0, &motif)?))).await
}

/// Remet une RCP suspendue à l'annuaire.
#[utoipa::path(tag = "rcp", params(("id" = RcpId, Path), ("If-Match" = String, Header)), responses((status = 200, body = Rcp), Problemes))]
#[post("/rcp/{id}/reprise")]
async fn reprendre(ctx: Ctx, id: Path<RcpId>, si: SiVersion) -> Resultat<Reponse<Value>> {
    ctx.poster("", move |op| Ok(avec_version(service::reprendre(op, *id, si.0)?))).await
}

/// Ferme une RCP, définitivement.
#[utoipa::path(tag = "rcp", params(("id" = RcpId, Path), ("If-Match" = String, Header)), request_body = MotifRcp,
    responses((status = 200, body = Rcp), Problemes))]
#[post("/rcp/{id}/fermeture")]
async fn fermer(ctx: Ctx, id: Path<RcpId>, si: SiVersion, corps: Corps<MotifRcp>) -> Resultat<Reponse<Value>> {
    let motif = corps.contenu.motif;
    ctx.poster(&corps.empreinte, move |op| Ok(avec_version(service::fermer(op, *id, si.0, &motif)?))).await
}

fn avec_version(rcp: Rcp) -> Reponse<Rcp> {
    let version = rcp.version;
    Reponse::ok(rcp).version(version)
}

/// Which members are listed.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct FiltreMembres {
    /// Jour où les membres sont en fonction ; sans lui, tous les membres, anciens compris.
    le: Option<NaiveDate>,
}

/// Les membres d'une RCP.
#[utoipa::path(tag = "rcp", params(("id" = RcpId, Path), FiltreMembres), responses((status = 200, body = Vec<MembreNomme>), Problemes))]
#[get("/rcp/{id}/membres")]
async fn membres(ctx: Ctx, id: Path<RcpId>, filtre: Filtre<FiltreMembres>) -> Resultat<Reponse<Vec<MembreNomme>>> {
    Ok(Reponse::ok(ctx.lire(move |op| service::membres_nommes(op, *id, filtre.0.le)).await?))
}

/// Ajoute un membre à une RCP.
#[utoipa::path(tag = "rcp", params(("id" = RcpId, Path)), request_body = MembreSaisi, responses((status = 201, body = MembreNomme), Problemes))]
#[post("/rcp/{id}/membres")]
async fn ajouter_membre(ctx: Ctx, id: Path<RcpId>, corps: Corps<MembreSaisi>) -> Resultat<Reponse<Value>> {
    let saisi = corps.contenu;
    ctx.poster(&corps.empreinte, move |op| {
        let ajoute = service::ajouter_membre(op, *id, &saisi)?;
        let chemin = format!("/api/v1/rcp/{}/membres/{}", *id, ajoute.membre.id);
        Ok(Reponse::cree(ajoute, chemin))
    })
    .await
}

/// When a function ends.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct FinDeFonction {
    /// The last day.
    fin: NaiveDate,
}

/// Met fin à la fonction d'un membre.
#[utoipa::path(tag = "rcp", params(("id" = RcpId, Path), ("membre_id" = MembreId, Path)), request_body = FinDeFonction,
    responses((status = 200, body = MembreNomme), Problemes))]
#[post("/rcp/{id}/membres/{membre_id}/fin")]
async fn terminer_membre(ctx: Ctx, chemin: Path<(RcpId, MembreId)>, corps: Corps<FinDeFonction>) -> Resultat<Reponse<Value>> {
    let ((id, membre), fin) = (chemin.into_inner(), corps.contenu.fin);
    ctx.poster(&corps.empreinte, move |op| Ok(Reponse::ok(service::terminer_membre(op, id, membre, fin)?))).await
}

/// The operations of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(lister)
        .service(lire)
        .service(creer)
        .service(modifier)
        .service(valider)
        .service(suspendre)
        .service(reprendre)
        .service(fermer)
        .service(membres)
        .service(ajouter_membre)
        .service(terminer_membre);
}
