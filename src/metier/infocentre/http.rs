//! Operations of the infocentre.

use super::{
    model::{
        Activite, ActiviteDiffusions, Axe, Definition, Delai, Indicateur, Indicateurs, InfocentreError, LigneComptee, Mesure, Nouveaux,
        Periode, Ratio, Selection,
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

/// Declares the parameters of an operation: its own, then those that say what is counted.
macro_rules! filtre {
    ($(#[$meta:meta])* struct $nom:ident { $($(#[$propre:meta])* $champ:ident: $genre:ty,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Deserialize, IntoParams)]
        #[into_params(parameter_in = Query)]
        #[serde(deny_unknown_fields)]
        struct $nom {
            $($(#[$propre])* $champ: $genre,)*
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
            territoire: Option<String>,
            /// Thème.
            theme: Option<String>,
            /// Type de RCP.
            r#type: Option<String>,
            /// Niveau de RCP.
            niveau: Option<String>,
            /// Un mois de la période, `AAAA-MM`.
            #[param(example = "2025-01")]
            mois: Option<String>,
            /// Un trimestre de la période, `AAAA-Tn`.
            #[param(example = "2025-T1")]
            trimestre: Option<String>,
            /// Une année de la période.
            #[param(example = "2025")]
            annee: Option<String>,
            /// Établissement du médecin demandeur, ou `aucun`. Ne retient que des comptes-rendus.
            demandeur: Option<String>,
            /// Département de résidence, ou `aucun`. Ne retient que des comptes-rendus.
            departement: Option<String>,
            /// Sexe. Ne retient que des comptes-rendus.
            sexe: Option<String>,
            /// Classe d'âge. Ne retient que des comptes-rendus.
            classe_age: Option<String>,
            /// Catégorie CIM-10 de la première tumeur, ou `aucun`. Ne retient que des comptes-rendus.
            localisation: Option<String>,
            /// Motif d'un report, ou `aucun`. Ne retient que des comptes-rendus.
            motif_report: Option<String>,
            /// Spécialité des participants, ou `aucun`. Ne retient que des participations.
            specialite: Option<String>,
            /// Mode d'exercice des participants. Ne retient que des participations.
            mode_exercice: Option<String>,
            /// Participant. Ne retient que des participations.
            praticien: Option<String>,
        }

        impl $nom {
            fn selection(&self) -> Result<Selection, InfocentreError> {
                let donnes = [
                    (Axe::Rcp, self.rcp.map(|id| id.to_string())),
                    (Axe::Centre3c, self.centre_3c.map(|id| id.to_string())),
                    (Axe::Etablissement, self.etablissement.map(|id| id.to_string())),
                    (Axe::Territoire, self.territoire.clone()),
                    (Axe::Theme, self.theme.clone()),
                    (Axe::Type, self.r#type.clone()),
                    (Axe::Niveau, self.niveau.clone()),
                    (Axe::Mois, self.mois.clone()),
                    (Axe::Trimestre, self.trimestre.clone()),
                    (Axe::Annee, self.annee.clone()),
                    (Axe::Demandeur, self.demandeur.clone()),
                    (Axe::Departement, self.departement.clone()),
                    (Axe::Sexe, self.sexe.clone()),
                    (Axe::ClasseAge, self.classe_age.clone()),
                    (Axe::Localisation, self.localisation.clone()),
                    (Axe::MotifReport, self.motif_report.clone()),
                    (Axe::Specialite, self.specialite.clone()),
                    (Axe::ModeExercice, self.mode_exercice.clone()),
                    (Axe::Praticien, self.praticien.clone()),
                ];
                let lire = |(axe, texte): (Axe, Option<String>)| texte.map(|texte| Ok((axe, axe.lire_cle(&texte)?)));
                Ok(Selection {
                    periode: Periode::lire(self.du, self.au)?,
                    nouveaux: self.nouveaux.unwrap_or(Nouveaux::Region),
                    filtres: donnes.into_iter().filter_map(lire).collect::<Result<_, InfocentreError>>()?,
                })
            }
        }
    };
}

filtre! {
    /// What the activity is counted on and shared out by.
    struct FiltreActivite {
        /// Axe de répartition ; `region` par défaut.
        par: Option<Axe>,
    }
}

impl FiltreActivite {
    fn lire(&self) -> Result<(Selection, Axe), InfocentreError> {
        Ok((self.selection()?, self.par.unwrap_or(Axe::Region)))
    }
}

filtre! {
    /// What a list of rows is asked by: the filters of the activity, without the axis.
    struct FiltreLignes {
        /// Indicateur.
        indicateur: Indicateur,
        /// Nombre de lignes, de 1 à 200.
        limite: Option<i64>,
        /// `suivant` de la page précédente.
        curseur: Option<String>,
    }
}

impl FiltreLignes {
    fn lire(self) -> Result<(Selection, Indicateur, Pagination), InfocentreError> {
        Ok((self.selection()?, self.indicateur, Pagination { limite: self.limite, curseur: self.curseur }))
    }
}

/// L'activité d'une période : une ligne par groupe, puis le total.
#[utoipa::path(tag = "infocentre", params(FiltreActivite), responses((status = 200, body = Activite), Problemes))]
#[get("/infocentre/activite")]
async fn activite(ctx: Ctx, filtre: Filtre<FiltreActivite>) -> Resultat<Reponse<Activite>> {
    let (selection, axe) = filtre.0.lire()?;
    Ok(Reponse::ok(ctx.etudier(move |op| service::activite(op, &selection, axe)).await?))
}

/// Les diffusions d'une période par état et par canal, avec l'écart entre ce qui a été produit et la somme des états (toujours nul).
#[utoipa::path(tag = "infocentre", params(FiltreActivite), responses((status = 200, body = ActiviteDiffusions), Problemes))]
#[get("/infocentre/diffusions")]
async fn diffusions(ctx: Ctx, filtre: Filtre<FiltreActivite>) -> Resultat<Reponse<ActiviteDiffusions>> {
    let (selection, axe) = filtre.0.lire()?;
    Ok(Reponse::ok(ctx.etudier(move |op| service::diffusions(op, &selection, axe)).await?))
}

/// Le même tableau pour un tableur français : points-virgules, virgules décimales, UTF-8 avec indicateur d'ordre.
#[utoipa::path(tag = "infocentre", params(FiltreActivite),
    responses((status = 200, body = String, content_type = "text/csv"), Problemes))]
#[get("/infocentre/activite.csv")]
async fn activite_csv(ctx: Ctx, filtre: Filtre<FiltreActivite>) -> Resultat<Csv> {
    ctx.compter(Couteux::Export)?;
    let (selection, axe) = filtre.0.lire()?;
    tableau(&ctx.etudier(move |op| service::activite(op, &selection, axe)).await?)
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
        let suites: &[&str] = match definition.unite {
            Unite::Nombre => &[""],
            Unite::Quotient | Unite::QuotientEntier => &[" numérateur", " dénominateur", ""],
            Unite::Pourcentage => &[" numérateur", " dénominateur", " (%)"],
            Unite::Jours => &[" effectif", " (jours)"],
        };
        entetes.extend(suites.iter().map(|suite| Case::texte(format!("{code}{suite}"))));
    }
    entetes
}

fn cases(code: Option<&str>, libelle: &str, mesures: &Indicateurs) -> Vec<Case> {
    let mut cases = vec![Case::texte(code.unwrap_or_default()), Case::texte(libelle)];
    for (_, mesure) in mesures.mesures() {
        match mesure {
            Mesure::Nombre(nombre) => cases.push(Case::entier(*nombre)),
            Mesure::Ratio(Ratio { numerateur, denominateur, valeur }) => {
                let valeur = valeur.as_deref().map_or_else(Case::vide, Case::decimal);
                cases.extend([Case::entier(*numerateur), Case::entier(*denominateur), valeur]);
            }
            Mesure::Delai(Delai { jours, effectif }) => {
                cases.extend([Case::entier(*effectif), jours.map_or_else(Case::vide, Case::entier)]);
            }
        }
    }
    cases
}

/// Les lignes qui font un nombre, sans rien qui désigne le patient ; pour un taux, celles du dénominateur.
#[utoipa::path(tag = "infocentre", params(FiltreLignes), responses((status = 200, body = Page<LigneComptee>), Problemes))]
#[get("/infocentre/lignes")]
async fn lignes(ctx: Ctx, filtre: Filtre<FiltreLignes>) -> Resultat<Reponse<Page<LigneComptee>>> {
    let (selection, indicateur, pagination) = filtre.0.lire()?;
    Ok(Reponse::ok(ctx.etudier(move |op| service::lignes(op, &selection, indicateur, &pagination)).await?))
}

/// The operations of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(indicateurs).service(activite).service(activite_csv).service(diffusions).service(lignes);
}
