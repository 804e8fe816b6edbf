//! Use cases of deliveries.

use super::{
    model::{
        AEnvoyer, Arrivee, Cle, Compteur, Depart, Destinataire, Diffusion, DiffusionDetaillee, DiffusionError, DiffusionListee,
        ENVOI_LE_PLUS_LONG, EtatDiffusion, Origine, Qualite, ResultatTentative, Tentative, sans_doublon,
    },
    store,
};
use crate::{
    db::{Evenement, Op, perimetre},
    jobs::queue,
    kernel::{
        Action, Resultat,
        erreur::ErreurCommune,
        ids::{CompteRenduId, DiffusionId, PatientId, PraticienId},
        page::{Page, Pagination},
    },
    metier::{
        annuaire::{model::Praticien, service as annuaire},
        compte_rendu::model::{CompteRendu, GenreDocument},
        patient::{model::ObjetOpposition, service as patients},
    },
};
use serde_json::json;
use std::collections::BTreeMap;
use uuid::Uuid;

pub use store::FiltreDiffusions;

/// Kind of the job that sends one delivery, `{"diffusion_id": …}`.
pub const ENVOYER_DIFFUSION: &str = "envoyer_diffusion";

/// A validated version to deliver.
#[derive(Debug, Clone, Copy)]
pub struct VersionADiffuser {
    /// The version.
    pub id: CompteRenduId,
    /// What all versions share.
    pub set_id: Uuid,
    /// Rank of the version, from 1.
    pub numero_version: i64,
    /// Whose it is.
    pub patient_id: PatientId,
    /// The doctor who asked for the opinion.
    pub demandeur_id: PraticienId,
}

impl From<&CompteRendu> for VersionADiffuser {
    fn from(cr: &CompteRendu) -> Self {
        Self { id: cr.id, set_id: cr.set_id, numero_version: cr.numero_version, patient_id: cr.patient_id, demandeur_id: cr.demandeur_id }
    }
}

/// Prepares the deliveries of a validated version, in the transaction of its validation: one for
/// each recipient; those of former versions that have not left are replaced. Nothing leaves before
/// [`document_pret`].
pub fn preparer(op: &mut Op<'_>, compte_rendu: &CompteRendu) -> Resultat<()> {
    preparer_version(op, &compte_rendu.into())
}

/// The same, from the facts that it needs.
pub fn preparer_version(op: &mut Op<'_>, version: &VersionADiffuser) -> Resultat<()> {
    op.exiger(Action::ValiderCompteRendu)?;
    for ancienne in store::des_versions_anterieures(op, version.set_id, version.numero_version)? {
        if let Ok(remplacee) = ancienne.clone().remplacer(op.maintenant) {
            enregistrer(op, "remplacer", &remplacee, ancienne.version)?;
        }
    }
    for destinataire in destinataires(op, version)? {
        let cle = Cle { id: op.id(), compte_rendu_id: version.id, patient_id: version.patient_id };
        let diffusion = Diffusion::nouvelle(cle, destinataire, op.maintenant);
        store::inserer(op, &diffusion)?;
        op.tracer(Evenement::sur("preparer", "diffusion", diffusion.id.uuid()).patient(version.patient_id).version(1))?;
    }
    Ok(())
}

fn destinataires(op: &mut Op<'_>, version: &VersionADiffuser) -> Resultat<Vec<Destinataire>> {
    let traitant = patients::trouver(op, version.patient_id)?.medecin_traitant_id;
    let mut personnes = vec![(Qualite::Demandeur, version.demandeur_id)];
    personnes.extend(traitant.map(|praticien| (Qualite::MedecinTraitant, praticien)));
    personnes.extend(patients::correspondants(op, version.patient_id)?.into_iter().map(|c| (Qualite::Correspondant, c.praticien_id)));
    let personnes = sans_doublon(personnes);
    let refus = patients::est_oppose(op, version.patient_id, ObjetOpposition::EnvoiMedecinTraitant)?;
    let ids: Vec<PraticienId> = personnes.iter().map(|(_, praticien)| *praticien).collect();
    let annuaire: BTreeMap<PraticienId, Praticien> = annuaire::praticiens_par_id(op, &ids)?.into_iter().map(|p| (p.id, p)).collect();
    Ok(personnes
        .into_iter()
        .map(|(qualite, praticien_id)| Destinataire {
            praticien_id,
            qualite,
            adresse: annuaire.get(&praticien_id).and_then(|praticien| annuaire::adresse_securisee(op, praticien)),
            oppose: refus && qualite == Qualite::MedecinTraitant,
        })
        .collect())
}

/// Sends the deliveries of a version whose document has just been rendered, in the transaction that
/// keeps the document.
pub fn document_pret(op: &mut Op<'_>, compte_rendu: CompteRenduId) -> Resultat<()> {
    op.exiger(Action::GererDiffusion)?;
    for diffusion in store::du_compte_rendu(op, compte_rendu)? {
        if diffusion.etat == EtatDiffusion::AEnvoyer {
            enfiler(op, diffusion.id)?;
        }
    }
    Ok(())
}

fn enfiler(op: &mut Op<'_>, id: DiffusionId) -> Resultat<()> {
    queue::enfiler(op, ENVOYER_DIFFUSION, &json!({ "diffusion_id": id })).map(drop)
}

fn enregistrer(op: &mut Op<'_>, acte: &str, apres: &Diffusion, lue: i64) -> Resultat<()> {
    if store::enregistrer(op, apres, lue)? == 0 {
        let actuelle = store::trouver(op, apres.id)?.map_or(lue, |d| d.version);
        return Err(ErreurCommune::VersionPerimee { actuelle }.into());
    }
    op.tracer(Evenement::sur(acte, "diffusion", apres.id.uuid()).patient(apres.patient_id).version(apres.version))
}

/// One delivery, for other use cases, which authorise.
pub fn trouver(op: &mut Op<'_>, id: DiffusionId) -> Resultat<Diffusion> {
    store::trouver(op, id)?.ok_or_else(|| DiffusionError::Introuvable.into())
}

/// One delivery that the person may follow.
fn suivie(op: &mut Op<'_>, id: DiffusionId) -> Resultat<Diffusion> {
    let diffusion = trouver(op, id)?;
    let suivie = perimetre::patient_visible(op, Action::SuivreDiffusion, diffusion.patient_id)?;
    if suivie { Ok(diffusion) } else { Err(DiffusionError::Introuvable.into()) }
}

/// Deliveries that match a filter, of patients whose deliveries the person may follow.
pub fn lister(op: &mut Op<'_>, filtre: &FiltreDiffusions, pagination: &Pagination) -> Resultat<Page<DiffusionListee>> {
    op.exiger(Action::SuivreDiffusion)?;
    let apres = pagination.apres().map_err(ErreurCommune::from)?;
    let lignes = store::lister(op, filtre, apres, pagination.limite() + 1)?;
    op.tracer(Evenement::liste("lister", "diffusion"))?;
    let ids: Vec<PraticienId> = lignes.iter().map(|(diffusion, _)| diffusion.praticien_id).collect();
    let noms: BTreeMap<PraticienId, String> = annuaire::praticiens_par_id(op, &ids)?.into_iter().map(|p| (p.id, p.nom_complet())).collect();
    let nommer = |(diffusion, origine): (Diffusion, Origine)| DiffusionListee {
        destinataire: noms.get(&diffusion.praticien_id).cloned().unwrap_or_default(),
        diffusion,
        origine,
    };
    Ok(Page::depuis(lignes.into_iter().map(nommer).collect(), pagination.limite(), |ligne: &DiffusionListee| ligne.diffusion.id))
}

/// How many deliveries stand in each state, of patients whose deliveries the person may follow.
pub fn compteurs(op: &mut Op<'_>) -> Resultat<Vec<Compteur>> {
    op.exiger(Action::SuivreDiffusion)?;
    store::compter(op)
}

/// One delivery with its attempts.
pub fn lire(op: &mut Op<'_>, id: DiffusionId) -> Resultat<DiffusionDetaillee> {
    op.exiger(Action::SuivreDiffusion)?;
    let diffusion = suivie(op, id)?;
    op.tracer(Evenement::sur("lire", "diffusion", id.uuid()).patient(diffusion.patient_id).version(diffusion.version))?;
    detailler(op, diffusion)
}

fn detailler(op: &mut Op<'_>, diffusion: Diffusion) -> Resultat<DiffusionDetaillee> {
    let historique = store::tentatives(op, diffusion.id)?;
    let origine = store::origine_de(op, diffusion.compte_rendu_id)?;
    let destinataire = annuaire::praticien(op, diffusion.praticien_id)?.nom_complet();
    Ok(DiffusionDetaillee { diffusion: DiffusionListee { diffusion, origine, destinataire }, historique })
}

/// A delivery read at version `lue` that a person is about to change.
fn a_changer(op: &mut Op<'_>, id: DiffusionId, lue: i64) -> Resultat<Diffusion> {
    op.exiger(Action::GererDiffusion)?;
    let diffusion = suivie(op, id)?;
    if !perimetre::patient_visible(op, Action::GererDiffusion, diffusion.patient_id)? {
        return Err(ErreurCommune::Interdit.into());
    }
    if diffusion.version == lue { Ok(diffusion) } else { Err(ErreurCommune::VersionPerimee { actuelle: diffusion.version }.into()) }
}

/// Tries again what was given up, or what has had no address so far if the directory knows one now.
pub fn relancer(op: &mut Op<'_>, id: DiffusionId, lue: i64) -> Resultat<DiffusionDetaillee> {
    let avant = a_changer(op, id, lue)?;
    let apres = if avant.etat == EtatDiffusion::SansAdresse {
        let praticien = annuaire::praticien(op, avant.praticien_id)?;
        let adresse = annuaire::adresse_securisee(op, &praticien).ok_or(DiffusionError::SansAdresse)?;
        avant.adresser(&adresse, op.maintenant)?
    } else {
        avant.relancer(op.maintenant)?
    };
    enregistrer(op, "relancer", &apres, lue)?;
    enfiler(op, id)?;
    detailler(op, apres)
}

/// Sends to another mailbox of the trust space.
pub fn changer_adresse(op: &mut Op<'_>, id: DiffusionId, lue: i64, adresse: &str) -> Resultat<DiffusionDetaillee> {
    let avant = a_changer(op, id, lue)?;
    let adresse = op.reglages.domaines_securises.admettre(adresse).ok_or(DiffusionError::AdresseNonSecurisee)?;
    let apres = avant.adresser(&adresse, op.maintenant)?;
    enregistrer(op, "changer_adresse", &apres, lue)?;
    enfiler(op, id)?;
    detailler(op, apres)
}

/// Writes down that the document was printed and posted.
pub fn poster(op: &mut Op<'_>, id: DiffusionId, lue: i64) -> Resultat<DiffusionDetaillee> {
    let apres = a_changer(op, id, lue)?.poster(op.maintenant)?;
    enregistrer(op, "poster", &apres, lue)?;
    detailler(op, apres)
}

/// Begins an attempt, if there still is something to send: everything is looked at again, and the
/// attempt is written down before anything leaves. `domaine` is that of the sender.
pub fn commencer_envoi(op: &mut Op<'_>, id: DiffusionId, domaine: &str) -> Resultat<Depart> {
    op.exiger(Action::GererDiffusion)?;
    let avant = trouver(op, id)?;
    let lue = avant.version;
    match avant.etat {
        EtatDiffusion::AEnvoyer => {}
        EtatDiffusion::EnCours => {
            if reprendre(op, &avant)?.is_none() {
                return Ok(Depart::EncoreEnCours);
            }
        }
        EtatDiffusion::SansAdresse
        | EtatDiffusion::Acceptee
        | EtatDiffusion::Echec
        | EtatDiffusion::Remplacee
        | EtatDiffusion::Opposition
        | EtatDiffusion::Postee => return Ok(Depart::RienAFaire),
    }
    let version = store::version_envoyee(op, avant.compte_rendu_id)?;
    if !version.courant {
        let apres = avant.remplacer(op.maintenant)?;
        return enregistrer(op, "remplacer", &apres, lue).map(|()| Depart::RienAFaire);
    }
    if avant.qualite == Qualite::MedecinTraitant && patients::est_oppose(op, avant.patient_id, ObjetOpposition::EnvoiMedecinTraitant)? {
        let apres = avant.opposer(op.maintenant)?;
        return enregistrer(op, "opposer", &apres, lue).map(|()| Depart::RienAFaire);
    }
    let Some(destinataire) = avant.adresse.as_deref().and_then(|adresse| op.reglages.domaines_securises.admettre(adresse)) else {
        let apres = avant.perdre_adresse(op.maintenant)?;
        return enregistrer(op, "perdre_adresse", &apres, lue).map(|()| Depart::RienAFaire);
    };
    let Some((nom_du_pdf, pdf)) = store::document(op, avant.compte_rendu_id, GenreDocument::Pdf)? else {
        return Ok(Depart::DocumentAbsent);
    };
    let lettre = match avant.qualite {
        Qualite::MedecinTraitant => store::document(op, avant.compte_rendu_id, GenreDocument::LettreMedecinTraitant)?,
        Qualite::Demandeur | Qualite::Correspondant => None,
    };
    let anciens_message_id = store::des_versions_anterieures(op, version.set_id.0, version.numero_version)?
        .into_iter()
        .filter(|ancienne| ancienne.praticien_id == avant.praticien_id)
        .filter_map(|ancienne| ancienne.message_id)
        .collect();
    let apres = avant.commencer(domaine, op.maintenant)?;
    store::commencer_tentative(op, id, apres.tentatives)?;
    enregistrer(op, "envoyer", &apres, lue)?;
    Ok(Depart::Pret(Box::new(AEnvoyer {
        diffusion_id: id,
        tentative: apres.tentatives,
        message_id: apres.message_id.unwrap_or_default(),
        debut: op.maintenant,
        destinataire,
        numero_version: version.numero_version,
        anciens_message_id,
        nom_du_pdf,
        pdf,
        lettre,
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
/// down where its state admits it.
pub fn conclure_envoi(op: &mut Op<'_>, id: DiffusionId, tentative: i64, arrivee: &Arrivee) -> Resultat<()> {
    op.exiger(Action::GererDiffusion)?;
    let avant = trouver(op, id)?;
    let (lue, maintenant) = (avant.version, op.maintenant);
    let (acte, apres, resultat, code, detail) = match arrivee {
        Arrivee::Acceptee(detail) => ("remettre", avant.accepter(maintenant), ResultatTentative::Acceptee, None, detail),
        Arrivee::Echouee { code, detail, passager: true } => {
            ("reporter", avant.reporter(format!("{code} : {detail}"), maintenant), ResultatTentative::EchecTemporaire, Some(code), detail)
        }
        Arrivee::Echouee { code, detail, passager: false } => {
            ("echouer", avant.echouer(format!("{code} : {detail}"), maintenant), ResultatTentative::EchecDefinitif, Some(code), detail)
        }
    };
    store::terminer_tentative(op, id, tentative, resultat, code.map(String::as_str), Some(detail))?;
    match apres {
        Ok(apres) => enregistrer(op, acte, &apres, lue),
        Err(DiffusionError::EtatInterdit { .. }) => Ok(()),
        Err(autre) => Err(autre.into()),
    }
}

/// Gives a delivery up because no attempt is left: it joins the work list.
pub fn abandonner(op: &mut Op<'_>, id: DiffusionId, motif: &str) -> Resultat<()> {
    op.exiger(Action::GererDiffusion)?;
    let avant = trouver(op, id)?;
    let lue = avant.version;
    match avant.echouer(motif.to_owned(), op.maintenant) {
        Ok(apres) => enregistrer(op, "echouer", &apres, lue),
        Err(_) => Ok(()),
    }
}
