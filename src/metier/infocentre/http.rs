//! Operations of the infocentre.

use super::{
    model::{
        Activite, ActiviteDiffusions, Axe, Definition, FiltreTerritoire, Indicateur, Indicateurs, InfocentreError, LigneComptee, Mesure,
        Mois, Nouveaux, Periode, Ratio, Selection,
        dictionnaire::{DICTIONNAIRE, Unite},
    },
    service,
};
use crate::{
    http::{
        Couteux, Ctx, Filtre, Problemes, Reponse,
        csv::{Case, Csv},
    },
    kernel::{
        Resultat,
        ids::{Centre3cId, EtablissementId, RcpId},
        page::{Page, Pagination},
    },
};
use actix_web::get;
use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

/// Le dictionnaire des indicateurs : ce que chaque nombre compte, laisse de côté, et d'où vient sa définition.
#[utoipa::path(tag = "infocentre", responses((status = 200, body = Vec<Definition>), Problemes))]
#[get("/infocentre/indicateurs")]
async fn indicateurs(ctx: Ctx) -> Resultat<Reponse<&'static [Definition]>> {
    Ok(Reponse::ok(ctx.lire(service::indicateurs).await?))
}

/// What the activity is counted on and shared out by.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct FiltreActivite {
    /// Premier jour de la période.
    du: NaiveDate,
    /// Dernier jour de la période, dix ans au plus après le premier.
    au: NaiveDate,
    /// Axe de répartition ; `region` par défaut.
    par: Option<Axe>,
    /// Où un nouveau patient ne doit pas avoir été vu avant la période ; `region` par défaut.
    nouveaux: Option<Nouveaux>,
    /// RCP.
    rcp: Option<RcpId>,
    /// Centre de coordination.
    centre_3c: Option<Centre3cId>,
    /// Établissement organisateur.
    etablissement: Option<EtablissementId>,
    /// Territoire, ou `aucun`.
    #[param(value_type = Option<String>)]
    territoire: Option<FiltreTerritoire>,
    /// Thème.
    theme: Option<String>,
    /// Type de RCP.
    r#type: Option<String>,
    /// Un mois de la période, `AAAA-MM`.
    #[param(value_type = Option<String>, example = "2025-01")]
    mois: Option<Mois>,
}

impl FiltreActivite {
    fn lire(self) -> Result<(Selection, Axe), InfocentreError> {
        let selection = Selection {
            periode: Periode::lire(self.du, self.au)?,
            nouveaux: self.nouveaux.unwrap_or(Nouveaux::Region),
            rcp: self.rcp,
            centre_3c: self.centre_3c,
            etablissement: self.etablissement,
            territoire: self.territoire,
            theme: self.theme,
            type_rcp: self.r#type,
            mois: self.mois,
        };
        Ok((selection, self.par.unwrap_or(Axe::Region)))
    }
}

/// L'activité d'une période : une ligne par groupe, puis le total.
#[utoipa::path(tag = "infocentre", params(FiltreActivite), responses((status = 200, body = Activite), Problemes))]
#[get("/infocentre/activite")]
async fn activite(ctx: Ctx, filtre: Filtre<FiltreActivite>) -> Resultat<Reponse<Activite>> {
    let (selection, axe) = filtre.0.lire()?;
    Ok(Reponse::ok(ctx.lire(move |op| service::activite(op, &selection, axe)).await?))
}

/// Les diffusions d'une période par état et par canal, avec l'écart entre ce qui a été produit et la somme des états (toujours nul).
#[utoipa::path(tag = "infocentre", params(FiltreActivite), responses((status = 200, body = ActiviteDiffusions), Problemes))]
#[get("/infocentre/diffusions")]
async fn diffusions(ctx: Ctx, filtre: Filtre<FiltreActivite>) -> Resultat<Reponse<ActiviteDiffusions>> {
    let (selection, axe) = filtre.0.lire()?;
    Ok(Reponse::ok(ctx.lire(move |op| service::diffusions(op, &selection, axe)).await?))
}

/// Le même tableau pour un tableur français : points-virgules, virgules décimales, UTF-8 avec indicateur d'ordre.
#[utoipa::path(tag = "infocentre", params(FiltreActivite),
    responses((status = 200, body = String, content_type = "text/csv"), Problemes))]
#[get("/infocentre/activite.csv")]
async fn activite_csv(ctx: Ctx, filtre: Filtre<FiltreActivite>) -> Resultat<Csv> {
    ctx.compter(Couteux::Export)?;
    let (selection, axe) = filtre.0.lire()?;
    tableau(&ctx.lire(move |op| service::activite(op, &selection, axe)).await?)
}

fn tableau(compte: &Activite) -> Resultat<Csv> {
    let nom = format!("activite-rcp_{}_{}_{}.csv", compte.par, compte.du, compte.au);
    let mut csv = Csv::new(nom, entetes())?;
    for ligne in &compte.lignes {
        csv.ligne(cases(ligne.code.as_deref(), &ligne.libelle, &ligne.indicateurs))?;
    }
    csv.ligne(cases(None, "Total", &compte.total))?;
    Ok(csv)
}

fn entetes() -> Vec<Case> {
    let mut entetes = vec![Case::texte("Code"), Case::texte("Libellé")];
    for definition in DICTIONNAIRE {
        let code = definition.code.as_str();
        match definition.unite {
            Unite::Nombre => entetes.push(Case::texte(code)),
            Unite::Quotient | Unite::QuotientEntier => {
                entetes.extend([" numérateur", " dénominateur", ""].map(|suite| Case::texte(format!("{code}{suite}"))));
            }
            Unite::Pourcentage => {
                entetes.extend([" numérateur", " dénominateur", " (%)"].map(|suite| Case::texte(format!("{code}{suite}"))));
            }
        }
    }
    entetes
}

fn cases(code: Option<&str>, libelle: &str, mesures: &Indicateurs) -> Vec<Case> {
    let mut cases = vec![Case::texte(code.unwrap_or_default()), Case::texte(libelle)];
    for indicateur in Indicateur::TOUS {
        match mesures.mesure(*indicateur) {
            Mesure::Nombre(nombre) => cases.push(Case::entier(nombre)),
            Mesure::Ratio(Ratio { numerateur, denominateur, valeur }) => {
                let valeur = valeur.as_deref().map_or_else(Case::vide, Case::decimal);
                cases.extend([Case::entier(*numerateur), Case::entier(*denominateur), valeur]);
            }
        }
    }
    cases
}

/// What a list of rows is asked by: the filters of the activity, without the axis.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct FiltreLignes {
    /// Indicateur.
    indicateur: Indicateur,
    /// Premier jour de la période.
    du: NaiveDate,
    /// Dernier jour de la période, dix ans au plus après le premier.
    au: NaiveDate,
    /// Où un nouveau patient ne doit pas avoir été vu avant la période ; `region` par défaut.
    nouveaux: Option<Nouveaux>,
    /// RCP.
    rcp: Option<RcpId>,
    /// Centre de coordination.
    centre_3c: Option<Centre3cId>,
    /// Établissement organisateur.
    etablissement: Option<EtablissementId>,
    /// Territoire, ou `aucun`.
    #[param(value_type = Option<String>)]
    territoire: Option<FiltreTerritoire>,
    /// Thème.
    theme: Option<String>,
    /// Type de RCP.
    r#type: Option<String>,
    /// Un mois de la période, `AAAA-MM`.
    #[param(value_type = Option<String>, example = "2025-01")]
    mois: Option<Mois>,
    /// Nombre de lignes, de 1 à 200.
    limite: Option<i64>,
    /// `suivant` de la page précédente.
    curseur: Option<String>,
}

impl FiltreLignes {
    fn lire(self) -> Result<(Selection, Indicateur, Pagination), InfocentreError> {
        let pagination = Pagination { limite: self.limite, curseur: self.curseur };
        let (du, au, nouveaux, rcp, centre_3c) = (self.du, self.au, self.nouveaux, self.rcp, self.centre_3c);
        let (etablissement, territoire, theme, r#type, mois) = (self.etablissement, self.territoire, self.theme, self.r#type, self.mois);
        let filtre = FiltreActivite { du, au, par: None, nouveaux, rcp, centre_3c, etablissement, territoire, theme, r#type, mois };
        Ok((filtre.lire()?.0, self.indicateur, pagination))
    }
}

/// Les lignes qui font un nombre, sans rien qui désigne le patient ; pour un taux, celles du dénominateur.
#[utoipa::path(tag = "infocentre", params(FiltreLignes), responses((status = 200, body = Page<LigneComptee>), Problemes))]
#[get("/infocentre/lignes")]
async fn lignes(ctx: Ctx, filtre: Filtre<FiltreLignes>) -> Resultat<Reponse<Page<LigneComptee>>> {
    let (selection, indicateur, pagination) = filtre.0.lire()?;
    Ok(Reponse::ok(ctx.consulter(move |op| service::lignes(op, &selection, indicateur, &pagination)).await?))
}

/// The operations of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(indicateurs).service(activite).service(activite_csv).service(diffusions).service(lignes);
}
