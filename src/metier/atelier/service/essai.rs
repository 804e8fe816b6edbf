//! Dry runs: a draft tried on the cases of past meetings. Reads only.

mod alerte;
mod modele;
mod quorum;

use super::{aujourd_hui, autoriser, defauts, trouver};
use crate::{
    db::{Evenement, Op},
    kernel::{Panne, Resultat, clock::date_paris, ids::BrouillonId, page::Pagination},
    metier::{
        atelier::model::{
            AtelierError,
            essai::{Bilan, CAS_PAR_DEFAUT, CasChange, EssaiDemande, ResultatEssai},
        },
        inscription::{self, model::Inscription},
        patient::{self, model::ObjetOpposition},
        referentiel::model::Genre,
        reunion::{
            self,
            model::{EtatReunion, Reunion, ReunionResume},
            service::FiltreReunions,
        },
    },
};
use chrono::NaiveDate;

/// What tries a draft, meeting after meeting.
trait Examen {
    /// Looks at a meeting and at its agenda before its cases; false when none of them is concerned.
    fn reunion(&mut self, op: &mut Op<'_>, reunion: &Reunion, cas: &[Inscription]) -> Resultat<bool>;
    /// Tries the draft on a case of that meeting; false when the case is not concerned.
    fn cas(&mut self, op: &mut Op<'_>, reunion: &ReunionResume, inscription: &Inscription) -> Resultat<bool>;
    /// What changed.
    fn conclure(self) -> Bilan;
}

/// A case that changes.
fn change<T>(reunion: &ReunionResume, inscription: &Inscription, avant: T, apres: T) -> CasChange<T> {
    CasChange {
        inscription_id: inscription.id,
        fiche_id: inscription.fiche_id,
        reunion_id: reunion.reunion.id,
        date: date_paris(reunion.reunion.debut),
        rcp: reunion.rcp_nom.clone(),
        avant,
        apres,
    }
}

/// Tries a sound draft on the cases of a period. Writes nothing but the trace: what was tried, on which
/// days, on how many cases.
pub fn essayer(op: &mut Op<'_>, id: BrouillonId, demande: &EssaiDemande) -> Resultat<ResultatEssai> {
    autoriser(op)?;
    let brouillon = trouver(op, id)?;
    if brouillon.genre == Genre::Bloc {
        return Err(AtelierError::BlocSansEssai.into());
    }
    if let Some(faute) = demande.faute() {
        return Err(AtelierError::Contenu(faute).into());
    }
    let fichier = brouillon.a_l_essai(aujourd_hui(op));
    let defauts = defauts::trouver(op, brouillon.genre, &fichier)?;
    if !defauts.is_empty() {
        return Err(AtelierError::Defectueux(defauts).into());
    }
    let (parcours, bilan) = match brouillon.genre {
        Genre::Bloc => return Err(AtelierError::BlocSansEssai.into()),
        Genre::RegleAlerte => parcourir(op, demande, alerte::ExamenAlerte::nouveau(&fichier)?)?,
        Genre::ModeleFiche => {
            let examen = modele::ExamenModele::nouveau(op, &fichier)?;
            parcourir(op, demande, examen)?
        }
        Genre::RegleQuorum => parcourir(op, demande, quorum::ExamenQuorum::nouveau(&fichier)?)?,
    };
    let (periode, cas) = (format!("{}/{}", demande.du, demande.au), format!("{} cas", parcours.examines));
    let evenement = Evenement::sur("essayer", super::OBJET, brouillon.id.uuid());
    op.tracer(evenement.version(brouillon.version).champs(&[&periode, &cas]))?;
    Ok(ResultatEssai {
        brouillon_id: brouillon.id,
        brouillon_version: brouillon.version,
        du: demande.du,
        au: demande.au,
        reunions: parcours.reunions,
        examines: parcours.examines,
        tronque: parcours.tronque,
        examine_jusqu_au: parcours.dernier_jour,
        bilan,
    })
}

/// A file that was found sound and no longer reads.
fn illisible(cause: impl std::fmt::Display) -> Panne {
    Panne::dire(format!("essai d'un brouillon : {cause}"))
}

/// How far a dry run went.
#[derive(Default)]
struct Parcours {
    reunions: u64,
    examines: u64,
    lus: u32,
    tronque: bool,
    dernier_jour: Option<NaiveDate>,
}

/// The cases of the patients who do not oppose the reuse of their data: a dry run is no legal count.
fn sans_les_opposes(op: &mut Op<'_>, cas: Vec<Inscription>) -> Resultat<Vec<Inscription>> {
    let mut gardes = Vec::with_capacity(cas.len());
    for inscription in cas {
        if !patient::service::est_oppose(op, inscription.patient_id, ObjetOpposition::Reutilisation)? {
            gardes.push(inscription);
        }
    }
    Ok(gardes)
}

/// Goes through the meetings of the period, by date, and through the cases on their agendas.
fn parcourir<E: Examen>(op: &mut Op<'_>, demande: &EssaiDemande, mut examen: E) -> Resultat<(Parcours, Bilan)> {
    let maximum = demande.cas_maximum.unwrap_or(CAS_PAR_DEFAUT);
    let filtre = FiltreReunions { rcp: demande.rcp_id, ..FiltreReunions::default() };
    let filtre = reunion::service::entre_les_jours(filtre, Some(demande.du), Some(demande.au));
    let mut parcours = Parcours::default();
    let mut pagination = Pagination::default();
    loop {
        let page = reunion::service::lister(op, &filtre, &pagination)?;
        for reunion in page.elements.iter().filter(|r| r.reunion.etat != EtatReunion::Annulee) {
            let mut cas = inscription::service::de_la_reunion(op, reunion.reunion.id)?;
            cas.retain(|inscription| inscription.etat.a_l_ordre_du_jour());
            let cas = sans_les_opposes(op, cas)?;
            if !examen.reunion(op, &reunion.reunion, &cas)? {
                continue;
            }
            for inscription in &cas {
                if parcours.lus == maximum {
                    return Ok((Parcours { tronque: true, ..parcours }, examen.conclure()));
                }
                parcours.lus += 1;
                parcours.examines += u64::from(examen.cas(op, reunion, inscription)?);
            }
            parcours.reunions += 1;
            parcours.dernier_jour = Some(date_paris(reunion.reunion.debut));
        }
        let Some(suivant) = page.suivant else { return Ok((parcours, examen.conclure())) };
        pagination.curseur = Some(suivant);
    }
}
