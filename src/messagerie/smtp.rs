//! Mails handed to the SMTP servers of the operators.
//!
//! A region has one operator or several; each carries the mails of some senders, and the default one
//! those of everybody else. `serveur.rs` speaks to one of them.

mod serveur;

use super::{Accuse, Courrier, EchecEnvoi, Expediteur, domaine_de, mime};
use crate::{config, kernel::Panne};
use lettre::Address;
use serveur::{Depot, Serveur};
use std::collections::BTreeMap;
use tokio::runtime::{Builder, Runtime};

/// The operators of the region.
pub struct Smtp {
    defaut: Serveur,
    serveurs: Vec<Serveur>,
    /// Senders, addresses or domains in small letters, and the rank of the server that carries their mails.
    aiguillage: BTreeMap<String, usize>,
    moteur: Option<Runtime>,
}

impl Smtp {
    /// Reads certificates and passwords; opens no connection yet. A sender has one operator.
    pub fn new(config: &config::Courrier) -> Result<Self, Panne> {
        let presentation = domaine_de(&config.expediteur)?;
        let mut serveurs = Vec::new();
        let mut aiguillage = BTreeMap::new();
        for (rang, (nom, operateur)) in config.operateurs.iter().enumerate() {
            if operateur.expediteurs.is_empty() {
                return Err(Panne::dire(format!("courrier.operateurs.{nom} ne sert aucun expéditeur")));
            }
            for expediteur in &operateur.expediteurs {
                if aiguillage.insert(expediteur.trim().to_lowercase(), rang).is_some() {
                    return Err(Panne::dire(format!("courrier.operateurs.{nom} : un expéditeur a déjà un autre opérateur")));
                }
            }
            let retour = operateur.adresse_retour.clone().or_else(|| config.adresse_retour.clone());
            serveurs.push(Serveur::new(&config::Operateur { adresse_retour: retour, ..operateur.clone() }, &presentation)?);
        }
        Ok(Self {
            defaut: Serveur::new(&config.operateur_par_defaut(), &presentation)?,
            serveurs,
            aiguillage,
            moteur: Some(
                Builder::new_current_thread().enable_all().build().map_err(|e| Panne::new("démarrage de l'envoi des courriers", e))?,
            ),
        })
    }

    /// The server that carries the mails of a sender: by its address, else by its domain.
    fn serveur(&self, expediteur: &Address) -> &Serveur {
        let adresse = expediteur.to_string().to_lowercase();
        let rang = self.aiguillage.get(&adresse).or_else(|| self.aiguillage.get(&expediteur.domain().to_lowercase()));
        rang.and_then(|rang| self.serveurs.get(*rang)).unwrap_or(&self.defaut)
    }
}

impl Expediteur for Smtp {
    fn envoyer(&self, courrier: &Courrier) -> Result<Accuse, EchecEnvoi> {
        let Some(moteur) = &self.moteur else { return Err(EchecEnvoi::temporaire("connexion", "l'envoi est arrêté")) };
        let expediteur = mime::adresse(&courrier.de)?;
        let depot = Depot {
            destinataire: &mime::adresse(&courrier.a)?,
            message_id: &courrier.message_id,
            accuse_demande: courrier.entetes.iter().any(|(nom, _)| nom.eq_ignore_ascii_case("Disposition-Notification-To")),
            octets: &mime::composer(courrier)?.formatted(),
        };
        moteur.block_on(self.serveur(&expediteur).remettre(&expediteur, &depot))
    }
}

impl Drop for Smtp {
    /// The sender may be dropped on a thread that runs async tasks, where a runtime must not wait.
    fn drop(&mut self) {
        if let Some(moteur) = self.moteur.take() {
            moteur.shutdown_background();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use config::{Operateur, Protection};

    fn operateur(port: u16, expediteurs: &[&str]) -> Operateur {
        let expediteurs = expediteurs.iter().map(|&e| e.to_owned()).collect();
        Operateur { port, expediteurs, protection: Protection::Aucune, ..Operateur::default() }
    }

    fn reglages(operateurs: &[(&str, Operateur)]) -> config::Courrier {
        let operateurs = operateurs.iter().map(|(nom, operateur)| ((*nom).to_owned(), operateur.clone())).collect();
        config::Courrier { port: 1, protection: Protection::Aucune, operateurs, ..config::Courrier::default() }
    }

    #[test]
    fn une_adresse_passe_avant_son_domaine_et_l_operateur_par_defaut_sert_les_autres() {
        let smtp = Smtp::new(&reglages(&[
            ("chu", operateur(2, &["chu.mssante.fr"])),
            ("rcp", operateur(3, &["RCP@chu.mssante.fr", "clcc.mssante.fr"])),
        ]))
        .unwrap();
        for (expediteur, port) in [
            ("secretariat@chu.mssante.fr", 2),
            ("rcp@CHU.mssante.fr", 3),
            ("x@clcc.mssante.fr", 3),
            ("x@autre.chu.mssante.fr", 1),
            ("rcp@dcc.mssante.fr", 1),
        ] {
            assert_eq!(smtp.serveur(&expediteur.parse().unwrap()).port(), port, "{expediteur}");
        }
    }

    #[test]
    fn deux_operateurs_pour_un_expediteur_ou_un_operateur_pour_personne_arretent_le_demarrage() {
        let deux = [("a", operateur(2, &["chu.mssante.fr"])), ("b", operateur(3, &["CHU.mssante.fr"]))];
        assert!(Smtp::new(&reglages(&deux)).is_err());
        assert!(Smtp::new(&reglages(&[("a", operateur(2, &[]))])).is_err());
    }

    #[test]
    fn un_compte_sans_mot_de_passe_arrete_le_demarrage() {
        let sans_mot_de_passe = config::Courrier { identifiant: Some("rcp".to_owned()), ..config::Courrier::default() };
        assert!(Smtp::new(&sans_mot_de_passe).is_err());
    }
}
