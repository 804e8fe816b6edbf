//! Operations on reference data.

use super::{
    composition::Reference,
    formulaire::Champ,
    model::{Concept, JeuDeValeurs, ModeleFiche, ModeleResume, RegleResume},
    recherche::ConceptTrouve,
    service,
};
use crate::{
    http::{Ctx, Fhir, Filtre, Problemes, Reponse},
    kernel::{
        Resultat,
        page::{Page, Pagination},
    },
};
use actix_web::{get, web::Path};
use serde::Deserialize;
use serde_json::Value;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

/// Les jeux de valeurs, dans leur version courante.
#[utoipa::path(tag = "referentiels", responses((status = 200, body = Vec<JeuDeValeurs>), Problemes))]
#[get("/jeux-de-valeurs")]
async fn jeux(ctx: Ctx) -> Resultat<Reponse<Vec<JeuDeValeurs>>> {
    Ok(Reponse::ok(ctx.lire(service::jeux).await?))
}

/// What a search of concepts filters by.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct FiltreConcepts {
    /// Début du code, débuts de mots du libellé ou d'un synonyme, sans égard aux accents.
    recherche: Option<String>,
    /// Nombre de lignes, de 1 à 200.
    limite: Option<i64>,
    /// `suivant` de la page précédente.
    curseur: Option<String>,
}

/// Recherche les concepts d'un jeu de valeurs : par code, par mots du libellé, par synonymes, le meilleur d'abord.
#[utoipa::path(tag = "referentiels", params(("code" = String, Path), FiltreConcepts),
    responses((status = 200, body = Page<ConceptTrouve>), Problemes))]
#[get("/jeux-de-valeurs/{code}/concepts")]
async fn concepts(ctx: Ctx, code: Path<String>, filtre: Filtre<FiltreConcepts>) -> Resultat<Reponse<Page<ConceptTrouve>>> {
    let f = filtre.0;
    let pagination = Pagination { limite: f.limite, curseur: f.curseur };
    Ok(Reponse::ok(ctx.lire(move |op| service::concepts(op, &code, f.recherche.as_deref(), &pagination)).await?))
}

/// Lit un concept ; la barre oblique d'un code (`8140/3`) s'écrit `%2F`.
#[utoipa::path(tag = "referentiels", params(("code" = String, Path), ("concept" = String, Path)),
    responses((status = 200, body = Concept), Problemes))]
#[get("/jeux-de-valeurs/{code}/concepts/{concept}")]
async fn concept(ctx: Ctx, chemin: Path<(String, String)>) -> Resultat<Reponse<Concept>> {
    let (jeu, code) = chemin.into_inner();
    Ok(Reponse::ok(ctx.lire(move |op| service::concept(op, &jeu, &code)).await?))
}

/// Les modèles de fiche, toutes versions confondues.
#[utoipa::path(tag = "referentiels", responses((status = 200, body = Vec<ModeleResume>), Problemes))]
#[get("/modeles-fiche")]
async fn modeles(ctx: Ctx) -> Resultat<Reponse<Vec<ModeleResume>>> {
    Ok(Reponse::ok(ctx.lire(service::modeles).await?))
}

/// Lit une version d'un modèle de fiche : son schéma JSON et sa présentation.
#[utoipa::path(tag = "referentiels", params(("code" = String, Path), ("version" = String, Path)),
    responses((status = 200, body = ModeleFiche), Problemes))]
#[get("/modeles-fiche/{code}/{version}")]
async fn modele(ctx: Ctx, chemin: Path<(String, String)>) -> Resultat<Reponse<ModeleFiche>> {
    let (code, version) = chemin.into_inner();
    Ok(Reponse::ok(ctx.lire(move |op| service::lire_modele(op, &code, &version)).await?))
}

/// Les champs d'un modèle, dans l'ordre du formulaire : aide, bornes, condition d'affichage, étapes qui les exigent, place dans le CDA.
#[utoipa::path(tag = "referentiels", params(("code" = String, Path), ("version" = String, Path)),
    responses((status = 200, body = Vec<Champ>), Problemes))]
#[get("/modeles-fiche/{code}/{version}/champs")]
async fn champs(ctx: Ctx, chemin: Path<(String, String)>) -> Resultat<Reponse<Vec<Champ>>> {
    let (code, version) = chemin.into_inner();
    Ok(Reponse::ok(ctx.lire(move |op| service::champs(op, &code, &version)).await?))
}

/// Exporte un modèle de fiche en Questionnaire FHIR R4.
#[utoipa::path(tag = "referentiels", params(("code" = String, Path), ("version" = String, Path)),
    responses((status = 200, body = Object, content_type = "application/fhir+json"), Problemes))]
#[get("/modeles-fiche/{code}/{version}/questionnaire")]
async fn questionnaire(ctx: Ctx, chemin: Path<(String, String)>) -> Resultat<Fhir> {
    let (code, version) = chemin.into_inner();
    Ok(Fhir(ctx.lire(move |op| service::questionnaire(op, &code, &version)).await?))
}

/// Exporte un jeu de valeurs, dans sa version courante, en ValueSet FHIR R4.
#[utoipa::path(tag = "referentiels", params(("code" = String, Path)),
    responses((status = 200, body = Object, content_type = "application/fhir+json"), Problemes))]
#[get("/jeux-de-valeurs/{code}/valueset")]
async fn valueset(ctx: Ctx, code: Path<String>) -> Resultat<Fhir> {
    Ok(Fhir(ctx.lire(move |op| service::valueset(op, &code)).await?))
}

/// Exporte une version d'un modèle de fiche en un seul fichier, à reprendre tel quel dans un brouillon.
#[utoipa::path(tag = "referentiels", params(("code" = String, Path), ("version" = String, Path)),
    responses((status = 200, body = Object), Problemes))]
#[get("/modeles-fiche/{code}/{version}/export")]
async fn exporter(ctx: Ctx, chemin: Path<(String, String)>) -> Resultat<Reponse<Value>> {
    let (code, version) = chemin.into_inner();
    Ok(Reponse::ok(ctx.lire(move |op| service::exporter_modele(op, &Reference { code, version })).await?))
}

/// Les règles d'alerte, toutes versions confondues.
#[utoipa::path(tag = "referentiels", responses((status = 200, body = Vec<RegleResume>), Problemes))]
#[get("/regles-alerte")]
async fn regles_alerte(ctx: Ctx) -> Resultat<Reponse<Vec<RegleResume>>> {
    Ok(Reponse::ok(ctx.lire(service::versions_alerte).await?))
}

/// Lit une version d'une règle d'alerte, telle que son fichier l'écrit.
#[utoipa::path(tag = "referentiels", params(("code" = String, Path), ("version" = String, Path)),
    responses((status = 200, body = Object), Problemes))]
#[get("/regles-alerte/{code}/{version}")]
async fn regle_alerte(ctx: Ctx, chemin: Path<(String, String)>) -> Resultat<Reponse<Value>> {
    let (code, version) = chemin.into_inner();
    Ok(Reponse::ok(ctx.lire(move |op| service::regle_alerte(op, &Reference { code, version })).await?))
}

/// The operations of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(jeux).service(concepts).service(concept).service(valueset);
    config.service(modeles).service(modele).service(champs).service(questionnaire).service(exporter);
    config.service(regles_alerte).service(regle_alerte);
}
