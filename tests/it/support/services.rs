//! A second service on the database of a bench, under settings of its own: another instance of the region.

use super::{Banc, client::Reponse, servir};
use dcc::{app::Etat, config::Config, kernel::Chance, tls};
use metrics_exporter_prometheus::PrometheusBuilder;
use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread::JoinHandle,
};
use ureq::{
    Agent, http,
    tls::{Certificate, ClientCert, RootCerts, TlsConfig, TlsProvider},
};

/// How many were started: no two draw the same identifiers.
static AUTRES: AtomicU64 = AtomicU64::new(0);

/// A running service; it ends with the test.
pub struct Service {
    pub etat: Arc<Etat>,
    pub url: String,
    serveur: actix_web::dev::ServerHandle,
    fil: Option<JoinHandle<()>>,
}

impl Banc {
    /// Starts one, with the settings of the bench but for what `regler` changes.
    pub fn autre_service(&self, regler: impl FnOnce(&mut Config)) -> Service {
        let mut config = self.etat.config.clone();
        regler(&mut config);
        let mesures = PrometheusBuilder::new().build_recorder().handle();
        // Another process draws other identifiers.
        let (horloge, chance) = (self.etat.db.horloge().clone(), Chance::semee((1 << 50) + (AUTRES.fetch_add(1, Ordering::Relaxed) << 32)));
        let etat = Arc::new(Etat::construire(config, horloge, chance, mesures).unwrap());
        let (url, serveur, fil) = servir(Arc::clone(&etat));
        Service { etat, url, serveur, fil: Some(fil) }
    }
}

impl Service {
    /// What a browser does with an address: it sends its cookies, and follows no redirect by itself.
    pub fn naviguer(&self, chemin: &str, cookies: &str) -> Reponse {
        let agent = Agent::config_builder().http_status_as_error(false).max_redirects(0).build().into();
        appeler(&agent, http::Request::get(format!("{}{chemin}", self.url)).header("Cookie", cookies).body(Vec::new()).unwrap())
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        drop(self.serveur.stop(false));
        if let Some(fil) = self.fil.take() {
            drop(fil.join());
        }
    }
}

/// An agent that trusts an authority, shows a certificate if one is given, and follows no redirect.
pub fn agent(autorite: &Path, certificat: Option<ClientCert>) -> Agent {
    let racines: Vec<_> = tls::certificats(autorite).unwrap().iter().map(|c| Certificate::from_der(c).to_owned()).collect();
    let chiffrement = TlsConfig::builder()
        .provider(TlsProvider::Rustls)
        .root_certs(RootCerts::new_with_certs(&racines))
        .unversioned_rustls_crypto_provider(tls::cryptographie())
        .client_cert(certificat)
        .build();
    Agent::config_builder().http_status_as_error(false).max_redirects(0).tls_config(chiffrement).build().into()
}

/// Sends a request as it is.
pub fn appeler(agent: &Agent, requete: http::Request<Vec<u8>>) -> Reponse {
    let envoyee = if requete.body().is_empty() { agent.run(requete.map(|_| ())) } else { agent.run(requete) };
    let mut reponse = envoyee.unwrap();
    let octets = reponse.body_mut().with_config().limit(50_000_000).read_to_vec().unwrap();
    Reponse {
        statut: reponse.status().as_u16(),
        corps: serde_json::from_slice(&octets).unwrap_or_default(),
        octets,
        entetes: reponse.headers().clone(),
    }
}
