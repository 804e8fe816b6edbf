//! What checks proofs of identity: passwords, sealed secrets, WebAuthn. Built once from the settings.

use super::{
    divulgues::Divulgues,
    model::{
        CompteError,
        facteur::{Cle, EtatDefi, Facteur},
        mot_de_passe::{Faiblesse, Hachoir, forme},
    },
};
use crate::{
    config::Comptes,
    kernel::{Panne, Resultat, coffre::Coffre, ids::CompteId},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::{net::IpAddr, time::Duration};
use tokio::sync::Semaphore;
use url::Url;
use webauthn_rs::prelude::{Passkey, PasskeyAuthentication, PasskeyRegistration, Webauthn, WebauthnBuilder, WebauthnError};

/// How long a sign-in waits for its turn to check a password.
const ATTENTE: Duration = Duration::from_secs(30);

/// Checks proofs of identity.
pub struct Portier {
    hachoir: Hachoir,
    places: Semaphore,
    divulgues: Option<Divulgues>,
    pub(super) coffre: Coffre,
    webauthn: Option<Webauthn>,
    origine: String,
    mandataires: Vec<IpAddr>,
}

impl Portier {
    /// From the settings; `url_publique` names the origin, and the RP of WebAuthn. A service reached by a bare IP
    /// address has no name that a key can be bound to: WebAuthn is then not offered.
    pub fn new(comptes: &Comptes, url_publique: &str) -> Result<Self, Panne> {
        let cout = comptes.mot_de_passe;
        let url = Url::parse(url_publique).map_err(|e| Panne::new("url_publique", e))?;
        let webauthn = url.domain().map(|domaine| {
            WebauthnBuilder::new(domaine, &url)
                .and_then(|preparation| preparation.rp_name("Dossier communicant en cancérologie").build())
                .map_err(|e| Panne::new("url_publique pour WebAuthn", e))
        });
        Ok(Self {
            hachoir: Hachoir::new(cout.memoire_kio, cout.passes, cout.fils)?,
            places: Semaphore::new(cout.simultanes.max(1)),
            divulgues: comptes.mots_de_passe_divulgues_fichier.as_deref().map(Divulgues::ouvrir).transpose()?,
            coffre: coffre_des_facteurs(comptes)?,
            webauthn: webauthn.transpose()?,
            origine: url.origin().ascii_serialization(),
            mandataires: comptes.mandataires.clone(),
        })
    }

    /// The origin of the pages that may use a browser session: that of `url_publique`.
    #[must_use]
    pub fn origine(&self) -> &str {
        &self.origine
    }

    /// True when that address is a reverse proxy of ours.
    #[must_use]
    pub fn est_mandataire(&self, adresse: IpAddr) -> bool {
        self.mandataires.contains(&adresse)
    }

    /// The hash of a new password, when its turn comes; refused when it is known to have leaked.
    pub async fn hacher(&self, mot_de_passe: String, sel: [u8; 32]) -> Resultat<String> {
        let divulgues = self.divulgues.clone();
        self.a_son_tour(move |hachoir| {
            if let Some(divulgues) = divulgues
                && divulgues.contient(&forme(&mot_de_passe))?
            {
                return Err(CompteError::MotDePasse(Faiblesse::Divulgue).into());
            }
            hachoir.hacher(&mot_de_passe, &sel)
        })
        .await?
    }

    /// Checks a password, when its turn comes. Gives besides a new hash when the password is right and was hashed
    /// with other parameters than those of today.
    pub async fn verifier(&self, mot_de_passe: String, empreinte: Option<String>, sel: [u8; 32]) -> Resultat<(bool, Option<String>)> {
        self.a_son_tour(move |hachoir| {
            let juste = hachoir.verifier(&mot_de_passe, empreinte.as_deref());
            let a_refaire = juste && empreinte.is_some_and(|empreinte| hachoir.a_refaire(&empreinte));
            Ok((juste, a_refaire.then(|| hachoir.hacher(&mot_de_passe, &sel)).transpose()?))
        })
        .await?
    }

    /// Each password takes tens of MiB and a core: no more at the same time than was set.
    async fn a_son_tour<T: Send + 'static>(&self, travail: impl FnOnce(&Hachoir) -> T + Send + 'static) -> Resultat<T> {
        let place = tokio::time::timeout(ATTENTE, self.places.acquire()).await.map_err(|_| CompteError::Sature)?;
        let _place = place.map_err(|e| Panne::new("attente d'une vérification", e))?;
        let hachoir = self.hachoir.clone();
        tokio::task::spawn_blocking(move || travail(&hachoir)).await.map_err(|e| Panne::new("vérification du mot de passe", e).into())
    }

    fn webauthn(&self) -> Resultat<&Webauthn> {
        self.webauthn.as_ref().ok_or_else(|| CompteError::WebauthnIndisponible.into())
    }

    /// Begins the enrolment of a key: what the browser needs, and what to remember.
    pub fn enroler_une_cle(&self, compte: CompteId, identifiant: &str, nom: &str, deja: &[Facteur]) -> Resultat<(Value, EtatDefi)> {
        let deja = cles(deja)?.iter().map(|(_, cle)| cle.cred_id().clone()).collect();
        let (options, etat) =
            self.webauthn()?.start_passkey_registration(compte.uuid(), identifiant, nom, Some(deja)).map_err(|e| panne(&e))?;
        Ok((en_json(&options)?, EtatDefi::Webauthn(en_json(&etat)?)))
    }

    /// The key that a browser enrolled.
    pub fn cle_enrolee(&self, reponse: Value, etat: Value) -> Resultat<Cle> {
        let reponse = lire_reponse(reponse)?;
        let etat: PasskeyRegistration = serde_json::from_value(etat).map_err(|e| Panne::new("état de l'enrôlement", e))?;
        let cle = self.webauthn()?.finish_passkey_registration(&reponse, &etat).map_err(|e| ceremonie_refusee(&e))?;
        Ok(Cle::Webauthn { identifiant: URL_SAFE_NO_PAD.encode(cle.cred_id()), publique: en_json(&cle)? })
    }

    /// Begins a proof by one of those keys; `None` without any.
    pub fn defier(&self, facteurs: &[Facteur]) -> Resultat<Option<(Value, EtatDefi)>> {
        let cles: Vec<Passkey> = cles(facteurs)?.into_iter().map(|(_, cle)| cle).collect();
        let Some(webauthn) = self.webauthn.as_ref().filter(|_| !cles.is_empty()) else { return Ok(None) };
        let (options, etat) = webauthn.start_passkey_authentication(&cles).map_err(|e| panne(&e))?;
        Ok(Some((en_json(&options)?, EtatDefi::Webauthn(en_json(&etat)?))))
    }

    /// The factor that a browser proved, with its counter moved forward; `None` when the proof does not hold: another
    /// origin, another challenge, a wrong signature, a holder who was not verified, a counter that goes back.
    pub fn prouver(&self, facteurs: &[Facteur], reponse: Value, etat: Value) -> Resultat<Option<Facteur>> {
        let reponse = lire_reponse(reponse)?;
        let etat: PasskeyAuthentication = serde_json::from_value(etat).map_err(|e| Panne::new("état de la preuve", e))?;
        let Ok(resultat) = self.webauthn()?.finish_passkey_authentication(&reponse, &etat) else { return Ok(None) };
        for (facteur, mut cle) in cles(facteurs)? {
            // The state holds the counter of the beginning of the ceremony; another proof may have moved it since.
            let avance = cle.update_credential(&resultat).is_some_and(|avance| avance || resultat.counter() == 0);
            if resultat.user_verified() && avance {
                let Cle::Webauthn { identifiant, .. } = facteur.cle else { continue };
                let cle = Cle::Webauthn { publique: en_json(&cle)?, identifiant };
                return Ok(Some(Facteur { cle, ..facteur }));
            }
        }
        Ok(None)
    }
}

/// The safe of the secrets of second factors: seals under the key of today, opens under the former one too.
pub fn coffre_des_facteurs(comptes: &Comptes) -> Result<Coffre, Panne> {
    const USAGE: &str = "seconds facteurs";
    let coffre = Coffre::deriver(&comptes.cle()?, USAGE)?;
    match comptes.cle_precedente()? {
        Some(precedente) => coffre.avec_ancienne(&precedente, USAGE),
        None => Ok(coffre),
    }
}

/// The keys among those factors.
fn cles(facteurs: &[Facteur]) -> Resultat<Vec<(Facteur, Passkey)>> {
    let mut cles = Vec::new();
    for facteur in facteurs {
        if let Cle::Webauthn { publique, .. } = &facteur.cle {
            let cle = serde_json::from_value(publique.clone()).map_err(|e| Panne::new(format!("clé du facteur {}", facteur.id), e))?;
            cles.push((facteur.clone(), cle));
        }
    }
    Ok(cles)
}

fn lire_reponse<T: DeserializeOwned>(reponse: Value) -> Resultat<T> {
    serde_json::from_value(reponse).map_err(|_| CompteError::CeremonieRefusee.into())
}

fn en_json(valeur: &impl serde::Serialize) -> Resultat<Value> {
    serde_json::to_value(valeur).map_err(|e| Panne::new("cérémonie WebAuthn", e).into())
}

fn panne(erreur: &WebauthnError) -> crate::kernel::Erreur {
    Panne::new("cérémonie WebAuthn", erreur.to_string()).into()
}

fn ceremonie_refusee(erreur: &WebauthnError) -> crate::kernel::Erreur {
    tracing::info!(cause = %erreur, "enrôlement d'une clé refusé");
    CompteError::CeremonieRefusee.into()
}
