//! The mailbox of receipts and reports, read by IMAP (RFC 3501, or RFC 9051).
//!
//! - Mails are read oldest first, a bounded number each time, without marking them as seen.
//! - A mail leaves the inbox once it has been kept, by `MOVE` (RFC 6851). A server without `MOVE` copies,
//!   then removes the copy left in the inbox with `UID EXPUNGE` (RFC 4315); without that either, the copy
//!   is only marked as deleted and no longer read: a plain `EXPUNGE` would also destroy what somebody
//!   else has marked.
//! - A mail larger than the limit is not read: its headers are handed over, and it goes to be examined.
//! - A mail that could not be kept stays where it is and does not hold back the following ones.
//! - `LOGIN` with an account and a password, beside the client certificate that MSSanté asks of the
//!   mailboxes of applications.

use super::{
    connexion::{Acces, Chiffrement, Fichiers, Flux, mot_de_passe},
    nettoyer,
    retour::{BoiteDeRetour, Rangement},
};
use crate::{config, kernel::Panne};
use async_imap::{Client, Session, error::Error, types::Fetch};
use base64::{Engine, alphabet::IMAP_MUTF7, engine::GeneralPurpose, engine::general_purpose::NO_PAD};
use futures_util::{Stream, TryStreamExt};
use std::{future::Future, time::Duration};
use tokio::{
    runtime::{Builder, Runtime},
    time::timeout,
};

/// The longest wait for one answer of the server.
const DELAI: Duration = Duration::from_mins(1);
const INBOX: &str = "INBOX";

/// A mailbox on an IMAP server.
pub struct Imap {
    acces: Acces,
    identifiant: String,
    mot_de_passe: String,
    /// Names of the folders as the protocol writes them.
    traites: String,
    a_examiner: String,
    lot: usize,
    taille_maximale: u32,
    moteur: Option<Runtime>,
}

/// How a mail leaves the inbox, of what the server can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deplacement {
    Move,
    CopieEtRetrait,
    CopieEtMarque,
}

/// A mail of the inbox, before it is read.
struct Present {
    uid: u32,
    taille: u32,
}

impl Imap {
    /// Reads certificates and password; opens no connection yet.
    pub fn new(config: &config::Retours) -> Result<Self, Panne> {
        let fichiers = Fichiers {
            autorite: config.autorite_fichier.as_ref(),
            certificat: config.certificat_client_fichier.as_ref(),
            cle: config.cle_client_fichier.as_ref(),
        };
        if config.identifiant.is_empty() {
            return Err(Panne::dire("courrier.retours.identifiant manque"));
        }
        if config.dossier_traites == config.dossier_a_examiner {
            return Err(Panne::dire("courrier.retours : les mails traités et les mails à examiner vont dans deux dossiers"));
        }
        Ok(Self {
            acces: Acces::new(&config.hote, config.port, config.protection, &fichiers)?,
            identifiant: config.identifiant.clone(),
            mot_de_passe: mot_de_passe(config.mot_de_passe_fichier.as_ref())?,
            traites: nom_de_dossier(&config.dossier_traites)?,
            a_examiner: nom_de_dossier(&config.dossier_a_examiner)?,
            lot: config.lot.max(1),
            taille_maximale: config.taille_maximale,
            moteur: Some(
                Builder::new_current_thread().enable_all().build().map_err(|e| Panne::new("démarrage de la lecture des retours", e))?,
            ),
        })
    }

    async fn entrer(&self) -> Result<Session<Flux>, Panne> {
        let hors_d_atteinte = |e| Panne::new("connexion au serveur des retours", e);
        let a_temps = |_| Panne::dire("le serveur des retours n'a pas répondu à temps");
        let flux = timeout(DELAI, self.acces.ouvrir()).await.map_err(a_temps)?.map_err(hors_d_atteinte)?;
        let client = match &self.acces.protection {
            Chiffrement::Tls(tls) => {
                let mut client = Client::new(timeout(DELAI, tls.chiffrer(flux)).await.map_err(a_temps)?.map_err(hors_d_atteinte)?);
                saluer(&mut client).await?;
                client
            }
            Chiffrement::Starttls(tls) => {
                let mut client = Client::new(Flux::Clair(flux));
                saluer(&mut client).await?;
                repondre("STARTTLS", client.run_command_and_check_ok("STARTTLS", None)).await?;
                // Nothing that was said in clear is kept.
                let Flux::Clair(flux) = client.into_inner() else { return Err(Panne::dire("connexion déjà chiffrée")) };
                Client::new(timeout(DELAI, tls.chiffrer(flux)).await.map_err(a_temps)?.map_err(hors_d_atteinte)?)
            }
            Chiffrement::Aucun => {
                let mut client = Client::new(Flux::Clair(flux));
                saluer(&mut client).await?;
                client
            }
        };
        repondre("LOGIN", async { client.login(&self.identifiant, &self.mot_de_passe).await.map_err(|(erreur, _)| erreur) }).await
    }

    /// Hands each mail over between two waits for the server, never during one: whoever keeps it may have to
    /// wait for the database, which a thread that runs async tasks must not.
    fn vider(
        &self,
        moteur: &Runtime,
        session: &mut Session<Flux>,
        traiter: &mut dyn FnMut(&[u8]) -> Result<Rangement, Panne>,
    ) -> Result<u64, Panne> {
        let (deplacement, presents) = moteur.block_on(self.ouvrir(session))?;
        let (mut deplaces, mut echec) = (0, None);
        for present in presents {
            let trop_gros = present.taille > self.taille_maximale;
            let Some(octets) = moteur.block_on(lire(session, present.uid, trop_gros))? else { continue };
            match traiter(&octets) {
                Ok(rangement) => {
                    let dossier = match if trop_gros { Rangement::AExaminer } else { rangement } {
                        Rangement::Traite => &self.traites,
                        Rangement::AExaminer => &self.a_examiner,
                    };
                    moteur.block_on(deplacement.appliquer(session, present.uid, dossier))?;
                    deplaces += 1;
                }
                Err(panne) => echec = echec.or(Some(panne)),
            }
        }
        echec.map_or(Ok(deplaces), Err)
    }

    /// Opens the inbox: how its mails are moved, and which there are.
    async fn ouvrir(&self, session: &mut Session<Flux>) -> Result<(Deplacement, Vec<Present>), Panne> {
        let offre = repondre("CAPABILITY", session.capabilities()).await?;
        let deplacement = match (offre.has_str("MOVE"), offre.has_str("UIDPLUS")) {
            (true, _) => Deplacement::Move,
            (false, true) => Deplacement::CopieEtRetrait,
            (false, false) => Deplacement::CopieEtMarque,
        };
        for dossier in [&self.traites, &self.a_examiner] {
            creer(session, dossier).await?;
        }
        repondre("SELECT", session.select(INBOX)).await?;
        Ok((deplacement, self.presents(session).await?))
    }

    /// The oldest mails of the inbox and their sizes. Unique identifiers grow as mails come in.
    async fn presents(&self, session: &mut Session<Flux>) -> Result<Vec<Present>, Panne> {
        let mut uids: Vec<u32> = repondre("SEARCH", session.uid_search("UNDELETED")).await?.into_iter().collect();
        uids.sort_unstable();
        uids.truncate(self.lot);
        if uids.is_empty() {
            return Ok(Vec::new());
        }
        let ensemble = uids.iter().map(u32::to_string).collect::<Vec<_>>().join(",");
        let lus: Vec<Fetch> = repondre("FETCH", tout(session.uid_fetch(ensemble, "(UID RFC822.SIZE)"))).await?;
        let mut presents: Vec<Present> =
            lus.iter().filter_map(|lu| Some(Present { uid: lu.uid?, taille: lu.size? })).filter(|p| uids.contains(&p.uid)).collect();
        presents.sort_unstable_by_key(|present| present.uid);
        Ok(presents)
    }
}

impl Deplacement {
    async fn appliquer(self, session: &mut Session<Flux>, uid: u32, dossier: &str) -> Result<(), Panne> {
        let uid = uid.to_string();
        if self == Self::Move {
            return repondre("MOVE", session.uid_mv(&uid, dossier)).await;
        }
        repondre("COPY", session.uid_copy(&uid, dossier)).await?;
        let _: Vec<Fetch> = repondre("STORE", tout(session.uid_store(&uid, "+FLAGS.SILENT (\\Deleted)"))).await?;
        if self == Self::CopieEtRetrait {
            let _: Vec<u32> = repondre("EXPUNGE", async { session.uid_expunge(&uid).await?.try_collect().await }).await?;
        }
        Ok(())
    }
}

impl BoiteDeRetour for Imap {
    fn relever(&self, traiter: &mut dyn FnMut(&[u8]) -> Result<Rangement, Panne>) -> Result<u64, Panne> {
        let moteur = self.moteur.as_ref().ok_or_else(|| Panne::dire("la lecture des retours est arrêtée"))?;
        let mut session = moteur.block_on(self.entrer())?;
        let issue = self.vider(moteur, &mut session, traiter);
        // The mails are where they should be: a server that does not say goodbye changes nothing to that.
        drop(moteur.block_on(repondre("LOGOUT", session.logout())));
        issue
    }
}

impl Drop for Imap {
    /// It may be dropped on a thread that runs async tasks, where a runtime must not wait.
    fn drop(&mut self) {
        if let Some(moteur) = self.moteur.take() {
            moteur.shutdown_background();
        }
    }
}

/// Waits for an answer, not for ever, and tells a failure without what the server may repeat of a person.
async fn repondre<T>(commande: &str, reponse: impl Future<Output = Result<T, Error>>) -> Result<T, Panne> {
    match timeout(DELAI, reponse).await {
        Ok(Ok(valeur)) => Ok(valeur),
        Ok(Err(erreur)) => Err(Panne::dire(format!("serveur des retours, {commande} : {}", nettoyer(&erreur.to_string())))),
        Err(_) => Err(Panne::dire(format!("serveur des retours, {commande} : pas de réponse à temps"))),
    }
}

/// All the answers to a command.
async fn tout<S: Stream<Item = Result<Fetch, Error>>>(flux: impl Future<Output = Result<S, Error>>) -> Result<Vec<Fetch>, Error> {
    flux.await?.try_collect().await
}

async fn saluer(client: &mut Client<Flux>) -> Result<(), Panne> {
    let salut = repondre("accueil", async { Ok(client.read_response().await?) }).await?;
    salut.map(drop).ok_or_else(|| Panne::dire("le serveur des retours a raccroché"))
}

/// Makes a folder, unless it is there.
async fn creer(session: &mut Session<Flux>, dossier: &str) -> Result<(), Panne> {
    if existe(session, dossier).await? {
        return Ok(());
    }
    match repondre("CREATE", session.create(dossier)).await {
        // Another worker may have made it meanwhile.
        Err(echec) => {
            if existe(session, dossier).await? {
                Ok(())
            } else {
                Err(echec)
            }
        }
        Ok(()) => Ok(()),
    }
}

async fn existe(session: &mut Session<Flux>, dossier: &str) -> Result<bool, Panne> {
    let motif = format!("\"{dossier}\"");
    let presents: Vec<_> = repondre("LIST", async { session.list(Some(""), Some(&motif)).await?.try_collect().await }).await?;
    Ok(!presents.is_empty())
}

/// A mail, or its headers; nothing if somebody has taken it away meanwhile.
async fn lire(session: &mut Session<Flux>, uid: u32, entetes: bool) -> Result<Option<Vec<u8>>, Panne> {
    let quoi = if entetes { "(UID BODY.PEEK[HEADER])" } else { "(UID BODY.PEEK[])" };
    let lus: Vec<Fetch> = repondre("FETCH", tout(session.uid_fetch(uid.to_string(), quoi))).await?;
    let lu = lus.iter().filter(|lu| lu.uid == Some(uid)).find_map(|lu| if entetes { lu.header() } else { lu.body() });
    Ok(lu.map(<[u8]>::to_vec))
}

/// The name of a folder in modified UTF-7 (RFC 3501, 5.1.3). Wildcards and quotes are refused.
fn nom_de_dossier(nom: &str) -> Result<String, Panne> {
    if nom.is_empty() || nom.eq_ignore_ascii_case(INBOX) || nom.contains(['%', '*', '"', '\\']) || nom.chars().any(char::is_control) {
        return Err(Panne::dire("courrier.retours : nom de dossier vide, réservé ou avec % * \" \\"));
    }
    let base64 = GeneralPurpose::new(&IMAP_MUTF7, NO_PAD);
    let (mut encode, mut hors_ascii) = (String::new(), String::new());
    for lettre in nom.chars().map(Some).chain([None]) {
        match lettre {
            Some(lettre) if !lettre.is_ascii() => hors_ascii.push(lettre),
            Some(_) | None => {
                if !hors_ascii.is_empty() {
                    let octets: Vec<u8> = hors_ascii.encode_utf16().flat_map(u16::to_be_bytes).collect();
                    encode.push_str(&format!("&{}-", base64.encode(octets)));
                    hors_ascii.clear();
                }
                match lettre {
                    Some('&') => encode.push_str("&-"),
                    Some(lettre) => encode.push(lettre),
                    None => {}
                }
            }
        }
    }
    Ok(encode)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn un_nom_de_dossier_s_ecrit_en_utf_7_modifie() {
        for (nom, encode) in [
            ("Traites", "Traites"),
            ("Traités", "Trait&AOk-s"),
            ("À examiner", "&AMA- examiner"),
            ("R&D/été", "R&-D/&AOk-t&AOk-"),
            ("台北", "&U,BTFw-"),
        ] {
            assert_eq!(nom_de_dossier(nom).unwrap(), encode, "{nom}");
        }
        for nom in ["", "inbox", "tous*", "a%b", "a\"b", "a\\b", "a\r\nb"] {
            assert!(nom_de_dossier(nom).is_err(), "{nom:?}");
        }
    }

    #[test]
    fn une_boite_sans_compte_sans_mot_de_passe_ou_a_un_seul_dossier_arrete_le_demarrage() {
        let mot_de_passe = tempfile::NamedTempFile::new().unwrap();
        let complete = config::Retours {
            identifiant: "retours".to_owned(),
            mot_de_passe_fichier: Some(mot_de_passe.path().to_owned()),
            ..config::Retours::default()
        };
        assert!(Imap::new(&complete).is_ok());
        assert!(Imap::new(&config::Retours { identifiant: String::new(), ..complete.clone() }).is_err());
        assert!(Imap::new(&config::Retours { mot_de_passe_fichier: None, ..complete.clone() }).is_err());
        assert!(Imap::new(&config::Retours { dossier_traites: complete.dossier_a_examiner.clone(), ..complete }).is_err());
    }
}
