//! The machine that calls: from the token bound to its certificate to the acting party, and what its request may do.

use super::certificat;
use crate::{
    app::Etat,
    db::Demande,
    kernel::{Acteur, Resultat},
    metier::machine::{
        jeton::est_de_machine,
        model::{AU_NOM_DE, AuNomDe, MachineError, Portee},
        service,
    },
};
use actix_web::{HttpMessage, HttpRequest};
use std::sync::Arc;

/// What the request of a machine may do.
#[derive(Debug, Clone)]
pub struct Limites {
    portees: Vec<Portee>,
    nommee: bool,
}

impl Limites {
    /// Refuses to read without a scope: writing comes with reading.
    pub fn exiger_lecture(&self) -> Result<(), MachineError> {
        if self.portees.is_empty() { Err(MachineError::PorteeInsuffisante { portee: Portee::Lecture }) } else { Ok(()) }
    }

    /// Refuses to write without the scope, or without the professional for whom it is.
    pub fn exiger_ecriture(&self) -> Result<(), MachineError> {
        if !self.portees.contains(&Portee::Ecriture) {
            return Err(MachineError::PorteeInsuffisante { portee: Portee::Ecriture });
        }
        if self.nommee { Ok(()) } else { Err(MachineError::ProfessionnelAbsent) }
    }
}

/// The machine of a bearer token; nothing when the token is that of a person.
pub async fn acteur(requete: &HttpRequest, etat: &Etat, porteur: &str) -> Resultat<Option<Arc<Acteur>>> {
    if !est_de_machine(porteur) {
        return Ok(None);
    }
    let signataire = etat.machines.as_ref().ok_or(MachineError::JetonInvalide)?;
    let empreinte = certificat::empreinte(requete).ok_or(MachineError::JetonInvalide)?.to_owned();
    let verifie = signataire.verifier(porteur, Some(&empreinte), etat.db.horloge().maintenant())?;
    etat.limite_machines.check_key(&verifie.client).map_err(|_| MachineError::TropDeRequetes)?;
    let au_nom_de =
        requete.headers().get(AU_NOM_DE).map(|entete| AuNomDe::lire(&String::from_utf8_lossy(entete.as_bytes()))).transpose()?;
    let nommee = au_nom_de.is_some();
    let lire = move |op: &mut crate::db::Op<'_>| service::acteur(op, &verifie, &empreinte, au_nom_de.as_ref());
    let (acteur, portees) = etat.db.lire(&Demande::systeme("authentification"), lire).await?;
    requete.extensions_mut().insert(Limites { portees, nommee });
    Ok(Some(Arc::new(acteur)))
}
