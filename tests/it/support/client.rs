//! A caller of the API.

use dcc::{
    app::Etat,
    db::Demande,
    kernel::{
        Instant,
        ids::{CompteId, SessionId},
    },
    metier::compte::{
        model::{Moyen, Preuve, Support},
        service as comptes,
    },
};
use serde_json::Value;
use std::sync::{Arc, Mutex};
use ureq::{Agent, http};

/// Somebody who calls the API; a session is opened when needed, also after the clock has moved, so that the
/// identity has always been proved recently.
pub struct Client {
    url: String,
    etat: Arc<Etat>,
    compte: Option<CompteId>,
    session: Mutex<Option<(SessionId, Instant)>>,
    agent: Agent,
    ecoute: Option<Ecoute>,
}

/// Who hears every answer of a bench.
pub type Ecoute = Arc<dyn Fn(&Reponse) + Send + Sync>;

/// An answer.
#[derive(Debug, Clone)]
pub struct Reponse {
    pub statut: u16,
    pub corps: Value,
    pub octets: Vec<u8>,
    pub entetes: http::HeaderMap,
}

impl Reponse {
    /// Checks the status and gives the answer back.
    #[track_caller]
    pub fn est(self, statut: u16) -> Self {
        assert_eq!(self.statut, statut, "{:#}", self.corps);
        self
    }

    /// Checks that it is a problem of that status and stable code.
    #[track_caller]
    pub fn refuse(self, statut: u16, code: &str) -> Self {
        let reponse = self.est(statut);
        assert_eq!(reponse.corps["type"], format!("/problemes/{code}"), "{:#}", reponse.corps);
        assert_eq!(reponse.entete("content-type"), "application/problem+json");
        reponse
    }

    /// The pointers of the faulty fields.
    pub fn fautes(&self) -> Vec<&str> {
        self.corps["errors"].as_array().map_or(Vec::new(), |fautes| fautes.iter().map(|f| f["pointer"].as_str().unwrap()).collect())
    }

    pub fn entete(&self, nom: &str) -> &str {
        self.entetes.get(nom).map_or("", |valeur| valeur.to_str().unwrap())
    }

    /// The version in the `ETag`.
    pub fn version(&self) -> i64 {
        self.entete("etag").trim_matches('"').trim_start_matches('v').parse().unwrap()
    }

    /// The identifier in the body.
    pub fn id(&self) -> String {
        self.corps["id"].as_str().unwrap().to_owned()
    }
}

impl Client {
    pub fn nouveau(url: &str, etat: Arc<Etat>, compte: Option<CompteId>) -> Self {
        let agent = Agent::config_builder().http_status_as_error(false).build().into();
        Self { url: url.to_owned(), etat, compte, session: Mutex::new(None), agent, ecoute: None }
    }

    /// The same, heard.
    #[must_use]
    pub fn ecoute(self, ecoute: Option<Ecoute>) -> Self {
        Self { ecoute, ..self }
    }

    pub fn get(&self, chemin: &str) -> Reponse {
        self.envoyer("GET", chemin, None, &[])
    }

    pub fn post(&self, chemin: &str, corps: Value) -> Reponse {
        self.envoyer("POST", chemin, Some(corps), &[])
    }

    /// POST without body.
    pub fn poster(&self, chemin: &str) -> Reponse {
        self.envoyer("POST", chemin, None, &[])
    }

    /// POST guarded by a version, without body.
    pub fn poster_si(&self, chemin: &str, version: i64) -> Reponse {
        self.envoyer("POST", chemin, None, &[("If-Match", &format!("\"v{version}\""))])
    }

    /// POST guarded by a version, with a body.
    pub fn post_si(&self, chemin: &str, version: i64, corps: Value) -> Reponse {
        self.envoyer("POST", chemin, Some(corps), &[("If-Match", &format!("\"v{version}\""))])
    }

    pub fn put(&self, chemin: &str, version: i64, corps: Value) -> Reponse {
        self.envoyer("PUT", chemin, Some(corps), &[("If-Match", &format!("\"v{version}\""))])
    }

    pub fn patch(&self, chemin: &str, version: i64, corps: Value) -> Reponse {
        let si = format!("\"v{version}\"");
        self.envoyer("PATCH", chemin, Some(corps), &[("If-Match", &si), ("Content-Type", "application/merge-patch+json")])
    }

    pub fn delete(&self, chemin: &str) -> Reponse {
        self.envoyer("DELETE", chemin, None, &[])
    }

    pub fn envoyer(&self, methode: &str, chemin: &str, corps: Option<Value>, entetes: &[(&str, &str)]) -> Reponse {
        let octets = corps.map(|corps| corps.to_string().into_bytes());
        self.envoyer_octets(methode, chemin, octets, entetes)
    }

    pub fn envoyer_octets(&self, methode: &str, chemin: &str, corps: Option<Vec<u8>>, entetes: &[(&str, &str)]) -> Reponse {
        let mut requete = http::Request::builder().method(methode).uri(format!("{}{chemin}", self.url));
        if let Some(jeton) = self.jeton() {
            requete = requete.header("Authorization", format!("Bearer {jeton}"));
        }
        if corps.is_some() && !entetes.iter().any(|(nom, _)| nom.eq_ignore_ascii_case("content-type")) {
            requete = requete.header("Content-Type", "application/json");
        }
        for (nom, valeur) in entetes {
            requete = requete.header(*nom, *valeur);
        }
        let mut reponse = match corps {
            Some(corps) => self.agent.run(requete.body(corps).unwrap()).unwrap(),
            None => self.agent.run(requete.body(()).unwrap()).unwrap(),
        };
        let octets = reponse.body_mut().with_config().limit(50_000_000).read_to_vec().unwrap();
        let reponse = Reponse {
            statut: reponse.status().as_u16(),
            corps: serde_json::from_slice(&octets).unwrap_or(Value::Null),
            octets,
            entetes: reponse.headers().clone(),
        };
        if let Some(ecoute) = &self.ecoute {
            ecoute(&reponse);
        }
        reponse
    }

    /// Forgets the session, which an act has just ended: the next call opens another.
    pub fn oublier_la_session(&self) {
        *self.session.lock().unwrap() = None;
    }

    /// An access token that holds now.
    pub fn jeton(&self) -> Option<String> {
        let compte = self.compte?;
        let maintenant = self.etat.db.horloge().maintenant();
        let mut session = self.session.lock().unwrap();
        let vivante = session.filter(|(_, ouverte)| (maintenant - *ouverte).num_minutes().abs() < 4);
        let (id, _) = *session.insert(vivante.unwrap_or_else(|| (self.ouvrir(compte), maintenant)));
        Some(self.etat.jetons.signer(compte, id, maintenant).unwrap())
    }

    fn ouvrir(&self, compte: CompteId) -> SessionId {
        let ouvrir = move |op: &mut dcc::db::Op<'_>| {
            let compte = comptes::trouver(op, compte)?;
            let preuve = Preuve { moyen: Moyen::MotDePasseEtFacteur, instant: op.maintenant, support: Support::Porteur };
            Ok(comptes::ouvrir_session(op, &compte, preuve)?.0.id)
        };
        self.etat.db.ecrire_ici(&Demande::systeme("essai"), ouvrir).unwrap()
    }
}
