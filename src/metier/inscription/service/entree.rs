//! A fiche enters the agenda of a meeting.

use super::{apres_changement, exiger_sur_patient};
use crate::{
    db::{
        Evenement, Op,
        perimetre::{MotifLien, lier, ouvrir_fenetre},
    },
    kernel::{
        Action, Erreur, Faute, Refus, Resultat,
        acteur::Rattachement,
        ids::{InscriptionId, PraticienId, ReunionId},
    },
    metier::{
        annuaire,
        fiche::{
            self,
            model::{EtatFiche, Fiche},
        },
        inscription::{
            model::{Admission, EtatInscription, Inscription, InscriptionError},
            saisie::InscriptionSaisie,
            store,
        },
        patient::{self, model::ObjetOpposition},
        rcp,
        reunion::{self, model::Reunion},
    },
};

/// Registers a fiche at a meeting.
pub fn inscrire(op: &mut Op<'_>, reunion: ReunionId, saisie: &InscriptionSaisie) -> Resultat<Inscription> {
    op.exiger(Action::Inscrire)?;
    let fiche = fiche::service::trouver(op, saisie.fiche_id).map_err(fiche_inconnue)?;
    exiger_sur_patient(op, Action::Inscrire, fiche.patient_id, InscriptionError::FicheIntrouvable)?;
    let reunion = reunion::service::trouver(op, reunion)?;
    let demandeur_id = demandeur(op, saisie, &fiche)?;
    if let Some(presentateur) = saisie.presentateur_id {
        annuaire::service::praticien(op, presentateur)?;
    }
    let entree = Entree { demandeur_id, presentateur_id: saisie.presentateur_id, commentaire: saisie.commentaire.clone(), report_de: None };
    entrer(op, &reunion, &fiche, entree)
}

/// What a registration says besides the fiche and the meeting.
pub(super) struct Entree {
    pub(super) demandeur_id: PraticienId,
    pub(super) presentateur_id: Option<PraticienId>,
    pub(super) commentaire: Option<String>,
    pub(super) report_de: Option<InscriptionId>,
}

/// Enters a fiche on an agenda, whichever way it comes. The meeting is marked as changed before its
/// places are counted, so that two who take the last one at the same moment do so one after the other.
pub(super) fn entrer(op: &mut Op<'_>, reunion: &Reunion, fiche: &Fiche, entree: Entree) -> Resultat<Inscription> {
    let rattachement = reunion::service::rattachement(op, reunion)?;
    let admission = admettre(op, reunion, &rattachement)?;
    exiger_inscriptible(op, fiche)?;
    reunion::service::toucher(op, reunion)?;
    if let Some(capacite) = reunion.capacite
        && store::places_prises(op, reunion.id)? >= capacite
    {
        return Err(InscriptionError::Complete { capacite }.into());
    }
    let inscription = Inscription {
        id: op.id(),
        reunion_id: reunion.id,
        fiche_id: fiche.id,
        dossier_id: fiche.dossier_id,
        patient_id: fiche.patient_id,
        demandeur_id: entree.demandeur_id,
        presentateur_id: entree.presentateur_id,
        rang: store::dernier_rang(op, reunion.id)? + 1,
        etat: EtatInscription::Inscrite,
        motif: None,
        precision_motif: None,
        commentaire: entree.commentaire,
        report_de: entree.report_de,
        debut_discussion: None,
        fin_discussion: None,
        referentiel: None,
        proposition: None,
        quorum: None,
        version: 1,
        cree_le: op.maintenant,
        modifie_le: op.maintenant,
    };
    store::inserer(op, &inscription)?;
    lier_a_la_reunion(op, &inscription, reunion)?;
    let evenement = Evenement::sur("inscrire", "inscription", inscription.id.uuid()).patient(fiche.patient_id).version(1);
    op.tracer(evenement.champs(&[admission.as_str()]))?;
    apres_changement(op, inscription.patient_id)?;
    Ok(inscription)
}

fn admettre(op: &Op<'_>, reunion: &Reunion, rattachement: &Rattachement) -> Resultat<Admission> {
    let ordonnateur = op.peut_sur(Action::OrdonnerInscriptions, rattachement);
    Ok(Admission::en(reunion.etat, op.maintenant > reunion.date_limite_inscription, ordonnateur)?)
}

fn exiger_inscriptible(op: &mut Op<'_>, fiche: &Fiche) -> Resultat<()> {
    match fiche.etat {
        EtatFiche::Brouillon | EtatFiche::Prete => {}
        EtatFiche::Verrouillee => return Err(InscriptionError::FicheVerrouillee.into()),
    }
    if patient::service::est_oppose(op, fiche.patient_id, ObjetOpposition::PartageDcc)? {
        return Err(InscriptionError::PatientOppose.into());
    }
    Ok(())
}

/// The doctor who asks: the one that is named, else the person who registers, else the referring doctor
/// of the dossier.
fn demandeur(op: &mut Op<'_>, saisie: &InscriptionSaisie, fiche: &Fiche) -> Resultat<PraticienId> {
    let referent = patient::service::dossier(op, fiche.dossier_id)?.referent_id;
    let faute = |code: &str, message: &str| Refus::invalide(vec![Faute::new("/demandeur_id", code, message)]);
    let id = saisie
        .demandeur_id
        .or(op.acteur.praticien)
        .or(referent)
        .ok_or_else(|| faute("obligatoire", "Indiquez le médecin demandeur : le dossier n'a pas de médecin référent."))?;
    if annuaire::service::praticien(op, id)?.est_medecin() {
        Ok(id)
    } else {
        Err(faute("demandeur-non-medecin", "Le demandeur est un médecin.").into())
    }
}

/// A fiche that does not exist is told like one that the person may not see.
fn fiche_inconnue(erreur: Erreur) -> Erreur {
    match erreur {
        Erreur::Refus(_) => InscriptionError::FicheIntrouvable.into(),
        panne @ Erreur::Panne(_) => panne,
    }
}

/// Those who organise the meeting see the patient from now on; those who attend it, from seven days before.
fn lier_a_la_reunion(op: &mut Op<'_>, inscription: &Inscription, reunion: &Reunion) -> Resultat<()> {
    let rcp = rcp::service::trouver(op, reunion.rcp_id)?;
    let liens = [
        (inscription.demandeur_id.uuid(), MotifLien::Demandeur),
        (rcp.id.uuid(), MotifLien::Rcp),
        (rcp.centre_3c_id.uuid(), MotifLien::Centre3c),
        (rcp.etablissement_id.uuid(), MotifLien::Organisateur),
    ];
    liens.into_iter().try_for_each(|(sujet, motif)| lier(op, inscription.patient_id, sujet, motif, inscription.id.uuid()))?;
    ouvrir_fenetre(op, inscription.patient_id, reunion.id, reunion.debut, inscription.id)
}
