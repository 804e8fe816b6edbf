//! Requests to an identity provider: few, small, short, and to where the settings say.
//!
//! No redirect is followed, five seconds and 256 KiB at most, HTTPS unless the provider is on this very machine, and
//! no private address unless the settings say so (a name that resolves to the inside of the network is how a request
//! of the service is turned against it, OWASP API7).

use crate::{config::Federation, kernel::Panne, tls};
use openidconnect::{HttpRequest, HttpResponse, url::Url};
use std::{
    net::{IpAddr, Ipv6Addr},
    time::Duration,
};
use ureq::{
    Agent,
    config::Config,
    http::Uri,
    tls::{Certificate, RootCerts, TlsConfig, TlsProvider},
    unversioned::{
        resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver},
        transport::{DefaultConnector, NextTimeout},
    },
};

const DELAI: Duration = Duration::from_secs(5);
const TAILLE_MAXIMALE: u64 = 256 * 1024;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum ErreurHttp {
    /// The address is not among those that the settings allow.
    #[error("adresse hors de celles que la configuration admet")]
    Adresse,
    /// No answer, or too large a one.
    #[error(transparent)]
    Echange(#[from] Box<ureq::Error>),
}

/// The HTTP client of one provider.
pub(super) struct ClientHttp {
    agent: Agent,
    hotes: Vec<String>,
    /// The issuer is on this machine: it may be spoken to in clear.
    local: bool,
}

impl ClientHttp {
    /// Reads the authorities; opens no connection yet.
    pub fn new(reglages: &Federation, emetteur: &Url) -> Result<Self, Panne> {
        let local = emetteur.scheme() == "http" && est_cette_machine(emetteur);
        let hotes = emetteur.host_str().map(str::to_owned).into_iter().chain(reglages.hotes.iter().cloned()).collect();
        let racines = match &reglages.autorite_fichier {
            Some(fichier) => tls::certificats(fichier)?,
            None => rustls_native_certs::load_native_certs().certs,
        };
        let racines: Vec<_> = racines.iter().map(|racine| Certificate::from_der(racine).to_owned()).collect();
        let chiffrement = TlsConfig::builder()
            .provider(TlsProvider::Rustls)
            .root_certs(RootCerts::new_with_certs(&racines))
            .unversioned_rustls_crypto_provider(tls::cryptographie())
            .build();
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .timeout_global(Some(DELAI))
            .tls_config(chiffrement)
            .build();
        let agent = Agent::with_parts(config, DefaultConnector::default(), Adresses { privees: reglages.reseau_prive || local });
        Ok(Self { agent, hotes, local })
    }

    /// True when the service may call that address.
    pub fn admet(&self, adresse: &Url) -> bool {
        let connu = adresse.host_str().is_some_and(|hote| self.hotes.iter().any(|admis| admis == hote));
        connu && (adresse.scheme() == "https" || (self.local && adresse.scheme() == "http" && est_cette_machine(adresse)))
    }

    /// Sends one request.
    pub fn appeler(&self, requete: HttpRequest) -> Result<HttpResponse, ErreurHttp> {
        let adresse = Url::parse(&requete.uri().to_string()).map_err(|_| ErreurHttp::Adresse)?;
        if !self.admet(&adresse) {
            return Err(ErreurHttp::Adresse);
        }
        // A GET carries no body, not even an empty one.
        let reponse = if requete.body().is_empty() { self.agent.run(requete.map(|_| ())) } else { self.agent.run(requete) };
        let (entete, mut corps) = reponse.map_err(Box::new)?.into_parts();
        let octets = corps.with_config().limit(TAILLE_MAXIMALE).read_to_vec().map_err(Box::new)?;
        Ok(HttpResponse::from_parts(entete, octets))
    }
}

/// True for `localhost` and the loopback addresses.
pub(super) fn est_cette_machine(adresse: &Url) -> bool {
    adresse.host_str().is_some_and(|hote| {
        let nu = hote.trim_start_matches('[').trim_end_matches(']');
        nu == "localhost" || nu.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
    })
}

/// Resolves names, and keeps out of private networks unless told otherwise.
#[derive(Debug)]
struct Adresses {
    privees: bool,
}

impl Resolver for Adresses {
    fn resolve(&self, uri: &Uri, config: &Config, delai: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let adresses = DefaultResolver::default().resolve(uri, config, delai)?;
        if !self.privees && adresses.iter().any(|adresse| est_privee(adresse.ip())) {
            return Err(ureq::Error::HostNotFound);
        }
        Ok(adresses)
    }
}

/// True for addresses that are not of the public Internet.
fn est_privee(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(v4) => {
            let [a, b, ..] = v4.octets();
            v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.is_unspecified()
                || v4.is_multicast()
                || v4.is_broadcast()
                || v4.is_documentation()
                || a == 0
                // Shared address space of operators (RFC 6598).
                || (a == 100 && (64..128).contains(&b))
        }
        IpAddr::V6(v6) => v6.to_ipv4_mapped().map_or_else(|| est_privee_v6(v6), |v4| est_privee(IpAddr::V4(v4))),
    }
}

fn est_privee_v6(v6: Ipv6Addr) -> bool {
    v6.is_loopback() || v6.is_unspecified() || v6.is_multicast() || v6.is_unique_local() || v6.is_unicast_link_local()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(emetteur: &str, hotes: &[&str]) -> ClientHttp {
        let reglages = Federation { hotes: hotes.iter().map(|&h| h.to_owned()).collect(), ..Federation::default() };
        ClientHttp::new(&reglages, &Url::parse(emetteur).unwrap()).unwrap()
    }

    #[test]
    fn a65_seules_les_adresses_du_fournisseur_sont_appelees() {
        let psc = client("https://auth.exemple.fr/realms/x", &["wallet.exemple.fr"]);
        for admise in ["https://auth.exemple.fr/token", "https://wallet.exemple.fr/keys", "https://auth.exemple.fr:8443/a"] {
            assert!(psc.admet(&Url::parse(admise).unwrap()), "{admise}");
        }
        for refusee in [
            "http://auth.exemple.fr/token",
            "https://ailleurs.exemple.fr/token",
            "https://auth.exemple.fr.ailleurs.fr/",
            "https://127.0.0.1/keys",
            "http://127.0.0.1/keys",
            "file:///etc/passwd",
            "https://auth.exemple.fr@ailleurs.fr/",
        ] {
            assert!(!psc.admet(&Url::parse(refusee).unwrap()), "{refusee}");
        }
        let local = client("http://127.0.0.1:4593/api/oidc", &[]);
        assert!(local.admet(&Url::parse("http://127.0.0.1:4593/api/oidc/jwks").unwrap()));
        assert!(!local.admet(&Url::parse("http://auth.exemple.fr/").unwrap()));
    }

    #[test]
    fn a65_une_adresse_privee_n_est_pas_publique() {
        for privee in [
            "10.0.0.1",
            "172.16.3.4",
            "192.168.1.1",
            "127.0.0.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "::1",
            "fe80::1",
            "fd00::1",
            "::ffff:10.0.0.1",
        ] {
            assert!(est_privee(privee.parse().unwrap()), "{privee}");
        }
        for publique in ["92.184.1.1", "2a01:e0a::1", "172.32.0.1", "100.128.0.1"] {
            assert!(!est_privee(publique.parse().unwrap()), "{publique}");
        }
    }

    #[test]
    fn a65_un_nom_qui_mene_a_l_interieur_n_est_pas_suivi() {
        // The name of this machine stands for a public name that an attacker points inside.
        let psc = client("https://localhost", &[]);
        let requete = ureq::http::Request::get("https://localhost:1/keys").body(Vec::new()).unwrap();
        let Err(ErreurHttp::Echange(erreur)) = psc.appeler(requete) else { panic!("une adresse privée a été appelée") };
        assert!(matches!(*erreur, ureq::Error::HostNotFound), "{erreur}");
    }
}
