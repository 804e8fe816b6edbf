//! Browser sessions: the cookie, and what keeps other sites from using it (CSRF).
//!
//! Bodies are JSON only, so that no form of another site is heard. Besides, an act by cookie must come from our own
//! origin, say so in `Sec-Fetch-Site` where the browser does, and carry `X-DCC-Client`, a header that another site
//! cannot send without being asked first. A GET changes nothing.

use crate::{
    app::Etat,
    kernel::{Nature, Refus, Resultat},
};
use actix_web::{
    HttpRequest,
    cookie::{Cookie, SameSite, time::Duration},
    http::header::{HeaderName, ORIGIN},
};
use std::net::IpAddr;

/// Name of the cookie: `__Host-` binds it to this host, to `/` and to TLS.
pub const COOKIE: &str = "__Host-dcc";
/// Header that an act by cookie must carry.
pub const CLIENT: HeaderName = HeaderName::from_static("x-dcc-client");
/// Where the browser says which site asks.
const SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The cookie of a session. Without a date: it ends with the browser, or with the session.
#[must_use]
pub fn cookie(secret: &str) -> Cookie<'static> {
    Cookie::build(COOKIE, secret.to_owned()).path("/").http_only(true).secure(true).same_site(SameSite::Lax).finish()
}

/// The cookie that takes the former one away.
#[must_use]
pub fn sans_cookie() -> Cookie<'static> {
    let mut cookie = cookie("");
    cookie.set_max_age(Duration::ZERO);
    cookie
}

fn refuser() -> Refus {
    let message = "Cette requête ne vient pas des pages de ce service : origine, Sec-Fetch-Site ou en-tête X-DCC-Client.";
    Refus::new(Nature::Interdit, "origine-refusee", message)
}

fn entete<'a>(requete: &'a HttpRequest, nom: &HeaderName) -> Option<&'a str> {
    requete.headers().get(nom).map(|valeur| valeur.to_str().unwrap_or_default())
}

/// Refuses a sign-in that the page of another site asks for. Who is not a browser says nothing of origins.
pub fn refuser_une_autre_origine(requete: &HttpRequest, etat: &Etat) -> Resultat<()> {
    let origine = entete(requete, &ORIGIN).is_none_or(|origine| origine == etat.portier.origine());
    let site = entete(requete, &SITE).is_none_or(|site| site == "same-origin");
    if origine && site { Ok(()) } else { Err(refuser().into()) }
}

/// Refuses an act by cookie that our own pages did not ask for.
pub fn exiger_nos_pages(requete: &HttpRequest, etat: &Etat) -> Resultat<()> {
    if requete.method().is_safe() {
        return Ok(());
    }
    let dites = entete(requete, &ORIGIN).is_some() && requete.headers().contains_key(CLIENT);
    if dites { refuser_une_autre_origine(requete, etat) } else { Err(refuser().into()) }
}

/// The network address of the caller: that of the connection, or what our own reverse proxies say of it.
#[must_use]
pub fn adresse(requete: &HttpRequest, etat: &Etat) -> String {
    let Some(pair) = requete.peer_addr().map(|a| a.ip()) else { return String::new() };
    let dites = requete.headers().get("x-forwarded-for").and_then(|valeur| valeur.to_str().ok()).unwrap_or_default();
    // From the nearest to the farthest, as far as those we trust go.
    let chemin = std::iter::once(Some(pair)).chain(dites.rsplit(',').map(|texte| texte.trim().parse::<IpAddr>().ok()));
    let mut derniere = pair;
    for adresse in chemin {
        let Some(adresse) = adresse else { break };
        derniere = adresse;
        if !etat.portier.est_mandataire(adresse) {
            break;
        }
    }
    derniere.to_string()
}
