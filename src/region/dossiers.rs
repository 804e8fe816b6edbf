//! The cases of a meeting: registration, decision, and all that hangs on it.

use super::{
    ecriture::Lot,
    envois::envoyer,
    fiches,
    monde::{Memoire, Monde, Objet},
    patients::{PatientConnu, connaitre},
    population::{CasPrevu, Population},
    reunions::Moments,
    seances::Seance,
    structures::RcpEnPlace,
    tirage::{a, jours},
};
use crate::{
    db::{
        Op,
        perimetre::{FENETRE_APRES, FENETRE_AVANT, LienRepris, MotifLien},
    },
    kernel::{
        Instant, Panne, Resultat,
        clock::date_paris,
        ids::{InscriptionId, PraticienId},
    },
    metier::{
        compte_rendu::model::{
            StatutCas,
            fait::{Contexte, FaitPassage},
            proposition::RegleComparee,
        },
        fiche::model::Fiche,
        inscription::model::{AvisEcrit, EtatInscription, Inscription, MotifReport, ReferentielApplique},
        quorum::model::Exigences,
        reunion::model::{Presence, Reunion},
    },
};
use chrono::{Datelike, Duration, NaiveDate};
use std::{collections::BTreeMap, sync::Arc};

/// A meeting whose cases are being made.
pub(super) struct EnSeance<'a> {
    /// As planned.
    pub(super) seance: &'a Seance,
    /// The meeting.
    pub(super) reunion: &'a Reunion,
    /// Who attended.
    pub(super) presences: &'a [Presence],
    /// Its moments.
    pub(super) moments: Moments,
    /// What is required of it.
    pub(super) exigences: Arc<Vec<Exigences>>,
}

/// What lives from one meeting to the next.
#[derive(Default)]
pub(super) struct EnCours {
    /// Patients who come again, with the passages that they still have.
    connus: BTreeMap<usize, (PatientConnu, usize)>,
    /// Cases that were postponed.
    reportes: BTreeMap<usize, (Fiche, InscriptionId)>,
}

/// Makes the cases of a meeting.
pub(super) struct Atelier<'a> {
    /// The region.
    pub(super) monde: &'a Monde,
    /// Who comes where.
    pub(super) population: &'a Population,
    /// The meetings of all years.
    pub(super) seances: &'a [Seance],
    /// What was read.
    pub(super) memoire: &'a mut Memoire,
    /// What is under way.
    pub(super) en_cours: &'a mut EnCours,
}

/// Why cases are postponed.
const MOTIFS: [(MotifReport, f64); 9] = [
    (MotifReport::ExamenEnAttente, 24.0),
    (MotifReport::HistologieManquante, 18.0),
    (MotifReport::ImagerieManquante, 17.0),
    (MotifReport::DossierIncomplet, 11.0),
    (MotifReport::SpecialisteManquant, 9.0),
    (MotifReport::PresentateurAbsent, 8.0),
    (MotifReport::BiologieMoleculaireManquante, 6.0),
    (MotifReport::ManqueDeTemps, 4.0),
    (MotifReport::QuorumNonAtteint, 3.0),
];

impl Atelier<'_> {
    /// Adds a case to a lot: dealt with at this meeting, or postponed from it. `place` is its place on the agenda, from 0.
    pub(super) fn traiter(
        &mut self,
        op: &mut Op<'_>,
        ici: &EnSeance<'_>,
        (rang, statut, place): (usize, StatutCas, usize),
        lot: &mut Lot,
    ) -> Resultat<()> {
        let prevu = a(&self.population.cas, rang)?;
        let (_, rcp) = self.monde.rcp(ici.seance.rcp)?;
        let inscrit_le = self.inscrit_le(rang, prevu, ici)?;
        let connu = self.patient(op, prevu, (ici.seance.rcp, inscrit_le), lot)?;
        let (fiche, report_de) = match self.en_cours.reportes.remove(&rang) {
            Some((fiche, inscription)) => (fiche, Some(inscription)),
            None => (self.fiche(op, rang, prevu, &connu, inscrit_le)?, None),
        };
        let demandeur = *a(&self.monde.pros, prevu.demandeur)?;
        let neuve = inscrire(op, ici.reunion, &fiche, (demandeur, inscrit_le), (place, report_de));
        let (inscription, avis, comparaisons) = self.decider(op, ici, (rang, prevu, statut, place), (neuve, &connu, &fiche))?;
        let version = self.compte_rendu(op, ici, rcp, (&inscription, &avis, statut, comparaisons), (&connu, &fiche))?;
        let (envois, parti) = envoyer(op, self.monde, (&version, &connu), (rang, prevu.envoye))?;
        let fin = parti.unwrap_or(version.valide_le).max(version.valide_le) + FENETRE_APRES;
        lot.liens.extend(liens(&inscription, rcp, ici.reunion, fin));
        let contexte = Contexte {
            inscrit_le: inscription.cree_le,
            fiche: fiche.contenu.clone(),
            completude: fiche.completude,
            premiere_validation: version.valide_le,
        };
        let fait = FaitPassage::de(&version, &contexte);
        lot.versions.push((version, fait));
        lot.envois.push(envois);
        lot.avis.extend(avis);
        if statut == StatutCas::Reporte {
            self.en_cours.reportes.insert(rang, (fiche.clone(), inscription.id));
        } else {
            self.compter(prevu.patient, connu);
        }
        if report_de.is_none() {
            lot.fiches.push(fiche);
        }
        lot.inscriptions.push(inscription);
        Ok(())
    }

    /// What the meeting does of a case.
    fn decider(
        &self,
        op: &Op<'_>,
        ici: &EnSeance<'_>,
        (rang, prevu, statut, place): (usize, &CasPrevu, StatutCas, usize),
        (neuve, connu, fiche): (Inscription, &PatientConnu, &Fiche),
    ) -> Resultat<(Inscription, Vec<AvisEcrit>, Vec<RegleComparee>)> {
        let (_, rcp) = self.monde.rcp(ici.seance.rcp)?;
        let description = self.description(prevu, ici.seance)?;
        let mut des = self.monde.des(Objet::Cas, 2 * rang + usize::from(statut == StatutCas::Reporte));
        let (mut avis, mut comparaisons) = (Vec::new(), Vec::new());
        let mut inscription = match statut {
            StatutCas::Reporte => {
                let motif = des.pondere(&MOTIFS, |(_, poids)| *poids).map_or(MotifReport::ExamenEnAttente, |(motif, _)| *motif);
                neuve.reporter(motif, None)?
            }
            StatutCas::Enregistre => neuve.enregistrer(referentiel_de(ici.reunion), fiches::proposition(&description, &mut des), false)?,
            StatutCas::Discute => {
                let discussion = ici.moments.discussion(place);
                let discutee = neuve.discuter(discussion, fiches::proposition(&description, &mut des))?;
                avis.extend(self.avis(op, &discutee, (description.age, ici.seance.rcp), &mut des)?);
                let (evaluee, comparees) = self.quorum(ici, rcp, (discutee, connu, fiche), (&avis, discussion));
                comparaisons = comparees;
                evaluee
            }
        };
        inscription.version += 1 + i64::try_from(avis.len()).unwrap_or(0);
        inscription.modifie_le = inscription.fin_discussion.unwrap_or(ici.moments.close);
        Ok((inscription, avis, comparaisons))
    }

    /// A case comes on the agenda some days before the meeting, or the moment that another meeting postpones it.
    fn inscrit_le(&self, rang: usize, prevu: &CasPrevu, ici: &EnSeance<'_>) -> Result<Instant, Panne> {
        if let Some((fiche, _)) = self.en_cours.reportes.get(&rang) {
            let depuis = prevu.reporte_de.map(|depuis| a(self.seances, depuis)).transpose()?;
            return Ok(depuis.map_or(fiche.cree_le, |seance| seance.debut + Duration::minutes(30)));
        }
        let patient = a(&self.population.patients, prevu.patient)?;
        let mut des = self.monde.des(Objet::Fiche, 2 * rang + 1);
        let depuis_le_diagnostic = Duration::days((ici.seance.date - patient.diagnostic).num_days()) - Duration::days(1);
        let attente = jours(des.lognormale(5.0, 0.75)).clamp(Duration::hours(5), Duration::days(50));
        Ok(ici.seance.debut - attente.min(depuis_le_diagnostic).max(Duration::hours(3)))
    }

    fn patient(&mut self, op: &Op<'_>, prevu: &CasPrevu, (rcp, inscrit_le): (usize, Instant), lot: &mut Lot) -> Resultat<PatientConnu> {
        if let Some((connu, _)) = self.en_cours.connus.get(&prevu.patient) {
            return Ok(connu.clone());
        }
        let patient = a(&self.population.patients, prevu.patient)?;
        let referent = *a(&self.monde.pros, prevu.demandeur)?;
        let cree_le = inscrit_le - Duration::minutes(20);
        let connu = connaitre(op, self.monde, (prevu.patient, patient), (rcp, referent), cree_le)?;
        lot.patients.push(connu.patient.clone());
        lot.dossiers.push(connu.dossier.clone());
        lot.oppositions.extend(connu.opposition.clone());
        lot.liens.extend(connu.liens());
        self.en_cours.connus.insert(prevu.patient, (connu.clone(), patient.cas));
        Ok(connu)
    }

    /// Forgets a patient after the last passage.
    fn compter(&mut self, rang: usize, connu: PatientConnu) {
        match self.en_cours.connus.remove(&rang) {
            Some((_, restent)) if restent > 1 => {
                self.en_cours.connus.insert(rang, (connu, restent - 1));
            }
            Some(_) | None => {}
        }
    }
}

/// A registration that nothing has been made of.
fn inscrire(
    op: &Op<'_>,
    reunion: &Reunion,
    fiche: &Fiche,
    (demandeur_id, inscrit_le): (PraticienId, Instant),
    (place, report_de): (usize, Option<InscriptionId>),
) -> Inscription {
    Inscription {
        id: op.chance.id(inscrit_le),
        reunion_id: reunion.id,
        fiche_id: fiche.id,
        dossier_id: fiche.dossier_id,
        patient_id: fiche.patient_id,
        demandeur_id,
        presentateur_id: None,
        rang: i64::try_from(place + 1).unwrap_or(1),
        etat: EtatInscription::Inscrite,
        motif: None,
        precision_motif: None,
        commentaire: None,
        report_de,
        debut_discussion: None,
        fin_discussion: None,
        referentiel: None,
        proposition: None,
        quorum: None,
        version: 1,
        cree_le: inscrit_le,
        modifie_le: inscrit_le,
    }
}

/// The guideline that a recorded case conforms to.
fn referentiel_de(reunion: &Reunion) -> ReferentielApplique {
    let annee = date_paris(reunion.debut).year() - 1;
    ReferentielApplique {
        nom: "Référentiel national".to_owned(),
        version: annee.to_string(),
        date: NaiveDate::from_ymd_opt(annee, 6, 1).unwrap_or_default(),
    }
}

/// Who sees the patient by a registration.
fn liens(inscription: &Inscription, rcp: &RcpEnPlace, reunion: &Reunion, fin: Instant) -> Vec<LienRepris> {
    let depuis = (inscription.cree_le, None);
    let origine = inscription.id.uuid();
    let lien = |sujet, motif, periode| LienRepris::nouveau(inscription.patient_id, sujet, (motif, origine), periode);
    vec![
        lien(inscription.demandeur_id.uuid(), MotifLien::Demandeur, depuis),
        lien(rcp.rcp.id.uuid(), MotifLien::Rcp, depuis),
        lien(rcp.rcp.saisie.centre_3c_id.uuid(), MotifLien::Centre3c, depuis),
        lien(rcp.rcp.saisie.etablissement_id.uuid(), MotifLien::Organisateur, depuis),
        lien(reunion.id.uuid(), MotifLien::Reunion, (reunion.debut - FENETRE_AVANT, Some(fin))),
    ]
}
