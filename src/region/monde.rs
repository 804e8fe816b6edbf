//! What is the same for all meetings and cases: the directory, the fiche models, what the quorum requires, labels of codes.

use super::{
    blocs::Modeles,
    effectifs::Effectifs,
    plan::{Plan, RcpPrevue},
    structures::{Marque, RcpEnPlace},
    tirage::{Des, a},
};
use crate::{
    db::Op,
    kernel::{Panne, Resultat, courriel::AdresseCourriel, ids::PraticienId},
    metier::{
        annuaire::model::{Centre3c, Etablissement, Praticien},
        compte_rendu::model::{Code, ContenuCompteRendu, assemblage::Bottin},
        quorum::{model::Exigences, service as quorum},
        referentiel::{
            model::{Concept, DOCUMENTS_DU_QUORUM, Genre},
            service as referentiels,
        },
    },
};
use chrono::{Days, NaiveDate};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// The region as it stands in the directory.
pub(super) struct Monde {
    /// Seed of its draws.
    pub(super) graine: u64,
    /// Its mark.
    pub(super) marque: Marque,
    /// Its plan.
    pub(super) plan: Plan,
    /// Its figures.
    pub(super) effectifs: Effectifs,
    /// RCP, by rank of the plan.
    pub(super) rcp: Vec<RcpEnPlace>,
    /// Établissements.
    pub(super) etablissements: Vec<Etablissement>,
    /// Centres 3C.
    pub(super) centres: Vec<Centre3c>,
    /// Professionals.
    pub(super) pros: Vec<PraticienId>,
    /// Médecins traitants.
    pub(super) traitants: Vec<PraticienId>,
    /// All of the directory.
    pub(super) bottin: Bottin,
    /// Secure addresses.
    pub(super) boites: BTreeMap<PraticienId, AdresseCourriel>,
    /// Fiche models.
    pub(super) modeles: Modeles,
}

/// A purpose of draws that are counted by rank.
#[derive(Debug, Clone, Copy)]
pub(super) enum Objet {
    /// A meeting.
    Seance,
    /// A fiche.
    Fiche,
    /// A patient.
    Patient,
    /// Deliveries.
    Envoi,
    /// A case.
    Cas,
}

impl Monde {
    /// The draws of one object.
    pub(super) fn des(&self, objet: Objet, rang: usize) -> Des {
        let genre: u64 = match objet {
            Objet::Seance => 1,
            Objet::Fiche => 2,
            Objet::Patient => 3,
            Objet::Envoi => 4,
            Objet::Cas => 5,
        };
        Des::nouveaux(self.graine, (genre << 40) + u64::try_from(rang).unwrap_or(0))
    }

    /// A professional.
    pub(super) fn praticien(&self, id: PraticienId) -> Result<&Praticien, Panne> {
        self.bottin.praticiens.get(&id).ok_or_else(|| Panne::dire(format!("région : le professionnel {id} manque")))
    }

    /// An RCP, as planned and as it stands.
    pub(super) fn rcp(&self, rang: usize) -> Result<(&RcpPrevue, &RcpEnPlace), Panne> {
        Ok((a(&self.plan.rcp, rang)?, a(&self.rcp, rang)?))
    }
}

/// What was read of the reference data, once.
#[derive(Default)]
pub(super) struct Memoire {
    /// Days on which something of the quorum changes.
    changements: Option<BTreeSet<NaiveDate>>,
    /// What each RCP requires, from one of those days to the next.
    exigences: BTreeMap<(usize, usize), Arc<Vec<Exigences>>>,
    concepts: BTreeMap<(String, String), Option<Concept>>,
}

impl Memoire {
    /// What the rule of an RCP requires on a day, then what those require that it is compared with.
    pub(super) fn exigences(&mut self, op: &mut Op<'_>, rang: usize, rcp: &RcpEnPlace, date: NaiveDate) -> Resultat<Arc<Vec<Exigences>>> {
        let changements = match &self.changements {
            Some(changements) => changements,
            None => self.changements.insert(changements(op)?),
        };
        let periode = changements.range(..=date).count();
        if let Some(connues) = self.exigences.get(&(rang, periode)) {
            return Ok(Arc::clone(connues));
        }
        let lues = Arc::new(quorum::exigences_comparees(op, &rcp.rcp, date)?);
        self.exigences.insert((rang, periode), Arc::clone(&lues));
        Ok(lues)
    }

    fn concept(&mut self, op: &mut Op<'_>, jeu: &str, code: &str) -> Resultat<Option<&Concept>> {
        let cle = (jeu.to_owned(), code.to_owned());
        if !self.concepts.contains_key(&cle) {
            let concept = referentiels::concept_code(op, jeu, code)?;
            self.concepts.insert(cle.clone(), concept);
        }
        Ok(self.concepts.get(&cle).and_then(Option::as_ref))
    }

    /// The label of a code.
    pub(super) fn libelle(&mut self, op: &mut Op<'_>, jeu: &str, code: &str) -> Resultat<Option<String>> {
        Ok(self.concept(op, jeu, code)?.map(|concept| concept.libelle.clone()))
    }

    /// Gives each code of a compte-rendu its label and its system.
    pub(super) fn libeller(&mut self, op: &mut Op<'_>, contenu: &mut ContenuCompteRendu) -> Resultat<()> {
        for (jeu, code) in contenu.codes() {
            if let Some(concept) = self.concept(op, jeu, &code.code)? {
                *code = Code { code: concept.code.clone(), systeme: Some(concept.systeme.clone()), libelle: concept.libelle.clone() };
            }
        }
        Ok(())
    }
}

fn changements(op: &mut Op<'_>) -> Resultat<BTreeSet<NaiveDate>> {
    let mut codes: BTreeSet<String> = quorum::versions(op)?.into_iter().map(|regle| regle.code).collect();
    codes.extend(DOCUMENTS_DU_QUORUM.iter().map(|code| (*code).to_owned()));
    let mut changements = BTreeSet::new();
    for code in codes {
        for validite in referentiels::validites(op, Genre::RegleQuorum, &code)? {
            changements.insert(validite.du);
            changements.extend(validite.au.and_then(|au| au.checked_add_days(Days::new(1))));
        }
    }
    Ok(changements)
}
