//! Operations on the directory.

use super::{
    model::{
        AnnuaireError, Centre3c, Centre3cSaisi, Couverture, DomainesSaisis, EspaceDeConfiance, Etablissement, EtablissementSaisi,
        ListeDomaines, Praticien, PraticienSaisi, RppsSaisi, Territoire,
    },
    service::{self, FiltrePraticiens},
};
use crate::{
    http::{Corps, Ctx, Filtre, Problemes, Reponse, SiVersion},
    kernel::{
        Resultat,
        clock::date_paris,
        ids::{Centre3cId, EtablissementId, PraticienId, TerritoireId},
        page::{Page, Pagination},
    },
};
use actix_web::{get, post, put, web::Path};
use serde::Deserialize;
use serde_json::Value;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

/// Les territoires de la région.
#[utoipa::path(tag = "annuaire", responses((status = 200, body = Vec<Territoire>), Problemes))]
#[get("/territoires")]
async fn territoires(ctx: Ctx) -> Resultat<Reponse<Vec<Territoire>>> {
    Ok(Reponse::ok(ctx.lire(service::territoires).await?))
}

/// What a search of établissements filters by.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct FiltreEtablissements {
    /// Début de mots du nom ou de la commune, sans égard aux accents.
    recherche: Option<String>,
    /// Territoire.
    territoire: Option<TerritoireId>,
    /// Nombre de lignes, de 1 à 200.
    limite: Option<i64>,
    /// `suivant` de la page précédente.
    curseur: Option<String>,
}

/// Recherche des établissements.
#[utoipa::path(tag = "annuaire", params(FiltreEtablissements), responses((status = 200, body = Page<Etablissement>), Problemes))]
#[get("/etablissements")]
async fn etablissements(ctx: Ctx, filtre: Filtre<FiltreEtablissements>) -> Resultat<Reponse<Page<Etablissement>>> {
    let f = filtre.0;
    let pagination = Pagination { limite: f.limite, curseur: f.curseur };
    let page = ctx.lire(move |op| service::etablissements(op, f.recherche.as_deref(), f.territoire, &pagination)).await?;
    Ok(Reponse::ok(page))
}

/// Lit un établissement.
#[utoipa::path(tag = "annuaire", params(("id" = EtablissementId, Path)), responses((status = 200, body = Etablissement), Problemes))]
#[get("/etablissements/{id}")]
async fn etablissement(ctx: Ctx, id: Path<EtablissementId>) -> Resultat<Reponse<Etablissement>> {
    let lu = ctx.lire(move |op| service::etablissement(op, *id)).await?;
    let version = lu.version;
    Ok(Reponse::ok(lu).version(version))
}

/// Ajoute un établissement.
#[utoipa::path(tag = "annuaire", request_body = EtablissementSaisi, responses((status = 201, body = Etablissement), Problemes))]
#[post("/etablissements")]
async fn creer_etablissement(ctx: Ctx, corps: Corps<EtablissementSaisi>) -> Resultat<Reponse<Value>> {
    let saisi = corps.contenu;
    ctx.poster(&corps.empreinte, move |op| {
        let cree = service::creer_etablissement(op, &saisi)?;
        let (chemin, version) = (format!("/api/v1/etablissements/{}", cree.id), cree.version);
        Ok(Reponse::cree(cree, chemin).version(version))
    })
    .await
}

/// Modifie un établissement.
#[utoipa::path(tag = "annuaire", params(("id" = EtablissementId, Path), ("If-Match" = String, Header)), request_body = EtablissementSaisi,
    responses((status = 200, body = Etablissement), Problemes))]
#[put("/etablissements/{id}")]
async fn modifier_etablissement(
    ctx: Ctx,
    id: Path<EtablissementId>,
    si: SiVersion,
    corps: Corps<EtablissementSaisi>,
) -> Resultat<Reponse<Etablissement>> {
    let saisi = corps.contenu;
    let apres = ctx.ecrire(move |op| service::modifier_etablissement(op, *id, si.0, &saisi)).await?;
    let version = apres.version;
    Ok(Reponse::ok(apres).version(version))
}

/// Les centres de coordination en cancérologie.
#[utoipa::path(tag = "annuaire", responses((status = 200, body = Vec<Centre3c>), Problemes))]
#[get("/centres-3c")]
async fn centres(ctx: Ctx) -> Resultat<Reponse<Vec<Centre3c>>> {
    Ok(Reponse::ok(ctx.lire(service::centres).await?))
}

/// Lit un centre de coordination.
#[utoipa::path(tag = "annuaire", params(("id" = Centre3cId, Path)), responses((status = 200, body = Centre3c), Problemes))]
#[get("/centres-3c/{id}")]
async fn centre(ctx: Ctx, id: Path<Centre3cId>) -> Resultat<Reponse<Centre3c>> {
    let lu = ctx.lire(move |op| service::centre(op, *id)).await?;
    let version = lu.version;
    Ok(Reponse::ok(lu).version(version))
}

/// Ajoute un centre de coordination.
#[utoipa::path(tag = "annuaire", request_body = Centre3cSaisi, responses((status = 201, body = Centre3c), Problemes))]
#[post("/centres-3c")]
async fn creer_centre(ctx: Ctx, corps: Corps<Centre3cSaisi>) -> Resultat<Reponse<Value>> {
    let saisi = corps.contenu;
    ctx.poster(&corps.empreinte, move |op| {
        let cree = service::creer_centre(op, &saisi)?;
        let (chemin, version) = (format!("/api/v1/centres-3c/{}", cree.id), cree.version);
        Ok(Reponse::cree(cree, chemin).version(version))
    })
    .await
}

/// What a search of professionals filters by.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct FiltrePraticiensUrl {
    /// Début de mots du nom ou du prénom, sans égard aux accents.
    recherche: Option<String>,
    /// Numéro RPPS.
    rpps: Option<String>,
    /// Code de spécialité (JDV J01).
    specialite: Option<String>,
    /// Établissement principal.
    etablissement: Option<EtablissementId>,
    /// Nombre de lignes, de 1 à 200.
    limite: Option<i64>,
    /// `suivant` de la page précédente.
    curseur: Option<String>,
}

/// Recherche des professionnels.
#[utoipa::path(tag = "annuaire", params(FiltrePraticiensUrl), responses((status = 200, body = Page<Praticien>), Problemes))]
#[get("/praticiens")]
async fn praticiens(ctx: Ctx, filtre: Filtre<FiltrePraticiensUrl>) -> Resultat<Reponse<Page<Praticien>>> {
    let f = filtre.0;
    let pagination = Pagination { limite: f.limite, curseur: f.curseur };
    let filtre = FiltrePraticiens { recherche: f.recherche, rpps: f.rpps, specialite: f.specialite, etablissement: f.etablissement };
    Ok(Reponse::ok(ctx.lire(move |op| service::praticiens(op, &filtre, &pagination)).await?))
}

/// Lit un professionnel.
#[utoipa::path(tag = "annuaire", params(("id" = PraticienId, Path)), responses((status = 200, body = Praticien), Problemes))]
#[get("/praticiens/{id}")]
async fn praticien(ctx: Ctx, id: Path<PraticienId>) -> Resultat<Reponse<Praticien>> {
    let lu = ctx.lire(move |op| service::praticien(op, *id)).await?;
    let version = lu.version;
    Ok(Reponse::ok(lu).version(version))
}

/// Ajoute un professionnel.
#[utoipa::path(tag = "annuaire", request_body = PraticienSaisi, responses((status = 201, body = Praticien), Problemes))]
#[post("/praticiens")]
async fn creer_praticien(ctx: Ctx, corps: Corps<PraticienSaisi>) -> Resultat<Reponse<Value>> {
    let saisi = corps.contenu;
    ctx.poster(&corps.empreinte, move |op| {
        let cree = service::creer_praticien(op, &saisi)?;
        let (chemin, version) = (format!("/api/v1/praticiens/{}", cree.id), cree.version);
        Ok(Reponse::cree(cree, chemin).version(version))
    })
    .await
}

/// Modifie un professionnel.
#[utoipa::path(tag = "annuaire", params(("id" = PraticienId, Path), ("If-Match" = String, Header)), request_body = PraticienSaisi,
    responses((status = 200, body = Praticien), Problemes))]
#[put("/praticiens/{id}")]
async fn modifier_praticien(ctx: Ctx, id: Path<PraticienId>, si: SiVersion, corps: Corps<PraticienSaisi>) -> Resultat<Reponse<Praticien>> {
    let saisi = corps.contenu;
    let apres = ctx.ecrire(move |op| service::modifier_praticien(op, *id, si.0, &saisi)).await?;
    let version = apres.version;
    Ok(Reponse::ok(apres).version(version))
}

/// Prend dans l'annuaire national le professionnel de ce numéro RPPS ; rend celui de la région s'il y est déjà.
#[utoipa::path(tag = "annuaire", request_body = RppsSaisi,
    responses((status = 200, body = Praticien), (status = 201, body = Praticien), Problemes))]
#[post("/annuaire/praticiens")]
async fn prendre(ctx: Ctx, corps: Corps<RppsSaisi>) -> Resultat<Reponse<Value>> {
    let rpps = corps.contenu.rpps;
    ctx.poster(&corps.empreinte, move |op| {
        let (pris, cree) = service::prendre(op, &rpps)?;
        let (chemin, version) = (format!("/api/v1/praticiens/{}", pris.id), pris.version);
        Ok(if cree { Reponse::cree(pris, chemin) } else { Reponse::ok(pris) }.version(version))
    })
    .await
}

/// Combien de professionnels de la région ont une adresse sécurisée, médecins généralistes à part.
#[utoipa::path(tag = "annuaire", responses((status = 200, body = Couverture), Problemes))]
#[get("/annuaire/couverture")]
async fn couverture(ctx: Ctx) -> Resultat<Reponse<Couverture>> {
    Ok(Reponse::ok(ctx.lire(service::couverture).await?))
}

/// Les domaines de l'espace de confiance MSSanté, avec leurs dates et leur source.
#[utoipa::path(tag = "annuaire", responses((status = 200, body = EspaceDeConfiance), Problemes))]
#[get("/annuaire/domaines-securises")]
async fn domaines(ctx: Ctx) -> Resultat<Reponse<EspaceDeConfiance>> {
    Ok(domaines_versionnes(ctx.lire(service::espace_de_confiance).await?))
}

/// Remplace la liste des domaines de l'espace de confiance à partir d'un jour.
#[utoipa::path(tag = "annuaire", params(("If-Match" = String, Header)), request_body = DomainesSaisis,
    responses((status = 200, body = EspaceDeConfiance), Problemes))]
#[put("/annuaire/domaines-securises")]
async fn remplacer_domaines(ctx: Ctx, si: SiVersion, corps: Corps<DomainesSaisis>) -> Resultat<Reponse<EspaceDeConfiance>> {
    let saisis = corps.contenu;
    let apres = ctx.ecrire(move |op| {
        let depuis = saisis.depuis.unwrap_or_else(|| date_paris(op.maintenant));
        let liste = ListeDomaines::nouvelle(&saisis.domaines, depuis, saisis.source.clone()).map_err(AnnuaireError::from)?;
        service::remplacer_domaines(op, Some(si.0), &liste)
    });
    Ok(domaines_versionnes(apres.await?))
}

fn domaines_versionnes(espace: EspaceDeConfiance) -> Reponse<EspaceDeConfiance> {
    let revision = espace.revision;
    Reponse::ok(espace).version(revision)
}

/// The operations of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(territoires)
        .service(etablissements)
        .service(etablissement)
        .service(creer_etablissement)
        .service(modifier_etablissement)
        .service(centres)
        .service(centre)
        .service(creer_centre)
        .service(praticiens)
        .service(praticien)
        .service(creer_praticien)
        .service(modifier_praticien)
        .service(prendre)
        .service(couverture)
        .service(domaines)
        .service(remplacer_domaines);
}
