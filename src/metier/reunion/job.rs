//! Sends invitations.

use super::{
    calendrier::{self, Boite, moment, une_ligne},
    model::{ENVOYER_INVITATION, Envoi, EnvoyerInvitation, Methode},
    service,
};
use crate::{
    config,
    jobs::runner::{Contexte, Issue, Ouvrier},
    kernel::{Resultat, ids::InvitationId},
    messagerie::{Courrier, EchecEnvoi, Expediteur},
};
use std::sync::Arc;

/// Gives the worker the sending of invitations.
#[must_use]
pub fn equiper(ouvrier: Ouvrier, reglages: &config::Courrier, expediteur: &Arc<dyn Expediteur>) -> Ouvrier {
    let (expediteur, boite) = (Arc::clone(expediteur), reglages.expediteur.clone());
    ouvrier
        .traiter(ENVOYER_INVITATION, move |contexte, EnvoyerInvitation { invitation_id }| {
            envoyer(contexte, invitation_id, expediteur.as_ref(), &boite).into()
        })
        .abandonner(ENVOYER_INVITATION, |contexte, EnvoyerInvitation { invitation_id }, motif| {
            let motif = motif.to_owned();
            contexte.ecrire(move |op| service::abandonner_invitation(op, invitation_id, &motif))
        })
}

fn envoyer(contexte: &Contexte, invitation_id: InvitationId, expediteur: &dyn Expediteur, boite: &str) -> Resultat<Issue> {
    let Some(envoi) = contexte.lire(move |op| service::invitation_a_envoyer(op, invitation_id))? else { return Ok(Issue::Fait) };
    let courrier = courrier(&envoi, boite);
    let invitation = envoi.invitation;
    let (apres, issue) = match expediteur.envoyer(&courrier) {
        Ok(_) => (invitation.envoyee(&courrier.message_id, contexte.maintenant()), Issue::Fait),
        Err(EchecEnvoi::Temporaire { code, detail }) => {
            let motif = format!("{code} : {detail}");
            (invitation.retardee(&motif), Issue::reessayer(motif))
        }
        Err(EchecEnvoi::Definitif { code, detail }) => {
            let motif = format!("{code} : {detail}");
            (invitation.retardee(&motif).abandonnee(&motif), Issue::echoue(motif))
        }
    };
    contexte.ecrire(move |op| service::noter_invitation(op, &apres))?;
    Ok(issue)
}

/// The mail: the meeting in words, and as an iCalendar object. The same invitation gives the same
/// bytes. Answers go to the secretariat of the RCP when it has a mailbox.
fn courrier(envoi: &Envoi, boite: &str) -> Courrier {
    let domaine = boite.trim_end_matches('>').rsplit_once('@').map_or("dcc", |(_, domaine)| domaine);
    let adresse = boite.rsplit_once('<').map_or(boite, |(_, adresse)| adresse.trim_end_matches('>'));
    let secretariat = &envoi.rcp.secretariat;
    let objet = calendrier::Invitation {
        reunion: &envoi.reunion,
        rcp: &envoi.rcp.nom,
        methode: envoi.invitation.methode,
        sequence: envoi.invitation.sequence,
        organisateur: Boite {
            nom: secretariat.nom.as_deref().unwrap_or(&envoi.rcp.nom),
            adresse: secretariat.courriel.as_deref().unwrap_or(adresse),
        },
        convie: Boite { nom: &envoi.nom, adresse: &envoi.adresse },
        emise_le: envoi.invitation.cree_le,
    };
    Courrier {
        message_id: format!("<{}@{domaine}>", envoi.invitation.id),
        date: envoi.invitation.cree_le,
        de: boite.to_owned(),
        a: envoi.adresse.clone(),
        sujet: sujet(envoi),
        texte: texte(envoi),
        pieces: Vec::new(),
        entetes: vec![("Auto-Submitted", "auto-generated".to_owned())],
        calendrier: Some(objet.texte()),
        reponse_a: secretariat.courriel.clone(),
    }
}

fn sujet(envoi: &Envoi) -> String {
    let annonce = match (envoi.invitation.methode, envoi.invitation.sequence) {
        (Methode::Cancel, _) => "Réunion annulée",
        (Methode::Request, 0) => "Convocation",
        (Methode::Request, _) => "Réunion modifiée",
    };
    format!("{annonce} : RCP {}, {}", une_ligne(&envoi.rcp.nom), moment(envoi.reunion.debut))
}

fn texte(envoi: &Envoi) -> String {
    let (reunion, rcp) = (&envoi.reunion, &envoi.rcp);
    let mut lignes = vec![format!("Bonjour {},", envoi.nom), String::new()];
    let designation = format!("La réunion de concertation pluridisciplinaire « {} »", une_ligne(&rcp.nom));
    match envoi.invitation.methode {
        Methode::Cancel => {
            lignes.push(format!("{designation} du {} est annulée.", moment(reunion.debut)));
            lignes.extend(reunion.motif_annulation.iter().map(|motif| format!("Motif : {}", une_ligne(motif))));
        }
        Methode::Request => {
            lignes.push(format!("{designation} se tient le {} ; fin prévue le {}.", moment(reunion.debut), moment(reunion.fin)));
            lignes.extend(reunion.lieu.iter().map(|lieu| format!("Lieu : {}", une_ligne(lieu))));
            lignes.extend(reunion.lien_visio.iter().map(|lien| format!("Visioconférence : {}", une_ligne(lien))));
            lignes.push(format!("Inscription des dossiers jusqu'au {}.", moment(reunion.date_limite_inscription)));
        }
    }
    let s = &rcp.secretariat;
    let contact: Vec<&str> = [&s.nom, &s.telephone, &s.courriel].into_iter().filter_map(|c| c.as_deref()).collect();
    if !contact.is_empty() {
        lignes.extend([String::new(), format!("Secrétariat : {}", une_ligne(&contact.join(", ")))]);
    }
    lignes.extend([String::new(), "Ce message ne concerne aucun patient. N'y répondez jamais avec des données de patients.".to_owned()]);
    lignes.join("\n") + "\n"
}
