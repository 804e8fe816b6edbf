//! Use cases of deliveries: prepare them, follow them, change them. The sending, what comes back, the letters, the
//! settings and the verification are beside.

mod envoi;
pub mod impressions;
pub mod reglages;
pub mod retours;
pub mod verification;

use super::{
    model::{
        Acte, Cible, Cle, Compteur, Destinataire, Diffusion, DiffusionDetaillee, DiffusionError, DiffusionListee, EtatDiffusion,
        ListesDeTravail, Origine, Qualite, VersionReprise, sans_doublon,
    },
    store::{self, Cause, NonLues},
};
use crate::{
    db::{Evenement, Op, perimetre},
    jobs::queue,
    kernel::{
        Action, Resultat,
        courriel::AdresseCourriel,
        erreur::ErreurCommune,
        ids::{DiffusionId, EtablissementId, PatientId, PraticienId},
        page::{Page, Pagination},
    },
    metier::{
        annuaire::{model::Praticien, service as annuaire},
        compte_rendu::model::CompteRendu,
        document::model::Source,
        patient::{
            model::{ObjetOpposition, Patient},
            service as patients,
        },
        pps::model::Programme,
    },
};
use chrono::TimeDelta;
use serde_json::json;
use std::collections::BTreeMap;
use uuid::Uuid;

pub use envoi::{abandonner, commencer_envoi, conclure_envoi};
pub use store::FiltreDiffusions;

/// Kind of the job that sends one delivery, `{"diffusion_id": …}`.
pub const ENVOYER_DIFFUSION: &str = "envoyer_diffusion";

/// A validated or handed version to deliver.
#[derive(Debug, Clone, Copy)]
pub struct VersionADiffuser {
    /// The version.
    pub source: Source,
    /// What all versions share.
    pub set_id: Uuid,
    /// Rank of the version, from 1.
    pub numero_version: i64,
    /// Whose it is.
    pub patient_id: PatientId,
    /// The doctor who asked for the opinion, of a compte-rendu.
    pub demandeur_id: Option<PraticienId>,
}

impl From<&CompteRendu> for VersionADiffuser {
    fn from(cr: &CompteRendu) -> Self {
        Self {
            source: cr.id.into(),
            set_id: cr.set_id,
            numero_version: cr.numero_version,
            patient_id: cr.patient_id,
            demandeur_id: Some(cr.demandeur_id),
        }
    }
}

impl From<&Programme> for VersionADiffuser {
    fn from(p: &Programme) -> Self {
        Self { source: p.id.into(), set_id: p.set_id, numero_version: p.numero_version, patient_id: p.patient_id, demandeur_id: None }
    }
}

/// Prepares the deliveries of a version, in the transaction of its validation or of its handing: one for each
/// recipient; those of former versions that have not left are replaced. Nothing leaves before [`document_pret`].
pub fn preparer(op: &mut Op<'_>, version: &VersionADiffuser) -> Resultat<()> {
    op.exiger(match version.source {
        Source::CompteRendu(_) => Action::ValiderCompteRendu,
        Source::Programme(_) => Action::RemettreProgramme,
    })?;
    for ancienne in store::des_versions_anterieures(op, version.source, version.set_id, version.numero_version)? {
        if let Ok(remplacee) = ancienne.clone().remplacer(op.maintenant) {
            enregistrer(op, &ancienne, &remplacee, Acte::Remplacer, Cause::default())?;
        }
    }
    let mut destinataires = destinataires(op, version)?;
    if patients::est_oppose(op, version.patient_id, ObjetOpposition::PartageDcc)? {
        destinataires.iter_mut().for_each(|destinataire| destinataire.oppose = true);
    }
    store::inscrire_version(op, version.source, i64::try_from(destinataires.len()).unwrap_or(i64::MAX))?;
    for destinataire in destinataires {
        let cle = Cle { id: op.id(), source: version.source, patient_id: version.patient_id };
        let diffusion = Diffusion::nouvelle(cle, destinataire, op.maintenant);
        store::inserer(op, &diffusion)?;
        store::noter(op, None, &diffusion, Acte::Preparer, Cause::default())?;
        op.tracer(Evenement::sur("preparer", "diffusion", diffusion.id.uuid()).patient(version.patient_id).version(1))?;
    }
    Ok(())
}

/// Takes over the deliveries of some versions, with what happened to them elsewhere: no mail leaves, none is asked for.
/// Only the service itself does, and it traces what it takes over.
pub fn reprendre(op: &mut Op<'_>, versions: &[VersionReprise]) -> Resultat<()> {
    op.exiger_systeme()?;
    store::reprise::inserer(op, versions)
}

fn destinataires(op: &mut Op<'_>, version: &VersionADiffuser) -> Resultat<Vec<Destinataire>> {
    let patient = patients::trouver(op, version.patient_id)?;
    let mut personnes: Vec<_> = version.demandeur_id.into_iter().map(|praticien| (Qualite::Demandeur, praticien)).collect();
    personnes.extend(patient.medecin_traitant_id.map(|praticien| (Qualite::MedecinTraitant, praticien)));
    personnes.extend(patients::correspondants(op, version.patient_id)?.into_iter().map(|c| (Qualite::Correspondant, c.praticien_id)));
    let personnes = sans_doublon(personnes);
    let refus = patients::est_oppose(op, version.patient_id, ObjetOpposition::EnvoiMedecinTraitant)?;
    let ids: Vec<PraticienId> = personnes.iter().map(|(_, praticien)| *praticien).collect();
    let annuaire: BTreeMap<PraticienId, Praticien> = annuaire::praticiens_par_id(op, &ids)?.into_iter().map(|p| (p.id, p)).collect();
    let mut destinataires: Vec<Destinataire> = personnes
        .into_iter()
        .map(|(qualite, praticien_id)| Destinataire {
            cible: Cible::Praticien(praticien_id, qualite),
            adresse: annuaire.get(&praticien_id).and_then(|praticien| annuaire::adresse_securisee(op, praticien)),
            oppose: refus && qualite == Qualite::MedecinTraitant,
        })
        .collect();
    destinataires.extend(autres_destinataires(op, &patient)?);
    Ok(destinataires)
}

/// The recipients that are not professionals: the hospital systems that know the patient and take documents,
/// the DMP, the patient who asked for it.
fn autres_destinataires(op: &mut Op<'_>, patient: &Patient) -> Resultat<Vec<Destinataire>> {
    let connu_de: Vec<EtablissementId> = patient.identifiants.iter().map(|identifiant| identifiant.etablissement_id).collect();
    let depots = store::reglages::depots_actifs(op, &connu_de)?;
    let mut autres: Vec<Destinataire> =
        depots.iter().map(|id| Destinataire { cible: Cible::Etablissement(*id), adresse: None, oppose: false }).collect();
    let reglages = store::reglages::lire(op)?;
    if reglages.envoi_dmp
        && patient.ins_utilisable().is_some()
        && let Some(plateforme) = depots.first()
    {
        let oppose = patients::est_oppose(op, patient.id, ObjetOpposition::Dmp)?;
        autres.push(Destinataire { cible: Cible::Dmp(*plateforme), adresse: None, oppose });
    }
    if let Some(adresse) = adresse_du_patient(op, patient)? {
        autres.push(Destinataire { cible: Cible::Patient, adresse: Some(adresse), oppose: false });
    }
    Ok(autres)
}

/// The own mailbox of a patient whose identity is qualified, who is alive and who asked for it, where the
/// region sends to patients.
fn adresse_du_patient(op: &mut Op<'_>, patient: &Patient) -> Resultat<Option<AdresseCourriel>> {
    let reglages = store::reglages::lire(op)?;
    let Some((ins, _)) = patient.ins_utilisable() else { return Ok(None) };
    let demandee = store::reglages::demande(op, patient.id)?.is_some_and(|demande| demande.demandee);
    if !reglages.envoi_patient || !demandee || patient.decede_le.is_some() {
        return Ok(None);
    }
    Ok(op.reglages.domaines_securises.admettre(&format!("{ins}@{}", reglages.domaine_patient)))
}

/// Sends the deliveries of a version whose document has just been rendered, in the transaction that
/// keeps the document.
pub fn document_pret(op: &mut Op<'_>, source: Source) -> Resultat<()> {
    op.exiger(Action::GererDiffusion)?;
    for diffusion in store::de_la_version(op, source)? {
        if diffusion.etat == EtatDiffusion::AEnvoyer {
            enfiler(op, diffusion.id)?;
        }
    }
    Ok(())
}

fn enfiler(op: &mut Op<'_>, id: DiffusionId) -> Resultat<()> {
    queue::enfiler(op, ENVOYER_DIFFUSION, &json!({ "diffusion_id": id })).map(drop)
}

/// Keeps a delivery as an act left it, with the change itself; refused when it is no longer the version that
/// was read.
fn enregistrer(op: &mut Op<'_>, avant: &Diffusion, apres: &Diffusion, acte: Acte, cause: Cause<'_>) -> Resultat<()> {
    if store::enregistrer(op, apres, avant.version)? == 0 {
        let actuelle = store::trouver(op, apres.id)?.map_or(avant.version, |d| d.version);
        return Err(ErreurCommune::VersionPerimee { actuelle }.into());
    }
    store::noter(op, Some(avant.etat), apres, acte, cause)?;
    if let (Source::CompteRendu(compte_rendu), Acte::Accepter | Acte::Poster) = (apres.source, acte) {
        let inscription = store::inscription_de(op, compte_rendu)?;
        perimetre::prolonger_fenetre(op, inscription)?;
    }
    op.tracer(Evenement::sur(acte.as_str(), "diffusion", apres.id.uuid()).patient(apres.patient_id).version(apres.version))
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
    let noms = noms(op, lignes.iter().map(|(diffusion, _)| diffusion))?;
    let nommer = |(diffusion, origine): (Diffusion, Origine)| DiffusionListee {
        destinataire: noms.get(&diffusion.id).cloned().unwrap_or_default(),
        diffusion,
        origine,
    };
    Ok(Page::depuis(lignes.into_iter().map(nommer).collect(), pagination.limite(), |ligne: &DiffusionListee| ligne.diffusion.id))
}

/// The name of the recipient of each delivery.
fn noms<'a>(op: &mut Op<'_>, diffusions: impl Iterator<Item = &'a Diffusion> + Clone) -> Resultat<BTreeMap<DiffusionId, String>> {
    let ids: Vec<PraticienId> = diffusions.clone().filter_map(|diffusion| diffusion.praticien_id).collect();
    let praticiens: BTreeMap<PraticienId, String> =
        annuaire::praticiens_par_id(op, &ids)?.into_iter().map(|p| (p.id, p.nom_complet())).collect();
    let mut noms = BTreeMap::new();
    for diffusion in diffusions {
        let nom = match diffusion.cible() {
            Some(Cible::Praticien(id, _)) => praticiens.get(&id).cloned().unwrap_or_default(),
            Some(Cible::Etablissement(id)) => annuaire::etablissement(op, id)?.saisi.raison_sociale,
            Some(Cible::Dmp(_)) => "DMP du patient".to_owned(),
            Some(Cible::Patient) => "Le patient".to_owned(),
            None => String::new(),
        };
        noms.insert(diffusion.id, nom);
    }
    Ok(noms)
}

/// Before this moment, what has left should have been read.
fn non_lues(op: &mut Op<'_>) -> Resultat<NonLues> {
    let jours = store::reglages::lire(op)?.non_lue_apres_jours;
    Ok(NonLues { parties_avant: op.maintenant - TimeDelta::days(jours) })
}

/// What has left and is not read after the days that the region decided, or was deleted unread.
pub fn lister_non_lues(op: &mut Op<'_>, filtre: &FiltreDiffusions, pagination: &Pagination) -> Resultat<Page<DiffusionListee>> {
    op.exiger(Action::SuivreDiffusion)?;
    let filtre = FiltreDiffusions { non_lues: Some(non_lues(op)?), courantes: true, ..filtre.clone() };
    lister(op, &filtre, pagination)
}

/// How much each work list holds, of patients whose deliveries the person may follow.
pub fn listes_de_travail(op: &mut Op<'_>) -> Resultat<ListesDeTravail> {
    op.exiger(Action::CompterDiffusions)?;
    let compteurs = store::compter(op)?;
    let somme = |etats: &[EtatDiffusion]| compteurs.iter().filter(|c| etats.contains(&c.etat)).map(|c| c.nombre).sum();
    let (non_lues, sans_lien) = (non_lues(op)?, retours::voit_les_retours_sans_lien(op));
    Ok(ListesDeTravail {
        sans_adresse: somme(&[EtatDiffusion::SansAdresse]),
        en_souffrance: somme(EtatDiffusion::EN_SOUFFRANCE),
        non_lues: store::compter_non_lues(op, non_lues)?,
        a_poster: somme(&[EtatDiffusion::Imprimee]),
        retours_a_examiner: store::retour::compter_a_examiner(op, sans_lien)?,
        non_lue_apres_jours: store::reglages::lire(op)?.non_lue_apres_jours,
    })
}

/// How many deliveries stand in each state, of patients whose deliveries the person may follow.
pub fn compteurs(op: &mut Op<'_>) -> Resultat<Vec<Compteur>> {
    op.exiger(Action::CompterDiffusions)?;
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
    let transitions = store::transitions(op, diffusion.id)?;
    let origine = store::origine_de(op, diffusion.source)?;
    let destinataire = noms(op, std::iter::once(&diffusion))?.remove(&diffusion.id).unwrap_or_default();
    Ok(DiffusionDetaillee { diffusion: DiffusionListee { diffusion, origine, destinataire }, historique, transitions })
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

/// Refuses to send again what no longer counts, what the patient objects to, or what has just left.
fn exiger_a_reprendre(op: &mut Op<'_>, diffusion: &Diffusion) -> Resultat<()> {
    if envoi::est_refusee(op, diffusion)? {
        return Err(DiffusionError::PatientOppose.into());
    }
    if !store::version_envoyee(op, diffusion.source)?.courant {
        return Err(DiffusionError::VersionRemplacee.into());
    }
    let jours = store::reglages::lire(op)?.non_lue_apres_jours;
    let partie = EtatDiffusion::PARTIES_NON_LUES.contains(&diffusion.etat);
    if partie && !diffusion.non_lue(jours, op.maintenant) { Err(DiffusionError::TropTot { jours }.into()) } else { Ok(()) }
}

/// Only a professional has an address to type and a letter box.
fn exiger_un_praticien(diffusion: &Diffusion) -> Result<PraticienId, DiffusionError> {
    diffusion.praticien_id.ok_or(DiffusionError::SansCourrier)
}

/// Tries again what was given up, came back or is not read, or what has had no address so far if the
/// directory knows one now. The same mail leaves again, under the same Message-ID: mailboxes and hospital
/// systems that hold it already recognise it, and what comes back is still tied to this delivery.
pub fn relancer(op: &mut Op<'_>, id: DiffusionId, lue: i64) -> Resultat<DiffusionDetaillee> {
    let avant = a_changer(op, id, lue)?;
    let (acte, apres) = if avant.etat == EtatDiffusion::SansAdresse {
        let adresse = adresse_connue(op, &avant)?.ok_or(DiffusionError::SansAdresse)?;
        (Acte::Adresser, avant.clone().adresser(&adresse, op.maintenant)?)
    } else {
        (Acte::Relancer, avant.clone().relancer(op.maintenant)?)
    };
    exiger_a_reprendre(op, &avant)?;
    enregistrer(op, &avant, &apres, acte, Cause::default())?;
    enfiler(op, id)?;
    detailler(op, apres)
}

/// The secure mailbox that is known today of a recipient.
fn adresse_connue(op: &mut Op<'_>, diffusion: &Diffusion) -> Resultat<Option<AdresseCourriel>> {
    match diffusion.cible() {
        Some(Cible::Praticien(praticien, _)) => {
            let praticien = annuaire::praticien(op, praticien)?;
            Ok(annuaire::adresse_securisee(op, &praticien))
        }
        Some(Cible::Patient) => {
            let patient = patients::trouver(op, diffusion.patient_id)?;
            adresse_du_patient(op, &patient)
        }
        Some(Cible::Etablissement(_) | Cible::Dmp(_)) | None => Ok(None),
    }
}

/// Sends to another mailbox of the trust space.
pub fn changer_adresse(op: &mut Op<'_>, id: DiffusionId, lue: i64, adresse: &str) -> Resultat<DiffusionDetaillee> {
    let avant = a_changer(op, id, lue)?;
    exiger_un_praticien(&avant)?;
    let adresse = op.reglages.domaines_securises.admettre(adresse).ok_or(DiffusionError::AdresseNonSecurisee)?;
    let apres = avant.clone().adresser(&adresse, op.maintenant)?;
    exiger_a_reprendre(op, &avant)?;
    enregistrer(op, &avant, &apres, Acte::Adresser, Cause::default())?;
    enfiler(op, id)?;
    detailler(op, apres)
}

/// Writes down that the document was printed and posted.
pub fn poster(op: &mut Op<'_>, id: DiffusionId, lue: i64) -> Resultat<DiffusionDetaillee> {
    let avant = a_changer(op, id, lue)?;
    exiger_un_praticien(&avant)?;
    let apres = avant.clone().poster(op.maintenant)?;
    exiger_a_reprendre(op, &avant)?;
    enregistrer(op, &avant, &apres, Acte::Poster, Cause::default())?;
    detailler(op, apres)
}
