//! Accounts from the command line: the first administrator, and who lost everything.

use super::dire;
use crate::{
    app,
    config::Config,
    db::Demande,
    kernel::{Chance, Horloge, Panne},
    metier::compte::{
        model::facteur::Etape,
        portier::coffre_des_facteurs,
        service::{
            self as comptes,
            cycle::{self, Rescelles},
        },
    },
};

/// Opens the account of an administrator of the region. Gives what to hand to that person.
pub fn administrateur(config: &Config, identifiant: String, nom: String) -> Result<String, Panne> {
    let db = app::ouvrir_la_base(config, Horloge::Systeme, Chance::Systeme)?;
    let nouveau = comptes::administrateur(identifiant, nom);
    let jeton = db.ecrire_ici(&Demande::systeme("administrateur"), move |op| {
        let compte = comptes::creer(op, &nouveau)?.0;
        cycle::preparer_activation(op, compte.id)
    });
    jeton.map(|jeton| a_remettre(config, &jeton)).map_err(|erreur| Panne::new("ouverture du compte", erreur))
}

/// Takes the password, the factors and the sessions of an account away. Gives what to hand to its holder.
pub fn reinitialiser(config: &Config, identifiant: String) -> Result<String, Panne> {
    let db = app::ouvrir_la_base(config, Horloge::Systeme, Chance::Systeme)?;
    let jeton = db.ecrire_ici(&Demande::systeme("reinitialisation"), move |op| {
        let compte = cycle::par_identifiant(op, &identifiant)?;
        cycle::preparer_activation(op, compte.id)
    });
    jeton.map(|jeton| a_remettre(config, &jeton)).map_err(|erreur| Panne::new("réinitialisation du compte", erreur))
}

/// Seals the secrets of second factors again under the key of today; fails when some open under no key.
pub fn resceller(config: &Config) -> Result<(), Panne> {
    let db = app::ouvrir_la_base(config, Horloge::Systeme, Chance::Systeme)?;
    let coffre = coffre_des_facteurs(&config.comptes)?;
    let bilan = db.ecrire_ici(&Demande::systeme("rescellement"), move |op| cycle::resceller(op, &coffre));
    let Rescelles { refaits, a_jour, illisibles } = bilan.map_err(|erreur| Panne::new("rescellement des seconds facteurs", erreur))?;
    dire(&format!(
        "secrets de seconds facteurs : {refaits} scellés sous la clé actuelle, {a_jour} l'étaient déjà, {illisibles} illisibles"
    ))?;
    if illisibles == 0 {
        Ok(())
    } else {
        Err(Panne::dire("des secrets ne s'ouvrent sous aucune des deux clés : gardez l'ancienne clé, ou réinitialisez ces comptes"))
    }
}

fn a_remettre(config: &Config, jeton: &str) -> String {
    let heures = Etape::Activation.duree().num_hours();
    format!(
        "Jeton d'activation, à remettre à la personne seule ; il sert une fois, dans les {heures} heures :\n\n    {jeton}\n\n\
         Elle choisit son mot de passe par POST {}/api/v1/sessions/activation, puis enrôle un second facteur \
         (docs/guides/se-connecter.md).",
        config.url_publique
    )
}
