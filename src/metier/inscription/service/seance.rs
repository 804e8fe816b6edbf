//! What the meeting makes of a case: discussion, recording, proposition, opinions, quorum.

use super::{exiger_reunion, garder, pour, visible};
use crate::{
    db::{Evenement, Op},
    kernel::{
        Action, Faute, Refus, Resultat,
        clock::{age, date_paris},
        erreur::ErreurCommune,
        ids::{InscriptionId, PraticienId, ReunionId},
    },
    metier::{
        alerte, annuaire, fiche,
        inscription::{
            model::{ActeInscription, AvisEcrit, EtatInscription, Inscription, Proposition, TYPES_TRAITEMENT},
            saisie::{AvisSaisi, DiscussionSaisie, EnregistrementSaisi},
            store,
        },
        patient::{
            self,
            model::{Dossier, Patient},
        },
        quorum::{
            self,
            model::{Assistance, Intervalle, ResultatQuorum, ResultatRegle},
            regle::Cas,
        },
        referentiel,
        reunion::{self, model::Reunion},
    },
};
use serde_json::Value;
use std::collections::BTreeSet;

/// Notes the discussion of a case and the answer of the meeting, and evaluates the quorum on those who
/// attended the discussion.
pub fn discuter(op: &mut Op<'_>, id: InscriptionId, saisie: &DiscussionSaisie) -> Resultat<Inscription> {
    let (avant, reunion, _) = pour(op, Action::ConduireReunion, ActeInscription::Discuter, id)?;
    exiger_juste(op, &saisie.proposition, "/proposition")?;
    let fin = saisie.fin.unwrap_or(op.maintenant);
    let discussion = Intervalle { debut: saisie.debut.unwrap_or(fin), fin };
    let discutee = avant.discuter(discussion, saisie.proposition.clone())?;
    let quorum = evaluer(op, &discutee, &reunion, discussion)?;
    garder(op, Inscription { quorum: Some(quorum), ..discutee }, "discuter")
}

/// Records a case that strictly conforms to a national guideline, without discussion.
pub fn enregistrer(op: &mut Op<'_>, id: InscriptionId, saisie: &EnregistrementSaisi) -> Resultat<Inscription> {
    let (avant, ..) = pour(op, Action::ConduireReunion, ActeInscription::Enregistrer, id)?;
    exiger_juste(op, &saisie.proposition, "/proposition")?;
    let fiche = fiche::service::trouver(op, avant.fiche_id)?;
    let urgence = fiche.contenu.get("urgence_chirurgicale").and_then(Value::as_bool).unwrap_or_default();
    let enregistree = avant.enregistrer(saisie.referentiel.clone(), saisie.proposition.clone(), urgence)?;
    garder(op, enregistree, "enregistrer")
}

/// Changes the answer of the meeting on a case that was read at version `lue`. The quorum is evaluated
/// again: what is proposed may call for another specialist.
pub fn proposer(op: &mut Op<'_>, id: InscriptionId, lue: i64, proposition: &Proposition) -> Resultat<Inscription> {
    let (avant, reunion, _) = pour(op, Action::ConduireReunion, ActeInscription::Proposer, id)?;
    if avant.version != lue {
        return Err(ErreurCommune::VersionPerimee { actuelle: avant.version }.into());
    }
    exiger_juste(op, proposition, "")?;
    let apres = avant.proposer(proposition.clone())?;
    let apres = avec_quorum(op, apres, &reunion)?;
    garder(op, apres, "proposer")
}

/// Refuses a proposition that breaks a rule, with the place of each fault.
pub fn exiger_juste(op: &mut Op<'_>, proposition: &Proposition, racine: &str) -> Resultat<()> {
    let mut connus = BTreeSet::new();
    for code in proposition.types_traitement() {
        if referentiel::service::libelle(op, TYPES_TRAITEMENT, code)?.is_some() {
            connus.insert(code);
        }
    }
    let fautes = proposition.fautes(racine, |code| connus.contains(code));
    if fautes.is_empty() { Ok(()) } else { Err(Refus::invalide(fautes).into()) }
}

/// Takes down a written opinion on a case. It counts for the quorum where the rule admits it.
pub fn aviser(op: &mut Op<'_>, id: InscriptionId, saisi: &AvisSaisi) -> Resultat<AvisEcrit> {
    let inscription = visible(op, Action::DonnerAvis, id)?;
    let reunion = reunion::service::trouver(op, inscription.reunion_id)?;
    exiger_reunion(&reunion, ActeInscription::Aviser)?;
    inscription.passer(ActeInscription::Aviser)?;
    let rattachement = reunion::service::rattachement(op, &reunion)?;
    let conduit = op.peut_sur(Action::ConduireReunion, &rattachement);
    let praticien_id = auteur(op, saisi, conduit)?;
    exiger_clause(op, &reunion, saisi, praticien_id, conduit)?;
    let avis = AvisEcrit {
        id: op.id(),
        inscription_id: id,
        praticien_id,
        clause: saisi.clause.clone(),
        texte: saisi.texte.clone(),
        recu_le: op.maintenant,
    };
    store::inserer_avis(op, &avis)?;
    op.tracer(Evenement::sur("creer", "avis_ecrit", avis.id.uuid()).patient(inscription.patient_id))?;
    let apres = avec_quorum(op, inscription, &reunion)?;
    garder(op, apres, "aviser")?;
    Ok(avis)
}

/// Who gives the opinion. Only who leads the meeting takes down the opinion of somebody else.
fn auteur(op: &mut Op<'_>, saisi: &AvisSaisi, conduit: bool) -> Resultat<PraticienId> {
    let soi = op.acteur.praticien;
    let faute = |code: &str, message: &str| Refus::invalide(vec![Faute::new("/praticien_id", code, message)]);
    let id = saisi.praticien_id.or(soi).ok_or_else(|| faute("obligatoire", "Indiquez le professionnel qui donne cet avis."))?;
    if soi != Some(id) && !conduit {
        return Err(ErreurCommune::Interdit.into());
    }
    annuaire::service::praticien(op, id)?;
    Ok(id)
}

/// The clause that an opinion answers for exists, and is one that its author may answer for, unless who
/// leads the meeting says so.
fn exiger_clause(op: &mut Op<'_>, reunion: &Reunion, saisi: &AvisSaisi, praticien: PraticienId, conduit: bool) -> Resultat<()> {
    let Some(clause) = &saisi.clause else { return Ok(()) };
    let (code, message) = match quorum::service::repond_pour(op, reunion, praticien, clause)? {
        Some(qualifie) if qualifie || conduit => return Ok(()),
        Some(_) => ("clause-non-attribuee", "Seul le responsable de la réunion peut attribuer cette place du quorum."),
        None => ("clause-inconnue", "La règle de quorum de cette RCP n'a pas cette clause."),
    };
    Err(Refus::invalide(vec![Faute::new("/clause", code, message)]).into())
}

/// The quorum of a case: of its discussion once it was held, of this moment before.
pub fn quorum(op: &mut Op<'_>, id: InscriptionId) -> Resultat<ResultatQuorum> {
    let (inscription, reunion, discussion) = a_evaluer(op, id)?;
    evaluer(op, &inscription, &reunion, discussion)
}

/// The quorum of a case by the rule of the RCP and by those that the region compares it with.
pub fn quorum_compare(op: &mut Op<'_>, id: InscriptionId) -> Resultat<Vec<ResultatRegle>> {
    let (inscription, reunion, discussion) = a_evaluer(op, id)?;
    let cas = cas(op, &inscription, &reunion)?;
    let avis = store::avis(op, inscription.id)?;
    quorum::service::comparer(op, &reunion, &cas, &avis, discussion)
}

/// A case that the person sees, its meeting, and the moment of which its quorum is asked.
fn a_evaluer(op: &mut Op<'_>, id: InscriptionId) -> Resultat<(Inscription, Reunion, Intervalle)> {
    let inscription = visible(op, Action::LireFiche, id)?;
    let reunion = reunion::service::trouver(op, inscription.reunion_id)?;
    op.tracer(Evenement::sur("lire", "inscription", id.uuid()).patient(inscription.patient_id).version(inscription.version))?;
    let moment = reunion.close_le.unwrap_or(op.maintenant);
    let discussion = inscription.discussion().unwrap_or(Intervalle { debut: moment, fin: moment });
    Ok((inscription, reunion, discussion))
}

/// Evaluates again the quorum of the discussed cases of a meeting, whose attendance has changed, and the alerts of all. The
/// calling use case authorises.
pub fn reevaluer(op: &mut Op<'_>, reunion: ReunionId) -> Resultat<()> {
    let reunion = reunion::service::trouver(op, reunion)?;
    for inscription in store::de_la_reunion(op, reunion.id)? {
        let avant = inscription.quorum.clone();
        let apres = avec_quorum(op, inscription, &reunion)?;
        if apres.quorum != avant {
            garder(op, apres, "evaluer_quorum")?;
        }
    }
    alerte::service::evaluer_reunion(op, reunion.id)
}

/// The registration with the quorum of its discussion, if it was discussed.
fn avec_quorum(op: &mut Op<'_>, inscription: Inscription, reunion: &Reunion) -> Resultat<Inscription> {
    match (inscription.etat, inscription.discussion()) {
        (EtatInscription::Discutee, Some(discussion)) => {
            let quorum = evaluer(op, &inscription, reunion, discussion)?;
            Ok(Inscription { quorum: Some(quorum), ..inscription })
        }
        (
            EtatInscription::Inscrite
            | EtatInscription::Discutee
            | EtatInscription::Enregistree
            | EtatInscription::Reportee
            | EtatInscription::Retiree,
            _,
        ) => Ok(inscription),
    }
}

fn evaluer(op: &mut Op<'_>, inscription: &Inscription, reunion: &Reunion, discussion: Intervalle) -> Resultat<ResultatQuorum> {
    let cas = cas(op, inscription, reunion)?;
    let avis = store::avis(op, inscription.id)?;
    quorum::service::evaluer(op, reunion, &cas, &avis, discussion)
}

/// What the quorum of a discussion looks at: the case, and who took part. For the dry run of a rule; the
/// calling use case authorises and traces.
pub fn pour_le_quorum(
    op: &mut Op<'_>,
    inscription: &Inscription,
    reunion: &Reunion,
    discussion: Intervalle,
) -> Resultat<(Cas, Assistance)> {
    let cas = cas(op, inscription, reunion)?;
    let avis = store::avis(op, inscription.id)?;
    Ok((cas, quorum::service::assistance(op, reunion, &avis, discussion)?))
}

/// What the quorum looks at in a case.
fn cas(op: &mut Op<'_>, inscription: &Inscription, reunion: &Reunion) -> Resultat<Cas> {
    let patient = patient::service::trouver(op, inscription.patient_id)?;
    let dossier = patient::service::dossier(op, inscription.dossier_id)?;
    let contenu = fiche::service::trouver(op, inscription.fiche_id)?.contenu;
    Ok(cas_du_quorum(&patient, &dossier, &contenu, inscription.proposition.as_ref(), reunion))
}

/// What the quorum looks at in a case, from the pieces of the case.
#[must_use]
pub fn cas_du_quorum(patient: &Patient, dossier: &Dossier, fiche: &Value, proposition: Option<&Proposition>, reunion: &Reunion) -> Cas {
    let tumeurs = fiche.get("tumeurs").and_then(Value::as_array).into_iter().flatten();
    let topographies = tumeurs.filter_map(|tumeur| tumeur.get("topographie")?.as_str().map(str::to_owned));
    let traitements = proposition.into_iter().flat_map(Proposition::types_traitement).map(str::to_owned);
    Cas {
        age: Some(age(patient.date_naissance, date_paris(reunion.debut))),
        topographies: topographies.chain(dossier.topographie.clone()).collect(),
        traitements: traitements.collect(),
    }
}
