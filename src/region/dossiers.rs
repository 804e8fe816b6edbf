//! The cases of a meeting: fiche, registration, opinions, quorum, compte-rendu, facts.

use super::{
    ecriture::Lot,
    envois::envoyer,
    fiches::{self, Description},
    localisations::LOCALISATIONS,
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
        clock::{age, date_paris},
        ids::InscriptionId,
    },
    metier::{
        compte_rendu::model::{
            CompteRendu, ContenuCompteRendu, StatutCas,
            assemblage::{Envois, Pieces},
            contenu::{EnTete, Validation},
            fait::{Contexte, FaitPassage},
            fiche::SOCLE,
            proposition::RegleComparee,
        },
        fiche::model::{EtatFiche, Etape, Fiche, lecture::lire_blocs},
        inscription::{
            model::{AvisEcrit, EtatInscription, Inscription, MotifReport, ReferentielApplique},
            service::cas_du_quorum,
        },
        quorum::{
            model::{Exigences, Intervalle},
            service::assister,
        },
        rcp::model::{FonctionMembre, TypeRcp},
        reunion::model::{Presence, Reunion},
    },
};
use chrono::{Datelike, Duration, NaiveDate};
use serde_json::Value;
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

/// Share of the young adults discussed without the other expertise in the room, of whom it was asked for in writing.
const AVIS_AJA: f64 = 0.45;
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
    /// Adds a case to a lot: dealt with at this meeting, or postponed from it.
    pub(super) fn traiter(
        &mut self,
        op: &mut Op<'_>,
        ici: &EnSeance<'_>,
        (rang_du_cas, statut): (usize, StatutCas),
        (rang, discute): (i64, usize),
        lot: &mut Lot,
    ) -> Resultat<()> {
        let prevu = a(&self.population.cas, rang_du_cas)?;
        let (_, rcp) = self.monde.rcp(ici.seance.rcp)?;
        let demandeur = *a(&self.monde.pros, prevu.demandeur)?;
        let inscrit_le = self.inscrit_le(rang_du_cas, prevu, ici)?;
        let connu = self.patient(op, prevu, (ici.seance.rcp, inscrit_le), lot)?;
        let precedente = self.en_cours.reportes.remove(&rang_du_cas);
        let reprise = precedente.as_ref().map(|(_, inscription)| *inscription);
        let fiche = match precedente {
            Some((fiche, _)) => fiche,
            None => self.fiche(op, rang_du_cas, prevu, &connu, inscrit_le)?,
        };
        let description = self.description(prevu, ici.seance)?;
        let mut des = self.monde.des(Objet::Cas, 2 * rang_du_cas + usize::from(statut == StatutCas::Reporte));
        let neuve = Inscription {
            id: op.chance.id(inscrit_le),
            reunion_id: ici.reunion.id,
            fiche_id: fiche.id,
            dossier_id: connu.dossier.id,
            patient_id: connu.patient.id,
            demandeur_id: demandeur,
            presentateur_id: None,
            rang,
            etat: EtatInscription::Inscrite,
            motif: None,
            precision_motif: None,
            commentaire: None,
            report_de: reprise,
            debut_discussion: None,
            fin_discussion: None,
            referentiel: None,
            proposition: None,
            quorum: None,
            version: 1,
            cree_le: inscrit_le,
            modifie_le: inscrit_le,
        };
        let mut avis = Vec::new();
        let mut comparaisons = Vec::new();
        let mut inscription = match statut {
            StatutCas::Reporte => {
                let motif = des.pondere(&MOTIFS, |(_, poids)| *poids).map_or(MotifReport::ExamenEnAttente, |(motif, _)| *motif);
                neuve.reporter(motif, None)?
            }
            StatutCas::Enregistre => neuve.enregistrer(referentiel_de(ici.reunion), fiches::proposition(&description, &mut des), false)?,
            StatutCas::Discute => {
                let discussion = ici.moments.discussion(discute);
                let discutee = neuve.discuter(discussion, fiches::proposition(&description, &mut des))?;
                avis.extend(self.avis(op, &discutee, (description.age, ici.seance.rcp), &mut des)?);
                let (avec, compare) = self.quorum(ici, rcp, (discutee, &connu, &fiche), (&avis, discussion));
                comparaisons = compare;
                avec
            }
        };
        inscription.version += 1 + i64::try_from(avis.len()).unwrap_or(0);
        inscription.modifie_le = inscription.fin_discussion.unwrap_or(ici.moments.close);
        let version = self.compte_rendu(op, ici, rcp, (&inscription, &avis, statut, comparaisons), (&connu, &fiche))?;
        let (envois, parti) = envoyer(op, self.monde, (&version, &connu), (rang_du_cas, prevu.envoye))?;
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
            self.en_cours.reportes.insert(rang_du_cas, (fiche.clone(), inscription.id));
        }
        if reprise.is_none() {
            lot.fiches.push(fiche);
        }
        lot.inscriptions.push(inscription);
        if statut != StatutCas::Reporte {
            self.compter(prevu.patient, connu);
        }
        Ok(())
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

    fn description(&self, prevu: &CasPrevu, seance: &Seance) -> Result<Description<'_>, Panne> {
        let patient = a(&self.population.patients, prevu.patient)?;
        let rcp = a(&self.monde.plan.rcp, seance.rcp)?;
        let mut des = self.monde.des(Objet::Cas, prevu.patient);
        Ok(Description {
            genre: rcp.genre,
            cancer: a(&LOCALISATIONS, patient.localisation)?,
            sexe: patient.sexe,
            age: age(patient.naissance, seance.date),
            diagnostic: patient.diagnostic,
            reunion: seance.date,
            centre: rcp.centre,
            suite: prevu.suite,
            g8: prevu.g8,
            essai: prevu.essai,
            urgence: !prevu.enregistre && des.vrai(0.012),
        })
    }

    /// The fiche as the meeting that deals with the case fixes it.
    fn fiche(&self, op: &Op<'_>, rang: usize, prevu: &CasPrevu, connu: &PatientConnu, cree_le: Instant) -> Resultat<Fiche> {
        let seance = a(self.seances, prevu.seance)?;
        let description = self.description(prevu, seance)?;
        let mut des = self.monde.des(Objet::Fiche, 2 * rang);
        let code = description.genre.modele.unwrap_or(description.cancer.modele);
        let modele = self.monde.modeles.get(code).ok_or_else(|| Panne::dire(format!("région : le modèle {code} manque")))?;
        let mut contenu = fiches::socle(&description, &mut des);
        let naissance = connu.patient.date_naissance;
        modele.remplir(&mut contenu, (description.diagnostic, mois(naissance, seance.date)), &mut des);
        if modele.parcours {
            let reponses = fiches::parcours(&description, &mut des);
            if !reponses.is_empty() {
                contenu.insert("parcours".to_owned(), Value::Object(reponses));
            }
        }
        let contenu = Value::Object(contenu);
        let completude = modele.compile.completude(&contenu, Etape::Validation, seance.date).pourcentage;
        let moments = Moments::de(self.monde, prevu.seance, seance);
        let brouillon = Fiche {
            id: op.chance.id(cree_le),
            dossier_id: connu.dossier.id,
            patient_id: connu.patient.id,
            modele_code: modele.modele.code.clone(),
            modele_version: modele.modele.version.clone(),
            contenu,
            completude: completude.into(),
            etat: EtatFiche::Brouillon,
            auteur_id: None,
            auteur_nom: self.monde.praticien(*a(&self.monde.pros, prevu.demandeur)?)?.nom_complet(),
            version: 1,
            cree_le,
            modifie_le: cree_le,
            origines: Default::default(),
        };
        Ok(brouillon.prete(completude, cree_le).verrouillee(completude, moments.validee))
    }

    /// For a young adult, the expertise that an RCP does not have is asked for in writing.
    fn avis(
        &self,
        op: &Op<'_>,
        inscription: &Inscription,
        (age, rcp): (u32, usize),
        des: &mut super::tirage::Des,
    ) -> Resultat<Option<AvisEcrit>> {
        if !(15..=24).contains(&age) || !des.vrai(AVIS_AJA) {
            return Ok(None);
        }
        let pediatrique = a(&self.monde.plan.rcp, rcp)?.genre.type_rcp == TypeRcp::Pediatrique;
        let (specialite, clause) = if pediatrique { ("G15_10/SM36", "AJA_ADULTE") } else { ("G15_10/SST03", "AJA_PEDIATRIQUE") };
        let experts: Vec<usize> =
            self.monde.plan.pros.iter().enumerate().filter(|(_, pro)| pro.metier.specialite == specialite && !pro.liberal).map(|(rang, _)| rang).collect();
        let Some(expert) = des.un(&experts) else { return Ok(None) };
        let recu_le = inscription.debut_discussion.unwrap_or(inscription.cree_le) - Duration::hours(des.entre(2, 40));
        Ok(Some(AvisEcrit {
            id: op.chance.id(recu_le),
            inscription_id: inscription.id,
            praticien_id: *a(&self.monde.pros, *expert)?,
            clause: Some(clause.to_owned()),
            texte: "Avis complémentaire pour un adolescent ou un jeune adulte : accord avec la stratégie envisagée.".to_owned(),
            recu_le,
        }))
    }

    /// The quorum of a discussion, and the composition by the rules that it is compared with.
    fn quorum(
        &self,
        ici: &EnSeance<'_>,
        rcp: &RcpEnPlace,
        (inscription, connu, fiche): (Inscription, &PatientConnu, &Fiche),
        (avis, discussion): (&[AvisEcrit], Intervalle),
    ) -> (Inscription, Vec<RegleComparee>) {
        let cas = cas_du_quorum(&connu.patient, &connu.dossier, &fiche.contenu, inscription.proposition.as_ref(), ici.reunion);
        let assistance = assister(ici.reunion, (&rcp.membres, ici.presences, avis), &self.monde.bottin.praticiens, discussion);
        let quorum = ici.exigences.first().map(|exigences| exigences.evaluer(&cas, &assistance));
        let comparaisons = ici.exigences.iter().map(|exigences| RegleComparee::de(exigences, &cas, &assistance)).collect();
        (Inscription { quorum, ..inscription }, comparaisons)
    }

    fn compte_rendu(
        &mut self,
        op: &mut Op<'_>,
        ici: &EnSeance<'_>,
        rcp: &RcpEnPlace,
        (inscription, avis, statut, comparaisons): (&Inscription, &[AvisEcrit], StatutCas, Vec<RegleComparee>),
        (connu, fiche): (&PatientConnu, &Fiche),
    ) -> Resultat<CompteRendu> {
        let le = ici.moments.validee;
        let (prevue, _) = self.monde.rcp(ici.seance.rcp)?;
        let code = &fiche.modele_code;
        let modele = self.monde.modeles.get(code).ok_or_else(|| Panne::dire(format!("région : le modèle {code} manque")))?;
        let patient = &connu.patient;
        let derives = modele.compile.calculer(&fiche.contenu, patient.age_au(date_paris(ici.reunion.debut)), patient.sexe);
        let memoire = &mut *self.memoire;
        let blocs =
            lire_blocs(&modele.modele.schema, &fiche.contenu, &SOCLE, &derives, &mut |jeu, code| memoire.libelle(&mut *op, jeu, code))?;
        let coordonnateur = rcp.membres.iter().find(|m| m.fonction == FonctionMembre::Coordonnateur).map(|m| m.praticien_id);
        let professionnel = coordonnateur.map(|id| self.monde.bottin.professionnel(id)).transpose()?;
        let nom = professionnel.as_ref().map_or_else(|| "Région synthétique".to_owned(), |p| p.nom_complet.clone());
        let document = EnTete { id: op.chance.id(le), set_id: op.chance.id(le), numero_version: 1, remplace: None, etabli_le: le };
        let mut contenu = ContenuCompteRendu::assembler(Pieces {
            document,
            patient,
            envois: Envois {
                patient,
                correspondants: &[],
                oppose_au_medecin_traitant: connu.opposition.is_some(),
                demandeur: inscription.demandeur_id,
            },
            dossier: &connu.dossier,
            fiche,
            blocs,
            rcp: &rcp.rcp,
            centre: a(&self.monde.centres, prevue.centre)?,
            coordonnateur,
            reunion: ici.reunion,
            presences: ici.presences,
            inscription,
            statut,
            comparaisons,
            avis,
            bottin: &self.monde.bottin,
            validation: Validation { professionnel, nom, le },
        })?;
        self.memoire.libeller(op, &mut contenu)?;
        let territoire = a(&self.monde.etablissements, prevue.etablissement)?.saisi.territoire_id;
        Ok(CompteRendu::figer(contenu, territoire)?)
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

fn mois(naissance: NaiveDate, date: NaiveDate) -> i64 {
    (date - naissance).num_days() * 12 / 365
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
