//! The caller of a request, authenticated, with the database at hand.

use super::{auth, conditions, limites::Couteux, machine::Limites, navigateur, reponse::Reponse};
use crate::{
    app::Etat,
    db::{Demande, Op, Operation, idempotence},
    kernel::{Acteur, Erreur, Nature, Refus, Resultat, texte::sha256},
};
use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload, http::header::IF_MATCH, web};
use serde::Serialize;
use std::{future::Future, pin::Pin};
use tracing_actix_web::RequestId;

/// Who calls, and everything a handler needs to answer.
#[derive(Clone)]
pub struct Ctx {
    /// The parts of the application.
    pub etat: web::Data<Etat>,
    demande: Demande,
    operation: String,
    cle_idempotence: Option<String>,
    /// What a machine may do; a person is limited by rights only.
    limites: Option<Limites>,
}

impl Ctx {
    /// The signed-in person.
    #[must_use]
    pub fn acteur(&self) -> &Acteur {
        &self.demande.acteur
    }

    /// Who asks, for a use case that waits outside its transactions.
    #[must_use]
    pub fn demande(&self) -> &Demande {
        &self.demande
    }

    /// Counts one act that costs much; refused past what the settings allow an account.
    pub fn compter(&self, acte: Couteux) -> Resultat<()> {
        self.demande.acteur.compte.map_or(Ok(()), |compte| self.etat.freins.compter(acte, compte))
    }

    /// Runs a use case that reads nothing of a patient.
    pub async fn lire<T, F>(&self, f: F) -> Resultat<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Op<'_>) -> Resultat<T> + Send + 'static,
    {
        self.limites.as_ref().map_or(Ok(()), Limites::exiger_lecture)?;
        self.etat.db.lire(&self.demande, f).await
    }

    /// Runs a use case that reads a patient's data and traces it.
    pub async fn consulter<T, F>(&self, f: F) -> Resultat<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Op<'_>) -> Resultat<T> + Send + 'static,
    {
        self.limites.as_ref().map_or(Ok(()), Limites::exiger_lecture)?;
        self.etat.db.consulter(&self.demande, f).await
    }

    /// Runs a use case that counts or lists many rows, on the replica where there is one.
    pub async fn etudier<T, F>(&self, f: F) -> Resultat<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Op<'_>) -> Resultat<T> + Send + 'static,
    {
        self.limites.as_ref().map_or(Ok(()), Limites::exiger_lecture)?;
        self.etat.db.etudier(&self.demande, f).await
    }

    /// Runs a use case that changes something, guarded by a version or harmless to repeat. Refused in read-only mode.
    pub async fn ecrire<T, F>(&self, mut f: F) -> Resultat<T>
    where
        T: Send + 'static,
        F: FnMut(&mut Op<'_>) -> Resultat<T> + Send + 'static,
    {
        self.ecrire_quand_meme(move |op| {
            if let Some(motif) = &op.reglages.lecture_seule {
                let message = format!("Le service est en lecture seule, rien n'est perdu mais rien ne s'enregistre : {motif}.");
                return Err(Refus::new(Nature::Indisponible, "lecture-seule", message).into());
            }
            f(op)
        })
        .await
    }

    /// Runs a use case that changes something which is no data of the field, in read-only mode too: a session, the mode.
    pub async fn ecrire_quand_meme<T, F>(&self, f: F) -> Resultat<T>
    where
        T: Send + 'static,
        F: FnMut(&mut Op<'_>) -> Resultat<T> + Send + 'static,
    {
        self.limites.as_ref().map_or(Ok(()), Limites::exiger_ecriture)?;
        self.etat.db.ecrire(&self.demande, f).await
    }

    /// Runs a use case of a POST. With an `Idempotency-Key`, the answer is kept in the same
    /// transaction and given again to the same demand. `empreinte` is that of the body
    /// ([`super::Corps::empreinte`]), empty for a POST without body.
    pub async fn poster<T, F>(&self, empreinte: &str, mut f: F) -> Resultat<Reponse<serde_json::Value>>
    where
        T: Serialize,
        F: FnMut(&mut Op<'_>) -> Resultat<Reponse<T>> + Send + 'static,
    {
        let demande = sha256(format!("{}\n{empreinte}", self.operation).as_bytes());
        let cle = self.cle_idempotence.clone();
        self.ecrire(move |op| {
            let cle = cle.as_deref().zip(op.acteur.compte);
            if let Some((cle, compte)) = cle
                && let Some(gardee) = idempotence::deja_repondu(op, compte, cle, &demande)?
            {
                return Ok(Reponse {
                    corps: gardee.corps,
                    statut: gardee.statut,
                    version: gardee.version,
                    localisation: gardee.localisation,
                });
            }
            let reponse = f(op)?;
            let corps = serde_json::to_value(&reponse.corps).map_err(|e| crate::kernel::Panne::new("écriture de la réponse", e))?;
            let reponse = Reponse { corps, statut: reponse.statut, version: reponse.version, localisation: reponse.localisation };
            if let Some((cle, compte)) = cle {
                let gardee = idempotence::Gardee {
                    statut: reponse.statut,
                    corps: reponse.corps.clone(),
                    localisation: reponse.localisation.clone(),
                    version: reponse.version,
                };
                idempotence::garder(op, compte, cle, &demande, &gardee)?;
            }
            Ok(reponse)
        })
        .await
    }
}

impl FromRequest for Ctx {
    type Error = Erreur;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Erreur>>>>;

    fn from_request(requete: &HttpRequest, _: &mut Payload) -> Self::Future {
        let requete = requete.clone();
        Box::pin(async move {
            let etat = requete.app_data::<web::Data<Etat>>().cloned().ok_or_else(|| crate::kernel::Panne::dire("application sans état"))?;
            let acteur = auth::acteur(&requete, &etat).await?;
            conditions::exiger(&requete, &acteur)?;
            if let Some(compte) = acteur.compte {
                tracing::Span::current().record("compte", tracing::field::display(compte));
            }
            let limites = requete.extensions().get::<Limites>().cloned();
            let demande = Demande { acteur, ..demande_anonyme(&requete, "") };
            let cle_idempotence = cle_idempotence(&requete)?;
            Ok(Self { etat, demande, operation: format!("{} {}", requete.method(), requete.path()), cle_idempotence, limites })
        })
    }
}

/// What a request says of itself, before anybody is known to have sent it.
#[must_use]
pub fn demande_anonyme(requete: &HttpRequest, nom: &str) -> Demande {
    let motif = requete.match_pattern().unwrap_or_default();
    let objet = requete.match_info().iter().find_map(|(_, valeur)| valeur.parse().ok());
    Demande {
        requete: requete.extensions().get::<RequestId>().map(ToString::to_string),
        operation: Some(Operation { motif: format!("{} {motif}", requete.method()), objet }),
        adresse: requete.app_data::<web::Data<Etat>>().map(|etat| navigateur::adresse(requete, etat)),
        ..Demande::systeme(nom)
    }
}

fn cle_idempotence(requete: &HttpRequest) -> Resultat<Option<String>> {
    let Some(valeur) = requete.headers().get("Idempotency-Key") else { return Ok(None) };
    let cle = valeur.to_str().unwrap_or_default().trim_matches('"');
    if cle.is_empty() || cle.len() > 255 {
        let message = "L'en-tête Idempotency-Key doit porter de 1 à 255 caractères ASCII.";
        return Err(Refus::new(Nature::Illisible, "cle-idempotence-illisible", message).into());
    }
    Ok(Some(cle.to_owned()))
}

/// The version the caller worked on, from `If-Match`; mandatory wherever it is asked for.
#[derive(Debug, Clone, Copy)]
pub struct SiVersion(pub i64);

impl FromRequest for SiVersion {
    type Error = Erreur;
    type Future = std::future::Ready<Result<Self, Erreur>>;

    fn from_request(requete: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(si_version(requete))
    }
}

fn si_version(requete: &HttpRequest) -> Resultat<SiVersion> {
    let Some(valeur) = requete.headers().get(IF_MATCH) else {
        let message = "Indiquez dans If-Match la version que vous avez lue (l'ETag de la lecture).";
        return Err(Refus::new(Nature::VersionAbsente, "version-absente", message).into());
    };
    valeur
        .to_str()
        .ok()
        .and_then(|texte| texte.trim().trim_matches('"').strip_prefix('v')?.parse().ok())
        .map(SiVersion)
        .ok_or_else(|| Refus::new(Nature::Illisible, "version-illisible", "L'en-tête If-Match attendu est de la forme \"v12\".").into())
}
