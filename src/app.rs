//! The application: one way to build it, for `main` and for the tests alike.

use crate::{
    config::{Config, Exposition},
    db::{self, Adresse, Db, Demande, Reglages, idempotence, migrate},
    documents::atelier::Atelier,
    http::{certificat, corps::CORPS_MAXIMAL, limites::Freins, openapi, service as sante},
    jobs::{
        queue::{self, EtatJob},
        runner::{self, Cadence, Ouvrier, Poignee},
    },
    kernel::{Chance, Erreur, Horloge, Nature, Panne, Refus, courriel::DomainesSecurises, ids::ClientMachineId},
    messagerie::{self, Expediteur},
    metier,
    metier::{
        compte::{
            jeton::{SessionsRecentes, Signataire},
            portier::Portier,
            service::cycle as comptes,
        },
        federation::{self, Fournisseurs},
        machine::jeton::SignataireMachines,
        referentiel::{lot::Lot, model::RapportChargement, service as referentiels},
    },
    tls,
};
use actix_web::{
    App, HttpServer, ResponseError,
    body::MessageBody,
    dev::{Server, ServiceFactory, ServiceRequest, ServiceResponse},
    middleware, web,
};
use chrono::TimeDelta;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use metrics_exporter_prometheus::PrometheusHandle;
use std::{net::SocketAddr, num::NonZeroU32, sync::Arc, time::Duration};
use tracing_actix_web::TracingLogger;
use utoipa::OpenApi;
use utoipa_actix_web::{AppExt, scope, service_config::ServiceConfig};

/// Beginnings and ends of sign-ins by an identity provider a minute, for one address: that of a whole hospital, at
/// times.
const FEDERATION_PAR_MINUTE: NonZeroU32 = NonZeroU32::new(120).unwrap();

/// Requests a second of one machine, and how many may come together.
const MACHINES_PAR_SECONDE: NonZeroU32 = NonZeroU32::new(50).unwrap();
const MACHINES_EN_RAFALE: NonZeroU32 = NonZeroU32::new(100).unwrap();

/// The parts that handlers share.
pub struct Etat {
    /// Settings.
    pub config: Config,
    /// The database.
    pub db: Db,
    /// Access tokens.
    pub jetons: Signataire,
    /// Rights read within the last second.
    pub sessions: SessionsRecentes,
    /// What checks proofs of identity.
    pub portier: Arc<Portier>,
    /// What costs much, by account.
    pub freins: Freins,
    /// Identity providers.
    pub federation: Fournisseurs,
    /// Sign-ins by an identity provider.
    pub limite_federation: DefaultKeyedRateLimiter<String>,
    /// Tokens of machines, if this service admits any.
    pub machines: Option<Arc<SignataireMachines>>,
    /// Requests of each machine.
    pub limite_machines: DefaultKeyedRateLimiter<ClientMachineId>,
    /// Where the templates of the region are laid out.
    pub atelier: Atelier,
    /// Metrics to show.
    pub mesures: PrometheusHandle,
}

impl Etat {
    /// Opens the database (which must be at the schema of this binary) and prepares the rest.
    pub fn construire(config: Config, horloge: Horloge, chance: Chance, mesures: PrometheusHandle) -> Result<Self, Panne> {
        Ok(Self {
            db: ouvrir_la_base(&config, horloge, chance)?,
            jetons: Signataire::new(&config.cle()?)?,
            sessions: SessionsRecentes::default(),
            portier: Arc::new(Portier::new(&config.comptes, &config.url_publique)?),
            freins: Freins::nouveaux(&config)?,
            federation: Fournisseurs::construire(&config.federation, &config.url_publique)?,
            limite_federation: RateLimiter::keyed(Quota::per_minute(FEDERATION_PAR_MINUTE)),
            machines: signataire_des_machines(&config)?,
            limite_machines: RateLimiter::keyed(Quota::per_second(MACHINES_PAR_SECONDE).allow_burst(MACHINES_EN_RAFALE)),
            atelier: Atelier::nouveau(config.compositeur()?),
            mesures,
            config,
        })
    }
}

/// What signs the tokens of machines; they come over TLS with a certificate, or not at all.
fn signataire_des_machines(config: &Config) -> Result<Option<Arc<SignataireMachines>>, Panne> {
    let Some(fichier) = &config.cle_machines_fichier else { return Ok(None) };
    if config.tls.as_ref().and_then(|tls| tls.autorites_clients_fichier.as_ref()).is_none() {
        return Err(Panne::dire("cle_machines_fichier demande tls.autorites_clients_fichier : une machine se reconnaît à son certificat"));
    }
    Ok(Some(Arc::new(SignataireMachines::new(&tls::lire(fichier)?, &config.url_publique)?)))
}

/// Opens the database, which must be at the schema of this binary, under the settings of the region.
pub fn ouvrir_la_base(config: &Config, horloge: Horloge, chance: Chance) -> Result<Db, Panne> {
    let adresse = config.adresse()?;
    if !migrate::a_jour(&adresse)? {
        return Err(Panne::dire("la base n'est pas au schéma de ce programme : lancez `dcc migrate`"));
    }
    let domaines_securises =
        DomainesSecurises::lire(&config.courrier.domaines_securises).map_err(|e| Panne::new("domaines sécurisés de la messagerie", e))?;
    let db =
        Db::ouvrir(&adresse, config.connexions, horloge, chance)?.avec_reglages(Reglages { domaines_securises, ..Reglages::default() });
    match config.adresse_infocentre()? {
        Some(replique) => db.avec_replique(&replique, config.connexions),
        None => Ok(db),
    }
}

/// Brings a database to the schema of this program and loads the reference data it embeds. Gives the
/// migrations that ran and what was loaded.
pub fn preparer(adresse: &Adresse) -> Result<(Vec<String>, RapportChargement), Panne> {
    let migrations = migrate::migrer(adresse)?;
    Ok((migrations, charger(adresse, "migrate", &Lot::embarque()?)?))
}

/// Loads a set of reference files, under the name of the command that does it.
pub fn charger(adresse: &Adresse, commande: &str, lot: &Lot) -> Result<RapportChargement, Panne> {
    db::une_fois(adresse, &Demande::systeme(commande), |op| referentiels::charger_lot(op, lot)).map_err(|erreur| match erreur {
        Erreur::Panne(panne) => panne,
        Erreur::Refus(refus) => Panne::dire(refus.message),
    })
}

/// Every operation of the API. Routes are tried in this order: those that are called most come first.
fn routes(config: &mut ServiceConfig) {
    metier::acces::http::routes(config);
    metier::patient::http::routes(config);
    metier::fiche::http::routes(config);
    metier::inscription::http::routes(config);
    metier::compte::http::routes(config);
    metier::conditions::http::routes(config);
    metier::federation::http::routes(config);
    metier::machine::http::routes(config);
    metier::annuaire::http::routes(config);
    metier::annuaire_national::http::routes(config);
    metier::referentiel::http::routes(config);
    metier::atelier::http::routes(config);
    metier::rcp::http::routes(config);
    metier::reunion::http::routes(config);
    metier::quorum::http::routes(config);
    metier::alerte::http::routes(config);
    metier::compte_rendu::http::routes(config);
    metier::pps::http::routes(config);
    metier::gabarit::http::routes(config);
    metier::diffusion::http::routes(config);
    metier::infocentre::http::routes(config);
    metier::campagne::http::routes(config);
    metier::recherche::http::routes(config);
    metier::trace::http::routes(config);
    metier::exploitation::http::routes(config);
    metier::rapprochement::http::routes(config);
    metier::droits_personne::http::routes(config);
    metier::conservation::http::routes(config);
}

/// The API, and what is read without signing in.
fn tout(config: &mut ServiceConfig) {
    config.service(scope("/api/v1").configure(routes));
    metier::reunion::http::routes_publiques(config);
    metier::machine::http::routes_publiques(config);
}

/// The API document.
#[must_use]
pub fn document() -> utoipa::openapi::OpenApi {
    let (_, document) = App::new().into_utoipa_app().openapi(openapi::Document::openapi()).configure(tout).split_for_parts();
    openapi::achever(document)
}

/// The application on one worker thread.
pub fn application(
    etat: web::Data<Etat>,
) -> App<
    impl ServiceFactory<ServiceRequest, Config = (), Response = ServiceResponse<impl MessageBody>, Error = actix_web::Error, InitError = ()>,
> {
    let exposition = etat.config.exposition;
    let (app, document) = App::new()
        .app_data(etat)
        .app_data(web::PayloadConfig::new(CORPS_MAXIMAL))
        .app_data(web::PathConfig::default().error_handler(|_, _| introuvable().into()))
        .into_utoipa_app()
        .openapi(openapi::Document::openapi())
        .configure(tout)
        .split_for_parts();
    app.configure(|config| sante::routes(config, exposition))
        .configure(|config| {
            if exposition.documentation {
                documenter(config, openapi::achever(document));
            }
        })
        .default_service(web::to(|| async { introuvable().error_response() }))
        .wrap(middleware::from_fn(sante::mesurer))
        .wrap(sante::entetes())
        .wrap(middleware::Compress::default())
        .wrap(TracingLogger::<sante::Trace>::new())
}

/// The page of the documentation, and the document it shows.
fn documenter(config: &mut web::ServiceConfig, document: utoipa::openapi::OpenApi) {
    config.service(utoipa_swagger_ui::SwaggerUi::new("/api/docs/{_:.*}").url("/api/openapi.json", document));
}

/// What the internal address answers: health, metrics, documentation, and nothing of the API.
fn application_interne(
    etat: web::Data<Etat>,
) -> App<
    impl ServiceFactory<ServiceRequest, Config = (), Response = ServiceResponse<impl MessageBody>, Error = actix_web::Error, InitError = ()>,
> {
    App::new()
        .app_data(etat)
        .configure(|config| sante::routes(config, Exposition { documentation: true, mesures: true }))
        .configure(|config| documenter(config, document()))
        .default_service(web::to(|| async { introuvable().error_response() }))
        .wrap(sante::entetes())
        .wrap(TracingLogger::<sante::Trace>::new())
}

fn introuvable() -> Erreur {
    Refus::new(Nature::Introuvable, "ressource-inconnue", "Cette adresse ne désigne rien.").into()
}

/// How long a job that is done stays in the queue.
const CONSERVATION_DES_TRAVAUX: TimeDelta = TimeDelta::days(30);

/// Everything the background worker can do, with mails that leave by `expediteur`.
pub fn ouvrier(config: &Config, expediteur: Arc<dyn Expediteur>) -> Result<Ouvrier, Panne> {
    let ouvrier = metier::reunion::job::equiper(menage(Ouvrier::default()), &config.courrier, &expediteur);
    let ouvrier = metier::acces::job::equiper(ouvrier, &config.courrier, &expediteur);
    let ouvrier = metier::alerte::job::enregistrer(ouvrier);
    let reglages = config.reglages_cda()?;
    let ouvrier = metier::compte_rendu::job::enregistrer(
        ouvrier,
        metier::compte_rendu::job::Fabrique {
            atelier: Atelier::nouveau(config.compositeur()?),
            reglages: reglages.clone(),
            archives: config.xdm.clone(),
        },
    );
    let ouvrier = metier::trace::job::enregistrer(ouvrier, &config.audit)?;
    let ouvrier = metier::rapprochement::job::enregistrer(ouvrier);
    let ouvrier = metier::conservation::job::enregistrer(ouvrier, config.pierres_tombales.clone());
    let ouvrier = metier::campagne::job::enregistrer(ouvrier, config.nom_de_la_region.clone());
    let ouvrier = metier::recherche::job::enregistrer(ouvrier, config.recherche.coffre()?, config.nom_de_la_region.clone());
    let ouvrier = metier::continuite::job::enregistrer(ouvrier, &config.continuite)?;
    let ouvrier = metier::pps::job::enregistrer(ouvrier, metier::pps::job::Fabrique { reglages, archives: config.xdm.clone() });
    let ouvrier = metier::diffusion::job::enregistrer(ouvrier, expediteur, config)?;
    Ok(match messagerie::boite_de_retour(&config.courrier)? {
        Some(boite) => metier::diffusion::job::relever_les_retours(ouvrier, boite, config.courrier.antivirus()?),
        None => ouvrier,
    })
}

/// The tasks that come back at regular intervals.
fn menage(ouvrier: Ouvrier) -> Ouvrier {
    ouvrier
        .chaque("purge_idempotence", Duration::from_hours(1), |contexte| contexte.ecrire(|op| idempotence::purger(op).map(drop)))
        .chaque("purge_federation", Duration::from_hours(1), |contexte| contexte.ecrire(|op| federation::service::purger(op).map(drop)))
        .chaque("purge_connexions", Duration::from_hours(1), |contexte| contexte.ecrire(comptes::purger))
        .chaque("purge_travaux", Duration::from_hours(24), |contexte| {
            contexte.ecrire(|op| {
                let avant = op.maintenant - CONSERVATION_DES_TRAVAUX;
                queue::purger(op, avant).map(drop)
            })
        })
        .chaque("mesure_travaux", Duration::from_secs(30), |contexte| {
            let comptes = contexte.lire(queue::compter)?;
            for etat in EtatJob::TOUS {
                let combien = comptes.iter().find(|(e, _)| e == etat).map_or(0, |(_, n)| *n);
                metrics::gauge!("dcc_jobs_file", "etat" => etat.as_str()).set(u32::try_from(combien).unwrap_or(u32::MAX));
            }
            Ok(())
        })
}

/// Starts the background worker beside whatever the process does.
pub fn demarrer_les_travaux(config: &Config, db: &Db) -> Result<Poignee, Panne> {
    let ouvrier = ouvrier(config, messagerie::expediteur(&config.courrier)?)?;
    runner::demarrer(db, ouvrier, Cadence { fils: config.travaux_fils, ..Cadence::default() })
}

/// The server, bound to the address of the settings, and where that is: over TLS if they name a certificate.
/// `signaux` lets the signals of the system stop it.
pub fn serveur(etat: Arc<Etat>, signaux: bool) -> Result<(Server, Vec<SocketAddr>), Panne> {
    let (ecoute, fils, arret, chiffrement) =
        (etat.config.ecoute.clone(), etat.config.fils, etat.config.arret_secondes, etat.config.tls.as_ref().map(tls::serveur).transpose()?);
    let donnees = web::Data::from(etat);
    let mut serveur = HttpServer::new(move || application(donnees.clone())).on_connect(certificat::a_la_connexion).shutdown_timeout(arret);
    if fils > 0 {
        serveur = serveur.workers(fils);
    }
    if !signaux {
        serveur = serveur.disable_signals();
    }
    let serveur = match chiffrement {
        Some(chiffrement) => serveur.bind_rustls_0_23(&ecoute, chiffrement),
        None => serveur.bind(&ecoute),
    };
    let serveur = serveur.map_err(|e| Panne::new(format!("écoute sur {ecoute}"), e))?;
    let adresses = serveur.addrs();
    Ok((serveur.run(), adresses))
}

/// The internal server, and where it is bound, if the settings name an address for it. It has one thread, and speaks in
/// clear: the address is that of a private network.
pub fn serveur_interne(etat: Arc<Etat>, signaux: bool) -> Result<Option<(Server, Vec<SocketAddr>)>, Panne> {
    let Some(ecoute) = etat.config.ecoute_interne.clone() else { return Ok(None) };
    let donnees = web::Data::from(etat);
    let mut serveur = HttpServer::new(move || application_interne(donnees.clone())).workers(1).shutdown_timeout(1);
    if !signaux {
        serveur = serveur.disable_signals();
    }
    let serveur = serveur.bind(&ecoute).map_err(|e| Panne::new(format!("écoute interne sur {ecoute}"), e))?;
    let adresses = serveur.addrs();
    Ok(Some((serveur.run(), adresses)))
}

/// Serves until told to stop; running requests are finished first.
pub async fn servir(etat: Arc<Etat>) -> Result<(), Panne> {
    let interne = serveur_interne(Arc::clone(&etat), true)?;
    let (serveur, _) = serveur(etat, true)?;
    let panne = |e| Panne::new("service HTTP", e);
    match interne {
        Some((interne, _)) => tokio::try_join!(serveur, interne).map(drop).map_err(panne),
        None => serveur.await.map_err(panne),
    }
}
