//! The sending of one delivery, for the job that does it: what may leave, and how the attempt ended.

use super::{
    super::{
        model::{
            ADeposer, AEnvoyer, Acte, ArchiveAEnvoyer, Arrivee, Canal, Depart, Diffusion, DiffusionError, ENVOI_LE_PLUS_LONG,
            EtatDiffusion, Qualite, ResultatTentative, Tentative,
        },
        store::{self, Cause, VersionEnvoyee},
    },
    adresse_connue, enregistrer, retours, trouver,
};
use crate::{
    db::Op,
    kernel::{Action, Panne, Resultat, courriel::AdresseCourriel, ids::DiffusionId},
    metier::{
        annuaire::service as annuaire,
        compte_rendu::service as comptes_rendus,
        document::{
            model::{Document, GenreDocument, Source},
            service as documents,
        },
        patient::{model::ObjetOpposition, service as patients},
        pps::service as programmes,
    },
};

/// The mailbox that a mail may leave to now: one of the trust space and, for the patient, the one that the
/// identity still gives.
fn adresse_de_depart(op: &mut Op<'_>, diffusion: &Diffusion) -> Resultat<Option<AdresseCourriel>> {
    let notee = diffusion.adresse.as_deref().and_then(|adresse| op.reglages.domaines_securises.admettre(adresse));
    if diffusion.qualite != Qualite::Patient {
        return Ok(notee);
    }
    let connue = adresse_connue(op, diffusion)?;
    Ok(notee.filter(|notee| Some(notee) == connue.as_ref()))
}

/// True when the patient objects to that delivery or to any sharing, or took the demand of it back, or when the identity is
/// invented: nothing of such an identity leaves.
pub(super) fn est_refusee(op: &mut Op<'_>, diffusion: &Diffusion) -> Resultat<bool> {
    let patient = diffusion.patient_id;
    if patients::trouver(op, patient)?.attributs.fictive || patients::est_oppose(op, patient, ObjetOpposition::PartageDcc)? {
        return Ok(true);
    }
    match diffusion.qualite {
        Qualite::MedecinTraitant => patients::est_oppose(op, diffusion.patient_id, ObjetOpposition::EnvoiMedecinTraitant),
        Qualite::Dmp => patients::est_oppose(op, diffusion.patient_id, ObjetOpposition::Dmp),
        Qualite::Patient => Ok(store::reglages::demande(op, diffusion.patient_id)?.is_none_or(|demande| !demande.demandee)),
        Qualite::Demandeur | Qualite::Correspondant | Qualite::Etablissement => Ok(false),
    }
}

/// Begins an attempt, if there still is something to send: everything is looked at again, and the
/// attempt is written down before anything leaves. `domaine` is that of the sender.
pub fn commencer_envoi(op: &mut Op<'_>, id: DiffusionId, domaine: &str) -> Resultat<Depart> {
    op.exiger(Action::GererDiffusion)?;
    let avant = trouver(op, id)?;
    match avant.etat {
        EtatDiffusion::AEnvoyer => {}
        EtatDiffusion::EnCours => {
            if reprendre(op, &avant)?.is_none() {
                return Ok(Depart::EncoreEnCours);
            }
        }
        EtatDiffusion::SansAdresse
        | EtatDiffusion::Acceptee
        | EtatDiffusion::Remise
        | EtatDiffusion::Lue
        | EtatDiffusion::Integree
        | EtatDiffusion::Refusee
        | EtatDiffusion::Rejetee
        | EtatDiffusion::Echec
        | EtatDiffusion::Remplacee
        | EtatDiffusion::Imprimee
        | EtatDiffusion::Postee
        | EtatDiffusion::Opposition => return Ok(Depart::RienAFaire),
    }
    let version = store::version_envoyee(op, avant.source)?;
    if !doit_partir(op, &avant, version.courant)? {
        return Ok(Depart::RienAFaire);
    }
    if matches!(avant.canal, Canal::DepotDpi | Canal::Dmp) {
        return commencer_depot(op, &avant, version, domaine);
    }
    let Some(destinataire) = adresse_de_depart(op, &avant)? else {
        let apres = avant.clone().perdre_adresse(op.maintenant)?;
        return enregistrer(op, &avant, &apres, Acte::PerdreAdresse, Cause::default()).map(|()| Depart::RienAFaire);
    };
    let Some(pdf) = documents::trouver(op, avant.source, GenreDocument::Pdf)? else { return Ok(Depart::DocumentAbsent) };
    let lettre = lettre(op, &avant)?;
    let anciens_message_id = store::des_versions_anterieures(op, avant.source, version.set_id, version.numero_version)?
        .into_iter()
        .filter(|ancienne| ancienne.praticien_id == avant.praticien_id && ancienne.adresse.is_some())
        .filter_map(|ancienne| ancienne.message_id)
        .collect();
    let apres = entamer(op, &avant, domaine)?;
    Ok(Depart::Pret(Box::new(AEnvoyer {
        diffusion_id: id,
        nature: version.nature,
        qualite: apres.qualite,
        tentative: apres.tentatives,
        message_id: apres.message_id.unwrap_or_default(),
        debut: op.maintenant,
        destinataire,
        numero_version: version.numero_version,
        anciens_message_id,
        nom_du_pdf: pdf.nom,
        pdf: pdf.octets,
        lettre: lettre.map(|lettre| (lettre.nom, lettre.octets)),
        archive: archive(op, avant.source)?,
    })))
}

/// False for a version that is no longer current, and for what the patient objects to: it is then written down.
fn doit_partir(op: &mut Op<'_>, avant: &Diffusion, courant: bool) -> Resultat<bool> {
    let (acte, apres) = if !courant {
        (Acte::Remplacer, avant.clone().remplacer(op.maintenant)?)
    } else if est_refusee(op, avant)? {
        (Acte::Opposer, avant.clone().opposer(op.maintenant)?)
    } else {
        return Ok(true);
    };
    enregistrer(op, avant, &apres, acte, Cause::default()).map(|()| false)
}

/// The letter that goes to the médecin traitant with a compte-rendu.
pub(super) fn lettre(op: &mut Op<'_>, diffusion: &Diffusion) -> Resultat<Option<Document>> {
    match diffusion.qualite {
        Qualite::MedecinTraitant => documents::trouver(op, diffusion.source, GenreDocument::LettreMedecinTraitant),
        Qualite::Demandeur | Qualite::Correspondant | Qualite::Etablissement | Qualite::Dmp | Qualite::Patient => Ok(None),
    }
}

/// The archive of a version, with the identity it was validated or handed under.
fn archive(op: &mut Op<'_>, source: Source) -> Resultat<Option<ArchiveAEnvoyer>> {
    let Some(archive) = documents::trouver(op, source, GenreDocument::Xdm)? else { return Ok(None) };
    let patient = match source {
        Source::CompteRendu(id) => comptes_rendus::trouver(op, id)?.contenu.patient,
        Source::Programme(id) => {
            programmes::trouver(op, id)?.remise.ok_or_else(|| Panne::dire("archive d'un programme qui n'est pas remis"))?.contenu.patient
        }
    };
    Ok(Some(ArchiveAEnvoyer {
        octets: archive.octets,
        nom: patient.nom_naissance,
        prenom: patient.premier_prenom,
        naissance: patient.date_naissance,
        ins: patient.ins.is_some(),
    }))
}

/// Writes an attempt down before anything leaves.
fn entamer(op: &mut Op<'_>, avant: &Diffusion, domaine: &str) -> Resultat<Diffusion> {
    let apres = avant.clone().commencer(domaine, op.maintenant)?;
    store::commencer_tentative(op, apres.id, apres.tentatives, apres.message_id.as_deref())?;
    let cause = Cause { tentative: Some(apres.tentatives), ..Cause::default() };
    enregistrer(op, avant, &apres, Acte::Commencer, cause)?;
    Ok(apres)
}

/// Begins a drop into the folder of a hospital system.
fn commencer_depot(op: &mut Op<'_>, avant: &Diffusion, version: VersionEnvoyee, domaine: &str) -> Resultat<Depart> {
    let id = avant.etablissement_id.ok_or_else(|| Panne::dire("dépôt sans établissement"))?;
    if store::reglages::depots_actifs(op, &[id])?.is_empty() {
        let apres = avant.clone().echouer(None, "le dépôt de cet établissement n'est plus ouvert", op.maintenant)?;
        return enregistrer(op, avant, &apres, Acte::Echouer, Cause::default()).map(|()| Depart::RienAFaire);
    }
    let mut deposes = Vec::new();
    for genre in [GenreDocument::Pdf, GenreDocument::Cda, GenreDocument::Xdm] {
        deposes.extend(documents::trouver(op, avant.source, genre)?.map(|document| (document.nom, document.octets)));
    }
    if deposes.is_empty() {
        return Ok(Depart::DocumentAbsent);
    }
    let finess = annuaire::etablissement(op, id)?.saisi.finess.to_string();
    let patient = patients::trouver(op, avant.patient_id)?;
    let ipp = patient.identifiants.into_iter().find(|identifiant| identifiant.etablissement_id == id).map(|identifiant| identifiant.ipp);
    let apres = entamer(op, avant, domaine)?;
    Ok(Depart::ADeposer(Box::new(ADeposer {
        diffusion_id: apres.id,
        nature: version.nature,
        tentative: apres.tentatives,
        finess,
        dmp: apres.qualite == Qualite::Dmp,
        ipp,
        set_id: version.set_id,
        numero_version: version.numero_version,
        message_id: apres.message_id.unwrap_or_default(),
        documents: deposes,
    })))
}

/// Writes down that the attempt under way was interrupted, unless it may still be running.
fn reprendre(op: &mut Op<'_>, diffusion: &Diffusion) -> Resultat<Option<()>> {
    let derniere: Option<Tentative> = store::tentatives(op, diffusion.id)?.pop();
    let Some(derniere) = derniere else { return Ok(Some(())) };
    if derniere.debut + ENVOI_LE_PLUS_LONG > op.maintenant {
        return Ok(None);
    }
    store::terminer_tentative(op, diffusion.id, derniere.numero, ResultatTentative::Interrompue, None, None).map(Some)
}

/// Writes how an attempt ended. The delivery may have changed meanwhile: what happened is written
/// down where its state admits it. What came back while the attempt was under way is weighed then.
pub fn conclure_envoi(op: &mut Op<'_>, id: DiffusionId, tentative: i64, arrivee: &Arrivee) -> Resultat<()> {
    op.exiger(Action::GererDiffusion)?;
    let avant = trouver(op, id)?;
    let maintenant = op.maintenant;
    let (acte, apres, resultat, code, detail) = match arrivee {
        Arrivee::Acceptee(detail) => (Acte::Accepter, avant.clone().accepter(maintenant), ResultatTentative::Acceptee, None, detail),
        Arrivee::Echouee { code, detail, passager: true } => {
            let apres = avant.clone().reporter(code, detail, maintenant);
            (Acte::Reporter, apres, ResultatTentative::EchecTemporaire, Some(code.as_str()), detail)
        }
        Arrivee::Echouee { code, detail, passager: false } => {
            let apres = avant.clone().echouer(Some(code), detail, maintenant);
            (Acte::Echouer, apres, ResultatTentative::EchecDefinitif, Some(code.as_str()), detail)
        }
    };
    store::terminer_tentative(op, id, tentative, resultat, code, Some(detail))?;
    // An attempt to an address given up since says nothing of the present one.
    if store::message_id_de_tentative(op, id, tentative)? != avant.message_id {
        return Ok(());
    }
    match apres {
        Ok(apres) => {
            let cause = Cause { tentative: Some(tentative), code, detail: Some(detail), ..Cause::default() };
            enregistrer(op, &avant, &apres, acte, cause)?;
            if acte == Acte::Accepter { retours::peser(op, apres) } else { Ok(()) }
        }
        Err(DiffusionError::EtatInterdit { .. }) => Ok(()),
        Err(autre) => Err(autre.into()),
    }
}

/// Gives a delivery up because no attempt is left: it joins the work list.
pub fn abandonner(op: &mut Op<'_>, id: DiffusionId, motif: &str) -> Resultat<()> {
    op.exiger(Action::GererDiffusion)?;
    let avant = trouver(op, id)?;
    match avant.clone().echouer(None, motif, op.maintenant) {
        Ok(apres) => enregistrer(op, &avant, &apres, Acte::Echouer, Cause { detail: Some(motif), ..Cause::default() }),
        Err(_) => Ok(()),
    }
}
