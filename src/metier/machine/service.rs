//! Use cases: give a token, recognise a caller, manage the clients.

use super::{
    jeton::{SignataireMachines, Verifie},
    model::{AuNomDe, ClientMachine, Coupure, MachineError, Portee},
    store,
};
use crate::{
    db::{Evenement, Op},
    kernel::{
        Acteur, Action, Perimetre, Resultat, Role,
        acteur::{Habilitation, Rattachement},
        clock::date_paris,
        erreur::ErreurCommune,
        ids::{ClientMachineId, EtablissementId},
    },
    metier::{
        annuaire::service as annuaire,
        compte::service::{self as comptes, NouveauCompte},
    },
};
use uuid::Uuid;

/// What a client asks for.
#[derive(Debug, Default)]
pub struct DemandeJeton {
    /// Its identifier; the certificate says it all the same.
    pub client: Option<String>,
    /// The scopes, separated by spaces; all those of the client if not given.
    pub portees: Option<String>,
}

/// A token given.
#[derive(Debug)]
pub struct JetonDonne {
    /// The token.
    pub jeton: String,
    /// What it allows.
    pub portees: Vec<Portee>,
}

/// Gives an access token to the client of a certificate.
pub fn donner_un_jeton(
    op: &mut Op<'_>,
    signataire: &SignataireMachines,
    empreinte: Option<&str>,
    demande: &DemandeJeton,
) -> Resultat<JetonDonne> {
    let client = client_du_certificat(op, empreinte)?;
    if demande.client.as_ref().is_some_and(|id| *id != client.id.to_string()) {
        return Err(MachineError::ClientRefuse.into());
    }
    let portees = match &demande.portees {
        None => client.portees.clone(),
        Some(texte) => portees_demandees(texte, &client.portees)?,
    };
    let jti = op.id::<Uuid>().to_string();
    let jeton = signataire.signer(client.id, &portees, empreinte.unwrap_or_default(), jti, op.maintenant)?;
    op.tracer(Evenement::sur("donner_un_jeton", "client_machine", client.id.uuid()))?;
    Ok(JetonDonne { jeton, portees })
}

fn portees_demandees(texte: &str, accordees: &[Portee]) -> Result<Vec<Portee>, MachineError> {
    let lues: Result<Vec<Portee>, _> = texte.split_whitespace().map(str::parse).collect();
    let lues = lues.map_err(|_| MachineError::PorteeRefusee)?;
    if lues.is_empty() || lues.iter().any(|portee| !accordees.contains(portee)) {
        return Err(MachineError::PorteeRefusee);
    }
    Ok(lues)
}

/// Keeps that a certificate was refused a token.
pub fn tracer_refus(op: &mut Op<'_>, motif: &str) -> Resultat<()> {
    op.tracer(Evenement::liste("refuser_jeton", "client_machine").champs(&[motif]))
}

/// The client of a certificate, if neither it, nor its account, nor its établissement is shut out.
fn client_du_certificat(op: &mut Op<'_>, empreinte: Option<&str>) -> Resultat<ClientMachine> {
    let Some(empreinte) = empreinte else { return Err(MachineError::ClientRefuse.into()) };
    let client = store::par_certificat(op, empreinte)?.filter(|client| client.actif).ok_or(MachineError::ClientRefuse)?;
    let compte = comptes::trouver(op, client.compte_id)?;
    if !compte.en_vigueur(date_paris(op.maintenant)) || store::est_coupe(op, client.etablissement_id)? {
        return Err(MachineError::ClientRefuse.into());
    }
    Ok(client)
}

/// Who calls with a token that holds, on the connection of that certificate. The client is read again each time: what
/// shuts it out acts at once. Its scopes of today bound those of the token.
pub fn acteur(op: &mut Op<'_>, verifie: &Verifie, empreinte: &str, au_nom_de: Option<&AuNomDe>) -> Resultat<(Acteur, Vec<Portee>)> {
    let client = client_du_certificat(op, Some(empreinte))?;
    if client.id != verifie.client {
        return Err(MachineError::JetonInvalide.into());
    }
    let portees = verifie.portees.iter().copied().filter(|portee| client.portees.contains(portee)).collect();
    let acteur = Acteur::machine(client.compte_id, client.nom, vec![habilitation(client.etablissement_id)], au_nom_de.map(AuNomDe::texte));
    Ok((acteur, portees))
}

const fn habilitation(etablissement: EtablissementId) -> Habilitation {
    Habilitation { role: Role::Interface, perimetre: Perimetre::Etablissement(etablissement) }
}

/// What is entered of a client.
#[derive(Debug, Clone)]
pub struct ClientSaisi {
    /// Name to show and to trace.
    pub nom: String,
    /// What it may ask for.
    pub portees: Vec<Portee>,
    /// False to shut it out.
    pub actif: bool,
}

/// Only an administrator of the region manages the software that calls.
fn exiger_region(op: &Op<'_>) -> Resultat<()> {
    op.exiger_sur(Action::GererComptes, &Rattachement::default())
}

/// Declares the software of an établissement, with its first certificate and a technical account.
pub fn creer(op: &mut Op<'_>, etablissement: EtablissementId, saisi: &ClientSaisi, empreinte: &str) -> Resultat<ClientMachine> {
    exiger_region(op)?;
    let etablissement = annuaire::etablissement(op, etablissement)?.id;
    let id: ClientMachineId = op.id();
    let nouveau = NouveauCompte {
        identifiant: format!("machine:{id}"),
        empreinte_mot_de_passe: None,
        nom: saisi.nom.clone(),
        praticien_id: None,
        fin_le: None,
        habilitations: vec![habilitation(etablissement)],
    };
    let compte = comptes::creer(op, &nouveau)?.0;
    let client = ClientMachine {
        id,
        etablissement_id: etablissement,
        compte_id: compte.id,
        nom: saisi.nom.clone(),
        portees: portees_distinctes(&saisi.portees),
        actif: saisi.actif,
        version: 1,
        cree_le: op.maintenant,
        modifie_le: op.maintenant,
        certificats: Vec::new(),
    };
    store::inserer(op, &client)?;
    op.tracer(Evenement::sur("creer", "client_machine", id.uuid()).version(1))?;
    ajouter_certificat(op, id, empreinte)
}

fn portees_distinctes(portees: &[Portee]) -> Vec<Portee> {
    Portee::TOUS.iter().copied().filter(|portee| portees.contains(portee)).collect()
}

/// Changes the name, the scopes or the state of a client.
pub fn modifier(op: &mut Op<'_>, id: ClientMachineId, lue: i64, saisi: &ClientSaisi) -> Resultat<ClientMachine> {
    exiger_region(op)?;
    op.exiger_authentification_recente()?;
    let ancien = store::trouver(op, id)?.ok_or(MachineError::Introuvable)?;
    if ancien.version != lue {
        return Err(ErreurCommune::VersionPerimee { actuelle: ancien.version }.into());
    }
    let nouveau = ClientMachine {
        nom: saisi.nom.clone(),
        portees: portees_distinctes(&saisi.portees),
        actif: saisi.actif,
        version: ancien.version + 1,
        modifie_le: op.maintenant,
        ..ancien
    };
    store::enregistrer(op, &nouveau)?;
    op.tracer(Evenement::sur("modifier", "client_machine", id.uuid()).version(nouveau.version))?;
    Ok(nouveau)
}

/// One client.
pub fn trouver(op: &mut Op<'_>, id: ClientMachineId) -> Resultat<ClientMachine> {
    exiger_region(op)?;
    store::trouver(op, id)?.ok_or_else(|| MachineError::Introuvable.into())
}

/// The clients, of one établissement or of all.
pub fn lister(op: &mut Op<'_>, etablissement: Option<EtablissementId>) -> Resultat<Vec<ClientMachine>> {
    exiger_region(op)?;
    store::lister(op, etablissement)
}

/// Adds a certificate; the former ones still open until they are withdrawn.
pub fn ajouter_certificat(op: &mut Op<'_>, id: ClientMachineId, empreinte: &str) -> Resultat<ClientMachine> {
    exiger_region(op)?;
    op.exiger_authentification_recente()?;
    store::trouver(op, id)?.ok_or(MachineError::Introuvable)?;
    store::ajouter_certificat(op, id, empreinte)?;
    op.tracer(Evenement::sur("ajouter_certificat", "client_machine", id.uuid()))?;
    trouver(op, id)
}

/// Withdraws a certificate: it opens nothing more, nor do the tokens bound to it.
pub fn retirer_certificat(op: &mut Op<'_>, id: ClientMachineId, empreinte: &str) -> Resultat<()> {
    exiger_region(op)?;
    if !store::retirer_certificat(op, id, empreinte)? {
        return Err(MachineError::CertificatInconnu.into());
    }
    op.tracer(Evenement::sur("retirer_certificat", "client_machine", id.uuid()))
}

/// Shuts out the software of an établissement, from the next request on.
pub fn couper(op: &mut Op<'_>, etablissement: EtablissementId, motif: &str) -> Resultat<Coupure> {
    exiger_region(op)?;
    let etablissement_id = annuaire::etablissement(op, etablissement)?.id;
    let coupure = Coupure { id: op.id(), etablissement_id, motif: motif.to_owned(), debut: op.maintenant };
    store::couper(op, &coupure)?;
    op.tracer(Evenement::sur("couper_interfaces", "etablissement", etablissement_id.uuid()))?;
    Ok(coupure)
}

/// Lets the software of an établissement in again.
pub fn retablir(op: &mut Op<'_>, etablissement: EtablissementId) -> Resultat<()> {
    exiger_region(op)?;
    if !store::retablir(op, etablissement)? {
        return Err(MachineError::NonCoupe.into());
    }
    op.tracer(Evenement::sur("retablir_interfaces", "etablissement", etablissement.uuid()))
}

/// The établissements that are shut out.
pub fn coupures(op: &mut Op<'_>) -> Resultat<Vec<Coupure>> {
    exiger_region(op)?;
    store::coupures(op)
}
