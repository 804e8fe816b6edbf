//! Use cases of fiches.

use super::{
    lecture::{BlocLu, lire_blocs},
    model::{
        Etape, EtatFiche, Fiche, FicheCreee, FicheDetaillee, FicheError, FicheResume, Manquant, NouvelleFiche, ReprisePrevue, SOCLE,
        deriver, fusionner, sections_changees,
    },
    reprise::{self, Reprise},
    store,
    validation::{self, ModeleCompile, Niveau},
};
use crate::{
    db::{Evenement, Op, perimetre},
    kernel::{
        Action, Erreur, Faute, Refus, Resultat,
        clock::{age, date_paris},
        erreur::ErreurCommune,
        ids::{DossierId, FicheId, PatientId},
        page::{Page, Pagination},
    },
    metier::{
        alerte, inscription,
        patient::{
            self,
            model::{EtatDossier, Patient, PatientError, Sexe},
        },
        referentiel::{
            self,
            composition::Corps,
            derive::ValeurDerivee,
            model::{ModeleFiche, UsageModele},
        },
    },
};
use chrono::NaiveDate;
use serde_json::{Map, Value};
use std::sync::Arc;

/// One fiche, for the use cases of other slices, which authorise and trace.
pub fn trouver(op: &mut Op<'_>, id: FicheId) -> Resultat<Fiche> {
    store::trouver(op, id)?.ok_or_else(|| FicheError::Introuvable.into())
}

/// Creates a draft in an open dossier, with the version of its model that is in force today; empty, or
/// with what that version takes of a former fiche.
pub fn creer(op: &mut Op<'_>, dossier_id: DossierId, nouvelle: &NouvelleFiche) -> Resultat<FicheCreee> {
    op.exiger(Action::RemplirFiche)?;
    let dossier = patient::service::dossier(op, dossier_id)?;
    exiger_visible(op, Action::RemplirFiche, dossier.patient_id, PatientError::DossierIntrouvable)?;
    match dossier.etat {
        EtatDossier::Ouvert => {}
        EtatDossier::Clos => return Err(PatientError::DossierClos.into()),
    }
    let ancienne = nouvelle.depuis.map(|id| a_recopier(op, dossier.patient_id, id)).transpose()?;
    let code = nouvelle.modele.as_deref().or(ancienne.as_ref().map(|ancienne| ancienne.modele_code.as_str()));
    let modele = modele_en_vigueur(op, code)?;
    let compile = compiler(op, &modele)?;
    let reprise = match &ancienne {
        Some(ancienne) => reprendre(op, ancienne, &compile)?,
        None => Reprise { contenu: Value::Object(Map::new()), ..Reprise::default() },
    };
    let contenu = nouvelle.contenu.iter().fold(reprise.contenu.clone(), |depart, c| fusionner(depart, &Value::Object(c.clone())));
    exiger_conforme(&compile, &contenu, Niveau::Brouillon, aujourd_hui(op))?;
    let origines = reprise::conserver(reprise.origines, &reprise.contenu, &contenu);
    let fiche = Fiche {
        id: op.id(),
        dossier_id,
        patient_id: dossier.patient_id,
        completude: compile.completude(&contenu, Etape::Prete, aujourd_hui(op)).pourcentage.into(),
        contenu,
        modele_code: modele.code.clone(),
        modele_version: modele.version.clone(),
        etat: EtatFiche::Brouillon,
        auteur_id: op.acteur.compte,
        auteur_nom: op.acteur.nom.clone(),
        version: 1,
        cree_le: op.maintenant,
        modifie_le: op.maintenant,
        origines,
    };
    store::inserer(op, &fiche)?;
    op.tracer(Evenement::sur("creer", "fiche", fiche.id.uuid()).patient(fiche.patient_id).version(1))?;
    Ok(FicheCreee { detail: detailler(op, &compile, fiche)?, non_repris: reprise.non_repris })
}

/// What carrying a fiche to a model in force would give; to its own by default.
pub fn prevoir_reprise(op: &mut Op<'_>, id: FicheId, demande: Option<&str>) -> Resultat<ReprisePrevue> {
    op.exiger(Action::LireFiche)?;
    let ancienne = trouver(op, id)?;
    exiger_visible(op, Action::LireFiche, ancienne.patient_id, FicheError::Introuvable)?;
    op.tracer(Evenement::sur("lire", "fiche", id.uuid()).patient(ancienne.patient_id).version(ancienne.version))?;
    let modele = modele_en_vigueur(op, Some(demande.unwrap_or(&ancienne.modele_code)))?;
    let compile = compiler(op, &modele)?;
    Ok(ReprisePrevue { modele: modele.reference().to_string(), reprise: reprendre(op, &ancienne, &compile)? })
}

fn modele_en_vigueur(op: &mut Op<'_>, demande: Option<&str>) -> Resultat<Arc<ModeleFiche>> {
    let date = aujourd_hui(op);
    referentiel::service::modele(op, UsageModele::Fiche, demande.unwrap_or(SOCLE), date).map_err(|erreur| match (demande, erreur.code()) {
        (Some(_), Some(_)) => Refus::invalide(vec![Faute::new("/modele", "inconnu", "Aucun modèle de ce code n'est en vigueur.")]).into(),
        _ => erreur,
    })
}

/// The former fiche of a patient that a new one starts from.
fn a_recopier(op: &mut Op<'_>, patient: PatientId, id: FicheId) -> Resultat<Fiche> {
    let ancienne = store::trouver(op, id)?.filter(|ancienne| ancienne.patient_id == patient).ok_or(FicheError::CopieImpossible)?;
    op.tracer(Evenement::sur("lire", "fiche", id.uuid()).patient(patient).version(ancienne.version))?;
    Ok(ancienne)
}

fn reprendre(op: &mut Op<'_>, ancienne: &Fiche, cible: &ModeleCompile) -> Resultat<Reprise> {
    let modele = referentiel::service::modele_en_memoire(op, &ancienne.modele_code, &ancienne.modele_version)?;
    Ok(reprise::reprendre(ancienne, &modele, cible, aujourd_hui(op)))
}

/// One fiche, with what it lacks and what is computed from it.
pub fn lire(op: &mut Op<'_>, id: FicheId) -> Resultat<FicheDetaillee> {
    op.exiger(Action::LireFiche)?;
    let fiche = trouver(op, id)?;
    exiger_visible(op, Action::LireFiche, fiche.patient_id, FicheError::Introuvable)?;
    op.tracer(Evenement::sur("lire", "fiche", id.uuid()).patient(fiche.patient_id).version(fiche.version))?;
    let compile = compiler_pour(op, &fiche)?;
    detailler(op, &compile, fiche)
}

/// The fiches of a dossier, the newest first.
pub fn du_dossier(op: &mut Op<'_>, dossier_id: DossierId, pagination: &Pagination) -> Resultat<Page<FicheResume>> {
    op.exiger(Action::LireFiche)?;
    let dossier = patient::service::dossier(op, dossier_id)?;
    exiger_visible(op, Action::LireFiche, dossier.patient_id, PatientError::DossierIntrouvable)?;
    let avant = pagination.apres().map_err(ErreurCommune::from)?;
    let lignes = store::du_dossier(op, dossier_id, avant, pagination.limite() + 1)?;
    op.tracer(Evenement::liste("lire", "fiche").patient(dossier.patient_id))?;
    Ok(Page::depuis(lignes, pagination.limite(), |fiche| fiche.id))
}

/// How a content is changed.
#[derive(Debug, Clone, PartialEq)]
pub enum Changement {
    /// By another content.
    Remplacer(Map<String, Value>),
    /// By a merge patch (RFC 7396).
    Fusionner(Map<String, Value>),
}

/// Changes the content of a fiche that was read at version `lue`. A ready fiche must stay complete.
pub fn modifier(op: &mut Op<'_>, id: FicheId, lue: i64, changement: &Changement) -> Resultat<FicheDetaillee> {
    let avant = a_modifier(op, id, lue)?;
    let compile = compiler_pour(op, &avant)?;
    let contenu = match changement {
        Changement::Remplacer(contenu) => Value::Object(contenu.clone()),
        Changement::Fusionner(correctif) => fusionner(avant.contenu.clone(), &Value::Object(correctif.clone())),
    };
    exiger_conforme(&compile, &contenu, avant.exigence().map_or(Niveau::Brouillon, Niveau::Exige), aujourd_hui(op))?;
    let completude = compile.completude(&contenu, Etape::Prete, aujourd_hui(op)).pourcentage;
    let champs: Vec<String> = sections_changees(&avant.contenu, &contenu).into_iter().map(str::to_owned).collect();
    let apres = avant.avec(contenu, completude, op.maintenant);
    enregistrer(op, &apres, lue, "modifier", &champs)?;
    detailler(op, &compile, apres)
}

/// Declares ready a draft that was read at version `lue` and lacks nothing.
pub fn declarer_prete(op: &mut Op<'_>, id: FicheId, lue: i64) -> Resultat<FicheDetaillee> {
    let avant = a_modifier(op, id, lue)?;
    if avant.etat == EtatFiche::Prete {
        return Err(FicheError::DejaPrete.into());
    }
    let compile = compiler_pour(op, &avant)?;
    exiger_conforme(&compile, &avant.contenu, Niveau::Exige(Etape::Prete), aujourd_hui(op))?;
    let completude = compile.completude(&avant.contenu, Etape::Prete, aujourd_hui(op)).pourcentage;
    let apres = avant.prete(completude, op.maintenant);
    enregistrer(op, &apres, lue, "declarer_prete", &[])?;
    detailler(op, &compile, apres)
}

/// Fixes a fiche for good, when a meeting validates the compte-rendu that speaks of it; the calling
/// use case authorises. Refused with the faults of the content when it lacks something that the
/// validation requires; a fiche that is fixed already is left alone. A fiche of a postponed case is
/// not to be fixed: it goes on to the next meeting.
pub fn verrouiller(op: &mut Op<'_>, id: FicheId) -> Resultat<Fiche> {
    let avant = trouver(op, id)?;
    if avant.etat == EtatFiche::Verrouillee {
        return Ok(avant);
    }
    let compile = compiler_pour(op, &avant)?;
    exiger_conforme(&compile, &avant.contenu, Niveau::Exige(Etape::Validation), aujourd_hui(op))?;
    let (lue, completude) = (avant.version, compile.completude(&avant.contenu, Etape::Prete, aujourd_hui(op)).pourcentage);
    let apres = avant.verrouillee(completude, op.maintenant);
    if store::enregistrer(op, &apres, lue)? == 0 {
        return Err(ErreurCommune::VersionPerimee { actuelle: trouver(op, id)?.version }.into());
    }
    op.tracer(Evenement::sur("verrouiller", "fiche", id.uuid()).patient(apres.patient_id).version(apres.version))?;
    Ok(apres)
}

/// The fiche to change, which the person may fill and no meeting has fixed.
fn a_modifier(op: &mut Op<'_>, id: FicheId, lue: i64) -> Resultat<Fiche> {
    op.exiger(Action::RemplirFiche)?;
    let fiche = trouver(op, id)?;
    exiger_visible(op, Action::RemplirFiche, fiche.patient_id, FicheError::Introuvable)?;
    fiche.exiger_modifiable()?;
    if fiche.version != lue {
        return Err(ErreurCommune::VersionPerimee { actuelle: fiche.version }.into());
    }
    Ok(fiche)
}

fn enregistrer(op: &mut Op<'_>, apres: &Fiche, lue: i64, action: &str, champs: &[String]) -> Resultat<()> {
    if store::enregistrer(op, apres, lue)? == 0 {
        return Err(ErreurCommune::VersionPerimee { actuelle: trouver(op, apres.id)?.version }.into());
    }
    let champs: Vec<&str> = champs.iter().map(String::as_str).collect();
    op.tracer(Evenement::sur(action, "fiche", apres.id.uuid()).patient(apres.patient_id).version(apres.version).champs(&champs))?;
    apres_enregistrement(op, apres)
}

/// Refuses the act on a patient's data: as unknown to who may not read it, as forbidden to who may
/// read it but not do that.
fn exiger_visible(op: &mut Op<'_>, action: Action, patient: PatientId, sinon: impl Into<Erreur>) -> Resultat<()> {
    if perimetre::patient_visible(op, action, patient)? {
        return Ok(());
    }
    let lisible = perimetre::patient_visible(op, Action::LireFiche, patient)?;
    Err(if lisible { ErreurCommune::Interdit.into() } else { sinon.into() })
}

fn exiger_conforme(compile: &ModeleCompile, contenu: &Value, niveau: Niveau, aujourd_hui: NaiveDate) -> Resultat<()> {
    let fautes = compile.fautes(contenu, niveau, aujourd_hui);
    if fautes.is_empty() { Ok(()) } else { Err(Refus::invalide(fautes).into()) }
}

/// Takes over fiches as they were elsewhere, whose content follows their model: no alert is evaluated. Only the service
/// itself does, and it traces what it takes over.
pub fn reprendre_fiches(op: &mut Op<'_>, fiches: &[Fiche]) -> Resultat<()> {
    op.exiger_systeme()?;
    store::inserer_toutes(op, fiches)
}

/// What the blocks of a fiche say of a patient seen at a date, in words, for the documents: the members
/// of the `socle` apart.
pub fn lire_en_mots(op: &mut Op<'_>, fiche: &Fiche, patient: &Patient, date: NaiveDate, socle: &[&str]) -> Resultat<Vec<BlocLu>> {
    let modele = referentiel::service::modele_en_memoire(op, &fiche.modele_code, &fiche.modele_version)?;
    let compile = compiler(op, &modele)?;
    let derives = compile.calculer(&fiche.contenu, patient.age_au(date), patient.sexe);
    lire_blocs(&modele.schema, &fiche.contenu, socle, &derives, &mut |jeu, code| referentiel::service::libelle(op, jeu, code))
}

/// What the model of a fiche computes from it, for a patient of that age and sex, for other slices.
pub fn calculer(op: &mut Op<'_>, fiche: &Fiche, age: u32, sexe: Sexe) -> Resultat<Vec<ValeurDerivee>> {
    Ok(compiler_pour(op, fiche)?.calculer(&fiche.contenu, age, sexe))
}

/// The members that the content of a fiche may hold, by its model, for other slices.
pub fn champs(op: &mut Op<'_>, fiche: &Fiche) -> Resultat<Vec<String>> {
    let modele = referentiel::service::modele_en_memoire(op, &fiche.modele_code, &fiche.modele_version)?;
    let proprietes = modele.schema.get("properties").and_then(Value::as_object);
    Ok(proprietes.into_iter().flat_map(Map::keys).cloned().collect())
}

/// A body that is not published yet, ready to check contents, or why it cannot; it is kept nowhere.
pub fn compiler_corps(op: &mut Op<'_>, corps: &Corps) -> Resultat<Result<ModeleCompile, String>> {
    let cites = referentiel::model::jeux_cites(&corps.schema).into_iter().collect();
    let jeux = referentiel::service::codes(op, cites)?;
    Ok(ModeleCompile::new(&corps.schema, &corps.derives, &jeux))
}

/// The model that a fiche was made with, ready to check contents, for other slices.
pub fn compiler_pour(op: &mut Op<'_>, fiche: &Fiche) -> Resultat<Arc<ModeleCompile>> {
    let modele = referentiel::service::modele_en_memoire(op, &fiche.modele_code, &fiche.modele_version)?;
    compiler(op, &modele)
}

/// A model ready to check contents, for other slices.
pub fn compiler(op: &mut Op<'_>, modele: &ModeleFiche) -> Resultat<Arc<ModeleCompile>> {
    let jeux = referentiel::service::codes(op, modele.jeux.iter().map(String::as_str).collect())?;
    Ok(validation::compiler(modele, &jeux)?)
}

fn detailler(op: &mut Op<'_>, compile: &ModeleCompile, fiche: Fiche) -> Resultat<FicheDetaillee> {
    let patient = patient::service::trouver(op, fiche.patient_id)?;
    let age = age(patient.date_naissance, aujourd_hui(op));
    let manquants = compile.completude(&fiche.contenu, Etape::Prete, aujourd_hui(op)).manquants;
    Ok(FicheDetaillee {
        manquants: manquants.into_iter().map(|element| Manquant { pointer: element.pointeur, titre: element.titre }).collect(),
        derives: deriver(&fiche.contenu, age, compile.calculer(&fiche.contenu, age, patient.sexe)),
        fiche,
    })
}

fn aujourd_hui(op: &Op<'_>) -> NaiveDate {
    date_paris(op.maintenant)
}

/// What the rest of the service does after the content of a fiche has changed.
fn apres_enregistrement(op: &mut Op<'_>, fiche: &Fiche) -> Resultat<()> {
    for inscription in inscription::service::de_la_fiche(op, fiche.id)? {
        alerte::service::evaluer(op, inscription.id)?;
    }
    Ok(())
}
