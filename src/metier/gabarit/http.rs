//! Operations on templates.

mod composition;

use super::{
    model::{
        EchecGabarit, EtatGabarit, Gabarit, GabaritModifie, GabaritSaisi, GabaritSource, GenreGabarit, Publication,
        exemples::{self, ExempleResume},
    },
    service::{self, FiltreGabarits},
};
use crate::{
    documents::pdf,
    http::{Corps, Couteux, Ctx, Filtre, Problemes, Reponse, SiVersion},
    kernel::{
        Resultat,
        ids::{CompteRenduId, GabaritId},
        page::{Page, Pagination},
    },
};
use actix_web::{HttpResponse, delete, get, post, put, web::Path};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

/// What the list of templates filters by.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct FiltreUrl {
    /// Genre de document.
    genre: Option<GenreGabarit>,
    /// État.
    etat: Option<EtatGabarit>,
    /// Nombre de lignes, de 1 à 200.
    limite: Option<i64>,
    /// `suivant` de la page précédente.
    curseur: Option<String>,
}

/// Les gabarits que la personne gère, et ceux que la région a publiés.
#[utoipa::path(tag = "gabarits", params(FiltreUrl), responses((status = 200, body = Page<Gabarit>), Problemes))]
#[get("/gabarits")]
async fn lister(ctx: Ctx, filtre: Filtre<FiltreUrl>) -> Resultat<Reponse<Page<Gabarit>>> {
    let f = filtre.0;
    let pagination = Pagination { limite: f.limite, curseur: f.curseur };
    let filtre = FiltreGabarits { genre: f.genre, etat: f.etat };
    Ok(Reponse::ok(ctx.lire(move |op| service::lister(op, filtre, &pagination)).await?))
}

/// The template of the program.
#[derive(Debug, Serialize, ToSchema)]
struct ModeleDuProgramme {
    /// What it lays out.
    genre: GenreGabarit,
    /// Typesetting source (Typst).
    source: String,
}

/// Le modèle du programme, dont part un nouveau gabarit et qui sert tant qu'aucun n'est publié.
#[utoipa::path(tag = "gabarits", params(("genre" = GenreGabarit, Path)), responses((status = 200, body = ModeleDuProgramme), Problemes))]
#[get("/gabarits/modeles/{genre}")]
async fn modele(ctx: Ctx, genre: Path<GenreGabarit>) -> Resultat<Reponse<ModeleDuProgramme>> {
    ctx.lire(service::consulter_les_modeles).await?;
    Ok(Reponse::ok(ModeleDuProgramme { genre: *genre, source: pdf::modele(*genre).to_owned() }))
}

/// Les exemples sur lesquels un gabarit se regarde et se publie.
#[utoipa::path(tag = "gabarits", responses((status = 200, body = Vec<ExempleResume>), Problemes))]
#[get("/gabarits/exemples")]
async fn lister_les_exemples(ctx: Ctx) -> Resultat<Reponse<Vec<ExempleResume>>> {
    ctx.lire(service::consulter_les_modeles).await?;
    Ok(Reponse::ok(exemples::tous()?.iter().map(exemples::Exemple::resume).collect()))
}

/// Les données d'un exemple, telles qu'un gabarit de ce genre les lit.
#[utoipa::path(tag = "gabarits", params(("genre" = GenreGabarit, Path), ("code" = String, Path)),
    responses((status = 200, body = Object), Problemes))]
#[get("/gabarits/exemples/{genre}/{code}")]
async fn donnees(ctx: Ctx, chemin: Path<(GenreGabarit, String)>) -> Resultat<Reponse<Value>> {
    ctx.lire(service::consulter_les_modeles).await?;
    let (genre, code) = chemin.into_inner();
    let exemple = exemples::trouver(&code)?;
    let matiere = composition::matiere(genre, &exemple.contenu)?;
    Ok(Reponse::ok(matiere.donnees))
}

/// How the failures are paged through.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct PageUrl {
    /// Nombre de lignes, de 1 à 200.
    limite: Option<i64>,
    /// `suivant` de la page précédente.
    curseur: Option<String>,
}

/// Les comptes-rendus qu'un gabarit n'a pas su composer, partis avec le modèle du programme.
#[utoipa::path(tag = "gabarits", params(PageUrl), responses((status = 200, body = Page<EchecGabarit>), Problemes))]
#[get("/gabarits/echecs")]
async fn echecs(ctx: Ctx, filtre: Filtre<PageUrl>) -> Resultat<Reponse<Page<EchecGabarit>>> {
    let pagination = Pagination { limite: filtre.0.limite, curseur: filtre.0.curseur };
    Ok(Reponse::ok(ctx.lire(move |op| service::echecs(op, &pagination)).await?))
}

/// Lit une version d'un gabarit et sa source.
#[utoipa::path(tag = "gabarits", params(("id" = GabaritId, Path)), responses((status = 200, body = GabaritSource), Problemes))]
#[get("/gabarits/{id}")]
async fn lire(ctx: Ctx, id: Path<GabaritId>) -> Resultat<Reponse<GabaritSource>> {
    Ok(avec_version(ctx.lire(move |op| service::lire(op, *id)).await?))
}

/// Écrit une nouvelle version d'un gabarit, à l'état de brouillon.
#[utoipa::path(tag = "gabarits", request_body = GabaritSaisi, responses((status = 201, body = GabaritSource), Problemes))]
#[post("/gabarits")]
async fn creer(ctx: Ctx, corps: Corps<GabaritSaisi>) -> Resultat<Reponse<Value>> {
    let saisi = corps.contenu;
    ctx.poster(&corps.empreinte, move |op| {
        let cree = service::creer(op, &saisi)?;
        let (chemin, version) = (format!("/api/v1/gabarits/{}", cree.gabarit.id), cree.gabarit.version);
        Ok(Reponse::cree(cree, chemin).version(version))
    })
    .await
}

/// Modifie un brouillon.
#[utoipa::path(tag = "gabarits", params(("id" = GabaritId, Path), ("If-Match" = String, Header)), request_body = GabaritModifie,
    responses((status = 200, body = GabaritSource), Problemes))]
#[put("/gabarits/{id}")]
async fn modifier(ctx: Ctx, id: Path<GabaritId>, si: SiVersion, corps: Corps<GabaritModifie>) -> Resultat<Reponse<GabaritSource>> {
    let modifie = corps.contenu;
    Ok(avec_version(ctx.ecrire(move |op| service::modifier(op, *id, si.0, &modifie)).await?))
}

/// Supprime un brouillon.
#[utoipa::path(tag = "gabarits", params(("id" = GabaritId, Path), ("If-Match" = String, Header)),
    responses((status = 204, description = "Brouillon supprimé"), Problemes))]
#[delete("/gabarits/{id}")]
async fn supprimer(ctx: Ctx, id: Path<GabaritId>, si: SiVersion) -> Resultat<HttpResponse> {
    ctx.ecrire(move |op| service::supprimer(op, *id, si.0)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// What a preview shows: an example or a compte-rendu.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct Apercu {
    /// Code of a built-in example.
    exemple: Option<String>,
    /// A compte-rendu that the person may read.
    compte_rendu_id: Option<CompteRenduId>,
}

/// Compose un gabarit, sur un exemple ou sur un compte-rendu, sans rien garder ; 422 avec la ligne et la colonne de chaque faute.
#[utoipa::path(tag = "gabarits", params(("id" = GabaritId, Path)), request_body = Apercu,
    responses((status = 200, description = "PDF/A", content_type = "application/pdf", body = Vec<u8>), Problemes))]
#[post("/gabarits/{id}/apercu")]
async fn apercu(ctx: Ctx, id: Path<GabaritId>, corps: Corps<Apercu>) -> Resultat<HttpResponse> {
    ctx.compter(Couteux::Document)?;
    let lu = ctx.lire(move |op| service::lire(op, *id)).await?;
    let contenu = composition::contenu(&ctx, corps.contenu).await?;
    let matiere = composition::matiere(lu.gabarit.genre, &contenu)?;
    let octets = composition::apercevoir(&ctx, lu.source, matiere).await?;
    Ok(HttpResponse::Ok().content_type("application/pdf").body(octets))
}

/// Publie un brouillon après l'avoir composé sur tous les exemples ; 422 avec la ligne et la colonne de chaque faute.
#[utoipa::path(tag = "gabarits", params(("id" = GabaritId, Path), ("If-Match" = String, Header)), request_body = Publication,
    responses((status = 200, body = Gabarit), Problemes))]
#[post("/gabarits/{id}/publication")]
async fn publier(ctx: Ctx, id: Path<GabaritId>, si: SiVersion, corps: Corps<Publication>) -> Resultat<Reponse<Value>> {
    let (id, dates) = (*id, corps.contenu);
    let brouillon = ctx.lire(move |op| service::a_publier(op, id, si.0)).await?;
    let diagnostics = composition::eprouver(&ctx, brouillon).await?;
    ctx.poster(&format!("{}\n{}", si.0, corps.empreinte), move |op| {
        let publie = service::publier(op, id, si.0, dates, diagnostics.clone())?;
        let version = publie.version;
        Ok(Reponse::ok(publie).version(version))
    })
    .await
}

/// Retire une version publiée : les comptes-rendus validés ensuite ne s'en servent plus.
#[utoipa::path(tag = "gabarits", params(("id" = GabaritId, Path), ("If-Match" = String, Header)),
    responses((status = 200, body = Gabarit), Problemes))]
#[post("/gabarits/{id}/retrait")]
async fn retirer(ctx: Ctx, id: Path<GabaritId>, si: SiVersion) -> Resultat<Reponse<Value>> {
    ctx.poster(&si.0.to_string(), move |op| {
        let retire = service::retirer(op, *id, si.0)?;
        let version = retire.version;
        Ok(Reponse::ok(retire).version(version))
    })
    .await
}

fn avec_version(lu: GabaritSource) -> Reponse<GabaritSource> {
    let version = lu.gabarit.version;
    Reponse::ok(lu).version(version)
}

/// The operations of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(lister)
        .service(modele)
        .service(lister_les_exemples)
        .service(donnees)
        .service(echecs)
        .service(lire)
        .service(creer)
        .service(modifier)
        .service(supprimer)
        .service(apercu)
        .service(publier)
        .service(retirer);
}
