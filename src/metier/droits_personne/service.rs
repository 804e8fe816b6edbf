//! Use cases of the rights of the patient.

use super::{
    model::{DemandeDroit, DemandeSaisie, DemandeVue, Droit, DroitError, ReleveAcces, ReponseSaisie},
    store,
};
use crate::{
    db::{Evenement, Op},
    kernel::{
        Action, Erreur, Panne, Refus, Resultat,
        acteur::Rattachement,
        clock::date_paris,
        erreur::ErreurCommune,
        ids::{DemandeDroitId, PatientId},
        page::{Page, Pagination},
    },
    metier::{
        compte_rendu::service as comptes_rendus,
        document::model::GenreDocument,
        fiche::service as fiches,
        inscription::service as inscriptions,
        patient::{model::PatientVue, service as patients},
        pps::service as programmes,
        trace::service as traces,
    },
};
use chrono::NaiveDate;
use serde::Serialize;
use serde_json::{Value, json};

/// The office bears on the whole region.
fn exiger_office(op: &Op<'_>) -> Resultat<()> {
    op.exiger_sur(Action::TraiterDroits, &Rattachement::default())
}

fn vue(op: &Op<'_>, demande: DemandeDroit) -> DemandeVue {
    DemandeVue { en_retard: demande.en_retard(date_paris(op.maintenant)), demande }
}

/// Takes a request down.
pub fn enregistrer(op: &mut Op<'_>, id: PatientId, saisie: &DemandeSaisie) -> Resultat<DemandeVue> {
    exiger_office(op)?;
    let patient = patients::trouver(op, id)?;
    patients::identite::exiger_present(op, &patient)?;
    let aujourd_hui = date_paris(op.maintenant);
    let fautes = saisie.fautes(aujourd_hui);
    if !fautes.is_empty() {
        return Err(Refus::invalide(fautes).into());
    }
    let demande = DemandeDroit::nouvelle((op.id(), id), saisie, op.acteur.compte, (op.maintenant, aujourd_hui));
    store::inserer(op, &demande)?;
    op.tracer(Evenement::sur("creer", "demande_droit", demande.id.uuid()).patient(id).version(1))?;
    Ok(vue(op, demande))
}

/// The register, open requests or all, the nearest deadline first.
pub fn lister(op: &mut Op<'_>, toutes: bool, pagination: &Pagination) -> Resultat<Page<DemandeVue>> {
    exiger_office(op)?;
    let apres = pagination.apres::<(NaiveDate, DemandeDroitId)>().map_err(ErreurCommune::from)?;
    let lues = store::lister(op, !toutes, apres, pagination.limite() + 1)?;
    let vues = lues.into_iter().map(|demande| vue(op, demande)).collect();
    let page = Page::depuis(vues, pagination.limite(), |vue: &DemandeVue| (vue.demande.echeance, vue.demande.id));
    for vue in &page.elements {
        op.tracer(Evenement::sur("lire", "demande_droit", vue.demande.id.uuid()).patient(vue.demande.patient_id))?;
    }
    Ok(page)
}

/// The requests of a patient, the oldest first.
pub fn du_patient(op: &mut Op<'_>, id: PatientId) -> Resultat<Vec<DemandeVue>> {
    exiger_office(op)?;
    patients::trouver(op, id)?;
    op.tracer(Evenement::liste("lister", "demande_droit").patient(id))?;
    Ok(store::du_patient(op, id)?.into_iter().map(|demande| vue(op, demande)).collect())
}

fn a_changer(op: &mut Op<'_>, id: DemandeDroitId, lue: i64) -> Resultat<DemandeDroit> {
    exiger_office(op)?;
    let demande = store::trouver(op, id)?.ok_or(DroitError::Introuvable)?;
    if demande.version == lue { Ok(demande) } else { Err(ErreurCommune::VersionPerimee { actuelle: demande.version }.into()) }
}

fn garder(op: &mut Op<'_>, acte: &str, apres: DemandeDroit, lue: i64) -> Resultat<DemandeVue> {
    if store::enregistrer(op, &apres, lue)? == 0 {
        return Err(ErreurCommune::VersionPerimee { actuelle: lue + 1 }.into());
    }
    op.tracer(Evenement::sur(acte, "demande_droit", apres.id.uuid()).patient(apres.patient_id).version(apres.version))?;
    Ok(vue(op, apres))
}

/// Gives a complex request two more months.
pub fn prolonger(op: &mut Op<'_>, id: DemandeDroitId, lue: i64, motif: &str) -> Resultat<DemandeVue> {
    let moment = (op.maintenant, date_paris(op.maintenant));
    let apres = a_changer(op, id, lue)?.prolonger(motif, moment)?;
    garder(op, "prolonger", apres, lue)
}

/// Answers a request.
pub fn repondre(op: &mut Op<'_>, id: DemandeDroitId, lue: i64, saisie: &ReponseSaisie) -> Resultat<DemandeVue> {
    let (moment, par) = ((op.maintenant, date_paris(op.maintenant)), op.acteur.compte);
    let apres = a_changer(op, id, lue)?.repondre(saisie, par, moment)?;
    garder(op, "repondre", apres, lue)
}

/// The account of the accesses to the data of a patient, those to the patients whom this one absorbed included.
pub fn releve(op: &mut Op<'_>, id: PatientId) -> Resultat<ReleveAcces> {
    exiger_office(op)?;
    let patient = patients::trouver(op, id)?;
    patients::identite::exiger_present(op, &patient)?;
    let ids = patients::identite::representes(op, id)?;
    op.tracer(Evenement::sur("lire", "releve_acces", id.uuid()).patient(id))?;
    Ok(ReleveAcces { patient: patient.into(), etabli_le: op.maintenant, acces: traces::releve_des_acces(op, ids)? })
}

/// The file of a patient: what it says, and its documents under their path in the archive.
#[derive(Debug)]
pub struct DossierExporte {
    /// Everything that is kept, as JSON.
    pub contenu: Value,
    /// The documents.
    pub fichiers: Vec<(String, Vec<u8>)>,
}

fn valeur(quoi: &impl Serialize) -> Resultat<Value> {
    serde_json::to_value(quoi).map_err(|e| Panne::new("export d'un dossier", e).into())
}

/// The document, or nothing where there is none (yet).
fn si_pret<T>(issue: Resultat<T>) -> Resultat<Option<T>> {
    match issue {
        Ok(document) => Ok(Some(document)),
        Err(Erreur::Refus(_)) => Ok(None),
        Err(panne @ Erreur::Panne(_)) => Err(panne),
    }
}

/// Everything that is kept of a patient, for the patient: under an open request of access or portability, by who sees
/// the patient. Every part is traced as it is read.
pub fn exporter(op: &mut Op<'_>, id: PatientId) -> Resultat<DossierExporte> {
    op.exiger_authentification_recente()?;
    patients::exiger_visible(op, Action::ExporterDossier, id)?;
    let demandes = store::du_patient(op, id)?;
    let fondee = |d: &DemandeDroit| d.etat.ouverte() && matches!(d.droit, Droit::Acces | Droit::Portabilite);
    if !demandes.iter().any(fondee) {
        return Err(DroitError::SansDemande.into());
    }
    op.tracer(Evenement::sur("exporter", "patient", id.uuid()).patient(id))?;
    let mut fichiers = Vec::new();
    let contenu = json!({
        "format": "dcc-dossier-1",
        "etabli_le": op.maintenant,
        "patient": valeur(&PatientVue::from(patients::lire(op, id)?))?,
        "correspondants": valeur(&patients::lire_correspondants(op, id)?.0)?,
        "oppositions": valeur(&patients::lire_oppositions(op, id)?)?,
        "demandes": valeur(&demandes)?,
        "dossiers": dossiers(op, id)?,
        "inscriptions": valeur(&inscriptions::du_patient(op, id)?)?,
        "comptes_rendus": les_comptes_rendus(op, id, &mut fichiers)?,
        "programmes": les_programmes(op, id, &mut fichiers)?,
    });
    Ok(DossierExporte { contenu, fichiers })
}

fn dossiers(op: &mut Op<'_>, id: PatientId) -> Resultat<Value> {
    let mut tous = Vec::new();
    for dossier in patients::dossiers(op, id)? {
        let mut siennes = Vec::new();
        let mut pagination = Pagination { limite: Some(200), curseur: None };
        loop {
            let page = fiches::du_dossier(op, dossier.id, &pagination)?;
            for resume in &page.elements {
                siennes.push(valeur(&fiches::lire(op, resume.id)?)?);
            }
            match page.suivant {
                Some(suivant) => pagination.curseur = Some(suivant),
                None => break,
            }
        }
        let mut lu = valeur(&dossier)?;
        if let Some(membres) = lu.as_object_mut() {
            membres.insert("fiches".to_owned(), siennes.into());
        }
        tous.push(lu);
    }
    Ok(tous.into())
}

fn les_comptes_rendus(op: &mut Op<'_>, id: PatientId, fichiers: &mut Vec<(String, Vec<u8>)>) -> Resultat<Value> {
    let mut tous = Vec::new();
    for resume in comptes_rendus::du_patient(op, id, true)? {
        tous.push(valeur(&comptes_rendus::lire(op, resume.id)?)?);
        for (genre, nom) in [(GenreDocument::Pdf, "compte-rendu.pdf"), (GenreDocument::Cda, "compte-rendu.xml")] {
            if let Some(document) = si_pret(comptes_rendus::telecharger(op, resume.id, genre))? {
                fichiers.push((format!("comptes-rendus/{}/{nom}", resume.id), document.octets));
            }
        }
    }
    Ok(tous.into())
}

fn les_programmes(op: &mut Op<'_>, id: PatientId, fichiers: &mut Vec<(String, Vec<u8>)>) -> Resultat<Value> {
    let mut tous = Vec::new();
    for resume in programmes::du_patient(op, id)? {
        tous.push(valeur(&programmes::lire(op, resume.id)?)?);
        for genre in [GenreDocument::Pdf, GenreDocument::Cda] {
            if let Some(document) = si_pret(programmes::telecharger(op, resume.id, genre))? {
                fichiers.push((format!("programmes/{}/programme.{}", resume.id, genre.extension()), document.octets));
            }
        }
    }
    Ok(tous.into())
}
