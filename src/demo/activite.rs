//! What happens in the region of the demonstration: meetings held and validated, others to come with
//! their registrations.

use super::{
    courrier::Correspondance,
    fiches,
    identites::Personnes,
    plans::{A_RISQUE, RADIOTHERAPEUTE},
    programmes,
    region::{RcpDemo, Region},
};
use crate::{
    db::{Db, Demande, Op},
    kernel::{
        Instant, Resultat,
        clock::{age, date_paris},
        identite::StatutIdentite,
        ids::{DossierId, FicheId, InscriptionId, PatientId, PraticienId, ReunionId},
    },
    metier::{
        compte_rendu::{
            model::CompteRenduResume,
            service::{self as comptes_rendus, Correction},
        },
        fiche::{model::NouvelleFiche, service as fiche},
        inscription::{
            model::{MotifReport, ReferentielApplique},
            saisie::{DiscussionSaisie, EnregistrementSaisi, InscriptionSaisie, ReportSaisi},
            service as inscription,
        },
        patient::{
            model::{DossierSaisi, IdentifiantLocal, Justificatif, OidIns, PatientSaisi, Sexe},
            service as patient,
        },
        rcp::model::TypeRcp,
        reunion::{
            model::{Periode, PresenceSaisie, ReponseInvitation, StatutPresence},
            service as reunion,
        },
    },
};
use chrono::{Days, Duration, NaiveDate};
use rand::Rng;

/// Patients made for the meetings of each RCP: 150 for the twelve, and a few more.
const PATIENTS_PAR_RCP: usize = 13;

/// From a meeting to the consultation at which the patient is handed a PPS.
const DELAI_DE_REMISE: Duration = Duration::days(4);

/// Plans the meetings of an RCP over the period and gives their moments, in order.
fn planifier(op: &mut Op<'_>, rcp: &RcpDemo, periode: Periode) -> Resultat<Vec<(ReunionId, Instant)>> {
    let mut reunions = Vec::new();
    for id in reunion::generer(op, rcp.id, periode)?.creees {
        reunions.push((id, reunion::trouver(op, id)?.debut));
    }
    reunions.sort_by_key(|(_, debut)| *debut);
    Ok(reunions)
}

/// RCP the mails of whose first meeting leave and are answered.
const RCP_EN_CORRESPONDANCE: usize = 4;

/// Lives six weeks of the region and registers the cases of the meetings to come.
pub(super) fn vivre(
    db: &Db,
    demande: &Demande,
    region: &Region,
    personnes: &Personnes,
    (periode, present): (Periode, Instant),
    correspondance: &mut Correspondance,
) -> Resultat<()> {
    let mut personnes = personnes.clone();
    let mut dossiers: Vec<DossierId> = Vec::new();
    for (numero, rcp) in region.rcp.clone().into_iter().enumerate() {
        let plan = rcp.clone();
        let reunions = db.ecrire_ici(demande, move |op| planifier(op, &plan, periode))?;
        let par_reunion = PATIENTS_PAR_RCP.div_ceil(reunions.len().max(1));
        let tenue = |debut: Instant| debut + Duration::hours(3) < present;
        let a_venir = reunions.iter().find(|(_, debut)| !tenue(*debut)).map(|(id, _)| *id);
        let derniere_tenue = reunions.iter().rfind(|(_, debut)| tenue(*debut)).map(|(id, _)| *id);
        for (rang, (id, debut)) in reunions.into_iter().enumerate() {
            let mut suite = personnes.clone();
            db.horloge().regler((debut - Duration::days(5)).min(present));
            let (cas, generalistes) = (rcp.clone(), region.generalistes.clone());
            let inscriptions;
            (inscriptions, personnes) = db.ecrire_ici(demande, move |op| {
                let mut ids = Vec::new();
                for _ in 0..par_reunion {
                    if let Some(pret) = preparer(op, &mut suite, &cas, &generalistes, date_paris(debut))? {
                        ids.push(inscrire(op, &pret, id)?);
                    }
                }
                Ok((ids, suite.clone()))
            })?;
            if tenue(debut) {
                let particularites = Particularites { premiere: rang == 0, report: a_venir.filter(|_| derniere_tenue == Some(id)) };
                db.horloge().regler(debut);
                let (cas, mut suite) = (rcp.clone(), personnes.clone());
                let comptes_rendus;
                (comptes_rendus, personnes) = db.ecrire_ici(demande, move |op| {
                    let comptes_rendus = tenir(op, &mut suite, &cas, (id, particularites), &inscriptions)?;
                    Ok((comptes_rendus, suite.clone()))
                })?;
                let correspond = rang == 0 && numero < RCP_EN_CORRESPONDANCE;
                if correspond {
                    correspondance.echanger(db, demande)?;
                }
                db.horloge().regler((debut + DELAI_DE_REMISE).min(present));
                dossiers.extend(db.ecrire_ici(demande, move |op| programmes::remettre_les_pps(op, &comptes_rendus))?);
                if correspond {
                    correspondance.echanger(db, demande)?;
                }
            } else if debut < present + Duration::days(7) {
                db.horloge().regler((debut - Duration::days(3)).min(present));
                let (cas, mut suite) = (rcp.clone(), personnes.clone());
                personnes = db.ecrire_ici(demande, move |op| {
                    recueillir_les_reponses(op, &mut suite, &cas, id)?;
                    Ok(suite.clone())
                })?;
            }
        }
    }
    db.horloge().regler(present);
    match dossiers.first().copied() {
        Some(dossier) => db.ecrire_ici(demande, move |op| programmes::remettre_un_ppac(op, dossier)),
        None => Ok(()),
    }
}

/// A patient with a dossier and a ready fiche.
pub(crate) struct CasPret {
    /// The patient.
    pub patient: PatientId,
    /// The dossier.
    pub dossier: DossierId,
    /// The fiche.
    pub fiche: FicheId,
    demandeur: PraticienId,
}

/// A patient, a dossier, a ready fiche; `None` when the RCP has no member to ask for it.
pub(crate) fn preparer(
    op: &mut Op<'_>,
    personnes: &mut Personnes,
    rcp: &RcpDemo,
    generalistes: &[PraticienId],
    date: NaiveDate,
) -> Resultat<Option<CasPret>> {
    let annees = match (rcp.plan.type_rcp, rcp.plan.theme) {
        (TypeRcp::Pediatrique, _) => personnes.hasard().random_range(2..17),
        (_, "oncogeriatrie") => personnes.hasard().random_range(76..94),
        _ => personnes.hasard().random_range(22..90),
    };
    let sexe = match rcp.plan.theme {
        "senologie" | "gynecologie" => Sexe::Feminin,
        "urologie" => Sexe::Masculin,
        _ => personnes.choisir(&[Sexe::Feminin, Sexe::Masculin], Sexe::Feminin),
    };
    let Some(&demandeur) = rcp.membres.first() else { return Ok(None) };
    let Some((patient, naissance)) = creer_patient(op, personnes, rcp, generalistes, (sexe, annees), date)? else { return Ok(None) };
    let (topographie, libelle) = rcp.plan.topographie;
    // A meeting to come may be further away than the diagnosis is old.
    let diagnostic = date.min(date_paris(op.maintenant)) - Days::new(30);
    let dossier = DossierSaisi {
        libelle: libelle.to_owned(),
        topographie: Some(topographie.to_owned()),
        date_diagnostic: Some(diagnostic),
        referent_id: Some(demandeur),
    };
    let dossier = patient::creer_dossier(op, patient, &dossier)?.id;
    let contenu = fiches::contenu(personnes, rcp.plan, age(naissance, date), diagnostic);
    let nouvelle = NouvelleFiche { contenu: Some(contenu), ..NouvelleFiche::default() };
    let creee = fiche::creer(op, dossier, &nouvelle)?.detail.fiche;
    let fiche = fiche::declarer_prete(op, creee.id, creee.version)?.fiche.id;
    Ok(Some(CasPret { patient, dossier, fiche, demandeur }))
}

fn inscrire(op: &mut Op<'_>, cas: &CasPret, reunion: ReunionId) -> Resultat<InscriptionId> {
    let saisie = InscriptionSaisie { fiche_id: cas.fiche, demandeur_id: Some(cas.demandeur), presentateur_id: None, commentaire: None };
    Ok(inscription::inscrire(op, reunion, &saisie)?.id)
}

fn creer_patient(
    op: &mut Op<'_>,
    personnes: &mut Personnes,
    rcp: &RcpDemo,
    generalistes: &[PraticienId],
    (sexe, annees): (Sexe, u32),
    date: NaiveDate,
) -> Resultat<Option<(PatientId, NaiveDate)>> {
    let Some(traits) = personnes.patient(sexe, annees, date) else { return Ok(None) };
    let sans_medecin = personnes.hasard().random_bool(0.06);
    let qualifiee = personnes.hasard().random_bool(0.85);
    let medecin = generalistes.first().map(|&premier| personnes.choisir(generalistes, premier));
    let saisi = PatientSaisi {
        nom_naissance: traits.nom.to_uppercase(),
        nom_utilise: None,
        premier_prenom: traits.prenom,
        prenoms: None,
        prenom_utilise: None,
        sexe: traits.sexe,
        date_naissance: traits.naissance,
        lieu_naissance: Some(traits.lieu),
        ins: qualifiee.then_some(traits.ins),
        ins_oid: qualifiee.then_some(OidIns::Test),
        statut_identite: if qualifiee { StatutIdentite::Qualifiee } else { StatutIdentite::Provisoire },
        justificatif: qualifiee.then_some(Justificatif::CarteIdentite),
        adresse: None,
        code_postal: Some(traits.residence.0.to_owned()),
        commune: Some(traits.residence.1.to_owned()),
        telephone: None,
        decede_le: None,
        medecin_traitant_id: medecin.filter(|_| !sans_medecin),
        identifiants: vec![IdentifiantLocal { etablissement_id: rcp.etablissement, ipp: personnes.ipp() }],
        confirmer_distinct: true,
    };
    let cree = patient::creer(op, &saisi)?;
    Ok(Some((cree.id, cree.date_naissance)))
}

/// Takes the answers of the members to the next meeting. In one RCP the radiation oncologist does not come.
fn recueillir_les_reponses(op: &mut Op<'_>, personnes: &mut Personnes, rcp: &RcpDemo, id: ReunionId) -> Resultat<()> {
    for presence in reunion::presences(op, id)? {
        let empeche = rcp.plan.code == A_RISQUE && presence.clause.as_deref() == RADIOTHERAPEUTE.1;
        let reponse = match personnes.hasard().random_range(0..10) {
            _ if empeche => ReponseInvitation::Refuse,
            0 => continue,
            1 | 2 => ReponseInvitation::Visio,
            _ => ReponseInvitation::Accepte,
        };
        reunion::repondre(op, id, presence.praticien_id, presence.version, reponse)?;
    }
    Ok(())
}

/// What a meeting shows besides discussed cases, so that every kind of compte-rendu is there to be seen.
#[derive(Clone, Copy)]
struct Particularites {
    /// The first of its RCP: a case is registered without discussion, and a compte-rendu is corrected.
    premiere: bool,
    /// The meeting to come to which a case of the last one is postponed.
    report: Option<ReunionId>,
}

/// Invites the members, opens the meeting, takes the attendance, deals with each case, closes and validates. Gives
/// the comptes-rendus whose first version holds.
fn tenir(
    op: &mut Op<'_>,
    personnes: &mut Personnes,
    rcp: &RcpDemo,
    (id, particularites): (ReunionId, Particularites),
    cas: &[InscriptionId],
) -> Resultat<Vec<CompteRenduResume>> {
    let version = |op: &mut Op<'_>| Ok::<i64, crate::kernel::Erreur>(reunion::trouver(op, id)?.version);
    let lue = version(op)?;
    reunion::convoquer(op, id, lue)?;
    let lue = version(op)?;
    let debut = reunion::ouvrir(op, id, lue)?.debut;
    for presence in reunion::presences(op, id)? {
        let statut = match personnes.hasard().random_range(0..10) {
            0 => StatutPresence::Excuse,
            1 | 2 => StatutPresence::Visio,
            _ => StatutPresence::Present,
        };
        let saisie = PresenceSaisie { statut, arrivee: None, depart: None, clause: None };
        reunion::noter_presence(op, id, presence.praticien_id, Some(presence.version), &saisie)?;
    }
    for (rang, inscription) in (0_i32..).zip(cas) {
        let proposition = fiches::proposition(personnes, rcp.plan, date_paris(debut));
        match (rang, particularites.report) {
            (1, _) if particularites.premiere => {
                inscription::enregistrer(op, *inscription, &EnregistrementSaisi { referentiel: referentiel(debut), proposition })?;
                continue;
            }
            (1, Some(vers_reunion_id)) => {
                let saisie = ReportSaisi { motif: MotifReport::ImagerieManquante, precision: None, vers_reunion_id };
                inscription::reporter(op, *inscription, &saisie)?;
                continue;
            }
            _ => {}
        }
        let discussion = DiscussionSaisie {
            debut: Some(debut + Duration::minutes(i64::from(8 * rang))),
            fin: Some(debut + Duration::minutes(i64::from(8 * rang + 7))),
            proposition,
        };
        inscription::discuter(op, *inscription, &discussion)?;
    }
    let lue = version(op)?;
    reunion::clore(op, id, lue)?;
    let lue = version(op)?;
    let (_, mut comptes_rendus) = comptes_rendus::valider_reunion(op, id, lue)?;
    if particularites.premiere && !comptes_rendus.is_empty() {
        corriger(op, &comptes_rendus.remove(0))?;
    }
    Ok(comptes_rendus)
}

fn referentiel(debut: Instant) -> ReferentielApplique {
    ReferentielApplique {
        nom: "Référentiel régional de démonstration".to_owned(),
        version: "1".to_owned(),
        date: date_paris(debut) - Days::new(200),
    }
}

/// A second version, which cancels and replaces the first.
fn corriger(op: &mut Op<'_>, resume: &CompteRenduResume) -> Resultat<()> {
    let correction = Correction {
        motif_correction: "Précision ajoutée à la demande du médecin demandeur.".to_owned(),
        proposition: None,
        referentiel: None,
        commentaire: Some("Les examens récents ont été relus en séance.".to_owned()),
    };
    comptes_rendus::corriger(op, resume.id, resume.numero_version, &correction)?;
    Ok(())
}
