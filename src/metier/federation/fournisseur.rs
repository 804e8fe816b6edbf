//! One identity provider: what its discovery document and its keys say, and the exchange that proves a person.
//!
//! The document is held a day, the keys until a token names one that is not among them: they are then read again, once
//! a minute at most, so that forged tokens cannot make this service hammer the provider. A provider that has just
//! failed to answer is left alone for ten seconds.

use super::{
    client::{ClientHttp, est_cette_machine},
    fin::{self, Refusee},
    model::{FederationError, FinDeSession, JetonIdentite, Motif, Profil, Secret, rpps_de},
};
use crate::{
    config::Federation,
    kernel::{Erreur, Instant, Panne, identite::Rpps},
};
use chrono::Duration;
use openidconnect::{
    AccessTokenHash, AdditionalClaims, AuthType, AuthenticationContextClass, AuthorizationCode, ClaimsVerificationError, Client, ClientId,
    ClientSecret, CsrfToken, EmptyExtraTokenFields, EndSessionUrl, EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest,
    IdTokenClaims, IdTokenFields, IdTokenVerifier, IssuerUrl, Nonce, OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier,
    ProviderMetadataWithLogout, RedirectUrl, RequestTokenError, Scope, SignatureVerificationError, StandardErrorResponse,
    StandardTokenResponse, TokenResponse, TokenUrl, UserInfoClaims, UserInfoUrl,
    core::{
        CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreClientAuthMethod, CoreErrorResponseType, CoreGenderClaim,
        CoreJsonWebKey, CoreJsonWebKeySet, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreRevocableToken,
        CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
    },
    url::Url,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use std::sync::{Arc, Mutex, PoisonError};

/// How long the discovery document is held.
const FRAICHEUR: Duration = Duration::hours(24);
/// Least time between two readings of the keys.
const ENTRE_DEUX_LECTURES: Duration = Duration::minutes(1);
/// How long a provider that failed to answer is left alone.
const REPOS: Duration = Duration::seconds(10);
/// How far the clock of the provider may be ahead.
const AVANCE_TOLEREE: Duration = Duration::minutes(2);

/// Signatures that a provider may use: those that nobody but the provider can make.
const ALGORITHMES: [CoreJwsSigningAlgorithm; 7] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// The claims that the standard does not name.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Divers {
    #[serde(flatten)]
    revendications: Map<String, Value>,
}

impl AdditionalClaims for Divers {}

type Revendications = IdTokenClaims<Divers, CoreGenderClaim>;
type Verificateur = IdTokenVerifier<'static, CoreJsonWebKey>;
type Reponse = StandardTokenResponse<
    IdTokenFields<Divers, EmptyExtraTokenFields, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>,
    CoreTokenType,
>;
type ClientOidc = Client<
    Divers,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Reponse,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// Why a person is not proved.
#[derive(Debug)]
pub(super) enum Echec {
    /// The provider does not answer, or not as it should.
    Indisponible(String),
    /// What came does not hold.
    Refus(Motif),
}

impl From<Motif> for Echec {
    fn from(motif: Motif) -> Self {
        Self::Refus(motif)
    }
}

/// The providers of the settings.
#[derive(Clone, Default)]
pub struct Fournisseurs(Arc<[Fournisseur]>);

impl Fournisseurs {
    /// Checks the settings and reads their files; calls no provider yet.
    pub fn construire(reglages: &[Federation], url_publique: &str) -> Result<Self, Panne> {
        let fournisseurs: Result<Vec<_>, _> = reglages.iter().map(|r| Fournisseur::new(r, url_publique)).collect();
        let fournisseurs = fournisseurs?;
        for (rang, fournisseur) in fournisseurs.iter().enumerate() {
            let double = fournisseurs
                .iter()
                .skip(rang + 1)
                .any(|autre| autre.reglages.nom == fournisseur.reglages.nom || autre.reglages.emetteur == fournisseur.reglages.emetteur);
            if double {
                return Err(Panne::dire(format!("federation : le nom ou l'émetteur de « {} » sert deux fois", fournisseur.reglages.nom)));
            }
        }
        Ok(Self(fournisseurs.into()))
    }

    /// One of them, by its name in addresses.
    pub(super) fn trouver(&self, nom: &str) -> Result<&Fournisseur, FederationError> {
        self.0.iter().find(|f| f.reglages.nom == nom).ok_or(FederationError::Inconnu)
    }

    /// The settings of each.
    pub(super) fn reglages(&self) -> impl Iterator<Item = &Federation> {
        self.0.iter().map(|f| &f.reglages)
    }
}

/// A provider.
pub(super) struct Fournisseur {
    /// Its settings.
    pub reglages: Federation,
    emetteur: Url,
    secret: Option<ClientSecret>,
    retour: RedirectUrl,
    /// Where the provider sends the browser back once its own session has ended.
    fin: String,
    http: ClientHttp,
    connu: Mutex<Connu>,
}

/// What is held of a provider.
#[derive(Default)]
struct Connu {
    document: Option<Arc<ProviderMetadataWithLogout>>,
    lu_le: Option<Instant>,
    cles_lues_le: Option<Instant>,
    echec_le: Option<Instant>,
}

impl Fournisseur {
    fn new(reglages: &Federation, url_publique: &str) -> Result<Self, Panne> {
        let nom = &reglages.nom;
        let dire = |quoi: &str| Panne::dire(format!("federation « {nom} » : {quoi}"));
        if nom.is_empty() || !nom.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-') {
            return Err(dire("le nom est fait de minuscules, de chiffres et de tirets"));
        }
        if reglages.client_id.is_empty() {
            return Err(dire("client_id manque"));
        }
        let emetteur = Url::parse(&reglages.emetteur).map_err(|e| Panne::new(format!("federation « {nom} » : émetteur"), e))?;
        if emetteur.scheme() != "https" && !(emetteur.scheme() == "http" && est_cette_machine(&emetteur)) {
            return Err(dire("l'émetteur est en https"));
        }
        let secret = reglages.secret_fichier.as_deref().map(crate::tls::lire).transpose()?.map(|octets| {
            let texte = String::from_utf8_lossy(&octets).trim_end_matches(['\r', '\n']).to_owned();
            ClientSecret::new(texte)
        });
        let ici = format!("{}/api/v1/federation/{nom}", url_publique.trim_end_matches('/'));
        let (retour, fin) = (format!("{ici}/retour"), format!("{ici}/fin"));
        let retour = RedirectUrl::new(retour).map_err(|e| Panne::new("url_publique", e))?;
        let http = ClientHttp::new(reglages, &emetteur)?;
        Ok(Self { reglages: reglages.clone(), emetteur, secret, retour, fin, http, connu: Mutex::default() })
    }

    /// Where the browser is sent to sign in. May call the provider: not for an async thread.
    pub fn adresse_de_depart(&self, secret: &Secret, renouveler: bool, maintenant: Instant) -> Result<Url, Echec> {
        let document = self.document(maintenant)?;
        let client = self.client(&document);
        let defi = PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(secret.verificateur()));
        let (etat, nonce) = (CsrfToken::new(secret.etat()), Nonce::new(secret.nonce()));
        let mut demande =
            client.authorize_url(CoreAuthenticationFlow::AuthorizationCode, move || etat, move || nonce).set_pkce_challenge(defi);
        for portee in self.reglages.portees.iter().filter(|portee| *portee != "openid") {
            demande = demande.add_scope(Scope::new(portee.clone()));
        }
        for acr in &self.reglages.acr {
            demande = demande.add_auth_context_value(AuthenticationContextClass::new(acr.clone()));
        }
        if renouveler {
            demande = demande.add_prompt(CoreAuthPrompt::Login).set_max_age(std::time::Duration::ZERO);
        }
        Ok(demande.url().0)
    }

    /// Where the browser goes to end the session at the provider (OpenID Connect RP-Initiated Logout 1.0); nothing when the provider
    /// does not say where. May call the provider: not for an async thread.
    pub fn adresse_de_fin(&self, jeton: &str, etat: &str, maintenant: Instant) -> Result<Option<Url>, Echec> {
        let document = self.document(maintenant)?;
        let Some(fin) = &document.additional_metadata().end_session_endpoint else { return Ok(None) };
        let mut adresse = fin.url().clone();
        adresse
            .query_pairs_mut()
            .append_pair("id_token_hint", jeton)
            .append_pair("client_id", &self.reglages.client_id)
            .append_pair("post_logout_redirect_uri", &self.fin)
            .append_pair("state", etat);
        Ok(Some(adresse))
    }

    /// The session that a logout token of the provider ends. May call the provider: not for an async thread.
    pub fn fin_de_session(&self, jeton: &str, maintenant: Instant) -> Result<FinDeSession, Echec> {
        let chercher =
            |document: &ProviderMetadataWithLogout| fin::verifier(jeton, &fin::cles(document.jwks()), &self.reglages, maintenant);
        let issue = match chercher(&*self.document(maintenant)?) {
            Err(Refusee::CleInconnue) => chercher(&*self.document_aux_cles_relues(maintenant).ok_or(Motif::Signature)?),
            issue => issue,
        };
        issue.map_err(|refusee| match refusee {
            Refusee::CleInconnue => Motif::Signature.into(),
            Refusee::Motif(motif) => motif.into(),
        })
    }

    /// The person whom a code proves. Calls the provider: not for an async thread.
    pub fn identifier(&self, code: String, secret: &Secret, maintenant: Instant) -> Result<Profil, Echec> {
        let mut document = self.document(maintenant)?;
        let reponse = self.echanger(&document, code, secret)?;
        let revendications = match self.verifier(&document, &reponse, secret, maintenant) {
            Err(ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey)) => {
                document = self.document_aux_cles_relues(maintenant).ok_or(Motif::Signature)?;
                self.verifier(&document, &reponse, secret, maintenant)
            }
            issue => issue,
        }
        .map_err(|erreur| motif(&erreur))?;
        self.controler(&revendications)?;
        let rpps = self.rpps(&document, &reponse, &revendications)?;
        Ok(Profil {
            emetteur: self.reglages.emetteur.clone(),
            sujet: revendications.subject().to_string(),
            rpps,
            acr: revendications.auth_context_ref().map(|acr| acr.as_str().to_owned()),
            authentifiee_le: revendications.auth_time(),
            jeton: JetonIdentite(reponse.id_token().map(ToString::to_string).unwrap_or_default()),
            sid: texte(&revendications.additional_claims().revendications, "sid"),
        })
    }

    fn client(&self, document: &ProviderMetadataWithLogout) -> ClientOidc {
        let client = Client::from_provider_metadata(document.clone(), ClientId::new(self.reglages.client_id.clone()), self.secret.clone());
        let seulement_par_le_corps = document.token_endpoint_auth_methods_supported().is_some_and(|methodes| {
            methodes.contains(&CoreClientAuthMethod::ClientSecretPost) && !methodes.contains(&CoreClientAuthMethod::ClientSecretBasic)
        });
        let maniere = if seulement_par_le_corps { AuthType::RequestBody } else { AuthType::BasicAuth };
        client.set_redirect_uri(self.retour.clone()).set_auth_type(maniere)
    }

    fn echanger(&self, document: &ProviderMetadataWithLogout, code: String, secret: &Secret) -> Result<Reponse, Echec> {
        let client = self.client(document);
        let demande = client.exchange_code(AuthorizationCode::new(code)).map_err(|e| Echec::Indisponible(e.to_string()))?;
        let issue = demande
            .set_pkce_verifier(PkceCodeVerifier::new(secret.verificateur()))
            .request(&|requete: HttpRequest| self.http.appeler(requete));
        issue.map_err(|erreur| match erreur {
            RequestTokenError::ServerResponse(_) => Motif::Code.into(),
            RequestTokenError::Request(cause) => Echec::Indisponible(cause.to_string()),
            RequestTokenError::Parse(..) | RequestTokenError::Other(_) => Motif::Reponse.into(),
        })
    }

    /// What verifies a token of the provider: signature, `iss`, `aud`, `exp`, `iat`.
    fn verificateur(&self, document: &ProviderMetadataWithLogout, maintenant: Instant) -> Result<Verificateur, ClaimsVerificationError> {
        let emetteur = IssuerUrl::new(self.reglages.emetteur.clone()).map_err(|e| ClaimsVerificationError::Other(e.to_string()))?;
        Ok(IdTokenVerifier::new_public_client(ClientId::new(self.reglages.client_id.clone()), emetteur, document.jwks().clone())
            .set_allowed_algs(ALGORITHMES)
            .set_time_fn(move || maintenant)
            .set_issue_time_verifier_fn(
                move |emis| {
                    if emis <= maintenant + AVANCE_TOLEREE { Ok(()) } else { Err("émis dans l'avenir".to_owned()) }
                },
            ))
    }

    /// The same, with `nonce` and `at_hash`.
    fn verifier(
        &self,
        document: &ProviderMetadataWithLogout,
        reponse: &Reponse,
        secret: &Secret,
        maintenant: Instant,
    ) -> Result<Revendications, ClaimsVerificationError> {
        let autre = |texte: &str| ClaimsVerificationError::Other(texte.to_owned());
        let jeton = reponse.id_token().ok_or_else(|| autre("id_token absent"))?;
        let verificateur = self.verificateur(document, maintenant)?;
        let revendications = jeton.claims(&verificateur, &Nonce::new(secret.nonce()))?.clone();
        if let Some(attendue) = revendications.access_token_hash() {
            let algorithme = jeton.signing_alg().map_err(ClaimsVerificationError::SignatureVerification)?;
            let cle = jeton.signing_key(&verificateur).map_err(ClaimsVerificationError::SignatureVerification)?;
            let calculee = AccessTokenHash::from_token(reponse.access_token(), algorithme, cle).map_err(|e| autre(&e.to_string()))?;
            if calculee != *attendue {
                return Err(ClaimsVerificationError::Unsupported("at_hash".to_owned()));
            }
        }
        Ok(revendications)
    }

    /// `azp` and `acr`.
    fn controler(&self, revendications: &Revendications) -> Result<(), Motif> {
        if revendications.authorized_party().is_some_and(|partie| **partie != self.reglages.client_id) {
            return Err(Motif::Destinataire);
        }
        let niveau = revendications.auth_context_ref().map(|acr| acr.as_str());
        let atteint = self.reglages.acr.is_empty() || niveau.is_some_and(|dit| self.reglages.acr.iter().any(|voulu| voulu == dit));
        if atteint { Ok(()) } else { Err(Motif::Acr) }
    }

    /// The RPPS number, from the ID token or else from the user information, if this provider may say it.
    fn rpps(
        &self,
        document: &ProviderMetadataWithLogout,
        reponse: &Reponse,
        revendications: &Revendications,
    ) -> Result<Option<Rpps>, Echec> {
        let noms = &self.reglages.revendications_rpps;
        if noms.is_empty() {
            return Ok(None);
        }
        if let Some(rpps) = premier_rpps(noms, revendications) {
            return Ok(Some(rpps));
        }
        let client = self.client(document);
        let Ok(demande) = client.user_info(reponse.access_token().clone(), Some(revendications.subject().clone())) else {
            return Ok(None);
        };
        let lues: UserInfoClaims<Divers, CoreGenderClaim> =
            demande.request(&|requete: HttpRequest| self.http.appeler(requete)).map_err(|erreur| match erreur {
                openidconnect::UserInfoError::ClaimsVerification(_) => Echec::Refus(Motif::Sujet),
                openidconnect::UserInfoError::Request(cause) => Echec::Indisponible(cause.to_string()),
                _ => Echec::Refus(Motif::Reponse),
            })?;
        Ok(premier_rpps(noms, &lues))
    }

    /// What the provider says of itself, read again once a day.
    fn document(&self, maintenant: Instant) -> Result<Arc<ProviderMetadataWithLogout>, Echec> {
        let mut connu = self.connu.lock().unwrap_or_else(PoisonError::into_inner);
        if let (Some(document), Some(lu_le)) = (&connu.document, connu.lu_le)
            && ecoule(lu_le, maintenant) < FRAICHEUR
        {
            return Ok(Arc::clone(document));
        }
        if connu.echec_le.is_some_and(|echec| ecoule(echec, maintenant) < REPOS) {
            return Err(Echec::Indisponible("vient de ne pas répondre".to_owned()));
        }
        match self.decouvrir() {
            Ok(document) => {
                let document = Arc::new(document);
                *connu = Connu {
                    document: Some(Arc::clone(&document)),
                    lu_le: Some(maintenant),
                    cles_lues_le: Some(maintenant),
                    echec_le: None,
                };
                Ok(document)
            }
            Err(cause) => {
                connu.echec_le = Some(maintenant);
                Err(Echec::Indisponible(cause))
            }
        }
    }

    /// The same with the keys of this moment; nothing when they were read less than a minute ago.
    fn document_aux_cles_relues(&self, maintenant: Instant) -> Option<Arc<ProviderMetadataWithLogout>> {
        let mut connu = self.connu.lock().unwrap_or_else(PoisonError::into_inner);
        if connu.cles_lues_le.is_some_and(|lues| ecoule(lues, maintenant) < ENTRE_DEUX_LECTURES) {
            return None;
        }
        connu.cles_lues_le = Some(maintenant);
        let document = connu.document.clone()?;
        let cles: CoreJsonWebKeySet = match self.lire(document.jwks_uri().url()) {
            Ok(cles) => cles,
            Err(cause) => {
                tracing::warn!(fournisseur = %self.reglages.nom, cause, "clés du fournisseur d'identité non relues");
                return None;
            }
        };
        let document = Arc::new((*document).clone().set_jwks(cles));
        connu.document = Some(Arc::clone(&document));
        Some(document)
    }

    fn decouvrir(&self) -> Result<ProviderMetadataWithLogout, String> {
        let chemin = self.reglages.decouverte.as_deref().unwrap_or(".well-known/openid-configuration");
        let adresse = format!("{}/{chemin}", self.reglages.emetteur.trim_end_matches('/'));
        let adresse = Url::parse(&adresse).map_err(|e| e.to_string())?;
        let document: ProviderMetadataWithLogout = self.lire(&adresse)?;
        if document.issuer().as_str() != self.reglages.emetteur {
            return Err("le document de découverte nomme un autre émetteur".to_owned());
        }
        let appelees = [document.token_endpoint().map(TokenUrl::url), document.userinfo_endpoint().map(UserInfoUrl::url)];
        if appelees.into_iter().flatten().chain([document.jwks_uri().url()]).any(|adresse| !self.http.admet(adresse)) {
            return Err("le document de découverte nomme une adresse hors de celles que la configuration admet".to_owned());
        }
        let fin = document.additional_metadata().end_session_endpoint.as_ref().map(EndSessionUrl::url);
        for visitee in fin.into_iter().chain([document.authorization_endpoint().url()]) {
            if visitee.scheme() != "https" && !(visitee.scheme() == "http" && est_cette_machine(&self.emetteur)) {
                return Err("une adresse de connexion ou de fin de session n'est pas en https".to_owned());
            }
        }
        let cles: CoreJsonWebKeySet = self.lire(document.jwks_uri().url())?;
        Ok(document.set_jwks(cles))
    }

    fn lire<T: DeserializeOwned>(&self, adresse: &Url) -> Result<T, String> {
        let requete = ureq::http::Request::get(adresse.as_str()).header("Accept", "application/json").body(Vec::new());
        let reponse = self.http.appeler(requete.map_err(|e| e.to_string())?).map_err(|e| e.to_string())?;
        if reponse.status() != 200 {
            return Err(format!("réponse {}", reponse.status().as_u16()));
        }
        serde_json::from_slice(reponse.body()).map_err(|e| e.to_string())
    }
}

/// Time gone by; a clock that went back makes what is held stale.
fn ecoule(depuis: Instant, maintenant: Instant) -> Duration {
    let ecoule = maintenant - depuis;
    if ecoule < Duration::zero() { Duration::MAX } else { ecoule }
}

fn texte(revendications: &Map<String, Value>, nom: &str) -> Option<String> {
    revendications.get(nom)?.as_str().map(str::to_owned)
}

fn premier_rpps(noms: &[String], revendications: &impl Serialize) -> Option<Rpps> {
    let revendications = serde_json::to_value(revendications).ok()?;
    noms.iter().find_map(|nom| rpps_de(revendications.get(nom)?.as_str()?))
}

/// What the trace keeps of what the library found.
fn motif(erreur: &ClaimsVerificationError) -> Motif {
    match erreur {
        ClaimsVerificationError::Expired(_) => Motif::Peremption,
        ClaimsVerificationError::InvalidAudience(_) => Motif::Destinataire,
        ClaimsVerificationError::InvalidAuthContext(_) => Motif::Acr,
        ClaimsVerificationError::InvalidIssuer(_) => Motif::Emetteur,
        ClaimsVerificationError::InvalidNonce(_) => Motif::Nonce,
        ClaimsVerificationError::InvalidSubject(_) => Motif::Sujet,
        ClaimsVerificationError::SignatureVerification(_) => Motif::Signature,
        ClaimsVerificationError::Unsupported(quoi) if quoi == "at_hash" => Motif::EmpreinteJeton,
        _ => Motif::Reponse,
    }
}

impl Echec {
    /// What the person is told.
    pub fn dire(&self, fournisseur: &str) -> Erreur {
        match self {
            Self::Indisponible(cause) => {
                tracing::warn!(fournisseur, cause, "fournisseur d'identité indisponible");
                FederationError::Indisponible.into()
            }
            Self::Refus(_) => FederationError::Refusee.into(),
        }
    }
}
