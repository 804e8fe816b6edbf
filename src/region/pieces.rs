//! What a case is made of: its fiche, the written opinions, the quorum, the compte-rendu.

use super::{
    dossiers::{Atelier, EnSeance},
    fiches::{self, Description},
    localisations::LOCALISATIONS,
    monde::Objet,
    patients::PatientConnu,
    population::CasPrevu,
    reunions::Moments,
    seances::Seance,
    structures::RcpEnPlace,
    tirage::{Des, a},
};
use crate::{
    db::Op,
    kernel::{
        Instant, Panne, Resultat,
        clock::{age, date_paris},
    },
    metier::{
        compte_rendu::model::{
            CompteRendu, ContenuCompteRendu, StatutCas,
            assemblage::{Envois, Pieces},
            contenu::{EnTete, Validation},
            fiche::SOCLE,
            proposition::RegleComparee,
        },
        fiche::{
            model::{Etape, EtatFiche, Fiche, lecture::lire_blocs},
            reprise::Origines,
        },
        inscription::{
            model::{AvisEcrit, Inscription},
            service::cas_du_quorum,
        },
        quorum::{model::Intervalle, service::assister},
        rcp::model::{FonctionMembre, TypeRcp},
    },
};
use chrono::{Duration, NaiveDate};
use serde_json::Value;

/// Share of the young adults discussed without the other expertise in the room, of whom it was asked for in writing.
const AVIS_AJA: f64 = 0.45;
impl Atelier<'_> {
    pub(super) fn description(&self, prevu: &CasPrevu, seance: &Seance) -> Result<Description<'_>, Panne> {
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
    pub(super) fn fiche(&self, op: &Op<'_>, rang: usize, prevu: &CasPrevu, connu: &PatientConnu, cree_le: Instant) -> Resultat<Fiche> {
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
            modele_code: modele.publie.code.clone(),
            modele_version: modele.publie.version.clone(),
            contenu,
            completude: completude.into(),
            etat: EtatFiche::Brouillon,
            auteur_id: None,
            auteur_nom: self.monde.praticien(*a(&self.monde.pros, prevu.demandeur)?)?.nom_complet(),
            version: 1,
            cree_le,
            modifie_le: cree_le,
            origines: Origines::new(),
        };
        Ok(brouillon.prete(completude, cree_le).verrouillee(completude, moments.validee))
    }

    /// For a young adult, the expertise that an RCP does not have is asked for in writing.
    pub(super) fn avis(
        &self,
        op: &Op<'_>,
        inscription: &Inscription,
        (age, rcp): (u32, usize),
        des: &mut Des,
    ) -> Resultat<Option<AvisEcrit>> {
        if !(15..=24).contains(&age) || !des.vrai(AVIS_AJA) {
            return Ok(None);
        }
        let pediatrique = a(&self.monde.plan.rcp, rcp)?.genre.type_rcp == TypeRcp::Pediatrique;
        let (specialite, clause) = if pediatrique { ("G15_10/SM36", "AJA_ADULTE") } else { ("G15_10/SST03", "AJA_PEDIATRIQUE") };
        let experts: Vec<usize> = self
            .monde
            .plan
            .pros
            .iter()
            .enumerate()
            .filter(|(_, pro)| pro.metier.specialite == specialite && !pro.liberal)
            .map(|(rang, _)| rang)
            .collect();
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
    pub(super) fn quorum(
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

    pub(super) fn compte_rendu(
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
            lire_blocs(&modele.publie.schema, &fiche.contenu, &SOCLE, &derives, &mut |jeu, code| memoire.libelle(&mut *op, jeu, code))?;
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

fn mois(naissance: NaiveDate, date: NaiveDate) -> i64 {
    (date - naissance).num_days() * 12 / 365
}
